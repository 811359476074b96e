"""Other weights tried on a store: its findings reckoned anew, in memory, and nothing changed on disk."""

from collections import defaultdict

import pyoxigraph as ox

from kg.findings import Stance, finding_lines, stances
from kg.loading import FEW, load
from kg.rdf import ONTOLOGY_GRAPH, SUMMARY_GRAPH, Key, term
from kg.store import Store
from kg.terms import weight_quads
from kg.weights import Weights

_WEIGHTS = (term("stemkg:weight"), term("stemkg:factor"))


def reweighed(store: Store, weights: Weights) -> Store:
    """A store in memory with the articles and the ontology of another, and its findings by these weights."""
    graph = ox.Store()
    graph.bulk_extend(
        quad
        for quad in store.graph
        if quad.graph_name != SUMMARY_GRAPH and not (quad.graph_name == ONTOLOGY_GRAPH and quad.predicate in _WEIGHTS)
    )
    graph.extend(weight_quads(weights))
    standing: dict[Key, list[Stance]] = defaultdict(list)
    for id in store.article_ids():
        for key, stance in stances(store.quads(id)).items():
            standing[key].append(stance)
    load(graph, (finding_lines(key, some, weights).encode() for key, some in standing.items()), FEW + 1)
    return Store(graph)
