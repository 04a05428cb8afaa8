"""Whether a number tells of one event, of a longer time, of a part of another number, or of what was long before."""

from __future__ import annotations

import re
from datetime import date

from flows.steps.taggers.dates import IN_MONTH, MONTHS, RANGES, WEEKDAYS, day_range
from flows.steps.taggers.vocabulary import Phrases, at_word
from warehouse.record import record

# A span of more days than this is no single event.
LONGEST_EVENT_DAYS = 8
# What is looked at before a number; the words that change its meaning stand close.
WINDOW_CHARS = 60
# A month further off than this belongs to other words.
FAR_CHARS = 120
MONTH = "|".join(name.capitalize() for name in sorted(MONTHS, key=len, reverse=True))
AND_A_DAY = r"\.?\s+\d{1,2}(?!\d)"
SPAN = r"(?:(?:\w+|\d+)\s+)?(?:days|weeks|months|years|month|year|decades?)"
# These are looked for in lower case: where case does not count, the engine cannot pass over an alternative at one look.
THE_PAST = [rf"the {which} (?!(?:night|day|hour|minute|moment)s?\b)" for which in ("past", "last", "previous", "preceding")]
WEEKS = [
    rf"(?:(?:the|these|those|recent) )*(?:\w+ )?{unit}\b(?! (?:ago|later|after|before))" for unit in ("weeks", "months", "years")
]
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "several")
CUMULATIVE = Phrases(
    rf"since|so far|in total|altogether|total of|totall?ing|to date|until now|up to now|"
    rf"{'|'.join(f'{word} {past}' for word in ('over', 'in', 'during', 'within', 'for') for past in THE_PAST)}|"
    rf"{'|'.join(f'{word} {weeks}' for word in ('over', 'in', 'during', 'within', 'throughout') for weeks in WEEKS)}|"
    rf"{'|'.join(f'{word} (?:weeks|months|years) of' for word in NUMBERS)}|"
    rf"this (?:year|month)|in all|death toll|overall|from \w+ to \w+ \d{{4}}|"
    rf"{'|'.join(f'in the {which} (?:half|week|quarter|{SPAN})' for which in ('first', 'second', 'third', 'fourth', 'last'))}|"
    "each (?:week|month|year)|every (?:week|month|year)|"
    "monthly (?:total|toll|average)|yearly (?:total|toll|average)|annual (?:total|toll|average)"
)
# As "three weeks of", with digits: the words behind them are looked for.
WEEKS_OF = Phrases("weeks of|months of|years of")
MANY_WEEKS = re.compile(r"\d(?<!\w\d)\d* (?:weeks|months|years) of\b")
# Tallies: many events behind one number, unless the sentence names a day.
KEPT = r"(?:that |which )?(?:\w+ )?(?:compiled|collected|kept|gathered|collated|maintained|show|shows|showed)"
COUNTED = "|".join(
    f"{word} (?:so far |already )?{done}" for word in ("has", "have", "had") for done in ("recorded", "documented", "counted", "tallied")
)
TALLY = Phrases(
    r"according to (?:[\w'’-]+ ){0,4}?(?:figures|data|statistics|tall(?:y|ies)|counts?|database|documentation)|"
    rf"{'|'.join(f'{word} {KEPT}' for word in ('figures', 'data', 'statistics', 'lists?', 'tall(?:y|ies)', 'counts?', 'records'))}|"
    rf"{COUNTED}|{'|'.join(f'{word} by' for word in ('compiled', 'documented', 'recorded', 'collated', 'tallied', 'counted'))}"
)
A_DAY = Phrases(
    rf"Monday\b|Tuesday\b|Wednesday\b|Thursday\b|Friday\b|Saturday\b|Sunday\b|{MONTH.replace('|', AND_A_DAY + '|')}{AND_A_DAY}|"
    r"Yesterday\b|yesterday\b|Last night\b|last night\b|This morning\b|this morning\b|Tonight\b|tonight\b|Overnight\b|overnight\b",
    end="",
    heads=(*WEEKDAYS, *MONTHS, "yesterday", "last night", "this morning", "tonight", "overnight"),
)
DAY_OF_MONTH = re.compile(rf"\d(?<!\w\d)\d?(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\b")
# "In February", not "in February's attack" nor "on February 3".
IN_ONE_MONTH = re.compile(
    rf"{at_word('In|in|During|during|Throughout|throughout|Over|over')}\s+(?:(?:the\s+month\s+of|early|late|mid)[ -])?"
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
# Every match of BREAKDOWN_BEFORE ends with one of these and a blank.
LEADS_TO_A_PART = ("including", "them", "those", "whom", "which", "them,", "least", "are", "were", "include", "included")
LONGEST_LEAD_CHARS = max(map(len, LEADS_TO_A_PART))
BREAKDOWN_AFTER = re.compile(r"\s+(?:of\s+(?:whom|them|those|the\s+(?:dead|victims|injured|wounded|detainees))|among\s+them)\b", re.IGNORECASE)
# Empty where two blanks stand there.
INITIALS_OF_A_WHOLE = ("", "o", "O", "a", "A")
BACKGROUND = Phrases(
    rf"last year|years ago|in recent years|a year ago|months ago|last month|previously|in the past(?!\s+{SPAN}\b)|in (?P<year>(?:19|20)\d\d)",
    heads=("last year", "years ago", "in recent", "a year", "months ago", "last month", "previously", "in the past", "in 19", "in 20"),
)
# What each day or month named in words begins with.
A_MONTH = Phrases("|".join(IN_MONTH), end="")
STANDING = re.compile(r"[^,.;]{0,40}?\s(?:are|is|remains?|still)\s(?:\w+\s){0,3}?(?:displaced|homeless)\b", re.IGNORECASE)


@record
class Times:
    """What the time words of one sentence say of all its numbers."""

    scope: str | None  # background | cumulative; None where each number decides
    months: tuple[re.Match[str], ...]  # whole months, in a sentence that names no day
    published_on: date | None


def read_times(text: str, low: str, held: int, published_on: date | None) -> Times:
    """The times of one sentence, given also in lower case; `held`: what phrases it may hold.

    Older years are background; long spans, and tallies without a day, are cumulative.
    """
    past = BACKGROUND.search(low, held)
    if past and not (past["year"] and published_on and int(past["year"]) == published_on.year):
        return Times("background", (), published_on)
    if CUMULATIVE.search(low, held) or (held & WEEKS_OF.bit and MANY_WEEKS.search(low)) or (held & A_MONTH.bit and long_range(text, published_on)):
        return Times("cumulative", (), published_on)
    if A_DAY.search(text, held) or (held & A_MONTH.bit and DAY_OF_MONTH.search(text)):
        return Times(None, (), published_on)
    if TALLY.search(low, held) or past:
        return Times("cumulative", (), published_on)
    return Times(None, tuple(IN_ONE_MONTH.finditer(text) if held & A_MONTH.bit else ()), published_on)


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
    led = text[:start].rstrip()[-LONGEST_LEAD_CHARS:].lower().endswith(LEADS_TO_A_PART)
    if (led and BREAKDOWN_BEFORE.search(text, max(0, start - WINDOW_CHARS), start)) or told_of_whom(text, end):
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


def told_of_whom(text: str, end: int) -> bool:
    """Whether a number goes on with 'of whom' and the like; one look at the next letter passes over nearly all."""
    return text[end : end + 2].strip()[:1] in INITIALS_OF_A_WHOLE and BREAKDOWN_AFTER.match(text, end) is not None


def month_scope(text: str, start: int, end: int, month: re.Match[str], published_on: date | None) -> str:
    """A number told with a whole month: the sum of the month, or one event, which is background when the month is long over."""
    if not ONE_EVENT.search(text, min(start, month.start()), max(end, month.end())):
        return "cumulative"
    ago = (published_on.month - MONTHS[month["month"].lower()]) % 12 if published_on else 0
    return "background" if ago >= 2 else "event"
