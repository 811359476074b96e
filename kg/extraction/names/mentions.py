"""Mentions: which terms a text speaks of, and where.

Names are found in the whole article at once; then its own abbreviations, ambiguous short forms and cells named by
their source are resolved.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from kg.extraction.names.abbreviations import Abbreviations, ArticleNames, bare, known_uses
from kg.extraction.names.composition import Composer
from kg.extraction.names.further import FurtherNames
from kg.extraction.names.lexicon import Hit, Names
from kg.extraction.names.mention import Mention
from kg.extraction.names.places import Places
from kg.extraction.names.writing import Plain, fold, singular_words
from kg.vocabulary import Vocabulary

#: What a claim can be about.
KINDS = (
    "cell", "product", "drug", "disease", "phenotype", "tissue", "factor", "process", "pathway", "route",
    "adverse_event",
)  # fmt: skip

_JOINTS = (",", "and", "or", "/")
_JOINED = re.compile(r"((?:[\w'-]+\s+){0,2}[\w'-]+)\s*(?:,|\band|\bor|/)\s+$")
_BEFORE_NUMBER = re.compile(r"s[ -]\d")
_BACK = 20  # characters before a name in which words stand that tell what it is
_FAR = 40  # characters after a name in which the word stands that tells that it is none
_NUMBERED = re.compile(r"\b([A-Za-z]{3,})s[ -]((?:\d+[α-ω]?(?:,\s*|,?\s+and\s+|,?\s+or\s+))+\d+[α-ω]?)")
#: What is named by its initials only where the text, or the letters themselves, tell what they stand for.
_EXPLAINED = frozenset(("disease", "phenotype", "tissue", "process", "route", "adverse_event"))
_TELLING = re.compile(r"\b(?!cells?\b)[^\W\d_]{4,}")  # words that tell something of what a name is of
_SOURCED = "a cell with its source"
_ROOTS = frozenset(("MONDO:0000001", "CL:0000000", "UBERON:0001062", "GO:0008150", "HP:0000001", "CHEBI:24431"))


class MentionFinder:
    """Finds the mentions of a vocabulary's terms."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.names = Names(vocabulary, KINDS)
        self._composer = Composer(vocabulary, self.names)
        self._places = Places(vocabulary, self.names)
        self._further = FurtherNames(vocabulary, KINDS)
        self._abbreviations = Abbreviations(vocabulary, self.names, self._together)
        self._not_before, self._not_after = vocabulary.values("notBefore"), vocabulary.values("notAfter")
        self._name_after = vocabulary.values("nameAfter").get("stemkg:PhraseClass", ())
        self._pointing = vocabulary.values("pointsTo")
        self._meant = frozenset(id for ids in self._pointing.values() for id in ids)
        self._words = {name for id, name in vocabulary.annotations.get("notAName", ()) if id == "stemkg:PhraseClass"}
        self._stem = {id for id in vocabulary.terms if "CL:0000034" in vocabulary.ancestors(id)}
        self._kinds: dict[tuple[str, ...], frozenset[str]] = {}
        self._specific: dict[tuple[str, str], str] = {}
        for cell, tissue in vocabulary.annotations.get("takenFrom", ()):
            for base in vocabulary.ancestors(cell) - {cell}:
                self._specific.setdefault((base, tissue), cell)
        self._sourced = frozenset(self._specific.values())

    def specific(self, cell: str, tissue: str) -> str | None:
        """The cell that is this cell from this tissue, where the ontology has one."""
        for above in sorted(self._vocabulary.ancestors(tissue), key=lambda t: (t != tissue, t)):
            if found := self._specific.get((cell, above)):
                return found
        return None

    def kinds(self, ids: tuple[str, ...]) -> frozenset[str]:
        """The kinds of all candidates."""
        found = self._kinds.get(ids)
        if found is None:
            found = self._kinds[ids] = frozenset(kind for id in ids for kind in self._vocabulary.kinds(id))
        return found

    def find(self, text: str) -> list[Mention]:
        """The mentions of a text, in order and without overlap."""
        if not text:
            return []
        plain = Plain.of(text)
        found = self._find(plain.text)
        if plain.text != text:
            for mention in found:
                mention.start, mention.end = plain.span(mention.start, mention.end)
        return found

    def _find(self, text: str) -> list[Mention]:
        hits = self.names.find(text)
        known = self._abbreviations.introduced(text, hits)
        mentions = [*known.split]
        for start, end, form in known_uses(text, known):
            ids = known.defined[form]
            kinds = self.kinds(ids)
            why = "the article says what it stands for"
            mentions.append(Mention(start, end, ids, kinds, known.sources.get(form, ""), True, (0.9,) * len(ids), why))
        for hit in hits:
            ids = self._resolve(hit, text, known)
            if ids:
                kinds = self.kinds(ids)
                if kinds == {"factor"} and text[hit.end : hit.end + 1] == "+":
                    # "CD133+ cells": a marker
                    continue
                scores = tuple(hit.name.score(id) for id in ids)
                mentions.append(Mention(hit.start, hit.end, ids, kinds, "", hit.name.short, scores, "name"))
        mentions.sort(key=lambda m: (m.start, -m.end))
        found = self._further.add(text, _without_overlap(mentions), known)
        found = self._composer.compose(text, found)
        found = self._elided(text, self._by_source(text, found))
        return self._places.add(text, self._pointed(found, known))

    def _pointed(self, mentions: list[Mention], known: ArticleNames) -> list[Mention]:
        """The mentions, with the candidate first to which more of what the article names points: in an article on
        leukemia a stem cell transplant is of blood-forming cells."""
        votes = Counter(
            meant
            for id in known.named
            for above in self._vocabulary.ancestors(id)
            for meant in self._pointing.get(above, ())
        )
        if not votes:
            return mentions
        return [self._turned(m, votes) if len(m.ids) > 1 and m.ids[0] in self._meant else m for m in mentions]

    @staticmethod
    def _turned(m: Mention, votes: Counter[str]) -> Mention:
        best = max(m.ids, key=lambda id: votes[id])  # the first of those with as many
        if best == m.ids[0]:
            return m
        ids = (best, *(id for id in m.ids if id != best))
        return replace(m, ids=ids, scores=(m.scores or (1.0,))[:1] * len(ids), reason="what the article is about")

    def _together(self, text: str, hits: list[Hit]) -> list[Mention]:
        """The mentions that hits make by themselves, in an article that has introduced nothing."""
        plain = ArticleNames()
        mentions = []
        for hit in hits:
            ids = self._resolve(hit, text, plain)
            if ids:
                mentions.append(Mention(hit.start, hit.end, ids, self.kinds(ids), "", hit.name.short))
        return self._by_source(text, self._composer.compose(text, mentions))

    def _resolve(self, hit: Hit, text: str, known: ArticleNames) -> tuple[str, ...]:
        ids = tuple(id for id in hit.name.ids if id not in _ROOTS and not self._is_other(id, text, hit))
        if not ids:
            return ()
        if not hit.name.short:
            return ids
        form = text[hit.start : hit.end]
        short = bare(form)
        if short in known.defined:
            return known.defined[short]
        if short in known.blocked:
            return ()
        named = tuple(id for id in ids if id in known.named)
        if named:
            return named
        kinds = self.kinds(ids)
        if told := "disease" in kinds and _follows(self._name_after, text, hit.start):
            ids = tuple(id for id in ids if "disease" in self._vocabulary.kinds(id))
            kinds = self.kinds(ids)
        if short.lower() in self._words and not told:
            return ()  # "ALL" may be a word
        letters = sum(c.isalpha() for c in short)
        if kinds <= _EXPLAINED:
            # Two letters stand for too much to be taken where the text uses them only once and explains nothing.
            return ids if len(ids) == 1 and (letters >= 3 or known.counts[short] > 1 or told) else ()
        if len(ids) > 1 and letters <= 3:
            terms = self._vocabulary.terms
            related = tuple(id for id in ids if form in terms[id].related or short in terms[id].related)
            ids = related if len(related) == 1 else ()
        if len(hit.name.ids) > 1 and ids and not kinds.isdisjoint(("cell", "product")):
            known_for = ids[0] in self._meant or form != short  # "HSC", and "ASCs" are cells
            if not known_for and not self._hinted(ids[0], text, known):
                return tuple(id for id in hit.name.ids if letters > 2 and self._vocabulary.kinds(id) == {"factor"})
        return ids

    def _hinted(self, id: str, text: str, known: ArticleNames) -> bool:
        """Whether an article has a word of a term's name: a database of the "ACS" is no autologous serum."""
        if not known.words:
            known.words = singular_words(text, _TELLING)
        names = (name for name in self._vocabulary.terms[id].names if " " in name)
        return any(not known.words.isdisjoint(singular_words(name, _TELLING)) for name in names)

    def _is_other(self, id: str, text: str, hit: Hit) -> bool:
        """Whether the words around a name tell that it is not that of a term: "depression of breathing"."""
        before, after = self._not_after.get(id, ()), self._not_before.get(id, ())
        if before and _follows(before, text, hit.start):
            return True
        rest = text[hit.end : hit.end + _FAR].lstrip()
        return any(rest.startswith(word) and not rest[len(word) : len(word) + 1].isalnum() for word in after)

    def _elided(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """Coordinated names that share a part: "acute and chronic GVHD", "bone marrow- and adipose-derived MSCs",
        "interleukins 6 and 10"."""
        found: list[Mention] = []
        for mention in mentions:
            extra = self._shared_head(text, mention, found)
            if extra is not None:
                while found and found[-1].end > extra.start:
                    found.pop()
                found.append(extra)
            found.append(mention)
        taken: set[int] = set()
        for match in _NUMBERED.finditer(text) if _BEFORE_NUMBER.search(text) else ():
            taken = taken or {k for m in found for k in range(m.start, m.end)}
            stem = match.group(1)
            for number in re.finditer(r"\d+[α-ω]?|(?<=,)\s*\d+[α-ω]?", match.group(2)):
                name = self.names.lookup(f"{stem} {number.group().strip()}")
                start = match.start(2) + number.start()
                if name is not None and start not in taken:
                    kinds = self.kinds(name.ids)
                    found.append(Mention(start, match.start(2) + number.end(), name.ids, kinds))
        found.sort(key=lambda m: (m.start, -m.end))
        return _without_overlap(found)

    def _shared_head(self, text: str, mention: Mention, before: list[Mention]) -> Mention | None:
        left = text[max(0, mention.start - 60) : mention.start]
        if not left.rstrip().endswith(_JOINTS):
            return None
        ahead = left.rsplit(maxsplit=4)  # three words and what joins them
        joined = _JOINED.search(left, len(ahead[0]) if len(ahead) > 4 else 0)
        if joined is None:
            return None
        first = mention.start - len(left) + joined.start(1)
        # "bone marrow- and adipose-derived MSCs": the tissue before is that of the same cell.
        if mention.id in self._sourced and before and "tissue" in before[-1].kinds:
            gap = text[before[-1].end : mention.start]
            if re.fullmatch(r"-?\s*(?:and|or|,)\s+(?:human\s+)?", gap):
                for base in sorted(
                    self._vocabulary.ancestors(mention.id) & self._stem, key=lambda id: id == mention.id
                ):
                    cell = self.specific(base, before[-1].id)
                    if cell is not None and base != mention.id:
                        return replace(before[-1], ids=(cell,), kinds=mention.kinds)
        words = text[mention.start : mention.end].split()
        if mention.short or len(words) < 2:
            return None
        if left.rstrip().endswith(",") and before and before[-1].end == first + len(joined.group(1)):
            if "cell" in mention.kinds and "disease" in before[-1].kinds:
                return None  # "in lymphoma, T cells …"
        lead = joined.group(1).split()
        for take in range(min(3, len(lead)), 0, -1):
            for keep in range(1, len(words)):
                name = self.names.lookup(" ".join(lead[-take:] + words[keep:]))
                if name is not None and not set(name.ids) & set(mention.ids):
                    start = mention.start - len(left) + left.rfind(" ".join(lead[-take:]))
                    kinds = self.kinds(name.ids)
                    if kinds & mention.kinds and start >= first:
                        return Mention(start, start + len(" ".join(lead[-take:])), name.ids, kinds)
        return None

    def _by_source(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """Cells with the tissue before them: "placental MSCs", "bone marrow- and adipose-derived stem cells"."""
        found: list[Mention] = []
        for mention in mentions:
            if found and "cell" in mention.kinds and "tissue" in found[-1].kinds:
                between = fold(text[found[-1].end : mention.start])
                if re.fullmatch(
                    r"\s*(?:tissue|blood|matrix)?\s*(?:derived|origin|sourced|resident)?\s*(?:human\s+)?", between
                ):
                    tissue = found[-1].id
                    cell = self.specific(mention.id, tissue)
                    if cell is not None:
                        found[-1] = replace(mention, start=found[-1].start, ids=(cell,), scores=(0.8,), reason=_SOURCED)
                        continue
                    if mention.id in self._stem:
                        found[-1] = replace(mention, start=found[-1].start, source=tissue, reason=_SOURCED)
                        continue
            found.append(mention)
        return found


def _follows(words: Iterable[str], text: str, place: int) -> bool:
    """Whether some words end before a place of a text; those in lower case may stand there in capitals, too."""
    before = text[max(0, place - _BACK) : place].rstrip()
    lower = before.lower()
    return any((lower if word.islower() else before).endswith(word) for word in words)


def _without_overlap(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
