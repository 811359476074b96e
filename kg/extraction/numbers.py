"""Numbers: what is written in words or numerals, with what multiplies it."""

import re
from dataclasses import dataclass
from typing import Final

from kg.extraction.frames import Sentence

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS: Final = (
    {word: value for value, word in enumerate(_UNITS)}
    | {word: 10 * place for place, word in enumerate(_TENS, 2)}
    | {"dozen": 12}
)
_TIMES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
HYPHENS = frozenset("-‐‑–")
_NUMERAL = re.compile(r"\d+(?:[.,·]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_POWER = re.compile(r"10(?:\^|\()(\d{1,2})\)?")
_BEFORE_NUMBER = frozenset("([“\"'~≈<>=≥≤–-/×:±")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in words or numerals; its tokens are `first:last`."""

    first: int
    last: int
    value: float


def written(value: float) -> str:
    """A number as it stands in a table: at most two decimals as they are told, one where they were worked out.

    >>> written(40.0), written(200 / 3), written(17.65)
    ('40', '66.7', '17.65')
    """
    told = abs(value * 100 - round(value * 100)) < 1e-6
    return f"{value:.2f}".rstrip("0").rstrip(".") if told else f"{value:.1f}"


def numeral(word: str) -> float | None:
    """The number that a word or numeral in lower case stands for, or None.

    >>> numeral("41"), numeral("four"), numeral("1,000"), numeral("0·5"), numeral("cells")
    (41.0, 4.0, 1000.0, 0.5, None)
    """
    if word in WORDS:
        return float(WORDS[word])
    if _NUMERAL.fullmatch(word):
        plain = word.replace(",", "") if _GROUPED.fullmatch(word) else word.replace(",", ".").replace("·", ".")
        return float(plain) if plain.count(".") < 2 else None
    return None


def numbers(s: Sentence) -> list[Number]:
    """The numbers of a sentence that are part of no name, in order."""
    found: list[Number] = []
    token = 0
    while token < len(s.lowers):
        number = number_at(s, token)
        if number is not None:
            found.append(number)
        token = number.last if number is not None else token + 1
    return found


def number_at(s: Sentence, first: int) -> Number | None:
    """The number that begins at a token: "62", "sixty-two", "two hundred and six", "2 × 10^6", "1.5 million"."""
    if first >= len(s.lowers) or first in s.at:
        return None
    glued = first > 0 and s.ends[first - 1] == s.starts[first]
    if glued and s.lowers[first - 1] not in _BEFORE_NUMBER:
        return None
    if (power := _POWER.fullmatch(s.lowers[first])) is not None:
        return Number(first, first + 1, float(10 ** int(power[1])))
    value = numeral(s.lowers[first])
    if value is None:
        return None
    last = first + 1
    if s.lowers[first] in _TENS and word_at(s, last) in HYPHENS:
        below = numeral(word_at(s, last + 1))
        if below is not None and 0 < below < 10:
            value, last = value + below, last + 2
    while (times := _TIMES.get(word_at(s, last))) is not None:
        value, last = value * times, last + 1
        if (
            times == 100
            and word_at(s, last) == "and"
            and (rest := number_at(s, last + 1)) is not None
            and rest.value < 100
        ):
            value, last = value + rest.value, rest.last
    if word_at(s, last) in ("×", "x", "*") and (power := _POWER.fullmatch(word_at(s, last + 1))) is not None:
        value, last = value * 10 ** int(power[1]), last + 2
    return Number(first, last, value)


def word_at(s: Sentence, token: int) -> str:
    """The token in lower case; "" beyond the ends of the sentence."""
    return s.lowers[token] if 0 <= token < len(s.lowers) else ""


__all__ = ["HYPHENS", "WORDS", "Number", "number_at", "numbers", "numeral", "word_at", "written"]
