"""The extractor: an article in, its claims out.

Mentions are found in the whole article; each sentence is parsed into frames; candidates are scored; and what is chosen
gets its polarity, certainty, basis, evidence, disease and qualifiers. One extractor serves any number of threads: what
belongs to an article lives with the reading of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.articles import Article
from kg.articles.edits import as_it_reads
from kg.claim import Claim, Evidence, Predicate
from kg.extraction.candidates import End, Pair
from kg.extraction.cues import CueBook
from kg.extraction.document import Document, Kinds
from kg.extraction.features import Features
from kg.extraction.frames import Analyst, Sentence
from kg.extraction.learned import Model
from kg.extraction.names import Mention, MentionFinder
from kg.extraction.pieces import in_pieces
from kg.extraction.scope import Judgement, Scope, says
from kg.extraction.score import Scored, Scorer, chosen
from kg.extraction.standing import Standing
from kg.vocabulary import Vocabulary

_FINITE = ("VBD", "VBZ", "VBP", "MD")
_LONGEST_ANSWER = 12  # an answer that leaves out what it answers to has no more tokens
_ASKING = frozenset(("how", "why", "what", "when", "where", "who"))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A candidate that did not become a claim, and why."""

    scored: Scored
    reason: str


@dataclass(slots=True)
class Reading:
    """What was seen in a sentence: its claims, each with the candidate that it was, what was rejected, and, where it
    states nothing by what it is, the reason."""

    sentence: Sentence
    claims: list[tuple[Claim, Scored]] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)  # of the claims, in their order
    rejected: list[Rejection] = field(default_factory=list)
    silent: str = ""


@dataclass(slots=True)
class Explanation:
    """What was seen in an article, sentence by sentence."""

    document: Document
    readings: list[Reading] = field(default_factory=list)
    evidence: Evidence = "ExpertStatement"  # the kind of study that the article reports, as far as it was needed

    @property
    def claims(self) -> list[Claim]:
        """All claims, sorted."""
        return sorted(claim for reading in self.readings for claim, _ in reading.claims)


class Extractor:
    """Reads claims out of articles by the words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, scorer: Scorer | None = None, standing: Standing | None = None) -> None:
        self.vocabulary = vocabulary
        self.kinds = Kinds(vocabulary)
        self.finder = MentionFinder(vocabulary)
        self.analyst = Analyst(CueBook(vocabulary))
        self.features = Features(self.kinds)
        self.scorer = scorer or Scorer(self.features, Model.load("relations"))
        self.standing = standing or Standing.load(self.features)
        self.scope = Scope(vocabulary)

    def claims(self, article: Article) -> list[Claim]:
        """The claims of an article, sorted."""
        return self.explain(article, everything=False).claims

    def explain(self, article: Article, *, everything: bool = True) -> Explanation:
        """The claims of an article with all that led to them; without `everything`, not what was rejected."""
        return self.read(self.understood(article), everything=everything)

    def read(self, document: Document, *, everything: bool = True) -> Explanation:
        """The same of an article that is understood already."""
        explanation = Explanation(document)
        whole: list[str] | None = None
        for s in document.sentences:
            reading = Reading(s, silent=states_nothing(s))
            explanation.readings.append(reading)
            if reading.silent:
                continue
            scored = list(self.scorer.scored(document, s))
            taken = [*chosen(scored, self.scorer.threshold), *self._said(s, scored)]
            if everything:
                reading.rejected += self._rejected(scored, taken)
            judged = [(one, self._judge(document, s, one)) for one in taken]
            judged += self._answers(document, s, judged)
            reading.rejected += [Rejection(one, judgement.veto) for one, judgement in judged if judgement.veto]
            judged = [(one, judgement) for one, judgement in judged if not judgement.veto]
            if judged and whole is None:
                whole = self.standing.features_of_article(document)
                explanation.evidence = self.standing.evidence([], whole)
            if judged and whole is not None:
                reading.claims += self._claims(document, s, judged, whole)
                reading.judgements += [judgement for _, judgement in judged]
        return explanation

    def understood(self, article: Article) -> Document:
        """An article with its mentions and frames."""
        article, edits = as_it_reads(article)
        article = in_pieces(article)
        return Document(article, self.analyst.sentences(article, self._mentions(article)), self.kinds, edits)

    def _mentions(self, article: Article) -> list[Mention]:
        found = self.finder.find(article.text[article.start : article.end])
        return [mention.moved(article.start) for mention in found] if article.start else found

    def _rejected(self, scored: list[Scored], taken: list[Scored]) -> Iterator[Rejection]:
        threshold = self.scorer.threshold
        for one in sorted(scored, key=lambda one: -one.score):
            if one not in taken:
                low = one.score < threshold
                yield Rejection(one, "its score is too low" if low else "another candidate says the same, and better")

    def _said(self, s: Sentence, scored: list[Scored]) -> Iterator[Scored]:
        """The candidates below the threshold that a sentence says by a construction all the same."""
        sayings = self.scope.sayings_in(s)
        if not sayings:
            return
        best: dict[tuple[int, Predicate, int], Scored] = {}
        for one in scored:
            subject, object_ = one.pair.subject, one.pair.object
            if subject.named is not None and object_.named is not None:
                key = (subject.named, one.predicate, object_.named)
                if key not in best or _meant(one) < _meant(best[key]):
                    best[key] = one
        for (first, predicate, last), one in best.items():
            if one.score < self.scorer.threshold and says(sayings, s, first, predicate, last):
                yield one

    def _judge(self, document: Document, s: Sentence, one: Scored) -> Judgement:
        """What a sentence does with a candidate."""
        subject, object_ = one.pair.subject, one.pair.object
        sentences = document.sentences
        before = sentences[s.index - 1] if s.index else None
        after = sentences[s.index + 1] if s.index + 1 < len(sentences) else None
        return self.scope.judge(s, subject.named, one.predicate, object_.named, object_.cues, before, after)

    def _answers(
        self, document: Document, s: Sentence, judged: list[tuple[Scored, Judgement]]
    ) -> Iterator[tuple[Scored, Judgement]]:
        """The candidates of the sentence before that a sentence says by an answer: "Do they help? They did not."."""
        if not s.index or len(s.lowers) > _LONGEST_ANSWER:
            return
        before = document.sentences[s.index - 1]
        known = {(one.pair.subject.id, one.predicate, one.pair.object.id) for one, _ in judged}
        for one in chosen(self.scorer.scored(document, before), self.scorer.threshold):
            subject, object_ = one.pair.subject, one.pair.object
            here = next((k for k, named in enumerate(s.named) if object_.id in named.mention.ids), None)
            judgement = self.scope.judge(s, None, one.predicate, here, (), before)
            if judgement.certainty == "asserted" and (subject.id, one.predicate, object_.id) not in known:
                ends = End(subject.id, subject.kinds), End(object_.id, object_.kinds, here)
                yield Scored(Pair(*ends, (one.predicate,)), one.predicate, one.score), judgement

    # -- the claims

    def _claims(
        self, document: Document, s: Sentence, judged: list[tuple[Scored, Judgement]], whole: list[str]
    ) -> Iterator[tuple[Claim, Scored]]:
        """The claims of the candidates that were taken."""
        around = self.standing.features_of(document, s)
        evidence = self.standing.evidence(around, whole)
        basis = self.standing.basis(around)
        start, end = document.stands(s.span.start, s.span.end)
        for one, judgement in judged:
            subject = one.pair.subject
            source = s.named[subject.named].mention.source if subject.named is not None else ""
            claim = Claim(
                doc=document.article.id,
                start=start,
                end=end,
                subject=subject.id,
                predicate=one.predicate,
                object=one.pair.object.id,
                disease=disease_of(document, s, one),
                polarity=judgement.polarity,
                certainty=judgement.certainty or self.standing.certainty([*around, "p:" + one.predicate]),
                evidence=evidence,
                basis=basis,
                qualifiers=(("source", source),) if source else (),
                confidence=self.scorer.confidence(one.score),
                rule="learned",
                cues=tuple(document.stands(*span) for span in _cues(s, one)),
            )
            yield claim, one


def _meant(one: Scored) -> tuple[bool, int, int]:
    """The order in which the meanings of two mentions are meant by a saying: a harm is a sign before it is a disease."""
    sign = one.predicate == "adverse_effect" and "phenotype" not in one.pair.object.kinds
    return sign, one.pair.subject.place, one.pair.object.place


def states_nothing(s: Sentence) -> str:
    """Why a sentence states nothing by what it is, or nothing: questions, and headings that are no sentences."""
    if s.text.rstrip().endswith("?"):
        return "a question"
    if s.span.kind in ("heading", "title"):
        if not any(tag in _FINITE for tag in s.tags) or (s.lowers and s.lowers[0] in _ASKING):
            return f"a {s.span.kind} that is no sentence"
    return ""


def disease_of(document: Document, s: Sentence, one: Scored) -> str:
    """The disease in whose context a claim holds: its own end, else what the sentence names, else that of the section's
    heading or of the article. Of several in the sentence the article's own counts, else the first."""
    kinds = document.kinds
    subject, object_ = one.pair.subject, one.pair.object
    if one.predicate == "treats":
        return object_.id if "disease" in object_.kinds else document.main_disease()
    if "disease" in subject.kinds:
        return subject.id
    named = [n.mention.id for n in s.named if "disease" in kinds.of(n.mention.id) and n.mention.id != object_.id]
    main = document.main_disease()
    if named:
        return main if main in named else named[0]
    if one.predicate in ("derived_from", "differentiates_into"):
        return ""
    return document.headed(s) or main


def _cues(s: Sentence, one: Scored) -> tuple[tuple[int, int], ...]:
    """The spans of the words that a candidate rests on: cues of its relation, or of its mechanism."""
    found = list(one.pair.object.cues) or [f for f in s.cues if f.cue.owner == one.predicate]
    return tuple(sorted({(s.starts[f.first], s.ends[f.last - 1]) for f in found}))
