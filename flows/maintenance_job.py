"""Maintenance: what keeps a data folder healthy over years and is too slow for every night."""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

from flows.collect import take_in_pending
from flows.progress import Progress
from flows.running import Run, Step, Summary, close_run, open_run, plainly
from warehouse import publish
from warehouse.compaction import compacted, free_share
from warehouse.settings import Settings
from warehouse.verify import sample_of_captures

# Captures that are read whole and hashed: at some 2 ms each, a few seconds. A weekly run goes through 100,000 a year, drawn anew each time.
CAPTURES_READ = 2000
# Writing the file anew takes as much room again for a while; below this share it is not worth that.
FREE_SHARE_MIN = 0.25


def maintain(settings: Settings, *, progress: Progress = Progress(), step: Step = plainly) -> Summary:  # noqa: B008
    """Reads kept pages again, writes the database anew where much of it is empty, removes old files of runs, checks and publishes."""
    started = time.monotonic()
    with open_run(settings, "maintenance", {}, progress, step) as run:
        run.do("recover", take_in_pending, run)
        run.do("read kept pages", read_kept_pages, run)
        run.do("compact", compact, run)
        run.do("remove old run files", remove_old_runs, run)
        return run.do("check and publish", close_run, run, started)


def read_kept_pages(run: Run) -> None:
    """A large sample of all captures, each read and hashed; what cannot be read is a finding in `checks`."""
    found = publish.record(run.connection, sample_of_captures(run.connection, run.settings.data_dir, run.run_id, CAPTURES_READ))
    if found:
        run.alerts.append(f"{len(found)} kept pages cannot be read as they were kept. Restore their files from a backup; `checks` names them.")


def compact(run: Run) -> None:
    share = free_share(run.connection)
    if share >= FREE_SHARE_MIN:
        before = run.settings.work_database.stat().st_size
        run.connection = compacted(run.connection, run.settings)
        saved = before - run.settings.work_database.stat().st_size
        run.notes.append(f"The database was written anew: {share:.0%} of it was empty, {saved / 1e6:,.0f} MB were saved.")


def remove_old_runs(run: Run) -> None:
    """Removes the logs and reports of runs that began before `keep_runs_days`. Their rows stay."""
    before = run.clock.now() - timedelta(days=run.settings.keep_runs_days)
    old = [folder for folder in run.settings.runs_dir.iterdir() if folder != run.folder and began_before(folder, before)]
    for folder in old:
        shutil.rmtree(folder)
    if old:
        run.notes.append(f"The files of {len(old):,} runs older than {run.settings.keep_runs_days} days were removed from {run.settings.runs_dir}.")


def began_before(folder: Path, moment: datetime) -> bool:
    """Whether the folder is that of a run, by its name, and the run began before the moment."""
    try:
        return folder.is_dir() and datetime.strptime(folder.name.split("-")[0], "%Y%m%dT%H%M%S%z") < moment
    except ValueError:
        return False
