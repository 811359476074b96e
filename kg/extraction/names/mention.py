"""A mention: which terms a stretch of text may mean, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term that a mention may mean, with a score from 0 to 1 and the reason."""

    id: str
    score: float
    reason: str


@dataclass(slots=True, init=False)
class Mention:
    """A term in a text. `ids` are the candidates, best first; `source` is the tissue of a cell without a term; `scores`
    are those of the candidates, and `reason` says why they are taken."""

    start: int
    end: int
    ids: tuple[str, ...]
    kinds: frozenset[str]
    source: str
    short: bool
    scores: tuple[float, ...]
    reason: str

    def __init__(
        self,
        start: int,
        end: int,
        ids: tuple[str, ...],
        kinds: frozenset[str],
        source: str = "",
        short: bool = False,
        scores: tuple[float, ...] = (),
        reason: str = "",
    ) -> None:
        self.start = start
        self.end = end
        self.ids = ids
        self.kinds = kinds
        self.source = source
        self.short = short
        self.scores = scores
        self.reason = reason

    @property
    def id(self) -> str:
        """The best candidate."""
        return self.ids[0]

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """The candidates with their scores and the reason, best first."""
        scores = self.scores or (1.0,) * len(self.ids)
        return tuple(Meaning(id, score, self.reason) for id, score in zip(self.ids, scores, strict=False))

    def moved(self, by: int) -> "Mention":
        """The same mention so many characters further on."""
        return Mention(
            self.start + by, self.end + by, self.ids, self.kinds, self.source, self.short, self.scores, self.reason
        )
