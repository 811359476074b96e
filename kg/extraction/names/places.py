"""Places where something is put, as routes: "injected into the heart" is a local injection.

The tissue stays the first candidate; the route is a further one.
"""

import re
from dataclasses import replace

from kg.extraction.language import lemma
from kg.extraction.names.lexicon import Names
from kg.extraction.names.mention import Mention
from kg.vocabulary import Vocabulary

_INTO = re.compile(r"\b(?:in)?to\s+(?:(?:the|an?|his|her|its|their|your|both|one)\s+)?(?:[\w'’-]+\s+){0,2}$")
_NEAR = 80  # characters before the place in which the giving is told
_SCORE = 0.6


class Places:
    """Tells the routes by which something is given that is put into a tissue."""

    def __init__(self, vocabulary: Vocabulary, names: Names) -> None:
        self._vocabulary = vocabulary
        self._names = names
        self._routes = dict(vocabulary.annotations.get("routeInto", ()))
        cues = [*vocabulary.annotations.get("cue", ()), *vocabulary.annotations.get("nounCue", ())]
        self._giving = frozenset(word for id, word in cues if id == "stemkg:Placing")

    def add(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """The mentions, where something is put into a tissue with the route as a further candidate."""
        put = {"tissue", "disease"}
        return [self._with_route(text, m) if put & m.kinds else m for m in mentions]

    def _with_route(self, text: str, m: Mention) -> Mention:
        before = re.split(r"[.;:]\s", text[max(0, m.start - _NEAR) : m.start])[-1]
        into = _INTO.search(before)
        if into is None or not any(lemma(word.lower()) in self._giving for word in re.findall(r"\w+", before)):
            return m
        route = next(filter(None, map(self._route, (*m.ids, *self._damaged(text, m)))), None)
        if route is None:
            return m
        kinds = m.kinds | self._vocabulary.kinds(route)
        # Of a damaged tissue: "into the injured spinal cord" names the injury, the cord, and the route.
        return replace(m, ids=(m.ids[0], route, *m.ids[1:]), kinds=kinds, scores=(1.0, _SCORE, *m.scores[1:]))

    def _damaged(self, text: str, m: Mention) -> tuple[str, ...]:
        """The tissue that a disease is said of: "the injured spinal cord"."""
        participle, _, tissue = text[m.start : m.end].partition(" ")
        found = self._names.lookup(tissue) if participle.endswith("ed") else None
        return found.ids if found is not None else ()

    def _route(self, tissue: str) -> str | None:
        ancestors = self._vocabulary.ancestors
        above = sorted(ancestors(tissue), key=lambda id: (-len(ancestors(id)), id))
        return next((self._routes[id] for id in above if id in self._routes), None)
