"""Where a query runs: the store, RDF files, and a SPARQL endpoint on loopback; the same rows from each."""

import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
from query_fixture import CATALOGUE, fixture, triples

from kg.asking import Endpoint, QueryError, read_data, select
from kg.cli import run
from kg.store import Store
from kg.vocabulary import Vocabulary

VALUES = {"disease": "autoimmune disease"}


@pytest.fixture(scope="module")
def graph() -> tuple[Vocabulary, Store]:
    return fixture()


@pytest.fixture(scope="module")
def endpoint(graph: tuple[Vocabulary, Store]) -> Iterator[str]:
    """A small endpoint over the graph: `/sparql` answers, the other paths go wrong in their own ways."""
    store = graph[1]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            (sparql,) = urllib.parse.parse_qs(body)["query"]
            match self.path:
                case "/sparql":
                    try:
                        self._answer(sparql)
                    except SyntaxError as error:
                        self._send(400, "text/plain", f"cannot parse: {error}".encode())
                case "/page":
                    self._send(200, "text/html", b"<html>Welcome</html>")
                case "/cut":
                    self._send(200, "application/sparql-results+json", b'{"head":{"vars":["a"]},"results":{')
                case _:
                    self._send(503, "text/plain", b"down for maintenance\nuntil noon")

        def _answer(self, sparql: str) -> None:
            answer = store.query(sparql)
            if isinstance(answer, ox.QueryTriples):
                content = ox.serialize(answer, format=ox.RdfFormat.N_TRIPLES)
                self._send(200, "application/n-triples", content or b"")
            else:
                content = answer.serialize(format=ox.QueryResultsFormat.JSON)
                self._send(200, "application/sparql-results+json", content or b"")

        def _send(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["treatments", "best-treatments", "outcomes", "data-quality"])
def test_the_same_rows_from_store_file_and_endpoint(
    name: str, graph: tuple[Vocabulary, Store], endpoint: str, tmp_path: Path
) -> None:
    vocabulary, store = graph
    query = CATALOGUE[name]
    values = VALUES if any(parameter.name == "disease" for parameter in query.parameters) else {}
    expected = query.run(store, values, vocabulary)
    assert len(expected) > 1
    quads = tmp_path / "all.nq"
    with quads.open("wb") as file:
        store.dump(file)
    turtle = triples(store, tmp_path / "all.ttl")  # N-Triples are Turtle too
    for source in (read_data([quads]), read_data([turtle]), Endpoint(f"{endpoint}/sparql")):
        answer = query.run(source, values, vocabulary)
        assert answer.columns == expected.columns
        assert answer.words() == expected.words()


def test_a_file_may_be_in_parts(graph: tuple[Vocabulary, Store], tmp_path: Path) -> None:
    vocabulary, store = graph
    lines = triples(store, tmp_path / "all.nt").read_text("utf-8").splitlines(keepends=True)
    parts = [tmp_path / "a.nt", tmp_path / "b.nt"]
    for number, part in enumerate(parts):
        part.write_text("".join(lines[number::2]), "utf-8")
    query = CATALOGUE["treatments"]
    assert query.run(read_data(parts), {}, vocabulary).rows == query.run(store, {}, vocabulary).rows


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.ttl", "<a> <b> .\n", "bad.ttl: line 1"),
        ("bad.nq", "<http://a.org/> <http://a.org/> <http://a.org/> .\nnonsense\n", "bad.nq: line 2"),
        ("table.xlsx", "", "'.xlsx' names no RDF format"),
        ("plain", "", "'no suffix' names no RDF format"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(QueryError, match=said):
        read_data([tmp_path / name])
    with pytest.raises(QueryError, match=r"gone\.ttl"):
        read_data([tmp_path / "gone.ttl"])


def test_any_sparql_can_be_asked_of_a_store_and_an_endpoint(graph: tuple[Vocabulary, Store], endpoint: str) -> None:
    for source in (graph[1], Endpoint(f"{endpoint}/sparql")):
        (row,) = select(source, "ASK { ?s ?p ?o }").words()
        assert row == ("true",)
        construct = "CONSTRUCT { ?a <http://example.org/p> ?b } WHERE { ?a <https://w3id.org/stemkg/treats> ?b }"
        triples = select(source, construct, graph[0])
        assert triples.columns == ("subject", "predicate", "object")
        told = {(row[0], row[2]) for row in triples.words()}
        assert ("hematopoietic stem cell", "multiple sclerosis") in told
        assert ("mesenchymal stem cell of umbilical cord", "lupus nephritis") in told
        assert len(told) == len(triples)
        with pytest.raises(QueryError, match=r"parse|SPARQL"):
            select(source, "SELECT ?s WHERE { ?s ?p")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/page", "the answer is not SPARQL results"),
        ("/cut", "the answer is not SPARQL results|broke off"),
        ("/busy", "503 .*: down for maintenance"),
    ],
)
def test_an_endpoint_that_goes_wrong_is_named(endpoint: str, path: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        select(Endpoint(endpoint + path), "SELECT ?s WHERE { ?s ?p ?o }")


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with pytest.raises(QueryError, match=r"127\.0\.0\.1:1/sparql: .*refused"):
        select(Endpoint("http://127.0.0.1:1/sparql"), "ASK {}")
    with pytest.raises(QueryError, match="is not the address of an endpoint"):
        Endpoint("file:///etc/passwd")


def test_the_catalogue_is_printed_as_turtle(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["query", "--turtle", "--endpoint", "https://example.org/sparql"]) == 0
    file = tmp_path / "catalogue.ttl"
    file.write_text(capsys.readouterr().out, "utf-8")
    targets = "SELECT ?query WHERE { ?query <https://schema.org/target> <https://example.org/sparql> }"
    assert len(select(read_data([file]), targets)) == len(CATALOGUE)
