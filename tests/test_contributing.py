"""CONTRIBUTING.md names files, scripts and commands that are there."""

import re
from pathlib import Path

import pytest
import typer

from kg.cli import app

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

# What stands in code marks, by line, and the paths in it: a name with a folder before it, or one of the root's files.
CODE = re.findall(r"`([^`\n]+)`", TEXT) + re.findall(r"^\$ ([^#\n]+)", TEXT, re.MULTILINE)
PATHS = sorted(
    {
        word
        for code in CODE
        for word in code.split()
        if re.fullmatch(r"(?:kg|ontology|queries|scripts|tests)/[\w./-]*|[A-Z]\w+\.(?:md|cff)|pyproject\.toml", word)
        and "NAME" not in word
    }
)
COMMANDS = sorted({match[1] for code in CODE for match in re.finditer(r"(?:^|&& )kg (\w+)", code)})
OPTIONS = sorted(
    {(match[1], option) for code in CODE if (match := re.match(r"kg (\w+)", code)) for option in
     re.findall(r"--[a-z-]+", code.partition("&&")[0])}
)  # fmt: skip


def test_much_is_named() -> None:
    assert len(PATHS) > 30
    assert {"explain", "score", "validate"} == set(COMMANDS) - {"export"}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_are_commands(name: str) -> None:
    command = typer.main.get_command(app)
    assert name in command.commands  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_the_options_are_options(name: str, option: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert option in {one for parameter in command.params for one in parameter.opts}


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", TEXT))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
