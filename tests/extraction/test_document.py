"""The document: what an article is about, and who can be meant where nobody is named."""

import dataclasses

import pytest
from understanding import article, document, extractor, plain, sentence

from kg.articles import Section
from kg.extraction.document import Document, Kinds, Role, illnesses, therapies

MSC, FAT_MSC, CORD_MSC = "CL:0000134", "CL:0002570", "CL:0002569"
LUPUS, CROHN, SCLEROSIS = "MONDO:0007915", "MONDO:0005011", "MONDO:0005301"
FAT, CORD = "Adipose-derived MSCs were infused.", "Umbilical cord MSCs were infused."


def test_who_is_meant_is_the_special_cell_named_last() -> None:
    known = document(FAT, "The weather was fine.", "They helped.", CORD, "They helped.")
    assert therapies(known, 2)[0] == FAT_MSC
    assert therapies(known, 4)[0] == CORD_MSC
    # The other one may be meant too, after it.
    assert set(therapies(known, 4)) == {FAT_MSC, CORD_MSC}


def test_nothing_is_known_before_a_first_sentence_but_what_the_article_makes_most_of() -> None:
    known = document("It helped.", FAT)
    assert known.known[0].cells == ()
    assert therapies(known, 0) == [FAT_MSC]


def test_a_cell_in_general_does_not_take_the_place_of_a_special_one() -> None:
    known = document(FAT, "Stem cells are talked about.", "They helped.")
    assert therapies(known, 2)[0] == FAT_MSC
    assert known.cells[0] == FAT_MSC


def test_what_is_named_more_often_comes_first_and_the_title_counts() -> None:
    often = document("It rained.", "Lupus is old.", "Crohn's disease is new.", "Crohn's disease is common.")
    titled = document("Crohn's disease is new.", "Crohn's disease is common.", title="Cells for lupus")
    assert often.diseases == (CROHN, LUPUS)
    assert titled.diseases == (LUPUS, CROHN)
    assert titled.main_disease() == LUPUS
    assert LUPUS in titled.titled and CROHN not in titled.titled
    assert [titled.rank(id) for id in (LUPUS, CROHN, SCLEROSIS)] == [0, 1, 9]


def test_of_equals_the_first_comes_first() -> None:
    known = document("It rained.", "Crohn's disease and lupus are diseases.")
    assert known.diseases == (CROHN, LUPUS)


def test_an_article_about_nothing() -> None:
    known = document("The weather was fine.")
    assert (known.cells, known.diseases, known.main_disease()) == ((), (), "")
    assert therapies(known, 0) == illnesses(known, 0) == []


def test_which_disease_is_meant() -> None:
    known = document("Lupus is old.", "Lupus hurts.", "Crohn's disease is new.", "It hurts.")
    assert illnesses(known, 3) == [CROHN, LUPUS]
    assert illnesses(known, 1)[0] == LUPUS


def test_a_heading_names_the_disease_of_its_section() -> None:
    text = "# Cells\n\nLupus is old.\n\n## Crohn's disease\n\nThey helped the bowel.\n\n## Others\n\nThey helped.\n"
    known = extractor().understood(plain(text))
    by_text = {s.text: s for s in known.sentences}
    bowel = by_text["They helped the bowel."]
    assert known.headed(bowel) == CROHN
    assert illnesses(known, bowel.index)[0] == CROHN
    assert known.headed(by_text["Lupus is old."]) == known.headed(by_text["They helped."]) == ""


@pytest.mark.parametrize(
    ("heading", "label", "role"),
    [
        ("Background", "", "background"),
        ("", "INTRODUCTION", "background"),
        ("Aims", "", "aim"),
        ("Patients and methods", "", "methods"),
        ("", "RESULTS", "results"),
        ("Discussion", "", "conclusions"),
        ("Lupus", "", "other"),
        ("", "", "none"),
    ],
)
def test_a_section_has_a_role_by_its_heading_or_label(heading: str, label: str, role: Role) -> None:
    known = article("It rained.")
    known = dataclasses.replace(known, sections=(Section(heading, 0, len(known.text), label),))
    assert extractor().understood(known).roles == [role]


def test_a_sentence_of_no_section_has_no_role() -> None:
    known = extractor().understood(dataclasses.replace(article("It rained."), sections=()))
    assert known.roles == ["none"]


def test_offsets_stand_where_the_text_stands() -> None:
    """A hyphen at the end of a line is read as no hyphen, and the offsets are those of the text with it."""
    text = "Exo-\nsomes ease lupus."
    known = dataclasses.replace(article(text), edits=((3, 5, ""),))
    understood = extractor().understood(known)
    (s,) = understood.sentences
    assert s.text == "Exosomes ease lupus."
    assert understood.stands(s.span.start, s.span.end) == (0, len(text))
    lupus = next(one.mention for one in s.named if LUPUS in one.mention.ids)
    start, end = understood.stands(lupus.start, lupus.end)
    assert text[start:end] == "lupus"


def test_what_a_document_knows_of_is_not_shared() -> None:
    """Another article is told apart, whatever was understood before."""
    first = document(FAT, "They helped.")
    second = document("They helped.")
    assert therapies(second, 0) == []
    assert therapies(first, 1) == [FAT_MSC]


def test_kinds_are_those_of_the_ontology() -> None:
    kinds = Kinds(extractor().vocabulary)
    assert "cell" in kinds.of(MSC) and "disease" in kinds.of(LUPUS)
    assert kinds.therapeutic(FAT_MSC)
    assert not kinds.therapeutic("CL:0000540")
    assert "stemkg:Antifibrosis" in kinds.mechanisms
    assert "CL:0000034" in kinds.general and FAT_MSC not in kinds.general


def test_a_document_of_no_sentences() -> None:
    s = sentence("MSCs ease lupus.")
    known = Document(article("x"), [], Kinds(extractor().vocabulary))
    assert (known.cells, known.diseases, known.known) == ((), (), [])
    assert known.rank(MSC) == 9
    assert known.stands(3, s.span.end) == (3, s.span.end)


def test_a_cell_that_is_given_is_meant_where_no_other_therapy_is_named() -> None:
    hepatocyte = "CL:0000182"
    assert therapies(document("Ten boys underwent infusion of hepatocytes.", "Nine survived."), 1) == [hepatocyte]
    assert therapies(document("Hepatocytes were counted in ten boys.", "Nine survived."), 1) == []
    assert hepatocyte not in therapies(document(FAT, "Hepatocytes were infused.", "Nine survived."), 2)
