"""Articles, claims and summaries as quads: what is said, and that it is the same every time."""

import dataclasses
import re
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import TEXT, article, claims, ontology

from kg.articles import Work
from kg.claim import (
    BASES,
    CERTAINTIES,
    COLUMNS,
    EVIDENCE,
    POLARITIES,
    QUALIFIERS,
    Basis,
    Certainty,
    Claim,
    Evidence,
    Polarity,
    Qualifier,
)
from kg.findings import stances
from kg.namespaces import contract, expand
from kg.quads import article_graph, article_quads, claim_of
from kg.rdf import (
    article_id,
    article_node,
    build_node,
    claim_node,
    curie,
    date_literal,
    decimal,
    term,
    value_of,
)
from kg.terms import closure_quads, ontology_quads
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
        "issued": ["2023-08-29"],
        "dated": ["2023-08-29"],
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
    assert found["value"] == ["40"] and found["unit"] == ["%"] and expand("UBERON:0002371") in found["source"]
    assert found["start"] == ["82"] and found["end"] == ["103"] and found["quote"] == ["Of all, 40% improved."]
    assert found["confidence"] == ["1"] and found["wasGeneratedBy"] == [BUILD.value]
    assert "quote" not in said(article_quads(article("a"), [NUMBER], build=BUILD), claim_node(NUMBER))


def test_offsets_and_lengths_count_code_points() -> None:
    text = "\U0001d6fc é: MSCs treat lupus."
    claim = Claim("a", 6, len(text), "CL:0000134", "treats", "MONDO:0007915")
    quads = article_quads(article("a", text), [claim], build=BUILD, quotes=True)
    assert said(quads, claim_node(claim))["quote"] == [text[6:]]
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


@pytest.mark.parametrize(
    ("date", "datatype"), [("2023", "xsd:gYear"), ("2023-08", "xsd:gYearMonth"), ("2023-08-29", "xsd:date")]
)
def test_a_date_is_as_precise_as_it_is_known(date: str, datatype: str) -> None:
    assert date_literal(date) == ox.Literal(date, datatype=term(datatype))


@pytest.mark.parametrize("wrong", ["2023-13", "2023-02-30", "23", "August 2023", "2023-8-1"])
def test_what_is_no_date_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(wrong))):
        date_literal(wrong)


def test_the_date_of_an_article_and_that_of_its_work_are_two() -> None:
    work = Work(title="On cells", year="2019", journal="J Made Up", authors=("Doe A", "Roe B"))
    page = article("a", title="News of cells", issued="2023-08-29", work=work)
    found = said(article_quads(page, [], build=BUILD), article_node("a"))
    assert found["issued"] == ["2023-08-29"] and found["workIssued"] == found["dated"] == ["2019"]
    assert found["workTitle"] == ["On cells"] and found["journal"] == ["J Made Up"]
    assert found["workCreator"] == ["Doe A", "Roe B"]
    # The work itself has one date, the more precise one.
    itself = article("a", title="On Cells", issued="2019-02", work=work)
    assert said(article_quads(itself, [], build=BUILD), article_node("a"))["dated"] == ["2019-02"]
    bare = article("a", issued="")
    assert "dated" not in said(article_quads(bare, [], build=BUILD), article_node("a"))


def test_evidence_that_is_inferred_is_marked() -> None:
    for inferred in (True, False):
        given = article("a", evidence="Review", inferred=inferred)
        found = said(article_quads(given, [], build=BUILD), article_node("a"))
        assert found["reports"] == [expand("stemkg:Review")]
        assert found.get("inferred") == (["true"] if inferred else None)


@pytest.mark.parametrize(
    ("claim", "counts_as"),
    [
        (dataclasses.replace(ASSERTED, basis="finding"), "RandomizedTrial"),
        (dataclasses.replace(ASSERTED, basis="background"), "ExpertStatement"),
        (dataclasses.replace(ASSERTED, basis="finding", certainty="studied"), None),
    ],
)
def test_a_claim_says_what_it_counts_as(claim: Claim, counts_as: str | None) -> None:
    quads = article_quads(article("a"), [claim], build=BUILD)
    expected = [expand("stemkg:" + counts_as)] if counts_as else None
    assert said(quads, claim_node(claim)).get("countsAs") == expected


@given(
    st.sampled_from(POLARITIES), st.sampled_from(CERTAINTIES), st.sampled_from(EVIDENCE), st.sampled_from(BASES),
    st.sets(st.sampled_from(QUALIFIERS)),
)  # fmt: skip
def test_a_claim_is_read_back_from_its_graph(
    polarity: Polarity, certainty: Certainty, evidence: Evidence, basis: Basis, keys: set[Qualifier]
) -> None:
    claim = dataclasses.replace(
        ASSERTED, polarity=polarity, certainty=certainty, evidence=evidence, basis=basis,
        qualifiers=tuple((key, "CL:0000134") for key in QUALIFIERS if key in keys),
    )  # fmt: skip
    graph = article_graph(article("a"), [claim], build=BUILD)
    properties = graph.said[str(claim_node(claim))]
    assert claim_of("a", {curie(name): contract(value_of(values[0])) for name, values in properties.items()}) == claim
    assert Claim.from_row(dict(zip(COLUMNS, claim.row(), strict=True))) == claim


def test_a_retracted_article_is_marked_and_counts_for_nothing() -> None:
    quads = article_quads(article("a", retracted=True), claims("a"), build=BUILD)
    assert said(quads, article_node("a"))["retracted"] == ["true"]
    assert stances(quads) == {}
    assert "finding" not in said(quads, claim_node(ASSERTED))


def test_the_ontology_graph_gives_kinds_with_those_above(vocabulary: Vocabulary) -> None:
    quads = list(ontology_quads(vocabulary))
    assert said(quads, term("CL:0000134")) == {
        "type": [expand("owl:Class")],
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


def test_a_build_is_named_by_program_and_ontology(vocabulary: Vocabulary) -> None:
    assert build_node(vocabulary).value.endswith("-" + vocabulary.digest[:12])
