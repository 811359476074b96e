"""The running text of JATS, without the marks of the works that it cites.

A mark goes with its brackets, its commas and the words that lead to it ("reviewed in"). A work that is a word of the
sentence stays: "Roe et al. (2011) showed".
"""

import re

from lxml import etree

from kg.articles.inline import add_raised, children, collect, first, formula, local_name, tex
from kg.articles.letters import plain
from kg.articles.xml_stream import entity

# What is no language of the article itself. Tables and lists in a paragraph are taken out of it before.
_SILENT = {
    "ref-list", "tex-math", "disp-formula", "object-id", "label", "fn-group", "table", "graphic", "media",
    "supplementary-material", "disp-formula-group", "table-wrap-foot", "fn", "permissions", "alt-text",
    "inline-graphic", "table-wrap", "fig", "mixed-citation", "element-citation", "nlm-citation", "citation",
    "contrib-group", "index-term", "chem-struct", "long-desc",
}  # fmt: skip
_NOTES = {"author-notes", "aff", "corresp", "fn", "table-fn", "contrib", "author-note", "footnote"}
_WORKS = re.compile(r"(?:b|cr|r|ref|bib|bibr|cit|c|j_\w+_ref)[\W_]?\d", re.IGNORECASE)
_MARK = "\ue000"  # a mark of a citation: "12", "[3–5]", "Roe et al., 2011"
_OPEN, _CLOSE = "\ue001", "\ue002"  # around a citation in words, which may be part of a sentence
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NAMED = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*+){_CLOSE}")
_SPACE = r"(?:(?<!\s)\s++)?+"  # all white space before something: a run is looked at once
# What leads to a citation, and nothing else.
_LEADING = (
    r"(?:for\s+(?:an?\s+)?(?:recent\s+|comprehensive\s+)?(?:reviews?|details|examples?)|see|reviewed|described|reported|"
    r"shown|discussed|summari[sz]ed|reviews?|refs?|references?|cited|and|or|also|in|by|from|e\.\s?g\.|i\.\s?e\.|cf\.|eg|"
    r"therein|others|among|as|previously|elsewhere|recently|of|the|with|our|et\s+al\.?|adapted|modified|data)"
)
_BRACKET = re.compile(rf"{_SPACE}[(\[]([^()\[\]]*+)[)\]]")
_ONLY_LEADING = re.compile(rf"(?:[\s,;.:–—-]|{_MARK}|\b{_LEADING}(?!\w))*", re.IGNORECASE)
_IN_BRACKET = re.compile(
    r"(?<![\s,;])(?:[\s,;]*+\b(?:see also|see|e\.g\.,?|cf\.|reviewed (?:in|by)|as in|and)\s*+){0,4}+"
    rf"[\s,;]*+{_MARK}(?:[\s,;–-]*+(?:and\s++)?+{_MARK})*+"
)
_RUN = re.compile(
    r"(?:(?<!\s)\s++(?:(?:(?:as\s++)?in|by|see|from|refs?\.?|references?)\s*+)?+)?+"
    rf"{_MARK}(?:[\s,;–—-]*+(?:and\s++|&\s*+)?+{_MARK})*+"
)
_EMPTY = re.compile(rf"{_SPACE}[(\[][\s,;–-]*+[)\]]")
_BEFORE_STOP = re.compile(r"(?<!\s)\s++(?=[,;.:)\]](?:\s|\Z|[,;.)\]]))")
_STOPS = re.compile(r"([,;])(?:\s*[,;])+")


def running_text(element: etree._Element | None) -> str:
    """The running text of an element in plain letters. References to figures and sections stay."""
    if element is None:
        return ""
    pieces: list[str] = []
    _collect(element, pieces)
    text = " ".join("".join(pieces).split())
    if _MARK in text or _OPEN in text:
        text = _without_marks(text)
    if "(" in text or "[" in text:
        text = _EMPTY.sub("", text)
    return plain(_BEFORE_STOP.sub("", text).strip())


def _collect(element: etree._Element, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        _add(child, local_name(child), pieces)
        pieces.append(child.tail or "")


def _add(element: etree._Element, name: str, pieces: list[str]) -> None:
    """Add what an element reads, its tail left out."""
    if not name:
        pieces.append(entity(element))
    elif name == "xref":
        _cross_reference(element, pieces)
    elif name == "sup":
        _raised(element, pieces)
    elif name == "math":
        pieces.append(formula(element))
    elif name == "tex-math":
        pieces.append(tex(element.text or ""))
    elif name in ("alternatives", "inline-formula"):
        _alternatives(element, pieces)
    elif name in ("p", "break", "title", "list-item", "def", "verse-line", "list"):
        pieces.append(" ")
        _collect(element, pieces)
        pieces.append(" ")
    elif name not in _SILENT:
        _collect(element, pieces)


def _alternatives(element: etree._Element, pieces: list[str]) -> None:
    """Of the forms of a formula, the one that reads best."""
    holder = first(element, "alternatives") if local_name(element) == "inline-formula" else element
    if holder is None:
        holder = element
    for name in ("math", "textual-form", "tex-math"):
        if (found := first(holder, name)) is not None:
            _add(found, name, pieces)
            return
    _collect(element, pieces)


def _cross_reference(element: etree._Element, pieces: list[str]) -> None:
    kind = element.get("ref-type", "")
    if kind in _NOTES:
        return
    if kind != "bibr" and (kind or not _WORKS.match(element.get("rid", ""))):
        _collect(element, pieces)
        return
    inner: list[str] = []
    collect(element, inner)
    text = " ".join("".join(inner).split())
    pieces.append(f"{_OPEN}{text}{_CLOSE}" if _WORDS.search(text) else _MARK)


def _raised(element: etree._Element, pieces: list[str]) -> None:
    """A raised text: a power, or marks of citations and notes, which say nothing."""
    marks = [child for child in element if local_name(child) == "xref" and child.get("ref-type", "bibr") != "fig"]
    if marks and not _WORDS.search("".join(map(str, element.itertext()))):
        return
    if any(True for _ in children(element, "xref")):
        _collect(element, pieces)
        return
    add_raised(element, pieces)


def _without_marks(text: str) -> str:
    """A text without the marks of citations in it."""
    for _ in range(2):  # brackets in brackets
        text = _BRACKET.sub(_in_brackets, text)
    text = _NAMED.sub(r"\1", text)
    text = _RUN.sub("", text)
    return " ".join(_STOPS.sub(r"\1", text).split())


def _in_brackets(match: re.Match[str]) -> str:
    """What a bracket is without its citations: nothing where it has nothing else."""
    inner = match[1]
    if _MARK not in inner and _OPEN not in inner:
        return match[0]
    marked = _NAMED.sub(_MARK, inner)
    if _ONLY_LEADING.fullmatch(marked):
        return ""
    kept = _IN_BRACKET.sub("", marked).strip(" ,;")
    space = match[0][: len(match[0]) - len(match[0].lstrip())]
    opening = match[0].lstrip()[0]
    return f"{space}{opening}{kept}{match[0][-1]}" if kept else ""
