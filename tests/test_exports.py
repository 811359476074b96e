"""Exports as files: formats, suffixes, replacing, releases."""

import hashlib
import json
from pathlib import Path

import exporting
import pytest
import rdflib

from kg import exports
from kg.claim import PREDICATES
from kg.exports.files import replacing
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary

#: The formats that need no texts.
FORMATS = [name for name, format in exports.FORMATS.items() if not format.texts]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return exporting.vocabulary(tmp_path_factory.mktemp("ontology"))


@pytest.fixture(scope="module")
def store(vocabulary: Vocabulary) -> Store:
    return exporting.store(vocabulary)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.ttl", "ttl"),
        ("a.b.TTL", "ttl"),
        ("a.trig", "trig"),
        ("a.nanopub.trig", "nanopub"),
        ("a.json", "jsonld"),
        ("a.xml", "rdfxml"),
        ("a.tsv", "claims"),
        ("a.csv", "claims-csv"),
        ("a.jsonl", "kgx-jsonl"),
    ],
)
def test_the_suffix_names_the_format(name: str, format: str) -> None:
    assert exports.format_of(Path("folder") / name) == format


@pytest.mark.parametrize(("name", "format"), [("a.docx", None), ("noending", None), ("a.ttl", "turtel")])
def test_what_is_no_format_is_refused_and_names_those_there_are(
    store: Store, tmp_path: Path, name: str, format: str | None
) -> None:
    with pytest.raises(ValueError, match="nq"):
        exports.export(store, tmp_path / name, format)
    assert not list(tmp_path.iterdir())


def test_every_format_of_several_files_replaces_the_suffix_that_was_asked_for(store: Store, tmp_path: Path) -> None:
    for name in ("g.tsv", "g", "g_nodes.tsv", "g_edges.tsv"):
        assert [path.name for path in exports.export(store, tmp_path / name, "kgx")] == [
            "g_nodes.tsv",
            "g_edges.tsv",
            "g_details.tsv",
        ]


def test_the_same_store_gives_the_same_bytes_in_every_format(vocabulary: Vocabulary, tmp_path: Path) -> None:
    written = []
    for folder, order in ((tmp_path / "a", 1), (tmp_path / "b", -1)):
        folder.mkdir()
        with Store.open(folder / "store") as store:
            store.begin()
            for article in exporting.ARTICLES[::order]:
                claims = [claim for claim in exporting.claims()[::order] if claim.doc == article.id]
                quads = article_quads(article, claims, build=build_node(vocabulary))
                store.stage([Staged.of(article.id, "", article.sha256, quads)])
            store.commit(vocabulary)
            files = [path for name in FORMATS for path in exports.export(store, folder / f"x.{name}", name)]
        written.append({path.name: path.read_bytes() for path in files})
    assert written[0] == written[1]


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "a.nq"
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing(target) as output:
        output.write(b"new")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.nq"]
    with replacing(target) as output:
        output.write(b"new")
    assert target.read_text() == "new"
    plain = tmp_path / "plain"
    plain.touch()
    assert target.stat().st_mode == plain.stat().st_mode


def test_an_empty_store_exports_in_every_format(tmp_path: Path) -> None:
    for name in FORMATS:
        for path in exports.export(Store.open(), tmp_path / f"x.{name}", name):
            assert path.exists()


@pytest.fixture(scope="module")
def release(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        exports.export(store, folder, "release")
    return folder


def test_a_release_describes_its_files_as_they_are(release: Path) -> None:
    graph = json.loads((release / "ro-crate-metadata.json").read_text())["@graph"]
    nodes = {node["@id"]: node for node in graph}
    assert nodes["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert nodes["./"]["datePublished"] == "2023-11-14"
    parts = [part["@id"] for part in nodes["./"]["hasPart"]]
    described = [*parts, "croissant.json", "ro-crate-metadata.json", "void.ttl"]
    assert sorted(described) == sorted(path.name for path in release.iterdir())
    for name in parts:
        content = (release / name).read_bytes()
        assert nodes[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert nodes[name]["contentSize"] == str(len(content))


def test_a_release_counts_what_is_in_it(release: Path, store: Store) -> None:
    graph = json.loads((release / "ro-crate-metadata.json").read_text())["@graph"]
    root = next(node for node in graph if node["@id"] == "./")
    nodes = {node["@id"]: node for node in graph}
    counts = {nodes[entry["@id"]]["name"]: nodes[entry["@id"]]["value"] for entry in root["variableMeasured"]}
    claims = exporting.claims()
    assert counts["claims"] == len(claims)
    assert counts["articles"] == len(exporting.ARTICLES)
    assert counts["quads"] == len(store.graph)
    assert {name: counts[f"claims: {name}"] for name in PREDICATES} == {
        name: sum(claim.predicate == name for claim in claims) for name in PREDICATES
    }


def test_the_void_description_agrees_with_the_crate(release: Path) -> None:
    described = rdflib.Graph().parse(release / "void.ttl")
    rows = described.query(
        """
        PREFIX dcat: <http://www.w3.org/ns/dcat#>
        PREFIX spdx: <http://spdx.org/rdf/terms#>
        SELECT ?file ?size ?sum {
          ?dataset a dcat:Dataset ; dcat:distribution ?file .
          ?file dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?sum .
        }"""
    )
    found = {str(row[0]).rpartition("/")[2]: (int(row[1]), str(row[2])) for row in rows}  # type: ignore[index, arg-type]
    graph = json.loads((release / "ro-crate-metadata.json").read_text())["@graph"]
    assert found == {
        node["@id"]: (int(node["contentSize"]), node["sha256"]) for node in graph if node["@type"] == "File"
    }
