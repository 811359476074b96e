"""Linked data: what each IRI of the graph stands for, as Turtle, JSON-LD, RDF/XML or N-Triples, or as its page.

The IRIs begin with https://w3id.org/stemkg/, which sends on to a server of ours (`ontology/.htaccess`): what follows
there is the path here. A browser gets a page; a program that asks for RDF gets what the graph says of the node.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg import namespaces, paths
from kg.namespaces import ARTICLE, CLAIM, STEMKG, contract, expand
from kg.rdf import FINDING
from kg.web import pool, protocol
from kg.web.common import missing, site_of

_Endpoint = Callable[[Request], Awaitable[Response]]
_PAGE = "text/html"


def wants_page(request: Request) -> bool:
    """Whether a request would rather have a page than RDF; who says nothing gets a page."""
    return protocol.negotiate(request.headers.get("accept", ""), [_PAGE, *protocol.GRAPHS]) in (_PAGE, None)


async def _described(request: Request, iri: str) -> Response:
    """What the graph says of a node, in the format that is liked best. Raises `HTTPException` where it says nothing."""
    media = protocol.negotiate(request.headers.get("accept", ""), protocol.GRAPHS)
    if media is None:
        return protocol.refusal(pool.Refused(406, f"this can be had as {', '.join(protocol.GRAPHS)}"))
    return await _constructed(request, _said_of(iri), media)


def _said_of(iri: str) -> str:
    """The query for what the graph says of a node."""
    node = _node(iri)
    return f"CONSTRUCT {{ {node} ?p ?o }} WHERE {{ {node} ?p ?o }}"


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise missing("There is no such node.") from None


async def _constructed(request: Request, sparql: str, media: str) -> Response:
    try:
        running = await site_of(request).pool()
        if not (await running.ask(pool.Request(sparql + " LIMIT 1", "nt"))).read().strip():
            raise missing("The graph says nothing of it.")
        answer = await running.ask(pool.Request(sparql, protocol.GRAPHS[media]))
    except pool.Refused as error:
        return protocol.refusal(error)
    response = protocol.sent(answer, media)
    response.headers["vary"] = "Accept"
    return response


def negotiated(page: _Endpoint, iri_of: Callable[[Request], str]) -> _Endpoint:
    """An endpoint that gives a page, or what the graph says of its node to who would rather have RDF."""

    async def either(request: Request) -> Response:
        if not wants_page(request):
            return await _described(request, iri_of(request))
        response = await page(request)
        if response.status_code == 200:
            address = quote(request.url.path, safe="/:")
            response.headers["link"] = f'<{address}>; rel="alternate"; type="text/turtle"'
            response.headers["vary"] = "Accept"
        return response

    return either


def claim_iri(request: Request) -> str:
    """The IRI of the claim that a path names."""
    return f"{CLAIM}{request.path_params['id']}"


def article_iri(request: Request) -> str:
    """The IRI of the article that a path names."""
    return ARTICLE + quote(request.path_params["id"], safe="")


def term_iri(request: Request) -> str:
    """The IRI of the term that a path names by its CURIE."""
    id: str = request.path_params["id"]
    return expand(id) if id.partition(":")[0] in namespaces.PREFIXES else id


async def finding(request: Request) -> Response:
    """A finding; to a browser, its claims."""
    iri = FINDING + request.path_params["id"]
    if not wants_page(request):
        return await _described(request, iri)
    parts = {"subject": "subject", "relation": "predicate", "object": "object", "disease": "disease"}
    try:
        found = (await (await site_of(request).pool()).ask(pool.Request(_said_of(iri), "nt"))).read()
    except pool.Refused as error:
        return protocol.refusal(error)
    said = {
        parts[name]: contract(quad.object.value).removeprefix("stemkg:" if name == "relation" else "")
        for quad in ox.parse(found, format=ox.RdfFormat.N_TRIPLES)
        if isinstance(quad.object, ox.NamedNode) and (name := quad.predicate.value.removeprefix(STEMKG)) in parts
    }
    if not said:
        raise missing("There is no such finding.")
    return RedirectResponse("/claims?" + urlencode(said), 303)


async def other(request: Request) -> Response:
    """Any other node of ours: a build, a program, a journal, a graph."""
    path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]  # as it is written in the IRI
    return await _described(_as_turtle(request), STEMKG + path.removeprefix("/"))


def _as_turtle(request: Request) -> Request:
    """A request that a browser made, which would have a page, as one for Turtle."""
    if not wants_page(request):
        return request
    headers = [(name, value) for name, value in request.scope["headers"] if name != b"accept"]
    return Request({**request.scope, "headers": [*headers, (b"accept", b"text/turtle")]}, request.receive)


async def named(request: Request) -> Response:
    """A term or a relation of ours by its local name; to a browser, its page where it has one."""
    id = "stemkg:" + request.path_params["name"]
    if wants_page(request):
        if id not in site_of(request).vocabulary:
            raise HTTPException(404)
        return RedirectResponse(f"/term/{quote(id, safe=':')}", 303)
    return await _described(request, expand(id))


async def ontology(request: Request) -> Response:
    """The ontology, as it is edited; to a browser, what is said about it."""
    if wants_page(request):
        return RedirectResponse("/about", 303)
    file = paths.ONTOLOGY / "stemkg.ttl"
    return protocol.graph_response((quad.triple for quad in ox.parse(path=file)), request)


async def dataset(request: Request) -> Response:
    """The description of the data set, at its own IRI."""
    return RedirectResponse("/about" if wants_page(request) else "/.well-known/void", 303)


async def graph_store(request: Request) -> Response:
    """The Graph Store Protocol, to read: the graph that `graph` names, or with `default` all of them as one."""
    given = dict(protocol.pairs(request.scope["query_string"].decode("latin-1")))
    media = protocol.negotiate(request.headers.get("accept", ""), protocol.GRAPHS)
    if media is None:
        return protocol.refusal(pool.Refused(406, f"a graph can be had as {', '.join(protocol.GRAPHS)}"))
    if ("graph" in given) == ("default" in given):
        return protocol.refusal(pool.Refused(400, "name one graph: ?graph=IRI, or ?default"))
    pattern = "?s ?p ?o" if "default" in given else f"GRAPH {_node(given['graph'])} {{ ?s ?p ?o }}"
    return await _constructed(request, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", media)


async def examples(request: Request) -> Response:
    """The stored queries as SPARQL examples, for programs that write queries."""
    site = site_of(request)
    text = site.catalogue.as_turtle(site.vocabulary, protocol.origin(request) + "/sparql")
    return protocol.graph_response((quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)), request)
