"""Exports that describe themselves: CX2, the schema of the claims table, Croissant, and what datasette shows."""

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import exporting
import peers
import pytest
import yaml

from kg import exports
from kg.claim import (
    BASES,
    CERTAINTIES,
    COLUMNS,
    EVIDENCE,
    METHODS,
    ORIGIN,
    POLARITIES,
    PREDICATES,
    QUALIFIERS,
    UNITS,
)
from kg.namespaces import PREFIXES, TERM_PREFIXES
from kg.store import Store

SCHEMA = Path(exports.__file__).parent / "claims.linkml.yaml"


store = exporting.sample_store


@pytest.fixture(scope="module")
def release(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    exports.export(store, folder, exports.RELEASE)
    return folder


# CX2


def aspects(path: Path) -> dict[str, Any]:
    return {name: value for part in json.loads(path.read_text("utf-8"))[1:] for name, value in part.items()}


def test_cx2_counts_and_declares_what_it_holds(release: Path) -> None:
    network = aspects(release / "stemkg.cx2")
    assert {one["name"]: one["elementCount"] for one in network["metaData"]} == {
        name: len(network[name]) for name in ("attributeDeclarations", "networkAttributes", "nodes", "edges")
    }
    declared, ids = network["attributeDeclarations"][0], {node["id"] for node in network["nodes"]}
    for part in ("nodes", "edges"):
        types = {"string": str, "integer": int, "double": float}
        for element in network[part]:
            assert all(isinstance(v, types[declared[part][name]["d"]]) for name, v in element["v"].items())
    assert network["edges"] and all({edge["s"], edge["t"]} <= ids for edge in network["edges"])
    assert network["status"] == [{"success": True}]


NDEX = """
import json, sys
from ndex2.cx2 import RawCX2NetworkFactory
print(len(RawCX2NetworkFactory().get_cx2network(json.load(open(sys.argv[1], encoding="utf-8"))).get_edges()))
"""


def test_the_client_of_ndex_reads_cx2(release: Path) -> None:
    edges = peers.python(NDEX, release / "stemkg.cx2", needs="ndex2")
    assert int(edges) == len(aspects(release / "stemkg.cx2")["edges"])


# The schema of the claims table


def test_the_schema_is_that_of_the_program() -> None:
    schema = yaml.safe_load(SCHEMA.read_text("utf-8"))
    claim = schema["classes"]["Claim"]["attributes"]
    assert tuple(claim) == (*COLUMNS, *ORIGIN)
    values = {name: tuple(enum["permissible_values"]) for name, enum in schema["enums"].items()}
    assert values == {
        "Predicate": PREDICATES, "Polarity": POLARITIES, "Certainty": CERTAINTIES, "Evidence": EVIDENCE,
        "Basis": BASES, "Method": METHODS, "Unit": tuple(filter(None, UNITS)),
    }  # fmt: skip
    assert all(f"{key}" in claim["qualifiers"]["pattern"] for key in QUALIFIERS)
    assert {prefix: PREFIXES[prefix] for prefix in TERM_PREFIXES}.items() <= schema["prefixes"].items()


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a claims table as values: numbers are numbers, and what is empty is not there."""
    with path.open(encoding="utf-8", newline="") as table:
        found = [{k: v for k, v in row.items() if v} for row in csv.DictReader(table, delimiter="\t")]
    types: dict[str, Any] = {"start": int, "end": int, "value": float}
    return [{name: types.get(name, str)(value) for name, value in row.items()} for row in found]


def test_every_row_of_the_table_fits_the_schema_and_a_wrong_one_does_not(release: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    validator = jsonschema.Draft201909Validator(json.loads((release / "stemkg_claims.schema.json").read_text("utf-8")))
    good = rows(release / "stemkg.tsv")
    assert good and all(validator.is_valid(row) for row in good)
    changes = [("subject", "mesenchymal"), ("predicate", "cures"), ("start", -1), ("qualifiers", "color=CL:1"),
               ("polarity", ""), ("method", "magic"), ("value", -1.0)]  # fmt: skip
    assert not any(validator.is_valid(good[0] | {name: value}) for name, value in changes)


def test_the_json_schema_is_made_of_the_linkml() -> None:
    made = peers.run("bin/gen-json-schema", "--top-class", "Claim", "--not-closed", SCHEMA)
    assert json.loads(made.stdout) == json.loads(SCHEMA.with_name("claims.schema.json").read_text("utf-8"))


# Croissant


def test_croissant_describes_the_release_and_its_tables_are_read_by_it(release: Path, store: Store) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    dataset = mlcroissant.Dataset(jsonld=release / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    files = {path.name for path in release.iterdir()} - {"croissant.json", "void.ttl", "ro-crate-metadata.json"}
    assert {one.id for one in dataset.metadata.distribution} == files
    read = list(dataset.records(record_set="claims-table"))
    assert [row["claims-table/subject"].decode() for row in read] == [
        row["subject"] for row in rows(release / "stemkg.tsv")
    ]
    if (release / "stemkg_claims.parquet").exists():
        assert len(list(dataset.records(record_set="claims"))) == len(read)


# datasette


def test_datasette_shows_labels_facets_and_descriptions(release: Path) -> None:
    app = pytest.importorskip("datasette.app", reason="datasette is not installed")
    metadata = json.loads((release / "stemkg.metadata.json").read_text("utf-8"))
    shown = app.Datasette([str(release / "stemkg.sqlite")], metadata=metadata)

    async def ask(path: str) -> Any:
        await shown.invoke_startup()
        answer = await shown.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json() if ".json" in path else answer.text

    claims = asyncio.run(ask("/stemkg/claims.json?_labels=on&_shape=objects"))
    assert claims["rows"][0]["subject"]["label"] != claims["rows"][0]["subject"]["value"]
    facets = claims["facet_results"]
    assert set(facets.get("results", facets)) >= {"predicate", "evidence", "method"}
    page = asyncio.run(ask("/stemkg/claims"))
    assert "how the claim was made" in page and metadata["license"] in page
