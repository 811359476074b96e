"""The shapes: what they let pass, what they refuse and how they say so; both engines find the same."""

import dataclasses
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import query_fixture
import rdflib
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH
from samples import TEXT, article, claims, ontology

from kg import exports, shapes
from kg.claim import PREDICATES, Claim
from kg.namespaces import expand
from kg.quads import article_quads
from kg.rdf import article_node, build_node, claim_node, term
from kg.shapes import ShapesError
from kg.store import Staged, Store
from kg.validation import RULES, SHAPES, Problem, Validator, rule_problems
from kg.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Validator:
    return Validator(Vocabulary.load(ontology(tmp_path_factory.mktemp("ontology"))))


def graph(validator: Validator, *given: Claim, text: str = TEXT) -> list[ox.Quad]:
    return article_quads(article("a", text), given, build=build_node(validator.vocabulary))


def reasons(problems: list[Problem]) -> set[str]:
    return {problem.reason for problem in problems}


def test_good_claims_pass(validator: Validator) -> None:
    quads = graph(validator, *claims("a"))
    assert validator.check([quads]) == validator.reference(quads) == []


TREATS = claims("a")[0]
OUTCOME = claims("a")[2]

BAD: list[tuple[Claim, str]] = [
    (dataclasses.replace(TREATS, object="UBERON:0002371"), "the object of treats is a disease or a phenotype"),
    (
        dataclasses.replace(TREATS, subject="MONDO:0005301"),
        "the subject of treats is a cell, a cell product, a drug or a factor",
    ),
    (dataclasses.replace(TREATS, object="MONDO:9999999"), "a claim has exactly one object, a term with a label"),
    (dataclasses.replace(TREATS, disease="CL:0000034"), "the disease of a claim is a disease or a phenotype"),
    (dataclasses.replace(TREATS, end=len(TEXT) + 1), "a claim ends inside the text of its article"),
    (dataclasses.replace(TREATS, start=48), "a claim starts before it ends"),
    (dataclasses.replace(TREATS, confidence=1.5), "a claim has exactly one confidence, an xsd:decimal from 0 to 1"),
    (
        dataclasses.replace(TREATS, value="3", unit="patients"),
        "an outcome has a value and a unit, any other claim has neither",
    ),
    (dataclasses.replace(OUTCOME, value="101"), "a percentage is from 0 to 100"),
    (dataclasses.replace(OUTCOME, value="-1"), "a claim has at most one value, an xsd:decimal from 0"),
    (dataclasses.replace(OUTCOME, unit="mice"), "a claim has at most one unit: % or patients"),  # type: ignore[arg-type]
    (dataclasses.replace(OUTCOME, unit="", value=""), "an outcome has a value and a unit, any other claim has neither"),
    (
        dataclasses.replace(OUTCOME, qualifiers=(("source", "CL:0000034"),)),
        "a qualifier is a term with a label, of a kind that the qualifier takes",
    ),
]


@pytest.mark.parametrize(("claim", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_claim_is_named_with_the_reason(validator: Validator, claim: Claim, reason: str) -> None:
    problems = validator.check([graph(validator, claim)])
    problem = next(problem for problem in problems if problem.reason == reason)
    assert problem.article == "a"
    assert problem.node == claim_node(claim).value
    assert f"{claim.start}–{claim.end}" in str(problem) and reason in str(problem)


def test_a_percentage_of_patients_may_exceed_100(validator: Validator) -> None:
    assert validator.check([graph(validator, dataclasses.replace(OUTCOME, value="538", unit="patients"))]) == []


def test_a_value_is_shown_by_its_label(validator: Validator) -> None:
    quads = graph(validator, dataclasses.replace(TREATS, object="UBERON:0002371"))
    assert any(str(problem).endswith("it is bone marrow") for problem in validator.check([quads]))


def test_a_plain_triple_needs_a_positive_asserted_claim(validator: Validator) -> None:
    denied = dataclasses.replace(TREATS, polarity="negative")
    plain = ox.Quad(term("CL:0000134"), term("stemkg:treats"), term("MONDO:0005301"), article_node("a"))
    quads = [*graph(validator, denied), plain]
    reason = {"a plain triple says what no positive, asserted claim says"}
    assert reasons(validator.check([quads])) == reasons(validator.reference(quads)) == reason
    # Another article's triple is no excuse, and no offence.
    others = article_quads(article("b"), claims("b"), build=build(validator))
    assert validator.check([graph(validator, denied), others]) == []
    orphan = [*graph(validator), plain]
    assert reasons(validator.check([orphan])) == reasons(validator.reference(orphan)) == reason
    (problem,) = validator.check([orphan])
    assert (problem.article, problem.node, problem.value) == ("a", expand("CL:0000134"), "multiple sclerosis")


def test_any_shacl_engine_names_a_plain_triple_that_no_claim_makes() -> None:
    wrong = (
        "@prefix s: <https://w3id.org/stemkg/> . s:A s:treats s:B . s:A s:treats s:C . s:c a s:Claim ; s:subject s:A ; "
    )
    right = "s:predicate s:treats ; s:object s:B ; s:polarity s:Positive ; s:certainty s:Asserted ."
    shape = rdflib.Graph().parse(SHAPES)
    for claim in {*shape.subjects(RDF.type, SH.NodeShape)} - {rdflib.URIRef(expand("stemkg:shapes/Grounded"))}:
        shape.remove((claim, SH.targetClass, None))
        shape.remove((claim, SH.targetSubjectsOf, None))
        shape.remove((claim, SH.targetNode, None))
    _, report, _ = pyshacl.validate(rdflib.Graph().parse(data=wrong + right), shacl_graph=shape)
    assert isinstance(report, rdflib.Graph)
    (result,) = report.subjects(RDF.type, SH.ValidationResult)
    told = [report.value(result, part) for part in (SH.focusNode, SH.resultPath, SH.value)]
    assert told == [rdflib.URIRef(expand(f"stemkg:{name}")) for name in ("A", "treats", "C")]


def test_the_merged_graph_conforms_by_pyshacl(tmp_path: Path) -> None:
    path, *_ = exports.export(query_fixture.digests()[1], tmp_path / "all.ttl")
    conforms, _, words = pyshacl.validate(rdflib.Graph().parse(path), shacl_graph=rdflib.Graph().parse(SHAPES))
    assert conforms, words


def test_every_shape_with_a_target_is_named_described_and_of_a_severity() -> None:
    shape = rdflib.Graph().parse(SHAPES)
    for target in (SH.targetClass, SH.targetSubjectsOf, SH.targetNode):
        for node in shape.subjects(target):
            assert all(shape.value(node, said) for said in (SH.name, SH.description, SH.severity)), node


def build(validator: Validator) -> ox.NamedNode:
    return build_node(validator.vocabulary)


def test_every_predicate_has_its_shape(validator: Validator) -> None:
    told = {reason for shape in validator.shapes for reason in shape.reasons()}
    for predicate in PREDICATES:
        assert any(reason.startswith(f"the subject of {predicate} is ") for reason in told)
        assert any(reason.startswith(f"the object of {predicate} is ") for reason in told)


def test_a_new_cell_in_the_ontology_is_enough(tmp_path: Path) -> None:
    folder = ontology(tmp_path)
    claim = dataclasses.replace(TREATS, subject="stemkg:NewCell")
    before = Validator(Vocabulary.load(folder))
    assert before.check([graph(before, claim)])
    with (folder / "stemkg.ttl").open("a") as file:
        file.write('stemkg:NewCell rdfs:label "new cell" ; rdfs:subClassOf CL:0000034 .\n')
    after = Validator(Vocabulary.load(folder))
    assert after.check([graph(after, claim)]) == []


TERMS = st.sampled_from(["CL:0000134", "MONDO:0005301", "UBERON:0002371", "HGNC:5962", "stemkg:Intravenous", "CL:999"])


@given(
    data=st.builds(
        dataclasses.replace,
        st.sampled_from(claims("a")),
        start=st.integers(0, 120),
        subject=TERMS,
        object=TERMS,
        disease=TERMS | st.just(""),
        polarity=st.sampled_from(["positive", "negative"]),
        certainty=st.sampled_from(["asserted", "hedged"]),
        value=st.sampled_from(["", "40", "140", "-3"]),
        unit=st.sampled_from(["", "%", "patients", "mice"]),
        confidence=st.sampled_from([0.5, 1.2]),
    ),
    drop=st.integers(0, 40),
)
@settings(max_examples=15, deadline=None)
def test_both_engines_find_the_same(validator: Validator, data: Claim, drop: int) -> None:
    quads = graph(validator, data)
    if drop < len(quads):
        del quads[drop]
    ours, reference = validator.check([quads]), validator.reference(quads)
    assert {(problem.node, problem.reason) for problem in ours} == {
        (problem.node, problem.reason) for problem in reference
    }


# What a triple of a valid graph may become: another object, another predicate, another subject, or nothing.
NODES: st.SearchStrategy[ox.NamedNode | ox.Literal] = st.sampled_from([
    *(term(id) for id in ("CL:0000134", "MONDO:0005301", "HGNC:5962", "stemkg:Intravenous", "CL:999", "stemkg:Claim")),
    *(term(f"stemkg:{name}") for name in ("Positive", "Hedged", "RandomizedTrial", "FindingBasis", "treats")),
    *map(ox.Literal, ("", "text", "40", "10.1/x", "PMC7", "%")),
    *(ox.Literal(text, datatype=term(f"xsd:{type}")) for text, type in (
        ("-1", "integer"), ("7", "integer"), ("9999", "integer"), ("0.5", "decimal"), ("140", "decimal"),
        ("2019", "gYear"), ("2019-02", "gYearMonth"), ("2019-02-03", "date"), ("true", "boolean"),
    )),
])  # fmt: skip


@st.composite
def mutants(draw: st.DrawFn, quads: list[ox.Quad]) -> list[ox.Quad]:
    """A graph with one to three of its triples changed, doubled with another end, or lost."""
    quads = list(quads)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(quads) - 1))
        quad = quads[place]
        subject, predicate, object_ = quad.subject, quad.predicate, quad.object
        match draw(st.sampled_from(["lose", "turn", "double", "say", "move"])):
            case "lose":
                del quads[place]
            case "turn":
                quads[place] = ox.Quad(subject, predicate, draw(NODES), quad.graph_name)
            case "double":
                quads.append(ox.Quad(subject, predicate, draw(NODES), quad.graph_name))
            case "say":
                other = draw(st.sampled_from(quads)).predicate
                quads[place] = ox.Quad(subject, other, object_, quad.graph_name)
            case "move":
                quads[place] = ox.Quad(draw(st.sampled_from(quads)).subject, predicate, object_, quad.graph_name)
    return quads


# No fewer: that both engines agree on 200 mutants is what the project promises of its fast checker.
@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_engines_agree_on_any_mutant(validator: Validator, data: st.DataObject) -> None:
    quads = data.draw(mutants(graph(validator, *claims("a"))))
    # pyshacl takes years and truth values for numbers, by what Python makes of them.
    odd = {term(f"xsd:{name}") for name in ("gYear", "gYearMonth", "date", "boolean")}
    numbers = [term(f"stemkg:{name}") for name in ("value", "confidence", "start", "end", "length")]
    assume(not any(quad.predicate in numbers and getattr(quad.object, "datatype", None) in odd for quad in quads))
    ours, reference = validator.check([quads]), validator.reference(quads)
    assert {(problem.node, problem.reason) for problem in ours} == {
        (problem.node, problem.reason) for problem in reference
    }


def test_what_is_not_known_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix s: <https://w3id.org/stemkg/> ."
        " s:S a sh:NodeShape ; sh:targetClass s:Claim ; sh:property [ sh:path s:x ; sh:uniqueLang true ] ."
    )
    with pytest.raises(ShapesError, match="uniqueLang"):
        shapes.load(file)


def test_every_constraint_with_a_target_has_a_reason() -> None:
    assert all(reason for shape in shapes.load(SHAPES) for reason in shape.reasons())


def store(validator: Validator) -> Store:
    made = Store.open()
    made.begin()
    made.stage([Staged.of("a", "f", "d", graph(validator, *claims("a")))])
    made.commit(validator.vocabulary)
    return made


def test_a_whole_store_is_checked(validator: Validator) -> None:
    whole = store(validator)
    assert validator.check_store(whole) == []
    assert rule_problems(whole) == []


@pytest.mark.parametrize(
    ("quad", "rule", "wrong"),
    [
        (("stemkg:finding/x", "rdf:type", "stemkg:Finding", "stemkg:graph/summary"), "founded", "stemkg:finding/x"),
        (("stemkg:claim/x", "stemkg:finding", "stemkg:finding/y", "stemkg:article/a"), "counted", "stemkg:finding/y"),
        (("stemkg:claim/x", "dcterms:source", "stemkg:article/a", "stemkg:article/b"), "home", "stemkg:claim/x"),
        (("stemkg:Lonely", "stemkg:kind", "cell", "stemkg:graph/ontology"), "reflexive", "stemkg:Lonely"),
        (("CL:0000134", "rdfs:subClassOf", "MONDO:0005301", "stemkg:graph/ontology"), "parents", "CL:0000134"),
    ],
)
def test_a_broken_rule_is_told(validator: Validator, quad: tuple[str, ...], rule: str, wrong: str) -> None:
    whole = store(validator)
    subject, predicate, object_, name = (
        ox.NamedNode(expand(part)) if ":" in part else ox.Literal(part) for part in quad
    )
    whole.graph.add(ox.Quad(subject, predicate, object_, name))  # type: ignore[arg-type]
    reason = (RULES / f"{rule}.rq").read_text().splitlines()[0].lstrip("# ")
    assert {problem.node for problem in rule_problems(whole) if problem.reason == reason} == {expand(wrong)}
