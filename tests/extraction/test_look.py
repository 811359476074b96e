"""The cheap look: it passes what speaks of cell therapy, and little else."""

import challenge_set
import pytest
from understanding import extractor

from kg.extraction import Look


@pytest.fixture(scope="module")
def look() -> Look:
    return Look(extractor().vocabulary)


def test_every_article_about_cells_is_passed(look: Look) -> None:
    for known in challenge_set.read_folder(challenge_set.annotated("dev")[0]):
        assert look(known.text), known.id


@pytest.mark.parametrize(
    "text",
    [
        "MSCs were given.",
        "(hUC-MSCs)",
        "Mesenchymal stem-cells",
        "stem cells",
        "exosomes",
        "EXOSOMES",
        "Hematopoietic Stem Cell",
    ],
)
def test_a_name_of_cells_or_of_a_product_is_seen(look: Look, text: str) -> None:
    assert look(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The weather was fine, and the cells of the prison were painted.",
        "Aspirin relieved the headache.",
        "mscs",
        "xMSCs",
        "MSCX",
    ],
)
def test_other_texts_are_not(look: Look, text: str) -> None:
    assert not look(text)
