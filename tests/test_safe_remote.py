"""What a hostile host can't do to those who ask it: have files written, passwords sent, memory filled, others asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import article, claims
from test_fetch import record

from kg.asking import Endpoint, QueryError
from kg.fetch import FetchError, Settings, fetch
from kg.limits import Asking
from kg.push import PushError, push
from kg.quads import article_quads
from kg.remote import AskingError, ask
from kg.store import Store

Handle = Callable[["Handler"], None]


class Host(ThreadingHTTPServer):
    """A host on loopback that does what a test says, and notes what it is asked: method, path and password."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.handle_with: Handle = lambda handler: handler.say(200)
        self.asked: list[tuple[str, str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Host
    body = b""

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization")))
        self.server.handle_with(self)

    do_POST = do_PUT = do_DELETE = do_GET

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    """A host, and another that is none of its business."""
    both = (Host(), Host())
    for host in both:
        threading.Thread(target=host.serve_forever, daemon=True).start()
    yield both
    for host in both:
        host.shutdown()
        host.server_close()


# 14. Answers without end, and redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", [None, b"query"])
def test_is_led_to_no_other_host(hosts: tuple[Host, Host], status: int, body: bytes | None) -> None:
    host, other = hosts
    host.handle_with = lambda handler: handler.say(status, Location=other.url + "/internal")
    with pytest.raises(AskingError, match="another host"):
        ask(host.url, body, {"Authorization": "Basic eA=="})
    assert other.asked == []


@pytest.mark.parametrize(
    "place", ["file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "//127.0.0.1:1/"]
)
def test_is_led_to_no_other_scheme(hosts: tuple[Host, Host], place: str) -> None:
    hosts[0].handle_with = lambda handler: handler.say(302, Location=place)
    with pytest.raises(AskingError):
        ask(hosts[0].url)
    with pytest.raises(AskingError, match="not the address of a host"):
        ask("file:///etc/hostname")


def test_follows_within_the_host_with_the_same_method(hosts: tuple[Host, Host]) -> None:
    host = hosts[0]

    def moved(handler: Handler) -> None:
        handler.say(200, handler.body) if handler.path == "/new" else handler.say(308, Location="/new")

    host.handle_with = moved
    assert ask(host.url + "/old", b"x", method="PUT").body == b"x"
    assert [command for command, *_ in host.asked] == ["PUT", "PUT"]
    host.handle_with = lambda handler: handler.say(302, Location="/new")
    with pytest.raises(AskingError, match="by a GET in place of a POST"):
        ask(host.url + "/old", b"x")
    with pytest.raises(AskingError):  # round and round
        host.handle_with = lambda handler: handler.say(302, Location="/old")
        ask(host.url + "/old")


def test_reads_no_more_than_it_may(hosts: tuple[Host, Host]) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            pass

    hosts[0].handle_with = endless
    with pytest.raises(AskingError, match="more than 1,000,000 bytes"):
        ask(hosts[0].url, limits=Asking(answer=1_000_000))


def test_waits_no_longer_than_it_may(hosts: tuple[Host, Host]) -> None:
    def drop_by_drop(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass

    hosts[0].handle_with = drop_by_drop
    with pytest.raises(AskingError, match=r"not there after 0\.3 seconds"):
        ask(hosts[0].url, limits=Asking(seconds=0.3))


def test_an_endpoint_can_neither_lead_on_nor_fill_the_memory(hosts: tuple[Host, Host]) -> None:
    host, other = hosts
    host.handle_with = lambda handler: handler.say(307, Location=other.url)
    with pytest.raises(QueryError, match="another host"):
        Endpoint(host.url).query("ASK {}")
    assert other.asked == []
    host.handle_with = lambda handler: handler.say(200, b"[" * 100_000, Content_Type="application/sparql-results+json")
    with pytest.raises(QueryError, match="not SPARQL results"):
        Endpoint(host.url).query("ASK {}")


# 4. What a service calls its articles


NAMES = st.one_of(
    st.sampled_from(
        ["/tmp/stolen", "../stolen", "..", ".", "", "a/../../b", "PMC1/../../x", "C:\\x", "nul\0", ".hidden", "-rf",
         "PMC9000001\n", "٣٣", "PMC٣٣", "x" * 300, "PMC1.xml", "~", ".fetch.json", "CON", "a\u202eb", "\ud800"]
    ),
    st.text(max_size=12),
)  # fmt: skip


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pmid=NAMES, pmcid=NAMES, id=NAMES, full_text=st.booleans())
def test_a_service_names_no_file_outside_the_folder(
    hosts: tuple[Host, Host], tmp_path: Path, pmid: str, pmcid: str, id: str, full_text: bool
) -> None:
    found = {"pmid": pmid, "pmcid": pmcid, "id": id, "title": "T", "abstractText": "A", "isOpenAccess": "Y"}

    def answer(handler: Handler) -> None:
        if "fullTextXML" in handler.path:
            handler.say(200, b"<article><x/></article>")
        else:
            handler.say(200, json.dumps({"resultList": {"result": [found]}}).encode())

    hosts[0].handle_with = answer
    folder = tmp_path / "a" / "b" / "papers"
    (tmp_path / "bystander").write_text("mine")
    before = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    address = Settings(europepmc=hosts[0].url + "/rest", eutils=hosts[0].url, attempts=1, europepmc_rate=1e6)
    fetched = fetch(["any"], folder, full_text=full_text, settings=address)
    after = {path for path in tmp_path.rglob("*") if folder not in path.parents} - {folder, *folder.parents}
    assert after <= before
    for path in fetched.written:
        assert path.parent == folder and path.is_file() and not path.name.startswith((".", "-"))


def test_writes_neither_through_links_nor_over_articles(hosts: tuple[Host, Host], tmp_path: Path) -> None:
    folder, treasure = tmp_path / "papers", tmp_path / "treasure"
    folder.mkdir()
    treasure.write_text("mine")
    (folder / "PMID7.json").symlink_to(treasure)
    (folder / ".PMID8.json.part").symlink_to(treasure)
    (folder / "PMID9.json").write_text("another")
    results = [{"pmid": pmid, "id": pmid, "title": "T"} for pmid in ("7", "8", "9")]
    hosts[0].handle_with = lambda handler: handler.say(200, json.dumps({"resultList": {"result": results}}).encode())
    address = Settings(europepmc=hosts[0].url, eutils=hosts[0].url, attempts=1)
    fetched = fetch(["any"], folder, settings=address)
    assert [path.name for path in fetched.written] == ["PMID8.json"]
    assert treasure.read_text() == "mine"
    assert (folder / "PMID9.json").read_text() == "another"
    assert not (folder / "PMID8.json").is_symlink()


def test_an_article_is_not_taken_for_another(hosts: tuple[Host, Host], tmp_path: Path) -> None:
    found = {"pmid": "1", "pmcid": "PMC2", "id": "1", "title": "T"}

    def answer(handler: Handler) -> None:
        if "fullTextXML" in handler.path:
            handler.say(404)
        else:
            handler.say(200, json.dumps({"resultList": {"result": [found]}}).encode())

    hosts[0].handle_with = answer
    fetched = fetch(["PMC1"], tmp_path, settings=Settings(europepmc=hosts[0].url, eutils=hosts[0].url, attempts=1))
    assert (fetched.written, fetched.missing) == ([], ["PMC1"])


@pytest.mark.parametrize(
    "xml",
    [
        b"<!DOCTYPE x " + b"[]" * 40 + b" [<a",
        b"<!-- a -->" * 40 + b"<",
        b"<?xml version='1.0' encoding='no-such'?><PubmedArticleSet>" + record("7").encode() + b"</PubmedArticleSet>",
        b"<?xml version='1.0' encoding='punycode'?><PubmedArticleSet>\xff</PubmedArticleSet>",
        b"<?xml version='1.0' encoding='rot13'?><PubmedArticleSet></PubmedArticleSet>",
        b"\xff\xfe<\xd8\x00",
    ],
)
def test_xml_neither_hangs_nor_breaks_a_fetch(hosts: tuple[Host, Host], tmp_path: Path, xml: bytes) -> None:
    hosts[0].handle_with = lambda handler: handler.say(200, xml)
    address = Settings(europepmc=hosts[0].url, eutils=hosts[0].url, attempts=1)
    with pytest.raises(FetchError):
        fetch(["PMID7"], tmp_path, settings=address)
    with pytest.raises(FetchError):
        fetch(["PMC7"], tmp_path, settings=address)


@pytest.mark.parametrize(
    "answer", [b"[" * 100_000, b'{"a": ' + b"9" * 5_000 + b"}", b"\xff", b"null", b'{"resultList": 1}']
)
def test_json_of_a_service_does_not_break_a_fetch(hosts: tuple[Host, Host], tmp_path: Path, answer: bytes) -> None:
    hosts[0].handle_with = lambda handler: handler.say(200, answer)
    address = Settings(europepmc=hosts[0].url, eutils=hosts[0].url, attempts=1)
    try:
        assert fetch(["any"], tmp_path, settings=address).written == []
    except FetchError as error:
        assert hosts[0].url in str(error)


# 5. A push says that it was stored only where it was


@pytest.fixture
def store() -> Store:
    store = Store.open()
    store.replace("one", article_quads(article("one"), claims("one"), build=ox.NamedNode("https://e.org/build")))
    return store


class Target:
    """Another store behind a host: takes updates and graphs, and loses what it is told to lose."""

    def __init__(self, loses: str = "") -> None:
        self.graph = ox.Store()
        self.loses = loses

    def __call__(self, handler: Handler) -> None:
        path = urlsplit(handler.path)
        if path.path == "/query":
            answer = self.graph.query(parse_qs(handler.body.decode())["query"][0])
            assert isinstance(answer, ox.QuerySolutions)
            body = answer.serialize(format=ox.QueryResultsFormat.JSON) or b""
            handler.say(200, body, Content_Type="application/sparql-results+json")
        elif path.path == "/update" and not (self.loses and self.loses in handler.body.decode()):
            self.graph.update(handler.body.decode())
            handler.say(204)
        elif handler.command == "GET":
            handler.say(404)
        else:
            handler.say(200)


def test_a_push_that_is_led_elsewhere_fails_and_keeps_the_password(hosts: tuple[Host, Host], store: Store) -> None:
    host, other = hosts
    target = Target()

    def led(handler: Handler) -> None:
        target(handler) if handler.path == "/query" else handler.say(302, Location=other.url + "/login")

    host.handle_with = led
    with pytest.raises(PushError, match="another host"):
        push(store, host.url + "/update", user="me:secret")
    assert other.asked == []
    host.handle_with = lambda handler: (
        target(handler) if handler.path == "/query" else handler.say(302, Location="/login")
    )
    with pytest.raises(PushError, match="by a GET in place of a POST"):
        push(store, host.url + "/update", user="me:secret")


def test_a_push_counts_what_is_held(hosts: tuple[Host, Host], store: Store) -> None:
    host = hosts[0]
    host.handle_with = Target(loses="article/one")
    with pytest.raises(PushError, match=r"holds 0 triples of <.*article/one>"):
        push(store, host.url + "/update")
    host.handle_with = lambda handler: handler.say(200, b"<html>Welcome</html>")
    with pytest.raises(PushError, match="can't be counted"):
        push(store, host.url + "/update")


def test_a_push_removes_what_left_the_source_and_nothing_else(hosts: tuple[Host, Host], store: Store) -> None:
    target = Target()
    node = ox.NamedNode("https://e.org/x")
    gone = ox.NamedNode("https://w3id.org/stemkg/article/gone")
    for graph in (gone, node):
        target.graph.add(ox.Quad(node, node, node, graph))
    hosts[0].handle_with = target
    sent = push(store, hosts[0].url + "/update")
    assert sent == len(store.graph)
    assert set(target.graph) == {*store.graph, ox.Quad(node, node, node, node)}
