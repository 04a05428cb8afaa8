"""How much memory a process and its children take, as the kernel counts it. Linux only."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SAMPLE_GAP_S = 0.1
CRAWL_CHILD = "crawlers.crawl"


@dataclass
class Memory:
    """Peaks in MB: of every process by (pid, what it runs), and of the sum over all that live at one moment."""

    by_process: dict[tuple[int, str], float] = field(default_factory=dict)
    sum_mb: float = 0.0
    sums: list[float] = field(default_factory=list)

    @property
    def crawl_child_mb(self) -> float:
        return max((peak for (_, name), peak in self.by_process.items() if CRAWL_CHILD in name), default=0.0)


def watched(process: subprocess.Popen[bytes], timeout_s: float, tick: Callable[[], None] = lambda: None) -> Memory:
    """Waits for a process to end and measures meanwhile, calling `tick` at every look. Kills it and raises AssertionError after timeout_s."""
    memory, began = Memory(), time.monotonic()
    while process.poll() is None:
        if time.monotonic() - began > timeout_s:
            process.kill()
            raise AssertionError(f"the command did not end within {timeout_s:.0f} s")
        sample(memory, process.pid)
        tick()
        time.sleep(SAMPLE_GAP_S)
    return memory


def sample(memory: Memory, root: int) -> None:
    """One look at a process and all below it."""
    total = 0.0
    for pid in family(root):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            name = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue  # it has ended since it was listed
        total += kilobytes(status, "VmRSS") / 1024
        key = pid, CRAWL_CHILD if CRAWL_CHILD in name else name[:120]
        memory.by_process[key] = max(memory.by_process.get(key, 0.0), kilobytes(status, "VmHWM") / 1024)
    memory.sum_mb = max(memory.sum_mb, total)
    memory.sums.append(total)


def family(root: int) -> Iterator[int]:
    """A process and its children, and theirs."""
    yield root
    try:
        threads = list(Path(f"/proc/{root}/task").iterdir())
        children = {int(pid) for thread in threads for pid in (thread / "children").read_text().split()}
    except OSError:
        return
    for pid in children:
        yield from family(pid)


def kilobytes(status: str, key: str) -> int:
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith(key + ":")), 0)
