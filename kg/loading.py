"""Quads into Oxigraph: many at once, or while others are still being made."""

import io
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.rdf import article_node

NQUADS = ox.RdfFormat.N_QUADS
FEW = 100  # parts that are faster added one by one than in bulk, which has a cost of its own
_AT_ONCE = 128 << 20  # bytes of N-Quads that are loaded at once; memory is some six times as much
_AHEAD_AT_ONCE = 6 << 20  # bytes of packed graphs that are loaded ahead at once; N-Quads are some ten times as much


def pack(lines: str) -> bytes:
    """N-Quads, compressed."""
    return zlib.compress(lines.encode(), 1)


def unpack(packed: bytes) -> bytes:
    """The N-Quads that `pack` compressed."""
    return zlib.decompress(packed)


def load(graph: ox.Store, parts: Iterable[bytes], count: int) -> None:
    """Load N-Quads that come in `count` parts."""
    if count <= FEW:
        for part in parts:
            graph.extend(ox.parse(part, NQUADS))
        return
    left = iter(parts)
    for first in left:
        # A load keeps in memory what it has read, in several orders.
        graph.bulk_load(cast(IO[bytes], _Stream(chain([first], left), _AT_ONCE)), NQUADS)


class Ahead:
    """Loads the graphs of articles into a store that is not yet in use, beside the work of making more of them.

    A commit asks with `finish` for the store and for what is in it, and loads what is missing.
    """

    def __init__(self, folder: Path, prepare: Callable[[], None]) -> None:
        """`prepare` makes the folder of the store, and is called when there first is enough to load."""
        self._folder = folder
        self._prepare = prepare
        self._graph: ox.Store | None = None
        self._loaded: set[str] = set()
        self._outdated: set[str] = set()
        self._waiting: dict[str, bytes] = {}
        self._bytes = 0
        self._threads = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None

    def put(self, id: str, packed: bytes) -> None:
        """Load the graph of an article when enough of them have come together. An article comes once."""
        self._waiting[id] = packed
        self._bytes += len(packed)
        if self._bytes < _AHEAD_AT_ONCE:
            return
        self._wait()
        if self._graph is None:
            self._prepare()
            self._graph = ox.Store(str(self._folder))
        self._under_way = self._threads.submit(load, self._graph, map(unpack, self._waiting.values()), FEW + 1)
        self._loaded |= self._waiting.keys()
        self._waiting = {}
        self._bytes = 0

    def forget(self, id: str) -> None:
        """Say that what an article's graph was, if it came, is no longer so."""
        if self._waiting.pop(id, None) is None and id in self._loaded:
            self._outdated.add(id)

    def finish(self, wanted: Callable[[str], bool]) -> tuple[ox.Store | None, set[str]]:
        """The store, None where it was not needed, and the articles that are in it: those `wanted` and not outdated."""
        self._wait()
        self._threads.shutdown()
        graph, self._graph = self._graph, None
        for id in sorted(id for id in self._loaded if id in self._outdated or not wanted(id)):
            assert graph is not None
            graph.remove_graph(article_node(id))
            self._loaded.remove(id)
        return graph, self._loaded

    def drop(self) -> None:
        """Undo it all. A load that failed is no matter any more."""
        self._threads.shutdown()  # waits for what is under way
        if self._graph is not None:
            self._graph = None  # closes its files
            shutil.rmtree(self._folder)

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()


class _Stream(io.RawIOBase):
    """A readable stream over parts of bytes. It takes no more of them, and ends, once it has given `limit` bytes."""

    def __init__(self, parts: Iterator[bytes], limit: int) -> None:
        self._parts = parts
        self._rest = b""
        self._left = limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            part = next(self._parts, None) if self._left > 0 else None
            if part is None:
                return b""
            self._rest = part
            self._left -= len(part)
        if size < 0:
            size = len(self._rest)
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk
