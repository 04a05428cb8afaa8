"""Sitemaps: index, plain, news sitemap, gzip, the text form with one address a line, and those that a robots.txt names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers.discover.found import Found, NotReadable, Search, Window, candidates, is_markup, iso, moment, plain, unpacked, without_entities
from crawlers.hosts import is_same_site, web_parts
from crawlers.outlet import Outlet
from warehouse.records import Link

# The protocol's own limit; what lies beyond it in one file is not read.
ADDRESSES_MAX = 50_000


def first(search: Search) -> list[str]:
    return [search.source.url]


def read(body: bytes, url: str, search: Search) -> Found:
    """The links of a sitemap, or the sitemaps of an index, of which those that end before the window are left out.

    Of a robots.txt, the sitemaps that its `Sitemap:` lines name. Raises NotReadable for a body that is no sitemap.
    """
    body = unpacked(body)
    if is_robots_txt(url):
        return parts_of(robots_lines(body), url, search)
    if not is_markup(body):
        lines = text_lines(body)
        return Found(tuple(Link(line, "sitemap") for line in lines[:ADDRESSES_MAX]), beyond=max(0, len(lines) - ADDRESSES_MAX))
    entries = entries_of(without_entities(body))
    named = [(kind, entry) for kind, entry in entries if "loc" in entry]
    moments = [(entry["loc"], moment(entry.get("lastmod"), search.outlet.zone)) for kind, entry in named if kind == "sitemap"]
    pages = [entry for kind, entry in named if kind == "url"]
    links = tuple(link_of(entry, url, search.outlet) for entry in pages[:ADDRESSES_MAX])
    missing, beyond = len(entries) - len(named), max(0, len(pages) - ADDRESSES_MAX)
    return replace(parts_of(moments, url, search), links=links, without_address=missing, beyond=beyond)


def is_robots_txt(url: str) -> bool:
    return urlsplit(url).path == "/robots.txt"


def robots_lines(body: bytes) -> list[tuple[str, None]]:
    """The addresses after `Sitemap:`, which stand outside of any group and are for everybody. Raises NotReadable where there are none."""
    text = body.decode("utf-8-sig", "replace")
    found = re.findall(r"^[ \t]*sitemap[ \t]*:[ \t]*([^\s#]+)", text, re.IGNORECASE | re.MULTILINE)
    if not found:
        raise NotReadable("it names no sitemap")
    return [(address, None) for address in dict.fromkeys(found)]


def parts_of(named: Iterable[tuple[str, datetime | None]], url: str, search: Search) -> Found:
    """The sitemaps that an index or a robots.txt names, with their last changes where they are stated.

    Only those on hosts of the outlet, of the definition's own address, or of the same site as these: whoever can write into an index must
    not send this crawl elsewhere. Another host can be named in the outlet's file.
    """
    parts, foreign = dict[str, datetime | None](), list[str]()
    for written, changed in named:
        address = resolved(url, written)
        if not is_ours(address, search):
            foreign.append(address)
        elif not is_before(changed, search.outlet, search.window):
            parts.setdefault(address, changed)
    return Found(more=tuple(parts), changed={part: changed for part, changed in parts.items() if changed}, foreign=tuple(foreign))


def is_ours(address: str, search: Search) -> bool:
    host = (web_parts(address) or urlsplit("")).hostname
    own = [urlsplit(f"//{name}").hostname for name in (search.outlet.canonical_host, *search.outlet.hosts)]
    return host is not None and any(is_same_site(host, known) for known in (*own, urlsplit(search.source.url).hostname) if known)


def resolved(url: str, written: str) -> str:
    try:
        return urljoin(url, written)
    except ValueError:
        return written  # no address at all; it is refused as one of nobody's host


def entries_of(body: bytes) -> list[tuple[str, dict[str, str]]]:
    """(url or sitemap, {loc, lastmod, publication_date, title}) in order. Raises NotReadable for anything but a sitemap."""
    # recover: sitemaps with a stray & are common, and what can be read of them is right.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable(f"it is not a sitemap ({error})") from None
    if root is None or local_name(root) not in ("urlset", "sitemapindex"):
        raise NotReadable(f"it is not a sitemap (its root is {'missing' if root is None else local_name(root)})")
    children = ((local_name(child), child) for child in root.iterchildren(tag=etree.Element))
    return [(kind, fields_of(child)) for kind, child in children if kind in ("url", "sitemap")]


def fields_of(element: etree._Element) -> dict[str, str]:
    """The texts below one entry by local name; the first of each name counts, so that an image's title does not hide the article's."""
    fields: dict[str, str] = {}
    for node in element.iterdescendants(tag=etree.Element):
        value = "" if is_of_image(node) else (node.text or "").strip()
        if value:
            fields.setdefault(local_name(node), value)
    return fields


def is_of_image(node: etree._Element) -> bool:
    return any(word in str(node.tag) for word in ("/sitemap-image/", "/sitemap-video/"))


def local_name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()


def link_of(entry: dict[str, str], url: str, outlet: Outlet) -> Link:
    published, modified = moment(entry.get("publication_date"), outlet.zone), moment(entry.get("lastmod"), outlet.zone)
    named = candidates("sitemap", headline=plain(entry.get("title")), date_published=iso(published), date_modified=iso(modified))
    return Link(resolved(url, entry["loc"]), "sitemap", published, modified, named)


def is_before(changed: datetime | None, outlet: Outlet, window: Window | None) -> bool:
    """Whether a sitemap of an index was last changed before the window begins, so that it can hold nothing of it."""
    return bool(window and changed and changed.astimezone(outlet.zone).date() < window.first)


def text_lines(body: bytes) -> list[str]:
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    addresses = [line for line in lines if line.startswith(("http://", "https://"))]
    if not addresses:
        raise NotReadable("it is not a sitemap (neither XML nor a list of addresses)")
    return addresses
