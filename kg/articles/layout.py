"""From lines to sections and sentences: what each line of a text is, by its shape and by the cues.

A line is a title, a heading, prose, a list item, or nothing that speaks (furniture, bibliography, metadata). All
offsets are half-open and count the code points of the whole text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.articles.article import Section, Sentence
from kg.articles.cues import FurnitureCues
from kg.articles.errors import Left
from kg.articles.sentences import spans

_LINE = re.compile(r"[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TAIL = 2_000  # characters of a paragraph that its kind depends on
_STOP = re.compile(r"[.!?:;]['\"”’)\]*_]*\Z")
_BULLET = re.compile(r"[-–—•*+▪▫‣◦●○·►➢✓]\s+(?=\S)")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+(?=\S)")
_ATX = re.compile(r"#{1,6}\s+(?=\S)")
_DEFINITION = re.compile(r":\s+(?=\S)")
_DELIMITERS = re.compile(r"\|?\s*+:?-+:?\s*+\|[\s|:-]*\Z")  # under the head of a table: "--- | :---"
_SETEXT = re.compile(r"(?:=+|-{3,})\s*\Z")
_FENCE = re.compile(r"(?:```|~~~)")
_LABEL = re.compile(r"(?:(?<=^)|(?<=[.!?)]\s))([A-Z][A-Z&/,()\- ]{2,60}[A-Z)]|[A-Z][A-Za-z&/,\- ]{2,40}?)\s?:\s+(?=\S)")
_URL = re.compile(r"(?:https?://|www\.)\S+\Z", re.IGNORECASE)
_INNER_STOP = re.compile(r"[a-z]{3}[.!?]\s+(?![A-Z])")
_SENTENCE_WORDS = 6
_HEADING_LENGTH = 120
_HEADING_WORDS = 16
_WRAP_WIDTH = 130


@dataclass(frozen=True, slots=True)
class Line:
    """A line of prose, however many physical lines it takes up: `text` is `whole[start:end]` without markers around.

    `kind` is "title", "heading", "prose", "item", "short" (not told yet), "known" (it tells of the article, and is none
    of its text) or "skip": then `left` says what it is.
    `apart` says that a blank line, or the beginning of the text, stands before it. `label` is the label of the section
    that begins here, where the format gives one; `opens` says that a section without heading and label does.
    """

    start: int
    end: int
    text: str
    kind: str
    apart: bool
    label: str = ""
    opens: bool = False
    left: Left = Left.SITE

    @property
    def is_silent(self) -> bool:
        """Whether it is no text of its article."""
        return self.kind in ("skip", "known")


def lines(text: str, start: int, end: int, *, markdown: bool) -> list[Line]:
    """The lines of `text[start:end]` that are not blank, hard-wrapped ones joined, each with a first guess of its kind.

    Titles and furniture are not told yet.
    """
    physical = _physical(text, start, end)
    width = 0 if markdown else _wrap_width(text, physical)
    found: list[Line] = []
    fenced = in_table = False
    after = start
    for position, (left, right) in enumerate(physical):
        blank_before = position == 0 or _blank(text, after, left)
        in_table = in_table and not blank_before
        after = right
        body = text[left:right]
        is_fence = markdown and bool(_FENCE.match(body))
        fenced = fenced != is_fence
        if fenced or is_fence:
            found.append(Line(left, right, body, "skip", blank_before, left=Left.CODE))
            continue
        last = found[-1] if found else None
        if markdown and last and not blank_before and _SETEXT.match(body) and last.kind in ("prose", "short"):
            found[-1] = replace(last, kind="heading")
            continue
        if markdown and (in_table or _DELIMITERS.match(body)) and "|" in body:
            if not in_table and last and not blank_before and "|" in last.text:
                found[-1] = replace(last, kind="skip", left=Left.TABLE)
            in_table = True
            found.append(Line(left, right, body, "skip", blank_before, left=Left.TABLE))
            continue
        kind, skip = _kind(body, markdown=markdown)
        joins = (
            last is not None
            and not blank_before
            and kind in ("prose", "short")
            and last.kind in ("prose", "short", "item")
            and (markdown or (width and _runs_on(text, last, body, width)))
        )
        if joins and last is not None:
            # Of a long paragraph only the end is looked at, however many lines it has.
            merged = text[max(last.start, right - _TAIL) : right]
            kind = last.kind if last.kind == "item" or right - last.start > _TAIL else shape(merged)
            found[-1] = replace(last, end=right, text=merged, kind=kind)
        else:
            found.append(Line(left + skip, right, body[skip:], kind, blank_before))
    whole = (line.end - line.start == len(line.text) for line in found)
    return [
        line if is_whole else replace(line, text=text[line.start : line.end])
        for line, is_whole in zip(found, whole, strict=True)
    ]


def _physical(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for match in _LINE.finditer(text, start, end):
        body = match[0]
        stripped = body.strip()
        if stripped:
            left = match.start() + len(body) - len(body.lstrip())
            found.append((left, left + len(stripped)))
    return found


def is_wrapped(text: str, start: int) -> bool:
    """Whether the lines of `text[start:]` were broken at some width."""
    return bool(_wrap_width(text, _physical(text, start, len(text))))


def _blank(text: str, left: int, right: int) -> bool:
    """Whether more than one line end stands in `text[left:right]`, which is white space."""
    return len(_LINE_END.findall(text, left, right)) > 1


def _wrap_width(text: str, physical: Sequence[tuple[int, int]]) -> int:
    """The width at which the lines were wrapped, or 0 where each paragraph is a line of its own."""
    width = max((right - left for left, right in physical), default=0)
    if not 40 <= width <= _WRAP_WIDTH:
        return 0
    pairs = list(pairwise(physical))
    running = sum(
        1
        for (left, right), (left2, _) in pairs
        if right - left >= width * 0.6 and not _STOP.search(text[left:right]) and text[left2].islower()
    )
    return width if running and running * 8 >= len(pairs) else 0


def _runs_on(text: str, last: Line, body: str, width: int) -> bool:
    """Whether the line `body` of a hard-wrapped text belongs to the paragraph that `last` is so far."""
    before = max(0, last.end - width - 1)  # no more of it matters
    begin = max(text.rfind("\n", before, last.end), text.rfind("\r", before, last.end), before - 1) + 1
    return last.end - begin >= width * 0.6 or (body[0].islower() and not _STOP.search(last.text))


def _kind(body: str, *, markdown: bool) -> tuple[str, int]:
    """The kind of a line by its shape, and how many characters of marker stand before its text."""
    if markdown:
        if match := _ATX.match(body):
            return "heading", match.end()
        if body.startswith(("![", "<!--", "|")) or _SETEXT.match(body):
            return "skip", 0
        if match := _DEFINITION.match(body):
            return "item", match.end()
    if _BULLET.match(body):
        return "item", 0
    if match := _NUMBERED.match(body):
        # "2. Methods" is a heading where text follows, "2. Cells were counted." an item.
        return ("short" if shape(body[match.end() :]) == "short" else "item"), 0
    return shape(body), 0


def shape(body: str) -> str:
    """ "short" for what may be a title, a heading or a caption; "skip" for what is no language; else "prose".

    >>> shape("How Cells Heal"), shape("Cells heal."), shape("News | Blog | Shop"), shape("https://example.org/")
    ('short', 'prose', 'skip', 'skip')
    """
    bars = body.count("|") + body.count("›") + body.count(" > ")
    if body.startswith("©") or _URL.match(body) or (bars >= 2 and len(body) < 300) or (bars and len(body) < 60):
        return "skip"
    half = len(body) // 2
    if len(body) > 5 and len(body) % 2 == 0 and body[:half] == body[half:]:
        return "skip"  # a label that stands twice, once for each of two icons
    if not any(character.isalpha() for character in body):
        return "skip"
    if len(body) > _HEADING_LENGTH or len(body.split()) > _HEADING_WORDS:
        return "prose"
    if body.endswith("?"):
        return "short"
    if (stop := _INNER_STOP.search(body)) and len(body[: stop.start()].split()) >= _SENTENCE_WORDS:
        return "prose"  # "They ran far. #running"
    return "prose" if _STOP.search(body) or body.endswith(",") else "short"


def starts_like_a_heading(body: str) -> bool:
    """Whether a line without a final stop begins as titles and headings do."""
    first = body.lstrip("“\"‘'([#*_")
    return first[:1].isupper() or first[:1].isdigit() or bool(re.match(r"[a-z]{1,3}[A-Z]", first))


def settle(found: Sequence[Line]) -> list[Line]:
    """Tell what each "short" line is: a heading where text follows, a list item under a line that ends in a colon,
    a sentence of its own (a caption or a teaser) where it begins in lower case, else furniture."""
    settled = list(found)
    for position, line in enumerate(settled):
        if line.kind != "short" or line.apart or not position:
            continue
        before = settled[position - 1]
        follows = settled[position + 1] if position + 1 < len(settled) else None
        introduced = before.kind == "prose" and before.text.endswith(":") and follows is not None
        if (introduced and follows is not None and follows.kind == "short" and not follows.apart) or (
            before.kind == "item" and not _BULLET.match(before.text) and not _NUMBERED.match(before.text)
        ):
            settled[position] = replace(line, kind="item")
    # Where nothing else is, a short line is what a text has to say.
    text_follows = all(line.kind in ("short", "skip", "known") for line in settled)
    for position in range(len(settled) - 1, -1, -1):
        line = settled[position]
        if line.kind in ("prose", "item", "heading"):
            text_follows = True
        elif line.kind == "short":
            if not text_follows:
                kind = "skip"
            elif starts_like_a_heading(line.text):
                kind = "heading"
            else:
                kind = "prose"
            settled[position] = replace(line, kind=kind)
    return settled


def labelled(line: Line, cues: FurnitureCues) -> Iterator[tuple[str, int, int]]:
    """The parts of a line of prose as (label, start, end): "METHODS: Cells were … RESULTS: They …" has two.

    The label is empty where the part has none; the offsets leave the label itself out.
    """
    if ":" not in line.text:
        yield "", line.start, line.end
        return
    marks = [
        match
        for match in _LABEL.finditer(line.text)
        if cues.abstract_section.match(match[1]) or (match[1].isupper() and len(match[1]) > 6 and " " not in match[1])
    ]
    edges = [(0, 0, "")] if not marks or marks[0].start() else []
    edges += [(match.start(), match.end(), match[1]) for match in marks]
    for (_, begin, label), (finish, _, _) in pairwise([*edges, (len(line.text), 0, "")]):
        if line.text[begin:finish].strip():
            yield label, line.start + begin, line.start + finish


#: Tells what is left out, and where it begins and ends.
TellPart = Callable[[Left, int, int], None]


def _no_part(_: Left, __: int, ___: int) -> None:
    pass


def assemble(
    text: str, start: int, end: int, found: Iterable[Line], cues: FurnitureCues, tell: TellPart = _no_part
) -> tuple[tuple[Section, ...], tuple[Sentence, ...]]:
    """The sections and sentences of an article that stands at `text[start:end]` and whose lines are settled."""
    sections = [Section("", start, end)]
    sentences: list[Sentence] = []
    lead: int | None = None
    apart: Left | None = None  # the part that is none of the text, while it lasts
    for paragraph, line in enumerate(found):
        if line.is_silent:
            if line.kind == "skip":
                tell(line.left, line.start, line.end)
            continue
        if line.kind in ("title", "heading"):
            lead = None
            apart = None
            if line.kind == "heading":
                apart = _part_apart(line.text, cues)
                label = line.label or (line.text if cues.abstract_section.match(line.text) else "")
                _open(sections, Section(line.text, line.start, end, label))
            if apart is None:
                index = len(sections) - 1
                sentences.append(Sentence(line.start, line.end, line.kind, index, None, paragraph))
            continue
        if apart is not None:
            tell(apart, line.start, line.end)
            continue
        is_item = line.kind == "item"
        if line.label or line.opens:
            _open(sections, Section("", line.start, end, line.label))
        for label, left, right in labelled(line, cues) if not is_item else [("", line.start, line.end)]:
            if label:
                _open(sections, Section("", left, end, label))
            for begin, finish in _item_spans(text, left, right, cues) if is_item else spans(text, left, right, cues):
                if cues.furniture.match(text[begin:finish]):
                    tell(Left.SITE, begin, finish)
                    continue
                kind = "item" if is_item else "sentence"
                sentences.append(Sentence(begin, finish, kind, len(sections) - 1, lead if is_item else None, paragraph))
        if not is_item:
            lead = _lead(text, sentences, paragraph)
    return tuple(sections), tuple(sentences)


def _part_apart(heading: str, cues: FurnitureCues) -> Left | None:
    """What a part under a heading is, where it is none of the text of its article."""
    if cues.bibliography.match(heading):
        return Left.REFERENCES
    return Left.BACK if cues.back_matter.match(heading) else None


def _open(sections: list[Section], section: Section) -> None:
    sections[-1] = replace(sections[-1], end=section.start)
    sections.append(section)


def _item_spans(text: str, left: int, right: int, cues: FurnitureCues) -> list[tuple[int, int]]:
    """The sentences of a list item; the marker belongs to the first of them."""
    body = text[left:right]
    marker = _BULLET.match(body) or _NUMBERED.match(body)
    found = spans(text, left + (marker.end() if marker else 0), right, cues)
    return [(left, found[0][1]), *found[1:]] if found else []


def _lead(text: str, sentences: Sequence[Sentence], paragraph: int) -> int | None:
    """The index of the sentence that introduces a list which may follow: the last one of the paragraph if it is open
    at its end, or the one before it where the last says next to nothing ("Specifically:")."""
    last = len(sentences) - 1
    if last < 0 or sentences[last].paragraph != paragraph or text[sentences[last].end - 1] in ".!?;":
        return None
    short = len(text[sentences[last].start : sentences[last].end].split()) <= 2
    return last - 1 if short and last and sentences[last - 1].paragraph == paragraph else last
