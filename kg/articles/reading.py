"""Reading any file: what is in it is found by looking into it."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.articles.article import Article
from kg.articles.cues import FurnitureCues, default_cues
from kg.articles.decode import decode
from kg.articles.errors import ArticleError, OnError, refuse
from kg.articles.plain import read_text

STDIN = "-"


def find(paths: Iterable[Path | str]) -> list[Path]:
    """The files to read: those named, and all in the folders named, without hidden ones. Sorted, each once.

    Raises `ArticleError` where a path does not exist.
    """
    found: set[Path] = set()
    for path in map(Path, paths):
        if str(path) == STDIN or path.is_file():
            found.add(path)
        elif path.is_dir():
            for folder, folders, files in os.walk(path):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found.update(Path(folder) / name for name in files if not name.startswith("."))
        else:
            raise ArticleError(str(path), "", "no such file or folder")
    return sorted(found, key=lambda path: (path.name, str(path)))


def read(path: Path | str, *, cues: FurnitureCues | None = None, on_error: OnError = refuse) -> Iterator[Article]:
    """The articles of a file, or of standard input where the path is "-", in their order.

    `cues` are those of the ontology that comes with StemKG where none are given. `on_error` is called with the error
    of an entry that can't be read, and reading goes on where it returns; by default it raises. Raises `ArticleError`
    where the file as a whole can't be read.
    """
    cues = cues or default_cues()
    file = str(path)
    try:
        data = sys.stdin.buffer.read() if file == STDIN else Path(path).read_bytes()
    except OSError as error:
        raise ArticleError(file, "", error.strerror or str(error)) from None
    stem = "stdin" if file == STDIN else Path(path).stem
    yield from read_text(decode(data, file), stem=stem, file=file, cues=cues, on_error=on_error)
