"""Redirects: at most five, and from an article only to another address of the same outlet."""

from __future__ import annotations

from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from w3lib.url import safe_url_string

from crawlers.failures import FetchFailed
from crawlers.hosts import web_parts
from crawlers.outlet import Outlet

STATUSES = frozenset((301, 302, 303, 307, 308))
CONDITIONS = ("If-None-Match", "If-Modified-Since")
HOPS_MAX = 5  # RFC 9309 asks for at least five for robots.txt; pages get no more


class Redirects:
    """Downloader middleware in the place of Scrapy's. The target passes the guard and robots.txt like any other request."""

    def __init__(self, crawler: Crawler) -> None:
        self._spider = crawler.spider
        self._outlet: Outlet = crawler.spider.outlet  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Redirects:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        location = response.headers.get(b"Location")
        if response.status not in STATUSES or not location:
            return response
        try:
            target = urljoin(request.url, safe_url_string(location))
        except ValueError:
            raise FetchFailed(f"http_{response.status}", f"redirected to what is no address: {location!r:.200}") from None
        chain = [*request.meta.get("redirected_from", ()), request.url]
        if target in chain or len(chain) > HOPS_MAX:
            raise FetchFailed("redirect_loop", f"{len(chain)} redirects, the last to {target}")
        if web_parts(target) is None:
            raise FetchFailed("scheme_refused", f"redirected to {target}")
        if request.meta["purpose"] in ("page", "reservations") and not self._outlet.serves(target):
            raise FetchFailed("redirect_offsite", f"redirected to {target}")
        meta = self._spider.meta_for(target, **request.meta | {"redirected_from": chain, "tries": 1})  # type: ignore[union-attr]
        return request.replace(url=target, meta=meta, headers=headers_for(target, request), dont_filter=True, priority=1)


def headers_for(target: str, request: Request) -> Headers:
    """The headers of a request as they go to where it was redirected: the conditions of a page only to the address that they came from.

    Another page that is older than our copy would answer 304, and an article that now leads elsewhere would count as still there.
    """
    headers = request.headers.copy()
    if request.meta["purpose"] == "page" and target != request.meta.get("answered_url"):
        for name in CONDITIONS:
            headers.pop(name, None)
    return headers
