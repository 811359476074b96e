"""The sentence behind a claim: found where the store was built from, or it is told why it isn't."""

import json
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.exports import export
from kg.store import Store
from kg.texts import Texts
from kg.web import serving
from kg.web.site import Site

SENTENCE = "Mesenchymal stem cells are effective in multiple sclerosis."
TEXT = f"""---
title: On cells
date: 2020-02-03
evidence: RandomizedTrial
---

{SENTENCE}
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A store that is built from two files of the same name, one of which is called by its folder too."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "article.md").write_text(TEXT.replace("2020", "2019" if folder == "one" else "2020"))
    assert kg.build(tmp_path / "one", tmp_path / "two", store=tmp_path / "store", workers=1).articles == 2
    return tmp_path / "store"


def claims(place: Path) -> dict[str, str]:
    """A claim that treats for each article."""
    with Store.open(place, read_only=True) as store:
        rows = store.query(
            "SELECT ?a ?c { ?c dcterms:source ?s ; stemkg:predicate stemkg:treats . ?s dcterms:identifier ?a }"
        )
        return {row["a"].value: row["c"].value.rpartition("/")[2] for row in rows}  # type: ignore[union-attr]


def show(capsys: pytest.CaptureFixture[str], place: Path, claim: str) -> tuple[str, str]:
    assert run(["show", claim, "--store", str(place), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    return {row["property"]: row["value"] for row in json.loads(out)}.get("sentence", ""), err


def test_a_store_remembers_where_its_texts_lie(capsys: pytest.CaptureFixture[str], built: Path) -> None:
    found = claims(built)
    assert set(found) == {"article", "two/article"}
    for claim in found.values():
        assert show(capsys, built, claim) == (SENTENCE, "")
        status, page = serving.get(Site(built, texts=Texts(store=built)), f"/claim/{claim}")
        assert (status, SENTENCE in page.decode()) == (200, True)


def test_a_text_that_is_changed_or_gone_is_told(capsys: pytest.CaptureFixture[str], built: Path) -> None:
    found = claims(built)
    (built.parent / "one" / "article.md").write_text(TEXT.replace("effective", "useless"))
    (built.parent / "two" / "article.md").unlink()
    assert show(capsys, built, found["article"]) == ("", "kg: the text has changed since it was read\n")
    assert show(capsys, built, found["two/article"]) == ("", "kg: the text is no longer where it was read\n")
    status, page = serving.get(Site(built, texts=Texts(store=built)), f"/claim/{found['article']}")
    assert (status, "The text has changed since it was read" in page.decode()) == (200, True)


def test_what_changes_while_it_is_looked_at_is_seen(built: Path) -> None:
    texts = Texts(store=built)
    assert SENTENCE in (texts("article") or "")
    file = built.parent / "one" / "article.md"
    file.write_text(TEXT.replace("effective", "of some use"))
    assert "of some use" in (texts("article") or "")


def test_an_article_of_elsewhere_is_not_at_hand(built: Path) -> None:
    assert Texts(store=built).sentence("another", 0, 5, "").search == "unknown"
    assert Texts().sentence("article", 0, 5, "").search == "unknown"
    assert Texts(store=built.parent / "nowhere")("article") is None
    assert not (built.parent / "nowhere").exists()


def test_a_named_text_goes_before_what_is_remembered(built: Path) -> None:
    other = built.parent / "three"
    other.mkdir()
    (other / "article.md").write_text(TEXT.replace("On cells", "On the cells"))
    (built.parent / "one" / "article.md").unlink()
    assert SENTENCE in (Texts([other], built)("article") or "")


def test_no_export_tells_where_the_texts_lie(built: Path) -> None:
    with Store.open(built, read_only=True) as store:
        for suffix in ("nq", "ttl", "jsonld", "tsv"):
            for path in export(store, built.parent / f"out.{suffix}", None):
                assert str(built.parent) not in path.read_text()


def test_a_build_without_paths_says_what_it_builds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["build", "--store", str(tmp_path / "store"), "--min-confidence", "0.99"]) == 0
    assert "no paths named: building the digests" in capsys.readouterr().err
