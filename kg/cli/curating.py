"""What people correct: `kg curate`."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import STORE, Folder, Rows, Wrong, print_rows, say
from kg.tables import Format


def curate(
    claim: Annotated[str, typer.Argument(help="The id of a claim; without one, all corrections are listed.")] = "",
    verdict: Annotated[str, typer.Argument(metavar="[right|wrong|change]", help="What is said of it.")] = "",
    store: Folder = STORE,
    why: Annotated[str, typer.Option(help="The reason.")] = "",
    who: Annotated[str, typer.Option(help="Who says so; the name of the user where it is not told.")] = "",
    subject: Annotated[str, typer.Option(help="What acts, where that is to be changed: a name or CURIE.")] = "",
    predicate: Annotated[str, typer.Option(help="The relation, where that is to be changed.")] = "",
    object: Annotated[str, typer.Option(help="What it acts on, where that is to be changed.")] = "",
    polarity: Annotated[str, typer.Option(help="positive or negative, where that is to be changed.")] = "",
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was found right as a gold table.")
    ] = None,
    format: Rows = Format.table,
) -> None:
    """Say that a claim is right or wrong, or what it should say; findings and exports follow at once.

    Corrections are kept in a plain table, corrections.tsv in the folder of the store, and no build loses them.

    \b
    Examples: kg curate 5f0c41d2 wrong --why "the sentence speaks of a plan"
              kg curate 5f0c41d2 change --object "lupus nephritis"
              kg curate --export gold.tsv
    """
    import dataclasses

    from kg import vocabulary
    from kg.claim import COLUMNS
    from kg.curation import FILE, Change, Correction, Corrections, CurationError, correct, correction, gold
    from kg.store import Store
    from kg.tables import render

    try:
        if claim:
            change = Change(subject, predicate, object, polarity)
            with Store.open(store) as opened:
                said = correction(opened, vocabulary.load(), claim, verdict, why, who or getpass.getuser(), change)
                correct(opened, said)
            say(f"{claim}: {verdict}; written to {store / FILE}")
            return
        with Store.open(store, read_only=True) as opened:
            if export:
                rows = list(gold(opened))
                export.write_text(render(COLUMNS, rows, Format.tsv), "utf-8")
                say(f"{len(rows):,} claims in {export}")
                return
            found = [one for some in Corrections.of(opened).by_article.values() for one in some.values()]
    except CurationError as error:
        raise Wrong(error) from None
    except OSError as error:
        raise Wrong(f"{error.filename}: {error.strerror}") from None
    columns = tuple(field.name for field in dataclasses.fields(Correction))
    print_rows(columns, sorted(dataclasses.astuple(one) for one in found), format)
