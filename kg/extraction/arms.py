"""Arms: whose a figure of a sentence is, of the treated or of the control arm, and of which cell."""

from functools import cached_property
from typing import Literal

from kg.claim import Qualifier
from kg.extraction.cues import Found
from kg.extraction.figures import Figure
from kg.extraction.frames import Sentence
from kg.extraction.given import Given
from kg.extraction.row import Row
from kg.extraction.spans import bracketed, mentions, origins, said, says

#: Which arm of a study a figure is of; "" where the sentence does not tell.
Arm = Literal["treated", "control", ""]

_CELLS = frozenset(("cell", "product"))
_TREATED = frozenset(("cell", "product", "route", "tissue"))
_REACH = 12


class Arms:
    """The arms of a sentence's figures. `paired` says that figures told "respectively" are of several outcomes, not of
    several arms."""

    def __init__(self, given: Given, s: Sentence, row: Row, *, paired: bool) -> None:
        self.given = given
        self.s = s
        self.row = row
        self.paired = paired

    def of(self, place: int) -> tuple[Arm, list[int | None]]:
        """The arm that a figure is of, and the cells that it was treated with, as far as they are named."""
        if self.row.restates(place):
            return self.of(place - 1)
        respective = self.respective
        if respective is not None and place < len(respective):
            named = respective[place]
            return ("control" if named == [] else "treated"), list(named or ())
        if self._is_control(place):
            return "control", []
        cells = self._cells(place)
        return ("treated" if cells else ""), list(cells)

    @cached_property
    def respective(self) -> list[list[int]] | None:
        """The cells of each figure where they are told "respectively", none for a control arm; None where they are
        not told so."""
        s = self.s
        if not self.row.respective or self.paired:
            return None
        arms = [
            (s.named[k].first, [k] if self.given.is_cell(s, k) else [])
            for k in mentions(s, 0, len(s.lowers), {*_CELLS, "drug"})
        ]
        arms += [(found.first, []) for found in said(s, "ControlWord")]
        arms.sort(key=lambda arm: arm[0])
        after = [cells for at, cells in arms if at > self.row.figures[-1].first]
        ahead = [cells for at, cells in arms if at < self.row.figures[0].first]
        for named in (after, ahead):
            if len(named) == len(self.row.figures) and any(named):
                return named
        return None

    def _own_stop(self, place: int) -> int:
        """Where what is said of a figure ends: at the next one, at what is compared, or some way behind."""
        s, figure = self.s, self.row.figures[place]
        _, following = self.row.bounds(place)
        stop = min(following, figure.last + _REACH)
        for than in said(s, "Than", figure.last, stop):
            if s.lowers[than.first] != "to":
                return than.first
        return next((k for k in range(figure.last, stop) if s.lowers[k] == ";"), stop)

    def _is_control(self, place: int) -> bool:
        """Whether a figure is of the arm that was not treated with what the sentence is about."""
        s, figure = self.s, self.row.figures[place]
        before, _ = self.row.bounds(place)
        stop = self._own_stop(place)
        if self._controls(figure.last, stop):
            return True
        who = next((k for k in range(figure.last, stop) if s.lowers[k] in ("who", "whom")), stop)
        if any(s.lowers[k] in ("not", "n't", "no") for k in range(who, min(who + 4, stop))):
            return True  # "48 % of those who did not", "13 infants who had received no cells"
        if self._without(place, stop):
            return True
        treated = mentions(s, figure.last, stop, _TREATED)
        if not treated and says(s, "ArmWord", figure.last, stop) and self.given.drugs(s, figure.last, stop):
            return True
        ahead = [
            than
            for than in said(s, "Than", before, figure.first)
            if s.lowers[than.first] != "to" or than.last - than.first > 1
        ]
        if not place:
            return self._untreated_before(figure)
        if not ahead:
            return bool(self._controls(before, figure.first)) and not treated
        cells = mentions(s, ahead[0].last, figure.first, _TREATED)
        return not (treated or cells)

    def _without(self, place: int, stop: int) -> bool:
        """ "55 % without them"; or whether the sentence is of a drug: "Steroids are standard, but one in two …"."""
        s, figure = self.s, self.row.figures[place]
        if any(
            s.lowers[k] == "without" and (s.tags[k + 1] == "PRP" or k + 1 in s.at) for k in range(figure.last, stop - 1)
        ):
            return True
        subjects = [
            k
            for k in self.given.drugs(s, 0, figure.first)
            if s.labels[s.named[k].head] in ("nsubj", "nsubjpass", "attr")
        ]
        return bool(subjects) and not any(self.given.is_cell(s, k) for k in range(len(s.named)))

    def _controls(self, first: int, last: int) -> list[Found]:
        """The words for a control arm in tokens `first:last`; "placebo-controlled" is none."""
        s = self.s
        return [
            found
            for found in said(s, ("ControlWord", "OtherArm"), first, last)
            if s.lowers[found.last : found.last + 1] != ("-",) and s.lowers[found.first - 1 : found.first] != ("-",)
            if s.lowers[found.first] != "before"
        ]

    def _untreated_before(self, figure: Figure) -> bool:
        """ "In the control group, 12 died", "Of the untreated children, four died": the first figure's arm is told
        before it."""
        s = self.s
        found = self._controls(0, figure.first)
        given = [k for k in mentions(s, 0, figure.first, _CELLS) if self.given.is_cell(s, k)]
        return bool(found) and not given and s.lowers[0] in ("in", "of", "among", "with")

    def _cells(self, place: int) -> list[int]:
        """The cells that a figure's part of the sentence names; else those that it names before, or at all."""
        s, figure = self.s, self.row.figures[place]
        before, following = self.row.bounds(place)
        stop = self._own_stop(place)
        cells = [k for k in mentions(s, 0, len(s.lowers), _CELLS) if self.given.is_cell(s, k)]
        after = [k for k in cells if figure.last <= s.named[k].first < stop]
        ahead = [k for k in cells if before <= s.named[k].first < figure.first]
        if after and not bracketed(s, figure.first):
            return after[:1]
        earlier = [k for k in cells if s.named[k].first < figure.first]
        for group in (ahead, earlier):
            if group:
                return group[-1:]
        later = [k for k in cells if s.named[k].first < following + _REACH]
        return later[:1]

    def route(self, place: int) -> tuple[tuple[Qualifier, str], ...]:
        """The route of the subgroup that a figure is of, where the sentence tells of several."""
        s, figure = self.s, self.row.figures[place]
        before, following = self.row.bounds(place)
        routes = mentions(s, 0, len(s.lowers), {"route"})
        if len(routes) < 2:
            return ()
        after = [k for k in routes if figure.last <= s.named[k].first < min(following, figure.last + 7)]
        ahead = [k for k in routes if before <= s.named[k].first < figure.first]
        compared = after and ahead and not before and says(s, "Than", figure.last, s.named[after[0]].first)
        own = ahead[-1:] if compared or not after else after[:1]
        return tuple(("route", self.given.id_of(s, k, "route")) for k in own)

    def sources(self, cell: int | None) -> tuple[str, ...]:
        """The tissues that a cell is taken from, as far as they are told: one of each makes a subgroup."""
        if cell is None:
            return ()
        source = self.s.named[cell].mention.source
        return (source,) if source else origins(self.s, cell, self.given.vocabulary)


__all__ = ["Arm", "Arms"]
