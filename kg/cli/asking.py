"""What is asked of a graph: `kg query`, `kg show`, `kg explain`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from kg import paths
from kg.cli import completing
from kg.cli.common import STORE, Folder, Ontology, Rows, Texts, Trouble, Wrong, open_store, print_rows, say
from kg.tables import Format, printable

if TYPE_CHECKING:
    from kg.asking import Source
    from kg.catalogue import StoredQuery
    from kg.store import Store
    from kg.vocabulary import Vocabulary
    from kg.web.trial import Trial


def query(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(help="A stored query; all are listed where none is named.", autocompletion=completing.queries),
    ] = "",
    store: Folder = STORE,
    file: Annotated[Path | None, typer.Option(help="Run the SPARQL of this file.")] = None,
    data: Annotated[list[Path] | None, typer.Option(help="Ask these RDF files rather than the store.")] = None,
    endpoint: Annotated[str, typer.Option(metavar="URL", help="Ask this SPARQL endpoint rather than the store.")] = "",
    weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Weigh with these: lines of an evidence type or a certainty, and a number."),
    ] = None,
    about: Annotated[bool, typer.Option("--about", help="Tell what the query asks and takes.")] = False,
    sparql: Annotated[bool, typer.Option("--sparql", help="Print the SPARQL rather than running it.")] = False,
    turtle: Annotated[bool, typer.Option("--turtle", help="Print all stored queries as a Turtle catalogue.")] = False,
    ids: Annotated[bool, typer.Option("--ids", help="Identifiers rather than labels.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows of a stored query.")] = None,
    sentences: Annotated[bool, typer.Option("--sentences", help="A row for each sentence behind a row.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show how a belief is reckoned too.")] = False,
    texts: Texts = None,
    format: Rows = Format.table,
) -> None:
    """Run a stored query, with its parameters as options; alone, list them all.

    Queries of findings and claims share filters: --evidence (at least), --basis, --people, --since, --until,
    --certainty, --confidence and --article. What they leave is counted and weighed anew.

    \b
    Examples: kg query treatments --disease lupus
              kg query --file mine.rq --format csv
              kg query treatments --disease lupus --people --sentences
              kg query treatments --disease lupus --weights mine.tsv
    """
    from kg import answers, asking, catalogue, vocabulary
    from kg.texts import Texts as AtHand
    from kg.weights import Weights, WeightsError

    words = vocabulary.load()
    try:
        if turtle:
            sys.stdout.write(catalogue.Catalogue.load().as_turtle(words, endpoint))
            return
        if not name and file is None:
            questions = [(one.name, one.question) for one in catalogue.Catalogue.load()]
            print_rows(("query", "question"), questions, format)
            return
        if name and file is not None:
            raise Wrong("name a stored query or a file, not both")
        stored = catalogue.Catalogue.only(name) if name else None
        text = _text_of(file) if file else ""
        if about and stored:
            _about(stored, format)
            return
        values = _parameters(context.args)
        if file is not None and values:
            raise Wrong("the SPARQL of a file takes no parameters")
        if sparql:
            sys.stdout.write(stored.bind(values, words) if stored else text)
            return
        if data and endpoint:
            raise Wrong("ask files or an endpoint, not both")
        if weights and (data or endpoint):
            raise Wrong("weights are tried on a store, not on files or an endpoint")
        source: Source
        if endpoint:
            source = asking.Endpoint(endpoint)
        elif data:
            source = asking.read_data(data)
        else:
            source = _weighed(open_store(store), weights, words) if weights else open_store(store)
        if stored is None:
            rows = asking.select(source, text, words)
        else:
            at_hand = AtHand([paths.DIGESTS, *(texts or [])], None if endpoint or data else store)
            weighed = Weights.of(words).changed(weights) if weights else None
            steps = answers.rows(
                stored, values, words, at_hand, limit, sentences=sentences, explain=explain, weights=weighed
            )
            rows, why = answers.drive(steps, source, words)
            if why:
                say(why)
    except (asking.QueryError, WeightsError) as error:
        raise Wrong(error) from None
    except catalogue.CatalogueError as error:
        raise Trouble(error) from None
    cells = [tuple(_id(cell) for cell in row) for row in rows.rows] if ids else rows.words()
    print_rows(rows.columns, cells, format)


def _weighed(store: "Store", file: Path, words: "Vocabulary") -> "Store":
    from kg.reweigh import reweighed
    from kg.weights import Weights

    with store:
        return reweighed(store, Weights.of(words).changed(file))


def _id(cell: object) -> str:
    from kg.namespaces import contract

    return "" if cell is None else contract(str(getattr(cell, "value", cell)))


def _about(stored: "StoredQuery", format: Format) -> None:
    if format is Format.table:
        print(f"{stored.title}\n{stored.question}\n")
    rows = [
        (
            f"--{parameter.name}",
            " or ".join(parameter.kinds or parameter.choices) or parameter.type,
            "needed" if parameter.required else parameter.default or "any",
            parameter.example,
            parameter.description,
        )
        for parameter in stored.asked
    ]
    print_rows(("option", "takes", "without it", "example", "meaning"), rows, format)


def _parameters(arguments: Sequence[str]) -> dict[str, str]:
    """`--name value` and `--name=value` as a mapping; `--people` alone is yes."""
    values = {}
    rest = list(reversed(arguments))
    while rest:
        argument = rest.pop()
        if not argument.startswith("--"):
            raise Wrong(f"{argument!r}: a parameter is given as --NAME VALUE")
        name, equals, value = argument[2:].partition("=")
        if argument == "--people" and (not rest or rest[-1].startswith("--")):
            value = "yes"
        elif not equals:
            if not rest:
                raise Wrong(f"--{name} needs a value")
            value = rest.pop()
        values[name] = value
    return values


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{file}: {getattr(error, 'strerror', None) or error}") from None


def show(
    claim: Annotated[str, typer.Argument(help="The id or IRI of a claim; the first digits are enough if unique.")],
    store: Folder = STORE,
    texts: Texts = None,
    format: Rows = Format.table,
) -> None:
    """Show a claim: its sentence, marked in its paragraph where the text is at hand, and everything known of it.

    Example: kg show 5f0c41d2 --texts papers/
    """
    from kg.exhibit import Unknown, exhibit
    from kg.texts import Texts as AtHand

    with open_store(store) as opened:
        try:
            found = exhibit(opened, claim, AtHand([paths.DIGESTS, *(texts or [])], store))
        except Unknown as error:
            raise Wrong(error) from None
    if format is Format.table and found.sentence:
        before, sentence, after = map(printable, (found.before, found.sentence, found.after))
        out = Console(highlight=False, soft_wrap=True)
        mark = f"[bold reverse]{escape(sentence)}[/]" if out.is_terminal else f"»{escape(sentence)}«"
        out.print(f"{escape(before)}{mark}{escape(after)}\n")
    if found.missing:
        say(found.missing)
    rows = list(found.rows)
    if format is not Format.table and found.sentence:
        rows.append(("sentence", found.sentence))
    print_rows(("property", "value"), rows, format)


def explain(
    text: Annotated[str, typer.Argument(help='A sentence or more, or a file of texts; "-" reads standard input.')],
    ontology: Ontology = paths.ONTOLOGY,
    format: Rows = Format.table,
) -> None:
    """Tell what is read in a text: names, cues, claims, and every candidate that was rejected, with the reason.

    Examples: kg explain "MSCs reduced inflammation in mice with colitis."
              kg explain article.xml
    """
    from kg import articles, vocabulary
    from kg.extraction import Extractor
    from kg.web.trial import read_trial, trial_of

    words = vocabulary.load(ontology)
    extractor = Extractor(words)
    if _is_file(text):
        found = map(articles.segment, articles.read(text, on_error=lambda error: say(str(error))))
        trials = [trial_of(article.text, (article,), extractor) for article in found]
    else:
        trials = [read_trial(sys.stdin.read() if text == "-" else text, extractor)]
    rows = [row for trial in trials for row in _explained(trial, words)]
    if not rows:
        say("no sentence in this text: nothing was read")
    print_rows(("what", "words", "reading", "why"), rows, format)


def _is_file(text: str) -> bool:
    """Whether a text is the name of a file: what is too long, or has signs that no name has, is none."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _explained(trial: "Trial", words: "Vocabulary") -> list[tuple[str, str, str, str]]:
    """The rows that tell what was read in a text."""
    rows = [
        (segment.kind, segment.text, f"{words.label(segment.id)} ({segment.id})" if segment.id else "", "")
        for segment in trial.segments
        if segment.kind
    ]
    rows += [("frame", told, "", "") for told in trial.frames]
    for taken in trial.claims:
        claim = taken.stated.claim
        said = f"{words.label(claim.subject)} {claim.predicate} {words.label(claim.object)}"
        if claim.disease:
            said += f" in {words.label(claim.disease)}"
        details = [
            claim.polarity,
            claim.certainty,
            claim.evidence,
            claim.basis,
            *([claim.value + claim.unit] if claim.value else []),
        ]
        details += [f"{key} {words.label(value)}" for key, value in claim.qualifiers]
        rows.append(("claim", taken.sentence, said, f"{', '.join(details)}; {claim.confidence:.2f}: {taken.reasons}"))
    for refusal in trial.refused:
        said = ""
        if refusal.statement:
            subject, predicate, object_ = refusal.statement
            said = f"{words.label(subject)} {predicate} {words.label(object_)}"
        rows.append(("rejected", refusal.sentence, said, refusal.reason))
    return rows
