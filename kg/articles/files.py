"""Files among others: what each is called, which are copies of others, and which have no text."""

import io
import mimetypes
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote, readable
from kg.articles.xml_stream import CONTROL_REFERENCE

STDIN = "-"

_SUFFIXES = {
    ".xml", ".nxml", ".htm", ".html", ".xhtml", ".json", ".txt", ".md", ".markdown", ".pdf", ".pubtator", ".nbib",
    ".ris", ".docx", ".tar", ".tgz", ".zip", ".gz",
}  # fmt: skip
XML = {".xml", ".nxml"}
TABLES = {".csv", ".tsv"}
_NO_TEXT = ("image/", "audio/", "video/", "font/", "application/")
_IN_MEMORY = 16 << 20
_REFERENCES = re.compile(CONTROL_REFERENCE, re.IGNORECASE)
_LONGEST_REFERENCE = 10
_CONTROLS = bytes(0x20 if byte < 0x20 and byte not in (9, 10, 13) else byte for byte in range(256))


def stem_of(path: str | PurePath) -> str:
    """A file's name without the suffixes of the formats."""
    name = readable(PurePath(path).name)
    parts = name.split(".")
    count = len(parts)
    while count > 1 and f".{parts[count - 1].lower()}" in _SUFFIXES:
        count -= 1
    return ".".join(parts[:count]) or name


class Namer:
    """What files are called, one after the other: by its stem, or with the folders that tell it from those before.

    >>> call = Namer()
    >>> [call(PurePath(path)) for path in ("a/index.html", "b/index.html", "c/b/index.html", "b/index.txt")]
    ['index', 'b/index', 'c/b/index', 'index.txt']
    """

    def __init__(self) -> None:
        self._folders: dict[str, set[PurePath]] = defaultdict(set)  # of the files that have each stem
        self._taken: set[str] = set()

    def __call__(self, path: PurePath) -> str:
        """The name of a file."""
        path = type(path)(readable(str(path)))
        stem = stem_of(path)
        folders = [part for part in path.parent.parts if part not in (path.anchor, ".", "..")]
        candidates = [stem]
        if path.parent in self._folders[stem]:
            candidates.append(path.name)
        candidates += ["/".join([*folders[-depth:], stem]) for depth in range(1, len(folders) + 1)]
        candidates += ["/".join([*folders, path.name])]
        name = next((candidate for candidate in candidates if candidate not in self._taken), str(path))
        self._taken.add(name)
        self._folders[stem].add(path.parent)
        return name


def names(files: Iterable[Path]) -> dict[Path, str]:
    """What each of some files is called, given in the order of `find`."""
    call = Namer()
    return {file: call(file) for file in files}


def copies(files: Iterable[Path]) -> set[Path]:
    """The PDFs that stand beside the XML of the same article, as in a package of PubMed Central."""
    files = list(files)
    whole = {(file.parent, stem_of(file)) for file in files if file.suffix.lower() in XML}
    return {file for file in files if file.suffix.lower() == ".pdf" and (file.parent, stem_of(file)) in whole}


def has_no_text(name: str, *, in_archive: bool) -> bool:
    """Whether a file that is no text is none by its name: a picture, a film, a spreadsheet.

    In an archive, which comes from elsewhere, so is every file whose name does not say that it is a text.
    """
    if PurePath(name).suffix.lower() in _SUFFIXES:
        return False
    kind = mimetypes.guess_type(name)[0] or ""
    return in_archive or kind.startswith(_NO_TEXT)


class Mended:
    """A stream of XML with spaces for the control characters that XML may not have, and files have all the same,
    written out or as references. It begins after `skipped` bytes; `opening` is put in after `start` bytes.
    """

    def __init__(self, stream: IO[bytes], skipped: int = 0, start: int = 0, opening: bytes = b"") -> None:
        self._stream = stream
        self._held = stream.read(max(skipped, start))[skipped:] + opening

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, and a few more."""
        while True:
            more = self._stream.read(size)
            data = self._held + more
            # A reference that may go on in what follows waits for it.
            cut = data.rfind(b"&", max(0, len(data) - _LONGEST_REFERENCE)) if more else -1
            cut = len(data) if cut < 0 else cut
            self._held = data[cut:]
            if cut or not more:
                data = data[:cut].translate(_CONTROLS)
                return _REFERENCES.sub(_blank, data) if b"&#" in data else data


def _blank(match: re.Match[bytes]) -> bytes:
    return b" " * len(match[0])


def without_copies(
    members: Iterator[tuple[str, IO[bytes]]], file: str, on_error: OnError, on_note: OnNote
) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of an archive, without the PDFs beside whose folder has the XML of the same article.

    A PDF waits until its folder ends, since the XML may come after it.
    """
    folder = PurePosixPath()
    waiting: list[tuple[str, int, int]] = []  # the PDFs of the folder: name, and where they begin and end in `held`
    whole: set[str] = set()  # the stems of its XML files

    def leave() -> Iterator[tuple[str, IO[bytes]]]:
        for name, begin, end in waiting:
            if stem_of(name) in whole:
                on_note(Note(f"{file}/{name}", "", Left.COPY))
            else:
                held.seek(begin)
                yield name, io.BytesIO(held.read(end - begin))
        held.seek(0)
        held.truncate()
        waiting.clear()
        whole.clear()

    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as held:
        for name, content in members:
            path = PurePosixPath(name)
            if path.parent != folder:
                yield from leave()
                folder = path.parent
            if path.suffix.lower() == ".pdf":
                begin = held.tell()
                try:
                    shutil.copyfileobj(content, held, 1 << 20)
                    waiting.append((name, begin, held.tell()))
                except ArticleError as error:
                    held.seek(begin)
                    on_error(error)
                continue
            if path.suffix.lower() in XML:
                whole.add(stem_of(name))
            yield name, content
        yield from leave()


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
