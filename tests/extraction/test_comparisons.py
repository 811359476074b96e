"""Comparisons: which of two treatments is called the better, and on what."""

from functools import cache

import pytest
from sentences import sentence

from kg.extraction.comparisons import Comparisons, Side
from kg.extraction.frames import Sentence
from kg.vocabulary import load

UC, BM, FAT, EXO = "CL:0002569", "CL:0002540", "CL:0002570", "GO:0070062"


@cache
def _comparisons() -> Comparisons:
    return Comparisons(load())


def _id(s: Sentence, side: Side) -> str:
    return s.named[side.named].mention.id if side.named is not None else ""


def told(text: str) -> list[tuple[str, str, str, str]]:
    """The comparisons: better, worse, aspect and polarity."""
    s = sentence(text)
    return [
        (_id(s, one.better), _id(s, one.worse), one.aspect.partition(":")[2], one.polarity)
        for one in _comparisons().read(s)
    ]


@pytest.mark.parametrize(
    ("text", "better", "worse", "aspect"),
    [
        ("Umbilical cord MSCs were more effective than bone marrow MSCs.", UC, BM, "Efficacy"),
        ("Umbilical cord MSCs were less effective than bone marrow MSCs.", BM, UC, "Efficacy"),
        ("Adipose MSCs were inferior to bone marrow MSCs.", BM, FAT, "Efficacy"),
        ("Bone marrow MSCs outperformed adipose MSCs.", BM, FAT, "Efficacy"),
        ("Exosomes are safer than bone marrow MSCs.", EXO, BM, "Safety"),
        ("Exosomes are more toxic than bone marrow MSCs.", BM, EXO, "Safety"),
        ("Adipose MSCs are easier to harvest than bone marrow MSCs.", FAT, BM, "Ease"),
        ("Exosomes are cheaper than bone marrow MSCs.", EXO, BM, "Cost"),
        ("Exosomes cost far less than bone marrow MSCs.", EXO, BM, "Cost"),
        ("Exosomes cost more than bone marrow MSCs.", BM, EXO, "Cost"),
        ("Infections were less frequent with adipose MSCs than with bone marrow MSCs.", FAT, BM, "Safety"),
        ("Graft-versus-host disease was rarer with adipose MSCs than with bone marrow MSCs.", FAT, BM, "Safety"),
        ("Adipose MSCs caused fewer infections than bone marrow MSCs.", FAT, BM, "Safety"),
        ("Adipose MSCs caused more infections than bone marrow MSCs.", BM, FAT, "Safety"),
        ("Survival was longer with umbilical cord MSCs than with bone marrow MSCs.", UC, BM, "Efficacy"),
        ("Compared with bone marrow MSCs, umbilical cord MSCs gave faster relief.", UC, BM, "Efficacy"),
    ],
)
def test_the_better_side_is_found_on_its_aspect(text: str, better: str, worse: str, aspect: str) -> None:
    assert told(text) == [(better, worse, aspect, "positive")]


@pytest.mark.parametrize(
    "text",
    [
        "Umbilical cord MSCs were as effective as bone marrow MSCs.",
        "There was no difference between umbilical cord MSCs and bone marrow MSCs.",
        "Umbilical cord MSCs were better than placebo.",
        "The placebo group fared better than the group given umbilical cord MSCs.",
        "Umbilical cord MSCs plus exosomes worked better than exosomes alone.",
        "Umbilical cord MSCs raise fewer ethical concerns than embryonic stem cells.",
        "More than 40 patients received umbilical cord MSCs.",
        "Umbilical cord MSCs were used rather than bone marrow MSCs.",
    ],
)
def test_what_favors_no_treatment_over_another_is_no_comparison(text: str) -> None:
    assert told(text) == []


def test_a_denied_comparison_is_negative() -> None:
    assert told("Umbilical cord MSCs were not more effective than bone marrow MSCs.") == [
        (UC, BM, "Efficacy", "negative")
    ]


def test_a_side_that_is_only_meant_is_left_open() -> None:
    s = sentence("They were safer than bone marrow MSCs.")
    (one,) = _comparisons().read(s)
    assert (one.better, _id(s, one.worse)) == (Side(None), BM)


def test_those_from_a_tissue_are_the_cell_of_the_other_side() -> None:
    s = sentence("Umbilical cord MSCs grow faster than those from bone marrow.")
    (one,) = _comparisons().read(s)
    assert (one.better.named, one.worse) == (one.worse.named, Side(one.better.named, "UBERON:0002371"))
