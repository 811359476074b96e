"""Frames: who does what in a sentence, whatever the form it is said in.

A frame is one predication: a verb, noun, adjective or participle with its arguments by role. Passive, relative and
participle clauses, control and coordination are undone here, once: in "lupus was eased by MSCs", "MSCs, which ease
lupus" and "MSCs were shown to ease lupus", MSCs are the agent of "ease" and lupus is its theme. What an argument's
phrase contains is an argument too, with the way to it: in "the effects of MSCs" MSCs are reached by "/of".

Nothing above this room sees a list of prepositions or a window of tokens.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.articles import Article
from kg.articles import Sentence as Span
from kg.extraction.cues import CueBook, Found
from kg.extraction.language import Parser, lemma, tokenize
from kg.extraction.names import Mention

_REACH = 3  # how many links down a phrase its arguments are looked for
_MODIFIERS = frozenset(("compound", "amod", "nmod", "poss", "npadvmod"))
_RELATIVES = frozenset(("which", "that", "who", "whom"))
_TAKING_UP = frozenset(("they", "it", "these", "both"))
_INHERITING = frozenset(("xcomp", "advcl", "pcomp", "conj", "ccomp"))


@dataclass(frozen=True, slots=True)
class Named:
    """A mention in a sentence: its tokens are `first:last`, the one that the others hang on is `head`."""

    first: int
    last: int
    head: int
    mention: Mention


@dataclass(slots=True)
class Frame:
    """A predication: the token that says it, and by role the mentions that are its arguments, each by its index in the
    sentence with the way to it. Roles are "agent", "theme", "second" (a second object), "attr", "comp" (in a
    compound), "poss", and "p_" with a preposition."""

    head: int
    passive: bool = False
    heads: dict[str, list[int]] = field(default_factory=dict)  # by role, the tokens that head the arguments
    roles: dict[str, dict[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Sentence:
    """A sentence as it was understood. Sequences have an entry for each token, whose offsets are in the article."""

    text: str
    span: Span
    index: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    lowers: tuple[str, ...]
    lemmas: tuple[str, ...]
    tags: tuple[str, ...]
    heads: tuple[int, ...]
    labels: tuple[str, ...]
    children: tuple[tuple[int, ...], ...]
    named: tuple[Named, ...]
    at: dict[int, int]  # token → index of the mention that it is part of
    cues: tuple[Found, ...]
    classes: dict[int, frozenset[str]]  # token → what the cues that begin there speak for, but for governed ones
    frames: dict[int, Frame]
    away: frozenset[int] = frozenset()  # the mentions that were taken away: it is their loss that acts

    def of(self, token: int) -> frozenset[str]:
        """What the cues that begin at a token speak for."""
        return self.classes.get(token, _NOTHING)

    def up(self, token: int) -> list[int]:
        """A token and what it hangs on, up to the root."""
        path = [token]
        while self.heads[path[-1]] != path[-1]:
            path.append(self.heads[path[-1]])
        return path

    def path(self, a: int, b: int) -> tuple[list[int], list[int]] | None:
        """The ways from two tokens up to where they meet, both with the meeting point; None where they don't."""
        ups, place = self.up(a), {token: k for k, token in enumerate(self.up(b))}
        for k, token in enumerate(ups):
            if token in place:
                return ups[: k + 1], self.up(b)[: place[token] + 1]
        return None

    def words(self, first: int, last: int) -> str:
        """The text of tokens `first:last`."""
        offset = self.span.start
        return self.text[self.starts[first] - offset : self.ends[last - 1] - offset]


_NOTHING: frozenset[str] = frozenset()


class Analyst:
    """Makes sentences of an article's spans. It keeps nothing of what it read, and threads may share it."""

    def __init__(self, book: CueBook, parser: Parser | None = None) -> None:
        self._book = book
        self._parser = parser or Parser.load()

    def sentences(self, article: Article, mentions: Sequence[Mention]) -> list[Sentence]:
        """The sentences of an article, given its mentions in order."""
        begins = [mention.start for mention in mentions]
        found = []
        for index, span in enumerate(article.sentences):
            inside = mentions[bisect_left(begins, span.start) : bisect_left(begins, span.end)]
            inside = [mention for mention in inside if mention.end <= span.end]
            found.append(self.sentence(article.text, span, inside, index))
        return found

    def sentence(self, text: str, span: Span, mentions: Sequence[Mention], index: int = 0) -> Sentence:
        """A stretch of text as a sentence."""
        tokens = tokenize(text, span.start, span.end)
        lowers = tuple([token.lower for token in tokens])
        lemmas = tuple([lemma(lower) for lower in lowers])
        parse = self._parser.parse([token.text for token in tokens])
        children: list[list[int]] = [[] for _ in tokens]
        for token, head in enumerate(parse.heads):
            if head != token:
                children[head].append(token)
        cues = self._book.find(lowers, lemmas, parse.tags)
        classes: dict[int, set[str]] = defaultdict(set)
        for found in cues:
            if not found.cue.governor:
                classes[found.first].add(found.cue.owner)
        starts = tuple([token.start for token in tokens])
        ends = tuple([token.end for token in tokens])
        named = tuple(_placed(mentions, starts, ends, parse.heads))
        s = Sentence(
            text[span.start : span.end],
            span,
            index,
            starts,
            ends,
            lowers,
            lemmas,
            parse.tags,
            parse.heads,
            parse.labels,
            tuple(map(tuple, children)),
            named,
            {token: k for k, one in enumerate(named) for token in range(one.first, one.last)},
            cues,
            {token: frozenset(owners) for token, owners in classes.items()},
            {},
        )
        s.frames = _frames(s)
        return s


def _placed(
    mentions: Iterable[Mention], starts: Sequence[int], ends: Sequence[int], heads: Sequence[int]
) -> Iterable[Named]:
    for mention in mentions:
        first = bisect_left(ends, mention.start + 1)
        last = bisect_left(starts, mention.end)
        if first >= last:
            continue
        outward = [k for k in range(first, last) if not first <= heads[k] < last or heads[k] == k]
        yield Named(first, last, outward[-1] if outward else last - 1, mention)


# -- frames


def _frames(s: Sentence) -> dict[int, Frame]:
    """The frames of a sentence, by their heads; from the root down, since clauses take subjects from what governs."""
    depth = [0] * len(s.heads)
    for token in range(len(s.heads)):
        depth[token] = len(s.up(token))
    frames: dict[int, Frame] = {}
    for token in sorted(range(len(s.heads)), key=depth.__getitem__):
        above = frames.get(s.heads[token])
        frame = frames[token] = Frame(token, _is_passive(s, token, above is not None and above.passive))
        frame.heads = _own_arguments(s, frame)
        if _predicates(s, token):
            _inherit(s, frame, frames)
    for frame in frames.values():
        for role, heads in frame.heads.items():
            reached: dict[int, str] = {}
            for head in heads:
                for one in _coordinated(s, head):
                    _reach(s, one, "", _REACH, reached)
            if reached:
                frame.roles[role] = reached
    _take_up(s, frames)
    return frames


def _take_up(s: Sentence, frames: dict[int, Frame]) -> None:
    """Let a pronoun that is a subject stand for that of the clause before: "MSCs failed, but they released …"."""
    subject: dict[int, str] = {}
    for token in range(len(s.heads)):
        frame = frames[token]
        role = "theme" if frame.passive else "agent"
        heads = frame.heads.get(role, ())
        if not any(s.labels[head] in ("nsubj", "nsubjpass") for head in heads):
            continue
        if role in frame.roles:
            subject = frame.roles[role]
        elif subject and all(s.lowers[head] in _TAKING_UP for head in heads):
            frame.roles[role] = {known: way + "/it" for known, way in subject.items()}


def _predicates(s: Sentence, token: int) -> bool:
    """Whether a token says something of a subject: a verb, a root, or an adjective that has a subject."""
    if s.tags[token].startswith("VB") or s.labels[token] == "ROOT":
        return True
    subject = any(s.labels[child] in ("nsubj", "nsubjpass") for child in s.children[token])
    return subject and s.tags[token].startswith("JJ")


def _is_passive(s: Sentence, token: int, under_passive: bool) -> bool:
    labels = [s.labels[child] for child in s.children[token]]
    if "auxpass" in labels:
        return True
    if "nsubjpass" in labels:  # but what "have" alone stands before is a perfect: "have not eased"
        return not any(s.lemmas[child] == "have" and s.labels[child] == "aux" for child in s.children[token])
    bare = s.tags[token] == "VBN" and not {"aux", "nsubj"} & {*labels}
    joined = under_passive and s.labels[token] == "conj"  # "were grown and given"
    return bare and (joined or s.labels[token] in ("acl", "relcl", "amod", "advcl"))


def _own_arguments(s: Sentence, frame: Frame) -> dict[str, list[int]]:
    """The arguments that hang on a frame's own word, by role."""
    heads: dict[str, list[int]] = defaultdict(list)
    for child in s.children[frame.head]:
        label = s.labels[child]
        if label in ("nsubj", "nsubjpass"):
            heads["theme" if frame.passive else "agent"].append(child)
        elif label in ("dobj", "dative"):
            heads["second" if frame.passive else "theme"].append(child)
        elif label in ("attr", "acomp", "oprd"):
            heads["attr"].append(child)
        elif label in ("agent", "prep"):
            _governed(s, child, "agent" if label == "agent" else "", heads)
        elif label in ("compound", "amod", "nmod"):
            heads["comp"].append(child)
        elif label == "poss":
            heads["poss"].append(child)
    return heads


def _governed(s: Sentence, preposition: int, role: str, heads: dict[str, list[int]]) -> None:
    """What a preposition governs, also a second one: "from within the marrow"."""
    for child in s.children[preposition]:
        if s.labels[child] in ("pobj", "pcomp"):
            heads[role or "p_" + s.lowers[preposition]].append(child)
        elif s.labels[child] == "prep":
            for below in s.children[child]:
                if s.labels[below] == "pobj":
                    heads["p_" + s.lowers[child]].append(below)


def _inherit(s: Sentence, frame: Frame, frames: dict[int, Frame]) -> None:
    """Give a clause the subject that stands elsewhere: the noun it is about, or the subject of what governs it."""
    token, role = frame.head, "theme" if frame.passive else "agent"
    label, head = s.labels[token], s.heads[token]
    if label == "relcl":
        own = frame.heads.get(role, [])
        plain = [one for one in own if s.lowers[one] not in _RELATIVES]
        if plain and len(plain) == len(own):
            frame.heads.setdefault("theme", []).append(head)  # "lupus, which MSCs ease"
        else:
            frame.heads[role] = [*plain, head]
    elif label in ("acl", "amod"):
        frame.heads.setdefault(role, []).append(head)
    elif label in _INHERITING and not frame.heads.get(role):
        above = frames.get(s.heads[head] if label == "pcomp" else head)
        if above is None or above is frame:
            return
        subject = "theme" if above.passive else "agent"
        if label == "xcomp" and not above.passive and above.heads.get("theme"):
            subject = "theme"  # "caused the cells to release …": the cells release
        frame.heads[role] = list(above.heads.get(subject, ()))


def _coordinated(s: Sentence, token: int) -> list[int]:
    """A token and what is joined to it: the members of a list, appositions."""
    found, todo = [token], [token]
    while todo:
        for child in s.children[todo.pop()]:
            if s.labels[child] in ("conj", "appos"):
                found.append(child)
                todo.append(child)
    return found


def _reach(s: Sentence, token: int, way: str, left: int, reached: dict[int, str]) -> None:
    """The mentions in the phrase at a token, each with the shortest way to it."""
    known = s.at.get(token)
    if known is not None and (known not in reached or len(reached[known]) > len(way)):
        reached[known] = way
    if not left:
        return
    for child in s.children[token]:
        label = s.labels[child]
        if label in _MODIFIERS:
            _reach(s, child, way + "/c", left - 1, reached)
        elif label == "appos":
            _reach(s, child, way if way else "/a", left - 1, reached)
        elif label == "conj" and way:
            _reach(s, child, way, left - 1, reached)
        elif label == "prep":
            for below in s.children[child]:
                if s.labels[below] in ("pobj", "pcomp"):
                    _reach(s, below, f"{way}/{s.lowers[child]}", left - 1, reached)


__all__ = ["Analyst", "Frame", "Named", "Sentence"]
