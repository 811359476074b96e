"""The state of a parse under way: arc-hybrid, a stack and what is left of the sentence.

Three moves: the front word goes on the stack; the top becomes a dependent of the front; the top becomes a dependent of
what lies below it. So a sentence of n words takes 2n - 1 moves, whatever it is.
"""

from collections.abc import Mapping, Sequence

#: What a word has already, as bits: a subject, an object, an auxiliary, a marker, a conjunction, a preposition.
HAVING: Mapping[str, int] = {
    "nsubj": 1, "nsubjpass": 1, "csubj": 1, "expl": 1, "dobj": 2, "pobj": 2, "attr": 2, "acomp": 2, "aux": 4,
    "auxpass": 4, "mark": 8, "cc": 16, "conj": 16, "prep": 32, "agent": 32, "advmod": 0,
}  # fmt: skip


class State:
    """Words are known by index; `root` is the index past the last one, and stands for the end; `none` is no word.
    `left` and `right` are the outermost dependents on a side so far, `next_left` and `next_right` those within."""

    __slots__ = (
        "front", "having", "heads", "keys", "labels", "left", "lefts", "next_left", "next_right", "none", "right",
        "rights", "root", "stack", "tags",
    )  # fmt: skip

    def __init__(self, keys: Sequence[int], tags: Sequence[int], root_tag: int) -> None:
        n = len(keys)
        self.root = n
        self.none = n + 1
        self.keys = [*keys, 1, 2]
        self.tags = [*tags, root_tag, 0]
        self.stack: list[int] = []
        self.front = 0
        self.heads = [n + 1] * (n + 2)
        self.labels = [0] * (n + 2)
        self.left = [n + 1] * (n + 2)
        self.right = [n + 1] * (n + 2)
        self.next_left = [n + 1] * (n + 2)
        self.next_right = [n + 1] * (n + 2)
        self.lefts = [0] * (n + 2)
        self.rights = [0] * (n + 2)
        self.having = [0] * (n + 2)

    def shift(self) -> None:
        """Put the front word on the stack."""
        self.stack.append(self.front)
        self.front += 1

    def reduce_left(self, label: int, having: int) -> None:
        """Make the top a dependent of the front word."""
        top, head = self.stack.pop(), self.front
        self.heads[top] = head
        self.labels[top] = label
        self.next_left[head] = self.left[head]
        self.left[head] = top
        self.lefts[head] += 1
        self.having[head] |= having

    def reduce_right(self, label: int, having: int) -> None:
        """Make the top a dependent of the word below it."""
        top = self.stack.pop()
        head = self.stack[-1]
        self.heads[top] = head
        self.labels[top] = label
        self.next_right[head] = self.right[head]
        self.right[head] = top
        self.rights[head] += 1
        self.having[head] |= having
