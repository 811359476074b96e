"""The ontology is well made, and the checks that say so can fail."""

import csv
import re
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import ontology, paths
from kg.claim import PREDICATES
from kg.namespaces import PREFIXES, TERM_PREFIXES
from kg.vocabulary import Vocabulary, VocabularyError

PREFIX_LINES = "\n".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items())

#: What a check finds: the check, Turtle that it must object to, and the entity that it must name.
BROKEN = [
    ("missing_label", "stemkg:A a owl:Class .", "stemkg:A"),
    ("multiple_labels", 'stemkg:A rdfs:label "one" , "two" .', "stemkg:A"),
    ("duplicate_label", 'stemkg:A rdfs:label "same" . CL:1 rdfs:label "same" .', "stemkg:A"),
    ("label_formatting", 'stemkg:A rdfs:label "two\\nlines" .', "stemkg:A"),
    ("label_formatting", 'stemkg:A rdfs:label "H<sub>2</sub>O" .', "stemkg:A"),
    ("label_whitespace", 'stemkg:A rdfs:label " cell" .', "stemkg:A"),
    ("label_whitespace", 'stemkg:A rdfs:label "stem  cell" .', "stemkg:A"),
    ("missing_definition", 'stemkg:A a owl:Class ; rdfs:label "a" .', "stemkg:A"),
    ("multiple_definitions", 'stemkg:A IAO:0000115 "One." , "Two." .', "stemkg:A"),
    ("duplicate_definition", 'stemkg:A IAO:0000115 "Same." . stemkg:B IAO:0000115 "Same." .', "stemkg:B"),
    ("lowercase_definition", 'stemkg:A IAO:0000115 "a cell." .', "stemkg:A"),
    (
        "duplicate_exact_synonym",
        'stemkg:A oboInOwl:hasExactSynonym "MSC" . CL:1 oboInOwl:hasExactSynonym "MSC" .',
        "stemkg:A",
    ),
    ("duplicate_label_synonym", 'stemkg:A rdfs:label "MSC" . CL:1 oboInOwl:hasExactSynonym "MSC" .', "stemkg:A"),
    ("duplicate_label_synonym", 'CL:1 rdfs:label "MSC" . stemkg:A oboInOwl:hasExactSynonym "MSC" .', "stemkg:A"),
    (
        "duplicate_scoped_synonym",
        'stemkg:A oboInOwl:hasExactSynonym "MSC" ; oboInOwl:hasRelatedSynonym "MSC" .',
        "stemkg:A",
    ),
    ("annotation_whitespace", 'stemkg:A oboInOwl:hasExactSynonym "MSC " .', "stemkg:A"),
    ("missing_synonymtype_declaration", "[] oboInOwl:hasSynonymType stemkg:Layman .", "stemkg:Layman"),
    ("missing_subset_declaration", "stemkg:A oboInOwl:inSubset stemkg:slim .", "stemkg:slim"),
    ("invalid_xref", 'stemkg:A oboInOwl:hasDbXref "no identifier" .', "stemkg:A"),
    ("invalid_entity_uri", "<http://purl.obolibrary.org/obo/CL:0000134> a owl:Class .", "obo/CL:0000134"),
    ("invalid_entity_uri", "<https://purl.obolibrary.org/obo/CL_0000134> a owl:Class .", "obo/CL_0000134"),
    ("deprecated_boolean_datatype", 'stemkg:A owl:deprecated "yes" .', "stemkg:A"),
    (
        "deprecated_class_reference",
        "stemkg:A a owl:Class ; owl:deprecated true . stemkg:B rdfs:subClassOf stemkg:A .",
        "stemkg:A",
    ),
    (
        "deprecated_property_reference",
        "stemkg:p a owl:ObjectProperty ; owl:deprecated true . [] owl:onProperty stemkg:p .",
        "stemkg:p",
    ),
    ("missing_obsolete_label", 'stemkg:A rdfs:label "cell" ; owl:deprecated true .', "stemkg:A"),
    ("misused_obsolete_label", 'stemkg:A rdfs:label "obsolete cell" .', "stemkg:A"),
    ("misused_replaced_by", "stemkg:A IAO:0100001 stemkg:B .", "stemkg:A"),
    ("equivalent_pair", "stemkg:A owl:equivalentClass CL:1 .", "stemkg:A"),
    (
        "equivalent_class_axiom_no_genus",
        "stemkg:A owl:equivalentClass [ owl:onProperty stemkg:p ; owl:someValuesFrom stemkg:B ] .",
        "stemkg:A",
    ),
    (
        "multiple_equivalent_classes",
        "stemkg:A owl:equivalentClass [ owl:complementOf CL:1 ] , [ owl:complementOf CL:2 ] .",
        "stemkg:A",
    ),
    (
        "multiple_equivalent_class_definitions",
        "stemkg:A owl:equivalentClass [ owl:intersectionOf ( CL:1 CL:2 ) ] , [ owl:intersectionOf ( CL:3 CL:4 ) ] .",
        "stemkg:A",
    ),
    ("missing_superclass", "stemkg:A a owl:Class .", "stemkg:A"),
    ("illegal_use_of_built_in_vocabulary", 'rdf:type rdfs:label "is a" .', "rdf:type"),
    ("missing_ontology_title", "stemkg:o a owl:Ontology .", "stemkg:o"),
    ("missing_ontology_description", "stemkg:o a owl:Ontology .", "stemkg:o"),
    ("missing_ontology_license", "stemkg:o a owl:Ontology .", "stemkg:o"),
    ("missing_ontology_version", "stemkg:o a owl:Ontology .", "stemkg:o"),
    ("missing_ontology_metadata", "stemkg:o a owl:Ontology ; owl:imports stemkg:slice .", "stemkg:o"),
    ("undeclared_entity", "stemkg:A a owl:Class ; rdfs:subClassOf stemkg:B .", "stemkg:B"),
    ("undeclared_entity", 'stemkg:A stemkg:unheardOf "of" .', "stemkg:unheardOf"),
    ("illegal_punning", "stemkg:p a owl:ObjectProperty , owl:AnnotationProperty .", "stemkg:p"),
    ("unsupported_datatype", 'stemkg:o dcterms:created "2026-11-24"^^xsd:date .', "stemkg:o"),
    ("missing_kind", "stemkg:A a owl:Class ; rdfs:subClassOf stemkg:B .", "stemkg:A"),
    ("unknown_kind", 'stemkg:A stemkg:kind "organ" .', "stemkg:A"),
    ("evidence_without_rank", "stemkg:A stemkg:weight 0.5 .", "stemkg:A"),
    ("qualifier_without_kind", "stemkg:p rdfs:subPropertyOf stemkg:qualifier .", "stemkg:p"),
    ("subclass_cycle", "stemkg:A rdfs:subClassOf stemkg:B . stemkg:B rdfs:subClassOf stemkg:A .", "stemkg:A"),
    ("redundant_related_synonym", 'stemkg:A rdfs:label "MSC" ; oboInOwl:hasRelatedSynonym "msc" .', "stemkg:A"),
]  # fmt: skip

SOUND = """
stemkg:o a owl:Ontology ; owl:versionIRI stemkg:o1 ; owl:versionInfo "1" ; dcterms:title "t" ; dcterms:description "d" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
dcterms:title a owl:AnnotationProperty ; rdfs:label "title" .
dcterms:description a owl:AnnotationProperty ; rdfs:label "description" .
dcterms:license a owl:AnnotationProperty ; rdfs:label "license" .
IAO:0000115 a owl:AnnotationProperty ; rdfs:label "definition" .
oboInOwl:hasExactSynonym a owl:AnnotationProperty ; rdfs:label "exact" .
stemkg:kind a owl:AnnotationProperty ; rdfs:label "kind" ; IAO:0000115 "What it is." .
stemkg:acts_via a owl:ObjectProperty ; rdfs:label "acts via" ; IAO:0000115 "How it works." .
stemkg:Cell a owl:Class ; rdfs:label "cell" ; IAO:0000115 "A unit of life." ; stemkg:kind "cell" ;
    rdfs:subClassOf stemkg:Thing .
stemkg:Thing a owl:Class ; rdfs:label "thing" ; IAO:0000115 "All there is." ; owl:equivalentClass
    [ a owl:Class ; owl:intersectionOf
        ( stemkg:Cell [ owl:onProperty stemkg:acts_via ; owl:someValuesFrom stemkg:Cell ] ) ] .
"""


def graph(turtle: str) -> ox.Store:
    store = ox.Store()
    store.load(f"{PREFIX_LINES}\n{turtle}".encode(), format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize(("name", "turtle", "entity"), BROKEN, ids=[f"{n}-{i}" for i, (n, _, _) in enumerate(BROKEN)])
def test_check_finds(name: str, turtle: str, entity: str) -> None:
    (check,) = (one for one in ontology.load_checks() if one.name == name)
    rows = ontology.check(graph(turtle), [check])
    assert any(row.entity.endswith(entity) for row in rows), rows
    assert all(row.severity == check.severity and row.check == name and row.reason == check.problem for row in rows)


def test_every_check_is_shown_to_fail() -> None:
    assert {name for name, _, _ in BROKEN} == {check.name for check in ontology.load_checks()}


def test_a_sound_graph_passes_every_check() -> None:
    assert ontology.check(graph(SOUND)) == []


def test_the_field_s_own_list_is_covered() -> None:
    """The names of the checks that ROBOT's report runs at ERROR and WARN, with the severities it gives them."""
    severities = {check.name: check.severity for check in ontology.load_checks()}
    errors = """deprecated_boolean_datatype deprecated_class_reference deprecated_property_reference
        duplicate_definition duplicate_label illegal_use_of_built_in_vocabulary label_formatting label_whitespace
        missing_label missing_ontology_description missing_ontology_license missing_ontology_title
        misused_obsolete_label misused_replaced_by multiple_definitions multiple_equivalent_class_definitions
        multiple_labels"""
    warnings = """annotation_whitespace duplicate_exact_synonym duplicate_label_synonym duplicate_scoped_synonym
        equivalent_pair equivalent_class_axiom_no_genus invalid_xref missing_definition missing_obsolete_label
        missing_subset_declaration missing_synonymtype_declaration multiple_equivalent_classes
        invalid_entity_uri"""
    for severity, names in (("ERROR", errors.split()), ("WARN", warnings.split())):
        assert {name: severities.get(name) for name in names} == dict.fromkeys(names, severity)


def test_a_check_without_a_severity_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_text("# Problem: p\n# Solution: s\nSELECT ?entity ?property ?value WHERE {}\n")
    (tmp_path / "profile.tsv").write_text("# nothing\n")
    with pytest.raises(ontology.OntologyError, match="one"):
        ontology.load_checks(tmp_path)


@pytest.mark.parametrize(
    ("profile", "query", "reason"),
    [
        ("FATAL\tone\n", "# Problem: p\n# Solution: s\n", "FATAL"),
        ("WARN\tone\n", "# Problem: p\n", "no Solution"),
        ("WARN\tone\n", "# Problem: p\n# Solution: s\n# Scope: some\n", "some"),
    ],
)
def test_a_malformed_check_is_refused(tmp_path: Path, profile: str, query: str, reason: str) -> None:
    (tmp_path / "one.rq").write_text(query + "SELECT ?entity ?property ?value WHERE {}\n")
    (tmp_path / "profile.tsv").write_text(profile)
    with pytest.raises(ontology.OntologyError, match=reason):
        ontology.load_checks(tmp_path)


# ------------------------------------------------------------------------------------------------ our ontology


@pytest.fixture(scope="module")
def whole() -> ox.Store:
    return ontology.read()


def test_no_errors_and_no_warnings(whole: ox.Store) -> None:
    assert [row for row in ontology.check(whole) if row.severity != "INFO"] == []


def test_imports_catalog_and_files_agree() -> None:
    assert ontology.imports() == []
    text = (paths.ONTOLOGY / "stemkg.ttl").read_text("utf-8")
    imported = set(re.findall(r"stemkg/imports/(\w+)>", text))
    assert imported == {path.stem for path in (paths.ONTOLOGY / "imports").glob("*.ttl")}
    assert "shapes" not in imported


def test_an_import_that_the_catalog_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "stemkg.ttl").write_text(
        PREFIX_LINES + "\n<https://w3id.org/stemkg/ontology> owl:imports <https://w3id.org/stemkg/imports/cl> ."
    )
    assert [row.check for row in ontology.imports(tmp_path)] == ["catalog"]
    (tmp_path / "catalog-v001.xml").write_text(
        '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
        '<uri name="https://w3id.org/stemkg/imports/cl" uri="cl.ttl"/></catalog>'
    )
    assert [row.reason for row in ontology.imports(tmp_path)] == ["The catalog names no file."]
    (tmp_path / "cl.ttl").write_text(PREFIX_LINES + "\n<https://w3id.org/other> a owl:Ontology .")
    assert [row.reason for row in ontology.imports(tmp_path)] == ["The file has another ontology IRI."]


def test_the_release_fits_the_axioms() -> None:
    assert ontology.stale() == ""


def test_the_terms_that_claims_speak_of_are_there(vocabulary: Vocabulary) -> None:
    """The identifiers that the guide to claims names, each with its kind."""
    expected = {
        "cell": "CL:0002540 CL:0002570 CL:0002569 CL:0002568 CL:0000134 CL:0000037 CL:2000095 CL:0002322 CL:0000048 "
        "CL:0000034 CL:0000738 CL:4030035 stemkg:InducedPluripotentStemCell stemkg:InducedNeuron stemkg:CARTCell",
        "product": "GO:0070062 GO:1903561 stemkg:Secretome stemkg:ConditionedMedium stemkg:PlateletRichPlasma "
        "stemkg:RemestemcelL stemkg:Darvadstrocel",
        "drug": "stemkg:Immunosuppressant stemkg:Corticosteroid stemkg:Chemotherapy stemkg:BiologicDrug "
        "stemkg:Rituximab CHEBI:35480",
        "factor": "stemkg:Cytokine stemkg:GrowthFactor stemkg:NeurotrophicFactor stemkg:InflammatoryCytokine "
        "stemkg:AntiInflammatoryFactor stemkg:ExtracellularMatrix HGNC:5992 CHEBI:15551",
        "mechanism": "stemkg:Immunomodulation stemkg:AntiInflammation stemkg:Immunosuppression "
        "stemkg:ImmuneReconstitution stemkg:RegulatoryTCellInduction stemkg:MacrophagePolarization "
        "stemkg:Antifibrosis stemkg:Angiogenesis stemkg:ParacrineSignaling stemkg:ExosomeSignaling "
        "stemkg:TissueRepair stemkg:CartilageRepair stemkg:BoneFormation stemkg:Neuroregeneration "
        "stemkg:Remyelination stemkg:VascularRepair stemkg:Neuroprotection stemkg:AntiApoptosis "
        "stemkg:CellReplacement stemkg:HematopoieticSupport stemkg:Homing stemkg:AntimicrobialAction "
        "stemkg:AntioxidantAction",
        "route": "stemkg:Intravenous stemkg:Intrathecal stemkg:IntraArticular stemkg:Intramuscular "
        "stemkg:IntraArterial stemkg:Intracerebral stemkg:Intralesional stemkg:Subcutaneous stemkg:Intracoronary "
        "stemkg:LocalInjection stemkg:Inhaled",
        "outcome": "stemkg:Improved stemkg:Stable stemkg:Worsened stemkg:Responded stemkg:Remission stemkg:Relapsed "
        "stemkg:Died stemkg:Survived",
        "evidence": "stemkg:MetaAnalysis stemkg:RandomizedTrial stemkg:ClinicalTrial stemkg:ObservationalStudy "
        "stemkg:CaseReport stemkg:AnimalStudy stemkg:InVitroStudy stemkg:Review stemkg:ExpertStatement",
        "pathway": "stemkg:PI3KAktPathway stemkg:MTORPathway stemkg:NotchPathway stemkg:WntPathway stemkg:NFKBPathway "
        "stemkg:TGFBetaPathway",
        "adverse_event": "stemkg:AdverseEvent stemkg:SeriousAdverseEvent stemkg:InjectionSiteReaction "
        "stemkg:FluLikeSymptoms",
        "process": "GO:0001525 stemkg:CartilageBreakdown",
        "disease": "MONDO:0005010 MONDO:0024355 MONDO:0007915 MONDO:0021178",
        "tissue": "UBERON:0001987 UBERON:0000178 GO:0030424",
        "phenotype": "HP:0012531",
        "species": "NCBITaxon:9606 NCBITaxon:10090",
    }
    wrong = [
        (kind, term) for kind, terms in expected.items() for term in terms.split() if kind not in vocabulary.kinds(term)
    ]
    assert wrong == []


def test_the_mechanisms_are_the_tree_of_the_guide(vocabulary: Vocabulary) -> None:
    parents = {
        "stemkg:AntiInflammation": "stemkg:Immunomodulation", "stemkg:Immunosuppression": "stemkg:Immunomodulation",
        "stemkg:ImmuneReconstitution": "stemkg:Immunomodulation",
        "stemkg:ExosomeSignaling": "stemkg:ParacrineSignaling",
        "stemkg:RegulatoryTCellInduction": "stemkg:Immunomodulation", "stemkg:VascularRepair": "stemkg:TissueRepair",
        "stemkg:MacrophagePolarization": "stemkg:Immunomodulation", "stemkg:CartilageRepair": "stemkg:TissueRepair",
        "stemkg:BoneFormation": "stemkg:TissueRepair", "stemkg:Neuroregeneration": "stemkg:TissueRepair",
        "stemkg:Remyelination": "stemkg:TissueRepair",
    }  # fmt: skip
    for term in vocabulary.of_kind("mechanism"):
        if term.id != "stemkg:Mechanism":
            assert term.parents == (parents.get(term.id, "stemkg:Mechanism"),), term.id


def test_evidence_is_ordered_and_weighed(vocabulary: Vocabulary) -> None:
    rank = {term: int(value) for term, (value,) in vocabulary.values("rank").items()}
    weight = {term: float(value) for term, (value,) in vocabulary.values("weight").items()}
    assert sorted(rank.values()) == list(range(1, len(rank) + 1))
    assert rank.keys() == weight.keys()
    assert all(0 < value < 1 for value in weight.values())
    best_animal = max(weight[term] for term in weight if "stemkg:AnimalEvidence" in vocabulary.ancestors(term))
    assert all(weight[term] > best_animal for term in weight if "stemkg:HumanEvidence" in vocabulary.ancestors(term))


@pytest.mark.parametrize(
    ("name", "kind", "term"),
    [
        ("heart attack", "disease", "MONDO:0005068"), ("Lou Gehrig's disease", "disease", "MONDO:0004976"),
        ("graft-versus-host disease", "disease", "MONDO:0013730"), ("COPD", "disease", "MONDO:0005002"),
        ("fat tissue", "tissue", "UBERON:0001013"), ("cord blood", "tissue", "UBERON:0012168"),
        ("type 1 diabetes", "disease", "MONDO:0005147"), ("iPSCs", "cell", "stemkg:InducedPluripotentStemCell"),
        ("IV infusion", "route", "stemkg:Intravenous"), ("spinal tap", "route", "stemkg:Intrathecal"),
        ("PRP", "product", "stemkg:PlateletRichPlasma"), ("conditioned media", "product", "stemkg:ConditionedMedium"),
        ("small extracellular vesicles", "product", "GO:1903561"),
        ("critical limb ischemia", "disease", "MONDO:0000491"),
        ("painkillers", "drug", "CHEBI:35480"), ("joint pain", "phenotype", "HP:0002829"),
        ("steroids", "drug", "stemkg:Corticosteroid"), ("PI3K/Akt signaling", "pathway", "stemkg:PI3KAktPathway"),
        ("side effects", "adverse_event", "stemkg:AdverseEvent"), ("mice", "species", "NCBITaxon:10090"),
    ],
)  # fmt: skip
def test_names_of_running_text(vocabulary: Vocabulary, name: str, kind: str, term: str) -> None:
    assert term in vocabulary.find(name, kind)


def test_relations_have_domains_ranges_and_no_claim_level_clash(whole: ox.Store) -> None:
    for predicate in PREDICATES:
        node = ox.NamedNode(PREFIXES["stemkg"] + predicate)
        for property in ("domain", "range"):
            assert list(whole.quads_for_pattern(node, ox.NamedNode(PREFIXES["rdfs"] + property), None)), predicate


def test_a_file_that_does_not_parse_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "stemkg.ttl").write_text(PREFIX_LINES + "\nstemkg:A rdfs:label .")
    with pytest.raises(VocabularyError, match=rf"stemkg.ttl:{len(PREFIXES) + 1}:"):
        ontology.read(tmp_path)


def test_hp_is_credited_and_unaltered() -> None:
    """HPO's licence: its credit line and version are shown, and what we add to its terms stands elsewhere."""
    text = (paths.ONTOLOGY / "imports" / "hp.ttl").read_text("utf-8")
    assert "This product uses the Human Phenotype Ontology (version" in text
    assert "http://www.human-phenotype-ontology.org" in text
    assert 'hasRelatedSynonym "' not in text


@given(label=st.text(st.characters(codec="utf-8"), max_size=20), order=st.permutations(range(4)))
@settings(max_examples=25, deadline=None)
def test_the_fingerprint_is_of_the_axioms_alone(label: str, order: list[int]) -> None:
    """Names and the order of the triples don't change it; an axiom does."""
    subclass = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
    nodes = [ox.NamedNode(PREFIXES["stemkg"] + name) for name in "ABCDE"]
    axioms = [ox.Quad(child, subclass, parent) for child, parent in pairwise(nodes)]
    plain, changed = ox.Store(), ox.Store()
    plain.extend(axioms)
    changed.extend(axioms[index] for index in order)
    changed.add(ox.Quad(nodes[0], ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.Literal(label)))
    assert ontology.fingerprint(plain) == ontology.fingerprint(changed)
    changed.remove(axioms[0])
    assert ontology.fingerprint(plain) != ontology.fingerprint(changed)


# ------------------------------------------------------------------------------------------------ mappings


def test_mappings_name_terms_that_exist(vocabulary: Vocabulary) -> None:
    lines = (paths.ONTOLOGY / "mappings.sssom.tsv").read_text("utf-8").splitlines()
    header = [line for line in lines if line.startswith("#")]
    prefixes = {line.split(":")[0].strip("# ") for line in header if line.startswith("#  ")}
    rows = list(csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"))
    assert len(rows) > 200
    for row in rows:
        assert row["subject_label"] == vocabulary.label(row["subject_id"]), row
        assert row["predicate_id"] in {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
        assert {row[column].partition(":")[0] for column in ("subject_id", "object_id")} <= prefixes
        if row["object_id"].partition(":")[0] in TERM_PREFIXES and row["object_id"] in vocabulary:
            assert row["object_label"] == vocabulary.label(row["object_id"]), row
    every = {row["subject_id"] for row in rows}
    assert {f"stemkg:{name}" for name in PREDICATES} <= every
    assert {term.id for term in vocabulary.of_kind("mechanism")} <= every


# ------------------------------------------------------------------------------------------------ without Java


def test_without_java_it_says_what_it_misses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = ontology.validate()
    assert report.clean
    assert len(report.notes) == 2
    assert "consistent" in report.notes[1] and "OWL 2 DL" in report.notes[0]


def test_without_the_owl_api_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEMKG_OWLAPI", str(tmp_path))
    assert "STEMKG_OWLAPI" in ontology.missing_owlapi()


def test_a_report_has_the_columns_of_robots_and_the_gravest_first() -> None:
    rows = [
        ontology.Row("INFO", "missing_superclass", "stemkg:A", "rdfs:subClassOf", "", "why"),
        ontology.Row("ERROR", "missing_label", "stemkg:B", "rdfs:label", "", "why"),
    ]
    assert ontology.Report(rows).as_robot() == [
        ("ERROR", "missing_label", "stemkg:B", "rdfs:label", ""),
        ("INFO", "missing_superclass", "stemkg:A", "rdfs:subClassOf", ""),
    ]
    assert ontology.ROBOT == ("Level", "Rule Name", "Subject", "Property", "Value")


def test_what_the_ontology_speaks_of_is_declared_in_it() -> None:
    """The Manchester syntax keeps only what is said of what is declared."""
    own = ox.Store()
    own.bulk_load(path=paths.ONTOLOGY / "stemkg.ttl", format=ox.RdfFormat.TURTLE)
    asked = own.query("SELECT DISTINCT ?x { ?x ?p ?y FILTER isIRI(?x) FILTER NOT EXISTS { ?x a ?kind } }")
    assert [row["x"].value for row in asked] == []  # type: ignore[union-attr]
