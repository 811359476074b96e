"""How cells are given."""

from collections.abc import Iterator

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Glimpse, Sentence
from kg.extraction.syntax import Phrase, Verb

_LOCAL = "stemkg:LocalInjection"
_PLACING = frozenset(("into", "in", "onto", "under", "through", "via", "beneath", "around"))
_GIVEN = frozenset(("cell", "product", "drug", "factor"))


def may_tell_route(g: Glimpse) -> bool:
    """Whether `given_by` may find something."""
    return g.names("route") or (g.names("tissue") and g.words.can_say("Placing"))


def given_by(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """given_by: a route by which a cell is given, or the place it is given into."""
    if s.kinds.isdisjoint(("route", "tissue")):
        return
    # A tissue that something is put into is read with the verb that says so.
    routes = [i for i in s.in_tokens(0, len(s.tokens), ("route",)) if "tissue" not in s.mentions[i].kinds]
    if routes and not compares_routes(r, s, routes):
        for i in routes:
            if s.mentions[i].id == _LOCAL and _place_follows(r, s, routes, s.spans[i][1]):
                continue
            yield from _claims(r, s, r.pick(s.mentions[i], "route"), s.spans[i][0], _by_route(r, s, c, routes, i))
    for p in s.parse.phrases:
        yield from _place_injection(r, s, c, p)
        if p.prep in _PLACING and not any(p.first <= s.spans[i][0] < p.last for i in routes):
            tissues = s.in_tokens(p.first, p.last, ("tissue",))
            at = s.parse.phrases.index(p) + 1
            if not tissues and at < len(s.parse.phrases) and s.parse.phrases[at].prep == "of":
                of = s.parse.phrases[at]  # "into the base of the penis"
                tissues = s.in_tokens(of.first, of.last, ("tissue",))
            if tissues:
                route = _route_into(r, r.pick(s.mentions[tissues[-1]], "tissue"))
                yield from _claims(r, s, route, p.first, _into_place(r, s, c, p))


def _place_follows(r: Rules, s: Sentence, routes: list[int], k: int) -> bool:
    """Whether a place follows at token k that tells the route better: "injected directly into the brain"."""
    if any(s.spans[j][0] == k for j in routes):
        return True
    p = next((p for p in s.parse.phrases if p.prep in _PLACING and k <= p.first <= k + 2), None)
    tissues = s.in_tokens(p.first, p.last, ("tissue",)) if p is not None else []
    return bool(tissues) and _route_into(r, r.pick(s.mentions[tissues[-1]], "tissue")) != _LOCAL


def _claims(r: Rules, s: Sentence, route: str, at: int, agents: list[Agent]) -> Iterator[Candidate]:
    for a in unique(agents)[:2]:
        if r.is_therapeutic(a) and r.vocabulary.terms[route].parents != ():
            yield Candidate(a, "given_by", route, at, s.enclosing(at), "route", negative=False, hedged=False)


def compares_routes(r: Rules, s: Sentence, routes: list[int]) -> bool:
    """Whether the routes are compared with each other, which says of neither that it was used."""
    return len(routes) > 1 and s.has("Than", s.spans[routes[0]][1], s.spans[routes[-1]][0]) is not None


def _route_into(r: Rules, tissue: str) -> str:
    """The route by which something is given that is put into a tissue: that of the nearest kind of tissue with one."""
    seen = [tissue]
    for id in seen:
        if id in r.routes_into:
            return r.routes_into[id]
        term = r.vocabulary.terms.get(id)
        seen.extend(parent for parent in (term.parents if term else ()) if parent not in seen)
    return _LOCAL


# -- what is given


def _by_route(r: Rules, s: Sentence, c: Context, routes: list[int], i: int) -> list[Agent]:
    """What is given by the route of mention i."""
    first, last = s.spans[i]
    while (k := _next_route(s, routes, last)) is not None:  # "intravenous and intrathecal injection"
        last = s.spans[k][1]
    phrase = s.phrase_at[last - 1] or s.phrase_at[first] or Phrase(first, last)
    after = [k for k in s.in_tokens(last, phrase.last) if not s.mentions[k].kinds <= {"route"}]
    if after and s.spans[after[0]][0] == last and s.mentions[after[0]].kinds <= {"tissue"}:
        return []  # "subcutaneous fat"
    near = [k for k in after if s.mentions[k].kinds & _GIVEN]
    near = near or [k for k in s.in_tokens(phrase.first, first) if s.mentions[k].kinds & _GIVEN]
    if near:
        return _known(r, s, c, near[-1])
    near = [
        p.last - 1 for p in s.parse.phrases if first - 8 <= p.first and p.last <= first and p.prep not in ("into", "in")
    ]
    noun = next((k for k in (*near[-2:], *range(max(0, first - 3), max(last, phrase.last))) if _gives(s, k)), None)
    if noun is not None:
        of = s.phrase_at[noun]
        told = _given_noun(r, s, c, of, noun) if of is not None else None
        if told is not None:
            return told
    verb = _giving_verb(s, first)
    if verb is not None:
        return _given_verb(r, s, c, verb, last)
    given = first > 0 and _administers(s, s.tokens[first - 1].lemma)
    return _sole(r, s, c) if noun is not None or given else []


def _place_injection(r: Rules, s: Sentence, c: Context, p: Phrase) -> Iterator[Candidate]:
    """ "MSCs by tail vein injection": a place before a noun of placing."""
    for i in s.in_tokens(p.first, p.last, ("tissue",)):
        last = s.spans[i][1]
        # A transplant of bone marrow is one of what is in it.
        if last < p.last and _places(s, last) and s.has("TransplantWord", last, last + 1) is None:
            told = _given_noun(r, s, c, p, s.spans[i][0])
            verb = _giving_verb(s, p.first)
            if told is None and verb is not None:
                told = _given_verb(r, s, c, verb, p.first)
            yield from _claims(r, s, _route_into(r, r.pick(s.mentions[i], "tissue")), s.spans[i][0], told or [])


def _into_place(r: Rules, s: Sentence, c: Context, p: Phrase) -> list[Agent]:
    """What is put into the place that a phrase names."""
    at = s.parse.phrases.index(p)
    placed = p.prep in ("into", "onto", "under", "beneath", "around")
    for k in range(max(0, at - 3), at):
        q = s.parse.phrases[k]
        between = s.parse.phrases[k + 1 : at]
        # "a graft of NSCs in the brain"
        grafted = p.prep == "in" and len(between) == 1 and between[0].prep == "of" and between[0].first == q.last + 1
        if _places(s, q.last - 1) and (placed or grafted):  # "injection of two million cells into the spinal cord"
            told = _given_noun(r, s, c, q, q.last)
            return _sole(r, s, c) if told is None else told
    verb = s.enclosing(p.first)
    if verb is None or not _is_placing(s, verb):
        return []
    if not placed and p not in verb.objects[: 4 if p.prep in ("through", "via") else 2]:
        return []
    return _given_verb(r, s, c, verb, p.first)


def _next_route(s: Sentence, routes: list[int], last: int) -> int | None:
    for k in routes:
        first = s.spans[k][0]
        if last < first <= last + 2 and all(t.tag in ("CC", "HYPH", ",", "IN") for t in s.tokens[last:first]):
            return k
    return None


def _gives(s: Sentence, k: int) -> bool:
    return "Administering" in s.lexicon.nouns.get(s.tokens[k].lemma, ())


def _places(s: Sentence, k: int) -> bool:
    return "Placing" in s.lexicon.nouns.get(s.tokens[k].lemma, ())


def _administers(s: Sentence, lemma: str) -> bool:
    return "Administering" in s.lexicon.verb_owners(lemma)


def _owned(s: Sentence, v: Verb, owner: str) -> bool:
    return any(cue.owner == owner and not cue.rest for cue in s.lexicon.verbs.get(v.lemma, ()))


def _is_placing(s: Sentence, v: Verb) -> bool:
    return _owned(s, v, "Placing") and not v.negated


def _giving_verb(s: Sentence, at: int) -> Verb | None:
    """The verb of giving that a route at a token belongs to: the one before it in its clause, else the one after."""
    before = [v for v in s.parse.verbs if v.first <= at]
    if before and before[-1].lemma == "be" and before[-1].last == at and not before[-1].negated:
        return before[-1]  # "the cells were nebulized"
    for k, v in enumerate(reversed(before)):
        if _owned(s, v, "Administering") and (v.end >= at - 1 or v.last >= at - 1 or not k):
            return None if v.negated else v
    after = next((v for v in s.parse.verbs if at < v.first <= at + 4), None)
    return after if after is not None and _owned(s, after, "Administering") and not after.negated else None


def _given_noun(r: Rules, s: Sentence, c: Context, phrase: Phrase, first: int) -> list[Agent] | None:
    """What a noun of giving names as given: after "of", or before it; None where it names nothing."""
    before = [k for k in s.in_tokens(phrase.first, first) if s.mentions[k].kinds & _GIVEN]
    if before:
        return _known(r, s, c, before[-1])
    at = s.parse.phrases.index(phrase)
    found: list[Agent] = []
    for p in s.parse.phrases[at + 1 :]:
        if p.prep not in ("of", "with") or p.first - phrase.last > 8:
            break
        inside = [k for k in s.in_tokens(p.first, p.last) if s.mentions[k].kinds & _GIVEN]
        if inside:
            found.extend(_known(r, s, c, inside[-1]))
    return found or None


def _given_verb(r: Rules, s: Sentence, c: Context, v: Verb, at: int) -> list[Agent]:
    """What a verb of giving gives: its object, or the subject of the passive."""
    if v.passive or v.lemma == "be":
        patients = any(s.has("PatientWord", p.first, p.last) for p in v.subject)
        giving = [p for p in v.objects if p.first < at and p.prep in (("with", "") if patients else ("with",))]
        if not patients and v.subject:
            giving = [p for p in v.subject if not p.bracket] + giving
    else:
        giving = [p for p in s.parse.phrases if v.last <= p.first <= at and p.prep in ("", "of", "with", "by")]
        if not giving or not any(_names_given(s, p) for p in giving):
            giving = giving + [p for p in v.objects if p.first > at and p.prep in ("of", "with")]
    for p in giving:
        inside = [k for k in s.in_tokens(p.first, p.last) if s.mentions[k].kinds & _GIVEN]
        if inside:
            return _known(r, s, c, inside[-1])
    direct = [p for p in v.objects if not p.prep and p.last <= at and _names_given(s, p)]
    if v.passive and direct:  # "they were given stem cells"
        return [a for p in direct for k in s.in_tokens(p.first, p.last, _GIVEN) for a in _known(r, s, c, k)]
    for p in giving:
        referred = [a for a in r.referent(s, c, p) if r.is_therapeutic(a)]
        if referred:
            return referred
    if giving and not any(s.has("PatientWord", p.first, p.last) or _cells(s, p) for p in giving):
        return []
    return _sole(r, s, c)


def _known(r: Rules, s: Sentence, c: Context, k: int) -> list[Agent]:
    """Mention k as what is given; "these neurons" are those of the therapy."""
    phrase = s.phrase_at[s.spans[k][0]]
    own = s.mentions[k].id
    pointed = phrase is not None and s.tokens[phrase.first].lower in ("these", "the", "those", "such")
    if pointed and c.therapy and own != c.therapy[0][0] and own in r.vocabulary.ancestors(c.therapy[0][0]):
        return list(c.therapy)
    return s.identified.get(k) or [r.agent_of(s, k)]


def _names_given(s: Sentence, p: Phrase) -> bool:
    return any(s.mentions[k].kinds & _GIVEN for k in s.in_tokens(p.first, p.last))


def _cells(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase speaks of cells or of what is given: "150 million cells", "a single dose"."""
    return s.has("ReferringWord", p.last - 1, p.last) is not None or _gives(s, p.last - 1)


def _sole(r: Rules, s: Sentence, c: Context) -> list[Agent]:
    """What is given where the structure does not tell: the one therapy of the sentence, else the one carried in."""
    named = r.all_agents(s, 0, len(s.tokens))
    cells = [a for a in named if r.is_therapeutic(a)]
    if len(cells) == 1:
        return cells
    if named:
        return []
    for p in s.parse.phrases:
        referred = [a for a in r.referent(s, c, p) if r.is_therapeutic(a)]
        if referred:
            return referred
    return [a for a in r.treatment(c) if r.is_therapeutic(a)]
