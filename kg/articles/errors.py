"""What is wrong with an input, and what is left out of it, and where."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class ArticleError(Exception):
    """An input, or a part of one, that can't be read.

    `place` is a line, a byte or an entry ("line 3", "byte 120", "entry 7"), or empty where the whole file is meant.
    """

    def __init__(self, file: str, place: str, reason: str) -> None:
        file, reason = readable(file), readable(reason)
        super().__init__(file, place, reason)
        self.file = file
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.reason) if part)


def readable(name: str) -> str:
    """A name as text: the bytes of one that is not UTF-8, which Python keeps as halves of characters, are spelled out.

    >>> readable("caf\\udce9.txt")
    'caf\\\\xe9.txt'
    """
    if name.isascii() or not _HALF.search(name):
        return name
    return name.encode("utf-8", "surrogateescape" if not _LONE.search(name) else "backslashreplace").decode(
        "utf-8", "backslashreplace"
    )


_HALF = re.compile("[\ud800-\udfff]")
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")

#: What is done with the error of one entry: returning goes on with the next entry, raising ends the reading.
OnError = Callable[[ArticleError], None]


def refuse(error: ArticleError) -> None:
    """Raise the error: the default of what is done with one."""
    raise error


class Left(StrEnum):
    """What a reading leaves out, in the words in which it is counted."""

    UNUSABLE = "input that can't be used"
    SUBJECT = "article without cell therapy"
    NOTHING = "file without an article"
    EMPTY = "post without a text"
    NO_TEXT = "file without text of its own"  # a picture, a film, a spreadsheet
    COPY = "PDF beside the XML of the same article"
    BOOK = "book"
    JSON = "JSON that is no article"
    FORMAT = "file of a format that is not read"
    DATE = "date that is none, or not in full"
    ABSTRACT = "abstract of another kind"  # graphical, teaser, in another language
    TABLE = "table"
    CODE = "program code"
    REFERENCES = "list of references"
    BACK = "back matter"
    FOOTNOTES = "group of footnotes"
    FORMULA = "formula"
    PASSAGE = "passage of another kind"
    HIDDEN = "hidden text"
    SITE = "part of a page that is the site's"
    RUNNING = "running head or foot"
    FIELD = "field that is no text"


@dataclass(frozen=True, slots=True)
class Note:
    """A part of an input that was left out: what it is, and what is known of it. `place` is as in `ArticleError`."""

    file: str
    place: str
    kind: Left
    detail: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.kind, self.detail) if part)


#: What is done with what is left out.
OnNote = Callable[[Note], None]
#: The same where file and place are known: the kind and the detail are wanted.
Tell = Callable[[Left, str], None]


def telling(on_note: OnNote, file: str, place: str = "") -> Tell:
    """A function that tells what is left out at a place of a file."""

    def tell(kind: Left, detail: str) -> None:
        on_note(Note(file, place, kind, detail))

    return tell


def unheard(_: Note) -> None:
    """Do nothing with what is left out: the default."""
