"""The pages of stored queries: the shared filters, the sentences behind rows, and why nothing is found."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_fixture import SENTENCE, Server, make, serving, site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site(make(tmp_path_factory.mktemp("answers")))) as running:
        yield running


def test_filters_have_the_names_of_the_command_line(server: Server) -> None:
    form = server.page("/query/treatments").text
    for name in ("evidence", "basis", "people", "since", "until", "certainty", "confidence", "article", "sentences"):
        assert f'name="{name}"' in form
    assert 'name="people"' not in server.page("/query/most-studied").text
    rows = list(csv.DictReader(io.StringIO(server.ask("/query/treatments.csv?disease=lupus&people=yes").text)))
    assert {row["treatment"]: row["for"] for row in rows if row["disease"].startswith("systemic")} == {
        "mesenchymal stem cell": "1",
        "mesenchymal stem cell of umbilical cord": "1",
        "mesenchymal stem cell of adipose tissue": "0",
    }
    assert (
        len(json.loads(server.ask("/query/treatments.json?disease=lupus&people=yes").body)["results"]["bindings"]) == 4
    )


def test_each_row_leads_to_its_sentences(server: Server) -> None:
    answer = server.page("/query/treatments?disease=lupus+nephritis&sentences=yes")
    assert answer.status == 200 and SENTENCE in answer.text
    assert SENTENCE in server.page("/query/claims?disease=lupus+nephritis").text


def test_an_article_is_shown_by_its_title(server: Server) -> None:
    page = server.ask("/query/claims", {"article": "own-trial"}).text
    assert '<a href="/article/own-trial">&lt;script&gt;alert(1)&lt;/script&gt; &amp; cells</a>' in page
    rows = server.ask("/query/claims.csv", {"article": "own-trial"}).text
    assert "<script>alert(1)</script> & cells" in rows and "own-trial" in rows


def test_an_empty_answer_says_why(server: Server) -> None:
    assert "without since" in server.page("/query/treatments?disease=lupus&since=2030").text
    assert server.page("/query/treatments?people=perhaps").status == 400


def test_an_answer_in_json_is_that_of_the_engine(tmp_path: Path, server: Server) -> None:
    ours = json.loads(server.ask("/query/evidence-map.json").body)
    sparql = server.ask("/query/evidence-map.rq").text
    theirs = json.loads(server.ask("/sparql", {"query": sparql}, accept="application/sparql-results+json").body)
    assert ours == theirs
