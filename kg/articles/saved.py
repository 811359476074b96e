"""PubMed's saved text: its "Abstract" view, records one under the other, each with blank lines between its parts, and
its "Summary" view, a citation each.

The text stays as it stands, as plain text does: offsets are those of the file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.articles import citation, dates
from kg.articles.article import Article
from kg.articles.cues import FurnitureCues
from kg.articles.edits import Edits, merged
from kg.articles.errors import Left, OnNote
from kg.articles.layout import Line
from kg.articles.letters import line_ends, odd
from kg.articles.plain import compose
from kg.articles.titles import is_retracted

# "1. J Knee Invent. 2019 Jun;3(2):1-9. doi: 10.1000/x. Epub 2019 May 3." in the one view, in the other
# "1: Roe A, Doe B. Cells for knees. J Knee Invent. 2019 Jun;3(2):1-9. doi: 10.1000/x. PMID: 12; PMCID: PMC3."
_BLOCK = re.compile(
    r"^[^\S\n]*(?P<number>\d{1,5})(?P<mark>[.:]) (?P<source>\S(?:[^\n]|\n(?![^\S\n]*\n))*+)", re.MULTILINE
)
_DATED = re.compile(r"\.\s(?P<date>(?:[A-Z][a-z-]{2,15} )?(?:19|20)\d\d\b[^;:.]{0,40})[;:.]")
_CITED = re.compile(r"\bPMID: ?\d")
#: When the article came out electronically, which its issue follows.
_EPUB = re.compile(r"\bEpub (?P<date>(?:19|20)\d\d[^.;]*)")
_NUMBERED = re.compile(r"\s*\d{1,5}[.:] ")
_IDENTIFIED = re.compile(r"^(?:PMID: ?\d+|DOI: ?10\.)", re.MULTILINE)
_PARTS = re.compile(r"\S(?:[^\n]|\n(?!\s*\n))*")
_APART = re.compile(
    r"Author information:|Copyright\b|©|\(c\)|DOI:|PMCID:|PMID:|Conflict of interest|Comment (?:in|on)|"
    r"Erratum (?:in|for)|Update (?:in|of)|Collaborators?\b|Investigators\b|Republished|Retraction |Publisher:|"
    r"Summary for patients|Expression of concern|Cited in|Corrected and|Original report|\[(?:Article|Indexed)",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"(?:[^\W\d_][\w'’-]*(?:\s[\w'’-]+){0,3}(?:\(\d+\)(?:\(\d+\))*)?(?:,\s+|;\s+|\.\s*\Z|\Z))+")
# "Roe A, van der Doe B, Toe Group. "
_CITED_AUTHORS = re.compile(
    r"(?:[^\W\d_][\w'’-]*(?:\s[\w'’-]+){0,3}(?:,\s|;\s)){0,200}(?:[^\W\d_][\w'’-]*\s){1,3}[A-Z]{1,4}(?:\s(?:Jr|Sr|\d\w{2}))?(?:[,;]\s[^.]{3,80})?\.\s"
)
_MARKS = re.compile(r"\(\d+\)")
_TAKEN_BACK = re.compile(r"^Retraction (?:in|of)\b|^Retracted and republished in", re.IGNORECASE | re.MULTILINE)


def is_saved(text: str) -> bool:
    """Whether a text is what PubMed saves: a source line with a number, and identifiers in lines of their own; or one
    citation after the other, each with a number and a PMID.
    """
    if not _NUMBERED.match(text):
        return False
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next(_sources(text), None)
    return first is not None and (first.is_whole or bool(_IDENTIFIED.search(text)))


@dataclass(frozen=True, slots=True)
class _Source:
    """The line of a record that tells where its article was published, which in the "Summary" view is the whole."""

    start: int  # of the record
    begin: int  # of the line, after its number
    end: int
    text: str
    date: str
    date_at: int
    is_whole: bool


def _sources(text: str) -> Iterator[_Source]:
    """The source lines of a text: blocks that are numbered one after the other and have a date after the journal."""
    number, mark = 0, ""
    for block in _BLOCK.finditer(text):
        begin, end = block.span("source")
        dated = _DATED.search(text, begin, end)
        follows = not mark or (int(block["number"]) == number + 1 and block["mark"] == mark)
        if dated and follows and (block["mark"] == "." or _CITED.search(text, begin, end)):
            number, mark = int(block["number"]), block["mark"]
            yield _Source(block.start(), begin, end, block["source"], dated["date"], dated.start("date"), mark == ":")


def read_saved(text: str, *, stem: str, file: str, cues: FurnitureCues, on_note: OnNote) -> Iterator[Article]:
    """The articles of a text that PubMed saved, with their sentences; of several, each is called by its PMID."""
    edits = Edits(text, merged(line_ends(text), odd(text)))
    begun = [*_sources(edits.text)]
    edges = [0, *(source.start for source in begun[1:]), len(edits.text)]
    for number, source in enumerate(begun):
        start, end = edges[number], edges[number + 1]
        parts = [] if source.is_whole else [*_PARTS.finditer(edits.text, source.end, end)]
        article = _article(edits.text, start, end, source, parts, stem, file, cues, on_note)
        if len(begun) > 1:
            pmid = article.work.pmid if article.work else ""
            article = replace(article, id=f"PMID{pmid}" if pmid else f"{stem}#{number + 1}")
        yield edits.as_it_stands(article)


def _article(
    text: str,
    start: int,
    end: int,
    source: _Source,
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
        if _IDENTIFIED.match(body) or re.fullmatch(r"\d{1,5}\.", body):
            kind = "known"
        elif _APART.match(body):
            kind = "skip"
        elif index == 0:
            kind = "title"
        elif not authors and index < 3 and _AUTHORS.fullmatch(said):
            kind = "known"
            authors = tuple(name.strip(" .") for name in re.split("[,;]", _MARKS.sub("", said)) if name.strip(" ."))
        lines.append(Line(part.start(), part.start() + len(body), body, kind, True, left=Left.BACK))
    whole = text[start:end]
    doi, pmid, pmcid = citation.identifiers(whole)
    work = citation.parse(" ".join(source.text.split()))
    journal = source.text.partition(". ")[0]
    if not parts:
        authors, journal = work.authors, work.journal
        lines.append(_title_in(text, source))
    title = next((" ".join(line.text.split()) for line in lines if line.kind == "title"), "")
    epub = _EPUB.search(source.text)
    issued = dates.read(epub["date"] if epub else source.date.strip(" ."))
    work = replace(
        work, authors=authors, title=title, journal=journal, year=issued[:4], doi=doi, pmid=pmid, pmcid=pmcid
    )
    facts = {
        "title": title,
        "issued": issued,
        "authors": authors,
        "work": work,
        "retracted": bool(_TAKEN_BACK.search(whole)) or is_retracted(title),
    }
    return compose(text, start, end, lines, facts, stem, file, cues, on_note, is_told=True)


def _title_in(text: str, source: _Source) -> Line:
    """The title in a citation of the "Summary" view: what follows the authors, up to the journal before the date."""
    start, end = source.begin, source.date_at
    if authors := _CITED_AUTHORS.match(text, start, end):
        start = authors.end()
    # The journal is the last sentence before the date.
    stop = max(text.rfind(mark, start, end - 2) for mark in (". ", "? ", "! "))
    end = stop + 1 if stop > start else end
    return Line(start, end, text[start:end], "title", True)
