"""Names: how a name of the ontology may be written, where such names stand in a text, and what they mean there."""

from kg.extraction.names.lexicon import Hit, Name, Names
from kg.extraction.names.mentions import KINDS, Mention, MentionFinder
from kg.extraction.names.writing import even, fold, is_short_form, variants

__all__ = ["KINDS", "Hit", "Mention", "MentionFinder", "Name", "Names", "even", "fold", "is_short_form", "variants"]
