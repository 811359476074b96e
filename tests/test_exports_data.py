"""Tables for data people: Parquet and SQLite say what the claims table says, by one schema."""

import sqlite3
from pathlib import Path

import exporting
import pytest

from kg import exports
from kg.exports.tabular import TABLES, table
from kg.store import Store

store = exporting.sample_store


@pytest.fixture(scope="module")
def database(store: Store, tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    path, *_ = exports.export(store, tmp_path_factory.mktemp("sqlite") / "all.sqlite")
    return sqlite3.connect(path)


def test_every_claim_is_a_row_with_names_at_hand(database: sqlite3.Connection) -> None:
    ends = (
        "SELECT s.name, c.predicate, o.name FROM claims c JOIN terms s ON s.id = subject JOIN terms o ON o.id = object"
    )
    rows = database.execute(ends).fetchall()
    assert len(rows) == len(exporting.claims())
    assert ("mesenchymal stem cell", "treats", "multiple sclerosis") in rows
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    outcome = "SELECT value, unit, source, route FROM claims WHERE predicate = 'outcome' AND article = 'trial'"
    assert database.execute(outcome).fetchall()[0] == (66.7, "%", "UBERON:0002371", "stemkg:Intravenous")
    assert database.execute("SELECT id FROM articles WHERE retracted").fetchall() == [("withdrawn",)]
    (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
    assert integrity == "ok"


def test_findings_have_their_numbers(database: sqlite3.Connection) -> None:
    found = database.execute("SELECT articles, support, arithmetic FROM findings").fetchall()
    assert found and all(articles >= 1 and 0 <= support <= 1 for articles, support, _ in found)


def test_every_column_is_described(database: sqlite3.Connection) -> None:
    described = set(database.execute('SELECT "table", "column" FROM columns WHERE description != \'\'').fetchall())
    for each in TABLES:
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{each.name}")')]
        assert columns == [column.name for column in each.columns]
        assert {(each.name, column) for column in columns} <= described


def test_parquet_holds_the_same(store: Store, database: sqlite3.Connection, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow, which reads Parquet, is not installed")
    paths = exports.export(store, tmp_path / "all.parquet")
    assert [path.name for path in paths] == [f"all_{each.name}.parquet" for each in TABLES]
    for path, each in zip(paths, TABLES, strict=True):
        read = parquet.read_table(path)
        assert read.column_names == [column.name for column in each.columns]
        assert {field.name: field.metadata[b"description"].decode() for field in read.schema} == {
            column.name: column.description for column in table(each.name).columns
        }
        names = ", ".join(f'"{column.name}"' for column in each.columns)
        rows = database.execute(f'SELECT {names} FROM "{each.name}"').fetchall()
        assert [tuple(row.values()) for row in read.to_pylist()] == rows


def test_the_same_store_gives_the_same_bytes(store: Store, tmp_path: Path) -> None:
    for name in ("a", "b"):
        exports.export(store, tmp_path / f"{name}.sqlite")
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()
