"""A synthetic graph of any size: articles with a few claims each, on the cells and diseases of the ontology, a few of
them talked about a lot and most of them seldom, as in the literature. The same seed gives the same graph.
"""

import itertools
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kg import quads, rdf
from kg.articles import Article, Work
from kg.claim import Claim
from kg.findings import Stance, finding_quads, stances
from kg.terms import closure_quads, ontology_quads
from kg.vocabulary import Vocabulary
from kg.weights import Weights

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
            evidence, "finding" if dice.random() < 0.6 else "background",
            *((str(dice.randint(0, 100)), "%") if predicate == "outcome" else ("", "")),
            tuple(qualifiers), round(dice.uniform(0.5, 1), 2), "synthetic",
        )  # fmt: skip


def build(graph: ox.Store, vocabulary: Vocabulary, claims: int, seed: int) -> None:
    """Fills a graph."""
    node = rdf.build_node(vocabulary)
    summary: dict[rdf.Key, list[Stance]] = defaultdict(list)
    made, chunk = 0, list[str]()
    for article, some in Synthetic(vocabulary, seed).articles(claims):
        own = quads.article_graph(article, dict.fromkeys(some), build=node)
        chunk.append(own.lines)
        for key, stance in stances(own).items():
            summary[key].append(stance)
        made += len(some)
        if len(chunk) == 10_000:
            graph.bulk_load("".join(chunk).encode(), format=ox.RdfFormat.N_QUADS)
            chunk.clear()
            print(f"  {made:,} claims", file=sys.stderr, flush=True)
    graph.bulk_load("".join(chunk).encode(), format=ox.RdfFormat.N_QUADS)
    weights = Weights.of(vocabulary)
    print(f"  {len(summary):,} findings", file=sys.stderr, flush=True)
    graph.bulk_extend(quad for key, some in summary.items() for quad in finding_quads(key, some, weights))
    graph.bulk_extend(ontology_quads(vocabulary))
    graph.bulk_extend(closure_quads(vocabulary))
    graph.optimize()
