"""CX2, for Cytoscape and NDEx: terms as nodes, findings as edges (https://cytoscape.org/cx/cx2/specification)."""

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from kg.exports import about
from kg.exports.graphml import EDGE_KEYS, NODE_KEYS, findings
from kg.exports.view import Terms
from kg.namespaces import PREFIXES, contract
from kg.store import Store

_TYPES = {"string": "string", "int": "integer", "double": "double"}
_CURIES = ("relation", "disease", "bestEvidence")
_ABOUT = {
    "name": about.TITLE,
    "description": "What articles say together about cell therapy: terms as nodes, findings as edges.",
    "rights": about.LICENCE,
    "rightsHolder": about.MAKER_NAME,
    "@context": json.dumps(PREFIXES, sort_keys=True),
}


def write_cx2(store: Store, output: IO[bytes]) -> None:
    """Write the findings of a store as a directed network."""
    terms = Terms(store)
    ends = sorted({said[end] for _, said in findings(store) for end in ("subject", "object")})
    numbers = {iri: number for number, iri in enumerate(ends)}
    edges = sum(1 for _ in findings(store))

    def nodes() -> Iterator[dict[str, Any]]:
        for iri, number in numbers.items():
            named = {"name": terms.label(iri), "represents": contract(iri), "kind": ", ".join(terms.kinds(iri))}
            yield {"id": number, "v": named}

    def links() -> Iterator[dict[str, Any]]:
        for number, (_, said) in enumerate(findings(store)):
            values: dict[str, Any] = {
                name: _value(name, type, said) for name, type in EDGE_KEYS.items() if name in said
            }
            values |= {"interaction": terms.label(said["relation"]), "label": terms.label(said["relation"])}
            yield {"id": number, "s": numbers[said["subject"]], "t": numbers[said["object"]], "v": values}

    declared = {
        "networkAttributes": {name: {"d": "string"} for name in _ABOUT},
        "nodes": {name: {"d": "string"} for name in ("name", "represents", *sorted(set(NODE_KEYS) - {"label"}))},
        "edges": {name: {"d": _TYPES[type]} for name, type in ({"interaction": "string"} | EDGE_KEYS).items()},
    }
    counts = {"attributeDeclarations": 1, "networkAttributes": 1, "nodes": len(numbers), "edges": edges}
    output.write(b'[{"CXVersion": "2.0", "hasFragments": false},\n')
    _aspect(output, "metaData", ({"name": name, "elementCount": count} for name, count in counts.items()))
    _aspect(output, "attributeDeclarations", [declared])
    _aspect(output, "networkAttributes", [_ABOUT])
    _aspect(output, "nodes", nodes())
    _aspect(output, "edges", links())
    output.write(b'{"status": [{"success": true}]}]\n')


def _value(name: str, type: str, said: dict[str, str]) -> str | int | float:
    if type == "string":
        return contract(said[name]) if name in _CURIES else said[name]
    return int(said[name]) if type == "int" else float(said[name])


def _aspect(output: IO[bytes], name: str, elements: Iterable[dict[str, Any]]) -> None:
    """Write an aspect, an element a line."""
    output.write(f'{{"{name}": ['.encode())
    separator = "\n"
    for element in elements:
        output.write((separator + json.dumps(element, ensure_ascii=False)).encode())
        separator = ",\n"
    output.write(b"\n]},\n")
