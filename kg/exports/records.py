"""Articles and claims read back from a store, for exports that are tables and not graphs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kg.claim import Claim
from kg.exports.view import Block, article_blocks, literal, named
from kg.namespaces import ARTICLE, CLAIM, contract
from kg.quads import claim_of
from kg.store import Store


@dataclass(frozen=True, slots=True)
class Source:
    """What the graph says of an article. Fields that it does not say are empty; `issued` is its own ISO 8601 date."""

    id: str
    iri: str
    title: str = ""
    issued: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    work: str = ""  # the page of the published work
    retracted: bool = False

    @property
    def publications(self) -> tuple[str, ...]:
        """CURIEs of the published work that the article is or reports on.

        >>> Source("a", "", doi="10.1000/1", pmcid="PMC12").publications
        ('PMC:PMC12', 'doi:10.1000/1')
        """
        pairs = (("PMID", self.pmid), ("PMC", self.pmcid), ("doi", self.doi))
        return tuple(f"{prefix}:{value}" for prefix, value in pairs if value)


class Record(NamedTuple):
    """A claim, the IRI of its node and of the build that made it, the hash of its sentence, and the sentence itself
    where the graph has it."""

    iri: str
    claim: Claim
    build: str
    sentence_hash: str
    quote: str = ""


def articles(store: Store) -> Iterator[tuple[Source, list[Record]]]:
    """Every article of a store with its claims in reading order, sorted by article id."""
    for id in store.article_ids():
        source = Source(id, "")
        records = []
        for block in article_blocks(store, id):
            iri = named(block.subject) or ""
            if iri.startswith(ARTICLE):
                source = _source(id, iri, properties(block))
            elif iri.startswith(CLAIM):
                said = properties(block)
                if said.get("stemkg:judgement") == "wrong":
                    continue
                build = said.get("prov:wasGeneratedBy", "")
                hash, quote = (said.get("stemkg:" + name, "") for name in ("sentenceHash", "quote"))
                records.append(Record(iri, claim_of(id, said), build, hash, quote))
        yield source, sorted(records, key=lambda record: record.claim)


def properties(block: Block) -> dict[str, str]:
    """What a block says, by property: CURIEs (IRIs where there is none) and the text of literals. One value each."""
    found = {}
    for predicate, object_ in block.pairs:
        iri = named(object_)
        found[contract(predicate[1:-1])] = contract(iri) if iri else literal(object_)[0]
    return found


def _source(id: str, iri: str, said: dict[str, str]) -> Source:
    return Source(
        id,
        iri,
        title=said.get("dcterms:title", ""),
        issued=said.get("dcterms:issued", ""),
        doi=said.get("bibo:doi", ""),
        pmid=said.get("bibo:pmid", ""),
        pmcid=said.get("stemkg:pmcid", ""),
        work=said.get("prov:wasDerivedFrom", ""),
        retracted=said.get("stemkg:retracted") == "true",
    )
