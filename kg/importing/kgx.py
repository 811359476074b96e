"""KGX edges as claims, one for each sentence that supports an edge.

The relation is that of `original_predicate` where it is one of ours, else the one that the ontology maps to the edge's
Biolink predicate; the same holds for the subject, which KGX may give as a therapy with a cell.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kg.claim import PREDICATES, Method
from kg.importing.proposal import Origin, Proposal
from kg.namespaces import STEMKG
from kg.vocabulary import Vocabulary

_BIOLINK = "https://w3id.org/biolink/vocab/"
_METHODS: Mapping[str, Method] = {
    "manual_agent": "manual",
    "manual_validation_of_automated_agent": "manual",
    "automated_agent": "automatic",
    "text_mining_agent": "automatic",
    "data_analysis_pipeline": "automatic",
    "computational_model": "language-model",
}
_DIRECTIONS = {"increased": "increases", "upregulated": "increases", "decreased": "decreases",
               "downregulated": "decreases"}  # fmt: skip


def proposals(place: str, edge: Mapping[str, Any], origin: Origin, vocabulary: Vocabulary) -> Iterator[Proposal]:
    """The claims of an edge. Raises `ValueError`."""
    said = {
        "subject": _one(edge, "original_subject") or _one(edge, "subject"),
        "predicate": _relation(edge, vocabulary),
        "object": _one(edge, "original_object") or _one(edge, "object"),
        "disease": _one(edge, "disease_context_qualifier"),
    }
    if _one(edge, "negated").lower() == "true":
        said["polarity"] = "negative"
    if species := _one(edge, "species_context_qualifier"):
        said["qualifiers"] = f"species={species}"
    method = _METHODS.get(_one(edge, "agent_type"), origin.method)
    agent = origin.agent or _one(edge, "primary_knowledge_source")
    quotes = [*_all(edge.get("supporting_text")), *_studied(edge)]
    publications = _all(edge.get("publications"))
    if not quotes:
        raise ValueError("supporting_text: the edge quotes no words")
    if len(publications) == 0:
        raise ValueError("publications: the edge names none")
    for quote in dict.fromkeys(quotes):
        for article in publications[:1] if len(quotes) == 1 else publications:
            yield Proposal(place, article, quote, {k: v for k, v in said.items() if v}, Origin(method, agent))


def _relation(edge: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    own = _one(edge, "original_predicate").removeprefix("stemkg:").removeprefix(STEMKG)
    if own in PREDICATES:
        return own
    if direction := _DIRECTIONS.get(_one(edge, "object_direction_qualifier")):
        return direction
    biolink = _one(edge, "predicate")
    iri = _BIOLINK + biolink.removeprefix("biolink:")
    found = {s.removeprefix(STEMKG) for s, _, o in vocabulary.mappings if o == iri} & set(PREDICATES)
    if len(found) != 1:
        several = f"may be {' or '.join(sorted(found))}" if found else "has no relation here"
        raise ValueError(f"predicate: {biolink} {several}; original_predicate may tell (stemkg:treats …)")
    return found.pop()


def _studied(edge: Mapping[str, Any]) -> Iterator[str]:
    """The sentences in the results of text mining that an edge has (`has_supporting_studies`)."""
    studies = edge.get("has_supporting_studies")
    for study in studies.values() if isinstance(studies, dict) else ():
        for result in study.get("has_study_results", ()) if isinstance(study, dict) else ():
            yield from _all(result.get("supporting_text")) if isinstance(result, dict) else ()


def _all(value: Any) -> list[str]:
    """Values of a slot: a list, or in a table what stands between |."""
    if isinstance(value, list):
        return [str(one) for one in value if one]
    return [one for one in str(value or "").split("|") if one]


def _one(edge: Mapping[str, Any], slot: str) -> str:
    value = edge.get(slot)
    return "" if value is None else str(value)
