"""Which of two therapies or routes does better."""

from collections.abc import Iterator

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules
from kg.extraction.sentence import Glimpse, Sentence
from kg.extraction.syntax import Phrase, Verb

_SIDES = ("cell", "product", "drug", "route", "factor")


def may_compare(g: Glimpse) -> bool:
    """Whether `comparison` may find something."""
    if not (g.words.can_have("Than") or g.words.can_say("more_effective_than")):
        return False
    return g.names(*_SIDES)


def comparison(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """more_effective_than: two named sides, and which one wins."""
    if not s.words.can_have("Than") and "more_effective_than" not in s.owners:
        return
    sides = _sides(r, s)
    if not sides:
        return
    seen = set()
    for than in s.phrases("Than"):
        bare_to = s.tokens[than.first].lower == "to" and than.last - than.first == 1
        if bare_to and s.has("TakesTo", than.first - 6, than.first) is None:
            continue
        if than.last < len(s.tokens) and s.tokens[than.last].tag[0] == "W":
            continue  # "a standard against which others are measured"
        before = [x for x in sides if x[1] <= than.first]
        comparing = bare_to and any(
            t.lemma == "compare" and t.tag == "VBG" for t in s.tokens[max(0, than.first - 6) : than.first]
        )
        told = next((v for v in reversed(s.parse.verbs) if v.form == "finite" and v.first <= than.first), None)
        meant = _meant(r, s, c, told.subject) if told is not None and not before else []
        leading = s.tokens[than.first].lower == "unlike" or than.first == 0 or not (before or meant) or comparing
        end = len(s.tokens)
        if leading:
            later = [v for v in s.parse.verbs if v.form == "finite" and not v.relative and v.first > than.last]
            main = next((v for v in later if any(x[1] <= v.first and x[0] >= than.last for x in sides)), None)
            if main is None or not main.subject:
                continue
            at = main.subject[0].first
            winners = [
                x for x in sides if at <= x[0] < main.first and any(p.first <= x[0] < p.last for p in main.subject)
            ] or _meant(r, s, c, main.subject)
            losers = [x for x in sides if x[1] <= at]
            scope = (main.first, end)
        else:
            stop = next((k for k in range(than.last, end) if s.tokens[k].text in ";" or (s.tokens[k].text == "," and
                         not any(x[0] > k and x[0] - k <= 4 for x in sides))), end)  # fmt: skip
            losers = [x for x in sides if than.last <= x[0] < stop]
            if losers and losers[0][0] - than.last > 12:
                continue
            winners = before or meant
            scope = (0, than.last)
            if told is not None and before:
                subject = [x for x in before if any(p.first <= x[0] < p.last for p in told.subject)]
                winners = subject or winners[-1:]
        if s.has("FrequencyWord", *scope) is not None:
            # Which harm is more common is no benefit.
            continue
        better = s.has("Better", *scope)
        worse = s.has("Worse", *scope)
        less = not leading and than.first > 0 and s.tokens[than.first - 1].lower == "less"
        # "less" by itself speaks for some things and against others; "less effective" does not.
        against = worse is not None and (worse.last - worse.first > 1 or s.tokens[worse.first].lemma in r.worse)
        if (against and not leading) or less:
            winners, losers = losers, winners
        elif better is None and not any(t.tag in ("JJR", "RBR") for t in s.tokens[scope[0] : scope[1]]):
            continue
        # "MSCs plus rituximab" against "rituximab alone" compares a combination with its part.
        losers = [x for x in losers if x[2][0] not in {w[2][0] for w in winners}]
        for w in winners:
            for x in losers:
                a, b = w[2], x[2]
                if a[0] != b[0] and _comparable(r, a[0], b[0]) and (a, b) not in seen:
                    seen.add((a, b))
                    yield Candidate(a, "more_effective_than", b[0], better.first if better else than.first,
                                    s.enclosing(than.first), "comparison")  # fmt: skip
    for e in s.events:
        if e.owner != "more_effective_than" or e.verb is None or e.kind not in ("verb", "inverse"):
            continue
        left = [x[2] for x in sides for p in e.subject or () if p.first <= x[0] < p.last]
        left = left or [x[2] for x in _meant(r, s, c, e.subject or [])]
        right = [x[2] for x in sides for p in e.objects if p.first <= x[0] < p.last]
        if e.kind == "inverse":
            left, right = right, left
        for a in left:
            for b in right:
                if a[0] != b[0] and _comparable(r, a[0], b[0]) and (a, b) not in seen:
                    seen.add((a, b))
                    yield Candidate(a, "more_effective_than", b[0], e.head, e.verb, "comparison")


def _meant(r: Rules, s: Sentence, c: Context, subject: list[Phrase]) -> list[tuple[int, int, Agent]]:
    """The therapy that a subject stands for without naming it: "they", "the treatment"."""
    if not subject or s.in_tokens(subject[0].first, subject[-1].last, _SIDES):
        return []
    return [(subject[0].first, subject[0].last, a) for a in r.agents(s, c, subject) if r.is_therapeutic(a)]


def _of_product(s: Sentence, i: int) -> bool:
    """Whether a cell is only what a compared product is from: "exosomes from fat MSCs", "those from marrow MSCs"."""
    phrase = s.phrase_at[s.spans[i][0]]
    if phrase is None or phrase.prep not in ("from", "of"):
        return False
    at = s.parse.phrases.index(phrase)
    before = s.parse.phrases[at - 1] if at else None
    return (
        before is not None
        and phrase.first - before.last <= 2
        and bool(s.in_tokens(before.first, before.last, ("product",)) or s.tokens[before.first].lower == "those")
    )


def _sides(r: Rules, s: Sentence) -> list[tuple[int, int, Agent]]:
    """What may be compared: therapies and routes, cells made specific by the tissue they are taken from."""
    found: list[tuple[int, int, Agent]] = []
    for i in s.in_tokens(0, len(s.tokens), _SIDES):
        m = s.mentions[i]
        route = r.pick(m, "route")
        alone = "factor" in m.kinds and s.has("Than", s.spans[i][0] - 1, s.spans[i][0]) is not None and (
            s.phrase_at[s.spans[i][0]] is not None and s.phrase_at[s.spans[i][0]].last == s.spans[i][1])  # type: ignore[union-attr]  # fmt: skip
        if not (m.id in r.therapeutic or m.kinds & {"drug"} or route or alone):
            continue
        first, last = s.spans[i]
        if "drug" in m.kinds and last < len(s.tokens) and s.tokens[last].tag == "HYPH":
            continue  # "steroid-refractory"
        if "cell" in m.kinds and _of_product(s, i):
            continue
        for a in [(route, "")] if route else r.taken_from(s, i):
            found.append((first, last, a))
    # "MSCs … such as those taken from bone marrow", "those from bone marrow": "those" are cells.
    for at, p in enumerate(s.parse.phrases, 1):
        if s.tokens[p.first].lower == "those" and p.last - p.first == 1 and any(f[2][0] != "" for f in found):
            places: list[tuple[Phrase, Verb | None]] = [(q, None) for q in s.parse.phrases[at : at + 1]]
            for v in s.parse.verbs:
                if v.subject and v.subject[-1] is p and v.form == "participle":
                    places += [(q, v) for q in v.objects]
            for q, verb in places:
                for i in r.listed(s, [q], verb, ("tissue",)) if q.prep == "from" else ():
                    cell = r.finder.specific("CL:0000134", r.pick(s.mentions[i], "tissue"))
                    if cell:
                        found.append((s.spans[i][0], s.spans[i][1], (cell, "")))
    return found


def _comparable(r: Rules, a: str, b: str) -> bool:
    if a in r.vocabulary.ancestors(b) or b in r.vocabulary.ancestors(a):
        if not (a in r.general or b in r.general):
            return True
        return False
    route = "route" in r.vocabulary.kinds(a), "route" in r.vocabulary.kinds(b)
    return route[0] == route[1]
