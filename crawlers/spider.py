"""The only spider: asks an outlet's sources for links, then the articles behind them. What an outlet is stands in its file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.discover import NotReadable
from crawlers.failures import OF_THE_HOST, REFUSED_STATUSES, FetchFailed, HostLeftAlone, reason_of
from crawlers.host_book import HostBook, Hosts
from crawlers.hosts import bare_host, base_of
from crawlers.job import Job, Known, job_by_hand
from crawlers.outlet import Outlet
from crawlers.patience import is_challenge
from crawlers.report import Ledger
from crawlers.reservations import tdmrep_reservations
from crawlers.sources import Discovery
from crawlers.wire import header_pairs
from warehouse.records import Capture, HttpResponse, Link, Reservation
from warehouse.withdrawn import read_list

# Feeds and sitemaps are larger than pages; the sitemap protocol allows more, but packed they stay below this.
SOURCE_BYTES_MAX = 20_971_520
# Of the pages of a run, the share (one of so many) that is kept free for known articles that are due for a second look; and of what new
# articles leave, the share that second looks leave to what waits.
RECHECK_SHARE = 5
HTML_TYPES = re.compile(r"html|xml", re.IGNORECASE)
# An outlet refuses us where at least this many pages were asked for and nine of ten were refused. Fewer may be pages that only members may read.
REFUSED_PAGES_MIN = 3
REFUSED_SHARE = 0.9
# What a host reserves for itself changes seldom, and the question costs it a request.
RESERVATIONS_GAP = timedelta(days=7)

Progress = Callable[[Ledger], None]


class OutletSpider(scrapy.Spider):
    """Crawls one outlet; subclasses made by crawlers.loader set `name` and `outlet`."""

    name = "outlet"
    outlet: ClassVar[Outlet]

    def __init__(self, job: Job | None = None, progress: Progress | None = None, host_book: HostBook | None = None, **kwargs: Any) -> None:
        super().__init__(self.outlet.outlet_id, **kwargs)
        self.job = job or job_by_hand(self.outlet.outlet_id)
        self.ledger = Ledger(self.outlet.outlet_id, self.job.run_id)
        self.hosts = Hosts(host_book or HostBook(self.job))
        self.progress = progress or silent
        self._headers = {"User-Agent": self.job.user_agent, "Accept-Language": f"{self.outlet.language}, *;q=0.5",
                         "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        self.known = self.job.known_of(self.outlet.outlet_id)
        self.withdrawn = read_list(self.job.withdrawn)
        self.discovery = Discovery(self)
        self._asked: set[str] = set()
        self._challenges = 0
        self._is_through = False
        self._closing: asyncio.Task[None] | None = None

    def stop(self, reason: str) -> None:
        """Ends this crawl early: nothing further is asked."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    # ------------------------------------------------------------ requests

    def request(self, url: str, purpose: str, **kwargs: Any) -> Request:
        """A request as every part of this crawl sends it. `purpose` is robots, source, page or reservations."""
        return Request(url, meta=self.meta_for(url, purpose=purpose), headers=self._headers | kwargs.pop("headers", {}), dont_filter=True, **kwargs)

    def meta_for(self, url: str, **meta: Any) -> dict[str, Any]:
        """What belongs to the host of a request: its slot (www.example.org and example.org are one host), limits and proxy."""
        fetch = self.outlet.fetch
        meta |= {"download_slot": bare_host(urlsplit(url).hostname or ""), "download_timeout": fetch.timeout_s,
                 "download_maxsize": fetch.max_bytes if meta["purpose"] == "page" else max(SOURCE_BYTES_MAX, fetch.max_bytes)}
        return meta | {"proxy": self.job.proxy_url} if self.job.proxy_url else meta

    async def start(self) -> AsyncIterator[Request]:
        """First all sources, so that an article carries what each of them says of it; then the pages, newest first."""
        if asked := self.job.urls.get(self.outlet.outlet_id):
            self.discovery.take_asked(asked)
        elif self.job.discovers:
            await self.discovery.ask_all()
            if self.outlet.outlet_id in self.job.usually_new:
                await self.discovery.ask_front_page()
            self.discovery.look_again(self.job.pages_per_run // RECHECK_SHARE)
            self.alert_if_blind()
        wanted = self.wanted()
        for link in wanted if self.job.fetches else ():
            known = self.known.get(link.url)
            address = self.ledger.spelled.get(link.url) or (known and known.asked_url) or link.url
            self._asked.add(link.url)
            asked_for = self.request(address, "page", callback=self.page, errback=self.failed, cb_kwargs={"url": link.url}, headers=conditions(known))
            asked_for.meta["answered_url"] = known and known.asked_url
            yield asked_for
        for base in self.sites_to_ask() if self.job.fetches and not asked else ():
            yield self.request(f"{base}/.well-known/tdmrep.json", "reservations", callback=self.site_reservations, errback=self.no_reservations,
                               cb_kwargs={"base": base})
        self._is_through = True

    # ------------------------------------------------------------ discovery

    def source_failed(self, url: str, failed: FetchFailed | NotReadable) -> None:
        """A source that gave no answer to use."""
        reason = failed.reason if isinstance(failed, FetchFailed) else "not readable"
        if isinstance(failed, HostLeftAlone):
            return  # nothing was asked; the alert of its host says why
        self.ledger.reject(url, "discover", "source_failed", str(failed))
        if reason in OF_THE_HOST:
            self.ledger.alerts.add(reason)
        if reason in {f"http_{status}" for status in REFUSED_STATUSES}:
            self.ledger.alerts.add("blocked")

    def source_broke(self, url: str, error: Exception) -> None:
        """A mistake of ours, or a value that nobody thought of: the log has where, the outlet's report that something was lost."""
        self.logger.error("%s: the source could not be read", url, exc_info=error)
        self.ledger.alerts.add("internal_error")
        self.source_failed(url, FetchFailed(*reason_of(error)))

    def is_to_ask(self, url: str) -> bool:
        known = self.known.get(url)
        return known is None or known.due

    def alert_if_blind(self) -> None:
        """Nothing found is only good news where at least one source answered."""
        if self.discovery.answers_count:
            self.ledger.alerts.discard("blocked")
        elif self.outlet.discover:
            self.ledger.alerts.add("no_source_answered")

    # ------------------------------------------------------------ pages

    def wanted(self) -> Iterator[Link]:
        """The links to ask in this run, newest first; the others are settled as known, or left for the next run."""
        if not self.job.discovers or (self.outlet.discover and not self.job.window):
            for url, known in self.known.items():
                if known.due:
                    self.ledger.add(Link(url, "known", known.published_at, candidates=known.candidates))
        for url in self.ledger.links:
            if not self.is_to_ask(url):
                self.ledger.settle(url, "known")
        links = [link for url, link in self.ledger.links.items() if self.is_to_ask(url)]
        new = newest_first([link for link in links if link.url not in self.known])
        due = newest_first([link for link in links if link.url in self.known and not self.known[link.url].is_waiting])
        # What an earlier run left comes last: an archive of thousands must not stand before corrections for months. But second looks leave
        # it a share too: where they would fill every run by themselves, a page that was left once would never be asked.
        waiting = newest_first([link for link in links if link.url in self.known and self.known[link.url].is_waiting])
        pages_max = self.job.pages_per_run
        share = pages_max // RECHECK_SHARE
        first = new[: pages_max - min(len(due), share)]
        left = pages_max - len(first)
        for_due = max(share, left - min(len(waiting), max(1, share)))
        return iter([*first, *due[:for_due], *waiting][:pages_max])

    def page(self, response: Response, url: str) -> Iterator[HttpResponse]:
        """What became of an article's address: a response to keep, or an outcome in the ledger."""
        now, status = self.job.clock.now(), response.status
        if status == 304:
            self.ledger.settle(url, "not_modified", status=status, at=now)
        elif status in (404, 410) and url in self.known and not self.known[url].is_unseen:
            self.ledger.settle(url, "gone", status=status, at=now)
        elif status != 200:
            proof = "the server wants a proof that a person is reading" if is_challenge(response) else ""
            self._challenges += bool(proof)
            self.ledger.fail(url, f"http_{status}", proof, status=status, at=now)
        elif why := not_html(response):
            self.ledger.fail(url, "not_html", why, status=status, at=now)
        else:
            assert response.request
            headers, body = response.request.meta["wire"]
            robots, candidates = response.request.meta.get("robots", "unknown"), self.ledger.links[url].candidates
            yield HttpResponse(
                self.outlet.outlet_id, url, response.url, now, status, headers, body, robots, self.job.run_id, candidates,
                request_headers=header_pairs(response.request), robots_sha256=response.request.meta.get("robots_sha256"),
            )
        self.progress(self.ledger)

    def original_of(self, url: str) -> Capture | None:
        """The earlier capture that holds what the address answered last; None where it is new, or not due."""
        known = self.known.get(url)
        return known.original if known else None

    def fail_lost(self) -> None:
        """At the end of a crawl: an address that was asked and has no outcome, or an end before all was asked for no reason that shows,
        is a mistake of ours, and must show."""
        if not self._is_through and not self.ledger.alerts:
            self.ledger.alerts.add("internal_error")
        lost = [url for url in self._asked if url not in self.ledger.outcomes]
        if lost and "write_failed" not in self.ledger.alerts:
            self.ledger.alerts.add("internal_error")
            for url in lost:
                self.ledger.fail(url, "internal_error", "the crawl ended without an outcome for this address")

    def failed(self, failure: Failure) -> None:
        """An article that could not be asked or whose answer was not taken. One whose host is left alone was not sent, and waits."""
        url = failure.request.cb_kwargs["url"]  # type: ignore[attr-defined]
        assert failure.value
        reason, detail = reason_of(failure.value)
        if reason == "internal_error":
            self.logger.error("%s: %s", url, failure.getTraceback())
        if reason == "internal_error" or reason in OF_THE_HOST:
            self.ledger.alerts.add(reason)
        if isinstance(failure.value, HostLeftAlone) or reason in OF_THE_HOST:
            self.ledger.settle(url, "skipped")
        else:
            self.ledger.fail(url, reason, detail, at=self.job.clock.now())
        self.progress(self.ledger)

    def alert_of_hosts(self) -> None:
        """At the end of a crawl: takes over what its hosts became, and says where the outlet refuses its pages."""
        self.ledger.alerts |= self.hosts.alerts
        self.ledger.hosts |= self.hosts.states(self.job.clock.now())
        answers = [outcome.http_status for outcome in self.ledger.outcomes.values() if outcome.http_status is not None]
        refused = sum(status in REFUSED_STATUSES for status in answers)
        if refused >= max(REFUSED_PAGES_MIN, REFUSED_SHARE * len(answers)) or (self._challenges and not self.ledger.captures):
            self.ledger.alerts.add("blocked")

    # ------------------------------------------------------------ reservations

    def sites_to_ask(self) -> list[str]:
        """Scheme and host of the outlet's hosts that were not asked for /.well-known/tdmrep.json within a week; each host once."""
        now = self.job.clock.now()
        sites: dict[str, str] = {}
        bases = [base_of(self.outlet.homepage), *self.ledger.robots_files]
        for base in (base for base in bases if self.outlet.serves(base)):
            host = bare_host(urlsplit(base).hostname or "")
            checked_at = self.hosts.book.of(host).reservations_checked_at
            if checked_at is None or now - checked_at >= RESERVATIONS_GAP:
                sites.setdefault(host, base)
        return list(sites.values())

    def site_reservations(self, response: Response, base: str) -> None:
        """What tdmrep.json says. That there is none is an answer as well."""
        now = self.job.clock.now()
        if response.status == 429 or response.status >= 500:
            return
        self.hosts.of(bare_host(urlsplit(base).hostname or "")).reservations_checked_at = now
        for location, name, value in tdmrep_reservations(response.body) if response.status == 200 else ():
            url = base + (location if location.startswith("/") else f"/{location}")
            self.ledger.reservations.append(Reservation(self.outlet.outlet_id, url, "tdmrep", name, value, now))

    def no_reservations(self, failure: Failure) -> None:
        """A host that did not answer this question is asked again in the next run."""
        if failure.value and reason_of(failure.value)[0] == "internal_error":
            self.ledger.alerts.add("internal_error")
            self.logger.error("tdmrep.json: %s", failure.getTraceback())


def silent(_: Ledger) -> None:
    """Progress of a spider that nobody watches."""


def conditions(known: Known | None) -> dict[str, str]:
    """The headers that let a server say that nothing changed."""
    if known is None:
        return {}
    named = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in named.items() if value}


def newest_first(links: list[Link]) -> list[Link]:
    """The links by date, newest first; then those without one, as their source orders them."""
    dated = [(when, link) for link in links if (when := link.published_at or link.modified_at)]
    undated = [link for link in links if not (link.published_at or link.modified_at)]
    return [link for _, link in sorted(dated, key=lambda pair: pair[0], reverse=True)] + undated


def not_html(response: Response) -> str | None:
    """Why a response is no page of text, or None where it is one."""
    if not response.body.strip():
        return "the body is empty"
    content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
    if content_type and not HTML_TYPES.search(content_type) and response.body.lstrip()[:1] != b"<":
        return f"the server calls it {content_type}"
    return None
