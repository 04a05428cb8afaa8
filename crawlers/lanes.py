"""Running the crawls of a job: many outlets beside each other, outlets of one host one after the other."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterable

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.logger import globalLogBeginner

from crawlers.crawl import hosts_of
from crawlers.host_book import HostBook
from crawlers.hosts import bare_host
from crawlers.job import Job
from crawlers.keep import KeepCaptures
from crawlers.loader import OutletLoader
from crawlers.outlet import Outlet
from crawlers.parent import ParentWatch
from crawlers.report import Ledger, report_path, told_rows, write_report
from crawlers.spider import OutletSpider
from warehouse.records import CrawlReport

# Crawls that are open at the same time. A polite host takes minutes, nearly all of them pauses, so that a thousand outlets need many side by
# side; 240 outlets on loopback peaked at 144 MB with 64 and at 115 MB with 16 (15 outlets: 100 MB).
CRAWLS_AT_ONCE = 64
PROGRESS_GAP_S = 0.2
# With Python's own threshold of 700 the search for cycles took .22 of 2.1 CPU seconds of a crawl of 1,000 pages; with this one .01. Larger ones
# would let bodies of answers pile up that a failed request holds in a cycle.
GC_OBJECTS = 10_000


def crawl(job: Job, parent: ParentWatch, **more: object) -> int:
    """Crawls every outlet of the job and writes a report for each. 1 where it was interrupted, else 0. `more` are further Scrapy settings."""
    gc.freeze()  # the libraries stay
    gc.set_threshold(GC_OBJECTS)
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    given = {"USER_AGENT": job.user_agent, "PROXY_URL": job.proxy_url, "OUTLETS_DIR": str(job.outlets_dir), "OUTLET_IDS": list(job.outlets)}
    settings.setdict(given | more, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    # Pages that are too large or cut, and bad certificates, are rejections in the report; the log is for what someone must act on.
    logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)
    logging.getLogger("twisted").addFilter(lambda record: "while verifying certificate" not in record.getMessage())
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)  # else Twisted writes to stderr by itself as well
    return Crawls(job, process, parent).run()


class ProgressLines:
    """What the parent is told meanwhile: JSON lines on stdout, at most five a second, but always one when an outlet is done or pages were kept.

    Pages that were kept are named, so that the parent may read them before the outlet is done.
    """

    def __init__(self) -> None:
        self._last = 0.0
        self._named: dict[str, int] = {}  # outlet_id: captures

    def __call__(self, ledger: Ledger, *, done: bool = False) -> None:
        fresh = ledger.captures[self._named.get(ledger.outlet_id, 0):]
        if not done and not fresh and time.monotonic() - self._last < PROGRESS_GAP_S:
            return
        self._last = time.monotonic()
        self._named[ledger.outlet_id] = len(ledger.captures)
        step = {"outlet_id": ledger.outlet_id, "links": len(ledger.links), "fetched": len(ledger.captures), "done": done,
                "kept": [] if done else told_rows(fresh)}  # of one that is done the report tells more
        try:
            sys.stdout.write(json.dumps(step) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # The parent has gone; the look for it ends the crawl.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open as long as the process


class Crawls:
    """The crawls of one job: which are open, which are done, and how they all end."""

    def __init__(self, job: Job, process: AsyncCrawlerProcess, parent: ParentWatch) -> None:
        self._job, self._process, self._parent = job, process, parent
        self._loader = process.spider_loader
        assert isinstance(self._loader, OutletLoader)
        self._outlets: dict[str, Outlet] = self._loader.outlets
        self._open: dict[str, Crawler] = {}
        self._reported: set[str] = set()
        self._progress = ProgressLines()
        self._host_book = HostBook(job)
        self._is_interrupted = False

    def run(self) -> int:
        loop = asyncio.get_event_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.interrupt)
        task = loop.create_task(self._all())
        task.add_done_callback(lambda _: self._stop())
        # A crawl whose parent was killed ends as well: the next run may already be on, and would find this one in its way.
        self._parent.then(lambda: loop.call_soon_threadsafe(self.interrupt))
        self._process.start(stop_after_crawl=False, install_signal_handlers=False)
        if not task.cancelled() and task.done() and (error := task.exception()):
            raise error
        return 1 if self._is_interrupted else 0

    def _stop(self) -> None:
        from twisted.internet import reactor

        if reactor.running:
            reactor.stop()  # type: ignore[misc]

    async def _all(self) -> None:
        known = [self._outlets[outlet_id] for outlet_id in self._job.outlets if outlet_id in self._outlets]
        for outlet_id in self._job.outlets:
            if outlet_id not in self._outlets:
                self._write(CrawlReport(outlet_id, alert="definition_faulty"), Ledger(outlet_id, self._job.run_id))
        room = asyncio.Semaphore(CRAWLS_AT_ONCE)
        await asyncio.gather(*(self._lane(lane, room) for lane in lanes_of(known)))

    async def _lane(self, lane: list[Outlet], room: asyncio.Semaphore) -> None:
        """The outlets of one lane share a host: one after the other, with the pause between them that the next one asks for."""
        for position, outlet in enumerate(lane):
            async with room:
                if position and outlet.fetch.delay_s:
                    await asyncio.sleep(outlet.fetch.delay_s)
                if not self._is_interrupted:
                    await self._one(outlet)

    async def _one(self, outlet: Outlet) -> None:
        crawler = self._process.create_crawler(outlet.outlet_id)
        self._open[outlet.outlet_id] = crawler
        try:
            await self._process.crawl(crawler, job=self._job, progress=self._progress, host_book=self._host_book)
        except Exception:  # a crawl that breaks must not take the others with it; its report says so
            logging.getLogger(__name__).exception("%s: the crawl broke off", outlet.outlet_id)
            self._finish(outlet.outlet_id, crawler, "internal_error")
        else:
            self._finish(outlet.outlet_id, crawler, None)
        finally:
            self._open.pop(outlet.outlet_id, None)

    def _finish(self, outlet_id: str, crawler: Crawler, alert: str | None) -> None:
        """Seals the captures of an outlet and writes its report, once."""
        if outlet_id in self._reported:
            return
        spider = crawler.spider
        ledger = spider.ledger if isinstance(spider, OutletSpider) else Ledger(outlet_id, self._job.run_id)
        ledger.alerts |= {alert} if alert else set()
        if isinstance(spider, OutletSpider):
            keep = pipeline_of(crawler)
            if keep:
                keep.close_spider()
            spider.alert_of_hosts()
            if alert is None:
                spider.fail_lost()
        self._write(ledger.report(), ledger)

    def _write(self, report: CrawlReport, ledger: Ledger) -> None:
        write_report(report_path(self._job.runs_dir, self._job.run_id, report.outlet_id), report)
        self._reported.add(report.outlet_id)
        self._progress(ledger, done=True)

    def interrupt(self) -> None:
        """Ends now: what is fetched is sealed and reported, what is open is left for the next run."""
        self._is_interrupted = True
        try:
            for outlet_id in self._job.outlets:
                crawler = self._open.get(outlet_id)
                if crawler:
                    self._finish(outlet_id, crawler, "interrupted")
                elif outlet_id not in self._reported:
                    self._write(CrawlReport(outlet_id, alert="interrupted"), Ledger(outlet_id, self._job.run_id))
        finally:
            # Requests on the wire may take their whole timeout; nobody waits for them any more.
            sys.stderr.flush()
            os._exit(1)


def pipeline_of(crawler: Crawler) -> KeepCaptures | None:
    """The pipeline of a crawl, None where it broke before it had one."""
    try:
        return crawler.get_item_pipeline(KeepCaptures)
    except RuntimeError:
        return None


def lanes_of(outlets: Iterable[Outlet]) -> list[list[Outlet]]:
    """The outlets in groups that share no host with each other, so that no host is asked by two crawls at once."""
    lane_of_host: dict[str, list[Outlet]] = {}
    lanes: dict[int, list[Outlet]] = {}
    for outlet in outlets:
        lane = [outlet]
        hosts = {bare_host(host) for host in hosts_of(outlet)}
        for other in {id(found): found for host in hosts if (found := lane_of_host.get(host)) is not None}.values():
            lane = other + lane
            lanes.pop(id(other))
        lanes[id(lane)] = lane
        lane_of_host |= {bare_host(host): lane for member in lane for host in hosts_of(member)}
    return list(lanes.values())
