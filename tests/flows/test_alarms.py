"""The rules of the alarms, on either side of each threshold."""

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.outlet import Expectation
from flows.alarms import (
    KINDS,
    Alarm,
    agree,
    alarms_of,
    blocked,
    chance_of_at_most,
    fill_rates,
    frozen,
    has_dropped,
    lengths,
    makes_incomplete,
    sameness,
    silence,
    unread,
    volumes,
)
from warehouse.history import History

NOW = datetime(2026, 3, 31, 20, tzinfo=UTC)


def run_row(**given):
    return {
        "outlet_id": "daily_en", "country": "MM", "state": "ok", "alert": None, "fetched": 5, "extracted": 5, "refused": 0, "new": 5, "reasons": [],
        "first_run_at": NOW - timedelta(days=30), "runs_before": 30, "runs_with_news": 28, "asked_before": 150, "extracted_before": 148,
        "newest_at": NOW - timedelta(hours=3),
    } | given


def history(**given):
    return History(**{"now": NOW, "runs": [run_row()], "volumes": [], "gaps": [], "fields": [], "lengths": [], "paragraphs": [], "told": [],
                      "sources": []} | given)


# ---------------------------------------------------------------- chance


@pytest.mark.parametrize(("hits", "of", "share", "chance"), [(0, 3, 0.5, 0.125), (3, 3, 0.5, 1.0), (1, 4, 0.5, 0.3125), (0, 400, 0.99, 0.0)])
def test_the_chance_of_so_few_hits(hits, of, share, chance):
    assert chance_of_at_most(hits, of, share) == pytest.approx(chance)


@pytest.mark.parametrize(("tonight", "of_tonight", "before", "of_before", "dropped"), [
    (0, 3, 60, 60, True),
    (0, 2, 60, 60, False),  # two say nothing
    (0, 3, 19, 19, False),  # no history
    (0, 3, 42, 60, False),  # three misses of ten hits in thirty happen by chance
    (0, 12, 42, 60, True),
    (5, 12, 42, 42, True),
    (7, 12, 42, 42, False),  # more than half are still there
])
def test_a_share_has_dropped_where_it_halved_and_chance_does_not_explain_it(tonight, of_tonight, before, of_before, dropped):
    assert has_dropped(tonight, of_tonight, before, of_before) is dropped


# ---------------------------------------------------------------- what came


def test_pages_that_give_no_article_any_more():
    [alarm] = unread([run_row(extracted=0, refused=5, reasons=["5 consent_wall"])], NOW)
    assert (alarm.kind, alarm.observed) == ("unread", "0 of 5 pages gave an article (5 consent_wall)")
    assert not list(unread([run_row(extracted=4, refused=1)], NOW))
    assert not list(unread([run_row(extracted=0, refused=5, asked_before=150, extracted_before=3)], NOW))  # as it always was


def test_an_outlet_that_refuses_us_is_told_of_from_the_first_night():
    refused = run_row(state="blocked", alert="blocked", first_run_at=None)
    assert [alarm.kind for alarm in alarms_of(history(runs=[refused]), {})] == ["blocked"]
    assert not list(blocked([run_row(state="degraded")]))


def test_a_first_week_raises_no_alarm():
    young = run_row(extracted=0, refused=5, first_run_at=NOW - timedelta(days=6))
    assert alarms_of(history(runs=[young]), {}) == []


@pytest.mark.parametrize(("texts", "texts_before", "kinds"), [(3, 0, ["sameness"]), (3, 40, []), (3, 3, ["sameness"]), (3, 5, [])])
def test_one_paragraph_in_many_texts_is_news_only_where_it_was_not_there_before(texts, texts_before, kinds):
    row = {"outlet_id": "daily_en", "texts": texts, "of_tonight": 6, "url": "http://a.example/1", "of_before": 200, "texts_before": texts_before}
    assert [alarm.kind for alarm in sameness([row])] == kinds


def test_a_field_that_was_always_there_is_missed_and_one_that_came_seldom_is_not():
    row = {"outlet_id": "daily_en", "field": "byline", "of_tonight": 4, "filled_tonight": 0, "of_before": 100, "filled_before": 99}
    [alarm] = fill_rates([row])
    assert (alarm.kind, alarm.observed, alarm.about) == ("fill_rate", "byline in 0 of 4 articles", "byline")
    assert not list(fill_rates([row | {"filled_before": 50, "of_tonight": 40}]))


@pytest.mark.parametrize(("median_tonight", "is_raised"), [(60, True), (120, False), (500, False), (1300, True)])
def test_texts_far_shorter_or_longer_than_usual(median_tonight, is_raised):
    row = {"outlet_id": "daily_en", "of_tonight": 5, "median_tonight": median_tonight, "of_before": 100, "p10_before": 200.0, "p90_before": 600.0}
    assert bool(list(lengths([row]))) is is_raised


# ---------------------------------------------------------------- what did not come


def source(url, **given):
    return {"outlet_id": "daily_en", "url": url, "kind": "feed", "state": "listed", "new_count": 0, "runs_before": 20, "runs_with_news": 19,
            "fresh": 4} | given


def test_a_source_stands_still_only_where_another_shows_younger_articles():
    front = source("http://a.example/", kind="front_page", new_count=4, runs_before=0, runs_with_news=0)
    [alarm] = frozen([source("http://a.example/feed"), front])
    assert "the front page shows" in alarm.expected
    assert not list(frozen([source("http://a.example/feed")]))  # a holiday
    assert not list(frozen([source("http://a.example/feed"), front | {"fresh": 0}]))  # the front page shows old ones
    assert not list(frozen([source("http://a.example/feed", runs_with_news=4), front]))  # a section that is seldom new
    assert not list(frozen([source("http://a.example/feed", state="failed"), front]))  # said elsewhere


GAPS = [{"outlet_id": "daily_en", "p95_hours": 14.0, "gaps": 120}]


@pytest.mark.parametrize(("days", "new", "kinds"), [(5.4, 0, []), (5.6, 0, ["silence"]), (5.6, 1, [])])
def test_silence_is_longer_than_a_long_weekend(days, new, kinds):
    assert [alarm.kind for alarm in silence([run_row(newest_at=NOW - timedelta(days=days), new=new)], GAPS, NOW)] == kinds


def test_an_outlet_that_prints_once_a_week_is_measured_by_itself():
    weekly = [{"outlet_id": "daily_en", "p95_hours": 180.0, "gaps": 12}]
    assert not list(silence([run_row(newest_at=NOW - timedelta(days=20), new=0)], weekly, NOW))
    assert list(silence([run_row(newest_at=NOW - timedelta(days=26), new=0)], weekly, NOW))


def test_where_most_outlets_of_a_country_are_quiet_it_is_a_holiday():
    names = ["a", "b", "c", "d", "e"]
    quiet = [run_row(outlet_id=name, newest_at=NOW - timedelta(days=6 if name in "abc" else 0), new=0) for name in names]
    gaps = [GAPS[0] | {"outlet_id": name} for name in names]
    assert not list(silence(quiet, gaps, NOW))
    assert [alarm.outlet_id for alarm in silence([*quiet[1:], run_row(outlet_id="a"), run_row(outlet_id="f")], gaps, NOW)] == ["b", "c"]


# ---------------------------------------------------------------- volume


def volume(days, expect=Expectation(), **given):  # noqa: B008
    rows = [{"outlet_id": "daily_en", "age_days": age, "articles": count} for age, count in enumerate(days)]
    return [alarm.kind for alarm in volumes(history(runs=[run_row(**given)], volumes=rows), {"daily_en": expect})]


def test_three_holidays_are_no_drop_and_a_lost_section_is_one():
    usual = [10, 11, 9, 10, 12, 3, 2] * 5
    assert volume(usual) == []
    assert volume([0, 0, 0, *usual[3:]]) == []
    assert volume([0] * 6 + usual[6:]) == ["volume_low"]
    assert volume([2, 1, 2, 1, 2, 0, 0, *usual[7:]]) == ["volume_low"]


def test_an_archive_taken_for_news_is_too_much():
    assert volume([19, *[5] * 30]) == ["volume_high"]
    assert volume([14, *[5] * 30]) == []


def test_the_file_of_the_outlet_says_what_is_usual():
    assert volume([2] * 8, Expectation(5, 60), first_run_at=NOW - timedelta(days=8)) == ["volume_low"]
    assert volume([0, 0, 0, 5, 5, 5, 5, 5], Expectation(5, 60), first_run_at=NOW - timedelta(days=8)) == []  # three holidays
    assert volume([61, 9, 9, 9, 9, 9, 9, 9], Expectation(5, 60), first_run_at=NOW - timedelta(days=8)) == ["volume_high"]


# ---------------------------------------------------------------- what two say of one


@pytest.mark.parametrize(("field", "one", "other", "same"), [
    ("headline", "Ferry sinks off Pauktaw, four missing", "Ferry sinks off Pauktaw, four missing | Example Daily", True),
    ("headline", "Ferry sinks off Pauktaw, four missing", "We value your privacy", False),
    ("headline", "ရသေ့တောင်မြို့နယ် ရွာဈေးကို ဗုံးကြဲ", "ရသေ့တောင် မြို့နယ် ရွာဈေးကို ဗုံးကြဲ - သတင်း", True),
    ("date_published", "2026-03-02T23:50:00+06:30", "2026-03-03", True),
    ("date_published", "2026-03-02", "2026-03-05", False),
    ("date_published", "yesterday", "2026-03-05", True),
])
def test_source_and_page_say_the_same(field, one, other, same):
    assert agree(field, one, other) is same


def test_every_kind_says_what_to_do_and_some_make_a_run_incomplete():
    assert all(Alarm(kind, "daily_en", "a", "b").detail for kind in KINDS)
    assert makes_incomplete([Alarm("volume_high", "a", "", ""), Alarm("frozen", "a", "", "")])
    assert not makes_incomplete([Alarm("volume_high", "a", "", ""), Alarm("feed_page", "a", "", "")])
