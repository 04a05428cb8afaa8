"""Reading ahead: while some articles are loaded, the pages of the next ones are read."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from queue import Empty, Queue

from flows.inputs import Input, Outcome
from flows.pool import ReadingPool
from flows.progress import Bar
from warehouse.records import Capture, CrawlReport

PAGES_PER_BATCH = 100  # pages read before one transaction; bounds the memory of a large outlet
LOOK_S = 0.1

Found = list[tuple[Input, Outcome]]


class Reading:
    """The inputs of each batch, read in the background from now on, a batch at a time. One reading uses a pool at a time."""

    def __init__(self, pool: ReadingPool, parts: Sequence[Sequence[Input]]) -> None:
        self._parts = parts
        self._read: Queue[Found | BaseException] = Queue(maxsize=1)  # so that at most two batches are in memory
        self._done = 0
        self._thread = threading.Thread(target=self._work, args=(pool,), daemon=True, name="reading")
        self._thread.start()

    @property
    def is_of_one_batch(self) -> bool:
        return len(self._parts) == 1

    @property
    def is_over(self) -> bool:
        """Whether the pool is free for the next reading."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Until the pool is free. Of a reading of several batches nobody may wait for that before taking them."""
        self._thread.join()

    def batches(self, bar: Bar) -> Iterator[Found]:
        """The outcomes of each batch as soon as it is read. Raises what went wrong while reading."""
        for _ in self._parts:
            found = self._next(bar)
            if isinstance(found, BaseException):
                raise found
            yield found
        bar.set(done=self._done)

    def _next(self, bar: Bar) -> Found | BaseException:
        while True:
            bar.set(done=self._done)
            try:
                return self._read.get(timeout=LOOK_S)
            except Empty:
                continue

    def _work(self, pool: ReadingPool) -> None:
        try:
            for inputs in self._parts:
                found: Found = []
                for each in pool.read(inputs):
                    found.append(each)
                    self._done += 1
                self._read.put(found)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the outcomes are awaited
            self._read.put(error)


def in_batches(captures: tuple[Capture, ...]) -> list[tuple[Capture, ...]]:
    """A report without captures has one empty batch: its links and rejections need one."""
    return [captures[start:start + PAGES_PER_BATCH] for start in range(0, len(captures), PAGES_PER_BATCH)] or [()]


def read_ahead(pool: ReadingPool, reports: Iterable[CrawlReport | None]) -> Iterator[tuple[CrawlReport, Reading]]:
    """Each report with its reading. The reading of the next report, where there is one yet, has begun by then.

    `reports` gives None while it has nothing: what is read is then given away without waiting for the next report.
    """
    ahead: tuple[CrawlReport, Reading] | None = None
    for report in reports:
        if report is None:
            if ahead and (ahead[1].is_over or not ahead[1].is_of_one_batch):
                yield ahead
                ahead = None
            continue
        if ahead and not ahead[1].is_of_one_batch:
            yield ahead
            ahead = None
        if ahead:
            ahead[1].wait()
        fresh = (report, Reading(pool, in_batches(report.captures)))
        if ahead:
            yield ahead
        ahead = fresh
    if ahead:
        yield ahead
