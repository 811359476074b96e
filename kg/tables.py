"""Rows of text as a table for people, CSV, TSV, JSON or Markdown."""

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Format(StrEnum):
    """The forms that rows may be printed in."""

    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    md = "md"


def heading(column: str) -> str:
    """The name of a column for a reader.

    >>> heading("firstBelief"), heading("DOI")
    ('first belief', 'DOI')
    """
    return re.sub(r"(?<=[a-z])[A-Z](?=[a-z])", lambda capital: " " + capital[0].lower(), column)


_WIDE = 10_000  # columns: nothing is cut or folded where no terminal sets a limit


def render(columns: Sequence[str], rows: Iterable[Sequence[str]], format: Format = Format.table) -> str:
    """Rows as text that ends with a newline. Every row has a cell for each column.

    A table is as wide as the terminal, where standard output is one. JSON is a list of objects.

    >>> print(render(["cell", "n"], [["MSC", "2"]], Format.md), end="")
    | cell | n |
    | --- | --- |
    | MSC | 2 |
    >>> print(render(["cell", "n"], [["MSC", "2"]], Format.json), end="")
    [
      {"cell": "MSC", "n": "2"}
    ]
    """
    match format:
        case Format.table:
            return _table(columns, rows)
        case Format.json:
            objects = [json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows]
            return "[\n" + ",\n".join(f"  {text}" for text in objects) + "\n]\n" if objects else "[]\n"
        case Format.md:
            lines = [list(map(heading, columns)), ["---"] * len(columns), *rows]
            return "".join("| " + " | ".join(map(_markdown, line)) + " |\n" for line in lines)
        case Format.csv | Format.tsv:
            text = io.StringIO()
            if format is Format.csv:
                writer = csv.writer(text, lineterminator="\n")
                writer.writerows([plain_cell(cell) for cell in line] for line in [columns, *rows])
            else:
                # TSV has no quoting: what would break a row becomes a space.
                for line in [columns, *rows]:
                    text.write("\t".join(cell.translate(_SPACES) for cell in line) + "\n")
            return text.getvalue()


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey: control characters, and what turns text around, become marks.

    >>> printable("a\\x1b[2Jb\\n")
    'a\N{REPLACEMENT CHARACTER}[2Jb\\n'
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_cell(cell: str) -> str:
    """A cell as a spreadsheet takes it for text, not for a formula that it would run: with an apostrophe before it.

    A number stays one, whatever its sign. An apostrophe that stands there already gets another, so that the cell can be
    had back: one is to be taken from before a sign, where there are any.

    >>> plain_cell("=1+1"), plain_cell("-0.5"), plain_cell("- a list"), plain_cell("lupus"), plain_cell("'=1")
    ("'=1+1", '-0.5', "'- a list", 'lupus', "''=1")
    """
    return "'" + cell if _FORMULA.match(cell) and not _SIGNED.fullmatch(cell) else cell


_FORMULA = re.compile(r"'*+[=+\-@\t\r]")
_SIGNED = re.compile(r"[+-][0-9]++(?:[.,][0-9]++)*+")
_SPACES = str.maketrans("\t\r\n", "   ")


def _markdown(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").translate(_SPACES)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(printable(heading(column))), overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else _WIDE
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal)
    with console.capture() as captured:
        console.print(table)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())
