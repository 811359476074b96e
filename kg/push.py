"""Load a store into another one, over HTTP: by SPARQL 1.1 Update, or by the Graph Store protocol."""

import base64
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from itertools import islice

import pyoxigraph as ox

from kg.store import Store

_TRIPLES = 5_000  # that are sent at once


class PushError(Exception):
    """The other store did not take something. The message names it and what it said."""


def push(store: Store, endpoint: str, *, graphs: bool = False, user: str = "", timeout: float = 300.0) -> int:
    """Load every graph into the store behind an endpoint, in place of its graph of that name; how many triples.

    `graphs` says that the endpoint speaks the Graph Store protocol; else it takes SPARQL updates. `user` is
    "name:password" for basic authentication; `timeout` is in seconds, for one request. Sending again what was sent
    before changes nothing, so that a push that broke off may be repeated. Raises `PushError`.
    """
    sent = 0
    for name in sorted(store.graph.named_graphs(), key=str):
        if not isinstance(name, ox.NamedNode):
            continue
        triples = (quad.triple for quad in store.graph.quads_for_pattern(None, None, None, name))
        first = True
        while batch := list(islice(triples, _TRIPLES)):
            body = ox.serialize(batch, format=ox.RdfFormat.N_TRIPLES) or b""
            if graphs:
                address = f"{endpoint}?{urllib.parse.urlencode({'graph': name.value})}"
                _send(address, "PUT" if first else "POST", "application/n-triples", body, user, timeout)
            else:
                drop = f"DROP SILENT GRAPH {name} ;\n" if first else ""
                update = f"{drop}INSERT DATA {{ GRAPH {name} {{\n{body.decode()}}} }}"
                _send(endpoint, "POST", "application/sparql-update", update.encode(), user, timeout)
            first = False
            sent += len(batch)
    return sent


def _send(address: str, method: str, kind: str, body: bytes, user: str, timeout: float) -> None:
    headers = {"Content-Type": f"{kind}; charset=utf-8", "User-Agent": "stemkg"}
    if user:
        headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout):
            pass
    except urllib.error.HTTPError as error:
        said = next(iter(_lines(error.read(2000))), "")
        raise PushError(f"{address}: {error.code} {error.reason}" + (f": {said}" if said else "")) from None
    except OSError as error:
        raise PushError(f"{address}: {getattr(error, 'reason', error)}") from None


def _lines(said: bytes) -> Iterator[str]:
    return (line for line in said.decode(errors="replace").splitlines() if line.strip())
