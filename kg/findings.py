"""Findings: what all articles together say of one subject, predicate, object and disease, and how far to believe it.

Claims are weighed one at a time (`kg.weights`). For and against a finding, an article counts with the heaviest of its
claims, and articles that report the same work, by its DOI or PMID, count together as one: the word "article" means
this from here on. A claim that something is only studied is neither for nor against it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, groupby, product
from typing import NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from kg.claim import EVIDENCE, NO_RANK, QUALIFIERS, RANK, Basis, Certainty, Evidence, Method, counting_as
from kg.namespaces import CLAIM, STEMKG
from kg.quads import BASIS_OF, CERTAINTY_OF, EVIDENCE_OF, METHOD_OF
from kg.rdf import (
    FINDING_CLASS,
    SUMMARY_GRAPH,
    TOPIC_CLASS,
    Graph,
    Key,
    Node,
    curie,
    date_literal,
    decimal,
    finding,
    integer,
    iri,
    term,
    value_of,
)
from kg.weights import Weights

_PREDICATE, _POLARITY, _CERTAINTY = iri("stemkg:predicate"), iri("stemkg:polarity"), iri("stemkg:certainty")
_EVIDENCE, _BASIS, _DISEASE = iri("stemkg:evidence"), iri("stemkg:basis"), iri("stemkg:disease")
_JUDGEMENT, _METHOD = iri("stemkg:judgement"), iri("stemkg:method")
_ENDS = iri("stemkg:subject"), _PREDICATE, iri("stemkg:object")
_POSITIVE, _RETRACTED, _DATED = iri("stemkg:Positive"), iri("stemkg:retracted"), iri("stemkg:dated")
_WORKS = iri("bibo:doi"), iri("bibo:pmid")
_QUALIFIERS = tuple(iri("stemkg:" + key) for key in QUALIFIERS)


class Said(NamedTuple):
    """A claim as far as a finding needs it: the local part of its IRI, what it weighs by, and its qualifiers.

    `qualifiers` has a CURIE, or nothing, for each of `kg.claim.QUALIFIERS`.
    """

    claim: str
    positive: bool
    certainty: Certainty
    evidence: Evidence
    basis: Basis
    qualifiers: tuple[str, ...] = ("",) * len(QUALIFIERS)
    method: Method = "automatic"

    @property
    def rank(self) -> int:
        """The rank of the evidence that it counts as (see `kg.claim.Claim.rank`)."""
        return RANK[self.counts_as]

    @property
    def counts_as(self) -> Evidence:
        """The kind of evidence that it counts as, unless something is only studied."""
        return counting_as(self.evidence, self.basis)


class Stance(NamedTuple):
    """How one article stands to one finding.

    `claims` is how many claims it has of it; `issued` its date, as precise as it is known, or empty; `works` the names
    of the work that it reports, as JSON (`["doi:10.1000/1", "pmid:12"]`); `said` its claims as JSON, fields of `Said`:
    of those that differ in their place alone the one whose IRI comes first.
    """

    claims: int
    issued: str
    works: str
    said: str

    @classmethod
    def of(cls, said: Iterable[Said], claims: int, issued: str = "", works: Iterable[str] = ()) -> "Stance":
        """The stance of an article with these claims."""
        kept: dict[tuple[object, ...], Said] = {}
        for one in sorted(said):
            kept.setdefault(one[1:], one)
        return cls(claims, issued, _json(sorted(works)), _json(sorted(kept.values())))

    @property
    def views(self) -> list[Said]:
        """Its claims."""
        return [Said._make((*row[:5], tuple(row[5]), row[6])) for row in json.loads(self.said)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def stances(quads: Graph | Iterable[ox.Quad]) -> dict[Key, Stance]:
    """What the graph of one article adds to the summary, by finding; nothing for a retracted article."""
    issued = ""
    works: list[str] = []
    grouped: dict[Key, list[Said]] = defaultdict(list)
    counted: Counter[Key] = Counter()
    for node, said in Graph.of(quads).said.items():
        if _RETRACTED in said:
            return {}
        if _DATED in said:
            issued = value_of(said[_DATED][0])
        works += names_of_work(*(value_of(said[name][0]) if name in said else "" for name in _WORKS))
        if _PREDICATE not in said or said.get(_JUDGEMENT) == ['"wrong"']:
            continue
        disease = said.get(_DISEASE)
        subject, predicate, object_ = (curie(said[end][0]) for end in _ENDS)
        key = Key(subject, predicate, object_, curie(disease[0]) if disease else "")
        counted[key] += 1
        qualifiers = [[curie(value) for value in said.get(name, ())] or [""] for name in _QUALIFIERS]
        for chosen in product(*qualifiers):
            grouped[key].append(
                Said(
                    node[1:-1].removeprefix(CLAIM),
                    _POSITIVE in said[_POLARITY],
                    CERTAINTY_OF[said[_CERTAINTY][0]],
                    EVIDENCE_OF[said[_EVIDENCE][0]],
                    BASIS_OF[said[_BASIS][0]],
                    chosen,
                    METHOD_OF[said[_METHOD][0]],
                )
            )
    return {key: Stance.of(some, counted[key], issued, works) for key, some in sorted(grouped.items())}


# Belief --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Belief:
    """How likely at least one of some independent articles is right: 1 − Π (1 − weight), with its arithmetic."""

    value: Decimal
    arithmetic: str

    @classmethod
    def of(cls, articles: Iterable[Decimal]) -> "Belief":
        """The belief that articles of these weights give; one that weighs nothing adds nothing.

        >>> Belief.of([Decimal("0.60"), Decimal("0.90"), Decimal("0.60")]).arithmetic
        '1 − (1−0.90)(1−0.60)^2 = 0.984'
        """
        product = Decimal(1)
        factors = ""
        for weight, same in groupby(sorted(filter(None, articles), reverse=True)):
            count = len(list(same))
            # A power, not a running product: the same digits in whatever order the articles came.
            product *= (1 - weight) ** count
            places = max(2, -int(weight.normalize().as_tuple().exponent))
            factors += f"(1−{weight:.{places}f})" + (f"^{count}" if count > 1 else "")
        value = (1 - product).quantize(Decimal("0.0001"))
        return cls(value, f"1 − {factors} = {decimal(value).value}" if factors else "")


class Side(NamedTuple):
    """What an article has on one side of a finding: its heaviest claim, and what the claims of that side come to."""

    weight: Decimal = Decimal(0)
    claim: str = ""  # the heaviest one; of equally heavy ones that of the best evidence
    rank: int = NO_RANK  # of the best evidence that a claim counts as; `NO_RANK` where there is no claim
    asserted: bool = False  # whether a claim is
    finding: bool = False  # whether a claim is the finding of a study
    people: bool = False  # whether a claim counts as evidence from people

    def __bool__(self) -> bool:
        return self.rank != NO_RANK


_NOTHING = Side()


def side(said: Iterable[Said], weights: Weights, *, positive: bool) -> Side:
    """What the claims of an article come to for or against a finding. One of a study without a result is on no side."""
    some = [one for one in said if one.positive is positive and one.certainty != "studied"]
    if not some:
        return _NOTHING
    weight, rank, claim = min(
        (-weights.weight(one.evidence, one.certainty, one.basis, one.method), one.rank, one.claim) for one in some
    )
    if len(some) > 1:
        rank = min(one.rank for one in some)
    asserted = any(one.certainty == "asserted" for one in some)
    found = any(one.basis == "finding" for one in some)
    people = any(one.counts_as in weights.people for one in some)
    return Side(-weight, claim, rank, asserted, found, people)


def names_of_work(doi: str, pmid: str) -> list[str]:
    """The names of a work by its identifiers, which may be empty. A DOI is the same in capitals.

    >>> names_of_work("10.1000/AB", "12")
    ['doi:10.1000/ab', 'pmid:12']
    """
    return [f"{kind}:{name}" for kind, name in (("doi", doi.lower()), ("pmid", pmid)) if name]


def together(works: Sequence[Iterable[str]]) -> list[int]:
    """Which articles report the same work, from the names of the work of each: for each the first of its group.

    >>> together([["doi:1"], ["pmid:2"], [], ["doi:1", "pmid:2"]])
    [0, 0, 2, 0]
    """
    group = list(range(len(works)))

    def first(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    holder: dict[str, int] = {}
    for place, names in enumerate(works):
        for name in names:
            one, other = sorted((first(holder.setdefault(name, place)), first(place)))
            group[other] = one
    return [first(place) for place in range(len(works))]


# Findings as quads ---------------------------------------------------------------------------------------------------


def finding_quads(key: Key, articles: Sequence[Stance], weights: Weights) -> Iterator[ox.Quad]:
    """One finding as quads (see `finding_lines`)."""
    return ox.parse(finding_lines(key, articles, weights).encode(), format=ox.RdfFormat.N_QUADS)


def _by_work(articles: Sequence[Stance]) -> list[list[Said]]:
    """The claims of articles, those of articles that report the same work together."""
    if len(articles) == 1:
        return [articles[0].views]
    groups: dict[int, list[Said]] = defaultdict(list)
    for first, article in zip(together([json.loads(one.works) for one in articles]), articles, strict=True):
        groups[first] += article.views
    return list(groups.values())


def _bare(one: Side) -> Side:
    return one._replace(claim="") if one.claim else one


@lru_cache(maxsize=10_000)
def _date(text: str) -> Node:
    return str(date_literal(text))


def finding_lines(key: Key, articles: Sequence[Stance], weights: Weights) -> str:
    """The quads of a finding as N-Quads: there can be as many findings as claims, and this is much faster."""
    said = [f"{part} {term(name)}" for part, name in zip(_KEY, key, strict=True) if name]
    topics = [(property, topic(key.predicate, name)) for property, name in _topics(key)]
    said += [f"{property} {node}" for property, (node, _) in topics]
    groups = _by_work(articles)
    affirming = [side(views, weights, positive=True) for views in groups]
    denying = [side(views, weights, positive=False) for views in groups]
    standing = _standing if len(groups) <= _FEW else _standing.__wrapped__
    # The claims themselves left out, many findings stand alike.
    bare = [(_bare(yes), _bare(no)) for yes, no in zip(affirming, denying, strict=True)]
    said += standing(tuple(sorted(bare)))
    said.append(f"{_CLAIMS} {integer(sum(article.claims for article in articles))}")
    for property, sides in ((_SUPPORTED_BY, affirming), (_OPPOSED_BY, denying)):
        said += sorted(f"{property} <{CLAIM}{one.claim}>" for one in sides if one.weight)
    if dates := sorted(article.issued for article in articles if article.issued):
        said.append(f"{_FIRST} {_date(dates[0])}")
        said.append(f"{_LAST} {_date(dates[-1])}")
    if any(affirming) and any(denying):
        said += _dispute([one for views in groups for one in views])
    node = finding(key)
    return "".join(f"{node} {what} {_SUMMARY} .\n" for what in said) + "".join(
        dict.fromkeys(lines for _, (_, lines) in topics)
    )


@lru_cache(maxsize=50_000)
def topic(relation: str, name: str) -> tuple[Node, str]:
    """The topic of a relation and a term, which are CURIEs: its node, and what is said of it as N-Quads.

    >>> topic("stemkg:treats", "MONDO:0005301")[0]
    '<https://w3id.org/stemkg/topic/treats/MONDO:0005301>'
    """
    node = f"<{TOPIC}{relation.removeprefix('stemkg:')}/{quote(name, safe=':')}>"
    said = (_TYPE, str(TOPIC_CLASS)), (_TOPIC_RELATION, iri(relation)), (_TOPIC_TERM, iri(name))
    return node, "".join(f"{node} {property} {value} {_SUMMARY} .\n" for property, value in said)


def _topics(key: Key) -> Iterator[tuple[Node, str]]:
    """The terms of the topics of a finding, each with the property that the finding has of it."""
    return (
        (property, name) for property, name in zip(_TOPICS, (key.subject, key.object, key.disease), strict=True) if name
    )


def topics(key: Key) -> list[ox.NamedNode]:
    """The topics of a finding: of its relation with its subject, its object and its disease."""
    return [ox.NamedNode(topic(key.predicate, name)[0][1:-1]) for _, name in _topics(key)]


#: Topics have an IRI that begins so.
TOPIC = STEMKG + "topic/"
_SUMMARY = str(SUMMARY_GRAPH)
_TYPE, _TOPIC_RELATION, _TOPIC_TERM = iri("rdf:type"), iri("stemkg:topicRelation"), iri("stemkg:topicTerm")
_TOPICS = tuple(iri("stemkg:" + name) for name in ("subjectTopic", "objectTopic", "diseaseTopic"))
_KEY = tuple(iri("stemkg:" + name) for name in ("subject", "relation", "object", "disease"))
_CLAIMS, _FIRST, _LAST = iri("stemkg:claims"), iri("stemkg:firstIssued"), iri("stemkg:lastIssued")
_SUPPORTED_BY, _OPPOSED_BY = iri("stemkg:supportedBy"), iri("stemkg:opposedBy")
_AFFIRMED_BY, _DENIED_BY = iri("stemkg:affirmedBy"), iri("stemkg:deniedBy")
_AFFIRMED_WITH, _DENIED_WITH = iri("stemkg:affirmedWith"), iri("stemkg:deniedWith")
_DIFFERENCES = iri("stemkg:differences")
_FEW = 10  # articles of a finding; most findings have no more, and how these stand is said again and again


@lru_cache(maxsize=50_000)
def _standing(articles: Sequence[tuple[Side, Side]]) -> tuple[str, ...]:
    """What a finding says of how articles stand to it, for and against: each thing as its predicate and value."""
    affirming, denying = [yes for yes, _ in articles if yes], [no for _, no in articles if no]
    support, opposition = (Belief.of(one.weight for one in sides) for sides in (affirming, denying))
    best = min((one.rank for one in affirming or denying), default=NO_RANK)
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        ("rdf:type", FINDING_CLASS),
        ("stemkg:articles", integer(len(articles))),
        ("stemkg:articlesFor", integer(sum(one.asserted for one in affirming))),
        ("stemkg:articlesHedged", integer(sum(not one.asserted for one in affirming))),
        ("stemkg:articlesFound", integer(sum(one.finding for one in affirming))),
        ("stemkg:articlesAgainst", integer(len(denying))),
        ("stemkg:articlesStudied", integer(sum(not yes and not no for yes, no in articles))),
        ("stemkg:articlesInPeople", integer(sum(yes.people or no.people for yes, no in articles))),
        ("stemkg:bestRank", integer(best)),
        ("stemkg:support", decimal(support.value)),
        ("stemkg:opposition", decimal(opposition.value)),
    ]
    if best != NO_RANK:
        said.append(("stemkg:bestEvidence", term("stemkg:" + EVIDENCE[best - 1])))
    for name, belief in (("arithmetic", support), ("oppositionArithmetic", opposition)):
        if belief.arithmetic:
            said.append(("stemkg:" + name, ox.Literal(belief.arithmetic)))
    return tuple(f"{term(predicate)} {value}" for predicate, value in said)


def _dispute(said: Iterable[Said]) -> Iterator[str]:
    """Where articles contradict each other most closely, as predicates and values in N-Quads.

    That is a claim that affirms and one that denies, which differ in the fewest qualifiers (one that only one of them
    gives counts). Among such pairs the evidence of both decides, then their names.
    """
    rows: dict[bool, list[tuple[int, str, tuple[str, ...]]]] = {True: [], False: []}
    for one in said:
        if one.certainty != "studied":
            rows[one.positive].append((one.rank, one.claim, one.qualifiers))
    affirm, deny = sorted(rows[True], reverse=True), sorted(rows[False])
    for differences in range(len(QUALIFIERS) + 1):
        pairs = []
        for shared in combinations(range(len(QUALIFIERS)), len(QUALIFIERS) - differences):
            # From the weakest to the strongest, so that this is what stays.
            strongest = {tuple(row[2][place] for place in shared): row for row in affirm}
            for no in deny:
                if yes := strongest.get(tuple(no[2][place] for place in shared)):
                    pairs.append((yes[0] + no[0], yes, no))
        if pairs:
            _, (_, affirmed, with_yes), (_, denied, with_no) = min(pairs)
            yield f"{_AFFIRMED_BY} <{CLAIM}{affirmed}>"
            yield f"{_DENIED_BY} <{CLAIM}{denied}>"
            yield f"{_DIFFERENCES} {integer(differences)}"
            apart = [place for place in range(len(QUALIFIERS)) if with_yes[place] != with_no[place]]
            for property, values in ((_AFFIRMED_WITH, with_yes), (_DENIED_WITH, with_no)):
                words = "; ".join(f"{QUALIFIERS[place]} {values[place] or 'not said'}" for place in apart)
                yield f"{property} {ox.Literal(words)}"
            return
