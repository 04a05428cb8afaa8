"""Which of the days that a page and its outlet state is that of publication."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.steps.bylines import Dateline
from flows.steps.dates import FIRST_YEAR, Moment, nearest_year, read_moment
from warehouse.records import FieldCandidate, OutletRules

# Which source is believed for the publication day. Machines of the outlet first, what people see next, guesses last.
DATE_SOURCES = (
    "feed", "json_ld", "meta", "microdata", "sitemap", "outlet_rule", "url", "byline", "object_id", "dateline", "listing", "htmldate", "update"
)  # fmt: skip
# Those that may say it to the minute.
_TIMED = ("feed", "json_ld", "meta", "microdata", "sitemap")
# What the outlet's own machines say, and what a reader of the page sees.
_MACHINES = frozenset(("feed", "json_ld", "meta", "microdata", "sitemap", "url", "object_id"))
_STATING = frozenset(("feed", "json_ld", "meta", "url"))
_PRINTED = frozenset(("byline", "outlet_rule"))
_SHOWN = frozenset(("url", *_PRINTED))
# A day later than what the page prints is a time zone; two are another event.
_MONTHS = 12
_ANOTHER_DAY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, how exactly, and the candidate that says so."""

    at: datetime
    precision: str
    candidate: FieldCandidate

    @property
    def source(self) -> str:
        """The name of the source that was believed."""
        return self.candidate.source


def choose_date(candidates: Iterable[FieldCandidate], rules: OutletRules, fetched_at: datetime) -> Published | None:
    """The publication moment by the order of DATE_SOURCES, or None. A day after the capture is nobody's publication day."""
    read = list(_as_others_say(list(_read(candidates, rules))))
    for source in DATE_SOURCES:
        for candidate, moment in read:
            if candidate.source == source and _is_possible(moment, fetched_at):
                chosen = (
                    _printed_before(read, moment)
                    or _seconded(read, candidate.source, moment, fetched_at)
                    or Published(moment.at, moment.precision, candidate)
                )
                return _with_clock(read, chosen, fetched_at)
    return None


# A day lasts from its first midnight on Earth, at UTC+14, to its last at UTC-12.
_BEFORE_MIDNIGHT, _AFTER_MIDNIGHT = timedelta(hours=14), timedelta(hours=36)


def _with_clock(read: list[tuple[FieldCandidate, Moment]], chosen: Published, fetched_at: datetime) -> Published:
    """What a machine source says to the minute, where the one believed gives a bare day or its midnight and that moment is on the same day somewhere
    on Earth; else what was chosen."""
    if chosen.at.time() != time():
        return chosen
    midnight = datetime.combine(chosen.at.date(), time(), UTC)
    for source in _TIMED:
        for candidate, moment in read:
            is_timed = candidate.source == source and moment.precision != "day" and moment.at.time() != time()
            if is_timed and -_BEFORE_MIDNIGHT <= moment.at - midnight < _AFTER_MIDNIGHT and _is_possible(moment, fetched_at):
                return Published(moment.at, moment.precision, candidate)
    return chosen


def _read(candidates: Iterable[FieldCandidate], rules: OutletRules, name: str = "date_published") -> Iterator[tuple[FieldCandidate, Moment]]:
    for candidate in candidates:
        if candidate.field == name:
            moment = read_moment(candidate.value, rules.time_zone, rules.country)
            if moment:
                yield candidate, moment


_NUMERIC_START = re.compile(r"\s*\d{1,2}[/-]\d{1,2}[/-]\d{4}(?!\d)")


# What such a source says of publication is believed before a day that a page gives without saying of what.
_SURER = frozenset(("feed", "json_ld", "meta", "microdata", "sitemap", "outlet_rule", "byline"))


def with_created(candidates: list[FieldCandidate], rules: OutletRules) -> list[FieldCandidate]:
    """The candidates; those for `date_created` are taken for publication where nothing surer gives a day, or gives the same.

    On 5 of 5 public pages where such a day differs from the printed one, the printed day was that of publication.
    """
    surer = {moment.at.date() for candidate, moment in _read(candidates, rules) if candidate.source in _SURER}
    believed = {
        candidate: replace(candidate, field="date_published")
        for candidate, moment in _read(candidates, rules, "date_created")
        if not surer or surer & {moment.at.date(), *_days(moment.at, rules)}
    }
    return [believed.get(candidate, candidate) for candidate in candidates]


def _as_others_say(read: list[tuple[FieldCandidate, Moment]]) -> Iterator[tuple[FieldCandidate, Moment]]:
    """The candidates; those of bare numbers such as 11/01/2023 with day and month the other way round, where only so another one says the same."""
    sure = {moment.at.date() for candidate, moment in read if not _NUMERIC_START.match(candidate.value)}
    for candidate, moment in read:
        at = moment.at
        is_swapped = _NUMERIC_START.match(candidate.value) and at.day <= _MONTHS and at.date() not in sure
        other = at.replace(month=at.day, day=at.month) if is_swapped else at
        yield candidate, replace(moment, at=other) if other.date() in sure else moment


def _is_possible(moment: Moment, fetched_at: datetime) -> bool:
    return moment.at <= fetched_at + timedelta(days=1) and moment.at.year >= FIRST_YEAR


def _printed_before(read: list[tuple[FieldCandidate, Moment]], stated: Moment) -> Published | None:
    """The day that the page prints, where that lies two days or more before what a single machine source states; else None.

    Nobody prints a day before the story is out, but some systems state the day of the last change or of their own move to a new server: of 8
    public pages that differ so, the printed day was right on 7. Where a second source agrees with the first, that was right on 4 of 4.
    """
    shown = [(candidate, moment) for candidate, moment in read if candidate.source in _PRINTED]
    others = {candidate.source for candidate, _ in read} - _PRINTED
    if len(others) != 1 or "feed" in others or not shown or any(stated.at - moment.at < _ANOTHER_DAY for _, moment in shown):
        return None
    candidate, moment = shown[0]
    return Published(moment.at, moment.precision, candidate)


def _seconded(read: list[tuple[FieldCandidate, Moment]], source: str, stated: Moment, fetched_at: datetime) -> Published | None:
    """What a second machine source and the printed day say together, where they differ from a first one that stands alone; else None.

    The first wins over each of them, not over both: right on 2 of 2 public pages. A time element is what is printed, so it is no second source.
    """
    alone = {candidate.source for candidate, moment in read if abs(moment.at.date() - stated.at.date()) < _ANOTHER_DAY} == {source}
    printed = {moment.at.date() for candidate, moment in read if candidate.source in _PRINTED}
    others = ((candidate, moment) for candidate, moment in read if candidate.source in _STATING - {source, "feed"} and moment.at.date() in printed)
    agreed = next((pair for pair in others if _is_possible(pair[1], fetched_at)), None) if alone and source in _STATING - {"feed"} else None
    return Published(agreed[1].at, agreed[1].precision, agreed[0]) if agreed else None


def stated_days(candidates: Iterable[FieldCandidate], rules: OutletRules) -> frozenset[date]:
    """The days of publication that machines of the outlet state, each as written, in the outlet's zone and in UTC."""
    candidates = list(candidates)
    read = [*_read(candidates, rules), *_read(candidates, rules, "date_created")]
    moments = [moment for candidate, moment in read if candidate.source in _MACHINES]
    return frozenset(day for moment in moments for day in (moment.at.date(), *_days(moment.at, rules)))


def _days(at: datetime, rules: OutletRules) -> tuple[date, date]:
    return at.astimezone(ZoneInfo(rules.time_zone)).date(), at.astimezone(UTC).date()


def local_day(published: Published, candidates: Iterable[FieldCandidate], rules: OutletRules) -> date:
    """The day of publication for the outlet's readers.

    A moment near midnight lies on another day in another zone. Where the page prints the day before or after, or its address names it, that is
    the day meant.
    """
    day = published.at.astimezone(ZoneInfo(rules.time_zone)).date()
    shown = {moment.at.date() for candidate, moment in _read(candidates, rules) if candidate.source in _SHOWN}
    beside = {other for other in shown if abs((other - day).days) == 1}
    return beside.pop() if published.precision != "day" and len(beside) == 1 and day not in shown else day


def dateline_day(line: Dateline | None, published: Published | None, rules: OutletRules) -> date | None:
    """The day of a dateline, or None. A year that it leaves out is the one nearest to the publication."""
    if line is None or line.printed is None:
        return None
    if line.printed.year:
        return line.printed.on()
    return nearest_year(line.printed, published.at.astimezone(ZoneInfo(rules.time_zone)).date()) if published else None


def modified_at(candidates: Iterable[FieldCandidate], rules: OutletRules, fetched_at: datetime) -> datetime | None:
    """The first moment of change that the page states and that does not lie after the capture."""
    moments = (read_moment(candidate.value, rules.time_zone, rules.country) for candidate in candidates if candidate.field == "date_modified")
    return next((moment.at for moment in moments if moment and moment.at <= fetched_at + timedelta(days=1)), None)
