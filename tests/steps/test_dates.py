"""Dates as machines and people write them, and what is none."""

from datetime import UTC, date, datetime

import pytest

from flows.steps.dates import country_of_dates, day_meant, is_update, nearest_year, object_id_moment, printed_dates, read_moment, url_day


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
        ("၂၀၂၅ ခုနှစ် နိုဝင်ဘာလ (၁၇) ရက်နေ့", "2025-11-17T00:00:00+06:30", "day"),
        ("၁၇ ရက် နိုဝင်ဘာလ ၂၀၂၅", "2025-11-17T00:00:00+06:30", "day"),
        ("နိုဝင်ဘာလ ၁၇ ရက်၊ ၂၀၂၅ ခုနှစ်", "2025-11-17T00:00:00+06:30", "day"),
        ("၁၇/၁၁/၂၀၂၅", "2025-11-17T00:00:00+06:30", "day"),
        ("17 ноября 2025 г.", "2025-11-17T00:00:00+06:30", "day"),
        ("17 lipca 2025", "2025-07-17T00:00:00+06:30", "day"),
        ("17 mei 2025", "2025-05-17T00:00:00+06:30", "day"),
        ("17 Agustus 2025", "2025-08-17T00:00:00+06:30", "day"),
        ("17 Kasım 2025", "2025-11-17T00:00:00+06:30", "day"),
        ("17. marraskuuta 2025", "2025-11-17T00:00:00+06:30", "day"),
        ("17. května 2025", "2025-05-17T00:00:00+06:30", "day"),
        ("2025.11.17", "2025-11-17T00:00:00+06:30", "day"),
        ("20251117", "2025-11-17T00:00:00+06:30", "day"),
        ("20251117T102005Z", "2025-11-17T10:20:05+00:00", "second"),
        ("202511171020", "2025-11-17T10:20:00+06:30", "minute"),
        ("By Jane RoeNovember 17, 2025", "2025-11-17T00:00:00+06:30", "day"),
        ("2025年11月17日", "2025-11-17T00:00:00+06:30", "day"),
        ("2025년 11월 17일", "2025-11-17T00:00:00+06:30", "day"),
        ("Mon Nov 17 10:20:36 CET 2025", "2025-11-17T10:20:36+01:00", "second"),
        ("Mon Nov 17 10:20:36 XYZ 2025", "2025-11-17T10:20:36+06:30", "second"),  # a zone that is not known is the outlet's
        ("2025-11-17T10:20:05:123Z", "2025-11-17T10:20:05+00:00", "second"),
        ("08/13/2020 May 22nd, 2025", "2025-05-22T00:00:00+06:30", "day"),  # not the 22nd of May 2020
    ],
)
def test_moments(text, at, precision):
    moment = read_moment(text, "Asia/Yangon", "MM")
    assert (moment.at, moment.precision) == (datetime.fromisoformat(at), precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "31 November 2025",
        "2025-02-30",
        "Mon, 99 Nov 2025 10:20:00 GMT",
        "17 listopada 2025",
        "၁၇ နိုဝင်ဘာ",
        "jan " * 2000,
        "9" * 5000,
        "20251399",
        "2025.1.2.3",
        "Roemay 3, 2025",
    ],
)
def test_what_is_no_moment(text):
    assert read_moment(text, "Asia/Yangon") is None


@pytest.mark.parametrize(("country", "day"), [("MM", date(2025, 4, 3)), ("US", date(2025, 3, 4))])
def test_bare_numbers_are_read_as_the_country_writes_them(country, day):
    assert next(printed_dates("3/4/2025", country)).on() == day


@pytest.mark.parametrize("before", ["Updated: ", "Updated 20:49, ", "Letzte Aktualisierung: ", "atualizado em ", "Last edited by a moderator "])
def test_words_that_say_that_a_day_is_that_of_a_change(before):
    assert is_update(before, "")
    assert not is_update("Published: ", "")


def test_a_missing_year_is_the_one_nearest_to_the_publication():
    found = next(printed_dates("Kyauktaw, December 30", without_year=True))
    assert nearest_year(found, date(2026, 1, 2)) == date(2025, 12, 30)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2025/11/26/homes-burn", date(2025, 11, 26)),
        ("/news/20251126-homes", date(2025, 11, 26)),
        ("/2025/nov/26/homes", date(2025, 11, 26)),
        ("/meldungen/29-10-2021", date(2021, 10, 29)),
        ("/meldungen/09-10-2021", None),  # which of the two is the month?
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


@pytest.mark.parametrize(
    ("text", "stated", "meant"),
    [
        ("3/4/2025", (), date(2025, 4, 3)),
        ("3/4/2025", (date(2025, 3, 4),), date(2025, 3, 4)),
        ("3/4/2025", (date(2025, 3, 5),), date(2025, 3, 4)),  # the day beside it, in another zone
        ("3/4/2025", (date(2025, 4, 3), date(2025, 3, 4)), date(2025, 4, 3)),
        ("1/12/2025", (), date(2025, 1, 12)),  # December lies after the capture
        ("3.4.2025", (date(2025, 3, 4),), date(2025, 4, 3)),  # points are written day first everywhere
        ("3 April 2025", (date(2025, 3, 4),), date(2025, 4, 3)),
        ("13/4/2025", (), date(2025, 4, 13)),
    ],
)
def test_the_day_that_bare_numbers_mean(text, stated, meant):
    assert day_meant(next(printed_dates(text, "MM")), date(2025, 6, 1), stated) == meant


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en-GB", "US", "GB"),
        ("de", "US", ""),
        ("my", "US", ""),
        ("en", "US", "US"),
        ("en-US", "US", "US"),
        (None, "US", "US"),
        ("en-US", "MM", "MM"),  # content systems are delivered with en-US
        ("de", "CH", "CH"),
    ],
)
def test_the_language_of_a_page_may_say_that_the_day_comes_first(language, country, expected):
    assert country_of_dates(language, country) == expected


def test_a_day_right_behind_a_colon_is_read():
    assert [found.on() for found in printed_dates("Published:6. August 2009")][:1] == [date(2009, 8, 6)]
