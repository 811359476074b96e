"""No regular expression that sees outside text takes time that grows faster than the text.

Each is fed long runs of what it likes least: of what its own repeated parts match, alone, after what leads to them, and
with an end that spoils it all. Each is used as the code uses it (`match`, `search` …), up to the length that the code
gives it.
"""

import ast
import importlib
import itertools
import pkgutil
import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from growth import grows_linearly

import kg
from kg.extraction.pieces import LONGEST

#: Patterns whose texts the code cuts to a length before, in characters: they need to be quick on that, no more.
BOUNDED = {
    "kg.articles.page._CHARSET": 4_096,
    "kg.extraction.language.tokens._TOKEN": LONGEST,
    "kg.extraction.names.composition._AFTER": LONGEST,
    "kg.extraction.names.composition._JOINT": LONGEST,
    "kg.extraction.names.mentions._JOINED": 60,
}
_SIZE = 4_000


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The compiled patterns of all modules, by module and name."""
    for module in pkgutil.walk_packages(kg.__path__, "kg."):
        if module.name.startswith(("kg._data", "kg.docs", "kg.ontology")) or module.name == "kg.web.worker":
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value


def uses(name: str) -> set[str]:
    """The methods of a pattern that its package calls, by reading the source: on its own name, or where it is handed on
    as `pattern`."""
    module, _, short = name.rpartition(".")
    found: dict[str, set[str]] = {short: set(), "pattern": set()}
    file = Path(importlib.import_module(module).__file__ or "")
    for path in [file] if short.startswith("_") else file.parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                called = node.value
                own = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if own == short or (own == "pattern" and path == file):
                    found[own].add(node.attr)
    return found[short] or found["pattern"] or {"search"}


METHODS = ("match", "fullmatch", "search", "findall", "finditer", "sub", "split")


def sample(tree: Any) -> str:
    """A text that a part of a pattern matches, more or less."""
    return "".join(_sample(op, argument) for op, argument in tree)


def _sample(op: Any, argument: Any) -> Any:
    if op is sre.LITERAL:
        return chr(argument)
    if op in (sre.NOT_LITERAL, sre.ANY):
        return "a" if argument != ord("a") else "b"
    if op is sre.IN:
        return _of_set(argument)
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return sample(argument[2]) * max(1, argument[0])
    if op is sre.SUBPATTERN:
        return sample(argument[3])
    if op is sre.ATOMIC_GROUP:
        return sample(argument)
    if op is sre.BRANCH:
        return sample(argument[1][0])
    return ""


def _of_set(items: Any) -> str:
    negated = items[0][0] is sre.NEGATE
    for candidate in itertools.chain("a1 A.-<\t\n/,;:(é^", map(chr, range(33, 0x3000))):
        if any(_in(item, candidate) for item in items if item[0] is not sre.NEGATE) != negated:
            return candidate
    return ""


def _in(item: Any, character: str) -> Any:
    op, argument = item
    if op is sre.LITERAL:
        return ord(character) == argument
    if op is sre.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    classes = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    name = str(argument).removeprefix("CATEGORY_").removeprefix("UNI_")
    inverse = name.startswith("NOT_")
    return bool(re.match(classes[name.removeprefix("NOT_")], character)) != inverse


def repeated(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """What leads to each repeated part of a pattern, and what it matches."""
    for op, argument in tree:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if argument[1] > 20:
                yield before, sample(argument[2])
            yield from repeated(argument[2], before)
        elif op is sre.SUBPATTERN:
            yield from repeated(argument[3], before)
        elif op is sre.ATOMIC_GROUP:
            yield from repeated(argument, before)
        elif op is sre.BRANCH:
            for branch in argument[1]:
                yield from repeated(branch, before)
        before += _sample(op, argument)


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str, str]]:
    """Texts that a pattern may like little, as (beginning, what is repeated, end)."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & ~re.LOCALE if isinstance(pattern.pattern, str) else 0)
    whole = sample(tree)
    found = {("", whole[:length], "\0") for length in range(1, min(len(whole), 60))}
    found |= {("", whole, "\0"), ("", whole[:-1], "\0"), ("", whole[:1], "\0"), ("", " ", "\0"), ("", "a", "\0")}
    for before, unit in repeated(tree):
        found |= {("", unit, "\0"), (before, unit, "\0"), ("", before + unit, "\0"), ("", unit + before, "\0")}
        found |= {("", before, "\0"), (before, unit, ""), ("", f"{unit} ", "\0"), ("", f"{unit}.", "\0")}
    return {attack for attack in found if attack[1]}


PATTERNS = dict(patterns())


@pytest.mark.parametrize("name", PATTERNS)
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    pattern = PATTERNS[name]
    for method in sorted(uses(name)):
        for before, unit, end in sorted(attacks(pattern)):

            def make(times: int, before: str = before, unit: str = unit, end: str = end) -> Any:
                text = before + unit * (times // len(unit) + 1) + end
                text = text[: BOUNDED.get(name, len(text))]
                return text if isinstance(pattern.pattern, str) else text.encode()

            def read(text: Any, method: str = method) -> object:
                if method == "sub":
                    return pattern.sub(text[:0], text)
                result = getattr(pattern, method)(text)
                return list(result) if method == "finditer" else result

            grows_linearly(make, read, _SIZE)
