"""Cues: the ontology's words, found in whatever form they stand."""

from collections.abc import Sequence

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.cues import FORMS, CueBook
from kg.extraction.language import Parser, lemma, tokenize
from kg.vocabulary import Vocabulary, load

CUES = """
stemkg:decreases stemkg:cue "reduce", "bring down" ; stemkg:nounCue "reduction in" .
stemkg:derived_from stemkg:cue "be derived from", "take from" ; stemkg:inverseCue "house" .
stemkg:treats stemkg:adjectiveCue "effective" ; stemkg:inchoativeCue "subside" .
stemkg:Reducing rdfs:label "words of reducing" ; stemkg:cue "curb" .
stemkg:Antifibrosis rdfs:label "antifibrosis" ; rdfs:subClassOf stemkg:Mechanism ;
    stemkg:cue "<Reducing> fibrosis", "scar reduction" .
stemkg:Furniture rdfs:label "furniture" ; rdfs:subClassOf stemkg:TextPart ; stemkg:cue "share this page" .
"""
PARSER = Parser.load()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> CueBook:
    folder = samples.ontology(tmp_path_factory.mktemp("ontology"))
    (folder / "stemkg.ttl").write_text(samples.ONTOLOGY + CUES)
    return CueBook(Vocabulary.load(folder))


def found(book: CueBook, text: str) -> list[tuple[str, str]]:
    """The words of each cue of a sentence, and what it speaks for."""
    tokens = tokenize(text, 0, len(text))
    lowers = [token.lower for token in tokens]
    tags = PARSER.parse([token.text for token in tokens]).tags
    hits = book.find(lowers, [lemma(word) for word in lowers], tags)
    return [(text[tokens[hit.first].start : tokens[hit.last - 1].end], hit.cue.owner) for hit in hits]


@pytest.mark.parametrize(
    ("text", "words", "owner"),
    [
        ("They reduce pain.", "reduce", "decreases"),
        ("It Reduced pain.", "Reduced", "decreases"),
        ("by reducing pain", "reducing", "decreases"),
        ("They brought down the level.", "brought down", "decreases"),
        ("a reduction in pain", "reduction in", "decreases"),
        ("Cells derived from fat died.", "derived from", "derived_from"),
        ("The cells are derived from fat.", "derived from", "derived_from"),
        ("an effective drug", "effective", "treats"),
        ("The pain subsided.", "subsided", "treats"),
        ("The marrow houses them.", "houses", "derived_from"),
    ],
)
def test_a_cue_is_found_in_every_form_of_its_words(book: CueBook, text: str, words: str, owner: str) -> None:
    assert (words, owner) in found(book, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The scar reduction was large.", "scar reduction"),
        ("The scar-reduction was large.", "scar-reduction"),
        ("They brought it down.", ""),
        ("The cells were taken directly from fat.", "taken directly from"),
        ("The cells were taken, not without pain, from fat.", ""),
        ("They were taken by the nurse to the ward from the hall.", ""),
    ],
)
def test_little_may_stand_between_the_words_of_a_phrase(book: CueBook, text: str, words: str) -> None:
    phrases = [hit for hit, _ in found(book, text) if " " in hit or "-" in hit]
    assert phrases == ([words] if words else [])


def test_a_governed_cue_names_its_governor(book: CueBook) -> None:
    text = "They curb the fibrosis."
    tokens = tokenize(text, 0, len(text))
    lowers = [token.lower for token in tokens]
    hits = book.find(lowers, [lemma(word) for word in lowers], ["PRP", "VBP", "DT", "NN", "."])
    (governed,) = [hit.cue for hit in hits if hit.cue.governor]
    assert (governed.owner, governed.governor, governed.text, governed.form) == (
        "Antifibrosis",
        "Reducing",
        "fibrosis",
        "cue",
    )
    assert ("curb", "Reducing") in found(book, text)


@pytest.mark.parametrize("text", ["", "...", "reducible", "Share this page", "derive", "The scars."])
def test_what_is_no_cue_is_not_found(book: CueBook, text: str) -> None:
    assert found(book, text) == []


def test_every_form_is_an_annotation_of_the_ontology() -> None:
    annotations = load().annotations
    for form in FORMS:
        assert annotations.get(form), form


def test_every_governor_is_a_class_of_the_ontology_that_has_words() -> None:
    """A cue whose governor has no words would never count."""
    vocabulary = load()
    spoken = {id.removeprefix("stemkg:") for form in FORMS for id, _ in vocabulary.annotations.get(form, ())}
    governors = {
        text[1 : text.index(">")] for _, text in vocabulary.annotations["cue"] if text.startswith("<") and ">" in text
    }
    assert governors
    assert governors - spoken == set()


WORDS = ("reduce", "bring", "down", "take", "from", "the", "scar", "reduction", "fibrosis", "-", ",", "new", "x")


@given(st.lists(st.sampled_from(WORDS), max_size=20), st.randoms(use_true_random=False))
def test_cues_lie_in_the_sentence_in_order(words: Sequence[str], random: object) -> None:
    tags = [random.choice(("NN", "VB", "DT", "JJ", ",")) for _ in words]  # type: ignore[attr-defined]
    hits = BOOK.find(words, words, tags)
    assert all(0 <= hit.first < hit.last <= len(words) for hit in hits)
    assert [hit.first for hit in hits] == sorted(hit.first for hit in hits)
    # A cue of one word is found wherever the word stands.
    assert [hit.first for hit in hits if hit.cue.text == "reduce" and hit.cue.owner == "decreases"] == [
        k for k, word in enumerate(words) if word == "reduce"
    ]


BOOK = CueBook(load())  # hypothesis takes no fixtures
