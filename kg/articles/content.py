"""Where the article of an HTML page stands, and the lines of it.

An article is where the running text is. What is left of the site beside it goes by the cues, as in plain text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html

from kg.articles import markup
from kg.articles.citing import mark, without_marks
from kg.articles.errors import Left, Tell
from kg.articles.inline import formula, trim
from kg.articles.letters import plain
from kg.articles.site import BLOCKS, HEADINGS

_STOP = re.compile(r"[.!?:;][\"'”’)\]]*\s*\Z")
_NUMBER = re.compile(r"\s*(?:[\[(]\s*)?\d{1,3}[a-z]?(?:\s*[,–-]\s*\d{1,3}[a-z]?)*(?:\s*[\])])?\s*")
_BRACKETED = re.compile(r"\s*[\[(].*[\])]\s*", re.DOTALL)
# Where a link to a work leads that is cited: "#B12", "#ref-CR3", "#cite_note-Roe-4", "#bib7".
_WORK = re.compile(
    r"(?:b|cr|r|rf|refs?|bib|bibr|cit|cite|citation|reference|en|endnote|pone|c)[\w.:-]{0,60}?\d{1,4}[a-z]?|"
    r"(?:cite|ref|fn|endnote)[_-][\w.:%-]{1,80}",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\b(?:figs?|figures?|tables?|boxe?s?|eqs?|sections?|appendix|movies?|videos?|files?)\.?\s*\Z", re.IGNORECASE
)
#: Running text in fewer characters is a label, a link or a line of a form.
_RUNNING = 25
_LONG_HEADING = 120  # the same of a heading
#: Text in so many characters beside an article's is a part of it.
_PART = 150
#: A link in so many characters that ends in a stop is a sentence.
_SENTENCE = 60


# Where the article is ------------------------------------------------------------------------------------------------


def main_part(page: html.HtmlElement, tell: Tell) -> html.HtmlElement:
    """The element that holds the article: the one with the most running text close under it. What is beside is told."""
    running = {
        block: size
        for block in page.iter(*BLOCKS)
        if (size := _running(block)) >= (_LONG_HEADING if block.tag in HEADINGS else _RUNNING)
    }
    if not running:
        body = page.find("body")
        return body if body is not None else page
    weights: dict[html.HtmlElement, float] = defaultdict(float)
    for block, size in running.items():
        if block.tag not in ("p", "li", "dd", "pre", "blockquote"):
            weights[block] += size
        share = 1.0
        for ancestor in block.iterancestors():
            weights[ancestor] += size * share * (ancestor.tag != "header")  # which stands over an article
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


@dataclass(frozen=True, slots=True)
class Block:
    """A block of running text: the name of its element, what it reads, and whether it is a link to another page."""

    name: str
    text: str
    leads_away: bool = False


@dataclass(slots=True)
class _Open:
    """A block while it is put together."""

    name: str  # of its element
    within: bool  # a link to another page
    pieces: list[str] = field(default_factory=list)
    linked: int = 0  # characters of it that are links to other pages
    bold: int = 0  # characters of it in bold letters

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    @property
    def is_bold(self) -> bool:
        """Whether all of it so far is in bold letters, as a heading is."""
        return bool(self.bold) and self.bold >= len(self.text)

    def take(self) -> Iterator[Block]:
        """What the block is so far."""
        whole = "".join(self.pieces)
        for part in re.split(r"\n\s*\n", whole) if self.name == "pre" else (whole,):
            text = " ".join(part.split())
            if text := plain(without_marks(text)):
                yield Block(self.name, text, self._leads_away(text))
        self.pieces.clear()
        self.linked = self.bold = 0

    def _leads_away(self, text: str) -> bool:
        """Whether the block is mostly links, as a menu and a list of other pages are, and no sentence with a link."""
        if self.linked * 10 < len(text) * 6:
            return False
        return self.within or self.name != "p" or not (len(text) >= _SENTENCE and _STOP.search(text))


def blocks(element: html.HtmlElement, *, name: str = "", linked: bool = False) -> Iterator[Block]:
    """The blocks of running text under an element in their order.

    `linked` says that all of it is in a link to another page, `name` what the block is called where that is not the
    name of its element.
    """
    linked = linked or _leads_away(element)
    block = _Open(name or str(element.tag), linked)
    yield from _flow(element, block, linked, False)
    yield from block.take()


def _flow(element: html.HtmlElement, block: _Open, linked: bool, bold: bool) -> Iterator[Block]:
    """Add what an element reads to a block, and give the blocks that end in it."""
    bold = bold or element.tag in ("b", "strong")
    _add_text(element.text, block, linked, bold)
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            pass
        elif tag == "br":
            yield from _broken(child, block)
        elif tag in BLOCKS:
            had_text = bool(block.text)
            yield from block.take()
            # The paragraph in an item is the item.
            inner = "li" if block.name == "li" and tag in ("p", "div") and not had_text else ""
            yield from blocks(child, name=inner, linked=linked)
        elif tag == "sup":
            _add_raised(child, block)
        elif tag == "math":
            block.pieces.append(formula(child))
        elif tag != "a" or not _add_citation(child, block):
            yield from _flow(child, block, linked or _leads_away(child), bold)
        _add_text(child.tail, block, linked, bold)


def _broken(element: html.HtmlElement, block: _Open) -> Iterator[Block]:
    """What a line end ends: two of them a paragraph, one of them a heading, or a line that has come to its stop."""
    following = element.getnext()
    double = following is not None and following.tag == "br" and not (element.tail or "").strip()
    single = block.is_bold if block.name in ("p", "li") else block.name not in HEADINGS and _STOP.search(block.text)
    if (double or single) and block.name not in HEADINGS:
        yield from block.take()
    else:
        block.pieces.append(" ")


def _add_text(text: str | None, block: _Open, linked: bool, bold: bool) -> None:
    if text:
        block.pieces.append(text)
        if linked:
            block.linked += len(" ".join(text.split()))
        if bold:
            block.bold += len(" ".join(text.split()))


def _add_citation(link: html.HtmlElement, block: _Open) -> bool:
    """Add a link that cites a work, as what it says in words or a mark of it; whether it is one."""
    target, _, fragment = link.get("href", "").partition("#")
    text = " ".join(link.text_content().split())
    if not text or (target and not fragment):
        return False
    if _NUMBER.fullmatch(text):
        before = "".join(block.pieces[-6:])[-30:]
        if not text[0].isdigit() or (_WORK.fullmatch(fragment) and not _FIGURE.search(before)):
            block.pieces.append(mark(text))
            return True
        return False
    if _WORK.fullmatch(fragment) and re.search(r"(?:19|20)\d\d", text):
        block.pieces.append(mark(text))
        return True
    return False


def _add_raised(element: html.HtmlElement, block: _Open) -> None:
    raised = element.text_content()
    # A mark of a citation or a note is a link and no word.
    if any(True for _ in element.iter("a")) and (not re.search(r"[A-Za-z]{2}", raised) or _BRACKETED.fullmatch(raised)):
        return
    before = "".join(block.pieces[-6:])[-60:]
    spaced = before[-1:].isspace()
    read = markup.raised(before.rstrip(), raised, spaced=spaced, after=element.tail or "")
    if read is not None and spaced:
        trim(block.pieces)
        read = read or " "
    block.pieces.append(raised if read is None else read)
