"""Names of terms beyond the ontology: genes, diseases and drugs of the lexicon, found where nothing else is named.

A symbol of a gene is matched by its case, and is taken for one only where it can be nothing else, or where the words
around it speak of genes and proteins: "AIM2", "mutations of the PIGA gene".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.extraction.names.abbreviations import ArticleNames, bare
from kg.extraction.names.lexicon import Name, longest
from kg.extraction.names.mention import Mention
from kg.extraction.names.phrases import Phrases
from kg.extraction.names.writing import even, fold, in_animals, is_short_form
from kg.vocabulary import Vocabulary

# A word with two capitals, or a capital or small letter and a figure.
_SYMBOL = re.compile(r"\b(?<!-)[A-Za-z](?=[\w-]*[A-Z\d])[A-Za-z0-9α-ω]*(?:-[A-Za-z0-9α-ω]+)?(?![\w-]|\+)")
# A symbol that no other thing has: letters, then figures, four characters at least.
_DISTINCT = re.compile(r"[A-Z]{2,}+\d[A-Z0-9]*+")
# A symbol in mixed letters: "FoxP3".
_MIXED = re.compile(r"(?=.*[A-Z].*[A-Z])(?=.*[a-z])(?=.*\d)\w{4,}")
_SYMBOL_LEAST = 3
_LEAST = 6  # letters of a name of one word
_LEAST_OF_SIGN = 4  # and of a sign: "coma"
_BROAD = frozenset(("phenotype", "tissue"))  # kinds of which a narrower name in the lexicon wins over none
_AROUND = 24  # characters in which the words around a symbol stand


class _Names(Mapping[str, Name]):
    """Written forms and the ids that they stand for. The names are made when they are asked for: few ever are."""

    def __init__(self, ids: dict[str, str]) -> None:
        self._ids = ids

    def __getitem__(self, form: str) -> Name:
        # A disease comes before the sign that is called the same.
        return Name(tuple(sorted(self._ids[form].split(), key=lambda id: id.startswith("HP:"))), short=False)

    def __contains__(self, form: object) -> bool:
        return form in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class FurtherNames:
    """The names of the lexicon of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, kinds: Iterable[str]) -> None:
        self._vocabulary = vocabulary
        cues = vocabulary.annotations.get("cue", ())
        self._context = frozenset(word.lower() for id, word in cues if id == "stemkg:GeneWord")
        self._approved: dict[str, str] = {}
        self._symbols: dict[str, str] = {}
        forms: dict[str, str] = {}
        self._numbered = _numbered(vocabulary)
        self._numbers: dict[str, str] = {}  # of what is numbered: symbols and ids
        lettered = tuple(letters for _, letters in self._numbered)
        wanted, genes = _by_parents(vocabulary, frozenset(kinds))
        for id, label, synonyms, parents in vocabulary.further.rows():
            if parents not in wanted:
                continue
            names = synonyms.split("|") if synonyms else []
            if parents in genes:
                self._approved[_closed(label)] = id
                if label.startswith(lettered):
                    self._numbers[label] = id
            elif len(label) >= (_LEAST_OF_SIGN if id.startswith("HP:") else _LEAST):
                _put(forms, _folded(label), id)
            for name in names:
                if " " in name:
                    _put(forms, _folded(name), id)
                elif parents in genes:
                    _put(self._symbols, _closed(name), id)
        for term in vocabulary.of_kind("factor"):
            if term.kinds == {"factor"} and is_short_form(term.label):
                self._approved.setdefault(_closed(term.label), term.id)
                for name in filter(is_short_form, (*term.exact, *term.related)):
                    _put(self._symbols, _closed(name), term.id)
        own = {name.casefold() for term in vocabulary.terms.values() for name in term.names}
        #: Signs that are called as diseases of the ontology are: a harm is the sign.
        self._signs = {name: id for name in own if (id := forms.get(name, "")).startswith("HP:") and " " not in id}
        for name in own.union(name.casefold() for _, name in vocabulary.annotations.get("notAName", ())):
            forms.pop(name, None)
        self._phrases = Phrases(_Names(forms))
        endings = [words[1:] for _, words in vocabulary.annotations.get("coins", ()) if words.startswith("-")]
        self._drug = re.compile(rf"\b[A-Za-z][a-z]{{3,}}(?:{'|'.join(endings)})\b") if endings else None

    def _ids(self, form: str) -> tuple[str, ...]:
        """The genes that a symbol may be of, with or without hyphens, as for people or as for animals."""
        closed = _closed(even(form))
        for symbol in (closed, closed.upper()):
            if symbol != closed and in_animals(symbol) != closed and not _MIXED.fullmatch(closed):
                continue
            approved = [self._approved[symbol]] if symbol in self._approved else []
            ids = dict.fromkeys([*approved, *self._symbols.get(symbol, "").split()])
            if ids:
                return tuple(ids)
        return ()

    def add(self, text: str, mentions: list[Mention], known: ArticleNames) -> list[Mention]:
        """The mentions of a text, and those of the lexicon where there are none, or only of parts of the name."""
        mentions = [self._as_sign(text, mention) for mention in mentions]
        taken = {place for m in mentions for place in range(m.start, m.end)}
        found: list[Mention] = []
        named = (
            self._mention(hit.start, hit.end, hit.name.ids, 0.7, "name in the lexicon", short=False)
            for hit in longest(self._phrases.find(fold(text), text))
        )
        for mention in (*self._by_number(text), *named):
            inside = [m for m in (*mentions, *found) if m.start < mention.end and mention.start < m.end]
            if all(_is_part(m, mention) for m in inside):
                mentions = [m for m in mentions if m not in inside]
                found = [m for m in found if m not in inside]
                found.append(mention)
                taken.update(range(mention.start, mention.end))
        found += self._genes(text, taken, known)
        taken.update(place for m in found for place in range(m.start, m.end))
        found += self._drugs(text, taken)
        return sorted([*mentions, *found], key=lambda m: m.start) if found else mentions

    def _as_sign(self, text: str, mention: Mention) -> Mention:
        """A mention of a disease, which may mean the sign of the same name, too."""
        if "disease" not in mention.kinds or "phenotype" in mention.kinds or mention.short:
            return mention
        sign = self._signs.get(fold(text[mention.start : mention.end]))
        if sign is None:
            return mention
        kinds = mention.kinds | self._vocabulary.kinds(sign)
        return replace(mention, ids=(*mention.ids, sign), kinds=kinds, scores=(*mention.scores, 0.7))

    def _mention(self, start: int, end: int, ids: Iterable[str], score: float, reason: str, *, short: bool) -> Mention:
        ids = tuple(ids)
        kinds = frozenset(kind for id in ids for kind in self._vocabulary.kinds(id))
        return Mention(start, end, ids, kinds, "", short, (score,) * len(ids), reason)

    def _by_number(self, text: str) -> Iterator[Mention]:
        """The genes that are named by a number: "miR-138-5p" is the first of those that are MIR138."""
        for pattern, letters in self._numbered:
            for match in pattern.finditer(text):
                number, letter, place = match.groups(default="")
                symbol = f"{letters}{number}{letter.upper()}"
                between = "" if letter else "-"  # MIR30C1, MIR138-1
                whole = f"{symbol}{between}{place}" if place else symbol
                id = self._numbers.get(whole) or self._numbers.get(f"{symbol}{between}1")
                if id is not None:
                    yield self._mention(match.start(), match.end(), (id,), 0.8, "name with a number", short=False)

    def _genes(self, text: str, taken: set[int], known: ArticleNames) -> list[Mention]:
        """The genes that are named by their symbols."""
        seen: list[tuple[int, int, str]] = []
        sure: set[str] = set()
        words = set(re.findall(r"\b[a-z]{2,}\b", text))  # what is written small too is no symbol
        for match in _SYMBOL.finditer(text):
            form, short = match.group(), bare(match.group())
            if match.start() in taken or len(short) < _SYMBOL_LEAST or not is_short_form(form) or not self._ids(form):
                continue
            if short in known.defined or short in known.blocked or short.lower() in words:
                continue
            seen.append((match.start(), match.end(), form))
            symbol = form.upper() if in_animals(form.upper()) == form or _MIXED.fullmatch(form) else form
            distinct = len(form) >= 4 and _DISTINCT.fullmatch(symbol) and symbol in self._approved
            if distinct or self._is_spoken_of(text, match.start(), match.end()):
                sure.add(form)
        return [
            self._mention(start, end, self._ids(form), 0.6, "symbol of a gene", short=True)
            for start, end, form in seen
            if form in sure
        ]

    def _drugs(self, text: str, taken: set[int]) -> list[Mention]:
        """Words with the ending of a kind of drug: "dinutuximab"."""
        if self._drug is None:
            return []
        found = []
        for match in self._drug.finditer(text):
            id = "stemkg:" + match.group().capitalize()
            if match.start() not in taken and self._vocabulary.term(id) is not None:
                found.append(self._mention(match.start(), match.end(), (id,), 0.5, "ending of a drug", short=False))
        return found

    def _is_spoken_of(self, text: str, start: int, end: int) -> bool:
        """Whether the words around a symbol are of genes and proteins."""
        before = re.split(r"[.;:]\s", text[max(0, start - _AROUND) : start])[-1]
        after = re.split(r"[.;:,]\s", text[end : end + _AROUND])[0]
        words = [*re.findall(r"\w+", before)[-3:], *re.findall(r"\w+", after)[:2]]
        return any(word.lower().removesuffix("s") in self._context or word.lower() in self._context for word in words)


def _numbered(vocabulary: Vocabulary) -> list[tuple[re.Pattern[str], str]]:
    """How what is named by a number is written, with the letters of its symbols: species, name, number and letter, the
    place of the gene, the arm. "hsa-miR-30c-1-3p"."""
    found = []
    for id, letters in vocabulary.annotations.get("numberedAs", ()):
        names = "|".join(re.escape(name) for name in sorted(vocabulary.terms[id].names, key=len, reverse=True))
        written = rf"\b(?:[a-z]{{3}}-)?(?i:{names})s?[- ]?(\d{{1,5}})([a-z]?)(?:-(\d)(?!p))?(?:-[35]p)?(?![\w/])"
        found.append((re.compile(written), letters))
    return found


def _is_part(part: Mention, whole: Mention) -> bool:
    """Whether a mention is but a part of another name: "leukemia" in that of a rare one.

    A sign or a place is meant as broadly as the ontology knows it: low-grade fever is fever.
    """
    shorter = whole.start <= part.start and part.end <= whole.end and part.end - part.start < whole.end - whole.start
    return shorter and not whole.kinds & _BROAD


def _by_parents(vocabulary: Vocabulary, wanted: frozenset[str]) -> tuple[set[str], set[str]]:
    """The cells of parents of rows that are of a wanted kind, and those of genes."""
    cells = {row[3] for row in vocabulary.further.rows()}
    kinds = {cell: frozenset(kind for id in cell.split("|") for kind in vocabulary.kinds(id)) for cell in cells}
    return {cell for cell in cells if kinds[cell] & wanted}, {cell for cell in cells if kinds[cell] == {"factor"}}


def _put(forms: dict[str, str], form: str, id: str) -> None:
    known = forms.get(form)
    forms[form] = id if known is None else f"{known} {id}"


def _closed(symbol: str) -> str:
    return symbol.replace("-", "").replace(" ", "")


def _folded(name: str) -> str:
    return name.lower().replace("-", " ").replace("/", " ") if name.isascii() else fold(name)
