"""The kill matrix: every write, flush and rename of the stages that change a database file is killed, or refused for want of room or by a
failing disk; then the file is looked at, and the stage is done again.

    python tests/kill_matrix.py                                  # all stages, every point; some minutes
    python tests/kill_matrix.py --stage publish --fault ENOSPC
    python tests/kill_matrix.py --variant renames_nothing        # a program broken on purpose: must end with status 1

Two ways lead to the points. `strace` strikes system calls of the database engine and of our own code on the files of the data folder, one by
one. `failpoints` needs no tool: it strikes our own calls (os.replace, os.fsync ...) and stands between any two statements.

After each: nothing acknowledged is lost, nothing is there twice or half, the published file opens and is whole, the repeat comes to the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
from loopback import one_stage
from loopback.old_files import make_old_file, rows_of
from loopback.one_stage import Order

from warehouse.errors import NightdeskError
from warehouse.settings import Settings

CHILD = Path(one_stage.__file__)
# System calls that write, flush, name or cut a file.
CALLS = tuple(
    "write pwrite64 writev pwritev pwritev2 sendfile copy_file_range fsync fdatasync sync_file_range msync rename renameat renameat2 link linkat unlink"
    " unlinkat ftruncate fallocate".split()
)
FAULTS = {"strace": ("KILL", "ENOSPC", "EIO"), "failpoints": ("kill before", "kill after", "kill half", "ENOSPC", "EIO")}
# Set by the comparison of copies and the fold of events at the end of the load, which are not part of a batch.
BY_COPIES = frozenset({"copy_id", "is_original"})
OF_COPIES = ("copies", "copies_pending", "copy_edges", "text_sketches", "copy_aliases", "hot_fingerprints", "translation_pairs",
             "event_folds", "folds_pending")


@dataclass(frozen=True)
class Point:
    """One fault: the n-th call of a kind in a stage."""

    stage: str
    way: str  # strace | failpoints
    calls: str
    fault: str
    number: int


@dataclass
class World:
    """A stage's folder before it, and the rows of the files in every state that is allowed after it."""

    folder: Path
    work: list = field(default_factory=list)  # by number of batches; for a migration before and after
    published: list = field(default_factory=list)


def paths_of(folder: Path) -> list[Path]:
    names = ("work.duckdb", "work.duckdb.wal", "work.duckdb.new", "work.duckdb.new.wal", "spare.duckdb", "spare.refused")
    return [folder, folder / "work", *(folder / "work" / name for name in names), *(folder / name for name in ("news.duckdb", "news.duckdb.new", "news.duckdb.wal"))]


# ---------------------------------------------------------------- the children


class Forge:
    """Makes children one after the other. One for each worker."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
        self.process = subprocess.Popen([sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def run(self, order: Order, calls: str = "", inject: str = "", log: Path | None = None) -> int:
        """How the child of the order ended: 0, 3, or minus the signal. With `log` its system calls on the files of the data folder are traced."""
        if log:
            order = replace(order, is_stopped=True)
        self.process.stdin.write(json.dumps(asdict(order)) + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        tracer = traced(child, Path(order.data_dir), calls, inject, log) if log else None
        status = int(self.process.stdout.readline())
        if tracer:
            tracer.wait(30)
        return status

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


def traced(child: int, folder: Path, calls: str, inject: str, log: Path) -> subprocess.Popen[bytes]:
    """A tracer that has taken hold of the stopped child, which goes on."""
    wait_for(child, "State", "T")
    only = [word for path in paths_of(folder) for word in ("-P", str(path))]
    fault = [f"--inject={calls}:{inject}"] if inject else []
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", str(log), *only, f"--trace={calls}", *fault, "-p", str(child)], stderr=subprocess.DEVNULL)
    wait_for(child, "TracerPid", str(tracer.pid))
    os.kill(child, signal.SIGCONT)
    return tracer


def wait_for(process: int, line: str, word: str) -> None:
    """Until the kernel says so of the process."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = re.search(rf"^{line}:\s+(\w+)", Path(f"/proc/{process}/status").read_text(), re.M)
        if found and found[1] == word:
            return
        time.sleep(0.002)
    raise TimeoutError(f"{line} of process {process} did not become {word}")


def acknowledged_in(folder: Path) -> list[str]:
    """What the program said was done. A repeat says it again."""
    file = Order("", str(folder)).acknowledged
    return sorted(set(file.read_text().split())) if file.exists() else []


# ---------------------------------------------------------------- the worlds before


def worlds(forge: Forge, root: Path, stages: list[str]) -> dict[str, World]:
    """The folder of each stage before it, and what is allowed after it, from undisturbed runs."""
    made = {}
    for stage in stages:
        folder = root / f"{stage}_before"
        folder.mkdir(parents=True)
        settings = Settings(data_dir=folder)
        if stage == "migrate":
            make_old_file(settings, 2)
        elif stage != "create":
            run_to_end(forge, folder, "migrate")
        if stage in ("publish", "publish_whole", "restore"):
            run_to_end(forge, folder, "publish")
            run_to_end(forge, folder, "load")
        if stage in ("publish", "publish_whole"):
            run_to_end(forge, folder, "publish")
            assert (folder / "work" / "spare.duckdb").exists(), "there is a spare file to write into"
            run_to_end(forge, folder, "load_more")
        if stage == "publish_whole":
            (folder / "work" / "spare.duckdb").unlink()
        world = World(folder)
        note_states(forge, world, stage, root)
        made[stage] = world
    return made


def run_to_end(forge: Forge, folder: Path, stage: str) -> None:
    order = Order(stage, str(folder))
    assert forge.run(order) == 0, order.said.read_text()
    order.acknowledged.unlink(missing_ok=True)


def note_states(forge: Forge, world: World, stage: str, root: Path) -> None:
    """The rows before and after; of a load after each batch."""
    left_out = BY_COPIES if stage == "load" else frozenset()
    work = "work/work.duckdb"
    if stage == "load":
        for batches in range(one_stage.BATCHES + 1):
            folder = copy_of(world.folder, root / f"load_{batches}")
            run_to_end(forge, folder, f"load:{batches}")
            world.work.append(rows_of(folder / work, left_out))
        return
    after = copy_of(world.folder, root / f"{stage}_after")
    run_to_end(forge, after, stage)
    for folder in (world.folder, after):
        world.work.append(rows_of(folder / work) if (folder / work).exists() else None)
        world.published.append(rows_of(folder / "news.duckdb") if (folder / "news.duckdb").exists() else None)
    if stage == "restore":  # the damaged file is not one whose rows could be read
        damaged = world.folder / work
        damaged.write_bytes(b"damaged" + damaged.read_bytes()[7:])
        world.work[0] = None


def copy_of(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


# ---------------------------------------------------------------- what must hold


def faults_of(world: World, stage: str, folder: Path, *, ended: bool) -> Iterator[str]:
    """What is wrong with the files; `ended` says that the stage came to its end, by a repeat or in spite of the fault."""
    acknowledged = acknowledged_in(folder)
    try:
        if stage == "load":
            yield from wrong_load(world, folder, acknowledged, ended=ended)
            return
        work, published = folder / "work" / "work.duckdb", folder / "news.duckdb"
        if stage == "restore":
            yield from wrong_restore(world, folder, ended=ended or bool(acknowledged))
        elif stage in ("publish", "publish_whole"):
            if ended and work.read_bytes() != published.read_bytes():
                yield "the published file is not the working database"
            if rows_of(work) not in world.work:
                yield "the working database is neither as before nor as after"
        else:
            allowed = world.work[1:] if ended or acknowledged else world.work
            if not (work.exists() or None in allowed):
                yield "the working database is gone"
            elif work.exists() and rows_of(work) not in allowed:
                yield "the working database is neither as before nor as after"
        if world.published[0] is not None:
            allowed = world.published[1:] if ended or acknowledged else world.published
            if rows_of(published) not in allowed:
                yield "the published file is neither as before nor as after" if not acknowledged else "what was acknowledged as published is not there"
    except duckdb.Error as error:
        yield f"a file does not open: {str(error).splitlines()[0]}"


def wrong_load(world: World, folder: Path, acknowledged: list[str], *, ended: bool) -> Iterator[str]:
    found = rows_of(folder / "work" / "work.duckdb", BY_COPIES)
    batches = found["load_log"].total()
    if batches < len(acknowledged):
        yield f"{len(acknowledged)} batches were acknowledged and {batches} are there"
    if ended and batches != one_stage.BATCHES:
        yield f"{batches} batches after the end"
    wanted = world.work[batches]
    # A run that was killed before its first batch has its row or has none yet.
    tables = [name for name in wanted if name not in OF_COPIES and (name != "runs" or batches)]
    yield from (f"{name} is not as after {batches} batches: {(found[name] - wanted[name]).total()} too many, {(wanted[name] - found[name]).total()} missing"
                for name in tables if found[name] != wanted[name])
    if ended:
        yield from (f"{name} differs after the end" for name in OF_COPIES if name in wanted and found[name] != world.work[-1][name])


def wrong_restore(world: World, folder: Path, *, ended: bool) -> Iterator[str]:
    work, before = folder / "work" / "work.duckdb", (world.folder / "work" / "work.duckdb").read_bytes()
    is_before = work.exists() and work.read_bytes() == before
    if ended and is_before:
        yield "the damaged database is still in its place"
    if not is_before and (not work.exists() or rows_of(work) != world.work[1]):
        yield "the working database is neither the damaged nor the restored one"
    if not is_before and not any(path.read_bytes() == before for path in folder.glob("work/set_aside/*/work.duckdb")):
        yield "the damaged database was not kept"


# ---------------------------------------------------------------- one point


@dataclass(frozen=True)
class Result:
    point: Point
    landed: bool
    wrong: tuple[str, ...]


def strike(forge: Forge, point: Point, world: World, root: Path, variant: str) -> Result:
    """One fault in a copy of the world, what is wrong after it, and after the repeat."""
    folder = copy_of(world.folder, Path(tempfile.mkdtemp(dir=root)) / "data")
    log = folder.with_suffix(".strace")
    order = Order(point.stage, str(folder), variant)
    if point.way == "strace":
        kind = "signal=KILL" if point.fault == "KILL" else f"error={point.fault}"
        status = forge.run(order, point.calls, f"{kind}:when={point.number}", log)
        landed = status == -signal.SIGKILL if point.fault == "KILL" else "(INJECTED)" in log.read_text(errors="replace")
    else:
        status = forge.run(replace(order, at=point.number, fault=point.fault))
        landed = status == (-signal.SIGKILL if point.fault.startswith("kill") else 3)
    wrong = list(faults_of(world, point.stage, folder, ended=status == 0))
    if status not in (0, 3, -signal.SIGKILL):
        wrong.append(f"the program left with {status}")
    try:
        one_stage.STAGES[point.stage](Settings(data_dir=folder, memory_limit_mb=512), order.acknowledged)
    except (NightdeskError, OSError, duckdb.Error) as error:
        wrong.append(f"the repeat failed: {error}")
    else:
        wrong += [f"after the repeat: {each}" for each in faults_of(world, point.stage, folder, ended=True)]
        wrong += [f"left over: {path.name}" for path in folder.rglob("*.new*")]
    shutil.rmtree(folder.parent)
    return Result(point, landed, tuple(wrong))


def points_of(forge: Forge, stage: str, world: World, root: Path, ways: list[str], wanted: list[str]) -> Iterator[Point]:
    """Every point of the stage, by counting the calls of an undisturbed run."""
    for way in ways:
        for fault in FAULTS[way]:
            if wanted and fault not in wanted:
                continue
            folder = copy_of(world.folder, Path(tempfile.mkdtemp(dir=root)) / "data")
            order, log = Order(stage, str(folder)), folder.with_suffix(".strace")
            if way == "failpoints":
                forge.run(replace(order, at=-1, fault=fault))
                yield from (Point(stage, way, "ours", fault, number) for number in range(1, int(order.said.read_text()) + 1))
                continue
            forge.run(order, ",".join(CALLS), "", log)
            counts = Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(errors="replace"), re.M))
            yield from (Point(stage, way, name, fault, number) for name in CALLS for number in range(1, counts[name] + 1))


def has_strace() -> str | None:
    """None where strace can inject faults here, else why not."""
    if not shutil.which("strace"):
        return "strace is not installed"
    done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "--inject=fsync:error=EIO:when=1", "true"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"strace cannot trace here: {done.stderr.strip().splitlines()[-1]}"


# ---------------------------------------------------------------- the program


def matrix(stages: list[str], ways: list[str], faults: list[str], variant: str, every: int, at_once: int, say=print) -> list[Result]:
    """Every `every`-th point of the stages."""
    results: list[Result] = []
    forges: queue.SimpleQueue[Forge] = queue.SimpleQueue()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        root, first = Path(name).resolve(), Forge()
        for forge in (first, *(Forge() for _ in range(at_once - 1))):
            stack.callback(forge.close)
            forges.put(forge)
        pool = stack.enter_context(ThreadPoolExecutor(at_once))

        def one(point: Point, world: World) -> Result:
            forge = forges.get()
            try:
                return strike(forge, point, world, root, variant)
            finally:
                forges.put(forge)

        for stage, world in worlds(first, root, stages).items():
            points = list(points_of(first, stage, world, root, ways, faults))[::every]
            found = list(pool.map(one, points, [world] * len(points)))
            results += found
            say(f"{stage}: {len(found)} points, {sum(each.landed for each in found)} landed, {sum(bool(each.wrong) for each in found)} wrong", flush=True)
    return results


def table(results: list[Result]) -> str:
    lines = [f"{'stage':<15}{'way':<12}{'calls':<17}{'fault':<12}{'points':>7}{'landed':>7}{'wrong':>7}"]
    groups: dict[tuple[str, ...], list[Result]] = {}
    for each in results:
        groups.setdefault((each.point.stage, each.point.way, each.point.calls, each.point.fault), []).append(each)
    for (stage, way, calls, fault), group in groups.items():
        landed, wrong = sum(each.landed for each in group), sum(bool(each.wrong) for each in group)
        lines.append(f"{stage:<15}{way:<12}{calls:<17}{fault:<12}{len(group):>7}{landed:>7}{wrong:>7}")
    landed = Counter(each.point.stage for each in results if each.landed)
    lines.append(f"landed by stage: {', '.join(f'{stage} {number}' for stage, number in landed.items())}; "
                 f"wrong: {sum(bool(each.wrong) for each in results)} of {len(results)}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", action="append", choices=list(one_stage.STAGES), help="only this stage; may be given several times")
    parser.add_argument("--way", action="append", choices=list(FAULTS), help="strace or failpoints (default: both where strace is there)")
    parser.add_argument("--fault", action="append", help="KILL, ENOSPC, EIO; kill before, kill after, kill half")
    parser.add_argument("--variant", default="sound", choices=list(one_stage.VARIANTS), help="a program broken on purpose")
    parser.add_argument("--every", type=int, default=1, help="only every n-th point")
    parser.add_argument("--at-once", type=int, default=2)
    asked = parser.parse_args()
    ways = asked.way or list(FAULTS)
    if "strace" in ways and (why := has_strace()):
        print(f"Without the calls of the engine: {why}. Failpoints only.")
        ways = ["failpoints"]
    results = matrix(asked.stage or list(one_stage.STAGES), ways, asked.fault or [], asked.variant, asked.every, asked.at_once)
    for each in [each for each in results if each.wrong][:20]:
        print(f"WRONG {each.point}: {'; '.join(each.wrong[:3])}")
    print(table(results))
    return int(any(each.wrong for each in results))


if __name__ == "__main__":
    sys.exit(main())
