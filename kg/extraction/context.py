"""What a sentence takes from its article: the therapy spoken of, the disease, the kind of evidence."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from kg.articles import Article
from kg.claim import RANK
from kg.extraction.lexicon import Lexicon, Match, Words
from kg.extraction.names import Mention
from kg.extraction.tokens import NUMBER_WORDS, Token
from kg.vocabulary import Vocabulary

#: A subject as it is carried from sentence to sentence: its CURIE, and the tissue it comes from where that has no term.
Agent = tuple[str, str]


@dataclass(slots=True)
class Said:
    """What was said last, which a sentence may refer to."""

    topic: list[Agent] = field(default_factory=list)  # what was last spoken of
    topic_is_cell: bool = True
    about: str = "agent"  # what the subject of the last sentence was: agent, disease or patients
    others: bool = False  # whether the last sentence spoke of other treatments, without a name
    cells: list[Agent] = field(default_factory=list)  # the cells or products last spoken of
    drugs: list[Agent] = field(default_factory=list)  # the drugs last spoken of
    factors: list[Agent] = field(default_factory=list)  # the factors last spoken of
    pathways: list[str] = field(default_factory=list)  # the pathways last spoken of
    diseases: list[str] = field(default_factory=list)  # the diseases last spoken of


@dataclass(slots=True)
class Context:
    """The state of reading one article.

    Few sentences refer to those before them. So what a sentence leaves to be referred to is not worked out when the
    sentence is read, but `later`: when `said` is asked for, or something that it depends on is to change.
    """

    evidence: str = "ExpertStatement"
    disease: str = ""
    section_disease: str = ""
    section_evidence: str = ""  # the kind of study that the section tells of by now
    headed_evidence: str = ""  # the kind of study that the heading of the section names
    therapy: list[Agent] = field(default_factory=list)  # the cell of the article's therapy
    section_therapy: list[Agent] = field(
        default_factory=list
    )  # a kind of that cell which the section tells to be given
    named_therapy: bool = False  # whether the text has named the therapy's cell by now
    sole: bool = False  # whether the therapy's cell is the only specific one that the article names
    narrowed: frozenset[str] = frozenset()  # the one sourced kind of cell that the article names, if one
    transplant: str = ""  # what a bare "stem cell transplant" is in this article
    _said: Said = field(default_factory=Said)
    _waiting: list[Callable[["Context"], None]] = field(default_factory=list)

    @property
    def said(self) -> Said:
        """What was said last, by now."""
        self.catch_up()
        return self._said

    def catch_up(self) -> None:
        """Bring what was said up to date: to be done before `therapy`, `section_therapy` or `named_therapy` change."""
        if not self._waiting:
            return
        # What is worked out may itself ask for what was said before it.
        waiting, self._waiting = self._waiting, []
        for step in waiting:
            step(self)

    def later(self, step: Callable[["Context"], None]) -> None:
        """Have a step change what was said, after all steps before it and before `said` is next asked for.

        It is given this context; one that holds it would keep all that was read of an article in memory.
        """
        self._waiting.append(step)


def strongest(named: Collection[str], *, weakest: bool = False) -> str:
    """The evidence type that a stretch of text speaks of, of all that its words name, or "".

    Studies in animals and dishes win over clinical words ("a preclinical trial in mice"), and the stronger clinical
    design over the weaker one.
    """
    if "MetaAnalysis" in named:
        return "MetaAnalysis"
    if "AnimalStudy" in named:
        return "AnimalStudy"
    if weakest and "InVitroStudy" in named:
        return "InVitroStudy"
    return min(named, key=lambda name: RANK[name], default="")


def article_evidence(article: Article, words: Sequence[Words], vocabulary: Vocabulary, lexicon: Lexicon) -> str:
    """The evidence type of what an article reports: as stated, by publication type, or by its titles and citation, or
    by the words of its sentences."""
    if article.evidence:
        return article.evidence
    stated = [
        id.partition(":")[2]
        for type_ in article.publication_types
        for id, value in vocabulary.annotations.get("publicationType", ())
        if value == type_
    ]
    if stated:
        return min(stated, key=lambda name: RANK[name])
    # What the reported work calls itself counts before what the report is called.
    cited = _cited(article)
    titles = [article.work.title] if article.work is not None else []
    titles.append(article.title)
    for title in titles:
        said = lexicon.words(title, 0, len(title))
        # "Two decades of clinical trials" are none of the article's own.
        own = [m for m in said.phrases("evidence") if not (cited and plural(said.tokens[m.last - 1]))]
        found = strongest({m.owner for m in own})
        if found:
            return found
    return _by_vote(article, words, lexicon)


def _cited(article: Article) -> bool:
    """Whether an article reports on a work that it cites, or is one."""
    return article.work is not None and bool(article.work.doi or article.work.pmid or article.work.journal)


def plural(token: Token) -> bool:
    """Whether a noun is one in the plural."""
    return token.lower.endswith("s") and token.lower != token.lemma and token.lower[:-1] == token.lemma


def _another(said: Words, match: Match) -> bool:
    """Whether the study that a phrase names is another than the one reported: "an earlier randomized trial"."""
    return said.has("OtherStudy", max(0, match.first - 2), match.first + 1) is not None


def _by_vote(article: Article, words: Sequence[Words], lexicon: Lexicon) -> str:
    """The evidence type that the sentences of an article speak for."""
    cited = _cited(article)
    votes: Counter[str] = Counter()
    early: set[str] = set()
    counted = plainly = own = False  # plainly: counted in a sentence that names no study
    addressed = 0
    for number, said in enumerate(words):
        tokens = said.tokens
        addressed += said.has("ReaderWord", 0, len(tokens)) is not None
        future = said.has("FutureStudy", 0, len(tokens)) is not None
        studies = list(said.phrases("evidence"))
        found = {
            match.owner
            for match in studies
            if match.owner in ("MetaAnalysis", "Review") or not (future or _another(said, match))
        }
        votes.update(found)
        if number < 12:
            early |= found
        own = own or (not future and said.has("OwnStudy", 0, len(tokens)) is not None)
        own = own or (cited and said.has("ThisStudy", 0, len(tokens)) is not None)
        # "In this retrospective cohort, …"
        own = own or any(
            m.owner != "Review" and m.first and tokens[m.first - 1].lower in (("this", "our") if cited else ("our",))
            for m in studies
        )
        # Patients are counted where a study is reported, not where studies are spoken of.
        if not (counted and plainly) and said.can_have("PatientWord"):
            here = any(
                (t.text.isdecimal() or t.lower in NUMBER_WORDS)
                and any(lexicon.is_word("PatientWord", u.lower) for u in tokens[i + 1 : i + 4])
                for i, t in enumerate(tokens)
            )
            counted = counted or here
            plainly = plainly or (here and not found and any(
                "Administering" in lexicon.verb_owners(u.lemma) for u in tokens))  # fmt: skip
    # A single heading such as "Conclusion" makes no abstract.
    labelled = len({section.label for section in article.sections if section.label}) > 1
    reports = labelled or own
    if votes["MetaAnalysis"] > 1 or ("MetaAnalysis" in early and (reports or cited)):
        return "MetaAnalysis"
    if "Review" in early and not labelled and (cited or votes["Review"] > 1):
        return "Review"
    if addressed > 2 and not labelled and not cited:
        return "ExpertStatement"
    if reports:
        if "CaseReport" in early:
            return "CaseReport"
        if votes["RandomizedTrial"] and (counted or labelled):
            return "RandomizedTrial"
        models = votes["AnimalStudy"], votes["InVitroStudy"]
        clinical = max(votes["ClinicalTrial"], votes["ObservationalStudy"])
        if counted and clinical >= max(models):
            return "ObservationalStudy" if votes["ObservationalStudy"] > votes["ClinicalTrial"] else "ClinicalTrial"
        if max(models) > clinical:
            return "AnimalStudy" if models[0] >= models[1] else "InVitroStudy"
        if clinical:
            return "ClinicalTrial"
    if cited and plainly and not votes["Review"]:
        return "ClinicalTrial"
    return "Review" if cited else "ExpertStatement"


def main_disease(mentions: list[Mention], is_disease: frozenset[str], titled: str, vocabulary: Vocabulary) -> str:
    """The disease of an article: the one of its title, or a kind of it that the text names at least as often; without
    one in the title, the one most often named."""
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for mention in mentions:
        ids = [id for id in mention.ids if id in is_disease]
        if ids:
            counts[ids[0]] += 1
            first.setdefault(ids[0], mention.start)
    if titled:
        most = max(counts, key=lambda id: (counts[id], -first[id]), default=titled)
        if counts[most] > 2 * max(1, counts[titled]) and most not in vocabulary.ancestors(titled):
            # A title may name but a sign of the disease that the text is about.
            return most
        kinds = [id for id in counts if titled in vocabulary.parents(id) and counts[id] > counts[titled]]
        return min(kinds, key=lambda id: (-counts[id], first[id])) if kinds else titled
    return min(counts, key=lambda id: (-counts[id], first[id])) if counts else ""
