"""PubMed and MEDLINE XML: baseline and update files, and what E-utilities' efetch gives.

A baseline file has tens of thousands of records, of which few may be wanted. So the stream is cut into records by
their tags, the words of each are looked at first, and a record is parsed only where it is wanted. A record that is
not well formed is named, and the others are read.
"""

import codecs
import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from lxml import etree

from kg.articles import dates
from kg.articles.article import Article, Section, Work
from kg.articles.citation import orcid
from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote, Tell, telling
from kg.articles.extracted import digest
from kg.articles.inline import inner_text
from kg.articles.letters import plain
from kg.articles.titles import cleaned, is_retracted
from kg.articles.xml_stream import CONTROL_REFERENCE, declared_encoding, parse
from kg.limits import LONGEST_RECORD

# A citation of MEDLINE stands in a PubmedArticle, or by itself.
_OPENING = re.compile(rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation|MedlineCitation)(?=[\s>])")
_SET = re.compile(rb"<(?:PubmedArticleSet|MedlineCitationSet|PubmedBookArticleSet)[\s>/]")
_CLOSING = re.compile(
    rb"</(?:PubmedArticleSet|MedlineCitationSet|PubmedBookArticleSet)\s*>|"
    rb"<(?:PubmedArticleSet|MedlineCitationSet|PubmedBookArticleSet)\s*/>"
)
# What XML may not have in it, though files do.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|" + CONTROL_REFERENCE, re.I)
_REFERENCES = (b"<ReferenceList>", b"</ReferenceList>")
_WORDS = re.compile(
    rb"<(ArticleTitle|VernacularTitle|AbstractText)(?:\s[^<>]*+)?>"
    rb"([^<]*+(?:<(?!/?(?:ArticleTitle|VernacularTitle|AbstractText)[\s>])[^<]*+)*+)</\1>"
)
_PMID = re.compile(rb"<PMID(?:\s++Version=\"(\d++)\")?[^<>]*+>\s*+(\d++)\s*+</PMID>")
_TAG = re.compile(rb"<[^<>]*+>")
_CHUNK = 4 << 20
# Of an article that was taken back, and of the notice that says so.
_RETRACTED = ("D016441", "Retracted Publication", "D016440", "Retraction of Publication")
_TAKEN_BACK = {"retractionin", "retractedandrepublishedin", "retractionof"}
#: When an article was published, by its history: not when it was received, or came to PubMed.
_PUBLISHED = ("epublish", "ppublish", "ecollection")
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
    on_note: OnNote,
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
                on_note(Note(file, place, Left.BOOK, _id(record.data)))
                continue
            id = stem if record.alone else _id(record.data)
            if id in seen:
                raise ValueError(f"{id} stands in this file already")
            seen.add(id)
            if wanted is not None and not wanted(_words(record.data)):
                on_pass(id)
                continue
            # The works that it cites are the bulk of many a record.
            article = _article(_parsed(_without_references(record.data)), id, telling(on_note, file, place))
        except etree.XMLSyntaxError as error:
            reason = (error.msg or "no reason given").split(", line ")[0]
            on_error(ArticleError(file, place, f"not well-formed XML: {reason}"))
        except ValueError as error:
            on_error(ArticleError(file, place, str(error)))
        else:
            yield article


def _parsed(data: bytes) -> etree._Element:
    """The element of a record, without the control characters that XML may not have, where it has any.

    What entities stand for that the record does not declare ("&nbsp;") is read: with a document type they are kept.
    """
    try:
        return parse(data)
    except etree.XMLSyntaxError as error:
        if (error.msg or "").startswith("Entity "):
            data = b"<!DOCTYPE PubmedArticle SYSTEM 'pubmed.dtd'>" + data
        elif not _CONTROL.search(data):
            raise
        return parse(_CONTROL.sub(b" ", data))


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
    is_set = True
    opening: re.Match[bytes] | None = None
    chunks = _utf8(stream, file)
    more = True
    while more:
        chunk = next(chunks, b"")
        more = bool(chunk)
        buffer += chunk
        if not number:
            is_set = bool(_SET.search(buffer))
            alone = _count(buffer) == 1 and (bool(_CLOSING.search(buffer)) or not is_set)
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
    if not closed and (is_set or not number or opening):
        where = f"after entry {number}" if number else ""
        raise ArticleError(file, where, "the file breaks off before the end of the PubmedArticleSet")


def _count(buffer: bytes) -> int:
    """How many records begin in some bytes."""
    tags = _OPENING.findall(buffer)
    return len([tag for tag in tags if tag != b"MedlineCitation"]) or len(tags)


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
    return plain(html.unescape(text) if "&" in text else text)


# One record ----------------------------------------------------------------------------------------------------------


def _article(element: etree._Element, id: str, tell: Tell) -> Article:
    """The article of a record. Children are walked once, since looking each up by its path costs more than parsing."""
    citation = element if element.tag == "MedlineCitation" else None
    data = None
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
    title = _title(fields)
    lines = [title] if title else []
    length = len(title)
    sections: list[Section] = []
    for paragraph in _abstract(fields, citation, tell):
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
    retracted = (
        any(mark in types for mark in _RETRACTED)
        or any(item.get("RefType", "").lower() in _TAKEN_BACK for item in parts.get("CommentsCorrectionsList", ()))
        or is_retracted(title)
    )
    doi, pmcid = _identifiers(record, data)
    people = [(_person(author), _orcid(author)) for author in fields.get("AuthorList", ())]
    authors = tuple(name for name, _ in people if name)
    issued, journal = _issue(fields, data, tell)
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
        orcids=tuple((name, number) for name, number in people if name and number),
        topics=tuple(dict.fromkeys(filter(None, topics))),
        work=Work(authors, title, journal, issued[:4], doi, pmid, pmcid),
        publication_types=tuple(types),
        retracted=retracted,
        language=_LANGUAGES.get(language, language),
        end=length,
        sha256=digest(text),
        sections=tuple(sections),
    )


def _title(fields: dict[str, etree._Element]) -> str:
    """The title of an article, in its own language where there is no other."""
    for name in ("ArticleTitle", "VernacularTitle"):
        if (element := fields.get(name)) is not None and (title := cleaned(inner_text(element))):
            return title
    return ""


def _abstract(fields: dict[str, etree._Element], citation: etree._Element, tell: Tell) -> Iterable[etree._Element]:
    """The parts of the abstract, or of another in English where there is none. The others are told."""
    chosen: etree._Element | None = fields.get("Abstract")
    for other in citation.iterchildren("OtherAbstract"):
        language = other.get("Language", "eng")
        if chosen is not None and not "".join(map(str, chosen.itertext())).strip():
            chosen = None
        if chosen is None and language in ("eng", "en"):
            chosen = other
        else:
            tell(Left.ABSTRACT, f"{other.get('Type', '')} {language}".strip())
    return () if chosen is None else chosen


def _person(author: etree._Element) -> str:
    if author.get("ValidYN") == "N":
        return ""
    names = {child.tag: child for child in author}
    if family := _text(names.get("LastName")):
        initials = _text(names.get("Initials"))
        if not initials:
            initials = "".join(part[0] for part in _text(names.get("ForeName")).replace("-", " ").split())
        return f"{family} {initials}".rstrip()
    return _text(names.get("CollectiveName")) or _text(names.get("ForeName"))


def _orcid(author: etree._Element) -> str:
    told = (child for child in author if child.tag == "Identifier" and child.get("Source") == "ORCID")
    return next(filter(None, (orcid(child.text or "") for child in told)), "")


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = element.text or ""
    return inner_text(element) if len(element) or "&" in text else text


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


def _issue(fields: dict[str, etree._Element], data: etree._Element | None, tell: Tell) -> tuple[str, str]:
    """When the article was published, electronically or else in its issue, and the title of its journal."""
    found = [fields["ArticleDate"]] if "ArticleDate" in fields else []
    title = abbreviation = ""
    for child in fields.get("Journal", ()):
        if child.tag == "Title":
            title = (child.text or "").strip()
        elif child.tag == "ISOAbbreviation":
            abbreviation = (child.text or "").strip()
        elif child.tag == "JournalIssue":
            found += child.iterchildren("PubDate")
    issued = next(filter(None, (_date(date, tell) for date in found)), "")
    if not issued and data is not None:
        history = {date.get("PubStatus"): date for date in data.iterfind("History/PubMedPubDate")}
        issued = next(filter(None, (_date(history[kind], tell) for kind in _PUBLISHED if kind in history)), "")
    return issued, title or abbreviation


def _date(date: etree._Element, tell: Tell) -> str:
    parts = {child.tag: (child.text or "").strip() for child in date}
    note = partial(tell, Left.DATE)
    if not parts.get("Year"):
        # "1998 Dec-1999 Jan", "2000 Spring"
        return dates.read(parts.get("MedlineDate", ""), note)
    return dates.parts(parts["Year"], parts.get("Month", ""), parts.get("Day", ""), note)
