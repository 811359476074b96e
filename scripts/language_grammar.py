"""Sentences with known parses, made by the grammar in language-grammar.txt.

The teacher reads "Infusion of the cells restored vision" as a noun with a participle; a grammar can't.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("language-grammar.txt")
SEED = 30
#: From here on the first alternative is taken, which is a short one.
DEEP = 7


class Node(NamedTuple):
    """A word of a stretch: its head is an index in the stretch, None for the stretch's own head."""

    word: str
    tag: str
    head: int | None
    label: str


def read(file: Path = FILE) -> dict[str, list[list[str]]]:
    """The alternatives of each symbol, as lists of items."""
    rules: dict[str, list[list[str]]] = defaultdict(list)
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line and not line.startswith("#"):
            symbol, equals, right = line.partition(" = ")
            if not equals:
                raise ValueError(f"{file}: line {number}: no ' = '")
            rules[symbol] += [alternative.split() for alternative in right.split(" | ")]
    return dict(rules)


def sentences(count: int) -> Iterator[dict[str, Any]]:
    """So many sentences, as the teacher's are written."""
    rules, chance = read(), random.Random(SEED)
    for _ in range(count):
        nodes = _stretch("S", rules, chance, 0)
        words = [node.word for node in nodes]
        if words[0].islower():
            words[0] = words[0].capitalize()
        yield {
            "words": words,
            "tags": [node.tag for node in nodes],
            "heads": [k if node.head is None else node.head for k, node in enumerate(nodes)],
            "labels": [node.label or "ROOT" for node in nodes],
        }


def _stretch(symbol: str, rules: dict[str, list[list[str]]], chance: random.Random, depth: int) -> list[Node]:
    """What a symbol, or a word with its tag, becomes."""
    if symbol not in rules:
        word, _, tag = symbol.rpartition("/")
        return [Node(word, tag, None, "")]
    parts = list(_parts(symbol, rules, chance, depth))
    if len(parts) == 1:
        return parts[0][1]
    nodes: list[Node] = []
    head = next(sum(len(p) for _, p in parts[:k]) + _head(part) for k, (label, part) in enumerate(parts) if not label)
    for label, part in parts:
        begin = len(nodes)
        for node in part:
            if node.head is not None:
                nodes.append(node._replace(head=node.head + begin))
            else:
                nodes.append(node._replace(head=head if label else None, label=label))
    return nodes


def _parts(
    symbol: str, rules: dict[str, list[list[str]]], chance: random.Random, depth: int
) -> Iterator[tuple[str, list[Node]]]:
    """The parts of one alternative of a symbol, each with its label, which the head lacks."""
    alternatives = rules[symbol]
    for item in alternatives[0] if depth > DEEP else chance.choice(alternatives):
        if item.endswith("?"):
            if chance.random() < 0.5:
                continue
            item = item[:-1]
        label, colon, name = item.partition(":")
        if item.startswith("*"):
            yield "", _stretch(item[1:], rules, chance, depth + 1)
        elif label == "mods":
            yield from _parts(name, rules, chance, depth + 1)
        elif colon:
            yield label, _stretch(name, rules, chance, depth + 1)
        else:
            yield "", _stretch(item, rules, chance, depth + 1)


def _head(part: list[Node]) -> int:
    return next(k for k, node in enumerate(part) if node.head is None)
