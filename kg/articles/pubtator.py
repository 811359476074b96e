"""PubTator: a title line and an abstract line for each article, and annotations, which are left alone."""

import re
from collections.abc import Iterator

from kg.articles import markup
from kg.articles.article import Article, Work
from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote
from kg.articles.extracted import Body, digest
from kg.articles.titles import cleaned, is_retracted

_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)
_ANNOTATION = re.compile(r"[^|\t]+\t")
_SPACED = re.compile(r" +\d+ +\d+ ")  # an annotation whose tabs have become spaces
_OTHER = re.compile(r"[^|\t]+\|[b-su-z]\|")


def is_pubtator(head: str) -> bool:
    """Whether a text begins as PubTator does: "123|t|A title"."""
    return bool(re.match(r"\s*[\w.-]+\|[ta]\|", head))


def read_pubtator(text: str, *, file: str, on_error: OnError, on_note: OnNote) -> Iterator[tuple[str, Article]]:
    """The articles of a PubTator file, each with its place.

    A line that is neither text nor annotation goes on with the text before it, or is told as left out.
    """
    parts: dict[str, str] = {}
    id = last = ""
    begun = 0
    # Line ends are those of files alone: an abstract may have other characters that end lines elsewhere.
    for number, line in enumerate([*_LINE_END.split(text), ""], start=1):
        try:
            if not line.strip():
                if parts:
                    yield f"line {begun}", _article(id, parts)
                parts, id, last = {}, "", ""
            elif match := _LINE.fullmatch(line):
                if parts and match[1].strip() != id and match[2] == "t":  # without a blank line between them
                    yield f"line {begun}", _article(id, parts)
                    parts = {}
                if not parts:
                    id, begun = match[1].strip(), number
                if match[1].strip() != id:
                    raise ValueError(f"a line of {match[1].strip()} among those of {id}")
                last = match[2]
                parts[last] = " ".join(match[3].split())
            elif _ANNOTATION.match(line) or _OTHER.match(line) or _SPACED.match(line, len(id)):
                if "\t" not in line:
                    on_note(Note(file, f"line {number}", Left.PASSAGE, "neither title nor abstract"))
                last = ""
            elif last:
                parts[last] += " " + " ".join(line.split())
            else:
                on_note(Note(file, f"line {number}", Left.PASSAGE, "neither text nor annotation"))
        except ValueError as error:
            on_error(ArticleError(file, f"line {number if line.strip() else begun}", str(error)))
            parts, id, last = {}, "", ""


def _article(id: str, parts: dict[str, str]) -> Article:
    title = markup.line(parts.get("t", ""))
    body = Body(cleaned(title))
    body.add(markup.line(parts.get("a", "")))
    if not body.parts:
        raise ValueError(f"{id}: neither title nor abstract")
    pmid = id if id.isdecimal() else ""
    return Article(
        id=f"PMID{pmid}" if pmid else id,
        text=body.text,
        title=body.title,
        work=Work(title=body.title, pmid=pmid),
        retracted=is_retracted(title),
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )
