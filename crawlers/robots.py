"""robots.txt as RFC 9309 has it: what cannot be read for a fault of the server or the network forbids everything.

Scrapy's own middleware allows everything then; so did every crawler that was measured.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from crawlers.failures import FetchFailed, reason_of

PRODUCT_TOKEN = "nightdesk"  # noqa: S105 - the name that robots.txt files know us by
# RFC 9309: at least 500 KiB must be read; what comes after is not.
ROBOTS_BYTES_MAX = 512_000
CRAWL_DELAY_S_MAX = 120.0
# Faults of an address as such: they say nothing of robots.txt, and the page has the same.
OF_THE_ADDRESS = ("address_refused", "scheme_refused")


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What a host's robots.txt says. `word` is kept with each capture: allowed, or no_robots where there is no such file.

    `failure` is (reason, detail) where nothing of the host may be asked.
    """

    word: str = "allowed"
    rules: Protego | None = None
    crawl_delay_s: float = 0.0
    failure: tuple[str, str] | None = None

    def refusal_of(self, url: str) -> FetchFailed | None:
        if self.failure:
            return FetchFailed(*self.failure)
        if self.rules is not None and not self.rules.can_fetch(url, PRODUCT_TOKEN):
            return FetchFailed("robots_disallowed", "robots.txt forbids this address")
        return None


def answer_of(status: int, body: bytes) -> RobotsAnswer:
    """What an HTTP answer for robots.txt means (RFC 9309, 2.3.1)."""
    if status == 429 or status >= 500:
        return RobotsAnswer(failure=("robots_unreachable", f"robots.txt answered {status}"))
    if status >= 400:
        return RobotsAnswer(word="no_robots")
    if status != 200:
        return RobotsAnswer(failure=("robots_unreachable", f"robots.txt answered {status}"))
    rules = Protego.parse(body[:ROBOTS_BYTES_MAX].decode("utf-8-sig", "ignore"))
    return RobotsAnswer(rules=rules, crawl_delay_s=min(float(rules.crawl_delay(PRODUCT_TOKEN) or 0), CRAWL_DELAY_S_MAX))


class RobotsGate:
    """Downloader middleware: asks each host's robots.txt once a run, before anything else of that host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._answers: dict[str, asyncio.Task[RobotsAnswer]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsGate:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta["purpose"] == "robots":
            return
        parts = urlparse_cached(request)
        base = f"{parts.scheme}://{parts.netloc}"
        if base not in self._answers:
            self._answers[base] = asyncio.ensure_future(self._ask(base, request))
        answer = await self._answers[base]
        refusal = answer.refusal_of(request.url)
        if refusal:
            raise refusal
        request.meta["robots"] = answer.word

    async def _ask(self, base: str, request: Request) -> RobotsAnswer:
        spider, engine = self._crawler.spider, self._crawler.engine
        try:
            response = await engine.download_async(spider.request(f"{base}/robots.txt", "robots"))  # type: ignore[union-attr]
        except Exception as error:  # noqa: BLE001 - whatever it was, robots.txt was not read
            reason, detail = reason_of(error)
            if reason == "redirect_loop":
                return RobotsAnswer(word="no_robots")  # RFC 9309, 2.3.1.2: after five redirects it counts as not there
            return RobotsAnswer(failure=(reason, detail) if reason in OF_THE_ADDRESS else ("robots_unreachable", f"robots.txt: {reason} ({detail})"))
        answer = answer_of(response.status, response.body)
        if answer.crawl_delay_s:
            self._slow_down(request.meta["download_slot"], answer.crawl_delay_s)
        return answer

    def _slow_down(self, slot_key: str, delay_s: float) -> None:
        """Crawl-delay: the wish of the host, where it is longer than that of the outlet's file, and then one connection."""
        downloader = self._crawler.engine.downloader
        delay_s = max(delay_s, self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings[slot_key] = {"delay": delay_s, "concurrency": 1}
        slot = downloader.slots.get(slot_key)
        if slot is not None:
            slot.delay, slot.concurrency = delay_s, 1
