"""Exports: a store as files that other tools load.

    export(store, Path("all.ttl"))                 the format by suffix
    export(store, Path("claims.tsv"), "claims")    or by name
    export(store, Path("release"), "release")      a folder with all of them, described

Files are written beside their targets and put in place when they are whole.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from kg.exports import kgx
from kg.exports.annotations import write_annotations
from kg.exports.claims import write_csv, write_tsv
from kg.exports.croissant import write_croissant
from kg.exports.cx2 import write_cx2
from kg.exports.description import Counts, File, write_crate, write_void
from kg.exports.files import replacing
from kg.exports.graphml import write_graphml
from kg.exports.jsonld import write_jsonld
from kg.exports.nanopub import write_nanopubs
from kg.exports.rdf import write_nquads, write_ntriples, write_rdfxml
from kg.exports.sssom import write_sssom
from kg.exports.statements import Statements
from kg.exports.tabular import TABLES, parquet_writer, write_metadata, write_sqlite
from kg.exports.turtle import write_trig, write_turtle
from kg.store import Store
from kg.texts import Texts

__all__ = ["FORMATS", "Format", "export", "format_of"]

Writer = Callable[[Store, IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format. `files` has the writer of each file, by what follows the stem of the name that was asked for."""

    name: str
    title: str
    media_type: str
    files: dict[str, Writer]
    suffixes: tuple[str, ...] = ()
    needs: str = ""  # a module that is not installed with the rest
    texts: bool = False  # whether the texts of articles are in it: such a format is in no release


def _single(name: str, title: str, media_type: str, writer: Writer, *suffixes: str) -> Format:
    """A format of one file; without `suffixes`, its name is its suffix."""
    endings = suffixes or ("." + name,)
    return Format(name, title, media_type, {endings[0]: writer}, endings)


def _texts(name: str, title: str, media_type: str, suffix: str) -> Format:
    """A format that has texts in it, whose writer is looked up when it is asked for: it reads names."""
    return Format(name, title, media_type, {suffix: _no_texts}, (suffix,), texts=True)


def _no_texts(_: Store, __: IO[bytes]) -> None:
    raise ValueError("this format has the texts of articles in it: tell where they are (--texts)")


def _with_texts(name: str, texts: Texts, tell: Callable[[str], None]) -> Writer:
    """The writer of a format that has texts in it."""
    from kg import vocabulary
    from kg.exports import annotated

    writers = {
        "bioc": annotated.write_bioc_json,
        "bioc-xml": annotated.write_bioc_xml,
        "pubtator": annotated.write_pubtator,
    }
    return partial(writers[name], texts=texts, vocabulary=vocabulary.load(), tell=tell)


def _resource(name: str) -> Writer:
    """A writer of a file that stands beside this one, the same for every store."""

    def write(_: Store, output: IO[bytes]) -> None:
        output.write((Path(__file__).parent / name).read_bytes())

    return write


_TSV = "text/tab-separated-values"

#: The formats by name.
FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        _single("ttl", "Turtle: articles, claims, findings and the terms they use", "text/turtle", write_turtle),
        _single("trig", "TriG: every named graph", "application/trig", write_trig),
        _single("nq", "N-Quads: every named graph, sorted", "application/n-quads", write_nquads),
        _single("nt", "N-Triples: the graph of the Turtle file, sorted", "application/n-triples", write_ntriples),
        _single("jsonld", "JSON-LD: every named graph", "application/ld+json", write_jsonld, ".jsonld", ".json"),
        _single("rdfxml", "RDF/XML: the graph of the Turtle file", "application/rdf+xml", write_rdfxml, ".rdf", ".xml"),
        _single("claims", "Claims as tab-separated values", _TSV, write_tsv, ".tsv"),
        _single("claims-csv", "Claims as comma-separated values", "text/csv", write_csv, ".csv"),
        _single("graphml", "GraphML: terms and findings", "application/graphml+xml", write_graphml),
        _single("cx2", "CX2 for Cytoscape and NDEx: terms and findings", "application/json", write_cx2),
        _single(
            "nanopub", "Nanopublications, one a claim, unsigned", "application/trig", write_nanopubs, ".nanopub.trig"
        ),
        _single(
            "annotations",
            "Web Annotations, one a claim",
            "application/ld+json",
            write_annotations,
            ".annotations.jsonld",
        ),
        Format(
            "sqlite",
            "SQLite: articles, terms, claims and findings, and what datasette shows of them",
            "application/vnd.sqlite3",
            {".sqlite": write_sqlite, ".metadata.json": write_metadata},
            (".sqlite",),
        ),
        Format(
            "schema",
            "The schema of the claims table, in LinkML and as JSON Schema",
            "application/yaml",
            {
                "_claims.linkml.yaml": _resource("claims.linkml.yaml"),
                "_claims.schema.json": _resource("claims.schema.json"),
            },
        ),
        Format(
            "parquet",
            "Parquet: a file for each table of the SQLite file",
            "application/vnd.apache.parquet",
            {f"_{table.name}.parquet": parquet_writer(table.name) for table in TABLES},
            (".parquet",),
            "pyarrow",
        ),
        Format(
            "kgx",
            "KGX, tab-separated",
            _TSV,
            {
                "_nodes.tsv": kgx.write_nodes_tsv,
                "_edges.tsv": kgx.write_edges_tsv,
                "_details.tsv": kgx.write_details_tsv,
            },
        ),
        Format(
            "kgx-jsonl",
            "KGX, JSON Lines",
            "application/jsonl",
            {
                "_nodes.jsonl": kgx.write_nodes_jsonl,
                "_edges.jsonl": kgx.write_edges_jsonl,
                "_details.jsonl": kgx.write_details_jsonl,
            },
            (".jsonl",),
        ),
        _single("sssom", "SSSOM: what other vocabularies call the terms", _TSV, write_sssom, ".sssom.tsv"),
        _texts("bioc", "BioC, JSON: texts, names and claims", "application/json", ".bioc.json"),
        _texts("bioc-xml", "BioC, XML: texts, names and claims", "application/xml", ".bioc.xml"),
        _texts("pubtator", "PubTator: texts, names and claims", "text/plain", ".pubtator"),
    )
}

#: A folder with a file of every format, and their description.
RELEASE = "release"


def format_of(path: Path) -> str:
    """The name of the format that a file name asks for.

    Raises `ValueError` naming the formats there are.

    >>> format_of(Path("all.ttl")), format_of(Path("all.nanopub.trig"))
    ('ttl', 'nanopub')
    """
    fitting = [
        (len(suffix), format.name)
        for format in FORMATS.values()
        for suffix in format.suffixes
        if path.name.lower().endswith(suffix)
    ]
    if not fitting:
        known = ", ".join(sorted(suffix for format in FORMATS.values() for suffix in format.suffixes))
        raise ValueError(f"{path.name}: no format by this suffix; known are {known}, or name a format")
    return max(fitting)[1]


def export(
    store: Store, path: Path, format: str | None = None, *, creator: str = "", statements: Statements = "plain",
    texts: Texts | None = None, tell: Callable[[str], None] = lambda _: None,
) -> list[Path]:  # fmt: skip
    """Write a store to a file in the named format, or in that of the suffix; the files that were written.

    A format of several files puts its own endings in the place of the suffix; `"release"` takes a folder. `creator` is
    the IRI of who publishes nanopublications or mappings, as an ORCID is one. `statements` is what RDF says of
    statements too. `texts` has the articles of formats that have texts in them; `tell` is called with those that it
    has not.
    Raises `ValueError` where there is no such format, `OSError` where a file can't be written.
    """
    name = format or format_of(path)
    if name == RELEASE:
        return _release(store, path)
    if name not in FORMATS:
        raise ValueError(f"{name!r} is not a format; known are {', '.join([*FORMATS, RELEASE])}")
    files = FORMATS[name].files
    if creator:
        files = {
            ending: partial(writer, creator=creator) if writer in (write_nanopubs, write_sssom) else writer
            for ending, writer in files.items()
        }
    if FORMATS[name].texts and texts is not None:
        files = dict.fromkeys(files, _with_texts(name, texts, tell))
    if statements != "plain":
        files = {ending: _stating(name, writer, statements) for ending, writer in files.items()}
    if len(files) == 1:
        targets = dict.fromkeys([path], next(iter(files.values())))
    else:
        stem = _stem(path.name, [*files, *(Path(ending).suffix for ending in files)])
        targets = {path.with_name(stem + ending): _of(writer, stem) for ending, writer in files.items()}
    for target, writer in targets.items():
        with replacing(target) as output:
            writer(store, output)
    return list(targets)


def _of(writer: Writer, stem: str) -> Writer:
    """A writer, told what the database is called that it describes."""
    return partial(write_metadata, database=stem) if writer is write_metadata else writer


def _stating(name: str, writer: Writer, statements: Statements) -> Writer:
    """A writer that says something of statements too. Raises `ValueError` where the format can't."""
    if statements not in _STATING.get(name, ()):
        able = ", ".join(format for format, ways in _STATING.items() if statements in ways)
        raise ValueError(f"{name}: {statements} can be written as {able}")
    return partial(writer, statements=statements)  # type: ignore[call-arg]


#: The formats that can say something of statements themselves, and in which ways.
_STATING: dict[str, tuple[Statements, ...]] = {
    "ttl": ("reifiers", "axioms"), "trig": ("reifiers",), "nq": ("reifiers",), "nt": ("reifiers", "axioms"),
    "rdfxml": ("axioms",),
}  # fmt: skip


def _stem(name: str, endings: list[str]) -> str:
    for ending in endings:
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name


def _today() -> date:
    """The day of a release: today, unless SOURCE_DATE_EPOCH says otherwise, as reproducible builds have it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else datetime.now(UTC).date()


def _release(store: Store, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    described = []
    written = []
    for format in FORMATS.values():
        if format.texts or (format.needs and not find_spec(format.needs)):
            continue
        ending = next(iter(format.files)) if len(format.files) == 1 else ""
        for path in export(store, folder / f"stemkg{ending}", format.name):
            written.append(path)
            described.append(File.of(path, format.title, format.media_type))
    counts, day = Counts.of(store), _today()
    for name, write in (
        ("ro-crate-metadata.json", write_crate),
        ("void.ttl", write_void),
        ("croissant.json", write_croissant),
    ):
        with replacing(folder / name) as output:
            write(counts, described, day, output)
        written.append(folder / name)
    return written
