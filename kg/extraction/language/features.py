"""What the tagger and the parser look at: features, as integers.

A feature is a template's number with the numbers of the strings, tags and labels that fill it, packed into one integer
of at most 62 bits. Training and reading call the same functions, so they can't see different things.
"""

import re
from collections.abc import Sequence

from kg.extraction.language.state import State
from kg.extraction.language.tokens import fold

#: What stands for a word in features; strings that were rare in training are number 0.
Strings = dict[str, int]

_FIGURE = re.compile(r"\d")
_FIGURES = re.compile(r"0[0.,·]*")
# Strings take 17 bits, tags and labels 6, template numbers 8.
_DISTANCE = (0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7)


class Word:
    """A word by itself: the numbers of its form, shape and ending, the number that stands for it (another one where
    its form was rare), and the features that it has wherever it stands."""

    __slots__ = ("form", "key", "own", "shape", "suffix")

    def __init__(self, form: int, shape: int, suffix: int, key: int, own: tuple[int, ...]) -> None:
        self.form = form
        self.shape = shape
        self.suffix = suffix
        self.key = key
        self.own = own


def normal(word: str) -> str:
    """A word as features know it: folded, each figure a nought.

    >>> normal("IL-10"), normal("1,250"), normal("Cells")
    ('il-00', '0', 'cells')
    """
    lower = fold(word)
    if lower.isalpha():
        return lower
    noughts = _FIGURE.sub("0", lower)
    return "0" if _FIGURES.fullmatch(noughts) else noughts


def shape(word: str) -> str:
    """The kinds of a word's characters, each run as one, at most five.

    >>> shape("TNF-α"), shape("Cells"), shape("CD34+")
    ('X-x', 'Xx', 'Xd+')
    """
    runs = ""
    for character in word:
        kind = "d" if character.isdigit() else "X" if character.isupper() else "x" if character.isalpha() else character
        if kind != runs[-1:]:
            runs += kind
    if len(word) > 1 and runs == "X":
        return "XX"
    return runs[:5]


def parts(word: str) -> tuple[str, str, tuple[str, ...]]:
    """The strings that a word is known by: its form, the stand-in for a rare form, and the others (shape, endings,
    beginning, the last part of a name)."""
    form = normal(word)
    kind = shape(word)
    ending = form[-3:]
    rare = f"?{kind}~{ending if form[-1:].isalpha() else ''}"
    return form, rare, (f"#{kind}", f"~{form[-2:]}", f"~{ending}", f"~{form[-4:]}", f"^{form[:3]}", f"^{form[:4]}")


def word(text: str, strings: Strings) -> Word:
    """What is known of a word without its neighbours."""
    form, rare, others = parts(text)
    number = strings.get(form, 0)
    key = number or strings.get(rare, 0)
    kind, two, three, four, opening, longer = [strings.get(other, 0) for other in others]
    own = (
        number << 8 | 1,
        kind << 8 | 2,
        two << 8 | 3,
        three << 8 | 4,
        four << 8 | 5,
        opening << 8 | 6,
        (kind << 17 | three) << 8 | 7,
        (kind << 17 | two) << 8 | 8,
        longer << 8 | 9,
        key << 8 | 10,
        0,
    )
    return Word(number, kind, three, key, own)


def tag_features(words: list[Word], at: int, before: int, two_before: int, heading: int) -> list[int]:
    """The features of the word at an index, besides its own, given the tags of the two before it. `words` begins and
    ends with two stand-ins, so that `at` is never at its edge; `heading` says how the words' capitals are to be read.
    """
    here, left, right = words[at], words[at - 1], words[at + 1]
    farther_left, farther_right = words[at - 2], words[at + 2]
    key = here.key
    pair = before << 6 | two_before
    return [
        before << 8 | 20,
        pair << 8 | 21,
        (key << 6 | before) << 8 | 22,
        (here.suffix << 6 | before) << 8 | 23,
        left.key << 8 | 24,
        right.key << 8 | 25,
        farther_left.key << 8 | 26,
        farther_right.key << 8 | 27,
        (left.key << 17 | key) << 8 | 28,
        (key << 17 | right.key) << 8 | 29,
        left.suffix << 8 | 30,
        right.suffix << 8 | 31,
        (here.suffix << 17 | right.suffix) << 8 | 32,
        (right.shape << 6 | before) << 8 | 33,
        (right.key << 6 | before) << 8 | 34,
        (here.shape << 2 | heading) << 8 | 35,
        (pair << 17 | key) << 8 | 36,
        (here.suffix << 2 | heading) << 8 | 37,
        (right.suffix << 6 | before) << 8 | 38,
        (right.key << 17 | farther_right.key) << 8 | 39,
        (left.key << 17 | right.key) << 8 | 40,
        (pair << 17 | here.suffix) << 8 | 41,
    ]


def move_features(state: State, suffixes: Sequence[int], commas: Sequence[int]) -> list[int]:
    """The features of a state: of the three words on top of the stack (s0, s1, s2) and the three in front (n0, n1, n2).

    w is a word, t its tag, s its ending, l and r its outermost dependents on a side (with w, t, and l for the label;
    2 for those within), L and R how many there are, h what kinds it has, d a distance, c commas between.
    """
    keys, tags, labels, left, right = state.keys, state.tags, state.labels, state.left, state.right
    stack, n0, none = state.stack, state.front, state.none
    depth = len(stack)
    s0 = stack[depth - 1] if depth else none
    s1 = stack[depth - 2] if depth > 1 else none
    s2 = stack[depth - 3] if depth > 2 else none
    n1 = n0 + 1 if n0 + 1 < state.root else none
    n2 = n0 + 2 if n0 + 2 < state.root else none
    s0w, s1w, s2w, n0w, n1w = keys[s0], keys[s1], keys[s2], keys[n0], keys[n1]
    s0t, s1t, s2t, n0t, n1t, n2t = tags[s0], tags[s1], tags[s2], tags[n0], tags[n1], tags[n2]
    s0s, s1s, _n0s = suffixes[s0], suffixes[s1], suffixes[n0]
    s0l, s0r, s1l, s1r, n0l = left[s0], right[s0], left[s1], right[s1], left[n0]
    s0lt, s0ll = tags[s0l], labels[s0l]
    s0rw, s0rt, s0rl = keys[s0r], tags[s0r], labels[s0r]
    s1lt, s1ll = tags[s1l], labels[s1l]
    s1rw, s1rt, s1rl = keys[s1r], tags[s1r], labels[s1r]
    n0lt, n0ll = tags[n0l], labels[n0l]
    s0l2t, n0l2t = tags[state.next_left[s0]], tags[state.next_left[n0]]
    s1r2 = state.next_right[s1]
    s1r2t, s1r2l = tags[s1r2], labels[s1r2]
    s0L, s0R = min(state.lefts[s0], 3), min(state.rights[s0], 3)
    s1R, n0L = min(state.rights[s1], 3), min(state.lefts[n0], 3)
    s0h, s1h, s2h, n0h = state.having[s0], state.having[s1], state.having[s2], state.having[n0]
    s0n0d, s0n0c, s1s0d, s1s0c = 0, 0, 0, 0
    if depth:
        s0n0d = _DISTANCE[min(n0 - s0, 11)]
        s0n0c = min(commas[n0] - commas[s0], 3)
    if depth > 1:
        s1s0d = _DISTANCE[min(s0 - s1, 11)]
        s1s0c = min(commas[s0] - commas[s1], 3)
    return [
        s0w << 8 | 1,
        s0t << 8 | 2,
        (s0w << 6 | s0t) << 8 | 3,
        s1w << 8 | 4,
        s1t << 8 | 5,
        (s1w << 6 | s1t) << 8 | 6,
        s2w << 8 | 7,
        s2t << 8 | 8,
        n0w << 8 | 9,
        n0t << 8 | 10,
        (n0w << 6 | n0t) << 8 | 11,
        n1w << 8 | 12,
        n1t << 8 | 13,
        n2t << 8 | 14,
        (((s0w << 6 | s0t) << 17 | n0w) << 6 | n0t) << 8 | 15,
        ((s0w << 6 | s0t) << 17 | n0w) << 8 | 16,
        ((s0w << 17 | n0w) << 6 | n0t) << 8 | 17,
        ((s0w << 6 | s0t) << 6 | n0t) << 8 | 18,
        ((s0t << 17 | n0w) << 6 | n0t) << 8 | 19,
        (s0w << 17 | n0w) << 8 | 20,
        (s0t << 6 | n0t) << 8 | 21,
        (n0t << 6 | n1t) << 8 | 22,
        (((s1w << 6 | s1t) << 17 | s0w) << 6 | s0t) << 8 | 23,
        (s1w << 17 | s0w) << 8 | 24,
        ((s1w << 6 | s1t) << 6 | s0t) << 8 | 25,
        ((s1t << 17 | s0w) << 6 | s0t) << 8 | 26,
        (s1t << 6 | s0t) << 8 | 27,
        (s1t << 17 | s0w) << 8 | 28,
        (s1t << 6 | n0t) << 8 | 29,
        ((n0t << 6 | n1t) << 6 | n2t) << 8 | 30,
        ((s0t << 6 | n0t) << 6 | n1t) << 8 | 31,
        ((s1t << 6 | s0t) << 6 | n0t) << 8 | 32,
        ((s2t << 6 | s1t) << 6 | s0t) << 8 | 33,
        (((s2t << 6 | s1t) << 6 | s0t) << 6 | n0t) << 8 | 34,
        ((s0w << 6 | n0t) << 6 | n1t) << 8 | 35,
        ((s0t << 17 | n0w) << 6 | n1t) << 8 | 36,
        ((s1t << 17 | s0w) << 6 | n0t) << 8 | 37,
        ((s1t << 6 | s0t) << 17 | n0w) << 8 | 38,
        ((s1w << 6 | s0t) << 6 | n0t) << 8 | 39,
        ((s1w << 17 | s0w) << 17 | s0rw) << 8 | 40,
        ((s1t << 17 | s0w) << 17 | s0rw) << 8 | 41,
        (((s1w << 6 | s1t) << 17 | s0w) << 6 | s0rt) << 8 | 42,
        ((s2w << 17 | s0w) << 17 | s0rw) << 8 | 43,
        (((s2t << 6 | s1t) << 17 | s0w) << 6 | s0rt) << 8 | 44,
        (((s1t << 6 | s0t) << 6 | s0rt) << 6 | n0t) << 8 | 45,
        ((s1w << 17 | s0w) << 6 | n0t) << 8 | 46,
        s0lt << 8 | 47,
        s0ll << 8 | 48,
        s0rt << 8 | 49,
        s0rw << 8 | 50,
        s0rl << 8 | 51,
        s1lt << 8 | 52,
        s1ll << 8 | 53,
        s1rt << 8 | 54,
        s1rw << 8 | 55,
        s1rl << 8 | 56,
        n0lt << 8 | 57,
        n0ll << 8 | 58,
        (s0t << 6 | s0ll) << 8 | 59,
        (s0t << 6 | s0rl) << 8 | 60,
        (s1t << 6 | s1rl) << 8 | 61,
        (s1t << 6 | s1ll) << 8 | 62,
        ((s0t << 6 | s0rt) << 6 | n0t) << 8 | 63,
        ((s1t << 6 | s1rt) << 6 | s0t) << 8 | 64,
        ((s0t << 6 | n0lt) << 6 | n0t) << 8 | 65,
        ((s0w << 6 | s0rl) << 6 | n0t) << 8 | 66,
        ((s1w << 6 | s1rl) << 6 | s0t) << 8 | 67,
        (((s1t << 6 | s1rl) << 6 | s0t) << 6 | n0t) << 8 | 68,
        ((s0t << 6 | s0l2t) << 6 | s0lt) << 8 | 69,
        ((s1t << 6 | s1r2t) << 6 | s1rt) << 8 | 70,
        ((s1r2l << 6 | s1rl) << 6 | s0t) << 8 | 71,
        (((s0t << 6 | n0t) << 6 | n0l2t) << 6 | n0lt) << 8 | 72,
        (s0t << 2 | s0L) << 8 | 73,
        (s0t << 2 | s0R) << 8 | 74,
        (s0w << 2 | s0R) << 8 | 75,
        (s1t << 2 | s1R) << 8 | 76,
        (n0t << 2 | n0L) << 8 | 77,
        ((s0t << 6 | s0h) << 6 | n0t) << 8 | 78,
        ((s1t << 6 | s1h) << 6 | s0t) << 8 | 79,
        (s0w << 6 | s0h) << 8 | 80,
        (s1w << 6 | s1h) << 8 | 81,
        (((s1h << 6 | s0h) << 6 | s1t) << 6 | s0t) << 8 | 82,
        ((n0t << 6 | n0h) << 6 | s0t) << 8 | 83,
        (((s1t << 6 | s1h) << 6 | s0t) << 6 | n0t) << 8 | 84,
        (((s0t << 6 | s0h) << 6 | s1t) << 6 | n0t) << 8 | 85,
        ((s0t << 3 | s0n0d) << 6 | n0t) << 8 | 86,
        (n0w << 3 | s0n0d) << 8 | 87,
        ((s1t << 3 | s1s0d) << 6 | s0t) << 8 | 88,
        (s0w << 3 | s1s0d) << 8 | 89,
        ((s1t << 17 | s0w) << 3 | s1s0d) << 8 | 90,
        ((s1s0c << 6 | s1t) << 6 | s0t) << 8 | 91,
        (((s1s0c << 2 | s0n0c) << 6 | s0t) << 6 | n0t) << 8 | 92,
        (((s2h << 6 | s2t) << 6 | s1t) << 6 | s0t) << 8 | 93,
        ((s1w << 17 | s1rw) << 17 | s0w) << 8 | 94,
        (n0w << 17 | n1w) << 8 | 95,
        (s0s << 6 | n0t) << 8 | 96,
        (s1s << 6 | s0t) << 8 | 97,
        (s1s << 17 | s0s) << 8 | 98,
    ]
