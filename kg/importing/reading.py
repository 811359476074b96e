"""Reading claims from elsewhere: what a file holds is found by looking into it, not by its name.

Known are JSON Lines and tables with the columns of a claim and the words that it quotes, INDRA's statements, relations
in BioC (XML and JSON), and KGX edges (JSON Lines and tables).
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.claim import COLUMNS, METHODS, QUALIFIERS, one_of
from kg.importing import bioc, indra, kgx
from kg.importing.proposal import FIELDS, Origin, Proposal, ProposalError
from kg.vocabulary import Vocabulary

_OWN = ("article", "quote", "start", "method", "agent", *FIELDS)

#: What is done with an entry that can't be read; the reading goes on.
OnError = Callable[[ProposalError], None]


def read(path: Path, origin: Origin, vocabulary: Vocabulary, on_error: OnError) -> Iterator[Proposal]:
    """The claims that a file proposes. `origin` is told where the file does not tell it itself.

    `on_error` is called with each entry that can't be read. Raises `ProposalError` where the file as a whole can't be.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProposalError(str(path), "", error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise ProposalError(str(path), f"byte {error.start}", f"not UTF-8 ({error.reason})") from None
    for place, entry in _entries(path, text):
        try:
            yield from _proposals(f"{path}: {place}", entry, origin, vocabulary)
        except ValueError as error:
            on_error(ProposalError(str(path), place, str(error)))


def _entries(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    """The entries of a file: objects, the rows of a table as mappings, and documents of BioC."""
    first = text.lstrip()[:1]
    if not first:
        raise ProposalError(str(path), "", "the file is empty")
    if first == "<":
        yield from bioc.documents(path)
    elif first in "[{" and (whole := _json(text)) is not None:
        listed = whole if isinstance(whole, list) else whole.get("documents") if "documents" in whole else [whole]
        if not isinstance(listed, list):
            raise ProposalError(str(path), "", "its documents are no list")
        yield from ((f"entry {number}", entry) for number, entry in enumerate(listed, 1))
    elif first == "{":
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield f"line {number}", _json(line)
    else:
        rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        if rows.fieldnames is None or "predicate" not in rows.fieldnames:
            raise ProposalError(str(path), "line 1", "neither JSON nor BioC, nor a table with a column 'predicate'")
        yield from ((f"line {number}", row) for number, row in enumerate(rows, 2))


def _json(text: str) -> Any:
    """The value of a JSON text; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _proposals(place: str, entry: Any, origin: Origin, vocabulary: Vocabulary) -> Iterator[Proposal]:
    """The claims that an entry proposes. Raises `ValueError`."""
    if not isinstance(entry, dict):
        raise ValueError("it is no JSON object")
    if "passages" in entry:
        yield from bioc.proposals(place, entry, origin)
    elif "evidence" in entry and ("subj" in entry or "matches_hash" in entry):
        yield from indra.proposals(place, entry, origin)
    elif str(entry.get("predicate", "")).startswith("biolink:"):
        yield from kgx.proposals(place, entry, origin, vocabulary)
    else:
        yield proposal(place, entry, origin)


def proposal(place: str, entry: Mapping[str, Any], origin: Origin) -> Proposal:
    """A claim in a form of our own: the columns of a claims table and `quote`; `article` may be called `doc`.

    Raises `ValueError` naming the column.
    """
    known = {("article" if name == "doc" else name): value for name, value in entry.items() if name != "end"}
    if unknown := [name for name in known if name not in _OWN]:
        raise ValueError(f"{unknown[0]!r} is not one of {', '.join(_OWN)}")
    start = known.pop("start", None)
    if start not in (None, "") and not str(start).isdecimal():
        raise ValueError(f"start: {start!r} is not an offset")
    cells = {name: _cell(name, value) for name, value in known.items()}
    method = one_of("method", cells.pop("method", "") or origin.method, METHODS)
    return Proposal(
        place, cells.pop("article", ""), cells.pop("quote", ""),
        {name: value for name, value in cells.items() if value and name in COLUMNS},
        Origin(method, cells.pop("agent", "") or origin.agent),
        None if start in (None, "") else int(str(start)),
    )  # fmt: skip


def _cell(name: str, value: Any) -> str:
    """A value as the cell of a claims table: a number as its digits, qualifiers as KEY=CURIE pairs."""
    if name == "qualifiers" and isinstance(value, dict):
        pairs = [(key, one) for key, some in value.items() for one in (some if isinstance(some, list) else [some])]
        if wrong := [key for key, one in pairs if key not in QUALIFIERS or not isinstance(one, str)]:
            raise ValueError(f"qualifiers: {wrong[0]!r} is not one of {', '.join(QUALIFIERS)} with a CURIE")
        return ";".join(f"{key}={one}" for key, one in pairs)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name}: {value!r} is no text")
    return str(value)
