"""Corrections on the pages: only for the curator whose server it is, only from its own forms, and honoured at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from web_fixture import Answer, Server, make, serving, site

from kg.cli import run
from kg.curation import FILE, Corrections

FORM = "application/x-www-form-urlencoded"
LUPUS = "MONDO:0007915"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(site(make(tmp_path), curator="A. Curator")) as running:
        yield running


def own(server: Server) -> str:
    """The claim of the article that the fixture adds."""
    return next(stated.id for stated in server.site.index.claims if stated.claim.doc == "own-trial")


def judge(server: Server, id: str, token: str | None = None, *, sent: str = "", by: str = "", **said: str) -> Answer:
    """Send a judgement; `sent` and `by` are the headers that browsers add (Sec-Fetch-Site and Origin)."""
    body = urlencode({"token": server.site.token if token is None else token, **said}).encode()
    headers = {name: value for name, value in (("sec_fetch_site", sent), ("origin", by)) if value}
    return server.ask(
        f"/claim/{id}/judgement", None, method="POST", body=body, content_type=FORM, accept="text/html", **headers
    )


def test_a_claim_is_wrong_at_once_and_right_again(server: Server) -> None:
    id = own(server)
    page = server.page(f"/claim/{id}")
    assert f'action="/claim/{id}/judgement"' in page.text and server.site.token in page.text
    before = len(server.site.index.claims)
    answer = judge(server, id, verdict="wrong", why="of a plan")
    assert answer.status == 303 and answer.headers["location"] == "/corrections"
    assert server.page(f"/claim/{id}").status == 404
    assert len(server.site.index.claims) == before - 1
    # It stands where `kg curate` writes, in the name of the curator, and what asks the graph knows it too.
    (kept,) = Corrections.read(server.site.folder / FILE).by_article["own-trial"].values()
    assert (kept.who, kept.verdict, kept.why) == ("A. Curator", "wrong", "of a plan")
    asked = "ASK { ?claim stemkg:judgement 'wrong' }"
    assert '"boolean":true' in server.ask("/sparql", {"query": asked}, accept="application/json").text
    listed = server.page("/corrections").text
    assert "of a plan" in listed and "Right after all" in listed

    answer = judge(server, id, verdict="right", why="taken back")
    assert answer.headers["location"] == f"/claim/{id}"
    page = server.page(f"/claim/{id}")
    assert page.status == 200 and "A. Curator said on" in page.text
    assert len(server.site.index.claims) == before


def test_a_claim_is_changed(server: Server) -> None:
    id = own(server)
    assert judge(server, id, verdict="change", polarity="positive", object="nothing known").status == 400
    assert not (server.site.folder / FILE).exists()
    assert judge(server, id, verdict="change", object=LUPUS, polarity="positive").status == 303
    (changed,) = [stated.claim for stated in server.site.index.claims if stated.claim.doc == "own-trial"]
    assert (changed.object, changed.polarity, changed.rule) == (LUPUS, "positive", "curated")
    assert "to be changed" not in server.page("/corrections").text and ">change<" in server.page("/corrections").text


@pytest.mark.parametrize(
    ("token", "sent", "by"),
    [
        ("", "", ""),
        ("guessed", "", ""),
        ("ügly", "", ""),
        (None, "cross-site", ""),
        (None, "same-site", ""),
        (None, "", "https://example.org"),
        (None, "", "null"),
    ],
)
def test_no_other_site_can_judge(server: Server, token: str | None, sent: str, by: str) -> None:
    answer = judge(server, own(server), token, sent=sent, by=by, verdict="wrong")
    assert answer.status == 403
    assert not (server.site.folder / FILE).exists()


def test_what_is_no_judgement_is_told_and_nothing_is_written(server: Server) -> None:
    assert judge(server, own(server), verdict="perhaps").status == 400
    assert judge(server, "0" * 32, verdict="wrong").status == 400
    assert judge(server, own(server), verdict="wrong", why="x" * 2_000_000).status == 413
    assert server.ask(f"/claim/{own(server)}/judgement").status == 405
    assert not (server.site.folder / FILE).exists()
    # Fields that were filled in before another verdict was chosen say nothing; a long reason is cut.
    assert judge(server, own(server), verdict="wrong", object="lupus", why="x" * 5_000).status == 303
    (kept,) = Corrections.read(server.site.folder / FILE).by_article["own-trial"].values()
    assert kept.new_object == "" and len(kept.why) == 1_000


def test_nobody_corrects_where_no_curator_is_named(tmp_path: Path) -> None:
    with serving(site(make(tmp_path))) as server:
        id = own(server)
        assert "judgement" not in server.page(f"/claim/{id}").text
        assert server.page("/corrections").status == 404
        assert judge(server, id, verdict="wrong").status == 404
        assert not (server.site.folder / FILE).exists()


def test_a_curator_goes_with_no_server_that_other_sites_may_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["serve", "--curator", "A. Curator", "--store", str(tmp_path / "none"), "--get", "/"]
    assert run([*command, "--cors"]) == 2
    assert run([*command, "--name", "*"]) == 2
    assert len(re.findall("a page of any site could judge", capsys.readouterr().err)) == 2


def test_a_store_that_is_being_written_is_told(server: Server) -> None:
    from kg.store import Store

    with Store.open(server.site.folder):
        answer = judge(server, own(server), verdict="wrong")
    assert answer.status == 409 and "another process is writing" in answer.text
