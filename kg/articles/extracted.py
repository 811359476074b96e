"""Articles whose text was extracted from a structured format: its lines are titles, headings, items or paragraphs."""

import hashlib
from dataclasses import dataclass, field, replace

from kg.articles.article import Article, Section
from kg.articles.cues import FurnitureCues, default_cues
from kg.articles.layout import Line, assemble
from kg.articles.letters import plain

BULLET = "• "


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class Body:
    """The text of an article while it is written, line by line, with its sections."""

    title: str = ""
    parts: list[str] = field(default_factory=list)
    length: int = 0
    starts: list[tuple[int, str, str]] = field(default_factory=list)  # start, heading, label

    def __post_init__(self) -> None:
        self.title = plain(self.title)
        if self.title:
            self.add(self.title)

    def add(self, line: str) -> None:
        """Add a paragraph, or an item with its bullet."""
        if line := plain(line):
            self.length += len(line) + (1 if self.parts else 0)
            self.parts.append(line)

    def section(self, heading: str, label: str = "") -> None:
        """Begin a section; its heading, where it has one, is a line of the text."""
        heading = plain(heading)
        start = self.length + (1 if self.parts else 0)
        self.starts.append((start, heading, label))
        self.add(heading)

    @property
    def text(self) -> str:
        """The text so far, lines joined by line feeds."""
        return "\n".join(self.parts)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections so far, the one before the first heading included. Sections without a line are left out."""
        edges = [(0, "", ""), *self.starts]
        ends = [start for start, _, _ in self.starts] + [self.length]
        return tuple(
            Section(heading, start, min(end, self.length), label)
            for number, ((start, heading, label), end) in enumerate(zip(edges, ends, strict=True))
            if start < end or not number
        )


def segment(article: Article, cues: FurnitureCues | None = None) -> Article:
    """The article with its sentences. One that has them is given back as it is.

    Readers of structured formats leave sentences out, so that a cheap look can come first.
    """
    if article.sentences:
        return article
    cues = cues or default_cues()
    starts = {section.start: section for section in article.sections}
    lines = []
    start = article.start
    for number, body in enumerate(article.text[start : article.end].split("\n")):
        if body.strip():
            section = starts.get(start)
            kind = "prose"
            if not number and body == article.title:
                kind = "title"
            elif section and section.heading:
                kind = "heading"
            elif body.startswith(BULLET):
                kind = "item"
            elif cues.furniture.match(body) if len(body) < 300 else False:
                kind = "skip"
            opens = section is not None and start > article.start
            lines.append(Line(start, start + len(body), body, kind, True, section.label if section else "", opens))
        start += len(body) + 1
    sections, sentences = assemble(article.text, article.start, article.end, lines, cues)
    return replace(article, sections=sections, sentences=sentences)
