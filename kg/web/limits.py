"""What a request may cost: named settings, each with a default."""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.limits import changed


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the endpoint.

    A query runs in a process of its own. One that has used `patience` seconds of processor time moves over to
    the slow lane, where it runs on at the lowest priority, so that the quick ones behind it go on.
    """

    seconds: float = 30.0  # how long a query may run
    patience: float = 0.3  # how much processor time it may use before it counts as slow
    workers: int = 2  # quick queries that run at once
    slow: int = 6  # slow queries that run at once
    waiting: int = 500  # queries that may wait for a worker
    memory: int = 512 << 20  # bytes that a query may take
    rows: int = 100_000  # rows, or triples, of an answer
    answer: int = 64 << 20  # bytes of an answer
    kept: int = 32 << 20  # bytes of answers that are kept for who asks the same, and as many of pages
    body: int = 1 << 20  # bytes of a request's body
    connections: int = 1_000  # connections at once
    share: int = 250  # connections of one client at once
    idle: float = 20.0  # seconds that a connection may be without the whole head of a request
    stalled: float = 30.0  # seconds that a client may take nothing of an answer
    upload: float = 30.0  # seconds that a request's body may take

    @classmethod
    def of(cls, settings: Iterable[str]) -> "Limits":
        """The limits with some settings changed, each as `name=value`. Raises `ValueError`.

        >>> Limits.of(["seconds=5", "rows=1000"]).rows
        1000
        """
        return changed(cls(), settings)
