"""Tables for data people: articles, terms, claims and findings as Parquet, and as an SQLite file with foreign keys.

Both have the tables, columns and types of `TABLES`, the one schema. `datasette stemkg.sqlite` shows it with the names
of terms in the place of their identifiers; with `--metadata stemkg.metadata.json` it describes every column and offers
facets. A retracted article's claims are in it, and the article says that it is.
"""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from kg.claim import DETAILS, QUALIFIERS
from kg.exports import about
from kg.exports.records import Record, Source, articles, properties
from kg.exports.view import Terms, graph_blocks, named
from kg.namespaces import expand
from kg.rdf import FINDING, SUMMARY_GRAPH
from kg.store import Store

Type = Literal["text", "integer", "real", "boolean"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its type, what it says, and the table whose `id` it refers to. All but ids may be empty."""

    name: str
    type: Type
    description: str
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its first column, `id`, is the key."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: Callable[[Store], Iterator[Row]]


def _article_rows(store: Store) -> Iterator[Row]:
    for source, _ in articles(store):
        yield _article(source)


def _article(source: Source) -> Row:
    known = {name: getattr(source, name) for name in ("id", "iri", "title", "issued", "doi", "pmid", "pmcid", "work")}
    return known | {"retracted": source.retracted}


def _claim_rows(store: Store) -> Iterator[Row]:
    for source, records in articles(store):
        for record in records:
            yield _claim(source, record)


def _claim(source: Source, record: Record) -> Row:
    claim = record.claim
    row: Row = {
        "id": record.iri.rpartition("/")[2],
        "iri": record.iri,
        "article": source.id,
        "start": claim.start,
        "end": claim.end,
        "subject": claim.subject,
        "predicate": claim.predicate,
        "object": claim.object,
        "disease": claim.disease,
        "polarity": claim.polarity,
        "certainty": claim.certainty,
        "evidence": claim.evidence,
        "basis": claim.basis,
        "value": float(claim.value) if claim.value else None,
        "unit": claim.unit,
        "confidence": claim.confidence,
        "rule": claim.rule,
        "method": claim.method,
        "agent": claim.agent,
        "sentence_hash": record.sentence_hash,
        "quote": record.quote,
    }
    for key, value in (*claim.qualifiers, *claim.details):
        row[key] = f"{row[key]}|{value}" if row.get(key) else value
    return row


_NUMBERS = (
    "articles",
    "articlesFor",
    "articlesHedged",
    "articlesAgainst",
    "articlesFound",
    "articlesStudied",
    "articlesInPeople",
    "claims",
)


def _finding_rows(store: Store) -> Iterator[Row]:
    for block in graph_blocks(store, SUMMARY_GRAPH):
        if not (named(block.subject) or "").startswith(FINDING):
            continue
        said = {name.removeprefix("stemkg:"): value for name, value in properties(block).items()}
        row: Row = {"id": block.subject[1:-1].removeprefix(FINDING), "iri": block.subject[1:-1]}
        row |= {name: said.get(name, "") for name in ("subject", "object", "disease", "arithmetic")}
        row |= {name: int(said[name]) for name in _NUMBERS if name in said}
        row |= {name: float(said[name]) for name in ("support", "opposition") if name in said}
        yield row | {
            "relation": said.get("relation", "").removeprefix("stemkg:"),
            "bestEvidence": said.get("bestEvidence", "").removeprefix("stemkg:"),
        }


def _term_rows(store: Store) -> Iterator[Row]:
    """The terms that claims and findings name."""
    used = {
        row[column.name]
        for rows, columns in ((_claim_rows, _CLAIMS), (_finding_rows, _FINDINGS))
        for row in rows(store)
        for column in columns
        if column.refers_to == "terms" and row.get(column.name)
    }
    terms = Terms(store)
    for id in sorted(used):
        iri = expand(id)
        yield {"id": id, "name": terms.label(iri), "kinds": "|".join(terms.kinds(iri)), "iri": iri}


_ID = Column("id", "text", "the identifier, unique in the table")
_IRI = Column("iri", "text", "the IRI in the graph")
_ENDS = (
    Column("subject", "text", "what acts", "terms"),
    Column("object", "text", "what it acts on", "terms"),
    Column("disease", "text", "the disease in whose context it holds", "terms"),
)
_CLAIMS = (
    _ID,
    _IRI,
    Column("article", "text", "the article that makes the claim", "articles"),
    Column("start", "integer", "where its sentence begins in the article's text, in characters from 0"),
    Column("end", "integer", "the character after the last of its sentence"),
    *_ENDS,
    Column("predicate", "text", "the relation: treats, secretes …"),
    Column("polarity", "text", "positive or negative: whether it is affirmed or denied"),
    Column("certainty", "text", "asserted, hedged or studied"),
    Column("evidence", "text", "the kind of evidence, MetaAnalysis to ExpertStatement"),
    Column("basis", "text", "finding or background"),
    Column("value", "real", "the number of an outcome"),
    Column("unit", "text", "% or patients"),
    Column("confidence", "real", "the confidence of the reading, 0 to 1"),
    Column("rule", "text", "the rule that found the claim"),
    Column("method", "text", "automatic, manual or language-model: how the claim was made"),
    Column("agent", "text", "who or what made it, where that is not StemKG: a name or an IRI"),
    Column("sentence_hash", "text", "the SHA-256 of its sentence, hexadecimal"),
    Column("quote", "text", "its sentence, where the store was built with quotes"),
    *(Column(key, "text", f"the qualifier {key}, CURIEs with | between them") for key in QUALIFIERS),
    *(Column(key, "text", f"what the sentence tells of the study: {key}") for key in DETAILS),
)
_FINDINGS = (
    _ID,
    _IRI,
    *_ENDS,
    Column("relation", "text", "the relation"),
    *(Column(name, "integer", f"how many: {name}") for name in _NUMBERS),
    Column("support", "real", "the belief in it, 0 to 1"),
    Column("opposition", "real", "the belief in its denial, 0 to 1"),
    Column("arithmetic", "text", "the reckoning of the belief"),
    Column("bestEvidence", "text", "the strongest kind of evidence for it"),
)

#: The tables, those that others refer to first.
TABLES: tuple[Table, ...] = (
    Table(
        "articles",
        "The texts that were read.",
        (
            _ID,
            Column("title", "text", "the title"),
            _IRI,
            Column("issued", "text", "when it appeared: a year, a month or a day, ISO 8601"),
            *(Column(name, "text", f"the {name.upper()} of the work") for name in ("doi", "pmid", "pmcid")),
            Column("work", "text", "the page of the published work"),
            Column("retracted", "boolean", "whether it was taken back"),
        ),
        _article_rows,
    ),
    Table(
        "terms",
        "The terms that claims and findings name.",
        (_ID, Column("name", "text", "the label"), Column("kinds", "text", "cell, disease …, with | between"), _IRI),
        _term_rows,
    ),
    Table("claims", "What an article says, sentence by sentence.", _CLAIMS, _claim_rows),
    Table("findings", "What the articles say together on one matter.", _FINDINGS, _finding_rows),
)


def table(name: str) -> Table:
    """A table by its name. Raises `KeyError`."""
    return {table.name: table for table in TABLES}[name]


def parquet_writer(name: str) -> Callable[[Store, IO[bytes]], None]:
    """What writes a table as Parquet; it raises `ValueError` where pyarrow is not installed."""

    def write(store: Store, output: IO[bytes]) -> None:
        try:
            import pyarrow as pa  # type: ignore[import-untyped]
            import pyarrow.parquet as pq  # type: ignore[import-untyped]
        except ImportError:
            raise ValueError("Parquet: install stemkg[data] to write it") from None
        wanted = table(name)
        types = {"text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "boolean": pa.bool_()}
        schema = pa.schema(
            [
                pa.field(c.name, types[c.type], c.name != "id", {"description": c.description, "table": c.refers_to})
                for c in wanted.columns
            ],
            {"description": wanted.description},
        )
        with pq.ParquetWriter(output, schema) as writer:
            for rows in _batches(wanted.rows(store)):
                writer.write_table(pa.Table.from_pylist([_full(wanted, row) for row in rows], schema))

    return write


def _full(wanted: Table, row: Row) -> Row:
    """A row with all its columns; what is not known is None."""
    return {c.name: None if row.get(c.name) == "" and c.name != "id" else row.get(c.name) for c in wanted.columns}


def _batches(rows: Iterable[Row], size: int = 10_000) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def write_sqlite(store: Store, output: IO[bytes]) -> None:
    """Write all tables as an SQLite file, with foreign keys, an index on each, and what each column says as a table."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stemkg.sqlite"
        connection = sqlite3.connect(file)
        try:
            for each in TABLES:
                _fill(connection, each, store)
            connection.execute('CREATE TABLE columns ("table" TEXT, "column" TEXT, "description" TEXT)')
            said = [(each.name, column.name, column.description) for each in TABLES for column in each.columns]
            connection.executemany("INSERT INTO columns VALUES (?, ?, ?)", said)
            connection.commit()
        finally:
            connection.close()
        with file.open("rb") as whole:
            shutil.copyfileobj(whole, output)


def write_metadata(store: Store, output: IO[bytes], database: str = "stemkg") -> None:
    """Write what datasette shows of the SQLite file that is called so: descriptions, labels, facets and the licence."""
    facets = {
        "claims": ["predicate", "polarity", "certainty", "evidence", "basis", "method", "article"],
        "findings": ["relation", "bestEvidence"],
        "articles": ["retracted"],
        "terms": ["kinds"],
    }
    labels = {"terms": "name", "articles": "title"}
    tables: dict[str, Any] = {}
    for each in TABLES:
        tables[each.name] = {
            "description": each.description,
            "columns": {column.name: column.description for column in each.columns},
            "facets": facets[each.name],
            **({"label_column": labels[each.name]} if each.name in labels else {}),
        }
    tables["findings"]["sort_desc"] = "support"
    said = {
        "title": about.TITLE,
        "license": about.LICENCE_NAME,
        "license_url": about.LICENCE,
        "source": about.MAKER_NAME,
        "source_url": about.DATASET,
        "about": about.ATTRIBUTION,
        "databases": {database: {"tables": tables | {"columns": {"hidden": True}}}},
    }
    output.write((json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode())


def _fill(connection: sqlite3.Connection, each: Table, store: Store) -> None:
    parts = [
        f'"{c.name}" {c.type.upper()}'
        + (" PRIMARY KEY" if c.name == "id" else "")
        + (f' REFERENCES "{c.refers_to}"(id)' if c.refers_to else "")
        for c in each.columns
    ]
    connection.execute(f'CREATE TABLE "{each.name}" ({", ".join(parts)})')
    places = ", ".join(f":{c.name}" for c in each.columns)
    for rows in _batches(each.rows(store)):
        connection.executemany(f'INSERT INTO "{each.name}" VALUES ({places})', [_full(each, row) for row in rows])
    for c in each.columns:
        if c.refers_to:
            connection.execute(f'CREATE INDEX "{each.name}_{c.name}" ON "{each.name}" ("{c.name}")')
