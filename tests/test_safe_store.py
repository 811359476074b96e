"""A store is whole or told to be damaged; what is whole in a damaged one is kept."""

import errno
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from samples import article, claims, ontology

from kg.checking import check, repair
from kg.rdf import article_quads
from kg.store import Staged, Store, StoreError, Version
from kg.vocabulary import Vocabulary

BUILD = ox.NamedNode("https://w3id.org/stemkg/build/test")
IDS = [f"article-{number}" for number in range(150)]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return Vocabulary.load(ontology(tmp_path_factory.mktemp("ontology")))


def staged(id: str) -> Staged:
    return Staged.of(id, f"file-{id}", "d", article_quads(article(id), claims(id), build=BUILD))


def build(folder: Path, vocabulary: Vocabulary, ids: list[str]) -> bytes:
    """Do the articles that are not done yet, as a build does; the dump."""
    with Store.open(folder) as store:
        store.begin()
        store.ledger.see(ids)
        new = [staged(id) for id in ids if store.ledger.known(id) is None]
        store.stage(new, {one.source: "s" for one in new})
        store.commit(vocabulary)
        output = io.BytesIO()
        store.dump(output)
        return output.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> tuple[Path, bytes]:
    """A store of two commits, and its dump."""
    folder = tmp_path_factory.mktemp("made") / "store"
    build(folder, vocabulary, IDS[:-1])
    return folder, build(folder, vocabulary, IDS)


@pytest.fixture
def copied(made: tuple[Path, bytes], tmp_path: Path) -> Path:
    shutil.copytree(made[0], tmp_path / "store")
    return tmp_path / "store"


# 7. Killed between lock and ledger


@pytest.mark.parametrize("left", [["lock"], ["lock", "ledger.sqlite-journal"], []])
def test_a_store_that_was_only_begun_is_begun_again(tmp_path: Path, vocabulary: Vocabulary, left: list[str]) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    for name in left:
        (folder / name).write_bytes(b"")
    build(folder, vocabulary, IDS[:2])
    assert check(folder) == []


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("")
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="other things"):
        Store.open(tmp_path)


# Checking


def test_a_whole_store_has_no_faults(made: tuple[Path, bytes]) -> None:
    assert check(made[0]) == []


def largest(folder: Path) -> Path:
    (graph,) = folder.glob("graph-*")
    return max(graph.glob("*.sst"), key=lambda path: path.stat().st_size)


def flip(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 0x40
    path.unlink()
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a flipped bit": lambda folder: flip(largest(folder), 0.3),
    "a flipped bit at the end": lambda folder: flip(largest(folder), 0.999),
    "a cut file": lambda folder: os.truncate(largest(folder), 1000),
    "a lost file": lambda folder: largest(folder).unlink(),
    "a lost manifest": lambda folder: next(iter(folder.glob("graph-*/MANIFEST-*"))).unlink(),
    "a lost graph": lambda folder: shutil.rmtree(next(iter(folder.glob("graph-*")))),
    "a lost pointer": lambda folder: (folder / "present").unlink(),
    "a wrong pointer": lambda folder: (folder / "present").write_text("many\n"),
    "a lost ledger": lambda folder: (folder / "ledger.sqlite").unlink(),
    "a damaged ledger": lambda folder: (folder / "ledger.sqlite").write_bytes(b"x" * 10_000),
    "a flipped bit of the ledger": lambda folder: flip(folder / "ledger.sqlite", 0.0),
    "a file too many": lambda folder: (largest(folder).parent / "999999.sst").write_bytes(b"x"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_and_mended(made: tuple[Path, bytes], copied: Path, vocabulary: Vocabulary, damage: str) -> None:
    DAMAGE[damage](copied)
    assert check(copied)
    repaired = repair(copied, vocabulary)
    assert check(copied) == []
    assert repaired.kept + len(repaired.lost) in (len(IDS), 0)
    # What was lost is done by the next build, and all is as it was.
    assert build(copied, vocabulary, IDS) == made[1]
    assert check(copied) == []


def test_what_the_ledger_and_the_graph_disagree_on_is_told(copied: Path) -> None:
    with sqlite3.connect(copied / "ledger.sqlite") as ledger:
        ledger.execute("UPDATE article SET size = size + 1 WHERE id = 'article-7'")
        ledger.execute("DELETE FROM article WHERE id = 'article-8'")
        ledger.execute("DELETE FROM stance")
    parts = {fault.part for fault in check(copied)}
    assert parts == {"article article-7", "article article-8", "summary"}


def test_a_sound_half_is_kept(copied: Path, vocabulary: Vocabulary) -> None:
    with sqlite3.connect(copied / "ledger.sqlite") as ledger:
        ledger.execute("UPDATE article SET size = size + 1 WHERE id < 'article-5'")
    repaired = repair(copied, vocabulary)
    assert repaired.lost == [id for id in sorted(IDS) if id < "article-5"]
    with Store.open(copied) as store:
        assert store.ledger.known("article-1") is None and store.ledger.known("article-6") == ("file-article-6", "d")
        store.begin()
        assert store.ledger.visit("file-article-1", "s") is None and store.ledger.visit("file-article-6", "s") == 1


def test_nothing_is_checked_while_it_is_written(copied: Path) -> None:
    with Store.open(copied), pytest.raises(StoreError, match="another process is writing"):
        check(copied)
    with pytest.raises(StoreError, match="no store"):
        check(copied / "none")


def test_versions_are_read_or_told(tmp_path: Path) -> None:
    (tmp_path / "present").write_text("7\n")
    assert Version.read(tmp_path) == Version(7, "")
    for content in (b"", b"\xff", b"x y"):
        (tmp_path / "present").write_bytes(content)
        with pytest.raises(StoreError, match="present"):
            Version.read(tmp_path)


# A disk that is full, and writes that fail or are cut short: at every one of them


def _compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes the nth write of a process fail."""
    compiler = _compiler()
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler for the library that makes writes fail, or not Linux")
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


WORK = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_safe_store import IDS, build
from kg.store import Store, StoreError
from kg.vocabulary import Vocabulary
folder, words, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
try:
    if what == "build":
        build(folder, Vocabulary.load(words), IDS[:30])
    elif what == "rebuild":
        build(folder, Vocabulary.load(words), IDS[:60])
    elif what == "export":
        from kg.exports import export
        with Store.open(folder, read_only=True) as store:
            export(store, folder.parent / "graph.nq", None)
            export(store, folder.parent / "graph.ttl", None)
    else:
        with Store.open(folder, read_only=True) as store:
            store.graph.backup(str(folder.parent / "compact"))
except StoreError as error:
    print(error)
    sys.exit(3)
except (OSError, RuntimeError) as error:
    print(type(error), error)
    sys.exit(4 if what in ("build", "rebuild") else 3)
"""


class Faulty:
    """Runs a piece of work in a process of its own, with the nth of its writes spoiled."""

    def __init__(self, library: Path, words: Path) -> None:
        self.library, self.words = library, words

    def __call__(self, folder: Path, what: str, at: int = 0, kind: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ, "LD_PRELOAD": str(self.library), "FAULT_AT": str(at), "FAULT_KIND": kind,
            "FAULT_UNDER": str(folder.parent), "FAULT_COUNT": str(folder.parent.parent / "writes"),
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-c", WORK.format(tests=str(Path(__file__).parent)), folder, self.words, what],
            env=environment, text=True, capture_output=True, timeout=120,
        )  # fmt: skip

    def count(self, folder: Path, what: str) -> int:
        """How many writes the work has."""
        done = self(folder, what)
        assert done.returncode == 0, done.stderr
        return int((folder.parent.parent / "writes").read_text())


KINDS = {"enospc": errno.ENOSPC, "eio": errno.EIO, "eintr": errno.EINTR, "short": 0, "kill": 0}
#: How many points are tried here; `scripts/bench/faults` tries all of them.
POINTS = int(os.environ.get("FAULT_POINTS", "1"))


@pytest.fixture(scope="module")
def faulty(faults: Path, tmp_path_factory: pytest.TempPathFactory) -> Faulty:
    return Faulty(faults, ontology(tmp_path_factory.mktemp("words")))


def points(total: int, wanted: int) -> Iterator[int]:
    """So many of the writes of a piece of work, the first and the last among them."""
    wanted = min(wanted, total)
    yield from sorted({1 + round(number * (total - 1) / max(1, wanted - 1)) for number in range(wanted)})


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoiled_write_leaves_the_old_store_or_the_new(
    faulty: Faulty, tmp_path: Path, vocabulary: Vocabulary, kind: str
) -> None:
    plain = tmp_path / "plain" / "store"
    before = build(plain, vocabulary, IDS[:30])
    old = tmp_path / "old" / "store"
    shutil.copytree(plain, old)
    after = build(plain, vocabulary, IDS[:60])
    trial = tmp_path / "count" / "store"
    shutil.copytree(old, trial)
    for number, at in enumerate(points(faulty.count(trial, "rebuild"), POINTS)):
        folder = tmp_path / f"at-{number}" / "store"
        shutil.copytree(old, folder)
        done = faulty(folder, "rebuild", at, kind)
        assert done.returncode in (0, 3, -9), f"{at}: {done.stdout}{done.stderr}"
        with Store.open(folder, read_only=True) as store:
            output = io.BytesIO()
            store.dump(output)
        assert output.getvalue() in (before, after), at
        assert build(folder, vocabulary, IDS[:60]) == after, at
        assert check(folder) == []
        shutil.rmtree(folder.parent)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_store_is_whole_or_begun_again(faulty: Faulty, tmp_path: Path, vocabulary: Vocabulary, kind: str) -> None:
    expected = build(tmp_path / "plain" / "store", vocabulary, IDS[:30])
    trial = tmp_path / "trial" / "store"
    trial.parent.mkdir()
    for number, at in enumerate(points(faulty.count(trial, "build"), POINTS)):
        folder = tmp_path / f"at-{number}" / "store"
        folder.parent.mkdir()
        done = faulty(folder, "build", at, kind)
        assert done.returncode in (0, 3, -9), f"{at}: {done.stdout}{done.stderr}"
        assert build(folder, vocabulary, IDS[:30]) == expected, at
        assert check(folder) == []
        shutil.rmtree(folder.parent)


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_whole_or_not_there(faulty: Faulty, tmp_path: Path, vocabulary: Vocabulary, kind: str) -> None:
    folder = tmp_path / "made" / "store"
    build(folder, vocabulary, IDS[:30])
    total = faulty.count(folder, "export")
    files = [folder.parent / f"graph.{suffix}" for suffix in ("nq", "ttl")]
    expected = {file: file.read_bytes() for file in files}
    for at in points(total, POINTS):
        for file in files:
            file.write_bytes(b"before")
        done = faulty(folder, "export", at, kind)
        assert done.returncode in (0, 3, -9), f"{at}: {done.stdout}{done.stderr}"
        for file in files:
            assert file.read_bytes() in (b"before", expected[file]), at
        assert faulty(folder, "export").returncode == 0
        assert {file: file.read_bytes() for file in files} == expected
