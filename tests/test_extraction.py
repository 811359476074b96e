"""Extraction, as behaviour: what sentences of our own say, part by part of what the language does."""

import csv
from collections.abc import Callable

import pytest

from kg.articles import Article, Section, Sentence, default_cues
from kg.articles.plain import read_text
from kg.claim import Claim
from kg.extraction import Extractor
from kg.extraction.confidence import TABLE, confidences, smoothed

Read = Callable[..., list[Claim]]

MSC = "CL:0000134"
HSC = "CL:0000037"
MARROW_MSC, FAT_MSC, CORD_MSC = "CL:0002540", "CL:0002570", "CL:0002569"
EXOSOME = "GO:0070062"
OSTEOARTHRITIS, SCLEROSIS, LUPUS, CROHN = "MONDO:0005178", "MONDO:0005301", "MONDO:0007915", "MONDO:0005011"
TNF, IL1B, VEGF, HGF = "HGNC:11892", "HGNC:5992", "HGNC:12680", "HGNC:4893"


def article(*sentences: str, title: str = "", kind: str = "sentence", **fields: object) -> Article:
    """An article of the given sentences."""
    text = " ".join([title, *sentences] if title else sentences)
    spans: list[Sentence] = []
    at = 0
    for number, sentence in enumerate([title, *sentences] if title else sentences):
        spans.append(Sentence(at, at + len(sentence), "title" if title and not number else kind))
        at += len(sentence) + 1
    known = Article(
        "a", text, title=title, end=len(text), sentences=tuple(spans), sections=(Section("", 0, len(text)),)
    )
    return Article(**({name: getattr(known, name) for name in Article.__slots__} | fields))


def plain(text: str) -> Article:
    """The article of a plain text."""
    (known,) = read_text(text, stem="a", file="a", cues=default_cues(), on_error=lambda _: None)
    return known


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    """Reads the claims of an article of the given sentences."""

    def claims(*sentences: str, title: str = "", kind: str = "sentence", **fields: object) -> list[Claim]:
        return extractor.claims(article(*sentences, title=title, kind=kind, **fields))

    return claims


def triples(claims: list[Claim]) -> set[tuple[str, str, str]]:
    return {(claim.subject, claim.predicate, claim.object) for claim in claims}


# Mentions


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("MSCs", MSC),
        ("Mesenchymal stem cells", MSC),
        ("Mesenchymal stromal cells", MSC),
        ("The mesenchymal stem cell", MSC),
        ("hUC-MSCs", CORD_MSC),
        ("BM-MSCs", MARROW_MSC),
        ("Umbilical-cord-derived mesenchymal stem cells", CORD_MSC),
        ("Adipose-derived mesenchymal stem cells", FAT_MSC),
        ("MSCs from adipose tissue", FAT_MSC),
        ("Haematopoietic stem cells", HSC),
        ("Hematopoietic stem cells", HSC),
    ],
)
def test_a_cell_is_known_by_its_variants(read: Read, words: str, cell: str) -> None:
    assert (cell, "treats", OSTEOARTHRITIS) in triples(read(f"{words} improved osteoarthritis."))


@pytest.mark.parametrize("name", ["TNF-α", "TNF-alpha", "TNFα", "TNF alpha"])
def test_a_factor_is_known_by_its_spellings(read: Read, name: str) -> None:
    assert triples(read(f"MSCs decreased {name} in the patients.")) == {(MSC, "decreases", TNF)}


@pytest.mark.parametrize("name", ["IL-1β", "IL1B", "IL-1 beta", "interleukin 1 beta", "interleukin-1β"])
def test_greek_letters_and_hyphens_may_be_spelled_out(read: Read, name: str) -> None:
    assert triples(read(f"MSCs lowered {name}.")) == {(MSC, "decreases", IL1B)}


def test_british_and_american_spelling_are_one(read: Read) -> None:
    british = triples(read("Haematopoietic stem cells cured leukaemia."))
    assert british == triples(read("Hematopoietic stem cells cured leukemia."))
    assert british


def test_the_most_specific_name_is_meant(read: Read) -> None:
    (claim,) = read("MSCs improved knee osteoarthritis.")
    assert claim.object == "MONDO:0005416"


def test_heads_that_are_left_out_are_filled_in(read: Read) -> None:
    assert triples(read("MSCs improved knee and hip osteoarthritis.")) == {
        (MSC, "treats", "MONDO:0005416"),
        (MSC, "treats", "MONDO:0006629"),
    }
    subjects = {claim.subject for claim in read("Bone marrow- and adipose-derived MSCs improved osteoarthritis.")}
    assert subjects == {MARROW_MSC, FAT_MSC}


def test_an_abbreviation_holds_where_it_is_defined(read: Read) -> None:
    assert triples(read("Rheumatoid arthritis (RA) hurts.", "MSCs improved RA.")) == {(MSC, "treats", "MONDO:0008383")}
    assert read("MSCs improved RA.") == []


def test_an_abbreviation_means_what_the_article_says(read: Read) -> None:
    said = triples(read("Retinoic acid (RA) was measured.", "MSCs increased RA."))
    assert said == {(MSC, "increases", "CHEBI:26536")}


@pytest.mark.parametrize(
    "sentence", ["All men improved.", "The ID of the patient was as was said.", "MSCs, as a rule, do."]
)
def test_common_words_are_no_names(read: Read, sentence: str) -> None:
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
def test_a_benefit_may_be_said_in_many_ways(read: Read, sentence: str) -> None:
    claims = [claim for claim in read(sentence) if claim.predicate == "treats"]
    assert triples(claims) == {(MSC, "treats", SCLEROSIS)}
    assert {claim.polarity for claim in claims} == {"positive"}


def test_coordinated_ends_give_a_claim_each(read: Read) -> None:
    assert triples(read("MSCs secrete VEGF, HGF and TNF-α.")) == {(MSC, "secretes", id) for id in (VEGF, HGF, TNF)}
    assert triples(read("MSCs and exosomes improved lupus.")) == {(MSC, "treats", LUPUS), (EXOSOME, "treats", LUPUS)}


def test_such_as_gives_the_members_and_the_group(read: Read) -> None:
    said = triples(read("MSCs secrete growth factors such as VEGF and HGF."))
    assert said == {(MSC, "secretes", id) for id in ("stemkg:GrowthFactor", VEGF, HGF)}


def test_a_relation_may_be_a_noun(read: Read) -> None:
    assert triples(read("The inhibition of TNF-α by MSCs was seen.")) == {(MSC, "decreases", TNF)}
    assert triples(read("MSC-mediated suppression of T cells was seen.")) == {
        (MSC, "acts_via", "stemkg:Immunosuppression")
    }


def test_clauses_keep_their_own_ends(read: Read) -> None:
    said = triples(read("MSCs secrete VEGF, and exosomes improved lupus."))
    assert said == {(MSC, "secretes", VEGF), (EXOSOME, "treats", LUPUS)}


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Lupus, in which the body turns on itself, harms the kidneys.", (LUPUS, "affects", "UBERON:0002113")),
        ("Tacrolimus, taken to spare the graft, caused a tremor.", ("CHEBI:61049", "adverse_effect", "HP:0001337")),
        ("MSCs release, besides much else, HGF.", (MSC, "secretes", HGF)),
        ("MSCs can be grown from fat and secrete HGF.", (MSC, "secretes", HGF)),
        ("From these MSCs arise chondrocytes and osteoblasts.", (MSC, "differentiates_into", "CL:0000138")),
        ("Over the months MSCs can ease lupus.", (MSC, "treats", LUPUS)),
        ("MSCs dose-dependently decreased TNF in culture.", (MSC, "decreases", TNF)),
        ("In serum drawn at the end, TNF and IL-1β were lower after MSCs.", (MSC, "decreases", TNF)),
        ("TNF is a mediator of lupus.", (LUPUS, "involves", TNF)),
        ("MSCs keep T cells from dividing.", (MSC, "acts_via", "stemkg:Immunosuppression")),
        ("MSCs keep neurons from dying.", (MSC, "acts_via", "stemkg:Neuroprotection")),
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
        ("MSCs were tried in lupus, which harms the kidneys.", (LUPUS, "affects", "UBERON:0002113")),
        ("MSCs were tried in lupus, a disease that harms the kidneys.", (LUPUS, "affects", "UBERON:0002113")),
        ("Umbilical cord MSCs did better than those from fat.", (CORD_MSC, "more_effective_than", FAT_MSC)),
    ],
)
def test_a_verb_finds_its_ends(read: Read, sentence: str, said: tuple[str, str, str]) -> None:
    assert said in triples(read(sentence))


def test_a_labelled_item_takes_the_place_of_what_its_line_counts(extractor: Extractor) -> None:
    text = "Two kinds of cells are being studied for lupus:\n\n- MSCs: These are from fat.\n- HSCs: They calm it.\n"
    known = plain(text)
    found = triples(extractor.claims(known))
    assert {(MSC, "treats", LUPUS), (HSC, "treats", LUPUS)} <= found


def test_what_stem_cells_are_turned_into_is_given_where_the_title_names_it(read: Read) -> None:
    body = "Induced pluripotent stem cells were turned into neurons.", "The treatment caused headache."
    found = triples(read(*body, title="Neurons grown in a dish ease epilepsy"))
    assert ("CL:0000540", "adverse_effect", "HP:0002315") in found


def test_a_label_is_what_its_item_goes_on_with(extractor: Extractor) -> None:
    text = "Cells tried in lupus:\n\n- MSCs: These are given into a vein.\n- HSCs: They are given into a vein.\n"
    known = plain(text)
    found = triples(extractor.claims(known))
    assert {(MSC, "given_by", "stemkg:Intravenous"), (HSC, "given_by", "stemkg:Intravenous")} <= found


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("MSCs ease lupus, a disease of the immune system.", {(MSC, "treats", LUPUS)}),
        ("MSCs secrete several factors.", set()),
        ("MSCs give rise to chondrocytes.", {(MSC, "differentiates_into", "CL:0000138")}),
        ("MSCs were tried in lupus, which kills neurons.", {(MSC, "treats", LUPUS), (LUPUS, "affects", "CL:0000540")}),
        ("MSCs help the body make regulatory T cells.", {(MSC, "acts_via", "stemkg:RegulatoryTCellInduction")}),
    ],
)
def test_no_more_is_read_than_is_said(read: Read, sentence: str, said: set[tuple[str, str, str]]) -> None:
    assert triples(read(sentence)) <= said


def test_any_surgery_is_not_the_treatment(read: Read) -> None:
    assert triples(read("Fever often follows surgery.", title="MSCs for lupus")) == set()


def test_it_may_be_the_disease(read: Read) -> None:
    found = triples(read("Lupus is a disease of the immune system.", "It is treated with methotrexate."))
    assert ("CHEBI:44185", "treats", LUPUS) in found


@pytest.mark.parametrize("words", ["headache was common", "headache and fever were common"])
def test_what_was_common_after_a_treatment_is_an_effect(read: Read, words: str) -> None:
    found = triples(read("Twenty patients received MSCs.", f"Afterwards {words}.", title="MSCs for lupus"))
    assert (MSC, "adverse_effect", "HP:0002315") in found


def test_the_place_tells_the_route(read: Read) -> None:
    found = triples(read("MSCs were injected directly into the brain."))
    assert found == {(MSC, "given_by", "stemkg:Intracerebral")}


def test_what_cells_turn_into_is_not_what_they_regenerate(read: Read) -> None:
    for words in ("new neurons", "new cartilage"):
        (claim,) = read(f"MSCs do not turn into {words}.")
        assert (claim.predicate, claim.polarity) == ("differentiates_into", "negative")


def test_in_cells_names_no_cell(read: Read) -> None:
    assert triples(read("In cells taken from fat, TNF was low.")) == set()


def test_a_cell_is_the_kind_that_the_text_says_it_is_from(read: Read) -> None:
    first = "We gave mesenchymal stem cells (MSCs), grown from the bone marrow of donors, to people with lupus."
    found = read(first, "The cells eased pain.", title="Stem cells in lupus")
    assert (MARROW_MSC, "treats", LUPUS) in triples(found)


def test_a_list_item_goes_on_with_the_line_that_introduces_it(extractor: Extractor) -> None:
    text = "# On cells\n\nMesenchymal stem cells are used to treat:\n\n- lupus\n- multiple sclerosis\n"
    known = plain(text)
    claims = extractor.claims(known)
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
def test_every_relation_is_read(read: Read, sentence: str, said: tuple[str, str, str]) -> None:
    assert said in triples(read(sentence))


# Referents


@pytest.mark.parametrize("words", ["They", "These cells", "The cells"])
def test_a_short_form_stands_for_the_cell_spoken_of(read: Read, words: str) -> None:
    assert (FAT_MSC, "secretes", VEGF) in triples(
        read("Adipose-derived MSCs are easy to get.", f"{words} secrete VEGF.")
    )


@pytest.mark.parametrize("words", ["The treatment", "This therapy", "The therapy"])
def test_the_treatment_is_the_one_of_the_article(read: Read, words: str) -> None:
    said = read("Adipose-derived MSCs were infused into patients.", f"{words} improved Crohn's disease.")
    assert (FAT_MSC, "treats", CROHN) in triples(said)


def test_the_disease_of_the_article_is_the_context(read: Read) -> None:
    (claim,) = read("MSCs secrete VEGF.", title="Cells for multiple sclerosis")
    assert claim.disease == SCLEROSIS


def test_the_disease_of_a_section_is_nearer(extractor: Extractor) -> None:
    text = "# Cells for multiple sclerosis\n\n## Crohn's disease\n\nMSCs secrete VEGF and calm the bowel.\n"
    known = plain(text)
    assert {claim.disease for claim in extractor.claims(known) if claim.predicate == "secretes"} == {CROHN}


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
def test_what_is_denied_is_negative(read: Read, sentence: str) -> None:
    polarities = {claim.polarity for claim in read(sentence) if claim.subject == MSC and claim.object == SCLEROSIS}
    assert polarities == {"negative"}


def test_two_negations_make_an_affirmation(read: Read) -> None:
    (claim,) = read("It is not true that MSCs do not improve multiple sclerosis.")
    assert claim.polarity == "positive"


def test_a_cleft_denies_what_it_says_it_is_not(read: Read) -> None:
    (claim,) = read("It is not cartilage that MSCs form.")
    assert claim.polarity == "negative"


def test_that_a_treatment_is_not_approved_denies_nothing(read: Read) -> None:
    assert read("MSCs are not approved for lupus.") == []


@pytest.mark.parametrize(
    "sentence", ["MSCs, which might be frozen, ease lupus.", "MSCs that could be frozen ease lupus."]
)
def test_a_hedge_of_an_aside_is_no_hedge_of_the_sentence(read: Read, sentence: str) -> None:
    assert {claim.certainty for claim in read(sentence)} == {"asserted"}


def test_no_serious_adverse_events_is_one_denial(read: Read) -> None:
    (claim,) = read("No serious adverse events occurred after MSC infusion.")
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
        ("MSCs are being evaluated for multiple sclerosis.", "hedged"),
        ("MSCs are a promising treatment for multiple sclerosis.", "hedged"),
        ("MSCs can improve multiple sclerosis.", "asserted"),
        ("MSCs have been shown to improve multiple sclerosis.", "asserted"),
        ("MSCs are used for multiple sclerosis.", "asserted"),
        ("MSCs improved multiple sclerosis.", "asserted"),
    ],
)
def test_a_hedge_is_heard(read: Read, words: str, certainty: str) -> None:
    claims = [claim for claim in read(words) if claim.predicate == "treats"]
    assert [claim.certainty for claim in claims] == [certainty]


# Evidence


@pytest.mark.parametrize(
    ("words", "evidence"),
    [
        ("In mice, MSCs improved Crohn's disease.", "AnimalStudy"),
        ("In a rat model, MSCs improved Crohn's disease.", "AnimalStudy"),
        ("In vitro, MSCs suppressed T cells.", "InVitroStudy"),
        ("In a randomized trial, MSCs improved Crohn's disease.", "RandomizedTrial"),
        ("In a phase 1 trial, MSCs improved Crohn's disease.", "ClinicalTrial"),
        ("In a meta-analysis, MSCs improved Crohn's disease.", "MetaAnalysis"),
        ("MSCs improved Crohn's disease.", "ExpertStatement"),
    ],
)
def test_a_sentence_tells_its_evidence(read: Read, words: str, evidence: str) -> None:
    claims = read(words)
    assert claims
    assert {claim.evidence for claim in claims} == {evidence}


def test_a_mouse_result_names_its_species(read: Read) -> None:
    (claim,) = read("In mice, MSCs improved Crohn's disease.")
    assert dict(claim.qualifiers)["species"] == "NCBITaxon:10090"


def test_what_the_article_is_decides_where_the_sentence_does_not(read: Read) -> None:
    (claim,) = read("MSCs improved Crohn's disease.", title="MSCs for Crohn's disease: a randomized trial")
    assert claim.evidence == "RandomizedTrial"
    (claim,) = read("MSCs improved Crohn's disease.", evidence="CaseReport")
    assert claim.evidence == "CaseReport"
    (claim,) = read("MSCs improved Crohn's disease.", publication_types=("Meta-Analysis",))
    assert claim.evidence in ("MetaAnalysis", "ExpertStatement")


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
        ("After MSC infusion, patients had 40% less pain.", set()),
        ("MSCs were given to 12 patients in 2019.", set()),
        ("Many patients improved after MSC infusion.", set()),
    ],
)
def test_figures_are_read(read: Read, words: str, expected: set[tuple[str, str, str]]) -> None:
    assert figures(read(words)) == expected


# Comparisons


def test_the_side_that_wins_is_the_subject(read: Read) -> None:
    won = read("MSCs were more effective than methotrexate in rheumatoid arthritis.")
    lost = read("Methotrexate was less effective than MSCs in rheumatoid arthritis.")
    for claims in (won, lost):
        assert (MSC, "more_effective_than", "CHEBI:44185") in triples(claims)
        assert ("CHEBI:44185", "more_effective_than", MSC) not in triples(claims)


@pytest.mark.parametrize("words", ["they were more effective", "the treatment worked better", "the cells did better"])
def test_a_side_may_be_referred_to(read: Read, words: str) -> None:
    found = triples(read("MSCs are easy to grow.", f"In a trial {words} than methotrexate.", title="MSCs for lupus"))
    assert (MSC, "more_effective_than", "CHEBI:44185") in found


@pytest.mark.parametrize("arm", ["placebo", "controls", "saline"])
def test_a_control_is_no_rival(read: Read, arm: str) -> None:
    claims = read(f"MSCs were more effective than {arm} in rheumatoid arthritis.")
    assert not any(claim.predicate == "more_effective_than" for claim in claims)


def test_a_factor_is_seen_after_pathways_were_spoken_of(read: Read) -> None:
    said = triples(read("The Wnt pathway was studied.", "MSC exosomes protect the heart via miR-21."))
    assert (EXOSOME, "involves", "HGNC:31586") in said
    said = triples(read("Exosomes were tested.", "Exosomal miR-126 inhibited PTEN."))
    assert {predicate for _, predicate, _ in said} == {"decreases"}


def test_the_disease_in_which_something_changes_is_not_what_changes(read: Read) -> None:
    # Heart failure is a sign of disease too; the spinal cord has a part in the name of its injury only.
    said = triples(read("MSCs may reduce inflammation in heart failure."))
    assert said == {(MSC, "acts_via", "stemkg:AntiInflammation")}
    assert triples(read("MSCs led to reductions in fever.", title="MSCs for lupus")) == {(MSC, "treats", LUPUS)}
    said = triples(read("MSCs improved survival in spinal cord injury."))
    assert {predicate for _, predicate, _ in said} == {"treats"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The groups did not differ at baseline.",
        "Baseline characteristics did not differ between the groups.",
        "There was no difference in disability between the arms before treatment.",
    ],
)
def test_a_comparison_made_before_the_treatment_denies_nothing(read: Read, sentence: str) -> None:
    assert triples(read("MSCs improved multiple sclerosis.", sentence)) == {(MSC, "treats", SCLEROSIS)}
    later = "The groups did not differ in survival."
    assert ("negative", "treats") in {(c.polarity, c.predicate) for c in read("MSCs were given for lupus.", later)}


# What states nothing


@pytest.mark.parametrize(
    "sentence",
    [
        "Do MSCs improve multiple sclerosis?",
        "MSCs, lupus and VEGF.",
        "The weather improved in May.",
        "Methotrexate was discussed.",
        "Many cell types secrete many things.",
        "",
        " ",
        "…",
    ],
)
def test_nothing_is_read_into_what_says_nothing(read: Read, sentence: str) -> None:
    assert read(sentence) == []


def test_a_heading_counts_only_as_a_full_sentence(read: Read) -> None:
    assert read("MSCs for multiple sclerosis", kind="heading") == []
    assert read("How MSCs may help multiple sclerosis", kind="heading") == []
    assert triples(read("MSCs improve multiple sclerosis", kind="heading")) == {(MSC, "treats", SCLEROSIS)}


def test_an_article_without_sentences_has_no_claims(extractor: Extractor) -> None:
    assert extractor.claims(Article("a", "MSCs improve lupus.", end=19)) == []
    assert extractor.claims(Article("a", "")) == []


# The explanation


def test_what_states_nothing_is_told_why(extractor: Extractor) -> None:
    question = article("Do MSCs improve lupus?")
    assert extractor.explain(question).silent == {(0, 22): "a question"}
    heading = article("MSCs for lupus", kind="heading")
    assert extractor.explain(heading).silent == {(0, 14): "a heading that is no sentence"}
    assert not extractor.explain(article("MSCs improve lupus.")).silent


def test_the_confidence_is_that_of_the_rule(extractor: Extractor) -> None:
    with TABLE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    for row in rows:
        assert 0 <= int(row["right"]) <= int(row["found"])
        # Never more than what was counted says.
        assert 0 < float(row["confidence"]) <= smoothed(int(row["right"]), int(row["found"]))
    assert len({row["rule"] for row in rows}) == len(rows) > 20
    (claim,) = extractor.claims(article("MSCs improve lupus."))
    assert claim.confidence == confidences()[claim.rule]


def test_every_claim_knows_its_rule_and_its_words(extractor: Extractor) -> None:
    known = article("MSCs reduced inflammation and improved multiple sclerosis.")
    claims = extractor.claims(known)
    assert {claim.predicate for claim in claims} == {"acts_via", "treats"}
    for claim in claims:
        assert claim.rule
        assert 0 < claim.confidence < 1
        assert [known.text[start:end] for start, end in claim.cues] in (["reduced"], ["improved"])


def test_a_candidate_that_is_rejected_is_told_with_a_reason(extractor: Extractor) -> None:
    explained = extractor.explain(
        article("Apart from multiple sclerosis, MSCs improve lupus rather than treating asthma.")
    )
    for _, rejection in explained.rejected:
        assert rejection.reason
        assert rejection.candidate.rule
    rejected = {rejection.candidate.object for _, rejection in explained.rejected}
    assert not rejected & {claim.object for claim in explained.claims}
