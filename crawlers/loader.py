"""One spider for each outlet file, so that Scrapy's own commands know the outlets: `SCRAPY_SETTINGS_MODULE=crawlers.settings scrapy list`."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from crawlers.outlet import Outlet, OutletIndex, read_outlets
from crawlers.spider import OutletSpider


class OutletLoader:
    """Scrapy's spider loader over a folder of outlet files. Faulty files are left out; `nightdesk outlets check` names them."""

    def __init__(self, outlets_dir: Path, only: Iterable[str] | None = None) -> None:
        self.outlets, self.faults = read_outlets(outlets_dir, only)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> OutletLoader:
        return cls(Path(settings.get("OUTLETS_DIR") or default_outlets_dir()), settings.get("OUTLET_IDS"))

    def load(self, spider_name: str) -> type[OutletSpider]:
        return spider_of(self.outlets[spider_name])

    def list(self) -> list[str]:
        return builtins.list(self.outlets)

    def find_by_request(self, request: Request) -> builtins.list[str]:
        outlet = OutletIndex(self.outlets.values()).of(request.url)
        return [outlet.outlet_id] if outlet else []


def default_outlets_dir() -> Path:
    """The folder of the environment's settings, for Scrapy's own commands; a job names its folder itself."""
    from warehouse.settings import Settings  # a quarter of the start of a child, which never comes here

    return Settings().outlets_dir


def spider_of(outlet: Outlet) -> type[OutletSpider]:
    """The spider class of an outlet, with the politeness of its file as settings."""
    return type(outlet.outlet_id, (OutletSpider,), {"name": outlet.outlet_id, "outlet": outlet, "custom_settings": fetch_settings(outlet)})


def fetch_settings(outlet: Outlet) -> dict[str, Any]:
    """What the file says of fetching, in Scrapy's words."""
    fetch = outlet.fetch
    return {
        "DOWNLOAD_DELAY": fetch.delay_s,
        "CONCURRENT_REQUESTS_PER_DOMAIN": fetch.connections,
        # No more than can be on the wire: a request that waits for its turn in a slot could not be called back when the host asks for a pause.
        "CONCURRENT_REQUESTS": fetch.connections,
        "DOWNLOAD_TIMEOUT": fetch.timeout_s,
        "DOWNLOAD_MAXSIZE": fetch.max_bytes,
        "ALLOW_ADDRESSES": builtins.list(fetch.allow_addresses),
    }
