"""The row of figures of people that a sentence has, as they stand beside each other."""

from functools import cached_property

from kg.extraction.figures import Figure
from kg.extraction.frames import Sentence

_RANGES = (("–",), ("-",), ("‐",), ("to",))
_BRACKETS = (("(",), ("[",))
_JOINTS = frozenset(("and", ",", "in", "at", "or", "versus", "vs"))


class Row:
    """The shares and counts of a sentence, in order; each is known by its place."""

    def __init__(self, s: Sentence, figures: list[Figure]) -> None:
        self.s = s
        self.figures = figures

    @cached_property
    def respective(self) -> range:
        """The places of the figures that are told "respectively"."""
        s = self.s
        if "respectively" not in s.lowers:
            return range(0)
        at = s.lowers.index("respectively")
        last = len([figure for figure in self.figures if figure.last <= at])
        first = last - 1
        while first > 0 and all(
            s.lowers[k] in _JOINTS for k in range(self.figures[first - 1].last, self.figures[first].first)
        ):
            first -= 1
        return range(max(first, 0), last) if last - first > 1 else range(0)

    def bounds(self, place: int) -> tuple[int, int]:
        """Where the figures before and after one end and begin."""
        before = self.figures[place - 1].last if place else 0
        following = self.figures[place + 1].first if place + 1 < len(self.figures) else len(self.s.lowers)
        return before, following

    def restates(self, place: int) -> bool:
        """Whether a figure is the other bound of a range ("30–50 %") or says the one before it again ("12 (60 %)")."""
        s, shares = self.s, self.figures
        between = s.lowers[shares[place - 1].last : shares[place].first] if place else ()
        return between in _RANGES or (between in _BRACKETS and shares[place - 1].unit != shares[place].unit)


__all__ = ["Row"]
