"""The documentation: every class of ours has a page, every link leads somewhere, nothing is loaded from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg import paths
from kg.articles import Article
from kg.catalogue import Catalogue
from kg.claim import Claim
from kg.cli import app
from kg.docs import write
from kg.docs.pages import kind_name
from kg.ontology import load_checks
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("docs") / "not" / "there yet"
    pages = write(target)
    assert pages == len(list(target.rglob("*.html")))
    return target


class Page(HTMLParser):
    """The links of a page, its anchors, and what a browser would load for it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in named:
            self.anchors.add(named["id"])
        if tag == "a":
            self.links.append(named["href"])
        elif tag == "link":
            self.loaded.append(named["href"])
        else:
            self.loaded += [value for name, value in named.items() if name in ("src", "srcset", "data", "href")]


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[Path, Page]:
    return {file: Page(file) for file in folder.rglob("*.html")}


def test_every_class_of_ours_has_a_page(folder: Path) -> None:
    ours = [t.id.partition(":")[2] for t in Vocabulary.load().terms.values() if t.id.startswith("stemkg:") and t.kinds]
    assert len(ours) > 400
    assert {file.stem for file in (folder / "terms").iterdir()} == set(ours)


def test_links_within_lead_somewhere(folder: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for file, page in pages.items():
        for link in page.links:
            if not re.match(r"https?://", link):
                name, _, anchor = link.partition("#")
                target = (file.parent / name).resolve() if name else file
                if target not in pages or (anchor and anchor not in pages[target].anchors):
                    broken.append((file.name, link))
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    for page in pages.values():
        assert "script" not in page.tags
        assert all(re.fullmatch(r"data:,|(\.\./)*style\.css", one) for one in page.loaded), page.loaded
    assert "url(" not in (Path(__file__).parent.parent / "kg" / "docs" / "style.css").read_text()


def test_a_term_of_another_ontology_links_to_its_own_page(pages: dict[Path, Page]) -> None:
    links = {link for page in pages.values() for link in page.links}
    assert "http://purl.obolibrary.org/obo/CL_0000134" in links
    assert "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:5992" in links


def test_a_page_says_what_a_term_is(folder: Path) -> None:
    text = (folder / "terms" / "BirthTissueMesenchymalStemCell.html").read_text("utf-8")
    words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "mesenchymal stem cell and derives from some birth tissue" in words
    assert "inferred to be mesenchymal stem cell" in words
    assert "<svg" in text and "mesenchymal stem cell of umbilical cord" in words


def test_mechanisms_show_their_tree_and_their_mappings(folder: Path) -> None:
    tree = (folder / "kinds" / "mechanism.html").read_text("utf-8")
    positions = {name: int(x) for x, name in re.findall(r'<text x="(\d+)"[^>]*>([^<]+)</text>', tree)}
    assert positions["mechanism of action"] < positions["tissue repair"] < positions["cartilage repair"]
    assert "GO:0001503" in (folder / "terms" / "BoneFormation.html").read_text("utf-8")


def test_relations_and_queries_are_there(folder: Path, pages: dict[Path, Page]) -> None:
    from kg.claim import PREDICATES

    assert set(PREDICATES) <= pages[folder / "relations.html"].anchors
    names = {file.stem for file in (folder / "queries").iterdir()} - {"index"}
    assert names == {query.name for query in Catalogue.load()}
    query = (folder / "queries" / "treatments.html").read_text("utf-8")
    assert "SELECT" in query and "--disease" in query


def test_words_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    for name in ("stemkg.ttl", "inferred.ttl"):
        text = (paths.ONTOLOGY / name).read_text("utf-8")
        (tmp_path / "ontology" / name).write_text(text.replace('"homing"', '"<script>alert(1)</script>"'), "utf-8")
    write(tmp_path / "docs", tmp_path / "ontology")
    text = (tmp_path / "docs" / "terms" / "Homing.html").read_text("utf-8")
    assert "<script>" not in text and "&lt;script&gt;" in text


def test_the_command_writes_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", str(tmp_path / "docs")])
    assert result.exit_code == 0
    assert (tmp_path / "docs" / "index.html").is_file()
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert CliRunner().invoke(app, ["docs", str(blocked)]).exit_code == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [("cell", "cells"), ("adverse_event", "adverse events"), ("process", "processes"), ("evidence", "evidence")],
)
def test_kinds_in_words(kind: str, words: str) -> None:
    assert kind_name(kind) == words


def test_with_a_store_terms_tell_how_many_claims_use_them(tmp_path: Path) -> None:
    store = Store.open()
    article = Article("a", "x" * 400, title="A note", sha256="0" * 64)
    claims = [
        Claim("a", 0, 9, "CL:0000134", "acts_via", "stemkg:AntiInflammation"),
        Claim("a", 20, 30, "CL:0000134", "acts_via", "stemkg:Immunomodulation"),
    ]
    store.begin()
    store.stage([Staged.of("a", "", "", article_quads(article, claims, build=build_node(Vocabulary.load())))])
    store.commit()
    write(tmp_path / "docs", store=store, pages="http://127.0.0.1:8000/")
    above, below, unused = (
        (tmp_path / "docs" / "terms" / f"{name}.html").read_text("utf-8")
        for name in ("Immunomodulation", "AntiInflammation", "Homing")
    )
    link = '<a href="http://127.0.0.1:8000/claims?term=stemkg:{}">{}</a> of 1 article'
    assert link.format("Immunomodulation", "2 claims") + ", 1 of them by this very term" in above
    assert link.format("AntiInflammation", "1 claim") + "</dd>" in below
    assert "none yet" in unused
    kinds = (tmp_path / "docs" / "kinds" / "cell.html").read_text("utf-8")
    assert re.search(r'href="http://127.0.0.1:8000/claims\?term=CL:0000134"[^>]*>2 claims</a>', kinds)


def test_the_report_names_every_check_and_links_to_what_it_found(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    assert all(f">{one.name}<" in text for one in load_checks())
    assert 'id="missing_superclass"' in text and 'href="terms/' in text


def test_without_a_store_nothing_is_counted(folder: Path) -> None:
    assert "in claims" not in (folder / "terms" / "Immunomodulation.html").read_text("utf-8")
