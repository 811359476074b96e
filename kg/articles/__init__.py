"""Readers: a file or stream in, articles out."""

from kg.articles.article import Article, Section, Sentence, Work
from kg.articles.cues import FurnitureCues, default_cues
from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote
from kg.articles.extracted import segment
from kg.articles.files import copies, names
from kg.articles.reading import find, read

__all__ = [
    "Article",
    "ArticleError",
    "FurnitureCues",
    "Left",
    "Note",
    "OnError",
    "OnNote",
    "Section",
    "Sentence",
    "Work",
    "copies",
    "default_cues",
    "find",
    "names",
    "read",
    "segment",
]
