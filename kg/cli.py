"""The command line: arguments in, results out.

Results go to standard output and everything else to standard error. Exit codes: 0 where all is well, 1 where a
problem was found, 2 where the command was called wrongly.
"""

import csv
import gc
import sys
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from kg import paths
from kg.tables import Format, printable, render

if TYPE_CHECKING:
    from kg.articles import Note, OnNote
    from kg.asking import Source
    from kg.catalogue import StoredQuery
    from kg.pipeline import Progress, Summary
    from kg.store import Store
    from kg.vocabulary import Vocabulary
    from kg.web.site import Site

# What a command needs is imported when it runs: `kg --help` is not to wait for a reasoner.

app = typer.Typer(
    name="kg",
    help="Build a knowledge graph of what texts claim about cell therapy, ask it questions, and show why it says so.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_stderr = Console(stderr=True)

Folder = Annotated[Path, typer.Option("--store", help="The folder of the store.", show_default=True)]
Rows = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
Ontology = Annotated[Path, typer.Option("--ontology", help="The folder of the ontology.", show_default=False)]
Texts = Annotated[
    list[Path] | None,
    typer.Option("--texts", help="Files or folders with the texts, where they aren't what the store was built from."),
]

STORE = Path("stemkg-store")


class Wrong(Exception):
    """The command was called wrongly; the message says how."""


class Trouble(Exception):
    """A problem that was found; the message names it."""


def _version(asked: bool) -> None:
    if asked:
        print(f"kg {version('stemkg')}")
        raise typer.Exit


@app.callback()
def _all(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


def main() -> NoReturn:
    """Run the command line, and end the process."""
    gc.set_threshold(100_000)  # what is loaded stays to the end: looking through it takes a tenth of a short command
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Errors that a user can mend are one line on standard error."""
    from kg.articles import ArticleError
    from kg.store import StoreError
    from kg.vocabulary import VocabularyError

    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="kg", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except typer.Exit as ending:
        return ending.exit_code
    except (Wrong, StoreError, ArticleError) as error:
        _say(error)
        return 2
    except (Trouble, VocabularyError) as error:
        _say(error)
        return 1
    except BrokenPipeError:  # the reader of our output, "head" say, has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        _say("stopped")
        return 130
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # the call itself, by Click
            error.show()  # type: ignore[attr-defined]
            return int(error.exit_code)
        raise


def _say(what: object) -> None:
    # A file's name, a title or a server's words may hold what a terminal would obey, or what is no text.
    print(printable(f"kg: {what}".encode("utf-8", "replace").decode()), file=sys.stderr)


def _print(columns: Sequence[str], rows: Iterable[Sequence[str]], format: Format) -> None:
    text = render(columns, rows, format)
    sys.stdout.write(printable(text) if sys.stdout.isatty() else text)


def _open(folder: Path) -> "Store":
    from kg.store import Store

    return Store.open(folder, read_only=True)


# Building


@app.command()
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
    except (BuildError, ShapesError) as error:
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
            console=_stderr,
            disable=not _stderr.is_terminal,
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
        _say(f"skipped: {line}")
    for note in summary.unread:
        _say(f"passed over: {note}")
    for problem in summary.problems:
        _say(problem)
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


# Asking


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A stored query; all are listed where none is named.")] = "",
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
        stored = catalogue.Catalogue.load()
        if turtle:
            sys.stdout.write(stored.as_turtle(words, endpoint))
            return
        if not name and file is None:
            _print(("query", "question"), [(one.name, one.question) for one in stored], format)
            return
        if name and file is not None:
            raise Wrong("name a stored query or a file, not both")
        if about:
            _about(stored[name], format)
            return
        values = _parameters(context.args)
        if file is not None and values:
            raise Wrong("the SPARQL of a file takes no parameters")
        if sparql:
            sys.stdout.write(_text_of(file) if file else stored[name].bind(values, words))
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
            source = _weighed(_open(store), weights, words) if weights else _open(store)
        if file:
            rows = asking.select(source, _text_of(file), words)
        else:
            at_hand = AtHand([paths.DIGESTS, *(texts or [])], None if endpoint or data else store)
            weighed = Weights.of(words).changed(weights) if weights else None
            steps = answers.rows(stored[name], values, words, at_hand, limit, sentences=sentences, weights=weighed)
            rows, why = answers.drive(steps, source, words)
            if why:
                _say(why)
    except (asking.QueryError, WeightsError) as error:
        raise Wrong(error) from None
    except catalogue.CatalogueError as error:
        raise Trouble(error) from None
    cells = [tuple(_id(cell) for cell in row) for row in rows.rows] if ids else rows.words()
    _print(rows.columns, cells, format)


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
    _print(("option", "takes", "without it", "example", "meaning"), rows, format)


def _parameters(arguments: Sequence[str]) -> dict[str, str]:
    """`--name value` and `--name=value` as a mapping; `--people` alone is yes."""
    values = {}
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            raise Wrong(f"{argument!r}: a parameter is given as --NAME VALUE")
        name, equals, value = argument[2:].partition("=")
        if argument == "--people":
            value = "yes"
        elif not equals:
            found = next(rest, None)
            if found is None:
                raise Wrong(f"--{name} needs a value")
            value = found
        values[name] = value
    return values


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{file}: {getattr(error, 'strerror', None) or error}") from None


@app.command()
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

    with _open(store) as opened:
        try:
            found = exhibit(opened, claim, AtHand([paths.DIGESTS, *(texts or [])], store))
        except Unknown as error:
            raise Wrong(error) from None
    if format is Format.table and found.sentence:
        before, sentence, after = found.before, found.sentence, found.after
        out = Console(highlight=False, soft_wrap=True)
        mark = f"[bold reverse]{escape(sentence)}[/]" if out.is_terminal else f"»{escape(sentence)}«"
        out.print(f"{escape(before)}{mark}{escape(after)}\n")
    if found.missing:
        _say(found.missing)
    rows = list(found.rows)
    if format is not Format.table and found.sentence:
        rows.append(("sentence", found.sentence))
    _print(("property", "value"), rows, format)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help='A sentence or more; "-" reads standard input.')],
    ontology: Ontology = paths.ONTOLOGY,
    format: Rows = Format.table,
) -> None:
    """Tell what is read in a text: names, cues, claims, and every candidate that was rejected, with the reason.

    Example: kg explain "MSCs reduced inflammation in mice with colitis."
    """
    from kg import vocabulary
    from kg.extraction import Extractor
    from kg.web.trial import read_trial

    words = vocabulary.load(ontology)
    trial = read_trial(sys.stdin.read() if text == "-" else text, Extractor(words))
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
    if not rows:
        _say("no sentence in this text: nothing was read")
    _print(("what", "words", "reading", "why"), rows, format)


# Checking


@app.command()
def validate(
    store: Folder = STORE,
    ontology: Annotated[
        bool, typer.Option("--ontology", help="Check the ontology (profile, reasoner, reports), not the store.")
    ] = False,
    reference: Annotated[
        bool, typer.Option("--reference", help="Check article by article with pyshacl: slower, the same answers.")
    ] = False,
    format: Rows = Format.table,
) -> None:
    """Check the store against its shapes and rules, or the ontology against the checks of the field.

    \b
    Examples: kg validate --store graph
              kg validate --ontology
    """
    from kg import vocabulary

    if ontology:
        from kg.ontology import OntologyError
        from kg.ontology import validate as validate_ontology

        try:
            report = validate_ontology()
        except OntologyError as error:
            raise Trouble(error) from None
        _print(
            ("severity", "check", "entity", "property", "value", "reason"), [tuple(row) for row in report.rows], format
        )
        for note in report.notes:
            _say(note)
        raise typer.Exit(0 if report.clean else 1)
    from kg.validation import Validator, rule_problems

    with _open(store) as opened:
        validator = Validator(vocabulary.load())
        if reference:
            problems = [problem for id in opened.article_ids() for problem in validator.reference(opened.quads(id))]
        else:
            problems = validator.check_store(opened)
        problems += rule_problems(opened)
        articles = len(opened.article_ids())
    rows = [(one.article, one.node, one.about, one.reason, one.value) for one in problems]
    _print(("article", "node", "says", "reason", "value"), rows, format)
    print(f"{articles:,} articles checked: {len(problems):,} problems", file=sys.stderr)
    raise typer.Exit(1 if problems else 0)


@app.command()
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
    _print(("part", "fault"), faults, format)
    print(f"{store}: {len(faults):,} faults", file=sys.stderr)
    if faults and repair:
        repaired = mend(store, vocabulary.load(ontology))
        for id in repaired.lost:
            _say(f"{id}: lost; the next build reads its file again")
        print(f"{store}: made anew with {repaired.kept:,} articles, without {len(repaired.lost):,}", file=sys.stderr)
        faults = faults_of(store)
    raise typer.Exit(1 if faults else 0)


@app.command()
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
    with _open(store) as opened:
        found = [record.claim for _, records in articles(opened) for record in records]
        missing = sorted({claim.doc for claim in wanted} - set(opened.article_ids()))
    if missing:
        _say(f"not in the store: {', '.join(missing)}")
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
        _print(columns, sorted(listed), format)
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
    _print(
        ("predicate", "precision", "recall", "F1", "lenient P", "lenient R", "lenient F1", "right", "wrong", "missed"),
        table,
        format,
    )


# Taking away


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to; the suffix tells the format (.ttl, .nq, .jsonld, .tsv …).")],
    store: Folder = STORE,
    format: Annotated[str, typer.Option("--format", help="A format, where the suffix does not tell it.")] = "",
) -> None:
    """Write the graph to a file of another form.

    \b
    Examples: kg export graph.ttl
              kg export claims.tsv --format claims
    """
    from kg.exports import export as write

    with _open(store) as opened:
        try:
            written = write(opened, file, format or None)
        except ValueError as error:
            raise Wrong(error) from None
        except OSError as error:
            raise Trouble(error) from None
    for path in written:
        print(path, file=sys.stderr)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A store's folder, N-Quads, TriG or a table of claims.")],
    new: Annotated[Path, typer.Argument(help="The same, of later.")],
    ids: Annotated[bool, typer.Option("--ids", help="Identifiers rather than labels.")] = False,
    format: Rows = Format.table,
) -> None:
    """Tell which claims are new, gone, flipped, raised or lowered between two graphs.

    Example: kg diff release-1.nq stemkg-store --format md
    """
    from kg import vocabulary
    from kg.diff import COLUMNS, DiffError, markdown
    from kg.diff import diff as compare

    label = str if ids else vocabulary.load().label
    try:
        changes = sorted(compare(old, new))
    except DiffError as error:
        raise Wrong(error) from None
    if format is Format.md:
        sys.stdout.write(markdown(changes, label))
    else:
        _print(COLUMNS, [change.row(label) for change in changes], format)


@app.command()
def push(
    endpoint: Annotated[str, typer.Argument(metavar="URL", help="A SPARQL Update endpoint, or a Graph Store.")],
    store: Folder = STORE,
    protocol: Annotated[
        str, typer.Option(help='"update" (SPARQL Update) or "graphs" (Graph Store protocol).')
    ] = "update",
    query: Annotated[
        str, typer.Option(metavar="URL", help="The other store's endpoint for queries, where it isn't found.")
    ] = "",
    user: Annotated[str, typer.Option(metavar="NAME:PASSWORD", help="For basic authentication.")] = "",
) -> None:
    """Load the graph into another store; each of its graphs replaces the one of that name there.

    Afterwards the triples there are counted: what was not stored is told.

    Example: kg push http://localhost:7878/update
    """
    from kg.push import PushError
    from kg.push import push as send

    if protocol not in ("update", "graphs"):
        raise Wrong(f"--protocol: {protocol!r} is not update or graphs")
    if urllib.parse.urlsplit(endpoint).scheme not in ("http", "https"):
        raise Wrong(f"{endpoint!r} is not the address of an endpoint (http:// or https://)")
    with _open(store) as opened:
        try:
            count = send(opened, endpoint, graphs=protocol == "graphs", query=query, user=user)
        except PushError as error:
            raise Trouble(error) from None
    print(f"{count:,} triples sent to {endpoint}, and counted there", file=sys.stderr)


@app.command()
def fetch(
    wanted: Annotated[list[str], typer.Argument(help="PMIDs, PMCIDs, DOIs, and searches, which are all else.")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("fetched"),
    service: Annotated[str, typer.Option(help="Where searches go: europepmc or pubmed.")] = "europepmc",
    limit: Annotated[int, typer.Option(min=1, help="The most results of a search.")] = 1_000,
    full_text: Annotated[bool, typer.Option("--full-text", help="Open articles whole, not as abstracts.")] = False,
) -> int:
    """Fetch articles from Europe PMC and NCBI into a folder that `kg build` reads.

    What is there already is not fetched again, and what was broken off goes on where it was. NCBI_API_KEY and
    NCBI_EMAIL, if set, are told to NCBI; STEMKG_EUROPEPMC and STEMKG_EUTILS name other addresses of the services.

    Example: kg fetch "mesenchymal stem cells AND lupus" --to papers
    """
    from kg.fetch import Fetched, FetchError, Settings
    from kg.fetch import fetch as run_fetch

    if service not in ("europepmc", "pubmed"):
        raise Wrong(f"{service!r} is not a service: europepmc or pubmed")
    with _stderr.status("asking", spinner="dots") as status:

        def tell(so_far: Fetched) -> None:
            status.update(f"{len(so_far.written):,} articles fetched")

        try:
            fetched = run_fetch(
                wanted,
                to,
                service="pubmed" if service == "pubmed" else "europepmc",
                limit=limit,
                full_text=full_text,
                settings=Settings.from_environment(),
                progress=tell,
            )
        except FetchError as error:
            raise Trouble(error) from None
    print(f"{len(fetched.written):,} articles fetched into {to}, {fetched.present:,} there already", file=sys.stderr)
    for missing in fetched.missing:
        _say(f"{missing}: not to be had")
    return 1 if fetched.missing else 0


# Looking


@app.command()
def serve(
    store: Folder = STORE,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
    get: Annotated[str, typer.Option(metavar="PATH", help="Print one page and end, without a server.")] = "",
    texts: Texts = None,
    ontology: Ontology = paths.ONTOLOGY,
    cors: Annotated[bool, typer.Option("--cors", help="Let pages of other sites ask the endpoint.")] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A name by which browsers know this server, beside localhost; * is any."),
    ] = None,
    limit: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Change a limit, such as seconds=60 or rows=1000.")
    ] = None,
) -> None:
    """Serve the SPARQL endpoint and the pages.

    Example: kg serve --port 8080 --texts papers/
    """
    from kg.web import serving

    ready = _site(store, texts, ontology, cors=cors, limits=limit or [], hosts=name or [])
    if get:
        if not get.startswith("/"):
            raise Wrong(f"{get!r} is not the path of a page: it begins with a slash")
        status, page = serving.get(ready, get)
        sys.stdout.buffer.write(page)
        if status >= 400:
            raise Trouble(f"{get}: status {status}")
        return
    try:
        serving.serve(ready, host, port, lambda address: _say(f"serving {address} (Ctrl+C ends it)"))
    except serving.ServingError as error:
        raise Trouble(error) from None


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(help="The folder to write to: a new one, or an earlier such site.")],
    store: Folder = STORE,
    texts: Texts = None,
    ontology: Ontology = paths.ONTOLOGY,
) -> None:
    """Write the pages as static files, for any web host.

    Example: kg site public/
    """
    from kg.web import serving

    try:
        with _stderr.status("writing pages") as status:
            count = serving.write_site(
                _site(store, texts, ontology), folder, lambda done: status.update(f"{done:,} pages written")
            )
    except serving.ServingError as error:
        raise Trouble(error) from None
    _say(f"{count:,} files in {folder}")


def _site(
    store: Path,
    texts: list[Path] | None,
    ontology: Path,
    *,
    cors: bool = False,
    limits: Sequence[str] = (),
    hosts: Sequence[str] = (),
) -> "Site":
    """What the pages are made from. Raises `StoreError`, `ArticleError`, `VocabularyError`, `Wrong` or `Trouble`."""
    from kg.catalogue import CatalogueError
    from kg.texts import Texts as AtHand
    from kg.web.limits import Limits
    from kg.web.site import Site

    try:
        allowed = Limits.of(limits)
    except ValueError as error:
        raise Wrong(error) from None
    try:
        known = AtHand([paths.DIGESTS, *(texts or [])], store)
        return Site(store, allowed, ontology, texts=known, cors=cors, hosts=(*hosts,))
    except CatalogueError as error:
        raise Trouble(error) from None


@app.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.")],
) -> None:
    """Write the documentation of the ontology and of the stored queries as HTML.

    Example: kg docs public/docs
    """
    from kg.docs import write

    try:
        pages = write(folder)
    except OSError as error:
        raise Trouble(error) from None
    _say(f"{pages} pages in {folder}")


if __name__ == "__main__":
    main()
