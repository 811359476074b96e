"""What the RDF exports say of statements themselves, where that is asked for.

A claim always says its subject, relation and object by properties of its own. As `reifiers` it is said too to reify the
triple, in RDF 1.2 (`rdf:reifies <<( … )>>`): a claim that denies reifies a triple that is not in the graph. As `axioms`
each plain triple is annotated with every claim that says so, as OWL 2 annotates axioms.
"""

from collections.abc import Iterator
from typing import Literal, get_args

from kg.exports.view import Block
from kg.namespaces import CLAIM, STEMKG, expand

#: How claims are said of statements, beside their own properties.
Statements = Literal["plain", "reifiers", "axioms"]
STATEMENTS: tuple[Statements, ...] = get_args(Statements)


def _iri(curie: str) -> str:
    return f"<{expand(curie)}>"


_ENDS = tuple(_iri("stemkg:" + end) for end in ("subject", "predicate", "object"))
_TYPE, _REIFIES, _SOURCE, _SEE_ALSO, _XREF = map(
    _iri, ("rdf:type", "rdf:reifies", "dcterms:source", "rdfs:seeAlso", "oboInOwl:hasDbXref")
)
_OF_AXIOM = tuple(_iri("owl:annotated" + end) for end in ("Source", "Property", "Target"))
_PUBLISHED = {_iri("bibo:pmid"): "PMID:", _iri("bibo:doi"): "doi:"}


def restated(blocks: list[Block], statements: Statements) -> list[Block]:
    """The blocks of an article's graph, with what is said of statements."""
    if statements == "reifiers":
        return [_reifier(block) for block in blocks]
    if statements == "axioms":
        published = sorted(
            f'"{prefix}{value[1:]}'
            for block in blocks
            for property, value in block.pairs
            if (prefix := _PUBLISHED.get(property))
        )
        return [one for block in blocks for one in (block, *_axiom(block, published))]
    return blocks


def _reifier(block: Block) -> Block:
    said = dict(block.pairs)
    if not block.subject.startswith("<" + CLAIM) or not said.keys() >= set(_ENDS):
        return block
    triple = " ".join(said[end] for end in _ENDS)
    return Block(block.subject, sorted([*block.pairs, (_REIFIES, f"<<( {triple} )>>")]))


def _axiom(block: Block, published: list[str]) -> Iterator[Block]:
    """The annotated axiom of a claim that has a plain triple; nothing for other blocks."""
    said = dict(block.pairs)
    if not block.subject.startswith("<" + CLAIM) or not _is_plain(said):
        return
    pairs = [(_TYPE, _iri("owl:Axiom")), (_SEE_ALSO, block.subject), *((_XREF, name) for name in published)]
    pairs += zip(_OF_AXIOM, (said[end] for end in _ENDS), strict=True)
    if _SOURCE in said:
        pairs.append((_SOURCE, said[_SOURCE]))
    yield Block("_:axiom" + block.subject[len(CLAIM) + 1 : -1], sorted(pairs))


def _is_plain(said: dict[str, str]) -> bool:
    """Whether the graph says outright what a claim says."""
    return (
        said.keys() >= set(_ENDS)
        and said.get(f"<{STEMKG}polarity>") == f"<{STEMKG}Positive>"
        and said.get(f"<{STEMKG}certainty>") == f"<{STEMKG}Asserted>"
        and f"<{STEMKG}value>" not in said
        and said.get(f"<{STEMKG}judgement>") != '"wrong"'
    )
