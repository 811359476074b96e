"""Where quads live: Oxigraph, on disk or in memory, written all at once or not at all.

A store on disk is a folder:

    graph-N/          the quads, in Oxigraph's own form; N grows by one with every commit, older ones are removed
    present           the N that readers open, and the identity of the store
    ledger.sqlite     for writers: which articles were done, from what, how each stands to each finding, and the
                      checksums of the files of the graph
    lock              held by the one process that writes

Work is first *staged* in the ledger, where a killed process leaves it for the next one. `commit` then makes a next
graph (hard links to the present one, so its size doesn't matter), applies what was staged, and lets the caller judge
the result; the one transaction that ends it all moves the ledger to the next graph. A graph that was committed never
changes, so any number of readers may have it open. What is moved to is on the disk before, so that neither a kill nor
a loss of power leaves anything but the old store or the new one.
"""

import contextlib
import fcntl
import json
import shutil
import sqlite3
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple, Self

import pyoxigraph as ox

from kg.disk import brief, file_sum, graph_files, sorted_lines, sync, write_whole
from kg.findings import Said, Stance, finding_lines, stances
from kg.loading import FEW, NQUADS, Ahead, load, pack, unpack
from kg.namespaces import PREFIXES
from kg.rdf import (
    CLOSURE_GRAPH,
    ONTOLOGY_GRAPH,
    SUMMARY_GRAPH,
    Graph,
    Key,
    article_id,
    article_node,
    finding_node,
    term,
)
from kg.terms import closure_quads, further_quads, ontology_quads
from kg.vocabulary import Vocabulary
from kg.weights import Weights

_MANY = 10_000  # articles that are worth settling the whole graph for, where they are the larger part of it

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source (path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS article (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS article_source ON article (source);
CREATE INDEX IF NOT EXISTS article_graph ON article (size);
CREATE TABLE IF NOT EXISTS file (
    name TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, sum TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stance (
    subject TEXT, predicate TEXT, object TEXT, disease TEXT, article TEXT,
    claims INTEGER, issued TEXT, works TEXT, said TEXT,
    PRIMARY KEY (subject, predicate, object, disease, article)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stance_article ON stance (article);
CREATE TABLE IF NOT EXISTS staged (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, digest TEXT NOT NULL, quads BLOB, stances TEXT NOT NULL,
    size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS staged_source ON staged (source);
"""


_KEY = ("subject", "predicate", "object", "disease")
_ARTICLE = ["id", "source", "digest", "size"]
#: What may stand in a folder that is to be a store, and has no ledger yet.
_BEGUN = frozenset(("lock", "ledger.sqlite-journal", "ledger.sqlite-wal", "ledger.sqlite-shm"))


class StoreError(Exception):
    """A store that can't be opened, read or written. The message says which and why."""


class Refused(Exception):
    """The judge of a commit said no: the store is as it was."""


class Staged(NamedTuple):
    """An article that was done. `digest` is of all that its graph depends on, `source` says where it came from.

    `quads` is its graph (`pack`), or None where it has none; `stances` is what that adds to the summary, and `size` the
    number of quads.
    """

    id: str
    source: str
    digest: str
    quads: bytes | None = None
    stances: str = "[]"
    size: int = 0

    @classmethod
    def of(cls, id: str, source: str, digest: str, quads: Graph | Iterable[ox.Quad]) -> "Staged":
        """An article with a graph."""
        graph = Graph.of(quads)
        rows = [(*key, *stance) for key, stance in stances(graph).items()]
        lines = graph.lines
        size = len(set(lines.split("\n"))) - 1
        return cls(id, source, digest, pack(lines), json.dumps(rows, ensure_ascii=False), size)


class Version(NamedTuple):
    """Which graph a store's readers see: how many commits it has had, and which store it is.

    A store that is removed and built anew has another identity, though the same generations.
    """

    generation: int
    identity: str

    @classmethod
    def read(cls, folder: Path) -> "Version":
        """The version of the store in a folder. Raises `StoreError`."""
        try:
            generation, _, identity = (folder / "present").read_text("ascii").strip().partition(" ")
            return cls(int(generation), identity)
        except FileNotFoundError:
            raise StoreError(f"{folder}: no graph here yet; `kg build` makes one") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{folder / 'present'}: {error}; `kg check` tells more") from None

    def __str__(self) -> str:
        return f"{self.generation} {self.identity}"

    def graph(self, folder: Path) -> Path:
        """The folder of its graph."""
        return folder / f"graph-{self.generation}"


class Store:
    """A store of quads. Open one with `Store.open`; it is a context manager."""

    def __init__(
        self, graph: ox.Store, folder: Path | None = None, ledger: Path | None = None, lock: IO[str] | None = None
    ) -> None:
        """A store over a graph. Without a `ledger` file it remembers nothing after it is closed."""
        self.graph = graph
        self.folder = folder
        self._lock = lock
        self._ledger = sqlite3.connect(ledger or ":memory:", isolation_level=None)
        # A commit that was lost with the power must not have removed the graph before it.
        self._ledger.executescript(
            "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "PRAGMA cache_size = -65536;" + _SCHEMA
        )
        self.generation = int(self._meta("generation") or 0)
        self.identity = self._meta("identity") or ""
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
        for table, columns in (("stance", [*_KEY, "article", *Stance._fields]), ("article", _ARTICLE)):
            if [name for _, name, *_ in store._ledger.execute(f"PRAGMA table_info({table})")] != columns:
                store.close()
                raise StoreError(f"{folder}: an older version made this store; build into a new folder")
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
        store._set_meta("ontology", "")
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
            if damaged and not _is_ledger(ledger):
                for path in folder.glob("ledger.sqlite*"):
                    path.rename(path.with_name(path.name.replace("ledger", "damaged-ledger")))
            store = cls(ox.Store(), folder, ledger, lock)
        except BaseException:
            lock.close()
            raise
        if not store.identity:
            store.identity = uuid.uuid4().hex
            store._set_meta("identity", store.identity)
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
        write_whole(self.folder / "present", f"{self.version}\n".encode())

    @property
    def version(self) -> Version:
        """Which graph of which store this is."""
        return Version(self.generation, self.identity)

    def close(self) -> None:
        """Let go of the files."""
        self._drop_ahead()
        self.graph = ox.Store()
        self._ledger.close()
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
        return self._meta("ontology") or ""

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
        return int(self._ledger.execute("SELECT count(*) FROM article WHERE size").fetchone()[0])

    def quads(self, id: str) -> list[ox.Quad]:
        """The graph of an article; empty where it has none."""
        return list(self.graph.quads_for_pattern(None, None, None, article_node(id)))

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
        self._ledger.executescript(
            "DROP TABLE IF EXISTS temp.seen; CREATE TEMP TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "DROP TABLE IF EXISTS temp.visited; CREATE TEMP TABLE visited (path TEXT PRIMARY KEY) WITHOUT ROWID"
        )

    def see(self, ids: Iterable[str]) -> None:
        """Say that this round came upon these articles."""
        self._ledger.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((id,) for id in ids))

    def unsee(self, id: str) -> None:
        """Say that an article could not be used after all: what was staged of it before is not committed."""
        self._ledger.execute("DELETE FROM seen WHERE id = ?", (id,))

    def seen(self, id: str) -> bool:
        """Whether this round has come upon an article."""
        return self._ledger.execute("SELECT 1 FROM seen WHERE id = ?", (id,)).fetchone() is not None

    def visit(self, path: str, digest: str) -> int | None:
        """Say that this round has come to a source.

        How many articles it has, if a round has done it to its end and it is the same still; they count as seen.
        Otherwise None: it must be read.
        """
        self._ledger.execute("INSERT OR IGNORE INTO visited VALUES (?)", (path,))
        if self._ledger.execute("SELECT digest FROM source WHERE path = ?", (path,)).fetchone() != (digest,):
            return None
        return self._ledger.execute(
            "INSERT OR IGNORE INTO seen SELECT id FROM article WHERE source = :path"
            " UNION SELECT id FROM staged WHERE source = :path",
            {"path": path},
        ).rowcount

    def known(self, id: str) -> tuple[str, str] | None:
        """The source and the digest of an article that was done, staged or committed; None for one that wasn't."""
        for table in ("staged", "article"):
            if row := self._ledger.execute(f"SELECT source, digest FROM {table} WHERE id = ?", (id,)).fetchone():
                return str(row[0]), str(row[1])
        return None

    def stage(self, articles: Iterable[Staged], finished: Mapping[str, str] | None = None) -> None:
        """Keep articles that were done, durably. `finished` are sources, with their digests, that have no more."""
        new: list[tuple[Staged, bool]] = []
        with self._told(), self._transaction():
            for article in articles:
                # A source that had said something else of this article, and comes later, has its say again.
                known = self.known(article.id)
                if known and known[0] != article.source:
                    self._ledger.execute(
                        "DELETE FROM source WHERE path = ? AND path NOT IN (SELECT path FROM visited)", known[:1]
                    )
                self._ledger.execute("INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?, ?)", article)
                self._ledger.execute("INSERT OR IGNORE INTO seen VALUES (?)", (article.id,))
                new.append((article, known is None))
            for path, digest in (finished or {}).items():
                self._ledger.execute("INSERT OR REPLACE INTO source VALUES (?, ?)", (path, digest))
        if not self.folder:
            return
        self._ahead = self._ahead or Ahead(self._following, self._copy_graph)
        with self._told():
            for article, is_new in new:
                if is_new and article.quads:
                    self._ahead.put(article.id, article.quads)
                else:
                    self._ahead.forget(article.id)

    def unseen(self) -> int:
        """Stage the removal of every article that this round did not come upon; how many there are."""
        gone = [id for (id,) in self._ledger.execute("SELECT id FROM article WHERE id NOT IN (SELECT id FROM seen)")]
        self.stage(Staged(id, "", "") for id in gone)
        return len(gone)

    def done(self) -> dict[str, tuple[str, str, int]]:
        """The articles that the ledger knows: source, digest, and the number of their quads."""
        rows = self._ledger.execute("SELECT id, source, digest, size FROM article")
        return {id: (source, digest, size) for id, source, digest, size in rows}

    def forget(self, ids: Iterable[str]) -> None:
        """Forget that articles were done, and that their sources were: the next build reads these again."""
        with self._told(), self._transaction():
            for id in ids:
                self._ledger.execute(
                    "DELETE FROM source WHERE path IN (SELECT source FROM article WHERE id = ?)", (id,)
                )
                self._ledger.execute("DELETE FROM article WHERE id = ?", (id,))
                self._ledger.execute("DELETE FROM stance WHERE article = ?", (id,))

    def untouched(self) -> int:
        """How many articles with a graph a commit would leave as they are."""
        touched = "SELECT count(*) FROM staged JOIN seen USING (id) JOIN article USING (id) WHERE article.size"
        return self.article_count() - int(self._ledger.execute(touched).fetchone()[0])

    def commit(self, vocabulary: Vocabulary | None = None, judge: Callable[["Store"], bool] | None = None) -> None:
        """Bring what this round staged into the graph, and the derived graphs up to date with it.

        With a `vocabulary`, its ontology replaces that of the store. `judge` is given a store with the graph as it
        would be: where it says no, nothing changes and `Refused` is raised.
        """
        renewed = vocabulary is not None and vocabulary.digest != self.ontology
        if not renewed and self.generation and not self._exists("staged JOIN seen USING (id)"):
            self._drop_ahead()
            return
        with self._told(), self._transaction():
            self._make_next(vocabulary, renewed, judge)
            if self.folder:
                # The graph is closed by now: its files stay as they are.
                self._keep_sums()
            self._set_meta("generation", str(self.generation + 1))
        self.generation += 1
        self._anew = False
        with self._told():
            self._settle()
            self._ledger.executescript("PRAGMA incremental_vacuum")  # what was staged took most of the ledger

    def _make_next(self, vocabulary: Vocabulary | None, renewed: bool, judge: Callable[["Store"], bool] | None) -> None:
        """Make the next graph, and close it. Where it is `renewed`, the vocabulary is another. Raises `Refused`."""
        # What waits for nothing else is done beside the rest.
        with self._next_graph() as (graph, ahead), ThreadPoolExecutor(1) as beside:
            under_way: list[Future[None]] = []
            if vocabulary is not None and renewed:
                self._set_meta("ontology", vocabulary.digest)
                self._set_meta("weights", Weights.of(vocabulary).dumped())
                under_way.append(beside.submit(_replace_ontology, graph, vocabulary))
            loaded = self._apply_articles(graph, ahead)
            named = self._named(everything=renewed)
            self._apply_summary(graph, everything=renewed)
            _finish(under_way)
            if vocabulary is not None:
                self._apply_further(graph, vocabulary, named)
            graph.flush()
            if loaded > _MANY and 2 * loaded > self.article_count():
                # Unsettled, so large a load slows every query and stalls one of the next few writers for a minute.
                under_way.append(beside.submit(graph.optimize))
            accepted = judge is None or judge(Store(graph))
            _finish(under_way)
            if not accepted:
                raise Refused

    def _keep_sums(self) -> None:
        """Have the next graph on the disk, whole, and keep the checksums of its files."""
        known = {name: row for name, *row in self._ledger.execute("SELECT name, size, changed, sum FROM file")}
        rows = []
        for path in graph_files(self._following):
            about = path.stat()
            size, changed, sum = known.get(path.name, (-1, -1, ""))
            # Most files are those of the present graph, under a second name.
            if (size, changed) != (about.st_size, about.st_mtime_ns):
                sum = file_sum(path)
                sync(path)
            rows.append((path.name, about.st_size, about.st_mtime_ns, sum))
        self._ledger.execute("DELETE FROM file")
        self._ledger.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", rows)
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
        begun, loaded = self._ahead.finish(self._is_wanted) if self._ahead else (None, set())
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

    def _is_wanted(self, id: str) -> bool:
        """Whether this round staged an article."""
        row = self._ledger.execute("SELECT 1 FROM staged JOIN seen USING (id) WHERE id = ?", (id,)).fetchone()
        return row is not None

    def _drop_ahead(self) -> None:
        if self._ahead:
            self._ahead.drop()
            self._ahead = None

    def _apply_articles(self, graph: ox.Store, ahead: set[str]) -> int:
        """Replace the articles that this round staged; how many there are. Those `ahead` are in the graph already."""
        ledger = self._ledger
        ledger.execute("CREATE TEMP TABLE now AS SELECT staged.id FROM staged JOIN seen USING (id)")
        ledger.execute("CREATE UNIQUE INDEX temp.now_id ON now (id)")
        ledger.execute(
            "CREATE TEMP TABLE touched AS SELECT DISTINCT subject, predicate, object, disease FROM stance"
            " WHERE article IN (SELECT id FROM now)"
        )
        ledger.execute("CREATE UNIQUE INDEX temp.touched_key ON touched (subject, predicate, object, disease)")
        for (id,) in ledger.execute("SELECT id FROM article JOIN now USING (id) WHERE size ORDER BY id"):
            graph.remove_graph(article_node(id))
        ledger.execute("CREATE TEMP TABLE ahead (id TEXT PRIMARY KEY) WITHOUT ROWID")
        ledger.executemany("INSERT INTO ahead VALUES (?)", ((id,) for id in ahead))
        packed = ledger.execute(
            "SELECT quads FROM staged JOIN now USING (id) WHERE quads IS NOT NULL AND id NOT IN (SELECT id FROM ahead)"
            " ORDER BY id"
        )
        (count,) = ledger.execute("SELECT count(*) FROM now").fetchone()
        load(graph, (unpack(blob) for (blob,) in packed), count - len(ahead))
        ledger.execute("DROP TABLE ahead")
        ledger.execute("DELETE FROM stance WHERE article IN (SELECT id FROM now)")
        ledger.execute("CREATE TEMP TABLE taken AS SELECT * FROM stance WHERE false")
        ledger.executemany(
            "INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (*row[:4], id, *row[4:])
                for id, rows in ledger.execute("SELECT id, stances FROM staged JOIN now USING (id)")
                for row in json.loads(rows)
            ),
        )
        # In the order of the table: a page is written once, however many there are.
        ledger.execute("INSERT INTO stance SELECT * FROM taken ORDER BY subject, predicate, object, disease, article")
        ledger.execute("INSERT OR IGNORE INTO touched SELECT DISTINCT subject, predicate, object, disease FROM taken")
        ledger.execute("DROP TABLE taken")
        # An article without a source was removed; any other is remembered, so that it isn't read again.
        ledger.execute("DELETE FROM article WHERE id IN (SELECT id FROM now)")
        ledger.execute(
            "INSERT INTO article SELECT id, source, digest, size FROM staged JOIN now USING (id)"
            " WHERE source != '' OR quads IS NOT NULL"
        )
        ledger.execute("DELETE FROM staged WHERE id IN (SELECT id FROM now)")
        ledger.execute("DROP TABLE now")
        return int(count)

    def _named(self, *, everything: bool) -> set[str]:
        """The terms of the findings that this round touches, or of all, and of their qualifiers."""
        ledger = self._ledger
        columns = ("subject", "object", "disease")
        table = "stance" if everything else "touched JOIN stance USING (subject, predicate, object, disease)"
        ids = {id for name in columns for (id,) in ledger.execute(f"SELECT DISTINCT {name} FROM {table}")}
        for (said,) in ledger.execute(f"SELECT DISTINCT said FROM {table} WHERE said LIKE '%:%'"):
            ids.update(id for one in json.loads(said) for id in Said._make(one).qualifiers)
        return ids - {""}

    def _apply_further(self, graph: ox.Store, vocabulary: Vocabulary, named: set[str]) -> None:
        """Give the graph what the vocabulary says of the terms beyond the ontology that articles use, and no others."""
        before = set(json.loads(self._meta("further") or "[]"))
        further = {id for id in named if id not in vocabulary.terms and id in vocabulary} | before
        used = {id for id in further if id not in vocabulary.terms and _is_used(graph, term(id))}
        for id in before - used:
            for name in (ONTOLOGY_GRAPH, CLOSURE_GRAPH):
                for quad in list(graph.quads_for_pattern(term(id), None, None, name)):
                    graph.remove(quad)
        graph.extend(further_quads(vocabulary, sorted(used)))
        if used != before:
            self._set_meta("further", json.dumps(sorted(used)))

    def _apply_summary(self, graph: ox.Store, *, everything: bool) -> None:
        ledger = self._ledger
        weights = self._meta("weights")
        columns = ", ".join(Stance._fields)
        if everything:
            graph.remove_graph(SUMMARY_GRAPH)
            table = "stance"
        else:
            for key in ledger.execute("SELECT * FROM touched"):
                for quad in graph.quads_for_pattern(finding_node(Key(*key)), None, None, SUMMARY_GRAPH):
                    graph.remove(quad)
            table = "touched JOIN stance USING (subject, predicate, object, disease)"
        if weights:
            table_of_weights = Weights.loaded(weights)
            rows = ledger.execute(
                f"SELECT subject, predicate, object, disease, {columns} FROM {table}"
                " ORDER BY subject, predicate, object, disease, article"
            )
            (count,) = ledger.execute("SELECT count(*) FROM touched").fetchone()
            findings = (
                finding_lines(key, [Stance(*row[4:]) for row in group], table_of_weights).encode()
                for key, group in groupby(rows, key=lambda row: Key(*row[:4]))
            )
            load(graph, findings, FEW + 1 if everything else count)
        ledger.execute("DROP TABLE touched")

    # The ledger

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._ledger.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._ledger.execute("COMMIT")
        except BaseException:
            if self._ledger.in_transaction:  # SQLite ends it itself where the disk is full
                self._ledger.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the machine refuses, a full disk say, is told as a `StoreError`."""
        try:
            yield
        except (sqlite3.Error, OSError, RuntimeError, zlib.error) as error:
            raise StoreError(f"{self.folder or 'the store'}: {brief(error)}; the store is as it was") from error

    def _meta(self, name: str) -> str | None:
        row = self._ledger.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row and str(row[0])

    def _set_meta(self, name: str, value: str) -> None:
        self._ledger.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _exists(self, table: str) -> bool:
        return self._ledger.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def _is_ledger(path: Path) -> bool:
    """Whether a file is a ledger of this version that can be read."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as ledger:
            columns = [name for _, name, *_ in ledger.execute("PRAGMA table_info(article)")]
            return columns == _ARTICLE and ledger.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
    except sqlite3.Error:
        return False


def _finish(under_way: list[Future[None]]) -> None:
    """Wait for all, and raise what went wrong in them."""
    while under_way:
        under_way.pop().result()


def _is_used(graph: ox.Store, node: ox.NamedNode) -> bool:
    """Whether something else than the ontology is said with a term."""
    names = (quad.graph_name for quad in graph.quads_for_pattern(None, None, node, None))
    return any(name not in (ONTOLOGY_GRAPH, CLOSURE_GRAPH) for name in names)


def _replace_ontology(graph: ox.Store, vocabulary: Vocabulary) -> None:
    for name, quads in ((ONTOLOGY_GRAPH, ontology_quads(vocabulary)), (CLOSURE_GRAPH, closure_quads(vocabulary))):
        graph.remove_graph(name)
        graph.bulk_extend(quads)
