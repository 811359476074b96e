"""Fetching, from a server on loopback that speaks as the services' documentation says."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kg import cli
from kg.articles import find, read
from kg.fetch import Fetched, FetchError, Settings, fetch

#: The works that the server has: PMID, PMCID, DOI, whether its full text is open.
WORKS = [
    (str(90000000 + n), f"PMC{9000000 + n}" if n % 2 else "", f"10.1000/made.{n}", n % 4 == 1) for n in range(1, 8)
]


def result(pmid: str, pmcid: str, doi: str, is_open: bool) -> dict[str, str]:
    found = {
        "id": pmid,
        "source": "MED",
        "pmid": pmid,
        "doi": doi,
        "title": f"Work {pmid}",
        "abstractText": "It heals.",
    }
    return {**found, **({"pmcid": pmcid} if pmcid else {}), "isOpenAccess": "Y" if is_open else "N"}


def record(pmid: str) -> str:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID>'
        f"<Article><ArticleTitle>Work {pmid}</ArticleTitle>"
        "<Abstract><AbstractText>It heals ö.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
    )


class Server(ThreadingHTTPServer):
    """Both services, and what is to go wrong: a list of (status, headers) or "broken", one for each next request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.agents: set[str] = set()
        self.trouble: list[tuple[int, dict[str, str]] | str] = []

    @property
    def settings(self) -> Settings:
        base = f"http://127.0.0.1:{self.server_port}"
        return Settings(europepmc=f"{base}/rest", eutils=f"{base}/eutils", api_key="k", email="a@example.org", page=3)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.answer(address.path, parse_qs(address.query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(self.path, parse_qs(body))

    def answer(self, path: str, query: dict[str, list[str]]) -> None:
        given = {key: values[0] for key, values in query.items()}
        self.server.asked.append((path, given))
        self.server.agents.add(self.headers["User-Agent"])
        if self.server.trouble:
            trouble = self.server.trouble.pop(0)
            if isinstance(trouble, str):
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"{")
                return
            self.send_response(trouble[0])
            for name, value in trouble[1].items():
                self.send_header(name, value)
            self.end_headers()
            return
        status, body = self.content(path, given)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def content(self, path: str, given: dict[str, str]) -> tuple[int, bytes]:
        if path == "/rest/search":
            assert (given["resultType"], given["format"]) == ("core", "json")
            return 200, json.dumps(search(given)).encode()
        if path.endswith("/fullTextXML"):
            pmcid = path.split("/")[2]
            if any(work[1] == pmcid and work[3] for work in WORKS):
                ids = f'<article-id pub-id-type="pmc">{pmcid}</article-id>'
                meta = (
                    f"<article-meta>{ids}<title-group><article-title>Whole</article-title></title-group></article-meta>"
                )
                return 200, f"<article><front>{meta}</front><body><p>All of it.</p></body></article>".encode()
            return 404, b""
        if path == "/eutils/esearch.fcgi":
            pmids = [work[0] for work in WORKS][: int(given["retmax"])]
            return 200, json.dumps({"esearchresult": {"count": "7", "idlist": pmids}}).encode()
        if path == "/eutils/efetch.fcgi":
            assert (given["db"], given["retmode"]) == ("pubmed", "xml")
            known = {work[0] for work in WORKS}
            records = "\n".join(record(pmid) for pmid in given["id"].split(",") if pmid in known)
            return 200, f'<?xml version="1.0" ?>\n<PubmedArticleSet>{records}</PubmedArticleSet>'.encode()
        return 404, b""


def search(given: dict[str, str]) -> dict[str, object]:
    """A page of Europe PMC's results: the last page has no mark for a next one."""
    if given["query"] == "bad (":
        return {"errMsg": "the query cannot be understood"}
    works = [work for work in WORKS if given["query"] in ("heals", f"PMCID:{work[1]}", f'DOI:"{work[2]}"')]
    start = int(given.get("cursorMark", "*").replace("*", "0"))
    end = start + int(given["pageSize"])
    page: dict[str, object] = {"hitCount": len(works), "resultList": {"result": [result(*w) for w in works[start:end]]}}
    return {**page, **({"nextCursorMark": str(end)} if end < len(works) else {})}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield running
        running.shutdown()


class Time:
    """A clock that goes on by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def run(server: Server, folder: Path, *wanted: str, time: Time | None = None, **options: object) -> Fetched:
    time = time or Time()
    settings = options.pop("settings", server.settings)
    return fetch(wanted, folder, settings=settings, sleep=time.sleep, clock=time.clock, **options)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return [path.name for path in find([folder])]


def test_each_kind_of_identifier_is_fetched_and_can_be_read(server: Server, tmp_path: Path) -> None:
    wanted = ("90000001", "PMID: 90000002", "PMC9000005", "PMC9000003", "https://doi.org/10.1000/made.4")
    fetched = run(server, tmp_path, *wanted)
    assert names(tmp_path) == [
        "PMC9000003.json", "PMC9000005.xml", "PMID90000001.xml", "PMID90000002.xml", "PMID90000004.json",
    ]  # fmt: skip
    assert not fetched.missing and len(fetched.written) == 5
    articles = [article for path in find([tmp_path]) for article in read(path)]
    assert [article.id for article in articles] == [path.stem for path in find([tmp_path])]
    assert [article.title for article in articles] == [
        "Work 90000003", "Whole", "Work 90000001", "Work 90000002", "Work 90000004",
    ]  # fmt: skip
    assert articles[2].text == "Work 90000001\nIt heals ö."


def test_what_is_not_to_be_had_is_named(server: Server, tmp_path: Path) -> None:
    fetched = run(server, tmp_path, "90000001", "12345", "PMC1", "10.1000/none")
    assert fetched.missing == ["PMID12345", "PMC1", "10.1000/none"]
    assert names(tmp_path) == ["PMID90000001.xml"]


def test_a_search_comes_page_by_page_up_to_its_limit(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path / "all", "heals")
    assert names(tmp_path / "all") == [f"PMID{work[0]}.json" for work in WORKS]
    assert [given["cursorMark"] for _, given in server.asked] == ["*", "3", "6"]
    run(server, tmp_path / "some", "heals", limit=4)
    assert names(tmp_path / "some") == [f"PMID{work[0]}.json" for work in WORKS[:4]]


def test_open_articles_come_whole_where_that_is_asked_for(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path, "heals", full_text=True)
    whole = [work[1] for work in WORKS if work[3]]
    assert sorted(path.stem for path in tmp_path.glob("*.xml")) == whole
    assert len(names(tmp_path)) == len(WORKS)


def test_a_search_of_pubmed(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path, "heals[tiab]", service="pubmed", limit=5)
    assert names(tmp_path) == [f"PMID{work[0]}.xml" for work in WORKS[:5]]
    tools = [path.rpartition("/")[2] for path, _ in server.asked]
    assert tools == ["esearch.fcgi", "efetch.fcgi", "efetch.fcgi"]
    assert all(
        (given["tool"], given["email"], given["api_key"]) == ("stemkg", "a@example.org", "k")
        for _, given in server.asked
    )
    assert all(agent.startswith("stemkg") for agent in server.agents)


def test_what_is_there_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path, "90000001", "PMC9000005")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    server.asked.clear()
    fetched = run(server, tmp_path, "90000001", "PMC9000005")
    assert not server.asked and fetched.present == 2 and not fetched.written
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_search_that_broke_off_goes_on_at_its_page(server: Server, tmp_path: Path) -> None:
    def stop(fetched: Fetched) -> None:
        if len(fetched.written) == 6:
            server.trouble += [(400, {})]

    with pytest.raises(FetchError, match="400"):
        run(server, tmp_path, "heals", progress=stop)
    assert len(names(tmp_path)) == 6
    server.asked.clear()
    fetched = run(server, tmp_path, "heals")
    assert [given["cursorMark"] for _, given in server.asked] == ["6"]
    assert (len(fetched.written), len(names(tmp_path))) == (1, 7)
    assert not (tmp_path / ".fetch.json").exists()
    server.asked.clear()
    assert run(server, tmp_path, "heals").present == 7  # done: the next time it looks for what is new
    assert server.asked[0][1]["cursorMark"] == "*"


def test_a_busy_service_is_asked_again_with_patience(server: Server, tmp_path: Path) -> None:
    server.trouble += [(429, {"Retry-After": "30"}), (503, {}), "broken", (500, {})]
    time = Time()
    fetched = run(server, tmp_path, "90000001", time=time)
    assert [path.name for path in fetched.written] == ["PMID90000001.xml"]
    pauses = [seconds for seconds in time.slept if seconds >= 1]
    assert pauses == [30.0, 2.0, 4.0, 8.0]


def test_a_service_that_stays_ill_is_named(server: Server, tmp_path: Path) -> None:
    server.trouble += [(503, {})] * 6
    with pytest.raises(FetchError, match=r"/eutils/efetch\.fcgi: 503"):
        run(server, tmp_path, "90000001")
    assert names(tmp_path) == []


@pytest.mark.parametrize(("key", "pause"), [("", 1 / 3), ("k", 1 / 10)])
def test_requests_keep_the_pace_that_ncbi_allows(server: Server, tmp_path: Path, key: str, pause: float) -> None:
    settings = Settings(europepmc=server.settings.europepmc, eutils=server.settings.eutils, api_key=key, page=1)
    time = Time()
    run(server, tmp_path, *(work[0] for work in WORKS), settings=settings, time=time)
    assert len(server.asked) == 7 and time.slept == pytest.approx([pause] * 6)


def test_an_answer_that_is_none_is_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="the query cannot be understood"):
        run(server, tmp_path, "bad (")
    with pytest.raises(FetchError, match="is not the address of a service"):
        run(server, tmp_path, "heals", settings=Settings(europepmc="file:///etc"))
    nowhere = Settings(eutils="http://127.0.0.1:9", europepmc=server.settings.europepmc, attempts=1)
    with pytest.raises(FetchError, match=r"127\.0\.0\.1:9"):
        run(server, tmp_path, "90000001", settings=nowhere)


def test_the_command_fetches_and_names_what_is_missing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEMKG_EUROPEPMC", server.settings.europepmc)
    monkeypatch.setenv("STEMKG_EUTILS", server.settings.eutils)
    assert cli.run(["fetch", "heals", "--limit", "2", "--to", str(tmp_path / "papers")]) == 0
    assert len(names(tmp_path / "papers")) == 2
    assert cli.run(["fetch", "90000001", "12345", "--to", str(tmp_path / "papers")]) == 1
    assert "PMID12345: not to be had" in capsys.readouterr().err
    server.trouble += [(400, {})]
    assert cli.run(["fetch", "90000006", "--to", str(tmp_path / "papers")]) == 1
    assert cli.run(["fetch", "heals", "--service", "the library"]) == 2


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment({"STEMKG_EUTILS": "http://here", "NCBI_API_KEY": "x", "NCBI_EMAIL": "a@b"})
    assert (settings.eutils, settings.api_key, settings.email, settings.eutils_rate) == (
        "http://here",
        "x",
        "a@b",
        10.0,
    )
    assert settings.europepmc == Settings().europepmc


def test_without_a_network_it_is_said_at_once(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        waited: list[float] = []
        with pytest.raises(FetchError, match="is not to be reached"):
            fetch(["some cells"], tmp_path, settings=Settings(europepmc=address), sleep=waited.append)
        assert waited == []
