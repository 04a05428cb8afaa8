"""`python tests/dead_runs.py`: a run that dies with its worker or its machine must be marked Crashed, and one that only lasts long must not.

A real Prefect server and worker, brought up by `nightdesk schedule`. First two healthy runs that last longer than the automation waits, one by
the worker and one that a person starts at a terminal: both must end as Completed and must never have been called Crashed, and a night that has nothing to do must stay `Caught up`. Then deaths after which
nobody is left to tell the server: the run and the worker at once, by SIGKILL; the same before the run has begun; and everything at once, server
and schedule too, as when the power fails, with `nightdesk schedule` started again at once or after some minutes. The run must be Crashed in the
API, which is what the UI shows, and the next one must begin and end as Completed: a dead run that keeps its place would stop all nights.

    python tests/dead_runs.py                             # all six, half an hour, most of it waiting
    python tests/dead_runs.py --cases lasting worker      # two of them

Exit status 0 only where each case is as it should be.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loopback.scheduled import ROOT, Schedule, descendants, scheduled, send, wait_for
from loopback.server import Site, WorldClock, serving
from loopback.world import Place

from flows.scheduling import BEGUN_AFTER_S, DEAD_AFTER_S

NOW = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)
LASTING_PAGES = 130  # at DELAY_S each: well over three times what the automation waits
SHORT_PAGES = 20
DELAY_S = 2
OFF_S = 2 * DEAD_AFTER_S
# The last sign of life may be 30 s old when the run dies, the wait begins with it, and the server looks every few seconds.
MARKED_WITHIN_S = DEAD_AFTER_S + 60
# A run that has not begun sends no signs of life, so that it is told by that alone.
BEGUN_WITHIN_S = BEGUN_AFTER_S + 60
NEXT_WITHIN_S = 900
OF_A_RUN = "prefect.engine"


@dataclass(frozen=True)
class Outcome:
    """What a case came to: whether it is right, and what was seen."""

    case: str
    is_right: bool
    seen: str


@dataclass(frozen=True)
class Stage:
    """Where the cases play: a folder, and the definitions of a long and of a short night."""

    folder: Path
    lasting: Path
    short: Path

    def places(self, name: str, outlets: Path) -> dict[str, str]:
        return {"data_dir": str(self.folder / name), "outlets_dir": str(outlets)}


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Two outlets that answer at their leisure."""
    clock = WorldClock()
    clock.begin("night", NOW)
    found = []
    for number, name in enumerate(("lasting", "short")):
        found.append(Place(Site(name, f"127.0.5.{number + 1}", clock=clock), fetch={"delay_s": DELAY_S}))
    with serving([place.site for place in found]):
        for place, pages in zip(found, (LASTING_PAGES, SHORT_PAGES), strict=True):
            place.good(*(f"story-{page:03}-of-the-night" for page in range(pages)))
            (folder / place.name).mkdir()
            (folder / place.name / f"{place.name}_en.toml").write_text(place.definition())
        yield Stage(folder, folder / "lasting", folder / "short")


def settings() -> dict[str, str]:
    return {"NIGHTDESK_WORKERS": "1", "NIGHTDESK_NOW": NOW.isoformat()}


def states_of(schedule: Schedule, run_id: str) -> list[str]:
    """The names of all states that a run was ever in, in their order."""
    found = schedule.ask(f"flow_run_states/?flow_run_id={run_id}")
    return [state["name"] for state in sorted(found, key=lambda state: state["timestamp"])]


# ---------------------------------------------------------------- runs that only last long


def lasting(stage: Stage) -> Iterator[Outcome]:
    """A long night by the worker beside a long one from a terminal, in another data folder."""
    with scheduled(stage.folder, stage.folder / "schedule_lasting", **settings()) as schedule:
        began = time.monotonic()
        run_id = schedule.start("nightly", **stage.places("by_worker", stage.lasting))
        with from_terminal(stage, schedule) as command:
            ended = schedule.ended(run_id, 900)
            lasted = time.monotonic() - began
            status = command.wait(300)
        yield judged("lasting, by the worker", schedule, ended["id"], f"lasted {lasted:.0f} s", lasted > 2 * DEAD_AFTER_S)
        [mine] = [each for each in schedule.ask("flow_runs/filter", {}) if each["parameters"].get("data_dir") == str(stage.folder / "by_hand")]
        yield judged("lasting, from a terminal", schedule, mine["id"], f"lasted {mine['total_run_time']:.0f} s, exit status {status}", status == 0)


@contextmanager
def from_terminal(stage: Stage, schedule: Schedule) -> Iterator[subprocess.Popen[bytes]]:
    """`nightdesk nightly` as a person starts it, who has told it only where the server is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    words = ["--data-dir", str(stage.folder / "by_hand"), "--outlets-dir", str(stage.lasting), "nightly"]
    with open(stage.folder / "by_hand.txt", "wb") as talk, subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *words], cwd=ROOT, env=kept | settings() | {"PREFECT_API_URL": schedule.api_url}, stdout=talk, stderr=talk,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def judged(case: str, schedule: Schedule, run_id: str, seen: str, is_right: bool) -> Outcome:
    states = states_of(schedule, run_id)
    return Outcome(case, is_right and states[-1] == "Completed" and "Crashed" not in states, f"{seen}; {' > '.join(states)}")


def caught_up(stage: Stage) -> Iterator[Outcome]:
    """A night that was due before the last one began ends under a name of its own, and stays so when nobody hears of it any more."""
    real_time = {"NIGHTDESK_NOW": ""}
    with scheduled(stage.folder, stage.folder / "schedule_caught_up", **settings()) as schedule:
        places = stage.places("caught_up", stage.short)
        schedule.ended(schedule.start("nightly", env=real_time, **places))
        run_id = schedule.start("nightly", due="2026-03-01T19:00:00+00:00", env=real_time, **places)
        schedule.ended(run_id)
        time.sleep(MARKED_WITHIN_S)
        states = states_of(schedule, run_id)
        yield Outcome("caught up, and silent since", states[-1] == "Caught up", " > ".join(states))


# ---------------------------------------------------------------- runs that die


def worker(stage: Stage) -> Iterator[Outcome]:
    """The run dies with its worker, which would have told the server."""
    with scheduled(stage.folder, stage.folder / "schedule_worker", **settings()) as schedule:
        places = stage.places("worker", stage.short)
        run_id = schedule.start("nightly", **places)
        is_on = fetching(schedule, stage.folder / "worker")
        with_worker_killed(schedule)
        yield marked("worker and run killed", schedule, run_id, is_on, places)


def pending(stage: Stage) -> Iterator[Outcome]:
    """The worker dies with a run that it has taken and not yet begun: there was no sign of life that could stop."""
    with scheduled(stage.folder, stage.folder / "schedule_pending", **settings()) as schedule:
        places = stage.places("pending", stage.short)
        run_id = schedule.start("nightly", **places)
        is_on = bool(wait_for(lambda: schedule.run(run_id)["state_type"] == "PENDING", 120))
        with_worker_killed(schedule)
        yield marked("worker killed before the run began", schedule, run_id, is_on, places, BEGUN_WITHIN_S)


def power(stage: Stage, off_s: int = 0) -> Iterator[Outcome]:
    """Everything dies at once, and the same command is started again."""
    name = f"power_{off_s}"
    home, places = stage.folder / f"schedule_{name}", stage.places(name, stage.short)
    with scheduled(stage.folder, home, **settings()) as schedule:
        run_id = schedule.start("nightly", **places)
        is_on = fetching(schedule, stage.folder / name)
        send([schedule.process.pid, *descendants(schedule.process.pid)], signal.SIGKILL)
    time.sleep(off_s)
    with scheduled(stage.folder, home, **settings()) as schedule:
        yield marked(f"power off for {off_s} s", schedule, run_id, is_on, places)


def power_long(stage: Stage) -> Iterator[Outcome]:
    return power(stage, OFF_S)


def fetching(schedule: Schedule, data_dir: Path) -> bool:
    """Whether the run has come to fetch pages, and has sent its first sign of life."""
    begun = wait_for(lambda: any(" fetch" in path.read_text(encoding="utf-8") for path in data_dir.glob("runs/*/stages.txt")), 240)
    time.sleep(5)
    return bool(begun and schedule.processes(OF_A_RUN))


def with_worker_killed(schedule: Schedule) -> None:
    """Kills the worker with everything below it in one go."""
    parents = schedule.processes("prefect --no-prompt worker start")
    send([*parents, *(child for parent in parents for child in descendants(parent))], signal.SIGKILL)


def marked(case: str, schedule: Schedule, run_id: str, is_on: bool, places: dict[str, str], within_s: float = MARKED_WITHIN_S) -> Outcome:
    """Whether the dead run becomes Crashed, and the next one comes to its end."""
    began = time.monotonic()
    ended = schedule.ended(run_id, within_s)
    after, said = time.monotonic() - began, (ended["state"] or {}).get("message")
    following = schedule.ended(schedule.start("nightly", **places), NEXT_WITHIN_S)
    is_right = is_on and ended["state_name"] == "Crashed" and following["state_name"] == "Completed"
    seen = f"{ended['state_name']} after {after:.0f} s ({said}); next run {following['state_name']} {time.monotonic() - began - after:.0f} s later"
    return Outcome(case, is_right, seen if is_on else f"the run was not on; {seen}")


CASES: dict[str, Callable[[Stage], Iterator[Outcome]]] = {
    "lasting": lasting, "caught_up": caught_up, "worker": worker, "pending": pending, "power": power, "power_long": power_long,
}


def line(outcome: Outcome) -> str:
    return f"{'✓' if outcome.is_right else '✗'} {outcome.case}: {outcome.seen}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=CASES, metavar="CASE", help=f"of {', '.join(CASES)}")
    given = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as on:
        for name in given.cases:
            for outcome in CASES[name](on):
                outcomes.append(outcome)
                print(line(outcome), file=sys.stderr, flush=True)
    print("\n".join(map(line, outcomes)))
    right = sum(outcome.is_right for outcome in outcomes)
    print(f"dead runs: {right} of {len(outcomes)} as they should be")
    return 0 if right == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
