"""What the commands share: their options, how they print, and how they end.

What a command needs beside this is imported when it runs: `kg --help` is not to wait for a reasoner.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from kg.tables import Format, printable, render

if TYPE_CHECKING:
    from kg.store import Store

stderr = Console(stderr=True)

Folder = Annotated[Path, typer.Option("--store", help="The folder of the store.", show_default=True)]
Rows = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
Ontology = Annotated[Path, typer.Option("--ontology", help="The folder of the ontology.", show_default=False)]
Texts = Annotated[
    list[Path] | None,
    typer.Option("--texts", help="Files or folders with the texts, where they aren't what the store was built from."),
]

STORE = Path("stemkg-store")


class Wrong(Exception):
    """The command was called wrongly; the message says how."""


class Trouble(Exception):
    """A problem that was found; the message names it."""


def say(what: object) -> None:
    """Tell something on standard error."""
    # A file's name, a title or a server's words may hold what a terminal would obey, or what is no text.
    print(printable(f"kg: {what}".encode("utf-8", "replace").decode()), file=sys.stderr)


def write(text: str) -> None:
    """Write a text on standard output. A terminal is not to obey it."""
    sys.stdout.write(printable(text) if sys.stdout.isatty() else text)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[str]], format: Format) -> None:
    """Print a table on standard output."""
    write(render(columns, rows, format))


def open_store(folder: Path) -> "Store":
    """The store in a folder, to read. Raises `StoreError`."""
    from kg.store import Store

    return Store.open(folder, read_only=True)
