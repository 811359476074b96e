"""What changed between two graphs."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import exporting
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import exports
from kg.claim import BASES, CERTAINTIES, COLUMNS, EVIDENCE, Claim
from kg.diff import KINDS, Change, DiffError, compare, diff, markdown
from kg.store import StoreError

CLAIM = Claim("a", 0, 9, "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", evidence="ClinicalTrial")
DENIED = replace(CLAIM, polarity="negative")
HEDGED = replace(CLAIM, certainty="hedged")
STRONGER = replace(CLAIM, evidence="RandomizedTrial")
MOVED = replace(CLAIM, start=100, end=109, confidence=0.5)


def kinds(old: Iterable[Claim], new: Iterable[Claim]) -> list[str]:
    return [change.change for change in compare("a", old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [CLAIM], ["new"]),
        ([CLAIM], [], ["gone"]),
        ([CLAIM], [MOVED], []),
        ([CLAIM], [DENIED], ["flipped"]),
        ([CLAIM], [CLAIM, DENIED], ["new"]),
        ([CLAIM, DENIED], [DENIED], ["gone"]),
        ([HEDGED], [CLAIM], ["certainty raised"]),
        ([CLAIM], [HEDGED], ["certainty lowered"]),
        # Said twice, the strongest form counts.
        ([CLAIM], [HEDGED, CLAIM], []),
        ([CLAIM], [STRONGER], ["evidence raised"]),
        ([CLAIM], [replace(CLAIM, basis="finding")], ["basis raised"]),
        ([HEDGED], [replace(CLAIM, certainty="studied")], ["certainty lowered"]),
        # One claim at a time: the surest one counts, with the evidence that is its own.
        ([CLAIM], [CLAIM, replace(HEDGED, evidence="MetaAnalysis")], []),
        ([STRONGER], [replace(HEDGED, evidence="Review")], ["certainty lowered", "evidence lowered"]),
        ([CLAIM], [replace(CLAIM, disease="")], ["new", "gone"]),
        ([replace(CLAIM, value="40", unit="%")], [replace(CLAIM, value="41", unit="%")], ["new", "gone"]),
    ],
)
def test_a_change_has_its_kind(old: list[Claim], new: list[Claim], expected: list[str]) -> None:
    assert kinds(old, new) == expected


def test_a_change_says_how_it_stood() -> None:
    (change,) = compare("a", [HEDGED], [DENIED])
    assert change == Change(
        "flipped", "a", "CL:0000134", "treats", "MONDO:0005301", "MONDO:0005301", "",
        "positive, hedged, ClinicalTrial, background", "negative, asserted, ClinicalTrial, background",
    )  # fmt: skip
    assert change.row({"CL:0000134": "MSC", "MONDO:0005301": "MS"}.__getitem__)[2:6] == ("MSC", "treats", "MS", "MS")


_CLAIMS = st.lists(
    st.builds(
        Claim,
        st.just("a"),
        st.integers(0, 3),
        st.just(9),
        st.sampled_from(["CL:1", "CL:2"]),
        st.just("treats"),
        st.sampled_from(["MONDO:1", "MONDO:2"]),
        polarity=st.sampled_from(["positive", "negative"]),
        certainty=st.sampled_from(CERTAINTIES),
        evidence=st.sampled_from(EVIDENCE),
        basis=st.sampled_from(BASES),
    ),
    max_size=6,
)


@given(_CLAIMS, _CLAIMS)
def test_the_way_back_undoes_the_way_there(old: list[Claim], new: list[Claim]) -> None:
    opposite = {"new": "gone", "gone": "new", "flipped": "flipped"}
    for kind in KINDS[3:]:
        what, _, direction = kind.partition(" ")
        opposite[kind] = f"{what} {'lowered' if direction == 'raised' else 'raised'}"
    there, back = compare("a", old, new), compare("a", new, old)
    assert sorted(opposite[change.change] for change in there) == sorted(change.change for change in back)
    assert {(c.subject, c.object, c.before, c.after) for c in there} == {
        (c.subject, c.object, c.after, c.before) for c in back
    }


@given(_CLAIMS)
def test_nothing_changes_between_the_same_claims_in_another_order(claims: list[Claim]) -> None:
    assert compare("a", claims, claims[::-1]) == []


def table(path: Path, claims: Iterable[Claim]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writerow(COLUMNS)
        writer.writerows(claim.row() for claim in claims)
    return path


def test_a_store_its_dump_and_its_table_are_the_same(tmp_path: Path) -> None:
    vocabulary = exporting.vocabulary(tmp_path / "ontology")
    made = exporting.store(vocabulary)
    dump, *_ = exports.export(made, tmp_path / "all.nq")
    trig, *_ = exports.export(made, tmp_path / "all.trig")
    claims, *_ = exports.export(made, tmp_path / "all.csv")
    folder = tmp_path / "store"
    exporting.store(vocabulary, folder=folder).close()
    sides = [folder, dump, trig, claims, table(tmp_path / "own.tsv", exporting.claims())]
    for side in sides[1:]:
        assert list(diff(folder, side)) == []
        assert list(diff(side, folder)) == []
    fewer = table(tmp_path / "fewer.tsv", [claim for claim in exporting.claims() if claim.doc != "trial"])
    changes = list(diff(folder, fewer))
    assert {change.change for change in changes} == {"gone"}
    assert len(changes) == sum(claim.doc == "trial" for claim in exporting.claims())


def test_articles_of_one_side_only_are_all_new_or_gone(tmp_path: Path) -> None:
    old = table(tmp_path / "old.tsv", [replace(CLAIM, doc=doc) for doc in "acd"])
    new = table(tmp_path / "new.tsv", [replace(CLAIM, doc=doc) for doc in "bcde"])
    found = [(change.article, change.change) for change in diff(old, new)]
    assert found == [("a", "gone"), ("b", "new"), ("e", "new")]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    good = table(tmp_path / "good.tsv", [CLAIM])
    bad = table(tmp_path / "bad.tsv", [CLAIM, replace(CLAIM, predicate="heals")])  # type: ignore[arg-type]
    broken = tmp_path / "broken.nq"
    broken.write_text("<http://a> <http://b> <http://c> .\n<http://a> <b\n")
    text = tmp_path / "a.docx"
    text.touch()
    for path, message in (
        (bad, r"bad\.tsv:3: predicate"),
        (broken, r"broken\.nq"),
        (text, "neither"),
        (tmp_path / "x.nq", "x.nq"),
    ):
        with pytest.raises(DiffError, match=message):
            list(diff(good, path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError, match="no graph"):
        list(diff(good, tmp_path / "empty"))


def test_markdown_groups_by_kind_and_statement() -> None:
    changes = [
        *compare("a", [], [CLAIM]),
        *compare("b", [], [CLAIM]),
        *compare("b", [HEDGED], [STRONGER]),
    ]
    names = {"CL:0000134": "MSC", "MONDO:0005301": "MS"}
    assert markdown(changes, names.__getitem__) == (
        "### New (2)\n\n"
        "- MSC *treats* MS (positive, asserted, ClinicalTrial, background): `a`, `b`\n\n"
        "### Certainty raised (1)\n\n"
        "- MSC *treats* MS (positive, hedged, ClinicalTrial, background"
        " → positive, asserted, RandomizedTrial, background): `b`\n\n"
        "### Evidence raised (1)\n\n"
        "- MSC *treats* MS (positive, hedged, ClinicalTrial, background"
        " → positive, asserted, RandomizedTrial, background): `b`\n"
    )
    assert markdown([]) == "No claim changed.\n"
