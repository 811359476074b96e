"""Learned weights: linear models over features that are strings, in whole numbers.

A model has outputs (relations, kinds of evidence …); a feature has a whole number for each, and an output's score is
the sum over the features that are there. Whole numbers give the same sums on every machine. Files are written by
scripts/train-reading and say what they were trained on.
"""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from kg.extraction.fields import Fields

#: What a weight of 1 is in a file.
SCALE = 1024
FOLDER = Path(__file__).parent / "weights"

_BITS: Final = 32  # of an output's score in a packed row


class Model:
    """A linear model. It keeps nothing of what it scored, and threads may share it."""

    def __init__(self, outputs: Sequence[str], bias: Sequence[int], rows: dict[str, str], notes: Mapping[str, str]):
        self.outputs = tuple(outputs)
        self.bias = tuple(bias)
        #: What a file says of itself: the thresholds, the calibration, checksums of what it was trained on.
        self.notes = dict(notes)
        self._rows = rows
        self._fields = Fields(len(self.outputs), _BITS)
        # A row as one integer, made when it is first met. Threads may share it: who comes second makes the same.
        self._packed: dict[str, int] = {}

    @classmethod
    def load(cls, name: str, folder: Path = FOLDER) -> "Model":
        """The model of a name. Raises OSError where there is no such file, ValueError where it is none."""
        return _load(folder / f"{name}.tsv.gz")

    def row(self, feature: str) -> tuple[tuple[int, int], ...]:
        """What a feature adds, as (number of the output, weight); nothing for one that was not learned."""
        pairs = (pair.split("=") for pair in self._rows.get(feature, "").split(",") if pair)
        return tuple([(int(output), int(weight)) for output, weight in pairs])

    def sums(self, features: Iterable[str]) -> list[int]:
        """The scores of all outputs, without their bias."""
        return self.unpacked(self.packed(features))

    def packed(self, features: Iterable[str]) -> int:
        """The same as one integer, of which several may be added before they are unpacked."""
        known, rows = self._packed, self._rows
        total = 0
        for feature in features:
            row = known.get(feature)
            if row is None:
                if feature not in rows:
                    continue
                row = known[feature] = self._fields.pack(self.row(feature))
            total += row
        return total

    def unpacked(self, packed: int) -> list[int]:
        """The scores in a packed integer."""
        base = self._fields.base
        return [score - base for score in self._fields.unpack(packed)]

    def best(self, features: Iterable[str]) -> str:
        """The output with the highest score; of equals the first."""
        scores = [bias + score for bias, score in zip(self.bias, self.sums(features), strict=True)]
        return self.outputs[scores.index(max(scores))]


def noted(file: Path) -> tuple[dict[str, str], list[str]]:
    """The notes at the head of a file of what was learned, and the lines after them."""
    lines = gzip.decompress(file.read_bytes()).decode("utf-8").split("\n")
    notes: dict[str, str] = {}
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        key, _, value = lines[at][1:].partition("\t")
        notes[key] = value
        at += 1
    return notes, lines[at:]


def write(file: Path, notes: Mapping[str, str], lines: Iterable[str]) -> None:
    """Write what `noted` reads: the same bytes for the same content."""
    text = "\n".join([*(f"#{key}\t{value}" for key, value in notes.items()), *lines])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


@cache
def _load(file: Path) -> Model:
    notes, lines = noted(file)
    if "outputs" not in notes or "bias" not in notes:
        raise ValueError(f"{file}:1: no model: it names no outputs")
    rows: dict[str, str] = dict(line.split("\t", 1) for line in lines if line)
    return Model(notes.pop("outputs").split(), [int(b) for b in notes.pop("bias").split()], rows, notes)


def dump(model: Model, file: Path) -> None:
    """Write a model: the same bytes for the same model."""
    notes = {"outputs": " ".join(model.outputs), "bias": " ".join(map(str, model.bias)), **model.notes}
    write(file, notes, (f"{feature}\t{row}" for feature, row in sorted(model._rows.items())))


__all__ = ["FOLDER", "SCALE", "Model", "dump", "noted", "write"]
