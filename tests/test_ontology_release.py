"""The released forms of the ontology, each loaded by programs that ontologists use."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import owlready2
import peers
import pytest

from kg import ontology, releasing
from kg.claim import PREDICATES
from kg.namespaces import expand
from kg.vocabulary import load

pytestmark = pytest.mark.skipif(bool(ontology.missing_owlapi()), reason=ontology.missing_owlapi())

MSC, CELL, PARENT = "CL:0000134", "stemkg:UmbilicalCordMSC", "CL:0000034"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield {path.name: path for path in releasing.write(tmp_path_factory.mktemp("release"))}


@pytest.mark.parametrize("name", ["stemkg.owl", "stemkg.obo", "stemkg.json"])
def test_pronto_loads_it(files: dict[str, Path], name: str) -> None:
    pronto = pytest.importorskip("pronto", reason="pronto is not installed")
    read = pronto.Ontology(str(files[name]))
    ids = {term.id for term in read.terms()}
    assert len(ids) > 5_000
    term = read[MSC]
    assert term.name == load().label(MSC)
    assert PARENT in {above.id for above in term.superclasses()}


@pytest.mark.parametrize("name", ["stemkg.owl", "stemkg-base.owl"])
def test_owlready2_loads_it(files: dict[str, Path], name: str) -> None:
    world = owlready2.World()
    read = world.get_ontology(files[name].as_uri()).load()
    assert read.base_iri.rstrip("#/") == expand("stemkg:ontology")
    assert world[expand("stemkg:treats")].label == ["treats"]
    assert len(list(world.classes())) > 300


@pytest.mark.parametrize("name", ["stemkg.owl", "stemkg-base.owl"])
def test_horned_owl_loads_it(files: dict[str, Path], name: str) -> None:
    horned = pytest.importorskip("pyhornedowl", reason="py-horned-owl is not installed")
    read = horned.open_ontology(str(files[name]), "owl")
    assert expand("stemkg:Mechanism") in read.get_classes()


def test_the_base_has_no_slices(files: dict[str, Path]) -> None:
    assert len(files["stemkg-base.owl"].read_bytes()) < len(files["stemkg.owl"].read_bytes())
    assert "owl:imports" not in files["stemkg.owl"].read_text()


def test_obographs_say_names_definitions_and_the_tree(files: dict[str, Path]) -> None:
    (graph,) = json.loads(files["stemkg.json"].read_text())["graphs"]
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert nodes[expand(MSC)]["lbl"] == load().label(MSC)
    assert all(edge["sub"] in nodes and edge["obj"] in nodes for edge in graph["edges"])


def test_our_terms_have_curies_in_obo_and_relations_their_names(files: dict[str, Path]) -> None:
    pronto = pytest.importorskip("pronto", reason="pronto is not installed")
    read = pronto.Ontology(str(files["stemkg.obo"]))
    assert {"stemkg:Immunomodulation", "stemkg:Mechanism"} <= {
        above.id for above in read["stemkg:AntiInflammation"].superclasses()
    }
    relations = {relation.id for relation in read.relationships()}
    assert {f"stemkg:{name}" for name in PREDICATES} <= relations
    assert f"idspace: stemkg {expand('stemkg:')}" in files["stemkg.obo"].read_text("utf-8")


OAK = """
import json, sys
from oaklib import get_adapter
adapter = get_adapter(sys.argv[1])
print(json.dumps([adapter.label(sys.argv[2]), adapter.definition(sys.argv[2])]))
"""


@pytest.mark.parametrize(("name", "id"), [("stemkg.obo", "stemkg:AntiInflammation"), ("stemkg.json", "")])
def test_oak_loads_it(files: dict[str, Path], name: str, id: str) -> None:
    adapter = f"pronto:{files[name]}" if id else str(files[name])
    said = peers.python(OAK, adapter, id or expand("stemkg:AntiInflammation"), needs="oaklib")
    term = load().terms["stemkg:AntiInflammation"]
    assert json.loads(said.splitlines()[-1]) == [term.label, term.definition]
