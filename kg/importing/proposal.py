"""A claim as somebody proposes it: who makes it, in which article, by which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kg.claim import COLUMNS, Method

#: What a proposal says of its claim: columns of a claims table. Its place is found by the words it quotes.
FIELDS = tuple(column for column in COLUMNS if column not in ("doc", "start", "end"))


class ProposalError(Exception):
    """A file of claims, or an entry of one, that can't be read. The message names file, place and reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(": ".join(part for part in (file, place, reason) if part))


class Origin(NamedTuple):
    """How a claim was made, and by whom or what: an IRI, or a name."""

    method: Method
    agent: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim that is proposed.

    `place` says where it stands: "claims.jsonl: line 3". `article` is the id of an article, or a CURIE of what was
    published ("PMID:12", "PMC:PMC34", "DOI:10.1000/1"). `quote` is what the text says, word for word; `start` is where
    that begins, in code points, where the article says it several times. `said` has some or all of `FIELDS`, as in a
    claims table.
    """

    place: str
    article: str
    quote: str
    said: Mapping[str, str]
    origin: Origin
    start: int | None = None
