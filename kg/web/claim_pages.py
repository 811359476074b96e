"""The pages of claims: those that a filter leaves, one with all that is said of it, and two terms side by side."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.claim import COLUMNS, ORIGIN, PREDICATES, QUALIFIERS
from kg.namespaces import CLAIM
from kg.stated import Source, Stated
from kg.web import schema_org
from kg.web.common import address, filter_of, missing, page_number, render, site_of, table_answer
from kg.web.index import Filter, Mark
from kg.web.site import Site

_ARTICLES_A_PAGE = 40


def _by_article(site: Site, numbers: list[int]) -> list[tuple[Source, list[int]]]:
    """Claims by article: the strongest evidence first, then the newest."""
    grouped: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        grouped[site.index.article_of[number]].append(number)

    def order(article: int) -> tuple[int, int, str]:
        source = site.index.sources[article]
        return min(site.index.claims[number].rank for number in grouped[article]), -source.year, source.id

    return [(site.index.sources[article], grouped[article]) for article in sorted(grouped, key=order)]


async def claims(request: Request) -> Response:
    """The claims that a filter leaves, by article."""
    site, parameters = site_of(request), request.query_params
    wanted = filter_of(parameters, site)
    numbers = site.index.select(wanted)
    groups = _by_article(site, numbers)
    pages = max(1, -(-len(groups) // _ARTICLES_A_PAGE))
    page = page_number(parameters, pages)
    narrow = bool(wanted.predicate and wanted.object and wanted.subject)
    return render(
        request, "claims.html", wanted=wanted, count=len(numbers), article_count=len(groups), page=page, pages=pages,
        groups=groups[(page - 1) * _ARTICLES_A_PAGE : page * _ARTICLES_A_PAGE],
        mark=site.index.mark(numbers),
        support=site.belief(numbers) if narrow else None,
        opposition=site.belief(numbers, positive=False) if narrow else None,
        here=lambda path="/claims", **changes: address(path, wanted, changes),
    )  # fmt: skip


#: What a table of claims says of the article of each.
OF_SOURCE = ("title", "issued", "dated", "doi", "pmid")


def _row(site: Site, stated: Stated) -> dict[str, Any]:
    claim = stated.claim
    row: dict[str, Any] = {"claim": CLAIM + stated.id, **dict(zip(COLUMNS, claim.row(), strict=True))}
    row |= {"method": claim.method, "agent": claim.agent}
    for end in ("subject", "object", "disease"):
        row[f"{end}_label"] = site.index.label(row[end]) if row[end] else ""
    source = site.index.sources[site.index.article_of[site.index.by_id[stated.id]]]
    return row | {name: getattr(source, name) for name in OF_SOURCE}


async def claims_csv(request: Request) -> Response:
    """The claims that a filter leaves, as a table."""
    rows = _claim_rows(request)
    columns = ("claim", *COLUMNS, *ORIGIN, "subject_label", "object_label", "disease_label", *OF_SOURCE)
    return table_answer(columns, ([row[column] for column in columns] for row in rows), "claims")


async def claims_json(request: Request) -> Response:
    """The claims that a filter leaves, as JSON."""
    return JSONResponse(list(_claim_rows(request)))


def _claim_rows(request: Request) -> Iterator[dict[str, Any]]:
    site = site_of(request)
    numbers = site.index.select(filter_of(request.query_params, site))
    if len(numbers) > site.limits.rows:
        raise HTTPException(507, f"These are more than {site.limits.rows:,} claims: filter them first.")
    return (_row(site, site.index.claims[number]) for number in numbers)


async def claim(request: Request) -> Response:
    """One claim: its sentence, all that is said of it, and what other articles say of the same."""
    site, index = site_of(request), site_of(request).index
    number = index.by_id.get(request.path_params["id"])
    if number is None:
        raise missing("There is no such claim in the graph.")
    stated = index.claims[number]
    same, contrary = index.opposed(number)
    again = [other for other in same if index.source(other) is index.source(number)]
    same = [other for other in same if other not in again]
    return render(
        request, "claim.html", stated=stated, source=index.source(number), passage=site.passage(stated), again=again,
        same=_compared(site, number, same), contrary=_compared(site, number, contrary), number=number,
        iri=CLAIM + stated.id, schema_org=schema_org.claim(site, stated, index.source(number)),
        judged=site.corrections.on(stated.claim, stated.sentence_hash),
    )  # fmt: skip


def _compared(site: Site, number: int, others: list[int]) -> list[tuple[int, list[tuple[str, str, str]]]]:
    """Other claims, the strongest evidence first, with what differs: (what, here, there) in words."""
    index = site.index
    here = index.claims[number]

    def differences(other: Stated) -> list[tuple[str, str, str]]:
        found = []
        for name in ("disease", "evidence", "certainty", "basis"):
            ours, theirs = getattr(here.claim, name), getattr(other.claim, name)
            found.append((name, _word(site, name, ours), _word(site, name, theirs)))
        for key in QUALIFIERS:
            ours, theirs = here.qualifier(key), other.qualifier(key)
            found.append((key, index.label(ours) if ours else "", index.label(theirs) if theirs else ""))
        return [difference for difference in found if difference[1] != difference[2]]

    ordered = sorted(others, key=lambda other: (index.claims[other].rank, -index.source(other).year, other))
    return [(other, differences(index.claims[other])) for other in ordered]


def _word(site: Site, name: str, value: str) -> str:
    if name == "evidence":
        return site.own_label(value)
    return site.index.label(value) if name == "disease" and value else value


# Comparison


def partners(site: Site, id: str, end: str) -> list[tuple[str, list[tuple[str, Mark]]]]:
    """By predicate, the terms at the other end of the claims that have a term (or a narrower one) at this end."""
    index = site.index
    marks: dict[str, dict[str, Mark]] = defaultdict(lambda: defaultdict(Mark))
    wanted = Filter(subject=id) if end == "subject" else Filter(object=id)
    for number in index.select(wanted):
        stated = index.claims[number]
        other = stated.claim.object if end == "subject" else stated.claim.subject
        marks[stated.claim.predicate][other].add(index.study(number), stated)

    def order(pair: tuple[str, Mark]) -> tuple[int, int, str]:
        return -pair[1].articles, pair[1].rank, index.label(pair[0])

    return [(predicate, sorted(marks[predicate].items(), key=order)) for predicate in PREDICATES if predicate in marks]


async def compare(request: Request) -> Response:
    """Two terms of a kind side by side."""
    site, parameters = site_of(request), request.query_params
    index, problems, ids = site.index, [], []
    for name in ("a", "b"):
        text = parameters.get(name, "").strip()
        found = site.vocabulary.find(text) if text else ()
        if text and not found:
            near = site.vocabulary.suggest(text)
            problems.append(f"No term is called “{text}”." + (f" Did you mean {', '.join(near)}?" if near else ""))
        ids.append(next((id for id in found if id in index.below), found[0]) if found else "")
    groups: list[tuple[str, str, list[tuple[str, Mark | None, Mark | None]]]] = []
    direct: list[int] = []
    if all(ids):
        for end in ("subject", "object"):
            left, right = (dict(partners(site, id, end)) for id in ids)
            for predicate in PREDICATES:
                a, b = dict(left.get(predicate, ())), dict(right.get(predicate, ()))
                if predicate == "more_effective_than" or not (a or b):
                    continue

                def order(other: str, a: dict[str, Mark] = a, b: dict[str, Mark] = b) -> tuple[bool, int, str]:
                    count = sum(marks[other].articles for marks in (a, b) if other in marks)
                    return not (other in a and other in b), -count, index.label(other)

                others = sorted({*a, *b}, key=order)
                groups.append((end, predicate, [(other, a.get(other), b.get(other)) for other in others]))
        for first, second in (ids, ids[::-1]):
            direct += index.select(Filter(subject=first, predicate="more_effective_than", object=second))
    marks = [mark for _, _, rows in groups for _, a, b in rows for mark in (a, b) if mark]
    return render(
        request, "compare.html", a=ids[0], b=ids[1], texts=[parameters.get("a", ""), parameters.get("b", "")],
        problems=problems, groups=groups, direct=_by_article(site, sorted(set(direct))),
        largest=max((mark.articles for mark in marks), default=1),
        here=lambda **changes: address("/claims", changes), suggestions=_pairs_to_compare(site),
    )  # fmt: skip


def _pairs_to_compare(site: Site) -> list[tuple[str, str]]:
    """Pairs of terms worth comparing: the most spoken of, two by two, of a kind."""
    index, found = site.index, []
    for kind, by in (("cell", index.by_subject), ("disease", index.by_object)):
        often = sorted((id for id in by if kind in site.vocabulary.kinds(id)), key=lambda id: (-len(by[id]), id))[:4]
        found += list(zip(often[::2], often[1::2], strict=False))
    return found
