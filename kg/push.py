"""Load a store into another one, over HTTP: by SPARQL 1.1 Update, or by the Graph Store protocol."""

import base64
import urllib.parse
from itertools import islice

import pyoxigraph as ox

from kg.limits import Asking
from kg.namespaces import ARTICLE
from kg.rdf import CLOSURE_GRAPH, ONTOLOGY_GRAPH, SUMMARY_GRAPH
from kg.remote import AskingError, Reply, ask
from kg.store import Store

_TRIPLES = 5_000  # that are sent at once
_OWN = frozenset(graph.value for graph in (CLOSURE_GRAPH, ONTOLOGY_GRAPH, SUMMARY_GRAPH))
_COUNTS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


class PushError(Exception):
    """The other store did not take something, or does not hold it. The message names it and what was said."""


def push(
    store: Store, endpoint: str, *, graphs: bool = False, query: str = "", user: str = "", timeout: float = 300.0
) -> int:
    """Load every graph into the store behind an endpoint, in place of its graph of that name; how many triples.

    `graphs` says that the endpoint speaks the Graph Store protocol; else it takes SPARQL updates. Graphs there that are
    ours by their names, and have left the store, are removed. Afterwards the triples there are counted, by the SPARQL
    endpoint `query`, which is looked for where none is named. `user` is "name:password" for basic authentication, sent
    to the endpoints alone; `timeout` is in seconds, for one request. Sending again what was sent before changes
    nothing, so that a push that broke off may be repeated. Raises `PushError`.
    """
    target = _Target(endpoint, graphs, query, user, timeout)
    before = target.counts()
    ours = {name.value: name for name in store.graph.named_graphs() if isinstance(name, ox.NamedNode)}
    sent = {iri: _send_graph(store, ours[iri], target) for iri in sorted(ours)}
    for iri in sorted(before):
        if iri not in ours and (iri.startswith(ARTICLE) or iri in _OWN):
            target.remove(iri)
            sent[iri] = 0
    held = target.counts()
    for iri, count in sent.items():
        if held.get(iri, 0) != count:
            raise PushError(f"{endpoint}: it holds {held.get(iri, 0):,} triples of <{iri}>, not the {count:,} sent")
    return sum(sent.values())


def _send_graph(store: Store, name: ox.NamedNode, target: "_Target") -> int:
    """Send one graph, a batch at a time; how many triples."""
    triples = (quad.triple for quad in store.graph.quads_for_pattern(None, None, None, name))
    count = 0
    while batch := list(islice(triples, _TRIPLES)):
        target.put(name, ox.serialize(batch, format=ox.RdfFormat.N_TRIPLES) or b"", anew=not count)
        count += len(batch)
    return count


class _Target:
    """The store that is loaded."""

    def __init__(self, endpoint: str, graphs: bool, query: str, user: str, timeout: float) -> None:
        self._endpoint = endpoint
        self._graphs = graphs
        self._limits = Asking(silence=timeout)
        self._headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if user else {}
        self._query = query or self._find()

    def put(self, name: ox.NamedNode, triples: bytes, *, anew: bool) -> None:
        """Add N-Triples to a graph, or put them in its place."""
        if self._graphs:
            self._send(self._address(name.value), "PUT" if anew else "POST", "application/n-triples", triples)
        else:
            drop = f"DROP SILENT GRAPH {name} ;\n" if anew else ""
            self._update(f"{drop}INSERT DATA {{ GRAPH {name} {{\n{triples.decode()}}} }}")

    def remove(self, iri: str) -> None:
        """Remove a graph."""
        if self._graphs:
            self._send(self._address(iri), "DELETE", "", None)
        else:
            self._update(f"DROP SILENT GRAPH {ox.NamedNode(iri)}")

    def counts(self) -> dict[str, int]:
        """The graphs that are there, with their triples."""
        try:
            return self._counts(self._query)
        except AskingError as error:
            raise PushError(f"{self._query}: {error}") from None

    def _find(self) -> str:
        """The SPARQL endpoint beside the one that takes the graphs: the same, or where servers have it."""
        parts = urllib.parse.urlsplit(self._endpoint)
        parent = parts.path.rpartition("/")[0]
        paths = (parts.path, f"{parent}/query", f"{parent}/sparql", parent)
        for path in dict.fromkeys(paths):
            address = parts._replace(path=path, query="", fragment="").geturl()
            try:
                self._counts(address)
            except AskingError:
                continue
            return address
        raise PushError(
            f"{self._endpoint}: what is stored there can't be counted: name its endpoint for queries (--query), or see"
            " whether this is a store at all"
        )

    def _counts(self, address: str) -> dict[str, int]:
        form = urllib.parse.urlencode({"query": _COUNTS}).encode()
        headers = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
        reply = self._ask(address, form, headers, "POST")
        try:
            rows = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
            assert isinstance(rows, ox.QuerySolutions)
            return {row["g"].value: int(row["n"].value) for row in rows}
        except (SyntaxError, ValueError, AssertionError, KeyError, AttributeError):
            raise AskingError("the answer is not SPARQL results in JSON") from None

    def _address(self, iri: str) -> str:
        return f"{self._endpoint}?{urllib.parse.urlencode({'graph': iri})}"

    def _update(self, text: str) -> None:
        self._send(self._endpoint, "POST", "application/sparql-update", text.encode())

    def _send(self, address: str, method: str, kind: str, body: bytes | None) -> None:
        try:
            self._ask(address, body, {"Content-Type": f"{kind}; charset=utf-8"} if kind else {}, method)
        except AskingError as error:
            raise PushError(f"{address}: {error}") from None

    def _ask(self, address: str, body: bytes | None, headers: dict[str, str], method: str) -> Reply:
        # The password goes to the origin that the user named, and to no other.
        return ask(address, body, {**headers, **self._headers}, method=method, limits=self._limits)
