"""Reading a file of a test's own making: its articles, what they say, and what was left out."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kg.articles import Article, ArticleError, Left, Note, read, segment


class Outcome(NamedTuple):
    """What came of a file."""

    articles: list[Article]
    errors: list[ArticleError]
    notes: list[Note]

    @property
    def article(self) -> Article:
        """The only article. Fails where there are others, or errors."""
        assert not self.errors, self.errors
        [article] = self.articles
        return article

    @property
    def left(self) -> list[Left]:
        return [note.kind for note in self.notes]


def outcome(content: str | bytes, name: str = "a.txt") -> Outcome:
    """What is read of a file of this content and name."""
    errors: list[ArticleError] = []
    notes: list[Note] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            articles = [segment(a) for a in read(path, on_error=errors.append, on_note=notes.append)]
        except ArticleError as error:
            return Outcome([], [*errors, error], notes)
    return Outcome(articles, errors, notes)


def only(content: str | bytes, name: str = "a.txt") -> Article:
    """The only article of a file, with its sentences."""
    return outcome(content, name).article


def said(article: Article, *kinds: str) -> list[str]:
    """The sentences of an article, of the given kinds or of all, each stretch of white space as one space."""
    return [" ".join(article.text[s.start : s.end].split()) for s in article.sentences if not kinds or s.kind in kinds]


def check_offsets(article: Article) -> None:
    """Sentences stand in their order, in the article and in their sections; what is edited stands in the text."""
    assert 0 <= article.start <= article.end <= len(article.text)
    before = article.start
    for sentence in article.sentences:
        assert before <= sentence.start < sentence.end <= article.end
        section = article.sections[sentence.section]
        assert section.start <= sentence.start and sentence.end <= section.end
        before = sentence.end
    edges = [article.start] + [section.end for section in article.sections]
    assert [section.start for section in article.sections] == edges[:-1] and edges[-1] == article.end
    at = 0
    for start, end, _ in article.edits:
        assert at <= start <= end <= len(article.text)
        at = end
