"""What diseases damage."""

from collections.abc import Iterator

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Sentence
from kg.extraction.syntax import Phrase, Verb


def damage(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """affects: what a disease damages, depletes or disturbs."""
    for e in s.events:
        if e.owner != "affects" or e.verb is None or e.kind not in ("verb", "inchoative"):
            continue
        if e.kind == "inchoative" or (e.subject is None and not e.agent):
            objects = e.objects
            ds = _sufferer(r, s, c, e.verb)
        else:
            objects = e.objects
            ds = _damaging(r, s, c, e.subject if e.subject is not None else e.agent, e.verb)
        if not ds:
            continue
        for i in unique(r.listed(s, objects, e.verb, ("tissue", "cell", "process")) + s.in_phrases(
                [p for p in objects if not p.prep or p.prep == "of"], ("tissue", "cell", "process"))):  # fmt: skip
            id = r.pick(s.mentions[i], "tissue", "cell", "process")
            if id:
                yield Candidate((ds[0], ""), "affects", id, e.head, e.verb, "damage", 0.75, disease=ds[0])
    yield from _harming(r, s)
    # "people with lupus have low levels of stem cells"
    for e in s.events:
        if e.kind not in ("noun", "participle") or e.owner not in ("affects", "decreases") or e.verb is None:
            continue
        patients = [p for p in e.verb.subject if s.has("PatientWord", p.first, p.last)]
        ds = r.diseases(s, e.verb.subject) if patients else []
        if not ds or e.verb.lemma in ("receive", "undergo"):
            continue
        for i in s.in_tokens(e.head, e.verb.end, ("cell", "tissue", "process")):
            id = r.pick(s.mentions[i], "cell", "tissue", "process")
            if id:
                yield Candidate((ds[0], ""), "affects", id, e.head, e.verb, "patients-have", 0.6, disease=ds[0])


def _harming(r: Rules, s: Sentence) -> Iterator[Candidate]:
    """What a disease does to a tissue or cell with a verb that no cue knows: "clouds the cornea"."""
    for v in s.parse.verbs:
        if v.form not in ("finite", "base") or v.passive or v.copula or v.negated or v.lemma in r.lexicon.verbs:
            continue
        heads = [p for p in v.subject if not p.prep]
        ds = r.diseases(s, heads)
        if not ds or s.in_phrases(heads, ("cell", "product", "drug", "factor")):
            continue
        objects = [p for p in v.objects if not p.prep or p.conjoined]
        for i in r.listed(s, objects[:1], v, ("tissue", "cell")):
            id = r.pick(s.mentions[i], "tissue", "cell")
            if id:
                yield Candidate((ds[0], ""), "affects", id, v.main, v, "harming-verb", 0.6, disease=ds[0])


def _damaging(r: Rules, s: Sentence, c: Context, subject: list[Phrase], verb: Verb) -> list[str]:
    """The disease that damages, of a subject: named, meant by "it", or the one that the sentence is about."""
    ds = []
    for p in subject:
        if not p.prep or p.prep == "of":
            if s.has("PatientWord", p.first, p.last) and not r.diseases(s, [p]):
                return []
            ds.extend(r.diseases(s, [p]))
    if ds:
        # "SLE is an autoimmune disease that …" is about SLE.
        for v in s.parse.verbs:
            if v.lemma == "be" and not v.passive and any(p in v.objects for p in subject):
                named = r.diseases(s, v.subject)
                if named:
                    return named[:1]
        return ds
    if subject:
        word = s.tokens[subject[0].first].lower
        head = s.tokens[subject[0].last - 1].lemma
        for v in s.parse.verbs:
            if v.lemma == "be" and not v.passive and any(p in v.objects for p in subject):
                return r.diseases(s, v.subject)[:1]
        if word in ("it", "they") or (
            word in ("the", "this") and s.has("DiseaseWord", subject[0].first, subject[0].last)
        ):
            return c.diseases[-1:]
        if s.has("BodyDefence", subject[0].first, subject[0].last) is not None or head == "":
            return _sufferer(r, s, c, verb)
    return []


def _sufferer(r: Rules, s: Sentence, c: Context, verb: Verb) -> list[str]:
    """The disease in which something is damaged: the subject of the sentence, or what it is "in"."""
    for p in s.parse.phrases:
        if p.first >= verb.first and p.prep != "in":
            break
        ds = r.diseases(s, [p])
        if ds:
            return ds[:1]
        if s.tokens[p.first].lower == "it" and p is s.parse.phrases[0]:
            return c.diseases[-1:]
    return []
