"""The spider that looks at a site for `nightdesk outlets new`: asks as politely as a crawl, a few addresses only, and reports what it found.

Guard, robots.txt, patience, redirects and limits are those of every crawl; only what is asked differs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers import survey, survey_toml
from crawlers.addresses import is_loopback
from crawlers.crawl import needs_contact
from crawlers.discover import KINDS, Found, NotReadable, Search
from crawlers.failures import REFUSED_STATUSES, FetchFailed, reason_of
from crawlers.loader import OutletLoader, fetch_settings
from crawlers.outlet import Outlet, Source
from crawlers.robots import PRODUCT_TOKEN, ROBOTS_BYTES_MAX
from crawlers.settings import DOWNLOADER_MIDDLEWARES
from crawlers.spider import OutletSpider
from crawlers.survey import Findings, HomePage, Robots, SourceLook
from crawlers.survey_child import REQUESTS_MAX, report_path

# A host with a long Crawl-delay is not looked at for the rest of the day.
LOOK_S_MAX = 600.0
FEEDS_ANNOUNCED_MAX = 3
FEEDS_TRIED_MAX = 6
SITEMAPS_NAMED_MAX = 3
SITEMAPS_TRIED_MAX = 3
SECTIONS_MAX = 3
BLOCKED = frozenset(f"http_{status}" for status in REFUSED_STATUSES)


class NotAsked(FetchFailed):
    """An address that this look does not ask. It is no rejection of an article: nothing is stored of a look."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking an address brought: the final address and a body, or why there is none."""

    url: str
    body: bytes = b""
    failure: str = ""  # the word, and the detail behind a colon


class SurveyLoader(OutletLoader):
    """Scrapy's loader with the surveying spider in the place of the crawling one."""

    def load(self, spider_name: str) -> type[OutletSpider]:
        outlet = self.outlets[spider_name]
        middlewares = {**DOWNLOADER_MIDDLEWARES, "crawlers.survey_spider.Doorkeeper": 850}
        settings = fetch_settings(outlet) | {"DOWNLOADER_MIDDLEWARES": middlewares}
        return type(outlet.outlet_id, (SurveySpider,), {"name": outlet.outlet_id, "outlet": outlet, "custom_settings": settings})


class Doorkeeper:
    """Downloader middleware right before the network: counts what is really sent, robots.txt and repeats too, and sends no more than allowed.

    It also keeps the look at a site of this machine on this machine, because nobody had to say who is asking.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert isinstance(crawler.spider, SurveySpider)
        self._spider = crawler.spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Doorkeeper:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider, host = self._spider, urlparse_cached(request).hostname or ""
        if spider.stays_here and not is_loopback(host):
            raise NotAsked("not_asked", f"{host} is not on this machine, the site is")
        if spider.sent >= REQUESTS_MAX:
            raise NotAsked("not_asked", f"{REQUESTS_MAX} requests were sent, which is the most for one look")
        spider.sent += 1
        spider.tell(request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta["purpose"] == "robots" and response.status == 200:
            first = (request.meta.get("redirected_from") or [request.url])[0]
            self._spider.robots_bodies[urlsplit(first).netloc] = response.body[:ROBOTS_BYTES_MAX]
        return response


class SurveySpider(OutletSpider):
    """Looks at the site of a provisional outlet and writes one report of it."""

    def __init__(self, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(*arguments, **kwargs)
        self.sent = 0
        self.stays_here = not needs_contact([self.outlet], self.job.proxy_url) and not self.job.proxy_url
        self.robots_bodies: dict[str, bytes] = {}
        self.site: Outlet = self.outlet
        self.looks: list[SourceLook] = []
        self.offsets: tuple[timedelta, ...] = ()
        self.today = self.job.clock.now().date()
        self.stopped = ""
        self._home_articles: list[str] = []
        self._counts_from_one: bool | None = None  # whether ?page=1 is the first page of a listing of this site
        self._end = time.monotonic() + LOOK_S_MAX

    async def start(self) -> AsyncIterator[Request]:
        report_path(self.job).write_text(json.dumps(await self.report()), encoding="utf-8")
        self._is_through = True
        for _ in ():
            yield _  # nothing is fetched as an article

    def tell(self, url: str) -> None:
        """One line of progress for the parent."""
        sys.stdout.write(json.dumps({"sent": self.sent, "of": REQUESTS_MAX, "url": url}) + "\n")
        sys.stdout.flush()

    # ------------------------------------------------------------ asking

    async def ask(self, url: str) -> Answer:
        if time.monotonic() > self._end:
            self.stopped = f"it had taken {LOOK_S_MAX / 60:.0f} minutes"
            return Answer(url, failure="not_asked: the look had taken long enough")
        try:
            assert self.crawler.engine
            response = await self.crawler.engine.download_async(self.request(url, "source"))
        except Exception as error:  # reason_of names each kind, and calls a mistake of ours internal_error
            reason, detail = reason_of(error)
            if reason == "internal_error":
                self.logger.error("%s could not be asked", url, exc_info=error)
            if reason == "not_asked":
                self.stopped = detail
            return Answer(url, failure=f"{reason}: {detail}" if detail else reason)
        failure = "" if response.status == 200 else f"http_{response.status}"
        return Answer(response.url, response.body, failure)

    async def report(self) -> dict[str, object]:
        answer = await self.ask(self.outlet.homepage)
        if answer.failure:
            return survey_toml.refused_report(answer.url, state_of(answer.failure), answer.failure, self.sent)
        try:
            home = survey.home_page(answer.body, answer.url)
        except NotReadable as error:
            return survey_toml.refused_report(answer.url, "no_page", str(error), self.sent)
        self.site = survey.site_of(home.url, self.outlet)
        self._home_articles = survey.article_links(home.anchors, self.site)
        robots = self.robots()
        await self.look_for_feeds(home)
        await self.look_for_sitemaps(robots)
        await self.look_for_wordpress(home)
        if not any(look.state == "good" for look in self.looks):
            await self.look_for_listings(home, answer.body)
        offsets = self.offsets or survey.clock_offsets(moment for look in self.looks for moment in look.moments)
        found = Findings(self.site, home, robots, self.today, self.sent, tuple(self.looks), offsets, self.outlet.homepage, self.stopped)
        return survey_toml.report_of(found)

    def robots(self) -> Robots:
        body = self.robots_bodies.get(urlsplit(self.site.homepage).netloc)
        if body is None:
            return Robots()
        rules = Protego.parse(body.decode("utf-8-sig", "ignore"))
        sitemaps = tuple(url for url in dict.fromkeys(rules.sitemaps) if urlsplit(url).scheme in ("http", "https"))
        return Robots(True, sitemaps, float(rules.crawl_delay(PRODUCT_TOKEN) or 0))

    # ------------------------------------------------------------ sources

    async def look_at(self, kind: str, url: str, ask: str | None = None, note: str = "") -> SourceLook:
        """Asks a source (at `ask`, where the first thing to ask is another address), reads it as a crawl would and takes it down."""
        answer = await self.ask(ask or url)
        look = self.judged(kind, url, answer) if not answer.failure else SourceLook(kind, url, "failed", answer.failure)
        look = replace(look, note=note or look.note)
        self.looks.append(look)
        return look

    def judged(self, kind: str, url: str, answer: Answer) -> SourceLook:
        try:
            search = Search(self.site, Source(kind, url))
            found = KINDS[kind].read(answer.body, KINDS[kind].first(search)[0] if kind == "wordpress" else answer.url, search)
        except NotReadable as error:
            return SourceLook(kind, url, "failed", f"not readable: {error}")
        except Exception as error:
            self.logger.exception("%s could not be read", url)
            return SourceLook(kind, url, "failed", f"internal_error: {type(error).__name__}")
        return self.judged_links(kind, url, found)

    def judged_links(self, kind: str, url: str, found: Found) -> SourceLook:
        host = survey.further_host(found.links, self.site)
        if host and kind != "listing":
            self.site = replace(self.site, hosts=(*self.site.hosts, host))
        earlier = [known for look in self.looks if look.state == "good" and look.kind == kind for known in look.urls]
        return survey.judged(kind, url, found, self.site, self.today, self._home_articles, earlier)

    def has_good(self, kind: str) -> bool:
        return any(look.state == "good" for look in self.looks if look.kind == kind)

    async def look_for_feeds(self, home: HomePage) -> None:
        """The announced ones; where none of them is good, the usual addresses, until one is."""
        for url in home.feeds[:FEEDS_ANNOUNCED_MAX]:
            await self.look_at("feed", url)
        tried = 0
        for url in survey.feeds_to_try(home, self.site):
            if self.has_good("feed") or tried == FEEDS_TRIED_MAX or self.stopped:
                return
            if url not in home.feeds:
                tried += 1
                await self.look_at("feed", url)

    async def look_for_sitemaps(self, robots: Robots) -> None:
        """Those that robots.txt names, news first; where it names none, the usual addresses, until one answers."""
        named = sorted(robots.sitemaps, key=lambda url: (-survey.part_rank(url), "news" not in url))
        for url in named[:SITEMAPS_NAMED_MAX]:
            await self.look_at_sitemap(url)
        for url in () if named else survey.sitemaps_to_try(self.site)[:SITEMAPS_TRIED_MAX]:
            if (await self.look_at_sitemap(url)).state != "failed" or self.stopped:
                return

    async def look_at_sitemap(self, url: str) -> SourceLook:
        """A sitemap, or an index by its newest part."""
        answer = await self.ask(url)
        try:
            part, count = survey.newest_part(answer.body) if not answer.failure else ("", 0)
        except NotReadable as error:
            answer, part, count = Answer(url, failure=f"not readable: {error}"), "", 0
        if part:
            files = "1 file" if count == 1 else f"{count:,} files"
            return await self.look_at("sitemap", url, ask=part, note=f"It is an index of {files}; counted in the newest, {part}.")
        look = self.judged("sitemap", url, answer) if not answer.failure else SourceLook("sitemap", url, "failed", answer.failure)
        self.looks.append(look)
        return look

    async def look_for_wordpress(self, home: HomePage) -> None:
        root = survey.wordpress_root(home, self.site)
        if not root or self.stopped:
            return
        source = Source("wordpress", root)
        answer = await self.ask(KINDS["wordpress"].first(Search(self.site, source))[0])
        look = SourceLook("wordpress", root, "failed", answer.failure) if answer.failure else self.judged("wordpress", root, answer)
        self.looks.append(look)
        if look.state != "failed":
            self.offsets = survey.wordpress_offset(json.loads(answer.body))

    # ------------------------------------------------------------ listings

    async def look_for_listings(self, home: HomePage, body: bytes) -> None:
        """Overview pages that the home page links to; where none of them lists articles, the home page itself."""
        for section in survey.listing_candidates(home.anchors, self.site)[:SECTIONS_MAX]:
            if not self.stopped:
                await self.look_at_section(section)
        if not self.has_good("listing"):
            self.looks.append(replace(self.judged("listing", self.site.homepage, Answer(home.url, body)), note="It is the home page."))

    async def look_at_section(self, section: str) -> None:
        answer = await self.ask(section)
        if answer.failure:
            self.looks.append(SourceLook("listing", section, "failed", answer.failure))
            return
        look = self.judged("listing", section, answer)
        first, addresses = self.listed(answer), self.addresses(answer)
        if look.state == "good" and not survey.is_overview_of(first, self._home_articles, section):
            look = replace(look, state="empty", detail="it only links to what the home page links to")
        look = replace(look, urls=tuple(first) or look.urls)
        if look.state != "good":
            self.looks.append(look)
        else:
            await self.look_at_pages(look, first, addresses)

    async def look_at_pages(self, look: SourceLook, first: list[str], addresses: Iterable[str]) -> None:
        """Enters an overview with {page} where its page 2 really lists other articles, else without."""
        addresses = list(addresses)
        for template in survey.page_templates(look.url, addresses)[:2]:
            second = await self.ask(template.replace("{page}", "2"))
            others = [] if second.failure else self.listed(second)
            if survey.has_other_articles(others, first):
                await self.enter_pages(look, template, first, others)
                return
        how = "its further pages are called by the number of an article (start=), which {page} cannot say" if survey.counts_by_start(addresses) \
            else "no second page with other articles was found"
        self.looks.append(replace(look, note=f"Only its first page is read: {how}."))

    async def enter_pages(self, look: SourceLook, template: str, first: list[str], second: list[str]) -> None:
        """Some systems (Drupal) call the second page 1: then the first one is a source of its own."""
        if self._counts_from_one is None and "?" in template:
            one = await self.ask(template.replace("{page}", "1"))
            self._counts_from_one = not one.failure and survey.is_same_list(self.listed(one), first)
        note = "Page 2 was tried and lists other articles."
        if "?" in template and self._counts_from_one is False:
            self.looks.append(replace(look, note="This is its first page; ?page=1 is the second."))
        # What stands on both pages is their frame: menus, and what is read most.
        listed = tuple(url for url in dict.fromkeys((*first, *second)) if not (url in first and url in second))
        self.looks.append(replace(look, url=template, urls=listed, note=note))

    def listed(self, answer: Answer) -> list[str]:
        try:
            return survey.listed_urls(answer.body, answer.url, self.site)
        except NotReadable:
            return []

    def addresses(self, answer: Answer) -> list[str]:
        try:
            return [address for address, _ in survey.home_page(answer.body, answer.url).anchors]
        except NotReadable:
            return []


def state_of(failure: str) -> str:
    """Why a site cannot be looked at, in one word."""
    word = failure.split(":")[0]
    return "blocked" if word in BLOCKED else word
