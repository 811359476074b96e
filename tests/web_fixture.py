"""A small graph on disk with texts at hand, and a server of it on loopback, for the tests of the endpoint and pages."""

import contextlib
import http.client
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from query_fixture import FOLDER, fixture

from kg.articles import read
from kg.claim import Claim
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.texts import Texts
from kg.vocabulary import Vocabulary
from kg.web.limits import Limits
from kg.web.serving import configured
from kg.web.site import Site

#: An article with a text at hand, whose title tries to be markup.
TEXT = """---
title: "<script>alert(1)</script> & cells"
publisher: Own Press
date: 2024-05-06
evidence: RandomizedTrial
---

# Cells in lupus

A first sentence says nothing. Umbilical-cord MSCs did not improve lupus nephritis. They were given by vein.
"""
SENTENCE = "Umbilical-cord MSCs did not improve lupus nephritis."
HOSTILE = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def make(folder: Path) -> Path:
    """Write the store and the texts into a folder; returns the store's."""
    texts, place = folder / "texts", folder / "store"
    texts.mkdir(parents=True)
    (texts / "own-trial.md").write_text(TEXT, "utf-8")
    vocabulary, memory = fixture()
    build = build_node(vocabulary)
    (article,) = read(texts / "own-trial.md")
    start = article.text.index(SENTENCE)
    claim = Claim(
        article.id, start, start + len(SENTENCE), "CL:0002569", "treats", "MONDO:0005556", "MONDO:0005556", "negative",
        evidence="RandomizedTrial", basis="finding", qualifiers=(("route", "stemkg:Intravenous"),),
        confidence=0.9, rule="denied",
    )  # fmt: skip
    with Store.open(place) as store:
        store.begin()
        store.stage(Staged.of(id, "", "", memory.quads(id)) for id in memory.article_ids())
        store.stage([Staged.of(article.id, "", "", article_quads(article, [claim], build=build))])
        store.commit(vocabulary)
    return place


def add(place: Path, id: str, claims: list[Claim], title: str = "Another article") -> None:
    """Commit one more article to a store."""
    from kg.articles import Article

    vocabulary = Vocabulary.load(FOLDER / "ontology")
    article = Article(id, "x" * 2000, title=title, issued="2025")
    with Store.open(place) as store:
        store.begin()
        store.stage([Staged.of(id, "", "", article_quads(article, claims, build=build_node(vocabulary)))])
        store.commit(vocabulary)


def site(place: Path, limits: Limits | None = None, *, cors: bool = False, curator: str = "") -> Site:
    """The site of a store made by `make`."""
    texts = Texts([place.parent / "texts"])
    return Site(place, limits or Limits(), FOLDER / "ontology", texts=texts, cors=cors, curator=curator)


@dataclass
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True)
class Server:
    """A server on loopback."""

    port: int
    site: Site

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        path: str,
        parameters: dict[str, str] | list[tuple[str, str]] | None = None,
        *,
        method: str = "GET",
        body: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """Send one request; header names have underscores for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if parameters:
            path += "?" + urlencode(parameters)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, found, response.read())
        connection.close()
        return answer

    def page(self, path: str, parameters: dict[str, str] | None = None) -> Answer:
        """Ask for a page as a browser does."""
        return self.ask(path, parameters, accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")


@contextlib.contextmanager
def serving(site: Site) -> Iterator[Server]:
    """Serve a site from a thread on a free port of loopback."""
    server = uvicorn.Server(configured(site, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield Server(server.servers[0].sockets[0].getsockname()[1], site)
    finally:
        server.should_exit = True
        thread.join()


def copy(place: Path, folder: Path) -> Path:
    """A copy of a made store and its texts, to be changed."""
    shutil.copytree(place.parent, folder)
    return folder / place.name
