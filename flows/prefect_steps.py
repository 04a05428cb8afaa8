"""How a job runs under Prefect: its stages as tasks, its summary as artifacts, its end as a state.

Prefect itself is imported inside the functions: the command asks `server_answers` first, and must not pay 2 s where nobody answers.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from http.client import HTTPException
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.request import urlopen

from flows import report
from flows.prefect_progress import ArtifactProgress
from flows.progress import Progress
from flows.running import Summary, clock_of
from warehouse.clock import Clock
from warehouse.db import statement
from warehouse.errors import AskedWrongly, NightdeskError
from warehouse.query import rows_of
from warehouse.settings import Settings, settings_with

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import State

T = TypeVar("T")
Job = Callable[[Settings, Progress], Summary]

HEALTH_TIMEOUT_S = 2.0  # a server on this machine answers in milliseconds; one that is starting is no reason to wait
RETRIES = 3  # of a request, 2 s, 4 s and 8 s apart; with Prefect's five a lost server held a finished run up for three minutes
# The shortest that Prefect sends. With its own 180 s a run from a terminal that lasts longer than 90 s would be marked Crashed by the automation of
# `nightdesk schedule` while it is healthy.
HEARTBEAT_S = 30
CAUGHT_UP, INCOMPLETE = "Caught up", "Incomplete"  # names of our own for states in which a run ends
NAMES_SHOWN = 3  # outlets in the name of a run; its parameters hold them all
ALERT_CHARS = 300  # of a sentence in an artifact


# ---------------------------------------------------------------- stages as tasks


def as_task(name: str, function: Callable[..., T], /, *arguments: Any) -> T:
    """Runs one stage as a Prefect task, in this thread, and returns what it returns.

    The task takes and returns nothing. The stages share an open database, a pool and a lock, and what a task is given or gives back is
    hashed, walked through or copied by Prefect. It is never cached and never retried: a stage that failed half way is repeated by running
    the job again, which knows what is loaded.
    """
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    results: list[T] = []

    @task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, retries=0, log_prints=False)
    def stage() -> None:
        results.append(function(*arguments))

    stage()
    return results[0]


# ---------------------------------------------------------------- what a flow is given


@dataclasses.dataclass(slots=True)
class Handed:
    """What the command hands to a flow that it runs in its own process, and what the flow hands back."""

    settings: Settings
    progress: Progress
    begun: bool = False
    outcome: Summary | NightdeskError | None = None  # None after an error that nobody foresaw


# Flow parameters are written down by the server and shown in its forms; settings and progress bars are not for that.
_handed: ContextVar[Handed | None] = ContextVar("handed", default=None)


@contextmanager
def handing(handed: Handed) -> Iterator[None]:
    token = _handed.set(handed)
    try:
        yield
    finally:
        _handed.reset(token)


def settings_of(data_dir: str | None, outlets_dir: str | None) -> Settings:
    """The settings that were handed over, else those of the environment, overruled by the parameters. Raises AskedWrongly."""
    if handed := _handed.get():
        return handed.settings
    return settings_with(Path(data_dir) if data_dir else None, Path(outlets_dir) if outlets_dir else None)


def moment() -> str:
    """When the run starts, for its name: 2026-03-02 19:00 UTC. In UTC like run ids, as the night in Yangon begins on the day before."""
    try:
        clock = clock_of(settings_of(None, None))
    except AskedWrongly:  # The job will say so, in a run that has a name.
        clock = Clock()
    return f"{clock.now():%Y-%m-%d %H:%M} UTC"


def names(outlet_ids: list[str] | None) -> str:
    """The outlets of a run, for its name."""
    if not outlet_ids:
        return "all outlets"
    more = f" and {len(outlet_ids) - NAMES_SHOWN} more" if len(outlet_ids) > NAMES_SHOWN else ""
    return ", ".join(map(str, outlet_ids[:NAMES_SHOWN])) + more


# ---------------------------------------------------------------- a job as the body of a flow


def follow(job: Job, data_dir: str | None, outlets_dir: str | None) -> State[Any]:
    """Runs the job and returns the state in which the flow ends.

    The data of a completed one is the summary as a plain dict. Failed states say in their message what a person can do; unexpected errors go on.
    """
    from prefect.states import Failed

    handed = _handed.get()
    if handed:
        handed.begun = True
    outcome: Summary | NightdeskError
    try:
        outcome = job(settings_of(data_dir, outlets_dir), handed.progress if handed else ArtifactProgress())
    except NightdeskError as error:  # Interrupted too: where a person cancelled the run, the server keeps to Cancelled
        outcome = error
    if handed:
        handed.outcome = outcome
    if isinstance(outcome, NightdeskError):
        return Failed(message=str(outcome), data=outcome)
    summary_artifact(outcome)
    return state_of(outcome)


def caught_up(data_dir: str | None, outlets_dir: str | None) -> State[Any] | None:
    """The end of a night that is begun so late that another one has begun since it was due; None for every other.

    A machine that was off for three nights has three runs waiting. The first asks for all that is new since the last night that was, so the
    others would only ask the outlets again.
    """
    from prefect.runtime import flow_run
    from prefect.states import Completed

    due = flow_run.scheduled_start_time
    if _handed.get() or due is None:
        return None
    try:
        settings = settings_of(data_dir, outlets_dir)
    except AskedWrongly:  # the job will say so
        return None
    last = None if settings.now or not settings.published_database.exists() else rows_of(settings.published_database, statement("last_nightly"))
    if not last or last[0]["started_at"] <= due:
        return None
    return Completed(name=CAUGHT_UP, message=f"Run {last[0]['run_id']} began after this one was due and asked for all that was new. Nothing to do.")


def state_of(summary: Summary) -> State[Any]:
    """Completed, Failed, or Failed under the name Incomplete.

    An incomplete run is of the type Failed although its articles are loaded and published: an outlet we were blind for must not be green
    in a list that an operator glances over in the morning, alarms are set on Failed, and the command exits with 1 for it as well. The name
    tells it apart from a run that published nothing. Nothing is retried by that: the next night, or the same command, goes on.
    """
    from prefect.states import Completed, Failed

    if summary.state == "completed":
        return Completed(message=headline(summary), data=dataclasses.asdict(summary))
    first, *others = attention(summary) or ["See the artifacts of this run."]
    more = f" ({len(others)} more in the artifacts of this run)" if others else ""
    return Failed(name=INCOMPLETE if summary.state == "incomplete" else "Failed", message=f"{headline(summary)} {first}{more}")


def headline(summary: Summary) -> str:
    """`nightly completed in 15.5 s: 21 new, 0 updated, 0 unchanged, 2 copies.`"""
    return report.closing_line(summary).splitlines()[0]


# ---------------------------------------------------------------- artifacts


def summary_artifact(summary: Summary) -> None:
    """The row of every outlet in run_outlets, what needs attention, and where the briefing is. No text of an article is among them.

    A server that does not take them does not fail the run: all of it is in the database too.
    """
    from httpx import HTTPError
    from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
    from prefect.logging import get_run_logger

    rows = [{name: value for name, value in row.items() if name != "run_id"} for row in summary.outlets]
    try:
        create_table_artifact(table=rows, key=f"{summary.kind}-outlets", description=f"Run {summary.run_id}: {headline(summary)}")
        create_markdown_artifact(markdown=as_markdown(summary), key=f"{summary.kind}-attention", description=f"Run {summary.run_id}")
        if page := briefing_of(summary):
            create_link_artifact(link=page.as_uri(), link_text=page.name, key="briefing", description=f"Run {summary.run_id}: the morning page")
    except HTTPError as error:
        get_run_logger().warning("The server did not take the artifacts of run %s: %s", summary.run_id, error)


def briefing_of(summary: Summary) -> Path | None:
    """The newest page of the folder `briefings` that this run wrote; None where it wrote none."""
    if summary.published is None:
        return None
    pages = sorted((Path(summary.published).parent / "briefings").glob("*.html"), key=lambda page: page.stat().st_mtime)
    is_of_run = bool(pages) and time.time() - pages[-1].stat().st_mtime <= summary.seconds + 60
    return pages[-1] if is_of_run else None


def as_markdown(summary: Summary) -> str:
    """What a person should look at, as Markdown, with where to find the rows."""
    refused = [f"{row['outlet_id']}: {row['pages']} {row['reason']} ({row['stage']})" for row in summary.rejections]
    parts = [
        f"# {headline(summary)}",
        bullets("Needs attention", attention(summary)) or "Nothing needs attention.",
        bullets("Not taken (table `rejections`)", refused),
        bullets("Notes", summary.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def attention(summary: Summary) -> list[str]:
    """Why a run is not complete, and what its checks found. Findings are counted, as a row of `checks` may quote an article."""
    found = Counter((finding["level"], finding["name"], finding["outlet_id"]) for finding in summary.findings)
    return [
        *summary.alerts,
        *(f"{row['outlet_id']}: {row['alert']}" for row in summary.outlets if row["alert"]),
        *(f"{each['outlet_id']}: alarm {each['kind']}: {each['observed']}; expected {each['expected']}. {each['detail']}" for each in summary.alarms),
        *(f"{level}: {name}, {outlet_id or 'all outlets'}: {count} rows in the table checks" for (level, name, outlet_id), count in found.items()),
    ]


def bullets(title: str, lines: list[str]) -> str:
    return "\n".join([f"## {title}", "", *(f"- {one_line(line)}" for line in lines)]) if lines else ""


def one_line(text: str) -> str:
    """A sentence that cannot break out of its line: an alert may quote what a server on the net said."""
    shown = " ".join(text.split())
    return escape(shown if len(shown) <= ALERT_CHARS else f"{shown[:ALERT_CHARS]}...", quote=False).replace("[", "\\[").replace("`", "'")


# ---------------------------------------------------------------- for the command


# Where the flow of each job is; loaded when it is needed, because Prefect is.
FLOWS = {
    "nightly": ("flows.nightly", "nightly"), "backfill": ("flows.backfill", "backfill"), "backfill-warc": ("flows.backfill", "backfill_warc"),
    "reprocess": ("flows.reprocess", "reprocess"), "maintenance": ("flows.maintenance", "maintenance"),
}


def server_answers(api_url: str) -> bool:
    """Whether a Prefect server answers at this address, asked once, for at most 2 s."""
    if not api_url.startswith(("http://", "https://")):
        return False
    try:
        with urlopen(f"{api_url.rstrip('/')}/health", timeout=HEALTH_TIMEOUT_S) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException, ValueError):  # ValueError: an address that is none
        return False


def run_flow(name: str, settings: Settings, progress: Progress, plain: Callable[[], Summary], **parameters: Any) -> Summary:
    """A job as its flow (a key of FLOWS), with the server at `settings.prefect_api_url` looking on. It loads what `plain` would load."""
    # Before Prefect is imported: it sends usage figures to its makers from a terminal.
    os.environ.setdefault("DO_NOT_TRACK", "1")
    module, function = FLOWS[name]
    flow = getattr(import_module(module), function)
    folders = {"data_dir": str(settings.data_dir), "outlets_dir": str(settings.outlets_dir)}
    return run_with_server(flow, Handed(settings, progress), plain, **parameters, **folders)


def run_with_server(flow: Flow[..., Any], handed: Handed, without_server: Callable[[], Summary], **parameters: Any) -> Summary:
    """Runs the flow in this process, registered with the server. Raises what the job raises.

    The server only looks on. Where it refuses or breaks off before the job began, the job runs without it; where it is lost later, what the
    job says still holds.
    """
    from httpx import HTTPError
    from prefect.exceptions import PrefectException
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    lost = ""
    connection = {
        PREFECT_API_URL: handed.settings.prefect_api_url, PREFECT_CLIENT_MAX_RETRIES: RETRIES, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: HEARTBEAT_S,
    }
    with handing(handed), temporary_settings(connection):
        try:
            state: Any = flow(**parameters, return_state=True)
        except (HTTPError, PrefectException, RuntimeError) as error:  # RuntimeError: a server of another version
            if handed.begun and not handed.outcome:
                raise
            lost = type(error).__name__
    if not lost and not handed.outcome:
        raise state.result(raise_on_failure=False)
    outcome = handed.outcome or without_server()
    if isinstance(outcome, NightdeskError):
        raise outcome
    note = f"The Prefect server at {handed.settings.prefect_api_url} was lost ({lost}); the run went on without it."
    return dataclasses.replace(outcome, notes=[*outcome.notes, note]) if lost else outcome


def parameters_shown() -> dict[str, Any]:
    """The parameters of the flow run that is beginning, as the server shows them."""
    from prefect.runtime import flow_run

    return dict(flow_run.parameters or {})

