"""The standing of a claim: how certain the text is of it, on what basis, and by which kind of evidence.

Each is learned from annotated texts: from the words around the claim, those of the neighbouring sentences, and what the
article as a whole looks like.
"""

from collections import Counter
from collections.abc import Iterable
from typing import cast

from kg.claim import Basis, Certainty, Evidence
from kg.extraction.document import Document
from kg.extraction.features import Features, bucket
from kg.extraction.frames import Sentence
from kg.extraction.learned import Model

_CONTENT = ("NN", "VB", "JJ", "RB")
_HELPING = ("aux", "auxpass", "neg", "mark", "advmod", "det")
_AHEAD = 4  # so many sentences before may name the study that a sentence goes on about


class Standing:
    """Tells certainty, basis and evidence. It keeps nothing of what it read."""

    def __init__(self, features: Features, models: dict[str, Model]) -> None:
        self._features = features
        self._models = models
        #: The species that treatments are meant for, which is no animal.
        self._people = frozenset(id for id, _ in features.kinds.vocabulary.annotations.get("treatedSpecies", ()))

    @classmethod
    def load(cls, features: Features) -> "Standing":
        """With the weights that lie beside the code."""
        return cls(features, {name: Model.load(name) for name in ("certainty", "basis", "evidence")})

    def certainty(self, features: list[str]) -> Certainty:
        """How certain a sentence is, by `features_of`."""
        return cast(Certainty, self._models["certainty"].best(features))

    def basis(self, features: list[str]) -> Basis:
        """What the statements of a sentence rest on, by `features_of`."""
        return cast(Basis, self._models["basis"].best(features))

    def evidence(self, features: list[str], article: list[str], s: Sentence | None = None) -> Evidence:
        """The kind of evidence of a sentence, by `features_of` and `features_of_article`; without these, that of the
        article. Of animals and people in one breath the people count: "in mice and in a first clinical trial"."""
        found = cast(Evidence, self._models["evidence"].best([*features, *article]))
        return "ClinicalTrial" if found == "AnimalStudy" and s is not None and _in_people_too(s) else found

    def features_of(self, document: Document, s: Sentence) -> list[str]:
        """What a sentence, with those around it, looks like."""
        found = self._features.of_sentence(document, s)
        sentences, count = document.sentences, len(document.sentences)
        found += ["early" if s.index < 3 else "later", f"fifth:{5 * s.index // max(1, count)}"]
        for way in (-1, 1):
            if 0 <= s.index + way < count:
                beside = sentences[s.index + way]
                found += [f"N{way}:{owner}" for owner in _studies(beside)]
                if "VBD" in beside.tags:
                    found.append(f"N{way}VBD")
        for before in sentences[max(0, s.index - _AHEAD) : s.index]:
            found += ["A:" + owner for owner in _studies(before)]
        for k, tag in enumerate(s.tags):
            if tag in ("VBD", "VBZ", "VBP", "MD"):
                found.append(f"V:{tag}:{s.lemmas[k]}")
            if s.labels[k] == "ROOT":
                found += ["R:" + s.lemmas[k], "Rt:" + tag, *("RC:" + owner for owner in sorted(s.of(k)))]
                helpers = [one for one in s.children[k] if s.labels[one] in ("aux", "auxpass", "neg")]
                found += ["Raux:" + s.lowers[one] for one in helpers]
        found += [f"2:{a}_{b}" for a, b in zip(s.lemmas, s.lemmas[1:], strict=False)]
        return sorted(set(found))

    @staticmethod
    def features_of_claim(s: Sentence, predicate: str, named: Iterable[int]) -> list[str]:
        """What governs the ends of a claim that a sentence names: the words above them, with what helps these."""
        found = ["p:" + predicate]
        for k in named:
            for token in s.up(s.named[k].head)[1:]:
                found += [f"U:{s.lemmas[token]}", *("UC:" + owner for owner in s.of(token))]
                found += [f"U{s.labels[c]}:{s.lowers[c]}" for c in s.children[token] if s.labels[c] in _HELPING]
        return sorted(set(found))

    def features_of_article(self, document: Document) -> list[str]:
        """What an article as a whole looks like: which studies its sentences name, and how they tell of them."""
        sentences, article = document.sentences, document.article
        count = max(1, len(sentences))
        counts: Counter[str] = Counter()
        found: set[str] = set()
        for s in sentences:
            counts.update(_signs(s, self._people))
            words = {s.lemmas[k] for k, tag in enumerate(s.tags) if tag[:2] in _CONTENT}
            found.update("DW:" + word for word in words)
            if s.index < 3:
                found.update("T3:" + word for word in words)
            if s.index >= count - 2:
                found.update("TL:" + word for word in words)
            if s.index == 0:
                found.update("T0:" + word for word in words)
                found.update("T0C:" + one.cue.owner for one in s.cues)
        for name, number in counts.items():
            found.update((f"D:{name}:{min(4, number)}", f"Dr:{name}:{4 * number // count}", "Dany:" + name))
        labels = {section.label.lower() for section in article.sections if section.label}
        cited = article.work is not None and bool(article.work.doi or article.work.pmid)
        found.update(
            (
                "Dlength:" + bucket(count),
                f"Dlabels:{min(3, len(labels))}",
                f"Dsections:{min(5, len(article.sections))}",
                f"Dcites:{cited}",
                "Dsays:" + article.evidence,
                *("Dtype:" + kind for kind in article.publication_types),
            )
        )
        return sorted(found)


def _studies(s: Sentence) -> list[str]:
    """The words of a sentence that speak of studies, by what they speak for."""
    return sorted({one.cue.owner for one in s.cues if one.cue.owner.endswith(_OF_STUDIES)})


_OF_STUDIES = ("Analysis", "Trial", "Study", "Review", "Report", "Statement", "PatientWord", "ResultWord", "ReaderWord")


def _signs(s: Sentence, people: frozenset[str]) -> set[str]:
    signs = set(_studies(s))
    if any(one.cue.owner.startswith("NCBITaxon") and one.cue.owner not in people for one in s.cues):
        signs.add("species")
    for sign, words in _WORDS.items():
        if not words.isdisjoint(s.lowers):
            signs.add(sign)
    if "VBD" in s.tags:
        signs.add("past")
    if any(tag == "CD" and "PatientWord" in s.of(k + 1) for k, tag in enumerate(s.tags)):
        signs.add("patients counted")
    return signs


def _in_people_too(s: Sentence) -> bool:
    """Whether a sentence names people who were studied, counted or beside animals, or a trial."""
    for found in s.cues:
        before = s.lowers[max(0, found.first - 4) : found.first]
        if not _DENYING.isdisjoint(before):
            continue
        if found.cue.owner == "PersonWord":
            if "CD" in s.tags[max(0, found.first - 2) : found.first] or not _JOINING.isdisjoint(before):
                return True
        elif found.cue.owner in ("ClinicalTrial", "RandomizedTrial"):
            return True
    return False


_DENYING = frozenset(("not", "n't", "no", "without", "never", "future"))
_JOINING = frozenset(("and", "well", "both", "also", "then", "plus", "later"))
_WORDS = {
    "we": frozenset(("we", "our")),
    "you": frozenset(("you", "your")),
    "question": frozenset("?"),
    "statistics": frozenset(("p", "n", "ci")),
}

__all__ = ["Standing"]
