"""A store of claims of our own making, and the tools that read what is exported from it."""

import csv
import shutil
from pathlib import Path

import pytest
import samples

from kg.articles import Article, Work
from kg.claim import Claim
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary

DATA = Path(__file__).parent / "data" / "exports"

#: An article with everything in its texts that could break a file format.
HOSTILE = 'A "title" with \\ a backslash,\na line\u2028break, <b>&amp;</b>, a tab\t, # . ; and 𝔾reek β'

ARTICLES = (
    Article(
        "mice#1",
        "x" * 400,
        title=HOSTILE,
        issued="2019-02",
        authors=("Ann Example", "Bob Example"),
        topics=("mice", "cells"),
        work=Work(doi="10.1000/(SICI)1<2:a>b", pmid="12", pmcid="PMC34", citation="Example A. 2019."),
        sha256="1" * 64,
    ),
    Article("mice#2", "x" * 400, title="More mice", sha256="2" * 64),
    Article("trial", "x" * 400, title="A trial", issued="2023", work=Work(pmid="56"), sha256="3" * 64),
    Article("withdrawn", "x" * 400, title="Withdrawn", issued="2020", retracted=True, sha256="4" * 64),
)


def claims() -> list[Claim]:
    """The claims of `data/exports/claims.tsv`."""
    with (DATA / "claims.tsv").open(newline="") as file:
        return [Claim.from_row(row) for row in csv.DictReader(file, delimiter="\t")]


def vocabulary(folder: Path) -> Vocabulary:
    """The small ontology that the claims need, written to a folder and read from there."""
    samples.ontology(folder)
    shutil.copy(DATA / "terms.ttl", folder / "terms.ttl")
    return Vocabulary.load(folder)


@pytest.fixture(scope="module")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store in memory, for a whole file of tests."""
    return store(vocabulary(tmp_path_factory.mktemp("ontology")))


def store(vocabulary: Vocabulary, claims: list[Claim] | None = None, folder: Path | None = None) -> Store:
    """A store with the articles and their claims, in memory or in a folder."""
    made = Store.open(folder)
    build = build_node(vocabulary)
    every = globals()["claims"]() if claims is None else claims
    made.begin()
    made.stage(
        Staged.of(
            article.id, "", article.sha256,
            article_quads(article, [claim for claim in every if claim.doc == article.id], build=build),
        )
        for article in ARTICLES
    )  # fmt: skip
    made.commit(vocabulary)
    return made
