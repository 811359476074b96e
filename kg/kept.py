"""What takes long to work out of files is kept for the next time, in the user's own cache folder.

It is kept under the checksum of all that it was worked out of, so that it can't be out of date, and with its own, so
that one that was cut off or changed is not believed. Where nothing can be kept, all works as before, only slower.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_MOST = 4  # values of a name that are kept


def folder() -> Path:
    """The folder of what is kept: `stemkg` in `$XDG_CACHE_HOME`, or in `~/.cache`.

    Raises `RuntimeError` where the user has no home.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "stemkg"


def key_of(contents: Iterable[bytes]) -> str:
    """The checksum of contents, which tells them from any others."""
    sum = hashlib.sha256()
    for content in contents:
        sum.update(b"%d\n" % len(content))
        sum.update(content)
    return sum.hexdigest()[:40]


def kept(name: str, key: str) -> Any:
    """The value of JSON that is kept under a name and a key; None where there is none to be believed."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        file = folder() / f"{name}-{key}.json"
        with file.open("rb") as content:
            if os.fstat(content.fileno()).st_uid == os.getuid():
                sum, value = content.readline(), content.read()
                if sum == _sum(value):
                    return json.loads(value)
    return None


def keep(name: str, key: str, value: Any) -> None:
    """Keep a value of JSON under a name and a key, and no more than a few others of that name."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError, RuntimeError):
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = place / f".{name}-{key}.{os.getpid()}"
        try:
            unfinished.write_bytes(_sum(text) + text)
            unfinished.replace(place / f"{name}-{key}.json")
        finally:
            unfinished.unlink(missing_ok=True)
        by_age = sorted(place.glob(f"{name}-*.json"), key=lambda file: -file.stat().st_mtime_ns)
        for old in by_age[_MOST:]:
            old.unlink(missing_ok=True)


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode() + b"\n"
