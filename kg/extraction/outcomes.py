"""Outcomes: what became of a share or number of the patients, and whose figure it is.

Each figure of people is joined to the word for an outcome that it stands with: as subject ("12 of 20 relapsed"), where
the outcome was seen ("remission was reached by 40 %") or as a rate ("survival was 69 %"). It is of the treated or of
the control arm, and of the cell that its part of the sentence names.
"""

from dataclasses import dataclass
from functools import cached_property

from kg.claim import Polarity, Qualifier
from kg.extraction.arms import Arm, Arms
from kg.extraction.cues import Found
from kg.extraction.figures import Figure, figures
from kg.extraction.frames import Sentence
from kg.extraction.given import Given
from kg.extraction.row import Row
from kg.extraction.spans import clause, head, longest, mentions, said, says
from kg.vocabulary import Vocabulary

_DENYING = frozenset(("not", "n't", "never", "no", "neither", "without", "nor"))
_GOVERNING = frozenset(("in", "of", "at", "to", "by", "with", "for", "among"))
_COMPARING = frozenset(("versus", "vs", "vs.", "v", "while", "whereas", "against", "than", "but", "and", "or"))
_APART = frozenset((";", "but", "whereas", "while"))
_NEARBY = 12
_HYPHENS = frozenset("-‐‑")
_OPEN_MODALS = frozenset(("may", "might", "would", "will", "should", "'ll", "'d"))
_ENTERING = ("Administering", "Allocating", "Allowing")
_POINTING = frozenset(("the", "this", "these", "such", "our", "their"))
_RELATIVE = frozenset(("who", "that", "which", "whom", "whose"))


@dataclass(frozen=True, slots=True)
class OutcomeReading:
    """An outcome as a sentence tells it.

    `subject` is the mention of the cell that the figure is of, by its index in the sentence; None where it is named
    elsewhere. `outcome` is a CURIE, `value` and `unit` are as in a claims table. `qualifiers` tell the subgroup that
    the figure is of. `reason` says why, for `kg explain`.
    """

    subject: int | None
    outcome: str
    value: str
    unit: str
    polarity: Polarity
    arm: Arm
    qualifiers: tuple[tuple[Qualifier, str], ...]
    reason: str


class Outcomes:
    """Reads the outcomes of sentences by the words of a vocabulary. It keeps nothing of what it read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        #: The categories, by the local names that their cues speak for.
        self.categories = {term.id.partition(":")[2]: term.id for term in vocabulary.of_kind("outcome")}
        #: What the halting of an outcome is, where it is one: of getting worse, staying stable.
        self.halted = dict(vocabulary.annotations.get("halted", ()))
        #: Those that may happen to nobody, which is a figure too, and those that may be told as an amount.
        self.befalling = frozenset(id.partition(":")[2] for id, _ in vocabulary.annotations.get("befalling", ()))
        self.graded = frozenset(id.partition(":")[2] for id, _ in vocabulary.annotations.get("graded", ()))
        self.given = Given(vocabulary)

    def read(self, s: Sentence) -> list[OutcomeReading]:
        """The outcomes of a sentence, in order of their figures; those of a control arm too."""
        words = [found for found in longest(said(s, self.categories)) if not _qualifies(s, found)]
        if not words:
            return []
        shares = [figure for figure in figures(s, self.categories) if figure.kind in ("share", "count")]
        shares = sorted([*shares, *_nobody(s, words, self.befalling)], key=lambda figure: figure.first)
        if not shares or not _about_patients(s, shares):
            return []
        return _Reading(self, s, words, shares).outcomes()


class _Reading:
    """The outcomes of one sentence."""

    def __init__(self, by: Outcomes, s: Sentence, words: list[Found], shares: list[Figure]) -> None:
        self.by = by
        self.s = s
        self.words = words
        self.shares = shares
        self.row = Row(s, shares)
        self.arms = Arms(by.given, s, self.row, paired=bool(self._respective_words))

    def outcomes(self) -> list[OutcomeReading]:
        found: list[OutcomeReading] = []
        previous: Found | None = None
        for place, figure in enumerate(self.shares):
            word = self._word(place)
            if word is None and previous is not None and self._compared(place) and place not in self._respective_words:
                word = previous
            if self.row.restates(place):
                word = previous or self._word(place - 1)
            previous = word
            if place in self.row.respective and not self._respective_words and self.arms.respective is None:
                continue  # of which arms, the sentence does not tell
            if word is None or figure.bound not in ("", "about") or not self._reported(place, word):
                continue
            told = self._category(figure, word)
            if told is not None:
                found.extend(self._readings(place, word, *told))
        return found

    # -- which outcome

    @cached_property
    def _respective_words(self) -> dict[int, Found | None]:
        """The words of figures of several outcomes: "relapse and survival were 16 % and 73 %, respectively"."""
        s, run = self.s, self.row.respective
        if not run:
            return {}
        before, start = self.row.bounds(run.start)[0], self.shares[run.start].first
        ahead = [word for word in self.words if before <= word.first and word.last <= start]
        ahead = [word for word in ahead if not any(word.last == other.first for other in ahead)]
        if len(ahead) == len(run):
            return dict(zip(run, ahead, strict=True))
        joints = [k for k in range(before, start) if s.tags[k] == "CC"]
        if len(run) == 2 and len(ahead) == 1 and len(joints) == 1:
            # "GVHD and mortality were 10 % and 17 %, respectively"
            own = run.start + (ahead[0].first > joints[0])
            return {place: ahead[0] if place == own else None for place in run}
        return {}

    def _word(self, place: int) -> Found | None:
        """The word for the outcome of a figure."""
        if place in self._respective_words:
            return self._respective_words[place]
        own = self._beside(place)
        if own is not None or place + 1 >= len(self.shares):
            return own
        # "90 % of children and 80 % of adults are alive"
        return self._beside(place + 1) if self._shares_predicate(place) else None

    def _beside(self, place: int) -> Found | None:
        """The outcome word after a figure and before the next one, or else before it and after the last one; that
        before it where a word leads from it to the figure: "remission in 40 %"."""
        s, figure = self.s, self.shares[place]
        before, following = self.row.bounds(place)
        stop = next((k for k in range(figure.last, following) if s.lowers[k] == ";"), following)
        after = [word for word in self.words if figure.last <= word.first < stop and not self._leads(word, following)]
        ahead = [word for word in self.words if before <= word.first and word.last <= figure.first]
        governed = self._governed(figure)
        if not governed and _verb_follows(s, _past_whom(s, figure.last)):
            return after[0] if after else None
        if ahead and (governed or not after):
            return ahead[-1]
        if governed and after and not self._in_reach(figure, after[0]):
            return None
        return after[0] if after else None

    def _in_reach(self, figure: Figure, word: Found) -> bool:
        """Whether a word is of the clause of a figure, or is what its verb halts: "in 9, it was kept from rising"."""
        s, top = self.s, clause(self.s, figure.first)
        return clause(s, word.first) == top or (top in s.up(word.first) and says(s, "Halting", top, top + 1))

    def _leads(self, word: Found, figure: int) -> bool:
        """Whether a word leads to the figure that begins at a token: "a mortality of 30 %"."""
        of = range(word.last, figure)
        return (
            0 < len(of) < 3
            and self.s.lowers[word.last] in ("of", "rates", "rate", "at")
            and figure < len(self.s.lowers)
        )

    def _governed(self, figure: Figure) -> bool:
        """Whether what stands before a figure leads to it: "in", "was", "(", not that it begins a clause."""
        s, token = self.s, figure.first - 1
        while token > 0 and (s.tags[token] in ("RB", "PDT", "DT") or says(s, ("About",), token, token + 1)):
            token -= 1
        if token < 0 or (s.labels[token] == "prep" and not any(self._is_word_at(k) for k in range(token))):
            return False
        return s.lowers[token] in _GOVERNING or s.lowers[token] in ("(", "[") or s.lemmas[token] in ("be", "reach")

    def _is_word_at(self, token: int) -> bool:
        return any(word.first <= token < word.last for word in self.words)

    def _shares_predicate(self, place: int) -> bool:
        """Whether a figure and the next are joined, and what is said after the second is said of both."""
        s, between = self.s, range(self.shares[place].last, self.shares[place + 1].first)
        joined = any(s.tags[k] == "CC" for k in between)
        return joined and not any(
            s.lowers[k] in ",;" or (s.tags[k] in ("VBD", "VBZ", "VBP", "MD") and s.lowers[k - 1] not in _HYPHENS)
            for k in between
        )

    def _compared(self, place: int) -> bool:
        """Whether a figure without a word of its own is set against the one before it."""
        s, between = self.s, range(self.shares[place - 1].last, self.shares[place].first)
        joined = any(s.lowers[k] in _COMPARING for k in between) or says(s, "Than", between.start, between.stop)
        return joined and not _verb_follows(s, _past_whom(s, self.shares[place].last))

    def _category(self, figure: Figure, word: Found) -> tuple[str, Polarity] | None:
        """The outcome of a word, and whether it is denied; None where it says that something did not happen that is
        no outcome by itself: "prevented relapses"."""
        owner = word.cue.owner
        if not _DENYING.isdisjoint(word.cue.text.split()) or figure.value == "0":
            return owner, "positive"  # "no longer needed", "no progression": the word itself says no
        if not (self._denied(figure, word) or self._halted(word)):
            return owner, "positive"
        if (other := self.by.halted.get(self.by.categories[owner])) is not None:
            return other.partition(":")[2], "positive"
        return None if owner in self.by.befalling or self._halted(word) else (owner, "negative")

    def _denied(self, figure: Figure, word: Found) -> bool:
        """Whether a word of denial, or a verb that fails, reaches an outcome word."""
        s, at = self.s, head(self.s, word.first, word.last)
        top = clause(s, at)
        within = [token for token in s.up(at) if token == top or clause(s, token) == top]
        reaching = [child for token in within for child in s.children[token] if s.lowers[child] in _DENYING]
        near = any(s.lowers[k] in _DENYING for k in range(max(figure.last, word.first - 2), word.last))
        failing = says(s, "Failing", max(0, word.first - 5), word.first)
        return near or failing or any(k < word.last for k in reaching if k >= figure.last or word.last <= figure.first)

    def _halted(self, word: Found) -> bool:
        """Whether a verb of halting governs an outcome word, or stands before it in its clause; or words behind it say
        that it did not come."""
        s = self.s
        at = head(s, word.first, word.last)
        ups = s.up(at)
        if any(clause(s, found.first) in ups for found in said(s, "NotComing", word.last)):
            return True
        return any(
            found.first in ups or (word.first - _NEARBY < found.first < word.first and clause(s, found.first) in ups)
            for found in said(s, "Halting")
            if _APART.isdisjoint(s.lowers[found.last : word.first])
            if s.tags[found.first].startswith(("VB", "NN")) and (found.first < word.first or self._undergoes(at, found))
            # "stopped getting worse", but not "kept getting worse"
            if not (s.tags[found.last : found.last + 1] == ("VBG",) and "Bringing" in s.of(found.first))
        )

    def _undergoes(self, word: int, halting: Found) -> bool:
        """Whether what is halted stands before its verb: "progression was averted", "worsening stopped"."""
        s = self.s
        below = next((k for k in s.up(word) if s.heads[k] == halting.first), halting.first)
        children = [s.labels[child] for child in s.children[halting.first]]
        return below < halting.first and (
            "auxpass" in children or (s.labels[below].startswith(("nsubj", "csubj")) and "dobj" not in children)
        )

    # -- whether it is one

    def _reported(self, place: int, word: Found) -> bool:
        """Whether a figure and its word tell an outcome that was seen after a treatment."""
        figure = self.shares[place]
        if self._is_size(figure, word) or self._is_amount(figure, word) or self._is_condition(figure, word):
            return False
        if self._to_drug(word) or self._is_undecided(figure, word):
            return False
        return self._is_result(figure, word)

    def _is_size(self, figure: Figure, word: Found) -> bool:
        """Whether a number of people is that of a study or of those who were given something."""
        s = self.s
        if not figure.bare:
            return False
        people = next((k for k in s.up(figure.first) if s.tags[k].startswith("NN")), figure.first)
        if figure.last <= word.first <= people:
            return says(s, "PatientWord", word.first, word.last)  # "140 survivors", not "one death"
        behind = s.lowers[figure.first - 1] if figure.first else ""
        if behind in _GOVERNING and word.first > figure.first:
            return True  # "in 62 patients, pain improved"
        if s.labels[people] == "dobj" and not says(s, "Halting", s.heads[people], s.heads[people] + 1):
            return True  # "we compared 1,284 adults in remission"
        verb = s.heads[people] if s.labels[people] in ("nsubj", "nsubjpass") else self._first_verb(figure, word)
        whose = any(s.lowers[k] in _RELATIVE for k in range(figure.last, verb or 0))
        if verb is not None and not (whose or word.first <= verb < word.last) and says(s, _ENTERING, verb, verb + 1):
            return True
        agent = self._agents(word)
        return word.first < figure.first and bool(agent)  # "MSCs improved lung function in 62 patients"

    def _first_verb(self, figure: Figure, word: Found) -> int | None:
        """The first verb between a figure and its word that is in no relative clause."""
        s = self.s
        between = range(figure.last, word.first)
        if any(s.lowers[k] in _RELATIVE for k in between):
            return None
        verbs = [k for k in between if s.tags[k].startswith("VB") and s.lemmas[k] not in ("be", "have")]
        return verbs[0] if verbs else None

    def _agents(self, word: Found) -> list[int]:
        """The therapies that are what improves something, in the active voice."""
        s = self.s
        frame = s.frames.get(word.first)
        if frame is None or frame.passive or not s.tags[word.first].startswith("VB"):
            return []
        return [k for k, way in frame.roles.get("agent", {}).items() if not way and self.by.given.is_cell(s, k)]

    def _is_undecided(self, figure: Figure, word: Found) -> bool:
        """Whether the word stands after a "may" or a future, or in what did not differ."""
        s, top = self.s, clause(self.s, head(self.s, word.first, word.last))
        governing = [top]
        while s.labels[governing[-1]] in ("xcomp", "ccomp"):
            governing.append(clause(s, s.heads[governing[-1]]))
        modals = (s.lowers[child] in _OPEN_MODALS for token in governing for child in s.children[token])
        if any(modals) or says(s, "Future", 0, word.first):
            return True
        same = said(s, "NoDifference", word.first - 8, word.last)
        apart = range(figure.last, same[0].first) if same else range(0)
        return bool(same) and (same[0].first < figure.first or any(s.lowers[k] == "," for k in apart))

    def _is_amount(self, figure: Figure, word: Found) -> bool:
        """Whether a share says how much, not how many: "a 20 % improvement", "40 % less pain"."""
        s, at = self.s, word.first
        if figure.unit != "%" or at != figure.last or word.cue.owner not in self.by.graded:
            return False
        return s.tags[at] in ("JJR", "RBR") or (
            s.tags[at] in ("NN", "NNS") and not says(s, "RateWord", word.last, word.last + 1)
        )

    def _is_condition(self, figure: Figure, word: Found) -> bool:
        """Whether an outcome word only says of whom the figure is: "in four of the patients who died"."""
        s = self.s
        behind = s.lowers[figure.first - 1] if figure.first else ""
        token = clause(s, head(s, word.first, word.last))
        relative = s.labels[token] == "relcl" and word.first > figure.last
        if relative and behind in ("in", "from", "of", "only"):
            return True
        survivors = s.tags[word.first] == "NNS" and says(s, "PatientWord", word.first, word.last)
        return (survivors and s.lowers[word.first - 1] == "of") or (
            s.labels[token] == "advcl"
            and any(s.lowers[child] in ("if", "unless", "until", "before") for child in s.children[token])
        )

    def _to_drug(self, word: Found) -> bool:
        """Whether the response is one to another drug: "responded to methotrexate"."""
        s, token = self.s, word.last
        if token >= len(s.lowers) or s.lowers[token] != "to":
            return False
        return bool(mentions(s, token + 1, token + 5, {"drug"})) or s.tags[min(token + 1, len(s.tags) - 1)] == "PRP"

    def _is_result(self, figure: Figure, word: Found) -> bool:
        """Whether patients were treated, or what is told is past: not the usual course of a disease."""
        s = self.s
        if any(self.by.given.is_cell(s, k) for k in range(len(s.named))) or says(s, "TreatedWord"):
            return True
        if any(s.lowers[found.first - 1] in _POINTING for found in said(s, "ReferringWord", 1)):
            return True
        top = clause(s, head(s, word.first, word.last))
        while s.labels[top] in ("pcomp", "xcomp"):
            top = clause(s, s.heads[top])  # "kept it from getting worse"
        tags = [s.tags[top], *(s.tags[child] for child in s.children[top] if s.labels[child] in ("aux", "auxpass"))]
        if "VBD" in tags or "VBN" in tags:
            return True
        finite = [k for k in range(len(s.tags)) if s.tags[k] in ("VBD", "VBZ", "VBP", "MD")]
        return not finite or (
            bool(figure.of or not figure.bare) and s.lemmas[top] in ("be", "remain") and word.first > top
        )

    # -- whose it is

    def _readings(self, place: int, word: Found, owner: str, polarity: Polarity) -> list[OutcomeReading]:
        """The readings of a figure: one for each cell that it is of."""
        figure, s = self.shares[place], self.s
        reason = f"{s.words(figure.first, figure.last)} … {s.words(word.first, word.last)}"
        outcome = self.by.categories[owner]
        arm, cells = self.arms.of(place)
        route = self.arms.route(place)
        found = []
        for cell in cells or [None]:
            for source in self.arms.sources(cell) or ("",):
                subgroup: tuple[tuple[Qualifier, str], ...] = (("source", source),) if source else ()
                found.append(
                    OutcomeReading(cell, outcome, figure.value, figure.unit, polarity, arm, (*subgroup, *route), reason)
                )
        return found


# -- what stands in the sentence


def _qualifies(s: Sentence, word: Found) -> bool:
    """Whether an outcome word only says of which kind a disease is, or is part of a name: "relapsed leukemia",
    "relapsing-remitting"."""
    last = word.last
    if last < len(s.lowers) and s.lowers[last] in ("-", "‐") and s.ends[last - 1] == s.starts[last]:
        return True
    named = s.named[s.at[word.first]] if word.first in s.at else None
    if named is not None and named.last - named.first > word.last - word.first:
        if word.last != named.last or "disease" in named.mention.kinds:
            return True
    if s.lowers[max(0, word.first - 2) : word.first] in (("non", "-"), ("pre", "-")):
        return True
    if (
        s.tags[word.first] in ("JJR", "RBR")
        and s.lowers[last : last + 1] == ("than",)
        and not says(s, "Beforehand", last)
    ):
        return True  # "fared worse than"
    own = any(s.labels[child] == "nsubj" for child in s.children[last - 1])  # "the cells held lupus steady"
    modifies = s.tags[last - 1] in ("JJ", "VBN", "VBD") and not own
    return modifies and last in s.at and "disease" in s.named[s.at[last]].mention.kinds


def _nobody(s: Sentence, words: list[Found], befalling: frozenset[str]) -> list[Figure]:
    """Nobody as a figure: "No patient died", "none relapsed", "there were no deaths"."""
    found = []
    for nobody in said(s, "Nobody"):
        token = nobody.first
        near = [word for word in words if 0 < word.first - token <= 5 and word.cue.owner in befalling]
        if not near or s.lowers[token] == "neither":
            continue
        people = says(s, "PatientWord", token + 1, near[0].first) or near[0].first <= token + 2
        alone = s.lowers[token] in ("nobody", "none")
        plain = s.tags[near[0].last - 1].startswith(("NN", "VB"))
        denied = any(s.lowers[k] in ("not", "n't") for k in range(max(0, token - 4), near[0].last))
        single = any(s.lowers[k] in ("she", "he", "i") for k in range(token))
        beyond = s.lowers[near[0].last : near[0].last + 1]
        if (
            (people or alone)
            and plain
            and not (denied or single)
            and beyond not in (("rate",), ("risk",), ("benefit",))
        ):
            found.append(Figure(token, token + 1, "0", "patients", "count"))
    return found


def _about_patients(s: Sentence, shares: list[Figure]) -> bool:
    """Whether the figures of a sentence are of people."""
    if any(figure.unit == "patients" for figure in shares) or says(s, ("PatientWord", "RateWord")):
        return True
    return any(
        s.labels[head(s, figure.first, figure.last)] in ("nsubj", "nsubjpass")
        or s.lowers[figure.first - 1] in ("in", "by", "a", "another")
        for figure in shares
    )


def _past_whom(s: Sentence, token: int) -> int:
    """The token after "of them", "of whom"."""
    of = (
        s.lowers[token : token + 1] == ("of",)
        and token + 1 < len(s.tags)
        and s.tags[token + 1] in ("PRP", "WP", "DT", "WDT")
    )
    return token + 2 if of else token


def _verb_follows(s: Sentence, token: int) -> bool:
    while token < len(s.tags) and s.tags[token] == "RB":
        token += 1
    return token < len(s.tags) and token not in s.at and s.tags[token] in ("VBD", "VBZ", "VBP", "VBN", "MD")


__all__ = ["OutcomeReading", "Outcomes"]
