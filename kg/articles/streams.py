"""Bytes in, bounded: what a file begins with, and what is inside compressed files and archives."""

import errno
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kg.articles.errors import ArticleError, OnError, readable
from kg.limits import Reading

#: How much of a file is looked at to find out what it is.
HEAD = 65_536
_IN_MEMORY = 64 << 20
_FORGIVEN = 3  # bombs in one archive whose neighbours are read still


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


class Budget:
    """What may come out of a file, all archives in archives together: many times what was read of it, and no more.

    Sizes that an archive tells are not believed: what counts is what was read of the file, and what came out.
    """

    def __init__(self, stream: IO[bytes], limits: Reading) -> None:
        """The budget of a file with this content; read on from `stream`."""
        self.stream: IO[bytes] = _Counted(stream, self)  # type: ignore[assignment]
        self.limits = limits
        self.read = 0
        self._out: Counter[int] = Counter()  # by how deep in the nesting
        self._forgiven = 0

    def spend(self, depth: int, count: int) -> bool:
        """Note that so many bytes came out at a depth; whether all that came out there is within the limits."""
        self._out[depth] += count
        out = self._out[depth]
        return out <= self.limits.unpacked and (
            out <= self.limits.unsuspicious or out <= self.limits.fold * max(self.read, 1)
        )

    def forgive(self, depth: int, count: int) -> None:
        """Take back what came out of a part that is left out, so that its neighbours are read; a few times only."""
        self._forgiven += 1
        if self._forgiven <= _FORGIVEN:
            self._out[depth] -= count


class _Counted(io.RawIOBase):
    """A stream that tells a budget what was read of it."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._budget.read += len(data)
        buffer[: len(data)] = data
        return len(data)


#: What the libraries raise where a compressed file or an archive is damaged.
DAMAGE = (
    EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, struct.error, ValueError,
    NotImplementedError, RuntimeError, OverflowError, IndexError, MemoryError,
)  # fmt: skip


class _Bounded(io.RawIOBase):
    """A stream that refuses to grow beyond all measure, or that breaks off, with the reason."""

    def __init__(self, stream: IO[bytes], file: str, budget: Budget, depth: int) -> None:
        # Where it breaks off, what came before is to be had: `read` would keep that to itself.
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._file = file
        self._budget = budget
        self._depth = depth
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        try:
            data = self._read(len(buffer))
        except DAMAGE as error:
            place = f"byte {self._count} of its content"
            raise ArticleError(self._file, place, f"broken: {error or type(error).__name__}") from None
        self._count += len(data)
        if not self._budget.spend(self._depth, len(data)):
            self._budget.forgive(self._depth, self._count)
            fold = self._budget.limits.fold
            raise ArticleError(self._file, "", f"refused: it grows more than {fold}-fold, as bombs do")
        buffer[: len(data)] = data
        return len(data)


def open_file(path: Path) -> io.BufferedReader:
    """A file, opened for reading. Raises `OSError`, also for what is no file: a pipe would be waited for for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a file: a folder, a pipe, a device or a socket")
    return os.fdopen(descriptor, "rb")


def gunzip(stream: IO[bytes], file: str, budget: Budget, depth: int) -> IO[bytes]:
    """What is in a gzip stream. Reading raises `ArticleError` where it breaks off or grows as bombs do."""
    inner = gzip.GzipFile(fileobj=stream, mode="rb")
    return Steady(_Bounded(inner, file, budget, depth), 1 << 20)  # type: ignore[arg-type]


def tar_members(stream: IO[bytes], file: str, budget: Budget, depth: int) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in a tar stream with their names, in their order. Nothing is written to disk."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.isfile() and not _hidden(member.name) and (content := archive.extractfile(member)):
                    name = readable(member.name)
                    yield name, Steady(_Bounded(content, f"{file}/{name}", budget, depth))
                archive.members = []  # type: ignore[attr-defined]  # what was passed need not be remembered
    except ArticleError:
        raise
    except DAMAGE as error:
        raise ArticleError(file, "", f"a broken tar archive: {error or type(error).__name__}") from None


def zip_members(
    stream: IO[bytes], file: str, budget: Budget, depth: int, on_error: OnError
) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in a zip archive with their names, sorted by them. Nothing is written to disk.

    `on_error` is told of a file in it that can't be opened.
    """
    with seekable(stream) as whole:
        try:
            archive = zipfile.ZipFile(whole)
            members = sorted(archive.infolist(), key=lambda info: info.filename)
        except DAMAGE as error:
            raise ArticleError(file, "", f"a broken zip archive: {error or type(error).__name__}") from None
        with archive:
            for info in members:
                if info.filename.endswith("/") or _hidden(info.filename):
                    continue
                name = readable(info.filename)
                try:
                    if info.flag_bits & 1:
                        raise ArticleError(f"{file}/{name}", "", "locked by a password")
                    content = archive.open(info)
                except ArticleError as error:
                    on_error(error)
                except DAMAGE as error:
                    on_error(ArticleError(f"{file}/{name}", "", f"broken: {error or type(error).__name__}"))
                else:
                    with content:
                        yield name, Steady(_Bounded(content, f"{file}/{name}", budget, depth))


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
