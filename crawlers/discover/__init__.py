"""Finding articles: what each kind of source is asked, and how its answer becomes links. Everything here is pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawlers.discover import feed, front_page, listing, sitemap, wordpress
from crawlers.discover.found import Found, NotReadable, Search, Window

__all__ = ["KINDS", "Found", "Kind", "NotReadable", "Search", "Window"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to find articles.

    `first` gives the addresses to ask first. `read` turns an answer into links and the addresses that hold more; it raises NotReadable
    where the answer is not of this kind. Where `pages` is true, `more` is the next page of the same list, and a page without anything new
    ends the list; where it is false, `more` are parts that all belong to the source.
    """

    first: Callable[[Search], list[str]]
    read: Callable[[bytes, str, Search], Found]
    pages: bool
    # The address under which a list of several pages is remembered; parts that are asked for themselves go by their own.
    name: Callable[[Search], str] = lambda search: search.source.url
    # Addresses of short lists of what changed since a moment, beside the list of what is new; None where the kind has none.
    changes: Callable[[Search, datetime], list[str]] | None = None


KINDS: dict[str, Kind] = {
    "feed": Kind(feed.first, feed.read, pages=False),
    "sitemap": Kind(sitemap.first, sitemap.read, pages=False),
    "listing": Kind(listing.first, listing.read, pages=True),
    "wordpress": Kind(wordpress.first, wordpress.read, pages=True, name=wordpress.name, changes=wordpress.changes),
    # Asked by the crawler itself, and no kind that an outlet's file can name.
    front_page.KIND: Kind(front_page.first, front_page.read, pages=False),
}
