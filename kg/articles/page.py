"""HTML pages: what a page says of itself in its head, and its main text."""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from lxml import etree, html

from kg.articles import citation, dates, markup
from kg.articles.article import Article, Work
from kg.articles.content import Block, blocks, main_part
from kg.articles.cues import FurnitureCues
from kg.articles.decode import decode_declared, page_encoding
from kg.articles.errors import ArticleError, Left, OnNote, Tell, telling, unheard
from kg.articles.extracted import BULLET
from kg.articles.layout import Line, shape, starts_like_a_heading
from kg.articles.letters import plain
from kg.articles.plain import compose
from kg.articles.site import BLOCKS, HEADINGS, prune
from kg.articles.titles import is_retracted

_INLINE = {
    "head", "title", "meta", "span", "a", "script", "link", "br", "font", "b", "i", "strong", "em", "u", "small", "img",
    "picture", "time", "button", "label", "style", "noscript", "base", "big", "mark", "iframe", "input", "dir", "menu",
}  # fmt: skip
# An element that a site makes for itself: "app-root".
_CUSTOM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
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
# What elements of an article's title are called, and what the head of a site is.
_TITLE_NAMES = re.compile(r"(?:\A|[\s_-])(?:entry|post|article|page|story|node)[_-]?(?:title|headline)(?:\Z|\s)")
_SITE_HEAD = re.compile(r"(?:\A|[\s_-])(?:header|masthead|branding|logo|title-?wrapper|site-?title)(?:\Z|[\s_-])", re.I)
# What some programs write around JSON-LD: "//<![CDATA[", "<!--".
_WRAPPED = re.compile(r"\A\s*(?://\s*)?<!(?:\[CDATA\[|--)|(?://\s*)?(?:\]\]>|-->)\s*\Z")
_PARAGRAPH = 80  # characters that a paragraph under a linked heading has, and the teaser of another page may not have
_HEAD = 400  # characters over the text of an article, in which its day may stand
_BARS = re.compile(r"[|»]")
# What stands between the parts of a title, before or after one.
_SIGN = re.compile(r"\A\s*[|–—·»:-]|[|–—·»:-]\s*\Z")
_BETWEEN = re.compile(r"(?<!\s)\s++[|–—·»:-]++\s++|(?:(?<!\s)\s++)?+\|\s*+")


def is_html(name: str) -> bool:
    """Whether a root element of this name makes a file an HTML page."""
    return name.lower() in BLOCKS | _INLINE or bool(_CUSTOM.fullmatch(name))


def read_html(data: bytes, *, stem: str, file: str, cues: FurnitureCues, on_note: OnNote = unheard) -> Article:
    """The article of an HTML page, with its sentences. Raises `ArticleError`."""
    tell = telling(on_note, file)
    declared = _CHARSET.search(data[:4096])
    encoding = page_encoding(data, declared[1].decode("ascii")) if declared else ""
    text = decode_declared(data, encoding, file)
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
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
    marked = _dated(page)
    titled = _squeeze(page.find(".//title"))
    headings = [heading for heading in _headings(page) if heading.text]
    title = _title(meta, linked, headings, titled)
    prune(page, [heading.element for heading in headings if heading.text == title], tell)
    content = main_part(page, tell)
    lines, body = _lines(chain(_over(page, content, title), blocks(content)), title, tell)
    if not any(line.kind in ("prose", "item") for line in lines):
        raise ArticleError(file, "", "a page without a paragraph of text")
    facts = _facts(page, meta, linked, marked, tell)
    facts["issued"] = facts["issued"] or _dated_above(content)
    facts["title"] = title
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
    return " ".join(block.text for block in blocks(element)) if element is not None else ""


# The title -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading that may be the title, and where it stands: where sites have their names, or articles their own."""

    element: html.HtmlElement
    text: str
    is_first: bool  # in rank
    is_site: bool
    is_own: bool


def _headings(page: html.HtmlElement) -> Iterator[_Heading]:
    """The headings of a page that may give its title."""
    for element in page.iter("h1", "h2", "h3", "div", "span", "p"):
        is_first = element.tag == "h1" or (element.get("role") == "heading" and element.get("aria-level") == "1")
        if not is_first and element.tag not in ("h2", "h3"):
            if element.get("itemprop") != "headline" and not _TITLE_NAMES.search(element.get("class", "")):
                continue
        holders = [*element.iterancestors()]
        in_article = any(holder.tag in ("article", "main") for holder in holders)
        is_site = any(holder.tag == "header" or _SITE_HEAD.search(_names_of(holder)) for holder in holders)
        is_own = in_article or bool(_TITLE_NAMES.search(element.get("class", "")))
        yield _Heading(element, _squeeze(element), is_first, is_site and not is_own, is_own)


def _names_of(element: html.HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _title(meta: dict[str, str], linked: dict[str, Any], headings: list[_Heading], titled: str) -> str:
    """The title of a page: what its head says of the article, else its first heading that is not the site's name."""
    if meta["citation_title"]:
        return plain(markup.line(meta["citation_title"]))
    site = meta["og:site_name"].casefold()
    stated = meta["og:title"] or str(linked.get("headline") or "") or meta["dc.title"] or meta["twitter:title"]
    stated = plain(_without_site(markup.line(stated), site))
    if stated.casefold() == site:
        stated = ""
    whole = stated or titled
    named = [heading for heading in headings if heading.text.casefold() != site and _is_title(heading, whole)]
    if named:
        return max(named, key=lambda heading: len(heading.text)).text
    if stated:
        return stated
    sites = {site, *(part.casefold() for part in _BETWEEN.split(titled)[1:])}
    for heading in headings:
        if heading.is_first and not heading.is_site and heading.text.casefold() not in sites:
            return heading.text
    whole = _without_site(titled, site)
    return "" if whole.casefold() == site or _is_of_site(whole, headings) else plain(whole)


def _is_title(heading: _Heading, whole: str) -> bool:
    """Whether a heading is what the head of the page says is its title, or a part of it between signs.

    The last part is the name of the site, unless it is longer than the others.
    """
    text, whole = heading.text.casefold(), whole.casefold()
    if not text or not whole:
        return False
    if text not in whole:
        return heading.is_first and not heading.is_site and whole in text
    before, _, after = whole.partition(text)
    if before and after:
        return heading.is_first and not heading.is_site and len(text) > len(before) + len(after)
    if not before:
        return not after or bool(_SIGN.match(after)) or (heading.is_first and not heading.is_site)
    if not _SIGN.search(before):
        return heading.is_first and not heading.is_site
    return len(text) > len(before) or heading.is_own


def _is_of_site(title: str, headings: list[_Heading]) -> bool:
    """Whether the heading of the site, and no other, is what a page is called."""
    return any(heading.is_site and heading.text.casefold() == title.casefold() for heading in headings)


def _without_site(title: str, site: str) -> str:
    """A title without the name of the site before or after it: "Cells for knees | Cell News"."""
    parts = _BETWEEN.split(title)
    if len(parts) < 2:
        return title
    if parts[-1].casefold() == site or len(parts[-1]) < len(parts[0]):
        return title[: title.rindex(parts[-1])].rstrip(" |–—·»:-")
    if parts[0].casefold() == site or _BARS.search(title[: len(parts[0]) + 3]):
        return title[len(parts[0]) :].lstrip(" |–—·»:-")
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
    """The article among the page's JSON-LD: the first object with a headline, else the first that was published."""
    published: dict[str, Any] = {}
    for script in page.iter("script"):
        if script.get("type", "").strip().lower() != "application/ld+json":
            continue
        try:
            value = json.loads(_WRAPPED.sub("", script.text or ""), strict=False)
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
                published = published or (item if item.get("datePublished") else {})
                waiting.extend(item.get(key) for key in ("@graph", "mainEntity"))
    return published


def _names(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            yield name.strip()


def _dated(page: html.HtmlElement) -> str:
    """The day that the body of a page marks as that of its publication."""
    found = page.xpath(
        "//*[@itemprop='datePublished']/@content | //*[@itemprop='datePublished']/@datetime"
        " | //*[@itemprop='datePublished']/@title | //time[@pubdate]/@datetime"
        " | //time[contains(@class, 'publish')]/@datetime | //abbr[contains(@class, 'published')]/@title"
        " | //article//header//time/@datetime"
    )
    return str(found[0]) if found else ""


def _dated_above(content: html.HtmlElement) -> str:
    """The day that stands over the text of an article, as HTML writes days."""
    above = 0
    for element in content.iter():
        if element.tag == "time" and not re.search("updat|modif", element.get("class", ""), re.IGNORECASE):
            if day := dates.read(element.get("datetime") or element.text_content()):
                return day
        above += len((element.text or "").strip())
        if above > _HEAD:
            break
    return ""


def _facts(
    page: html.HtmlElement, meta: dict[str, str], linked: dict[str, Any], dated: str, tell: Tell
) -> dict[str, Any]:
    authors = (
        tuple(filter(None, meta["citation_author"].split("\n")))
        or tuple(_names(linked.get("author")))
        or tuple(filter(None, meta["dc.creator"].split("\n")))
        or tuple(dict.fromkeys(_squeeze(link) for link in page.xpath("//a[@rel='author']") if _squeeze(link)))
    )
    note = partial(tell, Left.DATE)
    stated = (str(linked.get("datePublished") or "") or dated if not name else meta[name] for name in _DATES)
    issued = dates.first(stated, note)
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


def _lines(found: Iterable[Block], title: str, tell: Tell) -> tuple[list[Line], str]:
    """The lines of the article, and its text. What leads to other pages, and the site's name over it, are left out."""
    kept = [*_kept([*found], tell)]
    at = next((index for index, block in enumerate(kept) if block.text == title), 0)
    for block in kept[:at]:
        if block.name in HEADINGS:
            tell(Left.SITE, f"{block.name}: {block.text}")
    lines: list[Line] = []
    parts: list[str] = []
    start = 0
    for block in [block for block in kept[:at] if block.name not in HEADINGS] + kept[at:]:
        body, kind = block.text, "prose"
        if block.name in HEADINGS:
            kind = "heading"
        elif block.name == "li":
            kind, body = "item", f"{BULLET}{body}"
        elif block.name != "figcaption":
            kind = shape(body)
            if kind == "short" and not starts_like_a_heading(body):
                kind = "prose"
        lines.append(Line(start, start + len(body), body, kind, True))
        parts.append(body)
        start += len(body) + 1
    return lines, "\n".join(parts)


def _over(page: html.HtmlElement, content: html.HtmlElement, title: str) -> Iterator[Block]:
    """What stands in the header with the title, where that is beside the article."""
    for header in page.iter("header"):
        if header not in content.iterancestors() and content not in (header, *header.iterancestors()):
            found = [*blocks(header)]
            if any(block.name in HEADINGS and block.text == title for block in found):
                yield from found


def _kept(found: list[Block], tell: Tell) -> Iterator[Block]:
    """The blocks that do not lead away: a heading that does is one where a paragraph follows that does not."""
    left = 0
    for block, after in zip_longest(found, found[1:]):
        leads = block.leads_away and block.name != "h1"
        if leads and block.name in HEADINGS and after is not None and not after.leads_away:
            leads = after.name in HEADINGS or len(after.text) < _PARAGRAPH
        if leads:
            left += len(block.text)
        else:
            yield block
    if left:
        tell(Left.SITE, f"links to other pages, {left:,} characters")
