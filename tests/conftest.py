"""What the tests share."""

from pathlib import Path

import pytest

from kg.extraction import Extractor
from kg.vocabulary import load

# A program that a test runs in an environment of its own: what it imports is not here.
collect_ignore = ["kgx_validate.py"]

_SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real texts and gold claims, which stands beside some checkouts."""
    if not (_SHARED / "texts").is_dir():
        pytest.skip("the real texts (../shared) are not beside this checkout")
    return _SHARED


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The extractor of the ontology."""
    return Extractor(load())
