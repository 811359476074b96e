"""Mentions: which terms a text speaks of, and where.

Names are found in the whole article at once; then its own abbreviations, ambiguous short forms and cells named by
their source are resolved.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace

from kg.extraction.names.composition import Composer
from kg.extraction.names.lexicon import Hit, Names
from kg.extraction.names.mention import Mention
from kg.extraction.names.writing import Plain, fold, is_short_form
from kg.vocabulary import Vocabulary

#: What a claim can be about.
KINDS = (
    "cell", "product", "drug", "disease", "phenotype", "tissue", "factor", "process", "pathway", "route",
    "adverse_event",
)  # fmt: skip

_BRACKET = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_JOINTS = (",", "and", "or", "/")
_JOINED = re.compile(r"((?:[\w'-]+\s+){0,2}[\w'-]+)\s*(?:,|\band|\bor|/)\s+$")
_BEFORE_NUMBER = re.compile(r"s[ -]\d")
_NUMBERED = re.compile(r"\b([A-Za-z]{3,})s[ -]((?:\d+[α-ω]?(?:,\s*|,?\s+and\s+|,?\s+or\s+))+\d+[α-ω]?)")
_ROOTS = frozenset(("MONDO:0000001", "CL:0000000", "UBERON:0001062", "GO:0008150", "HP:0000001", "CHEBI:24431"))


@dataclass(slots=True)
class ArticleNames:
    """What an article has introduced: its abbreviations, and the ids that it names in full."""

    defined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)  # of an abbreviation for cells: the tissue they are from
    blocked: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


class MentionFinder:
    """Finds the mentions of a vocabulary's terms."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.names = Names(vocabulary, KINDS)
        self._composer = Composer(vocabulary, self.names)
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
        known = self._introduced(text, hits)
        mentions = []
        for start, end, form in known_uses(text, known):
            ids = known.defined[form]
            kinds = self.kinds(ids)
            mentions.append(Mention(start, end, ids, kinds, known.sources.get(form, ""), True))
        for hit in hits:
            ids = self._resolve(hit, text, known)
            if ids:
                kinds = self.kinds(ids)
                if kinds == {"factor"} and text[hit.end : hit.end + 1] == "+":
                    # "CD133+ cells": a marker
                    continue
                mentions.append(Mention(hit.start, hit.end, ids, kinds, "", hit.name.short))
        mentions.sort(key=lambda m: (m.start, -m.end))
        found = self._composer.compose(text, _without_overlap(mentions))
        return self._elided(text, self._by_source(text, found))

    def _introduced(self, text: str, hits: list[Hit]) -> ArticleNames:
        known = ArticleNames()
        for hit in hits:
            if not hit.name.short:
                known.named.add(hit.name.ids[0])
        ends = {hit.end: hit for hit in hits}
        composed: dict[int, Mention] | None = None
        starts = {hit.start: hit for hit in hits}
        for match in _BRACKET.finditer(text):
            if text[: match.start()].rstrip()[-1:] in ("", ":", ".", ","):
                continue  # "topics: [COVID-19, lung disease]" stands for nothing before it
            inner = match.group(1).split(";")[0].split(",")[0].strip()
            first = match.start(1) + (len(match.group(1)) - len(match.group(1).lstrip()))
            if 1 < len(inner) <= 12 and any(c.isupper() for c in inner) and " " not in inner:
                part = self.names.lookup(re.split("[-–]", inner)[-1]) if "-" in inner or "–" in inner else None
                if part is not None and any("product" in self._vocabulary.kinds(id) for id in part.ids):
                    # "BMSC-Exo" are exosomes.
                    known.defined.setdefault(inner.removesuffix("s"), part.ids)
                    continue
                before = ends.get(len(text[: match.start()].rstrip()))
                tail = re.split("[-–]", inner)[-1].lower()
                if (
                    before is not None
                    and "-" in inner
                    and len(tail) > 1
                    and fold(text[before.start : before.end]).startswith(tail)
                ):
                    # "secrete exosomes (MSC-Ex)"
                    known.defined.setdefault(inner.removesuffix("s"), before.name.ids)
                    continue
                short = inner.removesuffix("s") if inner[-1] == "s" and len(inner) > 2 else inner
                long = _long_form(short, text[max(0, match.start() - 120) : match.start()])
                if long is not None:
                    if composed is None:
                        composed = self._composed(text, hits)
                    made = composed.get(len(text[: match.start()].rstrip()))
                    if made is not None and len(long) >= made.end - made.start:
                        # "placenta-derived MSCs (PMSCs)"
                        known.defined.setdefault(short, made.ids)
                        known.sources.setdefault(short, made.source)
                        continue
                if long is None:
                    before = ends.get(len(text[: match.start()].rstrip()))
                    # "transplants (HSCT)": no initials fit, but what stands right before is a name of the same thing.
                    if before is not None and before.name.ids[0] in _ids_of(ends, starts, first):
                        known.defined.setdefault(short, before.name.ids)
                    continue
                ids = self._lookup(long)
                if not ids:
                    end = len(text[: match.start()].rstrip())
                    near = ends.get(end) or _within(hits, end - len(long), end)
                    if near is not None and near.end >= end - 14 and fold(text[near.start])[0] == fold(short)[0]:
                        ids = near.name.ids
                if ids:
                    known.defined.setdefault(short, ids)
                else:
                    known.blocked.add(short)
            elif " " in inner or inner.islower():
                # "RA (rheumatoid arthritis)"
                word = re.search(r"([A-Za-z][\w-]{1,9})\s*$", text[max(0, match.start() - 12) : match.start()])
                named = starts.get(first)
                if word and named is not None and named.end >= first + len(inner) - 1 and is_short_form(word[1]):
                    if _long_form(word[1].removesuffix("s"), inner):
                        known.defined.setdefault(word[1].removesuffix("s"), named.name.ids)
        return known

    def _composed(self, text: str, hits: list[Hit]) -> dict[int, Mention]:
        """The cells and products that stand before a bracket, with their source, by where they end."""
        opening = {len(text[: match.start()].rstrip()) for match in _BRACKET.finditer(text)}
        bounds = sorted(opening)
        near = [
            hit for hit in hits if (at := bisect_left(bounds, hit.end)) < len(bounds) and bounds[at] - hit.end <= 60
        ]
        plain = ArticleNames()
        mentions = []
        for hit in near:
            ids = self._resolve(hit, text, plain)
            if ids:
                kinds = self.kinds(ids)
                mentions.append(Mention(hit.start, hit.end, ids, kinds, "", hit.name.short))
        return {m.end: m for m in self._by_source(text, mentions) if m.kinds & {"cell", "product"} and m.end in opening}

    def _lookup(self, long: str) -> tuple[str, ...]:
        found = self.names.lookup(long)
        return found.ids if found is not None else ()

    def _resolve(self, hit: Hit, text: str, known: ArticleNames) -> tuple[str, ...]:
        ids = tuple(id for id in hit.name.ids if id not in _ROOTS)
        if not ids:
            return ()
        if not hit.name.short:
            return ids
        form = text[hit.start : hit.end]
        short = form.removesuffix("s") if len(form) > 2 else form
        if short in known.defined:
            return known.defined[short]
        if short in known.blocked:
            return ()
        named = tuple(id for id in ids if id in known.named)
        if named:
            return named
        kinds = self.kinds(ids)
        letters = sum(c.isalpha() for c in short)
        if kinds <= {"disease", "phenotype", "tissue", "process", "route", "adverse_event"}:
            # A short form of a disease stands for it only where the text has said so, unless it is long and unique.
            return ids if len(ids) == 1 and letters >= 4 else ()
        if len(ids) > 1 and letters <= 3:
            related = tuple(id for id in ids if form in self._vocabulary.terms[id].related
                            or short in self._vocabulary.terms[id].related)  # fmt: skip
            return related if len(related) == 1 else ()
        return ids

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
                        found[-1] = replace(mention, start=found[-1].start, ids=(cell,))
                        continue
                    if mention.id in self._stem:
                        found[-1] = replace(mention, start=found[-1].start, source=tissue)
                        continue
            found.append(mention)
        return found


def _without_overlap(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _ids_of(ends: dict[int, Hit], starts: dict[int, Hit], at: int) -> tuple[str, ...]:
    hit = starts.get(at)
    return hit.name.ids if hit else ()


def _within(hits: list[Hit], start: int, end: int) -> Hit | None:
    inside = [hit for hit in hits if hit.start >= start and hit.end <= end and not hit.name.short]
    return inside[-1] if inside else None


def _long_form(short: str, before: str) -> str | None:
    """The words before a bracketed short form that it stands for (Schwartz and Hearst 2003), or None.

    >>> _long_form("SSc", "as in systemic sclerosis ")
    'systemic sclerosis'
    >>> _long_form("OA", "Knee osteoarthritis ")
    'osteoarthritis'
    >>> _long_form("EAE", "in experimental autoimmune encephalomyelitis ")
    'experimental autoimmune encephalomyelitis'
    """
    s, at = len(short) - 1, len(before) - 1
    if not before.strip():
        return None
    # Where the initials of the words are the short form, these are what it stands for, though a part of them would do.
    words = list(re.finditer(r"[^\W_]+", before))[-len(short) :]
    if len(words) == len(short) > 1 and all(w[0][0].lower() == c for w, c in zip(words, short.lower(), strict=True)):
        return before[words[0].start() :].strip()
    while s >= 0:
        c = short[s].lower()
        if not c.isalnum():
            s -= 1
            continue
        while at >= 0 and (before[at].lower() != c or (s == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
        s -= 1
    long = before[at + 1 :].strip()
    count = len(long.split())
    if count > len(short) * 2 + 2 or count > len(short) + 5 or len(long) <= len(short):
        return None
    return long


def known_uses(text: str, known: ArticleNames) -> list[tuple[int, int, str]]:
    """Where a text uses the short forms that it defined: offsets, and the form."""
    if not known.defined:
        return []
    forms = "|".join(sorted(map(re.escape, known.defined), key=lambda f: (-len(f), f)))
    uses = []
    for match in re.finditer(rf"(?<![\w-])({forms})(s?)(?![\w])", text):
        uses.append((match.start(), match.end(), match.group(1)))
    return uses
