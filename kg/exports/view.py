"""What the RDF exports write: the store as a sequence of sections, each a sequence of blocks of one subject.

Everything here works on N-Triples text, one triple a line: that is what a store gives fastest, and its terms need no
more than cutting a line at its first two spaces. A section of an article is small and kept in memory; the others are
sorted in files.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import IO, NamedTuple

import pyoxigraph as ox

from kg.disk import sorted_lines
from kg.exports import about
from kg.findings import TOPIC
from kg.namespaces import ARTICLE, CLAIM, PREFIXES, STEMKG, TERM_PREFIXES, expand
from kg.rdf import (
    CLOSURE_GRAPH,
    FINDING,
    FINDING_CLASS,
    IS_A,
    KIND,
    LABEL,
    ONTOLOGY_GRAPH,
    SUMMARY_GRAPH,
    TOPIC_CLASS,
    TYPE,
    article_node,
)
from kg.store import Store
from kg.terms import VERSION

NTRIPLES = ox.RdfFormat.N_TRIPLES

#: Predicates and objects of one subject, in N-Triples.
Pairs = list[tuple[str, str]]


class Block(NamedTuple):
    """All that a section says of one subject. Terms are in N-Triples, pairs sorted."""

    subject: str
    pairs: Pairs


class Section(NamedTuple):
    """A part of an export. `graph` is the IRI of the named graph it is in, "" for the default graph."""

    graph: str
    heading: str
    blocks: Iterable[Block]


def cut(line: str) -> tuple[str, str, str]:
    """Subject, predicate and object of a line of N-Triples, without its end."""
    subject, predicate, rest = line.split(" ", 2)
    return subject, predicate, rest[:-2]


def named(term: str) -> str | None:
    """The IRI of a term in N-Triples; None where it is no IRI."""
    return term[1:-1] if term[0] == "<" else None


STRING = PREFIXES["xsd"] + "string"
VOID_DATASET = "http://rdfs.org/ns/void#Dataset"

_LITERAL = re.compile(r'"(.*)"(?:\^\^<([^<>"]*+)>|@([A-Za-z0-9-]++))?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def unescape(text: str) -> str:
    """The text of a literal that N-Triples writes with escapes.

    >>> unescape(r'a "quoted\\" \\u03B2')
    'a "quoted" β'
    """

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])

    return _ESCAPE.sub(plain, text) if "\\" in text else text


def literal(term: str) -> tuple[str, str, str]:
    """Text, datatype IRI and language of a literal in N-Triples."""
    match = _LITERAL.fullmatch(term)
    if not match:
        raise ValueError(f"{term!r} is not a literal")
    return unescape(match[1]), match[2] or STRING, match[3] or ""


class Terms:
    """Labels and kinds of terms, by IRI, as a store's ontology graph has them."""

    def __init__(self, store: Store) -> None:
        self._graph = store.graph
        self.label = lru_cache(maxsize=100_000)(self._label)

    def _label(self, iri: str) -> str:
        return next(iter(self._values(iri, LABEL)), iri.removeprefix(STEMKG))

    def kinds(self, iri: str) -> list[str]:
        """The kinds of a term, sorted."""
        return self._values(iri, KIND)

    def _values(self, iri: str, property: ox.NamedNode) -> list[str]:
        quads = self._graph.quads_for_pattern(ox.NamedNode(iri), property, None, ONTOLOGY_GRAPH)
        return sorted(quad.object.value for quad in quads if isinstance(quad.object, ox.Literal))


def article_blocks(store: Store, id: str) -> list[Block]:
    """The graph of an article: the article, its claims in reading order, and what it states outright."""
    data = store.graph.dump(format=NTRIPLES, from_graph=article_node(id)) or b""
    found: dict[str, Pairs] = {}
    for line in data.decode().split("\n")[:-1]:  # not splitlines: a literal may hold other line separators
        subject, predicate, object_ = cut(line)
        found.setdefault(subject, []).append((predicate, object_))
    return sorted((Block(subject, sorted(pairs)) for subject, pairs in found.items()), key=_reading_order)


_START = f"<{STEMKG}start>"
_END = f"<{STEMKG}end>"
_SUBJECT, _PREDICATE, _OBJECT = (f"<{STEMKG}{part}>" for part in ("subject", "predicate", "object"))


def _reading_order(block: Block) -> tuple[int | str, ...]:
    said = dict(block.pairs)
    rank = 0 if block.subject.startswith("<" + ARTICLE) else 1 if block.subject.startswith("<" + CLAIM) else 2
    places = (_number(said.get(place, "")) for place in (_START, _END))
    return rank, *places, *(said.get(part, "") for part in (_SUBJECT, _PREDICATE, _OBJECT)), block.subject


def _number(term: str) -> int:
    digits = term.partition("^^")[0].strip('"')
    return int(digits) if digits.isdecimal() else 0


def _grouped(lines: Iterable[bytes]) -> Iterator[Block]:
    """Sorted lines, one subject at a time, each triple once."""
    triples = (cut(line.decode()[:-1]) for line, _ in groupby(lines))
    for subject, group in groupby(triples, key=itemgetter(0)):
        yield Block(subject, [(predicate, object_) for _, predicate, object_ in group])


def graph_blocks(store: Store, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> Iterator[Block]:
    """A graph of any size, sorted by subject."""
    with tempfile.TemporaryFile() as unsorted:
        store.graph.dump(unsorted, NTRIPLES, from_graph=graph)
        unsorted.seek(0)
        yield from _grouped(sorted_lines(unsorted))


#: What may be added to the blocks of an article.
Restate = Callable[[list[Block]], list[Block]]


def _as_they_are(blocks: list[Block]) -> list[Block]:
    return blocks


def dataset(store: Store, restate: Restate = _as_they_are) -> Iterator[Section]:
    """The store, graph by graph in the order of their names; nothing is left out.

    What the data are and under which licence they stand is told first, in the default graph.
    """
    articles = {article_node(id).value: id for id in store.article_ids()}
    yield Section("", "", [Block(f"<{about.DATASET}>", _about(store, f"<{VOID_DATASET}>"))])
    if next(store.graph.quads_for_pattern(None, None, None, ox.DefaultGraph()), None):
        yield Section("", "", graph_blocks(store, ox.DefaultGraph()))
    for name in sorted(store.graph.named_graphs(), key=lambda graph: graph.value):
        if name.value in articles:
            id = articles[name.value]
            yield Section(name.value, id, restate(article_blocks(store, id)))
        else:
            yield Section(name.value, "", graph_blocks(store, name))


def merged(store: Store, restate: Restate = _as_they_are) -> Iterator[Section]:
    """The store as one graph, for formats that know no others.

    It holds what every article says, the findings and, of the ontology, the terms that are used and those above them,
    with all that OWL asks for: it is an ontology, and every property that it uses is declared.
    """
    yield Section("", "This graph", _head(store))
    used: set[str] = set()
    with tempfile.TemporaryFile() as rest:
        for id in store.article_ids():
            own = []
            for block in restate(article_blocks(store, id)):
                _note_terms(block, used)
                if block.subject.startswith(("<" + ARTICLE, "<" + CLAIM, "_:")):
                    own.append(block)
                else:
                    _write(block, rest)
            yield Section("", f"Article {id}", own)
        _write_terms(store, used, rest)
        for name in (ox.DefaultGraph(), *store.graph.named_graphs()):
            derived = name in (ONTOLOGY_GRAPH, CLOSURE_GRAPH, SUMMARY_GRAPH)
            if not derived and not (isinstance(name, ox.NamedNode) and name.value.startswith(ARTICLE)):
                store.graph.dump(rest, NTRIPLES, from_graph=name)
        rest.seek(0)
        yield Section("", "Terms, and what is said of them outright", _grouped(sorted_lines(rest)))
    yield Section("", "Findings: what the articles say together", graph_blocks(store, SUMMARY_GRAPH))


# The datatypes of dates are none that OWL knows by itself.
_DATES = ("date", "gYear", "gYearMonth")


def _head(store: Store) -> list[Block]:
    """The graph as an ontology, with its licence, and the datatypes that are to be declared."""
    datatypes = [Block(_iri(f"xsd:{name}"), [(_iri("rdf:type"), _iri("rdfs:Datatype"))]) for name in _DATES]
    return [Block(f"<{about.DATASET}>", _about(store, _iri("owl:Ontology"))), *datatypes]


def _about(store: Store, type: str) -> Pairs:
    """What the data are, of a type: their title, licence and makers."""
    version = _ontology_version(store)
    said = [
        (_iri("rdf:type"), type),
        (_iri("dcterms:title"), f'"{about.TITLE}"@en'),
        (_iri("dcterms:license"), f"<{about.LICENCE}>"),
        (_iri("dcterms:rights"), f'"{about.ATTRIBUTION}"@en'),
        (_iri("dcterms:creator"), f'"{about.MAKER_NAME}"@en'),
        (_iri("dcterms:publisher"), f'"{about.MAKER_NAME}"@en'),
        (_iri("rdfs:seeAlso"), f"<{about.ONTOLOGY}>"),
        *([(_iri("owl:versionInfo"), version)] if version else []),
    ]
    return sorted(said)


def _iri(curie: str) -> str:
    return f"<{expand(curie)}>"


def _ontology_version(store: Store) -> str:
    found = store.graph.quads_for_pattern(ONTOLOGY_GRAPH, VERSION, None, ONTOLOGY_GRAPH)
    return next((str(quad.object) for quad in found), "")


_CLASS = ox.NamedNode(expand("owl:Class"))

# Only terms are remembered: articles, claims and findings, as many as there are, would fill the memory.
_TERMS = tuple("<" + namespace for namespace in TERM_PREFIXES.values())
_NO_TERMS = tuple("<" + namespace for namespace in (ARTICLE, CLAIM, FINDING, TOPIC))


def _note_terms(block: Block, used: set[str]) -> None:
    for pair in block.pairs:
        for term in pair:
            if term.startswith(_TERMS) and not term.startswith(_NO_TERMS):
                used.add(term[1:-1])


def _write(block: Block, output: IO[bytes]) -> None:
    for predicate, object_ in block.pairs:
        output.write(f"{block.subject} {predicate} {object_} .\n".encode())


def _write_terms(store: Store, used: set[str], output: IO[bytes]) -> None:
    """Write what the ontology and closure graphs say of the terms that are used and of those above them."""
    graph = store.graph
    wanted = {ox.NamedNode(iri) for iri in used} | {ONTOLOGY_GRAPH, FINDING_CLASS, TOPIC_CLASS}
    for quad in graph.quads_for_pattern(None, TYPE, None, ONTOLOGY_GRAPH):
        if isinstance(quad.subject, ox.NamedNode):
            if quad.object != _CLASS or not str(quad.subject).startswith(_TERMS):
                wanted.add(quad.subject)  # a property or an individual, or a class of another vocabulary
    for iri in used:
        for quad in graph.quads_for_pattern(ox.NamedNode(iri), IS_A, None, CLOSURE_GRAPH):
            if isinstance(quad.object, ox.NamedNode):
                wanted.add(quad.object)
    for term in wanted:
        for name in (ONTOLOGY_GRAPH, CLOSURE_GRAPH):
            triples = (quad.triple for quad in graph.quads_for_pattern(term, None, None, name))
            ox.serialize(triples, output, NTRIPLES)
