"""Asking other hosts, over HTTP: bounded in bytes and time, and never led to another host."""

import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any

from kg.limits import Asking

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Reply:
    """What a host answered: the media type, and the bytes."""

    kind: str
    body: bytes


class AskingError(Exception):
    """No answer that can be used. `status` is that of HTTP, 0 where it did not come to one; `after` is in seconds.
    `reached` is whether there was a server to talk to."""

    def __init__(self, reason: str, status: int = 0, after: float = 0.0, *, reached: bool = True) -> None:
        super().__init__(reason)
        self.status = status
        self.after = after
        self.reached = reached


def ask(
    address: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "",
    limits: Asking | None = None,
) -> Reply:
    """What a host answers to a request: a GET, or a POST where there is a body.

    It may redirect the request within its own origin, with the same method and body; to go anywhere else is for the
    user to say, who would have to trust that host too. Raises `AskingError`.
    """
    limits = limits or Asking()
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise AskingError("not the address of a host (http:// or https://)")
    end = time.monotonic() + limits.seconds
    try:
        request = urllib.request.Request(address, body, dict(headers or {}), method=method or None)
        request.add_unredirected_header("User-Agent", "stemkg (https://w3id.org/stemkg/)")
        with urllib.request.build_opener(_SameOrigin).open(request, timeout=limits.silence) as answer:
            return Reply(answer.headers.get_content_type(), _read(answer, limits, end))
    except urllib.error.HTTPError as error:
        with error:
            raise AskingError(_said(error), error.code, _seconds(error.headers.get("Retry-After", ""))) from None
    except urllib.error.URLError as error:
        raise AskingError(str(error.reason), reached=isinstance(error.reason, TimeoutError)) from None
    except (OSError, HTTPException) as error:
        raise AskingError(f"the answer broke off ({error or type(error).__name__})") from None
    except ValueError as error:  # what is no address after all
        raise AskingError(str(error)) from None


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects within an origin, and those only that keep the method."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request:
        if _origin(newurl) != _origin(req.full_url):
            raise AskingError(f"{code}: it sends us to {newurl}, which is another host: name that one to ask it", code)
        if req.get_method() not in ("GET", "HEAD") and code not in (307, 308):
            raise AskingError(f"{code}: it sends us to {newurl}, by a GET in place of a {req.get_method()}", code)
        return urllib.request.Request(newurl, req.data, req.headers, req.origin_req_host, True, req.get_method())


def _origin(address: str) -> tuple[str, str, int]:
    parts = urllib.parse.urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)


def _read(answer: Any, limits: Asking, end: float) -> bytes:
    """All of an answer, where it is neither too long nor too slow."""
    found = bytearray()
    while piece := answer.read1(_PIECE):
        found += piece
        if len(found) > limits.answer:
            raise AskingError(f"the answer has more than {limits.answer:,} bytes")
        if time.monotonic() > end:
            raise AskingError(f"the answer was not there after {limits.seconds:g} seconds")
    declared = answer.headers.get("Content-Length", "")
    if declared.isdecimal() and len(declared) < 19 and len(found) < int(declared):
        raise AskingError("the answer broke off")
    return bytes(found)


def _said(error: urllib.error.HTTPError) -> str:
    """What a refusal says: its status, and the first line of its text."""
    try:
        text = error.read(2_000).decode(errors="replace")
    except (OSError, HTTPException):
        text = ""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return f"{error.code} {error.reason}" + (f": {first}" if first else "")


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() and len(text) < 10 else 0.0
