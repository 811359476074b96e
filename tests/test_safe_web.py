"""What a hostile client of the server can't do: reach other hosts, stop it, shut others out."""

import asyncio
import contextlib
import http.server
import json
import os
import re
import signal
import socket
import sqlite3
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from growth import grows_linearly
from hypothesis import given, settings
from hypothesis import strategies as st
from test_web_pool import COUNT, count, refused, with_pool
from web_fixture import Server, add, copy, make, serving, site

from kg.claim import Claim
from kg.store import Store
from kg.web.limits import Limits
from kg.web.pool import Pool, Request
from kg.web.query import outline


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("safe"))


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Server]:
    with serving(site(place, Limits(idle=1, upload=1, share=20))) as running:
        yield running


class _Canary(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def canary() -> Iterator[http.server.HTTPServer]:
    """A server on loopback that notes what it is asked."""
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary)
    listening.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield listening
    listening.shutdown()
    thread.join()
    listening.server_close()


# 1. No request leaves the process that evaluates


CALLS = (
    "PREFIX : <{url}/> SELECT * {{ SERVICE:x {{ ?s ?p ?o }} }}",
    "PREFIX : <{url}/> SELECT * {{ SERVICE SILENT:x {{ ?s ?p ?o }} }}",
    "PREFIX : <{url}/> SELECT * {{ ?a ?b true.SERVICE:x {{ ?s ?p ?o }} }}",
    "PREFIX x: <{url}/> SELECT * {{ SERVICEx:y {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{url}/> AS ?g) SERVICE?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE<{url}/>{{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{url}/> {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE#\n<{url}/> {{ ?s ?p ?o }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} FROM <{url}/> WHERE {{ SERVICE <{url}/> {{ ?s ?p ?o }} }}",
)


@pytest.mark.parametrize("query", CALLS)
def test_no_query_reaches_another_host(server: Server, canary: http.server.HTTPServer, query: str) -> None:
    text = query.format(url=f"http://127.0.0.1:{canary.server_address[1]}")
    assert server.ask("/sparql", {"query": text}).status in (400, 403)
    assert canary.asked == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("query", CALLS)
def test_the_process_itself_has_no_network(place: Path, canary: http.server.HTTPServer, query: str) -> None:
    # Past the filter, which need not know every spelling: straight to the process.
    text = query.format(url=f"http://127.0.0.1:{canary.server_address[1]}")

    async def work(pool: Pool) -> None:
        with contextlib.suppress(Exception):
            (await pool.ask(Request(text))).read()
        assert await count(pool) > 50

    with_pool(place / "graph-1", work, workers=1)
    assert canary.asked == []  # type: ignore[attr-defined]


# 2. What reads a query takes time that grows with its length


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([*"aé.:<>'\"\\#?@_-\n1{", "'''", '"""', "u0041", "a.", "BASE", "FROM "]), max_size=5))
def test_the_outline_of_anything_is_linear(pieces: list[str]) -> None:
    unit = "".join(pieces) or "a"

    def read(text: str) -> None:
        with contextlib.suppress(ValueError):
            outline(text, "http://127.0.0.1/sparql")

    grows_linearly(lambda times: unit * times, read, 1_000)


@pytest.mark.parametrize("unit", ["a.", "é", "'", "\\'", '"""\\"', "FROM <a>", "BASE <a/>", "PREFIX a: <b>"])
def test_the_outline_of_what_was_slow_is_linear(unit: str) -> None:
    def read(text: str) -> None:
        with contextlib.suppress(ValueError):
            outline(text, "http://127.0.0.1/" + "x" * 1000)

    grows_linearly(lambda times: unit * times, read, 10_000)


def test_says_what_is_too_much(server: Server) -> None:
    many = "SELECT * " + "".join(f"FROM <http://e.org/{number}> " for number in range(2_000)) + "{}"
    assert "1,000 declarations" in server.ask("/sparql", method="POST", body=many.encode(),
                                              content_type="application/sparql-query").text  # fmt: skip


# 3. Any process may be killed at any time


def test_the_next_query_is_answered_whatever_was_killed(place: Path) -> None:
    async def work(pool: Pool) -> None:
        for _ in range(5):
            for worker in pool._idle:
                os.kill(worker._process.pid, signal.SIGKILL)
            assert await count(pool) > 50
        # The loop has seen them end by now.
        for worker in pool._idle:
            os.kill(worker._process.pid, signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert await count(pool) > 50

    with_pool(place / "graph-1", work, workers=2)


def test_a_query_survives_the_end_of_its_process(place: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?s a stemkg:Claim . ?a ?b ?c FILTER(STRLEN(STR(?c)) > 3) }"

    async def work(pool: Pool) -> None:
        task = asyncio.create_task(pool.ask(Request(slow)))
        await asyncio.sleep(0.05)
        for worker in pool._busy:
            os.kill(worker._process.pid, signal.SIGTERM)
        (await task).read()

    with_pool(place / "graph-1", work, workers=1, patience=10)


def test_a_query_too_deep_is_not_asked_again(place: Path) -> None:
    async def work(pool: Pool) -> None:
        assert (await refused(pool, "SELECT * " + "{" * 300_000)).status in (400, 507)

    with_pool(place / "graph-1", work, workers=1)


# 11. A store that is built anew, and what is kept for the pages


def test_a_store_built_anew_is_served_as_it_is_now(place: Path, tmp_path: Path) -> None:
    here = copy(place, tmp_path / "copy")
    with serving(site(here)) as running:
        assert "another-one" not in running.page("/articles").text
        other = make(tmp_path / "other")
        claim = Claim("another-one", 0, 10, "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", "positive")
        with Store.open(other) as store:
            assert store.generation == 1
        # Removed and built again: the same number of commits.
        for file in sorted(here.rglob("*"), reverse=True):
            file.unlink() if file.is_file() else file.rmdir()
        here.rmdir()
        anew = tmp_path / "anew"
        make(anew)
        with Store.open(anew / "store") as store:
            identity = store.identity
        (anew / "store").rename(here)
        add(here, "another-one", [claim])
        end = time.monotonic() + 30
        while "another-one" not in running.page("/articles").text and time.monotonic() < end:
            time.sleep(0.2)
        assert "another-one" in running.page("/articles").text
        answer = running.ask("/sparql", {"query": COUNT}, accept="application/json")
        assert answer.status == 200
        assert running.site.version.identity == identity


def test_the_same_generation_of_another_store_is_another_version(place: Path, tmp_path: Path) -> None:
    here, there = copy(place, tmp_path / "copy"), make(tmp_path / "other")
    shown = site(here)
    with Store.open(here, read_only=True) as one, Store.open(there, read_only=True) as other:
        assert one.generation == other.generation
        assert one.version != other.version
    (here / "present").write_bytes((there / "present").read_bytes())
    assert asyncio.run(shown.refresh())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE stated SET claims = substr(claims, 1, 40)",
        "UPDATE stated SET claims = x'00' || claims",
        "UPDATE meta SET value = '7' WHERE name = 'generation'",
        "UPDATE meta SET value = 'another' WHERE name = 'identity'",
        "DROP TABLE stated",
    ],
)
def test_what_a_damaged_ledger_has_at_hand_is_not_believed(place: Path, tmp_path: Path, damage: str) -> None:
    here = copy(place, tmp_path / "copy")
    expected = site(here).index
    with contextlib.closing(sqlite3.connect(here / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("DELETE FROM stated WHERE article = (SELECT min(article) FROM stated)")
        ledger.execute(damage)
    found = site(here).index
    assert (found.claims, found.sources) == (expected.claims, expected.sources)


# 12. Names of the server


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "a/b", "x@y"])
def test_refuses_names_that_are_not_its_own(server: Server, host: str) -> None:
    for path in ("/", "/claims", "/sparql?query=ASK%7B%7D"):
        assert server.ask(path, host=host).status in (400, 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:8000", "192.168.1.7:80"])
def test_answers_to_loopback_and_to_addresses(server: Server, host: str) -> None:
    assert server.page("/articles").status == server.ask("/articles", host=host).status == 200


def test_answers_to_names_that_it_was_told(place: Path) -> None:
    told = site(place)
    told.hosts = ("kg.example",)
    with serving(told) as running:
        assert running.ask("/about", host="KG.example:80").status == 200
        assert running.ask("/about", host="other.example").status == 421


def test_a_host_does_not_get_into_what_is_kept(server: Server) -> None:
    server.ask("/articles", host="127.0.0.1:1/?page=")
    server.ask("/articles?page=1", host="10.0.0.1")
    kept = list(server.site.pages._kept)
    assert all(address.startswith("/") for address in kept), kept


# 13. Connections that say nothing


def _closed(connection: socket.socket) -> bool:
    """Whether the other side has ended a connection, within five seconds."""
    connection.settimeout(5)
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\nGET /"]
)
def test_ends_connections_that_say_nothing_or_half(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(sent)
        assert _closed(connection)


def test_does_not_wait_for_a_body_for_ever(server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 100"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + b"\r\n\r\nASK")
        connection.settimeout(5)
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_idle_connections_shut_nobody_out(place: Path) -> None:
    with serving(site(place, Limits(connections=12, share=8, idle=60))) as running, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(socket.create_connection(("127.0.0.1", running.port))) for _ in range(30)]
        for connection in idle[::2]:
            with contextlib.suppress(OSError):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: lo")
        for _ in range(5):
            assert running.ask("/about").status == 200


def test_ends_an_answer_that_nobody_takes(place: Path) -> None:
    with serving(site(place, Limits(stalled=0.5))) as running:
        query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 60000"
        with socket.socket() as connection:
            # Far less than the answer, and enough to take in a moment what was sent of it by the end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            connection.connect(("127.0.0.1", running.port))
            text = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            connection.sendall((text + f"Content-Length: {len(query)}\r\n\r\n{query}").encode())
            connection.settimeout(60)
            whole = connection.recv(1_000)  # the answer begins, and no more of it is taken
            time.sleep(4)
            with contextlib.suppress(ConnectionResetError):
                while piece := connection.recv(1 << 16):
                    whole += piece
        length = re.search(rb"content-length: (\d+)", whole)
        assert length and len(whole) < int(length[1])


# 15. Smaller


@pytest.mark.parametrize("path", ["/claims", "/articles"])
@pytest.mark.parametrize("page", ["9" * 5_000, "٣", "-1", "0", "1e3", "²"])
def test_a_page_number_of_any_kind_is_a_page(server: Server, path: str, page: str) -> None:
    assert server.page(path, {"page": page}).status == 200


def test_a_content_length_of_any_size_is_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: "
            + b"9" * 17 + b"\r\n\r\n"
        )  # fmt: skip
        connection.settimeout(5)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_xml_is_well_formed_whatever_a_title_holds(server: Server) -> None:
    query = 'SELECT * { VALUES ?x { "a\\u0001b\\u000Bc\\uFFFE" "a\\rb" <http://e.org/a&b> } }'
    answer = server.ask("/sparql", {"query": query}, accept="application/sparql-results+xml")
    found = [
        element.text for element in ElementTree.fromstring(answer.body).iter() if element.text and element.text.strip()
    ]
    assert found == ["a\ufffdb\ufffdc\ufffd", "a\rb", "http://e.org/a&b"]


def test_cells_of_tables_are_no_formulas(place: Path, tmp_path: Path) -> None:
    here = copy(place, tmp_path / "copy")
    claim = Claim("formula", 0, 10, "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", "positive")
    add(here, "formula", [claim], title='=HYPERLINK("http://e.org")')
    with serving(site(here)) as running:
        rows = running.page("/claims.csv").text
    assert "'=HYPERLINK" in rows
    assert not re.search(r'(?:^|,)"?[=@]', rows, re.MULTILINE)


def test_a_damaged_store_is_told_without_its_place(place: Path, tmp_path: Path) -> None:
    here = copy(place, tmp_path / "copy")
    for file in (here / "graph-1").glob("*.sst"):
        content = bytearray(file.read_bytes())
        content[: len(content) // 2] = bytes(len(content) // 2)
        file.unlink()  # it may be a second name of another store's
        file.write_bytes(content)

    async def work() -> None:
        pool = Pool(here / "graph-1", Limits(workers=1))
        with contextlib.suppress(Exception):
            await pool.start()
        try:
            error = await refused(pool, "SELECT * { ?s ?p ?o }")
        finally:
            await pool.close()
        assert error.status in (500, 503)
        assert str(tmp_path) not in error.message

    asyncio.run(work())


def test_json_stays_as_it_is(server: Server) -> None:
    answer = server.ask("/sparql", {"query": 'SELECT ("=1\\u0001" AS ?x) {}'}, accept="application/json")
    assert json.loads(answer.body)["results"]["bindings"][0]["x"]["value"] == "=1\x01"
