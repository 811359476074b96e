"""Cues: the words and phrases by which the ontology knows a relation, a class of words or a mechanism in a sentence.

Cues are written in dictionary form, on the term that they speak for: "reduce" on decreases, "angiogenesis" on a
mechanism. `<Promoting> blood vessel` asks for a word of that verb class to govern the phrase.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kg.extraction.language import lemma
from kg.vocabulary import Vocabulary

#: The annotation that a cue is written as.
Form = Literal["cue", "nounCue", "adjectiveCue", "inverseCue", "inchoativeCue"]
FORMS: Final[tuple[Form, ...]] = ("cue", "nounCue", "adjectiveCue", "inverseCue", "inchoativeCue")

_GOVERNED = re.compile(r"<(\w+)>\s+(.+)")
_WORD = re.compile(r"[\w'+]+")
_ARTICLES = frozenset(("a", "an", "the"))
_HYPHENS = frozenset(("-", "–", "‐", "/"))
# What may stand between the words of a phrase: "reduced the cardiac fibrosis" has "reduce fibrosis".
_PASSED_OVER = frozenset(("DT", "JJ", "JJR", "RB", "PRP$", "CD", "VBN", "POS", "NN"))
_MOST_PASSED_OVER = 2


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue as the ontology has it: what it speaks for, by local name, and the verb class that has to govern it."""

    owner: str
    form: Form
    text: str
    governor: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A cue in a sentence: its tokens are `first:last`."""

    first: int
    last: int
    cue: Cue


class CueBook:
    """The cues of a vocabulary. It keeps nothing of what it read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._root: dict[str, object] = {}
        including = defaultdict(list)  # a class or relation to those whose words its words are too
        for whole, part in vocabulary.annotations.get("includes", ()):
            including[part].append(whole)
        for form in FORMS:
            for id, text in vocabulary.annotations.get(form, ()):
                if "stemkg:TextPart" not in vocabulary.ancestors(id):
                    for owner in (id, *including[id]):
                        self._add(owner.removeprefix("stemkg:"), form, text)

    def _add(self, owner: str, form: Form, text: str) -> None:
        governed = _GOVERNED.fullmatch(text)
        governor, phrase = (governed[1], governed[2]) if governed else ("", text)
        words = [word for word in _WORD.findall(phrase.lower()) if word not in _ARTICLES]
        if len(words) > 1 and words[0] == "be":
            words = words[1:]  # "be derived from": the participle says it
        node = self._root
        for word in words:
            node = node.setdefault(lemma(word), {})  # type: ignore[assignment]
        cue = Cue(owner, form, phrase, governor)
        if words and cue not in node.setdefault("", []):  # type: ignore[operator]
            node[""].append(cue)  # type: ignore[attr-defined]

    def find(self, lowers: Sequence[str], lemmas: Sequence[str], tags: Sequence[str]) -> tuple[Found, ...]:
        """All cues of a sentence, by where they begin. Each sequence has an entry for each token."""
        found: list[Found] = []
        kept = [k for k, word in enumerate(lowers) if word not in _HYPHENS]
        for place, first in enumerate(kept):
            node = self._step(self._root, lowers[first], lemmas[first])
            if node is not None:
                self._follow(node, place, kept, lowers, lemmas, tags, found)
        return tuple(found)

    def _follow(
        self,
        node: dict[str, object],
        place: int,
        kept: Sequence[int],
        lowers: Sequence[str],
        lemmas: Sequence[str],
        tags: Sequence[str],
        found: list[Found],
    ) -> None:
        """Note every phrase that goes on from the word at `kept[place]`, which led to `node`."""
        first, passed = kept[place], 0
        while True:
            for cue in node.get("", ()):  # type: ignore[attr-defined]
                found.append(Found(first, kept[place] + 1, cue))
            step = None
            place += 1
            while place < len(kept):
                step = self._step(node, lowers[kept[place]], lemmas[kept[place]])
                if step is not None or passed == _MOST_PASSED_OVER or tags[kept[place]] not in _PASSED_OVER:
                    break
                passed += 1
                place += 1
            if step is None:
                return
            node = step

    @staticmethod
    def _step(node: dict[str, object], lower: str, lemma: str) -> dict[str, object] | None:
        if not lower:
            return None
        return node.get(lemma) or node.get(lower)  # type: ignore[return-value]


__all__ = ["FORMS", "Cue", "CueBook", "Form", "Found"]
