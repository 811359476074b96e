"""The rules: from the events of a sentence to candidate claims.

Each rule is a method whose name is the name of the rule that a claim carries. A rule proposes; what an article lends a
sentence (referents, disease) comes from the context; polarity and certainty are decided for all rules alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from kg.extraction.context import Agent, Context
from kg.extraction.lexicon import Lexicon
from kg.extraction.names import Mention, MentionFinder
from kg.extraction.sentence import Event, Sentence
from kg.extraction.syntax import Phrase, Verb
from kg.vocabulary import Vocabulary

_AGENT_KINDS = ("cell", "product", "drug", "factor")
_AGENT_SET = frozenset(_AGENT_KINDS)
_T = TypeVar("_T")


@dataclass(slots=True)
class Candidate:
    """A claim on its way: what a rule found, before polarity, certainty and context."""

    subject: Agent
    predicate: str
    object: str
    head: int  # token of the cue
    verb: Verb | None
    rule: str
    disease: str | None = None  # None: from the context; "": none
    negative: bool | None = None  # None: to be decided
    hedged: bool | None = None
    value: str = ""
    unit: str = ""
    qualifiers: dict[str, str] = field(default_factory=dict)
    first: int = 0  # tokens that the claim rests on
    last: int = 0


#: Phrase classes of what may stand for a therapy, or for what it does, without naming it.
_SPOKEN_OF = ("FactorWord", "ReferringWord", "TherapyNoun", "DrugWord", "PatientWord", "ResultWord", "BenefitWord")


class Rules:
    """The rules, with the vocabulary and lexicon that they read by."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, finder: MentionFinder) -> None:
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.finder = finder
        therapeutic = vocabulary.annotations.get("therapeutic", ())
        roots = {id for id, value in therapeutic if value in ("true", "cell")} or {"CL:0000034"}
        self.therapeutic = frozenset(
            id for id in vocabulary.terms if vocabulary.ancestors(id) & roots or "product" in vocabulary.kinds(id)
        )
        #: The general cells: a more specific one, where the text has it, is meant.
        self.general = frozenset(id for id, value in therapeutic if value == "true") | {"CL:0000048", "CL:0000723"}
        #: Cells that are named by the tissue they are taken from.
        self.sourced = frozenset(id for id, _ in vocabulary.annotations.get("takenFrom", ()))
        self.given_factors = frozenset(id for id, value in therapeutic if value == "drug")
        self.always = self.therapeutic
        self.effects = {id: tuple(value.split()) for id, value in vocabulary.annotations.get("factorEffect", ())}
        #: Verbs that by themselves say that something is released or does good.
        self.releasing = frozenset(v for _, v in vocabulary.annotations.get("releasing", ()))
        self.helping = frozenset(v for _, v in vocabulary.annotations.get("helping", ()))
        self.transplant = next((id for id, _ in vocabulary.annotations.get("transplanted", ())), "")
        self.transplanted = frozenset(id for id, _ in vocabulary.annotations.get("transplanted", ()))
        self.worse = frozenset(v for _, v in vocabulary.annotations.get("against", ()))
        self.improving = frozenset(v for _, v in vocabulary.annotations.get("improving", ()))
        self.denying = frozenset(v for _, v in vocabulary.annotations.get("denying", ()))
        self.cell_of = dict(vocabulary.annotations.get("cellOf", ()))
        self.routes_into = dict(vocabulary.annotations.get("routeInto", ()))
        #: Processes that a mechanism stands for: a cell that raises one has the mechanism.
        covered = (*vocabulary.annotations.get("factorEffect", ()), *vocabulary.annotations.get("covers", ()))
        self._mechanisms: dict[tuple[str, str], list[str]] = {}
        for mechanism, value in sorted(covered):
            effect, process = value.split()
            self._mechanisms.setdefault((effect, process), []).append(mechanism)
        self._covered = frozenset(process for _, process in self._mechanisms)

    def begin(self, given: frozenset[str]) -> None:
        """Begin an article in which some more kinds of cells are given as a therapy."""
        self.therapeutic = self.always | given

    # -- who

    def agent_of(self, s: Sentence, i: int) -> Agent:
        """Mention i as the subject of a claim."""
        if i in s.identified:
            return s.identified[i][0]
        m = s.mentions[i]
        for id in m.ids:
            if self.vocabulary.kinds(id) & _AGENT_SET:
                return id, m.source
        return m.id, m.source

    def agents(
        self, s: Sentence, c: Context, phrases: Iterable[Phrase] | None, kinds: Iterable[str] = _AGENT_KINDS
    ) -> list[Agent]:
        """Who acts, of the phrases of a subject: named, or referred to."""
        if phrases is None:
            return []
        phrases = [p for p in phrases if not p.bracket]
        kinds = tuple(kinds)
        if treated := [a for p in phrases[:1] for a in self.treated(s, c, p)]:
            return unique(treated)
        found: list[Agent] = []
        for k, p in enumerate(phrases):
            if found and p is phrases[-1] and s.is_apposed(p):
                # "darvadstrocel, an adipose-derived stem cell product, …"
                break
            if (
                p.prep
                in (
                    "",
                    "such as",
                    "including",
                    "like",
                    "with",
                    "using",
                    "by",
                    "after",
                    "following",
                    "as",
                    "through",
                    "via",
                )
                or p.conjoined
                or (
                    p.prep == "of"
                    and k + 1 < len(phrases)
                    and phrases[k + 1].conjoined
                    and (s.in_tokens(p.first, p.last, ("drug",)))
                )
                or (
                    p.prep == "of"
                    and k
                    and found
                    and s.has("TherapyNoun", phrases[k - 1].last - 1, phrases[k - 1].last)
                )
            ):  # "the combination of A, B and C", "G-CSF and infusions of stem cells"
                found.extend(self._heads(s, p, kinds))
        if not found:
            for p in phrases:
                if p.prep in ("of", "from", "between", "to", "for", "on", "in", "into"):
                    if p.prep == "of" and self._harmed(s, p):
                        continue
                    heads = self._heads(s, p, kinds)
                    if p.prep in ("in", "to", "on", "into", "for", "from"):
                        heads = [h for h in heads if h[0] in self.therapeutic]
                    found.extend(heads)
        if not found:
            found = self._instances(s, phrases, kinds)
        if found:
            return unique(found)
        for p in phrases:
            if not p.prep or p.prep in ("of", "with", "by", "after", "following", "using"):
                referred = self.referent(s, c, p)
                if referred:
                    return referred
        return []

    def _instances(self, s: Sentence, phrases: list[Phrase], kinds: tuple[str, ...]) -> list[Agent]:
        """The drugs that stand as examples for a general word: "treatments that ease pain, such as A or B"."""
        found: list[Agent] = []
        for p in phrases[:1]:
            if s.has("DrugWord", p.last - 1, p.last) is None:
                continue
            at = s.parse.phrases.index(p) + 1
            for q in s.parse.phrases[at : at + 8]:
                begins = q.prep in ("such as", "including", "like") and q.first - p.last <= 8
                if begins or (found and (q.conjoined or q.prep in ("such as", "including", "like"))):
                    found.extend(self._heads(s, q, kinds))
                elif found:
                    break
        return found

    def _harmed(self, s: Sentence, p: Phrase) -> bool:
        """Whether what an "of" phrase names is what something befell: "destruction of stem cells"."""
        at = s.parse.phrases.index(p)
        return at > 0 and "affects" in self.lexicon.nouns.get(s.tokens[s.parse.phrases[at - 1].last - 1].lemma, ())

    def treated(self, s: Sentence, c: Context, p: Phrase) -> list[Agent]:
        """What a group of patients is said to be given: "rats that received MSCs", "those treated with exosomes"."""
        if s.has("PatientWord", p.last - 1, p.last) is None:
            return []
        for v in s.parse.verbs:
            if (v.relative or v.form in ("participle", "gerund")) and p in v.subject and v.objects:
                if self.is_of(v, "Administering", "Allowing"):
                    return [a for a in self.agents(s, c, v.objects) if self.acts(a)]
        return []

    def is_of(self, v: Verb, *owners: str) -> bool:
        """Whether a verb's word is one of some verb classes or relations."""
        return not self.lexicon.verb_owners(v.lemma).isdisjoint(owners)

    def betters(self, v: Verb | None) -> bool:
        """Whether a verb by itself says that something got better."""
        return v is not None and (v.lemma in self.improving or self.is_of(v, "Lessening"))

    def _abbreviated(self, s: Sentence) -> None:
        """Cells whose short form follows in brackets and says more: "MSCs obtained from Wharton's jelly (WJ-MSCs)"."""
        for i, m in enumerate(s.mentions[:-1]):
            if "cell" not in m.kinds:
                continue
            for j in range(i + 1, min(i + 4, len(s.mentions))):
                first, last = s.spans[j]
                phrase = s.phrase_at[first]
                bracketed = phrase is not None and phrase.bracket and phrase.first == first and phrase.last == last
                if bracketed and m.id != s.mentions[j].id and m.id in self.vocabulary.ancestors(s.mentions[j].id):
                    s.identified[i] = [(s.mentions[j].id, s.mentions[j].source)]
                    s.unsourced[s.identified[i][0]] = m.id
                    break

    def _sourced(self, s: Sentence) -> None:
        """General cells with their tissue after them: "MSCs from the umbilical cord"."""
        for i, m in enumerate(s.mentions):
            phrase = s.phrase_at[s.spans[i][0]]
            if i in s.identified or m.source or not self.is_stem(s, i) or (phrase and self._equated(s, phrase)):
                continue
            found = self.taken_from(s, i)
            if found and found[0][0] != m.id:
                s.identified[i] = found
                s.unsourced.update(dict.fromkeys(found, m.id))

    def identify(self, s: Sentence, c: Context) -> None:
        """General cells made specific: by the sentence ("HSCs are stem cells that …"), by "these stem cells", or by
        the article's therapy ("stem cell therapy", "the harvested stem cells")."""
        if self.therapeutic.isdisjoint(id for m in s.mentions for id in m.ids) and "cell" not in s.kinds:
            return
        self._abbreviated(s)
        self._sourced(s)
        for i, m in enumerate(s.mentions):
            if m.source or "cell" not in m.kinds:
                continue
            phrase = s.phrase_at[s.spans[i][0]]
            if phrase is None:
                continue
            if m.id not in self.general:
                if i not in s.identified and self._is_the_therapy(s, c, i, phrase):
                    s.identified[i] = list(c.therapy)
                continue
            found = self._equated(s, phrase)
            first = s.tokens[phrase.first]
            if not found and s.has("TransplantWord", s.spans[i][1] - 1, s.spans[i][1] + 1) and c.transplant:
                found = [(c.transplant, "")]
            known = c.therapy if c.therapy and c.named_therapy and c.therapy[0][0] not in self.general else []
            pointed = first.lower in ("these", "this", "those", "the", "their", "such") or any(
                t.tag == "POS" for t in s.tokens[phrase.first : s.spans[i][0]]
            )
            if (
                not found
                and first.lower in ("these", "this", "those", "such", "the")
                and c.said.cells
                and (c.said.cells[0][0] not in self.general)
            ):
                found = list(c.said.cells)
            if not found and known and (pointed or s.has("TherapyNoun", s.spans[i][1], s.spans[i][1] + 1)):
                found = list(known)
            if not found and c.sole and c.therapy[0][0] == c.transplant:
                # In an article on one transplant, "stem cells" are those of the transplant.
                found = list(c.therapy)
            if found and m.id in self.vocabulary.ancestors(found[0][0]):
                s.identified[i] = found

    def _is_the_therapy(self, s: Sentence, c: Context, i: int, phrase: Phrase) -> bool:
        """Whether a cell is the more specific one that is given: "the transplanted neurons" of dopamine neurons."""
        if not (c.named_therapy and c.therapy) or s.mentions[i].id not in self.vocabulary.ancestors(c.therapy[0][0]):
            return False
        first = s.spans[i][0]
        given = any(self.lexicon.is_word("GivenWord", t.lower) for t in s.tokens[phrase.first : first])
        return given and s.tokens[phrase.first].lower in ("the", "these", "those", "such")

    def _aside(self, s: Sentence, e: Event) -> bool:
        """Whether a relative clause tells of something that no therapy is said to do: "scarring, a process that blocks
        regeneration", "the loss of blood supply, which causes cell death"."""
        assert e.verb is not None
        heads = [p for p in e.subject or () if not p.prep]
        return bool(heads) and not any(s.has(group, p.first, p.last) for p in heads for group in _SPOKEN_OF)

    def _of_disease(self, s: Sentence, e: Event) -> bool:
        """Whether a relative clause tells what a disease does: "tried in ALS, which kills motor neurons"."""
        last = e.subject[-1].last if e.subject else 0
        return any(end == last and m.kinds == {"disease"} for m, (_, end) in zip(s.mentions, s.spans, strict=True))

    def said_to_be(self, s: Sentence, phrases: Iterable[Phrase] | None) -> list[Phrase]:
        """What a sentence says to be what the phrases describe: "X is one of the drugs that …"."""
        for v in s.parse.verbs:
            if self.is_of(v, "Equating") and not v.passive and any(p in v.objects[:3] for p in phrases or ()):
                return v.subject
        return []

    def _equated(self, s: Sentence, phrase: Phrase) -> list[Agent]:
        for v in s.parse.verbs:
            if v.lemma in ("be", "become", "represent") and not v.passive and phrase in v.objects:
                named = [a for p in v.subject if not p.prep for a in self._heads(s, p, ("cell", "product"))]
                named = [a for a in named if a[0] not in self.general]
                if named:
                    return named
        return []

    def _heads(self, s: Sentence, p: Phrase, kinds: tuple[str, ...]) -> list[Agent]:
        """The agents that a phrase names: the last of its mentions, and those coordinated with it by a slash."""
        inside = s.in_tokens(p.first, p.last, kinds)
        if not inside:
            return []
        head = inside[-1]
        if s.has("PatientWord", s.spans[head][0], p.last) and s.mentions[head].id not in self.therapeutic:
            return []  # but "horse antithymocyte globulin" is a drug
        return list(s.identified.get(head) or [self.agent_of(s, head)])

    def referent(self, s: Sentence, c: Context, p: Phrase) -> list[Agent]:
        """What a pronoun or a phrase such as "these cells", "their ability" or "the treatment" stands for."""
        first = s.tokens[p.first]
        if first.lower in ("they", "it", "these", "this", "those") and (found := self._in_label(s, p)):
            return found
        if first.lower in ("they", "them", "these", "those", "such", "their") and c.said.others:
            return []  # "current treatments": these approaches are none of ours
        if (
            p.last - p.first <= 3
            and s.tokens[p.last - 1].lower == "cells"
            and all(t.tag in ("CD", "JJ", "VBN", "NNS", "NN") and t.mention < 0 for t in s.tokens[p.first : p.last])
            and (first.lower == "cells" or first.tag == "CD" or self.lexicon.is_word("GivenWord", first.lower))
        ):
            # "Cells injected into …", "150 million cells"
            return self.treatment(c)
        if self._is_therapy(s, p):
            return self.treatment(c)
        if first.lower in ("they", "it") and (found := self._said_before(s, p)):
            return found
        if first.lower in ("their", "its") and (found := self._said_after(s, p)):
            return found
        if first.lower == "they" and self._others_before(s, p):
            return []
        if first.lower in ("they", "it", "its", "their", "them", "both"):
            return list(c.said.topic) if c.said.about == "agent" else []
        if (
            first.lower in ("a", "the", "your", "this", "their")
            and c.therapy
            and c.therapy[0][0] == c.transplant
            and s.has("TransplantWord", p.last - 1, p.last) is not None
            and s.has("OtherTherapy", p.first, p.last) is None
        ):
            return list(c.therapy)
        if first.lower in ("these", "this", "those", "the", "such", "both", "that"):
            if s.has("OtherTherapy", p.first, p.last) is not None:
                return []
            if s.has("DrugWord", p.last - 1, p.last) is not None and first.lower != "the" and c.said.drugs:
                return list(c.said.drugs)
            if first.lower == "the" and s.tokens[p.last - 1].lower == "drug":
                named = [
                    a for a in self.all_agents(s, 0, p.first) if "drug" in self.vocabulary.kinds(a[0])
                ] or c.said.drugs
                return list(named) if len(named) == 1 else []
            if (
                first.lower in ("these", "those", "such")
                and s.has("FactorWord", p.last - 1, p.last) is not None
                and c.said.factors
            ):
                return [a for a in c.said.factors if a[0].startswith(("HGNC:", "CHEBI:"))]
            match = next((m for m in s.phrases("ReferringWord", p.first, p.last) if m.last == p.last), None)
            if match is not None:
                words = {t.lemma for t in s.tokens[match.first : match.last]}
                if s.in_tokens(p.first, p.last, ("disease", "tissue", "drug")):
                    return []
                if "cell" in words and c.said.topic and c.said.topic[0][0] in self.general and c.therapy:
                    return self.treatment(c)
                if "cell" in words or "vesicle" in words:
                    topic = [a for a in c.said.topic if self.is_therapeutic(a)]
                    if (
                        c.named_therapy
                        and c.therapy
                        and any(a[0] in self.vocabulary.ancestors(c.therapy[0][0]) for a in topic)
                    ):
                        return list(c.therapy)  # "MSCs" in an article on those of the cord
                    return topic or list(c.therapy)
                if c.said.drugs and not c.said.topic_is_cell and first.lower in ("these", "such"):
                    return list(c.said.drugs)
                return self.treatment(c)
        return []

    def _in_label(self, s: Sentence, p: Phrase) -> list[Agent]:
        """Who the label names that a sentence goes on from: "Neural stem cells: These are …"."""
        colon = s.label_end
        if not colon or p.first <= colon or not any(last == colon for _, last in s.spans):
            return []
        return [] if self.all_agents(s, colon, p.first) else self.all_agents(s, 0, colon)

    def _said_after(self, s: Sentence, p: Phrase) -> list[Agent]:
        """The therapy that the main clause after a phrase at the front speaks of: "With their ability to …, MSCs …"."""
        main = next((v for v in s.parse.verbs if v.form in ("finite", "base") and not v.relative and v.subject), None)
        if main is None or not p.prep or main.subject[0].first < p.last or s.parse.phrases[0] is not p:
            return []
        found = [a for q in main.subject if not q.prep for a in self._heads(s, q, ("cell", "product", "drug"))]
        return unique(a for a in found if self.acts(a))

    def _others_before(self, s: Sentence, p: Phrase) -> bool:
        """Whether "they" are what the clause before speaks of, and no therapy: "as spinal cord cells die, they …"."""
        for v in s.parse.verbs:
            if v.last <= p.first and v.form in ("finite", "base") and not v.relative and v.subject:
                heads = [q for q in v.subject if not q.prep and not q.bracket]
                plural = (heads and s.tokens[heads[-1].last - 1].tag == "NNS") or any(
                    s.tokens[q.last - 1].lower.endswith("s") and s.tokens[q.last - 1].mention >= 0 for q in heads
                )
                groups = ("ResultWord", "PatientWord", "Pronoun", "ReferringWord", "DrugWord", "BenefitWord")
                return bool(plural) and not any(s.has(g, q.first, q.last) for q in heads for g in groups)
        return False

    def _said_before(self, s: Sentence, p: Phrase) -> list[Agent]:
        """The therapy that is the subject of the clause before a pronoun: "MSCs did not help, but they …"."""
        for v in reversed(s.parse.verbs):
            main = v.form in ("finite", "base") and not v.relative
            if v.last <= p.first and main and v.subject and v.subject[0] is not p:
                heads = [q for q in v.subject if not q.bracket]
                found = [a for q in heads if not q.prep for a in self._heads(s, q, ("cell", "product", "drug"))]
                inner = [q for q in heads if q.prep in ("of", "with")]
                found = found or [a for q in inner for a in self._heads(s, q, ("cell", "product"))]
                return unique(a for a in found if self.acts(a))
        return []

    def _is_therapy(self, s: Sentence, p: Phrase) -> bool:
        """Whether a phrase is a bare name of therapy by cells: "cell therapy", "transplantation", "infusions"."""
        match = s.has("BareTherapy", p.first, p.last)
        at = s.parse.phrases.index(p) + 1
        if at < len(s.parse.phrases) and s.parse.phrases[at].prep in ("of", "with"):
            # "transplantation of islets" is of islets.
            return False
        return (
            match is not None
            and match.last == p.last
            and all(t.mention < 0 and t.tag[:2] in ("JJ", "NN", "HY") for t in s.tokens[p.first : p.last])
            and s.has("OtherTherapy", p.first, p.last) is None
            and (match.last - match.first > 1 or match.first == p.first)
        )

    def treatment(self, c: Context) -> list[Agent]:
        """What "the treatment" is: the article's therapy, or the one last spoken of where the article has several."""
        if c.section_therapy:
            return list(c.section_therapy)
        if c.therapy and (c.therapy[0][0] not in self.general or not c.said.cells):
            return list(c.therapy)
        return list(c.said.cells or c.therapy)

    def all_agents(self, s: Sentence, first: int, last: int) -> list[Agent]:
        """The therapeutic cells, products and drugs named in tokens `first:last`."""
        return unique(
            self.agent_of(s, i)
            for i in s.in_tokens(first, last, ("cell", "product", "drug"))
            if s.mentions[i].id in self.therapeutic or "drug" in s.mentions[i].kinds
        )

    def event_agents(self, s: Sentence, c: Context, e: Event, *, loose: bool = True) -> list[Agent]:
        """Who brings an event about."""
        if e.agent:
            found = self.agents(s, c, e.agent)
            if found:
                return found
            if e.kind == "inchoative" and any(self._plainly_treated(s, p) for p in e.agent):
                return self.treatment(c)
            if e.kind == "inchoative" and not self._amounts(s, e.agent):
                # It changed after something that is no therapy of ours.
                return []
            if (
                e.kind == "verb"
                and e.agent[0].prep == "by"
                and not self._amounts(s, e.agent)
                and not self._refers(s, e.agent[0])
            ):
                # It was brought about by something else.
                return []
            if e.kind == "verb" and any(s.has("DrugWord", p.first, p.last) for p in e.agent):
                return []
        if e.kind == "inchoative" and e.verb is not None and (found := self._in_group(s, c, e.verb.objects)):
            return found
        if e.verb is not None and e.verb.form == "infinitive" and e.verb.governor is None and not e.verb.subject:
            return []
        if e.subject is None and e.verb is not None:
            for v in s.parse.verbs:
                if v.form == "gerund" and v.lemma == "use" and v.first >= e.verb.last and v.governor is e.verb:
                    return self.agents(s, c, v.objects)
        if e.kind in ("noun", "participle"):
            found = self._within_phrase(s, c, e.head)
            if found:
                return found
        if e.verb is not None and e.verb.form == "gerund" and e.verb.prep not in ("", "by") and e.verb.governor:
            near = [p for p in e.verb.governor.objects if p.last <= e.verb.first]
            near = [p for p in near if s.has("Than", max(0, p.first - 2), p.first) is None]
            found = [a for a in self.agents(s, c, near) if self.acts(a)]
            if found:
                return found
        if e.subject is not None:
            found = self.agents(s, c, e.subject)
            if not found and e.verb is not None and e.verb.relative and e.subject:
                # "coaxed into beta cells that make insulin": the beta cells do.
                found = self._heads(s, e.subject[-1], _AGENT_KINDS)
            if found or (e.verb is not None and e.verb.relative):
                found = self._releaser(s, c, e, found)
            if found:
                return found
        if e.verb is not None and e.verb.relative and (said := self.said_to_be(s, e.subject)):
            # "transplants are the only treatment that cures D"
            if found := [a for a in self.agents(s, c, said) if self.acts(a)]:
                return found
        relative = e.verb is not None and e.verb.relative and e.kind == "verb"
        if relative and (self._aside(s, e) or self._of_disease(s, e)):
            return []
        seen = set()
        verb = e.verb
        while verb is not None and id(verb) not in seen:
            seen.add(id(verb))
            found = self.agents(s, c, verb.subject) if not (verb is e.verb and e.subject is None) else []
            if found:
                return found
            verb = verb.governor
        if (
            e.subject
            and s.tokens[e.subject[0].first].lower == "they"
            and (e.owner == "secretes" or e.owner in self.lexicon.governing)
            and c.said.about == "patients"
            and c.said.cells
        ):
            # Patients secrete nothing and suppress no T cells: "they" are the cells.
            return list(c.said.cells)
        if not loose or (e.verb is not None and e.verb.relative and e.verb.passive and e.kind == "verb"):
            # "factors, which are raised in asthma": by nobody that is given.
            return []
        if e.kind == "verb" and e.verb is not None and self._course(s, e.verb):
            return []
        if e.kind == "noun" and e.verb is not None and self.carries(s, e):
            after = [p for p in e.verb.objects if p.first > e.head]
            if found := self._in_group(s, c, after):
                return found
        # The sentence's one therapy, else the one that a sentence without a subject of its own carries in.
        named = [a for a in self.all_agents(s, 0, len(s.tokens)) if a[0] in self.therapeutic]
        ahead = [a for a in self.all_agents(s, 0, e.head) if a[0] in self.therapeutic]
        if len(named) == 1 and (ahead or self.carries(s, e)):
            return named
        if not named and self.carries(s, e):
            return self.treatment(c)
        return []

    def _plainly_treated(self, s: Sentence, p: Phrase) -> bool:
        """Whether a phrase is no more than "after treatment", which is that of the text."""
        return p.prep in ("after", "following", "upon") and p.last == p.first + 1 and (
            s.has("TherapyNoun", p.first, p.last) is not None)  # fmt: skip

    def _course(self, s: Sentence, v: Verb) -> bool:
        """Whether a sentence tells of a disease's own course: "in osteoarthritis, cartilage is eroded"."""
        present = v.passive and s.tokens[v.first].lower in ("is", "are") and not v.modal
        return present and bool(self.fronted_diseases(s)) and not self.all_agents(s, 0, len(s.tokens))

    def _refers(self, s: Sentence, p: Phrase) -> bool:
        """Whether a phrase stands for a therapy without naming it."""
        return s.has("ReferringWord", p.first, p.last) is not None or s.tokens[p.first].tag == "PRP"

    @staticmethod
    def _amounts(s: Sentence, phrases: Iterable[Phrase]) -> bool:
        """Whether phrases tell how much: "by 38%", "by nearly half"."""
        return any(
            t.tag == "CD" or s.lexicon.is_word("AmountWord", t.lower)
            for p in phrases
            for t in s.tokens[p.first : p.last]
        )

    def _in_group(self, s: Sentence, c: Context, phrases: Iterable[Phrase]) -> list[Agent]:
        """The therapy of the group in which something changed: "survival was higher in the MSC group than …"."""
        for p in phrases:
            if p.prep in ("than", "versus", "over"):
                break
            if p.prep in ("in", "among", "for", "with", "of"):
                heads = s.in_tokens(p.first, p.last, ("cell", "product", "drug"))
                grouped = s.has("PatientWord", p.last - 1, p.last) or s.has("RateWord", p.last - 1, p.last)
                if grouped is not None and not heads and (given := self._recipients(s, p)) is not None:
                    if found := [a for a in self._heads(s, given, _AGENT_KINDS) if a[0] in self.therapeutic]:
                        return found
                if grouped is not None and (
                    found := self._heads(s, p, _AGENT_KINDS) if heads else self.treated(s, c, p)
                ):
                    return [a for a in found if self.acts(a)]
        return []

    def _recipients(self, s: Sentence, p: Phrase) -> Phrase | None:
        """What the recipients are given that a phrase speaks of: "in recipients of stem cells"."""
        at = s.parse.phrases.index(p) + 1
        following = s.parse.phrases[at] if at < len(s.parse.phrases) else None
        return following if following is not None and following.prep in ("of", "with") else None

    def _releaser(self, s: Sentence, c: Context, e: Event, found: list[Agent]) -> list[Agent]:
        """ "Cells release cytokines that reduce inflammation": the effect is the cells'; and that of named factors."""
        if e.verb is None or not (e.verb.relative or e.verb.form in ("infinitive", "gerund")):
            return found
        for other in s.events:
            if (
                other.owner == "secretes"
                and other.verb is not None
                and other.verb is not e.verb
                and e.subject
                and any(p in other.objects or (other.verb.last <= p.first < e.verb.first) for p in e.subject)
            ):
                makers = [a for a in self.event_agents(s, c, other) if self.is_therapeutic(a)]
                if makers:
                    named = [a for a in found if a[0].startswith(("HGNC:", "CHEBI:"))]
                    return makers + named
        return found

    def acts(self, agent: Agent) -> bool:
        """Whether an agent is a therapy."""
        return (
            agent[0] in self.therapeutic
            or agent[0] in self.given_factors
            or bool(self.vocabulary.kinds(agent[0]) & {"drug", "cell", "product"})
        )

    def regulates(self, agent: Agent) -> bool:
        """Whether an agent can raise or lower a factor, cell or process: a cell, product or factor, not a mere drug."""
        kinds = self.vocabulary.kinds(agent[0])
        return bool(kinds & {"cell", "product", "factor"})

    def carries(self, s: Sentence, e: Event) -> bool:
        """Whether the sentence reports a result without saying of what: its treatment is the one before."""
        subject = e.subject
        if subject is None:
            return True
        for p in subject:
            if p.prep:
                continue
            if s.in_tokens(p.first, p.last, ("drug", "disease", "cell", "factor")):
                return False
            if s.has("PatientWord", p.first, p.last):
                return True
            head = s.tokens[p.last - 1].lemma
            if s.has("ResultWord", p.last - 1, p.last):
                return True
            if head in self.lexicon.nouns and "Administering" not in self.lexicon.nouns[head]:
                return True
        return not subject

    def _within_phrase(self, s: Sentence, c: Context, head: int) -> list[Agent]:
        """Agents inside the noun phrase of a cue: "MSC-mediated suppression", "their anti-inflammatory effects",
        "the anti-inflammatory effects of MSCs"."""
        phrase = s.phrase_at[head]
        if phrase is None:
            return []
        before = [
            i for i in s.in_tokens(phrase.first, head, ("cell", "product")) if s.mentions[i].id in self.therapeutic
        ]
        if before:
            return [self.agent_of(s, before[-1])]
        if s.tokens[phrase.first].lower in ("their", "its"):
            return list(c.said.topic)
        at = s.parse.phrases.index(phrase)
        released = "secretes" in self.lexicon.nouns.get(s.tokens[phrase.last - 1].lemma, ())
        for p in s.parse.phrases[at + 1 : at + 4]:
            if p.prep == "by" or (p.prep == "of" and not released):
                own = [
                    i for i in s.in_tokens(p.first, p.last, ("cell", "product")) if s.mentions[i].id in self.therapeutic
                ]
                if own:
                    return [self.agent_of(s, own[-1])]
            elif not p.conjoined:
                break
        after = [i for i in s.in_tokens(head, phrase.last, ("cell", "product")) if s.mentions[i].id in self.therapeutic]
        return [self.agent_of(s, after[-1])] if after else []

    # -- what

    def pick(self, m: Mention, *kinds: str) -> str:
        """The candidate of a mention that is of one of the kinds, tried in order; "" for none."""
        for kind in kinds:
            for id in m.ids:
                if kind in self.vocabulary.kinds(id):
                    return id
        return ""

    def diseases(self, s: Sentence, phrases: Iterable[Phrase]) -> list[str]:
        """The diseases that the phrases name."""
        found: list[str] = []
        for i in s.in_phrases(phrases, ("disease",)):
            id = self.pick(s.mentions[i], "disease")
            before = s.spans[i][0] - 1
            if id and found and before >= 0 and s.tokens[before].mention == i - 1 >= 0 and "disease" in (
                    s.mentions[i - 1].kinds):  # fmt: skip
                found.pop()  # "diabetic skin ulcers" are ulcers
            if id:
                found.append(id)
        return unique(found)

    def is_stem(self, s: Sentence, i: int) -> bool:
        return any(id in self.therapeutic for id in s.mentions[i].ids)

    def listed(self, s: Sentence, phrases: list[Phrase], verb: Verb | None, kinds: tuple[str, ...]) -> list[int]:
        """The mentions in phrases and in the list that goes on after them ("tissues, including fat and skin")."""
        if not phrases:
            return []
        all_phrases = s.parse.phrases
        at = all_phrases.index(phrases[0])
        found: list[int] = []
        end = phrases[0].first
        for p in all_phrases[at:]:
            if p.aside:
                end = p.last
                continue
            if p not in phrases and not (p.conjoined or p.bracket or p.prep in ("such as", "including", "like")):
                break
            if sum(t.tag not in (",", "(", ")", ":") for t in s.tokens[end : p.first]) > 4:
                break
            if p.bracket and not (found or p in phrases):
                end = p.last
                continue
            if found and "disease" in kinds and self._explains(s, p):
                break
            found.extend(s.in_tokens(p.first, p.last, kinds))
            end = p.last
        return found

    def _explains(self, s: Sentence, p: Phrase) -> bool:
        """Whether a phrase says what the disease before it is, and is no other one: "lupus, an autoimmune disease"."""
        if not s.is_apposed(p) or s.tokens[p.first].lower == "the":
            return False
        at = s.parse.phrases.index(p) + 1
        following = s.parse.phrases[at] if at < len(s.parse.phrases) else None
        return following is None or not following.conjoined

    def is_therapeutic(self, a: Agent) -> bool:
        return a[0] in self.therapeutic

    def is_cell(self, a: Agent) -> bool:
        return "cell" in self.vocabulary.kinds(a[0])

    def _effects(self, s: Sentence, e: Event) -> Iterator[tuple[str, int]]:
        """The mechanisms that an event brings about by what it acts on, with the token of each."""
        first, last = e.first, e.last
        if e.kind in ("verb", "inverse"):
            if e.verb is not None and not e.agent and e.objects:
                last = self._reach(s, e, last)
        for match in s.targets(e.owner, first, last):
            if (
                match.last + 1 < len(s.tokens)
                and s.tokens[match.last].lower == "of"
                and any(a == match.last + 1 and "disease" in s.mentions[k].kinds for k, (a, _) in enumerate(s.spans))
            ):
                # "the healing of fistulas" is the disease's, not a mechanism.
                continue
            inside = s.tokens[match.first].mention
            longer = inside >= 0 and s.spans[inside][1] > match.last and s.tokens[match.last].lower != "of"
            if longer and not s.mentions[inside].kinds.isdisjoint(("factor", "disease")):
                # "inflammatory cytokines" are lowered, not inflammation; "survival in spinal cord injury" is none of
                # the spinal cord.
                continue
            yield match.owner, match.first

    def _reach(self, s: Sentence, e: Event, last: int) -> int:
        """How far the object of a verb goes on: over "in", "from" and "to" phrases, to where its verb's region ends."""
        assert e.verb is not None
        if e.objects[0] not in e.verb.objects:
            return last
        aside = next((p for p in e.verb.objects if self._explains(s, p)), None)
        return aside.first if aside is not None and aside.first > e.first else max(last, e.verb.end)

    def covered_process(self, id: str) -> bool:
        """Whether a mechanism stands for a process."""
        return id in self._covered

    def mechanisms_of(self, effect: str, process: str) -> list[str]:
        """The mechanisms of a cell that raises or lowers a process."""
        return self._mechanisms.get((effect, process), [])

    def is_the_disease(self, s: Sentence, p: Phrase) -> bool:
        """Whether a phrase is "the disease", "this condition" …: the one spoken of."""
        return (
            not p.prep
            and s.tokens[p.first].lower in ("the", "this", "that", "their", "his", "her")
            and p.last - p.first <= 3
            and s.has("DiseaseWord", p.last - 1, p.last) is not None
            and not s.in_tokens(p.first, p.last, ("disease",))
        )

    def _is_symptom(self, s: Sentence, i: int) -> bool:
        """Whether a mention is a sign that changes, not the disease that somebody has: "fewer ulcers"."""
        phrase = s.phrase_at[s.spans[i][0]]
        return (
            "phenotype" in s.mentions[i].kinds
            and phrase is not None
            and not phrase.prep
            and any(phrase in e.objects for e in s.events if e.owner in ("Improving", "Lessening"))
        )

    def fronted_diseases(self, s: Sentence) -> list[str]:
        """The diseases that a sentence opens with: "In rats with CKD, …", "In disorders like A and B, …"."""
        verb = next((v for v in s.parse.verbs if v.form in ("finite", "base") and not v.relative and v.subject), None)
        if verb is None or not s.parse.phrases or s.parse.phrases[0].prep not in ("in", "for", "among"):
            return []
        return self.diseases(s, [p for p in s.parse.phrases if p.prep and p.last <= verb.subject[0].first])

    def context_disease(self, s: Sentence, c: Context) -> list[str]:
        """The disease that a sentence without one as object is about: its own, its section's or the article's."""
        caused = {
            self.pick(s.mentions[i], "disease")
            for e in s.events
            if e.owner == "Causing" and e.verb is not None and e.verb.passive and e.objects
            for i in s.in_tokens(e.first, e.last, ("disease",))
        }
        own = c.section_disease or c.disease
        named = [self.pick(m, "disease") for i, m in enumerate(s.mentions)
                 if "disease" in m.kinds and not (own and self._is_symptom(s, i))]  # fmt: skip
        named = [d for d in named if d and d not in caused]
        if len(fronted := self.fronted_diseases(s)) > 1 and named and named[0] == fronted[0]:
            return fronted
        if named:
            # "in people with injuries": far broader than what the article is about
            broader = c.disease and named[0] in self.vocabulary.ancestors(c.disease)
            broader = broader and named[0] not in self.vocabulary.parents(c.disease)
            return [c.disease if c.disease in named or broader else named[0]]
        d = c.section_disease or c.disease
        return [d] if d else []

    @staticmethod
    def _only_origin(s: Sentence, first: int, last: int) -> bool:
        """Whether nothing but "(MSCs)", "derived" and the like stands between a cell and where it is from."""
        depth = 0
        for t in s.tokens[first:last]:
            if t.text in "([":
                depth += 1
            elif t.text in ")]":
                depth -= 1
            elif not depth and t.tag not in ("VBN", "IN", "RB") and t.text != ",":
                return False
        return True

    def taken_from(self, s: Sentence, i: int) -> list[Agent]:
        """A cell as the cells from each tissue named after it: "MSCs derived from umbilical cord or placenta"."""
        known = s.identified.get(i)
        if known and all(one in s.unsourced for one in known):
            return list(known)
        agent = known[0] if known else self.agent_of(s, i)
        last = s.spans[i][1]
        phrases = s.parse.phrases
        start = next((p for p in phrases if p.first >= last and p.prep == "from" and p.first - last <= 7), None)
        if start is None or not self.is_cell(agent) or not self._only_origin(s, last, start.first):
            return [agent]
        found = []
        for k in self.listed(s, [start], None, ("tissue",)):
            tissue = self.pick(s.mentions[k], "tissue")
            cell = self.finder.specific(agent[0], tissue)
            found.append((cell, "") if cell else (agent[0], tissue))
        return found or [agent]


def unique(items: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(items))
