"""The challenge set: sentences and articles of our own writing with the claims that a curator would make of them.

Each phenomenon of the language has sentences for tuning and sentences held back ("tune" and "held"); the articles are
in a folder for each part ("dev" and "held").
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg import articles
from kg.articles import Article, Section, Sentence
from kg.claim import Claim
from kg.extraction import Extractor
from kg.scoring import Counts, Score, judged, key, read_claims, score

FOLDER = Path(__file__).resolve().parent / "challenge"
_MARK = re.compile(r"(?:[-•]|\d+\.)\s")  # of a list item
_COLUMNS = ("subject", "predicate", "object", "polarity", "certainty", "value", "unit")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, within a small article, and what is expected of it. `evidence` is empty where any will do."""

    id: str
    phenomenon: str
    part: str
    article: Article
    start: int  # of the sentence; before it stands the context
    expected: tuple[Claim, ...]
    evidence: str

    def found(self, extractor: Extractor) -> list[Claim]:
        """What an extractor finds in the sentence."""
        return [claim for claim in extractor.claims(self.article) if claim.start >= self.start]

    def passed(self, found: Iterable[Claim]) -> bool:
        """Whether the claims are the expected ones, in polarity, certainty, figures and evidence too."""
        found = list(found)
        said = {(key(claim), claim.certainty) for claim in found}
        right = said == {(key(claim), claim.certainty) for claim in self.expected}
        return right and all(claim.evidence == self.evidence for claim in found if self.evidence)


@dataclass(slots=True)
class Result:
    """What became of some cases: how many passed, and the claims that were right, wrong and missed."""

    passed: int = 0
    total: int = 0
    counts: Counts = field(default_factory=Counts)

    @property
    def share(self) -> float:
        """The share that passed."""
        return self.passed / self.total if self.total else 0.0


def cases() -> list[Case]:
    """The sentences."""
    with (FOLDER / "sentences.tsv").open(encoding="utf-8", newline="") as lines:
        return [_case(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _case(row: dict[str, str]) -> Case:
    context, sentence = row["context"], row["sentence"]
    text = f"{context}\n{sentence}" if context else sentence
    start = len(text) - len(sentence)
    spans = []
    titled = bool(context) and context.rstrip()[-1] not in ".:"
    if context:
        spans.append(Sentence(0, len(context), "title" if titled else "sentence"))
    if (mark := _MARK.match(sentence)) is not None:
        spans.append(Sentence(start + mark.end(), len(text), "item", lead=0 if context else None))
    else:
        spans.append(Sentence(start, len(text)))
    article = Article(
        row["id"],
        text,
        title=context if titled else "",
        end=len(text),
        sections=(Section("", 0, len(text)),),
        sentences=tuple(spans),
    )
    expected = []
    for statement in filter(None, row["claims"].split(" ;; ")):
        fields: dict[str, Any] = dict(zip(_COLUMNS, statement.split("|"), strict=False))
        expected.append(Claim(row["id"], start, len(text), **fields))
    return Case(row["id"], row["phenomenon"], row["part"], article, start, tuple(expected), row["evidence"])


def run(extractor: Extractor) -> dict[tuple[str, str], Result]:
    """The result of each phenomenon and part."""
    results: dict[tuple[str, str], Result] = defaultdict(Result)
    for case in cases():
        found = case.found(extractor)
        result = results[case.phenomenon, case.part]
        result.total += 1
        result.passed += case.passed(found)
        ours, theirs = {key(claim) for claim in found}, {key(claim) for claim in case.expected}
        result.counts.tp += len(ours & theirs)
        result.counts.fp += len(ours - theirs)
        result.counts.fn += len(theirs - ours)
    return dict(results)


def overall(results: dict[tuple[str, str], Result], part: str) -> Result:
    """The result of a part, over all phenomena."""
    total = Result()
    for (_, of), result in results.items():
        if of == part:
            total.passed += result.passed
            total.total += result.total
            total.counts.tp += result.counts.tp
            total.counts.fp += result.counts.fp
            total.counts.fn += result.counts.fn
    return total


def read_folder(folder: Path) -> list[Article]:
    """The articles of a folder."""
    return [article for path in articles.find([folder]) if path.suffix != ".tsv" for article in articles.read(path)]


def run_articles(extractor: Extractor, folder: Path, gold: Path) -> Score:
    """The score of an extractor on the annotated articles of a folder."""
    found = [claim for article in read_folder(folder) for claim in extractor.claims(article)]
    return score(found, read_claims(gold), extractor.vocabulary, judged(gold))


def annotated(part: str) -> tuple[Path, Path]:
    """The folder of a part's articles, "dev" or "held", and their gold table."""
    folder = FOLDER / "articles" / part
    return folder, folder / "gold.tsv"
