"""The prefixes of StemKG, and the way between a CURIE and an IRI.

>>> expand("CL:0000134")
'http://purl.obolibrary.org/obo/CL_0000134'
>>> contract("http://identifiers.org/hgnc/5992")
'HGNC:5992'
>>> contract("https://example.org/unknown")
'https://example.org/unknown'
"""

from functools import lru_cache

STEMKG = "https://w3id.org/stemkg/"
CLAIM = STEMKG + "claim/"
ARTICLE = STEMKG + "article/"
GRAPH = STEMKG + "graph/"

OBO = "http://purl.obolibrary.org/obo/"

#: The prefixes of identifiers: what may stand as the subject or object of a claim.
TERM_PREFIXES: dict[str, str] = {
    "stemkg": STEMKG,
    "CL": OBO + "CL_",
    "MONDO": OBO + "MONDO_",
    "UBERON": OBO + "UBERON_",
    "GO": OBO + "GO_",
    "HP": OBO + "HP_",
    "CHEBI": OBO + "CHEBI_",
    "NCBITaxon": OBO + "NCBITaxon_",
    "HGNC": "http://identifiers.org/hgnc/",
}

#: The prefixes of the vocabularies that describe articles, claims and terms.
VOCABULARY_PREFIXES: dict[str, str] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "bibo": "http://purl.org/ontology/bibo/",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "IAO": OBO + "IAO_",
    "RO": OBO + "RO_",
    "BFO": OBO + "BFO_",
    "ECO": OBO + "ECO_",
}

PREFIXES: dict[str, str] = {**TERM_PREFIXES, **VOCABULARY_PREFIXES}

# Longest first, so that an IRI contracts with its most specific prefix.
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def expand(curie: str) -> str:
    """The IRI of a CURIE.

    Raises `ValueError` where the prefix is not one of `PREFIXES`.
    """
    prefix, _, local = curie.partition(":")
    try:
        return PREFIXES[prefix] + local
    except KeyError:
        raise ValueError(f"{curie!r}: {prefix!r} is not a known prefix") from None


@lru_cache(maxsize=100_000)
def contract(iri: str) -> str:
    """The CURIE of an IRI, or the IRI itself where no prefix fits."""
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :]:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
