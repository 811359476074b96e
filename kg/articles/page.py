"""HTML pages: the main text and what the page says of itself in its head.

What is the site's and not the article's is told by structure: by the elements that HTML has for it, by how much of a
block is links, and by where the paragraphs are. What is left of it goes by the cues, as in plain text.
"""

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from kg.articles import citation, dates
from kg.articles.article import Article, Work
from kg.articles.cues import FurnitureCues
from kg.articles.decode import decode_declared
from kg.articles.errors import ArticleError
from kg.articles.layout import Line, shape, starts_like_a_heading
from kg.articles.plain import compose

_SILENT = (
    "script", "style", "noscript", "template", "iframe", "svg", "form", "nav", "aside", "footer", "button", "select",
    "dialog", "table", "math", "object", "canvas", "audio", "video",
)  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    "p", "li", "div", "section", "article", "main", "ul", "ol", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
    "header", "body", "html", "center", "pre", "hr", "br", "address", "details", "summary", "caption", "td", "tr",
}  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*+<\?xml[^>]*\?>")


def is_html(name: str) -> bool:
    """Whether a root element of this name makes a file an HTML page."""
    return name.lower() in _BLOCKS | {"head", "title", "meta", "span", "a", "table", "script", "link"}


def read_html(data: bytes, *, stem: str, file: str, cues: FurnitureCues) -> Article:
    """The article of an HTML page, with its sentences. Raises `ArticleError`."""
    declared = _CHARSET.search(data[:4096])
    text = _DECLARATION.sub("", decode_declared(data, declared[1].decode("ascii") if declared else "", file), count=1)
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        page = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ArticleError(file, "", f"not an HTML page: {error}") from None
    for entry in parser.error_log:
        if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:  # what follows is missing from the page
            raise ArticleError(file, f"line {entry.line}", f"refused: {entry.message.strip()}")
    meta = _meta(page)
    linked = _linked_data(page)
    unseen = [element for element in page.iter() if "hidden" in element.attrib or element.get("aria-hidden") == "true"]
    for element in [*unseen, *page.iter(*_SILENT)]:
        if isinstance(element, html.HtmlElement) and element.getparent() is not None:
            element.drop_tree()
    content = _content(page)
    lines, body = _lines(content)
    if not any(line.kind in ("prose", "item") for line in lines):
        raise ArticleError(file, "", "a page without a paragraph of text")
    facts = _facts(page, meta, linked, file)
    heading = next(iter(content.iter("h1")), None)
    if heading is None:
        heading = next(iter(page.iter("h1")), None)
    facts["title"] = meta["citation_title"] or _squeeze(heading) or meta["og:title"] or _squeeze(page.find(".//title"))
    return compose(body, 0, len(body), lines, facts, stem, file, cues)


def _squeeze(element: Any) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""


# The head ------------------------------------------------------------------------------------------------------------


def _meta(page: html.HtmlElement) -> dict[str, str]:
    """The first content of each named meta element, authors and keywords joined by line feeds."""
    found: dict[str, str] = defaultdict(str)
    for element in page.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = " ".join((element.get("content") or "").split())
        if name and content:
            if name in ("citation_author", "citation_keywords", "article:tag") and found[name]:
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


def _facts(page: html.HtmlElement, meta: dict[str, str], linked: dict[str, Any], file: str) -> dict[str, Any]:
    authors = tuple(filter(None, meta["citation_author"].split("\n"))) or tuple(_names(linked.get("author")))
    stated = (
        meta["citation_publication_date"] or meta["citation_online_date"] or meta["citation_date"]
        or meta["article:published_time"] or str(linked.get("datePublished") or "") or meta["dc.date"]
    )  # fmt: skip
    try:
        issued = _date(stated) if stated else ""
    except ValueError as error:
        raise ArticleError(file, "head", str(error)) from None
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


def _date(stated: str) -> str:
    """The ISO date of what a page states, which is often "2023/08/29". Raises `ValueError`."""
    if match := dates.WRITTEN.search(stated):
        return dates.written(match)
    parts = [part.zfill(2) for part in re.split(r"[/.]", stated.strip())]
    return dates.from_iso("-".join(parts) if len(parts) > 1 else stated)


# The body ------------------------------------------------------------------------------------------------------------


def _content(page: html.HtmlElement) -> html.HtmlElement:
    """The element that holds the article: the one with the most running text close under it."""
    weights: dict[html.HtmlElement, float] = defaultdict(float)
    for block in page.iter("p", "li", "pre", "blockquote", "dd"):
        running = len(_squeeze(block)) - 2 * sum(len(_squeeze(link)) for link in block.iter("a"))
        if running < 25:
            continue
        share = 1.0
        for ancestor in block.iterancestors():
            weights[ancestor] += running * share
            if ancestor.tag in ("article", "main") or ancestor.get("role") == "main":
                weights[ancestor] += running
                break
            share *= 0.7
    if not weights:
        return page.find("body") if page.find("body") is not None else page
    return max(weights, key=lambda element: weights[element])


def _lines(content: html.HtmlElement) -> tuple[list[Line], str]:
    """The lines of the article, and its text."""
    found: list[Line] = []
    parts: list[str] = []
    start = 0
    for tag, body in _walk(content):
        if tag in _HEADINGS:
            kind = "heading"
        elif tag == "li":
            kind, body = "item", f"• {body}"
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


def _walk(element: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """The blocks of running text under an element in their order, each with the name of its element."""
    pieces: list[str] = [element.text or ""]
    linked = 0
    name = str(element.tag)

    def flush() -> Iterator[tuple[str, str]]:
        nonlocal linked
        body = " ".join("".join(pieces).split())
        # A block that is mostly links is a menu or a list of other pages.
        if body and (linked * 10 < len(body) * 6 or (name == "p" and len(body) > 200)):
            yield name, body
        pieces.clear()
        linked = 0

    for child in element:
        tag = str(child.tag)
        inner_blocks = any(True for _ in child.iter(*_BLOCKS)) if tag not in _BLOCKS else True
        if tag == "br":
            pieces.append(" ")
            if name not in ("p", "li") and not name.startswith("h"):
                yield from flush()
        elif inner_blocks:
            yield from flush()
            yield from _walk(child)
        else:
            body = child.text_content()
            pieces.append(body)
            links = [child] if tag == "a" else list(child.iter("a"))
            # A mark of a citation, "[12]", is no word of the sentence.
            if tag == "sup" and links and not re.search(r"[A-Za-z]{2}", body):
                pieces.pop()
            else:
                linked += sum(len(link.text_content()) for link in links)
        pieces.append(child.tail or "")
    yield from flush()
