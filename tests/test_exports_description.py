"""What a release says of itself: licence, makers, dates and contents, as DCAT, VoID and RO-Crate ask for."""

import json
import shutil
from collections import Counter
from pathlib import Path

import exporting
import peers
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, VOID, XSD

from kg import exports
from kg.exports import about
from kg.namespaces import STEMKG
from kg.store import Store

DATASET = rdflib.URIRef(about.DATASET)
LICENCE = rdflib.URIRef(about.LICENCE)


store = exporting.sample_store


@pytest.fixture(scope="module")
def release(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        exports.export(store, folder, "release")
    return folder


@pytest.fixture(scope="module")
def described(release: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(release / "void.ttl")


def test_the_dataset_and_every_file_of_it_have_the_licence(described: rdflib.Graph) -> None:
    files = list(described.objects(DATASET, DCAT.distribution))
    assert len(files) >= len([one for one in exports.FORMATS.values() if not one.texts])
    for node in (DATASET, *files):
        assert list(described.objects(node, DCTERMS.license)) == [LICENCE], node
    assert (LICENCE, RDF.type, DCTERMS.LicenseDocument) in described


def test_what_dcat_ap_wants_is_there_once_and_of_its_kind(described: rdflib.Graph) -> None:
    for name in ("title", "description", "identifier", "publisher", "creator", "issued", "modified"):
        assert len(list(described.objects(DATASET, DCTERMS[name]))) == 1, name
    for agent in (*described.objects(DATASET, DCTERMS.publisher), *described.objects(DATASET, DCTERMS.creator)):
        assert (agent, RDF.type, FOAF.Agent) in described
        assert list(described.objects(agent, FOAF.name))
    for name in ("issued", "modified"):
        date = described.value(DATASET, DCTERMS[name])
        assert isinstance(date, rdflib.Literal)
        assert (str(date), date.datatype) == ("2023-11-14", XSD.date)
    for file in described.objects(DATASET, DCAT.distribution):
        assert len(list(described.objects(file, DCAT.accessURL))) == 1
        assert len(list(described.objects(file, DCAT.downloadURL))) == 1


def test_the_property_partitions_count_the_quads(described: rdflib.Graph, store: Store) -> None:
    found = {
        str(described.value(part, VOID.property)): int(str(described.value(part, VOID.triples)))
        for part in described.objects(DATASET, VOID.propertyPartition)
    }
    assert found == Counter(quad.predicate.value for quad in store.graph)


def test_examples_are_in_the_graph_and_vocabularies_are_used(described: rdflib.Graph, store: Store) -> None:
    subjects = {getattr(quad.subject, "value", "") for quad in store.graph}
    examples = {str(node) for node in described.objects(DATASET, VOID.exampleResource)}
    assert len(examples) == 3
    assert examples <= subjects
    used = {quad.predicate.value for quad in store.graph}
    vocabularies = {str(node) for node in described.objects(DATASET, VOID.vocabulary)}
    assert "http://purl.org/dc/terms/" in vocabularies
    for vocabulary in vocabularies:
        assert any(iri.startswith(vocabulary) for iri in used), vocabulary


def test_the_crate_says_the_same_licence_of_itself_and_of_every_file(release: Path) -> None:
    nodes = {node["@id"]: node for node in json.loads((release / "ro-crate-metadata.json").read_text())["@graph"]}
    assert nodes["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    for node in (nodes["./"], *(node for node in nodes.values() if node["@type"] == "File")):
        assert node["license"] == {"@id": about.LICENCE}
    # What is referred to is described: no reference of the crate leads nowhere.
    for node in nodes.values():
        for value in node.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and node["@id"] != "ro-crate-metadata.json":
                    assert one["@id"] in nodes, (node["@id"], one)


def test_the_crate_is_what_ro_crate_asks_for(release: Path, tmp_path: Path) -> None:
    context = peers.path("node_modules/ro-crate/lib/context.json")

    def problems(folder: Path) -> list[str]:
        peers.path("bin/rocrate-validator")
        done = peers.run("bin/python", Path(__file__).with_name("rocrate_validate.py"), folder, context)
        found: list[str] = json.loads(done.stdout.splitlines()[-1])
        return found

    assert problems(release) == []
    wrong = tmp_path / "wrong"
    shutil.copytree(release, wrong)
    (wrong / "stemkg.ttl").unlink()
    assert any("stemkg.ttl" in one for one in problems(wrong))


def test_nothing_in_an_empty_store_is_no_obstacle(tmp_path: Path) -> None:
    exports.export(Store.open(), tmp_path / "r", "release")
    described = rdflib.Graph().parse(tmp_path / "r" / "void.ttl")
    assert list(described.objects(DATASET, VOID.exampleResource)) == []
    assert str(described.value(DATASET, VOID.uriSpace)) == STEMKG
