"""`nightdesk schedule`: a Prefect server, a worker and the deployments of prefect.yaml, kept alive together and ended together.

Everything that the server remembers lies under the data folder, so that the same command after a restart goes on with the same runs. A night
that was missed is caught up by the next run, because each run asks for what is new since the marks that the last one stored.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import IO, TYPE_CHECKING, Any

from crawlers.crawl import needs_contact
from flows.layout import counted
from flows.prefect_steps import CAUGHT_UP, HEARTBEAT_S, INCOMPLETE, server_answers
from flows.running import outlets_of
from warehouse.errors import AskedWrongly, NightdeskError
from warehouse.settings import Settings

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

ROOT = Path(__file__).resolve().parent.parent
POOL = "nightdesk"
# Three heartbeats. With Prefect's own heartbeat of 180 s the same automation ends healthy runs, so the two only ever go together.
DEAD_AFTER_S = 90
# From taking a run to its first line: seconds on an idle machine, two minutes on a very busy one.
BEGUN_AFTER_S = 600
# The states in which our runs end, by their names, which are those of the events. A failed run under another name would be called Crashed later.
ENDS = ("Completed", "Failed", "TimedOut", "Cancelled", "Crashed", CAUGHT_UP, INCOMPLETE)
SERVER_START_S = 180  # 7 s on an idle machine, 26 s and more on a busy one
STOP_S = 30  # for a run to load what it has fetched and to say how it ended
RESTART_S = (1, 2, 5, 15, 60)  # before a part that died is started again; it counts from the beginning once it has lived for ten minutes
LIVED_S = 600
LOOK_S = 0.5
ROOM_BYTES_MIN = 6_000_000  # the server's empty database takes 1.4 MB, its log of changes 4
LOG_BYTES_MAX = 10_000_000  # of schedule.log, at some 10 KB a night a few years; a part that fails again and again writes faster
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schedule listens and keeps its things."""

    host: str
    port: int
    home: Path

    @property
    def ui_url(self) -> str:
        return f"http://{'127.0.0.1' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}"  # noqa: S104 - compared, not bound

    @property
    def api_url(self) -> str:
        return f"{self.ui_url}/api"


def schedule(settings: Settings, *, host: str, port: int, say: Say) -> int:
    """Runs until it is told to stop, and returns the exit status: 0 after SIGTERM or Ctrl-C.

    Raises AskedWrongly where the code has no prefect.yaml, no outlet can be used, the folder cannot be written or has a schedule already, or the port
    is taken; NightdeskError where the server does not come up.
    """
    if not (ROOT / "prefect.yaml").is_file():
        raise AskedWrongly(f"{ROOT}: prefect.yaml is not there. `nightdesk schedule` runs from a checkout of the code.")
    place = place_of(settings, host, port)
    warn_of_nights(settings, say)
    refuse_taken(place)
    make_home(place)
    env = environment_of(settings, place)
    with only_one(place), stoppable() as stop, ExitStack() as stack:
        log = stack.enter_context(open(place.home / "schedule.log", "a", encoding="utf-8"))
        say(f"Starting the Prefect server; its words go to {log.name}")
        server = stack.enter_context(kept(Part("server", server_command(place), env, log)))
        wait_for_server(server, place, stop)
        if not stop.asked:
            set_up(place, env, log, say)
            worker = stack.enter_context(kept(Part("worker", worker_command(), env, log)))
            say(f"The schedule is on. Look at it: {place.ui_url}\nStop it with Ctrl-C; a run that is on loads what it has fetched first.")
            watch([server, worker], stop, say)
        say("Stopping the worker and the server.")
    return 0


def place_of(settings: Settings, host: str, port: int) -> Place:
    """The server's own folder lies under the data folder, so that two data folders have two schedules."""
    home = os.environ.get("PREFECT_HOME")
    return Place(host, port, Path(home) if home else settings.data_dir / "prefect")


def environment_of(settings: Settings, place: Place) -> dict[str, str]:
    """What server, worker and runs see: the variables of this process, and the settings that were given on the command line.

    The server forgets runs when maintenance removes their files; by itself it keeps them, some hundred MB a year. Whoever wants otherwise sets
    Prefect's own variables.
    """
    forgetting = {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(settings.keep_runs_days * 86400),
    }
    return forgetting | os.environ | {
        "PREFECT_HOME": str(place.home), "PREFECT_API_URL": place.api_url, "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_S), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "NIGHTDESK_DATA_DIR": str(settings.data_dir), "NIGHTDESK_OUTLETS_DIR": str(settings.outlets_dir), "PYTHONUNBUFFERED": "1",
        # The lines of our own log are shown with the run.
        "PREFECT_LOGGING_EXTRA_LOGGERS": "nightdesk",
    }


def warn_of_nights(settings: Settings, say: Say) -> None:
    """Says now what would fail every night. Raises AskedWrongly where no outlet can be used."""
    outlets, faults = outlets_of(settings)
    if faults:
        say(f"{len(faults)} faults in outlet files make every night incomplete. `nightdesk outlets check` lists them.")
    if not settings.contact and needs_contact([outlet for outlet in outlets.values() if outlet.enabled], settings.proxy_url):
        say("NIGHTDESK_CONTACT is not set, so every night will fail: outlets must be able to reach whoever crawls them. Set it to an e-mail address "
            "or the URL of a page about you, best as `contact` in nightdesk.toml of the data folder, which each run reads.")


def make_home(place: Place) -> None:
    try:
        place.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (place.home / "schedule.log").touch()
    except OSError as error:
        raise AskedWrongly(
            f"{place.home}: the folder cannot be written ({error.strerror}). Give another --data-dir, or change its rights."
        ) from error


@contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Holds the schedule's lock while the block runs: two servers on one database would start the same runs. Raises AskedWrongly for the second."""
    with open(place.home / "lock", "a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AskedWrongly(
                f"{place.home}: another `nightdesk schedule` works with this folder. Stop it first, or give another --data-dir."
            ) from error
        yield


def refuse_taken(place: Place) -> None:
    if server_answers(place.api_url):
        raise AskedWrongly(f"{place.ui_url}: a Prefect server is running there already. Stop it, or give another --port.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise AskedWrongly(f"{place.host}:{place.port} cannot be used ({error.strerror}). Give another --host or --port.") from error


# ---------------------------------------------------------------- child processes


def prefect(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", "--no-prompt", *words]


def server_command(place: Place) -> list[str]:
    return prefect("server", "start", "--host", place.host, "--port", str(place.port))


def worker_command() -> list[str]:
    return prefect("worker", "start", "--pool", POOL, "--type", "process", "--name", f"nightdesk-{socket.gethostname()}")


@dataclass(slots=True)
class Part:
    """The server or the worker: a child process in a group of its own, so that Ctrl-C reaches it through us, and in our order."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: IO[str]
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, stdout=self.log, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            preexec_fn=end_with_parent,  # safe: nothing of ours runs in threads
        )

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Asks it to end, and after STOP_S ends it with all of its children."""
        assert self.process is not None
        if self.is_alive():
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.log.write(f"The {self.name} did not stop within {STOP_S} s.\n")
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # nothing of it is left


def end_with_parent() -> None:
    """In the child, before its program starts: the kernel sends it SIGTERM when this process dies, however that happens (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def kept(part: Part) -> Iterator[Part]:
    part.start()
    try:
        yield part
    finally:
        part.stop()


@dataclass(slots=True)
class Stop:
    """Whether somebody has asked the schedule to end."""

    asked: bool = False


@contextmanager
def stoppable() -> Iterator[Stop]:
    """SIGTERM and Ctrl-C are noted, and whoever waits looks."""
    stop = Stop()

    def note(*_: object) -> None:
        stop.asked = True

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_server(server: Part, place: Place, stop: Stop) -> None:
    deadline = time.monotonic() + SERVER_START_S
    while not stop.asked and not server_answers(place.api_url):
        if not server.is_alive() or time.monotonic() > deadline:
            full = "The disk is full. " if shutil.disk_usage(place.home).free < ROOM_BYTES_MIN else ""
            raise NightdeskError(f"The Prefect server did not start. {full}{place.home / 'schedule.log'} says why.")
        time.sleep(LOOK_S)


def watch(parts: list[Part], stop: Stop, say: Say) -> None:
    """Starts a part again that has died, later each time, until somebody asks to stop."""
    while not stop.asked:
        for part in parts:
            look_at(part, say)
            cut(part.log)
        time.sleep(LOOK_S)


def cut(log: IO[str]) -> None:
    """Begins a log that has become long anew; what it held is kept once. The parts append to it, so they go on at its new end."""
    if os.fstat(log.fileno()).st_size > LOG_BYTES_MAX:
        shutil.copyfile(log.name, f"{log.name}.1")
        os.ftruncate(log.fileno(), 0)


def look_at(part: Part, say: Say) -> None:
    now = time.monotonic()
    if part.is_alive():
        part.restart_at = 0.0
        return
    if not part.restart_at:
        part.deaths = 0 if now - part.started_at > LIVED_S else part.deaths
        pause = RESTART_S[min(part.deaths, len(RESTART_S) - 1)]
        part.deaths += 1
        part.restart_at = now + pause
        say(f"The {part.name} ended; it is started again in {pause} s. {part.log.name} may say why.")
    elif now >= part.restart_at:
        part.start()


# ---------------------------------------------------------------- what the server is told


def set_up(place: Place, env: dict[str, str], log: IO[str], say: Say) -> None:
    """The work pool, the deployments and the automations for dead runs; what is there already is brought up to date. No worker may be on yet."""
    # Overwriting keeps the pool and its queue, and takes nothing from runs that wait in it.
    for words in (("work-pool", "create", POOL, "--type", "process", "--overwrite"), ("deploy", "--all")):
        done = subprocess.run(prefect(*words), cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise NightdeskError(f"prefect {' '.join(words)} failed. {place.home / 'schedule.log'} says why.")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

    with temporary_settings({PREFECT_API_URL: place.api_url, PREFECT_HOME: place.home}), get_client(sync_client=True) as client:
        automate(client)
        if dead := mark_dead(client):
            say(f"{counted(dead, 'run')} had not ended when the last schedule did, and now {'is' if dead == 1 else 'are'} Crashed. "
                "The next one goes on from there.")


def mark_dead(client: SyncPrefectClient) -> int:
    """How many runs of the worker were on when the machine or the last schedule died: they are marked crashed.

    Such a run would hold the one place of its deployment for ever, and no night would begin again: the server forgets at its own death who had
    claimed a place, and keeps that it was claimed. A run that lives in spite of all says so itself when it ends.
    """
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    under_way = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]))
    of_worker = FlowRunFilterDeploymentId(is_null_=False)  # a run from a terminal may live, and has its signs of life
    found = client.read_flow_runs(flow_run_filter=FlowRunFilter(state=under_way, deployment_id=of_worker))
    for run in found:
        client.set_flow_run_state(run.id, Crashed(message="The machine or the schedule ended while it was on."))
    return len(found)


def automate(client: SyncPrefectClient) -> None:
    """The automations of `automations`, each once. By itself a server shows a run that died as Running, or as Pending, for ever."""
    for wanted in automations():
        found = client.read_automations_by_name(wanted.name)
        for left_over in found[1:]:
            client.delete_automation(left_over.id)
        if not found:
            client.create_automation(wanted)
        elif content_of(found[0]) != content_of(wanted):
            client.update_automation(found[0].id, wanted)


def content_of(automation: Any) -> dict[str, Any]:
    """What an automation does, without ids. One that is written again forgets for which runs it was waiting, so that is done only for a change."""
    return dict(automation.model_dump(exclude={"id": True, "created": True, "updated": True, "trigger": {"id"}}))


def automations() -> list[Any]:
    """Two that mark runs crashed: after a sign of life another one, or the end, must come in time; and a run that was taken must begin.

    A run that dies between the two gives no sign of life that could stop.
    """
    heartbeat, begins = "heartbeat", ("Running", "AwaitingConcurrencySlot", "Scheduled", "Late", "Cancelling")
    return [
        crashed_unless("nightdesk: runs without a sign of life", {heartbeat}, {heartbeat, *ENDS}, DEAD_AFTER_S,
                       f"No sign of life for {DEAD_AFTER_S} s.",
                       "Marks runs crashed that died with their process or their machine. The next run goes on where they were."),
        crashed_unless("nightdesk: runs that never began", {"Pending", "Submitting"}, {*begins, *ENDS}, BEGUN_AFTER_S,
                       f"It was taken and did not begin within {BEGUN_AFTER_S} s.",
                       "Marks runs crashed whose worker died before they began. The next run asks for what they would have asked for."),
    ]


def crashed_unless(name: str, after: set[str], expect: set[str], within_s: int, message: str, description: str) -> Any:
    """An automation that marks a flow run crashed where, after one of its events, none of those expected comes in time."""
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

    of_runs = {"prefect.resource.id": "prefect.flow-run.*"}
    return AutomationCore(
        name=name, description=description, actions=[ChangeFlowRunState(state=StateType.CRASHED, message=message)],
        trigger=EventTrigger(
            match=of_runs, for_each={"prefect.resource.id"}, after={f"prefect.flow-run.{each}" for each in after},
            expect={f"prefect.flow-run.{each}" for each in expect}, posture=Posture.Proactive, threshold=1, within=within_s,
        ),
    )


# ---------------------------------------------------------------- examples


def printed(form: str, settings: Settings, host: str, port: int) -> str:
    """A systemd unit or a compose file that runs this schedule, for the folders and the user of this process."""
    template = Template((files("flows") / "examples" / f"{form}.txt").read_text(encoding="utf-8"))
    return template.substitute(EXAMPLES[form](settings), host=host, port=port)


def for_systemd(settings: Settings) -> dict[str, str]:
    """The words of a unit. WorkingDirectory takes the rest of its line as it is, so quotes would be part of it."""
    return {
        "root": str(ROOT).replace("%", "%%"), "python": unit_word(sys.executable).replace("$", "$$"), "user": os.environ.get("USER") or "nightdesk",
        "data_dir": unit_word(str(settings.data_dir)), "data_dir_setting": unit_word(f"NIGHTDESK_DATA_DIR={settings.data_dir}"),
        "outlets_dir": unit_word(f"NIGHTDESK_OUTLETS_DIR={settings.outlets_dir}"), "contact": unit_word(f"NIGHTDESK_CONTACT={contact_of(settings)}"),
    }


def for_compose(settings: Settings) -> dict[str, str]:
    """The values of a compose file: JSON strings are YAML, and a dollar sign stands for a variable unless it is doubled."""
    found = {"root": ROOT, "data_dir": settings.data_dir, "outlets_dir": settings.outlets_dir, "contact": contact_of(settings)}
    return {name: json.dumps(str(value), ensure_ascii=False).replace("$", "$$") for name, value in found.items()}


EXAMPLES = {"systemd": for_systemd, "compose": for_compose}


def contact_of(settings: Settings) -> str:
    return settings.contact or "desk@example.org"


def unit_word(text: str) -> str:
    """One word of a unit file, quoted where it has to be (systemd.syntax(7)); a percent sign begins a specifier unless it is doubled."""
    escaped = text.replace("%", "%%")
    if re.fullmatch(r"[\w./=:@,+%-]+", escaped, re.ASCII):
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'
