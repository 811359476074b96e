"""What reading a file, and asking another host, may cost: named settings, each with a default.

Those of the server are in `kg.web.limits`. SECURITY.md has them all in one table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

#: Characters of a line of text; bytes of one record of a file that is cut into records; digits of a number in JSON.
LONGEST_LINE = 2_000_000
LONGEST_RECORD = 50 << 20
LONGEST_NUMBER = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """The limits of reading: what no honest file of texts needs more of.

    A file is read in a process of its own, which is ended where it takes too much; the file is named, and the others
    are read.
    """

    seconds: float = 60.0  # of processor time, without another article or word of one
    memory: int = 2 << 30  # bytes that the process may take
    fold: int = 200  # how many times its size may come out of a compressed file, at each level of nesting
    unsuspicious: int = 16 << 20  # bytes that may come out before that is looked at
    unpacked: int = 32 << 30  # bytes that may come out of one compressed file or archive, at each level of nesting
    article: float = 300.0  # seconds of processor time that finding the claims of one article may take
    nested: int = 3  # archives in archives: articles in a tar in a gzip in a zip


READING = Reading()


@dataclass(frozen=True, slots=True)
class Asking:
    """The limits of a question to another host."""

    silence: float = 60.0  # seconds without a byte
    seconds: float = 600.0  # for the whole answer
    answer: int = 256 << 20  # bytes of an answer


def changed(defaults: T, settings: Iterable[str]) -> T:
    """Limits with some settings changed, each as `name=value`.

    Raises `ValueError` naming the setting that is none, or whose value is no number above zero.

    >>> changed(Reading(), ["seconds=5", "nested=1"]).nested
    1
    """
    types = {field.name: type(getattr(defaults, field.name)) for field in fields(defaults)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for setting in settings:
        name, _, text = setting.partition("=")
        if name not in types:
            raise ValueError(f"{setting!r}: there is no limit {name!r}; there are {', '.join(types)}")
        try:
            values[name] = types[name](text)
            if not values[name] > 0:
                raise ValueError
        except (ValueError, OverflowError):
            raise ValueError(f"{setting!r}: {text!r} is not a number above zero") from None
    return replace(defaults, **values)  # type: ignore[type-var]
