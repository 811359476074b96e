"""What diseases damage."""

from collections.abc import Iterator

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Event, Glimpse, Sentence
from kg.extraction.syntax import Phrase, Verb

_KINDS = ("tissue", "cell", "process")


def may_tell_damage(g: Glimpse) -> bool:
    """Whether `damage` may find something."""
    if not g.names(*_KINDS):
        return False
    if g.words.can_say("affects") or g.words.has_verb("Losing"):
        return True
    return g.words.can_say("decreases") and g.words.has_verb("Possessing")


def damage(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """affects: what a disease damages, depletes or disturbs."""
    if s.kinds.isdisjoint(_KINDS):
        return
    for e in s.events:
        if e.owner != "affects" or e.verb is None or e.kind not in ("verb", "inchoative"):
            continue
        objects = e.objects
        if e.kind == "inchoative":
            objects = [p for p in e.objects or e.subject or [] if p.prep in ("", "of")]
            ds = _sufferer(r, s, c, e.verb)
        elif e.subject is None and not (e.agent and _damaging(r, s, c, e.agent, e.verb)):
            objects = [p for p in e.objects if p.prep in ("", "of")] or e.objects
            ds = _sufferer(r, s, c, e.verb)
        else:
            ds = _damaging(r, s, c, e.subject if e.subject is not None else e.agent, e.verb)
        if ds:
            yield from _claims(r, s, ds, _damaged(r, s, objects, e), e.head, e.verb, "damage")
    for e in (*s.events, *_named_losses(s)):
        if e.owner == "affects" and e.kind == "noun":
            ds = _of_loss(r, s, c, e)
            if ds:
                yield from _claims(r, s, ds, _lost(r, s, e), e.head, e.verb, "loss")
    yield from _patients_have(r, s)
    yield from _abnormal(r, s, c)


def _claims(
    r: Rules, s: Sentence, ds: list[str], mentions: list[int], head: int, verb: Verb | None, rule: str
) -> Iterator[Candidate]:
    for i in unique(mentions):
        m = s.mentions[i]
        id = s.identified[i][0][0] if i in s.identified else r.pick(m, *_KINDS)
        if id and "pathway" not in m.kinds and id != ds[0]:
            yield Candidate((ds[0], ""), "affects", id, head, verb, rule, disease=ds[0])


# -- what is damaged


def _damaged(r: Rules, s: Sentence, objects: list[Phrase], e: Event) -> list[int]:
    """The cells, tissues and processes among the objects of a damaging verb, or what these are called."""
    direct = [p for p in objects if not p.prep or p in objects[:1]]
    if any(s.has("PatientWord", p.last - 1, p.last) for p in direct):
        return []
    named = [not p.prep or not (k and s.in_tokens(objects[k - 1].first, objects[k - 1].last, _KINDS))
             for k, p in enumerate(objects)]  # fmt: skip
    found = r.listed(s, [p for p, own in zip(objects, named, strict=True) if own or p.prep != "of"], e.verb, _KINDS)
    for k, p in enumerate(objects):
        # "the function of neurons": what the head does not name, its "of" phrase does.
        if p.prep == "of" and k and not s.in_tokens(objects[k - 1].first, objects[k - 1].last, _KINDS):
            found.extend(s.in_tokens(p.first, p.last, _KINDS))
    # "the covering of nerve fibers, called myelin"
    last = max((p.last for p in objects), default=0)
    for p in s.parse.phrases:
        if objects and objects[0].last <= p.first <= last + 2:
            naming = [k for k in range(p.first - 1, p.first + 1) if _names(s, k)]
            if naming and (called := s.in_tokens(p.first, p.last, _KINDS)):
                return called
    return found


def _names(s: Sentence, k: int) -> bool:
    return "Naming" in s.lexicon.verb_owners(s.tokens[k].lemma)


def _named_losses(s: Sentence) -> Iterator[Event]:
    """Nouns of loss that are names themselves: scarring, inflammation."""
    for i, token in enumerate(s.tokens):
        if token.mention >= 0 and "affects" in s.lexicon.nouns.get(token.lemma, ()):
            first, last = s.spans[token.mention]
            if last == first + 1:
                yield s._noun_event(i, "affects", "noun")


def _lost(r: Rules, s: Sentence, e: Event) -> list[int]:
    """What a noun of loss is of: "loss of motor neurons", "beta cell destruction"."""
    phrase = s.phrase_at[e.head]
    if phrase is None:
        return []
    objects = [p for p in e.objects if p.prep in ("of", "to")]
    if objects:
        found = r.listed(s, objects[:1], None, _KINDS)
        # "loss of neurons and scar formation" is no loss of scars.
        return [i for i in found if s.mentions[i].kinds & s.mentions[found[0]].kinds]
    before = [i for i in s.in_tokens(phrase.first, e.head, _KINDS) if s.spans[i][1] == e.head]
    return before


# -- by which disease


def _own(r: Rules, s: Sentence, p: Phrase) -> list[str]:
    """The disease that a phrase names as its head."""
    inside = s.in_tokens(p.first, p.last, ("disease",))
    return [id for i in inside[-1:] if (id := r.pick(s.mentions[i], "disease"))]


def _equal(r: Rules, s: Sentence, p: Phrase) -> list[str]:
    """The disease that a describing phrase is said of: "lupus is a disease that", "lupus, a disease that"."""
    for v in s.parse.verbs:
        if v.lemma == "be" and not v.passive and p in v.objects[: 1 + (p.prep == "of")]:
            for q in v.subject:
                if not q.prep and (named := _own(r, s, q)):
                    return named
            if v.subject and _pointed(s, v.subject[0]):
                return []
    at = s.parse.phrases.index(p)
    if at and s.is_apposed(p):
        return _own(r, s, s.parse.phrases[at - 1])
    return []


def _pointed(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase points back to a disease: "it", "the disease"."""
    if s.has("Pronoun", p.first, p.first + 1) is not None and p.last == p.first + 1:
        return True
    return s.tokens[p.first].lower in ("the", "this") and s.has("DiseaseWord", p.last - 1, p.last) is not None


def _meant(r: Rules, s: Sentence, c: Context, p: Phrase) -> list[str]:
    """The disease that a pronoun or "the disease" means: that of the clause before, or of the sentence before."""
    for v in reversed([v for v in s.parse.verbs if v.first < p.first]):
        named = [d for q in v.subject if not q.prep for d in _own(r, s, q)]
        if named:
            return named[:1]
    if s.has("Pronoun", p.first, p.first + 1) is not None and c.said.about == "agent":
        return []
    if c.disease in c.said.diseases:
        return [c.disease]
    return c.said.diseases[:1] or ([c.section_disease or c.disease] if c.section_disease or c.disease else [])


def _damaging(r: Rules, s: Sentence, c: Context, subject: list[Phrase], verb: Verb) -> list[str]:
    """The disease that damages, of a subject: named, meant by "it", or that in which the body harms itself."""
    for p in subject:
        if p.prep == "of" and (at := s.parse.phrases.index(p)) and (equal := _equal(r, s, s.parse.phrases[at - 1])):
            return equal  # "D is a disease of the eye caused by …"
        if p.prep not in ("", "by") and not (verb.relative and p is subject[-1]):
            continue  # but "tested in lupus, which harms the kidneys"
        if s.has("PatientWord", p.first, p.last):
            return []
        equal = _equal(r, s, p)
        if equal:
            return equal
        own = _own(r, s, p)
        if own:
            return own
        if _pointed(s, p):
            return _meant(r, s, c, p)
        if s.has("BodyDefence", p.first, p.last) is not None:
            return _sufferer(r, s, c, verb)
        if s.has("CourseWord", p.first, p.last) is not None:
            return [d for q in subject if q.prep == "of" for d in _own(r, s, q)]
    if not any(r.acts(a) for a in r.agents(s, c, subject)):
        for p in s.parse.phrases:
            if p.last <= verb.first and p not in subject and p.prep in ("in", "with") and (named := _own(r, s, p)):
                return named  # "in diabetes, high blood sugar damages nerves"
    return []


def _sufferer(r: Rules, s: Sentence, c: Context, verb: Verb) -> list[str]:
    """The disease in which something is damaged: what it is "in", or what the sentence is about."""
    ahead = [p for p in s.parse.phrases if p.last <= verb.first]
    relative = next(
        (k for k in range(verb.first - 1, 0, -1) if s.tokens[k].tag in ("WDT", "WRB") or s.tokens[k].lower == "where"),
        None,
    )
    if relative is not None:
        # "a disease in which …", "lupus, where …", "it occurs when …"
        for p in reversed([p for p in ahead if p.last <= relative]):
            told = next((v for v in s.parse.verbs if v.lemma == "be" and not v.passive and p in v.objects[:1]), None)
            if told is not None and told.subject and _pointed(s, told.subject[0]):
                return _meant(r, s, c, told.subject[0])  # "it is a disease in which …"
            named = _equal(r, s, p) or _own(r, s, p)
            if named:
                return named
            if _pointed(s, p):
                return _meant(r, s, c, p)
    for p in ahead:
        if p.prep in ("in", "with", "during", "after"):
            named = _own(r, s, p) or (_meant(r, s, c, p) if _pointed(s, p) else [])
            if named:
                return named
    for p in verb.objects:
        if p.prep in ("in", "by", "with", "during", "from") and (named := _own(r, s, p)):
            return named
    for p in ahead:
        if p.prep:
            continue
        if named := _own(r, s, p):
            return named
        if p is s.parse.phrases[0] and _pointed(s, p):
            return _meant(r, s, c, p)
    return []


def _of_loss(r: Rules, s: Sentence, c: Context, e: Event) -> list[str]:
    """The disease that a noun of loss is told of: "D is characterised by loss of …", "loss of … in D"."""
    phrase = s.phrase_at[e.head]
    if phrase is None:
        return []
    for v in s.parse.verbs:
        linking = any(cue.owner == "Characterizing" and cue.passive <= v.passive and (not v.passive or cue.passive)
                      for cue in s.lexicon.verbs.get(v.lemma, ()))  # fmt: skip
        if linking and phrase in v.objects:
            return _damaging(r, s, c, v.subject, v)
        if phrase in v.objects[:1] and not phrase.prep and any(s.has("Hallmark", p.first, p.last) for p in v.subject):
            return [d for p in v.subject if p.prep == "of" for d in _own(r, s, p)][:1]  # "at the root of D lies …"
        patients = any(s.has("PatientWord", p.first, p.last) for p in v.subject)
        if patients and phrase in v.objects and "Suffering" in s.lexicon.verb_owners(v.lemma):
            return [d for p in v.subject if p.prep == "with" for d in _own(r, s, p)][:1]
        if phrase in v.subject and not phrase.prep:
            if v.lemma == "be" or linking:
                said = [p for p in v.objects if p.prep in ("", "of", "in", "to")]
                hallmark = any(s.has("Hallmark", p.first, p.last) for p in said)
                if linking or hallmark:
                    return [d for p in said for d in _own(r, s, p)][:1]
            if "Occurring" in s.lexicon.verb_owners(v.lemma):
                return [d for p in v.objects if p.prep == "in" for d in _own(r, s, p)][:1]
    return []


def _patients_have(r: Rules, s: Sentence) -> Iterator[Candidate]:
    """ "People with lupus have low levels of stem cells", "patients lose hair cells"."""
    for v in s.parse.verbs:
        patients = [p for p in v.subject if s.has("PatientWord", p.first, p.last)]
        ds = r.diseases(s, v.subject) if patients else []
        if not ds:
            continue
        owners = s.lexicon.verb_owners(v.lemma)
        if "Losing" in owners:
            found = r.listed(s, [p for p in v.objects if not p.prep], v, _KINDS)
            yield from _claims(r, s, ds, found, v.main, v, "patients-have")
        elif "Possessing" in owners and not v.negated:
            for e in s.events:
                if e.owner not in ("affects", "decreases") or not (v.last <= e.head < v.end + 1) or e.kind == "verb":
                    continue
                stop = next((w.end for w in s.parse.verbs if w.first >= v.last), v.end)
                after = {
                    i for p in v.objects if p.prep in ("after", "following", "with", "on") for i in s.in_phrases([p])
                }
                found = [i for i in s.in_tokens(v.last, max(v.end, stop), _KINDS) if i not in after]
                yield from _claims(r, s, ds, found, e.head, v, "patients-have")


def _abnormal(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """ "Stem cells from lupus patients are abnormal", "hematopoiesis is impaired in Fanconi anemia"."""
    for v in s.parse.verbs:
        sick = v.copula and "affects" in s.lexicon.adjectives.get(v.lemma, ())
        shows = (
            not v.copula
            and not v.negated
            and "Possessing" in s.lexicon.verb_owners(v.lemma)
            and any(e.owner == "affects" and e.kind == "noun" and v.last <= e.head < v.end for e in s.events)
        )
        if not (sick or shows) or not v.subject:
            continue
        found = s.in_tokens(v.subject[0].first, v.subject[0].last, _KINDS)
        ds = [d for p in v.subject[1:] if p.prep in ("from", "of", "in") for d in r.diseases(s, [p])]
        if sick:
            ds = ds or [d for p in v.objects if p.prep in ("in", "with") for d in r.diseases(s, [p])]
        if found and ds:
            yield from _claims(r, s, ds, found[-1:], v.main, v, "abnormal")
