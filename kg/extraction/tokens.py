"""Words: tokens with offsets, lemmas and parts of speech.

The tagger is TextBlob's (a Brill tagger with its lexicon inside the wheel), corrected where a rule of English grammar
knows better than a word's most frequent tag. Lemmas are simplemma's. Both know English, not medicine: nothing here
is a name or a cue word.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

# A word with its inner hyphens split off (each part is a token), a number with its decimals, or one mark.
_TOKEN = re.compile(
    r"[A-Za-z]++(?=[ ,.])|"  # most words, and faster than the next
    r"[^\W\d_]+(?:['’](?:s|t|re|ve|ll|d|m)\b)?|\d+(?:[.,]\d+)*|['’]s\b|\d|[^\w\s]|_"
)
_CONTRACTION = re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$", re.IGNORECASE)

BE = frozenset(["be", "is", "are", "was", "were", "been", "being", "am", "'re", "'m"])
HAVE = frozenset(["have", "has", "had", "having", "'ve"])
DO = frozenset(["do", "does", "did"])
MODAL = frozenset((
    "may", "might", "could", "can", "will", "would", "should", "must", "shall", "cannot", "'ll",
))  # fmt: skip
NOT = frozenset(["not", "never", "n't", "no"])
DETERMINERS = frozenset((
    "the", "a", "an", "this", "that", "these", "those", "its", "their", "his", "her", "our", "your", "my", "some",
    "any", "each", "every", "both", "all", "no", "another", "such", "many", "several", "various", "most", "few",
    "more", "other", "certain", "different", "multiple", "numerous",
))  # fmt: skip
PREPOSITIONS = frozenset((
    "of", "in", "on", "at", "by", "for", "from", "with", "without", "to", "into", "onto", "via", "through",
    "during", "after", "before", "against", "among", "between", "within", "under", "over", "upon", "per", "across",
    "towards", "toward", "following", "using", "despite", "beyond", "like", "including", "versus", "than", "as",
    "about", "around", "because", "compared", "besides", "throughout", "until", "since", "regarding", "concerning",
    "alongside", "beneath", "beside", "near", "behind",
))  # fmt: skip
RELATIVES = frozenset(["which", "who", "that", "whom", "whose", "where", "whereby"])
SUBORDINATORS = frozenset((
    "because", "while", "although", "though", "whereas", "if", "when", "whether", "since", "unless", "until",
    "after", "before", "as", "so", "once", "thereby", "thus",
))  # fmt: skip


_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
#: The numbers that are written as words.
NUMBER_WORDS = {word: value for value, word in enumerate(_NUMBERS)} | _TENS


@dataclass(slots=True, init=False)  # what a dataclass makes itself to begin with is not compiled, here and elsewhere
class Token:
    """A token. `start` and `end` are offsets in the article's text; `tag` is a Penn Treebank tag."""

    start: int
    end: int
    text: str
    lower: str
    lemma: str
    tag: str
    mention: int  # index of the mention that covers it, in the sentence's list

    def __init__(
        self, start: int, end: int, text: str, lower: str, lemma: str, tag: str = "", mention: int = -1
    ) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.lower = lower
        self.lemma = lemma
        self.tag = tag
        self.mention = mention


#: Forms of which simplemma gives no dictionary form.
_MENDED = {
    "bore": "bear", "broke": "break", "developed": "develop", "deposited": "deposit", "fell": "fall", "felt": "feel",
    "fixed": "fix", "fixing": "fix", "growing": "grow", "playing": "play", "rose": "rise", "thinking": "think",
    "remains": "remain", "comprises": "comprise", "comprised": "comprise", "comprising": "comprise", "acting": "act",
    "harvesting": "harvest",
}  # fmt: skip


#: British spelling on the left, American on the right; each holds anywhere in a word.
SPELLINGS = (
    ("haem", "hem"), ("aemi", "emi"), ("oedema", "edema"), ("leukaem", "leukem"), ("oesoph", "esoph"),
    ("oestr", "estr"), ("paed", "ped"), ("tumour", "tumor"), ("fibre", "fiber"), ("colour", "color"),
    ("foet", "fet"), ("diarrhoea", "diarrhea"), ("coeliac", "celiac"), ("caecum", "cecum"), ("aetiol", "etiol"),
    ("gynaec", "gynec"), ("faec", "fec"), ("isation", "ization"), ("ischaem", "ischem"), ("anaesth", "anesth"),
    ("orthopaed", "orthoped"), ("neurone", "neuron"), ("labour", "labor"), ("signalling", "signaling"),
    ("modelling", "modeling"), ("behaviour", "behavior"), ("favour", "favor"), ("pnoea", "pnea"), ("uraem", "urem"),
    ("aesthes", "esthes"), ("paenia", "penia"), ("leucocyt", "leukocyt"), ("sulph", "sulf"), ("caesar", "cesar"),
    ("labelled", "labeled"), ("opoetic", "opoietic"), ("opoetin", "opoietin"), ("fuelled", "fueled"),
    ("orrhoea", "orrhea"),
)  # fmt: skip


def american(word: str) -> str:
    """A lower-case word in American spelling.

    >>> american("glycaemic"), american("tumour"), american("randomised")
    ('glycemic', 'tumor', 'randomized')
    """
    for british, spelled in SPELLINGS:
        if british in word:
            word = word.replace(british, spelled)
    if word.endswith(("ise", "ised", "ises")) and len(word) > 7:
        at = word.rindex("is")
        word = word[:at] + "iz" + word[at + 2 :]
    return word


@lru_cache(maxsize=200_000)
def lemma(word: str) -> str:
    """The lemma of a lower-case word.

    >>> lemma("reduces"), lemma("shown"), lemma("analyses")
    ('reduce', 'show', 'analysis')
    """
    if word in BE or word in HAVE or word in DO:
        return "be" if word in BE else "have" if word in HAVE else "do"
    if word in _MENDED:
        return _MENDED[word]
    return american(_lemmatizer()(word, "en").lower()) if len(word) > 2 else word


@cache
def _lemmatizer() -> Callable[[str, str], str]:
    # Imported late, as the tagger is: both together take half a second, and most commands never read a text.
    from simplemma import lemmatize

    return lemmatize


@cache
def _tagger() -> Callable[[Sequence[str]], list[list[str]]]:
    from textblob.en import parser  # type: ignore[import-untyped]

    find: Callable[[Sequence[str]], list[list[str]]] = parser.find_tags
    return find


@lru_cache(maxsize=200_000)
def _forms(word: str) -> tuple[str, str]:
    """A word in lower case, and its lemma."""
    lower = word.lower().replace("’", "'")
    return lower, "not" if lower == "n't" else lemma(lower)


@lru_cache(maxsize=200_000)
def _tag_of(word: str, text: str, opens: bool) -> str:
    """The tag of a word that is read as `word` and stands as `text`, and may open a sentence. To the tagger nothing
    else around it matters."""
    lower = _forms(text)[0]
    if lower == "n't":
        return "RB"
    tag = _tagger()([word] if opens else [".", word])[-1][1]
    if lower in BE or lower in HAVE or lower in DO:
        if lower == "being" or lower == "having":
            return "VBG"
        return tag if tag.startswith("V") else "VBP"
    if lower in MODAL:
        return "MD"
    if lower in ("and", "or", "but", "nor"):
        return "CC"
    if lower == "to":
        return "TO"
    if lower[0].isdigit():
        return "CD"
    if lower == "'s":
        return "POS"
    if not opens and tag.startswith("NNP") and text.islower():
        return "NN"
    return tag


def spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The offsets of the tokens of `text[start:end]`. Contractions are split: "don't" is "do" and "n't"."""
    found = [match.span() for match in _TOKEN.finditer(text, start, end)]
    if text.find("'", start, end) < 0 and text.find("’", start, end) < 0:
        return found
    split = []
    for first, last in found:
        word = text[first:last]
        tail = _CONTRACTION.search(word) if last - first > 2 and ("'" in word or "’" in word) else None
        if tail is not None and tail.start() > 0:
            split.append((first, first + tail.start()))
            split.append((first + tail.start(), last))
        else:
            split.append((first, last))
    return split


def tokenize(text: str, start: int, end: int) -> list[Token]:
    """The tokens of `text[start:end]`, without tags.

    >>> [t.lemma for t in tokenize("Cells don't die.", 0, 16)]
    ['cell', 'do', 'not', 'die', '.']
    """
    tokens = []
    for first, last in spans(text, start, end):
        word = text[first:last]
        lower, root = _forms(word)
        tokens.append(Token(first, last, word, lower, root))
    return tokens


def tag(tokens: list[Token]) -> None:
    """Give the tokens of a sentence their tags.

    >>> tokens = tokenize("Cells don't die.", 0, 16)
    >>> tag(tokens)
    >>> [(t.lemma, t.tag) for t in tokens]
    [('cell', 'NNS'), ('do', 'VBP'), ('not', 'RB'), ('die', 'VB'), ('.', '.')]
    """
    headline = False
    if sum([t.text != t.lower for t in tokens]) > 2:
        long = [t.text for t in tokens if len(t.text) > 3 and t.text.isalpha()]
        headline = len(long) > 2 and sum([w[0].isupper() for w in long]) > 0.7 * len(long)
    for i, token in enumerate(tokens):
        text = token.text
        # In a headline in title case the capitals say nothing of names.
        word = text.lower() if headline and text[1:].islower() else text
        token.tag = _tag_of(word, text, i == 0)
