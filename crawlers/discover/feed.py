"""RSS, Atom and JSON feeds: the newest articles with title, summary, author, section and date. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser

from crawlers.discover.found import Found, NotReadable, Search, candidates, iso, moment, plain, well_formed, without_entities
from crawlers.outlet import Outlet
from warehouse.records import Link

# Feeds hold the newest 10 to 100 articles; what a feed holds beyond this is the business of a sitemap or a backfill.
ENTRIES_MAX = 2000


def first(search: Search) -> list[str]:
    return [search.source.url]


def read(body: bytes, url: str, search: Search) -> Found:
    """The links of a feed in its order. Raises NotReadable for a body that is no feed; an empty feed is a feed."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return Found(tuple(json_links(body, url, search.outlet)))
    # feedparser opens a file or an address when it is handed a str or bytes that look like one: only a stream is safe.
    parsed = feedparser.parse(BytesIO(without_entities(body)), response_headers={"content-location": url})
    if not parsed.get("version") and not parsed.entries:
        raise NotReadable(f"it is not a feed ({parsed.get('bozo_exception', 'no feed element')})")
    return Found(tuple(link for entry in parsed.entries[:ENTRIES_MAX] if (link := link_of(entry, url, search.outlet))))


def link_of(entry: Mapping[str, Any], url: str, outlet: Outlet) -> Link | None:
    """The article of one entry, or None where the entry names no address."""
    address = entry.get("feedburner_origlink") or entry.get("link")
    if not address:
        return None
    published = moment(entry.get("published"), outlet.zone)
    # feedparser answers with the date of publication where there is no other: only what is really there counts.
    modified = moment(entry["updated"], outlet.zone) if "updated" in entry.keys() else None  # noqa: SIM118 - `in entry` does the same
    tags = entry.get("tags") or [{}]
    return Link(
        urljoin(url, well_formed(str(address))), "feed", published, modified,
        candidates("feed", headline=plain(entry.get("title")), description=plain(entry.get("summary")), byline=plain(entry.get("author")),
                   section=plain(tags[0].get("term")), date_published=iso(published), date_modified=iso(modified)),
    )


def json_links(body: bytes, url: str, outlet: Outlet) -> list[Link]:
    """The links of a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        items = json.loads(body)["items"]
        return [link for item in items[:ENTRIES_MAX] if (link := json_link(item, url, outlet))]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise NotReadable(f"it is not a JSON feed ({error or type(error).__name__})") from None


def json_link(item: dict[str, Any], url: str, outlet: Outlet) -> Link | None:
    address = item.get("url") or item.get("external_url")
    if not address:
        return None
    published, modified = (moment(item.get(key), outlet.zone) for key in ("date_published", "date_modified"))
    authors = item.get("authors") or [item.get("author") or {}]
    return Link(
        urljoin(url, well_formed(str(address))), "feed", published, modified,
        candidates("feed", headline=plain(item.get("title")), description=plain(item.get("summary")), byline=plain(authors[0].get("name")),
                   date_published=iso(published), date_modified=iso(modified)),
    )
