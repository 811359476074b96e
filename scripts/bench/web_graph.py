"""A large store for the benchmarks of the pages, of the same synthetic claims that those of the queries use."""

import os
from pathlib import Path

from synthetic import Synthetic

from kg.quads import article_graph
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary


def make(folder: Path, claims: int) -> None:
    """Write a store with about that many claims into a folder, unless one is there."""
    if (folder / "present").is_file():
        return
    vocabulary = Vocabulary.load()
    build = build_node(vocabulary)
    with Store.open(folder) as store:
        store.begin()
        store.stage(
            Staged.of(article.id, "synthetic", "", article_graph(article, dict.fromkeys(some), build=build))
            for article, some in Synthetic(vocabulary, 1).articles(claims)
        )
        store.commit(vocabulary)


def rebuild(folder: Path) -> None:
    """Build the graph of a store anew: every article is replaced by itself, as where all were read again.

    The process gives way to others, as one that builds beside a server should.
    """
    os.nice(10)
    with Store.open(folder) as store:
        store.begin()
        store.stage(Staged.of(id, "synthetic", "", store.quads(id)) for id in store.article_ids())
        store.commit()
