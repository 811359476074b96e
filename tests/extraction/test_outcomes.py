"""Outcomes: which became of how many patients, and of which arm."""

from functools import cache

import pytest
from sentences import named, sentence

from kg.extraction.outcomes import OutcomeReading, Outcomes
from kg.vocabulary import load


@cache
def _outcomes() -> Outcomes:
    return Outcomes(load())


def read(text: str) -> list[OutcomeReading]:
    """The outcomes of a text that are not those of a control arm."""
    return [reading for reading in _outcomes().read(sentence(text)) if reading.arm != "control"]


def told(text: str) -> list[tuple[str, str, str, str]]:
    """The outcomes: category, value, unit and polarity."""
    return [(one.outcome.partition(":")[2], one.value, one.unit, one.polarity) for one in read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of the 30 patients, 12 relapsed after MSCs.", [("Relapsed", "12", "patients", "positive")]),
        ("Remission was reached by 40% of those given MSCs.", [("Remission", "40", "%", "positive")]),
        ("Overall survival was 69% with MSCs.", [("Survived", "69", "%", "positive")]),
        ("With MSCs, 9 of 20 children showed no improvement.", [("Improved", "9", "patients", "negative")]),
        ("No patient died after HSCT.", [("Died", "0", "patients", "positive")]),
        ("There were no relapses after HSCT.", [("Relapsed", "0", "patients", "positive")]),
        (
            "After MSCs, 30% of the patients improved, 55% remained stable and 15% got worse.",
            [
                ("Improved", "30", "%", "positive"),
                ("Stable", "55", "%", "positive"),
                ("Worsened", "15", "%", "positive"),
            ],
        ),
        (
            "Relapse and survival after HSCT were 16% and 73%, respectively.",
            [("Relapsed", "16", "%", "positive"), ("Survived", "73", "%", "positive")],
        ),
        (
            "Mortality after HSCT was 30–50%.",
            [("Died", "30", "%", "positive"), ("Died", "50", "%", "positive")],
        ),
        ("MSCs stopped the disease from getting worse in 80% of patients.", [("Stable", "80", "%", "positive")]),
        ("Deterioration was absent in 9 of 12 girls given MSCs.", [("Stable", "9", "patients", "positive")]),
        ("The decline came to a halt in 9 of 12 girls given MSCs.", [("Stable", "9", "patients", "positive")]),
        ("Worsening was averted in 75% of the girls given MSCs.", [("Stable", "75", "%", "positive")]),
        ("After MSCs, 3 of 12 girls kept getting worse.", [("Worsened", "3", "patients", "positive")]),
        ("Remission after MSCs was achieved in nine.", [("Remission", "9", "patients", "positive")]),
        (
            "Grafts of hepatocytes were given, and 3 of 12 girls died.",
            [("Died", "3", "patients", "positive")],
        ),
    ],
)
def test_an_outcome_is_read_with_its_figure(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "At least 70% of the patients responded to MSCs.",
        "Up to 40% of the patients improved with MSCs.",
        "More than half of the patients went into remission after MSCs.",
        "MSCs prevented relapses in 75% of the patients.",
        "In 62 patients, lung function improved after MSCs.",
        "MSCs gave 40% less pain.",
        "Fourteen patients in remission received MSCs.",
        "MSCs might help 40% of the patients to improve.",
        "About 60% of patients with the disease die within five years.",
        "The trial compared 120 survivors.",
    ],
)
def test_what_is_no_outcome_of_the_treatment_gives_none(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Of the patients given MSCs, 64% responded, compared with 47% of controls.",
        "In the MSC group 64% responded, versus 47% in the placebo group.",
        "A response was seen in 64% of those given MSCs and in 47% of those who were not.",
    ],
)
def test_the_figure_of_the_control_arm_is_told_apart(text: str) -> None:
    readings = _outcomes().read(sentence(text))
    assert [one.value for one in readings if one.arm != "control"] == ["64"]
    assert [one.value for one in readings if one.arm == "control"] in (["47"], [])


def test_a_figure_is_of_the_cell_that_its_part_names() -> None:
    text = "The response rate was 71% with umbilical cord MSCs versus 52% with bone marrow MSCs."
    s = sentence(text)
    assert [(one.value, one.subject) for one in read(text)] == [
        ("71", named(s, "CL:0002569")),
        ("52", named(s, "CL:0002540")),
    ]


def test_a_figure_without_a_cell_leaves_its_subject_open() -> None:
    (one,) = read("Seven of the ten children improved.")
    assert (one.subject, one.value) == (None, "7")
