"""A disk that is full, calls that fail or are cut short, kills: a store is the old one or the new one after each.

Here some points of each kind are tried; `scripts/faults` tries more, or all of them.
"""

from collections.abc import Iterator

import pytest
from faulty import Kind, Trials, Work, compiled, points
from samples import ontology

POINTS = 2  # of each kind of fault, in each piece of work


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    folder = tmp_path_factory.mktemp("faults")
    library = compiled(folder)
    if library is None:
        pytest.skip("no C compiler for the library that makes calls fail, or not Linux")
    with Trials(folder, library, ontology(tmp_path_factory.mktemp("words"))) as trials:
        yield trials


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("work", Work)
def test_a_spoiled_call_loses_nothing(trials: Trials, work: Work, kind: Kind) -> None:
    total = trials.count(work, kind)
    assert total
    # Not the first and the last alone, and other ones for each kind.
    inner = points(total, POINTS + 6)[1 + [*Kind].index(kind) :][:POINTS]
    for at in inner or points(total, POINTS):
        assert trials.spoil(work, kind, at) == "", at
