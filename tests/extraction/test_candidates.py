"""Candidates: every claim that a sentence could make, and none that its kinds rule out."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from understanding import document, extractor

from kg.claim import Predicate
from kg.extraction.candidates import ENDS, Pair, pairs
from kg.extraction.document import illnesses, therapies

MSC, FAT_MSC, EXOSOME, CORD_BLOOD_HSC = "CL:0000134", "CL:0002570", "GO:0070062", "CL:2000095"
LUPUS, VEGF, TNF = "MONDO:0007915", "HGNC:12680", "HGNC:11892"
ANGIOGENESIS, ANTIFIBROSIS = "stemkg:Angiogenesis", "stemkg:Antifibrosis"


def candidates(*sentences: str) -> list[Pair]:
    """The candidates of the last sentence."""
    known = document(*sentences)
    return list(pairs(known, known.sentences[-1]))


def said(found: list[Pair]) -> set[tuple[str, str, str]]:
    return {(pair.subject.id, pair.said(predicate), pair.object.id) for pair in found for predicate in pair.predicates}


def test_a_relation_joins_only_the_kinds_that_it_is_of() -> None:
    found = candidates("MSCs secrete VEGF in lupus.")
    assert {(MSC, "secretes", VEGF), (MSC, "treats", LUPUS), (LUPUS, "involves", VEGF)} <= said(found)
    assert (VEGF, "secretes", MSC) not in said(found)
    assert (LUPUS, "treats", MSC) not in said(found)
    assert (MSC, "given_by", LUPUS) not in said(found)


def test_both_directions_are_tried() -> None:
    assert {(MSC, "increases", VEGF), (VEGF, "increases", MSC)} <= said(candidates("VEGF draws MSCs."))


@pytest.mark.parametrize(
    "words",
    ["Silencing of VEGF raised TNF-α.", "VEGF knockdown lowered TNF-α.", "An antibody against VEGF raised TNF-α."],
)
def test_what_comes_of_the_loss_of_a_factor_is_turned(words: str) -> None:
    of_vegf = [pair for pair in candidates(words) if pair.subject.id == VEGF]
    assert {(pair.turned, pair.predicates, pair.said("increases")) for pair in of_vegf} == {
        (True, ("increases", "decreases"), "decreases")
    }


def test_what_comes_of_a_factor_is_not_turned() -> None:
    assert not [pair for pair in candidates("Recombinant VEGF raised TNF-α.") if pair.turned]


def test_two_names_of_one_thing_are_not_joined() -> None:
    assert not [pair for pair in candidates("MSCs are mesenchymal stem cells.") if pair.subject.id == pair.object.id]


def test_a_mechanism_is_found_by_its_words_once_and_for_cells_and_products_only() -> None:
    found = candidates("MSCs reduce fibrosis, scarring and TNF-α, and promote angiogenesis.")
    mechanisms = [pair for pair in found if pair.object.cues]
    assert {(MSC, "acts_via", ANTIFIBROSIS), (MSC, "acts_via", ANGIOGENESIS)} <= said(mechanisms)
    ends = [(pair.subject.id, pair.object.id) for pair in mechanisms]
    assert len(ends) == len(set(ends))
    assert {pair.predicates for pair in mechanisms} == {("acts_via",)}
    assert TNF not in {subject for subject, _ in ends}
    (several,) = [pair.object for pair in mechanisms if pair.object.id == ANTIFIBROSIS]
    assert len(several.cues) >= 2 and not several.carried


def test_who_goes_unnamed_is_carried_in() -> None:
    found = candidates("Adipose-derived MSCs were infused.", "They secrete VEGF.")
    (pair,) = [pair for pair in found if (FAT_MSC, "secretes", VEGF) in said([pair])]
    assert pair.subject.carried and pair.subject.named is None
    assert not pair.object.carried


def test_who_is_named_is_not_carried_in() -> None:
    found = candidates("MSCs were infused for lupus.", "MSCs eased lupus.")
    assert not [pair for pair in found if pair.subject.carried or pair.object.carried]


def test_a_disease_that_goes_unnamed_is_treated_affected_or_involved_in_and_no_more() -> None:
    found = candidates("Lupus is old.", "MSCs ease the symptoms, and the kidneys suffer from TNF-α.")
    carried = said([pair for pair in found if pair.subject.carried or pair.object.carried])
    assert (MSC, "treats", LUPUS) in carried
    assert (LUPUS, "involves", TNF) in carried
    assert (LUPUS, "affects", "UBERON:0002113") in carried
    assert {predicate for _, predicate, _ in carried} == {"treats", "involves", "affects"}


def test_both_ends_unnamed_make_treats_alone() -> None:
    found = candidates("Adipose-derived MSCs were infused for lupus.", "The patients did better.")
    assert said(found) == {(FAT_MSC, "treats", LUPUS)}


def test_a_tissue_that_is_given_is_the_cells_in_it() -> None:
    found = candidates("Cord blood eased lupus.")
    (pair,) = [pair for pair in found if (CORD_BLOOD_HSC, "treats", LUPUS) in said([pair])]
    assert pair.subject.place > 0


def test_a_sentence_that_names_nothing_in_an_article_about_nothing_has_none() -> None:
    assert candidates("The weather was fine.") == []


def test_relations_that_rules_read_have_no_candidates() -> None:
    assert set(get_args(Predicate)) - ENDS.keys() == {"outcome", "more_effective_than"}
    kinds = {kind for term in extractor().vocabulary.terms.values() for kind in term.kinds}
    for subjects, objects in ENDS.values():
        assert subjects <= kinds and objects <= kinds


SENTENCES = (
    "MSCs eased lupus.", "They secrete VEGF.", "Exosomes reduce fibrosis in mice.", "Cord blood was given.",
    "Lupus harms the kidneys.", "It is treated with methotrexate.", "The weather was fine.", "TNF-α drives lupus.",
    "Adipose-derived MSCs turn into chondrocytes.", "They were injected into the knee.", "", "Fever was seen.",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6))
def test_every_candidate_keeps_the_rules(sentences: list[str]) -> None:
    known = document(*sentences)
    kinds = known.kinds
    for s in known.sentences:
        found = list(pairs(known, s))
        assert found == list(pairs(known, s))
        for pair in found:
            assert pair.subject.id != pair.object.id
            assert pair.predicates
            for predicate in pair.predicates:
                subjects, objects = ENDS[predicate]
                assert subjects & kinds.of(pair.subject.id) and objects & kinds.of(pair.object.id)
            for end in (pair.subject, pair.object):
                if end.named is not None:
                    mention = s.named[end.named].mention
                    assert end.id in (*mention.ids, kinds.given_as.get(mention.id))
                if end.carried:
                    assert end.id in (*therapies(known, s.index), *illnesses(known, s.index))


@pytest.mark.parametrize("words", ["MSCs", "lupus", "VEGF"])
def test_one_name_alone_makes_no_candidate(words: str) -> None:
    assert [p for p in candidates(f"We know {words} well.") if not p.subject.carried and not p.object.carried] == []
