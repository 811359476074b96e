"""The ontology in the forms that other programs load: RDF/XML, OBO and obographs JSON, by the OWL API.

stemkg.owl        all of it: ours, the slices of other ontologies, and what the reasoner concluded
stemkg-base.owl   what we say ourselves, without the slices
stemkg.obo, stemkg.json   all of it as OBO 1.4 and as obographs JSON
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import mappings, paths
from kg.namespaces import PREFIXES, STEMKG, expand
from kg.ontology import OntologyError, one_ontology, owlapi_jars, read
from kg.vocabulary import Vocabulary

_JAVA_SOURCE = Path(__file__).resolve().parent / "OwlRelease.java"
_CLASS = expand("owl:Class")


def write(to: Path, folder: Path = paths.ONTOLOGY) -> list[Path]:
    """Write the forms of an ontology folder to another folder; the files that were written.

    Raises `OntologyError` where the OWL API can't be run; ask `kg.ontology.missing_owlapi` first.
    """
    to.mkdir(parents=True, exist_ok=True)
    whole, base, obo, graphs = (to / name for name in ("stemkg.owl", "stemkg-base.owl", "stemkg.obo", "stemkg.json"))
    merged, own = read(folder), ox.Store()
    own.bulk_load(path=str(folder / "stemkg.ttl"), format=ox.RdfFormat.TURTLE)
    for mapping in mappings.of(folder):
        subject, predicate, object_ = map(ox.NamedNode, mapping)
        merged.add(ox.Quad(subject, predicate, object_))
    _save(merged, whole, obo)
    obo.write_text(with_own_ids(obo.read_text("utf-8")), "utf-8")
    _save(own, base)
    graphs.write_text(json.dumps(obographs(Vocabulary.load(folder)), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [whole, base, obo, graphs]


def _save(graph: ox.Store, *files: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        turtle = Path(place) / "ontology.ttl"
        ox.serialize(one_ontology(graph), turtle, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
        jars = os.pathsep.join(map(str, owlapi_jars()))
        command = ["java", "-Xss16m", "-cp", jars, str(_JAVA_SOURCE), str(turtle), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise OntologyError(f"the OWL API could not be run: {done.stderr.strip() or done.returncode}")


#: The tags of OBO whose values are identifiers alone, up to a remark; and that whose first value is one.
_OF_IDS = re.compile(
    r"^(?:id|is_a|relationship|intersection_of|union_of|disjoint_from|equivalent_to|inverse_of|domain|range"
    r"|holds_over_chain|equivalent_to_chain|transitive_over): [^!\n]*|^property_value: \S+",
    re.MULTILINE,
)
_OWN = re.compile(rf"(?<= ){re.escape(STEMKG)}(\w+)(?= |$)|(?<= )([a-z]+):([a-z]+)(?= |$)|(?<=^id: )((?:was|used)\w*)$")


def with_own_ids(obo: str) -> str:
    """OBO in which our terms have CURIEs, as those of others have: the OWL API writes their IRIs, or takes a name with
    an underscore for an identifier of OBO ("acts:via").

    >>> with_own_ids("format-version: 1.2\\n\\nid: acts:via\\nrelationship: acts:via https://w3id.org/stemkg/Homing ! a\\n")
    'format-version: 1.2\\nidspace: prov http://www.w3.org/ns/prov#\\nidspace: stemkg https://w3id.org/stemkg/\\n\\nid: stemkg:acts_via\\nrelationship: stemkg:acts_via stemkg:Homing ! a\\n'
    """  # noqa: E501

    def own(match: re.Match[str]) -> str:
        local, before, after, prov = match.groups()
        if prov:
            return f"prov:{prov}"
        return f"stemkg:{local or f'{before}_{after}'}"

    head, _, rest = obo.partition("\n\n")
    spaces = "".join(f"\nidspace: {prefix} {PREFIXES[prefix]}" for prefix in ("prov", "stemkg"))
    return head + spaces + "\n\n" + _OF_IDS.sub(lambda line: _OWN.sub(own, line[0]), rest)


def obographs(vocabulary: Vocabulary) -> dict[str, Any]:
    """The classes of a vocabulary and its tree, as https://github.com/geneontology/obographs has them."""
    terms = [term for term in vocabulary.terms.values() if vocabulary.types.get(term.id) == _CLASS]
    known = {term.id for term in terms}
    nodes = []
    for term in terms:
        meta: dict[str, Any] = {}
        if term.definition:
            meta["definition"] = {"val": term.definition}
        synonyms = [
            *({"pred": "hasExactSynonym", "val": name} for name in term.exact),
            *({"pred": "hasRelatedSynonym", "val": name} for name in term.related),
        ]
        if synonyms:
            meta["synonyms"] = synonyms
        nodes.append({"id": expand(term.id), "lbl": term.label, "type": "CLASS"} | ({"meta": meta} if meta else {}))
    edges = [
        {"sub": expand(term.id), "pred": "is_a", "obj": expand(parent)}
        for term in terms
        for parent in term.parents
        if parent in known
    ]
    meta = {
        "version": vocabulary.version,
        "basicPropertyValues": [{"pred": expand("dcterms:license"), "val": _LICENCE}],
    }
    return {"graphs": [{"id": expand("stemkg:ontology"), "meta": meta, "nodes": nodes, "edges": edges}]}


_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
