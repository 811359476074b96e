"""Fields: whole numbers side by side in one integer.

Such integers are added as they are, all fields at once, which is exact and the same on every machine.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Final, Literal

_CODES: Final = {16: "H", 32: "I"}


class Fields:
    """So many fields of so many bits; a sum in a field stays below `base`, and above minus that.

    >>> fields = Fields(3, 16)
    >>> packed = fields.pack([(0, 5), (2, -7)]) + fields.pack([(2, 1)])
    >>> [number - fields.base for number in fields.unpack(packed)]
    [5, 0, -6]
    """

    def __init__(self, count: int, bits: Literal[16, 32]) -> None:
        self.base = 1 << (bits - 1)
        self._bits: int = bits
        self._size = count * bits // 8
        self._zero = sum([self.base << (bits * place) for place in range(count)])
        self._unpack = struct.Struct(f"<{count}{_CODES[bits]}").unpack

    def pack(self, numbers: Iterable[tuple[int, int]]) -> int:
        """Numbers, each with the place of its field, as one integer."""
        return sum([number << (self._bits * place) for place, number in numbers])

    def unpack(self, packed: int) -> Sequence[int]:
        """The numbers of all fields, each with `base` added to it."""
        return self._unpack((packed + self._zero).to_bytes(self._size, "little"))


__all__ = ["Fields"]
