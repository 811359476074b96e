"""GraphML, for Cytoscape, Gephi and the like: terms as nodes, findings as edges."""

from collections.abc import Iterator
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from kg.exports.view import Block, Terms, graph_blocks, literal, named
from kg.namespaces import STEMKG, contract
from kg.rdf import SUMMARY_GRAPH
from kg.store import Store

NODE_KEYS = {"label": "string", "kind": "string"}
EDGE_KEYS = {
    "relation": "string",
    "label": "string",
    "disease": "string",
    "bestEvidence": "string",
    "articles": "int",
    "articlesFor": "int",
    "articlesAgainst": "int",
    "articlesHedged": "int",
    "claims": "int",
    "support": "double",
    "opposition": "double",
}


def write_graphml(store: Store, output: IO[bytes]) -> None:
    """Write the findings of a store as a directed graph."""

    def say(text: str) -> None:
        output.write(text.encode())

    say('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for domain, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for name, type_ in keys.items():
            say(f'  <key id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="{type_}"/>\n')
    say('  <graph id="stemkg" edgedefault="directed">\n')
    terms = Terms(store)
    ends = {said[end] for _, said in findings(store) for end in ("subject", "object")}
    for iri in sorted(ends):
        values = {"label": terms.label(iri), "kind": ", ".join(terms.kinds(iri))}
        say(_element("node", f"id={quoteattr(contract(iri))}", values))
    for number, (_, said) in enumerate(findings(store)):
        curies = [quoteattr(contract(said[end])) for end in ("subject", "object")]
        values = {name: said[name] for name in EDGE_KEYS if name in said}
        values["label"] = terms.label(said["relation"])
        for name in ("relation", "disease", "bestEvidence"):
            if name in values:
                values[name] = contract(values[name])
        say(_element("edge", f'id="f{number}" source={curies[0]} target={curies[1]}', values))
    say("  </graph>\n</graphml>\n")


def findings(store: Store) -> Iterator[tuple[str, dict[str, str]]]:
    """Each finding with what is said of it, by the local name of the property."""
    for block in graph_blocks(store, SUMMARY_GRAPH):
        said = _said(block)
        if "subject" in said:
            yield block.subject, said


def _said(block: Block) -> dict[str, str]:
    return {
        predicate[1:-1].removeprefix(STEMKG): named(object_) or literal(object_)[0]
        for predicate, object_ in block.pairs
    }


def _element(domain: str, attributes: str, values: dict[str, str]) -> str:
    data = "".join(f'<data key="{domain}-{name}">{escape(value)}</data>' for name, value in values.items() if value)
    return f"    <{domain} {attributes}>{data}</{domain}>\n"
