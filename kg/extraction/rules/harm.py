"""The harm that therapies do, or do not do."""

from collections.abc import Iterator

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Sentence
from kg.extraction.syntax import Phrase, Verb


def harm(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """adverse_effect: side effects, named or as a kind, that a therapy has or has not."""
    events = [i for i in range(len(s.mentions)) if "adverse_event" in s.mentions[i].kinds]
    seldom = None
    for i in events:
        first, last = s.spans[i]
        phrase = s.phrase_at[first]
        serious = r.pick(s.mentions[i], "adverse_event")
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
        named = _named_harms(r, s, phrase) if phrase is not None else []
        # "fewer side effects" compares.
        if any(t.tag == "JJR" for t in s.tokens[before:first]):
            continue
        agents = _harm_agents(r, s, c, verb, phrase)
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
        agents = [a for a in r.agents(s, c, e.subject or e.agent) if r.acts(a)]
        targets = [i for i in r.listed(s, e.objects, e.verb, ("phenotype", "disease"))]
        targets += [i for p in e.objects for i in s.in_tokens(p.first, p.last, ("phenotype", "disease"))]
        if e.cue.split()[0] in ("increase", "raise") and "risk" not in e.cue:
            continue
        if s.has("Lessened", e.first, e.last):
            continue
        for a in agents:
            for i in unique(targets):
                id = r.pick(s.mentions[i], "phenotype", "disease")
                yield Candidate(a, "adverse_effect", id, e.head, e.verb, "caused-harm", 0.7)


def _named_harms(r: Rules, s: Sentence, phrase: Phrase) -> list[tuple[str, int]]:
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
            found.append((r.pick(s.mentions[i], "phenotype", "adverse_event", "disease"), i))
        end = p.last
    return found


def _harm_agents(r: Rules, s: Sentence, c: Context, verb: Verb | None, phrase: Phrase | None) -> list[Agent]:
    named = r.all_agents(s, 0, len(s.tokens))
    if verb is not None and not verb.passive:
        for p in verb.subject:
            # "Some medications can cause …" speaks of no treatment in particular.
            if p is not phrase and not p.prep and s.has("DrugWord", p.last - 1, p.last) and not r.agents(s, c, [p]):
                return []
    seen: set[int] = set()
    v = verb
    while v is not None and id(v) not in seen:
        seen.add(id(v))
        subject = [p for p in v.subject if p is not phrase]
        found = [a for a in r.agents(s, c, subject) if r.acts(a)]
        if found:
            return found
        found = [a for a in r.agents(s, c, [p for p in v.objects if p.prep in ("with", "after", "following", "of", "from", "by")])
                 if r.acts(a)]  # fmt: skip
        if found:
            return found
        v = v.governor
    if named:
        return named
    for p in s.parse.phrases:
        referred = r.referent(s, c, p)
        if referred:
            return [a for a in referred if r.acts(a)]
    return list(c.drugs) if c.drugs and not c.topic_is_cell else r.treatment(c)
