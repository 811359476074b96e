"""What an ontologist changes in Protégé is what the next build finds: usual edits, made and seen."""

import shutil
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS

from kg import ontology, paths
from kg.articles import Article, Sentence
from kg.claim import Claim
from kg.extraction import Extractor
from kg.namespaces import expand
from kg.quads import article_quads
from kg.rdf import build_node
from kg.validation import Validator
from kg.vocabulary import Vocabulary

SYNONYM = "Zorbocytes improve multiple sclerosis."
CELL = "Skin wanderer cells improve multiple sclerosis."
MECHANISM = "Mesenchymal stem cells promote glymphatic clearance."
CUES = {
    "stemkg:decreases": "zonk",
    "stemkg:secretes": "drizzle",
    "stemkg:derived_from": "be whisked from",
    "stemkg:differentiates_into": "morphose into",
    "stemkg:Reducing": "grumble down",
}


def term(curie: str) -> rdflib.URIRef:
    return rdflib.URIRef(expand(curie))


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ontology folder with the edits in stemkg.ttl, saved in another order, as Protégé does."""
    folder = tmp_path_factory.mktemp("edited") / "ontology"
    shutil.copytree(paths.ONTOLOGY, folder)
    graph = rdflib.Graph().parse(folder / "stemkg.ttl")
    # A synonym.
    graph.add((term("CL:0000134"), term("oboInOwl:hasExactSynonym"), rdflib.Literal("zorbocyte")))
    # A cell with a logical definition.
    cell, definition, restriction = term("stemkg:SkinWandererCell"), rdflib.BNode(), rdflib.BNode()
    graph.add((cell, RDF.type, OWL.Class))
    graph.add((cell, RDFS.label, rdflib.Literal("skin wanderer cell")))
    graph.add((cell, RDFS.subClassOf, term("CL:0000134")))
    graph.add((cell, OWL.equivalentClass, definition))
    graph.add((definition, RDF.type, OWL.Class))
    members = rdflib.BNode()
    graph.add((definition, OWL.intersectionOf, members))
    rdflib.collection.Collection(graph, members, [term("CL:0000134"), restriction])
    graph.add((restriction, RDF.type, OWL.Restriction))
    graph.add((restriction, OWL.onProperty, term("RO:0001000")))
    graph.add((restriction, OWL.someValuesFrom, term("UBERON:0002097")))
    # A mechanism under a parent, with the words by which it is said.
    mechanism = term("stemkg:GlymphaticClearance")
    graph.add((mechanism, RDF.type, OWL.Class))
    graph.add((mechanism, RDFS.label, rdflib.Literal("glymphatic clearance")))
    graph.add((mechanism, RDFS.subClassOf, term("stemkg:Neuroprotection")))
    graph.add((mechanism, term("stemkg:cue"), rdflib.Literal("glymphatic clearance")))
    # Cue words for relations, and for a class of words that the patterns of mechanisms speak of.
    for owner, words in CUES.items():
        graph.add((term(owner), term("stemkg:cue"), rdflib.Literal(words)))
    graph.serialize(folder / "stemkg.ttl", format="turtle")
    return folder


@pytest.fixture(scope="module")
def before(extractor: Extractor) -> Extractor:
    return extractor


@pytest.fixture(scope="module")
def after(edited: Path) -> Extractor:
    return Extractor(Vocabulary.load(edited))


def claims(extractor: Extractor, text: str) -> list[Claim]:
    article = Article("sample", text, start=0, end=len(text), sentences=(Sentence(0, len(text)),))
    return extractor.claims(article)


def triples(extractor: Extractor, text: str) -> set[tuple[str, str, str]]:
    return {(claim.subject, claim.predicate, claim.object) for claim in claims(extractor, text)}


@pytest.mark.parametrize(
    ("text", "triple"),
    [
        (SYNONYM, ("CL:0000134", "treats", "MONDO:0005301")),
        (CELL, ("stemkg:SkinWandererCell", "treats", "MONDO:0005301")),
        (MECHANISM, ("CL:0000134", "acts_via", "stemkg:GlymphaticClearance")),
    ],
    ids=["synonym", "cell", "mechanism"],
)
def test_the_next_build_finds_it(before: Extractor, after: Extractor, text: str, triple: tuple[str, str, str]) -> None:
    assert triple not in triples(before, text)
    assert triple in triples(after, text)


@pytest.mark.parametrize(
    ("text", "predicate", "object_"),
    [
        ("Mesenchymal stem cells zonk interleukin 6.", "decreases", "HGNC:6018"),
        ("Mesenchymal stem cells drizzle interleukin 6.", "secretes", "HGNC:6018"),
        ("Mesenchymal stem cells can be whisked from bone marrow.", "derived_from", "UBERON:0002371"),
        ("Mesenchymal stem cells morphose into chondrocytes.", "differentiates_into", "CL:0000138"),
        ("Mesenchymal stem cells grumble down fibrosis.", "acts_via", "stemkg:Antifibrosis"),
    ],
)
def test_a_new_cue_word_says_what_its_relation_or_class_says(
    before: Extractor, after: Extractor, text: str, predicate: str, object_: str
) -> None:
    """An unknown word may be guessed at by what stands around it; one that is known is surer, and says one thing."""

    def sure(extractor: Extractor) -> float:
        found = [claim for claim in claims(extractor, text) if (claim.predicate, claim.object) == (predicate, object_)]
        return found[0].confidence if found else 0.0

    assert sure(after) > sure(before)
    assert triples(after, text) == {("CL:0000134", predicate, object_)}


@pytest.mark.parametrize("text", [CELL, MECHANISM])
def test_the_shapes_take_the_new_term(before: Extractor, after: Extractor, text: str) -> None:
    """The shapes speak of kinds, which the new term has by its parent."""
    found = claims(after, text)
    assert found
    article = Article("sample", text, title="Sample", sha256="0" * 64, start=0, end=len(text))
    build = build_node(after.vocabulary)
    quads = list(article_quads(article, found, build=build))
    assert list(Validator(after.vocabulary).check([quads])) == []
    assert list(Validator(before.vocabulary).check([quads])) != []


def test_queries_find_the_mechanism_under_its_parent(after: Extractor) -> None:
    above = after.vocabulary.ancestors("stemkg:GlymphaticClearance")
    assert {"stemkg:Neuroprotection", "stemkg:Mechanism"} <= above
    assert after.vocabulary.kinds("stemkg:GlymphaticClearance") == {"mechanism"}


def test_a_release_older_than_the_edit_is_noticed(edited: Path) -> None:
    assert "release-ontology" in ontology.stale(edited)


@pytest.mark.skipif(bool(ontology.missing_java()), reason=ontology.missing_java())
def test_the_reasoner_places_the_cell_by_its_definition(edited: Path, tmp_path: Path) -> None:
    """On stemkg.ttl with the two slices that the definition speaks of, which is quicker than on all."""
    (tmp_path / "imports").mkdir()
    for name in ("stemkg.ttl", "imports/cl.ttl", "imports/uberon.ttl"):
        shutil.copy(edited / name, tmp_path / name)
    graph = ontology.read(tmp_path)
    (tmp_path / ontology.INFERRED).write_text(ontology.release(graph, ontology.reason(graph)), "utf-8")
    vocabulary = Vocabulary.load(tmp_path)
    above = vocabulary.ancestors("stemkg:SkinWandererCell")
    assert {"stemkg:AdultTissueMesenchymalStemCell", "stemkg:ImmunomodulatoryCell", "CL:0000000"} <= above
    assert "stemkg:BirthTissueMesenchymalStemCell" not in above
    assert ontology.stale(tmp_path) == ""
