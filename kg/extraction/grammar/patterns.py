"""Patterns: the small language in which the grammar says what words stand where.

A pattern is a row of parts, each of which one or more tokens have to match in turn:

    fail|cease     any of these words, in this or its dictionary form
    <Failing>      a cue of the ontology's class; <asking>, in lower case, a phrase of the grammar's own list
    @s @o @p       the candidate's subject, object, predicate; @o also the list that it is in
    @m @disease    another mention than its ends; one of a kind
    #VBG           a token whose tag begins so
    _              up to three articles, adjectives, adverbs or numbers
    ~              up to three tokens inside a phrase: nouns, too, but no verb or preposition
    ~~             up to fifteen tokens of the same stretch; ... any tokens of the sentence
    ^ $            the beginning and the end of a stretch; ^^ $$ of the sentence
    part? !part    may be missing; may not follow
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extraction.clauses import Stretches
from kg.extraction.frames import Sentence

_BARE = ("DT", "PDT", "JJ", "RB", "PRP$", "CD", "HYPH")
_INSIDE = (*_BARE, "VBN", "VBG", "NN", "POS", "``", "''")
_MOST_INSIDE, _MOST_BETWEEN = 3, 15
_ENDS = ("s", "o", "p")
_JOINTS = frozenset((",", "and", "or", "nor"))
_MEMBERS = (*_BARE, "NN", "POS")
_PART = re.compile(r"(!)?(_|<\w+>|@\w+|#\w+|~~?|\.\.\.|\^\^?|\$\$?|[^\s<>@#~^$!]+?)(\?)?")


class PatternError(ValueError):
    """A pattern that can't be read. The message says which part of it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a pattern: its kind is the sign that it begins with, or "" for words."""

    kind: str
    choices: tuple[tuple[str, ...], ...] = ()  # words, each a phrase of one or more
    name: str = ""
    optional: bool = False
    barred: bool = False
    _by_first: dict[str, list[tuple[str, ...]]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for phrase in self.choices:
            self._by_first.setdefault(phrase[0], []).append(phrase)

    def beginning(self, lower: str, lemma: str) -> list[tuple[str, ...]]:
        """The phrases that begin with a word, in this or its dictionary form."""
        found = self._by_first.get(lower, [])
        return found if lemma == lower else [*found, *self._by_first.get(lemma, ())]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found: from the first token to behind the last, and the tokens of its own words."""

    first: int
    last: int
    words: tuple[int, ...]


@dataclass(slots=True)
class Place:
    """A sentence as patterns look at it: its stretches, the candidate's anchors, what words are taken already."""

    s: Sentence
    stretches: Stretches
    anchors: Mapping[str, tuple[int, int]]  # "s", "o", "p" → tokens first:last
    taken: set[int] = field(default_factory=set)
    classes: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()  # all words and classes of the sentence
    listed: tuple[int, int] | None = None  # the list that the object is a member of, tokens first:last

    def __post_init__(self) -> None:
        if "o" in self.anchors:
            self.listed = _listed(self.s, self.stretches, *self.anchors["o"])
        for found in self.s.cues:
            if not found.cue.governor:
                self.classes.setdefault(found.first, []).append((found.cue.owner, found.last))
        self.known = words_of(self.s)


class Triggers:
    """Which of many things a sentence has words enough for, told without asking each of them.

    A thing is its number, and has a set of words for each way in which it may come about; one that is empty always may.
    """

    def __init__(self, things: Iterable[Iterable[frozenset[str]]]) -> None:
        self._always: set[int] = set()
        self._by_word: dict[str, list[int]] = {}
        for number, ways in enumerate(things):
            for words in ways:
                if not words:
                    self._always.add(number)
                for word in words:
                    self._by_word.setdefault(word, []).append(number)

    def among(self, known: Iterable[str]) -> list[int]:
        """The things that some words may set off, in their order."""
        found = set(self._always)
        for word in known:
            found.update(self._by_word.get(word, ()))
        return sorted(found)


def words_of(s: Sentence) -> frozenset[str]:
    """All words and dictionary forms of a sentence, and the classes of its cues, each with "<" before it."""
    return frozenset((*s.lowers, *s.lemmas, *(f"<{found.cue.owner}" for found in s.cues)))


class Pattern:
    """A compiled pattern."""

    def __init__(self, text: str, lists: Mapping[str, Sequence[str]]) -> None:
        """Raises `PatternError` where `text` has a part that is none, or names a list that is not in `lists`."""
        self.text = text
        self.parts = tuple([_part(part, text, lists) for part in text.split()])
        if not self.parts:
            raise PatternError("an empty pattern")
        self._needed = _needed(self.parts)
        self._keys = _keys(self.parts)
        self.anchored = any(part.kind == "@" and part.name in ("s", "o") for part in self.parts)

    @property
    def trigger(self) -> frozenset[str]:
        """Words one of which a sentence must have for the pattern; none where it may stand in any sentence."""
        return min(self._keys, key=len, default=frozenset())

    def may_stand(self, known: frozenset[str]) -> bool:
        """Whether a sentence has words enough for the pattern, given its `words_of`."""
        return not any(known.isdisjoint(keys) for keys in self._keys)

    def find(self, place: Place) -> Iterator[Match]:
        """Where the pattern is found, from left to right, at most once from each token."""
        s = place.s
        if not self._needed <= place.anchors.keys() or not self.may_stand(place.known):
            return
        for first in range(len(s.lowers)):
            words = self._at(place, 0, first, ())
            if words is not None:
                last, own = words
                yield Match(first, max(last, first + 1), own)

    def _at(self, place: Place, part: int, token: int, own: tuple[int, ...]) -> tuple[int, tuple[int, ...]] | None:
        """The end and the own words of the match of the parts from `part` on at a token, if there is one."""
        if part == len(self.parts):
            return token, own
        word = self.parts[part]
        if word.kind in _GAPS:
            return self._behind(place, part, token, own)
        if word.barred:
            barred = any(True for _ in _steps(place, word, token))
            return None if barred else self._at(place, part + 1, token, own)
        for last, taken in _steps(place, word, token):
            found = self._at(place, part + 1, last, own + taken)
            if found is not None:
                return found
        return self._at(place, part + 1, token, own) if word.optional else None

    def _behind(self, place: Place, part: int, token: int, own: tuple[int, ...]) -> tuple[int, tuple[int, ...]] | None:
        """The match of what follows a gap, the shortest first."""
        kind = self.parts[part].kind
        size = len(place.s.lowers)
        start = token
        for token in range(start, min(size, start + _GAPS[kind]) + 1):
            found = self._at(place, part + 1, token, own)
            if found is not None:
                return found
            if token < size and not _passes(place, kind, start, token):
                return None
        return None


_GAPS = {"_": _MOST_INSIDE, "~": _MOST_INSIDE, "~~": _MOST_BETWEEN, "...": 1_000}


def _passes(place: Place, kind: str, start: int, token: int) -> bool:
    """Whether a gap may hold a token."""
    if kind in ("_", "~"):
        return place.s.tags[token].startswith(_BARE if kind == "_" else _INSIDE)
    return kind == "..." or place.stretches.together(max(0, start - 1), token, across=True)


def _steps(place: Place, word: Word, token: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The ways in which a part matches at a token: the token behind it, and the words that it takes."""
    s, size = place.s, len(place.s.lowers)
    if word.kind in ("^", "^^"):
        if token == 0 or (word.kind == "^" and token < size and place.stretches.edge(token)):
            yield token, ()
    elif word.kind in ("$", "$$"):
        if _ends(place, token, word.kind == "$$"):
            yield token, ()
    elif token >= size:
        return
    elif word.kind == "@":
        yield from _anchor(place, word.name, token)
    elif word.kind == "#":
        if s.tags[token].startswith(word.name):
            yield token + 1, ()
    elif word.kind == "<":
        for owner, last in place.classes.get(token, ()):
            if owner == word.name and _free(place, token, last):
                yield last, tuple(range(token, last))
    else:
        for phrase in word.beginning(s.lowers[token], s.lemmas[token]):
            last = token + len(phrase)
            rest = zip(phrase[1:], s.lowers[token + 1 : last], s.lemmas[token + 1 : last], strict=False)
            if last <= size and all(one in (lower, lemma) for one, lower, lemma in rest) and _free(place, token, last):
                yield last, tuple(range(token, last))


def _ends(place: Place, token: int, whole: bool) -> bool:
    size = len(place.s.lowers)
    if token >= size or (token == size - 1 and place.s.tags[token] in (".", "''", "-RRB-", "ROOT")):
        return True
    if place.s.lowers[token] in (".", "!", "?"):
        return True
    return not whole and (place.stretches.edge(token) or place.s.lowers[token] in (",", ")"))


def _anchor(place: Place, name: str, token: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    if name in _ENDS:
        first, last = place.anchors[name]
        if first == token:
            yield last, ()
        if name == "o" and place.listed is not None:
            yield from _in_list(place, first, last, place.listed, token)
        return
    known = place.s.at.get(token)
    if known is None or place.s.named[known].first != token:
        return
    one = place.s.named[known]
    if (one.first, one.last) not in place.anchors.values() and (name == "m" or name in one.mention.kinds):
        yield one.last, ()


def _in_list(
    place: Place, first: int, last: int, listed: tuple[int, int], token: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The ways in which the list of the object stands for it: from a member before it, to one behind it."""
    before = listed[0] <= token < first and _begins_member(place.s, listed[0], token, first)
    if before:
        yield last, ()
    if (before or token == first) and last < listed[1]:
        yield listed[1], ()


def _begins_member(s: Sentence, begin: int, token: int, first: int) -> bool:
    """Whether one of the members of a list, which begins with `begin`, begins at a token; `first` is a later one."""
    if s.lowers[token] in _JOINTS or _JOINTS.isdisjoint(s.lowers[token:first]):
        return False
    while token > begin and s.lowers[token - 1] not in _JOINTS and s.tags[token - 1].startswith(_BARE):
        token -= 1
    return token == begin or s.lowers[token - 1] in _JOINTS


def _listed(s: Sentence, parts: Stretches, first: int, last: int) -> tuple[int, int] | None:
    """The list that tokens `first:last` are a member of: "a {fever}, chills or a rash"; None where they are in none."""
    kinds = s.named[s.at[first]].mention.kinds if first in s.at else frozenset()
    begin, end = first, last
    while begin and _goes_on(s, begin - 1, kinds) and parts.together(begin - 1, first):
        begin -= 1
    while end < len(s.lowers) and _goes_on(s, end, kinds) and parts.together(end, first):
        end += 1
    while begin < first and s.lowers[begin] in _JOINTS:
        begin += 1
    while end > last and not s.tags[end - 1].startswith("NN"):
        end -= 1
    begin = first if _JOINTS.isdisjoint(s.lowers[begin:first]) else begin
    end = last if _JOINTS.isdisjoint(s.lowers[last:end]) else end
    return (begin, end) if (begin, end) != (first, last) else None


def _goes_on(s: Sentence, token: int, kinds: frozenset[str]) -> bool:
    """Whether a token may stand in a list with what is of some kinds: what is named there is of one of them."""
    if token in s.at:
        return not kinds.isdisjoint(s.named[s.at[token]].mention.kinds)
    return s.lowers[token] in _JOINTS or s.tags[token].startswith(_MEMBERS)


def _free(place: Place, first: int, last: int) -> bool:
    """Whether tokens `first:last` are no operator's already and stand in neither end of the candidate."""
    ends = [place.anchors[name] for name in "so" if name in place.anchors]
    return not any(token in place.taken or any(a <= token < b for a, b in ends) for token in range(first, last))


def _part(part: str, text: str, lists: Mapping[str, Sequence[str]]) -> Word:
    read = _PART.fullmatch(part)
    if read is None:
        raise PatternError(f"{part!r} in {text!r} is no part of a pattern")
    barred, sign, optional = bool(read[1]), read[2], bool(read[3])
    if sign[0] == "<":
        name = sign[1:-1]
        if name[0].isupper():
            return Word("<", (), name, optional, barred)
        if name not in lists:
            raise PatternError(f"{part!r} in {text!r}: there is no list {name!r}")
        return Word("", tuple([tuple(phrase.split()) for phrase in lists[name]]), name, optional, barred)
    if sign[0] in "@#":
        return Word(sign[0], (), sign[1:], optional, barred)
    if sign in _GAPS or sign in ("^", "^^", "$", "$$"):
        return Word(sign, (), "", optional, barred)
    return Word("", tuple([(word,) for word in sign.split("|")]), "", optional, barred)


def _needed(parts: Sequence[Word]) -> frozenset[str]:
    return frozenset(part.name for part in parts if part.kind == "@" and part.name in _ENDS and _is_needed(part))


def _is_needed(part: Word) -> bool:
    return not part.optional and not part.barred


def _keys(parts: Sequence[Word]) -> tuple[frozenset[str], ...]:
    """What a sentence must have for a pattern to be found in it: a word of each of these."""
    keys = []
    for part in parts:
        if part.kind == "<" and _is_needed(part):
            keys.append(frozenset((f"<{part.name}",)))
        elif part.choices and _is_needed(part):
            keys.append(frozenset(phrase[0] for phrase in part.choices))
    return tuple(keys)


__all__ = ["Match", "Pattern", "PatternError", "Place", "Triggers", "Word", "words_of"]
