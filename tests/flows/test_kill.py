"""kill -9 at random moments of the demo, then the same command again: the same rows as an undisturbed run.

The moments are drawn with fixed seeds between the first sign of work and the usual end, never from the start of the process: kills that fall
into the loading of libraries prove nothing. Every second one is drawn over the stages instead of over time, as most of the time goes into
waiting for a slow outlet. The report says in which stage each kill landed.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

KILLS = 10
AT_ONCE = 4  # a demo mostly waits for its slow outlet
STAGES = 30  # recover, fetch and take in six times, check and publish, on each of two nights
# What must be equal: everything but run ids, times, and where in the WARC files the bytes lie.
COMPARED = {
    "articles": "select * exclude (run_id, capture_id, first_seen_at, last_seen_at, gone_at), gone_at is null from articles",
    "article_versions": "select * exclude (seen_at, capture_id) from article_versions",
    "captures": "select distinct outlet_id, url, final_url, http_status, payload_sha256, robots from captures",
    "links": "select outlet_id, url, state from links",
    **{name: f"select * from {name}" for name in (
        "outlets", "field_sources", "images", "copies", "mentions", "entities", "dates", "figures", "quotations", "subjects")},
    "rejections": "select distinct outlet_id, url, stage, reason from rejections",
}


def start_demo(data_dir: Path) -> subprocess.Popen:
    with open(data_dir.with_suffix(".log"), "ab") as log:
        return subprocess.Popen([sys.executable, "-m", "flows.cli", "demo", "--data-dir", str(data_dir)], stdout=log, stderr=log, start_new_session=True)


def stage_of(data_dir: Path) -> str:
    """The last stage that the newest run began, with what it is about left out."""
    files = sorted(data_dir.glob("runs/*/stages.txt"), key=lambda path: path.stat().st_mtime)
    if not files:
        return "before the first run"
    lines = files[-1].read_text().splitlines()
    night = "night 2" if len({path.parent.name[:8] for path in files}) > 1 else "night 1"
    name = lines[-1].split(" ", 1)[1] if lines else "begin"
    return f"{night}, {'take in' if name.startswith('take in') else name}"


def work_began(data_dir: Path) -> bool:
    return any(data_dir.glob("captures/*/*"))


def wait_for_a_stage(data_dir: Path, child: subprocess.Popen, number: int) -> None:
    """Until so many stages have begun, over both nights."""
    while child.poll() is None:
        if sum(len(path.read_text().splitlines()) for path in data_dir.glob("runs/*/stages.txt")) >= number:
            return
        time.sleep(0.01)


def kill_at_a_random_moment(seed: int, folder: Path, usual_s: float) -> str:
    data_dir = folder / f"killed_{seed}"
    child = start_demo(data_dir)
    draw = random.Random(seed)
    if seed % 2:
        wait_for_a_stage(data_dir, child, number=draw.randrange(2, STAGES))
        time.sleep(draw.uniform(0, 0.3))
    else:
        while not work_began(data_dir) and child.poll() is None:
            time.sleep(0.02)
        time.sleep(draw.uniform(0, usual_s))
    stage = stage_of(data_dir)
    # Only the command itself: its children must notice by themselves that it is gone.
    os.kill(child.pid, signal.SIGKILL)
    if child.wait() != -signal.SIGKILL:
        stage = "after the end"
    again = start_demo(data_dir)
    assert again.wait(timeout=400) == 0, data_dir.with_suffix(".log").read_text()[-3000:]
    return stage


def rows(database: Path) -> dict[str, Counter]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: Counter(map(repr, connection.execute(sql).fetchall())) for name, sql in COMPARED.items()}


@pytest.mark.timeout(900)
def test_a_killed_demo_goes_on_to_the_same_rows(demo_world, tmp_path, capsys):
    expected = rows(demo_world.database)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        stages = list(pool.map(lambda seed: kill_at_a_random_moment(seed, tmp_path, usual_s=22.0), range(KILLS)))
    with capsys.disabled():
        print("\nkills by stage:", dict(Counter(stages)))
    landed = [stage for stage in stages if stage not in ("before the first run", "after the end")]
    assert len(landed) >= KILLS - 2, stages
    for seed, stage in enumerate(stages):
        data_dir = tmp_path / f"killed_{seed}"
        found = rows(data_dir / "news.duckdb")
        for name, wanted in expected.items():
            assert found[name] == wanted, f"seed {seed}, killed in {stage}: {name}: {found[name] - wanted} instead of {wanted - found[name]}"
        assert not list(data_dir.rglob("*.open"))
        assert not list(data_dir.rglob("*.new"))
        with duckdb.connect(str(data_dir / "news.duckdb"), read_only=True) as connection:
            assert connection.execute("select count(*) from runs where state = 'running'").fetchall() == [(0,)]
