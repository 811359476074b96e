"""The tables of the lexicon, and how their very many names are found."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.extraction.names import KINDS, MentionFinder
from kg.extraction.names.lexicon import Automaton, Name
from kg.extraction.names.phrases import Phrases
from kg.extraction.names.writing import fold
from kg.further import lexicon_files
from kg.paths import ONTOLOGY
from kg.vocabulary import Vocabulary, load

WORDS = ("bone", "bones", "ache", "joint", "bus", "buses", "s", "t(8", "o'neil", "x-ray", "Ärmel")


@pytest.fixture(scope="module")
def whole() -> Vocabulary:
    return load()


@pytest.fixture(scope="module")
def finder(whole: Vocabulary) -> MentionFinder:
    return MentionFinder(whole)


@pytest.mark.parametrize("table", lexicon_files(ONTOLOGY), ids=lambda path: path.stem)
def test_every_row_is_a_term_of_a_kind_that_texts_name(table: Path, whole: Vocabulary) -> None:
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) > 1000
    assert [row["id"] for row in rows if row["id"] in whole.terms] == []
    lost = [row["id"] for row in rows if not whole.kinds(row["id"]) & frozenset(KINDS)]
    assert lost == []


@pytest.mark.parametrize(
    ("id", "above", "kind"),
    [
        ("HP:0002344", "HP:0000118", "phenotype"),
        ("GO:0007623", "GO:0008150", "process"),
        ("MONDO:0005207", "MONDO:0000001", "disease"),
        ("CHEBI:35498", "stemkg:Chemical", "drug"),
        ("CL:0000921", "CL:0000084", "cell"),
        ("UBERON:0000444", "UBERON:0000465", "tissue"),
    ],
)
def test_ancestors_reach_into_the_ontology(id: str, above: str, kind: str, whole: Vocabulary) -> None:
    assert id not in whole.terms
    assert above in whole.ancestors(id)
    assert kind in whole.kinds(id)


@pytest.mark.parametrize(
    "text", ["The translation was slow.", "A reagent was bought.", "They waited for the extension."]
)
def test_common_words_are_no_names(text: str, finder: MentionFinder) -> None:
    assert finder.find(text) == []


def test_a_name_of_the_ontology_wins(finder: MentionFinder) -> None:
    text = "Seizures were rare; their circadian rhythm was lost."
    found = {text[m.start : m.end]: m.id for m in finder.find(text)}
    assert found == {"Seizures": "HP:0001250", "circadian rhythm": "GO:0007623"}


def test_a_longer_name_of_the_lexicon_wins_over_a_shorter_one_in_it(finder: MentionFinder) -> None:
    text = "He had a childhood central nervous system germ cell tumor."
    assert {text[m.start : m.end]: m.id for m in finder.find(text)} == {
        "childhood central nervous system germ cell tumor": "MONDO:0003750"
    }


def test_a_sign_is_meant_as_broadly_as_the_ontology_knows_it(finder: MentionFinder) -> None:
    text = "They had anal pain."
    assert {text[m.start : m.end]: m.id for m in finder.find(text)} == {"pain": "HP:0012531"}


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("blood and marrow transplants", "CL:0000037"),
        ("umbilical cord blood stem cell transplantation", "CL:2000095"),
        ("glial precursors", "CL:0000030"),
        ("neural crest stem cells", "CL:0011012"),
        ("natural killer T cells", "CL:0000814"),
        ("antibodies", "stemkg:Immunoglobulin"),
        ("nerve conduction", "GO:0019226"),
        ("synapse formation", "GO:0007416"),
        ("eyesight", "GO:0007601"),
        ("nanoparticles", "CHEBI:50803"),
        ("HDAC inhibitors", "CHEBI:61115"),
        ("Gleevec", "CHEBI:45783"),
        ("reduced-intensity conditioning", "stemkg:ReducedIntensityConditioning"),
        ("bulging discs", "MONDO:0011385"),
    ],
)
def test_names_in_running_text(name: str, id: str, finder: MentionFinder) -> None:
    text = f"They wrote of {name} at last."
    assert [(text[m.start : m.end], m.id) for m in finder.find(text)] == [(name, id)]


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6),
    st.lists(st.sampled_from((*WORDS, *"-.,()'", "anti-", "non-")), max_size=20),
    st.sampled_from(("", " ")),
)
@example(["bone", "bones"], ["bones"], "")
def test_phrases_are_found_as_an_automaton_finds_them(forms: list[str], words: list[str], between: str) -> None:
    names = {fold(form): Name((form,), short=False) for form in forms}
    text = between.join(words)

    def found(way: type[Automaton] | type[Phrases]) -> set[tuple[int, int, tuple[str, ...], bool]]:
        return {(hit.start, hit.end, hit.name.ids, hit.plural) for hit in way(names).find(fold(text), text)}

    assert found(Phrases) == found(Automaton)


@pytest.mark.parametrize(
    ("text", "short", "id"),
    [
        # The article says that it is something else, in words of its initials or in others.
        ("Acute care surgery (ACS) patients were tested. ACS was safe.", "ACS", ""),
        ("A mindfulness-based programme (BMT) was compared with a drug; BMT eased anxiety.", "BMT", ""),
        # One that has several meanings is a cell or a product where a word of its name stands in the article.
        ("We searched PubMed, Embase and ACS.", "ACS", ""),
        ("Caspase-1 and ASC assemble in macrophages.", "ASC", "HGNC:16608"),
        ("ASC from adipose tissue were infused.", "ASC", "CL:0002570"),
        ("ASCs were infused into mice with colitis.", "ASCs", "CL:0002570"),
        ("Patients with leukemia underwent BMT in remission.", "BMT", "CL:0000037"),
        ("Bone marrow transplantation (BMT) is an option; BMT cured him.", "BMT", "CL:0000037"),
        ("Induced PSCs (iPSCs) became neurons; iPSCs can be banked.", "iPSCs", "stemkg:InducedPluripotentStemCell"),
    ],
)  # fmt: skip
def test_a_short_form_means_what_the_article_says(finder: MentionFinder, text: str, short: str, id: str) -> None:
    found = [m.id for m in finder.find(text) if text[m.start : m.end].startswith(short)]
    assert found == [id] * len(found) and bool(found) == bool(id)
