"""KGX: nodes and edges with Biolink classes and predicates, as TSV and as JSON Lines. One edge a claim.

Biolink has no predicate for a route, an outcome or a comparison: they are `biolink:related_to`, and the property
`original_predicate` tells them apart. Identifiers of our own keep the prefix `stemkg`, which Biolink does not know.
"""

import json
from collections.abc import Iterator
from typing import IO, Any

from kg.claim import QUALIFIERS, Claim
from kg.exports.records import Record, Source, articles
from kg.exports.view import Terms
from kg.namespaces import expand
from kg.store import Store

_SOURCE = "infores:stemkg"

# Evidence types of trials in people: what these assert is Biolink's `treats`.
_HUMAN_TRIALS = {"RandomizedTrial", "ClinicalTrial"}

_PREDICATES = {
    "acts_via": "capable_of",
    "secretes": "produces",
    "increases": "affects",
    "decreases": "affects",
    "differentiates_into": "develops_into",
    "derived_from": "derives_from",
    "given_by": "related_to",
    "adverse_effect": "has_adverse_event",
    "outcome": "related_to",
    "more_effective_than": "related_to",
    "involves": "has_participant",
    "affects": "affects",
}
_DIRECTIONS = {"increases": "increased", "decreases": "decreased"}

# The nearest class of the Evidence and Conclusion Ontology.
_EVIDENCE = {
    "MetaAnalysis": "ECO:0000033",
    "SystematicReview": "ECO:0000033",
    "RandomizedTrial": "ECO:0000180",
    "ClinicalTrial": "ECO:0000180",
    "ObservationalStudy": "ECO:0000180",
    "CaseReport": "ECO:0000180",
    "AnimalStudy": "ECO:0000179",
    "InVitroStudy": "ECO:0000181",
    "Review": "ECO:0000033",
    "ExpertStatement": "ECO:0000034",
}

# The Biolink class of a term: by the source of its identifier where that says it all, else by its kinds, in this order.
_BY_PREFIX = {
    "CL": "Cell",
    "MONDO": "Disease",
    "HP": "PhenotypicFeature",
    "UBERON": "AnatomicalEntity",
    "HGNC": "Gene",
    "CHEBI": "ChemicalEntity",
    "NCBITaxon": "OrganismTaxon",
}
_BY_KIND = (
    ("cell", "Cell"),
    ("drug", "Drug"),
    ("product", "CellularComponent"),
    ("disease", "Disease"),
    ("adverse_event", "PhenotypicFeature"),
    ("phenotype", "PhenotypicFeature"),
    ("tissue", "AnatomicalEntity"),
    ("pathway", "Pathway"),
    ("mechanism", "BiologicalProcess"),
    ("process", "BiologicalProcess"),
    ("factor", "BiologicalEntity"),
    ("route", "Procedure"),
    ("outcome", "ClinicalFinding"),
    ("species", "OrganismTaxon"),
    ("aspect", "Attribute"),
    ("control", "Procedure"),
)

# Where Biolink, or the field, has a name of its own for a qualifier; the others keep ours.
_QUALIFIER_COLUMNS = {key: key for key in QUALIFIERS} | {
    "species": "species_context_qualifier",
    "source": "anatomical_source",
}

_NODE_COLUMNS = ("id", "category", "name", "provided_by")
_EDGE_COLUMNS = (
    "id", "category", "subject", "predicate", "object", "negated",
    "qualified_predicate", "object_aspect_qualifier", "object_direction_qualifier",
    "disease_context_qualifier",
    "knowledge_level", "agent_type", "primary_knowledge_source", "publications", "has_evidence", "has_confidence_score",
    "original_predicate", "evidence_type", "certainty", "basis", "value", "unit",
    *_QUALIFIER_COLUMNS.values(),
)  # fmt: skip


def _category(terms: Terms, curie: str) -> str:
    prefix = curie.partition(":")[0]
    if prefix in _BY_PREFIX:
        return "biolink:" + _BY_PREFIX[prefix]
    kinds = terms.kinds(expand(curie))
    return "biolink:" + next((class_ for kind, class_ in _BY_KIND if kind in kinds), "NamedThing")


def _nodes(store: Store) -> Iterator[dict[str, Any]]:
    used = set()
    for _, records in articles(store):
        for record in records:
            claim = record.claim
            used |= {claim.subject, claim.object, *(value for _, value in claim.qualifiers)}
            if claim.disease:
                used.add(claim.disease)
    terms = Terms(store)
    for curie in sorted(used):
        yield {
            "id": curie,
            "category": [_category(terms, curie)],
            "name": terms.label(expand(curie)),
            "provided_by": [_SOURCE],
        }


def _predicate(claim: Claim) -> str:
    if claim.predicate == "treats":
        # Who denies that something treats does not deny that it was tried: the denied predicate is the narrow one.
        denied = claim.polarity == "negative"
        shown = claim.certainty == "asserted" and claim.basis == "finding" and claim.evidence in _HUMAN_TRIALS
        return "treats" if denied or shown else "treats_or_applied_or_studied_to_treat"
    if claim.predicate == "involves" and claim.subject.startswith("MONDO:"):
        return "disease_has_basis_in"
    return _PREDICATES[claim.predicate]


def _edge(source: Source, record: Record) -> dict[str, Any]:
    claim = record.claim
    edge: dict[str, Any] = {
        "id": record.iri,
        "category": ["biolink:Association"],
        "subject": claim.subject,
        "predicate": "biolink:" + _predicate(claim),
        "object": claim.object,
        "negated": claim.polarity == "negative",
        "disease_context_qualifier": claim.disease,
        "knowledge_level": "not_provided",
        "agent_type": "text_mining_agent",
        "primary_knowledge_source": _SOURCE,
        "publications": list(source.publications),
        "has_evidence": [_EVIDENCE[claim.evidence]],
        "has_confidence_score": claim.confidence,
        "original_predicate": "stemkg:" + claim.predicate,
        "evidence_type": "stemkg:" + claim.evidence,
        "certainty": claim.certainty,
        "basis": claim.basis,
        "value": claim.value,
        "unit": claim.unit,
    }
    edge |= {_QUALIFIER_COLUMNS[key]: value for key, value in claim.qualifiers}
    if direction := _DIRECTIONS.get(claim.predicate):
        edge["qualified_predicate"] = "biolink:causes"
        edge["object_aspect_qualifier"] = "activity_or_abundance"
        edge["object_direction_qualifier"] = direction
    # What is not known is left out; a `false` is known.
    return {column: edge[column] for column in _EDGE_COLUMNS if edge.get(column) not in (None, "", [])}


def _edges(store: Store) -> Iterator[dict[str, Any]]:
    """One edge a claim. Retracted articles give none: the format has no place to say that they are."""
    for source, records in articles(store):
        if not source.retracted:
            for record in records:
                yield _edge(source, record)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(_cell, value))
    if isinstance(value, bool):
        return str(value).lower()
    # Tabs and line breaks can't be written in this format.
    return " ".join(str(value).split())


def _write_tsv(rows: Iterator[dict[str, Any]], columns: tuple[str, ...], output: IO[bytes]) -> None:
    output.write(("\t".join(columns) + "\n").encode())
    for row in rows:
        output.write(("\t".join(_cell(row.get(column, "")) for column in columns) + "\n").encode())


def _write_jsonl(rows: Iterator[dict[str, Any]], output: IO[bytes]) -> None:
    for row in rows:
        output.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def write_nodes_tsv(store: Store, output: IO[bytes]) -> None:
    """Write every term that a claim uses, with its label and Biolink class."""
    _write_tsv(_nodes(store), _NODE_COLUMNS, output)


def write_edges_tsv(store: Store, output: IO[bytes]) -> None:
    """Write every claim as an edge."""
    _write_tsv(_edges(store), _EDGE_COLUMNS, output)


def write_nodes_jsonl(store: Store, output: IO[bytes]) -> None:
    """Write every term that a claim uses, with its label and Biolink class."""
    _write_jsonl(_nodes(store), output)


def write_edges_jsonl(store: Store, output: IO[bytes]) -> None:
    """Write every claim as an edge."""
    _write_jsonl(_edges(store), output)
