"""Articles, claims and summaries as quads: what is said, and that it is the same every time."""

import dataclasses
import re
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import TEXT, article, claims, ontology

from kg.articles import Work
from kg.claim import EVIDENCE, Claim, Qualifier
from kg.namespaces import expand
from kg.rdf import (
    Belief,
    Key,
    Stance,
    article_id,
    article_node,
    article_quads,
    build_node,
    claim_node,
    closure_quads,
    decimal,
    finding_lines,
    finding_node,
    finding_quads,
    instant,
    ontology_quads,
    stances,
    term,
    weights,
)
from kg.vocabulary import Vocabulary

BUILD = ox.NamedNode("https://w3id.org/stemkg/build/test")
ASSERTED, HEDGED, NUMBER = claims("a")


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return Vocabulary.load(ontology(tmp_path_factory.mktemp("ontology")))


def said(quads: list[ox.Quad], subject: ox.NamedNode) -> dict[str, list[str]]:
    """What quads say of a subject: the local name of the property to its sorted values."""
    found: dict[str, list[str]] = {}
    for quad in quads:
        if quad.subject == subject:
            name = re.split("[/#]", quad.predicate.value)[-1]
            found.setdefault(name, []).append(quad.object.value)  # type: ignore[union-attr]
    return {name: sorted(values) for name, values in found.items()}


def test_an_article_says_what_is_known_of_it() -> None:
    given = article(
        "x#2", publisher="Journal", authors=("A", "B"), topics=("T",), evidence="Review",
        work=Work(doi="10.1002/(SICI)1<2::A>3", pmid="12", pmcid="PMC3", citation="As it stands."),
    )  # fmt: skip
    node = article_node("x#2")
    quads = article_quads(given, [], build=BUILD)
    assert node.value == "https://w3id.org/stemkg/article/x%232"
    assert {quad.graph_name for quad in quads} == {node}
    assert said(quads, node) == {
        "type": [expand("stemkg:Article")],
        "identifier": ["x#2"],
        "title": ["On stem cells"],
        "issued": ["2023-08-29T00:00:00Z"],
        "publisher": ["Journal"],
        "creator": ["A", "B"],
        "subject": ["T"],
        "doi": ["10.1002/(SICI)1<2::A>3"],
        "pmid": ["12"],
        "pmcid": ["PMC3"],
        "bibliographicCitation": ["As it stands."],
        "wasDerivedFrom": ["https://doi.org/10.1002/(SICI)1%3C2::A%3E3"],
        "reports": [expand("stemkg:Review")],
        "sha256": [given.sha256],
        "length": [str(len(TEXT))],
    }


def test_a_claim_says_what_its_row_says() -> None:
    quads = article_quads(article("a"), [NUMBER], build=BUILD, quotes=True)
    found = said(quads, claim_node(NUMBER))
    assert found["value"] == ["40"] and found["unit"] == ["%"] and found["source"] == [expand("UBERON:0002371")]
    assert found["start"] == ["82"] and found["end"] == ["103"] and found["exact"] == ["Of all, 40% improved."]
    assert found["confidence"] == ["1"] and found["wasGeneratedBy"] == [BUILD.value]
    assert "exact" not in said(article_quads(article("a"), [NUMBER], build=BUILD), claim_node(NUMBER))


def test_offsets_and_lengths_count_code_points() -> None:
    text = "\U0001d6fc é: MSCs treat lupus."
    claim = Claim("a", 6, len(text), "CL:0000134", "treats", "MONDO:0007915")
    quads = article_quads(article("a", text), [claim], build=BUILD, quotes=True)
    assert said(quads, claim_node(claim))["exact"] == [text[6:]]
    assert said(quads, article_node("a"))["length"] == [str(len(text))]


@pytest.mark.parametrize(
    ("claim", "plain"),
    [
        (ASSERTED, True),
        (HEDGED, False),
        (NUMBER, False),
        (dataclasses.replace(ASSERTED, polarity="negative"), False),
    ],
)
def test_only_positive_asserted_claims_without_a_number_give_a_plain_triple(claim: Claim, plain: bool) -> None:
    triple = ox.Triple(term(claim.subject), term("stemkg:" + claim.predicate), term(claim.object))
    assert (triple in {quad.triple for quad in article_quads(article("a"), [claim], build=BUILD)}) is plain


def test_claims_that_differ_in_a_figure_only_are_two() -> None:
    other = dataclasses.replace(NUMBER, value="33")
    assert claim_node(NUMBER) != claim_node(other)


TEXTS = st.text('a,"', max_size=2)
CLAIMS = st.builds(Claim, TEXTS, st.just(0), st.just(1), TEXTS, st.just("treats"), TEXTS, value=TEXTS, unit=TEXTS)


@given(CLAIMS, CLAIMS)
@settings(max_examples=100)
def test_claims_have_one_node_exactly_if_they_say_the_same(one: Claim, two: Claim) -> None:
    assert (claim_node(one) == claim_node(two)) is (one == two)


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_an_article_is_found_again_by_its_node(id: str) -> None:
    assert article_id(article_node(id)) == id


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=4))
def test_decimals_keep_their_value_and_the_form_that_a_store_gives_back(number: Decimal) -> None:
    literal = decimal(number)
    assert Decimal(literal.value) == number
    store = ox.Store()
    store.add(ox.Quad(BUILD, BUILD, literal))
    assert next(iter(store)).object == literal


@pytest.mark.parametrize("text", ["", "forty", "1e5", "NaN", "1,5", "٣"])
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a decimal number"):
        decimal(text)


def test_missing_parts_of_a_date_are_the_first_ones() -> None:
    assert [instant(date).value for date in ("2023", "2023-08", "2023-08-29")] == [
        "2023-01-01T00:00:00Z",
        "2023-08-01T00:00:00Z",
        "2023-08-29T00:00:00Z",
    ]
    for wrong in ("2023-13", "2023-02-30", "23", "August 2023", "2023-8-1"):
        with pytest.raises(ValueError, match=re.escape(repr(wrong))):
            instant(wrong)


def test_a_retracted_article_is_marked_and_counts_for_nothing() -> None:
    quads = article_quads(article("a", retracted=True), claims("a"), build=BUILD)
    assert said(quads, article_node("a"))["retracted"] == ["true"]
    assert stances(quads) == {}
    assert "finding" not in said(quads, claim_node(ASSERTED))


TREATS = Key("CL:0000134", "stemkg:treats", "MONDO:0005301", "MONDO:0005301")


def test_an_article_stands_to_a_finding_by_its_strongest_evidence() -> None:
    given = [
        dataclasses.replace(ASSERTED, start=1, evidence="Review", certainty="hedged"),
        dataclasses.replace(ASSERTED, start=2, evidence="AnimalStudy"),
        dataclasses.replace(ASSERTED, start=3, evidence="CaseReport", polarity="negative", certainty="hedged"),
    ]
    quads = article_quads(article("a"), given, build=BUILD)
    (stance,) = stances(quads).values()
    assert stance[:6] == (7, False, 6, True, 3, "2023-08-29T00:00:00Z")


def finding(vocabulary: Vocabulary, *articles: Stance) -> dict[str, str]:
    quads = finding_quads(TREATS, articles, weights(vocabulary))
    return {re.split("[/#]", quad.predicate.value)[-1]: quad.object.value for quad in quads}  # type: ignore[union-attr]


def test_a_finding_counts_articles_and_weighs_them(vocabulary: Vocabulary) -> None:
    found = finding(
        vocabulary,
        Stance(4, False, 0, False, 2, "2020-01-01T00:00:00Z"),
        Stance(9, True, 0, False, 1, ""),
        Stance(0, False, 3, False, 1, "2019-01-01T00:00:00Z"),
    )
    counts = [found[name] for name in ("articles", "articlesFor", "articlesHedged", "articlesAgainst", "claims")]
    assert counts == ["3", "1", "1", "1", "4"]
    assert found["bestEvidence"] == expand("stemkg:ClinicalTrial") and found["bestRank"] == "4"
    assert (found["firstIssued"], found["lastIssued"]) == ("2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z")
    assert found["support"] == "0.67" and found["arithmetic"] == "1 − (1−0.60)(1−0.175) = 0.67"
    assert found["opposition"] == "0.8" and found["oppositionArithmetic"] == "1 − (1−0.80) = 0.8"


def test_a_finding_that_is_only_denied_has_no_support(vocabulary: Vocabulary) -> None:
    found = finding(vocabulary, Stance(0, False, 5, False, 1, ""))
    assert found["support"] == "0" and "arithmetic" not in found and "firstIssued" not in found
    assert found["bestEvidence"] == expand("stemkg:ObservationalStudy")


WEIGHTS = {name: Decimal("0.5") for name in EVIDENCE}
DISPUTE = {term("stemkg:affirmedBy"), term("stemkg:deniedBy"), term("stemkg:differences")}


def stances_of(given: list[Claim]) -> list[Stance]:
    return list(stances(article_quads(article("a"), given, build=BUILD)).values())


QUALIFIERS: dict[Qualifier, list[str]] = {
    "source": ["UBERON:0002371", "UBERON:0001013"],
    "route": ["stemkg:Intravenous"],
    "comparator": ["stemkg:Hyaluronate"],
    "species": ["NCBITaxon:10090", "NCBITaxon:9606"],
}
SIDES = st.lists(
    st.builds(
        lambda polarity, evidence, said: dataclasses.replace(
            ASSERTED, polarity=polarity, evidence=evidence, qualifiers=tuple(item for item in said if item[1])
        ),
        st.sampled_from(["positive", "negative"]),
        st.sampled_from(["MetaAnalysis", "AnimalStudy", "Review"]),
        st.tuples(*(st.tuples(st.just(name), st.sampled_from(["", *some])) for name, some in QUALIFIERS.items())),
    ),
    max_size=6,
).map(lambda some: [dataclasses.replace(claim, start=place) for place, claim in enumerate(some)])


@given(SIDES)
@settings(max_examples=100)
def test_a_dispute_is_between_the_two_closest_claims(given: list[Claim]) -> None:
    articles = {stance for claim in given for stance in stances_of([claim])}
    found = [quad for quad in finding_quads(TREATS, sorted(articles), WEIGHTS) if quad.predicate in DISPUTE]
    pairs = {
        (claim_node(yes), claim_node(no)): sum(
            dict(yes.qualifiers).get(name) != dict(no.qualifiers).get(name) for name in QUALIFIERS
        )
        for yes in given
        for no in given
        if (yes.polarity, no.polarity) == ("positive", "negative")
    }
    if not pairs:
        assert not found
        return
    said = {quad.predicate.value.rpartition("/")[2]: quad.object for quad in found}
    assert len(found) == len(said) == 3 and {quad.subject for quad in found} == {finding_node(TREATS)}
    assert int(said["differences"].value) == min(pairs.values()) == pairs[said["affirmedBy"], said["deniedBy"]]  # type: ignore[index, union-attr]
    (together,) = stances_of(given)
    assert set(found) <= set(finding_quads(TREATS, [together], WEIGHTS))


def test_the_strongest_evidence_decides_which_of_equally_close_claims_dispute() -> None:
    weak = dataclasses.replace(ASSERTED, evidence="Review")
    strong = dataclasses.replace(ASSERTED, start=1, evidence="RandomizedTrial")
    no = dataclasses.replace(ASSERTED, start=2, evidence="AnimalStudy", polarity="negative")
    lines = finding_lines(TREATS, stances_of([weak, no, strong]), WEIGHTS)
    assert str(claim_node(strong)) in lines and str(claim_node(weak)) not in lines


STANCES = st.builds(
    Stance,
    st.integers(1, 9),
    st.booleans(),
    st.integers(0, 9),
    st.booleans(),
    st.integers(1, 5),
    st.just(""),
    st.just("[]"),
)


@given(st.lists(STANCES, min_size=1, max_size=8), st.randoms())
@settings(max_examples=30)
def test_the_order_of_articles_does_not_matter(
    vocabulary: Vocabulary, articles: list[Stance], random: "object"
) -> None:
    shuffled = list(articles)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert finding(vocabulary, *articles) == finding(vocabulary, *shuffled)


@given(st.lists(st.sampled_from(["0.9", "0.6", "0.3", "0.05"]).map(Decimal), max_size=30))
def test_the_printed_arithmetic_gives_the_belief(given: list[Decimal]) -> None:
    belief = Belief.of(given)
    assert 0 <= belief.value <= 1
    if given:
        sum_, _, result = belief.arithmetic.partition(" = ")
        python = sum_.replace("−", "-").replace(")(", ")*(").replace("1 - (", "1 - 1*(").replace("^", "**")
        python = re.sub(r"(\*\*\d+)\(", r"\1*(", python)
        assert abs(eval(python) - float(result)) < 1e-4


def test_the_ontology_graph_gives_kinds_with_those_above(vocabulary: Vocabulary) -> None:
    quads = list(ontology_quads(vocabulary))
    assert said(quads, term("CL:0000134")) == {
        "label": ["mesenchymal stem cell"],
        "hasExactSynonym": ["MSC"],
        "hasRelatedSynonym": ["mesenchymal stem cells"],
        "kind": ["cell"],
        "subClassOf": [expand("CL:0000034")],
    }
    trial = said(quads, term("stemkg:RandomizedTrial"))
    assert trial["rank"] == ["3"] and trial["weight"] == ["0.8"]
    assert said(quads, ox.NamedNode(expand("stemkg:graph/ontology")))["versionInfo"] == ["9.9"]


def test_the_closure_is_reflexive_and_transitive(vocabulary: Vocabulary) -> None:
    above = {quad.object for quad in closure_quads(vocabulary) if quad.subject == term("CL:0000134")}
    assert above == {term("CL:0000134"), term("CL:0000034"), term("CL:0000000")}


def test_weights_must_be_in_the_ontology(tmp_path: Path) -> None:
    folder = ontology(tmp_path)
    file = folder / "stemkg.ttl"
    file.write_text(file.read_text().replace("stemkg:weight 0.80", "stemkg:weight 8"))
    with pytest.raises(ValueError, match=r"RandomizedTrial.*'8'"):
        weights(Vocabulary.load(folder))


def test_weights_are_in_the_order_of_strength(vocabulary: Vocabulary) -> None:
    assert tuple(weights(vocabulary)) == EVIDENCE


def test_a_build_is_named_by_program_and_ontology(vocabulary: Vocabulary) -> None:
    assert build_node(vocabulary).value.endswith("-" + vocabulary.digest[:12])
