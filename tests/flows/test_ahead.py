"""Reading ahead: pages are read once, some of them before their outlet's crawl has ended, and what comes out is what a reading afterwards gives."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from crawlers.lanes import ProgressLines
from crawlers.outlet import Outlet
from crawlers.report import Ledger, captures_in
from flows.ahead import EARLY_MAX, EARLY_WAITING_MAX, EarlyReading, Reading, in_batches, read_ahead
from flows.pool import ITEMS_AT_ONCE, Limits, ReadingPool, Source
from flows.progress import Bar
from warehouse.captures import CaptureWriter
from warehouse.records import ArticleReading, CrawlReport, HttpResponse, Link

MOMENT = datetime(2026, 2, 3, 1, tzinfo=UTC)
OUTLETS = {name: Outlet(name, "Sample", f"https://{name}.example/", "MM", "en", "Asia/Yangon", (f"{name}.example",)) for name in ("pier", "quay")}
STORY = "The pier in the old harbour was opened again on Saturday, the town committee said. " * 5


class CountingPool(ReadingPool):
    """A pool that counts how often each capture was given to it."""

    def __init__(self, *arguments):
        super().__init__(*arguments, workers=2)
        self.given = Counter()

    def read(self, items):
        self.given.update(item.capture_id for item in items)
        yield from super().read(items)


@pytest.fixture
def pool(tmp_path):
    with CountingPool(tmp_path, OUTLETS, Limits(cpu_s=60, memory_mb=1500)) as pool:
        yield pool


def writer_of(pool, outlet_id):
    return CaptureWriter(pool.data_dir / "captures", outlet_id, "run-1", date(2026, 2, 3))


def kept(writer, outlet_id, count):
    """So many pages in the open file of an outlet; the last one has no text."""
    pages = [
        HttpResponse(outlet_id, url := f"https://{outlet_id}.example/news/{number}", url, MOMENT, 200, (("Content-Type", "text/html"),), (
            f"<html><body><article><h1>Pier {number} opens again</h1><p>{STORY if number < count - 1 else ''}</p></article></body></html>".encode()
        ), "allowed", "run-1") for number in range(count)
    ]
    return writer.write_all(pages)


def outcomes_of(reading):
    return {item.capture_id: outcome for found in reading.batches(Bar()) for item, outcome in found}


def test_pages_are_read_once_and_before_their_report_is_there(pool):
    writers = {outlet_id: writer_of(pool, outlet_id) for outlet_id in OUTLETS}
    captures = {outlet_id: kept(writers[outlet_id], outlet_id, 20) for outlet_id in OUTLETS}
    early = Counter()

    def crawl():
        for outlet_id in OUTLETS:
            yield captures[outlet_id][:10]
        while sum(pool.given.values()) < 20:
            yield []
        early.update(pool.given)
        for outlet_id in OUTLETS:
            writers[outlet_id].seal()
            yield CrawlReport(outlet_id, tuple(captures[outlet_id]))

    found = {report.outlet_id: outcomes_of(reading) for report, reading in read_ahead(pool, crawl())}
    assert set(early) == {capture.capture_id for outlet_id in OUTLETS for capture in captures[outlet_id][:10]}
    assert pool.given == Counter(capture.capture_id for group in captures.values() for capture in group)
    for outlet_id, group in captures.items():
        assert found[outlet_id] == outcomes_of(Reading(pool, in_batches(tuple(group))))
        assert sum(isinstance(outcome, ArticleReading) for outcome in found[outlet_id].values()) == 19


def test_a_page_that_is_damaged_is_so_for_its_report(pool):
    writer = writer_of(pool, "pier")
    captures = kept(writer, "pier", 3)
    path = writer.seal()
    stored = bytearray(path.read_bytes())
    stored[captures[0].warc_offset + 40] ^= 0xFF
    path.write_bytes(stored)

    def crawl():
        yield captures
        while not pool.given:
            yield []
        yield CrawlReport("pier", tuple(captures))

    [(_, reading)] = read_ahead(pool, crawl())
    found = outcomes_of(reading)
    assert found[captures[0].capture_id].reason == "capture_damaged"
    assert len(found) == 3 == sum(pool.given.values())


def test_what_waits_for_reports_is_bounded(pool):
    early = EarlyReading(pool)
    [capture] = kept(writer_of(pool, "pier"), "pier", 1)
    early.offer([replace(capture, capture_id=f"{number:016x}") for number in range(EARLY_WAITING_MAX + 50)])
    for _ in range(20):
        early.go_on()
        early.wait()
    assert EARLY_MAX <= sum(pool.given.values()) < EARLY_MAX + 40
    report = CrawlReport("pier", tuple(replace(capture, capture_id=f"{number:016x}") for number in range(EARLY_WAITING_MAX + 50)))
    assert set(early.give(report)) == set(pool.given)
    early.go_on()
    early.wait()
    assert sum(pool.given.values()) == len(pool.given), "what the report took is not read again"


def test_a_worker_holds_less_towards_the_end():
    items, shares = Source(list(range(100)), 2), []
    while taken := items.next(items.share):
        shares.append(len(taken))
    assert shares[0] == ITEMS_AT_ONCE
    assert shares[-5:] == [2, 2, 2, 2, 1]
    assert sum(shares) == 100
    assert Source(iter(range(3)), 2).share == ITEMS_AT_ONCE, "nobody knows how much is left"


def test_the_crawl_names_each_capture_once_while_the_outlet_is_crawled(pool, capsys):
    tell, ledger = ProgressLines(), Ledger("pier", "run-1")
    captures = kept(writer_of(pool, "pier"), "pier", 3)
    for count in (0, 2, 2, 3):
        ledger.captures[:] = captures[:count]
        tell(ledger)
    ledger.add(Link("https://pier.example/news/9", "feed"))
    tell(ledger, done=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert captures_in([row for line in lines for row in line["kept"]]) == captures
    assert [len(line["kept"]) for line in lines if line["kept"]] == [2, 1]
    assert lines[-1]["fetched"] == 3
    assert lines[-1]["done"]
