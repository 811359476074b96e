"""What a request may cost: named settings, each with a default."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the endpoint.

    A query runs in a process of its own. One that is not done after `patience` seconds moves over to the slow lane,
    where it runs on at the lowest priority, so that the quick ones behind it go on.
    """

    seconds: float = 30.0  # how long a query may run
    patience: float = 1.0  # how long it may run before it counts as slow
    workers: int = 2  # quick queries that run at once
    slow: int = 2  # slow queries that run at once
    waiting: int = 500  # queries that may wait for a worker
    memory: int = 1 << 30  # bytes that a query may take
    rows: int = 100_000  # rows, or triples, of an answer
    answer: int = 64 << 20  # bytes of an answer
    body: int = 1 << 20  # bytes of a request's body
    connections: int = 1_000  # connections at once
