"""What follows from the ontology, that it is OWL 2 DL, and that other tools load it and lose nothing. Needs Java."""

import os
import subprocess
from pathlib import Path

import jena
import pyoxigraph as ox
import pytest

from kg import ontology, paths
from kg.namespaces import STEMKG, expand
from kg.vocabulary import Vocabulary

needs_java = pytest.mark.skipif(bool(ontology.missing_java()), reason=ontology.missing_java())
needs_owlapi = pytest.mark.skipif(bool(ontology.missing_owlapi()), reason=ontology.missing_owlapi())

#: What must follow, and why. None of these links is asserted.
INFERENCES = [
    ("CL:0002540", "stemkg:AdultTissueMesenchymalStemCell", "it derives from bone marrow, a postnatal tissue"),
    ("CL:0002570", "stemkg:AdultTissueMesenchymalStemCell", "it derives from fat, a postnatal tissue"),
    ("CL:0002569", "stemkg:BirthTissueMesenchymalStemCell", "it derives from the umbilical cord, a birth tissue"),
    ("CL:0002568", "stemkg:BirthTissueMesenchymalStemCell", "Wharton's jelly is part of the umbilical cord"),
    ("CL:0002537", "stemkg:BirthTissueMesenchymalStemCell", "it derives from the amnion, a birth tissue"),
    ("CL:2000061", "CL:0002537", "a mesenchymal stem cell that derives from the amnion is the amnion's"),
    ("CL:0002639", "stemkg:BirthTissueMesenchymalStemCell", "it derives from the amniotic fluid, a birth tissue"),
    ("CL:4040005", "stemkg:OralMesenchymalStemCell", "it derives from the apical papilla, a tissue of the tooth"),
    ("stemkg:GingivalMesenchymalStemCell", "stemkg:OralMesenchymalStemCell", "it derives from the gum"),
    ("stemkg:OralMesenchymalStemCell", "stemkg:AdultTissueMesenchymalStemCell", "oral tissues are postnatal"),
    ("stemkg:EndometrialStemCell", "stemkg:AdultTissueMesenchymalStemCell", "it derives from the womb's lining"),
    ("CL:0000134", "stemkg:ImmunomodulatoryCell", "it acts by immunomodulation"),
    ("CL:0002569", "stemkg:ImmunomodulatoryCell", "it is a mesenchymal stem cell, and those are"),
    ("CL:0000815", "stemkg:ImmunomodulatoryCell", "immunosuppression is immunomodulation"),
    ("CL:0000890", "stemkg:ImmunomodulatoryCell", "calming inflammation is immunomodulation"),
    ("CL:0000128", "stemkg:RegenerativeCell", "remyelination is tissue repair"),
    ("CL:0000134", "stemkg:ParacrineCell", "it acts by what it releases"),
    ("CL:0000134", "stemkg:GrowthFactorSecretingCell", "it secretes VEGFA, a growth factor"),
    ("CL:0000815", "stemkg:CytokineSecretingCell", "it secretes interleukin 10, a cytokine"),
    ("stemkg:NTFSecretingMSC", "stemkg:NeurotrophicCell", "it secretes neurotrophic factors"),
    ("stemkg:NeurotrophicCell", "stemkg:GrowthFactorSecretingCell", "neurotrophic factors are growth factors"),
    ("stemkg:StemCellDerivedIsletCell", "stemkg:PluripotentCellDerivedCell", "it derives from a pluripotent cell"),
    ("stemkg:RemestemcelL", "stemkg:MesenchymalStemCellProduct", "it holds cells of marrow, a kind of those"),
    ("stemkg:Darvadstrocel", "stemkg:AdiposeMesenchymalStemCellProduct", "it holds mesenchymal stem cells of fat"),
    ("stemkg:Omidubicel", "stemkg:HematopoieticStemCellProduct", "cord-blood stem cells are hematopoietic"),
    ("stemkg:Strimvelis", "stemkg:GeneModifiedCellProduct", "it holds gene-modified cells"),
    ("stemkg:Tisagenlecleucel", "stemkg:TCellProduct", "CAR T cells are T cells"),
    ("stemkg:Tisagenlecleucel", "stemkg:GeneModifiedCellProduct", "CAR T cells are gene-modified"),
    ("stemkg:Holoclar", "stemkg:StemCellProduct", "limbal stem cells are stem cells"),
    ("stemkg:StromalVascularFraction", "stemkg:CellBearingProduct", "it holds cells"),
    ("stemkg:RandomizedTrial", "stemkg:HumanEvidence", "clinical trials are observed in people"),
    ("stemkg:MetaAnalysis", "stemkg:HumanEvidence", "its studies are observed in people"),
    ("stemkg:AnimalStudy", "stemkg:AnimalEvidence", "it is observed in animals"),
    ("stemkg:InVitroStudy", "stemkg:InVitroEvidence", "it is observed in cells in vitro"),
]

#: What must not follow, and why.
NO_INFERENCES = [
    ("CL:0002569", "stemkg:AdultTissueMesenchymalStemCell", "a cord is no postnatal tissue"),
    ("CL:0000540", "stemkg:ImmunomodulatoryCell", "nothing says that a neuron is"),
    ("stemkg:ConditionedMedium", "stemkg:CellBearingProduct", "it holds no cells"),
    ("stemkg:AnimalStudy", "stemkg:HumanEvidence", "an animal is no person"),
    ("stemkg:Review", "stemkg:HumanEvidence", "a narrative review observes nobody"),
]


def turtle(*lines: str) -> list[ox.Quad]:
    from kg.namespaces import PREFIXES

    text = "\n".join([*(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items()), *lines])
    return list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))


@pytest.fixture(scope="module")
def stated() -> ox.Store:
    """The ontology as asserted, without what was inferred."""
    return ontology.read(release=False)


@pytest.mark.parametrize(("child", "ancestor", "why"), INFERENCES, ids=[f"{a}-{b}" for a, b, _ in INFERENCES])
def test_what_must_follow(child: str, ancestor: str, why: str, vocabulary: Vocabulary, stated: ox.Store) -> None:
    """From the release file, so without Java too; the release file is compared with the reasoner's answer below."""
    assert ancestor in vocabulary.ancestors(child), why
    reached: set[str] = set()
    todo = [expand(child)]
    while todo:
        above = stated.quads_for_pattern(ox.NamedNode(todo.pop()), ox.NamedNode(expand("rdfs:subClassOf")), None)
        new = {quad.object.value for quad in above if isinstance(quad.object, ox.NamedNode)} - reached
        reached |= new
        todo += new
    assert expand(ancestor) not in reached, "this is asserted, so it is no inference"


@pytest.mark.parametrize(("child", "ancestor", "why"), NO_INFERENCES)
def test_what_must_not_follow(child: str, ancestor: str, why: str, vocabulary: Vocabulary) -> None:
    assert ancestor not in vocabulary.ancestors(child), why


@needs_java
def test_consistent_and_released(stated: ox.Store) -> None:
    conclusions = ontology.reason(stated)
    assert conclusions.consistent
    assert conclusions.unsatisfiable == ()
    assert ontology.release(stated, conclusions) == (paths.ONTOLOGY / ontology.INFERRED).read_text("utf-8")


@needs_java
def test_contradictions_are_found() -> None:
    """On a small ontology: a class that can have no instances, and an instance of it."""
    sample = ox.Store()
    sample.extend(
        turtle(
            "<https://w3id.org/stemkg/ontology> a owl:Ontology .",
            "stemkg:A a owl:Class . stemkg:B a owl:Class ; owl:disjointWith stemkg:A .",
            "stemkg:C a owl:Class ; rdfs:subClassOf stemkg:A , stemkg:B .",
            'stemkg:C rdfs:label "both" .',
        )
    )
    found = ontology.reason(sample)
    assert found == ontology.Conclusions(True, ("stemkg:C",), ())
    with pytest.raises(ontology.OntologyError, match="contradicts"):
        ontology.release(sample, found)
    sample.extend(turtle("stemkg:c a owl:NamedIndividual , stemkg:C ."))
    assert ontology.reason(sample) == ontology.Conclusions(False)


@needs_owlapi
def test_owl_2_dl(stated: ox.Store) -> None:
    assert ontology.profile(stated) == []


@needs_owlapi
def test_what_is_no_owl_2_dl_is_found() -> None:
    sample = ox.Store()
    sample.extend(
        turtle(
            "<https://w3id.org/stemkg/ontology> a owl:Ontology .",
            "stemkg:p a owl:ObjectProperty , owl:TransitiveProperty , owl:AsymmetricProperty .",
        )
    )
    rows = ontology.profile(sample)
    assert [(row.severity, row.check, row.entity) for row in rows] == [("ERROR", "owl2dl", "stemkg:p")]


def own_entities(graph: ox.Store) -> tuple[int, int]:
    """How many classes and how many object and data properties are ours in stemkg.ttl and its imports."""

    def count(*types: str) -> int:
        rdf_type = ox.NamedNode(expand("rdf:type"))
        found = {
            quad.subject.value
            for kind in types
            for quad in graph.quads_for_pattern(None, rdf_type, ox.NamedNode(expand(kind)))
            if isinstance(quad.subject, ox.NamedNode)
        }
        return sum(iri.startswith(STEMKG) for iri in found)

    return count("owl:Class"), count("owl:ObjectProperty", "owl:DatatypeProperty")


@pytest.fixture(scope="module")
def closure() -> ox.Store:
    """stemkg.ttl and its imports, as one graph."""
    store = ox.Store()
    for path in [paths.ONTOLOGY / "stemkg.ttl", *(paths.ONTOLOGY / "imports").glob("*.ttl")]:
        store.load(path=path, format=ox.RdfFormat.TURTLE)
    return store


@needs_owlapi
def test_five_round_trips_lose_nothing(closure: ox.Store) -> None:
    jars = os.pathsep.join(map(str, ontology.owlapi_jars()))
    source = Path(__file__).with_name("RoundTrip.java")
    command = ["java", "-Xss16m", "-cp", jars, str(source), str(paths.ONTOLOGY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert tuple(map(int, rows[0][1:])) == own_entities(closure)
    assert {name: lost for name, _, lost, _ in rows[1:]} == dict.fromkeys(
        ("Turtle", "RDF/XML", "OWL/XML", "functional", "Manchester"), "0"
    )


def test_rdflib_loads_the_same(closure: ox.Store) -> None:
    import rdflib
    from rdflib.namespace import OWL, RDF

    graph = rdflib.Graph()
    graph.parse(paths.ONTOLOGY / "stemkg.ttl")
    declared = {"class": {OWL.Class}, "property": {OWL.ObjectProperty, OWL.DatatypeProperty}}
    found = {
        name: {s for kind in kinds for s in graph.subjects(RDF.type, kind) if str(s).startswith(STEMKG)}
        for name, kinds in declared.items()
    }
    assert (len(found["class"]), len(found["property"])) == own_entities(closure)


def test_owlready2_loads_the_same(closure: ox.Store, tmp_path: Path) -> None:
    import owlready2

    file = tmp_path / "ontology.nt"
    ox.serialize((quad.triple for quad in closure if quad.predicate.value != expand("owl:imports")), file)
    world = owlready2.World()
    with file.open("rb") as stream:
        world.get_ontology(STEMKG + "ontology").load(fileobj=stream)
    classes = sum(entity.iri.startswith(STEMKG) for entity in world.classes())
    properties = sum(entity.iri.startswith(STEMKG) for entity in [*world.object_properties(), *world.data_properties()])
    assert (classes, properties) == own_entities(closure)


def test_horned_owl_loads_the_same(closure: ox.Store, tmp_path: Path) -> None:
    pyhornedowl = pytest.importorskip("pyhornedowl", reason="py-horned-owl is not installed")
    import rdflib

    graph = rdflib.Graph().parse(paths.ONTOLOGY / "stemkg.ttl")
    graph.remove((None, rdflib.OWL.imports, None))
    graph.serialize(tmp_path / "ontology.owl", format="xml")
    loaded = pyhornedowl.open_ontology(str(tmp_path / "ontology.owl"))
    classes = sum(str(iri).startswith(STEMKG) for iri in loaded.get_classes())
    properties = sum(str(iri).startswith(STEMKG) for iri in loaded.get_object_properties())
    properties += sum(str(iri).startswith(STEMKG) for iri in loaded.get_data_properties())
    assert (classes, properties) == own_entities(closure)


def test_jena_loads_the_same(closure: ox.Store, tmp_path: Path) -> None:
    count = "SELECT (COUNT(DISTINCT ?e) AS ?n) WHERE { ?e a ?t . FILTER(?t IN (%s)) FILTER(STRSTARTS(STR(?e), '%s')) }"
    owl = "http://www.w3.org/2002/07/owl#"
    groups = (("Class",), ("ObjectProperty", "DatatypeProperty"))
    found = []
    for names in groups:
        types = ", ".join(f"<{owl}{name}>" for name in names)
        command = ["java", "-cp", jena.class_path(tmp_path), "arq.arq", "--results=csv"]
        command += ["--data", str(paths.ONTOLOGY / "stemkg.ttl"), count % (types, STEMKG)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append(int(done.stdout.split()[-1]))
    assert tuple(found) == own_entities(closure)
