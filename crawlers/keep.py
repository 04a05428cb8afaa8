"""Keeping: article responses go into the outlet's WARC file before anyone reads them."""

from __future__ import annotations

import hashlib
import time

from scrapy.crawler import Crawler

from crawlers.spider import OutletSpider
from warehouse.captures import CaptureWriter, read_response
from warehouse.errors import CaptureDamaged
from warehouse.records import Capture, HttpResponse

# Responses that are written and flushed together. One flush costs about as much as the whole handling of a page; a kill loses at most this
# many pages, which nobody has been told of and which the next run asks again.
TOGETHER_MAX = 16
TOGETHER_BYTES_MAX = 4_194_304
TOGETHER_S_MAX = 1.0


class KeepCaptures:
    """Item pipeline: an article counts as fetched when its bytes are on the disk."""

    def __init__(self, crawler: Crawler) -> None:
        assert isinstance(crawler.spider, OutletSpider)
        self._crawler, self._spider, self._ledger = crawler, crawler.spider, crawler.spider.ledger
        job = self._spider.job
        self._writer = CaptureWriter(job.captures_dir, self._spider.outlet.outlet_id, job.run_id, job.clock.now().date(), job.part)
        self._waiting: list[HttpResponse] = []
        self._written_at = time.monotonic()
        self._is_closed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepCaptures:
        return cls(crawler)

    def process_item(self, item: HttpResponse) -> HttpResponse:
        self._waiting.append(item)
        is_full = len(self._waiting) >= TOGETHER_MAX or sum(len(response.body) for response in self._waiting) >= TOGETHER_BYTES_MAX
        if is_full or time.monotonic() - self._written_at >= TOGETHER_S_MAX:
            self.write()
        return item

    def write(self) -> None:
        """Writes what waits. A disk that takes nothing more ends the crawl of the outlet: nothing may count as fetched that is not kept."""
        responses, self._waiting = self._waiting, []
        try:
            captures = self._written(responses) if responses and not self._is_closed else []
        except OSError as error:
            self._give_up(responses, error)
            return
        self._written_at = time.monotonic()
        for capture in captures:
            self._ledger.captures.append(capture)
            self._ledger.settle(capture.url, "fetched", status=capture.http_status, at=capture.fetched_at)

    def _written(self, responses: list[HttpResponse]) -> list[Capture]:
        """The captures of the responses. One that cannot be packed is rejected alone. Raises OSError where the disk takes nothing more."""
        try:
            return self._writer.write_all(responses, self._originals(responses))
        except OSError:
            raise
        except Exception as error:
            if len(responses) > 1:
                return [capture for response in responses for capture in self._written([response])]
            self._spider.logger.exception("%s: the response could not be packed", responses[0].url)
            self._ledger.alerts.add("internal_error")
            self._ledger.settle(responses[0].url, "failed", status=responses[0].status, at=responses[0].fetched_at)
            self._ledger.reject(responses[0].url, "keep", "internal_error", f"{type(error).__name__}: {error}")
            return []

    def _originals(self, responses: list[HttpResponse]) -> dict[str, Capture]:
        """The earlier captures with the same payloads, by address. Each is read first: a revisit of what is damaged would lose the page."""
        found = {}
        for response in responses:
            original = self._spider.original_of(response.url)
            if original and original.payload_sha256 == hashlib.sha256(response.body).hexdigest():
                try:
                    read_response(self._spider.job.data_dir, original)
                except CaptureDamaged as damaged:
                    self._spider.logger.warning("%s: kept anew, because the earlier capture is damaged: %s", response.url, damaged)
                else:
                    found[response.url] = original
        return found

    def _give_up(self, responses: list[HttpResponse], error: OSError) -> None:
        self._is_closed = True
        self._ledger.alerts.add("write_failed")
        for response in responses:
            self._ledger.settle(response.url, "failed", status=response.status, at=response.fetched_at)
            self._ledger.reject(response.url, "keep", "write_failed", f"{error.strerror}: {error.filename}")
        self._spider.stop("write_failed")

    def close_spider(self) -> None:
        """Writes the rest and gives the file its final name; what was written before a full disk is kept. Safe to repeat."""
        self.write()
        if not self._is_closed:
            self._writer.seal()
        self._is_closed = True
