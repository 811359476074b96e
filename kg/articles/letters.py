"""Characters that stand for others: what files have in the place of the plain letters that names are written in.

A soft hyphen, a ligature, a German ß for a β, a raised point in a number: a reader sees no difference, and the
extraction is to see none. Each rule is a pattern and what is read in its place.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ", "0123456789+-()n")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₍₎", "0123456789+-()")
_GREEK = str.maketrans("ßɑĸ", "βακ")
_BREAKS = {"\x0b", "\x0c", "\u2028", "\u2029"}
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"

_Read = Callable[[str], str]


def _nothing(_: str) -> str:
    return ""


def _compatible(found: str) -> str:
    return unicodedata.normalize("NFKC", found)


def _control(found: str) -> str:
    """What a control character stands for: a line end, a character of windows-1252, or nothing."""
    if found in _BREAKS:
        return "\n"
    if "\x80" <= found <= "\x9f":
        return found.encode("latin-1").decode("cp1252", "ignore")
    return ""


_RULES: tuple[tuple[str, _Read], ...] = (
    # Control characters; those of the second block are windows-1252 that was taken for ISO 8859-1: \x93 is “.
    ("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]", _control),
    # Soft hyphens, with the line end that they part a word for: "Mesen\xad" / "chymal".
    (r"\xad[ \t]*+(?:\r\n?|\n)[ \t]*+(?=\w)", _nothing),
    # The same within lines, joiners, marks of direction: "Mesen\xadchymal".
    ("[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]", _nothing),
    # Spaces that are no line end: "10\xa0mg".
    ("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]", lambda _: " "),
    # Ligatures, wide letters, letters of formulas: "ﬁbrosis", "𝛽".
    ("[\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]", _compatible),
    # Letters and their accents apart: "e\u0301".
    (rf"[{_LETTER}][\u0300-\u036f]+", lambda found: unicodedata.normalize("NFC", found)),
    # "IL-1ß", "TNF-ɑ", "NF-ĸB", but "Gießen".
    ("(?<![a-zäöü])ß(?![a-zäöü])|(?<![a-z])ɑ(?![a-z])|ĸ(?=B)|(?<=-)ĸ", lambda found: found.translate(_GREEK)),
    # "TGF-β₁", "10⁶".
    ("[₀-₉₊₋₍₎]+", lambda found: found.translate(_SUBSCRIPTS)),
    ("(?<=10)[⁻⁺]?[¹²³⁰⁴-⁹]+", lambda found: "^" + found.translate(_SUPERSCRIPTS)),
    # "Crohnʼs", "Crohn`s", "Crohn´s".
    (rf"(?<=[{_LETTER}])[`´ʼʹ′‛＇](?=s\b)", lambda _: "’"),
    # "graft‐versus‑host", "IL−6".
    (r"[\u2010\u2011\ufe63]|(?<=[A-Za-z])−(?=[\w])", lambda _: "-"),
    # "71·4%", but "5·10^6".
    (r"(?<=\d)[·‧∙](?=\d)(?!10[\^⁰-⁹])", lambda _: "."),
)  # fmt: skip
_ODD = re.compile("|".join(f"({pattern})" for pattern, _ in _RULES))
#: A cheap look: each stretch that is read as something else has one of these characters in it.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad`´·¹²³ßɑĸʼʹ\u0300-\u036f\u061c\u1680\u180e\u2000-\u2011\u2028-\u202f"
    "\u2032\u2027\u201b\u205f-\u207f\u2080-\u208e\u2212\u2219\u3000\ufb00-\ufb06\ufe63\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]"
)


def _read(match: re.Match[str]) -> str:
    assert match.lastindex
    return _RULES[match.lastindex - 1][1](match[0])


def _is_plain(text: str) -> bool:
    """A look that costs next to nothing where it says yes, as it does of nearly all lines."""
    if text.isascii() and text.isprintable():
        return "`" not in text
    return not _SUSPECT.search(text)


def odd(text: str) -> Iterator[tuple[int, int, str]]:
    """The stretches of a text that are read as something else: start, end, and what is read."""
    if _is_plain(text):
        return
    for match in _ODD.finditer(text):
        if (read := _read(match)) != match[0]:
            yield match.start(), match.end(), read


def plain(text: str) -> str:
    """A text in plain letters.

    >>> plain("Mesen\\xadchymal cells and IL-1ß: 71·4% of 10⁶"), plain("Gießen")
    ('Mesenchymal cells and IL-1β: 71.4% of 10^6', 'Gießen')
    """
    return text if _is_plain(text) else _ODD.sub(_read, text)


def line_ends(text: str) -> Iterator[tuple[int, int, str]]:
    """The line ends of other systems as edits."""
    if "\r" in text:
        for match in re.finditer("\r\n?", text):
            yield match.start(), match.end(), "\n"
