"""Words that were parted at the ends of lines."""

import re
from collections.abc import Iterator
from functools import cache

from simplemma import is_known

from kg.articles.article import Edit

_AT_END = re.compile(r"[-\u2010\xad](?<=[^\W_].)[ \t]*+[\r\n]")
# After the first of two words: "pre-" / "and post-treatment".
_ANOTHER = {"and", "or", "to", "but", "nor", "versus", "vs"}
_REST = re.compile(r"[^\s-]*+( )")
_PARTED = re.compile(
    r"(?P<first>[^\W_][\w'’/-]{0,60}?)(?P<hyphen>[-\u2010\xad])[ \t]*+(?:\r\n|\n|\r)[ \t]*+(?P<second>[^\W_][\w-]*+)"
)


def parts_words(text: str) -> bool:
    """Whether a line of a text may end within a word."""
    return bool(_AT_END.search(text))


def joined(text: str, *, wrapped: bool = False) -> Iterator[Edit]:
    """The ends of lines within words as edits: without the hyphen, or with it where the word has one.

    A word is one where the text has it elsewhere, or English has; else it has a hyphen where both its parts are words
    ("stem-" / "cell"), where the first has one ("graft-versus-" / "host"), and between other letters than small ones
    ("TNF-" / "alpha"). In a text that is `wrapped` the line ends after the whole word.
    """
    if not parts_words(text):
        return
    words: set[str] | None = None
    for match in _PARTED.finditer(text):
        if match["second"].lower() in _ANOTHER:
            yield match.end("hyphen"), match.start("second"), " "
            continue
        if words is None:
            words = {word.lower() for word in re.findall(r"[^\W_][\w-]*", text)}
        keep = match["hyphen"] != "\xad" and _has_hyphen(match["first"], match["second"], words)
        yield match.start("hyphen"), match.start("second"), "-" if keep else ""
        if wrapped and (space := _REST.match(text, match.end("second"))):
            yield space.start(1), space.end(1), "\n"


def _has_hyphen(first: str, second: str, words: set[str]) -> bool:
    if "-" in first or not second[0].islower() or not first[-1].islower():
        return True
    whole = (first + second).lower()
    with_hyphen = f"{first}-{second}".lower()
    if whole in words or with_hyphen in words:
        return whole not in words
    if _is_word(whole.partition("-")[0]):
        return False
    return _is_word(first.lower()) and _is_word(second.lower().partition("-")[0])


@cache
def _is_word(word: str) -> bool:
    return len(word) > 1 and is_known(word, lang="en")
