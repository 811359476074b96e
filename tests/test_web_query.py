"""What the words of a query say."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.web.query import outline, tokens


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://e.org/> { ?s ?p ?o } }",
        "select*{service silent<http://e.org/>{?s ?p ?o}}",
        "SELECT * { { SELECT * { SERVICE ?x { } } } }",
        "SELECT * { ?s ?p 'a' . SeRvIcE e:x {} }",
        "SELECT * { SERV\\u0049CE <http://e.org/> { ?s ?p ?o } }",
        'SELECT * { ?s ?p "a\\u0022 } SERVICE <http://e.org/> { ?s ?p ?o } #" }',
        "SELECT * { # comment\nSERVICE <http://e.org/> { } }",
        "SELECT * { FILTER(?a<?b) SERVICE <http://e.org/> { } }",
    ],
)
def test_finds_service_however_it_is_written(query: str) -> None:
    assert outline(query).service


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p $SERVICE }",
        "SELECT * { ?s service:p e:SERVICE, service: }",
        'SELECT * { ?s ?p \'SERVICE\', "SERVICE", \'\'\'SERVICE \' "\'\'\', """\nSERVICE "" """ }',
        "SELECT * { ?s <http://e.org/SERVICE> 'x'@service } # SERVICE <http://e.org/>",
        "SELECT * { ?s ?p 'it\\'s a SERVICE' }",
        "SELECT * { _:SERVICE ?p e:a\\,SERVICE }",
        "SELECT (1 AS ?SERVICES) { }",
    ],
)
def test_does_not_take_other_words_for_service(query: str) -> None:
    assert not outline(query).service


@given(st.text(alphabet=string.printable, max_size=60))
@settings(max_examples=200)
def test_tokens_hold_all_that_is_not_space_or_comment(text: str) -> None:
    rest = text
    for _, token in tokens(text):
        # Not `rest.index(token)`: a comment may hold the same characters.
        while not rest.startswith(token):
            skipped = re.match(r"\s|#[^\r\n]*", rest)
            assert skipped
            rest = rest[skipped.end() :]
        rest = rest[len(token) :]


@given(st.text(alphabet="'\"\\\n#<> aS", max_size=24))
@settings(max_examples=300)
def test_a_closed_string_hides_what_is_in_it(text: str) -> None:
    quoted = '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + ' SERVICE"""'
    assert not outline(f"SELECT * {{ ?s ?p {quoted} }}").service
    assert outline(f"SELECT * {{ ?s ?p {quoted} . SERVICE ?x {{ }} }}").service


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("PREFIX select: <http://e.org/ask> ASK {}", "ASK"),
        ("BASE <http://e.org/insert> DESCRIBE <x>", "DESCRIBE"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "UPDATE"),
        ("PREFIX e: <http://e.org/> WITH e:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "UPDATE"),
        ("LOAD <http://e.org/>", "UPDATE"),
        ("# SELECT\nCLEAR ALL", "UPDATE"),
        ("L\\u004fAD <http://e.org/>", "UPDATE"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_tells_the_form(query: str, form: str) -> None:
    assert outline(query).form == form


def test_resolves_the_graphs_of_from_clauses() -> None:
    query = """BASE <http://e.org/a/> PREFIX e: <http://e.org/e#> PREFIX : <b/>
    SELECT * FROM <x> FROM NAMED <http://f.org/> FROM e:g FROM NAMED :c FROM stemkg:h { FILTER(?a < ?b) }"""
    assert outline(query, "http://here/").graphs == (
        "http://e.org/a/x",
        "http://f.org/",
        "http://e.org/e#g",
        "http://e.org/a/b/c",
        "https://w3id.org/stemkg/h",
    )
    assert outline("SELECT * FROM <x> {}", "http://here/sparql").graphs == ("http://here/x",)


def test_long_queries_take_linear_time() -> None:
    for query in ("SELECT * { " + "'" * 200_000, "<" * 200_000, '"""' + '"' * 200_000, "a:" * 100_000, "?" * 200_000):
        assert sum(len(token) for _, token in tokens(query)) > 0
