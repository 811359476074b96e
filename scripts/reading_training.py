"""The texts that reading is trained on, and the examples that are made of them: see scripts/train-reading."""

import re
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import challenge_set
import numpy as np

from kg import articles
from kg.articles import Article, ArticleError
from kg.claim import Claim
from kg.extraction.candidates import Pair, pairs
from kg.extraction.choice import Said
from kg.extraction.document import Document
from kg.extraction.extractor import Extractor, states_nothing
from kg.extraction.frames import Sentence
from kg.scoring import read_claims

TRAINING = Path(__file__).resolve().parent / "training"
OURS = 0.3  # what an example of our own writing weighs, beside 1 for a real one
WRITTEN = 0.1  # what a candidate of the texts in written/ weighs, of which there are many
STANDINGS = ("certainty", "basis", "evidence")
OUTSIDE, FROZEN = -1, -2  # the folds of texts that are only learned from, and of those that are held back


@dataclass(slots=True)
class Text:
    """An article with its claims.

    `real` texts are cross-validated, but for `frozen` ones, which nothing but the weights that are written learns from;
    others are only learned from. The claims of `single` sentences say nothing of their evidence, and those of some
    texts are `placed`: they tell their basis, and what is only studied.
    """

    article: Article
    gold: list[Claim]
    real: bool
    single: bool = False
    frozen: bool = False
    placed: bool = True
    weight: float = OURS  # of a candidate
    document: Document | None = None
    fold: int = OUTSIDE

    @property
    def judged(self) -> bool:
        """Whether the text is one that cross-validation judges by."""
        return self.real and not self.frozen


@dataclass(slots=True)
class Tried:
    """A candidate of a text: the number of its example, what it says, the index of its sentence, whether an end of it
    goes unnamed, and the term that it takes for meant there ("" where both ends are named), with its kind. Its sum is
    by weights that have not seen the text."""

    example: int
    statement: Said
    sentence: int
    carried: bool
    meant: str = ""
    kind: str = ""
    sum: int = 0


class Examples:
    """Examples of a model: features, output and whether it holds (or the class), weight, and the text of each."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}  # of the features, each with its number
        self.features: list[array[int]] = []
        self.labels: list[str] = []
        self.weights: list[float] = []
        self.texts: list[int] = []

    def add(self, features: list[str], label: str, weight: float, text: int) -> None:
        """Add an example."""
        names = self.names
        self.features.append(array("I", sorted({names.setdefault(feature, len(names)) for feature in features})))
        self.labels.append(label)
        self.weights.append(weight)
        self.texts.append(text)


# -- the texts


def read(
    folder: Path, gold: Path, real: bool, stems: set[str] | None = None, *, frozen: bool = False, placed: bool = True
) -> Iterator[Text]:
    """The texts of a folder that a table has claims of, or that are named."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in read_claims(gold):
        claims[claim.doc].append(claim)
    wanted = stems if stems is not None else {doc.split("#")[0] for doc in claims}
    for path in sorted(folder.iterdir()):
        if path.stem not in wanted or path.suffix not in (".txt", ".md"):
            continue
        try:
            for article in articles.read(path):
                if stems is not None or article.id in claims:
                    yield Text(article, claims.get(article.id, []), real, frozen=frozen, placed=placed)
        except ArticleError as error:
            print(error, file=sys.stderr)


def part(name: str) -> set[str]:
    """The names of the texts of a part: "annotated" to learn from, "frozen" to be judged by."""
    rows = (line.split("\t") for line in (TRAINING / "parts.tsv").read_text("utf-8").splitlines()[1:])
    return {doc for doc, of in rows if of == name}


def texts(shared: Path, abstracts: Path) -> list[Text]:
    """All texts to learn from, the real ones first: those of the folder of texts, and abstracts of PubMed (see
    scripts/fetch-abstracts). Raises FileNotFoundError where one is not there."""
    stems = {path.stem for path in (shared / "real").glob("*.txt")}
    found = [*read(shared / "real", shared / "gold/real.tsv", True, stems)]
    named = part("annotated") | part("frozen")
    for folder in (shared / "unread", abstracts):
        named -= {path.stem for path in folder.glob("*.txt")}
    if named:
        raise FileNotFoundError(f"{len(named)} texts are not there, such as {min(named)}: run scripts/fetch-abstracts")
    for folder in (shared / "unread", abstracts):
        found += read(folder, TRAINING / "annotated.tsv", True, part("annotated"))
        found += read(folder, TRAINING / "frozen.tsv", True, part("frozen"), frozen=True)
    found += read(shared / "texts", shared / "gold/seen.tsv", False)
    written = TRAINING / "written"
    for text in read(written, TRAINING / "written.tsv", False, {path.stem for path in written.glob("*.txt")}):
        found.append(replace(text, weight=WRITTEN))
    for name in ("dev", "held"):
        folder, gold = challenge_set.annotated(name)
        found += read(folder, gold, False, placed=False)
    cases = challenge_set.cases()
    return found + [Text(case.article, list(case.expected), False, single=True, placed=False) for case in cases]


def split(found: Sequence[Text], folds: int) -> None:
    """Give each real text its fold: texts that share a sentence have the same one."""
    owner: dict[str, int] = {}
    group = list(range(len(found)))

    def top(k: int) -> int:
        while group[k] != k:
            k = group[k]
        return k

    for k, text in enumerate(found):
        for span in text.article.sentences:
            words = re.sub(r"\W+", " ", text.article.text[span.start : span.end].lower()).strip()
            if text.judged and len(words) >= 40:
                group[top(k)] = top(owner.setdefault(words, k))
    groups = sorted({top(k) for k, text in enumerate(found) if text.judged})
    np.random.RandomState(0).shuffle(groups)
    place = {one: k % folds for k, one in enumerate(groups)}
    for k, text in enumerate(found):
        text.fold = place[top(k)] if text.judged else FROZEN if text.frozen else OUTSIDE


# -- the examples


def examples(extractor: Extractor, found: Sequence[Text]) -> tuple[dict[str, Examples], list[list[Tried]]]:
    """The examples of the relations and of each standing; and of each text what was tried."""
    made = {name: Examples() for name in ("relations", *STANDINGS)}
    tried: list[list[Tried]] = []
    for k, text in enumerate(found):
        document = text.document = extractor.understood(text.article)
        article = extractor.standing.features_of_article(document)
        tried.append([])
        for s in document.sentences:
            start, end = document.stands(s.span.start, s.span.end)
            here = [c for c in text.gold if c.start < end and start < c.end]
            if here:
                around = extractor.standing.features_of(document, s)
                for claim in here:
                    ends = [n for n, one in enumerate(s.named) if one.mention.id in (claim.subject, claim.object)]
                    own = extractor.standing.features_of_claim(s, claim.predicate, ends)
                    add_standing(made, around, own, article, claim, text, k)
            if not states_nothing(s):
                said = {(c.subject, c.predicate, c.object) for c in here}
                tried[k] += add_candidates(made["relations"], extractor, document, s, said, text, k)
        silence(made["relations"], tried[k], text)
    return made, tried


def silence(examples: Examples, tried: Sequence[Tried], text: Text) -> None:
    """Let nothing be learned from a sentence that may say what a claim of another sentence says: curators note a
    statement where it stands best, not each time that it is made."""
    gold = {(c.subject, c.predicate, c.object) for c in text.gold}
    for one in tried:
        if one.statement in gold and examples.labels[one.example] == "0":
            examples.weights[one.example] = 0.0


def add_candidates(
    to: Examples,
    extractor: Extractor,
    document: Document,
    s: Sentence,
    said: set[tuple[str, str, str]],
    text: Text,
    k: int,
) -> Iterator[Tried]:
    """Add the candidates of a sentence, each with its features for its relation and for any."""
    whole = extractor.features.of_sentence(document, s)
    for pair in pairs(document, s):
        own = extractor.features.of_pair(document, s, pair.subject, pair.object)
        for p in pair.predicates:
            claim: Said = (pair.subject.id, pair.said(p), pair.object.id)
            carried = pair.subject.carried or pair.object.carried
            yield Tried(len(to.labels), claim, s.index, carried, *meant_by(pair))
            features = [*(f"{p}|{f}" for f in own), *(f"{p}|{f}" for f in whole), *own, f"{p}|"]
            to.add(features, "1" if claim in said else "0", 1.0 if text.real else text.weight, k)


def meant_by(pair: Pair) -> tuple[str, str]:
    """The term that a candidate takes for meant, and whether it is a cell or a disease."""
    carried = next((end for end in (pair.subject, pair.object) if end.carried), None)
    if carried is None or (pair.subject.carried and pair.object.carried):
        return "", ""
    return carried.id, "disease" if "disease" in carried.kinds else "cell"


def add_standing(
    made: dict[str, Examples], around: list[str], own: list[str], article: list[str], claim: Claim, text: Text, k: int
) -> None:
    """Add what a claim teaches of certainty, basis and evidence."""
    made["certainty"].add([*around, *own], claim.certainty, 1.0 if text.real else OURS, k)
    evidence = "MetaAnalysis" if claim.evidence == "SystematicReview" else claim.evidence
    if not text.single:
        made["evidence"].add([*around, *article], evidence, 1.0 if text.real else OURS, k)
    if text.placed:
        made["basis"].add(around, claim.basis, 1.0 if text.real else OURS, k)
