"""`python tests/schedule_faults.py`: a nightly flow is killed, told to end, or loses its server, and the next one must make all good.

A real Prefect server and worker, brought up by `nightdesk schedule`, run the night of the sample world. At each of ten moments (from the first
stage to publishing) the process of the run gets SIGKILL, or SIGTERM, or the server is killed with SIGKILL. Then the next run is scheduled. After
it, every table of what was found must hold the rows of a night that nothing disturbed (all columns but run ids and times), which was made
without Prefect. A fault counts only where the run was still going on when it struck.

    python tests/schedule_faults.py                   # thirty faults; forty minutes
    python tests/schedule_faults.py --moments 2       # six

Exit status 0 only where all rows are the same and all faults struck.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from loopback.scheduled import ROOT, Schedule, differences, scheduled, send, wait_for

from crawlers.sample_world.server import serve
from crawlers.sample_world.world import NIGHTS

OUTLETS = ROOT / "crawlers" / "sample_world" / "outlets"
# (a stage that has begun, how often it has, seconds after that)
MOMENTS: tuple[tuple[str, int, float], ...] = (
    ("recover", 1, 0.0), ("fetch", 1, 0.0), ("fetch", 1, 1.5), ("fetch", 1, 3.0), ("take in", 1, 0.0), ("fetch", 2, 0.1), ("take in", 3, 0.0),
    ("take in", 6, 0.0), ("check and publish", 1, 0.0), ("check and publish", 1, 0.3),
)
FAULTS = ("SIGKILL", "SIGTERM", "server loss")
OF_A_RUN = "prefect.engine"  # in the command line of a run's process


@dataclass(frozen=True)
class Outcome:
    """What became of one fault: whether it struck while the run was on, how that run and the next one ended, and which tables differ."""

    fault: str
    moment: str
    struck: bool
    first: str
    second: str
    differs: list[str]

    @property
    def is_right(self) -> bool:
        return self.struck and self.second == "Completed" and not self.differs


def undisturbed(folder: Path, proxy_url: str) -> Path:
    """The database of two nights at one moment without Prefect: the second one finds nothing new."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    settings = settings_of(proxy_url) | {"NIGHTDESK_DATA_DIR": str(folder / "plain"), "NIGHTDESK_OUTLETS_DIR": str(OUTLETS)}
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "flows.cli", "nightly"], cwd=ROOT, env=kept | settings, check=True, capture_output=True)
    return folder / "plain" / "news.duckdb"


def settings_of(proxy_url: str) -> dict[str, str]:
    return {"NIGHTDESK_PROXY_URL": proxy_url, "NIGHTDESK_WORKERS": "1", "NIGHTDESK_NOW": NIGHTS[0].isoformat()}


def has_begun(data_dir: Path, stage: str, times: int) -> bool:
    """Whether a stage of the first run in the folder has begun so often."""
    begun = [line for path in data_dir.glob("runs/*/stages.txt") for line in path.read_text(encoding="utf-8").splitlines()]
    return sum(line.split(" ", 1)[1].startswith(stage) for line in begun if " " in line) >= times


def strike(schedule: Schedule, fault: str) -> int:
    if fault == "server loss":
        return send(schedule.processes("prefect --no-prompt server start"), signal.SIGKILL)
    return send(schedule.processes(OF_A_RUN)[:1], signal.Signals[fault])


def disturbed(schedule: Schedule, folder: Path, fault: str, moment: tuple[str, int, float], wanted: Path) -> Outcome:
    """One run that is struck at a moment, and the next one."""
    stage, times, after_s = moment
    data_dir = folder / f"{fault.replace(' ', '_')}-{stage.replace(' ', '_')}-{times}-{after_s}"
    places = {"data_dir": str(data_dir), "outlets_dir": str(OUTLETS)}
    run_id = schedule.start("nightly", **places)
    wait_for(lambda: has_begun(data_dir, stage, times), 240)
    time.sleep(after_s)
    is_on = bool(schedule.processes(OF_A_RUN))
    struck = strike(schedule, fault) > 0 and is_on
    first = schedule.ended(run_id)
    second = schedule.ended(schedule.start("nightly", **places))
    database = data_dir / "news.duckdb"
    differs = differences(wanted, database) if database.exists() else ["nothing was published"]
    return Outcome(fault, f"{stage} {times} + {after_s:g} s", struck, first["state_name"], second["state_name"], differs)


def run(folder: Path, moments: int, faults: tuple[str, ...] = FAULTS) -> list[Outcome]:
    """The outcome of each fault at so many moments, spread over the run."""
    chosen = [MOMENTS[round(at * (len(MOMENTS) - 1) / max(1, moments - 1))] for at in range(moments)]
    outcomes = []
    with serve() as world:
        wanted = undisturbed(folder, world.proxy_url)
        with scheduled(folder, folder / "schedule", **settings_of(world.proxy_url)) as schedule:
            whole = folder / "whole"
            for _ in range(2):
                ended = schedule.ended(schedule.start("nightly", data_dir=str(whole), outlets_dir=str(OUTLETS)))
            outcomes.append(Outcome("none", "through Prefect", True, "Completed", ended["state_name"], differences(wanted, whole / "news.duckdb")))
            for moment in chosen:
                for fault in faults:
                    outcomes.append(disturbed(schedule, folder, fault, moment, wanted))
                    print(line(outcomes[-1]), file=sys.stderr, flush=True)
    return outcomes


def line(outcome: Outcome) -> str:
    rows = "; ".join(outcome.differs) or "the same rows"
    struck = "" if outcome.struck else ", but the run was over"
    return (f"{'✓' if outcome.is_right else '✗'} {outcome.fault:<11} at {outcome.moment:<25} first run {outcome.first}{struck}, "
            f"next run {outcome.second}: {rows}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=len(MOMENTS), choices=range(1, len(MOMENTS) + 1), metavar="N", help="of each kind of fault")
    parser.add_argument("--faults", nargs="+", default=list(FAULTS), choices=FAULTS, metavar="FAULT", help=f"of {', '.join(FAULTS)}")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = run(Path(folder), given.moments, tuple(given.faults))
    print("\n".join(map(line, outcomes)))
    right, struck = sum(each.is_right for each in outcomes), sum(each.struck for each in outcomes)
    print(f"schedule faults: {right} of {len(outcomes)} with the rows of an undisturbed night; {struck - 1} of {len(outcomes) - 1} faults struck a run")
    return 0 if right == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
