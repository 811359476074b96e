"""Europe PMC's JSON and XML: what its search gives with resultType=core."""

import re
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import IO, Any

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.citation import orcid
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import Body, digest
from kg.articles.inline import local_name
from kg.articles.markup import line, lines, unescaped
from kg.articles.titles import cleaned, is_retracted, tells_of_retraction
from kg.articles.xml_stream import iterate, place

_HEADING = re.compile(
    r"<h[1-6](?:\s[^<>]*+)?+>((?:(?!</?h[1-6][\s>]).)*+)</h[1-6]>|<jats:title>((?:(?!</?jats:title>).)*+)</jats:title>",
    re.IGNORECASE | re.DOTALL,
)
_TAKEN_BACK = {"retraction in", "retracted and republished in", "retraction of"}
#: Where a result states when the work was published, most telling first.
_DATES = (
    ("firstPublicationDate",),
    ("electronicPublicationDate",),
    ("journalInfo", "dateOfPublication"),
    ("pubYear",),
    ("journalInfo", "printPublicationDate"),
    ("journalInfo", "yearOfPublication"),
)
_LONG = 200  # characters: a field with more is a text


def is_result(entry: dict[str, Any]) -> bool:
    """Whether a JSON object is a result of Europe PMC, by what each of them has."""
    identified = ("id" in entry and "source" in entry) or any(key in entry for key in ("pmid", "pmcid", "doi"))
    return identified and ("title" in entry or "abstractText" in entry)


def _text(result: dict[str, Any], *path: str) -> str:
    value: Any = result
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, (str, int)) else ""


def _list(result: dict[str, Any], *path: str) -> list[Any]:
    value: Any = result
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        return value
    return [] if value is None else [value]  # as converters of XML have the only one


def _name(person: Any) -> str:
    """The name of an author."""
    return (
        _text(person, "fullName")
        or _text(person, "collectiveName")
        or f"{_text(person, 'lastName')} {_text(person, 'initials')}".strip()
    )


def europepmc_result(result: dict[str, Any], tell: Tell) -> Article:
    """The article of a search result that was read from JSON or XML. Raises `ValueError`."""
    title = line(_text(result, "title"))
    body = Body(cleaned(title))
    abstract = unescaped(_text(result, "abstractText") or _text(result, "abstract"))
    for field, value in result.items():
        if isinstance(value, str) and len(value) > _LONG and field not in _READ:
            tell(Left.FIELD, field)
    at = 0
    for heading in _HEADING.finditer(abstract):
        _add(body, abstract[at : heading.start()])
        body.section("", line(heading[1] or heading[2] or ""))
        at = heading.end()
    _add(body, abstract[at:])
    if not body.parts:
        raise ValueError("neither title nor abstract")
    pmid, pmcid = _text(result, "pmid"), _text(result, "pmcid")
    source, number = _text(result, "source"), _text(result, "id")
    types = tuple(str(kind) for kind in _list(result, "pubTypeList", "pubType"))
    types = types or tuple(filter(None, _text(result, "pubType").split("; ")))
    people = _list(result, "authorList", "author")
    authors = tuple(name for person in people if (name := _name(person))) or tuple(
        name.strip() for name in _text(result, "authorString").rstrip(".").split(",") if name.strip()
    )
    numbers = (
        (_text(person, "fullName"), orcid(_text(person, "authorId", "value") or _text(person, "authorId")))
        for person in people
    )
    issued = dates.first((_text(result, *path) for path in _DATES), partial(tell, Left.DATE))
    topics = [str(word) for word in _list(result, "keywordList", "keyword")]
    topics += [_text(heading, "descriptorName") for heading in _list(result, "meshHeadingList", "meshHeading")]
    language = _text(result, "language") or "en"
    return Article(
        id=f"PMID{pmid}" if pmid else pmcid or (number if number.startswith(source) else source + number),
        text=body.text,
        title=body.title,
        issued=issued,
        authors=authors,
        orcids=tuple((name, number) for name, number in numbers if name and number),
        topics=tuple(dict.fromkeys(filter(None, topics))),
        work=Work(
            authors,
            body.title,
            _text(result, "journalInfo", "journal", "title") or _text(result, "journalTitle"),
            issued[:4],
            _text(result, "doi"),
            pmid,
            pmcid,
        ),
        publication_types=types,
        retracted=tells_of_retraction(types)
        or any(
            _text(correction, "type").casefold() in _TAKEN_BACK
            for correction in _list(result, "commentCorrectionList", "commentCorrection")
        )
        or is_retracted(title),
        language={"eng": "en"}.get(language, language),
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )


def _add(body: Body, markup: str) -> None:
    for paragraph in lines(markup):
        body.add(paragraph)


def read_europepmc_xml(
    stream: IO[bytes], *, file: str, on_error: OnError, on_note: OnNote
) -> Iterator[tuple[str, Article]]:
    """The results of a search in Europe PMC's XML, each with its place. Raises `ArticleError`."""
    for entry, element in enumerate(iterate(stream, ("result",), file=file), start=1):
        where = place(entry, element)
        try:
            result = _value(element)
            if not isinstance(result, dict):
                raise ValueError("neither title nor abstract")
            yield where, europepmc_result(result, telling(on_note, file, where))
        except ValueError as error:
            on_error(ArticleError(file, where, str(error)))


def _value(element: etree._Element) -> Any:
    """An element as the JSON has it: text, an object, or in an element called a list its children by their name."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        name = local_name(child)
        if local_name(element).endswith("List"):
            found.setdefault(name, []).append(_value(child))
        else:
            found.setdefault(name, _markup(child) if name in _MARKED else _value(child))
    return found


def _markup(element: etree._Element) -> str:
    """What stands in an element, with the elements in it as markup, as most of them are written."""
    within = (etree.tostring(child, encoding="unicode") for child in element)
    text = element.text or ""
    return (escape(text, quote=False) if len(element) else text) + "".join(within)


_MARKED = {"title", "abstractText"}
#: Fields that are read, or tell what others have told.
_READ = {"title", "abstractText", "abstract", "authorString", "affiliation"}
