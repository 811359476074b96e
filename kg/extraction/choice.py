"""The choice: which of an article's candidates it says, seen together.

The weights of a candidate look at its own sentence. But candidates are rivals: of two cells that may have eased a pain
one did, and where a text speaks of the cells of the umbilical cord all along, cells in general are seldom the subject
of one sentence. So each statement of an article is seen beside those that differ from it in one end, in its sentence
and in the whole article, and trees (see `trees`) tell from that how likely it is.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

from kg.claim import Predicate
from kg.extraction.candidates import ENDS
from kg.extraction.trees import Trees

#: A subject, a relation and an object.
Said = tuple[str, Predicate, str]
#: What stands for "none": no rival is less likely, by the weights' whole numbers.
NONE: Final = -2048
_HOPELESS: Final = -3584  # what has less than that is not looked at: it never holds
_NUMBERS: Final = {predicate: number for number, predicate in enumerate(ENDS)}


class Weighed(Protocol):
    """A candidate with the sum of its weights."""

    @property
    def statement(self) -> Said:
        """What it says."""

    @property
    def sum(self) -> int:
        """The sum of the weights of its features."""

    @property
    def carried(self) -> bool:
        """Whether an end of it goes unnamed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A statement of an article: the sentence that says it best, by its index, and what the trees are asked about."""

    sentence: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Best:
    said: Said
    sum: int
    sentence: int
    carried: bool


class Choice:
    """Scores the statements of articles by trees. It keeps nothing of what it scored, and threads may share it."""

    def __init__(self, trees: Trees, above: Callable[[str], Collection[str]]) -> None:
        self.trees = trees
        self._above = above
        #: The score from which a statement is taken.
        self.threshold = int(trees.notes.get("threshold", "0"))

    def scores(self, candidates: Sequence[Sequence[Weighed]], lengths: Sequence[int]) -> dict[Said, tuple[int, int]]:
        """The sentence that says a statement best, by its index, and its score; for those that are not hopeless.

        `candidates` are those of each sentence of an article, and `lengths` its tokens.
        """
        told = self.told(candidates, lengths)
        return {said: (one.sentence, self.trees.sum(one.values)) for said, one in told.items()}

    def told(self, candidates: Sequence[Sequence[Weighed]], lengths: Sequence[int]) -> dict[Said, Told]:
        """The statements of an article that are not hopeless, with what the trees are asked about."""
        here = [_best(_of_sentence(k, some)) for k, some in enumerate(candidates)]
        article = _best(chain.from_iterable(best.values() for best in here))
        rivals = _Rivals(article.values(), self._above)
        beside = [_Rivals(best.values(), self._above) for best in here]
        sums = [sorted(one.sum for one in best.values()) for best in here]
        every: dict[Said, list[int]] = defaultdict(list)
        for one in chain.from_iterable(best.values() for best in here):
            every[one.said].append(one.sum)
        found = {}
        for said, one in article.items():
            if one.sum < _HOPELESS:
                continue
            k, others = one.sentence, every[said]
            values = [one.sum, _NUMBERS[said[1]], *beside[k].of(one), *rivals.of(one), rivals.otherwise(one)]
            values += [
                max(NONE, sorted(others)[-2]) if len(others) > 1 else NONE,
                len(sums[k]) - bisect_right(sums[k], 0),
                len(sums[k]) - bisect_right(sums[k], one.sum),
                len(sums[k]),
                sum(other > 0 for other in others),
                int(one.carried),
                len(candidates),
                100 * k // len(candidates),
                lengths[k],
            ]
            found[said] = Told(k, tuple(values))
        return found


def _of_sentence(sentence: int, candidates: Iterable[Weighed]) -> Iterable[_Best]:
    """The candidates of a sentence."""
    return (_Best(one.statement, one.sum, sentence, one.carried) for one in candidates)


def _best(some: Iterable[_Best]) -> dict[Said, _Best]:
    """The best of those that say the same; of equals the first."""
    best: dict[Said, _Best] = {}
    for one in some:
        if one.said not in best or best[one.said].sum < one.sum:
            best[one.said] = one
    return best


class _Rivals:
    """The statements of a sentence, or of an article, by what they share."""

    def __init__(self, some: Iterable[_Best], above: Callable[[str], Collection[str]]) -> None:
        self._above = above
        self._by_object: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        self._by_subject: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        self._by_ends: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for one in some:
            if one.sum > NONE:
                subject, predicate, object_ = one.said
                self._by_object[predicate, object_].append((subject, one.sum))
                self._by_subject[predicate, subject].append((object_, one.sum))
                self._by_ends[subject, object_].append((predicate, one.sum))

    def of(self, one: _Best) -> list[int]:
        """What is to be known of the rivals of a statement for its object, and then for its subject."""
        subject, predicate, object_ = one.said
        return [
            *self._among(self._by_object[predicate, object_], subject, one.sum),
            *self._among(self._by_subject[predicate, subject], object_, one.sum),
        ]

    def otherwise(self, one: _Best) -> int:
        """The sum of the best other relation of the same ends."""
        subject, predicate, object_ = one.said
        return max((sum for other, sum in self._by_ends[subject, object_] if other != predicate), default=NONE)

    def _among(self, some: Iterable[tuple[str, int]], mine: str, own: int) -> list[int]:
        """The best of the others; how much it, the best narrower one and the best broader one are above one's own; and
        how many are likelier than not."""
        best = narrower = broader = NONE
        likely = 0
        for other, sum_ in some:
            if other == mine:
                continue
            best = max(best, sum_)
            likely += sum_ > 0
            if sum_ > narrower and mine in self._above(other):
                narrower = sum_
            if sum_ > broader and other in self._above(mine):
                broader = sum_
        return [best, best - own, narrower - own, broader - own, likely]


__all__ = ["NONE", "Choice", "Said", "Told", "Weighed"]
