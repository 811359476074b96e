"""What a release is, for people and machines that come upon it: an RO-Crate, and a DCAT and VoID description.

Both say the same: what each file is, how big it is and what its checksum is, and what the graph holds.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import metadata
from pathlib import Path
from typing import IO

from kg.claim import PREDICATES, Predicate
from kg.exports import about
from kg.exports.records import articles
from kg.exports.turtle import header
from kg.namespaces import PREFIXES, STEMKG, VOCABULARY_PREFIXES
from kg.rdf import FINDING_CLASS, TYPE, value_of
from kg.store import Store


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release."""

    name: str
    description: str
    media_type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path, description: str, media_type: str) -> "File":
        """The file as it is on disk."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path.name, description, media_type, path.stat().st_size, digest)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a store holds. `predicates` has the claims by predicate, `properties` the quads by the IRI of the property.

    `examples` are the IRIs of an article, a claim and a finding, where there are any.
    """

    quads: int
    articles: int
    claims: int
    findings: int
    predicates: Mapping[Predicate, int]
    ontology: str  # its version
    properties: Mapping[str, int]
    examples: tuple[str, ...]

    @classmethod
    def of(cls, store: Store) -> "Counts":
        """Count what is in a store."""
        predicates: dict[Predicate, int] = dict.fromkeys(PREDICATES, 0)
        examples: list[str] = []
        articles_ = 0
        for source, records in articles(store):
            articles_ += 1
            if not examples and records:
                examples = [source.iri, records[0].iri]
            for record in records:
                predicates[record.claim.predicate] += 1
        found = [quad.subject for quad in store.graph.quads_for_pattern(None, TYPE, FINDING_CLASS)]
        if found:
            examples.append(min(value_of(str(node)) for node in found))
        rows = store.query("SELECT ?version { <https://w3id.org/stemkg/graph/ontology> owl:versionInfo ?version }")
        version = next((str(row["version"].value) for row in rows), "")  # type: ignore[union-attr]
        return cls(
            len(store.graph),
            articles_,
            sum(predicates.values()),
            len(found),
            predicates,
            version,
            dict(sorted(Counter(quad.predicate.value for quad in store.graph).items())),
            tuple(examples),
        )


def summary(counts: Counts) -> str:
    """A release in a sentence."""
    return (
        f"{counts.claims} claims that {counts.articles} articles make about stem-cell therapy,"
        " each with its place in the text, polarity, certainty and evidence."
    )


def write_crate(counts: Counts, files: list[File], day: date, output: IO[bytes]) -> None:
    """Write the metadata file of an RO-Crate 1.2."""
    project = metadata("stemkg")
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.TITLE,
        "description": summary(counts),
        "identifier": about.DATASET,
        "dateCreated": about.CREATED,
        "datePublished": day.isoformat(),
        "license": {"@id": about.LICENCE},
        "creator": {"@id": about.MAKER},
        "author": {"@id": about.MAKER},
        "publisher": {"@id": about.MAKER},
        "creditText": about.ATTRIBUTION,
        "keywords": list(about.KEYWORDS),
        "version": project["Version"],
        "hasPart": [{"@id": file.name} for file in files],
        "variableMeasured": [{"@id": "#" + _fragment(name)} for name, _ in _numbers(counts)],
    }
    crate = {
        "@context": [
            "https://w3id.org/ro/crate/1.2/context",
            {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
        ],
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
                "about": {"@id": "./"},
            },
            root,
            {
                "@id": about.LICENCE,
                "@type": "CreativeWork",
                "name": about.LICENCE_NAME,
                "description": about.ATTRIBUTION,
                "url": about.LICENCE,
            },
            {"@id": about.MAKER, "@type": "Organization", "name": about.MAKER_NAME, "url": STEMKG},
            *(
                {"@id": "#" + _fragment(name), "@type": "PropertyValue", "name": name, "value": value}
                for name, value in _numbers(counts)
            ),
            *(
                {
                    "@id": file.name,
                    "@type": "File",
                    "name": file.name,
                    "description": file.description,
                    "encodingFormat": file.media_type,
                    "contentSize": str(file.size),
                    "sha256": file.sha256,
                    "license": {"@id": about.LICENCE},
                }
                for file in files
            ),
        ],
    }
    output.write((json.dumps(crate, indent=2, ensure_ascii=False) + "\n").encode())


def _numbers(counts: Counts) -> list[tuple[str, int]]:
    """What is counted, by name."""
    return [
        ("quads", counts.quads),
        ("articles", counts.articles),
        ("claims", counts.claims),
        ("findings", counts.findings),
        *((f"claims: {predicate}", number) for predicate, number in counts.predicates.items()),
    ]


def _fragment(name: str) -> str:
    return name.replace(": ", "-")


def write_void(counts: Counts, files: list[File], day: date, output: IO[bytes]) -> None:
    """Write a DCAT and VoID description in Turtle, with what DCAT-AP asks for."""
    prefixes = {
        **{prefix: PREFIXES[prefix] for prefix in ("stemkg", "dcterms", "xsd")},
        "dcat": "http://www.w3.org/ns/dcat#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "spdx": "http://spdx.org/rdf/terms#",
        "void": "http://rdfs.org/ns/void#",
    }
    version = metadata("stemkg")["Version"]
    named = [f"<{file.name}>" for file in files]
    used = [name for name in VOCABULARY_PREFIXES.values() if any(iri.startswith(name) for iri in counts.properties)]
    rights = f"dcterms:license <{about.LICENCE}>"
    dataset = [
        "a dcat:Dataset, void:Dataset",
        f'dcterms:title "{about.TITLE}"@en',
        f'dcterms:description "{summary(counts)}"@en',
        f'dcterms:identifier "{about.DATASET}"',
        f'dcterms:created "{about.CREATED}"^^xsd:date',
        f'dcterms:issued "{day.isoformat()}"^^xsd:date',
        f'dcterms:modified "{day.isoformat()}"^^xsd:date',
        f"dcterms:creator <{about.MAKER}>",
        f"dcterms:publisher <{about.MAKER}>",
        rights,
        f"dcterms:rights <{about.DATASET}#rights>",
        "dcterms:language <http://publications.europa.eu/resource/authority/language/ENG>",
        "dcat:keyword " + ", ".join(f'"{word}"@en' for word in about.KEYWORDS),
        "dcat:theme <http://publications.europa.eu/resource/authority/data-theme/HEAL>",
        f"dcat:landingPage <{about.DATASET}>",
        f'dcat:version "{version}"',
        "dcterms:conformsTo stemkg:ontology",
        f'void:uriSpace "{STEMKG}"',
        f"void:triples {counts.quads}",
        *_listed("void:vocabulary", [f"<{namespace}>" for namespace in used]),
        *_listed("void:exampleResource", [f"<{iri}>" for iri in counts.examples]),
        *_listed(
            "void:classPartition",
            [
                f"[ void:class stemkg:{name} ; void:entities {number} ]"
                for name, number in (
                    ("Article", counts.articles), ("Claim", counts.claims), ("Finding", counts.findings),
                )
            ],
        ),
        *_listed(
            "void:propertyPartition",
            [f"[ void:property <{iri}> ; void:triples {number} ]" for iri, number in counts.properties.items()],
        ),
        *_listed("dcat:distribution", named),
        *_listed("void:dataDump", [name for file, name in zip(files, named, strict=True) if file.media_type in _RDF]),
    ]  # fmt: skip
    parts = [
        _said(f"<{about.DATASET}>", dataset),
        _said(
            f"<{about.DATASET}#rights>", ["a dcterms:RightsStatement", f'dcterms:description "{about.ATTRIBUTION}"@en']
        ),
        _said(f"<{about.LICENCE}>", ["a dcterms:LicenseDocument", f'dcterms:title "{about.LICENCE_NAME}"@en']),
        _said(
            f"<{about.MAKER}>",
            ["a foaf:Organization, foaf:Agent", f'foaf:name "{about.MAKER_NAME}"@en', f"foaf:homepage <{STEMKG}>"],
        ),
        *(
            _said(
                name,
                [
                    "a dcat:Distribution",
                    f'dcterms:title "{file.description}"@en',
                    rights,
                    f"dcat:accessURL <{about.DATASET}>",
                    f"dcat:downloadURL {name}",
                    f"dcat:mediaType <https://www.iana.org/assignments/media-types/{file.media_type}>",
                    f"dcat:byteSize {file.size}",
                    "spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ;"
                    f' spdx:checksumValue "{file.sha256}" ]',
                ],
            )
            for file, name in zip(files, named, strict=True)
        ),
    ]
    output.write((header(prefixes) + "\n".join(parts)).encode())


#: The media types of the files that are RDF.
_RDF = {
    "text/turtle", "application/trig", "application/n-quads", "application/n-triples", "application/ld+json",
    "application/rdf+xml",
}  # fmt: skip


def _listed(verb: str, values: list[str]) -> list[str]:
    """A verb with its values; nothing where there are none."""
    return [f"{verb}\n        " + ",\n        ".join(values)] if values else []


def _said(subject: str, statements: list[str]) -> str:
    return f"{subject} " + " ;\n    ".join(statements) + " .\n"
