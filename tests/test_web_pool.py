"""Queries run in processes that are ended where they take too much; the others go on."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from web_fixture import HOSTILE, make

from kg.web.limits import Limits
from kg.web.pool import Pool, Refused, Request

CROSS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a stemkg:Claim }"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("pool")) / "graph-1"


def with_pool(graph: Path, work: Callable[[Pool], Coroutine[Any, Any, None]], **limits: Any) -> None:
    """Do some work with a pool, which is closed afterwards. It keeps no answers unless `limits` say so."""

    async def run() -> None:
        pool = Pool(graph, Limits(**{"kept": 1} | limits))
        await pool.start()
        try:
            await work(pool)
        finally:
            await pool.close()

    asyncio.run(run())


async def count(pool: Pool) -> int:
    answer = json.loads((await pool.ask(Request(COUNT))).read())
    return int(answer["results"]["bindings"][0]["n"]["value"])


async def refused(pool: Pool, query: str, **settings: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await pool.ask(Request(query, **settings))
    return caught.value


def test_defaults() -> None:
    assert Limits() == Limits(
        seconds=30, patience=0.3, workers=2, slow=6, waiting=500, memory=512 << 20, rows=100_000, answer=64 << 20,
        kept=32 << 20, body=1 << 20, connections=1_000,
    )  # fmt: skip


def test_ends_a_query_that_would_run_for_ever_and_goes_on(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        error = await refused(pool, HOSTILE)
        assert error.status == 504
        assert "0.5 seconds" in error.message
        assert await count(pool) > 50

    with_pool(graph, work, seconds=0.5, patience=0.1, workers=1)


def test_quick_queries_pass_slow_ones_by(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        slow = asyncio.create_task(refused(pool, HOSTILE))
        # The only quick lane is free again while the slow query still runs.
        assert await count(pool) > 50
        assert not slow.done()
        assert (await slow).status == 504

    with_pool(graph, work, seconds=3, patience=0.1, workers=1)


def test_refuses_more_slow_queries_than_there_are_lanes_for(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        first = asyncio.create_task(refused(pool, HOSTILE))
        second = asyncio.create_task(refused(pool, HOSTILE))
        assert sorted([(await first).status, (await second).status]) == [503, 504]

    with_pool(graph, work, seconds=2, patience=0.2, workers=2, slow=1)


def test_refuses_what_would_wait_too_long_a_queue(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        errors = await asyncio.gather(*(refused(pool, HOSTILE) for _ in range(3)))
        assert sorted(error.status for error in errors) == [503, 504, 504]

    with_pool(graph, work, seconds=0.3, patience=0.3, workers=1, waiting=1, slow=0)


def test_ends_a_query_that_takes_too_much_memory(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        error = await refused(pool, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a")
        assert (error.status, "memory" in error.message) == (507, True)
        assert await count(pool) > 50

    with_pool(graph, work, memory=256 << 20, workers=1)


def test_refuses_answers_with_too_many_rows_triples_or_bytes(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        for format in ("json", "xml", "csv", "tsv"):
            assert (await refused(pool, CROSS, format=format)).message == "the answer has more than 100 rows"
        whole = (await pool.ask(Request(CROSS + " LIMIT 100", format="csv"))).read()
        assert whole.count(b"\r\n") == 101
        graph_query = "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }"
        error = await refused(pool, graph_query, format="turtle")
        assert (error.status, error.message) == (507, "the answer has more than 100 triples")

    async def bytes_work(pool: Pool) -> None:
        repeated = 'SELECT ?x { ?s a stemkg:Claim BIND(CONCAT("%s", STR(?s)) AS ?x) } LIMIT 20' % ("x" * 1000)
        error = await refused(pool, repeated)
        assert (error.status, error.message) == (507, "the answer has more than 10,000 bytes")

    with_pool(graph, work, rows=100)
    with_pool(graph, bytes_work, answer=10_000)


def test_survives_what_breaks_the_engine(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        for query in ("SELECT " + "(" * 200_000, "SELECT * " + "{" * 100_000):
            assert (await refused(pool, query)).status in (400, 507)
        assert await count(pool) > 50

    with_pool(graph, work, workers=1)


def test_a_cancelled_query_frees_its_worker(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        task = asyncio.create_task(pool.ask(Request(HOSTILE)))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await count(pool) > 50

    with_pool(graph, work, workers=1, patience=10)


def test_renewed_workers_open_the_store_again(graph: Path, tmp_path: Path) -> None:
    async def work(pool: Pool) -> None:
        before = await count(pool)
        pool.store = make(tmp_path / "other") / "graph-1"
        await pool.renew()
        assert await count(pool) == before

    with_pool(graph, work)


def test_says_that_a_store_is_not_there(tmp_path: Path) -> None:
    async def work() -> None:
        with pytest.raises(Refused, match="can't be opened"):
            await Pool(tmp_path / "none").start()

    asyncio.run(work())
