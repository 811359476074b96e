"""Reading claims out of articles."""

from kg.extraction.extractor import Explanation, Extractor, Rejection

__all__ = ["Explanation", "Extractor", "Rejection"]
