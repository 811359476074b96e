"""What a shell completes: names of stored queries with their parameters, terms as their values, and formats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from typer.core import TyperCommand

if TYPE_CHECKING:
    from kg.catalogue import StoredQuery

_MOST = 30  # terms that are offered


class Item(NamedTuple):
    """What is offered, as shells are told it."""

    value: str
    help: str = ""
    type: str = "plain"


def queries(incomplete: str) -> list[tuple[str, str]]:
    """The stored queries whose names begin so, with their titles."""
    from kg.catalogue import Catalogue

    return [(stored.name, stored.title) for stored in Catalogue.load() if stored.name.startswith(incomplete)]


def formats(incomplete: str) -> list[tuple[str, str]]:
    """The formats of an export whose names begin so."""
    from kg.exports import FORMATS, RELEASE

    known = [*((format.name, format.title) for format in FORMATS.values()), (RELEASE, "A folder with all of them")]
    return [(name, title) for name, title in known if name.startswith(incomplete)]


class Asking(TyperCommand):
    """`kg query`, whose further options are the parameters of the stored query that is named."""

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Its own options and, after the name of a stored query, its parameters, or what the last of them takes."""
        from kg.catalogue import Catalogue

        own = super().shell_complete(ctx, incomplete)
        catalogue, name = Catalogue.load(), str(ctx.params.get("name") or "")
        if name not in catalogue:
            return own
        last = ctx.args[-1] if ctx.args else ""
        if last.startswith("--"):
            return [Item(value) for value in _values(catalogue[name], last.removeprefix("--"), incomplete)]
        asked = [one for one in catalogue[name].asked if f"--{one.name}".startswith(incomplete)]
        return [*own, *(Item(f"--{one.name}", help=one.description) for one in asked)]


def _values(stored: "StoredQuery", name: str, incomplete: str) -> Iterator[str]:
    from kg import vocabulary

    parameter = next((one for one in stored.asked if one.name == name), None)
    if parameter is None:
        return
    if parameter.choices:
        yield from (choice for choice in parameter.choices if choice.startswith(incomplete))
    elif parameter.kinds:
        terms = vocabulary.load()
        labels = sorted({term.label for kind in parameter.kinds for term in terms.of_kind(kind)})
        yield from [label for label in labels if label.casefold().startswith(incomplete.casefold())][:_MOST]
