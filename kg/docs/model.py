"""The ontology as a reader sees it: entities with their words, their place and their definitions."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from markupsafe import Markup, escape

from kg import ontology
from kg.claim import PREDICATES
from kg.namespaces import STEMKG, contract, expand
from kg.vocabulary import Term, Vocabulary

#: What the kinds of terms are called in headings, in the order in which they are shown.
KINDS = (
    "cell", "product", "mechanism", "disease", "phenotype", "adverse_event", "tissue", "factor", "drug", "process",
    "pathway", "route", "outcome", "evidence", "species", "aspect", "control",
)  # fmt: skip

_CHARACTERISTICS = (
    "Functional",
    "InverseFunctional",
    "Transitive",
    "Symmetric",
    "Asymmetric",
    "Reflexive",
    "Irreflexive",
)


def node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(expand(curie))


@dataclass(frozen=True, slots=True)
class Mapping:
    """What another vocabulary calls a term of ours."""

    relation: str
    object: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A property of ours, for its page."""

    id: str
    label: str
    definition: str
    domain: Markup
    range: Markup
    notes: tuple[Markup, ...]


@dataclass
class Model:
    """Everything the pages show. `up` is the way from a page back to the root of the site: "" or "../"."""

    folder: Path
    graph: ox.Store = field(init=False)
    asserted: ox.Store = field(init=False)
    vocabulary: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        """Raises `VocabularyError`."""
        self.graph = ontology.read(self.folder)
        self.asserted = ontology.read(self.folder, release=False)
        self.vocabulary = Vocabulary.load(self.folder)

    # ---------------------------------------------------------------- terms

    @cached_property
    def ours(self) -> list[Term]:
        """Our classes that have a kind, by label."""
        found = (term for term in self.vocabulary.terms.values() if term.id.startswith("stemkg:") and term.kinds)
        return sorted(found, key=lambda term: (term.label.casefold(), term.id))

    @cached_property
    def children(self) -> dict[str, list[Term]]:
        """The terms right below a term, by label."""
        found: dict[str, list[Term]] = defaultdict(list)
        for term in self.vocabulary.terms.values():
            for parent in term.parents:
                found[parent].append(term)
        return {parent: sorted(terms, key=lambda term: term.label.casefold()) for parent, terms in found.items()}

    def of_kind(self, kind: str) -> tuple[list[Term], list[Term]]:
        """The terms of a kind: ours, and those of other ontologies, each by label."""
        terms = sorted(self.vocabulary.of_kind(kind), key=lambda term: (term.label.casefold(), term.id))
        return [t for t in terms if t.id.startswith("stemkg:")], [t for t in terms if not t.id.startswith("stemkg:")]

    def inferred(self, term: Term) -> tuple[str, ...]:
        """The parents that a reasoner found and nobody asserted."""
        subclass = node("rdfs:subClassOf")
        return tuple(
            parent for parent in term.parents if ox.Quad(node(term.id), subclass, node(parent)) not in self.asserted
        )

    def address(self, curie: str, up: str) -> str:
        """Where a term is explained: here for our classes, in its own ontology for others."""
        if curie.startswith("stemkg:") and curie in self.vocabulary and self.vocabulary.kinds(curie):
            return f"{up}terms/{curie.partition(':')[2]}.html"
        if curie in self._properties:
            return f"{up}relations.html#{curie.partition(':')[2]}"
        return own_page(curie)

    def link(self, curie: str, up: str) -> Markup:
        """A term's label, linked to where it is explained."""
        label = self.vocabulary.label(curie)
        return Markup('<a href="{}" title="{}">{}</a>').format(self.address(curie, up), curie, label)

    # ---------------------------------------------------------------- axioms

    def _objects(self, subject: ox.NamedNode | ox.BlankNode, curie: str) -> list[ox.NamedNode | ox.BlankNode]:
        found = self.asserted.quads_for_pattern(subject, node(curie), None)
        return [quad.object for quad in found if isinstance(quad.object, ox.NamedNode | ox.BlankNode)]

    def _list(self, head: ox.NamedNode | ox.BlankNode) -> list[ox.NamedNode | ox.BlankNode]:
        found = []
        while head != node("rdf:nil"):
            found += self._objects(head, "rdf:first")
            (head,) = self._objects(head, "rdf:rest")
        return found

    def expression(self, at: ox.NamedNode | ox.BlankNode, up: str) -> Markup:
        """A class expression in words, as Manchester syntax has them, with its terms linked."""
        if isinstance(at, ox.NamedNode):
            return self.link(contract(at.value), up)
        for curie, word in (("owl:intersectionOf", " and "), ("owl:unionOf", " or "), ("owl:oneOf", ", ")):
            if heads := self._objects(at, curie):
                return Markup(word).join(self.expression(one, up) for one in self._list(heads[0]))
        properties, fillers = self._objects(at, "owl:onProperty"), self._objects(at, "owl:someValuesFrom")
        if properties and fillers and isinstance(properties[0], ox.NamedNode):
            name = self.vocabulary.label(contract(properties[0].value))
            return Markup("<em>{}</em> some {}").format(name, self.expression(fillers[0], up))
        return escape("something that has no short form")

    def definitions(self, term: Term, up: str) -> list[Markup]:
        """What a term is logically equivalent to."""
        return [self.expression(one, up) for one in self._objects(node(term.id), "owl:equivalentClass")]

    def conditions(self, term: Term, up: str) -> list[Markup]:
        """What holds of every instance of a term, besides its parents."""
        above = self._objects(node(term.id), "rdfs:subClassOf")
        return sorted(self.expression(one, up) for one in above if isinstance(one, ox.BlankNode))

    @cached_property
    def _properties(self) -> set[str]:
        return {
            contract(quad.subject.value)
            for kind in ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
            for quad in self.asserted.quads_for_pattern(None, node("rdf:type"), node(kind))
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(STEMKG)
        }

    @cached_property
    def relations(self) -> list[Relation]:
        """The properties of ours, the thirteen of claims first."""
        first = [f"stemkg:{name}" for name in PREDICATES]
        return [self._relation(id) for id in [*first, *sorted(self._properties - set(first))] if id in self.vocabulary]

    def _relation(self, id: str) -> Relation:
        at = node(id)
        types = {contract(one.value) for one in self._objects(at, "rdf:type") if isinstance(one, ox.NamedNode)}
        notes = [Markup(name.lower()) for name in _CHARACTERISTICS if f"owl:{name}Property" in types]
        if "owl:AnnotationProperty" in types:
            notes.append(Markup("an annotation"))
        inverse = [*self._objects(at, "owl:inverseOf")]
        inverse += [
            quad.subject
            for quad in self.asserted.quads_for_pattern(None, node("owl:inverseOf"), at)
            if isinstance(quad.subject, ox.NamedNode)
        ]
        notes += [Markup("inverse of {}").format(self.link(contract(str(one.value)), "")) for one in inverse]
        for parent in self._objects(at, "rdfs:subPropertyOf"):
            notes.append(Markup("below {}").format(self.expression(parent, "")))
        for chain in self._objects(at, "owl:propertyChainAxiom"):
            steps = Markup(", then ").join(self.expression(one, "") for one in self._list(chain))
            notes.append(Markup("holds where there is {}").format(steps))
        domain, range_ = (
            Markup(" and ").join(self.expression(one, "") for one in self._objects(at, curie))
            for curie in ("rdfs:domain", "rdfs:range")
        )
        term = self.vocabulary.terms[id]
        return Relation(id, term.label, term.definition, domain, range_, tuple(notes))

    # ---------------------------------------------------------------- mappings and header

    @cached_property
    def mappings(self) -> dict[str, list[Mapping]]:
        """What others call our terms, from the SSSOM table; nothing where there is none."""
        file = self.folder / "mappings.sssom.tsv"
        found: dict[str, list[Mapping]] = defaultdict(list)
        if file.is_file():
            lines = file.read_text("utf-8").splitlines()
            prefixes = dict(
                line.removeprefix("#  ").split(": ", 1) for line in lines if line.startswith("#  ") and ": " in line
            )
            for row in csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"):
                prefix, _, local = row["object_id"].partition(":")
                relation = row["predicate_id"].removeprefix("skos:").removesuffix("Match")
                if prefix != "sssom":
                    address = prefixes.get(prefix, "") + local
                    found[row["subject_id"]].append(Mapping(relation, row["object_id"], row["object_label"], address))
        return dict(found)

    @cached_property
    def header(self) -> list[tuple[str, str]]:
        """What the header of the ontology says, as (property, value)."""
        quads = self.asserted.quads_for_pattern(ox.NamedNode(STEMKG + "ontology"), None, None)
        pairs = ((contract(quad.predicate.value), quad.object) for quad in quads)
        wanted = ("owl:", "dcterms:", "http://purl.org/vocab/vann/", "rdfs:comment")
        return sorted(
            (self.vocabulary.label(name) if name in self.vocabulary else name.partition(":")[2], value.value)
            for name, value in pairs
            if name.startswith(wanted) and name != "owl:imports" and isinstance(value, ox.NamedNode | ox.Literal)
        )


def own_page(curie: str) -> str:
    """The page of a term at its own ontology."""
    prefix, _, local = curie.partition(":")
    if prefix == "HGNC":
        return f"https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/{curie}"
    try:
        return expand(curie) if local else curie
    except ValueError:
        return curie
