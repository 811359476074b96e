"""What was imported, kept in a file beside the graph: JSON Lines, a claim a line with the words that it quotes.

No build loses it: an article that is read anew gets its imported claims again, where their words still stand in it.
"""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.articles import Article
from kg.claim import COLUMNS, ORIGIN, Claim
from kg.curation import Corrections
from kg.disk import append
from kg.importing.checking import span
from kg.importing.proposal import ProposalError
from kg.quads import add_claims
from kg.rdf import QUOTE, Graph, claim_node
from kg.store import Staged, Store
from kg.texts import Texts
from kg.vocabulary import Vocabulary

#: The name of the file in the folder of a store.
FILE = "imported.jsonl"

_LINES = (*COLUMNS, *ORIGIN, "quote")


@dataclasses.dataclass(frozen=True, slots=True)
class Quoted:
    """An imported claim, and the words of the text that it quotes."""

    claim: Claim
    quote: str


class Imported:
    """The imported claims of a store, by article."""

    def __init__(self, claims: Iterable[Quoted] = ()) -> None:
        self.by_article: dict[str, tuple[Quoted, ...]] = {}
        for one in claims:
            self.by_article[one.claim.doc] = (*self.by_article.get(one.claim.doc, ()), one)

    @classmethod
    def of(cls, store: Store) -> "Imported":
        """The imported claims of a store; none where it has none. Raises `ProposalError` naming the line."""
        file = store.folder / FILE if store.folder else None
        if file is None or not file.is_file():
            return cls()
        found = []
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                found.append(Quoted(Claim.from_row(row), row["quote"]))
            except (ValueError, TypeError, KeyError) as error:
                raise ProposalError(str(file), f"line {number}", f"can't be read: {error}") from None
        return cls(found)


def located(article: Article, imported: Iterable[Quoted]) -> tuple[list[Claim], list[str]]:
    """The imported claims of an article, each where its words stand by now, and what there is against the others.

    `article` has its sentences. A claim whose words stand in several places stays where it was.
    """
    claims, lost = [], []
    for one in imported:
        claim = one.claim
        try:
            start, end = span(article, one.quote, claim.start)
        except ValueError:
            try:
                start, end = span(article, one.quote)
            except ValueError as error:
                said = f"{claim.subject} {claim.predicate} {claim.object}"
                lost.append(f"an imported claim ({said}) is left out: {error}")
                continue
        claims.append(dataclasses.replace(claim, start=start, end=end))
    return claims, lost


def join(store: Store, accepted: Iterable[Quoted], texts: Texts, vocabulary: Vocabulary, build: ox.NamedNode) -> int:
    """Bring claims that a `Checker` accepted into a store that is open to write; how many were not in it before.

    Raises `StoreError`.
    """
    by_article: dict[str, list[Quoted]] = defaultdict(list)
    for one in accepted:
        by_article[one.claim.doc].append(one)
    staged: list[Staged] = []
    new: list[Quoted] = []
    for id, some in sorted(by_article.items()):
        article, known = texts.article(id), store.ledger.known(id)
        assert article is not None and known is not None  # the checker found them
        graph = Graph.of(store.quads(id))
        fresh = {f"{claim_node(one.claim)}": one for one in some}
        fresh = {node: one for node, one in fresh.items() if node not in graph.said}
        quotes = any(str(QUOTE) in said for said in graph.said.values())
        add_claims(graph, article, [one.claim for one in fresh.values()], build=build, quotes=quotes)
        new += fresh.values()
        staged.append(Staged.of(id, *known, graph))
    if not new:
        return 0
    if store.folder is not None:
        _write(store.folder / FILE, new)
    store.begin()
    store.stage(Corrections.of(store).applied(staged))
    store.commit(vocabulary)
    return len(new)


def _write(file: Path, new: Iterable[Quoted]) -> None:
    """Add claims to a file, a line each."""
    lines = ""
    for one in new:
        claim = one.claim
        cells = dict(zip(COLUMNS, claim.row(), strict=True))
        cells |= {"method": claim.method, "agent": claim.agent, "quote": one.quote}
        lines += json.dumps({name: cells[name] for name in _LINES}, ensure_ascii=False) + "\n"
    append(file, lines)
