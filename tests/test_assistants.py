"""The server for assistants: each stored query is a tool that answers its example; hostile arguments are refused."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import web_fixture

from kg.assistants import Assistant, server
from kg.catalogue import Catalogue
from kg.claim import Claim
from kg.texts import Texts

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
mcp = pytest.importorskip("mcp", reason="the SDK of the Model Context Protocol is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return web_fixture.make(tmp_path_factory.mktemp("assistants"))


def talk(folder: Path, say: Callable[[Any], Awaitable[Any]]) -> Any:
    """What comes of talking with a server in this process, by the SDK's own client."""

    async def conversation() -> Any:
        assistant = Assistant(folder, Texts([folder.parent / "texts"], folder))
        try:
            async with mcp.Client(server(assistant)) as client:
                return await say(client)
        finally:
            await assistant.close()

    return asyncio.run(conversation())


def test_every_stored_query_is_a_tool_that_answers_its_example(folder: Path) -> None:
    catalogue = Catalogue.load()

    async def say(client: Any) -> list[tuple[str, Any, dict[str, str], Any]]:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {stored.name for stored in catalogue} <= set(tools)
        found = []
        for stored in catalogue:
            values = {one.name: one.example for one in stored.parameters if one.required}
            found.append((stored.name, tools[stored.name], values, await client.call_tool(stored.name, values)))
        return found

    for name, tool, values, result in talk(folder, say):
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.validate(values, tool.input_schema)
        assert not result.is_error, (name, result.content)
        assert result.structured_content == json.loads(result.content[0].text)
        assert tool.annotations.read_only_hint
        assert all(set(row) == set(result.structured_content["columns"]) for row in result.structured_content["rows"])


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("treatments", {"disease": "lupus } DROP ALL #"}, "disease"),
        ("treatments", {"disease": "x" * 5_000}, "more than 1,000 characters"),
        ("treatments", {"sparql": "SELECT * {?s ?p ?o}"}, "takes no 'sparql'"),
        ("treatments", {"disease": ["lupus"]}, "not a string"),
        ("treatments", {"limit": 10**9}, "from 1 to 1,000"),
        ("treatments", {"limit": True}, "not a integer"),
        ("article", {}, "needs 'article'"),
        ("show_claim", {"claim": "../../etc/passwd"}, "not the id of a claim"),
        ("find_terms", {"name": "lupus", "kind": "spell"}, "is not one of"),
        ("delete_everything", {}, "there is no tool"),
    ],
)
def test_hostile_arguments_are_refused_in_words(folder: Path, name: str, arguments: dict[str, Any], said: str) -> None:
    async def say(client: Any) -> Any:
        return await client.call_tool(name, arguments)

    result = talk(folder, say)
    assert result.is_error and said in result.content[0].text


def test_terms_and_claims_are_looked_up(folder: Path) -> None:
    async def say(client: Any) -> tuple[Any, Any]:
        terms = await client.call_tool("find_terms", {"name": "MSCs", "kind": "cell"})
        found = await client.call_tool("claims", {"article": "own-trial"})
        (row,) = found.structured_content["rows"]
        shown = await client.call_tool("show_claim", {"claim": row["claim"].partition("[")[0].strip()})
        return terms.structured_content, shown.structured_content

    terms, shown = talk(folder, say)
    assert "CL:0000134" in {term["id"] for term in terms["terms"]}
    assert shown["sentence"] == web_fixture.SENTENCE


def test_a_client_talks_over_standard_input_and_over_http(folder: Path) -> None:
    command = ["-m", "kg.cli", "mcp", "--store", str(folder)]

    async def names(transport: Any) -> set[str]:
        async with mcp.Client(transport) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    async def stdio() -> set[str]:
        from mcp.client.stdio import stdio_client

        return await names(stdio_client(mcp.StdioServerParameters(command=sys.executable, args=command)))

    assert "treatments" in asyncio.run(stdio())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, *command, "--http", "--port", str(port)], stderr=subprocess.PIPE) as running:
        try:
            for _ in range(300):
                with socket.socket() as tried:
                    if not tried.connect_ex(("127.0.0.1", port)):
                        break
                time.sleep(0.1)
            assert "treatments" in asyncio.run(names(f"http://127.0.0.1:{port}/mcp"))
        finally:
            running.terminate()


def test_a_store_that_is_built_anew_is_asked_as_it_is_now(tmp_path: Path) -> None:
    folder = web_fixture.make(tmp_path)
    claim = Claim("one-more", 0, 10, "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", "positive")

    async def say(client: Any) -> list[list[str]]:
        found = []
        for _ in range(2):
            result = await client.call_tool("claims", {"article": "one-more"})
            found.append([row["claim"] for row in result.structured_content["rows"]])
            await asyncio.to_thread(web_fixture.add, folder, "one-more", [claim])
        return found

    before, after = talk(folder, say)
    assert (len(before), len(after)) == (0, 1)


def test_a_proposed_claim_is_checked_and_refused_with_reasons(folder: Path) -> None:
    right = {"article": "own-trial", "quote": web_fixture.SENTENCE, "subject": "CL:0000134", "predicate": "treats",
             "object": "MONDO:0005301"}  # fmt: skip
    wrong = right | {"quote": "these words stand nowhere", "object": "MONDO:99", "subject": "CL:99"}

    async def say(client: Any) -> list[Any]:
        return [(await client.call_tool("check_claim", one)).structured_content for one in (right, wrong)]

    accepted, refused = talk(folder, say)
    assert accepted["accepted"] and accepted["claim"]["predicate"] == "treats" and accepted["reasons"] == []
    assert not refused["accepted"] and refused["claim"] is None
    assert len(refused["reasons"]) == 3 and "do not stand in the text" in refused["reasons"][0]
