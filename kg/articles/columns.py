"""The order in which the boxes of text on a page are read: column by column, between what goes across them."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Box(Protocol):
    """A box on a page; `y` grows upwards."""

    @property
    def x0(self) -> float:
        """Where it begins on the left."""

    @property
    def y0(self) -> float:
        """Where it ends below."""

    @property
    def x1(self) -> float:
        """Where it ends on the right."""

    @property
    def y1(self) -> float:
        """Where it begins above."""


B = TypeVar("B", bound=Box)

_TRIED = [0.28 + 0.02 * step for step in range(23)]  # of the width: where the space between two columns may be
_MOST_ACROSS = 0.2  # of the text of a column, that may go across the columns in it
_DEEPEST = 3
_MOST = 1_000  # boxes of a page that has columns
_SLACK = 2.0  # points that a box may reach beyond its column


def in_order(boxes: Sequence[B], depth: int = 0) -> list[B]:
    """The boxes in the order in which they are read."""
    downwards = sorted(boxes, key=lambda box: (-box.y1, box.x0))
    if not 3 <= len(boxes) <= _MOST or depth == _DEEPEST:
        return downwards
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    tried = [left + share * (right - left) for share in _TRIED]
    gutter = min(
        (x for x in tried if _parts(boxes, x)),
        key=lambda x: (_across(boxes, x), abs(x - (left + right) / 2)),
        default=None,
    )
    if gutter is None or (depth and _across(boxes, gutter) > _MOST_ACROSS * sum(map(_size, boxes))):
        return downwards
    found: list[B] = []
    waiting: list[B] = []
    for box in [*downwards, None]:
        if box is not None and not _goes_across(box, gutter):
            waiting.append(box)
            continue
        over = [one for one in waiting if box is None or _middle(one) > _middle(box)]
        for side in (True, False):
            found += in_order([one for one in over if (one.x0 + one.x1 < 2 * gutter) == side], depth + 1)
        waiting = [one for one in waiting if box is not None and _middle(one) <= _middle(box)]
        if box is not None:
            found.append(box)
    return found


def _size(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2


def _goes_across(box: Box, x: float) -> bool:
    return box.x0 < x - _SLACK and box.x1 > x + _SLACK


def _across(boxes: Sequence[Box], x: float) -> float:
    return sum(_size(box) for box in boxes if _goes_across(box, x))


def _parts(boxes: Sequence[Box], x: float) -> bool:
    """Whether there is text on both sides of a line down the page, side by side."""
    left = [box for box in boxes if box.x1 <= x + _SLACK]
    right = [box for box in boxes if box.x0 >= x - _SLACK]
    if not left or not right:
        return False
    return min(box.y0 for box in left) < max(box.y1 for box in right) and min(box.y0 for box in right) < max(
        box.y1 for box in left
    )
