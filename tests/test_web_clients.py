"""Programs of other people talk to the endpoint."""

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jena import class_path
from web_fixture import Server, make, serving, site

QUERY = "SELECT ?claim WHERE { ?claim a <https://w3id.org/stemkg/Claim> } ORDER BY ?claim"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site(make(tmp_path_factory.mktemp("clients")))) as server:
        yield server


def claims(server: Server) -> list[str]:
    return sorted(f"https://w3id.org/stemkg/claim/{stated.id}" for stated in server.site.index.claims)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("posted", ["urlencoded", "postdirectly"])
def test_sparqlwrapper(server: Server, method: str, posted: str) -> None:
    wrapper: Any = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed (extra 'dev')")
    client = wrapper.SPARQLWrapper(server.url + "/sparql")
    client.setMethod(method)
    client.setRequestMethod(posted)
    client.setQuery(QUERY)
    client.setReturnFormat(wrapper.JSON)
    rows = client.queryAndConvert()["results"]["bindings"]
    assert [row["claim"]["value"] for row in rows] == claims(server)
    client.setReturnFormat(wrapper.XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == len(rows)
    client.setReturnFormat(wrapper.CSV)
    assert client.queryAndConvert().decode().count("\r\n") == len(rows) + 1
    client.setQuery("CONSTRUCT { ?c a ?t } WHERE { ?c a stemkg:Claim ; a ?t } LIMIT 5")
    client.setReturnFormat(wrapper.TURTLE)
    assert b"https://w3id.org/stemkg/" in client.queryAndConvert()
    client.setReturnFormat(wrapper.RDFXML)
    assert len(client.queryAndConvert()) == 5
    client.setReturnFormat(wrapper.JSONLD)
    assert len(client.queryAndConvert()) == 5


def test_rdflib_asks_it_as_a_service(server: Server) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    rows: Any = SPARQLStore(server.url + "/sparql").query(QUERY)
    assert sorted(str(row[0]) for row in rows) == claims(server)


def test_curl(server: Server) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on this machine")
    command = ["curl", "-sf", "--data-urlencode", f"query={QUERY}", "-H", "Accept: text/csv", server.url + "/sparql"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [row["claim"] for row in csv.DictReader(io.StringIO(text))] == claims(server)
    update = ["curl", "-s", "-o", os.devnull, "-w", "%{http_code}", "-d", "update=CLEAR ALL", server.url + "/sparql"]
    assert subprocess.run(update, capture_output=True, text=True, check=True).stdout == "403"


def test_jena(server: Server, tmp_path: Path) -> None:
    java = ["java", "-Xmx500m", "-Dfile.encoding=UTF-8", "-cp", class_path(tmp_path), "arq.rsparql"]
    command = [*java, "--service", server.url + "/sparql", "--results", "JSON", QUERY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [row["claim"]["value"] for row in json.loads(done.stdout)["results"]["bindings"]] == claims(server)
