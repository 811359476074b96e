"""SHACL shapes as checks on graphs in memory: the shapes of a file are read once, and run on many small graphs.

Known is the part of SHACL Core that our shapes use, and the two constraints that they state in SPARQL for other
engines. Anything else in a file is an error, never passed over.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.claim import PREDICATES
from kg.rdf import (
    ASSERTED,
    CERTAINTY,
    KIND,
    LABEL,
    OBJECT,
    POLARITY,
    POSITIVE,
    PREDICATE,
    SUBJECT,
    TYPE,
    VALUE_KIND,
    Graph,
    Node,
    iri,
    value_of,
)

_SH = "<http://www.w3.org/ns/shacl#"
_FIRST = iri("rdf:first")
_REST = iri("rdf:rest")
_NIL = iri("rdf:nil")
_OURS = iri("stemkg:")[:-1] + "shapes/"
_TARGETS = {_SH + name for name in ("targetClass>", "targetSubjectsOf>", "targetNode>")}
_TYPE, _SUBJECT, _PREDICATE, _OBJECT = str(TYPE), str(SUBJECT), str(PREDICATE), str(OBJECT)
_POLARITY, _CERTAINTY, _POSITIVE, _ASSERTED = str(POLARITY), str(CERTAINTY), str(POSITIVE), str(ASSERTED)
_KIND, _LABEL, _VALUE_KIND = str(KIND), str(LABEL), str(VALUE_KIND)
_PLAIN = {iri("stemkg:" + name) for name in PREDICATES}
_NOTHING: list[Node] = []


class ShapesError(Exception):
    """A shapes file that can't be read, or says what is not known here. The message names it."""


class Violation(NamedTuple):
    """A focus node that breaks a constraint, by which of its values (None: by their number), and the reason."""

    focus: Node
    value: Node | None
    reason: str


_Path = Callable[[Graph, Node], list[Node]]
_Test = Callable[[Graph, Node], bool]
_Search = Callable[[Graph, Node], list[Node]]


@dataclass(slots=True)
class Shape:
    """A shape: what must hold of its value nodes, which are the focus node itself where it has no path."""

    reason: str
    predicate: Node = ""  # its path where that is no more than a predicate, as most are
    path: _Path | None = None
    least: int = 0
    most: int | None = None
    tests: list[_Test] = field(default_factory=list)
    further: bool = False  # whether it has any of what follows
    less_than: list[Node] = field(default_factory=list)
    inner: list["Shape"] = field(default_factory=list)  # the value nodes are their focus nodes
    some: list[tuple["Shape", int]] = field(default_factory=list)  # how many of the value nodes must conform to them
    searches: list[tuple[_Search, str]] = field(default_factory=list)  # what they find is wrong, for these reasons
    classes: list[Node] = field(default_factory=list)
    subjects_of: set[Node] = field(default_factory=set)
    nodes: list[Node] = field(default_factory=list)

    def targets(self, graph: Graph) -> Iterable[Node]:
        """Its focus nodes in a graph."""
        found = dict.fromkeys(self.nodes)
        for one in self.classes:
            found.update(dict.fromkeys(graph.subjects(_TYPE, one)))
        if self.subjects_of:
            found.update(dict.fromkeys(node for node, said in graph.said.items() if said.keys() & self.subjects_of))
        return found

    def check(self, graph: Graph, focus: Node, found: list[Violation]) -> None:
        """Add to `found` how a focus node violates the shape."""
        if self.predicate:
            said = graph.said.get(focus)
            values = said.get(self.predicate, _NOTHING) if said else _NOTHING
        else:
            values = [focus] if self.path is None else self.path(graph, focus)
        if len(values) < self.least or (self.most is not None and len(values) > self.most):
            found.append(Violation(focus, None, self.reason))
        for value in values:
            for test in self.tests:
                if not test(graph, value):
                    found.append(Violation(focus, value, self.reason))
        if self.further:
            self._check_further(graph, focus, values, found)

    def _check_further(self, graph: Graph, focus: Node, values: list[Node], found: list[Violation]) -> None:
        for value in values:
            for shape in self.inner:
                shape.check(graph, value, found)
        for predicate in self.less_than:
            for other in graph.objects(focus, predicate):
                found += [Violation(focus, value, self.reason) for value in values if not _less(value, other)]
        for shape, least in self.some:
            if sum([shape.conforms(graph, value) for value in values]) < least:
                found.append(Violation(focus, None, self.reason))
        for search, reason in self.searches:
            found += [Violation(focus, value, reason) for value in search(graph, focus)]

    def conforms(self, graph: Graph, node: Node) -> bool:
        """Whether a node conforms to the shape."""
        found: list[Violation] = []
        self.check(graph, node, found)
        return not found

    def reasons(self) -> Iterator[str]:
        """The reasons that it can give."""
        if self.least or self.most is not None or self.tests or self.less_than or self.some:
            yield self.reason
        yield from (reason for _, reason in self.searches)
        for shape in self.inner:
            yield from shape.reasons()


def load(file: Path) -> list[Shape]:
    """The shapes of a file that have targets. Raises `ShapesError`."""
    try:
        reader = _Reader(file, Graph.of(ox.parse(path=file)))
    except (OSError, SyntaxError, ValueError) as error:
        raise ShapesError(f"{file}: {error}") from None
    return [reader.shape(node) for node, said in reader.graph.said.items() if _TARGETS & said.keys()]


# Tests of a value ----------------------------------------------------------------------------------------------------

_XSD = iri("xsd:")[:-1]
#: How the values of a datatype are written.
_LEXICAL = {
    "string": r"(?s:.*)",
    "boolean": r"true|false|0|1",
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "date": r"\d{4}-\d\d-\d\d",
    "gYearMonth": r"\d{4}-\d\d",
    "gYear": r"\d{4}",
    "dateTime": r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
}
_NUMERIC = {f'"^^{_XSD}{name}>' for name in ("integer", "decimal")}
_KINDS = {"IRI": "<", "Literal": '"', "BlankNode": "_"}


def _number(node: Node) -> Decimal | None:
    """The number that a literal is; None where it is none."""
    if node[:1] != '"':
        return None
    end = node.rfind('"')
    if node[end:] not in _NUMERIC:
        return None
    try:
        return Decimal(node[1:end])
    except InvalidOperation:
        return None


def _less(value: Node, other: Node) -> bool:
    low, high = _number(value), _number(other)
    return low is not None and high is not None and low < high


def _has_datatype(datatype: Node) -> _Test:
    name = datatype.removeprefix(_XSD)[:-1]
    lexical = re.compile(_LEXICAL[name], re.ASCII)
    ending = '"' if name == "string" else f'"^^{datatype}'

    def test(graph: Graph, value: Node) -> bool:
        if value[:1] != '"' or not value.endswith(ending):
            return False
        return lexical.fullmatch(value, 1, len(value) - len(ending)) is not None

    return test


def _matches(pattern: str) -> _Test:
    # In XPath "$" is the end, in Python also what is before a last line break.
    found = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))
    return lambda graph, value: value[:1] != "_" and found.search(value_of(value)) is not None


def _is_of_kind(kind: str) -> _Test:
    first = _KINDS[kind]
    return lambda graph, value: value[:1] == first


def _is_at_least(least: Decimal) -> _Test:
    def test(graph: Graph, value: Node) -> bool:
        number = _number(value)
        return number is not None and number >= least

    return test


def _is_at_most(most: Decimal) -> _Test:
    def test(graph: Graph, value: Node) -> bool:
        number = _number(value)
        return number is not None and number <= most

    return test


def _is_in(members: Iterable[Node]) -> _Test:
    known = frozenset(members)
    return lambda graph, value: value in known


def _is_a(class_: Node) -> _Test:
    return lambda graph, value: class_ in graph.objects(value, _TYPE)


def _conforms_to_none(shape: Shape) -> _Test:
    return lambda graph, value: not shape.conforms(graph, value)


def _conforms_to_some(shapes: list[Shape]) -> _Test:
    return lambda graph, value: any(shape.conforms(graph, value) for shape in shapes)


# Constraints of our own ----------------------------------------------------------------------------------------------


def _groundless(graph: Graph, focus: Node) -> list[Node]:
    """The ends of the plain triples of a term ("X treats Y") that no claim of the graph affirms and asserts."""
    said = graph.said[focus]
    return [
        value
        for predicate in sorted(said.keys() & _PLAIN)
        for value in said[predicate]
        if not _asserted(graph, focus, predicate, value)
    ]


def _asserted(graph: Graph, subject: Node, predicate: Node, value: Node) -> bool:
    """Whether a claim of the graph affirms and asserts something."""
    for claim in graph.subjects(_SUBJECT, subject):
        said = graph.said[claim]
        if (
            predicate in said.get(_PREDICATE, ())
            and value in said.get(_OBJECT, ())
            and _POSITIVE in said.get(_POLARITY, ())
            and _ASSERTED in said.get(_CERTAINTY, ())
        ):
            return True
    return False


def _unfit(graph: Graph, focus: Node) -> list[Node]:
    """The values of qualifiers that have no label, or are of no kind that the qualifier takes."""
    found = []
    for qualifier, values in graph.said.get(focus, {}).items():
        if takes := graph.objects(qualifier, _VALUE_KIND):
            for value in values:
                if not graph.objects(value, _LABEL) or not set(takes).intersection(graph.objects(value, _KIND)):
                    found.append(value)
    return list(dict.fromkeys(found))


_SEARCHES: dict[str, _Search] = {
    "everyPlainTripleIsClaimed": _groundless,
    "everyQualifierTakesItsKind": _unfit,
}


# Reading shapes ------------------------------------------------------------------------------------------------------


#: The parameters that are a test of each value node by what they say alone.
_TESTS: dict[str, Callable[[Node], _Test]] = {
    "datatype": _has_datatype,
    "pattern": lambda value: _matches(value_of(value)),
    "nodeKind": lambda value: _is_of_kind(value.removeprefix(_SH)[:-1]),
    "minInclusive": lambda value: _is_at_least(Decimal(value_of(value))),
    "maxInclusive": lambda value: _is_at_most(Decimal(value_of(value))),
    "class": _is_a,
}


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
            predicate.removeprefix(_SH)[:-1]: values
            for predicate, values in self.graph.said.get(node, {}).items()
            if predicate.startswith(_SH)
        }
        shape = Shape(value_of(said["message"][0]) if "message" in said else reason)
        for name, values in sorted(said.items()):
            for value in values:
                try:
                    self._say(shape, node, name, value)
                except (KeyError, InvalidOperation, re.error, ValueError):
                    raise ShapesError(f"{self._file}: sh:{name} {value} is not known here") from None
        shape.further = bool(shape.less_than or shape.inner or shape.some or shape.searches)
        self._reading.pop()
        return shape

    def _say(self, shape: Shape, node: Node, name: str, value: Node) -> None:
        """What a shape says by one of its parameters. Raises `KeyError` or `ValueError` where that is not known."""
        if name in ("message", "qualifiedMinCount", "name", "description", "severity", "group", "order"):
            return
        listed = {
            "targetClass": shape.classes,
            "targetNode": shape.nodes,
            "lessThan": shape.less_than,
        }
        if name in listed:
            listed[name].append(value)
        elif name == "targetSubjectsOf":
            shape.subjects_of.add(value)
        elif (test := self._test(name, value)) is not None:
            shape.tests.append(test)
        elif name == "path":
            if value[:1] == "<":
                shape.predicate = value
            else:
                shape.path = self._path(value)
        elif name == "minCount":
            shape.least = int(value_of(value))
        elif name == "maxCount":
            shape.most = int(value_of(value))
        elif name == "property":
            shape.inner.append(self.shape(value, shape.reason))
        elif name == "qualifiedValueShape":
            least = value_of(self._one(node, _SH + "qualifiedMinCount>"))
            shape.some.append((self.shape(value), int(least)))
        elif name == "sparql":
            search = _SEARCHES[value.removeprefix(_OURS)[:-1]]
            reason = value_of(self._one(value, _SH + "message>"))
            shape.searches.append((search, reason))
        else:
            raise KeyError(name)

    def _test(self, name: str, value: Node) -> _Test | None:
        """The test of a value node that a parameter asks for; None for parameters that ask for no such test."""
        plain = _TESTS.get(name)
        if plain is not None:
            return plain(value)
        if name == "in":
            return _is_in(self._list(value))
        if name == "node":
            return self.shape(value).conforms
        if name == "not":
            return _conforms_to_none(self.shape(value))
        if name == "or":
            return _conforms_to_some([self.shape(part) for part in self._list(value)])
        return None

    def _path(self, node: Node) -> _Path:
        """A predicate, a path backwards, or a sequence of paths."""
        if node[:1] == "<":
            return lambda graph, focus: graph.objects(focus, node)
        if back := self.graph.objects(node, _SH + "inversePath>"):
            predicate = back[0]
            return lambda graph, focus: graph.subjects(predicate, focus)
        steps = [self._path(step) for step in self._list(node)]

        def follow(graph: Graph, focus: Node) -> list[Node]:
            here = [focus]
            for step in steps:
                here = list(dict.fromkeys([further for place in here for further in step(graph, place)]))
            return here

        return follow

    def _one(self, node: Node, predicate: Node) -> Node:
        (value,) = self.graph.objects(node, predicate)
        return value

    def _list(self, node: Node) -> Iterator[Node]:
        while node != _NIL:
            yield self._one(node, _FIRST)
            node = self._one(node, _REST)
