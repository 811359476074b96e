"""Articles, claims, the ontology and the summary, as quads.

Every function gives the same quads for the same input: nothing here knows the time, the machine or a random number,
and there are no blank nodes. Decimals are written in their shortest form, as stores give them back.
"""

import datetime
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from itertools import combinations, groupby, product
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.articles import Article
from kg.claim import (
    BASES,
    CERTAINTIES,
    EVIDENCE,
    POLARITIES,
    PREDICATES,
    QUALIFIERS,
    RANK,
    UNITS,
    Basis,
    Certainty,
    Claim,
    Evidence,
    Polarity,
    one_of,
)
from kg.namespaces import ARTICLE, CLAIM, GRAPH, PREFIXES, STEMKG, contract, expand
from kg.vocabulary import Term, Vocabulary

FINDING = STEMKG + "finding/"

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


def _curie(node: Node) -> str:
    return contract(node[1:-1])


TYPE = term("rdf:type")
LABEL = term("rdfs:label")
SUBCLASS = term("rdfs:subClassOf")
IS_A = term("stemkg:isA")
KIND = term("stemkg:kind")
SUBJECT = term("stemkg:subject")
PREDICATE = term("stemkg:predicate")
RELATION = term("stemkg:relation")
OBJECT = term("stemkg:object")
DISEASE = term("stemkg:disease")
POLARITY = term("stemkg:polarity")
CERTAINTY = term("stemkg:certainty")
EVIDENCE_TYPE = term("stemkg:evidence")
BASIS = term("stemkg:basis")
LENGTH = term("stemkg:length")
SHA256 = term("stemkg:sha256")
RETRACTED = term("stemkg:retracted")
FINDING_OF = term("stemkg:finding")
AFFIRMED_BY = term("stemkg:affirmedBy")
DENIED_BY = term("stemkg:deniedBy")
DIFFERENCES = term("stemkg:differences")
IDENTIFIER = term("dcterms:identifier")
ISSUED = term("dcterms:issued")
TITLE = term("dcterms:title")
SOURCE = term("oa:hasSource")
START = term("oa:start")
END = term("oa:end")
EXACT = term("oa:exact")
POSITIVE = term("stemkg:Positive")
NEGATIVE = term("stemkg:Negative")
ASSERTED = term("stemkg:Asserted")
HEDGED = term("stemkg:Hedged")
STUDIED = term("stemkg:Studied")
CLAIM_CLASS = term("stemkg:Claim")
ARTICLE_CLASS = term("stemkg:Article")
FINDING_CLASS = term("stemkg:Finding")

_INTEGER = term("xsd:integer")
_DECIMAL = term("xsd:decimal")
_DATETIME = term("xsd:dateTime")
_TRUE = ox.Literal("true", datatype=term("xsd:boolean"))
_VERSION = term("owl:versionInfo")
_EXACT_SYNONYM = term("oboInOwl:hasExactSynonym")
_RELATED_SYNONYM = term("oboInOwl:hasRelatedSynonym")
_DEFINITION = term("IAO:0000115")

#: The qualifiers, in which the two sides of a dispute can differ.
_QUALIFIERS = tuple(iri("stemkg:" + key) for key in QUALIFIERS)
# The individuals that stand for the values of a claim's fields.
_POLARITIES: dict[Polarity, Node] = {"positive": str(POSITIVE), "negative": str(NEGATIVE)}
_CERTAINTIES: dict[Certainty, Node] = {"asserted": str(ASSERTED), "hedged": str(HEDGED), "studied": str(STUDIED)}
_BASES: dict[Basis, Node] = {"finding": iri("stemkg:FindingBasis"), "background": iri("stemkg:BackgroundBasis")}
# The same as text.
_TYPE, _GENERATED_BY = str(TYPE), iri("prov:wasGeneratedBy")
_SUBJECT, _PREDICATE, _OBJECT, _DISEASE = str(SUBJECT), str(PREDICATE), str(OBJECT), str(DISEASE)
_POLARITY, _CERTAINTY, _EVIDENCE_TYPE, _BASIS = str(POLARITY), str(CERTAINTY), str(EVIDENCE_TYPE), str(BASIS)
_SOURCE, _START, _END, _FINDING_OF = str(SOURCE), str(START), str(END), str(FINDING_OF)
_LENGTH, _SHA256, _RETRACTED = str(LENGTH), str(SHA256), str(RETRACTED)
_IDENTIFIER, _ISSUED, _TITLE = str(IDENTIFIER), str(ISSUED), str(TITLE)
_CONFIDENCE, _SENTENCE_HASH, _XSD_INTEGER = iri("stemkg:confidence"), iri("stemkg:sentenceHash"), str(_INTEGER)
_RANKS = {iri("stemkg:" + name): rank for name, rank in RANK.items()}


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


def instant(date: str) -> ox.Literal:
    """A date, month or year as an xsd:dateTime: missing parts are the first ones, the time is midnight UTC.

    Raises `ValueError` where it is no date.

    >>> instant("2023-08").value
    '2023-08-01T00:00:00Z'
    """
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", date, re.ASCII):
        raise ValueError(f"{date!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)")
    full = date + "-01-01"[len(date) - 4 :]
    try:
        datetime.date.fromisoformat(full)
    except ValueError:
        raise ValueError(f"{date!r} is not a date in the calendar") from None
    return ox.Literal(full + "T00:00:00Z", datatype=_DATETIME)


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
    """The node of a claim: a hash of where it stands and what it says."""
    return ox.NamedNode(_claim_iri(claim))


def _claim_iri(claim: Claim) -> str:
    return CLAIM + _hash(
        claim.doc, claim.start, claim.end,
        claim.subject, claim.predicate, claim.object,
        claim.polarity, claim.value, claim.unit, claim.qualifiers,
    )  # fmt: skip


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
def _finding(key: Key) -> Node:
    return str(finding_node(key))


def build_node(vocabulary: Vocabulary) -> ox.NamedNode:
    """The node of a build: the version of the program and the content of the ontology."""
    return ox.NamedNode(f"{STEMKG}build/{version('stemkg')}-{vocabulary.digest[:12]}")


def article_quads(
    article: Article, claims: Iterable[Claim], *, build: ox.NamedNode, quotes: bool = False
) -> list[ox.Quad]:
    """The graph of an article (see `article_graph`) as quads."""
    lines = article_graph(article, claims, build=build, quotes=quotes).lines
    return list(ox.parse(lines.encode(), format=ox.RdfFormat.N_QUADS))


def article_graph(article: Article, claims: Iterable[Claim], *, build: ox.NamedNode, quotes: bool = False) -> Graph:
    """The graph of an article: what is known of it, and its claims. With `quotes`, the sentences too.

    Raises `ValueError` where a date, a number or an identifier can't be written in RDF.
    """
    graph = Graph()
    node, built = str(article_node(article.id)), str(build)
    for predicate, value in _of_article(article):
        graph.put(node, predicate, value, node)
    plain: dict[tuple[Node, Node, Node], None] = {}
    for claim in claims:
        name = f"<{_claim_iri(claim)}>"
        for predicate, value in _of_claim(article, claim, quotes=quotes):
            graph.put(name, predicate, value, node)
        graph.put(name, _SOURCE, node, node)
        graph.put(name, _GENERATED_BY, built, node)
        if claim.polarity == "positive" and claim.certainty == "asserted" and not claim.value:
            plain[iri(claim.subject), iri("stemkg:" + claim.predicate), iri(claim.object)] = None
    for subject, predicate, value in plain:
        graph.put(subject, predicate, value, node)
    return graph


def _of_article(article: Article) -> list[tuple[Node, Node]]:
    """What is said of an article: predicates and values."""
    said = [
        (_TYPE, str(ARTICLE_CLASS)),
        (_IDENTIFIER, _quoted(article.id)),
        (_TITLE, _quoted(article.title or article.id)),
        (_SHA256, _quoted(article.sha256)),
        (_LENGTH, _integer(len(article.text))),
    ]
    if article.issued:
        said.append((_ISSUED, str(instant(article.issued))))
    if article.evidence:
        said.append((iri("stemkg:reports"), iri("stemkg:" + article.evidence)))
    if article.retracted:
        said.append((_RETRACTED, str(_TRUE)))
    for name, values in (
        ("dcterms:publisher", (article.publisher,)),
        ("dcterms:creator", article.authors),
        ("dcterms:subject", article.topics),
    ):
        said += [(iri(name), _quoted(value)) for value in dict.fromkeys(filter(None, values))]
    if work := article.work:
        for name, value in (
            ("bibo:doi", work.doi),
            ("bibo:pmid", work.pmid),
            ("stemkg:pmcid", work.pmcid),
            ("dcterms:bibliographicCitation", work.citation),
        ):
            if value:
                said.append((iri(name), _quoted(value)))
        if work.doi:
            page = ox.NamedNode("https://doi.org/" + quote(work.doi, safe="/:;().,"))
            said.append((iri("prov:wasDerivedFrom"), str(page)))
        elif work.pmid:
            page = ox.NamedNode("https://pubmed.ncbi.nlm.nih.gov/" + quote(work.pmid))
            said.append((iri("prov:wasDerivedFrom"), str(page)))
    return said


def _of_claim(article: Article, claim: Claim, *, quotes: bool) -> list[tuple[Node, Node]]:
    """What is said of a claim, but its source and its build: predicates and values."""
    sentence = article.text[claim.start : claim.end]
    said = [
        (_TYPE, str(CLAIM_CLASS)),
        (_SUBJECT, iri(claim.subject)),
        (_PREDICATE, iri("stemkg:" + claim.predicate)),
        (_OBJECT, iri(claim.object)),
        (_POLARITY, _POLARITIES[claim.polarity]),
        (_CERTAINTY, _CERTAINTIES[claim.certainty]),
        (_EVIDENCE_TYPE, iri("stemkg:" + claim.evidence)),
        (_BASIS, _BASES[claim.basis]),
        (_CONFIDENCE, _two_digits(claim.confidence)),
        (_START, _integer(claim.start)),
        (_END, _integer(claim.end)),
        (_SENTENCE_HASH, f'"{hashlib.sha256(sentence.encode()).hexdigest()}"'),
    ]
    if claim.disease:
        said.append((_DISEASE, iri(claim.disease)))
    if claim.value:
        said.append((iri("stemkg:value"), str(decimal(claim.value))))
    if claim.unit:
        said.append((iri("stemkg:unit"), _quoted(claim.unit)))
    if claim.rule:
        said.append((iri("stemkg:rule"), _quoted(claim.rule)))
    said += [(iri("stemkg:" + key), iri(value)) for key, value in claim.qualifiers]
    if quotes:
        said.append((str(EXACT), _quoted(sentence)))
    if not article.retracted:
        about = Key(claim.subject, "stemkg:" + claim.predicate, claim.object, claim.disease)
        said.append((_FINDING_OF, _finding(about)))
    return said


_CLOSED = {contract(node[1:-1]): name for nodes in (_POLARITIES, _CERTAINTIES, _BASES) for name, node in nodes.items()}


def claim_of(doc: str, said: Mapping[str, str]) -> Claim:
    """The claim that an article's graph states, from what it says of the claim's node.

    That is one value a property: CURIEs of properties and terms, the text of literals. The cues of a claim are not in
    the graph. Raises `KeyError` or `ValueError` where a field is missing or has a value that it can't have.
    """

    def name(field: str) -> str:
        value = said["stemkg:" + field]
        return _CLOSED.get(value) or value.removeprefix("stemkg:")

    return Claim(
        doc,
        int(said["oa:start"]),
        int(said["oa:end"]),
        said["stemkg:subject"],
        one_of("predicate", name("predicate"), PREDICATES),
        said["stemkg:object"],
        said.get("stemkg:disease", ""),
        one_of("polarity", name("polarity"), POLARITIES),
        one_of("certainty", name("certainty"), CERTAINTIES),
        one_of("evidence", name("evidence"), EVIDENCE),
        one_of("basis", name("basis"), BASES),
        said.get("stemkg:value", ""),
        one_of("unit", said.get("stemkg:unit", ""), UNITS),
        tuple((key, said["stemkg:" + key]) for key in QUALIFIERS if "stemkg:" + key in said),
        float(said.get("stemkg:confidence", "1")),
        said.get("stemkg:rule", ""),
    )


_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]')


def _quoted(text: str) -> Node:
    """A plain literal."""
    return str(ox.Literal(text)) if _SPECIAL.search(text) else f'"{text}"'


def _integer(number: int) -> Node:
    return f'"{number}"^^{_XSD_INTEGER}'


@lru_cache(maxsize=1_000)
def _two_digits(number: float) -> Node:
    return str(decimal(f"{number:.2f}"))


def ontology_quads(vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """The ontology graph: names, kinds (inherited ones too), parents, definitions of ours, ranks and weights.

    The graph's own node carries the version and the digest of the ontology.
    """
    graph = ONTOLOGY_GRAPH
    yield ox.Quad(graph, SHA256, ox.Literal(vocabulary.digest), graph)
    if vocabulary.version:
        yield ox.Quad(graph, _VERSION, ox.Literal(vocabulary.version), graph)
    for entry in vocabulary.terms.values():
        yield from _of_term(entry, vocabulary)
    weight = term("stemkg:weight")
    for name, value in weights(vocabulary).items():
        evidence = term("stemkg:" + name)
        yield ox.Quad(evidence, term("stemkg:rank"), integer(_RANKS[str(evidence)]), graph)
        yield ox.Quad(evidence, weight, decimal(value), graph)


def _of_term(entry: Term, vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """What the ontology graph says of a term."""
    graph = ONTOLOGY_GRAPH
    if not _is_curie(entry.id):
        return  # a labelled property of another vocabulary
    node = term(entry.id)
    yield ox.Quad(node, LABEL, ox.Literal(entry.label), graph)
    for name in entry.exact:
        yield ox.Quad(node, _EXACT_SYNONYM, ox.Literal(name), graph)
    for name in entry.related:
        yield ox.Quad(node, _RELATED_SYNONYM, ox.Literal(name), graph)
    for kind in sorted(entry.kinds):
        yield ox.Quad(node, KIND, ox.Literal(kind), graph)
    for parent in entry.parents:
        if parent in vocabulary and _is_curie(parent):
            yield ox.Quad(node, SUBCLASS, term(parent), graph)
    if entry.definition and entry.id.startswith("stemkg:"):
        yield ox.Quad(node, _DEFINITION, ox.Literal(entry.definition), graph)


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


def _is_curie(id: str) -> bool:
    return id.partition(":")[0] in PREFIXES


def weights(vocabulary: Vocabulary) -> dict[Evidence, Decimal]:
    """How much one article of each evidence type counts, between 0 and 1, strongest type first.

    Raises `ValueError` naming the type whose `stemkg:weight` is missing or no such number.
    """
    values = vocabulary.values("weight")
    found: dict[Evidence, Decimal] = {}
    for name in EVIDENCE:
        text = values.get("stemkg:" + name, ("nothing",))[0]
        if not re.fullmatch(r"0(\.\d+)?|1(\.0*)?", text, re.ASCII):
            raise ValueError(f"stemkg:{name}: its stemkg:weight is {text!r}, not a number from 0 to 1")
        found[name] = Decimal(text)
    return found


class Stance(NamedTuple):
    """How one article stands to one finding.

    `support` and `against` are the rank of the strongest evidence among its positive and its negative claims, 0 where
    it has none; the other two say that all those claims are hedged. `claims` counts them all, and `sides` has the
    strongest ones with each choice of qualifiers (see the function).
    """

    support: int
    support_hedged: int
    against: int
    against_hedged: int
    claims: int
    issued: str
    sides: str = "[]"


def stances(quads: Graph | Iterable[ox.Quad]) -> dict[Key, Stance]:
    """What the graph of one article adds to the summary, by finding; nothing for a retracted article."""
    issued = ""
    grouped: dict[Key, list[tuple[bool, bool, int, Node]]] = defaultdict(list)
    said_of = Graph.of(quads).said
    for node, said in said_of.items():
        if _RETRACTED in said:
            return {}
        if _ISSUED in said:
            issued = value_of(said[_ISSUED][0])
        if _PREDICATE not in said:
            continue
        disease = said.get(_DISEASE)
        subject, predicate, object_ = [_curie(said[part][0]) for part in (_SUBJECT, _PREDICATE, _OBJECT)]
        key = Key(subject, predicate, object_, _curie(disease[0]) if disease else "")
        rank = _RANKS[said[_EVIDENCE_TYPE][0]]
        affirms, hedges = str(POSITIVE) in said[_POLARITY], str(HEDGED) in said[_CERTAINTY]
        grouped[key].append((affirms, hedges, rank, node))
    found = {}
    for key, rows in sorted(grouped.items()):
        stand = []
        for side in (True, False):
            ranks = [(rank, hedged) for positive, hedged, rank, _ in rows if positive is side]
            strongest = min((rank for rank, _ in ranks), default=0)
            stand += [strongest, bool(ranks) and all(hedged for _, hedged in ranks)]
        kept = sides(
            (positive, rank, node[1:-1], [list(map(_curie, said_of[node].get(name, ()))) for name in _QUALIFIERS])
            for positive, _, rank, node in rows
        )
        found[key] = Stance(stand[0], bool(stand[1]), stand[2], bool(stand[3]), len(rows), issued, kept)
    return found


@dataclass(frozen=True, slots=True)
class Belief:
    """How likely at least one of some independent articles is right: 1 − Π (1 − weight), with its arithmetic."""

    value: Decimal
    arithmetic: str

    @classmethod
    def of(cls, articles: Iterable[Decimal]) -> "Belief":
        """The belief that articles of these weights give.

        >>> Belief.of([Decimal("0.60"), Decimal("0.90"), Decimal("0.60")]).arithmetic
        '1 − (1−0.90)(1−0.60)^2 = 0.984'
        """
        product = Decimal(1)
        factors = ""
        for weight, same in groupby(sorted(articles, reverse=True)):
            count = len(list(same))
            # A power, not a running product: the same digits in whatever order the articles came.
            product *= (1 - weight) ** count
            places = max(2, -int(weight.normalize().as_tuple().exponent))
            factors += f"(1−{weight:.{places}f})" + (f"^{count}" if count > 1 else "")
        value = (1 - product).quantize(Decimal("0.0001"))
        return cls(value, f"1 − {factors} = {decimal(value).value}" if factors else "")


def finding_quads(key: Key, articles: Sequence[Stance], weight: Mapping[Evidence, Decimal]) -> Iterator[ox.Quad]:
    """One finding: what all articles together say of one subject, predicate, object and disease."""
    return ox.parse(finding_lines(key, articles, weight).encode(), format=ox.RdfFormat.N_QUADS)


def finding_lines(key: Key, articles: Sequence[Stance], weight: Mapping[Evidence, Decimal]) -> str:
    """The quads of a finding as N-Quads: there can be as many findings as claims, and this is much faster."""
    said = [f"{part} {term(curie)}" for part, curie in zip(_KEY, key, strict=True) if curie]
    standing = _standing if len(articles) <= _FEW else _standing.__wrapped__
    said += standing(tuple(sorted(article[:5] for article in articles)), tuple(weight.values()))
    if dates := [article.issued for article in articles if article.issued]:
        said.append(f"{_FIRST} {ox.Literal(min(dates), datatype=_DATETIME)}")
        said.append(f"{_LAST} {ox.Literal(max(dates), datatype=_DATETIME)}")
    if any(article.support for article in articles) and any(article.against for article in articles):
        said += _dispute(articles)
    node = _finding(key)
    return "".join(f"{node} {what} {_SUMMARY} .\n" for what in said)


def sides(claims: Iterable[tuple[bool, int, str, Sequence[Sequence[str]]]]) -> str:
    """The strongest claim of each side with each choice of qualifiers, as `Stance.sides` keeps them.

    A claim is given as whether it affirms, its rank, its IRI, and the CURIEs of its sources, routes, comparators and
    species.
    """
    strongest: dict[tuple[bool, tuple[str, ...]], tuple[int, str]] = {}
    for positive, rank, claim, qualifiers in claims:
        for chosen in product(*(some or [""] for some in qualifiers)):
            this = rank, claim.removeprefix(CLAIM)
            strongest[positive, chosen] = min(this, strongest.get((positive, chosen), this))
    return json.dumps([[positive, *best, *chosen] for (positive, chosen), best in sorted(strongest.items())])


def _dispute(articles: Iterable[Stance]) -> Iterator[str]:
    """Where articles contradict each other most closely, as predicates and values in N-Quads; nothing where all agree.

    That is a claim that affirms and one that denies, which differ in the fewest of source, route, comparator and
    species (one that only one of them gives counts). Among such pairs the evidence of both decides, then their names.
    """
    said = sorted(tuple(row) for article in articles for row in json.loads(article.sides))
    affirm: list[tuple[Any, ...]] = [row[1:] for row in said if row[0] is True]
    deny: list[tuple[Any, ...]] = [row[1:] for row in said if row[0] is False]
    for differences in range(len(QUALIFIERS) + 1):
        pairs = []
        for shared in combinations(range(2, 2 + len(QUALIFIERS)), len(QUALIFIERS) - differences):
            # From the weakest to the strongest, so that this is what stays.
            strongest = {tuple(row[place] for place in shared): row[:2] for row in affirm[::-1]}
            for row in deny:
                if best := strongest.get(tuple(row[place] for place in shared)):
                    pairs.append((best[0] + row[0], best, row[:2]))
        if pairs:
            _, (_, affirmed), (_, denied) = min(pairs)
            yield f"{AFFIRMED_BY} <{CLAIM}{affirmed}>"
            yield f"{DENIED_BY} <{CLAIM}{denied}>"
            yield f"{DIFFERENCES} {integer(differences)}"
            return


_SUMMARY = str(SUMMARY_GRAPH)
_KEY = tuple(map(str, (SUBJECT, RELATION, OBJECT, DISEASE)))
_FIRST = str(term("stemkg:firstIssued"))
_LAST = str(term("stemkg:lastIssued"))
_FEW = 10  # articles of a finding; most findings have no more, and how these stand is said again and again


@lru_cache(maxsize=50_000)
def _standing(articles: Sequence[Sequence[int]], weight: Sequence[Decimal]) -> tuple[str, ...]:
    """What a finding says of how articles stand to it, each thing as its predicate and value in N-Quads.

    An article is the first five fields of its `Stance`, and the weights are those of the evidence types by rank.
    """

    def believe(sides: Iterable[tuple[int, int]]) -> Belief:
        return Belief.of(weight[rank - 1] / (2 if hedged else 1) for rank, hedged in sides if rank)

    support = believe((support, hedged) for support, hedged, _, _, _ in articles)
    opposition = believe((against, hedged) for _, _, against, hedged, _ in articles)
    best = min((rank for rank, *_ in articles if rank), default=min((article[2] for article in articles), default=0))
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        ("rdf:type", FINDING_CLASS),
        ("stemkg:articles", integer(len(articles))),
        ("stemkg:articlesFor", integer(sum(bool(rank) and not hedged for rank, hedged, *_ in articles))),
        ("stemkg:articlesHedged", integer(sum(hedged for _, hedged, *_ in articles))),
        ("stemkg:articlesAgainst", integer(sum(bool(article[2]) for article in articles))),
        ("stemkg:claims", integer(sum(article[4] for article in articles))),
        ("stemkg:bestRank", integer(best)),
        ("stemkg:bestEvidence", term("stemkg:" + EVIDENCE[best - 1])),
        ("stemkg:support", decimal(support.value)),
        ("stemkg:opposition", decimal(opposition.value)),
    ]
    for name, belief in (("arithmetic", support), ("oppositionArithmetic", opposition)):
        if belief.arithmetic:
            said.append(("stemkg:" + name, ox.Literal(belief.arithmetic)))
    return tuple(f"{term(predicate)} {value}" for predicate, value in said)
