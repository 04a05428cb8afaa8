"""`nightdesk forget`: an article is gone everywhere, stays out by every way in, and nothing else has moved."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from crawlers import sample_world
from flows import forgetting
from flows.copying import group_copies
from flows.withdrawing import withheld
from warehouse import withdrawal
from warehouse.captures import CaptureWriter, read_captures, read_response
from warehouse.db import open_work
from warehouse.records import Capture
from warehouse.settings import Settings
from warehouse.warc_reading import gzip_members
from warehouse.withdrawn import Withdrawn, address_hash

SAMPLE_OUTLETS = Path(sample_world.__file__).parent / "outlets"
URL = "http://kaladanshorejournal.example/news/wexilu-2amt.html"
SPELLED = "https://www.kaladanshorejournal.example/news/wexilu-2amt.html?utm_source=x#top"
COPY = "http://borderlandnetwork.example/en/news/young-herders-wounded-mine-explodes-daily-path-buthidaung"
LINE = {"outlet_id": "kaladan_journal_en", "url": URL, "headline": "Back again", "body": "Two herders were injured near Buthidaung. " * 5}


def nightdesk(*words, data_dir, status: int = 0) -> dict:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), "--outlets-dir", str(SAMPLE_OUTLETS), "--json", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False, stdin=subprocess.DEVNULL)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else {"stderr": done.stderr}


def asked(folder: Path, query: str, parameters=()) -> list:
    with duckdb.connect(str(folder / "news.duckdb"), read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()


def places_with(database: Path, words: list[str]) -> list[tuple[str, str]]:
    """(table, column) of every value of a database that holds one of the words."""
    found = []
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal and table_name in (select table_name from duckdb_tables())").fetchall()
        for table, column in columns:
            for word in words:
                if connection.execute(f'select 1 from {table} where contains("{column}"::varchar, ?) limit 1', [word]).fetchall():
                    found.append((table, column))
    return found


def files_with(folder: Path, word: str) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


@pytest.fixture(scope="module")
def world(demo_world, tmp_path_factory):
    """A copy of the demo from which one article was withdrawn, with what the command said, and what was there before."""
    folder = tmp_path_factory.mktemp("forget") / "data"
    shutil.copytree(demo_world.data_dir, folder)
    assert (folder / "work" / "spare.duckdb").exists()
    (before,) = asked(folder, "select article_id, headline, body from articles where url = ?", [URL])
    captures = [name for (name,) in asked(folder, "select capture_id from captures where url = ?", [URL])]
    others = asked(folder, "select capture_id, warc_file, warc_offset, warc_length, payload_sha256 from captures where url <> ? order by 1", [URL])
    return folder, before, captures, others, nightdesk("forget", SPELLED, "--yes", data_dir=folder)


def test_no_table_and_no_report_names_it_any_more(world):
    folder, (article_id, headline, body), captures, _, said = world
    assert (said["articles"], said["captures"], said["addresses"], said["summary"]["state"]) == (1, 2, 1, "completed")
    assert len(captures) == 2
    words = [article_id, URL, "wexilu", headline, *captures]
    # A source's own list of addresses is no row of ours, and neither is a page of another article that links to it.
    assert places_with(folder / "news.duckdb", words) == []
    assert places_with(folder / "work" / "work.duckdb", [*words, body]) == [("articles", "body"), ("article_versions", "body")], "the copy of another outlet"
    assert not (folder / "work" / "spare.duckdb").exists()
    assert files_with(folder / "runs", "wexilu") == []
    assert files_with(folder / "runs", captures[0]) == []


def test_a_copy_of_it_in_another_outlet_stays_and_is_named(world):
    folder, *_, said = world
    assert said["copies_left"] == [COPY]
    assert asked(folder, "select is_original, copy_id from articles where url = ?", [COPY]) == [(True, None)]


def test_its_bytes_are_overwritten_and_no_other_record_has_moved(world):
    folder, (_, headline, _), captures, others, _ = world
    now = asked(folder, "select capture_id, warc_file, warc_offset, warc_length, payload_sha256 from captures order by 1")
    assert now == others
    for path in sorted(folder.glob("captures/kaladan_journal_en/*.warc.gz")):
        found = list(read_captures(folder, path, "kaladan_journal_en"))
        assert all(isinstance(each, Capture) for each in found), "every record can be read"
        assert not {each.capture_id for each in found} & set(captures)
        assert f"<h1>{headline}".encode() not in gzip.decompress(path.read_bytes())
    rows = asked(folder, "select * from captures")
    names = [name for name, *_ in asked(folder, "describe captures")]
    for row in rows:
        read_response(folder, Capture(**dict(zip(names, row, strict=True))))


def test_the_published_list_cannot_be_tested_without_the_secret(world):
    folder, *_ = world
    ((value,),) = asked(folder, "select address_hash from withdrawn")
    assert value == address_hash((folder / "work" / "withdrawn.key").read_bytes(), URL)
    assert value != address_hash(b"", URL)
    assert (folder / "work" / "withdrawn.key").stat().st_mode & 0o077 == 0


def test_it_stays_out_of_imports_and_is_refused_without_a_name(world, tmp_path):
    folder, *_ = world
    file = tmp_path / "again.jsonl"
    file.write_text("".join(json.dumps(LINE | {"url": url}) + "\n" for url in (URL, SPELLED, URL + "/")))
    summary = nightdesk("import", file, data_dir=folder)
    assert [(row["stage"], row["reason"], row["pages"]) for row in summary["rejections"]] == [("keep", "withdrawn", 3)]
    assert places_with(folder / "news.duckdb", ["wexilu", "Back again"]) == []


def test_it_stays_out_of_warc_files(world, demo_world):
    folder, *_ = world
    (warc,) = demo_world.data_dir.glob("captures/kaladan_journal_en/2026-03-02*.warc.gz")
    summary = nightdesk("backfill", "--warc", warc, data_dir=folder)
    assert [(row["stage"], row["reason"], row["pages"]) for row in summary["rejections"]] == [("keep", "withdrawn", 1)]
    assert places_with(folder / "news.duckdb", ["wexilu"]) == []


def test_a_crawl_and_a_reprocess_do_not_bring_it_back(world):
    folder, *_ = world
    nightdesk("reprocess", "--outlet", "kaladan_journal_en", data_dir=folder)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    subprocess.run([sys.executable, "-m", "flows.cli", "--data-dir", str(folder), "demo"], check=True, capture_output=True, env=environment, timeout=240)
    assert places_with(folder / "news.duckdb", ["wexilu"]) == []
    assert files_with(folder / "runs", "wexilu") == []


@pytest.mark.parametrize("stage", ["noted", "bytes overwritten", "rows settled"])
def test_what_a_kill_left_undone_the_next_run_does(demo_world, tmp_path, stage):
    folder = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, folder)
    settings = Settings(data_dir=folder, outlets_dir=SAMPLE_OUTLETS)
    connection = open_work(settings)
    found = withdrawal.find(connection, [URL])
    withdrawal.begin(connection, settings, found, [URL], date(2026, 3, 5))
    if stage != "noted":
        withdrawal.remove_files(connection, settings)
    if stage == "rows settled":
        group_copies(connection)
        withdrawal.drop_note(connection)
    connection.close()
    file = tmp_path / "other.jsonl"
    file.write_text(json.dumps(LINE | {"url": "http://kaladanshorejournal.example/news/another"}) + "\n")
    nightdesk("import", file, data_dir=folder)
    assert places_with(folder / "news.duckdb", ["wexilu", *found.articles, *(each.capture_id for each in found.captures)]) == []
    assert asked(folder, "select * from withdrawing") == []
    assert not (folder / "work" / "spare.duckdb").exists()
    assert files_with(folder / "runs", "wexilu") == []
    for path in folder.glob("captures/kaladan_journal_en/*.warc.gz"):
        assert b"WARC-Target-URI: " + URL.encode() not in gzip.decompress(path.read_bytes())


def test_a_page_that_comes_by_a_new_address_is_overwritten(demo_world, tmp_path):
    settings = Settings(data_dir=tmp_path)
    with duckdb.connect(str(demo_world.database), read_only=True) as connection:
        kept = Capture(**connection.execute("select * from captures where url = ? limit 1", [URL]).to_arrow_table().to_pylist()[0])
    response = replace(read_response(demo_world.data_dir, kept), url="http://kaladanshorejournal.example/r/7")
    writer = CaptureWriter(tmp_path / "captures", kept.outlet_id, "run", date(2026, 3, 5))
    capture = writer.write(response)
    path = writer.seal()
    from crawlers.outlet import read_outlets
    from flows.reading import read
    reading = read(capture, tmp_path, read_outlets(SAMPLE_OUTLETS)[0])
    out = Withdrawn(b"key", frozenset({address_hash(b"key", reading.url)}))
    assert withheld(Withdrawn(b"key", frozenset({"0"})), settings, capture, reading) is reading
    assert withheld(out, settings, capture, reading).reason == "withdrawn"
    assert list(read_captures(tmp_path, path, kept.outlet_id)) == []
    assert b"kaladan" not in gzip.decompress(path.read_bytes())


@pytest.mark.parametrize("length", [220, 250, 4000, 100_000])
def test_the_filler_is_one_record_of_the_asked_length(tmp_path, length):
    filler = withdrawal.filler(length)
    assert len(filler) == length
    (tmp_path / "one").write_bytes(filler * 2)
    with open(tmp_path / "one", "rb") as file:
        members = list(gzip_members(file, 0))
    assert [(each.offset, each.length, each.content[:30]) for each in members] == [
        (at, length, b"WARC/1.1\r\nWARC-Type: metadata\r") for at in (0, length)]


def test_without_a_word_of_consent_nothing_happens(tmp_path):
    assert "This cannot be undone, so it has to be confirmed. Give --yes." in nightdesk("forget", URL, data_dir=tmp_path / "data", status=2)["stderr"]
    assert "'abc' is not an http address." in nightdesk("forget", "abc", "--yes", data_dir=tmp_path / "data", status=2)["stderr"]
    assert not (tmp_path / "data").exists()


def test_an_address_that_was_never_met_is_kept_out_all_the_same(tmp_path):
    said = nightdesk("forget", "http://kaladanshorejournal.example/news/never", "--yes", data_dir=tmp_path / "data")
    assert (said["articles"], said["captures"], said["addresses"]) == (0, 0, 1)
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps(LINE | {"url": "http://kaladanshorejournal.example/news/never"}) + "\n")
    assert nightdesk("import", file, data_dir=tmp_path / "data")["rejections"][0]["reason"] == "withdrawn"


def test_a_data_folder_that_lost_its_secret_takes_nothing_in(tmp_path):
    nightdesk("forget", URL, "--yes", data_dir=tmp_path / "data")
    (tmp_path / "data" / "work" / "withdrawn.key").unlink()
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps(LINE) + "\n")
    assert "Without it withdrawn articles would come in again: restore it from a backup." in nightdesk("import", file, data_dir=tmp_path / "data", status=1)["stderr"]


def test_what_is_printed_says_what_stays(world):
    *_, said = world
    text = forgetting.as_text(forgetting.Forgotten(1, 2, 1, said["copies_left"], forgetting.Summary(**said["summary"])), width=80)
    assert "1 article and 2 kept pages removed; 1 address stays out.\n" in text
    assert f"The same text stands in articles of others, which stay:\n  {COPY}\n" in text
