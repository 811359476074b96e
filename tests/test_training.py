"""The texts that reading learns from, and their claims."""

from pathlib import Path

import pytest

from kg.scoring import read_claims

TRAINING = Path(__file__).resolve().parent.parent / "scripts" / "training"
ABSTRACTS = TRAINING / "abstracts"
CLAIMS = read_claims(TRAINING / "written.tsv")
TEXTS = {path.stem: path.read_text("utf-8") for path in (TRAINING / "written").glob("*.txt")}


def test_every_claim_is_of_a_sentence_of_its_text() -> None:
    for claim in CLAIMS:
        words = TEXTS[claim.doc][claim.start : claim.end]
        assert words and words == words.strip() and "\n" not in words, claim


def test_what_is_held_back_is_not_learned_from() -> None:
    rows = [line.split("\t") for line in (TRAINING / "parts.tsv").read_text("utf-8").splitlines()[1:]]
    parts = dict(rows)
    assert len(parts) == len(rows)
    for name in ("annotated", "frozen"):
        assert {parts.get(claim.doc) for claim in read_claims(TRAINING / f"{name}.tsv")} == {name}


@pytest.mark.parametrize("name", ["annotated", "frozen"])
def test_every_claim_of_pubmed_is_of_a_sentence_of_its_abstract(name: str) -> None:
    if not ABSTRACTS.exists():
        pytest.skip("the abstracts are not here (scripts/fetch-abstracts gets them)")
    claims = [claim for claim in read_claims(TRAINING / f"{name}.tsv") if claim.doc[0] == "p"]
    texts = {claim.doc: (ABSTRACTS / f"{claim.doc}.txt").read_text("utf-8") for claim in claims}
    for claim in claims:
        words = texts[claim.doc][claim.start : claim.end]
        assert words and words == words.strip() and "\n" not in words, claim
    assert len(texts) > 50


def test_some_texts_state_nothing() -> None:
    """Of silence there is as much to learn as of speech."""
    silent = TEXTS.keys() - {claim.doc for claim in CLAIMS}
    assert 10 <= len(silent) < len(TEXTS) / 10
