"""The texts that are at hand: where the sentences of claims are found again.

A store remembers, in its ledger, the file that each article came from. That is known on this machine alone: no export
and no page tells of it. Beside these there are files and folders that are named.
"""

import contextlib
import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kg.articles.errors import ArticleError
from kg.articles.files import find

if TYPE_CHECKING:
    from kg.articles.article import Article

_FILES_KEPT = 16

#: How a sentence was looked for: it stands where it stood; the text is another by now; the file that the store
#: remembers is no longer there, or can't be read; or no file is known that has the article.
Search = Literal["found", "changed", "gone", "unknown"]

#: The same for a reader, where there is no sentence.
IN_WORDS: dict[Search, str] = {
    "found": "",
    "changed": "the text has changed since it was read",
    "gone": "the text is no longer where it was read",
    "unknown": "the text is not at hand",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in its text. `text` is the whole of it, `start` and `end` are offsets; empty where it is not found."""

    search: Search
    text: str = ""
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        """The sentence itself."""
        return self.text[self.start : self.end]


class Texts:
    """The texts of articles, read from files when asked for."""

    def __init__(self, places: Iterable[Path] = (), store: Path | None = None) -> None:
        """The texts of the files and folders named, and of those that the store in a folder was built from.

        In what is named, an article's id begins with its file's stem. Raises `ArticleError` where one does not exist.
        """
        self._files: dict[str, Path] = {}
        for path in find(places):
            self._files.setdefault(path.stem, path)
        self._store = store
        self._kept: OrderedDict[tuple[Path, str, int], dict[str, Article]] = OrderedDict()

    def __call__(self, article: str) -> str | None:
        """The text of an article, by its id; None where it is not at hand, or can't be read."""
        found = self.article(article)
        return None if found is None else found.text

    def article(self, id: str) -> "Article | None":
        """An article, by its id; None where it is not at hand, or can't be read."""
        return next((found for _, found in self._look(id) if found is not None), None)

    def sentence(self, article: str, start: int, end: int, sha256: str) -> Sentence:
        """The sentence between two offsets of an article's text, if it is the one with this hash."""
        search: Search = "unknown"
        for search, found in self._look(article):
            if found is None:
                continue
            text = found.text
            # A text that has changed since is not the one that the claim was read in.
            if hashlib.sha256(text[start:end].encode("utf-8", "surrogatepass")).hexdigest() == sha256:
                return Sentence("found", text, start, end)
            search = "changed"
        return Sentence(search)

    def _look(self, article: str) -> "Iterator[tuple[Search, Article | None]]":
        """What an article is found to be, place by place."""
        named = self._files.get(article) or self._files.get(article.rpartition("#")[0])
        if named and (found := self._articles(named, "").get(article)) is not None:
            yield "found", found
        if (source := self.source(article)) is None:
            return
        if not source.is_file():
            yield "gone", None
            return
        # The file gives an article its name where it has none of its own; the build may have called the file otherwise.
        for name in ("", article, article.rpartition("#")[0]):
            if (found := self._articles(source, name).get(article)) is not None:
                yield "found", found
                return
        yield "changed", None

    def source(self, article: str) -> Path | None:
        """The file that the store remembers for an article."""
        if self._store is None:
            return None
        address = f"{(self._store / 'ledger.sqlite').absolute().as_uri()}?mode=ro"
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(address, uri=True)) as ledger:
            row = ledger.execute("SELECT source FROM article WHERE id = ?", (article,)).fetchone()
            return Path(row[0]) if row and Path(row[0]).is_absolute() else None
        return None

    def _articles(self, file: Path, name: str) -> "dict[str, Article]":
        """The articles of a file by their ids, if the file is called so; those of the last few files are kept."""
        from kg.articles import read  # what is asked may need no sentence, and the readers are many

        articles: dict[str, Article] = {}
        with contextlib.suppress(ArticleError, OSError):
            key = file, name, file.stat().st_mtime_ns
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            self._kept[key] = articles
            for found in read(file, name=name, on_error=lambda _: None):
                articles[found.id] = found
        if len(self._kept) > _FILES_KEPT:
            self._kept.popitem(last=False)
        return articles
