"""A run: the writer lock, the database, the reading pool and the row in `runs`, opened together and always closed in a named state."""

from __future__ import annotations

import dataclasses
import difflib
import gc
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Protocol, TypeVar

from crawlers import sample_world
from crawlers.outlet import Outlet, OutletFault, read_outlets
from flows import logs, metrics
from flows.alarming import golden, raise_alarms
from flows.alarms import KINDS, Alarm, makes_incomplete
from flows.aside import aside
from flows.copying import group_copies
from flows.notifying import message_of, tell, tell_of_failure
from flows.pool import Limits, ReadingPool
from flows.progress import Progress
from flows.proposing import check_model
from flows.searching import prepare_index
from flows.steps.entities import known_entities
from flows.withdrawing import finish as finish_withdrawal
from warehouse import publish, runs, search_index, seen
from warehouse.captures import recover_open_files
from warehouse.clock import Clock
from warehouse.db import Connection, first_line, open_work
from warehouse.errors import HOW_TO_GO_ON, AskedWrongly, Interrupted, NightdeskError
from warehouse.event_folds import fold_events
from warehouse.load import count_new_copies, write_entities, write_outlets
from warehouse.lock import writer_lock
from warehouse.search_index import Prepared
from warehouse.settings import Settings
from warehouse.verify import disagreements_of, files_of_run, older_files_agree
from warehouse.withdrawal import withdrawn_of
from warehouse.withdrawn import Withdrawn

T = TypeVar("T")
# Kinds of run whose purpose is not to read pages: a withdrawal must not wait until a model is installed.
MAY_LACK_A_MODEL = ("forget", "maintenance", "restore")
SAMPLE_OUTLETS_DIR = Path(sample_world.__file__).parent / "outlets"


class Step(Protocol):
    """How a job calls its stages: plainly, or as Prefect tasks. The results are the same."""

    def __call__(self, name: str, function: Callable[..., T], /, *arguments: Any) -> T: ...


def plainly(name: str, function: Callable[..., T], /, *arguments: Any) -> T:  # noqa: ARG001 - the name is for runners that show it
    """Calls the stage and nothing else."""
    return function(*arguments)


@dataclass(slots=True)
class Run:
    """What the stages of a run share. `alerts` are sentences about the run as a whole; any of them makes it incomplete."""

    settings: Settings
    clock: Clock
    run_id: str
    kind: str
    connection: Connection
    outlets: dict[str, Outlet]
    withdrawn: Withdrawn
    pool: ReadingPool
    progress: Progress
    step: Step
    lock_handle: int
    started_at: datetime
    batch_number: int = 0
    is_closed: bool = False
    alerts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    summary: Summary | None = None  # once it is closed

    @property
    def folder(self) -> Path:
        """Where the run keeps its files."""
        return self.settings.runs_dir / self.run_id

    def do(self, name: str, function: Callable[..., T], /, *arguments: Any) -> T:
        """Calls a stage through the step."""
        self.begins(name)
        began = time.monotonic()
        result = self.step(name, function, *arguments)
        logs.stage(self.run_id, name, seconds=round(time.monotonic() - began, 2))
        return result

    def begins(self, name: str) -> None:
        """Notes in the run's folder that a stage begins: what a killed run was doing can be read there."""
        with open(self.folder / "stages.txt", "a", encoding="utf-8") as file:
            file.write(f"{self.clock.now().isoformat()} {name}\n")


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended, for people and for --json. `outlets` are the rows of run_outlets, `rejections` counts by outlet, stage and reason."""

    run_id: str
    kind: str
    state: str
    started_at: str
    seconds: float
    published: str | None
    outlets: list[dict[str, Any]]
    rejections: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    alerts: list[str]
    notes: list[str]
    alarms: list[dict[str, Any]] = field(default_factory=list)  # kind, outlet_id, observed, expected, detail, is_new, makes_incomplete

    @property
    def exit_status(self) -> int:
        return 0 if self.state == "completed" else 1

    def total(self, count: str) -> int:
        """The sum of one count over the outlets."""
        return sum(int(row[count]) for row in self.outlets)


def clock_of(settings: Settings) -> Clock:
    return Clock.starting_at(settings.now) if settings.now else Clock()


def outlets_of(settings: Settings, wanted: Iterable[str] = ()) -> tuple[dict[str, Outlet], tuple[OutletFault, ...]]:
    """The outlets of a run and the faults of definitions that cannot be used.

    Raises AskedWrongly for a wanted outlet that is not there or whose definition is faulty, and where no definition is left.
    """
    outlets, faults = read_outlets(settings.outlets_dir)
    for outlet_id in wanted:
        if outlet_id not in outlets:
            raise AskedWrongly(unknown_outlet(outlet_id, outlets, faults))
    if not outlets:
        raise AskedWrongly(f"{settings.outlets_dir}: there is no outlet that can be used. `nightdesk outlets check` says why.")
    return outlets, faults


def unknown_outlet(outlet_id: str, outlets: Iterable[str], faults: Iterable[OutletFault]) -> str:
    if any(Path(fault.file).stem == outlet_id for fault in faults):
        return f"The definition of outlet {outlet_id} has faults. `nightdesk outlets check` lists them."
    near = difflib.get_close_matches(outlet_id, list(outlets), n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no outlet {outlet_id}.{hint} `nightdesk outlets list` shows all."


def keep_apart(settings: Settings) -> None:
    """Raises AskedWrongly where invented articles of the demo would get mixed with real ones, in either direction."""
    is_sample = settings.outlets_dir.resolve() == SAMPLE_OUTLETS_DIR.resolve()
    marker = settings.work_dir / "sample_world"
    if settings.work_database.exists() and is_sample != marker.exists():
        holds = "news of your outlets; the demo" if is_sample else "the invented news of the demo; real work"
        raise AskedWrongly(f"{settings.data_dir} holds {holds} needs a folder of its own. Give another --data-dir.")
    if is_sample:
        marker.touch()


@contextmanager
def open_run(settings: Settings, kind: str, parameters: dict[str, Any], progress: Progress, step: Step, wanted: Iterable[str] = ()) -> Iterator[Run]:
    """A run that is written down before it begins. The block does the work; `close_run` ends it well.

    People are told when the block is over, so that what comes after the publication (the morning page) is in the message. Where the block raises,
    what was loaded stays loaded, the run is marked failed or interrupted, and the error goes on.
    Raises AskedWrongly, WriterBusy and DatabaseUnusable before anything is written.
    """
    logs.configure(settings)
    gc.freeze()  # the libraries stay
    settings, said = with_model_for(settings, kind)
    clock = clock_of(settings)
    outlets, faults = outlets_of(settings, wanted)
    started_at = clock.now()
    run_id = runs.new_run_id(started_at)
    with interruptible() as signals, writer_lock(settings.work_dir, run_id, wait_s=settings.lock_wait_s) as handle:
        keep_apart(settings)
        settings.captures_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ReadingPool(settings.data_dir, outlets, Limits(settings.page_cpu_s, settings.page_memory_mb), settings.workers) as pool:
            pool.warm()
            connection = finish_withdrawal(open_work(settings), settings)
            withdrawn = withdrawn_of(connection, settings)
            run = Run(settings, clock, run_id, kind, connection, outlets, withdrawn, pool, progress, step, handle, started_at)
            run.folder.mkdir(parents=True, mode=0o700)
            run.alerts += [str(fault) for fault in faults]
            run.notes += said
            begin(run, parameters)
            try:
                yield run
                report_elsewhere(run)
            except BaseException as error:
                interrupted = signals.came or isinstance(error, Interrupted | KeyboardInterrupt)
                give_up(run, "interrupted" if interrupted else "failed")
                report_failure(run, error, interrupted=interrupted)
                # A signal that comes while the database works is reported by it as an error of its own.
                if interrupted and isinstance(error, Exception) and not isinstance(error, Interrupted):
                    raise Interrupted(HOW_TO_GO_ON) from error
                raise


def with_model_for(settings: Settings, kind: str) -> tuple[Settings, list[str]]:
    """The settings, and what to say: without `ml_model` where it cannot be used and the kind of run does without. Else raises AskedWrongly."""
    try:
        check_model(settings)
    except AskedWrongly as error:
        if kind not in MAY_LACK_A_MODEL:
            raise
        said = f"{error} What this run still had to read has the tags of the rules alone; `nightdesk reprocess --steps tag` adds the others."
        return settings.model_copy(update={"ml_model": ""}), [said]
    return settings, []


def begin(run: Run, parameters: dict[str, Any]) -> None:
    """The run's row, the definitions and the entities; and what a killed run left is put in order."""
    crashed = runs.start_run(run.connection, run.run_id, run.kind, run.clock.now(), parameters)
    run.notes += [f"Run {run_id} had not ended: it is marked crashed, and what it kept is read now." for run_id in crashed]
    write_outlets(run.connection, [outlet_row(outlet) for outlet in run.outlets.values()])
    write_entities(run.connection, known_entities())
    for recovered in recover_open_files(run.settings.captures_dir):
        lost = f", {recovered.cut_bytes} bytes of a torn record cut off" if recovered.cut_bytes else ""
        run.notes.append(f"{recovered.warc_file.name}: taken over from a run that was killed{lost}.")


def outlet_row(outlet: Outlet) -> dict[str, Any]:
    names = ("outlet_id", "name", "homepage", "country", "language", "time_zone", "enabled", "definition_sha256")
    return {name: str(getattr(outlet, name)) for name in names} | {"hosts": list(outlet.hosts), "enabled": outlet.enabled}


def close_run(run: Run, started: float) -> Summary:
    """Checks, publishes where no check forbids it, and says how the run went. `started` is the monotonic moment of its beginning."""
    of_golden_pages = golden(run) if run.kind == "nightly" else []
    run.pool.close()  # all is read, and what follows needs the memory
    files = files_of_run(run.connection, run.run_id)
    with aside("captures", partial(disagreements_of, files, run.settings.data_dir, run.run_id)) as of_files:
        publish.refresh_views(run.connection)
        group_copies(run.connection)
        fold_events(run.connection)
        if run.kind != "reprocess":
            count_new_copies(run.connection, run.run_id)
        findings = publish.run_checks(run.connection, run.run_id)
        findings += publish.record(run.connection, [*of_files(), *older_files_agree(run.connection, run.settings.data_dir, run.run_id, files)])
    alarms = raise_alarms(run, of_golden_pages) if run.kind == "nightly" else []
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        run.alerts.append(f"Not published: {len(errors)} findings of checks at level error. The last good file stays.")
    rows = runs.run_outlets(run.connection, run.run_id)
    rejections = runs.run_rejections(run.connection, run.run_id)
    index = None if errors else index_or_say(run)
    run.alerts += blind_spots(rows, rejections)
    is_blind = bool(run.alerts) or any(row["alert"] for row in rows) or makes_incomplete(alarms)
    state = "failed" if errors else "incomplete" if is_blind else "completed"
    told = [shown_alarm(run, alarm) for alarm in alarms]
    runs.end_run(run.connection, run.run_id, state, run.clock.now())
    run.is_closed = True
    if errors:
        run.connection.close()
    else:
        publish_or_say(run, index)
    run.summary = Summary(
        run_id=run.run_id, kind=run.kind, state=state, started_at=run.started_at.isoformat(), seconds=round(time.monotonic() - started, 2),
        published=None if errors else str(run.settings.published_database), outlets=rows, rejections=rejections,
        findings=[dataclasses.asdict(finding) for finding in findings], alerts=list(run.alerts), notes=list(run.notes), alarms=told,
    )
    return run.summary


def report_elsewhere(run: Run) -> None:
    """The lines of the log, the metrics, and a message to people, as far as the settings ask for them. None of it fails a run.

    Only once, and only of a run that was closed: where the block ended without that, there is nothing to report.
    """
    summary, run.summary = run.summary, None
    if summary is None:
        return
    for row in summary.outlets:
        logs.stage(run.run_id, "outlet", row["outlet_id"], **{name: value for name, value in row.items() if name not in ("run_id", "outlet_id")})
    for alarm in summary.alarms:
        logs.stage(run.run_id, "alarm", alarm["outlet_id"], alarm=alarm["kind"])
    totals = {name: summary.total(name) for name in ("new", "updated", "unchanged", "copies")}
    logs.stage(run.run_id, "run", kind=run.kind, state=summary.state, seconds=summary.seconds, alarms=len(summary.alarms), **totals)
    summary.notes.extend(write_metrics(run, metrics.samples_of(summary, run.clock.now())))
    summary.notes.extend(tell(run.settings, *message_of(summary)))


def report_failure(run: Run, error: BaseException, *, interrupted: bool) -> None:
    """The same for a run that raised. One that had published before is reported like any other: its alarms must not be lost with the page."""
    if run.summary:
        report_elsewhere(run)
        return
    logs.stage(run.run_id, "run", kind=run.kind, state="interrupted" if interrupted else "failed")
    write_metrics(run, metrics.samples_of_failure(run.kind, run.clock.now()))
    if not interrupted:
        tell_of_failure(run.settings, run.kind, run.run_id, first_line(error) or type(error).__name__)


def write_metrics(run: Run, samples: metrics.Samples) -> list[str]:
    """Writes them where the setting asks for that; a sentence where that was not possible."""
    if not run.settings.metrics_file:
        return []
    try:
        metrics.write(Path(run.settings.metrics_file), run.kind, samples)
    except OSError as error:
        return [f"{run.settings.metrics_file}: the metrics could not be written ({error.strerror})."]
    return []


def shown_alarm(run: Run, alarm: Alarm) -> dict[str, Any]:
    """An alarm for people and --json; it is new where the nightly run before did not raise it of this outlet."""
    return {
        "kind": alarm.kind, "outlet_id": alarm.outlet_id, "about": alarm.about, "observed": alarm.observed, "expected": alarm.expected,
        "detail": alarm.detail, "is_new": not runs.was_raised(run.connection, run.run_id, alarm.name, alarm.outlet_id),
        "makes_incomplete": KINDS[alarm.kind].makes_incomplete,
    }


# Reasons that speak of our reader or our files and not of a page.
OUR_FAULTS = frozenset({"extract_failed", "extract_crashed", "capture_damaged"})
PAGES_TO_JUDGE = 3


def blind_spots(rows: list[dict[str, Any]], rejections: list[dict[str, Any]]) -> list[str]:
    """What makes a run incomplete although each page has its named state: our own faults, and outlets of which nothing could be read."""
    faults = [f"{row['outlet_id']}: {row['pages']} {row['reason']}; see the table rejections." for row in rejections if row["reason"] in OUR_FAULTS]
    withdrawn = {row["outlet_id"]: row["pages"] for row in rejections if row["reason"] == "withdrawn"}
    unread = [
        f"{row['outlet_id']}: none of {row['fetched']} pages could be read; its layout may have changed."
        for row in rows if row["fetched"] - withdrawn.get(row["outlet_id"], 0) >= PAGES_TO_JUDGE and not row["extracted"]
    ]
    return faults + unread


def index_or_say(run: Run) -> Prepared | None:
    """The search index of what is about to be published. Where it cannot be written, the run says so and publishes all the same."""
    try:
        return prepare_index(run.connection, run.settings)
    except NightdeskError as error:
        run.alerts.append(str(error))
        return None


def publish_or_say(run: Run, index: Prepared | None) -> None:
    """Publishes with the search index; where that fails, the run is marked as what it is, and the error goes on.

    The index gets its name first: a reader of the new file finds it, and one of the old file still finds the old one.
    """
    snapshot = search_index.snapshot_of(run.connection)
    try:
        if index:
            name_index(run, index, snapshot)
        done = publish.publish(run.connection, run.settings, compares_all=run.kind == "maintenance")
    except (publish.PublishFailed, Interrupted) as error:
        run.connection = open_work(run.settings)
        runs.end_run(run.connection, run.run_id, "interrupted" if isinstance(error, Interrupted) else "failed", run.clock.now())
        run.connection.close()
        raise
    logs.stage(run.run_id, "publish", way=done.way, bytes_written=done.bytes_written)
    if done.unexpected:
        run.notes.append(f"{done.unexpected:,} blocks of the spare file were not as they had been written. They were mended. Look at the disk.")
    remove_old_indexes(run, snapshot)


def name_index(run: Run, index: Prepared, snapshot: str) -> None:
    try:
        search_index.give_name(run.settings, index, snapshot)
    except OSError as error:
        run.notes.append(f"The search index was not put in its place ({error}). The next search builds it.")


def remove_old_indexes(run: Run, snapshot: str) -> None:
    """Removes the indexes of earlier states. Where that fails after a withdrawal the command must not say that all is gone."""
    try:
        search_index.remove_others(run.settings, snapshot)
    except OSError as error:
        sentence = f"A search index of an earlier state could not be removed ({error}). The next run tries again."
        if run.kind == "forget":
            raise NightdeskError(f"{sentence} It still holds what was withdrawn.") from error
        run.notes.append(sentence)


def give_up(run: Run, state: str) -> None:
    """Records that the run did not end well; one that was publishing had ended already, and the next run publishes again."""
    if run.is_closed:
        return
    run.is_closed = True
    runs.end_run(run.connection, run.run_id, state, run.clock.now())
    run.connection.close()


def pending_captures(run: Run) -> list[Path]:
    """WARC files that a killed run kept and did not load."""
    return seen.pending_files(run.connection, run.settings.data_dir, run.settings.captures_dir)


@dataclass(slots=True)
class Signals:
    """Whether a signal has asked the run to stop."""

    came: bool = False


@contextmanager
def interruptible() -> Iterator[Signals]:
    """SIGTERM ends the run like Ctrl-C: as Interrupted, at the next Python instruction. Only the main thread can set handlers."""
    signals = Signals()

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        signals.came = True
        raise Interrupted(HOW_TO_GO_ON)

    try:
        before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    except ValueError:  # not the main thread: Prefect has its own handlers there
        yield signals
        return
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
