"""N-Quads, N-Triples and RDF/XML."""

import re
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import IO

import pyoxigraph as ox

from kg.disk import sorted_lines
from kg.exports.statements import Statements, restated
from kg.exports.view import NTRIPLES, dataset, merged
from kg.namespaces import PREFIXES
from kg.store import Store


def write_nquads(store: Store, output: IO[bytes], statements: Statements = "plain") -> None:
    """Write the store as N-Quads, its lines sorted."""
    with tempfile.TemporaryFile() as unsorted:
        for section in dataset(store, partial(restated, statements=statements)):
            name = f" <{section.graph}>" if section.graph else ""
            for subject, pairs in section.blocks:
                unsorted.writelines(f"{subject} {predicate} {value}{name} .\n".encode() for predicate, value in pairs)
        unsorted.seek(0)
        output.writelines(sorted_lines(unsorted))


def write_ntriples(store: Store, output: IO[bytes], statements: Statements = "plain") -> None:
    """Write the merged view as N-Triples, its lines sorted and each there once."""
    with tempfile.TemporaryFile() as unsorted:
        unsorted.writelines(_merged_lines(store, statements))
        unsorted.seek(0)
        output.writelines(line for line, _ in groupby(sorted_lines(unsorted)))


def _merged_lines(store: Store, statements: Statements) -> Iterator[bytes]:
    for section in merged(store, partial(restated, statements=statements)):
        for subject, pairs in section.blocks:
            for predicate, object_ in pairs:
                yield f"{subject} {predicate} {object_} .\n".encode()


# Escapes of the characters that XML has no way to write. An escaped backslash is matched to be stepped over.
_NOT_IN_XML = re.compile(rb"\\\\|\\(?:[fb]|u000[0-8BCEF]|u001[0-9A-F]|uFFF[EF])")


def write_rdfxml(store: Store, output: IO[bytes], statements: Statements = "plain") -> None:
    """Write the merged view as RDF/XML. Control characters, which XML can't hold, become U+FFFD."""

    def replaced(match: re.Match[bytes]) -> bytes:
        return match[0] if match[0] == rb"\\" else rb"\uFFFD"

    lines = (_NOT_IN_XML.sub(replaced, line) for line in _merged_lines(store, statements))
    triples = (triple for line in lines for triple in _parsed(line))
    # The names that end in a digit prefix, like IAO_, can't begin an XML name.
    prefixes = {prefix: namespace for prefix, namespace in PREFIXES.items() if namespace[-1] in "/#"}
    ox.serialize(triples, output, ox.RdfFormat.RDF_XML, prefixes=prefixes)


def _parsed(line: bytes) -> Iterator[ox.Triple]:
    return (quad.triple for quad in ox.parse(line, NTRIPLES))
