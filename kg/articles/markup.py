"""Markup in strings: what HTML tags and entities in a title or an abstract stand for."""

import re
from html import unescape

from kg.articles import formulas

_NAMES = (
    "abstracttext|caption|def-item|def-list|disp-formula|inline-formula|list|list-item|monospace|overline|roman|sans-serif|"
    "sec|styled-content|term|underline|xref|"
    "a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|"
    "h[1-6]|header|hr|html|i|img|inf|ins|italic|bold|jats:[a-z-]+|kbd|li|main|mark|mml:[a-z]+|nav|ol|p|pre|q|s|sc|"
    "section|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|title|tr|tt|u|ul|var|video|wbr"
)
#: A tag of HTML or JATS in a text, which "p <0.05" is not, nor "a <b and c> d".
TAG = re.compile(
    rf"</?(?:{_NAMES})(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)|\s+(?:hidden|open|controls))*\s*/?>", re.I
)
_BREAK = re.compile(
    r"</?(?:br|p|div|li|list-item|ul|ol|dl|dd|dt|h[1-6]|title|jats:(?:p|title|sec|list-item)|sec|section|td|tr)\b", re.I
)
_COMMENT = re.compile(r"<!--(?:(?!<!--|-->).)*+-->", re.DOTALL)
_RAISED = re.compile(r"\s?<sup\b[^<>]*>(?P<raised>.*?)</sup\s*>", re.IGNORECASE | re.DOTALL)
# A power in MathML whose base is one element: <mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup>.
_POWER = re.compile(
    r"<(?:mml:)?msup\b[^<>]*>\s*+<(?:mml:)?(m[a-z]++)\b[^<>]*>([^<]*+)</(?:mml:)?\1>((?:(?!</?(?:mml:)?msup\b).)*+)"
    r"</(?:mml:)?msup>",
    re.DOTALL,
)
_EXPONENT = re.compile(r"\s*+[-−–+]?+\s*+\d{1,3}+\s*+")
#: Exponents of ten that are no plain number: "5–6", "6.5".
_EXPONENTS = re.compile(r"[-−–+]?+\d{1,2}(?:[.,]\d{1,2}|\s?[-–−]\s?[-−–]?\d{1,2})")
_SIGN = re.compile(r"\A[−–]")
_DEGREE = re.compile("[oO0°º∘˚]")
_SIGN_OF_NOTE = "[*†‡§¶#‖|☆★✩⁎∗]"
_NUMBER = r"[\[(]?\d{1,3}[a-z]?[\])]?"
# "1", "[3–5]", "1,2,*", "*,4".
_REFERENCE = re.compile(
    rf"\s*+(?:{_SIGN_OF_NOTE}++\s*+,?\s*+)?+{_NUMBER}(?:\s*+[,;–—-]\s*+{_NUMBER}|\s*+,?\s*+{_SIGN_OF_NOTE})*+[\s,]*+"
)
_FOOTNOTE = re.compile(rf"{_SIGN_OF_NOTE}++(?:\s*+,\s*+{_SIGN_OF_NOTE}++)*+")
_TWICE = re.compile(r"&amp;(?=(?:#\d+|#x[\da-f]+|[a-z]{2,8}\d{0,2});)", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?[A-Za-z][^<>]{0,60}?&gt;")
#: What a power stands on: "10", "×10", "2.5x10"; not "CD4" or "IL-10".
_BASE = re.compile(r"(?:\A|[^\w.,-])(?:[~≈<>=≤≥±]|[\d.,]*\s?[xX×*·∙])?\d[\d.,]*\Z")
_TEN = re.compile(r"(?<![\d.])10\Z")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d\Z")
_TO_TEN = re.compile(r"\d\s?[-–−]\s?10\Z")  # "10^5-10"
_PARAGRAPH = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")
# Words after which a raised number is no mark of a reference: units, statistics, ions.
_MEASURE = re.compile(
    r"(?<![A-Za-z])(?:[cmkdnµμ]?m|in|ft|yd|mi|s|h|min|sec|kg|inch|[RrχxXyzfnqQITDpηωτσΔ]|chi|tau|eta|Ca|Mg|Fe|Zn|Cu|Mn|Co|Ni|Na|K|H|Cl|Al)\Z"
)


def is_exponent(raised: str) -> bool:
    """Whether a raised text is a number, as exponents are."""
    return bool(_EXPONENT.fullmatch(raised))


def raised(before: str, text: str, *, spaced: bool = False, after: str = "") -> str | None:
    """What a raised text reads after what stands before it: a power, "^6", or nothing where it marks a reference.

    None where it is neither: "CD4+", "cm2". `spaced` says that a space stands between, as in "10 <sup>6</sup>"; `after`
    is what follows: before a capital letter a number is the mass of an isotope. White space at the end stays.

    >>> raised("10", "6"), raised("fibrosis", "1–3 "), raised("CD4", "+"), raised("cm", "2")
    ('^6', ' ', None, None)
    >>> raised("the", "18", spaced=True, after="F-FDG"), raised("37", "o", after="C"), raised("10^5-10", "6")
    (None, '°', '^6')
    """
    space = " " if text[-1:].isspace() else ""
    text = " ".join(text.split())
    if not text or _FOOTNOTE.fullmatch(text):
        return space
    if _DEGREE.fullmatch(text) and before[-1:].isdigit() and after.startswith("C"):
        return "°"
    is_power = is_exponent(text) and not _YEAR.search(before)
    if (is_power and ((_TEN if spaced else _BASE).search(before) or _TO_TEN.search(before))) or (
        _EXPONENTS.fullmatch(text) and (_TEN.search(before) or _TO_TEN.search(before))
    ):
        return "^" + _SIGN.sub("-", text.replace(" ", "")) + space
    if spaced and after[:1].isupper():
        return None
    return space if _REFERENCE.fullmatch(text) and is_reference(before) else None


def is_reference(before: str) -> bool:
    """Whether a raised number after a word or a stop marks a work that is cited: not in "m2", "R2" or "Ca2".

    >>> is_reference("pain."), is_reference("IL-10"), is_reference("5 mm"), is_reference("Na"), is_reference("5")
    (True, True, False, False, False)
    """
    if before[-1:] in tuple('.,;:!?)”"’]%') or _YEAR.search(before):
        return True
    word = re.search(r"[^\s(\[]*\Z", before)
    return bool(word and re.search(r"[^\W\d]", word[0]) and not _MEASURE.search(before))


def lines(markup: str) -> list[str]:
    """The lines of a text with HTML in it, without tags and entities, each stretch of white space as one space.

    Markup that was escaped once more than was right is resolved too. A line end within a sentence is white space.

    >>> lines("<p>10<sup>6</sup> cells &lt;i&gt;in vivo&lt;/i&gt;</p>p &amp;lt; 0.05")
    ['10^6 cells in vivo', 'p < 0.05']
    >>> lines("Cells\\nheal.\\nThey\\n\\ndo")
    ['Cells heal.', 'They', 'do']
    """
    found = []
    for line in _broken(unescaped(markup)):
        if body := " ".join(unescape(line).split()):
            found.append(body)
    return found


def _broken(markup: str) -> list[str]:
    if "msup" in markup:
        markup = _POWER.sub(r"\2<sup>\3</sup>", markup)
    text = _RAISED.sub(_raise, markup) if "<sup" in markup.lower() else markup
    if "$" in text or "\\(" in text:
        text = formulas.read(text)
    if "\n" in text:
        text = _PARAGRAPH.sub(_line_end, text)
    return (_untagged(_COMMENT.sub("", text)) if "<" in text else text).split("\n")


def _untagged(text: str) -> str:
    """A text without its tags, those of blocks as line ends."""
    return TAG.sub(lambda match: "\n" if _BREAK.match(match[0]) else "", text)


def _line_end(match: re.Match[str]) -> str:
    """What a line end is: one after a stop, or with a blank line, ends a paragraph; another is white space."""
    before = match.string[match.start() - 1 : match.start()]
    return "\n" if match[0].count("\n") > 1 or before in tuple(".:?!") else " "


def _raise(match: re.Match[str]) -> str:
    before = _untagged(match.string[max(0, match.start() - 60) : match.start()])
    inner = TAG.sub("", unescape(match["raised"]))
    spaced = match[0][0].isspace()
    read = raised(unescape(before), inner, spaced=spaced, after=match.string[match.end() : match.end() + 1])
    if read is None:
        return (match[0][0] if spaced else "") + inner
    return read or (match[0][0] if spaced else "")


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
