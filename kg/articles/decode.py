"""From the bytes of a file to its text."""

import codecs
import re

from kg.articles.errors import ArticleError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LONGEST = 2_000_000
_LONG_LINE = re.compile(rf"[^\r\n]{{{_LONGEST + 1}}}")


def decode(data: bytes, file: str) -> str:
    """The text of a file in UTF-8, or in the encoding that its byte order mark names. The mark is not part of the text.

    Raises `ArticleError` naming the byte.
    """
    return decode_declared(data, "", file)


def decode_declared(data: bytes, declared: str, file: str) -> str:
    """The text of a file that declares its encoding, which a byte order mark overrides. Raises `ArticleError`."""
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", declared or "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte {error.start + len(mark)}"
        raise ArticleError(file, place, f"not {encoding.upper()}: {error.reason}") from None
    except LookupError:
        raise ArticleError(file, "", f"{encoding!r} is not an encoding") from None
    if (nul := text.find("\0")) >= 0:
        raise ArticleError(file, f"character {nul}", "not a text: it holds a NUL character")
    return text


def check_lines(text: str, file: str) -> None:
    """Raise `ArticleError` where a line is longer than any that people write: two million characters."""
    if len(text) > _LONGEST and (match := _LONG_LINE.search(text)):
        line = len(re.findall(r"\r\n|\r|\n", text[: match.start()])) + 1
        raise ArticleError(file, f"line {line}", f"a line longer than {_LONGEST:,} characters")
