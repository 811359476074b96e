"""The training texts of our own writing, and their claims."""

from pathlib import Path

from kg.scoring import read_claims

TRAINING = Path(__file__).resolve().parent.parent / "scripts" / "training"
CLAIMS = read_claims(TRAINING / "written.tsv")
TEXTS = {path.stem: path.read_text("utf-8") for path in (TRAINING / "written").glob("*.txt")}


def test_every_claim_is_of_a_sentence_of_its_text() -> None:
    for claim in CLAIMS:
        words = TEXTS[claim.doc][claim.start : claim.end]
        assert words and words == words.strip() and "\n" not in words, claim


def test_some_texts_state_nothing() -> None:
    """Of silence there is as much to learn as of speech."""
    silent = TEXTS.keys() - {claim.doc for claim in CLAIMS}
    assert 10 <= len(silent) < len(TEXTS) / 10
