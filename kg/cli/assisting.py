"""What assistants are given: `kg mcp`."""

from typing import Annotated

import typer

from kg import paths
from kg.cli.common import STORE, Folder, Texts, Trouble, Wrong


def mcp(
    store: Folder = STORE,
    http: Annotated[bool, typer.Option("--http", help="Serve streamable HTTP, rather than standard input.")] = False,
    host: Annotated[str, typer.Option(help="The address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on, with --http.")] = 8001,
    texts: Texts = None,
    limit: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Change a limit, such as seconds=60 or rows=1000.")
    ] = None,
) -> None:
    """Serve the stored queries as tools for assistants, by the Model Context Protocol.

    Example: kg mcp --store my-store
    """
    import asyncio

    from kg import assistants
    from kg.texts import Texts as AtHand
    from kg.web.limits import Limits

    try:
        allowed = Limits.of(limit or [])
    except ValueError as error:
        raise Wrong(error) from None
    assistant = assistants.Assistant(store, AtHand([paths.DIGESTS, *(texts or [])], store), allowed)
    serving = assistants.serve_http(assistant, host, port) if http else assistants.serve_stdio(assistant)
    try:
        asyncio.run(serving)
    except ImportError:
        raise Trouble("install stemkg[mcp] to serve assistants") from None
