"""The pages, as a browser gets them from a server."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from query_fixture import FOLDER
from web_fixture import SENTENCE, Server, add, copy, make, serving, site

from kg.catalogue import Catalogue
from kg.claim import Claim
from kg.cli import run
from kg.web.index import Mark
from kg.web.offline import file_of
from kg.web.pages import _nearest
from kg.web.publishing import PublishingError, write_site
from kg.web.serving import get

LUPUS, NEPHRITIS, CORD, MSC = "MONDO:0007915", "MONDO:0005556", "CL:0002569", "CL:0000134"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Server]:
    with serving(site(place)) as server:
        yield server


class Page(HTMLParser):
    """What a page holds: its text, its links, and whatever a strict policy forbids."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.forbidden: list[str] = []
        self.ids: list[str] = []
        self._inside = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Data in a page, as against a script, is run by nobody.
        self._inside = "" if ("type", "application/ld+json") in attrs else tag
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.forbidden.append(f"{tag} {name}")
            if name in ("href", "src", "action") and value:
                self.links.append(value)
            if name == "id" and value:
                self.ids.append(value)

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and data.strip():
            self.forbidden.append(data)
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(server: Server, path: str, status: int = 200) -> Page:
    answer = server.page(path)
    assert answer.status == status, (path, answer.text[:300])
    assert answer.media == "text/html"
    return Page(answer.text)


def own_claim(server: Server) -> str:
    """The id of the claim whose text is at hand."""
    return next(stated.id for stated in server.site.index.claims if stated.claim.doc == "own-trial")


def everywhere(server: Server) -> list[str]:
    """An address of each kind of page."""
    return [
        "/", "/?map=mechanisms", "/?map=drugs&evidence=MetaAnalysis", f"/claims?subject={MSC}&object={LUPUS}",
        f"/claim/{own_claim(server)}", "/terms", "/terms?q=lupus", f"/term/{MSC}", f"/term/{LUPUS}", "/articles",
        "/article/own-trial", "/article/als-note%232", f"/compare?a={MSC}&b=CL:0000037", "/compare", "/queries",
        "/query/treatments", "/query/treatments?disease=lupus", "/sparql", "/sparql?query=ASK%20%7B%7D", "/try",
        "/about",
    ]  # fmt: skip


def test_pages_hold_nothing_that_the_policy_forbids(server: Server) -> None:
    for path in everywhere(server):
        answer = server.page(path)
        found = Page(answer.text)
        assert answer.status == 200, path
        assert found.forbidden == [], path
        assert len(set(found.ids)) == len(found.ids), path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        # What a page loads, as against what it links to, comes from this server.
        loads = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]*)"', answer.text)
        assert loads and all(load.startswith("/static/") for load in loads)


def test_no_script_or_style_of_ours_names_another_host(server: Server) -> None:
    for name in ("app.js", "map.js", "sparql.js", "style.css"):
        text = server.ask(f"/static/{name}").text
        assert "http://" not in text and "https://" not in text


def test_every_link_leads_somewhere(server: Server) -> None:
    known: set[str] = set()
    for path in everywhere(server):
        for link in page(server, path).links:
            address = urljoin(path, link).partition("#")[0]
            if urlsplit(address).netloc or address in known:
                continue
            known.add(address)
            assert server.page(address).status == 200, (path, link)
    assert len(known) > 150


def test_titles_and_labels_are_escaped(server: Server) -> None:
    text = server.page("/article/own-trial").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; cells" in text
    evil = "/terms?q=%3Cscript%3Ealert(2)%3C/script%3E"
    assert "<script>alert" not in server.page(evil).text
    query = "/sparql?query=SELECT+(%22%3Cscript%3Ealert(3)%3C/script%3E%22+AS+?x)+%7B%7D"
    assert "<script>alert" not in server.page(query).text


def test_the_map_leads_to_the_claims_behind_a_square(server: Server) -> None:
    shown = page(server, "/")
    wanted = {"predicate=treats", f"subject={CORD}", f"object={NEPHRITIS}"}
    square, *again = [link for link in shown.links if set(link.removeprefix("/claims?").split("&")) == wanted]
    assert again, "the square, and the same among what is disputed"
    claims = page(server, square)
    assert SENTENCE in claims.text
    assert "1 article for" in claims.text and "2 against" in claims.text
    assert "Opposition 1 − (1−0.80)^2 = 0.96" in claims.text
    assert f"/claim/{own_claim(server)}" in claims.links


def test_the_map_folds(server: Server) -> None:
    closed, opened = page(server, "/?rows=none&columns=none"), page(server, "/?rows=MONDO:0007179&columns=none")
    sclerosis = "/term/MONDO:0005301"  # beside the map it is spoken of in any case
    assert "autoimmune disease" in closed.text and sclerosis not in closed.links
    assert sclerosis in opened.links
    unfold = next(link for link in closed.links if link.startswith("/?") and "rows=MONDO" in link)
    assert sclerosis in page(server, unfold).links


def test_the_map_filters(server: Server) -> None:
    assert "Crohn disease" in page(server, "/").text
    assert "Crohn disease" not in page(server, "/?evidence=ClinicalTrial").text
    assert "No claims pass" in page(server, "/?since=2100").text
    square = f"/claims?predicate=treats&subject={CORD}&object={NEPHRITIS}&evidence=RandomizedTrial"
    kept = page(server, "/?evidence=RandomizedTrial")
    assert any(set(square.split("?")[1].split("&")) == set(link.partition("?")[2].split("&")) for link in kept.links)


def test_the_table_behind_the_map(server: Server) -> None:
    answer = server.ask("/map.csv?map=cells")
    assert answer.media == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    (square,) = [row for row in rows if (row["row"], row["column"]) == (NEPHRITIS, CORD)]
    assert (square["articles"], square["articles_against"], square["best_evidence"]) == ("3", "2", "ClinicalTrial")
    assert server.ask("/map.svg").media == "image/svg+xml"
    assert server.page("/?map=nonsense").status == 404


def test_a_claim_shows_its_sentence_in_context_and_its_contrary(server: Server) -> None:
    answer = server.page(f"/claim/{own_claim(server)}")
    assert f"<mark>{SENTENCE}</mark>" in answer.text
    assert "A first sentence says nothing." in answer.text
    shown = Page(answer.text)
    assert "Says so too 2" in shown.text and "Says the contrary 1" in shown.text
    assert "evidence clinical trial (here randomized trial)" in shown.text.lower()
    assert "species" in shown.text


def test_a_text_that_changed_since_is_not_shown(place: Path, tmp_path: Path) -> None:
    other = copy(place, tmp_path / "copy")
    text = other.parent / "texts" / "own-trial.md"
    text.write_text(text.read_text("utf-8").replace("did not improve", "did much improve"), "utf-8")
    ready = site(other)
    (stated,) = [stated for stated in ready.index.claims if stated.claim.doc == "own-trial"]
    assert ready.passage(stated) is None
    status, body = get(ready, f"/claim/{stated.id}")
    assert status == 200 and b"has changed since" in body


def test_a_term_has_its_names_tree_claims_and_neighbours(server: Server) -> None:
    shown = page(server, f"/term/{MSC}")
    for words in ("stem cell", "MSC", "mesenchymal stromal cell", "mesenchymal stem cell of umbilical cord", "IL10"):
        assert words in shown.text
    assert "http://purl.obolibrary.org/obo/CL_0000134" in shown.links
    assert any(link.startswith("/claims?") for link in shown.links)
    assert page(server, "/term/CL:9999999", 404).text
    assert page(server, "/term/stemkg:Cytokine").text


def test_search_goes_by_any_name(server: Server) -> None:
    assert server.page("/terms?q=exosome").headers["location"] == "/term/GO:0070062"
    found = page(server, "/terms?q=lupus")
    assert f"/term/{LUPUS}" in found.links and f"/term/{NEPHRITIS}" in found.links
    assert "Did you mean multiple sclerosis" in page(server, "/terms?q=multipel+sclerosis").text
    (first, *_) = json.loads(server.ask("/terms.json?q=umbil&kind=cell").body)
    assert first["id"] == CORD
    assert json.loads(server.ask("/terms.json?q=umbil&kind=disease").body) == []


def test_an_article_lists_its_claims_in_reading_order(server: Server) -> None:
    shown = page(server, "/article/lupus-review-2023")
    ids = [link.removeprefix("/claim/") for link in shown.links if link.startswith("/claim/")]
    assert ids == [server.site.index.claims[n].id for n in server.site.index.by_article["lupus-review-2023"]]
    assert "retracted" in page(server, "/article/crohn-withdrawn-2013").text


def test_claims_of_retracted_articles_count_nowhere(server: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(server.ask("/claims.csv").text, newline="")))
    assert {row["doc"] for row in rows} & {"crohn-withdrawn-2013"} == set()
    assert len(rows) == sum(not server.site.index.source(n).retracted for n in range(len(server.site.index.claims)))
    as_json = json.loads(server.ask("/claims.json?polarity=negative").body)
    assert as_json and {row["polarity"] for row in as_json} == {"negative"}


def test_comparison_by_name(server: Server) -> None:
    shown = page(server, "/compare?a=MSC&b=hematopoietic+stem+cell")
    assert "Mesenchymal stem cell" in shown.text.capitalize() or "mesenchymal stem cell" in shown.text
    assert "multiple sclerosis" in shown.text
    assert "Did you mean" in page(server, "/compare?a=MSC&b=hematopoetic+stem+cel").text
    direct = page(server, f"/compare?a={CORD}&b=CL:0002540")
    assert "Compared with each other" in direct.text


def test_every_stored_query_is_a_page_with_its_answer(server: Server) -> None:
    listed = page(server, "/queries").links
    for stored in Catalogue.load():
        assert f"/query/{stored.name}" in listed
        shown = page(server, f"/query/{stored.name}")
        assert stored.title in shown.text
        assert "SELECT" in shown.text


def test_a_stored_query_answers_as_page_csv_json_and_sparql(server: Server) -> None:
    shown = page(server, "/query/treatments?disease=autoimmune+disorder")
    assert "mesenchymal stem cell" in shown.text and "MONDO_0007179" in shown.text
    rows = list(
        csv.DictReader(io.StringIO(server.ask("/query/treatments.csv?disease=lupus+nephritis").text, newline=""))
    )
    assert any(row["treatment_id"] == CORD for row in rows)
    answer = server.ask("/query/treatments.json?disease=lupus+nephritis")
    assert len(json.loads(answer.body)["results"]["bindings"]) == len(rows)
    sparql = server.ask("/query/treatments.rq?disease=lupus+nephritis").text
    direct = server.ask("/sparql", {"query": sparql})
    assert len(json.loads(direct.body)["results"]["bindings"]) == len(rows)


def test_a_stored_query_says_what_is_wrong(server: Server) -> None:
    assert "did you mean" in page(server, "/query/treatments?disease=lupsu+nephritis", 400).text
    assert server.ask("/query/treatments.csv?disease=nonsense").status == 400
    assert page(server, "/query/nonsense", 404).text
    assert page(server, "/query/treatments.exe", 404).text


def test_the_editor_runs_without_scripts(server: Server) -> None:
    shown = page(server, "/sparql?query=SELECT+?c+%7B+?c+a+stemkg:Claim+%7D+LIMIT+2")
    assert "2 rows" in shown.text
    assert any("format=csv" in link for link in shown.links)
    assert "A graph" in page(server, "/sparql?query=CONSTRUCT+WHERE+%7B+?c+a+stemkg:Claim+%7D").text
    assert "expected" in page(server, "/sparql?query=SELECT+nonsense", 400).text
    assert "SERVICE is refused" in page(server, "/sparql?query=ASK+%7B+SERVICE+?x+%7B%7D+%7D", 403).text


def test_errors_are_pages_to_people_and_lines_to_programs(server: Server) -> None:
    assert "There is no such page" in page(server, "/nonsense", 404).text
    plain = server.ask("/nonsense")
    assert (plain.status, plain.media, plain.text) == (404, "text/plain", "There is no such page.\n")
    assert server.page("/claim/nonsense").status == 404
    assert server.page("/static/../app.py").status == 404


def test_a_page_that_a_browser_has_is_not_sent_again(server: Server) -> None:
    tag = server.page("/").headers["etag"]
    again = server.ask("/", accept="text/html", if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    assert server.page("/?map=drugs").headers["etag"] != tag


def test_a_server_shows_what_was_committed_meanwhile(place: Path, tmp_path: Path) -> None:
    import asyncio

    other = copy(place, tmp_path / "copy")
    ready = site(other)
    before = len(ready.index.claims)
    assert asyncio.run(ready.refresh()) is False
    add(other, "late", [Claim("late", 0, 9, MSC, "treats", "MONDO:0005011", "MONDO:0005011")], "A late article")
    assert asyncio.run(ready.refresh()) is True
    assert len(ready.index.claims) == before + 1
    status, body = get(ready, "/articles")
    assert status == 200 and b"A late article" in body


def test_what_the_ledger_has_at_hand_is_what_is_in_the_graph(place: Path, tmp_path: Path) -> None:
    other = copy(place, tmp_path / "copy")
    at_hand = site(other).index
    (other / "ledger.sqlite").unlink()
    from_graph = site(other).index
    assert (at_hand.claims, at_hand.sources) == (from_graph.claims, from_graph.sources)


# Without a server


def test_one_page_on_standard_output(place: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    ready = site(place)
    for path in ("/", f"/term/{MSC}", "/query/treatments?disease=lupus", "/map.csv"):
        status, body = get(ready, path)
        assert status == 200 and body
    assert get(ready, "/nonsense")[0] == 404
    command = ["serve", "--ontology", str(FOLDER / "ontology"), "--store"]
    assert run([*command, str(place), "--get", "/map.csv"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"row,row_label,column")
    assert run([*command, str(place), "--get", "/nonsense"]) == 1
    assert run([*command, str(place), "--get", "nonsense"]) == 2
    assert run([*command, str(place / "none"), "--get", "/"]) == 2
    assert run([*command, str(place), "--limit", "rows=none", "--get", "/"]) == 2


def test_a_static_site_is_whole_and_stands_alone(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    # It is written over an earlier one, of which nothing stays, and never over anything else.
    (folder / ".stemkg-site").write_text("old.html\n")
    (folder / "old.html").write_text("")
    told: list[tuple[int, int]] = []
    ready = site(place)
    count = write_site(ready, folder, lambda done, known: told.append((done, known)))
    assert told[-1] == (count, count) and all(done <= known for done, known in told)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert len(files) == count + 1
    assert {"index.html", f"term/{MSC.replace(':', '_')}.html", "static/style.css", "queries.html"} <= files.keys()
    for name, path in files.items():
        if not name.endswith(".html"):
            continue
        found = Page(path.read_text("utf-8"))
        assert found.forbidden == []
        for link in found.links:
            if link.startswith("#"):
                continue
            parts = urlsplit(link)
            if parts.netloc:
                assert link.startswith("http")
                continue
            target = (path.parent / parts.path).resolve().relative_to(folder.resolve()).as_posix()
            assert target in files, (name, link)
    # A page for what claims speak of and for nothing else: none for a claim, a filter, or a group of terms.
    terms = {name for name in files if name.startswith("term/")}
    assert terms == {file_of(f"/term/{id}") for id in ready.index.used}
    assert not any(name.startswith(("claim", "terms/")) for name in files)
    # A file that is none of the site's keeps it from being replaced.
    (folder / "notes.txt").write_text("precious")
    with pytest.raises(PublishingError, match=r"other things in it \(notes.txt\)"):
        write_site(site(place), folder)
    (folder / "notes.txt").unlink()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(PublishingError, match="other things"):
        write_site(site(place), tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "public"]


def test_files_of_different_addresses_differ() -> None:
    addresses = [
        "/article/x%232",
        "/article/x-2",
        "/article/x_2",
        "/article/x%2F2",
        "/claims?a=1",
        "/claims?a=2",
        "/claims",
    ]
    files = [file_of(address) for address in addresses]
    assert len(set(files)) == len(files)
    assert all(".." not in file for file in map(file_of, ["/article/..%2F..%2Fetc", "/article/..", "/a/%2e%2e/b"]))


# A text of the reader's own


def test_try_a_sentence(server: Server) -> None:
    body = b"text=" + b"MSCs+secrete+IL-10.+The+weather+was+fine."
    answer = server.ask(
        "/try", method="POST", body=body, content_type="application/x-www-form-urlencoded", accept="text/html"
    )
    shown = Page(answer.text)
    assert answer.status == 200
    assert f"/term/{MSC}" in shown.links and "/term/HGNC:5962" in shown.links
    assert "fewer than two names" in shown.text
    assert shown.forbidden == []
    huge = server.ask("/try", method="POST", body=b"text=" + b"x" * 2_000_000, accept="text/html")
    assert huge.status == 413


def test_a_disease_is_not_left_out_of_the_neighbours_for_lack_of_room(server: Server) -> None:
    site = server.site

    def mark(articles: int) -> Mark:
        return Mark(sure=set(range(articles)), rank_for=4)

    others = [(id, mark(9)) for id in site.index.below if id != CORD and "disease" not in site.vocabulary.kinds(id)]
    diseases = [(id, mark(1)) for id in site.index.below if "disease" in site.vocabulary.kinds(id)][:5]
    drawn = _nearest(site, CORD, [("treats", others + diseases)])
    assert {id for id, _ in diseases} <= {id for id, _, _ in drawn} and len(drawn) <= 16 < len(others)
