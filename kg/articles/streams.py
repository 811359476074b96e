"""Bytes in, bounded: what a file begins with, and what is inside compressed files and archives."""

import gzip
import io
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from kg.articles.errors import ArticleError

#: How much of a file is looked at to find out what it is.
HEAD = 65_536
#: What no honest file of texts does: grow more than so many fold. It is looked at once so many bytes have come out.
MOST_FOLD = 200
UNSUSPICIOUS = 16 << 20
#: The most bytes that may come out of one compressed file or archive.
MOST_BYTES = 32 << 30
#: The deepest nesting: articles in a tar in a gzip in a zip.
MOST_NESTED = 3
_IN_MEMORY = 64 << 20


class Head:
    """A stream of which the first bytes were looked at."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.bytes = stream.read(HEAD)
        self.stream: IO[bytes] = Steady(_Chained(self.bytes, stream), 1 << 20)


class Steady(io.BufferedReader):
    """A buffered reader that gives all that came before an error, and only then raises it."""

    _error: ArticleError | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, fewer only where no more come; all where it is negative. Raises `ArticleError`."""
        if self._error:
            raise self._error
        if size is None or size < 0:
            return super().read(size)
        pieces: list[bytes] = []
        try:
            while size > 0 and (piece := self.read1(min(size, 1 << 17))):
                pieces.append(piece)
                size -= len(piece)
        except ArticleError as error:
            self._error = error
            if not pieces:
                raise
        return b"".join(pieces)


class _Chained(io.RawIOBase):
    """The bytes that were taken from a stream, and then the rest of it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        if self._head:
            self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


class _Bounded(io.RawIOBase):
    """A stream that refuses to grow beyond all measure, or that breaks off, with the reason."""

    def __init__(self, stream: IO[bytes], file: str, packed: "_Counted | int") -> None:
        # Where it breaks off, what came before is to be had: `read` would keep that to itself.
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._file = file
        self._packed = packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        try:
            data = self._read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, tarfile.TarError) as error:
            raise ArticleError(self._file, f"byte {self._count} of its content", f"broken: {error}") from None
        self._count += len(data)
        packed = self._packed if isinstance(self._packed, int) else self._packed.count
        if self._count > MOST_BYTES or (self._count > UNSUSPICIOUS and self._count > MOST_FOLD * max(packed, 1)):
            raise ArticleError(self._file, "", f"refused: it grows more than {MOST_FOLD}-fold, as bombs do")
        buffer[: len(data)] = data
        return len(data)


class _Counted(io.RawIOBase):
    """A stream that counts what was read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self.count += len(data)
        buffer[: len(data)] = data
        return len(data)


def gunzip(stream: IO[bytes], file: str) -> IO[bytes]:
    """What is in a gzip stream. Reading raises `ArticleError` where it breaks off or grows as bombs do."""
    counted = _Counted(stream)
    inner = gzip.GzipFile(fileobj=io.BufferedReader(counted, 1 << 17), mode="rb")
    return Steady(_Bounded(inner, file, counted), 1 << 20)  # type: ignore[arg-type]


def tar_members(stream: IO[bytes], file: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in a tar stream with their names, in their order. Nothing is written to disk."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.isfile() and not _hidden(member.name) and (content := archive.extractfile(member)):
                    yield member.name, Steady(_Bounded(content, f"{file}/{member.name}", member.size))
    except (tarfile.TarError, EOFError) as error:
        raise ArticleError(file, "", f"a broken tar archive: {error}") from None


def zip_members(stream: IO[bytes], file: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in a zip archive with their names, sorted by them. Nothing is written to disk."""
    try:
        with seekable(stream) as whole, zipfile.ZipFile(whole) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if info.is_dir() or _hidden(info.filename):
                    continue
                if info.flag_bits & 1:
                    raise ArticleError(f"{file}/{info.filename}", "", "locked by a password")
                with archive.open(info) as content:
                    yield (
                        info.filename,
                        Steady(_Bounded(content, f"{file}/{info.filename}", info.compress_size)),
                    )
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise ArticleError(file, "", f"a broken zip archive: {error}") from None


@contextmanager
def seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """The rest of a stream as one that can be read in any order, on disk where it is large."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
        while chunk := stream.read(1 << 20):
            whole.write(chunk)
        whole.seek(0)
        yield whole


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part not in (".", ".."))
