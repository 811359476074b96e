"""One claim on show: its sentence, and everything the graph knows of it."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.claim import DETAILS, QUALIFIERS
from kg.links import at_sentence, page
from kg.namespaces import CLAIM, contract
from kg.rdf import END, QUOTE, SOURCE, START, SUBJECT, article_id, term
from kg.store import Store
from kg.texts import IN_WORDS, Texts

#: Properties in the order in which they are shown; others follow, by name.
_ORDER = (
    "subject", "predicate", "object", "disease", "value", "unit", *QUALIFIERS, *DETAILS,
    "polarity", "certainty", "evidence", "basis", "method", "confidence", "rule",
)  # fmt: skip
#: Characters of the line that are shown on either side of the sentence.
_CONTEXT = 300
_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_HASH = term("stemkg:sentenceHash")


class Unknown(ValueError):
    """No claim is called so, or several are; the message says which."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A claim, its sentence, and the rest of the line on both sides; `missing` says why there is no sentence."""

    rows: tuple[tuple[str, str], ...]
    before: str = ""
    sentence: str = ""
    after: str = ""
    missing: str = ""


def find(store: Store, name: str) -> ox.NamedNode:
    """The node of a claim, by its IRI, its CURIE, its id, or the first digits of that. Raises `Unknown`."""
    id = name.removeprefix(CLAIM).removeprefix("stemkg:claim/").removeprefix("claim/").strip().lower()
    if not id or not all(digit in "0123456789abcdef" for digit in id):
        raise Unknown(f"{name!r} is not the id of a claim (hexadecimal digits)")
    exact = ox.NamedNode(CLAIM + id)
    if next(store.graph.quads_for_pattern(exact, None, None), None):
        return exact
    nodes = {quad.subject for quad in store.graph.quads_for_pattern(None, SUBJECT, None)}
    near = sorted(node.value for node in nodes if isinstance(node, ox.NamedNode) and node.value.startswith(CLAIM + id))
    if not near:
        raise Unknown(f"there is no claim {name!r}")
    if len(near) > 1:
        some = ", ".join(iri.removeprefix(CLAIM) for iri in near[:5])
        raise Unknown(f"{len(near)} claims begin with {name!r}: {some}")
    return ox.NamedNode(near[0])


def exhibit(store: Store, name: str, texts: Texts) -> Exhibit:
    """A claim, with its sentence from the graph or from one of the texts. Raises `Unknown`."""
    node = find(store, name)
    said: dict[str, list[str]] = {}
    known: dict[ox.NamedNode, str] = {}
    for quad in store.graph.quads_for_pattern(node, None, None):
        if isinstance(quad.object, ox.NamedNode | ox.Literal):
            known[quad.predicate] = quad.object.value
            said.setdefault(_short(quad.predicate.value), []).append(_words(store, quad.object))
    article = ox.NamedNode(known[SOURCE])
    rows = [("claim", node.value)]
    names = [*_ORDER, *sorted(said.keys() - set(_ORDER) - {"type"})]
    rows += [(name, value) for name in names for value in sorted(said.get(name, ()))]
    for quad in sorted(store.graph.quads_for_pattern(article, None, None), key=str):
        name = _short(quad.predicate.value)
        if isinstance(quad.object, ox.NamedNode | ox.Literal) and name != "type":
            rows.append((f"article {name}", _words(store, quad.object)))
    finding = known.get(term("stemkg:finding"))
    if finding:
        for quad in sorted(store.graph.quads_for_pattern(ox.NamedNode(finding), None, None), key=str):
            name = _short(quad.predicate.value)
            if isinstance(quad.object, ox.NamedNode | ox.Literal) and name not in (*_ORDER, "type"):
                rows.append((f"finding {name}", _words(store, quad.object)))
    address = _page(store, article)
    sentence = texts.sentence(article_id(article) or "", int(known[START]), int(known[END]), known[_HASH])
    if sentence.search == "found":
        text, start, end = sentence.text, sentence.start, sentence.end
        first = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT)
        stop = text.find("\n", end)
        last = min(len(text) if stop < 0 else stop, end + _CONTEXT)
        told = (*rows, ("in its own page", at_sentence(address, str(sentence)))) if address else tuple(rows)
        return Exhibit(told, text[first:start], str(sentence), text[end:last])
    return Exhibit(tuple(rows), sentence=known.get(QUOTE, ""), missing=IN_WORDS[sentence.search])


def _page(store: Store, article: ox.NamedNode) -> str:
    """The page in the world that has an article's text; nothing where none is known, or it reports on another work."""
    said = {
        contract(quad.predicate.value): quad.object.value
        for quad in store.graph.quads_for_pattern(article, None, None)
        if isinstance(quad.object, ox.Literal)
    }
    if said.get("stemkg:workTitle", "").casefold() not in ("", said.get("dcterms:title", "").casefold()):
        return ""
    doi, pmid, pmcid = (said.get(name, "") for name in ("bibo:doi", "bibo:pmid", "stemkg:pmcid"))
    return page(doi=doi, pmid=pmid, pmcid=pmcid)


def _short(iri: str) -> str:
    return contract(iri).partition(":")[2]


def _words(store: Store, value: ox.NamedNode | ox.Literal) -> str:
    if isinstance(value, ox.Literal):
        return value.value
    label = next(store.graph.quads_for_pattern(value, _LABEL, None), None)
    curie = contract(value.value)
    return f"{label.object.value} ({curie})" if label and isinstance(label.object, ox.Literal) else curie
