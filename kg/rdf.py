"""Nodes, literals and graphs: what all that is said in RDF is made of.

The same input has the same node: nothing here knows the time, the machine or a random number, and there are no blank
nodes. Decimals are written in their shortest form, as stores give them back.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.claim import Claim
from kg.namespaces import ARTICLE, CLAIM, GRAPH, STEMKG, contract, expand
from kg.program import release
from kg.vocabulary import Vocabulary

FINDING = STEMKG + "finding/"
AGENT = STEMKG + "agent/"

ONTOLOGY_GRAPH = ox.NamedNode(GRAPH + "ontology")
CLOSURE_GRAPH = ox.NamedNode(GRAPH + "closure")
SUMMARY_GRAPH = ox.NamedNode(GRAPH + "summary")

#: A node as N-Triples write it: <IRI>, "literal"^^<datatype> or _:blank.
Node = str


@lru_cache(maxsize=100_000)
def term(curie: str) -> ox.NamedNode:
    """The node of a term.

    Raises `ValueError` where the prefix is unknown, or the IRI would not be one.
    """
    return ox.NamedNode(expand(curie))


@lru_cache(maxsize=100_000)
def iri(curie: str) -> Node:
    """The node of a term, as text.

    >>> iri("rdf:type")
    '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>'
    """
    return str(term(curie))


def curie(node: Node) -> str:
    """The CURIE of a node that is an IRI."""
    return contract(node[1:-1])


TYPE = term("rdf:type")
LABEL = term("rdfs:label")
SUBCLASS = term("rdfs:subClassOf")
IS_A = term("stemkg:isA")
KIND = term("stemkg:kind")
VALUE_KIND = term("stemkg:valueKind")
SUBJECT = term("stemkg:subject")
PREDICATE = term("stemkg:predicate")
OBJECT = term("stemkg:object")
POLARITY = term("stemkg:polarity")
CERTAINTY = term("stemkg:certainty")
SHA256 = term("stemkg:sha256")
RETRACTED = term("stemkg:retracted")
FINDING_OF = term("stemkg:finding")
TITLE = term("dcterms:title")
SOURCE = term("dcterms:source")
START = term("stemkg:start")
END = term("stemkg:end")
QUOTE = term("stemkg:quote")
POSITIVE, NEGATIVE = term("stemkg:Positive"), term("stemkg:Negative")
ASSERTED = term("stemkg:Asserted")
HEDGED = term("stemkg:Hedged")
STUDIED = term("stemkg:Studied")
ARTICLE_CLASS = term("stemkg:Article")
FINDING_CLASS = term("stemkg:Finding")
TOPIC_CLASS = term("stemkg:Topic")

_INTEGER, _DECIMAL = term("xsd:integer"), term("xsd:decimal")
#: The datatype of a date, by its length.
_DATES = {4: term("xsd:gYear"), 7: term("xsd:gYearMonth"), 10: term("xsd:date")}


def integer(number: int) -> ox.Literal:
    """An xsd:integer."""
    return ox.Literal(str(number), datatype=_INTEGER)


@lru_cache(maxsize=10_000)
def decimal(number: str | float | Decimal) -> ox.Literal:
    """An xsd:decimal in its shortest form.

    Raises `ValueError` where the text is no finite decimal number.

    >>> decimal("40.0").value, decimal(0.9).value, decimal("0").value
    ('40', '0.9', '0')
    """
    text = str(number)
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII):
        raise ValueError(f"{text!r} is not a decimal number")
    plain = f"{Decimal(text):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return ox.Literal("0" if plain == "-0" else plain, datatype=_DECIMAL)


def date_literal(date: str) -> ox.Literal:
    """A date as precisely as it is known: an xsd:date, xsd:gYearMonth or xsd:gYear.

    Raises `ValueError` where it is no date.

    >>> print(date_literal("2023-08"))
    "2023-08"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>
    """
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", date, re.ASCII):
        raise ValueError(f"{date!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)")
    try:
        datetime.date.fromisoformat(date + "-01-01"[len(date) - 4 :])
    except ValueError:
        raise ValueError(f"{date!r} is not a date in the calendar") from None
    return ox.Literal(date, datatype=_DATES[len(date)])


def article_node(article_id: str) -> ox.NamedNode:
    """The node of an article, which is also the name of its graph.

    >>> article_node("x#2").value
    'https://w3id.org/stemkg/article/x%232'
    """
    return ox.NamedNode(ARTICLE + quote(article_id, safe=""))


def article_id(node: ox.NamedNode) -> str | None:
    """The id of the article that a node or graph names; None where it names none.

    >>> article_id(article_node("x#2"))
    'x#2'
    """
    if not node.value.startswith(ARTICLE):
        return None
    return unquote(node.value[len(ARTICLE) :])


def value_of(node: Node) -> str:
    """The IRI of a node, or the text of a literal.

    >>> value_of('"1"^^<http://www.w3.org/2001/XMLSchema#integer>'), value_of("<https://example.org/>")
    ('1', 'https://example.org/')
    """
    if node[:1] != '"':
        return node[1:-1]
    text = node[1 : node.rindex('"')]
    if "\\" not in text:
        return text
    (triple,) = ox.parse(f"<x:x> <x:x> {node} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(triple.object, ox.Literal)
    return triple.object.value


class Graph:
    """A graph, and what it says of each node by predicate; built once, to be looked up many times."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.said: dict[Node, dict[Node, list[Node]]] = {}
        #: The IRIs that are said of something: what may be a term.
        self.named: set[Node] = set()
        self._inverse: dict[Node, dict[Node, list[Node]]] = {}

    @classmethod
    def of(cls, quads: "Graph | Iterable[ox.Quad]") -> "Graph":
        """The graph of quads, which may be one already."""
        if isinstance(quads, Graph):
            return quads
        graph = cls()
        for quad in quads:
            graph.add(str(quad.subject), str(quad.predicate), str(quad.object))
            graph._lines.append(f"{quad} .\n")
        return graph

    @property
    def lines(self) -> str:
        """The quads as N-Quads; what was only added does not belong to them."""
        return "".join(self._lines)

    def put(self, subject: Node, predicate: Node, value: Node, name: Node) -> None:
        """Say something of a node in a named graph."""
        self.add(subject, predicate, value)
        self._lines.append(f"{subject} {predicate} {value} {name} .\n")

    def add(self, subject: Node, predicate: Node, value: Node) -> None:
        """Say something of a node; saying it twice is saying it once."""
        if value[:1] == "<":
            self.named.add(value)
        said = self.said.get(subject)
        if said is None:
            self.said[subject] = {predicate: [value]}
            return
        values = said.get(predicate)
        if values is None:
            said[predicate] = [value]
        elif value not in values:
            values.append(value)

    def objects(self, node: Node, predicate: Node) -> list[Node]:
        """The values of a predicate of a node."""
        said = self.said.get(node)
        return said.get(predicate, []) if said else []

    def subjects(self, predicate: Node, value: Node) -> list[Node]:
        """The nodes that have a value of a predicate. What is said afterwards is not seen."""
        inverse = self._inverse.get(predicate)
        if inverse is None:
            inverse = self._inverse[predicate] = {}
            for node, said in self.said.items():
                for one in said.get(predicate, ()):
                    inverse.setdefault(one, []).append(node)
        return inverse.get(value, [])


def _hash(*parts: object) -> str:
    # JSON keeps the parts apart whatever they hold.
    canonical = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def claim_node(claim: Claim) -> ox.NamedNode:
    """The node of a claim: a hash of where it stands, what it says, and who or what made it if not StemKG."""
    origin = (claim.method, claim.agent) if claim.agent or claim.method != "automatic" else ()
    said = _hash(
        claim.doc, claim.start, claim.end,
        claim.subject, claim.predicate, claim.object,
        claim.polarity, claim.value, claim.unit, claim.qualifiers, *origin,
    )  # fmt: skip
    return ox.NamedNode(CLAIM + said)


class Key(NamedTuple):
    """What a finding is about: CURIEs of subject, predicate ("stemkg:treats") and object, and disease or ""."""

    subject: str
    predicate: str
    object: str
    disease: str


def finding_node(key: Key) -> ox.NamedNode:
    """The node of a finding: a hash of what it is about."""
    return ox.NamedNode(FINDING + _hash(*key))


@lru_cache(maxsize=100_000)
def finding(key: Key) -> Node:
    """The node of a finding, as text."""
    return str(finding_node(key))


def build_node(vocabulary: Vocabulary) -> ox.NamedNode:
    """The node of a build: the version of the program and the content of the ontology."""
    return ox.NamedNode(f"{STEMKG}build/{release()}-{vocabulary.digest[:12]}")


def agent_iri(agent: str) -> str:
    """The IRI of an agent: its own, or one made of its name."""
    return agent if agent.startswith(("https://", "http://")) else AGENT + quote(agent, safe="")


def agent_of(iri: str) -> str:
    """An agent as claims name it, by its IRI.

    >>> agent_of("https://w3id.org/stemkg/agent/A%20reader"), agent_of("https://orcid.org/0000-0002-1825-0097")
    ('A reader', 'https://orcid.org/0000-0002-1825-0097')
    """
    return unquote(iri.removeprefix(AGENT)) if iri.startswith(AGENT) else iri
