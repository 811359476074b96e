"""The store: opened, read, and brought from one graph to the next."""

import contextlib
import fcntl
import shutil
import sqlite3
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Self

import pyoxigraph as ox

from kg.disk import brief, file_sum, graph_files, sorted_lines, sync
from kg.loading import NQUADS, Ahead
from kg.namespaces import PREFIXES
from kg.rdf import article_id, article_node
from kg.stated import Source, Stated, read, unpacked
from kg.store.commit import apply
from kg.store.ledger import Ledger, Staged, SummedFile
from kg.store.version import FORM, StoreError, Version, of_another
from kg.vocabulary import Vocabulary

#: What may stand in a folder that is to be a store, and has no ledger yet.
_BEGUN = frozenset(("lock", "ledger.sqlite-journal", "ledger.sqlite-wal", "ledger.sqlite-shm"))


class Refused(Exception):
    """The judge of a commit said no: the store is as it was."""


class Store:
    """A store of quads. Open one with `Store.open`; it is a context manager."""

    def __init__(
        self, graph: ox.Store, folder: Path | None = None, ledger: Path | None = None, lock: IO[str] | None = None
    ) -> None:
        """A store over a graph. Without a `ledger` file it remembers nothing after it is closed."""
        self.graph = graph
        self.folder = folder
        self._lock = lock
        self.ledger = Ledger(ledger)
        self.generation = int(self.ledger.noted("generation") or 0)
        self.identity = self.ledger.noted("identity")
        self._ahead: Ahead | None = None
        self._anew = False  # the next graph begins empty

    @classmethod
    def open(cls, folder: Path | None = None, *, read_only: bool = False) -> "Store":
        """The store in a folder, made where there is none (unless `read_only`); without a folder, one in memory.

        One process at a time may have it open for writing, any number for reading.
        Raises `StoreError`.
        """
        if folder is None:
            return cls(ox.Store())
        try:
            return cls._read(folder) if read_only else cls._write(folder)
        except BlockingIOError:
            raise StoreError(f"{folder}: another process is writing this store") from None
        except (sqlite3.Error, OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"{folder}: {brief(error)}") from None

    @classmethod
    def _read(cls, folder: Path) -> "Store":
        for _ in range(10):
            version = Version.read(folder)
            graph = version.graph(folder)
            try:
                store = cls(ox.Store.read_only(str(graph)), folder)
            except (OSError, RuntimeError) as error:
                if graph.is_dir():
                    raise StoreError(f"{graph}: can't be opened ({brief(error)}); `kg check` tells more") from None
                continue  # a commit went by between the two: there is a newer one
            store.generation, store.identity = version
            return store
        raise StoreError(f"{folder}: its graph is missing; `kg check` tells more")

    @classmethod
    def _write(cls, folder: Path) -> "Store":
        store = cls._locked(folder)
        if not store.ledger.is_current():
            store.close()
            raise of_another(folder)
        try:
            store._settle()
        except (OSError, RuntimeError) as error:
            store.close()
            raise StoreError(f"{folder}: its graph can't be opened ({brief(error)}); `kg check` tells more") from None
        return store

    @classmethod
    def open_damaged(cls, folder: Path) -> "Store":
        """The store in a folder, to be made anew: its ledger, and its graph as far as it can be opened.

        A ledger that can't be read is put aside. The next commit begins with an empty graph, and its articles are those
        that are staged. Raises `StoreError`.
        """
        try:
            store = cls._locked(folder, damaged=True)
        except BlockingIOError:
            raise StoreError(f"{folder}: another process is writing this store") from None
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{folder}: {brief(error)}") from None
        if not store.generation:
            numbers = (path.name.removeprefix("graph-") for path in folder.glob("graph-*"))
            found = [int(number) for number in numbers if number.isdecimal()]
            with contextlib.suppress(StoreError):
                found.append(Version.read(folder).generation)
            store.generation = max(found, default=0)
        for generation in (store.generation, store.generation - 1):
            with contextlib.suppress(OSError, RuntimeError):
                store.graph = ox.Store.read_only(str(Version(generation, "").graph(folder)))
                break
        store.ledger.note("ontology", "")
        store._anew = True
        return store

    @classmethod
    def _locked(cls, folder: Path, *, damaged: bool = False) -> "Store":
        """The store with its ledger, held for writing, before its graph is opened."""
        folder.mkdir(parents=True, exist_ok=True)
        ledger = folder / "ledger.sqlite"
        if not damaged and not ledger.is_file():
            # A process that was killed as it made the store has left these and no more.
            others = sorted(path.name for path in folder.iterdir() if path.name not in _BEGUN)
            if any(name.startswith("graph-") for name in others):
                raise StoreError(f"{folder}: its ledger is missing; `kg check --repair` makes another from its graph")
            if others:
                raise StoreError(f"{folder}: this folder has other things in it; name an empty or a new one")
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if damaged and not Ledger.is_whole(ledger):
                for path in folder.glob("ledger.sqlite*"):
                    path.rename(path.with_name(path.name.replace("ledger", "damaged-ledger")))
            store = cls(ox.Store(), folder, ledger, lock)
        except BaseException:
            lock.close()
            raise
        if not store.identity:
            store.identity = uuid.uuid4().hex
            store.ledger.note("identity", store.identity)
            store.ledger.note("form", FORM)
        return store

    def _settle(self) -> None:
        """Bring the folder in line with the ledger, and open the graph that was committed last."""
        if self.folder is None:
            return
        present = self.version.graph(self.folder)
        if self.generation:
            self.graph = ox.Store.read_only(str(present))
            self._point()
        for other in self.folder.glob("graph-*"):
            if other != present:
                shutil.rmtree(other)

    def _point(self) -> None:
        """Have readers open the present graph."""
        assert self.folder is not None
        with contextlib.suppress(StoreError):
            if Version.read(self.folder) == self.version:
                return
        self.version.write(self.folder)

    @property
    def version(self) -> Version:
        """Which graph of which store this is."""
        return Version(self.generation, self.identity)

    def close(self) -> None:
        """Let go of the files."""
        self._drop_ahead()
        self.graph = ox.Store()
        self.ledger.close()
        if self._lock:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def query(self, sparql: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """The answer to a SPARQL query over the union of all graphs; our prefixes are known in it.

        Raises `SyntaxError` where it is no query.
        """
        return self.graph.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True)

    @property
    def ontology(self) -> str:
        """The digest of the ontology that was committed last; empty where none was, or the store is read only."""
        return self.ledger.noted("ontology")

    @property
    def graph_folder(self) -> Path | None:
        """The folder of the quads, which `pyoxigraph.Store.read_only` opens; None in memory."""
        return self.version.graph(self.folder) if self.folder else None

    def article_ids(self) -> list[str]:
        """The ids of the articles that have a graph, sorted."""
        names = (name for name in self.graph.named_graphs() if isinstance(name, ox.NamedNode))
        return sorted(id for name in names if (id := article_id(name)) is not None)

    def article_count(self) -> int:
        """How many articles have a graph. A store on disk that is open for writing need not look for them all."""
        if not self._lock:
            return len(self.article_ids())
        return self.ledger.article_count()

    def quads(self, id: str) -> list[ox.Quad]:
        """The graph of an article; empty where it has none."""
        return list(self.graph.quads_for_pattern(None, None, None, article_node(id)))

    def stated(self) -> list[tuple[Source, list[Stated]]]:
        """The articles and their claims in reading order, by the id of the article.

        The ledger has them at hand; without one that can be read, they are read from the graph, which takes minutes
        where it is large.
        """
        if self.folder is not None:
            with contextlib.suppress(sqlite3.Error, zlib.error, ValueError, TypeError, LookupError):
                return list(map(unpacked, Ledger.stated(self.folder / "ledger.sqlite", str(self.version))))
        return list(read(self.graph))

    def dump(self, output: IO[bytes]) -> None:
        """Write all quads as N-Quads, sorted by bytes. Memory stays flat: what is sorted lies in temporary files."""
        with tempfile.TemporaryFile() as unsorted:
            self.graph.dump(unsorted, NQUADS)
            unsorted.seek(0)
            output.writelines(sorted_lines(unsorted))

    # Writing

    def replace(self, id: str, quads: list[ox.Quad]) -> None:
        """Put an article's graph in place of the one it has, at once."""
        self._only(Staged.of(id, "", "", quads))

    def remove(self, id: str) -> None:
        """Remove an article's graph, at once."""
        self._only(Staged(id, "", ""))

    def _only(self, article: Staged) -> None:
        self.begin()
        self.stage([article])
        self.commit()

    def begin(self) -> None:
        """Begin a round of work. What was staged before stays, but is committed only if this round comes upon it."""
        self._drop_ahead()
        self.ledger.begin()

    def stage(self, articles: Iterable[Staged], finished: Mapping[str, str] | None = None) -> None:
        """Keep articles that were done, durably. `finished` are sources, with their digests, that have no more."""
        with self._told():
            staged = self.ledger.stage(articles, finished or {})
        if not self.folder:
            return
        self._ahead = self._ahead or Ahead(self._following, self._copy_graph)
        with self._told():
            for article, is_new in staged:
                if is_new and article.quads:
                    self._ahead.put(article.id, article.quads)
                else:
                    self._ahead.forget(article.id)

    def unseen(self) -> int:
        """Stage the removal of every article that this round did not come upon; how many there are."""
        gone = self.ledger.unseen()
        self.stage(Staged(id, "", "") for id in gone)
        return len(gone)

    def forget(self, ids: Iterable[str]) -> None:
        """Forget that articles were done, and that their sources were: the next build reads these again."""
        with self._told():
            self.ledger.forget(ids)

    def commit(self, vocabulary: Vocabulary | None = None, judge: Callable[["Store"], bool] | None = None) -> None:
        """Bring what this round staged into the graph, and the derived graphs up to date with it.

        With a `vocabulary`, its ontology replaces that of the store. `judge` is given a store with the graph as it
        would be: where it says no, nothing changes and `Refused` is raised.
        """
        renewed = vocabulary is not None and vocabulary.digest != self.ontology
        if not renewed and self.generation and not self.ledger.has_staged():
            self._drop_ahead()
            return
        with self._told(), self.ledger.transaction():
            self._make_next(vocabulary, judge)
            if self.folder:
                # The graph is closed by now: its files stay as they are.
                self._keep_sums()
            self.ledger.note("generation", str(self.generation + 1))
        self.generation += 1
        self._anew = False
        with self._told("what was new in it is kept"):
            self._settle()
            self.ledger.shrink()  # what was staged took most of the ledger

    def _make_next(self, vocabulary: Vocabulary | None, judge: Callable[["Store"], bool] | None) -> None:
        """Make the next graph, and close it. Raises `Refused`."""
        with self._next_graph() as (graph, ahead):
            if not apply(graph, self.ledger, ahead, vocabulary, lambda: judge is None or judge(Store(graph))):
                raise Refused

    def _keep_sums(self) -> None:
        """Have the next graph on the disk, whole, and keep the checksums of its files."""
        known = self.ledger.sums()
        files = []
        for path in graph_files(self._following):
            about = path.stat()
            file = SummedFile(path.name, about.st_size, about.st_mtime_ns, "")
            before = known.get(path.name)
            # Most files are those of the present graph, under a second name.
            if before and before == file._replace(sum=before.sum):
                file = before
            else:
                file = file._replace(sum=file_sum(path))
                sync(path)
            files.append(file)
        self.ledger.set_sums(files)
        sync(self._following)
        sync(self._following.parent)

    @contextlib.contextmanager
    def _next_graph(self) -> Iterator[tuple[ox.Store, set[str]]]:
        """A copy of the present graph, to be changed, and the articles that are in it already; closed at the end."""
        graph = ox.Store()
        if self.folder is None:
            graph.bulk_extend(self.graph)
            yield graph, set()
            self.graph = graph
            return
        begun, loaded = self._ahead.finish(self.ledger.is_staged) if self._ahead else (None, set())
        self._ahead = None
        if begun is None:
            self._copy_graph()
            begun = ox.Store(str(self._following))
        yield begun, loaded

    @property
    def _following(self) -> Path:
        assert self.folder is not None
        return Version(self.generation + 1, self.identity).graph(self.folder)

    def _copy_graph(self) -> None:
        """Copy the present graph to where the next one will be: hard links, so its size doesn't matter."""
        if self._following.exists():
            shutil.rmtree(self._following)
        if self.generation and not self._anew:
            self.graph.backup(str(self._following))

    def _drop_ahead(self) -> None:
        if self._ahead:
            self._ahead.drop()
            self._ahead = None

    @contextlib.contextmanager
    def _told(self, outcome: str = "the store is as it was") -> Iterator[None]:
        """What the machine refuses, a full disk say, is told as a `StoreError`."""
        try:
            yield
        except (sqlite3.Error, OSError, RuntimeError, zlib.error) as error:
            raise StoreError(f"{self.folder or 'the store'}: {brief(error)}; {outcome}") from error
