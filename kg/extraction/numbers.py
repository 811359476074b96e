"""Numbers: shares and counts of patients with an outcome, and whose they are."""

from kg.extraction.context import Context
from kg.extraction.relations import Candidate, Rules
from kg.extraction.sentence import Sentence


def outcomes(s: Sentence, c: Context, rules: Rules) -> list[Candidate]:
    """The outcome candidates of a sentence."""
    return []
