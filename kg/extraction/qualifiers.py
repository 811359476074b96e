"""Qualifiers: what a sentence says that narrows a claim.

The tissue that the cell is from, the route, what the treatment is compared with, the species that it was observed in
and what was given together with it. On what a comparison is, `kg.extraction.comparisons` tells.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from kg.claim import QUALIFIERS, Predicate, Qualifier
from kg.extraction.cues import Found
from kg.extraction.frames import Sentence
from kg.extraction.given import Given, compounded
from kg.extraction.spans import clause, mentions, origins, said, says
from kg.vocabulary import Vocabulary

_TREATMENTS = frozenset(("cell", "product", "drug", "factor"))
_EFFECTS: frozenset[Predicate] = frozenset(
    ("treats", "acts_via", "increases", "decreases", "adverse_effect", "outcome", "given_by")
)
_WITH_PARTNERS: frozenset[Predicate] = _EFFECTS | {"more_effective_than"}
_COMPARED: frozenset[Predicate] = frozenset(("treats", "adverse_effect", "outcome", "increases", "decreases"))
_JOINTS = frozenset(("and", "or", ",", "+", "/", "&"))
_BESIDE = 8
_BEYOND = 10
_NEAR_ROUTE = 4


class Qualifiers:
    """Reads the qualifiers of claims by the words of a vocabulary. It keeps nothing of what it read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        #: The species and the controls of studies, by what their cues speak for.
        self.species = {_local(term.id): term.id for term in vocabulary.of_kind("species")}
        self.controls = {_local(term.id): term.id for term in vocabulary.of_kind("control")}
        self.human = next((id for id, _ in vocabulary.annotations.get("treatedSpecies", ())), "")
        self.given = Given(vocabulary)
        #: Cells that are named by the tissue they are taken from.
        self.sourced = frozenset(id for id, _ in vocabulary.annotations.get("takenFrom", ()))
        #: What is given to make room for a cell, whose name is joined to its own by "and".
        self.conditions = frozenset(vocabulary.annotations.get("conditions", ()))
        self._carriers = frozenset(id for id, _ in vocabulary.annotations.get("carrier", ()))

    def read(
        self, s: Sentence, subject: int | None, predicate: Predicate, object_: int | None
    ) -> tuple[tuple[Qualifier, str], ...]:
        """The qualifiers of a claim, keys in the order of `kg.claim.QUALIFIERS`; of `with` there may be several.

        The ends are mentions, by their index in the sentence; None where one is named elsewhere.
        """
        return _Qualified(self, s, subject, predicate, object_).pairs()

    def is_treatment(self, s: Sentence, named: int) -> bool:
        """Whether a mention is of what is given: a therapeutic cell, a product, a drug or what carries cells."""
        if compounded(s, named):
            return False
        carried = not self._carriers.isdisjoint(self.vocabulary.ancestors(s.named[named].mention.id))
        return carried or self.given.is_drug(s, named) or self.given.is_cell(s, named)

    def partners(self, s: Sentence) -> list[list[int]]:
        """The treatments that a sentence says are given together, as groups of mentions."""
        treatments = [k for k in mentions(s, 0, len(s.lowers), _TREATMENTS | {"process"}) if self.is_treatment(s, k)]
        groups: list[list[int]] = []
        for a, b in pairwise(treatments):
            if _combined(s, a, b) or self._conditions(s, a, b):
                if groups and groups[-1][-1] == a:
                    groups[-1].append(b)
                else:
                    groups.append([a, b])
            elif groups and groups[-1][-1] == a and _listed(s, a, b):
                groups[-1].append(b)  # "X along with Y and Z"
        return groups

    def _conditions(self, s: Sentence, a: int, b: int) -> bool:
        """Whether the first of two treatments makes room for the second: "chemotherapy and stem cell transplant". In a
        longer list they are choices."""
        first, second = s.named[a], s.named[b]
        if (first.mention.id, second.mention.id) not in self.conditions:
            return False
        between = s.lowers[first.last : second.first]
        return (
            between[:1] == ("and",) and len(between) <= 3 and "," not in s.lowers[max(0, first.first - 3) : first.first]
        )


class _Qualified:
    """One claim in its sentence."""

    def __init__(
        self, by: Qualifiers, s: Sentence, subject: int | None, predicate: Predicate, object_: int | None
    ) -> None:
        self.by = by
        self.s = s
        self.subject = subject
        self.predicate = predicate
        self.object = object_

    def pairs(self) -> tuple[tuple[Qualifier, str], ...]:
        read: dict[Qualifier, Sequence[str]] = {
            "source": self._sources(),
            "route": self._routes(),
            "comparator": self._comparators(),
            "species": self._species(),
            "with": self._partners(),
        }
        return tuple((key, id) for key in QUALIFIERS for id in read.get(key, ()))

    @cached_property
    def _ends(self) -> set[str]:
        return {self.s.named[k].mention.id for k in (self.subject, self.object) if k is not None}

    def _sources(self) -> Sequence[str]:
        """The tissue of the cell, where its name does not say it: "stem cells from marrow"."""
        if self.subject is None or self.predicate == "derived_from":
            return ()
        mention = self.s.named[self.subject].mention
        if mention.source:
            return (mention.source,)
        if "cell" not in mention.kinds or mention.id in self.by.sourced:
            return ()
        return origins(self.s, self.subject, self.by.vocabulary)[:1] or self._named_source(self.subject)

    def _named_source(self, named: int) -> Sequence[str]:
        """The tissue in the words that name a cell: "bone marrow transplant". One word is too little: "blood"."""
        s, one = self.s, self.s.named[named]
        for length in range(one.last - one.first - 1, 1, -1):
            for first in range(one.first, one.last - length):
                if found := self.by.vocabulary.find(" ".join(s.lowers[first : first + length]), "tissue"):
                    known = s.words(first, first + length).lower() in self.by.vocabulary.label(one.mention.id)
                    return () if known else found[:1]
        return ()

    def _routes(self) -> Sequence[str]:
        """The route, where the subject is named with it: "intravenous MSCs", "MSCs given by vein"."""
        if self.subject is None or self.predicate not in _EFFECTS or self.predicate == "given_by":
            return ()
        s, own = self.s, self.s.named[self.subject]
        routes = mentions(s, 0, len(s.lowers), {"route"})
        ids = [self.by.given.id_of(s, k, "route") for k in routes]
        if len(set(ids)) != 1 or self.by.vocabulary.parents(ids[0]) == ():
            return ()
        for k in routes:
            one = s.named[k]
            between = range(min(own.last, one.last), max(own.first, one.first))
            plain = not any(s.tags[t] in ("VBD", "VBZ", "VBP", "MD") or s.lowers[t] in ",;" for t in between)
            given = says(s, ("Administering", "Placing", "GivenWord"), between.start, between.stop)
            if plain and (len(between) <= _NEAR_ROUTE or given):
                return ids[:1]
            top = clause(s, one.head)
            if top == clause(s, own.head) and says(s, "Administering", top, top + 1):
                return ids[:1]
        return ()

    def _comparators(self) -> Sequence[str]:
        """What the effect is compared with: a treatment, or the control of a study."""
        s = self.s
        if self.predicate not in _COMPARED:
            return ()
        for than in said(s, ("Than", "ComparedWith")):
            if s.lowers[than.first : than.last] in (("to",), ("over",), ("rather", "than"), ("against",)):
                continue
            found = self._set_against(than)
            if found and found not in self._ends:
                return (found,)
        return ()

    def _set_against(self, than: Found) -> str:
        """What stands behind the words that set something against it."""
        s = self.s
        stop = min(len(s.lowers), than.last + _BEYOND)
        stop = next((k for k in range(than.last, stop) if s.lowers[k] in (";", ",") or s.tags[k] == "MD"), stop)
        control = said(s, self.by.controls, than.last, stop)
        named = [k for k in mentions(s, than.last, stop, _TREATMENTS) if self.by.is_treatment(s, k)]
        if control and (not named or control[0].first < s.named[named[0]].first):
            return self.by.controls[control[0].cue.owner]
        return self.by.given.id_of(s, named[0], *_TREATMENTS) if named else ""

    def _species(self) -> Sequence[str]:
        """The species that the effect was seen in: animals where they are named, else people."""
        s = self.s
        if self.predicate not in _EFFECTS:
            return ()
        owners = [found.cue.owner for found in said(s, self.by.species) if not self._is_origin(found)]
        if animals := [self.by.species[owner] for owner in owners if self.by.species[owner] != self.by.human]:
            return animals[:1]
        return (self.by.human,) if self.by.human and (owners or says(s, "PersonWord")) else ()

    def _is_origin(self, found: Found) -> bool:
        """Whether the name of a species says what a cell or factor is from: "mouse MSCs"."""
        named = self.s.at.get(found.last, self.s.at.get(found.first))
        return named is not None and not self.s.named[named].mention.kinds.isdisjoint(("cell", "factor"))

    def _partners(self) -> Sequence[str]:
        """What is given together with the subject."""
        if self.subject is None or self.predicate not in _WITH_PARTNERS:
            return ()
        s, own = self.s, self.s.named[self.subject].mention.id
        found: list[str] = []
        for group in self.by.partners(s):
            if not any(s.named[k].mention.id == own for k in group):
                continue
            for k in group:
                id = self.by.given.id_of(s, k, *_TREATMENTS)
                kin = id in self.by.vocabulary.ancestors(own) or own in self.by.vocabulary.ancestors(id)
                if id and id not in self._ends and id not in found and not kin:
                    found.append(id)
        return found


def _local(id: str) -> str:
    return id.removeprefix("stemkg:")


def _combined(s: Sentence, a: int, b: int) -> bool:
    """Whether two treatments that follow each other are told as given together."""
    first, second = s.named[a], s.named[b]
    between = range(first.last, second.first)
    words = s.lowers[between.start : between.stop]
    if len(between) > _BESIDE or ";" in words or says(s, ("Than", "ComparedWith"), between.start, between.stop):
        return False
    if "without" in words:
        return False
    if says(s, "Combining", between.start, between.stop) or "+" in words:
        return True
    if words[:1] == ("with",) and says(s, "TherapyNoun", first.last - 1, first.last) and "drug" in first.mention.kinds:
        return False  # "targeted therapy with an inhibitor"
    if "with" in words and not any(s.tags[k].startswith("VB") or s.lowers[k] == "," for k in between):
        at = between.start + words.index("with")
        return s.heads[at] == first.head or at - first.last <= 1 or _told(s, first.first, second.last)
    joined = ("and" in words or words == (",",)) and not any(s.tags[k].startswith(("VB", "MD")) for k in between)
    return (joined or words[-1:] == ("to",)) and _told(s, first.first, second.last)


def _told(s: Sentence, first: int, last: int) -> bool:
    """Whether a noun or verb of combination stands just before or behind two treatments: "a combination of X and Y"."""
    return says(s, "Combination", first - 4, first) or says(s, "Combination", last, last + 3)


def _listed(s: Sentence, a: int, b: int) -> bool:
    """Whether two treatments are members of one list."""
    between = s.lowers[s.named[a].last : s.named[b].first]
    return 0 < len(between) <= 3 and bool(_JOINTS & set(between))


__all__ = ["Qualifiers"]
