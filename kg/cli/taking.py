"""What is taken away, compared or fetched: `kg export`, `kg diff`, `kg push`, `kg fetch`."""

import sys
import urllib.parse
from pathlib import Path
from typing import Annotated

import typer

from kg.cli import completing
from kg.cli.common import STORE, Folder, Rows, Trouble, Wrong, open_store, print_rows, say, stderr, write
from kg.tables import Format


def export(
    file: Annotated[Path, typer.Argument(help="Where to; the suffix tells the format (.ttl, .nq, .jsonld, .tsv …).")],
    store: Folder = STORE,
    format: Annotated[
        str,
        typer.Option(
            "--format", help="A format, where the suffix does not tell it.", autocompletion=completing.formats
        ),
    ] = "",
    statements: Annotated[
        str,
        typer.Option("--statements", help="In RDF, say claims of statements too: reifiers (RDF 1.2) or axioms (OWL)."),
    ] = "plain",
    texts: Annotated[
        list[Path] | None,
        typer.Option("--texts", help="Files or folders with the texts, for the formats that have them in them."),
    ] = None,
    creator: Annotated[
        str, typer.Option("--creator", help="Who publishes nanopublications or mappings: an ORCID or an IRI.")
    ] = "",
) -> None:
    """Write the graph to a file of another form.

    \b
    Examples: kg export graph.ttl
              kg export claims.tsv --format claims
              kg export graph.ttl --statements reifiers
              kg export all.bioc.json --texts papers/
    """
    from kg.claim import one_of
    from kg.exports import export as write
    from kg.exports.nanopub import creator_iri
    from kg.exports.statements import STATEMENTS
    from kg.texts import Texts as AtHand

    with open_store(store) as opened:
        try:
            said = one_of("--statements", statements, STATEMENTS)
            written = write(
                opened,
                file,
                format or None,
                creator=creator_iri(creator),
                statements=said,
                texts=AtHand(texts, store) if texts else None,
                tell=say,
            )
        except ValueError as error:
            raise Wrong(error) from None
        except OSError as error:
            raise Trouble(error) from None
    for path in written:
        print(path, file=sys.stderr)


def diff(
    old: Annotated[Path, typer.Argument(help="A store's folder, N-Quads, TriG or a table of claims.")],
    new: Annotated[Path, typer.Argument(help="The same, of later.")],
    ids: Annotated[bool, typer.Option("--ids", help="Identifiers rather than labels.")] = False,
    format: Rows = Format.table,
) -> None:
    """Tell which claims are new, gone, flipped, raised or lowered between two graphs.

    Example: kg diff release-1.nq stemkg-store --format md
    """
    from kg import vocabulary
    from kg.diff import COLUMNS, DiffError, markdown
    from kg.diff import diff as compare

    label = str if ids else vocabulary.load().label
    try:
        changes = sorted(compare(old, new))
    except DiffError as error:
        raise Wrong(error) from None
    if format is Format.md:
        write(markdown(changes, label))
    else:
        print_rows(COLUMNS, [change.row(label) for change in changes], format)


def push(
    endpoint: Annotated[str, typer.Argument(metavar="URL", help="A SPARQL Update endpoint, or a Graph Store.")],
    store: Folder = STORE,
    protocol: Annotated[
        str, typer.Option(help='"update" (SPARQL Update) or "graphs" (Graph Store protocol).')
    ] = "update",
    query: Annotated[
        str, typer.Option(metavar="URL", help="The other store's endpoint for queries, where it isn't found.")
    ] = "",
    user: Annotated[str, typer.Option(metavar="NAME:PASSWORD", help="For basic authentication.")] = "",
) -> None:
    """Load the graph into another store; each of its graphs replaces the one of that name there.

    Afterwards the triples there are counted: what was not stored is told.

    Example: kg push http://localhost:7878/update
    """
    from kg.push import PushError
    from kg.push import push as send

    if protocol not in ("update", "graphs"):
        raise Wrong(f"--protocol: {protocol!r} is not update or graphs")
    if urllib.parse.urlsplit(endpoint).scheme not in ("http", "https"):
        raise Wrong(f"{endpoint!r} is not the address of an endpoint (http:// or https://)")
    with open_store(store) as opened:
        try:
            count = send(opened, endpoint, graphs=protocol == "graphs", query=query, user=user)
        except PushError as error:
            raise Trouble(error) from None
    print(f"{count:,} triples sent to {endpoint}, and counted there", file=sys.stderr)


def fetch(
    wanted: Annotated[list[str], typer.Argument(help="PMIDs, PMCIDs, DOIs, and searches, which are all else.")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("fetched"),
    service: Annotated[str, typer.Option(help="Where searches go: europepmc or pubmed.")] = "europepmc",
    limit: Annotated[int, typer.Option(min=1, help="The most results of a search.")] = 1_000,
    full_text: Annotated[bool, typer.Option("--full-text", help="Open articles whole, not as abstracts.")] = False,
) -> int:
    """Fetch articles from Europe PMC and NCBI into a folder that `kg build` reads.

    What is there already is not fetched again, and what was broken off goes on where it was. NCBI_API_KEY and
    NCBI_EMAIL, if set, are told to NCBI; STEMKG_EUROPEPMC and STEMKG_EUTILS name other addresses of the services.

    Example: kg fetch "mesenchymal stem cells AND lupus" --to papers
    """
    from kg.fetch import Fetched, FetchError, Settings
    from kg.fetch import fetch as run_fetch

    if service not in ("europepmc", "pubmed"):
        raise Wrong(f"{service!r} is not a service: europepmc or pubmed")
    with stderr.status("asking", spinner="dots") as status:

        def tell(so_far: Fetched) -> None:
            status.update(f"{len(so_far.written):,} articles fetched")

        try:
            fetched = run_fetch(
                wanted,
                to,
                service="pubmed" if service == "pubmed" else "europepmc",
                limit=limit,
                full_text=full_text,
                settings=Settings.from_environment(),
                progress=tell,
            )
        except FetchError as error:
            raise Trouble(error) from None
    print(f"{len(fetched.written):,} articles fetched into {to}, {fetched.present:,} there already", file=sys.stderr)
    for missing in fetched.missing:
        say(f"{missing}: not to be had")
    return 1 if fetched.missing else 0
