"""The pages: each handler answers one address from the site's index, or from a query run by its pool."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar
from urllib.parse import quote

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kg import answers
from kg.asking import QueryError, Rows
from kg.catalogue import StoredQuery
from kg.claim import RANK
from kg.namespaces import ARTICLE, CLAIM, contract, expand
from kg.rdf import article_id, article_node
from kg.stated import Stated
from kg.web import charts, drawing, pool, protocol, schema_org, trial
from kg.web.claim_pages import partners
from kg.web.common import address, filter_of, missing, page_number, render, site_of, table_answer
from kg.web.evidence_map import COLUMNS_AT_MOST, MAPS, ROWS_AT_MOST, EvidenceMap
from kg.web.index import Filter, Mark
from kg.web.site import Site

_T = TypeVar("_T")
_ROWS_SHOWN = 500
_NEIGHBOURS, _DISEASES = 16, 10  # on either side, of one term
_TERMS_SHOWN = 200
_SUGGESTED = 20
#: Where a vocabulary has a page for each of its terms.
_PAGES = {"HGNC": "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/"}
#: The kinds of term, in the order in which they are listed.
_KINDS = ("cell", "product", "drug", "disease", "mechanism", "pathway", "factor", "process", "tissue", "phenotype",
          "adverse_event", "route", "outcome", "species", "aspect", "control")  # fmt: skip


# The map


def _fold(parameters: Mapping[str, str], name: str) -> frozenset[str] | None:
    return frozenset(filter(None, parameters[name].split(","))) if name in parameters else None


def _shown(request: Request, first: bool = True) -> EvidenceMap:
    site, parameters = site_of(request), request.query_params
    kind = parameters.get("map", "cells")
    if kind not in MAPS:
        raise missing(f"There is no map of {kind}.")
    wanted = replace(filter_of(parameters, site), subject="", predicate="", object="", disease="", article="")
    pairs = site.pairs(kind, wanted)
    if site.static:
        return pairs.folded(first=(ROWS_AT_MOST, COLUMNS_AT_MOST))
    return pairs.folded(_fold(parameters, "rows"), _fold(parameters, "columns"))


def _square(shown: EvidenceMap, row: str, column: str) -> str:
    """The address of the claims behind a square."""
    spec = MAPS[shown.kind]
    ends = {"subject": column, "object": row} if spec.column == "subject" else {"disease": row, "object": column}
    return address("/claims", shown.wanted, {"predicate": spec.predicate, **ends})


async def front(request: Request) -> Response:
    """The evidence map."""
    shown = _shown(request)

    def fold(side: str, id: str) -> str:
        """The address of the map with a row or column folded, or unfolded."""
        sides = {"rows": shown.open_rows, "columns": shown.open_columns}
        sides[side] = sides[side] ^ {id}
        folds = {name: ",".join(sorted(ids)) or "none" for name, ids in sides.items()}
        return address("/", {"map": shown.kind}, shown.wanted, folds)

    site = site_of(request)
    best, disputed = site.pairs(shown.kind, shown.wanted).findings()
    state = {"map": shown.kind}
    folds = {name: request.query_params[name] for name in ("rows", "columns") if name in request.query_params}
    return render(
        request, "map.html", shown=shown, maps=list(MAPS), largest=shown.largest(), fold=fold,
        square=lambda row, column: _square(shown, row, column),
        here=lambda path: address(path, state, shown.wanted, folds),
        kind_address=lambda kind: address("/", {"map": kind}, shown.wanted),
        wanted=shown.wanted, sizes=_sizes(shown.largest()), best=best, disputed=disputed, newest=site.newest(),
        schema_org=schema_org.dataset(site),
    )  # fmt: skip


def _sizes(largest: int) -> list[tuple[int, Mark]]:
    """Numbers of articles for the legend, with marks that have them."""
    numbers = sorted({1, max(1, round(largest**0.5)), largest})
    return [(number, Mark(sure=set(range(number)), rank_for=1)) for number in numbers]


async def map_svg(request: Request) -> Response:
    """The map as a picture."""
    site, shown = site_of(request), _shown(request)
    legend = [(rank, site.own_label(name)) for name, rank in RANK.items()]
    picture = drawing.map_svg(shown, site.index, legend, f"Evidence map: {shown.kind} by disease")
    headers = {"content-disposition": f'inline; filename="evidence-map-{shown.kind}.svg"'}
    return Response(picture, media_type="image/svg+xml", headers=headers)


async def map_csv(request: Request) -> Response:
    """The table behind the map."""
    index, shown = site_of(request).index, _shown(request)
    columns = ("row", "row_label", "column", "column_label", "articles", "articles_for", "articles_hedged",
               "articles_found", "articles_studied", "articles_against", "best_evidence")  # fmt: skip
    rows = (
        (row.id, index.label(row.id), column.id, index.label(column.id), mark.articles, mark.supporting, mark.hedged,
         mark.found, mark.studied, mark.opposing, mark.evidence)
        for row in shown.rows
        for column in shown.columns
        if (mark := shown.marks.get((row.id, column.id)))
    )  # fmt: skip
    return table_answer(columns, rows, f"evidence-map-{shown.kind}")


# Terms


def _search(site: Site, text: str, kinds: Iterable[str] = (), most: int = _TERMS_SHOWN) -> list[str]:
    """The terms that a text finds: those so called first, then those whose names begin with it, then hold it.

    Terms that claims speak of go before others.
    """
    folded = " ".join(text.casefold().split())
    if not folded:
        return []
    ranks = dict.fromkeys(site.vocabulary.find(text), 0)
    for id, begins in site.names.find(folded):
        rank = 1 if begins else 2
        ranks[id] = min(rank, ranks.get(id, rank))
    wanted = set(kinds)

    def order(id: str) -> tuple[int, bool, int, str]:
        return ranks[id], id not in site.index.below, len(site.index.label(id)), id

    return sorted((id for id in ranks if not wanted or wanted & site.vocabulary.kinds(id)), key=order)[:most]


async def terms(request: Request) -> Response:
    """All terms that claims speak of, by kind; or what a search finds."""
    site, text = site_of(request), request.query_params.get("q", "").strip()
    if text:
        found = _search(site, text)
        if len(found) == 1:
            return RedirectResponse("/term/" + quote(found[0], safe=":"), 303)
        return render(
            request, "search.html", text=text, found=found, near=() if found else site.vocabulary.suggest(text)
        )
    by_kind: dict[str, list[str]] = defaultdict(list)
    for id, _ in site.index.names():
        kinds = site.vocabulary.kinds(id)
        by_kind[next((kind for kind in _KINDS if kind in kinds), "other")].append(id)
    return render(
        request, "terms.html", by_kind=[(kind, by_kind[kind]) for kind in (*_KINDS, "other") if by_kind[kind]]
    )


async def terms_json(request: Request) -> Response:
    """Terms for completion: id, label and kind."""
    site, parameters = site_of(request), request.query_params
    kinds = [kind for kind in parameters.get("kind", "").split(",") if kind]
    found = _search(site, parameters.get("q", ""), kinds, _SUGGESTED)
    return JSONResponse(
        [
            {"id": id, "label": site.index.label(id), "kinds": sorted(site.vocabulary.kinds(id)), "iri": expand(id)}
            for id in found
        ]
    )


async def term(request: Request) -> Response:
    """A term: its names, its place in the tree, and what is said of it."""
    site, id = site_of(request), request.path_params["id"]
    index = site.index
    if not site.has_page(id):
        raise missing("There is no such term.")
    forward, back = partners(site, id, "subject"), partners(site, id, "object")
    neighbours = [
        drawing.Neighbour(other, index.label(other), site.own_label(predicate), mark, away)
        for away, groups in ((True, forward), (False, back))
        for other, predicate, mark in _nearest(site, id, groups)
    ]
    context = index.mark(index.select(Filter(disease=id))) if "disease" in site.vocabulary.kinds(id) else None
    return render(
        request, "term.html", id=id, entry=site.vocabulary.term(id), forward=forward, back=back,
        picture=drawing.neighbourhood(index.label(id), neighbours) if neighbours else "",
        evidence=sorted({one.mark.evidence for one in neighbours if one.mark.evidence}, key=RANK.__getitem__),
        lineage=site.lineage(id), children=site.children(id), context=context, page=_page(id),
        everything=len(index.select(Filter(term=id))),
        here=lambda **changes: address("/claims", changes),
    )  # fmt: skip


def _nearest(site: Site, id: str, groups: Iterable[tuple[str, list[tuple[str, Mark]]]]) -> list[tuple[str, str, Mark]]:
    """The neighbours of a term that are drawn on one side: (term, predicate, mark), by kind.

    There is room for most diseases, and for what most articles speak of besides.
    """
    found = [(other, predicate, mark) for predicate, pairs in groups for other, mark in pairs if other != id]

    def kind(other: str) -> int:
        kinds = site.vocabulary.kinds(other)
        return next((place for place, name in enumerate(_KINDS) if name in kinds), len(_KINDS))

    disease = _KINDS.index("disease")
    found.sort(key=lambda one: (-one[2].articles, one[2].rank, one[0]))
    diseases = [one for one in found if kind(one[0]) == disease][:_DISEASES]
    others = [one for one in found if kind(one[0]) != disease][: _NEIGHBOURS - len(diseases)]
    return sorted(diseases + others, key=lambda one: (kind(one[0]), -one[2].articles, one[2].rank, one[0]))


def _page(id: str) -> str:
    """The page of a term in the world, or nothing for one of ours."""
    prefix, _, local = id.partition(":")
    if prefix == "stemkg":
        return ""
    return _PAGES[prefix] + "HGNC:" + local if prefix in _PAGES else expand(id)


# Articles


async def articles(request: Request) -> Response:
    """All articles, the newest first."""
    site, parameters = site_of(request), request.query_params
    sources = sorted(site.index.sources, key=lambda source: (source.issued, source.id), reverse=True)
    pages = max(1, -(-len(sources) // 100))
    page = page_number(parameters, pages)
    return render(
        request, "articles.html", sources=sources[(page - 1) * 100 : page * 100], page=page, pages=pages,
        here=lambda **changes: address("/articles", changes),
    )  # fmt: skip


async def article(request: Request) -> Response:
    """An article and its claims in reading order."""
    site, id = site_of(request), request.path_params["id"]
    numbers = site.index.by_article.get(id)
    if numbers is None:
        raise missing("There is no such article in the graph.")
    groups: list[tuple[Stated, list[int]]] = []
    for number in numbers:
        stated = site.index.claims[number]
        if groups and (groups[-1][0].claim.start, groups[-1][0].claim.end) == (stated.claim.start, stated.claim.end):
            groups[-1][1].append(number)
        else:
            groups.append((stated, [number]))
    source = next(source for source in site.index.sources if source.id == id)
    return render(
        request, "article.html", source=source, iri=article_node(id).value,
        sentences=[(site.passage(stated), stated, inside) for stated, inside in groups],
        schema_org=schema_org.article(source),
    )  # fmt: skip


# Queries


def _rows(site: Site, content: bytes) -> Rows:
    """The rows of an answer in JSON, with labels: of an article, its title."""

    def label(iri: str) -> str:
        id = article_id(ox.NamedNode(iri))
        return site.index.label(contract(iri)) if id is None else site.index.titles.get(id, id)

    solutions = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(solutions, ox.QueryBoolean):
        return Rows(("answer",), [(ox.Literal("true" if solutions else "false"),)])
    columns = tuple(variable.value for variable in solutions.variables)
    return Rows(columns, [tuple(solution) for solution in solutions], label)


def _linker(site: Site) -> Callable[[Any], str]:
    """What gives the page of ours that an RDF term has, or its own address; nothing for what has none."""

    def link(cell: Any) -> str:
        if not isinstance(cell, ox.NamedNode):
            return ""
        iri = cell.value
        if iri.startswith(CLAIM):
            return "/claim/" + iri[len(CLAIM) :]
        if iri.startswith(ARTICLE):
            return "/article/" + iri[len(ARTICLE) :]
        curie = contract(iri)
        if site.has_page(curie):
            return "/term/" + quote(curie, safe=":")
        return iri if iri.startswith(("https://", "http://")) else ""

    return link


async def queries(request: Request) -> Response:
    """The stored queries."""
    site = site_of(request)
    by_keyword: dict[str, list[StoredQuery]] = defaultdict(list)
    for stored in site.catalogue:
        by_keyword[stored.keywords[0]].append(stored)
    groups = sorted((keyword, stored) for keyword, stored in by_keyword.items() if len(stored) > 1)
    alone = [stored for stored, *others in by_keyword.values() if not others]
    return render(request, "queries.html", groups=[*groups, ("other questions", alone)])


def _values(stored: StoredQuery, parameters: Mapping[str, str]) -> dict[str, str]:
    names = [parameter.name for parameter in stored.asked]
    return {name: value.strip() for name in names if (value := parameters.get(name, "")).strip()}


async def _answer(request: Request, sparql: str, format: str = "json") -> bytes:
    """The answer to a query of ours. Raises `pool.Refused`."""
    site = site_of(request)
    return (await (await site.pool()).ask(pool.Request(sparql, format))).read()


async def _drive(request: Request, steps: answers.Steps[_T]) -> _T:
    """Run steps of answering on the pool. Raises `pool.Refused`, `QueryError`."""
    try:
        sparql = next(steps)
        while True:
            sparql = steps.send(_rows(site_of(request), await _answer(request, sparql)))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


async def query(request: Request) -> Response:
    """A stored query: its form and, where its values are complete, its answer; as CSV or JSON with that suffix."""
    site = site_of(request)
    name, _, suffix = request.path_params["name"].partition(".")
    try:
        stored = site.catalogue[name]
    except QueryError as error:
        raise missing(f"{error}.") from None
    if suffix not in ("", "csv", "json", "rq", "svg"):
        raise missing(f"There is no {suffix} of a query.")
    values = _values(stored, request.query_params)
    asked = all(parameter.name in values or not parameter.required for parameter in stored.parameters)
    example = {parameter.name: parameter.example for parameter in stored.parameters}
    if site.static and not asked:
        values, asked = example, True
    problem, sparql, rows, picture, why = "", "", None, None, ""
    sentences = bool(stored.behind) and request.query_params.get("sentences") == "yes"
    explain = request.query_params.get("explain") == "yes"
    shown_too = {"sentences": "yes" if sentences else "", "explain": "yes" if explain else ""}
    status = 200
    try:
        if asked or suffix:
            sparql = stored.bind(values, site.vocabulary)
            if suffix == "rq":
                return Response(sparql, media_type="application/sparql-query")
            most = _ROWS_SHOWN + 1 if suffix in ("", "svg") else None
            steps = answers.rows(stored, values, site.vocabulary, site.texts, most, sentences=sentences, explain=True)
            rows, why = await _drive(request, steps)
            picture = None if sentences else charts.chart(stored, rows)
            if suffix == "svg":
                if picture is None:
                    raise missing("There is no picture of this answer.")
                return Response(charts.alone(picture), media_type="image/svg+xml")
            if not explain:
                rows = rows.without(stored.details)
            if suffix == "json":
                return Response(rows.json(), media_type="application/sparql-results+json")
            if suffix == "csv":
                return _labelled(rows, name)
    except QueryError as error:
        problem, status = str(error).replace("--", ""), 400
    except pool.Refused as error:
        problem, status = error.message, error.status
    if suffix:
        return Response(problem + "\n", status, media_type="text/plain")
    return render(
        request, "query.html", status, stored=stored, values=values, problem=problem, sparql=sparql or stored.sparql,
        bound=bool(sparql), rows=rows, why=why.replace("--", ""), sentences=sentences, explain=explain,
        filtered=any(one.name in values for one in stored.filters), shown=_ROWS_SHOWN, picture=picture,
        link=_linker(site),
        example=address("", example),
        here=lambda suffix="": address(f"/query/{name}{suffix}", values, shown_too),
        editor=address("/sparql", {"query": sparql}),
    )  # fmt: skip


def _labelled(rows: Rows, name: str) -> Response:
    """Rows as CSV: a column with IRIs becomes one of labels and one of identifiers."""
    terms = [any(isinstance(row[place], ox.NamedNode) for row in rows.rows) for place in range(len(rows.columns))]
    columns: list[str] = []
    for column, is_term in zip(rows.columns, terms, strict=True):
        columns += [column, f"{column}_id"] if is_term else [column]

    def cells(row: tuple[Any, ...]) -> Iterator[str]:
        for cell, is_term in zip(row, terms, strict=True):
            yield rows.word(cell)
            if is_term:
                yield contract(cell.value) if isinstance(cell, ox.NamedNode) else ""

    return table_answer(columns, (list(cells(row)) for row in rows.rows), name)


async def sparql(request: Request) -> Response:
    """The SPARQL endpoint; to a browser, the editor with the answer below."""
    site = site_of(request)
    try:
        asked = await protocol.read(request, site.limits)
        accept = request.headers.get("accept", "")
        human = not asked.format and protocol.negotiate(accept, [*protocol.ROWS, *protocol.GRAPHS, "text/html"])
        if request.method != "POST" and human == "text/html":
            return await _editor(request, asked.query or "")
        if asked.query is None:
            endpoint = protocol.origin(request)
            return protocol.graph_response(
                protocol.service_description(f"{endpoint}/sparql", f"{endpoint}/.well-known/void#dataset"), request
            )
        wanted, media = protocol.check(asked, accept, protocol.origin(request) + "/sparql")
        return protocol.sent(await protocol.run(request, await site.pool(), wanted), media)
    except pool.Refused as error:
        return protocol.refusal(error)


async def _editor(request: Request, text: str) -> Response:
    site = site_of(request)
    problem, rows, graph, status = "", None, "", 200
    if text.strip():
        try:
            asked = protocol.Asked(text, (), (), "")
            base = protocol.origin(request) + "/sparql"
            wanted, _ = protocol.check(asked, "application/sparql-results+json, text/turtle", base)
            answer = await protocol.run(request, await site.pool(), wanted)
            if answer.form == "graph":
                graph = answer.read().decode()
            else:
                rows = _rows(site, answer.read())
        except pool.Refused as error:
            problem, status = error.message, error.status
    examples = [
        {"name": stored.name, "title": stored.title, "sparql": stored.example(site.vocabulary)}
        for stored in site.catalogue
    ]
    return render(
        request, "sparql.html", status, text=text, problem=problem, rows=rows, graph=graph[:100_000],
        link=_linker(site), shown=_ROWS_SHOWN, examples=examples, limits=site.limits, editor_built=site.editor_built,
        download=lambda format: address("/sparql", {"query": text, "format": format}),
    )  # fmt: skip


async def void(request: Request) -> Response:
    """The description of the data set."""
    site, here = site_of(request), protocol.origin(request)
    return protocol.graph_response(
        protocol.void(
            f"{here}/.well-known/void#dataset", f"{here}/sparql", title="StemKG: claims about stem-cell therapy",
            triples=await site.triples(), claims=len(site.index.claims), articles=len(site.index.sources),
            vocabularies=(expand("stemkg:"), *sorted({expand(id).rstrip("0123456789") for id in ("CL:0", "MONDO:0")})),
        ),
        request,
    )  # fmt: skip


# A sentence of the reader's own


async def try_sentence(request: Request) -> Response:
    """What is read in a text that the reader gives."""
    site, text = site_of(request), ""
    if request.method == "POST":
        try:
            body = await protocol.body_of(request, site.limits)
            asked = dict(protocol.pairs(body.decode("utf-8", "replace")))
        except pool.Refused as error:
            raise HTTPException(error.status, error.message) from None
        text = asked.get("text", "")[: trial.LONGEST].replace("\r\n", "\n")
    result = await site.explain(text) if text.strip() else None
    return render(request, "try.html", text=text, result=result, longest=trial.LONGEST)


async def about(request: Request) -> Response:
    """What the marks mean, what the endpoint takes, and where the data come from."""
    site = site_of(request)
    settings = {entry.name: getattr(site.limits, entry.name) for entry in fields(site.limits)}
    counts = {predicate: len(numbers) for predicate, numbers in site.index.by_predicate.items()}
    return render(
        request, "about.html", settings=settings, counts=sorted(counts.items(), key=lambda pair: -pair[1]),
        schema_org=schema_org.dataset(site),
    )  # fmt: skip
