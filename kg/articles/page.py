"""HTML pages: what a page says of itself in its head, and its main text."""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from lxml import etree, html

from kg.articles import citation, dates
from kg.articles.article import Article, Work
from kg.articles.content import BLOCKS, HEADINGS, blocks, main_part, prune
from kg.articles.cues import FurnitureCues
from kg.articles.decode import decode_declared
from kg.articles.errors import ArticleError, Left, OnNote, Tell, telling, unheard
from kg.articles.extracted import BULLET
from kg.articles.layout import Line, shape, starts_like_a_heading
from kg.articles.letters import plain
from kg.articles.plain import compose
from kg.articles.titles import is_retracted

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*+<\?xml[^>]*\?>")
# ISO 8859-1 has no letters there: a page that says so is in windows-1252, as browsers have it.
_WINDOWS = re.compile("[\x80-\x9f]+")
# Characters that XML has none of: lxml gives them, of a page, and does not take them back.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SEVERAL = ("citation_author", "citation_keywords", "article:tag", "dc.creator", "dc.subject")
#: Where the head of a page states when it was published, most telling first.
_DATES = (
    "citation_publication_date", "citation_online_date", "citation_date", "article:published_time", "article:published",
    "", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "prism.publicationdate",
    "datepublished", "date", "pubdate", "publishdate", "publish-date", "publication_date", "parsely-pub-date",
    "sailthru.date", "og:published_time", "citation_year",
)  # fmt: skip
_BETWEEN = re.compile(r"(?<!\s)\s++[|–—·»:-]++\s++|(?:(?<!\s)\s++)?+\|\s*+")


def is_html(name: str) -> bool:
    """Whether a root element of this name makes a file an HTML page."""
    return name.lower() in BLOCKS | {"head", "title", "meta", "span", "a", "script", "link", "br", "font", "b", "i"}


def read_html(data: bytes, *, stem: str, file: str, cues: FurnitureCues, on_note: OnNote = unheard) -> Article:
    """The article of an HTML page, with its sentences. Raises `ArticleError`."""
    tell = telling(on_note, file)
    declared = _CHARSET.search(data[:4096])
    text = _DECLARATION.sub("", decode_declared(data, declared[1].decode("ascii") if declared else "", file), count=1)
    text = _WINDOWS.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text)
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        # As bytes: of a text that still has a declaration of its encoding, cut short, the library reads nothing.
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ArticleError(file, "", f"not an HTML page: {error}") from None
    for entry in parser.error_log:
        if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:  # what follows is missing from the page
            raise ArticleError(file, f"line {entry.line}", f"refused: {entry.message.strip()}")
    _clean(page)
    meta = _meta(page)
    linked = _linked_data(page)
    dated = _dated(page)
    named = [_squeeze(heading) for heading in page.iter("h1")]
    titled = _squeeze(page.find(".//title"))
    prune(page, tell)
    lines, body = _lines(main_part(page, tell))
    if not any(line.kind in ("prose", "item") for line in lines):
        raise ArticleError(file, "", "a page without a paragraph of text")
    facts = _facts(page, meta, linked, dated, tell)
    facts["title"] = title = _title(meta, linked, named, titled)
    facts["retracted"] = is_retracted(title)
    if title and all(line.text != title for line in lines):
        # The title stands in the head alone: there it is a sentence of the article too.
        lines = [replace(line, start=line.start + len(title) + 1, end=line.end + len(title) + 1) for line in lines]
        lines.insert(0, Line(0, len(title), title, "heading", True))
        body = f"{title}\n{body}"
    return compose(body, 0, len(body), lines, facts, stem, file, cues, on_note)


def _clean(page: html.HtmlElement) -> None:
    """Take out characters that can't be moved with the text they are in: "&#1;"; a form feed is a space."""
    for element in page.iter():
        for part in ("text", "tail"):
            if _UNFIT.search(found := getattr(element, part) or ""):
                setattr(element, part, _UNFIT.sub(lambda match: " " if match[0] in "\x0b\x0c" else "", found))


def _squeeze(element: Any) -> str:
    return " ".join(text for _, text in blocks(element)) if element is not None else ""


def _title(meta: dict[str, str], linked: dict[str, Any], named: list[str], titled: str) -> str:
    """The title of a page: what its head says of the article, else its first heading that is not the site's name."""
    site = meta["og:site_name"].casefold()
    sites = {site, *(part.casefold() for part in _BETWEEN.split(titled)[1:])}
    stated = meta["og:title"] or str(linked.get("headline") or "") or meta["dc.title"] or meta["twitter:title"]
    if meta["citation_title"]:
        return plain(meta["citation_title"])
    stated = plain(_without_site(" ".join(stated.split()), site))
    whole = stated or _without_site(titled, site)
    names = [name for name in named if name and name.casefold() not in sites]
    for name in names:
        if name.casefold() in whole.casefold() or (whole and whole.casefold() in name.casefold()):
            return name
    return stated or (names[0] if names else plain(whole))


def _without_site(title: str, site: str) -> str:
    """A title without the name of the site after it: "Cells for knees | Cell News"."""
    parts = _BETWEEN.split(title)
    if len(parts) > 1 and (parts[-1].casefold() == site or len(parts[-1]) < len(parts[0])):
        end = title.rindex(parts[-1])
        return title[:end].rstrip(" |–—·»:-")
    return title


# The head ------------------------------------------------------------------------------------------------------------


def _meta(page: html.HtmlElement) -> dict[str, str]:
    """The first content of each named meta element, authors and keywords joined by line feeds."""
    found: dict[str, str] = defaultdict(str)
    for element in page.iter("meta"):
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").lower()
        content = " ".join((element.get("content") or "").split())
        if name and content:
            if name in _SEVERAL and found[name]:
                found[name] += f"\n{content}"
            else:
                found[name] = found[name] or content
    return found


def _linked_data(page: html.HtmlElement) -> dict[str, Any]:
    """The article among the page's JSON-LD: the first object with a headline."""
    for script in page.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            value = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        waiting = deque([value])
        while waiting:
            item = waiting.popleft()
            if isinstance(item, list):
                waiting.extend(item)
            elif isinstance(item, dict):
                if isinstance(item.get("headline"), str):
                    return item
                waiting.append(item.get("@graph"))
    return {}


def _names(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            yield name.strip()


def _dated(page: html.HtmlElement) -> str:
    """The day that the body of a page marks as that of its publication."""
    found = page.xpath(
        "//*[@itemprop='datePublished']/@content | //*[@itemprop='datePublished']/@datetime"
        " | //time[@pubdate]/@datetime | //time[contains(@class, 'publish')]/@datetime"
        " | //article//header//time/@datetime"
    )
    return str(found[0]) if found else ""


def _facts(
    page: html.HtmlElement, meta: dict[str, str], linked: dict[str, Any], dated: str, tell: Tell
) -> dict[str, Any]:
    authors = (
        tuple(filter(None, meta["citation_author"].split("\n")))
        or tuple(_names(linked.get("author")))
        or tuple(filter(None, meta["dc.creator"].split("\n")))
    )
    note = partial(tell, Left.DATE)
    stated = (str(linked.get("datePublished") or "") or dated if not name else meta[name] for name in _DATES)
    issued = next((day for date in stated if date and (day := dates.read(date, note))), "")
    topics = re.split(r"[,;\n]", meta["citation_keywords"] or meta["keywords"] or meta["article:tag"])
    publisher = meta["og:site_name"] or meta["citation_publisher"] or next(iter(_names(linked.get("publisher"))), "")
    doi = citation.clean_doi(meta["citation_doi"] or meta["dc.identifier"])
    work = None
    if meta["citation_title"] or meta["citation_pmid"]:
        work = Work(
            authors, meta["citation_title"], meta["citation_journal_title"], issued[:4],
            doi if doi.startswith("10.") else "", meta["citation_pmid"],
        )  # fmt: skip
    language = (page.get("lang") or "en").lower().partition("-")[0]
    return {
        "issued": issued,
        "publisher": publisher,
        "authors": authors,
        "topics": tuple(dict.fromkeys(topic.strip() for topic in topics if topic.strip())),
        "language": language,
        "work": work,
    }


# The body ------------------------------------------------------------------------------------------------------------


def _lines(content: html.HtmlElement) -> tuple[list[Line], str]:
    """The lines of the article, and its text."""
    found: list[Line] = []
    parts: list[str] = []
    start = 0
    for tag, body in blocks(content):
        if tag in HEADINGS:
            kind = "heading"
        elif tag == "li":
            kind, body = "item", f"{BULLET}{body}"
        elif tag == "figcaption":
            kind = "prose"
        else:
            kind = shape(body)
            if kind == "short" and not starts_like_a_heading(body):
                kind = "prose"
        found.append(Line(start, start + len(body), body, kind, True))
        parts.append(body)
        start += len(body) + 1
    return found, "\n".join(parts)
