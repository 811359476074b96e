"""The rules: from the events of a sentence to candidate claims.

Each rule is a function (rules, sentence, context) that yields candidates; a candidate carries the name of its rule.
A rule proposes; polarity, certainty, disease and evidence are decided for all rules alike by the extractor.
"""

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules
from kg.extraction.rules.comparison import comparison
from kg.extraction.rules.damage import damage
from kg.extraction.rules.harm import harm
from kg.extraction.rules.mechanism import mechanism_by_effect, mechanism_by_name, regulation, secretion
from kg.extraction.rules.origin import differentiation, origin
from kg.extraction.rules.outcome import outcomes
from kg.extraction.rules.pathway import pathway
from kg.extraction.rules.route import given_by
from kg.extraction.rules.treats import (
    keeps_well,
    no_difference,
    treats_by_benefit,
    treats_by_link,
    treats_by_list,
    treats_by_measure,
    treats_by_response,
    treats_by_verb,
)
from kg.extraction.sentence import Sentence

RULES = (
    origin,
    differentiation,
    secretion,
    mechanism_by_effect,
    mechanism_by_name,
    regulation,
    treats_by_verb,
    treats_by_measure,
    treats_by_link,
    treats_by_list,
    keeps_well,
    treats_by_benefit,
    treats_by_response,
    no_difference,
    given_by,
    harm,
    comparison,
    pathway,
    damage,
    outcomes,
)


def candidates(rules: Rules, s: Sentence, c: Context) -> list[Candidate]:
    """What the rules propose for a sentence."""
    rules.identify(s, c)
    found = [candidate for rule in RULES for candidate in rule(rules, s, c)]
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


__all__ = ["RULES", "Candidate", "Rules", "candidates"]
