"""Claims tables: the columns of `kg.claim`, identifiers as CURIEs, and who or what made each claim."""

import csv
import io
from typing import IO

from kg.claim import COLUMNS, ORIGIN
from kg.exports.records import articles
from kg.store import Store


def write_tsv(store: Store, output: IO[bytes]) -> None:
    """Write the claims as tab-separated values."""
    _write(store, output, "\t")


def write_csv(store: Store, output: IO[bytes]) -> None:
    """Write the claims as comma-separated values."""
    _write(store, output, ",")


def _write(store: Store, output: IO[bytes], delimiter: str) -> None:
    text = io.TextIOWrapper(output, "utf-8", newline="", write_through=True)
    table = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    table.writerow((*COLUMNS, *ORIGIN))
    for _, records in articles(store):
        table.writerows((*record.claim.row(), record.claim.method, record.claim.agent) for record in records)
    text.detach()
