"""Mappings: what other vocabularies call our terms, from the SSSOM table beside the ontology."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NAME = "mappings.sssom.tsv"
_PREFIX = re.compile(r"#  ([\w.-]+): (\S+)")


class MappingError(ValueError):
    """A table of mappings that can't be read. The message names the file, the line and the reason."""


class Mapping(NamedTuple):
    """A term of ours, as an IRI, how it stands to another (`skos:exactMatch` …), and that one."""

    subject: str
    predicate: str
    object: str


def read(text: str, file: str) -> Iterator[Mapping]:
    """The mappings of a table in SSSOM. Raises `MappingError`."""
    prefixes: dict[str, str] = {}
    columns: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            if match := _PREFIX.fullmatch(line):
                prefixes[match[1]] = match[2]
        elif not columns:
            columns = line.split("\t")
            if missing := {"subject_id", "predicate_id", "object_id"}.difference(columns):
                raise MappingError(f"{file}:{number}: there is no column {min(missing)}")
        elif line:
            row = dict(zip(columns, line.split("\t"), strict=False))
            yield Mapping(*(_iri(row.get(f"{part}_id", ""), prefixes, f"{file}:{number}") for part in _PARTS))


_PARTS = ("subject", "predicate", "object")


def _iri(curie: str, prefixes: dict[str, str], place: str) -> str:
    prefix, _, local = curie.partition(":")
    if prefix not in prefixes or not local:
        raise MappingError(f"{place}: {curie!r} has no prefix of the table's")
    return prefixes[prefix] + local


def of(folder: Path) -> list[Mapping]:
    """The mappings of an ontology folder; none where it has no table of them. Raises `MappingError`."""
    file = folder / NAME
    return list(read(file.read_text("utf-8"), str(file))) if file.is_file() else []
