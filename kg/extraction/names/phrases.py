"""Very many names: found by the words that they begin with, since an automaton of so many takes seconds to make."""

import re
from collections.abc import Mapping

from kg.extraction.names.lexicon import Hit, Name, is_opposed

_WORD = re.compile(r"[^\W_]+")
_PLURALS = ("", "s", "es")


class Phrases:
    """Written forms of names in lower case that begin and end with a letter or figure, to be found in a text."""

    def __init__(self, names: Mapping[str, Name]) -> None:
        self._names = names
        self._longest: dict[str, int] = {}  # the most characters of the forms that begin with a word
        for form in names:
            first = _WORD.match(form)
            if first is not None and len(form) > self._longest.get(first[0], 0):
                self._longest[first[0]] = len(form)

    def find(self, folded: str, text: str) -> list[Hit]:
        """The names in a text that is also given folded, with overlap."""
        hits = []
        words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(folded)]
        for index, (word, start, end) in enumerate(words):
            most = self._longest.get(word, 0)
            if most == 0 and (word[-1] != "s" or not self._forms(word)):
                continue
            if is_opposed(folded, text, start):
                continue
            while end - start <= max(most + len("es"), len(word)):
                for form in self._forms(folded[start:end]):
                    hits.append(Hit(start, end, self._names[form], form != folded[start:end]))
                index += 1
                if index == len(words):
                    break
                end = words[index][2]
        return hits

    def _forms(self, written: str) -> list[str]:
        """The forms that this is, or is the plural of; itself first."""
        bare = (written.removesuffix(ending) for ending in _PLURALS if written.endswith(ending))
        return [form for form in bare if form in self._names]
