"""Qualifiers: what a sentence says that narrows a claim."""

from functools import cache

import pytest
from sentences import named, sentence

from kg.claim import QUALIFIERS, Predicate
from kg.extraction.qualifiers import Qualifiers
from kg.vocabulary import load

MSC, HSC = "CL:0000134", "CL:0000037"


@cache
def _qualifiers() -> Qualifiers:
    return Qualifiers(load())


def told(text: str, subject: str, predicate: Predicate = "treats") -> dict[str, str]:
    """The qualifiers of a claim, by key, without the species."""
    s = sentence(text)
    pairs = _qualifiers().read(s, named(s, subject), predicate, None)
    assert [key for key, _ in pairs] == sorted((key for key, _ in pairs), key=QUALIFIERS.index)
    return {key: id for key, id in pairs if key != "species"}


@pytest.mark.parametrize(
    ("text", "partner"),
    [
        ("MSCs combined with hematopoietic stem cells improved aplastic anemia.", HSC),
        ("MSCs plus cyclophosphamide improved lupus.", "CHEBI:4027"),
        ("MSCs together with rituximab improved lupus.", "stemkg:Rituximab"),
        ("A combination of MSCs and rituximab improved lupus.", "stemkg:Rituximab"),
        ("Co-transplantation of MSCs and hematopoietic stem cells improved aplastic anemia.", HSC),
    ],
)
def test_what_is_given_together_is_told_of_each(text: str, partner: str) -> None:
    assert told(text, MSC).get("with") == partner
    assert told(text, partner).get("with") == MSC


@pytest.mark.parametrize(
    "text",
    [
        "MSCs and rituximab each improved lupus.",
        "MSCs, compared with rituximab, improved lupus.",
        "MSCs improved lupus, and rituximab was stopped.",
    ],
)
def test_treatments_that_are_not_given_together_are_no_partners(text: str) -> None:
    assert "with" not in told(text, MSC)


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("MSCs improved lupus compared with placebo.", "stemkg:Placebo"),
        ("MSCs improved lupus compared with no treatment.", "stemkg:NoTreatment"),
        ("MSCs improved lupus compared with standard care.", "stemkg:StandardCare"),
        ("MSCs improved lupus more than rituximab.", "stemkg:Rituximab"),
    ],
)
def test_what_the_effect_is_compared_with_is_the_comparator(text: str, comparator: str) -> None:
    assert told(text, MSC).get("comparator") == comparator


def test_the_tissue_of_a_cell_is_its_source_but_where_that_is_the_claim() -> None:
    text = "Stem cells from the placenta improved lupus."
    assert told(text, "CL:0000034").get("source", "UBERON:0001987") == "UBERON:0001987"
    assert "source" not in told(text, "CL:0000034", "derived_from")


def test_the_route_of_the_subject_is_a_qualifier_but_where_it_is_the_object() -> None:
    text = "Intravenous MSCs improved lupus."
    assert told(text, MSC).get("route") == "stemkg:Intravenous"
    assert "route" not in told(text, MSC, "given_by")


def test_two_routes_are_of_no_one() -> None:
    assert "route" not in told("Intravenous or intrathecal MSCs improved lupus.", MSC)


@pytest.mark.parametrize(
    ("text", "species"),
    [
        ("MSCs improved lupus in mice.", "NCBITaxon:10090"),
        ("MSCs improved lupus in 12 patients.", "NCBITaxon:9606"),
        ("Mouse MSCs improved lupus.", None),
    ],
)
def test_the_species_is_that_of_the_treated_not_of_the_cells(text: str, species: str | None) -> None:
    s = sentence(text)
    found = dict(_qualifiers().read(s, named(s, MSC), "treats", None))
    assert found.get("species") == species
