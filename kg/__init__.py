"""StemKG: what the literature claims about stem-cell therapy, as a knowledge graph.

Four functions are all that a script needs.

>>> from tempfile import mkdtemp
>>> import kg
>>> store = mkdtemp()
>>> kg.build(store=store).articles
14
>>> rows = kg.query("treatments", disease="multiple sclerosis", treatment="MSC", store=store)
>>> [(row["treatment"], row["evidence"]) for row in rows]
[('mesenchymal stem cell', 'meta-analysis')]
>>> with kg.open(store) as graph:
...     len(graph.claims(disease="lupus", people="yes")) > 0
True
>>> [claim.row()[3:6] for claim in kg.extract("Mesenchymal stem cells secrete interleukin 10.")]
[('CL:0000134', 'secretes', 'HGNC:5962')]
"""

from functools import cache
from os import PathLike
from typing import TYPE_CHECKING, Any

# Nothing else is imported before it is needed: `import kg` takes no time.
if TYPE_CHECKING:
    from kg.claim import Claim
    from kg.extraction.extractor import Extractor
    from kg.notebook import Graph
    from kg.pipeline import Summary

__all__ = ["as_frame", "build", "extract", "open", "query"]

#: Where a store is when nothing else is said.
STORE = "stemkg-store"

Row = dict[str, str | int | float | None]


def build(*inputs: str | PathLike[str], store: str | PathLike[str] = STORE, workers: int | None = None) -> "Summary":
    """Build a store from files and folders, or from the built-in digests where none are given.

    Returns what was done, what was skipped and, where the graph broke a rule and was not kept, its problems.
    Raises `kg.articles.ArticleError` where an input does not exist, `kg.store.StoreError`.
    """
    from pathlib import Path

    from kg import pipeline
    from kg.store import Store

    with Store.open(Path(store)) as opened:
        return pipeline.build([Path(path) for path in inputs], opened, workers=workers)


def query(
    name: str, /, *, store: str | PathLike[str] = STORE, ids: bool = False, limit: int | None = None,
    sentences: bool = False, explain: bool = False, **parameters: Any,
) -> list[Row]:  # fmt: skip
    """The rows of a stored query (`queries/NAME.rq`), a mapping from column to cell each.

    Terms are given by name, synonym or CURIE, and come back as labels, or as CURIEs with `ids`. Numbers are numbers,
    and a cell without a value is None. A parameter whose name is a word of Python takes
    a trailing underscore. With `sentences` there is a row for each sentence behind a row, with
    `explain` how beliefs are reckoned.
    Raises `kg.asking.QueryError` naming what does not fit, `kg.store.StoreError` where there is no store.
    """
    with open(store) as graph:
        return graph.query(name, limit=limit, sentences=sentences, explain=explain, **parameters).rows(ids=ids)


def open(store: str | PathLike[str] = STORE) -> "Graph":
    """A store, opened for asking: a context manager with `query`, `sparql`, `claims` and `graph`.

    Raises `kg.store.StoreError` where there is none.
    """
    from pathlib import Path

    from kg.notebook import Graph

    return Graph(Path(store))


def as_frame(rows: list[Row]) -> Any:
    """The rows of a query as a pandas DataFrame. Raises `ImportError` where pandas is not installed."""
    from importlib import import_module

    return import_module("pandas").DataFrame(rows)


def extract(text: str) -> "list[Claim]":
    """The claims that a text makes, with their offsets in it."""
    from kg.articles.cues import default_cues
    from kg.articles.errors import refuse
    from kg.articles.plain import read_text

    if not text.strip():
        return []
    articles = read_text(text, stem="text", file="text", cues=default_cues(), on_error=refuse)
    return [claim for article in articles for claim in _extractor().claims(article)]


@cache
def _extractor() -> "Extractor":
    from kg.extraction.extractor import Extractor
    from kg.vocabulary import load

    return Extractor(load())
