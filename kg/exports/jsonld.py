"""JSON-LD, with its context in the file: nothing has to be fetched to read it."""

import json
from itertools import groupby
from typing import IO, Any

from kg.claim import DETAILS, QUALIFIERS
from kg.exports.turtle import EXPORT_PREFIXES, compact
from kg.exports.view import STRING, Block, dataset, literal, named
from kg.namespaces import expand
from kg.store import Store

# Short names for what claims, articles and findings say, each with the type of its values ("" for plain text).
_NAMES: dict[str, tuple[str, str]] = {
    **{
        name: ("stemkg:" + name, "@id")
        for name in (
            "subject", "predicate", "relation", "object", "disease", "polarity", "certainty", "evidence", "basis",
            "method", *QUALIFIERS, "reports", "bestEvidence", "weighsAs", "countsAs", "isA", "affirmedBy", "deniedBy",
            "supportedBy", "opposedBy", "speaksOf", "subjectTopic", "objectTopic", "diseaseTopic", "topicRelation",
            "topicTerm",
        )
    },
    **{
        name: ("stemkg:" + name, "xsd:integer")
        for name in (
            "length", "articles", "articlesFor", "articlesAgainst", "articlesHedged", "articlesFound",
            "articlesStudied", "articlesInPeople", "claims", "bestRank", "rank",
            "differences", "patients",
        )
    },
    **{
        name: ("stemkg:" + name, "xsd:decimal")
        for name in ("value", "confidence", "support", "opposition", "weight", "factor")
    },
    **{name: ("stemkg:" + name, "xsd:gYear") for name in ("firstIssued", "lastIssued", "dated", "workIssued")},
    **{
        name: ("stemkg:" + name, "")
        for name in (
            "unit", "rule", "sentenceHash", "sha256", "pmcid", "kind", "arithmetic", "oppositionArithmetic",
            "affirmedWith", "deniedWith", "workTitle", "workCreator", "journal",
            *(key for key in DETAILS if key != "patients"),
        )
    },
    "inFinding": ("stemkg:finding", "@id"),  # "finding" is the prefix of findings
    "retracted": ("stemkg:retracted", "xsd:boolean"),
    "inferred": ("stemkg:inferred", "xsd:boolean"),
    "label": ("rdfs:label", ""),
    "subClassOf": ("rdfs:subClassOf", "@id"),
    "definition": ("IAO:0000115", ""),
    "exactSynonym": ("oboInOwl:hasExactSynonym", ""),
    "relatedSynonym": ("oboInOwl:hasRelatedSynonym", ""),
    "identifier": ("dcterms:identifier", ""),
    "title": ("dcterms:title", ""),
    "issued": ("dcterms:issued", "xsd:date"),
    "publisher": ("dcterms:publisher", ""),
    "creator": ("dcterms:creator", ""),
    "topic": ("dcterms:subject", ""),
    "citation": ("dcterms:bibliographicCitation", ""),
    "doi": ("bibo:doi", ""),
    "pmid": ("bibo:pmid", ""),
    "wasDerivedFrom": ("prov:wasDerivedFrom", "@id"),
    "wasGeneratedBy": ("prov:wasGeneratedBy", "@id"),
    "inArticle": ("dcterms:source", "@id"),  # "source" is where cells are from
    "isPartOf": ("dcterms:isPartOf", "@id"),
    "start": ("stemkg:start", "xsd:integer"),
    "end": ("stemkg:end", "xsd:integer"),
    "quote": ("stemkg:quote", ""),
}  # fmt: skip
_BY_CURIE = {curie: (name, type_) for name, (curie, type_) in _NAMES.items()}
_DATATYPES = {name: expand(type_) if type_ else STRING for name, (_, type_) in _NAMES.items() if type_ != "@id"}


def context() -> dict[str, Any]:
    """The context of the export."""
    return {
        "@version": 1.1,
        **{prefix: {"@id": iri, "@prefix": True} for prefix, iri in sorted(EXPORT_PREFIXES.items())},
        **{name: {"@id": curie, "@type": type_} if type_ else curie for name, (curie, type_) in sorted(_NAMES.items())},
    }


def _id(iri: str) -> str:
    return compact(iri) or iri


def _value(term: str, name: str, type_: str) -> str | dict[str, str]:
    """An object: as plain as the type of its property allows."""
    if term.startswith("_:"):
        return {"@id": term}
    if iri := named(term):
        return _id(iri) if type_ == "@id" else {"@id": _id(iri)}
    text, datatype, language = literal(term)
    if language:
        return {"@value": text, "@language": language}
    if _DATATYPES.get(name, STRING) == datatype and type_ != "@id":
        return text
    return {"@value": text, "@type": _id(datatype)}


def node(block: Block) -> dict[str, Any]:
    """A block as a node object."""
    iri = named(block.subject)
    found: dict[str, Any] = {"@id": _id(iri) if iri else block.subject}
    for predicate, group in groupby(block.pairs, key=lambda pair: pair[0]):
        curie = _id(predicate[1:-1])
        if curie == "rdf:type":
            values: list[Any] = [_id(object_[1:-1]) if named(object_) else object_ for _, object_ in group]
            name = "@type"
        else:
            name, type_ = _BY_CURIE.get(curie, (curie, ""))
            values = [_value(object_, name, type_) for _, object_ in group]
        found[name] = values[0] if len(values) == 1 else values
    return found


def write_jsonld(store: Store, output: IO[bytes]) -> None:
    """Write the store as JSON-LD: one object a graph, one line a node."""

    def say(text: str) -> None:
        output.write(text.encode())

    say('{"@context": ' + json.dumps(context(), indent=1) + ',\n"@graph": [')
    separator = "\n"
    for section in dataset(store):
        if section.graph:
            say(f'{separator}{{"@id": {json.dumps(_id(section.graph))}, "@graph": [')
            separator = "\n"
        for block in section.blocks:
            say(separator + json.dumps(node(block), ensure_ascii=False))
            separator = ",\n"
        if section.graph:
            say("\n]}")
            separator = ",\n"
    say("\n]}\n")
