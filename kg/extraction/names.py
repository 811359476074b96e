"""Names: how a name of the ontology may be written, and where such names stand in a text.

Variants are spelling, not vocabulary: plural, hyphen or space, British or American, Greek letter or its name,
"IL-6" or "IL6". What things are called stands in the ontology.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from kg.extraction.tokens import SPELLINGS
from kg.vocabulary import Vocabulary

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "ω": "omega",
}  # fmt: skip
_GREEK_NAMES = re.compile(r"(?<![a-z])(" + "|".join(_GREEK.values()) + r")(?![a-z])", re.IGNORECASE)
_SPELLED = re.compile("|".join(part for pair in SPELLINGS for part in pair))
# What a name has that may be written otherwise.
_VARIES = re.compile("|".join([r"\d", *_GREEK, *_GREEK.values(), _SPELLED.pattern]))
_LETTER = {name: letter for letter, name in _GREEK.items()}

_HYPHENS = "-‐‑‒–−/"
# Marks that are written one for the other. The micro sign is written for mu.
_MARKS = (
    *((mark, " ") for mark in _HYPHENS + "\u00a0\n\r\t\u2009\u202f"),
    *(("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("\u00b5", "μ")),
)


def even(text: str) -> str:
    """The text with hyphens and all kinds of space as spaces and quotes as plain ones, every character where it was.

    >>> even("T-Cell’s")
    "T Cell's"
    """
    # One replacement after the other is ten times faster than a translation.
    for mark, instead in _MARKS:
        text = text.replace(mark, instead)
    return text


def fold(text: str) -> str:
    """The text in lower case and evened, every character where it was.

    >>> fold("T-Cell’s")
    "t cell's"
    """
    lower = text.lower()
    if len(lower) != len(text):  # "İ" has a lower case of two characters
        lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
    return even(lower)


def is_short_form(name: str) -> bool:
    """Whether a name is an acronym or symbol, to be matched by its case: MSC, IL-6, TNF-α, iPSCs, but not "T cell".

    >>> [is_short_form(n) for n in ("MSCs", "IL-6", "UC-MSC", "T cell", "Crohn disease", "p21", "NK cell")]
    [True, True, True, False, False, True, False]
    """
    words = name.split()
    if len(words) > 2 or len(name) > 12 or (len(words) == 2 and words[1].isalpha() and words[1].islower()):
        return False
    bare = name.removesuffix("s")
    return sum(c.isupper() for c in bare) >= 2 or (
        len(bare) <= 6 and any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare)
    )


def variants(name: str) -> set[str]:
    """The ways to write a name, with hyphens as spaces (see `fold`), case kept.

    >>> sorted(variants("IL-1β"))
    ['IL 1 beta', 'IL 1 β', 'IL 1beta', 'IL 1β', 'IL1 beta', 'IL1 β', 'IL1beta', 'IL1β']
    >>> sorted(variants("ischaemic stroke"))
    ['ischaemic stroke', 'ischemic stroke']
    """
    name = " ".join(even(name).split())
    forms = {name}
    if not _VARIES.search(name.lower()):
        return forms
    for form in list(forms):
        if any(letter in form for letter in _GREEK):
            for letter, spelled in _GREEK.items():
                form = form.replace(letter, spelled)
            forms.add(form)
        elif _GREEK_NAMES.search(form):
            forms.add(_GREEK_NAMES.sub(lambda m: _LETTER[m.group().lower()], form))
    for british, american in SPELLINGS if _SPELLED.search(name.lower()) else ():
        for form in list(forms):
            lower = form.lower()
            if british in lower:
                forms.add(_replace(form, british, american))
            elif american in lower and british not in lower:
                forms.add(_replace(form, american, british))
    joined = set()
    for form in forms:
        # Symbols: every border between letters, digits and Greek may be open or closed.
        if len(form) > 14:
            continue
        parts = re.findall(r"[A-Za-z]+|\d+|[^\W\d_A-Za-z]|[^\w\s]", form)
        greek = any(part in _GREEK or part.lower() in _LETTER for part in parts)
        plain = "".join(parts) == form.replace(" ", "")
        if plain and 1 < len(parts) <= 4 and (greek or any(part.isdigit() for part in parts)):
            for gaps in itertools.product(("", " "), repeat=len(parts) - 1):
                joined.add("".join(part + gap for part, gap in zip(parts, (*gaps, ""), strict=True)))
    return forms | joined


def _replace(form: str, old: str, new: str) -> str:
    return re.sub(old, new, form, flags=re.IGNORECASE) if old in form.lower() else form


#: Words of disease that stand for each other at the end of a name: "hematologic ailments" are hematologic disorders.
_DISEASE_WORDS = ("disease", "disorder", "condition", "illness", "ailment")
#: What may stand for "the" in the name of a place where something is given: "into his spinal canal".
_OWNERS = ("a", "an", "his", "her", "its", "their", "your", "my")


@dataclass(frozen=True, slots=True)
class Name:
    """What a written form may stand for: CURIEs, best first, and whether it is a short form."""

    ids: tuple[str, ...]
    short: bool


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
        folded: dict[str, dict[str, int]] = defaultdict(dict)
        cased: dict[str, dict[str, int]] = defaultdict(dict)
        for term in vocabulary.terms.values():
            if not term.kinds & wanted:
                continue
            # A related synonym is the text form that somebody chose for running text: it ranks before an exact one.
            ranked = [(term.label, 0), *((name, 1) for name in term.related), *((name, 2) for name in term.exact)]
            for name, rank in ranked:
                if name.casefold() in never_any or (term.id, name.casefold()) in never or len(name) < 2:
                    continue
                short = is_short_form(name)
                forms = variants(name.removesuffix("s") if short and name.endswith("s") else name)
                if "disease" in term.kinds:
                    forms |= {
                        form[: -len(last)] + other
                        for form in forms
                        if (last := form.rpartition(" ")[2]) in _DISEASE_WORDS and " " in form
                        for other in _DISEASE_WORDS
                    }
                if "route" in term.kinds:
                    forms |= {form.replace(" the ", f" {other} ") for form in forms for other in _OWNERS}
                for form in forms:
                    known = cased[form] if short else folded[form.lower()]
                    known[term.id] = min(rank, known.get(term.id, rank))
        self._cased = _Automaton(cased, short=True)
        self._folded = _Automaton(folded, short=False)

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
        # Longest first among those that begin together; a hit that begins inside a taken one is dropped.
        hits.sort(key=lambda hit: (hit.start, -hit.end, hit.name.short, hit.plural))
        kept: list[Hit] = []
        for hit in hits:
            if kept and (hit.start, hit.end) == (kept[-1].start, kept[-1].end):
                # The plural may be a name of its own: both readings stay, the written form first.
                ids = tuple(dict.fromkeys(kept[-1].name.ids + hit.name.ids))
                kept[-1] = Hit(hit.start, hit.end, Name(ids, kept[-1].name.short and hit.name.short))
            elif not kept or hit.start >= kept[-1].end:
                kept.append(hit)
            elif hit.end - hit.start > kept[-1].end - kept[-1].start and (len(kept) < 2 or hit.start >= kept[-2].end):
                kept[-1] = hit
        return kept


class _Automaton:
    def __init__(self, forms: dict[str, dict[str, int]], *, short: bool) -> None:
        patterns = sorted(forms)
        self.names = {
            form: Name(tuple(sorted(forms[form], key=lambda id: (forms[form][id], id))), short) for form in patterns
        }
        self._by_index = list(self.names.values())
        self._automaton = AhoCorasick(patterns or ["\0"], matchkind=MatchKind.Standard)

    def find(self, folded: str, text: str) -> list[Hit]:
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
            # "anti-X" and "non-X" are about X, but do not mention it.
            if start and text[start - 1] in _HYPHENS and folded[max(0, start - 5) : start - 1].split(" ")[-1] in (
                "anti", "non"):  # fmt: skip
                continue
            hits.append(Hit(start, end, self._by_index[index], plural))
        return hits
