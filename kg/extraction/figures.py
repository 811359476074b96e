"""Figures: what the numbers of a sentence count or measure.

A share of patients ("40 %", "two-thirds", "one in five"), a number of them ("12 of 20 patients", "seven"), the size of
a study, a dose, a time of follow-up, the phase and the registration of a trial. What is none of these is no figure: a
confidence interval, a P value, a change "by 20 %", a time, a number of points on a scale.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from kg.extraction.frames import Sentence
from kg.extraction.numbers import HYPHENS, WORDS, Number, number_at, word_at, written
from kg.extraction.spans import said, says

#: What a figure tells.
Kind = Literal["share", "count", "size", "dose", "follow-up", "phase", "registration"]

#: How near the figure is to the number that is written: just it, near it, or only a bound of it.
Bound = Literal["", "about", "at least", "at most"]

_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_PHASE = re.compile(r"(?:[1-4]|i{1,3}|iv)[ab]?")
_REGISTERED = re.compile(
    r"NCT\d{8}|ISRCTN\d{8}|ChiCTR[A-Za-z-]{0,9}\d{8,12}|ACTRN\d{14}|UMIN\d{9}|EUCTR[\d-]{6,20}|DRKS\d{8}|"
    r"CTRI/\d{4}/\d{1,3}/\d{1,9}|IRCT[\dN]{5,24}|jRCTs?\d{9,12}|KCT\d{7}|NTR\d{3,6}|\d{4}-\d{6}-\d\d(?=\b)"
)
_PERCENT = frozenset(("%", "percent", "pct"))
_OPEN = frozenset("([")
_WHOLES = frozenset(("the", "these", "those", "all", "our", "every", "first", "its", "their", "enrolled", "treated"))
_WHOM = frozenset(("whom", "them", "these", "those", "us"))
_BEGINNING = frozenset((",", ";", ":", "whom", "them", "which", "and", "but", "while", "another", "other"))
_MOST = 100_000  # more people are those of a country, not of a study
_PEOPLE_BEFORE = frozenset(("JJ", "VBN", "NN", "NNP", "JJR", "HYPH", "RB", "VBG", "NNS"))
_NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS"))
_PARTS_OF_NOUNS = _NOUNS | {"JJ"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a sentence.

    Its tokens are `first:last`, and `value` is written as in a table: "40", "66.7", "2000000", "1/2", "NCT01234567".
    `unit` is "%" or "patients" for a share or count, the unit as it stands for a dose ("cells/kg") or time ("months"),
    else empty. `bound` says what the number is to the figure. `of` is the whole that a count is a part of, where it is
    told ("12 of 20": "20"). `bare` is whether it is a number of people told as a part of nothing: "12 patients".
    """

    first: int
    last: int
    value: str
    unit: str
    kind: Kind
    bound: Bound = ""
    of: str = ""
    bare: bool = False


# -- figures


def figures(s: Sentence, counted: Collection[str] = ()) -> list[Figure]:
    """The figures of a sentence, in order. `counted` are classes of nouns that a number of patients may stand before:
    "five deaths"."""
    reader = _Reader(s, counted)
    return sorted([*reader.read(), *_registrations(s)], key=lambda figure: figure.first)


def _registrations(s: Sentence) -> list[Figure]:
    """The numbers under which trials are registered."""
    found = []
    for match in _REGISTERED.finditer(s.text):
        start = s.span.start + match.start()
        first = next((k for k, end in enumerate(s.ends) if end > start), 0)
        last = next((k for k in range(first, len(s.starts)) if s.starts[k] >= start + len(match[0])), len(s.starts))
        found.append(Figure(first, last, match[0], "", "registration"))
    return found


class _Reader:
    """Reads the numbers of one sentence as figures."""

    def __init__(self, s: Sentence, counted: Collection[str]) -> None:
        self.s = s
        self.counted = counted
        self.found: list[Figure] = []

    def read(self) -> list[Figure]:
        token = 0
        while token < len(self.s.lowers):
            figure = self._at(token)
            if figure is None:
                number = number_at(self.s, token)
                token = number.last if number is not None else token + 1
                continue
            self.found.append(figure)
            token = max(figure.last, token + 1)
        return self.found

    def _at(self, token: int) -> Figure | None:
        """The figure that begins at a token."""
        if (figure := self._phase(token) or self._fraction(token)) is not None:
            return figure if figure.kind == "phase" else self._bounded(figure)
        number = number_at(self.s, token)
        if number is None:
            return None
        if word_at(self.s, number.last) in HYPHENS and number_at(self.s, number.last + 1) is None:
            return self._follow_up(number)  # "5-year"
        if word_at(self.s, number.last) in _PERCENT:
            share = self._percentage(number)
            return self._bounded(share) if share is not None else None
        figure = (
            self._percentage(number)
            or self._dose(number)
            or self._follow_up(number)
            or self._part(number)
            or self._people(number)
            or self._bare(number)
        )
        return self._bounded(figure) if figure is not None else None

    def _phase(self, token: int) -> Figure | None:
        """ "phase 2", "phase I/IIa"."""
        if word_at(self.s, token) != "phase" or token in self.s.at:
            return None
        last = token + 1
        if word_at(self.s, last) in HYPHENS:
            last += 1
        parts = []
        while _PHASE.fullmatch(word_at(self.s, last)):
            parts.append(word_at(self.s, last))
            last += 1
            if word_at(self.s, last) not in ("/", "-", "–") or not _PHASE.fullmatch(word_at(self.s, last + 1)):
                break
            last += 1
        return Figure(token, last, "/".join(map(_arabic, parts)), "", "phase") if parts else None

    def _fraction(self, token: int) -> Figure | None:
        """ "two-thirds", "half of the patients", "a quarter of them"."""
        s, first = self.s, token
        word = word_at(s, token)
        above = WORDS.get(word, 0)
        if above or word in ("a", "one"):
            token += 1 + (word_at(s, token + 1) in HYPHENS)
            above = above or 1
        part = word_at(s, token)
        part = part if part in _PARTS else part.removesuffix("s")
        if part not in _PARTS or (token == first and part != "half"):
            return None
        below, last = _PARTS[part], token + 1
        if s.labels[token] in ("amod", "npadvmod") and part != "half" and not above:
            return None  # "the third patient"
        told = says(s, "PatientWord", last, last + 6) or self._of_them(last)
        alone = word_at(s, last) != "of" and above > 1 and s.labels[token] == "pobj"
        if above >= below or not (told or self._verb_follows(last) or alone):
            return None
        return Figure(first, last, written(100 * above / below if above else 100 / below), "%", "share")

    def _of_them(self, token: int) -> bool:
        return word_at(self.s, token) == "of" and word_at(self.s, token + 1) in _WHOM

    def _percentage(self, number: Number) -> Figure | None:
        """ "62 %", "62 per cent", and each bound of "60–65 %"."""
        s, last = self.s, number.last
        if word_at(s, last) in _PERCENT:
            last += 1
        elif word_at(s, last) == "per" and word_at(s, last + 1) == "cent":
            last += 2
        else:
            return self._first_bound(number) or self._with_spread(number)
        if number.value > 100 or not self._is_share(number, last):
            return None
        return Figure(number.first, last, written(number.value), "%", "share")

    def _first_bound(self, number: Number) -> Figure | None:
        """The first number of "60–65 %", "20 to 42 %", "between 30 and 50 %"."""
        joined = word_at(self.s, number.last)
        ahead = word_at(self.s, number.first - 1)
        if joined not in ("–", "-", "‐", "to") and not (joined == "and" and ahead == "between"):
            return None
        second = number_at(self.s, number.last + 1)
        if second is None or second.value < number.value:
            return None
        share = self._percentage(second)
        told = share is not None and share.value == written(second.value)
        return Figure(number.first, number.last, written(number.value), "%", "share") if told else None

    def _with_spread(self, number: Number) -> Figure | None:
        """The number before its spread: "53 ± 25 %"."""
        s, last = self.s, number.last
        if s.lowers[last : last + 3] == ("+", "/", "-"):
            last += 2
        elif word_at(s, last) != "±":
            return None
        spread = number_at(s, last + 1)
        if spread is None or word_at(s, spread.last) not in _PERCENT:
            return None
        return Figure(number.first, spread.last + 1, written(number.value), "%", "share")

    def _is_share(self, number: Number, last: int) -> bool:
        """Whether a percentage is one of patients: no confidence interval, spread or change "by 20 %"."""
        s, first = self.s, number.first
        before = s.lowers[max(0, first - 5) : first]
        if word_at(s, last) == "of" and says(s, ("PatientWord", "ControlWord", "OtherArm"), last + 1, last + 6):
            return True
        if before and before[-1] in ("±", "=", "above", "below"):
            return False
        if any(found.first == last for found in said(s, "NoShare", last)) or word_at(s, last) in ("point", "points"):
            return False
        if says(s, "IntervalWord", first - 4, first) or (before[-1:] == ("to",) and "from" in before):
            return False
        if "by" in before and not {",", ";", "("} & set(before[before.index("by") :]):
            verb = next((k for k in s.up(number.first) if s.tags[k].startswith("VB")), number.first)
            return s.tags[verb] == "VBN" and any(s.labels[child] == "auxpass" for child in s.children[verb])
        return not (before and before[-1] in ("from", "than"))

    def _dose(self, number: Number) -> Figure | None:
        """ "2 × 10^6 cells/kg", "100 million MSCs", "10 mg/kg"."""
        s, unit = self.s, number.last
        while word_at(s, unit) in ("of", "viable", "live") or s.tags[min(unit, len(s.tags) - 1)] == "JJ":
            unit += 1
        cells = unit in s.at and "cell" in s.named[s.at[unit]].mention.kinds and number.value >= 1_000
        if not cells and not (says(s, "DoseUnit", unit, unit + 1) and (number.value >= 1_000 or unit == number.last)):
            return None
        last = s.named[s.at[unit]].last if cells else unit + 1
        name = "cells" if cells or (number.value >= 1_000 and word_at(s, unit).startswith("cell")) else word_at(s, unit)
        if name.startswith("cell") and number.value < 1_000:
            return None
        while word_at(s, last) == "/" and last + 1 < len(s.lowers):
            name, last = f"{name}/{word_at(s, last + 1)}", last + 2
        return Figure(number.first, last, written(number.value), name, "dose")

    def _follow_up(self, number: Number) -> Figure | None:
        """ "followed for 24 months", "a median follow-up of 3.5 years", "18-month follow-up"."""
        s = self.s
        unit = number.last + (word_at(s, number.last) in HYPHENS)
        if not says(s, "TimeWord", unit, unit + 1):
            return None
        near = says(s, "FollowUpWord", number.first - 5, number.first) or says(s, "FollowUpWord", unit + 1, unit + 5)
        name = s.lemmas[unit] + "s"
        return Figure(number.first, unit + 1, written(number.value), name, "follow-up") if near else None

    def _part(self, number: Number) -> Figure | None:
        """A number of people told as a part: "12 of the 20", "12/20 patients", "one in five patients"."""
        s, last, word = self.s, number.last, word_at(self.s, number.last)
        if number.value != int(number.value):
            return None
        if word == "/" and (whole := number_at(s, last + 1)) is not None and whole.value >= number.value:
            return self._count(number, whole.last, whole)
        people = self._end_of_people(last)
        if people and word_at(s, people) in ("in", "out"):  # "one patient in ten"
            whole = number_at(s, people + 1 + (word_at(s, people + 1) == "of"))
            alone = whole is not None and not says(s, "PatientWord", whole.last, whole.last + 2)
            if whole is not None and alone and whole.value >= 2 and not says(s, "TimeWord", whole.last, whole.last + 1):
                return self._ratio(number, whole)
        if word in _OPEN:  # "12 (60 %) of 20 patients"
            return self._before_brackets(number)
        if word == "in":
            whole = number_at(s, last + 1)
            some = whole is not None and whole.value > number.value and self._counts_people(whole)
            return self._ratio(number, whole) if some and whole is not None else None
        if word not in ("of", "out"):
            return None
        return self._of(number, last + 1 + (word == "out"))

    def _of(self, number: Number, token: int) -> Figure | None:
        """A number, where the whole that it is of begins at a token."""
        s = self.s
        while word_at(s, token) in _WHOLES and word_at(s, token + 1) not in (",", "."):
            token += 1
        whole = number_at(s, token)
        if whole is not None:
            if whole.value < number.value:
                return None
            beyond = whole.last
            noun = beyond < len(s.tags) and s.tags[beyond] in _PARTS_OF_NOUNS
            if noun and not self._end_of_people(beyond):
                return None  # "two of three scales"
            if whole.value == 10 and number.value < 10 and word_at(s, number.last) == "out":
                return self._ratio(number, whole)
            return self._count(number, whole.last, whole)
        if word_at(s, token) in _WHOM or word_at(s, token - 1) in _WHOM or says(s, "PatientWord", token, token + 4):
            return self._count(number, number.last, None)
        return None

    def _counts_people(self, whole: Number) -> bool:
        return bool(self._end_of_people(whole.last)) or self._verb_follows(whole.last)

    def _count(self, number: Number, last: int, whole: Number | None) -> Figure:
        of = written(whole.value) if whole is not None else ""
        return Figure(number.first, last, written(number.value), "patients", "count", of=of)

    @staticmethod
    def _ratio(number: Number, whole: Number) -> Figure:
        return Figure(number.first, whole.last, written(100 * number.value / whole.value), "%", "share")

    def _before_brackets(self, number: Number) -> Figure | None:
        """A number of people before its share in brackets: "12 (60 %) of 20", "nine (24 per cent)"."""
        inner = number_at(self.s, number.last + 1)
        share = self._percentage(inner) if inner is not None else None
        if share is None or share.last >= len(self.s.lowers) or self.s.lowers[share.last] not in (")", "]", ",", ";"):
            return None
        return Figure(number.first, number.last, written(number.value), "patients", "count")

    def _people(self, number: Number) -> Figure | None:
        """A number of people or of what befell them: "12 patients", "all 24", "five deaths"; or the size of a study."""
        s, last = self.s, number.last
        if number.value != int(number.value) or number.value > _MOST:
            return None
        if word_at(s, number.first - 1) == "=" and word_at(s, number.first - 2) == "n":
            return Figure(number.first, last, written(number.value), "patients", "size")
        befell = self._befell(last)
        if not befell and not self._end_of_people(last):
            return None
        value, ahead = written(number.value), word_at(s, number.first - 1)
        start = number.first - 1 - (says(s, ("About", "AtLeast"), number.first - 1, number.first) or ahead == "the")
        if ahead in _OPEN and not befell:
            return Figure(number.first, last, value, "patients", "size")  # "(600 participants; …)"
        if ahead == "all" or befell or not says(s, "SizeWord", start, start + 1):
            return Figure(number.first, last, value, "patients", "count", bare=True)
        return Figure(number.first, last, value, "patients", "size")

    def _end_of_people(self, token: int) -> int:
        """Where the people end that a number before a token counts ("12 patients", "seven treated boys"), else 0."""
        s = self.s
        for k in range(token, min(token + 6, len(s.lowers))):
            if says(s, "PatientWord", k, k + 1) and s.tags[k] != "JJ":
                beyond = k + 1 < len(s.tags) and s.tags[k + 1] in ("NN", "NNS") and k + 1 not in s.at
                return 0 if beyond and not says(s, "PatientWord", k + 1, k + 2) else k + 1  # "one case study"
            if s.tags[k] not in _PEOPLE_BEFORE or says(s, ("TimeWord", "DoseUnit"), k, k + 1):
                return 0
        return 0

    def _befell(self, token: int) -> bool:
        """Whether a number before a token counts what befell people: "five deaths", "two late relapses"."""
        s = self.s
        for k in range(token, min(token + 4, len(s.lowers))):
            for found in said(s, self.counted, k, k + 3):
                if found.first == k:
                    return s.tags[found.last - 1] in _NOUNS and not says(s, "RateWord", found.last, found.last + 1)
            if s.tags[k] not in ("JJ", "NN", "HYPH"):
                return False
        return False

    def _bare(self, number: Number) -> Figure | None:
        """A number that stands for people: "Seven went into remission", "…, and one died", "unchanged in 7",
        "3 patients in the treated group and 2 in the placebo group"."""
        s, last = self.s, number.last
        if number.value != int(number.value) or number.value > _MOST or self._is_measure(number):
            return None
        earlier = any(figure.kind in ("share", "count", "size") for figure in self.found)
        if not earlier and number.value == 1:
            return None  # "one might think"
        behind, ends = word_at(s, number.first - 1), last >= len(s.lowers) or s.lowers[last] in (".", ",", ";", "(")
        begins = not behind or behind in _BEGINNING or s.tags[number.first - 1] in ("CC", "RB", "DT")
        subject = s.labels[last - 1] in ("nsubj", "nsubjpass") and s.tags[last - 1] == "CD"
        whose = word_at(s, last) in ("whose", "who") and earlier
        grouped = earlier and word_at(s, last) == "in" and says(s, "ArmWord", last + 1, last + 6)
        listed = earlier and ends and behind in ("in", "another", "other", "remaining", "all")
        reached = ends and behind == "in" and number.value < 1_000 and says(s, self.counted, 0, number.first)
        if reached and any(s.lemmas[k] == "achieve" for k in range(number.first)):
            listed = True  # "remission was achieved in eight"
        if (begins and (((subject or earlier) and self._verb_follows(last)) or whose or grouped)) or listed:
            return Figure(number.first, last, written(number.value), "patients", "count")
        return None

    def _is_measure(self, number: Number) -> bool:
        """Whether a number has a name or a unit of its own: "grade 3", "day 28", "a score of 7"."""
        s = self.s
        ahead = number.first - 1
        if ahead >= 0 and (says(s, "TimeWord", ahead, number.first) or s.lemmas[ahead] in ("phase", "grade", "stage")):
            return True
        return ahead >= 0 and s.tags[ahead] in _NOUNS and s.ends[ahead] + 1 == s.starts[number.first] and (
            s.heads[ahead] == number.first or s.labels[number.first] in ("nummod", "npadvmod")
        )  # fmt: skip

    def _verb_follows(self, token: int) -> bool:
        s = self.s
        while token < len(s.lowers) and (s.tags[token] == "RB" or s.lowers[token] in ("of", "them", "whom")):
            token += 1
        return token < len(s.lowers) and token not in s.at and s.tags[token] in ("VBD", "VBZ", "VBP", "VBN", "MD", "VB")

    def _bounded(self, figure: Figure) -> Figure:
        """A figure with what stands before it and makes a bound of it: "at least", "up to", "about", "≥"."""
        s, first = self.s, figure.first
        if first and s.tags[first - 1] == "DT":
            first -= 1
        ahead = word_at(s, first - 1)
        for bound, owner, marks in _BOUNDS:
            if ahead in marks or any(_contiguous(s, owner, start, first) for start in range(max(0, first - 4), first)):
                return replace(figure, bound=bound)
        if says(s, "OrMore", figure.last, figure.last + 2):
            return replace(figure, bound="at least")
        return figure


_BOUNDS: tuple[tuple[Bound, str, frozenset[str]], ...] = (
    ("at most", "AtMost", frozenset("<≤")),
    ("at least", "AtLeast", frozenset(">≥")),
    ("about", "About", frozenset("~≈")),
)


def _contiguous(s: Sentence, owner: str, first: int, last: int) -> bool:
    """Whether the words of a class are all that stands in tokens `first:last`."""
    return any(
        found.first == first and found.last == last and len(found.cue.text.split()) == last - first
        for found in said(s, owner, first, last)
    )


def _arabic(part: str) -> str:
    """A part of a phase in Arabic figures: "iib" is "2b"."""
    roman = part.rstrip("ab")
    return {"i": "1", "ii": "2", "iii": "3", "iv": "4"}.get(roman, roman) + part[len(roman) :]


__all__ = ["Bound", "Figure", "Kind", "figures"]
