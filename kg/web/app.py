"""The application: addresses, what every answer carries, and what is said when something is wrong."""

import asyncio
import contextlib
import hashlib
import ipaddress
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.catalogue import CatalogueError
from kg.claim import BASES, CERTAINTIES, EVIDENCE, METHODS, PREDICATES, RANK
from kg.links import at_sentence
from kg.namespaces import contract
from kg.stated import Stated
from kg.store import StoreError
from kg.tables import heading
from kg.vocabulary import VocabularyError
from kg.web import claim_pages, common, curating, data, drawing, offline, openapi, pages
from kg.web.index import Mark
from kg.web.site import STATIC, TEMPLATES, Site

#: Seconds between two looks whether the store has changed.
_LOOK_AGAIN = 2.0

_log = logging.getLogger(__name__)

#: Nothing but what this server itself sends is ever loaded, and no script or style stands in a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with "no-referrer" a form of ours would come from nowhere ("Origin: null")
    (b"cross-origin-opener-policy", b"same-origin"),
)


class _Headers:
    """Adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


#: A Host header: a name or an address, and a port.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?", re.ASCII)


class _Hosts:
    """Answers only to the names that are its own.

    Else a page of any site could have its name point here, and read what only this machine may see. An address is no
    such name, since nobody can have it point elsewhere.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        self._app = app
        self._names = {name.lower() for name in names} | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(hosts) > 1 or not all(map(self._is_own, hosts)):
                response = PlainTextResponse("This server is not called so: `kg serve --name` tells it how.\n", 421)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_own(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if not match:
            return False
        name = match[1].lower().rstrip(".")
        if "*" in self._names or name in self._names:
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


_Endpoint = Callable[[Request], Awaitable[Response]]

_ROUTES: list[tuple[str, _Endpoint, tuple[str, ...]]] = [
    ("/", pages.front, ("GET",)),
    ("/map.svg", pages.map_svg, ("GET",)),
    ("/map.csv", pages.map_csv, ("GET",)),
    ("/claims", claim_pages.claims, ("GET",)),
    ("/claims.csv", claim_pages.claims_csv, ("GET",)),
    ("/claims.json", claim_pages.claims_json, ("GET",)),
    ("/claim/{id}", claim_pages.claim, ("GET",)),
    ("/terms", pages.terms, ("GET",)),
    ("/terms.json", pages.terms_json, ("GET",)),
    ("/term/{id}", pages.term, ("GET",)),
    ("/articles", pages.articles, ("GET",)),
    ("/article/{id:path}", pages.article, ("GET",)),
    ("/compare", claim_pages.compare, ("GET",)),
    ("/queries", pages.queries, ("GET",)),
    ("/query/{name}", pages.query, ("GET",)),
    ("/sparql", pages.sparql, ("GET", "POST")),
    ("/try", pages.try_sentence, ("GET", "POST")),
    ("/about", pages.about, ("GET",)),
    ("/corrections", curating.corrections, ("GET",)),
    ("/claim/{id}/judgement", curating.judge, ("POST",)),
    ("/openapi.json", openapi.openapi, ("GET",)),
    ("/.well-known/void", pages.void, ("GET",)),
    ("/.well-known/sparql-examples", data.examples, ("GET",)),
    ("/graph-store", data.graph_store, ("GET",)),
    ("/finding/{id}", data.finding, ("GET",)),
    *((f"/{kind}/{{id:path}}", data.other, ("GET",)) for kind in ("build", "software", "journal", "graph", "topic")),
    ("/ontology", data.ontology, ("GET",)),
    ("/dataset", data.dataset, ("GET",)),
    ("/{name}", data.named, ("GET",)),  # the last: what is a term of ours, and no page
]
#: What stands in for a server where there is none.
_OFFLINE: list[tuple[str, _Endpoint, tuple[str, ...]]] = [
    ("/findings", offline.findings, ("GET",)),
    ("/findings.js", offline.findings_js, ("GET",)),
    ("/names.js", offline.names_js, ("GET",)),
]
#: Pages of nodes, which are RDF too.
_NODES = {
    "/claim/{id}": data.claim_iri, "/article/{id:path}": data.article_iri, "/term/{id}": data.term_iri,
}  # fmt: skip


#: What is said of a page with it.
_SAID = ("content-type", "content-disposition")
#: Pages that depend on nothing but the graph and their address.
_KEPT = frozenset(
    ("/", "/map.svg", "/map.csv", "/claims", "/claims.csv", "/claims.json", "/claim/{id}", "/terms", "/term/{id}",
     "/articles", "/article/{id:path}", "/compare", "/queries")
)  # fmt: skip


def _keeping(endpoint: _Endpoint) -> _Endpoint:
    """An endpoint whose pages are kept, and not sent again to a browser that has them."""

    async def kept(request: Request) -> Response:
        made = common.site_of(request).pages
        # What the server was asked for, not what it is called: that is for the client to say.
        address = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
        page = made.get(address)
        if page is None:
            response = await endpoint(request)
            if response.status_code != 200:
                return response
            body = bytes(response.body)
            about = {name: response.headers[name] for name in _SAID if name in response.headers}
            about |= {"etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "cache-control": "no-cache"}
            page = (body, about)
            made.put(address, *page)
        body, headers = page
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)

    return kept


def _served(path: str, endpoint: _Endpoint) -> _Endpoint:
    page = _keeping(endpoint) if path in _KEPT else endpoint
    return data.negotiated(page, _NODES[path]) if path in _NODES else page


async def _failed(request: Request, error: Exception) -> Response:
    """What a person sees when something is wrong; other programs get a line of text."""
    status, message = 500, "Something went wrong on our side."
    headers = None
    if isinstance(error, HTTPException):
        status, message, headers = error.status_code, error.detail, error.headers
        if status == 404 and message == "Not Found":
            message = "There is no such page."
    else:
        _log.error("%s %s", request.method, request.url.path, exc_info=error)
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(message + "\n", status, headers)
    response = common.render(request, "error.html", status, code=status, message=message)
    response.headers.update(headers or {})
    return response


def _templates(site: Site) -> Jinja2Templates:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip

    def label(id: str) -> str:
        return site.index.label(id)

    def one(stated: Stated) -> Mark:
        mark = Mark()
        mark.add(0, stated)
        return mark

    environment.globals |= {
        "label": label,
        "has_page": lambda id: site.has_page(id),
        "relation": site.own_label,
        "evidence_label": site.own_label,
        "rank_of": RANK.__getitem__,
        "ranks": [(rank, name) for name, rank in RANK.items()],
        "predicates": PREDICATES,
        "evidence_types": EVIDENCE,
        "certainties": CERTAINTIES,
        "bases": BASES,
        "methods": METHODS,
        "dot": drawing.dot,
        "one": one,
        "contract": contract,
        "quoted": common.quoted,
        "at_sentence": at_sentence,
    }
    environment.filters["heading"] = heading
    environment.filters["commas"] = lambda number: f"{number:,}"
    environment.filters["factor"] = lambda number: f"{number.normalize():f}"
    return Jinja2Templates(env=environment)


def create_app(site: Site) -> Starlette:
    """The application for a site. It reads the site's store again when that has changed."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(_LOOK_AGAIN)
            try:
                await site.refresh()
            except (StoreError, VocabularyError, CatalogueError, OSError, RuntimeError) as error:
                _log.warning("what was read before is still shown: %s", error)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await site.pool()
        watching = asyncio.create_task(watch())
        yield
        watching.cancel()
        await site.close()

    middleware = [
        Middleware(_Headers),
        Middleware(_Hosts, names=site.hosts),
        Middleware(GZipMiddleware, minimum_size=1_000),
    ]
    if site.cors:
        middleware.append(
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])
        )
    routes = _OFFLINE + _ROUTES if site.static else _ROUTES
    handlers: dict[Any, Any] = {HTTPException: _failed, Exception: _failed}
    app = Starlette(
        routes=[
            *(Route(path, _served(path, endpoint), methods=list(methods)) for path, endpoint, methods in routes),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=middleware,
        exception_handlers=handlers,
        lifespan=lifespan,
    )
    app.state.site = site
    app.state.templates = _templates(site)
    return app
