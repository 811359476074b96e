"""The extractor: an article in, its claims out.

Mentions are found in the whole article; each sentence is parsed into frames; candidates are scored; and what is chosen
gets its polarity, certainty, basis, evidence, disease and qualifiers. One extractor serves any number of threads: what
belongs to an article lives with the reading of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from kg.articles import Article
from kg.articles.edits import as_it_reads
from kg.claim import QUALIFIERS, Certainty, Claim, Evidence, Polarity, Predicate, Qualifier, Unit
from kg.extraction.candidates import End
from kg.extraction.choice import NONE
from kg.extraction.comparisons import Comparisons, Side
from kg.extraction.cues import CueBook
from kg.extraction.document import Document, Kinds, therapies
from kg.extraction.features import Features, references
from kg.extraction.frames import Analyst, Sentence
from kg.extraction.names import Mention, MentionFinder
from kg.extraction.outcomes import Outcomes
from kg.extraction.pieces import in_pieces
from kg.extraction.qualifiers import Qualifiers
from kg.extraction.scope import Judgement, Scope, says
from kg.extraction.score import Scored, Scorer, chosen
from kg.extraction.standing import Standing
from kg.vocabulary import Vocabulary

#: What found a statement: learned weights, a saying, a rule of comparisons, or one of outcomes.
Family = Literal["learned", "said", "compared", "counted"]
_FINITE = ("VBD", "VBZ", "VBP", "MD")
#: Relations one of which a saying says of its ends, and not the others.
_OTHERS: Final[tuple[frozenset[Predicate], ...]] = (
    frozenset(("increases", "decreases", "secretes")),
    frozenset(("adverse_effect", "treats")),
)
#: What a sentence that names its own ends does not say of those spoken of before.
_OF_ANOTHER: Final[tuple[Predicate, ...]] = ("treats", "differentiates_into")
_OF_THE_STUDY = frozenset(("ResultWord", "ArmWord", "PatientWord"))
_LONGEST_ANSWER = 30  # an answer that leaves out what it answers to has no more tokens
_ASKING = frozenset(("how", "why", "what", "when", "where", "who"))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A candidate that did not become a claim, and why."""

    scored: Scored
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says, before its standing: `certainty` is None where only that tells. `because` is the candidate
    that it was, or the reason of the rule that found it."""

    subject: str
    predicate: Predicate
    object: str
    disease: str
    polarity: Polarity = "positive"
    certainty: Certainty | None = None
    value: str = ""
    unit: Unit = ""
    ends: tuple[int | None, int | None] = (None, None)  # the mentions that they are, by their index in the sentence
    qualifiers: tuple[tuple[Qualifier, str], ...] = ()
    family: Family = "learned"
    because: Scored | str = ""
    reasons: tuple[str, ...] = ()  # of its polarity and certainty
    cues: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Reading:
    """What was seen in a sentence: its claims, each with the statement that it was, what was rejected, and, where it
    states nothing by what it is, the reason."""

    sentence: Sentence
    claims: list[tuple[Claim, Statement]] = field(default_factory=list)
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
        self.scope = Scope(vocabulary)
        self.qualifiers = Qualifiers(vocabulary)
        self.comparisons = Comparisons(vocabulary)
        self.outcomes = Outcomes(vocabulary)
        self.scorer = scorer or Scorer.load(self.features)
        self.standing = standing or Standing.load(self.features)

    def claims(self, article: Article) -> list[Claim]:
        """The claims of an article, sorted."""
        return self.explain(article, everything=False).claims

    def explain(self, article: Article, *, everything: bool = True) -> Explanation:
        """The claims of an article with all that led to them; without `everything`, not what was rejected."""
        return self.read(self.understood(article), everything=everything)

    def read(self, document: Document, *, everything: bool = True) -> Explanation:
        """The same of an article that is understood already."""
        explanation = Explanation(document)
        explanation.readings = [Reading(s, silent=states_nothing(s)) for s in document.sentences]
        speaking = [reading for reading in explanation.readings if not reading.silent]
        scored = self.scorer.scored(document, [reading.sentence for reading in speaking])
        whole: list[str] | None = None
        for reading in speaking:
            s = reading.sentence
            taken = self._with_said(document, s, scored[s.index], chosen(scored[s.index], self.scorer.threshold))
            if everything:
                reading.rejected += self._rejected(scored[s.index], taken)
            learned = list(self._learned(reading, document, taken))
            said = [
                *learned,
                *self._answers(document, s, learned, scored),
                *self._compared(document, s),
                *self._figures(document, s),
            ]
            if said:
                if whole is None:
                    whole = self.standing.features_of_article(document)
                    explanation.evidence = self.standing.evidence([], whole)
                self._stand(reading, document, said, whole)
        return explanation

    def understood(self, article: Article) -> Document:
        """An article with its mentions and frames."""
        article, edits = as_it_reads(article)
        article = in_pieces(article)
        sentences = self.analyst.sentences(article, self._mentions(article))
        for s in sentences:
            s.away = self.scope.away(s)
        return Document(article, sentences, self.kinds, edits, self.scope.lacked)

    def _mentions(self, article: Article) -> list[Mention]:
        found = self.finder.find(article.text[article.start : article.end])
        return [mention.moved(article.start) for mention in found] if article.start else found

    def _rejected(self, scored: list[Scored], taken: list[Scored]) -> Iterator[Rejection]:
        for one in sorted(scored, key=lambda one: -one.score):
            if one not in taken:
                reason = "its score is too low"
                if self._learned_enough(one):
                    reason = "another candidate says the same, and better"
                elif one.score == NONE:
                    reason = "another sentence says the same, and better"
                yield Rejection(one, reason)

    # -- the claims

    def _judge(self, document: Document, s: Sentence, one: Scored) -> Judgement:
        """What a sentence does with a candidate."""
        subject, object_ = one.pair.subject, one.pair.object
        sentences = document.sentences
        before = sentences[s.index - 1] if s.index else None
        after = sentences[s.index + 1] if s.index + 1 < len(sentences) else None
        ends = subject.named, one.predicate, object_.named
        return self.scope.judge(s, *ends, object_.cues, before, after, turned=one.pair.turned)

    def _with_said(self, document: Document, s: Sentence, scored: list[Scored], taken: list[Scored]) -> list[Scored]:
        """What was taken with what a sentence says by a saying, whatever was learned of its words. What it so says of a
        factor's change is all that it says of it: "MSCs lowered TNF-α" says nothing of a release. Nor does it say that
        what it tells as a harm was treated."""
        sayings = self.scope.sayings_in(s)
        if not sayings:
            return taken
        before = document.sentences[s.index - 1] if s.index else None
        meant: dict[tuple[int | None, Predicate, int | None], Scored] = {}
        own = any(self.kinds.therapeutic(named.mention.id) for named in s.named)
        for one in sorted(scored, key=_meant):
            subject, object_ = one.pair.subject.named, one.pair.object.named
            if not (one.pair.object.cues or (own and subject is None)):
                meant.setdefault((subject, one.predicate, object_), one)
        said = [one for (a, predicate, b), one in meant.items() if says(sayings, s, a, predicate, b, before)]
        told = {(kind, _ends(one)) for one in said for kind in _OTHERS if one.predicate in kind}
        kept = [
            one for one in taken if not any((kind, _ends(one)) in told for kind in _OTHERS if one.predicate in kind)
        ]
        known = {one.statement for one in kept}
        return kept + [one for one in chosen(said, None) if one.statement not in known]

    def _answers(
        self, document: Document, s: Sentence, learned: list[Statement], scored: dict[int, list[Scored]]
    ) -> Iterator[Statement]:
        """What a sentence says of candidates of the one before by answering: "Do they help? They did not.". What it
        says by itself is `learned`."""
        if not s.index or len(s.lowers) > _LONGEST_ANSWER:
            return
        before = document.sentences[s.index - 1]
        known = {(one.subject, one.predicate, one.object) for one in learned}
        # A question states nothing, and its candidates have no part in the choice.
        asked = scored.get(before.index) or list(self.scorer.weighed(document, before))
        for one in self._with_said(document, before, asked, chosen(asked, self.scorer.threshold)):
            subject, object_ = one.pair.subject.id, one.pair.object.id
            here = next((k for k, named in enumerate(s.named) if object_ in named.mention.ids), None)
            judged = self.scope.judge(s, None, one.predicate, here, (), before)
            if judged.certainty == "asserted" and one.statement not in known:
                yield Statement(
                    *one.statement,
                    disease_of(document, before, one.predicate, subject, object_),
                    judged.polarity,
                    judged.certainty,
                    because=one,
                    reasons=judged.reasons,
                )

    def _learned(self, reading: Reading, document: Document, taken: list[Scored]) -> Iterator[Statement]:
        """What the candidates that were taken say, but for those that the sentence does not say after all."""
        s = reading.sentence
        for one in taken:
            subject, object_ = one.pair.subject, one.pair.object
            if self._gives_way(document, s, one, taken):
                reading.rejected.append(Rejection(one, "the sentence says it with an end that it names"))
                continue
            if subject.carried and object_.carried and self._learned_enough(one) and not _goes_on(s):
                # "The sky is blue.", but not "The groups did not differ in survival."
                reading.rejected.append(Rejection(one, "neither end is named, and nothing refers to one"))
                continue
            judged = self._judge(document, s, one)
            if judged.veto:
                reading.rejected.append(Rejection(one, judged.veto))
                continue
            source = s.named[subject.named].mention.source if subject.named is not None else ""
            yield Statement(
                *one.statement,
                disease_of(document, s, one.predicate, subject.id, object_.id),
                judged.polarity,
                judged.certainty,
                ends=(subject.named, object_.named),
                qualifiers=(("source", source),) if source else (),
                family="learned" if self._learned_enough(one) else "said",
                because=one,
                reasons=judged.reasons,
                cues=_cues(s, one),
            )

    def _gives_way(self, document: Document, s: Sentence, one: Scored, taken: list[Scored]) -> bool:
        """Whether an end that is carried in from the sentence before gives way to one that is named: "Exosomes eased
        asthma. In rats with stroke, neural stem cells improved gait." says nothing of exosomes in stroke, or of neural
        stem cells in asthma."""
        if one.predicate not in _OF_ANOTHER or not s.index:
            return False
        before = frozenset(id for named in document.sentences[s.index - 1].named for id in named.mention.ids)
        refers = any(references(s))
        return any(
            other.predicate == one.predicate
            and other.statement != one.statement
            and self._displaces(other.pair.object, one.pair.object, before)
            and (
                other.pair.subject.id == one.pair.subject.id
                or (not refers and self._displaces(other.pair.subject, one.pair.subject, before))
            )
            for other in taken
        )

    def _displaces(self, named: End, end: End, before: frozenset[str]) -> bool:
        """Whether an end is the same as a named one, or is carried in from what was named before, and is nothing of the
        kind: "the cells" and "the disease" may be those of before."""
        if named.id == end.id or named.carried or not (end.carried and end.id in before):
            return named.id == end.id
        ancestors = self.vocabulary.ancestors
        near = named.id in ancestors(end.id) or end.id in ancestors(named.id)
        return not (near or named.id in self.kinds.general or named.kinds == {"phenotype"})

    def _learned_enough(self, one: Scored) -> bool:
        return one.score >= self.scorer.threshold

    def _compared(self, document: Document, s: Sentence) -> Iterator[Statement]:
        """What a sentence says is better than what."""
        meant = next(iter(therapies(document, s.index)), "")
        for one in self.comparisons.read(s):
            better, worse = self._side(s, one.better, meant), self._side(s, one.worse, meant)
            if better and worse and better != worse:
                disease = disease_of(document, s, "more_effective_than", better, worse)
                yield Statement(
                    better,
                    "more_effective_than",
                    worse,
                    disease,
                    one.polarity,
                    ends=(one.better.named, one.worse.named),
                    qualifiers=(("aspect", one.aspect),),
                    family="compared",
                    because=one.reason,
                )

    def _side(self, s: Sentence, side: Side, meant: str) -> str:
        """The term of one side of a comparison: what is named, or else meant, of the kind that its source makes it."""
        id = s.named[side.named].mention.id if side.named is not None else meant
        return (self.finder.specific(id, side.source) if side.source else None) or id

    def _figures(self, document: Document, s: Sentence) -> Iterator[Statement]:
        """The outcomes of a sentence: of the cell that it names, or else that the article is about."""
        for one in self.outcomes.read(s):
            if one.arm == "control":
                continue
            subject = s.named[one.subject].mention.id if one.subject is not None else self._given(document, s)
            if subject:
                yield Statement(
                    subject,
                    "outcome",
                    one.outcome,
                    disease_of(document, s, "outcome", subject, one.outcome),
                    one.polarity,
                    value=one.value,
                    unit=cast(Unit, one.unit),
                    ends=(one.subject, None),
                    qualifiers=one.qualifiers,
                    family="counted",
                    because=one.reason,
                )

    def _given(self, document: Document, s: Sentence) -> str:
        """The cell that is given where a sentence does not say which: the one named last, else the article's."""
        meant = [*document.known[s.index].cells[:1], *document.cells]
        return next(iter(meant), "")

    def _stand(self, reading: Reading, document: Document, said: list[Statement], whole: list[str]) -> None:
        """Make claims of what a sentence says: with its evidence, its basis, and how certain it is."""
        s = reading.sentence
        around = self.standing.features_of(document, s)
        evidence = self.standing.evidence(around, whole, s)
        basis = self.standing.basis(around)
        start, end = document.stands(s.span.start, s.span.end)
        for one in said:
            claim = Claim(
                doc=document.article.id,
                start=start,
                end=end,
                subject=one.subject,
                predicate=one.predicate,
                object=one.object,
                disease=one.disease,
                polarity=one.polarity,
                certainty=self._certainty(s, around, one),
                evidence=evidence,
                basis=basis,
                value=one.value,
                unit=one.unit,
                qualifiers=self._qualified(s, one),
                confidence=self._confidence(one),
                rule="learned" if isinstance(one.because, Scored) else one.predicate,
                cues=tuple(document.within(*span) for span in one.cues),
            )
            reading.claims.append((claim, one))

    def _confidence(self, one: Statement) -> float:
        score = one.because.score if isinstance(one.because, Scored) else 0
        return self.scorer.confidence.of(one.family, score)

    def _qualified(self, s: Sentence, one: Statement) -> tuple[tuple[Qualifier, str], ...]:
        """The qualifiers of a statement: its own, and of the other keys those that the sentence tells."""
        own = {key for key, _ in one.qualifiers}
        read = self.qualifiers.read(s, one.ends[0], one.predicate, one.ends[1])
        pairs = [*one.qualifiers, *((key, id) for key, id in read if key not in own)]
        return tuple(pair for key in QUALIFIERS for pair in pairs if pair[0] == key)

    def _certainty(self, s: Sentence, around: list[str], one: Statement) -> Certainty:
        """How certain a sentence is of a statement: what its scope tells, or else what was learned. A sentence that is
        not certain may still tell that something is only studied."""
        if one.certainty not in (None, "hedged"):
            return one.certainty
        ends = [k for k, named in enumerate(s.named) if named.mention.id in (one.subject, one.object)]
        learned = self.standing.certainty([*around, *self.standing.features_of_claim(s, one.predicate, ends)])
        return learned if learned != "asserted" else one.certainty or learned


def _goes_on(s: Sentence) -> bool:
    """Whether a sentence goes on about what was told before: it refers to it, or tells of the study or its people."""
    return any(references(s)) or any(found.cue.owner in _OF_THE_STUDY for found in s.cues)


def _meant(one: Scored) -> tuple[bool, int, int, int]:
    """The order in which the meanings of two mentions are meant by a saying: a harm is a sign before a disease."""
    sign = one.predicate == "adverse_effect" and "phenotype" not in one.pair.object.kinds
    return sign, one.pair.subject.place, one.pair.object.place, -one.sum


def states_nothing(s: Sentence) -> str:
    """Why a sentence states nothing by what it is, or nothing: questions, and headings that are no sentences."""
    if s.text.rstrip().endswith("?"):
        return "a question"
    if s.span.kind in ("heading", "title"):
        if not any(tag in _FINITE for tag in s.tags) or (s.lowers and s.lowers[0] in _ASKING):
            return f"a {s.span.kind} that is no sentence"
    return ""


def _ends(one: Scored) -> tuple[int | None, int | None]:
    return one.pair.subject.named, one.pair.object.named


def disease_of(document: Document, s: Sentence, predicate: Predicate, subject: str, object_: str) -> str:
    """The disease in whose context a claim holds: its own end, else what the sentence names, else that of the section's
    heading or of the article. Of several in the sentence the article's own counts, else the first. A harm holds in the
    disease of the heading or the article: "fever and pneumonia" names two harms."""
    kinds = document.kinds
    main = document.main_disease()
    if predicate == "treats":
        return object_ if "disease" in kinds.of(object_) else main
    if "disease" in kinds.of(subject):
        return subject
    named = [one.mention.id for one in s.named if "disease" in kinds.of(one.mention.id) and one.mention.id != object_]
    if named and predicate != "adverse_effect":  # beside a harm mostly other harms are named
        return main if main in named else named[0]
    if predicate in ("derived_from", "differentiates_into"):
        return ""
    return document.headed(s) or main


def _cues(s: Sentence, one: Scored) -> tuple[tuple[int, int], ...]:
    """The spans of the words that a candidate rests on: cues of its relation, or of its mechanism."""
    found = list(one.pair.object.cues) or [f for f in s.cues if f.cue.owner == one.predicate]
    return tuple(sorted({(s.starts[f.first], s.ends[f.last - 1]) for f in found}))
