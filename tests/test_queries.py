"""Every stored query: its golden rows on two fixed graphs, the same on each engine, and the rules that all follow.

A golden file begins with the command that gives its rows. `python tests/test_queries.py [NAME…]` rewrites those of the
digests, which change with the rules of extraction; with `--fixture`, those of the fixture.
"""

import itertools
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from query_engines import Engine, Rows, engine
from query_fixture import CATALOGUE, FOLDER, digests, fixture, triples

from kg import extract
from kg.articles import Article
from kg.catalogue import StoredQuery
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary, load

GOLDEN = FOLDER / "golden"
GRAPHS = {"digests": digests, "fixture": fixture}
NAMES = sorted(CATALOGUE.queries)
#: The questions that are a filter of a query: commands whose rows, of the fixture, are in golden files of these names.
FILTERED = {
    "of-people-only": "treatments --disease 'autoimmune disease' --people yes",
    "of-trials-at-least": "treatments --evidence 'clinical trial'",
    "of-findings-asserted": "claims --basis finding --certainty asserted --confidence 0.5",
    "of-some-years": "claims --since 2019 --until 2020",
    "of-one-article": "claims --article ms-trial-2019",
    "autologous": "treatments --donor autologous",
    "allogeneic": "claims --donor allogeneic",
    "safer": "comparisons --aspect safety",
}


def golden(name: str, of: str = "fixture") -> tuple[dict[str, str], list[str], Rows]:
    """The values, the columns and the rows of a golden file."""
    path = GOLDEN / of / f"{name}.tsv"
    if of == "digests" and not path.exists():
        pytest.skip("the digests say nothing of it")
    command, header, *lines = path.read_text("utf-8").splitlines()
    asked, values = parsed(command.removeprefix("# kg query "))
    assert asked == name or command == f"# kg query {FILTERED[name]}"
    return values, header.split("\t"), [tuple(line.split("\t")) for line in lines]


def parsed(command: str) -> tuple[str, dict[str, str]]:
    """The query and the values of a command."""
    name, *words = shlex.split(command)
    return name, {option.removeprefix("--"): value for option, value in zip(words[::2], words[1::2], strict=True)}


@pytest.fixture(scope="module")
def graph() -> tuple[Vocabulary, Store]:
    return fixture()


@pytest.fixture(scope="module", params=["oxigraph", "rdflib", "jena", "virtuoso"])
def running(request: pytest.FixtureRequest, of: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp(request.param)
    with engine(request.param, triples(GRAPHS[of]()[1], folder / "all.nt"), folder) as running:
        yield running


@pytest.fixture(scope="module", params=list(GRAPHS))
def of(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_golden_rows_on_every_engine(name: str, of: str, running: Engine) -> None:
    values, columns, rows = golden(name, of)
    query = CATALOGUE[name]
    assert columns == list(query.columns)
    assert rows, "a golden file without rows shows nothing"
    assert running.run(query.bind(values, GRAPHS[of]()[0])) == rows


@pytest.mark.parametrize("of", ["fixture"], indirect=True)
@pytest.mark.parametrize("name", FILTERED)
def test_filters_leave_the_same_rows_on_every_engine(name: str, of: str, running: Engine) -> None:
    values, columns, rows = golden(name, "filtered")
    query = CATALOGUE[parsed(FILTERED[name])[0]]
    assert columns == list(query.columns)
    assert 0 < len(rows) < len(query.run(fixture()[1], {}, fixture()[0])), "the filter shows nothing"
    assert running.run(query.bind(values, fixture()[0])) == rows


@pytest.mark.parametrize("name", NAMES)
def test_the_default_graph_of_the_store_is_the_union(name: str, of: str) -> None:
    vocabulary, store = GRAPHS[of]()
    values, columns, rows = golden(name, of)
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


def test_lupus_finds_its_kinds_where_claims_speak_of_one_of_them_only() -> None:
    article, vocabulary = Article("one", "MSCs ameliorated lupus nephritis in mice."), load()
    (claim,) = extract(article.text)
    quads = article_quads(article, [replace(claim, doc="one")], build=build_node(vocabulary))
    store = Store.open()
    store.begin()
    store.stage([Staged.of("one", "", "", quads)])
    store.commit(vocabulary)
    answer = CATALOGUE["treatments"].run(store, {"disease": "lupus"}, vocabulary)
    assert [row[1] for row in answer.words()] == ["lupus nephritis"]


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
    assert row[4:7] == ("2", "1", "0")
    assert row[7:] == ("0.715", "1 − (1−0.60)(1−0.25)(1−0.05) = 0.715")


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


def example_values(query: StoredQuery, vocabulary: Vocabulary, store: Store) -> dict[str, str] | None:
    """The examples of as many parameters as a graph has an answer to; None where it has none."""
    examples = {parameter.name: parameter.example for parameter in query.parameters}
    for parameter in query.parameters:
        if parameter.type == "claim":
            article = CATALOGUE["article"]
            (first, *_) = article.run(store, {p.name: p.example for p in article.parameters}, vocabulary)
            examples[parameter.name] = str(first["claim"]).rpartition("/")[2].rstrip(">")
    optional = [parameter.name for parameter in query.parameters if not parameter.required]
    for number in range(len(optional) + 1):
        for without in itertools.combinations(reversed(optional), number):
            values = {name: value for name, value in examples.items() if name not in without}
            if len(query.run(store, values, vocabulary)):
                return values
    return None


def write_golden(query: StoredQuery, of: str, running: Engine) -> None:
    """The golden rows of a query, with the values that its file has, or else with examples."""
    path = GOLDEN / of / f"{query.name}.tsv"
    vocabulary, store = GRAPHS[of]()
    known = path.exists() and of == "fixture"
    values = golden(query.name, of)[0] if known else example_values(query, vocabulary, store)
    if values is None:
        path.unlink(missing_ok=True)
        print(f"{query.name} finds nothing in the {of}", file=sys.stderr)
        return
    command = query.name + "".join(f" --{k} {shlex.quote(v)}" for k, v in values.items())
    write_rows(path, command, vocabulary, running)


def write_rows(path: Path, command: str, vocabulary: Vocabulary, running: Engine) -> None:
    name, values = parsed(command)
    rows = running.run(CATALOGUE[name].bind(values, vocabulary))
    lines = [f"# kg query {command}", "\t".join(CATALOGUE[name].columns), *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main(arguments: list[str]) -> None:
    of = "fixture" if "--fixture" in arguments else "digests"
    ntriples = triples(GRAPHS[of]()[1], GOLDEN / "all.nt")
    with engine("oxigraph", ntriples, GOLDEN) as oxigraph:
        for name in [name for name in arguments if name != "--fixture"] or NAMES:
            write_golden(CATALOGUE[name], of, oxigraph)
        for name, command in FILTERED.items() if of == "fixture" else ():
            write_rows(GOLDEN / "filtered" / f"{name}.tsv", command, fixture()[0], oxigraph)
    ntriples.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
