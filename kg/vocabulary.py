"""The vocabulary: what the ontology says of its terms, ready for use.

Names, synonyms, the tree and the cue words all come from the Turtle files of `ontology/`; nothing here knows a word.
"""

import difflib
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import mappings, namespaces, paths
from kg.further import Further, lexicon_files
from kg.kept import keep, kept, key_of
from kg.namespaces import PREFIXES, STEMKG, contract

_LABEL = PREFIXES["rdfs"] + "label"
_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_TYPE = PREFIXES["rdf"] + "type"
_OWL_TYPES = frozenset(
    PREFIXES["owl"] + name
    for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
)
_EXACT = PREFIXES["oboInOwl"] + "hasExactSynonym"
_RELATED = PREFIXES["oboInOwl"] + "hasRelatedSynonym"
_DEFINITION = PREFIXES["IAO"] + "0000115"
_VERSION = PREFIXES["owl"] + "versionInfo"
_KIND = STEMKG + "kind"
#: Of ontologies that begin labels with a capital.
_CAPITALS = ("HP:", "CHEBI:")
_NO_KINDS: frozenset[str] = frozenset()


class VocabularyError(Exception):
    """An ontology file that can't be read. The message names the file, the place and the reason."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology. `id` and `parents` are CURIEs; `kinds` are the kinds of the term and of its ancestors."""

    id: str
    label: str
    exact: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    definition: str = ""
    kinds: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The label and all synonyms."""
        return (self.label, *self.exact, *self.related)


def ontology_files(folder: Path) -> list[Path]:
    """The Turtle files that make up the ontology, in a fixed order: all but the SHACL shapes."""
    return [path for path in sorted(folder.glob("*.ttl")) if path.name != "shapes.ttl"] + sorted(
        (folder / "imports").glob("*.ttl")
    )


class Vocabulary:
    """The terms of an ontology folder. Load one with `Vocabulary.load`."""

    def __init__(self, triples: Iterable[ox.Triple], digest: str, lexicon: Iterable[tuple[str, bytes]] = ()) -> None:
        """A vocabulary of the given triples. `digest` tells this content from any other; `lexicon` are the tables of
        further terms, with their names."""
        self._hold(_worked_out(triples), digest, lexicon)

    def _hold(self, found: "_Found", digest: str, lexicon: Iterable[tuple[str, bytes]]) -> None:
        self.digest = digest
        self.version = found.version
        #: Every annotation in our own namespace: property name to sorted (term, value) pairs.
        self.annotations = found.annotations
        #: The IRI of what each declared entity is: `owl:Class`, a kind of property, or `owl:NamedIndividual`.
        self.types = found.types
        #: What other vocabularies call the terms.
        self.mappings: list[mappings.Mapping] = []
        self._parents = found.parents
        self._closure: dict[str, frozenset[str]] = {}
        self._words: frozenset[str] = frozenset()
        self.terms = found.terms
        self._kinds = {term.id: term.kinds for term in self.terms.values()}
        #: The terms beyond these: of the lexicon, and such as are coined.
        self.further = Further(lexicon, self.annotations.get("coins", ()))
        self._taken: dict[str, Term | None] = {}
        self._by_name: dict[str, tuple[str, ...]] = {}

    @classmethod
    def load(cls, folder: Path = paths.ONTOLOGY) -> "Vocabulary":
        """The vocabulary of an ontology folder.

        Raises `VocabularyError` where the folder has no ontology, or a file of it can't be parsed.
        """
        return cls.of(_Files.read(folder))

    @classmethod
    def of(cls, files: "_Files") -> "Vocabulary":
        """The vocabulary of files. Raises `VocabularyError`."""
        digest = hashlib.sha256()
        triples: list[ox.Triple] = []
        for path, content in files.ontology:
            digest.update(content)
            try:
                # Quads of Turtle are all in the default graph.
                triples.extend(quad.triple for quad in ox.parse(content, format=ox.RdfFormat.TURTLE))
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None)
                raise VocabularyError(f"{path}:{line or 1}: {getattr(error, 'msg', None) or error}") from None
        for _, content in files.lexicon:
            digest.update(content)
        try:
            known = [one for path, content in files.mappings for one in mappings.read(content.decode(), path)]
        except ValueError as error:
            raise VocabularyError(str(error)) from None
        digest.update(repr(known).encode() if known else b"")
        vocabulary = cls(triples, digest.hexdigest(), files.lexicon)
        vocabulary.mappings = known
        return vocabulary

    def kept(self) -> list[Any]:
        """What was worked out of the files, as JSON has it: see `restored`."""
        kinds = sorted({term.kinds for term in self.terms.values()}, key=sorted)
        place = {some: number for number, some in enumerate(kinds)}
        terms = [
            [one.id, one.label, one.exact, one.related, one.parents, one.definition, place[one.kinds]]
            for one in self.terms.values()
        ]
        said = self.digest, self.version, self.annotations, self.types, self._parents, self.mappings
        return [*said, [sorted(some) for some in kinds], terms]

    @classmethod
    def restored(cls, kept: list[Any], lexicon: Iterable[tuple[str, bytes]]) -> "Vocabulary":
        """The vocabulary that `kept` tells of."""
        digest, version, annotations, types, parents, mapped, kinds, terms = kept
        sets = [frozenset(some) for some in kinds]
        vocabulary = cls((), digest)
        found = _Found(
            version,
            {name: tuple([(id, value) for id, value in pairs]) for name, pairs in annotations.items()},
            types,
            {id: tuple(above) for id, above in parents.items()},
            {
                id: Term(id, label, tuple(exact), tuple(related), tuple(above), definition, sets[place])
                for id, label, exact, related, above, definition, place in terms
            },
        )
        vocabulary._hold(found, digest, lexicon)
        vocabulary.mappings = [mappings.Mapping(*one) for one in mapped]
        return vocabulary

    def __contains__(self, id: str) -> bool:
        return id in self.terms or self.term(id) is not None

    def term(self, id: str) -> Term | None:
        """A term of the ontology or, where a text may name it, one beyond it (see `kg.further`); None where an id is
        neither.

        Raises `LexiconError` where the lexicon can't be read.
        """
        known = self.terms.get(id)
        if known is None and id not in self._taken:
            self._taken[id] = None  # what is its own ancestor is no term
            entry = self.further.get(id) if id.partition(":")[0] in PREFIXES else None
            if entry is not None and all(parent in self for parent in entry.parents):
                kinds = frozenset(kind for parent in entry.parents for kind in self.kinds(parent))
                self._taken[id] = Term(id, entry.label, entry.synonyms, (), entry.parents, "", kinds)
            else:
                self._taken[id] = None
        return known or self._taken[id]

    def label(self, id: str) -> str:
        """The label of a term; the id itself where it is not one of ours."""
        term = self.term(id)
        return term.label if term else id

    def shown(self, id: str) -> str:
        """The label of a term as it stands in a sentence.

        Some ontologies begin labels with a capital: "Pain" is "pain", "Collagen" is "collagen", and "Raynaud
        phenomenon" stays what it is, as others write "Raynaud" too, and never "raynaud".
        """
        label = self.label(id)
        first = label.partition(" ")[0]
        if not (id.startswith(_CAPITALS) and first[1:].islower()):
            return label
        words = self._words_of_others()
        return label if first in words and first.lower() not in words else label[0].lower() + label[1:]

    def _words_of_others(self) -> frozenset[str]:
        """The words of all names that other ontologies give; worked out when first asked for."""
        if not self._words:
            names = [name for id, term in self.terms.items() if not id.startswith("HP:") for name in term.names]
            self._words = frozenset([word for name in names for word in name.split()])
        return self._words

    def kinds(self, id: str) -> frozenset[str]:
        """The kinds of a term: "cell", "disease" … (values of stemkg:kind on it or above it)."""
        kinds = self._kinds.get(id)
        if kinds is None:
            kinds = term.kinds if (term := self.term(id)) is not None else _NO_KINDS
        return kinds

    def ancestors(self, id: str) -> frozenset[str]:
        """The term and everything above it."""
        found = self._closure.get(id)
        if found is None:
            found = self._closure[id] = frozenset(_above(id, self.parents))
        return found

    def parents(self, id: str) -> tuple[str, ...]:
        """The parents of a term, in the ontology or beyond it."""
        known = self._parents.get(id)
        if known is None and (term := self.term(id)) is not None:
            known = term.parents
        return known or ()

    def _named(self) -> dict[str, tuple[str, ...]]:
        """The terms that have a name, best first; worked out when first asked for."""
        if self._by_name:
            return self._by_name
        # A label outranks an exact synonym, and that a related one: "lupus" finds what is called so first.
        terms = list(self.terms.values())
        ranks = ([(one.id, (one.label,)) for one in terms], [(one.id, one.exact) for one in terms],
                 [(one.id, one.related) for one in terms])  # fmt: skip
        for id, names in chain(*ranks):
            for name in names:
                folded = name.casefold()
                before = self._by_name.get(folded, ())
                if id not in before:
                    self._by_name[folded] = (*before, id)
        return self._by_name

    def find(self, name: str, kind: str | None = None) -> tuple[str, ...]:
        """The CURIEs of the terms that have this name, best first: by CURIE, IRI, label, exact or related synonym.

        Case, and the "s" of a plural, don't matter. `kind` leaves terms of that kind only.
        """
        name = " ".join(name.split())
        ids: tuple[str, ...] = ()
        if name in self.terms:
            ids = (name,)
        elif contract(name) in self.terms:
            ids = (contract(name),)
        else:
            folded = name.casefold()
            for form in (folded, folded.removesuffix("s"), folded.removesuffix("es"), folded + "s"):
                if ids := self._named().get(form, ()):
                    break
        return tuple(id for id in ids if kind is None or kind in self.kinds(id))

    def suggest(self, name: str, kind: str | None = None, n: int = 5) -> tuple[str, ...]:
        """Up to `n` labels of terms whose names are near this one."""
        named = self._named()
        near = difflib.get_close_matches(name.casefold(), named, n=5 * n, cutoff=0.6)
        ids = [id for form in near for id in named[form] if kind is None or kind in self.kinds(id)]
        return tuple(dict.fromkeys(self.label(id) for id in ids))[:n]

    def of_kind(self, kind: str) -> Iterator[Term]:
        """The terms of a kind, by CURIE."""
        return (term for term in self.terms.values() if kind in term.kinds)

    def values(self, annotation: str) -> dict[str, tuple[str, ...]]:
        """An annotation of ours (`stemkg:cue` is "cue"): CURIE to its sorted values."""
        grouped: dict[str, list[str]] = defaultdict(list)
        for id, value in self.annotations.get(annotation, ()):
            grouped[id].append(value)
        return {id: tuple(values) for id, values in grouped.items()}


class _Found(NamedTuple):
    """What triples say: see the fields of `Vocabulary`; `parents` are those of everything that is below something."""

    version: str
    annotations: dict[str, tuple[tuple[str, str], ...]]
    types: dict[str, str]
    parents: dict[str, tuple[str, ...]]
    terms: dict[str, Term]


def _worked_out(triples: Iterable[ox.Triple]) -> _Found:
    version = ""
    labels: dict[str, str] = {}
    exact: dict[str, set[str]] = defaultdict(set)
    related: dict[str, set[str]] = defaultdict(set)
    parents: dict[str, set[str]] = defaultdict(set)
    definitions: dict[str, str] = {}
    kinds: dict[str, set[str]] = defaultdict(set)
    annotations: dict[str, set[tuple[str, str]]] = defaultdict(set)
    triples = list(triples)
    for subject, predicate, object_ in triples:
        if not isinstance(subject, ox.NamedNode):
            continue
        iri = predicate.value
        if iri == _SUBCLASS:
            if isinstance(object_, ox.NamedNode):
                parents[contract(subject.value)].add(contract(object_.value))
        elif isinstance(object_, ox.Literal):
            id, text = contract(subject.value), object_.value
            if iri == _LABEL:
                labels[id] = text if id not in labels else min(labels[id], text)
            elif iri == _EXACT:
                exact[id].add(text)
            elif iri == _RELATED:
                related[id].add(text)
            elif iri == _DEFINITION:
                definitions[id] = text
            elif iri == _KIND:
                kinds[id].add(text)
            elif iri.startswith(STEMKG):
                annotations[iri[len(STEMKG) :]].add((id, text))
            elif iri == _VERSION and subject.value.startswith(STEMKG) and "imports/" not in subject.value:
                version = text
        elif isinstance(object_, ox.NamedNode) and iri.startswith(STEMKG):
            annotations[iri[len(STEMKG) :]].add((contract(subject.value), contract(object_.value)))
    direct = {id: tuple(sorted(above - {id})) for id, above in parents.items()}
    terms = {
        id: Term(
            id,
            labels[id],
            tuple(sorted(exact[id])),
            tuple(sorted(related[id])),
            direct.get(id, ()),
            definitions.get(id, ""),
            frozenset(
                kind for above in _above(id, lambda below: direct.get(below, ())) for kind in kinds.get(above, ())
            ),
        )
        for id in sorted(labels)
        if "://" not in id
    }
    said = {name: tuple(sorted(pairs)) for name, pairs in sorted(annotations.items())}
    return _Found(version, said, _types(triples), direct, terms)


def _above(id: str, parents: Callable[[str], Iterable[str]]) -> set[str]:
    """The term and everything above it."""
    seen: set[str] = set()
    todo = [id]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(parents(current))
    return seen


def _types(triples: Iterable[ox.Triple]) -> dict[str, str]:
    return {
        contract(subject.value): type.value
        for subject, predicate, type in triples
        if predicate.value == _TYPE
        and isinstance(subject, ox.NamedNode)
        and isinstance(type, ox.NamedNode)
        and type.value in _OWL_TYPES
    }


class _Files(NamedTuple):
    """The files of an ontology folder, each with its name: the ontology, the lexicon, and the mappings if there are."""

    ontology: list[tuple[str, bytes]]
    lexicon: list[tuple[str, bytes]]
    mappings: list[tuple[str, bytes]]

    @classmethod
    def read(cls, folder: Path) -> "_Files":
        """Raises `VocabularyError` where the folder has no ontology."""
        table = folder / mappings.NAME
        named = ontology_files(folder), lexicon_files(folder), [table] if table.is_file() else []
        if not named[0]:
            raise VocabularyError(f"{folder}: no ontology here (no .ttl file)")
        return cls(*([(str(path), path.read_bytes()) for path in some] for some in named))


def read(folder: Path = paths.ONTOLOGY) -> Vocabulary:
    """The vocabulary of a folder as it is now, which is parsed once for all processes while its files stay the same.

    Raises `VocabularyError`.
    """
    files = _Files.read(folder)
    # The code that works it out is a part of the key: what is kept has the form that this code gave it.
    code = Path(__file__).read_bytes(), Path(mappings.__file__).read_bytes(), Path(namespaces.__file__).read_bytes()
    key = key_of([*code, *(content for some in files for _, content in some)])
    if state := kept("vocabulary", key):
        return Vocabulary.restored(state, files.lexicon)
    vocabulary = Vocabulary.of(files)
    keep("vocabulary", key, vocabulary.kept())
    return vocabulary


@cache
def load(folder: Path = paths.ONTOLOGY) -> Vocabulary:
    """The vocabulary of a folder, read once a process. Raises `VocabularyError`."""
    return read(folder)


__all__ = ["Term", "Vocabulary", "VocabularyError", "load", "ontology_files", "read"]
