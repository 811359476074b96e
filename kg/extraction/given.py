"""What is given: which mentions of a sentence are treatments."""

from typing import Final

from kg.extraction.frames import Sentence
from kg.extraction.spans import mentions
from kg.vocabulary import Vocabulary

_GIVING: Final = "Administering"
_GIVEN_AS: Final = ("theme", "second", "p_of", "p_with", "comp")
_DOING: Final = "Halting"
_UNDER: Final = frozenset(("after", "with", "on", "despite", "following"))


class Given:
    """Knows treatments by the ontology. It keeps nothing of what it read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        therapeutic = vocabulary.annotations.get("therapeutic", ())
        self._cells = frozenset(id for id, value in therapeutic if value in ("true", "cell"))
        self._drugs = frozenset(id for id, value in therapeutic if value == "drug")

    def is_cell(self, s: Sentence, named: int) -> bool:
        """Whether a mention is of a cell or product such as is given as a therapy."""
        id = s.named[named].mention.id
        if "product" in self.vocabulary.kinds(id) or not self._cells.isdisjoint(self.vocabulary.ancestors(id)):
            return True
        return named in given_cells(s)

    def is_drug(self, s: Sentence, named: int) -> bool:
        """Whether a mention is of a drug, or of a factor that is given as one."""
        mention = s.named[named].mention
        return "drug" in mention.kinds or mention.id in self._drugs

    def drugs(self, s: Sentence, first: int, last: int) -> list[int]:
        """The drugs named in tokens `first:last`; that of "steroid-resistant" is none."""
        return [k for k in mentions(s, first, last, {"drug"}) if not compounded(s, k)]

    def id_of(self, s: Sentence, named: int, *kinds: str) -> str:
        """The best meaning of a mention that is of one of some kinds; "" for none."""
        ids = s.named[named].mention.ids
        return next((id for id in ids if not self.vocabulary.kinds(id).isdisjoint(kinds)), "")


def given_cells(s: Sentence) -> frozenset[int]:
    """The cells that a sentence says are given, whatever cells they are, by their index in `s.named`: "underwent
    infusion of {hepatocytes}", "were given {natural killer cells}". Those under which something came about are, too,
    and those that halted it: "Despite {dendritic cells}, …", "{hepatocytes} kept it from getting worse"."""
    found: set[int] = set()
    if any("cell" in named.mention.kinds for named in s.named):
        for token, frame in s.frames.items():
            if _DOING in s.of(token) and not frame.passive:
                found.update(k for k, way in frame.roles.get("agent", {}).items() if not way)
            if _GIVING in s.of(token):
                ways = [way for role in _GIVEN_AS for way in frame.roles.get(role, {}).items()]
                found.update(k for k, way in ways if way in ("", "/of"))
        if s.lowers[0] in _UNDER:
            found.update(k for k, one in enumerate(s.named) if s.heads[one.head] == 0 and s.labels[one.head] == "pobj")
    return frozenset(k for k in found if "cell" in s.named[k].mention.kinds)


def compounded(s: Sentence, named: int) -> bool:
    """Whether a mention is but the first part of a word: "steroid-resistant"."""
    last = s.named[named].last
    return s.lowers[last : last + 1] == ("-",)


__all__ = ["Given", "compounded", "given_cells"]
