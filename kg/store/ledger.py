"""What a store knows of the work that was done: SQLite, in a file or in memory.

Work goes in rounds. A round comes upon sources and the articles in them, stages what it does, and ends with a commit,
which is one transaction: `gather`, the graphs of what was gathered, `settle`, and what the summary is to say.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.findings import Said, Stance, stances
from kg.loading import pack, unpack
from kg.rdf import Graph, Key
from kg.stated import packed, stated
from kg.store.version import FORM

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
CREATE TABLE IF NOT EXISTS stated (article TEXT PRIMARY KEY, claims BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS staged (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, digest TEXT NOT NULL, quads BLOB, stances TEXT NOT NULL,
    size INTEGER NOT NULL, stated BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS staged_source ON staged (source);
"""

# A commit that was lost with the power must not have removed the graph before it.
_SETTINGS = """
PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
"""

_KEY = ", ".join(Key._fields)


class Staged(NamedTuple):
    """An article that was done. `digest` is of all that its graph depends on, `source` says where it came from.

    `quads` is its graph (`pack`), or None where it has none; `stances` is what that adds to the summary, `size` the
    number of quads, and `stated` what it states, as the pages show it (`kg.stated.packed`).
    """

    id: str
    source: str
    digest: str
    quads: bytes | None = None
    stances: str = "[]"
    size: int = 0
    stated: bytes | None = None

    @classmethod
    def of(cls, id: str, source: str, digest: str, quads: Graph | Iterable[ox.Quad]) -> "Staged":
        """An article with a graph."""
        graph = Graph.of(quads)
        rows = [(*key, *stance) for key, stance in stances(graph).items()]
        lines = graph.lines
        size = len(set(lines.split("\n"))) - 1
        shown = packed(*stated(id, graph))
        return cls(id, source, digest, pack(lines), json.dumps(rows, ensure_ascii=False), size, shown)


class SummedFile(NamedTuple):
    """A file of a graph: its size in bytes, when it was changed (nanoseconds), and its checksum."""

    name: str
    size: int
    changed: int
    sum: str


class Ledger:
    """The ledger of a store. What goes wrong with its file is raised as `sqlite3.Error`."""

    def __init__(self, file: Path | None = None) -> None:
        """The ledger in a file, made where there is none; without one it remembers nothing after it is closed."""
        self._database = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._execute = self._database.execute
        self._database.executescript(_SETTINGS + _SCHEMA)

    @staticmethod
    def is_whole(file: Path) -> bool:
        """Whether a file is a ledger of this version that can be read."""
        try:
            with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as database:
                form = database.execute("SELECT value FROM meta WHERE name = 'form'").fetchone()
                return bool(form == (FORM,) and database.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
        except sqlite3.Error:
            return False

    @classmethod
    def stated(cls, file: Path, version: str) -> Iterator[bytes]:
        """What each article of a version of the store states, sorted by article, for who doesn't write.

        Raises `ValueError` where the ledger is of another version by now, or has no graph of it.
        """
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("BEGIN")  # all that is read is of one commit
            meta = dict(database.execute("SELECT name, value FROM meta"))
            if version != f"{meta.get('generation')} {meta.get('identity')}":
                raise ValueError(f"{file}: not of version {version}")
            for (claims,) in database.execute("SELECT claims FROM stated ORDER BY article"):
                yield claims

    def is_current(self) -> bool:
        """Whether the store is of the form that this version of the program reads and writes."""
        return self.noted("form") == FORM

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within, or nothing of it."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # SQLite ends it itself where the disk is full
                self._execute("ROLLBACK")
            raise

    def noted(self, name: str) -> str:
        """What is noted under a name; empty where nothing is."""
        row = self._execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        """Note something under a name."""
        self._execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def sums(self) -> dict[str, SummedFile]:
        """The files of the present graph, by name."""
        return {row[0]: SummedFile(*row) for row in self._execute("SELECT name, size, changed, sum FROM file")}

    def set_sums(self, files: Iterable[SummedFile]) -> None:
        """Note the files of the graph that becomes the present one."""
        self._execute("DELETE FROM file")
        self._database.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", files)

    def shrink(self) -> None:
        """Give back room that is no longer taken."""
        self._database.executescript("PRAGMA incremental_vacuum")

    # Articles

    def article_count(self) -> int:
        """How many articles have a graph."""
        return int(self._execute("SELECT count(*) FROM article WHERE size").fetchone()[0])

    def done(self) -> dict[str, tuple[str, str, int]]:
        """The articles that were committed: source, digest, and the number of their quads."""
        rows = self._execute("SELECT id, source, digest, size FROM article")
        return {id: (source, digest, size) for id, source, digest, size in rows}

    def known(self, id: str) -> tuple[str, str] | None:
        """The source and the digest of an article that was done, staged or committed; None for one that wasn't."""
        for table in ("staged", "article"):
            if row := self._execute(f"SELECT source, digest FROM {table} WHERE id = ?", (id,)).fetchone():
                return str(row[0]), str(row[1])
        return None

    def forget(self, ids: Iterable[str]) -> None:
        """Forget that articles were done, and that their sources were: the next build reads these again."""
        with self.transaction():
            for id in ids:
                self._execute("DELETE FROM source WHERE path IN (SELECT source FROM article WHERE id = ?)", (id,))
                self._execute("DELETE FROM article WHERE id = ?", (id,))
                self._execute("DELETE FROM stance WHERE article = ?", (id,))
                self._execute("DELETE FROM stated WHERE article = ?", (id,))

    # A round

    def begin(self) -> None:
        """Begin a round of work, which has come upon nothing yet."""
        self._database.executescript(
            "DROP TABLE IF EXISTS temp.seen; CREATE TEMP TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "DROP TABLE IF EXISTS temp.visited; CREATE TEMP TABLE visited (path TEXT PRIMARY KEY) WITHOUT ROWID"
        )

    def see(self, ids: Iterable[str]) -> None:
        """Say that this round came upon these articles."""
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((id,) for id in ids))

    def unsee(self, id: str) -> None:
        """Say that an article could not be used after all: what was staged of it before is not committed."""
        self._execute("DELETE FROM seen WHERE id = ?", (id,))

    def seen(self, id: str) -> bool:
        """Whether this round has come upon an article."""
        return self._execute("SELECT 1 FROM seen WHERE id = ?", (id,)).fetchone() is not None

    def unseen(self) -> list[str]:
        """The articles that were committed and that this round did not come upon."""
        return [id for (id,) in self._execute("SELECT id FROM article WHERE id NOT IN (SELECT id FROM seen)")]

    def visit(self, path: str, digest: str) -> int | None:
        """Say that this round has come to a source.

        How many articles it has, if a round has done it to its end and it is the same still; they count as seen.
        Otherwise None: it must be read.
        """
        self._execute("INSERT OR IGNORE INTO visited VALUES (?)", (path,))
        if self._execute("SELECT digest FROM source WHERE path = ?", (path,)).fetchone() != (digest,):
            return None
        return self._execute(
            "INSERT OR IGNORE INTO seen SELECT id FROM article WHERE source = :path"
            " UNION SELECT id FROM staged WHERE source = :path",
            {"path": path},
        ).rowcount

    def stage(self, articles: Iterable[Staged], finished: Mapping[str, str]) -> list[tuple[Staged, bool]]:
        """Keep articles that were done, each of which is returned with whether nothing was known of it before.

        `finished` are sources, with their digests, that have no more.
        """
        staged: list[tuple[Staged, bool]] = []
        with self.transaction():
            for article in articles:
                # A source that had said something else of this article, and comes later, has its say again.
                known = self.known(article.id)
                if known and known[0] != article.source:
                    self._execute(
                        "DELETE FROM source WHERE path = ? AND path NOT IN (SELECT path FROM visited)", known[:1]
                    )
                self._execute("INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?, ?, ?)", article)
                self._execute("INSERT OR IGNORE INTO seen VALUES (?)", (article.id,))
                staged.append((article, known is None))
            for path, digest in finished.items():
                self._execute("INSERT OR REPLACE INTO source VALUES (?, ?)", (path, digest))
        return staged

    def is_staged(self, id: str) -> bool:
        """Whether this round staged an article."""
        found = self._execute("SELECT 1 FROM staged JOIN seen USING (id) WHERE id = ?", (id,))
        return found.fetchone() is not None

    def has_staged(self) -> bool:
        """Whether this round staged anything."""
        return self._execute("SELECT 1 FROM staged JOIN seen USING (id) LIMIT 1").fetchone() is not None

    def untouched(self) -> int:
        """How many articles with a graph a commit would leave as they are."""
        touched = "SELECT count(*) FROM staged JOIN seen USING (id) JOIN article USING (id) WHERE article.size"
        return self.article_count() - int(self._execute(touched).fetchone()[0])

    # A commit

    def gather(self) -> int:
        """Gather what this round staged, and the findings that it touches; how many articles there are."""
        self._execute("CREATE TEMP TABLE now AS SELECT staged.id FROM staged JOIN seen USING (id)")
        self._execute("CREATE UNIQUE INDEX temp.now_id ON now (id)")
        self._execute(
            f"CREATE TEMP TABLE touched AS SELECT DISTINCT {_KEY} FROM stance WHERE article IN (SELECT id FROM now)"
        )
        self._execute(f"CREATE UNIQUE INDEX temp.touched_key ON touched ({_KEY})")
        return int(self._execute("SELECT count(*) FROM now").fetchone()[0])

    def replaced(self) -> Iterator[str]:
        """The gathered articles that have a graph in the store, which is to go."""
        for (id,) in self._execute("SELECT id FROM article JOIN now USING (id) WHERE size ORDER BY id"):
            yield id

    def graphs(self, without: Iterable[str]) -> Iterator[bytes]:
        """The N-Quads of the gathered articles, but for those of some."""
        self._execute("CREATE TEMP TABLE left_out (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.executemany("INSERT INTO left_out VALUES (?)", ((id,) for id in without))
        for (quads,) in self._execute(
            "SELECT quads FROM staged JOIN now USING (id)"
            " WHERE quads IS NOT NULL AND id NOT IN (SELECT id FROM left_out) ORDER BY id"
        ):
            yield unpack(quads)
        self._execute("DROP TABLE left_out")

    def settle(self) -> None:
        """Have the gathered articles count as committed, with what they add to the summary."""
        self._execute("DELETE FROM stance WHERE article IN (SELECT id FROM now)")
        self._execute("CREATE TEMP TABLE taken AS SELECT * FROM stance WHERE false")
        self._database.executemany(
            "INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (*row[:4], id, *row[4:])
                for id, rows in self._execute("SELECT id, stances FROM staged JOIN now USING (id)")
                for row in json.loads(rows)
            ),
        )
        # In the order of the table: a page is written once, however many there are.
        self._execute(f"INSERT INTO stance SELECT * FROM taken ORDER BY {_KEY}, article")
        self._execute(f"INSERT OR IGNORE INTO touched SELECT DISTINCT {_KEY} FROM taken")
        self._execute("DROP TABLE taken")
        # An article without a source was removed; any other is remembered, so that it isn't read again.
        self._execute("DELETE FROM article WHERE id IN (SELECT id FROM now)")
        self._execute(
            "INSERT INTO article SELECT id, source, digest, size FROM staged JOIN now USING (id)"
            " WHERE source != '' OR quads IS NOT NULL"
        )
        self._execute("DELETE FROM stated WHERE article IN (SELECT id FROM now)")
        self._execute(
            "INSERT INTO stated SELECT id, stated FROM staged JOIN now USING (id) WHERE stated IS NOT NULL ORDER BY id"
        )
        self._execute("DELETE FROM staged WHERE id IN (SELECT id FROM now)")
        self._execute("DROP TABLE now")

    def touched(self) -> Iterator[Key]:
        """The findings that the gathered articles touch, as they were or as they are."""
        return map(Key._make, self._execute(f"SELECT {_KEY} FROM touched"))

    def stances(self, *, everything: bool) -> Iterator[tuple[Key, list[Stance]]]:
        """The findings that are touched, or all, sorted, each with how its articles stand to it."""
        rows = self._execute(
            f"SELECT {_KEY}, {', '.join(Stance._fields)} FROM {_table(everything)} ORDER BY {_KEY}, article"
        )
        for key, group in groupby(rows, key=lambda row: Key(*row[:4])):
            yield key, [Stance(*row[4:]) for row in group]

    def named(self, *, everything: bool) -> set[str]:
        """The terms of the findings that are touched, or of all, and of their qualifiers."""
        table = _table(everything)
        columns = ("subject", "object", "disease")
        ids = {id for name in columns for (id,) in self._execute(f"SELECT DISTINCT {name} FROM {table}")}
        for (said,) in self._execute(f"SELECT DISTINCT said FROM {table} WHERE said LIKE '%:%'"):
            ids.update(id for one in json.loads(said) for id in Said._make(one).qualifiers)
        return ids - {""}

    def let_go(self) -> None:
        """Let go of what was gathered."""
        self._execute("DROP TABLE touched")


def _table(everything: bool) -> str:
    return "stance" if everything else f"touched JOIN stance USING ({_KEY})"
