"""Articles of given sentences, what is understood of them, and what they say: for the tests of the reading."""

from collections.abc import Iterable
from dataclasses import replace

from kg.articles import Article, Section, Sentence, default_cues
from kg.articles.plain import read_text
from kg.claim import Claim
from kg.extraction import Extractor, frames
from kg.extraction.document import Document
from kg.extraction.names import MentionFinder
from kg.working import OPTIONS, worker


def extractor() -> Extractor:
    """The extractor of the ontology: that of the builds in this process."""
    return worker(OPTIONS).extractor


def finder() -> MentionFinder:
    """What finds the names of the ontology."""
    return extractor().finder


def article(*sentences: str, title: str = "", kind: str = "sentence", **fields: object) -> Article:
    """An article of the given sentences in one section, each of the kind; before them its title, if it has one."""
    texts = [title, *sentences] if title else list(sentences)
    spans: list[Sentence] = []
    at = 0
    for number, text in enumerate(texts):
        spans.append(Sentence(at, at + len(text), "title" if title and not number else kind))
        at += len(text) + 1
    whole = " ".join(texts)
    sections = (Section("", 0, len(whole)),)
    known = Article("a", whole, title=title, end=len(whole), sentences=tuple(spans), sections=sections)
    return replace(known, **fields)  # type: ignore[arg-type]


def plain(text: str) -> Article:
    """The article of a plain text."""
    (known,) = read_text(text, stem="a", file="a", cues=default_cues(), on_error=lambda _: None)
    return known


def document(*sentences: str, title: str = "") -> Document:
    """What is understood of an article of the given sentences."""
    return extractor().understood(article(*sentences, title=title))


def sentence(text: str) -> frames.Sentence:
    """What is understood of a sentence that stands alone."""
    (s,) = document(text).sentences
    return s


def read(*sentences: str, title: str = "", kind: str = "sentence") -> list[Claim]:
    """The claims of an article of the given sentences."""
    return extractor().claims(article(*sentences, title=title, kind=kind))


def triples(claims: Iterable[Claim]) -> set[tuple[str, str, str]]:
    """What claims say, without their standing."""
    return {(claim.subject, claim.predicate, claim.object) for claim in claims}
