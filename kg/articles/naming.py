"""What articles of structured formats are called."""

from collections.abc import Iterator
from dataclasses import replace

from kg.articles.article import Article
from kg.articles.errors import ArticleError, OnError


def named(entries: Iterator[tuple[str, Article]], *, stem: str, file: str, on_error: OnError) -> Iterator[Article]:
    """The articles of a file with their ids, each given with its place in the file.

    The only article of a file is called by the file's stem. Of several, each is called by its PMCID or PMID, which it
    brings as its id, or else by the stem, "#" and its number. An id that comes twice is an error of the later entry.
    """
    seen: set[str] = set()
    held: Article | None = None
    number = 0
    try:
        for number, (place, article) in enumerate(entries, start=1):
            if number == 1:
                held = article
                continue
            if held is not None:
                first, held = _with_id(held, stem, 1), None
                seen.add(first.id)
                yield first
            article = _with_id(article, stem, number)
            if article.id in seen:
                on_error(ArticleError(file, place, f"{article.id} stands in this file already"))
                continue
            seen.add(article.id)
            yield article
    except ArticleError:
        # The file breaks off after its first article: that one was sound.
        if held is not None:
            yield _with_id(held, stem, 1)
        raise
    if held is not None:
        yield replace(held, id=stem)


def _with_id(article: Article, stem: str, number: int) -> Article:
    return article if article.id else replace(article, id=f"{stem}#{number}")
