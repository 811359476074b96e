"""Whether time grows no faster than what is read."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", str, bytes)
_LITTLE = 0.05  # seconds of processor time that are too few to be measured
_TIMES = 4


def grows_linearly(make: Callable[[int], T], read: Callable[[T], object], size: int) -> None:
    """Fail where reading `make(4 * size)` takes far more than four times as long as `make(size)`.

    What is quadratic takes sixteen times as long. Times are of this thread's processor, the best of three.
    """
    small, large = make(size), make(_TIMES * size)
    taken = _best(read, large, 1)
    if taken < _LITTLE:
        return
    before = max(_best(read, small, 3), _LITTLE / 10)
    ratio = min(taken, _best(read, large, 2)) / before
    assert ratio < 2.5 * _TIMES, f"{_TIMES} times as much of {small[:60]!r} takes {ratio:.1f} times as long"


def _best(read: Callable[[T], object], given: T, times: int) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.thread_time()
        read(given)
        best = min(best, time.thread_time() - began)
    return best
