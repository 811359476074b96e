"""The running text of JATS, without the marks of the works that it cites.

A mark goes with its brackets, its commas and the words that lead to it ("reviewed in"). A work that is a word of the
sentence stays: "Roe et al. (2011) showed".
"""

import re

from lxml import etree

from kg.articles import markup
from kg.articles.errors import Left, Tell
from kg.articles.formulas import tex
from kg.articles.inline import children, collect, first, formula, local_name, raise_text
from kg.articles.letters import plain
from kg.articles.xml_stream import entity

# What is no language of the article itself. Tables and lists in a paragraph are taken out of it before.
_SILENT = {
    "ref-list", "tex-math", "disp-formula", "object-id", "label", "fn-group", "table", "graphic", "media",
    "supplementary-material", "disp-formula-group", "table-wrap-foot", "fn", "permissions", "alt-text",
    "inline-graphic", "table-wrap", "fig", "mixed-citation", "element-citation", "nlm-citation", "citation",
    "contrib-group", "index-term", "chem-struct", "long-desc",
}  # fmt: skip
# What of the silent is told of, where it says something.
_TOLD = {
    "fn": Left.FOOTNOTES, "fn-group": Left.FOOTNOTES, "table-wrap-foot": Left.TABLE, "table": Left.TABLE,
    "disp-formula": Left.FORMULA, "disp-formula-group": Left.FORMULA, "chem-struct": Left.FORMULA,
    "ref-list": Left.REFERENCES, "mixed-citation": Left.REFERENCES, "element-citation": Left.REFERENCES,
    "nlm-citation": Left.REFERENCES, "citation": Left.REFERENCES, "media": Left.BACK,
    "supplementary-material": Left.BACK,
}  # fmt: skip
_SPACED = {"p", "break", "br", "title", "list-item", "def", "verse-line", "list"}
_NOTES = {"author-notes", "aff", "corresp", "fn", "table-fn", "contrib", "author-note", "footnote"}
_OF_WORKS = {"bibr", "bib", "ref", "citation"}
_WORKS = re.compile(r"(?:b|cr|r|ref|bib|bibr|cit|c|j_\w+_ref)[\W_]?\d", re.IGNORECASE)
# While a text is read, its citations stand between characters that no XML has: those in words, which may be a part of
# the sentence, between the first two; years, and all other marks ("12", "[3–5]"), before the third.
_OPEN, _CLOSE, _END, _YEAR_OF, _OTHER = "\x01", "\x02", "\x03", "\x04", "\x05"
_BRACKETS = str.maketrans("()[]", "\x06\x07\x0e\x0f")  # those of the citations themselves
_BRACKETS_BACK = str.maketrans("\x06\x07\x0e\x0f", "()[]")
_INNER = f"[^{_YEAR_OF}{_OTHER}{_END}]*+"
_MARK = f"[{_YEAR_OF}{_OTHER}]{_INNER}{_END}"
_YEAR_MARK = f"{_YEAR_OF}{_INNER}{_END}"
_A_MARK = f"{_OTHER}{_END}"
_WORDS = re.compile(r"[^\W\d_]{2,}")
_YEARS = re.compile(r"\W*(?:1[89]|20)\d\d[a-z]?\W*")
_IN_BRACKETS = re.compile(r"\s*(?:\([^()]*+\)|\[[^\[\]]*+\])\s*")
_MARKS = re.compile(f"{_MARK}|{_OPEN}[^{_OPEN}{_CLOSE}]*+{_CLOSE}")
_MARKED = re.compile(f"[{_YEAR_OF}{_OTHER}]({_INNER}){_END}")
_NAMED = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*+){_CLOSE}")
_SPACE = r"(?:(?<!\s)\s++)?+"  # all white space before something: a run is looked at once
# What leads to a citation, and nothing else.
_LEADING = (
    r"(?:for\s+(?:an?\s+)?(?:recent\s+|comprehensive\s+)?(?:reviews?|details|examples?)|see|reviewed|described|reported|"
    r"shown|discussed|summari[sz]ed|reviews?|references?|refs?|cited|and|or|also|in|by|from|e\.\s?g\.|i\.\s?e\.|cf|eg|"
    r"therein|others|among|as|previously|elsewhere|recently|of|the|with|our|et\s+al\.?|adapted|modified|data|first|"
    r"originally|compare|details?|extensively|comprehensively|according|to|following|methods?|protocols?|based|on|per|but|"
    r"(?:pp?\.?|chapters?)\s*\d+(?:\s?[–-]\s?\d+)?)"
)
_BRACKET = re.compile(rf"{_SPACE}[(\[]([^()\[\]]*+)[)\]]")
_ONLY_LEADING = re.compile(rf"(?:[\s,;.&–—-]|:(?:\s?\d+(?:[–-]\d+)?)?|{_MARK}|\b{_LEADING}(?!\w))*", re.IGNORECASE)
_SURNAME = (
    r"(?:(?:van|von|de|der|den|la|le|di|da|dos|del|el|al|ten|ter)\s){0,3}[A-ZÀ-ÖØ-Þ][\w'’-]{0,40}(?:\s[A-Z]\.?){0,3}"
)
# "Roe et al., 2011", "Roe, Doe and Poe, 2011", "Roe 2011", where the year alone is the mark.
_AUTHORS_OF = re.compile(
    rf"(?<!\w)(?:{_SURNAME}(?:,\s{_SURNAME}){{0,5}},?\s(?:and|&)\s{_SURNAME}|{_SURNAME})"
    rf"(?:,?\s(?:et\sal\b\.?|and\s(?:colleagues|co-?workers|others)))?,?\s*{_YEAR_MARK}"
)
_IN_BRACKET = re.compile(
    r"(?<![\s,;])(?:[\s,;]*+\b(?:see also|also see|see|compare|e\.g\.,?|i\.e\.,?|cf\.?|as in|references?|refs?\.?|and|"
    r"by|(?:adapted|modified|data) from|(?:reviewed|described|reported|shown|discussed) (?:in|by)|from|in|"
    r"for (?:an? )?(?:recent )?(?:reviews?|details),?)\s*+){0,4}+"
    rf"[\s,;]*+{_MARK}(?:[\s,;–-]*+(?:and\s++)?+{_MARK})*+"
)
_STRANDED = re.compile(r"[\s,;:.&]*+(?:(?:and|or|but)\s++)?+")
_BY = r"(?:(?:as\s++)?in|by|see|from)"
_RUN = re.compile(
    rf"(?:(?<!\s)\s++(?:(?:{_BY}\s++)?+(?:references?|refs?\.?)\s*+|{_BY}\s*+)?+)?+"
    rf"{_MARK}(?:[\s,;–—-]*+(?:and\s++|&\s*+)?+{_MARK})*+"
)
# A mark that a sentence needs: "[3] showed that", "In ref. 12, cells"; not "Roe et al. [3] showed".
_SUBJECT = re.compile(
    r"(?:\A|(?<=[.!?]\s)(?<!\b[a-z]\.\s)(?<!\b[a-z]{2}\.\s)(?<!\b[a-z]{3}\.\s))"
    r"((?:(?:In|By|From|As in|See|Following|According to|Like|Unlike)\s)?(?:(?:[Rr]eferences?|[Rr]efs?)\.?\s)?)"
    rf"({_MARK}(?:[\s,;–-]*+(?:and\s)?{_MARK})*+)(?=,?\s[a-z])"
)
_EMPTY = re.compile(rf"{_SPACE}[(\[][\s,;–-]*+[)\]]")
_BEFORE_STOP = re.compile(r"(?<!\s)\s++(?=[,;.:)\]](?:\s|\Z|[,;.)\]]))")
_STOPS = re.compile(r"([,;])(?:\s*[,;])+|[,;](?=\.(?:\s|\Z))")


def running_text(element: etree._Element | None, tell: Tell | None = None) -> str:
    """The running text of an element in plain letters. References to figures and sections stay.

    `tell` is called with what in it is left out: notes, formulas.
    """
    if element is None:
        return ""
    pieces: list[str] = []
    _collect(element, pieces, tell)
    text = " ".join("".join(pieces).split())
    text = without_marks(text)
    if "&" in text or "<" in text or "$" in text or "\\(" in text:
        text = markup.line(text)
    return plain(text)


def _collect(element: etree._Element, pieces: list[str], tell: Tell | None = None) -> None:
    pieces.append(element.text or "")
    for child in element:
        _add(child, local_name(child), pieces, tell)
        pieces.append(child.tail or "")


def _add(element: etree._Element, name: str, pieces: list[str], tell: Tell | None) -> None:
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
        _alternatives(element, pieces, tell)
    elif name in _SPACED:
        pieces.append(" ")
        _collect(element, pieces, tell)
        pieces.append(" ")
    elif name not in _SILENT:
        _collect(element, pieces, tell)
    elif tell is not None and name in _TOLD and "".join(map(str, element.itertext())).strip():
        tell(_TOLD[name], element.get("id", ""))


def _alternatives(element: etree._Element, pieces: list[str], tell: Tell | None) -> None:
    """Of the forms of a formula, the one that reads best."""
    holder = first(element, "alternatives") if local_name(element) == "inline-formula" else element
    if holder is None:
        holder = element
    for name in ("math", "textual-form", "tex-math"):
        if (found := first(holder, name)) is not None:
            _add(found, name, pieces, tell)
            return
    length = len(pieces)
    _collect(element, pieces, tell)
    if tell is not None and not "".join(pieces[length:]).strip():
        tell(Left.FORMULA, element.get("id", ""))  # a picture


def _cross_reference(element: etree._Element, pieces: list[str]) -> None:
    kind = element.get("ref-type", "")
    if kind in _NOTES:
        return
    if kind not in _OF_WORKS and (kind or not _WORKS.match(element.get("rid", ""))):
        _collect(element, pieces)
        return
    inner: list[str] = []
    collect(element, inner)
    pieces.append(mark(" ".join("".join(inner).split())))


def mark(text: str) -> str:
    """The mark of a citation of this text."""
    said = text.translate(_BRACKETS)
    if _WORDS.search(text) and not _IN_BRACKETS.fullmatch(text):
        return f"{_OPEN}{said}{_CLOSE}"
    return f"{_YEAR_OF if _YEARS.fullmatch(text) else _OTHER}{said}{_END}"


def _raised(element: etree._Element, pieces: list[str]) -> None:
    """A raised text: a power, or marks of citations and notes, which say nothing. What stands beside them stays."""
    inner: list[str] = []
    _collect(element, inner)
    text = "".join(inner)
    if _END in text or _OPEN in text or any(True for _ in children(element, "xref")):
        kept = _MARKS.sub("", text).strip(" ,;–—-[]()")
        text = kept + text[len(text.rstrip()) :]
        if not kept:
            # A mark, so that what parts it from others goes too: <sup>1</sup>, <sup>3</sup>.
            text = _A_MARK + text
    if _END not in text and (text.strip() or not len(element)):
        raise_text(text, element.tail or "", pieces)
    else:
        pieces.append(text)


def without_marks(text: str) -> str:
    """A text without the marks of citations in it, which `mark` made."""
    if _END in text or _OPEN in text:
        for _ in range(3):  # brackets in brackets
            text = _BRACKET.sub(_in_brackets, text)
        text = _SUBJECT.sub(lambda match: match[1] + _MARKED.sub(r"\1", match[2]), text)
        text = _NAMED.sub(r"\1", text)
        text = _RUN.sub("", text)
        text = " ".join(_STOPS.sub(r"\1", _BEFORE_STOP.sub("", text)).split()).translate(_BRACKETS_BACK)
    if "(" in text or "[" in text:
        text = _EMPTY.sub("", text)
    return _BEFORE_STOP.sub("", text).strip()


def _in_brackets(match: re.Match[str]) -> str:
    """What a bracket is without its citations: a mark where it has nothing else."""
    inner = match[1]
    if _END not in inner and _OPEN not in inner:
        return match[0]
    space = match[0][: len(match[0]) - len(match[0].lstrip())]
    bracket = match[0].lstrip()
    marked = _AUTHORS_OF.sub(_A_MARK, _NAMED.sub(_A_MARK, inner))
    if _ONLY_LEADING.fullmatch(marked):
        said = _MARKED.sub(r"\1", _NAMED.sub(r"\1", bracket)).translate(_BRACKETS)
        return f"{space}{_OTHER}{said}{_END}"
    kept = _MARKED.sub("", _IN_BRACKET.sub("", marked)).strip(" ,;")
    kept = kept[_STRANDED.match(kept).end() :]  # type: ignore[union-attr]  # every part of it may be empty
    return f"{space}{bracket[0]}{kept}{bracket[-1]}" if kept else f"{space}{_A_MARK}"
