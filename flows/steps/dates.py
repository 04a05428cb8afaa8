"""Dates as pages write them: ISO moments of machines, and the day lines of people in English, Burmese and a few more languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

# No date is longer; 8,000 characters cost a date parser five CPU seconds (measured for dateparser).
DATE_CHARS_MAX = 64
# The first news sites; anything before is a birthday or a placeholder such as 1970-01-01.
FIRST_YEAR = 1990

_BURMESE_DIGITS = str.maketrans("၀၁၂၃၄၅၆၇၈၉", "0123456789")
_ANY_DIGIT = re.compile("[0-9\u1040-\u1049]")

# Month names by number; the English ones also match as three letters. Read with a case fold and without the final dot.
# Beside English and Burmese: German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian, Indonesian, Polish, Russian, Turkish; then Finnish,
# Czech, Romanian, Ukrainian. A word that names two months in two languages (`listopada`, Polish and Croatian) is left out: a day that is missing can
# be seen, a wrong one cannot.
_MONTHS = {
    1: "january jan januar jänner janvier enero ene gennaio gen janeiro januari stycznia января янв ocak ဇန်နဝါရီ ဇန်နဝါရီလ",
    2: "february feb februar février fevrier févr febrero febbraio fevereiro februari lutego февраля фев şubat ဖေဖော်ဝါရီ ဖေဖော်ဝါရီလ",
    3: "march mar märz mrz mars marzo março maart mrt marts maret marca марта мар mart မတ် မတ်လ",
    4: "april apr avril avr abril abr aprile kwietnia апреля апр nisan ဧပြီ ဧပြီလ",
    5: "may mai mayo maggio mag maio mei maj maja мая mayıs မေ မေလ",
    6: "june jun juni juin junio giugno giu junho czerwca июня июн haziran ဇွန် ဇွန်လ",
    7: "july jul juli juillet juil julio luglio lug julho lipca июля июл temmuz ဇူလိုင် ဇူလိုင်လ",
    8: "august aug août aout agosto ago augustus augusti agustus sierpnia августа авг ağustos သြဂုတ် ဩဂုတ် သြဂုတ်လ ဩဂုတ်လ",
    9: "september sept sep septembre septiembre setiembre settembre set setembro września сентября сен eylül စက်တင်ဘာ စက်တင်ဘာလ",
    10: "october oct oktober okt octobre octubre ottobre ott outubro października октября окт ekim အောက်တိုဘာ အောက်တိုဘာလ",
    11: "november nov novembre noviembre novembro ноября ноя kasım နိုဝင်ဘာ နိုဝင်ဘာလ",
    12: "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro desember des grudnia декабря дек aralık ဒီဇင်ဘာ ဒီဇင်ဘာလ",
}
_MORE_MONTHS = (
    "tammikuuta ledna ianuarie січня", "helmikuuta února februarie лютого", "maaliskuuta března martie березня", "huhtikuuta dubna aprilie квітня",
    "toukokuuta května травня", "kesäkuuta června iunie червня", "heinäkuuta července iulie липня", "elokuuta srpna серпня",
    "syyskuuta září septembrie вересня", "lokakuuta října octombrie жовтня", "marraskuuta listopadu noiembrie листопада",
    "joulukuuta prosince decembrie грудня",
)  # fmt: skip
_MONTH_NUMBER = {name: number for number, names in (*_MONTHS.items(), *enumerate(_MORE_MONTHS, start=1)) for name in names.split()}
_MONTH = "(?P<month>" + "|".join(sorted(map(re.escape, _MONTH_NUMBER), key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_DAY = r"(?<![\d.])(?<!\d:)(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?(?!\d)"
# Not the end of a range: 5-11 January is a week, not a day.
_ONE_DAY = rf"(?<!\d[-–]){_DAY}"
# A name may touch the month where two elements do: 'ByJane RoeJuly 30, 2019'.
_WORD_START = r"(?:(?<![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"

# Each pattern names day, month and year; the year may be missing in those marked so.
_PATTERNS = (
    re.compile(rf"(?<![\d.]){_YEAR}(?P<mark>[-/.])(?P<number>[01]?\d)(?P=mark)(?P<day>[0-3]?\d)(?![\d]|\.\d)"),
    re.compile(rf"(?<!\d){_YEAR} ?[年년] ?(?P<number>[01]?\d) ?[月월] ?(?P<day>[0-3]?\d) ?[日일]"),
    re.compile(rf"{_ONE_DAY}(?:,? |-|/|\.)(?:of |de |di )?{_MONTH}(?:,? ?|-|/)(?:de |del )?{_YEAR}", re.I),
    re.compile(rf"{_ONE_DAY}(?:,? | ?ရက်(?:နေ့)?(?:၊|,)? ?){_MONTH}(?:၊|,)? ?{_YEAR}", re.I),
    re.compile(rf"{_WORD_START}{_MONTH} ?\(?{_DAY}\)?(?: ?ရက်(?:နေ့)?)?(?:,|၊)? ?{_YEAR}", re.I),
    # The formal Burmese order, year first: 2025 ခုနှစ်၊ နိုဝင်ဘာလ (17) ရက်.
    # '08/13/2020 May 22nd, 2025' are two days.
    re.compile(rf"(?<![\d/.-]){_YEAR} ?(?:ခုနှစ်|ခု)?(?:,|၊)? ?{_MONTH}(?:,|၊)? ?\(?{_DAY}(?!,? ?(?:19|20)\d\d)", re.I),
)
_NUMERIC = re.compile(r"(?<![\d./-])(?P<first>[0-3]?\d)(?P<mark>[./-])(?P<second>[0-3]?\d)(?P=mark)(?P<year>(?:19|20)\d\d|\d\d)(?![\d/-])")
_WITHOUT_YEAR = (
    re.compile(rf"{_ONE_DAY} (?:of )?{_MONTH}", re.I),
    re.compile(rf"(?<![^\W\d_]){_MONTH} ?\(?{_DAY}\)?", re.I),
)
# Every pattern with a year needs one of these; most lines of a page have neither.
_MAY_HOLD_A_DAY = re.compile(r"(?:19|20)\d\d|\d[./-]\d{1,2}[./-]\d\d")
# Countries that write the month first in 3/4/2025.
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW"})
_MONTH_FIRST_LANGUAGES = frozenset({"en", "fil", "tl"})

_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ]+(?P<clock>\d\d:\d\d(?P<seconds>:\d\d)?)(?:[.,:]\d+)? ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?", re.I
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, aware, and how exactly the source gives it: second, minute or day (midnight in the outlet's zone)."""

    at: datetime
    precision: str


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A day found in a line, at a half-open range of characters. `year` is None where the line leaves it out."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    is_numeric: bool = False  # 3/4/2025, where which of the two is the month depends on the country

    def on(self, year: int | None = None) -> date | None:
        """The calendar day, or None without a year."""
        year = self.year or year
        return date(year, self.month, self.day) if year else None


def country_of_dates(language: str | None, country: str) -> str:
    """The country whose order of day and month a page follows: the outlet's, but for a page in the language of another one.

    `language` is what the page declares. 'en-GB' and 'de' on a page of an American outlet say that the day comes first; 'en-US' says nothing on
    that of any other, since content systems are delivered with it.
    """
    base, *parts = (language or "").replace("_", "-").split("-")
    region = next((part.upper() for part in parts if len(part) == 2), "")
    if country not in _MONTH_FIRST or not base:
        return country
    other = region and region not in _MONTH_FIRST
    return (region or "") if other or (not region and base.lower() not in _MONTH_FIRST_LANGUAGES) else country


def read_moment(text: str, zone: str, country: str = "") -> Moment | None:
    """The moment that a machine or a person wrote, or None. A time without a zone is in the outlet's."""
    text = " ".join(text[:DATE_CHARS_MAX].split()).translate(_BURMESE_DIGITS)
    stamped = _iso_moment(text, zone) or _mail_moment(text) or _java_moment(text, zone) or _compact_moment(text, zone)
    return stamped or _day_moment(text, zone, country)


def _iso_moment(text: str, zone: str) -> Moment | None:
    found = _ISO.match(text)
    if not found:
        return None
    try:
        if not found["clock"]:
            return midnight(date.fromisoformat(found["day"]), zone)
        at = datetime.fromisoformat(f"{found['day']}T{found['clock']}{_offset(found['zone'])}")
    except ValueError:  # the 31st of November, 25 o'clock
        return None
    return Moment(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)), "second" if found["seconds"] else "minute")


def _offset(zone: str | None) -> str:
    if not zone:
        return ""
    return "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone if len(zone) != 3 else f"{zone}:00"


def _mail_moment(text: str) -> Moment | None:
    """Feeds and old CMSs write 'Mon, 17 Nov 2025 10:20:00 +0630'."""
    if not re.match(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d", text):
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return Moment(at if at.tzinfo else at.replace(tzinfo=UTC), "second")


_JAVA = re.compile(r"\w{3} (?P<month>\w{3}) (?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) (?P<zone>[A-Z]{2,5}) (?P<year>\d{4})")
_ZONES = {
    "UTC": "+00:00", "GMT": "+00:00", "CET": "+01:00", "CEST": "+02:00", "EST": "-05:00", "EDT": "-04:00", "PST": "-08:00", "PDT": "-07:00",
    "MMT": "+06:30",
}  # fmt: skip


def _java_moment(text: str, zone: str) -> Moment | None:
    """Java writes 'Fri Apr 28 19:20:36 CEST 2023'. A zone whose name is not known is taken for the outlet's own."""
    found = _JAVA.match(text)
    month = _MONTH_NUMBER.get(found["month"].casefold()) if found else None
    if not found or not month:
        return None
    return _iso_moment(f"{found['year']}-{month:02}-{int(found['day']):02}T{found['clock']}{_ZONES.get(found['zone'], '')}", zone)


_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?Z?)?")


def _compact_moment(text: str, zone: str) -> Moment | None:
    """ISO 8601 without its marks: '20251117', '20251117T102005Z', '202511171020'."""
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    clock = f"T{found['hour']}:{found['minute']}" + (f":{found['second']}" if found["second"] else "") if found["hour"] else ""
    return _iso_moment(f"{found['year']}-{found['month']}-{found['day']}{clock}{'Z' if clock and text.endswith('Z') else ''}", zone)


def _day_moment(text: str, zone: str, country: str) -> Moment | None:
    day = next((found.on() for found in printed_dates(text, country) if found.year), None)
    return midnight(day, zone) if day else None


def midnight(day: date, zone: str) -> Moment:
    """The day as a moment: midnight in the outlet's zone."""
    return Moment(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)), "day")


def has_digit(text: str) -> bool:
    """Whether a line can hold a date at all."""
    return _ANY_DIGIT.search(text) is not None


def printed_dates(text: str, country: str = "", *, without_year: bool = False) -> Iterator[PrintedDate]:
    """The dates of a line in the order of how surely they are one: written-out months first, bare numbers last.

    Offsets point into `text` (Burmese digits are replaced one by one, so they stay).
    """
    if not has_digit(text):
        return
    if not text.isascii():
        text = text.translate(_BURMESE_DIGITS)
    for pattern in _PATTERNS if _MAY_HOLD_A_DAY.search(text) else ():
        for found in pattern.finditer(text):
            yield from _checked(found, _month_of(found), int(found["day"]), int(found["year"]))
    for found in _NUMERIC.finditer(text) if any(text.count(mark) > 1 for mark in "./-") else ():
        for printed in _checked(found, *_by_country(found, country)):
            yield replace(printed, is_numeric=found["mark"] != ".")
    for pattern in _WITHOUT_YEAR if without_year else ():
        for found in pattern.finditer(text):
            yield from _checked(found, _month_of(found), int(found["day"]), None)


def _month_of(found: re.Match[str]) -> int:
    groups = found.groupdict()
    return int(groups["number"]) if groups.get("number") else _MONTH_NUMBER[groups["month"].casefold()]


def _by_country(found: re.Match[str], country: str) -> tuple[int, int, int]:
    """(month, day, year): day first, but in a few countries; a number past 12 settles it."""
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    month_first = second > 12 or (country in _MONTH_FIRST and found["mark"] != "." and first <= 12)
    month, day = (first, second) if month_first else (second, first)
    return month, day, year if year > 99 else 2000 + year


def _checked(found: re.Match[str], month: int, day: int, year: int | None) -> Iterator[PrintedDate]:
    try:
        date(year or 2024, month, day)
    except ValueError:
        return
    if year is None or year >= FIRST_YEAR:
        yield PrintedDate(found.start(), found.end(), day, month, year)


_REVIEWED_WORDS = "last reviewed|reviewed|last checked|accessed|abgerufen"
_UPDATED_WORDS = (
    "updated?|modified|last edited|last published|changed|aktualisiert|aktualisierung|geändert|änderung|bearbeitet|"
    "editiert|mise? à jour|modifié|actualizado|actualización|aggiornato|atualizado|atualização|amended|"
    "bijgewerkt|uppdaterad|oppdatert|opdateret|zaktualizowano|päivitetty|revised|обновлено|နောက်ဆုံးပြင်ဆင်"
)
# What may stand between such a word and its day: 'Updated 20:49, 5 Aug 2024'.
_UP_TO_A_DAY = (
    r"(?: on| am| em| le| at| den|:)?[^\w\n]{0,6}(?:\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\b\.?)?[^\w\n]{0,4})?(?:\w+[ ,]{1,2}){0,3}$"
)
_UPDATED = re.compile(rf"(?:{_UPDATED_WORDS}|{_REVIEWED_WORDS}){_UP_TO_A_DAY}", re.I)
_REVIEWED = re.compile(rf"(?:{_REVIEWED_WORDS}){_UP_TO_A_DAY}", re.I)
_UPDATED_AFTER = re.compile(
    r"^\W{0,4}(?:latest version|see updates|(?:last )?(?:updated|modified|reviewed|edited)|(?:zuletzt )?(?:aktualisiert|bearbeitet))\W*$", re.I
)


def is_update(before: str, after: str) -> bool:
    """Whether the words around a printed day say that it is that of a change: 'Updated: May 2, 2021', '12 Jan 2026 | Latest version'."""
    return bool(_UPDATED.search(before) or _UPDATED_AFTER.search(after))


def is_review(before: str, after: str) -> bool:
    """Whether an `is_update` tells only that somebody looked at the text again: 'Last reviewed: 2 May 2021'."""
    return bool(_REVIEWED.search(before) or "reviewed" in after.casefold())


def day_meant(printed: PrintedDate, captured_on: date, stated: Collection[date]) -> date | None:
    """The calendar day that a printed date with a year means, or None without a year.

    3/4/2025 is read the other way round where that is a day the page states elsewhere, or the one beside it (another zone), or where only that one
    lies before the capture.
    """
    day = printed.on()
    if day is None or not printed.is_numeric or _is_beside(day, stated):
        return day
    try:
        other = date(day.year, day.day, day.month)
    except ValueError:
        return day
    return other if _is_beside(other, stated) or day > captured_on >= other else day


def _is_beside(day: date, stated: Collection[date]) -> bool:
    return any(abs((day - other).days) <= 1 for other in stated)


def nearest_year(found: PrintedDate, published: date) -> date | None:
    """The day of a line without a year, in the year that brings it nearest to the publication."""
    if found.year:
        return found.on()
    days = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            days.append(date(year, found.month, found.day))
        except ValueError:  # 29 February
            continue
    return min(days, key=lambda day: abs((day - published).days), default=None)


_URL_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[/_-]?(?P<month>0[1-9]|1[0-2]|(?<=[/_-])[1-9](?=[/_-]))[/_-]?(?P<day>0[1-9]|[12]\d|"
    r"3[01]|(?<=[/_-])[1-9](?=[/_-]))(?!\d)"
)
_URL_NAMED_DAY = re.compile(rf"/(?P<year>(?:19|20)\d\d)/{_MONTH}/(?P<day>[0-3]?\d)(?=/|$)", re.I)
# Day first only where the other number cannot be the day's: /meldungen/29-10-2021.
_URL_DAY_FIRST = re.compile(r"/(?P<day>1[3-9]|2\d|3[01])[-._](?P<month>0[1-9]|1[0-2])[-._](?P<year>(?:19|20)\d\d)(?=[/_.-]|$)")
_OBJECT_ID = re.compile(r"(?<![0-9a-f])(?P<seconds>[0-9a-f]{8})[0-9a-f]{16}(?![0-9a-f])", re.I)


def url_day(path: str) -> date | None:
    """The day that a path such as /2025/11/26/slug names, or None."""
    for found in (_URL_DAY.search(path), _URL_NAMED_DAY.search(path), _URL_DAY_FIRST.search(path)):
        try:
            if found:
                return date(int(found["year"]), _month_in_url(found["month"]), int(found["day"]))
        except ValueError:
            continue
    return None


def _month_in_url(text: str) -> int:
    return int(text) if text.isdigit() else _MONTH_NUMBER[text.casefold()]


def object_id_moment(path: str, before: datetime) -> datetime | None:
    """When a Mongo ObjectId in a path was made (its first eight digits are seconds), where that is between 2009 and the capture.

    MongoDB's first release was in 2009; a random 24-digit hash falls into the range with a chance of about one in eight,
    so the caller asks only for paths in which the id stands as a whole segment.
    """
    for segment in path.split("/"):
        found = _OBJECT_ID.fullmatch(segment)
        if found:
            made = datetime.fromtimestamp(int(found["seconds"], 16), UTC)
            if datetime(2009, 1, 1, tzinfo=UTC) < made <= before + timedelta(days=1):
                return made
    return None
