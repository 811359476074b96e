"""What is exported answers by itself, in any engine, what the store answers."""

from pathlib import Path

import pytest
from query_engines import cell, engine
from query_fixture import CATALOGUE, digests

from kg import exports


@pytest.mark.parametrize("name", ["oxigraph", "rdflib", "jena", "comunica"])
def test_what_treats_lupus_and_on_what_evidence(name: str, tmp_path: Path) -> None:
    vocabulary, store = digests()
    turtle, *_ = exports.export(store, tmp_path / "all.ttl")
    with engine(name, turtle, tmp_path) as running:
        for query, values in (
            ("treatments", {"disease": "lupus"}),
            ("evidence", {"disease": "lupus", "treatment": "mesenchymal stem cell"}),
        ):
            stored = CATALOGUE[query]
            found = stored.run(store, values, vocabulary)
            assert found.rows
            assert running.run(stored.bind(values, vocabulary)) == [tuple(map(cell, row)) for row in found.rows]
