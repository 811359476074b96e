"""The given cases: short texts in kinds of reading that go wrong, and what must and must not be found in them."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from reading import only

from kg.claim import Claim
from kg.extraction import Extractor

_CASES = Path(__file__).resolve().parent.parent.parent / "shared" / "cases" / "given.tsv"

#: How much has to pass: of all cases, and of the five of a kind.
_SHARE, _OF_A_KIND = 0.9, 3

pytestmark = pytest.mark.skipif(not _CASES.is_file(), reason="the cases (../shared) are not beside this checkout")


class Case(NamedTuple):
    id: str
    kind: str
    text: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]


def cases() -> Iterator[Case]:
    with _CASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            lists = [tuple(filter(None, (row[column] or "").split(" ;; "))) for column in ("must", "mustnot")]
            yield Case(row["id"], row["kind"], row["text"], *lists)


def is_one(claim: Claim, wanted: str) -> bool:
    """Whether a claim is as `subject|predicate|object|polarity|certainty|value|unit|@evidence` says, "*" being any."""
    fields = [field.strip() for field in wanted.split("|")]
    evidence = fields.pop()[1:] if fields[-1].startswith("@") else claim.evidence
    certainty = "hedged" if fields[4:5] == ["hedged"] and claim.certainty == "studied" else claim.certainty
    told = (claim.subject, claim.predicate, claim.object, claim.polarity, certainty, claim.value, claim.unit)
    return evidence == claim.evidence and all(
        field in ("*", said) for field, said in zip(fields, told[: len(fields)], strict=True)
    )


def failures(case: Case, claims: list[Claim]) -> list[str]:
    missing = [f"missing {wanted}" for wanted in case.must if not any(is_one(claim, wanted) for claim in claims)]
    wrong = [f"found {one}" for one in case.must_not for claim in claims if is_one(claim, one)]
    return [*missing, *wrong]


def test_nine_cases_in_ten_pass_and_most_of_every_kind(
    extractor: Extractor, record_property: Callable[[str, object], None]
) -> None:
    by_kind: dict[str, list[bool]] = defaultdict(list)
    told = []
    for case in cases():
        failed = failures(case, extractor.claims(only(case.text)))
        by_kind[case.kind].append(not failed)
        if failed:
            told.append(f"{case.id}: {'; '.join(failed)}")
    passed = sum(map(sum, by_kind.values()))
    report = "\n".join([*(f"{kind}: {sum(done)} of {len(done)}" for kind, done in by_kind.items()), *told])
    record_property("passed", passed)
    assert passed >= _SHARE * sum(map(len, by_kind.values())), report
    assert all(sum(done) >= _OF_A_KIND for done in by_kind.values()), report


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("CL:1|treats|MONDO:1|positive|hedged", True),
        ("*|treats|*|positive|*", True),
        ("*|*|*|negative|*", False),
        ("*|treats|*|*|asserted", False),
        ("*|treats|*|*|*|@Review", True),
        ("*|treats|*|*|*|@AnimalStudy", False),
        ("*|treats|*|*|*|70|%", False),
    ],
)
def test_how_a_claim_is_matched(wanted: str, found: bool) -> None:
    claim = Claim("a", 0, 9, "CL:1", "treats", "MONDO:1", certainty="studied", evidence="Review")
    assert is_one(claim, wanted) == found
