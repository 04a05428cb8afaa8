"""Which known addresses are asked again, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from warehouse import seen
from warehouse.db import open_work
from warehouse.load import Batch, load
from warehouse.records import ArticleReading, Capture, Extracted, LinkOutcome, Tags
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
URL = "http://one_en.example/a"


@pytest.fixture
def connection(tmp_path):
    with open_work(Settings(data_dir=tmp_path)) as opened:
        yield opened


@pytest.mark.parametrize(("status", "failures", "days_later", "expected"), [
    (500, 4, 1, True),  # each night at first
    (500, 5, 1, False),
    (500, 5, 7, True),  # then every week
    (500, 10, 30, False),  # and after two months no more
    (404, 1, 1, True),
    (404, 2, 1, True),  # it may have been named before it was there
    (404, 2, 30, False),
    (404, 5, 1, False),
])
def test_an_address_that_fails_is_asked_ever_more_seldom(connection, status, failures, days_later, expected):
    for night in range(failures):
        at = NIGHT + timedelta(days=night / 10)
        link = LinkOutcome("one_en", URL, "feed", "failed", status, at, NIGHT)
        load(connection, Batch(f"night {night}", "run-1", at, links=[link]))
    found = seen.known_links(connection, "one_en", at + timedelta(days=days_later), recheck_days=7)
    assert [row["due"] for row in found] == [expected]


@pytest.mark.parametrize(("failed_before", "is_unseen"), [(True, True), (False, False)])
def test_only_what_gave_a_page_once_can_be_gone(connection, failed_before, is_unseen):
    capture = Capture("c1", "one_en", URL, URL, NIGHT, 200, "text/html", "f00", None, None, "captures/one_en/x.warc.gz", 0, 9, "allowed", "run-1")
    if not failed_before:
        load(connection, Batch("page", "run-1", NIGHT, captures=[capture], links=[LinkOutcome("one_en", URL, "feed", "fetched", 200, NIGHT, NIGHT)]))
    later = NIGHT + timedelta(days=1)
    load(connection, Batch("fault", "run-1", later, links=[LinkOutcome("one_en", URL, "feed", "failed", 503, later, NIGHT)]))
    assert [row["is_unseen"] for row in seen.known_links(connection, "one_en", later + timedelta(days=1), 7)] == [is_unseen]
    assert [row["is_unseen"] for row in seen.waiting_links(connection, "one_en")] == [is_unseen]


def capture_of(name, at):
    return Capture(name, "one_en", URL, URL, at, 200, "text/html", "f00", '"e1"', None, f"captures/one_en/{name}.warc.gz", 0, 9, "allowed", "run-1")


def reading_of(capture, article_id, aliases=()):
    extracted = Extracted(headline="Ferry resumes", description=None, body=f"The ferry of {article_id} sails again.", language="en", date_published=NIGHT)
    return ArticleReading(
        article_id=article_id, outlet_id="one_en", url=f"http://one_en.example/{article_id}", observation_id=capture.capture_id,
        seen_at=capture.fetched_at, extracted=extracted, tags=Tags(), text_sha256=article_id, token_count=6, word_count=6, aliases=aliases,
    )


@pytest.mark.parametrize(("shown_last", "met"), [
    ("a", {"a"}),
    ("b", {"b"}),  # the address was redirected to another article
    (None, set()),  # it shows "not found", with status 200
])
def test_not_modified_is_a_sight_of_what_the_address_showed_last(connection, shown_last, met):
    first, second = capture_of("c1", NIGHT), capture_of("c2", NIGHT + timedelta(days=1))
    load(connection, Batch("first", "run-1", NIGHT, captures=[first], readings=[reading_of(first, "a")]))
    readings = [reading_of(second, shown_last, (URL,) if shown_last == "b" else ())] if shown_last else []
    load(connection, Batch("second", "run-1", second.fetched_at, captures=[second], readings=readings))
    third = NIGHT + timedelta(days=2)
    load(connection, Batch("third", "run-1", third, links=[LinkOutcome("one_en", URL, "known", "not_modified", 304, third)]))
    rows = connection.execute("select article_id from articles where last_seen_at = ?", [third]).fetchall()
    assert {row[0] for row in rows} == met
