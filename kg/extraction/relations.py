"""The rules: from the events of a sentence to candidate claims.

Each rule is a method whose name is the name of the rule that a claim carries. A rule proposes; what an article lends a
sentence (referents, disease) comes from the context; polarity and certainty are decided for all rules alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from kg.extraction.context import Agent, Context
from kg.extraction.lexicon import Lexicon
from kg.extraction.mentions import Mention, MentionFinder
from kg.extraction.sentence import Event, Sentence
from kg.extraction.syntax import Phrase, Verb
from kg.vocabulary import Vocabulary

_AGENT_KINDS = ("cell", "product", "drug", "factor")
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
    confidence: float = 0.8
    disease: str | None = None  # None: from the context; "": none
    negative: bool | None = None  # None: to be decided
    hedged: bool | None = None
    value: str = ""
    unit: str = ""
    qualifiers: dict[str, str] = field(default_factory=dict)
    first: int = 0  # tokens that the claim rests on
    last: int = 0


class Rules:
    """The rules, with the vocabulary and lexicon that they read by."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, finder: MentionFinder) -> None:
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.finder = finder
        therapeutic = vocabulary.annotations.get("therapeutic", ())
        roots = {id for id, value in therapeutic if value == "true"} or {"CL:0000034"}
        self.therapeutic = frozenset(
            id for id in vocabulary.terms if vocabulary.ancestors(id) & roots or "product" in vocabulary.kinds(id)
        )
        #: The general cells: a more specific one, where the text has it, is meant.
        self.general = frozenset(id for id, value in therapeutic if value == "true") | {"CL:0000048", "CL:0000723"}
        self.effects = {id: tuple(value.split()) for id, value in vocabulary.annotations.get("factorEffect", ())}
        #: Verbs that by themselves say that something is released or does good.
        self.releasing = frozenset(v for _, v in vocabulary.annotations.get("releasing", ()))
        self.helping = frozenset(v for _, v in vocabulary.annotations.get("helping", ()))
        self.denying = frozenset(v for _, v in vocabulary.annotations.get("denying", ()))
        self.cell_of = dict(vocabulary.annotations.get("cellOf", ()))
        #: Processes that a mechanism stands for: a cell that raises one has the mechanism.
        self._covered = frozenset(value.split()[1] for _, value in vocabulary.annotations.get("factorEffect", ()))

    # -- who

    def agent_of(self, s: Sentence, i: int) -> Agent:
        """Mention i as the subject of a claim."""
        m = s.mentions[i]
        for id in m.ids:
            if self.vocabulary.kinds(id) & frozenset(_AGENT_KINDS):
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
        found: list[Agent] = []
        for p in phrases:
            if p.prep in (
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
            ) or (p.conjoined):
                found.extend(self._heads(s, p, kinds))
        if not found:
            for p in phrases:
                if p.prep in ("of", "from", "between", "to", "for", "on", "in", "into"):
                    heads = self._heads(s, p, kinds)
                    if p.prep in ("in", "to", "on", "into", "for", "from"):
                        heads = [h for h in heads if h[0] in self.therapeutic]
                    found.extend(heads)
        if found:
            return _unique(found)
        for p in phrases:
            if not p.prep or p.prep in ("of", "with", "by", "after", "following", "using"):
                referred = self.referent(s, c, p)
                if referred:
                    return referred
        return []

    def _heads(self, s: Sentence, p: Phrase, kinds: tuple[str, ...]) -> list[Agent]:
        """The agents that a phrase names: the last of its mentions, and those coordinated with it by a slash."""
        inside = s.in_tokens(p.first, p.last, kinds)
        if not inside:
            return []
        head = inside[-1]
        if s.has("PatientWord", p.first, p.last) and s.mentions[head].id not in self.therapeutic:
            return []
        return [self.agent_of(s, head)]

    def referent(self, s: Sentence, c: Context, p: Phrase) -> list[Agent]:
        """What a pronoun or a phrase such as "these cells", "their ability" or "the treatment" stands for."""
        first = s.tokens[p.first]
        if first.lower in ("they", "it", "its", "their", "them", "both"):
            return list(c.topic)
        if first.lower in ("these", "this", "those", "the", "such", "both", "that", "additionally"):
            match = s.has("ReferringWord", p.first, p.last)
            if match is not None and match.last == p.last:
                words = {t.lemma for t in s.tokens[match.first : match.last]}
                if s.in_tokens(p.first, p.last, ("disease", "tissue", "drug")):
                    return []
                if "cell" in words or "vesicle" in words:
                    return list(c.topic)
                if first.lower in ("the",) and c.therapy:
                    return list(c.therapy)
                return list(c.topic or c.therapy)
        return []

    def all_agents(self, s: Sentence, first: int, last: int) -> list[Agent]:
        """The therapeutic cells, products and drugs named in tokens `first:last`."""
        return _unique(
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
        if e.kind in ("noun", "participle"):
            found = self._within_phrase(s, c, e.head)
            if found:
                return found
        if e.verb is not None and e.verb.form == "gerund" and e.verb.prep not in ("", "by") and e.verb.governor:
            near = [p for p in e.verb.governor.objects if p.last <= e.verb.first]
            found = [a for a in self.agents(s, c, near) if self.acts(a)]
            if found:
                return found
        if e.subject is not None:
            found = self.agents(s, c, e.subject)
            if found:
                return found
        seen = set()
        verb = e.verb
        while verb is not None and id(verb) not in seen:
            seen.add(id(verb))
            found = self.agents(s, c, verb.subject) if not (verb is e.verb and e.subject is None) else []
            if found:
                return found
            verb = verb.governor
        if not loose:
            return []
        # The sentence's one therapy, else the one that a sentence without a subject of its own carries in.
        named = [a for a in self.all_agents(s, 0, len(s.tokens)) if a[0] in self.therapeutic]
        if len(named) == 1:
            return named
        if not named and self.carries(s, e):
            return list(c.topic or c.therapy)
        return []

    def acts(self, agent: Agent) -> bool:
        """Whether an agent is a therapy."""
        return agent[0] in self.therapeutic or "drug" in self.vocabulary.kinds(agent[0])

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
            if s.has("ResultWord", p.last - 1, p.last) or head in self.lexicon.nouns:
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
            return list(c.topic)
        at = s.parse.phrases.index(phrase)
        for p in s.parse.phrases[at + 1 : at + 4]:
            if p.prep in ("of", "by"):
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
        found = []
        for i in s.in_phrases(phrases, ("disease",)):
            id = self.pick(s.mentions[i], "disease")
            if id:
                found.append(id)
        return _unique(found)

    # -- the rules

    def candidates(self, s: Sentence, c: Context) -> list[Candidate]:
        """What the rules propose for a sentence."""
        found: list[Candidate] = []
        for rule in (
            self.origin,
            self.differentiation,
            self.secretion,
            self.mechanism_by_effect,
            self.mechanism_by_name,
            self.regulation,
            self.treats_by_verb,
            self.treats_by_measure,
            self.treats_by_link,
            self.treats_by_benefit,
            self.treats_by_response,
            self.given_by,
            self.harm,
            self.comparison,
            self.pathway,
            self.damage,
        ):
            found.extend(rule(s, c))
        return found

    def origin(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """derived_from: "MSCs can be isolated from bone marrow", "MSCs from placenta"."""
        seen = set()
        for e in s.events:
            if e.owner != "derived_from" or e.verb is None:
                continue
            if e.kind == "inverse":
                tissues = [i for i in s.in_phrases(e.subject or (), ("tissue",))]
                cells = [i for i in s.in_phrases(e.objects, ("cell",)) if self.is_stem(s, i)]
                agents = [self.agent_of(s, i) for i in cells[:1]]
            else:
                cell_phrases = e.subject or []
                agents = [a for a in self.agents(s, c, cell_phrases, ("cell", "product")) if self.acts(a)]
                tissues = self.listed(s, e.objects, e.verb, ("tissue",))
            for a in agents:
                for i in tissues:
                    tissue = self.pick(s.mentions[i], "tissue")
                    seen.add((a, tissue))
                    yield Candidate((self.unsourced(a[0], tissue), ""), "derived_from", tissue, e.head, e.verb, "origin",
                                    0.85, disease="")  # fmt: skip
        for k, p in enumerate(s.parse.phrases):
            if p.prep != "from" or k == 0:
                continue
            before = s.parse.phrases[k - 1]
            if before.last + 1 != p.first:
                continue
            cells = [i for i in s.in_tokens(before.first, before.last, ("cell",)) if self.is_stem(s, i)]
            if not cells or s.spans[cells[-1]][1] != before.last:
                continue
            agent = self.agent_of(s, cells[-1])
            for i in self.listed(s, [p], None, ("tissue",)):
                tissue = self.pick(s.mentions[i], "tissue")
                if (agent, tissue) not in seen:
                    yield Candidate(
                        (agent[0], ""), "derived_from", tissue, p.first - 1, None, "origin", 0.8, disease=""
                    )

    def unsourced(self, cell: str, tissue: str) -> str:
        return cell

    def is_stem(self, s: Sentence, i: int) -> bool:
        return any(id in self.therapeutic for id in s.mentions[i].ids)

    def listed(self, s: Sentence, phrases: list[Phrase], verb: Verb | None, kinds: tuple[str, ...]) -> list[int]:
        """The mentions in phrases and in the list that goes on after them ("various tissues, including fat and skin")."""
        if not phrases:
            return []
        all_phrases = s.parse.phrases
        at = all_phrases.index(phrases[0])
        found = []
        end = phrases[0].first
        for p in all_phrases[at:]:
            if p not in phrases and not (p.conjoined or p.bracket or p.prep in ("such as", "including", "like")):
                break
            if p.first - end > 4:
                break
            if p.bracket and not (found or p in phrases):
                end = p.last
                continue
            found.extend(s.in_tokens(p.first, p.last, kinds))
            end = p.last
        return found

    def differentiation(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """differentiates_into: "MSCs can turn into bone, cartilage and nerve cells"."""
        for e in s.events:
            if e.owner != "differentiates_into" or (e.kind == "verb" and not e.objects):
                continue
            if e.kind in ("noun", "participle"):
                if e.kind == "participle":
                    continue
                at = next((k for k, p in enumerate(s.parse.phrases) if p.first > e.head and p.prep in (
                    "into", "to", "toward", "towards")), None)  # fmt: skip
                if at is None or s.parse.phrases[at].first - e.head > 6:
                    continue
                objects = [s.parse.phrases[at]]
                agents = [a for a in self.event_agents(s, c, e) if self.is_therapeutic(a)]
            else:
                objects = e.objects
                agents = [a for a in self.event_agents(s, c, e) if self.is_cell(a)]
            weak = e.cue.split()[-1] in ("make", "produce", "create", "form", "generate", "become", "yield") or (
                "responsible" in e.cue
            )
            targets = []
            cells_named = "cell" in {t.lemma for p in objects for t in s.tokens[p.first : s.end_of_list(p)]}
            for i in self.listed(s, objects, e.verb, ("cell", "tissue")):
                m = s.mentions[i]
                id = self.pick(m, "cell")
                if not id:
                    id = self.cell_of.get(m.id, "") if cells_named else ""
                    if not id and not weak:
                        id = self.pick(m, "tissue")
                if id and id not in ("CL:0000000",):
                    targets.append(id)
            for a in agents:
                for id in _unique(targets):
                    if id == a[0] or (weak and (id not in self.vocabulary.terms or a[0] not in self.therapeutic)):
                        continue
                    if id in self.vocabulary.ancestors(a[0]):
                        continue
                    yield Candidate(a, "differentiates_into", id, e.head, e.verb, "differentiation",
                                    0.7 if weak else 0.85, disease="")  # fmt: skip

    def is_therapeutic(self, a: Agent) -> bool:
        return a[0] in self.therapeutic

    def is_cell(self, a: Agent) -> bool:
        return "cell" in self.vocabulary.kinds(a[0])

    def secretion(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """secretes: "MSCs release cytokines such as IL-10"; and ParacrineSignaling where what is released does good."""
        for e in s.events:
            if e.owner != "secretes" or e.kind == "participle":
                continue
            if e.kind == "noun" and not e.objects:
                continue
            agents = [a for a in self.event_agents(s, c, e) if self.is_cell(a) or a[0] in self.therapeutic]
            objects = e.objects
            if not objects or not agents:
                continue
            released = []
            for i in self.listed(s, objects, e.verb, ("factor", "product")):
                id = self.pick(s.mentions[i], "factor", "product")
                if id and not (s.mentions[i].kinds & {"cell"}):
                    released.append(id)
            plain = e.cue.split()[0] in self.releasing
            if not plain and not released:
                continue
            for a in agents:
                for id in _unique(released):
                    if id != a[0]:
                        yield Candidate(a, "secretes", id, e.head, e.verb, "secretion", 0.85 if plain else 0.7)
                # What is released does something for the body: the benefit comes by way of it.
                if (released or plain) and self._does_good(s, objects, e):
                    yield Candidate(a, "acts_via", "stemkg:ParacrineSignaling", e.head, e.verb, "paracrine", 0.75)

    def _does_good(self, s: Sentence, objects: list[Phrase], e: Event) -> bool:
        last = max(p.last for p in objects)
        for v in s.parse.verbs:
            if v.first >= last - 1 and (v.relative or v.form in ("infinitive", "gerund")) and v.first - last <= 16:
                for other in s.events:
                    if other.verb is v and (other.owner in self.lexicon.governing or other.owner == "treats"):
                        return True
        return False

    def _effects(self, s: Sentence, e: Event) -> Iterator[tuple[str, int]]:
        """The mechanisms that an event brings about by what it acts on, with the token of each."""
        first, last = e.first, e.last
        if e.kind in ("verb", "inverse"):
            if e.verb is not None and not e.agent and e.objects:
                last = self._reach(s, e, last)
        for match in self.lexicon.targets(e.owner, s.tokens, first, last):
            yield match.owner, match.first

    def _reach(self, s: Sentence, e: Event, last: int) -> int:
        """How far the object of a verb goes on: over "in", "from" and "to" phrases, to where its verb's region ends."""
        assert e.verb is not None
        return max(last, e.verb.end) if e.objects[0] in e.verb.objects else last

    def mechanism_by_effect(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """acts_via: a verb of a class with an object that the mechanism names: "reduce inflammation"."""
        for e in s.events:
            if e.owner not in self.lexicon.governing:
                continue
            if e.kind == "participle" and e.verb is not None and e.verb.main == e.head:
                continue
            found = _unique(self._effects(s, e))
            if not found:
                continue
            agents = self.event_agents(s, c, e)
            for mechanism, at in found:
                for a in agents:
                    yield from self._mechanism(s, a, mechanism, e, at, "effect")

    def _mechanism(self, s: Sentence, a: Agent, mechanism: str, e: Event, at: int, rule: str) -> Iterator[Candidate]:
        kinds = self.vocabulary.kinds(a[0])
        if a[0] in self.therapeutic or "product" in kinds:
            yield Candidate(a, "acts_via", mechanism, e.head, e.verb, rule, 0.8, first=min(e.head, at), last=at + 1)
        elif "factor" in kinds and "drug" not in kinds - {"factor"}:
            effect = self.effects.get(mechanism)
            if effect:
                yield Candidate(a, effect[0], effect[1], e.head, e.verb, rule + "-of-factor", 0.7)

    def mechanism_by_name(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """acts_via: a mechanism called by name: "immunomodulatory properties", "homing"."""
        for match in self.lexicon.phrases("mechanism", s.tokens):
            at = match.first
            # Inside a longer name, or the object of a verb that lessens it, it is not what the cell does.
            mention = s.tokens[at].mention
            if mention >= 0 and s.mentions[mention].kinds & {"drug", "cell", "product", "disease", "adverse_event"}:
                if s.spans[mention] != (match.first, match.last):
                    continue
            verb = s.enclosing(at)
            phrase = s.phrase_at[at]
            e = Event("", at, at, match.last, verb.subject if verb is not None else None, [], verb, "noun", match.cue)
            if verb is None:
                inside = [v for v in s.parse.verbs if v.first <= at < v.last]
                if inside:
                    verb = e.verb = inside[0]
                    e.subject = verb.subject
                    e.kind = "verb"
            lessened = any(o.owner == "decreases" and o.head != at and o.first <= at < o.last and o.kind != "noun"
                           for o in s.events)  # fmt: skip
            if lessened or phrase is None and verb is None:
                continue
            agents = self.event_agents(s, c, e)
            for a in agents:
                if a[0] in self.therapeutic or "product" in self.vocabulary.kinds(a[0]):
                    yield Candidate(a, "acts_via", match.owner if ":" in match.owner else "stemkg:" + match.owner, at,
                                    verb, "named-mechanism", 0.75, first=at, last=match.last)  # fmt: skip

    def regulation(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """increases and decreases: named factors, cells and processes that no mechanism covers."""
        for e in s.events:
            if e.owner not in ("increases", "decreases") or e.kind == "participle" and not e.objects and e.verb is None:
                continue
            covered = {at for _, at in self._effects(s, e)}
            objects = e.objects if e.kind != "participle" else []
            if e.kind in ("noun", "participle"):
                phrase = s.phrase_at[e.head]
                inner = s.in_tokens(e.head, phrase.last, ("factor", "cell", "process")) if phrase is not None else []
                targets = inner + [i for p in e.objects if p.prep in ("of", "in", "such as", "including", "like")
                                   for i in s.in_tokens(p.first, p.last, ("factor", "cell", "process"))]  # fmt: skip
            else:
                targets = self.listed(s, objects, e.verb, ("factor", "cell", "process")) if objects else []
                targets += [i for p in objects for i in s.in_tokens(p.first, p.last, ("factor", "cell", "process"))]
            targets = _unique(targets)
            if not targets:
                continue
            agents = self.event_agents(s, c, e, loose=e.kind == "verb")
            for a in agents:
                for i in targets:
                    m = s.mentions[i]
                    if s.spans[i][0] in covered or (covered and "cell" in m.kinds):
                        continue
                    id = self.pick(m, "factor", "process", "cell")
                    if not id or id == a[0] or id in self.vocabulary.ancestors(a[0]):
                        continue
                    if "process" in self.vocabulary.kinds(id) and self.covered_process(id) and self.is_therapeutic(a):
                        continue
                    if a in [self.agent_of(s, j) for j in targets]:
                        continue
                    yield Candidate(a, e.owner, id, e.head, e.verb, "regulation", 0.75 if e.kind == "verb" else 0.6)

    def covered_process(self, id: str) -> bool:
        return id in self._covered

    # -- treats

    def treats_by_verb(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """treats: a verb of benefit with a disease, or patients, as its object."""
        for e in s.events:
            if e.owner != "treats" or e.verb is None or e.kind not in ("verb",):
                continue
            agents = [a for a in self.event_agents(s, c, e) if self.acts(a)]
            if not agents:
                continue
            found = []
            for i in self.listed(s, e.objects, e.verb, ("disease", "phenotype")):
                id = self.pick(s.mentions[i], "disease")
                if id:
                    found.append(id)
                elif e.cue.split()[0] in ("treat", "relieve", "ease", "alleviate"):
                    found.extend(self.context_disease(s, c))
            run = e.objects
            patients = any(s.has("PatientWord", p.first, p.last) for p in run)
            if patients and not found:
                later = [
                    p for p in e.verb.objects if p.last > e.last - 1 and p.prep in ("with", "of", "from", "in", "for")
                ]
                found = self.diseases(s, later) or self.context_disease(s, c)
                if e.cue.split()[0] not in self.helping and not any(w in e.cue for w in (" for", " in", " to")):
                    found = []
            if e.verb.passive and not e.agent and e.subject is None and not agents:
                continue
            for a in agents:
                for d in _unique(found):
                    yield Candidate(a, "treats", d, e.head, e.verb, "benefit-verb", 0.85, disease=d)

    def context_disease(self, s: Sentence, c: Context) -> list[str]:
        """The disease that a sentence without one as object is about: its own, its section's or the article's."""
        named = [self.pick(m, "disease") for m in s.mentions if "disease" in m.kinds]
        named = [d for d in named if d]
        if named:
            return [c.disease if c.disease in named else named[0]]
        d = c.section_disease or c.disease
        return [d] if d else []

    def treats_by_measure(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """treats: a measure of health improves, a burden of disease lessens."""
        for e in s.events:
            if e.owner not in ("Improving", "Lessening"):
                continue
            group = "MeasureWord" if e.owner == "Improving" else "ComplaintWord"
            last = e.last
            if e.kind == "verb" and e.verb is not None and not e.agent and e.objects and e.objects[0] in e.verb.objects:
                last = max(last, min(e.verb.end, last + 12))
            match = s.has(group, e.first, last)
            symptom = s.in_tokens(e.first, last, ("phenotype",))
            if match is None and not symptom:
                continue
            if match is not None and match.first == e.head:
                match = s.has(group, e.head + 1, last)
                if match is None and not symptom:
                    continue
            agents = [a for a in self.event_agents(s, c, e) if self.acts(a)]
            if not agents:
                continue
            near = s.diseases_in(e.first, min(len(s.tokens), last + 10))
            ds = [self.pick(s.mentions[i], "disease") for i in near]
            ds = [d for d in ds if d] or self.context_disease(s, c)
            if len(set(ds)) > 1 and c.disease in ds:
                ds = [c.disease]
            for a in agents:
                for d in _unique(ds)[:1]:
                    yield Candidate(a, "treats", d, e.head, e.verb, "measure", 0.75, disease=d)

    def treats_by_link(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """treats: a therapy tied to a disease by a chain of phrases: "MSCs for lupus", "the role of stem cells in
        treating stroke", "a trial of MSC therapy in patients with ALS"."""
        phrases = s.parse.phrases
        for k, p in enumerate(phrases):
            heads = [
                i for i in s.in_tokens(p.first, p.last, ("cell", "product", "drug"))
                if s.mentions[i].id in self.therapeutic or "drug" in s.mentions[i].kinds
            ]  # fmt: skip
            if not heads or p.prep in ("from",):
                continue
            head = heads[-1]
            end = p.last
            purposeful = False
            for q in phrases[k + 1 : k + 9]:
                gap = s.tokens[end : q.first]
                # Only prepositions, "treating" and commas may stand between.
                if any(t.tag.startswith("V") and not self._treating(t.lemma, t.tag) or t.tag in ("MD",) for t in gap):
                    break
                if any(t.lower in ("that", "which", "who", ";", ":", "but", "and", "or") for t in gap) and not (
                    q.conjoined and purposeful
                ):
                    if not (q.conjoined or q.bracket):
                        break
                if q.prep in ("for", "in", "against") or any(self._treating(t.lemma, t.tag) for t in gap):
                    purposeful = True
                elif not q.prep and not q.conjoined and not q.bracket:
                    break
                elif (
                    q.prep in ("from", "by", "than", "like", "such as", "including", "over", "versus")
                    and not purposeful
                ):
                    break
                end = q.last
                if q.bracket:
                    continue
                if purposeful:
                    for i in s.in_tokens(q.first, q.last, ("disease",)):
                        d = self.pick(s.mentions[i], "disease")
                        if d and self._treatable(s, q, i):
                            a = self.agent_of(s, head)
                            yield Candidate(a, "treats", d, s.spans[head][0], s.enclosing(s.spans[i][0]), "link", 0.75,
                                            disease=d, first=s.spans[head][0], last=s.spans[i][1])  # fmt: skip
        # "the treatment of D with A"
        for e in s.events:
            if e.owner == "treats" and e.kind == "noun":
                ds = [d for p in e.objects if p.prep in ("of", "for") for d in self.diseases(s, [p])]
                if ds and e.agent:
                    for a in self.agents(s, c, e.agent):
                        if self.acts(a):
                            for d in _unique(ds):
                                yield Candidate(a, "treats", d, e.head, e.verb, "treatment-with", 0.8, disease=d)

    def _treating(self, lemma: str, tag: str) -> bool:
        return tag == "VBG" and any(cue.owner == "treats" for cue in self.lexicon.verbs.get(lemma, ()))

    def _treatable(self, s: Sentence, p: Phrase, i: int) -> bool:
        return True

    def treats_by_benefit(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """treats: a therapy is, or offers, something good for a disease or its patients: "a promising option for MS",
        "is effective in lupus", "offers hope to patients"."""
        for v in s.parse.verbs:
            agents = None
            if v.copula:
                if "treats" not in self.lexicon.adjectives.get(v.lemma, ()):
                    continue
                start = v.last
            else:
                match = s.has("BenefitWord", v.last, v.end)
                if match is None or v.lemma in self.denying:
                    continue
                start = match.last
            e = Event("treats", v.main, v.last, v.end, v.subject, [], v, "verb", v.lemma)
            targets: list[str] = []
            patients = False
            for p in v.objects:
                if p.last <= start or p.bracket:
                    continue
                if (
                    p.prep
                    in ("for", "in", "to", "of", "against", "with", "across", "among", "like", "such as", "including")
                    or p.conjoined
                ):
                    targets.extend(self.diseases(s, [p]))
                    if p.prep in ("for", "in", "to", "of", "with", "among") and s.has("PatientWord", p.first, p.last):
                        patients = True
                elif p.prep in ("than", "over", "versus"):
                    break
            for g in s.parse.verbs:
                if (
                    g.governor is v
                    and self._treating_verb(g)
                    and g.prep in ("for", "in", "of", "to", "")
                    and g.first >= start
                ):
                    targets.extend(self.diseases(s, [p for p in g.objects]))
                    if any(s.has("PatientWord", p.first, p.last) for p in g.objects):
                        patients = True
            if not targets and patients:
                targets = self.context_disease(s, c)
            if not targets:
                continue
            agents = [a for a in self.event_agents(s, c, e) if self.acts(a)]
            for a in agents:
                for d in _unique(targets):
                    yield Candidate(a, "treats", d, v.main, v, "benefit-noun", 0.75, disease=d)

    def _treating_verb(self, v: Verb) -> bool:
        return v.form in ("gerund", "infinitive") and any(
            cue.owner in ("treats", "Improving", "Lessening") for cue in self.lexicon.verbs.get(v.lemma, ())
        )

    def treats_by_response(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """treats: patients or a disease respond to, improve after or are treated with a therapy."""
        for e in s.events:
            if e.owner != "treats" or e.kind != "inverse" or e.verb is None:
                continue
            agents = [a for a in self.agents(s, c, e.objects) if self.acts(a)]
            if not agents and s.has("TherapyWord", e.first, e.last):
                agents = list(c.topic or c.therapy)
            subject = e.subject or []
            patients = any(s.has("PatientWord", p.first, p.last) for p in subject)
            ds = self.diseases(s, subject)
            treated = e.cue.split()[1:2] in (["treated"], ["managed"])
            if treated and patients:
                continue
            if not ds and patients:
                ds = self.context_disease(s, c)
            for a in agents:
                for d in _unique(ds):
                    yield Candidate(a, "treats", d, e.head, e.verb, "response", 0.75, disease=d)

    # -- how, and at what cost

    def given_by(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """given_by: a route named where a cell is given."""
        routes = s.in_tokens(0, len(s.tokens), ("route",))
        if not routes:
            return
        agents = self.all_agents(s, 0, len(s.tokens))
        agents = [a for a in agents if a[0] in self.therapeutic]
        if not agents:
            for v in s.parse.verbs:
                agents = [a for a in self.agents(s, c, v.subject) if a[0] in self.therapeutic]
                if agents:
                    break
        if not agents:
            agents = [a for p in s.parse.phrases for a in self.referent(s, c, p) if a[0] in self.therapeutic]
        if not agents:
            return
        if self.compares_routes(s, routes):
            return
        for i in routes:
            route = self.pick(s.mentions[i], "route")
            for a in _unique(agents)[:2]:
                yield Candidate(a, "given_by", route, s.spans[i][0], s.enclosing(s.spans[i][0]), "route", 0.75,
                                hedged=False)  # fmt: skip

    def compares_routes(self, s: Sentence, routes: list[int]) -> bool:
        return len(routes) > 1 and s.has("Than", s.spans[routes[0]][1], s.spans[routes[-1]][0]) is not None

    def harm(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """adverse_effect: side effects, named or as a kind, that a therapy has or has not."""
        events = [i for i in range(len(s.mentions)) if "adverse_event" in s.mentions[i].kinds]
        seldom = None
        for i in events:
            first, last = s.spans[i]
            phrase = s.phrase_at[first]
            serious = self.pick(s.mentions[i], "adverse_event")
            before = phrase.first if phrase is not None else max(0, first - 3)
            generic = serious == "stemkg:AdverseEvent"
            grave = generic and (s.has("Serious", before, first) is not None)
            object_ = "stemkg:SeriousAdverseEvent" if grave else serious
            seldom = s.has("Seldom", max(0, before - 1), first)
            verb = s.enclosing(first) or next((v for v in s.parse.verbs if phrase in v.subject), None)
            if seldom is None and verb is not None and phrase is not None and phrase in verb.subject:
                seldom = s.has("Seldom", verb.first, verb.last + 1) if (verb.negated or verb.copula) else None
                if verb.negated:
                    seldom = s.has("Negation", verb.first, verb.last) or seldom
            negative = seldom is not None or (verb is not None and verb.negated)
            named = self._named_harms(s, phrase) if phrase is not None else []
            if negative and not (object_ == "stemkg:SeriousAdverseEvent"):
                if generic:
                    pass
            agents = self._harm_agents(s, c, verb, phrase)
            if not agents:
                continue
            comparing = s.has("Than", last, len(s.tokens)) is not None and s.has("Better", before, first) is not None
            if comparing:
                continue
            for a in agents:
                if named:
                    for id, k in named:
                        yield Candidate(a, "adverse_effect", id, s.spans[k][0], verb, "named-harm", 0.8,
                                        negative=negative, hedged=None)  # fmt: skip
                else:
                    yield Candidate(a, "adverse_effect", object_, first, verb, "harm", 0.75, negative=negative)
        # "caused fever", "risk of infection", "headache was reported"
        for e in s.events:
            if e.owner != "Causing" or e.kind != "verb" or e.verb is None:
                continue
            mild = e.cue.split()[0] in ("cause", "lead", "result", "induce", "trigger", "provoke", "worsen", "exacerbate",
                                        "aggravate", "heighten", "pose", "increase", "raise", "precipitate", "be")  # fmt: skip
            if not mild:
                continue
            agents = [a for a in self.agents(s, c, e.subject or e.agent) if self.acts(a)]
            targets = [i for i in self.listed(s, e.objects, e.verb, ("phenotype", "disease"))]
            targets += [i for p in e.objects for i in s.in_tokens(p.first, p.last, ("phenotype", "disease"))]
            if e.cue.split()[0] in ("increase", "raise") and "risk" not in e.cue:
                continue
            if s.has("Lessened", e.first, e.last):
                continue
            for a in agents:
                for i in _unique(targets):
                    id = self.pick(s.mentions[i], "phenotype", "disease")
                    yield Candidate(a, "adverse_effect", id, e.head, e.verb, "caused-harm", 0.7)

    def _named_harms(self, s: Sentence, phrase: Phrase) -> list[tuple[str, int]]:
        at = s.parse.phrases.index(phrase)
        found = []
        started = False
        end = phrase.last
        for p in s.parse.phrases[at + 1 : at + 12]:
            if not started and p.prep not in ("such as", "including", "like") and not p.bracket:
                gap = [t.lower for t in s.tokens[end : p.first]]
                if not any(w in ("were", "was", "are", "include", "included", ":") for w in gap):
                    break
            if started and not (p.conjoined or p.bracket):
                break
            started = True
            for i in s.in_tokens(p.first, p.last, ("phenotype", "disease", "adverse_event")):
                found.append((self.pick(s.mentions[i], "phenotype", "adverse_event", "disease"), i))
            end = p.last
        return found

    def _harm_agents(self, s: Sentence, c: Context, verb: Verb | None, phrase: Phrase | None) -> list[Agent]:
        named = self.all_agents(s, 0, len(s.tokens))
        seen: set[int] = set()
        v = verb
        while v is not None and id(v) not in seen:
            seen.add(id(v))
            subject = [p for p in v.subject if p is not phrase]
            found = [a for a in self.agents(s, c, subject) if self.acts(a)]
            if found:
                return found
            found = [a for a in self.agents(s, c, [p for p in v.objects if p.prep in ("with", "after", "following", "of", "from", "by")])
                     if self.acts(a)]  # fmt: skip
            if found:
                return found
            v = v.governor
        if named:
            return named
        for p in s.parse.phrases:
            referred = self.referent(s, c, p)
            if referred:
                return [a for a in referred if self.acts(a)]
        return list(c.drugs or c.topic or c.therapy)

    def comparison(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """more_effective_than: two named sides, and which one wins."""
        kinds = ("cell", "product", "drug", "route")
        sides = [
            i for i in s.in_tokens(0, len(s.tokens), kinds)
            if s.mentions[i].id in self.therapeutic or s.mentions[i].kinds & {"drug", "route"}
        ]  # fmt: skip
        for than in self.lexicon.phrases("Than", s.tokens):
            if s.tokens[than.first].lower == "to" and than.last - than.first == 1:
                continue
            after = [i for i in sides if s.spans[i][0] >= than.last and s.spans[i][0] - than.last <= 12]
            before = [i for i in sides if s.spans[i][1] <= than.first]
            leading = than.first == 0 or not before
            if leading:
                comma = next((k for k in range(than.last, len(s.tokens)) if s.tokens[k].text == ","), None)
                if comma is None:
                    continue
                losers = [i for i in after if s.spans[i][0] < comma or self._goes_on(s, after[0], i)]
                winners = [i for i in sides if i not in losers and s.spans[i][0] > comma]
                scope = (comma, len(s.tokens))
            else:
                stop = next((k for k in range(than.last, len(s.tokens)) if s.tokens[k].text in ",;." and
                             not self._listing(s, k, sides)), len(s.tokens))  # fmt: skip
                losers = [i for i in after if s.spans[i][0] < stop]
                winners = before
                scope = (0, than.first)
            if not leading and (worse := s.has("Worse", *scope)) is not None and s.tokens[worse.first].lemma in (
                "inferior", "bad", "worse", "poor"):  # fmt: skip
                winners, losers = losers, winners
            elif s.has("Better", *scope) is None:
                continue
            winners = self._subjects_first(s, winners, scope)
            for w in winners:
                for x in losers:
                    a, b = self.agent_of_side(s, w), self.agent_of_side(s, x)
                    if a[0] != b[0] and self._comparable(a[0], b[0]):
                        yield Candidate(
                            a, "more_effective_than", b[0], than.first, s.enclosing(than.first), "comparison", 0.7
                        )

    def _goes_on(self, s: Sentence, first: int, i: int) -> bool:
        return False

    def _listing(self, s: Sentence, k: int, sides: list[int]) -> bool:
        return False

    def _subjects_first(self, s: Sentence, winners: list[int], scope: tuple[int, int]) -> list[int]:
        return winners[-1:] if winners else []

    def agent_of_side(self, s: Sentence, i: int) -> Agent:
        route = self.pick(s.mentions[i], "route")
        return (route, "") if route else self.agent_of(s, i)

    def _comparable(self, a: str, b: str) -> bool:
        route = "route" in self.vocabulary.kinds(a), "route" in self.vocabulary.kinds(b)
        return route[0] == route[1]

    def pathway(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """involves: a pathway or factor that a disease, mechanism or product works by."""
        ways = s.in_tokens(0, len(s.tokens), ("pathway",))
        if not ways:
            return
        for e in s.events:
            if e.owner != "involves" or e.verb is None:
                continue
            subject, objects = e.subject or [], e.objects
            inside = [i for i in s.in_phrases(objects, ("pathway",))]
            if inside and e.kind == "verb":
                for a in self._involving(s, c, subject):
                    for i in inside:
                        yield Candidate(
                            a, "involves", self.pick(s.mentions[i], "pathway"), e.head, e.verb, "pathway", 0.7
                        )

    def _involving(self, s: Sentence, c: Context, phrases: list[Phrase]) -> list[Agent]:
        found: list[Agent] = []
        for p in phrases:
            for i in s.in_tokens(p.first, p.last, ("disease",)):
                found.append((self.pick(s.mentions[i], "disease"), ""))
            for match in self.lexicon.phrases("mechanism", s.tokens, p.first, p.last):
                found.append(("stemkg:" + match.owner, ""))
        return _unique(found)

    def damage(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """affects: what a disease damages, depletes or disturbs."""
        for e in s.events:
            if e.owner != "affects" or e.kind != "verb" or e.verb is None:
                continue
            subject = e.subject if e.subject is not None else e.agent
            ds = [d for p in subject or () for d in self.diseases(s, [p])]
            if (
                not ds
                and subject
                and s.tokens[subject[0].first].lower in ("it", "this", "which", "they")
                and c.diseases
            ):
                ds = c.diseases[-1:]
            if not ds:
                continue
            for i in self.listed(s, e.objects, e.verb, ("tissue", "cell", "process")):
                id = self.pick(s.mentions[i], "cell", "tissue", "process")
                for d in _unique(ds)[:1]:
                    if id:
                        yield Candidate((d, ""), "affects", id, e.head, e.verb, "damage", 0.75, disease=d)


def _unique(items: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(items))
