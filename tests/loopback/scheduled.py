"""A real `nightdesk schedule` on a port of its own, runs that it starts, and the processes that stand behind them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import duckdb

from loopback.server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
UP_S = 300  # a server, a deployment of everything and a worker, on a busy machine
RUN_S = 300
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

# What belongs to the run and not to what it found: which run it was and when, where in its files a page lies, and how often something was asked.
BOOKS = frozenset({"runs", "run_outlets", "run_sources", "rejections", "checks", "load_log", "capture_files", "sources", "hosts", "observations",
                   "robots_files", "captures", "reservations"})
# How often an address failed is one of them. Both runs of a pair replay one moment, and an address that failed is not asked again at a moment that
# lies before its failure: a second run that is slow to begin comes after it, and asks; and a run that was killed has asked less often.
OF_THE_RUN = frozenset({"run_id", "capture_id", "observation_id", "warc_file", "warc_offset", "warc_length", "attempts"})


@dataclass
class Schedule:
    """A schedule that is up. `process` is the command itself."""

    process: subprocess.Popen[str]
    api_url: str
    talk: Path

    def ask(self, path: str, body: dict[str, Any] | None = None, patience_s: float = 120) -> Any:
        """The answer of the server's API; asked again where the server is just not there."""
        deadline = time.monotonic() + patience_s
        while True:
            data = None if body is None else json.dumps(body).encode()
            try:
                with urlopen(Request(f"{self.api_url}/{path}", data, {"content-type": "application/json"}), timeout=30) as answer:
                    return json.load(answer)
            except (URLError, ConnectionError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def start(self, name: str, *, due: str | None = None, env: dict[str, str] | None = None, **parameters: Any) -> str:
        """Starts a run of a deployment, which is named like its flow, and gives back its id. `due` is when it should have begun."""
        [deployment] = self.ask("deployments/filter", {"deployments": {"name": {"any_": [name]}}})
        # Scheduled as the server's own schedule does, so that the worker takes it like any night's.
        state = {"type": "SCHEDULED"} | ({"state_details": {"scheduled_time": due}} if due else {})
        body = {"parameters": parameters, "state": state} | ({"job_variables": {"env": env}} if env else {})
        return str(self.ask(f"deployments/{deployment['id']}/create_flow_run", body)["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        return dict(self.ask(f"flow_runs/{run_id}"))

    def ended(self, run_id: str, within_s: float = RUN_S) -> dict[str, Any]:
        """The run once it has ended, or as it is when the time is over."""
        deadline = time.monotonic() + within_s
        while (run := self.run(run_id))["state_type"] not in ENDED and time.monotonic() < deadline:
            time.sleep(0.3)
        return run

    def processes(self, word: str) -> list[int]:
        """The living processes under this schedule whose command line holds the word."""
        return [pid for pid in descendants(self.process.pid) if word in command_of(pid)]


@contextmanager
def scheduled(folder: Path, data_dir: Path, **settings: str) -> Iterator[Schedule]:
    """`nightdesk schedule` while the block runs, then stopped with SIGTERM."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    port, talk = free_port("127.0.0.1"), folder / "schedule.txt"
    environment = kept | {"PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_WORKER_PREFETCH_SECONDS": "5"} | settings
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(data_dir), "schedule", "--port", str(port)]
    with open(talk, "w", encoding="utf-8") as out, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=out, text=True) as process:
        try:
            deadline = time.monotonic() + UP_S
            while "The schedule is on." not in talk.read_text(encoding="utf-8"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"nightdesk schedule did not come up:\n{talk.read_text(encoding='utf-8')}")
                time.sleep(0.2)
            yield Schedule(process, f"http://127.0.0.1:{port}/api", talk)
        finally:
            process.terminate()
            try:
                process.wait(90)
            except subprocess.TimeoutExpired:
                process.kill()


# ---------------------------------------------------------------- processes


def descendants(pid: int) -> list[int]:
    """The living descendants of a process, by /proc."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue  # it has ended meanwhile
            parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def send(pids: list[int], number: signal.Signals) -> int:
    """How many of the processes got the signal."""
    reached = 0
    for pid in pids:
        try:
            os.kill(pid, number)
            reached += 1
        except ProcessLookupError:
            continue
    return reached


# ---------------------------------------------------------------- tables


def rows_of(database: Path, without: frozenset[str] = BOOKS) -> dict[str, list[str]]:
    """All rows of all tables but the books as text, sorted, without run ids and times."""
    with duckdb.connect(str(database), read_only=True) as connection:
        kept: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() join duckdb_tables() using (table_name)",
        ).fetchall():
            if table not in without and column not in OF_THE_RUN and not column.endswith("_at"):
                kept.setdefault(table, []).append(f'"{column}"')
        return {table: sorted(map(repr, connection.execute(f'select {", ".join(names)} from "{table}"').fetchall())) for table, names in kept.items()}


def pages_of(database: Path) -> list[tuple[str, str, str]]:
    """(outlet, address, SHA-256 of the payload) of the pages that were kept, each once."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute("select distinct outlet_id, url, payload_sha256 from captures order by all").fetchall()


def differences(one: Path, other: Path, without: frozenset[str] = BOOKS) -> list[str]:
    """The tables whose rows differ, with how many do on each side."""
    rows, others = rows_of(one, without), rows_of(other, without)
    found = [
        f"{table}: {len(set(rows[table]) - set(others[table]))} rows here only, {len(set(others[table]) - set(rows[table]))} there only, "
        f"{len(rows[table])} and {len(others[table])}"
        for table in rows if rows[table] != others[table]
    ]
    return found + (["captures: other pages"] if pages_of(one) != pages_of(other) else [])


def wait_for(what: Callable[[], Any], within_s: float) -> Any:
    """What the function gives as soon as it is something; what it gives last when the time is over."""
    deadline = time.monotonic() + within_s
    while not (found := what()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found
