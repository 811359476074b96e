"""Words and marks, with their offsets.

Tokens are cut as the treebanks behind the parser cut them, since a parser is only as good as what it is fed:

- A compound falls apart at its hyphens, which are tokens of their own: "marrow | - | derived", "12 | - | week",
  "IL-10 | - | producing". So the head of "bone marrow-derived cells" is seen.
- A name keeps the hyphen before a figure, a Greek letter or a single capital: "IL-10", "TNF-α", "TGF-beta1", "PD-L1".
  Marks of a surface protein stay on it: "CD34+", "CD4+CD25+", "CD45−".
- A number is one token with its decimals, groups and power: "1,000", "0.05", "1·5", "10^6", "10(6)". Its sign of
  per cent, its unit and the dash of a range are others: "95 | %", "10 | mg", "60 | – | 80", "10^6 | / | kg".
- Contractions and possessives are split: "do | n't", "can | not", "Crohn | 's", "patients | '".
- An abbreviation keeps its stop: "e.g.", "vs.", "U.S.", "Dr.".
- What belongs to no word by itself (combining marks, soft hyphens, zero-width spaces) doesn't cut one.

Every character that is no white space is in exactly one token.
"""

import re
from typing import NamedTuple

# Marks that nobody sees, then those that are seen as part of the letter before.
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"
_IN = rf"\w\u0300-\u036f{_UNSEEN}"
_GREEK = r"(?:alpha|beta|gamma|delta|epsilon|zeta|theta|kappa|lambda|sigma|omega|[α-ωΑ-Ωµɑ])"
_HYPHEN = "[-‐‑]"
_APOSTROPHE = "['’ʼ´`]"
_ABBREVIATION = (
    "al|approx|ca|cf|[Ee]\\.g|[Ii]\\.e|etc|[Vv]s|viz|spp|Dr|Mrs?|Ms|Prof|St|[Ff]igs?|Inc|Ltd|Jr|Sr|Ph\\.D|U\\.[SK]"
)
_UNIT = (
    "[kmuµμnp]?g|[mdµμu]?[lL]|[cmnµμk]?m|h|hrs?|min|s|d|wks?|yrs?|mo|I?U|k[Dd]a|[mnµμ]?mol|[mnµμ]M|mmHg|Gy|Hz|°C|x|fold"
)

_TOKEN = re.compile(
    rf"""
    [A-Za-z]{{2,}}(?=[ ])(?<!\bcannot)(?<!\bCannot)                  # most words, and faster than what follows
  | (?:https?://|www\.)[^\s<>"”]*[^\s<>"”.,;:)\]'’]                  # addresses
  | 10\.\d{{4,9}}/[^\s<>"”]*[^\s<>"”.,;:)\]'’]
  | [\w.+-]+@[\w-]+(?:\.\w+)+
  | (?:{_ABBREVIATION})\.(?!\w)                                      # "vs."
  | [A-Za-z]\.(?:[A-Za-z]\.)+(?!\w)                                  # "U.S.A."
  | [Cc]an(?=not\b)
  | [A-Za-z]+(?=[nN]{_APOSTROPHE}[tT]\b) | [nN]{_APOSTROPHE}[tT]\b   # "do | n't"
  | {_APOSTROPHE}(?:s|S|re|ve|ll|d|m)\b
  | 10(?:\^[-−–]?\d+|\(\d{{1,2}}\))(?!\w)                            # powers
  | \d+(?:[.,·]\d+)*(?=(?:{_UNIT})\b)                                # "10 | mg"
  | \d+(?:[.,·]\d+)+                                                 # "1,000", "0.05"
  | [^\W_][{_IN}]*                                                   # a word, and what belongs to its name:
    (?:{_HYPHEN}(?:(?<=[^\W\d_].)\d[{_IN}]*                          # "IL-10"
       |(?<=\d.)[35]p\b                                             # "miR-21-5p"
       |{_GREEK}\d*[A-Z]?\b                                          # "TNF-α"
       |[A-Z]\d*\b(?!{_HYPHEN}?[a-z])))*                             # "HLA-A", "PD-L1"
    (?:(?<=\d)\.\d+\b)?                                              # "Nav1.7"
    (?:\+(?=[A-Z][\w-]*[+−-])[A-Z]\w*)*                              # "CD4+CD25+"
    (?:\+(?!\w)                                                      # "CD34+"
       |(?:(?<=[A-Z]\d)|(?<=[A-Z]\d\d)|(?<=[A-Z]\d\d\d))[-−](?=[\s,;)/]|$))?
  | \.{{2,}} | --+ | [^\w\s][\u0300-\u036f{_UNSEEN}]* | _
    """,
    re.VERBOSE,
)
_DROPPED = re.compile(f"[{_UNSEEN}]")


class Token(NamedTuple):
    """A word or mark. `start` and `end` are offsets in the text that it was cut from, and `text` is what stands there;
    `lower` is the same in lower case, with plain apostrophes and hyphens, without what nobody sees."""

    start: int
    end: int
    text: str
    lower: str


def fold(word: str) -> str:
    """A word in lower case, with plain apostrophes and hyphens, without what nobody sees.

    >>> fold("Pa\u00adtients’")
    "patients'"
    """
    if word.isascii():
        return word.lower()
    word = _DROPPED.sub("", word) or word
    return word.lower().translate(_PLAIN)


_PLAIN = str.maketrans({"’": "'", "ʼ": "'", "´": "'", "‐": "-", "‑": "-", "−": "-"})


def tokenize(text: str, start: int = 0, end: int | None = None) -> tuple[Token, ...]:
    """The tokens of `text[start:end]`, in order.

    >>> [t.text for t in tokenize("CD34+ bone marrow-derived cells can't release 95% of IL-10.")]
    ['CD34+', 'bone', 'marrow', '-', 'derived', 'cells', 'ca', "n't", 'release', '95', '%', 'of', 'IL-10', '.']
    """
    tokens = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        word = match.group()
        tokens.append(Token(match.start(), match.end(), word, fold(word)))
    return tuple(tokens)
