"""Plain text and Markdown: one article, or several dated posts, in a file."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.articles import citation, dates, letters
from kg.articles.article import Article, Work
from kg.articles.cues import FurnitureCues
from kg.articles.edits import Edits, merged
from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote, unheard
from kg.articles.front import front_matter, read_fields
from kg.articles.hyphens import joined, parts_words
from kg.articles.layout import Line, assemble, is_wrapped, lines, settle, starts_like_a_heading
from kg.articles.markdown import marks, shows_marks

_ATX = re.compile(r"(?:^|(?<=\r))#{1,6} \S", re.MULTILINE)
_FIELD = re.compile(r"(?:(?<!\s)\s++)?+[|·•]\s*+|(?<!\s)\s++[/–—]\s++")
_PERSON = re.compile(r"[A-Z][\w.'’-]*(?:,?\s+(?:[A-Z][\w.'’-]*|van|von|de|der|la|le|al|bin)){0,7},?")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ENDS = re.compile(r"[.!?][”\"’)\]]*\Z")
_WORD = re.compile(r"[^\W_]{2}")
_SHOWN = 100  # characters of what is left out
_TITLE_LENGTH = 250
_SITE_LENGTH = 80
_ABSTRACT_LENGTH = 300
_TITLE_AND_HEADING = re.compile(r"(?P<title>(?:(?!\. ).){20,}[.?])\s+(?P<heading>[A-Z][A-Za-z]+(?: [A-Za-z]+){0,3}):?")
# A title that was translated stands in brackets: "[Cells for knees]."
_TRANSLATED = re.compile(r"\[[^\[\]]+\]\.?")


def looks_like_markdown(text: str) -> bool:
    """Whether a text has front matter or a heading as Markdown writes it."""
    return bool(front_matter(text) or _ATX.search(text))


def read_text(
    text: str,
    *,
    stem: str,
    file: str,
    cues: FurnitureCues,
    on_error: OnError,
    on_note: OnNote = unheard,
    markdown: bool | None = None,
) -> Iterator[Article]:
    """The articles of a decoded file of plain text or Markdown, with their sections and sentences.

    `stem` names the articles: alone where there is one, with "#1", "#2", … after it where there are several dated
    posts. `on_note` is called with what is left out. Raises `ArticleError` where the front matter can't be read.
    """
    if not text.strip():
        raise ArticleError(file, "", "the file is empty")
    front = front_matter(text)
    facts = read_fields(front, file, on_note) if front else {}
    if markdown is None:
        markdown = looks_like_markdown(text)
    start = front.end() if front else 0
    marked = marks(text, start, paragraphs=markdown) if markdown or shows_marks(text) else ()
    parted = joined(text, wrapped=markdown or is_wrapped(text, start)) if parts_words(text) else ()
    edits = Edits(text, merged(letters.line_ends(text), letters.odd(text), parted, marked))
    found = lines(edits.text, edits.forward(start), len(edits.text), markdown=markdown)
    for article in _articles(edits.text, found, facts, stem, file, cues, on_error, on_note):
        yield edits.as_it_stands(article)


def _articles(
    text: str,
    found: Sequence[Line],
    facts: dict[str, Any],
    stem: str,
    file: str,
    cues: FurnitureCues,
    on_error: OnError,
    on_note: OnNote,
) -> Iterator[Article]:
    """The articles of a text as it reads, made of the lines that were found in it."""
    posts = _posts(found, cues) if not facts else []
    if len(posts) < 2:
        yield compose(text, 0, len(text), found, facts, stem, file, cues, on_note)
        return
    edges = [found[post].start for post in posts] + [len(text)]
    for number, (post, begin, finish) in enumerate(zip(posts, edges[:-1], edges[1:], strict=True), start=1):
        after = posts[number] if number < len(posts) else len(found)
        try:
            article = compose(text, begin, finish, found[post:after], {}, f"{stem}#{number}", file, cues, on_note)
        except ArticleError as error:
            on_error(error)
            continue
        if article.sentences:
            yield article
        else:  # a byline with nothing under it
            on_note(Note(file, _place(text, begin), Left.EMPTY))


# Posts and their bylines ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Byline:
    authors: tuple[str, ...]
    issued: str
    topics: tuple[str, ...]


def _byline(body: str, cues: FurnitureCues) -> _Byline | None:
    """What a line says of who wrote a post, when, and on what; None where it is no byline."""
    if len(body) > 500 or not (date := dates.find(body)):
        return None
    author = ""
    topics: tuple[str, ...] = ()
    fields = _FIELD.split(f"{body[: date.start()]} | {body[date.end() :]}")
    for part in filter(None, (field.strip(" ,/–—") for field in fields)):
        if (name := cues.author.rest(part)) is not None:
            author = name.strip(" ,")
        elif cues.published.rest(part) != "" and cues.revised.rest(part) != "" and not cues.furniture.match(part):
            topics += tuple(topic.strip() for topic in part.split(",") if topic.strip())
    if not author or not _PERSON.fullmatch(author[:1].upper() + author[1:]):
        return None
    authors = () if cues.placeholder.match(author) else (author,)
    return _Byline(authors, dates.written(date), topics)


def _posts(found: Sequence[Line], cues: FurnitureCues) -> list[int]:
    """The index of the first line of each dated post: its byline, or its title where all bylines stand under one."""
    bylines = [index for index, line in enumerate(found) if _byline(line.text, cues)]
    titled = all(
        index and found[index - 1].kind in ("short", "heading") and starts_like_a_heading(found[index - 1].text)
        for index in bylines
    )
    return [index - 1 for index in bylines] if titled else bylines


# One article ---------------------------------------------------------------------------------------------------------


def compose(
    text: str,
    start: int,
    end: int,
    found: Sequence[Line],
    facts: dict[str, Any],
    id: str,
    file: str,
    cues: FurnitureCues,
    on_note: OnNote = unheard,
    *,
    is_told: bool = False,
) -> Article:
    """The article that stands at `text[start:end]` in the given lines. `facts` go before what the lines say of it.

    Where the format tells what each line is (`is_told`), nothing is guessed.
    """

    def no_day(line: Line, date: str) -> None:
        on_note(Note(file, _place(text, line.start), Left.DATE, date))

    known = _Metadata(list(found)) if is_told else _metadata(found, cues, no_day)
    body = known.lines if is_told else _with_title(settle(known.lines), cues)
    title_line = " ".join(next((line.text for line in body if line.kind == "title"), "").split())
    work: Work | None = facts.get("work") or known.work
    title = facts.get("title") or title_line or (work.title if work else "") or id
    if (
        facts.get("title")
        and not title_line
        and (at := text.find(facts["title"], 0, body[0].start if body else 0)) >= 0
    ):
        # The title stands in the front matter alone: there it is a sentence of the article too.
        body.insert(0, Line(at, at + len(facts["title"]), facts["title"], "title", True))
    parts: list[tuple[Left, int, int]] = []
    sections, sentences = assemble(text, start, end, body, cues, lambda *part: parts.append(part))
    _tell_parts(text, parts, file, on_note)
    return Article(
        id=id,
        text=text,
        title=title,
        issued=facts.get("issued") or known.issued,
        publisher=facts.get("publisher") or known.publisher,
        authors=facts.get("authors") or known.authors,
        topics=facts.get("topics") or known.topics,
        work=work,
        evidence=facts.get("evidence", ""),
        publication_types=facts.get("publication_types", ()),
        retracted=facts.get("retracted", False),
        language=facts.get("language", "en"),
        start=start,
        end=end,
        sha256=hashlib.sha256(text[start:end].encode()).hexdigest(),
        sections=sections,
        sentences=sentences,
    )


def _tell_parts(text: str, parts: Sequence[tuple[Left, int, int]], file: str, on_note: OnNote) -> None:
    """Tell what of a text is left out, neighbours of one kind together."""
    runs: list[tuple[Left, int, int]] = []
    for kind, begin, end in parts:
        if not _WORD.search(text, begin, end):
            continue
        if runs and runs[-1][0] == kind and not text[runs[-1][2] : begin].strip():
            runs[-1] = (kind, runs[-1][1], end)
        else:
            runs.append((kind, begin, end))
    at, line = 0, 1
    for kind, begin, end in runs:
        line += len(_LINE_END.findall(text, at, begin))
        at = begin
        said = " ".join(text[begin : min(end, begin + _SHOWN)].split())
        on_note(Note(file, f"line {line}", kind, f"{said} …" if end - begin > _SHOWN else said))


def _with_heading(line: Line, after: Line) -> list[Line]:
    """The title and the heading of the first section, where a line over a paragraph has both: "Cells. Discussion"."""
    match = _TITLE_AND_HEADING.fullmatch(line.text) if len(line.text) <= _TITLE_LENGTH else None
    told = line.kind in ("prose", "heading") and after.kind == "prose" and after.apart
    if not match or not told or len(after.text) < 2 * len(line.text):
        return []
    return [
        replace(
            line, start=line.start + match.start(part), end=line.start + match.end(part), text=match[part], kind=part
        )
        for part in ("title", "heading")
    ]


def _is_over(line: Line, after: Line) -> bool:
    """Whether a line is a title with a full stop, as bibliographic databases write them, over a longer paragraph."""
    if line.kind != "prose" or after.kind != "prose" or line.text.endswith(":") or len(line.text) > _TITLE_LENGTH:
        return False
    if _TRANSLATED.fullmatch(line.text):
        return True
    if ". " in line.text:
        return False
    if after.apart and line.text[-1:].isalnum() and starts_like_a_heading(line.text) and _ENDS.search(after.text):
        return True  # a title in several lines
    if len(after.text) < 2 * len(line.text):
        return False
    # Without a blank line between them, the paragraph must be one that a title has.
    return (
        after.apart
        or not line.text.endswith(".")
        or (len(after.text) >= _ABSTRACT_LENGTH and starts_like_a_heading(line.text) and ". " in after.text)
    )


def _with_title(body: list[Line], cues: FurnitureCues) -> list[Line]:
    """The same lines with the title told from the headings: the first heading that stands before any paragraph.

    What a page says before its title in a short line that stands alone is the site's, not the article's.
    """
    first = next((index for index, line in enumerate(body) if not line.is_silent), None)
    if first is not None and first + 1 < len(body) and (parts := _with_heading(body[first], body[first + 1])):
        return [*body[:first], *parts, *body[first + 1 :]]
    for position, line in enumerate(body):
        if line.kind == "heading" and not cues.abstract_section.match(line.text):
            if position != first and not line.apart:
                break
            head = [before if before.is_silent else replace(before, kind="skip") for before in body[:position]]
            return [*head, replace(line, kind="title"), *body[position + 1 :]]
        if not line.is_silent and not (
            line.kind == "prose" and position == first and line.apart and len(line.text) <= _SITE_LENGTH
        ):
            break
    if first is not None and first + 1 < len(body):
        line, after = body[first], body[first + 1]
        if _is_over(line, after):
            return [*body[:first], replace(line, kind="title"), *body[first + 1 :]]
    return body


@dataclass(frozen=True, slots=True)
class _Metadata:
    lines: list[Line]  # the same lines, with furniture, metadata and bibliography told from the text
    issued: str = ""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    work: Work | None = None


def _metadata(found: Sequence[Line], cues: FurnitureCues, no_day: Callable[[Line, str], None]) -> _Metadata:
    """Read what the lines around an article say of it, and mark them as nothing that speaks.

    `no_day` is called with each line whose day does not exist, and the day.
    """
    marked: list[Line] = []
    publisher = ""
    told = _Told(cues, no_day)
    people: set[str] = set()
    awaiting = ""  # whose name the next line is: "", "person" or "author"
    in_links = in_references = False

    for line in found:
        body = line.text
        settled = replace(line, kind="skip")
        if line.apart:
            in_links = False
        if named := cues.publisher(body):
            publisher = publisher or named
            settled = replace(line, kind="known")
        elif awaiting and line.kind in ("short", "prose") and len(body) <= 80 and _PERSON.fullmatch(body):
            people.add(body)
            if awaiting == "author" and not told.authors and not cues.placeholder.match(body):
                told.authors = (body,)
            awaiting = ""
            settled = replace(line, kind="known")
        elif cues.link_list.match(body):
            in_links = True
        elif (
            (in_links and line.kind in ("short", "item", "skip"))
            or cues.furniture.match(body)
            or cues.breadcrumb.match(body)
        ):
            pass
        elif body in people or body in told.authors or told.by(line):
            settled = replace(line, kind="skip" if told.cites else "known", left=Left.REFERENCES)
        elif introduced := _person_role(body, cues):
            role, name = introduced
            awaiting = "" if name else role
            if name:
                people.add(name)
            if name and role == "author" and not cues.placeholder.match(name):
                told.authors = told.authors or (name,)
            settled = replace(line, kind="known")
        else:
            if line.kind in ("short", "heading") or cues.bibliography.match(body):
                in_references = bool(cues.bibliography.match(body))
            if in_references:
                settled = replace(line, kind="skip", left=Left.REFERENCES)
            else:
                settled = line
                if line.kind != "skip":
                    awaiting = ""
        marked.append(settled)
    return _Metadata(marked, told.issued, publisher, told.authors, told.topics, told.work)


class _Told:
    """What single lines tell of an article: its date, authors, topics and the work that it reports on."""

    def __init__(self, cues: FurnitureCues, no_day: Callable[[Line, str], None]) -> None:
        self.issued = ""
        self.authors: tuple[str, ...] = ()
        self.topics: tuple[str, ...] = ()
        self.cites = False  # whether the last line is a citation
        self._cues = cues
        self._no_day = no_day
        self._sourced: list[Work] = []
        self._cited: list[Work] = []

    @property
    def work(self) -> Work | None:
        """One citation at the end of a page is what the page reports on; many are its bibliography."""
        return self._sourced[0] if self._sourced else self._cited[0] if len(self._cited) == 1 else None

    def by(self, line: Line) -> bool:
        """Whether a line tells something; it is taken down."""
        body, cues = " ".join(line.text.split()), self._cues
        self.cites = False
        if byline := _byline(body, cues):
            self._check_day(line, byline.issued)
            self.issued = self.issued or byline.issued
            self.authors = self.authors or byline.authors
            self.topics = self.topics or byline.topics
        elif (dated := _dated(line, cues)) is not None:
            self._check_day(line, dated)
            self.issued = self.issued or dated
        elif (listed := cues.topics.rest(body)) is not None:
            self.topics = self.topics or tuple(topic for part in re.split("[,;]", listed) if (topic := part.strip()))
        elif (cited := cues.source.rest(body)) is not None and citation.names_a_work(cited):
            self._sourced.append(citation.parse(cited))
        elif citation.is_citation(body):
            self.cites = True
            self._cited.append(citation.parse(body))
        else:
            return False
        return True

    def _check_day(self, line: Line, day: str) -> None:
        if 0 < len(day) < len("2024-05-06") and (written := dates.find(line.text)):
            self._no_day(line, written[0].strip())


def _place(text: str, offset: int) -> str:
    return f"line {len(_LINE_END.findall(text, 0, offset)) + 1}"


def _dated(line: Line, cues: FurnitureCues) -> str | None:
    """The day on which a page was published by a line that says so; "" for the day of a revision, None for others."""
    for pattern in (cues.revised, cues.published):
        stated = pattern.rest(line.text)
        if stated is not None and (date := dates.WRITTEN.match(stated)):
            if len(stated) - date.end() > 40:
                return None
            return dates.written(date) if pattern is cues.published else ""
    if line.kind == "short" and (date := dates.find(line.text)) and date.span() == (0, len(line.text)):
        return dates.written(date)
    return None


def _person_role(body: str, cues: FurnitureCues) -> tuple[str, str] | None:
    """("author" or "person", name) where a line introduces a person; the name is empty where the next line has it."""
    for role, pattern in (("author", cues.author), ("person", cues.person)):
        name = pattern.rest(body)
        if name is not None and (not name or (len(name) <= 80 and _PERSON.fullmatch(name))):
            return role, name.strip(" ,")
    return None
