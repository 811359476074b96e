"""Build: texts in, a stored and validated graph out. The only place that ties the rooms together.

A process reads the files (`kg.reading`); the main one hands the articles, in chunks, to workers: processes of this
machine, or a Dask cluster. A worker (`kg.working`) finds the claims of each, writes them as quads and checks these.
Results come back in the order of the input and are staged in the store; at the end all of them are committed, or none.
"""

import contextlib
import dataclasses
import functools
import hashlib
import importlib
import itertools
import multiprocessing
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kg import paths, vocabulary
from kg.articles import (
    Article,
    ArticleError,
    Left,
    Note,
    OnError,
    OnNote,
    copies,
    find,
    names,
)  # fmt: skip
from kg.articles.errors import readable
from kg.articles.streams import open_file
from kg.curation import Corrections
from kg.importing import Imported
from kg.limits import READING, Reading
from kg.reading import Reader
from kg.store import Refused, Staged, Store
from kg.validation import Problem, Validator, rule_problems
from kg.vocabulary import Vocabulary
from kg.working import OPTIONS, BuildError, Done, Options, Task, program_digest, shapes, work

_CHUNK_ARTICLES = 128
_CHUNK_CHARACTERS = 200_000
_STAGE_SECONDS = 2.0


@dataclass(slots=True)
class Summary:
    """What a build did. `claims` counts those of the articles that it did anew, by predicate.

    `left` counts what was left out of the files that were read, by what it is; `unread` are the first files and entries
    among it that one might have thought to be articles. `skipped` are the inputs that could not be used, each with its
    place and reason; `problems` is what was wrong with
    the graph: where there are any, the store is as it was before.
    """

    articles: int = 0
    unchanged: int = 0
    passed_over: int = 0
    removed: int = 0
    claims: Counter[str] = field(default_factory=Counter)
    left: Counter[Left] = field(default_factory=Counter)
    unread: list[Note] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False  # nothing was committed: of problems, or of skipped inputs where the build is strict
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether all went in."""
        return not self.skipped and not self.problems and not self.refused


class Progress(NamedTuple):
    """How far a build is: bytes of input that were read, of all there are, and articles that were done."""

    bytes_read: int
    bytes_total: int
    articles: int


def build(
    inputs: Iterable[Path | str],
    store: Store,
    options: Options = OPTIONS,
    *,
    workers: int | None = None,
    dask: str = "",
    strict: bool = False,
    prune: bool = False,
    limits: Reading = READING,
    progress: Callable[[Progress], None] = lambda progress: None,
    report: OnNote | None = None,
) -> Summary:
    """Build a store from files and folders; from the built-in digests where none are given.

    The result depends on the inputs alone: not on their order, the number of `workers` (all processors where it is
    None), or how often the build was killed on the way. An article that was done before from the same text and with
    the same program is not done again. With `prune`, articles of the store that are not in the inputs are removed.
    With `strict`, an input that can't be used is reason enough to commit nothing. `dask` is the address of a Dask
    scheduler whose workers are to do the articles. A file that takes more than the `limits` to be read is skipped.
    `report` is called with each input that gives no article and each part of one that is left out; files are read again
    for it that were done before.

    Raises `ArticleError` where an input does not exist, `BuildError`, `StoreError`, `VocabularyError`, `ShapesError`.
    """
    started = time.monotonic()
    files = find(list(inputs) or [paths.DIGESTS])
    summary = Summary()
    store.begin()
    reader = Reader(options.ontology, limits)
    run = _Run(store, options, files, summary, progress, report, reader)
    try:
        with reader, _executor(options, limits.article, workers, dask) as execute:
            for chunk, done in execute(run.chunks()):
                run.take(chunk, done)
    except BrokenExecutor:
        raise BuildError("a worker process was killed; the same command goes on from where it was") from None
    finally:
        run.stage()
    if summary.problems or (strict and summary.skipped):
        summary.refused = True
    else:
        if prune and not summary.skipped:  # what could not be read may be what would be missing
            summary.removed += store.unseen()
        run.commit()
    summary.seconds = time.monotonic() - started
    return summary


@dataclass(slots=True)
class _Chunk:
    """Articles for a worker, and what is to be known when they are done."""

    tasks: dict[str, Task] = field(default_factory=dict)  # by the ids of their articles
    characters: int = 0
    finished: dict[str, str] = field(default_factory=dict)  # sources that end in this chunk, with their digests
    gone: list[str] = field(default_factory=list)  # articles that the sources take back
    bytes_read: int = 0

    @property
    def full(self) -> bool:
        return len(self.tasks) >= _CHUNK_ARTICLES or self.characters >= _CHUNK_CHARACTERS


class _Run:
    """One build, from reading to the commit."""

    def __init__(
        self, store: Store, options: Options, files: list[Path], summary: Summary,
        progress: Callable[[Progress], None], report: OnNote | None, reader: Reader,
    ) -> None:  # fmt: skip
        self.store = store
        self.files = files
        self.names = names(files)
        self.copies = copies(files)
        self.report = report
        self.summary = summary
        self.progress = progress
        self.program = program_digest(options)
        self.vocabulary: Vocabulary = vocabulary.load(options.ontology)
        self.shapes = shapes(options.ontology)
        self._bytes_total = sum(map(_size, files))
        self._bytes_read = 0
        self._reader = reader
        self._gone: list[str] = []  # articles that the file under way takes back
        self._unusable: set[str] = set()  # sources with an article that could not be done
        self._staged: list[Staged] = []
        self._corrections = Corrections.of(store)
        self._imported = Imported.of(store)
        self._finished: dict[str, str] = {}
        self._staged_at = time.monotonic()

    def chunks(self) -> Iterator[_Chunk]:
        """The articles that are to be done, in chunks; the last one may be empty."""
        chunk = _Chunk()
        for file in self.files:
            source = str(file) if file == _STDIN else readable(str(file.absolute()))
            if file in self.copies:
                self._leave(Note(str(file), "", Left.COPY))
                continue
            errors: list[ArticleError] = []
            try:
                digest = "" if file == _STDIN else _digest_of(file) + self.program + self.names[file]
            except OSError as error:
                self._fail(ArticleError(str(file), "", error.strerror or str(error)))
                continue
            for task in self._tasks(file, source, digest, errors.append):
                # An article and its revision make the same graph: they are not checked together.
                if chunk.full or task.article.id in chunk.tasks:
                    yield chunk
                    chunk = _Chunk(bytes_read=self._bytes_read)
                chunk.tasks[task.article.id] = task
                chunk.characters += len(task.article.text)
            for unusable in errors:
                self._fail(unusable)
            self._bytes_read += _size(file)
            chunk.bytes_read = self._bytes_read
            if self._gone:
                # Other files may give again what this one takes back: it is to be read by every build, and all before
                # it is to be done before it.
                chunk.gone, self._gone = self._gone, []
                yield chunk
                chunk = _Chunk(bytes_read=self._bytes_read)
            elif digest and not errors:
                # A file with something wrong is read again too, so that it is named again.
                chunk.finished[source] = digest
        yield chunk

    def _leave(self, note: Note) -> None:
        """Count and report what is left out."""
        self.summary.left[note.kind] += 1
        if note.kind in _UNREAD and len(self.summary.unread) < _MOST_UNREAD:
            self.summary.unread.append(note)
        self._say(note)

    def _fail(self, error: ArticleError) -> None:
        """Keep and report what can't be used."""
        self.summary.skipped.append(str(error))
        self._say(Note(error.file, error.place, Left.UNUSABLE, error.reason))

    def _say(self, note: Note) -> None:
        if self.report:
            self.report(note)

    def _tasks(self, file: Path, source: str, digest: str, skip: OnError) -> Iterator[Task]:
        """The articles of a file that are to be done."""
        ledger = self.store.ledger
        known = ledger.visit(source, "" if self.report else digest)
        if known is not None:
            self.summary.unchanged += known
            return
        here: set[str] = set()  # the articles of this file
        told = False  # of anything
        for event in self._reader.read(file, "" if file == _STDIN else self.names[file]):
            told = True
            match event:
                case ("article", Article() as article):
                    revised = article.id.startswith(_REVISED)
                    if article.id in here or (ledger.seen(article.id) and not revised):
                        skip(ArticleError(str(file), article.id, "another article has this identifier"))
                        continue
                    here.add(article.id)
                    task = Task(
                        article, source, _digest(article, self.program), self._imported.by_article.get(article.id, ())
                    )
                    if ledger.known(article.id) == (source, task.digest) and not ledger.seen(article.id):
                        self.summary.unchanged += 1
                    else:
                        yield task
                    ledger.see([article.id])
                case ("pass", str(id)):
                    self._pass_over(file, id)
                case ("delete", str(id)):
                    self._gone.append(id)
                case ("note", Note() as note):
                    self._leave(note)
                case ("error", (str(name), str(place), str(reason))):
                    skip(ArticleError(name, place, reason))
        if not told:
            self._leave(Note(str(file), "", Left.NOTHING))

    def _pass_over(self, file: Path, id: str) -> None:
        """Count an article that does not speak of cell therapy, which is taken back where it did before."""
        self.summary.passed_over += 1
        self._say(Note(str(file), id, Left.SUBJECT))
        if self.store.ledger.known(id) or self.store.ledger.seen(id):
            self._gone.append(id)

    def take(self, chunk: _Chunk, done: Iterable[Done]) -> None:
        """Keep what a worker made of a chunk."""
        for one in done:
            if one.staged and not one.problems:
                self._staged.append(one.staged)
                self.summary.articles += 1
                self.summary.claims.update(one.claims)
                self.summary.skipped += (f"{chunk.tasks[one.id].source}: {one.id}: {reason}" for reason in one.lost)
                continue
            self.store.ledger.unsee(one.id)
            source = chunk.tasks[one.id].source
            self._unusable.add(source)
            self.summary.problems += one.problems
            if one.failure:
                self.summary.skipped.append(f"{source}: {one.id}: {one.failure}")
        if chunk.gone:
            self.stage()  # what is taken back may have been done just now
            gone = [Staged(id, "", "") for id in chunk.gone if self.store.ledger.known(id)]
            self.summary.removed += len(gone)
            self._staged += gone
        self._finished.update(item for item in chunk.finished.items() if item[0] not in self._unusable)
        if time.monotonic() - self._staged_at > _STAGE_SECONDS:
            self.stage()
        self.progress(Progress(chunk.bytes_read, self._bytes_total, self.summary.articles + self.summary.unchanged))

    def stage(self) -> None:
        """Make what was done so far durable."""
        self.store.stage(self._corrections.applied(self._staged), self._finished)
        self._staged.clear()
        self._finished.clear()
        self._staged_at = time.monotonic()

    def commit(self) -> None:
        """Commit what was staged, judged as a whole."""
        untouched = self.store.ledger.untouched()
        renewed = self.store.ontology != self.vocabulary.digest
        validator = Validator(self.vocabulary, self.shapes)

        def judge(graph: Store) -> bool:
            # The articles that were done are checked already; those that stay meet a new ontology.
            if renewed and untouched:
                self.summary.problems += validator.check_store(graph)
            # The rules cost as much as the whole store: a small addition to a large one is not made to pay it.
            if renewed or self.summary.articles >= untouched:
                self.summary.problems += rule_problems(graph)
            return not self.summary.problems

        try:
            self.store.commit(self.vocabulary, judge)
        except Refused:
            self.summary.refused = True


_STDIN = Path("-")
_UNREAD = {Left.JSON, Left.FORMAT, Left.NOTHING, Left.BOOK}
_MOST_UNREAD = 20
_REVISED = "PMID"  # articles called so come again, revised, in later files of PubMed: the last one counts


def _size(file: Path) -> int:
    try:
        return 0 if file == _STDIN else file.stat().st_size
    except OSError:  # it is named when it is to be read
        return 0


def _digest_of(file: Path) -> str:
    with open_file(file) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _digest(article: Article, program: str) -> str:
    """A digest of all that the graph of an article depends on. Its stretch of the text has a digest of its own."""
    known = dataclasses.replace(article, text="", sentences=())
    return hashlib.sha256(f"{known!r} {len(article.text)} {program}".encode()).hexdigest()


# Where the work is done

_Result = tuple[_Chunk, list[Done]]
_Execute = Callable[[Iterator[_Chunk]], Iterator[_Result]]


class _Promise(Protocol):
    """The future of a pool, or of a Dask cluster."""

    def result(self) -> list[Done]: ...


@contextlib.contextmanager
def _executor(options: Options, seconds: float, workers: int | None, dask: str) -> Iterator[_Execute]:
    """A function that does chunks and gives them back in their order."""
    do = functools.partial(work, options, program_digest(options), seconds)
    if dask:
        with _cluster(dask) as client:
            submit = functools.partial(client.submit, do, pure=False)
            yield functools.partial(_ordered, submit=submit, ahead=4 * max(1, len(client.ncores())))
        return
    count = workers or len(os.sched_getaffinity(0))
    with contextlib.ExitStack() as stack:

        def execute(chunks: Iterator[_Chunk]) -> Iterator[_Result]:
            chunk = next(chunks)
            following = next(chunks, None)
            chunks = itertools.chain([chunk] if following is None else [chunk, following], chunks)
            if count == 1 or following is None:
                # A single chunk is done here before another process has even started.
                for chunk in chunks:
                    yield chunk, do([*chunk.tasks.values()]) if chunk.tasks else []
                return
            pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _follow_parent)
            stack.callback(pool.shutdown, cancel_futures=True)
            yield from _ordered(chunks, functools.partial(pool.submit, do), 3 * count)

        yield execute


def _ordered(chunks: Iterator[_Chunk], submit: Callable[[list[Task]], _Promise], ahead: int) -> Iterator[_Result]:
    """Chunks with their results, in their order; no more than `ahead` are under way, so that memory stays flat."""
    nothing: Future[list[Done]] = Future()
    nothing.set_result([])
    under_way: deque[tuple[_Chunk, _Promise]] = deque()
    for chunk in chunks:
        under_way.append((chunk, submit([*chunk.tasks.values()]) if chunk.tasks else nothing))
        if len(under_way) >= ahead:
            done, promise = under_way.popleft()
            yield done, promise.result()
    for done, promise in under_way:
        yield done, promise.result()


def _follow_parent() -> None:
    """End this process when its parent is gone, however that ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[Any]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise BuildError("building on a cluster needs Dask: pip install 'stemkg[dask]'") from None
    with distributed.Client(address) as client:
        yield client
