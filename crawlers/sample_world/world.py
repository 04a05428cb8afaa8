"""What the sample outlets answer to a request on one of two invented nights. Pure: same arguments, same bytes."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from crawlers.sample_world import pages
from crawlers.sample_world.stories import SampleOutlet, Story, outlets, stories, stories_of

# 01:30 of the next morning in Yangon.
NIGHTS: tuple[datetime, datetime] = (datetime(2026, 3, 2, 19, tzinfo=UTC), datetime(2026, 3, 3, 19, tzinfo=UTC))
HTML, PLAIN = "text/html; charset=utf-8", "text/plain; charset=utf-8"
XML, JSON = "application/xml; charset=utf-8", "application/json; charset=UTF-8"
NOT_FOUND = "Sorry, the page you are looking for could not be found."

Query = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class SampleResponse:
    """One HTTP answer. `delay_s` is how long the server waits before it sends anything."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay_s: float = 0.0

    def header(self, name: str) -> str | None:
        """The first header of that name, case aside, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Asked(NamedTuple):
    """A request as the routes see it: path and query are decoded."""

    outlet: SampleOutlet
    night: int
    path: str
    query: Query

    def number(self, key: str, default: int) -> int:
        value = self.query.get(key, [""])[0]
        return int(value) if value.isdecimal() else default


def answer(
    night: int, host: str, path_and_query: str, if_none_match: str | None = None, if_modified_since: str | None = None
) -> SampleResponse:
    """The answer to a GET on that night (1 or 2). `host` may carry a port; an unknown one gives 502, as a proxy would."""
    if night not in (1, 2):
        raise ValueError(f"The sample world has nights 1 and 2, not {night}.")
    outlet = _outlets_by_host().get(host.lower().partition(":")[0])
    if outlet is None:
        return _dated(_response(502, PLAIN, f"The sample world has no host {host}.\n"), night)
    parts = urlsplit(path_and_query)
    asked = Asked(outlet, night, unicodedata.normalize("NFC", unquote(parts.path)) or "/", parse_qs(parts.query))
    return _dated(_if_changed(_answer(asked), if_none_match, if_modified_since), night)


def _answer(asked: Asked) -> SampleResponse:
    fixed = {"/": _home, "/about": _about, "/robots.txt": _robots}
    if route := fixed.get(asked.path) or ROUTES.get(asked.outlet.routes.get(asked.path, "")):
        return route(asked)
    found = (story for story in stories().values() if story.outlet is asked.outlet and story.is_up(asked.night))
    story = next((story for story in found if story.answers_to(asked.path, asked.query)), None)
    return _story(story, asked.night) if story else _moved(asked)


def _story(story: Story, night: int) -> SampleResponse:
    if story.answers:
        return MISBEHAVIOURS[story.answers].respond(story, night)
    page = _response(200, HTML, pages.article_page(story, night=night, today=_today(story.outlet, night)))
    return _with_validators(page, story.edition(night).modified_at) if story.outlet.validators else page


def _moved(asked: Asked) -> SampleResponse:
    """A Drupal node number leads to the story's address; everything else is not there."""
    number = asked.path.removeprefix("/en/node/")
    story = next((story for story in stories_of(asked.outlet, asked.night) if str(story.number) == number and story.number), None)
    if story is None:
        return _not_found(asked)
    return SampleResponse(301, (("Location", story.url), ("Content-Type", PLAIN)), b"Moved\n")


def _home(asked: Asked) -> SampleResponse:
    return _response(200, HTML, pages.home_page(asked.outlet, night=asked.night))


def _about(asked: Asked) -> SampleResponse:
    text = f"{asked.outlet.name} is an invented outlet. It exists only in the sample world of Nightdesk."
    return _response(200, HTML, pages.message_page(asked.outlet, title="About", text=text))


def _robots(asked: Asked) -> SampleResponse:
    return _response(200, PLAIN, asked.outlet.robots.lstrip()) if asked.outlet.robots is not None else _not_found(asked)


def _not_found(asked: Asked) -> SampleResponse:
    return _response(404, HTML, pages.message_page(asked.outlet, title="Page not found", text=NOT_FOUND))


def _listing(asked: Asked) -> SampleResponse:
    # Page 0 and a missing number mean the first page, as in the systems that these outlets imitate.
    page = pages.listing_page(asked.outlet, night=asked.night, section=asked.path, page=max(1, asked.number("page", 1)))
    return _response(200, HTML, page) if page is not None else _not_found(asked)


def _feed(asked: Asked) -> SampleResponse:
    text = _response(200, "application/rss+xml; charset=utf-8", pages.feed(asked.outlet, night=asked.night))
    return _with_validators(text, pages.newest_change(asked.outlet, night=asked.night))


def _sitemap(asked: Asked) -> SampleResponse:
    page = asked.number("page", 1) if "page" in asked.query else None
    return _response(200, XML, pages.sitemap(asked.outlet, night=asked.night, page=page)) if page in (None, 1) else _not_found(asked)


def _rest_index(asked: Asked) -> SampleResponse:
    outlet = asked.outlet
    index = {"name": outlet.name, "home": outlet.homepage.rstrip("/"), "gmt_offset": "6.5", "namespaces": ["oembed/1.0", "wp/v2"]}
    return _response(200, JSON, json.dumps(index))


def _rest_posts(asked: Asked) -> SampleResponse:
    """One page of posts, or WordPress's own 400 for a page past the end, a size over 100 or a moment it cannot read."""
    size, page = asked.number("per_page", 10), asked.number("page", 1)
    try:
        after, before = (_moment(asked, key) for key in ("after", "before"))
    except ValueError as error:
        return _rest_error("rest_invalid_param", str(error))
    if not 1 <= size <= 100:
        return _rest_error("rest_invalid_param", "per_page must be between 1 (inclusive) and 100 (inclusive)")
    posts = pages.rest_posts(asked.outlet, night=asked.night, after=after, before=before)
    if asked.query.get("order") == ["asc"]:
        posts.reverse()
    page_count = -(-len(posts) // size)
    if page > max(1, page_count):
        return _rest_error("rest_post_invalid_page_number", "The page number requested is larger than the number of pages available.")
    shown = [_chosen(post, asked.query) for post in posts[(page - 1) * size : page * size]]
    response = _response(200, JSON, json.dumps(shown))
    return replace(response, headers=(*response.headers, ("X-WP-Total", str(len(posts))), ("X-WP-TotalPages", str(page_count))))


def _chosen(post: dict[str, object], query: Query) -> dict[str, object]:
    """The keys that `_fields` asks for; `title.rendered` asks for all of `title`, unlike in WordPress."""
    wanted = {name.strip().partition(".")[0] for name in ",".join(query.get("_fields", [])).split(",")} - {""}
    return {key: value for key, value in post.items() if not wanted or key in wanted}


def _rest_error(code: str, message: str) -> SampleResponse:
    return _response(400, JSON, json.dumps({"code": code, "message": message, "data": {"status": 400}}))


def _moment(asked: Asked, key: str) -> datetime | None:
    """WordPress reads a moment without a zone in the time of the outlet."""
    if key not in asked.query:
        return None
    # A plus sign that a client left unescaped in the query arrives as a space.
    moment = datetime.fromisoformat(asked.query[key][0].replace(" ", "+"))
    return moment if moment.tzinfo else moment.replace(tzinfo=asked.outlet.zone)


def _server_error(story: Story, _night: int) -> SampleResponse:
    text = pages.message_page(story.outlet, title="Service unavailable", text="The database is overloaded. Please try again.")
    page = _response(503, HTML, text)
    return replace(page, headers=(*page.headers, ("Retry-After", "1")))


def _soft_404(story: Story, _night: int) -> SampleResponse:
    return _response(200, HTML, pages.message_page(story.outlet, title="Page not found", text=NOT_FOUND))


def _slow(story: Story, night: int) -> SampleResponse:
    # Three times the timeout_s of the outlet's definition.
    page = _response(200, HTML, pages.article_page(story, night=night, today=_today(story.outlet, night)))
    return replace(page, delay_s=6.0)


def _paywall(story: Story, night: int) -> SampleResponse:
    return _response(200, HTML, pages.paywall_page(story, night=night))


def _private(story: Story, night: int) -> SampleResponse:
    return _response(200, HTML, pages.article_page(story, night=night, today=_today(story.outlet, night)))


class Misbehaviour(NamedTuple):
    """What an address does wrong, and the stage and reason under which a run must count it."""

    respond: Callable[[Story, int], SampleResponse]
    stage: str
    reason: str


MISBEHAVIOURS = {
    "server_error": Misbehaviour(_server_error, "fetch", "http_503"),
    "slow": Misbehaviour(_slow, "fetch", "timeout"),
    "private": Misbehaviour(_private, "fetch", "robots_disallowed"),
    "soft_404": Misbehaviour(_soft_404, "extract", "soft_404"),
    "paywall": Misbehaviour(_paywall, "extract", "too_short"),
}

ROUTES: dict[str, Callable[[Asked], SampleResponse]] = {
    "listing": _listing,
    "feed": _feed,
    "sitemap": _sitemap,
    "rest_index": _rest_index,
    "rest_posts": _rest_posts,
}


@cache
def _outlets_by_host() -> dict[str, SampleOutlet]:
    return {host: outlet for outlet in outlets().values() for host in outlet.hosts}


def _today(outlet: SampleOutlet, night: int) -> date:
    return NIGHTS[night - 1].astimezone(outlet.zone).date()


def _response(status: int, content_type: str, text: str) -> SampleResponse:
    return SampleResponse(status, (("Content-Type", content_type),), text.encode())


def _with_validators(response: SampleResponse, changed_at: datetime | None) -> SampleResponse:
    """The response with an ETag over its bytes, and Last-Modified where the moment of the last change is known."""
    validators = [("ETag", f'"{hashlib.sha256(response.body).hexdigest()[:20]}"')]
    if changed_at:
        validators.append(("Last-Modified", format_datetime(changed_at.astimezone(UTC), usegmt=True)))
    return replace(response, headers=(*response.headers, *validators))


def _if_changed(response: SampleResponse, if_none_match: str | None, if_modified_since: str | None) -> SampleResponse:
    """304 without a body when the client has these bytes already. An ETag outranks a date, RFC 9110 section 13.2.2."""
    etag, last_modified = response.header("ETag"), response.header("Last-Modified")
    if etag and if_none_match is not None:
        same = etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")] or if_none_match.strip() == "*"
    else:
        same = _not_modified_since(last_modified, if_modified_since)
    if not same:
        return response
    return SampleResponse(304, tuple(header for header in response.headers if header[0] != "Content-Type"), b"")


def _not_modified_since(last_modified: str | None, if_modified_since: str | None) -> bool:
    if last_modified is None or if_modified_since is None:
        return False
    try:
        return parsedate_to_datetime(last_modified) <= parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError):  # An unreadable date, or one without a zone, is to be ignored (RFC 9110 section 13.1.3).
        return False


def _dated(response: SampleResponse, night: int) -> SampleResponse:
    # The servers' clock goes with the night, so that nothing in an answer tells the real day.
    moment = format_datetime(NIGHTS[night - 1] + timedelta(seconds=30), usegmt=True)
    return replace(response, headers=(*response.headers, ("Date", moment)))
