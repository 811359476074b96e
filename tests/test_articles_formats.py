"""Readers of structured formats: what each gives, by small files of our own making."""

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from samples import tarred, zipped

from kg.articles import Article, ArticleError, Work, read, segment

DATA = Path(__file__).parent / "data" / "articles"


def said(article: Article, *kinds: str) -> list[str]:
    article = segment(article)
    return [article.text[s.start : s.end] for s in article.sentences if not kinds or s.kind in kinds]


def pdf(*pages: list[str]) -> bytes:
    """A PDF with the given lines on its pages, as a program would write it."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"({line}) Tj T* " for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 750 Td {shown}ET".encode("latin-1")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (5 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    body = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n" % size + table + trailer


# PubMed --------------------------------------------------------------------------------------------------------------


def test_pubmed_records_give_all_they_state() -> None:
    deleted: list[str] = []
    trial, withdrawn, title_only = read(DATA / "pubmed.xml", on_delete=deleted.append)
    assert trial.id == "PMID90000001"
    assert trial.text.split("\n") == [
        "Mesenchymal stromal cells for Crohn disease: a randomised trial.",
        "Fistulas in Crohn disease heal badly.",
        "We gave 10^6 cells/kg to 41 patients (p<0.05).",
        "Of these, 20 patients improved. CD4+ cells fell.",
    ]
    assert [(section.label, trial.text[section.start : section.end][:8]) for section in trial.sections] == [
        ("", "Mesenchy"), ("BACKGROUND", "Fistulas"), ("METHODS", "We gave "), ("RESULTS", "Of these"),
    ]  # fmt: skip
    assert trial.issued == "2023-08-29"
    assert trial.topics == ("fistula", "Crohn Disease")
    assert trial.publication_types == ("D016428", "Journal Article", "D016449", "Randomized Controlled Trial")
    assert trial.work == Work(
        ("Núñez AM", "Invented Study Group"), trial.title, "Journal of Invented Trials", "2023",
        "10.1000/invented.1", "90000001", "PMC9000001",
    )  # fmt: skip
    assert not trial.sentences and said(trial, "title") == [trial.title]
    assert said(trial)[-2:] == ["Of these, 20 patients improved.", "CD4+ cells fell."]
    assert (trial.retracted, withdrawn.retracted, title_only.retracted) == (False, True, True)
    assert (withdrawn.issued, withdrawn.language) == ("1998", "fre")
    assert (title_only.id, title_only.text) == ("PMID90000003.2", "Only a title about yeast")
    assert deleted == ["PMID90000008", "PMID90000009"]


def test_only_the_pubmed_records_that_are_wanted_are_made() -> None:
    looked_at: list[str] = []
    passed: list[str] = []

    def wanted(text: str) -> bool:
        looked_at.append(text)
        return "CD4+" in text

    [trial] = read(DATA / "pubmed.xml", wanted=wanted, on_pass=passed.append)
    assert trial.id == "PMID90000001"
    assert passed == ["PMID90000002", "PMID90000003.2"]
    assert "(p<0.05)" in looked_at[0] and "Crohn disease" in looked_at[0]


def test_other_formats_are_sifted_too() -> None:
    passed: list[str] = []
    assert not list(read(DATA / "page.html", wanted=lambda text: "kidney" in text, on_pass=passed.append))
    assert passed == ["page"]


def test_the_only_record_of_a_file_is_called_by_its_stem(tmp_path: Path) -> None:
    text = (DATA / "pubmed.xml").read_text("utf-8")
    single = text[: text.index("</PubmedArticle>")] + "</PubmedArticle></PubmedArticleSet>"
    path = tmp_path / "mine.xml.gz"
    path.write_bytes(gzip.compress(single.encode()))
    [article] = read(path)
    assert article.id == "mine" and article.work is not None and article.work.pmid == "90000001"


def test_pubmed_in_another_encoding_is_the_same(tmp_path: Path) -> None:
    text = (DATA / "pubmed.xml").read_text("utf-8").replace("©", "(c)")
    path = tmp_path / "pubmed.xml"
    path.write_bytes(text.replace('encoding="utf-8"', 'encoding="iso-8859-1"').encode("iso-8859-1"))
    assert list(read(path)) == list(read(DATA / "pubmed.xml"))


def test_a_long_file_is_read_as_a_stream(tmp_path: Path) -> None:
    text = (DATA / "pubmed.xml").read_text("utf-8")
    head, rest = text.split("<PubmedArticle>", 1)
    record = "<PubmedArticle>" + rest[: rest.index("</PubmedArticle>")] + "</PubmedArticle>\n"
    path = tmp_path / "many.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        file.writelines(record.replace("90000001", str(number)) for number in range(1, 2001))
        file.write("</PubmedArticleSet>")
    articles = read(path)
    assert next(articles).id == "PMID1"  # before the rest is read
    assert [article.id for article in articles] == [f"PMID{number}" for number in range(2, 2001)]


# The other formats ---------------------------------------------------------------------------------------------------


def test_jats_gives_sections_lists_and_captions_without_references() -> None:
    [article] = read(DATA / "jats.xml")
    assert (article.id, article.issued, article.publisher) == ("jats", "2022-03-07", "Invented Press")
    assert article.work is not None
    assert (article.work.pmid, article.work.pmcid, article.work.doi) == (
        "90000011",
        "PMC9000011",
        "10.1000/invented.11",
    )
    assert article.work.authors == ("Okafor CB",)
    assert article.topics == ("stroke", "rat") and article.publication_types == ("research-article",)
    assert [(section.heading, section.label) for section in article.sections] == [
        ("", ""), ("Objective", "Objective"), ("Results", "Results"), ("Introduction", "intro"),
        ("Methods", "methods"), ("Animals", ""), ("", "methods"),
    ]  # fmt: skip
    assert said(article) == [
        "Neural stem cells in a rat model of stroke",
        "Objective", "To test neural stem cells.",
        "Results", "Infarcts shrank.",
        "Introduction", "Stroke kills neurons.", "Earlier work is mixed.", "See Figure 1.",
        "Methods",
        "Animals", "Rats were given:", "• neural stem cells by vein;", "• saline.", "All survived.",
        "Figure 1: Infarcts.", "Cells reduced infarct size.", "Table 1: Scores after 28 days.",
    ]  # fmt: skip
    items = [sentence for sentence in segment(article).sentences if sentence.kind == "item"]
    assert {said(article)[item.lead] for item in items if item.lead is not None} == {"Rats were given:"}


def test_entities_of_the_standards_are_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes((DATA / "jats.xml").read_bytes().replace(b"Infarcts shrank", b"Infarcts&nbsp;&ge;&beta;"))
    [article] = read(path)
    assert "Infarcts ≥β." in said(article)


def test_bioc_xml() -> None:
    [article] = read(DATA / "bioc.xml")
    assert article.work == Work(
        ("Li WM",), "Cardiac progenitor cells after infarction", "", "2021",
        "10.1000/invented.21", "90000021", "PMC9000021",
    )  # fmt: skip
    assert said(article)[1:] == ["Results", "Ejection fraction rose.", "Scars shrank.", "Change at six months."]


def test_bioc_json_of_pubtator() -> None:
    first, second = read(DATA / "bioc.json")
    assert (first.id, second.id, first.issued) == ("PMID90000031", "PMID90000032", "2019-05-03")
    assert first.work is not None and first.work.journal == "Invented J"
    assert said(first)[1:] == ["Sight came back in 12 of 15 eyes 😀."]


def test_one_bioc_document_a_line(tmp_path: Path) -> None:
    documents = [{"id": n, "passages": [{"infons": {"type": "title"}, "text": f"Title {n}"}]} for n in (1, 2)]
    path = tmp_path / "export.biocjson"
    path.write_text("\n".join(map(json.dumps, documents)))
    assert [article.title for article in read(path)] == ["Title 1", "Title 2"]


def test_pubtator() -> None:
    first, second = read(DATA / "articles.pubtator")
    assert (first.id, second.id) == ("PMID90000041", "PMID90000042")
    assert said(first)[1:] == ["Insulin was no longer needed by seven patients.", "None relapsed."]
    assert first.text[16:31] == "type 1 diabetes"  # its offsets are those of the annotations


def test_europe_pmc() -> None:
    article, preprint = read(DATA / "europepmc.json")
    assert (article.id, preprint.id) == ("PMID90000051", "PPR900")
    assert (article.issued, article.authors) == ("2018-04-05", ("Haddad L", "Bone Group"))
    assert [section.label for section in article.sections] == ["", "Background", "Results", "Conclusions"]
    assert said(article) == [
        "Dental pulp stem cells & bone.", "Bone is lost.", "Cells from pulp formed bone.", "They may help.",
    ]  # fmt: skip
    assert article.publication_types == ("Randomized Controlled Trial", "Journal Article")
    assert (article.retracted, preprint.retracted) == (False, True)


def test_html_gives_the_article_and_not_the_site() -> None:
    [article] = read(DATA / "page.html")
    assert (article.title, article.publisher, article.issued) == ("Marrow cells calm the gut", "Gut Post", "2024-05-06")
    assert (article.authors, article.topics) == (("Mia Berg",), ("gut", "marrow"))
    assert article.work is not None and article.work.pmid == "90000061"
    assert said(article) == [
        "Marrow cells calm the gut",
        "Cells from bone marrow reduced inflammation in people with ulcerative colitis, a study says.",
        "The effect lasted a year.",
        "What was seen",
        "The cells did three things:",
        "• They lowered TNF-α.",
        "• They healed ulcers in 12 of 20 patients.",
        "A colon before treatment",
    ]


def test_the_page_of_a_paper_states_its_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "paper.html"
    path.write_text(
        '<html><head><meta name="citation_title" content="Cells"><meta name="citation_author" content="Doe, J">'
        '<meta name="citation_author" content="Roe, R"><meta name="citation_doi" content="https://doi.org/10.1000/x">'
        '<meta name="citation_publication_date" content="2023/8/29"><meta name="citation_journal_title" content="J X">'
        "</head><body><h1>Cells</h1><p>Cells were given to many mice, and then they lived on.</p></body></html>"
    )
    [article] = read(path)
    assert article.work == Work(("Doe, J", "Roe, R"), "Cells", "J X", "2023", "10.1000/x")
    assert article.issued == "2023-08-29"


def test_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pdfminer", reason="pdfminer.six, which reads PDF, is not installed")
    path = tmp_path / "paper.pdf"
    head = "Journal of Pages"
    pages = [
        [
            f"{head} 7",
            "Cells Help Hearts",
            "Cardiac stem cells helped mice that had infarcts, and the mice lived for lon-",
        ],
        [f"{head} 8", "ger than the others in the cage."],
        [f"{head} 9", "They died of age."],
    ]
    path.write_bytes(pdf(*pages))
    [article] = read(path)
    assert said(article, "title") == ["Cells Help Hearts"]
    assert [" ".join(sentence.split()) for sentence in said(article, "sentence")] == [
        "Cardiac stem cells helped mice that had infarcts, and the mice lived for longer than the others in the cage.",
        "They died of age.",
    ]


def test_pdf_without_its_reader_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pdfminer.converter", None)
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(["Cells"]))
    with pytest.raises(ArticleError, match=r"install stemkg\[pdf\]"):
        list(read(path))


# Archives and standard input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [tarred, zipped])
def test_archives_give_what_is_in_them(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    members = {f"folder/{name}": (DATA / name).read_bytes() for name in ("jats.xml", "page.txt", "pubmed.xml")}
    path = tmp_path / "papers.bin"
    path.write_bytes(pack({**members, "folder/inner.zip": zipped({"notes.md": (DATA / "notes.md").read_bytes()})}))
    found = {article.id: article for article in read(path)}
    assert set(found) == {"jats", "page", "PMID90000001", "PMID90000002", "PMID90000003.2", "notes"}
    assert found["page"] == next(read(DATA / "page.txt"))


@pytest.mark.parametrize("name", ["pubmed.xml", "page.txt", "page.html", "bioc.json"])
def test_standard_input_gives_the_same_articles(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(gzip.compress((DATA / name).read_bytes()))

    monkeypatch.setattr(sys, "stdin", Input)
    assert [article.text for article in read("-")] == [article.text for article in read(DATA / name)]
