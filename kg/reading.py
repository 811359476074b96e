"""Reading files in a process of its own, which may die: of a file that it can't read, or by a limit that it meets.

A reader is a fault of the file that it reads. So files are read by another process, without network and under limits of
memory and of processor time without an article; what it finds comes back over a pipe, in order. Where it ends before
its file does, that file is named with the reason, and another process reads the next one.
"""

import json
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Literal, NamedTuple, Self

from kg.articles import ArticleError, FurnitureCues, read
from kg.articles.errors import readable
from kg.articles.files import stem_of
from kg.limits import READING, Reading

_STDIN = Path("-")
_BATCH = 500  # events that are sent at once, where none of them is an article or an error
_SMALL = ("pass", "note")
_NO_MEMORY = 99  # the exit code of a process that had not enough of it

#: What a file gives: an article, the id of one that is to be deleted or is not wanted, what is left out, or an error.
Kind = Literal["article", "delete", "pass", "note", "error", "end"]


class Event(NamedTuple):
    """One thing that was found in a file. `what` is an `Article`, an id, a `Note`, or an error: file, place, reason."""

    kind: Kind
    what: object


class Reader:
    """Reads files, one after the other, in a process that is started when first needed. It is a context manager."""

    def __init__(self, ontology: Path, limits: Reading = READING) -> None:
        """A reader with the cues and names of the ontology in a folder."""
        self._ontology = ontology
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        self._start()  # it has much to load, and may do so while we do other things
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, file: Path, name: str = "") -> Iterator[Event]:
        """What is in a file, or in standard input where it is "-", in its order; `name` as in `kg.articles.read`.

        An error is an event too, and the end of the file where it concerns it as a whole.
        """
        if file != _STDIN:
            yield from self._read(file, str(file), name or stem_of(file))
            return
        # The process has no standard input: what comes there is kept in a file until it is read.
        with tempfile.NamedTemporaryFile(prefix="stemkg-") as whole:
            shutil.copyfileobj(sys.stdin.buffer, whole)
            whole.flush()
            yield from self._read(Path(whole.name), str(file), name or "stdin")

    def _read(self, file: Path, shown: str, name: str) -> Iterator[Event]:
        if self._process is None:
            self._start()
        assert self._pipe is not None
        whole = False
        try:
            self._pipe.send_bytes(pickle.dumps((os.fsencode(file), shown, name)))
            while True:
                for event in map(Event._make, pickle.loads(self._pipe.recv_bytes())):
                    if event.kind == "end":
                        whole = True
                        return
                    yield event
        except (EOFError, OSError):
            reason = self._reason()
        finally:
            if not whole:  # it is in the midst of a file: whoever stopped listening needs no more of it
                self._end()
        yield Event("error", (shown, "", reason))

    def _start(self) -> None:
        ours, theirs = Pipe()
        with theirs:
            self._pipe = ours
            arguments = [str(theirs.fileno()), str(self._ontology), json.dumps(asdict(self._limits))]
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )  # fmt: skip

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _reason(self) -> str:
        """Why the process ended."""
        assert self._process is not None
        try:
            code = self._process.wait(10)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -signal.SIGPROF:
            return f"refused: reading it takes more than {self._limits.seconds:g} seconds without an article"
        if code == _NO_MEMORY:
            return f"refused: reading it takes more than {self._limits.memory:,} bytes of memory"
        if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
            return "refused: reading it takes more memory than it may, or it is nested too deeply"
        name = signal.Signals(-code).name if code < 0 else f"code {code}"
        return f"refused: the process that read it came to its end ({name})"


# The process


class _Channel:
    """Sends what is found. Each time, the clock of what may be taken without finding anything starts anew."""

    def __init__(self, pipe: Connection, seconds: float) -> None:
        self._pipe = pipe
        self._seconds = seconds
        self._waiting: list[tuple[Kind, object]] = []

    def __call__(self, kind: Kind, what: object) -> None:
        self._waiting.append((kind, what))
        if kind not in _SMALL or len(self._waiting) >= _BATCH:
            self._pipe.send_bytes(pickle.dumps(self._waiting))
            self._waiting.clear()
        self.wind()

    def wind(self, seconds: float | None = None) -> None:
        """Have the system end this process after so many seconds of processor time; never, where they are 0."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds if seconds is None else seconds)

    def error(self, error: ArticleError) -> None:
        """Send an error."""
        self("error", (error.file, error.place, error.reason))


def _serve(channel: _Channel, pipe: Connection, ontology: Path, limits: Reading) -> None:
    from kg import vocabulary
    from kg.extraction import Look

    wanted, cues = Look(vocabulary.load(ontology)), FurnitureCues.load(ontology)
    while True:
        try:
            path, file, name = pickle.loads(pipe.recv_bytes())
        except EOFError:
            return
        channel.wind()
        try:
            articles = read(
                Path(os.fsdecode(path)), file=readable(file), name=name, cues=cues, wanted=wanted, limits=limits,
                on_error=channel.error,
                on_delete=lambda id: channel("delete", id),
                on_pass=lambda id: channel("pass", id),
                on_note=lambda note: channel("note", note),
            )  # fmt: skip
            for article in articles:
                channel("article", article)
        except ArticleError as error:
            channel.error(error)
        channel("end", None)
        channel.wind(0)


def main() -> None:
    """Read until the pipe is closed. Arguments: the pipe's descriptor, the ontology's folder, and limits as JSON."""
    from kg.isolation import cut_off

    cut_off()
    limits = Reading(**json.loads(sys.argv[3]))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Connection(int(sys.argv[1])) as pipe:
        try:
            _serve(_Channel(pipe, limits.seconds), pipe, Path(sys.argv[2]), limits)
        except MemoryError:
            os._exit(_NO_MEMORY)
        except (BrokenPipeError, ConnectionResetError):  # whoever asked is gone
            os._exit(0)


if __name__ == "__main__":
    main()
