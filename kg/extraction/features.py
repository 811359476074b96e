"""Features: what speaks for and against a candidate, as strings that the scorer has weights for.

A feature says what it looked at before the colon: `P:` the way between the ends in the parse, `F:` the roles that they
have in a frame, `B:` words between them, `C:` classes of words anywhere in the sentence, `s…` and `o…` the subject's
and the object's surroundings, `D…` the document.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from kg.extraction.candidates import End
from kg.extraction.document import Document, Kinds
from kg.extraction.frames import Sentence

_CONTENT = ("VB", "NN", "JJ", "RB", "MD", "IN")
_TELLING = ("VBD", "MD", "CD", "VBN")
_LOOSE = frozenset(("conj", "compound", "amod", "appos"))  # links that don't tell how two phrases are related
_NEAR, _NEXT = 12, 4  # tokens
_BOUNDS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 30)
_PRONOUNS = frozenset(("they", "it", "them", "these", "this", "both", "its", "their", "those"))
_REFERRING = frozenset(("nsubj", "nsubjpass", "dobj", "pobj", "poss", "attr"))
_DETERMINERS = frozenset(("the", "these", "this", "such", "a", "an", "those", "our"))


def bucket(number: int) -> str:
    """A number as coarse as a feature needs it.

    >>> bucket(1), bucket(5), bucket(99)
    ('1', '6', 'far')
    """
    return next((str(bound) for bound in _BOUNDS if number <= bound), "far")


class Features:
    """Works out the features of a sentence and of its candidates."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.of_ends = lru_cache(maxsize=100_000)(self._of_ends)

    # -- the sentence

    def of_sentence(self, document: Document, s: Sentence) -> list[str]:
        """What the sentence is like as a whole."""
        count = len(document.sentences)
        found = [
            "kind:" + s.span.kind,
            "section:" + document.roles[s.index],
            f"place:{3 * s.index // max(1, count)}",
            "length:" + bucket(len(s.tags)),
        ]
        if s.index == 0:
            found.append("first")
        if s.index == count - 1:
            found.append("last")
        if s.text.rstrip().endswith("?"):
            found.append("question")
        tags = set(s.tags)
        found += ["tag:" + tag for tag in _TELLING if tag in tags]
        found += _owners("C:", s)
        words = {s.lemmas[k] for k, tag in enumerate(s.tags) if tag[:2] in _CONTENT and k not in s.at}
        found += ["W:" + word for word in sorted(words)]
        heading = document.headings.get(s.span.section)
        if heading is not None and heading is not s:
            found += ["H:" + word for word in sorted(set(heading.lemmas))]
        if s.span.lead is not None:
            found += _owners("L:", document.sentences[s.span.lead])
        if s.index:
            found += _owners("N:", document.sentences[s.index - 1])
        return found

    # -- a candidate

    def of_pair(self, document: Document, s: Sentence, subject: End, object_: End) -> list[str]:
        """What speaks for and against the two ends being related."""
        return [*self.of_ends(subject.id, object_.id), *self.of_place(document, s, subject, object_)]

    def of_place(self, document: Document, s: Sentence, subject: End, object_: End) -> list[str]:
        """The same without what the ends are by themselves, wherever they stand (`of_ends`), each once: several cues
        of a mechanism may have the same."""
        found = self._of_document(document, subject, object_)
        if subject.place:
            found.append("s2nd")
        if object_.place:
            found.append("o2nd")
        for end, who in ((subject, "s"), (object_, "o")):
            if end.carried:
                found += self._carried(document, s, end, who)
            elif end.named is not None:
                found += _surroundings(s, end.named, who)
        if object_.cues:
            found += self._mechanism(s, subject, object_)
        elif subject.named is not None and object_.named is not None:
            found += self._between(s, subject.named, object_.named)
            found += _frames(s, subject.named, object_.named)
        return list(dict.fromkeys(found))

    def _of_ends(self, subject: str, object_: str) -> tuple[str, ...]:
        kinds = [",".join(sorted(self.kinds.of(id))) for id in (subject, object_)]
        found = ["S:" + subject, "O:" + object_, "ks:" + kinds[0], "ko:" + kinds[1], "kso:" + "|".join(kinds)]
        found += ["OA:" + above for above in sorted(self.kinds.vocabulary.ancestors(object_))]
        found += ["SA:" + above for above in sorted(self.kinds.vocabulary.ancestors(subject))]
        return tuple(found)

    def _of_document(self, document: Document, subject: End, object_: End) -> list[str]:
        found = []
        if not subject.kinds.isdisjoint(("cell", "product")) and document.rank(subject.id) < 9:
            found.append(f"Dsubject:{min(document.rank(subject.id), 4)}")
        if "disease" in subject.kinds and document.rank(subject.id) < 9:
            found.append(f"Dill:{min(document.rank(subject.id), 4)}")
        if "disease" in object_.kinds and document.rank(object_.id) < 9:
            found.append(f"Dobject:{min(document.rank(object_.id), 4)}")
        if subject.id in document.titled:
            found.append("Dsubject:title")
        if object_.id in document.titled:
            found.append("Dobject:title")
        if subject.id in self.kinds.general:
            found.append("general")
        if self.kinds.therapeutic(subject.id):
            found.append("therapeutic")
        return found

    def _carried(self, document: Document, s: Sentence, end: End, who: str) -> list[str]:
        """Why an end that goes unnamed may be meant: what refers to it, and what else is named."""
        known = document.known[s.index]
        found = [who + "carried", f"{who}rank:{min(document.rank(end.id), 4)}"]
        if end.id in known.cells[:1] + known.diseases[:1]:
            found.append(who + "last")
        if end.id in known.subjects:
            found.append(who + "lastsubject")
        if end.id == document.headed(s):
            found.append(who + "headed")
        referring = list(references(s))
        found += [f"{who}ref:{reference}" for reference in referring] or [who + "noref"]
        mine = {one.mention.id for one in s.named if self.kinds.therapeutic(one.mention.id)}
        found.append(f"{who}own:{min(3, len(mine))}")
        if not mine.isdisjoint(self.kinds.general):
            found.append(who + "owngeneral")
        found.append(f"{who}cells:{min(len(document.cells), 4)}")
        return found

    def _between(self, s: Sentence, a: int, b: int) -> list[str]:
        """What stands between two mentions, in the text and in the parse."""
        one, other = s.named[a], s.named[b]
        forward = one.first < other.first
        low, high = (one.last, other.first) if forward else (other.last, one.first)
        way = ">" if forward else "<"
        found = ["order:" + way, f"{way}far:{bucket(max(0, high - low))}"]
        if low > high:
            return [*found, "overlap"]
        inside = [n for n in s.named if n.first >= low and n.last <= high]
        found.append("named:" + bucket(len(inside)))
        for who, kinds in (("s", one.mention.kinds), ("o", other.mention.kinds)):
            if any(n.mention.kinds & kinds for n in inside):
                found.append(f"{way}{who}between")
        words = sorted({s.lemmas[k] for k in range(low, high) if k not in s.at})
        found += [f"{way}b:{word}" for word in words]
        if high - low <= _NEAR:
            found += [f"{way}B:{word}" for word in words]
        if high - low <= _NEXT:
            found.append(f"{way}BS:" + "_".join(s.lemmas[low:high]))
        found += [f"{way}BC:{owner}" for owner in sorted({o for k in range(low, high) for o in s.of(k)})]
        return found + _way(s, one.head, other.head)

    def _mechanism(self, s: Sentence, subject: End, object_: End) -> list[str]:
        """What speaks for a mechanism, by its cues and how they stand to the subject."""
        found = []
        above = self.kinds.vocabulary.ancestors
        others = {"stemkg:" + one.cue.owner for one in s.cues} & self.kinds.mechanisms
        if any(other != object_.id and object_.id in above(other) for other in others):
            found.append("morespecific")
        found.append("mechanisms:" + bucket(len(others)))
        governed = False
        for one in object_.cues:
            cue, head = one.cue, one.last - 1
            found += [f"cue:<{cue.governor}>{cue.text}", f"cuekind:{cue.form}<{cue.governor}>"]
            if not cue.governor:
                governed = True
            else:
                if any(cue.governor in owners for owners in s.classes.values()):
                    found.append("classsaid")
                above_it = s.up(head)[:6]
                governed = governed or any(cue.governor in s.of(k) for k in (*above_it, one.first - 1))
            found += [f"cuedep:{s.labels[head]}", f"cuegov:{s.lemmas[s.heads[head]]}"]
            found += [f"cuegovC:{owner}" for owner in sorted(s.of(s.heads[head]))]
            if subject.named is not None:
                found += _to_cue(s, subject.named, one.first, one.last)
        found.append("governed" if governed else "ungoverned")
        return found


# -- parts


def _owners(mark: str, s: Sentence) -> list[str]:
    """What the cues of a sentence speak for, each with a mark."""
    return [mark + owner for owner in sorted({one.cue.owner for one in s.cues if not one.cue.governor})]


def _label(s: Sentence, token: int) -> str:
    label = s.labels[token]
    return f"prep_{s.lowers[token]}" if label == "prep" else label


def _links(s: Sentence, up: Sequence[int], down: Sequence[int]) -> list[str]:
    return ["^" + _label(s, k) for k in up[:-1]] + ["v" + _label(s, k) for k in reversed(down[:-1])]


def _tight(links: Iterable[str]) -> str:
    return " ".join(link for link in links if link[1:] not in _LOOSE)


def _way(s: Sentence, a: int, b: int) -> list[str]:
    """The way between two tokens in the parse: its links, its words and their classes, and where it turns."""
    path = s.path(a, b)
    if path is None:
        return ["nopath"]
    links = _links(s, *path)
    top = path[0][-1]
    found = [
        "P:" + " ".join(links),
        f"Pl:{min(9, len(links))}",
        "P1:" + (links[0] if links else ""),
        "P9:" + (links[-1] if links else ""),
        "Pg:" + _tight(links),
        "Pt:" + s.lemmas[top],
    ]
    found += _on_the_way(s, path, (a, b))
    for owner in sorted(s.of(top)):
        found += ["PtC:" + owner, f"PtP:{owner}|{_tight(links)}"]
    return found


def _on_the_way(s: Sentence, path: tuple[list[int], list[int]], but: tuple[int, int]) -> list[str]:
    found = []
    for k in sorted({*path[0], *path[1]} - {*but}):
        found.append("Pw:" + s.lemmas[k])
        found += ["Pc:" + owner for owner in sorted(s.of(k))]
    return found


def _to_cue(s: Sentence, named: int, first: int, last: int) -> list[str]:
    """The way from a mention to a cue, and what stands between them."""
    found = []
    one = s.named[named]
    path = s.path(one.head, last - 1)
    if path is not None:
        links = _links(s, *path)
        found += [
            f"Pl:{min(9, len(links))}",
            "P1:" + (links[0] if links else ""),
            "P9:" + (links[-1] if links else ""),
            "Pg:" + _tight(links),
        ]
        found += _on_the_way(s, path, (one.head, last - 1))
    forward = one.first < first
    low, high = (one.last, first) if forward else (last, one.first)
    found.append((">" if forward else "<") + "far:" + bucket(abs(first - one.first)))
    found += ["BC:" + owner for owner in sorted({o for k in range(low, high) for o in s.of(k)})]
    return found + ["b:" + word for word in sorted({s.lemmas[k] for k in range(low, high) if k not in s.at})]


def _surroundings(s: Sentence, named: int, who: str) -> list[str]:
    """What stands beside a mention, and what governs it."""
    one, count = s.named[named], len(s.tags)
    governor = s.heads[one.head]
    found = [f"{who}dep:{s.labels[one.head]}", f"{who}gov:{s.lemmas[governor]}"]
    if one.first > 0:
        found.append(f"{who}-1:{s.lemmas[one.first - 1]}")
    if one.first > 1:
        found.append(f"{who}-2:{s.lemmas[one.first - 2]}_{s.lemmas[one.first - 1]}")
    if one.last < count:
        found.append(f"{who}+1:{s.lemmas[one.last]}")
    if one.last + 1 < count:
        found.append(f"{who}+2:{s.lemmas[one.last]}_{s.lemmas[one.last + 1]}")
    found += [f"{who}govC:{owner}" for owner in sorted(s.of(governor))]
    if s.labels[governor] == "prep" or s.labels[one.head] == "pobj":
        above = s.heads[governor]
        found += [f"{who}prep:{s.lowers[governor]}", f"{who}ggov:{s.lemmas[above]}"]
        found += [f"{who}ggovC:{owner}" for owner in sorted(s.of(above))]
    return found


def _frames(s: Sentence, a: int, b: int) -> list[str]:
    """The roles that two mentions have in the frames that hold both."""
    found = []
    for frame in s.frames.values():
        mine = [(role, reached[a]) for role, reached in frame.roles.items() if a in reached][:2]
        theirs = [(role, reached[b]) for role, reached in frame.roles.items() if b in reached][:2] if mine else []
        for role, way in mine:
            for role_, way_ in theirs:
                found += [
                    f"F:{role}|{role_}",
                    f"Fw:{role}{way}|{role_}{way_}",
                    f"Fl:{s.lemmas[frame.head]}|{role}|{role_}",
                ]
                found += [f"FC:{owner}|{role}|{role_}" for owner in sorted(s.of(frame.head))]
    return found or ["noframe"]


def references(s: Sentence) -> Iterable[str]:
    """Words that may refer to a therapy: pronouns, and nouns such as "the cells" that name none."""
    for k, word in enumerate(s.lowers):
        if word in _PRONOUNS:
            if s.labels[k] in _REFERRING:
                yield f"{word}:{s.labels[k]}"
        elif k not in s.at and s.tags[k].startswith("NN") and "ReferringWord" in s.of(k):
            own = [s.lowers[child] for child in s.children[k] if s.labels[child] in ("det", "poss")]
            determiner = next((one for one in own if one in _DETERMINERS), "other" if own else "none")
            yield f"{s.lemmas[k]}:{determiner}:{s.labels[k]}"


__all__ = ["Features", "bucket", "references"]
