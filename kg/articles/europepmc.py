"""Europe PMC's JSON: what its search gives with resultType=core."""

import re
from html import unescape
from typing import Any

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.extracted import Body, digest

_HEADING = re.compile(r"<h[1-6]>((?:(?!</?h[1-6]>).)*+)</h[1-6]>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"</?(?:p|br|div|li|ul|ol)\b[^<>]*+>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*+>")


def _plain(markup: str) -> str:
    return " ".join(unescape(_TAG.sub("", markup)).split())


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


def europepmc_result(result: dict[str, Any]) -> Article:
    """The article of a search result that was read from JSON. Raises `ValueError`."""
    title = _plain(_text(result, "title"))
    body = Body(title)
    pieces = _HEADING.split(_text(result, "abstractText"))
    for index, piece in enumerate(pieces):
        if index % 2:
            body.section("", _plain(piece))
        else:
            for paragraph in _BREAK.split(piece):
                body.add(_plain(paragraph))
    if not body.parts:
        raise ValueError("neither title nor abstract")
    pmid, pmcid = _text(result, "pmid"), _text(result, "pmcid")
    source, number = _text(result, "source"), _text(result, "id")
    types = tuple(str(kind) for kind in _list(result, "pubTypeList", "pubType"))
    day = _text(result, "firstPublicationDate") or _text(result, "pubYear")
    authors = tuple(
        name
        for person in _list(result, "authorList", "author")
        if (name := _text(person, "fullName") or _text(person, "collectiveName"))
    ) or tuple(name.strip() for name in _text(result, "authorString").rstrip(".").split(",") if name.strip())
    issued = dates.from_iso(day) if day else ""
    topics = [str(word) for word in _list(result, "keywordList", "keyword")]
    topics += [_text(heading, "descriptorName") for heading in _list(result, "meshHeadingList", "meshHeading")]
    language = _text(result, "language") or "en"
    return Article(
        id=f"PMID{pmid}" if pmid else pmcid or (number if number.startswith(source) else source + number),
        text=body.text,
        title=title,
        issued=issued,
        authors=authors,
        topics=tuple(dict.fromkeys(filter(None, topics))),
        work=Work(
            authors,
            title,
            _text(result, "journalInfo", "journal", "title"),
            issued[:4],
            _text(result, "doi"),
            pmid,
            pmcid,
        ),
        publication_types=types,
        retracted=any(kind.casefold() == "retracted publication" for kind in types)
        or any(
            _text(correction, "type").casefold() == "retraction in"
            for correction in _list(result, "commentCorrectionList", "commentCorrection")
        ),
        language={"eng": "en"}.get(language, language),
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )
