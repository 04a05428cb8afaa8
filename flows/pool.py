"""A pool of child processes that read pages, each with limits: a page that hangs, eats memory or crashes costs one rejection and nothing else."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from crawlers.outlet import Outlet
from flows.early import start_fork_server
from flows.inputs import Input, Outcome
from warehouse.records import Rejected

ITEMS_AT_ONCE = 8  # sent to a worker together, so that it never waits for the parent; answers come one by one
# After about so many inputs a worker is replaced by a new one. The parser keeps every element and attribute name that it has met for as long as its
# process lives, and the heap of a process that unpacks large pages stays as large as the largest: both would grow over the months of a backfill.
INPUTS_PER_WORKER = 500
GC_OBJECTS = 50_000
# A page may take this many times its CPU limit on the clock before its process is ended: the machine may be busy.
CLOCK_FACTOR = 6


Read = Callable[[Input, Path, dict[str, Outlet]], Outcome]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost: CPU seconds, and MB of address space above what an idle worker holds."""

    cpu_s: int
    memory_mb: int

    @property
    def clock_s(self) -> int:
        """Seconds on the clock after which a page is given up, whatever it does."""
        return self.cpu_s * CLOCK_FACTOR


Orders = SimpleQueue[list[Input] | None]


@dataclass(slots=True)
class Worker:
    process: BaseProcess
    pipe: Connection
    orders: Orders
    sender: Thread  # puts the orders into the pipe; ends with the order None, and where nobody reads any more
    waiting: deque[Input] = field(default_factory=deque)
    done: int = 0  # inputs that its process has read
    since: float = 0.0  # monotonic moment of the last answer or order
    is_late: bool = False  # it was ended because it took too long on the clock

    @property
    def is_spent(self) -> bool:
        """Whether the next input goes to a new process."""
        return self.done >= INPUTS_PER_WORKER


class Source:
    """What is still to be read, and how much of it a worker may hold: less towards the end, so that all workers end at about the same time."""

    def __init__(self, items: Iterable[Input], workers: int) -> None:
        self._items, self._workers = iter(items), workers
        self._left = len(items) if isinstance(items, Sized) else None

    @property
    def share(self) -> int:
        """Inputs that a worker may hold. Two at least: it reads one while its answer is taken and the next is sent."""
        return ITEMS_AT_ONCE if self._left is None else max(2, min(ITEMS_AT_ONCE, self._left // (2 * self._workers)))

    def next(self, count: int) -> list[Input]:
        """So many inputs, or those that are left."""
        taken = list(islice(self._items, max(0, count)))
        if self._left is not None:
            self._left -= len(taken)
        return taken


class ReadingPool:
    """Reads captures and import lines in child processes. Use as a context manager; it starts with the first input."""

    def __init__(self, data_dir: Path, outlets: dict[str, Outlet], limits: Limits, workers: int = 0) -> None:
        self.data_dir, self.outlets, self.limits = data_dir, outlets, limits
        self.size = workers or os.cpu_count() or 1
        # Not fork: this process has a database open. The fork server has the libraries loaded, so a killed worker is replaced at once.
        self.context = multiprocessing.get_context("forkserver")
        self.workers: list[Worker] = []
        self.is_over = False  # left while another thread was still reading: its workers are gone for good

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the workers and gives back their memory. Another `read` starts new ones."""
        self.is_over = True
        for worker in self.workers:
            close(worker)
        for worker in self.workers:
            worker.process.join(timeout=2)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self.workers.clear()

    def warm(self) -> None:
        """Lets the fork server load the libraries of the workers while this process does something else."""
        start_fork_server()

    def start(self) -> None:
        while len(self.workers) < self.size:
            self.workers.append(self.new_worker())

    def new_worker(self) -> Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=work, args=(theirs, self.data_dir, self.outlets, self.limits), daemon=True)
        process.start()
        theirs.close()
        orders: Orders = SimpleQueue()
        # A thread of its own: while a worker waits for this process to take a large answer, it reads no order, and a large order would wait for it.
        sender = Thread(target=send_orders, args=(ours, orders), daemon=True)
        sender.start()
        return Worker(process, ours, orders, sender)

    def read(self, items: Iterable[Input]) -> Iterator[tuple[Input, Outcome]]:
        """Each input with its outcome, in the order in which they are ready."""
        self.is_over = False
        self.start()
        source = Source(items, self.size)
        for worker in self.workers:
            self.order(worker, source)
        while any(worker.waiting for worker in self.workers):
            for worker in self.ready():
                yield from self.take(worker, source)

    def order(self, worker: Worker, source: Source) -> None:
        """Sends the worker as many inputs as it may hold. Where it has just died, `take` sees that and gives its inputs to a new one."""
        fresh = source.next(source.share - len(worker.waiting))
        if fresh:
            if worker.is_spent:
                self.replace(worker)
            worker.since = worker.since if worker.waiting else time.monotonic()
            worker.waiting.extend(fresh)
            worker.orders.put(fresh)

    def ready(self) -> list[Worker]:
        """Workers that answered, died, or are over their time."""
        busy = [worker for worker in self.workers if worker.waiting]
        seen = wait([worker.pipe for worker in busy], timeout=1.0)
        for worker in busy:
            if worker.pipe not in seen and time.monotonic() - worker.since > self.limits.clock_s:
                worker.is_late = True
                worker.process.kill()  # the one signal that also ends a process that was stopped
        return [worker for worker in busy if worker.pipe in seen]

    def take(self, worker: Worker, source: Source) -> Iterator[tuple[Input, Outcome]]:
        try:
            outcome = worker.pipe.recv()
        except (EOFError, OSError):  # it died, perhaps in the middle of an answer
            if self.is_over:
                raise
            verdict = self.verdict(worker)
            item = worker.waiting.popleft()
            self.replace(worker)
            yield item, verdict
        else:
            worker.since, worker.done = time.monotonic(), worker.done + 1
            yield worker.waiting.popleft(), outcome
        # Refilled at half, not after each answer, to exchange few and large messages. One that has done its share first finishes what it has.
        if len(worker.waiting) <= (0 if worker.is_spent else source.share // 2):
            self.order(worker, source)

    def verdict(self, worker: Worker) -> Rejected:
        """Why a worker died over the first of its inputs."""
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        if worker.is_late:
            return Rejected("extract", "extract_timeout", f"reading the page took more than {self.limits.clock_s} s on the clock")
        if code == -signal.SIGXCPU:
            return Rejected("extract", "extract_timeout", f"reading the page took more than {self.limits.cpu_s} s of CPU time")
        return Rejected("extract", "extract_crashed", f"the process that read the page ended with status {code}")

    def replace(self, worker: Worker) -> None:
        """Puts a new process in the place of one that is dead or has done its share, and gives it what was waiting."""
        close(worker)
        fresh = self.new_worker()
        worker.process, worker.pipe, worker.orders, worker.sender = fresh.process, fresh.pipe, fresh.orders, fresh.sender
        worker.done, worker.since, worker.is_late = 0, time.monotonic(), False
        if worker.waiting:
            worker.orders.put(list(worker.waiting))


def send_orders(pipe: Connection, orders: Orders) -> None:
    """Hands the orders to a worker, until there are no more or it is dead."""
    try:
        while (items := orders.get()) is not None:
            pipe.send(items)
    except OSError:  # a broken pipe: whoever reads its answers sees that it has died, and what it was given is still known
        return


def close(worker: Worker) -> None:
    """Ends the talk with a worker. One that still has something to do is dead already, or nobody waits for it any more."""
    if worker.waiting:
        worker.process.kill()
    worker.orders.put(None)
    worker.sender.join()
    worker.pipe.close()


def work(pipe: Connection, data_dir: Path, outlets: dict[str, Outlet], limits: Limits) -> None:
    """The life of a worker: reads what comes until the parent closes the pipe or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides what an interruption means.
    from flows.reading import read  # the fork server has it already; the parent, which imports this module too, never needs it

    # What the fork server loaded stays, and a page makes ten thousands of objects of which nearly none are in cycles: with Python's own threshold
    # of 700 the search for cycles took 4 % of the CPU time of reading (300 public pages, in turn).
    gc.freeze()
    gc.set_threshold(GC_OBJECTS)
    limit_memory(limits.memory_mb)
    try:
        while True:
            for item in pipe.recv():
                allow_cpu(limits.cpu_s)
                pipe.send(read_within(read, item, data_dir, outlets, limits))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def read_within(read: Read, item: Input, data_dir: Path, outlets: dict[str, Outlet], limits: Limits) -> Outcome:
    with suppress(MemoryError):  # Behind this block nothing holds the page any more: to say what happened takes memory, too.
        try:
            return read(item, data_dir, outlets)
        except RecursionError:
            return Rejected("extract", "extract_too_deep", "the page is nested too deeply")
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - The wall between one page and the run: whatever a page does, it is one row in `rejections`.
            return Rejected("extract", "extract_failed", f"{type(error).__name__}: {error}"[:500])
    return Rejected("extract", "extract_memory", f"reading the page took more than {limits.memory_mb} MB")


def allow_cpu(seconds: int) -> None:
    """Lets this process use so many more CPU seconds; the kernel ends it with SIGXCPU after that, whatever C code it is in."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def limit_memory(above_idle_mb: int) -> None:
    """Bounds the address space. Only where the system says how much is used now (Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (above_idle_mb << 20), hard))
