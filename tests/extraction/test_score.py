"""The score: what is taken, how surely, and what spoke for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from understanding import document, extractor

from kg.claim import Predicate
from kg.extraction.candidates import ENDS, End, Pair
from kg.extraction.choice import NONE
from kg.extraction.learned import Model
from kg.extraction.score import Scored, Scorer, chosen
from kg.extraction.trees import LEAF, Trees

MSC, LUPUS, VEGF = "CL:0000134", "MONDO:0007915", "HGNC:12680"
OUTPUTS = tuple(ENDS)


def scorer(rows: dict[str, str] | None = None, bias: int = 0, **notes: str) -> Scorer:
    """A scorer by weights that are given, for each output by its number."""
    return Scorer(extractor().features, Model(OUTPUTS, [bias] * len(OUTPUTS), rows or {}, {}), Trees((), notes))


def scored(by: Scorer, *sentences: str) -> dict[tuple[str, str, str], int]:
    """The candidates of the last sentence with their scores."""
    known = document(*sentences)
    found = by.weighed(known, known.sentences[-1])
    return {(one.pair.subject.id, one.predicate, one.pair.object.id): one.score for one in found}


def test_a_score_is_the_bias_and_the_weights_for_its_relation() -> None:
    secretes, treats = OUTPUTS.index("secretes"), OUTPUTS.index("treats")
    by = scorer({"W:secrete": f"{secretes}=40,{treats}=-7", f"O:{VEGF}": f"{secretes}=2", "W:sing": f"{secretes}=9"}, 5)
    found = scored(by, "In lupus MSCs secrete VEGF.")
    assert found[MSC, "secretes", VEGF] == 5 + 40 + 2
    assert found[MSC, "treats", LUPUS] == 5 - 7
    assert found[MSC, "increases", VEGF] == 5


@pytest.mark.parametrize(
    "said",
    [
        "They secreted VEGF and reduced fibrosis.",
        # Two cues of a mechanism have the same features, which count once, as where they were learned.
        "They reduced fibrosis, scarring and collagen deposition by antifibrotic effects, and calmed inflammation.",
    ],
)
def test_the_reasons_of_a_score_sum_to_it(said: str) -> None:
    """All of them, with the bias; the first ones weigh most."""
    by = extractor().scorer
    known = document("Adipose-derived MSCs were infused for lupus.", said)
    s = known.sentences[1]
    tried = list(by.weighed(known, s))
    assert len(tried) > 3
    for one in tried:
        reasons = by.reasons(known, s, one, most=10_000)
        assert len({feature for feature, _ in reasons}) == len(reasons)
        assert all(weight for _, weight in reasons)
        sizes = [abs(weight) for _, weight in reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert by.reasons(known, s, one, most=3) == reasons[:3]
        bias = by.model.bias[by.model.outputs.index(one.predicate)]
        assert bias + sum(weight for _, weight in reasons) == one.score


def test_the_choice_scores_the_sentence_that_says_it_best_and_those_that_likely_do() -> None:
    """A tree that asks for nothing, and weights by which one of three sentences is likelier than not."""
    treats = OUTPUTS.index("treats")
    model = Model(OUTPUTS, [-100] * len(OUTPUTS), {"W:cure": f"{treats}=150", "W:help": f"{treats}=30"}, {})
    by = Scorer(extractor().features, model, Trees([[(LEAF, 77, 0, 0)]], {"threshold": "50"}))
    known = document("MSCs help in lupus.", "MSCs cure lupus.", "MSCs, that is all, cure lupus.", "MSCs in lupus.")
    found = by.scored(known, known.sentences)
    scores = [
        next(one for one in some if one.statement == (MSC, "treats", LUPUS) and not one.carried)
        for _, some in sorted(found.items())
    ]
    assert [(one.sum, one.score) for one in scores] == [(-70, NONE), (50, 77), (50, 77), (-100, NONE)]
    assert by.threshold == 50


def candidate(predicate: Predicate, score: int, subject: End, object_: End) -> Scored:
    return Scored(Pair(subject, object_, (predicate,)), predicate, score, score)


CELL = End(MSC, frozenset(("cell",)), 0)
ILL, OTHER_ILL = End(LUPUS, frozenset(("disease",)), 1), End("MONDO:0004670", frozenset(("disease",)), 1, 1)


def test_what_reaches_the_threshold_is_taken() -> None:
    some = [candidate("treats", score, CELL, End(f"MONDO:{score}", frozenset(), score)) for score in (9, 10, 11)]
    assert {one.score for one in chosen(some, 10)} == {10, 11}
    assert chosen([], 0) == []


def test_of_what_says_the_same_the_best_is_taken() -> None:
    carried = End(MSC, frozenset(("cell",)))
    some = [candidate("treats", 5, carried, ILL), candidate("treats", 7, CELL, ILL), candidate("treats", 6, CELL, ILL)]
    assert [one.score for one in chosen(some, 0)] == [7]


def test_a_mention_means_one_thing_in_one_relation() -> None:
    some = [candidate("treats", 5, CELL, ILL), candidate("treats", 7, CELL, OTHER_ILL)]
    assert [one.pair.object.id for one in chosen(some, 0)] == ["MONDO:0004670"]
    other = [*some, candidate("affects", 3, ILL, CELL)]
    assert {one.predicate for one in chosen(other, None)} == {"treats", "affects"}


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(0, 3), st.integers(4, 7)), max_size=20), st.integers(-9, 9))
def test_the_choice_keeps_its_rules(drawn: list[tuple[int, int, int]], threshold: int) -> None:
    some = [
        candidate("treats", score, End(f"CL:{a % 2}", frozenset(), a), End(f"MONDO:{b % 3}", frozenset(), b))
        for score, a, b in drawn
    ]
    taken = chosen(some, threshold)
    said = [(one.pair.subject.id, one.pair.object.id) for one in taken]
    assert len(said) == len(set(said))
    assert all(one in some and one.score >= threshold for one in taken)
    assert bool(taken) == any(one.score >= threshold for one in some)
    if taken:
        assert max(one.score for one in taken) == max(one.score for one in some)


def test_a_higher_score_is_never_less_sure() -> None:
    by = extractor().scorer
    shares = [by.confidence.of("learned", score) for score in range(-20_000, 20_000, 97)]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_confidence_goes_in_proportion_between_the_steps(one: int, other: int) -> None:
    by = scorer(calibration="-10:0.1 10:0.5 20:0.9")
    low, high = sorted((one, other))
    assert by.confidence.of("learned", low) <= by.confidence.of("learned", high)
    assert by.confidence.of("learned", -50) == 0.1 and by.confidence.of("learned", 50) == 0.9
    assert by.confidence.of("learned", 0) == pytest.approx(0.3)
    assert by.confidence.of("learned", 15) == pytest.approx(0.7)


def test_without_a_calibration_all_is_sure() -> None:
    assert scorer().confidence.of("learned", -3) == 1.0


def test_the_weights_beside_the_code_are_of_every_relation_and_have_their_marks() -> None:
    by = extractor().scorer
    assert set(by.model.outputs) == set(ENDS)
    assert by.choice.trees.notes["threshold"] and by.choice.trees.notes["calibration"]
    assert len(by.choice.trees.trees) > 1
