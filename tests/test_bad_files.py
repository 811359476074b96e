"""Ten kinds of bad files of each format, through `kg build`: each is named, the rest is built, and nothing is lost.

Which defects are fatal depends on the format. What is harmless in one is read: mixed newlines are, and the end of a
page or a text that stops short can't be told from one that is as short as that.
"""

import gzip
import json
import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from samples import PICTURE, ontology, tarred, zipped
from test_articles_formats import pdf

from kg import cli
from kg.articles import ArticleError, read
from kg.store import Store

FILLER = 40_000_000  # bytes that a few kilobytes grow to
LONG = 11_000_000  # characters of a line that nobody wrote


class Entry(NamedTuple):
    """An article that is to be written: its PMID, its date and its text."""

    number: int
    date: str = "2024-05-06"
    text: str = "Mesenchymal stem cells treat lupus in naïve mice.\nStem cells secrete interleukin 10."

    @property
    def title(self) -> str:
        return f"Report {self.number} on cells"

    @property
    def stem(self) -> str:
        """What a file of its own is called."""
        return f"R{self.number}"


# Formats: how they are written


def pubmed(entries: list[Entry]) -> bytes:
    records = []
    for entry in entries:
        year, month, day = entry.date.split("-")
        records.append(
            f"<PubmedArticle><MedlineCitation><PMID Version='1'>{entry.number}</PMID><Article><Journal><JournalIssue>"
            f"<PubDate><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></PubDate></JournalIssue></Journal>"
            f"<ArticleTitle>{entry.title}</ArticleTitle><Abstract><AbstractText>{entry.text}</AbstractText></Abstract>"
            "</Article></MedlineCitation></PubmedArticle>\n"
        )
    return f"<?xml version='1.0'?>\n<PubmedArticleSet>\n{''.join(records)}</PubmedArticleSet>\n".encode()


def jats(entries: list[Entry]) -> bytes:
    articles = []
    for entry in entries:
        year, month, day = entry.date.split("-")
        articles.append(
            f"<article><front><article-meta><article-id pub-id-type='pmid'>{entry.number}</article-id><title-group>"
            f"<article-title>{entry.title}</article-title></title-group><pub-date pub-type='epub'><day>{day}</day>"
            f"<month>{month}</month><year>{year}</year></pub-date></article-meta></front>\n<body><sec><p>{entry.text}"
            "</p></sec></body></article>\n"
        )
    return f"<?xml version='1.0'?>\n<articles>\n{''.join(articles)}</articles>\n".encode()


def bioc(entries: list[Entry]) -> bytes:
    documents = "".join(
        f"<document><id>{entry.number}</id><passage><infon key='type'>title</infon><infon key='article-id_pmid'>"
        f"{entry.number}</infon><infon key='year'>{entry.date}</infon><offset>0</offset><text>{entry.title}</text>"
        f"</passage>\n<passage><infon key='type'>abstract</infon><offset>0</offset><text>{entry.text}</text></passage>"
        "</document>\n"
        for entry in entries
    )
    return f"<?xml version='1.0'?>\n<collection>\n{documents}</collection>\n".encode()


def bioc_json(entries: list[Entry]) -> bytes:
    documents = [
        {
            "id": str(entry.number),
            "passages": [
                {"infons": {"type": "title", "year": entry.date}, "offset": 0, "text": entry.title},
                {"infons": {"type": "abstract"}, "offset": 99, "text": entry.text},
            ],
        }
        for entry in entries
    ]
    return json.dumps({"source": "PubTator", "documents": documents}, indent=1, ensure_ascii=False).encode()


def europe_pmc(entries: list[Entry]) -> bytes:
    results = [
        {
            "id": str(entry.number),
            "source": "MED",
            "pmid": str(entry.number),
            "title": entry.title,
            "abstractText": entry.text,
            "firstPublicationDate": entry.date,
        }
        for entry in entries
    ]
    answer = {"hitCount": len(results), "resultList": {"result": results}}
    return json.dumps(answer, indent=1, ensure_ascii=False).encode()


def pubtator(entries: list[Entry]) -> bytes:
    blocks = [
        f"{entry.number}|t|{entry.title}\n{entry.number}|a|{entry.text.replace(chr(10), ' ')}\n" for entry in entries
    ]
    return "\n".join(blocks).encode()


def html(entries: list[Entry]) -> bytes:
    [entry] = entries
    paragraphs = "".join(f"<p>{line}</p>\n" for line in entry.text.split("\n"))
    return (
        f"<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>{entry.title}</title>\n"
        f"<meta property='article:published_time' content='{entry.date}'></head>\n<body><article><h1>{entry.title}</h1>"
        f"\n{paragraphs}</article></body></html>\n"
    ).encode()


def day(date: str) -> str:
    """A date as a page prints it."""
    year, _, of_month = date.split("-")
    return f"May {int(of_month)}, {year}"


def text(entries: list[Entry]) -> bytes:
    [entry] = entries
    return f"{entry.title}\n\nPublished On {day(entry.date)}\n\n{entry.text}\n".encode()


def markdown(entries: list[Entry]) -> bytes:
    [entry] = entries
    return f"---\ntitle: {entry.title}\ndate: {entry.date}\n---\n\n{entry.text}\n".encode()


def a_pdf(entries: list[Entry]) -> bytes:
    [entry] = entries
    return pdf([entry.title, "", f"Published On {day(entry.date)}", "", *entry.text.replace("ï", "i").split("\n")])


# Defects: how they are made


def cut(data: bytes) -> bytes:
    """The data up to the middle of a character in its last article."""
    return data[: data.rindex("ï".encode()) + 1]


def cut_off(data: bytes) -> bytes:
    return data[:-40]


def miscoded(data: bytes) -> bytes:
    """The data with a character of its last article in another encoding."""
    before, _, after = data.rpartition("ï".encode())
    return before + b"\xef" + after


def entities(data: bytes) -> bytes:
    """XML, or what looks like it, with entities that grow to billions of characters."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    rest = re.sub(rb"<\?xml.*?\?>\s*|<!DOCTYPE html>\n", b"", data)
    root = re.match(rb"<(\w+)", rest)
    assert root
    declared = f'<?xml version="1.0"?><!DOCTYPE {root[1].decode()} [<!ENTITY l0 "lol">{lines}]>'.encode()
    return declared + rest.replace(b"treat lupus", b"treat lupus &l9;")


def nested(data: bytes) -> bytes:
    """JSON that is deep enough to break a parser, as entities break one of XML."""
    return data.replace(b'"title"', b"[" * 200_000 + b'"title"')


def aliases(data: bytes) -> bytes:
    """Front matter whose title is a list of lists of lists: YAML's way to have billions of something."""
    doubled = b"".join(b"l%d: &l%d [*l%d, *l%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40))
    return data.replace(b"title: ", b"l0: &l0 lol\n" + doubled + b"title: *l39\nheading: ")


def said(data: bytes) -> bytes:
    """A text that speaks of an entity, which it can't have."""
    return data.replace(b"treat lupus", b"treat lupus &l9;")


def page_in_itself(data: bytes) -> bytes:
    """A PDF whose tree of pages holds itself."""
    return data.replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")


def bomb(data: bytes) -> bytes:
    """A gzip of the data and of much white space, a few kilobytes large."""
    return gzip.compress(data + b"\n" * FILLER, 1)


def grown(data: bytes) -> bytes:
    """The data and much white space, for an archive to compress."""
    return data + b"\n" * FILLER


def inflated(data: bytes) -> bytes:
    """A PDF with a page that is a few hundred kilobytes large and grows to many megabytes."""
    before, content, after = re.split(rb"<< /Length \d+ >>\nstream\n(.*)\nendstream", data, flags=re.DOTALL)
    packed = zlib.compress(content + b" " * 4 * FILLER, 1)
    return before + b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream" + after


def said_to_be_deflated(data: bytes) -> bytes:
    return data.replace(b" >>\nstream", b" /Filter /FlateDecode >>\nstream")


def mixed(data: bytes) -> bytes:
    """The data with its lines ended in three ways."""
    endings = (b"\r\n", b"\n", b"\r")
    lines = data.split(b"\n")
    return b"".join(line + endings[number % 3] for number, line in enumerate(lines[:-1])) + lines[-1]


# What comes of them


class Case(NamedTuple):
    """A defect: how a file with it is made, what is said of it, and how many of its articles are built.

    What is said is a regular expression for what follows the name of the file; nothing where it is no defect.
    """

    make: Callable[[list[Entry]], bytes]
    says: str = ""
    built: int = 0


class Kind(NamedTuple):
    """A format with its suffix, how it is written, whether a file can have several articles, and the defects."""

    suffix: str
    write: Callable[[list[Entry]], bytes]
    several: bool
    cases: dict[str, Case]


Defect = tuple[Callable[[bytes], bytes], str, int]
NOT_UTF8 = r": byte \d+: not UTF-8: .*"
BROKEN = r"(: entry 2 \(line \d+\))?(: line \d+)?: not well-formed XML: .*"
BOMB = ": refused: it grows more than 200-fold, as bombs do"
ENTITIES = ": line 1: refused: it declares entities of its own, as bombs do"
ENTRY = r": (entry 2( \(line \d+\))?|line \d+): "
LONG_LINE = "a line longer than 2,000,000 characters"
CUT_OFF = r": byte \d+ of its content: broken: Compressed file ended .*"


def same(data: bytes) -> bytes:
    return data


def kind(suffix: str, write: Callable[[list[Entry]], bytes], several: bool, **defects: Defect) -> Kind:
    """A format, and what it makes of each defect: how it is made, what is said, how many articles are built."""
    mixed_lines = (mixed, "", 1 + several)
    suffixed = (lambda _: PICTURE, ": byte 6: neither text nor a format that is known", 0)
    empty = (lambda _: b"", ": the file is empty", 0)
    defects = {"mixed": mixed_lines, "suffix": suffixed, "empty": empty} | defects
    cases = {}
    for what, (spoil, says, built) in defects.items():
        cases[what] = Case(lambda entries, spoil=spoil: spoil(write(entries)), says, built)  # type: ignore[misc]
    return Kind(suffix, write, several, cases)


def packed(pack: Callable[[dict[str, bytes]], bytes], suffix: str, **defects: Defect) -> Kind:
    """An archive of texts, the last of which has the defect."""

    def write(entries: list[Entry], spoil: Callable[[bytes], bytes] = same) -> bytes:
        *first, last = entries
        members = {f"{number}/{entry.stem}.txt": text([entry]) for number, entry in enumerate(first)}
        return pack(members | {f"last/{last.stem}.txt": spoil(text([last]))})

    defects = {
        "entities": (lambda _: entities(jats([Entry(1)])), r"/last/\w+.txt" + ENTITIES, 1),
        "miscoded": (miscoded, r"/last/\w+.txt" + NOT_UTF8, 1),
        "huge": (same, rf"/last/\w+.txt: line \d+: {LONG_LINE}", 1),
        "date": (same, "", 2),
        "duplicate": (same, "", 2),  # it stands in another folder
        "mixed": (mixed, "", 2),
    } | defects
    whole = kind(suffix, write, True, **{what: defects[what] for what in ("truncated",)})
    inner = {
        what: Case(lambda entries, spoil=spoil: write(entries, spoil), says, built)  # type: ignore[misc]
        for what, (spoil, says, built) in defects.items()
        if what not in whole.cases or what == "mixed"
    }
    return whole._replace(cases=whole.cases | inner)


KINDS = {
    "PubMed": kind(
        ".xml", pubmed, True,
        truncated=(cut, ": after entry 1: the file breaks off before the end of the PubmedArticleSet", 1),
        miscoded=(miscoded, BROKEN, 1), entities=(entities, ENTITIES, 0), bomb=(bomb, BOMB, 2),
        huge=(same, BROKEN, 1), duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1),
        date=(same, "", 2),
    ),
    "PubMed, compressed": kind(
        ".xml.gz", lambda entries: gzip.compress(pubmed(entries)), True,
        truncated=(cut_off, CUT_OFF, 0),
        miscoded=(lambda data: gzip.compress(miscoded(gzip.decompress(data))), BROKEN, 1),
        entities=(lambda data: gzip.compress(entities(gzip.decompress(data))), ENTITIES, 0),
        bomb=(lambda data: bomb(gzip.decompress(data)), BOMB, 2),
        huge=(same, BROKEN, 1), duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1),
        date=(same, "", 2),
        mixed=(lambda data: gzip.compress(mixed(gzip.decompress(data))), "", 2),
    ),
    "JATS": kind(
        ".nxml", jats, True,
        truncated=(cut, BROKEN, 1), miscoded=(miscoded, BROKEN, 1), entities=(entities, ENTITIES, 0),
        bomb=(bomb, BOMB, 2), huge=(same, BROKEN, 1),
        duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1), date=(same, "", 2),
    ),
    "BioC XML": kind(
        ".xml", bioc, True,
        truncated=(cut, BROKEN, 1), miscoded=(miscoded, BROKEN, 1), entities=(entities, ENTITIES, 0),
        bomb=(bomb, BOMB, 2), huge=(same, BROKEN, 1),
        duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1), date=(same, "", 2),
    ),
    "BioC JSON": kind(
        ".json", bioc_json, True,
        truncated=(cut, NOT_UTF8, 0), miscoded=(miscoded, NOT_UTF8, 0),
        entities=(nested, r": line \d+: not JSON that can be read: nested too deeply", 0),
        bomb=(bomb, BOMB, 0), huge=(same, ENTRY + LONG_LINE, 1),
        duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1), date=(same, "", 2),
    ),
    "Europe PMC JSON": kind(
        ".json", europe_pmc, True,
        truncated=(cut_off, r": line \d+: the JSON breaks off", 1), miscoded=(miscoded, NOT_UTF8, 0),
        entities=(nested, r": line \d+: not JSON.*", 0), bomb=(bomb, BOMB, 0), huge=(same, ENTRY + LONG_LINE, 1),
        duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1), date=(same, "", 2),
    ),
    "PubTator": kind(
        ".pubtator", pubtator, True,
        truncated=(cut, NOT_UTF8, 0), miscoded=(miscoded, NOT_UTF8, 0), entities=(said, "", 2), bomb=(bomb, BOMB, 0),
        huge=(same, ENTRY + LONG_LINE, 1), duplicate=(same, ENTRY + r"PMID\d+ stands in this file already", 1),
        date=(same, "", 2),
    ),
    "HTML": kind(
        ".html", html, False,
        truncated=(cut, NOT_UTF8, 0), miscoded=(miscoded, NOT_UTF8, 0), entities=(entities, "", 1),
        bomb=(bomb, BOMB, 0), huge=(same, r": line \d+: refused: Resource limit exceeded: .*", 0),
        duplicate=(same, "", 1), date=(same, "", 1),
    ),
    "PDF": kind(
        ".pdf", a_pdf, False,
        truncated=(lambda data: data[: len(data) // 2], ": not a PDF that can be read: .*", 0),
        miscoded=(said_to_be_deflated, ": a PDF without text that can be read: .*", 0),
        entities=(page_in_itself, "", 1),
        bomb=(inflated, ": not a PDF that can be read: .*", 0),
        huge=(same, ": page 1: a page with more than 100,000 letters", 0),
        duplicate=(same, "", 1), date=(same, "", 1),
    ),
    "text": kind(
        ".txt", text, False,
        truncated=(cut, NOT_UTF8, 0), miscoded=(miscoded, NOT_UTF8, 0), entities=(said, "", 1), bomb=(bomb, BOMB, 0),
        huge=(same, rf": line \d+: {LONG_LINE}", 0), duplicate=(same, "", 1),
        date=(same, "", 1),
    ),
    "Markdown": kind(
        ".md", markdown, False,
        truncated=(cut, NOT_UTF8, 0), miscoded=(miscoded, NOT_UTF8, 0),
        entities=(aliases, r": line \d+: title: one value is wanted", 0), bomb=(bomb, BOMB, 0),
        huge=(same, rf": line \d+: {LONG_LINE}", 0), duplicate=(same, "", 1),
        date=(same, "", 1),
    ),
    "tar.gz": packed(
        tarred, ".tar.gz",
        truncated=(cut_off, CUT_OFF, 1),
        bomb=(grown, BOMB, 1),
    ),
    "zip": packed(
        zipped, ".zip",
        truncated=(cut_off, ": a broken zip archive: File is not a zip file", 0),
        bomb=(grown, r"/last/\w+.txt" + BOMB, 1),
    ),
}  # fmt: skip
DEFECTS = ("truncated", "miscoded", "entities", "bomb", "suffix", "empty", "huge", "duplicate", "date", "mixed")


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ontology that knows how a page says when it came out."""
    folder = ontology(tmp_path_factory.mktemp("ontology"))
    with (folder / "stemkg.ttl").open("a") as ttl:
        ttl.write('stemkg:PublishedLine stemkg:cue "Published On" .\n')
    return folder


@pytest.fixture(params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Kind]:
    """A folder with a file of each defect of a format, a good file before and one after them."""
    of = KINDS[request.param]
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in ("a-good", "z-good"):
        (texts / f"{name}{of.suffix}").write_bytes(of.write(entries(of, name)))
    for what, case in of.cases.items():
        (texts / f"bad-{what}{of.suffix}").write_bytes(case.make(entries(of, what)))
    if not of.several:
        again = texts / "twice"
        again.mkdir()
        (again / f"bad-duplicate{of.suffix}").write_bytes(of.write(entries(of, "duplicate")))
    return texts, of


def entries(of: Kind, what: str) -> list[Entry]:
    """The articles of a file: two or one, the last with what is wrong with it."""
    number = 90_000_000 + 10 * ([*DEFECTS, "a-good", "z-good"].index(what) + 1)
    last = Entry(number + 1)
    if what == "date":
        last = last._replace(date="2024-05-33")
    elif what == "huge":
        last = last._replace(text="Stem cells treat lupus " + "x" * (2_500_000 if of.suffix == ".pdf" else LONG))
    elif what == "duplicate":
        last = Entry(number)
    return [Entry(number), last] if of.several else [last]


def expected(of: Kind) -> set[str]:
    """The articles that are to be built."""
    found = {"bad-duplicate", "twice/bad-duplicate"} if not of.several else set()
    for what, count in [("a-good", 2), ("z-good", 2), *((what, case.built) for what, case in of.cases.items())]:
        for entry in entries(of, what)[:count]:
            if of.suffix in (".zip", ".tar.gz"):
                found.add(entry.stem if entry.stem not in found else f"last/{entry.stem}")
            elif of.several:
                found.add(f"PMID{entry.number}")
            else:
                found.add(what if "good" in what else f"bad-{what}")
    return found


def test_each_bad_file_is_named_and_the_rest_is_built(
    folder: tuple[Path, Kind], vocabulary: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    texts, of = folder
    assert set(of.cases) == set(DEFECTS)
    store = tmp_path / "store"
    command = ["build", str(texts), "--store", str(store), "--ontology", str(vocabulary), "--workers", "1"]
    code = cli.run(command)
    output, errors = capfd.readouterr()
    assert (code, output) == (1, "")
    skipped = [line for line in errors.splitlines() if line.startswith("kg: skipped: ")]
    for what, case in of.cases.items():
        name = re.escape(f"bad-{what}{of.suffix}")
        lines = [line for line in skipped if re.search(rf"/{name}[:/]", line)]
        assert len(lines) == bool(case.says), (what, lines)
        for line in lines:
            assert re.fullmatch(f"kg: skipped: .*/{name}{case.says}", line), line
    wrong = sum(bool(case.says) for case in of.cases.values())
    assert len(skipped) == wrong
    ids = expected(of)
    told = re.search(rf"{len(ids)} articles read, {wrong} skipped: (\d+) claims in ", errors)
    assert told and int(told[1]) >= len(ids)  # each has one at least
    predicates = [line for line in errors.splitlines() if line.startswith("  ")]
    left_out = [line for line in errors.splitlines() if line.startswith("left out: ")]
    assert left_out or of.write is pubtator  # the day that does not exist; PubTator has none
    # One line each, and a summary of two.
    assert len(errors.splitlines()) == wrong + 2 + len(predicates) + len(left_out)
    with Store.open(store, read_only=True) as opened:
        assert set(opened.article_ids()) == ids
        before = len(opened.graph)
    # The next build says the same, and does nothing.
    assert cli.run(command) == 1
    again = capfd.readouterr().err
    assert [line for line in again.splitlines() if line.startswith("kg: skipped: ")] == skipped
    assert f"0 articles read, {len(ids)} unchanged, {wrong} skipped" in again
    with Store.open(store, read_only=True) as opened:
        assert len(opened.graph) == before


def test_what_stands_before_the_break_of_a_compressed_file_is_read(tmp_path: Path) -> None:
    chance = random.Random(1)
    whole = [Entry(number, text=f"Stem cells {chance.getrandbits(4000):x}.") for number in range(1, 501)]
    file = tmp_path / "cut.xml.gz"
    file.write_bytes(gzip.compress(pubmed(whole))[:-1000])
    found: list[str] = []
    with pytest.raises(ArticleError, match="broken"):
        found.extend(article.id for article in read(file))
    assert found == [f"PMID{number}" for number in range(1, len(found) + 1)]
    assert len(found) > 400
