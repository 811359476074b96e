"""KGX: nodes and edges with Biolink classes and predicates, as TSV and as JSON Lines. One edge a claim.

An edge has the slots that the Biolink Model gives to its class, and no others, so that its closed schema lets it pass;
what the model has no slot for stands in a table of its own, by the edge: certainty, basis, figures, qualifiers.

Biolink has no predicate for a route, an outcome or a comparison: they are `biolink:related_to`, and the property
`original_predicate` tells them apart. What treats or harms is a treatment there, not a cell: the therapy with a cell is
a node of its own (`stemkg:therapy_CL_0000134`), which names the cell as its cross-reference, as the edge does as its
original subject. Identifiers of our own keep the prefix `stemkg`, which Biolink does not know.
"""

import json
from collections.abc import Iterator
from typing import IO, Any

from kg.claim import DETAILS, ORIGIN, QUALIFIERS, Claim, Method
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

# The type of agent that makes claims by a method.
_AGENTS: dict[Method, str] = {
    "automatic": "text_mining_agent", "manual": "manual_agent", "language-model": "computational_model",
}  # fmt: skip

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
    ("aspect", "NamedThing"),
    ("control", "Procedure"),
)

# The class of an edge, where one of the model's is made for it; else it is an Association.
_CLASSES = {
    "treats": "ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation",
    "adverse_effect": "ChemicalOrDrugOrTreatmentAdverseEventAssociation",
}
# The kinds of terms that treat or harm as what is given to people, by themselves.
_GIVEN = ("ChemicalEntity", "Drug", "Procedure")
_THERAPY = "stemkg:therapy_"

_NODE_COLUMNS = ("id", "category", "name", "provided_by", "xref")
_EDGE_COLUMNS = (
    "id", "category", "subject", "predicate", "object", "negated",
    "disease_context_qualifier", "species_context_qualifier",
    "knowledge_level", "agent_type", "primary_knowledge_source", "publications", "has_evidence_of_type",
    "has_confidence_score", "supporting_text", "original_subject", "original_predicate",
)  # fmt: skip
_SAID = ("direction", "disease", "evidence", "certainty", "basis", "value", "unit")
_DETAIL_COLUMNS = ("id", *_SAID, *QUALIFIERS, *DETAILS, *ORIGIN)


def _category(terms: Terms, curie: str) -> str:
    prefix = curie.partition(":")[0]
    if prefix in _BY_PREFIX:
        return "biolink:" + _BY_PREFIX[prefix]
    kinds = terms.kinds(expand(curie))
    return "biolink:" + next((class_ for kind, class_ in _BY_KIND if kind in kinds), "NamedThing")


def _subject(terms: Terms, claim: Claim) -> str:
    """The subject of the edge of a claim: the therapy with a cell, where it treats or harms."""
    if claim.predicate in _CLASSES and _category(terms, claim.subject).removeprefix("biolink:") not in _GIVEN:
        return _THERAPY + claim.subject.replace(":", "_")
    return claim.subject


def _nodes(store: Store) -> Iterator[dict[str, Any]]:
    terms = Terms(store)
    used: dict[str, str] = {}  # what each therapy is a therapy with; nothing for terms
    for _, records in articles(store):
        for record in records:
            claim = record.claim
            subject = _subject(terms, claim)
            used[subject] = claim.subject if subject != claim.subject else ""
            for curie in (claim.object, claim.disease, *(value for _, value in claim.qualifiers)):
                if curie:
                    used[curie] = ""
    for curie, given in sorted(used.items()):
        node = {
            "id": curie,
            "category": ["biolink:Treatment" if given else _category(terms, curie)],
            "name": f"{terms.label(expand(given))} therapy" if given else terms.label(expand(curie)),
            "provided_by": [_SOURCE],
        }
        yield node | ({"xref": [given]} if given else {})


def _predicate(claim: Claim) -> str:
    if claim.predicate == "treats":
        # Who denies that something treats does not deny that it was tried: the denied predicate is the narrow one.
        denied = claim.polarity == "negative"
        shown = claim.certainty == "asserted" and claim.basis == "finding" and claim.evidence in _HUMAN_TRIALS
        return "treats" if denied or shown else "treats_or_applied_or_studied_to_treat"
    if claim.predicate == "involves" and claim.subject.startswith("MONDO:"):
        return "disease_has_basis_in"
    return _PREDICATES[claim.predicate]


def _edge(source: Source, record: Record, terms: Terms) -> dict[str, Any]:
    claim = record.claim
    class_ = _CLASSES.get(claim.predicate, "Association")
    subject = _subject(terms, claim)
    edge: dict[str, Any] = {
        "id": record.iri,
        "category": [f"biolink:{class_}"],
        "subject": subject,
        "predicate": "biolink:" + _predicate(claim),
        "object": claim.object,
        "negated": claim.polarity == "negative",
        "disease_context_qualifier": claim.disease if class_ != "Association" else "",
        "species_context_qualifier": dict(claim.qualifiers).get("species", ""),
        "knowledge_level": "not_provided",
        "agent_type": _AGENTS[claim.method],
        "primary_knowledge_source": _SOURCE,
        "publications": list(source.publications),
        "has_evidence_of_type": [_EVIDENCE[claim.evidence]],
        "has_confidence_score": claim.confidence,
        "supporting_text": [record.quote] if record.quote else [],
        "original_subject": claim.subject if claim.subject != subject else "",
        "original_predicate": "stemkg:" + claim.predicate,
    }
    # What is not known is left out; a `false` is known.
    return {column: edge[column] for column in _EDGE_COLUMNS if edge.get(column) not in (None, "", [])}


def _details(record: Record) -> dict[str, Any]:
    """What the model has no slot for."""
    claim = record.claim
    known: dict[str, Any] = {
        "id": record.iri,
        "direction": _DIRECTIONS.get(claim.predicate, ""),
        "disease": claim.disease,
        "evidence": "stemkg:" + claim.evidence,
        "certainty": claim.certainty,
        "basis": claim.basis,
        "value": claim.value,
        "unit": claim.unit,
        "method": claim.method,
        "agent": claim.agent,
    }
    known |= dict(claim.qualifiers) | dict(claim.details)
    return {column: known[column] for column in _DETAIL_COLUMNS if known.get(column) not in (None, "")}


def _kept(store: Store) -> Iterator[tuple[Source, Record]]:
    """Retracted articles give no edge: the format has no place to say that they are."""
    for source, records in articles(store):
        if not source.retracted:
            for record in records:
                yield source, record


def _edges(store: Store) -> Iterator[dict[str, Any]]:
    """One edge a claim."""
    terms = Terms(store)
    for source, record in _kept(store):
        yield _edge(source, record, terms)


def _studied(store: Store) -> Iterator[dict[str, Any]]:
    """The edges with the result that text mining gave, which tables have no place for."""
    terms = Terms(store)
    for source, record in _kept(store):
        edge = _edge(source, record, terms)
        result: dict[str, Any] = {
            "id": record.iri + "#result",
            "category": ["biolink:TextMiningStudyResult"],
            "extraction_confidence_score": record.claim.confidence,
            "supporting_document_type": record.claim.evidence,
        }
        if record.quote:
            result["supporting_text"] = [record.quote]
        if source.issued:
            result["supporting_document_year"] = int(source.issued[:4])
        study = {"id": source.iri, "category": ["biolink:Study"], "has_study_results": [result]}
        yield edge | {"has_supporting_studies": {source.iri: study}}


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
    """Write every claim as an edge, with its study result."""
    _write_jsonl(_studied(store), output)


def write_details_tsv(store: Store, output: IO[bytes]) -> None:
    """Write what Biolink has no slot for, by the edge."""
    _write_tsv((_details(record) for _, record in _kept(store)), _DETAIL_COLUMNS, output)


def write_details_jsonl(store: Store, output: IO[bytes]) -> None:
    """Write what Biolink has no slot for, by the edge."""
    _write_jsonl((_details(record) for _, record in _kept(store)), output)
