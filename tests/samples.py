"""A small ontology, articles and claims of our own making, for tests that need no real ones."""

import io
import tarfile
import zipfile
from pathlib import Path

from kg.articles import Article, Work
from kg.claim import EVIDENCE, PREDICATES, Claim, Qualifier

_WEIGHTS = ("0.90", "0.85", "0.80", "0.60", "0.50", "0.30", "0.25", "0.15", "0.35", "0.10")

ONTOLOGY = (
    """
@prefix stemkg: <https://w3id.org/stemkg/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix CL: <http://purl.obolibrary.org/obo/CL_> .
@prefix MONDO: <http://purl.obolibrary.org/obo/MONDO_> .
@prefix UBERON: <http://purl.obolibrary.org/obo/UBERON_> .
@prefix HGNC: <http://identifiers.org/hgnc/> .

<https://w3id.org/stemkg/> a owl:Ontology ; owl:versionInfo "9.9" .
CL:0000000 rdfs:label "cell" ; stemkg:kind "cell" .
CL:0000034 rdfs:label "stem cell" ; rdfs:subClassOf CL:0000000 ; stemkg:therapeutic true .
CL:0000134 rdfs:label "mesenchymal stem cell" ; rdfs:subClassOf CL:0000034 ; oboInOwl:hasExactSynonym "MSC" ;
    oboInOwl:hasRelatedSynonym "mesenchymal stem cells" .
MONDO:0000001 rdfs:label "disease" ; stemkg:kind "disease" .
MONDO:0005301 rdfs:label "multiple sclerosis" ; rdfs:subClassOf MONDO:0000001 .
MONDO:0007915 rdfs:label "lupus" ; rdfs:subClassOf MONDO:0000001 .
UBERON:0000479 rdfs:label "tissue" ; stemkg:kind "tissue" .
UBERON:0002371 rdfs:label "bone marrow" ; rdfs:subClassOf UBERON:0000479 .
stemkg:Factor rdfs:label "factor" ; stemkg:kind "factor" .
HGNC:5962 rdfs:label "interleukin 10" ; rdfs:subClassOf stemkg:Factor .
stemkg:Mechanism rdfs:label "mechanism" ; stemkg:kind "mechanism" .
stemkg:Immunomodulation rdfs:label "immunomodulation" ; rdfs:subClassOf stemkg:Mechanism .
stemkg:Route rdfs:label "route" ; stemkg:kind "route" .
stemkg:Intravenous rdfs:label "intravenous" ; rdfs:subClassOf stemkg:Route .
stemkg:Outcome rdfs:label "outcome" ; stemkg:kind "outcome" .
stemkg:treats stemkg:cue "treat" .
stemkg:secretes stemkg:cue "secrete" .
stemkg:Improved rdfs:label "improved" ; rdfs:subClassOf stemkg:Outcome .
stemkg:Aspect rdfs:label "aspect" ; stemkg:kind "aspect" .
stemkg:Ease rdfs:label "ease" ; rdfs:subClassOf stemkg:Aspect .
stemkg:Asserted rdfs:label "asserted" ; stemkg:factor 1.0 .
stemkg:Hedged rdfs:label "hedged" ; stemkg:factor 0.5 .
stemkg:Studied rdfs:label "studied" ; stemkg:factor 0.0 .
stemkg:AutomaticAssertion rdfs:label "automatic" ; stemkg:factor 1.0 .
stemkg:ManualAssertion rdfs:label "manual" ; stemkg:factor 1.0 .
stemkg:LanguageModelAssertion rdfs:label "language-model" ; stemkg:factor 0.5 .
stemkg:source rdfs:label "cell source" ; stemkg:valueKind "tissue" .
stemkg:route rdfs:label "route" ; stemkg:valueKind "route" .
stemkg:comparator rdfs:label "comparator" ; stemkg:valueKind "cell" , "product" , "drug" , "factor" , "route" .
stemkg:species rdfs:label "observed species" ; stemkg:valueKind "species" .
stemkg:with rdfs:label "given with" ; stemkg:valueKind "cell" , "product" , "drug" , "factor" .
stemkg:aspect rdfs:label "aspect compared" ; stemkg:valueKind "aspect" .
"""
    + "\n".join(
        f'stemkg:{name} rdfs:label "{name}" ; stemkg:kind "evidence" ; stemkg:weight {weight} ; stemkg:rank {rank} .'
        for rank, (name, weight) in enumerate(zip(EVIDENCE, _WEIGHTS, strict=True), 1)
    )
    + "\n"
    + "".join(f'stemkg:{name} rdfs:label "{name}" .\n' for name in PREDICATES)
)

TEXT = "Mesenchymal stem cells treat multiple sclerosis. They may secrete interleukin 10. Of all, 40% improved."


def ontology(folder: Path) -> Path:
    """Write the small ontology into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stemkg.ttl").write_text(ONTOLOGY)
    return folder


def article(id: str = "a#1", text: str = TEXT, **fields: object) -> Article:
    """An article about stem cells."""
    known: dict[str, object] = {
        "title": "On stem cells",
        "issued": "2023-08-29",
        "sha256": f"{len(text):064}",
        "work": Work(doi="10.1000/182", pmid="1", citation="Some source."),
    }
    return Article(id, text, **(known | fields))  # type: ignore[arg-type]


def claims(id: str = "a#1", disease: str = "MONDO:0005301") -> list[Claim]:
    """Three claims of `TEXT`: an asserted one, a hedged one and a number."""
    source: tuple[tuple[Qualifier, str], ...] = (("source", "UBERON:0002371"),)
    return [
        Claim(id, 0, 48, "CL:0000134", "treats", disease, disease, evidence="RandomizedTrial"),
        Claim(id, 49, 81, "CL:0000134", "secretes", "HGNC:5962", certainty="hedged", evidence="Review"),
        Claim(
            id, 82, 103, "CL:0000134", "outcome", "stemkg:Improved", disease, value="40", unit="%", qualifiers=source
        ),
    ]


#: The beginning of a picture: bytes that are no text.
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
