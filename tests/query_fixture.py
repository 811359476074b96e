"""The fixed graph that the stored queries are tested on: a few articles and claims of our own, a small ontology."""

import csv
import json
from collections import defaultdict
from pathlib import Path

from kg.articles import Article, Work
from kg.claim import Claim
from kg.rdf import article_quads, build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary

FOLDER = Path(__file__).parent / "data" / "queries"


def fixture() -> tuple[Vocabulary, Store]:
    """The small ontology, and a store in memory with the claims of `claims.tsv` in the articles of `articles.json`."""
    vocabulary = Vocabulary.load(FOLDER / "ontology")
    claims: dict[str, list[Claim]] = defaultdict(list)
    with (FOLDER / "claims.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            claims[row["doc"]].append(Claim.from_row(row))
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
            work=Work(doi=entry.get("doi", ""), pmid=entry.get("pmid", "")),
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
