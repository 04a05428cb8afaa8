"""RSS, Atom and JSON feeds: the newest articles with title, summary, author, section and date. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import feedparser

from crawlers.discover.found import Found, NotReadable, Search, candidates, iso, moment, plain, well_formed, without_entities
from crawlers.hosts import web_parts
from crawlers.outlet import Outlet
from warehouse.records import Link

# Feeds hold the newest 10 to 100 articles; what a feed holds beyond this is the business of a sitemap or a backfill. One of 50,000 entries
# would keep feedparser busy for 11 CPU seconds.
ENTRIES_MAX = 2000
ENTRY_START = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
DATE_OF_ENTRY = re.compile(rb"<(?:pubDate|published|updated|dc:date)[^>]*>([^<]{1,64})<")


def first(search: Search) -> list[str]:
    return [search.source.url]


def read(body: bytes, url: str, search: Search) -> Found:
    """The links of a feed in its order. Raises NotReadable for a body that is no feed; an empty feed is a feed.

    An article is known by its address: guids are missing, repeated or changed by too many systems, and only one that is an address is used.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return json_feed(body, url, search.outlet)
    # feedparser opens a file or an address when it is handed a str or bytes that look like one: only a stream is safe.
    newest, beyond = newest_entries(without_entities(body), search.outlet.zone)
    parsed = feedparser.parse(BytesIO(newest))
    version = parsed.get("version") or ""
    if not version and not parsed.entries:
        raise NotReadable(f"it is not a feed ({parsed.get('bozo_exception', 'no feed element')})")
    return found_of([link_of(entry, url, version, search.outlet) for entry in parsed.entries[:ENTRIES_MAX]], beyond)


def found_of(links: list[Link | None], beyond: int) -> Found:
    return Found(tuple(link for link in links if link), without_address=links.count(None), beyond=beyond)


def newest_entries(body: bytes, zone: ZoneInfo) -> tuple[bytes, int]:
    """The feed with its first ENTRIES_MAX entries, or its last ones where it begins with the oldest, and how many were left out."""
    starts = [start.start() for start in ENTRY_START.finditer(body)]
    if len(starts) <= ENTRIES_MAX:
        return body, 0
    end = max(body.rfind(b"</"), starts[-1])  # the closing tags of the channel are missed by no reader of broken feeds
    oldest_first = is_before(body[starts[0] : starts[1]], body[starts[-1] :], zone)
    kept = body[starts[-ENTRIES_MAX] : end] if oldest_first else body[starts[0] : starts[ENTRIES_MAX]]
    return body[: starts[0]] + kept, len(starts) - ENTRIES_MAX


def is_before(entry: bytes, other: bytes, zone: ZoneInfo) -> bool:
    """Whether the first entry states an earlier date than the other one."""
    written = [DATE_OF_ENTRY.search(each) for each in (entry, other)]
    dates = [moment(found[1].decode("ascii", "replace"), zone) if found else None for found in written]
    return bool(dates[0] and dates[1] and dates[0] < dates[1])


def link_of(entry: Mapping[str, Any], url: str, version: str, outlet: Outlet) -> Link | None:
    """The article of one entry, or None where the entry names no address."""
    address = address_of(entry)
    if not address:
        return None
    published = moment(entry.get("published"), outlet.zone)
    # feedparser answers with the date of publication where there is no other: only what is really there counts.
    modified = moment(entry["updated"], outlet.zone) if "updated" in entry.keys() else None  # noqa: SIM118 - `in entry` does the same
    if version.startswith("rss") and not entry.get("published"):
        published, modified = modified, None  # RSS has no date of change; dc:date, which feedparser calls one, is that of publication
    tags = entry.get("tags") or [{}]
    return Link(
        resolved(url, address), "feed", published, modified,
        candidates("feed", headline=plain(entry.get("title")), description=plain(entry.get("summary")), byline=plain(entry.get("author")),
                   section=plain(tags[0].get("term")), date_published=iso(published), date_modified=iso(modified)),
    )


def address_of(entry: Mapping[str, Any]) -> str | None:
    """The address of the page of an entry: before FeedBurner's redirect, else the first alternate, else a guid that is a whole address.

    Enclosures, replies and the entry's own address in the feed are no pages: an entry that has only those names no article.
    """
    pages = [link.get("href") for link in entry.get("links") or () if link.get("rel") == "alternate"]
    link = entry.get("feedburner_origlink") or next(filter(None, pages), None) or entry.get("link")
    # A guid counts as the address unless the feed says otherwise; many that say nothing hold a mere number.
    return None if link == entry.get("id") and not pages and web_parts(str(link)) is None else link


def resolved(url: str, address: object) -> str:
    """The address as seen from the feed; as it stands where it is none (it is rejected with its source then)."""
    written = well_formed(str(address))
    try:
        return urljoin(url, written)
    except ValueError:
        return written


def json_feed(body: bytes, url: str, outlet: Outlet) -> Found:
    """The links of a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        items = json.loads(body)["items"]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise NotReadable(f"it is not a JSON feed ({error or type(error).__name__})") from None
    if not isinstance(items, list):
        raise NotReadable("it is not a JSON feed (its items are no list)")
    links = [json_link(item, url, outlet) if isinstance(item, dict) else None for item in items[:ENTRIES_MAX]]
    return found_of(links, max(0, len(items) - ENTRIES_MAX))


def json_link(item: dict[str, Any], url: str, outlet: Outlet) -> Link | None:
    address = item.get("url") or item.get("external_url")
    if not address or not isinstance(address, str):
        return None
    published, modified = (moment(item.get(key), outlet.zone) for key in ("date_published", "date_modified"))
    authors = item.get("authors")
    author = authors[0] if isinstance(authors, list) and authors else item.get("author")
    return Link(
        resolved(url, address), "feed", published, modified,
        candidates("feed", headline=plain(item.get("title")), description=plain(item.get("summary")),
                   byline=plain(author.get("name") if isinstance(author, dict) else author),
                   date_published=iso(published), date_modified=iso(modified)),
    )
