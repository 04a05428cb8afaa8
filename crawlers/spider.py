"""The only spider: asks an outlet's sources for links, then the articles behind them. What an outlet is stands in its file."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.discover import KINDS, Found, NotReadable, Search
from crawlers.failures import FetchFailed, reason_of
from crawlers.hosts import bare_host
from crawlers.job import Job, Known, job_by_hand
from crawlers.links import address_to_ask, canonical_url
from crawlers.outlet import Outlet, Source
from crawlers.patience import Hosts
from crawlers.report import Ledger
from warehouse.records import HttpResponse, Link, SourceState

# Feeds and sitemaps are larger than pages; the sitemap protocol allows more, but packed they stay below this.
SOURCE_BYTES_MAX = 20_971_520
# Answers of one source that are read in one run: files of a sitemap index, pages of a listing. A nightly run looks for what is new.
ANSWERS_MAX = 100
ANSWERS_MAX_IN_WINDOW = 5000
# Of the pages of a run, the share that is kept free for known articles that are due for a second look.
RECHECK_SHARE = 5
REFUSED_STATUSES = frozenset((401, 403, 451))
HTML_TYPES = re.compile(r"html|xml", re.IGNORECASE)

Progress = Callable[[Ledger], None]


class OutletSpider(scrapy.Spider):
    """Crawls one outlet; subclasses made by crawlers.loader set `name` and `outlet`."""

    name = "outlet"
    outlet: ClassVar[Outlet]

    def __init__(self, job: Job | None = None, progress: Progress | None = None, **kwargs: Any) -> None:
        super().__init__(self.outlet.outlet_id, **kwargs)
        self.job = job or job_by_hand(self.outlet.outlet_id)
        self.ledger = Ledger(self.outlet.outlet_id, self.job.run_id)
        self.hosts = Hosts()
        self.progress = progress or silent
        self._headers = {"User-Agent": self.job.user_agent, "Accept-Language": f"{self.outlet.language}, *;q=0.5",
                         "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        self._known = self.job.known_of(self.outlet.outlet_id)
        self._seen: set[str] = set()
        self._asked: set[str] = set()
        self._spelled: dict[str, str] = {}  # canonical address: how its source spells it, where that differs
        self._new_count = 0
        self._answers_count = 0
        self._is_through = False
        self._closing: asyncio.Task[None] | None = None

    def stop(self, reason: str) -> None:
        """Ends this crawl early: nothing further is asked."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    # ------------------------------------------------------------ requests

    def request(self, url: str, purpose: str, **kwargs: Any) -> Request:
        """A request as every part of this crawl sends it. `purpose` is robots, source or page."""
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
            self.take(Found(tuple(Link(url, "asked") for url in asked)), "asked for")
        else:
            for source in self.outlet.discover:
                await self.discover(source)
            self.alert_if_blind()
        for link in self.wanted():
            known = self._known.get(link.url)
            address = self._spelled.get(link.url) or (known and known.asked_url) or link.url
            self._asked.add(link.url)
            yield self.request(address, "page", callback=self.page, errback=self.failed, cb_kwargs={"url": link.url}, headers=conditions(known))
        self._is_through = True

    # ------------------------------------------------------------ discovery

    async def discover(self, source: Source) -> None:
        """Asks a source, and what it goes on to, and enters the links into the ledger."""
        kind, search = KINDS[source.kind], Search(self.outlet, source, self.job.window)
        try:
            waiting = deque(kind.first(search))
        except Exception as error:  # noqa: BLE001 - a source that breaks must not take the outlet's others with it
            self.source_broke(source.url, error)
            return
        asked: set[str] = set()
        while waiting and len(asked) < (ANSWERS_MAX_IN_WINDOW if search.window else ANSWERS_MAX):
            url = waiting.popleft()
            if url in asked:
                continue
            asked.add(url)
            try:
                found = kind.read(await self.answer(url), url, search)
                if self.take(found, url) or not kind.pages:
                    waiting.extend(found.more)
            except (FetchFailed, NotReadable) as failed:
                self.source_failed(url, failed, is_end=kind.pages and len(asked) > 1)
            except Exception as error:  # noqa: BLE001 - an answer that breaks our reading is rejected like one that is no list
                self.source_broke(url, error)

    async def answer(self, url: str) -> bytes:
        """The body of a source. Raises FetchFailed."""
        try:
            response = await self.crawler.engine.download_async(self.request(url, "source"))
        except Exception as error:  # reason_of names each kind, and calls a mistake of ours internal_error
            raise FetchFailed(*reason_of(error)) from error
        if response.status != 200:
            raise FetchFailed(f"http_{response.status}")
        return response.body

    def source_failed(self, url: str, failed: FetchFailed | NotReadable, *, is_end: bool) -> None:
        """A source that gave no answer to use. A page after the first that is not there is just the end of a list."""
        reason = failed.reason if isinstance(failed, FetchFailed) else "not readable"
        if is_end and reason in ("http_400", "http_404", "http_410"):
            return
        self.note_source(url, "failed", str(failed))
        self.ledger.reject(url, "discover", "source_failed", str(failed))
        if reason == "robots_unreachable":
            self.ledger.alerts.add(reason)
        if reason in {f"http_{status}" for status in REFUSED_STATUSES}:
            self.ledger.alerts.add("blocked")

    def note_source(self, url: str, state: str, detail: str) -> None:
        self.ledger.sources[url] = SourceState(
            self.outlet.outlet_id, url, "source", state, detail, self.job.clock.now(), definition_sha256=self.outlet.definition_sha256,
        )

    def source_broke(self, url: str, error: Exception) -> None:
        """A mistake of ours, or a value that nobody thought of: the log has where, the outlet's report that something was lost."""
        self.logger.error("%s: the source could not be read", url, exc_info=error)
        self.ledger.alerts.add("internal_error")
        self.source_failed(url, FetchFailed(*reason_of(error)), is_end=False)

    def take(self, found: Found, url: str) -> bool:
        """Enters the links of an answer; true where the next page of the same list is worth asking."""
        window, zone = self.job.window, self.outlet.zone
        off_outlet, unmatched, outside, new, unseen = [], [], 0, 0, 0
        for link in found.links:
            given, link = link.url, replace(link, url=canonical_url(link.url, self.outlet))
            is_unseen = link.url not in self._seen
            self._seen.add(link.url)
            unseen += is_unseen
            if not self.outlet.serves(link.url):
                off_outlet.append(link.url)
            elif not self.outlet.matches(link.url):
                unmatched.append(link.url)
            elif window and window.outside(link, zone):
                outside += 1
            elif self.ledger.add(link):
                known = self._known.get(link.url)
                new += known is None or known.is_recovered
                if (spelled := address_to_ask(given, link.url)) != link.url:
                    self._spelled[link.url] = spelled
        self._new_count += new
        self._answers_count += 1
        self.reject_all(url, "off_outlet", off_outlet, "lead to hosts that are not the outlet's")
        self.reject_all(url, "url_pattern", unmatched, "do not fit article.url_pattern")
        self.note_source(url, "listed", f"{len(found.links):,} links, {new:,} new" + (f", {outside:,} outside the window" if window else ""))
        self.progress(self.ledger)
        if self._new_count > self.job.pages_per_run:
            return False  # there is more than this run may ask; the next one goes on
        if window:
            return unseen > 0 and not all(window.before(link, zone) for link in found.links)
        return new > 0

    def reject_all(self, source_url: str, reason: str, urls: list[str], why: str) -> None:
        """One rejection for all addresses of an answer that are no articles of the outlet: a sitemap can hold thousands every night."""
        if urls:
            self.ledger.reject(source_url, "discover", reason, f"{len(urls):,} addresses {why}, for example {urls[0]}")

    def is_to_ask(self, url: str) -> bool:
        known = self._known.get(url)
        return known is None or known.due

    def alert_if_blind(self) -> None:
        """Nothing found is only good news where at least one source answered."""
        if self._answers_count:
            self.ledger.alerts.discard("blocked")
        elif self.outlet.discover:
            self.ledger.alerts.add("no_source_answered")

    # ------------------------------------------------------------ pages

    def wanted(self) -> Iterator[Link]:
        """The links to ask in this run, newest first; the others are settled as known, or left for the next run."""
        if self.outlet.discover and not self.job.window:
            for url, known in self._known.items():
                if known.due:
                    self.ledger.add(Link(url, "known", candidates=known.candidates))
        for url in self.ledger.links:
            if not self.is_to_ask(url):
                self.ledger.settle(url, "known")
        links = [link for url, link in self.ledger.links.items() if self.is_to_ask(url)]
        due = [link for link in links if link.url in self._known]
        new = [link for link in links if link.url not in self._known]
        pages_max = self.job.pages_per_run
        for_new = pages_max - min(len(due), max(pages_max // RECHECK_SHARE, pages_max - len(new)))
        return iter([*newest_first(new)[:for_new], *newest_first(due)[: pages_max - min(for_new, len(new))]])

    def page(self, response: Response, url: str) -> Iterator[HttpResponse]:
        """What became of an article's address: a response to keep, or an outcome in the ledger."""
        now, status = self.job.clock.now(), response.status
        if status == 304:
            self.ledger.settle(url, "not_modified", status=status, at=now)
        elif status in (404, 410) and url in self._known:
            self.ledger.settle(url, "gone", status=status, at=now)
        elif status != 200:
            self.ledger.fail(url, f"http_{status}", status=status, at=now)
        elif why := not_html(response):
            self.ledger.fail(url, "not_html", why, status=status, at=now)
        else:
            assert response.request
            headers, body = response.request.meta["wire"]
            robots, candidates = response.request.meta.get("robots", "unknown"), self.ledger.links[url].candidates
            yield HttpResponse(self.outlet.outlet_id, url, response.url, now, status, headers, body, robots, self.job.run_id, candidates)
        self.progress(self.ledger)

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
        """An article that could not be asked or whose answer was not taken."""
        url = failure.request.cb_kwargs["url"]  # type: ignore[attr-defined]
        assert failure.value
        reason, detail = reason_of(failure.value)
        if reason == "internal_error":
            self.ledger.alerts.add(reason)
            self.logger.error("%s: %s", url, failure.getTraceback())
        self.ledger.fail(url, reason, detail, at=self.job.clock.now())
        self.progress(self.ledger)


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
