"""What reference managers exchange: MEDLINE (.nbib) and RIS. A record is a run of lines with a tag before each."""

import re
from collections.abc import Iterator
from functools import partial

from kg.articles import dates, markup
from kg.articles.article import Article, Work
from kg.articles.citation import clean_doi
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import Body, digest
from kg.articles.titles import is_none, is_retracted

_LINE_END = re.compile(r"\r\n|\r|\n")
_MEDLINE = re.compile(r"\s*(?:<pre>\s*)?(?:\d+:\s*)?[A-Z]{2,4} *- .*\r?\n", re.IGNORECASE)
_TAGGED = re.compile(r"([A-Z][A-Z0-9]{1,3}) *- ?(.*)")
_RIS = re.compile(r"\s*TY  ?- ?[A-Z]+\s")
_TAKEN_BACK = ("RIN", "RPI")  # retracted in; retracted and republished in
_KINDS = {"JOUR": "Journal Article", "JFULL": "Journal Article", "EJOUR": "Journal Article"}

Record = dict[str, list[str]]


def kind_of(head: str) -> str:
    """ "MEDLINE" or "RIS" where a text begins as such an export does, else "".

    >>> kind_of("PMID- 12\\nTI  - Cells\\n"), kind_of("TY  - JOUR\\nTI  - Cells\\n"), kind_of("AB - a note\\n")
    ('MEDLINE', 'RIS', '')
    """
    head = head.lstrip("\ufeff")
    if _RIS.match(head):
        return "RIS"
    tags = {match[1] for match in re.finditer(r"^([A-Z]{2,4}) {0,2}- ", head, re.MULTILINE)}
    if _MEDLINE.match(head) and "PMID" in tags and len(tags) > 1:
        return "MEDLINE"
    return ""


def read_exported(text: str, *, file: str, on_error: OnError, on_note: OnNote) -> Iterator[tuple[str, Article]]:
    """The articles of a MEDLINE or RIS file, each with its place."""
    is_ris = kind_of(text[:4096]) == "RIS"
    for number, record in _records(text, is_ris):
        place = f"line {number}"
        try:
            tell = telling(on_note, file, place)
            yield place, _of_ris(record, tell) if is_ris else _of_medline(record, tell)
        except ValueError as error:
            on_error(ArticleError(file, place, str(error)))


def _records(text: str, is_ris: bool) -> Iterator[tuple[int, Record]]:
    """The records with the numbers of their first lines. A line without a tag goes on with the one before."""
    record: Record = {}
    begun = 1
    last = ""
    for number, body in enumerate(_LINE_END.split(text), start=1):
        match = _TAGGED.fullmatch(body.rstrip()) if not body[:1].isspace() or is_ris else None
        if match and match[1] in ("ER",):
            if record:
                yield begun, record
            record, last = {}, ""
        elif match:
            if match[1] in ("PMID", "TY") and match[1] in record:
                yield begun, record
                record = {}
            if not record:
                begun = number
            last = match[1]
            record.setdefault(last, []).append(match[2].strip())
        elif body.strip() and last:
            record[last][-1] = f"{record[last][-1]} {body.strip()}".strip()
    if record:
        yield begun, record


def _one(record: Record, *tags: str) -> str:
    for tag in tags:
        if value := next(filter(None, record.get(tag, ())), ""):
            return markup.line(value)
    return ""


def _all(record: Record, *tags: str) -> tuple[str, ...]:
    return next((tuple(map(markup.line, filter(None, record[tag]))) for tag in tags if any(record.get(tag, ()))), ())


def _body(title: str, abstracts: list[str]) -> Body:
    body = Body("" if is_none(title) else title)
    for abstract in abstracts:
        for paragraph in markup.lines(abstract):
            body.add(paragraph)
    if not body.parts:
        raise ValueError("neither title nor abstract")
    return body


def _article(body: Body, id: str, tell: Tell, stated: str, work: Work, **facts: object) -> Article:
    issued = dates.read(stated, partial(tell, Left.DATE))
    return Article(
        id=id,
        text=body.text,
        title=body.title,
        issued=issued,
        authors=work.authors,
        work=Work(work.authors, body.title, work.journal, issued[:4], work.doi, work.pmid, work.pmcid),
        end=body.length,
        sha256=digest(body.text),
        sections=body.sections,
        **facts,  # type: ignore[arg-type]
    )


def _of_medline(record: Record, tell: Tell) -> Article:
    title = _one(record, "TI")
    if is_none(title) or not title:
        title = _one(record, "TT", "BTI")
    abstracts = record.get("AB") or record.get("OAB", [])
    if record.get("AB"):
        for _ in record.get("OAB", ()):
            tell(Left.ABSTRACT, _one(record, "OABL"))
    body = _body(title, abstracts)
    pmid = _one(record, "PMID")
    doi = next(
        (
            value.rpartition(" ")[0]
            for tag in ("LID", "AID")
            for value in record.get(tag, ())
            if value.endswith("[doi]")
        ),
        "",
    )
    types = _all(record, "PT")
    language = _one(record, "LA") or "eng"
    topics = (*_all(record, "OT"), *(heading.split("/")[0].strip("*") for heading in _all(record, "MH")))
    return _article(
        body,
        f"PMID{pmid}" if pmid.isdecimal() else "",
        tell,
        _one(record, "DEP") or _one(record, "DP"),
        Work(
            _all(record, "AU", "FAU") + _all(record, "CN"),
            "",
            _one(record, "JT", "TA"),
            "",
            doi,
            pmid,
            _one(record, "PMC"),
        ),
        topics=tuple(dict.fromkeys(topics)),
        publication_types=types,
        retracted="Retracted Publication" in types or any(tag in record for tag in _TAKEN_BACK) or is_retracted(title),
        language={"eng": "en"}.get(language, language),
    )


def _of_ris(record: Record, tell: Tell) -> Article:
    title = _one(record, "TI", "T1", "CT", "BT")
    body = _body(title, record.get("AB") or record.get("N2", []))
    database = _one(record, "DB", "DP").lower()
    pmid = next(
        (value for tag in ("AN", "ID", "C6") if (value := _one(record, tag)).isdecimal() and "pubmed" in database), ""
    )
    pmcid = next((value for tag in ("C2", "C7") if (value := _one(record, tag)).startswith("PMC")), "")
    doi = clean_doi(_one(record, "DO", "M3", "L3", "DI"))
    stated = max(
        (_one(record, tag).rstrip("/") for tag in ("DA", "PY", "Y1")), key=lambda date: (bool(date), len(date))
    )
    kinds = tuple(
        filter(
            None,
            (
                _KINDS.get(_one(record, "TY"), ""),
                _one(record, "M3") if not _one(record, "M3").startswith("10.") else "",
            ),
        )
    )
    return _article(
        body,
        pmcid or (f"PMID{pmid}" if pmid else ""),
        tell,
        re.sub(r"/+", "/", stated),
        Work(
            _all(record, "AU", "A1"),
            "",
            _one(record, "JO", "JF", "T2", "JA"),
            "",
            doi if doi.startswith("10.") else "",
            pmid,
            pmcid,
        ),
        topics=_all(record, "KW"),
        publication_types=kinds,
        retracted=is_retracted(title),
        language=(_one(record, "LA") or "en").lower()[:2],
    )
