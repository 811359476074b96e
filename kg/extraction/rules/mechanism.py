"""What cells and products do: mechanisms, secretion, and the regulation of factors, cells and processes."""

from collections.abc import Iterator

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Event, Glimpse, Sentence
from kg.extraction.syntax import Phrase, Verb


def may_tell_secretion(g: Glimpse) -> bool:
    """Whether `secretion` may find something."""
    return g.words.can_say("secretes")


def secretion(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """secretes: "MSCs release cytokines such as IL-10"; and ParacrineSignaling where what is released does good."""
    for e in s.events:
        if e.owner != "secretes" or e.kind == "participle":
            continue
        if e.kind == "noun" and (not e.objects or _regulated(r, s, e)):
            continue
        if e.subject is None and not e.agent and e.verb is not None:
            e.agent = [p for p in e.verb.objects if p.prep == "from"]
        agents = [a for a in r.event_agents(s, c, e) if r.is_cell(a)]
        objects = e.objects
        if not objects or not agents:
            continue
        released = []
        for i in r.listed(s, objects, e.verb, ("factor", "product")):
            id = r.pick(s.mentions[i], "factor", "product")
            end = s.spans[i][1]
            joined = end + 1 < len(s.tokens) and s.tokens[end].tag == "HYPH" and s.tokens[end + 1].mention < 0
            if id and not (s.mentions[i].kinds & {"cell"}) and not joined:  # "dopamine-related proteins"
                released.append(id)
        plain = e.cue.split()[0] in r.releasing
        if not plain and not released:
            continue
        for a in agents:
            for id in unique(released):
                if id != a[0]:
                    yield Candidate(a, "secretes", id, e.head, e.verb, "secretion" if plain else "secretion-by-noun")
            # What is released does something for the body: the benefit comes by way of it.
            if (released or plain) and (_does_good(r, s, objects, e) or _means(r, s, e)):
                yield Candidate(a, "acts_via", "stemkg:ParacrineSignaling", e.head, e.verb, "paracrine")


def _does_good(r: Rules, s: Sentence, objects: list[Phrase], e: Event) -> bool:
    last = max(p.last for p in objects)
    for v in s.parse.verbs:
        if v.first >= last - 1 and (v.relative or v.form in ("infinitive", "gerund")) and v.first - last <= 16:
            for other in s.events:
                if other.verb is v and (other.owner in r.lexicon.governing or other.owner == "treats"):
                    return True
    return False


def _means(r: Rules, s: Sentence, e: Event) -> bool:
    """Whether the release is told as the means of something good: "by secreting VEGF, they promote angiogenesis"."""
    if e.verb is None or e.verb.form != "gerund" or e.verb.prep not in ("by", "through", "via"):
        return False
    return any(
        o.verb is not None
        and o.verb is not e.verb
        and o.verb.form in ("finite", "base")
        and not o.verb.relative
        and (o.owner == "treats" or (o.owner in r.lexicon.governing and next(r._effects(s, o), None) is not None))
        for o in s.events
    )


def _regulated(r: Rules, s: Sentence, e: Event) -> bool:
    """Whether what is released is raised or lowered: "expression of X was upregulated"."""
    phrase = s.phrase_at[e.head]
    verbs = [v for v in s.parse.verbs if v is e.verb or (phrase is not None and phrase in v.subject)]
    return any(r.is_of(v, "increases", "decreases") for v in verbs)


def may_tell_effect(g: Glimpse) -> bool:
    """Whether `mechanism_by_effect` may find something."""
    return g.words.can_bring_about()


def mechanism_by_effect(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """acts_via: a verb of a class with an object that the mechanism names: "reduce inflammation"."""
    for e in s.events:
        if e.owner not in r.lexicon.governing:
            continue
        if e.kind == "participle" and e.verb is not None and e.verb.main == e.head:
            continue
        if (e.verb is None or e.verb.main != e.head) and s.has("StateWord", e.head + 1, e.head + 3) is not None:
            continue  # "to a healing state"
        if e.kind == "noun" and _becomes(s, s.phrase_at[e.head], e.verb):
            continue  # "become new neurons"
        found = unique(r._effects(s, e))
        if not found:
            continue
        agents = r.event_agents(s, c, e) or _labelled(r, s, c, e.head + 1)
        for mechanism, at in found:
            for a in agents:
                yield from _mechanism(r, s, a, mechanism, e, at, "effect")


def _becomes(s: Sentence, p: Phrase | None, verb: Verb | None) -> bool:
    """Whether a phrase names the cells that others turn into; where its verb denies it, also tissue."""
    kinds = ("cell", "tissue") if verb is not None and verb.negated else ("cell",)
    return (
        p is not None
        and bool(s.in_tokens(p.first, p.last, kinds))
        and any(
            o.owner == "differentiates_into"
            and p in o.objects
            and o.verb is not None
            and (p.prep == "into" or "Equating" in s.lexicon.verb_owners(o.verb.lemma))  # "regrow cartilage" repairs it
            for o in s.events
        )
    )


def _mechanism(r: Rules, s: Sentence, a: Agent, mechanism: str, e: Event, at: int, rule: str) -> Iterator[Candidate]:
    kinds = r.vocabulary.kinds(a[0])
    if "process" in r.vocabulary.kinds(mechanism):
        yield Candidate(a, "increases", mechanism, e.head, e.verb, rule)
    elif (
        a[0] in r.therapeutic
        or "product" in kinds
        or ("cell" in kinds and e.kind != "noun" and not (e.verb is not None and e.verb.relative))
    ):
        yield Candidate(a, "acts_via", mechanism, e.head, e.verb, rule, first=min(e.head, at), last=at + 1)
    elif "factor" in kinds and ("drug" not in kinds or (e.verb is not None and e.verb.relative)):
        effect = r.effects.get(mechanism)
        if effect:
            yield Candidate(a, effect[0], effect[1], e.head, e.verb, rule + "-of-factor")


def may_name_mechanism(g: Glimpse) -> bool:
    """Whether `mechanism_by_name` may find something."""
    return g.words.can_have("mechanism")


def mechanism_by_name(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """acts_via: a mechanism called by name: "immunomodulatory properties", "homing"."""
    for match in s.phrases("mechanism"):
        at = match.first
        if (
            s.has("StateWord", match.last, match.last + 2) is not None
            and at
            and s.tokens[at - 1].tag in ("DT", "TO", "IN")
        ):
            continue  # "to an anti-inflammatory phenotype"
        # Inside a longer name, or the object of a verb that lessens it, it is not what the cell does.
        mention = s.tokens[at].mention
        if mention >= 0 and s.mentions[mention].kinds & {
            "drug",
            "cell",
            "product",
            "disease",
            "adverse_event",
            "factor",
        }:
            if s.spans[mention] != (match.first, match.last):
                continue
            if "product" in s.mentions[mention].kinds and any(s.phrase_at[at] in v.subject for v in s.parse.verbs):
                # "the secretome of MSCs reduces X": it acts itself.
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
        if lessened or (phrase is None and verb is None) or (verb is not None and r.is_of(verb, "Requiring")):
            continue
        if verb is not None and verb.negated and _becomes(s, phrase, verb):
            continue  # "do not turn into new cartilage" denies a fate, and no more
        # "MRI showed regeneration of the cartilage" is a result of the treatment.
        told = bool(e.subject) and all(s.has("ResultWord", p.last - 1, p.last) for p in e.subject or () if not p.prep)
        agents = []
        if phrase is not None and match.last == phrase.last and not (verb is not None and verb.relative):
            # In "they favour the revascularisation of islets" it is not the islets that bring it about.
            agents = [a for a in r.agents(s, c, e.subject) if a[0] in r.therapeutic]
        agents = agents or r.event_agents(s, c, e, loose=told)
        if not agents and at > 0 and not (verb is not None and verb.relative):
            ahead = [a for a in r.all_agents(s, 0, at) if a[0] in r.therapeutic]
            agents = ahead if len(ahead) == 1 else []
        agents = agents or _labelled(r, s, c, match.last)
        for a in agents:
            own = mention >= 0 and a[0] in s.mentions[mention].ids
            if not own and (a[0] in r.therapeutic or "product" in r.vocabulary.kinds(a[0])):
                yield Candidate(a, "acts_via", match.owner if ":" in match.owner else "stemkg:" + match.owner, at,
                                verb, "named-mechanism", first=at, last=match.last)  # fmt: skip


def _labelled(r: Rules, s: Sentence, c: Context, last: int) -> list[Agent]:
    """Who has the mechanism that the label of a list item names: "Less inflammation: MSCs lower the levels of TNF."."""
    colon = s.label_end
    if s.kind != "item" or last > colon or any(v.last <= colon and v.form != "gerund" for v in s.parse.verbs):
        return []
    main = next((v for v in s.parse.verbs if v.form in ("finite", "base") and not v.relative and v.first > colon), None)
    said = r.agents(s, c, main.subject) if main is not None else []
    return [a for a in said if a[0] in r.therapeutic]


def may_tell_regulation(g: Glimpse) -> bool:
    """Whether `regulation` may find something."""
    return g.words.can_say("increases", "decreases") and g.names("factor", "cell", "process")


def regulation(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """increases and decreases: named factors, cells and processes that no mechanism covers."""
    if s.owners.isdisjoint(("increases", "decreases")):
        return
    for e in s.events:
        if e.owner not in ("increases", "decreases") or (e.kind == "participle" and not e.objects and e.verb is None):
            continue
        if e.kind == "participle" and (e.verb is None or not r.is_of(e.verb, "Possessing", "Causing")):
            # "activated T cells" are so by themselves; "showed reduced IL-6" tells a result.
            continue
        word = s.tokens[e.head]
        compound = e.head + 1 < len(s.tokens) and s.tokens[e.head + 1].tag == "HYPH"
        plain = word.tag == "JJ" and word.lower == word.lemma and not word.lower.endswith("ed")
        if e.kind == "noun" and (plain or compound):
            # "in high glucose" and "high-dose melphalan" say nothing of a rise, "higher glucose" does.
            continue
        if e.kind == "noun" and any(
            o.owner in ("increases", "decreases")
            and o.owner != e.owner
            and o.kind != "noun"
            and o.head != e.head
            and o.first <= e.head < o.last
            for o in s.events
        ):
            # "suppress the activation of macrophages" lowers them, and no more.
            continue
        covered = {
            at for o in s.events if o.head == e.head and o.owner in r.lexicon.governing for at in _covered_by(r, s, o)
        }
        objects = e.objects if e.kind != "participle" else []
        if e.kind in ("noun", "participle"):
            phrase = s.phrase_at[e.head]
            inner = s.in_tokens(e.head, phrase.last, ("factor", "cell", "process")) if phrase is not None else []
            targets = inner + [i for p in e.objects if p.prep in ("of", "in", "such as", "including", "like")
                               for i in s.in_tokens(p.first, p.last, ("factor", "cell", "process"))]  # fmt: skip
        else:
            targets = r.listed(s, objects, e.verb, ("factor", "cell", "process")) if objects else []
            targets += [i for p in objects for i in s.in_tokens(p.first, p.last, ("factor", "cell", "process"))]
        targets = unique(targets)
        # "the migration of keratinocytes" is one process, where the ontology has it.
        whole = {s.spans[i][0] - 2 for i in targets if _of_cells(r, s, i)}
        targets = [i for i in targets if s.spans[i][1] - 1 not in whole or "process" not in s.mentions[i].kinds]
        # "the senescence of cells" is what changes, "the number of cells" changes the cells.
        if any(s.mentions[i].kinds & {"process", "factor"} for i in targets):
            counted = s.has(
                "QuantityWord", min(s.spans[i][0] for i in targets) - 3, max(s.spans[i][1] for i in targets)
            )
            targets = [
                i
                for i in targets
                if _of_cells(r, s, i)
                or (
                    not ("cell" in s.mentions[i].kinds and counted is None and _of(s, i))
                    and not (counted is not None and counted.first == s.spans[i][0])
                )
            ]
        if not targets:
            continue
        agents = r.event_agents(s, c, e, loose=e.kind in ("verb", "inchoative"))
        for a in agents:
            for i in targets:
                m = s.mentions[i]
                if covered & set(range(*s.spans[i])) or (covered and "cell" in m.kinds):
                    continue
                if "cell" in m.kinds and e.agent and e.agent[0].prep == "with":
                    # "chondrocytes stimulated with IL-1β" are handled so.
                    continue
                if ("cell" in m.kinds and r.is_stem(s, i)) or "pathway" in m.kinds or _modifies(s, i):
                    continue
                if s.has(
                    "MeasureWord", s.spans[i][0], min(len(s.tokens), s.spans[i][1] + 2)
                ) is not None and m.kinds & {"process", "factor"}:
                    continue
                id = _of_cells(r, s, i) or r.pick(m, "factor", "process", "cell")
                if not id or id == a[0] or id in r.vocabulary.ancestors(a[0]):
                    continue
                if "process" in r.vocabulary.kinds(id) and r.covered_process(id) and r.is_therapeutic(a):
                    for mechanism in r.mechanisms_of(e.owner, id):
                        yield Candidate(a, "acts_via", mechanism, e.head, e.verb, "effect", last=s.spans[i][1])
                    continue
                if a in [r.agent_of(s, j) for j in targets] or not r.regulates(a):
                    continue
                rule = "regulation" if e.kind == "verb" else "regulation-by-noun"
                yield Candidate(a, e.owner, id, e.head, e.verb, rule)


def _modifies(s: Sentence, i: int) -> bool:
    """Whether a mention only says of what kind something else is: "LPS-induced", "Iba1-positive microglia",
    "glucose tolerance"; but "IL-6 levels" are IL-6."""
    last = s.spans[i][1]
    if last + 1 < len(s.tokens) and s.tokens[last].tag == "HYPH" and s.tokens[last + 1].mention < 0:
        return True
    if last < len(s.tokens) and s.tokens[last].text == "(":
        # "dextran sulfate sodium (DSS)-induced colitis"
        close = next((k for k in range(last, len(s.tokens)) if s.tokens[k].text == ")"), len(s.tokens))
        if close + 1 < len(s.tokens) and s.tokens[close + 1].tag == "HYPH":
            return True
    phrase = s.phrase_at[last - 1]
    if phrase is None or last >= phrase.last or "factor" not in s.mentions[i].kinds:
        return False
    after = s.tokens[last]
    return (
        after.mention < 0
        and after.tag[:2] == "NN"
        and s.has("LevelWord", last, phrase.last) is None
        and s.has("QuantityWord", last, phrase.last) is None
    )


def _of_cells(r: Rules, s: Sentence, i: int) -> str:
    """The process that "the proliferation of hepatocytes" names, where the ontology has hepatocyte proliferation."""
    first, last = s.spans[i]
    if "cell" not in s.mentions[i].kinds or first < 2 or s.tokens[first - 1].lower != "of":
        return ""
    written = s.text[s.tokens[first].start - s.start : s.tokens[last - 1].end - s.start].removesuffix("s")
    for cell in (written, *(r.vocabulary.label(id) for id in s.mentions[i].ids)):
        name = r.finder.names.lookup(f"{cell} {s.tokens[first - 2].lower}")
        found = [id for id in name.ids if "process" in r.vocabulary.kinds(id)] if name is not None else []
        if found:
            return found[0]
    return ""


def _of(s: Sentence, i: int) -> bool:
    phrase = s.phrase_at[s.spans[i][0]]
    return phrase is not None and phrase.prep == "of"


def _covered_by(r: Rules, s: Sentence, e: Event) -> Iterator[int]:
    for match in s.targets(e.owner, e.first, max(e.last, e.verb.end if e.verb else 0)):
        inside = s.tokens[match.first].mention
        if inside >= 0 and "factor" in s.mentions[inside].kinds and s.spans[inside] != (match.first, match.last):
            # "tumor necrosis factor" is no necrosis.
            continue
        yield from range(match.first, match.last)
