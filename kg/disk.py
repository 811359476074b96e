"""Files that are whole or not there: written, synced, summed, sorted."""

import contextlib
import errno
import hashlib
import heapq
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_SORTED_AT_ONCE = 64 << 20  # bytes of lines that are sorted in memory
#: What Oxigraph writes for people or for itself alone, and may write again when it opens a graph to read it.
_NOT_KEPT = ("LOG", "LOCK")


def brief(error: Exception) -> str:
    """What an error says, in one line."""
    said = str(error) if not isinstance(error, OSError) or not error.strerror else error.strerror
    return next(iter(said.splitlines()), "") or type(error).__name__


def is_damage(error: Exception) -> bool:
    """Whether an error of the engine says that a file of a graph is not as it was written."""
    return isinstance(error, RuntimeError) and "orruption" in str(error)


def graph_files(folder: Path) -> list[Path]:
    """The files that a graph consists of, sorted."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith(_NOT_KEPT))


def file_sum(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def sync(path: Path) -> None:
    """Have a file or a folder on the disk before anything that comes after."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is never seen half written, and is on the disk when this returns."""
    part = path.with_name(f"{path.name}.tmp")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync(path.parent)


def append(path: Path, text: str) -> None:
    """Add text to a file, which is made where there is none, and have it on the disk."""
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def folder_anew(folder: Path, mark: str) -> Iterator[Path]:
    """A new folder to write files into, which takes the place of `folder` at the end; nothing changes where that fails.

    `mark` is the name of a file that lists all others, so that the next time they may be replaced: `folder` is absent,
    or has nothing in it but what an earlier call with the same mark wrote, else `OSError` is raised.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "this is not a folder", str(folder))
    own = set((folder / mark).read_text("utf-8").splitlines()) | {mark} if (folder / mark).is_file() else set()
    if other := next((name for name in _names(folder) if name not in own), ""):
        reason = f"this folder has other things in it ({other}); name an empty or a new one"
        raise FileExistsError(errno.EEXIST, reason, str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        new = Path(temporary) / "new"
        new.mkdir(mode=0o755)
        yield new
        (new / mark).write_text("".join(f"{name}\n" for name in sorted(_names(new))), "utf-8")
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        new.rename(folder)
        shutil.rmtree(Path(temporary) / "old", ignore_errors=True)


def _names(folder: Path) -> Iterator[str]:
    """The files in a folder and below, as paths within it, in no order."""
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def sorted_lines(lines: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file, sorted: runs of them in memory, then merged from a temporary file each."""
    with contextlib.ExitStack() as stack:
        runs = []
        while run := lines.readlines(_SORTED_AT_ONCE):
            run.sort()
            file = stack.enter_context(tempfile.TemporaryFile())
            file.writelines(run)
            file.seek(0)
            runs.append(file)
        yield from heapq.merge(*runs)
