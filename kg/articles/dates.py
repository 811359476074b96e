"""Dates as they are written in pages and records, to ISO 8601."""

import calendar
import re
from datetime import date

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.lower(): number for number, name in enumerate(calendar.month_abbr) if name
}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r"|sept)\.?"
_YEAR = r"(?:19|20)\d\d"
_TIME = (
    r"(?:[\sT,]+(?:at\s+)?\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?(?:\s*(?:Z|[A-Z]{3,4}|[+-]\d\d:?\d\d))?)?"
)
#: A day as people write it, with a time of day that may follow.
WRITTEN = re.compile(
    rf"""(?:
      (?P<month1>{_MONTH})\s*(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year1>{_YEAR})
    | (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?P<month2>{_MONTH}),?\s+(?P<year2>{_YEAR})
    | (?P<year3>{_YEAR})\s+(?P<month3>{_MONTH})\s+(?P<day3>\d{{1,2}})
    | (?P<year4>{_YEAR})-(?P<month4>\d\d)-(?P<day4>\d\d)
    )(?!\d){_TIME}""",
    re.IGNORECASE | re.VERBOSE,
)
#: What every written day has in it: a cheap look before the costly one.
_CENTURY = re.compile("19|20")
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?)?)?")


def find(text: str) -> re.Match[str] | None:
    """The first day that is written in a text, as a match of `WRITTEN`."""
    return WRITTEN.search(text) if _CENTURY.search(text) else None


def month_number(name: str) -> int:
    """The number of a month given by its name, its short name or its number.

    Raises `ValueError` where it is none.

    >>> month_number("Sep"), month_number("09")
    (9, 9)
    """
    name = name.strip().rstrip(".").lower()
    if name.isdecimal() and 1 <= int(name) <= 12:
        return int(name)
    number = _MONTHS.get(name) or _MONTHS.get(name[:3])
    if number is None:
        raise ValueError(f"{name!r} is not a month")
    return number


def iso(year: int, month: int = 0, day: int = 0) -> str:
    """The ISO 8601 date of a year, a month or a day; 0 stands for what is not known.

    Raises `ValueError` where there is no such date.

    >>> iso(2023), iso(2023, 8), iso(2023, 8, 29)
    ('2023', '2023-08', '2023-08-29')
    """
    try:
        if not month:
            return str(date(year, 1, 1))[:4]
        if not day:
            return str(date(year, month, 1))[:7]
        return str(date(year, month, day))
    except OverflowError:
        raise ValueError("a number that is none of a date") from None


def from_iso(text: str) -> str:
    """The year, month or day that an ISO 8601 date or time names.

    Raises `ValueError` where it names none.

    >>> from_iso("2024-02-29T11:00:00Z")
    '2024-02-29'
    """
    match = _ISO.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)")
    try:
        return iso(*(int(part) for part in match.groups() if part))
    except ValueError:
        raise ValueError(f"{text!r} is not a date: there is no such day") from None


def written(match: re.Match[str]) -> str:
    """The ISO 8601 date of a match of `WRITTEN`.

    Raises `ValueError` where there is no such day.

    >>> written(WRITTEN.search("on Jun 19, 2025 at 1:22 PM"))
    '2025-06-19'
    """
    for form in "1234":
        if match[f"year{form}"]:
            try:
                return iso(int(match[f"year{form}"]), month_number(match[f"month{form}"]), int(match[f"day{form}"]))
            except ValueError:
                break
    raise ValueError(f"{match[0].strip()!r} is not a date: there is no such day")
