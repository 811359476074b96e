"""PubMed's saved text: its "Abstract" view, records one under the other, each with blank lines between its parts.

The text stays as it stands, as plain text does: offsets are those of the file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.articles import citation, dates
from kg.articles.article import Article
from kg.articles.cues import FurnitureCues
from kg.articles.edits import Edits, merged
from kg.articles.errors import OnNote
from kg.articles.layout import Line
from kg.articles.letters import line_ends, odd
from kg.articles.plain import compose

# "1. J Knee Invent. 2019 Jun;3(2):1-9. doi: 10.1000/x. Epub 2019 May 3."
_SOURCE = re.compile(
    r"^\s*\d{1,5}\. (?P<source>\S[^\n]*?\b(?P<date>(?:19|20)\d\d\b[^;:]*)[;:.](?:[^\n]|\n(?!\n))*)\n\n",
    re.MULTILINE,
)
_IDENTIFIED = re.compile(r"^(?:PMID: ?\d+|DOI: ?10\.)", re.MULTILINE)
_PARTS = re.compile(r"\S(?:[^\n]|\n(?!\s*\n))*")
_APART = re.compile(
    r"Author information:|Copyright\b|©|\(c\)|DOI:|PMCID:|PMID:|Conflict of interest|Comment (?:in|on)|"
    r"Erratum (?:in|for)|Update (?:in|of)|Collaborators?\b|Investigators\b|Republished|Retraction |Publisher:|"
    r"Summary for patients|Expression of concern|Cited in|Corrected and|Original report|\[(?:Article|Indexed)",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"(?:[^\W\d_][\w'’-]*(?:\s[\w'’-]+){0,3}(?:\(\d+\)(?:\(\d+\))*)?(?:,\s+|;\s+|\.\s*\Z|\Z))+")
_MARKS = re.compile(r"\(\d+\)")
_TAKEN_BACK = re.compile(r"^Retraction in|^Retracted and republished in", re.IGNORECASE | re.MULTILINE)


def is_saved(text: str) -> bool:
    """Whether a text is what PubMed saves: a source line with a number, and identifiers in lines of their own."""
    text = text.replace("\r\n", "\n")
    return bool(re.match(r"\s*\d{1,5}\. ", text) and _SOURCE.search(text) and _IDENTIFIED.search(text))


def read_saved(text: str, *, stem: str, file: str, cues: FurnitureCues, on_note: OnNote) -> Iterator[Article]:
    """The articles of a text that PubMed saved, with their sentences; of several, each is called by its PMID."""
    edits = Edits(text, merged(line_ends(text), odd(text)))
    begun = [*_SOURCE.finditer(edits.text)]
    edges = [0, *(match.start() for match in begun[1:]), len(edits.text)]
    for number, match in enumerate(begun):
        start, end = edges[number], edges[number + 1]
        parts = [*_PARTS.finditer(edits.text, match.end(), end)]
        article = _article(edits.text, start, end, match, parts, stem, file, cues, on_note)
        if len(begun) > 1:
            pmid = article.work.pmid if article.work else ""
            article = replace(article, id=f"PMID{pmid}" if pmid else f"{stem}#{number + 1}")
        yield edits.as_it_stands(article)


def _article(
    text: str,
    start: int,
    end: int,
    source: re.Match[str],
    parts: Sequence[re.Match[str]],
    stem: str,
    file: str,
    cues: FurnitureCues,
    on_note: OnNote,
) -> Article:
    lines: list[Line] = []
    authors: tuple[str, ...] = ()
    for index, part in enumerate(parts):
        body = part[0].rstrip()
        said = " ".join(body.split())
        kind = "prose"
        if _APART.match(body) or re.fullmatch(r"\d{1,5}\.", body):
            kind = "skip"
        elif index == 0:
            kind = "title"
        elif not authors and index < 3 and _AUTHORS.fullmatch(said):
            kind = "skip"
            authors = tuple(name.strip(" .") for name in _MARKS.sub("", said).split(",") if name.strip(" ."))
        lines.append(Line(part.start(), part.start() + len(body), body, kind, True))
    whole = text[start:end]
    title = next((" ".join(line.text.split()) for line in lines if line.kind == "title"), "")
    doi, pmid, pmcid = citation.identifiers(whole)
    issued = dates.read(source["date"].strip(" ."))
    work = replace(
        citation.parse(" ".join(source["source"].split())),
        authors=authors, title=title, journal=source["source"].partition(". ")[0], year=issued[:4],
        doi=doi, pmid=pmid, pmcid=pmcid,
    )  # fmt: skip
    facts = {
        "title": title,
        "issued": issued,
        "authors": authors,
        "work": work,
        "retracted": bool(_TAKEN_BACK.search(whole)),
    }
    return compose(text, start, end, lines, facts, stem, file, cues, on_note, is_told=True)
