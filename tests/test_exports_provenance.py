"""Where a claim is from, in words that other programs know: Web Annotation, PROV, and journals as containers."""

import json
from pathlib import Path

import exporting
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, PROV, RDF

from kg import exports
from kg.articles import Article, Work
from kg.claim import Claim
from kg.exports import about
from kg.namespaces import PREFIXES, STEMKG
from kg.quads import article_quads
from kg.rdf import article_node, build_node
from kg.stated import read
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary

ARTICLE = Article(
    "one",
    "Cells were given. Mesenchymal stem cells treat lupus.",
    title="One",
    authors=("Roe A", "Rao B"),
    orcids=(("Roe A", "0000-0002-1825-0097"),),
    work=Work(journal="Made-Up Letters / B"),
    sha256="0" * 64,
)
CLAIM = Claim("one", 18, 53, "CL:0000134", "treats", "MONDO:0007915")


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return exporting.vocabulary(tmp_path_factory.mktemp("ontology"))


def stored(vocabulary: Vocabulary, *, quotes: bool) -> Store:
    store = Store.open()
    store.begin()
    quads = article_quads(ARTICLE, [CLAIM], build=build_node(vocabulary), quotes=quotes)
    store.stage([Staged.of("one", "", ARTICLE.sha256, quads)])
    store.commit(vocabulary)
    return store


def annotations(store: Store, folder: Path) -> dict[str, object]:
    path, *_ = exports.export(store, folder / "all.annotations.jsonld")
    collection: dict[str, object] = json.loads(path.read_text())
    return collection


def test_an_annotation_leads_to_the_words_of_the_claim(vocabulary: Vocabulary, tmp_path: Path) -> None:
    collection = annotations(stored(vocabulary, quotes=True), tmp_path)
    (found,) = collection["first"]["items"]  # type: ignore[index]
    assert found["target"]["source"] == article_node("one").value
    position, quote = found["target"]["selector"]
    assert ARTICLE.text[position["start"] : position["end"]] == "Mesenchymal stem cells treat lupus."
    assert (position["type"], quote["type"]) == ("TextPositionSelector", "TextQuoteSelector")
    assert quote["exact"] == "Mesenchymal stem cells treat lupus."
    claim, words = found["body"]
    assert claim["type"] == STEMKG + "Claim"
    assert "lupus" in words["value"]


def test_the_words_of_a_text_are_only_in_a_graph_with_quotes(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (found,) = annotations(stored(vocabulary, quotes=False), tmp_path)["first"]["items"]  # type: ignore[index]
    assert [selector["type"] for selector in found["target"]["selector"]] == ["TextPositionSelector"]


@pytest.mark.parametrize(("quotes", "words"), [(True, ["Mesenchymal stem cells treat lupus."]), (False, None)])
def test_kgx_supports_an_edge_by_the_words_that_the_graph_has(
    vocabulary: Vocabulary, tmp_path: Path, quotes: bool, words: list[str] | None
) -> None:
    exports.export(stored(vocabulary, quotes=quotes), tmp_path / "kg.jsonl")
    (edge,) = map(json.loads, (tmp_path / "kg_edges.jsonl").read_text("utf-8").splitlines())
    assert edge.get("supporting_text") == words


@pytest.mark.parametrize(("quotes", "words"), [(True, "Mesenchymal stem cells treat lupus."), (False, "")])
def test_the_pages_read_the_words_that_the_graph_has(vocabulary: Vocabulary, quotes: bool, words: str) -> None:
    ((_, (stated,)),) = read(stored(vocabulary, quotes=quotes).graph)
    assert stated.quote == words


def test_the_collection_counts_its_annotations_and_has_the_licence(vocabulary: Vocabulary, tmp_path: Path) -> None:
    collection = annotations(exporting.store(vocabulary), tmp_path)
    items = collection["first"]["items"]  # type: ignore[index]
    assert collection["total"] == len(items) == len(exporting.claims())
    assert collection["rights"] == about.LICENCE
    assert len({item["id"] for item in items}) == len(items)
    empty = annotations(Store.open(), tmp_path)
    assert (empty["total"], empty["first"]["items"]) == (0, [])  # type: ignore[index]


@pytest.fixture(scope="module")
def graph(vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> rdflib.Graph:
    path, *_ = exports.export(stored(vocabulary, quotes=True), tmp_path_factory.mktemp("ttl") / "all.ttl")
    return rdflib.Graph().parse(path)


def test_no_claim_is_said_to_be_a_selector(graph: rdflib.Graph) -> None:
    # The properties of Web Annotation say of their subjects that they are selectors or specific resources.
    assert not [property for property in graph.predicates() if str(property).startswith("http://www.w3.org/ns/oa#")]


def test_every_build_is_an_activity_of_a_program_with_a_version(graph: rdflib.Graph) -> None:
    builds = set(graph.objects(None, PROV.wasGeneratedBy))
    assert builds
    for build in builds:
        assert (build, RDF.type, PROV.Activity) in graph
        for agent in graph.objects(build, PROV.wasAssociatedWith):
            assert (agent, RDF.type, PROV.SoftwareAgent) in graph
            assert graph.value(agent, DCTERMS.hasVersion)
        assert list(graph.objects(build, PROV.wasAssociatedWith))


def test_an_author_with_an_orcid_is_an_agent_and_every_author_is_named(graph: rdflib.Graph) -> None:
    article = rdflib.URIRef(article_node("one").value)
    assert {str(name) for name in graph.objects(article, DCTERMS.creator)} == {"Roe A", "Rao B"}
    (author,) = graph.objects(article, PROV.wasAttributedTo)
    assert str(author) == "https://orcid.org/0000-0002-1825-0097"
    assert (author, RDF.type, PROV.Agent) in graph and str(graph.value(author, DCTERMS.title)) == "Roe A"


def test_a_journal_is_what_the_article_is_part_of(graph: rdflib.Graph) -> None:
    (journal,) = graph.objects(rdflib.URIRef(article_node("one").value), DCTERMS.isPartOf)
    assert (journal, RDF.type, rdflib.URIRef(PREFIXES["bibo"] + "Periodical")) in graph
    assert str(graph.value(journal, DCTERMS.title)) == "Made-Up Letters / B"


def test_the_same_journal_is_one_node_however_it_is_capitalised(vocabulary: Vocabulary) -> None:
    found = set()
    for name in ("Made-Up Letters", "MADE-UP LETTERS"):
        article = Article("a", "text", work=Work(journal=name), sha256="0" * 64)
        part_of = ox.NamedNode(str(DCTERMS.isPartOf))
        found |= {
            quad.object
            for quad in article_quads(article, [], build=build_node(vocabulary))
            if quad.predicate == part_of
        }
    assert len(found) == 1
