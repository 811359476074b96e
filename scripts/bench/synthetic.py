"""A synthetic graph of any size: articles with a few claims each, on the cells and diseases of the ontology, a few of
them talked about a lot and most of them seldom, as in the literature. The same seed gives the same graph.
"""

import itertools
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kg import rdf
from kg.articles import Article, Work
from kg.claim import EVIDENCE as EVIDENCE_TYPES
from kg.claim import Claim
from kg.namespaces import PREFIXES, STEMKG
from kg.vocabulary import Vocabulary

TEXT = "x" * 10_000

#: How often each predicate is used, and the kinds of its subject and object.
PREDICATES = {
    "treats": (20, "treatment", "disease"),
    "acts_via": (14, "cell", "mechanism"),
    "increases": (10, "cell", "factor"),
    "decreases": (10, "cell", "factor"),
    "secretes": (8, "cell", "factor"),
    "outcome": (8, "cell", "outcome"),
    "adverse_effect": (8, "treatment", "phenotype"),
    "given_by": (5, "cell", "route"),
    "involves": (5, "disease", "pathway"),
    "derived_from": (4, "cell", "tissue"),
    "more_effective_than": (3, "cell", "treatment"),
    "affects": (3, "disease", "tissue"),
    "differentiates_into": (2, "cell", "cell"),
}
EVIDENCE = {
    "MetaAnalysis": 4, "RandomizedTrial": 8, "ClinicalTrial": 12, "ObservationalStudy": 10, "CaseReport": 6,
    "AnimalStudy": 25, "InVitroStudy": 15, "Review": 17, "ExpertStatement": 3,
}  # fmt: skip


class Synthetic:
    """Articles with claims, from a seed: the same seed gives the same graph."""

    def __init__(self, vocabulary: Vocabulary, seed: int) -> None:
        self.random = random.Random(seed)
        kinds = (
            "cell",
            "product",
            "drug",
            "disease",
            "mechanism",
            "factor",
            "outcome",
            "phenotype",
            "route",
            "pathway",
            "tissue",
        )
        terms = {kind: [term.id for term in vocabulary.of_kind(kind)] for kind in kinds}
        terms["treatment"] = terms["cell"][:150] + terms["product"] + terms["drug"][:100]
        self.pick: dict[str, Callable[[], str]] = {kind: self._zipf(ids) for kind, ids in terms.items() if ids}

    def _zipf(self, ids: list[str]) -> Callable[[], str]:
        # The mesenchymal stem cell first and the rest in a mixed order: what is talked about most is no leaf.
        self.random.shuffle(ids)
        ids.sort(key=lambda id: id not in ("CL:0000134", "MONDO:0005178", "MONDO:0005301", "MONDO:0007915"))
        weights = list(itertools.accumulate(1 / (rank + 2) ** 1.2 for rank in range(len(ids))))
        return lambda: self.random.choices(ids, cum_weights=weights)[0]

    def articles(self, claims: int) -> Iterator[tuple[Article, list[Claim]]]:
        """Articles until there are that many claims."""
        made = 0
        for number in itertools.count():
            if made >= claims:
                return
            dice = self.random
            evidence = dice.choices(list(EVIDENCE), list(EVIDENCE.values()))[0]
            issued = f"{dice.randint(1995, 2025)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
            article = Article(
                f"article-{number}", TEXT, title=f"Article {number}", issued=issued, evidence=evidence,
                retracted=dice.random() < 0.002, work=Work(pmid=str(10_000_000 + number)),
            )  # fmt: skip
            disease, cell = self.pick["disease"](), self.pick["treatment"]()
            some = [self._claim(article.id, place, evidence, disease, cell) for place in range(dice.randint(4, 12))]
            made += len(some)
            yield article, some

    def _claim(self, doc: str, place: int, evidence: str, disease: str, cell: str) -> Claim:
        dice = self.random
        predicate = dice.choices(list(PREDICATES), [weight for weight, _, _ in PREDICATES.values()])[0]
        _, subject_kind, object_kind = PREDICATES[predicate]
        subject = disease if subject_kind == "disease" else cell if dice.random() < 0.8 else self.pick[subject_kind]()
        object_ = disease if object_kind == "disease" else self.pick[object_kind]()
        qualifiers = []
        if dice.random() < 0.05:
            qualifiers.append(("source", self.pick["tissue"]()))
        if dice.random() < 0.08:
            qualifiers.append(("route", self.pick["route"]()))
        qualifiers.append(("species", "NCBITaxon:10090" if evidence == "AnimalStudy" else "NCBITaxon:9606"))
        return Claim(
            doc, 200 * place, 200 * place + 150, subject, predicate, object_,
            "" if predicate in ("derived_from", "differentiates_into") else disease,
            "negative" if dice.random() < 0.08 else "positive", "hedged" if dice.random() < 0.3 else "asserted",
            evidence, *((str(dice.randint(0, 100)), "%") if predicate == "outcome" else ("", "")),
            tuple(qualifiers), round(dice.uniform(0.5, 1), 2), "synthetic",
        )  # fmt: skip


PREFIX = f"<{STEMKG}"
ASSERTED_POSITIVE = ("positive", "asserted")


class Lines:
    """Articles as N-Quads: the lines that `kg.rdf` makes, written by hand because a million claims are many.

    `check` compares the two.
    """

    def __init__(self, build: ox.NamedNode) -> None:
        self.build = str(build)
        self.findings: dict[rdf.Key, str] = {}
        claim = Claim("x", 0, 150, "CL:0000134", "treats", "MONDO:0005178")
        quads = rdf.article_quads(Article("x", TEXT), [claim], build=build)
        self.hash = next(str(quad.object) for quad in quads if quad.predicate.value.endswith("sentenceHash"))

    def article(self, article: Article, claims: list[Claim]) -> str:
        """The lines of one article."""
        work = article.work
        assert work is not None
        node = str(rdf.article_node(article.id))
        end = f" {node} .\n"
        lines = [
            f"{node} {rdf.TYPE} {rdf.ARTICLE_CLASS}{end}",
            f"{node} {rdf.IDENTIFIER} {ox.Literal(article.id)}{end}",
            f"{node} {rdf.TITLE} {ox.Literal(article.title)}{end}",
            f"{node} {rdf.SHA256} {ox.Literal(article.sha256)}{end}",
            f"{node} {rdf.LENGTH} {rdf.integer(len(article.text))}{end}",
            f"{node} {rdf.ISSUED} {rdf.instant(article.issued)}{end}",
            f"{node} {PREFIX}reports> {PREFIX}{article.evidence}>{end}",
            f"{node} <{PREFIXES['bibo']}pmid> {ox.Literal(work.pmid)}{end}",
            f"{node} <{PREFIXES['prov']}wasDerivedFrom> <https://pubmed.ncbi.nlm.nih.gov/{work.pmid}>{end}",
        ]
        if article.retracted:
            lines.append(f"{node} {rdf.RETRACTED} {ox.Literal(True)}{end}")
        for claim in dict.fromkeys(claims):
            lines.append(self._claim(claim, node, article.retracted))
        return "".join(lines)

    def _claim(self, claim: Claim, article: str, retracted: bool) -> str:
        node, end = str(rdf.claim_node(claim)), f" {article} .\n"
        subject, object_ = rdf.term(claim.subject), rdf.term(claim.object)
        says = [
            (rdf.TYPE, rdf.CLAIM_CLASS),
            (rdf.SUBJECT, subject),
            (rdf.PREDICATE, f"{PREFIX}{claim.predicate}>"),
            (rdf.OBJECT, object_),
            (rdf.POLARITY, rdf.POSITIVE if claim.polarity == "positive" else rdf.NEGATIVE),
            (rdf.CERTAINTY, rdf.ASSERTED if claim.certainty == "asserted" else rdf.HEDGED),
            (rdf.EVIDENCE_TYPE, f"{PREFIX}{claim.evidence}>"),
            (f"{PREFIX}confidence>", rdf.decimal(f"{claim.confidence:.2f}")),
            (f"{PREFIX}rule>", f'"{claim.rule}"'),
            (rdf.SOURCE, article),
            (rdf.START, rdf.integer(claim.start)),
            (rdf.END, rdf.integer(claim.end)),
            (f"{PREFIX}sentenceHash>", self.hash),
            (f"<{PREFIXES['prov']}wasGeneratedBy>", self.build),
            *((f"{PREFIX}{key}>", rdf.term(value)) for key, value in claim.qualifiers),
        ]
        if claim.disease:
            says.append((rdf.DISEASE, rdf.term(claim.disease)))
        if claim.value:
            says += [(f"{PREFIX}value>", rdf.decimal(claim.value)), (f"{PREFIX}unit>", f'"{claim.unit}"')]
        if not retracted:
            says.append((rdf.FINDING_OF, self._finding(key_of(claim))))
        lines = [f"{node} {predicate} {value}{end}" for predicate, value in says]
        if (claim.polarity, claim.certainty) == ASSERTED_POSITIVE and not claim.value:
            lines.append(f"{subject} {PREFIX}{claim.predicate}> {object_}{end}")
        return "".join(lines)

    def _finding(self, key: rdf.Key) -> str:
        if key not in self.findings:
            self.findings[key] = str(rdf.finding_node(key))
        return self.findings[key]

    def check(self, article: Article, claims: list[Claim], build: ox.NamedNode) -> None:
        """Raises `AssertionError` where the lines are not those of `kg.rdf`."""
        ours = set(ox.parse(self.article(article, claims), format=ox.RdfFormat.N_QUADS))
        theirs = set(rdf.article_quads(article, claims, build=build))
        assert ours == theirs, ours ^ theirs


def key_of(claim: Claim) -> rdf.Key:
    """What a claim is a claim of."""
    return rdf.Key(claim.subject, "stemkg:" + claim.predicate, claim.object, claim.disease)


def stances(article: Article, claims: list[Claim]) -> Iterator[tuple[rdf.Key, rdf.Stance]]:
    """How an article stands to its findings, as `kg.rdf.stances` reads it from the quads."""
    if article.retracted:
        return
    groups: dict[rdf.Key, list[Claim]] = defaultdict(list)
    for claim in dict.fromkeys(claims):
        groups[key_of(claim)].append(claim)
    for key, some in groups.items():
        yes = [claim for claim in some if claim.polarity == "positive"]
        no = [claim for claim in some if claim.polarity == "negative"]
        (support, hedged), (against, hedged_too) = side(yes), side(no)
        sides = rdf.sides(
            (
                claim.polarity == "positive",
                EVIDENCE_TYPES.index(claim.evidence) + 1,
                rdf.claim_node(claim).value,
                [
                    [value for key, value in claim.qualifiers if rdf.term("stemkg:" + key) == name]
                    for name in rdf.QUALIFIERS
                ],
            )
            for claim in some
        )
        yield key, rdf.Stance(support, hedged, against, hedged_too, len(some), f"{article.issued}T00:00:00Z", sides)


def side(claims: list[Claim]) -> tuple[int, bool]:
    """The rank of the strongest evidence of some claims, 0 without any, and whether all are hedged."""
    rank = min((EVIDENCE_TYPES.index(claim.evidence) + 1 for claim in claims), default=0)
    return rank, bool(claims) and all(claim.certainty == "hedged" for claim in claims)


def build(graph: ox.Store, vocabulary: Vocabulary, claims: int, seed: int) -> None:
    """Fills a graph."""
    node = rdf.build_node(vocabulary)
    lines = Lines(node)
    summary: dict[rdf.Key, list[rdf.Stance]] = defaultdict(list)
    made, chunk = 0, list[str]()
    for number, (article, some) in enumerate(Synthetic(vocabulary, seed).articles(claims)):
        if number < 100:
            lines.check(article, some, node)
            found = rdf.stances(rdf.article_quads(article, some, build=node))
            assert found == dict(stances(article, some))
        chunk.append(lines.article(article, some))
        for key, stance in stances(article, some):
            summary[key].append(stance)
        made += len(some)
        if len(chunk) == 10_000:
            graph.bulk_load("".join(chunk).encode(), format=ox.RdfFormat.N_QUADS)
            chunk.clear()
            print(f"  {made:,} claims", file=sys.stderr, flush=True)
    graph.bulk_load("".join(chunk).encode(), format=ox.RdfFormat.N_QUADS)
    weights = rdf.weights(vocabulary)
    print(f"  {len(summary):,} findings", file=sys.stderr, flush=True)
    graph.bulk_extend(quad for key, some in summary.items() for quad in rdf.finding_quads(key, some, weights))
    graph.bulk_extend(rdf.ontology_quads(vocabulary))
    graph.bulk_extend(rdf.closure_quads(vocabulary))
    graph.optimize()
