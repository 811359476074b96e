"""The built-in texts: each says where it is from, and states what the curators found in its source."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from kg import paths
from kg.articles import Article, read
from kg.claim import EVIDENCE, Claim
from kg.extraction.extractor import Extractor

DIGESTS = sorted(paths.DIGESTS.glob("*.md"))

#: The digests of the articles whose claims curators have annotated.
ANNOTATED = {
    "001_8645ad6cd1964929#2": "multiple-sclerosis-msc",
    "001_8645ad6cd1964929#4": "knee-osteoarthritis-umbilical-msc",
    "001_8645ad6cd1964929#5": "lupus-stem-cells",
    "002_b14ac6c4d5036d23": "immune-disorders-stem-cells",
    "003_77acd450ce513313": "multiple-sclerosis-hsct",
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    found = [article for path in DIGESTS for article in read(path)]
    return {article.id: article for article in found}


def test_there_is_one_article_in_each(articles: dict[str, Article]) -> None:
    assert sorted(articles) == [path.stem for path in DIGESTS]
    assert len(articles) == 14


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_a_digest_says_where_it_is_from(path: Path, articles: dict[str, Article]) -> None:
    front = yaml.safe_load(path.read_text().split("---\n")[1])
    article = articles[path.stem]
    assert article.title == front["title"]
    assert article.publisher == front["publisher"]
    assert article.topics == tuple(front["topics"])
    assert article.evidence == front["evidence"] in EVIDENCE
    assert article.issued == str(front.get("date", ""))
    if "work" in front:
        assert article.work is not None
        for name in ("title", "journal", "year", "doi", "pmid", "pmcid"):
            assert getattr(article.work, name) == str(front["work"].get(name, "")), name
        assert article.work.authors == tuple(front["work"]["authors"])
        assert re.fullmatch(r"|10\.\d{4,}/\S+", article.work.doi)
    else:
        # Nothing but the say-so of its author stands behind such an article.
        assert article.evidence == "ExpertStatement"


@pytest.mark.parametrize(("doc", "name"), ANNOTATED.items(), ids=ANNOTATED.values())
def test_a_digest_states_what_the_curators_found(
    doc: str, name: str, shared: Path, articles: dict[str, Article], extractor: Extractor
) -> None:
    """Most of the curators' claims are found in the digest, which says the same in other words."""
    with (shared / "gold" / "dev.tsv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["doc"] == doc]
    claims = [Claim.from_row({key: value or "" for key, value in row.items()}) for row in rows]

    def said(claims: list[Claim]) -> set[tuple[str, ...]]:
        return {(c.subject, c.predicate, c.object, c.polarity, c.value, c.unit) for c in claims}

    found = said(extractor.claims(articles[name]))
    assert len(said(claims) & found) >= 0.6 * len(said(claims)), sorted(said(claims) - found)
