"""What changed between two graphs: claims that are new, gone or flipped, and those that grew or lost in strength.

Claims are compared article by article and by what they say, not by where: a text that was edited above a sentence
makes no news of it. Of a statement that an article makes more than once, the strongest claim counts: the surest, of
equally sure ones the finding of a study, of these that of the best evidence.
"""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.claim import BASES, CERTAINTIES, EVIDENCE, Claim
from kg.exports.records import articles
from kg.store import Store

#: The kinds of change, in the order in which they are told.
KINDS = (
    "new", "gone", "flipped", "certainty raised", "certainty lowered", "basis raised", "basis lowered",
    "evidence raised", "evidence lowered",
)  # fmt: skip

#: The columns of a table of changes.
COLUMNS = ("change", "article", "subject", "predicate", "object", "disease", "value", "before", "after")

#: Files that are read as RDF, by suffix.
_RDF = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG}
_TABLES = {".tsv": "\t", ".csv": ","}


class DiffError(ValueError):
    """An input that can't be read. The message names it, the line where there is one, and the reason."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change to one statement of one article; the fields are those of `COLUMNS`.

    Identifiers are CURIEs. `value` is the number of an outcome with its unit and qualifiers. `before` and `after` say
    how the statement stood: "positive, asserted, RandomizedTrial, finding"; empty where it did not.
    """

    change: str
    article: str
    subject: str
    predicate: str
    object: str
    disease: str
    value: str
    before: str
    after: str

    def row(self, label: Callable[[str], str] = str) -> tuple[str, ...]:
        """The change as the cells of a table, its terms through `label`."""
        named = (label(self.subject), self.predicate, label(self.object), label(self.disease) if self.disease else "")
        return (self.change, self.article, *named, self.value, self.before, self.after)


class _Form(NamedTuple):
    """How a statement stands on one side of the question; what sorts first is stronger."""

    certainty: int
    basis: int
    evidence: int

    def words(self, polarity: str) -> str:
        return ", ".join((polarity, CERTAINTIES[self.certainty], EVIDENCE[self.evidence], BASES[self.basis]))


_Key = tuple[str, str, str, str, str]
_Statements = dict[_Key, dict[str, _Form]]


def _statements(claims: Iterable[Claim]) -> _Statements:
    """What the claims of one article say, by statement and polarity."""
    found: _Statements = defaultdict(dict)
    for claim in claims:
        qualifiers = [f"{key}={value}" for key, value in claim.qualifiers]
        number = " ".join(filter(None, [claim.value, claim.unit, *qualifiers]))
        key = (claim.subject, claim.predicate, claim.object, claim.disease, number)
        forms = found[key]
        form = _Form(CERTAINTIES.index(claim.certainty), BASES.index(claim.basis), EVIDENCE.index(claim.evidence))
        forms[claim.polarity] = min(form, forms.get(claim.polarity, form))
    return found


def compare(article: str, old: Iterable[Claim], new: Iterable[Claim]) -> list[Change]:
    """The changes between two readings of one article, sorted by kind and statement."""
    before, after = _statements(old), _statements(new)
    changes = []
    for key in before.keys() | after.keys():
        was, is_ = before.get(key, {}), after.get(key, {})

        def told(kind: str, was: str = "", now: str = "", key: _Key = key) -> None:
            changes.append(Change(kind, article, *key, was, now))

        lost, won = sorted(was.keys() - is_.keys()), sorted(is_.keys() - was.keys())
        if lost and won:
            told("flipped", was[lost[0]].words(lost[0]), is_[won[0]].words(won[0]))
        else:
            for polarity in lost:
                told("gone", was[polarity].words(polarity))
            for polarity in won:
                told("new", "", is_[polarity].words(polarity))
        for polarity in sorted(was.keys() & is_.keys()):
            then, now = was[polarity], is_[polarity]
            for what, first, second in zip(_Form._fields, then, now, strict=True):
                if first != second:
                    direction = "raised" if second < first else "lowered"
                    told(f"{what} {direction}", then.words(polarity), now.words(polarity))
    return sorted(changes, key=lambda change: (KINDS.index(change.change), astuple(change)))


def diff(old: Path, new: Path) -> Iterator[Change]:
    """The changes from one graph to another, article by article.

    Each is the folder of a store, a dump of one (`.nq`, `.trig`) or a claims table (`.tsv`, `.csv`).
    Raises `DiffError`, `kg.store.StoreError`.
    """
    with _reading(old) as before, _reading(new) as after:
        first, second = next(before, None), next(after, None)
        while first or second:
            article = min(side[0] for side in (first, second) if side)
            was: list[Claim] = []
            now: list[Claim] = []
            if first and first[0] == article:
                was, first = first[1], next(before, None)
            if second and second[0] == article:
                now, second = second[1], next(after, None)
            yield from compare(article, was, now)


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[tuple[str, list[Claim]]]]:
    """The claims of each article, sorted by article."""
    if delimiter := _TABLES.get(path.suffix.lower()):
        claims = sorted(_table(path, delimiter))
        yield ((doc, list(group)) for doc, group in groupby(claims, key=lambda claim: claim.doc))
    elif format := _RDF.get(path.suffix.lower()):
        with tempfile.TemporaryDirectory() as folder:
            graph = ox.Store(folder)
            try:
                graph.bulk_load(path=str(path), format=format)
            except (SyntaxError, ValueError, OSError) as error:
                line = getattr(error, "lineno", None)
                raise DiffError(f"{path}{f':{line}' if line else ''}: {getattr(error, 'msg', None) or error}") from None
            yield _stored(Store(graph))
    elif path.is_dir():
        with Store.open(path, read_only=True) as store:
            yield _stored(store)
    elif path.exists():
        raise DiffError(f"{path}: neither a store nor one of {', '.join([*_RDF, *_TABLES])}")
    else:
        raise DiffError(f"{path}: not there")


def _stored(store: Store) -> Iterator[tuple[str, list[Claim]]]:
    return ((source.id, [record.claim for record in records]) for source, records in articles(store))


def _table(path: Path, delimiter: str) -> Iterator[Claim]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter=delimiter), 2):
                try:
                    yield Claim.from_row(row)
                except ValueError as error:
                    raise DiffError(f"{path}:{number}: {error}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DiffError(f"{path}: {error}") from None


def markdown(changes: Iterable[Change], label: Callable[[str], str] = str) -> str:
    """The changes as Markdown for a changelog: a heading a kind, a line a statement with the articles it is in."""
    kinds: dict[str, dict[tuple[str, ...], list[str]]] = {kind: {} for kind in KINDS}
    for change in changes:
        kind, article, *what = change.row(label)
        kinds[kind].setdefault(tuple(what), []).append(article)
    parts = []
    for kind, statements in kinds.items():
        if statements:
            parts.append(f"### {kind.capitalize()} ({sum(map(len, statements.values()))})\n")
            parts.append("".join(sorted(_line(what, articles) for what, articles in statements.items())))
    return "\n".join(parts) if parts else "No claim changed.\n"


def _line(what: tuple[str, ...], articles: list[str]) -> str:
    subject, predicate, object_, disease, value, before, after = what
    statement = f"{subject} *{predicate}* {object_}" + (f" {value}" if value else "")
    context = f" in {disease}" if disease and disease != object_ else ""
    form = f"{before} → {after}" if before and after else before or after
    return f"- {statement}{context} ({form}): {', '.join(f'`{article}`' for article in articles)}\n"
