"""The backfill jobs as Prefect flows: a range of publication days, and WARC files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import jobs
from flows.collect import Window
from flows.prefect_steps import as_task, follow, moment, names, parameters_shown
from warehouse.errors import AskedWrongly

# A day. While a backfill holds the writer lock the night waits; what was loaded stays, and the same backfill run again goes on from there.
TIMEOUT_S = 24 * 3600


def dates_name() -> str:
    shown = parameters_shown()
    return f"backfill {names(shown.get('outlets'))} {shown.get('first')} to {shown.get('last')}"


@flow(name="backfill", flow_run_name=dates_name, timeout_seconds=TIMEOUT_S, retries=0, persist_result=False, log_prints=False)
def backfill(outlets: list[str], first: date, last: date, data_dir: str | None = None, outlets_dir: str | None = None) -> State[Any]:
    """Brings in a past range of publication days. A repeat does nothing.

    Args:
        outlets: The outlets, at least one.
        first: First publication day.
        last: Last publication day, included.
        data_dir: Data folder; empty means NIGHTDESK_DATA_DIR, else `data` in the folder of the code.
        outlets_dir: Outlet definitions; empty means NIGHTDESK_OUTLETS_DIR, else those shipped.
    """
    return follow(
        lambda settings, progress: jobs.backfill_dates(settings, some(outlets), window(first, last), progress=progress, step=as_task),
        data_dir, outlets_dir,
    )


def some(outlets: list[str]) -> list[str]:
    if not outlets:
        raise AskedWrongly("A backfill needs at least one outlet.")
    return outlets


def window(first: date, last: date) -> Window:
    if first > last:
        raise AskedWrongly(f"The first day, {first}, lies after the last, {last}.")
    return Window(first, last)


def warc_name() -> str:
    return f"backfill {len(parameters_shown().get('paths') or ())} WARC files, {moment()}"


@flow(name="backfill-warc", flow_run_name=warc_name, timeout_seconds=TIMEOUT_S, retries=0, persist_result=False, log_prints=False)
def backfill_warc(paths: list[str], data_dir: str | None = None, outlets_dir: str | None = None) -> State[Any]:
    """Brings in the pages of the defined outlets from WARC files, ours or foreign. A repeat does nothing.

    Args:
        paths: The files, as the machine of the worker names them.
        data_dir: Data folder; empty means NIGHTDESK_DATA_DIR, else `data` in the folder of the code.
        outlets_dir: Outlet definitions; empty means NIGHTDESK_OUTLETS_DIR, else those shipped.
    """
    return follow(
        lambda settings, progress: jobs.backfill_warc(settings, [Path(path) for path in paths], progress=progress, step=as_task),
        data_dir, outlets_dir,
    )
