"""The English language: text → tokens, tags and the dependency parse.

`tokenize` cuts a text, `Parser.load().parse(words)` tells how its words hang together. What the parser learned lies
beside it in weights.bin.gz, written by scripts/train-language.
"""

from kg.extraction.language.lemmas import american, lemma
from kg.extraction.language.parser import Parse, Parser
from kg.extraction.language.tokens import Token, fold, tokenize

__all__ = ["Parse", "Parser", "Token", "american", "fold", "lemma", "tokenize"]
