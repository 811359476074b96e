"""The lexicon: the cue words of the ontology, indexed for reading.

Cues are written in dictionary form. A cue on a relation or on a verb class is a verb: "be found in" asks for the
passive, a preposition at its end governs the object, words between them must follow the verb. A cue on anything else is
a phrase; `<class> phrase` is a phrase that some word of that verb class governs.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.claim import PREDICATES
from kg.extraction.tokens import PREPOSITIONS, Token, lemma, spans, tokenize
from kg.vocabulary import Vocabulary

_CLASS = re.compile(r"<(\w+)>\s+(.+)")
_HYPHENS = frozenset("-‐‑–/")
_NO_OWNERS: frozenset[str] = frozenset()
_SKIPPED = ("", "DT", "JJ", "JJR", "JJS", "RB", "RBR", "PRP$", "CD", "PDT", "VBN", "POS")


@dataclass(frozen=True, slots=True)
class VerbCue:
    """A verb that says `owner` (a relation or verb class, by its local name)."""

    owner: str
    rest: tuple[str, ...]  # lemmas that must follow the verb
    prep: str  # the preposition that governs the object, "" for a direct one
    passive: bool
    inverse: bool
    text: str
    inchoative: bool = False


@dataclass(slots=True, init=False)
class Match:
    """A phrase of the lexicon in a sentence: tokens `first:last` say `owner`."""

    first: int
    last: int
    owner: str
    cue: str

    def __init__(self, first: int, last: int, owner: str, cue: str) -> None:
        self.first = first
        self.last = last
        self.owner = owner
        self.cue = cue


class _Trie:
    """Phrases by their lemmas. Matching skips determiners, adjectives and hyphens that the phrase does not ask for."""

    def __init__(self) -> None:
        self.root: dict[str, object] = {}

    def add(self, lemmas: tuple[str, ...], owner: str, cue: str) -> None:
        node = self.root
        for word in lemmas:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node.setdefault("", []).append((owner, cue))  # type: ignore[attr-defined]

    def at(self, tokens: list[Token], i: int, end: int) -> list[Match]:
        """The longest phrase that begins at token i, with all its owners."""
        first = self.root.get(tokens[i].lemma)
        if first is None:
            return []
        best: list[Match] = []
        node: dict[str, object] = first  # type: ignore[assignment]
        k = i + 1
        skipped = 0
        while True:
            if "" in node:
                word = tokens[i].lower
                # A single word that is not in dictionary form ("homing") means itself, not every form of its lemma.
                named = [
                    (owner, cue)
                    for owner, cue in node[""]  # type: ignore[attr-defined]
                    if k > i + 1
                    or cue.lower() == tokens[i].lemma
                    or cue.lower() in (word, word.removesuffix("s"))
                    or " " in cue
                    or "-" in cue
                ]
                if named:
                    best = [Match(i, k, owner, cue) for owner, cue in named]
            if k >= end:
                break
            step = node.get(tokens[k].lemma)
            while (
                step is None
                and k + 1 < end
                and (
                    tokens[k].text in _HYPHENS
                    or (skipped < 2 and (tokens[k].tag in _SKIPPED or tokens[k + 1].tag == "POS"))
                )
            ):
                skipped += tokens[k].text not in _HYPHENS and not _is_possessive(tokens[k])
                k += 1
                step = node.get(tokens[k].lemma)
            if step is None:
                break
            node = step  # type: ignore[assignment]
            k += 1
        return best


class Lexicon:
    """The cue words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.verbs: dict[str, list[VerbCue]] = defaultdict(list)
        self.nouns: dict[str, set[str]] = defaultdict(set)
        self.adjectives: dict[str, set[str]] = defaultdict(set)
        self._tries: dict[str, _Trie] = defaultdict(_Trie)  # phrases by group: the kinds below, classes, "<verb class>"
        for id, cue in vocabulary.annotations.get("cue", ()):
            owner = id.partition(":")[2] if id.startswith("stemkg:") else id
            governed = _CLASS.fullmatch(cue)
            if governed:
                self._tries[f"<{governed[1]}>"].add(_lemmas(governed[2]), id, cue)
            elif owner in PREDICATES or "stemkg:VerbClass" in vocabulary.ancestors(id):
                self._add_verb(owner, cue, inverse=False)
            else:
                self._tries[self._group(vocabulary, id)].add(_lemmas(cue), owner, cue)
        for id, cue in vocabulary.annotations.get("inverseCue", ()):
            self._add_verb(id.partition(":")[2], cue, inverse=True)
        for id, cue in vocabulary.annotations.get("nounCue", ()):
            self.nouns[_lemmas(cue)[0]].add(id.partition(":")[2])
        for id, cue in vocabulary.annotations.get("adjectiveCue", ()):
            self.adjectives[_lemmas(cue)[0]].add(id.partition(":")[2])
        for id, cue in vocabulary.annotations.get("inchoativeCue", ()):
            self._add_verb(id.partition(":")[2], cue, inverse=False, inchoative=True)
        for id, included in vocabulary.annotations.get("includes", ()):
            self._include(id.partition(":")[2], included.partition(":")[2])
        #: Classes and relations whose verbs may stand without an object: what changes is then the subject.
        self.changing = frozenset(id.partition(":")[2] for id, _ in vocabulary.annotations.get("changing", ()))
        # "be disease of" makes no verb of the noun.
        self.verbal = frozenset(
            form for form, cues in self.verbs.items() if any(not c.passive or c.text.split()[1] != form for c in cues)
        )
        self.nominal = frozenset(self.nouns)
        #: The cues of a verb's lemma, each with the number of its form: those of one form ask the same of a sentence.
        self.forms = {lemma: self._numbered(cues) for lemma, cues in self.verbs.items()}
        #: The verb classes whose words may govern a phrase that then says something.
        self.governing = frozenset(group[1:-1] for group in self._tries if group.startswith("<"))
        opening: dict[str, list[str]] = defaultdict(list)
        for group, trie in sorted(self._tries.items()):
            for word in trie.root:
                opening[word].append(group)
        self._known = {
            lemma: _Word.of(opening.get(lemma, []), self.verbs.get(lemma, []), self._named_owners(lemma))
            for lemma in sorted({*opening, *self.verbs, *self.nouns, *self.adjectives})
        }

    def _numbered(self, cues: list[VerbCue]) -> list[tuple[VerbCue, int]]:
        numbers: dict[object, int] = {}
        found = []
        for cue in cues:
            form = (cue.rest, cue.prep, cue.passive, cue.inverse, cue.inchoative, cue.owner in self.changing)
            found.append((cue, numbers.setdefault(form, len(numbers))))
        return found

    def _named_owners(self, lemma: str) -> set[str]:
        """The relations and verb classes that a word can say as a noun or an adjective."""
        return self.nouns.get(lemma, set()) | self.adjectives.get(lemma, set())

    def verb_owners(self, lemma: str) -> frozenset[str]:
        """The relations and verb classes that a verb can say, whatever its form and what follows it."""
        known = self._known.get(lemma)
        return known.verb_owners if known is not None else _NO_OWNERS

    @staticmethod
    def _group(vocabulary: Vocabulary, id: str) -> str:
        kinds = vocabulary.kinds(id)
        for kind in ("mechanism", "evidence", "outcome", "species", "route"):
            if kind in kinds:
                return kind
        return id.partition(":")[2]

    def _include(self, owner: str, other: str) -> None:
        """Make the words of another class or relation words of the owner too."""
        for cues in self.verbs.values():
            cues.extend([replace(cue, owner=owner) for cue in cues if cue.owner == other])
        for owners in (*self.nouns.values(), *self.adjectives.values()):
            if other in owners:
                owners.add(owner)

    def _add_verb(self, owner: str, cue: str, *, inverse: bool, inchoative: bool = False) -> None:
        words = [w.lower() for w in cue.split()]
        passive = words[0] == "be" and len(words) > 1 and words[1] not in ("a", "an", "the")
        if passive:
            words = words[1:]
        words = [w for w in words if w not in ("a", "an", "the")]
        prep = ""
        if len(words) > 1 and words[-1] in PREPOSITIONS and (not passive or len(words) > 1):
            prep = words.pop()
        elif passive and words[0] in PREPOSITIONS:  # "be from"
            prep, words, passive = words[0], ["be"], False
        head = lemma(words[0])
        rest = tuple(x for w in words[1:] for x in _lemmas(w))
        # "lower" is the comparative of "low" to the lemmatizer, but a verb of its own here.
        for form in {head, words[0]}:
            self.verbs[form].append(VerbCue(owner, rest, prep, passive, inverse, cue, inchoative))

    def is_word(self, group: str, word: str) -> bool:
        """Whether a word, in any form and with any mark at its end, is a phrase of a group."""
        trie = self._tries.get(group)
        return trie is not None and "" in trie.root.get(lemma(word.strip(".,;:()").lower()), {})  # type: ignore[operator]

    def words(self, text: str, start: int, end: int) -> "Words":
        """The words of `text[start:end]`."""
        tokens = tokenize(text, start, end)
        openings: dict[str, list[int]] = {}
        known: list[_Word] = []
        for i, token in enumerate(tokens):
            word = self._known.get(token.lemma)
            if word is None:
                continue
            known.append(word)
            for group in word.groups:
                places = openings.get(group)
                if places is None:
                    openings[group] = [i]
                else:
                    places.append(i)
        return Words(tokens, known, openings, self._tries)


@dataclass(slots=True)
class _Word:
    """What a word can be: the beginning of a phrase of some groups; a verb, noun or adjective that says something."""

    groups: tuple[str, ...]
    owners: frozenset[str]  # of what it can say by itself
    tied: tuple[tuple[str, frozenset[str]], ...]  # the owners of what it can say with other words, and these
    verb_owners: frozenset[str]

    @classmethod
    def of(cls, groups: Iterable[str], cues: list[VerbCue], named: set[str]) -> "_Word":
        needed = {(cue.owner, frozenset((*cue.rest, *cue.prep.split()[:1]))) for cue in cues}
        owners = frozenset(named.union(owner for owner, words in needed if not words))
        tied = sorted((owner, words) for owner, words in needed if owner not in owners)
        return cls(tuple(groups), owners, tuple(tied), frozenset(cue.owner for cue in cues))


class Words:
    """The tokens of a stretch of text, and where in them phrases of each group can begin.

    What they can have and can say is told before they have tags, so by their forms alone: when they are read, it may
    turn out to be less, but not more.
    """

    __slots__ = ("_can_have", "_can_say", "_known", "_openings", "_tries", "tokens")

    def __init__(
        self, tokens: list[Token], known: list[_Word], openings: dict[str, list[int]], tries: dict[str, _Trie]
    ) -> None:
        self.tokens = tokens
        self._known = known
        self._openings = openings
        self._tries = tries
        self._can_have: dict[str, bool] = {}
        self._can_say: set[str] | None = None

    def phrases(self, group: str, first: int = 0, last: int | None = None) -> Iterator[Match]:
        """The phrases of a group in tokens `first:last`, the longest at each place, without overlap."""
        places = self._openings.get(group)
        if places is None:
            return
        end = len(self.tokens) if last is None else min(last, len(self.tokens))
        trie = self._tries[group]
        taken = first
        for i in places:
            if i >= end:
                break
            if i >= taken:
                found = trie.at(self.tokens, i, end)
                if found:
                    yield from found
                    taken = found[0].last

    def has(self, group: str, first: int, last: int) -> Match | None:
        """The first phrase of a group in tokens `first:last`."""
        places = self._openings.get(group)
        if places is None:
            return None
        end = min(last, len(self.tokens))
        for i in places:
            if i >= end:
                break
            if i >= first and (found := self._tries[group].at(self.tokens, i, end)):
                return found[0]
        return None

    def has_word(self, *words: str) -> bool:
        """Whether some of the words stand there, in lower case."""
        return any(token.lower in words for token in self.tokens)

    def can_have(self, *groups: str) -> bool:
        """Whether there may be a phrase of some of the groups."""
        for group in groups:
            if group in self._openings:
                known = self._can_have.get(group)
                if known is None:
                    known = self._can_have[group] = self.has(group, 0, len(self.tokens)) is not None
                if known:
                    return True
        return False

    def can_say(self, *owners: str) -> bool:
        """Whether some word can make an event of some of the owners."""
        return not self._owners().isdisjoint(owners)

    def can_bring_about(self) -> bool:
        """Whether some word can govern a phrase that then says something."""
        return any(self.can_have(f"<{owner}>") for owner in self._owners())

    def has_verb(self, *owners: str) -> bool:
        """Whether some word is, as a verb, of some of the verb classes or relations, or as an adjective says them."""
        return any(not word.verb_owners.isdisjoint(owners) for word in self._known) or self.can_say(*owners)

    def _owners(self) -> set[str]:
        if self._can_say is None:
            self._can_say = set().union(*[word.owners for word in self._known])
            if tied := [tie for word in self._known for tie in word.tied]:
                present = {t.lemma for t in self.tokens}.union([t.lower for t in self.tokens])
                self._can_say.update([owner for owner, words in tied if words <= present])
        return self._can_say


def _is_possessive(token: Token) -> bool:
    return token.tag == "POS" or (not token.tag and token.lower in ("'s", "'"))


def _lemmas(phrase: str) -> tuple[str, ...]:
    """The lemmas of a phrase, without hyphens.

    >>> _lemmas("anti-inflammatory effects")
    ('anti', 'inflammatory', 'effect')
    """
    words = [phrase[a:b].lower() for a, b in spans(phrase, 0, len(phrase))]
    return tuple("not" if w == "n't" else lemma(w) for w in words if w not in "-‐‑–/")
