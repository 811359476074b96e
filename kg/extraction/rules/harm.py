"""The harms that therapies do, or do not do.

A harm that a sentence names counts only where a frame ties it to a treatment: it is caused, it occurred, patients
suffered it, it is listed as a side effect, or one of these is denied. Side effects without a name need no frame, only
somebody to blame.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import LISTING, Event, Glimpse, Sentence, follows_closely
from kg.extraction.syntax import Phrase, Verb

_GENERIC = ("stemkg:AdverseEvent", "stemkg:SeriousAdverseEvent")
_AFTER = ("after", "with", "following", "from", "to", "during", "by", "of", "under", "on", "upon", "through", "for")
#: How far the treatment of a harm may be sought: tied to it, named in the sentence, or carried in.
_TIED, _NAMED, _ANYWHERE = range(3)
#: Phrase classes of what may stand for a treatment, or for who has it, without naming it.
_SPOKEN_OF = ("Pronoun", "PatientWord", "ReferringWord", "TherapyNoun", "GivingNoun", "DrugWord", "ResultWord")
#: What may frame a harm, beside what causes it: verb classes, phrase classes, and words of grammar.
_FRAMING = ("Occurring", "Same", "Differing", "Hampering", "Suffering", "Reporting")
_FRAMES = ("HarmWord", "Induced", "Price", "ChanceWord", "Seldom", "outcome")
_FRAMED = ("there", "without")
_AMONG = ("", "among", *LISTING)


@dataclass(slots=True)
class _Harm:
    """A harm in a sentence: mention `mention`, term `id`, and the phrase that stands for it in its clause."""

    mention: int
    id: str
    phrase: Phrase
    anchor: Phrase  # the head of its list or of "cases of", "the risk of"
    first: int  # where the words that may deny it begin
    at: int  # its first token
    risk: bool = False


def may_tell_harm(g: Glimpse) -> bool:
    """Whether `harm` may find something: side effects as a kind, or a named harm with a word of a frame."""
    if g.names("adverse_event"):
        return True
    if not g.names("phenotype", "disease"):
        return False
    if g.words.can_say("Causing") or g.words.has_verb(*_FRAMING) or g.words.can_have(*_FRAMES):
        return True
    return g.words.has_word(*_FRAMED)


def harm(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """adverse_effect: side effects, named or as a kind, that a therapy has or has not."""
    if s.kinds.isdisjoint(("phenotype", "adverse_event", "disease")):
        return
    harms = [h for i in range(len(s.mentions)) if (h := _harm(r, s, c, i)) is not None]
    if not harms:
        return
    generic = [h for h in harms if h.id in _GENERIC]
    named = [h for h in harms if h.id not in _GENERIC]
    listed: set[int] = set()
    for g in generic:
        members, keeps = _members(s, g, named)
        listed.update(h.mention for h in members)
        yield from _generic(r, s, c, g, members, keeps=keeps)
    for h in named:
        if h.mention not in listed:
            yield from _framed(r, s, c, h)


# -- what is a harm


def _harm(r: Rules, s: Sentence, c: Context, i: int) -> _Harm | None:
    """Mention i as a harm: the head of its phrase, no other word's ("pain scores", "treatment of infections")."""
    m = s.mentions[i]
    id = r.pick(m, "phenotype", "adverse_event", "disease")
    if not id:
        return None
    first, last = s.spans[i]
    phrase = s.phrase_at[first]
    if phrase is None:
        return None
    risk = False
    if last < phrase.last:
        tail = s.has("HarmCarrier", last, phrase.last)
        after = s.tokens[last]
        if tail is not None and tail.last == phrase.last:
            risk = s.has("ChanceWord", last, phrase.last) is not None
        elif all(t.tag == "JJ" for t in s.tokens[last : phrase.last]) and _governs_to(s, phrase.last):
            pass  # "events attributable to"
        elif after.tag[:2] in ("NN", "JJ", "VB") or after.tag == "HYPH" or after.mention >= 0:
            return None
    anchor = phrase
    phrases = s.parse.phrases
    at = phrases.index(phrase)
    while at > 0 and not _gapped(s, phrase):
        before = phrases[at - 1]
        if anchor.prep in ("of", "for", "in", "to") and not (anchor.conjoined and before.prep == anchor.prep):
            carrier = s.has("HarmCarrier", before.first, before.last)
            good = s.has("MeasureWord", before.last - 2, before.last)
            whole = carrier is not None and carrier.last == before.last and (good is None or good.last != before.last)
            if not whole and anchor.prep == "of" and s.tokens[before.first].lower in ("none", "any", "all", "one"):
                whole = before.last == before.first + 1
            if not whole:
                if anchor.prep == "of" and before.last + 1 == anchor.first and not (
                        s.has("Price", before.first, before.last) or _death(s, before)):  # fmt: skip
                    return None
                break
            risk = risk or s.has("ChanceWord", before.first, before.last) is not None
        elif anchor.bracket and not before.bracket and anchor.first - before.last == 1:
            if s.in_tokens(before.first, before.last, ("phenotype", "disease", "adverse_event")):
                break
        elif not _goes_on(s, before, anchor):
            break
        elif anchor.prep in LISTING:
            risk = risk or s.has("HarmWord", before.first, before.last) is not None
        at -= 1
        anchor = before
    serious = r.pick(m, "adverse_event")
    if serious and s.has("NoHarm", phrase.first, first) is not None:
        return None  # "legal complications"
    if serious == _GENERIC[0] and s.has("Serious", phrase.first, first) is not None:
        id = _GENERIC[1]
    opening = phrase.first if phrase.bracket and not anchor.bracket else anchor.first
    return _Harm(i, id, phrase, anchor, min(opening, first), first, risk)


def _gapped(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase opens a clause without its verb: "fever was noted in two patients and rash in one"."""
    at = s.parse.phrases.index(p) + 1
    following = s.parse.phrases[at] if at < len(s.parse.phrases) else None
    return p.conjoined and following is not None and following.prep == "in" and number_alone(s, following)


def _governs_to(s: Sentence, k: int) -> bool:
    return k < len(s.tokens) and s.tokens[k].tag in ("TO", "IN")


def _goes_on(s: Sentence, before: Phrase, p: Phrase) -> bool:
    """Whether a phrase goes on the list of the phrase before it, no aside ("fever and, in rare cases, rash")."""
    listed = p.prep in LISTING or (p.conjoined and p.prep == before.prep)
    return listed and before.bracket == p.bracket and follows_closely(s.tokens, before.last, p.first)


def _is_treated(r: Rules, c: Context, id: str) -> bool:
    """Whether a harm is the disease that the text is about, or a kind of it: its course, no side effect."""
    for d in (c.disease, c.section_disease):
        if d and (id in r.vocabulary.ancestors(d) or d in r.vocabulary.ancestors(id)):
            return True
    return False


# -- side effects without a name


def _generic(r: Rules, s: Sentence, c: Context, g: _Harm, members: list[_Harm], *, keeps: bool) -> Iterator[Candidate]:
    verb = _verb_of(s, g)
    if s.text.rstrip().endswith(":") and not members:
        return  # "The side effects were:" introduces their names
    alone = verb is not None and g.anchor in verb.subject and all(p.prep for p in verb.objects)
    if verb is not None and alone and not verb.passive and "Lessening" in _owners(s, verb):
        return  # "the side effects went away"
    if _only_measured(r, s, c, g) or (g.phrase.conjoined and s.tokens[g.phrase.first].lower == "the" and (
            s.tokens[g.phrase.first - 1].text == ",")):  # fmt: skip
        return  # "there was no rash, the complication that …"
    if (
        verb is not None
        and not (verb.passive or verb.relative)
        and g.anchor in verb.objects
        and r.is_of(verb, "Causing")
    ):
        heads = [p for p in verb.subject if not p.prep]
        told = any(s.has(group, p.first, p.last) for p in heads for group in _SPOKEN_OF)
        if heads and not told and not r.agents(s, c, verb.subject):
            return  # "secondary injuries lead to complications"
    negative = _denied(s, g, verb)
    if _compared_less(s, g) or (_differs(s, g) and not negative):
        return
    same = _no_difference(s, g, verb)
    if same:
        negative = True
    agents = _blamed(r, s, c, g, verb, _ANYWHERE)
    if not agents:
        return
    for a in agents:
        for h in members:
            yield Candidate(a, "adverse_effect", h.id, h.at, verb, "named-harm", negative=negative)
        if not members or keeps:
            yield Candidate(a, "adverse_effect", g.id, g.at, verb, "harm", negative=negative)


def _members(s: Sentence, g: _Harm, named: list[_Harm]) -> tuple[list[_Harm], bool]:
    """The named harms that a general word introduces or sums up, and whether the general word says more than they do.

    "side effects include fever", "fever and rash were the commonest side effects", "adverse events (fever, rash)",
    "adverse events were more frequent, the most common being fever"
    """
    phrases = s.parse.phrases
    found: list[_Harm] = []
    for v in s.parse.verbs:
        if v.passive or not (v.lemma == "be" or "Listing" in _owners(s, v)):
            continue
        ours = g.anchor in v.subject or g.phrase in v.subject
        if ours or (v.form == "gerund" and g.at < v.first and _superlative(s, v.first)):
            objects = [h for h in named if h.at >= v.last and (h.anchor in v.objects or h.phrase in v.objects)
                       and h.anchor.prep in _AMONG]  # fmt: skip
            if objects:
                return objects, v.form == "gerund"
        elif v.lemma == "be" and not g.anchor.prep and _next_phrase(s, v) is g.anchor:
            subjects = [h for h in named if h.at < v.first and h.anchor in v.subject]
            if subjects:
                return subjects, False
    at = phrases.index(g.phrase)
    end = g.phrase.last
    started = keeps = False
    for p in phrases[at + 1 : at + 14]:
        gap = s.tokens[end : p.first]
        if not started:
            if p.prep in ("of", "to", "with", "after", "following", "from", "in", "for"):
                end = p.last
                continue
            apposed = p.conjoined and not p.prep and gap and gap[0].text == "," and all(t.tag != "CC" for t in gap)
            introduces = p.prep in LISTING or p.bracket or apposed or any(t.text in ":—–" for t in gap)
            if not introduces:
                break
        elif not (p.conjoined or p.bracket or p.prep == "of") or p.first - end > 5:
            break
        inside = [h for h in named if h.phrase is p]
        if inside:
            started = True
            # "serious side effects, including fever": these are two things said.
            apart = p.prep in LISTING or (not p.prep and not p.bracket and p.conjoined)
            keeps = keeps or (not found and g.id == _GENERIC[1] and apart)
            found.extend(inside)
        elif not started and not p.bracket and p.prep not in LISTING:
            break
        end = p.last
    return found, keeps


def _next_phrase(s: Sentence, v: Verb) -> Phrase | None:
    following = (p for p in s.parse.phrases if p.first >= v.last and not p.bracket)
    return next((p for p in following if any(t.tag != "DT" for t in s.tokens[p.first : p.last])), None)


def _superlative(s: Sentence, until: int) -> bool:
    return any(t.lower == "most" or t.tag in ("JJS", "RBS") for t in s.tokens[max(0, until - 4) : until])


def _only_measured(r: Rules, s: Sentence, c: Context, g: _Harm) -> bool:
    """Whether side effects are what a study looks at, or what is treated or avoided, rather than what happened."""
    if s.has("Endpoint", 0, len(s.tokens)) is not None or (g.anchor.prep and _deadly(s, g)):
        return True
    for v in s.parse.verbs:
        if v.first <= g.at < v.end or g.anchor in v.subject:
            owners = _owners(s, v)
            if "Monitoring" in owners and not v.negated:
                return True
            if g.anchor not in v.subject and "Averting" in owners:
                return True
    weak = g.id == _GENERIC[0] and s.has("Complication", g.at, g.at + 2) is not None
    if weak:
        # "complications of diabetes" are no side effects.
        at = s.parse.phrases.index(g.phrase)
        following = [
            p for p in s.parse.phrases[at + 1 : at + 2] if p.prep in ("of", "in", "from", "after", "following")
        ]
        for p in following:
            given = _agents_in(r, s, c, p) or s.has("GivingNoun", p.first, p.last)
            ill = r.diseases(s, [p]) or s.has("DiseaseWord", p.last - 1, p.last)
            if (p.prep == "of" or ill) and not given:
                return True
        if s.diseases_in(g.phrase.first, g.at):
            return True
    return False


# -- named harms


def _framed(r: Rules, s: Sentence, c: Context, h: _Harm) -> Iterator[Candidate]:
    """A named harm with the frame that makes it one."""
    treated = _is_treated(r, c, h.id)
    for e in s.events:
        if e.owner == "Causing" and e.verb is not None and e.kind in ("verb", "inverse"):
            agents = _causers(r, s, c, h, e)
            donor = s.has("DonorWord", e.verb.last, min(e.last, e.verb.end)) is not None
            if agents and not donor and _unlessened(s, h):
                negative = _denied(s, h, e.verb)
                for a in agents:
                    yield Candidate(a, "adverse_effect", h.id, h.at, e.verb, "caused-harm", negative=negative)
                return
    verb = _verb_of(s, h)
    own = _by_name(r, s, c, h)
    if own and not _is_model(s, c) and verb is not None and "Lessening" not in _owners(s, verb):
        for a in own:
            yield Candidate(a, "adverse_effect", h.id, h.at, verb, "named-harm", negative=_denied(s, h, verb))
        return
    frame = _frame(r, s, c, h, verb)
    if frame is None:
        return
    rule, reach = frame
    negative = _denied(s, h, verb) or _no_difference(s, h, verb)
    if (_compared_less(s, h) and not negative) or (
        _differs(s, h) and (not negative or s.has("ComplaintWord", *s.spans[h.mention]))
    ):
        return
    agents = _blamed(r, s, c, h, verb, reach)
    for a in agents:
        if not treated or rule == "named-risk" or (a not in c.therapy and not r.is_therapeutic(a)):
            yield Candidate(a, "adverse_effect", h.id, h.at, verb, rule, negative=negative)


def _causers(r: Rules, s: Sentence, c: Context, h: _Harm, e: Event) -> list[Agent]:
    """Who an event of causing blames for a harm."""
    assert e.verb is not None
    v = e.verb
    effects = e.objects
    causes = e.subject if e.subject is not None else e.agent
    if e.kind == "inverse":
        effects, causes = list(e.subject or ()), e.objects
    if e.kind == "verb" and v.passive and e.subject is None and h.anchor.prep:
        return []  # "stem cells for heart failure can be given …"
    within = h.anchor in effects or h.phrase in effects or (
        bool(effects) and not h.anchor.prep and h.anchor in v.objects and effects[0] in v.objects)  # fmt: skip
    if not within or ("Endangering" in _owners(s, v) and not h.risk):
        return []
    causes = list(causes or ())
    if causes and any(
        "affects" in s.lexicon.nouns.get(t.lemma, ()) for t in s.tokens[causes[0].first : causes[0].last]
    ):
        causes = causes[:1]  # "the destruction of beta cells" is none of their doing
    agents = [a for a in r.agents(s, c, causes) if r.acts(a)]
    if not agents and v.passive:
        agents = [a for p in v.objects if p.prep in ("by", "to", "with") for a in _agents_in(r, s, c, p)]
    if not agents and e.kind == "verb":
        seen: set[int] = set()
        g = v.governor
        while g is not None and id(g) not in seen and not agents:
            seen.add(id(g))
            agents = [a for a in r.agents(s, c, g.subject) if r.acts(a)]
            g = g.governor
    if not agents and causes and s.has("Pronoun", causes[-1].first, causes[-1].last) is not None:
        earlier = [w for w in s.parse.verbs if w.last <= causes[0].first]
        agents = [a for w in reversed(earlier) for a in r.agents(s, c, w.subject, ("cell", "product", "drug"))]
        agents = agents or (list(c.said.topic) if c.said.about != "disease" or len(c.said.topic) > 1 else [])
    if (
        not agents
        and v.relative
        and v.first > 1
        and s.tokens[v.first - 1].tag == "WDT"
        and s.tokens[v.first - 2].text == ","
    ):
        agents = r.all_agents(s, 0, v.first)[-1:]
    if not agents and e.kind == "inverse":
        agents = [a for p in causes[:1] for a in _agents_in(r, s, c, p)]
    agents = [a for a in agents if _treats(r, c, a) and (r.is_therapeutic(a) or not _is_model(s, c))]
    return unique(agents)


def _treats(r: Rules, c: Context, a: Agent) -> bool:
    """Whether an agent is given as a treatment."""
    given = r.is_therapeutic(a) or a in c.therapy or a[0] in r.given_factors
    return given or bool(r.vocabulary.kinds(a[0]) & {"drug", "product"})


def _is_model(s: Sentence, c: Context) -> bool:
    """Whether drugs make animals or cells ill on purpose ("bleomycin-induced fibrosis in mice")."""
    if c.evidence in ("AnimalStudy", "InVitroStudy"):
        return True
    return any(True for _ in s.phrases("species"))


def _by_name(r: Rules, s: Sentence, c: Context, h: _Harm) -> list[Agent]:
    """Who a harm's own phrase blames, or the one after it: "cyclophosphamide-induced infertility", "neuropathy, a toxic
    effect of bortezomib, …"."""
    at = s.parse.phrases.index(h.phrase)
    for called, of in zip(s.parse.phrases[at + 1 : at + 2], s.parse.phrases[at + 2 : at + 3], strict=False):
        harm = s.has("HarmWord", called.first, called.last) or s.in_tokens(
            called.first, called.last, ("adverse_event",)
        )
        if harm and called.conjoined and s.tokens[called.first].tag == "DT" and of.prep == "of":
            return _agents_in(r, s, c, of)
    found: list[Agent] = []
    if not s.words.can_have("Induced"):
        return found
    inside = s.in_tokens(h.phrase.first, h.at, ("cell", "product", "drug"))
    for i in inside:
        if s.has("Induced", s.spans[i][1], h.at) is not None:
            agent = r.agent_of(s, i)
            if agent[0] in r.therapeutic or "drug" in s.mentions[i].kinds:
                found.append(agent)
    for k in range(h.phrase.first, h.at - 2):
        given = s.has("TherapyNoun", k, k + 1) or s.has("TransplantWord", k, k + 1)
        if given and s.tokens[k + 1].tag == "HYPH" and s.has("Induced", k + 2, k + 3) and not inside:
            found.extend(r.treatment(c))  # "treatment-related sepsis"
    if found and s.tokens[h.phrase.first - 1].tag == "CC" and h.phrase.first > 2:
        # "cyclophosphamide- and busulfan-related"
        before = s.tokens[h.phrase.first - 2]
        if before.tag == "HYPH" or before.text == "-":
            at = s.tokens[h.phrase.first - 3].mention
            if at >= 0 and s.mentions[at].kinds & {"cell", "product", "drug"}:
                found.append(r.agent_of(s, at))
    return found


def _frame(r: Rules, s: Sentence, c: Context, h: _Harm, verb: Verb | None) -> tuple[str, int] | None:
    """The rule that makes a named harm an effect, and how far its treatment may be sought."""
    tokens = s.tokens
    before = tokens[h.anchor.first - 1].lower if h.anchor.first else ""
    without = h.anchor.prep == "with" and s.has("Seldom", h.anchor.first, h.anchor.first + 1) is not None
    if without or h.anchor.prep == "without" or before == "without":
        return ("without-harm", _ANYWHERE) if verb is not None else None
    if h.anchor.prep in ("from", "of", "with") and _deadly(s, h):
        return "deadly-harm", _TIED
    if h.anchor.prep == "of" and (price := _previous(s, h.anchor)) is not None and price.prep == "at" and (
            s.has("Price", price.first, price.last)):  # fmt: skip
        return "harm-as-price", _NAMED
    if verb is None:
        return None
    owners = _owners(s, verb)
    past = _past(s, verb)
    if "Occurring" in owners and h.anchor.first > verb.first and _gapped(s, h.anchor):
        return "observed-harm", _ANYWHERE if past else _NAMED
    if h.risk and h.anchor.prep == "at" and verb.lemma == "be" and h.anchor in verb.objects[:1]:
        return "named-risk", _NAMED
    if h.anchor in verb.subject and not h.anchor.prep:
        if "Same" in owners or ("Differing" in owners and verb.negated):
            if s.has("ComplaintWord", *s.spans[h.mention]):
                return None
            return "frequent-harm", _ANYWHERE if past and verb.negated else _NAMED
        when = s.tokens[min(verb.last, len(s.tokens) - 1)].tag == "WRB"
        if "Occurring" in owners and (not when or verb.passive):
            if verb.copula or _adjectival(s, r, verb):
                return "frequent-harm", _ANYWHERE if past else _NAMED
            return "observed-harm", _ANYWHERE if past else _NAMED
        if "Hampering" in owners and not verb.passive and (h.risk or _use(s, verb)):
            return "named-risk", _NAMED
        if "Equating" in owners and not verb.passive:
            if s.has(
                "HarmWord", verb.last, verb.objects[min(1, len(verb.objects) - 1)].last if verb.objects else verb.last
            ):
                if r.diseases(s, [p for p in verb.objects[1:2] if p.prep == "of"]):
                    return None  # "X is a complication of Y"
                return "named-risk", _ANYWHERE if past and _superlative(s, verb.objects[0].last) else _NAMED
            words = [t for p in verb.objects[:1] if not p.prep for t in tokens[p.first : p.last]]
            if any("Occurring" in r.lexicon.adjectives.get(t.lemma, ()) for t in words):
                return "frequent-harm", _NAMED
        return None
    if h.anchor.first < verb.last:
        return None
    if not h.anchor.prep or (h.anchor.prep in ("from", "of", "with", "to") and "Suffering" in owners):
        patients = any(s.has("PatientWord", p.first, p.last) or number_alone(s, p) for p in verb.subject)
        patients = patients or (verb.negated and any(tokens[p.first].lower == "we" for p in verb.subject))
        enrolled = verb.relative and tokens[verb.first].lower == "had" and verb.last - verb.first > 1
        if "Suffering" in owners and patients and not enrolled:  # "adults who had suffered from pain for years"
            counted = any(
                any(t.tag == "CD" for t in s.tokens[p.first : p.first + 2]) or s.has("Nobody", p.first, p.first + 1)
                for p in verb.subject
            )
            plain = verb.lemma == "have" and not (counted and "phenotype" in s.mentions[h.mention].kinds)
            diseased = bool(r.diseases(s, verb.subject)) and not past
            reach = _TIED if plain else _ANYWHERE if past else _NAMED
            return ("suffered-harm", reach) if not diseased else None
        if verb.lemma == "be" and any(tokens[p.first].lower == "there" for p in verb.subject):
            return "observed-harm", _ANYWHERE if past else _NAMED
        if "Reporting" in owners and not verb.passive and not h.anchor.prep:
            return "observed-harm", _ANYWHERE if past or verb.form in ("participle", "finite") else _NAMED
        if "Equating" in owners and any(s.has("HarmWord", p.first, p.last) for p in verb.subject):
            return "named-risk", _NAMED
    return None


def _use(s: Sentence, v: Verb) -> bool:
    """Whether what a verb acts on is the use of something: "infections limit its use"."""
    return any(s.has("GivingNoun", p.first, p.last) is not None for p in v.objects[:1])


def number_alone(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase is a bare number ("two developed fever") or "none"."""
    return all(t.tag == "CD" or t.text == "%" or t.lower == "none" for t in s.tokens[p.first : p.last])


def _adjectival(s: Sentence, r: Rules, v: Verb) -> bool:
    return "Occurring" in r.lexicon.adjectives.get(v.lemma, ()) and s.tokens[v.main].tag.startswith("J")


def _deadly(s: Sentence, h: _Harm) -> bool:
    """Whether somebody died of the harm."""
    for m in s.phrases("outcome", max(0, h.anchor.first - 4), h.anchor.first):
        if m.owner == "Died" and m.last >= h.anchor.first - 3:
            return True
    return False


def _death(s: Sentence, p: Phrase) -> bool:
    return any(m.owner == "Died" for m in s.phrases("outcome", p.first, p.last))


# -- whom to blame


def _blamed(r: Rules, s: Sentence, c: Context, h: _Harm, verb: Verb | None, reach: int) -> list[Agent]:
    """The treatment of a harm: tied to it by a preposition, named in the sentence, or carried in."""
    than = s.has("Than", h.phrase.last, len(s.tokens))
    stop = than.first if than is not None and s.tokens[than.first].tag != "TO" else len(s.tokens)
    phrases = s.parse.phrases
    at = phrases.index(h.phrase)
    for p in phrases[at + 1 :]:
        if p.first >= stop:
            break
        if found := r.treated(s, c, p):
            return found
        if p.prep in _AFTER:
            found = _agents_in(r, s, c, p)
            if found:
                return found
    if reach == _TIED:
        return []
    own = [r.agent_of(s, i) for i in s.in_tokens(h.phrase.first, h.at, ("cell", "product", "drug"))]
    own = [a for a in own if r.acts(a)]
    if own:
        return own
    seen: set[int] = set()
    v = verb
    while v is not None and id(v) not in seen:
        seen.add(id(v))
        subject = [p for p in v.subject if p is not h.phrase]
        for p in subject:
            # "Some medications can cause …" speaks of no treatment in particular.
            if not p.prep and not v.passive and s.has("DrugWord", p.last - 1, p.last) and not r.agents(s, c, [p]):
                return []
        found = [a for a in r.agents(s, c, subject) if r.acts(a)]
        if not found and h.id in _GENERIC:
            found = r.agents(s, c, subject, ("factor",))
        if found:
            return found
        v = v.governor
    named = r.all_agents(s, 0, stop) or r.all_agents(s, stop, len(s.tokens))
    if named:
        cells = [a for a in named if r.is_therapeutic(a)]
        return cells or named
    if s.has("ControlWord", h.phrase.last, stop) is not None and h.id not in _GENERIC:
        return []
    if reach < _ANYWHERE:
        return []
    for p in phrases:
        referred = [a for a in r.referent(s, c, p) if r.acts(a)]
        if referred:
            return referred
    return r.treatment(c)


def _agents_in(r: Rules, s: Sentence, c: Context, p: Phrase) -> list[Agent]:
    """The treatment that a phrase after a preposition names ("after MSC infusion") or means ("during the infusion")."""
    found = []
    for i in s.in_tokens(p.first, p.last, ("cell", "product", "drug")):
        known = s.mentions[i].id in r.therapeutic or "drug" in s.mentions[i].kinds
        if known or s.has("TherapyNoun", s.spans[i][1], p.last):
            found.append(r.agent_of(s, i))
    if found:
        return found[-1:]
    previous = _previous(s, p)
    if previous is not None and p.prep in ("with", "of", "by") and s.has("TherapyNoun", previous.first, previous.last):
        factors = s.in_tokens(p.first, p.last, ("factor",))
        if factors:
            return [r.agent_of(s, factors[-1])]
        return []
    if p.prep in ("", "after", "during", "following", "from", "with", "to", "of"):
        if s.in_tokens(p.first, p.last, ("disease", "tissue", "drug")):
            return []
        word = s.has("GivingNoun", p.last - 1, p.last)
        if word is not None:
            if not p.prep and word.first == p.first and s.has("BareTherapy", p.first, p.last) is None:
                return []  # "often follows surgery": any surgery
            follower = next((q for q in s.parse.phrases if q.first >= p.last), None)
            if follower is not None and follower.prep in ("with", "of") and _named(s, follower):
                return []
            return ([a for a in r.referent(s, c, p) if r.acts(a)] or r.treatment(c)) if c.said.topic else []
    return []


def _named(s: Sentence, p: Phrase) -> bool:
    return bool(s.in_tokens(p.first, p.last, ("cell", "product", "drug", "factor")))


# -- small readings


def _verb_of(s: Sentence, h: _Harm) -> Verb | None:
    """The verb whose subject or object a harm is."""
    around = s.enclosing(h.anchor.first) or s.enclosing(h.at)
    for v in s.parse.verbs:
        # Not the verb of a relative clause: "they had a fever that resolved".
        if (h.anchor in v.subject or h.phrase in v.subject) and h.at < v.first and not (v.relative and around):
            return v
    return around


def _owners(s: Sentence, v: Verb) -> set[str]:
    """The classes of a verb: its own, and those of its adjective."""
    found = {
        cue.owner
        for cue in s.lexicon.verbs.get(v.lemma, ())
        if cue.passive <= v.passive
        and (not v.passive or cue.passive or cue.owner != "Occurring")
        and all(t.lemma == word for t, word in zip(s.tokens[v.last :], cue.rest, strict=False))
    }
    if v.copula:
        found |= s.lexicon.adjectives.get(v.lemma, set())
    return found


def _past(s: Sentence, v: Verb) -> bool:
    """Whether a verb tells of something that happened."""
    if v.governor is not None and v.governor.lemma == "do":
        v = v.governor
    return any(t.tag in ("VBD", "VBN") for t in s.tokens[v.first : v.last]) and not v.modal


def _previous(s: Sentence, p: Phrase) -> Phrase | None:
    at = s.parse.phrases.index(p)
    return s.parse.phrases[at - 1] if at else None


def _denied(s: Sentence, h: _Harm, verb: Verb | None) -> bool:
    """Whether a harm did not happen, or hardly ever: "no", "few", "rarely", "without", "nobody had"."""
    count = 0
    # In a list ("no fever, rash or pain") the word before its first member denies all.
    first = max(
        0,
        h.first - (h.first > 0 and s.tokens[h.first - 1].lower in ("neither", "nor", "without", "or", "not", "never")),
    )
    opening = min(h.anchor.last, h.at)
    if s.has("Seldom", first, opening) is not None or s.has("Seldom", max(opening, h.phrase.first), h.at) is not None:
        count += 1
    if verb is None:
        return bool(count)
    seen: set[int] = set()
    v: Verb | None = verb
    while v is not None and id(v) not in seen:
        seen.add(id(v))
        count += (
            v.negated
            or (v is not verb and "Failing" in _owners(s, v))
            or (v is verb and h.anchor in v.subject and s.has("Seldom", v.first, v.last + 1) is not None)
            or (h.anchor not in v.subject and any(s.has("Nobody", p.first, p.first + 1) for p in v.subject))
        )
        v = v.governor
    return count % 2 == 1


def _unlessened(s: Sentence, h: _Harm) -> bool:
    less = s.has("Lessened", h.first, h.at)
    return less is None or s.tokens[less.first].tag == "RBR"  # "fever and, less commonly, rash"


def _compared_less(s: Sentence, h: _Harm) -> bool:
    """Whether a harm is said to be less frequent than elsewhere, which claims no harm: "fewer side effects"."""
    if any(t.tag == "JJR" and t.lower not in ("more", "higher", "greater") for t in s.tokens[h.first : h.at]):
        return True
    if not _unlessened(s, h):
        return True
    verb = _verb_of(s, h)
    if verb is not None and h.anchor in verb.subject:
        after = s.tokens[verb.last : verb.last + 3]
        return any(t.lower in ("less", "lower", "fewer") for t in [*s.tokens[verb.first : verb.last], *after])
    return False


def _differs(s: Sentence, h: _Harm) -> bool:
    return s.has("DifferenceWord", h.anchor.first, h.at) is not None


def _no_difference(s: Sentence, h: _Harm, verb: Verb | None) -> bool:
    """Whether a harm was no more frequent with the treatment than without."""
    if verb is None:
        return False
    if h.anchor in verb.subject and s.has("NoMore", verb.first, verb.last + 4) is not None:
        return True
    if h.anchor in verb.subject and verb.negated and "Differing" in _owners(s, verb):
        return True
    return h.anchor in verb.subject and "Same" in _owners(s, verb)
