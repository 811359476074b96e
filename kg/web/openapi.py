"""What the routes that answer in JSON take and give, in OpenAPI 3.1: `/openapi.json`."""

from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.catalogue import StoredQuery
from kg.claim import BASES, CERTAINTIES, COLUMNS, EVIDENCE, METHODS, ORIGIN, POLARITIES, PREDICATES
from kg.exports import about
from kg.web.claim_pages import OF_SOURCE
from kg.web.common import site_of
from kg.web.protocol import ROWS, origin
from kg.web.site import Site

Node = dict[str, Any]

_TEXT: Node = {"type": "string"}
_YEAR: Node = {"type": "string", "pattern": "^[0-9]{4}$"}
_REFUSALS = {
    "400": "A value does not fit, or is missing; the text says which.",
    "403": "The endpoint only reads, and calls no other.",
    "404": "There is no such thing.",
    "405": "Another method is needed.",
    "406": "The answer can't be had in this form.",
    "413": "The request is too long.",
    "415": "The body is of another type than the endpoint takes.",
    "503": "Too many others are asking; Retry-After says when to come again.",
    "504": "The answer takes longer than is allowed.",
    "507": "The answer is larger than is allowed.",
}
#: The filters of claims, with what each may be. What makes no sense is as good as none.
_FILTERS: dict[str, tuple[str, Node]] = {
    **{end: (f"the {end}, by CURIE or name; narrower terms too", _TEXT) for end in ("subject", "object", "disease")},
    "term": ("a term at any end, or the disease", _TEXT),
    "article": ("the id of an article", _TEXT),
    "predicate": ("the relation", {"type": "string", "enum": list(PREDICATES)}),
    "polarity": ("affirmed or denied", {"type": "string", "enum": list(POLARITIES)}),
    "certainty": ("how sure the text is", {"type": "string", "enum": list(CERTAINTIES)}),
    "basis": ("what it rests on", {"type": "string", "enum": list(BASES)}),
    "method": ("how the claim was made", {"type": "string", "enum": list(METHODS)}),
    "evidence": ("the weakest evidence wanted", {"type": "string", "enum": list(EVIDENCE)}),
    "species": ("the CURIE of a species", _TEXT),
    "since": ("no older than this year", _YEAR),
    "until": ("no newer than this year", _YEAR),
}


async def openapi(request: Request) -> Response:
    """The description, with the address of this server."""
    return JSONResponse(description(site_of(request), origin(request)))


def description(site: Site, address: str) -> Node:
    """The description of a site at an address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": about.TITLE,
            "version": version("stemkg"),
            "summary": "What the literature claims about cell therapy, as JSON.",
            "license": {"name": about.LICENCE_NAME, "url": about.LICENCE},
        },
        "servers": [{"url": address}],
        "paths": {
            "/claims.json": {"get": _claims()},
            "/terms.json": {"get": _terms(site)},
            "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
            **{f"/query/{stored.name}.json": {"get": _stored(stored)} for stored in site.catalogue},
        },
        "components": {
            "schemas": {"Claim": _claim(), "Term": _term(), "Results": _results(), "Truth": _truth()},
            "responses": {
                status: {"description": text, "content": {"text/plain": {"schema": _TEXT}}}
                for status, text in _REFUSALS.items()
            },
        },
    }


def _operation(name: str, summary: str, parameters: list[Node], content: Node, refusals: tuple[str, ...]) -> Node:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer.", "content": content},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in refusals},
        },
    }


def _json(schema: Node, media: str = "application/json") -> Node:
    return {media: {"schema": schema}}


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _in_query(name: str, about: str, schema: Node, *, required: bool = False) -> Node:
    return {"name": name, "in": "query", "description": about, "required": required, "schema": schema}


def _claims() -> Node:
    parameters = [_in_query(name, about, schema) for name, (about, schema) in _FILTERS.items()]
    return _operation(
        "claims",
        "The claims that filters leave.",
        parameters,
        _json({"type": "array", "items": _ref("Claim")}),
        ("507",),
    )


def _terms(site: Site) -> Node:
    kinds = sorted({kind for term in site.vocabulary.terms.values() for kind in term.kinds})
    parameters = [
        _in_query("q", "the beginning of a name or synonym", _TEXT),
        _in_query("kind", f"kinds with commas between them: {', '.join(kinds)}", _TEXT),
    ]
    return _operation(
        "terms", "Terms whose names begin so.", parameters, _json({"type": "array", "items": _ref("Term")}), ()
    )


def _stored(stored: StoredQuery) -> Node:
    parameters = [_in_query(one.name, one.description, one.schema, required=one.required) for one in stored.asked]
    parameters.append(_in_query("explain", "with the columns that are details", {"type": "string", "enum": ["yes"]}))
    if stored.behind:
        parameters.append(_in_query("sentences", "a row for each sentence", {"type": "string", "enum": ["yes"]}))
    content = _json(_ref("Results"), "application/sparql-results+json")
    return _operation(stored.name, stored.question, parameters, content, ("400", "503", "504", "507"))


_ASKED = ("400", "403", "406", "413", "415", "503", "504", "507")


def _answers() -> Node:
    content = _json({"anyOf": [_ref("Results"), _ref("Truth")]}, "application/sparql-results+json")
    return content | {media: {} for media in ROWS if media not in content}


def _sparql_get() -> Node:
    query = _in_query(
        "query", "SPARQL 1.1: SELECT or ASK; without one, the endpoint is described in RDF", _TEXT, required=True
    )
    return _operation("sparql", "Ask the graph.", [query], _answers(), _ASKED)


def _sparql_post() -> Node:
    form: Node = {
        "type": "object",
        "properties": {"query": _TEXT},
        "required": ["query"],
        "additionalProperties": False,
    }
    body = {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": _TEXT},
            "application/x-www-form-urlencoded": {"schema": form},
        },
    }
    return _operation("sparqlPost", "Ask the graph.", [], _answers(), _ASKED) | {"requestBody": body}


def _claim() -> Node:
    names = ("claim", *COLUMNS, *ORIGIN, "subject_label", "object_label", "disease_label", *OF_SOURCE)
    return {"type": "object", "properties": dict.fromkeys(names, _TEXT), "required": list(names)}


def _term() -> Node:
    properties: Node = dict.fromkeys(("id", "label", "iri"), _TEXT)
    properties["kinds"] = {"type": "array", "items": _TEXT}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _results() -> Node:
    """The SPARQL 1.1 Query Results JSON Format, for rows."""
    cell = {
        "type": "object",
        "properties": {"type": {"enum": ["uri", "literal", "bnode", "triple"]}, "value": {}},
        "required": ["type", "value"],
    }
    rows = {"type": "array", "items": {"type": "object", "additionalProperties": cell}}
    return {
        "type": "object",
        "properties": {
            "head": {"type": "object", "properties": {"vars": {"type": "array", "items": _TEXT}}, "required": ["vars"]},
            "results": {"type": "object", "properties": {"bindings": rows}, "required": ["bindings"]},
        },
        "required": ["head", "results"],
    }


def _truth() -> Node:
    """The same, for yes or no."""
    return {
        "type": "object",
        "properties": {"head": {"type": "object"}, "boolean": {"type": "boolean"}},
        "required": ["head", "boolean"],
    }
