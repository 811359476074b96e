"""What spoiled bytes have found in the readers, the headers of queries and the pages, and must not find again."""

import contextlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st
from web_fixture import Server, make, serving, site

from kg.articles import Article, ArticleError, FurnitureCues, Left, Note, read, segment
from kg.articles.edits import as_it_reads
from kg.articles.layout import lines
from kg.articles.sentences import spans
from kg.asking import QueryError, select
from kg.catalogue import Catalogue, CatalogueError
from kg.paths import ONTOLOGY
from kg.store import Store

QUERY = Path(__file__).parent.parent / "queries" / "articles.rq"
#: Numbers as a date has none of: of more digits than Python reads, of more than the system counts, of other scripts.
NUMBERS = ["9" * 5_000, "9" * 30, "99999", "-1", "0", "٢٠٢٤", "²", "1e9"]


def read_all(path: Path, content: bytes) -> tuple[list[Article], list[ArticleError]]:
    """The articles of a file with this content, and what was wrong with it."""
    path.write_bytes(content)
    errors: list[ArticleError] = []
    return list(read(path, on_error=errors.append)), errors


@pytest.mark.parametrize(
    "declaration", ["<?xml version='1.0' encoding='", "<?xml encoding='x", "\n<?xml encoding='utf-16'"]
)
def test_a_page_after_a_declaration_that_is_cut_short_is_read(tmp_path: Path, declaration: str) -> None:
    said = "MSCs eased the pain of lupus in mice, naïve ones too."
    page = f"{declaration}<!DOCTYPE html><html><body><p>{said}</p></body></html>"
    articles, errors = read_all(tmp_path / "page.html", page.encode())
    assert not errors
    assert said in articles[0].text


def results(*entries: dict[str, Any]) -> bytes:
    """What Europe PMC answers: text in ASCII, with escapes for all other characters."""
    return json.dumps({"resultList": {"result": [*entries]}}).encode()


# Halves of characters


@pytest.mark.parametrize("place", ["title", "abstractText", "doi", "authorString"])
def test_an_entry_with_half_of_a_character_is_named_and_the_others_are_read(tmp_path: Path, place: str) -> None:
    good = {"pmid": "1", "title": "Cells \U0001f9eb in words", "abstractText": "They were given by vein."}
    bad = good | {"pmid": "2", place: "half \ud83e of one"}
    found, errors = read_all(tmp_path / "answer.json", results(bad, good))
    assert [article.id for article in found] == ["PMID1"]
    assert "\U0001f9eb" in found[0].title
    assert [error.place for error in errors] == ["entry 1"]
    assert "half of a character" in errors[0].reason


# Numbers


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("part", ["Year", "Month", "Day"])
def test_a_date_of_pubmed_is_read_as_far_as_it_goes(tmp_path: Path, part: str, number: str) -> None:
    date = {"Year": "2024", "Month": "5", "Day": "6"} | {part: number}
    told = "".join(f"<{name}>{value}</{name}>" for name, value in date.items())
    record = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article><Journal><JournalIssue><PubDate>"
        f"{told}</PubDate></JournalIssue></Journal><ArticleTitle>Cells in words</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    [article], errors = read_all(tmp_path / "record.xml", record.encode())
    assert not errors
    assert article.issued == {"Year": "", "Month": "2024", "Day": "2024-05"}[part]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("part", ["year", "month", "day"])
def test_a_date_of_jats_is_read_as_far_as_it_goes(tmp_path: Path, part: str, number: str) -> None:
    date = {"year": "2024", "month": "5", "day": "6"} | {part: number}
    told = "".join(f"<{name}>{value}</{name}>" for name, value in date.items())
    article = (
        "<article><front><article-meta><title-group><article-title>Cells in words</article-title></title-group>"
        f"<pub-date pub-type='epub'>{told}</pub-date></article-meta></front>"
        "<body><p>They were given by vein.</p></body></article>"
    )
    [found], errors = read_all(tmp_path / "article.nxml", article.encode())
    assert not errors
    assert found.issued == {"year": "", "month": "2024", "day": "2024-05"}[part]


def test_a_number_of_thousands_of_digits_is_no_reason_to_leave_a_file(tmp_path: Path) -> None:
    entry = '{"pmid": "1", "title": "Cells in words", "pubYear": ' + "9" * 10_000 + ', "citedByCount": ' + "9" * 5_000
    content = '{"resultList": {"result": [' + entry + "}]}}"
    [article], errors = read_all(tmp_path / "answer.json", content.encode())
    assert (article.title, article.issued, errors) == ("Cells in words", "", [])


# Long paragraphs


@pytest.mark.parametrize("unit", ["some words of a paragraph\n", "of it, and on,\n", "- a\n  b\n", "a b\r\n"])
def test_a_paragraph_of_many_lines_is_read_once(unit: str) -> None:
    def make_text(times: int) -> str:
        return "A line that is as long as the lines of this text are, which tells their width\n" + unit * times

    for markdown in (False, True):

        def take(text: str, markdown: bool = markdown) -> object:
            return lines(text, 0, len(text), markdown=markdown)

        grows_linearly(make_text, take, 2_000)


@given(st.text(alphabet="ab.- \r\n#*", max_size=300), st.booleans())
def test_a_line_is_what_stands_there(text: str, markdown: bool) -> None:
    long = "words that go on and on\n" * 120 + text  # longer than what the kind of a paragraph is told by
    for line in lines(long, 0, len(long), markdown=markdown):
        assert line.text == long[line.start : line.end]


# Quotation marks without an end


@pytest.mark.parametrize("mark", ["'", '"', "“", "‘", "«", "(", "[", "'a "])
def test_sentences_of_marks_take_time_that_grows_with_them(mark: str) -> None:
    cues = FurnitureCues.load(ONTOLOGY)
    grows_linearly(lambda times: mark * times, lambda text: spans(text, 0, len(text), cues), 10_000)


def test_a_very_long_paragraph_has_the_sentences_of_its_parts() -> None:
    sentence = "Mesenchymal stem cells (e.g. of Dr. Roe) were given to 12.5 % of mice. "
    cues = FurnitureCues.load(ONTOLOGY)
    text = sentence * 1_000
    length = len(sentence)
    assert spans(text, 0, len(text), cues) == [(at, at + length - 1) for at in range(0, len(text), length)]


# Bylines with nothing under them


def test_a_byline_without_a_text_is_no_article_and_takes_none_of_another(tmp_path: Path) -> None:
    path = tmp_path / "posts.txt"

    def make_posts(times: int) -> str:
        return "by admin | Mar 5, 2024 | Knees\nCells were given by vein.\n" + "by admin | Mar 6, 2024 | Toes\n" * times

    path.write_text(make_posts(3))
    notes: list[Note] = []
    [article] = [segment(found) for found in read(path, on_note=notes.append)]
    assert "Cells were given by vein." in [article.text[one.start : one.end] for one in article.sentences]
    assert [note.kind for note in notes if note.kind is Left.EMPTY] == [Left.EMPTY] * 3

    def take(text: str) -> None:
        path.write_text(text)
        for found in read(path):
            segment(found)

    grows_linearly(make_posts, take, 400)


# Characters that a page may have and its tree may not


@pytest.mark.parametrize("odd", ["\x01", "\x1e", "\ufffe", "&#1;", "&#xb;", "&#xffff;"])
@pytest.mark.parametrize(
    "place", ["<p>Cells were{} given by vein.</p>", "<script>x</script>{}<p>Cells were given by vein.</p>"]
)
def test_a_page_with_a_character_that_xml_has_not_is_read(tmp_path: Path, odd: str, place: str) -> None:
    page = (
        f"<html><body><h1>A text</h1><nav>{odd}</nav>{odd}{place.format(odd)}<nav>x</nav>{odd} and after</body></html>"
    )
    [article], errors = read_all(tmp_path / "page.html", page.encode())
    assert not errors
    assert "Cells were given by vein." in " ".join(article.text.split())


# Asides of Markdown without an end


@pytest.mark.parametrize("opening", ["<!-- ", "{% ", "{{ ", "<script ", "<style ", "\n{: ", "[x](", "\\( "])
def test_what_lacks_its_end_is_looked_for_once(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "text.md"

    def take(content: bytes) -> None:
        path.write_bytes(content)
        with contextlib.suppress(ArticleError):  # it may be none; it takes no longer for that
            list(read(path))

    grows_linearly(lambda times: b"# A text\n\nWords of it.\n\n" + opening.encode() * times, take, 1_000)


def test_what_is_aside_is_left_out_and_what_lacks_its_end_stays(tmp_path: Path) -> None:
    text = "# A text\n\nCells <!-- a {% note --> were {% note %} given by vein to {{ all of them.\n"
    [article], errors = read_all(tmp_path / "text.md", text.encode())
    assert not errors
    read_text = " ".join(as_it_reads(article)[0].text.split())
    assert "Cells were given by vein to {{ all of them." in read_text


# Headers of queries


@pytest.mark.parametrize("bad", ["\x07", "\x00", "\ud800", "\ufffe"])
def test_a_header_with_what_yaml_does_not_take_is_named(tmp_path: Path, bad: str) -> None:
    text = QUERY.read_text("utf-8").replace("# title: ", f"# title: {bad}", 1)
    (tmp_path / "broken.rq").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(CatalogueError, match=r"broken\.rq"):
        Catalogue.load(tmp_path)


def test_a_header_that_is_nested_without_end_is_named(tmp_path: Path) -> None:
    text = QUERY.read_text("utf-8").replace("# title: ", "# title: " + "[" * 5_000, 1)
    (tmp_path / "broken.rq").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=r"broken\.rq: line 1: .*deep"):
        Catalogue.load(tmp_path)


def test_a_function_that_there_is_not_is_named(tmp_path: Path) -> None:
    text = QUERY.read_text("utf-8").replace("}", "BIND(<urn:unknown>(1) AS ?unknown) }", 1)
    (tmp_path / "broken.rq").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=r"broken\.rq: .*urn:unknown"):
        Catalogue.load(tmp_path)
    with pytest.raises(QueryError, match="urn:unknown"):
        select(Store.open(), "SELECT ?x { BIND(<urn:unknown>(1) AS ?x) }")


@pytest.mark.parametrize("more", [". ?a ?b ?c ; ?d ?e", " OPTIONAL { ?article ?b ?c }"])
def test_a_query_that_takes_long_to_be_planned_is_refused(tmp_path: Path, more: str) -> None:
    text = QUERY.read_text("utf-8").replace("}", more * 200 + " }", 1)
    (tmp_path / "broken.rq").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=r"broken\.rq: .*patterns"):
        Catalogue.load(tmp_path)


# Pages


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site(make(tmp_path_factory.mktemp("fuzzed")))) as running:
        yield running


@pytest.mark.parametrize("body", [b"text=%ff", b"text=%ed%a0%80", b"%80=x"])
def test_a_form_that_is_no_text_is_refused(server: Server, body: bytes) -> None:
    form = "application/x-www-form-urlencoded"
    answer = server.ask("/try", method="POST", body=body, content_type=form, accept="text/html")
    assert answer.status == 400 and "UTF-8" in answer.text


@pytest.mark.parametrize("number", NUMBERS)
def test_a_page_number_that_is_none_is_the_first(server: Server, number: str) -> None:
    for path in ("/claims", "/articles"):
        assert server.page(path, {"page": number}).status == 200


# Pages of PDF with very many pieces of text


def test_pieces_of_text_all_over_a_page_of_pdf_are_not_compared_each_with_each(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab, which writes PDF, is not installed")
    path = tmp_path / "dots.pdf"

    def make_dots(times: int) -> bytes:
        paper = canvas.Canvas(str(path), pagesize=(9_000, 9_000))
        for number in range(times):
            paper.drawString(90 * (number % 100) + number % 7, 90 * (number // 100) + number % 5, f"dot {number}")
        paper.save()
        return path.read_bytes()

    def take(content: bytes) -> None:
        path.write_bytes(content)
        [article] = read(path)
        assert "dot 0" in article.text

    grows_linearly(make_dots, take, 400)


# Archives


def test_a_file_without_a_name_in_an_archive_is_a_file(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        nameless = zipfile.ZipInfo("x")
        archive.writestr(nameless, "# Cells in words\n\nThey were given by vein.\n")
        archive.writestr("b.md", "# More cells\n\nThey were given by mouth.\n")
        nameless.filename = ""
    found, errors = read_all(tmp_path / "a.zip", whole.getvalue())
    assert "More cells" in [article.title for article in found]
    assert [article.id for article in found] == sorted({article.id for article in found})
    assert all(error.__cause__ is None for error in errors)
