"""SHACL shapes as checks on graphs in memory: the shapes of a file are read once, and run on many small graphs.

Known is the part of SHACL that our shapes use; anything else in a file is an error, never passed over. A constraint in
SPARQL stays SPARQL, which the caller runs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.namespaces import expand
from kg.rdf import TYPE, Graph, Node

_SH = "http://www.w3.org/ns/shacl#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_FIRST = ox.NamedNode(expand("rdf:first"))
_REST = ox.NamedNode(expand("rdf:rest"))
_NIL = ox.NamedNode(expand("rdf:nil"))


class ShapesError(Exception):
    """A shapes file that can't be read, or says what is not known here. The message names it."""


class Violation(NamedTuple):
    """A focus node that breaks a constraint, by which of its values (None: by their number), and the reason."""

    focus: Node
    value: Node | None
    reason: str


_Path = Callable[[Graph, Node], list[Node]]
_Test = Callable[[Graph, Node], bool]


@dataclass(slots=True)
class Shape:
    """A shape: what must hold of its value nodes, which are the focus node itself where it has no path."""

    reason: str
    path: _Path | None = None
    least: int = 0
    most: int | None = None
    tests: list[_Test] = field(default_factory=list)
    less_than: list[ox.NamedNode] = field(default_factory=list)
    inner: list["Shape"] = field(default_factory=list)  # the value nodes are their focus nodes
    some: list[tuple["Shape", int]] = field(default_factory=list)  # how many of the value nodes must conform to them
    sparql: list["Query"] = field(default_factory=list)
    classes: list[ox.NamedNode] = field(default_factory=list)
    subjects_of: list[ox.NamedNode] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    def targets(self, graph: Graph) -> Iterable[Node]:
        """Its focus nodes in a graph."""
        found = dict.fromkeys(self.nodes)
        for one in self.classes:
            found.update(dict.fromkeys(graph.subjects(TYPE, one)))
        for predicate in self.subjects_of:
            found.update(dict.fromkeys(node for node, said in graph.said.items() if predicate in said))
        return found

    def check(self, graph: Graph, focus: Node, found: list[Violation]) -> None:
        """Add to `found` how a focus node violates the shape."""
        values = [focus] if self.path is None else self.path(graph, focus)
        if len(values) < self.least or (self.most is not None and len(values) > self.most):
            found.append(Violation(focus, None, self.reason))
        for value in values:
            for test in self.tests:
                if not test(graph, value):
                    found.append(Violation(focus, value, self.reason))
            for shape in self.inner:
                shape.check(graph, value, found)
        for predicate in self.less_than:
            for other in graph.objects(focus, predicate):
                found += [Violation(focus, value, self.reason) for value in values if not _less(value, other)]
        for shape, least in self.some:
            if sum(shape.conforms(graph, value) for value in values) < least:
                found.append(Violation(focus, None, self.reason))

    def conforms(self, graph: Graph, node: Node) -> bool:
        """Whether a node conforms to the shape."""
        found: list[Violation] = []
        self.check(graph, node, found)
        return not found

    def reasons(self) -> Iterator[str]:
        """The reasons that it can give."""
        if self.least or self.most is not None or self.tests or self.less_than or self.some:
            yield self.reason
        for query in self.sparql:
            yield query.reason
        for shape in self.inner:
            yield from shape.reasons()


class Query(NamedTuple):
    """A constraint in SPARQL: a query that gives a row (?focus, ?value) for each violation, and the reason in words."""

    reason: str
    sparql: str


def load(file: Path) -> list[Shape]:
    """The shapes of a file that have targets. Raises `ShapesError`."""
    store = ox.Store()
    try:
        store.load(path=file)
    except (OSError, SyntaxError, ValueError) as error:
        raise ShapesError(f"{file}: {error}") from None
    reader = _Reader(file, Graph(store))
    targets = {ox.NamedNode(_SH + name) for name in ("targetClass", "targetSubjectsOf", "targetNode")}
    return [reader.shape(node) for node, said in reader.graph.said.items() if targets & said.keys()]


# Tests of a value ----------------------------------------------------------------------------------------------------

#: How the values of a datatype are written.
_LEXICAL = {
    "string": r"(?s:.*)",
    "boolean": r"true|false|0|1",
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "dateTime": r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
}
_NUMERIC = {_XSD + name for name in ("integer", "decimal")}
_KINDS = {"IRI": ox.NamedNode, "Literal": ox.Literal, "BlankNode": ox.BlankNode}


def _number(node: Node) -> Decimal | None:
    """The number that a literal is; None where it is none."""
    if not isinstance(node, ox.Literal) or node.datatype.value not in _NUMERIC:
        return None
    try:
        return Decimal(node.value)
    except InvalidOperation:
        return None


def _less(value: Node, other: Node) -> bool:
    low, high = _number(value), _number(other)
    return low is not None and high is not None and low < high


def _has_datatype(datatype: ox.NamedNode) -> _Test:
    lexical = re.compile(_LEXICAL[datatype.value.removeprefix(_XSD)], re.ASCII)

    def test(graph: Graph, value: Node) -> bool:
        return isinstance(value, ox.Literal) and value.datatype == datatype and bool(lexical.fullmatch(value.value))

    return test


def _matches(pattern: str) -> _Test:
    # In XPath "$" is the end, in Python also what is before a last line break.
    found = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))
    return lambda graph, value: not isinstance(value, ox.BlankNode) and found.search(value.value) is not None


def _is_of_kind(kind: str) -> _Test:
    wanted = _KINDS[kind]
    return lambda graph, value: isinstance(value, wanted)


def _is_at_least(least: Decimal) -> _Test:
    return lambda graph, value: (number := _number(value)) is not None and number >= least


def _is_at_most(most: Decimal) -> _Test:
    return lambda graph, value: (number := _number(value)) is not None and number <= most


def _is_in(members: Iterable[Node]) -> _Test:
    known = frozenset(members)
    return lambda graph, value: value in known


def _is_a(class_: ox.NamedNode) -> _Test:
    return lambda graph, value: class_ in graph.objects(value, TYPE)


def _conforms_to_none(shape: Shape) -> _Test:
    return lambda graph, value: not shape.conforms(graph, value)


def _conforms_to_some(shapes: list[Shape]) -> _Test:
    return lambda graph, value: any(shape.conforms(graph, value) for shape in shapes)


# Reading shapes ------------------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, file: Path, graph: Graph) -> None:
        self.graph = graph
        self._file = file
        self._reading: list[Node] = []

    def shape(self, node: Node, reason: str = "") -> Shape:
        """A shape; `reason` is that of the shape around it."""
        if node in self._reading:
            raise ShapesError(f"{self._file}: {node} refers to itself")
        self._reading.append(node)
        said = {
            predicate.value[len(_SH) :]: values
            for predicate, values in self.graph.said.get(node, {}).items()
            if predicate.value.startswith(_SH)
        }
        shape = Shape(_text(said["message"][0]) if "message" in said else reason)
        for name, values in sorted(said.items()):
            for value in values:
                try:
                    self._say(shape, node, name, value)
                except (KeyError, InvalidOperation, re.error, ValueError):
                    raise ShapesError(f"{self._file}: sh:{name} {value} is not known here") from None
        self._reading.pop()
        return shape

    def _say(self, shape: Shape, node: Node, name: str, value: Node) -> None:
        """What a shape says by one of its parameters. Raises `KeyError` or `ValueError` where that is not known."""
        if name in ("message", "qualifiedMinCount", "name", "description", "group", "order"):
            pass
        elif name == "targetClass":
            shape.classes.append(_iri(value))
        elif name == "targetSubjectsOf":
            shape.subjects_of.append(_iri(value))
        elif name == "targetNode":
            shape.nodes.append(value)
        elif name == "path":
            shape.path = self._path(value)
        elif name == "minCount":
            shape.least = int(_text(value))
        elif name == "maxCount":
            shape.most = int(_text(value))
        elif name == "datatype":
            shape.tests.append(_has_datatype(_iri(value)))
        elif name == "pattern":
            shape.tests.append(_matches(_text(value)))
        elif name == "nodeKind":
            shape.tests.append(_is_of_kind(_text(value).removeprefix(_SH)))
        elif name == "minInclusive":
            shape.tests.append(_is_at_least(Decimal(_text(value))))
        elif name == "maxInclusive":
            shape.tests.append(_is_at_most(Decimal(_text(value))))
        elif name == "in":
            shape.tests.append(_is_in(self._list(value)))
        elif name == "class":
            shape.tests.append(_is_a(_iri(value)))
        elif name == "lessThan":
            shape.less_than.append(_iri(value))
        elif name == "node":
            shape.tests.append(self.shape(value).conforms)
        elif name == "not":
            shape.tests.append(_conforms_to_none(self.shape(value)))
        elif name == "or":
            shape.tests.append(_conforms_to_some([self.shape(part) for part in self._list(value)]))
        elif name == "property":
            shape.inner.append(self.shape(value, shape.reason))
        elif name == "qualifiedValueShape":
            shape.some.append((self.shape(value), int(_text(self._one(node, _SH + "qualifiedMinCount")))))
        elif name == "sparql":
            shape.sparql.append(self._query(node, value))
        else:
            raise ValueError(name)

    def _query(self, node: Node, constraint: Node) -> Query:
        """A SPARQL constraint, as a query in each graph by itself. It must begin with `SELECT $this`."""
        targets = [
            *(f"{{ ?this a {one} }}" for one in self._values(node, _SH + "targetClass")),
            *(f"{{ ?this {one} [] }}" for one in self._values(node, _SH + "targetSubjectsOf")),
            *(f"{{ VALUES ?this {{ {one} }} }}" for one in self._values(node, _SH + "targetNode")),
        ]
        head, brace, rest = _text(self._one(constraint, _SH + "select")).partition("{")
        body, _, tail = rest.rpartition("}")
        query = f"{head}{brace} GRAPH ?graph {{ {' UNION '.join(targets)} {body} }} }} {tail}"
        return Query(
            _text(self._one(constraint, _SH + "message")),
            query.replace("SELECT $this", "SELECT (?this AS ?focus)").replace("$this", "?this"),
        )

    def _path(self, node: Node) -> _Path:
        """A predicate, a path backwards, or a sequence of paths."""
        if isinstance(node, ox.NamedNode):
            return lambda graph, focus: graph.objects(focus, node)
        if back := self._values(node, _SH + "inversePath"):
            predicate = _iri(back[0])
            return lambda graph, focus: graph.subjects(predicate, focus)
        steps = [self._path(step) for step in self._list(node)]

        def follow(graph: Graph, focus: Node) -> list[Node]:
            here = [focus]
            for step in steps:
                here = list(dict.fromkeys(further for place in here for further in step(graph, place)))
            return here

        return follow

    def _values(self, node: Node, iri: str) -> list[Node]:
        return self.graph.objects(node, ox.NamedNode(iri))

    def _one(self, node: Node, iri: str) -> Node:
        (value,) = self._values(node, iri)
        return value

    def _list(self, node: Node) -> Iterator[Node]:
        while node != _NIL:
            yield self._one(node, _FIRST.value)
            node = self._one(node, _REST.value)


def _iri(node: Node) -> ox.NamedNode:
    if not isinstance(node, ox.NamedNode):
        raise ValueError(node)
    return node


def _text(node: Node) -> str:
    return node.value
