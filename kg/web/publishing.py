"""The pages as files in a folder, for any web host and for none: `kg site`.

There is a page for each term that a claim has at an end, for each article and for each stored query. What else a server
would answer, the claims that a filter leaves and the search, is done by scripts in the browser, from two files of data.
"""

import asyncio
import html
import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from kg.disk import brief, folder_anew
from kg.web.app import create_app
from kg.web.offline import file_of, page_of
from kg.web.serving import fetch
from kg.web.site import Site

_LINK = re.compile(r'(?<=[ \n])(href|src)="(/(?!/)[^"]*)"')
#: The file that lists what `write_site` wrote.
_MARK = ".stemkg-site"
#: What no page that is seen at first has a link to.
_BESIDE = ("/findings", "/findings.js", "/names.js")


class PublishingError(Exception):
    """Pages that can't be written. The message says why."""


def write_site(site: Site, folder: Path, progress: Callable[[int, int], None] = lambda done, known: None) -> int:
    """Write all pages into a folder, which is new, empty or an earlier such site; how many files there are.

    `progress` is told how many are written so far, of how many that are known to be needed. Raises `PublishingError`.
    """
    site.static = True
    try:
        with folder_anew(folder, _MARK) as new:
            return asyncio.run(_write(site, new, progress))
    except OSError as error:
        raise PublishingError(f"{error.filename or folder}: {brief(error)}") from None


async def _write(site: Site, folder: Path, progress: Callable[[int, int], None]) -> int:
    app = create_app(site)
    known = dict.fromkeys(("/", *_BESIDE))
    waiting = deque(known)
    count = 0
    try:
        while waiting:
            address = waiting.popleft()
            status, media, body = await fetch(app, address)
            if status != 200:
                raise PublishingError(f"{address}: {status}")
            if media == "text/html":
                text = body.decode()
                for link in _links(text):
                    page = page_of(link, site)[0]
                    if page not in known:
                        known[page] = None
                        waiting.append(page)
                body = _relative(text, file_of(address), site).encode()
            path = folder / file_of(address)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            count += 1
            progress(count, len(known))
    finally:
        await site.close()
    return count


def _links(text: str) -> Iterator[str]:
    for match in _LINK.finditer(text):
        yield html.unescape(match[2])


def _relative(text: str, file: str, site: Site) -> str:
    """The page with its links to other pages of ours made relative to its own file."""
    here = str(PurePosixPath(file).parent)

    def rewrite(match: re.Match[str]) -> str:
        page, place = page_of(html.unescape(match[2]), site)
        target = os.path.relpath(file_of(page), here).replace(os.sep, "/")
        return f'{match[1]}="{html.escape(target + place)}"'

    return _LINK.sub(rewrite, text)
