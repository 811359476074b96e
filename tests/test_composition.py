"""Composed names: a head with what it is a head of, in whatever order."""

import pytest
from understanding import finder

from kg.vocabulary import load

ALL = load()


def named(text: str) -> dict[str, tuple[str, ...]]:
    return {text[m.start : m.end]: m.ids for m in finder().find(text)}


@pytest.mark.parametrize(
    ("text", "written", "id"),
    [
        ("It mends the damaged brain.", "damaged brain", "MONDO:0043510"),
        ("after an injury to the spinal cord", "injury to the spinal cord", "MONDO:0043797"),
        ("in CNS dysfunction", "CNS dysfunction", "MONDO:0002602"),
        ("other diseases of the liver", "diseases of the liver", "MONDO:0005154"),
        ("neurological injuries were seen", "neurological injuries", "MONDO:0044745"),
        ("the failing heart", "failing heart", "MONDO:0005252"),
        ("a cancer of the lung", "cancer of the lung", "MONDO:0008903"),
        ("the differentiation of neurons", "differentiation of neurons", "GO:0030182"),
        ("cardiac progenitors were given", "cardiac progenitors", "stemkg:CardiacProgenitorCell"),
        ("of the neuronal lineages", "neuronal lineages", "CL:0000540"),
        ("the migration of macrophages", "migration of macrophages", "GO:1905517"),
        ("Th2 cell differentiation rose", "Th2 cell differentiation", "GO:0045064"),
        ("among ovarian cancer cells", "ovarian cancer cells", "stemkg:OvarianCancerCell"),
        ("melanoma cells died", "melanoma cells", "stemkg:MelanomaCell"),
        ("mesenchymal stem/progenitor cells", "mesenchymal stem/progenitor cells", "CL:0000134"),
        (
            "hair follicle stem and progenitor cells",
            "hair follicle stem and progenitor cells",
            "stemkg:HairFollicleStemCell",
        ),
    ],
)
def test_a_head_and_its_part_are_one_name(text: str, written: str, id: str) -> None:
    assert named(text)[written][0] == id


def test_parts_that_share_a_head_are_names_of_their_own() -> None:
    found = named("In brain and spinal cord injuries they helped.")
    assert found["brain"][0] == "MONDO:0043510"
    assert found["spinal cord injuries"][0] == "MONDO:0043797"


def test_the_cells_of_a_cancer_may_also_be_said_of_the_cancer() -> None:
    (mention,) = finder().find("Breast cancer cells died.")
    assert mention.ids[:2] == ("stemkg:BreastCancerCell", "MONDO:0007254")
    assert ALL.term("stemkg:BreastCancerCell").parents == ("CL:0001064",)  # type: ignore[union-attr]


def test_a_long_rna_is_known_by_its_symbol_beside_the_word_for_it() -> None:
    assert named("The lncRNA AGAP2-AS1 rose.")["AGAP2-AS1"] == ("HGNC:48633",)


def test_the_part_stays_a_further_candidate_with_a_lower_score() -> None:
    (mention,) = finder().find("It causes damage to the heart.")
    assert [meaning.id for meaning in mention.meanings] == ["MONDO:0005267", "UBERON:0000948"]
    assert mention.meanings[0].score > mention.meanings[1].score
    assert mention.reason == "heart + damage"


@pytest.mark.parametrize(
    "text", ["the brain, and damage", "It damaged the brain.", "disease or the liver", "lung. Injury"]
)
def test_what_does_not_belong_together_is_not_put_together(text: str) -> None:
    assert not [ids for ids in named(text).values() if ids[0] in ("MONDO:0043510", "MONDO:0005154", "MONDO:0005275")]


def test_heads_and_adjectives_are_of_terms_that_are_there() -> None:
    for name in ("adjective", "headWord", "takesPart", "otherwiseHead", "coins", "coinsWith"):
        assert [id for id, _ in ALL.annotations[name] if id not in ALL.terms] == []
