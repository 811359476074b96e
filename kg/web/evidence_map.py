"""The evidence map: what treats which disease, or by which mechanism, and how well that is known.

Rows and columns are trees that fold. A square stands for a pair of terms and all pairs of narrower ones.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

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
    groups with the same terms, the narrowest. A term stands once: in the heaviest group that it belongs to, and of the
    groups in that again (`Heading.others` names those where it might stand too). What holds most terms of all ("human
    disease") is no group.
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

    return _once(level(frozenset(used), "", list(held_by)), used, set())


def _once(nodes: list[Node], used: set[str], placed: set[str]) -> list[Node]:
    """The forest with each node where it comes first; a group that is no term of its own, and has none or one left in
    it, gives way to what it has."""
    kept = []
    for node in nodes:
        if node.id in placed:
            continue
        placed.add(node.id)
        children = _once(node.children, used, placed)
        if node.id in used or len(children) > 1:
            kept.append(Node(node.id, children))
        else:
            kept += children
    return kept


@dataclass(frozen=True, slots=True)
class Heading:
    """A row or column as it is shown: how deep in its tree, whether it can be unfolded, and whether it is.

    `others` are the groups of the map that it belongs to and does not stand in.
    """

    id: str
    depth: int
    foldable: bool
    open: bool
    others: tuple[str, ...] = ()


def headings(
    forest: list[Node],
    unfolded: frozenset[str] | None,
    first: int,
    most: int,
    *,
    weight: Callable[[str], int] | None = None,
    ancestors: Callable[[str], frozenset[str]] | None = None,
) -> tuple[list[Heading], set[str]]:
    """The headings that are shown, and which terms are unfolded among them.

    `unfolded` says which to unfold; None unfolds the heaviest that is shown, again and again, until there are about
    `first` headings. Of nodes beside each other the heavier comes first.
    """
    if unfolded is None:
        opened: set[str] = set()
        shown, waiting = len(forest), [(place, node) for place, node in enumerate(forest) if node.children]
        weigh = weight or (lambda id: 0)
        while waiting:
            waiting.sort(key=lambda pair: (-weigh(pair[1].id), pair[0], pair[1].id))
            _, node = waiting.pop(0)
            if shown + len(node.children) <= first:
                shown += len(node.children)
                opened.add(node.id)
                waiting += [(place, child) for place, child in enumerate(node.children) if child.children]
    else:
        opened = set(unfolded)
    groups: set[str] = set()
    todo = list(forest)
    while todo:
        node = todo.pop()
        if node.children:
            groups.add(node.id)
            todo += node.children

    above = ancestors or (lambda id: frozenset())

    def walk(nodes: list[Node], over: tuple[str, ...]) -> Iterator[Heading]:
        for node in nodes:
            is_open = bool(node.children) and node.id in opened
            beside = (groups & above(node.id)) - {*over, node.id}
            # Of groups one above the other only the narrowest.
            others = sorted(id for id in beside if not any(id in above(one) for one in beside - {id}))
            yield Heading(node.id, len(over), bool(node.children), is_open, tuple(others))
            if is_open:
                yield from walk(node.children, (*over, node.id))

    found: list[Heading] = []
    for heading in walk(forest, ()):
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


class Found(NamedTuple):
    """A pair of terms, and what claims come to on it."""

    row: str
    column: str
    mark: Mark

    def order(self) -> tuple[int, int, int, str, str]:
        """The strongest evidence first, then the most articles for it, less those against."""
        for_it = len(self.mark.sure) - self.mark.opposing
        return (for_it <= 0, self.mark.rank, -for_it, self.row, self.column)

    def dispute(self) -> tuple[int, int, str, str]:
        """Where most articles are on either side first, then the strongest evidence."""
        return (-min(self.mark.supporting, self.mark.opposing), self.mark.rank, self.row, self.column)


def _weight(articles: dict[str, set[int]], vocabulary: Vocabulary) -> Callable[[str], int]:
    """How many articles speak of a term or of a narrower one."""
    under: dict[str, set[int]] = defaultdict(set)
    for id, found in articles.items():
        for above in vocabulary.ancestors(id):
            under[above] |= found
    return lambda id: len(under[id]) if id in under else 0


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
        self.row_weight, self.column_weight = (_weight(by, vocabulary) for by in (by_row, by_column))
        self.row_forest = tree(by_row, {id: len(found) for id, found in by_row.items()}, vocabulary)
        self.column_forest = tree(by_column, {id: len(found) for id, found in by_column.items()}, vocabulary)

    def findings(self, most: int = 5) -> tuple[list[Found], list[Found]]:
        """The pairs of terms that are known best, and those that are disputed: by evidence and articles, at most so
        many of each."""
        pairs = [Found(row, column, mark) for (row, column), mark in self.marks.items()]
        best = sorted((one for one in pairs if one.mark.found and one.mark.sure), key=Found.order)
        disputed = sorted((one for one in pairs if one.mark.supporting and one.mark.opposing), key=Found.dispute)
        return best[:most], disputed[:most]

    def folded(
        self,
        rows: frozenset[str] | None = None,
        columns: frozenset[str] | None = None,
        *,
        first: tuple[int, int] = (ROWS_AT_FIRST, COLUMNS_AT_FIRST),
        most: tuple[int, int] = (ROWS_AT_MOST, COLUMNS_AT_MOST),
    ) -> EvidenceMap:
        """The map with these rows and columns unfolded; None unfolds as many as `first` says."""
        ancestors = self.index.vocabulary.ancestors
        shown_rows, open_rows = headings(
            self.row_forest, rows, first[0], most[0], weight=self.row_weight, ancestors=ancestors
        )
        shown_columns, open_columns = headings(
            self.column_forest, columns, first[1], most[1], weight=self.column_weight, ancestors=ancestors
        )
        row_ids, column_ids = {row.id for row in shown_rows}, {column.id for column in shown_columns}
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
