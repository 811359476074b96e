"""Reading any file: what is in it is found by looking into it."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from kg.articles import (
    bioc,
    docx,
    europepmc,
    exports,
    jats,
    json_entries,
    page,
    pdf,
    pubmed,
    pubtator,
    saved,
    unread,
    xml_stream,
)  # fmt: skip
from kg.articles.article import Article
from kg.articles.cues import FurnitureCues, default_cues
from kg.articles.decode import check_lines, decode
from kg.articles.edits import as_it_reads
from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote, refuse, unheard
from kg.articles.files import STDIN, TABLES, XML, Mended, Namer, has_no_text, stem_of, without_copies
from kg.articles.naming import named
from kg.articles.plain import read_text
from kg.articles.streams import Budget, Head, gunzip, open_file, seekable, tar_members, zip_members
from kg.limits import READING, Reading

_PUBMED = {
    "PubmedArticleSet", "PubmedArticle", "MedlineCitationSet", "MedlineCitation", "DeleteCitation",
    "PubmedBookArticleSet", "PubmedBookArticle",
}  # fmt: skip
_JATS = {"article", "pmc-articleset", "articles", "OAI-PMH"}
_BIOC = {"collection", "document"}
_EUROPE_PMC = {"responseWrapper", "resultList"}
_XML_READERS = (
    [(root, jats.read_jats) for root in _JATS]
    + [(root, bioc.read_bioc_xml) for root in _BIOC]
    + [(root, europepmc.read_europepmc_xml) for root in _EUROPE_PMC]
)
_READERS = dict(_XML_READERS)
#: What tells the format of a file whose root does not.
_WITHIN = (
    (re.compile(r"<(?:PubmedArticle|MedlineCitation)[\s>]"), "PubmedArticle"),
    (re.compile(r"<(?:\w+:)?article-meta[\s>]"), "article"),
)
_FRONT = re.compile(r"<(?:\w+:)?(?:front|front-stub|article-meta|body)[\s>]")
_HTML = re.compile(r"<(?:h[1-6]|div|header|section|span|a|img)[\s>]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: A text may have a few control characters; where it has more, and more than one byte in so many is one, it is none.
_FEW = 8
_SELDOM = 100


@dataclass(frozen=True, slots=True)
class _Settings:
    """What a reading is asked for; see `read`."""

    cues: FurnitureCues
    on_error: OnError
    on_delete: Callable[[str], None]
    wanted: Callable[[str], bool] | None
    on_pass: Callable[[str], None]
    on_note: OnNote
    budget: Budget


def _ignore(_: str) -> None:
    pass


def read(
    path: Path | str,
    *,
    name: str = "",
    cues: FurnitureCues | None = None,
    on_error: OnError = refuse,
    on_delete: Callable[[str], None] = _ignore,
    wanted: Callable[[str], bool] | None = None,
    on_pass: Callable[[str], None] = _ignore,
    on_note: OnNote = unheard,
    limits: Reading = READING,
    file: str = "",
) -> Iterator[Article]:
    """The articles of a file, or of standard input where the path is "-", in their order.

    Plain text, Markdown, HTML, DOCX and PDF come with their sentences; `segment` gives them to the others. `name` is
    what the only article of the file is called, its stem where it is not given. `cues` are those of the ontology that
    comes with StemKG where none are given.

    `on_error` is called with the error of an entry or a file in an archive that can't be read, and reading goes on
    where it returns; by default it raises. `on_note` is called with each part that is left out, and each entry or file
    that is passed over. `on_delete` is called with the id of each article that the file says is to be deleted. Where
    `wanted` is given, only articles with a text that it accepts are given, and `on_pass` is called with the ids of the
    others; what it accepts is looked at before an article is made where that is cheaper. `file` is what the file is
    called in errors and notes where that is not its path.

    Raises `ArticleError` where the file as a whole can't be read, or breaks off; what stands before comes first. What a
    reader trips over is the fault of the file too, and the cause of the error.
    """
    file = file or str(path)
    name = name or ("stdin" if file == STDIN else stem_of(path))
    with ExitStack() as stack:
        try:
            stream = sys.stdin.buffer if str(path) == STDIN else stack.enter_context(open_file(Path(path)))
            budget = Budget(stream, limits)
            settings = _Settings(cues or default_cues(), on_error, on_delete, wanted, on_pass, on_note, budget)
            yield from _read(budget.stream, file, name, 0, settings)
        except ArticleError:
            raise
        except OSError as error:
            raise ArticleError(file, "", error.strerror or str(error)) from None
        except MemoryError:
            raise ArticleError(file, "", "it needs more memory than there is for it") from None
        except Exception as error:
            raise ArticleError(file, "", f"can't be read: {type(error).__name__}: {error}") from error


def _read(stream: IO[bytes], file: str, stem: str, depth: int, settings: _Settings) -> Iterator[Article]:
    head = Head(stream)
    if not head.bytes:
        raise ArticleError(file, "", "the file is empty")
    if head.bytes.startswith(b"\x1f\x8b"):
        _check_depth(depth, file, settings)
        yield from _read(gunzip(head.stream, file, settings.budget, depth), file, stem, depth + 1, settings)
    elif head.bytes.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _zipped(head, file, stem, depth, settings)
    elif head.bytes[257:262] == b"ustar" or (len(head.bytes) >= 1024 and not head.bytes[:1024].strip(b"\0")):
        yield from _members(tar_members(head.stream, file, settings.budget, depth), file, depth, settings)
    else:
        yield from _articles(head, file, stem, depth, settings)


def _check_depth(depth: int, file: str, settings: _Settings) -> None:
    most = settings.budget.limits.nested
    if depth >= most:
        raise ArticleError(file, "", f"refused: archives nested more than {most} deep")


def _zipped(head: Head, file: str, stem: str, depth: int, settings: _Settings) -> Iterator[Article]:
    """The articles of a zip archive, or of a file of an office program, which is one too."""
    if kind := unread.packed_kind(head.bytes):
        settings.on_note(Note(file, "", Left.FORMAT, kind))
        return
    if not docx.may_be_office(head.bytes):
        yield from _unzipped(head.stream, file, depth, settings)
        return
    with seekable(head.stream) as whole:
        match docx.office_kind(whole):
            case "docx":
                article = docx.read_docx(whole, stem=stem, file=file, cues=settings.cues, on_note=settings.on_note)
                yield from _sift(iter([article]), settings)
            case "office":
                settings.on_note(Note(file, "", Left.NO_TEXT, "a file of an office program"))
            case _:
                yield from _unzipped(whole, file, depth, settings)


def _unzipped(stream: IO[bytes], file: str, depth: int, settings: _Settings) -> Iterator[Article]:
    members = zip_members(stream, file, settings.budget, depth, settings.on_error)
    yield from _members(members, file, depth, settings)


def _members(members: Iterator[tuple[str, IO[bytes]]], file: str, depth: int, settings: _Settings) -> Iterator[Article]:
    """The articles of the files in an archive."""
    _check_depth(depth, file, settings)
    count = 0
    call = Namer()
    for name, content in without_copies(members, file, settings.on_error, settings.on_note):
        count += 1
        try:
            yield from _read(content, f"{file}/{name}", call(PurePosixPath(name)), depth + 1, settings)
        except ArticleError as error:
            if not error.file.startswith(f"{file}/{name}"):
                raise  # it is the archive itself that broke off
            settings.on_error(error)
    if not count:
        raise ArticleError(file, "", "an archive without a file")


def _articles(head: Head, file: str, stem: str, depth: int, settings: _Settings) -> Iterator[Article]:
    """The articles of a file that is no archive."""
    on_error, on_note, cues = settings.on_error, settings.on_note, settings.cues
    if b"%PDF-" in head.bytes[:1024]:
        with seekable(head.stream) as whole:
            yield from _sift(
                pdf.read_pdf(whole, stem=stem, file=file, cues=cues, on_error=on_error, on_note=on_note), settings
            )
        return
    is_utf16 = head.bytes.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not is_utf16 and (place := _binary(head.bytes)) >= 0:
        if not has_no_text(file, in_archive=depth > 0):
            raise ArticleError(file, f"byte {place}", "neither text nor a format that is known")
        on_note(Note(file, "", Left.NO_TEXT))
        return
    beginning = head.bytes.decode("utf-16" if is_utf16 else "utf-8", "replace")
    root = xml_stream.root_name(beginning) if beginning.lstrip("\ufeff \t\r\n").startswith("<") else ""
    root = _wrapped(root, beginning)
    if root in _PUBMED or root in _READERS:
        if xml_stream.declares_entities(beginning):
            raise ArticleError(file, "line 1", "refused: it declares entities of its own, as bombs do")
        if root in _PUBMED:
            yield from _pubmed(head.stream, file, stem, settings)
            return
        stream: IO[bytes] = head.stream if is_utf16 else Mended(head.stream, *_opening(beginning))  # type: ignore[assignment]

        def read_xml(on_error: OnError) -> Iterator[tuple[str, Article]]:
            return _READERS[root](stream, file=file, on_error=on_error, on_note=on_note)

        yield from _sift(named(read_xml, stem=stem, file=file, on_error=on_error), settings)
        return
    if kind := unread.xml_kind(root, beginning):
        on_note(Note(file, "", Left.FORMAT, kind))
        return
    data = head.stream.read()
    is_declared = bool(re.match(r"\s*<\?xml", beginning))
    if page.is_html(root) and not (is_declared and "-" in root):
        yield from _sift(iter([page.read_html(data, stem=stem, file=file, cues=cues, on_note=on_note)]), settings)
    elif root == "svg":
        on_note(Note(file, "", Left.NO_TEXT, "a picture"))
    elif root and (is_declared or xml_stream.is_well_formed(data)):
        raise ArticleError(file, "", f"XML of a kind that is not known: its root is <{root}>")
    elif root and PurePath(file).suffix.lower() in XML:
        raise ArticleError(file, "", f"neither XML that is well formed nor a page: it begins with <{root}>")
    else:
        yield from _sift(_of_text(decode(data, file), file, stem, settings), settings)


def _wrapped(root: str, beginning: str) -> str:
    """The root of a file, or of the records of a known format that it only wraps: <root><PubmedArticle>.

    HTML has an <article> too, which has no front.
    """
    if root == "article" and not _FRONT.search(beginning) and _HTML.search(beginning):
        return "html"
    if root and root != "html" and root not in (_PUBMED | _READERS.keys()) - {"articles"}:
        return next((known for pattern, known in _WITHIN if pattern.search(beginning)), root)
    return root


def _opening(beginning: str) -> tuple[int, int, bytes]:
    """What an XML file lacks at its beginning: how many bytes stand before it that may not, and where a document type
    is to be put, and which. With one, what entities stand for that nothing declares can be read: "&nbsp;".
    """
    blank = len(beginning) - len(beginning.lstrip()) if beginning.lstrip().startswith("<?xml") else 0
    mark = len(beginning) - len(beginning.removeprefix("\ufeff"))
    start = xml_stream.prolog_end(beginning[mark:]) + mark
    prolog = beginning[:start]
    if "&" not in beginning or "<!DOCTYPE" in prolog or not prolog.lstrip("\ufeff").isascii():
        return blank, 0, b""
    return blank, len(prolog.encode()), b"<!DOCTYPE article SYSTEM 'article.dtd'>"


def _binary(head: bytes) -> int:
    """Where the first byte is that no text has, in a file that is none; -1 where it is a text."""
    first = _CONTROL.search(head)
    if first is None:
        return -1
    count = len(_CONTROL.findall(head))
    return first.start() if b"\0" in head or (count > _FEW and count * _SELDOM > len(head)) else -1


def _of_text(text: str, file: str, stem: str, settings: _Settings) -> Iterator[Article]:
    """The articles of a text, which may be JSON, an export, what PubMed saves, or a text that people read."""
    on_error, on_note, cues = settings.on_error, settings.on_note, settings.cues
    kind = "table" if PurePath(file).suffix.lower() in TABLES else unread.text_kind(text[:4096])
    if kind:
        on_note(Note(file, "", Left.FORMAT, kind))
        return
    if json_entries.is_json(text):
        reader = json_entries.read_json
    elif pubtator.is_pubtator(text[:200]):
        reader = pubtator.read_pubtator
    elif exports.kind_of(text[:4096]):
        reader = exports.read_exported
    else:
        check_lines(text, file)
        if saved.is_saved(text):
            yield from saved.read_saved(text, stem=stem, file=file, cues=cues, on_note=on_note)
        else:
            yield from read_text(text, stem=stem, file=file, cues=cues, on_error=on_error, on_note=on_note)
        return

    def read_entries(on_error: OnError) -> Iterator[tuple[str, Article]]:
        return reader(text, file=file, on_error=on_error, on_note=on_note)

    yield from named(read_entries, stem=stem, file=file, on_error=on_error)


def _pubmed(stream: IO[bytes], file: str, stem: str, settings: _Settings) -> Iterator[Article]:
    yield from pubmed.read_pubmed(
        stream,
        file=file,
        stem=stem,
        on_error=settings.on_error,
        on_delete=settings.on_delete,
        wanted=settings.wanted,
        on_pass=settings.on_pass,
        on_note=settings.on_note,
    )


def _sift(articles: Iterator[Article], settings: _Settings) -> Iterator[Article]:
    """Those of the articles that are wanted."""
    for article in articles:
        read, _ = as_it_reads(article)
        if settings.wanted is None or settings.wanted(read.text[read.start : read.end]):
            yield article
        else:
            settings.on_pass(article.id)
