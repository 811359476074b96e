"""Whether a proposed claim may join the graph: its words stand in the text, its terms exist, its kinds are allowed."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from kg.articles import Article, FurnitureCues, segment
from kg.claim import COLUMNS, EVIDENCE, Claim, one_of
from kg.importing.proposal import Proposal
from kg.namespaces import contract
from kg.quads import article_graph
from kg.rdf import article_id, article_node, build_node, term
from kg.store import Store
from kg.texts import Texts
from kg.validation import Validator
from kg.vocabulary import Vocabulary

_REPORTS = term("stemkg:reports")
_NAMES = {"PMID": term("bibo:pmid"), "PMC": term("stemkg:pmcid"), "DOI": term("bibo:doi")}
_FEWEST = 3  # words of a quote: fewer would stand in any text


class Refusal(Exception):
    """A proposed claim that is refused, with every reason."""

    def __init__(self, place: str, reasons: tuple[str, ...]) -> None:
        super().__init__(": ".join(part for part in (place, "; ".join(reasons)) if part))
        self.reasons = reasons


class Checker:
    """What checks proposals against a store, the texts of its articles and the ontology."""

    def __init__(
        self, store: Store, texts: Texts, vocabulary: Vocabulary, validator: Validator, cues: FurnitureCues
    ) -> None:
        self.store, self.texts, self.vocabulary, self.validator, self.cues = store, texts, vocabulary, validator, cues

    def check(self, proposal: Proposal) -> Claim:
        """The claim that a proposal makes. Raises `Refusal`."""
        reasons: list[str] = []
        article, span = self._place(proposal, reasons)
        said = dict(proposal.said)
        for name in ("subject", "object", "disease"):
            said[name] = contract(said.get(name, ""))
            if said[name] and said[name] not in self.vocabulary:
                reasons.append(f"{name}: {said[name]!r} is no term of the ontology")
        said["disease"] = said["disease"] or _context(said)
        said["evidence"] = said.get("evidence", "").removeprefix("stemkg:") or self._reported(article)
        row = dict.fromkeys(COLUMNS, "") | {"polarity": "positive", "certainty": "asserted", "basis": "background"}
        row |= {"doc": article.id if article else "", "start": str(span[0]), "end": str(span[1])} | said
        row |= {"method": proposal.origin.method, "agent": proposal.origin.agent}
        try:
            claim = Claim.from_row(row)
        except ValueError as error:
            raise Refusal(proposal.place, (*reasons, str(error))) from None
        for key, value in claim.qualifiers:
            if value not in self.vocabulary:
                reasons.append(f"qualifiers: {key}={value} is no term of the ontology")
        if claim.value and claim.predicate != "outcome":
            reasons.append("value: only an outcome has a number")
        if article and not reasons:
            reasons += self._shapes(article, claim)
        if reasons:
            raise Refusal(proposal.place, tuple(reasons))
        return claim

    def _place(self, proposal: Proposal, reasons: list[str]) -> tuple[Article | None, tuple[int, int]]:
        """The article, and the sentences that the words of a proposal stand in."""
        if len(proposal.quote.split()) < _FEWEST:
            reasons.append(f"quote: fewer than {_FEWEST} words of the text are quoted")
            return None, (0, 0)
        ids = sorted(self._ids(proposal.article))
        if not ids:
            reasons.append(f"article: there is no {proposal.article!r} in the store")
        for id in ids:
            article = self.texts.article(id)
            if article is None:
                reasons.append(f"article: the text of {id} is not at hand")
                continue
            article = segment(article, self.cues)
            try:
                return article, span(article, proposal.quote, proposal.start)
            except ValueError as error:
                reasons.append(f"quote: {error}")
        return None, (0, 0)

    def _ids(self, name: str) -> Iterator[str]:
        """The ids of the articles of the store that a proposal may mean."""
        if next(self.store.graph.quads_for_pattern(None, None, None, article_node(name)), None):
            yield name
            return
        prefix, _, local = name.partition(":")
        if property := _NAMES.get(prefix.upper()):
            value = ox.Literal(local.upper() if prefix.upper() == "PMC" else local)
            for quad in self.store.graph.quads_for_pattern(None, property, value):
                if isinstance(quad.graph_name, ox.NamedNode) and (id := article_id(quad.graph_name)):
                    yield id

    def _reported(self, article: Article | None) -> str:
        """The kind of evidence that an article reports."""
        if article is not None:
            for quad in self.store.graph.quads_for_pattern(article_node(article.id), _REPORTS, None):
                return one_of("evidence", contract(str(quad.object)[1:-1]).removeprefix("stemkg:"), EVIDENCE)
        return "ExpertStatement"

    def _shapes(self, article: Article, claim: Claim) -> list[str]:
        """What the shapes have against a claim."""
        try:
            graph = article_graph(article, [replace(claim, cues=())], build=build_node(self.vocabulary))
        except ValueError as error:
            return [str(error)]
        return [problem.reason for problem in self.validator.check([graph])]


def _context(said: dict[str, str]) -> str:
    """The disease in whose context a claim holds where it is an end of it: what is treated, or what is affected."""
    if said.get("predicate") == "treats":
        return said["object"]
    is_disease = said["subject"].startswith("MONDO:")
    return said["subject"] if said.get("predicate") in ("affects", "involves") and is_disease else ""


def span(article: Article, quote: str, start: int | None = None) -> tuple[int, int]:
    """Where the sentences begin and end that have some words of an article, whatever the spaces between these.

    `article` has its sentences. Raises `ValueError` where the words do not stand in it, or stand there several times
    and `start` does not say which are meant.
    """
    pattern = re.compile(r"\s+".join(map(re.escape, quote.split())))
    found = [match.span() for match in pattern.finditer(article.text, article.start, article.end or len(article.text))]
    if not found:
        raise ValueError(f"its words do not stand in the text of {article.id}")
    if start is not None:
        # The words may be only a part of the sentence whose start is told.
        around = (_sentences(article, *place) for place in found)
        fitting = [place for place in around if place[0] <= start < place[1]]
        if not fitting:
            raise ValueError(f"its words do not stand at {start} in the text of {article.id}")
        return fitting[0]
    places = {_sentences(article, *place) for place in found}
    if len(places) > 1:
        raise ValueError(f"its words stand {len(found)} times in the text of {article.id}: tell the start")
    return places.pop()


def _sentences(article: Article, start: int, end: int) -> tuple[int, int]:
    """Where the sentences begin and end that a stretch of a text is in; the stretch itself where it is in none."""
    touched = [one for one in article.sentences if one.start < end and start < one.end]
    return min([start, *(one.start for one in touched)]), max([end, *(one.end for one in touched)])
