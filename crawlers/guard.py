"""Which addresses may be asked: web schemes only, and no private network unless the outlet's file allows it.

Two places: the middleware looks at the address as written, the resolver at what its name stands for at the moment of the connection, so that
a name that points into a private network is refused as well. Through a proxy only the first applies: the proxy resolves the names.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError

from crawlers.addresses import Address, Network, is_allowed, literal_address, networks_of
from crawlers.failures import FetchFailed

ANYWHERE = networks_of(["0.0.0.0/0", "::/0"])


class AddressGuard:
    """Downloader middleware, first of all: refuses what must not be asked, and tells the resolver what the host may stand for."""

    def __init__(self, crawler: Crawler) -> None:
        self._networks = networks_of(crawler.settings.getlist("ALLOW_ADDRESSES"))
        proxy_url = crawler.settings.get("PROXY_URL")
        self._proxied = bool(proxy_url)
        if proxy_url:
            # The user names the proxy; it may lie on this machine or in the user's own network.
            ALLOWED.note(urlsplit(proxy_url).hostname or "", ANYWHERE)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressGuard:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlparse_cached(request)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FetchFailed("scheme_refused", f"only http and https are asked, not {parts.scheme or 'an address without scheme'}")
        address = literal_address(parts.hostname)
        if address and not is_allowed(address, self._networks):
            raise FetchFailed("address_refused", f"{address} is not a public address; allow_addresses of the outlet does not name it")
        if not self._proxied:
            ALLOWED.note(parts.hostname, self._networks)


class AllowedNetworks:
    """What each host name may stand for, for the one resolver that all crawls of the process share."""

    def __init__(self) -> None:
        self._by_host: dict[str, tuple[Network, ...]] = {}
        self.refused: dict[str, str] = {}

    def note(self, host: str, networks: tuple[Network, ...]) -> None:
        """Two outlets that ask the same host with different permissions get what both allow."""
        known = self._by_host.setdefault(host.lower(), networks)
        if known != networks:
            self._by_host[host.lower()] = tuple(network for network in known if network in networks)

    def allows(self, host: str, address: Address) -> bool:
        allowed = is_allowed(address, self._by_host.get(host.lower(), ()))
        if not allowed:
            self.refused[host.lower()] = str(address)
        return allowed


ALLOWED = AllowedNetworks()


def refusal(request: Request, error: BaseException) -> FetchFailed | None:
    """The refusal of the resolver behind an error, which the connection only reports as a name without address; else None."""
    refused = ALLOWED.refused.get(urlparse_cached(request).hostname or "")
    if refused and isinstance(error, CannotResolveHostError):
        return FetchFailed("address_refused", f"the name stands for {refused}, which is not a public address")
    return None


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, refusing names that stand for addresses which the asking outlet may not reach. IPv4 only, like its parent."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        literal = literal_address(name)
        # A literal needs no look-up, but is checked here again: what Twisted takes for the host of an address need not be what urllib does.
        found = succeed(str(literal)) if literal else super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> Any:
        if ALLOWED.allows(name, ipaddress.ip_address(address)):
            return address
        return fail(DNSLookupError(f"{name} stands for {address}, which is not a public address"))
