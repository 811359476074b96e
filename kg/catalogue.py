"""The stored queries: what each asks, the parameters it takes, and running one.

A stored query is one file, `queries/NAME.rq`: a header in comment lines, which is YAML, and a SPARQL 1.1 SELECT query.

    # title: Treatments of a disease
    # question: Which cells are said to treat a disease, and on what evidence?
    # parameters:
    #   disease: {type: term, kind: disease, example: lupus, description: the disease or a group of diseases}
    # columns:
    #   treatment: what is said to treat the disease
    # keywords: [treatment]
    SELECT ?treatment WHERE {
      ?finding stemkg:relation stemkg:treats ; stemkg:subject ?treatment ; stemkg:object ?disease .
      ?disease stemkg:isA $disease .
    }

A parameter is written `$name` in the query, as SHACL writes its pre-bound variables. Binding puts the value, a typed
term in its SPARQL form, in the place of every `$name`; a line that speaks of a parameter without a value is left out,
so that an optional parameter which is not given means "any". The bound text is plain SPARQL 1.1 and runs on any engine.
"""

import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg import namespaces, paths
from kg.asking import QueryError, Rows, Source, select
from kg.rdf import date_literal
from kg.vocabulary import Vocabulary

TYPES = ("term", "number", "date", "text", "choice", "claim", "article")
CHARTS = ("bar", "line")

QUERY = namespaces.STEMKG + "query/"
_XSD = namespaces.PREFIXES["xsd"]

#: Strings, IRIs and comments, in which a dollar sign is only a dollar sign; else a parameter.
_TOKEN = re.compile(
    r"\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\x00-\x20]*>|\#[^\n]*|\$(?P<name>[A-Za-z_]\w*)",
    re.DOTALL,
)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VARIABLE = re.compile(r"[a-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


class CatalogueError(ValueError):
    """A stored query's file is not as it should be; the message names the file, the line and the reason."""


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
        found = _preferred(name, self.kinds, vocabulary)
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


@dataclass(frozen=True, slots=True)
class Chart:
    """How an answer may be drawn: `type` is "bar" or "line"; `x`, `y` and `series`, which may be empty, are columns."""

    type: str
    x: str
    y: str
    series: str = ""


@dataclass(frozen=True)
class StoredQuery:
    """A stored query. `sparql` is its text below the header, with `$name` where a parameter goes."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    keywords: tuple[str, ...]
    sparql: str
    note: str = ""
    chart: Chart | None = None

    def bind(self, values: Mapping[str, str], vocabulary: Vocabulary) -> str:
        """The query with values for its parameters, as SPARQL 1.1.

        Values left out, or empty, take the parameter's default, or mean "any".
        Raises `QueryError` where a value does not fit, is missing, or is for a parameter that the query does not have.
        """
        names = [parameter.name for parameter in self.parameters]
        if unknown := [name for name in values if name not in names]:
            takes = ", ".join(f"--{name}" for name in names) or "none"
            raise QueryError(f"{self.name} has no parameter --{unknown[0]} (it takes {takes})")
        terms: dict[str, ox.NamedNode | ox.Literal | None] = {}
        for parameter in self.parameters:
            value = values.get(parameter.name) or parameter.default
            if value is None and parameter.required:
                raise QueryError(
                    f"{self.name} needs --{parameter.name}, for example --{parameter.name} {parameter.example!r}"
                )
            terms[parameter.name] = parameter.term(value, vocabulary) if value is not None else None
        return self._bound(terms)

    def example(self, vocabulary: Vocabulary) -> str:
        """The query with the example of every parameter."""
        return self.bind({parameter.name: parameter.example for parameter in self.parameters}, vocabulary)

    def run(self, source: Source, values: Mapping[str, str], vocabulary: Vocabulary, limit: int | None = None) -> Rows:
        """The answer of a source; at most `limit` rows of it. Raises `QueryError`."""
        sparql = self.bind(values, vocabulary)
        return select(source, sparql if limit is None else f"{sparql}LIMIT {limit}\n", vocabulary)

    def _bound(self, terms: Mapping[str, ox.NamedNode | ox.Literal | None]) -> str:
        lines = []
        for line in self.sparql.splitlines(keepends=True):
            absent = False

            def put(match: re.Match[str]) -> str:
                nonlocal absent
                name = match["name"]
                if name is None:
                    return match[0]
                term = terms[name]
                absent = absent or term is None
                return "" if term is None else str(term)

            line = _TOKEN.sub(put, line)
            if not absent:
                lines.append(line)
        return "".join(lines)


class Catalogue:
    """The stored queries of a folder, by name.

    >>> "treatments" in Catalogue.load()
    True
    """

    def __init__(self, queries: Iterable[StoredQuery]) -> None:
        self.queries = {query.name: query for query in sorted(queries, key=lambda query: query.name)}

    @classmethod
    def load(cls, folder: Path = paths.QUERIES) -> "Catalogue":
        """Reads and checks every `*.rq` of a folder (not of those within it).

        Raises `CatalogueError` naming the file, the line and the reason.
        """
        return cls(_read(file) for file in sorted(folder.glob("*.rq")))

    def __iter__(self) -> Iterator[StoredQuery]:
        return iter(self.queries.values())

    def __len__(self) -> int:
        return len(self.queries)

    def __contains__(self, name: str) -> bool:
        return name in self.queries

    def __getitem__(self, name: str) -> StoredQuery:
        """Raises `QueryError` with the nearest names where there is no such query."""
        try:
            return self.queries[name]
        except KeyError:
            near = get_close_matches(name, self.queries, cutoff=0.5)
            hint = f": did you mean {', '.join(near)}?" if near else ""
            raise QueryError(f"there is no stored query {name!r}{hint}") from None

    def as_turtle(self, vocabulary: Vocabulary, endpoint: str = "") -> str:
        """The catalogue as Turtle, a `sh:SPARQLExecutable` each, as the SIB's collection of SPARQL examples describes
        its own: the question as comment, the keywords, the query bound to the examples of its parameters, and the
        `endpoint` that it may be sent to, where there is one. The parameters are SHACL parameters.
        """
        blocks = ["".join(f"@prefix {prefix}: <{_TURTLE[prefix]}> .\n" for prefix in sorted(_TURTLE))]
        for query in self:
            says = [
                f"dcterms:title {ox.Literal(query.title, language='en')}",
                f"rdfs:comment {ox.Literal(query.question, language='en')}",
                "schema:keywords " + ", ".join(str(ox.Literal(keyword)) for keyword in query.keywords),
            ]
            if endpoint:
                says.append(f"schema:target {ox.NamedNode(endpoint)}")
            says += [f"sh:parameter {_turtle(parameter)}" for parameter in query.parameters]
            text = query.example(vocabulary).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
            says.append(f'sh:select """{text}"""')
            node = f"<{QUERY}{query.name}> a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;\n    "
            blocks.append(node + " ;\n    ".join(says) + " .\n")
        return "\n".join(blocks)


_TURTLE = {
    "dcterms": namespaces.PREFIXES["dcterms"],
    "rdfs": namespaces.PREFIXES["rdfs"],
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "xsd": _XSD,
}
_DATATYPES = {"number": "xsd:decimal", "date": "xsd:date", "text": "xsd:string", "choice": "xsd:string"}


def _turtle(parameter: Parameter) -> str:
    says = [
        f"a sh:Parameter ; sh:path <{QUERY}parameter/{parameter.name}>",
        f"sh:name {ox.Literal(parameter.name)}",
        f"sh:description {ox.Literal(parameter.description, language='en')}",
        f"sh:optional {'false' if parameter.required else 'true'}",
        f"sh:datatype {_DATATYPES[parameter.type]}" if parameter.type in _DATATYPES else "sh:nodeKind sh:IRI",
    ]
    if parameter.choices:
        says.append(f"sh:in ( {' '.join(str(ox.Literal(choice)) for choice in parameter.choices)} )")
    return "[ " + " ; ".join(says) + " ]"


# Reading a file


class _Header:
    """A mapping of a header, each of whose fields is asked for once; what was not asked for is unknown."""

    def __init__(self, file: Path, node: yaml.Node, what: str) -> None:
        self.file, self.what, self.node = file, what, node
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{what} is not a list of 'field: value'")
        self.fields: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if key.value in self.fields:
                raise self.error(key, f"{what} has {key.value!r} twice")
            self.fields[key.value] = (key, value)

    def error(self, node: yaml.Node, reason: str) -> CatalogueError:
        return CatalogueError(f"{self.file.name}: line {node.start_mark.line + 1}: {reason}")

    def take(self, name: str) -> yaml.Node:
        if name not in self.fields:
            raise self.error(self.node, f"{self.what} has no {name!r}")
        return self.fields.pop(name)[1]

    def text(self, name: str, default: str | None = None) -> str:
        if default is not None and name not in self.fields:
            return default
        node = self.take(name)
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.error(node, f"{self.what}: {name!r} is not text")
        return str(node.value).strip()

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words, or one word."""
        node = self.take(name)
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not items or not all(isinstance(item, yaml.ScalarNode) and item.value.strip() for item in items):
            raise self.error(node, f"{self.what}: {name!r} is not a list of words")
        return tuple(str(item.value).strip() for item in items)

    def part(self, name: str, what: str) -> "_Header":
        return _Header(self.file, self.take(name), what)

    def names(self) -> list[str]:
        return list(self.fields)

    def done(self) -> None:
        for name, (key, _) in self.fields.items():
            raise self.error(key, f"{self.what} has an unknown field {name!r}")


def _read(file: Path) -> StoredQuery:
    def error(line: int, reason: str) -> CatalogueError:
        return CatalogueError(f"{file.name}: line {line}: {reason}")

    if not _NAME.fullmatch(file.stem):
        raise error(1, f"{file.stem!r} is not a name of small letters, digits and hyphens")
    try:
        lines = file.read_text("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError as bad:
        raise error(1, f"not UTF-8: {bad.reason} at byte {bad.start}") from None
    length = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    try:
        node = yaml.compose("".join(re.sub("^# ?", "", line) for line in lines[:length]))
    except yaml.MarkedYAMLError as bad:
        line = bad.problem_mark.line + 1 if bad.problem_mark else 1
        raise error(line, f"the header is not YAML: {bad.problem}") from None
    except yaml.YAMLError as bad:
        raise error(1, f"the header is not YAML: {next(iter(str(bad).splitlines()), '')}") from None
    if node is None:
        raise error(1, "there is no header")

    header = _Header(file, node, "the header")
    title, question = header.text("title"), header.text("question")
    columns_part = header.part("columns", "'columns'")
    columns = {name: columns_part.text(name) for name in columns_part.names()}
    part = header.part("parameters", "'parameters'")
    parameters = tuple(_parameter(part, name) for name in part.names())
    keywords, note = header.words("keywords"), header.text("note", "")
    chart = _chart(header, columns) if "chart" in header.fields else None
    header.done()
    query = StoredQuery(
        file.stem, title, question, parameters, columns, keywords, "".join(lines[length:]).strip() + "\n", note, chart
    )
    if problem := _problem(query):
        raise error(length + 1, problem)
    return query


def _parameter(parameters: _Header, name: str) -> Parameter:
    key = parameters.fields[name][0]
    part = parameters.part(name, f"parameter {name!r}")
    if not _VARIABLE.fullmatch(name):
        raise part.error(key, f"parameter {name!r} is not a name of letters and digits")
    type = part.text("type")
    if type not in TYPES:
        raise part.error(key, f"parameter {name!r}: type {type!r} is not one of {', '.join(TYPES)}")
    required = part.text("required", "false")
    if required not in ("true", "false"):
        raise part.error(key, f"parameter {name!r}: 'required' is neither true nor false")
    default = part.text("default") if "default" in part.fields else None
    if required == "true" and default is not None:
        raise part.error(key, f"parameter {name!r} is required and has a default: one of the two")
    parameter = Parameter(
        name,
        type,
        part.text("description"),
        part.text("example"),
        default,
        required == "true",
        part.words("kind") if type == "term" else (),
        part.words("choices") if type == "choice" else (),
    )
    part.done()
    if type not in ("term", "claim", "article"):
        for value in filter(None, (parameter.example, default)):
            try:
                parameter.term(value, _NO_VOCABULARY)
            except QueryError as bad:
                raise part.error(key, f"parameter {name!r}: {str(bad).removeprefix(f'--{name}: ')}") from None
    return parameter


#: For values whose type needs no vocabulary.
_NO_VOCABULARY: Any = None


def _chart(header: _Header, columns: Mapping[str, str]) -> Chart:
    part = header.part("chart", "'chart'")
    chart = Chart(part.text("type"), part.text("x"), part.text("y"), part.text("series", ""))
    part.done()
    if chart.type not in CHARTS:
        raise part.error(part.node, f"'chart': type {chart.type!r} is not one of {', '.join(CHARTS)}")
    for column in filter(None, (chart.x, chart.y, chart.series)):
        if column not in columns:
            raise part.error(part.node, f"'chart': there is no column {column!r}")
    return chart


def _problem(query: StoredQuery) -> str:
    """What is wrong between a header and its query, or nothing."""
    used = {match["name"] for match in _TOKEN.finditer(query.sparql) if match["name"]}
    named = {parameter.name for parameter in query.parameters}
    if undeclared := sorted(used - named):
        return f"${undeclared[0]} is not among the parameters"
    if unused := sorted(named - used):
        return f"parameter {unused[0]!r} is not used in the query"
    # Every way of leaving out optional parameters must leave a whole query.
    some = ox.NamedNode(namespaces.STEMKG + "Something")
    given = [(some, None) if parameter.optional else (some,) for parameter in query.parameters]
    for terms in product(*given):
        values = {parameter.name: term for parameter, term in zip(query.parameters, terms, strict=True)}
        without = [name for name, term in values.items() if term is None]
        try:
            answer = ox.Store().query(query._bound(values))
        except SyntaxError as bad:
            return f"not SPARQL 1.1{f' without {without}' if without else ''}: {bad.msg}"
        if not isinstance(answer, ox.QuerySolutions):
            return "not a SELECT query"
        if (got := [variable.value for variable in answer.variables]) != list(query.columns):
            return f"the columns of the query are {', '.join(got)}, those of the header {', '.join(query.columns)}"
    if re.search(r"\}[^}]*\b(LIMIT|OFFSET)\b[^}]*\Z", query.sparql, re.IGNORECASE):
        return "the query has a limit of its own: who runs it sets one"
    return ""
