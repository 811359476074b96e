"""What texts, titles and servers say is shown on a terminal, and not obeyed by it."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from samples import TEXT, article, claims

from kg.cli import run
from kg.namespaces import CLAIM
from kg.quads import article_quads
from kg.store import Staged, Store
from kg.vocabulary import load

SPELL = "\x1b]0;owned\x07\x1b[2J"
BUILD = ox.NamedNode("https://w3id.org/stemkg/build/test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an article whose title and sentences hold a spell, and with its text beside it."""
    folder = tmp_path_factory.mktemp("terminal")
    hostile = article("a", TEXT.replace("treat", f"treat{SPELL}"), title=f"A title{SPELL}")
    quads = article_quads(hostile, claims("a"), build=BUILD, quotes=True)
    with Store.open(folder / "store") as store:
        store.begin()
        store.stage([Staged.of("a", "file", "digest", quads)])
        store.commit(load())
    with Store.open(folder / "empty") as store:
        store.begin()
        store.commit(load())
    return folder


def on_a_terminal(*arguments: str) -> str:
    """All that a command writes to a terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "kg.cli", *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower):
        os.close(follower)
        said = b""
        try:
            while piece := os.read(leader, 1 << 16):
                said += piece
        except OSError:  # as Linux says that nobody writes there any more
            pass
    os.close(leader)
    return said.decode()


@pytest.mark.parametrize("format", ["table", "tsv", "csv", "json", "md"])
def test_a_terminal_obeys_no_title(folder: Path, format: str) -> None:
    query = folder / "titles.rq"
    query.write_text("SELECT ?title { ?article dcterms:title ?title }")
    said = on_a_terminal("query", "--file", str(query), "--format", format, "--store", str(folder / "store"))
    assert "A title" in said and "owned" in said
    assert_harmless(said)


def test_a_terminal_obeys_no_sentence(folder: Path) -> None:
    with Store.open(folder / "store", read_only=True) as store:
        nodes = {str(quad.subject)[1:-1] for quad in store.quads("a")}
        first = min(node for node in nodes if node.startswith(CLAIM))
    said = on_a_terminal("show", first, "--store", str(folder / "store"))
    assert "owned" in said and "multiple sclerosis" in said
    assert_harmless(said)
    said = on_a_terminal("diff", str(folder / "empty"), str(folder / "store"), "--format", "md")
    assert "New (3)" in said
    assert_harmless(said)


def assert_harmless(said: str) -> None:
    for part in ("\x1b]", "\x07", "\x1b[2J"):
        assert part not in said


def test_what_is_wrong_is_told_without_spells(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hostile = tmp_path / f"a{SPELL}.txt"
    assert run(["build", str(hostile), "--store", str(tmp_path / "store")]) == 2
    assert run(["export", str(tmp_path / f"x.{SPELL}"), "--store", str(tmp_path / "store")]) == 2
    said = capfd.readouterr().err
    assert "owned" in said and "\x1b" not in said and "\x07" not in said
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
