"""Listing pages: the article links of an overview page. Page addresses are built from {page}, never followed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree, html

from crawlers.discover.found import Found, NotReadable, Search, candidates, iso, moment, plain
from crawlers.discover.printed import printed_day
from crawlers.links import canonical_url
from crawlers.outlet import Outlet, Source
from warehouse.records import Link

LINKS_MAX = 2000
# First parts of paths that lead to lists, accounts and files, never to an article.
NOT_ARTICLES = frozenset((
    "tag", "tags", "category", "categories", "topic", "topics", "author", "authors", "page", "pages", "search", "login", "signin", "signup",
    "register", "account", "profile", "cart", "feed", "rss", "feeds", "sitemap", "wp-admin", "wp-login.php", "wp-content", "wp-json",
    "assets", "static", "media", "images", "img", "css", "js", "cdn-cgi", "about", "about-us", "contact", "contact-us", "privacy",
    "privacy-policy", "terms", "terms-of-use", "advertise", "subscribe", "newsletter", "donate", "support-us", "careers", "jobs", "faq",
    "help",
))
# Parts that open a list where they come last or last but one.
LIST_WORDS = frozenset(("tag", "tags", "category", "categories", "topic", "topics", "author", "authors", "page", "search", "archive"))
FILE_ENDINGS = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|pdf|docx?|xlsx?|zip|mp[34]|m4a|avi|mov)$", re.IGNORECASE)
ARTICLE_PARAMETERS = frozenset(("p", "id", "nid", "article", "articleid", "article_id", "news_id", "newsid", "storyid", "story_id", "post",
                                "post_id"))
# What the pages of an overview differ by: the number of the page, or of its first article.
PAGE_PARAMETERS = ("page", "paged", "pg", "pageno", "page_no", "pagenum")
START_PARAMETERS = ("start", "limitstart", "offset")
# One word of this length at the end of a path is a slug; the longest section names of news sites are shorter.
SLUG_CHARS_MIN = 20
READ_MORE = re.compile(
    r"\W*(?:(?:read|see|learn|view) (?:more|full (?:story|article)|story|article)|continue(?: reading)?|more(?: details)?|details|full story"
    r"|[0-9]* ?(?:comments?|shares?|views?|likes?)|ဆက်ဖတ်ရန်|ဆက်လက်ဖတ်ရှုရန်|အပြည့်အစုံ(?:ဖတ်ရန်)?|အသေးစိတ်)\W*", re.IGNORECASE,
)
BLOCKS = ("div", "p", "ul", "ol", "li", "section", "article", "header", "footer", "figure", "time", "table")
LONE_CARD_LEVELS_MAX = 2
CARD_LEVELS_MAX = 6  # no card of a listing is nested deeper; a bound for pages that hold one link only


def first(search: Search) -> list[str]:
    return [search.source.url.replace("{page}", "1")]


def read(body: bytes, url: str, search: Search) -> Found:
    """The links of a page that lead to articles of the outlet, in page order, and the address of the next page where {page} gives one.

    With a url_pattern, that decides; without one, what looks like an article. Raises NotReadable for a body without any markup.
    """
    page = page_of(body)
    base = urljoin(url, (page.xpath("string(//base/@href)") or "").strip())
    here = canonical_url(url, search.outlet)
    addresses = {anchor: address for anchor in page.iter("a") if (address := address_of(anchor, base))}
    targets = {anchor: target for anchor, address in addresses.items() if (target := article_at(address, search.outlet)) and target != here}
    anchors: dict[str, html.HtmlElement] = {}
    for anchor, target in targets.items():
        anchors.setdefault(target, anchor)
    links = tuple(link_of(anchor, addresses[anchor], targets, search.outlet) for anchor in list(anchors.values())[:LINKS_MAX])
    return Found(links, next_page(url, search.source), beyond=max(0, len(anchors) - LINKS_MAX))


def page_of(body: bytes) -> html.HtmlElement:
    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    except (etree.ParserError, ValueError) as error:
        raise NotReadable(f"it is not a page ({error})") from None


def address_of(anchor: html.HtmlElement, base: str) -> str | None:
    """Where an anchor leads, or None for one that leads nowhere."""
    try:
        return urljoin(base, str(anchor.get("href") or "").strip())
    except ValueError:
        return None  # not an address at all


def article_at(address: str, outlet: Outlet) -> str | None:
    """The canonical address of the article at `address`, or None where there is none of this outlet."""
    target = canonical_url(address, outlet)
    if not outlet.serves(target):
        return None
    is_article = outlet.matches(target) if outlet.article_pattern else looks_like_article(target)
    return target if is_article else None


# ---------------------------------------------------------------- cards


def link_of(anchor: html.HtmlElement, address: str, targets: dict[html.HtmlElement, str], outlet: Outlet) -> Link:
    """The article behind an anchor, with the headline and the day that the card around it gives."""
    card = card_of(anchor, targets)
    title = title_of(card, [other for other in card.iter("a") if targets.get(other) == targets[anchor]])
    published, written = published_of(card, title, outlet)
    headline = " ".join(title.text_content().split()) if title is not None else ""
    return Link(address, "listing", published, None, candidates("listing", headline=plain(headline), date_published=written))


def card_of(anchor: html.HtmlElement, targets: dict[html.HtmlElement, str]) -> html.HtmlElement:
    """The largest part of the page, of few levels, that leads to this article and to no other: what it says, it says of this one."""
    card = anchor
    # Where the page leads to one article only, the next larger part is soon the page, with the date of today in its head.
    levels = CARD_LEVELS_MAX if any(target != targets[anchor] for target in targets.values()) else LONE_CARD_LEVELS_MAX
    for ancestor in [anchor, *anchor.iterancestors()][:levels]:
        if any(targets.get(other, targets[anchor]) != targets[anchor] for other in ancestor.iter("a")):
            break
        card = ancestor
    return card


def title_of(card: html.HtmlElement, anchors: list[html.HtmlElement]) -> html.HtmlElement | None:
    """The element with the headline: the card's first heading, else its anchor with the longest text. None where neither is a title.

    "Read more" and a number of comments are none, and neither is an anchor around a whole card without a heading: where its title ends is
    anybody's guess.
    """
    headings = [heading for heading in card.iter("h1", "h2", "h3", "h4", "h5", "h6") if is_title(heading)]
    lines = [anchor for anchor in anchors if is_title(anchor) and next(anchor.iter(*BLOCKS), None) is None]
    return headings[0] if headings else max(lines, key=lambda anchor: len(anchor.text_content()), default=None)


def is_title(element: html.HtmlElement) -> bool:
    text = " ".join(element.text_content().split())
    return any(letter.isalpha() for letter in text) and not READ_MORE.fullmatch(text)


def published_of(card: html.HtmlElement, title: html.HtmlElement | None, outlet: Outlet) -> tuple[datetime | None, str | None]:
    """(moment, as a candidate writes it) of the card: its <time datetime>, else the day it prints. Neither where it gives several.

    A day in the headline is what the article is about ("Weekly summary, 8 July 2021"), and does not count.
    """
    times = {str(value).strip() for value in card.xpath(".//time/@datetime")}
    if times:
        published = moment(times.pop(), outlet.zone) if len(times) == 1 else None
        return published, iso(published)
    days = {day for line in lines_of(card, title) if (day := printed_day(line))}
    if len(days) != 1:
        return None, None
    day = days.pop()
    return datetime(day.year, day.month, day.day, tzinfo=outlet.zone), day.isoformat()


def lines_of(card: html.HtmlElement, title: html.HtmlElement | None) -> Iterator[str]:
    """The lines of a card beside its headline: the text of each part that does not hold the headline, and each piece of text."""
    above = {title, *title.iterancestors()} if title is not None else set()
    within = set(title.iter()) if title is not None else set()
    for element in card.iter(etree.Element):
        if element not in above and element not in within:
            yield element.text_content()
        if element not in within:
            yield element.text or ""
        if element is not card and element not in within - {title}:
            yield element.tail or ""


# ---------------------------------------------------------------- addresses


def looks_like_article(url: str) -> bool:
    """Whether an address of unknown build is probably an article: it has a number, an ending, a slug, or an article's parameter.

    The start page, lists and their further pages, accounts and files are not. A list that passes for an article is rejected later, when its
    page holds no text of an article; an article that passes for a list is never seen: in doubt, it is one.
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    segments = [segment for segment in path.lower().split("/") if segment]
    if any(key.lower() in ARTICLE_PARAMETERS and value for key, value in parse_qsl(parts.query)):
        return True
    if not segments or is_further_page(url) or segments[0] in NOT_ARTICLES or FILE_ENDINGS.search(path) or is_list(segments):
        return False
    last = segments[-1]
    return bool(len(segments) > 1 or re.search(r"[0-9]|\.html?$|\.php$|\.aspx?$", last) or last.count("-") > 1 or len(last) >= SLUG_CHARS_MIN)


def is_further_page(url: str) -> bool:
    """Whether an address only differs from that of an overview by the number of its page."""
    keys = [key.lower() for key, _ in parse_qsl(urlsplit(url).query)]
    return bool(keys) and all(key in (*PAGE_PARAMETERS, *START_PARAMETERS) for key in keys)


def is_list(segments: list[str]) -> bool:
    """Whether the path ends in a list: /news/page/3, /en/category/politics, /2024/05."""
    if segments[-1] in LIST_WORDS or (len(segments) > 1 and segments[-2] in LIST_WORDS):
        return True
    return all(re.fullmatch(r"(?:19|20)[0-9]{2}|0[1-9]|1[0-2]|3[01]|[12][0-9]", segment) for segment in segments)


def next_page(url: str, source: Source) -> tuple[str, ...]:
    """The address of the page after this one, built from the template: pagers of pages are known to lead astray."""
    if "{page}" not in source.url:
        return ()
    before, after = source.url.split("{page}", 1)
    middle = url.removeprefix(before).removesuffix(after) if after else url.removeprefix(before)
    return (source.url.replace("{page}", str(int(middle) + 1)),) if middle.isdecimal() else ()
