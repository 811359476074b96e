"""The ontology as quads: the graph of its terms, and the closure of its tree."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.claim import BACKGROUND_COUNTS_AS, RANK
from kg.namespaces import PREFIXES
from kg.rdf import (
    CLOSURE_GRAPH,
    IS_A,
    KIND,
    LABEL,
    ONTOLOGY_GRAPH,
    SHA256,
    SUBCLASS,
    TYPE,
    VALUE_KIND,
    decimal,
    integer,
    term,
)
from kg.vocabulary import Term, Vocabulary
from kg.weights import BASIS_TERMS, CERTAINTY_TERMS, METHOD_TERMS, Weights

VERSION = term("owl:versionInfo")
_EXACT_SYNONYM = term("oboInOwl:hasExactSynonym")
_RELATED_SYNONYM = term("oboInOwl:hasRelatedSynonym")
_DEFINITION = term("IAO:0000115")
_CLASS = PREFIXES["owl"] + "Class"


def english(text: str) -> ox.Literal:
    """A text as it is said in English: a label, a synonym, a definition."""
    return ox.Literal(text, language="en")


def ontology_quads(vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """The ontology graph: what each entity is, names, kinds (inherited ones too), parents, definitions of ours, what
    others call terms, ranks and weights.

    The graph's own node carries the version and the digest of the ontology.
    """
    graph = ONTOLOGY_GRAPH
    yield ox.Quad(graph, SHA256, ox.Literal(vocabulary.digest), graph)
    if vocabulary.version:
        yield ox.Quad(graph, VERSION, ox.Literal(vocabulary.version), graph)
    for entry in vocabulary.terms.values():
        yield from _of_term(entry, vocabulary)
    for id, type in vocabulary.types.items():
        if id not in vocabulary.terms and _is_curie(id):  # what the ontology only declares, of other vocabularies
            yield ox.Quad(term(id), TYPE, ox.NamedNode(type), graph)
    for mapping in vocabulary.mappings:
        subject, predicate, object_ = map(ox.NamedNode, mapping)
        yield ox.Quad(subject, predicate, object_, graph)
    for qualifier, kind in vocabulary.annotations.get("valueKind", ()):
        yield ox.Quad(term(qualifier), VALUE_KIND, ox.Literal(kind), graph)
    yield from weight_quads(Weights.of(vocabulary))


def weight_quads(weights: Weights) -> Iterator[ox.Quad]:
    """The table of weights, as a part of the ontology graph."""
    graph = ONTOLOGY_GRAPH
    for name, weight in weights.evidence.items():
        yield ox.Quad(term("stemkg:" + name), term("stemkg:rank"), integer(RANK[name]), graph)
        yield ox.Quad(term("stemkg:" + name), term("stemkg:weight"), decimal(weight), graph)
    for certainty, factor in weights.certainty.items():
        yield ox.Quad(term(CERTAINTY_TERMS[certainty]), term("stemkg:factor"), decimal(factor), graph)
    for method, factor in weights.method.items():
        yield ox.Quad(term(METHOD_TERMS[method]), term("stemkg:factor"), decimal(factor), graph)
    counts_as = term("stemkg:" + BACKGROUND_COUNTS_AS)
    yield ox.Quad(term(BASIS_TERMS["background"]), term("stemkg:weighsAs"), counts_as, graph)


def _of_term(entry: Term, vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """What the ontology graph says of a term."""
    graph = ONTOLOGY_GRAPH
    if not _is_curie(entry.id):
        return  # a labelled property of another vocabulary
    node = term(entry.id)
    yield ox.Quad(node, TYPE, ox.NamedNode(vocabulary.types.get(entry.id, _CLASS)), graph)
    yield ox.Quad(node, LABEL, english(entry.label), graph)
    for name in entry.exact:
        yield ox.Quad(node, _EXACT_SYNONYM, english(name), graph)
    for name in entry.related:
        yield ox.Quad(node, _RELATED_SYNONYM, english(name), graph)
    for kind in sorted(entry.kinds):
        yield ox.Quad(node, KIND, ox.Literal(kind), graph)
    for parent in entry.parents:
        if parent in vocabulary and _is_curie(parent):
            yield ox.Quad(node, SUBCLASS, term(parent), graph)
    if entry.definition and entry.id.startswith("stemkg:"):
        yield ox.Quad(node, _DEFINITION, english(entry.definition), graph)


def closure_quads(vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """The closure graph: each term `stemkg:isA` itself and everything above it."""
    for id in filter(_is_curie, vocabulary.terms):
        yield from _above(id, vocabulary)


def _above(id: str, vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    for ancestor in sorted(vocabulary.ancestors(id)):
        if ancestor in vocabulary and _is_curie(ancestor):
            yield ox.Quad(term(id), IS_A, term(ancestor), CLOSURE_GRAPH)


def further_quads(vocabulary: Vocabulary, ids: Iterable[str]) -> Iterator[ox.Quad]:
    """What the ontology and the closure graph say of terms beyond the ontology (see `kg.further`)."""
    for id in ids:
        if id not in vocabulary.terms and (entry := vocabulary.term(id)) is not None:
            yield from _of_term(entry, vocabulary)
            yield from _above(id, vocabulary)


def term_quads(vocabulary: Vocabulary, ids: Iterable[str]) -> Iterator[ox.Quad]:
    """What the ontology and the closure graph say of some terms and of all above them."""
    for id in sorted({above for used in ids if used in vocabulary for above in vocabulary.ancestors(used)}):
        if (entry := vocabulary.term(id)) is not None:
            yield from _of_term(entry, vocabulary)
            yield from _above(id, vocabulary)


def _is_curie(id: str) -> bool:
    return id.partition(":")[0] in PREFIXES
