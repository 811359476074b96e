"""BioC and PubTator: the texts of articles with the names that are read in them, and the claims as relations.

Texts have owners: these formats are written only where it is said where the texts are, and are in no release. Offsets
in BioC are those of the claims: Unicode code points of the article's text. `kg import` reads the relations again.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from kg.articles import Article, segment
from kg.exports import about
from kg.exports.records import Record, Source, articles
from kg.extraction.names.mentions import MentionFinder
from kg.store import Store
from kg.texts import Texts
from kg.vocabulary import Vocabulary

#: What is told of an article that can't be written: its id and why.
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: its id in the document, where it stands, its term and the kind of that.

    One that is `carried` stands nowhere in the sentence of a claim that has it as an end: its place is the sentence.
    """

    id: str
    start: int
    end: int
    term: str
    kind: str
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article with its text, the names in it, and its claims with the names at their ends."""

    source: Source
    article: Article
    names: list[Name]
    relations: list[tuple[Record, Name, Name]]

    @property
    def start(self) -> int:
        """Where its language begins: what stands before, as the front matter of Markdown, is not of it."""
        return min((one.start for one in self.article.sentences), default=self.article.start)

    @property
    def name(self) -> str:
        """What the document is called: its number in PubMed, where it is the work itself, or its id."""
        own = self.article.is_the_work or not (self.article.work and self.article.work.title)
        return self.source.pmid if own and self.source.pmid else self.source.id


def annotated(store: Store, texts: Texts, vocabulary: Vocabulary, tell: Tell) -> Iterator[Annotated]:
    """The articles whose texts are at hand and as they were; `tell` is called with what is against the others."""
    finder = MentionFinder(vocabulary)
    for source, records in articles(store):
        article = texts.article(source.id)
        if article is None:
            tell(f"{source.id}: left out, its text is not at hand")
            continue
        text = article.text
        if not all(_stands(record, text) for record in records):
            tell(f"{source.id}: left out, its text has changed since it was read")
            continue
        article = segment(article)
        first = min((one.start for one in article.sentences), default=article.start)
        names = [
            Name(f"T{number}", first + one.start, first + one.end, one.id, min(one.kinds, default=""))
            for number, one in enumerate(finder.find(article.text[first : article.end]), 1)
        ]
        relations = []
        for record in records:
            ends = [_end(names, record, term, vocabulary) for term in (record.claim.subject, record.claim.object)]
            relations.append((record, *ends))
        yield Annotated(source, article, names, relations)  # type: ignore[arg-type]


def _stands(record: Record, text: str) -> bool:
    sentence = text[record.claim.start : record.claim.end]
    return hashlib.sha256(sentence.encode("utf-8", "surrogatepass")).hexdigest() == record.sentence_hash


def _end(names: list[Name], record: Record, term: str, vocabulary: Vocabulary) -> Name:
    """The name of an end of a claim in its sentence; one of the whole sentence where it is carried in."""
    start, end = record.claim.start, record.claim.end
    for one in names:
        if one.term == term and ((start <= one.start and one.end <= end) or (one.start, one.end) == (start, end)):
            return one
    carried = Name(f"T{len(names) + 1}", start, end, term, min(vocabulary.kinds(term), default=""), carried=True)
    names.append(carried)
    return carried


# BioC ----------------------------------------------------------------------------------------------------------------


def _document(one: Annotated) -> dict[str, Any]:
    text = one.article.text[one.start : one.article.end]
    passage: dict[str, Any] = {
        "offset": one.start,
        "infons": {"type": "article"},
        "text": text,
        "sentences": [],
        "annotations": [
            {
                "id": name.id,
                "infons": {"type": name.kind, "identifier": name.term} | ({"carried": "yes"} if name.carried else {}),
                "text": one.article.text[name.start : name.end],
                "locations": [{"offset": name.start, "length": name.end - name.start}],
            }
            for name in one.names
        ],
        "relations": [
            {
                "id": f"R{number}",
                "infons": _infons(record, one.article.text),
                "nodes": [{"refid": subject.id, "role": "subject"}, {"refid": object_.id, "role": "object"}],
            }
            for number, (record, subject, object_) in enumerate(one.relations, 1)
        ],
    }
    return {
        "id": one.name,
        "infons": {"article": one.source.id},
        "passages": [passage],
        "annotations": [],
        "relations": [],
    }


def _infons(record: Record, text: str) -> dict[str, str]:
    claim = record.claim
    said = {
        "type": claim.predicate, "claim": record.iri, "disease": claim.disease, "polarity": claim.polarity,
        "certainty": claim.certainty, "evidence": claim.evidence, "basis": claim.basis, "value": claim.value,
        "unit": claim.unit, "qualifiers": ";".join(f"{key}={value}" for key, value in claim.qualifiers),
        "method": claim.method, "agent": claim.agent, "confidence": f"{claim.confidence:.2f}",
        "start": str(claim.start), "quote": " ".join(text[claim.start : claim.end].split()),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def write_bioc_json(store: Store, output: IO[bytes], *, texts: Texts, vocabulary: Vocabulary, tell: Tell) -> None:
    """Write a BioC collection as JSON, a document a line."""
    head = {"source": about.TITLE, "date": "", "key": "stemkg", "infons": {"license of the annotations": about.LICENCE}}
    output.write((json.dumps(head)[:-1] + ', "documents": [').encode())
    separator = "\n"
    for one in annotated(store, texts, vocabulary, tell):
        output.write((separator + json.dumps(_document(one), ensure_ascii=False)).encode("utf-8", "replace"))
        separator = ",\n"
    output.write(b"\n]}\n")


def write_bioc_xml(store: Store, output: IO[bytes], *, texts: Texts, vocabulary: Vocabulary, tell: Tell) -> None:
    """Write a BioC collection as XML."""

    def say(text: str) -> None:
        output.write(text.encode("utf-8", "replace"))

    say('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection>')
    say(f"<source>{about.TITLE}</source><date></date><key>stemkg</key>\n")
    for one in annotated(store, texts, vocabulary, tell):
        document = _document(one)
        (passage,) = document["passages"]
        say(f"<document><id>{_xml(document['id'])}</id>{_infon_elements(document)}<passage>{_infon_elements(passage)}")
        say(f"<offset>{passage['offset']}</offset><text>{_xml(passage['text'])}</text>\n")
        for name in passage["annotations"]:
            (place,) = name["locations"]
            say(f'<annotation id="{name["id"]}">{_infon_elements(name)}')
            say(f'<location offset="{place["offset"]}" length="{place["length"]}"/>')
            say(f"<text>{_xml(name['text'])}</text></annotation>\n")
        for relation in passage["relations"]:
            nodes = "".join(f'<node refid="{node["refid"]}" role="{node["role"]}"/>' for node in relation["nodes"])
            say(f'<relation id="{relation["id"]}">{_infon_elements(relation)}{nodes}</relation>\n')
        say("</passage></document>\n")
    say("</collection>\n")


def _infon_elements(node: dict[str, Any]) -> str:
    return "".join(f"<infon key={quoteattr(key)}>{_xml(value)}</infon>" for key, value in node["infons"].items())


def _xml(text: str) -> str:
    """A text as XML may hold it: each character that it may not is one that stands for none, so that offsets hold."""
    return escape("".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text))


# PubTator ------------------------------------------------------------------------------------------------------------


def write_pubtator(store: Store, output: IO[bytes], *, texts: Texts, vocabulary: Vocabulary, tell: Tell) -> None:
    """Write articles as PubTator has them: title, text, a line a name, and a line a claim.

    Offsets are those of the title, a space and the text. A claim's line has its relation, the terms of its ends, and
    polarity and certainty.
    """
    for one in annotated(store, texts, vocabulary, tell):
        text = "".join(" " if c.isspace() else c for c in one.article.text[one.start : one.article.end])
        first = one.article.text.find("\n", one.start, one.article.end)
        cut = (first if first >= 0 else one.article.end) - one.start
        lines = [f"{one.name}|t|{text[:cut]}", f"{one.name}|a|{text[cut + 1 :]}"]
        lines += [
            "\t".join((one.name, str(name.start - one.start), str(name.end - one.start),
                       text[name.start - one.start : name.end - one.start], name.kind, name.term))
            for name in one.names
            if not name.carried
        ]  # fmt: skip
        lines += [
            "\t".join((one.name, claim.predicate, claim.subject, claim.object, f"{claim.polarity} {claim.certainty}"))
            for claim in (record.claim for record, _, _ in one.relations)
        ]
        output.write(("\n".join(lines) + "\n\n").encode("utf-8", "replace"))
