"""Europe PMC's JSON and XML: what its search gives with resultType=core."""

import re
from collections.abc import Iterator
from functools import partial
from typing import IO, Any

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.citation import orcid
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import Body, digest
from kg.articles.inline import local_name
from kg.articles.markup import line, lines, unescaped
from kg.articles.titles import is_none, is_retracted
from kg.articles.xml_stream import iterate, place

_HEADING = re.compile(
    r"<h[1-6](?:\s[^<>]*+)?+>((?:(?!</?h[1-6][\s>]).)*+)</h[1-6]>|<jats:title>((?:(?!</?jats:title>).)*+)</jats:title>",
    re.IGNORECASE | re.DOTALL,
)
_TAKEN_BACK = {"retraction in", "retracted and republished in"}


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
    return value if isinstance(value, list) else []


def europepmc_result(result: dict[str, Any], tell: Tell) -> Article:
    """The article of a search result that was read from JSON or XML. Raises `ValueError`."""
    title = line(_text(result, "title"))
    body = Body("" if is_none(title) else title)
    abstract = unescaped(_text(result, "abstractText"))
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
    authors = tuple(
        name
        for person in _list(result, "authorList", "author")
        if (name := _text(person, "fullName") or _text(person, "collectiveName"))
    ) or tuple(name.strip() for name in _text(result, "authorString").rstrip(".").split(",") if name.strip())
    numbers = (
        (_text(person, "fullName"), orcid(_text(person, "authorId", "value") or _text(person, "authorId")))
        for person in _list(result, "authorList", "author")
    )
    note = partial(tell, Left.DATE)
    issued = dates.read(_text(result, "firstPublicationDate"), note) or dates.read(_text(result, "pubYear"), note)
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
            _text(result, "journalInfo", "journal", "title"),
            issued[:4],
            _text(result, "doi"),
            pmid,
            pmcid,
        ),
        publication_types=types,
        retracted=any(kind.casefold() == "retracted publication" for kind in types)
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
            found.setdefault(name, "".join(map(str, child.itertext())) if name in _MARKED else _value(child))
    return found


_MARKED = {"title", "abstractText"}
