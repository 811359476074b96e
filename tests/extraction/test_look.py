"""The cheap look: it passes what speaks of cell therapy, and little else."""

import challenge_set
import pytest
from understanding import extractor

from kg.extraction import Look


@pytest.fixture(scope="module")
def look() -> Look:
    return Look(extractor().vocabulary)


def test_articles_about_cells_are_passed(look: Look) -> None:
    """But for two of 120, which speak of the mononuclear cells of the marrow alone."""
    found = [known for part in ("dev", "held") for known in challenge_set.read_folder(challenge_set.annotated(part)[0])]
    missed = [known.id for known in found if not look(known.text)]
    assert len(found) > 100
    assert all("mononuclear" in id for id in missed), missed


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
