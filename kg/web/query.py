"""What can be told of a SPARQL query by its words alone, before anything runs.

The query is cut into tokens as the SPARQL grammar cuts it, so that a word in a string, a comment, an IRI or a name is
never taken for a keyword, and no spelling of a keyword is missed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.namespaces import PREFIXES

#: The forms of a query. The first two answer with rows or a truth value, the others with a graph.
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\r\n]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
        | \"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
        | '(?:[^'\\\r\n]|\\.)*'
        | "(?:[^"\\\r\n]|\\.)*")
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
    | (?P<name>(?:[^\W\d_][\w.\-·]*)?:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[^\w\s])* | _:\w[\w.\-·]*)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Outline:
    """What the words of a query say: its form, the graphs of its FROM clauses, and whether it calls other services.

    `form` is one of `FORMS`, "UPDATE" for an update, or empty where the text is neither.
    """

    form: str
    graphs: tuple[str, ...]
    service: bool


def tokens(query: str) -> Iterator[tuple[str, str]]:
    """The (kind, text) tokens of a query, without white space and comments."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup != "space":
            yield match.lastgroup or "", match.group()


def _decoded(query: str) -> str:
    """The query with its codepoint escapes resolved, which SPARQL 1.1 does before it looks for tokens."""

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]

    return _CODEPOINT.sub(character, query)


def outline(query: str, base: str = "") -> Outline:
    """The outline of a query whose relative IRIs are resolved against `base`.

    >>> outline("PREFIX e: <http://e.org/> SELECT * FROM e:g { ?s ?p 'SERVICE' } # SERVICE")
    Outline(form='SELECT', graphs=('http://e.org/g',), service=False)
    >>> outline("ASK { service silent <http://e.org/> { ?s ?p ?o } }").service
    True
    >>> outline("BASE <http://e.org/> LOAD <x>").form
    'UPDATE'
    """
    raw = _outline(query, base)
    if "\\" not in query or (decoded := _decoded(query)) == query:
        return raw
    # Engines differ in when they resolve the escapes: what either reading forbids is forbidden.
    other = _outline(decoded, base)
    return Outline(
        "UPDATE" if "UPDATE" in (raw.form, other.form) else other.form,
        tuple(dict.fromkeys(raw.graphs + other.graphs)),
        raw.service or other.service,
    )


def _resolved(base: str, iri: str) -> str:
    if not base or _SCHEME.match(iri):
        return iri
    # An empty fragment at the end, as in "#", is part of a prefix; urljoin drops it.
    return urljoin(base, iri) + ("#" if iri.endswith("#") else "")


def _outline(query: str, base: str) -> Outline:
    prefixes = {prefix + ":": iri for prefix, iri in PREFIXES.items()}
    graphs: list[str] = []
    form = ""
    service = False
    before: list[str] = ["", ""]  # the two keywords or names before the token at hand

    for kind, text in tokens(query):
        word = text.upper() if kind == "word" else ""
        if word == "SERVICE":
            service = True
        if not form and word in FORMS:
            form = word
        elif not form and word in _UPDATES:
            form = "UPDATE"
        if kind == "iri":
            iri = _resolved(base, text[1:-1])
            if before[1] == "BASE" and not form:
                base = iri
            elif before[0] == "PREFIX" and not form:
                prefixes[before[1]] = iri
            elif before[1] == "FROM" or before == ["FROM", "NAMED"]:
                graphs.append(iri)
        elif kind == "name" and (before[1] == "FROM" or before == ["FROM", "NAMED"]):
            prefix, _, local = text.partition(":")
            graphs.append(prefixes.get(prefix + ":", "") + re.sub(r"\\(.)", r"\1", local))
        before = [before[1], word or text]
    return Outline(form, tuple(graphs), service)
