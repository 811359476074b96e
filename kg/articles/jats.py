"""JATS XML: full texts of PubMed Central and of publishers."""

import re
from collections.abc import Iterator
from typing import IO

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.errors import ArticleError, OnError
from kg.articles.extracted import BULLET, Body, digest
from kg.articles.xml_stream import entity, is_power, iterate, place

# What is no language of the article itself: cited works, formulas as source, footnotes of tables, alternatives.
_SILENT = {
    "ref-list", "tex-math", "disp-formula", "object-id", "label", "fn-group", "table", "graphic", "media",
    "supplementary-material", "alternatives", "xref", "disp-formula-group", "table-wrap-foot", "fn", "permissions",
}  # fmt: skip
_EMPTY_BRACKETS = re.compile(r"(?<!\s)\s*+[(\[][,;–\s-]*+[)\]]")
_BEFORE_STOP = re.compile(r"(?<!\s)\s++(?=[,;.:)\]])")
_DATE_ORDER = ("epub", "pub", "ppub", "collection")


def read_jats(stream: IO[bytes], *, file: str, on_error: OnError) -> Iterator[tuple[str, Article]]:
    """The articles of a JATS file, which is an article or a set of them, each with its place. Raises `ArticleError`."""
    for entry, element in enumerate(iterate(stream, ("article",), file=file), start=1):
        try:
            yield place(entry, element), _article(element)
        except ValueError as error:
            on_error(ArticleError(file, place(entry, element), str(error)))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    for child in element if element is not None else ():
        if _local(child) in names:
            yield child


def _first(element: etree._Element | None, *path: str) -> etree._Element | None:
    for name in path:
        element = next(_children(element, name), None)
    return element


def _inline(element: etree._Element | None) -> str:
    """The running text of an element. Marks of citations are left out, references to figures and sections stay."""
    if element is None:
        return ""
    pieces: list[str] = []
    _collect(element, pieces)
    text = " ".join("".join(pieces).split())
    return _BEFORE_STOP.sub("", _EMPTY_BRACKETS.sub("", text))


def _collect(element: etree._Element, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        name = _local(child)
        cites = name == "xref" and child.get("ref-type") == "bibr"
        if name == "xref" and not cites:
            _collect(child, pieces)
        elif name == "sup" and any(_local(inner) == "xref" and inner.get("ref-type") == "bibr" for inner in child):
            pass
        elif name in ("p", "break", "title"):
            pieces.append(" ")
            _collect(child, pieces)
            pieces.append(" ")
        elif not name:
            pieces.append(entity(child))
        elif name not in _SILENT:
            if name == "sup" and is_power(pieces, child.text):
                pieces.append("^")
            _collect(child, pieces)
        pieces.append(child.tail or "")


def _article(element: etree._Element) -> Article:
    front = _first(element, "front") if _first(element, "front") is not None else _first(element, "front-stub")
    meta = _first(front, "article-meta") if _first(front, "article-meta") is not None else front
    if meta is None:
        raise ValueError("no article-meta")
    body = Body(_inline(_first(meta, "title-group", "article-title")))
    for abstract in _children(meta, "abstract"):
        if not abstract.get("abstract-type"):
            _blocks(abstract, body, label="abstract")
    main = _first(element, "body")
    if main is not None:
        _blocks(main, body)
    floats = _first(element, "floats-group")
    if floats is not None:
        for block in floats:
            _caption(block, body)
    if not body.parts:
        raise ValueError("neither title nor text")
    ids = {str(item.get("pub-id-type")): _inline(item) for item in _children(meta, "article-id")}
    pmcid = ids.get("pmcid") or ids.get("pmc", "")
    pmcid = f"PMC{pmcid}" if pmcid.isdecimal() else pmcid
    pmid = ids.get("pmid", "")
    journal = _first(front, "journal-meta")
    journal_title = _inline(_first(journal, "journal-title-group", "journal-title")) or _inline(
        _first(journal, "journal-title")
    )
    authors = tuple(_authors(meta))
    issued = _issued(meta)
    kind = element.get("article-type", "")
    language = element.get("{http://www.w3.org/XML/1998/namespace}lang", "en")
    return Article(
        id=pmcid or (f"PMID{pmid}" if pmid else ""),
        text=body.text,
        title=body.title,
        issued=issued,
        publisher=_inline(_first(journal, "publisher", "publisher-name")),
        authors=authors,
        topics=tuple(filter(None, (_inline(word) for group in _children(meta, "kwd-group") for word in _words(group)))),
        work=Work(authors, body.title, journal_title, issued[:4], ids.get("doi", ""), pmid, pmcid),
        publication_types=(kind,) if kind else (),
        retracted=kind == "retracted-article"
        or any(item.get("related-article-type") == "retraction-forward" for item in _children(meta, "related-article")),
        language=language.lower().partition("-")[0],
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )


def _words(group: etree._Element) -> Iterator[etree._Element]:
    for child in group:
        if _local(child) == "kwd":
            yield child
        elif _local(child) == "compound-kwd":
            yield from _children(child, "compound-kwd-part")


def _authors(meta: etree._Element) -> Iterator[str]:
    for group in _children(meta, "contrib-group"):
        for person in _children(group, "contrib"):
            if person.get("contrib-type", "author") != "author":
                continue
            name = _first(person, "name")
            if name is None:
                name = _first(person, "name-alternatives", "name")
            if name is not None:
                family, given = _inline(_first(name, "surname")), _first(name, "given-names")
                initials = "".join(part[0] for part in re.split(r"[\s.-]+", _inline(given)) if part)
                yield f"{family} {initials}".strip()
            elif group_name := _inline(_first(person, "collab")):
                yield group_name


def _issued(meta: etree._Element) -> str:
    """The date of electronic publication, else of the issue. Raises `ValueError` where it is no date."""
    found = {}
    for date in _children(meta, "pub-date"):
        form = date.get("publication-format", "")
        kind = date.get("pub-type") or {"electronic": "epub", "print": "ppub"}.get(form) or date.get("date-type", "pub")
        parts = {_local(child): (child.text or "").strip() for child in date}
        found[kind] = parts
    for kind in (*_DATE_ORDER, *found):
        parts = found.get(kind, {})
        if year := parts.get("year"):
            month, day = parts.get("month", ""), parts.get("day", "")
            try:
                return dates.iso(int(year), dates.month_number(month) if month else 0, int(day) if month and day else 0)
            except ValueError:
                raise ValueError(f"{' '.join(filter(None, (year, month, day)))!r} is not a date") from None
    return ""


# The text ------------------------------------------------------------------------------------------------------------


def _blocks(element: etree._Element, body: Body, label: str = "") -> None:
    """Add the paragraphs, lists and captions of an element, in their order; a section opens with its title."""
    nested = False
    for child in element:
        name = _local(child)
        if name == "sec":
            title = _inline(_first(child, "title"))
            body.section(title, child.get("sec-type", "") or (title if label else ""))
            _blocks(child, body, label)
            nested = True
            continue
        if nested and name:
            # Back in the outer section, which has had its heading.
            body.section("", element.get("sec-type", ""))
            nested = False
        if name == "p":
            _paragraph(child, body)
        elif name == "list":
            _list(child, body)
        elif name in ("fig", "table-wrap", "fig-group", "table-wrap-group", "boxed-text", "disp-quote", "statement"):
            if name in ("boxed-text", "disp-quote", "statement", "fig-group", "table-wrap-group"):
                _blocks(child, body, label)
            else:
                _caption(child, body)
        elif name == "def-list":
            for item in _children(child, "def-item"):
                body.add(f"{BULLET}{_inline(_first(item, 'term'))}: {_inline(_first(item, 'def'))}")


def _paragraph(element: etree._Element, body: Body) -> None:
    """A paragraph; lists, figures and tables that stand inside it come after the text that leads up to them."""
    inner = [child for child in element if _local(child) in ("list", "fig", "table-wrap", "boxed-text")]
    if not inner:
        body.add(_inline(element))
        return
    before = etree.Element("p")
    before.text = element.text
    for child in list(element):
        if child in inner:
            tail, child.tail = child.tail, None
            body.add(_inline(before))
            _blocks_of(child, body)
            before = etree.Element("p")
            before.text = tail
        else:
            before.append(child)
    body.add(_inline(before))


def _blocks_of(element: etree._Element, body: Body) -> None:
    if _local(element) == "list":
        _list(element, body)
    elif _local(element) == "boxed-text":
        _blocks(element, body)
    else:
        _caption(element, body)


def _list(element: etree._Element, body: Body) -> None:
    for item in _children(element, "list-item"):
        nested = [child for child in item if _local(child) == "list"]
        text = " ".join(
            filter(None, (_inline(child) for child in item if child not in nested and _local(child) != "label"))
        )
        if text:
            body.add(BULLET + text)
        for inner in nested:
            _list(inner, body)


def _caption(element: etree._Element, body: Body) -> None:
    """The caption of a figure or a table, after its label. What stands in the cells of a table is no language."""
    caption = _inline(_first(element, "caption"))
    if caption:
        label = "".join(_first_text(element, "label"))
        body.add(f"{label.rstrip('.')}: {caption}" if label else caption)


def _first_text(element: etree._Element, name: str) -> Iterator[str]:
    found = _first(element, name)
    if found is not None:
        yield " ".join("".join(map(str, found.itertext())).split())
