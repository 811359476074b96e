"""The structure of a sentence: noun phrases, verb groups, and who does what to whom.

A shallow parser: one pass from left to right, linear in the sentence, that knows coordination, relative and reduced
relative clauses, passives, infinitives, gerunds and complement clauses. It knows English grammar only.
"""

from dataclasses import dataclass
from itertools import pairwise

from kg.extraction.tokens import (
    BE,
    DETERMINERS,
    DO,
    HAVE,
    NOT,
    PREPOSITIONS,
    RELATIVES,
    SUBORDINATORS,
    Token,
)

_NOMINAL = ("NN", "JJ", "CD", "DT", "PRP$", "PDT", "POS", "SYM", "FW", "WP$", "EX")
_COPULAS = frozenset(["be", "become", "remain", "seem", "appear", "prove", "look", "stay"])
# Verbs to the tagger that are adjectives before a noun: "mild to moderate disease".
_ADJECTIVAL = frozenset(["moderate", "complete", "separate", "live"])
# "doctors use X to treat Y": X is what treats.
_EMPLOYING = frozenset((
    "use", "employ", "utilize", "give", "administer", "apply", "inject", "infuse", "transplant", "combine", "prescribe",
    "order",
))  # fmt: skip
# Verbs that may stand before their subject: "from these cells arise neurons".
_INVERTING = frozenset(["arise", "come", "emerge", "stem", "spring", "descend", "originate", "develop", "grow"])
_SUBJECTS = frozenset(["they", "it", "we", "he", "she", "you", "i"])
_ASPECTUAL = frozenset((
    "start", "stop", "begin", "keep", "avoid", "involve", "include", "consider", "continue", "quit", "risk",
    "recommend", "suggest",
))  # fmt: skip
# After these a noun phrase is the subject of the bare or "to" infinitive that follows.
_CAUSATIVES = frozenset((
    "allow", "enable", "help", "cause", "lead", "induce", "stimulate", "prompt", "encourage", "let", "make", "coax",
    "direct", "guide", "force", "trigger", "turn",
))  # fmt: skip


#: Past forms that are never participles.
_PAST_ONLY = frozenset((
    "became", "gave", "took", "went", "grew", "came", "began", "saw", "fell", "rose", "drove", "broke", "knew",
    "threw", "wore", "chose", "froze",
))  # fmt: skip
_NOUN_ENDINGS = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "sis", "ism", "er", "or", "ing", "age", "ure")
#: Participles that are never past forms.
_PARTICIPLE_ONLY = frozenset((
    "drawn", "taken", "given", "grown", "shown", "known", "seen", "written", "chosen", "driven", "broken", "frozen",
    "worn", "torn", "fallen", "risen", "arisen", "begun", "swollen", "hidden", "eaten", "beaten", "forgotten",
))  # fmt: skip
#: Verbs whose participle is the form that they have in the present, too.
_SAME_FORM = frozenset(["shed", "cut", "put", "set", "spread"])
#: Adverbs that go with a verb: "brought down".
_PARTICLES = ("down", "up", "off", "out", "back", "away")
#: What stands between "as" and "as" in conjunctions.
_AS = ("well", "long", "soon", "far")
_TEMPORAL = ("before", "after", "since", "until")


@dataclass(slots=True, eq=False, init=False)
class Phrase:
    """A noun phrase: tokens `first:last`, the preposition before it ("" for none), and its verb's place."""

    first: int
    last: int
    prep: str
    bracket: bool  # stands within brackets
    conjoined: bool  # joined by a comma or conjunction to the phrase before it
    aside: (
        bool  # put into a list, of which it is no member: "fever and, in rare cases, rash", "factors, among them HGF"
    )

    def __init__(self, first: int, last: int, *, bracket: bool = False) -> None:
        self.first = first
        self.last = last
        self.prep = ""
        self.bracket = bracket
        self.conjoined = False
        self.aside = False


@dataclass(slots=True, eq=False, init=False)
class Verb:
    """A verb group: tokens `first:last`, main word at `main` (a verb, or the adjective after a copula)."""

    first: int
    last: int
    main: int
    lemma: str
    form: str  # finite, base, infinitive, gerund or participle
    passive: bool
    negated: bool
    modal: str
    copula: bool
    subject: list[Phrase]
    objects: list[Phrase]
    governor: "Verb | None"
    relative: bool
    prep: str  # the preposition before a gerund
    end: int  # where its region of objects ends

    def __init__(
        self, first: int, last: int, main: int, lemma: str, form: str, *, passive: bool, negated: bool, modal: str
    ) -> None:
        self.first = first
        self.last = last
        self.main = main
        self.lemma = lemma
        self.form = form
        self.passive = passive
        self.negated = negated
        self.modal = modal
        self.copula = False
        self.subject = []
        self.objects = []
        self.governor = None
        self.relative = False
        self.prep = ""
        self.end = 0


@dataclass(slots=True)
class Parse:
    """The phrases and verbs of a sentence, in reading order; `clauses[i]` numbers the clause of token i."""

    phrases: list[Phrase]
    verbs: list[Verb]
    clauses: list[int]


@dataclass(slots=True, init=False)
class _Chunk:
    kind: str  # NP VG IN CC , REL SUB STOP ( )
    first: int
    last: int
    phrase: Phrase | None
    verb: Verb | None

    def __init__(
        self, kind: str, first: int, last: int, phrase: Phrase | None = None, verb: Verb | None = None
    ) -> None:
        self.kind = kind
        self.first = first
        self.last = last
        self.phrase = phrase
        self.verb = verb


def retag(tokens: list[Token], verbal: frozenset[str], nominal: frozenset[str]) -> None:
    """Mend the tags: words that can be noun or verb, participles that are adjectives.

    `verbal` are the lemmas that the cue words use as verbs, `nominal` those they use as nouns.
    """
    n = len(tokens)
    for i, t in enumerate(tokens):
        if t.mention >= 0:
            if not t.tag.startswith("NN"):
                t.tag = "NN"
            continue
        if t.text in "-‐‑–/" and 0 < i < n - 1 and tokens[i - 1].end == t.start and t.end == tokens[i + 1].start:
            t.tag = "HYPH"
            continue
        lower = t.lower
        if lower in _PARTICIPLE_ONLY and t.tag == "VBD":
            t.tag = "VBN"
        if lower in _SAME_FORM and i and i + 1 < n and tokens[i + 1].lower == "by" and (
                tokens[i - 1].mention >= 0 or tokens[i - 1].tag[:2] in ("NN", ",")):  # fmt: skip
            t.tag = "VBN"  # "exosomes shed by stem cells"
        if i == 0 and t.tag == "JJ" and lower.endswith("ed") and n > 1 and tokens[1].lower in PREPOSITIONS:
            t.tag = "VBN"  # "Isolated from fat, …"
        if lower == "yet" and i and tokens[i - 1].text == ",":
            t.tag = "CC"
        if lower.endswith("fold") and t.tag == "JJ" and (i + 1 == n or tokens[i + 1].tag[:2] not in ("NN", "JJ")):
            t.tag = "RB"  # "rose threefold"
        if lower in PREPOSITIONS and lower not in _AS_PREPOSITION and t.tag not in ("IN", "TO") and not (
                lower == "like" and t.tag[0] == "V"):  # fmt: skip
            t.tag = "IN"
        if lower in _AS_PREPOSITION or lower in ("considering", "versus", "despite"):
            if lower == "following" and i and tokens[i - 1].tag == "DT":
                t.tag = "JJ"
            elif lower not in ("using", "compared"):
                t.tag = "IN"
        elif t.tag in ("VBD", "VBN", "JJ") and i:
            _retag_past(tokens, i)
        if lower == "longer" and i and tokens[i - 1].lower == "no":
            tokens[i - 1].tag = t.tag = "RB"
    for i, t in enumerate(tokens):
        if (
            t.lower in _ADJECTIVAL
            and t.mention < 0
            and i + 1 < n
            and (tokens[i + 1].mention >= 0 or tokens[i + 1].tag[:2] in ("NN", "JJ", "TO"))
        ):
            t.tag = "JJ"
        if (
            (i == 0 or tokens[i - 1].text in ",;" or tokens[i - 1].lower in SUBORDINATORS)
            and t.tag == "VBG"
            and i + 1 < n
            and t.lemma not in verbal
            and (tokens[i + 1].mention >= 0 or (i == 0 and tokens[1].tag.startswith("NN")))
        ):
            t.tag = "JJ"
        if t.lower in ("more", "less") and 0 < i < n - 2 and tokens[i + 1].tag == "JJ":
            k = i - 1
            while k and tokens[k].tag == "RB":
                k -= 1
            if tokens[k].lower in BE and tokens[i + 2].mention < 0 and tokens[i + 2].tag[:2] not in ("NN", "JJ", "CC"):
                # "were more frequent after transplantation"
                t.tag = "RBR"
                continue
        if t.tag == "JJ" and i and i + 1 < n and tokens[i - 1].lower in HAVE and tokens[i + 1].lower == "been":
            # "has long been the standard"
            t.tag = "RB"
            continue
        if t.lower in ("first", "since") and i and i + 1 < n and tokens[i - 1].lower in BE | HAVE and (
                tokens[i + 1].tag == "VBN" or tokens[i + 1].lower == "been"):  # fmt: skip
            # "were first isolated", "have since been found"
            t.tag = "RB"
            continue
        if t.text == "I" and i and tokens[i - 1].tag[:2] == "NN":
            # "phase I", "type I"
            t.tag = "CD"
            continue
        if t.tag == "RB" and i and t.lower != t.lemma and t.lower.endswith("er") and tokens[i - 1].lower in BE:
            t.tag = "JJR"
        if t.mention >= 0 or t.tag in ("HYPH", "MD", "IN", "TO", "CC", "DT"):
            continue
        before = _before(tokens, i)
        prev = tokens[before] if before >= 0 else None
        after = tokens[i + 1] if i + 1 < n else None
        if (
            t.tag == "NN"
            and t.lower == t.lemma
            and i
            and tokens[i - 1].tag == "RB"
            and tokens[i - 1].lower.endswith("ly")
            and after is not None
            and after.tag == "IN"
            and not any(u.tag in _FINITE for u in tokens)
        ):
            t.tag = "VBP"  # "treatments mainly focus on …"
            continue
        if t.tag == "VB" and prev is not None and _first_verb(tokens, i) and (
                prev.mention >= 0 or prev.tag in ("NNS", "NN", "PRP")):  # fmt: skip
            # "these cells cut the release of IL-6": a bare form without an auxiliary is finite.
            t.tag = "VBP"
        pronoun = prev is not None and prev.tag == "PRP" and prev.lower in _SUBJECTS
        if pronoun and t.tag == "VBN":
            t.tag = "VBD"
            continue
        if (
            pronoun
            and t.tag == "NN"
            and t.lower == t.lemma
            and after is not None
            and (after.tag in ("IN", "DT", "TO", "RB", "PRP$") or (t.lemma in verbal and after.text in ",."))
        ):
            # "they act like drugs", "what they release,"
            t.tag = "VBP"
            continue
        if t.lower in ("more", "less") and after is not None and after.tag == "RB" and after.lower.endswith("ly"):
            t.tag = "RBR"  # "less commonly"
            continue
        if t.lower == "own" and prev is not None and prev.tag == "PRP$" and after is not None and after.tag[:2] == "VB":
            t.tag = "NN"
            continue
        if t.tag == "VBD" and after is not None and after.lower == "from" and _later_verb(tokens, i, verbal, nominal):
            # "cells obtained from fat secrete X"
            t.tag = "VBN"
        if (
            t.tag == "VBZ"
            and t.lemma not in verbal
            and prev is not None
            and prev.tag in ("JJ", "NN")
            and before
            and tokens[before - 1].tag == "IN"
            and t.lower != t.lemma + "s"
        ):
            # "by paracrine means"
            t.tag = "NNS"
            continue
        hyphened = (i > 0 and tokens[i - 1].tag == "HYPH") or (after is not None and after.tag == "HYPH")
        if hyphened and (t.tag.startswith("V") or t.tag in ("RB", "IN")):
            t.tag = "JJ"
            continue
        if (
            t.tag in ("NN", "NNS")
            and prev is not None
            and prev.lower in ("that", "which", "who")
            and before == i - 1
            and after is not None
            and (after.mention >= 0 or after.tag[:2] in ("DT", "JJ", "NN") or after.tag == "PRP$")
            and (t.lower.endswith("s") or t.lemma in verbal)
        ):
            t.tag = "VBZ" if t.lower.endswith("s") else "VBP"
            continue
        if (
            t.tag == "NN"
            and t.lemma in verbal
            and t.lemma not in nominal
            and prev is not None
            and t.lower == t.lemma
            and prev.lower in ("both", "all", "these", "those", "some", "many", "most")
            and after is not None
            and (after.mention >= 0 or after.tag[:2] in ("DT", "NN", "JJ"))
        ):
            t.tag = "VBP"
            continue
        if (
            t.tag in ("VB", "VBP")
            and t.lemma not in verbal
            and prev is not None
            and before == i - 1
            and after is not None
            and (after.mention >= 0 or after.tag[:2] == "NN")
            and (
                (prev.mention >= 0 and prev.lower == prev.lemma)
                or prev.tag == "TO"
                or (prev.tag == "NN" and i > 1 and tokens[i - 2].tag == "HYPH")
            )
        ):
            # "time to disease progression", "dextran sulfate sodium"
            t.tag = "NN"
            continue
        if t.lemma in verbal and t.tag[:2] in ("NN", "JJ", "IN") and t.lemma not in ("be", "have", "do"):
            if prev is None:
                continue
            is_s = t.lower.endswith("s") and t.lower != t.lemma
            bare = t.lower == t.lemma or t.lower in verbal  # "lower", whose lemma is "low"
            goes_on = after is not None and (
                after.mention >= 0
                or after.tag[:2] in ("NN", "JJ", "DT", "CD", "RB", "TO")
                or after.tag in ("PRP", "PRP$", "VBN", "VBG")
                or after.lower in ("in", "from", "into", "to", "as", "by", "through", "on", "with", "out", "off", "up")
            )
            if (
                prev.tag in ("TO", "MD")
                and (prev.tag == "MD" or bare)
                and (before == i - 1 or prev.tag == "MD" or prev.lower == "to")
            ) or (prev.lower in DO and bare and before < i - 1):
                t.tag = "VB"
            elif prev.lower in ("that", "which", "who", "they", "it", "we", "also") and (is_s or bare) and goes_on:
                t.tag = "VBZ" if is_s else "VBP"
            elif prev.lemma in ("help", "let") and prev.tag.startswith("V") and bare:
                t.tag = "VB"
            elif (
                bare
                and prev.lower.endswith("s")
                and (prev.tag == "NNS" or prev.mention >= 0)
                and not goes_on
                and any(x.lower in ("that", "which") for x in tokens[max(0, i - 5) : i])
            ):
                t.tag = "VBP"
            elif goes_on and after is not None and after.lower != "of" and (prev.mention >= 0 or prev.tag[:2] == "NN"):
                # "arthritis", "sclerosis" and "diabetes" end like plurals.
                plural = prev.lower.endswith("s") and not prev.lower.endswith(("ss", "is", "us", "betes"))
                if bare and not plural and t.lemma not in nominal and not any(x.tag in _FINITE for x in tokens[:i]):
                    # "cells obtained from jelly secrete X": the plural stands further ahead.
                    plural = any(x.tag == "NNS" or (x.mention >= 0 and x.lower.endswith("s")) for x in tokens[:before])
                if plural and is_s and _single_head(tokens, before):
                    plural = False
                if bare and not plural and prev.mention >= 0 and not any(x.tag in _FINITE for x in tokens[:i]):
                    # "ranibizumab and aflibercept slow the disease"
                    joined = next(k for k in range(before, -2, -1) if k < 0 or tokens[k].mention != prev.mention)
                    plural = joined > 0 and tokens[joined].tag == "CC" and tokens[joined - 1].mention >= 0
                heads_object = (after.tag == "DT" and after.lower not in ("no", "all")) or after.tag == "PRP$"
                if (bare and (plural or heads_object)) or (is_s and not plural):
                    t.tag = "VBZ" if is_s else "VBP"
            elif (
                goes_on
                and prev.tag == ","
                and is_s
                and (not any(x.tag in _FINITE for x in tokens[:i]) or _closes(tokens, before + 1))
            ):
                t.tag = "VBZ"
            elif prev.tag == "CC" and is_s and after is not None and (
                    after.tag in ("DT", "PRP$") or after.mention >= 0):  # fmt: skip
                # "damages X and strips the Y"
                at = _verb_before(tokens, i)
                passive = at > 0 and tokens[at].tag == "VBN" and tokens[at - 1].lower in ("is", "has")
                if at >= 0 and (tokens[at].tag == "VBZ" or passive):
                    t.tag = "VBZ"  # "is caused by X and damages Y"
            elif goes_on and prev.tag in ("CC", ",") and bare:
                # "reduce X and support Y": the last verb before has the same bare form.
                at = _verb_before(tokens, i)
                last = tokens[at] if at >= 0 else None
                if last is not None and last.tag in ("VB", "VBP", "MD") and after is not None and after.lower != "of":
                    t.tag = "VB"
                elif at > 0 and t.tag == "NN" and t.lemma not in nominal and tokens[at - 1].lower in BE and (
                        after is not None and (after.mention >= 0 or after.tag == "DT")):  # fmt: skip
                    t.tag = "VBP"  # "can be isolated from fat and secrete exosomes"
        elif (
            t.tag == "VBD"
            and after is not None
            and after.lower in PREPOSITIONS
            and (_reduced(tokens, i) or (prev is not None and prev.mention >= 0 and _within_clause(tokens, i)))
        ):
            t.tag = "VBN"
        elif t.lower in _PAST_ONLY or (
            t.tag == "VBN"
            and t.lower not in _PARTICIPLE_ONLY
            and prev is not None
            and (
                prev.mention >= 0
                or prev.tag[:2] == "NN"
                or (
                    (prev.tag == "CD" or prev.lower in ("others", "none", "some"))
                    and (after is None or after.tag in ("DT", "PRP", "PRP$", "IN", "RB", ".", ","))
                )
            )
            and _past(tokens, i)
            and not (after is not None and after.lower == "from" and _later_verb(tokens, i, verbal, nominal))
        ):
            t.tag = "VBD"
        elif t.tag in ("VBN", "VBD") and after is not None:
            aux = prev is not None and (prev.lower in BE or prev.lower in HAVE or prev.lower in ("being", "get", "got"))
            if (
                prev is not None
                and prev.lower in ("that", "which", "who")
                and before
                and tokens[before - 1].tag != "IN"
            ):
                # "rats that received cells"
                t.tag = "VBD"
                continue
            beyond = tokens[i + 2] if i + 2 < n and after.lower in _PARTICLES else after
            noun_after = beyond.mention >= 0 or beyond.tag[:2] in ("NN", "JJ") or beyond.tag in ("CD", "VBG")
            if beyond is not after and prev is not None and prev.tag == "," and _goes_on(tokens, i):
                t.tag = "VBD"  # "preserved X, brought down Y and …"
                after.tag = "RP"
                continue
            if not aux and after.tag in ("DT", "PRP$") and prev is not None and prev.tag == "," and _closes(tokens, i):
                t.tag = "VBD"  # "X, taken to spare the graft, caused a tremor"
            elif not aux and noun_after:
                if (
                    prev is None
                    or prev.tag
                    in (
                        "DT",
                        "PRP$",
                        "IN",
                        "TO",
                        "JJ",
                        "JJR",
                        "JJS",
                        "RBS",
                        "CD",
                        "POS",
                        "VBG",
                        "VB",
                        "VBZ",
                        "VBP",
                    )
                    or (prev.tag in ("VBN", "VBD") and prev.lower not in BE and prev.lower not in HAVE)
                ):
                    t.tag = "JJ"
                elif prev.tag == "," and t.lemma in verbal and (_closes(tokens, i) or _goes_on(tokens, i)):
                    t.tag = "VBD"
                elif prev.tag in ("CC", ","):
                    last = next(
                        (
                            x
                            for x in reversed(tokens[:before])
                            if x.tag[:2] in ("VB", "NN", "JJ", "MD") or x.mention >= 0
                        ),
                        None,
                    )
                    finite = any(x.tag in ("VBD",) for x in tokens[:before])
                    if not finite or (last is not None and last.tag == "JJ"):
                        t.tag = "JJ"
        elif t.tag == "VBG" and prev is not None and after is not None:
            noun_after = after.mention >= 0 or after.tag[:2] == "NN"
            plain = (
                t.lemma not in verbal
                or prev.tag == "DT"
                or (prev.tag == "JJ" and i > 1 and tokens[i - 2].tag in ("IN", "DT", "CC"))
            )
            if (noun_after and prev.tag in ("DT", "PRP$", "JJ", "POS") and plain) or (
                noun_after
                and prev.tag in ("VBD", "VBZ", "VBN")
                and before == i - 1
                and (prev.lemma not in _ASPECTUAL and prev.lower not in BE)
            ):
                t.tag = "JJ"
            elif (
                before == i - 1
                and prev.tag in ("VBD", "VBZ", "VBP", "VB", "VBN")
                and prev.lower not in BE
                and prev.lemma not in _ASPECTUAL
                and (after.tag in ("CC", ".", ",") or after.lower in ("in", "after"))
            ):
                # "improved walking"
                t.tag = "NN"
            elif (prev.tag in ("DT", "PRP$") and not noun_after) or (prev.tag == "JJ" and after.lower == "of"):
                t.tag = "NN"
        elif t.tag in ("VB", "VBP", "VBZ") and prev is not None and t.lemma in nominal:
            if prev.tag in ("DT", "PRP$", "JJ", "JJR", "JJS", "POS") and (
                after is None or after.tag[:2] not in ("DT",)
            ):
                t.tag = "NNS" if t.lower.endswith("s") else "NN"
    if not any(t.tag in _FINITE and t.mention < 0 for t in tokens):
        _find_verb(tokens, verbal)


def _find_verb(tokens: list[Token], verbal: frozenset[str]) -> None:
    """Tag the word that must be the verb of a sentence in which the tagger saw none: "exosomes dose-dependently
    decreased collagen", "MSCs secrete, among others, IL-10"."""
    for i in range(1, len(tokens) - 1):
        t, after = tokens[i], tokens[i + 1]
        if t.mention >= 0 or t.lemma not in verbal or t.tag[:2] not in ("NN", "JJ", "VB"):
            continue
        if "HYPH" in (tokens[i - 1].tag, after.tag):
            continue  # "co-infused cells"
        k = i - 1
        while k > 0 and (tokens[k].lower.endswith("ly") or tokens[k].tag in ("HYPH", "RB")):
            k -= 1 + (tokens[k - 1].tag == "HYPH")  # "dose-dependently" with what stands before its hyphen
        noun = tokens[k]
        if noun.mention < 0 and noun.tag[:2] != "NN":
            continue
        plural = noun.lower.endswith("s") and noun.lower != "s"
        joined = noun.mention >= 0 and any(u.tag == "CC" for u in tokens[max(0, k - 4) : k])
        points = after.tag in ("DT", "PRP$", "PRP") or after.lower == "that"
        takes = points or after.mention >= 0 or after.tag == "CD" or after.tag[:2] in ("NN", "JJ")
        if t.lower.endswith("ed"):
            form = "VBD" if takes and (plural or joined or points or k < i - 1) else ""
        elif t.tag == "NN" and t.lower == t.lemma:
            form = "VBP" if plural and (takes or after.text == ",") else ""
        else:
            form = "VBZ" if t.tag == "NNS" and points and (not plural or _single_head(tokens, k)) else ""
        if form:
            t.tag = form
            return
    for i in range(1, len(tokens) - 1):
        t, noun = tokens[i], tokens[i - 1]
        plural = (noun.mention >= 0 or noun.tag == "NNS") and noun.lower.endswith("s")
        bare = t.tag == "NN" and t.lower == t.lemma and t.mention < 0 and not t.lower.endswith(_NOUN_ENDINGS)
        if plural and bare and tokens[i + 1].tag in ("TO", "IN") and tokens[-1].text == ".":
            t.tag = "VBP"  # "most of the cells travel to the lungs."
            return


_FINITE = ("VBD", "VBZ", "VBP", "MD")
#: Participles that are mostly prepositions.
_AS_PREPOSITION = ("following", "using", "including", "compared", "regarding", "concerning")


#: Prepositions of how something is done.
_BY = ("by", "into", "via", "through", "using", "onto")


def _verb_before(tokens: list[Token], i: int) -> int:
    """Where the last verb or modal before token i stands, or -1."""
    return next((k for k in range(i - 1, -1, -1) if tokens[k].tag[0] == "V" or tokens[k].tag == "MD"), -1)


def _listed(tokens: list[Token], i: int) -> bool:
    """Whether the verb before token i is a passive, or a participle in a list that began with one."""
    verb = next((k for k in range(i - 1, -1, -1) if tokens[k].mention < 0 and tokens[k].tag[:2] == "VB"), -1)
    return verb > 0 and tokens[verb].tag in ("VBN", "VBD") and (
        tokens[verb - 1].lower in BE or (tokens[verb - 1].text == "," and _listed(tokens, verb)))  # fmt: skip


def _retag_past(tokens: list[Token], i: int) -> None:
    """Mend a form in -ed or the like that is tagged without regard to what stands around it."""
    t, prev, n = tokens[i], tokens[i - 1], len(tokens)
    noun_before = prev.mention >= 0 or prev.tag[:2] == "NN"
    if prev.lower in ("neither", "nor") and t.lower.endswith("ed") and i + 1 < n and (
            tokens[i + 1].mention >= 0 or tokens[i + 1].tag[:2] in ("NN", "DT")):  # fmt: skip
        t.tag = "VBD"  # "neither shifted X nor lessened Y"
        if prev.lower == "neither":
            prev.tag = "RB"
    elif t.lower == "left" and i + 1 < n and tokens[i + 1].tag in ("JJ", "NN", "NNS"):
        t.tag = "JJ"  # "left ventricular function"
    elif t.tag == "VBD" and noun_before and t.lower in ("called", "named", "termed", "dubbed"):
        t.tag = "VBN"  # "a chemical called dopamine"
    elif t.tag == "VBD" and prev.tag == "CC" and i + 1 < n and tokens[i + 1].lower in _BY and _listed(tokens, i - 1):
        t.tag = "VBN"  # "cells are collected, multiplied and returned by infusion"
    elif (
        t.tag == "VBD"
        and prev.tag[:2] == "NN"
        and i + 2 < n
        and "by" in (tokens[i + 1].lower, tokens[i + 2].lower)
        and any(u.tag in _FINITE for u in tokens[:i])
    ):
        t.tag = "VBN"  # "babies picked up by screening"


def _goes_on(tokens: list[Token], i: int) -> bool:
    """Whether a past form after a comma goes on with the verb before it: "restored myelin, secreted BDNF and …"."""
    k = i - 2
    while k >= 0 and not tokens[k].tag.startswith("V") and tokens[k].tag != "MD":
        if tokens[k].tag == "JJ" and tokens[k].lower.endswith("ed"):
            # "had reduced pain, improved function"
            return False
        k -= 1
    return k >= 0 and tokens[k].tag == "VBD" and tokens[k].lower not in BE and tokens[k].lower not in HAVE


def _closes(tokens: list[Token], i: int) -> bool:
    """Whether a form after a comma is the main verb: "MSCs, which are safe, improved X", "X, a drug, healed Y", "X,
    given by mouth, eased Z", "D, in which cells die, harms Y"."""
    k = i - 2
    while k > 0:
        if tokens[k].text == "," and k + 2 < i:
            first = tokens[k + 1]
            aside = first.lower in RELATIVES or (first.tag == "IN" and tokens[k + 2].lower in RELATIVES)
            aside = aside or first.tag in ("VBN", "VBG")
            if aside and not any(t.tag in _FINITE for t in tokens[:k]):
                return True
            if first.lower in DETERMINERS and not any(t.tag in _FINITE for t in tokens[:i] + tokens[i + 1 :]):
                return True
        k -= 1
    return False


def _reduced(tokens: list[Token], i: int) -> bool:
    """Whether a form in -ed is a participle: "a type of cell found in fat", "cells, found in fat and skin, are"."""
    if i == 0:
        return True
    k = i - 1
    if tokens[k].text == ",":
        for j in range(i + 1, len(tokens) - 1):
            if tokens[j].text == "," and tokens[j + 1].tag in ("VBZ", "VBP", "VBD", "MD", "WDT"):
                return True
            if tokens[j].tag[:2] == "VB" or tokens[j].tag == "MD":
                return False
        return False
    while k >= 0 and tokens[k].tag[:2] in ("NN", "JJ", "DT", "IN", "HY", "CD") and tokens[k].lower not in SUBORDINATORS:
        k -= 1
    if k >= 0 and tokens[k].lower in BE and k < i - 1:
        return True
    if k >= 0:
        return False
    for j in range(i + 1, len(tokens)):  # "stem cells found in fat can become neurons"
        t = tokens[j]
        if t.tag in ("CC", "WDT", "WP", "WRB") or t.text in ";:" or t.lower == "that":
            return False
        if t.tag in ("VBZ", "VBP", "VBD", "MD"):
            return t.tag != "VBD" or tokens[j - 1].text != ","
    return False


def _first_verb(tokens: list[Token], i: int) -> bool:
    """Whether no verb stands before token i in its clause."""
    for t in reversed(tokens[:i]):
        if t.text in ";:" or t.lower in RELATIVES:
            return True
        if t.mention < 0 and (t.tag[0] == "V" or t.tag in ("MD", "TO")):
            return False
    return True


def _before(tokens: list[Token], i: int) -> int:
    """The token before i that matters: over adverbs and over a bracket."""
    k = i - 1
    while k >= 0:
        if tokens[k].tag.startswith("RB") and tokens[k].mention < 0:
            k -= 1
        elif tokens[k].text == "." and tokens[k - 1].tag.startswith("NN"):
            # "Smith et al. tested"
            k -= 1
        elif tokens[k].text in ")]":
            while k >= 0 and tokens[k].text not in "([":
                k -= 1
            k -= 1
        else:
            break
    return k


def _later_verb(tokens: list[Token], i: int, verbal: frozenset[str], nominal: frozenset[str]) -> bool:
    """Whether the clause of token i has another word after it that is its finite verb."""
    for k in range(i + 1, len(tokens)):
        t = tokens[k]
        if t.lower in RELATIVES or t.lower in SUBORDINATORS or t.text in ",;:" or t.tag == "CC":
            return False
        bare = t.tag == "VB" and tokens[k - 1].tag != "TO"
        if t.mention < 0 and (
            bare or t.tag in _FINITE or (t.tag == "NN" and t.lower == t.lemma and t.lemma in verbal - nominal)
        ):
            return True
    return False


def _single_head(tokens: list[Token], at: int) -> bool:
    """Whether the noun that ends at a token only qualifies a singular one: "secretome of stem cells"."""
    k = at
    while k >= 0 and (tokens[k].mention >= 0 or tokens[k].tag[:2] in ("NN", "JJ", "HY")):
        k -= 1
    return k > 0 and tokens[k].lower in ("of", "from") and tokens[k - 1].tag[:2] == "NN" and (
        tokens[k - 1].tag != "NNS" and not tokens[k - 1].lower.endswith("s"))  # fmt: skip


def _within_clause(tokens: list[Token], i: int) -> bool:
    """Whether the noun before token i stands in a prepositional phrase after the finite verb of the same clause."""
    k = i - 1
    while k >= 0 and (tokens[k].mention >= 0 or tokens[k].tag[:2] in ("NN", "JJ", "DT", "CD", "HY", "PR")):
        k -= 1
    if k < 0 or tokens[k].tag != "IN" or tokens[k].lower in RELATIVES or tokens[k].lower in SUBORDINATORS:
        return False
    while k >= 0:
        t = tokens[k]
        if t.tag == "CC" or t.text in ",;:()" or t.lower in RELATIVES or (t.lower in SUBORDINATORS and t.lower != "as"):
            return False
        if t.tag in _FINITE and t.mention < 0:
            return True
        k -= 1
    return False


def _past(tokens: list[Token], i: int) -> bool:
    """Whether a participle after a noun, without an auxiliary, is a finite past: "IL-1β increased the expression"."""
    n = len(tokens)
    if i + 1 >= n:
        return True
    after = tokens[i + 1]
    k = i + 1
    while k < n and tokens[k].tag.startswith("RB"):
        k += 1
    if k < n:
        after = tokens[k]
    if _within_clause(tokens, i):
        # "treated with injections of drugs called X"
        return False
    if after.mention >= 0 or after.tag in ("DT", "PRP$", "CD", "PRP") or after.tag[:2] in ("NN", "JJ"):
        return True
    if after.lower in ("by", "using"):
        return False
    # "cells derived from fat or marrow reduced X": a later finite verb of the clause makes this one a participle.
    origin = after.lower in ("from", "with", "into", "as", "via", "through")
    for t in tokens[i + 1 :]:
        if (t.tag == "CC" and not origin) or t.text in ",;:" or t.lower in RELATIVES or t.lower in SUBORDINATORS:
            break
        if t.tag in _FINITE or t.lower in BE:
            return False
    # A second participle before a noun phrase will turn out to be the finite verb.
    for k in range(i + 1, n - 1):
        t = tokens[k]
        if t.tag == "CC" or t.text in ",;:":
            break
        if t.tag == "VBN" and (tokens[k + 1].mention >= 0 or tokens[k + 1].tag[:2] in ("DT", "NN", "JJ", "PRP$", "CD")):
            return False
    start = next((k + 1 for k in range(i - 1, -1, -1) if tokens[k].lower in SUBORDINATORS or tokens[k].text == ";"), 0)
    if after.tag in ("IN", ".") and after.lower != "with":
        # "IL-6 fell and IL-10 increased after the infusion": a clause of its own.
        joined = next((k for k in range(i - 1, start, -1) if tokens[k].tag == "CC"), None)
        if joined is not None and not any(t.tag in ("IN", "TO") and t.lower != "of" for t in tokens[joined:i]):
            start = joined
    return not any(t.tag in _FINITE for t in tokens[start:i])


def parse(tokens: list[Token]) -> Parse:
    """The structure of a sentence whose tokens have been retagged."""
    chunks = _chunk(tokens)
    return _link(tokens, chunks)


def _chunk(tokens: list[Token]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    n = len(tokens)
    i = 0
    depth = 0
    while i < n:
        t = tokens[i]
        lower = t.lower
        if t.text in "([":
            depth += 1
            chunks.append(_Chunk("(", i, i + 1))
            i += 1
        elif t.text in ")]":
            depth = max(0, depth - 1)
            chunks.append(_Chunk(")", i, i + 1))
            i += 1
        elif t.mention >= 0:
            i = _noun_phrase(tokens, i, chunks, depth)
        elif lower in RELATIVES or lower == "that":
            if lower == "that" and i + 1 < n and tokens[i + 1].lower == "of":
                i = _noun_phrase(tokens, i, chunks, depth)
                continue
            follows_noun = bool(chunks) and chunks[-1].kind in ("NP", ")", ",")
            if lower == "that" and i + 1 < n and tokens[i + 1].tag[:2] == "NN" and not follows_noun and (
                    not chunks or chunks[-1].kind != "VG"):  # fmt: skip
                i = _noun_phrase(tokens, i, chunks, depth)
                continue
            chunks.append(_Chunk("REL" if follows_noun and lower != "where" else "SUB", i, i + 1))
            i += 1
        elif t.tag == "MD" or t.tag.startswith("VB") or (
                t.tag == "TO" and _verb_ahead(tokens, i + 1)):  # fmt: skip
            i = _verb_group(tokens, i, chunks)
        elif lower == "as" and i + 2 < n and tokens[i + 2].lower == "as" and tokens[i + 1].lower in _AS:
            # "as well as", "as long as"
            chunks.append(_Chunk("CC" if tokens[i + 1].lower == "well" else "SUB", i, i + 3))
            i += 3
        elif lower in SUBORDINATORS and lower not in ("as", "so", "before", "after", "since", "until"):
            chunks.append(_Chunk("SUB", i, i + 1))
            i += 1
        elif lower == "such" and i + 1 < n and tokens[i + 1].lower == "as":
            i += 1
        elif t.tag in ("IN", "TO") or lower in PREPOSITIONS:
            chunks.append(_Chunk("IN", i, i + 1))
            i += 1
        elif t.tag == "CC" or lower in ("and", "or", "but", "nor"):
            chunks.append(_Chunk("CC", i, i + 1))
            i += 1
        elif t.text in ",":
            chunks.append(_Chunk(",", i, i + 1))
            i += 1
        elif t.text in ";:—–" and t.tag != "HYPH":
            chunks.append(_Chunk("STOP", i, i + 1))
            i += 1
        elif (
            t.tag[:2] in _NOMINAL
            or t.tag in _NOMINAL
            or t.tag.startswith("PRP")
            or t.tag == "WP"
            or (
                t.tag.startswith("RB")
                and i + 1 < n
                and (tokens[i + 1].tag[:2] in ("JJ", "NN", "CD") or tokens[i + 1].mention >= 0)
            )
        ):
            i = _noun_phrase(tokens, i, chunks, depth)
        else:
            i += 1
    return chunks


def _verb_ahead(tokens: list[Token], i: int) -> bool:
    while i < len(tokens) and tokens[i].tag.startswith("RB"):
        i += 1
    return i < len(tokens) and tokens[i].tag in ("VB", "VBP") and tokens[i].mention < 0


def _noun_phrase(tokens: list[Token], i: int, chunks: list[_Chunk], depth: int) -> int:
    first = i
    n = len(tokens)
    pronoun = tokens[i].tag == "PRP"
    fronted = len(chunks) == 1 and chunks[0].kind == "IN"
    i += 1
    while i < n and not pronoun:
        t = tokens[i]
        if fronted and t.mention >= 0 and tokens[i - 1].mention < 0 and tokens[i - 1].tag == "NNS":
            break  # "Over the years tacrolimus can …"
        if t.mention >= 0 or t.tag == "HYPH" or t.text == "%":
            i += 1
        elif (
            t.lower in RELATIVES
            or t.lower == "that"
            or t.tag == "PRP"
            or (
                t.tag == "DT"
                and tokens[i - 1].tag not in ("PDT",)
                and tokens[i - 1].lower not in ("all", "both", "half")
            )
        ):
            break
        elif (
            t.tag[:2] in _NOMINAL
            or t.tag in _NOMINAL
            or (t.tag in ("RB", "RBR", "RBS") and i + 1 < n and tokens[i + 1].tag[:2] in ("JJ", "CD"))
            or (t.tag in ("VBG", "VBN") and tokens[i - 1].tag == "HYPH")
        ):
            i += 1
        else:
            break
    chunks.append(_Chunk("NP", first, i, phrase=Phrase(first, i, bracket=depth > 0)))
    return i


def _verb_group(tokens: list[Token], i: int, chunks: list[_Chunk]) -> int:
    first = i
    n = len(tokens)
    infinitive = tokens[i].tag == "TO"
    if infinitive:
        i += 1
    negated = first > 0 and tokens[first - 1].lower in ("nor", "neither")
    modal = ""
    have = be = False
    main = -1
    while i < n:
        t = tokens[i]
        if t.mention >= 0:
            break
        if (
            t.tag.startswith("RB")
            or t.lower in ("not", "n't")
            or (main >= 0 and t.lower in ("both", "all") and tokens[main].lower in BE)
        ):
            negated = negated or t.lower in NOT
            i += 1
        elif t.tag == "MD":
            modal = t.lower
            negated = negated or t.lower == "cannot"
            i += 1
            if i + 2 < n and tokens[i].lower == "one" and tokens[i + 1].lower == "day" and tokens[i + 2].mention < 0:
                i += 2  # "might one day help"
        elif t.tag.startswith("VB"):
            if main >= 0 and not (tokens[main].lower in BE or tokens[main].lower in HAVE or tokens[main].lower in DO or
                                  tokens[main].lower == "being"):  # fmt: skip
                break
            if main >= 0:
                if tokens[main].lower in HAVE and t.tag not in ("VBN", "VBD"):
                    break
                if tokens[main].lower in BE and t.tag not in ("VBN", "VBD", "VBG"):
                    break
                have = have or tokens[main].lower in HAVE or tokens[main].lower in DO
                be = be or tokens[main].lower in BE or tokens[main].lower == "being"
            main = i
            i += 1
        else:
            break
    if main < 0:  # a modal alone ("they can"), or adverbs
        if not modal:
            return max(i, first + 1)
        main = i - 1
    last = i
    while last > main + 1 and tokens[last - 1].tag.startswith("RB") and tokens[last - 1].lower not in NOT:
        last -= 1
    word = tokens[main]
    passive = be and word.tag in ("VBN", "VBD")
    if infinitive:
        form = "infinitive"
    elif modal or have or be:
        form = "finite"
    elif word.tag == "VBG":
        form = "gerund"
    elif word.tag == "VBN":
        form = "participle"
    elif word.tag == "VB":
        form = "base"
    else:
        form = "finite"
    verb = Verb(first, last, main, word.lemma, form, passive=passive, negated=negated, modal=modal)
    # A copula with an adjective: the adjective is what is said.
    if word.lemma in _COPULAS and not passive:
        j = last
        while j < n and (tokens[j].tag.startswith("RB") or tokens[j].lower in ("both", "either")):
            j += 1
        # After a comparative a number begins something new: "was higher 3 months later".
        goes_on = ("NN", "JJ") if j < n and tokens[j].tag == "JJR" else ("NN", "JJ", "CD")
        if j < n and tokens[j].mention < 0 and tokens[j].tag in ("JJ", "JJR", "JJS", "VBN") and (
                j + 1 >= n or (tokens[j + 1].tag[:2] not in goes_on and tokens[j + 1].mention < 0
                               and tokens[j + 1].tag != "HYPH")):  # fmt: skip
            verb.copula = True
            verb.main = j
            verb.lemma = tokens[j].lemma
            verb.last = last = j + 1
            chunks.append(_Chunk("VG", first, last, verb=verb))
            return last
    chunks.append(_Chunk("VG", first, last, verb=verb))
    return last


def _link(tokens: list[Token], chunks: list[_Chunk]) -> Parse:
    phrases: list[Phrase] = []
    verbs: list[Verb] = []
    begins: list[int] = []  # the tokens at which a clause begins, but for the first
    group: list[Phrase] = []  # phrases since the last boundary of a clause, with their prepositional ones
    opening: list[Phrase] = []  # the subject phrases of the main clause before its verb
    main_verb: Verb | None = None
    waiting: list[Verb] = []  # gerunds at the front, whose subject is yet to come
    outer: tuple[list[Phrase], Verb | None] | None = None  # what a relative clause interrupted
    last: Verb | None = None
    previous = ""  # kind of the chunk before
    prep = ""
    after_boundary = False  # a comma, conjunction, subordinator or stop since the last verb
    opened_by_sub = False  # whether a subordinator or stop has begun a clause that has no verb yet
    opened = 0  # the first phrase after the last relative, subordinator or stop
    depth = 0
    antecedent: list[Phrase] = []
    possessive = False
    listing = False  # whether a comma and a conjunction have begun what may be a clause
    begun_by_sub = False  # whether a subordinator has begun a clause, and no verb has come since
    oblique = False  # whether a clause has opened that tells of the subject before it: "in which", "of whom"
    for n, chunk in enumerate(chunks):
        kind = chunk.kind
        if kind == "(":
            depth += 1
        elif kind == ")":
            depth = max(0, depth - 1)
            prep = ""
        elif kind == "IN":
            prep = tokens[chunk.first].lower
            if prep == "as" and chunk.first and tokens[chunk.first - 1].lower == "such":
                prep = "such as"
        elif kind == "NP":
            phrase = chunk.phrase
            assert phrase is not None
            after = chunks[n + 1].verb if n + 1 < len(chunks) else None
            if prep in SUBORDINATORS and tokens[phrase.first].lower in _SUBJECTS and after is not None:
                prep, after_boundary, group = "", True, []  # "since they can be harvested from fat"
            phrase.prep = prep
            # After a comma that ends a phrase at the front ("In rats, exosomes …") nothing is joined.
            aside = last is not None and last.relative and main_verb is None and outer is not None and outer[0]
            fronted = previous == "," and (
                (last is None and all(p.prep or p.bracket for p in group))
                or bool(aside and outer and not prep and all(p.prep or p.bracket for p in outer[0]))
            )
            if previous == "," and not prep and not fronted and _opens_main(chunks, n, verbs, phrases):
                # "In fluid drawn from the airways, IL-8 was lower": the main clause begins here.
                fronted, opened, last, group = True, len(phrases), None, []
            if fronted and aside and not prep:
                # "For patients who lack a donor, drugs are …": the main clause begins here.
                opened, outer = len(phrases), None
            pronoun = tokens[phrase.first].tag == "PRP"
            # "They secrete, among other things, IL-10": an aside, and then the object.
            resumed = not prep and [c.kind for c in chunks[max(0, n - 5) : n]] == ["VG", ",", "IN", "NP", ","]
            if resumed and last is not None and last.objects:
                last.objects.pop()
            phrase.conjoined = previous in ("CC", ",") and not prep and not fronted and not pronoun and not resumed
            if (
                pronoun
                and previous == "NP"
                and not after_boundary
                and phrases
                and not prep
                and (tokens[phrase.first].lower in _SUBJECTS)
                and not (last is None and all(p.prep for p in group))
            ):
                # "the matrix they produce"
                antecedent = _list_before(phrases)
                possessive = False
                if outer is None and last is None:
                    outer = (list(group), None)
                    opening = list(group)
                group = []
                after_boundary = True
            if phrase.conjoined and phrases and not prep:
                # A conjoined phrase inherits the preposition of the list that it goes on.
                before = phrases[-1]
                if previous == "," and [c.kind for c in chunks[max(0, n - 5) : n]] == ["CC", ",", "IN", "NP", ","]:
                    # "the migration of A and, at higher doses, the growth of B"
                    before = phrases[-2] if len(phrases) > 1 else before
                    phrases[-1].aside = True
                phrase.prep = before.prep if not before.bracket else ""
            if previous == "NP" and phrases and _sums_up(tokens, phrases[-1]):
                phrases[-1].aside = True  # "…, among them HGF"
            if last is not None and last.objects and last.objects[-1].aside:
                last.objects.pop()
            prep = ""
            phrases.append(phrase)
            group.append(phrase)
            if begun_by_sub:
                pass  # the subject of a clause whose verb is yet to come
            elif last is not None and not phrase.bracket:
                last.objects.append(phrase)
                last.end = phrase.last
            elif last is not None:
                last.end = max(last.end, phrase.last)
        elif (kind == "VG" and depth == 0) or kind == "VG":
            verb = chunk.verb
            assert verb is not None
            verb.end = verb.last
            if verb.form == "base" and previous == "VG" and last is not None and last.passive and last.relative and (
                    outer is not None and outer[0]):  # fmt: skip
                verb.form = "finite"  # "cells that were frozen ease pain"
            if verb.form == "infinitive" or (verb.form == "base" and previous in ("VG", "IN")):
                verb.governor = last
                verb.subject = _controlled(last, group, tokens)
            elif (
                verb.form == "base" and last is not None and previous == "NP" and tokens[last.main].lemma in _CAUSATIVES
            ):
                verb.governor = last
                verb.subject = [p for p in last.objects if not p.prep] or last.subject
            elif verb.form == "gerund":
                verb.prep = prep
                if previous == "NP" and not after_boundary and phrases:
                    verb.subject = _list_before(phrases)
                    verb.governor = None
                elif last is None and not opening and (previous == "" or prep):
                    waiting.append(verb)
                elif last is None:
                    verb.subject = [p for p in group if not p.prep] or list(group)
                    if previous == "" or not group:
                        waiting.append(verb)
                else:
                    head = last if previous in ("VG", "IN") else (main_verb or last)
                    if previous == "CC" and last.form == "gerund":
                        head = last
                    verb.governor = last
                    verb.subject = head.subject
                    if prep == "into" and any(not p.prep for p in last.objects):
                        # "coax cells into becoming neurons"
                        verb.subject = [p for p in last.objects if not p.prep]
            elif verb.form == "participle" and ((not phrases and not verbs) or previous == "IN"):
                verb.passive = True  # "as measured by FEV1"
            elif verb.form == "participle" and previous in ("NP", ",", ")", "CC") and phrases:
                listed = previous == "," and last is not None and last.passive and last.form == "finite"
                if listed and _participles_follow(chunks, n):
                    # "cells were isolated from fat, expanded in culture, and injected"
                    previous = "CC"
                if (
                    previous == "CC"
                    and last is not None
                    and not last.passive
                    and (last.form == "finite" or (last.form == "base" and last.governor is None and last.subject))
                ):
                    mate = (
                        main_verb
                        if last.relative
                        and main_verb is not None
                        and (tokens[main_verb.main].tag in ("VBD", "VBN"))
                        and tokens[last.main].tag not in ("VBD", "VBN")
                        else last
                    )
                    verb.form, verb.subject, verb.modal = "finite", mate.subject, mate.modal
                elif previous == "CC" and last is not None and last.form == "participle":
                    verb.subject, verb.passive = last.subject, True
                elif previous == "CC" and last is not None and last.form == "finite":
                    verb.form, verb.passive = "finite", last.passive
                    verb.subject = last.subject
                    verb.modal, verb.negated = last.modal, last.negated
                else:
                    verb.subject, verb.passive = _list_before(phrases), True
                verb.governor = None
            else:
                # A finite verb (or one with the form of a base that no rule above explains).
                verb.relative, oblique = oblique, False
                if previous == "SUB" and phrases and tokens[chunk.first - 1].lower in ("whom", "which"):
                    # "patients, two of whom died"
                    verb.relative = True
                    verb.subject = [phrases[-1]]
                elif previous == "REL" or (antecedent and group and not possessive and all(p.prep for p in group)):
                    # "cells, which in a small trial improved function": what stands between is no subject.
                    verb.relative = True
                    if outer is None:
                        outer = (list(opening) if opening else list(group), main_verb)
                    verb.subject = _antecedent(phrases, tokens, chunk.first) if previous == "REL" else antecedent
                elif antecedent and group:
                    # "the factor that MSCs release": the object comes first; "whose" makes it the owner of the subject.
                    verb.relative = True
                    verb.subject = [*antecedent, *group] if possessive else list(group)
                    if not possessive:
                        verb.objects.extend(antecedent)
                    if last is not None:
                        last.objects = [p for p in last.objects if p not in group]
                elif previous in ("CC", ",") and last is not None:
                    if outer is not None and previous == "," and outer[1] is None and outer[0]:
                        verb.subject = outer[0]
                        outer = None
                    else:
                        listed = verb.form == "base" and last.form == "infinitive"  # "to calm X, promote Y and …"
                        mate = last if listed else next((v for v in reversed(verbs) if _alike(tokens, v, verb)), last)
                        tense = tokens[verb.main].tag
                        if mate.relative and main_verb is not None and tokens[mate.main].tag != tense == (
                                tokens[main_verb.main].tag):  # fmt: skip
                            mate = main_verb
                        ended = mate.form == "participle" and mate.passive and mate.subject and previous == ","
                        verb.subject = _whole(phrases, mate.subject) if ended else mate.subject
                        verb.governor = mate.governor
                        verb.relative = mate.relative
                        if not verb.modal and mate.modal and verb.form == "base":
                            verb.modal = mate.modal
                            verb.negated = mate.negated and tokens[chunk.first - 1].lower in ("or", "nor")
                        if verb.form == "base" and mate.form in ("infinitive", "base"):
                            verb.negated = verb.negated or (
                                mate.negated and tokens[chunk.first - 1].lower in ("or", "nor", ",")
                            )
                elif last is not None and not after_boundary:
                    if outer is not None and outer[1] is None and outer[0]:
                        verb.subject = outer[0]
                        outer = None
                    elif (
                        last.form == "infinitive"
                        and last.governor is not None
                        and last.governor.form == "participle"
                        and last.governor.subject
                        and any(not p.prep for p in last.objects)
                    ):
                        # "cells engineered to produce GDNF protected neurons"
                        verb.subject = last.governor.subject
                    elif (
                        (last.form == "participle" or (last.form == "gerund" and main_verb is None))
                        and last.subject
                        and not last.governor
                    ):
                        # "neurons derived from iPSCs improved scores": the verb is that of the phrase before.
                        verb.subject = _whole(phrases, last.subject)
                    else:
                        # "studies suggest MSCs lower X": the phrase after the verb is the subject of the next.
                        taken = [p for p in last.objects if not p.bracket]
                        # "it weakens the bone until the joint collapses": a clause of time has begun.
                        cut = next((k for k, p in enumerate(taken) if k and p.prep in _TEMPORAL), 0)
                        last.objects, verb.subject = taken[:cut], taken[cut:]
                        if cut:
                            taken[cut].prep = ""
                            last.end = taken[cut].first
                        else:
                            last.end = last.last
                            verb.governor = last
                elif (
                    last is not None
                    and last.form == "participle"
                    and main_verb is None
                    and last.subject
                    and group
                    and group[0].conjoined
                    and tokens[group[0].first - 1].tag == "CC"
                ):
                    # "cells derived from cord or placenta were …": the list goes on, and the verb is the cells'.
                    verb.subject = _whole(phrases, last.subject)
                else:
                    if opened < len(phrases) and last is not None and phrases[opened].first >= last.last:
                        # A clause that has opened after the last verb: all before its own verb is its subject.
                        group = [p for p in phrases[opened:] if not p.bracket]
                    if waiting and (start := _own_subject(tokens, group)):
                        # "By secreting A, B and C, they promote D"
                        waiting[-1].objects.extend(group[:start])
                        waiting[-1].end = group[start - 1].last
                        group = group[start:]
                        group[0].conjoined = False
                    verb.subject = list(group)
                    if group and group[0].conjoined:
                        group[0].prep, group[0].conjoined = "", False
                    if last is not None:
                        for p in group:
                            if p in last.objects:
                                last.objects.remove(p)
                        last.end = min(last.end, group[0].first) if group else last.end
                        if _complement(tokens, last, chunk.first):
                            verb.governor = last
                    if not verb.subject and outer is not None:
                        verb.subject = outer[0]
                    if not verb.subject and last is not None:
                        verb.subject = last.subject
                if verb.form != "base" or not verb.governor:
                    if not verb.relative:
                        main_verb = verb
                        if not opening:
                            opening = list(verb.subject)
                for early in waiting:
                    early.subject = verb.subject
                waiting.clear()
            verbs.append(verb)
            last = verb
            listing = begun_by_sub = False
            opened_by_sub = opened_by_sub and verb.relative
            antecedent = []
            group = []
            after_boundary = False
            prep = ""
        elif kind in ("REL", "SUB", "STOP", "CC", ","):
            prep = ""
            if kind in ("SUB", "STOP"):
                oblique = kind == "SUB" and previous == "IN" and last is None and any(not p.prep for p in group)
                begun_by_sub = kind == "SUB"
                # "Disease, in which cells die, harms": the verb of the subject is yet to come.
                opened_by_sub, outer = True, (list(group), None) if oblique else None
                begins.append(chunk.first)
                group = []
                opened = len(phrases)
                after_boundary = True
                if kind == "SUB" and last is None:
                    pass
            elif kind == "REL":
                antecedent = _list_before(phrases) if phrases else []
                opened = len(phrases)
                possessive = tokens[chunk.first].lower == "whose"
                leading = len(verbs) == 1 and verbs[0].form in ("participle", "gerund") and not verbs[0].subject
                begun = after_boundary and opened_by_sub and bool(group)
                if outer is None and (last is None or leading or begun):
                    outer = (list(group), None)
                    opening = list(group)
                after_boundary = True
                group = []
            elif kind == "CC":
                # ", but A and B ease it": a list may be the subject of a clause that has begun.
                listing = listing and previous == "NP" and last is not None
                if last is not None and not listing:
                    group = []
                listing = listing or previous == ","
                after_boundary = True
            else:
                after_boundary = True
                if (
                    last is not None
                    and last.form in ("participle", "gerund")
                    and len(verbs) == 1
                    and main_verb is None
                    and (not last.subject)
                ):
                    # "Isolated from fat, MSCs …": the main clause begins here; its subject is the participle's too.
                    if last.form == "participle":
                        waiting.append(last)
                    last = None
                    group = []
                elif last is not None or (group and all(p.prep or p.bracket for p in group)):
                    group = []
        if kind not in ("(", ")"):
            previous = kind
    _complete(verbs)
    _turn(verbs)
    bounds = pairwise([0, *begins, len(tokens)])
    return Parse(phrases, verbs, [clause for clause, (first, last) in enumerate(bounds) for _ in range(first, last)])


def _opens_main(chunks: list[_Chunk], n: int, verbs: list[Verb], phrases: list[Phrase]) -> bool:
    """Whether the phrase of chunk n, after a comma, is the subject of the verb that follows, and all before it is a
    prepositional phrase with a participle."""
    if not verbs or any(v.form != "participle" or v.relative for v in verbs) or not phrases or not phrases[0].prep:
        return False
    while n + 2 < len(chunks) and chunks[n + 1].kind == "CC" and chunks[n + 2].kind == "NP":
        n += 2
    following = chunks[n + 1].verb if n + 1 < len(chunks) else None
    return following is not None and following.form == "finite"


def _alike(tokens: list[Token], a: Verb, b: Verb) -> bool:
    """Whether two verbs have a form in which they may be coordinated: "signals that limit X and sustain Y"."""
    bare = all(tokens[v.main].tag in ("VB", "VBP") and v.form in ("finite", "base") and not v.modal for v in (a, b))
    return a.form == b.form or bare


def _complete(verbs: list[Verb]) -> None:
    """Undo relative clauses that are none: in "no evidence that MSCs ease pain" the verb has an object of its own."""
    for i, verb in enumerate(verbs):
        fronted = [p for p in verb.objects if p.last <= verb.first]
        if verb.relative and fronted and any(not p.prep and p.first >= verb.last for p in verb.objects):
            verb.objects = [p for p in verb.objects if p not in fronted]
            holder = next((v for v in reversed(verbs[:i]) if any(p in v.objects for p in fronted)), None)
            if holder is not None:
                verb.relative, verb.governor = False, holder


def _sums_up(tokens: list[Token], p: Phrase) -> bool:
    """Whether a phrase is "among them" or the like, after which members follow."""
    return p.prep in ("among", "including") and p.last - p.first == 1 and tokens[p.first].lower in ("them", "these")


def _turn(verbs: list[Verb]) -> None:
    """Put in their usual order what a verb and its subject turn around: "from these cells arise neurons"."""
    for verb in verbs:
        after = [p for p in verb.objects if p.first >= verb.last]
        turned = verb.subject and all(p.prep for p in verb.subject) and after and not after[0].prep
        if verb.lemma in _INVERTING and verb.form == "finite" and not verb.passive and not verb.relative and turned:
            verb.subject, verb.objects = after, [p for p in verb.subject if p not in after]


def _participles_follow(chunks: list[_Chunk], n: int) -> bool:
    """Whether a list of participles that has begun ends with "and" and one more."""
    for k in range(n + 1, len(chunks) - 1):
        verb = chunks[k].verb
        if verb is not None and verb.form == "finite":
            return False
        following = chunks[k + 1].verb
        if chunks[k].kind == "CC" and following is not None and following.form == "participle":
            return True
    return False


def _whole(phrases: list[Phrase], subject: list[Phrase]) -> list[Phrase]:
    """A subject with what it only qualifies: "exosomes from cells" for "cells"."""
    k = start = phrases.index(subject[0])
    while k > 0 and phrases[k].prep in ("from", "of") and phrases[k].first - phrases[k - 1].last == 1:
        k -= 1
    return [*phrases[k:start], *subject]


def _own_subject(tokens: list[Token], group: list[Phrase]) -> int:
    """Where in the phrases before a verb its subject begins: after a list that goes on with an earlier gerund."""
    for k, p in enumerate(group):
        if k and not p.prep and tokens[p.first].tag == "PRP" and tokens[p.first].lower in _SUBJECTS:
            return k
        if k and tokens[p.first - 1].text == "," and any(tokens[q.first - 1].tag == "CC" for q in group[:k]):
            p.prep = ""
            return k
    return 0


def _complement(tokens: list[Token], last: Verb, until: int) -> bool:
    return any(tokens[k].lower in ("that", "whether", "if", "how") for k in range(last.last, min(until, last.last + 3)))


def _controlled(governor: Verb | None, group: list[Phrase], tokens: list[Token]) -> list[Phrase]:
    if governor is None:
        return list(group)
    if governor.lemma in _EMPLOYING and not governor.passive:
        return [p for p in governor.objects if p.prep in ("", "like", "such as", "including", "of")] or governor.subject
    if governor.lemma in _CAUSATIVES and not governor.passive:
        direct = [p for p in governor.objects if not p.prep]
        if direct:
            return direct
    return governor.subject


def _antecedent(phrases: list[Phrase], tokens: list[Token], at: int) -> list[Phrase]:
    """What a relative pronoun before token `at` stands for: "who" is who has the disease, not the disease."""
    found = _list_before(phrases)
    if tokens[at - 1].lower == "who" and len(found) == 1 and tokens[found[0].last - 1].mention >= 0:
        k = phrases.index(found[0])
        while k > 0 and phrases[k].prep in ("with", "from", "in", "of") and tokens[phrases[k].last - 1].mention >= 0:
            k -= 1
        return [phrases[k]]
    return found


def _list_before(phrases: list[Phrase]) -> list[Phrase]:
    """The phrase just before, with the phrases that it is coordinated with."""
    i = len(phrases) - 1
    while i > 0 and phrases[i].bracket:
        i -= 1
    found = [phrases[i]]
    while i > 0 and phrases[i].conjoined:
        i -= 1
        if not phrases[i].bracket:
            found.append(phrases[i])
    return found[::-1]
