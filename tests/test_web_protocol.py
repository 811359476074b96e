"""The SPARQL 1.1 Protocol, case by case as its specification has them."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_fixture import HOSTILE, Server, make, serving, site

from kg.web.limits import Limits
from kg.web.protocol import negotiate

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ARTICLE = "https://w3id.org/stemkg/article/"
SELECT = "SELECT ?claim WHERE { ?claim a stemkg:Claim } ORDER BY ?claim LIMIT 3"
CONSTRUCT = "CONSTRUCT { ?claim stemkg:subject ?x } WHERE { ?claim a stemkg:Claim ; stemkg:subject ?x } LIMIT 3"
SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place = make(tmp_path_factory.mktemp("protocol"))
    limits = Limits(seconds=2, patience=0.2, body=20_000, rows=2_000)
    with serving(site(place, limits)) as server:
        yield server


def values(body: bytes, name: str = "n") -> list[str]:
    return [row[name]["value"] for row in json.loads(body)["results"]["bindings"]]


# 2.1 query operation


def test_query_by_get(server: Server) -> None:
    answer = server.ask("/sparql", {"query": "ASK {}"})
    assert (answer.status, answer.media) == (200, "application/sparql-results+json")
    assert json.loads(answer.body)["boolean"] is True


def test_query_by_post_of_a_form(server: Server) -> None:
    body = urlencode({"query": "ASK {}"}).encode()
    for content_type in (FORM, FORM + "; charset=UTF-8"):
        answer = server.ask("/sparql", method="POST", body=body, content_type=content_type)
        assert (answer.status, json.loads(answer.body)["boolean"]) == (200, True)


def test_query_by_post_of_itself(server: Server) -> None:
    answer = server.ask("/sparql", method="POST", body=b"ASK {}", content_type=DIRECT)
    assert (answer.status, json.loads(answer.body)["boolean"]) == (200, True)


def test_queries_may_hold_any_text(server: Server) -> None:
    query = 'SELECT ("α–ω 🧬 & = + %" AS ?n) {}'
    asked = (
        server.ask("/sparql", {"query": query}),
        server.ask("/sparql", method="POST", body=urlencode({"query": query}).encode(), content_type=FORM),
        server.ask("/sparql", method="POST", body=query.encode(), content_type=DIRECT),
    )
    assert [values(answer.body) for answer in asked] == [["α–ω 🧬 & = + %"]] * 3


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status"),
    [
        # Those that the protocol's own tests have.
        ("GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", None, None, 400),
        ("POST", "/sparql", b"query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", FORM, 400),
        ("POST", "/sparql", b"query=ASK%20%7B%7D", None, 415),
        ("POST", "/sparql", b"ASK {}", None, 415),
        ("POST", "/sparql", b"ASK {}", "text/plain", 415),
        ("POST", "/sparql", "ASK {}".encode("utf-16"), DIRECT + "; charset=UTF-16", 415),
        ("POST", "/sparql", "ASK { ?s ?p 'ä' }".encode("latin-1"), DIRECT, 400),
        ("POST", "/sparql", b"query=ASK%20%7B%20%3Fs%20%3Fp%20%27%E4%27%20%7D", FORM, 400),
        ("GET", "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%27%E4%27%20%7D", None, None, 400),
        ("PUT", "/sparql?query=ASK%20%7B%7D", None, None, 405),
        ("DELETE", "/sparql?query=ASK%20%7B%7D", None, None, 405),
        ("GET", "/sparql?query=ASK%20%7B", None, None, 400),
        ("GET", "/sparql?query=", None, None, 400),
        ("GET", "/sparql?query=nonsense", None, None, 400),
        ("GET", "/sparql?query=ASK%20%7B%20%3Fs%20unknown%3Ax%20%3Fo%20%7D", None, None, 400),
        ("POST", "/sparql", b"", FORM, 400),
        ("POST", "/sparql?query=ASK%20%7B%7D", b"ASK {}", DIRECT, 400),
        # Nothing is written here, and nothing fetched from elsewhere.
        ("POST", "/sparql", b"update=CLEAR%20ALL", FORM, 403),
        ("POST", "/sparql", b"CLEAR ALL", "application/sparql-update", 403),
        ("GET", "/sparql?update=CLEAR%20ALL", None, None, 403),
        ("GET", "/sparql?query=CLEAR%20ALL", None, None, 403),
        ("POST", "/sparql", b"LOAD <http://127.0.0.1:1/>", DIRECT, 403),
        ("POST", "/sparql", b"PREFIX e: <http://e.org/> INSERT DATA { e:a e:b e:c }", DIRECT, 403),
        ("POST", "/sparql", b"DELETE WHERE { ?s ?p ?o }", DIRECT, 403),
        ("POST", "/sparql", b"SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", DIRECT, 403),
        ("POST", "/sparql", b"ASK { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", DIRECT, 403),
        ("POST", "/sparql", b"SELECT * FROM <http://127.0.0.1:1/x.ttl> { ?s ?p ?o }", DIRECT, 403),
        ("POST", "/sparql", b"SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }", DIRECT, 403),
        ("POST", "/sparql?default-graph-uri=not%20an%20iri", b"ASK {}", DIRECT, 400),
        # Limits.
        ("POST", "/sparql", b"ASK {} #" + b"x" * 20_000, DIRECT, 413),
        ("POST", "/sparql", urlencode({"query": HOSTILE}).encode(), FORM, 504),
        ("POST", "/sparql", b"SELECT * { ?a ?b ?c . ?d ?e ?f }", DIRECT, 507),
    ],
)  # fmt: skip
def test_refusals(
    server: Server, method: str, path: str, body: bytes | None, content_type: str | None, status: int
) -> None:
    headers: dict[str, Any] = {"content_type": content_type} if content_type else {}
    answer = server.ask(path, method=method, body=body, accept="*/*", **headers)
    assert answer.status == status, answer.text
    assert answer.media == "text/plain"
    assert len(answer.text.strip().splitlines()) >= 1
    assert server.ask("/sparql", {"query": "ASK {}"}).status == 200


def test_a_body_without_a_length_is_not_read_for_ever(server: Server) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    pieces = (b"#" * 5_000 for _ in range(20))
    connection.request("POST", "/sparql", pieces, {"Content-Type": DIRECT}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


# 2.1.3 and 2.1.4: the dataset


def count(server: Server, query: str, parameters: list[tuple[str, str]], post: bool = False) -> int:
    pairs = [("query", query), *parameters]
    if post:
        answer = server.ask("/sparql", method="POST", body=urlencode(pairs).encode(), content_type=FORM)
    else:
        answer = server.ask("/sparql", pairs)
    assert answer.status == 200, answer.text
    return int(values(answer.body)[0])


IN_DEFAULT = "SELECT (COUNT(?c) AS ?n) { ?c a stemkg:Claim }"
IN_NAMED = "SELECT (COUNT(?c) AS ?n) { GRAPH ?g { ?c a stemkg:Claim } }"
ONE, TWO = ARTICLE + "lupus-review-2023", ARTICLE + "ms-meta-2022"


def test_a_graph_that_is_not_here_is_an_empty_one_and_an_empty_name_is_none(server: Server) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        assert count(server, IN_DEFAULT, [(name, "http://127.0.0.1:1/x.ttl")]) == 0
        assert count(server, IN_DEFAULT, [(name, "")]) == len(server.site.index.claims)


@pytest.mark.parametrize("post", [False, True])
def test_dataset_of_the_protocol(server: Server, post: bool) -> None:
    everything = len(server.site.index.claims)
    of = {name: len(server.site.index.by_article[name.removeprefix(ARTICLE)]) for name in (ONE, TWO)}
    default, named = "default-graph-uri", "named-graph-uri"
    assert count(server, IN_DEFAULT, [], post) == everything
    assert count(server, IN_NAMED, [], post) == everything
    assert count(server, IN_DEFAULT, [(default, ONE)], post) == of[ONE]
    assert count(server, IN_DEFAULT, [(default, ONE), (default, TWO)], post) == of[ONE] + of[TWO]
    assert count(server, IN_NAMED, [(named, ONE)], post) == of[ONE]
    assert count(server, IN_NAMED, [(named, ONE), (named, TWO)], post) == of[ONE] + of[TWO]
    assert count(server, IN_DEFAULT, [(named, ONE)], post) == 0
    assert count(server, IN_NAMED, [(default, ONE)], post) == 0
    both = "SELECT (COUNT(*) AS ?n) { ?c a stemkg:Claim . GRAPH ?g { ?d a stemkg:Claim } }"
    assert count(server, both, [(default, ONE), (named, TWO)], post) == of[ONE] * of[TWO]


def test_dataset_of_the_query_and_which_goes_first(server: Server) -> None:
    of = {name: len(server.site.index.by_article[name.removeprefix(ARTICLE)]) for name in (ONE, TWO)}
    from_one = IN_DEFAULT.replace("{", f"FROM <{ONE}> {{", 1)
    assert count(server, from_one, []) == of[ONE]
    assert count(server, IN_NAMED.replace("{", f"FROM NAMED <{ONE}> {{", 1), []) == of[ONE]
    assert count(server, from_one, [("default-graph-uri", TWO)]) == of[TWO]
    # What is said beside the query replaces what it says itself, so a graph that is not used may be foreign.
    foreign = IN_DEFAULT.replace("{", "FROM <http://foreign.example/> {", 1)
    assert count(server, foreign, [("default-graph-uri", TWO)]) == of[TWO]


# 2.1.5: what comes back


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/json", "application/json"),
        ("*/*", "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/*", "text/csv"),
    ],
)
def test_rows_in_the_format_asked_for(server: Server, accept: str, media: str) -> None:
    answer = server.ask("/sparql", {"query": SELECT}, accept=accept)
    assert (answer.status, answer.media) == (200, media)
    assert int(answer.headers["content-length"]) == len(answer.body)
    expected = sorted(f"https://w3id.org/stemkg/claim/{stated.id}" for stated in server.site.index.claims)[:3]
    if media.endswith("json"):
        found = values(answer.body, "claim")
    elif media.endswith("xml"):
        found = [node.text or "" for node in ElementTree.fromstring(answer.body).iter() if node.tag.endswith("uri")]
    elif media == "text/csv":
        found = [row["claim"] for row in csv.DictReader(io.StringIO(answer.text))]
    else:
        found = [line.strip("<>") for line in answer.text.splitlines()[1:]]
    assert found == expected


@pytest.mark.parametrize(
    ("accept", "media", "format"),
    [
        ("text/turtle", "text/turtle", ox.RdfFormat.TURTLE),
        ("application/ld+json", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/n-triples", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", "application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("*/*", "text/turtle", ox.RdfFormat.TURTLE),
        ("application/sparql-results+json, application/rdf+xml;q=0.1", "application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_graphs_in_the_format_asked_for(server: Server, accept: str, media: str, format: ox.RdfFormat) -> None:
    for query in (CONSTRUCT, "DESCRIBE <" + ONE + ">"):
        answer = server.ask("/sparql", {"query": query}, accept=accept)
        assert (answer.status, answer.media) == (200, media)
        triples = list(ox.parse(answer.body, format=format))
        assert len(triples) == 3 or query.startswith("DESCRIBE")
        assert triples


def test_refuses_formats_that_it_has_not(server: Server) -> None:
    assert server.ask("/sparql", {"query": SELECT}, accept="image/png").status == 406
    assert server.ask("/sparql", {"query": SELECT}, accept="text/turtle").status == 406
    assert server.ask("/sparql", {"query": CONSTRUCT}, accept="text/csv").status == 406
    assert server.ask("/sparql", {"query": SELECT, "format": "xml"}, accept="image/png").status == 200
    assert server.ask("/sparql", {"query": SELECT, "format": "rdf+xml"}, accept="text/csv").media == "text/csv"


def test_a_format_by_name_for_links(server: Server) -> None:
    answer = server.page("/sparql", {"query": SELECT, "format": "csv"})
    assert answer.media == "text/csv"
    assert server.page("/sparql", {"query": CONSTRUCT, "format": "nt"}).media == "application/n-triples"


def test_every_kind_of_term_in_every_format(server: Server) -> None:
    query = """SELECT * { VALUES (?a ?b ?c ?d) {
      (<http://e.org/a> "plain" "tag"@en 5) (UNDEF "a\\tb\\n\\"c\\" <&>, d" "1"^^<http://e.org/t> true) }
      OPTIONAL { BIND(BNODE() AS ?e) } }"""
    answers = {
        format: server.ask("/sparql", {"query": query, "format": format}).body for format in ("json", "xml", "tsv")
    }
    for name, format in (
        ("json", ox.QueryResultsFormat.JSON),
        ("xml", ox.QueryResultsFormat.XML),
        ("tsv", ox.QueryResultsFormat.TSV),
    ):
        parsed = ox.parse_query_results(answers[name], format=format)
        assert isinstance(parsed, ox.QuerySolutions)
        rows = [[solution[variable] for variable in "abcd"] for solution in parsed]
        integer, boolean = (ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + type) for type in ("integer", "boolean"))
        assert rows == [
            [
                ox.NamedNode("http://e.org/a"),
                ox.Literal("plain"),
                ox.Literal("tag", language="en"),
                ox.Literal("5", datatype=integer),
            ],
            [
                None,
                ox.Literal('a\tb\n"c" <&>, d'),
                ox.Literal("1", datatype=ox.NamedNode("http://e.org/t")),
                ox.Literal("true", datatype=boolean),
            ],
        ]
    text = server.ask("/sparql", {"query": query, "format": "csv"}).text
    rows_of_csv = list(csv.reader(io.StringIO(text, newline="")))
    assert rows_of_csv[1][:4] == ["http://e.org/a", "plain", "tag", "5"]
    assert rows_of_csv[2][:4] == ["", 'a\tb\n"c" <&>, d', "1", "true"]


RANGES = st.dictionaries(
    st.sampled_from(["text/csv", "text/*", "*/*", "image/png", "application/json", "application/*"]),
    st.sampled_from([0.0, 0.3, 1.0]),
    min_size=1,
)


@given(RANGES)
def test_negotiation_takes_what_is_liked_best(ranges: dict[str, float]) -> None:
    accept = ", ".join(f"{name};q={quality}" for name, quality in ranges.items())
    offered = ["application/json", "text/csv"]

    def liking(media: str) -> float:
        specific = [name for name in (media, media.split("/")[0] + "/*", "*/*") if name in ranges]
        return ranges[specific[0]] if specific else 0.0

    chosen = negotiate(accept, offered)
    best = max(map(liking, offered))
    assert chosen == (next(media for media in offered if liking(media) == best) if best else None)


# Descriptions


def test_service_description_on_a_bare_get(server: Server) -> None:
    answer = server.ask("/sparql", accept="*/*")
    assert (answer.status, answer.media) == (200, "text/turtle")
    triples = {quad.triple for quad in ox.parse(answer.body, format=ox.RdfFormat.TURTLE)}
    endpoint = ox.NamedNode(server.url + "/sparql")
    said = {triple.predicate.value.removeprefix(SD) for triple in triples if triple.subject == endpoint}
    assert {"endpoint", "supportedLanguage", "resultFormat", "feature", "defaultDataset"} <= said
    assert server.ask("/sparql", accept="application/rdf+xml").media == "application/rdf+xml"
    assert server.page("/sparql").media == "text/html"


def test_void(server: Server) -> None:
    answer = server.ask("/.well-known/void", accept="application/n-triples")
    store = ox.Store()
    store.load(answer.body, format=ox.RdfFormat.N_TRIPLES)
    query = """PREFIX void: <http://rdfs.org/ns/void#> SELECT ?e ?t ?c {
      ?d a void:Dataset ; void:sparqlEndpoint ?e ; void:triples ?t ; void:classPartition ?p .
      ?p void:class <https://w3id.org/stemkg/Claim> ; void:entities ?c }"""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    (row,) = solutions
    assert [row[name].value for name in "etc"] == [
        server.url + "/sparql",
        str(asyncio.run(server.site.triples())),
        str(len(server.site.index.claims)),
    ]


def test_cors_by_a_flag_only(server: Server, tmp_path: Path) -> None:
    origin: dict[str, Any] = {"origin": "https://other.example"}
    allowed = "access-control-allow-origin"
    assert allowed not in server.ask("/sparql", {"query": "ASK {}"}, **origin).headers
    with serving(site(make(tmp_path / "cors"), cors=True)) as open_server:
        assert open_server.ask("/sparql", {"query": "ASK {}"}, **origin).headers[allowed] == "*"
        preflight = open_server.ask(
            "/sparql", method="OPTIONS", access_control_request_method="POST",
            access_control_request_headers="content-type", **origin,
        )  # fmt: skip
        assert preflight.status == 200
