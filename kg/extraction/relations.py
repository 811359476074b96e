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
        self.transplanted = frozenset(id for id, _ in vocabulary.annotations.get("transplanted", ()))
        self.worse = frozenset(v for _, v in vocabulary.annotations.get("against", ()))
        self.denying = frozenset(v for _, v in vocabulary.annotations.get("denying", ()))
        self.cell_of = dict(vocabulary.annotations.get("cellOf", ()))
        #: Processes that a mechanism stands for: a cell that raises one has the mechanism.
        self._covered = frozenset(value.split()[1] for _, value in vocabulary.annotations.get("factorEffect", ()))

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

    def identify(self, s: Sentence, c: Context) -> None:
        """General cells made specific: by the sentence ("HSCs are stem cells that …"), by "these stem cells", or by
        the article's therapy ("stem cell therapy", "the harvested stem cells")."""
        for i, m in enumerate(s.mentions):
            if m.id not in self.general or m.source or "cell" not in m.kinds:
                continue
            phrase = s.phrase_at[s.spans[i][0]]
            if phrase is None:
                continue
            found = self._equated(s, phrase)
            first = s.tokens[phrase.first]
            if not found and s.has("TransplantWord", s.spans[i][1], s.spans[i][1] + 1) and c.transplant:
                found = [(c.transplant, "")]
            known = c.therapy if c.therapy and c.named_therapy and c.therapy[0][0] not in self.general else []
            pointed = first.lower in ("these", "this", "those", "the", "their", "such") or any(
                t.tag == "POS" for t in s.tokens[phrase.first : s.spans[i][0]]
            )
            if (
                not found
                and first.lower in ("these", "this", "those", "such")
                and c.cells
                and (c.cells[0][0] not in self.general)
            ):
                found = list(c.cells)
            if not found and known and (pointed or s.has("TherapyNoun", s.spans[i][1], s.spans[i][1] + 1)):
                found = list(known)
            if found and m.id in self.vocabulary.ancestors(found[0][0]):
                s.identified[i] = found

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
        if s.has("PatientWord", p.first, p.last) and s.mentions[head].id not in self.therapeutic:
            return []
        return [self.agent_of(s, head)]

    def referent(self, s: Sentence, c: Context, p: Phrase) -> list[Agent]:
        """What a pronoun or a phrase such as "these cells", "their ability" or "the treatment" stands for."""
        first = s.tokens[p.first]
        if first.lower in ("they", "it", "its", "their", "them", "both"):
            return list(c.topic)
        if first.lower in ("these", "this", "those", "the", "such", "both", "that", "additionally"):
            if s.has("OtherTherapy", p.first, p.last) is not None:
                return []
            if s.has("DrugWord", p.last - 1, p.last) is not None and c.drugs and first.lower != "the":
                return list(c.drugs)
            match = s.has("ReferringWord", p.first, p.last)
            if match is not None and match.last == p.last:
                words = {t.lemma for t in s.tokens[match.first : match.last]}
                if s.in_tokens(p.first, p.last, ("disease", "tissue", "drug")):
                    return []
                if "cell" in words or "vesicle" in words:
                    return [a for a in c.topic if self.is_therapeutic(a)] or list(c.therapy)
                if c.drugs and not c.topic_is_cell and first.lower in ("these", "such"):
                    return list(c.drugs)
                return self.treatment(c)
        return []

    def treatment(self, c: Context) -> list[Agent]:
        """What "the treatment" is: the article's therapy, or the one last spoken of where the article has several."""
        if c.therapy and (c.therapy[0][0] not in self.general or not c.cells):
            return list(c.therapy)
        return list(c.cells or c.therapy)

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
            found = [a for a in self.agents(s, c, near) if self.acts(a)]
            if found:
                return found
        if e.subject is not None:
            found = self.agents(s, c, e.subject)
            if found:
                return self._releaser(s, c, e, found)
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
        ahead = [a for a in self.all_agents(s, 0, e.head) if a[0] in self.therapeutic]
        if len(named) == 1 and (ahead or self.carries(s, e)):
            return named
        if not named and self.carries(s, e):
            return self.treatment(c)
        return []

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
        self.identify(s, c)
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
            if s.has("Diminisher", max(0, e.head - 5), e.head):
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
            if e.kind == "noun" and (not e.objects or e.verb is not None and self._regulates(e.verb)):
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

    def _regulates(self, v: Verb) -> bool:
        return any(cue.owner in ("increases", "decreases") for cue in self.lexicon.verbs.get(v.lemma, ()))

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

    def _covered_by(self, s: Sentence, e: Event) -> Iterator[int]:
        for match in self.lexicon.targets(e.owner, s.tokens, e.first, max(e.last, e.verb.end if e.verb else 0)):
            yield from range(match.first, match.last)

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
        if "process" in self.vocabulary.kinds(mechanism):
            yield Candidate(a, "increases", mechanism, e.head, e.verb, rule, 0.7)
        elif a[0] in self.therapeutic or "product" in kinds or "cell" in kinds:
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
            covered = {
                at
                for o in s.events
                if o.head == e.head and o.owner in self.lexicon.governing
                for at in self._covered_by(s, o)
            }
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
                    if covered & set(range(*s.spans[i])) or (covered and "cell" in m.kinds):
                        continue
                    if "cell" in m.kinds and self.is_stem(s, i):
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
            agents = [a for a in self.event_agents(s, c, e, loose=self.carries(s, e)) if self.acts(a)]
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
            if s.has("ChanceWord", e.first, e.last):
                continue
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
            if not agents and s.has("ReferringWord", e.first, e.last) and not s.has("OtherTherapy", e.first, e.last):
                agents = self.treatment(c)
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
            if not generic and serious != "stemkg:SeriousAdverseEvent":
                continue
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
            # "fewer side effects" compares.
            if any(t.tag == "JJR" for t in s.tokens[before:first]):
                continue
            agents = self._harm_agents(s, c, verb, phrase)
            if not agents:
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
        if verb is not None and not verb.passive:
            for p in verb.subject:
                # "Some medications can cause …" speaks of no treatment in particular.
                if (
                    p is not phrase
                    and not p.prep
                    and s.has("DrugWord", p.last - 1, p.last)
                    and not self.agents(s, c, [p])
                ):
                    return []
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
        return list(c.drugs) if c.drugs and not c.topic_is_cell else self.treatment(c)

    def comparison(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """more_effective_than: two named sides, and which one wins."""
        sides = self._sides(s)
        if not sides:
            return
        seen = set()
        for than in self.lexicon.phrases("Than", s.tokens):
            bare_to = s.tokens[than.first].lower == "to" and than.last - than.first == 1
            if bare_to and not any(t.lemma in ("compare", "superior", "superiority", "prefer", "inferior") for t in
                                   s.tokens[max(0, than.first - 6) : than.first]):  # fmt: skip
                continue
            before = [x for x in sides if x[1] <= than.first]
            leading = s.tokens[than.first].lower == "unlike" or than.first == 0 or not before or bare_to and any(
                t.lemma == "compare" and t.tag == "VBG" for t in s.tokens[max(0, than.first - 6) : than.first])  # fmt: skip
            end = len(s.tokens)
            if leading:
                main = next((v for v in s.parse.verbs if v.form == "finite" and not v.relative and v.first > than.last
                             and any(x[1] <= v.first and x[0] >= than.last for x in sides)), None)  # fmt: skip
                if main is None or not main.subject:
                    continue
                at = main.subject[0].first
                winners = [
                    x for x in sides if at <= x[0] < main.first and any(p.first <= x[0] < p.last for p in main.subject)
                ]
                losers = [x for x in sides if x[1] <= at]
                scope = (main.first, end)
            else:
                stop = next((k for k in range(than.last, end) if s.tokens[k].text in ";" or s.tokens[k].text == "," and
                             not any(x[0] > k and x[0] - k <= 4 for x in sides)), end)  # fmt: skip
                losers = [x for x in sides if than.last <= x[0] < stop]
                if losers and losers[0][0] - than.last > 12:
                    continue
                winners = before
                scope = (0, than.first)
                verb = next((v for v in reversed(s.parse.verbs) if v.form == "finite" and v.first <= than.first), None)
                if verb is not None:
                    subject = [x for x in before if any(p.first <= x[0] < p.last for p in verb.subject)]
                    winners = subject or winners[-1:]
            better = s.has("Better", *scope)
            worse = s.has("Worse", *scope)
            if worse is not None and s.tokens[worse.first].lemma in self.worse and not leading:
                winners, losers = losers, winners
            elif better is None and not any(t.tag in ("JJR", "RBR") for t in s.tokens[scope[0] : scope[1]]):
                continue
            for w in winners:
                for x in losers:
                    a, b = w[2], x[2]
                    if a[0] != b[0] and self._comparable(a[0], b[0]) and (a, b) not in seen:
                        seen.add((a, b))
                        yield Candidate(a, "more_effective_than", b[0], better.first if better else than.first,
                                        s.enclosing(than.first), "comparison", 0.7)  # fmt: skip
        for e in s.events:
            if e.owner != "more_effective_than" or e.verb is None or e.kind not in ("verb", "inverse"):
                continue
            left = [x[2] for x in sides for p in e.subject or () if p.first <= x[0] < p.last]
            right = [x[2] for x in sides for p in e.objects if p.first <= x[0] < p.last]
            if e.kind == "inverse":
                left, right = right, left
            for a in left:
                for b in right:
                    if a[0] != b[0] and self._comparable(a[0], b[0]) and (a, b) not in seen:
                        seen.add((a, b))
                        yield Candidate(a, "more_effective_than", b[0], e.head, e.verb, "comparison", 0.75)

    def _sides(self, s: Sentence) -> list[tuple[int, int, Agent]]:
        """What may be compared: therapies and routes, cells made specific by the tissue they are taken from."""
        found: list[tuple[int, int, Agent]] = []
        for i in s.in_tokens(0, len(s.tokens), ("cell", "product", "drug", "route")):
            m = s.mentions[i]
            route = self.pick(m, "route")
            if not (m.id in self.therapeutic or m.kinds & {"drug"} or route):
                continue
            first, last = s.spans[i]
            for a in [(route, "")] if route else self.taken_from(s, i):
                found.append((first, last, a))
        # "MSCs … such as those taken from bone marrow": "those" are cells.
        for p in s.parse.phrases:
            if s.tokens[p.first].lower == "those" and p.last - p.first == 1 and any(f[2][0] != "" for f in found):
                for v in s.parse.verbs:
                    if v.subject and v.subject[-1] is p and v.form == "participle":
                        for i in self.listed(s, [q for q in v.objects if q.prep == "from"], v, ("tissue",)):
                            cell = self.finder.specific("CL:0000134", self.pick(s.mentions[i], "tissue"))
                            if cell:
                                found.append((s.spans[i][0], s.spans[i][1], (cell, "")))
        return found

    def taken_from(self, s: Sentence, i: int) -> list[Agent]:
        """A cell as the cells from each tissue named after it: "MSCs derived from umbilical cord or placenta"."""
        agent = self.agent_of(s, i)
        last = s.spans[i][1]
        phrases = s.parse.phrases
        start = next((p for p in phrases if p.first >= last and p.prep == "from" and p.first - last <= 3), None)
        if start is None or not self.is_cell(agent):
            return [agent]
        found = []
        for k in self.listed(s, [start], None, ("tissue",)):
            tissue = self.pick(s.mentions[k], "tissue")
            cell = self.finder.specific(agent[0], tissue)
            found.append((cell, "") if cell else (agent[0], tissue))
        return found or [agent]

    def _comparable(self, a: str, b: str) -> bool:
        if a in self.vocabulary.ancestors(b) or b in self.vocabulary.ancestors(a):
            if not (a in self.general or b in self.general):
                return True
            return False
        route = "route" in self.vocabulary.kinds(a), "route" in self.vocabulary.kinds(b)
        return route[0] == route[1]

    def pathway(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """involves: a pathway or factor by which a disease, mechanism, cell or product works."""
        ways = [(i, self.pick(s.mentions[i], "pathway")) for i in s.in_tokens(0, len(s.tokens), ("pathway",))]
        mechanisms = _unique(self._mechanisms_in(s, 0, len(s.tokens)))
        if not ways and c.pathways:
            for p in s.parse.phrases:
                if s.tokens[p.first].lower in ("these", "this", "such") and s.has("PathwayWord", p.last - 1, p.last):
                    for mechanism, at in mechanisms:
                        if at > p.first:
                            for way in c.pathways:
                                yield Candidate((mechanism, ""), "involves", way, at, s.enclosing(at), "pathway", 0.65)
            return
        for i, way in ways:
            first, last = s.spans[i]
            phrase = s.phrase_at[first]
            start = phrase.first if phrase is not None else first
            through = [
                m for m in self.lexicon.phrases("Through", s.tokens, max(0, start - 8), first) if start - m.last <= 3
            ]
            need = s.has("NeedWord", last, len(s.tokens))
            verb = s.enclosing(first)
            if through:
                e = Event("involves", first, first, last, verb.subject if verb else None, [], verb, "verb", "")
                agents = self.event_agents(s, c, e)
                agents = [a for a in agents if self.is_cell(a) or "product" in self.vocabulary.kinds(a[0])]
                for a in agents:
                    yield Candidate(a, "involves", way, first, verb, "through", 0.65)
            elif need is not None:
                for mechanism, at in mechanisms:
                    if at >= need.last:
                        yield Candidate((mechanism, ""), "involves", way, need.first, verb, "pathway", 0.65)
                for d in _unique(self.pick(m, "disease") for m in s.mentions):
                    if d:
                        yield Candidate((d, ""), "involves", way, need.first, verb, "pathway", 0.6, disease=d)
        # "type II collagen, which is essential for building cartilage"
        factors = [i for i in s.in_tokens(0, len(s.tokens), ("factor",))]
        for need in self.lexicon.phrases("NeedWord", s.tokens):
            if s.tokens[need.last - 1].tag not in ("IN", "TO"):
                continue
            own = [(m, at) for m, at in mechanisms if at >= need.last]
            if not own:
                continue
            verb = next((v for v in s.parse.verbs if v.first <= need.first < max(v.end, v.last)), None)
            subject = verb.subject if verb is not None else []
            named = [
                self.pick(s.mentions[i], "factor")
                for i in factors
                if any(p.first <= s.spans[i][0] < p.last for p in subject)
            ]
            if not named and subject and s.tokens[subject[0].first].lower in ("these", "this", "they", "it") and (
                    s.tokens[subject[0].first].lower in ("they", "it") or s.has("FactorWord", subject[0].first, subject[0].last)):  # fmt: skip
                named = [a[0] for a in c.factors if a[0].startswith(("HGNC:", "CHEBI:"))]
            for id in _unique(named):
                yield Candidate((own[0][0], ""), "involves", id, need.first, verb, "needed-factor", 0.65)

    def _mechanisms_in(self, s: Sentence, first: int, last: int) -> Iterator[tuple[str, int]]:
        for match in self.lexicon.phrases("mechanism", s.tokens, first, last):
            yield "stemkg:" + match.owner, match.first
        for e in s.events:
            if e.owner in self.lexicon.governing:
                for mechanism, at in self._effects(s, e):
                    if "mechanism" in self.vocabulary.kinds(mechanism):
                        yield mechanism, at

    def damage(self, s: Sentence, c: Context) -> Iterator[Candidate]:
        """affects: what a disease damages, depletes or disturbs."""
        for e in s.events:
            if e.owner != "affects" or e.verb is None or e.kind not in ("verb", "inchoative"):
                continue
            if e.kind == "inchoative":
                objects = e.subject or []
                ds = self._sufferer(s, c, e.verb)
            elif e.subject is None and not e.agent:
                objects = e.objects
                ds = self._sufferer(s, c, e.verb)
            else:
                objects = e.objects
                ds = self._damaging(s, c, e.subject if e.subject is not None else e.agent, e.verb)
            if not ds:
                continue
            for i in _unique(self.listed(s, objects, e.verb, ("tissue", "cell", "process")) + s.in_phrases(
                    [p for p in objects if not p.prep or p.prep == "of"], ("tissue", "cell", "process"))):  # fmt: skip
                id = self.pick(s.mentions[i], "tissue", "cell", "process")
                if id:
                    yield Candidate((ds[0], ""), "affects", id, e.head, e.verb, "damage", 0.75, disease=ds[0])
        # "people with lupus have low levels of stem cells"
        for e in s.events:
            if e.kind not in ("noun", "participle") or e.owner not in ("affects", "decreases") or e.verb is None:
                continue
            patients = [p for p in e.verb.subject if s.has("PatientWord", p.first, p.last)]
            ds = self.diseases(s, e.verb.subject) if patients else []
            if not ds or e.verb.lemma in ("receive", "undergo"):
                continue
            for i in s.in_tokens(e.head, e.verb.end, ("cell", "tissue", "process")):
                id = self.pick(s.mentions[i], "cell", "tissue", "process")
                if id:
                    yield Candidate((ds[0], ""), "affects", id, e.head, e.verb, "patients-have", 0.6, disease=ds[0])

    def _damaging(self, s: Sentence, c: Context, subject: list[Phrase], verb: Verb) -> list[str]:
        """The disease that damages, of a subject: named, meant by "it", or the one that the sentence is about."""
        ds = []
        for p in subject:
            if not p.prep or p.prep == "of":
                if s.has("PatientWord", p.first, p.last) and not self.diseases(s, [p]):
                    return []
                ds.extend(self.diseases(s, [p]))
        if ds:
            # "SLE is an autoimmune disease that …" is about SLE.
            for v in s.parse.verbs:
                if v.lemma == "be" and not v.passive and any(p in v.objects for p in subject):
                    named = self.diseases(s, v.subject)
                    if named:
                        return named[:1]
            return ds
        if subject:
            word = s.tokens[subject[0].first].lower
            head = s.tokens[subject[0].last - 1].lemma
            for v in s.parse.verbs:
                if v.lemma == "be" and not v.passive and any(p in v.objects for p in subject):
                    return self.diseases(s, v.subject)[:1]
            if word in ("it", "they") or (
                word in ("the", "this") and s.has("DiseaseWord", subject[0].first, subject[0].last)
            ):
                return c.diseases[-1:]
            if s.has("BodyDefence", subject[0].first, subject[0].last) is not None or head == "":
                return self._sufferer(s, c, verb)
        return []

    def _sufferer(self, s: Sentence, c: Context, verb: Verb) -> list[str]:
        """The disease in which something is damaged: the subject of the sentence, or what it is "in"."""
        for p in s.parse.phrases:
            if p.first >= verb.first and p.prep != "in":
                break
            ds = self.diseases(s, [p])
            if ds:
                return ds[:1]
            if s.tokens[p.first].lower == "it" and p is s.parse.phrases[0]:
                return c.diseases[-1:]
        return []


def _unique(items: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(items))
