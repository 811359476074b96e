"""Where cells come from and what they become."""

from collections.abc import Iterator

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Event, Glimpse, Sentence
from kg.extraction.syntax import Phrase, Verb

_INTO = ("into", "to", "toward", "towards")


def may_tell_origin(g: Glimpse) -> bool:
    """Whether `origin` may find something."""
    if not g.names("tissue"):
        return False
    if g.names("cell") or g.words.can_say("derived_from") or g.words.has_verb("Reprogramming"):
        return True
    return g.words.has_word("from") and g.words.has_verb("derived_from")


def origin(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """derived_from: "MSCs can be isolated from bone marrow", "MSCs from placenta"."""
    if "tissue" not in s.kinds:
        return
    seen = set()
    for e in s.events:
        if e.owner != "derived_from" or e.verb is None:
            continue
        if e.kind == "inverse":
            tissues = s.in_phrases(e.subject or (), ("tissue",))
            cells = [i for i in s.in_phrases(e.objects, ("cell",)) if r.is_stem(s, i)]
            agents = [r.agent_of(s, i) for i in cells[:1]]
        else:
            agents = _cells(r, s, c, e.subject or [])
            tissues = r.listed(s, e.objects, e.verb, ("tissue",))
        for a in agents:
            for i in tissues:
                tissue = r.pick(s.mentions[i], "tissue")
                seen.add((a, tissue))
                yield _from(s, a, tissue, e.head, e.verb)
    for cell, p in _cell_and_place(r, s):
        agent = r.agent_of(s, cell)
        for i in r.listed(s, [p], None, ("tissue",)):
            tissue = r.pick(s.mentions[i], "tissue")
            if (agent, tissue) not in seen:
                yield _from(s, agent, tissue, p.first - 1, None)
    for v in s.parse.verbs:
        for a, i in (*_source_of(r, s, c, v), *_reprogrammed(r, s, c, v)):
            yield _from(s, a, r.pick(s.mentions[i], "tissue"), v.main, v)


def _from(s: Sentence, a: Agent, tissue: str, head: int, verb: Verb | None) -> Candidate:
    return Candidate((unsourced(s, a), ""), "derived_from", tissue, head, verb, "origin", disease="")


def unsourced(s: Sentence, agent: Agent) -> str:
    """The cell as it is named, without the source that the sentence tells of it."""
    return s.unsourced.get(agent, agent[0])


def _cells(r: Rules, s: Sentence, c: Context, subject: list[Phrase]) -> list[Agent]:
    """The cells that a subject stands for: those it is said of ("MSCs are stem cells that …"), names or refers to."""
    for p in subject:
        if equal := r._equated(s, p):
            return equal
        if s.tokens[p.first].lower == "those" and p.last == p.first + 1:
            # "other stem cells, such as those taken from fat"
            before = s.in_tokens(0, p.first, ("cell",))
            return [r.agent_of(s, before[-1])] if before else []
    return [a for a in r.agents(s, c, subject, ("cell",)) if r.is_cell(a)]


def _cell_and_place(r: Rules, s: Sentence) -> Iterator[tuple[int, Phrase]]:
    """The cells with a "from" phrase right after them, over a short form in brackets."""
    phrases = s.parse.phrases
    for k, p in enumerate(phrases):
        if p.prep != "from" or p.bracket:
            continue
        at = k - 1
        while at >= 0 and phrases[at].bracket:
            at -= 1
        if at < 0 or any(t.tag not in ("(", ")", "IN") and s.phrase_at[j] is None
                         for j, t in enumerate(s.tokens[phrases[at].last : p.first], phrases[at].last)):  # fmt: skip
            continue
        before = phrases[at]
        cells = [i for i in s.in_tokens(before.first, before.last, ("cell",)) if r.is_stem(s, i)]
        if cells and s.spans[cells[-1]][1] == before.last:
            yield cells[-1], p


def _source_of(r: Rules, s: Sentence, c: Context, v: Verb) -> Iterator[tuple[Agent, int]]:
    """ "Bone marrow is a source of MSCs", "… from which MSCs are isolated"."""
    if v.lemma == "be" and len(v.objects) > 1 and v.objects[1].prep in ("of", "for") and (
            s.has("SourceWord", v.objects[0].last - 1, v.objects[0].last) is not None):  # fmt: skip
        for k in r.listed(s, v.objects[1:2], v, ("cell",)):
            if r.is_stem(s, k):
                for i in s.in_phrases([p for p in v.subject if not p.prep], ("tissue",)):
                    yield r.agent_of(s, k), i
    if not v.passive or not v.subject or "derived_from" not in s.lexicon.verb_owners(v.lemma):
        return
    at = v.subject[0].first
    if at < 2 or s.tokens[at - 1].tag != "WDT" or s.tokens[at - 2].lower != "from":
        return
    phrase = next((p for p in reversed(s.parse.phrases) if p.last <= at - 2), None)
    if phrase is None:
        return
    tissues = s.in_tokens(phrase.first, phrase.last, ("tissue",))
    for w in s.parse.verbs:
        if not tissues and w.lemma == "be" and not w.passive and phrase in w.objects[:1]:
            tissues = s.in_phrases([p for p in w.subject if not p.prep], ("tissue",))
    for a in _cells(r, s, c, v.subject):
        for i in tissues:
            yield a, i


def _reprogrammed(r: Rules, s: Sentence, c: Context, v: Verb) -> Iterator[tuple[Agent, int]]:
    """ "iPSCs are made by reprogramming cells of the skin"."""
    maker = v.governor
    if maker is None or not maker.passive or v.form != "gerund":
        return
    if "Reprogramming" in s.lexicon.verb_owners(v.lemma):
        for a in _cells(r, s, c, maker.subject):
            for i in r.listed(s, v.objects, v, ("tissue",)):
                yield a, i


# -- what they become


def may_tell_fate(g: Glimpse) -> bool:
    """Whether `differentiation` may find something."""
    if g.names("cell"):
        return g.words.can_say("differentiates_into", "derived_from") or g.words.has_verb("Growing")
    return g.names("tissue") and g.words.can_say("differentiates_into")


def differentiation(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """differentiates_into: "MSCs can turn into bone, cartilage and nerve cells", "neurons derived from iPSCs"."""
    if s.kinds.isdisjoint(("cell", "tissue")):
        return
    for v in s.parse.verbs:
        if not v.passive and _is(s, v, "Growing"):
            yield from _grown(r, s, v)
    for e in s.events:
        if e.owner == "derived_from" and e.kind == "verb" and e.verb is not None:
            yield from _grown_from(r, s, e)
        if e.owner != "differentiates_into" or e.kind == "participle" or (e.kind == "verb" and not e.objects):
            continue
        if s.has("Diminisher", max(0, e.head - 5), e.head):
            continue
        if e.kind == "noun":
            objects = _goal(s, e.head)
            agents = [a for a in r.event_agents(s, c, e) if r.is_therapeutic(a)] if objects else []
        else:
            objects = e.objects
            agents = _becoming(r, s, c, e)
        making = e.kind == "verb" and e.verb is not None and _is(s, e.verb, "Making")
        made_to = making and e.verb is not None and e.verb.form == "base" and e.verb.governor is not None
        if made_to and not r.agents(s, c, e.subject):
            continue  # "they help the body make more cells"
        forming = e.kind == "verb" and e.verb is not None and _is(s, e.verb, "Forming")
        for a in agents:
            if (making or forming) and not r.is_therapeutic(a):
                continue
            # "a capacity to form cartilage" is a mechanism, no fate.
            cells_only = making or (forming and e.verb is not None and e.verb.form == "infinitive")
            for id in _targets(r, s, objects, e.verb, cells_only=cells_only):
                if id != a[0] and id not in r.vocabulary.ancestors(a[0]):
                    rule = "made-into" if making else "differentiation"
                    yield Candidate(a, "differentiates_into", id, e.head, e.verb, rule, disease="")
    yield from _nominal(r, s)


def _is(s: Sentence, v: Verb, owner: str) -> bool:
    return owner in s.lexicon.verb_owners(v.lemma)


def _becoming(r: Rules, s: Sentence, c: Context, e: Event) -> list[Agent]:
    """What becomes something else: the subject, or what is made to ("they turned stem cells into neurons")."""
    v = e.verb
    if v is not None and not v.passive and e.objects[0].prep in _INTO:
        for p in v.objects:
            if p is e.objects[0]:
                break
            if (not p.prep or p.last <= v.first) and (turned := s.in_tokens(p.first, p.last, ("cell",))):
                return [r.agent_of(s, turned[-1])]
    return [a for a in r.event_agents(s, c, e) if r.is_cell(a)]


def _targets(r: Rules, s: Sentence, objects: list[Phrase], verb: Verb | None, *, cells_only: bool) -> list[str]:
    """What the objects name as result: cells, tissues that stand for their cells in a list, or tissues."""
    named = "cell" in {t.lemma for p in objects for t in s.tokens[p.first : s.end_of_list(p)]}
    found = []
    for i in r.listed(s, objects, verb, ("cell", "tissue")):
        m = s.mentions[i]
        id = r.pick(m, "cell") or (r.cell_of.get(m.id, "") if named else "")
        if not id and not cells_only:
            id = r.pick(m, "tissue")
        if id and id != "CL:0000000":
            found.append(id)
    return unique(found)


def _goal(s: Sentence, head: int) -> list[Phrase]:
    """The "into" phrase soon after a noun."""
    for p in s.parse.phrases:
        if p.first > head and p.prep in _INTO:
            return [p] if p.first - head <= 8 else []
    return []


def _nominal(r: Rules, s: Sentence) -> Iterator[Candidate]:
    """ "Differentiation of embryonic stem cells into hepatocytes", where the noun is itself the name of a process."""
    for k, token in enumerate(s.tokens):
        if token.mention < 0 or "differentiates_into" not in s.lexicon.nouns.get(token.lemma, ()):
            continue
        objects = _goal(s, k)
        if not objects:
            continue
        phrase = s.phrase_at[k]
        inside = s.in_tokens(phrase.first if phrase else k, k, ("cell",))
        inside += [i for p in s.parse.phrases if k < p.first < objects[0].first and p.prep == "of"
                   for i in s.in_tokens(p.first, p.last, ("cell",))]  # fmt: skip
        verb = s.enclosing(k)
        for i in inside[:1]:
            a = r.agent_of(s, i)
            for id in _targets(r, s, objects, None, cells_only=False):
                if r.is_therapeutic(a) and id != a[0]:
                    yield Candidate(a, "differentiates_into", id, k, verb, "differentiation", disease="")


def _grown_from(r: Rules, s: Sentence, e: Event) -> Iterator[Candidate]:
    """ "Neurons derived from iPSCs": the stem cells become the neurons."""
    if e.subject is not None:
        made = [p for p in e.subject if not p.prep or p is e.subject[0]]
        yield from _fates(r, s, made, e.objects, e.verb, e.head)


def _grown(r: Rules, s: Sentence, v: Verb) -> Iterator[Candidate]:
    """ "They grew neurons from iPSCs"."""
    sources = [p for p in v.objects if p.prep == "from"]
    if sources:
        yield from _fates(r, s, [p for p in v.objects if not p.prep], sources, v, v.main)


def _fates(
    r: Rules, s: Sentence, made: list[Phrase], sources: list[Phrase], verb: Verb | None, head: int
) -> Iterator[Candidate]:
    """The first stem cell among the sources becomes the cells that are made of it."""
    stems = [i for i in r.listed(s, sources, verb, ("cell",)) if r.is_stem(s, i)]
    for i in s.in_phrases(made, ("cell",)) if stems else ():
        id, a = r.pick(s.mentions[i], "cell"), r.agent_of(s, stems[0])
        if id not in ("", "CL:0000000", a[0]) and id not in r.general and id not in r.vocabulary.ancestors(a[0]):
            yield Candidate(a, "differentiates_into", id, head, verb, "grown-from",
                            negative=False, hedged=False, disease="")  # fmt: skip
