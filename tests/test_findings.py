"""Findings: how articles stand to them, what claims weigh, and arithmetic that can be redone from the graph alone."""

import dataclasses
import io
import json
import random
import re
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from query_fixture import digests, fixture
from samples import article, claims, ontology

from kg.articles import Work
from kg.claim import (
    BACKGROUND_COUNTS_AS,
    BASES,
    CERTAINTIES,
    EVIDENCE,
    NO_RANK,
    POLARITIES,
    QUALIFIERS,
    Basis,
    Certainty,
    Claim,
    Evidence,
    Polarity,
    Qualifier,
)
from kg.exports.turtle import write_turtle
from kg.findings import Belief, Stance, finding_lines, finding_quads, stances, together
from kg.namespaces import PREFIXES, expand
from kg.quads import article_quads
from kg.rdf import Key, claim_node, finding_node, term
from kg.store import Store
from kg.vocabulary import Vocabulary, load
from kg.weights import BASIS_TERMS, CERTAINTY_TERMS, Weights, WeightsError

BUILD = ox.NamedNode("https://w3id.org/stemkg/build/test")
TREATS = Key("CL:0000134", "stemkg:treats", "MONDO:0005301", "MONDO:0005301")
CLAIM = dataclasses.replace(claims("a")[0], basis="finding")
WEIGHTS = Weights.of(load())
DISPUTE = {term("stemkg:" + name) for name in ("affirmedBy", "deniedBy", "differences", "affirmedWith", "deniedWith")}


def stance(*given: Claim, id: str = "a", issued: str = "", doi: str = "", pmid: str = "") -> Stance:
    """How an article with these claims stands to the one finding that they are of."""
    about = article(id, issued=issued, work=Work(doi=doi, pmid=pmid))
    own = [dataclasses.replace(claim, doc=id) for claim in given]
    (found,) = stances(article_quads(about, own, build=BUILD)).values()
    return found


def claim(
    evidence: Evidence = "RandomizedTrial",
    certainty: Certainty = "asserted",
    basis: Basis = "finding",
    polarity: Polarity = "positive",
    start: int = 0,
) -> Claim:
    """A claim of the finding."""
    return dataclasses.replace(
        CLAIM, evidence=evidence, certainty=certainty, basis=basis, polarity=polarity, start=start
    )


def finding(*articles: Stance, weights: Weights = WEIGHTS) -> dict[str, str]:
    """What is said of the finding: the local name of each property, and one of its values."""
    quads = finding_quads(TREATS, articles, weights)
    return {re.split("[/#]", quad.predicate.value)[-1]: quad.object.value for quad in quads}  # type: ignore[union-attr]


# What an article weighs


@pytest.mark.parametrize(
    ("given", "support"),
    [
        ([claim()], "0.8"),
        ([claim(certainty="hedged")], "0.4"),
        ([claim("MetaAnalysis", basis="background")], "0.1"),
        ([claim("MetaAnalysis", "hedged", "background")], "0.05"),
        ([claim(certainty="studied")], "0"),
        # One claim at a time: a hedged trial and an asserted mouse result don't make an asserted trial.
        ([claim("ClinicalTrial", "hedged"), claim("AnimalStudy", start=1)], "0.3"),
        ([claim("ClinicalTrial", "hedged"), claim("CaseReport", start=1)], "0.3"),
        # Said again, it is no more likely.
        ([claim(), claim(start=1), claim("Review", start=2)], "0.8"),
    ],
)
def test_an_article_weighs_what_its_heaviest_claim_weighs(given: list[Claim], support: str) -> None:
    found = finding(stance(*given))
    assert found["support"] == support
    assert ("arithmetic" in found) is (support != "0")
    assert found["articles"] == "1" and found["claims"] == str(len(given)) and found["opposition"] == "0"


def test_what_is_only_studied_is_evidence_of_nothing() -> None:
    found = finding(stance(claim("RandomizedTrial", "studied", "background")))
    assert found["bestRank"] == str(NO_RANK) and "bestEvidence" not in found and "supportedBy" not in found
    counts = [found[name] for name in ("articlesFor", "articlesHedged", "articlesFound", "articlesAgainst")]
    assert counts == ["0", "0", "0", "0"] and found["articlesStudied"] == "1"
    # An article that tells a result too is for it, and not among those that only tell of its study.
    both = finding(stance(claim("AnimalStudy"), claim("RandomizedTrial", "studied", start=1)))
    assert both["articlesStudied"] == "0" and both["support"] == "0.25"
    assert both["bestEvidence"] == expand("stemkg:AnimalStudy")


def test_background_counts_as_an_expert_statement() -> None:
    found = finding(stance(claim("MetaAnalysis", basis="background")))
    assert found["bestEvidence"] == expand("stemkg:ExpertStatement")
    assert found["articlesFor"] == "1" and found["articlesFound"] == "0"
    assert load().values("weighsAs") == {BASIS_TERMS["background"]: ("stemkg:" + BACKGROUND_COUNTS_AS,)}


def test_a_finding_counts_articles_and_weighs_them() -> None:
    found = finding(
        stance(claim("ClinicalTrial"), claim("ClinicalTrial", start=1), id="a", issued="2020"),
        stance(claim("Review", "hedged"), id="b"),
        stance(claim(polarity="negative"), id="c", issued="2019-05"),
        stance(claim(certainty="studied"), id="d", issued="2021-01-31"),
    )
    names = (
        "articles",
        "articlesFor",
        "articlesHedged",
        "articlesFound",
        "articlesAgainst",
        "articlesStudied",
        "articlesInPeople",
        "claims",
    )
    assert [found[name] for name in names] == ["4", "1", "1", "2", "1", "1", "2", "5"]
    assert found["bestEvidence"] == expand("stemkg:ClinicalTrial") and found["bestRank"] == "4"
    assert (found["firstIssued"], found["lastIssued"]) == ("2019-05", "2021-01-31")
    assert found["support"] == "0.67" and found["arithmetic"] == "1 − (1−0.60)(1−0.175) = 0.67"
    assert found["opposition"] == "0.8" and found["oppositionArithmetic"] == "1 − (1−0.80) = 0.8"


def test_articles_on_the_same_work_count_once_with_the_heaviest_claim() -> None:
    found = finding(
        stance(claim("ClinicalTrial"), id="page", doi="10.1000/X"),
        stance(claim("ClinicalTrial", "hedged"), id="record", doi="10.1000/x", pmid="7"),
        stance(claim("RandomizedTrial"), id="news", pmid="7"),
        stance(claim("ClinicalTrial"), id="other", pmid="8"),
    )
    assert found["articles"] == found["articlesFor"] == "2" and found["claims"] == "4"
    assert found["arithmetic"] == "1 − (1−0.80)(1−0.60) = 0.92"


def test_a_finding_that_is_only_denied_has_no_support() -> None:
    found = finding(stance(claim("ObservationalStudy", polarity="negative")))
    assert found["support"] == "0" and "arithmetic" not in found and "firstIssued" not in found
    assert found["bestEvidence"] == expand("stemkg:ObservationalStudy")


SAID = st.lists(
    st.builds(
        claim,
        st.sampled_from(EVIDENCE),
        st.sampled_from(CERTAINTIES),
        st.sampled_from(BASES),
        st.sampled_from(POLARITIES),
    ),
    min_size=1,
    max_size=4,
).map(lambda some: [dataclasses.replace(claim, start=place) for place, claim in enumerate(some)])
WORKS = st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["", "3"]))
ARTICLES = st.lists(st.tuples(SAID, WORKS), min_size=1, max_size=6)


@given(ARTICLES, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_belief_is_what_the_definition_says(
    given: list[tuple[list[Claim], tuple[str, str]]], order: random.Random
) -> None:
    articles = [
        stance(*some, id=str(number), doi=doi and f"10.1/{doi}", pmid=pmid)
        for number, (some, (doi, pmid)) in enumerate(given)
    ]
    groups = together([json.loads(one.works) for one in articles])
    for polarity, name in (("positive", "support"), ("negative", "opposition")):
        left = Decimal(1)
        for group in set(groups):
            said = [one for place, (some, _) in zip(groups, given, strict=True) if place == group for one in some]
            left *= 1 - max(
                (WEIGHTS.weight(one.evidence, one.certainty, one.basis) for one in said if one.polarity == polarity),
                default=Decimal(0),
            )
        assert Decimal(finding(*articles)[name]) == pytest.approx(1 - left, abs=Decimal("0.00005"))
    shuffled = list(articles)
    order.shuffle(shuffled)
    assert sorted(finding_lines(TREATS, articles, WEIGHTS).split("\n")) == sorted(
        finding_lines(TREATS, shuffled, WEIGHTS).split("\n")
    )


@given(st.lists(st.sets(st.sampled_from("abcde"), max_size=2), max_size=8))
def test_articles_that_share_a_name_of_their_work_are_together(works: list[set[str]]) -> None:
    groups = together(works)
    for one, names in zip(groups, works, strict=True):
        for other, others in zip(groups, works, strict=True):
            if names & others:
                assert one == other
    # No more are together than a chain of shared names says.
    reached = [{place} for place in range(len(works))]
    for _ in works:
        for place, names in enumerate(works):
            near = {other for other, others in enumerate(works) if names & others}
            reached[place] |= set().union(*(reached[other] for other in near)) if near else set()
    assert all(groups[other] == group for place, group in enumerate(groups) for other in reached[place])
    assert all((other in reached[place]) for place in range(len(works)) for other in range(len(works))
               if groups[place] == groups[other])  # fmt: skip


@given(st.lists(st.sampled_from(["0.9", "0.6", "0.3", "0.05", "0"]).map(Decimal), max_size=30))
def test_the_printed_arithmetic_gives_the_belief(given: list[Decimal]) -> None:
    belief = Belief.of(given)
    assert 0 <= belief.value <= 1
    if any(given):
        assert redone(belief.arithmetic) == pytest.approx(float(belief.value), abs=1e-4)


def redone(arithmetic: str) -> float:
    """The result of an arithmetic, which its text must have right."""
    sum_, _, result = arithmetic.partition(" = ")
    python = sum_.replace("−", "-").replace(")(", ")*(").replace("1 - (", "1 - 1*(").replace("^", "**")
    value = float(eval(re.sub(r"(\*\*\d+)\(", r"\1*(", python)))
    assert value == pytest.approx(float(result), abs=1e-4)
    return value


# The graph alone

_ARITHMETIC = """
SELECT ?finding (1 - {product} AS ?belief) WHERE {{
  {{ SELECT ?finding ?claim (COUNT(?before) AS ?place) WHERE {{
      ?finding stemkg:{side} ?claim , ?before . FILTER(STR(?before) <= STR(?claim)) }} GROUP BY ?finding ?claim }}
  ?claim stemkg:countsAs ?evidence ; stemkg:certainty ?certainty .
  ?evidence stemkg:weight ?weight . ?certainty stemkg:factor ?factor .
  BIND(1 - ?weight * ?factor AS ?open)
}} GROUP BY ?finding"""

_WITHOUT = """
SELECT ?finding ?study (MAX(?w) AS ?weight) WHERE {{
  ?claim stemkg:finding ?finding ; stemkg:polarity stemkg:{polarity} ; dcterms:source ?article ;
    stemkg:certainty ?certainty ; stemkg:evidence ?own ; stemkg:basis ?basis .
  OPTIONAL {{ ?basis stemkg:weighsAs ?as }}
  BIND(COALESCE(?as, ?own) AS ?evidence)
  ?evidence stemkg:weight ?full . ?certainty stemkg:factor ?factor .
  BIND(?full * ?factor AS ?w)
  OPTIONAL {{ ?article bibo:pmid ?pmid }} OPTIONAL {{ ?article bibo:doi ?doi }}
  BIND(COALESCE(?pmid, ?doi, STR(?article)) AS ?study)
}} GROUP BY ?finding ?study"""


def exported(store: Store) -> ox.Store:
    """What any tool makes of the Turtle that is exported: one graph."""
    turtle = io.BytesIO()
    write_turtle(store, turtle)
    graph = ox.Store()
    graph.load(turtle.getvalue(), format=ox.RdfFormat.TURTLE)
    return graph


def beliefs(graph: ox.Store, query: str) -> list[ox.QuerySolution]:
    answer = graph.query(query, prefixes=PREFIXES)
    assert isinstance(answer, ox.QuerySolutions)
    return list(answer)


@pytest.mark.parametrize("graph", [digests, fixture], ids=["digests", "fixture"])
@pytest.mark.parametrize(
    ("side", "polarity", "property", "printed"),
    [
        ("supportedBy", "Positive", "support", "arithmetic"),
        ("opposedBy", "Negative", "opposition", "oppositionArithmetic"),
    ],
)
def test_every_printed_belief_is_what_plain_sparql_gives(
    graph: "object", side: str, polarity: str, property: str, printed: str
) -> None:
    turtle = exported(graph()[1])  # type: ignore[operator]
    rows = beliefs(
        turtle,
        f"SELECT ?finding ?value ?text {{ ?finding stemkg:{property} ?value"
        f" OPTIONAL {{ ?finding stemkg:{printed} ?text }} }}",
    )
    stored = {row["finding"]: (float(row["value"].value), row["text"] and row["text"].value) for row in rows}
    counts = beliefs(turtle, f"SELECT (COUNT(?claim) AS ?n) {{ ?finding stemkg:{side} ?claim }} GROUP BY ?finding")
    most = max(int(row["n"].value) for row in counts)
    product = " * ".join(f"MIN(IF(?place = {place}, ?open, 1))" for place in range(1, most + 1))
    found = {
        row["finding"]: float(row["belief"].value)
        for row in beliefs(turtle, _ARITHMETIC.format(product=product, side=side))
    }
    assert found.keys() == {node for node, (value, _) in stored.items() if value > 0}
    for node, value in found.items():
        assert stored[node][0] == pytest.approx(value, abs=0.000051)
        assert redone(str(stored[node][1])) == pytest.approx(value, abs=0.000051)
    # The same from the claims themselves: of each article, or work, the heaviest.
    left: dict[object, float] = {}
    for row in beliefs(turtle, _WITHOUT.format(polarity=polarity)):
        left[row["finding"]] = left.get(row["finding"], 1.0) * (1 - float(row["weight"].value))
    assert {node for node, open_ in left.items() if open_ < 1} == found.keys()
    for node, value in found.items():
        assert 1 - left[node] == pytest.approx(value, abs=0.000051)


# Disputes

VALUES: dict[Qualifier, list[str]] = {
    "source": ["UBERON:0002371", "UBERON:0001013"],
    "route": ["stemkg:Intravenous"],
    "comparator": ["stemkg:Hyaluronate"],
    "species": ["NCBITaxon:10090", "NCBITaxon:9606"],
    "with": ["stemkg:Hyaluronate"],
    "aspect": ["stemkg:Ease"],
}
SIDES = st.lists(
    st.builds(
        lambda polarity, evidence, certainty, said: dataclasses.replace(
            CLAIM,
            polarity=polarity,
            evidence=evidence,
            certainty=certainty,
            qualifiers=tuple(item for item in said if item[1]),
        ),
        st.sampled_from(POLARITIES),
        st.sampled_from(["MetaAnalysis", "AnimalStudy", "Review"]),
        st.sampled_from(CERTAINTIES),
        st.tuples(*(st.tuples(st.just(name), st.sampled_from(["", *VALUES[name]])) for name in QUALIFIERS)),
    ),
    max_size=6,
).map(lambda some: [dataclasses.replace(claim, start=place) for place, claim in enumerate(some)])


@given(SIDES)
@settings(max_examples=100)
def test_a_dispute_is_between_the_two_closest_claims(given: list[Claim]) -> None:
    articles = sorted({stance(one) for one in given})
    found = [quad for quad in finding_quads(TREATS, articles, WEIGHTS) if quad.predicate in DISPUTE] if given else []
    pairs = {
        (claim_node(yes), claim_node(no)): sum(
            dict(yes.qualifiers).get(name) != dict(no.qualifiers).get(name) for name in QUALIFIERS
        )
        for yes in given
        for no in given
        if (yes.polarity, no.polarity) == ("positive", "negative")
        # That something is studied contradicts nothing.
        and "studied" not in (yes.certainty, no.certainty)
    }
    if not pairs:
        assert not found
        return
    said = {quad.predicate.value.rpartition("/")[2]: quad.object for quad in found}
    assert len(found) == len(said) == 5 and {quad.subject for quad in found} == {finding_node(TREATS)}
    least = min(pairs.values())
    assert int(said["differences"].value) == least == pairs[said["affirmedBy"], said["deniedBy"]]  # type: ignore[index, union-attr]
    for side in ("affirmedWith", "deniedWith"):
        assert len([part for part in said[side].value.split("; ") if part]) == least  # type: ignore[union-attr]
    assert set(found) <= set(finding_quads(TREATS, [stance(*given)], WEIGHTS))


def test_the_strongest_evidence_decides_which_of_equally_close_claims_dispute() -> None:
    weak, strong = claim("Review"), claim("RandomizedTrial", start=1)
    no = claim("AnimalStudy", polarity="negative", start=2)
    background = claim("MetaAnalysis", basis="background", start=3)
    quads = finding_quads(TREATS, [stance(weak, no, strong, background)], WEIGHTS)
    assert [quad.object for quad in quads if quad.predicate == term("stemkg:affirmedBy")] == [claim_node(strong)]


# The weights


def test_weights_must_be_in_the_ontology(tmp_path: Path) -> None:
    folder = ontology(tmp_path)
    file = folder / "stemkg.ttl"
    file.write_text(file.read_text().replace("stemkg:weight 0.80", "stemkg:weight 8"))
    with pytest.raises(ValueError, match=r"RandomizedTrial.*'8'"):
        Weights.of(Vocabulary.load(folder))


def test_the_table_has_all_kinds_of_evidence_and_certainties() -> None:
    assert tuple(WEIGHTS.evidence) == EVIDENCE and tuple(WEIGHTS.certainty) == CERTAINTIES
    assert Weights.loaded(WEIGHTS.dumped()) == WEIGHTS
    assert [WEIGHTS.certainty[name] for name in CERTAINTIES] == [1, Decimal("0.5"), 0]
    assert all(term in load() for term in (*CERTAINTY_TERMS.values(), *BASIS_TERMS.values()))


def test_other_weights_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "weights.tsv"
    file.write_text("# tried on a Monday\nstemkg:RandomizedTrial\t0.5\n\nhedged 0.25\n")
    other = WEIGHTS.changed(file)
    assert other.weight("RandomizedTrial", "hedged", "finding") == Decimal("0.125")
    assert other.weight("MetaAnalysis", "asserted", "finding") == WEIGHTS.evidence["MetaAnalysis"]
    assert finding(stance(claim()), weights=other)["support"] == "0.5"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("MetaAnalysis 2", r"weights\.tsv:1: '2' is not a number from 0 to 1"),
        ("# one\nMetaAnalyses 0.2", r"weights\.tsv:2: 'MetaAnalyses' is not one of MetaAnalysis, .*studied"),
        ("MetaAnalysis", r"weights\.tsv:1: '' is not a number"),
    ],
)
def test_a_wrong_line_of_weights_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "weights.tsv"
    file.write_text(text)
    with pytest.raises(WeightsError, match=message):
        WEIGHTS.changed(file)
    with pytest.raises(WeightsError, match="No such file"):
        WEIGHTS.changed(tmp_path / "none.tsv")
