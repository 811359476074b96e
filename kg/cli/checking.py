"""What is checked: `kg validate`, `kg check`, `kg score`."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from kg import paths
from kg.cli.common import STORE, Folder, Ontology, Rows, Texts, Trouble, Wrong, open_store, print_rows, say
from kg.tables import Format


def validate(
    store: Folder = STORE,
    ontology: Annotated[
        bool, typer.Option("--ontology", help="Check the ontology (profile, reasoner, reports), not the store.")
    ] = False,
    reference: Annotated[
        bool, typer.Option("--reference", help="Check article by article with pyshacl: slower, the same answers.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE", help="Of the ontology: write what is found as ROBOT reports it (TSV)."
        ),
    ] = None,
    format: Rows = Format.table,
) -> None:
    """Check the store against its shapes and rules, or the ontology against the checks of the field.

    \b
    Examples: kg validate --store graph
              kg validate --ontology
              kg validate --ontology --report report.tsv
    """
    from kg import vocabulary

    if report and not ontology:
        raise Wrong("--report is of the ontology: `kg validate --ontology --report FILE`")
    if ontology:
        from kg.ontology import ROBOT, OntologyError
        from kg.ontology import validate as validate_ontology
        from kg.tables import render

        try:
            found = validate_ontology()
        except OntologyError as error:
            raise Trouble(error) from None
        print_rows(
            ("severity", "check", "entity", "property", "value", "reason"), [tuple(row) for row in found.rows], format
        )
        for note in found.notes:
            say(note)
        if report:
            report.write_text(render(ROBOT, found.as_robot(), Format.tsv), "utf-8")
        raise typer.Exit(0 if found.clean else 1)
    from kg.validation import Validator, rule_problems

    with open_store(store) as opened:
        validator = Validator(vocabulary.load())
        if reference:
            problems = [problem for id in opened.article_ids() for problem in validator.reference(opened.quads(id))]
        else:
            problems = validator.check_store(opened)
        problems += rule_problems(opened)
        articles = len(opened.article_ids())
    rows = [(one.article, one.node, one.about, one.reason, one.value) for one in problems]
    print_rows(("article", "node", "says", "reason", "value"), rows, format)
    print(f"{articles:,} articles checked: {len(problems):,} problems", file=sys.stderr)
    raise typer.Exit(1 if problems else 0)


def check(
    store: Annotated[Path, typer.Argument(help="The folder of the store.")] = STORE,
    repair: Annotated[bool, typer.Option("--repair", help="Make it anew of what is whole in it.")] = False,
    ontology: Ontology = paths.ONTOLOGY,
    format: Rows = Format.table,
) -> None:
    """Read all of a store, and tell what is not as it was written.

    A repair keeps every article that is whole; the next `kg build` reads the others again.

    Example: kg check graph --repair
    """
    from kg import vocabulary
    from kg.checking import check as faults_of
    from kg.checking import repair as mend

    faults = faults_of(store)
    print_rows(("part", "fault"), faults, format)
    print(f"{store}: {len(faults):,} faults", file=sys.stderr)
    if faults and repair:
        repaired = mend(store, vocabulary.load(ontology))
        for id in repaired.lost:
            say(f"{id}: lost; the next build reads its file again")
        print(f"{store}: made anew with {repaired.kept:,} articles, without {len(repaired.lost):,}", file=sys.stderr)
        faults = faults_of(store)
    raise typer.Exit(1 if faults else 0)


def score(
    gold: Annotated[Path, typer.Argument(help="A table of claims, with the columns of a claim.")],
    store: Folder = STORE,
    errors: Annotated[
        bool, typer.Option("--errors", help="List what was missed and what was wrong, by cause.")
    ] = False,
    texts: Texts = None,
    format: Rows = Format.table,
) -> None:
    """Compare the claims of the store with those of a gold table: precision, recall, F1, and accuracies.

    Example: kg score gold.tsv --errors --texts papers/
    """
    from kg import vocabulary
    from kg.exports.records import articles
    from kg.scoring import GoldError, judged, key, read_claims
    from kg.scoring import score as compare
    from kg.texts import Texts as AtHand

    words = vocabulary.load()
    try:
        wanted = read_claims(gold)
    except GoldError as error:
        raise Trouble(error) from None
    except OSError as error:
        raise Wrong(f"{gold}: {error.strerror}") from None
    with open_store(store) as opened:
        found = [record.claim for _, records in articles(opened) for record in records]
        missing = sorted({claim.doc for claim in wanted} - set(opened.article_ids()))
    if missing:
        say(f"not in the store: {', '.join(missing)}")
    result = compare(found, wanted, words, judged(gold))
    if errors:
        for kind, claims in (("missed", result.missed), ("wrong", result.wrong)):
            causes = Counter(result.causes[key(claim)] for claim in claims)
            told = ", ".join(f"{count} {cause}" for cause, count in causes.most_common())
            print(f"{len(claims)} {kind}{': ' if told else ''}{told}", file=sys.stderr)
        at_hand = AtHand([paths.DIGESTS, *(texts or [])], store)
        listed: list[tuple[str, ...]] = []
        for kind, claims in (("missed", result.missed), ("wrong", result.wrong)):
            for claim in claims:
                text = at_hand(claim.doc) or ""
                said = (words.label(claim.subject), claim.predicate, words.label(claim.object), claim.polarity)
                cause = result.causes[key(claim)]
                listed.append((kind, cause, claim.doc, *said, text[claim.start : claim.end], claim.rule))
        columns = ("error", "cause", "article", "subject", "predicate", "object", "polarity", "sentence", "rule")
        print_rows(columns, sorted(listed), format)
        return
    table: list[tuple[str, ...]] = []
    for predicate, strict in result.strict.items():
        lenient = result.lenient[predicate]
        numbers = (strict.precision, strict.recall, strict.f1, lenient.precision, lenient.recall, lenient.f1)
        counts = (strict.tp, strict.fp, strict.fn)
        table.append((predicate or "all", *(f"{number:.3f}" for number in numbers), *map(str, counts)))
    for name, (right, compared) in result.accuracy.items():
        share = f"{right / compared:.3f}" if compared else ""
        table.append((f"accuracy of {name}", share, *[""] * 5, str(right), str(compared - right), ""))
    print_rows(
        ("predicate", "precision", "recall", "F1", "lenient P", "lenient R", "lenient F1", "right", "wrong", "missed"),
        table,
        format,
    )
