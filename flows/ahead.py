"""Reading ahead: while outlets are crawled and articles are loaded, pages that lie on the disk by then are read."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from queue import Empty, Queue

from flows.inputs import Input, Outcome
from flows.pool import ReadingPool
from flows.progress import Bar
from warehouse.records import Capture, CrawlReport

PAGES_PER_BATCH = 100  # pages read before one transaction; bounds the memory of a large outlet
LOOK_S = 0.1
# Of outlets that are still being crawled: pages whose outcomes may wait in memory for the report, pages that may wait to be read (those beyond
# are read when the report is there), and pages that are read in one go, for whose end a report has to wait.
EARLY_MAX = 200
EARLY_WAITING_MAX = 1_000
EARLY_AT_ONCE = 32

Found = list[tuple[Input, Outcome]]
NONE_EARLY: Mapping[str, Outcome] = {}


class Reading:
    """The inputs of each batch, read in the background from now on, a batch at a time. One reading uses a pool at a time.

    `early` are outcomes that are known by now, by capture id: these pages are not read again.
    """

    def __init__(self, pool: ReadingPool, parts: Sequence[Sequence[Input]], early: Mapping[str, Outcome] = NONE_EARLY) -> None:
        self._parts, self._early = parts, early
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
                found: Found = [(each, early) for each in inputs if (early := self._outcome_of(each)) is not None]
                self._done += len(found)
                for outcome in pool.read([each for each in inputs if self._outcome_of(each) is None]):
                    found.append(outcome)
                    self._done += 1
                self._read.put(found)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the outcomes are awaited
            self._read.put(error)

    def _outcome_of(self, item: Input) -> Outcome | None:
        return self._early.get(item.capture_id) if isinstance(item, Capture) else None


class EarlyReading:
    """Reads pages whose outlets are still being crawled, where nothing else uses the pool, and keeps what came out for the outlets' reports.

    A page is read once: what a report's own reading does not find here, it reads itself.
    """

    def __init__(self, pool: ReadingPool) -> None:
        self._pool = pool
        self._waiting: dict[str, Capture] = {}  # by capture id
        self._outcomes: dict[str, Outcome] = {}
        self._reading: Reading | None = None

    def offer(self, captures: Sequence[Capture]) -> None:
        """Takes note of pages that are on the disk."""
        room = EARLY_WAITING_MAX - len(self._waiting)
        self._waiting |= {capture.capture_id: capture for capture in captures[:max(0, room)]}

    def go_on(self) -> None:
        """Begins to read some pages, or takes what has been read. Does not wait."""
        if self._reading and self._reading.is_over:
            self.wait()
        if self._reading is None and self._waiting and len(self._outcomes) < EARLY_MAX:
            some = list(islice(self._waiting.values(), EARLY_AT_ONCE))
            self._reading = Reading(self._pool, [some])

    def wait(self) -> None:
        """Until the pool is free. Raises what went wrong while reading."""
        if self._reading is None:
            return
        for found in self._reading.batches(Bar()):
            for item, outcome in found:
                assert isinstance(item, Capture)
                self._waiting.pop(item.capture_id, None)
                self._outcomes[item.capture_id] = outcome
        self._reading.wait()
        self._reading = None

    def give(self, report: CrawlReport) -> dict[str, Outcome]:
        """The outcomes of pages of the report, by capture id; they and the pages of the outlet that still wait are forgotten here."""
        given = {}
        for capture in report.captures:
            self._waiting.pop(capture.capture_id, None)
            if (outcome := self._outcomes.pop(capture.capture_id, None)) is not None:
                given[capture.capture_id] = outcome
        return given


def in_batches(captures: tuple[Capture, ...]) -> list[tuple[Capture, ...]]:
    """A report without captures has one empty batch: its links and rejections need one."""
    return [captures[start:start + PAGES_PER_BATCH] for start in range(0, len(captures), PAGES_PER_BATCH)] or [()]


def read_ahead(pool: ReadingPool, reports: Iterable[CrawlReport | Sequence[Capture]]) -> Iterator[tuple[CrawlReport, Reading]]:
    """Each report with its reading. The reading of the next report, where there is one yet, has begun by then.

    While `reports` has no report it gives the captures that have come in since (often none): the pool reads them before their report is there,
    and what is read whole is given away without waiting for the next report.
    """
    ahead: tuple[CrawlReport, Reading] | None = None
    early = EarlyReading(pool)
    for report in reports:
        is_free = ahead is None or ahead[1].is_over
        if not isinstance(report, CrawlReport):
            early.offer(report)
            if is_free:
                early.go_on()
            if ahead and (is_free or not ahead[1].is_of_one_batch):
                yield ahead
                ahead = None
            continue
        if ahead and not ahead[1].is_of_one_batch:
            yield ahead
            ahead = None
        if ahead:
            ahead[1].wait()
        early.wait()
        fresh = (report, Reading(pool, in_batches(report.captures), early.give(report)))
        if ahead:
            yield ahead
        ahead = fresh
    early.wait()  # whoever reads next has the pool alone
    if ahead:
        yield ahead
