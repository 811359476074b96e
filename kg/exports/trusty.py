"""Trusty URIs: names of nanopublications that tell their content, so that nobody can change it behind the name.

The name ends in a hash of the statements, in the normal form of https://arxiv.org/abs/1401.5775, module RA: each
statement as four lines, sorted, with a space in the place of the hash.
"""

import base64
import hashlib
from collections.abc import Iterable

import pyoxigraph as ox

_Key = tuple[str, str, str, bool, bytes, str, str]


def code(quads: Iterable[ox.Quad], placeholder: str) -> str:
    """The code of a nanopublication whose own IRIs have `placeholder` in the place of it: "RA" and 43 characters."""

    def iri(node: object) -> str:
        assert isinstance(node, ox.NamedNode)
        return node.value.replace(placeholder, " ")

    lines: dict[_Key, str] = {}
    for quad in quads:
        graph, subject, predicate = iri(quad.graph_name), iri(quad.subject), iri(quad.predicate)
        if isinstance(quad.object, ox.Literal):
            value, datatype, language = quad.object.value, quad.object.datatype.value, quad.object.language or ""
            escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
            said = f"@{language.lower()} {escaped}" if language else f"^{datatype} {escaped}"
            key = (graph, subject, predicate, True, value.encode(), "" if language else datatype, language)
        else:
            said = iri(quad.object)
            key = (graph, subject, predicate, False, said.encode(), "", "")
        lines[key] = f"{graph}\n{subject}\n{predicate}\n{said}\n"
    digest = hashlib.sha256("".join(line for _, line in sorted(lines.items())).encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
