"""Turtle and TriG: sorted, prefixed, a block a subject, so that a person can read them and `diff` compares them."""

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import IO

from kg.claim import DETAILS, QUALIFIERS
from kg.exports.statements import Statements, restated
from kg.exports.view import Block, Terms, dataset, merged, named
from kg.namespaces import ARTICLE, CLAIM, GRAPH, PREFIXES, STEMKG
from kg.rdf import FINDING
from kg.store import Store

#: The prefixes of an export: those of the project, and one for each kind of node that has many.
EXPORT_PREFIXES = {**PREFIXES, "article": ARTICLE, "claim": CLAIM, "finding": FINDING, "graph": GRAPH}

_BY_LENGTH = sorted(EXPORT_PREFIXES.items(), key=lambda item: -len(item[1]))
# Less than Turtle allows in a local name, and read alike by every parser.
_LOCAL = re.compile(r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_-]|%[0-9A-Fa-f]{2})*")
_TYPED = re.compile(r'(".*")\^\^<([^<>"]*+)>', re.DOTALL)
_XSD = PREFIXES["xsd"]
# The literals that Turtle writes bare, by datatype.
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_TYPE = f"<{PREFIXES['rdf']}type>"
# What a reader wants to know first comes first; the rest follows by name.
_FIRST = (
    _TYPE,
    *(
        f"<{PREFIXES[prefix]}{name}>"
        for prefix, name in (
            ("rdfs", "label"), ("dcterms", "identifier"), ("dcterms", "title"),
            ("stemkg", "subject"), ("stemkg", "predicate"), ("stemkg", "relation"), ("stemkg", "object"),
            ("stemkg", "disease"), ("stemkg", "polarity"), ("stemkg", "certainty"), ("stemkg", "evidence"),
            ("stemkg", "basis"),
            ("stemkg", "value"), ("stemkg", "unit"),
            *(("stemkg", key) for key in (*QUALIFIERS, *DETAILS)),
        )
    ),
)  # fmt: skip


def compact(iri: str) -> str | None:
    """An IRI as a prefixed name that every Turtle parser reads; None where no prefix fits.

    >>> compact("http://purl.obolibrary.org/obo/CL_0000134"), compact("https://doi.org/10.1/2")
    ('CL:0000134', None)
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return None


@lru_cache(maxsize=100_000)
def turtle(term: str) -> str:
    """A term in N-Triples as a term in Turtle.

    >>> turtle('"3"^^<http://www.w3.org/2001/XMLSchema#integer>')
    '3'
    """
    if term.startswith("<<("):
        return f"<<( {' '.join(map(turtle, term[4:-4].split()))} )>>"
    if iri := named(term):
        return compact(iri) or term
    if typed := _TYPED.fullmatch(term):
        text, datatype = typed.groups()
        if datatype in _BARE and _BARE[datatype].fullmatch(text, 1, len(text) - 1):
            return text[1:-1]
        return f"{text}^^{compact(datatype) or f'<{datatype}>'}"
    return term


@cache
def _place(predicate: str) -> tuple[int, str]:
    """Where a predicate goes in a block, and how it is written."""
    verb = "a" if predicate == _TYPE else turtle(predicate)
    return (_FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)), verb


def _text(block: Block, indent: str) -> str:
    """A block as Turtle, with the empty line that ends it."""
    text = [indent, turtle(block.subject)]
    said = None
    for place, object_ in sorted([(_place(predicate), turtle(object_)) for predicate, object_ in block.pairs]):
        if place != said:
            text += [" " if said is None else f" ;\n{indent}    ", place[1], " ", object_]
            said = place
        else:
            text += [f",\n{indent}        ", object_]
    text.append(" .\n\n")
    return "".join(text)


class _Remarks:
    """A claim or finding in words, as a comment above its block."""

    def __init__(self, store: Store) -> None:
        self._label = Terms(store).label

    def of(self, block: Block, indent: str) -> str:
        if not block.subject.startswith(("<" + CLAIM, "<" + FINDING)):
            return ""
        said = dict(block.pairs)
        words = []
        for part in ("polarity", "certainty", "subject", "predicate", "relation", "object"):
            iri = named(said.get(f"<{STEMKG}{part}>", "_"))
            if iri and part in ("polarity", "certainty"):
                # The usual case goes without saying.
                if iri in (STEMKG + "Negative", STEMKG + "Hedged", STEMKG + "Studied"):
                    words.append(self._label(iri).lower() + ":")
            elif iri:
                words.append(self._label(iri))
        return f"{indent}# {' '.join(' '.join(words).split())}\n"


def header(prefixes: dict[str, str]) -> str:
    """The lines that declare prefixes, and an empty one."""
    return "".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n" for prefix in sorted(prefixes)) + "\n"


def _writer(output: IO[bytes]) -> Callable[[str], int]:
    return lambda text: output.write(text.encode())


def write_turtle(store: Store, output: IO[bytes], statements: Statements = "plain") -> None:
    """Write the merged view as Turtle: articles with their claims in reading order, then terms, then findings."""
    say = _writer(output)
    remarks = _Remarks(store)
    say(header(EXPORT_PREFIXES))
    for section in merged(store, partial(restated, statements=statements)):
        say(f"# {_one_line(section.heading)}\n\n")
        for block in section.blocks:
            say(remarks.of(block, "") + _text(block, ""))


def write_trig(store: Store, output: IO[bytes], statements: Statements = "plain") -> None:
    """Write the store as TriG, graph by graph."""
    say = _writer(output)
    remarks = _Remarks(store)
    say(header(EXPORT_PREFIXES))
    for section in dataset(store, partial(restated, statements=statements)):
        indent = "    " if section.graph else ""
        if section.graph:
            say(f"GRAPH {turtle(f'<{section.graph}>')} {{\n\n")
        for block in section.blocks:
            say(remarks.of(block, indent) + _text(block, indent))
        if section.graph:
            say("}\n\n")


def _one_line(text: str) -> str:
    # An id could hold a line break, which would end the comment.
    return " ".join(text.split())
