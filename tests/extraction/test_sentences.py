"""What sentences of our own say, part by part of what the language does."""

import pytest
from understanding import extractor, plain, read, triples

from kg.claim import Claim

MSC = "CL:0000134"
HSC = "CL:0000037"
MARROW_MSC, FAT_MSC, CORD_MSC = "CL:0002540", "CL:0002570", "CL:0002569"
EXOSOME = "GO:0070062"
OSTEOARTHRITIS, SCLEROSIS, LUPUS, CROHN = "MONDO:0005178", "MONDO:0005301", "MONDO:0007915", "MONDO:0005011"
TNF, IL1B, VEGF, HGF = "HGNC:11892", "HGNC:5992", "HGNC:12680", "HGNC:4893"


# Mentions


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("Mesenchymal stem cells", MSC),
        ("Mesenchymal stromal cells", MSC),
        ("The mesenchymal stem cell", MSC),
        ("hUC-MSCs", CORD_MSC),
        ("BM-MSCs", MARROW_MSC),
        ("Umbilical-cord-derived mesenchymal stem cells", CORD_MSC),
        ("Adipose-derived mesenchymal stem cells", FAT_MSC),
        ("Haematopoietic stem cells", HSC),
        ("Hematopoietic stem cells", HSC),
    ],
)
def test_a_cell_is_known_by_its_variants(words: str, cell: str) -> None:
    assert (cell, "treats", OSTEOARTHRITIS) in triples(read(f"{words} improved osteoarthritis."))


@pytest.mark.parametrize("name", ["TNF-α", "TNF-alpha", "TNFα", "TNF alpha"])
def test_a_factor_is_known_by_its_spellings(name: str) -> None:
    assert triples(read(f"MSCs decreased {name} in the patients.")) == {(MSC, "decreases", TNF)}


@pytest.mark.parametrize("name", ["IL-1β", "IL1B", "IL-1 beta", "interleukin 1 beta", "interleukin-1β"])
def test_greek_letters_and_hyphens_may_be_spelled_out(name: str) -> None:
    assert triples(read(f"MSCs lowered {name}.")) == {(MSC, "decreases", IL1B)}


def test_british_and_american_spelling_are_one() -> None:
    british = triples(read("Haematopoietic stem cells cured leukaemia."))
    assert british == triples(read("Hematopoietic stem cells cured leukemia."))
    assert british


def test_the_most_specific_name_is_meant() -> None:
    (claim,) = read("MSCs improved knee osteoarthritis.")
    assert claim.object == "MONDO:0005416"


def test_heads_that_are_left_out_are_filled_in() -> None:
    assert triples(read("MSCs improved knee and hip osteoarthritis.")) == {
        (MSC, "treats", "MONDO:0005416"),
        (MSC, "treats", "MONDO:0006629"),
    }
    subjects = {claim.subject for claim in read("Bone marrow- and adipose-derived MSCs improved osteoarthritis.")}
    assert subjects == {MARROW_MSC, FAT_MSC}


def test_an_abbreviation_holds_where_it_is_defined() -> None:
    assert triples(read("Rheumatoid arthritis (RA) hurts.", "MSCs improved RA.")) == {(MSC, "treats", "MONDO:0008383")}
    assert read("MSCs improved RA.") == []


def test_an_abbreviation_means_what_the_article_says() -> None:
    said = triples(read("Retinoic acid (RA) was measured.", "MSCs increased RA."))
    assert said == {(MSC, "increases", "CHEBI:26536")}


@pytest.mark.parametrize(
    "sentence", ["All men improved.", "The ID of the patient was as was said.", "MSCs, as a rule, do."]
)
def test_common_words_are_no_names(sentence: str) -> None:
    assert read(sentence) == []


# The structure of the sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "MSCs improved multiple sclerosis.",
        "Multiple sclerosis was improved by MSCs.",
        "MSCs, which are found in bone, improved multiple sclerosis.",
        "MSCs are used to treat multiple sclerosis.",
        "Treatment of multiple sclerosis with MSCs is safe.",
        "MSCs are an effective therapy for multiple sclerosis.",
        "Patients with multiple sclerosis benefited from MSCs.",
    ],
)
def test_a_benefit_may_be_said_in_many_ways(sentence: str) -> None:
    claims = [claim for claim in read(sentence) if claim.predicate == "treats"]
    assert triples(claims) == {(MSC, "treats", SCLEROSIS)}
    assert {claim.polarity for claim in claims} == {"positive"}


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Lupus, in which the body turns on itself, harms the kidneys.", (LUPUS, "affects", "UBERON:0002113")),
        ("Tacrolimus, taken to spare the graft, caused a tremor.", ("CHEBI:61049", "adverse_effect", "HP:0001337")),
        ("MSCs release, besides much else, HGF.", (MSC, "secretes", HGF)),
        ("MSCs can be grown from fat and secrete HGF.", (MSC, "secretes", HGF)),
        ("From MSCs arise chondrocytes and osteoblasts.", (MSC, "differentiates_into", "CL:0000138")),
        ("Over the months MSCs can ease lupus.", (MSC, "treats", LUPUS)),
        ("MSCs dose-dependently decreased TNF in culture.", (MSC, "decreases", TNF)),
        ("TNF and IL-1β were lower after treatment with MSCs.", (MSC, "decreases", TNF)),
        ("TNF is a mediator of lupus.", (LUPUS, "involves", TNF)),
        ("MSCs were first isolated from fat.", (MSC, "derived_from", "UBERON:0001013")),
        ("MSCs have since been found in fat.", (MSC, "derived_from", "UBERON:0001013")),
        ("Isolated from fat, MSCs multiply readily.", (MSC, "derived_from", "UBERON:0001013")),
        ("MSCs, found in skin, fat and marrow, can calm T cells.", (MSC, "derived_from", "UBERON:0001013")),
        ("MSCs can cause fever and, in rare cases, headache.", (MSC, "adverse_effect", "HP:0002315")),
        ("MSCs can cause fever and, less commonly, headache.", (MSC, "adverse_effect", "HP:0002315")),
        ("TNF and IL-1β take part in lupus.", (LUPUS, "involves", IL1B)),
        ("MSCs keep inflammation in check.", (MSC, "acts_via", "stemkg:AntiInflammation")),
        ("MSCs release HGF and, in great amounts, VEGF.", (MSC, "secretes", VEGF)),
        ("Exosomes shed by MSCs are small.", (MSC, "secretes", EXOSOME)),
        ("MSCs secrete many things, among them HGF and VEGF.", (MSC, "secretes", VEGF)),
        ("MSCs were tried in lupus, which damages the kidneys.", (LUPUS, "affects", "UBERON:0002113")),
    ],
)
def test_a_verb_finds_its_ends(sentence: str, said: tuple[str, str, str]) -> None:
    assert said in triples(read(sentence))


def test_a_labelled_item_takes_the_place_of_what_its_line_counts() -> None:
    text = "Two kinds of cells that help in lupus:\n\n- MSCs: These are from fat.\n- NK cells: They are given.\n"
    known = plain(text)
    found = triples(extractor().claims(known))
    assert {(MSC, "treats", LUPUS), ("CL:0000623", "treats", LUPUS)} <= found


def test_a_label_is_what_its_item_goes_on_with() -> None:
    text = "Cells tried in lupus:\n\n- MSCs: These are from fat.\n- HSCs: These are from bone marrow.\n"
    known = plain(text)
    found = triples(extractor().claims(known))
    assert {(MSC, "derived_from", "UBERON:0001013"), (HSC, "derived_from", "UBERON:0002371")} <= found


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("MSCs give rise to chondrocytes.", {(MSC, "differentiates_into", "CL:0000138")}),
        ("MSCs produce neurons.", {(MSC, "differentiates_into", "CL:0000540")}),
    ],
)
def test_no_more_is_read_than_is_said(sentence: str, said: set[tuple[str, str, str]]) -> None:
    assert triples(read(sentence)) <= said


def test_any_surgery_is_not_the_treatment() -> None:
    assert triples(read("Fever often follows surgery.", title="MSCs for lupus")) == set()


def test_in_cells_names_no_cell() -> None:
    assert triples(read("In cells taken from fat, TNF was low.")) == set()


def test_a_list_item_goes_on_with_the_line_that_introduces_it() -> None:
    text = "# On cells\n\nMesenchymal stem cells are used to treat:\n\n- lupus\n- multiple sclerosis\n"
    known = plain(text)
    claims = extractor().claims(known)
    assert triples(claims) == {(MSC, "treats", LUPUS), (MSC, "treats", SCLEROSIS)}
    # The claim stands where its item stands.
    assert {text[claim.start : claim.end].lstrip("- ") for claim in claims} == {"lupus", "multiple sclerosis"}


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("MSCs were isolated from bone marrow.", (MSC, "derived_from", "UBERON:0002371")),
        ("MSCs differentiate into chondrocytes.", (MSC, "differentiates_into", "CL:0000138")),
        ("MSCs were given intravenously to patients.", (MSC, "given_by", "stemkg:Intravenous")),
        ("MSCs caused fever.", (MSC, "adverse_effect", "HP:0001945")),
        ("MSCs promote angiogenesis.", (MSC, "acts_via", "stemkg:Angiogenesis")),
        ("The Notch pathway drives osteoarthritis.", (OSTEOARTHRITIS, "involves", "stemkg:NotchPathway")),
        ("Multiple sclerosis destroys oligodendrocytes.", (SCLEROSIS, "affects", "CL:0000128")),
    ],
)
def test_every_relation_is_read(sentence: str, said: tuple[str, str, str]) -> None:
    assert said in triples(read(sentence))


# Referents


@pytest.mark.parametrize("words", ["They", "These cells", "The cells"])
def test_a_short_form_stands_for_the_cell_spoken_of(words: str) -> None:
    assert (FAT_MSC, "secretes", VEGF) in triples(
        read("Adipose-derived MSCs are easy to get.", f"{words} secrete VEGF.")
    )


@pytest.mark.parametrize("words", ["The treatment", "This therapy", "The therapy"])
def test_the_treatment_is_the_one_of_the_article(words: str) -> None:
    said = read("Adipose-derived MSCs were infused into patients.", f"{words} improved Crohn's disease.")
    assert (FAT_MSC, "treats", CROHN) in triples(said)


def test_the_disease_of_the_article_is_the_context() -> None:
    (claim,) = read("MSCs secrete VEGF.", title="Cells for multiple sclerosis")
    assert claim.disease == SCLEROSIS


def test_the_disease_of_a_section_is_nearer() -> None:
    text = "# Cells for multiple sclerosis\n\n## Crohn's disease\n\nMSCs secrete VEGF and calm the bowel.\n"
    known = plain(text)
    assert {claim.disease for claim in extractor().claims(known) if claim.predicate == "secretes"} == {CROHN}


# Polarity and certainty


@pytest.mark.parametrize(
    "sentence",
    [
        "MSCs did not improve multiple sclerosis.",
        "MSCs have not been shown to improve multiple sclerosis.",
        "MSCs failed to improve multiple sclerosis.",
        "MSCs never improved multiple sclerosis.",
        "Multiple sclerosis was not improved by MSCs.",
        "Neither exosomes nor MSCs improved multiple sclerosis.",
        "No evidence shows that MSCs improve multiple sclerosis.",
        "There is no proof yet that MSCs improve multiple sclerosis.",
        "There is little evidence that MSCs improve multiple sclerosis.",
        "Nobody has shown that MSCs improve multiple sclerosis.",
        "MSCs hardly improve multiple sclerosis.",
    ],
)
def test_what_is_denied_is_negative(sentence: str) -> None:
    polarities = {claim.polarity for claim in read(sentence) if claim.subject == MSC and claim.object == SCLEROSIS}
    assert polarities == {"negative"}


def test_no_serious_adverse_events_is_one_denial() -> None:
    found = read("No serious adverse events occurred after MSC infusion.")
    (claim,) = [one for one in found if one.predicate != "given_by"]
    assert (claim.predicate, claim.object, claim.polarity) == (
        "adverse_effect",
        "stemkg:SeriousAdverseEvent",
        "negative",
    )


@pytest.mark.parametrize(
    ("words", "certainty"),
    [
        ("MSCs may improve multiple sclerosis.", "hedged"),
        ("MSCs might improve multiple sclerosis.", "hedged"),
        ("MSCs could improve multiple sclerosis.", "hedged"),
        ("MSCs appear to improve multiple sclerosis.", "hedged"),
        ("MSCs are thought to improve multiple sclerosis.", "hedged"),
        ("MSCs are a promising treatment for multiple sclerosis.", "hedged"),
        ("MSCs can improve multiple sclerosis.", "asserted"),
        ("MSCs have been shown to improve multiple sclerosis.", "asserted"),
        ("MSCs are used for multiple sclerosis.", "asserted"),
        ("MSCs improved multiple sclerosis.", "asserted"),
    ],
)
def test_a_hedge_is_heard(words: str, certainty: str) -> None:
    claims = [claim for claim in read(words) if claim.predicate == "treats"]
    assert [claim.certainty for claim in claims] == [certainty]


# Evidence


@pytest.mark.parametrize(
    ("words", "evidence"),
    [
        ("In mice, MSCs improved Crohn's disease.", "AnimalStudy"),
        ("In a rat model, MSCs improved Crohn's disease.", "AnimalStudy"),
        ("In vitro, MSCs suppressed T cells.", "InVitroStudy"),
        ("In a phase 1 trial, MSCs improved Crohn's disease.", "ClinicalTrial"),
        ("In a meta-analysis, MSCs improved Crohn's disease.", "MetaAnalysis"),
    ],
)
def test_a_sentence_tells_its_evidence(words: str, evidence: str) -> None:
    claims = read(words)
    assert claims
    assert {claim.evidence for claim in claims} == {evidence}


# Numbers


def figures(claims: list[Claim]) -> set[tuple[str, str, str]]:
    return {(claim.object, claim.value, claim.unit) for claim in claims if claim.predicate == "outcome"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("After MSC infusion, 40% of patients improved.", {("stemkg:Improved", "40", "%")}),
        ("After MSC infusion, 40 percent of patients improved.", {("stemkg:Improved", "40", "%")}),
        ("After MSC infusion, 4 of 41 patients died.", {("stemkg:Died", "4", "patients")}),
        ("After MSC infusion, four of 41 patients died.", {("stemkg:Died", "4", "patients")}),
        ("After MSC infusion, two-thirds of the patients improved.", {("stemkg:Improved", "66.7", "%")}),
        (
            "After MSC infusion, about 40% of patients improved, 33% stayed stable and 18% worsened.",
            {("stemkg:Improved", "40", "%"), ("stemkg:Stable", "33", "%"), ("stemkg:Worsened", "18", "%")},
        ),
        (
            "After MSC infusion, 46% had improved and the remaining 54% had got worse.",
            {("stemkg:Improved", "46", "%"), ("stemkg:Worsened", "54", "%")},
        ),
        ("After MSC infusion, 12 of 20 patients had less pain.", {("stemkg:Improved", "12", "patients")}),
        ("After MSC infusion, 3 of 8 patients no longer needed insulin.", {("stemkg:Remission", "3", "patients")}),
        ("MSCs were given to 12 patients in 2019.", set()),
        ("Many patients improved after MSC infusion.", set()),
    ],
)
def test_figures_are_read(words: str, expected: set[tuple[str, str, str]]) -> None:
    assert figures(read(words)) == expected


# Comparisons


def test_the_side_that_wins_is_the_subject() -> None:
    won = read("MSCs were more effective than methotrexate in rheumatoid arthritis.")
    lost = read("Methotrexate was less effective than MSCs in rheumatoid arthritis.")
    for claims in (won, lost):
        assert (MSC, "more_effective_than", "CHEBI:44185") in triples(claims)
        assert ("CHEBI:44185", "more_effective_than", MSC) not in triples(claims)


@pytest.mark.parametrize("words", ["they were more effective", "the treatment worked better", "the cells did better"])
def test_a_side_may_be_referred_to(words: str) -> None:
    found = triples(read("MSCs are easy to grow.", f"In a trial {words} than methotrexate.", title="MSCs for lupus"))
    assert (MSC, "more_effective_than", "CHEBI:44185") in found


@pytest.mark.parametrize("arm", ["placebo", "controls", "saline"])
def test_a_control_is_no_rival(arm: str) -> None:
    claims = read(f"MSCs were more effective than {arm} in rheumatoid arthritis.")
    assert not any(claim.predicate == "more_effective_than" for claim in claims)


def test_a_factor_is_seen_after_pathways_were_spoken_of() -> None:
    said = triples(read("The Wnt pathway was studied.", "MSC exosomes protect the heart through miR-21."))
    assert (EXOSOME, "involves", "HGNC:31586") in said
    said = triples(read("Exosomes were tested.", "Exosomal miR-126 inhibited PTEN."))
    assert {predicate for _, predicate, _ in said} == {"decreases"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The groups did not differ at baseline.",
        "Baseline characteristics did not differ between the groups.",
        "There was no difference between the arms before treatment.",
    ],
)
def test_a_comparison_made_before_the_treatment_denies_nothing(sentence: str) -> None:
    assert triples(read("MSCs improved multiple sclerosis.", sentence)) == {(MSC, "treats", SCLEROSIS)}
    later = "The groups did not differ in survival."
    assert ("negative", "treats") in {(c.polarity, c.predicate) for c in read("MSCs were given for lupus.", later)}


# What states nothing


@pytest.mark.parametrize(
    "sentence",
    [
        "Do MSCs improve multiple sclerosis?",
        "The weather improved in May.",
        "Methotrexate was discussed.",
        "Many cell types secrete many things.",
        " ",
        "…",
    ],
)
def test_nothing_is_read_into_what_says_nothing(sentence: str) -> None:
    assert read(sentence) == []


def test_a_heading_counts_only_as_a_full_sentence() -> None:
    assert read("MSCs for multiple sclerosis", kind="heading") == []
    assert read("How MSCs may help multiple sclerosis", kind="heading") == []
    assert triples(read("MSCs improve multiple sclerosis", kind="heading")) == {(MSC, "treats", SCLEROSIS)}


# The explanation
