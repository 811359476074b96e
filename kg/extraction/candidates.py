"""Candidates: every claim that a sentence could make, made generously.

A candidate joins two ends whose kinds a relation allows: mentions of the sentence, mechanisms whose words stand in it,
and therapies and diseases that it leaves unnamed. Which of them the sentence says, the scorer decides (see `score`).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.claim import Predicate
from kg.extraction.cues import Found
from kg.extraction.document import Document, Kinds, illnesses, therapies
from kg.extraction.frames import Named, Sentence

_AGENT = frozenset(("cell", "product", "drug", "factor"))
_CELL = frozenset(("cell",))
_THERAPY = frozenset(("cell", "product"))
_CHANGED = frozenset(("factor", "cell", "process"))
_ILLNESS = frozenset(("disease", "phenotype"))
_COMPARED = frozenset((*_AGENT, "route"))

#: The kinds of the ends that each relation joins. A mechanism is an object of acts_via only, by its cues.
ENDS: Final[dict[Predicate, tuple[frozenset[str], frozenset[str]]]] = {
    "treats": (_AGENT, _ILLNESS),
    "acts_via": (_THERAPY, frozenset(("mechanism",))),
    "secretes": (_CELL, frozenset(("factor", "product"))),
    "increases": (_AGENT, _CHANGED),
    "decreases": (_AGENT, _CHANGED),
    "differentiates_into": (_CELL, frozenset(("cell", "tissue"))),
    "derived_from": (_CELL, frozenset(("tissue",))),
    "given_by": (_THERAPY, frozenset(("route",))),
    "adverse_effect": (_AGENT, frozenset(("phenotype", "disease", "adverse_event"))),
    "involves": (frozenset(("disease", "mechanism", "cell", "product")), frozenset(("pathway", "factor"))),
    "affects": (frozenset(("disease",)), frozenset(("cell", "tissue", "process"))),
}
#: What is said of a thing by what comes of its loss: where X was silenced and Y fell, X increases Y.
OPPOSITE: Final[dict[Predicate, Predicate]] = {"increases": "decreases", "decreases": "increases"}
_MEANINGS = 3  # so many of a mention's candidates are tried


@dataclass(frozen=True, slots=True)
class End:
    """One end of a candidate: a mention of the sentence (`named` is its index there, `place` which of its meanings), a
    mechanism by its cues, or, without either, a term that the sentence leaves unnamed."""

    id: str
    kinds: frozenset[str]
    named: int | None = None
    place: int = 0
    cues: tuple[Found, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether the end is carried in from elsewhere in the article."""
        return self.named is None and not self.cues


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ends, and the relations that their kinds allow from the first to the second. It is `turned` where the words
    tell what comes of the loss of the first: "silencing of X lowered Y"."""

    subject: End
    object: End
    predicates: tuple[Predicate, ...]
    turned: bool = False

    def said(self, predicate: Predicate) -> Predicate:
        """The relation that is said of the ends by words for this one."""
        return OPPOSITE[predicate] if self.turned else predicate


def pairs(document: Document, s: Sentence) -> Iterator[Pair]:
    """The candidates of a sentence, in a fixed order."""
    kinds = document.kinds
    named = [
        End(id, kinds.of(id), k, place)
        for k, one in enumerate(s.named)
        for place, id in enumerate(_meanings(one, kinds))
    ]
    here = {end.id for end in named}
    cells = [End(id, kinds.of(id)) for id in therapies(document, s.index) if id not in here]
    ills = [End(id, kinds.of(id)) for id in illnesses(document, s.index) if id not in here]
    for subject in (*named, *cells, *ills):
        for object_ in (*named, *ills, *_mechanisms(s, kinds)):
            predicates = _allowed(subject, object_)
            turned = subject.named in s.away
            if turned:
                predicates = tuple(p for p in predicates if p in OPPOSITE)
            if predicates:
                yield Pair(subject, object_, predicates, turned)


def _meanings(one: Named, kinds: Kinds) -> list[str]:
    """What a mention may mean: its best candidates, and for a tissue that can be given the cells in it."""
    ids = list(one.mention.ids[:_MEANINGS])
    given = kinds.given_as.get(one.mention.id)
    return [*ids, given] if given else ids


def _mechanisms(s: Sentence, kinds: Kinds) -> list[End]:
    found: dict[str, list[Found]] = defaultdict(list)
    for one in s.cues:
        id = "stemkg:" + one.cue.owner
        if id in kinds.mechanisms:
            found[id].append(one)
    return [End(id, kinds.of(id), cues=tuple(cues)) for id, cues in found.items()]


def _allowed(subject: End, object_: End) -> tuple[Predicate, ...]:
    """The relations that two ends allow. What a sentence leaves unnamed is a subject, or the disease that is treated;
    both ends only of treats."""
    if subject.id == object_.id or (subject.named is not None and subject.named == object_.named):
        return ()
    if object_.cues:
        predicates: tuple[Predicate, ...] = ("acts_via",)
    else:
        predicates = tuple(p for p in ENDS if p != "acts_via")
    if object_.carried:
        predicates = ("treats",)
    allowed = [p for p in predicates if ENDS[p][0] & subject.kinds and ENDS[p][1] & object_.kinds]
    if subject.carried:
        # A disease that goes unnamed is affected or involves something, a therapy does everything else.
        ill = not _ILLNESS.isdisjoint(subject.kinds)
        allowed = [p for p in allowed if (p in ("affects", "involves")) == ill]
    return tuple(allowed)


__all__ = ["ENDS", "OPPOSITE", "End", "Pair", "pairs"]
