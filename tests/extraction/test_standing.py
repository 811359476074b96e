"""The standing of claims: certainty, basis and kind of evidence, told from words around them and the whole article."""

import dataclasses

import pytest
from understanding import article, extractor, read

from kg.claim import BASES, CERTAINTIES, EVIDENCE
from kg.extraction.learned import Model
from kg.extraction.standing import Standing


@pytest.mark.parametrize(
    ("sentence", "certainty"),
    [
        ("MSCs may improve multiple sclerosis.", "hedged"),
        ("MSCs might improve multiple sclerosis.", "hedged"),
        ("MSCs could be a promising treatment for multiple sclerosis.", "hedged"),
        ("MSCs improved multiple sclerosis.", "asserted"),
        ("MSCs secrete VEGF.", "asserted"),
        ("MSCs are being studied in multiple sclerosis.", "studied"),
    ],
)
def test_how_certain_a_sentence_is(sentence: str, certainty: str) -> None:
    assert {claim.certainty for claim in read(sentence)} == {certainty}


@pytest.mark.parametrize(
    ("sentences", "evidence"),
    [
        (("We gave MSCs to mice with colitis.", "In the mice, MSCs reduced TNF-α."), "AnimalStudy"),
        (
            (
                "In this double-blind randomized trial, 80 patients with multiple sclerosis were randomly assigned.",
                "Patients received MSCs or placebo.",
                "MSCs improved multiple sclerosis compared with placebo.",
            ),
            "RandomizedTrial",
        ),
        (
            (
                "This systematic review and meta-analysis pooled 14 randomized trials from PubMed and Embase.",
                "In the pooled analysis, MSCs improved multiple sclerosis.",
            ),
            "MetaAnalysis",
        ),
    ],
)
def test_which_kind_of_study_an_article_reports(sentences: tuple[str, ...], evidence: str) -> None:
    claims = read(*sentences)
    last = [claim for claim in claims if claim.start == max(one.start for one in claims)]
    assert {claim.evidence for claim in last} == {evidence}
    assert {claim.basis for claim in last} == {"finding"}


def test_what_is_generally_known_is_background() -> None:
    assert {claim.basis for claim in read("Multiple sclerosis is a disease that destroys oligodendrocytes.")} == {
        "background"
    }


def test_a_standing_is_always_one_of_those_that_there_are() -> None:
    reader = extractor()
    assert set(Model.load("certainty").outputs) == set(CERTAINTIES)
    assert set(Model.load("basis").outputs) == set(BASES)
    assert set(Model.load("evidence").outputs) <= set(EVIDENCE)
    for text in ("", "x", "MSCs", "¿?"):
        known = reader.understood(article(text or " "))
        whole = reader.standing.features_of_article(known)
        for s in known.sentences:
            around = reader.standing.features_of(known, s)
            assert reader.standing.certainty(around) in CERTAINTIES
            assert reader.standing.basis(around) in BASES
            assert reader.standing.evidence(around, whole) in EVIDENCE


def test_neighbours_and_the_whole_article_are_looked_at() -> None:
    reader = extractor()
    alone = reader.understood(article("MSCs eased lupus."))
    beside = reader.understood(article("A randomized trial was made.", "MSCs eased lupus.", "It was a large one."))
    features = reader.standing.features_of
    assert any(feature.startswith("N-1:") for feature in features(beside, beside.sentences[1]))
    assert not any(feature.startswith(("N-1", "N1", "A:")) for feature in features(alone, alone.sentences[0]))
    known = article("MSCs eased lupus.")
    typed = reader.understood(dataclasses.replace(known, publication_types=("Case Reports",), evidence="CaseReport"))
    assert {"Dtype:Case Reports", "Dsays:CaseReport"} <= set(reader.standing.features_of_article(typed))


def test_features_are_sorted_each_is_there_once_and_they_fit_a_file() -> None:
    reader = extractor()
    known = reader.understood(article("MSCs were given to 12 patients (P < 0.05).", "We saw, in\nmice, no fever."))
    for found in (
        *(reader.standing.features_of(known, s) for s in known.sentences),
        reader.standing.features_of_article(known),
    ):
        assert found == sorted(set(found))
        assert not any(set("\t\n\r") & set(feature) for feature in found)


def test_a_standing_by_other_weights_is_another() -> None:
    """What is told comes from the weights alone."""
    models = {
        "certainty": Model(("asserted", "hedged"), (0, 0), {"W:perhaps": "1=5"}, {}),
        "basis": Model(("finding", "background"), (0, 1), {}, {}),
        "evidence": Model(("Review", "CaseReport"), (0, 0), {"D": "1=2"}, {}),
    }
    standing = Standing(extractor().features, models)
    assert standing.certainty(["W:perhaps"]) == "hedged" and standing.certainty([]) == "asserted"
    assert standing.basis([]) == "background"
    assert standing.evidence([], ["D"]) == "CaseReport"
