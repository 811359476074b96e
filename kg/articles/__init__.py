"""Readers: a file or stream in, articles out."""

from kg.articles.article import Article, Section, Sentence, Work

__all__ = ["Article", "Section", "Sentence", "Work"]
