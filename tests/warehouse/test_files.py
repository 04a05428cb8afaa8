"""The database files: created and migrated aside, one writer, published whole, read through a locked connection."""

import fcntl
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import duckdb
import pytest

from warehouse import db
from warehouse.clock import Clock
from warehouse.db import DatabaseUnusable, open_work
from warehouse.errors import AskedWrongly, NightdeskError, WriterBusy
from warehouse.lock import writer_lock
from warehouse.publish import PublishFailed, publish, refresh_views
from warehouse.query import QueryFailed, run_query
from warehouse.runs import start_run
from warehouse.settings import Settings


@pytest.fixture
def published(tmp_path):
    settings = Settings(data_dir=tmp_path)
    connection = open_work(settings)
    start_run(connection, "run-1", "nightly", datetime(2026, 3, 2, tzinfo=UTC), {"note": "ပြန်"})
    refresh_views(connection)
    publish(connection, settings)
    return settings.published_database


def test_every_table_of_the_contract_is_there_with_comments(published):
    wanted = set("outlets captures articles article_versions field_sources images copies mentions entities dates figures quotations subjects events runs"
                 " run_outlets rejections checks schema_migrations".split())
    found = run_query(published, "select table_name, comment from duckdb_tables()").to_pylist()
    assert wanted <= {row["table_name"] for row in found}
    assert all(row["comment"] for row in found)
    uncommented = "select table_name, column_name from duckdb_columns() join duckdb_tables() using (table_name) where duckdb_columns.comment is null"
    assert run_query(published, uncommented).to_pylist() == []


def test_views_do_not_name_the_catalog_so_they_work_in_a_renamed_copy(published, tmp_path):
    renamed = tmp_path / "evidence_2026.duckdb"
    os.link(published, renamed)
    for view in ("articles_original", "coverage_daily", "edits", "events_acled", "casualties_daily", "outlet_health", "article_tags_wide"):
        assert run_query(renamed, f"select * from {view}").num_rows == 0


def test_a_reader_with_the_old_file_open_neither_blocks_nor_breaks(tmp_path):
    settings = Settings(data_dir=tmp_path)
    publish(open_work(settings), settings)
    with duckdb.connect(str(settings.published_database), read_only=True) as reader:
        connection = open_work(settings)
        start_run(connection, "run-2", "nightly", datetime(2026, 3, 2, tzinfo=UTC), {})
        publish(connection, settings)
        assert reader.execute("select count(*) from runs").fetchall() == [(0,)]
    assert run_query(settings.published_database, "select run_id from runs").to_pylist() == [{"run_id": "run-2"}]


def test_a_file_of_the_first_schema_is_brought_up_to_date_with_its_rows(tmp_path, monkeypatch):
    settings, known = Settings(data_dir=tmp_path), db.migrations()
    monkeypatch.setattr(db, "migrations", lambda: known[:1])
    with open_work(settings) as old:
        old.execute("insert into captures values ('c1', 'aye', 'https://a.example/x', 'https://a.example/x', now(), 200, null, 'f00', null, null,"
                    " 'captures/aye/x.warc.gz', 0, 9, 'allowed', 'r1')")
    monkeypatch.undo()
    with open_work(settings) as new:
        assert new.execute("select capture_id, robots_sha256, revisit_of from captures").fetchall() == [("c1", None, None)]
        assert new.execute("select count(*) from sources").fetchall() == [(0,)]
        assert [version for (version,) in new.execute("select version from schema_migrations order by 1").fetchall()] == [m.version for m in known]


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    settings = Settings(data_dir=tmp_path)
    open_work(settings).close()
    before = settings.work_database.read_bytes()
    broken = db.Migration(9002, "broken", "create table extra (x integer); select * from no_such_table;")
    known = db.migrations()
    monkeypatch.setattr(db, "migrations", lambda: (*known, broken))
    with pytest.raises(DatabaseUnusable, match=r"9002_broken\.sql was not applied and nothing it did was kept"):
        open_work(settings)
    assert settings.work_database.read_bytes() == before


def test_a_newer_file_is_refused_and_not_touched(tmp_path):
    settings = Settings(data_dir=tmp_path)
    connection = open_work(settings)
    connection.execute("insert into schema_migrations values (99, 'later', 'x', now())")
    connection.close()
    with pytest.raises(DatabaseUnusable, match=r"newer Nightdesk \(schema 99"):
        open_work(settings)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.work_dir.mkdir(parents=True)
    settings.work_database.write_bytes(b"this is not a database" * 500)
    with pytest.raises(DatabaseUnusable, match=r"cannot be opened.*nightdesk doctor --restore"):
        open_work(settings)


def test_leftovers_of_a_killed_creation_do_no_harm(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.work_dir.mkdir(parents=True)
    settings.work_database.with_name("work.duckdb.new").write_bytes(b"\x00" * 5000)
    open_work(settings).close()


def test_a_log_that_somebody_left_beside_the_published_file_is_not_played_into_the_next_one(tmp_path):
    settings = Settings(data_dir=tmp_path)
    publish(open_work(settings), settings)
    harm = "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('set checkpoint_threshold = \\'1GB\\''); " \
           "c.execute(\"insert into load_log values ('forged', 'x', now(), 1, 0)\"); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", harm, str(settings.published_database)], check=False)
    assert settings.published_database.with_name("news.duckdb.wal").exists()
    publish(open_work(settings), settings)
    assert run_query(settings.published_database, "select count(*) as n from load_log").to_pylist() == [{"n": 0}]


def fill_the_disk(source, target):
    target.write_bytes(b"half")
    raise OSError(28, "No space left on device")


def test_a_publication_that_fails_leaves_the_last_good_file_and_no_debris(tmp_path, monkeypatch):
    settings = Settings(data_dir=tmp_path)
    publish(open_work(settings), settings)
    before = settings.published_database.read_bytes()
    monkeypatch.setattr("warehouse.publish.copy_file", fill_the_disk)
    with pytest.raises(PublishFailed, match=r"the last good file stays: .*No space left on device"):
        publish(open_work(settings), settings)
    assert settings.published_database.read_bytes() == before
    assert [path.name for path in tmp_path.glob("news.duckdb*")] == ["news.duckdb"]


def test_a_first_publication_that_fails_speaks_of_no_earlier_file(tmp_path, monkeypatch):
    settings = Settings(data_dir=tmp_path)
    monkeypatch.setattr("warehouse.publish.copy_file", fill_the_disk)
    with pytest.raises(PublishFailed, match=r"news\.duckdb was not written: .*No space left on device") as raised:
        publish(open_work(settings), settings)
    assert "last good file" not in str(raised.value)
    assert not list(tmp_path.glob("news.duckdb*"))


HOLD = """
    import sys, pathlib
    from warehouse.lock import writer_lock
    with writer_lock(pathlib.Path(sys.argv[1]), "run-of-another", wait_s=0):
        print("held", flush=True)
        sys.stdin.read()
"""


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path):
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(HOLD), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WriterBusy, match=f"process {other.pid}, run run-of-another") as caught, writer_lock(tmp_path, "mine", wait_s=0.2):
            pass
        assert caught.value.exit_status == 75
        other.kill()
    with writer_lock(tmp_path, "mine", wait_s=0) as handle, open(tmp_path / "lock") as file:
        assert file.read().split() == [str(os.getpid()), "mine"]
        assert fcntl.fcntl(handle, fcntl.F_GETFD) & fcntl.FD_CLOEXEC


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "work").write_text("a file where the folder should be")
    with pytest.raises(AskedWrongly, match="cannot be written"), writer_lock(tmp_path / "work", "mine", wait_s=0):
        pass


ESCAPES = [
    # The six that worked in a plain connection, then others.
    "select * from read_text('/etc/hostname')", "copy (select 1) to '{folder}/out.csv'", "attach '{folder}/other.duckdb'",
    "set enable_external_access = true", "install httpfs", "export database '{folder}/out'",
    "set lock_configuration = false", "reset enable_external_access", "load httpfs", "select * from glob('/*')", "from '/etc/hostname'",
    "select * from read_csv('/etc/hostname')", "select * from sniff_csv('/etc/hostname')", "select * from read_blob('/etc/hostname')",
    "select * from read_parquet('http://127.0.0.1:9/x')", "import database '{folder}'", "set temp_directory = '{folder}'", "create secret s (type s3)",
    "set memory_limit = '100GB'", "set threads = 64", "select getenv('HOME')", "pragma profiling_output = '{folder}/out.json'",
    "copy articles to 's3://bucket/x'", "delete from articles", "create table mine (x integer)", "create temp table mine as select 1",
    "copy (select 1) to '{folder}/news.duckdb.tmp/out.csv'", "explain analyze copy (select 1) to '{folder}/news.duckdb.tmp/out.csv'",
    "attach '{folder}/news.duckdb.tmp/other.duckdb'", "select * from duckdb_secrets()",
]


@pytest.mark.parametrize("escape", ESCAPES)
def test_user_sql_reads_nothing_else_and_writes_nothing(published, escape):
    folder = published.parent
    # Where DuckDB puts what does not fit into memory unless told otherwise; statements may write there.
    (folder / "news.duckdb.tmp").mkdir()
    before = sorted(folder.rglob("*"))
    with pytest.raises(NightdeskError):
        run_query(published, escape.format(folder=folder))
    assert sorted(folder.rglob("*")) == before


def test_a_query_that_needs_more_than_its_memory_uses_a_folder_of_its_own_which_goes_with_it(published, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    query = "select count(*) as n from (select md5(range::varchar) as x, md5((range + 1)::varchar) as y from range(4_000_000) order by x, y offset 1)"
    assert run_query(published, query, memory_limit_mb=150).to_pylist() == [{"n": 3_999_999}]
    assert list(tmp_path.glob("nightdesk_sql_*")) == []


@pytest.mark.parametrize(("query", "sentence"), [
    ("select 1; select 2", "Give one query; this is 2"), ("", "Give one query; this is 0"), ("selec", "cannot be read"),
    ("select nothing from articles", "cannot be run"), ("select * from artikles", "Did you mean"),
])
def test_a_wrong_query_is_asked_wrongly(published, query, sentence):
    with pytest.raises(AskedWrongly, match=sentence):
        run_query(published, query)


def test_a_query_without_end_is_stopped(published):
    endless = "select count(*) from range(1000000) a, range(1000000) b, range(1000000) c where a.range + b.range = c.range * 7"
    with pytest.raises(QueryFailed, match="stopped after"):
        run_query(published, endless, time_limit_s=0.5)


def test_nothing_published_yet_says_what_to_do(tmp_path):
    with pytest.raises(AskedWrongly, match="nightdesk demo"):
        run_query(tmp_path / "news.duckdb", "select 1")


def test_the_clock_starts_at_the_given_moment_and_goes_on():
    clock = Clock.starting_at("2026-03-02T19:00:00+06:30")
    first = clock.now()
    assert 0 <= (first - datetime(2026, 3, 2, 12, 30, tzinfo=UTC)).total_seconds() < 5
    assert clock.now() >= first


@pytest.mark.parametrize("text", ["yesterday", "2026-03-02", "2026-03-02T19:00:00", ""])
def test_a_moment_without_a_zone_is_asked_wrongly(text):
    with pytest.raises(AskedWrongly, match="NIGHTDESK_NOW"):
        Clock.starting_at(text)
