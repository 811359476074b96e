"""The SPARQL 1.1 Protocol: requests in, negotiated answers out. Queries only: there is nothing to update here."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pyoxigraph as ox
from starlette.requests import Request as HTTPRequest
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from kg.namespaces import PREFIXES
from kg.web.limits import Limits
from kg.web.pool import Answer, Pool, Refused, Request
from kg.web.query import FORMS, outline

#: Media types of rows and truth values, the preferred one first; then those of graphs.
ROWS = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
GRAPHS = {
    "text/turtle": "turtle",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/x-turtle": "turtle",
    "application/json": "jsonld",
    "application/xml": "xml",
    "text/plain": "nt",
}
_SERIALISED = {
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "xml": ox.RdfFormat.RDF_XML,
}
_TEXT = frozenset(("text/csv", "text/tab-separated-values", "text/turtle", "text/plain"))
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: a query (None where it has none), the graphs named beside it, and a format by name."""

    query: str | None
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str


def negotiate(accept: str, offered: Iterable[str]) -> str | None:
    """The media type, of those offered, that an Accept header likes best; None where it likes none.

    Of types that it likes as well as each other, the first one offered.

    >>> negotiate("text/csv;q=0.5, application/*", ["text/csv", "application/json"])
    'application/json'
    >>> negotiate("image/png", ["text/csv"]) is None
    True
    """
    ranges: dict[str, float] = {}
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        ranges[name.lower()] = max(quality, ranges.get(name.lower(), 0.0))

    def liking(media: str) -> float:
        # The most specific range decides.
        for name in (media, media.split("/")[0] + "/*", "*/*"):
            if name in ranges:
                return ranges[name]
        return 0.0

    best = max(offered, key=liking, default=None)
    return best if best and liking(best) > 0 else None


async def body_of(request: HTTPRequest, limits: Limits) -> bytes:
    """The body of a request.

    Raises `Refused` where it is longer than it may be (413), without reading on, or does not come in time (408).
    """
    size = request.headers.get("content-length", "")
    too_long = Refused(413, f"the body has more than {limits.body:,} bytes")
    # No more digits than a number that is meant: turning thousands of them into one takes long.
    if size.isdecimal() and (len(size) > 18 or int(size) > limits.body):
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(limits.upload):
            async for piece in request.stream():
                body += piece
                if len(body) > limits.body:
                    raise too_long
    except TimeoutError:
        raise Refused(408, f"the body was not there after {limits.upload:g} seconds") from None
    return bytes(body)


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "the request is not UTF-8") from None


def pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, "the request is not UTF-8") from None


def pick(pairs: Iterable[tuple[str, str]], direct: str | None = None) -> Asked:
    """What the parameters of a request, and the query that is its body, ask.

    Raises `Refused` where that makes no sense.
    """
    pairs = list(pairs)
    queries = [value for name, value in pairs if name == "query"]
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in pairs):
        raise Refused(403, "this endpoint is read-only: it takes no updates")
    if direct is not None:
        if queries:
            raise Refused(400, "there is a query both in the address and in the body")
        queries = [direct]
    if len(queries) > 1:
        raise Refused(400, "there is more than one query")
    return Asked(
        queries[0] if queries else None,
        # Clients that ask for no graph in particular send an empty name.
        tuple(value for name, value in pairs if name == "default-graph-uri" and value),
        tuple(value for name, value in pairs if name == "named-graph-uri" and value),
        next((value for name, value in pairs if name == "format"), ""),
    )


async def read(request: HTTPRequest, limits: Limits) -> Asked:
    """What a request asks. Raises `Refused` with the status that the protocol has for what is wrong with it."""
    address = request.scope["query_string"].decode("latin-1")
    if request.method in ("GET", "HEAD"):
        return pick(pairs(address))
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.partition("charset=")[2].strip().strip('"').lower()
    if charset not in ("", "utf-8", "utf8"):
        raise Refused(415, f"the body is {charset}; it must be UTF-8")
    match media.strip().lower():
        case "application/x-www-form-urlencoded":
            asked = pick([*pairs(address), *pairs(_decode(await body_of(request, limits)))])
        case "application/sparql-query":
            asked = pick(pairs(address), _decode(await body_of(request, limits)))
        case "application/sparql-update":
            raise Refused(403, "this endpoint is read-only: it takes no updates")
        case other:
            raise Refused(415, f"a query is posted as {_FORM} or application/sparql-query, not as {other or 'nothing'}")
    if asked.query is None:
        raise Refused(400, "there is no query")
    return asked


def check(asked: Asked, accept: str, base: str) -> tuple[Request, str]:
    """The query to run and the media type of its answer. Raises `Refused` where it must not be run."""
    query = asked.query or ""
    if "\x00" in query or any("\ud800" <= character < "\ue000" for character in query):
        raise Refused(400, "the query has characters that are not text")
    try:
        words = outline(query, base)
    except ValueError as error:
        raise Refused(400, str(error)) from None
    if words.form == "UPDATE":
        raise Refused(403, "this endpoint is read-only: it takes no updates")
    if words.service:
        raise Refused(403, "this endpoint calls no other: SERVICE is refused")
    if words.form not in FORMS:
        raise Refused(400, "this is not a SPARQL query (SELECT, ASK, CONSTRUCT or DESCRIBE)")
    offered = ROWS if words.form in ("SELECT", "ASK") else GRAPHS
    # Clients send names of many kinds as well as the header: those that are not ours are passed over.
    named = (name for name, short in offered.items() if asked.format in (short, name))
    media = next(named, None) or negotiate(accept, offered)
    if media is None:
        raise Refused(406, f"the answer to {words.form} can be had as {', '.join(offered)}")
    for graph in (graphs := (*words.graphs, *asked.default, *asked.named)):
        try:
            ox.NamedNode(graph)
        except ValueError:
            raise Refused(400, f"{graph!r} is not the IRI of a graph") from None
    # The protocol's own dataset goes before the one that the query names.
    beside = asked.default or asked.named
    graphs = (*asked.default, *asked.named) if beside else graphs
    return Request(query, offered[media], graphs, asked.default, asked.named, base or None), media


async def run(request: HTTPRequest, pool: Pool, query: Request) -> Answer:
    """The answer of the pool, unless the client goes away first: then the query is ended, `Refused` raised."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    answer = asyncio.create_task(pool.ask(query))
    leaving = asyncio.create_task(gone())
    try:
        await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise Refused(499, "the client went away")
        return await answer
    finally:
        answer.cancel()
        leaving.cancel()


def sent(answer: Answer, media: str) -> Response:
    """The response that carries an answer."""
    content_type = media + ("; charset=utf-8" if media in _TEXT else "")
    return StreamingResponse(
        answer.pieces(), headers={"content-length": str(answer.size), "content-type": content_type}
    )


def refusal(error: Refused) -> Response:
    """The response that says why there is no answer."""
    headers = {"retry-after": "1"} if error.status == 503 else {"connection": "close"} if error.status == 408 else {}
    return PlainTextResponse(error.message + "\n", error.status, headers)


def graph_response(triples: Iterable[ox.Triple], request: HTTPRequest) -> Response:
    """A graph in the format that a request likes best."""
    media = negotiate(request.headers.get("accept", ""), GRAPHS)
    if media is None:
        return refusal(Refused(406, f"this can be had as {', '.join(GRAPHS)}"))
    content = ox.serialize(triples, format=_SERIALISED[GRAPHS[media]], prefixes=_DESCRIPTION_PREFIXES)
    return Response(content, media_type=media, headers={"vary": "Accept"})


_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_VOID = "http://rdfs.org/ns/void#"
_DESCRIPTION_PREFIXES = {
    "sd": _SD,
    "formats": _FORMATS,
    "void": _VOID,
    **{name: PREFIXES[name] for name in ("rdf", "dcterms", "xsd")},
}


def service_description(endpoint: str, dataset: str) -> list[ox.Triple]:
    """What the endpoint can do, in the SPARQL 1.1 Service Description vocabulary. `dataset` is described elsewhere."""
    node = ox.NamedNode(endpoint)
    data, graph = ox.NamedNode(dataset), ox.NamedNode(endpoint + "#default-graph")
    a = ox.NamedNode(PREFIXES["rdf"] + "type")

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(_SD + name)

    return [
        ox.Triple(node, a, sd("Service")),
        ox.Triple(node, sd("endpoint"), node),
        ox.Triple(node, sd("supportedLanguage"), sd("SPARQL11Query")),
        ox.Triple(node, sd("feature"), sd("UnionDefaultGraph")),
        *(
            ox.Triple(node, sd("resultFormat"), ox.NamedNode(_FORMATS + name))
            for name in (
                "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
                "Turtle", "JSON-LD", "N-Triples", "RDF_XML",
            )
        ),
        ox.Triple(node, sd("defaultDataset"), data),
        ox.Triple(data, a, sd("Dataset")),
        ox.Triple(data, sd("defaultGraph"), graph),
        ox.Triple(graph, a, sd("Graph")),
    ]  # fmt: skip


def void(
    dataset: str, endpoint: str, *, title: str, triples: int, claims: int, articles: int, vocabularies: Iterable[str]
) -> list[ox.Triple]:
    """What the data are, in the VoID vocabulary. The counts are of triples, claims and articles."""
    node, xsd = ox.NamedNode(dataset), PREFIXES["xsd"]
    a = ox.NamedNode(PREFIXES["rdf"] + "type")

    def v(name: str) -> ox.NamedNode:
        return ox.NamedNode(_VOID + name)

    def number(value: int) -> ox.Literal:
        return ox.Literal(str(value), datatype=ox.NamedNode(xsd + "integer"))

    described = [
        ox.Triple(node, a, v("Dataset")),
        ox.Triple(node, ox.NamedNode(PREFIXES["dcterms"] + "title"), ox.Literal(title, language="en")),
        ox.Triple(node, v("sparqlEndpoint"), ox.NamedNode(endpoint)),
        ox.Triple(node, v("uriSpace"), ox.Literal(PREFIXES["stemkg"])),
        ox.Triple(node, v("triples"), number(triples)),
        *(ox.Triple(node, v("vocabulary"), ox.NamedNode(iri)) for iri in vocabularies),
    ]
    for name, count in (("Claim", claims), ("Article", articles)):
        part = ox.NamedNode(f"{dataset}-{name.lower()}s")
        described += [
            ox.Triple(node, v("classPartition"), part),
            ox.Triple(part, v("class"), ox.NamedNode(PREFIXES["stemkg"] + name)),
            ox.Triple(part, v("entities"), number(count)),
        ]
    return described


def origin(request: HTTPRequest) -> str:
    """The scheme, host and mount point that a request was sent to, without a slash at the end."""
    parts = urlsplit(str(request.base_url))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
