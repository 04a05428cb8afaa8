"""Dates as machines and people write them, and what is none."""

from datetime import UTC, date, datetime

import pytest

from flows.steps.dates import nearest_year, object_id_moment, printed_dates, read_moment, url_day


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2025-11-17T00:20:00+06:30", "2025-11-17T00:20:00+06:30", "second"),
        ("2025-11-17T00:20Z", "2025-11-17T00:20:00+00:00", "minute"),
        ("2025-11-17 10:20:05.123 +0630", "2025-11-17T10:20:05+06:30", "second"),
        ("2025-11-17 10:20", "2025-11-17T10:20:00+06:30", "minute"),  # no zone: the outlet's
        ("2025-11-17", "2025-11-17T00:00:00+06:30", "day"),
        ("Mon, 17 Nov 2025 10:20:00 +0630", "2025-11-17T10:20:00+06:30", "second"),
        ("2025-11-17T25:00:00Z", "2025-11-17T00:00:00+06:30", "day"),  # no such hour, but the day is said
        ("17 Nov 2025", "2025-11-17T00:00:00+06:30", "day"),
        ("November 17th, 2025", "2025-11-17T00:00:00+06:30", "day"),
        ("17. November 2025", "2025-11-17T00:00:00+06:30", "day"),
        ("17/11/2025", "2025-11-17T00:00:00+06:30", "day"),
        ("၂၀၂၅ ခုနှစ်၊ နိုဝင်ဘာလ ၁၇ ရက်", "2025-11-17T00:00:00+06:30", "day"),
        ("နိုဝင်ဘာ ၁၇၊ ၂၀၂၅", "2025-11-17T00:00:00+06:30", "day"),
    ],
)
def test_moments(text, at, precision):
    moment = read_moment(text, "Asia/Yangon", "MM")
    assert (moment.at, moment.precision) == (datetime.fromisoformat(at), precision)


@pytest.mark.parametrize("text", ["", "yesterday", "31 November 2025", "2025-02-30", "Mon, 99 Nov 2025 10:20:00 GMT", "jan " * 2000, "9" * 5000])
def test_what_is_no_moment(text):
    assert read_moment(text, "Asia/Yangon") is None


@pytest.mark.parametrize(("country", "day"), [("MM", date(2025, 4, 3)), ("US", date(2025, 3, 4))])
def test_bare_numbers_are_read_as_the_country_writes_them(country, day):
    assert next(printed_dates("3/4/2025", country)).on() == day


def test_a_missing_year_is_the_one_nearest_to_the_publication():
    found = next(printed_dates("Kyauktaw, December 30", without_year=True))
    assert nearest_year(found, date(2026, 1, 2)) == date(2025, 12, 30)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2025/11/26/homes-burn", date(2025, 11, 26)),
        ("/news/20251126-homes", date(2025, 11, 26)),
        ("/2025/nov/26/homes", date(2025, 11, 26)),
        ("/2025/11/homes-burn", None),  # a month is no day
        ("/news/437-mine-blast", None),
        ("/article/20251399", None),
    ],
)
def test_days_in_addresses(path, day):
    assert url_day(path) == day


def test_an_object_id_gives_its_moment_only_as_a_whole_segment_and_before_the_capture():
    captured = datetime(2026, 1, 1, tzinfo=UTC)
    assert object_id_moment("/news/detail/654a7d41a1b2c3d4e5f60718", captured) == datetime(2023, 11, 7, 18, 9, 5, tzinfo=UTC)
    assert object_id_moment("/news/654a7d41a1b2c3d4e5f60718-slug", captured) is None
    assert object_id_moment("/news/detail/f54a7d41a1b2c3d4e5f60718", captured) is None  # the year 2100
