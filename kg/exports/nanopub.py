"""Nanopublications: each claim as four small graphs, in TriG.

The assertion is the claim, with its plain triple where the text affirms it without a hedge; the provenance is the
article, the place in it and the evidence; the publication info is the build that made it, who says so, when, and under
which licence. Their names are trusty URIs. They are unsigned: who publishes them signs them with a key of their own.
"""

import os
import re
from datetime import UTC, datetime
from typing import IO

import pyoxigraph as ox

from kg.exports import about
from kg.exports.records import Record, Source, articles
from kg.exports.trusty import code
from kg.exports.turtle import EXPORT_PREFIXES, header, turtle
from kg.exports.view import Terms
from kg.namespaces import STEMKG, expand
from kg.rdf import agent_iri
from kg.store import Store
from kg.weights import BASIS_TERMS, CERTAINTY_TERMS, METHOD_TERMS

_NANOPUB = STEMKG + "np/"
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
#: Stands in the IRIs of a nanopublication until its content is known.
_CODE = "~~~"
_PREFIXES = {
    **EXPORT_PREFIXES,
    "np": "http://www.nanopub.org/nschema#",
    "npx": "http://purl.org/nanopub/x/",
}


def write_nanopubs(store: Store, output: IO[bytes], creator: str = "") -> None:
    """Write each claim of a store as a nanopublication. `creator` is the IRI of who says so, as an ORCID is one."""
    prefixes = header(_PREFIXES)
    output.write(prefixes.encode())
    terms = Terms(store)
    for source, records in articles(store):
        for record in records:
            text = _nanopub(source, record, terms, creator or about.MAKER)
            name = code(ox.parse(prefixes + text, format=ox.RdfFormat.TRIG), _CODE)
            output.write(text.replace(_NANOPUB + _CODE, _NANOPUB + name).encode())


def creator_iri(creator: str) -> str:
    """The IRI of a person by an ORCID, or as it is given; "" of nothing.

    Raises `ValueError` where it is neither.

    >>> creator_iri("0000-0002-1825-0097"), creator_iri("https://example.org/me")
    ('https://orcid.org/0000-0002-1825-0097', 'https://example.org/me')
    """
    if _ORCID.fullmatch(creator):
        return f"https://orcid.org/{creator}"
    if creator and not _IRI.fullmatch(creator):
        raise ValueError(f"{creator!r} is neither an ORCID nor an IRI")
    return creator


def _created() -> str:
    """When a nanopublication is said to be made: with this version, or when SOURCE_DATE_EPOCH says."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return f"{datetime.fromtimestamp(int(epoch), UTC):%Y-%m-%dT%H:%M:%SZ}" if epoch else f"{about.CREATED}T00:00:00Z"


def _node(curie: str) -> str:
    return turtle(f"<{expand(curie)}>")


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _block(subject: str, statements: list[str]) -> str:
    return f"    {subject} " + " ;\n        ".join(statements) + " .\n"


def _nanopub(source: Source, record: Record, terms: Terms, creator: str) -> str:
    claim = record.claim
    base = _NANOPUB + _CODE
    this, head, assertion, provenance, pubinfo = (
        f"<{base}{part}>" for part in ("", "#Head", "#assertion", "#provenance", "#pubinfo")
    )
    node = turtle(f"<{record.iri}>")
    predicate = "stemkg:" + claim.predicate
    stated = [
        "a stemkg:Claim",
        f"stemkg:subject {_node(claim.subject)}",
        f"stemkg:predicate {_node(predicate)}",
        f"stemkg:object {_node(claim.object)}",
        f"stemkg:polarity stemkg:{claim.polarity.capitalize()}",
        f"stemkg:certainty {_node(CERTAINTY_TERMS[claim.certainty])}",
    ]
    if claim.disease:
        stated.append(f"stemkg:disease {_node(claim.disease)}")
    if claim.value:
        stated.append(f'stemkg:value "{claim.value}"^^xsd:decimal')
        stated.append(f"stemkg:unit {_literal(claim.unit)}")
    stated += [f"stemkg:{key} {_node(value)}" for key, value in claim.qualifiers]
    plain = ""
    if claim.polarity == "positive" and claim.certainty == "asserted" and not claim.value:
        plain = f"    {_node(claim.subject)} {_node(predicate)} {_node(claim.object)} .\n"
    words = " ".join(terms.label(expand(curie)) for curie in (claim.subject, predicate, claim.object))
    article = turtle(f"<{source.iri}>")
    origins = [article] + ([f"<{source.work}>"] if source.work else [])
    return (
        f"\n{head} {{\n"
        + _block(
            this,
            [
                "a np:Nanopublication",
                f"np:hasAssertion {assertion}",
                f"np:hasProvenance {provenance}",
                f"np:hasPublicationInfo {pubinfo}",
            ],
        )
        + f"}}\n\n{assertion} {{\n"
        + plain
        + _block(node, stated)
        + f"}}\n\n{provenance} {{\n"
        + _block(
            assertion,
            [
                "prov:wasDerivedFrom " + ", ".join(origins),
                f"stemkg:evidence {_node('stemkg:' + claim.evidence)}",
                f"stemkg:basis {_node(BASIS_TERMS[claim.basis])}",
                f"stemkg:method {_node(METHOD_TERMS[claim.method])}",
                *([f"prov:wasAttributedTo <{agent_iri(claim.agent)}>"] if claim.agent else []),
                f"prov:wasGeneratedBy <{record.build}>",
            ],
        )
        + _block(
            node,
            [
                f"dcterms:source {article}",
                f"stemkg:start {claim.start}",
                f"stemkg:end {claim.end}",
                f"stemkg:sentenceHash {_literal(record.sentence_hash)}",
            ],
        )
        + f"}}\n\n{pubinfo} {{\n"
        + _block(
            this,
            [
                f"rdfs:label {_literal(words)}",
                f"prov:wasGeneratedBy <{record.build}>",
                f"prov:wasAttributedTo <{creator}>",
                f"dcterms:creator <{creator}>",
                f'dcterms:created "{_created()}"^^xsd:dateTime',
                f"dcterms:license <{about.LICENCE}>",
                "npx:hasNanopubType stemkg:Claim",
                f"npx:introduces {node}",
            ],
        )
        + "}\n"
    )
