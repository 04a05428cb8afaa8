"""The sample world through the whole job, compared with what its authors say must come out."""

import json
import subprocess
import sys

import duckdb
import pytest

from crawlers.sample_world.truth import expected, expected_rejections
from warehouse.query import rows_of

COMPARED = ("headline", "description", "published_on", "language", "version", "kind", "newsroom", "source_outlet")


@pytest.fixture(scope="module")
def articles(demo_world):
    return {row["url"]: row for row in rows_of(demo_world.database, "select * from articles")}


def test_every_article_of_the_world_is_there_and_no_other(articles):
    assert set(articles) == {each.url for each in expected(2)}


@pytest.mark.parametrize("wanted", expected(2), ids=lambda each: each.url.split("://")[1])
def test_an_article_is_as_its_authors_wrote_it(articles, wanted):
    found = articles[wanted.url]
    assert {name: found[name] for name in COMPARED} == {name: getattr(wanted, name) for name in COMPARED}
    assert found["body"].split("\n") == list(wanted.body)
    assert found["authors"] == list(wanted.authors)
    assert (found["dateline_place"] or "").split(",")[0] == (wanted.dateline_place or "")
    assert (found["gone_at"] is not None) == wanted.gone


def test_copies_with_the_same_text_are_found_and_point_to_the_original(articles):
    whole = [each for each in expected(2) if each.copy_of and list(each.body) == articles[each.copy_of]["body"].split("\n")]
    assert len(whole) >= 2
    for copy in whole:
        assert not articles[copy.url]["is_original"], copy.url
        assert articles[copy.url]["copy_id"] == articles[copy.copy_of]["copy_id"]
        assert articles[copy.copy_of]["is_original"]


def test_what_misbehaves_is_named(demo_world):
    found = {(row["outlet_id"], row["url"], row["stage"], row["reason"]) for row in rows_of(demo_world.database, "select * from rejections")}
    assert {(r.outlet_id, r.url, r.stage, r.reason) for r in (*expected_rejections(1), *expected_rejections(2))} <= found


def test_private_persons_of_incidents_are_not_indexed(demo_world, articles):
    # Ko Maung Phyu Wai tells what he saw in two articles; U Kyaw Thura Lin is quoted by name.
    named = {row["text"] for row in rows_of(demo_world.database, "select text from mentions where kind = 'person'")}
    assert any("Ko Maung Phyu Wai" in article["body"] for article in articles.values())
    assert named & {"Ko Maung Phyu Wai", "U Kyaw Thura Lin"} == {"U Kyaw Thura Lin"}


def test_no_article_comes_without_the_bytes_that_the_server_sent(demo_world):
    from warehouse.captures import read_response
    from warehouse.records import Capture

    for row in rows_of(demo_world.database, "select * from captures"):
        assert read_response(demo_world.data_dir, Capture(**row)).status == 200


def test_a_second_demo_adds_nothing(demo_world, tmp_path):
    import shutil

    again = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, again)
    done = subprocess.run([sys.executable, "-m", "flows.cli", "--json", "demo", "--data-dir", str(again)], capture_output=True, text=True, check=True)
    totals = {name: sum(row[name] for night in json.loads(done.stdout)["nights"] for row in night["outlets"]) for name in ("fetched", "new", "updated")}
    assert totals == {"fetched": 0, "new": 0, "updated": 0}
    tables = ("articles", "article_versions", "captures", "mentions", "figures", "copies", "images", "field_sources", "links", "observations")
    with duckdb.connect(str(again / "news.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{demo_world.database}' as before (read_only)")
        for table in tables:
            assert connection.execute(f"from {table} except all from before.main.{table}").fetchall() == [], table
            assert connection.execute(f"from before.main.{table} except all from {table}").fetchall() == [], table


def test_reprocessing_changes_nothing(demo_world, tmp_path):
    import shutil

    again = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, again)
    words = [sys.executable, "-m", "flows.cli", "--json", "--data-dir", str(again), "--outlets-dir", "crawlers/sample_world/outlets", "reprocess"]
    done = subprocess.run([*words, "--dry-run"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
    subprocess.run(words, capture_output=True, check=True)
    with duckdb.connect(str(again / "news.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{demo_world.database}' as before (read_only)")
        for table in ("article_versions", "mentions", "figures", "quotations", "dates", "subjects", "copies", "images", "field_sources"):
            assert connection.execute(f"from {table} except all from before.main.{table}").fetchall() == [], table
            assert connection.execute(f"from before.main.{table} except all from {table}").fetchall() == [], table
