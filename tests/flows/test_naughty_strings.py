"""Strings that break programs go through load, query, search and export and come out as they went in."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows import exporting, results
from flows.exporting import FORMULA_SIGNS
from warehouse.db import open_work
from warehouse.load import Batch, load
from warehouse.publish import publish, refresh_views, run_checks
from warehouse.query import run_query
from warehouse.records import ArticleReading, Extracted, FieldCandidate, Tags
from warehouse.runs import end_run, start_run
from warehouse.settings import Settings

# Read where it lies; never copied into the project.
FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hostile" / "naughty_strings.json"
NIGHT = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
OWN = ["", " ", "=1+1", "@SUM(A1)", "\tindented", "a\x00b", "line\nbreak\r\nand\rreturn", '"quoted", and, commas', "'; drop table articles; --", "NULL",
       "\ufeffmark", "ပြန်\u200bလည်", "\U0001f468\u200d\U0001f469", "\u202eright to left", "x" * 70_000, "-1", "００＋１", "＝1", "\\N", "\x1b[31mred\x1b[0m"]


def strings() -> list[str]:
    return OWN + (json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else [])


@pytest.fixture(scope="module")
def naughty(tmp_path_factory):
    """A published file with one article a string: as headline, body, byline, keyword and candidate."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("naughty"))
    connection = open_work(settings)
    start_run(connection, "run", "import", NIGHT, {})
    readings = [reading(number, text) for number, text in enumerate(strings())]
    load(connection, Batch("one", "run", NIGHT, readings=readings, counts={"one_en": {"discovered": len(readings), "fetched": len(readings)}}))
    refresh_views(connection)
    run_checks(connection, "run")
    end_run(connection, "run", "completed", NIGHT)
    publish(connection, settings)
    return settings


def reading(number: int, text: str) -> ArticleReading:
    extracted = Extracted(headline=text, description=text, body=text, language="en", byline=text, keywords=(text, "second"), authors=(text,),
                          candidates=(FieldCandidate("headline", text, "import", chosen=True),))
    return ArticleReading(f"{number:016x}", "one_en", f"http://one.example/{number}", f"{number:016x}", NIGHT, extracted, Tags(), f"{number:064x}", 1, 1)


def expected() -> dict[str, str]:
    return {f"{number:016x}": text for number, text in enumerate(strings())}


def test_the_database_gives_back_every_string(naughty):
    found = run_query(naughty.published_database, "select article_id, headline, description, body, byline, keywords[1] as keyword, authors[1] as author from articles")
    for row in found.to_pylist():
        wanted = expected()[row.pop("article_id")]
        assert set(row.values()) == {wanted}, (wanted, row)
    assert found.num_rows == len(strings())
    candidates = run_query(naughty.published_database, "select article_id, value from field_sources").to_pylist()
    assert {row["article_id"]: row["value"] for row in candidates} == expected()


def test_each_can_be_asked_for_as_a_parameter(naughty):
    with duckdb.connect(str(naughty.published_database), read_only=True) as connection:
        for name, text in expected().items():
            found = [each for (each,) in connection.execute("select article_id from articles where headline = ?", [text]).fetchall()]
            assert name in found
            assert all(expected()[each] == text for each in found)


def test_query_results_keep_them_in_every_form(naughty, tmp_path):
    found = run_query(naughty.published_database, "select article_id, body from articles")
    assert {row["article_id"]: row["body"] for row in json.loads(results.as_text(found, "json", width=80))} == expected()
    results.write_file(found, "parquet", tmp_path / "out.parquet")
    assert {row["article_id"]: row["body"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()} == expected()
    results.write_file(found, "csv", tmp_path / "out.csv")
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as file:
        assert dict(list(csv.reader(file))[1:]) == expected()
    table = results.as_text(found, "table", width=100)
    assert not [sign for sign in table if ord(sign) < 32 and sign != "\n"], "nothing steers the terminal"


def test_a_release_has_them_exactly_as_parquet_and_safely_as_csv(naughty, tmp_path):
    exporting.export(naughty, tmp_path / "release", with_csv=True, with_json_ld=True)
    exact = pq.read_table(tmp_path / "release" / "articles.parquet").to_pylist()
    assert {row["article_id"]: row["body"] for row in exact} == expected()
    assert {row["article_id"]: row["keywords"] for row in exact} == {name: [text, "second"] for name, text in expected().items()}
    csv.field_size_limit(10**8)
    with open(tmp_path / "release" / "csv" / "articles.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["article_id"]: row["body"] for row in csv.DictReader(file)}
    # The stated rule: text that a spreadsheet would take for a formula has an apostrophe before it, and nothing else is changed.
    assert rows == {name: f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text for name, text in expected().items()}
    assert sum(text.startswith("'") for text in rows.values()) >= 5
    for name, text in expected().items():
        said = json.loads((tmp_path / "release" / "json_ld" / name[:2] / f"{name}.json").read_text(encoding="utf-8"))
        assert said.get("articleBody", "") == text


def test_lone_surrogates_are_refused_as_an_input_and_never_reach_the_database(naughty):
    broken = replace(reading(99_999, "x"), extracted=Extracted(headline="\ud800", description=None, body="x", language="en"))
    connection = open_work(naughty)
    with pytest.raises(UnicodeEncodeError):
        load(connection, Batch("two", "run", NIGHT, readings=[broken]))
    assert connection.execute("select count(*) from articles").fetchall() == [(len(strings()),)]
    connection.close()


def test_they_can_be_typed_as_a_search_and_as_sql_without_a_traceback(naughty):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    for words in (["search", "--", "'; drop table articles; --"], ["sql", "select '\x1b[31m' as x, headline from articles"], ["show", "../../etc/passwd"]):
        done = subprocess.run([sys.executable, "-m", "flows.cli", "--data-dir", str(naughty.data_dir), *words], capture_output=True, text=True, env=environment,
                              check=False)
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 2), done.stderr
        assert "\x1b" not in done.stdout
