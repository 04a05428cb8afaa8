"""The command line: good input gives rows, bad input gives one clear sentence, the right exit status, and never a traceback."""

import csv
import errno
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from crawlers.outlet import read_outlets
from crawlers.sample_world.server import serve
from flows import cli
from flows.inputs import ImportLine, encodable
from flows.reading import read

SAMPLE_OUTLETS = "crawlers/sample_world/outlets"
OUTLET = """
name = "Example Daily"
homepage = "http://daily.example/"
country = "MM"
language = "en"
time_zone = "Asia/Yangon"
"""
STORY = "Boat owners on the Kaladan said on Monday that the ferry would run again between Kyauktaw and Paletwa. " * 3


def nightdesk(*words, data_dir: Path, env: dict | None = None, timeout: int = 120) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))} | (env or {})
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


@pytest.fixture
def outlets(tmp_path) -> Path:
    folder = tmp_path / "outlets"
    folder.mkdir()
    (folder / "daily_en.toml").write_text(OUTLET)
    return folder


def lines(*articles) -> str:
    return "".join((each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) + "\n" for each in articles)


GOOD = {"outlet_id": "daily_en", "url": "http://daily.example/news/1", "headline": "Ferry resumes", "body": STORY, "date_published": "2026-03-02"}


# ---------------------------------------------------------------- import


def test_import_takes_articles_and_a_repeat_adds_nothing(tmp_path, outlets):
    file = tmp_path / "old.jsonl"
    file.write_text(lines(GOOD, GOOD | {"url": "http://www.daily.example/news/2?utm_source=x#top", "date_published": "2026-03-02T10:00:00+06:30"}))
    done = nightdesk("--json", "--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["outlets"]
    assert (row["new"], row["copies"], row["rejected"]) == (2, 1, 0)
    query = "select url, published_on, date_published_precision, date_published_source, is_original from articles order by url"
    found = nightdesk("sql", query, "--format", "csv", data_dir=tmp_path / "data").stdout
    # A day without a time counts as its noon: what was printed at ten o'clock is the earlier one.
    assert list(csv.reader(io.StringIO(found)))[1:] == [
        ["http://daily.example/news/1", "2026-03-02", "day", "import", "False"], ["http://daily.example/news/2", "2026-03-02", "second", "import", "True"]]
    again = json.loads(nightdesk("--json", "--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data").stdout)["outlets"][0]
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 2)


def test_every_bad_line_is_named_and_the_good_ones_are_taken(tmp_path, outlets):
    file = tmp_path / "mixed.jsonl"
    bad = ["{not json", "[1, 2]", {"outlet_id": "daily_en", "url": "http://daily.example/x"}, GOOD | {"outlet_id": "nobody"},
           GOOD | {"date_published": "last Tuesday"}, GOOD | {"url": "ftp://daily.example/x"}, GOOD | {"authors": "A. Writer"}, GOOD | {"kind": "gossip"}]
    file.write_text(lines(*bad, GOOD))
    done = nightdesk("--json", "--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data")
    assert done.returncode == 1
    summary = json.loads(done.stdout)
    assert sum(row["new"] for row in summary["outlets"]) == 1
    found = {(row["reason"], row["pages"]) for row in summary["rejections"]}
    assert found == {("not_json", 2), ("missing_field", 1), ("unknown_outlet", 1), ("bad_value", 4)}
    details = nightdesk("sql", "select detail from rejections order by detail", "--format", "csv", data_dir=tmp_path / "data").stdout
    assert "mixed.jsonl, line 5: date_published = 'last Tuesday' is not an ISO 8601 date" in details


@pytest.mark.parametrize("line", [
    GOOD | {"authors": ["\ud800x"]}, GOOD | {"outlet_id": "\ud800"}, GOOD | {"url": "http://daily.example/\udfff"}, GOOD | {"body": "\ud800"},
    GOOD | {"url": "http://[daily.example/1"}, GOOD | {"date_published": "0001-01-01"},
])
def test_a_value_that_is_no_text_or_lies_outside_the_calendar_is_a_bad_value(outlets, line):
    read_in = ImportLine("old.jsonl, line 1", json.loads(json.dumps(line)), datetime(2026, 3, 2, tzinfo=UTC))
    outcome = read(read_in, Path(), read_outlets(outlets)[0])
    assert (outcome.stage, outcome.reason) == ("import", "bad_value")
    outcome.detail.encode()


def test_half_a_character_becomes_the_replacement_character():
    assert encodable("a\ud800b") == "a\N{REPLACEMENT CHARACTER}b"
    assert encodable("\U0001f30a") == "\U0001f30a"


def test_a_short_import_is_an_article(tmp_path, outlets):
    file = tmp_path / "short.jsonl"
    file.write_text(lines(GOOD | {"body": "Ceasefire talks failed."}))
    assert nightdesk("--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data").returncode == 0


# ---------------------------------------------------------------- asked wrongly


@pytest.mark.parametrize(("words", "sentence"), [
    (["nightly", "--outlet", "dmg_enn"], "There is no outlet dmg_enn. Did you mean dmg_en?"),
    (["backfill", "--outlet", "dmg_en", "--from", "2026-13-01", "--to", "2026-03-02"], "--from 2026-13-01: this is not a date. Write it like 2026-03-01."),
    (["backfill", "--outlet", "dmg_en", "--from", "2026-03-03", "--to", "2026-03-02"], "lies after"),
    (["backfill", "--warc", "nowhere.warc.gz"], "nowhere.warc.gz: there is no such WARC file."),
    (["backfill"], "Give --outlet ID --from DATE --to DATE, or --warc PATH..."),
    (["import", "nowhere.jsonl"], "nowhere.jsonl: there is no such file."),
    (["reprocess", "--steps", "polish"], "--steps polish: there is no such step. Use extract, dedupe, tag"),
    (["reprocess", "--steps", ","], "--steps names no step. Use extract, dedupe, tag"),
    (["reprocess", "--from", "2026-03-03", "--to", "2026-03-02"], "--from 2026-03-03 lies after --to 2026-03-02."),
    (["reprocess", "--from", "0001-01-01"], "--from 0001-01-01: the year must lie between 1990 and 2200."),
    (["backfill", "--outlet", "dmg_en", "--from", "2026-03-01", "--to", "9999-12-31"], "--to 9999-12-31: the year must lie between 1990 and 2200."),
    (["sql", "select 1"], "nothing was published yet"),
    (["inspect", "nowhere.html", "--outlet", "dmg_en"], "nowhere.html: the page cannot be read"),
    (["nightly"], "NIGHTDESK_CONTACT is not set"),
    (["--outlets-dir", "nowhere", "nightly"], "nowhere"),
    (["unknown-command"], "No such command"),
])
def test_what_is_asked_wrongly_ends_with_status_2_and_one_sentence(tmp_path, words, sentence):
    done = nightdesk(*words, data_dir=tmp_path / "data")
    assert done.returncode == 2, done.stderr
    assert sentence in " ".join(done.stderr.split())


def test_a_setting_that_cannot_be_used_is_named(tmp_path):
    done = nightdesk("nightly", data_dir=tmp_path / "data", env={"NIGHTDESK_WORKERS": "many"})
    assert done.returncode == 2
    assert "NIGHTDESK_WORKERS = 'many'" in done.stderr


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_clock_at_the_ends_of_the_calendar_is_refused(tmp_path, moment):
    done = nightdesk("--outlets-dir", SAMPLE_OUTLETS, "nightly", data_dir=tmp_path / "data", env={"NIGHTDESK_NOW": moment})
    assert done.returncode == 2
    assert "the year must lie between 1990 and 2200" in done.stderr


def test_what_nobody_foresaw_is_one_sentence_and_is_written_down(tmp_path, outlets):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "captures").write_text("in the way")
    file = tmp_path / "good.jsonl"
    file.write_text(lines(GOOD))
    done = nightdesk("--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data")
    assert done.returncode == 1
    log = tmp_path / "data" / "runs" / "errors.log"
    assert f"It is written down in {log}." in done.stderr
    assert "Traceback" in log.read_text()


def test_a_full_disk_is_named():
    told = cli.sentence_of(OSError(errno.ENOSPC, "No space left on device", "news.duckdb"))
    assert told.startswith("The disk is full")
    assert cli.sentence_of(duckdb.IOException("Could not write file: No space left on device")).startswith("The disk is full")
    assert cli.sentence_of(duckdb.IOException("IO Error: gone\nmore")).startswith("The database failed: IO Error: gone ")
    assert cli.sentence_of(KeyError("x")) == "unexpected error: KeyError: 'x'."


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_while_the_command_starts_up_says_how_to_go_on(tmp_path, name):
    code = f"import os, signal, sys\nfrom flows import cli\n@cli.cli.command()\ndef stuck():\n    os.kill(os.getpid(), signal.{name})\n" \
           "    sys.stdin.read()\nsys.argv = ['nightdesk', 'stuck']\ncli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert "run the same command again to go on" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "data").write_text("in the way")
    done = nightdesk("import", __file__, data_dir=tmp_path / "data")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_three_mistakes_in_one_definition_are_all_told_and_the_other_outlet_goes_on(tmp_path, outlets):
    (outlets / "broken_en.toml").write_text(OUTLET.replace("Asia/Yangon", "Asia/Rangun") + 'hompage = "x"\n[fetch]\ndelay = 3\n')
    done = nightdesk("--outlets-dir", outlets, "outlets", "check", data_dir=tmp_path / "data")
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if "broken_en.toml" in line]
    assert len(told) == 3
    assert any("hompage" in line and "homepage" in line for line in told)
    assert any("delay" in line and "delay_s" in line for line in told)
    assert any("Asia/Rangun" in line for line in told)
    file = tmp_path / "good.jsonl"
    file.write_text(lines(GOOD))
    done = nightdesk("--json", "--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data")
    assert done.returncode == 1, "a faulty definition is not all good"
    assert sum(row["new"] for row in json.loads(done.stdout)["outlets"]) == 1


# ---------------------------------------------------------------- damaged and foreign WARC files


def test_a_corrupt_warc_gives_its_good_pages_and_says_where_it_is_damaged(tmp_path, demo_world):
    whole = max(demo_world.data_dir.glob("captures/kaladan_journal_en/*.warc.gz"), key=lambda path: path.stat().st_size)
    damaged = tmp_path / "damaged.warc.gz"
    damaged.write_bytes(whole.read_bytes()[:-900])
    done = nightdesk("--json", "--outlets-dir", SAMPLE_OUTLETS, "backfill", "--warc", damaged, data_dir=tmp_path / "data")
    assert done.returncode == 1
    summary = json.loads(done.stdout)
    assert any("damaged.warc.gz, byte" in alert for alert in summary["alerts"])
    assert sum(row["new"] for row in summary["outlets"]) >= 1


def test_pages_of_unknown_hosts_are_counted_and_passed_over(tmp_path, demo_world, outlets):
    warc = next(demo_world.data_dir.glob("captures/kaladan_journal_en/*.warc.gz"))
    done = nightdesk("--json", "--outlets-dir", outlets, "backfill", "--warc", warc, data_dir=tmp_path / "data")
    assert done.returncode == 0
    assert "belong to no outlet" in json.loads(done.stdout)["notes"][0]


# ---------------------------------------------------------------- two at once, and stopping


def test_a_second_writer_leaves_with_75_and_names_the_first(tmp_path, outlets):
    hold = "import sys, pathlib\nfrom warehouse.lock import writer_lock\nwith writer_lock(pathlib.Path(sys.argv[1]), 'first-run', wait_s=0):\n" \
           "    print('held', flush=True)\n    sys.stdin.read()\n"
    holder = [sys.executable, "-c", hold, str(tmp_path / "data" / "work")]
    file = tmp_path / "good.jsonl"
    file.write_text(lines(GOOD))
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "held\n"
        done = nightdesk("--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data", env={"NIGHTDESK_LOCK_WAIT_S": "0.2"})
        first.kill()
    assert done.returncode == 75
    assert f"process {first.pid}, run first-run" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_what_it_has_and_says_how_to_go_on(tmp_path, number):
    with serve() as server:
        env = {"NIGHTDESK_PROXY_URL": server.proxy_url, "NIGHTDESK_NOW": "2026-03-02T19:00:00+00:00"}
        command = [sys.executable, "-m", "flows.cli", "--data-dir", str(tmp_path), "--outlets-dir", SAMPLE_OUTLETS, "nightly"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | env) as child:
            while not list(tmp_path.glob("captures/*/*")) and child.poll() is None:
                time.sleep(0.05)
            child.send_signal(number)
            _, said = child.communicate(timeout=60)
        assert child.returncode == 1
        assert "Traceback" not in said
        assert "run the same command again to go on" in said
        done = nightdesk("--json", "--outlets-dir", SAMPLE_OUTLETS, "nightly", data_dir=tmp_path, env=env)
        assert done.returncode == 0, done.stderr
        total = nightdesk("--json", "sql", "select count(*) as n from articles", data_dir=tmp_path)
        states = nightdesk("--json", "sql", "select state from runs", data_dir=tmp_path)
    assert json.loads(total.stdout) == [{"n": 21}]
    assert sorted(row["state"] for row in json.loads(states.stdout)) == ["completed", "interrupted"]


# ---------------------------------------------------------------- looking


def test_global_options_are_taken_before_and_after_the_command(demo_world, tmp_path):
    query = "select count(*) as n from outlets"
    before = [sys.executable, "-m", "flows.cli", "--json", "--data-dir", str(demo_world.data_dir), "sql", query]
    after = [sys.executable, "-m", "flows.cli", "sql", query, "--data-dir", str(demo_world.data_dir), "--json"]
    by_environment = [sys.executable, "-m", "flows.cli", "sql", query, "--json"]
    found = [json.loads(subprocess.run(each, capture_output=True, text=True, check=True).stdout) for each in (before, after)]
    env = os.environ | {"NIGHTDESK_DATA_DIR": str(demo_world.data_dir)}
    found.append(json.loads(subprocess.run(by_environment, capture_output=True, text=True, check=True, env=env).stdout))
    assert found == [[{"n": 6}]] * 3


def test_results_as_table_csv_json_and_parquet(demo_world, tmp_path):
    query = "select outlet_id, keywords, published_on from articles order by article_id limit 3"
    words = ["sql", query]
    assert "(3 rows)" in nightdesk(*words, data_dir=demo_world.data_dir).stdout
    assert len(list(csv.reader(io.StringIO(nightdesk(*words, "--format", "csv", data_dir=demo_world.data_dir).stdout)))) == 4
    assert len(json.loads(nightdesk(*words, "--format", "json", data_dir=demo_world.data_dir).stdout)) == 3
    out = tmp_path / "rows.parquet"
    assert nightdesk(*words, "--out", out, data_dir=demo_world.data_dir).returncode == 0
    assert pq.read_table(out).column_names == ["outlet_id", "keywords", "published_on"]
    assert nightdesk(*words, "--format", "parquet", data_dir=demo_world.data_dir).returncode == 2


def test_columns_of_the_same_name_are_told_apart_and_json_holds_no_nan(demo_world):
    query = "select 1 as url, 2 as url, 3 as url_1, 'NaN'::double as x, [1.5, '-Infinity'::double] as y"
    found = {form: nightdesk("sql", query, "--format", form, data_dir=demo_world.data_dir).stdout for form in ("csv", "json", "table")}
    assert next(csv.reader(io.StringIO(found["csv"]))) == ["url", "url_2", "url_1", "x", "y"]
    assert json.loads(found["json"]) == [{"url": 1, "url_2": 2, "url_1": 3, "x": None, "y": [1.5, None]}]
    joined = "select * from article_versions v join articles a using (article_id)"
    assert nightdesk("sql", joined, data_dir=demo_world.data_dir).returncode == 0


def test_a_result_that_cannot_be_written_is_one_sentence(demo_world, tmp_path):
    for name in ("x.csv", "x.parquet"):
        done = nightdesk("sql", "select 1", "--out", tmp_path / "nowhere" / name, data_dir=demo_world.data_dir)
        assert done.returncode == 2
        assert f"{name}: the result cannot be written there (No such file or directory)." in done.stderr


def test_a_dry_run_speaks_of_newest_readings_only_and_publishes_nothing(demo_world, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, data)
    published = (data / "news.duckdb").stat()
    days = nightdesk("sql", "select min(fetched_at)::date, max(fetched_at)::date from captures", "--format", "csv", data_dir=data).stdout
    first, last = days.splitlines()[1].split(",")
    assert first < last, "the demo has two nights, and its second one meets changed articles"
    for words in ([], ["--to", first]):
        done = nightdesk("--json", "--outlets-dir", SAMPLE_OUTLETS, "reprocess", "--dry-run", *words, data_dir=data, env={"NIGHTDESK_NOW": "2026-04-01T00:00:00+00:00"})
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == []
    after = (data / "news.duckdb").stat()
    assert (after.st_ino, after.st_mtime_ns) == (published.st_ino, published.st_mtime_ns)


def test_tags_are_made_again_a_dry_run_counts_them_and_private_persons_come_only_when_asked_for(demo_world, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(demo_world.data_dir, data)
    words = ("--json", "--outlets-dir", SAMPLE_OUTLETS, "reprocess", "--steps", "tag")
    query = "select count(*) from mentions where rule = 'private_person'"

    def again(*more, private="false"):
        done = nightdesk(*words, *more, data_dir=data, env={"NIGHTDESK_NOW": "2026-04-01T00:00:00+00:00", "NIGHTDESK_PRIVATE_PERSONS": private})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), int(nightdesk("sql", query, "--format", "csv", data_dir=data).stdout.splitlines()[1])

    assert again("--dry-run") == ([], 0)
    changes, stored = again("--dry-run", private="true")
    assert {change["field"] for change in changes} == {"mentions"}
    assert stored == 0, "a dry run stores nothing"
    assert all(re.fullmatch(r"\d+ rows: [1-9]\d* new, 0 gone", change["after"]) for change in changes)
    assert again(private="true")[1] == sum(int(change["after"].split()[2]) for change in changes) > 0
    assert again()[1] == 0
    done = nightdesk(*words[:-1], "extract", data_dir=data, env={"NIGHTDESK_NOW": "2026-04-01T00:00:00+00:00"})
    assert done.returncode == 0, done.stderr
    assert int(nightdesk("sql", query, "--format", "csv", data_dir=data).stdout.splitlines()[1]) == 0


def test_a_result_cannot_steer_the_terminal(demo_world):
    done = nightdesk("sql", "select chr(27) || '[2J' as escape", data_dir=demo_world.data_dir)
    assert "\x1b" not in done.stdout


def test_outlets_are_listed_with_their_state(demo_world):
    done = nightdesk("--json", "--outlets-dir", SAMPLE_OUTLETS, "outlets", data_dir=demo_world.data_dir)
    found = {row["outlet_id"]: row for row in json.loads(done.stdout)["outlets"]}
    assert len(found) == 6
    assert found["lower_river_times"]["state"] == "degraded"
    assert found["kaladan_journal_my"]["state"] == "ok"


def test_inspect_shows_winners_and_losers_and_stores_nothing(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(textwrap.dedent(f"""\
        <html lang="en"><head><title>Ferry resumes - Example</title><meta property="og:title" content="Ferry resumes on the Kaladan">
        <meta property="article:published_time" content="2026-03-02T10:00:00+06:30"></head>
        <body><article><h1>Ferry resumes on the Kaladan</h1><p>{STORY}</p><p>{STORY}</p></article></body></html>"""))
    done = nightdesk("--json", "inspect", page, "--outlet", "dmg_en", data_dir=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    article = json.loads(done.stdout)["article"]
    assert article["extracted"]["headline"] == "Ferry resumes on the Kaladan"
    assert {"headline", "date_published"} <= {each["field"] for each in article["extracted"]["candidates"]}
    assert nightdesk("inspect", page, "--outlet", "dmg_en", data_dir=tmp_path / "data").stdout.count("*") >= 2
    assert not (tmp_path / "data").exists()
    page.write_text("<html><body></body></html>")
    done = nightdesk("inspect", page, "--outlet", "dmg_en", data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert "not an article" in done.stdout


def test_inspect_fetches_one_address_politely(tmp_path):
    with serve() as server:
        url = "http://kaladanshorejournal.example/news/kvtrem.html"
        words = ["--json", "--outlets-dir", SAMPLE_OUTLETS, "inspect", url, "--outlet", "kaladan_journal_en"]
        done = nightdesk(*words, data_dir=tmp_path / "data", env={"NIGHTDESK_PROXY_URL": server.proxy_url, "NIGHTDESK_NOW": "2026-03-02T19:00:00+00:00"})
        asked = [request.path for request in server.requests]
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["article"]["extracted"]["newsroom"] == "KSJ Newsroom"
    assert asked == ["/robots.txt", "/news/kvtrem.html"]
    assert not (tmp_path / "data").exists()


def test_help_answers_without_loading_the_libraries():
    code = "import sys; sys.argv = ['nightdesk', '--help']\nimport flows.cli\ntry:\n    flows.cli.main()\nexcept SystemExit:\n    pass\n" \
           "print([name for name in ('prefect', 'scrapy', 'trafilatura', 'duckdb', 'pyarrow') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_run_does_not_load_pandas_where_it_is_installed(tmp_path, outlets):
    file = tmp_path / "a.jsonl"
    file.write_text(lines(GOOD))
    words = ["--data-dir", str(tmp_path / "data"), "--outlets-dir", str(outlets), "import", str(file)]
    code = f"import sys, flows.cli; sys.argv = ['nightdesk', *{words!r}]\ntry:\n    flows.cli.main()\nfinally:\n" \
           "    print([name for name in ('duckdb', 'pandas') if name in sys.modules])"
    assert importlib.util.find_spec("pandas")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("['duckdb']\n"), done.stdout


def test_half_a_character_in_an_import_line_is_a_named_rejection(tmp_path, outlets):
    file = tmp_path / "half.jsonl"
    file.write_text(lines(GOOD) + '{"outlet_id": "\\ud800", "url": "http://daily.example/2", "body": "x"}\n')
    done = nightdesk("--json", "--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data")
    assert done.returncode == 1, done.stderr
    summary = json.loads(done.stdout)
    assert summary["published"]
    assert [(row["outlet_id"], row["reason"]) for row in summary["rejections"]] == [("\ufffd", "bad_value")]


def test_a_line_twice_in_one_import_and_a_text_that_comes_back(tmp_path, outlets):
    def imported(*articles):
        file = tmp_path / "lines.jsonl"
        file.write_text(lines(*articles))
        done = nightdesk("--json", "--outlets-dir", outlets, "import", file, data_dir=tmp_path / "data")
        assert done.returncode == 0, done.stdout
        return {name: json.loads(done.stdout)["outlets"][0][name] for name in ("new", "updated", "unchanged")}

    assert imported(GOOD, GOOD) == {"new": 1, "updated": 0, "unchanged": 1}
    assert imported(GOOD | {"body": STORY + "Two boats were lost."}) == {"new": 0, "updated": 1, "unchanged": 0}
    imported(GOOD)
    found = nightdesk("--json", "sql", "select version, body like '%lost%' as lost from article_versions order by version", data_dir=tmp_path / "data")
    assert json.loads(found.stdout) == [{"version": 1, "lost": False}, {"version": 2, "lost": True}, {"version": 3, "lost": False}]


def test_repeated_records_and_repeated_files_do_not_block_publishing(tmp_path, demo_world):
    warc = max(demo_world.data_dir.glob("captures/kaladan_journal_en/*.warc.gz"), key=lambda path: path.stat().st_size)
    doubled = tmp_path / "doubled.warc.gz"
    doubled.write_bytes(warc.read_bytes() * 2)
    done = nightdesk("--json", "--outlets-dir", SAMPLE_OUTLETS, "backfill", "--warc", doubled, warc, data_dir=tmp_path / "data")
    assert done.returncode == 0, done.stdout
    (row,) = json.loads(done.stdout)["outlets"]
    assert row["discovered"] == 3 * row["fetched"]
    assert row["skipped_known"] == 2 * row["fetched"]
