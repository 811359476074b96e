"""The pathways and factors by which things work."""

from collections.abc import Iterator

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Event, Glimpse, Sentence


def may_tell_pathway(g: Glimpse) -> bool:
    """Whether `pathway` may find something."""
    if g.names("pathway"):
        return True
    if g.names("factor") and (g.words.can_have("Way") or g.words.can_say("involves", "Partaking")):
        return True
    return g.words.can_have("PathwayWord", "NeedWord") and (g.words.can_have("mechanism") or g.words.can_bring_about())


def pathway(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """involves: a pathway or factor by which a disease, mechanism, cell or product works."""
    ways = [(i, r.pick(s.mentions[i], "pathway")) for i in s.in_tokens(0, len(s.tokens), ("pathway",))]
    involving = not s.owners.isdisjoint(("involves", "Partaking"))
    if not (ways or involving or s.words.can_have("NeedWord", "Way", "PathwayWord")):
        return
    mechanisms = unique(_mechanisms_in(r, s, 0, len(s.tokens)))
    if not ways and c.said.pathways:
        for p in s.parse.phrases:
            if s.tokens[p.first].lower in ("these", "this", "such") and s.has("PathwayWord", p.last - 1, p.last):
                for mechanism, at in mechanisms:
                    if at > p.first:
                        for way in c.said.pathways:
                            yield Candidate((mechanism, ""), "involves", way, at, s.enclosing(at), "pathway")
    for i, way in ways:
        first, last = s.spans[i]
        phrase = s.phrase_at[first]
        start = phrase.first if phrase is not None else first
        through = [m for m in s.phrases("Through", max(0, start - 8), first) if start - m.last <= 3]
        need = s.has("NeedWord", last, len(s.tokens))
        verb = s.enclosing(first)
        if through:
            e = Event("involves", first, first, last, verb.subject if verb else None, [], verb, "verb", "")
            agents = r.event_agents(s, c, e)
            agents = [a for a in agents if r.is_cell(a) or "product" in r.vocabulary.kinds(a[0])]
            for a in agents:
                yield Candidate(a, "involves", way, first, verb, "through")
        elif need is not None:
            for mechanism, at in mechanisms:
                if at >= need.last:
                    yield Candidate((mechanism, ""), "involves", way, need.first, verb, "pathway")
            for d in unique(r.pick(m, "disease") for m in s.mentions):
                if d:
                    yield Candidate((d, ""), "involves", way, need.first, verb, "pathway", disease=d)
    yield from _by_factor(r, s, c)
    yield from _partaking(r, s)
    # "IL-1β drives the disease", "the disease is caused by faults in the gene for X"
    for e in s.events:
        if e.owner != "involves" or e.verb is None or e.kind != "verb":
            continue
        ds = r.diseases(s, [p for p in e.objects if not p.prep or p.conjoined])
        if not ds and any(r.is_the_disease(s, p) for p in e.objects):
            ds = r.context_disease(s, c)
        if ds and e.subject:
            for i in s.in_phrases([p for p in e.subject if not p.prep], ("factor",)):
                id = r.pick(s.mentions[i], "pathway", "factor")
                if id.startswith(("HGNC:", "stemkg:")) and "drug" not in s.mentions[i].kinds:
                    yield Candidate((ds[0], ""), "involves", id, e.head, e.verb, "drives-disease", disease=ds[0])
        elif e.verb.passive and e.subject and (own := r.diseases(s, [p for p in e.subject if not p.prep])):
            for i in s.in_phrases(e.verb.objects, ("factor", "pathway")):
                id = r.pick(s.mentions[i], "pathway", "factor")
                if id.startswith(("HGNC:", "stemkg:")):
                    yield Candidate((own[0], ""), "involves", id, e.head, e.verb, "caused-by", disease=own[0])
    # "the anti-inflammatory activity depends on TSG-6"
    for e in s.events:
        if e.owner != "involves" or e.kind != "verb" or e.verb is None or e.subject is None:
            continue
        if r.is_of(e.verb, "decreases"):
            continue  # "exosomal miR-126 inhibits PTEN"
        first = min((p.first for p in e.subject), default=0)
        last = max((p.last for p in e.subject), default=0)
        own = [m for m, at in mechanisms if first <= at < last]
        if not own and e.subject and s.tokens[first].lower in ("this", "these", "the", "that"):
            if s.has("ReferringWord", first, last) is not None:
                own = [m for m, at in mechanisms if at < first][-1:]
        for mechanism in unique(own):
            for i in s.in_phrases(e.objects, ("factor", "pathway")):
                id = r.pick(s.mentions[i], "pathway", "factor")
                yield Candidate((mechanism, ""), "involves", id, e.head, e.verb, "depends-on")
    # A factor that a mechanism needs: "aggrecan, without which no cartilage forms"
    factors = list(s.in_tokens(0, len(s.tokens), ("factor",)))
    for need in s.phrases("NeedWord"):
        if s.tokens[need.last - 1].tag not in ("IN", "TO"):
            continue
        needing = [m for m, at in mechanisms if at >= need.last]
        if not needing:
            continue
        verb = next((v for v in s.parse.verbs if v.first <= need.first < max(v.end, v.last)), None)
        subject = verb.subject if verb is not None else []
        named = [
            r.pick(s.mentions[i], "factor") for i in factors if any(p.first <= s.spans[i][0] < p.last for p in subject)
        ]
        pronoun = s.tokens[subject[0].first].lower if subject else ""
        if not named and (
            pronoun in ("they", "it")
            or (pronoun in ("these", "this") and s.has("FactorWord", subject[0].first, subject[0].last))
        ):
            named = [a[0] for a in c.said.factors if a[0].startswith(("HGNC:", "CHEBI:"))]
        for id in unique(named):
            yield Candidate((needing[0], ""), "involves", id, need.first, verb, "needed-factor")


def _by_factor(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """involves: the factor by way of which cells or what they release work: "exosomes protect the heart via miR-21"."""
    for way in s.phrases("Way"):
        inside = s.in_tokens(way.last, min(way.last + 8, len(s.tokens)), ("factor",))
        i = next((i for i in inside if s.spans[i][0] - way.last <= 1), None)
        if i is None or s.mentions[i].kinds & {"cell", "product", "route", "tissue", "pathway"}:
            continue
        id = r.pick(s.mentions[i], "factor")
        verb = s.enclosing(s.spans[i][0]) or s.enclosing(way.first)
        e = Event("involves", way.first, way.first, way.last, verb.subject if verb else None, [], verb, "verb", "")
        for a in r.event_agents(s, c, e) if id.startswith("HGNC:") else ():
            if r.is_therapeutic(a) or "product" in r.vocabulary.kinds(a[0]):
                yield Candidate(a, "involves", id, way.first, verb, "by-factor")


def _partaking(r: Rules, s: Sentence) -> Iterator[Candidate]:
    """involves: what takes part in a disease: "a faulty gene for dystrophin lies behind DMD", "IL-6 drives RA"."""
    for e in s.events:
        if e.owner != "Partaking" or e.verb is None or e.kind not in ("verb", "inverse"):
            continue
        parts = list(e.subject or ())
        ill = [*e.objects, *(p for p in e.verb.objects if p.prep == "of" and p not in e.objects)]
        if e.kind == "inverse":
            parts, ill = ill, [p for p in parts if not p.prep]
        elif e.verb.relative:
            parts = r.said_to_be(s, parts) or parts
        ds = unique(d for p in ill for d in r.diseases(s, [p]))
        for p in parts if ds else []:
            for i in s.in_tokens(p.first, p.last, ("factor", "pathway")):
                last = s.spans[i][1]
                whole = last == p.last or s.has("LevelWord", last, p.last) is not None
                id = r.pick(s.mentions[i], "pathway", "factor")
                if not whole or s.mentions[i].kinds & {"cell", "product"} or not id.startswith(("HGNC:", "stemkg:")):
                    continue
                for d in ds:
                    yield Candidate((d, ""), "involves", id, e.head, e.verb, "partaking", disease=d)


def _mechanisms_in(r: Rules, s: Sentence, first: int, last: int) -> Iterator[tuple[str, int]]:
    for match in s.phrases("mechanism", first, last):
        yield "stemkg:" + match.owner, match.first
    for e in s.events:
        if e.owner in r.lexicon.governing:
            for mechanism, at in r._effects(s, e):
                if "mechanism" in r.vocabulary.kinds(mechanism):
                    yield mechanism, at
