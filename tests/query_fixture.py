"""The two graphs that the stored queries are tested on.

"digests" is what a build makes of the built-in digests, and "fixture" a few articles and claims of our own on a small
ontology, for what the digests don't say: a claim made twice, two sides that differ in their qualifiers.
"""

import csv
import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

from kg import pipeline
from kg.articles import Article, Work
from kg.catalogue import Catalogue
from kg.claim import Claim
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary, load

FOLDER = Path(__file__).parent / "data" / "queries"
CATALOGUE = Catalogue.load()


@cache
def digests() -> tuple[Vocabulary, Store]:
    """The ontology, and a store in memory that is built from the digests."""
    store = Store.open()
    assert pipeline.build([], store, workers=1).good
    return load(), store


@cache
def fixture() -> tuple[Vocabulary, Store]:
    """The small ontology, and a store in memory with the claims of `claims.tsv` in the articles of `articles.json`."""
    vocabulary = Vocabulary.load(FOLDER / "ontology")
    claims: dict[str, list[Claim]] = defaultdict(list)
    with (FOLDER / "claims.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            details = tuple(tuple(pair.split("=")) for pair in filter(None, row["details"].split(";")))
            claims[row["doc"]].append(replace(Claim.from_row(row), details=details))
    build = build_node(vocabulary)
    store = Store.open()
    store.begin()
    for entry in json.loads((FOLDER / "articles.json").read_text("utf-8")):
        article = Article(
            entry["id"],
            "x" * 2000,
            title=entry["title"],
            issued=entry["issued"],
            evidence=entry["evidence"],
            retracted=entry.get("retracted", False),
            inferred=entry.get("inferred", False),
            details=tuple(map(tuple, entry.get("details", ()))),
            work=Work(doi=entry.get("doi", ""), pmid=entry.get("pmid", ""), **entry.get("work", {})),
        )
        store.stage([Staged.of(article.id, "", "", article_quads(article, claims.pop(article.id), build=build))])
    assert not claims, f"no article for {list(claims)}"
    store.commit(vocabulary)
    return vocabulary, store


def triples(store: Store, path: Path) -> Path:
    """Writes all triples of a store into one N-Triples file, as an engine without named graphs would have them."""
    lines = {f"{q.subject} {q.predicate} {q.object} .\n" for q in store.graph}
    path.write_text("".join(sorted(lines)), "utf-8")
    return path
