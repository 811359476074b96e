"""The W3C's tests of the SPARQL 1.1 Protocol, by their names: what passes, and what is refused since it would write.

https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest tells them. Its graphs are articles here.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import urlencode

import pytest
from web_fixture import Server, make, serving, site

FORM, DIRECT, UPDATE = (f"application/{name}" for name in ("x-www-form-urlencoded", "sparql-query", "sparql-update"))
ONE, TWO = (f"https://w3id.org/stemkg/article/{id}" for id in ("lupus-review-2023", "ms-meta-2022"))
DEFAULT, NAMED = "default-graph-uri", "named-graph-uri"
IN_DEFAULT, IN_NAMED = "ASK { ?c a stemkg:Claim }", "ASK { GRAPH ?g { ?c a stemkg:Claim } }"
BOTH = f"ASK {{ <{ONE}> a stemkg:Article . GRAPH ?g {{ ?c a stemkg:Claim . <{TWO}> a stemkg:Article }} }}"


class Case(NamedTuple):
    """A request, and the class of its answer: 2 for what it asks, 4 for a refusal, "read-only" for what would write."""

    method: str
    answer: Literal[2, 4, "read-only"]
    address: list[tuple[str, str]] = []  # noqa: RUF012  # never changed
    body: bytes | None = None
    type: str = ""
    accept: str = "*/*"
    media: str = ""


def get(*address: tuple[str, str], accept: str = "*/*", media: str = "") -> Case:
    return Case("GET", 2, list(address), accept=accept, media=media)


def form(*pairs: tuple[str, str]) -> Case:
    return Case("POST", 2, [], urlencode(pairs).encode(), FORM)


def update(body: str, type: str = UPDATE, *address: tuple[str, str]) -> Case:
    return Case("POST", "read-only", list(address), body.encode(), type)


QUERY = ("query", "ASK {}")
USING, USING_NAMED = ("using-graph-uri", ONE), ("using-named-graph-uri", TWO)
WRITE = "CLEAR ALL ; INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }"

CASES: dict[str, Case] = {
    "query_get": get(QUERY),
    "query_post_form": form(QUERY),
    "query_post_direct": Case("POST", 2, [], b"ASK {}", DIRECT),
    "query_dataset_default_graph": get(("query", IN_DEFAULT), (DEFAULT, ONE)),
    "query_dataset_default_graphs_get": get(("query", IN_DEFAULT), (DEFAULT, ONE), (DEFAULT, TWO)),
    "query_dataset_default_graphs_post": form(("query", IN_DEFAULT), (DEFAULT, ONE), (DEFAULT, TWO)),
    "query_dataset_named_graphs_get": get(("query", IN_NAMED), (NAMED, ONE), (NAMED, TWO)),
    "query_dataset_named_graphs_post": form(("query", IN_NAMED), (NAMED, ONE), (NAMED, TWO)),
    "query_dataset_full": form(("query", BOTH), (DEFAULT, ONE), (NAMED, TWO)),
    "query_multiple_dataset": get(("query", IN_DEFAULT.replace("{", f"FROM <{TWO}> {{", 1)), (DEFAULT, ONE)),
    "query_content_type_select": get(
        ("query", "SELECT (1 AS ?value) {}"), accept="application/sparql-results+xml",
        media="application/sparql-results+xml",
    ),
    "query_content_type_ask": get(
        QUERY, accept="application/sparql-results+json", media="application/sparql-results+json"
    ),
    "query_content_type_describe": get(("query", f"DESCRIBE <{ONE}>"), accept="text/turtle", media="text/turtle"),
    "query_content_type_construct": get(
        ("query", f"CONSTRUCT {{ <{ONE}> ?p ?o }} WHERE {{ <{ONE}> ?p ?o }}"), accept="application/rdf+xml",
        media="application/rdf+xml",
    ),
    "bad_query_method": Case("PUT", 4, [QUERY]),
    "bad_multiple_queries": Case("GET", 4, [QUERY, ("query", "SELECT * {}")]),
    "bad_query_wrong_media_type": Case("POST", 4, [], b"ASK {}", "text/plain"),
    "bad_query_missing_form_type": Case("POST", 4, [], b"query=ASK%20%7B%7D"),
    "bad_query_missing_direct_type": Case("POST", 4, [], b"ASK {}"),
    "bad_query_non_utf8": Case("POST", 4, [], "ASK {}".encode("utf-16"), DIRECT + "; charset=UTF-16"),
    "bad_query_syntax": Case("GET", 4, [("query", "ASK {")]),
    "bad_update_get": Case("GET", 4, [("update", "CLEAR ALL")]),
    "bad_multiple_updates": Case("POST", 4, [], b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM),
    "bad_update_wrong_media_type": Case("POST", 4, [], b"CLEAR NAMED", "text/plain"),
    "bad_update_missing_form_type": Case("POST", 4, [], b"update=CLEAR%20NAMED"),
    "bad_update_non_utf8": Case("POST", 4, [], "CLEAR NAMED".encode("utf-16"), UPDATE + "; charset=UTF-16"),
    "bad_update_syntax": Case("POST", 4, [], b"update=CLEAR%20XYZ", FORM),
    "bad_update_dataset_conflict": Case(
        "POST", 4, [], urlencode([USING, ("update", f"DELETE {{ ?s ?p ?o }} USING <{ONE}> {{ ?s ?p ?o }}")]).encode(),
        FORM,
    ),
    "update_post_form": update(urlencode([("update", "CLEAR ALL")]), FORM),
    "update_post_direct": update("CLEAR ALL"),
    "update_base_uri": update("CLEAR GRAPH <x> ; INSERT DATA { GRAPH <x> { <a> <b> <c> } }"),
    "update_dataset_default_graph": update(WRITE, UPDATE, USING),
    "update_dataset_default_graphs": update(WRITE, UPDATE, USING, ("using-graph-uri", TWO)),
    "update_dataset_named_graphs": update(WRITE, UPDATE, USING_NAMED),
    "update_dataset_full": update(WRITE, UPDATE, USING, USING_NAMED),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site(make(tmp_path_factory.mktemp("w3c")))) as running:
        yield running


@pytest.mark.parametrize("name", CASES)
def test_of_the_protocol(server: Server, name: str) -> None:
    case = CASES[name]
    types = {"content_type": case.type} if case.type else {}
    answer = server.ask("/sparql", case.address, method=case.method, body=case.body, accept=case.accept, **types)
    if case.answer == "read-only":  # by design: SECURITY.md promises that queries can't write
        assert answer.status == 403 and "read-only" in answer.text
        return
    assert answer.status // 100 == case.answer, answer.text
    if case.media:
        assert answer.media == case.media
    elif case.answer == 2:
        assert b"true" in answer.body


def test_what_does_not_pass_would_write() -> None:
    counted = Counter(case.answer == "read-only" for case in CASES.values())
    assert counted == {False: 28, True: 7}
    assert all(name.startswith("update_") for name, case in CASES.items() if case.answer == "read-only")
