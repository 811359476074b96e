"""The inline marks of Markdown, and of HTML in it: what of a paragraph is no word of it.

The marks are told by markdown-it; it says what a paragraph reads, and each piece of that is found again in the source.
"""

import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from kg.articles import markup
from kg.articles.article import Edit
from kg.articles.formulas import tex
from kg.articles.markup import TAG

_PARSER = MarkdownIt("commonmark", {"html": True}).enable("strikethrough")
_PARSER.core.ruler.disable("text_join")  # entities and escapes stay tokens of their own
_MARK = re.compile(r"[*_~`\[<&\\^$]")
_BLOCK = re.compile(r"(?:[^\r\n]*[^\s][^\r\n]*(?:\r\n|\r|\n|\Z))+")
_LINE = re.compile(r"[^\r\n]+")
_FENCED = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
# What is of the generator of a site, or a note of the author: "{% include head.html %}", "<!-- to do -->".
_ASIDE = re.compile(r"<!--|<script\b|<style\b|\{%|\{\{|^\{:", re.IGNORECASE | re.MULTILINE)
_ASIDE_ENDS = {
    "<!--": re.compile("-->"), "<script": re.compile(r"</script\s*+>", re.IGNORECASE),
    "<style": re.compile(r"</style\s*+>", re.IGNORECASE), "{%": re.compile(r"%\}"), "{{": re.compile(r"\}\}"),
    "{:": re.compile(r"\}"),
}  # fmt: skip
# "[1]: https://example.org"
_DEFINED = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\r\n]+)\]:[ \t]*\S+[^\r\n]*", re.MULTILINE)
_TARGET = re.compile(
    r"\](?:\(\s*+(?:<[^<>\n]*+>|(?:[^()\s]|\([^()]*+\))*+)"
    r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\))?+)?+\s*+\)|\[[^\[\]]*+\])?"
)
# In the words of a paragraph: marks of notes and of citations, powers of Pandoc and of TeX.
_NOTE = re.compile(r"\[\^[^\]\s]{1,80}\]:?|\s?\[-?@[\w:.#$%&+?<>~/;,@ -]{1,200}\]")
_POWER = re.compile(r"(?<=\d)\^(?=[-−]?\d+(\^))")
_TEX = re.compile(r"(?<![\w$\\])\$(?=[^$\n]{0,80}[\\^_<>=])(?=[^\s$])[^$\n]{1,80}(?<=\S)\$(?![\w$])")
# The signs of letters under and over the line: "T~reg~", "CD4^+^".
_UNDER = re.compile(r"(?<=[A-Za-z])~(?=[\w+,/-]{1,12}(~)(?!~))")
_OVER = re.compile(r"(?<=\w)\^(?=(?:\d?[+−-]{1,2}|[a-z]{1,6})(\^))")
# What stands at the beginning of lines, and around words, in the Markdown of some programs: quotations, notes in boxes
# ("> [!NOTE]", "!!! note", ":::tip"), links to other notes ("[[Cells|stem cells]]").
_QUOTED = re.compile(r"^[ \t]{0,3}>(?:[ \t]?>)*+[ \t]?", re.MULTILINE)
_BOX = re.compile(
    r"^[ \t]{0,8}(?:>[ \t]?)*+(\[![A-Za-z]{1,20}\][+-]?|:{3,20}[ \t]?[\w-]{0,30}|[!?]{3}\+?[ \t][\w-]{1,30})",
    re.MULTILINE,
)
_EMBEDDED = re.compile(r"!\[\[[^\[\]\r\n]{1,200}\]\]")
_NOTED = re.compile(r"(?<!!)\[\[(?:[^\[\]|\r\n]{1,200}\|)?(?=[^\[\]|\r\n]{1,200}(\]\]))")
_HEADING = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)?#{1,6}[ \t][^\r\n]*", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{[#.:-][^{}]*\}")
_OLD_END = re.compile(r"\r(?!\n)")
_SHOWN = re.compile(
    r"\*\*\w[^*\n]*\w?\*\*|\[[^\[\]\n]+\]\((?:https?:|mailto:|[/#.])[^)\s\[]*\)|&(?:#\d+|#x[\da-fA-F]+|[A-Za-z]{2,8}\d{0,2});"
    rf"|{TAG.pattern}|\{{%(?:(?!\{{%|%\}}).)*+%\}}",
    re.IGNORECASE,
)


def shows_marks(text: str) -> bool:
    """Whether a text that is not laid out as Markdown has marks of it, or of HTML, all the same."""
    return bool(_SHOWN.search(text))


def marks(text: str, start: int, *, paragraphs: bool) -> Iterator[Edit]:
    """The inline marks of `text[start:]` as edits, in their order.

    Where a line end in a paragraph is none of the text, marks may be about several lines (`paragraphs`).
    """
    text = _OLD_END.sub("\n", text)
    defined = [*_DEFINED.finditer(text, start)]
    environment = {"references": {normalizeReference(match[1]): {"href": "", "title": ""} for match in defined}}
    aside = sorted([
        *_asides(text, start), *(match.span() for match in defined), *(_of_lines(text, start) if paragraphs else ()),
    ])  # fmt: skip
    for begin, end in aside:
        yield begin, end, ""
    formulas = [*_TEX.finditer(text, start)]
    yield from ((*match.span(), tex(match[0])) for match in formulas)
    aside = sorted([*aside, *(match.span() for match in formulas)])
    text = _without(text, aside)
    fenced = [match.span() for match in _FENCED.finditer(text, start)]
    for block in (_BLOCK if paragraphs else _LINE).finditer(text, start):
        if _MARK.search(block[0]) and not any(begin <= block.start() < end for begin, end in fenced):
            yield from _of_block(block[0], block.start(), environment)


def _asides(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where the notes of an author or a generator stand. For an end that is missing the text is searched once."""
    unended: set[str] = set()
    while opening := _ASIDE.search(text, start):
        start = opening.end()
        kind = opening[0].lower()
        if kind in unended:
            continue
        if end := _ASIDE_ENDS[kind].search(text, start):
            start = end.end()
            yield opening.start(), start
        else:
            unended.add(kind)


def _of_lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where the marks of whole lines stand, and those that Markdown itself has not."""
    for pattern in (_QUOTED, _EMBEDDED):
        yield from (match.span() for match in pattern.finditer(text, start))
    yield from (match.span(1) for match in _BOX.finditer(text, start))
    for pattern in (_NOTED, _UNDER, _OVER):
        for match in pattern.finditer(text, start):
            yield match.span()
            yield match.span(1)
    for match in _HEADING.finditer(text, start):
        # "# Cells #", "# Cells {#sec:cells}"
        kept = match[0].rstrip()
        if kept.endswith("}") and _ATTRIBUTES.fullmatch(kept, kept.rfind("{")):
            kept = kept[: kept.rfind("{")].rstrip()
        if (open := kept.rstrip("#")).endswith((" ", "\t")):
            kept = open.rstrip()
        if len(kept) < len(match[0].rstrip()):
            yield match.start() + len(kept), match.end()


def _without(text: str, parts: list[tuple[int, int]]) -> str:
    """A text with spaces for some parts of it, which are in their order; its lines stay."""
    pieces: list[str] = []
    at = 0
    for begin, end in parts:
        if end > at:
            pieces += [text[at : max(at, begin)], re.sub(r"[^\r\n]", " ", text[max(at, begin) : end])]
            at = end
    return "".join(pieces) + text[at:]


def _of_block(block: str, offset: int, environment: dict[str, Any]) -> Iterator[Edit]:
    """The marks of a paragraph that begins at `offset`. `environment` has the links that the text defines."""
    [inline] = _PARSER.parseInline(block, environment)
    at = 0  # how far the block is told
    before_raised: str | None = None  # what stands before the raised text that the token is in
    for token in inline.children or ():
        begin, end, read = _place(token, block, at)
        if begin < 0:
            continue  # a line end, or what the parser made of itself
        if gap := block[at:begin].strip():
            begin_gap = block.index(gap, at)
            yield offset + begin_gap, offset + begin_gap + len(gap), ""
        at = end
        if token.type == "text":
            if before_raised is not None and (up := markup.raised(before_raised, token.content)) is not None:
                yield offset + begin, offset + (begin if up else end), "^" if up else ""
                continue
            yield from ((offset + begin + left, offset + begin + right, read) for left, right, read in _in_words(token))
        elif read != block[begin:end]:
            yield offset + begin, offset + end, read
        if token.type == "html_inline" and token.content.lower().startswith(("<sup", "</sup")):
            before_raised = None if token.content[1] == "/" else block[:begin].rstrip("*_`~ ")
    if gap := block[at:].strip():
        begin_gap = block.index(gap, at)
        yield offset + begin_gap, offset + begin_gap + len(gap), ""


def _place(token: Token, block: str, at: int) -> tuple[int, int, str]:
    """Where a token stands in its block, from `at` on, and what is read there; -1 where it does not stand there."""
    match token.type:
        case "text" if token.content:
            begin = block.find(token.content, at)
            return begin, begin + len(token.content), token.content
        case "text_special":
            begin = block.find(token.markup, at)
            return begin, begin + len(token.markup), token.content
        case "html_inline":
            begin = block.find(token.content, at)
            end = begin + len(token.content)
            if not TAG.fullmatch(token.content):  # "a <b and c> d"
                return begin, end, token.content
            return begin, end, " " if re.match(r"</?(?:br|p|div|li|td|tr|h\d)\b", token.content, re.I) else ""
        case "code_inline":
            begin = block.find(token.markup, at)
            end = block.find(token.markup, begin + len(token.markup)) + len(token.markup)
            return begin, end, block[begin + len(token.markup) : end - len(token.markup)]
        case "link_close" if token.markup != "autolink":
            begin = block.find("]", at)
            target = _TARGET.match(block, begin)
            return begin, target.end() if target else begin + 1, ""
        case "link_open":
            begin = block.find("<" if token.markup == "autolink" else "[", at)
            return begin, begin + 1, ""
        case "link_close":
            begin = block.find(">", at)
            return begin, begin + 1, ""
        case "image":
            begin = block.find("![", at)
            close = block.find("]", begin + 2 + len(token.content))
            target = _TARGET.match(block, close)
            return begin, target.end() if target else close + 1, ""
        case "hardbreak":
            begin = block.find("\\", at) if block[at : at + 1] == "\\" else -1
            return begin, begin + 1, ""
        case _ if token.markup:
            begin = block.find(token.markup, at)
            return begin, begin + len(token.markup), ""
        case _:
            return -1, -1, ""


def _in_words(token: Token) -> Iterator[Edit]:
    """What else is no word in the words of a paragraph."""
    for match in _NOTE.finditer(token.content):
        yield match.start(), match.end(), ""
    for match in _POWER.finditer(token.content):
        yield match.start(1), match.end(1), ""
