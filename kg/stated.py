"""What a graph states of each article and its claims, as objects; and packed, to be had without reading the graph.

A store keeps it packed in its ledger, an article at a time, so that pages are there as soon as they are asked for.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from operator import attrgetter
from sys import intern
from typing import Any

import pyoxigraph as ox

from kg.claim import Claim
from kg.links import page
from kg.namespaces import CLAIM, STEMKG, contract
from kg.quads import claim_of
from kg.rdf import QUOTE, Graph, Node, article_id, article_node, iri, value_of


@dataclass(frozen=True, slots=True)
class Source:
    """What the graph knows of an article. Dates are ISO 8601, as far as they are known, or empty.

    `issued` is its own date, `dated` that of what it tells: of the work that it reports on, where it is known. `url` is
    the place of that work in the world.
    """

    id: str
    title: str = ""
    issued: str = ""
    dated: str = ""
    work_issued: str = ""
    work_title: str = ""
    journal: str = ""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    citation: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    evidence: str = ""
    inferred: bool = False
    retracted: bool = False

    @property
    def year(self) -> int:
        """The year of what it tells; 0 where it is not known."""
        return int(self.dated[:4] or self.issued[:4] or 0)

    @property
    def page(self) -> str:
        """The page in the world that has its text; nothing where none is known, or it only reports on another work."""
        own = self.work_title.casefold() in ("", self.title.casefold())
        return page(doi=self.doi, pmid=self.pmid, pmcid=self.pmcid) if own else ""


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim as it stands in the graph: its id (the local part of its IRI), its sentence's hash, and its quote."""

    id: str
    claim: Claim
    sentence_hash: str = ""
    quote: str = ""

    @property
    def rank(self) -> int:
        """The rank of the evidence that it counts as, 1 the strongest."""
        return self.claim.rank

    @property
    def positive(self) -> bool:
        """Whether it affirms."""
        return self.claim.polarity == "positive"

    @property
    def hedged(self) -> bool:
        """Whether it is hedged."""
        return self.claim.certainty == "hedged"

    def qualifier(self, key: str) -> str:
        """The CURIE of one of its qualifiers, or nothing."""
        return next((value for name, value in self.claim.qualifiers if name == key), "")


def read(graph: ox.Store) -> Iterator[tuple[Source, list[Stated]]]:
    """The articles of a graph and their claims in reading order, by the id of the article."""
    names = (name for name in graph.named_graphs() if isinstance(name, ox.NamedNode))
    named = ((id, name) for name in names if (id := article_id(name)) is not None)
    for id, name in sorted(named, key=lambda pair: pair[0]):
        yield stated(id, Graph.of(graph.quads_for_pattern(None, None, None, name)))


def stated(id: str, graph: Graph) -> tuple[Source, list[Stated]]:
    """What the graph of an article states: the article, and its claims in reading order, but for those found wrong."""
    about = graph.said.get(str(article_node(id)), {})

    def all_(name: str) -> tuple[str, ...]:
        return tuple(sorted(map(value_of, about.get(iri(name), ()))))

    def one(name: str) -> str:
        return min(all_(name), default="")

    source = Source(
        id,
        title=one("dcterms:title"),
        issued=one("dcterms:issued"),
        dated=one("stemkg:dated"),
        work_issued=one("stemkg:workIssued"),
        work_title=one("stemkg:workTitle"),
        journal=one("stemkg:journal"),
        publisher=one("dcterms:publisher"),
        authors=all_("dcterms:creator"),
        topics=all_("dcterms:subject"),
        citation=one("dcterms:bibliographicCitation"),
        doi=one("bibo:doi"),
        pmid=one("bibo:pmid"),
        pmcid=one("stemkg:pmcid"),
        url=one("prov:wasDerivedFrom"),
        evidence=one("stemkg:reports").removeprefix(STEMKG),
        inferred=one("stemkg:inferred") == "true",
        retracted=one("stemkg:retracted") == "true",
    )
    claims = [
        _claim(id, node, said)
        for node, said in graph.said.items()
        if node.startswith(_CLAIM_NODE) and said.get(_JUDGEMENT) != ['"wrong"']
    ]
    return source, sorted(claims, key=lambda one: (one.claim, one.id))


_CLAIM_NODE, _JUDGEMENT = f"<{CLAIM}", iri("stemkg:judgement")


def _claim(doc: str, node: Node, about: dict[Node, list[Node]]) -> Stated:
    said = {contract(name[1:-1]): contract(min(map(value_of, values))) for name, values in about.items()}
    quote = value_of(about[_QUOTE][0]) if _QUOTE in about else ""
    id = node[1:-1].removeprefix(CLAIM)
    return Stated(id, claim_of(doc, said), said.get("stemkg:sentenceHash", ""), quote)


_QUOTE = str(QUOTE)


# Packed


def packed(source: Source, claims: Iterable[Stated]) -> bytes:
    """An article and its claims in few bytes."""
    rows = [(*_of_stated(one), *_of_claim(one.claim)) for one in claims]
    columns = list(zip(*rows, strict=True))
    return zlib.compress(
        json.dumps([_of_source(source), columns], ensure_ascii=False).encode("utf-8", "surrogatepass"), 1
    )


def unpacked(content: bytes) -> tuple[Source, list[Stated]]:
    """What `packed` packed. Raises `ValueError`, `TypeError` or `zlib.error` where it is something else."""
    source, columns = json.loads(zlib.decompress(content))
    about: list[Any] = [tuple(value) if type(value) is list else value for value in source]
    if not columns:
        return Source(*about), []
    ids, hashes, quotes, *columns = columns
    for place, column in enumerate(columns):
        if place in _PAIRS:
            columns[place] = [tuple((intern(key), intern(value)) for key, value in pairs) for pairs in column]
        elif type(column[0]) is str:
            # The same few identifiers recur in all claims: one object each.
            columns[place] = map(intern, column)
    return Source(*about), list(map(Stated, ids, map(Claim, *columns), hashes, quotes))


# The cues of a claim are not in the graph.
_CLAIM_FIELDS = tuple(field.name for field in fields(Claim) if field.name != "cues")
_PAIRS = tuple(_CLAIM_FIELDS.index(name) for name in ("qualifiers", "details"))
_of_source = attrgetter(*(field.name for field in fields(Source)))
_of_claim = attrgetter(*_CLAIM_FIELDS)
_of_stated = attrgetter("id", "sentence_hash", "quote")
