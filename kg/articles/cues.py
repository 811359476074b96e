"""The words by which readers tell the parts of a page apart. They are annotations in the ontology."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg import paths
from kg.namespaces import STEMKG

_CUE = STEMKG + "cue"
_NEVER = re.compile(r"(?!)")
# What may stand around a line without being part of its words.
_LEAD = r"[\W_]*"
_TAIL = r"[\s.:!…>»*_]*"


@dataclass(frozen=True)
class FurnitureCues:
    """The cues of the text parts, ready for matching. Each pattern is matched against a whole line or sentence."""

    furniture: re.Pattern[str] = _NEVER
    link_list: re.Pattern[str] = _NEVER
    breadcrumb: re.Pattern[str] = _NEVER
    publishers: tuple[re.Pattern[str], ...] = ()  # with a group named "publisher"
    person: re.Pattern[str] = _NEVER  # group 1 is the name, or empty
    author: re.Pattern[str] = _NEVER  # group 1 is the name, or empty
    placeholder: re.Pattern[str] = _NEVER
    published: re.Pattern[str] = _NEVER  # matches the beginning; the date follows
    revised: re.Pattern[str] = _NEVER  # matches the beginning; the date follows
    topics: re.Pattern[str] = _NEVER  # matches the beginning; the topics follow
    source: re.Pattern[str] = _NEVER  # matches the beginning; the citation follows
    bibliography: re.Pattern[str] = _NEVER
    back_matter: re.Pattern[str] = _NEVER
    abstract_section: re.Pattern[str] = _NEVER
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
            furniture=_lines(cues["SiteFurniture"]),
            link_list=_lines(cues["LinkList"]),
            breadcrumb=_breadcrumb(cues["Breadcrumb"]),
            publishers=tuple(_publisher(cue) for cue in sorted(cues["PublisherLine"])),
            person=_named(cues["PersonLine"]),
            author=_named(cues["AuthorLine"]),
            placeholder=_lines(cues["PlaceholderAuthor"]),
            published=_openings(cues["PublishedLine"]),
            revised=_openings(cues["RevisedLine"]),
            topics=_openings(cues["TopicsLine"]),
            source=_openings(cues["SourceLine"]),
            bibliography=_lines(cues["Bibliography"], numbered=True),
            back_matter=_lines(cues["BackMatter"], numbered=True),
            abstract_section=_lines(cues["AbstractSection"], numbered=True),
            abbreviation=_endings(cues["Abbreviation"]),
            opener=_words(cues["SentenceOpener"]),
        )


@cache
def default_cues() -> FurnitureCues:
    """The cues of the ontology that comes with StemKG, loaded once."""
    return FurnitureCues.load()


def _glob(cue: str) -> str:
    """The regular expression of a cue in which * stands for any words, and any white space for any other."""
    return ".*".join(r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in cue.split("*"))


def _any(expressions: Iterable[str]) -> str:
    # Longest first: of two cues that begin alike the longer one is the more telling.
    return "|".join(sorted(expressions, key=lambda item: (-len(item), item)))


def _compile(template: str, cues: Iterable[str]) -> re.Pattern[str]:
    alternatives = _any(map(_glob, cues))
    return re.compile(template.format(alternatives), re.IGNORECASE | re.DOTALL) if alternatives else _NEVER


def _boundary(cue: str) -> str:
    """`cue` with a word boundary before a * that follows a letter, so that "Subscribe*" leaves "Subscribers" alone."""
    return re.sub(r"(?<=\w)\.\*$", r"\\b.*", cue)


def _lines(cues: Iterable[str], *, numbered: bool = False) -> re.Pattern[str]:
    lead = r"[\W_]*(?:\d+[\d.]*\s+)?" if numbered else _LEAD
    alternatives = _any(_boundary(_glob(cue)) for cue in cues)
    if not alternatives:
        return _NEVER
    return re.compile(f"{lead}(?:{alternatives}){_TAIL}\\Z", re.IGNORECASE | re.DOTALL)


def _openings(cues: Iterable[str]) -> re.Pattern[str]:
    return _compile(_LEAD.replace("{", "{{") + r"(?:{})\s*:?\s*", cues)


def _breadcrumb(cues: Iterable[str]) -> re.Pattern[str]:
    # The next step follows after a separator, or with a capital where the page lost its markup.
    alternatives = _any(map(_glob, cues))
    return re.compile(rf"\W*(?i:{alternatives})\s*(?:[>›»/|:→]|(?<=[a-z])[A-Z])") if alternatives else _NEVER


def _publisher(cue: str) -> re.Pattern[str]:
    name = r"(?P<publisher>[\w&.'’][\w&.'’ -]{1,60}?)"
    expression = name.join(_glob(part) for part in cue.split("{publisher}"))
    return re.compile(_LEAD + expression + _TAIL + r"\Z", re.IGNORECASE)


def _named(cues: Iterable[str]) -> re.Pattern[str]:
    openings = {cue.rstrip("* ").rstrip(":") for cue in cues}
    return _compile(r"(?:{})\b\s*:?\s*(.{{0,80}})\Z", openings)


def _endings(cues: Iterable[str]) -> re.Pattern[str]:
    alternatives = _any(map(_glob, cues))
    return re.compile(rf"(?<!\w)(?:{alternatives})\s*\Z") if alternatives else _NEVER


def _words(cues: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(map(re.escape, cues))})\b") if cues else _NEVER
