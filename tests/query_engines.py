"""The engines that the stored queries must run on, each behind one function: SPARQL text in, rows out.

An engine that isn't on the machine skips the test, and says what to install. Jena and Virtuoso are Debian's, Comunica
is from npm. Jena's command line would start Java for every query, so a small class of ours runs many in one go.
Virtuoso is started on loopback with a database of its own and stopped at the end.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import peers
import pyoxigraph as ox
import pytest
import rdflib
from jena import class_path

from kg.asking import Endpoint, select
from kg.namespaces import contract

Rows = list[tuple[str, ...]]

XSD = "http://www.w3.org/2001/XMLSchema#"


def plain(value: str, datatype: str | None) -> str:
    """A literal so that engines agree on it: numbers without needless zeros, instants at UTC with a Z."""
    if datatype in {XSD + name for name in ("integer", "decimal", "double", "float", "int")}:
        with contextlib.suppress(InvalidOperation):
            number = Decimal(value).quantize(Decimal("0.00001"))
            return f"{number.normalize() + 0:f}"
    if datatype == XSD + "dateTime":
        return value.replace("+00:00", "Z").replace(".000", "")
    return value


def name(iri: str) -> str:
    """An IRI as golden rows write it: a CURIE where there is one; a build without its version."""
    return contract(iri).partition("/build/")[0] + "/build/*" if "/build/" in iri else contract(iri)


def cell(term: object) -> str:
    """A term of pyoxigraph or rdflib as golden rows write it: CURIEs, plain literals, nothing where unbound."""
    match term:
        case None:
            return ""
        case ox.NamedNode():
            return name(term.value)
        case ox.Literal():
            return plain(term.value, term.datatype.value)
        case rdflib.URIRef():
            return name(str(term))
        case rdflib.Literal():
            return plain(str(term), str(term.datatype) if term.datatype else None)
    raise TypeError(term)


@dataclass
class Rdflib:
    graph: rdflib.Graph

    @classmethod
    def load(cls, file: Path) -> "Rdflib":
        return cls(rdflib.Graph().parse(file))

    def run(self, sparql: str) -> Rows:
        result = self.graph.query(sparql)
        names = result.vars or []
        return [tuple(cell(row[str(column)]) for column in names) for row in result]  # type: ignore[index, call-overload]


@dataclass
class Oxigraph:
    store: ox.Store

    @classmethod
    def load(cls, file: Path) -> "Oxigraph":
        store = ox.Store()
        store.bulk_load(path=file, format=ox.RdfFormat.from_extension(file.suffix.removeprefix(".")))
        return cls(store)

    def run(self, sparql: str) -> Rows:
        answer = self.store.query(sparql)
        assert isinstance(answer, ox.QuerySolutions)
        return [tuple(map(cell, solution)) for solution in answer]


JENA = """
import java.io.*;
import java.nio.file.*;
import org.apache.jena.query.*;
import org.apache.jena.rdf.model.*;
import org.apache.jena.riot.RDFDataMgr;

public class Ask {
  public static void main(String[] args) throws Exception {
    Model model = RDFDataMgr.loadModel(args[0]);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
    for (String file; (file = in.readLine()) != null; ) {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try (QueryExecution run = QueryExecutionFactory.create(Files.readString(Path.of(file)), model)) {
        ResultSetFormatter.outputAsJSON(answer, run.execSelect());
      } catch (Exception bad) {
        answer.reset();
        answer.write(("!" + bad).getBytes("UTF-8"));
      }
      out.println(answer.toString("UTF-8").replace("\\n", " "));
    }
  }
}
"""


@dataclass
class Jena:
    process: subprocess.Popen[str]
    folder: Path

    @classmethod
    def start(cls, file: Path, folder: Path) -> "Jena":
        path = class_path(folder)
        if not shutil.which("javac"):
            pytest.skip("the Java compiler is not here (Debian: default-jdk-headless)")
        (folder / "Ask.java").write_text(JENA)
        subprocess.run(["javac", "-cp", path, "-d", str(folder), str(folder / "Ask.java")], check=True, timeout=120)
        java = ["java", "-Xmx1g", "-Dfile.encoding=UTF-8", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"]
        process = subprocess.Popen(
            [*java, "-cp", path, "Ask", str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        return cls(process, folder)

    def run(self, sparql: str) -> Rows:
        query = self.folder / "query.rq"
        query.write_text(sparql, "utf-8")
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{query}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert not answer.startswith("!"), answer
        return json_rows(json.loads(answer))

    def stop(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(20)


def json_rows(answer: dict[str, dict[str, list[dict[str, dict[str, str]]]]]) -> Rows:
    """Rows of SPARQL results in JSON."""
    names: list[str] = answer["head"]["vars"]  # type: ignore[assignment]

    def text(binding: dict[str, str] | None) -> str:
        if binding is None:
            return ""
        value = binding["value"]
        return name(value) if binding["type"] == "uri" else plain(value, binding.get("datatype"))

    return [tuple(text(row.get(column)) for column in names) for row in answer["results"]["bindings"]]


@dataclass
class Comunica:
    """Reads the file anew for each query, and starts Node.js: for a few of them."""

    file: Path
    folder: Path

    def run(self, sparql: str) -> Rows:
        query = self.folder / "query.rq"
        query.write_text(sparql, "utf-8")
        program, results = "node_modules/.bin/comunica-sparql-file", "application/sparql-results+json"
        return json_rows(json.loads(peers.run(program, self.file, "-f", query, "-t", results).stdout))


@dataclass
class Virtuoso:
    process: subprocess.Popen[bytes]
    url: str
    folder: Path

    @classmethod
    def start(cls, ntriples: Path, folder: Path) -> "Virtuoso":
        binary = shutil.which("virtuoso-t")
        if binary is None:
            pytest.skip("Virtuoso is not here (Debian: virtuoso-opensource-7-bin)")
        sql, http = _free_ports(2)
        (folder / "virtuoso.ini").write_text(
            "\n".join(
                [
                    "[Database]", f"DatabaseFile = {folder}/virtuoso.db", f"ErrorLogFile = {folder}/virtuoso.log",
                    f"LockFile = {folder}/virtuoso.lck", f"TransactionFile = {folder}/virtuoso.trx",
                    f"xa_persistent_file = {folder}/virtuoso.pxa", "FileExtend = 200",
                    "[TempDatabase]", f"DatabaseFile = {folder}/temp.db", f"TransactionFile = {folder}/temp.trx",
                    "[Parameters]", f"ServerPort = 127.0.0.1:{sql}", "NumberOfBuffers = 10000", "DisableUnixSocket = 1",
                    f"DirsAllowed = {folder}, {ntriples.parent}", "MaxCheckpointRemap = 2000",
                    "[HTTPServer]", f"ServerPort = 127.0.0.1:{http}", f"ServerRoot = {folder}", "ServerThreads = 4",
                    "[SPARQL]", "DefaultQuery = ask { }",
                ]
            )
        )  # fmt: skip
        with (folder / "out").open("wb") as output:
            process = subprocess.Popen(
                [binary, "+foreground", "+configfile", str(folder / "virtuoso.ini")],
                cwd=folder, stdout=output, stderr=output,
            )  # fmt: skip
        server = cls(process, f"http://127.0.0.1:{http}/sparql", folder)
        try:
            server._await()
            server._load(ntriples, sql)
        except BaseException:
            server.stop()
            raise
        return server

    def _await(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "?query=" + urllib.parse.quote("ASK {}"), timeout=5).read()
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None or time.monotonic() > until:
                    pytest.fail("Virtuoso did not start: " + (self.folder / "virtuoso.log").read_text()[-1000:])
                time.sleep(0.2)

    def _load(self, ntriples: Path, port: int) -> None:
        command = f"DB.DBA.TTLP_MT(file_to_string_output('{ntriples}'), '', 'http://example.org/all', 0);"
        done = subprocess.run(
            ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={command}"],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0 and "Error" not in done.stderr, done.stderr

    def run(self, sparql: str) -> Rows:
        return [tuple(map(cell, row)) for row in select(Endpoint(self.url), sparql).rows]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


Engine = Rdflib | Oxigraph | Jena | Comunica | Virtuoso


@contextlib.contextmanager
def engine(kind: str, file: Path, folder: Path) -> Iterator[Engine]:
    """An engine that holds the triples of a file, until the block ends: N-Triples, or Turtle but for Virtuoso."""
    match kind:
        case "rdflib":
            yield Rdflib.load(file)
        case "oxigraph":
            yield Oxigraph.load(file)
        case "jena":
            jena = Jena.start(file, folder)
            try:
                yield jena
            finally:
                jena.stop()
        case "comunica":
            yield Comunica(file, folder)
        case "virtuoso":
            virtuoso = Virtuoso.start(file, folder)
            try:
                yield virtuoso
            finally:
                virtuoso.stop()
        case _:
            raise ValueError(kind)
