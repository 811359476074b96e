"""Web Annotations: each claim as an annotation of the sentence that it stands in, in JSON-LD as the W3C gives it.

An annotation's body is the claim, and what it says in words; its target is the article with the place of the sentence,
by position and, in a graph that was built with quotes, by the words themselves. The file is one collection of one page.
"""

import json
from collections.abc import Iterator
from typing import IO, Any

from kg.claim import Claim
from kg.exports import about
from kg.exports.records import Record, Source, articles
from kg.exports.view import Terms
from kg.namespaces import CLAIM, STEMKG, expand
from kg.rdf import agent_iri
from kg.store import Store

_ANNOTATION = STEMKG + "annotation/"


def write_annotations(store: Store, output: IO[bytes]) -> None:
    """Write an AnnotationCollection, one line an annotation, in the order of the claims in their articles."""
    head = {
        "@context": ["http://www.w3.org/ns/anno.jsonld", {"prov": "http://www.w3.org/ns/prov#"}],
        "id": about.DATASET + "#annotations",
        "type": "AnnotationCollection",
        "label": f"{about.TITLE}: claims at their sentences",
        "rights": about.LICENCE,
        "creator": {"id": about.MAKER, "type": "Organization", "name": about.MAKER_NAME},
    }
    page = {"id": about.DATASET + "#annotations-1", "type": "AnnotationPage", "startIndex": 0}
    output.write((json.dumps(head)[:-1] + ',\n"first": ' + json.dumps(page)[:-1] + ', "items": [').encode())
    total = 0
    for annotation in _annotations(store):
        separator = ",\n" if total else "\n"
        output.write((separator + json.dumps(annotation, ensure_ascii=False)).encode())
        total += 1
    output.write(f'\n]}},\n"total": {total}}}\n'.encode())


def _annotations(store: Store) -> Iterator[dict[str, Any]]:
    terms = Terms(store)
    for source, records in articles(store):
        for record in records:
            yield _annotation(source, record, terms)


def _annotation(source: Source, record: Record, terms: Terms) -> dict[str, Any]:
    claim = record.claim
    selectors: list[dict[str, Any]] = [{"type": "TextPositionSelector", "start": claim.start, "end": claim.end}]
    if record.quote:
        selectors.append({"type": "TextQuoteSelector", "exact": record.quote})
    return {
        "id": _ANNOTATION + record.iri.removeprefix(CLAIM),
        "type": "Annotation",
        "motivation": "identifying",
        "rights": about.LICENCE,
        "generator": {"id": record.build, "type": "prov:Activity"},
        **({"creator": agent_iri(claim.agent)} if claim.agent else {}),
        "body": [
            {"id": record.iri, "type": STEMKG + "Claim"},
            {"type": "TextualBody", "value": _words(claim, terms), "format": "text/plain", "language": "en"},
        ],
        "target": {"type": "SpecificResource", "source": source.iri, "selector": selectors},
    }


def _words(claim: Claim, terms: Terms) -> str:
    """A claim in words; what is usual goes without saying."""
    unusual = [claim.polarity] * (claim.polarity == "negative") + [claim.certainty] * (claim.certainty != "asserted")
    said = " ".join(terms.label(expand(id)) for id in (claim.subject, "stemkg:" + claim.predicate, claim.object))
    return ", ".join([said, *unusual])
