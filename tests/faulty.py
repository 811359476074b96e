"""Work on a store, with one of the calls by which it changes files spoiled: a full disk, a failing one, a kill.

`Faulty` runs each piece of work in a process of its own, forked from one that has everything loaded. `Trials` makes
what the work begins from, spoils it at a point, and tells whether all is as it must be: the old store or the new one,
and the bytes of an unbroken run after the next.
"""

import ctypes
import errno
import http.server
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
from samples import article, claims

from kg import loading
from kg.checking import check
from kg.exports import export
from kg.push import PushError, push
from kg.quads import article_quads
from kg.store import Staged, Store, StoreError, commit
from kg.vocabulary import Vocabulary

BUILD = ox.NamedNode("https://w3id.org/stemkg/build/test")
IDS = [f"article-{number}" for number in range(150)]
_HALF, _WHOLE = IDS[:12], IDS[:25]  # the larger part is new
_TOLD, _RAW = 3, 4  # exit codes: an error that users are told in a line, and one that they are not to see


class Work(StrEnum):
    """What is done: a store made, added to, added to and settled as a large one is, written to files, or sent."""

    build = "build"
    rebuild = "rebuild"
    compaction = "compaction"
    export = "export"
    push = "push"


class Kind(StrEnum):
    """How a call is spoiled."""

    enospc = "enospc"
    eio = "eio"
    eintr = "eintr"
    short = "short"
    kill = "kill"


_KINDS = {Kind.enospc: errno.ENOSPC, Kind.eio: errno.EIO, Kind.eintr: errno.EINTR, Kind.short: -1, Kind.kill: -2}


def staged(id: str) -> Staged:
    """An article that was done."""
    return Staged.of(id, f"file-{id}", "d", article_quads(article(id), claims(id), build=BUILD))


def build(folder: Path, vocabulary: Vocabulary, ids: list[str]) -> bytes:
    """Do the articles that are not done yet, as a build does; the dump."""
    with Store.open(folder) as store:
        store.begin()
        store.ledger.see(ids)
        new = [staged(id) for id in ids if store.ledger.known(id) is None]
        store.stage(new, {one.source: "s" for one in new})
        store.commit(vocabulary)
        return _dump(store)


def _dump(store: Store) -> bytes:
    output = io.BytesIO()
    store.dump(output)
    return output.getvalue()


# The process that is spoiled


def compiled(folder: Path) -> Path | None:
    """The library that spoils calls, made in a folder; None where there is no C compiler, or no Linux."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


class Ended(NamedTuple):
    """How a piece of work ended: its exit code (minus the signal), what it said, and how many calls there were."""

    code: int
    said: str
    calls: int


class Faulty:
    """Runs pieces of work, each with the nth of its calls spoiled. It is a context manager."""

    def __init__(self, library: Path, words: Path) -> None:
        """`library` is `compiled`, `words` the folder of the ontology."""
        self._process = subprocess.Popen(
            [sys.executable, __file__, words],
            env={**os.environ, "LD_PRELOAD": str(library)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> "Faulty":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def __call__(
        self, work: Work, folder: Path, kind: Kind, at: int = 0, endpoint: str = "", log: Path | None = None
    ) -> Ended:
        """Do a piece of work with the store in a folder, whose parent has the files of exports.

        The calls are written into a file where a `log` is named.
        """
        assert self._process.stdin and self._process.stdout
        asked = {
            "work": work,
            "folder": str(folder),
            "kind": kind,
            "at": at,
            "endpoint": endpoint,
            "log": str(log or ""),
        }
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Ended(*json.loads(self._process.stdout.readline()))


def _serve(words: Path) -> None:
    """Fork for each piece of work that standard input asks for."""
    vocabulary = Vocabulary.load(words)
    for id in _WHOLE:
        staged(id)  # what is loaded when first needed is loaded now
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            code, said = _TOLD, ""
            calls = ctypes.CDLL(None).fault_calls
            calls.restype = ctypes.c_long
            try:
                _spoiled(vocabulary, **json.loads(line))
                code = 0
            except (StoreError, PushError) as error:
                said = str(error)
            except OSError as error:
                said = f"{type(error).__name__}: {error}"
                code = _TOLD if json.loads(line)["work"] == Work.export else _RAW
            except BaseException as error:
                said, code = f"{type(error).__name__}: {error}", _RAW
            os.write(writing, json.dumps([said, calls()]).encode())
            os._exit(code)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said, count = json.loads(pipe.read() or '["", 0]')
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([code, said, count]), flush=True)


def _spoiled(vocabulary: Vocabulary, work: str, folder: str, kind: str, at: int, endpoint: str, log: str) -> None:
    store, library = Path(folder), ctypes.CDLL(None)
    if log:
        library.fault_log(os.fsencode(log))
    library.fault_begin(os.fsencode(store.parent), int(work == Work.push), ctypes.c_long(at), _KINDS[Kind(kind)])
    match work:
        case Work.build:
            build(store, vocabulary, _HALF)
        case Work.rebuild:
            build(store, vocabulary, _WHOLE)
        case Work.compaction:
            commit._MANY = loading.FEW = 1  # in bulk, and settled
            build(store, vocabulary, _WHOLE)
        case Work.export:
            with Store.open(store, read_only=True) as opened:
                for name in FILES:
                    export(opened, store.parent / name, None)
        case Work.push:
            with Store.open(store, read_only=True) as opened:
                push(opened, endpoint, query=endpoint.replace("update", "query"))


FILES = ("graph.nq", "graph.ttl", "claims.tsv")


# The trials


class _Target(http.server.BaseHTTPRequestHandler):
    """Another store, that takes updates and answers queries."""

    graph = ox.Store()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = b""
        if self.path == "/update":
            self.graph.update(body)
        else:
            rows: Any = self.graph.query(urllib.parse.parse_qs(body)["query"][0])
            answer = rows.serialize(format=ox.QueryResultsFormat.JSON)
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


class _Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that is gone is no matter."""


class Trials:
    """Trials of work that is spoiled, in a folder. It is a context manager."""

    def __init__(self, folder: Path, library: Path, words: Path) -> None:
        """`library` is `compiled`, `words` the folder of the ontology."""
        self._folder = folder
        self._faulty = Faulty(library, words)
        self._vocabulary = Vocabulary.load(words)
        self._old = folder / "old"
        self._before = build(self._old / "store", self._vocabulary, _HALF)
        shutil.copytree(self._old, folder / "new")
        self._after = build(folder / "new" / "store", self._vocabulary, _WHOLE)
        with Store.open(self._old / "store", read_only=True) as store:
            for name in FILES:
                export(store, folder / name, None)
        self._server = _Quiet(("127.0.0.1", 0), _Target)
        self._endpoint = f"http://127.0.0.1:{self._server.server_port}/update"

    def __enter__(self) -> "Trials":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._faulty.__exit__()

    def count(self, work: Work, kind: Kind) -> int:
        """How many calls of a piece of work a kind of fault can befall."""
        with self._begun(work) as store:
            ended = self._faulty(work, store, kind, endpoint=self._endpoint)
            assert ended.code == 0, ended.said
            return ended.calls

    def calls(self, work: Work) -> list[tuple[str, str]]:
        """The calls of a piece of work, in their order: the name of each, and the path under the store or beside it."""
        log = self._folder / "calls"
        log.unlink(missing_ok=True)
        with self._begun(work) as store:
            ended = self._faulty(work, store, Kind.kill, endpoint=self._endpoint, log=log)
            assert ended.code == 0, ended.said
            lines = [line.split("\t") for line in log.read_text().splitlines()]
            return [(name, os.path.relpath(path, store.parent)) for name, path in lines]

    def spoil(self, work: Work, kind: Kind, at: int) -> str:
        """What is wrong after a piece of work whose nth call was spoiled; nothing, as a rule."""
        with self._begun(work) as store:
            ended = self._faulty(work, store, kind, at, self._endpoint)
            if ended.code not in (0, _TOLD, -signal.SIGKILL) or (ended.code < 0) != (kind is Kind.kill):
                # The last calls of a process may come in another order, and one less.
                if not (kind is Kind.kill and ended.code == 0 and ended.calls < at):
                    return f"ended with {ended.code}: {ended.said}"
            left, again = self._seen(work, store), self._again(work, store)
            if left:
                return f"{left}, after {ended.code}: {ended.said}"
            return again

    @contextmanager
    def _begun(self, work: Work) -> Iterator[Path]:
        """The store that work begins with, or the place of one to be made."""
        place = self._folder / "trial"
        if work is Work.build:
            place.mkdir()
        else:
            shutil.copytree(self._old, place)
        for name in FILES if work is Work.export else ():
            (place / name).write_bytes(b"before")
        _Target.graph.clear()
        try:
            yield place / "store"
        finally:
            shutil.rmtree(place)

    def _seen(self, work: Work, store: Path) -> str:
        """What is wrong with what others see."""
        if work is Work.export:
            for name in FILES:
                if (store.parent / name).read_bytes() not in (b"before", (self._folder / name).read_bytes()):
                    return f"{name} is neither the old file nor the new one"
        if work is Work.push:
            return ""  # its graphs come one by one
        try:
            with Store.open(store, read_only=True) as opened:
                found = _dump(opened)
        except StoreError as error:
            return "" if work is Work.build else f"the store can't be opened: {error}"
        new = self._after if work in (Work.rebuild, Work.compaction) else self._before
        return "" if found in (self._before, new) else "it is neither the old store nor the new one"

    def _again(self, work: Work, store: Path) -> str:
        """What is wrong after the work was done again."""
        try:
            match work:
                case Work.build:
                    same = build(store, self._vocabulary, _HALF) == self._before
                case Work.rebuild | Work.compaction:
                    same = build(store, self._vocabulary, _WHOLE) == self._after
                case _:
                    ended = self._faulty(work, store, Kind.eio, endpoint=self._endpoint)
                    if ended.code:
                        return f"done again, it ends with {ended.code}: {ended.said}"
                    same = self._exported(store) if work is Work.export else self._pushed()
        except StoreError as error:
            return f"done again, it fails: {error}"
        if not same:
            return "done again, it gives other bytes"
        return "; ".join(f"{fault.part}: {fault.what}" for fault in check(store))

    def _exported(self, store: Path) -> bool:
        return all((store.parent / name).read_bytes() == (self._folder / name).read_bytes() for name in FILES)

    def _pushed(self) -> bool:
        return _dump(Store(_Target.graph)) == self._before


def points(total: int, wanted: int) -> list[int]:
    """So many of the calls of a piece of work, the first and the last among them."""
    wanted = min(wanted, total)
    return sorted({1 + round(number * (total - 1) / max(1, wanted - 1)) for number in range(wanted)})


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
