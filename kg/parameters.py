"""The parameters of stored queries: what each takes, and a value as an RDF term."""

import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.asking import QueryError
from kg.further import camel
from kg.rdf import date_literal
from kg.vocabulary import Vocabulary

TYPES = ("term", "number", "date", "text", "choice", "claim", "article")

#: The most characters of a text that a program may ask with.
LONGEST = 1_000

_XSD = namespaces.PREFIXES["xsd"]
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a stored query.

    `kinds` are the kinds of term that a parameter of type "term" takes, any of them; `choices` the words of a "choice".
    A parameter that is neither `required` nor has a `default` may be left out, and then means "any".
    """

    name: str
    type: str
    description: str
    example: str
    default: str | None = None
    required: bool = False
    kinds: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def optional(self) -> bool:
        """Whether the query can run without any value for it."""
        return not self.required and self.default is None

    @property
    def schema(self) -> dict[str, Any]:
        """What it takes, as a JSON Schema."""
        about = f"{self.description} ({' or '.join(self.kinds)})" if self.kinds else self.description
        said: dict[str, Any] = {"description": about, "examples": [self.example]}
        match self.type:
            case "choice":
                return said | {"type": "string", "enum": list(self.choices)}
            case "number":
                return said | {"type": ["number", "string"]}
            case "date":
                return said | {"type": ["string", "integer"]}
        return said | {"type": "string", "maxLength": LONGEST}

    def term(self, value: str, vocabulary: Vocabulary) -> ox.NamedNode | ox.Literal:
        """The value as an RDF term. A term is given by name, synonym or CURIE, a claim or an article by id or IRI,
        a date as `YYYY[-MM[-DD]]`.

        Raises `QueryError` naming the parameter, the value and what would do.
        """
        if self.type == "text":
            return _literal(self.name, value)
        value = value.strip()
        match self.type:
            case "term":
                return ox.NamedNode(namespaces.expand(self._find(value, vocabulary)))
            case "number":
                if not _NUMBER.fullmatch(value):
                    raise QueryError(f"--{self.name}: {value!r} is not a number")
                datatype = "decimal" if "." in value else "integer"
                return ox.Literal(value, datatype=ox.NamedNode(_XSD + datatype))
            case "date":
                return self._date(value)
            case "choice":
                if value not in self.choices:
                    raise QueryError(f"--{self.name}: {value!r} is not one of {', '.join(self.choices)}")
                return _literal(self.name, value)
            case "claim":
                return self._iri(value, namespaces.CLAIM, lambda id: id.removeprefix("claim/"))
            case _:
                return self._iri(value, namespaces.ARTICLE, lambda id: urllib.parse.quote(id, safe=""))

    def _find(self, value: str, vocabulary: Vocabulary) -> str:
        name = namespaces.contract(value)
        found = _preferred(name, self.kinds, vocabulary) or _preferred("stemkg:" + camel(name), self.kinds, vocabulary)
        if len(found) == 1:
            return found[0]
        kinds = " or ".join(self.kinds)
        if found:
            several = ", ".join(f"{vocabulary.label(id)} ({id})" for id in found)
            raise QueryError(f"--{self.name}: {value!r} may mean {several}: give one of these")
        if elsewhere := vocabulary.find(name):
            is_a = " and ".join(sorted(vocabulary.kinds(elsewhere[0]))) or "term of another kind"
            raise QueryError(f"--{self.name}: {value!r} is no {kinds} but a {is_a}")
        near = list(dict.fromkeys(label for kind in self.kinds for label in vocabulary.suggest(name, kind)))
        hint = f": did you mean {', '.join(repr(label) for label in near[:5])}?" if near else ""
        raise QueryError(f"--{self.name}: no {kinds} is called {value!r}{hint}")

    def _date(self, value: str) -> ox.Literal:
        try:
            return date_literal(value)
        except ValueError:
            raise QueryError(f"--{self.name}: {value!r} is not a date (2024, 2024-05 or 2024-05-31)") from None

    def _iri(self, value: str, namespace: str, local: Callable[[str], str]) -> ox.NamedNode:
        try:
            return ox.NamedNode(value if value.startswith(namespace) else namespace + local(value))
        except ValueError as error:
            raise QueryError(f"--{self.name}: {value!r} is not the id of a {self.type}: {error}") from None


def _literal(name: str, value: str) -> ox.Literal:
    try:
        return ox.Literal(value)
    except ValueError:
        raise QueryError(f"--{name}: the text holds half of a surrogate pair") from None


def _preferred(name: str, kinds: tuple[str, ...], vocabulary: Vocabulary) -> list[str]:
    """The terms of some kinds that a name means: one, where the vocabulary tells them apart.

    An identifier or label goes before an exact synonym, and that before any other. Of several that share a name, the
    one that is above all others is meant, since asking for it finds the others too ("lupus").
    """
    found = list(dict.fromkeys(id for kind in kinds for id in vocabulary.find(name, kind)))
    folded = name.casefold()
    terms = [vocabulary.terms[id] for id in found]
    called = [term.id for term in terms if folded in (term.id.casefold(), term.label.casefold())]
    exact = [term.id for term in terms if folded in map(str.casefold, term.exact)]
    found = called or exact or found
    above = [id for id in found if all(id in vocabulary.ancestors(other) for other in found)]
    return above or found
