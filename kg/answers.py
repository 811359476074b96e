"""Answers: what a stored query finds, the sentences behind each row, and why there is nothing.

Everything here is a sequence of steps: each gives a SPARQL query and takes its rows, so that the same steps run on a
store, on RDF files, on an endpoint, and on the processes that answer for the pages.
"""

import re
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TypeVar

import pyoxigraph as ox

from kg import namespaces
from kg.asking import Cell, QueryError, Rows, Source, select
from kg.catalogue import StoredQuery
from kg.claim import QUALIFIERS
from kg.findings import Stance, finding_lines, stances
from kg.loading import FEW, load
from kg.rdf import ASSERTED, END, NEGATIVE, QUOTE, SOURCE, START, STUDIED, Key, article_id
from kg.store import Store
from kg.terms import term_quads, weight_quads
from kg.texts import IN_WORDS, Texts
from kg.vocabulary import Vocabulary
from kg.weights import Weights

_T = TypeVar("_T")
Steps = Generator[str, Rows, _T]

_AT_ONCE = 200  # findings, claims or articles that are asked for in one query
_MOST = 5_000  # findings that are reckoned anew

_SAYS = namespaces.STEMKG
_ONE = rf"(?:{'|'.join(QUALIFIERS)}) (?:not said|\w+:\w+)"
_QUALIFIED = re.compile(rf"{_ONE}(?:; {_ONE})*")


def drive(steps: Steps[_T], source: Source, vocabulary: Vocabulary) -> _T:
    """Run steps on a source. Raises `QueryError`."""
    try:
        sparql = next(steps)
        while True:
            sparql = steps.send(select(source, sparql, vocabulary))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def answer(
    stored: StoredQuery,
    values: Mapping[str, str],
    vocabulary: Vocabulary,
    limit: int | None = None,
    *,
    behind: bool = False,
    weights: Weights | None = None,
) -> Steps[Rows]:
    """The rows of a stored query, at most `limit`. With `behind`, the first column is what each stands for.

    Where filters are given, a query of findings counts and weighs only the claims that pass them.
    """  # fmt: skip
    ending = "" if limit is None else f"LIMIT {limit}\n"
    filters = [one.name for one in stored.filters if values.get(one.name)]
    if stored.behind != "finding" or not filters:
        return (yield stored.bind(values, vocabulary, behind=behind) + ending)
    found = yield stored.bind(values, vocabulary, behind=True)
    findings = list(dict.fromkeys(row[0] for row in found.rows))
    if len(findings) > _MOST:
        raise QueryError(f"the filters leave {len(findings):,} findings, more than {_MOST:,}: name a term too")
    narrowed = yield from _narrowed(findings, stored.claims(values, vocabulary), vocabulary, weights)
    own = {name: value for name, value in values.items() if name not in filters}
    return select(narrowed, stored.bind(own, vocabulary, behind=behind) + ending, vocabulary)


def _narrowed(findings: Sequence[Cell], patterns: str, vocabulary: Vocabulary, weights: Weights | None) -> Steps[Store]:
    """A store in memory with these findings, of the claims alone that match some patterns."""
    said: dict[Cell, list[tuple[Cell, Cell]]] = defaultdict(list)
    for some in _few(findings):
        rows = yield (
            f"PREFIX stemkg: <{_SAYS}>\n"
            f"SELECT ?claim ?p ?o WHERE {{ VALUES ?finding {{ {some} }} ?claim <{_SAYS}finding> ?finding .\n"
            f"{patterns}?claim ?p ?o }}\n"
        )
        for claim, property, value in rows.rows:
            said[claim].append((property, value))
    articles = {claim: value for claim, pairs in said.items() for property, value in pairs if property == SOURCE}
    about: dict[Cell, list[tuple[Cell, Cell]]] = defaultdict(list)
    for some in _few(sorted(set(articles.values()), key=str)):
        rows = yield f"SELECT ?a ?p ?o WHERE {{ VALUES ?a {{ {some} }} ?a ?p ?o }}\n"
        for article, property, value in rows.rows:
            about[article].append((property, value))
    by_article: dict[Cell, list[ox.Quad]] = defaultdict(list)
    for node, pairs in chain(about.items(), said.items()):
        article = articles.get(node, node)
        by_article[article] += (ox.Quad(node, property, value, article) for property, value in pairs)  # type: ignore[arg-type]
    graph = ox.Store()
    standing: dict[Key, list[Stance]] = defaultdict(list)
    for quads in by_article.values():
        graph.extend(quads)
        for key, stance in stances(quads).items():
            standing[key].append(stance)
    of = weights or Weights.of(vocabulary)
    load(graph, (finding_lines(key, some, of).encode() for key, some in standing.items()), FEW + 1)
    used = {
        quad.object.value for quads in by_article.values() for quad in quads if isinstance(quad.object, ox.NamedNode)
    }
    graph.extend(term_quads(vocabulary, map(namespaces.contract, sorted(used))))
    graph.extend(weight_quads(of))
    return Store(graph)


def _few(nodes: Iterable[Cell]) -> Iterable[str]:
    """Nodes as VALUES takes them, some at a time."""
    rest = iter(nodes)
    while some := list(islice(rest, _AT_ONCE)):
        yield " ".join(map(str, some))


def rows(
    stored: StoredQuery,
    values: Mapping[str, str],
    vocabulary: Vocabulary,
    texts: Texts,
    limit: int | None = None,
    *,
    sentences: bool = False,
    explain: bool = False,
    weights: Weights | None = None,
) -> Steps[tuple[Rows, str]]:
    """The answer of a stored query for a reader, with the sentences that it tells of, and why there is none.

    With `sentences`, a row for each claim behind the rows of a query of findings; with `explain`, the columns that are
    details too.
    """  # fmt: skip
    if sentences and not stored.behind:
        raise QueryError(f"{stored.name} counts over many findings: no sentences stand behind its rows")
    spreads = sentences and stored.behind == "finding" and "claim" not in stored.columns
    found = yield from answer(stored, values, vocabulary, limit, behind=spreads, weights=weights)
    why = "" if found.rows else (yield from why_nothing(stored, values, vocabulary))
    found = _worded(found, vocabulary)
    if not explain:
        found = found.without(stored.details)
    if spreads:
        return (yield from spread(found, stored, values, vocabulary, texts)), why
    return (yield from quoted(found, texts)), why


def _worded(rows: Rows, vocabulary: Vocabulary) -> Rows:
    """Rows with labels in texts of qualifiers: "route stemkg:Intravenous" is "route intravenous"."""

    def worded(cell: Cell) -> Cell:
        if not (isinstance(cell, ox.Literal) and _QUALIFIED.fullmatch(cell.value)):
            return cell
        pieces = (piece.partition(" ") for piece in cell.value.split("; "))
        return ox.Literal("; ".join(f"{key} {vocabulary.shown(value)}" for key, _, value in pieces))

    return replace(rows, rows=[tuple(map(worded, row)) for row in rows.rows])


# Sentences


def quoted(rows: Rows, texts: Texts) -> Steps[Rows]:
    """Rows with sentences: in a column of that name where it is empty and the row has a claim, and for claims that
    stand elsewhere but in a column "claim". Where a text is not at hand, it is said why."""
    claims = [cell for row in rows.rows for cell in row if _is_claim(cell)]
    sentences = yield from _sentences(claims, texts)
    place, of = (rows.columns.index(name) if name in rows.columns else -1 for name in ("sentence", "claim"))
    filled = rows.rows
    if place >= 0 and of >= 0:
        filled = [
            (*row[:place], ox.Literal(sentences[row[of]]), *row[place + 1 :])
            if row[place] is None and row[of] in sentences
            else row
            for row in rows.rows
        ]
    if of >= 0:
        return replace(rows, rows=filled)
    words = {str(claim): text for claim, text in sentences.items()}
    return replace(rows, label=lambda iri: words.get(f"<{iri}>") or rows.label(iri))


def spread(
    rows: Rows, stored: StoredQuery, values: Mapping[str, str], vocabulary: Vocabulary, texts: Texts
) -> Steps[Rows]:
    """A row for each claim behind the rows of a query of findings, whose first column is the finding: what it says,
    its article and its sentence come last."""
    patterns = stored.claims(values, vocabulary)
    claims: dict[Cell, list[tuple[Cell, ...]]] = defaultdict(list)
    for some in _few(dict.fromkeys(row[0] for row in rows.rows)):
        found = yield (
            f"PREFIX stemkg: <{_SAYS}>\n"
            f"SELECT ?finding ?polarity ?certainty ?article ?claim WHERE {{ VALUES ?finding {{ {some} }}\n"
            f"?claim <{_SAYS}finding> ?finding .\n{patterns}"
            f"?claim <{_SAYS}polarity> ?polarity . ?claim <{_SAYS}certainty> ?certainty . ?claim {SOURCE} ?article .\n"
            f"OPTIONAL {{ ?claim <{_SAYS}countsAs> ?type . ?type <{_SAYS}rank> ?rank }} }}\n"
            "ORDER BY ?rank ?article ?claim\n"
        )
        for finding, *rest in found.rows:
            claims[finding].append(tuple(rest))
    sentences = yield from _sentences([row[-1] for some in claims.values() for row in some], texts)
    spread = [
        (*row[1:], ox.Literal(_says(polarity, certainty)), article, ox.Literal(sentences[claim]))
        for row in rows.rows
        for polarity, certainty, article, claim in claims[row[0]]
    ]
    return replace(rows, columns=(*rows.columns[1:], "says", "source", "sentence"), rows=spread)


def _says(polarity: Cell, certainty: Cell) -> str:
    """On which side of a finding a claim is."""
    if certainty == STUDIED:
        return "studied"
    if polarity == NEGATIVE:
        return "against"
    return "for" if certainty == ASSERTED else "hedged"


def _is_claim(cell: Cell) -> bool:
    return isinstance(cell, ox.NamedNode) and cell.value.startswith(namespaces.CLAIM)


def _sentences(claims: Iterable[Cell], texts: Texts) -> Steps[dict[Cell, str]]:
    """The sentence of each claim, or in brackets why it is not at hand."""
    found: dict[Cell, str] = {}
    for some in _few(dict.fromkeys(claims)):
        rows = yield (
            f"SELECT ?claim ?article ?start ?end ?hash ?quote WHERE {{ VALUES ?claim {{ {some} }}\n"
            f"?claim {SOURCE} ?article . ?claim {START} ?start . ?claim {END} ?end .\n"
            f"?claim <{_SAYS}sentenceHash> ?hash . OPTIONAL {{ ?claim {QUOTE} ?quote }} }}\n"
        )
        for claim, article, start, end, digest, quote in rows.rows:
            assert isinstance(article, ox.NamedNode)
            assert isinstance(start, ox.Literal) and isinstance(end, ox.Literal)
            place = int(start.value), int(end.value)
            sentence = texts.sentence(article_id(article) or "", *place, rows.word(digest))
            missing = f"({IN_WORDS[sentence.search]})"
            found[claim] = " ".join(str(sentence).split()) or rows.word(quote) or missing
    return found


# Nothing


def why_nothing(stored: StoredQuery, values: Mapping[str, str], vocabulary: Vocabulary) -> Steps[str]:
    """Why a query that may be asked so finds nothing: a term that no claim speaks of, or what filters away the rest."""
    given = {name: value for name, value in values.items() if value}
    for parameter in stored.asked:
        if parameter.type != "term" or parameter.name not in given or parameter.kinds == ("evidence",):
            continue
        node = parameter.term(given[parameter.name], vocabulary)
        spoken = yield f"SELECT ?t WHERE {{ ?t <{_SAYS}isA> {node} . ?f <{_SAYS}finding> ?g ; ?p ?t }} LIMIT 1\n"
        if not spoken.rows:
            label = vocabulary.shown(namespaces.contract(node.value))
            near = yield from _near(namespaces.contract(node.value), vocabulary)
            hint = f"; claims speak of {', '.join(near)}" if near else ""
            return f"no claim speaks of {label} or of a kind of it{hint}"
    counts = []
    for name in given:
        others = {other: value for other, value in given.items() if other != name}
        if not any(one.required and one.name == name for one in stored.asked):
            rows = yield stored.bind(others, vocabulary)
            if rows.rows:
                counts.append(f"{len(rows):,} without --{name}")
    if counts:
        return f"what is asked for is known, and this is left: {', '.join(counts)}"
    return "what is asked for is known, and no claim says this of it" if given else "no claim in the graph says such"


def _near(id: str, vocabulary: Vocabulary) -> Steps[list[str]]:
    """The labels of a few terms that claims speak of, under the nearest term above one that has any."""
    level: Sequence[str] = [id]
    while level := sorted({above for one in level for above in vocabulary.parents(one) if above in vocabulary}):
        nodes = " ".join(f"<{namespaces.expand(above)}>" for above in level)
        rows = yield (
            f"SELECT ?t (COUNT(?f) AS ?n) WHERE {{ VALUES ?above {{ {nodes} }} ?t <{_SAYS}isA> ?above ."
            f" ?f <{_SAYS}finding> ?g ; ?p ?t }} GROUP BY ?t ORDER BY DESC(?n) ?t LIMIT 3\n"
        )
        if rows.rows:
            return [rows.word(row[0]) for row in rows.rows]
    return []
