"""Made-up sentences of plain words, for tests that hold of any text."""

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        "stem",
        "cells",
        "ease",
        "the",
        "pain",
        "of",
        "patients",
        "who",
        "had",
        "gout",
        "and",
        "walk",
        "more",
        "than",
        "they",
        "did",
        "before",
    ]
)
SENTENCES = st.lists(WORDS, min_size=5, max_size=12).map(lambda words: f"{' '.join(words).capitalize()}.")
