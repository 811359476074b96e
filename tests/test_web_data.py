"""Linked data: each IRI of the graph is a page to a browser, and RDF to who asks for it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
import rdflib
from web_fixture import Server, add, make, serving, site

from kg import paths
from kg.exports import about
from kg.namespaces import STEMKG, expand

HTACCESS = paths.ONTOLOGY / ".htaccess"
FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site(make(tmp_path_factory.mktemp("data")))) as running:
        yield running


def said(server: Server, path: str, media: str = "text/turtle") -> set[ox.Triple]:
    answer = server.ask(path, accept=media)
    assert (answer.status, answer.media) == (200, media), path + answer.text
    return {quad.triple for quad in ox.parse(answer.body, format=FORMATS[media])}


def nodes(server: Server) -> set[str]:
    """Every IRI of ours in the graph."""
    rows = server.ask("/sparql", {"query": "SELECT DISTINCT ?s { ?s ?p ?o }"}, accept="text/csv").text.split()[1:]
    return {iri for iri in rows if iri.startswith(STEMKG)}


def test_every_node_of_the_graph_is_there_as_rdf(server: Server) -> None:
    found = nodes(server)
    assert any("/finding/" in iri for iri in found) and any("/build/" in iri for iri in found)
    for iri in sorted(found):
        assert any(str(triple.subject) == f"<{iri}>" for triple in said(server, "/" + iri.removeprefix(STEMKG))), iri


def sent_on(path: str) -> str:
    """Where the rules for w3id.org send a path on to, by the first of them that fits, as Apache has it."""
    for pattern, target in re.findall(r"^RewriteRule (\S+) (\S+) \[R=303,L", HTACCESS.read_text("utf-8"), re.MULTILINE):
        if match := re.search(pattern, path):
            return str(target).replace("$1", match[1] if match.lastindex else "")
    return ""


def test_w3id_sends_every_iri_to_its_place_at_a_server(server: Server) -> None:
    place = sent_on("")
    assert place.startswith("https://") and server.ask("/").status == 200
    for iri in nodes(server):
        assert sent_on(iri.removeprefix(STEMKG)) == place + iri.removeprefix(STEMKG)


@pytest.mark.parametrize("media", FORMATS)
def test_a_claim_is_said_alike_in_every_format(server: Server, media: str) -> None:
    claim = "/claim/" + server.site.index.claims[0].id
    assert said(server, claim, media) == said(server, claim) != set()
    assert ox.NamedNode(STEMKG + "Claim") in {triple.object for triple in said(server, claim)}


def test_a_browser_gets_pages_that_tell_of_the_rdf(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    claim = server.site.index.claims[0].id
    for path in (f"/claim/{claim}", "/term/CL:0000134", "/article/own-trial"):
        for accept in (browser, "*/*", ""):
            answer = server.ask(path, accept=accept)
            assert (answer.status, answer.media) == (200, "text/html")
        assert 'rel="alternate"; type="text/turtle"' in answer.headers["link"] and answer.headers["vary"].startswith(
            "Accept"
        )
        assert said(server, path)  # and what is kept of the page is not what a program gets
    finding = next(iri for iri in nodes(server) if "/finding/" in iri).removeprefix(STEMKG)
    term = next(id for id in server.site.vocabulary.terms if id.startswith("stemkg:")).removeprefix("stemkg:")
    for path, to in ((f"/{finding}", "/claims?"), (f"/{term}", f"/term/stemkg:{term}"), ("/ontology", "/about")):
        answer = server.ask(path, accept=browser)
        assert answer.status == 303 and unquote(answer.headers["location"]).startswith(to)


def test_the_ontology_and_terms_of_others_are_rdf(server: Server) -> None:
    assert ox.NamedNode(STEMKG + "ontology") in {triple.subject for triple in said(server, "/ontology")}
    assert {triple.subject for triple in said(server, "/term/CL:0000134")} == {ox.NamedNode(expand("CL:0000134"))}


@pytest.mark.parametrize(
    "path", ["/claim/0000", "/NoSuchTerm", "/term/CL:9999999", "/build/none", "/claim/a%20%3E%20b"]
)
def test_what_is_not_there_is_not_found(server: Server, path: str) -> None:
    assert server.ask(path, accept="text/turtle").status == 404


def test_graphs_are_read_by_the_graph_store_protocol(server: Server) -> None:
    article = STEMKG + "article/own-trial"
    answer = server.ask("/graph-store", {"graph": article}, accept="text/turtle")
    whole = server.ask("/graph-store?default", accept="application/n-triples")
    assert 0 < len(list(ox.parse(answer.body, format=ox.RdfFormat.TURTLE))) < len(whole.body.splitlines())
    assert server.ask("/graph-store", {"graph": "http://foreign.example/"}, accept="text/turtle").status == 404
    assert server.ask("/graph-store", accept="text/turtle").status == 400
    for method in ("PUT", "POST", "DELETE"):
        assert server.ask(f"/graph-store?graph={article}", method=method, body=b"").status == 405


def test_sparql_examples_name_this_endpoint(server: Server) -> None:
    found = said(server, "/.well-known/sparql-examples")
    targets = [triple for triple in found if triple.predicate.value == "https://schema.org/target"]
    assert len(targets) == len(server.site.catalogue)
    assert {str(triple.object) for triple in targets} == {f"<{server.url}/sparql>"}


def embedded(server: Server, path: str) -> dict[str, Any]:
    """What a page says of itself by schema.org."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', server.ask(path).text, re.DOTALL)
    said: dict[str, Any] = json.loads(text)
    # Every name is one of schema.org's, with a vocabulary that needs no network.
    graph = rdflib.Graph().parse(
        data=json.dumps(said | {"@context": {"@vocab": "https://schema.org/"}}), format="json-ld"
    )
    assert (rdflib.URIRef(said["@id"]), rdflib.RDF.type, rdflib.URIRef(f"https://schema.org/{said['@type']}")) in graph
    return said


def test_pages_say_what_they_are_about_to_search_engines(server: Server) -> None:
    for path in ("/", "/about"):
        told = embedded(server, path)
        assert told["@type"] == "Dataset" and told["license"] == about.LICENCE and told["distribution"]
    article = embedded(server, "/article/own-trial")
    assert article["@type"] == "ScholarlyArticle" and article["@id"] == STEMKG + "article/own-trial"
    id = re.findall(r'href="/claim/([0-9a-f]{32})"', server.ask("/article/own-trial").text)[0]
    claim = embedded(server, f"/claim/{id}")
    assert claim["@type"] == "Claim" and claim["appearance"]["@id"] == article["@id"]
    assert claim["name"] and claim["claimInterpreter"]["name"] == about.TITLE


def test_what_is_embedded_can_not_end_its_element(tmp_path: Path) -> None:
    place = make(tmp_path)
    add(place, "evil", [], title="</script><script>alert(1)</script>")
    with serving(site(place)) as running:
        text = running.ask("/article/evil").text
        assert "<script>alert" not in text
        assert embedded(running, "/article/evil")["name"] == "</script><script>alert(1)</script>"
