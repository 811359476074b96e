"""The command line: what it prints where, in which form, and how it ends."""

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import TEXT, article, claims, ontology

from kg.cli import app, run
from kg.quads import article_quads
from kg.rdf import build_node, claim_node
from kg.store import Staged, Store
from kg.tables import Format, render
from kg.vocabulary import Vocabulary, load

COMMANDS = [
    "build", "query", "validate", "check", "show", "explain", "export", "score", "curate", "import", "diff", "push",
    "fetch", "serve", "site", "docs", "mcp",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one article, with quotes, by the real ontology."""
    path = tmp_path_factory.mktemp("cli") / "store"
    vocabulary = load()
    quads = article_quads(article("a"), claims("a"), build=build_node(vocabulary), quotes=True)
    with Store.open(path) as store:
        store.begin()
        store.stage([Staged.of("a", "file", "digest", quads)])
        store.commit(vocabulary)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one article, by an ontology of a few terms."""
    path = tmp_path_factory.mktemp("cli")
    vocabulary = Vocabulary.load(ontology(path / "ontology"))
    with Store.open(path / "store") as store:
        store.begin()
        store.stage([Staged.of("a", "f", "d", article_quads(article("a"), claims("a"), build=build_node(vocabulary)))])
        store.commit(vocabulary)
    return path / "store"


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = call(capsys, command, "--help")
    assert code == 0
    assert re.search(rf"Examples?:\s+kg {command}\b", out)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "--version") == (0, f"kg {version('stemkg')}\n", "")


def test_there_are_no_other_commands() -> None:
    assert {found.name or found.callback.__name__ for found in app.registered_commands if found.callback} == set(
        COMMANDS
    )


def test_wrong_calls_are_told_and_end_with_2(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    for arguments, message in (
        (["nonsense"], "No such command 'nonsense'"),
        (["build", "--workers", "none"], "Invalid value for '--workers'"),
        (["build", str(tmp_path / "nowhere")], f"kg: {tmp_path / 'nowhere'}: no such file or folder"),
        (["query", "treatments", "--store", str(tmp_path / "empty")], "no graph here yet"),
        (["query", "treatmets", "--store", str(folder)], "did you mean treatments"),
        (["query", "treatments", "--disease", "lupsu", "--store", str(folder)], "did you mean"),
        (["query", "treatments", "--disease", "--store", str(folder)], ""),
        (["query", "treatments", "lupus", "--store", str(folder)], "a parameter is given as --NAME VALUE"),
        (["show", "zzz", "--store", str(folder)], "'zzz' is not the id of a claim"),
        (["show", "0123456789", "--store", str(folder)], "there is no claim '0123456789'"),
        (["score", str(tmp_path / "no.tsv"), "--store", str(folder)], "No such file"),
        (["push", "localhost"], "not the address of an endpoint"),
    ):
        code, out, err = call(
            capsys, *arguments, *(["--store", str(tmp_path / "s")] if arguments[0] == "build" else [])
        )
        assert (code, out) == (2, ""), arguments
        assert message in err and "Traceback" not in err


def test_a_build_reports_on_standard_error_and_a_bad_file_ends_it_with_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "good.md").write_text("# On cells\n\nMesenchymal stem cells are effective in multiple sclerosis.\n")
    (tmp_path / "bad.xml").write_bytes(b"")
    code, out, err = call(capsys, "build", str(tmp_path / "good.md"), "--store", str(tmp_path / "s"), "--workers", "1")
    assert (code, out) == (0, "")
    assert "1 articles read" in err and "treats" in err and "\x1b" not in err
    inputs = [str(tmp_path / name) for name in ("good.md", "bad.xml")]
    code, out, err = call(capsys, "build", *inputs, "--store", str(tmp_path / "s"))
    assert (code, out) == (1, "")
    assert f"skipped: {tmp_path / 'bad.xml'}: the file is empty" in err and "1 unchanged" in err
    code, _, err = call(capsys, "build", *inputs, "--store", str(tmp_path / "s"), "--strict")
    assert code == 1 and "nothing committed" in err


@pytest.mark.parametrize("format", list(Format))
def test_queries_print_rows_in_every_format(capsys: pytest.CaptureFixture[str], folder: Path, format: Format) -> None:
    code, out, err = call(
        capsys, "query", "treatments", "--disease", "MS", "--format", format.value, "--store", str(folder)
    )
    assert (code, err) == (0, "")
    match format:
        case Format.json:
            (row,) = json.loads(out)
        case Format.csv:
            (row,) = csv.DictReader(io.StringIO(out))
        case Format.tsv:
            names, values = (line.split("\t") for line in out.splitlines())
            row = dict(zip(names, values, strict=True))
        case Format.md:
            names, _, values = ([cell.strip() for cell in line.split("|")[1:-1]] for line in out.splitlines())
            row = dict(zip(names, values, strict=True))
        case Format.table:
            assert "mesenchymal stem cell" in out and "multiple sclerosis" in out
            return
    assert (row["treatment"], row["disease"]) == ("mesenchymal stem cell", "multiple sclerosis")


def test_queries_take_a_file_and_data_and_tell_of_themselves(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.rq"
    file.write_text("SELECT ?s ?o { ?s stemkg:treats ?o }")
    (tmp_path / "data.ttl").write_text("<urn:a> <https://w3id.org/stemkg/treats> <urn:b> .")
    tail = ["--format", "csv", "--ids"]
    assert call(capsys, "query", "--file", str(file), "--store", str(folder), *tail) == (
        0, "s,o\nCL:0000134,MONDO:0005301\n", "",
    )  # fmt: skip
    assert call(capsys, "query", "--file", str(file), "--data", str(tmp_path / "data.ttl"), *tail) == (
        0, "s,o\nurn:a,urn:b\n", "",
    )  # fmt: skip
    _, out, _ = call(capsys, "query")
    assert "treatments" in out
    _, out, _ = call(capsys, "query", "treatments", "--about")
    assert "--disease" in out
    _, out, _ = call(capsys, "query", "treatments", "--disease", "MS", "--sparql")
    assert "<http://purl.obolibrary.org/obo/MONDO_0005301>" in out


def test_from_people_only_may_be_said_with_and_without_yes(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    ask = "query", "treatments", "--sparql", "--store", str(folder)
    plain = call(capsys, *ask, "--disease", "MS", "--people")
    assert plain[0] == 0 and plain[1] != call(capsys, *ask, "--disease", "MS")[1]
    assert call(capsys, *ask, "--people", "yes", "--disease", "MS") == plain
    assert call(capsys, *ask, "--people", "--disease", "MS") == plain


def test_a_claim_is_shown_with_its_sentence(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    (node,) = (claim_node(claim).value for claim in claims("a") if claim.predicate == "treats")
    id = node.rpartition("/")[2]
    for name in (node, id, id[:12], id.upper()):
        code, out, _ = call(capsys, "show", name, "--store", str(folder))
        assert code == 0
        assert out.startswith("»Mesenchymal stem cells treat multiple sclerosis.«")
        assert "multiple sclerosis (MONDO:0005301)" in out and "RandomizedTrial" in out
    # Where the text is at hand, the sentence stands in its line; a text that has changed is not quoted.
    (tmp_path / "a.txt").write_text(TEXT)
    _, out, _ = call(capsys, "show", id, "--store", str(folder), "--texts", str(tmp_path))
    assert out.startswith("»Mesenchymal stem cells treat multiple sclerosis.« They may")
    (tmp_path / "a.txt").write_text("!" + TEXT)
    _, out, _ = call(capsys, "show", id, "--store", str(folder), "--texts", str(tmp_path))
    assert out.startswith("»Mesenchymal stem cells treat multiple sclerosis.«\n")


def test_a_sentence_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(
        capsys, "explain", "Mesenchymal stem cells are effective in lupus. The sky is blue.", "--format", "json"
    )
    rows = json.loads(out)
    assert code == 0
    assert ("claim", "mesenchymal stem cell treats") in {(row["what"], row["reading"][:28]) for row in rows}
    assert any(row["what"] == "rejected" and row["words"] == "The sky is blue." and row["why"] for row in rows)


def test_the_texts_of_a_file_are_explained(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# On cells\n\n**Mesenchymal stem cells** are effective in lupus.\n", "utf-8")
    code, out, _ = call(capsys, "explain", str(file), "--format", "json")
    said = {(row["what"], row["words"], row["reading"][:28]) for row in json.loads(out)}
    assert code == 0
    assert ("claim", "**Mesenchymal stem cells** are effective in lupus.", "mesenchymal stem cell treats") in said


def test_a_good_store_is_valid_and_a_bad_one_is_told(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    for arguments in ([], ["--reference"]):
        code, out, err = call(capsys, "validate", "--store", str(folder), "--format", "csv", *arguments)
        assert (code, out) == (0, "article,node,says,reason,value\n")
        assert "1 articles checked: 0 problems" in err
    vocabulary = load()
    quads = article_quads(article("a", text="Short."), claims("a"), build=build_node(vocabulary))
    with Store.open(tmp_path / "s") as store:
        store.begin()
        store.stage([Staged.of("a", "file", "digest", quads)])
        store.commit(vocabulary)
    code, out, _ = call(capsys, "validate", "--store", str(tmp_path / "s"))
    assert code == 1 and "a claim ends inside the text of its article" in out


def test_a_store_is_scored(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.tsv"
    from kg.claim import COLUMNS

    rows = [claim.row() for claim in claims("a")[:2]] + [
        (
            "a",
            "0",
            "48",
            *claims("a")[0].row()[3:4],
            "affects",
            "CL:0000034",
            "",
            "positive",
            "asserted",
            "Review",
            "background",
            "",
            "",
            "",
        )
    ]
    gold.write_text("".join("\t".join(row) + "\n" for row in [COLUMNS, *rows]))
    code, out, _ = call(capsys, "score", str(gold), "--store", str(folder), "--format", "json")
    table = {row["predicate"]: row for row in json.loads(out)}
    assert code == 0
    assert [table["all"][name] for name in ("right", "wrong", "missed", "precision")] == ["2", "1", "1", "0.667"]
    assert table["accuracy of evidence"]["precision"] == "1.000"
    _, out, _ = call(capsys, "score", str(gold), "--store", str(folder), "--errors", "--format", "json")
    assert {(row["error"], row["predicate"]) for row in json.loads(out)} == {
        ("missed", "affects"),
        ("wrong", "outcome"),
    }
    gold.write_text("doc\tsent\na\t1\n")
    code, _, err = call(capsys, "score", str(gold), "--store", str(folder))
    assert code == 1 and f"kg: {gold}:2:" in err


class _Graphs(BaseHTTPRequestHandler):
    """A store that takes updates at /update, queries at /query, graphs as such at /graphs; /refuse nothing."""

    store = ox.Store()

    def do_POST(self) -> None:
        path = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if path.path == "/query":
            answer = self.store.query(parse_qs(body.decode())["query"][0])
            assert isinstance(answer, ox.QuerySolutions)
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.end_headers()
            self.wfile.write(answer.serialize(format=ox.QueryResultsFormat.JSON) or b"")
            return
        if path.path == "/update":
            self.store.update(body.decode())
        elif path.path == "/graphs":
            graph = ox.NamedNode(parse_qs(path.query)["graph"][0])
            if self.command == "PUT":
                self.store.remove_graph(graph)
            self.store.load(body, ox.RdfFormat.N_TRIPLES, to_graph=graph)
        else:
            self.send_error(403, "not here")
            return
        self.send_response(204)
        self.end_headers()

    do_PUT = do_POST

    def do_DELETE(self) -> None:
        self.store.remove_graph(ox.NamedNode(parse_qs(urlsplit(self.path).query)["graph"][0]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    _Graphs.store = ox.Store()
    server = HTTPServer(("127.0.0.1", 0), _Graphs)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("path", "protocol"), [("update", "update"), ("graphs", "graphs")])
def test_a_graph_is_pushed_and_may_be_pushed_again(
    capsys: pytest.CaptureFixture[str], small: Path, endpoint: str, path: str, protocol: str
) -> None:
    stale = ox.NamedNode("urn:stale")
    for graph in ("https://w3id.org/stemkg/article/a", "https://w3id.org/stemkg/article/that-left"):
        _Graphs.store.add(ox.Quad(stale, stale, stale, ox.NamedNode(graph)))
    for _ in range(2):
        code, out, err = call(capsys, "push", f"{endpoint}/{path}", "--protocol", protocol, "--store", str(small))
        assert (code, out) == (0, "")
        assert "triples sent" in err
    with Store.open(small, read_only=True) as store:
        assert set(_Graphs.store) == set(store.graph)


def test_a_push_that_is_refused_is_told(capsys: pytest.CaptureFixture[str], small: Path, endpoint: str) -> None:
    code, _, err = call(capsys, "push", f"{endpoint}/refuse", "--store", str(small))
    assert code == 1 and "403" in err and "not here" in err


CELLS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=5), min_size=2, max_size=2)


@given(st.lists(CELLS, max_size=4))
def test_csv_and_json_give_the_rows_back(rows: list[list[str]]) -> None:
    def unprotected(cell: str) -> str:
        return re.sub(r"\A'('*[=+\-@\t])", r"\1", cell)

    assert [list(row.values()) for row in json.loads(render(["a", "b"], rows, Format.json))] == rows
    lines = csv.reader(io.StringIO(render(["a", "b"], rows, Format.csv), newline=""))
    assert [[unprotected(cell) for cell in line] for line in lines] == [["a", "b"], *rows]


@given(st.lists(CELLS, max_size=4))
def test_tsv_and_markdown_have_a_line_a_row(rows: list[list[str]]) -> None:
    assert render(["a", "b"], rows, Format.tsv).count("\n") == len(rows) + 1
    assert all(line.count("\t") == 1 for line in render(["a", "b"], rows, Format.tsv).split("\n")[:-1])
    assert render(["a", "b"], rows, Format.md).count("\n") == len(rows) + 2
