"""Serving the pages: to a network, to standard output, or into a folder for any web host."""

import asyncio
import hashlib
import html
import math
import os
import re
import shutil
import socket
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import uvicorn
from starlette.types import ASGIApp, Message

from kg.web.app import create_app
from kg.web.connections import connections
from kg.web.site import Site

_LINK = re.compile(r'(?<=[ \n])(href|src)="(/(?!/)[^"]*)"')
#: What tells a folder that was written by `write_site` from any other.
_MARK = ".stemkg-site"


class ServingError(Exception):
    """Pages that can't be served or written. The message says why."""


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


async def _fetch(app: ASGIApp, address: str) -> tuple[int, str, bytes]:
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
            status, _, body = await _fetch(create_app(site), address)
            return status, body
        finally:
            await site.close()

    return asyncio.run(once())


def file_of(address: str) -> str:
    """The file, relative to the folder of a static site, that holds the page of an address.

    >>> file_of("/"), file_of("/term/CL:0000134"), file_of("/static/style.css")
    ('index.html', 'term/CL_0000134.html', 'static/style.css')
    """
    parts = urlsplit(address)
    names = [_safe(unquote(segment)) for segment in parts.path.split("/") if segment] or ["index"]
    *folders, last = names
    stem, dot, suffix = last.rpartition(".")
    if not dot or suffix not in ("csv", "json", "svg", "rq", "css", "js", "ttl"):
        stem, suffix = last, "html"
    if parts.query:
        # The parameters may be long, and may hold what no file's name may.
        folders.append(stem)
        stem = hashlib.sha256(parts.query.encode()).hexdigest()[:16]
    return "/".join([*folders, f"{stem}.{suffix}"])


def _safe(segment: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]|^[.]|[.]{2,}", "_", segment)
    if plain == segment or re.fullmatch(r"\w+:\w+", segment):
        return plain
    return f"{plain}-{hashlib.sha256(segment.encode()).hexdigest()[:8]}"


def write_site(site: Site, folder: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Write all pages into a folder, which is new, empty or an earlier such site; how many files there are.

    `progress` is told how many are written so far. Raises `ServingError`.
    """
    if folder.exists() and not folder.is_dir():
        raise ServingError(f"{folder} is not a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ServingError(f"{folder}: this folder has other things in it; name an empty or a new one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    site.static = True
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        new = Path(temporary) / "site"
        new.mkdir(mode=0o755)
        count = asyncio.run(_write(site, new, progress))
        (new / _MARK).write_text("")
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        new.rename(folder)
        shutil.rmtree(Path(temporary) / "old", ignore_errors=True)
    return count


async def _write(site: Site, folder: Path, progress: Callable[[int], None]) -> int:
    app = create_app(site)
    waiting, known = deque(["/"]), {"/"}
    count = 0
    try:
        while waiting:
            address = waiting.popleft()
            status, media, body = await _fetch(app, address)
            if status != 200:
                raise ServingError(f"{address}: {status}")
            if media == "text/html":
                text = body.decode()
                for link in _links(text):
                    if link not in known:
                        known.add(link)
                        waiting.append(link)
                body = _relative(text, file_of(address)).encode()
            path = folder / file_of(address)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            count += 1
            progress(count)
    finally:
        await site.close()
    return count


def _links(text: str) -> Iterator[str]:
    for match in _LINK.finditer(text):
        yield html.unescape(match[2]).partition("#")[0]


def _relative(text: str, file: str) -> str:
    """The page with its links to other pages of ours made relative to its own file."""
    here = str(PurePosixPath(file).parent)

    def rewrite(match: re.Match[str]) -> str:
        address, hash, fragment = html.unescape(match[2]).partition("#")
        target = os.path.relpath(file_of(address), here).replace(os.sep, "/")
        return f'{match[1]}="{html.escape(target + hash + fragment)}"'

    return _LINK.sub(rewrite, text)
