"""Dates as they are written in pages and records, to ISO 8601.

What is written is read as far as it goes: "2013 Jan-Feb" is 2013, "2003 Feb 29" is 2003-02. Nothing here refuses.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime

from dateutil import parser

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
_YEARS = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_SPACED = r"[\s,.\-_/]+"
_NAMED = rf"(?P<month>(?:{_MONTH[3:-5]}|spring|summer|autumn|fall|winter)(?![a-z]))\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
# The forms in which records state a date, most telling first; what follows is a time of day, or a second date.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?:(?P=sign)(?P<day>\d{1,2}))?(?!\d)",
        rf"(?P<year>\d{{4}})[\s,.\-_/]*{_NAMED}(?:[\s,.\-_/]*{_DAY})?(?!\d)",
        r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)",
        r"(?P<year>\d{4})\s+(?P<month>\d{1,2})(?:\s+(?P<day>\d{1,2}))?(?![\da-z])",
        rf"(?:[a-z]+,?\s+)?{_DAY}{_SPACED}(?:of\s+)?{_NAMED}{_SPACED}(?P<year>\d{{4}})(?!\d)",
        rf"{_NAMED}{_SPACED}{_DAY}{_SPACED}(?P<year>\d{{4}})(?!\d)",
        rf"{_NAMED}{_SPACED}(?P<year>\d{{4}})(?!\d)",
        # 08/29/2023 is written in America, 29.08.2023 elsewhere; of 05/08/2023 only the year is sure.
        r"(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)",
        r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})(?!\d)",
        r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?",
    )
)
#: A span of months or days follows: "2013 Jan-Feb", "1998 Dec-1999 Jan".
_SPAN = re.compile(rf"\s*(?:[-–/&]|to|and)\s*(?:{_YEAR}\s*)?[a-z]{{3,}}", re.IGNORECASE)
_DAYS = re.compile(r"\s?[-–/]\s?\d{1,2}(?![\d:])")
_FIRST_YEAR = 1500  # that the parser of general use is believed: it makes the year 100 of "1/100"
_LONGEST = 9  # digits of a number that may be a month or a day


def find(text: str) -> re.Match[str] | None:
    """The first day that is written in a text, as a match of `WRITTEN`."""
    return WRITTEN.search(text) if _CENTURY.search(text) else None


def written(match: re.Match[str]) -> str:
    """The ISO 8601 date of a match of `WRITTEN`; its month where there is no such day.

    >>> written(WRITTEN.search("on Jun 19, 2025 at 1:22 PM"))
    '2025-06-19'
    """
    for form in "1234":
        if match[f"year{form}"]:
            return partial(match[f"year{form}"], match[f"month{form}"], match[f"day{form}"])
    return ""


def month_number(name: str) -> int:
    """The number of a month given by its name, its short name or its number; 0 where it is none ("Spring").

    >>> month_number("Sep"), month_number("09"), month_number("Winter")
    (9, 9, 0)
    """
    name = name.strip().rstrip(".").lower()
    if name.isdecimal():
        return int(name) if len(name) <= _LONGEST and 1 <= int(name) <= 12 else 0
    return _MONTHS.get(name) or (_MONTHS.get(name[:3], 0) if name.isalpha() else 0)


def partial(year: str, month: str = "", day: str = "") -> str:
    """The ISO 8601 date of a year, a month and a day as they are written, as far as there is such a date.

    >>> partial("2013", "Aug"), partial("2003", "Feb", "29"), partial("1998", "Winter"), partial("")
    ('2013-08', '2003-02', '1998', '')
    """
    year = year.strip()
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and year != "0000"):
        return ""
    number = month_number(month)
    if not number:
        return year
    day = day.strip()
    if day.isdecimal() and len(day) <= _LONGEST and 1 <= int(day) <= calendar.monthrange(int(year), number)[1]:
        return str(date(int(year), number, int(day)))
    return f"{year}-{number:02}"


def parts(year: str, month: str, day: str, tell: Callable[[str], None] = lambda _: None) -> str:
    """The same, with `tell` called with what is written where there is no such date: "2003 Feb 29".

    A year that is written with more than its number is read too.

    >>> parts("2019/2020", "", ""), parts("2019a", "May", "")
    ('2019', '2019-05')
    """
    issued = partial(year, month, day)
    if not issued and (found := _YEARS.search(unicodedata.normalize("NFKC", year))):
        issued = partial(found[0], month, day)
    if len(issued) == len("2022-03-07"):
        return issued
    no_month = month.strip().isdecimal() and int(month[:_LONGEST]) and not month_number(month)
    if not issued or no_month or (day.strip().strip("0") and len(issued) < len("2022-03-07")):
        tell(" ".join(filter(None, (year, month, day))))
    return issued


def first(texts: Iterable[str], tell: Callable[[str], None] = lambda _: None) -> str:
    """The date that the first of some texts with one names, as `read` has it; "" where none does.

    >>> first(["n.d.", "2019 Jun", "2020"])
    '2019-06'
    """
    return next(filter(None, (read(text, tell) for text in texts)), "")


def read(text: str, tell: Callable[[str], None] = lambda _: None) -> str:
    """The year, month or day that a text names, in ISO 8601; "" where it names none.

    `tell` is called with the text where it names none, or a day that does not exist.

    >>> read("2013 Aug"), read("08/29/2023"), read("2009 Winter"), read("n.d.")
    ('2013-08', '2023-08-29', '2009', '')
    >>> read("2024-02-29T11:00:00Z"), read("Tue, 29 Aug 2023 10:00:00 GMT"), read("2013 Jan-Feb")
    ('2024-02-29', '2023-08-29', '2013')
    """
    stated = " ".join(text.split())
    if not stated:
        return ""
    for form in _FORMS:
        if match := form.match(stated):
            return _of_form(match, stated, tell)
    if found := find(stated):
        return written(found)
    issued = _by_parser(stated)
    if not issued and (year := _YEARS.search(stated)):
        issued = year[0]
    if not issued:
        tell(text)
    return issued


def _of_form(match: re.Match[str], stated: str, tell: Callable[[str], None]) -> str:
    """The date of a match of one of the forms."""
    parts = match.groupdict()
    year, month, day = parts["year"], parts.get("month") or "", parts.get("day") or ""
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        if match["sign"] == "/" and first <= 12 and (second > 12 or first == second):
            month, day = str(first), str(second)
        elif first > 12 or match["sign"] == "." or first == second:
            month, day = str(second), str(first)
    elif day and _DAYS.match(stated, match.end()):
        day = ""
    elif _SPAN.match(stated, match.end()):
        month = "" if not day else month
        day = ""
    issued = partial(year, month, day)
    no_month = month.isdecimal() and int(month) and not month_number(month)
    if not issued or no_month or (day and int(day) and month_number(month) and len(issued) < 10):
        tell(stated)
    return issued


def _by_parser(stated: str) -> str:
    """The date that a parser of general use reads, as far as the text has one: what it fills in itself is left out."""
    if not re.search(r"\d", stated):
        return ""
    try:
        one = parser.parse(stated, default=datetime(1904, 1, 1), ignoretz=True)
        other = parser.parse(stated, default=datetime(1908, 2, 2), ignoretz=True)
    except (ValueError, OverflowError, TypeError):
        return ""
    if one.year != other.year or one.year < _FIRST_YEAR:
        return ""
    if one.month != other.month:
        return f"{one.year:04}"
    return f"{one:%Y-%m}" if one.day != other.day else f"{one:%Y-%m-%d}"
