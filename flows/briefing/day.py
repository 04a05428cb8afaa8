"""Which hours a day of the morning page stands for. Pure.

A day of news is the day of publication that each outlet prints, in its own zone. What was noticed (changes, disappeared articles, runs) belongs
to the night: from noon of the day to noon of the next one, in Asia/Yangon. A run at half past one therefore belongs to the day before,
and so does one at ten in the evening.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Yangon")
USUAL_DAYS = 28
WEEK_DAYS = 7
ROWS_MAX = 200  # of a table on the page; each says how many there are in all
TOP_STORIES = 10  # with a summary
CHANGES_MAX = 40  # each shows the sentences before and after


def news_day(moment: datetime) -> date:
    """The day whose night the moment lies in."""
    return (moment.astimezone(ZONE) - timedelta(hours=12)).date()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


def values_of(day: date) -> dict[str, date | datetime | int]:
    """The parameters of the queries in warehouse/briefing for a day."""
    first = day - timedelta(days=USUAL_DAYS)
    return {
        "day": day, "first_day": first, "week_first": day - timedelta(days=WEEK_DAYS - 1),
        "noticed_from": noon(day), "noticed_until": noon(day + timedelta(days=1)), "noticed_first": noon(first),
        "rows_max": ROWS_MAX, "changes_max": CHANGES_MAX, "top_max": TOP_STORIES,
    }
