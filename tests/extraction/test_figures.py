"""Figures: what the numbers of a sentence count or measure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import sentence

from kg.extraction.figures import figures
from kg.extraction.numbers import numbers, numeral, written


def told(text: str) -> list[tuple[str, str, str]]:
    """The figures of a text: kind, value and unit."""
    return [(figure.kind, figure.value, figure.unit) for figure in figures(sentence(text), {"Died", "Relapsed"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sixty-two percent of the patients responded.", [("share", "62", "%")]),
        ("Two-thirds of the patients improved.", [("share", "66.7", "%")]),
        ("A quarter of the children relapsed.", [("share", "25", "%")]),
        ("One in five patients died.", [("share", "20", "%")]),
        ("Between 20 and 42% of the patients relapsed.", [("share", "20", "%"), ("share", "42", "%")]),
        ("Relapse was seen in 30–50% of the patients.", [("share", "30", "%"), ("share", "50", "%")]),
        ("Of 41 patients with lupus, 12 were in remission.", [("size", "41", "patients"), ("count", "12", "patients")]),
        ("All 14 patients survived.", [("count", "14", "patients")]),
        ("Five deaths were recorded.", [("count", "5", "patients")]),
        ("At day 28, 18 of the 21 children were alive.", [("count", "18", "patients")]),
        ("The trial enrolled 60 patients.", [("size", "60", "patients")]),
        ("Patients were given 2 × 10^6 cells/kg.", [("dose", "2000000", "cells/kg")]),
        ("They received 10 mg/kg of the drug.", [("dose", "10", "mg/kg")]),
        ("It was a phase I/IIa trial (NCT01234567).", [("phase", "1/2a", ""), ("registration", "NCT01234567", "")]),
        ("Patients were followed for 24 months.", [("follow-up", "24", "months")]),
    ],
)
def test_a_figure_is_read_with_its_kind_and_unit(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Pain fell by 40%.",
        "The difference was significant (95% CI, 66–82%).",
        "The dose was cut by 20 percentage points.",
        "Ejection fraction rose from 40% to 52%.",
        "Two of three scales got better.",
        "The cells had a viability of 95% viability.",
        "A 5-year plan was drawn up.",
        "The type 2 response was weaker.",
    ],
)
def test_what_is_no_figure_of_patients_is_none(text: str) -> None:
    assert [figure for figure in figures(sentence(text)) if figure.kind in ("share", "count")] == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("At least 70% of the patients responded.", "at least"),
        ("More than half of the patients responded.", "at least"),
        ("Over 60% of the patients responded.", "at least"),
        ("Less than 8% of the patients died.", "at most"),
        ("Up to 40% of the patients responded.", "at most"),
        ("About 40% of the patients responded.", "about"),
        ("Exactly 40% of the patients responded.", ""),
    ],
)
def test_the_bound_of_a_figure_is_kept(text: str, bound: str) -> None:
    assert [figure.bound for figure in figures(sentence(text))] == [bound]


def test_the_whole_of_a_count_is_kept() -> None:
    (figure,) = figures(sentence("Twelve of 20 patients responded."))
    assert (figure.value, figure.of, figure.bare) == ("12", "20", False)


def test_a_number_within_a_name_is_none() -> None:
    assert numbers(sentence("Interleukin 6 and type 2 diabetes were studied.")) == []


@given(st.integers(0, 99_999))
def test_a_numeral_is_its_number(value: int) -> None:
    assert numeral(str(value)) == value
    assert numeral(f"{value:,}") == value
    assert written(float(value)) == str(value)


@given(st.integers(1, 50), st.integers(1, 50))
def test_a_ratio_is_written_with_one_decimal_at_most_where_it_is_not_even(part: int, whole: int) -> None:
    share = written(100 * part / whole)
    assert abs(float(share) - 100 * part / whole) <= 0.05
