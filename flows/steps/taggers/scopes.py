"""Whether a number tells of one event, of a longer time, of a part of another number, or of what was long before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flows.steps.taggers.dates import MONTHS, RANGES, day_range

# A span of more days than this is no single event.
LONGEST_EVENT_DAYS = 8
# What is looked at before a number; the words that change its meaning stand close.
WINDOW_CHARS = 60
# A month further off than this belongs to other words.
FAR_CHARS = 120
MONTH = "|".join(name.capitalize() for name in sorted(MONTHS, key=len, reverse=True))
SPAN = r"(?:(?:\w+|\d+)\s+)?(?:days|weeks|months|years|month|year|decades?)"
# These three are looked for in lower case: where case does not count, the engine cannot pass over an alternative at one look.
CUMULATIVE = re.compile(
    rf"\b(?:since|so far|in total|altogether|total of|totall?ing|to date|until now|up to now|"
    rf"(?:over|in|during|within|for) the (?:past|last|previous|preceding) (?!(?:night|day|hour|minute|moment)s?\b)|"
    rf"(?:over|in|during|within|throughout) (?:(?:the|these|those|recent) )*(?:\w+ )?(?:weeks|months|years)\b(?! (?:ago|later|after|before))|"
    rf"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+|several) (?:weeks|months|years) of|"
    rf"this (?:year|month)|in all|death toll|overall|from \w+ to \w+ \d{{4}}|"
    rf"in the (?:first|second|third|fourth|last) (?:half|week|quarter|{SPAN})|"
    rf"(?:each|every) (?:week|month|year)|(?:monthly|yearly|annual) (?:total|toll|average))\b",
)
# Tallies: many events behind one number, unless the sentence names a day.
TALLY = re.compile(
    r"\baccording to (?:[\w'’-]+ ){0,4}?(?:figures|data|statistics|tall(?:y|ies)|counts?|database|documentation)\b|"
    r"\b(?:figures|data|statistics|lists?|tall(?:y|ies)|counts?|records) (?:that |which )?(?:\w+ )?"
    r"(?:compiled|collected|kept|gathered|collated|maintained|show|shows|showed)\b|"
    r"\b(?:has|have|had) (?:so far |already )?(?:recorded|documented|counted|tallied)\b|"
    r"\b(?:compiled|documented|recorded|collated|tallied|counted) by\b",
)
A_DAY = re.compile(
    rf"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:{MONTH})\.?\s+\d{{1,2}}(?!\d)|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\b|"
    r"\b(?:[Yy]esterday|[Ll]ast night|[Tt]his morning|[Tt]onight|[Oo]vernight)\b"
)
# "In February", not "in February's attack" nor "on February 3".
IN_MONTH = re.compile(
    rf"\b(?:[Ii]n|[Dd]uring|[Tt]hroughout|[Oo]ver)\s+(?:(?:the\s+month\s+of|early|late|mid)[ -])?"
    rf"(?P<month>{MONTH})\b\.?(?!['’]|\s+\d{{1,2}}\b)(?:\s+\d{{4}})?"
)
ONE_EVENT = re.compile(
    r"\b(?:an?|the|that|this|one|single)\s+(?:(?!and\b|in\b|of\b|by\b|on\b)[\w'’-]+\s+){0,3}?(?:attack|air\s?-?strike|strike|raid|bombing|bombardment|"
    r"clash|battle|explosion|blast|ambush|shelling|massacre|incident|accident|landslide|collapse|fire|flood|earthquake|cyclone|storm|crash|"
    r"protest|shooting|assault|operation)\b(?!s)|\bwhen\b",
    re.IGNORECASE,
)
OTHER_CLAUSE = re.compile(r"\b(?:which|who|whose|that|where|after|before|until|because|while)\b", re.IGNORECASE)
BREAKDOWN_BEFORE = re.compile(
    r"\b(?:including|among them|among those|of whom|of which|of them,?)\s+(?:at least\s+)?$|"
    r"\b(?:the\s+)?(?:dead|victims|injured|wounded|deceased|fatalities|casualties|detainees|those\s+\w+)\s+(?:are|were|include|included)\s+$",
    re.IGNORECASE,
)
BREAKDOWN_AFTER = re.compile(r"\s+(?:of\s+(?:whom|them|those|the\s+(?:dead|victims|injured|wounded|detainees))|among\s+them)\b", re.IGNORECASE)
BACKGROUND = re.compile(
    rf"\b(?:last year|years ago|in recent years|a year ago|months ago|last month|previously|in the past(?!\s+{SPAN}\b)|"
    r"in (?P<year>(?:19|20)\d\d))\b",
)
STANDING = re.compile(r"[^,.;]{0,40}?\s(?:are|is|remains?|still)\s(?:\w+\s){0,3}?(?:displaced|homeless)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Times:
    """What the time words of one sentence say of all its numbers."""

    scope: str | None  # background | cumulative; None where each number decides
    months: tuple[re.Match[str], ...]  # whole months, in a sentence that names no day
    published_on: date | None


def read_times(text: str, low: str, published_on: date | None) -> Times:
    """The times of one sentence, given also in lower case. Older years are background; long spans, and tallies without a day, are cumulative."""
    past = BACKGROUND.search(low)
    if past and not (past["year"] and published_on and int(past["year"]) == published_on.year):
        return Times("background", (), published_on)
    if CUMULATIVE.search(low) or long_range(text, published_on):
        return Times("cumulative", (), published_on)
    if A_DAY.search(text):
        return Times(None, (), published_on)
    if TALLY.search(low) or past:
        return Times("cumulative", (), published_on)
    return Times(None, tuple(IN_MONTH.finditer(text)), published_on)


def long_range(text: str, published_on: date | None) -> bool:
    """Whether the sentence names days more than about a week apart: 'from January 3 to February 20'."""
    for pattern in RANGES:
        for match in pattern.finditer(text):
            interval = day_range(match, published_on or date(2000, 12, 31), future=False)
            if interval and interval[0] and interval[1] and (interval[1] - interval[0]).days > LONGEST_EVENT_DAYS:
                return True
    return False


def scope_of(text: str, start: int, end: int, role: str, times: Times) -> str:
    """event, cumulative (a running total), breakdown (part of another number) or background (an older event)."""
    if BREAKDOWN_BEFORE.search(text, max(0, start - WINDOW_CHARS), start) or BREAKDOWN_AFTER.match(text, end):
        return "breakdown"
    # Those who are held are a standing number, never the outcome of one event; so are those who are displaced now.
    if role == "held" or (role == "displaced" and STANDING.match(text, end)):
        return "cumulative"
    if times.scope:
        return times.scope
    for month in times.months:
        if month.start() > end + FAR_CHARS or month.end() < start - FAR_CHARS:
            continue
        if not OTHER_CLAUSE.search(text, min(month.end(), end), max(month.start(), start)):
            return month_scope(text, start, end, month, times.published_on)
    return "event"


def month_scope(text: str, start: int, end: int, month: re.Match[str], published_on: date | None) -> str:
    """A number told with a whole month: the sum of the month, or one event, which is background when the month is long over."""
    if not ONE_EVENT.search(text, min(start, month.start()), max(end, month.end())):
        return "cumulative"
    ago = (published_on.month - MONTHS[month["month"].lower()]) % 12 if published_on else 0
    return "background" if ago >= 2 else "event"
