"""What a sentence takes from its article: the therapy spoken of, the disease, the kind of evidence."""

from collections import Counter
from dataclasses import dataclass, field

from kg.articles import Article
from kg.claim import EVIDENCE
from kg.extraction.lexicon import Lexicon
from kg.extraction.mentions import Mention
from kg.extraction.tokens import tokenize
from kg.vocabulary import Vocabulary

#: A subject as it is carried from sentence to sentence: its CURIE, and the tissue it comes from where that has no term.
Agent = tuple[str, str]

_RANK = {name: i for i, name in enumerate(EVIDENCE)}


@dataclass(slots=True)
class Context:
    """The state of reading one article."""

    evidence: str = "ExpertStatement"
    disease: str = ""
    section_disease: str = ""
    section_evidence: str = ""
    therapy: list[Agent] = field(default_factory=list)  # the cell of the article's therapy
    topic: list[Agent] = field(default_factory=list)  # what was last spoken of
    cells: list[Agent] = field(default_factory=list)  # the cells or products last spoken of
    about: str = "agent"  # what the subject of the last sentence was: agent, disease or patients
    topic_is_cell: bool = True
    named_therapy: bool = False  # whether the text has named the therapy's cell by now
    drugs: list[Agent] = field(default_factory=list)  # the drugs last spoken of
    factors: list[Agent] = field(default_factory=list)  # the factors last spoken of
    pathways: list[str] = field(default_factory=list)  # the pathways last spoken of
    diseases: list[str] = field(default_factory=list)  # the diseases last spoken of
    species: str = ""
    transplant: str = ""  # what a bare "stem cell transplant" is in this article


def evidence_in(lexicon: Lexicon, text: str, *, weakest: bool = False) -> str:
    """The evidence type that a piece of text names, or "".

    Studies in animals and dishes win over clinical words ("a preclinical trial in mice"), and the stronger clinical
    design over the weaker one.
    """
    tokens = tokenize(text, 0, len(text))
    found = {match.owner for match in lexicon.phrases("evidence", tokens)}
    if not found:
        return ""
    if "MetaAnalysis" in found:
        return "MetaAnalysis"
    if "AnimalStudy" in found:
        return "AnimalStudy"
    if weakest and "InVitroStudy" in found:
        return "InVitroStudy"
    return min(found, key=lambda name: _RANK[name])


def article_evidence(article: Article, vocabulary: Vocabulary, lexicon: Lexicon) -> str:
    """The evidence type of what an article reports: as stated, by publication type, or by its titles and citation."""
    if article.evidence:
        return article.evidence
    stated = [
        id.partition(":")[2]
        for type_ in article.publication_types
        for id, value in vocabulary.annotations.get("publicationType", ())
        if value == type_
    ]
    if stated:
        return min(stated, key=lambda name: _RANK[name])
    titles = [article.title]
    if article.work is not None:
        titles += [article.work.title]
    for title in titles:
        found = evidence_in(lexicon, title)
        if found:
            return found
    head = article.text[article.start : article.start + 0] + " ".join(
        article.text[s.start : s.end] for s in article.sentences[:12] if s.kind != "heading"
    )
    tokens = tokenize(head, 0, len(head))
    found_all = {match.owner for match in lexicon.phrases("evidence", tokens)}
    for name in ("MetaAnalysis", "RandomizedTrial"):
        if name in found_all:
            return name
    if "Review" in found_all:
        return "Review"
    if article.work is not None and (article.work.doi or article.work.pmid or article.work.journal):
        return min(found_all, key=lambda name: _RANK[name]) if found_all else "Review"
    if any(section.label for section in article.sections) and found_all:
        return min(found_all, key=lambda name: _RANK[name])
    return "ExpertStatement"


def main_disease(article: Article, mentions: list[Mention], is_disease: frozenset[str]) -> str:
    """The disease of an article: one that its title names, else the one most often named early."""
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    title = (article.title + " " + (article.work.title if article.work else "")).lower()
    for mention in mentions:
        if not article.start <= mention.start < article.end:
            continue
        ids = [id for id in mention.ids if id in is_disease]
        if not ids:
            continue
        counts[ids[0]] += 1
        first.setdefault(ids[0], mention.start)
    if not counts:
        return ""
    _ = title
    return min(counts, key=lambda id: (-counts[id], first[id]))
