"""A large store for the benchmarks of the pages, of the same synthetic claims that those of the queries use."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pyoxigraph as ox

from kg.vocabulary import Vocabulary


def make(folder: Path, claims: int) -> None:
    """Write a store with about that many claims into a folder, unless one is there."""
    if (folder / "present").is_file():
        return
    loader = SourceFileLoader("queries_benchmark", str(Path(__file__).with_name("queries")))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    queries = module_from_spec(spec)
    loader.exec_module(queries)
    folder.mkdir(parents=True, exist_ok=True)
    graph = ox.Store(str(folder / "graph-1"))
    queries.build(graph, Vocabulary.load(), claims, seed=1)
    graph.flush()
    (folder / "present").write_text("1\n")
