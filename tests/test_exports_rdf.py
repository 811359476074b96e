"""Every RDF format gives back the graph that was exported, in every parser that is here."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import exporting
import jena
import pyoxigraph as ox
import pytest
import query_fixture
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

from kg import exports, ontology
from kg.articles import Article
from kg.claim import PREDICATES
from kg.exports import about, jsonld
from kg.exports.turtle import EXPORT_PREFIXES, turtle
from kg.exports.view import cut, literal
from kg.namespaces import GRAPH, expand
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Store
from kg.vocabulary import Vocabulary

#: Formats that hold every named graph, and formats that hold one merged graph, with pyoxigraph's names.
DATASETS = {"nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}
GRAPHS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdfxml": ox.RdfFormat.RDF_XML}
SUFFIXES = {name: next(iter(exports.FORMATS[name].files)) for name in (*DATASETS, *GRAPHS)}
RDFLIB = {"nq": "nquads", "trig": "trig", "jsonld": "json-ld", "ttl": "turtle", "nt": "nt", "rdfxml": "xml"}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return exporting.vocabulary(tmp_path_factory.mktemp("ontology"))


@pytest.fixture(scope="module")
def store(vocabulary: Vocabulary) -> Store:
    return exporting.store(vocabulary)


@pytest.fixture(scope="module")
def files(store: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exported")
    return {name: exports.export(store, folder / f"all{suffix}", name)[0] for name, suffix in SUFFIXES.items()}


def parsed(path: Path, format: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(path=path, format=format))


def said(path: Path, format: ox.RdfFormat) -> set[ox.Quad]:
    """The quads of a file without its head, which says what the file is."""
    head = {expand("stemkg:dataset"), *(expand(f"xsd:{name}") for name in ("date", "gYear", "gYearMonth"))}
    return {quad for quad in parsed(path, format) if getattr(quad.subject, "value", "") not in head}


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_format_holds_every_quad(name: str, store: Store, files: dict[str, Path]) -> None:
    assert said(files[name], DATASETS[name]) == set(store.graph)
    about_it = {quad for quad in parsed(files[name], DATASETS[name]) if quad.graph_name == ox.DefaultGraph()}
    assert ox.NamedNode(about.LICENCE) in {quad.object for quad in about_it}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_graph_formats_hold_one_graph(name: str, files: dict[str, Path]) -> None:
    assert parsed(files[name], GRAPHS[name]) == parsed(files["nt"], GRAPHS["nt"])


@pytest.mark.parametrize("name", SUFFIXES)
def test_rdflib_reads_the_same(name: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    if name in DATASETS:
        read, reference = (
            {
                (subject, predicate, object_, str(graph))
                for subject, predicate, object_, graph in rdflib.Dataset()
                .parse(files[one], format=RDFLIB[one])
                .quads((None, None, None, None))
            }
            for one in (name, "nq")
        )
        assert read == reference
    else:
        assert isomorphic(
            rdflib.Graph().parse(files[name], format=RDFLIB[name]), rdflib.Graph().parse(files["nt"], format="nt")
        )


def test_rapper_counts_the_same(files: dict[str, Path]) -> None:
    if not shutil.which("rapper"):
        pytest.skip("rapper is not here (Debian: raptor2-utils)")
    expected = len(files["nt"].read_bytes().splitlines())
    for name, syntax in (("ttl", "turtle"), ("nt", "ntriples"), ("rdfxml", "rdfxml")):
        done = subprocess.run(["rapper", "-c", "-i", syntax, str(files[name])], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert f"returned {expected} triples" in done.stderr


def test_jena_counts_the_same(files: dict[str, Path], tmp_path: Path) -> None:
    counts = jena.riot_counts([files[name] for name in ("nt", "ttl", "rdfxml", "nq", "trig")], tmp_path)
    triples, quads = (len(files[name].read_bytes().splitlines()) for name in ("nt", "nq"))
    assert counts == [triples] * 3 + [quads] * 2


def test_the_names_of_the_json_ld_context_are_no_prefixes() -> None:
    context = jsonld.context()
    prefixes = {name for name, value in context.items() if isinstance(value, dict) and value.get("@prefix")}
    assert prefixes == set(EXPORT_PREFIXES)


def test_lines_are_sorted(files: dict[str, Path]) -> None:
    for name in ("nq", "nt"):
        lines = files[name].read_bytes().splitlines(keepends=True)
        assert lines == sorted(set(lines))


def test_the_merged_graph_has_the_terms_that_are_used_and_those_above_and_no_others(files: dict[str, Path]) -> None:
    graph = rdflib.Graph().parse(files["ttl"])
    label, is_a = (rdflib.URIRef(expand(name)) for name in ("rdfs:label", "stemkg:isA"))

    def node(curie: str) -> rdflib.URIRef:
        return rdflib.URIRef(expand(curie))

    # Lupus is named by a claim, an autoimmune disease by a withdrawn article, and "disease" is above both.
    for used in ("MONDO:0007915", "MONDO:0000001", "CL:0000034", "stemkg:RandomizedTrial"):
        assert list(graph.objects(node(used), label))
    assert (node("MONDO:0007915"), is_a, node("MONDO:0007179")) in graph
    assert not list(graph.objects(node("stemkg:MetaAnalysis"), label))


def test_a_claim_is_a_block_that_a_person_can_read(files: dict[str, Path]) -> None:
    blocks = files["ttl"].read_text().split("\n\n")
    denied = next(block for block in blocks if "stemkg:differentiates_into" in block and " a stemkg:Claim" in block)
    lines = denied.splitlines()
    assert lines[0] == "# negative: mesenchymal stem cell differentiates_into neuron"
    assert [line.split()[0] for line in lines[2:6]] == [
        "stemkg:subject", "stemkg:predicate", "stemkg:object", "stemkg:polarity",
    ]  # fmt: skip
    starts = [block for block in blocks if " a stemkg:Claim" in block]
    assert len(starts) == len(exporting.claims())


def test_one_more_claim_changes_few_lines_of_the_turtle(vocabulary: Vocabulary, tmp_path: Path) -> None:
    every = exporting.claims()
    texts = []
    for claims in (every, every[1:]):
        path, *_ = exports.export(exporting.store(vocabulary, claims), tmp_path / "a.ttl")
        texts.append(path.read_text().splitlines())
    more, fewer = (set(text) for text in texts)
    assert len(more - fewer) + len(fewer - more) < 40
    assert len(texts[0]) > 500


def test_a_default_graph_is_not_forgotten(tmp_path: Path) -> None:
    quad = ox.Quad(
        ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p"), ox.Literal("o", language="en")
    )
    store = Store.open()
    store.graph.add(quad)
    for name, format in (DATASETS | GRAPHS).items():
        path, *_ = exports.export(store, tmp_path / "a", name)
        assert said(path, format) == {quad}, name


# Text that XML can hold: all but control characters.
_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t\r\x85", exclude_characters="\ufffe\uffff")
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=_TEXT,
    topics=st.lists(_TEXT.filter(bool), max_size=3),
    id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
)
def test_any_text_survives_every_format(
    title: str, topics: list[str], id: str, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    article = Article(id.replace("\x00", ""), "text", title=title, topics=tuple(topics), sha256="0" * 64)
    store = Store.open()
    store.graph.extend(article_quads(article, [], build=build_node(vocabulary)))
    expected = set(store.graph)
    for name, format in DATASETS.items():
        path, *_ = exports.export(store, tmp_path / "a", name)
        assert said(path, format) == expected, name
    for name, format in GRAPHS.items():
        path, *_ = exports.export(store, tmp_path / "a", name)
        if name != "rdfxml" or not any(ord(character) < 32 for character in article.id):
            assert {quad.triple for quad in said(path, format)} == {quad.triple for quad in expected}, name


def test_what_xml_cannot_hold_is_replaced_and_no_more(vocabulary: Vocabulary, tmp_path: Path) -> None:
    article = Article("a", "text", title="one\x0c two\x01 \\f three", sha256="0" * 64)
    store = Store.open()
    store.graph.extend(article_quads(article, [], build=build_node(vocabulary)))
    path, *_ = exports.export(store, tmp_path / "a.rdf")
    graph = rdflib.Graph().parse(path, format="xml")
    assert rdflib.Literal("one\ufffd two\ufffd \\f three") in set(graph.objects())


@given(st.text(st.characters(codec="utf-8")))
def test_literals_are_read_as_they_were_written(text: str) -> None:
    line = ox.serialize(
        [ox.Triple(ox.NamedNode("http://a"), ox.NamedNode("http://b"), ox.Literal(text))], format=ox.RdfFormat.N_TRIPLES
    )
    assert line is not None
    subject, _, object_ = cut(line.decode().removesuffix("\n"))
    assert subject == "<http://a>"
    assert literal(object_)[0] == text


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("<http://purl.obolibrary.org/obo/CL_0000134>", "CL:0000134"),
        (f"<{GRAPH}summary>", "graph:summary"),
        ("<https://w3id.org/stemkg/article/x%232>", "article:x%232"),
        ("<https://w3id.org/stemkg/article/a.b>", "<https://w3id.org/stemkg/article/a.b>"),
        ('"66.7"^^<http://www.w3.org/2001/XMLSchema#decimal>', "66.7"),
        ('"40"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"40"^^xsd:decimal'),
        ('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', "true"),
        ('"1"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"1"^^xsd:boolean'),
        ('"x"@en', '"x"@en'),
        ('"a \\"^^<b>"', '"a \\"^^<b>"'),
    ],
)
def test_terms_are_short_only_where_they_mean_the_same(term: str, expected: str) -> None:
    assert turtle(term) == expected


@pytest.mark.skipif(bool(ontology.missing_owlapi()), reason=ontology.missing_owlapi())
@pytest.mark.parametrize("name", ["ttl", "rdfxml"])
def test_the_exported_graph_is_an_owl_2_dl_ontology(name: str, tmp_path: Path) -> None:
    _, graph = query_fixture.digests()
    path, *_ = exports.export(graph, tmp_path / f"all{SUFFIXES[name]}", name)
    assert ontology.profile_of(path) == []


def test_the_exported_graph_tells_its_licence_and_declares_its_properties(tmp_path: Path) -> None:
    path, *_ = exports.export(query_fixture.digests()[1], tmp_path / "all.ttl")
    graph = rdflib.Graph().parse(path)
    dataset = rdflib.URIRef(about.DATASET)
    assert (dataset, RDF.type, OWL.Ontology) in graph
    assert graph.value(dataset, DCTERMS.license) == rdflib.URIRef(about.LICENCE)
    kinds = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    own = {property for property in graph.predicates() if not str(property).startswith((str(RDF), str(RDFS), str(OWL)))}
    assert {property for property in own if not kinds.intersection(graph.objects(property, RDF.type))} == set()
    assert {label.language for label in graph.objects(None, RDFS.label)} == {"en"}  # type: ignore[attr-defined]


def test_the_exported_graph_tells_what_others_call_its_evidence(tmp_path: Path) -> None:
    path, *_ = exports.export(query_fixture.digests()[1], tmp_path / "all.ttl")
    graph = rdflib.Graph().parse(path)
    studied, in_mice = (rdflib.URIRef(expand(name)) for name in ("stemkg:AnimalStudy", "ECO:0000179"))
    assert (studied, SKOS.exactMatch, in_mice) in graph


@pytest.mark.parametrize("name", ["ttl", "trig", "nq", "nt"])
def test_claims_reify_their_triples_where_that_is_asked_for(name: str, store: Store, tmp_path: Path) -> None:
    path, *_ = exports.export(store, tmp_path / f"all{SUFFIXES[name]}", name, statements="reifiers")
    quads = list(ox.parse(path=path, format=(DATASETS | GRAPHS)[name]))
    reified = {quad.subject: quad.object for quad in quads if quad.predicate.value == expand("rdf:reifies")}
    stated = {
        quad.subject for quad in store.graph.quads_for_pattern(None, ox.NamedNode(expand("stemkg:predicate")), None)
    }
    assert reified.keys() == stated
    for claim, triple in reified.items():
        assert isinstance(triple, ox.Triple)
        ends = [(expand(f"stemkg:{end}"), getattr(triple, end)) for end in ("subject", "predicate", "object")]
        assert all(next(store.graph.quads_for_pattern(claim, ox.NamedNode(p), o), None) for p, o in ends)
    # Without them, it is the same graph.
    plain, *_ = exports.export(store, tmp_path / f"plain{SUFFIXES[name]}", name)
    assert {q for q in quads if q.predicate.value != expand("rdf:reifies")} == parsed(plain, (DATASETS | GRAPHS)[name])


@pytest.mark.parametrize("name", ["ttl", "nt", "rdfxml"])
def test_plain_triples_are_annotated_axioms_where_that_is_asked_for(name: str, store: Store, tmp_path: Path) -> None:
    path, *_ = exports.export(store, tmp_path / f"all{SUFFIXES[name]}", name, statements="axioms")
    graph = rdflib.Graph().parse(path, format=RDFLIB[name])
    axioms = list(graph.subjects(RDF.type, OWL.Axiom))
    source, property, target = (OWL[f"annotated{end}"] for end in ("Source", "Property", "Target"))
    triples: list[Any] = [(graph.value(a, source), graph.value(a, property), graph.value(a, target)) for a in axioms]
    assert axioms and all(triple in graph for triple in triples)
    plain = {
        (s, p, o)
        for s, p, o in graph
        if isinstance(p, rdflib.URIRef)
        and p.startswith(expand("stemkg:"))
        and p.removeprefix(expand("stemkg:")) in PREDICATES
    }
    assert set(triples) == plain
    claims = {graph.value(one, RDFS.seeAlso) for one in axioms}
    assert len(claims) == len(axioms)
    assert {str(value) for one in axioms for value in graph.objects(one, expand_node("oboInOwl:hasDbXref"))} >= {
        "PMID:12"
    }


def expand_node(curie: str) -> rdflib.URIRef:
    return rdflib.URIRef(expand(curie))


def test_annotated_axioms_are_read_as_such_by_owl_tools(store: Store, tmp_path: Path) -> None:
    horned = pytest.importorskip("pyhornedowl", reason="py-horned-owl is not installed")
    path, *_ = exports.export(store, tmp_path / "all.rdf", statements="axioms")
    annotated = [
        axiom
        for axiom in horned.open_ontology(str(path)).get_axioms()
        if type(axiom.component).__name__ == "ObjectPropertyAssertion" and axiom.ann
    ]
    assert annotated


def test_a_format_that_can_not_say_it_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="jsonld: reifiers can be written as ttl, trig, nq, nt"):
        exports.export(store, tmp_path / "all.jsonld", statements="reifiers")
