"""Scope: each rule of `scope.yml` by its own examples, read by the real parser, and the engine that matches them."""

import re
from functools import cache
from typing import NamedTuple

import pytest

from kg.articles import Sentence as Span
from kg.claim import Predicate
from kg.extraction.cues import CueBook
from kg.extraction.frames import Analyst, Sentence
from kg.extraction.names import Mention, MentionFinder
from kg.extraction.scope import Judgement, Scope, load_rules
from kg.vocabulary import Vocabulary, load

_MARKED = re.compile(r"\{([so]) ([^}]*)\}")
_KINDS = {"s": frozenset(("cell",)), "o": frozenset(("disease", "factor", "phenotype"))}


@cache
def _analyst() -> Analyst:
    return Analyst(CueBook(_vocabulary()))


@cache
def _vocabulary() -> Vocabulary:
    return load()


@cache
def _finder() -> MentionFinder:
    return MentionFinder(_vocabulary())


@cache
def _scope() -> Scope:
    return Scope(_vocabulary())


class Example(NamedTuple):
    """An example of the rule file: a candidate in its sentence, with those beside it, and the judgement."""

    relation: Predicate
    s: Sentence
    subject: int | None
    object: int | None
    before: Sentence | None
    after: Sentence | None
    expected: str


def read_example(text: str) -> Example:
    """`relation | text with {s the subject} and {o the object} | judgement`."""
    relation, marked, expected = (part.strip() for part in text.split(" | "))
    plain, ends = "", []
    last = 0
    for found in _MARKED.finditer(marked):
        plain += marked[last : found.start()]
        ends.append((found[1], len(plain), len(plain) + len(found[2])))
        plain += found[2]
        last = found.end()
    plain += marked[last:]
    mentions = [Mention(a, b, (f"x:{kind}",), _KINDS[kind]) for kind, a, b in ends]
    for one in _finder().find(plain):
        if not any(one.start < b and a < one.end for _, a, b in ends):
            mentions.append(one)
    mentions.sort(key=lambda one: one.start)
    cuts = [0, *(found.end() for found in re.finditer(r"[.?!] (?=[A-Z])", plain)), len(plain)]
    spans = [Span(a, b) for a, b in zip(cuts, cuts[1:], strict=False)]
    read = [
        _analyst().sentence(plain, span, [m for m in mentions if span.start <= m.start < span.end], k)
        for k, span in enumerate(spans)
    ]
    at = next((k for k, span in enumerate(spans) if any(span.start <= a < span.end for _, a, _ in ends)), len(read) - 1)
    index = {named.mention.ids[0]: k for k, named in enumerate(read[at].named)}
    return Example(
        relation,  # type: ignore[arg-type]
        read[at],
        index.get("x:s"),
        index.get("x:o"),
        read[at - 1] if at else None,
        read[at + 1] if at + 1 < len(read) else None,
        expected,
    )


def judge(example: Example) -> Judgement:
    return _scope().judge(
        example.s, example.subject, example.relation, example.object, (), example.before, example.after
    )


def told(judgement: Judgement) -> str:
    if judgement.veto:
        return "nothing"
    return f"{judgement.polarity} {judgement.certainty or ''}".strip()


EXAMPLES = [
    pytest.param(rule.name, text, applies, id=f"{rule.name}-{'holds' if applies else 'fails'}-{k}")
    for rule in load_rules()
    for applies, texts in ((True, rule.holds), (False, rule.fails))
    for k, text in enumerate(texts)
]


@pytest.mark.parametrize(("name", "text", "applies"), EXAMPLES)
def test_examples_of_a_rule(name: str, text: str, applies: bool) -> None:
    example = read_example(text)
    judgement = judge(example)
    fired = [reason.partition(": “")[0] for reason in judgement.reasons]
    assert (name in fired) == applies, f"{text}: {judgement.reasons}"
    assert told(judgement) == example.expected, f"{text}: {judgement.reasons}"


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_every_rule_has_examples_that_hold_and_that_do_not(rule: object) -> None:
    assert rule.holds and rule.fails  # type: ignore[attr-defined]
