"""Corrections: what a curator says of claims, kept in a plain table beside the graph.

Each line of the table says who judged which claim, when and why: that it is right, that it is wrong, or what it should
say. A claim is found again, after any rebuild, by its article, the hash of its sentence, its ends and its polarity.
What is wrong stays in the graph, marked (`stemkg:judgement`), but counts in no finding, is in no table of claims, and
on no page. So does the old form of what is to be changed, beside the new one. The last line on a claim counts.
"""

import contextlib
import csv
import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import pyoxigraph as ox

from kg.claim import POLARITIES, PREDICATES, Claim, Polarity, Predicate
from kg.disk import append
from kg.exhibit import Unknown, find
from kg.loading import unpack
from kg.namespaces import CLAIM, contract
from kg.quads import FOLLOWING, claim_of, follow
from kg.rdf import (
    SOURCE,
    Graph,
    Key,
    Node,
    article_id,
    article_node,
    claim_node,
    decimal,
    finding,
    iri,
    value_of,
)
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary

#: What a curator may say of a claim.
Verdict = Literal["right", "wrong", "change"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

#: The name of the table in the folder of a store.
FILE = "corrections.tsv"

_JUDGEMENT, _FINDING, _RULE = iri("stemkg:judgement"), iri("stemkg:finding"), iri("stemkg:rule")
_CONFIDENCE, _RETRACTED, _PREDICATE = iri("stemkg:confidence"), iri("stemkg:retracted"), iri("stemkg:predicate")
_CURATED = '"curated"'


class CurationError(ValueError):
    """A correction that can't be read or made; the message says why."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A line of the table. The fields with `new_` are what a claim should say, where that is other than it does."""

    when: str
    who: str
    verdict: Verdict
    why: str
    article: str
    sentence: str  # the SHA-256 of the sentence
    subject: str
    predicate: str
    object: str
    polarity: str
    value: str = ""
    new_subject: str = ""
    new_predicate: str = ""
    new_object: str = ""
    new_polarity: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What names the claim."""
        return (self.article, self.sentence, self.subject, self.predicate, self.object, self.polarity, self.value)

    def changed(self, claim: Claim) -> Claim:
        """The claim as it should be."""
        object_ = self.new_object or claim.object
        predicate: Predicate = self.new_predicate or claim.predicate  # type: ignore[assignment]
        polarity: Polarity = self.new_polarity or claim.polarity  # type: ignore[assignment]
        disease = object_ if claim.disease == claim.object else claim.disease
        return dataclasses.replace(
            claim, subject=self.new_subject or claim.subject, predicate=predicate, object=object_, disease=disease,
            polarity=polarity, confidence=1.0, rule="curated", cues=(),
        )  # fmt: skip


_FIELDS = tuple(field.name for field in dataclasses.fields(Correction))


def key_of(claim: Claim, sentence: str) -> tuple[str, ...]:
    """What names a claim to a correction; `sentence` is the SHA-256 of its sentence."""
    return (claim.doc, sentence, claim.subject, claim.predicate, claim.object, claim.polarity, claim.value)


class Corrections:
    """The corrections of a table, the last on each claim."""

    def __init__(self, lines: Iterable[Correction] = ()) -> None:
        self.by_article: dict[str, dict[tuple[str, ...], Correction]] = {}
        for one in lines:
            self.by_article.setdefault(one.article, {})[one.key] = one

    @classmethod
    def read(cls, file: Path) -> "Corrections":
        """The corrections of a table; none where there is no such file. Raises `CurationError` naming the line."""
        with contextlib.suppress(FileNotFoundError):
            return cls(_lines(file))
        return cls()

    @classmethod
    def of(cls, store: Store) -> "Corrections":
        """The corrections of a store. Raises `CurationError`."""
        return cls.read(store.folder / FILE) if store.folder else cls()

    def on(self, claim: Claim, sentence: str) -> Correction | None:
        """What was said of a claim, whose sentence has this SHA-256."""
        return self.by_article.get(claim.doc, {}).get(key_of(claim, sentence))

    def applied(self, articles: Iterable[Staged]) -> list[Staged]:
        """Articles that are to be staged, with the corrections to each."""
        if not self.by_article:
            return list(articles)
        return [self._applied(one) if one.quads and one.id in self.by_article else one for one in articles]

    def _applied(self, staged: Staged) -> Staged:
        assert staged.quads is not None
        graph = Graph.of(ox.parse(unpack(staged.quads), format=ox.RdfFormat.N_QUADS))
        return Staged.of(staged.id, staged.source, staged.digest, self.graph(staged.id, graph))

    def graph(self, id: str, old: Graph) -> Graph:
        """The graph of an article with the corrections to it, whatever corrections were made to it before."""
        corrections = self.by_article.get(id, {})
        new = _Corrected(str(article_node(id)), _RETRACTED in old.said.get(str(article_node(id)), {}))
        for node, everything in old.said.items():
            if not node.startswith("<" + CLAIM):
                new.tell(node, {what: values for what, values in everything.items() if what not in FOLLOWING})
                continue
            if everything.get(_RULE) == [_CURATED]:
                continue
            said = {what: values for what, values in everything.items() if what not in (_JUDGEMENT, _FINDING)}
            claim, sentence = read_claim(id, said)
            correction = corrections.get(key_of(claim, sentence))
            if correction is None:
                new.claim(node, claim, said)
                continue
            changed = correction.changed(claim) if correction.verdict == "change" else claim
            other = claim_node(changed) != claim_node(claim)
            # A change to what it is already says that it is right.
            if correction.verdict == "wrong" or other:
                new.tell(node, said | {_JUDGEMENT: ['"wrong"']})
            else:
                new.claim(node, claim, said | {_JUDGEMENT: ['"right"']})
            if other:
                new.claim(str(claim_node(changed)), changed, said | _said_anew(changed))
        return new.graph


class _Corrected:
    """The graph of an article while it is written anew: `name` is that of the article, as a node."""

    def __init__(self, name: Node, retracted: bool) -> None:
        self.graph, self.name, self.retracted = Graph(), name, retracted

    def tell(self, node: Node, said: dict[Node, list[Node]]) -> None:
        """Say of a node what was said of it."""
        for predicate, values in said.items():
            for value in values:
                self.graph.put(node, predicate, value, self.name)

    def claim(self, node: Node, claim: Claim, said: dict[Node, list[Node]]) -> None:
        """Say of a claim what was said of it, and all that follows where it is not wrong."""
        self.tell(node, said)
        if not self.retracted:
            about = Key(claim.subject, "stemkg:" + claim.predicate, claim.object, claim.disease)
            self.graph.put(node, _FINDING, finding(about), self.name)
        follow(self.graph, self.name, claim)


def _said_anew(claim: Claim) -> dict[Node, list[Node]]:
    """What is said of a claim that a curator changed, where that may be other than before."""
    said = {
        "subject": iri(claim.subject),
        "predicate": iri("stemkg:" + claim.predicate),
        "object": iri(claim.object),
        "polarity": iri("stemkg:" + claim.polarity.capitalize()),
        "rule": _CURATED,
        "confidence": str(decimal(1)),
        "judgement": '"right"',
    }
    if claim.disease:
        said["disease"] = iri(claim.disease)
    return {iri("stemkg:" + what): [value] for what, value in said.items()}


def read_claim(id: str, said: dict[Node, list[Node]]) -> tuple[Claim, str]:
    """A claim and the hash of its sentence, from what a graph says of its node."""
    words = {contract(what[1:-1]): contract(value_of(values[0])) for what, values in said.items()}
    return claim_of(id, words), words.get("stemkg:sentenceHash", "")


# The table


def _lines(file: Path) -> Iterator[Correction]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(next(rows, ())) != _FIELDS:
            raise CurationError(f"{file}:1: the columns are not {', '.join(_FIELDS)}")
        for number, row in enumerate(rows, start=2):
            if len(row) != len(_FIELDS):
                raise CurationError(f"{file}:{number}: not {len(_FIELDS)} columns")
            one = Correction(*row)  # type: ignore[arg-type]
            for field, allowed in (("verdict", VERDICTS), ("polarity", POLARITIES), ("predicate", PREDICATES)):
                if getattr(one, field) not in allowed:
                    raise CurationError(f"{file}:{number}: {field}: {getattr(one, field)!r} is not one of {allowed}")
            for field, allowed in (("new_polarity", POLARITIES), ("new_predicate", PREDICATES)):
                if (value := getattr(one, field)) and value not in allowed:
                    raise CurationError(f"{file}:{number}: {field}: {value!r} is not one of {', '.join(allowed)}")
            yield one


def write(file: Path, correction: Correction) -> None:
    """Add a line to a table, which is made where there is none; what stands in it stays as it is."""
    cells = [" ".join(str(getattr(correction, name)).split()) for name in _FIELDS]
    begun = file.exists() and file.stat().st_size > 0
    append(file, "".join("\t".join(row) + "\n" for row in ([cells] if begun else [_FIELDS, cells])))


class Change(NamedTuple):
    """What a claim should say: names or CURIEs of terms, a relation, a polarity; nothing for what is right in it."""

    subject: str = ""
    predicate: str = ""
    object: str = ""
    polarity: str = ""


def correction(
    store: Store, words: Vocabulary, name: str, verdict: str, why: str, who: str, change: Change
) -> Correction:
    """What a curator says of a claim of a store, which is named by its id or IRI, or the first digits of it.

    Raises `CurationError`.
    """
    if verdict not in VERDICTS:
        raise CurationError(f"{verdict or 'nothing'!r} is not a verdict: {', '.join(VERDICTS)}")
    if (verdict == "change") != any(change):
        raise CurationError("a change, and nothing else, takes --subject, --predicate, --object or --polarity")
    for option, value, allowed in (
        ("predicate", change.predicate, PREDICATES),
        ("polarity", change.polarity, POLARITIES),
    ):
        if value and value not in allowed:
            raise CurationError(f"--{option}: {value!r} is not one of {', '.join(allowed)}")
    try:
        node = find(store, name)
    except Unknown as error:
        raise CurationError(error) from None
    (source,) = {quad.object for quad in store.graph.quads_for_pattern(node, SOURCE, None)}
    id = article_id(ox.NamedNode(str(source)[1:-1])) or ""
    claim, sentence = read_claim(id, Graph.of(store.quads(id)).said[str(node)])
    ends = [_term(words, option, value) for option, value in (("subject", change.subject), ("object", change.object))]
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Correction(
        when, who, verdict, why, id, sentence,
        claim.subject, claim.predicate, claim.object, claim.polarity, claim.value,
        ends[0], change.predicate, ends[1], change.polarity,
    )  # fmt: skip


def _term(words: Vocabulary, option: str, value: str) -> str:
    """The CURIE of a term by its name; nothing for no name. Raises `CurationError`."""
    if not value:
        return ""
    if found := words.find(value):
        return found[0]
    near = words.suggest(value)
    raise CurationError(
        f"--{option}: no term is called {value!r}" + (f": did you mean {', '.join(near)}?" if near else "")
    )


def correct(store: Store, correction: Correction) -> None:
    """Write a correction down, and bring the article that it is of up to date in the store, which is open to write.

    Raises `CurationError` where the table can't be read, or nothing in the store is called so; `StoreError`.
    """
    if store.folder is None:
        raise CurationError("a store in memory keeps no corrections")
    quads = store.quads(correction.article)
    known = store.ledger.known(correction.article)
    if known is None or not quads:
        raise CurationError(f"{correction.article}: there is no such article in the store")
    Corrections.of(store)  # what can't be read is told before anything is written
    write(store.folder / FILE, correction)
    graph = Corrections.of(store).graph(correction.article, Graph.of(quads))
    store.begin()
    store.stage([Staged.of(correction.article, *known, graph)])
    store.commit()


def gold(store: Store) -> Iterator[tuple[str, ...]]:
    """What curators found right, and what they changed claims to, as the rows of a claims table.

    Raises `CurationError`.
    """
    for id, corrections in sorted(Corrections.of(store).by_article.items()):
        claims = []
        for node, said in Graph.of(store.quads(id)).said.items():
            if node.startswith("<" + CLAIM) and _PREDICATE in said and said.get(_RULE) != [_CURATED]:
                claim, sentence = read_claim(id, said)
                correction = corrections.get(key_of(claim, sentence))
                if correction and correction.verdict != "wrong":
                    claims.append(correction.changed(claim) if correction.verdict == "change" else claim)
        yield from sorted({claim.row() for claim in claims})
