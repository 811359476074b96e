"""A sentence ready for the rules: its tokens, mentions, structure, and the events that its cue words make."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kg.extraction.lexicon import Lexicon, Match, VerbCue, Words
from kg.extraction.names import Mention
from kg.extraction.syntax import Parse, Phrase, Verb, parse, retag
from kg.extraction.tokens import PREPOSITIONS, Token, tag

#: Prepositions that introduce the members of a group.
LISTING = ("such as", "including", "like")
#: Prepositions that go on with the object: "levels of cytokines such as IL-6".
_RUN = frozenset(("", "of", *LISTING))


@dataclass(slots=True, eq=False, init=False)
class Event:
    """A cue word that says `owner` (a relation or verb class), with what stands on its two sides.

    `head` is the token of the cue; tokens `first:last` hold what it acts on; `subject` are the phrases of who acts,
    None where the structure does not tell.
    """

    owner: str
    head: int
    first: int
    last: int
    subject: list[Phrase] | None
    objects: list[Phrase]
    verb: Verb | None
    kind: str  # verb, noun or participle
    cue: str
    agent: list[Phrase]  # the "by" phrase of a passive or noun

    def __init__(
        self,
        owner: str,
        head: int,
        first: int,
        last: int,
        subject: list[Phrase] | None,
        objects: list[Phrase],
        verb: Verb | None,
        kind: str,
        cue: str,
        agent: list[Phrase] | None = None,
    ) -> None:
        self.owner = owner
        self.head = head
        self.first = first
        self.last = last
        self.subject = subject
        self.objects = objects
        self.verb = verb
        self.kind = kind
        self.cue = cue
        self.agent = [] if agent is None else agent

    def owned(self, owner: str, cue: str) -> "Event":
        """The same event as another owner's."""
        return Event(owner, self.head, self.first, self.last, self.subject, self.objects, self.verb, self.kind, cue,
                     self.agent)  # fmt: skip


def _kinds_of(mentions: list[Mention]) -> set[str]:
    return set().union(*[mention.kinds for mention in mentions])


class Glimpse:
    """What is known of a sentence before it is read: its words, and the mentions in it with their kinds.

    When it is read, mentions may fall away and words turn out not to say what they can: there is never more in it.
    """

    __slots__ = ("kinds", "mentions", "words")

    def __init__(self, words: Words, mentions: list[Mention]) -> None:
        self.words = words
        self.mentions = mentions
        self.kinds = _kinds_of(mentions)

    def names(self, *kinds: str) -> bool:
        """Whether something of some of the kinds is mentioned."""
        return not self.kinds.isdisjoint(kinds)


@dataclass(eq=False)
class Sentence:
    """A sentence under reading. Token and mention indexes are local to it."""

    start: int
    end: int
    text: str
    words: Words
    tokens: list[Token]  # those of the words
    mentions: list[Mention]
    spans: list[tuple[int, int]]  # token span of each mention
    parse: Parse
    lexicon: Lexicon
    kind: str = "sentence"
    unsourced: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # agents made specific by their source: the cell
    identified: dict[int, list[tuple[str, str]]] = field(default_factory=dict)  # general mentions made specific
    phrase_at: list[Phrase | None] = field(init=False)
    events: list[Event] = field(init=False)
    kinds: set[str] = field(init=False)  # those of all mentions
    owners: set[str] = field(init=False)  # those of all events

    def __post_init__(self) -> None:
        self.phrase_at = self._phrase_at()
        self.events = self._events()
        self.kinds = _kinds_of(self.mentions)
        self.owners = {event.owner for event in self.events}

    def _phrase_at(self) -> list[Phrase | None]:
        """The noun phrase that holds each token."""
        at: list[Phrase | None] = [None] * len(self.tokens)
        for phrase in self.parse.phrases:
            for i in range(phrase.first, phrase.last):
                at[i] = phrase
        return at

    def in_tokens(self, first: int, last: int, kinds: Collection[str] | None = None) -> list[int]:
        """The mentions that lie in tokens `first:last`, of some kinds."""
        found = []
        for i in range(bisect_left(self.spans, (first, 0)), len(self.spans)):
            if self.spans[i][1] > last:
                break
            if kinds is None or not self.mentions[i].kinds.isdisjoint(kinds):
                found.append(i)
        return found

    def of_kind(self, kind: str) -> list[int]:
        """The mentions of a kind."""
        return [i for i, mention in enumerate(self.mentions) if kind in mention.kinds] if kind in self.kinds else []

    def in_phrases(self, phrases: Iterable[Phrase], kinds: Collection[str] | None = None) -> list[int]:
        """The mentions that lie in the phrases."""
        return [i for phrase in phrases for i in self.in_tokens(phrase.first, phrase.last, kinds)]

    def phrases(self, group: str, first: int = 0, last: int | None = None) -> Iterator[Match]:
        """The phrases of a lexicon group in tokens `first:last`, the longest at each place, without overlap."""
        return self.words.phrases(group, first, last)

    def targets(self, verb_class: str, first: int, last: int) -> Iterator[Match]:
        """The phrases in tokens `first:last` that say something when a word of the verb class governs them."""
        return self.words.phrases(f"<{verb_class}>", first, last)

    def has(self, group: str, first: int, last: int) -> Match | None:
        """The first phrase of a lexicon group in tokens `first:last`."""
        return self.words.has(group, first, last)

    def diseases_in(self, first: int, last: int) -> list[int]:
        """The diseases in tokens `first:last`."""
        return self.in_tokens(first, last, ("disease",))

    def end_of_list(self, phrase: Phrase) -> int:
        """Where the list that begins with a phrase ends."""
        at = self.parse.phrases.index(phrase)
        end = phrase.last
        for p in self.parse.phrases[at + 1 :]:
            if not (p.conjoined or p.prep in LISTING):
                break
            end = p.last
        return end

    def enclosing(self, token: int) -> Verb | None:
        """The verb that has this token among its objects."""
        best = None
        for verb in self.parse.verbs:
            if verb.last <= token < verb.end:
                best = verb
        return best

    @property
    def label_end(self) -> int:
        """The token of the colon after a label at the front ("Neural stem cells: These are …"); 0 without one."""
        return next((k for k, t in enumerate(self.tokens[:9]) if t.text == ":"), 0)

    def is_apposed(self, p: Phrase) -> bool:
        """Whether a phrase stands after a comma with an article, as one does that explains: "lupus, a disease"."""
        return p.conjoined and self.tokens[p.first - 1].text == "," and self.tokens[p.first].lower in ("a", "an", "the")

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """The character offsets of tokens `first:last`."""
        return self.tokens[first].start, self.tokens[last - 1].end

    def _events(self) -> list[Event]:
        """The events of the sentence, in reading order."""
        found: list[Event] = []
        for verb in self.parse.verbs:
            found.extend(self._verb_events(verb))
        for i, token in enumerate(self.tokens):
            if token.mention >= 0:
                continue
            owners = self.lexicon.nouns.get(token.lemma)
            if (
                owners
                and token.tag[:2] in ("NN", "JJ", "VB")
                and not any(v.first <= i < v.last for v in self.parse.verbs)
            ):
                if any(e.verb is not None and e.verb.last == i and token.lower in e.cue.split()[1:] for e in found):
                    continue  # the "rise" of "give rise to"
                event = self._noun_event(i, "", "noun")
                found.extend(event.owned(owner, event.cue) for owner in sorted(owners))
            elif (
                token.tag == "JJ"
                and not (i and self.tokens[i - 1].tag == "HYPH" and token.lower.endswith("ed"))
                and token.lemma in self.lexicon.verbs
                and token.lower.endswith(("ed", "ing", "n", "t"))
            ):
                classes = sorted({c.owner for c in self.lexicon.verbs[token.lemma] if not c.rest and not c.prep})
                event = self._noun_event(i, "", "participle")
                found.extend(event.owned(owner, event.cue) for owner in classes)
        found.sort(key=lambda e: (e.head, e.owner, e.kind))
        return found

    def _verb_events(self, verb: Verb) -> list[Event]:
        """The events that a verb makes."""
        tokens = self.tokens
        found: list[Event] = []
        if verb.copula and verb.subject and tokens[verb.main].tag in ("JJR", "JJ"):
            # "Levels of TNF were lower": what changes is the subject.
            for owner in sorted(self.lexicon.nouns.get(verb.lemma, set()) & self.lexicon.changing):
                by = [p for p in verb.objects if p.prep in ("after", "with", "following")]
                first, last = verb.subject[0].first, verb.subject[-1].last
                changed = list(verb.subject)
                found.append(Event(owner, verb.main, first, last, None, changed, verb, "inchoative", verb.lemma, by))
        if verb.lemma == "be" and not verb.passive and verb.objects and not verb.objects[0].prep:
            found.extend(self._by_noun(verb))
        cues = self.lexicon.forms.get(verb.lemma)
        if cues is None:
            return found
        particle = tokens[verb.last].lemma if verb.last < len(tokens) else ""
        phrasal = any(cue.rest == (particle,) for cue, _ in cues) and tokens[verb.last].tag in ("RB", "RP", "IN")
        # Cues of one form find the same event, each with an owner of its own.
        known: list[Event | None] = []
        for cue, form in cues:
            event: Event | None
            if form == len(known):
                # "brought down" is not "brought".
                event = None if phrasal and not cue.rest and not cue.prep else self._by_cue(cue, verb)
                known.append(event)
            else:
                event = known[form]
                event = event and event.owned(cue.owner, cue.text)
            if event is not None:
                found.append(event)
        return found

    def _by_noun(self, verb: Verb) -> Iterable[Event]:
        """What a sentence says of its subject by a noun and a preposition: "HMGB1 is a mediator of liver failure"."""
        noun, *after = verb.objects
        for cue in self.lexicon.verbs.get(self.tokens[noun.last - 1].lemma, ()):
            if cue.passive and cue.prep and not cue.rest and not cue.inverse and after and after[0].prep == cue.prep:
                yield self._event(cue, verb, _run(after, also=cue.prep), verb.subject, [])

    def _by_cue(self, cue: VerbCue, verb: Verb) -> Event | None:
        """The event that a verb makes by a cue, None where its form or what follows is another."""
        tokens = self.tokens
        if cue.passive and not (verb.passive or verb.copula):
            return None
        if verb.copula and not cue.passive and verb.lemma not in ("be",):
            # An adjective after a copula is no verb.
            return None
        at = verb.last
        if (
            cue.inchoative
            and (cue.passive or not verb.passive)
            and (not cue.rest or _follows(tokens, verb.last, cue.rest))
        ):
            return self._event(cue, verb, [*verb.subject, *self._gapped(verb)], None, self._brought_by(verb.objects))
        if cue.rest:
            k = at
            ok = True
            for word in cue.rest:
                while (
                    k < len(tokens) and tokens[k].lemma != word and tokens[k].tag in ("DT", "JJ", "JJR", "RB", "HYPH")
                ):
                    k += 1
                if k >= len(tokens) or tokens[k].lemma != word:
                    ok = False
                    break
                k += 1
            if not ok and not cue.prep and self._around(verb, cue.rest):
                ok, k = True, at
            if not ok:
                return None
            at = k
        fronted = [p for p in verb.objects if verb.relative and p.last <= verb.first]
        if fronted and not cue.rest and not cue.prep and not verb.passive and not cue.inverse:
            # "the factor that MSCs release"
            return self._event(cue, verb, fronted, verb.subject, [])
        objects = [p for p in verb.objects if p.last > at]
        if cue.prep:
            # "from these cells arise neurons"
            objects = objects or [p for p in verb.objects if not verb.relative]
            start = next((i for i, p in enumerate(objects) if p.prep == cue.prep), None)
            opening = next(iter(self.parse.phrases), None)
            if (
                start is None
                and cue.passive
                and opening is not None
                and opening.prep == cue.prep
                and opening.last <= verb.first
            ):
                # "For leukemia, a transplant is recommended"
                objects, start = [opening], 0
            if start is None and not cue.rest and not verb.passive and self._kept_from(verb, cue.prep) is not None:
                # "MSCs keep T cells from multiplying"
                return self._event(cue, verb, _run(objects), verb.subject, [])
            if start is None:
                return None
            if not cue.rest and start > 2:
                return None
            objects = [objects[start], *_run(objects[start + 1 :], also=cue.prep)]
            subject: list[Phrase] | None = verb.subject
            if verb.passive and not cue.passive:
                subject = None
            return self._event(cue, verb, objects, subject, [])
        elif verb.passive and not cue.passive:
            by = [p for p in objects if p.prep in ("by", "with", "using", "after", "following", "through", "via")]
            by = [p for p in by if not self._amount(p)] or by
            agent: list[Phrase] = []
            if by:
                beyond = objects[objects.index(by[0]) + 1 :]
                agent = [by[0], *_run(beyond)]
                if not self.in_phrases(agent):
                    agent = [by[0], *_run(beyond, also="with")]  # "by co-culture with MSCs"
            return self._event(cue, verb, list(verb.subject), None, agent)
        elif (
            not cue.rest
            and not cue.inverse
            and not verb.copula
            and not any(not p.prep for p in objects)
            and (cue.owner in self.lexicon.changing and verb.form == "finite")
        ):
            # "Pain decreased after the injection": what changes is the subject.
            if not verb.subject:
                return None
            changed = [*verb.subject, *self._gapped(verb)]
            event = self._event(cue, verb, changed, None, self._brought_by(objects))
            event.kind = "inchoative"
            return event
        run = _run(objects) if not cue.rest else _run(objects, also=cue.rest[-1])
        return self._event(cue, verb, run, verb.subject, [])

    def _around(self, verb: Verb, rest: tuple[str, ...]) -> bool:
        """Whether the rest of a cue comes after the object: "holds osteoblasts back", "keeps neurons from dying"."""
        after = verb.objects[0].last if verb.objects else len(self.tokens)
        if after >= len(self.tokens) or self.tokens[after].lemma != rest[0]:
            return False
        if len(rest) == 2 and (kept := self._kept_from(verb, rest[0])) is not None and kept.lemma == rest[1]:
            return True
        beyond = after + len(rest)
        if tuple([t.lemma for t in self.tokens[after:beyond]]) != rest:
            return False
        if len(rest) > 1 or self.tokens[after].tag in ("RB", "RP"):
            return True  # "keeps inflammation in check"
        following = self.tokens[beyond] if beyond < len(self.tokens) else None
        named = following is not None and (following.mention >= 0 or following.tag[:2] == "NN")
        return self.tokens[after].tag in ("JJ", "JJR") and not named  # "keeps cells alive"

    def _kept_from(self, verb: Verb, prep: str) -> Verb | None:
        """The verb that another goes on with, for what its object is to do or not: "from multiplying"."""
        at = self.parse.verbs.index(verb) + 1
        following = self.parse.verbs[at] if at < len(self.parse.verbs) and verb.objects else None
        return following if following is not None and following.form == "gerund" and following.prep == prep else None

    def _amount(self, p: Phrase) -> bool:
        """Whether a phrase tells how much: "by roughly 60%"."""
        return any(t.tag == "CD" and t.mention < 0 for t in self.tokens[p.first : p.last])

    def _brought_by(self, objects: list[Phrase]) -> list[Phrase]:
        """What a change came by or after, with what it is of: "after a single dose of MSCs"."""
        found: list[Phrase] = []
        for k, p in enumerate(objects):
            of = p.prep == "of" and k > 0 and objects[k - 1] in found and not self.in_phrases([objects[k - 1]])
            if of or p.prep in ("by", "with", "after", "following", "upon"):
                found.append(p)
        return found

    def _gapped(self, verb: Verb) -> list[Phrase]:
        """What else changed, in clauses without their verb: "IL-6 fell from 48 to 17 and TNF-α from 31 to 12"."""
        objects = verb.objects
        return [
            p
            for p, following in pairwise(objects)
            if p.conjoined and following.prep == "from" and self.in_phrases([p]) and not self.in_phrases([following])
        ]

    def _event(
        self, cue: VerbCue, verb: Verb, objects: list[Phrase], subject: list[Phrase] | None, agent: list[Phrase]
    ) -> Event:
        first = min((p.first for p in objects), default=verb.last)
        last = max((p.last for p in objects), default=verb.last)
        kind = "inverse" if cue.inverse else "verb"
        return Event(cue.owner, verb.main, first, last, subject, objects, verb, kind, cue.text, agent)

    def _noun_event(self, i: int, owner: str, kind: str) -> Event:
        phrase = self.phrase_at[i]
        verb = self.enclosing(i)
        objects: list[Phrase] = []
        agent: list[Phrase] = []
        first, last = i, i + 1
        if phrase is not None:
            first, last = phrase.first, phrase.last
            following = _after(self.tokens, self.parse.phrases, phrase)
            taking = True
            for p in following:
                if taking and (p.prep in LISTING or p.prep in ("of", "in", "to", "on", "for")):
                    objects.append(p)
                    if p.prep == "of" or p.prep in LISTING or (p.prep in ("in", "to", "on") and len(objects) == 1):
                        last = p.last
                elif p.prep == "with" and p.first > 1 and self.tokens[p.first - 2].text == ",":
                    break  # "…, with a reciprocal fall of Bax"
                elif p.prep in ("by", "with", "using", "through", "via", "after", "following"):
                    taking = False
                    agent.append(p)
                elif agent and p.prep == "of":
                    # "after infusion of MSCs"
                    agent.append(p)
                else:
                    break
        # "was associated with improved function" says so of its subject.
        tied = phrase is not None and phrase.prep in ("to", "with")
        subject = verb.subject if verb is not None and (not verb.passive or tied) else None
        return Event(owner, i, first, last, subject, objects, verb, kind, self.tokens[i].lemma, agent)


def _follows(tokens: list[Token], at: int, rest: tuple[str, ...]) -> bool:
    return tuple(t.lemma for t in tokens[at : at + len(rest)]) == rest


def _run(objects: Sequence[Phrase], also: str = "") -> list[Phrase]:
    run: list[Phrase] = []
    for p in objects:
        if p.prep in _RUN or p.prep == also or (p.prep == "as" and run):
            run.append(p)
        else:
            break
    return run


def follows_closely(tokens: list[Token], end: int, first: int) -> bool:
    """Whether little lies between two phrases, of which one ends and one begins there: ", and more recently, "."""
    return first - end <= 3 or all(t.tag[:2] == "RB" or t.tag == "CC" or t.text == "," for t in tokens[end:first])


def _after(tokens: list[Token], phrases: list[Phrase], phrase: Phrase) -> list[Phrase]:
    at = bisect_left([p.first for p in phrases], phrase.first)
    found = []
    end = phrase.last
    for p in phrases[at + 1 :]:
        if not (p.prep or p.conjoined) or not follows_closely(tokens, end, p.first):
            break
        found.append(p)
        end = p.last
    return found


def read(
    text: str,
    start: int,
    end: int,
    words: Words,
    mentions: list[Mention],
    lexicon: Lexicon,
    kind: str = "sentence",
) -> Sentence:
    """The sentence `text[start:end]`, whose words and mentions are given by their offsets in the text.

    The words become those of the sentence: their tokens get tags and mentions.
    """
    tokens = words.tokens
    tag(tokens)
    starts = [t.start for t in tokens]
    spans = []
    kept: list[Mention] = []
    for mention in mentions:
        first = max(0, bisect_left(starts, mention.start))
        last = bisect_left(starts, mention.end)
        if first < last and not _is_verb(tokens, first, last, lexicon):
            # A route told by an adverb or prepositional phrase ("injected into the joint") is read as grammar reads it.
            told = mention.kinds == {"route"} and any(
                t.lower in PREPOSITIONS or t.lower.endswith("ly") or t.tag in ("VBD", "VBN") for t in tokens[first:last]
            )
            for k in range(first, last if not told else first):
                tokens[k].mention = len(kept)
            spans.append((first, last))
            kept.append(mention)
    retag(tokens, lexicon.verbal, lexicon.nominal)
    return Sentence(start, end, text[start:end], words, tokens, kept, spans, parse(tokens), lexicon, kind)


def _is_verb(tokens: list[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether what looks like a name is the verb of the sentence: "fibrosis scars the lungs"."""
    t = tokens[first]
    if last != first + 1 or last >= len(tokens) or not first or t.lower == t.lemma or not t.lower.endswith("s"):
        return False
    return (
        t.lemma in lexicon.verbal
        and tokens[last].tag in ("DT", "PRP$")
        and tokens[first - 1].tag[:2] in ("NN", ")", "PRP")
        and not tokens[first - 1].lower.endswith("ing")
    )
