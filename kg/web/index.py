"""The claims of a store, held in memory for the pages: a page is a look-up, however long a query would take."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.claim import EVIDENCE, NO_RANK, RANK
from kg.findings import names_of_work, together
from kg.stated import Source, Stated
from kg.vocabulary import Vocabulary
from kg.weights import from_people

#: The species that people are.
PEOPLE = "NCBITaxon:9606"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which claims to look at. What is empty, or 0, leaves all of them.

    `subject`, `object`, `disease`, `mechanism` and `term` (any end, or the disease) are CURIEs and take narrower terms
    too; `evidence` is the weakest type wanted; `since` and `until` are years.
    """

    subject: str = ""
    predicate: str = ""
    object: str = ""
    disease: str = ""
    term: str = ""
    article: str = ""
    polarity: str = ""
    certainty: str = ""
    basis: str = ""
    method: str = ""
    evidence: str = ""
    species: str = ""
    since: int = 0
    until: int = 0


@dataclass(slots=True)
class Mark:
    """What some claims come to: the articles for and against, and the rank of the strongest evidence.

    Articles that report the same work count once. An article whose claims for are all hedged is among `hedged`, not
    `sure`. The rank is that of the claims for, if there are any, else of those against; `NO_RANK` where something is
    only studied.
    """

    sure: set[int] = field(default_factory=set)
    hedged_for: set[int] = field(default_factory=set)
    found_by: set[int] = field(default_factory=set)
    against: set[int] = field(default_factory=set)
    studied_by: set[int] = field(default_factory=set)
    rank_for: int = NO_RANK
    rank_against: int = NO_RANK

    def add(self, article: int, stated: Stated) -> None:
        """Count a claim of an article."""
        if stated.claim.certainty == "studied":
            self.studied_by.add(article)
        elif stated.positive:
            (self.hedged_for if stated.hedged else self.sure).add(article)
            self.rank_for = min(self.rank_for, stated.rank)
            if stated.claim.basis == "finding":
                self.found_by.add(article)
        else:
            self.against.add(article)
            self.rank_against = min(self.rank_against, stated.rank)

    def update(self, other: "Mark") -> None:
        """Count all that another mark has counted."""
        self.sure |= other.sure
        self.hedged_for |= other.hedged_for
        self.found_by |= other.found_by
        self.against |= other.against
        self.studied_by |= other.studied_by
        self.rank_for = min(self.rank_for, other.rank_for)
        self.rank_against = min(self.rank_against, other.rank_against)

    @property
    def supporting(self) -> int:
        """How many articles are for it, hedged or not."""
        return len(self.sure | self.hedged_for)

    @property
    def hedged(self) -> int:
        """How many articles are for it in hedged claims only."""
        return len(self.hedged_for - self.sure)

    @property
    def opposing(self) -> int:
        """How many articles are against it."""
        return len(self.against)

    @property
    def articles(self) -> int:
        """How many articles speak of it at all."""
        return len(self.sure | self.hedged_for | self.against | self.studied_by)

    @property
    def found(self) -> int:
        """How many articles are for it by the finding of a study; the others have it as background."""
        return len(self.found_by)

    @property
    def studied(self) -> int:
        """How many articles say only that it is studied."""
        return len(self.studied_by - self.sure - self.hedged_for - self.against)

    @property
    def rank(self) -> int:
        """The rank of the strongest evidence."""
        return self.rank_for if self.rank_for < NO_RANK else self.rank_against

    @property
    def evidence(self) -> str:
        """The strongest evidence; empty where something is only studied."""
        return EVIDENCE[self.rank - 1] if self.rank < NO_RANK else ""


class Index:
    """The articles and claims of one graph, with the ways to find them."""

    def __init__(self, articles: Iterable[tuple[Source, list[Stated]]], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.sources: list[Source] = []
        self.claims: list[Stated] = []
        self.article_of: list[int] = []  # of a claim, by its number: the number of its article
        self.by_article: dict[str, range] = {}
        self.titles: dict[str, str] = {}  # of articles; the id of one without a title
        self.by_id: dict[str, int] = {}
        self.by_subject: dict[str, list[int]] = defaultdict(list)
        self.by_object: dict[str, list[int]] = defaultdict(list)
        self.by_disease: dict[str, list[int]] = defaultdict(list)
        self.by_predicate: dict[str, list[int]] = defaultdict(list)
        for source, claims in articles:
            first = len(self.claims)
            for number, stated in enumerate(claims, first):
                claim = stated.claim
                self.by_id[stated.id] = number
                self.by_subject[claim.subject].append(number)
                self.by_object[claim.object].append(number)
                self.by_predicate[claim.predicate].append(number)
                if claim.disease:
                    self.by_disease[claim.disease].append(number)
                self.article_of.append(len(self.sources))
            self.claims.extend(claims)
            self.sources.append(source)
            self.by_article[source.id] = range(first, len(self.claims))
            self.titles[source.id] = source.title or source.id
        #: For each article, by number: the first of those that report the same work.
        self.study_of = together([names_of_work(source.doi, source.pmid) for source in self.sources])
        #: The terms that a claim has as its subject, object or disease.
        self.used = frozenset((*self.by_subject, *self.by_object, *self.by_disease))
        # A term's narrower terms, itself among them, as far as any claim speaks of them.
        self.below: dict[str, list[str]] = defaultdict(list)
        for used in sorted(self.used):
            for above in vocabulary.ancestors(used):
                self.below[above].append(used)
        #: The kinds of evidence that come from people.
        self._human = from_people(vocabulary)
        self.species = sorted({value for stated in self.claims if (value := self._species(stated))})
        self.years = sorted({source.year for source in self.sources if source.year})

    def source(self, number: int) -> Source:
        """The article of a claim, by the claim's number."""
        return self.sources[self.article_of[number]]

    def _species(self, stated: Stated) -> str:
        """The species in which a claim was observed: the one that it names, or people by its evidence; or nothing."""
        return stated.qualifier("species") or (PEOPLE if stated.claim.counts_as in self._human else "")

    def study(self, number: int) -> int:
        """The article that a claim counts for, by the claim's number: the first of those that report the same work."""
        return self.study_of[self.article_of[number]]

    def _numbers(self, by: dict[str, list[int]], term: str) -> list[int]:
        lists = [by[narrower] for narrower in self.below.get(term, ()) if narrower in by]
        return lists[0] if len(lists) == 1 else sorted(number for numbers in lists for number in numbers)

    def select(self, wanted: Filter) -> list[int]:
        """The numbers of the claims that a filter leaves, in the order of articles and then of reading.

        Claims of retracted articles are left out, unless one such article is asked for.
        """
        # Begin with the shortest list, look at each claim in it.
        lists: list[list[int] | range] = []
        for by, term in (
            (self.by_subject, wanted.subject),
            (self.by_object, wanted.object),
            (self.by_disease, wanted.disease),
        ):
            if term:
                lists.append(self._numbers(by, term))
        if wanted.predicate:
            lists.append(self.by_predicate.get(wanted.predicate, []))
        if wanted.article:
            lists.append(self.by_article.get(wanted.article, range(0)))
        if wanted.term:
            ends = (self.by_subject, self.by_object, self.by_disease)
            lists.append(sorted({number for by in ends for number in self._numbers(by, wanted.term)}))
        if not lists:
            return [number for number in range(len(self.claims)) if self._passes(number, wanted)]
        lists.sort(key=len)
        others = [set(numbers) for numbers in lists[1:]]
        return [
            number for number in lists[0] if all(number in other for other in others) and self._passes(number, wanted)
        ]

    def _passes(self, number: int, wanted: Filter) -> bool:
        stated, source = self.claims[number], self.source(number)
        claim = stated.claim
        return (
            (not source.retracted or source.id == wanted.article)
            and (not wanted.polarity or claim.polarity == wanted.polarity)
            and (not wanted.certainty or claim.certainty == wanted.certainty)
            and (not wanted.basis or claim.basis == wanted.basis)
            and (not wanted.method or claim.method == wanted.method)
            and (not wanted.evidence or stated.rank <= RANK[wanted.evidence])
            and (not wanted.species or self._species(stated) == wanted.species)
            and (not wanted.since or source.year >= wanted.since)
            and (not wanted.until or 0 < source.year <= wanted.until)
        )

    def mark(self, numbers: Iterable[int]) -> Mark:
        """What claims come to. That a harm was not seen speaks against that harm, and against nothing else."""
        mark = Mark()
        numbers = list(numbers)
        harms = all(self.claims[number].claim.predicate == "adverse_effect" for number in numbers)
        for number in numbers:
            if harms or self.claims[number].positive or self.claims[number].claim.predicate != "adverse_effect":
                mark.add(self.study(number), self.claims[number])
        return mark

    def opposed(self, number: int) -> tuple[list[int], list[int]]:
        """The other claims with the subject, predicate and object of a claim: those that say so, and the contrary."""
        claim = self.claims[number].claim
        same: list[int] = []
        contrary: list[int] = []
        for other in self.by_subject[claim.subject]:
            that = self.claims[other].claim
            if other == number or (that.predicate, that.object) != (claim.predicate, claim.object):
                continue
            if self.source(other).retracted:
                continue
            (same if that.polarity == claim.polarity else contrary).append(other)
        return same, contrary

    def label(self, id: str) -> str:
        """The label of a term; its CURIE where it has none."""
        return self.vocabulary.shown(id)

    def names(self) -> list[tuple[str, str]]:
        """The (CURIE, label) of every term that a claim speaks of, by label."""
        return sorted(((id, self.label(id)) for id in self.used), key=lambda pair: pair[1].casefold())
