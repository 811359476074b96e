"""The texts that are at hand: files and folders in which the articles of the graph may be found again."""

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from kg.articles import ArticleError, find, read

_FILES_KEPT = 16


class Texts:
    """The texts of articles, read from files when asked for. An article's id begins with its file's stem."""

    def __init__(self, places: Iterable[Path]) -> None:
        """The texts of the files and folders named. Raises `ArticleError` where one does not exist."""
        self._files: dict[str, Path] = {}
        for path in find(places):
            self._files.setdefault(path.stem, path)
        self._kept: OrderedDict[Path, dict[str, str]] = OrderedDict()

    def __call__(self, article: str) -> str | None:
        """The text of an article, by its id; None where it is not at hand, or can't be read."""
        path = self._files.get(article) or self._files.get(article.rpartition("#")[0])
        if path is None:
            return None
        texts = self._kept.get(path)
        if texts is None:
            try:
                texts = {found.id: found.text for found in read(path, on_error=lambda _: None)}
            except ArticleError:
                texts = {}
            self._kept[path] = texts
            if len(self._kept) > _FILES_KEPT:
                self._kept.popitem(last=False)
        return texts.get(article)
