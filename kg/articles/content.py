"""What of an HTML page is the article: its blocks of running text, without what is the site's.

Told by structure: by the elements that HTML has for it, by the names that sites give to their parts, by how much of a
block is links, and by where the running text is. What is left of the site goes by the cues, as in plain text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html

from kg.articles import markup
from kg.articles.errors import Left, Tell
from kg.articles.inline import formula, trim
from kg.articles.letters import plain

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    "p", "li", "div", "section", "article", "main", "ul", "ol", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
    "header", "body", "html", "center", "pre", "hr", "address", "details", "summary", "caption", "td", "th", "tr",
    "tbody", "thead", "tfoot", "table", "form", "fieldset", "aside", "footer", "nav", "hgroup", "dialog", "search",
}  # fmt: skip
_NEVER = (
    "script", "style", "noscript", "template", "iframe", "svg", "select", "object", "canvas", "audio", "video",
    "textarea",
    "datalist", "map", "head", "title", "input", "embed", "progress", "meter", "rp",
)  # fmt: skip
# Parts of a page that are the site's, unless they hold most of its text.
_SITE = ("nav", "footer", "aside", "dialog", "form", "button", "header", "menu")
_SITE_NAMES = re.compile(
    r"(?:\A|[\s_-])(?:comments?|sidebar|related|sharing|share|social|newsletter|subscribe|subscription|cookies?|consent|promo|banner|"
    r"breadcrumbs?|menu|nav|navbar|navigation|footer|widgets?|advert|advertisement|ads?|popup|modal|recommend(?:ed|ations)?|"
    r"pagination|login|signup|masthead|toolbar|tags|skip|author-?bio|byline-bio|you-?may-?also|outbrain|taboola|disqus)"
    r"(?:\Z|[\s_-])",
    re.IGNORECASE,
)
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"}
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_WRAPPERS = {"html", "body", "main", "article"}
_STOP = re.compile(r"[.!?:;][\"'”’)\]]*\s*\Z")
_REFERENCE = re.compile(r"\s*[\[(]\d{1,3}(?:\s*[,–-]\s*\d{1,3})*[\])]\s*")
#: Running text in fewer characters is a label, a link or a line of a form.
_RUNNING = 25
#: Text in so many characters beside an article's is a part of it.
_PART = 150
#: A cell of a table with so many characters is no cell of data.
_LONG_CELL = 300


def length(element: html.HtmlElement) -> int:
    """How many characters of text an element holds."""
    return len(" ".join(element.text_content().split()))


def prune(page: html.HtmlElement, tell: Tell) -> None:
    """Take out of a page what is no text of it, what is hidden, and what is the site's. The page is changed."""
    for element in [*page.iter(*_NEVER)]:
        _drop(element)
    body = page.find("body")
    whole = max(1, length(body if body is not None else page))
    for element in [*page.iter()]:
        if not isinstance(element.tag, str) or element.getroottree().getroot() is not page:
            continue
        kind = _left(element, whole)
        if kind is not None:
            if size := length(element):
                tell(kind, f"{element.tag}, {size:,} characters")
            _drop(element)


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _left(element: html.HtmlElement, whole: int) -> Left | None:
    """Why an element is left out; None where it is not, as where it holds most of the text of its page."""
    if element.tag in _WRAPPERS:
        return None
    kind = None
    if "hidden" in element.attrib or element.get("aria-hidden") == "true" or _HIDDEN.search(element.get("style", "")):
        kind = Left.HIDDEN
    elif element.tag == "table":
        kind = None if _is_layout(element) else Left.TABLE
    elif _is_site(element):
        kind = Left.SITE
    return kind if kind and length(element) * 2 < whole else None


def _is_site(element: html.HtmlElement) -> bool:
    """Whether an element is by its name a part of the site."""
    if element.get("role", "").lower() in _ROLES:
        return True
    match element.tag:
        case "button":
            return not any(ancestor.tag in HEADINGS for ancestor in element.iterancestors())
        case "header":  # an article has its own
            return not any(ancestor.tag in ("article", "main") for ancestor in element.iterancestors())
        case "aside":  # a box in an article
            in_article = any(ancestor.tag == "article" for ancestor in element.iterancestors())
            return not in_article or _is_named(element) or not element.xpath(".//p")
        case "form":
            return not element.xpath(".//p|.//article|.//h2")
        case tag if tag in _SITE:
            return True
    return element.tag in BLOCKS - HEADINGS - {"p", "li"} and _is_named(element)


def _is_named(element: html.HtmlElement) -> bool:
    return bool(_SITE_NAMES.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _is_layout(table: html.HtmlElement) -> bool:
    """Whether a table has text in its cells as a page has, and no data."""
    if table.get("role") in ("presentation", "none"):
        return True
    for cell in table.iter("td", "th"):
        if any(True for _ in cell.iter("p", "ul", "ol", "table", "article", "section", *HEADINGS)):
            return True
        if length(cell) >= _LONG_CELL:
            return True
    return False


# Where the article is ------------------------------------------------------------------------------------------------


def main_part(page: html.HtmlElement, tell: Tell) -> html.HtmlElement:
    """The element that holds the article: the one with the most running text close under it. What is beside is told."""
    running = {block: size for block in page.iter(*BLOCKS) if (size := _running(block)) >= _RUNNING}
    if not running:
        body = page.find("body")
        return body if body is not None else page
    weights: dict[html.HtmlElement, float] = defaultdict(float)
    for block, size in running.items():
        if block.tag not in ("p", "li", "dd", "pre", "blockquote"):
            weights[block] += size
        share = 1.0
        for ancestor in block.iterancestors():
            weights[ancestor] += size * share
            if ancestor.tag in ("article", "main") or ancestor.get("role") == "main":
                weights[ancestor] += size
                break
            share *= 0.7
    best = max(weights, key=lambda element: weights[element]) if weights else next(iter(running))
    totals: dict[html.HtmlElement, int] = defaultdict(int)
    for block, size in running.items():
        for holder in (block, *block.iterancestors()):
            totals[holder] += size
    whole = _whole(best, totals)
    if beside := sum(running.values()) - totals[whole]:
        tell(Left.SITE, f"beside the article, {beside:,} characters")
    return whole


def _whole(part: html.HtmlElement, totals: dict[html.HtmlElement, int]) -> html.HtmlElement:
    """The element that holds a part of an article and what belongs to it beside it: headings, other parts."""
    if part.tag == "body":
        part = _within(part, totals)
    inner = part
    while (parent := part.getparent()) is not None and parent.tag != "html" and inner.tag not in ("article", "main"):
        beside = totals[parent] - totals[inner]
        # What stands beside it directly in the body may be a line of the site's, unless it is long.
        few = beside < (_PART if parent.tag == "body" else _RUNNING)
        if not few or (beside < _RUNNING and _has_heading(parent, part)):
            inner = parent
        part = parent
    return inner


def _within(body: html.HtmlElement, totals: dict[html.HtmlElement, int]) -> html.HtmlElement:
    """The element in a body that holds all but a line of the site's."""
    for child in body:
        beside = totals[body] - totals[child]
        holds_most = totals[child] > beside and _RUNNING <= beside < _PART
        if child.tag in ("div", "table", "section", "center", "form") and holds_most and not _has_heading(body, child):
            return child
    return body


def _has_heading(parent: html.HtmlElement, child: html.HtmlElement) -> bool:
    return any(True for other in parent if other is not child for _ in other.iter(*HEADINGS))


def _running(block: html.HtmlElement) -> int:
    """How many characters of running text a block has of its own, in no block within it; links count against it."""
    size = 0
    waiting: list[tuple[html.HtmlElement, bool]] = [(block, False)]
    while waiting:
        element, linked = waiting.pop()
        size += _size(element.text) * (-1 if linked else 1)
        for child in element:
            size += _size(child.tail) * (-1 if linked else 1)
            if isinstance(child.tag, str) and child.tag not in BLOCKS:
                waiting.append((child, linked or _leads_away(child)))
    return size


def _size(text: str | None) -> int:
    return len(text.strip()) if text else 0


def _leads_away(element: html.HtmlElement) -> bool:
    """Whether an element is a link to another page."""
    return element.tag == "a" and not element.get("href", "#").startswith("#")


# Its lines -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """A block of running text while it is put together."""

    name: str  # of its element
    pieces: list[str] = field(default_factory=list)
    linked: int = 0  # characters of it that are links to other pages

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def take(self) -> Iterator[tuple[str, str]]:
        """What the block is so far, unless it is mostly links, as a menu and a list of other pages are."""
        body = plain(self.text)
        if body and (self.linked * 10 < len(body) * 6 or (self.name == "p" and len(body) > 200) or self.name == "h1"):
            yield self.name, body
        self.pieces.clear()
        self.linked = 0


def blocks(element: html.HtmlElement, *, name: str = "", linked: bool = False) -> Iterator[tuple[str, str]]:
    """The blocks of running text under an element in their order, each with the name of its element.

    `linked` says that all of it is in a link to another page.
    """
    tag = str(element.tag)
    block = _Block(name or tag)
    linked = linked or _leads_away(element)
    _add_text(element.text, block, linked)
    for child in element:
        if not isinstance(child.tag, str):
            pass
        elif child.tag == "br":
            yield from _broken(child, block)
        elif child.tag in BLOCKS or any(True for _ in child.iter(*BLOCKS)):
            had_text = bool(block.text)
            yield from block.take()
            # The paragraph in an item is the item.
            inner = "li" if block.name == "li" and child.tag in ("p", "div", "span", "a") and not had_text else ""
            yield from blocks(child, name=inner, linked=linked)
        else:
            _add_inline(child, block, linked)
        _add_text(child.tail, block, linked)
    yield from block.take()


def _broken(element: html.HtmlElement, block: _Block) -> Iterator[tuple[str, str]]:
    """What a line end ends: two of them a paragraph, one of them a line that has come to its stop."""
    following = element.getnext()
    double = following is not None and following.tag == "br" and not (element.tail or "").strip()
    single = block.name not in ("p", "li") and block.name not in HEADINGS and _STOP.search(block.text)
    if double or single:
        yield from block.take()
    else:
        block.pieces.append(" ")


def _add_text(text: str | None, block: _Block, linked: bool) -> None:
    if text:
        block.pieces.append(text)
        if linked:
            block.linked += len(" ".join(text.split()))


def _add_inline(element: html.HtmlElement, block: _Block, linked: bool) -> None:
    """Add what an element in a line of text reads, its tail left out."""
    match element.tag:
        case "sup":
            _add_raised(element, block)
        case "math":
            block.pieces.append(formula(element))
        case "br":
            block.pieces.append(" ")
        case "a" if not _leads_away(element) and _REFERENCE.fullmatch(element.text_content()):
            pass  # the mark of a citation, "[12]", is no word of the sentence
        case _:
            linked = linked or _leads_away(element)
            _add_text(element.text, block, linked)
            for child in element:
                if isinstance(child.tag, str):
                    _add_inline(child, block, linked)
                _add_text(child.tail, block, linked)


def _add_raised(element: html.HtmlElement, block: _Block) -> None:
    raised = element.text_content()
    # A mark of a citation or a note is a link and no word.
    if any(True for _ in element.iter("a")) and not re.search(r"[A-Za-z]{2}", raised):
        return
    before = "".join(block.pieces[-6:])[-60:]
    spaced = before[-1:].isspace()
    read = markup.raised(before.rstrip(), raised, spaced=spaced, after=element.tail or "")
    if read is not None and spaced:
        trim(block.pieces)
        read = read or " "
    block.pieces.append(raised if read is None else read)
