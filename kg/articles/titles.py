"""What a title says of its article, beside what it is about."""

import re
from collections.abc import Iterable

# "RETRACTED: Cells", "Retraction Note to: Cells", "[Retracted] Cells", "Cells [RETRACTED]"; not "Retraction of tissue".
_OF = r"(?:\s+(?:to|TO|of|OF|for|FOR|and\s[Rr]ep\w+|AND REP\w+))?"
_KIND = (
    r"(?:\s+(?:ARTICLE|Article|article|PAPER|Paper|paper|CHAPTER|Chapter|NOTE|Note|note|NOTICE|Notice|notice|"
    r"STATEMENT|Statement|statement))?"
)
_RETRACTED = re.compile(
    rf"\W*(?:RETRACTED|WITHDRAWN|REMOVED|Retracted|Withdrawn|Removed|RETRACTION|Retraction|WITHDRAWAL|Withdrawal){_KIND}{_OF}\s*[:\])–—]|"
    r"\W*RETRACTED(?:\s+ARTICLE)?\b|"
    r"\W*(?:Retraction|RETRACTION)\s+(?:(?:Note|note|NOTE|Notice|notice|NOTICE|Statement|statement)\b|(?:of|to|for)\s*[“\"‘'«]|"
    r"(?:of|to|for)\s.{0,80}?\bet al\b)|"
    r"\W*(?:Notice|NOTICE|Statement|STATEMENT|Note|NOTE)\s+(?:of|OF)\s+(?:Retraction|retraction|RETRACTION)\b|"
    r".*(?:[\[(](?:RETRACTED|Retracted|retracted)(?:\s+(?:ARTICLE|Article|article|PAPER|Paper|paper)\b[^\])]*)?[\])]|"
    r"\s[-–—:]\s?RETRACTED(?:\s+ARTICLE)?)\W*\Z|(?:Retraction|RETRACTION|Retracted|RETRACTED)\W*\Z",
    re.DOTALL,
)
_RETRACTED_KINDS = {"retracted publication", "retraction of publication"}
#: A cheap look before the costly one.
_HINT = re.compile("[Rr]etract|RETRACT|[Ww]ithdr|WITHDR|[Rr]emoved|REMOVED")
_NONE = re.compile(
    r"\W*(?:not available|no title(?: available)?|untitled|title not supplied|in process citation)\W*", re.IGNORECASE
)
# Marks of footnotes at the end of a title: "Cells for knees☆,☆☆".
_LONGEST_NONE = 40  # characters
_MARKS = "*†‡§¶#☆★✩⋆⁎∗"


def cleaned(title: str) -> str:
    """A title without the marks of footnotes at its end; "" where it says that there is none.

    >>> cleaned("Cells for knees☆,☆☆"), cleaned("Cells *."), cleaned("[Not Available].")
    ('Cells for knees', 'Cells.', '')
    """
    if len(title) < _LONGEST_NONE and is_none(title):
        return ""
    if title.rstrip(". ,")[-1:] not in _MARKS:
        return title
    stop = "." if title.endswith(".") else ""
    body = title.removesuffix(".")
    kept = body.rstrip(f"{_MARKS} ,")
    return kept + stop


def tells_of_retraction(kinds: Iterable[str]) -> bool:
    """Whether one of the kinds of a publication says that it was retracted, or that it retracts another.

    >>> tells_of_retraction(["Journal Article", "Retracted Publication"]), tells_of_retraction(["Review"])
    (True, False)
    """
    return any(kind.casefold() in _RETRACTED_KINDS for kind in kinds)


def is_retracted(title: str) -> bool:
    """Whether a title is marked as that of an article that was taken back.

    >>> is_retracted("RETRACTED ARTICLE: Cells for knees"), is_retracted("Retraction of the flap in mice")
    (True, False)
    >>> is_retracted("Statement of Retraction: Cells"), is_retracted("Cells (Retracted article. See vol. 2)")
    (True, True)
    """
    return bool(_HINT.search(title) and _RETRACTED.match(title))


def is_none(title: str) -> bool:
    """Whether a title says that there is none: "[Not Available].\""""
    return bool(_NONE.fullmatch(title))
