"""Answers that are kept are those of the graph as it is, and of no more than there is room for."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_web_pool import COUNT, CROSS, count, with_pool
from web_fixture import add, make, serving, site

from kg.claim import Claim
from kg.store import Version
from kg.web.kept import Kept
from kg.web.pool import Pool, Request

KEPT = 1 << 20


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("kept")) / "graph-1"


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=3_000)), max_size=60))
def test_what_is_kept_is_what_was_put_and_has_room(puts: list[tuple[int, bytes]]) -> None:
    kept = Kept[int, str](most=32_000)
    first: dict[int, bytes] = {}
    for asked, body in puts:
        if kept.get(asked) is None:
            first[asked] = body
        kept.put(asked, body, "kind")
        held = [found for key in range(10) if (found := kept.get(key)) is not None]
        assert sum(len(one) for one, _ in held) <= kept.most
        for key in range(10):
            found = kept.get(key)
            assert found is None or found == (first[key], "kind")
        if kept.takes(len(body)):
            assert kept.get(asked) is not None


def test_what_was_asked_for_last_stays() -> None:
    kept = Kept[int, str](most=20_000)
    for number in range(40):
        kept.put(number, bytes(1_000), "")
        kept.get(0)
    assert kept.get(0) and kept.get(39) and not kept.get(1)


def test_the_same_query_needs_no_process(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        before = await count(pool)
        await pool.close()
        assert await count(pool) == before
        assert not pool._idle
        other = (await pool.ask(Request(COUNT, "csv"))).read()  # another format is another answer
        assert other == f"n\r\n{before}\r\n".encode()

    with_pool(graph, work, kept=KEPT)


def test_an_answer_that_changes_is_asked_for_anew(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        for call in ("RAND()", "uuid()", "STRUUID()"):
            answers = {(await pool.ask(Request(f"SELECT ({call} AS ?x) {{}}"))).read() for _ in range(2)}
            assert len(answers) == 2, call

    with_pool(graph, work, kept=KEPT)


def test_large_answers_are_not_kept(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        whole = (await pool.ask(Request(CROSS + " LIMIT 5000", "csv"))).read()
        assert len(whole) > KEPT // 16
        await pool.close()
        assert (await pool.ask(Request(CROSS + " LIMIT 5000", "csv"))).read() == whole
        assert pool._idle

    with_pool(graph, work, kept=KEPT)


def test_another_graph_has_other_answers(tmp_path: Path) -> None:
    place = make(tmp_path)
    claim = Claim("one-more", 0, 10, "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", "positive")

    async def work(pool: Pool) -> None:
        before = await count(pool)
        under_way = asyncio.create_task(pool.ask(Request(COUNT, "csv")))
        await asyncio.sleep(0)
        await asyncio.to_thread(add, place, "one-more", [claim])
        pool.store = Version.read(place).graph(place)
        await pool.renew()
        (await under_way).read()  # of the one graph or the other
        assert await count(pool) == before + 1
        assert (await pool.ask(Request(COUNT, "csv"))).read() == f"n\r\n{before + 1}\r\n".encode()

    with_pool(place / "graph-1", work, kept=KEPT)


def test_a_page_of_the_old_graph_does_not_get_among_those_of_the_new(tmp_path: Path) -> None:
    place = make(tmp_path)
    shown = site(place)
    under_way = shown.pages  # of whoever makes a page as the graph changes
    claim = Claim("one-more", 0, 10, "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", "positive")
    add(place, "one-more", [claim])
    assert asyncio.run(shown.refresh())
    under_way.put("/articles?", b"old", {})
    assert shown.pages.get("/articles?") is None


def test_tables_are_kept_with_their_names(tmp_path: Path) -> None:
    with serving(site(make(tmp_path))) as running:
        for address in ("/map.csv", "/claims.csv", "/map.svg"):
            first, second = running.ask(address), running.ask(address)
            assert "filename=" in first.headers["content-disposition"]
            assert (second.body, second.headers) == (first.body, first.headers | {"date": second.headers["date"]})
            assert running.ask(address, if_none_match=first.headers["etag"]).status == 304
