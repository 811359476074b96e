"""From the bytes of a file to its text."""

import codecs

from kg.articles.errors import ArticleError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(data: bytes, file: str) -> str:
    """The text of a file in UTF-8, or in the encoding that its byte order mark names. The mark is not part of the text.

    Raises `ArticleError` naming the byte.
    """
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte {error.start + len(mark)}"
        raise ArticleError(file, place, f"not {encoding.upper()}: {error.reason}") from None
    if (nul := text.find("\0")) >= 0:
        raise ArticleError(file, f"character {nul}", "not a text: it holds a NUL character")
    return text
