"""Patience with hosts: how often a request is repeated, how long a host is left alone, and when it is given up for this run.

Everything is per host and not per request: a host that asks for a pause gets it from all requests of the outlet.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawlers.failures import FetchFailed, reason_of
from crawlers.guard import refusal

STATUSES_TO_REPEAT = frozenset((408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524))
ERRORS_TO_REPEAT = (DownloadTimeoutError, CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, ResponseDataLossError)
TRIES_AFTER_STATUS = 3
TRIES_AFTER_ERROR = 2  # a timeout has already cost the host and us half a minute
BACKOFF_BUSY_S = 10.0  # the same for 429 without Retry-After
# A longer wish of a host ends its part in this run: the next run comes anyway.
PAUSE_S_MAX = 60.0
# Failures in a row, of any page, after which a host is left alone for the rest of the run; a 429 counts as three.
FAILURES_IN_A_ROW_MAX = 9


def again(request: Request, tries_max: int) -> Request | None:
    """The request once more, or None where it was sent `tries_max` times."""
    tries = request.meta.get("tries", 1)
    return request.replace(dont_filter=True, meta=request.meta | {"tries": tries + 1}) if tries < tries_max else None


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, never negative; None where there is none or it says nothing."""
    value = (value or "").strip()[:64]
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())


@dataclass(slots=True)
class HostState:
    """What a run has learnt of one host. Moments are those of time.monotonic."""

    not_before: float = 0.0
    failures_in_a_row: int = 0
    given_up: tuple[str, str] | None = None  # (reason, detail) that every further request gets
    alert: str | None = None


@dataclass(slots=True)
class Hosts:
    """The hosts of one outlet's crawl, by download slot."""

    states: dict[str, HostState] = field(default_factory=dict)

    def of(self, request: Request) -> HostState:
        return self.states.setdefault(request.meta["download_slot"], HostState())

    @property
    def alert(self) -> str | None:
        return next((state.alert for state in self.states.values() if state.alert), None)

    def give_up(self, request: Request, reason: str, detail: str, alert: str) -> None:
        state = self.of(request)
        if state.given_up is None:
            state.given_up, state.alert = (reason, detail), alert


class Patience:
    """Downloader middleware: waits, repeats and gives up."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: Hosts = crawler.spider.hosts  # type: ignore[union-attr]
        self._backoff_s: float = crawler.spider.job.backoff_s  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Patience:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        state = self._hosts.of(request)
        while state.given_up is None and (wait_s := state.not_before - time.monotonic()) > 0:
            await asyncio.sleep(wait_s)
        if state.given_up:
            raise FetchFailed(*state.given_up)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        state = self._hosts.of(request)
        if response.status not in STATUSES_TO_REPEAT:
            state.failures_in_a_row = 0
            return response
        busy = response.status == 429
        header = response.headers.get(b"Retry-After")
        asked_s = retry_after_s(header.decode("latin-1") if header else None, datetime.now(UTC))
        if asked_s is not None and asked_s > PAUSE_S_MAX:
            self._hosts.give_up(request, "retry_after", f"the host asked to be left alone for {asked_s:,.0f} s", "paused")
            return response
        tries = request.meta.get("tries", 1)
        self._pause(request, asked_s if asked_s is not None else (BACKOFF_BUSY_S if busy else self._backoff_s) * 2 ** (tries - 1))
        self._count(request, "retry_after" if busy else f"http_{response.status}", 3 if busy else 1)
        return again(request, TRIES_AFTER_STATUS) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        refused = refusal(request, exception)
        if refused:
            raise refused
        reason, _ = reason_of(exception)
        if not isinstance(exception, ERRORS_TO_REPEAT) or reason == "tls":
            return None
        self._pause(request, self._backoff_s)
        self._count(request, reason, 1)
        return again(request, TRIES_AFTER_ERROR)

    def _pause(self, request: Request, wait_s: float) -> None:
        """Leaves the host alone; requests that already wait for their turn in the slot wait as long."""
        state = self._hosts.of(request)
        state.not_before = max(state.not_before, time.monotonic() + wait_s)
        assert self._crawler.engine
        slot = self._crawler.engine.downloader.slots.get(request.meta["download_slot"])
        if slot is not None and slot.delay:
            slot.lastseen = max(slot.lastseen, state.not_before - slot.delay)

    def _count(self, request: Request, reason: str, weight: int) -> None:
        state = self._hosts.of(request)
        state.failures_in_a_row += weight
        if state.failures_in_a_row >= FAILURES_IN_A_ROW_MAX:
            alert = "paused" if reason == "retry_after" else "unavailable"
            self._hosts.give_up(request, reason, "not asked: the host had failed too often in a row", alert)
