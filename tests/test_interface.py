"""`import kg`: build, query, extract."""

import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.asking import QueryError
from kg.store import StoreError

TEXT = """---
title: On cells
date: 2020-02-03
evidence: RandomizedTrial
---

Mesenchymal stem cells are effective in multiple sclerosis. Of the patients, 40% improved after mesenchymal stem cells.
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interface")
    (folder / "article.md").write_text(TEXT)
    summary = kg.build(folder / "article.md", store=folder / "store", workers=1)
    assert (summary.articles, summary.good) == (1, True)
    return folder / "store"


def test_importing_takes_nothing_along() -> None:
    code = "import sys, kg; print(sorted({'pyoxigraph', 'rdflib', 'rich', 'yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rows_have_words_and_numbers(store: Path) -> None:
    (row,) = kg.query("treatments", disease="MS", store=store)
    assert row["treatment"] == "mesenchymal stem cell"
    assert row["for"] == 1
    (outcome,) = kg.query("outcomes", store=store)
    assert outcome["value"] == 40.0


def test_ids_are_curies(store: Path) -> None:
    (row,) = kg.query("treatments", disease="MONDO:0005301", store=store, ids=True)
    assert (row["treatment"], row["disease"]) == ("CL:0000134", "MONDO:0005301")


def test_none_means_any_and_a_limit_limits(store: Path) -> None:
    assert kg.query("treatments", disease=None, store=store) == kg.query("treatments", store=store)
    assert kg.query("treatments", store=store, limit=0) == []


def test_what_is_asked_wrongly_is_named(store: Path, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="treatments"):
        kg.query("treatmens", store=store)
    with pytest.raises(QueryError, match="multiple sclerosis"):
        kg.query("treatments", disease="multiple scleros", store=store)
    with pytest.raises(StoreError, match="no graph"):
        kg.query("treatments", store=tmp_path)


def test_extract_gives_claims_with_their_places() -> None:
    text = "Mesenchymal stem cells secrete interleukin 10."
    (claim,) = kg.extract(text)
    assert (claim.subject, claim.predicate, claim.object) == ("CL:0000134", "secretes", "HGNC:5962")
    assert text[claim.start : claim.end] == text
    assert kg.extract(" \n") == []


def test_rows_are_a_frame(store: Path) -> None:
    pytest.importorskip("pandas", reason="pandas is not here (pip install pandas)")
    frame = kg.as_frame(kg.query("treatments", store=store))
    assert list(frame.columns)[:2] == ["treatment", "disease"]
    assert frame["for"].sum() == 1
