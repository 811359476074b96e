"""Numbers: shares and counts of patients with an outcome, and whose they are."""

import re
from dataclasses import dataclass

from kg.extraction.context import Agent, Context
from kg.extraction.lexicon import Match
from kg.extraction.rules.base import Candidate, Rules
from kg.extraction.sentence import Sentence

_WORDS = {
    word: i
    for i, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(slots=True)
class Figure:
    """A figure in a sentence: tokens `first:last`, its value as written in a table, its unit."""

    first: int
    last: int
    value: str
    unit: str


def number(text: str) -> float | None:
    """The number that a word or numeral stands for, or None.

    >>> number("41"), number("four"), number("1,000"), number("cells")
    (41.0, 4.0, 1000.0, None)
    """
    lower = text.lower()
    if lower in _WORDS:
        return float(_WORDS[lower])
    if _NUMBER.fullmatch(text):
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
    return f"{value:.2f}".rstrip("0").rstrip(".") if value * 100 == round(value * 100) else f"{value:.1f}"


def figures(s: Sentence, rules: Rules) -> list[Figure]:
    """The shares and counts of patients in a sentence, in order."""
    tokens = s.tokens
    n = len(tokens)
    found: list[Figure] = []
    i = 0
    while i < n:
        t = tokens[i]
        value = number(t.text) if t.mention < 0 else None
        after = tokens[i + 1].lower if i + 1 < n else ""
        # A figure that is part of a name or of a larger one is not a count.
        glued = (i > 0 and tokens[i - 1].end == t.start and tokens[i - 1].text not in "(“\"~≈<>=") or (
            t.tag == "HYPH")  # fmt: skip
        if value is None or glued:
            part = _part(s, i)
            if part is not None:
                found.append(part)
                i = part.last
                continue
            if t.lower in ("no", "none") and i + 1 < n:
                pass
            i += 1
            continue
        if (
            after == "%"
            or after in ("percent", "pct")
            or (after == "per" and i + 2 < n and tokens[i + 2].lower == "cent")
        ):
            last = i + 2 + (after == "per")
            found.append(Figure(i, last, written(value), "%"))
            i = last
            continue
        if after == "/" and i + 2 < n and number(tokens[i + 2].text) is not None and t.end == tokens[i + 1].start:
            found.append(Figure(i, i + 3, written(value), "patients"))
            i += 3
            continue
        if after in ("of", "out", "in"):
            k = i + 2
            while k < n and tokens[k].lower in ("of", "the", "these", "all"):
                k += 1
            whole = number(tokens[k].text) if k < n else None
            if whole is not None and whole >= value:
                if after == "in" and (k + 1 >= n or not s.has("PatientWord", k + 1, k + 4)):
                    i += 1
                    continue
                if after == "in":
                    found.append(Figure(i, k + 1, written(100 * value / whole), "%"))
                else:
                    found.append(Figure(i, k + 1, written(value), "patients"))
                i = k + 1
                continue
            if after == "of" and s.has("PatientWord", i + 2, i + 5) and value == int(value):
                found.append(Figure(i, i + 1, written(value), "patients"))
        elif value == int(value) and _counts(s, i + 1):
            found.append(Figure(i, i + 1, written(value), "patients"))
        i += 1
    return found


def _counts(s: Sentence, k: int) -> bool:
    """Whether a number before token k counts patients: "12 patients", "seven treated children"."""
    for j in range(k, min(k + 4, len(s.tokens))):
        if s.has("PatientWord", j, j + 1):
            return True
        if s.tokens[j].tag not in ("JJ", "VBN", "NN", "JJR") or s.tokens[j].lower in (
            "year",
            "years",
            "month",
            "months",
        ):
            return False
    return False


def _part(s: Sentence, i: int) -> Figure | None:
    """Fractions in words: "two-thirds", "half of the patients", "a quarter"."""
    tokens = s.tokens
    t = tokens[i]
    base = t.lower.rstrip("s") if t.lower != "half" else "half"
    value = number(t.text)
    if value is not None and i + 1 < len(tokens):
        k = i + 1 + (tokens[i + 1].tag == "HYPH")
        if k < len(tokens):
            base = tokens[k].lower.rstrip("s")
            if base in _PARTS and base != "half":
                return Figure(i, k + 1, written(100 * value / _PARTS[base]), "%")
        return None
    if base in _PARTS and t.lower in ("half", "third", "quarter", "fifth"):
        if base == "half" or (i and tokens[i - 1].lower in ("a", "one")):
            following = s.has("PatientWord", i + 1, i + 6)
            if following is not None:
                return Figure(i, i + 1, written(100 / _PARTS[base]), "%")
    return None


def outcomes(rules: Rules, s: Sentence, c: Context) -> list[Candidate]:
    """The outcomes of a sentence: each figure with the outcome word of its clause and the group that it is of."""
    found: list[Candidate] = []
    shares = figures(s, rules)
    words = [m for m in s.lexicon.phrases("outcome", s.tokens)]
    if not words:
        return found
    shares += _none(s, words)
    if not shares:
        return found
    shares.sort(key=lambda f: f.first)
    about_patients = (
        s.has("PatientWord", 0, len(s.tokens)) is not None
        or s.has("RateWord", 0, len(s.tokens)) is not None
        or (s.tokens[0].lower == "another")
    )
    if not about_patients:
        return found
    previous = ""
    for k, f in enumerate(shares):
        following = shares[k + 1].first if k + 1 < len(shares) else len(s.tokens)
        before = shares[k - 1].last if k else 0
        word = _word(s, words, f, before, following)
        owner = word.owner if word is not None else ""
        if not owner and previous and _compared(s, shares[k - 1], f):
            owner = previous
        if not owner:
            continue
        if _control(s, f, before, following, len(shares)):
            previous = owner
            continue
        previous = owner
        for agent, qualifiers in _groups(s, c, rules, f, before, following):
            if not rules.acts(agent):
                continue
            candidate = Candidate(agent, "outcome", "stemkg:" + owner, f.first, None, "figure", 0.7, negative=False,
                                  hedged=False, value=f.value, unit=f.unit)  # fmt: skip
            candidate.qualifiers.update(qualifiers)
            found.append(candidate)
    return found


def _none(s: Sentence, words: list[Match]) -> list[Figure]:
    """ "No patient died", "no relapses": zero patients."""
    found = []
    for i, t in enumerate(s.tokens):
        if t.lower in ("no", "none") and not any(v.negated for v in s.parse.verbs):
            near = [w for w in words if 0 < w.first - i <= 4]
            if (
                near
                and near[0].owner in ("Died", "Relapsed")
                and (s.has("PatientWord", i + 1, near[0].first) or near[0].first == i + 1)
            ):
                found.append(Figure(i, i + 1, "0", "patients"))
    return found


def _word(s: Sentence, words: list[Match], f: Figure, before: int, following: int) -> Match | None:
    """The outcome word of a figure: after it before the next figure, else before it after the last one."""
    stop = next((k for k in range(f.last, following) if s.tokens[k].text in ";"), following)
    after = [w for w in words if f.last <= w.first < stop]
    ahead = [w for w in words if before <= w.first and w.last <= f.first]
    bracketed = f.first > 0 and s.tokens[f.first - 1].text in "(["
    if ahead and (
        bracketed
        or not after
        or s.tokens[f.first - 1].lower in ("was", "were", "of", "in", "reached", "at", "by", "is", "to")
    ):
        return ahead[-1]
    return after[0] if after else (ahead[-1] if ahead else None)


def _compared(s: Sentence, a: Figure, b: Figure) -> bool:
    return s.has("Than", a.last, b.first) is not None or any(
        t.lower in ("and", "versus", "vs", "while", "against") for t in s.tokens[a.last : b.first]
    )


def _control(s: Sentence, f: Figure, before: int, following: int, count: int) -> bool:
    """Whether a figure is of the arm that was not treated."""
    if count < 2 and s.has("ControlWord", f.last, min(f.last + 6, following)) is None:
        return False
    near = s.has("ControlWord", f.last, min(following, f.last + 9))
    if near is not None and not any(
        t.lower in ("versus", "than", "compared", "vs") for t in s.tokens[f.last : near.first]
    ):
        return True
    ahead = [k for k in range(before, f.first) if s.tokens[k].lower in ("versus", "vs", "against")]
    if ahead and s.has("ControlWord", 0, len(s.tokens)) is not None:
        return True
    if ahead and not s.in_tokens(f.last, following, ("cell", "route", "tissue")):
        return True
    return False


def _groups(
    s: Sentence, c: Context, rules: Rules, f: Figure, before: int, following: int
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
            qualifiers["route"] = rules.pick(s.mentions[own[0]], "route")
        elif ahead:
            qualifiers["route"] = rules.pick(s.mentions[ahead[-1]], "route")
    cells = [i for i in s.in_tokens(0, len(s.tokens), ("cell", "product")) if s.mentions[i].id in rules.therapeutic]
    ahead_cells = [i for i in cells if before <= s.spans[i][0] < f.first]
    after_cells = [i for i in cells if f.last <= s.spans[i][0] < following and s.spans[i][0] - f.last <= 8]
    own_cells = ahead_cells[-1:] or after_cells[:1]
    if (
        after_cells
        and s.tokens[s.spans[after_cells[0]][0] - 1].lower in ("with", "receiving", "for", "after", "of")
        and not ahead_cells
    ):
        own_cells = after_cells[:1]
    if not own_cells:
        own_cells = [i for i in cells if s.spans[i][0] < f.first][-1:]
    if own_cells:
        agents = rules.taken_from(s, own_cells[0])
    else:
        referred = [a for p in s.parse.phrases for a in rules.referent(s, c, p)]
        agents = [a for a in referred if rules.is_therapeutic(a)][:1] or rules.treatment(c)
    found = []
    for agent in agents:
        own = dict(qualifiers)
        if agent[1]:
            own["source"] = agent[1]
        found.append(((agent[0], agent[1]), own))
    return found
