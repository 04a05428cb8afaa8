"""The front page of an outlet, where its sources name nothing new although they usually do: does it show articles that they do not? Pure."""

from __future__ import annotations

from dataclasses import replace

from crawlers.discover import listing
from crawlers.discover.found import Found, Search

KIND = "front_page"


def first(search: Search) -> list[str]:
    return [search.source.url]


def read(body: bytes, url: str, search: Search) -> Found:
    """The article links of the page, as of a listing page, and no further page. Raises NotReadable for a body without any markup."""
    found = listing.read(body, url, search)
    return replace(found, links=tuple(replace(link, found_by=KIND) for link in found.links), more=())
