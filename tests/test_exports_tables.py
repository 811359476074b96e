"""Claims tables, KGX, nanopublications and GraphML: what they say, and that others' checks accept them."""

import csv
import importlib
import json
import re
from pathlib import Path

import exporting
import peers
import pyoxigraph as ox
import pytest
import rdflib
from lxml import etree
from rdflib.namespace import DCTERMS

from kg import exports
from kg.claim import COLUMNS, ORIGIN, Claim
from kg.exports import about
from kg.exports.records import articles
from kg.namespaces import STEMKG, contract, expand
from kg.store import Store
from kg.vocabulary import Vocabulary

GRAPHML = {"g": "http://graphml.graphdrawing.org/xmlns"}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return exporting.vocabulary(tmp_path_factory.mktemp("ontology"))


@pytest.fixture(scope="module")
def store(vocabulary: Vocabulary) -> Store:
    return exporting.store(vocabulary)


def rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_a_claims_table_is_the_claims_that_were_stored(store: Store, tmp_path: Path) -> None:
    path, *_ = exports.export(store, tmp_path / "claims.tsv")
    assert path.read_text().splitlines()[0].split("\t") == [*COLUMNS, *ORIGIN]
    assert [Claim.from_row(row) for row in rows(path, "\t")] == sorted(exporting.claims())
    other, *_ = exports.export(store, tmp_path / "claims.csv")
    assert rows(other, ",") == rows(path, "\t")


def test_records_keep_what_the_graph_says_of_articles(store: Store) -> None:
    sources = {source.id: source for source, _ in articles(store)}
    assert sources["mice#1"].title == exporting.HOSTILE
    assert sources["mice#1"].publications == ("PMID:12", "PMC:PMC34", "doi:10.1000/(SICI)1<2:a>b")
    assert sources["mice#1"].issued == "2019-02"
    assert [id for id, source in sources.items() if source.retracted] == ["withdrawn"]


# KGX


@pytest.fixture(scope="module")
def kgx(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kgx")
    for name in ("kgx", "kgx-jsonl"):
        exports.export(store, folder / "kg", name)
    return folder


def edges(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "kg_edges.jsonl").read_text().splitlines()]


def edge(folder: Path, **wanted: object) -> dict[str, object]:
    found = [edge for edge in edges(folder) if wanted.items() <= edge.items()]
    assert len(found) == 1, found
    return found[0]


def details(folder: Path) -> dict[object, dict[str, object]]:
    lines = (folder / "kg_details.jsonl").read_text().splitlines()
    return {detail["id"]: detail for detail in map(json.loads, lines)}


def test_only_a_trial_in_people_treats(kgx: Path) -> None:
    told = details(kgx)
    by_evidence = {
        (told[edge["id"]]["evidence"], told[edge["id"]]["certainty"], edge["negated"]): edge["predicate"]
        for edge in edges(kgx)
        if edge["original_predicate"] == "stemkg:treats"
    }
    broad = "biolink:treats_or_applied_or_studied_to_treat"
    assert by_evidence == {
        ("stemkg:RandomizedTrial", "asserted", False): "biolink:treats",
        ("stemkg:ClinicalTrial", "hedged", False): broad,
        ("stemkg:ClinicalTrial", "studied", False): broad,
        ("stemkg:AnimalStudy", "asserted", False): broad,
        ("stemkg:ExpertStatement", "asserted", False): broad,
        # To deny the broad predicate would say that nobody has tried.
        ("stemkg:AnimalStudy", "asserted", True): "biolink:treats",
    }


def test_an_edge_says_where_it_is_from_and_how(kgx: Path) -> None:
    decreases = edge(kgx, original_predicate="stemkg:decreases")
    assert decreases["agent_type"] == "text_mining_agent"
    assert decreases["knowledge_level"] == "not_provided"
    assert decreases["publications"] == ["PMID:12", "PMC:PMC34", "doi:10.1000/(SICI)1<2:a>b"]
    assert decreases["has_evidence_of_type"] == ["ECO:0000181"]
    told = details(kgx)[decreases["id"]]
    assert (told["direction"], told["disease"]) == ("decreased", "MONDO:0005301")
    outcome = details(kgx)[edge(kgx, original_predicate="stemkg:outcome")["id"]]
    assert (outcome["value"], outcome["unit"], outcome["source"]) == ("66.7", "%", "UBERON:0002371")


def test_what_treats_is_a_treatment_that_names_its_cell(kgx: Path) -> None:
    treats = edge(kgx, predicate="biolink:treats", negated=False)
    assert (treats["subject"], treats["original_subject"]) == ("stemkg:therapy_CL_0000134", "CL:0000134")
    nodes = {node["id"]: node for node in map(json.loads, (kgx / "kg_nodes.jsonl").read_text().splitlines())}
    assert nodes["stemkg:therapy_CL_0000134"] == {
        "id": "stemkg:therapy_CL_0000134",
        "category": ["biolink:Treatment"],
        "name": "mesenchymal stem cell therapy",
        "provided_by": ["infores:stemkg"],
        "xref": ["CL:0000134"],
    }


def test_the_closed_model_rejects_no_node_and_no_edge(kgx: Path) -> None:
    model = pytest.importorskip("biolink_model.datamodel.pydanticmodel_v2", reason="biolink-model is not here")
    for part in ("nodes", "edges"):
        lines = (kgx / f"kg_{part}.jsonl").read_text().splitlines()
        assert lines
        for item in map(json.loads, lines):
            getattr(model, item["category"][0].removeprefix("biolink:"))(**item)
    wrong = edges(kgx)[0] | {"certainty": "hedged"}
    with pytest.raises(ValueError, match="certainty"):
        getattr(model, str(wrong["category"][0]).removeprefix("biolink:"))(**wrong)  # type: ignore[index]


def test_a_withdrawn_article_gives_no_edge(kgx: Path) -> None:
    assert len(edges(kgx)) == len([claim for claim in exporting.claims() if claim.doc != "withdrawn"])


def test_every_end_of_an_edge_is_a_node_with_a_name_and_a_class(kgx: Path) -> None:
    nodes = {node["id"]: node for node in map(json.loads, (kgx / "kg_nodes.jsonl").read_text().splitlines())}
    assert {end for edge in edges(kgx) for end in (edge["subject"], edge["object"])} <= set(nodes)
    assert nodes["CL:0000134"] == {
        "id": "CL:0000134",
        "category": ["biolink:Cell"],
        "name": "mesenchymal stem cell",
        "provided_by": ["infores:stemkg"],
    }
    categories = {node["category"][0].removeprefix("biolink:") for node in nodes.values()}
    assert categories == {
        "Cell", "Disease", "PhenotypicFeature", "AnatomicalEntity", "Gene", "ChemicalEntity", "OrganismTaxon",
        "BiologicalProcess", "BiologicalEntity", "Pathway", "Procedure", "ClinicalFinding", "NamedThing", "Treatment",
    }  # fmt: skip


def test_the_two_kinds_of_kgx_file_say_the_same(kgx: Path) -> None:
    for part in ("nodes", "edges", "details"):
        objects = [json.loads(line) for line in (kgx / f"kg_{part}.jsonl").read_text().splitlines()]
        for studied in objects:
            studied.pop("has_supporting_studies", None)  # a table has no place for it
        for row, expected in zip(rows(kgx / f"kg_{part}.tsv", "\t"), objects, strict=True):
            assert {name for name, value in row.items() if value} == set(expected)
            for name, value in expected.items():
                assert row[name] == (
                    "|".join(value)
                    if isinstance(value, list)
                    else str(value).lower()
                    if value in (True, False)
                    else str(value)
                )


@pytest.mark.parametrize("format", ["tsv", "jsonl"])
def test_kgx_finds_nothing_wrong(kgx: Path, tmp_path: Path, format: str) -> None:
    peers.path("bin/kgx")

    def problems(nodes: Path, edges: Path) -> dict[str, object]:
        done = peers.run("bin/python", Path(__file__).with_name("kgx_validate.py"), format, nodes, edges)
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return found

    nodes, edges = kgx / f"kg_nodes.{format}", tmp_path / f"kg_edges.{format}"
    # KGX wants a list where the closed model, of which KGX is the format, has studies by their ids.
    lines = (kgx / edges.name).read_text("utf-8").splitlines()
    if format == "jsonl":
        said = map(json.loads, lines)
        lines = [json.dumps({k: v for k, v in edge.items() if k != "has_supporting_studies"}) for edge in said]
    edges.write_text("\n".join(lines) + "\n", "utf-8")
    assert problems(nodes, edges) == {}
    wrong = tmp_path / f"wrong_edges.{format}"
    wrong.write_text(edges.read_text().replace("biolink:produces", "biolink:oozes"))
    assert "oozes" in json.dumps(problems(nodes, wrong))


# Nanopublications


@pytest.fixture(scope="module")
def nanopubs(store: Store, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Each nanopublication as a TriG document of its own."""
    path, *_ = exports.export(store, tmp_path_factory.mktemp("nanopubs") / "all.nanopub.trig")
    prefixes, *parts = re.split(r"\n(?=<[^>]*#Head> \{)", path.read_text())
    return [prefixes + part for part in parts]


def test_every_claim_is_one_nanopublication_of_four_graphs(nanopubs: list[str]) -> None:
    assert len(nanopubs) == len(exporting.claims())
    for text in nanopubs:
        quads = list(ox.parse(text, format=ox.RdfFormat.TRIG))
        graphs = {
            quad.graph_name.value.rpartition("#")[2] for quad in quads if isinstance(quad.graph_name, ox.NamedNode)
        }
        assert graphs == {"Head", "assertion", "provenance", "pubinfo"}


def test_only_what_is_affirmed_is_asserted_outright(nanopubs: list[str]) -> None:
    predicates = {expand("stemkg:" + claim.predicate) for claim in exporting.claims()}
    outright = []
    for text in nanopubs:
        for quad in ox.parse(text, format=ox.RdfFormat.TRIG):
            if (
                quad.predicate.value in predicates
                and isinstance(quad.object, ox.NamedNode)
                and isinstance(quad.subject, ox.NamedNode)
            ):
                outright.append(tuple(contract(node.value) for node in (quad.subject, quad.predicate, quad.object)))
    expected = [
        (claim.subject, "stemkg:" + claim.predicate, claim.object)
        for claim in exporting.claims()
        if claim.polarity == "positive" and claim.certainty == "asserted" and not claim.value
    ]
    assert sorted(outright) == sorted(expected)


def test_the_nanopub_library_finds_them_valid(nanopubs: list[str]) -> None:
    library = pytest.importorskip("nanopub", reason="the library nanopub is not here (pip install nanopub)")
    for text in nanopubs:
        graph = rdflib.ConjunctiveGraph()
        graph.parse(data=text, format="trig")
        assert library.Nanopub(rdf=graph).is_valid
    graph = rdflib.ConjunctiveGraph()
    graph.parse(data=nanopubs[0].replace("np:hasProvenance", "np:lacksProvenance"), format="trig")
    with pytest.raises(ValueError, match="nanopublication"):
        library.Nanopub(rdf=graph)


def test_a_nanopub_is_called_by_its_content_and_says_who_when_and_under_which_licence(
    nanopubs: list[str], store: Store, tmp_path: Path
) -> None:
    hasher = pytest.importorskip("nanopub.trustyuri.rdf.RdfHasher", reason="the library nanopub is not here")
    quads_of = importlib.import_module("nanopub.trustyuri.rdf.RdfUtils").get_quads
    for text in nanopubs:
        name = re.search(r"np/(RA[\w-]{43})#Head", text)
        assert name
        graph = rdflib.ConjunctiveGraph()
        graph.parse(data=text, format="trig")
        assert hasher.make_hash(quads_of(graph), name[1]) == name[1]
        this = rdflib.URIRef(expand("stemkg:np/") + name[1])
        assert graph.value(this, DCTERMS.license) == rdflib.URIRef(about.LICENCE)
        assert graph.value(this, DCTERMS.created) and graph.value(this, DCTERMS.creator) == rdflib.URIRef(about.MAKER)
    orcid = "https://orcid.org/0000-0000-0000-0000"
    path, *_ = exports.export(store, tmp_path / "mine.nanopub.trig", creator=orcid)
    assert path.read_text().count(f"dcterms:creator <{orcid}>") == len(nanopubs)


# GraphML


def test_graphml_draws_every_finding_between_nodes_that_are_there(store: Store, tmp_path: Path) -> None:
    path, *_ = exports.export(store, tmp_path / "all.graphml")
    root = etree.parse(path).getroot()
    keys = {key.get("id") for key in root.iterfind("g:key", GRAPHML)}
    nodes = {node.get("id") for node in root.iterfind(".//g:node", GRAPHML)}
    assert {data.get("key") for data in root.iterfind(".//g:data", GRAPHML)} <= keys
    kept = [claim for claim in exporting.claims() if claim.doc != "withdrawn"]
    expected = sorted({(claim.subject, claim.predicate, claim.object, claim.disease) for claim in kept})
    found = []
    for element in root.iterfind(".//g:edge", GRAPHML):
        assert {element.get("source"), element.get("target")} <= nodes
        data = {one.get("key", "").removeprefix("edge-"): one.text for one in element}
        ends = (str(element.get("source")), str(element.get("target")))
        found.append((ends[0], str(data["relation"]).removeprefix("stemkg:"), ends[1], data.get("disease", "")))
    assert sorted(found) == expected
    (lupus,) = (
        {data.get("key"): data.text for data in element}
        for element in root.iterfind(".//g:edge", GRAPHML)
        if element.get("target") == "MONDO:0007915"
    )
    assert (lupus["edge-articlesHedged"], lupus["edge-articlesAgainst"]) == ("1", "1")
    assert STEMKG not in path.read_text()
