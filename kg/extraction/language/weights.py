"""What was learned: rows of small integer weights, one a feature, and the file that they are kept in.

A row has a weight for every class (a tag, or a move with its label), and most are nought. At work it is one integer
with 16 bits a class (see `kg.extraction.fields`).
"""

import gzip
import json
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from kg.extraction.fields import Fields
from kg.extraction.language.features import Strings

FILE: Path = Path(__file__).with_name("weights.bin.gz")

_BITS: Final = 16  # of a class in a packed row


class Table:
    """Weights of features for a number of classes.

    `rows` maps a feature to its packed row, or to the bytes that it's kept as (pairs of class and weight), which are
    packed when they are first met. Threads may share a table: whoever comes second packs the same row.
    """

    def __init__(self, classes: int, rows: dict[int, int | bytes]) -> None:
        self.classes = classes
        self.rows = rows
        self._fields = Fields(classes, _BITS)
        self._get = rows.get

    def sum(self, features: Sequence[int], start: int = 0) -> int:
        """The packed sum of the rows of features."""
        try:
            return sum(filter(None, map(self._get, features)), start)  # type: ignore[arg-type]
        except TypeError:  # some are bytes as yet
            for feature in features:
                row = self._get(feature)
                if isinstance(row, bytes):
                    self.rows[feature] = self._fields.pack(entries(row))
            return self.sum(features, start)

    def scores(self, packed: int) -> Sequence[int]:
        """The score of each class, above an amount that is the same for all."""
        return self._fields.unpack(packed)


def entries(row: bytes) -> Iterator[tuple[int, int]]:
    """The classes and weights of a row as it is kept: a byte each, that of the weight with a sign."""
    for k in range(0, len(row), 2):
        weight = row[k + 1]
        yield row[k], weight - 256 if weight > 127 else weight


@dataclass(frozen=True)
class Weights:
    """All that was learned. `trained_on` has the SHA-256 of each file of parsed text, by its name."""

    tags: tuple[str, ...]
    labels: tuple[str, ...]
    lefts: tuple[str, ...]  # the labels that a dependent on the left may have, in the order of their classes
    rights: tuple[str, ...]
    strings: tuple[str, ...]
    tagging: dict[int, bytes]
    moves: dict[int, bytes]
    trained_on: Mapping[str, str]

    def numbers(self) -> Strings:
        """The number of each string; 0 to 2 are kept for what is rare, the end of a sentence, and no word."""
        return {string: number for number, string in enumerate(self.strings, start=3)}


def write(weights: Weights, file: Path = FILE) -> None:
    """Write weights: the same weights, the same bytes."""
    head = {
        "tags": weights.tags,
        "labels": weights.labels,
        "lefts": weights.lefts,
        "rights": weights.rights,
        "strings": len(weights.strings),
        "tables": [len(weights.tagging), len(weights.moves)],
        "trained on": dict(weights.trained_on),
    }
    with file.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
        out.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
        out.write("".join(f"{string}\n" for string in weights.strings).encode())
        for rows in (weights.tagging, weights.moves):
            keys = sorted(rows)
            numbers = array("Q", [after - before for before, after in zip([0, *keys], keys, strict=False)])
            out.write(_little(numbers).tobytes())
            out.write(bytes(len(rows[key]) // 2 for key in keys))
            out.write(b"".join(rows[key][::2] for key in keys))
            out.write(b"".join(rows[key][1::2] for key in keys))


def read(file: Path = FILE) -> Weights:
    """Read weights. Raises ValueError where the file is not one of weights."""
    try:
        with gzip.open(file) as content:
            data = content.read()
        end = data.index(b"\n")
        head = json.loads(data[:end])
        *strings, rest = data[end + 1 :].split(b"\n", head["strings"])
        tables = list(_tables(rest, head["tables"]))
        return Weights(
            tuple(head["tags"]),
            tuple(head["labels"]),
            tuple(head["lefts"]),
            tuple(head["rights"]),
            tuple([string.decode() for string in strings]),
            tables[0],
            tables[1],
            head["trained on"],
        )
    except (EOFError, IndexError, KeyError, gzip.BadGzipFile, ValueError) as error:
        raise ValueError(f"{file}: not a file of weights: {error}") from error


def _tables(data: bytes, sizes: Sequence[int]) -> Iterator[dict[int, bytes]]:
    place = 0
    for size in sizes:
        numbers = array("Q")
        numbers.frombytes(data[place : place + 8 * size])
        place += 8 * size
        lengths = data[place : place + size]
        place += size
        total = sum(lengths)
        pairs = bytearray(2 * total)
        pairs[::2] = data[place : place + total]
        pairs[1::2] = data[place + total : place + 2 * total]
        place += 2 * total
        row = bytes(pairs)
        ends = list(accumulate(lengths))
        yield {
            key: row[2 * (end - length) : 2 * end]
            for key, end, length in zip(accumulate(_little(numbers)), ends, lengths, strict=True)
        }


def _little(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
