"""Processes that answer queries, and are killed where a query takes too much."""

import asyncio
import contextlib
import io
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kg.web.kept import Kept
from kg.web.limits import Limits

_LOWEST = 19  # the lowest priority there is
_IN_MEMORY = 1 << 20  # bytes of an answer that are held in memory, not on disk, before they are sent
_PIECE = 1 << 16
_TICK = 0.02  # seconds; processor time is not told more finely
#: How a process ends that a query was too much for: it could get no memory, or no more stack.
_OVERTAXED = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL)
_ATTEMPTS = 3
#: What makes each answer another one.
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\b", re.ASCII | re.IGNORECASE)
_PAUSE = 0.2  # seconds


class Refused(Exception):
    """A query that was not answered: the HTTP status that says so, and why in words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """A query to answer.

    `graphs` are all graphs that the request names, in the query or beside it; `default` and `named` those beside it.
    `format` is "json", "xml", "csv" or "tsv" for rows and truth values, "turtle", "jsonld", "nt" or "xml" for graphs.
    """

    query: str
    format: str = "json"
    graphs: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str | None = None


@dataclass(slots=True)
class Answer:
    """A whole answer: its form ("rows", "truth" or "graph"), its size in bytes, and its bytes. Close it when done."""

    form: str
    size: int
    content: IO[bytes]

    def read(self) -> bytes:
        """All bytes of the answer, which is closed afterwards."""
        with self.content:
            return self.content.read()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes of the answer, a piece at a time. The answer is closed afterwards."""
        with self.content:
            while piece := self.content.read(_PIECE):
                yield piece


class _Worker:
    """One process, that answers one query at a time."""

    def __init__(self, process: asyncio.subprocess.Process, generation: int) -> None:
        self._process = process
        self.generation = generation

    @classmethod
    async def start(cls, store: Path, memory: int, generation: int) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kg.web.worker", str(store), str(memory),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        worker = cls(process, generation)
        try:
            await worker._receive()
        except asyncio.IncompleteReadError:
            await worker.end()
            raise _LostError from None
        except BaseException:
            await asyncio.shield(asyncio.create_task(worker.end()))
            raise
        return worker

    @property
    def lives(self) -> bool:
        """Whether the process was there when it was last heard of."""
        return self._process.returncode is None

    async def _receive(self) -> bytes:
        assert self._process.stdout is not None
        size = int.from_bytes(await self._process.stdout.readexactly(8), "big")
        return await self._process.stdout.readexactly(size)

    async def answer(self, request: dict[str, Any]) -> Answer:
        """The answer to a request. Raises `Refused`, or `_LostError` where the process ended."""
        try:
            return await self._answer(request)
        except (asyncio.IncompleteReadError, ConnectionError):  # also BrokenPipeError, where it ended before
            raise _LostError from None

    async def _answer(self, request: dict[str, Any]) -> Answer:
        assert self._process.stdin is not None
        data = json.dumps(request).encode()
        self._process.stdin.write(len(data).to_bytes(8, "big") + data)
        await self._process.stdin.drain()
        header = json.loads(await self._receive())
        if header.get("stale"):
            raise _StaleError
        if header["status"] != 200:
            raise Refused(header["status"], header["message"])
        content = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 the answer closes it
        try:
            while piece := await self._receive():
                content.write(piece)
        except OSError as error:
            content.close()
            raise Refused(507, "there is no room for the answer") from error
        except BaseException:
            content.close()
            raise
        size = content.tell()
        content.seek(0)
        return Answer(header["form"], size, content)

    def used(self) -> float:
        """The seconds of processor time that it has used so far; those of a clock where the system doesn't tell."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def slow_down(self) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOWEST)

    def speed_up(self) -> bool:
        """Undo `slow_down`; whether the system allows that."""
        try:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, os.getpriority(os.PRIO_PROCESS, 0))
        except OSError:
            return False
        return True

    async def end(self) -> int:
        """Kill the process, and wait until it is gone. Returns its exit code (the negative signal where killed)."""
        # Not the process object's own kill, which may reap a process that has just ended before the event loop does.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
        code = await self._process.wait()
        # A closed transport leaves no pipe behind, also where the process ended by itself.
        self._process._transport.close()  # type: ignore[attr-defined]
        return code


class _StaleError(Exception):
    """A store that changed under a worker's feet."""


class _LostError(Exception):
    """A process that ended by itself, or was ended by somebody else."""


@dataclass
class Pool:
    """The processes that answer queries of the store in a folder. `start` it before use, and `close` it afterwards.

    Any of its processes may be killed at any time: queries go on in others. `locate` tells where the graph is by now,
    which a build may have replaced.
    """

    store: Path
    limits: Limits = field(default_factory=Limits)
    locate: Callable[[], Path] | None = None

    def __post_init__(self) -> None:
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._quick = asyncio.Semaphore(self.limits.workers)
        self._waiting = 0
        self._slow = 0
        self._generation = 0
        self._kept = Kept[Request, str](self.limits.kept)

    async def start(self) -> None:
        """Start the processes. Raises `Refused` where the store can't be opened."""
        self._idle.extend([await self._fresh() for _ in range(self.limits.workers)])

    async def close(self) -> None:
        """End all processes."""
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await asyncio.gather(*(worker.end() for worker in workers))

    async def renew(self) -> None:
        """Let no process that was started before now answer another query: the store has changed."""
        self._generation += 1
        self._kept = Kept(self.limits.kept)
        idle, self._idle = self._idle, []
        await asyncio.gather(*(worker.end() for worker in idle))

    async def _fresh(self) -> _Worker:
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_PAUSE * attempt)
                if self.locate:
                    self.store = self.locate()
            with contextlib.suppress(_LostError):
                return await _Worker.start(self.store, self.limits.memory, self._generation)
        raise Refused(503, "the store can't be opened")

    async def _one(self) -> _Worker:
        """A process that waits for work, or a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.lives:
                return worker
            await worker.end()
        return await self._fresh()

    async def ask(self, request: Request) -> Answer:
        """The answer to a request.

        Raises `Refused` where the query is wrong (400), names a graph that is not there (403), is not done in time
        (504), needs more memory, rows or bytes than it may take (507), or where too many others wait (503).
        """
        for _ in range(_ATTEMPTS):
            kept = self._kept
            if found := kept.get(request):
                body, form = found
                return Answer(form, len(body), io.BytesIO(body))
            try:
                answer = await self._ask(request)
                if not kept.takes(answer.size) or _CHANGING.search(request.query):
                    return answer
                body = answer.read()
                kept.put(request, body, answer.form)
                return Answer(answer.form, len(body), io.BytesIO(body))
            except _StaleError:
                if self.locate:
                    self.store = self.locate()
                await self.renew()
            except _LostError:
                pass  # somebody ended the process: another one answers
        raise Refused(503, "the process that was to answer was ended, or the store can't be read")

    async def _ask(self, request: Request) -> Answer:
        if self._waiting >= self.limits.waiting:
            raise Refused(503, "too many queries wait for an answer")
        self._waiting += 1
        try:
            await self._quick.acquire()
        finally:
            self._waiting -= 1
        lane = contextlib.ExitStack()
        lane.callback(self._quick.release)
        with lane:
            worker = await self._one()
            self._busy.add(worker)
            message = {
                "query": request.query, "format": request.format, "base": request.base,
                "graphs": request.graphs, "default": request.default, "named": request.named,
                "rows": self.limits.rows, "bytes": self.limits.answer,
            }  # fmt: skip
            task = asyncio.create_task(worker.answer(message))
            reusable = False
            try:
                end = asyncio.get_running_loop().time() + self.limits.seconds
                if not await self._quickly(task, worker, end):
                    if self._slow >= self.limits.slow:
                        raise Refused(503, "too many long queries are running")
                    worker.slow_down()
                    self._slow += 1
                    lane.pop_all().close()
                    lane.callback(self._end_slow)
                    if not await self._until(task, end):
                        raise self._too_long()
                    reusable = len(self._idle) < self.limits.workers and worker.speed_up()
                    return await task
                reusable = True
                return await task
            except _LostError:
                reusable = False
                if await worker.end() not in _OVERTAXED:
                    raise
                raise Refused(507, "the query needs more memory than it may take, or is too deeply nested") from None
            except _StaleError:
                reusable = False
                raise
            finally:
                # Also where the caller went away and this task is cancelled: the worker does not run on for nobody.
                self._busy.discard(worker)
                if not task.done():
                    task.cancel()
                if reusable and worker.generation == self._generation:
                    self._idle.append(worker)
                else:
                    await asyncio.shield(asyncio.create_task(worker.end()))

    async def _quickly(self, task: asyncio.Task[Answer], worker: _Worker, end: float) -> bool:
        """Wait until a query is done, and say so; or until it has used up the patience that there is with it.

        Patience is processor time: a query that waits for a busy machine is not slow.
        """
        clock = asyncio.get_running_loop().time
        before = worker.used()
        left = self.limits.patience
        while not await self._until(task, min(end, clock() + left)):
            if clock() >= end:
                raise self._too_long()
            left = self.limits.patience - (worker.used() - before)
            if left < _TICK:
                return False
        return True

    @staticmethod
    async def _until(task: asyncio.Task[Answer], end: float) -> bool:
        """Wait until a query is done, or the loop's time has come; whether it is done."""
        done, _ = await asyncio.wait({task}, timeout=max(0.0, end - asyncio.get_running_loop().time()))
        return bool(done)

    def _too_long(self) -> Refused:
        return Refused(504, f"the query was not done after {self.limits.seconds:g} seconds")

    def _end_slow(self) -> None:
        self._slow -= 1
