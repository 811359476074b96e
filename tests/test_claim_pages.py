"""What claims rest on, as the pages and the command line show it: findings, background, and what is only studied."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from query_fixture import FOLDER
from web_fixture import Server, make, serving, site

from kg import pipeline
from kg.claim import EVIDENCE, NO_RANK, Basis, Certainty, Claim, Evidence, Polarity, Predicate
from kg.cli import run
from kg.stated import Source, Stated
from kg.store import Store
from kg.vocabulary import Vocabulary, load
from kg.web import drawing
from kg.web.index import Filter, Index, Mark
from kg.weights import Weights

MSC, LUPUS = "CL:0000134", "MONDO:0007915"


def stated(
    id: str,
    evidence: Evidence = "RandomizedTrial",
    basis: Basis = "finding",
    certainty: Certainty = "asserted",
    polarity: Polarity = "positive",
    predicate: Predicate = "treats",
) -> Stated:
    return Stated(id, Claim("a", 0, 9, MSC, predicate, LUPUS, LUPUS, polarity, certainty, evidence, basis))


def index(*articles: tuple[Source, list[Stated]]) -> Index:
    return Index(articles, load())


def test_a_mark_tells_findings_from_background_and_from_what_is_only_studied() -> None:
    found = index(
        (Source("a"), [stated("1")]),
        (Source("b"), [stated("2", "MetaAnalysis", "background")]),
        (Source("c"), [stated("3", certainty="studied")]),
        (Source("d"), [stated("4", certainty="studied"), stated("5", "AnimalStudy", certainty="hedged")]),
    )
    mark = found.mark(range(5))
    assert (mark.articles, mark.supporting, mark.found, mark.hedged, mark.studied, mark.opposing) == (4, 3, 2, 1, 1, 0)
    assert mark.evidence == "RandomizedTrial"
    assert found.mark([1]).evidence == "ExpertStatement"
    only = found.mark([2])
    assert (only.rank, only.evidence, only.supporting, only.studied) == (NO_RANK, "", 0, 1)
    assert 'class="e11 studied"' in drawing.dot(only, 1)


def test_articles_on_the_same_work_count_once() -> None:
    found = index(
        (Source("page", doi="10.1000/X"), [stated("1", "ClinicalTrial")]),
        (Source("record", doi="10.1000/x", pmid="7"), [stated("2", "ClinicalTrial")]),
        (Source("other", pmid="8"), [stated("3", "ClinicalTrial")]),
    )
    assert found.mark(range(3)).supporting == 2
    assert found.study_of == [0, 0, 2]


def test_a_harm_that_is_denied_is_against_that_harm_only() -> None:
    denied = stated("2", polarity="negative", predicate="adverse_effect")
    found = index((Source("a"), [stated("1")]), (Source("b"), [denied]))
    assert found.mark(range(2)).opposing == 0
    assert found.mark([1]).opposing == 1


def test_what_is_seen_in_trials_is_seen_in_people() -> None:
    found = index(
        (Source("a"), [stated("1"), stated("2", "AnimalStudy"), stated("3", "ClinicalTrial", "background")]),
        (Source("b"), [stated("4", certainty="studied")]),
    )
    assert found.species == ["NCBITaxon:9606"]
    assert [found.claims[number].id for number in found.select(Filter(species="NCBITaxon:9606"))] == ["1"]


def test_claims_are_filtered_by_basis_and_certainty() -> None:
    found = index((Source("a"), [stated("1"), stated("2", basis="background"), stated("3", certainty="studied")]))
    assert found.select(Filter(basis="background")) == [1]
    assert found.select(Filter(certainty="studied")) == [2]


def test_every_kind_of_evidence_has_a_colour() -> None:
    assert len(set(drawing.COLOURS)) == len(EVIDENCE)
    style = (Path(drawing.__file__).parent / "static" / "style.css").read_text("utf-8")
    assert all(f".e{rank} {{" in style for rank in range(1, len(EVIDENCE) + 1))


def test_marks_add_up() -> None:
    some = [stated("1"), stated("2", basis="background"), stated("3", certainty="studied")]
    whole, first, second = Mark(), Mark(), Mark()
    for number, one in enumerate(some):
        whole.add(number, one)
        (first if number else second).add(number, one)
    first.update(second)
    assert first == whole


# Pages


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place = make(tmp_path_factory.mktemp("basis"))
    with serving(site(place)) as running:
        yield running


def words(server: Server, path: str, parameters: dict[str, str] | None = None) -> str:
    answer = server.page(path, parameters)
    assert answer.status == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.text))


def test_the_about_page_has_the_table_of_weights(server: Server) -> None:
    shown = words(server, "/about")
    weights = Weights.of(Vocabulary.load(FOLDER / "ontology"))
    for name, weight in weights.evidence.items():
        label = server.site.own_label(name)
        assert f"{label}{weight}" in shown.replace(" ", "").replace(label.replace(" ", ""), label)
    assert "times 0.5 where it is hedged" in shown and "times 0 where it is studied" in shown


def test_the_pages_say_what_a_claim_rests_on(server: Server) -> None:
    pair = {"subject": "stemkg:Corticosteroid", "predicate": "treats", "object": "MONDO:0005178"}
    shown = words(server, "/claims", pair)
    assert "1 article for (background only)" in shown and "1 − (1−0.10) = 0.1" in shown
    pair = {"subject": "CL:0002540", "predicate": "treats", "object": "MONDO:0005178"}
    shown = words(server, "/claims", pair)
    assert "1 only on its study" in shown and "no evidence" in shown and "1 − " not in shown
    (background,) = server.site.index.select(Filter(subject="stemkg:Corticosteroid", object="MONDO:0005178"))
    id = server.site.index.claims[background].id
    assert "background: it weighs as an expert statement" in words(server, f"/claim/{id}")


def test_the_pages_tell_the_date_of_the_work_from_that_of_the_page(server: Server) -> None:
    shown = words(server, "/article/lupus-review-2023")
    assert "Published2023-08-29" in shown.replace(" ", "") and "a work of 2021, J Made Up" in shown
    assert "2023-08-29, on a work of 2021, J Made Up" in words(server, "/claims", {"article": "lupus-review-2023"})
    assert "inferred from its words" in words(server, "/article/lupus-trial-2024")
    found = server.site.index.select(Filter(article="lupus-review-2023", until=2021))
    assert found and not server.site.index.select(Filter(article="lupus-review-2023", since=2022))


# The command line


def test_other_weights_are_tried_on_a_store_and_change_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store, file = tmp_path / "store", tmp_path / "mine.tsv"
    with Store.open(store) as opened:
        assert pipeline.build([], opened, workers=1).good
    ask = ["query", "treatments", "--explain", "--store", str(store), "--format", "tsv"]
    assert run(ask) == 0
    before = capsys.readouterr().out
    file.write_text("ExpertStatement 0.5\nhedged 0\n")
    assert run([*ask, "--weights", str(file)]) == 0
    tried = capsys.readouterr().out
    assert "(1−0.50)" in tried and "(1−0.10)" not in tried and len(tried.splitlines()) == len(before.splitlines())
    assert run(ask) == 0
    assert capsys.readouterr().out == before
    file.write_text("ExpertStatement lots\n")
    assert run([*ask, "--weights", str(file)]) == 2
    assert f"{file}:1: 'lots' is not a number" in capsys.readouterr().err
    assert run([*ask, "--weights", str(file), "--endpoint", "http://127.0.0.1:9"]) == 2


def test_the_evidence_of_a_text_that_states_none_is_inferred_and_marked(tmp_path: Path) -> None:
    text = "# A randomized trial\n\nIn this randomized trial, mesenchymal stem cells improved multiple sclerosis.\n"
    (tmp_path / "told.md").write_text(text)
    (tmp_path / "stated.md").write_text("---\nevidence: CaseReport\n---\n" + text)
    with Store.open(tmp_path / "store") as store:
        assert pipeline.build([tmp_path / "told.md", tmp_path / "stated.md"], store, workers=1).good
        rows = store.query(
            "SELECT ?id ?kind ?inferred { ?article dcterms:identifier ?id ; stemkg:reports ?kind"
            " OPTIONAL { ?article stemkg:inferred ?inferred } } ORDER BY ?id"
        )
        found = [(row["id"].value, row["kind"].value.rpartition("/")[2], row["inferred"] is not None) for row in rows]  # type: ignore[union-attr]
    assert found == [("stated", "CaseReport", False), ("told", "RandomizedTrial", True)]
