"""Lemmas: the dictionary form of a word, in American spelling."""

from collections.abc import Callable
from functools import cache, lru_cache

#: Forms of which simplemma gives no dictionary form.
_MENDED = {
    "bore": "bear", "broke": "break", "developed": "develop", "deposited": "deposit", "fell": "fall", "felt": "feel",
    "fixed": "fix", "fixing": "fix", "growing": "grow", "playing": "play", "rose": "rise", "thinking": "think",
    "remains": "remain", "comprises": "comprise", "comprised": "comprise", "comprising": "comprise", "acting": "act",
    "harvesting": "harvest", "guarded": "guard", "advertising": "advertise",
    "were": "be", "is": "be", "are": "be", "was": "be", "been": "be", "being": "be", "am": "be",
    "'re": "be", "'m": "be", "has": "have", "had": "have", "having": "have", "'ve": "have", "does": "do", "did": "do",
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
    if word in _MENDED:
        return _MENDED[word]
    return american(_lemmatizer()(word, "en").lower()) if len(word) > 2 else word


@cache
def _lemmatizer() -> Callable[[str, str], str]:
    # Imported late: it takes a while, and most commands never read a text.
    from simplemma import lemmatize

    return lemmatize
