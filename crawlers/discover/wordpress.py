"""WordPress sites by their REST interface: all posts, newest first, with title and date. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

from crawlers.discover.found import Found, NotReadable, Search, candidates, iso, moment, plain, well_formed
from crawlers.outlet import Outlet
from warehouse.records import Link

POSTS_A_PAGE = 100  # the most that WordPress gives
FIELDS = "link,date,date_gmt,modified_gmt,title"


def first(search: Search) -> list[str]:
    return [page_url(search, 1)]


def name(search: Search) -> str:
    """The address of all posts."""
    return f"{search.source.url.rstrip('/')}/wp-json/wp/v2/posts"


def changes(search: Search, since: datetime) -> list[str]:
    """The address of the posts that were changed last. WordPress before 5.7 does not know modified_after and gives older changes as well."""
    query = {"per_page": POSTS_A_PAGE, "page": 1, "orderby": "modified", "modified_after": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
             "_fields": FIELDS}
    return [f"{name(search)}?{urlencode(query)}"]


def page_url(search: Search, page: int) -> str:
    """The address of one page of posts. WordPress reads after and before in the site's own time, both excluded."""
    query: dict[str, str | int] = {"per_page": POSTS_A_PAGE, "page": page, "_fields": FIELDS}
    window = search.window
    if window:
        query["after"] = f"{window.first - timedelta(days=1)}T23:59:59"
        query["before"] = f"{window.last + timedelta(days=1)}T00:00:00"
    return f"{name(search)}?{urlencode(query)}"


def read(body: bytes, url: str, search: Search) -> Found:
    """The posts of a page; a full page has a next one. Raises NotReadable for anything but a list of posts."""
    try:
        posts = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"it is not a list of posts ({error})") from None
    if not isinstance(posts, list) or (posts and not any(isinstance(post, dict) for post in posts)):
        said = (posts.get("message") or posts.get("code")) if isinstance(posts, dict) else None
        raise NotReadable(f"it is not a list of posts ({well_formed(str(said or type(posts).__name__))})")
    links = [link_of(post, search.outlet) for post in posts if isinstance(post, dict) and post.get("link")]
    page = int(parse_qs(urlsplit(url).query)["page"][0])
    more = (page_url(search, page + 1),) if len(posts) >= POSTS_A_PAGE else ()
    return Found(tuple(links), more, without_address=len(posts) - len(links))


def link_of(post: dict[str, Any], outlet: Outlet) -> Link:
    published = moment_of(post, "date_gmt") or moment(post.get("date"), outlet.zone)
    modified = moment_of(post, "modified_gmt")
    title = post.get("title")
    headline = plain(title.get("rendered") if isinstance(title, dict) else None)
    # The REST interface is the site's own machine-readable list, like its feed: the vocabulary of sources has one word for both.
    named = candidates("feed", headline=headline, date_published=iso(published), date_modified=iso(modified))
    return Link(well_formed(str(post["link"])), "wordpress", published, modified, named)


def moment_of(post: dict[str, Any], key: str) -> datetime | None:
    """A *_gmt value, which carries no zone but means UTC."""
    return moment(post.get(key), ZoneInfo("UTC"))
