"""BioC, as XML and as JSON: collections of documents made of passages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import BULLET, Body, digest
from kg.articles.inline import inner_text
from kg.articles.markup import line
from kg.articles.titles import cleaned, is_retracted
from kg.articles.xml_stream import iterate, place

# Passages of PubMed Central's BioC that are not the article's own language, by their section and by their type.
_SILENT_SECTIONS = {"REF", "COMP_INT", "AUTH_CONT", "ACK_FUND", "SUPPL", "ABBR", "REVIEW_INFO", "KEYWORD"}
_TITLES = ("title", "front", "article-title")
_SILENT_TYPES = {"ref", "table", "footnote", "table_footnote", "table_foot", "table_foot_title"}


@dataclass(frozen=True, slots=True)
class _Passage:
    text: str
    infons: dict[str, str]


def read_bioc_xml(stream: IO[bytes], *, file: str, on_error: OnError, on_note: OnNote) -> Iterator[tuple[str, Article]]:
    """The documents of a BioC XML collection, each with its place. Raises `ArticleError`."""
    for entry, element in enumerate(iterate(stream, ("document",), file=file), start=1):
        passages = []
        for passage in element.iterchildren("passage"):
            text = _said(passage)
            if text is None:
                text = " ".join(_said(sentence) or "" for sentence in passage.iterchildren("sentence"))
            passages.append(_Passage(text, _infons(passage)))
        try:
            tell = telling(on_note, file, place(entry, element))
            yield place(entry, element), _article(element.findtext("id") or "", passages, _infons(element), tell)
        except ValueError as error:
            on_error(ArticleError(file, place(entry, element), str(error)))


def _infons(element: etree._Element) -> dict[str, str]:
    return {str(infon.get("key")): inner_text(infon) for infon in element.iterchildren("infon")}


def _said(element: etree._Element) -> str | None:
    """The text of a passage or a sentence, None where it has none of its own."""
    text = element.find("text")
    return None if text is None else inner_text(text)


def bioc_document(document: dict[str, Any], tell: Tell) -> Article:
    """The article of a BioC document that was read from JSON. Raises `ValueError`."""
    if not isinstance(document.get("passages"), list):
        raise ValueError("a document without passages")
    passages = [_from_json(passage) for passage in document["passages"]]
    told = document.get("infons")
    infons = {str(key): str(value) for key, value in told.items() if value} if isinstance(told, dict) else {}
    return _article(str(document.get("id") or ""), passages, infons, tell)


def _from_json(passage: Any) -> _Passage:
    if not isinstance(passage, dict):
        raise ValueError("a passage that is no object")
    text = passage.get("text")
    if not text:
        text = " ".join(
            str(sentence.get("text") or "") for sentence in passage.get("sentences") or () if isinstance(sentence, dict)
        )
    infons = passage.get("infons")
    infons = infons if isinstance(infons, dict) else {}
    return _Passage(str(text), {str(key): str(value) for key, value in infons.items() if value is not None})


def _article(id: str, passages: list[_Passage], told: dict[str, str], tell: Tell) -> Article:
    """The article of a document; `told` are the infons of the document itself."""
    spoken = []
    for passage in passages:
        if not passage.text.strip():
            continue
        if _silent(passage.infons):
            tell(Left.PASSAGE, passage.infons.get("section_type", "") or _kind(passage.infons))
        else:
            spoken.append(passage)
    if not spoken:
        raise ValueError("no passage with text")
    infons = told | {key: value for passage in reversed(passages) for key, value in passage.infons.items()}
    front = next((passage.infons for passage in passages if _is_title(passage.infons)), {})
    title_passage = next((passage for passage in spoken if _is_title(passage.infons)), None)
    title = line(title_passage.text if title_passage else told.get("title", ""))
    body = Body(cleaned(title))
    for passage in spoken:
        if passage is title_passage:
            continue
        words = line(passage.text)
        kind = _kind(passage.infons)
        section = passage.infons.get("section_type", "") or passage.infons.get("section", "")
        if "title" in kind and "caption" not in kind:
            body.section(words, section)
        elif kind.startswith("list"):
            body.add(BULLET + words)
        else:
            body.add(words)
    pmid = front.get("article-id_pmid", "") or (id if id.isdecimal() else "")
    pmcid = front.get("article-id_pmc", "") or (id if id.upper().startswith("PMC") else "")
    pmcid = f"PMC{pmcid}" if pmcid.isdecimal() else pmcid
    issued = _issued(infons, tell)
    authors = tuple(_authors(front))
    if not authors and infons.get("authors"):
        authors = tuple(name.strip(" ,") for name in infons["authors"].split(",") if name.strip(" ,"))
    journal = infons.get("journal-title", "") or re.split("[.;]", infons.get("journal", ""))[0]
    return Article(
        id=pmcid or (f"PMID{pmid}" if pmid else ""),
        text=body.text,
        title=body.title,
        issued=issued,
        authors=authors,
        topics=tuple(word.strip() for word in front.get("kwd", "").split(",") if word.strip()),
        work=Work(authors, body.title, journal, issued[:4], front.get("article-id_doi", ""), pmid, pmcid),
        retracted=is_retracted(title),
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
    )


def _issued(infons: dict[str, str], tell: Tell) -> str:
    """The date of a document: PubTator tells the day with the journal, "Toe J; 2019 Jun 3; 5 (2) 1-9", and the year."""
    year = next(filter(None, (infons.get(key, "") for key in ("year", "date", "pub_date", "pub-date"))), "")
    source = infons.get("journal", "").split(";")
    day = source[1].strip() if len(source) > 1 else ""
    if day.startswith(year or ("1", "2")):
        year = day or year
    return dates.read(year, partial(tell, Left.DATE))


def _kind(infons: dict[str, str]) -> str:
    return infons.get("type", "").lower()


def _is_title(infons: dict[str, str]) -> bool:
    """Whether a passage is the title: by its type, or by its section where it has no type."""
    if kind := _kind(infons):
        return kind in _TITLES
    return any(value.lower() in _TITLES for key, value in infons.items() if key != "title")


def _silent(infons: dict[str, str]) -> bool:
    return infons.get("section_type", "").upper() in _SILENT_SECTIONS or _kind(infons) in _SILENT_TYPES


def _authors(front: dict[str, str]) -> Iterator[str]:
    """The authors of PubMed Central's BioC: "name_0" is "surname:Doe;given-names:Jane"."""
    number = 0
    while name := front.get(f"name_{number}"):
        parts = dict(part.split(":", 1) for part in name.split(";") if ":" in part)
        initials = "".join(word[0] for word in parts.get("given-names", "").replace(".", " ").split())
        yield f"{parts.get('surname', '')} {initials}".strip()
        number += 1
