"""What the tests share."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.extraction import Extractor
from kg.vocabulary import Vocabulary, load
from kg.working import OPTIONS, worker

# Programs that tests run in an environment of their own: what they import is not here.
collect_ignore = ["kgx_validate.py", "rocrate_validate.py"]

_SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _surroundings() -> Iterator[None]:
    """What the programs that tests start find set.

    What is kept for the next time is not kept in the home of whoever runs the tests. Java, which is started often and
    for little, compiles simply and collects garbage in one thread: half of its processor time.
    """
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setenv("XDG_CACHE_HOME", folder)
        if "JAVA_TOOL_OPTIONS" not in os.environ:
            patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real texts and gold claims, which stands beside some checkouts."""
    if not (_SHARED / "texts").is_dir():
        pytest.skip("the real texts (../shared) are not beside this checkout")
    return _SHARED


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The vocabulary of the ontology."""
    return load()


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The extractor of the ontology: that of the builds in this process."""
    return worker(OPTIONS).extractor
