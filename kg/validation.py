"""Whether a graph is well-formed: the SHACL shapes of `ontology/shapes.ttl`, and rules about the graph as a whole.

The shapes are run in two ways, which find the same:

- by pyshacl, the reference engine, on one article's graph (`Validator.reference`): some milliseconds a claim;
- by `kg.shapes`, which reads the same file, on many articles or a whole store (`Validator.check`,
  `Validator.check_store`): a tenth of a millisecond a claim, whatever the size of the store.

The rules are SPARQL queries, one a file in `queries/rules/`, each answering with what breaks it.
"""

import itertools
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import paths, shapes
from kg.namespaces import PREFIXES, contract
from kg.rdf import (
    ARTICLE_CLASS,
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
    TYPE,
    VALUE_KIND,
    Graph,
    Node,
    article_id,
    iri,
    value_of,
)
from kg.shapes import ShapesError, Violation
from kg.store import Store
from kg.terms import english
from kg.vocabulary import Vocabulary

SHAPES = paths.ONTOLOGY / "shapes.ttl"
RULES = paths.QUERIES / "rules"
_AT_ONCE = 100  # findings or terms that are checked as one graph


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


class Validator:
    """The shapes, ready to be run on graphs whose terms come from one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, file: Path = SHAPES) -> None:
        """Raises `ShapesError`."""
        self.vocabulary = vocabulary
        self.file = file
        self.shapes = shapes.load(file)
        self._takes = [(iri(id), str(ox.Literal(kind))) for id, kind in vocabulary.annotations.get("valueKind", ())]
        self._context: dict[Node, tuple[tuple[Node, Node], ...]] = {}

    def check(self, graphs: Iterable[Graph | Iterable[ox.Quad]]) -> list[Problem]:
        """What is wrong with the graphs of some articles, each checked by itself."""
        found = set()
        for quads in graphs:
            graph = self._with_terms(Graph.of(quads))
            violations: list[Violation] = []
            for shape in self.shapes:
                for focus in shape.targets(graph):
                    shape.check(graph, focus, violations)
            found |= {self._problem(graph, violation) for violation in violations}
        return sorted(found)

    def check_store(self, store: Store) -> list[Problem]:
        """What is wrong with a whole store, by the shapes: article by article, then terms and findings in batches."""
        found = self.check(map(store.quads, store.article_ids()))
        for name in (ONTOLOGY_GRAPH, SUMMARY_GRAPH):
            # A store gives the quads of a subject one after the other.
            quads = store.graph.quads_for_pattern(None, None, None, name)
            nodes = (list(of_one) for _, of_one in itertools.groupby(quads, key=lambda quad: quad.subject))
            while some := list(itertools.islice(nodes, _AT_ONCE)):
                found += self.check([itertools.chain.from_iterable(some)])
        return sorted(found)

    def reference(self, quads: Iterable[ox.Quad]) -> list[Problem]:
        """What is wrong with the graph of one article, by pyshacl."""
        import pyshacl  # takes half a second, and few need it
        import rdflib

        graph = self._with_terms(Graph.of(quads))
        triples = "".join(
            f"{node} {predicate} {value} .\n"
            for node, said in graph.said.items()
            for predicate, values in said.items()
            for value in values
        )
        data = rdflib.Graph().parse(data=triples, format="nt")
        _, report, _ = pyshacl.validate(data, shacl_graph=self._reference_shapes)
        if not isinstance(report, rdflib.Graph):
            raise ShapesError(f"{self.file}: {report}")
        sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
        found = set()
        for result in report.objects(None, sh.result):
            focus, value, message = (report.value(result, what) for what in (sh.focusNode, sh.value, sh.resultMessage))
            assert focus is not None
            wrong = None if value is None else value.n3()
            found.add(self._problem(graph, Violation(focus.n3(), wrong, str(message))))
        return sorted(found)

    @cached_property
    def _reference_shapes(self) -> Any:
        import rdflib

        return rdflib.Graph().parse(self.file)

    def _with_terms(self, graph: Graph) -> Graph:
        """A graph, with the labels and the kinds that the ontology gives to its terms, and what qualifiers take."""
        for predicate, kind in self._takes:
            graph.add(predicate, str(VALUE_KIND), kind)
        for node in list(graph.named):
            for predicate, value in self._said_of(node):
                graph.add(node, predicate, value)
        return graph

    def _said_of(self, node: Node) -> tuple[tuple[Node, Node], ...]:
        found = self._context.get(node)
        if found is None:
            known = self.vocabulary.term(contract(value_of(node)))
            kinds = [(KIND, ox.Literal(kind)) for kind in sorted(known.kinds)] if known else []
            said = [(LABEL, english(known.label)), *kinds] if known else []
            found = self._context[node] = tuple((str(name), str(literal)) for name, literal in said)
        return found

    def _words(self, node: Node) -> str:
        return self.vocabulary.label(contract(value_of(node)))

    def _problem(self, graph: Graph, violation: Violation) -> Problem:
        focus, value, reason = violation

        def of(name: ox.NamedNode) -> Node | None:
            return min(graph.objects(focus, str(name)), default=None)

        source = of(SOURCE)
        articles = [source or focus, *graph.subjects(str(TYPE), str(ARTICLE_CLASS))]  # a term is of the only article
        named = (ox.NamedNode(value_of(one)) for one in articles if one.startswith("<"))
        article = next(filter(None, map(article_id, named)), None) or ""
        about = ""
        if source:
            said = " ".join(self._words(node) for part in (SUBJECT, PREDICATE, OBJECT) if (node := of(part)))
            start, end = (value_of(node) if (node := of(part)) else "" for part in (START, END))
            about = f"{said}, {start}–{end}"
        shown = "" if value is None or value == focus else self._words(value)
        return Problem(article, value_of(focus), reason, shown, about)


def rule_problems(store: Store, folder: Path = RULES) -> list[Problem]:
    """What is wrong with a graph as a whole, by the rules of a folder.

    A rule's file begins with the reason, in comment lines; it selects ?focus and, if there is one, ?value.
    """
    found = []
    for file in sorted(folder.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        lines = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
        reason = " ".join(line.lstrip("# ") for line in lines)
        rows = store.graph.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)
        assert isinstance(rows, ox.QuerySolutions)
        for row in rows:
            focus = value_of(str(row["focus"]))
            value = value_of(str(row["value"])) if row["value"] else ""
            found.append(Problem(article_id(ox.NamedNode(focus)) or "", focus, reason, value))
    return sorted(found)
