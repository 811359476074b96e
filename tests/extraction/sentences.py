"""Sentences for tests, read with the real names and the real parser."""

from functools import cache

from understanding import extractor, finder

from kg.articles import Sentence as Span
from kg.extraction.frames import Sentence


@cache
def sentence(text: str) -> Sentence:
    """A text as one sentence."""
    return extractor().analyst.sentence(text, Span(0, len(text)), finder().find(text))


def named(s: Sentence, id: str) -> int:
    """The first mention of a term."""
    return next(k for k, one in enumerate(s.named) if one.mention.id == id)
