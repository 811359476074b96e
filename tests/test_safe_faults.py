"""A disk that is full, calls that fail or are cut short, kills: a store is the old one or the new one after each.

Here some points of each kind are tried; `scripts/faults` tries more, or all of them.
"""

from collections.abc import Iterator
from pathlib import Path

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


# A loss of power keeps what was synced, and may keep anything else or nothing of it: what counts is the order


def last(calls: list[tuple[str, str]], names: tuple[str, ...], path: str) -> int:
    """Where a call of one of these names is made on a path for the last time; -1 where none is."""
    return max((at for at, (name, about) in enumerate(calls) if name in names and about == path), default=-1)


GONE = ("unlink",)
SYNCS = ("fsync", "fdatasync")


@pytest.mark.parametrize(("work", "graph"), [(Work.build, "store/graph-1"), (Work.rebuild, "store/graph-2")])
def test_what_is_moved_to_is_on_the_disk_before(trials: Trials, work: Work, graph: str) -> None:
    calls = trials.calls(work)
    moved = last(calls, ("rename",), "store/present")
    before = calls[:moved]
    kept = last(before, SYNCS, "store/ledger.sqlite-wal")  # the ledger counts the new graph as the present one
    written = {
        about for name, about in before if name in ("write", "open", "link") and Path(about).parent == Path(graph)
    }
    whole = {
        about
        for about in written
        if not Path(about).name.startswith(("LOG", "LOCK")) and last(calls, ("unlink",), about) < 0
    }
    assert whole
    for about in sorted(whole):
        if last(before, ("write",), about) >= 0:
            assert last(before, ("write",), about) < last(before, SYNCS, about) < kept, about
    assert max(last(before, ("open", "link", "rename"), about) for about in whole) < last(before, SYNCS, graph) < kept
    assert last(before, ("mkdir",), graph) < last(before, SYNCS, "store")
    # The pointer of the readers: its content before its name, and the name before all is said to be done.
    assert kept < last(before, ("write",), "store/present.tmp") < last(before, SYNCS, "store/present.tmp") < moved
    assert last(calls, SYNCS, "store") > moved


def test_an_export_is_on_the_disk_before_it_has_its_name(trials: Trials) -> None:
    calls = trials.calls(Work.export)
    moves = [at for at, (name, _) in enumerate(calls) if name == "rename"]
    assert len(moves) == 3
    for at in moves:
        assert calls[at - 1][0] == "fsync" and calls[at - 2][0] == "write"
