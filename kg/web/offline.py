"""A site without a server: which file has what, and names and claims as data for its search and its filters."""

import hashlib
import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from kg.claim import RANK
from kg.stated import Source
from kg.web.common import quoted, render, site_of
from kg.web.index import PEOPLE, Filter
from kg.web.site import Site

_SUFFIXES = ("csv", "json", "svg", "rq", "css", "js", "ttl")


def file_of(address: str) -> str:
    """The file, relative to the folder of a static site, that holds the page of an address.

    >>> file_of("/"), file_of("/term/CL:0000134"), file_of("/static/style.css")
    ('index.html', 'term/CL_0000134.html', 'static/style.css')
    """
    parts = urlsplit(address)
    names = [_safe(unquote(segment)) for segment in parts.path.split("/") if segment] or ["index"]
    *folders, last = names
    stem, dot, suffix = last.rpartition(".")
    if not dot or suffix not in _SUFFIXES:
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


def page_of(link: str, site: Site) -> tuple[str, str]:
    """The page of a static site that has what a link of the server's pages leads to, and where on it that is.

    A claim is on the page of its article. The claims that a filter leaves, and those of a group of terms that none
    speaks of itself, are in the table of findings.
    """
    address, _, place = link.partition("#")
    parts = urlsplit(address)
    _, kind, *rest = parts.path.split("/", 2)
    local = unquote(rest[0]) if rest else ""
    if kind == "claim":
        article = site.index.source(site.index.by_id[local]).id
        return f"/article/{quoted(article)}", f"#claim-{local}"
    if kind == "claims":
        return "/findings", f"?{parts.query}" if parts.query else ""
    if kind == "term" and local not in site.index.used:
        return "/findings", f"?term={local}"
    return address, f"#{place}" if place else ""


async def findings(request: Request) -> Response:
    """The table of findings, which a script fills and filters."""
    return render(request, "findings.html", wanted=Filter(), species=())


async def findings_js(request: Request) -> Response:
    """All claims of articles that are not retracted, for the table of findings.

    An object with `terms` [CURIE, label, its file or nothing, the places in this list of what is above it];
    `articles` [file, title, year, the place of the first that reports the same work]; `evidence` {name: [rank, label]};
    `relations` {name: label}; `claims` [id, the places of subject, relation by name, object and disease (-1 for none),
    of the article, polarity, certainty, basis, evidence, weight, confidence, whether seen in people].
    """
    site, index = site_of(request), site_of(request).index
    ids = sorted(index.below)
    place = {id: number for number, id in enumerate(ids)}
    above: dict[str, list[int]] = {id: [] for id in ids}
    for id, narrower in index.below.items():
        for one in narrower:
            above[one].append(place[id])
    people = set(index.select(Filter(species=PEOPLE)))
    claims = []
    for number in index.select(Filter()):
        stated = index.claims[number]
        claim = stated.claim
        disease = place[claim.disease] if claim.disease else -1
        weight = site.weights.weight(claim.evidence, claim.certainty, claim.basis, claim.method)
        claims.append(
            [stated.id, place[claim.subject], claim.predicate, place[claim.object], disease, index.article_of[number],
             claim.polarity, claim.certainty, claim.basis, claim.counts_as, float(weight), claim.confidence,
             int(number in people)]
        )  # fmt: skip
    return _script(
        "findings",
        {
            "terms": [
                [id, index.label(id), file_of(f"/term/{id}") if id in index.used else "", sorted(above[id])]
                for id in ids
            ],
            "articles": [
                [file_of(_of(one)), one.title or one.id, one.year, study]
                for one, study in zip(index.sources, index.study_of, strict=True)
            ],
            "evidence": {name: [rank, site.own_label(name)] for name, rank in RANK.items()},
            "relations": {name: site.own_label(name) for name in index.by_predicate},
            "claims": claims,
        },
    )


async def names_js(request: Request) -> Response:
    """What the search finds, most spoken of first: [label, target, kind, number of claims, other names]."""
    site, index = site_of(request), site_of(request).index
    found: list[tuple[str, str, str, int, list[str]]] = []
    for id in index.below:
        entry = site.vocabulary.term(id)
        kind = min(site.vocabulary.kinds(id), default="").replace("_", " ")
        others = sorted({*entry.exact, *entry.related} - {entry.label}) if entry else []
        found.append((index.label(id), _target(f"/term/{id}", site), kind, len(index.select(Filter(term=id))), others))
    for source in index.sources:
        if claims := len(index.by_article[source.id]):
            found.append((source.title or source.id, file_of(_of(source)), "article", claims, []))
    return _script("names", sorted(found, key=lambda one: (-one[3], one[0].casefold(), one[1])))


def _of(source: Source) -> str:
    return f"/article/{quoted(source.id)}"


def _target(link: str, site: Site) -> str:
    page, place = page_of(link, site)
    return file_of(page) + place


def _script(name: str, value: Any) -> Response:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(f"globalThis.stemkg_{name}={text};\n", media_type="text/javascript")
