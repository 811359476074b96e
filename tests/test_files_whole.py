"""Any words in any format of records: no text of one is lost."""

import json
from collections.abc import Callable
from html import escape
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import SENTENCES
from reading import check_offsets, outcome, said
from records import EUROPE_PMC, abstract, in_set, jats, pubmed

from kg.articles.edits import as_it_reads

ODD = st.sampled_from(
    ["IL-1ß", "TGF-β₁", "71·4%", "(p < 0.05)", "10⁶", "“so”", "Crohnʼs", "mesen\xadchymal", "ﬁbrosis", "AT&T"]
)
PLAIN = {
    "IL-1ß": "IL-1β", "TGF-β₁": "TGF-β1", "71·4%": "71.4%", "10⁶": "10^6", "Crohnʼs": "Crohn’s",
    "mesen\xadchymal": "mesenchymal", "ﬁbrosis": "fibrosis",
}  # fmt: skip


@st.composite
def abstracts(draw: st.DrawFn) -> list[str]:
    """Paragraphs of a sentence or more, with odd letters here and there."""
    paragraphs = draw(st.lists(st.lists(SENTENCES, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4))
    return [paragraph.replace(" the ", f" {draw(ODD)} ", 1) for paragraph in paragraphs]


def plainly(text: str) -> str:
    for odd, plain in PLAIN.items():
        text = text.replace(odd, plain)
    return text


def a_jats(paragraphs: list[str]) -> str:
    return jats("".join(f"<sec><p>{escape(p)}<xref ref-type='bibr'>1</xref></p></sec>" for p in paragraphs))


def a_pubmed(paragraphs: list[str]) -> str:
    parts = "".join(f'<AbstractText Label="PART">{escape(p)}</AbstractText>' for p in paragraphs)
    return in_set(pubmed(f"<Abstract>{parts}</Abstract>"))


def a_medline_set(paragraphs: list[str]) -> str:
    return f"<MedlineCitationSet>{pubmed(abstract(escape(' '.join(paragraphs))))}</MedlineCitationSet>"


def a_bioc(paragraphs: list[str]) -> str:
    passages = "".join(f"<passage><text>{escape(p)}</text></passage>" for p in paragraphs)
    return f"<collection><document><id>1</id>{passages}</document></collection>"


def a_bioc_json(paragraphs: list[str]) -> str:
    return json.dumps({"id": "1", "passages": [{"infons": {}, "text": p} for p in paragraphs]})


def a_europe_pmc(paragraphs: list[str]) -> str:
    return json.dumps(EUROPE_PMC | {"abstractText": "".join(f"<h4>Part</h4><p>{escape(p)}</p>" for p in paragraphs)})


def a_pubtator(paragraphs: list[str]) -> str:
    return f"1|t|Cells for toes\n1|a|{' '.join(paragraphs)}\n\n"


def a_medline(paragraphs: list[str]) -> str:
    lines = " ".join(paragraphs).replace(". ", ".\n      ")
    return f"PMID- 1\nTI  - Cells for toes.\nAB  - {lines}\n"


def a_ris(paragraphs: list[str]) -> str:
    return f"TY  - JOUR\nTI  - Cells for toes\nAB  - {' '.join(paragraphs)}\nER  - \n"


def a_trial(paragraphs: list[str]) -> str:
    summary = "\n\n".join(paragraphs)
    identified = {"nctId": "NCT90000001", "briefTitle": "Cells for toes"}
    return json.dumps(
        {"protocolSection": {"identificationModule": identified, "descriptionModule": {"briefSummary": summary}}}
    )


def a_europe_pmc_xml(paragraphs: list[str]) -> str:
    text = escape("".join(f"<h4>Part</h4><p>{escape(p)}</p>" for p in paragraphs))
    return (
        "<responseWrapper><resultList><result><id>1</id><source>MED</source><title>Cells for toes</title>"
        f"<abstractText>{text}</abstractText></result></resultList></responseWrapper>"
    )


def a_saved(paragraphs: list[str]) -> str:
    text = "\n\n".join("\n".join(wrap(p, 80, break_on_hyphens=False)) for p in paragraphs)
    return f"1. Toe J. 2019 Jun;3(2):1-9.\n\nCells for toes.\n\nRoe A(1).\n\n{text}\n\nPMID: 90000021\n"


WRITERS = [
    a_jats, a_pubmed, a_medline_set, a_bioc, a_bioc_json, a_europe_pmc, a_pubtator, a_medline, a_ris, a_trial,
    a_europe_pmc_xml, a_saved,
]  # fmt: skip


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
@settings(max_examples=40, deadline=None)
@given(paragraphs=abstracts())
def test_no_text_of_a_record_is_lost(write: Callable[[list[str]], str], paragraphs: list[str]) -> None:
    result = outcome(write(paragraphs))
    article = result.article
    check_offsets(article)
    assert not result.left
    reads, _ = as_it_reads(article)
    whole = " ".join(reads.text.split())
    for paragraph in paragraphs:
        assert plainly(paragraph) in whole
    sentences = " ".join(said(reads))
    assert all(plainly(word) in sentences for paragraph in paragraphs for word in paragraph.split())
