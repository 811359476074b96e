"""A store is whole or told to be damaged; what is whole in a damaged one is kept."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from faulty import IDS, build
from samples import ontology

from kg.checking import check, repair
from kg.claim import Claim
from kg.cli import run
from kg.store import Store, StoreError, Version
from kg.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return Vocabulary.load(ontology(tmp_path_factory.mktemp("ontology")))


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


@pytest.mark.parametrize("at", [0.1, 0.5])
def test_a_command_tells_of_damage_in_a_line(copied: Path, capfd: pytest.CaptureFixture[str], at: float) -> None:
    (graph,) = copied.glob("graph-*")
    for path in graph.glob("*.sst"):
        if path.stat().st_size > 4_000:  # of others, the flipped bit may be one without which none can be opened
            flip(path, at)
    gold = copied.parent / "gold.tsv"
    gold.write_text("\t".join(field.name for field in fields(Claim)) + "\n")
    there = ["--store", str(copied)]
    out = str(copied.parent / "out")
    for command in (
        ["export", f"{out}.nq", *there], ["export", f"{out}.tsv", "--format", "claims", *there], ["validate", *there],
        ["score", str(gold), *there], ["diff", str(copied), str(copied)], ["site", out, *there],
        ["serve", "--get", "/claims", *there],
    ):  # fmt: skip
        assert run(command) in (1, 2), command
        said = capfd.readouterr().err.splitlines()
        assert "kg check" in said[-1], command
    assert run(["check", str(copied)]) == 1
    assert not [path for path in copied.parent.iterdir() if path.name.startswith((".out", "out."))]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_in_a_line() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "kg.cli", "query", "--format", "tsv"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "kg: No space left on device\n")


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
    Version(7, "a").write(tmp_path)
    assert Version.read(tmp_path) == Version(7, "a")
    for content in (b"", b"\xff", b"x y"):
        (tmp_path / "present").write_bytes(content)
        with pytest.raises(StoreError, match="present"):
            Version.read(tmp_path)
