"""Days as overview pages print them, in English and Burmese. Pure."""

from __future__ import annotations

import re
from datetime import date

from crawlers.discover.found import BURMESE_DIGITS

# English months by their first three letters; Burmese ones in both spellings that are in use.
MONTHS = {
    1: "jan|january|ဇန်နဝါရီ", 2: "feb|february|ဖေဖော်ဝါရီ", 3: "mar|march|မတ်", 4: "apr|april|ဧပြီ", 5: "may|မေ", 6: "jun|june|ဇွန်",
    7: "jul|july|ဇူလိုင်", 8: "aug|august|သြဂုတ်|ဩဂုတ်", 9: "sep|sept|september|စက်တင်ဘာ", 10: "oct|october|အောက်တိုဘာ",
    11: "nov|november|နိုဝင်ဘာ", 12: "dec|december|ဒီဇင်ဘာ",
}  # fmt: skip
NUMBER_OF_MONTH = {name: number for number, names in MONTHS.items() for name in names.split("|")}
MONTH = "(?P<month>" + "|".join(sorted(NUMBER_OF_MONTH, key=len, reverse=True)) + r")(?:လ|\.)?"
DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?(?: ?ရက်(?:နေ့)?)?"
YEAR = r"(?P<year>(?:19|20)[0-9]{2})(?: ?(?:ခုနှစ်|ခု))?"
GAP = r"(?:,|၊|/|-)? ?"
PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"(?<![0-9/.:-]){DAY}{GAP}{MONTH}{GAP}{YEAR}(?![0-9])",
    rf"(?<![^\W0-9_]){MONTH}{GAP}{DAY}{GAP}{YEAR}(?![0-9])",
    rf"(?<![0-9]){YEAR}{GAP}{MONTH}{GAP}{DAY}(?![0-9])",
    r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})[-/.](?P<number>[01]?[0-9])[-/.](?P<day>[0-3]?[0-9])(?![0-9])",
))  # fmt: skip
IN_NUMBERS = re.compile(r"(?<![0-9/.-])(?P<first>[0-3]?[0-9])(?P<mark>[/.-])(?P<second>[0-3]?[0-9])(?P=mark)(?P<year>(?:19|20)[0-9]{2})(?![0-9/-])")
# A line about the article, such as "By Admin 17 Nov 2025 Mrauk-U", is short; in a longer text a date is what the story tells of.
LINE_CHARS_MAX = 60
CLOCK = re.compile(r"[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?( ?[ap]\.?m\.?)?", re.IGNORECASE)
MARKS = " |,·•-–—၊။"
FIRST_YEAR = 1990  # the first news sites


def printed_day(line: str) -> date | None:
    """The one day that a short line begins or ends with, None where it has none, several, or one that could be two.

    `3/4/2025` may be March or April and is none; `17/11/2025` can only be one day. Relative words ("2 hours ago") are no dates: they say
    nothing to whoever reads the kept page later.
    """
    line = " ".join(line.split()).translate(BURMESE_DIGITS)
    if len(line) > LINE_CHARS_MAX:
        return None
    found = [match for pattern in (*PATTERNS, IN_NUMBERS) for match in pattern.finditer(line)]
    days = {day_of(match) for match in found if is_at_an_end(match, line)}
    return days.pop() if len(days) == 1 and len({match.span() for match in found}) == 1 else None


def is_at_an_end(match: re.Match[str], line: str) -> bool:
    """Whether nothing stands before the date, or nothing but a clock time after it."""
    before, after = line[: match.start()].strip(MARKS), CLOCK.sub("", line[match.end() :]).strip(MARKS)
    return not before or not after


def day_of(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = int(groups["number"]) if groups.get("number") else NUMBER_OF_MONTH.get((groups.get("month") or "").lower(), 0)
    day = int(groups["day"]) if groups.get("day") else 0
    if groups.get("first"):
        first, second = int(groups["first"]), int(groups["second"])
        if first <= 12 and second <= 12 and first != second:
            return None
        day, month = max(first, second), min(first, second)
    try:
        found = date(int(groups["year"]), month, day)
    except ValueError:
        return None  # the 31st of November
    return found if found.year >= FIRST_YEAR else None
