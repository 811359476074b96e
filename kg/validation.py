"""Whether a graph is well-formed: the SHACL shapes of `ontology/shapes.ttl`, and rules about the graph as a whole.

The shapes are run in two ways, which find the same:

- by pyshacl, the reference engine, on one article's graph (`Validator.reference`): some milliseconds a claim;
- as set-wise SPARQL on Oxigraph, made from the same shapes file, on many articles or a whole store at once
  (`Validator.check`, `Validator.check_store`): a fraction of a millisecond a claim, whatever the size of the store.

The rules are SPARQL queries, one a file in `queries/rules/`, each answering with what breaks it.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import paths
from kg.namespaces import PREFIXES, contract, expand
from kg.rdf import (
    END,
    KIND,
    LABEL,
    OBJECT,
    ONTOLOGY_GRAPH,
    PREDICATE,
    SOURCE,
    START,
    SUBJECT,
    SUMMARY_GRAPH,
    article_id,
)
from kg.store import Store
from kg.vocabulary import Vocabulary

SHAPES = paths.ONTOLOGY / "shapes.ttl"
RULES = paths.QUERIES / "rules"

_BATCH = 64  # articles that are checked at once
_SH = "http://www.w3.org/ns/shacl#"
_NIL = expand("rdf:nil")


class ShapesError(Exception):
    """A shapes file that can't be read, or says what the set-wise way can't do. The message names it."""


class Problem(NamedTuple):
    """What is wrong: in which article, with which claim or other node (an IRI), why, and the value that is wrong."""

    article: str
    node: str
    reason: str
    value: str = ""
    about: str = ""  # the node in words, for a claim: what it says and where

    def __str__(self) -> str:
        place = f"{self.article}: " if self.article else ""
        about = f" ({self.about})" if self.about else ""
        value = f"; it is {self.value}" if self.value else ""
        return f"{place}{contract(self.node)}{about}: {self.reason}{value}"


@dataclass(frozen=True, slots=True)
class Check:
    """A query that gives a row (?focus, ?value) for each violation of one constraint, and the reason in words."""

    reason: str
    sparql: str


class Validator:
    """The shapes, ready to be run on graphs whose terms come from one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, shapes: Path = SHAPES) -> None:
        """Raises `ShapesError`."""
        self.vocabulary = vocabulary
        self.shapes = shapes
        self.checks = compile_shapes(shapes)
        self._context: dict[str, tuple[ox.Quad, ...]] = {}

    def check(self, graphs: Iterable[Iterable[ox.Quad]]) -> list[Problem]:
        """What is wrong with the graphs of some articles, each checked by itself, with set-wise SPARQL."""
        store = ox.Store()
        used: set[str] = set()
        for graph in graphs:
            quads = list(graph)
            store.extend(quads)
            used |= _terms(quads)
        for iri in used:
            store.extend(self._said_of(iri))
        return sorted(self._run(store))

    def check_store(self, store: Store) -> list[Problem]:
        """What is wrong with a whole store, by the shapes: article by article, then findings and terms, in batches.

        A batch is checked in memory, where Oxigraph is several times as fast as on disk, and costs the same whatever
        the size of the store.
        """
        found: list[Problem] = []
        ids = iter(store.article_ids())
        while batch := list(itertools.islice(ids, _BATCH)):
            found += self.check(map(store.quads, batch))
        for graph in (ONTOLOGY_GRAPH, SUMMARY_GRAPH):
            # A store gives the quads of a subject one after the other.
            quads = store.graph.quads_for_pattern(None, None, None, graph)
            nodes = (list(of_one) for _, of_one in itertools.groupby(quads, key=lambda quad: quad.subject))
            while batch_of_nodes := list(itertools.islice(nodes, 10 * _BATCH)):
                found += self.check(batch_of_nodes)
        return sorted(found)

    def reference(self, graph: Iterable[ox.Quad]) -> list[Problem]:
        """What is wrong with the graph of one article, by pyshacl."""
        import pyshacl  # takes half a second, and few need it
        import rdflib

        quads = list(graph)
        context = (quad for iri in _terms(quads) for quad in self._said_of(iri))
        triples = ox.serialize((quad.triple for quad in (*quads, *context)), format=ox.RdfFormat.N_TRIPLES)
        data = rdflib.Graph().parse(data=triples or b"", format="nt")
        shapes = rdflib.Graph().parse(self.shapes)
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        if not isinstance(report, rdflib.Graph):
            raise ShapesError(f"{self.shapes}: {report}")
        sh = rdflib.Namespace(_SH)
        store = ox.Store()
        store.extend(quads)
        found = set()
        for result in report.objects(None, sh.result):
            value = report.value(result, sh.value)
            message = str(report.value(result, sh.resultMessage))
            focus = str(report.value(result, sh.focusNode))
            found.add(self._problem(store, focus, message, None if value is None else str(value)))
        return sorted(found)

    def _said_of(self, iri: str) -> tuple[ox.Quad, ...]:
        """The label and the kinds of a term, as the ontology graph has them."""
        found = self._context.get(iri)
        if found is None:
            known = self.vocabulary.terms.get(contract(iri))
            said = [(LABEL, known.label), *((KIND, kind) for kind in sorted(known.kinds))] if known else []
            node = ox.NamedNode(iri)
            found = tuple(ox.Quad(node, name, ox.Literal(text), ONTOLOGY_GRAPH) for name, text in said)
            self._context[iri] = found
        return found

    def _run(self, store: ox.Store) -> set[Problem]:
        found = set()
        for check in self.checks:
            for row in _select(store, check.sparql):
                value = row["value"]
                found.add(self._problem(store, _text(row["focus"]), check.reason, value and _text(value)))
        return found

    def _words(self, value: str) -> str:
        return self.vocabulary.label(contract(value))

    def _problem(self, store: ox.Store, focus: str, reason: str, value: str | None) -> Problem:
        node = ox.NamedNode(focus)

        def of(name: ox.NamedNode) -> str:
            values = sorted(_text(quad.object) for quad in store.quads_for_pattern(node, name, None))
            return values[0] if values else ""

        article = article_id(ox.NamedNode(of(SOURCE) or focus)) or ""
        about = ""
        if of(SOURCE):
            said = " ".join(self._words(of(part)) for part in (SUBJECT, PREDICATE, OBJECT))
            about = f"{said}, {of(START)}–{of(END)}"
        shown = "" if value is None or value == focus else self._words(value)
        return Problem(article, focus, reason, shown, about)


def rule_problems(store: Store, folder: Path = RULES) -> list[Problem]:
    """What is wrong with a graph as a whole, by the rules of a folder.

    A rule's file begins with the reason, in comment lines; it selects ?focus and, if there is one, ?value.
    """
    found = []
    for file in sorted(folder.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        lines = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
        reason = " ".join(line.lstrip("# ") for line in lines)
        for row in _select(store.graph, text):
            focus = _text(row["focus"])
            value = row["value"]
            article = article_id(ox.NamedNode(focus)) or ""
            found.append(Problem(article, focus, reason, _text(value) if value else ""))
    return sorted(found)


def _terms(quads: Iterable[ox.Quad]) -> set[str]:
    """The IRIs that a graph uses and that may be terms: a term of a claim is the object of some triple."""
    return {node.value for node in {quad.object for quad in quads} if isinstance(node, ox.NamedNode)}


def _select(store: ox.Store, sparql: str) -> Iterator[ox.QuerySolution]:
    rows = store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    yield from rows


def _text(node: object) -> str:
    assert isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal)
    return node.value


# From shapes to SPARQL


def compile_shapes(file: Path) -> list[Check]:
    """The constraints of a shapes file as queries.

    Known is the part of SHACL that the shapes use; anything else in the file is an error, never passed over.
    Raises `ShapesError`.
    """
    store = ox.Store()
    try:
        store.load(path=file)
    except (OSError, SyntaxError, ValueError) as error:
        raise ShapesError(f"{file}: {error}") from None
    compiler = _Compiler(store, file)
    return [check for shape in compiler.targeted() for check in compiler.checks(shape)]


_Node = ox.NamedNode | ox.BlankNode | ox.Literal

#: Constraints on a value by itself: the test that it must pass. {0} is the value, {1} the parameter.
_TESTS = {
    "datatype": "DATATYPE({0}) = {1}",
    "pattern": "REGEX(STR({0}), {1})",
    "minInclusive": "{0} >= {1}",
    "maxInclusive": "{0} <= {1}",
}
_KINDS = {"IRI": "isIRI({0})", "Literal": "isLITERAL({0})"}
#: What is no constraint by itself.
_NEUTRAL = {"path", "message", "targetClass", "targetSubjectsOf", "targetNode", "qualifiedMinCount"}


@dataclass(frozen=True, slots=True)
class _Violation:
    """A graph pattern that matches where a constraint is violated, and the variables of its focus and its value."""

    pattern: str
    focus: str
    value: str
    reason: str


class _Compiler:
    def __init__(self, store: ox.Store, file: Path) -> None:
        self._store = store
        self._file = file
        self._names = (f"?v{number}" for number in itertools.count())

    def targeted(self) -> list[_Node]:
        """The shapes that have targets, by name."""
        targets = ("targetClass", "targetSubjectsOf", "targetNode")
        shapes = {
            quad.subject
            for name in targets
            for quad in self._store.quads_for_pattern(None, ox.NamedNode(_SH + name), None)
        }
        return sorted((shape for shape in shapes if isinstance(shape, ox.NamedNode)), key=lambda shape: shape.value)

    def checks(self, shape: _Node) -> Iterator[Check]:
        """The queries for a shape with targets."""
        targets = [
            *(f"{{ ?this a {target} }}" for target in self._values(shape, "targetClass")),
            *(f"{{ ?this {target} [] }}" for target in self._values(shape, "targetSubjectsOf")),
            *(f"{{ VALUES ?this {{ {target} }} }}" for target in self._values(shape, "targetNode")),
        ]
        target = " UNION ".join(targets)
        for violation in self._violations(shape, "?this", ""):
            yield Check(
                violation.reason,
                f"SELECT DISTINCT ({violation.focus} AS ?focus) ({violation.value} AS ?value)"
                f" WHERE {{ {target} {violation.pattern} }}",
            )
        for constraint in self._values(shape, "sparql"):
            yield self._sparql(constraint, target)

    def _sparql(self, constraint: _Node, target: str) -> Check:
        """A SPARQL constraint, as a query in each graph by itself. It must begin with `SELECT $this`."""
        select = self._text(constraint, "select")
        head, brace, rest = select.partition("{")
        body, _, tail = rest.rpartition("}")
        query = f"{head}{brace} GRAPH ?graph {{ {target} {body} }} }} {tail}"
        return Check(
            self._text(constraint, "message"),
            query.replace("SELECT $this", "SELECT (?this AS ?focus)").replace("$this", "?this"),
        )

    def _violations(self, shape: _Node, focus: str, reason: str) -> Iterator[_Violation]:
        """How a focus node can violate a shape; `reason` is that of the shape around it."""
        reason = next((_text(text) for text in self._values(shape, "message")), reason)
        path = next(self._values(shape, "path"), None)
        value = next(self._names) if path else focus
        reach = self._reach(focus, path, value) if path else ""

        def wrong(test: str, extra: str = "") -> _Violation:
            # A test that can't be made, as with a number that is none, is one that isn't passed.
            return _Violation(f"{reach} {extra} FILTER(!COALESCE({test}, false))", focus, value, reason)

        for name, parameter in self._constraints(shape):
            if name in _TESTS:
                yield wrong(_TESTS[name].format(value, parameter))
            elif name == "nodeKind":
                yield wrong(_KINDS[self._local(parameter)].format(value))
            elif name == "in":
                yield wrong(f"{value} IN ({', '.join(map(str, self._list(parameter)))})")
            elif name == "class":
                yield wrong(f"EXISTS {{ {value} a {parameter} }}")
            elif name == "lessThan":
                other = next(self._names)
                yield wrong(f"{value} < {other}", f"{focus} {parameter} {other} .")
            elif name == "node":
                for inner in self._violations(parameter, value, reason):
                    yield _Violation(f"{reach} {inner.pattern}", focus, value, reason)
            elif name == "not":
                yield _Violation(f"{reach} {self._asked(parameter, value, False)}", focus, value, reason)
            elif name == "or":
                none = " ".join(self._asked(part, value, True) for part in self._list(parameter))
                yield _Violation(f"{reach} {none}", focus, value, reason)
            elif name == "property":
                for inner in self._violations(parameter, value, reason):
                    yield _Violation(f"{reach} {inner.pattern}", inner.focus, inner.value, inner.reason)
            elif name == "minCount" and _text(parameter) == "1":
                yield _Violation(f"FILTER NOT EXISTS {{ {reach} }}", focus, focus, reason)
            elif name == "maxCount" and _text(parameter) == "0":
                yield _Violation(reach, focus, focus, reason)
            elif name == "maxCount" and _text(parameter) == "1":
                other = next(self._names)
                second = self._reach(focus, path, other) if path else ""
                yield _Violation(f"{reach} {second} FILTER(!sameTerm({value}, {other}))", focus, focus, reason)
            elif name == "qualifiedValueShape" and self._text(shape, "qualifiedMinCount") == "1":
                some = f"{reach} {self._asked(parameter, value, False)}"
                yield _Violation(f"FILTER NOT EXISTS {{ {some} }}", focus, focus, reason)
            elif name != "sparql":
                raise ShapesError(f"{self._file}: sh:{name} {parameter} can't be checked set-wise")

    def _asked(self, shape: _Node, node: str, violating: bool) -> str:
        """A pattern that passes a node, which is a variable, on if it violates a shape, or else if it conforms to it.

        Engines make a loop of NOT EXISTS, over all that its pattern matches, but a join of OPTIONAL.
        """
        parts = []
        marks = []
        for violation in self._violations(shape, node, ""):
            marks.append(next(self._names))
            parts.append(f"OPTIONAL {{ {violation.pattern} BIND(1 AS {marks[-1]}) }}")
        found = " || ".join(f"BOUND({mark})" for mark in marks)
        return f"{' '.join(parts)} FILTER({'' if violating else '!'}({found}))"

    def _constraints(self, shape: _Node) -> list[tuple[str, _Node]]:
        found = []
        assert not isinstance(shape, ox.Literal)
        for quad in self._store.quads_for_pattern(shape, None, None):
            name = quad.predicate.value
            if name.startswith(_SH) and name[len(_SH) :] not in _NEUTRAL:
                assert not isinstance(quad.object, ox.Triple)
                found.append((name[len(_SH) :], quad.object))
        return sorted(found, key=lambda item: (item[0], self._text_of(item[1])))

    def _text_of(self, node: _Node) -> str:
        # Blank nodes have no order of their own: that of their messages or paths serves.
        return str(node) if not isinstance(node, ox.BlankNode) else " ".join(map(str, self._values(node, "message")))

    def _values(self, node: _Node, name: str) -> Iterator[_Node]:
        assert not isinstance(node, ox.Literal)
        for quad in self._store.quads_for_pattern(node, ox.NamedNode(_SH + name), None):
            assert not isinstance(quad.object, ox.Triple)
            yield quad.object

    def _text(self, node: _Node, name: str) -> str:
        values = [_text(value) for value in self._values(node, name)]
        if len(values) != 1:
            raise ShapesError(f"{self._file}: {node} has {len(values)} values of sh:{name}, not one")
        return values[0]

    def _local(self, node: _Node) -> str:
        return _text(node).removeprefix(_SH)

    def _list(self, node: _Node) -> Iterator[_Node]:
        while _text(node) != _NIL:
            assert not isinstance(node, ox.Literal)
            (first,) = self._store.quads_for_pattern(node, ox.NamedNode(expand("rdf:first")), None)
            (rest,) = self._store.quads_for_pattern(node, ox.NamedNode(expand("rdf:rest")), None)
            assert not isinstance(first.object, ox.Triple) and not isinstance(rest.object, ox.Triple)
            yield first.object
            node = rest.object

    def _reach(self, start: str, path: _Node, end: str) -> str:
        """Triple patterns that go from one variable to another along a path, step by step: engines join them well."""
        if isinstance(path, ox.NamedNode):
            return f"{start} {path} {end} ."
        for inverse in self._values(path, "inversePath"):
            return self._reach(end, inverse, start)
        steps = list(self._list(path))
        stops = [start, *(next(self._names) for _ in steps[1:]), end]
        return " ".join(self._reach(*leg) for leg in zip(stops, steps, stops[1:], strict=False))
