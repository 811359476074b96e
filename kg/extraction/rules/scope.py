"""Polarity and certainty: what a negation or a hedge governs."""

from kg.extraction.rules.base import Candidate
from kg.extraction.sentence import Sentence
from kg.extraction.syntax import Phrase, Verb


def chain(verb: Verb | None) -> list[Verb]:
    """A verb and the verbs that govern it, from the inside out."""
    found: list[Verb] = []
    while verb is not None and all(verb is not v for v in found):
        found.append(verb)
        verb = verb.governor
    return found


def _owners(s: Sentence, v: Verb) -> set[str]:
    return {c.owner for c in s.lexicon.verbs.get(v.lemma, ()) if not c.rest or _follows(s, v, c.rest)}


def _doubt(s: Sentence, p: Phrase) -> bool:
    return "Doubting" in s.lexicon.verb_owners(s.tokens[p.last - 1].lemma)


def _follows(s: Sentence, v: Verb, rest: tuple[str, ...]) -> bool:
    return tuple(t.lemma for t in s.tokens[v.last : v.last + len(rest)]) == rest


def negated(s: Sentence, candidate: Candidate) -> bool:
    """Whether the sentence denies the candidate."""
    count = 0
    verbs = chain(candidate.verb)
    for v in verbs:
        if v.negated:
            count += 1
        owners = _owners(s, v)
        if ("Failing" in owners and (v is not candidate.verb or candidate.predicate == "treats")) or (
            "Doubting" in owners and v is not candidate.verb
        ):
            count += 1
        for p in v.subject:
            nobody = v is not candidate.verb and s.has("Nobody", p.first, p.first + 1) is not None
            if nobody or s.tokens[p.first].lower in ("no", "neither", "none") or (
                    p.first and s.tokens[p.first - 1].lower in ("no", "neither", "none")):  # fmt: skip
                count += 1
                break
    if any(_lacks(s, p) and not _doubt(s, p) for v in verbs[1:] for p in v.objects):
        count += 1
    if candidate.verb is not None:
        v = candidate.verb
        for p in v.objects[:3]:
            if s.tokens[p.first].lower in ("no", "none", "neither") and p.first >= v.last:
                count += 1
                break
        count += v.relative and _cleft(s, v)
    # "without improving", "no improvement"
    first = max(0, candidate.head - 3)
    if s.has("Negation", first, candidate.head) is not None and not count:
        count += 1
    return count % 2 == 1


def _lacks(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase says that nothing much speaks for what follows: "no proof yet that", "little evidence that"."""
    following = next((t for t in s.tokens[p.last :] if t.tag != "RB"), None)
    if following is None or following.lower != "that":
        return False
    return s.tokens[p.first].lower in ("no", "little")


def _cleft(s: Sentence, v: Verb) -> bool:
    """Whether a relative clause tells of what a sentence says it is not: "it is not bone that the cells form"."""
    for b in s.parse.verbs:
        it = any(s.tokens[p.first].lower == "it" for p in b.subject)
        if it and b.negated and b.lemma == "be" and b.last <= v.first:
            return any(p in b.objects for p in (*v.objects, *v.subject))
    return False


def _elsewhere(s: Sentence, at: int, verbs: list[Verb]) -> bool:
    """Whether the modal at a token belongs to another verb than those given: with another subject, or in an aside."""
    owner = next((v for v in s.parse.verbs if v.first <= at < v.last), None)
    if owner is None or not verbs or owner in verbs or not owner.subject or not verbs[0].subject:
        return False
    if owner.relative and not any(v.relative for v in verbs):
        return True
    return not any(p in owner.subject for v in verbs for p in v.subject)


def hedged(s: Sentence, candidate: Candidate) -> bool:
    """Whether a hedge governs the candidate."""
    verbs = chain(candidate.verb)
    for v in verbs:
        if v.modal in ("may", "might", "could"):
            return True
        if v is not candidate.verb and ("HedgingVerb" in _owners(s, v) or (
                v.copula and s.has("HedgingPhrase", v.main, v.last) is not None) or (
                v.lemma == "be" and any(s.has("HedgingPhrase", p.first, p.last) for p in v.subject))):  # fmt: skip
            # "It is possible that …", "One possibility is that …"
            return True
    own = candidate.verb
    if own is not None and "HedgingVerb" in (owners := _owners(s, own)):
        # "A rash appeared in two patients" happened; "it appears to help" is a hedge.
        if "Occurring" not in owners or own.copula or any(v.governor is own for v in s.parse.verbs):
            return True
    head = min(candidate.head, len(s.tokens) - 1)
    clause = s.parse.clauses[head]
    reach = max((v.end for v in verbs[:1]), default=head)
    for match in s.phrases("HedgingPhrase"):
        if s.parse.clauses[match.first] != clause or s.tokens[match.first].mention >= 0:
            continue
        after = s.tokens[match.last].mention if match.last < len(s.tokens) else -1
        if after >= 0 and match.last - match.first == 1 and "disease" in s.mentions[after].kinds:
            # "early Parkinson's disease", "experimental colitis"
            continue
        word = s.tokens[match.first]
        if match.last < len(s.tokens) and s.tokens[match.last].tag == "HYPH":
            continue  # "early-stage embryos"
        if (match.first and s.tokens[match.first - 1].lower in ("more", "less")) or word.tag in ("JJR", "RBR"):
            continue  # "more likely than" and "earlier" compare
        if s.tokens[match.first].tag == "MD" and _elsewhere(s, match.first, verbs):
            continue
        between = s.tokens[min(match.last, head) : max(match.first, head)]
        if any(t.lower in ("which", "who", "where") for t in between):
            continue
        if match.first <= head or match.first < max(reach, candidate.last):
            return True
    return False
