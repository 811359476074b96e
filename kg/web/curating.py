"""Corrections on the pages, where the server was started for a curator: what `kg curate` does, kept in the same table.

A judgement is taken only from a form of our own pages: it brings a token that no page of another site can read, and
says so in the headers that browsers set (Sec-Fetch-Site, Origin).
"""

import asyncio
import secrets
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.curation import Change, Correction, Corrections, CurationError, correct, correction, key_of, read_claim
from kg.namespaces import CLAIM
from kg.rdf import Graph
from kg.store import Store, StoreError
from kg.web import pool, protocol
from kg.web.common import missing, render, site_of
from kg.web.site import Site

_LONGEST = 1_000  # characters of a reason or a name


async def judge(request: Request) -> Response:
    """Take what the curator says of a claim, and show what has come of it."""
    site, id = site_of(request), request.path_params["id"]
    if not site.curator:
        raise missing("There is no such page.")
    try:
        body = await protocol.body_of(request, site.limits)
        said = dict(protocol.pairs(body.decode("utf-8", "replace")))
    except pool.Refused as error:
        raise HTTPException(error.status, error.message) from None
    if not _is_ours(request, site, said.get("token", "")):
        raise HTTPException(403, "This did not come from a page of ours: open the claim again, and judge it there.")
    said = {name: value.strip()[:_LONGEST] for name, value in said.items()}
    async with site.curating:
        try:
            await asyncio.to_thread(_judged, site, id, said)
        except CurationError as error:
            raise HTTPException(400, f"{str(error).replace('--', '')}.") from None
        except StoreError as error:
            raise HTTPException(409, f"It can't be written just now: {error}.") from None
        await site.refresh()
    stays = id in site.index.by_id
    return RedirectResponse(f"/claim/{quote(id)}" if stays else "/corrections", 303)


def _is_ours(request: Request, site: Site, token: str) -> bool:
    if not secrets.compare_digest(token.encode(), site.token.encode()):
        return False
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


def _judged(site: Site, id: str, said: dict[str, str]) -> None:
    verdict = said.get("verdict", "")
    ends = [said.get(name, "") for name in Change._fields]
    # Fields that were filled in before another verdict was chosen say nothing.
    change = Change(*ends) if verdict == "change" else Change()
    with Store.open(site.folder) as store:
        told = correction(store, site.vocabulary, id, verdict, said.get("why", ""), site.curator, change)
        correct(store, told)


async def corrections(request: Request) -> Response:
    """All corrections, the newest first, each of which may be taken back."""
    site = site_of(request)
    if not site.curator:
        raise missing("There is no such page.")
    try:
        found = await asyncio.to_thread(_kept, site)
    except (CurationError, StoreError) as error:
        raise HTTPException(409, f"The corrections can't be read: {error}.") from None
    return render(request, "corrections.html", corrections=found)


def _kept(site: Site) -> list[tuple[Correction, str]]:
    """The corrections, each with the id of its claim; nothing for one whose claim is gone."""
    found = []
    with Store.open(site.folder, read_only=True) as store:
        for article, some in Corrections.of(store).by_article.items():
            ids: dict[Any, str] = {}
            for node, said in Graph.of(store.quads(article)).said.items():
                if node.startswith("<" + CLAIM):
                    ids.setdefault(key_of(*read_claim(article, said)), node[1:-1].removeprefix(CLAIM))
            found += [(one, ids.get(key, "")) for key, one in some.items()]
    return sorted(found, key=lambda pair: (pair[0].when, pair[0].key), reverse=True)
