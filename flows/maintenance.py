"""Maintenance as a Prefect flow."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import maintenance_job
from flows.prefect_steps import as_task, follow, moment

# It holds the writer lock, and a night that waits for it must still come before breakfast.
TIMEOUT_S = 4 * 3600


def run_name() -> str:
    return f"maintenance {moment()}"


@flow(name="maintenance", flow_run_name=run_name, timeout_seconds=TIMEOUT_S, retries=0, persist_result=False, log_prints=False)
def maintenance(data_dir: str | None = None, outlets_dir: str | None = None) -> State[Any]:
    """Reads kept pages again, writes the database anew where much of it is empty, and removes old files of runs.

    Args:
        data_dir: Data folder; empty means NIGHTDESK_DATA_DIR, else `data` in the folder of the code.
        outlets_dir: Outlet definitions; empty means NIGHTDESK_OUTLETS_DIR, else those shipped.
    """
    return follow(lambda settings, progress: maintenance_job.maintain(settings, progress=progress, step=as_task), data_dir, outlets_dir)
