"""Markup in strings: what HTML tags and entities in a title or an abstract stand for."""

import re
from html import unescape

_NAMES = (
    "a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|"
    "h[1-6]|header|hr|html|i|img|inf|ins|italic|bold|jats:[a-z-]+|kbd|li|main|mark|mml:[a-z]+|nav|ol|p|pre|q|s|sc|"
    "section|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|title|tr|tt|u|ul|var|video|wbr"
)
#: A tag of HTML or JATS in a text, which "p <0.05" is not, nor "a <b and c> d".
TAG = re.compile(
    rf"</?(?:{_NAMES})(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)|\s+(?:hidden|open|controls))*\s*/?>", re.I
)
_BREAK = re.compile(r"</?(?:br|p|div|li|ul|ol|dl|dd|dt|h[1-6]|title|jats:(?:p|title|sec)|section|td|tr)\b", re.I)
_RAISED = re.compile(r"\s?<sup\b[^<>]*>(?P<raised>.*?)</sup\s*>", re.IGNORECASE | re.DOTALL)
_EXPONENT = re.compile(r"\s*+[-−–+]?+\s*+\d{1,3}+\s*+")
_REFERENCE = re.compile(r"\s*[\[(]?\d{1,3}[a-z]?(?:\s*[,;–—-]\s*\d{1,3}[a-z]?)*[\])]?[\s,]*")
_FOOTNOTE = re.compile(r"[*†‡§¶#‖|]+")
_TWICE = re.compile(r"&amp;(?=(?:#\d+|#x[\da-f]+|[a-z]{2,8}\d{0,2});)", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?[A-Za-z][^<>]{0,60}?&gt;")
#: What a power stands on: "10", "×10", "2.5x10"; not "CD4" or "IL-10".
_BASE = re.compile(r"(?:\A|[^\w.,-])(?:[~≈<>=≤≥±]|[\d.,]*\s?[xX×*·∙])?\d[\d.,]*\Z")
_TEN = re.compile(r"(?<![\d.])10\Z")
# Words after which a raised number is no mark of a reference: units, statistics, ions.
_MEASURE = re.compile(
    r"(?<![A-Za-z])(?:[cmkdnµμ]?m|in|ft|yd|mi|s|h|min|sec|kg|inch|[RrχxXITDpηωτσΔ]|chi|Ca|Mg|Fe|Zn|Cu|Mn|Co|Ni|Na|K|H|Cl|Al)\Z"
)


def is_exponent(raised: str) -> bool:
    """Whether a raised text is a number, as exponents are."""
    return bool(_EXPONENT.fullmatch(raised))


def raised(before: str, text: str, *, spaced: bool = False) -> str | None:
    """What a raised text reads after what stands before it: a power, "^6", or nothing where it marks a reference.

    None where it is neither: "CD4+", "cm2". `spaced` says that a space stands between, as in "10 <sup>6</sup>".

    >>> raised("10", "6"), raised("fibrosis", "1–3"), raised("CD4", "+"), raised("cm", "2")
    ('^6', '', None, None)
    """
    text = " ".join(text.split())
    if not text or _FOOTNOTE.fullmatch(text):
        return ""
    if is_exponent(text) and (_TEN if spaced else _BASE).search(before):
        return "^" + text.replace(" ", "").replace("−", "-").replace("–", "-")
    return "" if _REFERENCE.fullmatch(text) and is_reference(before) else None


def is_reference(before: str) -> bool:
    """Whether a raised number after a word or a stop marks a work that is cited: not in "m2", "R2" or "Ca2".

    >>> is_reference("pain."), is_reference("IL-10"), is_reference("5 mm"), is_reference("Na"), is_reference("5")
    (True, True, False, False, False)
    """
    if before[-1:] in tuple('.,;:!?)”"’]'):
        return True
    word = re.search(r"[^\s(\[]*\Z", before)
    return bool(word and re.search(r"[^\W\d]", word[0]) and not _MEASURE.search(before))


def lines(markup: str) -> list[str]:
    """The lines of a text with HTML in it, without tags and entities, each stretch of white space as one space.

    Markup that was escaped once more than was right is resolved too.

    >>> lines("<p>10<sup>6</sup> cells &lt;i&gt;in vivo&lt;/i&gt;</p>p &amp;lt; 0.05")
    ['10^6 cells in vivo', 'p < 0.05']
    """
    found = []
    for line in _broken(unescaped(markup)):
        if body := " ".join(unescape(line).split()):
            found.append(body)
    return found


def _broken(markup: str) -> list[str]:
    text = _RAISED.sub(_raise, markup) if "<sup" in markup.lower() else markup
    if "<" not in text:
        return text.split("\n")
    return TAG.sub(lambda match: "\n" if _BREAK.match(match[0]) else "", text.replace("\n", " ")).split("\n")


def _raise(match: re.Match[str]) -> str:
    before = TAG.sub("", match.string[max(0, match.start() - 60) : match.start()])
    inner = TAG.sub("", unescape(match["raised"]))
    read = raised(unescape(before), inner, spaced=match[0][0].isspace())
    space = match[0][:1] if match[0][0].isspace() and (read is None or not read) else ""
    return space + inner if read is None else read


def unescaped(markup: str) -> str:
    """Markup with the tags and entities in it that were escaped: "&lt;i&gt;" is a tag, "&amp;lt;" an entity."""
    if "&" not in markup:
        return markup
    return _ESCAPED_TAG.sub(_tag, _TWICE.sub("&", markup))


def _tag(match: re.Match[str]) -> str:
    tag = unescape(match[0])
    return tag if TAG.fullmatch(tag) else match[0]


def line(markup: str) -> str:
    """The same as one line."""
    return " ".join(lines(markup))
