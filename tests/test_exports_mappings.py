"""Mappings as SSSOM: read by SSSOM's own programs, each with an author, a justification, a date and a confidence."""

import csv
import json
from pathlib import Path

import exporting
import peers
import pytest

from kg import exports, mappings, paths
from kg.store import Store

store = exporting.sample_store

READ = """
import json, sys
from sssom.parsers import parse_sssom_table
read = parse_sssom_table(sys.argv[1])
print(json.dumps({"creators": read.metadata["creator_id"], "prefixes": read.converter.bimap,
                  "rows": json.loads(read.df.to_json(orient="records"))}))
"""
ORCID = "https://orcid.org/0000-0002-1825-0097"


@pytest.mark.parametrize(
    ("creator", "curie"),
    [
        ("", "stemkg:contributors"),
        (ORCID, "orcid:0000-0002-1825-0097"),
        ("https://example.org/people#me", "publisher:me"),
        ("https://example.org/", "publisher:example.org/"),
    ],
)
def test_sssom_reads_who_says_so_how_sure_why_and_when(store: Store, tmp_path: Path, creator: str, curie: str) -> None:
    file, *_ = exports.export(store, tmp_path / "all.sssom.tsv", creator=creator)
    peers.run("bin/sssom", "validate", file)
    read = json.loads(peers.python(READ, file, needs="sssom").splitlines()[-1])
    assert read["creators"] == [curie]
    prefix, _, local = curie.partition(":")
    assert read["prefixes"][prefix] + local == creator or not creator
    assert len(read["rows"]) == len(mappings.of(paths.ONTOLOGY))
    for row in read["rows"]:
        assert row["author_id"] and row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert row["mapping_date"] >= "2026" and 0 < row["confidence"] < 1


def test_sssom_refuses_what_is_none(store: Store, tmp_path: Path) -> None:
    file, *_ = exports.export(store, tmp_path / "all.sssom.tsv")
    file.write_text(file.read_text("utf-8").replace("semapv:ManualMappingCuration", "semapv:Guess"), "utf-8")
    assert "semapv:Guess" in peers.run("bin/sssom", "validate", file, good=False).stderr


def test_the_table_of_the_ontology_is_what_is_written(store: Store, tmp_path: Path) -> None:
    """Without SSSOM's programs too: each row has its author, a reason and a confidence between 0 and 1."""
    file, *_ = exports.export(store, tmp_path / "all.sssom.tsv")
    assert file.read_bytes() == (paths.ONTOLOGY / mappings.NAME).read_bytes()
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines, delimiter="\t"):
        assert row["author_id"] and row["mapping_justification"].startswith("semapv:")
        assert 0 < float(row["confidence"]) < 1
