"""What is looked at: `kg serve`, `kg site`, `kg docs`."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import paths
from kg.cli.common import STORE, Folder, Ontology, Texts, Trouble, Wrong, open_store, say, stderr

if TYPE_CHECKING:
    from kg.web.site import Site


def serve(
    store: Folder = STORE,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
    get: Annotated[str, typer.Option(metavar="PATH", help="Print one page and end, without a server.")] = "",
    texts: Texts = None,
    ontology: Ontology = paths.ONTOLOGY,
    cors: Annotated[bool, typer.Option("--cors", help="Let pages of other sites ask the endpoint.")] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A name by which browsers know this server, beside localhost; * is any."),
    ] = None,
    limit: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Change a limit, such as seconds=60 or rows=1000.")
    ] = None,
    curator: Annotated[
        str,
        typer.Option(metavar="NAME", help="Let whoever can reach the pages correct claims on them, in this name."),
    ] = "",
) -> None:
    """Serve the SPARQL endpoint and the pages.

    With --curator, each claim's page asks whether it is right; what is said goes where `kg curate` writes.

    \b
    Examples: kg serve --port 8080 --texts papers/
              kg serve --curator "A. Curator"
    """
    from kg.web import serving

    if curator and (cors or "*" in (name or [])):
        raise Wrong("--curator goes with neither --cors nor --name '*': a page of any site could judge then")
    ready = _site(store, texts, ontology, cors=cors, limits=limit or [], hosts=name or [], curator=curator.strip())
    if get:
        if not get.startswith("/"):
            raise Wrong(f"{get!r} is not the path of a page: it begins with a slash")
        ready.count()
        status, page = serving.get(ready, get)
        sys.stdout.buffer.write(page)
        if status >= 400:
            raise Trouble(f"{get}: status {status}")
        return
    try:
        serving.serve(ready, host, port, lambda address: say(f"serving {address} (Ctrl+C ends it)"))
    except serving.ServingError as error:
        raise Trouble(error) from None


def site(
    folder: Annotated[Path, typer.Argument(help="The folder to write to: a new one, or an earlier such site.")],
    store: Folder = STORE,
    texts: Texts = None,
    ontology: Ontology = paths.ONTOLOGY,
) -> None:
    """Write the pages as static files, for any web host or for none: search and filters work without a server.

    There is a page for each term that claims speak of, each article and each stored query, and a table of all findings.
    What an earlier `kg site` wrote into the folder is replaced; a folder with anything else in it is left alone.

    Example: kg site public/, then open public/index.html
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from kg.web import publishing

    say(f"reading {store}")
    ready = _site(store, texts, ontology)
    ready.count()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=stderr, disable=not stderr.is_terminal, transient=True) as bar:
            task = bar.add_task("writing pages", total=None)
            count = publishing.write_site(
                ready, folder, lambda done, known: bar.update(task, completed=done, total=known)
            )
    except publishing.PublishingError as error:
        raise Trouble(error) from None
    say(f"{count:,} files in {folder}: open {folder / 'index.html'}")


def _site(
    store: Path,
    texts: list[Path] | None,
    ontology: Path,
    *,
    cors: bool = False,
    limits: Sequence[str] = (),
    hosts: Sequence[str] = (),
    curator: str = "",
) -> "Site":
    """What the pages are made from. Raises `StoreError`, `ArticleError`, `VocabularyError`, `Wrong` or `Trouble`."""
    from kg.catalogue import CatalogueError
    from kg.texts import Texts as AtHand
    from kg.web.limits import Limits
    from kg.web.site import Site

    try:
        allowed = Limits.of(limits)
    except ValueError as error:
        raise Wrong(error) from None
    try:
        known = AtHand([paths.DIGESTS, *(texts or [])], store)
        return Site(store, allowed, ontology, texts=known, cors=cors, hosts=(*hosts,), curator=curator)
    except CatalogueError as error:
        raise Trouble(error) from None


def docs(
    folder: Annotated[Path, typer.Argument(help="The folder to write to: a new one, or earlier such documentation.")],
    store: Annotated[
        Path | None, typer.Option("--store", help="A store: terms tell how many of its claims use them.")
    ] = None,
    pages: Annotated[str, typer.Option("--pages", metavar="URL", help="Where the claims of the store are shown.")] = "",
) -> None:
    """Write the documentation of the ontology and of the stored queries as HTML.

    What an earlier `kg docs` wrote into the folder is replaced; a folder with anything else in it is left alone.

    \b
    Examples: kg docs ontology-docs/
              kg docs ontology-docs/ --store graph --pages http://127.0.0.1:8000
    """
    from kg.disk import brief
    from kg.docs import write
    from kg.docs.usage import PAGES

    try:
        with open_store(store) if store else nullcontext() as opened:
            count = write(folder, store=opened, pages=pages or PAGES)
    except OSError as error:
        raise Trouble(f"{error.filename or folder}: {brief(error)}") from None
    say(f"{count} pages in {folder}")
