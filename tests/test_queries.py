"""The worked queries: each answers its question on the demo's data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.db import sql_files
from warehouse.query import rows_of

ROOT = Path(__file__).parent.parent
QUERIES = sql_files("queries")


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_begins_with_its_question(name):
    first = QUERIES[name].splitlines()[0]
    assert first.startswith("-- ")
    assert first.endswith("?")


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_an_answer_on_the_demo(name, demo_world):
    assert rows_of(demo_world.database, QUERIES[name])


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_alike_every_time(name, demo_world):
    assert rows_of(demo_world.database, QUERIES[name]) == rows_of(demo_world.database, QUERIES[name])


def test_a_query_file_runs_as_the_readme_says(demo_world):
    done = nightdesk("--data-dir", str(demo_world.data_dir), "sql", "--format", "csv", "--", QUERIES["headlines_rewritten"])
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert head == "outlet_id,version,seen_on,headline_before,headline_after,url"
    assert len(lines) == 2


def test_the_ledger_accounts_for_every_address_of_the_demo(demo_world):
    for row in rows_of(demo_world.database, QUERIES["coverage_by_night"]):
        parts = ("known_already", "new", "updated", "unchanged", "not_fetched", "not_an_article")
        assert row["discovered"] == sum(row[part] for part in parts), row


def test_every_number_of_people_killed_names_the_page_that_says_it(demo_world):
    rows = rows_of(demo_world.database, QUERIES["evidence_for_killed"])
    assert all((demo_world.data_dir / row["warc_file"]).is_file() and len(row["payload_sha256"]) == 64 for row in rows)
    assert "Five civilians were killed" in {row["words"] for row in rows}


def test_a_story_told_in_two_languages_counts_once_where_people_were_killed(demo_world):
    # English says five in its newer version, Burmese says three: never eight.
    rows = rows_of(demo_world.database, QUERIES["killed_by_place"])
    assert [(row["articles"], row["killed"]) for row in rows if (row["township"], row["party"]) == ("Rathedaung", "civilians")] == [(2, 5)]


def test_a_correction_shows_the_headline_before_and_after(demo_world):
    rows = rows_of(demo_world.database, QUERIES["headlines_rewritten"])
    pairs = {(row["headline_before"].split()[0], row["headline_after"].split()[0]) for row in rows}
    assert pairs == {("Three", "Death"), ("Seventeen", "Correction:")}


def test_states_coded_in_parts_are_one_row(demo_world):
    rows = rows_of(demo_world.database, QUERIES["groups_by_state"])
    assert {"Rakhine", "Sagaing"} <= {row["state"] for row in rows}
    assert not [row for row in rows if "(" in row["state"]]


def test_undated_articles_are_counted_as_such(demo_world):
    rows = rows_of(demo_world.database, QUERIES["where_dates_come_from"])
    assert [(row["outlet_id"], row["articles"]) for row in rows if row["source"] == "no date"] == [("delta_ferry_news", 1)]


def nightdesk(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_")) and name != "COLUMNS"}
    return subprocess.run([sys.executable, "-m", "flows.cli", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_civilians_killed_are_counted_once_an_event_down_to_the_bytes(demo_world):
    [row] = rows_of(demo_world.database, QUERIES["civilians_killed_once"])
    # Two languages and two versions tell one air strike, with three dead at first and five in the end: never eight.
    assert (row["event_date"].isoformat(), row["sub_event_type"], row["civilians_low"], row["civilians_high"]) == ("2026-03-01", "Air/drone strike", 3, 5)
    assert (row["total_low"], row["total_high"], row["articles"]) == (3, 5, 2)
    assert row["sentence"].startswith("Five civilians were killed")
    assert (demo_world.data_dir / row["warc_file"]).is_file()
