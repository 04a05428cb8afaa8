"""The last runs: how they ended, and what they asked a person to look at. Read from the published file where a writer has the other one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.diagnosis import Diagnosis, error, ok, warning
from flows.layout import counted, moment
from flows.outlet_listing import standing_alarms
from warehouse import health
from warehouse.health import DatabaseState
from warehouse.settings import Settings

RUNS_READ = 20
NIGHTS_MISSED = timedelta(hours=48)  # a nightly run and the one that should have followed it
AGAIN = "Run the same command again; what was loaded stays."
REMEDIES = {
    "incomplete": "Look at its alerts, below or in `run_outlets`.", "failed": AGAIN, "interrupted": AGAIN,
    "crashed": "The run after it has taken in what it had kept.",
}


def last_runs(settings: Settings) -> Iterator[Diagnosis]:
    """The last run that was to bring something in, its alerts and the checks that forbade it to publish; and whether nights were missed."""
    path = next((each for each in (settings.work_database, settings.published_database) if isinstance(health.state_of(each), DatabaseState)), None)
    if path is None:
        return
    with health.open_read_only(path) as connection:
        found = [run for run in health.newest_runs(connection, RUNS_READ) if not is_dry(run)]
        if not found:
            yield warning("no run is recorded", "Run `nightdesk nightly`.")
            return
        last = found[0]
        alerts, errors = health.alerts_of_run(connection, last["run_id"]), health.errors_of_run(connection, last["run_id"])
    yield end_of(last)
    for check in errors:
        yield error(f"check {check['name']}: {counted(check['findings'], 'finding')}, such as {check['observed']} ({check['detail'] or 'no detail'})",
                    "Nothing is published while a check finds an error. Mend what it names and run the same command again; if nothing is wrong "
                    "there, report it.")
    for row in alerts:
        yield warning(f"{row['outlet_id']}: {row['alert']}", "README, What was not taken, says what the word means.")
    yield from missed_nights(settings, found)


def alarms(settings: Settings) -> Iterator[Diagnosis]:
    """What the last nightly run of each outlet saw break in silence, from the published file."""
    if not isinstance(health.state_of(settings.published_database), DatabaseState):
        return
    found = standing_alarms(settings)
    for each in found:
        said = f"{each['outlet_id']}: alarm {each['kind']}: {each['observed']}; expected {each['expected']}"
        yield warning(said, each["detail"])
    if not found:
        yield ok("no outlet has an alarm")


def is_dry(run: dict[str, Any]) -> bool:
    return bool(json.loads(run["parameters"] or "{}").get("dry_run"))


def end_of(run: dict[str, Any]) -> Diagnosis:
    said = f"the last run, {run['kind']} of {moment(run['started_at'])}, "
    if run["state"] == "completed":
        return ok(f"{said}was completed")
    if run["state"] == "running":
        return warning(f"{said}did not come to its end: it was killed", "Run the same command again: it goes on with what was kept.")
    kind = error if run["state"] == "failed" else warning
    return kind(f"{said}is {run['state']} (run {run['run_id']})", REMEDIES.get(run["state"], ""))


def missed_nights(settings: Settings, found: list[dict[str, Any]]) -> Iterator[Diagnosis]:
    """A schedule that stopped says nothing by itself. Replays have another clock, so they are left out."""
    nights = [run["started_at"] for run in found if run["kind"] == "nightly"]
    since = datetime.now(UTC) - nights[0] if nights and not settings.now else timedelta(0)
    if since > NIGHTS_MISSED and not (settings.work_dir / "sample_world").exists():
        yield warning(f"the last nightly run began {since.days} days ago", "Look at the schedule: crontab, or the Prefect deployment and its worker. "
                      "The next run catches up with what the sources still list.")
