"""The cheap look: whether a text speaks of cell therapy at all."""

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
        cased = {form for name in names if is_short_form(name) for form in variants(name.removesuffix("s"))}
        folded = {form.lower() for name in names if not is_short_form(name) for form in variants(name)}
        # A name that another begins is enough: where it stands, the longer one may or may not.
        self._cased = AhoCorasick(sorted(cased) or ["\0"])
        self._folded = AhoCorasick(sorted(folded) or ["\0"])

    def __call__(self, text: str) -> bool:
        """Whether the text names such a cell or product, as a word of its own (or its plural)."""
        return _found(self._folded, fold(text)) or _found(self._cased, even(text))


def _found(automaton: AhoCorasick, text: str) -> bool:
    size = len(text)
    for _, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
        if start and text[start - 1].isalnum():
            continue
        if end < size and text[end] == "s":
            end += 1
        if end >= size or not text[end].isalnum():
            return True
    return False
