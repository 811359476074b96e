"""Abbreviations: what the short forms of an article stand for, by what the article itself says of them.

"mesenchymal stem cells (MSCs)", "MS (multiple sclerosis)", "embryonic stem (ES) cells", "placental MSCs (PMSCs)".
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.extraction.names.lexicon import Hit, Names
from kg.extraction.names.mention import Mention
from kg.extraction.names.writing import fold, is_short_form, singular_words
from kg.vocabulary import Vocabulary

_BRACKET = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_NEAR = 120  # characters before a bracket in which the long form stands
_WORD = re.compile(r"\w+")
_CONTENT = 5  # letters of a word that tells something


@dataclass(slots=True)
class ArticleNames:
    """What an article has introduced: its abbreviations, and the ids that it names in full."""

    defined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)  # of an abbreviation for cells: the tissue they are from
    blocked: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    words: frozenset[str] = frozenset()  # its words, where they were asked for
    counts: Counter[str] = field(default_factory=Counter)  # how often each short form stands in it
    split: list[Mention] = field(default_factory=list)  # names with a bracket inside: "embryonic stem (ES) cells"

    def define(self, short: str, ids: tuple[str, ...], source: str = "") -> None:
        """Take a short form to stand for something, if it does not already for something else."""
        if short not in self.defined:
            self.defined[short] = ids
            if source:
                self.sources[short] = source


@dataclass(slots=True)
class _Bracket:
    """A bracket that may hold a short form or a long one."""

    start: int
    end: int
    inner: str
    first: int  # where what it holds begins
    before: int  # where the text before it ends


class Abbreviations:
    """Finds what an article introduces. `composed` gives the mentions that hits of names make together."""

    def __init__(
        self, vocabulary: Vocabulary, names: Names, composed: Callable[[str, list[Hit]], list[Mention]]
    ) -> None:
        self._vocabulary = vocabulary
        self._names = names
        self._composed = composed

    def introduced(self, text: str, hits: list[Hit]) -> ArticleNames:
        """What a text with these hits of names introduces."""
        known = ArticleNames()
        for hit in hits:
            if hit.name.short:
                known.counts[bare(text[hit.start : hit.end])] += 1
            else:
                known.named.add(hit.name.ids[0])
        brackets = [bracket for match in _BRACKET.finditer(text) if (bracket := _bracket(text, match)) is not None]
        if not brackets:
            return known
        ends = {hit.end: hit for hit in hits}
        starts = {hit.start: hit for hit in hits}
        made = self._before_brackets(text, hits, brackets)
        for bracket in brackets:
            inner = bracket.inner
            if 1 < len(inner) <= 12 and any(c.isupper() for c in inner) and " " not in inner:
                self._short_in_brackets(text, bracket, known, ends, starts, made, hits)
            elif " " in inner or inner.islower():
                self._long_in_brackets(text, bracket, known, starts)
        return known

    def _before_brackets(self, text: str, hits: list[Hit], brackets: list[_Bracket]) -> dict[int, Mention]:
        """What is made of several names right before brackets, by where it ends."""
        opening = {bracket.before for bracket in brackets}
        near = {place for end in opening for place in range(end - 60, end + 1)}
        mentions = self._composed(text, [hit for hit in hits if hit.end in near])
        return {m.end: m for m in mentions if m.end in opening}

    def _short_in_brackets(
        self,
        text: str,
        bracket: _Bracket,
        known: ArticleNames,
        ends: dict[int, Hit],
        starts: dict[int, Hit],
        made: dict[int, Mention],
        hits: list[Hit],
    ) -> None:
        """ "mesenchymal stem cells (MSCs)" """
        inner, short = bracket.inner, bare(bracket.inner)
        before = ends.get(bracket.before)
        if (ids := self._by_its_tail(text, inner, before)) is not None:
            known.define(inner.removesuffix("s"), ids)
            return
        if (split := self._split(text, bracket, short)) is not None:
            known.split.append(split)
            if not text[split.end - 1].isdigit():
                known.define(short, split.ids)
            return
        long = long_form(short, text[max(0, bracket.start - _NEAR) : bracket.start])
        mention = made.get(bracket.before)
        if long is None:
            # "transplants (HSCT)": no initials fit, but what stands right before is a name of the same thing.
            inside = starts.get(bracket.first)
            if before is not None and inside is not None and before.name.ids[0] in inside.name.ids:
                known.define(short, before.name.ids)
            elif inside is None or not self._shares_a_word(text, bracket, inside):
                if mention is not None and _ends_like(short, text[mention.start : mention.end]):
                    known.define(short, mention.ids, mention.source)
                elif inside is not None and self._given(inside) and known.named.isdisjoint(inside.name.ids):
                    known.blocked.add(short)  # "a mindfulness-based intervention (BMT)"
            return
        if mention is not None and len(long) >= mention.end - mention.start and mention.reason:
            known.define(short, mention.ids, mention.source)  # "placenta-derived MSCs (PMSCs)"
            return
        found = self._names.lookup(long)
        near = before or _within(hits, bracket.before - len(long), bracket.before)
        if found is not None:
            known.define(short, found.ids)
        elif near is not None and near.end >= bracket.before - 14 and fold(text[near.start])[0] == fold(short)[0]:
            known.define(short, near.name.ids)
        elif mention is not None and _ends_like(short, text[mention.start : mention.end]):
            known.define(short, mention.ids, mention.source)  # "traumatic spinal cord injury (TSCI)"
        elif not self._known_so(text, bracket, starts.get(bracket.first), long, hits):
            known.blocked.add(short)

    def _known_so(self, text: str, bracket: _Bracket, inside: Hit | None, long: str, hits: list[Hit]) -> bool:
        """Whether a short form is known for what stands before it, or for a part of that: "HSC transplants (HSCT)"."""
        if inside is None:
            return False
        within = [hit for hit in hits if bracket.before - len(long) <= hit.start and hit.end <= bracket.before]
        if any(hit.name.ids[0] in inside.name.ids for hit in within):
            return True
        return self._shares_a_word(text, bracket, inside, 2 if self._given(inside) else 4)

    def _by_its_tail(self, text: str, inner: str, before: Hit | None) -> tuple[str, ...] | None:
        """What a short form with a hyphen stands for by what follows it: "BMSC-Exo" are exosomes."""
        if "-" not in inner and "–" not in inner:
            return None
        tail = re.split("[-–]", inner)[-1]
        part = self._names.lookup(tail)
        if part is not None and any("product" in self._vocabulary.kinds(id) for id in part.ids):
            return part.ids
        if before is not None and len(tail) > 1 and fold(text[before.start : before.end]).startswith(tail.lower()):
            return before.name.ids  # "secrete exosomes (MSC-Ex)"
        return None

    def _split(self, text: str, bracket: _Bracket, short: str) -> Mention | None:
        """A name with its short form in the middle: "embryonic stem (ES) cells", "interleukin (IL)-10"."""
        after = re.match(r"[\s-]+([A-Za-z]+|\d+\w*)", text[bracket.end : bracket.end + 20])
        words = list(re.finditer(r"[\w'-]+", text[max(0, bracket.before - 60) : bracket.before]))[-3:]
        if after is None or not words or bracket.before - len(words[-1].group()) < 0:
            return None
        offset = max(0, bracket.before - 60)
        for word in words:
            start = offset + word.start()
            head = text[start : bracket.before]
            found = self._names.lookup(f"{head} {after[1]}")
            known = self._names.lookup(head)
            fits = known is None or (found is not None and known.ids[0] == found.ids[0]) or after[1][0].isdigit()
            if found is not None and not found.short and fits and long_form(short, head):
                kinds = frozenset(kind for id in found.ids for kind in self._vocabulary.kinds(id))
                return Mention(start, bracket.end + after.end(), found.ids, kinds, reason=f"{head} … {after[1]}")
        return None

    def _given(self, hit: Hit) -> bool:
        """Whether a name is of a cell or a product, which can be a therapy."""
        return not self._vocabulary.kinds(hit.name.ids[0]).isdisjoint(("cell", "product"))

    def _shares_a_word(self, text: str, bracket: _Bracket, inside: Hit, last: int = 4) -> bool:
        """Whether what a short form is known for shares one of the last words before it: "mesenchymal (MSCs)", but
        not "acute care surgery (ACS)" with an acute coronary syndrome, of the last two."""
        words = _WORD.findall(fold(text[max(0, bracket.before - 40) : bracket.before]))[-last:]
        told = {word.removesuffix("s") for word in words if len(word) >= _CONTENT}
        names = (name for id in inside.name.ids for name in self._vocabulary.terms[id].names)
        return any(not told.isdisjoint(singular_words(name, _WORD)) for name in names)

    def _long_in_brackets(self, text: str, bracket: _Bracket, known: ArticleNames, starts: dict[int, Hit]) -> None:
        """ "RA (rheumatoid arthritis)" """
        word = re.search(r"([A-Za-z][\w-]{1,9})\s*$", text[max(0, bracket.start - 12) : bracket.start])
        named = starts.get(bracket.first)
        if word and named is not None and named.end >= bracket.first + len(bracket.inner) - 1:
            if is_short_form(word[1]) and long_form(bare(word[1]), bracket.inner):
                known.define(bare(word[1]), named.name.ids)


def bare(form: str) -> str:
    """A short form without the mark of its plural.

    >>> bare("MSCs"), bare("MS"), bare("AS")
    ('MSC', 'MS', 'AS')
    """
    return form.removesuffix("s") if len(form) > 2 else form


def _bracket(text: str, match: re.Match[str]) -> _Bracket | None:
    """A bracket as it may introduce something; None for one that stands for nothing before it."""
    before = len(text[: match.start()].rstrip())
    if text[:before][-1:] in ("", ":", ".", ","):
        return None  # "topics: [COVID-19, lung disease]"
    held = match.group(1)
    inner = held.split(";")[0].split(",")[0].strip()
    return _Bracket(match.start(), match.end(), inner, match.start(1) + len(held) - len(held.lstrip()), before)


def _ends_like(short: str, name: str) -> bool:
    """Whether a short form ends in the initials of a name: "TSCI" in those of "spinal cord injury".

    >>> _ends_like("TSCI", "spinal cord injury"), _ends_like("CI", "spinal cord injury")
    (True, False)
    """
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", name)).lower()
    return len(initials) > 1 and short.lower().endswith(initials)


def _within(hits: list[Hit], start: int, end: int) -> Hit | None:
    inside = [hit for hit in hits if hit.start >= start and hit.end <= end and not hit.name.short]
    return inside[-1] if inside else None


def long_form(short: str, before: str) -> str | None:
    """The words before a bracketed short form that it stands for (Schwartz and Hearst 2003), or None.

    >>> long_form("SSc", "as in systemic sclerosis ")
    'systemic sclerosis'
    >>> long_form("OA", "Knee osteoarthritis ")
    'osteoarthritis'
    >>> long_form("EAE", "in experimental autoimmune encephalomyelitis ")
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
