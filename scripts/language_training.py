"""How the tagger and parser learn: averaged perceptrons on packed integers, the parser with a dynamic oracle.

Everything is integer arithmetic on data in a fixed order, so that the same data give the same weights anywhere.
"""

import json
import random
import struct
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from kg.extraction.language import weights
from kg.extraction.language.features import Word, move_features, parts, tag_features, word
from kg.extraction.language.parser import Parser, heading
from kg.extraction.language.state import HAVING, State

SEED = 20
FOLDS = 2
#: Strings, moves' labels and features that are rarer are left out.
RARE_STRING, RARE_LABEL = 3, 5
#: How many mistakes a feature must have been there for before it counts.
TRUSTED_TAG, TRUSTED_MOVE = 2, 4
#: A weight of one becomes this many; what is below the least is dropped.
SCALE, LEAST = 8, 2
#: A feature whose weights are all below this is dropped at the end: half of the features, and nothing is lost.
STRONG_TAG, STRONG_MOVE = 6, 6


class Sentence(NamedTuple):
    """A parsed sentence; a root's head is its own index."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    heads: tuple[int, ...]
    labels: tuple[str, ...]


def load(file: Path) -> list[Sentence]:
    """The sentences that `teach` wrote."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            found.append(Sentence(*(tuple(entry[key]) for key in ("words", "tags", "heads", "labels"))))
    return found


class Learner:
    """An averaged perceptron. Weights have 32 bits a class, their sums over time 64.

    A feature has none until it was there for a number of mistakes: what is rare is left out from the beginning, and
    the others learn to do without it.
    """

    def __init__(self, classes: int, trusted: int) -> None:
        self.classes = classes
        self.trusted = trusted
        self.seen: dict[int, int] = {}
        self.now: dict[int, int] = {}
        self.sums: dict[int, int] = {}
        self.step = 0
        self._zero = sum(1 << (32 * k + 31) for k in range(classes))
        self._unpack = struct.Struct(f"<{classes}I").unpack

    def scores(self, features: Sequence[int]) -> Sequence[int]:
        """The score of each class, above an amount that is the same for all."""
        packed = sum(filter(None, map(self.now.get, features)), self._zero)
        return self._unpack(packed.to_bytes(4 * self.classes, "little"))

    def update(self, features: Sequence[int], right: int, wrong: int) -> None:
        """Speak for one class and against another."""
        change = (1 << 32 * right) - (1 << 32 * wrong)
        change_of_sum = self.step * ((1 << 64 * right) - (1 << 64 * wrong))
        now, sums, seen = self.now, self.sums, self.seen
        for feature in features:
            if feature in now:
                now[feature] += change
                sums[feature] += change_of_sum
            elif (count := seen.get(feature, 0) + 1) < self.trusted:
                seen[feature] = count
            else:
                seen.pop(feature, None)
                now[feature] = change
                sums[feature] = change_of_sum

    def rows(self) -> dict[int, bytes]:
        """The averaged weights, rounded, as weights.Table keeps them."""
        zero = sum(1 << (64 * k + 63) for k in range(self.classes))
        unpack = struct.Struct(f"<{self.classes}Q").unpack
        rows = {}
        steps = max(self.step, 1)
        for feature, packed in self.now.items():
            last = self._unpack((packed + self._zero).to_bytes(4 * self.classes, "little"))
            total = unpack((self.sums[feature] + zero).to_bytes(8 * self.classes, "little"))
            row = bytearray()
            for k in range(self.classes):
                if last[k] == 1 << 31 and total[k] == 1 << 63:
                    continue
                exact = (last[k] - (1 << 31)) * steps - (total[k] - (1 << 63))
                weight = (2 * exact * SCALE + steps) // (2 * steps)
                if abs(weight) >= LEAST:
                    row += bytes((k, max(-127, min(127, weight)) & 255))
            if row:
                rows[feature] = bytes(row)
        return rows


def strong(rows: dict[int, bytes], least: int) -> dict[int, bytes]:
    """The rows with a weight of that size."""
    return {
        feature: row for feature, row in rows.items() if any(least <= weight <= 256 - least for weight in row[1::2])
    }


def vocabulary(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """The strings that are frequent enough to have numbers."""
    words = Counter(text for sentence in sentences for text in sentence.words)
    forms: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for text, count in words.items():
        form, _, rest = parts(text)
        forms[form] += count
        for string in rest:
            others[string] += count
    for text, count in words.items():
        form, rare, _ = parts(text)
        if forms[form] < RARE_STRING:
            others[rare] += count
    return tuple(sorted(s for s, count in (forms + others).items() if count >= RARE_STRING and "\n" not in s))


def projective(sentence: Sentence) -> tuple[list[int], list[str]]:
    """Heads, the root's being the length, and labels; a link that crosses another is moved up until it doesn't."""
    n = len(sentence.words)
    heads = [n if head == k else head for k, head in enumerate(sentence.heads)]

    def crossing() -> int | None:
        for k, head in enumerate(heads):
            low, high = min(k, head), max(k, head)
            for other in range(low + 1, high):
                if not low <= heads[other] <= high:
                    return k if high - low > abs(heads[other] - other) or heads[other] == n else other
        return None

    for _ in range(n):
        found = crossing()
        if found is None or heads[found] == n:
            break
        heads[found] = heads[heads[found]]
    return heads, list(sentence.labels)


def train_tagger(
    sentences: Sequence[Sentence], numbers: dict[str, int], tags: Sequence[str], epochs: int
) -> dict[int, bytes]:
    """The weights of a tagger of sentences."""
    tag_numbers = {tag: k for k, tag in enumerate(tags)}
    learner = Learner(len(tags), TRUSTED_TAG)
    edge = Word(2, 0, 0, 2, ())
    known: dict[str, Word] = {}
    order = list(range(len(sentences)))
    chance = random.Random(SEED)
    for _ in range(epochs):
        chance.shuffle(order)
        for index in order:
            sentence = sentences[index]
            capitals = heading(sentence.words)
            found = [known.get(text) or known.setdefault(text, word(text, numbers)) for text in sentence.words]
            words = [edge, edge, *found, edge, edge]
            before, two_before = 0, 0
            for at, tag in enumerate(sentence.tags, start=2):
                features = [*words[at].own, *tag_features(words, at, before, two_before, capitals)]
                scores = learner.scores(features)
                guess = scores.index(max(scores))
                right = tag_numbers[tag]
                learner.step += 1
                if guess != right:
                    learner.update(features, right, guess)
                two_before, before = before, guess + 1
    return learner.rows()


class ParserLearner:
    """Trains the parser's moves."""

    def __init__(self, labels: Sequence[str], lefts: Sequence[str], rights: Sequence[str]) -> None:
        self.lefts = {label: k for k, label in enumerate(lefts, start=1)}
        self.rights = {label: k for k, label in enumerate(rights, start=1 + len(lefts))}
        self.first_right = 1 + len(lefts)
        self.classes = self.first_right + len(rights)
        numbers = {label: k for k, label in enumerate(labels, start=1)}
        self.label_of = [0, *(numbers[label] for label in [*lefts, *rights])]
        self.having_of = [0, *(HAVING.get(label, 0) for label in [*lefts, *rights])]
        self.learner = Learner(self.classes, TRUSTED_MOVE)

    def free(self, state: State, heads: Sequence[int], labels: Sequence[str], last: Sequence[int]) -> list[int]:
        """The moves after which no more links of the right parse are lost than are lost already."""
        stack, front, root = state.stack, state.front, state.root
        found: list[int] = []
        if front < root:
            barred = heads[front] in stack[:-1] or any(heads[s] == front for s in stack)
            if not barred:
                found.append(0)
        top = stack[-1]
        if last[top] >= front:
            return found
        head = heads[top]
        below = stack[-2] if len(stack) > 1 else -1
        if front < root:
            if head == front:
                found.append(self.lefts.get(labels[top], self.lefts["dep"]))
            elif head < front and head != below:
                found += range(1, self.first_right)
        if below >= 0:
            if head == below:
                found.append(self.rights.get(labels[top], self.rights["dep"]))
            elif head < front or front == root:
                found += range(self.first_right, self.classes)
        return found

    def learn(
        self, words: Sequence[Word], tags: Sequence[int], root_tag: int, commas: Sequence[int],
        heads: Sequence[int], labels: Sequence[str], chance: random.Random, astray: float,
    ) -> None:  # fmt: skip
        """Learn from one sentence, going astray with a probability so as to learn how to go on from there."""
        state = State([w.key for w in words], tags, root_tag)
        suffixes = [*[w.suffix for w in words], 0, 0]
        last = [-1] * (len(words) + 1)
        for k, head in enumerate(heads):
            last[head] = max(last[head], k)
        stack, root, learner = state.stack, state.root, self.learner
        while state.front < root or len(stack) > 1:
            if not stack:
                state.shift()
                continue
            features = move_features(state, suffixes, commas)
            scores = learner.scores(features)
            low = self.first_right if state.front == root else 0
            high = self.first_right if len(stack) == 1 else self.classes
            guess = max(range(low, high), key=scores.__getitem__)
            free = [k for k in self.free(state, heads, labels, last) if low <= k < high]
            best = max(free, key=scores.__getitem__) if free else guess
            learner.step += 1
            move = guess
            if guess not in free and free:
                learner.update(features, best, guess)
                if chance.random() >= astray:
                    move = best
            if move == 0:
                state.shift()
            elif move < self.first_right:
                state.reduce_left(self.label_of[move], self.having_of[move])
            else:
                state.reduce_right(self.label_of[move], self.having_of[move])


def train(
    sentences: Sequence[Sentence], trained_on: dict[str, str], epochs: int, tag_epochs: int
) -> Iterator[weights.Weights]:
    """Train both, and give the weights after each epoch of the parser, the last being the best.

    The parser sees tags as a tagger gives them that has not seen the sentence.
    """
    strings = vocabulary(sentences)
    numbers = {string: k for k, string in enumerate(strings, start=3)}
    if len(numbers) > (1 << 17) - 4:
        raise ValueError(f"{len(numbers)} strings are too many: features have 17 bits for one")
    tags = tuple(sorted({tag for sentence in sentences for tag in sentence.tags}))
    gold = [projective(sentence) for sentence in sentences]
    lefts: Counter[str] = Counter(["dep"] * RARE_LABEL)
    rights: Counter[str] = Counter(["dep"] * RARE_LABEL)
    for heads, labels in gold:
        for k, head in enumerate(heads):
            if head != len(heads):
                (lefts if head > k else rights)[labels[k]] += 1
    left_labels = tuple(sorted(label for label, count in lefts.items() if count >= RARE_LABEL))
    right_labels = tuple(sorted(label for label, count in rights.items() if count >= RARE_LABEL))
    all_labels = tuple(sorted({*left_labels, *right_labels}))

    def weigh(tagging: dict[int, bytes], moves: dict[int, bytes]) -> weights.Weights:
        return weights.Weights(tags, all_labels, left_labels, right_labels, strings, tagging, moves, trained_on)

    folds = [[s for k, s in enumerate(sentences) if k % FOLDS != fold] for fold in range(FOLDS)]
    with get_context("fork").Pool(FOLDS + 1) as pool:
        everything = pool.apply_async(train_tagger, (sentences, numbers, tags, tag_epochs))
        parts_of = [pool.apply_async(train_tagger, (rest, numbers, tags, tag_epochs // 2)) for rest in folds]
        taggers = [Parser(weigh(part.get(), {})) for part in parts_of]
        guessed = [taggers[k % FOLDS].tag(sentence.words) for k, sentence in enumerate(sentences)]
        say("folds tagged")
        tagging = everything.get()
    say(f"tagger: {len(tagging)} features")
    learner = ParserLearner(all_labels, left_labels, right_labels)
    marks = frozenset(numbers[mark] for mark in (",", ";", "(", ")", ":") if mark in numbers)
    known: dict[str, Word] = {}
    order = list(range(len(sentences)))
    chance = random.Random(SEED)
    for epoch in range(epochs):
        chance.shuffle(order)
        for index in order:
            heads, labels = gold[index]
            words = [known.get(t) or known.setdefault(t, word(t, numbers)) for t in sentences[index].words]
            commas, count = [], 0
            for w in words:
                commas.append(count)
                count += w.key in marks
            commas += [count, count]
            astray = 0.9 if epoch else 0.0
            learner.learn(words, guessed[index], len(tags) + 1, commas, heads, labels, chance, astray)
        moves = learner.learner.rows()
        say(f"epoch {epoch + 1} of {epochs}: {len(moves)} features")
        yield weigh(strong(tagging, STRONG_TAG), strong(moves, STRONG_MOVE))


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)


WATCHED = ("nsubj", "nsubjpass", "dobj", "agent", "neg", "conj", "prep", "pobj", "relcl", "acl", "advcl", "xcomp")


def score(parser: Parser, sentences: Sequence[Sentence]) -> list[tuple[str, float]]:
    """How far a parser agrees with sentences: shares of words, then F of the links of a label (both ends right)."""
    total = tags = heads = labelled = 0
    words = punctuation = 0
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for sentence in sentences:
        parse = parser.parse(sentence.words)
        for k, label in enumerate(sentence.labels):
            words += 1
            tags += parse.tags[k] == sentence.tags[k]
            same = parse.heads[k] == sentence.heads[k]
            ours[parse.labels[k]] += 1
            theirs[label] += 1
            both[label] += same and parse.labels[k] == label
            if label == "punct":
                punctuation += 1
                continue
            total += 1
            heads += same
            labelled += same and parse.labels[k] == label
    figures = [("words", float(words)), ("tags", tags / words), ("UAS", heads / total), ("LAS", labelled / total)]
    return figures + [(label, 2 * both[label] / max(1, ours[label] + theirs[label])) for label in WATCHED]
