"""Relations in BioC, XML and JSON, as claims.

A relation's type is one of our relations; its nodes are two annotations with the roles "subject" and "object", or in
this order, whose infon "identifier" is a CURIE. Other infons of a relation may be any of the fields of a proposal. The
words it quotes are those of its infon "quote" (at its infon "start", if there is one), or else all from the first to
the last of its annotations.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.articles.errors import ArticleError
from kg.articles.streams import open_file
from kg.articles.xml_stream import iterate
from kg.importing.proposal import FIELDS, Origin, Proposal, ProposalError


def documents(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents of a BioC XML file as they are in JSON, with their places. Raises `ProposalError`."""
    try:
        with open_file(path) as stream:
            for number, element in enumerate(iterate(stream, ("document",), file=str(path)), 1):
                passages = [_part(passage) for passage in element.iterchildren("passage")]
                document = {"id": element.findtext("id"), "passages": passages, "relations": _relations(element)}
                yield f"document {number}", document
    except ArticleError as error:
        raise ProposalError(str(path), error.place, error.reason) from None


def _part(element: Any) -> dict[str, Any]:
    annotations = [
        {
            "id": one.get("id"),
            "infons": _infons(one),
            "text": one.findtext("text"),
            "locations": [
                {"offset": int(place.get("offset", "0")), "length": int(place.get("length", "0"))}
                for place in one.iterchildren("location")
            ],
        }
        for one in element.iter("annotation")
    ]
    return {
        "offset": element.findtext("offset"),
        "text": element.findtext("text"),
        "annotations": annotations,
        "relations": _relations(element)
        + [one for part in element.iterchildren("sentence") for one in _relations(part)],
    }


def _relations(element: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": relation.get("id"),
            "infons": _infons(relation),
            "nodes": [dict(node.attrib) for node in relation.iterchildren("node")],
        }
        for relation in element.iterchildren("relation")
    ]


def _infons(element: Any) -> dict[str, str]:
    return {str(infon.get("key")): infon.text or "" for infon in element.iterchildren("infon")}


def proposals(place: str, document: Mapping[str, Any], origin: Origin) -> Iterator[Proposal]:
    """The claims of a document. Raises `ValueError`."""
    passages = _objects(document.get("passages"))
    annotations = {str(one.get("id")): one for passage in passages for one in _objects(passage.get("annotations"))}
    relations = [*_objects(document.get("relations"))]
    relations += [one for passage in passages for one in _objects(passage.get("relations"))]
    if not relations:
        raise ValueError("a document without relations")
    for number, relation in enumerate(relations, 1):
        known = relation.get("infons")
        infons = {str(key): str(value) for key, value in known.items()} if isinstance(known, dict) else {}
        nodes = {str(node.get("role") or ""): str(node.get("refid")) for node in _objects(relation.get("nodes"))}
        ends: list[str | None] = [nodes.get(role) for role in ("subject", "object")]
        if None in ends:
            ends = [*(str(node.get("refid")) for node in _objects(relation.get("nodes"))[:2])]
        about = f"relation {relation.get('id') or number}"
        found = [annotations[str(end)] for end in ends if str(end) in annotations]
        if len(found) != 2:
            raise ValueError(f"{about}: its nodes are not two annotations of the document")
        subject, object_ = map(_identifier, found)
        said = {name: infons[name] for name in FIELDS if infons.get(name)}
        said |= {"subject": subject, "predicate": infons.get("type", ""), "object": object_}
        quote = infons.get("quote") or _between(passages, found)
        told = Origin(origin.method, infons.get("agent") or origin.agent)
        start = int(infons["start"]) if infons.get("start", "").isdecimal() else None
        yield Proposal(f"{place}, {about}", _article(str(document.get("id") or "")), quote, said, told, start)


def _article(id: str) -> str:
    """What a document is called here: BioC names articles of PubMed by their bare numbers."""
    return f"PMID:{id}" if id.isdecimal() else id


def _identifier(annotation: Mapping[str, Any]) -> str:
    infons = annotation.get("infons")
    return str(infons.get("identifier", "")) if isinstance(infons, dict) else ""


def _between(passages: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> str:
    """What a passage says from the first to the last of some annotations; nothing where these are of several."""
    places = [place for one in annotations for place in _objects(one.get("locations"))]
    try:
        start = min(int(place["offset"]) for place in places)
        end = max(int(place["offset"]) + int(place["length"]) for place in places)
        for passage in passages:
            offset, text = int(passage["offset"]), str(passage.get("text") or "")
            if offset <= start and end <= offset + len(text):
                return text[start - offset : end - offset]
    except (KeyError, TypeError, ValueError):
        pass
    return ""


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
