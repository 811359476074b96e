"""The grammar: what constructions say, as readable data (`*.yml`), and the small language that it is written in."""

from kg.extraction.grammar.patterns import Match, Pattern, PatternError, Word

__all__ = ["Match", "Pattern", "PatternError", "Word"]
