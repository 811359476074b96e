"""A text of the reader's own, and what is read in it."""

from dataclasses import dataclass

#: Characters of a text that are looked at.
LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text and what it was taken for: "mention", "cue" or nothing; `title` says which, in words."""

    text: str
    kind: str = ""
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was read: the text in segments, the claims found, and the reasons against others."""

    segments: tuple[Segment, ...]
    claims: tuple[object, ...]
    rejected: tuple[tuple[str, str], ...]
