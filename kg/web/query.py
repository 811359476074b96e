"""What can be told of a SPARQL query by its words alone, before anything runs.

It says how an answer is negotiated and gives good reasons for refusals. No safety rests on it, since engines cut
queries into words in ways of their own: the processes that evaluate them can't write and have no network. It takes
time that grows with the length of the query, whatever that holds, since it runs where all other requests wait.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.namespaces import PREFIXES

#: The forms of a query. The first two answer with rows or a truth value, the others with a graph.
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
#: The most declarations and graphs that a query may have, and the most characters of an IRI in them: each relative
#: IRI costs as much as its base is long.
MOST_DECLARED = 1_000
LONGEST_IRI = 2_048

_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))

_BEFORE_GRAPH = ("GRAPH", "FROM", "NAMED")

# Nothing that was taken is given back (`*+`), and what lacks its end is taken to where it breaks off: each character is
# looked at a fixed number of times.
_TOKEN = re.compile(
    r"""
      (?P<space>\s++|\#[^\r\n]*+)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | (?P<string>'''(?:'{0,2}+(?:[^'\\]|\\.))*+(?:''')?+
        | \"\"\"(?:"{0,2}+(?:[^"\\]|\\.))*+(?:\"\"\")?+
        | '(?:[^'\\\r\n]|\\.)*+'?+
        | "(?:[^"\\\r\n]|\\.)*+"?+)
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*+)
    | (?P<name>(?:[^\W\d_][\w.\-·]*+)?+:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[^\w\s])*+ | _:\w[\w.\-·]*+)
    | (?P<run>[^\W\d][\w.\-·]*+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+|[^A-Za-z_]++")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:")
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
        kind = match.lastgroup or ""
        if kind == "run":  # no name after all: words, and what stands between them
            for part in _WORD.findall(match.group()):
                yield ("word" if part[0].isascii() and (part[0].isalpha() or part[0] == "_") else "other"), part
        elif kind != "space":
            yield kind, match.group()


def _decoded(query: str) -> str:
    """The query with its codepoint escapes resolved, which SPARQL 1.1 does before it looks for tokens."""

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]

    return _CODEPOINT.sub(character, query)


def outline(query: str, base: str = "") -> Outline:
    """The outline of a query whose relative IRIs are resolved against `base`.

    Raises `ValueError` where it declares more, or longer IRIs, than any does.

    >>> outline("PREFIX e: <http://e.org/> SELECT * FROM e:g { ?s ?p 'SERVICE' } # SERVICE")
    Outline(form='SELECT', graphs=('http://e.org/g',), service=False)
    >>> outline("ASK { service silent <http://e.org/> { ?s ?p ?o } }").service
    True
    >>> outline("PREFIX : <http://e.org/> ASK { SERVICE:x { ?s ?p ?o } }").service
    True
    >>> outline("BASE <http://e.org/> LOAD <x>").form
    'UPDATE'
    """
    raw = _Reader(base).read(query)
    if "\\" not in query or (decoded := _decoded(query)) == query:
        return raw
    # Engines differ in when they resolve the escapes: what either reading forbids is forbidden.
    other = _Reader(base).read(decoded)
    return Outline(
        "UPDATE" if "UPDATE" in (raw.form, other.form) else other.form,
        tuple(dict.fromkeys(raw.graphs + other.graphs)),
        raw.service or other.service,
    )


def mentions_service(query: str) -> bool:
    """Whether the letters of SERVICE stand in a query at all, by any spelling: without them it calls no service."""
    return "service" in query.lower() or "service" in _decoded(query).lower()


class _Reader:
    """Reads the outline of one query."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._prefixes = {prefix + ":": iri for prefix, iri in PREFIXES.items()}
        self._declared = 0

    def read(self, query: str) -> Outline:
        graphs: list[str] = []
        form = ""
        service = False
        before = ("", "")  # the two keywords or names before the token at hand
        for kind, text in tokens(query):
            word = text.upper() if kind == "word" else ""
            # Engines need no space after the keyword: `SERVICE:x {` calls :x, though `service:x` is a name elsewhere.
            service = service or (kind == "word" and word.startswith("SERVICE"))
            service = service or (
                text == "{" and before[1][:8].upper() == "SERVICE:" and before[0] not in _BEFORE_GRAPH
            )
            if not form and word in FORMS:
                form = word
            elif not form and word in _UPDATES:
                form = "UPDATE"
            named = before[1] == "FROM" or before == ("FROM", "NAMED")
            if kind == "iri":
                if named:
                    graphs.append(self._resolved(text))
                elif not form and before[1] == "BASE":
                    self._base = self._resolved(text)
                elif not form and before[0] == "PREFIX":
                    self._prefixes[before[1]] = self._resolved(text)
            elif kind == "name" and named:
                self._count(text)
                prefix, _, local = text.partition(":")
                graphs.append(self._prefixes.get(prefix + ":", "") + re.sub(r"\\(.)", r"\1", local))
            before = (before[1], word or text)
        return Outline(form, tuple(dict.fromkeys(graphs)), service)

    def _count(self, iri: str) -> None:
        self._declared += 1
        if self._declared > MOST_DECLARED:
            raise ValueError(f"the query has more than {MOST_DECLARED:,} declarations and graphs")
        if len(iri) > LONGEST_IRI:
            raise ValueError(f"the query has an IRI of more than {LONGEST_IRI:,} characters")

    def _resolved(self, text: str) -> str:
        iri = text[1:-1]
        self._count(iri)
        if self._base and not _SCHEME.match(iri):
            # An empty fragment at the end, as in "#", is part of a prefix; urljoin drops it.
            iri = urljoin(self._base, iri) + ("#" if iri.endswith("#") else "")
            if len(iri) > 2 * LONGEST_IRI:
                raise ValueError(f"the query has an IRI of more than {LONGEST_IRI:,} characters")
        return iri
