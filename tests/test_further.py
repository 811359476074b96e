"""Terms beyond the ontology, of the lexicon and coined: in the vocabulary, in texts and in the graph."""

from pathlib import Path

import pyoxigraph as ox
import pytest
import samples
from understanding import finder

from kg.further import Further, LexiconError
from kg.pipeline import build
from kg.store import Store
from kg.vocabulary import Vocabulary, load
from kg.working import Options

ALL = load()


def named(text: str) -> dict[str, str]:
    return {text[m.start : m.end]: m.id for m in finder().find(text)}


def test_a_term_of_the_lexicon_has_label_parents_and_kinds() -> None:
    assert "HGNC:357" not in ALL.terms
    term = ALL.term("HGNC:357")
    assert term is not None
    assert (term.label, term.parents, term.kinds) == ("AIM2", ("stemkg:Factor",), frozenset(("factor",)))
    assert "HGNC:357" in ALL
    assert "stemkg:Factor" in ALL.ancestors("HGNC:357")


def test_what_is_in_no_table_and_has_no_known_head_is_no_term() -> None:
    for id in ("HGNC:0", "stemkg:Unheard", "stemkg:", "nothing", "MONDO:9999999"):
        assert id not in ALL
        assert ALL.label(id) == id
        assert ALL.ancestors(id) == {id}


@pytest.mark.parametrize(
    ("text", "written", "id"),
    [
        ("Cells made more AIM2 than before.", "AIM2", "HGNC:357"),
        ("A mutation of the PIGA gene was found.", "PIGA", "HGNC:8957"),
        ("Mice without Aim2 were well.", "Aim2", "HGNC:357"),
        ("They got amifostine for a week.", "amifostine", "CHEBI:2636"),
        ("Two had choriocarcinomas.", "choriocarcinomas", "MONDO:0005207"),
        ("He fell into a coma.", "coma", "HP:0001259"),
    ],
)
def test_names_of_the_lexicon_are_found(text: str, written: str, id: str) -> None:
    assert named(text).get(written) == id


def test_a_disease_of_the_ontology_may_mean_the_sign_of_the_same_name() -> None:
    (mention,) = finder().find("One developed hypothyroidism.")
    assert mention.ids == ("MONDO:0005420", "HP:0000821")
    assert mention.kinds == {"disease", "phenotype"}


@pytest.mark.parametrize(
    "text", ["They met at the PIGA hotel.", "In the REST of the house", "Phase II of GPI was late."]
)
def test_a_symbol_that_may_be_anything_is_a_gene_only_among_words_of_genes(text: str) -> None:
    assert not [id for id in named(text).values() if id.startswith("HGNC:")]


def test_an_abbreviation_of_the_article_is_no_gene() -> None:
    text = "The primary ischemic growth area (PIGA) was small. The PIGA gene was not looked at."
    assert not [id for id in named(text).values() if id.startswith("HGNC:")]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("miR-429", "MIR429"),
        ("miRNA-361-5p", "MIR361"),
        ("MiR-224-5p", "MIR224"),
        ("miR-138-5p", "MIR138-1"),
        ("miR-103a-3p", "MIR103A1"),
        ("mmu-miR-30c-2-3p", "MIR30C2"),
        ("microRNA 375", "MIR375"),
        ("miR-99999", None),
        ("miR-17/92", None),  # several
        ("miRNAs 12 weeks", None),
    ],
)
def test_a_micro_rna_is_named_by_its_number(written: str, label: str | None) -> None:
    found = named(f"Tumor cells took up {written} from exosomes.")
    assert (ALL.label(found[written]) if written in found else None) == label


def test_bad_tables_are_named_with_line_and_reason() -> None:
    for content, reason in ((b"id\tname\n", "t.tsv:1: the columns"), (b"\xff", "t.tsv: not UTF-8")):
        with pytest.raises(LexiconError, match=reason):
            list(Further([("t.tsv", content)]).rows())
    table = b"id\tlabel\tsynonyms\tparents\nHGNC:1\tA\n"
    with pytest.raises(LexiconError, match=r"t\.tsv:2: not four columns"):
        Further([("t.tsv", table)]).get("HGNC:1")


def test_the_lexicon_tells_one_vocabulary_from_another(tmp_path: Path) -> None:
    folder = samples.ontology(tmp_path)
    before = Vocabulary.load(folder).digest
    (folder / "lexicon").mkdir()
    (folder / "lexicon" / "x.tsv").write_text("id\tlabel\tsynonyms\tparents\n")
    assert Vocabulary.load(folder).digest != before


ASK = """SELECT ?label ?above WHERE { GRAPH <https://w3id.org/stemkg/graph/ontology> {
        <http://identifiers.org/hgnc/357> <http://www.w3.org/2000/01/rdf-schema#label> ?label }
        GRAPH <https://w3id.org/stemkg/graph/closure> {
        <http://identifiers.org/hgnc/357> <https://w3id.org/stemkg/isA> ?above } }"""


def solutions(store: Store) -> ox.QuerySolutions:
    found = store.graph.query(ASK)
    assert isinstance(found, ox.QuerySolutions)
    return found


def test_the_graph_tells_of_the_terms_that_claims_use_and_of_no_others(tmp_path: Path) -> None:
    first = tmp_path / "first.txt"
    first.write_text(
        "A study of colitis\n\nMesenchymal stem cells reduced the expression of AIM2 in mice with colitis.\n"
    )
    store = tmp_path / "store"
    with Store.open(store) as opened:
        build([first], opened, Options(), workers=1)
        rows = [(row["label"].value, row["above"].value) for row in solutions(opened)]
    assert ("AIM2", "https://w3id.org/stemkg/Factor") in rows
    first.write_text(
        "A study of colitis\n\nMesenchymal stem cells reduced the expression of TNF in mice with colitis.\n"
    )
    with Store.open(store) as opened:
        build([first], opened, Options(), workers=1)
        assert not list(solutions(opened))


@pytest.mark.parametrize(
    ("text", "written", "id", "label", "parent"),
    [
        ("They gave an EZH2 inhibitor.", "EZH2 inhibitor", "stemkg:EZH2Inhibitor", "EZH2 inhibitor", "stemkg:Drug"),
        ("Medulloblastoma stem cells grew.", "Medulloblastoma stem cells", "stemkg:MedulloblastomaStemCell",
         "medulloblastoma stem cell", "CL:0000034"),
        ("It was felotumab that helped.", "felotumab", "stemkg:Felotumab", "felotumab", "stemkg:MonoclonalAntibody"),
        ("An anti-IL-21 antibody was given.", "anti-IL-21 antibody", "stemkg:AntiIL21Antibody",
         "anti IL21 antibody", "stemkg:MonoclonalAntibody"),
    ],
)  # fmt: skip
def test_what_has_a_known_head_is_coined(text: str, written: str, id: str, label: str, parent: str) -> None:
    assert named(text).get(written) == id
    term = ALL.term(id)
    assert term is not None
    assert (term.label, term.parents) == (label, (parent,))
    assert term.kinds == ALL.kinds(parent)


def test_what_is_coined_is_another_thing_than_its_part() -> None:
    for text in (
        "The IL-6 inhibitor was safe.",
        "Cells with VEGF receptor 2 grew.",
        "They gave an anti-IL-6 antibody.",
    ):
        ids = [id for m in finder().find(text) for id in m.ids]
        assert not {"HGNC:6018", "HGNC:12680"} & set(ids)
