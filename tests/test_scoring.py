"""Scoring: counts, accuracies and causes, from claims of our own making."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.claim import CERTAINTIES, COLUMNS, Claim
from kg.scoring import Counts, GoldError, judged, key, read_claims, score
from kg.vocabulary import Vocabulary, load

MSC, STEM, HSC = "CL:0000134", "CL:0000034", "CL:0000037"
TREATS = Claim("a", 0, 10, MSC, "treats", "MONDO:0007915", "MONDO:0007915")
SECRETES = Claim("a", 20, 30, MSC, "secretes", "HGNC:12680")
IMPROVED = Claim("a", 40, 50, MSC, "outcome", "stemkg:Improved", value="40", unit="%")
GOLD = [TREATS, SECRETES, IMPROVED]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return load()


def test_what_is_equal_is_right() -> None:
    result = score(GOLD, GOLD)
    assert result.strict[""] == Counts(tp=3)
    assert result.strict["treats"] == Counts(tp=1)
    assert result.strict[""].f1 == 1
    assert not result.missed
    assert not result.wrong
    assert result.accuracy == dict.fromkeys(("disease", "certainty", "evidence", "basis", "polarity"), (3, 3))


def test_precision_recall_and_f1() -> None:
    result = score([TREATS, replace(SECRETES, object="HGNC:4893")], GOLD)
    counts = result.strict[""]
    assert counts == Counts(tp=1, fp=1, fn=2)
    assert (counts.precision, counts.recall) == (1 / 2, 1 / 3)
    assert counts.f1 == pytest.approx(0.4)
    assert result.strict["affects"] == Counts()
    assert result.strict["affects"].f1 == 0


def test_a_statement_counts_once_an_article() -> None:
    again = replace(TREATS, start=60, end=70)
    assert score([TREATS, again], [TREATS]).strict[""] == Counts(tp=1)
    elsewhere = replace(TREATS, doc="b")
    assert score([TREATS, elsewhere], [TREATS, elsewhere]).strict[""] == Counts(tp=2)


def test_articles_that_the_gold_does_not_name_are_left_out() -> None:
    assert score([TREATS, replace(TREATS, doc="other")], [TREATS]).strict[""] == Counts(tp=1)


def test_figures_count_for_outcomes_alone() -> None:
    assert score([replace(IMPROVED, value="41")], [IMPROVED]).strict["outcome"] == Counts(fp=1, fn=1)
    assert key(replace(TREATS, value="1")) == key(TREATS)


def test_kin_is_right_in_the_lenient_score(words: Vocabulary) -> None:
    general = replace(TREATS, subject=STEM)
    result = score([general], [TREATS], words)
    assert result.strict[""] == Counts(fp=1, fn=1)
    assert result.lenient[""] == Counts(tp=1)
    assert score([replace(TREATS, subject=HSC)], [TREATS], words).lenient[""] == Counts(fp=1, fn=1)
    assert score([replace(general, polarity="negative")], [TREATS], words).lenient[""] == Counts(fp=1, fn=1)


def test_accuracies_are_over_the_rows_that_match() -> None:
    found = [replace(TREATS, certainty="hedged", disease=""), replace(SECRETES, evidence="Review")]
    result = score(found, GOLD)
    assert result.accuracy["certainty"] == (1, 2)
    assert result.accuracy["disease"] == (1, 2)
    assert result.accuracy["evidence"] == (1, 2)
    denied = score([replace(TREATS, polarity="negative")], GOLD)
    assert denied.accuracy["polarity"] == (0, 1)


def test_a_review_with_pooling_and_one_without_are_scored_alike() -> None:
    pooled, read = replace(TREATS, evidence="MetaAnalysis"), replace(TREATS, evidence="SystematicReview")
    assert score([read], [pooled]).accuracy["evidence"] == score([pooled], [read]).accuracy["evidence"] == (1, 1)
    assert score([replace(TREATS, evidence="Review")], [pooled]).accuracy["evidence"] == (0, 1)


def test_the_basis_is_scored_where_the_gold_table_has_it(tmp_path: Path) -> None:
    found = replace(TREATS, basis="finding")
    assert score([found], [TREATS]).accuracy["basis"] == (0, 1)
    assert score([found, replace(TREATS, start=60, end=70)], [found]).accuracy["basis"] == (1, 1)
    former = tmp_path / "former.tsv"
    columns = [column for column in COLUMNS if column != "basis"]
    cells = dict(zip(COLUMNS, TREATS.row(), strict=True))
    former.write_text("".join("\t".join(row) + "\n" for row in (columns, [cells[column] for column in columns])))
    assert read_claims(former) == [TREATS]
    assert judged(former) == ("disease", "certainty", "evidence")
    assert "basis" not in score([found], [TREATS], attributes=judged(former)).accuracy
    whole = tmp_path / "whole.tsv"
    whole.write_text("\t".join(("doc", "sent", *COLUMNS[1:])) + "\n" + "\t".join(("a", "7", *found.row()[1:])) + "\n")
    assert read_claims(whole) == [found]
    assert judged(whole) == ("disease", "certainty", "evidence", "basis")


def test_what_is_said_with_less_certainty_too_is_as_sure_as_the_surest() -> None:
    ways = [replace(TREATS, start=start, certainty=certainty) for start, certainty in enumerate(CERTAINTIES)]
    for place, certainty in enumerate(CERTAINTIES):
        found = ways[place:][::-1]
        assert score(found, [replace(TREATS, certainty=certainty)]).accuracy["certainty"] == (1, 1)


def test_said_both_ways_it_is_asserted() -> None:
    both = [replace(TREATS, certainty="hedged"), replace(TREATS, start=60, end=70)]
    assert score(both, [TREATS]).accuracy["certainty"] == (1, 1)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"polarity": "negative"}, "polarity"),
        ({"subject": HSC}, "subject"),
        ({"object": "MONDO:0005301"}, "object"),
        ({"predicate": "adverse_effect"}, "predicate"),
        ({"subject": HSC, "object": "MONDO:0005301"}, "other words in the sentence"),
        ({"subject": HSC, "object": "MONDO:0005301", "start": 90, "end": 99}, "nothing else in the sentence"),
    ],
)
def test_an_error_has_a_cause(change: dict[str, str], cause: str) -> None:
    found = replace(TREATS, **change)  # type: ignore[arg-type]
    result = score([found], [TREATS])
    assert [result.causes[key(claim)] for claim in result.wrong] == [cause]
    assert [result.causes[key(claim)] for claim in result.missed] == [cause]


def test_a_wrong_figure_is_a_cause() -> None:
    found = replace(IMPROVED, value="41")
    assert set(score([found], [IMPROVED]).causes.values()) == {"figure"}


claims = st.builds(
    Claim,
    st.sampled_from("ab"),
    st.sampled_from((0, 20)),
    st.sampled_from((10, 30)),
    st.sampled_from((MSC, HSC)),
    st.sampled_from(("treats", "secretes")),
    st.sampled_from(("MONDO:0007915", "HGNC:12680")),
    polarity=st.sampled_from(("positive", "negative")),
)


@given(st.lists(claims, max_size=12), st.lists(claims, min_size=1, max_size=12))
def test_counts_add_up(found: list[Claim], gold: list[Claim]) -> None:
    result = score(found, gold)
    docs = {claim.doc for claim in gold}
    counts = result.strict[""]
    assert counts.tp + counts.fn == len({key(claim) for claim in gold})
    assert counts.tp + counts.fp == len({key(claim) for claim in found if claim.doc in docs})
    assert (len(result.missed), len(result.wrong)) == (counts.fn, counts.fp)
    for field in ("tp", "fp", "fn"):
        named = sum(getattr(one, field) for predicate, one in result.strict.items() if predicate)
        assert named == getattr(counts, field)
    assert 0 <= counts.f1 <= 1
    assert result.lenient[""].f1 >= counts.f1
    assert set(result.causes) == {key(claim) for claim in (*result.missed, *result.wrong)}


@given(st.lists(claims, min_size=1, max_size=8))
def test_order_does_not_matter(rows: list[Claim]) -> None:
    forth, back = score(rows, rows), score(rows[::-1], rows[::-1])
    assert (forth.strict, forth.accuracy) == (back.strict, back.accuracy)
    assert forth.strict[""].f1 == 1


# Tables


def table(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("\n".join("\t".join(row) for row in (COLUMNS, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_table_is_read_back(tmp_path: Path) -> None:
    path = table(tmp_path / "gold.tsv", *(claim.row() for claim in GOLD))
    assert [claim.row() for claim in read_claims(path)] == [claim.row() for claim in GOLD]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("predicate", "heals", "predicate: 'heals' is not one of treats"),
        ("polarity", "maybe", "polarity: 'maybe'"),
        ("start", "ten", "start: 'ten' is not an offset"),
        ("qualifiers", "dose=1", "qualifiers: 'dose=1'"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, column: str, value: str, reason: str) -> None:
    row = dict(zip(COLUMNS, SECRETES.row(), strict=True)) | {column: value}
    path = table(tmp_path / "gold.tsv", TREATS.row(), tuple(row.values()))
    with pytest.raises(GoldError) as raised:
        read_claims(path)
    assert str(raised.value).startswith(f"{path}:3: {reason}")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.tsv"
    path.write_text("doc\tstart\na\t0\n")
    with pytest.raises(GoldError, match=r"gold\.tsv:2: no column 'end'"):
        read_claims(path)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = table(tmp_path / "gold.tsv", TREATS.row())
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n")
    with pytest.raises(GoldError, match=r"gold\.tsv:"):
        read_claims(path)
