"""A text of the reader's own, and what is read in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.articles import Article, ArticleError, default_cues
from kg.articles.plain import read_text
from kg.extraction import Extractor
from kg.web.index import Stated

#: Characters of a text that are looked at.
LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text and what it was taken for: "mention", "cue" or nothing; `id` is the term of a mention."""

    text: str
    kind: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sentence, or a claim in it, that was not taken, and why."""

    sentence: str
    statement: tuple[str, str, str] | None
    reason: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What was read: the text in segments, the claims each with its sentence, and what was not taken for a claim."""

    segments: tuple[Segment, ...]
    claims: tuple[tuple[Stated, str], ...]
    refused: tuple[Refusal, ...]


def read_trial(text: str, extractor: Extractor) -> Trial:
    """What an extractor reads in a text, at most `LONGEST` characters of it."""
    text = text[:LONGEST]
    spans: list[tuple[int, int, str, str]] = []
    claims: list[tuple[Stated, str]] = []
    refused: list[Refusal] = []
    for article in _articles(text):
        explanation = extractor.explain(article)
        taken = {(claim.start, claim.end) for claim in explanation.claims}
        for claim in explanation.claims:
            claims.append((Stated("", claim), text[claim.start : claim.end]))
            spans += [(start, end, "cue", "") for start, end in claim.cues]
        for span, rejection in explanation.rejected:
            candidate = rejection.candidate
            statement = (candidate.subject[0], candidate.predicate, candidate.object)
            refused.append(Refusal(text[span.start : span.end], statement, rejection.reason))
        explained = {(span.start, span.end) for span, _ in explanation.rejected} | taken
        for sentence in explanation.sentences:
            spans += [(mention.start, mention.end, "mention", mention.id) for mention in sentence.mentions]
            if (sentence.start, sentence.end) not in explained:
                reason = explanation.silent.get((sentence.start, sentence.end)) or (
                    "fewer than two names"
                    if len(sentence.mentions) < 2
                    else "no words for a relation between the names"
                )
                refused.append(Refusal(text[sentence.start : sentence.end], None, reason))
    return Trial(tuple(_segments(text, spans)), tuple(claims), tuple(refused))


def _articles(text: str) -> Iterator[Article]:
    try:
        yield from read_text(text, stem="text", file="the text", cues=default_cues(), on_error=lambda _: None)
    except ArticleError:
        return


def _segments(text: str, spans: list[tuple[int, int, str, str]]) -> Iterator[Segment]:
    """The text cut at the spans. Of spans that overlap, names go before cues and the longer before the shorter."""
    chosen: list[tuple[int, int, str, str]] = []
    free = [True] * len(text)
    for span in sorted(spans, key=lambda span: (span[2] != "mention", span[0] - span[1], span)):
        start, end = span[:2]
        if start < end and all(free[start:end]):
            free[start:end] = [False] * (end - start)
            chosen.append(span)
    at = 0
    for start, end, kind, id in sorted(chosen):
        if at < start:
            yield Segment(text[at:start])
        yield Segment(text[start:end], kind, id)
        at = end
    if at < len(text):
        yield Segment(text[at:])
