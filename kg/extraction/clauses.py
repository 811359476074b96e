"""Stretches: the parts of a sentence that an operator's reach does not leave by itself.

The parse is learned and at times wrong about what a clause hangs on; where one clause ends and the next begins can be
told from a sentence's words and tags more surely. So "not" in "did not help, but eased pain" ends at "but", whatever
the parse has made of "eased".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extraction.frames import Sentence

#: How a stretch begins: as a clause of its own, or as the rest of one that a clause interrupted ("| is untrue" in "the
#: claim that cells cure lupus | is untrue").
_HARD, _SOFT = 2, 1

_MARKS = frozenset((";", ":", "—", "–", "…"))
_CONTRASTS = frozenset(("but", "whereas", "although", "though", "because", "while", "despite", "nonetheless"))
_OPENERS = frozenset(
    ("that", "which", "who", "whom", "whose", "where", "when", "if", "whether", "how", "why", "what", "once", "as")
)
_CONNECTORS = frozenset(("and", "or", ",", "&", "so", "then"))
_FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
_CLAUSAL = frozenset(("ROOT", "ccomp", "conj", "relcl"))
_LIGHT = frozenset(("be", "have", "do"))
_IN_GROUP = frozenset(("RB", "RBR", "MD"))


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches of a sentence: by token, the number of its stretch, with and without those that go on."""

    fine: tuple[int, ...]
    coarse: tuple[int, ...]  # a stretch that goes on after a clause has the number of what it goes on from

    def together(self, a: int, b: int, across: bool = False) -> bool:
        """Whether two tokens stand in one stretch; `across` what interrupts it, too."""
        numbers = self.coarse if across else self.fine
        return numbers[a] == numbers[b]

    def edge(self, token: int) -> bool:
        """Whether a token is the first of its stretch."""
        return token == 0 or self.fine[token - 1] != self.fine[token]


def stretches(s: Sentence) -> Stretches:
    """Where a sentence's stretches are."""
    breaks: dict[int, int] = {}
    connector, pending, verbs = -1, 0, 0
    for token, lower in enumerate(s.lowers):
        if token in s.at:
            continue
        if _breaks(s, token):
            breaks[token] = _HARD
            connector, verbs = -1, 0
            pending = 0
        elif lower in _CONNECTORS:
            if connector < 0 or lower != "then":
                connector = token
        elif lower in _OPENERS and not (lower == "as" and s.labels[token] != "mark"):
            pending += 1
        elif is_finite(s, token):
            if verbs and not pending:
                breaks[connector if connector >= 0 else token] = _HARD if connector >= 0 else _SOFT
            pending, verbs, connector = max(0, pending - 1), verbs + 1, -1
    return _numbered(len(s.lowers), breaks)


def _breaks(s: Sentence, token: int) -> bool:
    """Whether a clause of its own begins at a token, whatever stands in it."""
    lower, following = s.lowers[token], s.lowers[token + 1] if token + 1 < len(s.lowers) else ""
    if lower in _MARKS or lower in _CONTRASTS:
        return True
    if lower == "yet":
        return token > 0 and s.lowers[token - 1] in (",", "and") and following != ","
    return lower == "," and following in ("which", "who", "whom", "where")


def is_finite(s: Sentence, token: int) -> bool:
    """Whether a verb group of its own begins at a token: "did" in "did not help", but not "help"."""
    tag = s.tags[token]
    if tag not in _FINITE and not (tag == "VBN" and s.labels[token] in _CLAUSAL):
        return False
    if token + 1 < len(s.lowers) and s.tags[token + 1] == "HYPH":
        return False
    before = token - 1
    while before >= 0 and (s.tags[before] in _IN_GROUP or s.lowers[before] in ("not", "n't")):
        if s.tags[before] == "MD":
            return False
        before -= 1
    return before < 0 or not (s.tags[before].startswith("VB") or s.tags[before] == "TO")


def _numbered(size: int, breaks: dict[int, int]) -> Stretches:
    fine: list[int] = []
    coarse: list[int] = []
    number = whole = 0
    for token in range(size):
        kind = breaks.get(token, 0)
        number += kind > 0
        whole += kind == _HARD
        fine.append(number)
        coarse.append(whole)
    return Stretches(tuple(fine), tuple(coarse))


def predicate(
    s: Sentence, parts: Stretches, subject: int | None, object: int | None, cues: Sequence[int] = ()
) -> tuple[int, ...]:
    """The tokens that say what a candidate says: a verb, and where that is not sure what stands for it.

    `parts` are the stretches of the sentence, `cues` tokens that are known to say it. Where the ends meet in a noun
    ("treatment of lupus with MSCs did not help"), both the object and the verb above it can be what an operator has to
    reach.
    """
    if cues:
        return tuple(cues)
    ends = [s.named[end].head for end in (subject, object) if end is not None]
    if not ends:
        return tuple([token for token in range(len(s.lowers)) if s.tags[token].startswith(("VB", "MD"))][:1])
    if len(ends) == 1:
        verb = _verb_above(s, ends[0])
        return ends[0] if verb is None else verb, *ends
    meeting = s.path(*ends)
    if meeting is None:
        return (ends[-1],)
    way = meeting[1][::-1]  # from where they meet down to the object
    verb = way[0]
    for token in way[1:]:
        if s.labels[token] not in ("conj", "xcomp", "ccomp", "advcl") or not s.tags[token].startswith("VB"):
            break
        verb = token
    resumed = _resumed(s, parts, *ends)
    if resumed is not None:
        return (resumed,)
    if s.tags[verb].startswith("VB") and verb not in s.at:
        verb = _nearer(s, parts, verb, ends[-1])
        light = s.lemmas[verb] in _LIGHT and ends[-1] > verb  # what is said of the object is said by what follows
        return (verb, *_full(s, parts, verb, ends[-1]), *ends[-1:]) if light else (verb,)
    above = _verb_above(s, verb)
    return (ends[-1],) if above is None else (ends[-1], above)


def _resumed(s: Sentence, parts: Stretches, a: int, b: int) -> int | None:
    """The verb by which a stretch goes on between two ends: "patients with {lupus} who did not walk | were helped by
    {cells}"."""
    first, last = sorted((a, b))
    if not parts.together(first, last, across=True) or parts.together(first, last):
        return None
    begin = parts.fine.index(parts.fine[last])
    verbs = [one for one in range(begin, len(s.lowers)) if s.tags[one].startswith("VB") and parts.together(one, last)]
    return next((one for one in verbs if not s.labels[one].startswith("aux")), None)


def _full(s: Sentence, parts: Stretches, verb: int, object: int) -> list[int]:
    """The full verb that governs an object, where the parse has taken an auxiliary for one: "had failed to raise"."""
    way = s.up(object)
    if verb not in way:
        return []
    below = [one for one in way[: way.index(verb)] if s.tags[one].startswith("VB") and one not in s.at]
    bare = all(s.labels[one] not in ("relcl", "acl", "amod") for one in below)
    return [one for one in below if bare and one > verb and parts.together(one, verb)][:1]


def _nearer(s: Sentence, parts: Stretches, verb: int, object: int) -> int:
    """The verb, or the one that an object behind it has in a stretch of its own: "was given, though it did not"."""
    if object < verb:
        return verb
    if parts.together(object, verb):
        return verb
    own = [one for one in range(verb, object) if parts.together(one, object) and s.tags[one].startswith("VB")]
    return own[-1] if own else verb


def _verb_above(s: Sentence, token: int) -> int | None:
    for above in s.up(token):
        if above not in s.at and s.tags[above].startswith(("VB", "MD")) and s.tags[above] != "VBN":
            return above
        if above not in s.at and s.tags[above] == "VBN" and s.labels[above] != "amod":
            return above
    return None


__all__ = ["Stretches", "is_finite", "predicate", "stretches"]
