"""What a run says beside its table: a message through Apprise, log lines, metrics; and what maintenance does. With real runs on loopback."""

import dataclasses
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from prometheus_client.utils import floatToGoString

from crawlers.sample_world.server import serve
from crawlers.sample_world.world import NIGHTS
from flows import metrics
from flows.notifying import message_of
from flows.running import Summary

ROOT = Path(__file__).resolve().parents[2]
OUTLETS = ROOT / "crawlers" / "sample_world" / "outlets"


class Hook(BaseHTTPRequestHandler):
    """A webhook that takes JSON; /refuse takes none."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.taken.append((self.path, json.loads(body)))
        self.send_response(500 if self.path.startswith("/refuse") else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """An incomplete night (one definition is faulty, no morning page can be written) with every way of telling, and maintenance after it."""
    folder = tmp_path_factory.mktemp("told")
    outlets = folder / "outlets"
    outlets.mkdir()
    for path in OUTLETS.glob("delta*.toml"):
        (outlets / path.name).write_text(path.read_text())
    (outlets / "broken_en.toml").write_text('name = "Broken"\n')
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as hook, serve() as world:
        hook.taken = []
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        place = f"127.0.0.1:{hook.server_port}"
        data = folder / "data"
        data.mkdir()
        (data / "nightdesk.toml").write_text(
            f'notify = "json://desk:password@{place}/taken json://{place}/refuse"\nlog = "json"\nmetrics_file = "{folder}/metrics/nightdesk.prom"\n'
            "workers = 1\nkeep_runs_days = 30\n"
        )
        (data / "briefings").write_text("a file in the way")
        settings = {"NIGHTDESK_PROXY_URL": world.proxy_url, "NIGHTDESK_OUTLETS_DIR": str(outlets), "NIGHTDESK_NOW": NIGHTS[0].isoformat()}
        night = command(data, settings, "nightly")
        old = data / "runs" / "20250101T190000Z-0000"
        old.mkdir()
        maintained = command(data, settings | {"NIGHTDESK_NOW": (NIGHTS[0] + timedelta(days=2)).isoformat()}, "maintain")
        hook.shutdown()
    return {"night": night, "maintained": maintained, "taken": hook.taken, "folder": folder, "old": old}


def command(data: Path, settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    return subprocess.run([sys.executable, "-m", "flows.cli", "--json", "--data-dir", str(data), *words], cwd=ROOT, env=kept | settings,
                          capture_output=True, text=True, timeout=240, check=False)


def test_people_are_told_of_a_run_that_did_not_end_well(told):
    assert told["night"].returncode == 1
    taken = dict(told["taken"][:2])
    assert set(taken) == {"/taken", "/refuse"}
    assert taken["/taken"]["title"].startswith("Nightdesk: nightly incomplete, 0 alarms")
    assert "broken_en.toml" in taken["/taken"]["message"]


def test_people_are_told_of_a_morning_page_that_was_not_written(told):
    assert "briefing_failed: the morning page was not written" in dict(told["taken"][:2])["/taken"]["message"]
    assert len(told["taken"]) == 4  # each of the two runs told each place once


def test_a_run_that_is_completed_and_has_something_to_look_at_is_told():
    quiet = Summary("r", "nightly", "completed", "2026-03-02T19:00:00+00:00", 1.0, "news.duckdb", [], [], [], [], [])
    assert message_of(quiet) == ("", "")
    title, text = message_of(dataclasses.replace(quiet, alerts=["briefing_failed: the morning page was not written"]))
    assert (title, text.splitlines()[1:]) == ("Nightdesk: nightly completed, 0 alarms (0 new)", ["briefing_failed: the morning page was not written"])


def test_a_place_that_does_not_take_it_is_named_without_its_secrets(told):
    notes = json.loads(told["night"].stdout)["notes"]
    assert [note for note in notes if "was not taken by json" in note]
    assert "password" not in told["night"].stdout + told["night"].stderr


def test_the_log_has_one_line_an_outlet_and_stage_with_numbers(told):
    lines = [json.loads(line) for line in told["night"].stderr.splitlines() if line.startswith("{")]
    of_outlet = {line["stage"]: line for line in lines if line.get("outlet_id") == "delta_ferry_news"}
    assert set(of_outlet) == {"crawl", "load", "outlet"}
    assert (of_outlet["crawl"]["fetched"], of_outlet["load"]["new"], of_outlet["outlet"]["new"]) == (3, 3, 3)
    [run] = [line for line in lines if line["stage"] == "run"]
    assert (run["state"], run["new"]) == ("incomplete", 3)
    assert not [line for line in lines if "http" in json.dumps(line)]


def test_metrics_hold_the_last_run_of_each_kind(told):
    written = (told["folder"] / "metrics" / "nightdesk.prom").read_text()
    # Maintenance came after the night and leaves what that one said.
    assert 'nightdesk_run_completed{kind="maintenance"} 0.0' in written
    assert 'nightdesk_run_completed{kind="nightly"} 0.0' in written
    assert f'nightdesk_run_alert_count{{kind="nightly"}} {len(json.loads(told["night"].stdout)["alerts"])}.0' in written
    assert 'nightdesk_outlet_count{count="new",kind="nightly",outlet_id="delta_ferry_news"} 3.0' in written


def test_metrics_of_a_run_that_failed_replace_those_of_the_last_one_of_its_kind(tmp_path):
    path, ended_at = tmp_path / "nightdesk.prom", datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
    path.write_text("no metrics { at all\n")
    good = [(metrics.COMPLETED, ("nightly",), 1), (metrics.ALARM, ("nightly", "delta_ferry_news", "silence"), 1)]
    metrics.write(path, "nightly", good)
    metrics.write(path, "maintenance", [(metrics.COMPLETED, ("maintenance",), 1)])
    assert 'nightdesk_alarm{alarm="silence",kind="nightly",outlet_id="delta_ferry_news"} 1.0' in path.read_text()
    metrics.write(path, "nightly", metrics.samples_of_failure("nightly", ended_at))
    lines = {line for line in path.read_text().splitlines() if not line.startswith("#")}
    assert lines == {
        'nightdesk_run_completed{kind="nightly"} 0.0', 'nightdesk_run_completed{kind="maintenance"} 1.0',
        f'nightdesk_run_ended_timestamp_seconds{{kind="nightly"}} {floatToGoString(ended_at.timestamp())}',
    }


def test_maintenance_reads_pages_again_removes_old_files_and_publishes(told):
    assert told["maintained"].returncode == 1, told["maintained"].stderr  # the faulty definition is still there
    summary = json.loads(told["maintained"].stdout)
    assert (summary["kind"], summary["findings"]) == ("maintenance", [])
    assert any("The files of 1 runs older than 30 days" in note for note in summary["notes"])
    assert not told["old"].exists()
    with duckdb.connect(str(told["folder"] / "data" / "news.duckdb"), read_only=True) as published:
        assert published.execute("select kind, state from runs order by started_at").fetchall() == [
            ("nightly", "incomplete"), ("maintenance", "incomplete"),
        ]
        assert published.execute("select count(*) from articles").fetchone() == (3,)


def test_maintenance_finds_a_kept_page_that_went_bad_and_writes_an_empty_database_anew(told):
    data = told["folder"] / "data"
    [warc] = (data / "captures" / "delta_ferry_news").glob("*.warc.gz")
    whole = warc.read_bytes()
    with duckdb.connect(str(data / "work" / "work.duckdb")) as work:
        offset, length = work.execute("select warc_offset, warc_length from captures limit 1").fetchone()
        work.execute("create table filler as select range as number, repeat(uuid()::varchar, 20) as words from range(60000)")
        work.execute("checkpoint")
        # What lies behind the hole keeps the file from being cut.
        work.execute("create table behind as select range as number, uuid()::varchar as words from range(30000)")
        work.execute("checkpoint")
        work.execute("drop table filler")
    middle = offset + length // 2
    warc.write_bytes(whole[:middle] + b"\0" * 40 + whole[middle + 40:])
    before = (data / "work" / "work.duckdb").stat().st_size
    done = command(data, {"NIGHTDESK_OUTLETS_DIR": str(told["folder"] / "outlets"), "NIGHTDESK_NOTIFY": "",
                          "NIGHTDESK_NOW": (NIGHTS[0] + timedelta(days=3)).isoformat()}, "maintain")
    warc.write_bytes(whole)
    summary = json.loads(done.stdout)
    assert any("kept pages cannot be read" in alert for alert in summary["alerts"]), summary
    assert any("written anew" in note for note in summary["notes"]), summary
    assert (data / "work" / "work.duckdb").stat().st_size < before / 2
