"""Reading claims out of articles."""

from kg.extraction.extractor import Explanation, Extractor, Reading, Rejection
from kg.extraction.look import Look

__all__ = ["Explanation", "Extractor", "Look", "Reading", "Rejection"]
