"""Features: what is seen of a candidate, as strings; each is about what it says it is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from understanding import document, extractor, plain

from kg.extraction.candidates import Pair, pairs
from kg.extraction.features import bucket

MSC, FAT_MSC, LUPUS, VEGF = "CL:0000134", "CL:0002570", "MONDO:0007915", "HGNC:12680"


def of_pair(subject: str, object_: str, *sentences: str, title: str = "") -> set[str]:
    """The features of a candidate of the last sentence."""
    known = document(*sentences, title=title)
    s = known.sentences[-1]
    (pair,) = [pair for pair in pairs(known, s) if (pair.subject.id, pair.object.id) == (subject, object_)]
    return set(extractor().features.of_pair(known, s, pair.subject, pair.object))


def of_sentence(*sentences: str) -> set[str]:
    """The features of the last sentence."""
    known = document(*sentences)
    return set(extractor().features.of_sentence(known, known.sentences[-1]))


def test_a_frame_is_told_whatever_the_form() -> None:
    active = of_pair(MSC, LUPUS, "MSCs eased lupus.")
    passive = of_pair(MSC, LUPUS, "Lupus was eased by MSCs.")
    relative = of_pair(MSC, LUPUS, "We froze MSCs that ease lupus.")
    for found in (active, passive, relative):
        assert {"F:agent|theme", "Fl:ease|agent|theme"} <= found
    assert "order:>" in active and "order:<" in passive


def test_the_other_way_round_is_another_frame() -> None:
    assert "F:theme|agent" in of_pair(LUPUS, MSC, "MSCs eased lupus.")
    assert "F:agent|theme" not in of_pair(LUPUS, MSC, "MSCs eased lupus.")


def test_the_way_between_two_ends_is_told_with_its_words() -> None:
    found = of_pair(MSC, VEGF, "MSCs secrete large amounts of VEGF.")
    assert {"P:^nsubj vdobj vprep_of vpobj", "Pt:secrete", "PtC:secretes", ">b:amount", "Pw:amount"} <= found


def test_ends_that_no_frame_joins_say_so() -> None:
    assert "noframe" in of_pair(MSC, LUPUS, "MSCs are new. Lupus is old.".replace(". L", "; l"))


def test_the_words_of_the_ends_are_no_words_of_the_sentence() -> None:
    found = of_sentence("MSCs secrete VEGF.")
    assert "W:secrete" in found and "C:secretes" in found
    assert not {"W:mscs", "W:msc", "W:vegf"} & found


def test_a_sentence_tells_its_place_its_tags_and_what_stands_before() -> None:
    found = of_sentence("Lupus was studied.", "MSCs may ease it.")
    assert {"last", "place:1", "tag:MD"} <= found and "first" not in found
    assert "question" in of_sentence("Do MSCs ease lupus?")
    assert any(feature.startswith("N:") for feature in found)
    assert not any(feature.startswith("N:") for feature in of_sentence("MSCs may ease it."))


def test_a_heading_and_an_introducing_line_are_told_to_what_stands_under_them() -> None:
    known = extractor().understood(plain("# Kidney trouble\n\nMSCs are used to treat:\n\n- lupus\n"))
    item = next(s for s in known.sentences if s.span.kind == "item")
    found = set(extractor().features.of_sentence(known, item))
    assert {"kind:item", "L:treats"} <= found


@pytest.mark.parametrize(("word", "feature"), [("They", "sref:they:nsubj"), ("These cells", "sref:cell:these:nsubj")])
def test_what_refers_to_an_unnamed_end_is_told(word: str, feature: str) -> None:
    found = of_pair(FAT_MSC, VEGF, "Adipose-derived MSCs were infused.", f"{word} secrete VEGF.")
    assert {"scarried", "slast", "slastsubject", feature} <= found
    assert "snoref" not in found


def test_an_end_that_nothing_refers_to_says_so() -> None:
    assert "snoref" in of_pair(FAT_MSC, VEGF, "Adipose-derived MSCs were infused.", "Blood was rich in VEGF.")


def test_a_mechanism_tells_whether_its_verb_governs_it() -> None:
    mechanism = "stemkg:Antifibrosis"
    assert "governed" in of_pair(MSC, mechanism, "MSCs curbed the fibrosis.")
    assert "ungoverned" in of_pair(MSC, mechanism, "MSCs were given, and fibrosis was feared.")


def test_a_mechanism_above_another_that_is_said_is_told() -> None:
    sentence = "MSCs promote repair of tissue and of cartilage."
    assert "morespecific" in of_pair(MSC, "stemkg:TissueRepair", sentence)
    assert "morespecific" not in of_pair(MSC, "stemkg:CartilageRepair", sentence)


def test_kinds_and_ancestors_of_both_ends_are_told() -> None:
    found = of_pair(FAT_MSC, LUPUS, "Adipose-derived MSCs eased lupus.")
    assert {f"S:{FAT_MSC}", f"O:{LUPUS}", f"SA:{MSC}", "therapeutic"} <= found


def test_what_the_article_is_about_is_told() -> None:
    titled = of_pair(MSC, LUPUS, "MSCs eased lupus.", title="MSCs for lupus")
    assert {"Dsubject:title", "Dobject:title", "Dsubject:0", "Dobject:0"} <= titled


def test_features_are_the_same_each_time_and_fit_a_file() -> None:
    known = document("MSCs, which ease lupus, secrete VEGF by 40%.", "They, “the cells”, may\tease it\nlater.")
    features = extractor().features
    for s in known.sentences:
        found: list[Pair] = list(pairs(known, s))
        for pair in found:
            once = features.of_pair(known, s, pair.subject, pair.object)
            assert once == features.of_pair(known, s, pair.subject, pair.object)
            for feature in (*once, *features.of_sentence(known, s)):
                assert feature and not set("\t\n\r") & set(feature) and not feature.startswith("#")


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_larger_number_is_never_in_a_smaller_bucket(a: int, b: int) -> None:
    size = {"far": 10_000} | {str(number): number for number in range(100)}
    low, high = sorted((a, b))
    assert size[bucket(low)] <= size[bucket(high)]
    assert low <= size[bucket(low)]
