"""Comparisons: which of two treatments a sentence calls the better, and on what.

A comparison has two sides, "X … than Y", "compared with Y, X …", "X is superior to Y", and words that weigh them:
"better" and "safer" speak for X, "more toxic" against it, and "more" or "rarer" for or against it by what there is more
or less of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.claim import Polarity
from kg.extraction.cues import Found
from kg.extraction.frames import Sentence
from kg.extraction.spans import clause, head, mentions, said, says, subtree
from kg.vocabulary import Vocabulary

_SIDES = frozenset(("cell", "product", "drug", "route"))
_HARMS = frozenset(("disease", "phenotype", "adverse_event"))
_GRADES = frozenset(("JJR", "RBR"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
_PRONOUNS = frozenset(("it", "they", "these", "this", "those", "both", "which", "that"))
_POINTING = frozenset(("this", "these", "the", "such"))
_DENYING = frozenset(("not", "n't", "no", "never", "neither", "nor", "cannot"))
_JOINING = frozenset(("with", "plus", "and", "+", "together", "combined", "alongside"))
_FAR = 14


@dataclass(frozen=True, slots=True)
class ComparisonReading:
    """A comparison of two treatments. `better` and `worse` are mentions, by their index in the sentence; `better` is None
    where it is only meant: "they were safer than …". `aspect` is a CURIE, as the qualifier has it. A negative one says
    that the first is not better. `reason` says why, for `kg explain`."""

    better: int | None
    worse: int | None
    aspect: str
    polarity: Polarity
    reason: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """What weighs two sides: its token, whether it speaks for the side that it is said of, on which aspect."""

    token: int
    favors: bool
    aspect: str
    denied: bool


class Comparisons:
    """Reads the comparisons of sentences by the words of a vocabulary. It keeps nothing of what it read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        #: By class of words: on which aspect it compares, and whom it favors.
        self.aspects = {id.removeprefix("stemkg:"): value for id, value in vocabulary.annotations.get("comparesOn", ())}
        self.favors = {id.removeprefix("stemkg:"): value for id, value in vocabulary.annotations.get("comparesFor", ())}
        self.efficacy = self.aspects.get("MoreEffective", "")
        self.safety = self.aspects.get("Safer", "")
        outcomes = {term.id.partition(":")[2] for term in vocabulary.of_kind("outcome")}
        #: Classes of nouns of which less is better, by whether that is a harm of the treatment or of the disease.
        bad = {id.partition(":")[2] for id, value in vocabulary.annotations.get("undesired", ())}
        self.complaints = frozenset(("ComplaintWord", *(outcomes & bad)))
        therapeutic = vocabulary.annotations.get("therapeutic", ())
        self._given = frozenset(id for id, value in therapeutic if value in ("true", "cell"))

    def read(self, s: Sentence) -> list[ComparisonReading]:
        """The comparisons of a sentence, those of several pairs or aspects each by itself."""
        found: dict[tuple[int | None, int | None, str], ComparisonReading] = {}
        for than in _thans(s):
            for reading in _Comparison(self, s, than).readings():
                found.setdefault((reading.better, reading.worse, reading.aspect), reading)
        return list(found.values())

    def is_side(self, s: Sentence, named: int) -> bool:
        """Whether a mention is of what may be compared: a therapy or a route."""
        mention = s.named[named].mention
        if s.lowers[s.named[named].last : s.named[named].last + 1] == ("-",) or _of_product(s, named):
            return False
        if mention.kinds & {"drug", "product", "route"}:
            return True
        return any(not self._given.isdisjoint(self.vocabulary.ancestors(id)) for id in mention.ids[:1])

    def comparable(self, s: Sentence, better: int, worse: int) -> bool:
        """Whether two mentions are of different things of one sort: two routes, or two treatments."""
        a, b = s.named[better].mention, s.named[worse].mention
        return a.id != b.id and ("route" in self.vocabulary.kinds(a.id)) == ("route" in self.vocabulary.kinds(b.id))


def _thans(s: Sentence) -> Iterator[Found]:
    """What introduces the second side of a comparison."""
    seen: set[int] = set()
    for than in sorted(said(s, ("Than", "ComparedWith")), key=lambda found: (found.first, -found.last)):
        if than.first in seen or than.last >= len(s.lowers):
            continue
        words = s.lowers[than.first : than.last]
        if words in (("to",), ("over",)) and not says(s, ("TakesTo", "MoreEffective"), than.first - 5, than.first):
            continue
        if words in (("rather", "than"), ("against",)) or s.tags[than.last] in ("CD", "WDT", "WP"):
            continue
        seen.update(range(than.first, than.last))
        yield than


class _Comparison:
    """One comparison: a sentence, and what introduces its second side."""

    def __init__(self, by: Comparisons, s: Sentence, than: Found) -> None:
        self.by = by
        self.s = s
        self.than = than

    def readings(self) -> Iterator[ComparisonReading]:
        """A reading for each pair of sides and each aspect."""
        losers = self._second()
        leading = self._leads()
        winners = self._after(losers) if leading else self._first()
        if not losers or winners is None or self._is_combination(winners, losers):
            return
        scales = list(self._scales(leading, losers))
        for scale in scales:
            for winner in winners or [None]:
                for loser in losers:
                    if winner is not None and not self.by.comparable(self.s, winner, loser):
                        continue
                    better, worse = (winner, loser) if scale.favors else (loser, winner)
                    polarity: Polarity = "negative" if scale.denied else "positive"
                    if scale.denied and not scale.favors:
                        continue  # "not worse than"
                    reason = self.s.words(scale.token, scale.token + 1) + " … " + self.s.words(self.than.first, self.than.last)
                    yield ComparisonReading(better, worse, scale.aspect, polarity, reason)

    # -- the sides

    def _sides(self, first: int, last: int) -> list[int]:
        return [k for k in mentions(self.s, first, last, _SIDES) if self.by.is_side(self.s, k)]

    def _leads(self) -> bool:
        """Whether the second side comes first: "Compared with Y, X …"."""
        s = self.s
        if not says(s, "ComparedWith", self.than.first, self.than.last):
            return False
        ahead = range(self.than.first)
        return not any(s.tags[k].startswith("VB") and s.tags[k] != "VBG" for k in ahead if k < self.than.first)

    def _second(self) -> list[int]:
        """The side that is introduced: the first treatment named, and those that are joined to it."""
        s, start = self.s, self.than.last
        sides = self._sides(start, len(s.lowers))
        if not sides or s.named[sides[0]].first - start > _FAR:
            return []
        stop = next((k for k in range(start, len(s.lowers)) if s.lowers[k] == ";"), len(s.lowers))
        found = [sides[0]]
        for k in sides[1:]:
            between = range(s.named[found[-1]].last, s.named[k].first)
            if s.named[k].first >= stop or any(s.tags[t].startswith(("VB", "MD")) for t in between):
                break
            if not any(s.tags[t] == "CC" or s.lowers[t] in (",", "or") for t in between) or len(between) > 6:
                break
            found.append(k)
        if says(s, "ControlWord", start, s.named[sides[0]].first):
            return []
        return found

    def _first(self) -> list[int] | None:
        """The side that the comparison is said of; empty where it is only meant, None where it is no treatment."""
        s, than = self.s, self.than
        ahead = self._sides(0, than.first)
        with_ = [k for k in ahead if s.lowers[s.named[k].first - 1] in ("with", "after", "for", "in", "by")]
        near = [k for k in with_ if than.first - s.named[k].last <= 3 and s.lowers[than.last] in ("with", "after", "for", "in", "by")]
        if near:
            return near[-1:]  # "rarer with X than with Y"
        subject = self._subject(than.first)
        if subject is not None:
            tokens = set(subtree(s, subject))
            inside = [k for k in ahead if s.named[k].head in tokens]
            if inside:
                return self._heads(inside)
            if s.lowers[subject] in _PRONOUNS and s.tags[subject] in ("PRP", "DT", "WDT"):
                return self._relative(subject, ahead)
            if says(s, "ReferringWord", subject, subject + 1) and s.lowers[subject - 1] in _POINTING:
                return []
            if says(s, "ControlWord", min(tokens), max(tokens) + 1):
                return None
        return ahead[-1:] or None

    def _relative(self, subject: int, ahead: Sequence[int]) -> list[int]:
        """What "which" or "that" is of; nothing for "they"."""
        s = self.s
        if s.tags[subject] != "WDT":
            return []
        return [k for k in ahead if s.named[k].last <= subject][-1:]

    def _subject(self, token: int) -> int | None:
        """The subject of the clause that a token is in, or of one that governs it."""
        s, at = self.s, clause(self.s, token)
        while True:
            found = [child for child in s.children[at] if s.labels[child] in _SUBJECTS and child < token]
            if found:
                return found[0]
            above = clause(s, s.heads[at])
            if s.heads[at] == at or above == at:
                return None
            at = above

    def _heads(self, inside: list[int]) -> list[int]:
        """Of the treatments in a subject, those that it is about: not what a group was given for, not in a relative
        clause."""
        first = inside[0]
        found = [first]
        for k in inside[1:]:
            between = self.s.lowers[self.s.named[found[-1]].last : self.s.named[k].first]
            if between and len(between) <= 4 and (set(between) & (_JOINING | {",", "or"})):
                found.append(k)
        return found

    def _after(self, losers: list[int]) -> list[int] | None:
        """The first side where it follows the second: the subject of the clause after it."""
        s = self.s
        start = s.named[losers[-1]].last if losers else self.than.last
        verbs = [k for k in range(start, len(s.lowers)) if s.tags[k] in ("VBD", "VBZ", "VBP", "MD")]
        commas = [k for k in range(start, len(s.lowers)) if s.lowers[k] == ","]
        begin = commas[0] if commas else start
        main = next((k for k in verbs if k > begin), None)
        if main is None:
            return None
        sides = self._sides(begin, main)
        if sides:
            return self._heads(sides)
        subject = s.lowers[begin + 1 : main]
        return [] if subject and subject[0] in (_PRONOUNS | _POINTING) else None

    def _is_combination(self, winners: list[int], losers: list[int]) -> bool:
        """Whether a combination is compared with a part of it."""
        s = self.s
        named = {s.named[k].mention.id for k in losers}
        if winners and any(s.named[k].mention.id in named for k in self._joined(winners)):
            return True
        return len(winners) > 1 and all(word in _JOINING for word in s.lowers[s.named[winners[0]].last : s.named[winners[1]].first])

    def _joined(self, winners: list[int]) -> list[int]:
        """The winners, with what is named beside them up to the comparison."""
        s = self.s
        last = s.named[winners[-1]].last
        beyond = [
            k
            for k in self._sides(last, min(len(s.lowers), last + 8))
            if s.named[k].first < self.than.first and set(s.lowers[last : s.named[k].first]) & _JOINING
        ]
        return [*winners, *beyond]

    # -- what weighs them

    def _scales(self, leading: bool, losers: list[int]) -> Iterator[_Scale]:
        """The words that weigh the sides, of the clause of the comparison; one for each aspect."""
        s = self.s
        first, last = (s.named[losers[-1]].last, len(s.lowers)) if leading else (0, self.than.last)
        if says(s, ("NoDifference", "Same"), first, last):
            return
        aspects: set[str] = set()
        found = [found for found in said(s, self.by.favors, first, last) if self._compares(found, leading)]
        for word in sorted(found, key=lambda found: -found.first if not leading else found.first):
            if self._is_modifier(word, found):
                continue
            scale = self._scale(word)
            if scale is not None and scale.aspect not in aspects:
                aspects.add(scale.aspect)
                yield scale
            if len(aspects) and not leading and not self._coordinated(word, found):
                return

    def _compares(self, word: Found, leading: bool) -> bool:
        """Whether a word is in the comparative, or compares by itself: "superior", "outperformed", "advantage"."""
        s, token = self.s, word.last - 1
        if s.tags[token] in _GRADES or s.lowers[token] in ("more", "less", "fewer"):
            return s.lowers[token : token + 2] not in (("more", "than"), ("less", "than")) or token + 2 >= len(s.tags) or (
                s.tags[token + 2] != "CD"
            )  # fmt: skip
        graded = token > 0 and s.lowers[token - 1] in ("more", "less", "most", "far", "better")
        itself = says(s, "ComparingWord", word.first, word.last)
        compared = says(s, "ComparedWith", self.than.first, self.than.last) and s.tags[token] in ("VBN", "VBD", "JJ", "NN")
        return graded or itself or (compared and self.by.favors[word.cue.owner] in ("more", "less"))

    def _is_modifier(self, word: Found, found: Sequence[Found]) -> bool:
        """Whether "more" or "less" only grades the word after it: "more effective"."""
        s = self.s
        if s.lowers[word.first] not in ("more", "less"):
            return False
        beyond = word.last + (s.tags[min(word.last, len(s.tags) - 1)] == "RB")
        return any(other.first in (word.last, beyond) and other is not word for other in found)

    def _coordinated(self, word: Found, found: Sequence[Found]) -> bool:
        """Whether another word that weighs stands just before one, joined to it: "safer and cheaper"."""
        s = self.s
        before = [other for other in found if other.last <= word.first]
        if not before:
            return False
        between = range(before[-1].last, word.first)
        return any(s.tags[k] == "CC" or s.lowers[k] == "," for k in between) and len(between) <= 6

    def _scale(self, word: Found) -> _Scale | None:
        s, favors = self.s, self.by.favors[word.cue.owner]
        lessened = s.lowers[max(0, word.first - 2) : word.first].count("less") > 0
        denied = self._is_denied(word)
        if favors in ("better", "worse"):
            return _Scale(word.first, (favors == "better") != lessened, self.by.aspects[word.cue.owner], denied)
        much = favors == "more"
        good, aspect = self._measured(word)
        if good is None:
            return None
        return _Scale(word.first, much == good, aspect, denied)

    def _is_denied(self, word: Found) -> bool:
        s = self.s
        top = clause(s, word.first)
        near = any(s.lowers[k] in _DENYING for k in range(max(0, word.first - 3), word.first))
        return near or any(s.lowers[child] in ("not", "n't", "never") for child in s.children[top] if child < word.first)

    def _measured(self, word: Found) -> tuple[bool | None, str]:
        """Of what there is more or less, as whether that is good, and the aspect that it is of."""
        s = self.s
        first, last = self._measure(word)
        often = says(s, "HowOften", max(0, first - 3), min(len(s.lowers), max(last, word.last + 3)))
        if says(s, ("HarmWord", "HarmCarrier", "Complication", "Serious"), first, last):
            risk = says(s, self.by.complaints, first, last) and not mentions(s, first, last, _HARMS)
            return False, self.by.efficacy if risk else self.by.safety
        named = mentions(s, first, last, _HARMS)
        if named and (often or any("adverse_event" in s.named[k].mention.kinds for k in named)):
            return False, self.by.safety
        if named or says(s, self.by.complaints, first, last):
            return False, self.by.efficacy
        if says(s, ("MeasureWord", "BenefitWord", "Improved", "Responded", "Survived", "Remission"), first, last):
            return True, self.by.efficacy
        if s.tags[word.first] in ("RBR", "RB") and s.tags[s.heads[word.first]].startswith("VB"):
            return True, self.by.efficacy  # "improved more with X than with Y"
        return None, ""

    def _measure(self, word: Found) -> tuple[int, int]:
        """Where the words stand for what there is more or less of: the noun that it grades, else its subject."""
        s, token = self.s, word.last - 1
        noun = s.heads[token]
        if s.labels[token] in ("amod", "nmod", "compound", "quantmod", "nummod") and noun > token:
            tokens = [k for k in subtree(s, noun) if token <= k < (self.than.first if self.than.first > token else len(s.lowers))]
            return token + 1, max(tokens, default=noun) + 1
        subject = self._subject(token)
        if subject is not None and not self.by.is_side(s, s.at[subject]) if subject in s.at else subject is not None:
            tokens = [k for k in subtree(s, subject or 0) if k < token]
            return min(tokens, default=0), max(tokens, default=0) + 1
        return word.last, min(len(s.lowers), word.last + 5)


def _of_product(s: Sentence, named: int) -> bool:
    """Whether a cell is only what a product is from: "exosomes from MSCs", "those from marrow cells"."""
    one = s.named[named]
    if "cell" not in one.mention.kinds:
        return False
    above = s.heads[one.head]
    if s.labels[one.head] != "pobj" or s.lowers[above] not in ("from", "of"):
        return False
    of = s.heads[above]
    known = s.at.get(of)
    return known is not None and "product" in s.named[known].mention.kinds


__all__ = ["ComparisonReading", "Comparisons"]
