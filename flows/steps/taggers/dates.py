"""Time expressions of the body, resolved against the day of publication to closed intervals of days."""

from __future__ import annotations

import calendar
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial

from flows.steps.taggers.reading import Reading
from flows.steps.taggers.vocabulary import Phrases, at_word, first_letters
from flows.steps.taggers.word_lists import Sought, WordList
from warehouse.records import DateExpression

MONTHS = (
    {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
    | {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9}
)
BURMESE_MONTHS = {
    "ဇန်နဝါရီ": 1,
    "ဖေဖော်ဝါရီ": 2,
    "မတ်": 3,
    "ဧပြီ": 4,
    "မေ": 5,
    "ဇွန်": 6,
    "ဇူလိုင်": 7,
    "ဩဂုတ်": 8,
    "သြဂုတ်": 8,
    "စက်တင်ဘာ": 9,
    "အောက်တိုဘာ": 10,
    "နိုဝင်ဘာ": 11,
    "ဒီဇင်ဘာ": 12,
}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
# "May" and "March" are words too: a bare month wants a capital and a word that leads to a time.
MONTH_NAMES = "|".join(name.capitalize() for name in sorted(MONTHS, key=len, reverse=True))
MONTH = rf"(?P<month>{at_word(MONTH_NAMES)})\.?"
DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
LEADS_TO_A_MONTH = ("in ", "In ", "by ", "since ", "Since ", "last ", "next ", "early ", "late ", "mid-", "until ", "during ")


def led_by(leads: Iterable[str], names: str) -> str:
    """Names right behind one of the words that lead to them; it begins with a letter of a name, which the engine looks for fast."""
    groups = []
    for letter, rests in first_letters(names).items():
        led = "|".join(rf"(?<=\b{lead}{letter})" for lead in leads)
        groups.append(f"{letter}(?:{led})(?:{'|'.join(rests)})")
    return f"(?:{'|'.join(groups)})"


LONGEST_DAY_CHARS = 8
ENDS_A_DAY = ("st", "nd", "rd", "th", "of")
MONTH_AND_DIGIT = re.compile(r"[^\W\d_]+\.?\s+\d")
# The same behind a boundary, from a digit on, which the engine looks for fast.
DAY_FIRST = r"(?P<day>\d(?<!\w\d)(?:(?<=[0-3])\d)?)(?:st|nd|rd|th)?"
YEAR = r"(?P<year>(?:19|20)\d\d)"
SMALL = {word: number for number, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)} | {
    "a": 1,
    "an": 1,
}
FUTURE = Phrases("will|plans?|planned|planning|scheduled|aimed|due|upcoming|expected|set to|next|intends?|ahead of|deadline|would")
# "A protest against the planned election on Saturday" was last Saturday: a weekday lies ahead only by a verb.
AHEAD = Phrases("will|plans? to|planned (?:to|for)|planning to|scheduled|aimed|set to|next|intends?|would|to be held")
# A day and month up to two weeks ahead is this year's, cue or not: nearly a year back, outlets print the year.
SOON_DAYS = 14
Interval = tuple[date | None, date | None, str]
Resolver = Callable[[re.Match[str], date | None, bool], Interval | None]
Rule = tuple[tuple[str, ...], re.Pattern[str], Resolver]


def find_dates(reading: Reading) -> Iterator[DateExpression]:
    """Time expressions in text order. Without a day of publication only full dates have an interval; the others keep None.

    Precision is day, month or year: that of the interval's ends. A day without its year is the nearest one before the anchor,
    unless the sentence speaks of the future.
    """
    anchor = anchor_of(reading)
    body = reading.body.text
    months: dict[int, list[int]] = {}
    for number, rules in sorted(rules_by_sentence(reading, months).items()):
        start, end = reading.sentences[number]
        yield from sentence_dates(body[start:end], start, sorted(rules), months.get(number, []), anchor, reading.held[number])


def rules_by_sentence(reading: Reading, months: dict[int, list[int]]) -> dict[int, set[int]]:
    """Number of each sentence that holds a string without which a rule finds nothing, and the numbers of those rules.

    `months` takes, also by sentence, where names of months begin.
    """
    out: dict[int, set[int]] = {}
    starts = [start for start, _ in reading.sentences]
    text, folded, words = reading.body.text, reading.body.folded, reading.body.spotted.payloads
    for word, start, _ in reading.body.spotted.of(DATE_WORDS):
        needed, rules = words[word]
        if rules == MONTH_RULES:
            # "May" is a month, "may" is none.
            if not text.startswith(needed.capitalize(), start):
                continue
            rules = month_rules(rules, text, start)
            months.setdefault(bisect_right(starts, start) - 1, []).append(start)
        elif rules == YEAR_RULES:
            rules = rules if text[start + 2 : start + 4].isdecimal() else []
        elif rules == UNIT_RULES:
            before = folded[max(0, start - LONGEST_WHICH_CHARS) : start]
            rules = rules if before[-2:].isspace() or before.rstrip().endswith(WHICH) else []
        if rules:
            out.setdefault(bisect_right(starts, start) - 1, set()).update(rules)
    return out


def month_rules(rules: list[int], text: str, month: int) -> list[int]:
    """Those of the rules that find a day on their side of the month; the rules without a day stay."""
    before = text[max(0, month - LONGEST_DAY_CHARS) : month].rstrip()
    led = before[-1:].isdecimal() or before.endswith(ENDS_A_DAY) or text[month - 2 : month].isspace()
    followed = MONTH_AND_DIGIT.match(text, month) is not None
    return [rule for rule in rules if (led or rule not in DAY_BEFORE_MONTH) and (followed or rule not in DAY_BEHIND_MONTH)]


def needs_and_rules() -> Iterator[tuple[str, list[int]]]:
    """Each string that a rule needs, and the numbers of the rules that need it."""
    words: dict[str, list[int]] = {}
    for number, (needs, _, _) in enumerate(RULES):
        for word in needs:
            words.setdefault(word, []).append(number)
    yield from words.items()


def sentence_dates(sentence: str, offset: int, rules: list[int], months: list[int], anchor: date | None, held: int) -> list[DateExpression]:
    """The time expressions of one sentence in text order; of overlapping ones that of the earlier rule. `held`: what phrases it may hold."""
    taken: list[tuple[int, int]] = []
    found: list[DateExpression] = []
    for rule in rules:
        _, pattern, resolve = RULES[rule]
        for match in matches_at(pattern, sentence, offset, months) if rule in MONTH_FIRST else pattern.finditer(sentence):
            a, b = match.span()
            if any(x < b and a < y for x, y in taken):
                continue
            interval = resolve(match, anchor, (AHEAD if resolve is weekday else FUTURE).search(sentence, held) is not None)
            if interval:
                taken.append((a, b))
                found.append(DateExpression(offset + a, offset + b, sentence[a:b], *interval))
    return sorted(found, key=lambda one: one.start_char)


def matches_at(pattern: re.Pattern[str], sentence: str, offset: int, months: list[int]) -> Iterator[re.Match[str]]:
    """As `finditer`, for a pattern that begins with the name of a month."""
    past = 0
    for month in sorted(months):
        if month - offset >= past and (match := pattern.match(sentence, month - offset)):
            past = match.end()
            yield match


def anchor_of(reading: Reading) -> date | None:
    """The day that 'Saturday' looks back from: the end of the week that a headline names, else the day of publication."""
    for pattern in RANGES:
        if match := pattern.search(reading.source.headline or ""):
            interval = day_range(match, reading.source.published_on, future=False)
            if interval and interval[1]:
                return interval[1]
    return reading.source.published_on


def a_day(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] else None


def nearest(month: int, day: int, anchor: date | None, future: bool) -> date | None:
    """The day of that month: the last one up to the anchor, or the next one where the sentence looks ahead."""
    if anchor is None:
        return None
    if month == 2 and day == 29 and not calendar.isleap(anchor.year):
        return None
    here = a_day(anchor.year, month, day)
    if here is None or here <= anchor:
        # Ahead only for days that the calendar has just passed: "will begin on January 5" told in December.
        return a_day(anchor.year + 1, month, day) if here and future and (anchor - here).days > 183 else here
    return here if future or (here - anchor).days <= SOON_DAYS else a_day(anchor.year - 1, month, day)


def month_of(match: re.Match[str], name: str = "month") -> int:
    return MONTHS[match[name].lower().rstrip(".")]


def full_day(match: re.Match[str], _anchor: date | None, _future: bool) -> Interval | None:
    day = a_day(int(match["year"]), month_of(match), int(match["day"]))
    return (day, day, "day") if day else None


def iso_day(match: re.Match[str], _anchor: date | None, _future: bool) -> Interval | None:
    day = a_day(int(match["year"]), int(match["month"]), int(match["day"]))
    return (day, day, "day") if day else None


def day_of_month(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    number = int(match["day"])
    if not 1 <= number <= 31:
        return None
    day = nearest(month_of(match), number, anchor, future)
    return (day, day, "day") if day or anchor is None else None


def day_range(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    groups = match.groupdict()
    month, last_month = month_of(match), month_of(match, "last_month") if groups.get("last_month") else month_of(match)
    if groups.get("year"):
        end = a_day(int(match["year"]), last_month, int(match["last_day"]))
        start = a_day(end.year - (month > last_month), month, int(match["day"])) if end else None
    else:
        # A stretch that has begun may go on beyond the anchor.
        start = nearest(month, int(match["day"]), anchor, future)
        if start is None:
            return (None, None, "day") if anchor is None else None
        end = a_day(start.year + (month > last_month), last_month, int(match["last_day"]))
    return (start, end, "day") if start and end and start <= end else None


def whole_month(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    month = month_of(match)
    year = int(match["year"]) if match.groupdict().get("year") else None
    if year is None:
        if anchor is None:
            return None, None, "month"
        year = anchor.year if month <= anchor.month or future else anchor.year - 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month"


def week_of_month(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    month = whole_month(match, anchor, future)
    if month is None or month[0] is None or month[1] is None:
        return (None, None, "day") if anchor is None else None
    number = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": 4}[match["which"].lower()]
    if number == 4:
        return month[1] - timedelta(days=6), month[1], "day"
    start = month[0] + timedelta(days=7 * number)
    return start, start + timedelta(days=6), "day"


def whole_year(match: re.Match[str], _anchor: date | None, _future: bool) -> Interval | None:
    year = int(match["year"])
    return date(year, 1, 1), date(year, 12, 31), "year"


def weekday(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    """The last such day up to the anchor; the next one after 'next' or where the sentence looks ahead."""
    if anchor is None:
        return None, None, "day"
    back = (anchor.weekday() - WEEKDAYS[match["weekday"].lower()]) % 7
    which = (match["which"] or "").lower()
    if which == "next" or (future and which != "last"):
        day = anchor + timedelta(days=(7 - back) if back else 7 if which == "next" else 0)
    else:
        day = anchor - timedelta(days=back or (7 if which == "last" else 0))
    return day, day, "day"


def relative_day(match: re.Match[str], anchor: date | None, _future: bool) -> Interval | None:
    if anchor is None:
        return None, None, "day"
    word = match["word"].lower()
    day = anchor + timedelta(days=-1 if word.startswith(("yesterday", "last night")) else 1 if word.startswith("tomorrow") else 0)
    return day, day, "day"


def ago(match: re.Match[str], anchor: date | None, _future: bool) -> Interval | None:
    number = int(match["number"]) if match["number"].isdigit() else SMALL[match["number"].lower()]
    unit = match["unit"].lower()
    if anchor is None:
        return None, None, "day" if unit == "day" else "month" if unit != "year" else "year"
    if unit == "day":
        day = anchor - timedelta(days=number)
        return day, day, "day"
    if unit == "week":
        start = anchor - timedelta(days=7 * number + anchor.weekday())
        return start, start + timedelta(days=6), "day"
    if unit == "month":
        return month_span(anchor, -number)
    return date(anchor.year - number, 1, 1), date(anchor.year - number, 12, 31), "year"


def last_this_next(match: re.Match[str], anchor: date | None, _future: bool) -> Interval | None:
    unit, step = match["unit"].lower(), {"last": -1, "this": 0, "next": 1, "previous": -1, "past": -1}[match["which"].lower()]
    if anchor is None:
        return None, None, {"week": "day", "month": "month", "year": "year"}[unit]
    if unit == "week":
        start = anchor - timedelta(days=anchor.weekday()) + timedelta(days=7 * step)
        return start, start + timedelta(days=6), "day"
    if unit == "month":
        return month_span(anchor, step)
    return date(anchor.year + step, 1, 1), date(anchor.year + step, 12, 31), "year"


def month_span(anchor: date, step: int) -> Interval:
    number = anchor.year * 12 + anchor.month - 1 + step
    year, month = divmod(number, 12)
    return date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1]), "month"


def burmese_day(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    month, number = BURMESE_MONTHS[match["month"]], int(match["day"])  # int() reads Burmese digits
    day = a_day(int(match["year"]), month, number) if match["year"] else nearest(month, number, anchor, future) if 1 <= number <= 31 else None
    return (day, day, "day") if day or anchor is None else None


def burmese_range(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    first = burmese_day(match, anchor, future)
    if first is None or first[0] is None:
        return first
    last = a_day(first[0].year, first[0].month, int(match["last_day"]))
    return (first[0], last, "day") if last and first[0] <= last else None


def burmese_month(match: re.Match[str], anchor: date | None, future: bool) -> Interval | None:
    month = BURMESE_MONTHS[match["month"]]
    if match["year"] is None and anchor is None:
        return None, None, "month"
    year = int(match["year"]) if match["year"] else anchor.year - (month > anchor.month and not future) if anchor else 0
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month"


def burmese_relative(match: re.Match[str], anchor: date | None, _future: bool) -> Interval | None:
    """Yesterday, today, a weekday (the last one up to the anchor), last week, last month, or a day of this or the last month."""
    if anchor is None:
        return None, None, "day"
    if match["weekday"]:
        back = (anchor.weekday() - BURMESE_WEEKDAYS[match["weekday"]]) % 7
        return anchor - timedelta(days=back), anchor - timedelta(days=back), "day"
    if match["week"]:
        start = anchor - timedelta(days=anchor.weekday() + 7)
        return start, start + timedelta(days=6), "day"
    if match["this_month"] or match["last_month"]:
        month = month_span(anchor, 0 if match["this_month"] else -1)
        if not match["day"] or month[0] is None:
            return month
        day = a_day(month[0].year, month[0].month, int(match["day"]))
        return (day, day, "day") if day else None
    day = anchor - timedelta(days=1 if match["yesterday"] else 0)
    return day, day, "day"


def burmese(pattern: str) -> re.Pattern[str]:
    """The pattern in the order of signs that texts have (NFC), however it was typed."""
    return re.compile(unicodedata.normalize("NFC", pattern))


BURMESE_WEEKDAYS = {
    unicodedata.normalize("NFC", name): number
    for number, name in enumerate(["တနင်္လာ", "အင်္ဂါ", "ဗုဒ္ဓဟူး", "ကြာသပတေး", "သောကြာ", "စနေ", "တနင်္ဂနွေ"])
}
BURMESE_MONTH = "(?P<month>" + "|".join(sorted(BURMESE_MONTHS, key=len, reverse=True)) + ")"
BURMESE_YEAR = r"(?:(?P<year>[၁၂][၀-၉]{3})\s*(?:ခုနှစ်|ပြည့်နှစ်)?၊?\s*)?"
BURMESE_RELATIVE = burmese(
    r"(?P<weekday>" + "|".join(BURMESE_WEEKDAYS) + r")နေ့|(?P<yesterday>ယမန်နေ့|မနေ့က)|(?P<today>ယနေ့(?!အထိ|တိုင်|ထိ|ခေတ်))|"
    r"(?P<week>(?:ပြီးခဲ့သည့်|ပြီးခဲ့တဲ့)\s*(?:ရက်သတ္တပတ်|အပတ်|သီတင်းပတ်))|"
    r"(?:(?P<this_month>ယခုလ)|(?P<last_month>(?:ပြီးခဲ့သည့်|ပြီးခဲ့တဲ့)\s*လ(?!ပိုင်း)))(?:\s*(?P<day>[၀-၉]{1,2})\s*ရက်)?"
)

DASH = r"\s*(?:-|–|to|and|until|through)\s*"
LAST_MONTH = MONTH.replace("<month>", "<last_month>")
RANGES = (
    re.compile(rf"{MONTH}\s+{DAY}{DASH}(?:{LAST_MONTH}\s+)?(?P<last_day>[0-3]?\d)(?:st|nd|rd|th)?\b(?:,?\s+{YEAR})?"),
    re.compile(rf"{DAY_FIRST}{DASH}(?P<last_day>[0-3]?\d)(?:st|nd|rd|th)?\s+{MONTH}\b(?:,?\s+{YEAR})?"),
)
# The strings of which a sentence must hold one for the rule to be tried: a cheap look before a dear one.
IN_MONTH = tuple(sorted({name[:3] for name in MONTHS}))
IN_YEAR = ("19", "20")
RELATIVE_DAYS = ("yesterday", "today", "tomorrow", "last night", "tonight", "this morning", "this evening", "this afternoon")
WHICH = ("last", "this", "next", "previous", "past")
LONGEST_WHICH_CHARS = 12
RULES: tuple[Rule, ...] = (
    *((IN_MONTH, pattern, day_range) for pattern in RANGES),
    (IN_YEAR, re.compile(rf"\b{YEAR}-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b"), iso_day),
    (IN_YEAR, re.compile(rf"{MONTH}\s+{DAY},?\s+{YEAR}\b"), full_day),
    (IN_YEAR, re.compile(rf"{DAY_FIRST}\s+(?:of\s+)?{MONTH},?\s+{YEAR}\b"), full_day),
    (("week of",), re.compile(rf"\b(?P<which>first|second|third|fourth|last) week of {MONTH}(?:,?\s+{YEAR})?\b"), week_of_month),
    (IN_MONTH, re.compile(rf"{MONTH}\s+{DAY}(?![\d,]*\d)\b"), day_of_month),
    (IN_MONTH, re.compile(rf"{DAY_FIRST}\s+(?:of\s+)?{MONTH}\b"), day_of_month),
    (IN_YEAR, re.compile(rf"\b(?:(?:early|late|mid)[ -])?{MONTH},?\s+{YEAR}\b"), whole_month),
    (
        IN_MONTH,
        re.compile(rf"(?P<month>{led_by(LEADS_TO_A_MONTH, MONTH_NAMES)})\.?(?!\s+\d)\b"),
        whole_month,
    ),
    (
        IN_YEAR,
        re.compile(
            rf"(?=[12elm])(?:(?<=\bin )|(?<=\bIn )|(?<=\bsince )|(?<=\bSince )|(?<=\bby )|(?<=\buntil ))(?:early |late |"
            rf"mid-)?{YEAR}\b(?!-)"
        ),
        whole_year,
    ),
    (
        tuple(WEEKDAYS),
        re.compile(
            r"\b(?:(?P<which>last|next|this)\s+)?(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|"
            r"Sunday)s?\b(?!,?\s+" + MONTH.replace("?P<month>", "?:") + r"\s+\d)"
        ),
        weekday,
    ),
    (
        RELATIVE_DAYS,
        re.compile(rf"\b(?P<word>{'|'.join(RELATIVE_DAYS)})\b", re.IGNORECASE),
        relative_day,
    ),
    (
        ("ago",),
        re.compile(
            r"\b(?P<number>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|an?)\s+(?P<unit>day|week|month|"
            r"year)s?\s+ago\b",
            re.IGNORECASE,
        ),
        ago,
    ),
    (
        ("week", "month", "year"),
        re.compile(rf"\b(?P<which>{'|'.join(WHICH)})\s+(?P<unit>week|month|year)\b", re.IGNORECASE),
        last_this_next,
    ),
    (
        tuple(BURMESE_MONTHS),
        burmese(BURMESE_YEAR + BURMESE_MONTH + r"\s*လ?\s*(?P<day>[၀-၉]{1,2})\s*(?:ရက်\s*)?(?:မှ|-|–)\s*(?P<last_day>[၀-၉]{1,2})\s*ရက်"),
        burmese_range,
    ),
    (tuple(BURMESE_MONTHS), burmese(BURMESE_YEAR + BURMESE_MONTH + r"\s*လ?\s*(?P<day>[၀-၉]{1,2})(?:\s*ရက်)?"), burmese_day),
    (tuple(BURMESE_MONTHS), burmese(BURMESE_YEAR + BURMESE_MONTH + "လ(?![က-အ]*်)"), burmese_month),
    (
        (*BURMESE_WEEKDAYS, *map(partial(unicodedata.normalize, "NFC"), ("ယမန်နေ့", "မနေ့က", "ယနေ့", "ပြီးခဲ့", "ယခုလ"))),
        BURMESE_RELATIVE,
        burmese_relative,
    ),
)
MONTH_RULES = [number for number, (needs, _, _) in enumerate(RULES) if needs == IN_MONTH]
YEAR_RULES = [number for number, (needs, _, _) in enumerate(RULES) if needs == IN_YEAR]
UNIT_RULES = [number for number, (_, _, resolve) in enumerate(RULES) if resolve is last_this_next]
MONTH_FIRST = frozenset(number for number, (_, pattern, _) in enumerate(RULES) if number in MONTH_RULES and pattern.pattern.startswith("(?P<month>"))
DAY_BEFORE_MONTH = frozenset(number for number, (_, pattern, _) in enumerate(RULES) if pattern.pattern.startswith(DAY_FIRST))
DAY_BEHIND_MONTH = frozenset(number for number, (_, pattern, _) in enumerate(RULES) if pattern.pattern.startswith(rf"{MONTH}\s+{DAY}"))
# Days of the week have plurals, months go on ("Jan" is looked for), and so do years.
DATE_WORDS = WordList(lambda: (Sought(word, (word, rules), whole=word not in (*IN_MONTH, *IN_YEAR, *WEEKDAYS)) for word, rules in needs_and_rules()))
