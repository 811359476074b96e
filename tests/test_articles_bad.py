# ruff: noqa: E501 (each row of the tables is one bad file)
"""Bad input: ten bad files of each format. Each is named with its place and reason, and the others are read."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from samples import PICTURE, tarred, zipped

from kg.articles import Article, ArticleError, Left, Note, find, read, segment

DATA = Path(__file__).parent / "data" / "articles"
PUBMED = (DATA / "pubmed.xml").read_bytes()
JATS = (DATA / "jats.xml").read_bytes()
BIOC = (DATA / "bioc.xml").read_bytes()
BIOC_JSON = (DATA / "bioc.json").read_bytes()
EUROPE_PMC = (DATA / "europepmc.json").read_bytes()
PUBTATOR = (DATA / "articles.pubtator").read_bytes()
HTML = (DATA / "page.html").read_bytes()
TEXT = (DATA / "page.txt").read_bytes()
MARKDOWN = (DATA / "notes.md").read_bytes()


@dataclass(frozen=True)
class Bad:
    """A bad file: what is wrong, its bytes, what its errors say, how many articles it has still, and what is noted."""

    what: str
    data: bytes
    says: tuple[str, ...]
    articles: int = 0
    notes: tuple[str, ...] = ()


def bomb(data: bytes, filler: bytes = b" ") -> bytes:
    """A gzip file of a few kilobytes in which `data` is followed by 40 MB of nothing."""
    return gzip.compress(data + filler * 40_000_000)


def entities(data: bytes, root: str) -> bytes:
    """The file with a document type that declares entities which grow to billions of characters."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    start = data.index(f"<{root}".encode(), max(0, data.find(b"?>")))
    declared = f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "lol">{lines}]>'.encode()
    return declared + data[start:].replace(b"</", b"&l9;</", 1)


def changed(data: bytes, *changes: tuple[str, str]) -> bytes:
    for before, after in changes:
        assert before.encode() in data
        data = data.replace(before.encode(), after.encode(), 1)
    return data


def latin(data: bytes) -> bytes:
    """The file with a byte in it that UTF-8 does not have, near its end."""
    place = data.rindex(b"e", 0, len(data) * 2 // 3)
    return data[:place] + b"\xe9" + data[place + 1 :]


EMPTY = Bad("empty", b"", ("the file is empty",))
WRONG = Bad("a picture with a wrong suffix", PICTURE, ("byte 6: neither text nor a format that is known",))

CASES: dict[str, tuple[str, list[Bad]]] = {
    "pubmed": (".xml", [
        Bad("truncated", PUBMED[: PUBMED.index(b"A withdrawn") + 3], ("after entry 1: the file breaks off",), 1),
        Bad("wrong encoding", latin(PUBMED), ("not well-formed XML: ",), 2),
        Bad("entity bomb", entities(PUBMED, "PubmedArticleSet"), ("refused: it declares entities",)),
        Bad("zip bomb", bomb(PUBMED), ("grows more than 200-fold",), 3),
        WRONG,
        EMPTY,
        Bad("huge line", changed(PUBMED, ("Nothing of this held.", "x" * 11_000_000)), ("entry 2 (line 48): not well-f",), 2),
        Bad("duplicate", changed(PUBMED, ('1">90000002', '1">90000001')), ("PMID90000001 stands in this file already",), 2),
        Bad("invalid date", changed(PUBMED, ("<Day>29</Day></ArticleDate>", "<Day>32</Day></ArticleDate>")),
            (), 3, ("entry 1 (line 4): date that is none, or not in full: 2023 08 32",)),
        Bad("not well formed", changed(PUBMED, ("</ArticleTitle>", "")), ("entry 1 (line 4): not well-formed XML",), 2),
        Bad("mixed newlines", changed(PUBMED, ("heal badly.", "heal\r\n\r badly.")), (), 3),
    ]),
    "jats": (".nxml", [
        Bad("truncated", JATS[:-200], ("not well-formed XML: ",)),
        Bad("wrong encoding", latin(JATS), ("not well-formed XML: ",)),
        Bad("entity bomb", entities(JATS, "article"), ("refused: it declares entities",)),
        Bad("zip bomb", bomb(JATS), ("grows more than 200-fold",), 1),
        WRONG,
        EMPTY,
        Bad("huge line", changed(JATS, ("Infarcts shrank.", "x" * 11_000_000)), ("not well-formed XML: ",)),
        Bad("duplicate", b"<articles>" + JATS[JATS.index(b"<article ") :] * 2 + b"</articles>",
            ("entry 2 (line 34): PMC9000011 stands in this file already",), 1),
        Bad("invalid date", changed(JATS, ("<day>7</day><month>3<", "<day>30</day><month>2<")),
            (), 1, ("entry 1 (line 3): date that is none, or not in full: 2022 2 30",)),
        Bad("unknown entity", changed(JATS, ("Infarcts", "Infarcts&klingon;")), ("entry 1 (line 3): &klingon; is an entity",)),
        Bad("too deep", b"<article>" + b"<sec>" * 5000, ("not well-formed XML: Excessive depth",)),
        Bad("mixed newlines", changed(JATS, ("Infarcts shrank", "Infarcts\r\n\r shrank")), (), 1),
    ]),
    "bioc": (".xml", [
        Bad("truncated", BIOC[:-100], ("not well-formed XML: ",)),
        Bad("wrong encoding", latin(BIOC), ("not well-formed XML: ",)),
        Bad("entity bomb", entities(BIOC, "collection"), ("refused: it declares entities",)),
        Bad("zip bomb", bomb(BIOC), ("grows more than 200-fold",), 1),
        WRONG,
        EMPTY,
        Bad("huge line", changed(BIOC, ("Ejection", "x" * 11_000_000)), ("not well-formed XML: ",)),
        Bad("duplicate", changed(BIOC, ("</collection>", (BIOC[BIOC.index(b"<document>") :]).decode())),
            ("PMC9000021 stands in this file already",), 1),
        Bad("invalid date", changed(BIOC, ("<infon key=\"year\">2021", "<infon key=\"year\">20x1")), (), 1, ("or not in full: 20x1",)),
        Bad("no text", b"<collection><document><id>1</id></document></collection>", ("entry 1 (line 1): no passage with text",)),
        Bad("mixed newlines", changed(BIOC, ("Ejection", "Ejection\r\n\r")), (), 1),
    ]),
    "bioc-json": (".json", [
        Bad("truncated", BIOC_JSON[:-120], ("the JSON breaks off",), 1),
        Bad("wrong encoding", latin(BIOC_JSON), ("not UTF-8",)),
        Bad("zip bomb", bomb(BIOC_JSON), ("grows more than 200-fold",)),
        WRONG,
        EMPTY,
        Bad("nested too deeply", b'{"documents": [' + b"[" * 200_000, ("nested too deeply",)),
        Bad("duplicate", changed(BIOC_JSON, ("90000032", "90000031")), ("PMID90000031 stands in this file already",), 1),
        Bad("invalid date", changed(BIOC_JSON, ('"year": "2019"', '"year": "2019-02-30"')), (), 2, ("entry 1: date that is none, or not in full: 2019-02-30",)),
        Bad("not JSON", changed(BIOC_JSON, ('"id": "90000032"', "id: 90000032")), ("line 5: not JSON",), 1),
        Bad("an entry that is none", changed(BIOC_JSON, ('{"documents": [' if b'{"documents": [' in BIOC_JSON else '"documents": [', '"documents": [7, ')),
            ("entry 1: an entry that is no object",), 2),
        Bad("other JSON", b'{"name": "x"}', (), 0, ("entry 1: JSON that is no article",)),
        Bad("mixed newlines", BIOC_JSON.replace(b"\n", b"\r\n", 3), (), 2),
    ]),
    "europepmc": (".json", [
        Bad("truncated", EUROPE_PMC[:-150], ("the JSON breaks off",), 1),
        Bad("wrong encoding", latin(EUROPE_PMC), ("not UTF-8",)),
        Bad("zip bomb", bomb(EUROPE_PMC), ("grows more than 200-fold",)),
        WRONG,
        EMPTY,
        Bad("no results", b'{"hitCount": 0, "resultList": {"result": []}}', (), 0, ("JSON that is no article: it has no entries",)),
        Bad("duplicate", EUROPE_PMC.replace(b'"id": "PPR900", "source": "PPR"', b'"pmid": "90000051"'),
            ("PMID90000051 stands in this file already",), 1),
        Bad("invalid date", changed(EUROPE_PMC, ("2021-01-01", "2021-13-01")), (), 2, ("entry 2: date that is none, or not in full: 2021-13-01",)),
        Bad("no words", changed(EUROPE_PMC, ('"A preprint that was taken back"', '""'), ("It was wrong.", " ")), ("neither title nor",), 1),
        Bad("a list for a title", changed(EUROPE_PMC, ('"A preprint that was taken back"', "[1]")), (), 2),
        Bad("mixed newlines", EUROPE_PMC.replace(b"\n", b"\r\n", 3), (), 2),
    ]),
    "pubtator": (".txt", [
        Bad("truncated", PUBTATOR[: PUBTATOR.index(b"Another")] + b"\n\n90000043|a|\n", ("neither title nor abstract",) * 2, 1),
        Bad("wrong encoding", latin(PUBTATOR), ("not UTF-8",)),
        Bad("zip bomb", bomb(PUBTATOR, b"\n"), ("grows more than 200-fold",)),
        WRONG,
        EMPTY,
        Bad("duplicate", PUBTATOR.replace(b"90000042", b"90000041"), ("line 6: PMID90000041 stands in this file already",), 1),
        Bad("lines of two articles", changed(PUBTATOR, ("90000041|a", "90000049|a")), ("line 2: a line of 90000049 among",), 1),
        Bad("text that goes on", changed(PUBTATOR, ("90000042|a|", "and so on")), (), 2),
        Bad("NUL", PUBTATOR + b"\0", ("NUL" if len(PUBTATOR) > 65_536 else "neither text nor a format",)),
        Bad("mixed newlines", PUBTATOR.replace(b"\n", b"\r\n", 2), (), 2),
    ]),
    "html": (".html", [
        Bad("truncated", HTML[: HTML.index(b"<article>")], ("a page without a paragraph of text",)),
        Bad("wrong encoding", latin(HTML), ("not UTF-8",)),
        Bad("unknown encoding", changed(HTML, ('charset="utf-8"', 'charset="klingon"')), ("'klingon' is not an encoding",)),
        Bad("entity bomb", entities(changed(HTML, ("<!DOCTYPE html>", "")), "html"), (), 1),
        Bad("zip bomb", bomb(HTML), ("grows more than 200-fold",)),
        WRONG,
        EMPTY,
        Bad("no words", b"<html><body><div></div></body></html>", ("a page without a paragraph of text",)),
        Bad("invalid date", changed(HTML, ("2024-05-06T10", "2024-02-31T10")), (), 1, ("date that is none, or not in full: 2024-02-31T10:00:00+02:00",)),
        Bad("too deep", b"<html><body>" + b"<div>" * 100_000 + b"<p>x</p>", ("line 1: refused: Excessive depth",)),
        Bad("mixed newlines", HTML.replace(b"\n", b"\r\n", 5), (), 1),
    ]),
    "text": (".txt", [
        Bad("wrong encoding", latin(TEXT), (f"byte {latin(TEXT).index(0xE9)}: not UTF-8",)),
        Bad("truncated in a character", "Zellen für".encode()[:-2], ("byte 8: not UTF-8: unexpected end of data",)),
        Bad("zip bomb", bomb(TEXT), ("grows more than 200-fold",)),
        WRONG,
        EMPTY,
        Bad("white space alone", b" \n\r\n\t", ("the file is empty",)),
        Bad("huge line", TEXT + b"x" * 2_100_000, ("longer than 2,000,000 characters",)),
        Bad("NUL", TEXT + b"a" * 70_000 + b"\0", ("not a text: it holds a NUL character",)),
        Bad("UTF-16 cut short", TEXT.decode().encode("utf-16")[:-1], ("not UTF-16-LE: truncated data",)),
        Bad("invalid date", changed(TEXT, ("March 3, 2022", "March 33, 2022")), (), 1, ("line 11: date that is none, or not in full: March 33, 2022",)),
        Bad("a post with an invalid date", (DATA / "posts.txt").read_bytes().replace(b"Feb 29, 2024", b"Feb 30, 2024"),
            (), 2, ("line 9: date that is none, or not in full: Feb 30, 2024",)),
        Bad("unknown XML", b'<?xml version="1.0"?><recipe/>', ("its root is <recipe>",)),
        Bad("mixed newlines", TEXT.replace(b"\n", b"\r\n", 5).replace(b"\n\n", b"\r\r", 2), (), 1),
    ]),
    "markdown": (".md", [
        Bad("not YAML", changed(MARKDOWN, ("authors: [Jane Doe]", "authors: [Jane Doe")), ("line 6: front matter: ",)),
        Bad("no fields", b"---\n- a\n- b\n---\nText.\n", ("line 2: front matter: not a list of fields",)),
        Bad("invalid date", changed(MARKDOWN, ("2023-08-29", "2023-08-32")), (), 1, ("line 3: date that is none, or not in full: 2023-08-32",)),
        Bad("a date in words", changed(MARKDOWN, ("2023-08-29", "last week")), (), 1, ("line 3: date that is none, or not in full: last week",)),
        Bad("unknown evidence", changed(MARKDOWN, ("evidence: Review", "evidence: Hearsay")), ("line 7: evidence: 'Hearsay' is not one",)),
        Bad("a list for a title", changed(MARKDOWN, ("title: Cells for knees", "title: [a]")), ("line 2: title: one value",)),
        Bad("a word for a work", changed(MARKDOWN, ("work:\n  title: A review of knees", "work: A review\nx:\n  a: b")), ("work: fields are",)),
        Bad("wrong encoding", latin(MARKDOWN), ("not UTF-8",)),
        Bad("a bomb of aliases", b"---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n---\nText.\n", ("line 4: title: one value",)),
        Bad("too deep", b"---\na: " + b"[" * 5000 + b"\n---\nText.\n", ("front matter: nested too deeply",)),
        EMPTY,
        Bad("mixed newlines", MARKDOWN.replace(b"\n", b"\r\n", 4), (), 1),
    ]),
    "zip": (".zip", [
        Bad("truncated", zipped({"a.txt": TEXT})[:-30], ("a broken zip archive",)),
        Bad("empty archive", zipped({}), ("an archive without a file",)),
        Bad("bad and good members", zipped({"a.xml": PICTURE, "b.txt": TEXT, "c.md": b""}),
            ("bad.zip/a.xml: byte 6: neither text", "bad.zip/c.md: the file is empty"), 1),
        Bad("bomb", zipped({"a.txt": b" " * 40_000_000, "b.txt": TEXT}), ("bad.zip/a.txt: refused: it grows",), 1),
        Bad("archives in archives", zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"d.txt": TEXT})})})}), ("nested more than 3",)),
        Bad("broken data", zipped({"a.txt": TEXT * 9}).replace(gzip.compress(TEXT * 9)[30:50], b"\0" * 20), ("bad.zip/a.txt: ",)),
        Bad("a bomb in a gzip", zipped({"a.xml.gz": bomb(JATS)}), ("grows more than 200-fold",), 1),
        Bad("entity bomb", zipped({"a.xml": entities(JATS, "article")}), ("bad.zip/a.xml: line 1: refused",)),
        Bad("no archive", b"PK\x03\x04" + b"x" * 100, ("a broken zip archive",)),
        Bad("same name twice", zipped({"x/a.txt": TEXT, "y/a.txt": TEXT}), (), 2),
        EMPTY,
    ]),
    "tar.gz": (".tar.gz", [
        Bad("truncated", tarred({"a.txt": TEXT * 50})[:-60], ("broken",)),
        Bad("empty archive", tarred({}), ("an archive without a file",)),
        Bad("bad and good members", tarred({"a.xml": PICTURE, "b.txt": TEXT, "c.md": b""}),
            ("a.xml: byte 6: neither text", "c.md: the file is empty"), 1),
        Bad("bomb", tarred({"a.txt": b" " * 40_000_000}), ("grows more than 200-fold",)),
        Bad("no gzip", b"\x1f\x8b" + b"x" * 100, ("broken: ",)),
        Bad("damaged gzip", gzip.compress(TEXT * 9)[:-8] + b"12345678", ("broken: CRC check failed",)),
        Bad("gzip of nothing", gzip.compress(b""), ("the file is empty",)),
        Bad("gzip cut short", gzip.compress(PUBMED)[:-40], ("broken: ",), 2),
        Bad("gzips in gzips", gzip.compress(gzip.compress(gzip.compress(gzip.compress(TEXT)))), ("nested more than 3",)),
        Bad("entity bomb", tarred({"a.xml": entities(JATS, "article")}), ("a.xml: line 1: refused",)),
        EMPTY,
    ]),
}  # fmt: skip


def outcome(paths: list[Path], notes: list[Note] | None = None) -> tuple[list[Article], list[ArticleError]]:
    """What a build gets of files: the articles, and the errors that it goes on after; what is noted goes to `notes`."""
    articles: list[Article] = []
    errors: list[ArticleError] = []
    noted = [] if notes is None else notes
    for path in paths:
        try:
            articles += map(segment, read(path, on_error=errors.append, on_note=noted.append))
        except ArticleError as error:
            errors.append(error)
    return articles, errors


@pytest.mark.parametrize(
    ("suffix", "bad"),
    [pytest.param(suffix, bad, id=f"{name}-{bad.what}") for name, (suffix, cases) in CASES.items() for bad in cases],
)
def test_a_bad_file_is_named_and_the_others_are_read(tmp_path: Path, suffix: str, bad: Bad) -> None:
    (tmp_path / f"bad{suffix}").write_bytes(bad.data)
    (tmp_path / "after.txt").write_text("A Good File\n\nStem cells are counted here.\n")
    (tmp_path / "zebra.txt").write_text("Another Good File\n\nStem cells are counted there.\n")
    notes: list[Note] = []
    articles, errors = outcome(find([tmp_path]), notes)
    assert len(errors) == len(bad.says)
    told = [str(note) for note in notes if note.kind in (Left.DATE, Left.JSON)]
    assert len(told) == len(bad.notes) and all(map(str.endswith, told, bad.notes))
    for error, says in zip(errors, bad.says, strict=True):
        assert says in str(error)
        assert f"bad{suffix}" in error.file and error.reason
    assert [article.id for article in articles][:1] + [article.id for article in articles][-1:] == ["after", "zebra"]
    assert len(articles) == bad.articles + 2


@pytest.mark.parametrize("name", CASES)
def test_each_format_has_its_ten(name: str) -> None:
    assert len(CASES[name][1]) >= 10


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    [], [error] = outcome([tmp_path / "gone.txt"])
    assert str(error).endswith("gone.txt: No such file or directory")


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "a" * n,
        lambda n: "(" * n,
        lambda n: "," * n,
        lambda n: "A. " * (n // 3),
        lambda n: "lupus nephritis " * (n // 16),
        lambda n: ".” " * (n // 3),
        lambda n: "Doe J, " * (n // 7),
        lambda n: "Follow us on and on " * (n // 20),
    ],
    ids=["letter", "bracket", "comma", "initial", "name", "quote", "author", "cue"],
)
def test_no_line_is_too_long_or_too_odd(tmp_path: Path, make: Callable[[int], str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(make(1_000_000))
    [article] = read(path)
    assert article.end == len(article.text)


def test_pdf_that_is_none_is_named(tmp_path: Path) -> None:
    pytest.importorskip("pdfminer", reason="pdfminer.six, which reads PDF, is not installed")
    bad = {
        "empty": b"%PDF-1.4\n",
        "cut": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        "noise": b"%PDF-1.4\n" + PICTURE * 20,
        "no-pages": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF",
        "loop": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n",
        "html": b"<html>%PDF-</html>",
    }
    for name, data in bad.items():
        (tmp_path / f"{name}.pdf").write_bytes(data)
    articles, errors = outcome(find([tmp_path]))
    assert not articles
    assert sorted(Path(error.file).stem for error in errors) == sorted(bad)


def test_errors_of_json_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"documents": [{"passages": [{"text": "x"}]}]}, indent=1).replace('"text"', "text"))
    [], [error] = outcome([path])
    assert error.place == "line 6"
