"""Where sentences begin and end.

The splitter is sentencex; what it leaves open in scientific English (stops after quotes and brackets, letters that
end a sentence, abbreviations of the laboratory) is mended here.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex  # type: ignore[import-untyped]

from kg.articles.cues import FurnitureCues

# A sentence ends inside a closing quote or bracket: "… the lab.” The next".
_CLOSED = re.compile(r"[.!?][”\"’')\]]+(?:\[\d[\d,–-]*\])?\s+(?=[“\"‘'(\[]?[A-Z])")
# A letter with a stop is an initial ("J. Smith"), or ends a sentence ("hepatitis C. The").
_LETTER = re.compile(r"(?<=[\s(-][A-Za-z]\.)\s+(?=[A-Z])")
# A reference mark or figure sits between the stop and the next sentence: "… alone.[1] This", "… alone.12 This".
_MARKED = re.compile(r"(?<=[a-z)])[.!?](?:\[\d[\d,–-]*\]|(?<=\.)\d{1,3}(?:[,–-]\d{1,3})*)\s+(?=[A-Z])")
_PIECE = 20_000  # characters: more than a paragraph has
_LOWER = re.compile(r"[a-z]{2,}\b|[,;)\]]")


def spans(text: str, start: int, end: int, cues: FurnitureCues) -> list[tuple[int, int]]:
    """The half-open spans of the sentences of `text[start:end]`, without the white space between them."""
    # A line end inside a paragraph is white space, whichever system wrote it.
    stretch = text[start:end].replace("\r", " ").replace("\n", " ")
    cuts = [0]
    for begin in _beginnings(stretch):
        if begin > cuts[-1] and not _goes_on(stretch, cuts[-1], begin, cues):
            cuts.append(begin)
    extra = {match.end() for pattern in (_CLOSED, _MARKED) for match in pattern.finditer(stretch)}
    extra.update(match.end() for match in _LETTER.finditer(stretch) if cues.opener.match(stretch, match.end()))
    bounds = [*sorted(extra.union(cuts)), len(stretch)]
    found = []
    for left, right in pairwise(bounds):
        piece_text = stretch[left:right]
        stripped = piece_text.strip()
        if stripped:
            begin = left + len(piece_text) - len(piece_text.lstrip())
            found.append((start + begin, start + begin + len(stripped)))
    return found


def _beginnings(stretch: str) -> Iterator[int]:
    """Where sentences begin, by the splitter, which is given pieces: it takes the square of the quotation marks."""
    begin = 0
    while begin < len(stretch):
        piece = stretch[begin : begin + _PIECE]
        starts = [begin + found["start_index"] for found in sentencex.get_sentence_boundaries("en", piece)]
        yield from starts
        if begin + len(piece) == len(stretch):
            return
        # The last sentence of a piece may go on: it is the first of the next one.
        begin = starts[-1] if starts and starts[-1] > begin else begin + len(piece)


def _goes_on(stretch: str, begin: int, cut: int, cues: FurnitureCues) -> bool:
    """Whether the sentence that began at `begin` goes on across `cut`."""
    before = stretch[max(begin, cut - 12) : cut].rstrip()
    if _LOWER.match(stretch, cut) and before.endswith("."):
        return True
    return bool(cues.abbreviation.search(before))
