"""Names: how they may be written, and where they stand in a text."""

import itertools

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st
from understanding import finder

import kg
from kg.extraction.names import KINDS, Names, fold, is_short_form, variants
from kg.extraction.names.writing import Plain
from kg.vocabulary import Vocabulary, load


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Names:
    return Names(Vocabulary.load(samples.ontology(tmp_path_factory.mktemp("ontology"))), KINDS)


def found(names: Names, text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.name.ids[0]) for hit in names.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mesenchymal stem cells", "mesenchymal stem cells"),
        ("MESENCHYMAL STEM CELL", "MESENCHYMAL STEM CELL"),
        ("mesenchymal-stem-cells", "mesenchymal-stem-cells"),
        ("mesenchymal\nstem cell", "mesenchymal\nstem cell"),
        ("many MSCs, too", "MSCs"),
        ("(MSC)", "MSC"),
    ],
)
def test_a_name_is_found_as_it_is_written(small: Names, text: str, expected: str) -> None:
    assert found(small, text) == [(expected, "CL:0000134")]


@pytest.mark.parametrize("text", ["MSCX", "xMSC", "msc", "mesenchymal stem cellular", "anti-MSC", "lupuses1"])
def test_a_part_of_a_word_is_no_name_and_short_forms_keep_their_case(small: Names, text: str) -> None:
    assert "CL:0000134" not in [id for _, id in found(small, text)]


def test_the_longest_name_is_taken(small: Names) -> None:
    assert found(small, "a mesenchymal stem cell and a stem cell") == [
        ("mesenchymal stem cell", "CL:0000134"),
        ("stem cell", "CL:0000034"),
    ]


def test_a_written_form_is_looked_up(small: Names) -> None:
    for form in ("MSC", "MSCs", "Mesenchymal-stem cells"):
        name = small.lookup(form)
        assert name is not None
        assert name.ids == ("CL:0000134",)
    assert small.lookup("no such name") is None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("TGF-β1", "TGF beta 1"),
        ("TGF-beta 1", "TGF β1"),
        ("IL-6", "IL6"),
        ("IL6", "IL 6"),
        ("haematopoietic cell", "hematopoietic cell"),
        ("tumor", "tumour"),
        ("anemia", "anaemia"),
        ("Crohn’s disease", "Crohn's disease"),
    ],
)
def test_variants_are_derived(name: str, form: str) -> None:
    assert form in variants(name)


@given(st.text(max_size=60))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@settings(max_examples=100)
@given(st.text(alphabet="abIL αβ-’16 xs", min_size=1, max_size=20))
def test_a_name_is_a_variant_of_itself(name: str) -> None:
    plain = " ".join(fold(name).split())
    assert plain in {form.lower() for form in variants(name)}
    assert isinstance(is_short_form(name), bool) or not name.split()


ALL = load()
LABELS = [term.label for term in ALL.terms.values() if term.kinds & set(KINDS) and len(term.label) > 12][::61]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LABELS) | st.text(max_size=12), max_size=12).map(" and ".join))
def test_mentions_lie_in_the_text_in_order_and_apart(text: str) -> None:
    mentions = finder().find(text)
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.ids
        assert all(id in ALL for id in mention.ids)
        assert mention.kinds == {kind for id in mention.ids for kind in ALL.kinds(id)}
    for one, other in itertools.pairwise(mentions):
        assert one.end <= other.start


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LABELS))
def test_a_label_is_found_in_running_text(label: str) -> None:
    name = finder().names.lookup(label)
    assert name is None or any(
        hit.name.ids == name.ids and hit.end - hit.start >= len(label) - 2
        for hit in finder().names.find(f"Here, {label} was seen.")
    )


@pytest.mark.parametrize(
    ("text", "written", "id"),
    [
        ("We saw spinal cord injuries there.", "spinal cord injuries", "MONDO:0043797"),
        ("The fi\u00adbro\u00adsis of the lung", "fi\u00adbro\u00adsis of the lung", "MONDO:0002771"),
        ("Mesen\u200bchymal stem cells were there", "Mesen\u200bchymal stem cells", "CL:0000134"),
        ("they made IL-1ß and TNF-𝛼 too", "TNF-𝛼", "HGNC:11892"),
        ("levels of TNFa rose", "TNFa", "HGNC:11892"),
        ("Bdnf was seen", "Bdnf", "HGNC:1033"),
        ("Parkinson´s disease", "Parkinson´s disease", "MONDO:0005180"),
        ("Parkinson`s disease", "Parkinson`s disease", "MONDO:0005180"),
        ("of ﬁbroblasts", "ﬁbroblasts", "CL:0000057"),
        ("with ＭＳＣｓ", "ＭＳＣｓ", "CL:0000134"),
        ("of a stroke³ in men", "stroke", "MONDO:0005098"),
    ],
)
def test_marks_plurals_and_symbols_are_taken_as_they_come(text: str, written: str, id: str) -> None:
    assert [(text[m.start : m.end], id in m.ids) for m in finder().find(text) if id in m.ids] == [(written, True)]


@given(st.text(alphabet="ab ﬁ\u00ad\u200b𝛼é́Ｍ", max_size=30))
def test_the_plain_form_of_a_text_knows_where_its_letters_stood(text: str) -> None:
    plain = Plain.of(text)
    for place, char in enumerate(plain.text):
        start, end = plain.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert char in Plain.of(text[start:end]).text
    places = [plain.span(place, place + 1) for place in range(len(plain.text))]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Patients with leukemia got a stem cell transplant.", "CL:0000037"),
        ("Neural stem cells differ. A stem cell transplant was given.", "CL:0000034"),
        ("A stem cell transplant was given.", "CL:0000034"),
    ],
)
def test_of_several_candidates_the_one_that_the_article_points_to_comes_first(text: str, meant: str) -> None:
    (mention,) = [m for m in finder().find(text) if len(m.ids) > 1 and "CL:0000037" in m.ids]
    assert mention.id == meant
    assert len(mention.meanings) == len(mention.ids)
    assert all(0 < meaning.score <= 1 and meaning.reason for meaning in mention.meanings)


@pytest.mark.parametrize(
    ("text", "written", "id"),
    [
        ("Neural stem (NS) cells were seen, and NS cells grew.", "Neural stem (NS) cells", "CL:0000047"),
        ("Traumatic spinal cord injury (TSCI) is grave. In TSCI it helps.", "TSCI", "MONDO:0043797"),
        ("People with MS had it before. MS is a disease.", "MS", "MONDO:0005301"),
        ("We looked at AML alone.", "AML", "MONDO:0018874"),
        ("More interleukin (IL)-10 was made.", "interleukin (IL)-10", "HGNC:5962"),
        ("Boys with ALL slept.", "ALL", "MONDO:0004967"),
        ("A woman with PD spoke to people with PD.", "PD", "MONDO:0005180"),
        ("HSCs were grown. Such stellate cells make scars.", "HSCs", "CL:0000632"),
        ("The marrow holds HSC, and no more.", "HSC", "CL:0000037"),
        ("Doctors use HSC transplants (HSCT). Some tested HSCT in lupus.", "HSCT", "CL:0000037"),
    ],
)
def test_short_forms_are_taken_for_what_the_article_tells(text: str, written: str, id: str) -> None:
    assert id in {m.id for m in finder().find(text) if text[m.start : m.end] == written}


def test_two_letters_that_come_once_are_explained_or_nothing() -> None:
    assert not [m for m in finder().find("She works at UC in the south.") if "disease" in m.kinds]


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("The cells were injected into the hearts of rats.", "stemkg:LocalInjection"),
        ("Transplantation of cells into a host brain was safe.", "stemkg:Intracerebral"),
        ("They put the cells into the spleen.", "stemkg:LocalInjection"),
        ("The cells grew into the spleen.", ""),
        ("The heart was injected.", ""),
    ],
)
def test_a_tissue_that_something_is_put_into_may_be_a_route(text: str, route: str) -> None:
    (mention,) = [m for m in finder().find(text) if "tissue" in m.kinds]
    assert "tissue" in ALL.kinds(mention.id)
    assert [id for id in mention.ids if "route" in ALL.kinds(id)] == ([route] if route else [])


@pytest.mark.parametrize(
    ("text", "none", "name"),
    [
        ("They used HF ultrasound, and later HF ultrasonography again.", "HF", "Their HF was bad, and HF came back."),
        ("They met in Washington DC and, later, in Washington, DC.", "DC", "They saw each dendritic cell (DC) grow."),
        ("It was seen by LC-MS/MS, GC-MS and LC–MS, or MS/MS too.", "MS", "Patients with MS ran, and MS got better."),
        ("It was seen by LC-MS/MS and again by LC-MS.", "LC", ""),
        ("Stroke volume rose, stroke work too, at a stroke.", "Stroke", "Stroke is a disease."),
        ("Respiratory depression and ST-segment depression were seen.", "depression", "Some had a depression."),
        ("All boys with ALL kinds of pain slept.", "ALL", "Boys with ALL slept."),
        ("They were given shock waves and shock-wave therapy.", "shock", "They were in shock."),
    ],
)  # fmt: skip
def test_a_name_inside_the_phrase_of_other_words_is_none(text: str, none: str, name: str) -> None:
    assert none not in {text[mention.start : mention.end] for mention in finder().find(text)}
    assert not name or none in {name[mention.start : mention.end] for mention in finder().find(name)}


def test_no_claim_comes_of_such_a_name() -> None:
    assert not kg.extract("High-frequency HF ultrasound was used with mesenchymal stem cells.")
    (claim,) = kg.extract("Mesenchymal stem cells treat HF.")
    assert (claim.subject, claim.predicate, claim.object) == ("CL:0000134", "treats", "MONDO:0005252")
