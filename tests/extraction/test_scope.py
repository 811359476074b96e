"""Scope: each rule of `scope.yml` by its own examples, read by the real parser, and the engine that matches them."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.articles import Sentence as Span
from kg.claim import Predicate
from kg.extraction.clauses import stretches
from kg.extraction.cues import CueBook
from kg.extraction.frames import Analyst, Sentence
from kg.extraction.grammar.patterns import Pattern, PatternError
from kg.extraction.names import Mention, MentionFinder
from kg.extraction.scope import RULES, SAYINGS, Judgement, Rule, Scope, ScopeError, load_rules, says
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
    found_here = _finder().find(plain)
    own = {(one.start, one.end): one.kinds for one in found_here}
    mentions = [Mention(a, b, (f"x:{kind}",), _kinds(kind, own.get((a, b), frozenset()))) for kind, a, b in ends]
    for one in found_here:
        if not any(one.start < b and a < one.end for _, a, b in ends):
            mentions.append(one)
    mentions.sort(key=lambda one: one.start)
    cuts = [0, *(found.end() for found in re.finditer(r"[.?!] (?=[A-Z])", plain)), len(plain)]
    spans = [Span(a, b) for a, b in pairwise(cuts)]
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


def _kinds(end: str, found: frozenset[str]) -> frozenset[str]:
    """The kinds of an end: a drug is no cell, and everything else may be one."""
    return found if "drug" in found else found | _KINDS[end]


def judge(example: Example) -> Judgement:
    return _scope().judge(
        example.s, example.subject, example.relation, example.object, (), example.before, example.after
    )


def told(judgement: Judgement) -> str:
    if judgement.veto:
        return "nothing"
    return f"{judgement.polarity} {judgement.certainty or ''}".strip()


def examples(path: Path) -> list[object]:
    return [
        pytest.param(rule.name, text, applies, id=f"{rule.name}-{'holds' if applies else 'fails'}-{k}")
        for rule in load_rules(path)
        for applies, texts in ((True, rule.holds), (False, rule.fails))
        for k, text in enumerate(texts)
    ]


@pytest.mark.parametrize(("name", "text", "applies"), examples(RULES))
def test_examples_of_a_rule(name: str, text: str, applies: bool) -> None:
    example = read_example(text)
    judgement = judge(example)
    fired = [reason.partition(": “")[0] for reason in judgement.reasons]
    assert (name in fired) == applies, f"{text}: {judgement.reasons}"
    assert told(judgement) == example.expected, f"{text}: {judgement.reasons}"


@pytest.mark.parametrize(("name", "text", "applies"), examples(SAYINGS))
def test_examples_of_a_saying(name: str, text: str, applies: bool) -> None:
    example = read_example(text)
    sayings = _scope().sayings_in(example.s)
    said = says(sayings, example.s, example.subject, example.relation, example.object, example.before)
    assert (said == name) == applies, f"{text}: {said}"
    assert told(judge(example)) == example.expected


@pytest.mark.parametrize("rule", [*load_rules(RULES), *load_rules(SAYINGS)], ids=lambda rule: rule.name)
def test_every_rule_has_examples_that_hold_and_that_do_not(rule: Rule) -> None:
    assert rule.holds and rule.fails


def test_names_of_rules_are_told_apart() -> None:
    names = [rule.name for rule in (*load_rules(RULES), *load_rules(SAYINGS))]
    assert len(names) == len(set(names))


# -- what no rule speaks of


def test_no_operator_leaves_a_claim_as_it_is() -> None:
    example = read_example("treats | {s Exosomes} eased {o asthma} in ten children. | positive")
    assert judge(example) == Judgement("positive", None)


def test_a_denial_does_not_cross_into_another_clause() -> None:
    denied = read_example("decreases | {s MSCs} did not lower {o IL-6}, but exosomes lowered TNF-alpha. | negative")
    other = read_example("decreases | MSCs did not lower IL-6, but {s exosomes} lowered {o TNF-alpha}. | positive")
    assert [told(judge(one)) for one in (denied, other)] == ["negative", "positive"]


@given(st.integers(0, 4))
def test_denials_cancel_out(count: int) -> None:
    """However often it is not true that it fails, what counts is whether the denials are odd."""
    verbs = ["helped people with", "failed to help people with", "never failed to help people with"]
    example = read_example(f"treats | {{s Exosomes}} {verbs[count % 3]} {{o asthma}}. | ?")
    assert told(judge(example)) == ("negative" if count % 3 == 1 else "positive")


def test_threads_may_share_a_judge() -> None:
    texts = [text for rule in load_rules(RULES) for text in (*rule.holds, *rule.fails)][:40]
    read = [read_example(text) for text in texts]
    alone = [judge(one) for one in read]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(judge, read)) == alone


# -- stretches


@pytest.mark.parametrize(
    "text",
    [
        "MSCs failed to lower IL-6 | but raised IL-10.",
        "MSCs did not help, | while exosomes did.",
        "Patients who did not respond to steroids | were given exosomes.",
        "The claim that exosomes cure asthma | is untrue.",
        "Exosomes | , which are safe | , did not improve asthma.",
        "Nobody was cured | ; most were better.",
        "Exosomes lowered pain, swelling and fever in mice.",
    ],
)
def test_stretches(text: str) -> None:
    plain = text.replace(" | ,", ",").replace(" | ;", ";").replace(" | ", " ")
    s = _analyst().sentence(plain, Span(0, len(plain)), [])
    edges = [token for token in range(1, len(s.lowers)) if stretches(s).edge(token)]
    cut = [s.words(a, b).strip() for a, b in pairwise([0, *edges, len(s.lowers)])]
    assert [part.replace(" ", "") for part in cut] == [part.replace(" ", "") for part in text.split(" | ")]


# -- the files


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("says: '<nowhere> x'\n  effect: deny", "no list 'nowhere'"),
        ("says: '<Nowhere> x'\n  effect: deny", "no class 'Nowhere'"),
        ("says: x\n  effect: perhaps", "effect: 'perhaps' is not one of"),
        ("says: x\n  effect: deny\n  reach: far", "reach: 'far' is not one of"),
        ("says: x\n  effect: deny\n  for: [cures]", "for: 'cures' is not one of"),
        ("says: x\n  effect: deny\n  call: me", "unknown key 'call'"),
        ("says: '<'\n  effect: deny", "no part of a pattern"),
        ("effect: deny", "'says'"),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(tmp_path: Path, rule: str, reason: str) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(f"rules:\n- name: mine\n  {rule}\n", encoding="utf-8")
    with pytest.raises(ScopeError, match=f"{path}: rule 'mine'.*{re.escape(reason)}"):
        Scope(_vocabulary(), path)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text("rules: [", encoding="utf-8")
    with pytest.raises(ScopeError, match=str(path)):
        load_rules(path)


def test_a_pattern_needs_parts() -> None:
    with pytest.raises(PatternError):
        Pattern(" ", {})
