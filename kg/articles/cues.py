"""The words by which readers tell the parts of a page apart. They are annotations in the ontology."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg import paths
from kg.namespaces import STEMKG

_CUE = STEMKG + "cue"
_MARKER = re.compile(r"[\W_]*")
_NEVER = re.compile(r"(?!)")
_NUMBER = re.compile(r"\d[\d.]*+\s++")
# What may stand after the words of a line without being one of them.
_TAIL = " \t\r\n.:!…>»*_"
# Longer than any line or opening that is known by its words: what is longer is prose, and is not looked at.
_LONGEST = 600


class LineCues:
    """Cues that are whole lines, in which * stands for any words, whatever the case and the marks around.

    There are hundreds of cues and millions of lines: a line is held only against the cues that begin as it does, and
    against those that begin with * of which it has the longest stretch of words.
    """

    def __init__(self, cues: Iterable[str] = ()) -> None:
        anchored: dict[str, list[str]] = defaultdict(list)
        self._floating: list[tuple[str, re.Pattern[str]]] = []
        for cue in map(_normal, sorted(cues)):
            if cue.startswith("*"):
                self._floating.append((max(cue.split("*"), key=len), re.compile(_boundary(_glob(cue)), re.DOTALL)))
            else:
                anchored[cue[:2]].append(_boundary(_glob(cue)))
        self._anchored = {key: re.compile("|".join(found), re.DOTALL) for key, found in anchored.items()}

    def match(self, line: str) -> bool:
        """Whether a line, with a number before it or not, is one of the cues."""
        if len(line) > _LONGEST or not (self._anchored or self._floating):
            return False
        words = _normal(line[_MARKER.match(line).end() :])  # type: ignore[union-attr]  # matches the empty too
        if words[:1].isdigit() and (number := _NUMBER.match(words)) and self._is_cue(words[number.end() :]):
            return True
        return self._is_cue(words)

    def _is_cue(self, words: str) -> bool:
        anchored = self._anchored.get(words[:2])
        if anchored and (anchored.fullmatch(words) or anchored.fullmatch(words.rstrip(_TAIL))):
            return True
        for literal, pattern in self._floating:
            if literal in words and (pattern.fullmatch(words) or pattern.fullmatch(words.rstrip(_TAIL))):
                return True
        return False


class OpeningCues:
    """Cues that begin a line: what they say something of follows."""

    def __init__(self, cues: Iterable[str] = ()) -> None:
        by_beginning: dict[str, list[str]] = defaultdict(list)
        for cue in cues:
            expression = _glob(cue.rstrip("* ").rstrip(":")) + (r"\s*:" if cue.endswith(":") else "")
            by_beginning[cue[:2].casefold()].append(expression)
        # A page that lost its markup may have no space after the cue; then a capital follows it.
        self._patterns = {
            key: re.compile(rf"(?:{_any(found)})(?-i:(?![a-z]))\s*:?\s*", re.IGNORECASE)
            for key, found in by_beginning.items()
        }

    def rest(self, line: str) -> str | None:
        """What follows after a cue that `line` begins with, or None where it begins with none."""
        start = _MARKER.match(line[:_LONGEST]).end()  # type: ignore[union-attr]
        pattern = self._patterns.get(line[start : start + 2].casefold())
        match = pattern.match(line, start) if pattern else None
        return line[match.end() :] if match else None


class BreadcrumbCues:
    """Cues that are the first step of a line of steps: a separator follows, or a capital where markup was lost."""

    def __init__(self, cues: Iterable[str] = ()) -> None:
        self._pattern = re.compile(rf"\W*(?i:{_any(map(_glob, cues)) or '(?!)'})(?:\s*[>›»/|:→]|(?<=[a-z])(?=[A-Z]))")

    def match(self, line: str) -> bool:
        """Whether a line is a breadcrumb."""
        return len(line) <= _LONGEST and bool(self._pattern.match(line))


@dataclass(frozen=True)
class FurnitureCues:
    """The cues of the text parts, ready for matching."""

    furniture: LineCues = field(default_factory=LineCues)
    link_list: LineCues = field(default_factory=LineCues)
    breadcrumb: BreadcrumbCues = field(default_factory=BreadcrumbCues)
    publishers: tuple[re.Pattern[str], ...] = ()  # of a whole line, with a group named "publisher"
    person: OpeningCues = field(default_factory=OpeningCues)
    author: OpeningCues = field(default_factory=OpeningCues)
    placeholder: LineCues = field(default_factory=LineCues)
    published: OpeningCues = field(default_factory=OpeningCues)
    revised: OpeningCues = field(default_factory=OpeningCues)
    topics: OpeningCues = field(default_factory=OpeningCues)
    source: OpeningCues = field(default_factory=OpeningCues)
    bibliography: LineCues = field(default_factory=LineCues)
    back_matter: LineCues = field(default_factory=LineCues)
    abstract_section: LineCues = field(default_factory=LineCues)
    abbreviation: re.Pattern[str] = _NEVER  # matches at the end of a stretch of text
    opener: re.Pattern[str] = _NEVER  # matches at the beginning of a stretch of text

    @classmethod
    def load(cls, folder: Path = paths.ONTOLOGY) -> "FurnitureCues":
        """The cues that the Turtle files of an ontology folder annotate the text parts with.

        Raises `SyntaxError` or `OSError` where a file can't be read.
        """
        cues: dict[str, set[str]] = defaultdict(set)
        for path in sorted(folder.glob("*.ttl")):
            for triple in ox.parse(path=path):
                if (
                    triple.predicate.value == _CUE
                    and isinstance(triple.subject, ox.NamedNode)
                    and isinstance(triple.object, ox.Literal)
                ):
                    cues[triple.subject.value.removeprefix(STEMKG)].add(triple.object.value)
        return cls(
            furniture=LineCues(cues["SiteFurniture"]),
            link_list=LineCues(cues["LinkList"]),
            breadcrumb=BreadcrumbCues(cues["Breadcrumb"]),
            publishers=tuple(_publisher(cue) for cue in sorted(cues["PublisherLine"])),
            person=OpeningCues(cues["PersonLine"]),
            author=OpeningCues(cues["AuthorLine"]),
            placeholder=LineCues(cues["PlaceholderAuthor"]),
            published=OpeningCues(cues["PublishedLine"]),
            revised=OpeningCues(cues["RevisedLine"]),
            topics=OpeningCues(cues["TopicsLine"]),
            source=OpeningCues(cues["SourceLine"]),
            bibliography=LineCues(cues["Bibliography"]),
            back_matter=LineCues(cues["BackMatter"]),
            abstract_section=LineCues(cues["AbstractSection"]),
            abbreviation=re.compile(rf"(?<!\w)(?:{_any(map(_glob, cues['Abbreviation'])) or '(?!)'})\s*\Z"),
            opener=re.compile(rf"(?:{_any(map(re.escape, cues['SentenceOpener'])) or '(?!)'})\b"),
        )

    def publisher(self, line: str) -> str:
        """The publisher that a line of site furniture names, or ""."""
        if len(line) <= _LONGEST:
            words = line[_MARKER.match(line).end() :].rstrip(_TAIL)  # type: ignore[union-attr]
            for pattern in self.publishers:
                if match := pattern.fullmatch(words):
                    return match["publisher"].strip()
        return ""


@cache
def default_cues() -> FurnitureCues:
    """The cues of the ontology that comes with StemKG, loaded once."""
    return FurnitureCues.load()


def _normal(words: str) -> str:
    return " ".join(words.split()).casefold()


def _glob(cue: str) -> str:
    """The regular expression of a cue in which * stands for any words, and any white space for any other."""
    return ".*".join(r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in cue.split("*"))


def _boundary(expression: str) -> str:
    """The expression with a word boundary before a last *, so that "Subscribe*" leaves "Subscribers" alone."""
    return re.sub(r"(?<=\w)\.\*$", r"\\b.*", expression)


def _any(expressions: Iterable[str]) -> str:
    # Longest first: of two cues that begin alike the longer one is the more telling.
    return "|".join(sorted(expressions, key=lambda item: (-len(item), item)))


def _publisher(cue: str) -> re.Pattern[str]:
    name = r"(?P<publisher>[\w&.'’][\w&.'’ -]{1,60}?)"
    return re.compile(name.join(_glob(part) for part in cue.split("{publisher}")), re.IGNORECASE)
