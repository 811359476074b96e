"""What is wrong with an input, and where."""

from collections.abc import Callable


class ArticleError(Exception):
    """An input, or a part of one, that can't be read.

    `place` is a line, a byte or an entry ("line 3", "byte 120", "entry 7"), or empty where the whole file is meant.
    """

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(file, place, reason)
        self.file = file
        self.place = place
        self.reason = reason

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.reason) if part)


#: What is done with the error of one entry: returning goes on with the next entry, raising ends the reading.
OnError = Callable[[ArticleError], None]


def refuse(error: ArticleError) -> None:
    """Raise the error: the default of what is done with one."""
    raise error
