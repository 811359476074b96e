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
so that an optional parameter which is not given means "any"; and so is one that ends in `# unless $name`, where that
parameter, or one of several named so, has a value: it is for where nothing narrower says what to begin with. The bound
text is plain SPARQL 1.1 and runs on any engine.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg import namespaces, paths
from kg.asking import QueryError, Rows, Source, select
from kg.parameters import TYPES, Parameter
from kg.vocabulary import Vocabulary

#: What a row may stand for: a finding, or one claim.
BEHIND = ("finding", "claim")
#: The stored query whose lines between these two are the filters of the others, and whose parameters theirs.
FILTERS = "claims"
_FILTERS, _END_OF_FILTERS = (
    re.compile(r"^ *# filters\n", re.MULTILINE),
    re.compile(r"^ *# end of filters\n", re.MULTILINE),
)

CHARTS = ("bar", "belief", "columns", "dots", "heat", "network")

QUERY = namespaces.STEMKG + "query/"
_ENDPOINT = namespaces.STEMKG + "sparql"
_XSD = namespaces.PREFIXES["xsd"]

#: Strings, IRIs and comments, in which a dollar sign is only a dollar sign; else a parameter, or what parts patterns.
_TOKEN = re.compile(
    r"\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\x00-\x20]*>|\#[^\n]*|\$(?P<name>[A-Za-z_]\w*)|(?P<end>[.;,{])",
    re.DOTALL,
)
#: The end of a line that is left out where one of the parameters that it names has a value.
_UNLESS = re.compile(r" # unless(?P<names>(?: \$\w+)+)$", re.MULTILINE)
_MOST_PATTERNS = 100  # to plan a query takes the engine the fourth power of their number
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VARIABLE = re.compile(r"[a-z][A-Za-z0-9_]*")


class CatalogueError(ValueError):
    """A stored query's file is not as it should be; the message names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Chart:
    """How an answer may be drawn: `type` is one of `CHARTS`; `x`, `y` and `series`, which may be empty, are columns."""

    type: str
    x: str
    y: str
    series: str = ""


@dataclass(frozen=True)
class StoredQuery:
    """A stored query. `sparql` is its text below the header, with `$name` where a parameter goes.

    `behind` is what a row stands for, a "finding" or a "claim", or nothing; `details` are columns that are shown only
    where they are asked for; `filters` are the parameters that it shares with others, `filtering` their lines.
    """

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    keywords: tuple[str, ...]
    sparql: str
    note: str = ""
    chart: Chart | None = None
    behind: str = ""
    details: tuple[str, ...] = ()
    filters: tuple[Parameter, ...] = ()
    filtering: str = ""

    @property
    def asked(self) -> tuple[Parameter, ...]:
        """All that it may be asked by: its parameters, and the filters that it shares with others."""
        return self.parameters + self.filters

    def sharing(self, other: "StoredQuery") -> "StoredQuery":
        """The query with the filters of another, where its rows stand for findings or claims."""
        begins, ends = _FILTERS.search(other.sparql), _END_OF_FILTERS.search(other.sparql)
        if not self.behind or begins is None or ends is None or self.name == other.name:
            return self
        lines = other.sparql[begins.end() : ends.start()]
        own = {parameter.name for parameter in self.parameters}
        used = {match["name"] for match in _TOKEN.finditer(lines)}
        shared = tuple(one for one in other.parameters if one.name in used and one.name not in own)
        return replace(self, filters=shared, filtering=lines)

    def bind(self, values: Mapping[str, str], vocabulary: Vocabulary, *, behind: bool = False) -> str:
        """The query with values for its parameters and filters, as SPARQL 1.1.

        Values left out, or empty, take the parameter's default, or mean "any". With `behind`, what a row stands for is
        its first column.
        Raises `QueryError` where a value does not fit, is missing, or is for a parameter that the query does not have.
        """
        names = [parameter.name for parameter in self.asked]
        if unknown := [name for name in values if name not in names]:
            takes = ", ".join(f"--{name}" for name in names) or "none"
            raise QueryError(f"{self.name} has no parameter --{unknown[0]} (it takes {takes})")
        terms: dict[str, ox.NamedNode | ox.Literal | None] = {}
        for parameter in self.asked:
            value = values.get(parameter.name) or parameter.default
            if value is None and parameter.required:
                raise QueryError(
                    f"{self.name} needs --{parameter.name}, for example --{parameter.name} {parameter.example!r}"
                )
            terms[parameter.name] = parameter.term(value, vocabulary) if value is not None else None
        text = _bound(self.sparql, terms)
        if any(terms.get(filter.name) for filter in self.filters):
            place = "# filters\n" if "# filters\n" in text else "\nWHERE {\n"
            text = text.replace(place, place + self._filter(terms), 1)
        if behind and self.behind not in self.columns:
            text = re.sub(r"^SELECT (DISTINCT )?", rf"\g<0>?{self.behind} ", text, count=1, flags=re.MULTILINE)
        return text

    def claims(self, values: Mapping[str, str], vocabulary: Vocabulary) -> str:
        """The patterns that claims must match to pass the filters, `?claim` in each."""
        terms = {
            one.name: one.term(values[one.name], vocabulary) if values.get(one.name) else None for one in self.filters
        }
        return _bound(self.filtering, terms)

    def _filter(self, terms: "_Terms") -> str:
        lines = _bound(self.filtering, terms)
        if self.behind == "claim":
            return lines
        return f"  {{ SELECT DISTINCT ?finding WHERE {{ ?claim stemkg:finding ?finding .\n{lines}  }} }}\n"

    def example(self, vocabulary: Vocabulary) -> str:
        """The query with the example of every parameter."""
        return self.bind({parameter.name: parameter.example for parameter in self.parameters}, vocabulary)

    def run(self, source: Source, values: Mapping[str, str], vocabulary: Vocabulary, limit: int | None = None) -> Rows:
        """The answer of a source; at most `limit` rows of it. Raises `QueryError`."""
        sparql = self.bind(values, vocabulary)
        return select(source, sparql if limit is None else f"{sparql}LIMIT {limit}\n", vocabulary)


_Terms = Mapping[str, ox.NamedNode | ox.Literal | None]


def _bound(text: str, terms: _Terms) -> str:
    """A text with terms for its parameters; without the lines that speak of one that has none, or that stand in only
    where one has none."""
    lines = []
    for line in text.splitlines(keepends=True):
        if (unless := _UNLESS.search(line)) and any(terms.get(name[1:]) for name in unless["names"].split()):
            continue
        absent = False

        def put(match: re.Match[str]) -> str:
            nonlocal absent
            name = match["name"]
            if name is None:
                return match[0]
            term = terms.get(name)
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
        found = {query.name: query for query in sorted(queries, key=lambda query: query.name)}
        shared = found.get(FILTERS)
        self.queries = {name: query.sharing(shared) if shared else query for name, query in found.items()}

    @classmethod
    def load(cls, folder: Path = paths.QUERIES) -> "Catalogue":
        """Reads and checks every `*.rq` of a folder (not of those within it).

        Raises `CatalogueError` naming the file, the line and the reason.
        """
        return cls(_read(file) for file in sorted(folder.glob("*.rq")))

    @classmethod
    def only(cls, name: str, folder: Path = paths.QUERIES) -> StoredQuery:
        """One query of a folder, read without the others, and not checked as `load` does.

        Raises `CatalogueError`, and `QueryError` with the nearest names where there is no such query.
        """
        files = {file.stem: file for file in sorted(folder.glob("*.rq"))}
        if name not in files:
            raise _unknown(name, files)
        return cls(_read(files[one], check=False) for one in sorted({name, FILTERS} & files.keys()))[name]

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
            raise _unknown(name, self.queries) from None

    def as_turtle(self, vocabulary: Vocabulary, endpoint: str = "") -> str:
        """The catalogue as Turtle, a `sh:SPARQLExecutable` each, as the SIB's collection of SPARQL examples describes
        its own: the question as comment, the keywords, the query bound to the examples of its parameters, and the
        `endpoint` that it may be sent to, that of the data where none is given, and the prefixes that are known. The
        parameters are SHACL parameters.
        """
        declared = " , ".join(
            f'[ sh:prefix "{prefix}" ; sh:namespace "{namespace}"^^xsd:anyURI ]'
            for prefix, namespace in sorted(namespaces.PREFIXES.items())
        )
        blocks = ["".join(f"@prefix {prefix}: <{_TURTLE[prefix]}> .\n" for prefix in sorted(_TURTLE))]
        blocks.append(f"<{QUERY}prefixes> sh:declare {declared} .\n")
        for query in self:
            says = [
                f"dcterms:title {ox.Literal(query.title, language='en')}",
                f"rdfs:comment {ox.Literal(query.question, language='en')}",
                "schema:keywords " + ", ".join(str(ox.Literal(keyword)) for keyword in query.keywords),
            ]
            says.append(f"sh:prefixes <{QUERY}prefixes>")
            says.append(f"schema:target {ox.NamedNode(endpoint or _ENDPOINT)}")
            says += [f"sh:parameter {_turtle(parameter)}" for parameter in query.parameters]
            text = query.example(vocabulary).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
            says.append(f'sh:select """{text}"""')
            node = f"<{QUERY}{query.name}> a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;\n    "
            blocks.append(node + " ;\n    ".join(says) + " .\n")
        return "\n".join(blocks)


def _unknown(name: str, names: Iterable[str]) -> QueryError:
    near = get_close_matches(name, list(names), cutoff=0.5)
    hint = f": did you mean {', '.join(near)}?" if near else ""
    return QueryError(f"there is no stored query {name!r}{hint}")


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


def _read(file: Path, *, check: bool = True) -> StoredQuery:
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
    except RecursionError:
        raise error(1, "the header is nested too deeply") from None
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
    behind = header.text("behind", "")
    details = header.words("details") if "details" in header.fields else ()
    header.done()
    query = StoredQuery(
        file.stem,
        title,
        question,
        parameters,
        columns,
        keywords,
        "".join(lines[length:]).strip() + "\n",
        note,
        chart,
        behind,
        details,
    )
    if check and (problem := _problem(query)):
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
    tokens = [*_TOKEN.finditer(query.sparql)]
    if sum(1 for token in tokens if token["end"]) > _MOST_PATTERNS:
        return f"the query has more than {_MOST_PATTERNS} patterns"
    used = {token["name"] for token in tokens if token["name"]}
    named = {parameter.name for parameter in query.parameters}
    stood_in_for = {name[1:] for match in _UNLESS.finditer(query.sparql) for name in match["names"].split()}
    if undeclared := sorted((used | stood_in_for) - named):
        return f"${undeclared[0]} is not among the parameters"
    if unused := sorted(named - used):
        return f"parameter {unused[0]!r} is not used in the query"
    if query.behind and (query.behind not in BEHIND or "\nWHERE {\n" not in query.sparql):
        return f"'behind' is {query.behind!r}, not one of {', '.join(BEHIND)}, or no line says WHERE {{"
    if unknown := sorted(set(query.details) - set(query.columns)):
        return f"'details': there is no column {unknown[0]!r}"
    # Leaving out any optional parameter, any but one, or all must leave a whole query.
    some = ox.NamedNode(namespaces.STEMKG + "Something")
    optional = {parameter.name for parameter in query.parameters if parameter.optional}
    some_gone = {frozenset(left) for one in (*optional, "") for left in (optional & {one}, optional - {one})}
    for gone in sorted(some_gone, key=lambda gone: (len(gone), sorted(gone))):
        values = {parameter.name: None if parameter.name in gone else some for parameter in query.parameters}
        without = [name for name, term in values.items() if term is None]
        try:
            answer = ox.Store().query(_bound(query.sparql, values))
        except (SyntaxError, RuntimeError) as bad:  # by its form, or by what is called in it
            return f"not SPARQL 1.1{f' without {without}' if without else ''}: {getattr(bad, 'msg', bad)}"
        if not isinstance(answer, ox.QuerySolutions):
            return "not a SELECT query"
        if (got := [variable.value for variable in answer.variables]) != list(query.columns):
            return f"the columns of the query are {', '.join(got)}, those of the header {', '.join(query.columns)}"
    if re.search(r"\}[^}]*\b(LIMIT|OFFSET)\b[^}]*\Z", query.sparql, re.IGNORECASE):
        return "the query has a limit of its own: who runs it sets one"
    return ""
