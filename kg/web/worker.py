"""A process that answers SPARQL queries of one store, one after the other, and may be killed at any time.

It can't reach another host, whatever a query asks for (`kg.isolation`).

It reads requests from standard input and writes answers to standard output. Each message is its length (8 bytes,
big-endian) and then that many bytes. A request is a JSON object (see `Request` in `kg.web.pool`); an answer is a JSON
object and then, where its status is 200, the body as further messages, ended by an empty one.
"""

import csv
import io
import json
import os
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring as quoted
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.disk import is_damage
from kg.isolation import cut_off
from kg.namespaces import PREFIXES
from kg.web.query import mentions_service

_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "xml": ox.RdfFormat.RDF_XML,
}
_TRUTHS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_STRING = PREFIXES["xsd"] + "string"
_LANG_STRING = PREFIXES["rdf"] + "langString"
_CHUNK = 1 << 16  # characters that are encoded at once
_PIECE = 1 << 20  # bytes of a message
_NOTHING = memoryview(b"")


class TooLarge(Exception):
    """An answer with more rows or bytes than allowed. The message says which."""


def _json_term(term: Any) -> str:
    # Written out, not made as a dictionary first: it is what large answers spend their time on.
    kind = type(term)
    if kind is ox.NamedNode:
        return f'{{"type": "uri", "value": {quoted(term.value)}}}'
    if kind is ox.BlankNode:
        return f'{{"type": "bnode", "value": {quoted(term.value)}}}'
    if kind is ox.Triple:
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        value = ", ".join(f'"{name}": {_json_term(part)}' for name, part in parts.items())
        return f'{{"type": "triple", "value": {{{value}}}}}'
    datatype = term.datatype.value
    more = ""
    if datatype == _LANG_STRING:
        more = f', "xml:lang": {quoted(term.language)}'
    elif datatype != _STRING:
        more = f', "datatype": {quoted(datatype)}'
    return f'{{"type": "literal", "value": {quoted(term.value)}{more}}}'


def _json(names: list[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield f'{{"head": {{"vars": {json.dumps(names, ensure_ascii=False)}}}, "results": {{"bindings": ['
    keys = [quoted(name) + ": " for name in names]
    comma = "\n"
    for row in rows:
        bindings = [key + _json_term(term) for key, term in zip(keys, row, strict=True) if term is not None]
        yield f"{comma}{{{', '.join(bindings)}}}"
        comma = ",\n"
    yield "\n]}}\n"


#: What XML can't hold in any way. JSON can, and so can CSV: only here it becomes the sign for what can't be shown.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _xml_text(text: str) -> str:
    """Text as XML holds it. A carriage return is written as a reference: a bare one would be read as a line feed."""
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _xml_term(term: Any) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{_xml_text(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{_xml_text(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return "<triple>" + "".join(f"<{key}>{_xml_term(part)}</{key}>" for key, part in parts.items()) + "</triple>"
    datatype = term.datatype.value
    attribute = ""
    if datatype == _LANG_STRING:
        attribute = f" xml:lang={quoteattr(term.language)}"
    elif datatype != _STRING:
        attribute = f" datatype={quoteattr(datatype)}"
    return f"<literal{attribute}>{_xml_text(term.value)}</literal>"


def _xml(names: list[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n<head>'
    yield "".join(f"<variable name={quoteattr(name)}/>" for name in names) + "</head>\n<results>\n"
    for row in rows:
        bindings = (
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(names, row, strict=True)
            if term is not None
        )
        yield f"<result>{''.join(bindings)}</result>\n"
    yield "</results>\n</sparql>\n"


def _csv(names: list[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_csv_term(term) for term in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _csv_term(term: Any) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _tsv(names: list[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield "\t".join("?" + name for name in names) + "\n"
    for row in rows:
        yield "\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) + "\n"


_ROWS = {"json": _json, "xml": _xml, "csv": _csv, "tsv": _tsv}


def _limited(things: Iterable[Any], limit: int, what: str) -> Iterator[Any]:
    for number, thing in enumerate(things):
        if number == limit:
            raise TooLarge(f"the answer has more than {limit:,} {what}")
        yield thing


class _Bounded(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self._limit:
            raise TooLarge(f"the answer has more than {self._limit:,} bytes")
        return super().write(data)


def answer(store: ox.Store, request: dict[str, Any]) -> tuple[dict[str, Any], memoryview]:
    """The answer to a request: a header with `status`, and `message` or the `form` of the result; and the body."""
    known = {graph.value for graph in map(ox.NamedNode, request["graphs"]) if store.contains_named_graph(graph)}
    beside = {*request["default"], *request["named"]}  # one that is not here is an empty graph: nothing is fetched
    if foreign := [graph for graph in request["graphs"] if graph not in known and graph not in beside]:
        return {"status": 403, "message": f"<{foreign[0]}> is not a graph of this store, and none is loaded"}, _NOTHING
    dataset: dict[str, Any] = {"use_default_graph_as_union": True}
    if request["default"] or request["named"]:
        dataset = {
            "default_graph": [ox.NamedNode(graph) for graph in request["default"]],
            "named_graphs": [ox.NamedNode(graph) for graph in request["named"]],
        }
    elif request["graphs"]:
        dataset = {}  # the query's own FROM clauses say what its default graph is
    body = _Bounded(request["bytes"])
    try:
        result = store.query(request["query"], base_iri=request["base"], prefixes=PREFIXES, **dataset)
        if isinstance(result, ox.QueryBoolean):
            form = "truth"
            body.write(result.serialize(format=_TRUTHS[request["format"]]))
        elif isinstance(result, ox.QueryTriples):
            form = "graph"
            triples = _limited(result, request["rows"], "triples")
            ox.serialize(triples, body, _GRAPHS[request["format"]], prefixes=PREFIXES)
        else:
            form = "rows"
            names = [variable.value for variable in result.variables]
            rows = (tuple(row) for row in _limited(result, request["rows"], "rows"))
            part: list[str] = []
            size = 0
            for text in _ROWS[request["format"]](names, rows):
                part.append(text)
                size += len(text)
                if size > _CHUNK:
                    body.write("".join(part).encode())
                    part, size = [], 0
            body.write("".join(part).encode())
    except (SyntaxError, ValueError) as error:
        return {"status": 400, "message": str(error)}, _NOTHING
    except RuntimeError as error:
        if is_damage(error):  # the engine goes on with the name of a file, which is nobody's business
            return {"status": 500, "message": "a part of the store is damaged: `kg check` tells which"}, _NOTHING
        return {"status": 400, "message": str(error)}, _NOTHING
    except TooLarge as error:
        return {"status": 507, "message": str(error)}, _NOTHING
    return {"status": 200, "form": form}, body.getbuffer()


def _send(channel: BinaryIO, data: bytes | memoryview) -> None:
    channel.write(len(data).to_bytes(8, "big"))
    channel.write(data)


def main() -> None:
    """Answer until standard input ends. Arguments: the folder of the store, and the memory limit in bytes."""
    folder, memory = sys.argv[1], int(sys.argv[2])
    # Answers go out by a descriptor of their own: nothing that a library prints can get between them.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    alone = cut_off()
    store = ox.Store.read_only(folder)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _send(output, json.dumps({"ready": True}).encode())
    output.flush()
    source = sys.stdin.buffer
    while size := source.read(8):
        request = json.loads(source.read(int.from_bytes(size, "big")))
        try:
            if not alone and mentions_service(request["query"]):
                raise PermissionError
            header, body = answer(store, request)
        except PermissionError:
            header, body = {"status": 403, "message": "this endpoint calls no other: SERVICE is refused"}, _NOTHING
        except OSError:  # a file that is not there any more: the store has changed
            header, body = {"status": 500, "stale": True}, _NOTHING
        except MemoryError:
            header, body = {"status": 507, "message": "the query needs more memory than it may take"}, _NOTHING
        _send(output, json.dumps(header).encode())
        if header["status"] == 200:
            for start in range(0, len(body), _PIECE):
                _send(output, body[start : start + _PIECE])
            _send(output, b"")
        output.flush()


if __name__ == "__main__":
    main()
