"""What a commit does to a graph: articles are replaced, and what is derived from them is brought up to date."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox

from kg.findings import finding_lines, topics
from kg.loading import FEW, load
from kg.rdf import CLOSURE_GRAPH, ONTOLOGY_GRAPH, SUMMARY_GRAPH, article_node, finding_node, term
from kg.store.ledger import Ledger
from kg.terms import closure_quads, further_quads, ontology_quads
from kg.vocabulary import Vocabulary
from kg.weights import Weights

_MANY = 10_000  # articles that are worth settling the whole graph for, where the larger part of it is new


def apply(
    graph: ox.Store, ledger: Ledger, ahead: set[str], vocabulary: Vocabulary | None, accept: Callable[[], bool]
) -> bool:
    """Apply to a graph what a round staged, within the ledger's transaction; whether the result is accepted.

    The articles `ahead` are in the graph already. With a `vocabulary`, its ontology replaces that of the graph.
    """
    # One thread writes: of two that load into a graph in memory, each may wait for what the other holds, for good.
    renewed = vocabulary is not None and vocabulary.digest != ledger.noted("ontology")
    if vocabulary is not None and renewed:
        ledger.note("ontology", vocabulary.digest)
        ledger.note("weights", Weights.of(vocabulary).dumped())
        _replace_ontology(graph, vocabulary)
    loaded = _apply_articles(graph, ledger, ahead)
    named = ledger.named(everything=renewed)
    _apply_summary(graph, ledger, everything=renewed)
    ledger.let_go()
    if vocabulary is not None:
        _apply_further(graph, ledger, vocabulary, named)
    graph.flush()
    count = ledger.article_count()
    if count <= _MANY or not (renewed or 2 * loaded > count):
        return accept()
    # Unsettled, so large a load slows every query and stalls one of the next few writers for a minute.
    with ThreadPoolExecutor(1) as beside:
        settled = beside.submit(graph.optimize)
        accepted = accept()
        settled.result()
        return accepted


def _replace_ontology(graph: ox.Store, vocabulary: Vocabulary) -> None:
    for name, quads in ((ONTOLOGY_GRAPH, ontology_quads(vocabulary)), (CLOSURE_GRAPH, closure_quads(vocabulary))):
        graph.remove_graph(name)
        graph.bulk_extend(quads)


def _apply_articles(graph: ox.Store, ledger: Ledger, ahead: set[str]) -> int:
    """Replace the articles that this round staged; how many there are."""
    count = ledger.gather()
    for id in ledger.replaced():
        graph.remove_graph(article_node(id))
    load(graph, ledger.graphs(without=ahead), count - len(ahead))
    ledger.settle()
    return count


def _apply_summary(graph: ox.Store, ledger: Ledger, *, everything: bool) -> None:
    touched = () if everything else tuple(ledger.touched())
    if everything:
        graph.remove_graph(SUMMARY_GRAPH)
    for key in touched:
        _remove(graph, finding_node(key))
    if weights := ledger.noted("weights"):
        table = Weights.loaded(weights)
        findings = (finding_lines(key, told, table).encode() for key, told in ledger.stances(everything=everything))
        load(graph, findings, FEW + 1 if everything else len(touched))
    for topic in {topic for key in touched for topic in topics(key)}:
        if next(graph.quads_for_pattern(None, None, topic, SUMMARY_GRAPH), None) is None:
            _remove(graph, topic)


def _remove(graph: ox.Store, node: ox.NamedNode) -> None:
    """Remove what the summary says of a node."""
    for quad in graph.quads_for_pattern(node, None, None, SUMMARY_GRAPH):
        graph.remove(quad)


def _apply_further(graph: ox.Store, ledger: Ledger, vocabulary: Vocabulary, named: set[str]) -> None:
    """Give the graph what the vocabulary says of the terms beyond the ontology that articles use, and no others."""
    before = set(json.loads(ledger.noted("further") or "[]"))
    further = {id for id in named if id not in vocabulary.terms and id in vocabulary} | before
    used = {id for id in further if id not in vocabulary.terms and _is_used(graph, term(id))}
    for id in before - used:
        for name in (ONTOLOGY_GRAPH, CLOSURE_GRAPH):
            for quad in list(graph.quads_for_pattern(term(id), None, None, name)):
                graph.remove(quad)
    graph.extend(further_quads(vocabulary, sorted(used)))
    if used != before:
        ledger.note("further", json.dumps(sorted(used)))


def _is_used(graph: ox.Store, node: ox.NamedNode) -> bool:
    """Whether something else than the ontology is said with a term."""
    names = (quad.graph_name for quad in graph.quads_for_pattern(None, None, node, None))
    return any(name not in (ONTOLOGY_GRAPH, CLOSURE_GRAPH) for name in names)
