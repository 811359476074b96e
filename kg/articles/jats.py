"""JATS XML: full texts of PubMed Central and of publishers."""

import re
from collections.abc import Iterator
from functools import partial
from typing import IO

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.citation import clean_doi, orcid
from kg.articles.citing import running_text
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import BULLET, Body, digest
from kg.articles.inline import bare_text, children, first, local_name
from kg.articles.titles import cleaned, is_retracted
from kg.articles.xml_stream import iterate, place

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Abstracts that stand apart from the article's own: pictures, teasers, lines of a table of contents.
_APART = re.compile("graphic|teaser|toc|table-of-contents|visual|video|cover|web|short|stereochem|ascii", re.IGNORECASE)
#: Kinds of dates of publication, the most telling first. Those of a manuscript's way to there are none.
_DATES = ("epub", "pub", "epub-ppub", "ppub", "issue-pub", "collection", "ecollection", "corrected")
_NO_DATES = re.compile("receiv|accept|rev|submit|release|retract|withdr|nihms|pmc|hold|request", re.IGNORECASE)
_ONLINE = re.compile("online|ahead|\\baop\\b|electronic|e-?first|original-publication", re.IGNORECASE)
_PREPRINT = "preprint"  # of an article that has no other date
_EDITORS = re.compile("editor|review", re.IGNORECASE)
_ADDRESS = re.compile(r"DOI:?\s?(?:https?://|10\.)\S+", re.IGNORECASE)  # of an abstract, as a paragraph of it
_RETRACTION = re.compile(
    r"\W*(?:retracted|retraction|withdrawn)(?:[ -](?:article|paper|publication))?\W*", re.IGNORECASE
)
# Blocks: what may stand in a section, and in a paragraph, and has paragraphs or lines of its own.
_FLOATS = {"fig", "table-wrap"}
_LISTS = {"list", "def-list"}
_BOXES = {
    "boxed-text", "disp-quote", "statement", "fig-group", "table-wrap-group", "verse-group", "speech",
    "app", "app-group", "answer", "question", "question-wrap", "answer-set", "explanation", "sec", "textual-form",
    "notes",
}  # fmt: skip
_LEFT = {
    "disp-formula": Left.FORMULA, "disp-formula-group": Left.FORMULA, "chem-struct-wrap": Left.FORMULA,
    "ref-list": Left.REFERENCES, "fn-group": Left.FOOTNOTES, "ack": Left.BACK, "bio": Left.BACK, "glossary": Left.BACK,
    "supplementary-material": Left.BACK, "media": Left.BACK, "array": Left.TABLE, "table": Left.TABLE,
}  # fmt: skip
_PARAGRAPH_BLOCKS = _FLOATS | _LISTS | _BOXES | set(_LEFT)
#: Boxes whose title is a line of theirs. Sections open with theirs.
_TITLED = _BOXES - {"sec", "app", "boxed-text", "notes"}
#: What has blocks, or is one: a text beside it is no paragraph of its own.
_HOLDERS = {"p", "title", "sec", "label", "caption"} | _PARAGRAPH_BLOCKS
_UNSAID = {
    "label",
    "title",
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
    translation = _translation(element) if language != "en" else None
    stub = first(translation, "front-stub")
    title = _title(stub) if stub is not None else ""
    body = Body(title or _title(meta))
    for subtitle in children(first(meta, "title-group"), "subtitle"):
        body.add(running_text(subtitle))
    _abstract(meta, language, body, tell)
    if translation is None:
        _text(element, body, tell)
    else:
        tell(Left.BACK, f"text in another language {language}")
        language = "en"
        _text(translation, body, tell)
    if not body.parts:
        raise ValueError("neither title nor text")
    ids = _ids(meta)
    pmcid = ids.get("pmcid") or ids.get("pmc", "") or ids.get("pmcaid", "")
    pmcid = f"PMC{pmcid}" if pmcid.isdecimal() else pmcid
    pmid = ids.get("pmid", "")
    journal = first(front, "journal-meta")
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
        work=Work(authors, body.title, _journal(journal), issued[:4], ids.get("doi", ""), pmid, pmcid),
        publication_types=(kind,) if kind else (),
        retracted=_is_retracted(meta, kind, body.title),
        language=language,
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )


def _title(meta: etree._Element) -> str:
    """The title of an article without marks of footnotes; a translated one where it has no other."""
    group = first(meta, "title-group")
    own = first(group, "article-title") if group is not None else first(meta, "article-title")
    others = (first(group, "trans-title-group", "trans-title"), first(group, "trans-title"))
    return next(filter(None, (cleaned(running_text(title)) for title in (own, *others))), "")


def _translation(element: etree._Element) -> etree._Element | None:
    """The English translation of an article in another language that comes with it, where it has a text."""
    for part in children(element, "sub-article"):
        is_english = (part.get(_LANGUAGE) or "").lower().startswith("en")
        if part.get("article-type") == "translation" and is_english and first(part, "body") is not None:
            return part
    return None


def _abstract(meta: etree._Element, language: str, body: Body, tell: Tell) -> None:
    for abstract in _abstracts(meta, language, tell):
        title = running_text(first(abstract, "title"))
        if title and abstract.get("abstract-type", "normal") not in ("normal", "main"):
            body.section(title)
        _blocks(abstract, body, tell, label="abstract")


def _text(element: etree._Element, body: Body, tell: Tell) -> None:
    """Add the body of an article, its appendices, and its figures where they stand apart."""
    for part in children(element, "body", "floats-group", "floats-wrap"):
        if body.starts:
            body.section("")
        _blocks(part, body, tell)
    for part in (part for back in children(element, "back") for part in back):
        if local_name(part) in ("app", "app-group"):
            _blocks(part, body, tell)
        elif local_name(part):
            tell(_LEFT.get(local_name(part), Left.BACK), running_text(first(part, "title")) or local_name(part))
    for part in children(element, "sub-article", "response"):
        tell(Left.BACK, f"{local_name(part)} {part.get('article-type', '')}".strip())


def _ids(meta: etree._Element) -> dict[str, str]:
    """The identifiers of an article by their kind; the first of a kind, which is not that of a version of it."""
    ids: dict[str, str] = {}
    for item in sorted(children(meta, "article-id"), key=lambda item: item.get("specific-use") == "version"):
        ids.setdefault(item.get("pub-id-type", "").lower(), running_text(item))
    return ids | {"doi": clean_doi(ids.get("doi", ""))}


def _journal(journal: etree._Element | None) -> str:
    """The title of a journal, or the short one."""
    group = first(journal, "journal-title-group")
    found = (
        first(group, "journal-title"),
        first(journal, "journal-title"),
        first(group, "abbrev-journal-title"),
        first(journal, "abbrev-journal-title"),
        next((id for id in children(journal, "journal-id") if id.get("journal-id-type") == "nlm-ta"), None),
    )
    return next(filter(None, map(running_text, found)), "")


def _is_retracted(meta: etree._Element, kind: str, title: str) -> bool:
    """Whether an article was taken back, or says that another was: by its kind, its title, what it is linked to, its
    headings or the day on which it was.
    """
    headings = (word for group in children(first(meta, "article-categories"), "subj-group") for word in group)
    dated = (*children(meta, "pub-date"), *children(first(meta, "history"), "date"))
    events = children(first(meta, "pub-history"), "event")
    return (
        bool(_RETRACTION.fullmatch(kind))
        or is_retracted(title)
        or any(item.get("related-article-type") == "retraction-forward" for item in children(meta, "related-article"))
        or any(_RETRACTION.fullmatch(running_text(heading)) for heading in headings)
        or any("retract" in (date.get("date-type") or date.get("pub-type") or "") for date in dated)
        or any("retract" in event.get("event-type", "") for event in events)
    )


def _abstracts(meta: etree._Element, language: str, tell: Tell) -> Iterator[etree._Element]:
    """The abstracts of an article that are its text; a translation into English where the others are not."""
    found = False
    for abstract in children(meta, "abstract"):
        kind = abstract.get("abstract-type") or ""
        own = (abstract.get(_LANGUAGE) or language).lower().partition("-")[0]
        if _APART.search(kind):
            tell(Left.ABSTRACT, kind)
        elif own not in (language, "en"):
            tell(Left.ABSTRACT, f"in another language {own}")
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
        if _EDITORS.search(group.get("content-type", "")):
            continue
        for person in children(group, "contrib", "collab"):
            if person.get("contrib-type", "author").lower() in ("author", "collab", "person"):
                if name := _person(person):
                    ids = (id for id in children(person, "contrib-id") if id.get("contrib-id-type") == "orcid")
                    yield name, next(filter(None, (orcid(running_text(id)) for id in ids)), "")


def _person(person: etree._Element) -> str:
    """An author's family name and initials, or the name of a group."""
    if local_name(person) == "collab":
        return running_text(person)
    name = first(person, "name")
    if name is None:
        name = first(person, "name-alternatives", "name")
    if name is None:
        name = first(person, "string-name")
    if name is not None:
        family, given = running_text(first(name, "surname")), running_text(first(name, "given-names"))
        initials = "".join(part[0] for part in re.split(r"[\s.-]+", given) if part)
        return f"{family} {initials}".strip() if family else given or running_text(name)
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
    others = (kind for kind in ranked if kind not in (*_DATES, _PREPRINT))
    for kind in (*_DATES, *others, _PREPRINT):
        if kind in ranked and (issued := _date(ranked[kind], tell)):
            return issued
    return ""


def _date_kind(date: etree._Element) -> str:
    """What a date is of, as old and new files say it alike: "epub", "ppub", "collection"."""
    kind = (date.get("pub-type") or date.get("date-type") or "pub").lower()
    if kind in ("pub", "publication"):
        return {"electronic": "epub", "online": "epub", "print": "ppub"}.get(date.get("publication-format", ""), "pub")
    return "epub" if _ONLINE.search(kind) else "ppub" if kind == "print" else kind


def _date(date: etree._Element, tell: Tell) -> str:
    stated = date
    if first(date, "year") is None and (within := first(date, "string-date")) is not None:
        stated = within
    parts = {local_name(child): bare_text(child) for child in stated}
    year, month, day = parts.get("year", ""), parts.get("month", ""), parts.get("day", "")
    if not year:
        written = date.get("iso-8601-date") or bare_text(stated)
        return dates.read(written, partial(tell, Left.DATE))
    return dates.parts(year, month, day, partial(tell, Left.DATE))


# The text ------------------------------------------------------------------------------------------------------------


def _blocks(element: etree._Element, body: Body, tell: Tell, label: str = "") -> None:
    """Add the paragraphs, lists and captions of an element, in their order; a section opens with its title."""
    if (element.text or "").strip() and not any(local_name(child) in _HOLDERS for child in element):
        _paragraph(element, body, tell)  # a text without the paragraph that it is
        return
    nested = False
    body.add(_line(element.text))
    for child in list(element):
        name, tail = local_name(child), _line(child.tail)
        if name in ("sec", "app", "boxed-text", "notes") and (name != "notes" or first(child, "title") is not None):
            title = running_text(first(child, "title"), tell) or running_text(first(child, "caption", "title"), tell)
            body.section(title, child.get("sec-type", "") or (title if label else ""))
            _blocks(child, body, tell, label)
            nested = True
        else:
            if nested and name and name not in _UNSAID:
                # Back in the outer section, which has had its heading.
                body.section("", element.get("sec-type", ""))
                nested = False
            _block(child, body, tell, label)
        body.add(tail)


def _line(text: str | None) -> str:
    return " ".join(text.split()) if text else ""


def _block(element: etree._Element, body: Body, tell: Tell, label: str = "") -> None:
    """Add a block that is no section."""
    name = local_name(element)
    parent = local_name(element.getparent()) if element.getparent() is not None else ""  # type: ignore[arg-type]
    if name in _LEFT:
        tell(_LEFT[name], element.get("id", ""))
    elif name in _FLOATS:
        _caption(element, body, tell)
    elif name == "list":
        _list(element, body, tell)
    elif name == "def-list":
        _definitions(element, body, tell)
    elif name == "caption":
        for paragraph in children(element, "p") if parent == "boxed-text" else children(element, "title", "p"):
            _paragraph(paragraph, body, tell)
    elif (name == "title" and parent in _TITLED) or (name == "attrib" and parent in _BOXES):
        body.add(running_text(element, tell))
    elif name in _BOXES:
        _blocks(element, body, tell, label)
    elif name and name not in _UNSAID:
        _paragraph(element, body, tell)


def _definitions(element: etree._Element, body: Body, tell: Tell) -> None:
    """Add the terms of a list and what they mean, an item for each."""
    body.add(running_text(first(element, "title"), tell))
    for item in element:
        if local_name(item) == "def-list":
            _definitions(item, body, tell)
        elif local_name(item) == "def-item":
            term = running_text(first(item, "term"), tell)
            meaning = " ".join(filter(None, (running_text(one, tell) for one in children(item, "def"))))
            body.add(BULLET + ": ".join(filter(None, (term, meaning))))


def _paragraph(element: etree._Element, body: Body, tell: Tell) -> None:
    """A paragraph; lists, figures and tables that stand inside it come after the text that leads up to them."""
    inner = [child for child in element if local_name(child) in _PARAGRAPH_BLOCKS]
    if not inner:
        text = running_text(element, tell)
        if _ADDRESS.fullmatch(text):
            tell(Left.FIELD, text)
        else:
            body.add(text)
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
            body.add(running_text(before, tell))
            _blocks_in(child, body, tell)
            before = etree.Element("p")
            before.text = tail
    body.add(running_text(before, tell))


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
        body.add(running_text(title, tell))
    for item in children(element, "list-item"):
        blocks = [child for child in item if local_name(child) in _PARAGRAPH_BLOCKS]
        for paragraph in children(item, "p"):
            blocks += [child for child in paragraph if local_name(child) in _PARAGRAPH_BLOCKS]
        for block in blocks:
            if (parent := block.getparent()) is not None:
                parent.replace(block, _silence(block))
        if text := running_text(item, tell):
            body.add(BULLET + text)
        for block in blocks:
            _block(block, body, tell)


def _caption(element: etree._Element, body: Body, tell: Tell) -> None:
    """The caption of a figure or a table, after its label. What stands in the cells of a table is no language."""
    caption = running_text(first(element, "caption"), tell)
    if caption:
        label = bare_text(found) if (found := first(element, "label")) is not None else ""
        body.add(f"{label.rstrip('.')}: {caption}" if label else caption)
    if any(local_name(child) in ("table", "table-wrap-foot") for child in element.iter()):
        tell(Left.TABLE, element.get("id", ""))
