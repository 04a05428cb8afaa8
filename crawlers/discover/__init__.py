"""Finding articles: what each kind of source is asked, and how its answer becomes links. Everything here is pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawlers.discover import feed, listing, sitemap, wordpress
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


KINDS: dict[str, Kind] = {
    "feed": Kind(feed.first, feed.read, pages=False),
    "sitemap": Kind(sitemap.first, sitemap.read, pages=False),
    "listing": Kind(listing.first, listing.read, pages=True),
    "wordpress": Kind(wordpress.first, wordpress.read, pages=True),
}
