# ruff: noqa: E501 (each row of the tables is a text)
"""Texts as they come: odd letters, Markdown's marks, PDF and DOCX, archives, and names that files share."""

import io
import re
import zipfile
from pathlib import Path
from textwrap import wrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import SENTENCES
from reading import check_offsets, only, outcome, said
from samples import PICTURE, ontology, tarred, zipped

import kg
from kg import cli
from kg.articles import ArticleError, Left, find, names, read, segment
from kg.articles.dates import read as read_date
from kg.articles.edits import as_it_reads
from kg.articles.letters import plain
from kg.extraction import Extractor
from kg.store import Store

CELLS = "Mesenchymal stem cells reduced TNF-α in mice with colitis."


def claims(text: str) -> set[tuple[str, str, str]]:
    return {(claim.subject, claim.predicate, claim.object) for claim in kg.extract(text)}


# Letters -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("odd", "usual"),
    [
        ("Mesenchymal stem cells reduced IL-1ß in rats with colitis.", "Mesenchymal stem cells reduced IL-1β in rats with colitis."),
        ("Mesenchymal stem cells reduced TGF-ß in rats with colitis.", "Mesenchymal stem cells reduced TGF-β in rats with colitis."),
        ("Mesenchymal stem cells reduced TNF-ɑ in rats with colitis.", "Mesenchymal stem cells reduced TNF-α in rats with colitis."),
        ("Mesenchymal stem cells reduced NF-ĸB in rats with colitis.", "Mesenchymal stem cells reduced NF-κB in rats with colitis."),
        ("Mesenchymal stem cells reduced TGF-β₁ in rats with colitis.", "Mesenchymal stem cells reduced TGF-β1 in rats with colitis."),
        ("Mesenchymal stem cells treat Crohnʼs disease.", "Mesenchymal stem cells treat Crohn’s disease."),
        ("Mesenchymal stem cells treat Crohn`s disease.", "Mesenchymal stem cells treat Crohn's disease."),
        ("Mesen\xadchymal stem cells treat colitis.", "Mesenchymal stem cells treat colitis."),
        ("Mesenchymal\u200b stem cells treat colitis.", "Mesenchymal stem cells treat colitis."),
        ("Mesenchymal\xa0stem\u2009cells treat colitis.", "Mesenchymal stem cells treat colitis."),
        ("Mesenchymal stem cells reduced ﬁbrosis in rats with colitis.", "Mesenchymal stem cells reduced fibrosis in rats with colitis."),
        ("After mesenchymal stem cells, 71·4% of patients with colitis improved.", "After mesenchymal stem cells, 71.4% of patients with colitis improved."),
        ("**Mesenchymal stem cells** reduced TNF-α in rats with colitis.", "Mesenchymal stem cells reduced TNF-α in rats with colitis."),
        ("[Mesenchymal stem cells](http://x.org/a) reduced TNF-α in rats with colitis.", "Mesenchymal stem cells reduced TNF-α in rats with colitis."),
        ("Mesenchymal stem cells **significantly** reduced TNF-α in rats with colitis.", "Mesenchymal stem cells significantly reduced TNF-α in rats with colitis."),
        ("Mesenchymal stem cells reduced TNF-&#945; in rats with colitis.", "Mesenchymal stem cells reduced TNF-α in rats with colitis."),
    ],
)  # fmt: skip
def test_odd_letters_and_marks_hide_no_claim(odd: str, usual: str) -> None:
    found = kg.extract(odd)
    assert found and claims(odd) == claims(usual)
    assert {odd[claim.start : claim.end] for claim in found} == {odd}


def test_letters_that_are_right_stay() -> None:
    text = "Weiß in Gießen saw 5·10^6 naïve T cells; 10−6 M; p < 0.05 – and β-cells of β₀."
    assert plain(text) == text.replace("β₀", "β0")


def test_an_explanation_has_the_offsets_of_the_text_as_it_stands(extractor: Extractor) -> None:
    article = only("**Mesenchymal stem cells** reduced [TNF-α](http://x.org) in mice with colitis.")
    seen = extractor.explain(article)
    places = [
        seen.document.within(one.mention.start, one.mention.end)
        for reading in seen.readings
        for one in reading.sentence.named
    ]
    found = [article.text[start:end] for start, end in places]
    assert {"Mesenchymal stem cells", "TNF-α", "colitis"} <= set(found)


# Plain text and Markdown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (f"[Cells in colitis].\n\n{CELLS}", ["[Cells in colitis].", CELLS]),
        (f"[Home](/) | [Blog](/b)\n\n{CELLS}", [CELLS]),
        ("{% include head.html %}\n\n" + CELLS, [CELLS]),
        (f"[1] A note.\n\n{CELLS}", ["[1] A note.", CELLS]),
        (f"{{Cells}} are here.\n\n{CELLS}", ["{Cells} are here.", CELLS]),
    ],
)
def test_a_text_that_begins_as_json_may_is_a_text(text: str, sentences: list[str]) -> None:
    assert said(only(text)) == sentences


def test_a_title_with_a_stop_over_a_long_paragraph() -> None:
    paragraph = " ".join(f"{CELLS[:-1]} of group {number}." for number in range(6))
    article = only(f"Stem cells for colitis in mice: a trial.\n{paragraph}\n")
    assert article.title == "Stem cells for colitis in mice: a trial."


def test_a_title_with_the_first_heading_after_it() -> None:
    paragraph = " ".join(f"{CELLS[:-1]} of group {number}." for number in range(6))
    article = only(f"Stem cells for colitis in mice: a trial with a long name. Discussion\n\n{paragraph}\n")
    assert said(article)[:2] == [article.title, "Discussion"]
    assert article.title == "Stem cells for colitis in mice: a trial with a long name."


def test_line_ends_of_another_system_change_no_sentence() -> None:
    text = "# Cells\nCells\nDoe J. X. 2001;1:1. "
    unix, windows = only(text), only(text.replace("\n", "\r\n"))
    assert said(unix) == said(windows)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("They had 10<sup>6</sup> and 10^7^ cells[^1] as [@roe2011] said.", "They had 10^6 and 10^7 cells as said."),
        ("They &amp; we ~~did not~~ `ran` \\*twice\\*.", "They & we did not ran *twice*."),
        ("<div>They ran<br>far.</div>", "They ran far."),
        ("They ran [there][a] and ![a picture](b.png) back.\n\n[a]: http://x.org", "They ran there and back."),
        ("They ran ([so](http://x.org/a_(b))). <!-- not\nthis -->", "They ran (so)."),
        ("They saw p <0.05 and a_b_c, HLA-A*02:01 and 5 * 6.", "They saw p <0.05 and a_b_c, HLA-A*02:01 and 5 * 6."),
        ("Snakes_are_long and __so__ *are* we.", "Snakes_are_long and so are we."),
    ],
)
def test_marks_in_a_paragraph_are_no_words_of_it(markdown: str, text: str) -> None:
    article = only(f"# Cells\n\n{markdown}\n", "a.md")
    assert article.text == f"# Cells\n\n{markdown}\n"
    check_offsets(article)
    reads, _ = as_it_reads(article)
    assert [" ".join(reads.text[s.start : s.end].split()) for s in reads.sentences] == ["Cells", text]


@pytest.mark.parametrize("character", ["\x1d", "\x02", "\x7f", "\u2028", "\x0c"])
def test_a_control_character_does_not_refuse_a_text(character: str) -> None:
    article = only(f"Cells\n\nThey had pain {character}in the toe. They ran.\n")
    reads, _ = as_it_reads(article)
    assert "pain in the toe" in " ".join(reads.text.split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2013 Aug", "2013-08"), ("2013 Jan-Feb", "2013"), ("Sept. 2013", "2013-09"), ("29 August 2023", "2023-08-29"),
        ("05/08/2023", "2023"), ("29.08.2023", "2023-08-29"), ("2000 Dec 15-31", "2000-12"), ("2014 1st Quart", "2014"),
        ("2013-00-00", "2013"), ("2023-13-01", "2023"), ("Epub 2014 Jul 3", "2014-07-03"), ("in press", ""), ("", ""),
        ("2013年8月29日", "2013-08-29"), ("août 2013", "2013"), ("1/100", ""), ("2024-02-29T11:00:00Z", "2024-02-29"),
    ],
)  # fmt: skip
def test_dates_are_read_as_far_as_they_go(written: str, read: str) -> None:
    assert read_date(written) == read


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789-/. JanFebMayDec,", max_size=20))
def test_a_date_is_a_year_a_month_a_day_or_nothing(written: str) -> None:
    assert re.fullmatch(r"(?:\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)?", read_date(written))


PARAGRAPHS = st.lists(st.lists(SENTENCES, min_size=1, max_size=3), min_size=1, max_size=4)
MARKS = st.sampled_from(["**{}**", "*{}*", "[{}](http://x.org/a)", "__{}__", "<b>{}</b>", "`{}`", "{}\xad", "\u200b{}", "~~{}~~"])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(paragraphs=PARAGRAPHS, mark=MARKS, ends=st.sampled_from(["\n", "\r\n", "\r"]))
def test_marks_change_no_sentence_of_markdown(paragraphs: list[list[str]], mark: str, ends: str) -> None:
    text = "# Cells for toes\n\n" + "\n\n".join(map(" ".join, paragraphs)) + "\n"
    marked = text.replace(" the ", f" {mark.format('the')} ").replace("Stem", mark.format("Stem")).replace("\n", ends)
    article = only(marked, "a.md")
    check_offsets(article)
    reads, _ = as_it_reads(article)
    assert said(only(text, "a.md")) == said(reads)
    assert article.text == marked


@settings(max_examples=40, deadline=None)
@given(paragraphs=PARAGRAPHS)
def test_no_text_of_a_plain_file_is_lost(paragraphs: list[list[str]]) -> None:
    text = "Cells for Toes\n\n" + "\n\n".join("\n".join(wrap(" ".join(p), 72)) for p in paragraphs) + "\n"
    article = only(text)
    check_offsets(article)
    assert said(article) == ["Cells for Toes", *(sentence for p in paragraphs for sentence in p)]


# PDF and DOCX --------------------------------------------------------------------------------------------------------


def a_pdf(columns: int, paragraphs: list[list[str]], *, by_rows: bool = False, title: str = "Cells for Toes") -> bytes:
    """A PDF with a large title and one or two columns, written column by column or row by row as some programs do."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab, which writes PDF, is not installed")
    metrics = pytest.importorskip("reportlab.pdfbase.pdfmetrics")
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=(612, 792))
    paper.setTitle(title)
    paper.setFont("Times-Roman", 9)
    paper.drawString(60, 760, "Journal of Made Things 12 (2020) 1-9")
    paper.setFont("Times-Bold", 18)
    paper.drawString(60, 730, title)
    paper.setFont("Times-Roman", 10)
    width = 230 if columns == 2 else 480
    rows: list[str] = []
    for paragraph in paragraphs:
        line = "   "
        for word in " ".join(paragraph).split():
            if metrics.stringWidth(f"{line} {word}", "Times-Roman", 10) > width:
                rows.append(line)
                line = word
            else:
                line = f"{line} {word}" if line.strip() else line + word
        rows.append(line)
    half = (len(rows) + columns - 1) // columns
    places = [(60 + 260 * (row // half), 690 - 12 * (row % half), text) for row, text in enumerate(rows)]
    for x, y, text in sorted(places, key=lambda place: -place[1]) if by_rows else places:
        paper.drawString(x, y, text)
    paper.showPage()
    paper.save()
    return buffer.getvalue()


LONG = st.lists(st.lists(SENTENCES, min_size=3, max_size=6), min_size=4, max_size=8)


@pytest.mark.parametrize("columns", [1, 2])
@settings(max_examples=40, deadline=None)
@given(paragraphs=LONG, by_rows=st.booleans())
def test_pdfs_are_read_column_by_column(columns: int, paragraphs: list[list[str]], by_rows: bool) -> None:
    article = only(a_pdf(columns, paragraphs, by_rows=by_rows), "a.pdf")
    check_offsets(article)
    assert article.title == "Cells for Toes"
    assert said(article) == ["Cells for Toes", *(sentence for paragraph in paragraphs for sentence in paragraph)]


def lines_of_a_pdf(*lines: str) -> list[str]:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab, which writes PDF, is not installed")
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=(612, 792))
    for number, line in enumerate(lines):
        paper.drawString(60, 700 - 14 * number, line)
    paper.showPage()
    paper.save()
    return said(only(buffer.getvalue(), "a.pdf"), "sentence")


def test_hyphens_at_the_ends_of_lines_by_what_the_words_are() -> None:
    assert lines_of_a_pdf(
        "The cells of many donors reduced graft-versus-", "host disease in mice, and so did all of the blood stem-",
        "cell grafts that they were given. Bone marrow-", "derived cells lived longer in them. They lived for lon-",
        "ger than those of other donors, and TNF-", "alpha was lower after the transplan-", "tation of the cells.",
    ) == [
        "The cells of many donors reduced graft-versus-host disease in mice, and so did all of the blood stem-cell grafts "
        "that they were given.",
        "Bone marrow-derived cells lived longer in them.",
        "They lived for longer than those of other donors, and TNF-alpha was lower after the transplantation of the cells.",
    ]  # fmt: skip


def test_a_soft_hyphen_at_the_end_of_a_line_is_dropped() -> None:
    assert lines_of_a_pdf(
        "All of the many mesen\xad", "chymal stem cells of old do\xadnors were well in the mice that were",
        "given them. They ran.",
    ) == ["All of the many mesenchymal stem cells of old donors were well in the mice that were given them.", "They ran."]  # fmt: skip
    for text in ("Mesen\xad\nchymal stem cells treat colitis.", "Mesen\xad\r\n  chymal stem cells treat colitis."):
        assert claims(text) == claims("Mesenchymal stem cells treat colitis.") != set()


def test_raised_letters_of_a_pdf() -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab, which writes PDF, is not installed")
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, pagesize=(612, 792))
    text = paper.beginText(60, 700)
    for piece, size, rise in (("We gave 10", 10, 0), ("6", 6, 4), (" cells. They grew.", 10, 0), ("12,13", 6, 4), (" All ran.", 10, 0)):  # fmt: skip
        text.setFont("Times-Roman", size)
        text.setRise(rise)
        text.textOut(piece)
    paper.drawText(text)
    paper.showPage()
    paper.save()
    assert said(only(buffer.getvalue(), "a.pdf")) == ["We gave 10^6 cells.", "They grew.", "All ran."]


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/numbering" Target="numbering.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
    '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
    "word/styles.xml": f"<w:styles {_W}>"
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
        for name in ("Title", "heading 1", "Normal")
    )
    + "</w:styles>",
    "docProps/core.xml": '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Ann Roe; Bo Doe</dc:creator></c:coreProperties>',
}  # fmt: skip


_HIGH = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'


def a_docx(paragraphs: list[tuple[str, str]]) -> bytes:
    """A DOCX of paragraphs, each with the name of its style or "item"; "**" stands around a raised text. A table ends it."""
    body = ""
    for style, text in paragraphs:
        kind = (
            '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
            if style == "item"
            else f'<w:pStyle w:val="{style.replace(" ", "")}"/>'
        )
        runs = "".join(
            f'<w:r>{_HIGH * (number % 2)}<w:t xml:space="preserve">{piece}</w:t></w:r>'
            for number, piece in enumerate(text.split("**"))
        )
        body += f"<w:p><w:pPr>{kind}</w:pPr>{runs}</w:p>"
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in ("Dose", "12"))
    document = f"<w:document {_W}><w:body>{body}<w:tbl><w:tr>{cells}</w:tr></w:tbl></w:body></w:document>"
    return zipped({name: part.encode() for name, part in {**_PARTS, "word/document.xml": document}.items()})


def test_docx_gives_titles_headings_items_and_powers() -> None:
    pytest.importorskip("mammoth", reason="mammoth, which reads DOCX, is not installed")
    result = outcome(
        a_docx([
            ("Title", "Cells for Toes"), ("Normal", "We gave 10**6** cells to mice.**1,2** They ran."),
            ("heading 1", "What was seen"), ("item", "They ran far."), ("Normal", CELLS),
        ]), "a.docx",
    )  # fmt: skip
    article = result.article
    assert (article.title, article.authors) == ("Cells for Toes", ("Ann Roe", "Bo Doe"))
    assert said(article) == [
        "Cells for Toes", "We gave 10^6 cells to mice.", "They ran.", "What was seen", "• They ran far.", CELLS,
    ]  # fmt: skip
    assert result.left == [Left.TABLE]


def test_hidden_words_of_a_docx_are_left_out() -> None:
    pytest.importorskip("mammoth", reason="mammoth, which reads DOCX, is not installed")
    text = "**</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>Cells cure all.</w:t></w:r><w:r><w:t>**They ran."
    result = outcome(a_docx([("Title", "Cells for Toes"), ("Normal", CELLS), ("Normal", text)]), "a.docx")
    assert said(result.article) == ["Cells for Toes", CELLS, "They ran."]
    assert Left.HIDDEN in result.left


@settings(max_examples=40, deadline=None)
@given(paragraphs=PARAGRAPHS)
def test_no_text_of_a_docx_is_lost(paragraphs: list[list[str]]) -> None:
    pytest.importorskip("mammoth", reason="mammoth, which reads DOCX, is not installed")
    parts = [("Title", "Cells for Toes"), *(("Normal", " ".join(paragraph)) for paragraph in paragraphs)]
    article = only(a_docx(parts), "a.docx")
    check_offsets(article)
    assert said(article) == ["Cells for Toes", *(sentence for paragraph in paragraphs for sentence in paragraph)]


def test_a_broken_docx_is_named() -> None:
    data = zipped({"[Content_Types].xml": b"<x", "word/document.xml": b"<no"})
    [error] = outcome(data, "a.docx").errors
    assert "not a DOCX file that can be read" in str(error)


def test_other_office_files_are_passed_over() -> None:
    assert outcome(zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "a.xlsx").left == [
        Left.NO_TEXT
    ]


def test_books_for_reading_machines_are_passed_over_by_name() -> None:
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("mimetype", "application/epub+zip")
            archive.writestr("OEBPS/one.xhtml", f"<html><body><p>{CELLS}</p></body></html>")
        result = outcome(buffer.getvalue(), "a.epub")
    assert (result.articles, result.errors) == ([], [])
    assert [(note.kind, note.detail) for note in result.notes] == [(Left.FORMAT, "EPUB")]


# Files among others --------------------------------------------------------------------------------------------------

JATS = f"<article><front><article-meta><title-group><article-title>X</article-title></title-group></article-meta></front><body><p>{CELLS}</p></body></article>".encode()  # fmt: skip


@pytest.mark.parametrize("pack", [tarred, zipped])
def test_the_xml_of_a_package_goes_before_its_pdf_and_pictures_are_passed_over(pack: object) -> None:
    assert callable(pack)
    members = {"PMC9/art.pdf": b"%PDF-1.4", "PMC9/art.nxml": JATS, "PMC9/f1.png": PICTURE, "PMC9/f2.bin": PICTURE}
    result = outcome(pack(members), "PMC9.bin")
    assert said(result.article) == ["X", CELLS]
    assert sorted(result.left) == sorted([Left.COPY, Left.NO_TEXT, Left.NO_TEXT])


def test_files_of_one_name_are_several_articles(tmp_path: Path) -> None:
    for folder in ("a", "b", "c/b"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "index.txt").write_text(f"In {folder}\n\n{CELLS}\n")
    (tmp_path / "a" / "index.md").write_text(f"# Other\n\n{CELLS}\n")
    called = names(find([tmp_path]))
    assert list(called.values()) == ["index", "index.txt", "b/index", "c/b/index"]
    members = {str(path.relative_to(tmp_path)): path.read_bytes() for path in called}
    assert {article.id for article in outcome(zipped(members), "a.zip").articles} == set(called.values())


def test_a_build_reads_them_all_and_says_what_it_left_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "texts"
    for folder in ("a", "b"):
        (texts / folder).mkdir(parents=True)
        (texts / folder / "index.txt").write_text(f"Cells in {folder}\n\n{CELLS}\n")
    (texts / "a" / "art.nxml").write_bytes(JATS)
    (texts / "a" / "art.pdf").write_bytes(b"%PDF-1.4 broken")
    (texts / "other.json").write_text('{"name": "x"}')
    (texts / "figure.png").write_bytes(PICTURE)
    (texts / "none.xml").write_text("<PubmedArticleSet></PubmedArticleSet>")
    (texts / "bad.txt").write_bytes(b"\xff\xfe\x00")
    (texts / "ear.txt").write_text("An Ear\n\nIt hears.\n")
    report = tmp_path / "report.tsv"
    words = ["--ontology", str(ontology(tmp_path / "ontology"))]
    command = ["build", str(texts), "--store", str(tmp_path / "store"), "--workers", "1", *words]
    assert cli.run([*command, "--report", str(report)]) == 1
    errors = capfd.readouterr().err
    assert "3 articles read, 1 passed over (no cell therapy), 1 skipped" in errors
    assert f"passed over: {texts}/other.json: entry 1: JSON that is no article" in errors
    assert f"passed over: {texts}/none.xml: file without an article" in errors
    assert "1 × PDF beside the XML of the same article" in errors and "1 × file without text of its own" in errors
    rows = [line.split("\t") for line in report.read_text().splitlines()]
    assert rows[0] == ["file", "place", "what", "detail"]
    assert {(Path(row[0]).name, row[2]) for row in rows[1:]} == {
        ("art.pdf", Left.COPY), ("other.json", Left.JSON), ("figure.png", Left.NO_TEXT), ("none.xml", Left.NOTHING),
        ("bad.txt", Left.UNUSABLE), ("ear.txt", Left.SUBJECT),
    }  # fmt: skip
    with Store.open(tmp_path / "store", read_only=True) as store:
        assert set(store.article_ids()) == {"index", "b/index", "art"}
    # The report is whole in a later build too, which does nothing else.
    before = report.read_text()
    assert cli.run([*command, "--report", str(report)]) == 1
    assert report.read_text() == before
    assert "0 articles read, 3 unchanged" in capfd.readouterr().err


def test_every_real_text_is_read_with_its_title(shared: Path) -> None:
    files = [path for path in find([shared / "real", shared / "unread"]) if path.suffix == ".txt"]
    for path in files:
        try:
            articles = [segment(article) for article in read(path)]
        except ArticleError as error:
            raise AssertionError(error) from None
        for article in articles:
            check_offsets(article)
            first = article.text[article.start : article.end].strip().splitlines()[0].strip("# *")
            # A line that stands alone and has no stop is a title.
            if len(articles) == 1 and len(first) < 200 and first[-1].isalpha() and first[0].isupper() and "\n\n" in article.text:  # fmt: skip
                assert article.title, path
