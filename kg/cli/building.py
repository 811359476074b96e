"""`kg build`."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import paths
from kg.cli.common import STORE, Folder, Ontology, Trouble, Wrong, say, stderr

if TYPE_CHECKING:
    from kg.articles import Note, OnNote
    from kg.pipeline import Progress, Summary


def build(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATHS]...", help='Files or folders, or "-"; the built-in digests where none are named.'
        ),
    ] = None,
    store: Folder = STORE,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as processors by default.")] = None,
    quotes: Annotated[bool, typer.Option("--quotes", help="Put the sentences into the graph too.")] = False,
    min_confidence: Annotated[float, typer.Option(min=0, max=1, help="Leave out claims below this confidence.")] = 0.0,
    strict: Annotated[bool, typer.Option("--strict", help="Commit nothing if any input can't be used.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove articles that are not in these inputs.")] = False,
    dask: Annotated[str, typer.Option(metavar="ADDRESS", help="Work on the Dask cluster of this scheduler.")] = "",
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a table of all that was left out: file, place, what, detail."),
    ] = None,
    limit: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Change a limit of reading, such as seconds=300.")
    ] = None,
    ontology: Ontology = paths.ONTOLOGY,
) -> None:
    """Read texts, find their claims, check the graph and commit it.

    A graph that breaks a rule is never committed. Articles that were done before are not done again, and a build that
    was killed goes on where it was.

    Example: kg build papers/ pubmed.xml.gz --store graph
    """
    from kg.curation import CurationError
    from kg.importing import ProposalError
    from kg.limits import READING, changed
    from kg.pipeline import build as run_build
    from kg.shapes import ShapesError
    from kg.store import Store
    from kg.working import BuildError, Options

    options = Options(ontology, quotes, min_confidence)
    if not inputs:
        print(f"no paths named: building the digests that come with StemKG into {store}", file=sys.stderr)
    try:
        limits = changed(READING, limit or [])
    except ValueError as error:
        raise Wrong(error) from None
    try:
        with Store.open(store) as opened, _reporter(report) as told, _progress() as progress:
            summary = run_build(
                inputs or [], opened, options,
                workers=workers, dask=dask, strict=strict, prune=prune, limits=limits,
                progress=progress, report=told,
            )  # fmt: skip
            total = opened.article_count()
    except (BuildError, ShapesError, CurationError, ProposalError) as error:
        raise Trouble(error) from None
    _report(summary, store, total)
    raise typer.Exit(0 if summary.good else 1)


@contextmanager
def _reporter(path: Path | None) -> "Iterator[OnNote | None]":
    """What writes a table of what is left out, where a file is named for it."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("file", "place", "what", "detail"))

        def tell(note: "Note") -> None:
            table.writerow(" ".join(value.split()) for value in (note.file, note.place, note.kind, note.detail))

        yield tell


class _progress:
    """A bar on a terminal, and nothing in a pipe: a context manager that gives what a build reports to."""

    def __enter__(self) -> "Callable[[Progress], None]":
        from rich.progress import (
            BarColumn,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[articles]:,} articles, {task.fields[rate]:,.0f}/s"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=stderr,
            disable=not stderr.is_terminal,
            transient=True,
        )
        self._bar.start()
        task = self._bar.add_task("reading", total=None, articles=0, rate=0.0)

        def report(progress: "Progress") -> None:
            elapsed = self._bar.tasks[task].elapsed or 1.0
            self._bar.update(
                task,
                total=progress.bytes_total or None,
                completed=progress.bytes_read,
                description="committing" if progress.bytes_read >= progress.bytes_total else "reading",
                articles=progress.articles,
                rate=progress.articles / elapsed,
            )

        return report

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _report(summary: "Summary", store: Path, total: int) -> None:
    for line in summary.skipped:
        say(f"skipped: {line}")
    for note in summary.unread:
        say(f"passed over: {note}")
    for problem in summary.problems:
        say(problem)
    counts = [f"{summary.articles:,} articles read"]
    counts += [f"{summary.unchanged:,} unchanged"] if summary.unchanged else []
    counts += [f"{summary.passed_over:,} passed over (no cell therapy)"] if summary.passed_over else []
    counts += [f"{summary.removed:,} removed"] if summary.removed else []
    counts += [f"{len(summary.skipped):,} skipped"] if summary.skipped else []
    print(f"{', '.join(counts)}: {summary.claims.total():,} claims in {summary.seconds:.1f} s", file=sys.stderr)
    if summary.left:
        left = sorted(summary.left.items(), key=lambda item: (-item[1], item[0]))
        print(f"left out: {', '.join(f'{count:,} × {kind}' for kind, count in left)}", file=sys.stderr)
    for predicate, count in sorted(summary.claims.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {predicate:<20}{count:>9,}", file=sys.stderr)
    if summary.refused:
        why = f"{len(summary.problems):,} problems with the graph" if summary.problems else "inputs were skipped"
        print(f"nothing committed: {why}; {store} is as it was", file=sys.stderr)
    else:
        print(f"{store}: {total:,} articles", file=sys.stderr)
