"""The lexicon of names: what each written form may stand for, and where such forms stand in a text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from kg.extraction.names.writing import HYPHENS, even, fold, in_animals, is_short_form, plurals, variants
from kg.vocabulary import Vocabulary

#: Words of disease that stand for each other at the end of a name: "hematologic ailments" are hematologic disorders.
_DISEASE_WORDS = ("disease", "disorder", "condition", "illness", "ailment")
#: What may stand for "the" in the name of a place where something is given: "into his spinal canal".
_OWNERS = ("a", "an", "his", "her", "its", "their", "your", "my")


#: The scores of a label, of a text form and of an exact synonym; and of what is known otherwise.
_SCORES = (1.0, 0.95, 0.9)
_OTHER = 0.7


@dataclass(frozen=True, slots=True)
class Name:
    """What a written form may stand for: CURIEs, best first, whether it is a short form, and a score for each."""

    ids: tuple[str, ...]
    short: bool
    scores: tuple[float, ...] = ()

    def score(self, id: str) -> float:
        """How sure it is that the form stands for a term, from 0 to 1."""
        return dict(zip(self.ids, self.scores, strict=False)).get(id, _OTHER)

    def joined(self, other: "Name") -> "Name":
        """A name that may stand for what either does, the first one's before the other's."""
        ids = tuple(dict.fromkeys(self.ids + other.ids))
        scores = tuple(self.score(id) if id in self.ids else other.score(id) for id in ids)
        return Name(ids, self.short and other.short, scores)


@dataclass(slots=True, init=False)
class Hit:
    """A name in a text, by half-open offsets."""

    start: int
    end: int
    name: Name
    plural: bool  # the plural of the name

    def __init__(self, start: int, end: int, name: Name, plural: bool = False) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.plural = plural


class Names:
    """All names of a vocabulary, to be found in texts in one pass, in time linear in the text."""

    def __init__(self, vocabulary: Vocabulary, kinds: Iterable[str]) -> None:
        wanted = frozenset(kinds)
        # What is said not to be a name of a phrase class is no name of anything; else of that term only.
        never = {(id, name.casefold()) for id, name in vocabulary.annotations.get("notAName", ())}
        never_any = {name for id, name in never if "stemkg:PhraseClass" in vocabulary.ancestors(id)}
        written = {name for _, name in vocabulary.annotations.get("notAName", ())}
        endings = _endings(vocabulary)
        folded: dict[str, dict[str, int]] = defaultdict(dict)
        cased: dict[str, dict[str, int]] = defaultdict(dict)
        for term in vocabulary.terms.values():
            if not term.kinds & wanted:
                continue
            # A related synonym is the text form that somebody chose for running text: it ranks before an exact one.
            ranked = [(term.label, 0), *((name, 1) for name in term.related), *((name, 2) for name in term.exact)]
            for name, rank in ranked:
                short = is_short_form(name)
                # "all" is no name, "ALL" may be one.
                refused = name.casefold() in never_any and (not short or name in written)
                if refused or (term.id, name.casefold()) in never or len(name) < 2:
                    continue
                forms = variants(name.removesuffix("s") if short and name.endswith("s") else name)
                if "disease" in term.kinds:
                    forms |= {
                        form[: -len(last)] + other
                        for form in forms
                        if (last := form.rpartition(" ")[2]) in _DISEASE_WORDS and " " in form
                        for other in _DISEASE_WORDS
                    }
                if "cell" in term.kinds:
                    forms |= {
                        form[: -len(last)] + other for form in forms for last, other in endings if form.endswith(last)
                    }
                if not term.kinds.isdisjoint(("route", "phenotype")):
                    forms |= {form.replace(" the ", f" {other} ") for form in forms for other in _OWNERS}
                if short and term.id.startswith("HGNC:"):
                    forms |= {form for form in map(in_animals, forms) if form is not None}
                if not short:
                    forms |= {many for form in forms for many in plurals(form)}
                for form in forms:
                    known = cased[form] if short else folded[form.lower()]
                    known[term.id] = min(rank, known.get(term.id, rank))
        self._general = frozenset(id for id, _ in vocabulary.annotations.get("generalCell", ()))
        self._cased = Automaton(by_rank(cased, short=True))
        self._folded = Automaton(by_rank(folded, short=False))

    def lookup(self, form: str) -> Name | None:
        """What a written form, or the singular of it, stands for, or None."""
        for written in (form, form.removesuffix("s"), form.removesuffix("es")):
            found = self._lookup(written)
            if found is not None:
                return found
        return None

    def _lookup(self, form: str) -> Name | None:
        return self._folded.names.get(fold(form)) or self._cased.names.get(even(form))

    def find(self, text: str) -> list[Hit]:
        """The names in a text: the longest at each place, without overlap, in order."""
        hits = self._folded.find(fold(text), text) + self._cased.find(even(text), text)
        return longest(self._without_general(hits))

    def _without_general(self, hits: list[Hit]) -> list[Hit]:
        """The hits without those of cells in general that go on from another name: "T cell | therapy"."""
        if all(hit.name.ids[0] not in self._general for hit in hits):
            return hits
        starts: dict[int, int] = {}  # where the longest name begins that ends at a place
        for hit in hits:
            starts[hit.end] = min(hit.start, starts.get(hit.end, hit.start))

        def goes_on(hit: Hit) -> bool:
            return any(starts.get(end, hit.start) < hit.start for end in range(hit.start + 1, hit.end))

        return [hit for hit in hits if hit.name.ids[0] not in self._general or not goes_on(hit)]


def _endings(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """How the ends of names of cells may be written too, after a space: "mesenchymal stem/progenitor cell"."""
    also = vocabulary.annotations.get("alsoEnding", ())
    return [(f" {vocabulary.label(id)}", f" {form}") for id, other in also for form in variants(other)]


def longest(hits: list[Hit]) -> list[Hit]:
    """The longest hits at each place, without overlap, in order."""
    # Longest first among those that begin together; a hit that begins inside a taken one is dropped.
    hits.sort(key=lambda hit: (hit.start, -hit.end, hit.name.short, hit.plural))
    kept: list[Hit] = []
    for hit in hits:
        if kept and (hit.start, hit.end) == (kept[-1].start, kept[-1].end):
            # The plural may be a name of its own: both readings stay, the written form first.
            kept[-1] = Hit(hit.start, hit.end, kept[-1].name.joined(hit.name))
        elif not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif hit.end - hit.start > kept[-1].end - kept[-1].start and (len(kept) < 2 or hit.start >= kept[-2].end):
            kept[-1] = hit
    return kept


def by_rank(forms: dict[str, dict[str, int]], *, short: bool) -> dict[str, Name]:
    """The names of written forms, of which the ranks of what they may stand for are known."""
    names = {}
    for form, ranks in sorted(forms.items()):
        # A disease comes before the sign that is called the same.
        ids = tuple(sorted(ranks, key=lambda id: (id.startswith("HP:"), ranks[id], id)))
        names[form] = Name(ids, short, tuple(_SCORES[ranks[id]] for id in ids))
    return names


def is_opposed(folded: str, text: str, start: int) -> bool:
    """Whether a name has "anti-" or "non-" before it: "anti-X" is about X, but does not mention it."""
    before = folded[max(0, start - 5) : start - 1].split(" ")[-1] if start and text[start - 1] in HYPHENS else ""
    return before in ("anti", "non")


class Automaton:
    """The written forms of names, to be found in a text in one pass."""

    def __init__(self, names: Mapping[str, Name]) -> None:
        self.names = names
        self._patterns = list(names)
        self._automaton = AhoCorasick(self._patterns or ["\0"], matchkind=MatchKind.Standard)

    def find(self, folded: str, text: str) -> list[Hit]:
        """The names in a text that is also given folded, with overlap."""
        hits = []
        size = len(folded)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if start and folded[start - 1].isalnum():
                continue
            # The "s" or "es" of a plural belongs to the name.
            plural = False
            if end < size and folded[end].isalnum():
                if folded[end] == "s" and (end + 1 == size or not folded[end + 1].isalnum()):
                    end, plural = end + 1, True
                elif folded[end : end + 2] == "es" and (end + 2 == size or not folded[end + 2].isalnum()):
                    end, plural = end + 2, True
                else:
                    continue
            if is_opposed(folded, text, start):
                continue
            hits.append(Hit(start, end, self.names[self._patterns[index]], plural))
        return hits
