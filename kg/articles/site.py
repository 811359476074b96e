"""What of an HTML page is no text of its article: what is hidden, what is the site's, tables of data.

Told by the elements that HTML has for it, by the names that sites give to their parts, and by what they hold: a part
that has the title of the page, or most of its text, is none of the site's, whatever it is called.
"""

import re
from collections.abc import Collection, Iterator, Set
from functools import lru_cache

from lxml import html

from kg.articles.errors import Left, Tell

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    "p", "li", "div", "section", "article", "main", "ul", "ol", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
    "header", "body", "html", "center", "pre", "hr", "address", "details", "summary", "caption", "td", "th", "tr",
    "tbody", "thead", "tfoot", "table", "form", "fieldset", "aside", "footer", "nav", "hgroup", "dialog", "search",
}  # fmt: skip
_NEVER = (
    "script", "style", "iframe", "svg", "select", "canvas", "datalist", "map", "head", "title", "input", "embed",
    "progress", "meter", "rp",
)  # fmt: skip
# What is shown where something else is not, or not at all.
_UNSHOWN = ("noscript", "template", "object", "audio", "video", "textarea")
_WRAPPERS = {"html", "body", "main", "article"}
_SITE = ("nav", "footer", "dialog", "menu")
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"}

# Names of classes and ids -------------------------------------------------------------------------------------------

# The site's, however long they are.
_SURELY = (
    r"comments?|comment-?list|respond|disqus|cookies?|consent|gdpr|newsletter|sidebar|breadcrumbs?|nav|navbar|navigation|"
    r"menu|footer|pagination|outbrain|taboola"
)
_SITE_NAMES = re.compile(
    rf"(?:\A|[_-])(?:(?P<surely>{_SURELY})|related|sharing|share|social|subscribe|subscription|promo|banner|widget-?areas?|"
    r"advert|advertisement|ads?|popup|modal|recommend(?:ed|ations)?|login|signup|masthead|toolbar|tags|skip|byline-bio|"
    r"(?:about-?(?:the-?)?)?author-?(?:bio|box|info|card|profile)|about-?(?:the-?)?author|you-?may-?also|"
    r"hatnote|editsection|noprint|onetrust)(?:\Z|[_-])",
    re.IGNORECASE,
)
# "has-sidebar", "no-comments" tell of a page; "tag-cookies" of a post of WordPress, which has all its tags so.
_QUALIFIED = re.compile(r"(?:\A|[_-])(?:has|have|with|without|no|not)[_-]", re.IGNORECASE)
_POST = re.compile(r"(?:\A|\s)(?:hentry|type-post|post-\d+)(?:\s|\Z)")
_UNSEEN_NAMES = re.compile(
    r"(?:\A|\s)(?:sr-only|visually-?hidden|u-visually-hidden|screen-?reader(?:-text|-only)?|element-(?:invisible|hidden)|"
    r"a11y-hidden|offscreen)(?:\s|\Z)",
    re.IGNORECASE,
)
_UNSEEN_STYLE = re.compile(
    r"(?:\A|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0[a-z%]*+|(?:left|top|text-indent)\s*:\s*-\d{3,}+[a-z]*+)"
    r"\s*(?:[;!]|\Z)",
    re.IGNORECASE,
)
# The rules of a style sheet that hide what has a name.
_SIMPLE = re.compile(r"[.#][\w-]+(?:\s*,\s*[.#][\w-]+)*")
_UNSHOW = re.compile(r"\bdisplay\s*:\s*none", re.IGNORECASE)
# What is shown when its heading is pressed is text of the page.
_DISCLOSED = re.compile(r"accordion|tab-?(?:pane|panel|content)|collaps|toggle|faq|answer|expand", re.IGNORECASE)
#: A cell of a table with so many characters is no cell of data.
_LONG_CELL = 300
#: Text in so many characters may be an article; where its title is known, in so few.
_PART, _LINE = 150, 25
_BUTTON = 8  # characters of a button that is the heading of what it opens


def length(element: html.HtmlElement) -> int:
    """How many characters of text an element holds."""
    return len(" ".join(element.text_content().split()))


def prune(page: html.HtmlElement, titles: Collection[html.HtmlElement], tell: Tell) -> None:
    """Take out of a page what is no text of it, what is hidden, and what is the site's. The page is changed.

    `titles` are the headings that give the title of the page. Buttons that open a part of the page become headings.
    """
    unseen = {name for style in page.iter("style") for name in _unseen(style.text or "")}
    for element in [*page.iter(*_NEVER)]:
        _drop(element)
    for element in [*page.iter(*_UNSHOWN)]:
        _leave(element, Left.HIDDEN, tell)
    for element in page.iter("button"):
        if _opens(element):
            element.tag = "h3"
    body = page.find("body")
    pruning = _Pruning(body if body is not None else page, titles, unseen)
    waiting = [page]
    while waiting:
        element = waiting.pop()
        kind = pruning.left(element)
        if kind is None:
            waiting.extend(child for child in reversed(element) if isinstance(child.tag, str))
        else:
            _leave(element, kind, tell)


def _unseen(style: str) -> Iterator[str]:
    """The classes and ids that a style sheet hides on every screen, with their signs: ".x", "#y"."""
    if not _UNSHOW.search(style):
        return
    pieces = re.split(r"([{}])", style)  # selectors and declarations, with the braces between them
    depth = 0
    for what, brace, declared in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        names = what.rpartition(";")[2].strip()
        if brace == "{" and not depth and _SIMPLE.fullmatch(names) and _UNSHOW.search(declared):
            yield from (name.strip() for name in names.split(","))
        depth += 1 if brace == "{" else -1


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _leave(element: html.HtmlElement, kind: Left, tell: Tell) -> None:
    if size := length(element):
        tell(kind, f"{element.tag}, {size:,} characters")
    _drop(element)


def _opens(button: html.HtmlElement) -> bool:
    """Whether a button is the heading of a part of the page that it opens."""
    text = " ".join(button.text_content().split())
    if len(text) < _BUTTON or ("aria-expanded" not in button.attrib and not text.endswith("?")):
        return False
    return not any(
        ancestor.tag in HEADINGS | {"nav", "header", "footer", "form"} for ancestor in button.iterancestors()
    )


class _Pruning:
    """Tells what is left out of a page."""

    def __init__(self, body: html.HtmlElement, titles: Collection[html.HtmlElement], unseen: Set[str]) -> None:
        self._whole = max(1, length(body))
        self._has_title = {holder for title in titles for holder in (title, *title.iterancestors())}
        self._has_dialog: bool | None = None
        self._body = body
        self._unseen = unseen  # names of classes and ids, with their signs

    def left(self, element: html.HtmlElement) -> Left | None:
        """Why an element is left out; None where it is not, as where it has the title, or most of the text."""
        if element.tag in _WRAPPERS:
            return None
        kind, surely = None, False
        if element.tag == "table":
            kind = None if _is_layout(element) else Left.TABLE
        elif (name := _site_name(element)) or _is_site(element):
            if element in self._has_title:
                return None
            kind = Left.SITE
            surely = bool(name and name["surely"]) or element.tag in ("nav", "footer")
        if kind is None and element.attrib and self._is_hidden(element):
            kind = Left.HIDDEN
        if kind is None:
            return None
        size = length(element)
        if size * 2 < self._whole:
            return kind
        rest = self._whole - size
        is_apart = surely and rest >= (_LINE if self._has_title else _PART)
        return kind if is_apart and not any(True for _ in element.iter("h1", "main")) else None

    def _is_hidden(self, element: html.HtmlElement) -> bool:
        named, id = element.get("class", ""), element.get("id", "")
        if named and _UNSEEN_NAMES.search(named):
            return True
        styled = _UNSEEN_STYLE.search(element.get("style", "")) or (
            self._unseen and not self._unseen.isdisjoint([f"#{id}", *(f".{name}" for name in named.split())])
        )
        silent = element.get("aria-hidden") == "true"
        if not (styled or silent or "hidden" in element.attrib):
            return False
        if element.get("role") == "tabpanel" or _DISCLOSED.search(f"{named} {id}"):
            return False
        # While a dialog is open, the rest of the page is silent.
        return not (silent and not styled and element.getparent() is self._body and self._dialog())

    def _dialog(self) -> bool:
        if self._has_dialog is None:
            found = self._body.xpath("boolean(.//dialog|.//*[@role='dialog' or @role='alertdialog' or @aria-modal])")
            self._has_dialog = bool(found)
        return self._has_dialog


@lru_cache(maxsize=10_000)  # a page has the same names again and again
def _of_site(names: str) -> re.Match[str] | None:
    for name in names.split():
        if (found := _SITE_NAMES.search(name)) and not _QUALIFIED.search(name):
            return found
    return None


def _site_name(element: html.HtmlElement) -> re.Match[str] | None:
    """The name by which a block is a part of the site."""
    if not element.attrib or element.tag in HEADINGS or element.tag in ("p", "li"):
        return None
    named, id = element.get("class", ""), element.get("id", "")
    if not (named or id) or _POST.search(named):
        return None
    if element.tag not in BLOCKS and "editsection" not in named and "noprint" not in named:
        return None
    if found := _of_site(named):
        return found
    found = _of_site(id)
    # The id of a section may be its heading: "social-life".
    return found if found and (found["surely"] or not _has_text(element)) else None


def _has_text(element: html.HtmlElement) -> bool:
    """Whether an element has a paragraph that is no link."""
    return any(length(p) > 2 * sum(length(a) for a in p.iter("a")) for p in element.iter("p"))


def _is_site(element: html.HtmlElement) -> bool:
    """Whether an element is by its kind or its role a part of the site."""
    if element.get("role", "").lower() in _ROLES:
        return True
    match element.tag:
        case "button":
            return not any(ancestor.tag in HEADINGS for ancestor in element.iterancestors())
        case "header":  # an article has its own
            return not any(ancestor.tag in ("article", "main") for ancestor in element.iterancestors())
        case "aside":  # a box in an article
            return not any(ancestor.tag == "article" for ancestor in element.iterancestors()) or not element.xpath(
                ".//p"
            )
        case "form":
            return _is_filled_in(element) or not element.xpath(".//p|.//article|.//h2")
        case tag:
            return tag in _SITE


def _is_filled_in(form: html.HtmlElement) -> bool:
    """Whether a form is one to fill in. Its fields are gone; their labels are not."""
    return any(True for _ in form.iter("label", "fieldset"))


def _is_layout(table: html.HtmlElement) -> bool:
    """Whether a table has text in its cells as a page has, and no data."""
    if table.get("role") in ("presentation", "none"):
        return True
    for cell in table.iter("td", "th"):
        if any(True for _ in cell.iter("p", "ul", "ol", "table", "article", "section", *HEADINGS)):
            return True
        if length(cell) >= _LONG_CELL:
            return True
    return all(len(row) == 1 for row in _rows(table))


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for part in table:
        if part.tag == "tr":
            yield part
        elif part.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in part if row.tag == "tr")
