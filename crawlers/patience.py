"""Patience with hosts: how often a request is repeated, how long a host is left alone, and when it is given up for this run.

Everything is per host and not per request: a host that asks for a pause gets it from all requests of all outlets that lie on it.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawlers.failures import REFUSED_STATUSES, FetchFailed, HostLeftAlone, reason_of
from crawlers.guard import refusal
from crawlers.host_book import Host, Hosts

STATUSES_TO_REPEAT = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))
ERRORS_TO_REPEAT = (DownloadTimeoutError, CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, ResponseDataLossError)
TRIES_AFTER_STATUS = 3
TRIES_AFTER_ERROR = 2  # a timeout has already cost the host and us half a minute
BACKOFF_BUSY_S = 10.0  # the same for 429 without Retry-After
# A longer wish of a host ends its part in this run: the next run comes anyway.
PAUSE_S_MAX = 60.0
# A longer wish is kept for a day: 317,100 s were met at a real outlet, and Media Cloud and Heritrix draw the line at a day too.
PAUSE_KEPT_S_MAX = 86_400.0
# Failures in a row, of any page, after which a host is left alone for the rest of the run; a 429 counts as three.
FAILURES_IN_A_ROW_MAX = 9
NOT_REPEATED = "reservations"  # the purpose of a request whose failure is nothing


def again(request: Request, tries_max: int) -> Request | None:
    """The request once more, before all others that wait, or None where it was sent `tries_max` times."""
    tries = request.meta.get("tries", 1)
    return request.replace(dont_filter=True, priority=1, meta=request.meta | {"tries": tries + 1}) if tries < tries_max else None


def moment_of(value: str) -> datetime | None:
    """The moment of an HTTP date, None for anything else."""
    try:
        moment = parsedate_to_datetime(value[:64])
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, never negative; None where there is none or it says nothing.

    `now` is the moment that a date is counted from: that of the server, where it says.
    """
    value = (value or "").strip()[:64]
    if value.isascii() and value.isdigit():
        return float(value)
    until = moment_of(value)
    return None if until is None else max(0.0, (until - now).total_seconds())


def header_of(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def is_challenge(response: Response) -> bool:
    """Whether the answer is a test for human readers (Cloudflare says so in this header). We are none and do not pretend to be."""
    return header_of(response, b"cf-mitigated").strip().lower() == "challenge"


class Patience:
    """Downloader middleware: waits, repeats and gives up."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: Hosts = crawler.spider.hosts  # type: ignore[union-attr]
        self._clock = crawler.spider.job.clock  # type: ignore[union-attr]
        self._backoff_s: float = crawler.spider.job.backoff_s  # type: ignore[union-attr]
        self._delay_s = crawler.settings.getfloat("DOWNLOAD_DELAY")
        crawler.signals.connect(self._response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Patience:
        return cls(crawler)

    def _host(self, request: Request) -> Host:
        return self._hosts.of(request.meta["download_slot"])

    async def process_request(self, request: Request) -> None:
        host = self._host(request)
        while host.given_up is None and (wait_s := self._wait_s(request, host)) > 0:
            await asyncio.sleep(wait_s)
        if host.given_up:
            raise HostLeftAlone(*host.given_up)
        self._hosts.asked.add(request.meta["download_slot"])
        request.meta["passed_at"] = time.monotonic()

    def _wait_s(self, request: Request, host: Host) -> float:
        """Seconds until the host may be asked. Scrapy keeps the delay between the requests of one crawl; another may have asked before it."""
        until = host.not_before
        if host.last_at and self._slot(request) is None:
            until = max(until, host.last_at + max(host.delay_s, self._delay_s))
        return until - time.monotonic()

    def _response_downloaded(self, request: Request) -> None:
        """Counts the delay from the end of an answer. From its start, a slow connection would let two requests arrive closer than promised."""
        self._host(request).last_at = time.monotonic()
        slot = self._slot(request)
        if slot is not None:
            slot.lastseen = max(slot.lastseen, time.monotonic())

    def process_response(self, request: Request, response: Response) -> Response | Request:
        host, status = self._host(request), response.status
        asked_s = self._pause_asked_for(request, response, host)
        if request.meta["purpose"] == NOT_REPEATED or host.given_up:
            return response
        if status in REFUSED_STATUSES or is_challenge(response):
            self._count(request, f"http_{status}", 1)
            return response
        if status not in STATUSES_TO_REPEAT:
            host.failures_in_a_row = 0
            return response
        self._count(request, "retry_after" if status == 429 else f"http_{status}", 3 if status == 429 else 1)
        if asked_s is None:
            self._pause(request, (BACKOFF_BUSY_S if status == 429 else self._backoff_s) * 2 ** (request.meta.get("tries", 1) - 1))
        return again(request, TRIES_AFTER_STATUS) or response

    def _pause_asked_for(self, request: Request, response: Response, host: Host) -> float | None:
        """Keeps a Retry-After, with whatever error it comes: a short pause is waited for, a longer one gives the host up. Seconds, or None."""
        if response.status < 400:
            return None
        server_time = moment_of(header_of(response, b"Date")) or self._clock.now()
        asked_s = retry_after_s(header_of(response, b"Retry-After"), server_time)
        if asked_s is None:
            return None
        kept_s = min(asked_s, PAUSE_KEPT_S_MAX)
        until = self._clock.now() + timedelta(seconds=kept_s)
        host.asked_for_pause_until = max(until, host.asked_for_pause_until or until)
        if kept_s > PAUSE_S_MAX:
            asked = f"{asked_s:,.0f} s" if asked_s <= 366 * PAUSE_KEPT_S_MAX else "more than a year"
            host.give_up("retry_after", f"the host asked to be left alone for {asked}; nothing is asked before {until:%Y-%m-%d %H:%M %Z}", "paused")
        else:
            self._pause(request, kept_s)
        return kept_s

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        refused = refusal(request, exception)
        if refused:
            raise refused
        reason, _ = reason_of(exception)
        if isinstance(exception, FetchFailed) or request.meta["purpose"] == NOT_REPEATED:
            return None
        self._host(request).last_at = time.monotonic()
        if not isinstance(exception, ERRORS_TO_REPEAT) or reason == "tls":
            return None
        self._count(request, reason, 1)
        self._pause(request, self._backoff_s)
        return again(request, TRIES_AFTER_ERROR)

    def _slot(self, request: Request) -> Slot | None:
        assert self._crawler.engine
        return self._crawler.engine.downloader.slots.get(request.meta["download_slot"])

    def _pause(self, request: Request, wait_s: float) -> None:
        """Leaves the host alone; requests that already wait for their turn in the slot wait as long."""
        host, now = self._host(request), time.monotonic()
        host.paused_at, host.not_before = now, max(host.not_before, now + wait_s)
        slot = self._slot(request)
        if slot is not None and slot.delay:
            slot.lastseen = max(slot.lastseen, host.not_before - slot.delay)

    def _count(self, request: Request, reason: str, weight: int) -> None:
        """Counts a failure. Of several answers to what was on the wire at once, only the first counts: the others say the same again."""
        host = self._host(request)
        if request.meta.get("passed_at", host.paused_at) < host.paused_at:
            return
        host.failures_in_a_row += weight
        if host.failures_in_a_row >= FAILURES_IN_A_ROW_MAX:
            host.give_up(reason, f"the host failed too often in a row, {reason} last", alert_of(reason))


def alert_of(reason: str) -> str:
    """What it means for an outlet that a host was given up after a failure of this kind."""
    if reason == "retry_after":
        return "paused"
    return "blocked" if reason in {f"http_{status}" for status in REFUSED_STATUSES} else "unavailable"
