"""PDF, by way of pypdf, which comes with the extra "pdf"."""

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import IO

from kg.articles.article import Article
from kg.articles.cues import FurnitureCues
from kg.articles.decode import check_lines
from kg.articles.errors import ArticleError, OnError, OnNote, unheard
from kg.articles.plain import read_text

_HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_LIGATURE = re.compile(r"[\ufb00-\ufb06]")
_SURROGATE = re.compile(r"[\ud800-\udfff\0]")


def read_pdf(
    stream: IO[bytes], *, stem: str, file: str, cues: FurnitureCues, on_error: OnError, on_note: OnNote = unheard
) -> Iterator[Article]:
    """The article of a PDF, with its sentences. Lines that stand on most pages are left out. Raises `ArticleError`."""
    try:
        import pypdf
    except ImportError:
        raise ArticleError(file, "", "a PDF: install stemkg[pdf] to read it") from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is said below, with its name
    pages: list[list[str]] = []
    try:
        reader = pypdf.PdfReader(stream)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ArticleError(file, "", "the PDF is locked by a password")
        for page in reader.pages:
            pages.append([line.strip() for line in page.extract_text().splitlines()])
    except ArticleError:
        raise
    except Exception as error:  # pypdf raises whatever a broken file makes it trip over
        place = f"page {len(pages) + 1}" if pages else ""
        raise ArticleError(file, place, f"not a PDF that can be read: {error or type(error).__name__}") from None
    running = Counter(line for page in pages for line in {_shape(line) for line in page if line})
    text = "\n".join(
        line for page in pages for line in page if not line or len(pages) < 3 or running[_shape(line)] * 2 <= len(pages)
    )
    text = _HYPHEN.sub("", _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text))
    text = _SURROGATE.sub("\ufffd", text)
    if not text.strip():
        raise ArticleError(file, "", "a PDF without text that can be read: its pages are pictures, or damaged")
    check_lines(text, file)
    yield from read_text(text, stem=stem, file=file, cues=cues, on_error=on_error, on_note=on_note, markdown=False)


def _shape(line: str) -> str:
    """A line with its numbers made alike, so that page numbers are."""
    return re.sub(r"\d+", "0", line)
