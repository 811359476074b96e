"""Further terms: those that the ontology does not list, but can tell of when a text names them.

Some stand in the lexicon beside the ontology, `ontology/lexicon/*.tsv`: tables with the columns `id`, `label`,
`synonyms` and `parents`. Others are coined: a text names a thing of a known head ("EZH2 inhibitor"), the ontology says
under which term such things go, and the identifier is made of the name (`stemkg:EZH2Inhibitor`), so that label and
parent can be told from it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_PREFIX = "stemkg:"
_COLUMNS = "id\tlabel\tsynonyms\tparents"
# The words of a name in UpperCamelCase, with what is written in capitals and figures as one.
_WORDS = re.compile(r"[A-Z0-9]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class LexiconError(Exception):
    """A table of the lexicon that can't be read. The message names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of the lexicon, or a coined one. `parents` are CURIEs."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    parents: tuple[str, ...]


class Further:
    """The lexicon of an ontology folder, and the heads under which terms are coined."""

    def __init__(self, tables: Iterable[tuple[str, bytes]] = (), heads: Iterable[tuple[str, str]] = ()) -> None:
        """`tables` are the tables of the lexicon with their names; `heads` are parents with the words or, after a
        hyphen, the letters that the names of what is coined under them end in."""
        self._tables = tuple(tables)
        endings = ((camel(words) if words[0] != "-" else words[1:], parent) for parent, words in heads)
        self._endings = tuple(sorted(endings, key=lambda pair: (-len(pair[0]), pair)))

    @cached_property
    def _rows(self) -> dict[str, str]:
        rows: dict[str, str] = {}
        for name, content in self._tables:
            try:
                lines = content.decode().splitlines()
            except UnicodeDecodeError as error:
                raise LexiconError(f"{name}: not UTF-8 ({error.reason})") from None
            if lines[:1] != [_COLUMNS]:
                raise LexiconError(f"{name}:1: the columns are not {', '.join(_COLUMNS.split())}")
            for number, line in enumerate(lines[1:], start=2):
                if line.count("\t") != 3:
                    raise LexiconError(f"{name}:{number}: not four columns")
                rows[line[: line.index("\t")]] = line
        return rows

    def rows(self) -> Iterator[list[str]]:
        """The rows of the lexicon: identifier, label, and synonyms and parents joined by "|".

        Raises `LexiconError` where a table can't be read.
        """
        return (row.split("\t") for row in self._rows.values())

    def get(self, id: str) -> Entry | None:
        """A term of the lexicon, or one that may be coined; None where an identifier is neither.

        Raises `LexiconError` where a table can't be read.
        """
        row = self._rows.get(id)
        if row is not None:
            return _entry(row)
        local = id.removeprefix(_PREFIX)
        parent = self.coined_under(local) if local != id and local.isalnum() else None
        return Entry(id, label_of(local), (), (parent,)) if parent is not None else None

    def coined_under(self, name: str) -> str | None:
        """The parent of a term with this name in UpperCamelCase; None where no head says."""
        one_word = name[:1].isupper() and name[1:].islower()
        for ending, parent in self._endings:
            if (one_word or not ending.islower()) and name.endswith(ending) and len(name) > len(ending) + 1:
                return parent
        return None


def _entry(row: str) -> Entry:
    id, label, synonyms, parents = row.split("\t")
    return Entry(id, label, tuple(filter(None, synonyms.split("|"))), tuple(filter(None, parents.split("|"))))


def lexicon_files(folder: Path) -> list[Path]:
    """The tables of the lexicon of an ontology folder, in a fixed order."""
    return sorted((folder / "lexicon").glob("*.tsv"))


def camel(name: str) -> str:
    """A name in UpperCamelCase, with capitals kept.

    >>> camel("anti-IL6R antibody"), camel("glioblastoma stem cell")
    ('AntiIL6RAntibody', 'GlioblastomaStemCell')
    """
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"[^\W_]+", name))


def label_of(local: str) -> str:
    """The name that an identifier in UpperCamelCase was made of, as far as it tells.

    >>> label_of("EZH2Inhibitor"), label_of("GlioblastomaStemCell"), label_of("Dinutuximab")
    ('EZH2 inhibitor', 'glioblastoma stem cell', 'dinutuximab')
    """
    words = _WORDS.findall(local)
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


__all__ = ["Entry", "Further", "LexiconError", "camel", "label_of", "lexicon_files"]
