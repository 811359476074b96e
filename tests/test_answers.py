"""What is left by the filters that queries share, the sentences behind rows, and why nothing is found."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from query_fixture import CATALOGUE, fixture

from kg.answers import answer, drive, rows, why_nothing
from kg.asking import Answer, QueryError, Rows
from kg.catalogue import StoredQuery
from kg.namespaces import contract
from kg.store import Store
from kg.texts import Texts
from kg.vocabulary import load

VOCABULARY, STORE = fixture()
FILTERS = {
    "evidence": ["MetaAnalysis", "randomized trial", "stemkg:AnimalStudy"],
    "basis": ["finding", "background"],
    "people": ["yes"],
    "since": ["2019", "2020-05"],
    "until": ["2021", "2019-01-15"],
    "certainty": ["asserted", "hedged", "studied"],
    "confidence": ["0.5"],
    "donor": ["autologous", "allogeneic"],
    "article": ["ms-meta-2022"],
}
FILTERED = [query for query in CATALOGUE if query.behind and not any(one.required for one in query.parameters)]


def ask(name: str, **values: str) -> Rows:
    return drive(answer(CATALOGUE[name], values, VOCABULARY), STORE, VOCABULARY)


@pytest.mark.parametrize("query", FILTERED, ids=lambda query: query.name)
def test_every_query_of_findings_has_the_same_filters(query: StoredQuery) -> None:
    assert {one.name for one in query.asked} >= set(FILTERS) - {"since"}


@pytest.mark.parametrize("query", FILTERED, ids=lambda query: query.name)
def test_a_filtered_query_declares_all_its_prefixes(query: StoredQuery) -> None:
    """An endpoint elsewhere knows none of ours."""
    values = {one.name: one.example for one in query.filters}
    assert isinstance(ox.Store().query(query.bind(values, VOCABULARY)), ox.QuerySolutions)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([query.name for query in FILTERED if query.name not in ("changes",)]),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FILTERS.items()}),
)
def test_a_filter_only_leaves_out(name: str, values: dict[str, str]) -> None:
    """No filter brings a row for what is not found without it, or an article more for it."""
    ends = [
        column for column in CATALOGUE[name].columns if column in ("treatment", "cell", "disease", "object", "claim")
    ]

    def found(answer: Rows) -> dict[tuple[str, ...], int]:
        counts: dict[tuple[str, ...], int] = {}
        for row in answer:
            key = tuple(str(row[end]) for end in ends)
            counts[key] = counts.get(key, 0) + sum(
                int(answer.word(row.get(side))) for side in ("for", "hedged") if side in row
            )
        return counts

    left, every = found(ask(name, **values)), found(ask(name))
    assert left.keys() <= every.keys()
    assert all(count <= every[key] for key, count in left.items())


def test_only_what_passes_is_counted_and_weighed() -> None:
    """The trial in people counts; the mice and the review that say so too do not."""
    (row, *_) = ask("treatments", disease="lupus", treatment="CL:0000134").words()
    assert row[4:] == ("2", "1", "0", "0.715", "1 − (1−0.60)(1−0.25)(1−0.05) = 0.715")
    (row,) = [
        row for row in ask("treatments", disease="lupus", people="yes").words() if row[0] == "mesenchymal stem cell"
    ]
    assert row[4:] == ("1", "0", "0", "0.6", "1 − (1−0.60) = 0.6")


def test_evidence_goes_by_any_name_and_dates_by_what_is_known() -> None:
    assert ask("claims", evidence="RCT").rows == ask("claims", evidence="stemkg:RandomizedTrial").rows != []
    years = [ask("claims", since=str(year), until=str(year)) for year in range(2013, 2025)]
    assert sum(map(len, years)) == len(ask("claims", since="2013"))
    with pytest.raises(QueryError, match="--people: 'no' is not one of yes"):
        ask("treatments", people="no")


def test_queries_that_count_over_findings_have_no_filters() -> None:
    with pytest.raises(QueryError, match="most-studied has no parameter --people"):
        ask("most-studied", people="yes")
    with pytest.raises(QueryError, match="no sentences stand behind"):
        drive(rows(CATALOGUE["most-studied"], {}, VOCABULARY, Texts(), sentences=True), STORE, VOCABULARY)


def test_each_claim_behind_a_row_has_a_row_of_its_own() -> None:
    values = {"disease": "lupus nephritis"}
    found, _ = drive(rows(CATALOGUE["treatments"], values, VOCABULARY, Texts(), sentences=True), STORE, VOCABULARY)
    assert found.columns[-3:] == ("says", "source", "sentence")
    says = [row[-3:] for row in found.words()]
    assert {(side, source) for side, source, _ in says} == {("against", "lupus-rct-2021"), ("for", "lupus-trial-2024")}
    assert {sentence for *_, sentence in says} == {"(the text is not at hand)"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"disease": "lupus", "since": "2030"}, "5 without --since"),
        (
            {"disease": "MONDO:0005556", "treatment": "stemkg:Corticosteroid"},
            "2 without --disease, 1 without --treatment",
        ),
    ],
)
def test_it_is_said_why_nothing_is_found(values: dict[str, str], words: str) -> None:
    assert words in drive(why_nothing(CATALOGUE["treatments"], values, VOCABULARY), STORE, VOCABULARY)


@pytest.mark.parametrize("name", ["COPD", "GVHD"])
def test_a_term_that_no_claim_speaks_of_is_told_with_others(name: str) -> None:
    words = drive(why_nothing(CATALOGUE["treatments"], {"disease": name}, load()), STORE, load())
    assert words.startswith("no claim speaks of ") and "; claims speak of " in words


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("lupus", "MONDO:0007915"), ("ALS", "MONDO:0004976"), ("MS", "MONDO:0005301"), ("COPD", "MONDO:0005002"),
        ("GVHD", "MONDO:0013730"),
    ],
)  # fmt: skip
def test_a_disease_goes_by_what_it_is_called(name: str, id: str) -> None:
    (disease,) = (one for one in CATALOGUE["treatments"].parameters if one.name == "disease")
    asked = contract(str(disease.term(name, load()).value))
    assert asked in load().ancestors(id)
    assert load().label(asked) not in ("disease", "human disease")


def test_an_empty_store_is_asked_in_vain(tmp_path: Path) -> None:
    store = Store.open()
    found, why = drive(rows(CATALOGUE["treatments"], {}, VOCABULARY, Texts()), store, VOCABULARY)
    assert (found.rows, why) == ([], "no claim in the graph says such")


def test_a_belief_is_a_number_and_its_arithmetic_is_told_when_asked_for() -> None:
    steps = rows(CATALOGUE["treatments"], {}, VOCABULARY, Texts())
    plain, _ = drive(steps, STORE, VOCABULARY)
    assert "arithmetic" not in plain.columns and plain.words()[0][plain.columns.index("belief")] == "0.981"
    steps = rows(CATALOGUE["treatments"], {}, VOCABULARY, Texts(), explain=True)
    assert drive(steps, STORE, VOCABULARY)[0].words()[0][-1] == "1 − (1−0.90)(1−0.80)(1−0.05) = 0.981"


def test_an_endpoint_that_knows_no_prefix_answers_filtered_questions_with_sentences() -> None:
    """Every step is whole SPARQL, not only the first."""

    class Elsewhere:
        def query(self, sparql: str) -> Answer:
            return STORE.graph.query(sparql, use_default_graph_as_union=True)

    steps = rows(CATALOGUE["treatments"], {"people": "yes"}, VOCABULARY, Texts(), sentences=True)
    there, _ = drive(steps, Elsewhere(), VOCABULARY)
    steps = rows(CATALOGUE["treatments"], {"people": "yes"}, VOCABULARY, Texts(), sentences=True)
    assert there.rows == drive(steps, STORE, VOCABULARY)[0].rows != []


def test_the_two_sides_of_a_contradiction_are_told_in_words() -> None:
    query = CATALOGUE["contradictions"]
    found, _ = drive(rows(query, {"cell": "mesenchymal stem cell"}, VOCABULARY, Texts([])), STORE, VOCABULARY)
    told = [found.word(cell) for row in found for cell in (row["affirmedWith"], row["deniedWith"])]
    assert "species mouse" in told and "species not said" in told
    assert not any(":" in words for words in told)
