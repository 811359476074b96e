"""StemKG under the name that it has in package indexes, where `kg` is another's: the same functions."""

from kg import as_frame, build, extract, open, query

__all__ = ["as_frame", "build", "extract", "open", "query"]
