"""A text of the reader's own, and what is read in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.articles import Article, ArticleError, default_cues
from kg.articles.plain import read_text
from kg.extraction import Extractor, Reading
from kg.extraction.document import Document
from kg.extraction.frames import Frame, Sentence
from kg.extraction.learned import SCALE
from kg.extraction.score import Scored
from kg.stated import Stated

#: Characters of a text that are looked at.
LONGEST = 5_000
#: So many candidates of a sentence that were not taken are told.
NEAREST = 5


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
class Taken:
    """A claim with its sentence, and what spoke for and against it."""

    stated: Stated
    sentence: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What was read: the text in segments, the frames of its sentences, the claims, and what was not taken for one."""

    segments: tuple[Segment, ...]
    frames: tuple[str, ...]
    claims: tuple[Taken, ...]
    refused: tuple[Refusal, ...]


def read_trial(text: str, extractor: Extractor) -> Trial:
    """What an extractor reads in a text, at most `LONGEST` characters of it."""
    text = text[:LONGEST]
    return trial_of(text, _articles(text), extractor)


def trial_of(text: str, articles: Iterable[Article], extractor: Extractor) -> Trial:
    """What an extractor reads in the articles of a text."""
    spans: list[tuple[int, int, str, str]] = []
    frames: list[str] = []
    claims: list[Taken] = []
    refused: list[Refusal] = []
    for article in articles:
        explanation = extractor.explain(article)
        for reading in explanation.readings:
            s = reading.sentence
            start, end = explanation.document.stands(s.span.start, s.span.end)
            words = text[start:end]
            for one in s.named:
                spans.append(
                    (*explanation.document.stands(one.mention.start, one.mention.end), "mention", one.mention.id)
                )
            frames += [told for frame in s.frames.values() if (told := _told(s, frame))]
            for claim, statement in reading.claims:
                spans += [(start, end, "cue", "") for start, end in claim.cues]
                because = statement.because
                told = because if isinstance(because, str) else _reasons(extractor, explanation.document, s, because)
                claims.append(Taken(Stated("", claim), words, "; ".join((*statement.reasons, told))))
            refused += _refused(extractor, explanation.document, reading, words)
    return Trial(tuple(_segments(text, spans)), tuple(frames), tuple(claims), tuple(refused))


def _told(s: Sentence, frame: Frame) -> str:
    """A frame in words: "ease: agent MSCs, theme lupus"; nothing where it has no arguments that are named."""
    roles = [
        f"{role.removeprefix('p_')} {s.words(s.named[k].first, s.named[k].last)}"
        for role, reached in frame.roles.items()
        for k in reached
    ]
    return f"{s.lemmas[frame.head]}: {', '.join(roles)}" if roles else ""


def _reasons(extractor: Extractor, document: Document, s: Sentence, scored: Scored) -> str:
    """The features that spoke most for and against a candidate, and what its sentence and the article made of them:
    "+0.52 Pw:treat, -0.20 s-1:no; by its sentence +0.31, by the article +0.84"."""
    reasons = extractor.scorer.reasons(document, s, scored)
    told = ", ".join(f"{weight / SCALE:+.2f} {feature}" for feature, weight in reasons)
    return f"{told}; by its sentence {scored.sum / SCALE:+.2f}, by the article {scored.score / SCALE:+.2f}"


def _refused(extractor: Extractor, document: Document, reading: Reading, words: str) -> Iterator[Refusal]:
    """What was not taken in a sentence: the candidates that came nearest, or why there is none."""
    for rejection in reading.rejected[:NEAREST]:
        one = rejection.scored
        confidence = extractor.scorer.confidence.of("learned", one.score)
        reasons = _reasons(extractor, document, reading.sentence, one)
        yield Refusal(words, one.statement, f"{rejection.reason} ({confidence:.2f}): {reasons}")
    if not reading.claims and not reading.rejected:
        few = "fewer than two names" if len(reading.sentence.named) < 2 else "no relation joins such names"
        yield Refusal(words, None, reading.silent or few)


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
