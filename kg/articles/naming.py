"""What articles of structured formats are called."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kg.articles.article import Article
from kg.articles.decode import check_lines
from kg.articles.errors import ArticleError, OnError


def named(
    read: Callable[[OnError], Iterator[tuple[str, Article]]], *, stem: str, file: str, on_error: OnError
) -> Iterator[Article]:
    """The articles of a file with their ids; `read` gives each with its place in the file.

    The only article of a file is called by the file's stem. Of several, each is called by its PMCID or PMID, which it
    brings as its id, or else by the stem, "#" and its number. An entry that can't be read counts too: the others are
    called the same when it has been mended. An id that comes twice is an error of the later entry, and so is a line
    that is longer than any that people write.
    """
    seen: set[str] = set()
    held: Article | None = None
    number = 0

    def count(error: ArticleError) -> None:
        nonlocal number
        number += 1
        on_error(error)

    try:
        for place, article in read(count):
            try:
                check_lines(article.text, file)
            except ArticleError as error:
                count(ArticleError(file, place, error.reason))
                continue
            number += 1
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
        yield replace(held, id=stem) if number == 1 else _with_id(held, stem, 1)


def _with_id(article: Article, stem: str, number: int) -> Article:
    return article if article.id else replace(article, id=f"{stem}#{number}")
