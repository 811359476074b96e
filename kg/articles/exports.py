"""What reference managers exchange: MEDLINE (.nbib) and RIS. A record is a run of lines with a tag before each."""

import re
from collections.abc import Iterator
from functools import partial

from kg.articles import dates, markup
from kg.articles.article import Article, Work
from kg.articles.citation import clean_doi
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling
from kg.articles.extracted import Body, digest
from kg.articles.titles import cleaned, is_retracted, tells_of_retraction

_LINE_END = re.compile(r"\r\n|\r|\n")
# A tag of MEDLINE takes up four columns, one of RIS two: "IL-10 rose" and "MSC-derived" are text that goes on.
_TAG_OF_MEDLINE = re.compile(r"(?:\d{1,5}: ?)?([A-Z]{4}|[A-Z]{3} |[A-Z]{2}  )- ?(.*)")
_TAG_OF_RIS = re.compile(r"([A-Z][A-Z0-9])(?:  - ?| -(?: |\Z))(.*)")
_RIS = re.compile(r"^[^\S\n]*TY {1,2}- ?[A-Z]+\s", re.MULTILINE)
_END_OF_RIS = re.compile("^ER {1,2}-", re.MULTILINE)
_BEFORE_RIS = 500  # characters that a program may write before the first record
#: Tags that a record of MEDLINE has some of where it has no PMID.
_USUAL = {"TI", "AB", "AU", "FAU", "DP", "JT", "TA", "PT", "MH", "SO", "OWN", "STAT", "LA"}
# Retracted in; retracted and republished in; the notice of a retraction.
_TAKEN_BACK = ("RIN", "RPI", "ROF")
_KINDS = {"JOUR": "Journal Article", "JFULL": "Journal Article", "EJOUR": "Journal Article"}

Record = dict[str, list[str]]


def kind_of(head: str) -> str:
    """ "MEDLINE" or "RIS" where a text begins as such an export does, else "".

    >>> kind_of("PMID- 12\\nTI  - Cells\\n"), kind_of("TY  - JOUR\\nTI  - Cells\\n"), kind_of("AB - a note\\n")
    ('MEDLINE', 'RIS', '')
    """
    head = _LINE_END.sub("\n", head.lstrip("\ufeff"))
    first = _RIS.search(head)
    if first and (not head[: first.start()].strip() or (first.start() < _BEFORE_RIS and _END_OF_RIS.search(head))):
        return "RIS"
    lines = head.lstrip().split("\n")
    tags = [match[1].strip() for line in lines if (match := _TAG_OF_MEDLINE.fullmatch(line.rstrip()))]
    begins = bool(_TAG_OF_MEDLINE.fullmatch(lines[0].rstrip())) and len(set(tags)) > 1
    return "MEDLINE" if begins and ("PMID" in tags or len(_USUAL.intersection(tags)) > 2) else ""


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
    opening = "TY" if is_ris else "PMID" if re.search("^(?:\\d+: ?)?PMID-", text, re.MULTILINE) else ""
    for number, body in enumerate(_LINE_END.split(text), start=1):
        match = (_TAG_OF_RIS if is_ris else _TAG_OF_MEDLINE).fullmatch(body.strip() if is_ris else body.rstrip())
        tag = match[1].strip() if match else ""
        opening = opening or tag
        if is_ris and tag == "ER":
            if record:
                yield begun, record
            record, last = {}, ""
        elif match:
            if tag == opening and tag in record:
                yield begun, record
                record = {}
            if not record:
                begun = number
            last = tag
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
    body = Body(cleaned(title))
    for abstract in abstracts:
        for paragraph in markup.lines(abstract):
            body.add(paragraph)
    if not body.parts:
        raise ValueError("neither title nor abstract")
    return body


def _article(body: Body, id: str, tell: Tell, stated: tuple[str, ...], work: Work, **facts: object) -> Article:
    """The article of a record; `stated` are its dates, most telling first."""
    issued = dates.first(stated, partial(tell, Left.DATE))
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
    title = cleaned(_one(record, "TI")) or _one(record, "TT", "BTI")
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
        (_one(record, "DEP"), _one(record, "DP")),
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
        retracted=tells_of_retraction(types) or any(tag in record for tag in _TAKEN_BACK) or is_retracted(title),
        language={"eng": "en"}.get(language, language),
    )


def _ris_date(stated: str) -> str:
    """A date of RIS without what may follow the day: "2019/06/03/Spring", "2019///".

    >>> _ris_date("2019/06/03/Spring"), _ris_date("2019///"), _ris_date("June 2019")
    ('2019/06/03', '2019', 'June 2019')
    """
    return "/".join(filter(None, (part.strip() for part in stated.split("/")[:3])))


def _of_ris(record: Record, tell: Tell) -> Article:
    title = _one(record, "TI", "T1", "CT", "BT")
    abstracts = record.get("AB") or record.get("N2", [])
    if record.get("AB"):
        for other in record.get("N2", ()):
            if other not in abstracts:
                tell(Left.ABSTRACT, "N2")
    body = _body(title, abstracts)
    database = _one(record, "DB", "DP").lower()
    pmid = next(
        (value for tag in ("AN", "ID", "C6") if (value := _one(record, tag)).isdecimal() and "pubmed" in database), ""
    )
    pmcid = next((value for tag in ("C2", "C7") if (value := _one(record, tag)).startswith("PMC")), "")
    doi = clean_doi(_one(record, "DO", "M3", "L3", "DI"))
    dated = [_ris_date(_one(record, tag)) for tag in ("DA", "PY", "Y1")]
    year = next((date for date in dated[1:] if date), "")
    # "JUN 3" in one field, the year in the other.
    stated = dated[0] if re.search(r"\d{4}", dated[0]) or not year else f"{year[:4]} {dated[0]}".strip()
    stated = max(stated, year, key=len)
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
        (stated,),
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
