"""The extractor: articles in, claims out, of any text at all; where claims stand, and why a sentence says nothing."""

import gc
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import challenge_set
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from understanding import article, extractor, plain, read, triples

from kg import articles
from kg.articles import Article, ArticleError, Section, Sentence, default_cues
from kg.articles.plain import read_text
from kg.claim import COLUMNS, EVIDENCE, PREDICATES, QUALIFIERS, Claim
from kg.extraction import Extractor
from kg.extraction.pieces import in_pieces
from kg.quads import article_quads
from kg.rdf import build_node
from kg.web.trial import read_trial

MSC, HSC, FAT_MSC, CORD_MSC = "CL:0000134", "CL:0000037", "CL:0002570", "CL:0002569"
LUPUS, CROHN, SCLEROSIS, ARTHROSIS = "MONDO:0007915", "MONDO:0005011", "MONDO:0005301", "MONDO:0005178"
VEGF, HGF, TNF = "HGNC:12680", "HGNC:4893", "HGNC:11892"

# What states nothing.


@pytest.mark.parametrize(
    ("sentence", "kind", "reason"),
    [
        ("Do MSCs improve multiple sclerosis?", "sentence", "a question"),
        ("Why MSCs improve multiple sclerosis", "heading", "a heading that is no sentence"),
        ("MSCs for multiple sclerosis", "heading", "a heading that is no sentence"),
        ("Mesenchymal Stem Cells for Lupus", "title", "a title that is no sentence"),
    ],
)
def test_what_states_nothing_by_what_it_is_says_so(sentence: str, kind: str, reason: str) -> None:
    (reading,) = extractor().explain(article(sentence, kind=kind)).readings
    assert (reading.silent, reading.claims) == (reason, [])


@pytest.mark.parametrize("sentence", ["The weather improved in May.", "", " ", "…", "MSC", "((("])
def test_nothing_is_read_into_what_says_nothing(sentence: str) -> None:
    assert read(sentence) == []


def test_an_article_without_sentences_has_no_claims() -> None:
    assert extractor().claims(Article("a", "MSCs improve lupus.", end=19)) == []
    assert extractor().claims(Article("a", "")) == []


# Of what was named before.


@pytest.mark.parametrize(
    ("text", "said", "not_said"),
    [
        (
            "HSCs improved lupus. In patients with Crohn's disease, MSCs eased the pain.",
            {(HSC, "treats", LUPUS), (MSC, "treats", CROHN)},
            {(MSC, "treats", LUPUS), (HSC, "treats", CROHN)},
        ),
        ("MSCs did not help in lupus. They did help in Crohn's disease.", {(MSC, "treats", CROHN)}, set()),
        ("Ten patients with lupus were given MSCs. Their symptoms improved.", {(MSC, "treats", LUPUS)}, set()),
    ],
)
def test_what_a_sentence_names_is_not_mixed_with_what_was_named_before(
    text: str, said: set[tuple[str, str, str]], not_said: set[tuple[str, str, str]]
) -> None:
    found = triples(extractor().claims(plain(text)))
    assert said <= found
    assert not not_said & found


# In whose context.


@pytest.mark.parametrize(
    "before", ["Girls with lupus were excluded.", "The girls were free of lupus.", "Lupus was an exclusion criterion."]
)
def test_a_disease_that_the_people_do_not_have_is_not_meant_later(before: str) -> None:
    then = "MSCs improved walking in girls with multiple sclerosis."
    assert (MSC, "treats", SCLEROSIS) in triples(read(before, then))
    assert LUPUS not in {claim.object for claim in read(before, then)}
    assert (MSC, "treats", LUPUS) in triples(read("MSCs were given to girls with lupus.", "MSCs improved walking."))


@pytest.mark.parametrize(
    "text",
    [
        "MSCs eased lupus, and in no girl did thrombosis arise.",
        "Thrombosis was not seen after MSCs for lupus.",
        "MSCs eased lupus, and neither thrombosis nor fever ensued.",
    ],
)
def test_a_harm_that_did_not_come_is_a_claim_whatever_its_score(text: str) -> None:
    polarities = {(claim.predicate, claim.object): claim.polarity for claim in read(text)}
    assert polarities["adverse_effect", "MONDO:0000831"] == "negative"
    assert ("treats", "MONDO:0000831") not in polarities
    assert polarities.get(("treats", LUPUS), "positive") == "positive"


def test_the_disease_of_a_claim() -> None:
    def disease(sentence: str, predicate: str, object_: str, title: str = "Cells for multiple sclerosis") -> str:
        """That of the surest such claim: another subject may be carried in."""
        found = [
            claim for claim in read(sentence, title=title) if (claim.predicate, claim.object) == (predicate, object_)
        ]
        return max(found, key=lambda claim: claim.confidence).disease

    # Its own end; else what the sentence names; else what the article is about.
    assert disease("MSCs improved Crohn's disease.", "treats", CROHN) == CROHN
    assert disease("Crohn's disease destroys oligodendrocytes.", "affects", "CL:0000128") == CROHN
    assert disease("In Crohn's disease MSCs secrete VEGF.", "secretes", VEGF) == CROHN
    assert disease("MSCs secrete VEGF.", "secretes", VEGF) == SCLEROSIS
    assert disease("MSCs secrete VEGF.", "secretes", VEGF, title="") == ""
    # Of several the article's own. And what a cell is by nature it is in no disease.
    assert disease("In Crohn's disease and multiple sclerosis MSCs secrete VEGF.", "secretes", VEGF) == SCLEROSIS
    assert disease("MSCs were isolated from bone marrow.", "derived_from", "UBERON:0002371") == ""


def test_the_disease_of_a_section_is_nearer() -> None:
    text = (
        "# Cells for multiple sclerosis\n\n## Crohn's disease\n\nMSCs secrete VEGF.\n\n## Others\n\nMSCs secrete HGF.\n"
    )
    found = {claim.object: claim.disease for claim in extractor().claims(plain(text)) if claim.predicate == "secretes"}
    assert found == {VEGF: CROHN, HGF: SCLEROSIS}


# Where a claim stands.

FIRST, SECOND = "Mesenchymal stem cells improved lupus.", "In mice, the cells secreted VEGF."
THIRD = "After the infusion, 40% of patients improved."
BODY = f"{FIRST} {SECOND} {THIRD}"


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ("\ufeff", BODY),
        ("# Cells 𝒳😀\n\n", BODY),
        ("# Zellen für Öl e\u0301\n\n", BODY),
        ("# Cells\r\n\r\n", BODY.replace(". ", ".\r\n")),
        ("😀" * 50 + "\n\n", BODY),
    ],
)
def test_offsets_are_code_points_of_the_text(tmp_path: Path, before: str, body: str) -> None:
    file = tmp_path / "a.md"
    file.write_bytes((before + body).encode())
    text = file.read_bytes().decode("utf-8-sig")
    claims = [claim for known in articles.read(file) for claim in extractor().claims(known)]
    said = {(claim.predicate, text[claim.start : claim.end]) for claim in claims}
    assert said >= {("treats", FIRST), ("secretes", SECOND), ("outcome", THIRD)}


def test_an_article_in_the_midst_of_a_file_keeps_the_offsets_of_the_file() -> None:
    front = "Something else stands here.\n"
    start = len(front)
    span = Sentence(start, start + len(FIRST))
    known = Article("a#2", front + BODY, start=start, end=start + len(BODY), sentences=(span,))
    claims = extractor().claims(known)
    assert {known.text[claim.start : claim.end] for claim in claims} == {FIRST}
    assert {known.text[a:b] for claim in claims for a, b in claim.cues} == {"improved"}


def test_offsets_with_edits_are_those_of_the_text_as_it_stands() -> None:
    text = "It rained. Mesen-\nchymal stem cells im-\nproved lupus."
    first, second = text.index("-\n"), text.rindex("-\n")
    edits = ((first, first + 2, ""), (second, second + 2, ""))
    spans = (Sentence(0, 10), Sentence(11, len(text)))
    known = Article("a", text, end=len(text), sentences=spans, edits=edits)
    claims = extractor().claims(known)
    assert (MSC, "treats", LUPUS) in triples(claims)
    for claim in claims:
        assert (claim.start, claim.end) == (11, len(text))
        assert {text[a:b] for a, b in claim.cues} == {"im-\nproved"}


# The same text, the same claims.


@pytest.fixture(scope="module")
def own() -> list[Article]:
    """Some articles of our own, the shortest."""
    found = challenge_set.read_folder(challenge_set.annotated("dev")[0])
    return sorted(found, key=lambda known: (len(known.sentences), known.id))[:6]


@pytest.fixture(scope="module")
def alone(own: list[Article]) -> dict[str, list[Claim]]:
    """Their claims, read one after the other by an extractor of its own."""
    reader = Extractor(extractor().vocabulary)
    return {known.id: reader.claims(known) for known in own}


def test_the_order_of_articles_does_not_matter(own: list[Article], alone: dict[str, list[Claim]]) -> None:
    shuffled = random.Random(3).sample(own, len(own))
    assert {known.id: extractor().claims(known) for known in shuffled} == alone
    assert sum(map(len, alone.values())) > 20


def test_four_threads_read_as_one(own: list[Article], alone: dict[str, list[Claim]]) -> None:
    many = own * 2
    random.Random(4).shuffle(many)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(extractor().claims, many))
    assert all(claims == alone[known.id] for known, claims in zip(many, found, strict=True))


def test_the_same_bytes_twice(own: list[Article], alone: dict[str, list[Claim]]) -> None:
    build = build_node(extractor().vocabulary)

    def lines(known: Article, claims: list[Claim]) -> bytes:
        return "\n".join(map(str, article_quads(known, claims, build=build))).encode()

    for known in own[:3]:
        assert lines(known, extractor().claims(known)) == lines(known, alone[known.id])


def test_what_was_read_of_an_article_leaves_memory_with_it(own: list[Article]) -> None:
    """Without the garbage collector, which would have to look through all of it."""
    extractor().claims(own[0])
    gc.collect()
    gc.disable()
    try:
        for known in own:
            extractor().claims(known)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_claims_are_sorted_and_each_is_said_once(alone: dict[str, list[Claim]]) -> None:
    for claims in alone.values():
        assert claims == sorted(claims)
        assert len(claims) == len({claim.row() for claim in claims})


# The explanation.


def test_an_explanation_holds_every_sentence_and_the_same_claims(own: list[Article]) -> None:
    for known in own[:3]:
        explanation = extractor().explain(known)
        assert [r.sentence.span for r in explanation.readings] == [*in_pieces(known).sentences]
        assert explanation.claims == extractor().claims(known)
        for reading in explanation.readings:
            assert all(rejection.reason for rejection in reading.rejected)
            assert not (reading.silent and reading.claims)
            for _, statement in reading.claims:
                assert statement.because


def test_no_claim_has_a_reason() -> None:
    text = "Do MSCs ease lupus? The weather was fine. MSCs are mentioned, and so is VEGF. MSCs and lupus did not meet."
    trial = read_trial(text, extractor())
    claimed = {taken.sentence for taken in trial.claims}
    refused = {refusal.sentence: refusal.reason for refusal in trial.refused}
    (known,) = list(read_text(text, stem="a", file="a", cues=default_cues(), on_error=lambda _: None))
    sentences = [text[span.start : span.end] for span in known.sentences]
    assert len(sentences) == 4
    for sentence in sentences:
        assert sentence in claimed or refused[sentence]
    assert refused["Do MSCs ease lupus?"] == "a question"
    (refusal,) = read_trial("The weather was fine.", extractor()).refused
    assert refusal.reason == "fewer than two names"


def test_a_claim_tells_what_spoke_for_it() -> None:
    (taken,) = [t for t in read_trial("MSCs secrete VEGF.", extractor()).claims if t.stated.claim.object == VEGF]
    assert "secret" in taken.reasons


# Any text at all.

WORDS = (
    "MSCs", "mesenchymal stem cells", "exosomes", "iPSC-derived neurons", "HSCT", "lupus", "Crohn's disease", "GVHD",
    "knee and hip osteoarthritis", "TNF-α", "interleukins 6 and 10", "VEGF", "bone marrow", "angiogenesis", "fever",
    "improve", "improved", "did not", "may", "was", "secrete", "inhibited by", "promotes", "were isolated from", "into",
    "differentiate", "caused", "more effective than", "which", "that", "and", "or", "of", "in mice", "with", "patients",
    "40%", "4 of 41", "two-thirds", "P < 0.05", "95% CI 1.2–3.4", "no", "neither", "nor", "such as", "these cells",
    "they", "the treatment", "(", ")", "[", "]", ",", ";", ":", ".", "?", "-", "–", "%", "\n", "\n\n", "\n- ", "# ",
    "\r\n", "\ufeff", "😀", "e\u0301", "’s", "\t", "\u00a0", "\u00ad", "\u200b", "ß", "0", "1,000", "1.5.2", "'", '"',
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=200)
SENTENCES = (
    "MSCs eased lupus.", "They improved lupus.", "Cord MSCs were given.", "The treatment was safe.", "It caused fever.",
    "The weather was fine.", "These cells turn into neurons.", "Do they help?", "They did not.",
    "Exosomes were tested.",
    "It damages the kidney.", "The stem cells improved multiple sclerosis.", "Of the patients, 40% improved.",
)  # fmt: skip


def one_sentence(text: str) -> Article:
    """An article that is one sentence, whatever its length."""
    return Article("a", text, end=len(text), sentences=(Sentence(0, len(text)),))


def as_read(text: str) -> list[Article]:
    """The articles that the reader of plain text makes of a text."""
    try:
        return list(read_text(text, stem="a", file="a", cues=default_cues(), on_error=lambda _: None))
    except ArticleError:
        return []


def of_sections(sections: list[list[str]]) -> Article:
    """An article of the sentences of its sections, some of which have headings."""
    headings = cycle(("", "Patients with lupus", "MSCs"))
    text, spans, known = "", [], []
    for number, sentences in enumerate(sections):
        begins = len(text)
        for sentence in sentences:
            spans.append(Sentence(len(text), len(text) + len(sentence), section=number))
            text += sentence + " "
        known.append(Section(next(headings), begins, len(text)))
    return Article("a", text, end=len(text), sections=tuple(known), sentences=tuple(spans))


def check(known: Article) -> None:
    """Every claim of an article is well formed."""
    vocabulary = extractor().vocabulary
    spans = {(sentence.start, sentence.end) for sentence in in_pieces(known).sentences}
    for claim in extractor().claims(known):
        assert claim.doc == known.id
        assert known.edits or (claim.start, claim.end) in spans
        assert claim.subject in vocabulary
        assert claim.object in vocabulary
        assert claim.subject != claim.object
        assert not claim.disease or not vocabulary.kinds(claim.disease).isdisjoint(("disease", "phenotype"))
        assert claim.predicate in PREDICATES
        assert claim.evidence in EVIDENCE
        assert bool(claim.value) == bool(claim.unit) == (claim.predicate == "outcome")
        assert [key for key, _ in claim.qualifiers] == [key for key in QUALIFIERS if key in dict(claim.qualifiers)]
        assert all(id in vocabulary for _, id in claim.qualifiers)
        assert 0 < claim.confidence <= 1
        assert all(0 <= start < end <= len(known.text) for start, end in claim.cues)
        assert Claim.from_row(dict(zip(COLUMNS, claim.row(), strict=True))).row() == claim.row()


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_any_sentence_is_read(text: str) -> None:
    check(one_sentence(text))


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_is_read(first: str, second: str) -> None:
    for known in as_read(f"{first}\n\n{second}"):
        check(known)


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.integers(0, 30))
def test_what_stands_before_a_sentence_shifts_it_and_no_more(text: str, shift: int) -> None:
    first = extractor().claims(one_sentence(text))
    moved = one_sentence("x" * shift + text)
    moved = replace(moved, start=shift, sentences=(Sentence(shift, shift + len(text)),))
    found = extractor().claims(moved)
    assert [claim.row()[3:] for claim in found] == [claim.row()[3:] for claim in first]
    assert [claim.start for claim in found] == [claim.start + shift for claim in first]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5), max_size=3))
def test_an_explanation_says_what_the_claims_are(sections: list[list[str]]) -> None:
    known = of_sections(sections)
    check(known)
    assert extractor().claims(known) == extractor().explain(known).claims
