"""Comparisons: which of two treatments a sentence calls the better, and on what.

A comparison has two sides ("X … than Y", "compared with Y, X …", "X outperformed Y") and words that weigh them:
"better" and "safer" speak for X, "more toxic" against it, and "more" or "rarer" for or against it by what there is more
or less of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.claim import Polarity
from kg.extraction.cues import Found
from kg.extraction.frames import Sentence
from kg.extraction.given import Given, compounded
from kg.extraction.spans import clause, longest, mentions, origins, said, says, subtree
from kg.vocabulary import Vocabulary

_SIDES = frozenset(("cell", "product", "drug", "route", "factor"))
_HARMS = frozenset(("disease", "phenotype", "adverse_event"))
_GRADES = frozenset(("JJR", "RBR"))
_FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj"))
_PRONOUNS = frozenset(("it", "they", "these", "this", "both", "which", "that"))
_POINTING = frozenset(("this", "these", "the", "such"))
_DENYING = frozenset(("not", "n't", "no", "never", "neither", "nor"))
_JOINING = frozenset(("with", "plus", "and", "+", "together", "combined", "alongside"))
_UNDER = frozenset(("with", "after", "for", "in", "by", "following", "of", "on"))
_FAR = 14
_BEFORE_AS = 10
_MULTIPLES = ("Multiple", "Fraction")
_HYPHENS = frozenset("-‐‑")


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a comparison: a mention by its index in the sentence, None where it is only meant ("they"), and the
    tissue that the cell is taken from, where it is told beside it ("MSCs from fat", "those from marrow")."""

    named: int | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonReading:
    """A comparison of two treatments or routes. `aspect` is a CURIE, as the qualifier has it. A negative one says that
    the first is not better. `reason` says why, for `kg explain`."""

    better: Side
    worse: Side
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
        undesired = {id.partition(":")[2] for id, _ in vocabulary.annotations.get("undesired", ())}
        #: Classes of words for what a treatment is to make less of, and for what it is to make more of.
        self.complaints = frozenset(("ComplaintWord", *undesired))
        self.outcomes = frozenset(outcomes - undesired)
        self.benefits = frozenset(("MeasureWord", "BenefitWord", *self.outcomes))
        self._given = Given(vocabulary)

    def read(self, s: Sentence) -> list[ComparisonReading]:
        """The comparisons of a sentence, those of several pairs or aspects each by itself."""
        found: dict[tuple[Side, Side, str], ComparisonReading] = {}
        for than in _thans(s):
            for reading in _Comparison(self, s, than).readings():
                found.setdefault((reading.better, reading.worse, reading.aspect), reading)
        for reading in self._verbs(s):
            found.setdefault((reading.better, reading.worse, reading.aspect), reading)
        return list(found.values())

    def is_side(self, s: Sentence, named: int) -> bool:
        """Whether a mention is of what may be compared: a therapy or a route."""
        if compounded(s, named) or _of_product(s, named):
            return False
        route = "route" in s.named[named].mention.kinds
        return route or self._given.is_drug(s, named) or self._given.is_cell(s, named)

    def comparable(self, s: Sentence, a: Side, b: Side) -> bool:
        """Whether two sides are of different things of one sort: two routes, or two treatments."""
        if a.named is None or b.named is None:
            return True
        first, second = s.named[a.named].mention, s.named[b.named].mention
        routes = ["route" in self.vocabulary.kinds(mention.id) for mention in (first, second)]
        return (first.id, a.source) != (second.id, b.source) and routes[0] == routes[1]

    def _verbs(self, s: Sentence) -> Iterator[ComparisonReading]:
        """Comparisons by a verb alone: "X outperformed Y", "Y was outdone by X"."""
        for word in said(s, "ComparingVerb"):
            frame = s.frames.get(word.first)
            if frame is None or not s.tags[word.first].startswith("VB"):
                continue
            better, worse = (
                [k for k, way in frame.roles.get(role, {}).items() if set(way.split("/")) <= {"", "of", "c"}]
                for role in ("agent", "theme")
            )
            denied = any(s.lowers[child] in _DENYING for child in s.children[word.first])
            for a, b in (
                (Side(a), Side(b)) for a in better for b in worse if self.is_side(s, a) and self.is_side(s, b)
            ):
                if self.comparable(s, a, b):
                    polarity: Polarity = "negative" if denied else "positive"
                    yield ComparisonReading(a, b, self.efficacy, polarity, s.words(word.first, word.last))


def _thans(s: Sentence) -> Iterator[Found]:
    """What introduces the second side of a comparison."""
    seen: set[int] = set()
    for than in sorted(said(s, ("Than", "ComparedWith", "AsMuch")), key=lambda found: (found.first, -found.last)):
        if than.first in seen or than.first in s.at or than.last >= len(s.lowers):
            continue
        words = s.lowers[than.first : than.last]
        if than.cue.owner == "AsMuch" and not _is_multiplied(s, than):
            continue
        if words in (("to",), ("over",)) and not says(s, ("TakesTo", "ComparingWord"), than.first - 3, than.first):
            continue
        if words in (("rather", "than"), ("against",)) or s.tags[than.last] in ("CD", "WDT", "WP"):
            continue
        if words == ("than",) and s.lowers[than.first - 1] in ("rather", "other"):
            continue
        seen.update(range(than.first, than.last))
        yield than


def _is_multiplied(s: Sentence, than: Found) -> bool:
    """Whether a part or a multiple is told of what follows: "half as many infections as", "a third of what"."""
    words = said(s, _MULTIPLES, max(0, than.first - _BEFORE_AS), than.last)
    what = s.lowers[than.first] == "what"
    return any((one.last == than.last) if what else (one.last < than.first) for one in words)


class _Comparison:
    """One comparison: a sentence, and what introduces its second side."""

    def __init__(self, by: Comparisons, s: Sentence, than: Found) -> None:
        self.by = by
        self.s = s
        self.than = than

    def readings(self) -> Iterator[ComparisonReading]:
        """A reading for each pair of sides and each aspect."""
        second = self._second()
        if not second:
            return
        leading = self._leads()
        first = self._after(second) if leading else self._first()
        if first is None or self._is_combination(first, second):
            return
        winners = self._as_sides(first) or [Side(None)]
        losers = self._losers(second, first)
        for scale in self._scales(leading, second):
            if scale.denied and not scale.favors:
                continue  # "not worse than"
            reason = f"{self.s.words(scale.token, scale.token + 1)} … {self.s.words(self.than.first, self.than.last)}"
            polarity: Polarity = "negative" if scale.denied else "positive"
            for winner in winners:
                for loser in losers:
                    if self.by.comparable(self.s, winner, loser):
                        better, worse = (winner, loser) if scale.favors else (loser, winner)
                        yield ComparisonReading(better, worse, scale.aspect, polarity, reason)

    # -- the sides

    def _sides(self, first: int, last: int) -> list[int]:
        return [k for k in mentions(self.s, first, last, _SIDES) if self.by.is_side(self.s, k)]

    def _as_sides(self, named: Sequence[int]) -> list[Side]:
        """Mentions as sides: a cell once for each tissue that it is taken from."""
        return [Side(k, source) for k in named for source in (origins(self.s, k, self.by.vocabulary) or ("",))]

    def _losers(self, second: list[int], first: list[int]) -> list[Side]:
        """The second side; for "those from marrow" and "such as those from fat" it is the cell of the other side."""
        s = self.s
        tissues = [k for k in second if "tissue" in s.named[k].mention.kinds and not self.by.is_side(s, k)]
        cell = first[0] if first else None
        vocabulary = self.by.vocabulary
        of = [
            Side(cell, next(id for id in s.named[k].mention.ids if "tissue" in vocabulary.kinds(id))) for k in tissues
        ]
        return [*self._as_sides([k for k in second if k not in tissues]), *of]

    def _leads(self) -> bool:
        """Whether the second side comes first: "Compared with Y, X …"."""
        s = self.s
        if not says(s, "ComparedWith", self.than.first, self.than.last):
            return False
        return not any(s.tags[k].startswith("VB") and s.tags[k] != "VBG" for k in range(self.than.first))

    def _second(self) -> list[int]:
        """The side that is introduced: the first treatment named, and those that are joined to it."""
        s, start = self.s, self.than.last
        those = self._those(start)
        if those:
            return those
        sides = self._sides(start, len(s.lowers))
        first = sides[0] if sides else None
        near = [
            k
            for k in mentions(s, start, start + 6, {"cell"})
            if s.heads[s.named[k].head] in range(self.than.first, start + 3)
        ]
        if near and (first is None or s.named[near[0]].first < s.named[first].first) and not _of_product(s, near[0]):
            return near[:1]  # a cell that is no usual therapy
        if first is None or s.named[first].first - start > _FAR or says(s, "ControlWord", start, s.named[first].first):
            return []
        found = [first]
        for k in sides[1:]:
            between = range(s.named[found[-1]].last, s.named[k].first)
            words = set(s.lowers[between.start : between.stop])
            joints = {"and", "or"} if self._leads() else {"and", "or", ","}
            if len(between) > 6 or not words & joints or says(s, "Same", between.start, between.stop):
                break
            if (
                any(s.tags[t].startswith(("VB", "MD")) for t in between)
                or ";" in words
                or says(s, "Than", between.start, between.stop)
            ):
                break
            found.append(k)
        such = next((k for k in range(start, len(s.lowers) - 2) if s.lowers[k : k + 2] == ("such", "as")), None)
        return (self._those(such + 2) or found) if such is not None and such < s.named[found[-1]].last + 4 else found

    def _those(self, start: int) -> list[int]:
        """The tissues of "those from bone marrow or fat", where it stands at a token."""
        s = self.s
        while start < len(s.lowers) and (s.lowers[start] == "," or s.lowers[start] in _UNDER):
            start += 1
        if start + 2 >= len(s.lowers) or s.lowers[start] not in ("those", "that"):
            return []
        after = start + 1 + (s.tags[start + 1].startswith("VB"))
        if s.lowers[after] not in ("from", "of"):
            return []
        found: list[int] = []
        for k in mentions(s, after, len(s.lowers), {"tissue"}):
            begin = s.named[found[-1]].last if found else after
            if s.named[k].first - begin > 2 or not (
                set(s.lowers[begin : s.named[k].first]) <= {"or", "and", ",", "from", "of", "the"}
            ):
                break
            found.append(k)
        return found

    def _first(self) -> list[int] | None:
        """The side that the comparison is said of; empty where it is only meant, None where it is no treatment."""
        s, than = self.s, self.than
        ahead = self._sides(0, than.first)
        under = than.last < len(s.lowers) and s.lowers[than.last] in _UNDER
        near = [
            k for k in ahead if under and s.lowers[s.named[k].first - 1] in _UNDER and than.first - s.named[k].last <= 3
        ]
        if near:
            return near[-1:]  # "rarer with X than with Y"
        if (
            under
            and says(s, ("ReferringWord", "TransplantWord"), than.first - 1, than.first)
            and s.lowers[than.first - 3] in _UNDER
        ):
            return []  # "rarer after a transplant than after Y"
        subject = self._subject(than.first)
        if subject is None:
            return ahead[-1:] or None
        tokens = subtree(s, subject)
        inside = [k for k in mentions(s, tokens[0], tokens[-1] + 1, _SIDES) if s.named[k].head in tokens]
        sides = [k for k in inside if self.by.is_side(s, k)] or [k for k in inside if s.named[k].head == subject]
        if sides:
            return self._heads(sides)
        if s.tags[subject] == "WDT":
            return [k for k in ahead if s.named[k].last <= subject][-1:]
        meant = s.lowers[subject] in _PRONOUNS or (
            says(s, "ReferringWord", subject, subject + 1) and s.lowers[tokens[0]] in _POINTING
        )
        if meant:
            return []
        if says(s, ("ControlWord", "PatientWord"), tokens[0], tokens[-1] + 1) and not ahead:
            return None
        return None if says(s, "ControlWord", tokens[0], tokens[-1] + 1) else ahead[-1:] or None

    def _subject(self, token: int) -> int | None:
        """The subject of the clause that a token is in, or of one that governs it."""
        s, at = self.s, clause(self.s, token)
        while True:
            found = [child for child in s.children[at] if s.labels[child] in _SUBJECTS and child < token]
            if found:
                return found[0]
            if s.heads[at] == at or (above := clause(s, s.heads[at])) == at:
                return None
            at = above

    def _heads(self, inside: list[int]) -> list[int]:
        """Of the treatments in a subject, those that it is about: the first, and what is joined to it."""
        found = [inside[0]]
        for k in inside[1:]:
            between = self.s.lowers[self.s.named[found[-1]].last : self.s.named[k].first]
            if between and len(between) <= 4 and set(between) & (_JOINING | {",", "or"}):
                found.append(k)
        return found

    def _after(self, second: list[int]) -> list[int] | None:
        """The first side where it follows the second: the subject of the clause after it."""
        s, start = self.s, self.s.named[second[-1]].last
        main = next(
            (k for k in range(start, len(s.lowers)) if s.tags[k] in _FINITE and self._has_comma(start, k)), None
        )
        if main is None:
            return None
        begin = max(k for k in range(start, main) if s.lowers[k] == ",")
        begin = begin if self._sides(begin, main) else min(k for k in range(start, main) if s.lowers[k] == ",")
        sides = self._sides(begin, main)
        if sides:
            return self._heads(sides)
        return [] if s.lowers[begin + 1] in (_PRONOUNS | _POINTING) else None

    def _has_comma(self, first: int, last: int) -> bool:
        return "," in self.s.lowers[first:last]

    def _is_combination(self, first: list[int], second: list[int]) -> bool:
        """Whether a combination is compared with a part of it."""
        s = self.s
        begin = self.than.last
        if says(s, ("Combining", "Combination"), begin, min(begin + 3, s.named[second[0]].first)):
            return True  # "than when combined with Y"
        if not first:
            return False
        alone = {s.named[k].mention.id for k in second if says(s, "Alone", s.named[k].last, s.named[k].last + 3)}
        if alone & {s.named[k].mention.id for k in self._sides(0, self.than.first) if k not in first}:
            return True  # "adding X to Y … than Y alone"
        last = s.named[first[-1]].last
        joined = [
            k
            for k in self._sides(last, min(len(s.lowers), last + 8))
            if s.named[k].first < self.than.first and set(s.lowers[last : s.named[k].first]) & _JOINING
        ]
        parts = {s.named[k].mention.id for k in second if "tissue" not in s.named[k].mention.kinds}
        group = [*first, *joined]
        for k in self._sides(0, s.named[first[0]].first):
            if set(s.lowers[s.named[k].last : s.named[first[0]].first]) & _JOINING and k not in second:
                group.append(k)  # "giving Y and X … than giving Y"
        return len(group) > 1 and any(s.named[k].mention.id in parts for k in group)

    # -- what weighs them

    def _scales(self, leading: bool, second: list[int]) -> Iterator[_Scale]:
        """The words that weigh the sides, one for each aspect: the one next to the comparison, and what is joined to
        it."""
        s = self.s
        first, last = (s.named[second[-1]].last, len(s.lowers)) if leading else (0, self.than.last)
        if says(s, ("NoDifference", "Same"), first, last):
            return
        words = [word for word in longest(said(s, self.by.favors, first, last)) if self._compares(word, leading)]
        words = [word for word in words if not self._grades(word, words)]
        aspects: set[str] = set()
        for place, word in enumerate(words if leading else reversed(words)):
            scale = self._scale(word)
            if scale is not None and scale.aspect not in aspects:
                aspects.add(scale.aspect)
                yield scale
            beyond = words[len(words) - place - 2] if not leading and place + 1 < len(words) else None
            if scale is not None and not leading and (beyond is None or not self._coordinated(beyond, word)):
                return

    def _compares(self, word: Found, leading: bool) -> bool:
        """Whether a word is in the comparative, or compares by itself: "superior", "outperformed", "advantage"."""
        s, token = self.s, word.last - 1
        behind = s.lowers[token - 1] if token else ""
        if behind in ("more", "less", "most") or says(s, "ComparingWord", word.first, word.last):
            return True
        if says(s, _MULTIPLES, max(0, word.first - 2), word.last):
            return True
        if s.tags[token] in _GRADES or s.lowers[token] in ("more", "less", "fewer"):
            bound = s.lowers[token] in ("more", "less", "fewer") and s.lowers[token + 1 : token + 2] == ("than",)
            return not bound or token + 2 >= len(s.tags) or s.tags[token + 2] != "CD"
        compared = says(s, "ComparedWith", self.than.first, self.than.last)
        return compared and (leading or self.by.favors[word.cue.owner] in ("more", "less")) and s.tags[token] in (
            "VBN", "VBD", "JJ", "NN", "RB")  # fmt: skip

    def _grades(self, word: Found, words: Sequence[Found]) -> bool:
        """Whether "more" or "less" only grades the word after it: "more effective"."""
        s = self.s
        if s.lowers[word.first] not in ("more", "less"):
            return False
        beyond = word.last + (word.last < len(s.tags) and s.tags[word.last] == "RB")
        return any(other.first in (word.last, beyond) and other is not word for other in words)

    def _coordinated(self, before: Found, word: Found) -> bool:
        """Whether two words that weigh are joined: "safer and cheaper"."""
        s, between = self.s, range(before.last, word.first)
        return len(between) <= 6 and any(s.tags[k] == "CC" or s.lowers[k] == "," for k in between)

    def _scale(self, word: Found) -> _Scale | None:
        s, favors = self.s, self.by.favors[word.cue.owner]
        denied = self._is_denied(word)
        behind = max(0, word.first - 2)
        lessened = "less" in s.lowers[behind : word.first] or says(s, "Fraction", behind, word.first)
        if favors in ("better", "worse"):
            return _Scale(word.first, (favors == "better") != lessened, self.by.aspects[word.cue.owner], denied)
        good, aspect = self._measured(word)
        return (
            _Scale(word.first, ((favors == "more") != lessened) == good, aspect, denied) if good is not None else None
        )

    def _is_denied(self, word: Found) -> bool:
        s = self.s
        near = any(s.lowers[k] in _DENYING for k in range(max(0, word.first - 3), word.first))
        top = clause(s, word.first)
        return near or any(
            s.lowers[child] in ("not", "n't", "never") for child in s.children[top] if child < word.first
        )

    def _measured(self, word: Found) -> tuple[bool | None, str]:
        """Of what there is more or less, as whether that is good, and the aspect that it is of."""
        s, by = self.s, self.by
        if self._is_of_verb(word):
            return True, by.efficacy  # "improved more with X than with Y"
        first, last = self._measure(word)
        if says(s, "EthicsWord", first, last):
            return None, ""
        often = says(s, "HowOften", max(0, first - 3), min(len(s.lowers), max(last, word.last)))
        named = mentions(s, first, last, _HARMS)
        if says(s, by.benefits, last - 1, last) and not any(s.named[k].last == last for k in named):
            return True, by.efficacy
        if says(s, self.by.outcomes, first, last) and not (named or says(s, by.complaints, first, last)):
            return True, by.efficacy  # "improvement rates"
        complaint = says(s, by.complaints, first, last)
        if says(s, ("HarmWord", "HarmCarrier", "Complication", "Serious"), first, last):
            return False, by.efficacy if complaint and not named else by.safety
        if named and (often or any("adverse_event" in s.named[k].mention.kinds for k in named)):
            return False, by.safety
        if named or complaint:
            return False, by.efficacy
        return (True, by.efficacy) if says(s, by.benefits, first, last) else (None, "")

    def _is_of_verb(self, word: Found) -> bool:
        """Whether "more", "less" or "further" says how much a verb does: "relieved pain more than"."""
        s = self.s
        verb = s.heads[word.first]
        alone = word.last == self.than.first or s.lowers[word.last : word.last + 1] in tuple((p,) for p in _UNDER)
        if not alone or s.lowers[word.first] not in ("more", "less", "further", "longer"):
            return False
        if verb < word.first and not s.tags[verb].startswith("VB"):
            verb = clause(s, word.first)  # "reduced relapses less than": hung on the noun before
        return s.tags[verb].startswith("VB") and s.lemmas[verb] not in ("be", "have", "last")

    def _measure(self, word: Found) -> tuple[int, int]:
        """Where the words stand for what there is more or less of: the noun that it grades, else its subject."""
        s, token = self.s, word.last - 1
        stop = self.than.first if self.than.first > token else len(s.lowers)
        noun = s.heads[token]
        if says(s, "PatientWord", noun, noun + 1) and s.labels[noun] in _SUBJECTS:
            return s.heads[noun], stop  # "fewer people had infections"
        if noun > token and s.tags[noun].startswith("NN"):
            end = next(
                (
                    k
                    for k in range(noun + 1, stop)
                    if s.lowers[k] in (_UNDER | {"("}) - {"of"} or s.tags[k].startswith("VB")
                ),
                stop,
            )
            return token + 1, max(noun + 1, min(end, noun + 5))
        subject = self._subject(token)
        if subject is None or (subject in s.at and self.by.is_side(s, s.at[subject])):
            return word.last, min(stop, word.last + 5)
        tokens = [k for k in subtree(s, subject) if k < token]
        return min(tokens, default=0), max(tokens, default=0) + 1


def _of_product(s: Sentence, named: int) -> bool:
    """Whether a cell is only what a product is from: "exosomes from MSCs"."""
    one = s.named[named]
    above = s.heads[one.head]
    if "cell" not in one.mention.kinds or s.labels[one.head] != "pobj" or s.lowers[above] not in ("from", "of"):
        return False
    known = s.at.get(s.heads[above])
    return known is not None and "product" in s.named[known].mention.kinds


__all__ = ["ComparisonReading", "Comparisons", "Side"]
