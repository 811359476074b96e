"""A store in a notebook or a script: its questions asked, and answers that draw themselves and become frames."""

from collections.abc import Iterator
from html import escape
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyoxigraph as ox

from kg import Row, answers
from kg.asking import Cell, Rows, number, select
from kg.catalogue import Catalogue, StoredQuery
from kg.namespaces import contract
from kg.store import Store
from kg.texts import Texts
from kg.vocabulary import load

if TYPE_CHECKING:
    import rdflib

_SHOWN = 50  # rows of an answer that a notebook shows


class Graph:
    """A store, open for asking. Close it, or use it as a context manager.

    >>> import kg, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> summary = kg.build(store=folder)
    >>> graph = kg.open(folder)
    >>> graph.query("treatments", disease="lupus", evidence="meta-analysis").columns[:2]
    ('treatment', 'disease')
    >>> graph.sparql("SELECT (COUNT(*) AS ?n) { ?article a stemkg:Article }").rows()
    [{'n': 14}]
    >>> graph.close()
    """

    def __init__(self, folder: Path) -> None:
        """The store in a folder. Raises `kg.store.StoreError` where there is none."""
        self.folder = folder
        self._store = Store.open(folder, read_only=True)
        self._catalogue = Catalogue.load()
        self._texts = Texts(store=folder)

    def query(
        self, name: str, /, *, limit: int | None = None, sentences: bool = False, explain: bool = False,
        **parameters: Any,
    ) -> "Answer":  # fmt: skip
        """The answer of a stored query (`queries/NAME.rq`), by its parameters and filters.

        With `sentences`, a row for each sentence behind a row; with `explain`, how beliefs are reckoned.

        Terms are given by name, synonym or CURIE; None means any. A parameter whose name is a word of Python takes a
        trailing underscore. Raises `kg.asking.QueryError` naming what does not fit.
        """
        values = {key.removesuffix("_"): str(value) for key, value in parameters.items() if value is not None}
        stored = self._catalogue[name]
        steps = answers.rows(stored, values, load(), self._texts, limit, sentences=sentences, explain=True)
        whole, why = answers.drive(steps, self._store, load())
        shown = whole if explain else whole.without(stored.details)
        return Answer(shown, why, Picture.of(stored, whole))

    def claims(self, *, limit: int | None = None, **parameters: Any) -> "Answer":
        """The claims that some parameters and filters leave, with their sentences (see `query`)."""
        return self.query("claims", limit=limit, **parameters)

    def sparql(self, text: str) -> "Answer":
        """The answer to a SPARQL query; our prefixes are known in it. Raises `kg.asking.QueryError`."""
        return Answer(select(self._store, text, load()))

    def graph(self) -> "rdflib.Dataset":
        """The whole store as a data set of rdflib, in memory: for small ones."""
        import rdflib

        dataset = rdflib.Dataset()
        nquads = ox.serialize(self._store.graph, format=ox.RdfFormat.N_QUADS) or b""
        dataset.parse(data=nquads.decode(), format="nquads")
        return dataset

    def close(self) -> None:
        """Let go of the files."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Picture:
    """A picture that a notebook shows; `svg` is its text."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    @classmethod
    def of(cls, stored: StoredQuery, rows: Rows) -> "Picture | None":
        """The picture that a stored query asks for of its answer; None where there is none to draw."""
        from kg.web.charts import alone, chart

        drawn = chart(stored, rows)
        return cls(alone(drawn)) if drawn is not None else None

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, file: str | PathLike[str]) -> None:
        """Write it into an SVG file."""
        Path(file).write_text(self.svg, "utf-8")


class Answer:
    """Rows, each a mapping from column to cell. `why` says why there are none, where that is known; `picture` is
    that of the answer, where the query has one."""

    def __init__(self, found: Rows, why: str = "", picture: Picture | None = None) -> None:
        self._found = found
        self.why = why
        self.picture = picture

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._found.columns

    def rows(self, *, ids: bool = False) -> list[Row]:
        """The rows: labels for terms, or CURIEs with `ids`; numbers are numbers, a cell without a value is None."""
        return [{name: self._plain(cell, ids) for name, cell in row.items()} for row in self._found]

    def _plain(self, cell: Cell, ids: bool) -> str | int | float | None:
        if cell is None:
            return None
        if isinstance(cell, ox.NamedNode) and ids:
            return contract(cell.value)
        known = number(cell)
        return self._found.word(cell) if known is None else known

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows())

    def __repr__(self) -> str:
        return f"<Answer: {len(self):,} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """The first rows as a table, for a notebook."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        rows = [[f"<td>{escape(word)}</td>" for word in words] for words in self._found.words()[:_SHOWN]]
        body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
        more = f"<p>{len(self):,} rows, the first {_SHOWN} of them shown</p>" if len(self) > _SHOWN else ""
        told = f"<p>{escape(self.why)}</p>" if self.why else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{told}"

    def to_pandas(self, *, ids: bool = False) -> Any:
        """A pandas DataFrame. Raises `ImportError` where pandas is not installed."""
        return import_module("pandas").DataFrame(self.rows(ids=ids), columns=list(self.columns))

    def to_polars(self, *, ids: bool = False) -> Any:
        """A polars DataFrame. Raises `ImportError` where polars is not installed."""
        rows = [tuple(row.values()) for row in self.rows(ids=ids)]
        return import_module("polars").DataFrame(
            rows, schema=list(self.columns), orient="row", infer_schema_length=None
        )
