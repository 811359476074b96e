"""Whether a store is whole, and what can be mended of one that isn't."""

import contextlib
import fcntl
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.disk import brief, file_sum, graph_files
from kg.namespaces import PREFIXES, STEMKG
from kg.rdf import CLOSURE_GRAPH, ONTOLOGY_GRAPH, SUMMARY_GRAPH, article_id
from kg.store import Staged, Store, StoreError, Version
from kg.vocabulary import Vocabulary

_AT_ONCE = 200  # articles that are staged at once


class Fault(NamedTuple):
    """Something that is not as it was committed: a part of the store, and what is wrong with it."""

    part: str
    what: str


@dataclass(slots=True)
class Repaired:
    """What a repair came to: how many articles were kept, and the ids of those that the next build is to read again."""

    kept: int = 0
    lost: list[str] = field(default_factory=list)


def check(folder: Path) -> list[Fault]:
    """All that is wrong with the store in a folder.

    Every file of the graph is read and held against its checksum, every quad is read, and the ledger is held against
    both. Raises `StoreError` where there is no store, or where another process is writing it.
    """
    if not folder.is_dir() or not any(folder.glob("*")):
        raise StoreError(f"{folder}: there is no store here")
    with _unchanged(folder):
        return list(_faults(folder))


@contextlib.contextmanager
def _unchanged(folder: Path) -> Iterator[None]:
    """Keep others from writing the store meanwhile."""
    with contextlib.ExitStack() as stack:
        try:
            lock = stack.enter_context((folder / "lock").open())
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"{folder}: another process is writing this store") from None
        except FileNotFoundError:
            pass  # nobody has ever held it
        yield


@dataclass(slots=True)
class _Ledger:
    """What the ledger says."""

    version: Version
    files: dict[str, tuple[int, str]]  # of the graph, with their sizes and checksums
    articles: dict[str, int]  # with a graph, and the number of their quads
    stated: set[str]  # the articles that the pages find in it
    findings: int
    ontology: str


def _faults(folder: Path) -> Iterator[Fault]:
    ledger: _Ledger | None = None
    try:
        ledger = _read_ledger(folder / "ledger.sqlite")
    except (sqlite3.Error, ValueError, TypeError) as error:
        yield Fault("ledger.sqlite", brief(error))
    version = None
    try:
        version = Version.read(folder)
    except StoreError as error:
        if ledger is None or ledger.version.generation:
            yield Fault("present", str(error))
    if ledger and version and version != ledger.version:
        yield Fault("present", f"says {version}, the ledger {ledger.version}: the next build settles it")
    where = ledger.version if ledger else version
    if where is None or not where.generation:
        return
    graph = where.graph(folder)
    if not graph.is_dir():
        yield Fault(graph.name, "is missing")
        return
    if ledger:
        yield from _files(graph, ledger.files)
    yield from _graph(graph, ledger)


def _read_ledger(path: Path) -> _Ledger:
    if not path.is_file():
        raise ValueError("is missing")
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as ledger:
        for (said,) in ledger.execute("PRAGMA integrity_check(1)"):
            if said != "ok":
                raise ValueError(said)
        meta = dict(ledger.execute("SELECT name, value FROM meta"))
        return _Ledger(
            Version(int(meta.get("generation", 0)), meta.get("identity", "")),
            {name: (size, sum) for name, size, sum in ledger.execute("SELECT name, size, sum FROM file")},
            dict(ledger.execute("SELECT id, size FROM article WHERE size")),
            {id for (id,) in ledger.execute("SELECT article FROM stated")},
            ledger.execute(
                "SELECT count(*) FROM (SELECT DISTINCT subject, predicate, object, disease FROM stance)"
            ).fetchone()[0],
            meta.get("ontology", ""),
        )


def _files(graph: Path, expected: dict[str, tuple[int, str]]) -> Iterator[Fault]:
    """The files of a graph, held against their sizes and checksums."""
    there = {path.name: path for path in graph_files(graph)}
    for name in sorted(expected.keys() | there.keys()):
        part = f"{graph.name}/{name}"
        if name not in there:
            yield Fault(part, "is missing")
        elif name not in expected:
            yield Fault(part, "does not belong to it")
        else:
            size, sum = expected[name]
            try:
                if there[name].stat().st_size != size:
                    yield Fault(part, f"has {there[name].stat().st_size:,} bytes, not {size:,}")
                elif file_sum(there[name]) != sum:
                    yield Fault(part, "is not as it was written: its checksum is another")
            except OSError as error:
                yield Fault(part, brief(error))


def _graph(folder: Path, ledger: _Ledger | None) -> Iterator[Fault]:
    """The quads of a graph, held against the ledger."""
    counts: Counter[str] = Counter()
    findings = 0
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    try:
        graph = ox.Store.read_only(str(folder))
        for _, _, _, name in graph.quads_for_pattern(None, None, None):
            counts[name.value if isinstance(name, ox.NamedNode) else ""] += 1
        for _ in graph.quads_for_pattern(None, kind, ox.NamedNode(STEMKG + "Finding"), SUMMARY_GRAPH):
            findings += 1
    except (OSError, RuntimeError, ValueError) as error:
        yield Fault(folder.name, brief(error))
        return
    if ledger is None:
        return
    named = {id: count for name, count in counts.items() if (id := article_id(ox.NamedNode(name))) is not None}
    for id in sorted(named.keys() | ledger.articles.keys()):
        if named.get(id, 0) != ledger.articles.get(id, 0):
            yield Fault(f"article {id}", f"has {named.get(id, 0):,} quads, not {ledger.articles.get(id, 0):,}")
    for id in sorted(ledger.stated ^ ledger.articles.keys()):
        yield Fault(f"article {id}", "is not for the pages what it is in the graph")
    if ledger.ontology:
        if findings != ledger.findings:
            yield Fault("summary", f"has {findings:,} findings, not {ledger.findings:,}")
        for name in (ONTOLOGY_GRAPH, CLOSURE_GRAPH):
            if not counts[name.value]:
                yield Fault(name.value, "is empty")


def repair(folder: Path, vocabulary: Vocabulary) -> Repaired:
    """Make a store anew of what is whole in it.

    The graphs of articles that can be read, and are what the ledger says, are kept; all others are forgotten, so that
    the next build reads their files again. The rest is made from them: the summary, the ontology, the ledger where it
    is damaged (which is put aside), all indexes. Readers see the old graph until the new one is whole. Raises
    `StoreError`.
    """
    repaired = Repaired()
    with Store.open_damaged(folder) as store:
        known = store.ledger.done()
        ids = {id for id, (_, _, size) in known.items() if size}
        with contextlib.suppress(OSError, RuntimeError):
            ids |= set(store.article_ids())
        store.begin()
        batch: list[Staged] = []
        for id in sorted(ids):
            source, digest, size = known.get(id, ("", "", 0))
            try:
                quads = store.quads(id)
            except (OSError, RuntimeError):
                quads = []
            if not quads or (size and len(quads) != size):
                repaired.lost.append(id)
                continue
            batch.append(Staged.of(id, source, digest, quads))
            repaired.kept += 1
            if len(batch) >= _AT_ONCE:
                store.stage(batch)
                batch.clear()
        store.stage(batch)
        store.forget(repaired.lost)
        store.commit(vocabulary)
    return repaired
