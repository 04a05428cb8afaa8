"""Only the last rows of a table are looked at where the load log says that the asked ones are among them; else all are."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.copying import group_copies
from flows.steps.copies import text_key
from warehouse import copy_groups
from warehouse.compaction import compacted
from warehouse.db import open_work
from warehouse.load import Batch, load, write_outlets, write_tags
from warehouse.publish import refresh_views, run_checks
from warehouse.records import ArticleReading, Extracted, Figure, Mention, Tags
from warehouse.row_places import first_rows, rows_of_run, rows_since_runs
from warehouse.runs import start_run
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 1, 20, tzinfo=UTC)
PLACES = tuple(f"MMR0120{number:02}" for number in range(1, 11))


def tags(*places):
    return Tags(mentions=tuple(Mention("body", 0, 3, "The", "place", place) for place in places), figures=(Figure(0, 3, "The", "killed", 7, 7, 7),))


def reading(name, day, *, language="en", places=PLACES, outlet=None):
    body = f"The ferry of {name} left the jetty.\n" + " ".join(f"{name}{number} timber" for number in range(40))
    key, at = text_key(body), NIGHT + timedelta(days=day)
    extracted = Extracted(headline="Ferry", description=None, body=body, language=language, date_published=at, date_published_precision="minute")
    return ArticleReading(
        article_id=name, outlet_id=outlet or f"dmg_{language}", url=f"http://dmg.example/{name}", observation_id=f"{name}@{day}", seen_at=at,
        extracted=extracted, tags=tags(*places), text_sha256=key.text_sha256, token_count=key.token_count, word_count=key.token_count, sketch=key.sketch,
    )


def run(connection, run_id, day, *readings, kind="nightly"):
    at = NIGHT + timedelta(days=day)
    start_run(connection, run_id, kind, at, {})
    if readings:
        load(connection, Batch(f"{run_id}:1", run_id, at, readings=list(readings)))
    group_copies(connection)
    connection.execute("update runs set ended_at = started_at, state = 'completed' where run_id = ?", [run_id])


def since(connection, *run_ids):
    connection.execute("create or replace temp table wrote as select unnest(?::varchar[]) as run_id", [list(run_ids)])
    return rows_since_runs(connection)


def translations(connection):
    return connection.execute("select article_id, other_article_id from copies where relation = 'translation'").fetchall()


@pytest.fixture
def connection(tmp_path):
    opened = open_work(Settings(data_dir=tmp_path))
    write_outlets(opened, [{
        "outlet_id": name, "name": name, "homepage": f"http://{name}.example/", "country": "MM", "language": name[-2:], "time_zone": "Asia/Yangon",
        "hosts": [], "enabled": True, "definition_sha256": "x",
    } for name in ("dmg_en", "dmg_my")])
    yield opened
    opened.close()


def test_the_load_log_says_how_many_rows_a_run_and_those_after_it_added_at_most(connection):
    for day in range(3):
        run(connection, f"run-{day}", day, reading(f"a{day}", day), reading(f"b{day}", day))
    assert [rows_of_run(connection, f"run-{day}") for day in range(3)] == [20, 20, 20]  # mentions: ten an article
    assert since(connection, "run-1") == since(connection, "run-2", "run-1") == 40
    assert since(connection, "run-0", "run-2") == 60
    assert first_rows(connection, ["mentions", "figures", "images"], 40) == {"first_mentions": 20, "first_figures": 0, "first_images": 0}
    assert first_rows(connection, ["mentions"], None) == {"first_mentions": 0}


def test_where_that_is_not_known_all_rows_are_read(connection):
    for day in range(3):
        run(connection, f"run-{day}", day, reading(f"a{day}", day))
    assert since(connection, "run-1", "another") is None
    run(connection, "again", 1.5, kind="reprocess")
    assert since(connection, "run-1") is None, "tags may have been made anew since"
    assert since(connection, "run-2") is None, "a clock may have been set back"
    assert rows_of_run(connection, "again") is None
    run(connection, "run-9", 9, reading("a9", 9))
    assert since(connection, "run-9") == 10
    connection.execute("update load_log set rows_max = null where run_id = 'run-2'")
    assert since(connection, "run-1") is None
    assert rows_of_run(connection, "run-2") is None


def test_a_translation_is_found_among_the_tags_of_earlier_nights(connection, monkeypatch):
    run(connection, "run-0", -30, *(reading(f"old{number}", -30) for number in range(5)))
    run(connection, "run-1", 0, reading("en", 0))
    run(connection, "run-2", 1, *(reading(f"x{number}", -20, outlet="other_en") for number in range(5)))
    run(connection, "run-3", 1.5, reading("my", 1, language="my"))
    assert translations(connection) == [("my", "en")]
    monkeypatch.setattr(copy_groups, "rows_since_runs", lambda connection: 10)  # those of the last run alone
    connection.execute("insert into copies_pending (article_id, version) select article_id, null from articles where article_id = 'my'")
    group_copies(connection)
    assert translations(connection) == [], "or the test does not tell whether the bound is large enough"


def test_tags_that_were_made_anew_since_are_found_too(connection):
    run(connection, "run-1", 0, reading("en", 0))
    start_run(connection, "again", "reprocess", NIGHT + timedelta(hours=1), {})
    write_tags(connection, {"en": tags(*PLACES)})
    write_tags(connection, {f"gone{number}": tags(*PLACES) for number in range(9)})
    run(connection, "run-3", 1.5, reading("my", 1, language="my"))
    assert translations(connection) == [("my", "en")]


def test_an_article_last_seen_in_the_future_has_its_version_though_an_earlier_run_wrote_it(connection):
    run(connection, "run-1", 9, reading("ahead", 9))
    run(connection, "run-2", 1, reading("now", 1, language="my"))
    refresh_views(connection)
    assert [each for each in run_checks(connection, "run-2") if each.name == "newest_version_is_the_article"] == []
    connection.execute("delete from article_versions where article_id = 'ahead'")
    assert [each.observed for each in run_checks(connection, "run-2") if each.name == "newest_version_is_the_article"] == ["article ahead"]


def test_a_database_that_is_written_anew_keeps_the_order_of_its_rows(connection, tmp_path):
    connection.execute("insert into mentions select i::varchar, 'body', i, i + 1, 'x', 'place', null, 'mention', 'rule', 'x', 1 from range(200000) as r(i)")
    connection.execute("delete from mentions where start_char % 3 = 1")
    fresh = compacted(connection, Settings(data_dir=tmp_path))
    disorder = "select count(*) from (select start_char < lag(start_char) over (order by rowid) as is_out from mentions) where is_out"
    assert fresh.execute(disorder).fetchall() == [(0,)]
    fresh.close()
