"""Reprocessing as a Prefect flow."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from flows import reprocess_job
from flows.prefect_steps import as_task, follow, moment, names, parameters_shown
from flows.reprocess_job import STEPS, Asked

# A day, as for a backfill: pages are read anew at about the speed at which they are read the first time.
TIMEOUT_S = 24 * 3600

StepName = Literal["extract", "dedupe", "tag"]  # A type, so that the server refuses other names when the run is asked for.
assert StepName.__args__ == STEPS  # type: ignore[attr-defined]


def run_name() -> str:
    shown = parameters_shown()
    return f"reprocess {names(shown.get('outlets'))} ({', '.join(shown.get('steps') or STEPS)}), {moment()}"


@flow(name="reprocess", flow_run_name=run_name, timeout_seconds=TIMEOUT_S, retries=0, persist_result=False, log_prints=False)
def reprocess(
    outlets: list[str] | None = None, first: date | None = None, last: date | None = None, steps: list[StepName] | None = None,
    data_dir: str | None = None, outlets_dir: str | None = None,
) -> State[Any]:
    """Runs steps again over the kept captures, without the network.

    Args:
        outlets: Only these outlets; empty means all.
        first: First day of capture, UTC.
        last: Last day of capture, UTC, included.
        steps: Of extract, dedupe and tag; empty means all three.
        data_dir: Data folder; empty means NIGHTDESK_DATA_DIR, else `data` in the folder of the code.
        outlets_dir: Outlet definitions; empty means NIGHTDESK_OUTLETS_DIR, else those shipped.
    """
    asked = Asked(tuple(outlets or ()), first, last, tuple(steps or STEPS))
    return follow(lambda settings, progress: reprocess_job.reprocess(settings, asked, progress=progress, step=as_task), data_dir, outlets_dir)
