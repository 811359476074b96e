"""Articles, claims, the ontology and the summary, as quads.

Every function gives the same quads for the same input: nothing here knows the time, the machine or a random number,
and there are no blank nodes. Decimals are written in their shortest form, as stores give them back.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.articles import Article
from kg.claim import DETAILS, EVIDENCE, PREDICATES, QUALIFIERS, UNITS, Claim, Polarity, one_of
from kg.namespaces import ARTICLE, CLAIM, GRAPH, STEMKG, contract, expand
from kg.program import release
from kg.vocabulary import Vocabulary
from kg.weights import BASIS_TERMS, CERTAINTY_TERMS, METHOD_TERMS

FINDING = STEMKG + "finding/"
JOURNAL = STEMKG + "journal/"
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
SOURCE = term("dcterms:source")
START = term("stemkg:start")
END = term("stemkg:end")
QUOTE = term("stemkg:quote")
POSITIVE, NEGATIVE = term("stemkg:Positive"), term("stemkg:Negative")
ASSERTED = term("stemkg:Asserted")
HEDGED = term("stemkg:Hedged")
STUDIED = term("stemkg:Studied")
CLAIM_CLASS = term("stemkg:Claim")
ARTICLE_CLASS = term("stemkg:Article")
FINDING_CLASS = term("stemkg:Finding")

_INTEGER, _DECIMAL = term("xsd:integer"), term("xsd:decimal")
#: The datatype of a date, by its length.
_DATES = {4: term("xsd:gYear"), 7: term("xsd:gYearMonth"), 10: term("xsd:date")}
_TRUE = ox.Literal("true", datatype=term("xsd:boolean"))

# The nodes that stand for the values of a claim's fields, and back.
_POLARITIES: dict[Polarity, Node] = {"positive": str(POSITIVE), "negative": str(NEGATIVE)}
_CERTAINTIES = {name: iri(id) for name, id in CERTAINTY_TERMS.items()}
_BASES = {name: iri(id) for name, id in BASIS_TERMS.items()}
_METHODS = {name: iri(id) for name, id in METHOD_TERMS.items()}
POLARITY_OF = {node: name for name, node in _POLARITIES.items()}
CERTAINTY_OF = {node: name for name, node in _CERTAINTIES.items()}
BASIS_OF = {node: name for name, node in _BASES.items()}
METHOD_OF = {node: name for name, node in _METHODS.items()}
EVIDENCE_OF = {iri("stemkg:" + name): name for name in EVIDENCE}
# The same as text.
_TYPE, _GENERATED_BY = str(TYPE), iri("prov:wasGeneratedBy")
_SUBJECT, _PREDICATE, _OBJECT, _DISEASE = str(SUBJECT), str(PREDICATE), str(OBJECT), str(DISEASE)
_POLARITY, _CERTAINTY, _EVIDENCE_TYPE, _BASIS = str(POLARITY), str(CERTAINTY), str(EVIDENCE_TYPE), str(BASIS)
_SOURCE, _START, _END, _FINDING_OF = str(SOURCE), str(START), str(END), str(FINDING_OF)
_LENGTH, _SHA256, _RETRACTED = str(LENGTH), str(SHA256), str(RETRACTED)
_IDENTIFIER, _ISSUED, _TITLE = str(IDENTIFIER), str(ISSUED), str(TITLE)
_COUNTS_AS, _METHOD, _ATTRIBUTED_TO = iri("stemkg:countsAs"), iri("stemkg:method"), iri("prov:wasAttributedTo")
_CONFIDENCE, _SENTENCE_HASH, _XSD_INTEGER = iri("stemkg:confidence"), iri("stemkg:sentenceHash"), str(_INTEGER)


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
    return ox.NamedNode(_claim_iri(claim))


def _claim_iri(claim: Claim) -> str:
    origin = (claim.method, claim.agent) if claim.agent or claim.method != "automatic" else ()
    return CLAIM + _hash(
        claim.doc, claim.start, claim.end,
        claim.subject, claim.predicate, claim.object,
        claim.polarity, claim.value, claim.unit, claim.qualifiers, *origin,
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
def finding(key: Key) -> Node:
    """The node of a finding, as text."""
    return str(finding_node(key))


def build_node(vocabulary: Vocabulary) -> ox.NamedNode:
    """The node of a build: the version of the program and the content of the ontology."""
    return ox.NamedNode(f"{STEMKG}build/{release()}-{vocabulary.digest[:12]}")


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
    for subject, predicate, value in (*_of_journal(article, node), *_of_build(built)):
        graph.put(subject, predicate, value, node)
    add_claims(graph, article, claims, build=build, quotes=quotes)
    return graph


def add_claims(
    graph: Graph, article: Article, claims: Iterable[Claim], *, build: ox.NamedNode, quotes: bool = False
) -> None:
    """Add claims to the graph of an article, and what follows from them. With `quotes`, their sentences too.

    Raises `ValueError` where a number or an identifier can't be written in RDF.
    """
    node, built = str(article_node(article.id)), str(build)
    plain: dict[tuple[Node, Node, Node], None] = {}
    for claim in claims:
        name = f"<{_claim_iri(claim)}>"
        for predicate, value in _of_claim(article, claim, quotes=quotes):
            graph.put(name, predicate, value, node)
        graph.put(name, _SOURCE, node, node)
        graph.put(name, _GENERATED_BY, built, node)
        for subject, predicate, value in _of_agent(name, claim):
            graph.put(subject, predicate, value, node)
        if claim.polarity == "positive" and claim.certainty == "asserted" and not claim.value:
            plain[iri(claim.subject), iri("stemkg:" + claim.predicate), iri(claim.object)] = None
    for subject, predicate, value in plain:
        if value not in graph.objects(subject, predicate):
            graph.put(subject, predicate, value, node)


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
        said.append((_ISSUED, str(date_literal(article.issued))))
    if dated := article.dated:
        said.append((iri("stemkg:dated"), str(date_literal(dated))))
    if article.evidence:
        said.append((iri("stemkg:reports"), iri("stemkg:" + article.evidence)))
        if article.inferred:
            said.append((iri("stemkg:inferred"), str(_TRUE)))
    if article.retracted:
        said.append((_RETRACTED, str(_TRUE)))
    said += _details(article.details)
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
            ("stemkg:workTitle", work.title),
            ("stemkg:journal", work.journal),
        ):
            if value:
                said.append((iri(name), _quoted(value)))
        said += [(iri("stemkg:workCreator"), _quoted(author)) for author in dict.fromkeys(filter(None, work.authors))]
        if work.year:
            said.append((iri("stemkg:workIssued"), str(date_literal(work.year))))
        if work.doi:
            page = ox.NamedNode("https://doi.org/" + quote(work.doi, safe="/:;().,"))
            said.append((iri("prov:wasDerivedFrom"), str(page)))
        elif work.pmid:
            page = ox.NamedNode("https://pubmed.ncbi.nlm.nih.gov/" + quote(work.pmid))
            said.append((iri("prov:wasDerivedFrom"), str(page)))
    return said


def _of_journal(article: Article, node: Node) -> list[tuple[Node, Node, Node]]:
    """The journal or book as what the article, or the work that it reports on, is a part of."""
    if not (article.work and article.work.journal):
        return []
    name = article.work.journal
    journal = f"<{JOURNAL}{quote(name.casefold(), safe='')}>"
    return [
        (node, iri("dcterms:isPartOf"), journal),
        (journal, _TYPE, iri("bibo:Periodical")),
        (journal, _TITLE, _quoted(name)),
    ]


def _of_build(build: Node) -> list[tuple[Node, Node, Node]]:
    """The build as an activity, and the program that did it. Every article says it, as each may be of another build."""
    version = release()
    agent = f"<{STEMKG}software/{version}>"
    return [
        (build, _TYPE, iri("prov:Activity")),
        (build, iri("prov:wasAssociatedWith"), agent),
        (build, iri("prov:used"), iri("stemkg:ontology")),
        (agent, _TYPE, iri("prov:SoftwareAgent")),
        (agent, _TITLE, _quoted(f"StemKG {version}")),
        (agent, iri("dcterms:hasVersion"), _quoted(version)),
    ]


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
        (_METHOD, _METHODS[claim.method]),
        (_CONFIDENCE, _two_digits(claim.confidence)),
        (_START, _integer(claim.start)),
        (_END, _integer(claim.end)),
        (_SENTENCE_HASH, f'"{hashlib.sha256(sentence.encode()).hexdigest()}"'),
    ]
    if counts_as := claim.counts_as:
        said.append((_COUNTS_AS, iri("stemkg:" + counts_as)))
    if claim.disease:
        said.append((_DISEASE, iri(claim.disease)))
    if claim.value:
        said.append((iri("stemkg:value"), str(decimal(claim.value))))
    if claim.unit:
        said.append((iri("stemkg:unit"), _quoted(claim.unit)))
    if claim.rule:
        said.append((iri("stemkg:rule"), _quoted(claim.rule)))
    said += [(iri("stemkg:" + key), iri(value)) for key, value in claim.qualifiers]
    said += _details(claim.details)
    if quotes:
        said.append((str(QUOTE), _quoted(sentence)))
    if not article.retracted:
        about = Key(claim.subject, "stemkg:" + claim.predicate, claim.object, claim.disease)
        said.append((_FINDING_OF, finding(about)))
    return said


def _of_agent(name: Node, claim: Claim) -> list[tuple[Node, Node, Node]]:
    """Who or what made a claim that StemKG did not read itself: an agent with its own IRI, or one made of its name."""
    if not claim.agent:
        return []
    agent = str(ox.NamedNode(agent_iri(claim.agent)))
    kind = iri("prov:Agent" if claim.method == "manual" else "prov:SoftwareAgent")
    return [(name, _ATTRIBUTED_TO, agent), (agent, _TYPE, kind), (agent, _TITLE, _quoted(claim.agent))]


def agent_iri(agent: str) -> str:
    """The IRI of an agent: its own, or one made of its name."""
    return agent if agent.startswith(("https://", "http://")) else AGENT + quote(agent, safe="")


def agent_of(iri: str) -> str:
    """An agent as claims name it, by its IRI.

    >>> agent_of("https://w3id.org/stemkg/agent/A%20reader"), agent_of("https://orcid.org/0000-0002-1825-0097")
    ('A reader', 'https://orcid.org/0000-0002-1825-0097')
    """
    return unquote(iri.removeprefix(AGENT)) if iri.startswith(AGENT) else iri


def _details(told: Iterable[tuple[str, str]]) -> Iterator[tuple[Node, Node]]:
    """What is told of a study: predicates and values."""
    for key, text in told:
        yield iri("stemkg:" + key), _integer(int(text)) if key == "patients" else _quoted(text)


def claim_of(doc: str, said: Mapping[str, str]) -> Claim:
    """The claim that an article's graph states, from what it says of the claim's node.

    That is one value a property: CURIEs of properties and terms, the text of literals. The cues of a claim are not in
    the graph. Raises `KeyError` or `ValueError` where a field is missing or has a value that it can't have.
    """

    def node(field: str) -> Node:
        return iri(said["stemkg:" + field])

    return Claim(
        doc,
        int(said["stemkg:start"]),
        int(said["stemkg:end"]),
        said["stemkg:subject"],
        one_of("predicate", said["stemkg:predicate"].removeprefix("stemkg:"), PREDICATES),
        said["stemkg:object"],
        said.get("stemkg:disease", ""),
        POLARITY_OF[node("polarity")],
        CERTAINTY_OF[node("certainty")],
        EVIDENCE_OF[node("evidence")],
        BASIS_OF[node("basis")],
        said.get("stemkg:value", ""),
        one_of("unit", said.get("stemkg:unit", ""), UNITS),
        tuple((key, said["stemkg:" + key]) for key in QUALIFIERS if "stemkg:" + key in said),
        float(said.get("stemkg:confidence", "1")),
        said.get("stemkg:rule", ""),
        details=tuple((key, said["stemkg:" + key]) for key in DETAILS if "stemkg:" + key in said),
        method=METHOD_OF[node("method")],
        agent=agent_of(said.get("prov:wasAttributedTo", "")),
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
