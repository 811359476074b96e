"""How sure a claim is: the share of the claims of its rule that were right where curators had read the same text.

The shares stand in a table, which `scripts/bench/calibration` writes.
"""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("confidence.tsv")
COLUMNS = ("rule", "right", "found", "confidence")

#: Of a rule that was never measured: nothing is known.
UNKNOWN = 0.5


def smoothed(right: int, found: int) -> float:
    """The share that is to be expected of a rule of which so many claims were right: Laplace's rule of succession.

    >>> smoothed(0, 0), smoothed(8, 8), smoothed(3, 10)
    (0.5, 0.9, 0.33)
    """
    return round((right + 1) / (found + 2), 2)


@cache
def confidences(path: Path = TABLE) -> dict[str, float]:
    """The confidence of each rule that the table has."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["rule"]: float(row["confidence"]) for row in csv.DictReader(lines, delimiter="\t")}
