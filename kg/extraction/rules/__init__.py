"""The rules: from the events of a sentence to candidate claims.

Each rule is a function (rules, sentence, context) that yields candidates; a candidate carries the name of its rule.
A rule proposes; polarity, certainty, disease and evidence are decided for all rules alike by the extractor.
"""

from collections.abc import Callable, Iterable

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules
from kg.extraction.rules.comparison import comparison, may_compare
from kg.extraction.rules.damage import damage, may_tell_damage
from kg.extraction.rules.harm import harm, may_tell_harm
from kg.extraction.rules.mechanism import (
    may_name_mechanism,
    may_tell_effect,
    may_tell_regulation,
    may_tell_secretion,
    mechanism_by_effect,
    mechanism_by_name,
    regulation,
    secretion,
)
from kg.extraction.rules.origin import differentiation, may_tell_fate, may_tell_origin, origin
from kg.extraction.rules.outcome import may_tell_outcome, outcomes
from kg.extraction.rules.pathway import may_tell_pathway, pathway
from kg.extraction.rules.route import given_by, may_tell_route
from kg.extraction.rules.treats import (
    keeps_well,
    may_deny_difference,
    may_link,
    may_list,
    may_praise,
    may_tell_benefit,
    may_tell_keeping,
    may_tell_measure,
    no_difference,
    treats_by_benefit,
    treats_by_link,
    treats_by_list,
    treats_by_measure,
    treats_by_response,
    treats_by_verb,
)
from kg.extraction.sentence import Glimpse, Sentence

Rule = Callable[[Rules, Sentence, Context], Iterable[Candidate]]

#: The rules, in their order, each behind what tells from a glimpse of a sentence whether it may find something there.
RULES: tuple[tuple[Callable[[Glimpse], bool], Rule], ...] = (
    (may_tell_origin, origin),
    (may_tell_fate, differentiation),
    (may_tell_secretion, secretion),
    (may_tell_effect, mechanism_by_effect),
    (may_name_mechanism, mechanism_by_name),
    (may_tell_regulation, regulation),
    (may_tell_benefit, treats_by_verb),
    (may_tell_measure, treats_by_measure),
    (may_link, treats_by_link),
    (may_list, treats_by_list),
    (may_tell_keeping, keeps_well),
    (may_praise, treats_by_benefit),
    (may_tell_benefit, treats_by_response),
    (may_deny_difference, no_difference),
    (may_tell_route, given_by),
    (may_tell_harm, harm),
    (may_compare, comparison),
    (may_tell_pathway, pathway),
    (may_tell_damage, damage),
    (may_tell_outcome, outcomes),
)


def may_claim(glimpse: Glimpse) -> bool:
    """Whether some rule may find something in a sentence."""
    return any(may_find(glimpse) for may_find, _ in RULES)


def candidates(rules: Rules, s: Sentence, c: Context) -> list[Candidate]:
    """What the rules propose for a sentence."""
    rules.identify(s, c)
    found = [candidate for _, rule in RULES for candidate in rule(rules, s, c)]
    if denied := {(x.subject, x.object) for x in found if x.rule == "no-difference"}:
        # "A trial of X in D found no difference" says that of X in D, and no more.
        found = [x for x in found if x.rule != "link" or (x.subject, x.object) not in denied]
    if any(x.predicate == "adverse_effect" and x.negative for x in found):
        # "The rate of embolism did not differ" denies a harm, and no benefit.
        found = [x for x in found if x.rule != "no-difference" or x.object == c.disease]
    if any(x.predicate == "outcome" for x in found):
        # "Remission was achieved by 40%" counts patients; that something improved has to be said besides.
        found = [x for x in found if x.rule not in ("measure", "response") or rules.betters(x.verb)]
    if compared := {x.subject for x in found if x.predicate == "more_effective_than"}:
        # "A had lower mortality than B" says which of two does better, and no more.
        found = [
            x for x in found if not (x.rule == "measure" and x.subject in compared and s.tokens[x.head].tag == "JJR")
        ]
    return found


__all__ = ["RULES", "Candidate", "Rules", "candidates", "may_claim"]
