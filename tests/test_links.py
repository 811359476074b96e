"""Links to the sentence in the page that an article has in the world."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import pipeline
from kg.cli import run
from kg.links import at_sentence, page
from kg.stated import read
from kg.store import Store
from kg.vocabulary import load
from kg.web.index import Index

SENTENCE = "Mesenchymal stem cells improved lupus in 30 of 38 patients."
RECORD = f"""PMID- 30000099
TI  - Cells in lupus
DP  - 2024
AB  - {SENTENCE}
"""


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_a_text_fragment_holds_the_ends_of_the_sentence(sentence: str) -> None:
    address = at_sentence("https://example.org/a", sentence)
    words = sentence.split()
    if not words:
        assert address == "https://example.org/a"
        return
    before, _, fragment = address.partition("#:~:text=")
    assert before == "https://example.org/a"
    # Commas, hyphens and ampersands have a meaning of their own in a fragment.
    ends = fragment.split(",")
    assert len(ends) <= 2 and not set("-&") & set(fragment)
    told = " ".join(words)
    assert told.startswith(unquote(ends[0])) and told.endswith(unquote(ends[-1]))


@pytest.mark.parametrize(
    ("ids", "address"),
    [
        ({"doi": "10.1000/a(b)", "pmid": "12", "pmcid": "PMC3"}, "https://pmc.ncbi.nlm.nih.gov/articles/PMC3/"),
        ({"doi": "10.1000/a(b)<1>"}, "https://doi.org/10.1000/a(b)%3C1%3E"),
        ({}, ""),
    ],
)
def test_the_page_with_the_text_is_found_by_its_identifiers(ids: dict[str, str], address: str) -> None:
    assert page(**ids) == address


def test_a_claim_is_shown_with_the_way_to_its_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "record.nbib").write_text(RECORD, "utf-8")
    with Store.open(tmp_path / "store") as store:
        assert pipeline.build([tmp_path / "record.nbib"], store, workers=1).good
        index = Index(read(store.graph), load())
        (stated, *_) = [one for one in index.claims if one.claim.predicate == "treats"]
        # What the ledger has at hand is what was read, the details among it.
        assert store.stated() == list(read(store.graph))
        assert ("patients", "38") in stated.claim.details
    assert run(["show", stated.id, "--store", str(tmp_path / "store")]) == 0
    assert at_sentence("https://pubmed.ncbi.nlm.nih.gov/30000099/", SENTENCE) in "".join(
        capsys.readouterr().out.split("\n")
    )
