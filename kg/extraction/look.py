"""The cheap look: whether a text speaks of cell therapy at all."""

from collections import defaultdict

from ahocorasick_rs import AhoCorasick

from kg.extraction.names import even, fold, is_short_form, variants
from kg.vocabulary import Vocabulary


class Look:
    """Tells in one pass whether a text names a cell or cell product that is given as a therapy."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        roots = {id for id, value in vocabulary.annotations.get("therapeutic", ()) if value == "true"}
        names = {
            name
            for term in vocabulary.terms.values()
            if "product" in term.kinds or ("cell" in term.kinds and vocabulary.ancestors(term.id) & roots)
            for name in term.names
        } | {word for _, word in vocabulary.annotations.get("lookFor", ())}
        cased: dict[str, set[str]] = defaultdict(set)  # short forms, by what they are in lower case
        for name in names:
            if is_short_form(name):
                for form in variants(name.removesuffix("s")):
                    cased[fold(form)].add(form)
        folded = {form.lower() for name in names if not is_short_form(name) for form in variants(name)}
        # A name that another begins is enough: where it stands, the longer one may or may not.
        patterns = sorted(folded | cased.keys())
        self._cased = [None if pattern in folded else cased[pattern] for pattern in patterns]
        self._automaton = AhoCorasick(patterns or ["\0"])

    def __call__(self, text: str) -> bool:
        """Whether the text names such a cell or product, as a word of its own (or its plural)."""
        folded = fold(text)
        size = len(folded)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if start and folded[start - 1].isalnum():
                continue
            cased = self._cased[index]
            if cased is not None and even(text[start:end]) not in cased:
                continue
            if end < size and folded[end] == "s":
                end += 1
            if end >= size or not folded[end].isalnum():
                return True
        return False
