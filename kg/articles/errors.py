"""What is wrong with an input, and where."""

import re
from collections.abc import Callable


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
