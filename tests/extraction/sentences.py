"""Sentences for tests, read with the real names and the real parser."""

from functools import cache

from kg.articles import Sentence as Span
from kg.extraction.cues import CueBook
from kg.extraction.frames import Analyst, Sentence
from kg.extraction.names import MentionFinder
from kg.vocabulary import load


@cache
def _analyst() -> Analyst:
    return Analyst(CueBook(load()))


@cache
def _finder() -> MentionFinder:
    return MentionFinder(load())


@cache
def sentence(text: str) -> Sentence:
    """A text as one sentence."""
    return _analyst().sentence(text, Span(0, len(text)), _finder().find(text))


def named(s: Sentence, id: str) -> int:
    """The first mention of a term."""
    return next(k for k, one in enumerate(s.named) if one.mention.id == id)
