"""`kg export` and `kg diff`."""

import json
from pathlib import Path

import exporting
import pytest

from kg.cli import run
from kg.exports import FORMATS


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    exporting.store(exporting.vocabulary(folder / "ontology"), folder=folder / "store").close()
    return folder / "store"


def test_export_writes_what_the_suffix_says_and_prints_nothing_but_names(
    store: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for suffix in (suffix for format in FORMATS.values() if not format.texts for suffix in format.suffixes):
        assert run(["export", str(tmp_path / f"all{suffix}"), "--store", str(store)]) == 0
    assert capfd.readouterr().out == ""
    assert (tmp_path / "all.ttl").read_text().startswith("@prefix")


def test_export_by_name(store: Path, tmp_path: Path) -> None:
    assert run(["export", str(tmp_path / "kg"), "--format", "kgx", "--store", str(store)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"kg_nodes.tsv", "kg_edges.tsv", "kg_details.tsv"}


def test_what_cannot_be_exported_says_why(store: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["export", str(tmp_path / "all.docx"), "--store", str(store)]) == 2
    assert ".docx" in capfd.readouterr().err
    assert run(["export", str(tmp_path / "all.ttl"), "--store", str(tmp_path)]) == 2
    assert "no graph" in capfd.readouterr().err
    assert run(["export", str(tmp_path / "nowhere" / "all.ttl"), "--store", str(store)]) == 1
    assert "nowhere" in capfd.readouterr().err


def test_diff_in_every_form(store: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "old.tsv"
    run(["export", str(table), "--store", str(store)])
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:1] + lines[2:]))
    capfd.readouterr()
    assert run(["diff", str(table), str(store), "--ids", "--format", "json"]) == 0
    (change,) = json.loads(capfd.readouterr().out)
    assert change["change"] == "new"
    assert change["subject"] == lines[1].split("\t")[3]
    assert run(["diff", str(store), str(table), "--format", "md"]) == 0
    assert capfd.readouterr().out.startswith("### Gone (1)")
    assert run(["diff", str(store), str(store), "--format", "csv"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 1
    assert run(["diff", str(store), str(tmp_path / "gone.nq")]) == 2
