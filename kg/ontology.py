"""The ontology as a piece of work: is it well made, is it OWL 2 DL, is it consistent, and what follows from it.

- `check` runs the SPARQL checks of `queries/checks/`, one file each, with the severities of `profile.tsv` beside them.
- `profile` asks the OWL API whether the ontology is OWL 2 DL.
- `reason` asks HermiT, by way of owlready2, whether it is consistent and what it implies.
- `release` writes what it implies as `ontology/inferred.ttl`, so that nobody needs Java to use it.

The last three but one need Java; `missing_java` and `missing_owlapi` say in a sentence what is missing, and what is
not looked at without it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import paths
from kg.claim import QUALIFIERS
from kg.namespaces import PREFIXES, STEMKG, contract, expand
from kg.vocabulary import VocabularyError, ontology_files

CHECKS = paths.QUERIES / "checks"
INFERRED = "inferred.ttl"
SEVERITIES = ("ERROR", "WARN", "INFO")

_ONTOLOGY = STEMKG + "ontology"
_RELEASE = _ONTOLOGY + "/inferred"
_SUBCLASS = ox.NamedNode(expand("rdfs:subClassOf"))
_TYPE = ox.NamedNode(expand("rdf:type"))
_OWL_ONTOLOGY = ox.NamedNode(expand("owl:Ontology"))
_IMPORTS = ox.NamedNode(expand("owl:imports"))
_VERSION = ox.NamedNode(expand("owl:versionInfo"))
_IDENTIFIER = ox.NamedNode(expand("dcterms:identifier"))
_NOTHING = expand("owl:Nothing")
_THING = expand("owl:Thing")
_JAVA_MEMORY_MB = 3000

# What says something of names and words only, and so has no part in the reasoning.
_WORDS = (PREFIXES["dcterms"], PREFIXES["oboInOwl"], PREFIXES["IAO"], expand("rdfs:label"), expand("rdfs:comment"))

# Below these stand classes of words and of lines, from which nothing follows.
_WORD_CLASSES = tuple(ox.NamedNode(STEMKG + name) for name in ("VerbClass", "PhraseClass", "TextPart"))

# The OWL API and what it needs, as Debian's libowlapi-java puts them into one folder.
_DEBIAN_JARS = (
    "owlapi-distribution", "rdf4j-*", "caffeine", "guava", "failureaccess", "hppcrt", "commons-io", "commons-codec",
    "commons-logging", "commons-rdf-api", "atinject-jsr330-api", "jsonld-java", "jackson-core", "jackson-databind",
    "jackson-annotations", "httpclient", "httpclient-cache", "httpcore", "slf4j-api", "slf4j-nop", "jcl-over-slf4j",
    "xz", "jsr305",
)  # fmt: skip
_DEBIAN = Path("/usr/share/java")
_JAVA_SOURCE = Path(__file__).resolve().parent / "OwlProfile.java"


class OntologyError(Exception):
    """A check, a profile or a reasoner that could not be run. The message says which and why."""


class Row(NamedTuple):
    """One thing that is wrong with the ontology. Entities and properties are CURIEs."""

    severity: str
    check: str
    entity: str
    property: str
    value: str
    reason: str


@dataclass(frozen=True)
class Check:
    """A SPARQL check: it answers with `?entity ?property ?value`, one row for each thing that is wrong."""

    name: str
    severity: str
    problem: str
    solution: str
    ours_only: bool
    sparql: str


@dataclass(frozen=True)
class Conclusions:
    """What a reasoner found. Classes are CURIEs."""

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    #: (class, parent) pairs that follow and are not asserted, nearest parents only; equivalent classes both ways.
    inferred: tuple[tuple[str, str], ...] = ()


@dataclass
class Report:
    """All that was found, and in sentences what was not looked at."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether there is nothing worse than INFO."""
        return all(row.severity == "INFO" for row in self.rows)

    def as_robot(self) -> list[tuple[str, ...]]:
        """What was found in the columns of a ROBOT report (`ROBOT`), the gravest first."""
        rows = ((row.severity, row.check, row.entity, row.property, row.value) for row in self.rows)
        return sorted(rows, key=lambda row: (("ERROR", "WARN", "INFO").index(row[0]), row))


#: The columns of a report as `robot report` writes it.
ROBOT = ("Level", "Rule Name", "Subject", "Property", "Value")


def read(folder: Path = paths.ONTOLOGY, *, release: bool = True) -> ox.Store:
    """The Turtle files of an ontology folder as one graph; without the release file if `release` is false.

    Raises `VocabularyError` naming the file and the line that can't be parsed.
    """
    store = ox.Store()
    for path in ontology_files(folder):
        if release or path.name != INFERRED:
            try:
                store.load(path=path, format=ox.RdfFormat.TURTLE)
            except (SyntaxError, ValueError) as error:
                raise VocabularyError(f"{path}:{getattr(error, 'lineno', None) or 1}: {error}") from None
    return store


# ------------------------------------------------------------------------------------------------ SPARQL checks

_HEADER = re.compile(r"^# (Problem|Solution|Scope): (.+)$", re.MULTILINE)


def load_checks(folder: Path = CHECKS) -> list[Check]:
    """The checks of a folder, in the order of its `profile.tsv`.

    Raises `OntologyError` where the profile and the files don't agree, or a header lacks a part.
    """
    severities: dict[str, str] = {}
    profile_file = folder / "profile.tsv"
    for number, line in enumerate(profile_file.read_text("utf-8").splitlines(), start=1):
        if line and not line.startswith("#"):
            severity, _, name = line.partition("\t")
            if severity not in SEVERITIES:
                raise OntologyError(f"{profile_file}:{number}: {severity!r} is not one of {', '.join(SEVERITIES)}")
            severities[name] = severity
    files = {path.stem: path for path in folder.glob("*.rq")}
    if unmatched := set(severities) ^ set(files):
        raise OntologyError(f"{folder}: in profile.tsv or as a file, but not both: {', '.join(sorted(unmatched))}")
    checks = []
    for name, severity in severities.items():
        text = files[name].read_text("utf-8")
        header = dict(_HEADER.findall(text))
        if missing := {"Problem", "Solution"} - set(header):
            raise OntologyError(f"{files[name]}: no {' and no '.join(sorted(missing))} in the header")
        scope = header.get("Scope", "ours")
        if scope not in ("ours", "all"):
            raise OntologyError(f"{files[name]}: the scope is ours or all, not {scope!r}")
        checks.append(Check(name, severity, header["Problem"], header["Solution"], scope == "ours", text))
    return checks


def _cell(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return contract(term.value)
    return term.value if isinstance(term, ox.Literal) else "" if term is None else str(term)


def check(graph: ox.Store, checks: Iterable[Check] | None = None) -> list[Row]:
    """What the SPARQL checks find, ordered by severity, check and entity.

    A check with the scope `ours` speaks of our own entities; what other ontologies say is theirs to mend.
    """
    rows = set()
    for one in load_checks() if checks is None else checks:
        try:
            solutions = graph.query(one.sparql, prefixes=PREFIXES)
        except SyntaxError as error:
            raise OntologyError(f"the check {one.name}: {error}") from None
        assert isinstance(solutions, ox.QuerySolutions)
        for solution in solutions:
            entity, property, value = (_cell(solution[name]) for name in ("entity", "property", "value"))
            if not one.ours_only or entity.startswith((STEMKG, "stemkg:")):
                rows.add(Row(one.severity, one.name, entity, property, value, one.problem))
    return sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), row[1:]))


# ------------------------------------------------------------------------------------------------ Java


def missing_java() -> str:
    """A sentence on what is missed without Java; empty where Java is there."""
    if shutil.which("java"):
        return ""
    return "Java is not installed: whether the ontology is consistent, and what follows from it, was not looked at."


def owlapi_jars() -> list[Path]:
    """The jars of the OWL API: those of the folder that STEMKG_OWLAPI names, else Debian's."""
    if folder := os.environ.get("STEMKG_OWLAPI"):
        return sorted(Path(folder).glob("*.jar"))
    return [jar for name in _DEBIAN_JARS for jar in sorted(_DEBIAN.glob(f"{name}.jar"))]


def missing_owlapi() -> str:
    """A sentence on what is missed without the OWL API; empty where it is there."""
    if shutil.which("javac") and any(jar.name.startswith("owlapi-distribution") for jar in owlapi_jars()):
        return ""
    return (
        "The OWL API is not installed (a JDK, and Debian's libowlapi-java or a folder of jars named by STEMKG_OWLAPI): "
        "whether the ontology is OWL 2 DL was not looked at."
    )


def _axioms(graph: ox.Store) -> Iterator[ox.Triple]:
    """The triples that say more than what a term is called."""
    for triple in one_ontology(graph):
        if not isinstance(triple.object, ox.Literal) and not triple.predicate.value.startswith(_WORDS):
            yield triple


def one_ontology(graph: ox.Store) -> Iterator[ox.Triple]:
    """The triples of a graph as one ontology without imports: the headers of the slices are left out."""
    headers = {quad.subject for quad in graph.quads_for_pattern(None, _TYPE, _OWL_ONTOLOGY)}
    kept = ox.NamedNode(_ONTOLOGY)
    for quad in graph:
        if quad.predicate != _IMPORTS and (quad.subject == kept or quad.subject not in headers):
            yield quad.triple


def profile(graph: ox.Store) -> list[Row]:
    """The violations of OWL 2 DL that the OWL API finds.

    Raises `OntologyError` where the OWL API can't be run; ask `missing_owlapi` first.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ontology.ttl"
        ox.serialize(one_ontology(graph), file, format=ox.RdfFormat.TURTLE)
        return profile_of(file)


def profile_of(file: Path) -> list[Row]:
    """The same of a file that is an ontology by itself, without imports: an export."""
    command = ["java", "-Xss16m", "-cp", os.pathsep.join(map(str, owlapi_jars())), str(_JAVA_SOURCE), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise OntologyError(f"the OWL API could not be run: {done.stderr.strip() or done.returncode}")
    rows = []
    for line in done.stdout.splitlines():
        kind, _, detail = line.partition("\t")
        named = re.search(r"<([^>]+)>", detail)
        entity = contract(named[1]) if named else ""
        rows.append(Row("ERROR", "owl2dl", entity, kind, detail, "This is not allowed in OWL 2 DL."))
    return sorted(rows)


def reason(graph: ox.Store) -> Conclusions:
    """What HermiT concludes from a graph.

    Raises `OntologyError` where Java can't be run or HermiT refuses the input; ask `missing_java` first.
    """
    import owlready2

    triples = list(_axioms(graph))
    # owlready2 reads no Turtle; and it takes an ontology's own IRI for its place, so the file is read by itself.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ontology.nt"
        ox.serialize(triples, file, format=ox.RdfFormat.N_TRIPLES)
        world = owlready2.World()
        with file.open("rb") as stream:
            world.get_ontology(_ONTOLOGY).load(fileobj=stream)
        owlready2.reasoning.JAVA_MEMORY = _JAVA_MEMORY_MB
        try:
            owlready2.sync_reasoner_hermit(world, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return Conclusions(consistent=False)
        except (owlready2.base.OwlReadyJavaError, FileNotFoundError) as error:
            raise OntologyError(f"HermiT could not be run: {str(error).strip()}") from None
    asserted = {
        (triple.subject.value, triple.object.value)
        for triple in triples
        if triple.predicate == _SUBCLASS
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.NamedNode)
    }
    unsatisfiable = {entity.iri for entity in world.inconsistent_classes()} - {_NOTHING}
    found: set[tuple[str, str]] = set()
    for entity in world.classes():
        above = [*entity.is_a, *entity.equivalent_to]
        found |= {(entity.iri, parent.iri) for parent in above if isinstance(parent, owlready2.ThingClass)}
    inferred = {
        (child, parent)
        for child, parent in found - asserted
        if child != parent and parent != _THING and not {child, parent} & unsatisfiable
    }
    return Conclusions(
        True,
        tuple(sorted(map(contract, unsatisfiable))),
        tuple(sorted((contract(child), contract(parent)) for child, parent in inferred)),
    )


# ------------------------------------------------------------------------------------------------ the release file


def fingerprint(graph: ox.Store) -> str:
    """A hash of the axioms of a graph: the same for the same axioms, whatever the names and words of the terms."""
    lines = sorted(
        " ".join("_" if isinstance(term, ox.BlankNode) else str(term) for term in triple)
        for triple in _axioms(graph)
        if triple.predicate != _TYPE
        and not triple.predicate.value.startswith(STEMKG)
        and triple.object not in _WORD_CLASSES
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _literals(graph: ox.Store, subject: str, predicate: ox.NamedNode) -> list[str]:
    found = graph.quads_for_pattern(ox.NamedNode(subject), predicate, None)
    return [quad.object.value for quad in found if isinstance(quad.object, ox.Literal)]


def release(graph: ox.Store, conclusions: Conclusions) -> str:
    """The release file: what was concluded from a graph, as Turtle.

    Raises `OntologyError` where there is nothing to release: an inconsistent ontology, or unsatisfiable classes.
    """
    if not conclusions.consistent or conclusions.unsatisfiable:
        raise OntologyError("an ontology that contradicts itself is not released")
    version = "".join(_literals(graph, _ONTOLOGY, _VERSION)[:1])
    curies = {term for pair in conclusions.inferred for term in pair}
    prefixes = sorted({curie.partition(":")[0] for curie in curies} | {"owl", "rdfs", "dcterms"})
    lines = [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in prefixes]
    lines += [
        "",
        "# What a reasoner concludes from stemkg.ttl and its imports. Written by scripts/release-ontology: don't edit.",
        "",
        f"<{_RELEASE}> a owl:Ontology ;",
        f"    owl:versionIRI <{_RELEASE}/{version}> ;",
        f'    owl:versionInfo "{version}" ;',
        '    dcterms:title "StemKG ontology: inferred hierarchy" ;',
        '    dcterms:description "The subclass links that follow from the StemKG ontology, beyond those asserted." ;',
        "    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;",
        f'    dcterms:identifier "{fingerprint(graph)}" .',
        "",
        "dcterms:title a owl:AnnotationProperty .",
        "dcterms:description a owl:AnnotationProperty .",
        "dcterms:license a owl:AnnotationProperty .",
        "dcterms:identifier a owl:AnnotationProperty .",
        "",
    ]
    lines += [f"{curie} a owl:Class ." for curie in sorted(curies)]
    lines.append("")
    lines += [f"{child} rdfs:subClassOf {parent} ." for child, parent in conclusions.inferred]
    return "\n".join(lines) + "\n"


def stale(folder: Path = paths.ONTOLOGY) -> str:
    """A sentence where the release file was made from other axioms than the folder holds; empty where it fits."""
    if _literals(read(folder), _RELEASE, _IDENTIFIER) == [fingerprint(read(folder, release=False))]:
        return ""
    return (
        f"{INFERRED} was made from other axioms than stemkg.ttl and its imports now hold: "
        "run scripts/release-ontology, so that what follows from them is used."
    )


# ------------------------------------------------------------------------------------------------ all of it


def imports(folder: Path = paths.ONTOLOGY) -> list[Row]:
    """Imports whose name, catalog entry and file don't agree."""
    catalog_file = folder / "catalog-v001.xml"
    if not catalog_file.is_file():
        return [Row("ERROR", "catalog", "", "", catalog_file.name, "No catalog: the imports are not found offline.")]
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    entries = {
        entry.get("name", ""): entry.get("uri", "")
        for entry in etree.parse(catalog_file, parser).iter("{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri")
    }
    rows = []
    for quad in read(folder).quads_for_pattern(None, _IMPORTS, None):
        assert isinstance(quad.object, ox.NamedNode)
        iri = quad.object.value
        file = folder / entries.get(iri, "")
        if not file.is_file():
            rows.append(Row("ERROR", "catalog", iri, "owl:imports", entries.get(iri, ""), "The catalog names no file."))
            continue
        header = ox.Quad(quad.object, _TYPE, _OWL_ONTOLOGY)
        if not any(found.triple == header.triple for found in ox.parse(path=file, format=ox.RdfFormat.TURTLE)):
            rows.append(Row("ERROR", "catalog", iri, "owl:imports", str(file), "The file has another ontology IRI."))
    return sorted(rows)


def qualifiers(graph: ox.Store) -> list[Row]:
    """Where the qualifiers that claims may have (`kg.claim.QUALIFIERS`) and those that the ontology declares differ."""
    above = ox.NamedNode(PREFIXES["rdfs"] + "subPropertyOf")
    below = graph.quads_for_pattern(None, above, ox.NamedNode(STEMKG + "qualifier"))
    declared = {contract(str(quad.subject)[1:-1]) for quad in below}
    known = {"stemkg:" + key for key in QUALIFIERS}
    rows = []
    for ids, reason in (
        (known - declared, "Claims may have this qualifier, and the ontology declares no property below it."),
        (declared - known, "The ontology declares this qualifier, and no claim may have it."),
    ):
        rows += [Row("ERROR", "qualifiers", id, "rdfs:subPropertyOf", "stemkg:qualifier", reason) for id in sorted(ids)]
    return rows


def validate(folder: Path = paths.ONTOLOGY) -> Report:
    """Everything: the imports, the SPARQL checks, the OWL 2 DL profile, the reasoner, and whether the release fits."""
    report = Report()
    sources = read(folder, release=False)
    report.rows += imports(folder)
    report.rows += check(read(folder))
    report.rows += qualifiers(sources)
    if note := stale(folder):
        report.rows.append(Row("WARN", "stale_release", "", "", INFERRED, note))
    if note := missing_owlapi():
        report.notes.append(note)
    else:
        report.rows += profile(sources)
    if note := missing_java():
        report.notes.append(note)
    else:
        conclusions = reason(sources)
        if not conclusions.consistent:
            report.rows.append(Row("ERROR", "consistency", "", "", "", "The ontology contradicts itself."))
        for entity in conclusions.unsatisfiable:
            reason_ = "Nothing can be an instance of this class: its axioms contradict each other."
            report.rows.append(Row("ERROR", "unsatisfiable", entity, "rdfs:subClassOf", "owl:Nothing", reason_))
    return report
