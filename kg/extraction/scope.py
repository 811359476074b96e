"""Scope: what a sentence does with a candidate claim: affirm it, deny it, leave it open, or not say it at all.

It is decided here and nowhere else, by the rules of `grammar/scope.yml`. A rule has an operator (a pattern of words),
says how far the operator reaches and what of the candidate it has to reach, and what follows. Where no rule applies,
the claim stands as it was found. Two denials make an affirmation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from kg.claim import PREDICATES, Certainty, Polarity, Predicate
from kg.extraction.clauses import predicate, stretches
from kg.extraction.cues import Found
from kg.extraction.frames import Sentence
from kg.extraction.grammar.patterns import Match, Pattern, PatternError, Place, Triggers, words_of
from kg.vocabulary import Vocabulary

RULES: Final = Path(__file__).with_name("grammar") / "scope.yml"
#: Constructions that say a claim by themselves, however rare its words are.
SAYINGS: Final = RULES.with_name("sayings.yml")

#: What an operator that has reached a candidate does with it.
Effect = Literal[
    "nothing", "deny", "negative", "positive", "asserted", "hedged", "studied", "veto", "no denial", "says"
]

#: How far an operator reaches: what stands before, behind or on either side of it in its stretch, or no further than
#: its own pattern, which then names the candidate's ends or is enough wherever it stands.
Reach = Literal["here", "ahead", "back", "around"]

#: What of the candidate it has to reach.
Target = Literal["predicate", "object", "subject", "claim"]

#: The ways from a frame's arguments to its ends: "{cells} ease", "an infusion of {cells} eased", "{cells} failed, but
#: they eased"; "eased {lupus}", "eased the signs of {lupus}", "helped people with {lupus}", "improved gait in rats with
#: {lupus}".
_DOES: Final = ("", "/of", "/it", "/of/it")
_UNDERGOES: Final = ("", "/of", "/in", "/with", "/in/with", "/of/with")

_WEAKER: Mapping[Certainty | None, int] = {None: 0, "asserted": 1, "hedged": 2, "studied": 3}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a sentence does with a candidate.

    `certainty` is None where no operator says how sure the text is. `veto` says why the sentence does not say the
    candidate at all, and is empty where it does. `reasons` name the rules that applied, with their words.
    """

    polarity: Polarity
    certainty: Certainty | None = None
    veto: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of `scope.yml`, compiled; the file's head says what each part means."""

    name: str
    says: tuple[Pattern, ...]
    effect: Effect
    reach: Reach
    to: Target
    across: bool
    ends: frozenset[str]
    predicates: frozenset[str]
    masks: bool
    apart: bool
    lacked: bool
    turns: bool
    states: bool
    carried: frozenset[str]
    agent: frozenset[str]
    frame: frozenset[str]
    kinds: Mapping[str, frozenset[str]]
    previous: tuple[Pattern, ...]
    following: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    holds: tuple[str, ...]
    fails: tuple[str, ...]

    @property
    def classes(self) -> frozenset[str]:
        """The classes of words of the ontology that it names."""
        patterns = (*self.says, *self.previous, *self.following, *self.unless)
        named = {part.name for pattern in patterns for part in pattern.parts if part.kind == "<"}
        return frozenset(named | {name for name in self.agent if name[0].isupper()} | self.frame)


class ScopeError(ValueError):
    """A rule file that can't be read. The message names the file, the rule and the reason."""


@dataclass(slots=True)
class _Case:
    """A candidate while it is judged."""

    s: Sentence
    subject: int | None
    object: int | None
    relation: Predicate
    said: tuple[int, ...]  # the tokens that say it
    place: Place
    before: Sentence | None
    after: Sentence | None
    general: frozenset[str] = frozenset()  # cells that stand for any special one
    flips: int = 0
    fixed: Polarity | None = None
    certainty: Certainty | None = None
    veto: str = ""
    reasons: list[str] = field(default_factory=list)

    @property
    def polarity(self) -> Polarity:
        return self.fixed or ("negative" if self.flips % 2 else "positive")


class Scope:
    """Judges candidates. It keeps nothing of what it read, and threads may share it."""

    def __init__(self, vocabulary: Vocabulary, path: Path = RULES) -> None:
        """Raises `ScopeError` where a rule of the file at `path` can't be read."""
        self.rules = load_rules(path)
        self.sayings = (*load_rules(SAYINGS), *(rule for rule in self.rules if rule.states))
        self._rules_by_word = Triggers([_triggers(rule) for rule in self.rules])
        self._sayings_by_word = Triggers([_triggers(rule) for rule in self.sayings])
        self._lacked = tuple([pattern for rule in self.rules if rule.lacked for pattern in rule.says])
        self._away = tuple([pattern for rule in self.rules if rule.turns for pattern in rule.says])
        self._general = frozenset(id for id, _ in vocabulary.annotations.get("generalCell", ()))
        known = {id.removeprefix("stemkg:") for id in vocabulary.terms}
        # An ontology without classes of words has none that a rule could find.
        for rule in self.rules if "PhraseClass" in known else ():
            for name in sorted(rule.classes):
                if name not in known:
                    raise ScopeError(f"{path}: rule {rule.name!r}: there is no class {name!r} in the ontology")

    def judge(
        self,
        s: Sentence,
        subject: int | None,
        predicate: Predicate,
        object: int | None,
        cues: Sequence[Found] = (),
        before: Sentence | None = None,
        after: Sentence | None = None,
        *,
        turned: bool = False,
    ) -> Judgement:
        """What a sentence does with a candidate.

        `subject` and `object` are indexes into `s.named`, None where an end is carried in from elsewhere or is what
        the cues name. `before` and `after` are the sentences beside it: a question is answered in the next. A
        candidate that is `turned` says what comes of its subject by what comes of its loss.
        """
        case = _case(s, subject, predicate, object, cues, before, after)
        case.general = self._general
        for rule in _among(self.rules, self._rules_by_word, case.place.known):
            if rule.predicates and predicate not in rule.predicates:
                continue
            if (rule.turns and turned) or not _fits(rule, case):
                continue
            found = _applies(rule, case)
            if found is not None:
                _apply(rule, found, case)
                if case.veto:
                    break
        veto = case.veto or ("nothing came of its loss" if turned and case.polarity == "negative" else "")
        return Judgement(case.polarity, case.certainty, veto, tuple(case.reasons))

    def lacked(self, s: Sentence) -> frozenset[int]:
        """The diseases of a sentence that its people are said not to have, by their index in `s.named`."""
        return _told(s, self._lacked, "disease", "o")

    def away(self, s: Sentence) -> frozenset[int]:
        """The factors of a sentence that it says were taken away, by their index in `s.named`."""
        return _told(s, self._away, "factor", "s")

    def sayings_in(self, s: Sentence) -> tuple[Rule, ...]:
        """The sayings that a sentence has the words for; most sentences have none."""
        return _among(self.sayings, self._sayings_by_word, words_of(s))


def _told(s: Sentence, patterns: Iterable[Pattern], kind: str, end: str) -> frozenset[int]:
    """The mentions of a kind that one of some patterns has for an end."""
    among = [k for k, named in enumerate(s.named) if kind in named.mention.kinds]
    known = words_of(s) if among else frozenset()
    patterns = [pattern for pattern in patterns if pattern.may_stand(known)]
    if not (among and patterns):
        return frozenset()
    parts = stretches(s)
    places = {k: Place(s, parts, {end: (s.named[k].first, s.named[k].last)}) for k in among}
    return frozenset(k for k, place in places.items() if _stands(patterns, place))


def _stands(patterns: Iterable[Pattern], place: Place) -> bool:
    """Whether one of some patterns is found in a sentence."""
    return any(True for pattern in patterns for _ in pattern.find(place))


def _triggers(rule: Rule) -> list[frozenset[str]]:
    """The words that may set off a rule."""
    return [*(pattern.trigger for pattern in rule.says), *(frozenset((f"<{name}",)) for name in rule.frame)]


def _among(rules: Sequence[Rule], by_word: Triggers, known: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that a sentence has words enough for, in their order."""
    return tuple([rules[number] for number in by_word.among(known) if _may_apply(rules[number], known)])


def _may_apply(rule: Rule, known: frozenset[str]) -> bool:
    return any(pattern.may_stand(known) for pattern in rule.says) or any(f"<{name}" in known for name in rule.frame)


def says(
    rules: Sequence[Rule],
    s: Sentence,
    subject: int | None,
    predicate: Predicate,
    object: int | None,
    before: Sentence | None = None,
) -> str:
    """Which of some sayings says a candidate, whatever is learned of its words; "" where none does. An object that is
    carried in, None, only those that are for one say."""
    rules = [one for one in rules if predicate in one.predicates and (object is not None or "object" in one.carried)]
    case = _case(s, subject, predicate, object, (), before, None) if rules else None
    for rule in rules:
        if case is not None and _fits(rule, case) and _applies(rule, case) is not None:
            return rule.name
    return ""


def _case(
    s: Sentence,
    subject: int | None,
    relation: Predicate,
    object: int | None,
    cues: Sequence[Found],
    before: Sentence | None,
    after: Sentence | None,
) -> _Case:
    inside = [
        one
        for one in cues
        if not any(end is not None and s.named[end].first <= one.first < s.named[end].last for end in (subject, object))
    ]
    parts = stretches(s)
    said = predicate(s, parts, subject, object, [one.first for one in inside])
    anchors = {
        name: (s.named[end].first, s.named[end].last)
        for name, end in (("s", subject), ("o", object))
        if end is not None
    }
    if inside:
        anchors["p"] = (inside[0].first, inside[0].last)
    elif said and said[-1] not in s.at:
        anchors["p"] = (said[-1], said[-1] + 1)
    return _Case(s, subject, object, relation, said, Place(s, parts, anchors), before, after)


# -- whether a rule applies


def _fits(rule: Rule, case: _Case) -> bool:
    """Whether the conditions of a rule hold that don't depend on where its operator stands."""
    ends = {"subject": case.subject, "object": case.object}
    if any(ends[end] is not None for end in rule.carried):
        return False
    if rule.effect == "no denial" and case.polarity != "negative":
        return False
    if any(
        (end := ends[name]) is None or not kinds & case.s.named[end].mention.kinds for name, kinds in rule.kinds.items()
    ):
        return False
    if rule.agent and not _has_agent(rule.agent, case):
        return False
    beside = _beside(rule.previous, case.before) and _beside(rule.following, case.after)
    return beside and not _stands(rule.unless, case.place)


def _beside(patterns: Sequence[Pattern], s: Sentence | None) -> bool:
    """Whether a sentence beside has one of some patterns; true where none is asked for."""
    return not patterns or (s is not None and _stands(patterns, Place(s, stretches(s), {})))


def _has_agent(wanted: frozenset[str], case: _Case) -> bool:
    """Whether what does the thing is another than the subject, of one of some kinds or classes of words."""
    s = case.s
    for token in case.said:
        if case.object in s.frames[token].roles.get("agent", {}):
            continue  # it is one of those: "headache and {fever} came"
        for head in s.frames[token].heads.get("agent", ()):
            known = s.at.get(head)
            if known is None:
                if s.of(head) & wanted:
                    return True
            elif known not in (case.subject, case.object) and s.named[known].mention.id not in case.general:
                if s.named[known].mention.kinds & wanted:
                    return True
    return False


def _applies(rule: Rule, case: _Case) -> Match | None:
    """The first place at which a rule's operator stands and reaches the candidate."""
    if rule.frame and (found := _in_frame(rule, case)) is not None:
        return found
    for pattern in rule.says:
        for found in pattern.find(case.place):
            if _reaches(rule, found, case):
                return found
            if rule.effect == "nothing":
                case.place.taken.update(found.words)
    return None


def _in_frame(rule: Rule, case: _Case) -> Match | None:
    """The word of a frame of one of a rule's classes in which the subject does it, and the object undergoes it."""
    if case.subject is None or case.object is None:
        return None
    for token, frame in case.s.frames.items():
        if case.s.of(token) & rule.frame and case.s.lemmas[token] not in rule.ends:
            does = frame.roles.get("agent", {}).get(case.subject)
            undergoes = frame.roles.get("theme", {}).get(case.object)
            if does in _DOES and undergoes in _UNDERGOES:
                return Match(token, token + 1, (token,))
    return None


def _reaches(rule: Rule, found: Match, case: _Case) -> bool:
    if rule.apart and any(case.place.stretches.together(found.first, token) for token in _targets(rule, case)):
        return False
    if rule.reach == "here":
        return True
    if rule.to == "claim" and case.object is not None and _reached(rule, found, case.s.named[case.object].head, case):
        # What is said of the object with another subject is not said of the candidate.
        return all(_reached(rule, found, token, case, True) for token in _head(case, case.subject))
    if rule.to == "predicate" and not _keeps_object(found, case):
        return False
    return any(_reached(rule, found, token, case) for token in _targets(rule, case))


def _keeps_object(found: Match, case: _Case) -> bool:
    """Whether an object behind an operator stands in its stretch: "not into neurons, but into {glia}"."""
    if case.object is None or (head := case.s.named[case.object].head) < found.last:
        return True
    return case.place.stretches.together(found.last - 1, head, across=True)


def _targets(rule: Rule, case: _Case) -> Iterable[int]:
    """The tokens of the candidate one of which a rule has to reach."""
    ends = {"subject": case.subject, "object": case.object}
    if rule.to in ("subject", "object"):
        end = ends[rule.to]
        return case.said if end is None and rule.to == "object" else _head(case, end)
    if rule.to == "predicate":
        return case.said
    return case.said if case.object is not None else (*case.said, *_head(case, case.subject))


def _head(case: _Case, end: int | None) -> tuple[int, ...]:
    return () if end is None else (case.s.named[end].head,)


def _reached(rule: Rule, found: Match, token: int, case: _Case, either: bool = False) -> bool:
    """Whether an operator reaches a token; `either` on whichever side of it the token stands."""
    if found.first <= token < found.last:
        return True
    ahead = token >= found.last
    if not either and rule.reach == ("back" if ahead else "ahead"):
        return False
    operator = found.last - 1 if ahead else found.first
    if not case.place.stretches.together(operator, token, rule.across):
        return False
    between = range(found.last, token) if ahead else range(token + 1, found.first)
    return not any(_ended(rule.ends, case.s, one) for one in between)


def _ended(ends: frozenset[str], s: Sentence, token: int) -> bool:
    return s.lowers[token] in ends or ("#" + s.tags[token]) in ends


def _apply(rule: Rule, found: Match, case: _Case) -> None:
    """Take a rule's effect down."""
    words = " ".join(case.s.lowers[token] for token in found.words) or case.s.words(found.first, found.last)
    case.reasons.append(f"{rule.name}: “{words}” → {rule.effect}")
    if rule.masks:
        case.place.taken.update(found.words)
    effect = rule.effect
    if effect == "deny":
        case.flips += 1
    elif effect == "negative" or effect == "positive":
        case.fixed = effect
    elif effect == "asserted" or effect == "hedged" or effect == "studied":
        if _WEAKER[effect] > _WEAKER[case.certainty]:
            case.certainty = effect
    elif effect == "veto" or effect == "no denial":
        case.veto = f"{rule.name}: “{words}”"


# -- the rule file


@cache
def load_rules(path: Path = RULES) -> tuple[Rule, ...]:
    """The rules of a file, in its order. Raises `ScopeError` naming the file, the rule and the reason."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ScopeError(f"{path}: {error}") from None
    lists = {name: tuple(map(str, phrases)) for name, phrases in content.get("lists", {}).items()}
    rules = []
    for entry in content["rules"]:
        name = entry.get("name", "?")
        try:
            rules.append(_rule(entry, lists))
        except (KeyError, TypeError, ValueError) as error:
            raise ScopeError(f"{path}: rule {name!r}: {error}") from None
    return tuple(rules)


#: What a rule of the file may have.
_KEYS: Final = {*Rule.__dataclass_fields__, "for", "subject", "object"} - {"predicates", "kinds"}


def _rule(entry: dict[str, Any], lists: Mapping[str, Sequence[str]]) -> Rule:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"unknown key {min(unknown)!r}")
    says = _patterns(entry["says"] if "frame" not in entry else entry.get("says", ()), lists)
    effect: Effect = _choice("effect", entry["effect"], get_args(Effect))
    anchored = any(pattern.anchored for pattern in says)
    predicates = frozenset(_choice("for", one, PREDICATES) for one in _listed(entry.get("for")))
    ends = frozenset(
        one for end in _listed(entry.get("ends")) for one in (lists[end[1:-1]] if end.startswith("<") else (end,))
    )
    return Rule(
        entry["name"],
        says,
        effect,
        _choice("reach", entry.get("reach", "here" if anchored or effect == "nothing" else "ahead"), get_args(Reach)),
        _choice("to", entry.get("to", "predicate"), get_args(Target)),
        bool(entry.get("across", False)),
        ends,
        predicates,
        bool(entry.get("masks", effect == "nothing")),
        bool(entry.get("apart", False)),
        bool(entry.get("lacked", False)),
        bool(entry.get("turns", False)),
        bool(entry.get("states", False)),
        frozenset(_listed(entry.get("carried"))),
        frozenset(_listed(entry.get("agent"))),
        frozenset(_listed(entry.get("frame"))),
        {end: frozenset(_listed(entry[end])) for end in ("subject", "object") if end in entry},
        _patterns(entry.get("previous", ()), lists),
        _patterns(entry.get("following", ()), lists),
        _patterns(entry.get("unless", ()), lists),
        tuple(_listed(entry.get("holds"))),
        tuple(_listed(entry.get("fails"))),
    )


def _patterns(texts: object, lists: Mapping[str, Sequence[str]]) -> tuple[Pattern, ...]:
    return tuple([Pattern(text, lists) for text in _listed(texts)])


def _listed(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    raise ValueError(f"{value!r} is neither a word nor a list of words")


def _choice(key: str, value: object, allowed: Sequence[Any]) -> Any:
    if value not in allowed:
        raise ValueError(f"{key}: {value!r} is not one of {', '.join(map(str, allowed))}")
    return value


__all__ = [
    "RULES",
    "Effect",
    "Judgement",
    "PatternError",
    "Reach",
    "Rule",
    "Scope",
    "ScopeError",
    "Target",
    "load_rules",
    "says",
]
