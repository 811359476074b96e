"""For assistants: a server of the Model Context Protocol, by its own SDK, which comes with the extra "mcp".

Each stored query is a tool with its parameters as typed arguments; others look up terms, show a claim with its
sentence, and check a claim that is proposed. All of it only reads, and a query runs in a process of its own under the
limits of the endpoint.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import answers
from kg.articles.cues import default_cues
from kg.asking import Cell, QueryError, Rows, number
from kg.catalogue import Catalogue, StoredQuery
from kg.claim import BASES, CERTAINTIES, COLUMNS, EVIDENCE, POLARITIES, PREDICATES, QUALIFIERS, UNITS
from kg.exhibit import Unknown, exhibit
from kg.importing import Checker, Origin, Refusal
from kg.importing.reading import proposal
from kg.namespaces import contract, expand
from kg.parameters import LONGEST
from kg.program import release
from kg.store import Store, Version
from kg.texts import Texts
from kg.validation import Validator
from kg.vocabulary import Vocabulary
from kg.web.limits import Limits
from kg.web.pool import Pool, Refused, Request

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

Schema = dict[str, Any]

_MOST_ROWS = 1_000
_USUAL_ROWS = 50
_TERMS, _CLAIM, _CHECK = "find_terms", "show_claim", "check_claim"

INSTRUCTIONS = (
    "StemKG is a graph of what the literature claims about cell therapy: who claims that which cell helps which"
    " disease, by which mechanism, with what harm, on what evidence. Each claim leads to the sentence that says it."
    " A claim is what an article says, not a fact, and nothing here is medical advice. Name terms by name, synonym or"
    " CURIE."
)


class ArgumentError(ValueError):
    """A tool was called wrongly. The message says how."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, what it does, and what it takes as a JSON Schema."""

    name: str
    title: str
    description: str
    takes: Schema


@dataclass
class Assistant:
    """The tools on a store. `close` it when done."""

    folder: Path
    texts: Texts
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.vocabulary = Vocabulary.load()
        self.catalogue = Catalogue.load()
        self._pool: Pool | None = None
        self._version: Version | None = None  # of the graph that the pool answers from
        self._starting = asyncio.Lock()
        Store.open(self.folder, read_only=True).close()  # whether there is one

    def tools(self) -> list[Tool]:
        """The tools, sorted by name but for the three that are no queries, which come first."""
        kinds = sorted({kind for term in self.vocabulary.terms.values() for kind in term.kinds})
        name = _text("a name, a synonym or a CURIE")
        term = _object({"name": name, "kind": {"type": "string", "enum": kinds}}, ["name"])
        claim = _object({"claim": _text("the id of a claim, as answers give it")}, ["claim"])
        return [
            Tool(_TERMS, "Find terms", "Which terms a name may mean, with their identifiers.", term),
            Tool(_CLAIM, "Show a claim", "A claim, its article, and its sentence where the text is at hand.", claim),
            Tool(_CHECK, "Check a claim", _CHECKS, _proposed()),
            *(Tool(stored.name, stored.title, _described(stored), _takes(stored)) for stored in self.catalogue),
        ]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What a tool answers. Raises `ArgumentError`, `QueryError`, `Unknown`, `Refused`."""
        tool = next((tool for tool in self.tools() if tool.name == name), None)
        if tool is None:
            raise ArgumentError(f"there is no tool {name!r}")
        _check(tool, arguments)
        if name == _TERMS:
            return self._terms(str(arguments["name"]), arguments.get("kind"))
        if name == _CLAIM:
            return await asyncio.to_thread(self._claim, str(arguments["claim"]))
        if name == _CHECK:
            return await asyncio.to_thread(self._checked, arguments)
        return await self._query(self.catalogue[name], arguments)

    async def close(self) -> None:
        """End the processes."""
        if self._pool:
            await self._pool.close()
            self._pool = None

    def _terms(self, name: str, kind: str | None) -> dict[str, Any]:
        id = contract(name)
        found = (id,) if id in self.vocabulary else self.vocabulary.find(name, kind)
        near = () if found else self.vocabulary.suggest(name, kind)
        return {"terms": [self._term(id) for id in found], "near": list(near)}

    def _term(self, id: str) -> dict[str, Any]:
        term = self.vocabulary.term(id)
        assert term is not None
        said = {"id": id, "iri": expand(id), "label": term.label, "kinds": sorted(term.kinds)}
        return said | {"synonyms": [*term.exact, *term.related], "definition": term.definition}

    def _claim(self, name: str) -> dict[str, Any]:
        with Store.open(self.folder, read_only=True) as store:
            shown = exhibit(store, name, self.texts)
        return {
            "claim": [{"what": what, "value": value} for what, value in shown.rows],
            "sentence": shown.sentence,
            "missing": shown.missing,
        }

    def _checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            proposed = proposal("", arguments, Origin("language-model", "an assistant"))
            with Store.open(self.folder, read_only=True) as store:
                claim = Checker(store, self.texts, self.vocabulary, self._validator, default_cues()).check(proposed)
        except Refusal as refusal:
            return {"accepted": False, "reasons": list(refusal.reasons), "claim": None}
        except ValueError as error:
            return {"accepted": False, "reasons": [str(error)], "claim": None}
        return {"accepted": True, "reasons": [], "claim": dict(zip(COLUMNS, claim.row(), strict=True))}

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self.vocabulary)

    async def _query(self, stored: StoredQuery, arguments: Mapping[str, Any]) -> dict[str, Any]:
        asked = {parameter.name for parameter in stored.asked}
        values = {name: str(value) for name, value in arguments.items() if name in asked}
        limit = int(arguments.get("limit", _USUAL_ROWS))
        steps = answers.rows(
            stored, values, self.vocabulary, self.texts, limit,
            sentences=bool(arguments.get("sentences")), explain=bool(arguments.get("explain")),
        )  # fmt: skip
        found, why = await self._drive(steps)
        rows = [{name: _plain(cell, found) for name, cell in row.items()} for row in found]
        return {"columns": list(found.columns), "rows": rows, "why": why}

    async def _drive(self, steps: answers.Steps[tuple[Rows, str]]) -> tuple[Rows, str]:
        try:
            sparql = next(steps)
            while True:
                sparql = steps.send(await self._ask(sparql))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def _ask(self, sparql: str) -> Rows:
        version = Version.read(self.folder)
        async with self._starting:
            if self._pool is None:
                self._pool = Pool(version.graph(self.folder), self.limits, self._graph)
                await self._pool.start()
            elif version != self._version:  # the store was built anew
                self._pool.store = version.graph(self.folder)
                await self._pool.renew()
            self._version = version
        content = (await self._pool.ask(Request(sparql, "json"))).read()
        results = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
        assert isinstance(results, ox.QuerySolutions)
        columns = tuple(variable.value for variable in results.variables)
        return Rows(columns, [tuple(row) for row in results], lambda iri: self.vocabulary.label(contract(iri)))

    def _graph(self) -> Path:
        return Version.read(self.folder).graph(self.folder)


def _plain(cell: Cell, found: Rows) -> str | int | float | None:
    if cell is None:
        return None
    if (known := number(cell)) is not None:
        return known
    word = found.word(cell)
    return f"{word} [{contract(cell.value)}]" if isinstance(cell, ox.NamedNode) and word != cell.value else word


# What tools take -----------------------------------------------------------------------------------------------------


def _text(description: str) -> Schema:
    return {"type": "string", "description": description, "maxLength": LONGEST}


def _object(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


_CHECKS = (
    "Whether a claim that you read in an article may be imported (`kg import`), and every reason against it: the quoted"
    " words stand in the text, the terms exist, their kinds fit the relation. Nothing is changed."
)


def _proposed() -> Schema:
    """What `check_claim` takes."""
    choices: dict[str, tuple[str, ...]] = {
        "predicate": PREDICATES, "polarity": POLARITIES, "certainty": CERTAINTIES, "evidence": EVIDENCE,
        "basis": BASES, "unit": UNITS,
    }  # fmt: skip
    about = {
        "article": "the id of the article, or PMID:…, PMC:…, DOI:…",
        "quote": "what the article says, word for word",
        "subject": "the CURIE of what acts (find_terms gives it)",
        "object": "the CURIE of what it acts on",
        "disease": "the CURIE of the disease in whose context it holds",
        "value": "the number of an outcome",
        "qualifiers": f"pairs like route=stemkg:Intravenous with ; between them; keys are {', '.join(QUALIFIERS)}",
    }
    properties: dict[str, Schema] = {name: _text(words) for name, words in about.items()}
    properties |= {name: {"type": "string", "enum": list(allowed)} for name, allowed in choices.items()}
    return _object(properties, ["article", "quote", "subject", "predicate", "object"])


def _described(stored: StoredQuery) -> str:
    columns = "; ".join(f"{name}: {meaning}" for name, meaning in stored.columns.items())
    return " ".join(filter(None, (stored.question, stored.note, f"Columns: {columns}.")))


def _takes(stored: StoredQuery) -> Schema:
    properties = {parameter.name: parameter.schema for parameter in stored.asked}
    about = f"at most so many rows; {_USUAL_ROWS} where it is left out"
    rows: Schema = {"type": "integer", "minimum": 1, "maximum": _MOST_ROWS, "description": about}
    properties["limit"] = rows
    if stored.behind:
        properties["sentences"] = {"type": "boolean", "description": "a row for each sentence behind a row"}
    if stored.details:
        properties["explain"] = {"type": "boolean", "description": "how beliefs are reckoned too"}
    return _object(properties, [parameter.name for parameter in stored.asked if parameter.required])


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
}  # fmt: skip


def _check(tool: Tool, arguments: Mapping[str, Any]) -> None:
    """Raise `ArgumentError` where arguments are not what a tool takes."""
    properties: Mapping[str, Schema] = tool.takes["properties"]
    if unknown := sorted(arguments.keys() - properties.keys()):
        raise ArgumentError(f"{tool.name} takes no {unknown[0]!r}; it takes {', '.join(properties)}")
    if missing := [name for name in tool.takes["required"] if arguments.get(name) in (None, "")]:
        raise ArgumentError(f"{tool.name} needs {missing[0]!r}")
    for name, value in arguments.items():
        wanted = properties[name]["type"]
        types = tuple(one for type in ([wanted] if isinstance(wanted, str) else wanted) for one in _TYPES[type])
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise ArgumentError(f"{name!r} is not a {' or a '.join([wanted] if isinstance(wanted, str) else wanted)}")
        if isinstance(value, str) and len(value) > LONGEST:
            raise ArgumentError(f"{name!r} has more than {LONGEST:,} characters")
        if "enum" in properties[name] and value not in properties[name]["enum"]:
            raise ArgumentError(f"{name!r} is not one of {', '.join(properties[name]['enum'])}")
        if "maximum" in properties[name] and isinstance(value, int) and not 1 <= value <= properties[name]["maximum"]:
            raise ArgumentError(f"{name!r} is not from 1 to {properties[name]['maximum']:,}")


# The server ----------------------------------------------------------------------------------------------------------


def server(assistant: Assistant) -> "Server[Any]":
    """The tools as a server of the SDK. Raises `ImportError` where that is not installed."""
    from mcp import types
    from mcp.server.lowlevel import Server

    async def tools(*_: Any) -> types.ListToolsResult:
        reading = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=tool.name, title=tool.title, description=tool.description, input_schema=tool.takes,
                    annotations=reading,
                )
                for tool in assistant.tools()
            ]
        )  # fmt: skip

    async def call(_: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            answer = await assistant.call(asked.name, asked.arguments or {})
        except (ArgumentError, QueryError, Unknown) as error:
            return _said(str(error).replace("--", ""))
        except Refused as error:
            return _said(error.message)
        text = types.TextContent(type="text", text=json.dumps(answer, ensure_ascii=False))
        return types.CallToolResult(content=[text], structured_content=answer)

    def _said(problem: str) -> types.CallToolResult:
        return types.CallToolResult(content=[types.TextContent(type="text", text=problem)], is_error=True)

    return Server(
        "stemkg", version=release(), title="StemKG", instructions=INSTRUCTIONS, on_list_tools=tools,
        on_call_tool=call,
    )  # fmt: skip


async def serve_stdio(assistant: Assistant) -> None:
    """Serve on standard input and output until they end."""
    from mcp.server.stdio import stdio_server

    made = server(assistant)
    try:
        async with stdio_server() as (reading, writing):
            await made.run(reading, writing, made.create_initialization_options())
    finally:
        await assistant.close()


async def serve_http(assistant: Assistant, host: str, port: int) -> None:
    """Serve streamable HTTP at /mcp until the process is told to end."""
    import uvicorn

    app = server(assistant).streamable_http_app(host=host, stateless_http=True, json_response=True)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", limit_concurrency=assistant.limits.connections
    )
    print(f"kg: serving http://{host}:{port}/mcp (Ctrl+C ends it)", file=sys.stderr)
    try:
        await uvicorn.Server(config).serve()
    finally:
        await assistant.close()
