"""Asking: a SPARQL query put to a store, to RDF files or to an endpoint, and its answer as rows."""

import json
import urllib.parse
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from kg import namespaces
from kg.limits import Asking
from kg.store import Store
from kg.vocabulary import Vocabulary

#: What a cell of an answer may hold; `None` where the engine left the variable unbound.
Cell = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None

_XSD = namespaces.PREFIXES["xsd"]


class QueryError(ValueError):
    """A query was asked wrongly or could not be run; the message says why, in words."""


@dataclass(frozen=True)
class Rows:
    """An answer: named columns and rows of RDF terms, in the order in which the engine gave them.

    `label` gives the words for an IRI.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    label: Callable[[str], str] = field(default=lambda iri: iri, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def without(self, columns: Collection[str]) -> "Rows":
        """The rows without some columns."""
        kept = [place for place, column in enumerate(self.columns) if column not in columns]
        rows = [tuple(row[place] for place in kept) for row in self.rows]
        return Rows(tuple(self.columns[place] for place in kept), rows, self.label)

    def json(self) -> bytes:
        """The rows as SPARQL results in JSON."""
        bindings = [{name: _term(cell) for name, cell in row.items() if cell is not None} for row in self]
        return json.dumps({"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}).encode()

    def words(self) -> list[tuple[str, ...]]:
        """The rows for a reader: labels for IRIs, nothing for an unbound cell."""
        return [tuple(self.word(cell) for cell in row) for row in self.rows]

    def word(self, cell: Cell) -> str:
        """A cell for a reader."""
        match cell:
            case ox.NamedNode():
                return self.label(cell.value)
            case ox.Literal():
                return _short(cell)
            case None:
                return ""
            case _:
                return str(cell)


def _short(literal: ox.Literal) -> str:
    """The text of a literal; of a decimal fraction at most four places, which is what a belief has."""
    if literal.datatype.value == _XSD + "decimal" and len(literal.value.partition(".")[2]) > 4:
        return f"{Decimal(literal.value):.4f}".rstrip("0").rstrip(".")
    return literal.value


def number(cell: Cell) -> int | float | None:
    """The number that a cell is; None for any other."""
    if isinstance(cell, ox.Literal):
        match cell.datatype.value.removeprefix(_XSD):
            case "integer":
                return int(cell.value)
            case "decimal" | "double" | "float":
                return float(cell.value)
    return None


def _term(cell: Cell) -> dict[str, str]:
    """A cell as the JSON of SPARQL results has it."""
    if isinstance(cell, ox.Literal):
        if cell.language:
            return {"type": "literal", "value": cell.value, "xml:lang": cell.language}
        plain = cell.datatype.value == _XSD + "string"
        return {"type": "literal", "value": cell.value} | ({} if plain else {"datatype": cell.datatype.value})
    kind = "uri" if isinstance(cell, ox.NamedNode) else "bnode"
    return {"type": kind, "value": getattr(cell, "value", str(cell))}


Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Source(Protocol):
    """Where a query can be run: a `kg.store.Store` or an `Endpoint`."""

    def query(self, sparql: str) -> Answer:
        """The engine's answer. Raises `SyntaxError` for what is no query, `QueryError` where there is no answer."""


def read_data(files: Iterable[Path]) -> Store:
    """RDF files as a store in memory; the suffix tells the format (.ttl, .nt, .nq, .trig, .rdf, .jsonld).

    Raises `QueryError` naming the file, the line and the reason.
    """
    graph = ox.Store()
    for file in files:
        format = ox.RdfFormat.from_extension(file.suffix.removeprefix(".").lower())
        if format is None:
            raise QueryError(f"{file}: {file.suffix or 'no suffix'!r} names no RDF format")
        try:
            graph.bulk_load(path=file, format=format)
        except SyntaxError as error:
            raise QueryError(f"{file}: line {error.lineno}: {error.msg}") from None
        except OSError as error:
            raise QueryError(f"{file}: {error.strerror or error}") from None
    return Store(graph)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL 1.1 endpoint somewhere else; `timeout` is in seconds."""

    url: str
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if urllib.parse.urlsplit(self.url).scheme not in ("http", "https"):
            raise QueryError(f"{self.url!r} is not the address of an endpoint (http:// or https://)")

    def query(self, sparql: str) -> Answer:
        """The endpoint's answer. Raises `QueryError`."""
        from kg.remote import AskingError, ask  # what is asked here needs no network

        form = urllib.parse.urlencode({"query": sparql}).encode()
        accept = "application/sparql-results+json, application/n-triples;q=0.5"
        try:
            reply = ask(
                self.url,
                form,
                {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"},
                limits=Asking(silence=self.timeout),
            )
            if reply.kind == "application/n-triples":
                graph = ox.Store()
                graph.load(reply.body, format=ox.RdfFormat.N_TRIPLES)
                return graph.query("CONSTRUCT WHERE { ?s ?p ?o }")
            return ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        except AskingError as error:
            raise QueryError(f"{self.url}: {error}") from None
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"{self.url}: the answer is not SPARQL results in JSON: {error}") from None


def select(source: Source, sparql: str, vocabulary: Vocabulary | None = None) -> Rows:
    """Runs any SPARQL query: the rows of a SELECT, the one answer of an ASK, or the triples of a CONSTRUCT or DESCRIBE.

    Raises `QueryError`.
    """

    def label(iri: str) -> str:
        for namespace in (namespaces.ARTICLE, namespaces.CLAIM):
            if iri.startswith(namespace):
                return urllib.parse.unquote(iri.removeprefix(namespace))
        curie = namespaces.contract(iri)
        return vocabulary.shown(curie) if vocabulary else curie

    try:
        answer = source.query(sparql)
    except SyntaxError as error:
        raise QueryError(f"not SPARQL 1.1: {error.msg}") from None
    except (OSError, RuntimeError) as error:  # a function that the engine has not, a file that can't be read
        raise QueryError(f"the query can't be run: {error}") from None
    if isinstance(answer, ox.QueryBoolean):
        yes = ox.Literal("true" if answer else "false", datatype=ox.NamedNode(_XSD + "boolean"))
        return Rows(("answer",), [(yes,)], label)
    try:
        if isinstance(answer, ox.QuerySolutions):
            columns = tuple(variable.value for variable in answer.variables)
            return Rows(columns, [tuple(solution) for solution in answer], label)
        return Rows(("subject", "predicate", "object"), [tuple(triple) for triple in answer], label)
    except (SyntaxError, OSError, RuntimeError) as error:
        raise QueryError(f"the query broke off: {error}") from None
