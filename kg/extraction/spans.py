"""Stretches of a sentence: which words of a class and which mentions stand in them."""

from collections.abc import Collection
from functools import lru_cache

from kg.extraction.cues import Found
from kg.extraction.frames import Sentence
from kg.extraction.language import lemma
from kg.extraction.language.lemmas import american
from kg.vocabulary import Vocabulary

_CLAUSES = frozenset(("ROOT", "conj", "advcl", "ccomp", "relcl", "parataxis"))
_TAKEN = frozenset(("that", "which", "are", "(", ")", ","))
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")


def said(s: Sentence, owners: str | Collection[str], first: int = 0, last: int | None = None) -> list[Found]:
    """The cues of some classes (names of ours) within tokens `first:last`, in order.

    A cue that is written in an inflected form is found in that form only: "those" is not "that", "better" not "good".
    """
    last = len(s.lowers) if last is None else last
    wanted = (owners,) if isinstance(owners, str) else owners
    return [
        found
        for found in s.cues
        if found.cue.owner in wanted and not found.cue.governor and first <= found.first and found.last <= last
        if all(form in s.lowers[found.first : found.last] for form in _inflected(found.cue.text))
    ]


@lru_cache(maxsize=20_000)
def _inflected(text: str) -> tuple[str, ...]:
    """The words of a cue that are no dictionary forms."""
    return tuple([word for word in text.lower().split() if word.isalpha() and lemma(word) != american(word)])


def says(s: Sentence, owners: str | Collection[str], first: int = 0, last: int | None = None) -> bool:
    """Whether a cue of some classes stands within tokens `first:last`."""
    return bool(said(s, owners, max(0, first), last))


def longest(found: Collection[Found]) -> list[Found]:
    """The cues that no longer one holds: "no progression", not the "progression" in it."""
    return [
        one
        for one in found
        if not any(
            other.first <= one.first and one.last <= other.last and other.last - other.first > one.last - one.first
            for other in found
        )
    ]


def mentions(s: Sentence, first: int, last: int, kinds: Collection[str]) -> list[int]:
    """The mentions of some kinds that begin within tokens `first:last`, by their index in the sentence."""
    return [k for k, one in enumerate(s.named) if first <= one.first < last and not one.mention.kinds.isdisjoint(kinds)]


def origins(s: Sentence, named: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The tissues that a cell is taken from, as CURIEs, where they are told after it: "MSCs from fat", "stem cells
    derived from umbilical cord or placenta"."""
    start = s.named[named].last
    after = next((k for k in range(start, min(start + 5, len(s.lowers))) if s.lowers[k] == "from"), None)
    between = range(start, after or start)
    if after is None or any(
        k in s.at or not (s.tags[k].startswith(("VB", "RB")) or s.lowers[k] in _TAKEN) for k in between
    ):
        return ()
    found: list[str] = []
    last = after + 1
    for k in mentions(s, after + 1, len(s.lowers), {"tissue"}):
        if s.named[k].first - last > 3 or any(s.tags[t].startswith("VB") for t in range(last, s.named[k].first)):
            break
        found.append(next(id for id in s.named[k].mention.ids if "tissue" in vocabulary.kinds(id)))
        last = s.named[k].last
        if s.lowers[last : last + 1] not in (("or",), ("and",), (",",), ("tissue",)):
            break
    return tuple(found)


def head(s: Sentence, first: int, last: int) -> int:
    """The token of `first:last` that the others hang on."""
    outward = [k for k in range(first, last) if not first <= s.heads[k] < last or s.heads[k] == k]
    return outward[-1] if outward else last - 1


def clause(s: Sentence, token: int) -> int:
    """The token that heads the clause which a token is in: the nearest verb above it, or what stands for one."""
    for above in s.up(token):
        if s.tags[above].startswith(("VB", "MD")) and s.labels[above] not in ("amod", "aux", "auxpass"):
            return above
        if s.labels[above] in _CLAUSES - {"conj"}:
            return above
    return token


def subtree(s: Sentence, token: int) -> list[int]:
    """A token and all that hangs on it, in the order of the sentence."""
    found, todo = [token], [token]
    while todo:
        below = s.children[todo.pop()]
        found.extend(below)
        todo.extend(below)
    return sorted(found)


def bracketed(s: Sentence, token: int) -> bool:
    """Whether a token stands in brackets."""
    depth = 0
    for word in s.lowers[:token]:
        depth += (word in _OPENING) - (word in _CLOSING)
    return depth > 0


__all__ = ["bracketed", "clause", "head", "longest", "mentions", "origins", "said", "says", "subtree"]
