"""Numbers: shares and counts of patients with an outcome, and whose they are."""

import re
from dataclasses import dataclass

from kg.extraction.context import Agent, Context
from kg.extraction.lexicon import Match, Words
from kg.extraction.rules.base import Candidate, Rules
from kg.extraction.sentence import Glimpse, Sentence
from kg.extraction.tokens import NOT

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: i for i, word in enumerate(_UNITS)} | {word: 10 * (i + 2) for i, word in enumerate(_TENS)}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_NOBODY = ("no", "none", "nobody", "thirds", "quarters", "fifths")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GOVERNING = ("in", "of", "at", "to", "by", "with", "for")
_HYPHENS = "-‐‑–"


@dataclass(slots=True)
class Figure:
    """A figure in a sentence: tokens `first:last`, its value as written in a table, its unit.

    `whole` is whether the figure is told as a part of a whole ("12 of 20", "40 %"), not as a number of people.
    """

    first: int
    last: int
    value: str
    unit: str
    whole: bool = True


def number(text: str) -> float | None:
    """The number that a word or numeral stands for, or None.

    >>> number("41"), number("four"), number("1,000"), number("cells")
    (41.0, 4.0, 1000.0, None)
    """
    lower = text.lower()
    if lower in _WORDS:
        return float(_WORDS[lower])
    if text[:1].isdigit() and _NUMBER.fullmatch(text):
        if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
            text = text.replace(",", "")
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return None
    return None


def written(value: float) -> str:
    """A value as it stands in a table: without a needless decimal, at most one.

    >>> written(40.0), written(200 / 3), written(17.65)
    ('40', '66.7', '17.65')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value * 100 - round(value * 100)) < 1e-6 else f"{value:.1f}"


# -- figures


def figures(s: Sentence) -> list[Figure]:
    """The shares and counts of patients in a sentence, in order."""
    found: list[Figure] = []
    i = 0
    while i < len(s.tokens):
        figure = _part(s, i) or _figure(s, i, found)
        if figure is None:
            i += 1
            continue
        i = figure.last
        if _is_share(s, figure):
            # "12 of 20 patients (60%)": the share says it all.
            if found and figure.unit == "%" and found[-1].unit == "patients" and _restates(s, found[-1], figure):
                found.pop()
            found.append(figure)
    return found


def _number_at(s: Sentence, i: int) -> tuple[float, int] | None:
    """The number that begins at token i and where it ends: "62", "sixty-two", "two hundred and six"."""
    tokens = s.tokens
    if i >= len(tokens):  # a sentence that is cut off
        return None
    t = tokens[i]
    value = number(t.text) if t.mention < 0 else None
    if i and tokens[i - 1].lemma in ("phase", "grade", "stage", "type", "day", "week"):
        return None
    if value is None or (i and tokens[i - 1].end == t.start and tokens[i - 1].text not in '(“"~≈<>=[≥≤'):
        return None
    k = i + 1
    if t.lower in _TENS and k + 1 < len(tokens) and tokens[k].text in _HYPHENS:
        unit = number(tokens[k + 1].text)
        if unit is not None and unit < 10:
            value, k = value + unit, k + 2
    if k < len(tokens) and tokens[k].lower == "hundred":
        value, k = value * 100, k + 1
        if k + 1 < len(tokens) and tokens[k].lower == "and" and (rest := _number_at(s, k + 1)) is not None:
            value, k = value + rest[0], rest[1]
    if k < len(tokens) and tokens[k].start == tokens[k - 1].end and tokens[k].text in _HYPHENS:
        return None  # "5-year", "40–60 %"
    return value, k


def _figure(s: Sentence, i: int, earlier: list[Figure]) -> Figure | None:
    """The share or count that begins at token i."""
    tokens, n = s.tokens, len(s.tokens)
    at = _number_at(s, i)
    if at is None:
        return None
    value, k = at
    after = tokens[k].lower if k < n else ""
    if after in ("%", "percent", "pct") or (after == "per" and k + 1 < n and tokens[k + 1].lower == "cent"):
        return Figure(i, k + 1 + (after == "per"), written(value), "%")
    if after == "/" and k + 1 < n and tokens[k].start == tokens[k - 1].end and number(tokens[k + 1].text) is not None:
        return Figure(i, k + 2, written(value), "patients")
    if value != int(value):
        return None
    count = written(value)
    if after in ("(", "["):  # "12 (60%) of 20", "12 (60%) patients"
        close = next((j for j in range(k + 1, min(k + 6, n)) if tokens[j].text in ")]"), None)
        share = _figure(s, k + 1, earlier) if close is not None and k + 1 < n else None
        if share is not None and share.unit == "%" and close is not None:
            return Figure(i, close + 1, share.value, "%")
        return None
    if after in ("of", "out", "in"):
        whole = _whole(s, k)
        if whole is not None and whole[0] is not None and whole[0] >= value:
            if after == "in":
                some = s.has("PatientWord", whole[1], whole[1] + 3) is not None
                return Figure(i, whole[1], written(100 * value / whole[0]), "%") if some else None
            if whole[0] == 10 and value < 10 and after == "out":
                return Figure(i, whole[1], written(10 * value), "%")  # "nine out of ten children"
            beyond = tokens[whole[1]] if whole[1] < n else None
            if beyond is not None and beyond.tag[:2] in ("NN", "JJ") and not _people(s, whole[1]):
                return None  # "two of three scales"
            return Figure(i, whole[1], count, "patients")
        if whole is not None and after != "in":
            return Figure(i, k + 1, count, "patients")
    people = _people(s, k)
    if (
        people
        and people < n
        and tokens[people].lower in ("in", "out")
        and (of := _number_at(s, _skip_of(s, people + 1)))
    ):
        if of[0] >= value and s.has("PatientWord", of[1], of[1] + 2) is None:  # "one patient in ten"
            return Figure(i, of[1], written(100 * value / of[0]), "%")
    if people or _outcomes_counted(s, k):
        return Figure(i, k, count, "patients", whole=False)
    joined = i > 0 and (tokens[i - 1].tag == "CC" or tokens[i - 1].text in ",;")
    if earlier and _verbal(s, k) and (joined or earlier[-1].unit == "patients"):
        return Figure(i, k, count, "patients")  # "…, three remained stable and one died"
    alone = k >= n or tokens[k].text in ".,;"
    if earlier and earlier[-1].unit == "patients" and i and tokens[i - 1].lower == "in" and alone:
        return Figure(i, k, count, "patients")  # "improved in 5 patients and was unchanged in 7"
    if i > 1 and tokens[i - 1].text == "," and s.has("PatientWord", 0, i) is not None and _opens_with_whole(s, i):
        return Figure(i, k, count, "patients")
    return None


def _verbal(s: Sentence, k: int) -> bool:
    """Whether a verb stands at token k."""
    if k >= len(s.tokens):
        return False
    t = s.tokens[k]
    return t.mention < 0 and (t.tag[:2] in ("VB", "MD") or t.lemma in ("be", "have") or (
        t.lower != t.lemma and (t.lemma in s.lexicon.verbs or t.lower.endswith("ed"))))  # fmt: skip


def _skip_of(s: Sentence, k: int) -> int:
    while k < len(s.tokens) - 1 and s.tokens[k].lower in ("of", "the", "these", "all", "our", "every", "first"):
        k += 1
    return k


def _whole(s: Sentence, k: int) -> tuple[float | None, int] | None:
    """The whole after "of" at token k: its number if it has one, and where it ends; None for no whole of people."""
    tokens = s.tokens
    if k >= len(tokens) or tokens[k].lower not in ("of", "out", "in"):
        return (None, k) if s.has("PatientWord", k, k + 2) is not None else None
    at = _skip_of(s, k + 1)
    whole = _number_at(s, at)
    if whole is not None or at >= len(tokens):
        return whole
    if tokens[at].lower in ("whom", "them", "these", "those", "which") or s.has("PatientWord", at, at + 4) is not None:
        return None, at
    return None


def _opens_with_whole(s: Sentence, i: int) -> bool:
    """Whether the sentence begins with the whole: "Of 41 patients, 12 …"."""
    return s.tokens[0].lower in ("of", "among") and not any(s.tokens[k].text in ",;" for k in range(1, i - 1))


def _people(s: Sentence, k: int) -> int:
    """Where the people end that a number before token k counts ("12 patients", "seven treated boys"), 0 for none."""
    for j in range(k, min(k + 4, len(s.tokens))):
        if s.has("PatientWord", j, j + 1):
            return j + 1
        if s.tokens[j].tag not in ("JJ", "VBN", "NN", "JJR") or s.has("TimeWord", j, j + 1):
            return 0
    return 0


def _outcomes_counted(s: Sentence, k: int) -> bool:
    """Whether a number before token k counts outcomes: "five deaths", "two late relapses"."""
    for j in range(k, min(k + 3, len(s.tokens))):
        t = s.tokens[j]
        found = next(iter(s.phrases("outcome", j, j + 1)), None)
        if found is not None:
            return t.tag.startswith("NN") and s.has("RateWord", j + 1, j + 2) is None
        if t.tag not in ("JJ", "VBN"):
            return False
    return False


def _part(s: Sentence, i: int) -> Figure | None:
    """Fractions in words: "two-thirds", "half of the patients", "a quarter"."""
    tokens = s.tokens
    if i >= len(tokens):  # a sentence that is cut off
        return None
    t = tokens[i]
    value = number(t.text)
    if value is not None and i + 1 < len(tokens):
        k = i + 1 + (tokens[i + 1].tag == "HYPH" or tokens[i + 1].text in _HYPHENS)
        base = tokens[k].lower.rstrip("s") if k < len(tokens) else ""
        if base in _PARTS and base != "half" and value < _PARTS[base]:
            return Figure(i, k + 1, written(100 * value / _PARTS[base]), "%")
    elif t.lower in _PARTS and (t.lower == "half" or (i and tokens[i - 1].lower in ("a", "one"))):
        if s.has("PatientWord", i + 1, i + 6) is not None:
            return Figure(i, i + 1, written(100 / _PARTS[t.lower]), "%")
    return None


def _restates(s: Sentence, count: Figure, share: Figure) -> bool:
    """Whether a share in brackets says a count again."""
    before = s.tokens[share.first - 1].text
    return before in "([" and all(t.text not in ",;" for t in s.tokens[count.last : share.first - 1])


def _is_share(s: Sentence, f: Figure) -> bool:
    """Whether a figure is of patients at all: no confidence interval, no change "by 20 %", no size of a study."""
    before = [t.lower for t in s.tokens[max(0, f.first - 5) : f.first]]
    if f.unit == "%":
        of = f.last < len(s.tokens) and s.tokens[f.last].lower == "of"
        people = of and s.has("PatientWord", f.last + 1, f.last + 6) is not None
        if before and before[-1] in ("from", "than", "=", "above", "below") and not people:
            return False
        if not people and "by" in before and not any(t in (",", ";", "(") for t in before[before.index("by") :]):
            return False
        return people or s.has("NoShare", f.last, f.last + 3) is None
    if f.whole or not before or before[-1] == "all" or before[-2:] == ["total", "of"]:
        return True
    return s.has("SizeWord", f.first - 1 - (before[-1] in ("the", "about")), f.first) is None


# -- outcomes


def may_tell_outcome(g: Glimpse) -> bool:
    """Whether `outcomes` may find something."""
    return _can_count(g.words)


def _can_count(words: Words) -> bool:
    """Whether there is an outcome word, and a number or what stands for one."""
    return words.can_have("outcome") and any(
        t.lower in _WORDS or t.lower in _PARTS or t.lower in _NOBODY or t.text[0].isdigit() for t in words.tokens
    )


def outcomes(r: Rules, s: Sentence, c: Context) -> list[Candidate]:
    """The outcomes of a sentence: each figure with the outcome word of its clause and the group that it is of."""
    if not _can_count(s.words):
        return []
    words = [w for w in s.phrases("outcome") if not (w.owner == "Relapsed" and _qualifies(s, w))]
    if not words:
        return []
    shares = sorted(figures(s) + _none(s, words), key=lambda f: f.first)
    if not shares or not (_about_patients(s, words) or any(_alone(s, f, words) for f in shares)):
        return []
    arms = _respective(r, s, shares)
    if arms is not None and not arms:
        return []
    found: list[Candidate] = []
    previous = ""
    for k, f in enumerate(shares):
        following = shares[k + 1].first if k + 1 < len(shares) else len(s.tokens)
        before = shares[k - 1].last if k else 0
        word = _word(s, words, f, before, following)
        if word is None and k + 1 < len(shares) and _joined(s, f, shares[k + 1]):
            # "90% of children and 80% of adults are alive"
            beyond = shares[k + 2].first if k + 2 < len(shares) else len(s.tokens)
            word = _word(s, words, shares[k + 1], f.last, beyond)
        owner = word.owner if word is not None else ""
        if not owner and previous and not _verbal(s, f.last) and _compared(s, shares[k - 1], f):
            owner = previous
        previous = owner
        if not owner or (word is not None and not _reported(r, s, c, f, word)):
            continue
        if arms is not None:
            groups = [(a, {"source": a[1]} if a[1] else {}) for a in arms[k]]
        elif _control(r, s, f, before, following, k):
            continue
        else:
            groups = _groups(s, c, r, f, before, following)
        for agent, qualifiers in groups:
            if r.acts(agent):
                candidate = Candidate(agent, "outcome", "stemkg:" + owner, f.first, None, "figure", negative=False,
                                      hedged=False, value=f.value, unit=f.unit)  # fmt: skip
                candidate.qualifiers.update(qualifiers)
                found.append(candidate)
    return found


def _qualifies(s: Sentence, w: Match) -> bool:
    """Whether an outcome word only says of which kind a disease is: "relapsed leukemia"."""
    t = s.tokens[w.last - 1]
    after = s.tokens[w.last] if w.last < len(s.tokens) else None
    return after is not None and (after.tag == "HYPH" or (t.tag in ("JJ", "VBN") and after.mention >= 0))


def _about_patients(s: Sentence, words: list[Match]) -> bool:
    n = len(s.tokens)
    return (
        any(w.owner in ("Died", "Survived") and s.tokens[w.last - 1].tag[:2] in ("VB", "JJ") for w in words)
        or s.has("PatientWord", 0, n) is not None
        or s.has("RateWord", 0, n) is not None
        or s.tokens[0].lower in ("another", "nobody")
        or any(s.tokens[k].lower == "of" and s.tokens[k + 1].lower in ("them", "whom") for k in range(n - 1))
        or any(
            t.lower == "of" and _number_at(s, k - 1) and _number_at(s, _skip_of(s, k))
            for k, t in enumerate(s.tokens)
            if k
        )
        or any(
            t.lower == "%" and any(u.lower == "in" for u in s.tokens[max(0, k - 4) : k]) for k, t in enumerate(s.tokens)
        )
        or any(_outcomes_counted(s, k) for k in range(1, min(n, 6)))
    )


def _alone(s: Sentence, f: Figure, words: list[Match]) -> bool:
    """Whether a share without a word for whom is the subject of an outcome: "46% had improved"."""
    p = s.phrase_at[f.first]
    if f.unit != "%" or p is None or p.prep or p.last != f.last:
        return False
    if any(t.tag not in ("CD", "DT", "JJ") and t.text != "%" for t in s.tokens[p.first : p.last]):
        return False
    return any(p in v.subject and v.first <= w.first <= v.last + 1 for v in s.parse.verbs for w in words)


def _none(s: Sentence, words: list[Match]) -> list[Figure]:
    """ "No patient died", "no relapses": zero patients."""
    found = []
    for i, t in enumerate(s.tokens):
        if t.lower in _NOBODY[:3]:
            near = [w for w in words if 0 < w.first - i <= 4]
            if (
                near
                and not any(x.lower in ("not", "n't") for x in s.tokens[max(0, i - 4) : near[0].last + 3])
                and near[0].owner in ("Died", "Relapsed")
                and (s.has("PatientWord", i + 1, near[0].first) or near[0].first <= i + 2 or t.lower == "nobody")
                and s.tokens[near[0].last - 1].tag[:2] in ("NN", "VB")
            ):
                found.append(Figure(i, i + 1, "0", "patients"))
    return found


def _word(s: Sentence, words: list[Match], f: Figure, before: int, following: int) -> Match | None:
    """The outcome word of a figure: after it before the next figure, else before it after the last one."""
    stop = next((k for k in range(f.last, following) if s.tokens[k].text in ";"), following)
    after = [w for w in words if f.last <= w.first < stop]
    ahead = [w for w in words if before <= w.first and w.last <= f.first]
    k = f.first - 1
    while k > 0 and (s.tokens[k].tag.startswith("RB") or s.has("About", k, k + 1) is not None):
        k -= 1
    leading = s.tokens[k] if k >= 0 else None
    governed = leading is not None and (
        leading.text in "([" or leading.lemma in ("be", "reach") or leading.lower in _GOVERNING
    )
    beyond = f.last
    if (
        beyond + 1 < len(s.tokens)
        and s.tokens[beyond].lower == "of"
        and s.tokens[beyond + 1].tag in ("PRP", "WP", "DT")
    ):
        beyond += 2  # "two of them required a boost"
    if not governed and _verbal(s, beyond):
        return after[0] if after else None  # "…, and one died"
    if ahead and (governed or not after):
        return ahead[-1]
    return after[0] if after else None


def _joined(s: Sentence, a: Figure, b: Figure) -> bool:
    """Whether two figures share what is said after the second: nothing but people and "and" stands between them."""
    between = s.tokens[a.last : b.first]
    return any(t.tag == "CC" for t in between) and not any(t.tag[:2] in ("VB", "MD") or t.text in ",;" for t in between)


def _reported(r: Rules, s: Sentence, c: Context, f: Figure, word: Match) -> bool:
    """Whether an outcome was seen after the treatment: not denied, not the usual course of the disease."""
    tokens = s.tokens
    low, high = sorted((f.first, word.first))
    if not f.whole and f.first and tokens[f.first - 1].lower in _GOVERNING and word.first > f.first:
        return False  # "in 62 patients": the size of a study
    if word.first == f.last and tokens[word.first].tag in ("JJR", "RBR"):
        return False  # "40% less pain": how much, not how many
    if s.has("NoDifference", max(0, word.first - 6), word.first) is not None:
        return False  # "12 of 30 had fewer symptoms, but there was no effect on survival"
    if word.owner == "Survived" and tokens[word.first - 1].lower == "of" and tokens[word.first].tag == "NNS":
        return False  # "half of survivors remain dependent"
    verb = next((v for v in s.parse.verbs if v.first <= word.first < v.last), None)
    if verb is not None and verb.relative and f.first and tokens[f.first - 1].lower in ("in", "only", "from"):
        return False  # "in only four of the patients who died"
    if not f.whole and word.first > f.first and _enrolled(r, s, f, word):
        return False  # "188 adults with fistulas were randomised …, after closure of the tract"
    if any(t.lower in ("not", "n't", "never", "cannot") for t in tokens[low:high]):
        return False
    own = tokens[word.first].lower in NOT  # "no longer needed it": the word itself says no
    if verb is not None and verb.negated and not own and f.value != "0":
        return False
    if word.last < len(tokens) and tokens[word.last].lower == "to" and (
            s.in_tokens(word.last + 1, word.last + 5, ("drug",)) or tokens[word.last + 1].tag == "PRP"):  # fmt: skip
        return False  # "responded to methotrexate"
    share = f.unit == "%" and word.last > f.first and s.has("RateWord", word.last, word.last + 1) is None
    if share and word.owner in ("Improved", "Worsened") and word.first == f.last and tokens[word.first].tag == "NN":
        return False  # "a 20% improvement"
    named = [a for a in r.all_agents(s, 0, len(tokens)) if r.is_therapeutic(a)]
    if verb is not None and not verb.passive and word.first >= verb.first and word.first < f.first:
        agents = [a for a in r.agents(s, c, verb.subject) if r.acts(a)]
        if agents and (not f.whole or word.owner not in ("Improved", "Stable")):
            return False  # "MSCs improved lung function in 62 patients"
    if named or any(r.referent(s, c, p) for p in s.parse.phrases if tokens[p.first].tag != "PRP"):
        return True
    main = verb or s.enclosing(f.first) or s.enclosing(word.first) or (s.parse.verbs[0] if s.parse.verbs else None)
    if main is None:
        return True
    if f.whole and main.lemma == "be" and word.first >= main.last:
        return True  # "seven of them are in remission"
    told = tokens[main.first : main.last]
    while main.governor is not None and not any(t.tag == "VBD" for t in told):
        main = main.governor
        told = tokens[main.first : main.last]
        if main.governor is main:
            break
    return any(t.tag in ("VBD", "VBN", "JJ") for t in told) and not main.modal


def _enrolled(r: Rules, s: Sentence, f: Figure, word: Match) -> bool:
    """Whether a number of people is of those who were given something or entered a study, before the outcome word."""
    for v in s.parse.verbs:
        if v.last <= word.first and not v.relative and any(p.first <= f.first < p.last for p in v.subject):
            return r.is_of(v, "Administering", "Allowing", "Allocating")
    return False


def _compared(s: Sentence, a: Figure, b: Figure) -> bool:
    return s.has("Than", a.last, b.first) is not None or any(
        t.tag == "CC" or t.lower in ("versus", "vs", "while", "whereas", "against") for t in s.tokens[a.last : b.first]
    )


def _control(r: Rules, s: Sentence, f: Figure, before: int, following: int, k: int) -> bool:
    """Whether a figure is of the arm that was not treated."""
    tokens = s.tokens
    compared = s.has("Than", before, f.first)
    stop = min(following, f.last + 9)
    than = s.has("Than", f.last, stop)
    while than is not None and tokens[than.first].tag == "TO":
        than = s.has("Than", than.last, stop)
    if than is not None:
        stop = than.first
    near = s.has("ControlWord", f.last, stop) or s.has("OtherArm", f.last, stop)
    own = [v for v in s.parse.verbs if f.last <= v.first < stop + 4 and v.relative]
    if near is not None or any(v.negated and (v.lemma == "do" or r.is_of(v, "Allowing")) for v in own):
        return True  # "48% of those who did not"
    treated = bool(s.in_tokens(f.last, stop, ("cell", "product", "route", "tissue")))
    if not treated and s.has("ArmWord", f.last, stop) is not None and s.in_tokens(f.last, stop, ("drug",)):
        return True
    if k and compared is not None and tokens[compared.first].tag != "TO":
        if s.has("ControlWord", before, f.first) is not None or s.in_tokens(f.last, stop, ("drug",)):
            return True
        bracketed = tokens[f.first - 1].text in "(["
        ahead = s.in_tokens(compared.last, f.first, ("cell", "product", "route", "tissue"))
        return not (treated or (bracketed and ahead) or ahead)
    return False


def _respective(r: Rules, s: Sentence, shares: list[Figure]) -> list[list[Agent]] | None:
    """The arms of figures told "respectively": those of each figure, none for a control arm.

    None where nothing is told so; an empty list where the arms are not named.
    """
    if not any(t.lower == "respectively" for t in s.tokens):
        return None
    arms: list[tuple[int, list[Agent]]] = []
    for i in s.in_tokens(0, len(s.tokens), ("cell", "product", "drug")):
        agent = r.agent_of(s, i)
        arms.append((s.spans[i][0], [agent] if r.is_therapeutic(agent) else []))
    for match in s.phrases("ControlWord"):
        arms.append((match.first, []))
    arms.sort(key=lambda arm: arm[0])
    after = [a for at, a in arms if at > shares[-1].first]
    ahead = [a for at, a in arms if at < shares[0].first]
    for named in (after, ahead):
        if len(named) == len(shares):
            return named
    return []


def _groups(
    s: Sentence, c: Context, r: Rules, f: Figure, before: int, following: int
) -> list[tuple[Agent, dict[str, str]]]:
    """Whose figure it is: cells of a source or given by a route in its part of the sentence, else the therapy."""
    qualifiers: dict[str, str] = {}
    routes = s.in_tokens(0, len(s.tokens), ("route",))
    if len(routes) > 1:
        after = [i for i in routes if f.last <= s.spans[i][0] < following and s.spans[i][0] - f.last <= 6]
        ahead = [i for i in routes if before <= s.spans[i][0] < f.first]
        own = after[:1] or ahead[-1:]
        if own and not (
            after and ahead and before == 0 and len(routes) == 2 and s.has("Than", f.last, s.spans[after[0]][0])
        ):
            qualifiers["route"] = r.pick(s.mentions[own[0]], "route")
        elif ahead:
            qualifiers["route"] = r.pick(s.mentions[ahead[-1]], "route")
    agents = _cells_of(s, r, f, before, following)
    if not agents:
        referred = [a for p in s.parse.phrases for a in r.referent(s, c, p)]
        agents = [a for a in referred if r.is_therapeutic(a)][:1] or r.treatment(c)
    return [(agent, {**qualifiers, **({"source": agent[1]} if agent[1] else {})}) for agent in agents]


def _cells_of(s: Sentence, r: Rules, f: Figure, before: int, following: int) -> list[Agent]:
    """The cells that a figure's part of the sentence names."""
    cells = [i for i in s.in_tokens(0, len(s.tokens), ("cell", "product")) if r.is_therapeutic(r.agent_of(s, i))]
    than = s.has("Than", f.last, following)
    stop = than.first if than is not None and s.tokens[than.first].tag != "TO" else following
    after = [i for i in cells if f.last <= s.spans[i][0] < stop and s.spans[i][0] - f.last <= 10]
    ahead = [i for i in cells if before <= s.spans[i][0] < f.first]
    bracketed = f.first > 0 and s.tokens[f.first - 1].text in "(["
    tissue = next((i for i in s.in_tokens(f.last, min(stop, f.last + 4), ("tissue",))), None)
    if tissue is not None and not after and not bracketed:
        # "54% with adipose-derived and 48% with bone marrow-derived MSCs"
        for i in cells:
            for base in sorted(r.vocabulary.ancestors(s.mentions[i].id)):
                found = r.finder.specific(base, r.pick(s.mentions[tissue], "tissue"))
                if found and s.spans[i][0] > f.last:
                    return [(found, "")]
    if after and not bracketed:
        return _agents(s, r, after[0])
    if ahead:
        return _agents(s, r, ahead[-1])
    return _agents(s, r, near[-1]) if (near := [i for i in cells if s.spans[i][0] < f.first] or after[:1]) else []


def _agents(s: Sentence, r: Rules, i: int) -> list[Agent]:
    """A cell, or the cells from each tissue that the sentence takes it from."""
    return s.identified.get(i) or r.taken_from(s, i)
