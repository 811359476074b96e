"""The document: what an article is about, and who can be meant where nobody is named.

"These cells", "the treatment" and a list item under a heading leave it to the reader who is meant. The document keeps
what can be: the therapies and diseases of the whole article, by how much it makes of them, and those named last before
a sentence. Which of them is meant is the scorer's to say (see `candidates` and `score`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from kg.articles import Article
from kg.articles.edits import Edits
from kg.extraction.frames import Sentence
from kg.extraction.given import given_cells
from kg.vocabulary import Vocabulary

#: What a section is for, by its heading.
Role = Literal["background", "aim", "methods", "results", "conclusions", "other", "none"]

ROLES: Final[tuple[Role, ...]] = ("background", "aim", "methods", "results", "conclusions")

_TITLED = 3  # so many mentions is one in the title worth
_GENERAL_COUNTS = -100  # a cell in general is what is meant only where no special one is named
_NOT_RANKED = 9


@dataclass(frozen=True, slots=True)
class Known:
    """What was named before a sentence, last first: ids of special therapeutic cells and products, diseases and drugs;
    and what stood as a subject."""

    cells: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()


class Kinds:
    """What kinds of things the terms of a vocabulary are, as the reading asks for it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._roots = frozenset(id for id, _ in vocabulary.annotations.get("therapeutic", ()))
        #: Cells that are meant in general, which any special one displaces.
        self.general = frozenset(id for id, _ in vocabulary.annotations.get("generalCell", ()))
        #: Tissues that, where they are given, are the cells in them: cord blood.
        self.given_as = dict(vocabulary.annotations.get("givenAs", ()))
        #: Words in the headings of sections, by what these are for.
        self.headings: dict[Role, tuple[str, ...]] = dict.fromkeys(ROLES, ())
        cues = vocabulary.values("cue")
        for id, role in vocabulary.annotations.get("headingOf", ()):
            self.headings[cast(Role, role)] = cues.get(id, ())
        self.mechanisms = frozenset(term.id for term in vocabulary.of_kind("mechanism"))

    def of(self, id: str) -> frozenset[str]:
        """The kinds of a term."""
        return self.vocabulary.kinds(id)

    def therapeutic(self, id: str) -> bool:
        """Whether a term is a cell or product that is given as a therapy."""
        return not self._roots.isdisjoint(self.vocabulary.ancestors(id))


class Document:
    """An article's sentences with what it is about."""

    def __init__(
        self,
        article: Article,
        sentences: Sequence[Sentence],
        kinds: Kinds,
        edits: Edits | None = None,
        lacked: Callable[[Sentence], Collection[int]] = lambda _: (),
    ) -> None:
        """`lacked` tells which mentions of a sentence are of diseases that its people don't have."""
        self.article = article
        self._edits = edits
        self.sentences = sentences
        self.kinds = kinds
        cells: Counter[str] = Counter()
        diseases: Counter[str] = Counter()
        first: dict[str, int] = {}
        titled: set[str] = set()
        self.known: list[Known] = []
        #: Where an article names no cell that is a therapy as such, those that it says are given.
        self._given: frozenset[str] = frozenset()
        if not any(self._is_therapy(one.mention.id) for s in sentences for one in s.named):
            self._given = frozenset(s.named[k].mention.id for s in sentences for k in given_cells(s))
        known = Known()
        for s in sentences:
            self.known.append(known)
            mentions = [one.mention for one in s.named]
            named = [mention.id for mention in mentions]
            mine = [id for id in named if self._is_therapy(id)]
            without = lacked(s)
            ills = [id for k, id in enumerate(named) if "disease" in kinds.of(id) and k not in without]
            cells.update(mine)
            diseases.update(ills)
            for id in (*mine, *ills):
                first.setdefault(id, s.index)
                if s.index == 0 or s.span.kind == "title":
                    titled.add(id)
            known = self._after(s, known, mine, ills)
        self.titled = frozenset(titled)
        #: The article's therapies and diseases, those that it makes most of first.
        self.cells = self._ranked(cells, first)
        self.diseases = self._ranked(diseases, first)
        self._places = {id: k for ids in (self.diseases, self.cells) for k, id in enumerate(ids)}
        self.roles = [self._role(s) for s in sentences]
        #: The heading of each section, where it is one of the sentences.
        self.headings = {s.span.section: s for s in reversed(sentences) if s.span.kind == "heading"}

    def _is_therapy(self, id: str) -> bool:
        given = not self.kinds.of(id).isdisjoint(("cell", "product")) and self.kinds.therapeutic(id)
        return given or id in self._given

    def _ranked(self, counts: Counter[str], first: dict[str, int]) -> tuple[str, ...]:
        def worth(id: str) -> tuple[int, int, str]:
            bonus = _TITLED * (id in self.titled) + _GENERAL_COUNTS * (id in self.kinds.general)
            return -(counts[id] + bonus), first[id], id

        return tuple(sorted(counts, key=worth))

    def _after(self, s: Sentence, known: Known, cells: list[str], diseases: list[str]) -> Known:
        special = tuple(id for id in reversed(cells) if id not in self.kinds.general)
        drugs = tuple(one.mention.id for one in reversed(s.named) if "drug" in self.kinds.of(one.mention.id))
        subjects = frozenset(one.mention.id for one in s.named if s.labels[one.head] in ("nsubj", "nsubjpass"))
        return Known(
            special or known.cells,
            tuple(reversed(diseases)) or known.diseases,
            drugs or known.drugs,
            subjects or known.subjects,
        )

    def _role(self, s: Sentence) -> Role:
        """What the section of a sentence is for."""
        sections = self.article.sections
        if s.span.section >= len(sections):
            return "none"
        section = sections[s.span.section]
        said = f"{section.heading} {section.label}".lower().strip()
        known = self.kinds.headings
        found = (role for role in ROLES if any(word in said for word in known[role]))
        return next(found, "other" if said else "none")

    def stands(self, start: int, end: int) -> tuple[int, int]:
        """The offsets, in the text as it stands, of a stretch of the text as it reads (see `kg.articles.edits`)."""
        return (start, end) if self._edits is None else (self._edits.opening(start), self._edits.end(end))

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The same of a stretch inside a sentence: without the marks that open there."""
        return (start, end) if self._edits is None else (self._edits.start(start), self._edits.end(end))

    def rank(self, id: str) -> int:
        """The place of a therapy or disease among the article's, from 0; 9 for what is none of them."""
        return self._places.get(id, _NOT_RANKED)

    def headed(self, s: Sentence) -> str:
        """The disease that the heading of a sentence's section names, or nothing."""
        heading = self.headings.get(s.span.section)
        named = heading.named if heading is not None else ()
        return next((one.mention.id for one in named if "disease" in self.kinds.of(one.mention.id)), "")

    def main_disease(self) -> str:
        """The disease that the article makes most of, or nothing."""
        return self.diseases[0] if self.diseases else ""


def therapies(document: Document, index: int) -> list[str]:
    """Who the therapy can be that a sentence leaves unnamed: the special cell named last, then those that the article
    makes most of, then, where it names no therapy of its own, the drug named last: of 1,682 candidates that went on
    with a drug beside a cell that is named, 8 held."""
    known = document.known[index]
    own = any(document.kinds.therapeutic(one.mention.id) for one in document.sentences[index].named)
    return list(dict.fromkeys((*known.cells[:1], *document.cells[:3], *(() if own else known.drugs[:1]))))


def illnesses(document: Document, index: int) -> list[str]:
    """Which disease a sentence can leave unnamed: that of the heading, the one named last, then those that the article
    makes most of."""
    headed = document.headed(document.sentences[index])
    found = dict.fromkeys((headed, *document.known[index].diseases[:1], *document.diseases[:2]))
    return [id for id in found if id]


__all__ = ["Document", "Kinds", "Known", "Role", "illnesses", "therapies"]
