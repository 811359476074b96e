"""Bibliographic lines: telling them from prose by their shape, and taking them apart."""

import re

import sentencex  # type: ignore[import-untyped]

from kg.articles.article import Work

_LONGEST = 5000  # that a citation may be, in characters
_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŠŽČĆĐŞİŚŻŘ]"
_PARTICLE = "(?:van|von|de|der|den|da|dos|del|della|di|la|le|el|al|ten|ter)"
_NAME = rf"(?:{_PARTICLE}\s)*{_CAPITAL}[\w'’\-]*(?:\s{_CAPITAL}[\w'’\-]+){{0,2}}"
_AUTHOR = rf"{_NAME}\s{_CAPITAL}(?:-?{_CAPITAL}){{0,3}}(?:\s(?:Jr|Sr|2nd|3rd|II|III))?"
_AUTHORS = rf"{_AUTHOR}(?:(?:,\s(?:and\s|&\s)?|\sand\s){_AUTHOR})*"
#: "Name AB, Name CD, et al."
_VANCOUVER = re.compile(rf"(?P<authors>{_AUTHORS})(?P<others>,?\set\sal)?(?:\.:?|:|\s(?=\((?:19|20)\d\d))\s*")
#: "Name, A. B., & Name, C. (2020)."
_APA = re.compile(rf"{_CAPITAL}[\w'’\-]+,\s(?:{_CAPITAL}\.[\s,-]*)+.{{0,300}}?\((?:19|20)\d\d[a-z]?\)", re.DOTALL)
_NUMBER = re.compile(r"\s*(?:\[\d{1,3}\]|\(?\d{1,3}[.)]|\^?\d{1,3}(?=\s[A-Z]))?\s*(?:[-–•*]\s+)?")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>;,]+", re.IGNORECASE)
_PMID = re.compile(r"\bPMID\s*+:?+\s*+(\d{1,8})\b", re.IGNORECASE)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.ASCII)
_PMCID = re.compile(r"\bPMC\d{3,9}\b")
# "2023 Aug 29;18(1):639", "2016; 7:12", "2018 Dec 21."
_ISSUE = re.compile(r"\b(?P<year>(?:19|20)\d\d)(?:\s[A-Z][a-z]{2,8}(?:[-–/][A-Z][a-z]{2,8})?(?:\s\d{1,2})?)?\s*;\s*\d*")
_VOLUME = re.compile(r"\b\d{1,4}\s?(?:\(\d[\w\s–-]{0,8}\))?\s?:\s?e?\d+")
_DATED = re.compile(r"\((?P<year>(?:19|20)\d\d)[a-z]?\)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEAR_OR_NUMBER = re.compile(r"\d{2}")
_BOOK = re.compile(r"\bIn:\s+(?:.*?\beds?(?:itors?)?\b\.?,?\s+)?(?P<book>[^.\[]+)")


def orcid(text: str) -> str:
    """The ORCID that a text is, plain or as an address; "" where it is none or its last digit is wrong.

    >>> orcid("http://orcid.org/0000-0002-1825-0097"), orcid("0000000218250097"), orcid("0000-0002-1825-0098")
    ('0000-0002-1825-0097', '0000-0002-1825-0097', '')
    """
    found = _ORCID.fullmatch(text.strip())
    if found is None:
        return ""
    groups = found.groups()
    total = 0
    for digit in "".join(groups)[:-1]:
        total = (total + int(digit)) * 2 % 11
    return "-".join(groups) if "0123456789X"[(12 - total) % 11] == groups[-1][-1] else ""


def is_citation(line: str) -> bool:
    """Whether a line is a citation by its shape: authors at the beginning, and an issue, a DOI or a PMID after them."""
    if len(line) > _LONGEST or not _YEAR_OR_NUMBER.search(line):
        return False
    line = line[_NUMBER.match(line).end() :]  # type: ignore[union-attr]  # every part of the pattern may be empty
    if _APA.match(line):
        return True
    match = _VANCOUVER.match(line)
    if not match:
        return False
    rest = line[match.end() :]
    return bool(
        _ISSUE.search(rest) or _DOI.search(rest) or _PMID.search(rest)
        or (_YEAR.search(rest) and _VOLUME.search(rest)) or _DATED.match(rest)
    )  # fmt: skip


def names_a_work(line: str) -> bool:
    """Whether what follows after "Source:" is a work: a citation, or anything with an identifier."""
    return len(line) <= _LONGEST and (any(identifiers(line)) or is_citation(line))


def identifiers(text: str) -> tuple[str, str, str]:
    """The first DOI, PMID and PMCID of a text, each empty where there is none.

    >>> identifiers("J X. 2023;1:2. doi: 10.1000/ab(c)1. PMID: 12; PMCID: PMC345.")
    ('10.1000/ab(c)1', '12', 'PMC345')
    """
    doi = _DOI.search(text)
    pmid = _PMID.search(text)
    pmcid = _PMCID.search(text)
    return (clean_doi(doi[0]) if doi else "", pmid[1] if pmid else "", pmcid[0] if pmcid else "")


def clean_doi(doi: str) -> str:
    """A DOI without a resolver before it and without the punctuation of the sentence that it stands in."""
    doi = re.sub(r"(?i)^\s*(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi).strip().rstrip(".,;:")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def parse(line: str) -> Work:
    """The work that a citation names, as far as it can be told. `line` comes without the words that introduce it.

    >>> work = parse("Doe AB, Roe C. On cells. J Made Up. 2020 May;3(2):1-9. doi: 10.1000/x.1.")
    >>> work.authors, work.title, work.journal, work.year, work.doi
    (('Doe AB', 'Roe C'), 'On cells', 'J Made Up', '2020', '10.1000/x.1')
    """
    citation = line.strip()
    rest = citation[_NUMBER.match(citation).end() :]  # type: ignore[union-attr]
    doi, pmid, pmcid = identifiers(rest)
    authors: tuple[str, ...] = ()
    if match := _VANCOUVER.match(rest):
        authors = tuple(re.findall(_AUTHOR, match["authors"]))
        rest = rest[match.end() :]
    year = ""
    head = rest
    if issue := _DATED.match(rest):
        year, head = issue["year"], rest[issue.end() :].lstrip(" .:")
    elif issue := _ISSUE.search(rest) or re.search(r"(?P<year>\b(?:19|20)\d\d\b)", rest):
        year, head = issue["year"], rest[: issue.start()]
    title, _, journal = _first_sentence(head)
    if book := _BOOK.search(head):
        journal = book["book"]
    elif issue is None or not authors:
        journal = ""
    return Work(
        authors=authors,
        title=title.strip().rstrip(".") if authors else "",
        journal=re.sub(r"\s*\[.*?\]", "", journal).strip(" .,;:"),
        year=year,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        citation=citation,
    )


def _first_sentence(text: str) -> tuple[str, str, str]:
    pieces = sentencex.segment("en", text.strip())
    if not pieces:
        return "", "", ""
    return pieces[0], " ", "".join(pieces[1:])
