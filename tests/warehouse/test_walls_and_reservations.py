"""What the warehouse makes of outlets that answer with walls, and of the reservations of pages."""

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from flows.steps.copies import text_key
from warehouse.db import open_work
from warehouse.load import Batch, load, merge
from warehouse.publish import refresh_views, run_checks
from warehouse.records import ArticleReading, Extracted, Rejection, Reservation, Tags
from warehouse.runs import start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
WALL = "Dear reader, our house is being painted. Come back when the paint is dry, and bring your friends, who are as welcome as you are."


@pytest.fixture
def connection(tmp_path):
    opened = open_work(Settings(data_dir=tmp_path))
    start_run(opened, "run-1", "nightly", NIGHT, {})
    refresh_views(opened)
    yield opened
    opened.close()


def reading(name, body=WALL, *, hours=0, says=(), outlet="one_en"):
    url, at = f"http://{outlet}.example/{name}", NIGHT + timedelta(hours=hours)
    key = text_key(body)
    return ArticleReading(
        article_id=f"{outlet}-{name}", outlet_id=outlet, url=url, observation_id=f"{outlet}-{name}@{hours}", seen_at=at, extracted=Extracted(name, None, body, "en"),
        tags=Tags(), text_sha256=key.text_sha256, token_count=key.token_count, word_count=key.token_count, capture_id=f"{name}@{hours}",
        reservations=tuple(Reservation(outlet, url, "meta", word, word, at) for word in says),
    )


def said(connection):
    return connection.execute("select url, name from reservations order by all").fetchall()


# ---------------------------------------------------------------- reservations


def test_what_a_page_says_now_takes_the_place_of_what_it_said(connection):
    load(connection, Batch("1", "run-1", NIGHT, readings=[reading("a", says=("noai", "noarchive")), reading("b", says=("noai",))]))
    load(connection, Batch("2", "run-1", NIGHT, readings=[reading("a", hours=24, says=("noindex",))]))
    assert said(connection) == [("http://one_en.example/a", "noindex"), ("http://one_en.example/b", "noai")]
    load(connection, Batch("3", "run-1", NIGHT, readings=[reading("a", hours=48)]))
    assert said(connection) == [("http://one_en.example/b", "noai")]


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
def test_the_order_of_arrival_does_not_matter(connection, order):
    readings = [reading("a", says=("noai",)), reading("a", hours=24, says=("noindex",)), reading("a", WALL + " Soon.", hours=12, says=("noarchive",))]
    for number in order:
        load(connection, Batch(str(number), "run-1", NIGHT, readings=[readings[number]]))
    assert said(connection) == [("http://one_en.example/a", "noindex")]


def test_a_page_that_was_met_again_without_its_body_can_still_be_read_anew(connection):
    load(connection, Batch("1", "run-1", NIGHT, readings=[reading("a")]))
    connection.execute("update articles set last_seen_at = last_seen_at + interval 3 days")
    load(connection, Batch("2", "run-1", NIGHT, readings=[reading("a", says=("noai",))], reread=True))
    assert said(connection) == [("http://one_en.example/a", "noai")]


def test_the_reservations_of_a_site_and_those_of_its_pages_do_not_touch_each_other(connection):
    of_site = Reservation("one_en", "http://one_en.example", "robots_txt", "content-signal", "ai-train=no", NIGHT)
    load(connection, Batch("1", "run-1", NIGHT, reservations=[of_site], readings=[reading("a", says=("noai",))]))
    load(connection, Batch("2", "run-1", NIGHT, readings=[reading("a", hours=24)], reread=True))
    assert said(connection) == [("http://one_en.example", "content-signal")]


def test_a_page_that_is_no_article_any_more_after_reprocessing_says_nothing(connection):
    load(connection, Batch("1", "run-1", NIGHT, readings=[reading("a", says=("noai",))]))
    renamed = dataclasses.replace(reading("a", says=("noai",)), article_id="one_en-c", url="http://one_en.example/c", reservations=())
    load(connection, Batch("2", "run-1", NIGHT, readings=[renamed], reread=True))
    assert said(connection) == []


# ---------------------------------------------------------------- walls


@pytest.mark.parametrize(
    ("counts", "reasons", "alert", "state"),
    [
        ({"fetched": 3, "rejected": 3}, ["challenge"] * 3, None, "blocked"),
        ({"fetched": 5, "rejected": 5}, ["challenge"] * 3 + ["soft_404"] * 2, None, "blocked"),
        ({"fetched": 1, "rejected": 1}, ["challenge"], None, "blocked"),  # all that came
        ({"fetched": 4, "rejected": 4}, ["challenge"] * 2 + ["soft_404"] * 2, None, "broken"),
        ({"fetched": 9, "rejected": 3, "extracted": 6}, ["challenge"] * 3, None, "degraded"),
        ({"fetched": 2, "rejected": 2}, ["soft_404"] * 2, None, "broken"),
        ({"fetched": 2, "extracted": 2}, [], None, "ok"),
        ({}, [], "blocked", "blocked"),
        ({}, [], "no_source_answered", "broken"),
    ],
)
def test_an_outlet_that_answers_with_challenges_is_blocked(connection, counts, reasons, alert, state):
    outlet = dict.fromkeys(("outlet_id", "name", "homepage", "country", "language", "time_zone", "definition_sha256"), "x")
    merge(connection, "outlets", [outlet | {"outlet_id": "one_en", "hosts": [], "enabled": True}])
    rejections = [Rejection("run-1", "one_en", f"http://one_en.example/{number}", "extract", reason) for number, reason in enumerate(reasons)]
    # A challenge of another outlet says nothing of this one.
    rejections += [Rejection("run-1", "two_en", f"http://two_en.example/{number}", "extract", "challenge") for number in range(5)]
    alerts = {"one_en": alert} if alert else {}
    load(connection, Batch("1", "run-1", NIGHT, rejections=rejections, counts={"one_en": counts}, alerts=alerts))
    assert connection.execute("select state from outlet_health where outlet_id = 'one_en'").fetchall() == [(state,)]


@pytest.mark.parametrize(("stage", "reason", "state"), [("discover", "source_failed", "degraded"), ("discover", "off_outlet", "ok"), ("fetch", "gone", "ok")])
def test_an_outlet_with_a_dead_source_is_degraded_though_another_names_all(connection, stage, reason, state):
    outlet = dict.fromkeys(("outlet_id", "name", "homepage", "country", "language", "time_zone", "definition_sha256"), "x")
    merge(connection, "outlets", [outlet | {"outlet_id": "one_en", "hosts": [], "enabled": True}])
    rejection = Rejection("run-1", "one_en", "http://one_en.example/feed", stage, reason)
    load(connection, Batch("1", "run-1", NIGHT, rejections=[rejection], counts={"one_en": {"fetched": 2, "extracted": 2}}))
    assert connection.execute("select state from outlet_health where outlet_id = 'one_en'").fetchall() == [(state,)]


@pytest.mark.parametrize("texts", [
    (WALL, WALL, WALL),
    (WALL * 2, WALL.upper() * 2, WALL.replace(",", " –") * 2),  # of longer texts the words are compared
])  # fmt: skip
def test_one_text_at_three_addresses_of_an_outlet_is_named_with_the_addresses(connection, texts):
    same = [reading(name, body, hours=hours) for hours, (name, body) in enumerate(zip("abc", texts, strict=True))]
    others = [reading("a", outlet="two_en"), reading("b", outlet="two_en"), reading("d", "Another text altogether.")]
    load(connection, Batch("1", "run-1", NIGHT, readings=[*same, *others]))
    found = [(each.outlet_id, each.level, each.observed, each.detail) for each in run_checks(connection, "run-1") if each.name == "same_body_on_many_pages"]
    addresses = "http://one_en.example/c http://one_en.example/b http://one_en.example/a"
    assert found == [("one_en", "warning", "3 articles with one text", addresses)]


def test_an_old_finding_is_not_repeated_by_a_run_that_met_none_of_its_pages(connection):
    load(connection, Batch("1", "run-1", NIGHT, readings=[reading("a"), reading("b"), reading("c")]))
    assert [each.name for each in run_checks(connection, "run-2")].count("same_body_on_many_pages") == 0
