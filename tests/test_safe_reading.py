"""One bad file is named and skipped, whatever is wrong with it; the others are built, and nothing takes for ever."""

import gzip
import io
import json
import os
import signal
import socket
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from growth import grows_linearly
from samples import ontology

from kg.articles import ArticleError, find, read
from kg.articles.decode import text_encoding
from kg.articles.errors import readable
from kg.articles.pubmed import split
from kg.articles.xml_stream import declares_entities, root_name
from kg.limits import Reading, changed
from kg.pipeline import build
from kg.reading import Reader
from kg.store import Store
from kg.working import Options

GOOD = "A Good File\n\nMesenchymal stem cells treat lupus in these words. They were given by vein.\n"


def outcome(path: Path, **settings: Any) -> tuple[list[str], list[ArticleError]]:
    """The ids of the articles of a file, and its errors."""
    errors: list[ArticleError] = []
    ids = []
    try:
        for article in read(path, on_error=errors.append, **settings):
            ids.append(article.id)
    except ArticleError as error:
        errors.append(error)
    return ids, errors


# 6. What made a build hang


@pytest.mark.parametrize(
    "unit",
    [
        "<!-- a -->",
        "<?a b?>",
        "<!DOCTYPE x [][]>",
        "<!DOCTYPE x ",
        "[]",
        "<!--",
        "<?",
        "<!ENTITY a ",
        "\ufeff",
        " ",
        "<a",
    ],
)
@pytest.mark.parametrize("before", ["", "<!DOCTYPE x ", "<?xml version='1.0'?>", "<!-- a -->"])
def test_the_beginning_of_xml_is_read_once(before: str, unit: str) -> None:
    for read_head in (root_name, declares_entities):
        grows_linearly(lambda times: before + unit * times + "<", read_head, 5_000)


@pytest.mark.parametrize(
    "head",
    [b"<!-- a -->" * 40 + b"<article><p>x", b"<!DOCTYPE x " + b"[]" * 200 + b"<article>", b"<!DOCTYPE article [" * 99],
)
def test_what_hung_is_named(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "bad.xml").write_bytes(head)
    with Reader(ontology(tmp_path / "ontology"), Reading(seconds=5)) as reader:
        for event in reader.read(tmp_path / "bad.xml"):
            assert "seconds" not in str(event.what)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<!DOCTYPE a PUBLIC '-//x//y' \"z\" [<!ELEMENT a (b)>]><c/>", "c"),
        ("<?xml version='1.0'?>\n<!-- <a> --><!DOCTYPE b><ns:d>", "d"),
        ("<!DOCTYPE html", "html"),
        ("no xml", ""),
    ],
)
def test_the_root_of_xml(head: str, name: str) -> None:
    assert root_name(head) == name


# 8. Bombs, of whatever archive in whatever archive


def _sparse() -> bytes:
    """A tar of a few hundred bytes whose one file says that it is three gigabytes large, nearly none of them there."""
    member = tarfile.TarInfo("bomb.txt")
    member.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    size = 3 << 30
    head[386:410] = b"%011o\0%011o\0" % (0, 1 << 17)  # a stretch at the beginning
    head[410:434] = b"%011o\0%011o\0" % (size, 0)  # and one of no bytes at the very end
    head[124:136] = b"%011o\0" % (1 << 17)
    head[483:495] = b"%011o\0" % size
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % sum(head)
    return gzip.compress(bytes(head) + b"words, " * 18_724 + b"word" + bytes(1024))


def _gzips(depth: int) -> bytes:
    data = b" " * (1 << 26)
    for _ in range(depth):
        data = gzip.compress(data)
    return data


def _zip(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _zip_with_a_lie() -> bytes:
    """A zip whose file says that it is a gigabyte when compressed, so that nothing in it seems to grow."""
    data = bytearray(_zip({"a.txt": b" " * (1 << 27)}))
    central = data.rindex(b"PK\x01\x02")
    data[central + 20 : central + 24] = struct.pack("<I", 1 << 30)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = {
    "sparse": _sparse, "gzip": lambda: _gzips(1), "gzip in gzip": lambda: _gzips(2), "three gzips": lambda: _gzips(3),
    "zip in zip": lambda: _zip({"a.zip": _zip({"a.txt": b" " * (1 << 27)})}), "a lie": _zip_with_a_lie,
    "gzip in zip": lambda: _zip({f"{n}.gz": _gzips(1) for n in range(9)}), "too deep": lambda: _gzips(5),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_in_little_memory(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[bomb]())
    with Reader(ontology(tmp_path / "ontology"), Reading(memory=400 << 20, seconds=30)) as reader:
        events = list(reader.read(path))
    assert events and {event.kind for event in events} == {"error"}
    for event in events:
        assert isinstance(event.what, tuple)
        assert "refused: it grows" in event.what[2] or "nested" in event.what[2] or "broken" in event.what[2]


def test_an_honest_archive_with_a_bomb_in_it_is_read(tmp_path: Path) -> None:
    files = {"a.txt": GOOD.encode(), "b.txt": b" " * (1 << 26), "c.txt": GOOD.replace("Good", "Better").encode()}
    (tmp_path / "some.zip").write_bytes(_zip(files))
    ids, errors = outcome(tmp_path / "some.zip")
    assert (ids, len(errors)) == (["a", "c"], 1)


# 9. Files of all kinds


def _xml(encoding: str) -> bytes:
    return f"<?xml version='1.0' encoding='{encoding}'?><PubmedArticleSet><PubmedArticle/></PubmedArticleSet>".encode()


def _html(encoding: str) -> bytes:
    return f"<html><head><meta charset='{encoding}'></head><body><p>Some words here.</p></body></html>".encode()


ENCODINGS = (
    "rot13",
    "zip",
    "hex",
    "base64",
    "punycode",
    "idna",
    "undefined",
    "no-such",
    "utf-7",
    "unicode_escape",
    "bz2",
    "x" * 99,
)
NINES = b"9" * 5_000
BAD: dict[str, bytes] = {
    **{f"{encoding[:9]}.xml": _xml(encoding) for encoding in ENCODINGS},
    **{f"{encoding[:9]}.html": _html(encoding) for encoding in ENCODINGS},
    "jats.nxml": b"<?xml version='1.0' encoding='rot13'?><article><front/></article>",
    "bioc.xml": b"<?xml version='1.0' encoding='hex'?><collection><document><id>1</id></document></collection>",
    "utf16.txt": b"\xff\xfe\x00\xd8\x41\x00",
    "half.json": b'{"resultList": {"result": [{"title": "\\ud800", "pmid": "1", "abstractText": "x"}]}}',
    "half.bioc.json": b'{"documents": [{"id": "\\udfff", "passages": [{"offset": 0, "text": "\\ud800"}]}]}',
    "digits.json": b'{"resultList": {"result": [{"title": "T", "pmid": %s, "pubYear": %s}]}}' % (NINES, NINES),
    "digits.md": b"---\ntitle: x\ndate: %s\n---\n\nWords of a text are here.\n" % NINES,
    "half.md": b'---\ntitle: "\\uD800"\n---\n\nWords of a text are here.\n',
    "deep.json": b'{"documents": [' + b"[" * 100_000,
    "deep.html": b"<html><body>" + b"<div>" * 100_000 + b"<p>x",
    "deep.xml": b"<article>" + b"<sec>" * 100_000,
    "bad.zip": b"PK\x03\x04" + os.urandom(0) + bytes(range(256)) * 8,
    "bad2.zip": _zip({"a.txt": b"x" * 99}).replace(b"PK\x03\x04", b"PK\x03\x05"),
    "bad3.zip": _zip({"a.txt": b"x" * 99})[:-10],
    "bad.tar": b"a" * 257 + b"ustar" + b"\xff" * 2_000,
    "bad.gz": b"\x1f\x8b\x08\xff" + bytes(range(256)),
    "bad.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 4,
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_raises_what_is_said_of_it_and_no_more(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    _, errors = outcome(tmp_path / name)
    for error in errors:
        assert error.__cause__ is None, f"nobody foresaw it: {error}"
        assert str(error).startswith(str(tmp_path / name))
        str(error).encode()


def special(folder: Path) -> list[Path]:
    """What a folder may hold that is no file, or can't be opened."""
    os.mkfifo(folder / "pipe.txt")
    (folder / "dangling.txt").symlink_to(folder / "nowhere")
    (folder / "round.txt").symlink_to(folder / "round.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket must be short
    try:
        listening.bind("socket.txt")
    finally:
        os.chdir(here)
        listening.close()
    return [folder / f"{name}.txt" for name in ("dangling", "device", "pipe", "round", "socket")]


def test_all_kinds_of_bad_files_are_named_and_the_rest_is_built(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    specials = special(texts)
    for name, content in BAD.items():
        (texts / name).write_bytes(content)
    odd = os.fsencode(texts / "odd") + b"\xff\xfe.txt"
    Path(os.fsdecode(odd)).write_text(GOOD.replace("Good", "Odd"))
    for number in range(3):
        (texts / f"{'amz'[number]}-good.txt").write_text(GOOD.replace("Good", f"Good {number}"))
    with Store.open(tmp_path / "store") as store:
        summary = build([texts], store, Options(ontology(tmp_path / "ontology")), workers=1)
        assert {"a-good", "m-good", "z-good", "odd\\xff\\xfe"} <= set(store.article_ids())
    for path in specials:
        assert any(line.startswith(f"{path}: ") for line in summary.skipped), path
    named = [name for name in BAD if any(str(texts / name) in line for line in summary.skipped)]
    assert len(named) > len(BAD) - 6  # some of them can be read after all
    for line in summary.skipped:
        line.encode()


def test_what_is_no_file_is_told_where_it_is_named(tmp_path: Path) -> None:
    for path in special(tmp_path):
        with pytest.raises(ArticleError, match=r"neither a file nor a folder|no such file|not a file|symbolic links"):
            list(read(find([path])[0]))


def test_a_process_that_dies_takes_one_file_with_it(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(GOOD)
    with Reader(ontology(tmp_path / "ontology")) as reader:
        first = reader.read(tmp_path / "a.txt")
        assert reader._process
        os.kill(reader._process.pid, signal.SIGKILL)
        (error,) = first
        assert error.kind == "error" and "SIGKILL" in str(error.what)
        for name in ("b", "c"):
            assert [event.kind for event in reader.read(tmp_path / f"{name}.txt")] == ["article"]


def test_a_file_that_takes_too_long_or_too_much_is_ended(tmp_path: Path) -> None:
    words = tmp_path / "long.txt"
    words.write_text("Many words\n\n" + "These are words of mesenchymal stem cells in lupus.\n" * 200_000)
    (tmp_path / "good.txt").write_text(GOOD)
    for limits, reason in (
        (Reading(seconds=0.05), "more than 0.05 seconds"),
        (Reading(memory=230 << 20), "memory"),
    ):
        with Reader(ontology(tmp_path / f"ontology-{limits.memory}"), limits) as reader:
            (event,) = reader.read(words)
            assert event.kind == "error" and reason in str(event.what)


def test_an_article_whose_claims_take_too_long_is_named_and_may_be_read_later(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("Many words\n\n" + "These are words of mesenchymal stem cells in lupus.\n" * 2_000)
    options = Options(ontology(tmp_path / "ontology"))
    with Store.open() as store:
        summary = build([long], store, options, workers=1, limits=Reading(article=0.01))
        assert (summary.articles, store.article_count()) == (0, 0)
        assert [line.rpartition(": ")[2] for line in summary.skipped] == [
            "finding its claims takes more than 0.01 seconds"
        ]
        assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
        assert build([long], store, options, workers=1).articles == 1


def test_whoever_stops_listening_may_go_on_with_another_file(tmp_path: Path) -> None:
    many = tmp_path / "many.zip"
    many.write_bytes(_zip({f"{number}.txt": GOOD.replace("Good", str(number)).encode() for number in range(500)}))
    with Reader(ontology(tmp_path / "ontology")) as reader:
        next(reader.read(many))
        assert sum(event.kind == "article" for event in reader.read(many)) == 500


def test_standard_input_is_read_by_the_process_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    with Reader(ontology(tmp_path / "ontology")) as reader:
        (event,) = reader.read(Path("-"))
    assert event.kind == "article" and getattr(event.what, "id", "") == "stdin"


# 10. Reading whose time grows with the square


def pubmed(inside: str, times: int) -> bytes:
    article = f"<Article><ArticleTitle>T</ArticleTitle><Abstract>{inside * times}</Abstract></Article>"
    return (
        "<?xml version='1.0'?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version='1'>7</PMID>"
        f"{article}</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    ).encode()


def page(inside: str, times: int) -> bytes:
    return (
        "<html><head><script type='application/ld+json'>" + json.dumps([[]] * times) + "</script></head>"
        f"<body><p>Some words of a page, long enough to be a paragraph of it.</p>{inside * times}</body></html>"
    ).encode()


GROWING: dict[str, Callable[[int], bytes]] = {
    "AbstractText": lambda times: pubmed("<AbstractText>", times),
    "AbstractText of words": lambda times: pubmed("<AbstractText>a</AbstractText>", times),
    "ReferenceList": lambda times: pubmed("<ReferenceList>", times),
    "PMID": lambda times: pubmed("<PMID", times),
    "linked data": lambda times: page("", times),
    "links": lambda times: page("<a>x</a>", times),
    "spans": lambda times: page("<span>x <b>y</b></span>", times),
    "metas": lambda times: page("<meta name=citation_author content=x>", times),
    "headings": lambda times: page("<h1>x</h1>", times),
    "entries": lambda times: json.dumps({"resultList": {"result": [1] * times}}).encode(),
    "lists": lambda times: b'{"documents": []' * times,
    "commas": lambda times: b'{"documents": [' + b"," * times,
    "spaces": lambda times: b" " * times,
    "lines": lambda times: b"a\n" * times,
    "list items": lambda times: b"- a\n" * times,
    "rules": lambda times: b"---\n" * times,
    "quotes": lambda times: b"> " * times,
    "brackets": lambda times: b"(" * times,
    "dates": lambda times: b"Published On May 3, 2024\n\nWords.\n\n" * times,
}


@pytest.mark.parametrize("what", GROWING)
def test_reading_takes_time_that_grows_with_the_file(tmp_path: Path, what: str) -> None:
    path = tmp_path / "file"

    def take(content: bytes) -> None:
        path.write_bytes(content)
        outcome(path)

    grows_linearly(GROWING[what], take, 2_000)


def test_splitting_an_answer_of_pubmed_is_linear() -> None:
    grows_linearly(lambda n: pubmed("<ReferenceList>", n), lambda data: list(split(io.BytesIO(data), "x")), 20_000)


# Smaller


@pytest.mark.parametrize(
    ("name", "shown"), [("a\udcff", "a\\xff"), ("é", "é"), ("\ud800", "\\ud800"), ("plain", "plain")]
)
def test_names_can_be_shown(name: str, shown: str) -> None:
    assert readable(name) == shown


def test_only_encodings_of_texts_are_encodings() -> None:
    assert text_encoding("latin-1") == "iso8859-1"
    for encoding in ENCODINGS:
        with pytest.raises(LookupError):
            text_encoding(encoding)


def test_limits_of_reading_are_settings() -> None:
    assert changed(Reading(), ["seconds=2.5", "memory=5"]) == Reading(seconds=2.5, memory=5)
    for wrong in ("hours=1", "seconds=0", "memory=many", "seconds=nan"):
        with pytest.raises(ValueError, match=r"limit|number above zero"):
            changed(Reading(), [wrong])


def test_time_is_counted_only_while_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    with Reader(ontology(tmp_path / "ontology"), Reading(seconds=5)) as reader:
        list(reader.read(tmp_path / "a.txt"))
        time.sleep(0.1)
        assert [event.kind for event in reader.read(tmp_path / "a.txt")] == ["article"]
