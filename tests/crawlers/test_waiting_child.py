"""The crawl child that loads its libraries before there is a job: it gets job, log and lock later, and is never left behind."""

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from flows import early


@pytest.fixture
def waiting():
    """A child that waits, as the commands have it."""
    early._waiting.append(early.WaitingChild())
    yield early._waiting[-1]._process
    early.end()


@pytest.fixture
def job(world):
    if not (world.folder / "outlets").exists():
        site = world.serve("127.0.1.91")
        site.add_articles(2)
        world.outlet("waited", site.base)
    return world.job(f"w{time.monotonic_ns()}", outlets=["waited"])


def crawled(world, job):
    return len(world.report("waited", job.stem.removeprefix("job_")).captures)


def test_it_takes_its_job(world, job, waiting, tmp_path):
    with open(tmp_path / "crawl.log", "w") as log, open(tmp_path / "lock", "w") as lock, early.start_crawl_child(job, log, lock.fileno()) as child:
        assert child is waiting
        child.communicate(timeout=30)
    assert (child.returncode, crawled(world, job)) == (0, 2)


def test_what_it_says_of_its_job_stands_in_the_log(waiting, tmp_path):
    job = tmp_path / "none.json"
    job.write_text("{}")
    with open(tmp_path / "crawl.log", "w") as log, open(tmp_path / "lock", "w") as lock, early.start_crawl_child(job, log, lock.fileno()) as child:
        child.communicate(timeout=30)
    assert (child.returncode, "not a crawl job" in (tmp_path / "crawl.log").read_text()) == (2, True)


def test_it_holds_the_lock_for_as_long_as_it_lives(world, job, waiting, tmp_path):
    with open(tmp_path / "lock", "w") as other, open(tmp_path / "crawl.log", "w") as log:
        ours = os.open(tmp_path / "lock", os.O_RDWR)
        fcntl.flock(ours, fcntl.LOCK_EX)
        waiting.send_signal(signal.SIGSTOP)  # so that it does not end before we look
        with early.start_crawl_child(job, log, ours) as child:
            os.close(ours)
            with pytest.raises(BlockingIOError):
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child.send_signal(signal.SIGCONT)
            child.communicate(timeout=30)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert crawled(world, job) == 2


def test_one_that_died_meanwhile_is_replaced(world, job, waiting, tmp_path):
    waiting.kill()
    waiting.wait()
    with open(tmp_path / "crawl.log", "w") as log, open(tmp_path / "lock", "w") as lock, early.start_crawl_child(job, log, lock.fileno()) as child:
        assert child is not waiting
        child.communicate(timeout=30)
    assert (child.returncode, crawled(world, job)) == (0, 2)


def test_it_ends_with_its_parent_even_where_that_is_killed():
    code = "import time; from flows import early; early.begin(crawls=True); print(early._waiting[0]._process.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)


@pytest.mark.parametrize("wait_s", [0.0, 0.1, 0.2, 0.3])
def test_an_interruption_while_all_load_is_told_by_the_command_alone(wait_s):
    """Ctrl-C reaches every process of the terminal: what loads for the command says nothing, and ends with it."""
    code = (
        "import sys, time; from flows import early; early.begin(crawls=True); print(early._waiting[0]._process.pid, flush=True)\n"
        "try: time.sleep(60)\nexcept KeyboardInterrupt: sys.exit(1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as command:  # fmt: skip
        child = int(command.stdout.readline())
        time.sleep(wait_s)
        os.killpg(command.pid, signal.SIGINT)
        _, said = command.communicate(timeout=30)
    assert (command.returncode, said) == (1, "")
    assert not is_alive(child)


def test_a_command_that_ends_before_it_crawls_leaves_none():
    code = "from flows import early; early.begin(crawls=True); print(early._waiting[0]._process.pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert not is_alive(int(done.stdout))


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has asked after does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
