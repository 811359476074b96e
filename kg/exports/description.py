"""What a release is, for people and machines that come upon it: an RO-Crate, and a DCAT and VoID description.

Both say the same: what each file is, how big it is and what its checksum is, and what the graph holds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import metadata
from pathlib import Path
from typing import IO

from kg.claim import PREDICATES, Predicate
from kg.exports.records import articles
from kg.exports.turtle import header
from kg.namespaces import PREFIXES, STEMKG
from kg.rdf import FINDING_CLASS, TYPE
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
    """What a store holds. `predicates` has the claims by predicate."""

    quads: int
    articles: int
    claims: int
    findings: int
    predicates: Mapping[Predicate, int]
    ontology: str  # its version

    @classmethod
    def of(cls, store: Store) -> "Counts":
        """Count what is in a store."""
        predicates: dict[Predicate, int] = dict.fromkeys(PREDICATES, 0)
        articles_ = 0
        for _, records in articles(store):
            articles_ += 1
            for record in records:
                predicates[record.claim.predicate] += 1
        findings = sum(1 for _ in store.graph.quads_for_pattern(None, TYPE, FINDING_CLASS))
        rows = store.query("SELECT ?version { <https://w3id.org/stemkg/graph/ontology> owl:versionInfo ?version }")
        version = next((str(row["version"].value) for row in rows), "")  # type: ignore[union-attr]
        return cls(len(store.graph), articles_, sum(predicates.values()), findings, predicates, version)


def _summary(counts: Counts) -> str:
    return (
        f"{counts.claims} claims that {counts.articles} articles make about stem-cell therapy,"
        " each with its place in the text, polarity, certainty and evidence."
    )


def write_crate(counts: Counts, files: list[File], day: date, output: IO[bytes]) -> None:
    """Write the metadata file of an RO-Crate 1.1."""
    project = metadata("stemkg")
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "StemKG",
        "description": _summary(counts),
        "datePublished": day.isoformat(),
        "license": {"@id": "#licence"},
        "version": project["Version"],
        "hasPart": [{"@id": file.name} for file in files],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "value": value}
            for name, value in (
                ("quads", counts.quads),
                ("articles", counts.articles),
                ("claims", counts.claims),
                ("findings", counts.findings),
                *((f"claims: {predicate}", number) for predicate, number in counts.predicates.items()),
            )
        ],
    }
    crate = {
        "@context": [
            "https://w3id.org/ro/crate/1.1/context",
            {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
        ],
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
                "about": {"@id": "./"},
            },
            root,
            {
                "@id": "#licence",
                "@type": "CreativeWork",
                "name": "Terms of use",
                "description": "The claims state facts of the articles, whose texts are not part of this dataset. The"
                " labels and identifiers keep the licences of the ontologies that they come from.",
            },
            *(
                {
                    "@id": file.name,
                    "@type": "File",
                    "name": file.description,
                    "encodingFormat": file.media_type,
                    "contentSize": str(file.size),
                    "sha256": file.sha256,
                }
                for file in files
            ),
        ],
    }
    output.write((json.dumps(crate, indent=2, ensure_ascii=False) + "\n").encode())


def write_void(counts: Counts, files: list[File], day: date, output: IO[bytes]) -> None:
    """Write a DCAT and VoID description in Turtle."""
    prefixes = {
        **{prefix: PREFIXES[prefix] for prefix in ("stemkg", "dcterms", "prov", "xsd")},
        "dcat": "http://www.w3.org/ns/dcat#",
        "spdx": "http://spdx.org/rdf/terms#",
        "void": "http://rdfs.org/ns/void#",
    }
    parts = [
        f"<{STEMKG}dataset> a dcat:Dataset, void:Dataset ;\n"
        '    dcterms:title "StemKG"@en ;\n'
        f'    dcterms:description "{_summary(counts)}"@en ;\n'
        f'    dcterms:issued "{day.isoformat()}"^^xsd:date ;\n'
        f'    dcat:version "{metadata("stemkg")["Version"]}" ;\n'
        f"    dcterms:conformsTo stemkg: ;\n"
        f'    void:uriSpace "{STEMKG}" ;\n'
        f"    void:triples {counts.quads} ;\n"
        f"    void:classPartition\n"
        f"        [ void:class stemkg:Article ; void:entities {counts.articles} ],\n"
        f"        [ void:class stemkg:Claim ; void:entities {counts.claims} ],\n"
        f"        [ void:class stemkg:Finding ; void:entities {counts.findings} ]"
    ]
    named = [f"<{file.name}>" for file in files]
    if named:
        parts.append(" ;\n    dcat:distribution\n        " + ",\n        ".join(named))
    parts.append(" .\n")
    for file, name in zip(files, named, strict=True):
        parts.append(
            f"\n{name} a dcat:Distribution ;\n"
            f'    dcterms:title "{file.description}"@en ;\n'
            f"    dcat:downloadURL {name} ;\n"
            f"    dcat:mediaType <https://www.iana.org/assignments/media-types/{file.media_type}> ;\n"
            f"    dcat:byteSize {file.size} ;\n"
            f"    spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ;"
            f' spdx:checksumValue "{file.sha256}" ] .\n'
        )
    output.write((header(prefixes) + "".join(parts)).encode())
