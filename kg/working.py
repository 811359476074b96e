"""Working: what a worker makes of articles. Their claims are found, written as quads and checked against the shapes.

Each process of a build has one worker; a Dask cluster has one for each of its processes.
"""

import contextlib
import dataclasses
import functools
import gc
import hashlib
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg import paths, vocabulary
from kg.articles import Article, FurnitureCues, segment
from kg.details import detailed, of_article
from kg.extraction import Extractor
from kg.importing import located
from kg.importing.kept import Quoted
from kg.quads import article_graph
from kg.rdf import Graph, build_node
from kg.store import Staged
from kg.validation import SHAPES, Problem, Validator

#: The code that a claim depends on, beside the ontology: a change in it makes every article new.
_CODE = (
    "articles", "extraction", "claim.py", "details.py", "findings.py", "namespaces.py", "quads.py", "rdf.py",
    "stated.py", "vocabulary.py", "working.py",
)  # fmt: skip
#: In a package, what of its files is code, and what was learned.
_KINDS = ("*.py", "*.tsv", "*.yml", "*.gz")


class BuildError(Exception):
    """A build that can't go on. The message says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the graph of an article depends on, beside the article, the program and the ontology."""

    ontology: Path = paths.ONTOLOGY
    quotes: bool = False  # put the sentences in the graph
    min_confidence: float = 0.0  # claims below it are left out


OPTIONS = Options()


class Done(NamedTuple):
    """What a worker made of one article: what is to be staged, or why it can't be."""

    id: str
    staged: Staged | None
    claims: dict[str, int]
    problems: list[Problem]
    failure: str = ""
    lost: tuple[str, ...] = ()  # what there is against imported claims that it no longer has


class Worker:
    """What turns articles into graphs; each process has one."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.vocabulary = vocabulary.load(options.ontology)
        self.extractor = Extractor(self.vocabulary)
        self.validator = Validator(self.vocabulary, shapes(options.ontology))
        self.build = build_node(self.vocabulary)
        self.cues = _cues(options.ontology)

    def __call__(self, tasks: Sequence["Task"], seconds: float) -> list[Done]:
        """The graphs of some articles, checked. None of them may take more `seconds` of processor time."""
        done: list[Done] = []
        problems: dict[str, list[Problem]] = {}
        for problem in self.validator.check(self._graphs(tasks, seconds, done)):
            problems.setdefault(problem.article, []).append(problem)
        return [one._replace(problems=problems[one.id]) if one.id in problems else one for one in done]

    def _graphs(self, tasks: Sequence["Task"], seconds: float, done: list[Done]) -> Iterator[Graph]:
        """The graph of each article that gives one, made when it is asked for; what came of each is added to `done`."""
        for task in tasks:
            id = task.article.id
            try:
                with _within(seconds):
                    graph, staged, claims, lost = self._read(task)
            except _Late:
                failure = f"refused: finding its claims takes more than {seconds:g} seconds"
                done.append(Done(id, None, {}, [], failure))
            except Exception as error:  # one article that breaks a rule of ours must not take the others along
                done.append(Done(id, None, {}, [], f"{type(error).__name__}: {error}"))
            else:
                done.append(Done(id, staged, claims, [], lost=lost))
                yield graph

    def _read(self, task: "Task") -> tuple[Graph, Staged, Counter[str], tuple[str, ...]]:
        """The graph of an article, the same to be staged, the number of its claims by predicate, and what it lost."""
        article = segment(task.article, self.cues)
        read = self.extractor.explain(article, everything=False)
        claims = [claim for claim in detailed(read) if claim.confidence >= self.options.min_confidence]
        imported, lost = located(article, task.imported)
        claims += imported
        if not article.evidence:
            article = dataclasses.replace(article, evidence=read.evidence, inferred=True)
        article = dataclasses.replace(article, details=of_article(read, article.evidence))
        graph = article_graph(article, claims, build=self.build, quotes=self.options.quotes)
        staged = Staged.of(article.id, task.source, task.digest, graph)
        return graph, staged, Counter(claim.predicate for claim in claims), tuple(lost)


class Task(NamedTuple):
    """An article that is to be done, its source, the digest of all that its graph depends on, and what was imported."""

    article: Article
    source: str
    digest: str
    imported: tuple[Quoted, ...] = ()


@functools.cache
def worker(options: Options) -> Worker:
    """The worker of this process, made when first asked for."""
    made = Worker(options)
    settle()
    return made


def settle() -> None:
    """Have the garbage collector leave alone what is in memory by now, and seldom look for more.

    The names and rules stay as long as the process; what an article leaves behind has no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def work(options: Options, program: str, seconds: float, tasks: Sequence[Task]) -> list[Done]:
    """Do some articles, none of which may take more `seconds`: what every process of a build is asked for.

    Raises `BuildError` where this process has another program or ontology than the one that asks.
    """
    if program_digest(options) != program:
        raise BuildError("a worker has another version of StemKG or of the ontology than this process")
    return worker(options)(tasks, seconds)


class _Late(BaseException):
    """The time for an article is over. No handler of errors in between is to take it for one."""


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise `_Late` in what takes more seconds of this process's processor time.

    A thread that is not the main one, as those of Dask's workers are, can't be interrupted: there it has no effect.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGPROF, end)
    try:
        # Again after a second: what is raised in a destructor is lost.
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@functools.cache
def _cues(ontology: Path) -> FurnitureCues:
    return FurnitureCues.load(ontology)


def shapes(ontology: Path) -> Path:
    """The shapes file of an ontology folder, or the one that comes with StemKG."""
    own = ontology / SHAPES.name
    return own if own.is_file() else SHAPES


@functools.cache
def program_digest(options: Options) -> str:
    """A digest of all that makes a graph from an article: the code, the ontology, the shapes and the options."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for name in _CODE:
        path = package / name
        files = sorted(file for kind in _KINDS for file in path.rglob(kind)) if path.is_dir() else [path]
        for file in files:
            digest.update(file.read_bytes())
    digest.update(vocabulary.load(options.ontology).digest.encode())
    digest.update(shapes(options.ontology).read_bytes())
    digest.update(repr((options.quotes, options.min_confidence)).encode())
    return digest.hexdigest()
