"""Every stored query: its golden rows on a fixed graph, the same on each engine, and the rules that all follow.

A golden file begins with the command that gives its rows; rewrite one with `python tests/test_queries.py NAME…`.
"""

import re
import shlex
import sys
from collections.abc import Iterator

import pytest
from query_engines import Engine, Rows, engine
from query_fixture import FOLDER, fixture, triples

from kg.catalogue import Catalogue, StoredQuery
from kg.store import Store
from kg.vocabulary import Vocabulary

GOLDEN = FOLDER / "golden"
CATALOGUE = Catalogue.load()
NAMES = sorted(CATALOGUE.queries)


def golden(name: str) -> tuple[dict[str, str], list[str], Rows]:
    """The values, the columns and the rows of a golden file."""
    command, header, *lines = (GOLDEN / f"{name}.tsv").read_text("utf-8").splitlines()
    words = shlex.split(command.removeprefix("# kg query "))
    assert words[0] == name
    values = {option.removeprefix("--"): value for option, value in zip(words[1::2], words[2::2], strict=True)}
    return values, header.split("\t"), [tuple(line.split("\t")) for line in lines]


@pytest.fixture(scope="module")
def graph() -> tuple[Vocabulary, Store]:
    return fixture()


@pytest.fixture(scope="module", params=["oxigraph", "rdflib", "jena", "virtuoso"])
def running(
    request: pytest.FixtureRequest, graph: tuple[Vocabulary, Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp(request.param)
    with engine(request.param, triples(graph[1], folder / "all.nt"), folder) as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_the_same_golden_rows_on_every_engine(name: str, running: Engine, graph: tuple[Vocabulary, Store]) -> None:
    values, columns, rows = golden(name)
    query = CATALOGUE[name]
    assert columns == list(query.columns)
    assert rows, "a golden file without rows shows nothing"
    assert running.run(query.bind(values, graph[0])) == rows


@pytest.mark.parametrize("name", NAMES)
def test_the_default_graph_of_the_store_is_the_union(name: str, graph: tuple[Vocabulary, Store]) -> None:
    vocabulary, store = graph
    values, columns, rows = golden(name)
    answer = CATALOGUE[name].run(store, values, vocabulary)
    assert answer.columns == tuple(columns)
    assert len(answer) == len(rows)
    assert len(CATALOGUE[name].run(store, values, vocabulary, limit=1)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_left_out_parameters_only_widen_an_answer(name: str, graph: tuple[Vocabulary, Store]) -> None:
    """What is found with a value is found without it, at least as many rows; and every query answers at all."""
    vocabulary, store = graph
    query = CATALOGUE[name]
    values, _, _ = golden(name)
    required = {p.name: values[p.name] for p in query.parameters if p.required}
    assert len(query.run(store, required, vocabulary)) >= len(query.run(store, values, vocabulary)) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_group_finds_its_members(name: str, graph: tuple[Vocabulary, Store]) -> None:
    """A parameter that takes a disease must go through the closure: the root of all diseases restricts nothing."""
    vocabulary, store = graph
    query = CATALOGUE[name]
    values, _, _ = golden(name)
    required = {p.name: values[p.name] for p in query.parameters if p.required}
    for parameter in query.parameters:
        if parameter.kinds == ("disease",):
            leaf = query.run(store, required | {parameter.name: "MONDO:0005556"}, vocabulary)
            root = query.run(store, required | {parameter.name: "MONDO:0000001"}, vocabulary)
            assert len(root) >= len(leaf)
            assert len(root) > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_rules_that_keep_a_query_portable_and_fast(name: str) -> None:
    query = CATALOGUE[name]
    text = re.sub(r"#[^\n]*|<[^>\s]*>|\"[^\"]*\"", "", query.sparql)
    assert not re.search(r"\b(GRAPH|SERVICE|FROM|subClassOf)\b", text)
    assert not re.search(r"\w[*+](?=[\s.;)])", text), "a property path without end"
    assert query.sparql.isascii(), "Virtuoso mixes up encodings where a query has other characters"
    order = re.search(r"ORDER BY (.*)\Z", query.sparql, re.DOTALL)
    assert order, "rows come in an order of their own"
    assert not re.search(r"[-+*/]", order[1]), "rdflib cannot order by an expression"


def test_autoimmune_disease_finds_lupus(graph: tuple[Vocabulary, Store]) -> None:
    vocabulary, store = graph
    answer = CATALOGUE["treatments"].run(store, {"disease": "autoimmune disorder"}, vocabulary)
    assert {"systemic lupus erythematosus", "lupus nephritis", "multiple sclerosis"} == {
        row[answer.columns.index("disease")] for row in answer.words()
    }


def test_retracted_articles_count_in_no_answer_but_their_own(graph: tuple[Vocabulary, Store]) -> None:
    vocabulary, store = graph
    for query in CATALOGUE:
        if query.name in ("retracted", "find-articles", "incomplete-articles", "article", "provenance"):
            continue
        values, _, _ = golden(query.name)
        required = {p.name: values[p.name] for p in query.parameters if p.required}
        assert "crohn-withdrawn-2013" not in str(query.run(store, required, vocabulary).words()), query.name


def test_a_claim_made_twice_in_an_article_counts_once(graph: tuple[Vocabulary, Store]) -> None:
    vocabulary, store = graph
    (row,) = (
        CATALOGUE["treatments"]
        .run(store, {"treatment": "CL:0000134", "disease": "MONDO:0007915"}, vocabulary)
        .words()[:1]
    )
    # the mouse study says it twice, once with a hedge; it counts once, as asserted
    assert row[3:6] == ("2", "1", "0")
    assert row[6] == "1 − (1−0.60)(1−0.25)(1−0.175) = 0.7525"


@pytest.mark.parametrize("name", ["treatments", "adverse-effects", "mechanisms", "benefit-paths", "denials"])
def test_the_arithmetic_can_be_redone(name: str, graph: tuple[Vocabulary, Store]) -> None:
    vocabulary, store = graph
    sums = 0
    for row in CATALOGUE[name].run(store, {}, vocabulary).words():
        for text in row:
            if text.startswith("1 − "):
                expression, _, result = text.partition(" = ")
                python = expression.replace("−", "-").replace(")(", ")*(").replace("^", "**").replace("- (", "-(")
                python = re.sub(r"(\*\*\d+)\(", r"\1*(", python)
                assert eval(python) == pytest.approx(float(result), abs=0.00005)
                sums += 1
    assert sums


def write_golden(query: StoredQuery, running: Engine, vocabulary: Vocabulary) -> None:
    path = GOLDEN / f"{query.name}.tsv"
    values = golden(query.name)[0] if path.exists() else {p.name: p.example for p in query.parameters}
    command = f"# kg query {query.name}" + "".join(f" --{k} {shlex.quote(v)}" for k, v in values.items())
    rows = running.run(query.bind(values, vocabulary))
    lines = [command, "\t".join(query.columns), *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    vocabulary, store = fixture()
    for name in sys.argv[1:] or NAMES:
        with engine("oxigraph", triples(store, GOLDEN / "all.nt"), GOLDEN) as oxigraph:
            write_golden(CATALOGUE[name], oxigraph, vocabulary)
        (GOLDEN / "all.nt").unlink()
