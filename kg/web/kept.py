"""What was answered, kept for who asks the same: as long as the graph does not change, and up to a size."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Bodies, with what is to be said of them, by what was asked: those asked for last.

    When the graph changes, another takes its place. What is still being made of the old graph comes into the old one.
    """

    def __init__(self, most: int) -> None:
        """`most` bytes at most, all together."""
        self._kept: OrderedDict[K, tuple[bytes, V]] = OrderedDict()
        self.most = most
        self._room = most

    def get(self, asked: K) -> tuple[bytes, V] | None:
        """The body and what is said of it, if it is kept."""
        found = self._kept.get(asked)
        if found:
            self._kept.move_to_end(asked)
        return found

    def takes(self, size: int) -> bool:
        """Whether a body of so many bytes is kept: not one that would leave few others."""
        return size <= self.most // 16

    def put(self, asked: K, body: bytes, about: V) -> None:
        """Keep a body."""
        if not self.takes(len(body)) or asked in self._kept:
            return
        self._kept[asked] = (body, about)
        self._room -= len(body) + _BESIDE
        while self._room < 0:
            _, (body, _) = self._kept.popitem(last=False)
            self._room += len(body) + _BESIDE


_BESIDE = 2_000  # bytes that an entry takes beside its body, as a rule
