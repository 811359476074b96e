"""Sentences that are none: read in pieces, so that an article costs no more than its length."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from understanding import extractor, plain

from kg.articles import Article, Sentence
from kg.extraction.pieces import LONGEST, in_pieces


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab \n", min_size=0, max_size=4 * LONGEST), st.integers(0, 3))
def test_pieces_lose_no_words(text: str, lead: int) -> None:
    spans = [Sentence(0, len(text)), Sentence(0, len(text), "item", lead=0)]
    known = in_pieces(Article("a", text, sentences=tuple(spans)))
    pieces = [text[piece.start : piece.end] for piece in known.sentences if piece.kind == "sentence"]
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(len(piece) <= LONGEST for piece in pieces)
    leads = {piece.lead for piece in known.sentences if piece.kind == "item"}
    assert leads == {len(pieces) - 1}


def test_what_is_short_enough_is_left_as_it_is() -> None:
    known = plain("MSCs eased lupus. It rained.")
    assert in_pieces(known) is known


@pytest.mark.parametrize("unit", ["a", "(", "[]", ",", "9", "-", "A", "😀"])
def test_a_long_line_of_one_mark_says_nothing(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    assert extractor().claims(Article("a", text, end=len(text), sentences=(Sentence(0, len(text)),))) == []


def calls(work: Callable[[], object]) -> int:
    """How many functions are called in a piece of work: what it costs, the same on any machine."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


GROWING = {
    "a disease": "osteoarthritis ",
    "a list of diseases": "osteoarthritis, ",
    "bracketed letters": "(AB) ",
    "abbreviations": "lupus erythematosus (LE) ",
    "a claim": "In many of the patients who were seen that year MSCs improved lupus, and ",
    "verbs": "treat ",
    "open brackets": "(",
    "figures": "4 of 41 patients improved and ",
    "comparisons": "more effective than MSCs ",
}


@pytest.mark.parametrize("unit", GROWING.values(), ids=GROWING)
def test_the_work_is_linear_in_a_line(unit: str) -> None:
    def work(size: int) -> int:
        text = (unit * size)[:size]
        known = Article("a", text, end=size, sentences=(Sentence(0, size),))
        return calls(lambda: extractor().claims(known))

    work(LONGEST)  # what is worked out once for all is not counted
    once, thrice = work(LONGEST), work(3 * LONGEST)
    # Three times the text, three times the work; were it quadratic, nine times.
    assert thrice < 4.5 * once
