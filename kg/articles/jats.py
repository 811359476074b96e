"""JATS XML: full texts of PubMed Central and of publishers."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import IO

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.citation import orcid
from kg.articles.citing import running_text
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import BULLET, Body, digest
from kg.articles.inline import children, first, local_name
from kg.articles.titles import is_none, is_retracted
from kg.articles.xml_stream import iterate, place

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Abstracts that stand apart from the article's own: pictures, teasers, lines of a table of contents.
_APART = re.compile("graphic|teaser|toc|table-of-contents|visual|video|cover|web|short|stereochem|ascii", re.IGNORECASE)
#: Kinds of dates of publication, the most telling first. Those of a manuscript's way to there are none.
_DATES = ("epub", "pub", "epub-ppub", "ppub", "issue-pub", "collection", "ecollection", "corrected")
_NO_DATES = re.compile("receiv|accept|rev|submit|release|preprint|retract|nihms|pmc|hold|request", re.IGNORECASE)
# Blocks: what may stand in a section, and in a paragraph, and has paragraphs or lines of its own.
_FLOATS = {"fig", "table-wrap"}
_LISTS = {"list", "def-list"}
_BOXES = {
    "boxed-text", "disp-quote", "statement", "fig-group", "table-wrap-group", "verse-group", "verse-line", "speech",
    "app", "app-group", "answer", "question", "question-wrap", "answer-set", "explanation", "sec", "textual-form",
    "notes",
}  # fmt: skip
_LEFT = {
    "disp-formula": Left.FORMULA, "disp-formula-group": Left.FORMULA, "chem-struct-wrap": Left.FORMULA,
    "ref-list": Left.REFERENCES, "fn-group": Left.FOOTNOTES, "ack": Left.BACK, "bio": Left.BACK, "glossary": Left.BACK,
    "supplementary-material": Left.BACK, "media": Left.BACK, "array": Left.TABLE, "table": Left.TABLE,
}  # fmt: skip
_PARAGRAPH_BLOCKS = _FLOATS | _LISTS | _BOXES | set(_LEFT)
_UNSAID = {
    "label",
    "title",
    "caption",
    "graphic",
    "object-id",
    "attrib",
    "permissions",
    "alt-text",
    "sec-meta",
    "processing-meta",
}


def read_jats(stream: IO[bytes], *, file: str, on_error: OnError, on_note: OnNote) -> Iterator[tuple[str, Article]]:
    """The articles of a JATS file, which is an article or a set of them, each with its place. Raises `ArticleError`."""
    for entry, element in enumerate(iterate(stream, ("article",), file=file), start=1):
        try:
            yield place(entry, element), _article(element, telling(on_note, file, place(entry, element)))
        except ValueError as error:
            on_error(ArticleError(file, place(entry, element), str(error)))


def _article(element: etree._Element, tell: Tell) -> Article:
    front = first(element, "front")
    front = front if front is not None else first(element, "front-stub")
    meta = first(front, "article-meta")
    meta = meta if meta is not None else front
    if meta is None:
        raise ValueError("no article-meta")
    language = (element.get(_LANGUAGE) or "en").lower().partition("-")[0]
    body = Body(_title(meta))
    for subtitle in children(first(meta, "title-group"), "subtitle"):
        body.add(running_text(subtitle))
    for abstract in _abstracts(meta, language, tell):
        title = running_text(first(abstract, "title"))
        if title and abstract.get("abstract-type", "normal") not in ("normal", "main"):
            body.section(title)
        _blocks(abstract, body, tell, label="abstract")
    for part in children(element, "body", "floats-group", "floats-wrap"):
        _blocks(part, body, tell)
    for part in (part for back in children(element, "back") for part in back):
        if local_name(part) in ("app", "app-group"):
            _blocks(part, body, tell)
        else:
            tell(_LEFT.get(local_name(part), Left.BACK), running_text(first(part, "title")) or local_name(part))
    for part in children(element, "sub-article", "response"):
        tell(Left.BACK, f"{local_name(part)} {part.get('article-type', '')}".strip())
    if not body.parts:
        raise ValueError("neither title nor text")
    ids = {str(item.get("pub-id-type")): running_text(item) for item in children(meta, "article-id")}
    pmcid = ids.get("pmcid") or ids.get("pmc", "") or ids.get("pmcaid", "")
    pmcid = f"PMC{pmcid}" if pmcid.isdecimal() else pmcid
    pmid = ids.get("pmid", "")
    journal = first(front, "journal-meta")
    journal_title = running_text(first(journal, "journal-title-group", "journal-title")) or running_text(
        first(journal, "journal-title")
    )
    people = list(_authors(meta))
    authors = tuple(name for name, _ in people)
    issued = _issued(meta, tell)
    kind = element.get("article-type", "")
    return Article(
        id=pmcid or (f"PMID{pmid}" if pmid else ""),
        text=body.text,
        title=body.title,
        issued=issued,
        publisher=running_text(first(journal, "publisher", "publisher-name")),
        authors=authors,
        orcids=tuple((name, number) for name, number in people if number),
        topics=tuple(
            filter(None, (running_text(word) for group in children(meta, "kwd-group") for word in _words(group)))
        ),
        work=Work(authors, body.title, journal_title, issued[:4], ids.get("doi", ""), pmid, pmcid),
        publication_types=(kind,) if kind else (),
        retracted=kind in ("retracted-article", "retraction")
        or is_retracted(body.title)
        or any(item.get("related-article-type") == "retraction-forward" for item in children(meta, "related-article")),
        language=language,
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )


def _title(meta: etree._Element) -> str:
    """The title of an article without marks of footnotes; a translated one where it has no other."""
    group = first(meta, "title-group")
    title = running_text(first(group, "article-title") if group is not None else first(meta, "article-title"))
    if not title or is_none(title):
        title = running_text(first(group, "trans-title-group", "trans-title")) or running_text(
            first(group, "trans-title")
        )
    return title.rstrip("*†‡§¶# ")


def _abstracts(meta: etree._Element, language: str, tell: Tell) -> Iterator[etree._Element]:
    """The abstracts of an article that are its text; a translation into English where the others are not."""
    found = False
    for abstract in children(meta, "abstract"):
        kind = abstract.get("abstract-type") or ""
        if _APART.search(kind):
            tell(Left.ABSTRACT, kind)
        else:
            found = True
            yield abstract
    for abstract in children(meta, "trans-abstract"):
        own = (abstract.get(_LANGUAGE) or "").lower().partition("-")[0]
        if own == "en" and (not found or language != "en"):
            yield abstract
        else:
            tell(Left.ABSTRACT, f"in another language {own}".strip())


def _words(group: etree._Element) -> Iterator[etree._Element]:
    for child in group:
        if local_name(child) == "kwd":
            yield child
        elif local_name(child) == "compound-kwd":
            yield from children(child, "compound-kwd-part")
        elif local_name(child) == "nested-kwd":
            yield from _words(child)


def _authors(meta: etree._Element) -> Iterator[tuple[str, str]]:
    """The name of each author, and the ORCID or nothing."""
    for group in children(meta, "contrib-group"):
        for person in children(group, "contrib"):
            if person.get("contrib-type", "author") in ("author", "collab"):
                if name := _person(person):
                    ids = (id for id in children(person, "contrib-id") if id.get("contrib-id-type") == "orcid")
                    yield name, next(filter(None, (orcid(running_text(id)) for id in ids)), "")


def _person(person: etree._Element) -> str:
    """An author's family name and initials, or the name of a group."""
    name = first(person, "name")
    if name is None:
        name = first(person, "name-alternatives", "name")
    if name is None:
        name = first(person, "string-name")
    if name is not None:
        family, given = running_text(first(name, "surname")), first(name, "given-names")
        initials = "".join(part[0] for part in re.split(r"[\s.-]+", running_text(given)) if part)
        return f"{family} {initials}".strip() or running_text(name)
    group = first(person, "collab")
    if group is None:
        group = first(person, "collab-alternatives", "collab")
    return running_text(group)


def _issued(meta: etree._Element, tell: Tell) -> str:
    """The date of electronic publication, else of the issue."""
    ranked: dict[str, etree._Element] = {}
    for date in children(meta, "pub-date"):
        kind = _date_kind(date)
        if not _NO_DATES.search(kind):
            ranked.setdefault(kind, date)
    for date in children(first(meta, "history"), "date"):
        if (kind := date.get("date-type", "")) in ("pub", "epub", "ppub", "online", "published"):
            ranked.setdefault(f"history {kind}", date)
    for kind in (*_DATES, *ranked):
        if kind in ranked and (issued := _date(ranked[kind], tell)):
            return issued
    return ""


def _date_kind(date: etree._Element) -> str:
    """What a date is of, as old and new files say it alike: "epub", "ppub", "collection"."""
    kind = date.get("pub-type") or date.get("date-type") or "pub"
    if kind in ("pub", "publication"):
        return {"electronic": "epub", "print": "ppub"}.get(date.get("publication-format", ""), "pub")
    return kind


def _date(date: etree._Element, tell: Tell) -> str:
    parts = {local_name(child): (child.text or "").strip() for child in date}
    year, month, day = parts.get("year", ""), parts.get("month", ""), parts.get("day", "")
    if not year:
        stated = date.get("iso-8601-date") or parts.get("string-date", "")
        return dates.read(stated, partial(tell, Left.DATE))
    issued = dates.partial(year, month, day)
    if not issued or (day.strip("0") and len(issued) < len("2022-03-07")):
        tell(Left.DATE, " ".join(filter(None, (year, month, day))))
    return issued


# The text ------------------------------------------------------------------------------------------------------------


def _blocks(element: etree._Element, body: Body, tell: Tell, label: str = "") -> None:
    """Add the paragraphs, lists and captions of an element, in their order; a section opens with its title."""
    nested = False
    for child in element:
        name = local_name(child)
        if name in ("sec", "app", "boxed-text", "notes") and (name != "notes" or first(child, "title") is not None):
            title = running_text(first(child, "title")) or running_text(first(child, "caption", "title"))
            body.section(title, child.get("sec-type", "") or (title if label else ""))
            _blocks(child, body, tell, label)
            nested = True
            continue
        if nested and name and name not in _UNSAID:
            # Back in the outer section, which has had its heading.
            body.section("", element.get("sec-type", ""))
            nested = False
        _block(child, body, tell, label)


def _block(element: etree._Element, body: Body, tell: Tell, label: str = "") -> None:
    """Add a block that is no section."""
    name = local_name(element)
    if name in _LEFT:
        tell(_LEFT[name], element.get("id", ""))
    elif name in _FLOATS:
        _caption(element, body, tell)
    elif name == "list":
        _list(element, body, tell)
    elif name == "def-list":
        for item in children(element, "def-item"):
            body.add(f"{BULLET}{running_text(first(item, 'term'))}: {_joined(children(item, 'def'))}")
    elif name == "caption":
        if local_name(element.getparent()) == "boxed-text":  # type: ignore[arg-type]
            for paragraph in children(element, "p"):
                _paragraph(paragraph, body, tell)
    elif name in _BOXES:
        _blocks(element, body, tell, label)
    elif name and name not in _UNSAID:
        _paragraph(element, body, tell)


def _joined(elements: Iterable[etree._Element]) -> str:
    return " ".join(filter(None, map(running_text, elements)))


def _paragraph(element: etree._Element, body: Body, tell: Tell) -> None:
    """A paragraph; lists, figures and tables that stand inside it come after the text that leads up to them."""
    inner = [child for child in element if local_name(child) in _PARAGRAPH_BLOCKS]
    if not inner:
        body.add(running_text(element))
        return
    before = etree.Element("p")
    before.text = element.text
    for child in list(element):
        if child not in inner:
            before.append(child)
        elif local_name(child).startswith(("disp-formula", "chem-struct", "supplementary", "media")):
            # The sentence goes on after it.
            _block(child, body, tell)
            before.append(_silence(child))
        else:
            tail, child.tail = child.tail, None
            body.add(running_text(before))
            _blocks_in(child, body, tell)
            before = etree.Element("p")
            before.text = tail
    body.add(running_text(before))


def _silence(element: etree._Element) -> etree._Element:
    """An element that says nothing, in the place of another."""
    silent = etree.Element("label")
    silent.tail = element.tail
    element.tail = None
    return silent


def _blocks_in(element: etree._Element, body: Body, tell: Tell) -> None:
    """Add a block that stands in a paragraph."""
    holder = etree.Element("p")
    parent = element.getparent()
    if local_name(element) in ("boxed-text", "sec", "app") and parent is not None:
        parent.replace(element, etree.Element("label"))
        holder.append(element)
        _blocks(holder, body, tell)
        body.section("", "")
    else:
        _block(element, body, tell)


def _list(element: etree._Element, body: Body, tell: Tell) -> None:
    for title in children(element, "title"):
        body.add(running_text(title))
    for item in children(element, "list-item"):
        blocks = [child for child in item if local_name(child) in _PARAGRAPH_BLOCKS]
        for paragraph in children(item, "p"):
            blocks += [child for child in paragraph if local_name(child) in _PARAGRAPH_BLOCKS]
        for block in blocks:
            if (parent := block.getparent()) is not None:
                parent.replace(block, _silence(block))
        text = _joined(child for child in item if local_name(child) != "label")
        if text:
            body.add(BULLET + text)
        for block in blocks:
            _block(block, body, tell)


def _caption(element: etree._Element, body: Body, tell: Tell) -> None:
    """The caption of a figure or a table, after its label. What stands in the cells of a table is no language."""
    caption = running_text(first(element, "caption"))
    if caption:
        label = " ".join(
            "".join(map(str, found.itertext())).split() if (found := first(element, "label")) is not None else ()
        )
        body.add(f"{label.rstrip('.')}: {caption}" if label else caption)
    if any(local_name(child) in ("table", "table-wrap-foot") for child in element.iter()):
        tell(Left.TABLE, element.get("id", ""))
