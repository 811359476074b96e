"""Reading any file: what is in it is found by looking into it."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from kg.articles import bioc, jats, json_entries, page, pdf, pubmed, pubtator, xml_stream
from kg.articles.article import Article
from kg.articles.cues import FurnitureCues, default_cues
from kg.articles.decode import check_lines, decode
from kg.articles.errors import ArticleError, OnError, readable, refuse
from kg.articles.naming import named
from kg.articles.plain import read_text
from kg.articles.streams import Budget, Head, gunzip, open_file, seekable, tar_members, zip_members
from kg.limits import READING, Reading

STDIN = "-"
_PUBMED = {"PubmedArticleSet", "PubmedArticle", "MedlineCitationSet", "DeleteCitation"}
_JATS = {"article", "pmc-articleset", "articles", "OAI-PMH"}
_BIOC = {"collection", "document"}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SUFFIXES = frozenset(["xml", "nxml", "htm", "html", "json", "txt", "md", "pdf", "pubtator", "tar", "tgz", "zip", "gz"])


def _ignore(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class _Settings:
    """What a reading is asked for; see `read`."""

    cues: FurnitureCues
    on_error: OnError
    on_delete: Callable[[str], None]
    wanted: Callable[[str], bool] | None
    on_pass: Callable[[str], None]
    budget: Budget


def find(paths: Iterable[Path | str]) -> list[Path]:
    """The files to read: those named, and all in the folders named, without hidden ones. Sorted by name, each once.

    Raises `ArticleError` where a path does not exist.
    """
    found: set[Path] = set()
    for path in map(Path, paths):
        if str(path) == STDIN or path.is_file():
            found.add(path)
        elif path.is_dir():

            def closed(error: OSError) -> None:
                found.add(Path(error.filename))  # it can't be read, and is named so when it is to be

            for folder, folders, files in os.walk(path, onerror=closed):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found.update(Path(folder) / name for name in files if not name.startswith("."))
        elif os.path.lexists(path):
            raise ArticleError(str(path), "", "neither a file nor a folder")
        else:
            raise ArticleError(str(path), "", "no such file or folder")
    return sorted(found, key=lambda path: (path.name, str(path)))


def read(
    path: Path | str,
    *,
    cues: FurnitureCues | None = None,
    on_error: OnError = refuse,
    on_delete: Callable[[str], None] = _ignore,
    wanted: Callable[[str], bool] | None = None,
    on_pass: Callable[[str], None] = _ignore,
    limits: Reading = READING,
    name: str = "",
) -> Iterator[Article]:
    """The articles of a file, or of standard input where the path is "-", in their order.

    Plain text, Markdown, HTML and PDF come with their sentences; `segment` gives them to the others. `cues` are those
    of the ontology that comes with StemKG where none are given.

    `on_error` is called with the error of an entry or a file in an archive that can't be read, and reading goes on
    where it returns; by default it raises. `on_delete` is called with the id of each article that the file says is to
    be deleted. Where `wanted` is given, only articles with a text that it accepts are given, and `on_pass` is called
    with the ids of the others; what it accepts is looked at before an article is made where that is cheaper. `name` is
    what the file is called where that is not its path.

    Raises `ArticleError` where the file as a whole can't be read, or breaks off; what stands before comes first. What a
    reader trips over is the fault of the file too, and the cause of the error.
    """
    file = name or str(path)
    with ExitStack() as stack:
        try:
            stream = sys.stdin.buffer if str(path) == STDIN else stack.enter_context(open_file(Path(path)))
            budget = Budget(stream, limits)
            settings = _Settings(cues or default_cues(), on_error, on_delete, wanted, on_pass, budget)
            stem = "stdin" if file == STDIN else _stem(Path(path).name)
            yield from _read(budget.stream, file, stem, 0, settings)
        except ArticleError:
            raise
        except OSError as error:
            raise ArticleError(file, "", error.strerror or str(error)) from None
        except MemoryError:
            raise ArticleError(file, "", "it needs more memory than there is for it") from None
        except Exception as error:
            raise ArticleError(file, "", f"can't be read: {type(error).__name__}: {error}") from error


def _stem(name: str) -> str:
    """A file's name without the suffixes of the formats."""
    parts = readable(name).split(".")
    count = len(parts)
    while count > 1 and parts[count - 1].lower() in _SUFFIXES:
        count -= 1
    return ".".join(parts[:count]) or readable(name)


def _read(stream: IO[bytes], file: str, stem: str, depth: int, settings: _Settings) -> Iterator[Article]:
    head = Head(stream)
    if not head.bytes:
        raise ArticleError(file, "", "the file is empty")
    if head.bytes.startswith(b"\x1f\x8b"):
        _check_depth(depth, file, settings)
        yield from _read(gunzip(head.stream, file, settings.budget, depth), file, stem, depth + 1, settings)
    elif head.bytes.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _members(
            zip_members(head.stream, file, settings.budget, depth, settings.on_error), file, depth, settings
        )
    elif head.bytes[257:262] == b"ustar" or (len(head.bytes) >= 1024 and not head.bytes[:1024].strip(b"\0")):
        yield from _members(tar_members(head.stream, file, settings.budget, depth), file, depth, settings)
    else:
        yield from _articles(head, file, stem, settings)


def _check_depth(depth: int, file: str, settings: _Settings) -> None:
    most = settings.budget.limits.nested
    if depth >= most:
        raise ArticleError(file, "", f"refused: archives nested more than {most} deep")


def _members(members: Iterator[tuple[str, IO[bytes]]], file: str, depth: int, settings: _Settings) -> Iterator[Article]:
    _check_depth(depth, file, settings)
    count = 0
    for name, content in members:
        count += 1
        try:
            yield from _read(content, f"{file}/{name}", _stem(PurePosixPath(name).name), depth + 1, settings)
        except ArticleError as error:
            if not error.file.startswith(f"{file}/{name}"):
                raise  # it is the archive itself that broke off
            settings.on_error(error)
    if not count:
        raise ArticleError(file, "", "an archive without a file")


def _articles(head: Head, file: str, stem: str, settings: _Settings) -> Iterator[Article]:
    """The articles of a file that is no archive."""
    if b"%PDF-" in head.bytes[:1024]:
        with seekable(head.stream) as whole:
            yield from _sift(
                pdf.read_pdf(whole, stem=stem, file=file, cues=settings.cues, on_error=settings.on_error), settings
            )
        return
    is_utf16 = head.bytes.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not is_utf16 and (binary := _BINARY.search(head.bytes)):
        raise ArticleError(file, f"byte {binary.start()}", "neither text nor a format that is known")
    beginning = head.bytes.decode("utf-16" if is_utf16 else "utf-8", "replace")
    root = xml_stream.root_name(beginning) if beginning.lstrip("\ufeff \t\r\n").startswith("<") else ""
    if root in _PUBMED | _JATS | _BIOC:
        if xml_stream.declares_entities(beginning):
            raise ArticleError(file, "line 1", "refused: it declares entities of its own, as bombs do")
        if root in _PUBMED:
            yield from _pubmed(head.stream, file, stem, settings)
            return
        reader = jats.read_jats if root in _JATS else bioc.read_bioc_xml

        def read_xml(on_error: OnError) -> Iterator[tuple[str, Article]]:
            return reader(head.stream, file=file, on_error=on_error)

        yield from _sift(named(read_xml, stem=stem, file=file, on_error=settings.on_error), settings)
        return
    data = head.stream.read()
    if page.is_html(root):
        yield from _sift(iter([page.read_html(data, stem=stem, file=file, cues=settings.cues)]), settings)
        return
    if root and re.match(r"\s*<\?xml", beginning):
        raise ArticleError(file, "", f"XML of a kind that is not known: its root is <{root}>")
    text = decode(data, file)
    is_json = text.lstrip()[:1] in ("{", "[")
    if is_json or pubtator.is_pubtator(text[:200]):
        read_entries = json_entries.read_json if is_json else pubtator.read_pubtator

        def read_any(on_error: OnError) -> Iterator[tuple[str, Article]]:
            return read_entries(text, file=file, on_error=on_error)

        found = named(read_any, stem=stem, file=file, on_error=settings.on_error)
    else:
        check_lines(text, file)
        found = read_text(text, stem=stem, file=file, cues=settings.cues, on_error=settings.on_error)
    yield from _sift(found, settings)


def _pubmed(stream: IO[bytes], file: str, stem: str, settings: _Settings) -> Iterator[Article]:
    try:
        yield from pubmed.read_pubmed(
            stream,
            file=file,
            stem=stem,
            on_error=settings.on_error,
            on_delete=settings.on_delete,
            wanted=settings.wanted,
            on_pass=settings.on_pass,
        )
    except UnicodeDecodeError as error:
        raise ArticleError(file, f"byte {error.start}", f"not {error.encoding}: {error.reason}") from None


def _sift(articles: Iterator[Article], settings: _Settings) -> Iterator[Article]:
    """Those of the articles that are wanted."""
    for article in articles:
        if settings.wanted is None or settings.wanted(article.text[article.start : article.end]):
            yield article
        else:
            settings.on_pass(article.id)
