"""What a title says of its article, beside what it is about."""

import re

# "RETRACTED: Cells", "Retraction Note to: Cells", "[Retracted] Cells", "Cells [RETRACTED]"; not "Retraction of tissue".
_RETRACTED = re.compile(
    r"\W*(?:RETRACTED|WITHDRAWN|Retracted|Withdrawn|RETRACTION|Retraction)(?:\s+(?:ARTICLE|Article|article|PAPER|Paper|CHAPTER|"
    r"NOTE|Note|note|NOTICE|Notice|notice))?(?:\s+(?:to|TO|of|OF|for|FOR))?\s*[:\])–—]|"
    r"\W*RETRACTED(?:\s+ARTICLE)?\b|.*[\[(](?:RETRACTED|Retracted|retracted)(?:\s+(?:ARTICLE|Article|article))?[\])]\W*\Z",
    re.DOTALL,
)
_NONE = re.compile(r"\W*(?:not available|no title(?: available)?|untitled|title not supplied)\W*", re.IGNORECASE)


def is_retracted(title: str) -> bool:
    """Whether a title is marked as that of an article that was taken back.

    >>> is_retracted("RETRACTED ARTICLE: Cells for knees"), is_retracted("Retraction of the flap in mice")
    (True, False)
    """
    return bool(_RETRACTED.match(title))


def is_none(title: str) -> bool:
    """Whether a title says that there is none: "[Not Available].\""""
    return bool(_NONE.fullmatch(title))
