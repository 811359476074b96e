"""What a sentence tells of the study behind its claims: patients, dose, follow-up, phase, registration, donor."""

from pathlib import Path

import pytest
from query_fixture import CATALOGUE
from understanding import extractor

from kg import pipeline
from kg.answers import answer, drive
from kg.articles import Article, segment
from kg.claim import DETAILS, Claim
from kg.details import detailed, of_article
from kg.extraction import Explanation
from kg.store import Store
from kg.vocabulary import load


def read(text: str) -> Explanation:
    return extractor().explain(segment(Article("made-up", text, end=len(text))), everything=False)


def told(text: str) -> set[tuple[str, str]]:
    """What the sentence tells of its claims on a treatment of some disease."""
    claims = [claim for claim in detailed(read(text)) if claim.predicate == "treats"]
    assert claims, "no claim, so nothing is shown"
    return {pair for claim in claims for pair in claim.details}


@pytest.mark.parametrize(
    ("text", "details"),
    [
        (
            "In a phase 2 trial (NCT00000001) of 60 patients with lupus nephritis, mesenchymal stem cells improved"
            " lupus nephritis.",
            {("patients", "60"), ("phase", "2"), ("registration", "NCT00000001")},
        ),
        (
            "Mesenchymal stem cells improved Crohn disease in 12 of 20 patients who were followed for 24 months.",
            {("patients", "20"), ("followUp", "24 months")},
        ),
        (
            "At 1 × 10^6 cells/kg or 2 × 10^6 cells/kg, mesenchymal stem cells improved multiple sclerosis.",
            {("dose", "1000000 cells/kg, 2000000 cells/kg")},
        ),
        ("Mesenchymal stem cells improved multiple sclerosis.", set()),
    ],
)
def test_a_sentence_tells_of_its_study(text: str, details: set[tuple[str, str]]) -> None:
    assert told(text) == details


@pytest.mark.parametrize(
    ("text", "donors"),
    [
        ("Autologous mesenchymal stem cells improved osteoarthritis.", {"autologous"}),
        ("Allogeneic mesenchymal stem cells improved osteoarthritis.", {"allogeneic"}),
        ("Mesenchymal stem cells from healthy donors improved osteoarthritis.", {"allogeneic"}),
        ("Autologous and allogeneic mesenchymal stem cells improved osteoarthritis.", {"autologous", "allogeneic"}),
        # Whose another treatment is says nothing of the cells.
        (
            "After an allogeneic hematopoietic stem cell transplant, patients with graft-versus-host disease, which"
            " often comes months later and is hard to treat, were helped by mesenchymal stem cells.",
            set(),
        ),
    ],
)
def test_it_is_told_whose_cells_were_given(text: str, donors: set[str]) -> None:
    claims = [claim for claim in detailed(read(text)) if claim.predicate == "treats"]
    cells = [claim for claim in claims if claim.subject == "CL:0000134"]
    assert cells
    assert {value for claim in cells for key, value in claim.details if key == "donor"} == donors


def test_what_is_told_changes_no_claim_but_for_itself() -> None:
    text = "In 12 of 20 patients, autologous mesenchymal stem cells improved osteoarthritis. They secrete IL-10."
    plain, more = extractor().claims(segment(Article("made-up", text, end=len(text)))), detailed(read(text))
    assert [claim.row() for claim in plain] == [claim.row() for claim in more]
    for claim in more:
        keys = [key for key, _ in claim.details]
        assert keys == sorted(keys, key=DETAILS.index)


def test_an_article_tells_of_its_own_study_and_a_review_of_none() -> None:
    text = "The trial (NCT00000002) enrolled 40 patients. Mesenchymal stem cells improved lupus."
    assert of_article(read(text), "ClinicalTrial") == (("patients", "40"), ("registration", "NCT00000002"))
    assert of_article(read(text), "Review") == (("registration", "NCT00000002"),)


def test_details_are_asked_for_and_come_back_from_the_graph(tmp_path: Path) -> None:
    text = tmp_path / "trial.txt"
    text.write_text(
        "A trial\n\nThe trial (NCT00000003) enrolled 40 patients with lupus.\n\n"
        "In this trial, autologous mesenchymal stem cells improved lupus in 30 of 38 patients.\n",
        "utf-8",
    )
    with Store.open() as store:
        assert pipeline.build([text], store, workers=1).good
        for value in ("autologous", "allogeneic"):
            rows = drive(answer(CATALOGUE["claims"], {"donor": value}, load()), store, load())
            assert bool(rows.rows) == (value == "autologous")
        found = CATALOGUE["study-details"].run(store, {"least": "38"}, load())
        assert {row[found.columns.index("registration")] for row in found.words()} == {"NCT00000003"}
        assert {"38"} <= {row[found.columns.index("patients")] for row in found.words()} <= {"38", "40"}
        assert not len(CATALOGUE["study-details"].run(store, {"least": "41"}, load()))


def test_details_take_no_part_in_what_names_a_claim() -> None:
    from kg.rdf import claim_node

    claim = Claim("a", 0, 9, "CL:0000134", "treats", "MONDO:0005301")
    more = Claim("a", 0, 9, "CL:0000134", "treats", "MONDO:0005301", details=(("patients", "12"),))
    assert claim_node(claim) == claim_node(more)
