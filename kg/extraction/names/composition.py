"""Composed names: a head and what it is a head of, in any order: "CNS dysfunction", "damaged brain", "diseases of the
heart", "brain and spinal cord injuries", "cardiac progenitors", "differentiation of neurons".

The heads, and the adjectives of tissues and cells, stand in the ontology. Which term a head makes with a part is what
the names of the vocabulary say: "brain injury" is the term for the head "injury" with the brain, whatever the words.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.extraction.names.lexicon import Automaton, Hit, Names, by_rank, longest
from kg.extraction.names.mention import Mention
from kg.extraction.names.writing import fold, plurals, variants
from kg.further import camel
from kg.vocabulary import Vocabulary

# What may stand between a part and the head after it: "brain tissue damage", "bone marrow-derived progenitors".
_BEFORE = re.compile(r"[\s-]+(?:(?:tissue|system|organ|cell|derived|related|specific|resident|cord)[\s-]+)?")
# Between a head and the part after it: "injury to the spinal cord".
_AFTER = re.compile(r"\s+(?:of|to|in|on|affecting|involving)\s+(?:(?:the|both|his|her|its|their|your|an?)\s+)?")
_JOINT = re.compile(r"-?\s*(?:,|/|&|and/or|,?\s*\b(?:and|or))\s*(?:the\s+)?")
_NUMBER = re.compile(r"\s(?:type\s)?(\d|I{1,3})\b")
_TOGETHER = re.compile(r"\s+(?:(?:and|or)\s+\w+ed\s+)?")
# One to three words and what joins them to the word after: "autoimmune, degenerative and neurological diseases".
_MODIFIER = re.compile(
    r"(?:^|[\s(/,;-])((?:[\w'’-]{1,24} ){0,2}[\w'’-]{0,24}\w)-?\s{0,2}(?:,|/|&|and/or|,?\s{0,2}\b(?:and|or))\s{0,2}$"
)
# A head that is joined to the head after it: "neurological injuries and diseases".
_JOINED_HEAD = re.compile(r"((?:[\w-]{1,24} ){1,3})([\w-]{1,24})\s{0,2}(?:/|&|and/or|\b(?:and|or))\s{1,2}$")
_WORD = re.compile(r"[^\s,;()]+")
_WORDS_BEFORE = 3
_FAR = 48  # characters before a head in which what it is joined to begins


#: The kinds of terms of the lexicon that heads make.
_OF_LEXICON = frozenset(("process", "cell"))
#: The scores of names that are composed of known ones, and of those that are new.
_COMPOSED, _COINED = 0.8, 0.5
#: What so many tissues are a kind of is too general to be the part of a disease: "organ".
_MANY = 25


@dataclass(frozen=True, slots=True)
class Head:
    """What composes names: what it takes as a part, and the kind of the terms that it makes."""

    id: str
    takes: frozenset[str]
    makes: frozenset[str]
    otherwise: str  # the head that says the same less exactly, or ""
    itself: bool  # whether it names its part
    after: bool  # whether a part may follow with a preposition
    coins: frozenset[str]  # the kinds of part with which it makes a new term where there is none
    prefix: str  # what stands before its part


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    ids: tuple[str, ...]


class Composer:
    """Finds the composed names of a text."""

    def __init__(self, vocabulary: Vocabulary, names: Names) -> None:
        self._vocabulary = vocabulary
        self._heads = _heads(vocabulary)
        forms: dict[str, dict[str, int]] = defaultdict(dict)
        self._words: dict[str, tuple[str, ...]] = {}  # head words in lower case, to their heads
        self._singular: dict[str, str] = {}
        self._names = names
        for property in ("headWord", "headParticiple"):
            for id, word in vocabulary.annotations.get(property, ()):
                for form in variants(word.lower()):
                    self._words[form] = tuple(dict.fromkeys((*self._words.get(form, ()), id)))
                    for written in {form, *plurals(form)}:
                        forms[written][id] = 0
                        self._singular[written] = self._singular[written + "s"] = word
        self._of_head = vocabulary.values("headWord")  # heads to their words, as they are written
        self._participles = frozenset(word for _, word in vocabulary.annotations.get("headParticiple", ()))
        meant: dict[str, dict[str, int]] = defaultdict(dict)
        for id, word in vocabulary.annotations.get("adjective", ()):
            for form in variants(word.lower()):
                meant[form][id] = forms[form][id] = 0
        self._adjectives = {form: tuple(ids) for form, ids in meant.items()}
        self._automaton = Automaton(by_rank(forms, short=False))
        self._index = self._indexed(names)
        self._nearest: dict[str, list[str]] = {}
        below = Counter(above for term in vocabulary.of_kind("tissue") for above in vocabulary.ancestors(term.id))
        self._general = frozenset(id for id, count in below.items() if count > _MANY)

    def _indexed(self, names: Names) -> dict[tuple[str, str], str]:
        """The term that a part makes with a head, by both: of several the one that is called so first of all."""
        ranked: dict[tuple[str, str], tuple[int, int, int, str]] = {}
        words = sorted(self._words, key=lambda word: (-len(word), word))
        pattern = re.compile(
            rf"(?:(?P<before>.+?) (?P<head>{'|'.join(map(re.escape, words))})s?"
            rf"|(?P<first>{'|'.join(map(re.escape, words))})s? of (?:the )?(?P<of>.+))"
        )
        for kinds, id, named in self._nameable():
            for rank, name in named:
                match = pattern.fullmatch(fold(name))
                if match is None:
                    continue
                word = match["head"] or match["first"]
                for head in (self._heads[one] for one in self._words[word]):
                    if not kinds & head.makes:
                        continue
                    for distance, part in self._parts_named(match["before"] or match["of"], head, names):
                        known = distance, rank, len(self._vocabulary.ancestors(id)), id
                        # "Cancer of the lung" is lung cancer, not any lung neoplasm.
                        for key in ((part, word), (part, head.id)):
                            ranked[key] = min(known, ranked.get(key, known))
        return {key: known[-1] for key, known in ranked.items()}

    def _nameable(self) -> Iterator[tuple[frozenset[str], str, list[tuple[int, str]]]]:
        """What heads may make: its kinds, its id, and its names with their ranks. Processes and cells are of the
        lexicon too: "migration of macrophages"."""
        made = frozenset(kind for head in self._heads.values() for kind in head.makes)
        for term in self._vocabulary.terms.values():
            if term.kinds & made:
                yield term.kinds, term.id, [(0, term.label), *((1, name) for name in (*term.exact, *term.related))]
        by_parents: dict[str, frozenset[str]] = {}
        for id, label, synonyms, parents in self._vocabulary.further.rows():
            if (kinds := by_parents.get(parents)) is None:
                kinds = by_parents[parents] = self._kinds(parents.split("|")) & made & _OF_LEXICON
            if kinds:
                yield kinds, id, [(2, label), *((3, name) for name in synonyms.split("|") if name)]

    def _parts_named(self, words: str, head: Head, names: Names) -> Iterator[tuple[int, str]]:
        """What a part may be, and how far-fetched that is."""
        found = names.lookup(words)
        yield from ((0, id) for id in (found.ids if found else ()) if self._vocabulary.kinds(id) & head.takes)
        yield from ((1, id) for id in self._adjectives.get(words, ()) if self._vocabulary.kinds(id) & head.takes)

    def term(self, parts: Iterable[str], head: Head, word: str = "") -> str | None:
        """The term that a part, of which the first that makes one counts, makes with a head, said by a word."""
        for part in parts:
            if head.itself:
                return part
            above = self._above(part) if "disease" in head.makes else [part]
            tried: Head | None = head
            while tried is not None:
                for id in above:
                    if found := self._index.get((id, word)) or self._index.get((id, tried.id)):
                        return found
                tried, word = self._heads.get(tried.otherwise), ""
        return None

    def _above(self, part: str) -> list[str]:
        """A part and what it is a kind of, the nearest first, as far as that is no system of the whole body."""
        known = self._nearest.get(part)
        if known is None:
            ancestors = self._vocabulary.ancestors
            above = [id for id in ancestors(part) if id == part or id not in self._general]
            known = self._nearest[part] = sorted(above, key=lambda id: (-len(ancestors(id)), id))
        return known

    def _coined(self, part: str, head: Head, name: str, number: str) -> str | None:
        """The new term that a part makes with a head: "EZH2 inhibitor"; None where it makes none."""
        kinds = self._vocabulary.kinds(part)
        if not kinds & head.coins or "drug" in kinds:
            return None
        label = re.sub(r" pathway$", "", self._vocabulary.label(part))
        id = "stemkg:" + camel(f"{head.prefix} {label} {name.split()[-1] if head.prefix else name}".strip())
        return id + number if self._vocabulary.term(id) is not None else None

    def compose(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """The mentions of a text with the composed ones in place of those that they are composed of."""
        composed = self._once(text, mentions)
        # What is composed may be a part: "IL-6 receptor antagonist".
        return mentions if composed is mentions else self._once(text, composed)

    def _once(self, text: str, mentions: list[Mention]) -> list[Mention]:
        hits = longest(self._automaton.find(fold(text), text))
        heads = [hit for hit in hits if hit.name.ids[0] in self._heads]
        if not heads:
            return mentions
        covered = _Cover(mentions)
        adjectives = [
            _Part(hit.start, hit.end, hit.name.ids)
            for hit in hits
            if hit.name.ids[0] not in self._heads and not covered.overlaps(hit.start, hit.end)
        ]
        parts = [*adjectives, *(part for m in mentions for part in self._parts(text, m))]
        by_end = {part.end: part for part in parts}
        by_start = {part.start: part for part in parts}
        made: list[Mention] = []
        for hit in heads:
            inside = covered.at(hit.start)
            if inside is not None and (inside.start, inside.end) != (hit.start, hit.end):
                # The head of a longer name, which others may share.
                if inside.end == hit.end:
                    made += self._sharing(text, hit, inside, by_end)
                made += self._before_general(text, hit, inside) or self._with_part(text, hit, inside)
                continue
            here = self._composed(text, hit, by_end, by_start)
            made += here
            if here:
                made += self._sharing(text, hit, here[-1], by_end)
        if not made:
            return mentions
        spans = _Cover(made)
        kept = [m for m in mentions if not spans.overlaps(m.start, m.end)]
        return sorted([*kept, *_apart(made)], key=lambda m: (m.start, -m.end))

    def _parts(self, text: str, mention: Mention) -> list[_Part]:
        """What a mention may be a part as: itself or, in "brain and spinal cord", each of the two."""
        whole = _Part(mention.start, mention.end, mention.ids)
        joint = re.search(r"\s+and\s+", text[mention.start : mention.end]) if "tissue" in mention.kinds else None
        if joint is None:
            return [whole]
        middle, rest = mention.start + joint.start(), mention.start + joint.end()
        found = [self._names.lookup(text[a:b]) for a, b in ((mention.start, middle), (rest, mention.end))]
        if None in found:
            return [whole]
        return [
            _Part(a, b, name.ids)
            for (a, b), name in zip(((mention.start, middle), (rest, mention.end)), found, strict=True)
            if name is not None
        ]

    def _composed(
        self,
        text: str,
        hit: Hit,
        by_end: dict[int, _Part],
        by_start: dict[int, _Part],
    ) -> list[Mention]:
        """What a head makes with the parts beside it; of several heads that a word is, what the first makes."""
        made = (self._made_by(text, hit, head, by_end, by_start) for head in self._heads_of(hit))
        return next((found for found in made if found), [])

    def _made_by(
        self, text: str, hit: Hit, head: Head, by_end: dict[int, _Part], by_start: dict[int, _Part]
    ) -> list[Mention]:
        word = fold(text[hit.start : hit.end])
        participle = word in self._participles
        if participle:
            chain = self._following(text, hit.end, _TOGETHER, head, by_start)
        else:
            chain = self._preceding(text, hit.start, head, by_end) or self._prefixed(text, hit.start, head)
            if not chain and head.after:
                chain = self._following(text, hit.end, _AFTER, head, by_start)
            if not chain and (part := self._part_of_joined(text, hit.start, head)) is not None:
                chain = [part]
        found = []
        for place, part in enumerate(chain):
            start = min(part.start, hit.start) if place == 0 else part.start
            end = max(part.end, hit.end) if place == 0 else part.end
            mention = self._made(text, start, end, part, head, word)
            if mention is not None:
                found.append(mention)
        return found

    def _heads_of(self, hit: Hit) -> list[Head]:
        """The heads that a word is."""
        return [self._heads[id] for id in hit.name.ids if id in self._heads]

    def _kinds(self, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(kind for id in ids for kind in self._vocabulary.kinds(id))

    def _before_general(self, text: str, hit: Hit, inside: Mention) -> list[Mention]:
        """The name that words make with one that is named in general after them: "Th2 cell differentiation"."""
        if inside.end != hit.end or inside.start >= hit.start or "process" not in inside.kinds:
            return []
        words = list(_WORD.finditer(text, max(0, inside.start - _FAR), inside.start))[-_WORDS_BEFORE:]
        for first in words if words and words[-1].end() == inside.start - 1 else ():
            said = fold(text[first.start() : hit.start].rstrip())
            start, part = first.start(), _Part(first.start(), inside.end, self._said(said))
            for head in self._heads_of(hit):
                mention = self._made(text, start, inside.end, part, head, "") if not head.itself else None
                if mention is not None and mention.id not in inside.ids:
                    return [mention]
        return []

    def _with_part(self, text: str, hit: Hit, inside: Mention) -> list[Mention]:
        """A name with the part that its head names, as a further meaning: "neuronal loss" is a loss, of neurons."""
        if inside.end == hit.end:
            said = fold(text[inside.start : hit.start].strip(" -"))
        elif inside.start == hit.start:
            said = re.sub(r"^(?:of|to|in) (?:the )?", "", fold(text[hit.end : inside.end].strip()))
        else:
            return []
        for head in self._heads_of(hit):
            part = _Part(inside.start, inside.end, self._said(said)) if head.itself else None
            further = [id for id in self._fitting(part, head) if id not in inside.ids] if part is not None else []
            if further:
                ids = (*inside.ids, *further)
                scores = (*(inside.scores or (1.0,) * len(inside.ids)), *(_COMPOSED / 2 for _ in further))
                return [replace(inside, ids=ids, kinds=self._kinds(ids), scores=scores)]
        return []

    def _said(self, words: str) -> tuple[str, ...]:
        """What words may stand for as a part: by a name, or an adjective."""
        name = self._names.lookup(words)
        return (*(name.ids if name is not None else ()), *self._adjectives.get(words, ()))

    def _part_of_joined(self, text: str, start: int, head: Head) -> _Part | None:
        """The part of the head that this one is joined to: "neurological injuries and diseases"."""
        joined = _JOINED_HEAD.search(text, max(0, start - _FAR), start)
        if joined is None or fold(joined[2]) not in self._singular:
            return None
        words = joined[1].split()
        for place in range(len(words)):
            part = _Part(start, start, self._said(fold(" ".join(words[place:]))))
            if self._fitting(part, head):
                return part
        return None

    def _sharing(self, text: str, hit: Hit, named: Mention, by_end: dict[int, _Part]) -> list[Mention]:
        """What words before a name with a head make with this head: "autoimmune and degenerative diseases"."""
        made: list[Mention] = []
        start, ids = named.start, named.ids
        heads = [head for head in self._heads_of(hit) if head.makes & named.kinds]
        while (modifier := _MODIFIER.search(text, max(0, start - _FAR), start)) is not None:
            found = self._modified(text, modifier, heads, by_end)
            if found is None:
                start = modifier.end(1) - len(modifier[1].split()[-1])
            elif set(found.ids) & set(ids):
                break
            else:
                made.append(found)
                start = found.start
        return made

    def _modified(
        self, text: str, modifier: re.Match[str], heads: list[Head], by_end: dict[int, _Part]
    ) -> Mention | None:
        """The name that a modifier makes with a head that stands further on."""
        part = by_end.get(modifier.end(1))
        if part is not None and modifier[0].rstrip().endswith(",") and "disease" in self._kinds(part.ids):
            heads = [head for head in heads if "cell" not in head.makes]  # "in lymphoma, T cells …"
        for head in heads:
            if part is not None and (mention := self._made(text, part.start, part.end, part, head, "")) is not None:
                return mention
        places = [match.start() for match in re.finditer(r"[^ ]+", modifier[1])]
        for place in places:
            said = modifier[1][place:]
            for head in heads:
                for word in self._of_head.get(head.id, ()):
                    name = self._names.lookup(f"{said} {word}")
                    if name is not None and self._vocabulary.kinds(name.ids[0]) & head.makes:
                        start = modifier.start(1) + place
                        kinds, scores = self._kinds(name.ids), (_COMPOSED,) * len(name.ids)
                        return Mention(
                            start, modifier.end(1), name.ids, kinds, scores=scores, reason=f"{said} + {word}"
                        )
        return None

    def _made(self, text: str, start: int, end: int, part: _Part, head: Head, word: str) -> Mention | None:
        """The mention that a part makes with a head."""
        fitting = self._fitting(part, head)
        name = self._singular.get(word, word)
        numbered = _NUMBER.match(text, end) if head.coins and "factor" in head.makes else None
        id = None if numbered else self.term(fitting, head, name)
        score = _COMPOSED
        if id is None and fitting:
            id, score = self._coined(fitting[0], head, name, numbered[1] if numbered else ""), _COINED
        if id is None:
            return None
        # What the text says may be of the part itself: "chemotherapy causes heart damage" affects the heart, and what
        # kills breast cancer cells may treat breast cancer. What is coined with a factor is another thing than its
        # part: an inhibitor of IL-6 is not IL-6.
        apart = head.coins and "disease" not in self._vocabulary.kinds(fitting[0])
        ids = (id,) if apart else (id, *(one for one in part.ids if one != id))
        kinds = self._kinds(ids)
        scores = (score, *(score / 2 for _ in ids[1:]))
        why = f"{text[part.start : part.end]} + {word}"
        return Mention(start, numbered.end() if numbered else end, ids, kinds, scores=scores, reason=why)

    def _fitting(self, part: _Part, head: Head) -> list[str]:
        return [id for id in part.ids if self._vocabulary.kinds(id) & head.takes]

    def _preceding(self, text: str, start: int, head: Head, by_end: dict[int, _Part]) -> list[_Part]:
        """The parts before a head, the nearest first."""
        chain: list[_Part] = []
        pattern = _BEFORE
        while (part := _before(text, start, pattern, by_end)) is not None and self._fitting(part, head):
            chain.append(part)
            start, pattern = part.start, _JOINT
        return chain

    def _prefixed(self, text: str, start: int, head: Head) -> list[_Part]:
        """The part before a head that has a prefix: "anti-IL-6 receptor antibody"."""
        before = text[max(0, start - 40) : start]
        match = re.search(rf"\b{head.prefix}[-\s]?([\w-]+)( receptor)?\s+(?:\w+\s+)?$", before) if head.prefix else None
        found = self._names.lookup(match[1]) if match is not None else None
        if match is None or found is None:
            return []
        ids = found.ids
        if match[2]:
            receptor = self._heads[self._words[match[2].strip()][0]]
            ids = tuple(id for one in ids if (id := self.term([one], receptor)) is not None)
        offset = max(0, start - 40)
        return [_Part(offset + match.start(), offset + match.end(2 if match[2] else 1), ids)]

    def _following(
        self, text: str, end: int, pattern: re.Pattern[str], head: Head, by_start: dict[int, _Part]
    ) -> list[_Part]:
        """The parts after a head, the nearest first."""
        chain: list[_Part] = []
        while (match := pattern.match(text, end)) is not None:
            part = by_start.get(match.end())
            if part is None or not self._fitting(part, head):
                break
            chain.append(part)
            end, pattern = part.end, _JOINT
        return chain


def _before(text: str, start: int, pattern: re.Pattern[str], by_end: dict[int, _Part]) -> _Part | None:
    """The part that ends before a place with no more than what the pattern allows between."""
    for end in range(start - 1, max(0, start - 16), -1):
        part = by_end.get(end)
        if part is not None:
            return part if pattern.fullmatch(text, end, start) else None
    return None


def _heads(vocabulary: Vocabulary) -> dict[str, Head]:
    takes, makes = vocabulary.values("takesPart"), vocabulary.values("makesKind")
    otherwise = dict(vocabulary.annotations.get("otherwiseHead", ()))
    itself = {id for id, value in vocabulary.annotations.get("namesPart", ()) if value == "true"}
    coins, prefix = vocabulary.values("coinsWith"), dict(vocabulary.annotations.get("partPrefix", ()))
    after = {id for id, value in vocabulary.annotations.get("partAfter", ()) if value == "true"}
    return {
        id: Head(
            id,
            frozenset(takes[id]),
            frozenset(makes.get(id, ())),
            otherwise.get(id, ""),
            id in itself,
            id in after,
            frozenset(coins.get(id, ())),
            prefix.get(id, ""),
        )
        for id in takes
    }


class _Cover:
    """What stretches of a text are taken."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._at = {place: m for m in mentions for place in range(m.start, m.end)}

    def at(self, place: int) -> Mention | None:
        return self._at.get(place)

    def overlaps(self, start: int, end: int) -> bool:
        return any(place in self._at for place in range(start, end))


def _apart(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
