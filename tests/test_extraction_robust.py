"""Extraction of any text at all: nothing makes it fail, slow, or forgetful of where and who it is."""

import gc
import random
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import challenge_set
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import articles
from kg.articles import Article, ArticleError, Section, Sentence, default_cues
from kg.articles.plain import read_text
from kg.claim import COLUMNS, EVIDENCE, PREDICATES, QUALIFIERS, Claim
from kg.extraction import Extractor, Look
from kg.extraction.pieces import LONGEST, in_pieces
from kg.vocabulary import load


def one_sentence(text: str) -> Article:
    """An article that is one sentence, whatever its length."""
    return Article("a", text, end=len(text), sentences=(Sentence(0, len(text)),))


def as_read(text: str, id: str = "a") -> list[Article]:
    """The articles that the reader of plain text makes of a text."""
    try:
        return list(read_text(text, stem=id, file=id, cues=default_cues(), on_error=lambda _: None))
    except ArticleError:
        return []


@pytest.fixture(scope="module")
def own() -> list[Article]:
    """Some articles of our own."""
    return challenge_set.read_folder(challenge_set.annotated("dev")[0])[:8]


EXTRACTOR = Extractor(load())  # hypothesis takes no fixtures


# Where a claim stands


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
        ("# Cells\r\r", BODY),
        ("😀" * 50 + "\n\n", BODY),
    ],
)
def test_offsets_are_code_points_of_the_text(extractor: Extractor, tmp_path: Path, before: str, body: str) -> None:
    file = tmp_path / "a.md"
    file.write_bytes((before + body).encode())
    text = file.read_bytes().decode("utf-8-sig")
    claims = [claim for known in articles.read(file) for claim in extractor.claims(known)]
    said = {(claim.predicate, text[claim.start : claim.end]) for claim in claims}
    assert said >= {("treats", FIRST), ("secretes", SECOND), ("outcome", THIRD)}


def test_an_article_in_the_midst_of_a_file_keeps_the_offsets_of_the_file(extractor: Extractor) -> None:
    front = "Something else stands here.\n"
    start = len(front)
    known = Article(
        "a#2", front + BODY, start=start, end=start + len(BODY), sentences=(Sentence(start, start + len(FIRST)),)
    )
    (claim,) = extractor.claims(known)
    assert known.text[claim.start : claim.end] == FIRST
    assert [known.text[a:b] for a, b in claim.cues] == ["improved"]


# The same text, the same claims


def test_the_same_article_gives_the_same_claims(extractor: Extractor, own: list[Article]) -> None:
    for known in own:
        assert extractor.claims(known) == extractor.claims(known)


def test_the_order_of_articles_does_not_matter(extractor: Extractor, own: list[Article]) -> None:
    forth = {known.id: extractor.claims(known) for known in own}
    shuffled = random.Random(3).sample(own, len(own))
    assert {known.id: extractor.claims(known) for known in shuffled} == forth
    assert sum(map(len, forth.values())) > 50


def test_another_extractor_gives_the_same_claims(extractor: Extractor, own: list[Article]) -> None:
    for known in own[:3]:
        assert EXTRACTOR.claims(known) == extractor.claims(known)


def test_threads_share_an_extractor(extractor: Extractor, own: list[Article]) -> None:
    alone = [extractor.claims(known) for known in own]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(extractor.claims, own)) == alone


def test_claims_are_sorted_and_each_is_said_once(extractor: Extractor, own: list[Article]) -> None:
    for known in own:
        claims = extractor.claims(known)
        assert claims == sorted(claims)
        assert len(claims) == len(set(claims))


def test_the_look_passes_every_article_with_a_claim_about_cells(extractor: Extractor, own: list[Article]) -> None:
    look = Look(extractor.vocabulary)
    for known in own:
        assert look(known.text)
    assert not look("The weather was fine, and the cells of the prison were painted. Aspirin relieved the headache.")


# Any text


WORDS = (
    "MSCs", "mesenchymal stem cells", "exosomes", "iPSC-derived neurons", "HSCT", "lupus", "Crohn's disease", "GVHD",
    "knee and hip osteoarthritis", "TNF-α", "interleukins 6 and 10", "VEGF", "bone marrow", "angiogenesis", "fever",
    "improve", "improved", "did not", "may", "was", "secrete", "inhibited by", "promotes", "were isolated from", "into",
    "differentiate", "caused", "more effective than", "which", "that", "and", "or", "of", "in mice", "with", "patients",
    "40%", "4 of 41", "two-thirds", "P < 0.05", "95% CI 1.2–3.4", "no", "neither", "nor", "such as", "these cells",
    "they", "the treatment", "(", ")", "[", "]", ",", ";", ":", ".", "?", "-", "–", "%", "\n", "\n\n", "\n- ", "# ",
    "\r\n", "\ufeff", "😀", "e\u0301", "’s", "\t", "\u00a0", "0", "1,000", "1.5.2", "'", '"', "The", "A",
)  # fmt: skip

texts = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=200)


def check(extractor: Extractor, known: Article) -> None:
    """Every claim of an article is well formed."""
    spans = {(sentence.start, sentence.end) for sentence in in_pieces(known).sentences}
    for claim in extractor.claims(known):
        assert claim.doc == known.id
        assert (claim.start, claim.end) in spans
        assert claim.subject in extractor.vocabulary
        assert claim.object in extractor.vocabulary
        assert not claim.disease or "disease" in extractor.vocabulary.kinds(claim.disease)
        assert claim.predicate in PREDICATES
        assert claim.evidence in EVIDENCE
        assert bool(claim.value) == bool(claim.unit) == (claim.predicate == "outcome")
        assert [key for key, _ in claim.qualifiers] == [key for key in QUALIFIERS if key in dict(claim.qualifiers)]
        assert all(id in extractor.vocabulary for _, id in claim.qualifiers)
        assert 0 < claim.confidence <= 1
        assert all(0 <= start < end <= len(known.text) for start, end in claim.cues)
        assert Claim.from_row(dict(zip(COLUMNS, claim.row(), strict=True))).row() == claim.row()


@settings(max_examples=120, deadline=None)
@given(texts)
def test_any_sentence_is_read(text: str) -> None:
    check(EXTRACTOR, one_sentence(text))


@settings(max_examples=80, deadline=None)
@given(texts, texts)
def test_any_text_is_read(first: str, second: str) -> None:
    for known in as_read(f"{first}\n\n{second}"):
        check(EXTRACTOR, known)


@settings(max_examples=60, deadline=None)
@given(texts, st.integers(0, 30))
def test_what_stands_before_a_sentence_shifts_it_and_no_more(text: str, shift: int) -> None:
    first = EXTRACTOR.claims(one_sentence(text))
    moved = Article("a", "x" * shift + text, start=shift, end=shift + len(text),
                    sentences=(Sentence(shift, shift + len(text)),))  # fmt: skip
    assert [claim.row()[3:] for claim in EXTRACTOR.claims(moved)] == [claim.row()[3:] for claim in first]


# What is passed over


CASES = [case.article for case in challenge_set.cases()]
SPOKEN = [known.text[span.start : span.end] for known in CASES for span in known.sentences]
UNSPOKEN = (
    "Blood pressure was measured at each visit.", "They were well.", "The disease is rare.", "Why is that so?",
    "The patients were old.", "Aspirin was bought.", "IL-6 was measured.", "The Wnt pathway was studied.", "Results",
    "Current treatments are many.", "Lupus is old.", "Asthma is known to many.", "The survey was posted in May.",
)  # fmt: skip
REFERRING = (
    "They improved lupus.", "It caused fever.", "They release VEGF.", "These cells turn into neurons.",
    "These drugs caused fever.", "These factors are needed for angiogenesis.", "The treatment was safe.",
    "Inhibition of this pathway promotes angiogenesis.", "It damages the kidney.", "The disease damages the kidney.",
    "The stem cells improved multiple sclerosis.", "Their release of VEGF helped.", "They were given by vein.",
    "Cord MSCs were given.", "MSCs were given to patients with lupus.", "Exosomes were tested.",
)  # fmt: skip
SENTENCES = st.sampled_from(SPOKEN) | st.sampled_from(UNSPOKEN) | st.sampled_from(REFERRING)


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


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(SENTENCES, min_size=1, max_size=6), max_size=3))
def test_what_is_passed_over_or_worked_out_later_changes_nothing(sections: list[list[str]]) -> None:
    """An explanation reads every sentence, and at once."""
    known = of_sections(sections)
    assert EXTRACTOR.claims(known) == EXTRACTOR.explain(known).claims


def test_what_was_read_of_an_article_leaves_memory_with_it(extractor: Extractor, own: list[Article]) -> None:
    """Without the garbage collector, which would have to look through all of it."""
    extractor.claims(own[0])
    gc.collect()
    gc.disable()
    try:
        for known in own:
            extractor.claims(known)
        assert gc.collect() == 0
    finally:
        gc.enable()


# Lines without an end


MEGABYTE = 1_000_000


@pytest.mark.parametrize("unit", ["a", "(", "[]", ",", "9", "-", "A", "😀", "\n"])
def test_a_megabyte_of_one_mark_is_read_and_says_nothing(extractor: Extractor, unit: str) -> None:
    for known in as_read(unit * (MEGABYTE // len(unit))):
        assert extractor.claims(known) == []


GROWING = {
    "letters": "a",
    "open brackets": "(",
    "brackets": "[]",
    "commas": ", ",
    "hyphens": "a-",
    "a disease": "osteoarthritis ",
    "a list of diseases": "osteoarthritis, ",
    "cells": "MSCs ",
    "bracketed letters": "(AB) ",
    "abbreviations": "lupus erythematosus (LE) ",
    "a claim": "MSCs improve lupus, ",
    "verbs": "treat ",
    "numbered factors": "interleukins 6 and 10, ",
    "figures": "4 of 41 patients improved and ",
    "comparisons": "more effective than MSCs ",
    "origins": "MSCs from fat and ",
    "items": "\n- MSCs",
}


def cost(extractor: Extractor, text: str) -> float:
    """Processor time of an article that is one line."""
    known = one_sentence(text)
    began = time.process_time()
    extractor.claims(known)
    return time.process_time() - began


@pytest.mark.parametrize("unit", GROWING.values(), ids=GROWING)
def test_time_is_linear_in_a_line(extractor: Extractor, unit: str) -> None:
    def ratio() -> float:
        once, twice = (cost(extractor, (unit * n)[:n]) for n in (4_000, 8_000))
        return twice / max(once, 0.02)

    # Time doubles with the text; were it quadratic, it would be four times as much. A busy machine gets four tries.
    assert any(ratio() < 3 for _ in range(4))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab \n", min_size=0, max_size=4 * LONGEST), st.integers(0, 3))
def test_pieces_lose_no_words(text: str, lead: int) -> None:
    spans = [Sentence(0, len(text)), Sentence(0, len(text), "item", lead=0)]
    known = in_pieces(Article("a", text, sentences=tuple(spans)))
    pieces = [text[piece.start : piece.end] for piece in known.sentences if piece.kind == "sentence"]
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(len(piece) <= LONGEST for piece in pieces)
    leads = {piece.lead for piece in known.sentences if piece.kind == "item"}
    assert leads == {len(pieces) - 1}
