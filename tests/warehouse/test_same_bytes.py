"""An outlet that sends the same bytes again has changed nothing, whatever a newer reader makes of them."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.copying import group_copies
from flows.steps.copies import text_key
from warehouse.db import open_work
from warehouse.load import Batch, load
from warehouse.publish import refresh_views, run_checks
from warehouse.records import ArticleReading, Capture, Extracted, Tags
from warehouse.runs import start_run
from warehouse.settings import Settings
from warehouse.versions import Observation, same_bytes_same_text

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
URL = "http://example.org/a"
COUNTS = ("extracted", "new", "updated", "unchanged")


def seen(day: int, payload: str, body: str, headline: str = "Ferry resumes") -> tuple[Capture, ArticleReading]:
    """A capture of the article on that day, and what a reader made of it."""
    moment, name = NIGHT + timedelta(days=day), f"capture-{day}"
    capture = Capture(name, "one_en", URL, URL, moment, 200, None, payload, None, None, "captures/one_en/f.warc.gz", day, 1, "allowed", "run-1")
    key = text_key(body)
    extracted = Extracted(headline=headline, description=None, body=body, language="en")
    return capture, ArticleReading(
        "article", "one_en", URL, name, moment, extracted, Tags(), key.text_sha256, key.token_count, key.token_count, key.sketch, capture_id=name,
    )


@pytest.fixture
def connection(tmp_path):
    opened = open_work(Settings(data_dir=tmp_path))
    start_run(opened, "run-1", "nightly", NIGHT, {})
    yield opened
    opened.close()


def load_night(connection, *pairs, reread=False):
    captures, readings = zip(*pairs, strict=True)
    number = connection.execute("select count(*) from load_log").fetchone()[0]
    kept = [] if reread else list(captures)
    counts = load(connection, Batch(f"batch-{number}", "run-1", NIGHT, captures=kept, readings=list(readings), reread=reread))
    group_copies(connection)  # As a run does: what is published is compared.
    return {name: counts["one_en"].get(name, 0) for name in COUNTS}


def versions(connection):
    refresh_views(connection)
    errors = [finding.name for finding in run_checks(connection, "run-1") if finding.level == "error"]
    assert [name for name in errors if name != "funnel_adds_up"] == []
    return connection.execute("select version, body, capture_id from article_versions order by version").fetchall()


def test_a_newer_reader_of_the_same_bytes_makes_no_version(connection):
    load_night(connection, seen(0, "A", "The ferry runs."))
    counts = load_night(connection, seen(1, "A", "The ferry runs. Advertisement", headline="Ferry resumes | One"))
    assert counts == {"extracted": 1, "new": 0, "updated": 0, "unchanged": 1}
    assert versions(connection) == [(1, "The ferry runs.", "capture-0")]
    assert connection.execute("select body, last_seen_at from articles").fetchall() == [("The ferry runs.", NIGHT + timedelta(days=1))]


def test_other_bytes_with_another_text_are_a_version_and_with_the_same_text_none(connection):
    load_night(connection, seen(0, "A", "The ferry runs."))
    assert load_night(connection, seen(1, "B", "The ferry  runs."))["unchanged"] == 1
    assert load_night(connection, seen(2, "C", "The ferry stopped."))["updated"] == 1
    assert [body for _, body, _ in versions(connection)] == ["The ferry runs.", "The ferry stopped."]


def test_the_same_bytes_in_one_batch_are_one_text(connection):
    counts = load_night(connection, seen(1, "A", "The ferry runs. Share"), seen(0, "A", "The ferry runs."))
    assert (counts["new"], counts["unchanged"]) == (1, 1)
    assert versions(connection) == [(1, "The ferry runs.", "capture-0")]


def test_bytes_that_come_back_after_others_are_a_version_with_the_text_as_it_was_read_then(connection):
    load_night(connection, seen(0, "A", "The ferry runs."))
    load_night(connection, seen(1, "B", "The ferry stopped."))
    load_night(connection, seen(2, "A", "The ferry runs. Share"))
    load_night(connection, seen(3, "A", "The ferry runs. Share this"))
    assert versions(connection) == [
        (1, "The ferry runs.", "capture-0"), (2, "The ferry stopped.", "capture-1"), (3, "The ferry runs. Share", "capture-2"),
    ]
    assert connection.execute("select body, version from articles").fetchall() == [("The ferry runs. Share", 3)]


def test_reprocessing_lets_the_new_reader_speak(connection):
    load_night(connection, seen(0, "A", "The ferry runs. Share"))
    load_night(connection, seen(1, "A", "The ferry runs. Share"))
    load_night(connection, seen(0, "A", "The ferry runs."), seen(1, "A", "The ferry runs."), reread=True)
    assert versions(connection) == [(1, "The ferry runs.", "capture-0")]


def test_reprocessing_the_first_sight_alone_leaves_a_text_for_each_observation(connection):
    load_night(connection, seen(0, "A", "The ferry runs. Share"))
    load_night(connection, seen(1, "A", "The ferry runs. Share this"))
    load_night(connection, seen(0, "A", "The ferry runs."), reread=True)
    assert [body for _, body, _ in versions(connection)] == ["The ferry runs.", "The ferry runs. Share"]


def test_imports_have_no_bytes_and_are_compared_by_their_text():
    first, second = (Observation(name, NIGHT, content) for name, content in (("a", "x"), ("b", "y")))
    assert same_bytes_same_text([first, second], []) == [first, second]


def test_any_order_of_arrival_gives_the_same_contents():
    early, late = Observation("a", NIGHT, "x", "A"), Observation("b", NIGHT + timedelta(days=1), "y", "A")
    assert [each.content_sha256 for each in same_bytes_same_text([late, early], [])] == ["x", "x"]
    assert [each.content_sha256 for each in same_bytes_same_text([late], [early])] == ["x"]


def test_a_text_that_was_taken_for_another_is_found_when_it_stands_alone_again(connection):
    for day, payload, body in ((0, "A", "The ferry runs."), (1, "B", "The ferry stopped."), (2, "A", "The ferry runs. Share"), (3, "A", "Anything")):
        load_night(connection, seen(day, payload, body))
    load_night(connection, seen(0, "A", "Ferry runs."), reread=True)
    load_night(connection, seen(2, "A", "Ferry runs again."), reread=True)
    assert [body for _, body, _ in versions(connection)] == ["Ferry runs.", "The ferry stopped.", "Ferry runs again.", "The ferry runs. Share"]
