"""From the bytes of a file to its text."""

import codecs
import re

from kg.articles.errors import ArticleError
from kg.limits import LONGEST_LINE

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LONG_LINE = re.compile(rf"[^\r\n]{{{LONGEST_LINE + 1}}}+")


def decode(data: bytes, file: str) -> str:
    """The text of a file in UTF-8, or in the encoding that its byte order mark names. The mark is not part of the text.

    Raises `ArticleError` naming the byte.
    """
    return decode_declared(data, "", file)


def decode_declared(data: bytes, declared: str, file: str) -> str:
    """The text of a file that declares its encoding, which a byte order mark overrides. Raises `ArticleError`."""
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", declared or "utf-8"))
    try:
        text = data[len(mark) :].decode(text_encoding(encoding))
    except UnicodeDecodeError as error:
        place = f"byte {error.start + len(mark)}"
        raise ArticleError(file, place, f"not {encoding.upper()}: {error.reason}") from None
    except LookupError:
        raise ArticleError(file, "", f"{encoding!r} is not an encoding") from None
    except ValueError as error:  # some raise what is none of the above
        raise ArticleError(file, "", f"not {encoding.upper()}: {error}") from None
    if (nul := text.find("\0")) >= 0:
        raise ArticleError(file, f"character {nul}", "not a text: it holds a NUL character")
    return text


def page_encoding(data: bytes, declared: str) -> str:
    """The encoding of a page that declares one: what browsers take it for, and UTF-8 where it can't be by chance.

    >>> page_encoding("Crohn’s".encode(), "iso-8859-1"), page_encoding(b"caf\\xe9", "latin1")
    ('utf-8', 'latin1')
    """
    name = declared.lower()
    if name in _WIDER:
        return _WIDER[name]
    if not data.isascii() and name.startswith(("iso-8859", "latin", "windows-125", "us-ascii", "ascii")):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return declared
        return "utf-8"
    return declared


# Encodings by the names of those that they contain, as browsers read them.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "x-sjis": "cp932", "utf8mb4": "utf-8"}


def text_encoding(name: str) -> str:
    """The name that Python gives to an encoding of texts. Raises `LookupError` where a name is that of none.

    Not every codec is one: "rot13" turns text into text, "zip" bytes into bytes, and "undefined" and "idna" are for
    other ends.

    >>> text_encoding("ISO-8859-1")
    'iso8859-1'
    """
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        raise LookupError(name) from None
    if not found._is_text_encoding or found.name in _NO_TEXTS:
        raise LookupError(name)
    return found.name


_NO_TEXTS = ("undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "mbcs", "oem", "utf-7")


def check_lines(text: str, file: str) -> None:
    """Raise `ArticleError` where a line is longer than any that people write: two million characters."""
    if len(text) > LONGEST_LINE and (match := _LONG_LINE.search(text)):
        line = len(re.findall(r"\r\n|\r|\n", text[: match.start()])) + 1
        raise ArticleError(file, f"line {line}", f"a line longer than {LONGEST_LINE:,} characters")
