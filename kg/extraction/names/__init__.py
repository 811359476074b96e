"""Names: how a name of the ontology may be written, where such names stand in a text, and what they mean there."""

from kg.extraction.names.lexicon import Hit, Name, Names
from kg.extraction.names.mention import Meaning, Mention
from kg.extraction.names.mentions import KINDS, MentionFinder
from kg.extraction.names.writing import even, fold, is_short_form, variants

__all__ = [
    "KINDS",
    "Hit",
    "Meaning",
    "Mention",
    "MentionFinder",
    "Name",
    "Names",
    "even",
    "fold",
    "is_short_form",
    "variants",
]
