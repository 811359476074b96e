"""Readers: a file or stream in, articles out."""

from kg.articles.article import Article, Section, Sentence, Work
from kg.articles.cues import FurnitureCues, default_cues
from kg.articles.errors import ArticleError, OnError
from kg.articles.extracted import segment
from kg.articles.reading import find, read

__all__ = [
    "Article",
    "ArticleError",
    "FurnitureCues",
    "OnError",
    "Section",
    "Sentence",
    "Work",
    "default_cues",
    "find",
    "read",
    "segment",
]
