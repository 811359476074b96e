"""The OpenAPI description tells what the JSON routes do: schemathesis holds a live server against it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from web_fixture import Server, make, serving, site

from kg.catalogue import Catalogue

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site(make(tmp_path_factory.mktemp("openapi")))) as running:
        yield running


def test_every_json_route_and_stored_query_is_described(server: Server) -> None:
    described = schemathesis.openapi.from_url(f"{server.url}/openapi.json").raw_schema
    paths = set(described["paths"])
    assert {"/claims.json", "/terms.json", "/sparql"} <= paths
    assert {f"/query/{stored.name}.json" for stored in Catalogue.load()} <= paths
    takes = {one["name"] for one in described["paths"]["/query/treatments.json"]["get"]["parameters"]}
    assert {"disease", "method", "people", "sentences"} <= takes


def test_a_live_server_does_what_is_described(server: Server) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    tried: dict[str, set[int]] = {}
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=1 if "/query/" in operation.path else 8, deadline=None, phases=[Phase.generate],
            derandomize=True, database=None, suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            response = case.call(base_url=server.url)
            tried.setdefault(case.operation.path, set()).add(response.status_code)
            case.validate_response(response, checks=checks)

        ask()
    assert len(tried) == len(Catalogue.load()) + 3
    assert sum(200 in statuses for statuses in tried.values()) > 20


def test_a_stored_query_asked_by_its_examples_answers_as_described(server: Server) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    described = schemathesis.openapi.from_url(f"{server.url}/openapi.json").raw_schema
    schemas = described["components"]["schemas"]
    for stored in list(Catalogue.load())[::6]:
        values = {one.name: one.example for one in stored.parameters if one.required}
        answer = server.ask(f"/query/{stored.name}.json", values)
        assert answer.status == 200, (stored.name, answer.text)
        jsonschema.validate(json.loads(answer.body), schemas["Results"])
