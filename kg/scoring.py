"""Scoring: claims against a gold table: sets of distinct rows per article, micro-averaged."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.claim import BASES, CERTAINTIES, PREDICATES, Claim
from kg.vocabulary import Vocabulary

Key = tuple[str, ...]

#: What is compared of the rows that match, by the column.
ATTRIBUTES = ("disease", "certainty", "evidence", "basis")


class GoldError(Exception):
    """A gold table that can't be read. The message names the file, the line and the reason."""


def read_claims(path: Path) -> list[Claim]:
    """The claims of a table: tab-separated, with a header line that holds the columns of a claim.

    Raises `GoldError` naming file, line and reason.
    """
    claims: list[Claim] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                claims.append(Claim.from_row(row))
        except UnicodeDecodeError as error:
            raise GoldError(f"{path}:{len(claims) + 2}: not UTF-8 from about here on ({error.reason})") from None
        except (ValueError, csv.Error) as error:
            raise GoldError(f"{path}:{len(claims) + 2}: {error}") from None
    return claims


def judged(path: Path) -> tuple[str, ...]:
    """What a gold table judges of `ATTRIBUTES`: all, but `basis` where its form is the former one."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        columns = next(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), [])
    return tuple(attribute for attribute in ATTRIBUTES if attribute in columns)


def key(claim: Claim) -> Key:
    """What makes two rows of an article the same statement."""
    row = (claim.doc, claim.subject, claim.predicate, claim.object, claim.polarity)
    return (*row, claim.value, claim.unit) if claim.predicate == "outcome" else row


@dataclass(slots=True)
class Counts:
    """True positives, false positives and false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 0 where nothing was found."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """The share of what is right that was found; 0 where there is nothing to find."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0


@dataclass(slots=True)
class Score:
    """A scoring: counts per predicate and overall (""), strict and lenient; accuracies; and what was wrong."""

    strict: dict[str, Counts] = field(default_factory=dict)
    lenient: dict[str, Counts] = field(default_factory=dict)
    accuracy: dict[str, tuple[int, int]] = field(default_factory=dict)  # right, compared
    missed: list[Claim] = field(default_factory=list)
    wrong: list[Claim] = field(default_factory=list)
    causes: dict[Key, str] = field(default_factory=dict)


def score(
    found: Iterable[Claim],
    gold: Iterable[Claim],
    vocabulary: Vocabulary | None = None,
    attributes: Sequence[str] = ATTRIBUTES,
) -> Score:
    """Compare claims with gold ones, over the articles that the gold table names.

    `attributes` are those of `ATTRIBUTES` that the gold table judges.
    """
    gold = list(gold)
    docs = {claim.doc for claim in gold}
    theirs: dict[Key, list[Claim]] = defaultdict(list)
    ours: dict[Key, list[Claim]] = defaultdict(list)
    for claim in gold:
        theirs[key(claim)].append(claim)
    for claim in found:
        if claim.doc in docs:
            ours[key(claim)].append(claim)
    result = Score()
    for name in ("", *PREDICATES):
        result.strict[name] = Counts()
        result.lenient[name] = Counts()
    right = ours.keys() & theirs.keys()
    for k in sorted(ours.keys() | theirs.keys()):
        for name in ("", k[2]):
            counts = result.strict[name]
            if k in right:
                counts.tp += 1
            elif k in ours:
                counts.fp += 1
            else:
                counts.fn += 1
    for attribute in attributes:
        hits = 0
        for k in right:
            hits += _value(ours[k], attribute) == _value(theirs[k], attribute)
        result.accuracy[attribute] = (hits, len(right))
    bare = {k[:4] + k[5:] for k in theirs}
    same = [k for k in ours if k[:4] + k[5:] in bare]
    result.accuracy["polarity"] = (sum(k in right for k in same), len(same))
    result.missed = [theirs[k][0] for k in sorted(theirs.keys() - ours.keys())]
    result.wrong = [ours[k][0] for k in sorted(ours.keys() - theirs.keys())]
    _lenient(result, ours, theirs, vocabulary)
    for claim in result.missed:
        result.causes[key(claim)] = _cause(claim, ours)
    for claim in result.wrong:
        result.causes[key(claim)] = _cause(claim, theirs)
    return result


def _value(claims: list[Claim], attribute: str) -> str:
    # Said in several ways, a statement is as sure as the surest, and a finding where one is; of several diseases or
    # kinds of evidence the first one counts.
    if attribute == "certainty":
        return min((claim.certainty for claim in claims), key=CERTAINTIES.index)
    if attribute == "basis":
        return min((claim.basis for claim in claims), key=BASES.index)
    first: str = getattr(min(claims, key=lambda claim: claim.start), attribute)
    # Gold tables tell no review without pooling from one with it.
    return "MetaAnalysis" if attribute == "evidence" and first == "SystematicReview" else first


def _lenient(
    result: Score, ours: dict[Key, list[Claim]], theirs: dict[Key, list[Claim]], vocabulary: Vocabulary | None
) -> None:
    def kin(a: str, b: str) -> bool:
        return a == b or (vocabulary is not None and (a in vocabulary.ancestors(b) or b in vocabulary.ancestors(a)))

    def place(k: Key) -> Key:
        return k[0], k[2], *k[4:]

    def match(k: Key, others: dict[Key, list[Key]]) -> bool:
        return any(kin(k[1], o[1]) and kin(k[3], o[3]) for o in others[place(k)])

    our_places: dict[Key, list[Key]] = defaultdict(list)
    their_places: dict[Key, list[Key]] = defaultdict(list)
    for keys, places in ((ours, our_places), (theirs, their_places)):
        for k in keys:
            places[place(k)].append(k)
    for k in ours:
        hit = match(k, their_places)
        for name in ("", k[2]):
            if hit:
                result.lenient[name].tp += 1
            else:
                result.lenient[name].fp += 1
    for k in theirs:
        if not match(k, our_places):
            for name in ("", k[2]):
                result.lenient[name].fn += 1


def _cause(claim: Claim, others: dict[Key, list[Claim]]) -> str:
    """Why a claim has no match: what would have to change for it to have one."""
    rows = [c for claims in others.values() for c in claims if c.doc == claim.doc]
    same = [c for c in rows if c.predicate == claim.predicate]
    if any((c.subject, c.object) == (claim.subject, claim.object) and c.polarity != claim.polarity for c in same):
        return "polarity"
    if any((c.subject, c.object) == (claim.subject, claim.object) for c in same):
        return "figure"
    here = [c for c in rows if c.start < claim.end and claim.start < c.end]
    if any(c.predicate == claim.predicate and c.object == claim.object for c in here):
        return "subject"
    if any(c.predicate == claim.predicate and c.subject == claim.subject for c in here):
        return "object"
    if any((c.subject, c.object) == (claim.subject, claim.object) for c in here):
        return "predicate"
    return "other words in the sentence" if here else "nothing else in the sentence"
