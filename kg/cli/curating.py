"""What people correct: `kg curate`."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import STORE, Folder, Rows, Wrong, print_rows, say
from kg.tables import Format

if TYPE_CHECKING:
    from kg.curation import Correction
    from kg.store import Store
    from kg.vocabulary import Vocabulary


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

    from kg.claim import COLUMNS
    from kg.curation import FILE, Correction, Corrections, CurationError, correct, gold
    from kg.store import Store
    from kg.tables import render

    try:
        if claim:
            with Store.open(store) as opened:
                correct(opened, _correction(opened, claim, verdict, why, who, (subject, predicate, object, polarity)))
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


def _term(words: "Vocabulary", option: str, value: str) -> str:
    """The CURIE of a term by its name; nothing for no name. Raises `CurationError`."""
    from kg.curation import CurationError

    if not value:
        return ""
    if found := words.find(value):
        return found[0]
    near = words.suggest(value)
    raise CurationError(
        f"--{option}: no term is called {value!r}" + (f": did you mean {', '.join(near)}?" if near else "")
    )


def _correction(store: "Store", name: str, verdict: str, why: str, who: str, new: tuple[str, ...]) -> "Correction":
    """What the arguments say of a claim."""
    from pyoxigraph import NamedNode

    from kg import vocabulary
    from kg.claim import POLARITIES, PREDICATES
    from kg.curation import VERDICTS, Correction, CurationError, read_claim
    from kg.exhibit import Unknown, find
    from kg.rdf import SOURCE, Graph, article_id

    if verdict not in VERDICTS:
        raise CurationError(f"{verdict or 'nothing'!r} is not a verdict: {', '.join(VERDICTS)}")
    if (verdict == "change") != any(new):
        raise CurationError("a change, and nothing else, takes --subject, --predicate, --object or --polarity")
    for option, value, allowed in (("predicate", new[1], PREDICATES), ("polarity", new[3], POLARITIES)):
        if value and value not in allowed:
            raise CurationError(f"--{option}: {value!r} is not one of {', '.join(allowed)}")
    try:
        node = find(store, name)
    except Unknown as error:
        raise CurationError(error) from None
    (source,) = {quad.object for quad in store.graph.quads_for_pattern(node, SOURCE, None)}
    id = article_id(NamedNode(str(source)[1:-1])) or ""
    claim, sentence = read_claim(id, Graph.of(store.quads(id)).said[str(node)])
    ends = [_term(vocabulary.load(), option, value) for option, value in (("subject", new[0]), ("object", new[2]))]
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Correction(
        when, who or getpass.getuser(), verdict, why, id, sentence,
        claim.subject, claim.predicate, claim.object, claim.polarity, claim.value,
        ends[0], new[1], ends[1], new[3],
    )  # fmt: skip
