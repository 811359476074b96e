"""Serving the pages: to a network, or one of them to standard output."""

import asyncio
import math
import socket
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import uvicorn
from starlette.types import ASGIApp, Message

from kg.web.app import create_app
from kg.web.connections import connections
from kg.web.site import Site


class ServingError(Exception):
    """Pages that can't be served. The message says why."""


class _Server(uvicorn.Server):
    """A server that tells when it listens, and where."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")


def configured(site: Site, host: str, port: int) -> uvicorn.Config:
    """The configuration of a server of a site: small, quiet, and under the site's limits."""
    return uvicorn.Config(
        create_app(site), host=host, port=port, log_level="critical", server_header=False, ws="none",
        http=connections(site.limits), limit_concurrency=site.limits.connections, backlog=site.limits.connections,
        timeout_keep_alive=math.ceil(site.limits.idle), timeout_graceful_shutdown=5,
    )  # fmt: skip


def serve(site: Site, host: str, port: int, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until interrupted. `ready` is told the address. Raises `ServingError` where that can't be had."""
    server = _Server(configured(site, host, port), ready)
    try:
        server.run()
    except SystemExit:
        pass
    except KeyboardInterrupt:
        return
    if not server.started:
        raise ServingError(f"{host}:{port} can't be listened on")


async def fetch(app: ASGIApp, address: str) -> tuple[int, str, bytes]:
    """The status, media type and body that an application answers a GET with."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    status, media, body = 500, "", bytearray()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:  # the client stays until it has its answer
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, media
        if message["type"] == "http.response.start":
            status = message["status"]
            media = dict(message["headers"]).get(b"content-type", b"").decode().partition(";")[0]
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": parts.path.encode(), "root_path": "", "query_string": parts.query.encode(),
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html, */*;q=0.5")],
        "server": ("localhost", 80), "client": ("localhost", 0),
    }  # fmt: skip
    await app(scope, receive, send)
    return status, media, bytes(body)


def get(site: Site, address: str) -> tuple[int, bytes]:
    """The status and content of one page, without a server."""

    async def once() -> tuple[int, bytes]:
        try:
            status, _, body = await fetch(create_app(site), address)
            return status, body
        finally:
            await site.close()

    return asyncio.run(once())
