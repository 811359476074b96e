"""Tags and the dependency parse of a sentence.

A tagger from left to right, then a parser that makes one move after another (state.py), each the best by the sum of the
weights of its features: averaged perceptrons, trained by scripts/train-language. Tags are those of the Penn Treebank,
labels those of ClearNLP and spaCy.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from kg.extraction.language import weights
from kg.extraction.language.features import Word, move_features, tag_features, word
from kg.extraction.language.state import HAVING, State

_EDGE = Word(2, 0, 0, 2, ())


class Parse(NamedTuple):
    """A sentence's tags, the index of each word's head (its own for the root), and the label of the link to it."""

    tags: tuple[str, ...]
    heads: tuple[int, ...]
    labels: tuple[str, ...]


def heading(words: Sequence[str]) -> int:
    """How a sentence's capitals are to be read: 0 as names, 1 as those of a title, 2 as nothing.

    >>> heading(["Cells", "die"]), heading(["Stem", "Cells", "for", "Failing", "Hearts"]), heading(["STEM", "CELLS"])
    (0, 1, 2)
    """
    long = [w for w in words if len(w) > 3 and w.isalpha()]
    capitals = sum([w[0].isupper() for w in long])
    if capitals < 2 or capitals <= 0.7 * len(long):
        return 0
    return 2 if 2 * sum([w.isupper() for w in long]) > len(long) else 1


class Parser:
    """A tagger and parser. It keeps nothing of what it read, and threads may share it."""

    def __init__(self, learned: weights.Weights) -> None:
        self._tags = ("", *learned.tags)
        self._labels = ("", *learned.labels)
        numbers = {label: k for k, label in enumerate(self._labels)}
        self._lefts = [numbers[label] for label in learned.lefts]
        self._rights = [numbers[label] for label in learned.rights]
        self._having = [HAVING.get(label, 0) for label in self._labels]
        self._first_right = 1 + len(learned.lefts)
        strings = learned.numbers()
        self._tagging = weights.Table(len(learned.tags), dict(learned.tagging))
        self._moves = weights.Table(self._first_right + len(learned.rights), dict(learned.moves))
        self._commas = frozenset([strings[mark] for mark in (",", ";", "(", ")", ":") if mark in strings])

        @lru_cache(maxsize=50_000)
        def known(text: str) -> tuple[Word, int]:
            found = word(text, strings)
            return found, self._tagging.sum(found.own)

        self._known = known

    @classmethod
    def load(cls, file: Path = weights.FILE) -> "Parser":
        """The parser whose weights a file holds, which is read once. Raises OSError, or ValueError where the file
        holds something else."""
        return _load(file)

    def parse(self, words: Sequence[str]) -> Parse:
        """The parse of a sentence's words, which are those of tokens.py: at most one root, no crossing links."""
        if not words:
            return Parse((), (), ())
        known = [self._known(text) for text in words]
        tags = self._tag(known, heading(words))
        state = self._attach([found for found, _ in known], tags)
        root = state.root
        return Parse(
            tuple([self._tags[tag] for tag in tags]),
            tuple([head if head < root else k for k, head in enumerate(state.heads[:root])]),
            tuple([self._labels[label] if label else "ROOT" for label in state.labels[:root]]),
        )

    def tag(self, words: Sequence[str]) -> list[int]:
        """The numbers of the tags of a sentence's words, from 1: an index into what `weights` lists, plus one."""
        return self._tag([self._known(text) for text in words], heading(words))

    def _tag(self, known: Sequence[tuple[Word, int]], capitals: int) -> list[int]:
        words = [_EDGE, _EDGE, *[found for found, _ in known], _EDGE, _EDGE]
        table = self._tagging
        before, two_before = 0, 0
        tags = []
        for at, (_, own) in enumerate(known, start=2):
            scores = table.scores(table.sum(tag_features(words, at, before, two_before, capitals), own))
            two_before, before = before, scores.index(max(scores)) + 1
            tags.append(before)
        return tags

    def _attach(self, words: Sequence[Word], tags: Sequence[int]) -> State:
        state = State([found.key for found in words], tags, len(self._tags))
        suffixes = [*[found.suffix for found in words], 0, 0]
        commas, count = [], 0
        for found in words:
            commas.append(count)
            count += found.key in self._commas
        commas += [count, count]
        table, first_right = self._moves, self._first_right
        stack, root = state.stack, state.root
        while state.front < root or len(stack) > 1:
            if not stack:
                state.shift()
                continue
            scores = table.scores(table.sum(move_features(state, suffixes, commas)))
            if state.front == root:
                scores, offset = scores[first_right:], first_right
            else:
                offset = 0
                if len(stack) == 1:
                    scores = scores[:first_right]
            best = scores.index(max(scores)) + offset
            if best == 0:
                state.shift()
            elif best < first_right:
                label = self._lefts[best - 1]
                state.reduce_left(label, self._having[label])
            else:
                label = self._rights[best - first_right]
                state.reduce_right(label, self._having[label])
        return state


@cache
def _load(file: Path) -> Parser:
    return Parser(weights.read(file))
