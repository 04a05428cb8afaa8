"""With a real Prefect server: the schedule really schedules, and a run that a server looks on at loads the same as one without."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import duckdb
import pytest
from loopback.scheduled import Schedule, command_of, descendants, differences, scheduled, send, wait_for
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from crawlers.sample_world.server import serve
from crawlers.sample_world.world import NIGHTS
from flows.scheduling import automate, mark_dead

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_OUTLETS = ROOT / "crawlers" / "sample_world" / "outlets"
CHILD_S = 150
# Nothing to discover: a run of it is over quickly.
QUIET_OUTLET = """
name = "Example Daily"
homepage = "http://daily.example/"
country = "MM"
language = "en"
time_zone = "Asia/Yangon"
"""

# What may differ between two runs of the same night: which run it was, when it asked (ids of captures hold that), and where in its files the
# answers lie.
OF_THE_RUN = {"run_id", "capture_id", "observation_id", "warc_file", "warc_offset", "warc_length"}
BOOKS_OF_THE_RUN = ["runs", "load_log"]


def environment(**more: str) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    return own | {"DO_NOT_TRACK": "1"} | more


class PrefectServer:
    """The REST API of a server, and the environment in which Prefect's commands speak to it."""

    def __init__(self, api_url: str, env: dict[str, str], schedule: Schedule) -> None:
        self.api_url, self.env, self.schedule = api_url, env, schedule

    def post(self, path: str, **body):
        request = Request(f"{self.api_url}/{path}", json.dumps(body).encode(), {"content-type": "application/json"})
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def rows(self, kind: str, **filters) -> list[dict]:
        return self.post(f"{kind}/filter", **filters)

    def rows_when(self, enough, kind: str, **filters) -> list[dict]:
        """The rows as soon as they are enough; what there is after a minute. Prefect writes much of what it knows a little later."""
        deadline = time.monotonic() + 60
        while not enough(found := self.rows(kind, **filters)) and time.monotonic() < deadline:
            time.sleep(0.5)
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`nightdesk schedule`: a server with a database of its own, the work pool, the deployments of prefect.yaml, and a worker for the sample world."""
    folder = tmp_path_factory.mktemp("schedule")
    with serve() as world:
        settings = {"NIGHTDESK_PROXY_URL": world.proxy_url, "NIGHTDESK_WORKERS": "1", "NIGHTDESK_NOW": NIGHTS[0].isoformat()}
        with scheduled(folder, folder / "data", **settings) as schedule:
            yield PrefectServer(schedule.api_url, {"PREFECT_HOME": str(folder / "data" / "prefect")}, schedule)


# ---------------------------------------------------------------- prefect.yaml


def test_nightly_is_scheduled_for_half_past_one_in_yangon(server):
    nightly = {"name": {"any_": ["nightly"]}}
    coming = server.rows_when(len, "flow_runs", deployments=nightly, flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}})
    # With a SQLAlchemy that Prefect cannot work with, everything looks well and none ever appears.
    assert coming, "the server scheduled no run"
    moments = [datetime.fromisoformat(run["expected_start_time"]) for run in coming]
    assert {f"{moment.astimezone(ZoneInfo('Asia/Yangon')):%H:%M}" for moment in moments} == {"01:30"}
    assert {f"{moment.astimezone(UTC):%H:%M}" for moment in moments} == {"19:00"}
    assert len({moment.date() for moment in moments}) == len(moments)


def test_every_deployment_runs_one_at_a_time_in_the_pool_and_clones_nothing(server):
    found = {deployment["name"]: deployment for deployment in server.rows("deployments")}
    assert set(found) == {"nightly", "backfill", "backfill-warc", "reprocess", "maintenance"}
    assert {name for name, deployment in found.items() if deployment["schedules"]} == {"nightly", "maintenance"}
    for deployment in found.values():
        assert deployment["work_pool_name"] == "nightdesk"
        assert deployment["global_concurrency_limit"]["limit"] == 1
        assert [list(step) for step in deployment["pull_steps"]] == [["prefect.deployments.steps.set_working_directory"]]


def test_a_backfill_must_be_given_outlets_and_days(server):
    [backfill] = server.rows("deployments", deployments={"name": {"any_": ["backfill"]}})
    schema = backfill["parameter_openapi_schema"]
    assert backfill["enforce_parameter_schema"]
    assert schema["required"] == ["outlets", "first", "last"]
    assert schema["properties"]["outlets"]["items"] == {"type": "string"}
    assert [schema["properties"][name]["format"] for name in ("first", "last")] == ["date", "date"]


def test_runs_that_die_are_marked_by_heartbeats(server):
    found = {automation["name"]: automation for automation in server.rows("automations")}
    assert set(found) == {"nightdesk: runs without a sign of life", "nightdesk: runs that never began"}
    for automation in found.values():
        assert automation["enabled"]
        assert [(action["type"], action["state"]) for action in automation["actions"]] == [("change-flow-run-state", "CRASHED")]
        # A name that is missing here turns a run that failed under it into a crashed one.
        assert {f"prefect.flow-run.{name}" for name in ("Completed", "Incomplete", "Caught up", "Failed", "TimedOut", "Cancelled")} <= set(automation["trigger"]["expect"])
    signs, begun = found["nightdesk: runs without a sign of life"]["trigger"], found["nightdesk: runs that never began"]["trigger"]
    assert (signs["within"], signs["after"]) == (90, ["prefect.flow-run.heartbeat"])
    assert (begun["within"], "prefect.flow-run.Running" in begun["expect"]) == (600, True)
    [nightly] = server.rows("deployments", deployments={"name": {"any_": ["nightly"]}})
    # Three times as often as the automation waits: with Prefect's own 180 s it would end healthy runs.
    assert nightly["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"


def test_runs_of_the_worker_that_were_on_when_everything_died_are_marked_at_the_next_start(server):
    # By hand: tests/dead_runs.py kills everything and starts it again. Without this the run held the place of its deployment for ever.
    [nightly] = server.rows("deployments", deployments={"name": {"any_": ["nightly"]}})
    of_worker = server.post(f"deployments/{nightly['id']}/create_flow_run", state={"type": "RUNNING"})
    of_terminal = server.post("flow_runs/", flow_id=nightly["flow_id"], state={"type": "RUNNING"})
    with temporary_settings({PREFECT_API_URL: server.api_url, PREFECT_HOME: server.env["PREFECT_HOME"]}), get_client(sync_client=True) as client:
        before = [each["updated"] for each in server.rows("automations")]
        assert mark_dead(client) == 1
        automate(client)
    states = {run["id"]: run["state_name"] for run in server.rows("flow_runs")}
    assert (states[of_worker["id"]], states[of_terminal["id"]]) == ("Crashed", "Running")
    # One that is written again forgets the runs that it was waiting for.
    assert [each["updated"] for each in server.rows("automations")] == before


# ---------------------------------------------------------------- runs


@contextmanager
def nightly(data_dir: Path, *words: str, **env: str):
    """The command `nightdesk nightly`, started; stopped when the block ends before it does."""
    command = [sys.executable, "-m", "flows.cli", "--json", "--data-dir", str(data_dir), "nightly", *words]
    with open(data_dir.with_suffix(".err"), "w") as talk, subprocess.Popen(
        command, cwd=ROOT, env=environment(NIGHTDESK_WORKERS="1", NIGHTDESK_NOW=NIGHTS[0].isoformat(), **env), stdout=subprocess.PIPE,
        stderr=talk, text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def outcome_of(process: subprocess.Popen, data_dir: Path) -> dict:
    """The exit status, what was said, and the summary where there is one."""
    printed, _ = process.communicate(timeout=CHILD_S)
    return {"exit": process.returncode, "talk": data_dir.with_suffix(".err").read_text(), "summary": json.loads(printed) if printed else None}


def quiet_outlets(folder: Path) -> Path:
    (folder / "outlets").mkdir()
    (folder / "outlets" / "daily_en.toml").write_text(QUIET_OUTLET)
    return folder / "outlets"


@pytest.fixture(scope="module")
def runs(server, tmp_path_factory):
    """The same night of the sample world with and without the server, a run with a faulty definition, and one that was asked wrongly."""
    folder = tmp_path_factory.mktemp("runs")
    sample, faulty = str(SAMPLE_OUTLETS), str(quiet_outlets(folder))
    (folder / "outlets" / "broken_en.toml").write_text('name = "Broken"\n')
    with serve() as world:
        shared = {"NIGHTDESK_PROXY_URL": world.proxy_url}
        watched = shared | {"PREFECT_API_URL": server.api_url, "PREFECT_HOME": server.env["PREFECT_HOME"]}
        with (
            nightly(folder / "plain", NIGHTDESK_OUTLETS_DIR=sample, **shared) as plain,
            nightly(folder / "watched", NIGHTDESK_OUTLETS_DIR=sample, **watched) as with_server,
            nightly(folder / "faulty", "--outlet", "daily_en", NIGHTDESK_OUTLETS_DIR=faulty, **watched) as incomplete,
            nightly(folder / "wrong", "--outlet", "delta_fery_news", NIGHTDESK_OUTLETS_DIR=sample, **watched) as asked_wrongly,
        ):
            started = {"plain": plain, "watched": with_server, "faulty": incomplete, "wrong": asked_wrongly}
            return folder, {name: outcome_of(process, folder / name) for name, process in started.items()}


def rows_of(database: Path) -> dict[str, list[str]]:
    """All rows of all tables as text, sorted, without what belongs to the run."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() join duckdb_tables() using (table_name) where not list_contains(?, table_name)",
            [BOOKS_OF_THE_RUN],
        ).fetchall()
        kept = {}
        for table, column in columns:
            if column not in OF_THE_RUN and not column.endswith("_at"):
                kept.setdefault(table, []).append(column)
        return {
            table: sorted(map(repr, connection.execute(f"select {', '.join(map(quoted, names))} from {quoted(table)}").fetchall()))
            for table, names in kept.items()
        }


def quoted(name: str) -> str:
    return f'"{name}"'


def flow_run_of(server, folder: Path, name: str) -> dict:
    """The flow run that was started for this data folder, once it has ended."""
    def mine(found):
        return [run for run in found if run["parameters"].get("data_dir") == str(folder / name) and run["state_type"] in ("COMPLETED", "FAILED")]

    [run] = mine(server.rows_when(mine, "flow_runs"))
    return run


def test_a_run_loads_the_same_rows_with_and_without_a_server(runs):
    folder, outcomes = runs
    assert [(outcomes[name]["exit"], outcomes[name]["summary"]["state"]) for name in ("plain", "watched")] == [(0, "completed")] * 2, outcomes
    assert "Without a Prefect server." in outcomes["plain"]["talk"]
    assert "With the Prefect server at http://127.0.0.1:" in outcomes["watched"]["talk"]
    plain, watched = rows_of(folder / "plain" / "news.duckdb"), rows_of(folder / "watched" / "news.duckdb")
    assert len(plain["articles"]) > 10
    assert len(plain["mentions"]) > 10
    for table, rows in plain.items():
        assert watched[table] == rows, table


def test_the_server_shows_the_run_its_stages_and_its_counts(runs, server):
    folder, outcomes = runs
    run = flow_run_of(server, folder, "watched")
    assert (run["state_name"], run["name"]) == ("Completed", "nightly 2026-03-02 19:00 UTC, all outlets")
    of_the_run = {"id": {"any_": [run["id"]]}}
    outlets = sorted(row["outlet_id"] for row in outcomes["watched"]["summary"]["outlets"])
    stages = {"recover", "check and publish", "write the morning page", *(f"take in {outlet_id}" for outlet_id in outlets)}
    tasks = server.rows_when(lambda found: {task["state_name"] for task in found} == {"Completed"} and len(found) >= len(stages),
                             "task_runs", flow_runs=of_the_run)
    assert {task["name"]: task["state_name"] for task in tasks} == dict.fromkeys(stages, "Completed")
    artifacts = {artifact["key"]: artifact["data"] for artifact in server.rows("artifacts", flow_runs=of_the_run)}
    table = json.loads(artifacts["nightly-outlets"])
    assert {row["outlet_id"]: row["new"] for row in table} == {row["outlet_id"]: row["new"] for row in outcomes["watched"]["summary"]["outlets"]}
    assert "Nothing needs attention." in artifacts["nightly-attention"]


def test_an_incomplete_run_is_not_green_and_says_why(runs, server):
    folder, outcomes = runs
    assert outcomes["faulty"]["exit"] == 1
    assert outcomes["faulty"]["summary"]["state"] == "incomplete"
    run = flow_run_of(server, folder, "faulty")
    assert (run["state_type"], run["state_name"]) == ("FAILED", "Incomplete")
    assert "nightly incomplete" in run["state"]["message"]
    assert "broken_en.toml" in run["state"]["message"]
    assert run["name"] == "nightly 2026-03-02 19:00 UTC, daily_en"


def test_a_run_that_was_asked_wrongly_fails_with_the_sentence_of_the_command(runs, server):
    folder, outcomes = runs
    sentence = "There is no outlet delta_fery_news. Did you mean delta_ferry_news? `nightdesk outlets list` shows all."
    assert outcomes["wrong"]["exit"] == 2
    assert f"nightdesk: {sentence}" in outcomes["wrong"]["talk"]
    run = flow_run_of(server, folder, "wrong")
    assert (run["state_type"], run["state_name"], run["state"]["message"]) == ("FAILED", "Failed", sentence)


SIGNS_OF_LIFE = """
import sys
from prefect import flow
from prefect.settings import get_current_settings
from flows.prefect_steps import Handed, run_with_server
from flows.progress import Progress
from warehouse.errors import NightdeskError
from warehouse.settings import Settings

handed = Handed(Settings(PREFECT_API_URL=sys.argv[1]), Progress())

@flow
def asking():
    handed.begun, handed.outcome = True, NightdeskError(f"every {get_current_settings().flows.heartbeat_frequency} s")

try:
    run_with_server(asking, handed, lambda: None)
except NightdeskError as said:
    print(said)
"""


def test_a_run_from_a_terminal_gives_signs_of_life_as_often_as_one_of_the_worker(server):
    # With Prefect's own 180 s the automation called healthy runs Crashed, after 90 s; tests/dead_runs.py sees that for real.
    env = environment(PREFECT_HOME=server.env["PREFECT_HOME"])
    done = subprocess.run([sys.executable, "-c", SIGNS_OF_LIFE, server.api_url], cwd=ROOT, env=env, capture_output=True, text=True, timeout=CHILD_S, check=False)
    assert done.stdout == "every 30 s\n", done.stderr


# ---------------------------------------------------------------- runs that a worker starts


def nightly_of_worker(server, data_dir: Path) -> str:
    return server.schedule.start("nightly", data_dir=str(data_dir), outlets_dir=str(SAMPLE_OUTLETS))


def test_a_night_that_is_killed_under_a_worker_is_made_good_by_the_next_one(runs, server):
    folder, _ = runs
    data_dir = folder / "killed"
    run_id = nightly_of_worker(server, data_dir)
    begun = wait_for(lambda: [path for path in data_dir.glob("runs/*/stages.txt") if " fetch" in path.read_text()], CHILD_S)
    assert begun
    assert send(server.schedule.processes("prefect.engine"), signal.SIGKILL) == 1
    assert server.schedule.ended(run_id, CHILD_S)["state_name"] == "Crashed"
    assert server.schedule.ended(nightly_of_worker(server, data_dir), CHILD_S)["state_name"] == "Completed"
    assert differences(folder / "plain" / "news.duckdb", data_dir / "news.duckdb") == []


def test_a_night_that_was_due_before_the_last_one_began_asks_nobody(runs, server):
    folder, _ = runs
    late = {"due": "2026-03-01T19:00:00+00:00", "env": {"NIGHTDESK_NOW": ""}}  # a replay has a clock that Prefect does not know
    run_id = server.schedule.start("nightly", **late, data_dir=str(folder / "watched"), outlets_dir=str(SAMPLE_OUTLETS))
    ended = server.schedule.ended(run_id, CHILD_S)
    assert (ended["state_type"], ended["state_name"]) == ("COMPLETED", "Caught up")
    assert ended["state"]["message"].startswith("Run 20260302T1900")


def test_a_server_that_dies_is_started_again_and_keeps_what_it_knew(server):
    before = len(server.rows("deployments"))
    assert send(server.schedule.processes("prefect --no-prompt server start"), signal.SIGKILL) == 1
    assert wait_for(lambda: "The server ended; it is started again" in server.schedule.talk.read_text(), 60)
    assert len(server.schedule.ask("deployments/filter", {}, CHILD_S)) == before


def test_a_schedule_that_is_told_to_stop_leaves_nothing_behind(server):
    # The last test that needs the server.
    children = descendants(server.schedule.process.pid)
    server.schedule.process.send_signal(signal.SIGTERM)
    assert server.schedule.process.wait(90) == 0
    assert not [pid for pid in children if "prefect" in command_of(pid)]


# ---------------------------------------------------------------- a server that is no help


class Refusing(http.server.BaseHTTPRequestHandler):
    """Healthy, and good for nothing: a server whose database is gone."""

    def do_GET(self):
        self.send_response(200 if self.path.endswith("/health") else 500)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(500)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_server_that_refuses_the_run_does_not_stop_it(tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as refusing:
        threading.Thread(target=refusing.serve_forever, daemon=True).start()
        api_url = f"http://127.0.0.1:{refusing.server_port}/api"
        settings = {"NIGHTDESK_OUTLETS_DIR": str(quiet_outlets(tmp_path)), "PREFECT_API_URL": api_url, "PREFECT_HOME": str(tmp_path)}
        with nightly(tmp_path / "data", **settings) as process:
            outcome = outcome_of(process, tmp_path / "data")
        refusing.shutdown()
    assert outcome["exit"] == 0, outcome["talk"]
    assert outcome["summary"]["state"] == "completed"
    assert any(f"{api_url} was lost" in note for note in outcome["summary"]["notes"])
