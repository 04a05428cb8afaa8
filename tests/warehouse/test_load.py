"""The load: any order, any batching and any repetition give the same rows; what is killed half way leaves nothing."""

import dataclasses
import itertools
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from flows.copying import group_all_copies, group_copies
from flows.steps.copies import text_key
from warehouse.db import open_work
from warehouse.load import Batch, load, rows
from warehouse.publish import refresh_views, run_checks
from warehouse.records import ArticleReading, Capture, Extracted, FieldCandidate, Image, LinkOutcome, Mention, Rejection, Tags
from warehouse.runs import new_run_id, start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
STORY = "Ferry service on the Kaladan resumed on Monday after the river fell below the danger mark at Kyauktaw, the boat owners said. " * 2
OTHER = "Teachers in Buthidaung went back to their schools with nothing but the benches that the flood had left behind in the yard. " * 2


def reading(name: str, body: str, *, hours: float = 0, published_hours: float | None = 0, outlet: str = "one_en", headline: str = "Ferry resumes"):
    published = None if published_hours is None else NIGHT + timedelta(hours=published_hours)
    extracted = Extracted(
        headline=headline, description=None, body=body, language="en", date_published=published, images=(Image(0, "http://x/p.jpg", "A boat", "CJ"),),
        candidates=(FieldCandidate("headline", headline, "feed", chosen=True),),
    )
    key = text_key(body)
    return ArticleReading(
        article_id=name, outlet_id=outlet, url=f"http://{outlet}.example/{name}", observation_id=f"{name}@{hours}", seen_at=NIGHT + timedelta(hours=hours),
        extracted=extracted, tags=Tags(mentions=(Mention("body", 0, 5, body[:5], "place", "MMR012"),)), text_sha256=key.text_sha256,
        token_count=key.token_count, word_count=key.token_count,
    )


@pytest.fixture
def connection(tmp_path):
    opened = open_work(Settings(data_dir=tmp_path))
    start_run(opened, "run-1", "nightly", NIGHT, {})
    yield opened
    opened.close()


def load_all(connection, batches):
    for number, readings in enumerate(batches):
        load(connection, Batch(f"batch-{number}", "run-1", NIGHT, readings=list(readings)))
        group_copies(connection)


def state(connection):
    tables = {
        "articles": "select * exclude (run_id) from articles order by article_id",
        "article_versions": "from article_versions order by article_id, version",
        **{name: f"from {name} order by all" for name in ("copies", "mentions", "images", "field_sources", "observations")},
    }
    return {name: connection.execute(sql).fetchall() for name, sql in tables.items()}


READINGS = [
    reading("a", STORY), reading("a", STORY + "Two boats were lost.", hours=24), reading("b", STORY, hours=1, published_hours=2, outlet="two_en"),
    reading("c", OTHER, published_hours=None), reading("d", STORY, hours=2, published_hours=100, outlet="three_en"), reading("a", STORY, hours=48),
]


def test_order_and_batching_do_not_matter(tmp_path):
    seen = []
    orders = [READINGS, READINGS[::-1], [READINGS[k] for k in (3, 1, 5, 0, 4, 2)]]
    for number, (order, size) in enumerate(itertools.product(orders, (1, 2, 6))):
        connection = open_work(Settings(data_dir=tmp_path / str(number)))
        start_run(connection, "run-1", "nightly", NIGHT, {})
        load_all(connection, [order[k:k + size] for k in range(0, len(order), size)])
        seen.append(state(connection))
        connection.close()
    assert all(each == seen[0] for each in seen)


def test_a_repeat_changes_nothing(connection):
    load_all(connection, [READINGS])
    before = state(connection)
    load(connection, Batch("another", "run-1", NIGHT, readings=READINGS))
    group_copies(connection)
    assert state(connection) == before
    group_all_copies(connection)
    assert state(connection) == before


def test_versions_are_numbered_by_when_they_were_seen_and_a_text_that_comes_back_is_a_version(connection):
    load_all(connection, [READINGS])
    versions = connection.execute("select version, body, changes from article_versions where article_id = 'a' order by version").fetchall()
    assert [(v, body == STORY, changes) for v, body, changes in versions] == [
        (1, True, []), (2, False, ["body", "addition"]), (3, True, ["body", "deletion"])]


def test_another_headline_is_a_version_and_white_space_is_not(connection):
    load_all(connection, [[reading("a", STORY), reading("a", STORY.replace(" ", "  "), hours=20), reading("a", STORY, hours=24, headline="Boats run again")]])
    assert connection.execute("select version, changes from article_versions order by version").fetchall() == [(1, []), (2, ["headline"])]


def test_the_earliest_published_of_equal_texts_is_the_original(connection):
    load_all(connection, [[reading("late", STORY, published_hours=5, outlet="two_en")], [reading("early", STORY, published_hours=1)]])
    found = rows(connection, "select article_id, relation, other_article_id, containment from copies order by article_id")
    assert found == [
        {"article_id": "early", "relation": "original", "other_article_id": None, "containment": 1.0},
        {"article_id": "late", "relation": "exact", "other_article_id": "early", "containment": 1.0},
    ]
    assert connection.execute("select article_id, is_original, copy_id from articles order by 1").fetchall() == [
        ("early", True, "early"), ("late", False, "early")]


def test_equal_texts_more_than_three_days_apart_are_no_copies(connection):
    load_all(connection, [[reading("a", STORY), reading("b", STORY, published_hours=73, outlet="two_en")]])
    assert connection.execute("select count(*) from copies").fetchall() == [(0,)]


def test_a_text_of_a_few_words_is_never_a_copy(connection):
    load_all(connection, [[reading("a", "More follows soon."), reading("b", "More follows soon.", outlet="two_en")]])
    assert connection.execute("select count(*) from copies").fetchall() == [(0,)]


def test_a_copy_that_changes_its_text_leaves_the_group(connection):
    load_all(connection, [[reading("a", STORY), reading("b", STORY, published_hours=2, outlet="two_en")], [reading("b", OTHER, hours=24, outlet="two_en")]])
    assert connection.execute("select article_id, copy_id, is_original from articles order by 1").fetchall() == [("a", None, True), ("b", None, True)]
    assert connection.execute("select count(*) from copies").fetchall() == [(0,)]


def test_a_page_that_is_gone_keeps_its_row_and_comes_back(connection):
    link = LinkOutcome("one_en", "http://one_en.example/a", "known", "gone", 404, NIGHT + timedelta(hours=24))
    load_all(connection, [[reading("a", STORY)]])
    load(connection, Batch("gone", "run-1", NIGHT, links=[link]))
    assert connection.execute("select gone_at from articles").fetchall() == [(NIGHT + timedelta(hours=24),)]
    load(connection, Batch("back", "run-1", NIGHT, readings=[reading("a", STORY, hours=48)]))
    assert connection.execute("select gone_at, version from articles").fetchall() == [(None, 1)]


def with_capture(each, capture_id):
    return dataclasses.replace(each, capture_id=capture_id, observation_id=capture_id)


def test_the_row_and_its_version_name_the_capture_that_first_said_it(connection):
    shapes = [with_capture(reading("a", STORY, hours=h), f"c{h}") for h in (0, 24)]
    load_all(connection, [[shapes[0]], [shapes[1]], [with_capture(reading("a", OTHER, hours=48), "c48")], [with_capture(reading("a", OTHER, hours=72), "c72")]])
    assert connection.execute("select version, capture_id from article_versions order by version").fetchall() == [(1, "c0"), (2, "c48")]
    assert connection.execute("select capture_id, last_seen_at from articles").fetchall() == [("c48", NIGHT + timedelta(hours=72))]


@pytest.mark.parametrize("order", [(0, 24), (24, 0)])
def test_another_paragraph_break_is_no_version_and_the_row_stays_that_of_its_version(connection, order):
    bodies = {0: STORY.strip(), 24: STORY.strip().replace("Kyauktaw, the", "Kyauktaw,\nthe")}
    load_all(connection, [[with_capture(reading("a", bodies[hours], hours=hours), f"c{hours}")] for hours in order])
    assert connection.execute("select version, body, capture_id from article_versions").fetchall() == [(1, bodies[0], "c0")]
    assert connection.execute("select body, capture_id from articles").fetchall() == [(bodies[0], "c0")]
    assert "newest_version_is_the_article" not in {finding.name for finding in run_checks(connection, "run-1")}


def test_reading_again_keeps_that_an_article_is_gone(connection):
    load_all(connection, [[reading("a", STORY)]])
    link = LinkOutcome("one_en", "http://one_en.example/a", "known", "gone", 404, NIGHT + timedelta(hours=24))
    load(connection, Batch("gone", "run-1", NIGHT, links=[link]))
    load(connection, Batch("again", "run-1", NIGHT, readings=[reading("a", STORY)], reread=True))
    assert connection.execute("select gone_at from articles").fetchall() == [(NIGHT + timedelta(hours=24),)]
    load(connection, Batch("older", "run-1", NIGHT, readings=[reading("a", OTHER, hours=12)]))
    assert connection.execute("select gone_at, version from articles").fetchall() == [(NIGHT + timedelta(hours=24), 2)]


def test_not_modified_is_a_sight_of_the_article(connection):
    load_all(connection, [[reading("a", STORY)]])
    link = LinkOutcome("one_en", "http://one_en.example/a", "known", "not_modified", 304, NIGHT + timedelta(hours=24))
    load(connection, Batch("same", "run-1", NIGHT, links=[link]))
    assert connection.execute("select last_seen_at, version from articles").fetchall() == [(NIGHT + timedelta(hours=24), 1)]


def test_an_alias_that_is_gone_does_not_speak_for_an_article_whose_own_address_is_known(connection):
    moved = dataclasses.replace(reading("a", STORY), aliases=("http://one_en.example/old",))
    own = LinkOutcome("one_en", "http://one_en.example/a", "feed", "fetched", 200, NIGHT)
    load(connection, Batch("first", "run-1", NIGHT, readings=[moved], links=[own]))
    load(connection, Batch("gone", "run-1", NIGHT, links=[LinkOutcome("one_en", "http://one_en.example/old", "known", "gone", 404, NIGHT + timedelta(hours=24))]))
    assert connection.execute("select gone_at from articles").fetchall() == [(None,)]


def test_a_page_that_is_read_anew_under_another_identity_is_one_article(connection):
    load_all(connection, [[with_capture(reading("old", STORY), "c1")]])
    load(connection, Batch("again", "run-1", NIGHT, readings=[with_capture(reading("new", STORY), "c1")], reread=True))
    assert connection.execute("select article_id from articles").fetchall() == [("new",)]
    assert connection.execute("select article_id from article_versions union all select article_id from mentions").fetchall() == [("new",), ("new",)]


def test_an_undated_copy_is_found_whenever_its_older_capture_arrives(connection):
    late, early = (reading("a", STORY, hours=hours, published_hours=None) for hours in (200, 0))
    load_all(connection, [[late], [reading("b", STORY, hours=1, published_hours=1, outlet="two_en")], [early]])
    assert connection.execute("select article_id, relation from copies order by 1").fetchall() == [("a", "original"), ("b", "exact")]


def test_a_batch_that_fails_leaves_nothing(connection):
    broken = Rejection(None, "one_en", "http://x", "fetch", "timeout")  # type: ignore[arg-type]
    with pytest.raises(duckdb.Error):
        load(connection, Batch("broken", "run-1", NIGHT, readings=[reading("a", STORY)], rejections=[broken]))
    assert connection.execute("select count(*) from articles").fetchall() == [(0,)]
    assert connection.execute("select count(*) from load_log").fetchall() == [(0,)]
    load(connection, Batch("broken", "run-1", NIGHT, readings=[reading("a", STORY)]))
    assert connection.execute("select count(*) from articles").fetchall() == [(1,)]


def test_a_replayed_night_does_not_set_seen_state_back(connection):
    url = "http://one_en.example/a"
    for hours, status in ((24, 200), (0, 503)):
        outcome = "fetched" if status == 200 else "failed"
        link = LinkOutcome("one_en", url, "feed", outcome, status, NIGHT + timedelta(hours=hours))
        load(connection, Batch(f"night {hours}", "run-1", NIGHT, links=[link]))
    assert connection.execute("select state, checked_at, attempts from links").fetchall() == [("fetched", NIGHT + timedelta(hours=24), 0)]


@pytest.mark.parametrize(("name", "harm", "check"), [
    ("lost page", "update run_outlets set fetched = fetched + 1", "funnel_adds_up"),
    ("two originals", "update articles set is_original = true", "one_original_per_copy_group"),
    ("other text", "update articles set body_sha256 = 'x' where article_id = 'a'", "newest_version_is_the_article"),
    ("no capture", "update articles set capture_id = 'x'", "every_article_has_its_capture"),
    ("moved tag", "update mentions set start_char = 3, end_char = 8", "tags_cut_out_their_text"),
    ("moved headline tag", "insert into mentions values ('a', 'headline', 0, 4, 'Nope', 'place', null, 'mention', 'rule', 'x', 0.5)", "tags_cut_out_their_text"),
    ("tag of no caption", "insert into mentions values ('a', 'caption', 0, 4, 'Nope', 'place', null, 'mention', 'rule', 'x', 0.5)", "tags_cut_out_their_text"),
    ("doubled", "insert into articles select * from articles where article_id = 'a'", "unique_keys"),
    ("doubled version", "insert into article_versions select * from article_versions", "unique_keys"),
    ("future", "update articles set date_published = first_seen_at + interval 3 days", "future_dates"),
])
def test_each_check_finds_what_it_is_for(connection, name, harm, check):
    counts = {outlet: {"discovered": 1, "fetched": 1} for outlet in ("one_en", "two_en")}
    pair = [reading("a", STORY), reading("b", STORY, published_hours=2, outlet="two_en")]
    load(connection, Batch("batch", "run-1", NIGHT, readings=pair, counts=counts))
    group_copies(connection)
    refresh_views(connection)
    assert run_checks(connection, "run-1") == []
    connection.execute(harm)
    assert check in {finding.name for finding in run_checks(connection, "run-1")}


def test_after_reprocessing_the_tags_of_all_articles_are_checked(connection):
    load(connection, Batch("batch", "run-1", NIGHT, readings=[reading("a", STORY)]))
    refresh_views(connection)
    connection.execute("insert into mentions values ('a', 'body', 0, 4, 'Nope', 'place', null, 'mention', 'rule', 'x', 0.5)")
    found = []
    for run_id, kind in (("run-2", "nightly"), ("run-3", "reprocess")):
        connection.execute("insert into runs values (?, ?, ?, null, 'running', '{}', '0')", [run_id, kind, NIGHT])
        found.append([finding.observed for finding in run_checks(connection, run_id) if finding.name == "tags_cut_out_their_text"])
    assert [len(findings) for findings in found] == [0, 1]


def test_run_ids_sort_by_time_and_are_safe_in_file_names():
    first, second = new_run_id(NIGHT), new_run_id(NIGHT + timedelta(seconds=1))
    assert first < second
    assert first.replace("-", "").isalnum()


def test_captures_are_kept_once(connection):
    capture = Capture("c1", "one_en", "http://x/a", "http://x/a", NIGHT, 200, None, "00", None, None, "captures/one_en/f.warc.gz", 1, 2, "allowed", "run-1")
    for name in ("first", "second"):
        load(connection, Batch(name, "run-1", NIGHT, captures=[capture, capture]))
    assert connection.execute("select count(*) from captures").fetchall() == [(1,)]


@pytest.mark.parametrize(("reason", "expected"), [("challenge", ("failed", None)), ("too_short", ("fetched", '"e1"'))])
def test_an_address_behind_a_wall_is_asked_again_and_without_the_walls_etag(connection, reason, expected):
    url = "http://one_en.example/a"
    capture = Capture("c1", "one_en", url, url, NIGHT, 200, "text/html", "f00", '"e1"', None, "captures/one_en/x.warc.gz", 0, 9, "allowed", "run-1")
    load(connection, Batch(
        "b1", "run-1", NIGHT, captures=[capture], links=[LinkOutcome("one_en", url, "feed", "fetched", 200, NIGHT)],
        rejections=[Rejection("run-1", "one_en", url, "extract", reason, "", "c1")],
    ))
    assert connection.execute("select state, etag from links").fetchall() == [expected]
