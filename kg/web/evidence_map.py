"""The evidence map: what treats which disease, or by which mechanism, and how well that is known.

Rows and columns are trees that fold. A square stands for a pair of terms and all pairs of narrower ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from kg.vocabulary import Vocabulary
from kg.web.index import Filter, Index, Mark


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of map: the predicate whose claims it counts, the end of a claim that its columns are, and their kinds."""

    predicate: str
    column: str
    kinds: frozenset[str]


#: The maps there are. The rows are diseases in all.
MAPS = {
    "cells": Kind("treats", "subject", frozenset(("cell", "product"))),
    "mechanisms": Kind("acts_via", "object", frozenset(("mechanism",))),
    "drugs": Kind("treats", "subject", frozenset(("drug", "factor"))),
}

#: How far a map unfolds by itself.
ROWS_AT_FIRST = 32
COLUMNS_AT_FIRST = 14
#: What a map shows at most, so that a page stays small.
ROWS_AT_MOST = 150
COLUMNS_AT_MOST = 60
#: The share of all terms above which a group tells nothing.
_MOST = 0.75


@dataclass(slots=True)
class Node:
    """A term in a tree that has the terms with claims and the groups that tell them apart, and no others."""

    id: str
    children: list["Node"] = field(default_factory=list)


def tree(used: Iterable[str], weight: dict[str, int], vocabulary: Vocabulary) -> list[Node]:
    """The forest of the terms in `used`, heaviest first.

    A group stands in it only where it brings at least two terms together that nothing heavier beside it does; of
    groups with the same terms, the narrowest. A term stands in each group shown that it belongs to. What holds most
    terms of all ("human disease") is no group.
    """
    used = set(used)
    holds: dict[str, set[str]] = defaultdict(set)
    for term in used:
        holds[term].add(term)
        for above in vocabulary.ancestors(term):
            if above in vocabulary:
                holds[above].add(term)
    narrowest: dict[frozenset[str], str] = {}
    for id, held in holds.items():
        if id not in used and 1 < len(held) <= _MOST * len(used):
            key = frozenset(held)
            # The narrowest group has the most above it.
            narrowest[key] = max(
                narrowest.get(key, id), id, key=lambda group: (len(vocabulary.ancestors(group)), group)
            )
    spoken_of = {id: frozenset(holds[id]) for id in used}
    groups = {id: held for held, id in narrowest.items() if held not in spoken_of.values()}
    held_by = groups | spoken_of
    size = {id: sum(weight.get(term, 0) for term in held) for id, held in held_by.items()}

    def heaviest(ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda id: (-size[id], vocabulary.label(id), id))

    def level(inside: frozenset[str], without: str, among: list[str]) -> list[Node]:
        """The nodes for the terms `inside`, but for one of them. No other than those `among` hold only such terms."""
        left = set(inside) - {without}
        # A group may hold no others than a node does, and yet not be a kind of it.
        below = [id for id in among if not without or without in vocabulary.ancestors(id)]
        within = [id for id in below if id != without and held_by[id] <= inside]
        candidates = [id for id in within if 1 < len(held_by[id]) < len(inside)]
        largest_first = sorted(candidates, key=lambda id: -len(held_by[id]))
        broadest: list[str] = []
        for id in largest_first:
            if not any(held_by[id] < held_by[other] for other in broadest):
                broadest.append(id)
        chosen = []
        for id in heaviest(broadest):
            if len(held_by[id] & left) > 1:
                chosen.append(id)
                left -= held_by[id]
        # The rest stand for themselves, unless one of them holds another.
        chosen += [id for id in left if not any(id in spoken_of[other] for other in left - {id})]
        return [Node(id, level(held_by[id], id, within) if len(held_by[id]) > 1 else []) for id in heaviest(chosen)]

    return level(frozenset(used), "", list(held_by))


@dataclass(frozen=True, slots=True)
class Heading:
    """A row or column as it is shown: how deep in its tree, whether it can be unfolded, and whether it is."""

    id: str
    depth: int
    foldable: bool
    open: bool


def headings(
    forest: list[Node], unfolded: frozenset[str] | None, first: int, most: int
) -> tuple[list[Heading], set[str]]:
    """The headings that are shown, and which terms are unfolded among them.

    `unfolded` says which to unfold; None unfolds the broadest first, until there are about `first` headings.
    """
    if unfolded is None:
        opened: set[str] = set()
        shown, row = len(forest), list(forest)
        while row:
            following = []
            for node in row:
                if node.children and (shown + len(node.children) <= first):
                    shown += len(node.children)
                    opened.add(node.id)
                    following += node.children
            row = following
    else:
        opened = set(unfolded)

    def walk(nodes: list[Node], depth: int) -> Iterator[Heading]:
        for node in nodes:
            is_open = bool(node.children) and node.id in opened
            yield Heading(node.id, depth, bool(node.children), is_open)
            if is_open:
                yield from walk(node.children, depth + 1)

    found: list[Heading] = []
    for heading in walk(forest, 0):
        if len(found) == most:
            break
        found.append(heading)
    return found, {heading.id for heading in found if heading.open}


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """A map as it is shown: its headings, and the marks of the (row, column) pairs that have any."""

    kind: str
    wanted: Filter
    rows: list[Heading]
    columns: list[Heading]
    marks: dict[tuple[str, str], Mark]
    open_rows: frozenset[str]
    open_columns: frozenset[str]
    articles: int
    claims: int
    cut: bool  # whether there were more rows or columns than are shown

    def largest(self) -> int:
        """The most articles that a square has."""
        return max((mark.articles for mark in self.marks.values()), default=1)


class Pairs:
    """What a map is made of, before it is folded: a mark for each pair of terms that claims name, under one filter."""

    def __init__(self, index: Index, kind: str, wanted: Filter) -> None:
        self.kind, self.wanted, self.index = kind, wanted, index
        spec = MAPS[kind]
        self.marks: dict[tuple[str, str], Mark] = defaultdict(Mark)
        by_row: dict[str, set[int]] = defaultdict(set)
        by_column: dict[str, set[int]] = defaultdict(set)
        articles: set[int] = set()
        vocabulary = index.vocabulary
        numbers = index.select(replace(wanted, predicate=spec.predicate))
        self.claims = 0
        for number in numbers:
            claim = index.claims[number].claim
            ends = (claim.object, claim.subject) if spec.column == "subject" else (claim.disease, claim.object)
            row, column = ends
            kinds = vocabulary.kinds(column)
            if not row or (kinds and not kinds & spec.kinds):
                continue
            article = index.study(number)
            self.marks[row, column].add(article, index.claims[number])
            by_row[row].add(article)
            by_column[column].add(article)
            articles.add(article)
            self.claims += 1
        self.articles = len(articles)
        self.row_forest = tree(by_row, {id: len(found) for id, found in by_row.items()}, vocabulary)
        self.column_forest = tree(by_column, {id: len(found) for id, found in by_column.items()}, vocabulary)

    def folded(
        self,
        rows: frozenset[str] | None = None,
        columns: frozenset[str] | None = None,
        *,
        first: tuple[int, int] = (ROWS_AT_FIRST, COLUMNS_AT_FIRST),
        most: tuple[int, int] = (ROWS_AT_MOST, COLUMNS_AT_MOST),
    ) -> EvidenceMap:
        """The map with these rows and columns unfolded; None unfolds as many as `first` says."""
        shown_rows, open_rows = headings(self.row_forest, rows, first[0], most[0])
        shown_columns, open_columns = headings(self.column_forest, columns, first[1], most[1])
        row_ids, column_ids = {row.id for row in shown_rows}, {column.id for column in shown_columns}
        ancestors = self.index.vocabulary.ancestors
        above_row: dict[str, list[str]] = {}
        above_column: dict[str, list[str]] = {}
        marks: dict[tuple[str, str], Mark] = defaultdict(Mark)
        for (row, column), mark in self.marks.items():
            if row not in above_row:
                above_row[row] = [id for id in ancestors(row) if id in row_ids]
            if column not in above_column:
                above_column[column] = [id for id in ancestors(column) if id in column_ids]
            for shown_row in above_row[row]:
                for shown_column in above_column[column]:
                    marks[shown_row, shown_column].update(mark)
        return EvidenceMap(
            self.kind, self.wanted, shown_rows, shown_columns, dict(marks),
            frozenset(open_rows), frozenset(open_columns), self.articles, self.claims,
            len(shown_rows) == most[0] or len(shown_columns) == most[1],
        )  # fmt: skip
