"""PubMed and MEDLINE XML: baseline and update files, and what E-utilities' efetch gives.

A baseline file has tens of thousands of records, of which few may be wanted. So the stream is cut into records by
their tags, the words of each are looked at first, and a record is parsed only where it is wanted. A record that is
not well formed is named, and the others are read.
"""

import codecs
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Section, Work
from kg.articles.errors import ArticleError, OnError
from kg.articles.extracted import digest
from kg.articles.xml_stream import declared_encoding, inner_text, parse
from kg.limits import LONGEST_RECORD

_OPENING = re.compile(rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation)(?=[\s>])")
_CLOSING = re.compile(rb"</(?:PubmedArticleSet|MedlineCitationSet)\s*>")
_REFERENCES = (b"<ReferenceList>", b"</ReferenceList>")
_WORDS = re.compile(
    rb"<(ArticleTitle|AbstractText)(?:\s[^<>]*+)?>([^<]*+(?:<(?!/?(?:ArticleTitle|AbstractText)[\s>])[^<]*+)*+)</\1>"
)
_PMID = re.compile(rb"<PMID(?:\s++Version=\"(\d++)\")?[^<>]*+>\s*+(\d++)\s*+</PMID>")
_TAG = re.compile(rb"<[^<>]*+>")
_CHUNK = 4 << 20
_RETRACTED = ("D016441", "Retracted Publication")
#: MEDLINE's codes for languages are those of ISO 639-2; English has the short code that the other formats use.
_LANGUAGES = {"eng": "en"}


def read_pubmed(
    stream: IO[bytes],
    *,
    file: str,
    stem: str,
    on_error: OnError,
    on_delete: Callable[[str], None],
    wanted: Callable[[str], bool] | None,
    on_pass: Callable[[str], None],
) -> Iterator[Article]:
    """The articles of a PubmedArticleSet whose title and abstract are `wanted`; all of them where that is None.

    `on_pass` is called with the id of each article that is not wanted, `on_delete` with the id of each citation that
    the file deletes. Ids are "PMID" and the number, with the version after a full stop where it is not the first; the
    only article of a file is called by the file's stem.
    Raises `ArticleError` where the file breaks off.
    """
    seen: set[str] = set()
    for record in _records(stream, file):
        place = f"entry {record.number} (line {record.line})"
        try:
            if record.tag == "DeleteCitation":
                for pmid in parse(record.data).iterchildren("PMID"):
                    on_delete(f"PMID{(pmid.text or '').strip()}")
                continue
            if record.tag == "PubmedBookArticle":
                raise ValueError("a book, not an article")
            id = stem if record.alone else _id(record.data)
            if id in seen:
                raise ValueError(f"{id} stands in this file already")
            seen.add(id)
            if wanted is not None and not wanted(_words(record.data)):
                on_pass(id)
                continue
            # The works that it cites are the bulk of many a record.
            article = _article(parse(_without_references(record.data)), id)
        except etree.XMLSyntaxError as error:
            reason = (error.msg or "no reason given").split(", line ")[0]
            on_error(ArticleError(file, place, f"not well-formed XML: {reason}"))
        except ValueError as error:
            on_error(ArticleError(file, place, str(error)))
        else:
            yield article


def split(stream: IO[bytes], file: str) -> Iterator[tuple[str, bytes]]:
    """The PMID and the bytes, in UTF-8, of each article of a PubmedArticleSet. Raises `ArticleError`."""
    for record in _records(stream, file):
        if record.tag == "PubmedArticle" and (match := _PMID.search(record.data)):
            yield match[2].decode(), record.data


# Cutting the stream into records -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    tag: str
    data: bytes  # UTF-8
    number: int
    line: int
    alone: bool  # the only one of its file


def _utf8(stream: IO[bytes], file: str) -> Iterator[bytes]:
    """The stream in chunks, in UTF-8 whatever the encoding that the file declares. Raises `ArticleError`."""
    chunk = stream.read(_CHUNK)
    try:
        encoding = declared_encoding(chunk)
        decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
    except (ValueError, LookupError) as error:
        raise ArticleError(file, "line 1", str(error)) from None
    count = 0
    while chunk:
        try:
            yield chunk if decoder is None else decoder.decode(chunk).encode()
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            reason = getattr(error, "reason", str(error))
            raise ArticleError(file, f"byte {count + start}", f"not {encoding.upper()}: {reason}") from None
        count += len(chunk)
        chunk = stream.read(_CHUNK)


def _records(stream: IO[bytes], file: str) -> Iterator[_Record]:
    buffer = b""
    number = 0
    line = 1
    closed = alone = False
    chunks = _utf8(stream, file)
    more = True
    while more:
        chunk = next(chunks, b"")
        more = bool(chunk)
        buffer += chunk
        if not number:
            alone = len(_OPENING.findall(buffer)) == 1 and bool(_CLOSING.search(buffer))
        position = 0
        while opening := _OPENING.search(buffer, position):
            end_tag = b"</" + opening[1] + b">"
            end = buffer.find(end_tag, opening.end())
            if end < 0:
                break
            end += len(end_tag)
            number += 1
            line += buffer.count(b"\n", position, opening.start())
            yield _Record(opening[1].decode(), buffer[opening.start() : end], number, line, alone)
            line += buffer.count(b"\n", opening.start(), end)
            position = end
        if not opening:
            # Nothing begins here but what may be the beginning of a tag.
            closed = closed or bool(_CLOSING.search(buffer, position))
            keep = max(position, len(buffer) - 64)
            line += buffer.count(b"\n", position, keep)
            position = keep
        elif len(buffer) - opening.start() > LONGEST_RECORD:
            raise ArticleError(file, f"entry {number + 1} (line {line})", "longer than 50 MB")
        buffer = buffer[position:]
    if not closed:
        where = f"after entry {number}" if number else ""
        raise ArticleError(file, where, "the file breaks off before the end of the PubmedArticleSet")


def _id(data: bytes) -> str:
    match = _PMID.search(data)
    if not match:
        raise ValueError("no PMID")
    version = match[1] or b"1"
    return f"PMID{match[2].decode()}" + (f".{version.decode()}" if version != b"1" else "")


def _without_references(data: bytes) -> bytes:
    opening, closing = _REFERENCES
    start, end = data.find(opening), data.rfind(closing)
    return data[:start] + data[end + len(closing) :] if 0 <= start < end else data


def _words(data: bytes) -> str:
    """The title and abstract of a record, near enough to tell whether it is wanted."""
    joined = b"\n".join(match[2] for match in _WORDS.finditer(data))
    if b"<" in joined:
        joined = _TAG.sub(b"", joined)
    text = joined.decode("utf-8", "replace")
    return html.unescape(text) if "&" in text else text


# One record ----------------------------------------------------------------------------------------------------------


def _article(element: etree._Element, id: str) -> Article:
    """The article of a record. Children are walked once, since looking each up by its path costs more than parsing."""
    citation = data = None
    for child in element:
        if child.tag == "MedlineCitation":
            citation = child
        elif child.tag == "PubmedData":
            data = child
    if citation is None:
        raise ValueError("no MedlineCitation")
    parts = {child.tag: child for child in citation}
    keyword_lists = [child for child in citation if child.tag == "KeywordList"]
    pmid = (parts["PMID"].text or "").strip() if "PMID" in parts else ""
    record = parts.get("Article")
    if record is None:
        raise ValueError("no Article")
    fields = {child.tag: child for child in reversed(record)}
    title_element = fields.get("ArticleTitle")
    title = inner_text(title_element) if title_element is not None else ""
    if not title and (vernacular := fields.get("VernacularTitle")) is not None:
        title = inner_text(vernacular)
    lines = [title] if title else []
    length = len(title)
    sections: list[Section] = []
    for paragraph in fields.get("Abstract", ()):
        if paragraph.tag == "AbstractText" and (body := inner_text(paragraph)):
            start = length + 1 if lines else 0
            length = start + len(body)
            lines.append(body)
            label = (paragraph.get("Label") or "").strip()
            if label or sections:
                sections.append(Section("", start, length, label))
    if not lines:
        raise ValueError(f"{id}: neither title nor abstract")
    sections.insert(0, Section("", 0, sections[0].start if sections else length))
    text = "\n".join(lines)

    types: list[str] = []
    for kind in fields.get("PublicationTypeList", ()):
        types += filter(None, (kind.get("UI"), kind.text))
    retracted = any(mark in types for mark in _RETRACTED) or any(
        item.get("RefType") == "RetractionIn" for item in parts.get("CommentsCorrectionsList", ())
    )
    doi, pmcid = _identifiers(record, data)
    authors = tuple(filter(None, map(_person, fields.get("AuthorList", ()))))
    issued, journal = _issue(fields, id)
    language_element = fields.get("Language")
    language = (language_element.text or "").strip() if language_element is not None else "eng"
    topics = [inner_text(word) for words in keyword_lists for word in words]
    topics += [inner_text(heading[0]) for heading in parts.get("MeshHeadingList", ()) if len(heading)]
    return Article(
        id=id,
        text=text,
        title=title,
        issued=issued,
        authors=authors,
        topics=tuple(dict.fromkeys(filter(None, topics))),
        work=Work(authors, title, journal, issued[:4], doi, pmid, pmcid),
        publication_types=tuple(types),
        retracted=retracted,
        language=_LANGUAGES.get(language, language),
        end=length,
        sha256=digest(text),
        sections=tuple(sections),
    )


def _person(author: etree._Element) -> str:
    names = {child.tag: child.text or "" for child in author}
    if family := names.get("LastName"):
        return f"{family} {initials}" if (initials := names.get("Initials")) else family
    return " ".join(names.get("CollectiveName", "").split())


def _identifiers(record: etree._Element, data: etree._Element | None) -> tuple[str, str]:
    """The DOI and the PMCID."""
    doi = pmcid = ""
    for identifier in record:
        if (
            identifier.tag == "ELocationID"
            and identifier.get("EIdType") == "doi"
            and identifier.get("ValidYN", "Y") == "Y"
        ):
            doi = (identifier.text or "").strip()
    for group in data if data is not None else ():
        if group.tag == "ArticleIdList":
            for identifier in group:
                kind = identifier.get("IdType")
                if kind == "doi" and not doi:
                    doi = (identifier.text or "").strip()
                elif kind == "pmc":
                    pmcid = (identifier.text or "").strip()
    return doi, pmcid


def _issue(fields: dict[str, etree._Element], id: str) -> tuple[str, str]:
    """When the article was published, electronically or else in its issue, and the title of its journal.

    Raises `ValueError` where the date is none.
    """
    date = fields.get("ArticleDate")
    title = abbreviation = ""
    for child in fields.get("Journal", ()):
        if child.tag == "Title":
            title = (child.text or "").strip()
        elif child.tag == "ISOAbbreviation":
            abbreviation = (child.text or "").strip()
        elif child.tag == "JournalIssue" and date is None:
            date = child.find("PubDate")
    journal = title or abbreviation
    if date is None:
        return "", journal
    parts = {child.tag: (child.text or "").strip() for child in date}
    year, month, day = parts.get("Year", ""), parts.get("Month", ""), parts.get("Day", "")
    if not year:
        # "1998 Dec-1999 Jan", "2000 Spring": the year is what it is sure of.
        year, month, day = parts.get("MedlineDate", "")[:4], "", ""
        if not year.isdecimal():
            return "", journal
    try:
        return dates.iso(int(year), dates.month_number(month) if month else 0, int(day or 0) if month else 0), journal
    except ValueError:
        raise ValueError(f"{id}: {' '.join(filter(None, (year, month, day)))!r} is not a date") from None
