"""Nanopublications: each claim as four small graphs, in TriG.

The assertion is the claim, with its plain triple where the text affirms it without a hedge; the provenance is the
article, the place in it and the evidence; the publication info is the build that made it. They are unsigned: whoever
publishes them signs them with a key of their own.
"""

from typing import IO

from kg.exports.records import Record, Source, articles
from kg.exports.turtle import EXPORT_PREFIXES, header, turtle
from kg.exports.view import Terms
from kg.namespaces import STEMKG, expand
from kg.store import Store
from kg.weights import BASIS_TERMS, CERTAINTY_TERMS

_NANOPUB = STEMKG + "np/"
_PREFIXES = {**EXPORT_PREFIXES, "np": "http://www.nanopub.org/nschema#"}


def write_nanopubs(store: Store, output: IO[bytes]) -> None:
    """Write each claim of a store as a nanopublication."""
    output.write(header(_PREFIXES).encode())
    terms = Terms(store)
    for source, records in articles(store):
        for record in records:
            output.write(_nanopub(source, record, terms).encode())


def _node(curie: str) -> str:
    return turtle(f"<{expand(curie)}>")


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _block(subject: str, statements: list[str]) -> str:
    return f"    {subject} " + " ;\n        ".join(statements) + " .\n"


def _nanopub(source: Source, record: Record, terms: Terms) -> str:
    claim = record.claim
    base = _NANOPUB + record.iri.rpartition("/")[2]
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
                f"prov:wasAttributedTo <{STEMKG}>",
            ],
        )
        + "}\n"
    )
