"""The nightly job as a Prefect flow."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import jobs
from flows.prefect_steps import as_task, caught_up, follow, moment, names, parameters_shown

# Half a day: a night that hangs has ended before the next one begins, which would otherwise find the writer lock taken.
TIMEOUT_S = 12 * 3600


def run_name() -> str:
    return f"nightly {moment()}, {names(parameters_shown().get('outlets'))}"


@flow(name="nightly", flow_run_name=run_name, timeout_seconds=TIMEOUT_S, retries=0, persist_result=False, log_prints=False)
def nightly(outlets: list[str] | None = None, data_dir: str | None = None, outlets_dir: str | None = None) -> State[Any]:
    """Crawls the enabled outlets and brings what is new into the published file.

    Args:
        outlets: Only these outlets; empty means all that are enabled.
        data_dir: Data folder; empty means NIGHTDESK_DATA_DIR, else `data` in the folder of the code.
        outlets_dir: Outlet definitions; empty means NIGHTDESK_OUTLETS_DIR, else those shipped.
    """
    if state := caught_up(data_dir, outlets_dir):
        return state
    return follow(lambda settings, progress: jobs.nightly(settings, outlets or (), progress=progress, step=as_task), data_dir, outlets_dir)
