"""What of a text is read otherwise than it stands, and the way back to where it stands.

Plain text and Markdown keep the text of their file, so that offsets are those of the file; what is read is that text
with its edits carried out: without the marks of Markdown, in plain letters, with line ends of one kind.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from kg.articles.article import Article, Edit

#: What Markdown and HTML begin with: a sentence begins before such marks, but after a stray character.
_OPENING = "*_~`[<!\\"


class Edits:
    """Edits of a text in their order, no two of which overlap, and the offsets before and after them."""

    def __init__(self, text: str, edits: Iterable[Edit]) -> None:
        self.source = text
        self.edits: tuple[Edit, ...] = tuple(edits)
        self._starts: list[int] = []  # of the edits, in the source
        self._ends: list[int] = []
        self._read_starts: list[int] = []  # of what is read instead, in the text that is read
        self._read_ends: list[int] = []
        pieces: list[str] = []
        at = length = 0
        for start, end, read in self.edits:
            pieces += (text[at:start], read)
            length += start - at
            self._starts.append(start)
            self._ends.append(end)
            self._read_starts.append(length)
            length += len(read)
            self._read_ends.append(length)
            at = end
        self.text = "".join([*pieces, text[at:]])

    def forward(self, offset: int) -> int:
        """Where an offset of the source is in the text that is read."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        if offset < self._ends[index]:
            return self._read_starts[index]
        return self._read_ends[index] + offset - self._ends[index]

    def start(self, offset: int) -> int:
        """Where the character at an offset of the text that is read begins in the source."""
        if offset == len(self.text):
            return len(self.source)
        index = bisect_right(self._read_starts, offset) - 1
        if index < 0:
            return offset
        if offset < self._read_ends[index]:
            return self._starts[index]
        return self._ends[index] + offset - self._read_ends[index]

    def end(self, offset: int) -> int:
        """Where the character before an offset of the text that is read ends in the source."""
        if not offset:
            return 0
        index = bisect_right(self._read_starts, offset - 1) - 1
        if index < 0:
            return offset
        if offset <= self._read_ends[index]:
            return self._ends[index]
        return self._ends[index] + offset - self._read_ends[index]

    def opening(self, offset: int) -> int:
        """The same as `start`, with the marks of Markdown that open there: "**Cells** heal" begins with its marks."""
        at = self.start(offset)
        index = bisect_right(self._ends, at) - 1
        while (
            index >= 0
            and self._ends[index] == at
            and self._read_starts[index] == self._read_ends[index]
            and self.source[self._starts[index]] in _OPENING
        ):
            at = self._starts[index]
            index -= 1
        return at

    def as_it_stands(self, article: Article) -> Article:
        """The article of the text that is read as one of the source."""
        if not self.edits:
            return article
        start = self.start(article.start) if article.start else 0
        end = self.start(article.end)
        sections = [
            replace(section, start=self.opening(section.start), end=self.opening(section.end))
            for section in article.sections
        ]
        if sections:
            sections[0] = replace(sections[0], start=start)
            sections[-1] = replace(sections[-1], end=end)
        return replace(
            article,
            text=self.source,
            start=start,
            end=end,
            sha256=sha256(self.source[start:end].encode()).hexdigest(),
            sections=tuple(sections),
            sentences=tuple(
                replace(sentence, start=self.opening(sentence.start), end=self.end(sentence.end))
                for sentence in article.sentences
            ),
            edits=self.edits,
        )


def as_it_reads(article: Article) -> tuple[Article, Edits | None]:
    """The article of the text that is read, and the way back where it is another than the one that stands."""
    if not article.edits:
        return article, None
    edits = Edits(article.text, article.edits)
    read = replace(
        article,
        text=edits.text,
        start=edits.forward(article.start),
        end=edits.forward(article.end),
        sections=tuple(
            replace(section, start=edits.forward(section.start), end=edits.forward(section.end))
            for section in article.sections
        ),
        sentences=tuple(
            replace(sentence, start=edits.forward(sentence.start), end=edits.forward(sentence.end))
            for sentence in article.sentences
        ),
        edits=(),
    )
    return read, edits


def merged(*lists: Iterable[Edit]) -> Sequence[Edit]:
    """Edits of several kinds in their order; of those that overlap the one that begins first, or is the longest."""
    found: list[Edit] = []
    for edit in sorted((edit for edits in lists for edit in edits), key=lambda edit: (edit[0], -edit[1])):
        if not found or edit[0] >= found[-1][1]:
            found.append(edit)
    return found
