"""PDF, by way of pdfminer.six, which comes with the extra "pdf": it tells boxes apart, and how large letters are."""

import logging
import re
import statistics
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, Any

from kg.articles import markup
from kg.articles.article import Article
from kg.articles.columns import in_order
from kg.articles.cues import FurnitureCues
from kg.articles.decode import check_lines
from kg.articles.edits import Edits
from kg.articles.errors import ArticleError, Left, OnError, OnNote, Tell, telling, unheard
from kg.articles.hyphens import joined
from kg.articles.layout import Line, lines, starts_like_a_heading
from kg.articles.letters import plain
from kg.articles.plain import compose

_SURROGATE = re.compile(r"[\ud800-\udfff\0]")
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78])")
_CID = re.compile(r"\(cid:\d+\)")
_MOST_BYTES = 64 << 20  # that one stream of a file may grow to
_MOST_LETTERS = 100_000  # of a page
_SMALL, _RAISED = 0.85, 0.15  # of the size of the other letters: what is smaller and higher is raised
_MARGIN = 0.09  # of the height of a page, at its top and its bottom: where running heads stand
_LARGE = 1.15  # times the size of most letters: a title's
_OVERLAP = 0.4  # of the height of letters, that those of one line have: lowered ones have little
_PARTED = re.compile(r"[^\W_][-\u2010\xad]\Z")
# A line of a journal over the title of an article: "Journal of Things 12 (2020) 1-9", "www.example.org/journal".
_HEAD = re.compile(
    r"\d\s*+\(?+(?:19|20)\d\d\)?|\bvol(?:ume|\.)\s*\d|doi\b|https?:|www\.|\bISSN\b|homepage|contents lists", re.I
)
# The number of a page: "12", "Page 1 of 9", "– 3 –".
_FOLIO = re.compile(
    r"[\s–—|-]*+(?:page\s++|p\.\s*+)?+[A-Zivxlc]{0,4}\d{0,6}(?:\s?(?:of|/)\s?\d{1,5})?[\s–—|-]*+", re.IGNORECASE
)
_STOP = re.compile(r"[.!?:;][\"'”’)\]]*\Z")
# What programs write for want of a title.
_NO_TITLE = re.compile(
    r"(?:untitled|microsoft|powerpoint|slide|doi:|pii|arxiv:|\W*\Z)|.*\.(?:docx?|pdf|indd|tex|dvi|qxd|rtf|ps|fm)\W*\Z|\S*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a page: what it reads, the size of its letters, and whether another paragraph or column begins."""

    text: str
    size: float
    begins: bool
    left: float = 0.0
    right: float = 0.0  # of its letters
    edge: float = 0.0  # of its column, on the right
    at_end: bool = False  # whether it stands at the top or the bottom of its page

    def has_room_for(self, row: "_Row") -> bool:
        """Whether the first word of another line would have had room in this one."""
        width = (self.right - self.left) / max(1, len(self.text))
        return self.edge - self.right > width * (len(row.text.split()[0]) + 2)


def read_pdf(
    stream: IO[bytes], *, stem: str, file: str, cues: FurnitureCues, on_error: OnError, on_note: OnNote = unheard
) -> Iterator[Article]:
    """The article of a PDF, with its sentences. Lines that stand on most pages are left out. Raises `ArticleError`."""
    _check_size(stream.read(), file)
    stream.seek(0)
    pages, stated = _pages(stream, file)
    rows = [*_own_rows(pages, telling(on_note, file))]
    text = _SURROGATE.sub("\ufffd", _text(rows))
    text = plain(Edits(text, joined(text)).text)
    if not text.strip():
        raise ArticleError(file, "", "a PDF without text that can be read: its pages are pictures, or damaged")
    check_lines(text, file)
    found = lines(text, 0, len(text), markdown=False)
    title = _title(pages[0] if pages else [], stated, text)
    found = _with_title(found, title)
    yield compose(text, 0, len(text), found, {"title": title} if title else {}, stem, file, cues, on_note)


def _check_size(data: bytes, file: str) -> None:
    """Raise `ArticleError` where a stream of the file grows beyond all measure."""
    for match in _STREAM.finditer(data):
        end = data.find(b"endstream", match.end())
        try:
            packed = data[match.end() : end if end >= 0 else len(data)]
            grown = zlib.decompressobj().decompress(packed, _MOST_BYTES + 1)
        except zlib.error:
            continue
        if len(grown) > _MOST_BYTES:
            raise ArticleError(
                file, "", f"not a PDF that can be read: a stream grows to more than {_MOST_BYTES >> 20} MB"
            )


def _pages(stream: Any, file: str) -> tuple[list[list[_Row]], str]:
    """The lines of each page in the order in which they are read, and the title that the file states of itself."""
    try:
        from pdfminer.converter import PDFPageAggregator
        from pdfminer.encodingdb import EncodingDB
        from pdfminer.layout import LAParams
        from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
        from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
        from pdfminer.pdfpage import PDFPage
        from pdfminer.pdfparser import PDFParser
    except ImportError:
        raise ArticleError(file, "", "a PDF: install stemkg[pdf] to read it") from None
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # what is wrong with a file is said below, with its name
    EncodingDB.win2unicode[0xAD] = "\xad"  # which pdfminer reads as a space, and PDF says is a hyphen at line ends
    pages: list[list[_Row]] = []

    class Device(PDFPageAggregator):
        """What gathers the letters of a page, and refuses to gather more than a page has."""

        letters = 0

        def render_char(self, *of: Any) -> float:
            self.letters += 1
            if self.letters > _MOST_LETTERS:
                raise ArticleError(file, f"page {len(pages) + 1}", f"a page with more than {_MOST_LETTERS:,} letters")
            return super().render_char(*of)

    try:
        document = PDFDocument(PDFParser(stream))
        stated = _stated(document.info)
        resources = PDFResourceManager()
        device = Device(resources, laparams=LAParams(line_overlap=_OVERLAP, boxes_flow=None, all_texts=True))
        interpreter = PDFPageInterpreter(resources, device)
        for page in PDFPage.create_pages(document):
            device.letters = 0
            interpreter.process_page(page)
            layout = device.get_result()
            pages.append([*_rows(layout, layout.bbox)])
    except ArticleError:
        raise
    except PDFPasswordIncorrect:
        raise ArticleError(file, "", "the PDF is locked by a password") from None
    except Exception as error:  # pdfminer raises whatever a broken file makes it trip over
        place = f"page {len(pages) + 1}" if pages else ""
        raise ArticleError(file, place, f"not a PDF that can be read: {error or type(error).__name__}") from None
    return pages, stated


def _stated(infos: Iterable[dict[str, Any]]) -> str:
    for info in infos:
        title = info.get("Title")
        if isinstance(title, bytes):
            encoding = "utf-16" if title.startswith((b"\xfe\xff", b"\xff\xfe")) else "latin-1"
            title = title.decode(encoding, "replace").removeprefix("ï»¿")
            return plain(" ".join(title.split()))
    return ""


def _rows(page: Any, paper: tuple[float, float, float, float]) -> Iterator[_Row]:
    """The lines of a page, or of a figure on it, box by box; `paper` are the left, lower, right and upper edge."""
    from pdfminer.layout import LTFigure, LTTextBox, LTTextLine

    boxes = in_order([box for box in page if isinstance(box, LTTextBox)])
    for box in [*boxes, *(part for part in page if isinstance(part, LTFigure))]:
        if isinstance(box, LTFigure):
            yield from _rows(box, paper)
        elif isinstance(box, LTTextBox):
            begins = True
            for line in box:
                if isinstance(line, LTTextLine) and (row := _row(line, begins)).text:
                    margin = _MARGIN * (paper[3] - paper[1])
                    at_end = line.y1 < paper[1] + margin or line.y0 > paper[3] - margin
                    yield replace(row, left=line.x0, right=line.x1, edge=box.x1, at_end=at_end)
                    begins = False


def _row(line: Any, begins: bool) -> _Row:
    """What a line reads, raised letters as the powers and marks that they are."""
    from pdfminer.layout import LTChar

    letters = [letter for letter in line if isinstance(letter, LTChar)]
    if not letters or not any(letter.upright for letter in letters):
        return _Row("", 0, begins)
    size = statistics.median_high(letter.size for letter in letters)
    base = statistics.median_low(letter.y0 for letter in letters if letter.size > _SMALL * size)
    text = raised = ""
    for letter in line:
        is_letter = isinstance(letter, LTChar)
        up = is_letter and letter.size < _SMALL * size and letter.y0 > base + _RAISED * size
        if up or (raised and not is_letter and raised[-1:] in ",–-"):
            raised += letter.get_text()
            continue
        text += _read_raised(text, raised)
        raised = ""
        text += letter.get_text()
    text += _read_raised(text, raised)
    return _Row(" ".join(_CID.sub("", text).split()), size, begins)


def _read_raised(before: str, text: str) -> str:
    if not text:
        return ""
    read = markup.raised(before.rstrip(), text)
    return text if read is None else read


def _own_rows(pages: list[list[_Row]], tell: Tell) -> Iterator[_Row]:
    """The lines of the article: not those that stand on most pages, nor those of the journal over its title."""
    running = Counter(shape for page in pages for shape in {_shape(row.text) for row in page})
    ends = Counter(shape for page in pages for shape in {_shape(row.text) for row in page if row.at_end})
    above = True
    for number, page in enumerate(pages, start=1):
        for row in page:
            above = above and bool(_HEAD.search(row.text)) and not _STOP.search(row.text)
            shape = _shape(row.text)
            runs = len(pages) >= 3 and running[shape] * 2 > len(pages)
            if above or runs or (row.at_end and (_FOLIO.fullmatch(row.text) or ends[shape] > max(1, len(pages) // 4))):
                tell(Left.RUNNING, f"page {number}: {row.text}")
            else:
                yield row


def _text(rows: list[_Row]) -> str:
    """The lines as a text with a line for each paragraph; one that goes on in a new column is one."""
    parts: list[str] = []
    before: _Row | None = None
    for row in rows:
        if before is not None:
            parts.append("\n\n" if _ends(before, row) else "\n" if _PARTED.search(before.text) else " ")
        parts.append(row.text)
        before = row
    return "".join(parts)


def _ends(before: _Row, row: _Row) -> bool:
    """Whether a paragraph ends between two lines."""
    if _PARTED.search(before.text):
        return False
    if row.begins and not _STOP.search(before.text) and (row.text[0].islower() or before.text[-1] == ","):
        return False
    if row.begins or abs(row.size - before.size) > 0.1 * before.size:
        return True
    return not row.text[0].islower() and before.has_room_for(row)


# The title -----------------------------------------------------------------------------------------------------------


def _title(page: list[_Row], stated: str, text: str) -> str:
    """The title: the one that the file states, where it stands on the page too, else what is largest on the first."""
    if stated and not _NO_TITLE.match(stated) and _place(stated, text):
        return stated
    if not page:
        return ""
    usual = statistics.median_low(row.size for row in page for _ in row.text)
    large = [row for row in page if row.size > _LARGE * usual and re.search(r"[^\W\d_]{2}", row.text)]
    if not large:
        return "" if _NO_TITLE.match(stated) else stated
    most = max(row.size for row in large)
    title: list[str] = []
    for row in page:
        if row.size > 0.95 * most:
            title.append(row.text)
        elif title:
            break
    whole = " ".join(plain(Edits("\n".join(title), joined("\n".join(title))).text).split())
    return whole if 8 <= len(whole) <= 400 and starts_like_a_heading(whole) else ""


def _place(title: str, text: str) -> re.Match[str] | None:
    """Where a title stands in the first part of a text, however its lines are broken."""
    words = r"\s+".join(map(re.escape, title.split()))
    return re.search(words, text[:20_000], re.IGNORECASE)


def _with_title(found: list[Line], title: str) -> list[Line]:
    """The lines with those of the title as one, and nothing said before it."""
    if not title:
        return found
    words = title.casefold().split()
    for index, line in enumerate(found):
        last = index
        said = line.text.casefold().split()
        while len(said) < len(words) and last + 1 < len(found) and words[: len(said)] == said:
            last += 1
            said += found[last].text.casefold().split()
        if said == words:
            end = found[last].end
            whole = replace(line, end=end, text=title, kind="heading", apart=True)
            return [*(replace(before, kind="skip") for before in found[:index]), whole, *found[last + 1 :]]
    return found


def _shape(line: str) -> str:
    """A line with its numbers made alike, so that page numbers are."""
    return re.sub(r"\d+", "0", line)
