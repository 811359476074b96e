"""Articles and their claims as quads, and claims back from what a graph says of them."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox

from kg.articles import Article
from kg.claim import DETAILS, EVIDENCE, PREDICATES, QUALIFIERS, UNITS, Claim, Polarity, one_of
from kg.namespaces import STEMKG
from kg.program import release
from kg.rdf import (
    Graph,
    Key,
    Node,
    agent_iri,
    agent_of,
    article_node,
    claim_node,
    date_literal,
    decimal,
    finding,
    iri,
    term,
)
from kg.weights import BASIS_TERMS, CERTAINTY_TERMS, METHOD_TERMS

_JOURNAL = STEMKG + "journal/"

# The nodes that stand for the values of a claim's fields, and back.
_POLARITIES: dict[Polarity, Node] = {"positive": iri("stemkg:Positive"), "negative": iri("stemkg:Negative")}
_CERTAINTIES = {name: iri(id) for name, id in CERTAINTY_TERMS.items()}
_BASES = {name: iri(id) for name, id in BASIS_TERMS.items()}
_METHODS = {name: iri(id) for name, id in METHOD_TERMS.items()}
POLARITY_OF = {node: name for name, node in _POLARITIES.items()}
CERTAINTY_OF = {node: name for name, node in _CERTAINTIES.items()}
BASIS_OF = {node: name for name, node in _BASES.items()}
METHOD_OF = {node: name for name, node in _METHODS.items()}
EVIDENCE_OF = {iri("stemkg:" + name): name for name in EVIDENCE}
_TRUE = str(ox.Literal("true", datatype=term("xsd:boolean")))


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
    for subject, predicate, value in (*_of_people(article, node), *_of_journal(article, node), *_of_build(built)):
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
    claims = list(claims)
    for claim in claims:
        name = str(claim_node(claim))
        for predicate, value in _of_claim(article, claim, quotes=quotes):
            graph.put(name, predicate, value, node)
        graph.put(name, iri("dcterms:source"), node, node)
        graph.put(name, iri("prov:wasGeneratedBy"), built, node)
        for subject, predicate, value in _of_agent(name, claim):
            graph.put(subject, predicate, value, node)
    for claim in claims:
        follow(graph, node, claim)


#: The properties of what follows from claims.
FOLLOWING = frozenset((*(iri("stemkg:" + predicate) for predicate in PREDICATES), iri("stemkg:speaksOf")))


def follow(graph: Graph, node: Node, claim: Claim) -> None:
    """Say in the graph of an article, whose node that is, what follows from a claim of it, once: the plain statement of
    one that is certain, and the disease that the article speaks of."""
    follows = []
    if claim.polarity == "positive" and claim.certainty == "asserted" and not claim.value:
        follows.append((iri(claim.subject), iri("stemkg:" + claim.predicate), iri(claim.object)))
    if claim.disease:
        follows.append((node, iri("stemkg:speaksOf"), iri(claim.disease)))
    for subject, predicate, value in follows:
        if value not in graph.objects(subject, predicate):
            graph.put(subject, predicate, value, node)


def _of_article(article: Article) -> list[tuple[Node, Node]]:
    """What is said of an article: predicates and values."""
    said = [
        (iri("rdf:type"), iri("stemkg:Article")),
        (iri("dcterms:identifier"), _quoted(article.id)),
        (iri("dcterms:title"), _quoted(article.title or article.id)),
        (iri("stemkg:sha256"), _quoted(article.sha256)),
        (iri("stemkg:length"), _integer(len(article.text))),
    ]
    if article.issued:
        said.append((iri("dcterms:issued"), str(date_literal(article.issued))))
    if dated := article.dated:
        said.append((iri("stemkg:dated"), str(date_literal(dated))))
    if article.evidence:
        said.append((iri("stemkg:reports"), iri("stemkg:" + article.evidence)))
        if article.inferred:
            said.append((iri("stemkg:inferred"), _TRUE))
    if article.retracted:
        said.append((iri("stemkg:retracted"), _TRUE))
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


def _of_people(article: Article, node: Node) -> list[tuple[Node, Node, Node]]:
    """The authors that have an ORCID, as agents; the names of all authors are said of the article itself."""
    said = []
    for name, orcid in article.orcids:
        person = f"<https://orcid.org/{orcid}>"
        said += [
            (node, iri("prov:wasAttributedTo"), person),
            (person, iri("rdf:type"), iri("prov:Agent")),
            (person, iri("dcterms:title"), _quoted(name)),
        ]
    return said


def _of_journal(article: Article, node: Node) -> list[tuple[Node, Node, Node]]:
    """The journal or book as what the article, or the work that it reports on, is a part of."""
    if not (article.work and article.work.journal):
        return []
    name = article.work.journal
    journal = f"<{_JOURNAL}{quote(name.casefold(), safe='')}>"
    return [
        (node, iri("dcterms:isPartOf"), journal),
        (journal, iri("rdf:type"), iri("bibo:Periodical")),
        (journal, iri("dcterms:title"), _quoted(name)),
    ]


def _of_build(build: Node) -> list[tuple[Node, Node, Node]]:
    """The build as an activity, and the program that did it. Every article says it, as each may be of another build."""
    version = release()
    agent = f"<{STEMKG}software/{version}>"
    return [
        (build, iri("rdf:type"), iri("prov:Activity")),
        (build, iri("prov:wasAssociatedWith"), agent),
        (build, iri("prov:used"), iri("stemkg:ontology")),
        (agent, iri("rdf:type"), iri("prov:SoftwareAgent")),
        (agent, iri("dcterms:title"), _quoted(f"StemKG {version}")),
        (agent, iri("dcterms:hasVersion"), _quoted(version)),
    ]


def _of_claim(article: Article, claim: Claim, *, quotes: bool) -> list[tuple[Node, Node]]:
    """What is said of a claim, but its source and its build: predicates and values."""
    sentence = article.text[claim.start : claim.end]
    said = [
        (iri("rdf:type"), iri("stemkg:Claim")),
        (iri("stemkg:subject"), iri(claim.subject)),
        (iri("stemkg:predicate"), iri("stemkg:" + claim.predicate)),
        (iri("stemkg:object"), iri(claim.object)),
        (iri("stemkg:polarity"), _POLARITIES[claim.polarity]),
        (iri("stemkg:certainty"), _CERTAINTIES[claim.certainty]),
        (iri("stemkg:evidence"), iri("stemkg:" + claim.evidence)),
        (iri("stemkg:basis"), _BASES[claim.basis]),
        (iri("stemkg:method"), _METHODS[claim.method]),
        (iri("stemkg:confidence"), _two_digits(claim.confidence)),
        (iri("stemkg:start"), _integer(claim.start)),
        (iri("stemkg:end"), _integer(claim.end)),
        (iri("stemkg:sentenceHash"), f'"{hashlib.sha256(sentence.encode()).hexdigest()}"'),
    ]
    if counts_as := claim.counts_as:
        said.append((iri("stemkg:countsAs"), iri("stemkg:" + counts_as)))
    if claim.disease:
        said.append((iri("stemkg:disease"), iri(claim.disease)))
    if claim.value:
        said.append((iri("stemkg:value"), str(decimal(claim.value))))
    if claim.unit:
        said.append((iri("stemkg:unit"), _quoted(claim.unit)))
    if claim.rule:
        said.append((iri("stemkg:rule"), _quoted(claim.rule)))
    said += [(iri("stemkg:" + key), iri(value)) for key, value in claim.qualifiers]
    said += _details(claim.details)
    if quotes:
        said.append((iri("stemkg:quote"), _quoted(sentence)))
    if not article.retracted:
        about = Key(claim.subject, "stemkg:" + claim.predicate, claim.object, claim.disease)
        said.append((iri("stemkg:finding"), finding(about)))
    return said


def _of_agent(name: Node, claim: Claim) -> list[tuple[Node, Node, Node]]:
    """Who or what made a claim that StemKG did not read itself: an agent with its own IRI, or one made of its name."""
    if not claim.agent:
        return []
    agent = str(ox.NamedNode(agent_iri(claim.agent)))
    kind = iri("prov:Agent" if claim.method == "manual" else "prov:SoftwareAgent")
    return [
        (name, iri("prov:wasAttributedTo"), agent),
        (agent, iri("rdf:type"), kind),
        (agent, iri("dcterms:title"), _quoted(claim.agent)),
    ]


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
    return f'"{number}"^^{iri("xsd:integer")}'


@lru_cache(maxsize=1_000)
def _two_digits(number: float) -> Node:
    return str(decimal(f"{number:.2f}"))
