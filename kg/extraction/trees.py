"""Decision trees over whole numbers, whose answers are added up: the same sums on every machine.

Files are written by scripts/train-reading and say what they were trained on.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from kg.extraction.learned import FOLDER, noted, write

#: A node: the place of the value that is asked for, the highest value that goes left, and the nodes to the left and to
#: the right; or a leaf: `LEAF`, its answer, and twice 0.
Node = tuple[int, int, int, int]
LEAF: Final = -1


class Trees:
    """Trees, each a sequence of nodes from its root on, and notes on them."""

    def __init__(self, trees: Sequence[Sequence[Node]], notes: Mapping[str, str]) -> None:
        self.trees = tuple(tuple(tree) for tree in trees)
        self.notes = dict(notes)

    @classmethod
    def load(cls, name: str, folder: Path = FOLDER) -> "Trees":
        """The trees of a name. Raises OSError where there is no such file, ValueError where it is none."""
        return _load(folder / f"{name}.tsv.gz")

    def sum(self, values: Sequence[int]) -> int:
        """The sum of the answers to some values.

        >>> Trees([[(1, 10, 1, 2), (LEAF, -5, 0, 0), (LEAF, 7, 0, 0)], [(LEAF, 100, 0, 0)]], {}).sum([0, 11])
        107
        """
        total = 0
        for tree in self.trees:
            place, bound, left, right = tree[0]
            while place != LEAF:
                place, bound, left, right = tree[left if values[place] <= bound else right]
            total += bound
        return total


@cache
def _load(file: Path) -> Trees:
    notes, lines = noted(file)
    trees = []
    for number, line in enumerate(lines, len(notes) + 1):
        if not line:  # of a file without trees
            continue
        try:
            trees.append([_node(node) for node in line.split(" ")])
        except ValueError:
            raise ValueError(f"{file}:{number}: no tree: {line[:40]!r}") from None
    return Trees(trees, notes)


def _node(text: str) -> Node:
    place, bound, left, right = map(int, text.split(":"))
    return place, bound, left, right


def dump(trees: Trees, file: Path) -> None:
    """Write trees: the same bytes for the same trees."""
    write(file, trees.notes, (" ".join(":".join(map(str, node)) for node in tree) for tree in trees.trees))


__all__ = ["LEAF", "Node", "Trees", "dump"]
