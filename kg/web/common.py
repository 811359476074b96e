"""What all pages share: the site, templates, tables to take away, and filters in addresses."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from kg.claim import BASES, CERTAINTIES, EVIDENCE, METHODS, POLARITIES, PREDICATES
from kg.tables import plain_cell
from kg.web.index import Filter
from kg.web.site import Site


def site_of(request: Request) -> Site:
    """The site that a request is for."""
    site: Site = request.app.state.site
    return site


def render(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page from a template."""
    templates: Jinja2Templates = request.app.state.templates
    site = site_of(request)
    return templates.TemplateResponse(
        request, template, {"site": site, "index": site.index, "static": site.static, **context}, status_code=status
    )


def quoted(id: str) -> str:
    """An article's id as a part of an address."""
    return quote(id, safe="")


def missing(what: str) -> HTTPException:
    """What to raise where there is no such thing; `what` tells the reader."""
    return HTTPException(404, what)


def table_answer(columns: Iterable[str], rows: Iterable[Iterable[Any]], name: str) -> Response:
    """A table to take away, as a CSV file of this name."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(buffer.getvalue(), media_type="text/csv", headers=headers)


# Filters


def page_number(parameters: Mapping[str, str], pages: int) -> int:
    """The page that an address asks for, of so many; the first where it says nothing that makes sense."""
    text = parameters.get("page", "")
    # Numbers of a length that no page has are not read: that of thousands of digits can't be.
    return min(max(1, int(text)), pages) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _year(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0


def filter_of(parameters: Mapping[str, str], site: Site) -> Filter:
    """The filter that an address asks for; a value that makes no sense is as good as none. Terms may go by name."""

    def among(name: str, allowed: Iterable[str]) -> str:
        value = parameters.get(name, "")
        return value if value in allowed else ""

    def term(name: str) -> str:
        value = parameters.get(name, "").strip()
        return next(iter(site.vocabulary.find(value)), value) if value else ""

    return Filter(
        subject=term("subject"),
        predicate=among("predicate", PREDICATES),
        object=term("object"),
        disease=term("disease"),
        term=term("term"),
        article=parameters.get("article", ""),
        polarity=among("polarity", POLARITIES),
        certainty=among("certainty", CERTAINTIES),
        basis=among("basis", BASES),
        method=among("method", METHODS),
        evidence=among("evidence", EVIDENCE),
        species=among("species", site.index.species),
        since=_year(parameters.get("since", "")),
        until=_year(parameters.get("until", "")),
    )


def address(path: str, *parts: Filter | Mapping[str, Any]) -> str:
    """An address with the parameters of filters and mappings that are not empty."""
    values: dict[str, str] = {}
    for part in parts:
        for name, value in (asdict(part) if isinstance(part, Filter) else part).items():
            values[name] = str(value or "")
    query = urlencode({name: value for name, value in values.items() if value}, safe=":,")
    return f"{path}?{query}" if query else path
