"""Formulas in TeX: what the simple ones read."""

import re

# Signs that have a space on either side of them, where they are not raised: "CD34⁺".
_SPACED_SIGNS = re.compile(r"(?:(?<!\s)\s++)?+([=<>≤≥≈~±×∼→+−]|≪|≫)\s*+")
_TEX = re.compile(r"(?<!\$)\$++([^$]++)\$|\\\(((?:(?!\\[()]).)++)\\\)|\\\[((?:(?!\\[\[\]]).)++)\\\]", re.DOTALL)
# Raised, and no power of a number: "CD34^+", "x^2".
_NO_POWER = re.compile(r"(?<!\d)\^|\^(?!\s?[-−+]?\s?\d)")
_RAISED_SIGN = re.compile(r"\^\s?([-−+]|\+/[-−])(?!\s?\d)")
_RAISED = str.maketrans("+-−", "⁺⁻⁻")
_LOWERED = str.maketrans("⁺⁻", "+-")
_IN_TEXT = re.compile(r"\$\$?[^$\\^_]{0,300}+[\\^_][^$]{0,300}+\$\$?|\\\([^()]{0,300}?\\\)")
_SIGNS = {
    "times": "×", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "sim": "~", "cdot": "·",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "kappa": "κ", "lambda": "λ", "mu": "μ", "chi": "χ",
    "Delta": "Δ", "circ": "°", "to": "→", "rightarrow": "→", "lt": "<", "gt": ">",
}  # fmt: skip


def spaced(formula: str) -> str:
    """A formula with spaces around its signs: "3×10^8" is "3 × 10^8"."""
    return " ".join(_SPACED_SIGNS.sub(r" \1 ", formula).split()).translate(_LOWERED)


def raised_sign(sign: str | re.Match[str]) -> str:
    """A sign that is raised, to be kept by `spaced` where it is."""
    return str(sign if isinstance(sign, str) else sign[1]).translate(_RAISED)


def tex(source: str) -> str:
    """What a formula in TeX reads, as far as it is simple: "$3\\times 10^{8}$" is "3 × 10^8".

    >>> tex("\\\\documentclass{minimal}\\\\begin{document}$$10^{8}$$\\\\end{document}")
    '10^8'
    """
    match = _TEX.search(source)
    body = next(filter(None, match.groups()), "") if match else source
    body = re.sub(r"\\(?:mathrm|mathbf|mathit|text|textrm|left|right|mathsf|rm|bf|it|hbox|mbox)\b\s*", "", body)
    body = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", body)
    body = re.sub(r"\\(?:up)?([A-Za-z]+)\s*", lambda found: _SIGNS.get(found[1], ""), body)
    body = re.sub(r"[{}_&$]", "", re.sub(r"\\[,;:! ]", " ", body).replace("\\%", "%"))
    return spaced(_NO_POWER.sub("", _RAISED_SIGN.sub(raised_sign, body)))


def read(text: str) -> str:
    """A text with what the formulas in TeX in it read.

    >>> read("We gave $10^{6}$ $\\mathrm{CD34}^{+}$ cells for $5 or $6.")
    'We gave 10^6 CD34+ cells for $5 or $6.'
    """
    return _IN_TEXT.sub(lambda match: tex(match[0]), text)
