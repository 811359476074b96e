"""Readers: a file or stream in, articles out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.articles.article import Article, Section, Sentence, Work
    from kg.articles.cues import FurnitureCues, default_cues
    from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote
    from kg.articles.extracted import segment
    from kg.articles.files import copies, find, names
    from kg.articles.reading import read

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

#: Where each of these is. A module is imported when it is first needed: who asks a graph reads no files.
_MODULES = {
    "article": ("Article", "Section", "Sentence", "Work"),
    "cues": ("FurnitureCues", "default_cues"),
    "errors": ("ArticleError", "Left", "Note", "OnError", "OnNote"),
    "extracted": ("segment",),
    "files": ("copies", "find", "names"),
    "reading": ("read",),
}
_WHERE = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value
    return value
