"""The score: which candidates a sentence says, and how surely.

A candidate has the sum of the weights of its features for its relation, and its score is what the choice makes of that
beside the other candidates of the article (see `choice`). What reaches the threshold is taken; how often candidates of
that score were right in articles that the weights had not seen is its confidence.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from kg.claim import Predicate
from kg.extraction.candidates import End, Pair, pairs
from kg.extraction.choice import NONE, Choice
from kg.extraction.document import Document
from kg.extraction.features import Features
from kg.extraction.frames import Sentence
from kg.extraction.learned import Model
from kg.extraction.trees import Trees

#: Relations of which no two hold between the same things: of 792 pairs in annotated texts, two have more than one.
_BECOMING: Final = frozenset(("secretes", "increases", "decreases", "differentiates_into"))
_UNKNOWN = 0.5  # the confidence where nothing is known


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the relation that its words are for, the sum of its weights, and its score, in whole numbers."""

    pair: Pair
    predicate: Predicate
    sum: int
    score: int

    @property
    def carried(self) -> bool:
        """Whether an end of it goes unnamed."""
        return self.pair.subject.carried or self.pair.object.carried

    @property
    def statement(self) -> tuple[str, Predicate, str]:
        """What the candidate says."""
        return self.pair.subject.id, self.pair.said(self.predicate), self.pair.object.id


class Confidence:
    """How often what was found so was right, in articles that the weights had not seen: by score where it was learned,
    else by the family of rules that found it."""

    def __init__(self, notes: Mapping[str, str]) -> None:
        steps = [step.split(":") for step in notes.get("calibration", "").split()]
        self._scores = [int(score) for score, _ in steps]
        self._shares = [float(share) for _, share in steps]
        ruled = (family.split("=") for family in notes.get("ruled", "").split())
        self._ruled = {family: float(share) for family, share in ruled}

    def of(self, family: str, score: int = 0) -> float:
        """The confidence of what a family of rules, or "learned" weights with that score, found."""
        if family != "learned":
            return round(self._ruled.get(family, _UNKNOWN), 2)
        if not self._scores:
            return 1.0
        at = bisect_right(self._scores, score)
        if at == 0:
            return round(self._shares[0], 2)
        if at == len(self._scores):
            return round(self._shares[-1], 2)
        low, high = self._scores[at - 1], self._scores[at]
        # Between the calibration's steps in proportion.
        share = self._shares[at - 1] + (self._shares[at] - self._shares[at - 1]) * (score - low) / (high - low)
        return round(share, 2)


class Scorer:
    """Scores the candidates of sentences. It keeps nothing of what it read, and threads may share it."""

    def __init__(self, features: Features, model: Model, trees: Trees) -> None:
        self.features = features
        self.model = model
        self.choice = Choice(trees, features.kinds.vocabulary.ancestors)
        #: The score from which a candidate is taken.
        self.threshold = self.choice.threshold
        self._of_ends = lru_cache(maxsize=100_000)(lambda *ends: model.packed(features.of_ends(*ends)))
        self._numbers = {cast(Predicate, name): k for k, name in enumerate(model.outputs)}
        self.confidence = Confidence(trees.notes)

    @classmethod
    def load(cls, features: Features) -> "Scorer":
        """The scorer by the weights beside the code."""
        return cls(features, Model.load("relations"), Trees.load("choice"))

    def scored(self, document: Document, sentences: Iterable[Sentence]) -> dict[int, list[Scored]]:
        """The candidates of some sentences of an article with their scores, by the index of the sentence.

        The sentence that says a statement best has its score, and so have those that more likely than not say it too.
        """
        found = {s.index: list(self.weighed(document, s)) for s in sentences}
        every = [found.get(s.index, []) for s in document.sentences]
        scores = self.choice.scores(every, [len(s.tags) for s in document.sentences])
        return {k: [self._chosen(one, k, scores.get(one.statement)) for one in some] for k, some in found.items()}

    def _chosen(self, one: Scored, sentence: int, told: tuple[int, int] | None) -> Scored:
        if told is None:
            return one
        best, score = told
        return Scored(one.pair, one.predicate, one.sum, score if best == sentence or one.sum > 0 else NONE)

    def weighed(self, document: Document, s: Sentence) -> Iterator[Scored]:
        """The candidates of a sentence, seen by themselves: their score is the sum of their weights."""
        whole: list[int] | None = None
        for pair in pairs(document, s):
            if whole is None:
                whole = self.model.sums(self.features.of_sentence(document, s))
            subject, object_ = pair.subject, pair.object
            place = self.model.packed(self.features.of_place(document, s, subject, object_))
            own = self.model.unpacked(place + self._of_ends(subject.id, object_.id))
            for predicate in pair.predicates:
                number = self._numbers[predicate]
                total = self.model.bias[number] + whole[number] + own[number]
                yield Scored(pair, predicate, total, total)

    def reasons(self, document: Document, s: Sentence, scored: Scored, most: int = 8) -> list[tuple[str, int]]:
        """The features that spoke most for and against a candidate, with their weights."""
        number = self._numbers[scored.predicate]
        pair = scored.pair
        features = [
            *self.features.of_pair(document, s, pair.subject, pair.object),
            *self.features.of_sentence(document, s),
        ]
        weights = {feature: self._weight(feature, number) for feature in features}
        found = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [item for item in found[:most] if item[1]]

    def _weight(self, feature: str, number: int) -> int:
        return sum(weight for output, weight in self.model.row(feature) if output == number)


def chosen(candidates: Iterable[Scored], threshold: int | None) -> list[Scored]:
    """The candidates that reach a threshold, if there is one: of those that say the same, and of those that differ only
    in what a mention means ("lupus"), the one that scores highest. Of what may become of a thing by another, the one
    that scores highest: cells that turn into neurons don't also increase them."""
    best: dict[tuple[Predicate, int | str, int | str], Scored] = {}
    for one in sorted(candidates, key=lambda one: (-one.score, -one.sum)):
        subject, object_ = one.pair.subject, one.pair.object
        if threshold is None or one.score >= threshold:
            place = one.predicate, _place(subject), _place(object_)
            best.setdefault(place, one)
    said: dict[tuple[str, Predicate, str], Scored] = {}
    for one in _one_becoming(best):
        said.setdefault(one.statement, one)
    return list(said.values())


def _one_becoming(best: Mapping[tuple[Predicate, int | str, int | str], Scored]) -> list[Scored]:
    """The best candidates without those that say another becoming of the same ends, and less surely."""
    surest: dict[tuple[int | str, int | str], Scored] = {}
    for (predicate, subject, object_), one in best.items():
        if predicate in _BECOMING:
            other = surest.setdefault((subject, object_), one)
            if one.score > other.score:
                surest[subject, object_] = one
    return [one for (p, a, b), one in best.items() if p not in _BECOMING or surest[a, b] is one]


def _place(end: End) -> int | str:
    """The mention that an end is, or else its term."""
    return end.id if end.named is None else end.named


__all__ = ["Confidence", "Scored", "Scorer", "chosen"]
