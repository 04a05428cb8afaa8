"""Sitemaps: index, plain, news sitemap, gzip, and the text form with one address a line. Pure."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import etree

from crawlers.discover.found import Found, NotReadable, Search, Window, candidates, is_markup, iso, moment, plain, unpacked, without_entities
from crawlers.outlet import Outlet
from warehouse.records import Link

# The protocol's own limit; what lies beyond it in one file is not read.
ADDRESSES_MAX = 50_000


def first(search: Search) -> list[str]:
    return [search.source.url]


def read(body: bytes, url: str, search: Search) -> Found:
    """The links of a sitemap, or the sitemaps of an index, of which those that end before the window are left out.

    Raises NotReadable for a body that is no sitemap.
    """
    body = unpacked(body)
    if not is_markup(body):
        return Found(tuple(Link(line, "sitemap") for line in text_lines(body)))
    entries = entries_of(without_entities(body))
    parts = [entry for kind, entry in entries if kind == "sitemap" and not is_before(entry, search.outlet, search.window)]
    links = [link_of(entry, url, search.outlet) for kind, entry in entries if kind == "url"]
    return Found(tuple(links), tuple(urljoin(url, entry["loc"]) for entry in parts))


def entries_of(body: bytes) -> list[tuple[str, dict[str, str]]]:
    """(url or sitemap, {loc, lastmod, publication_date, title}) in order; entries without an address are left out."""
    # recover: sitemaps with a stray & are common, and what can be read of them is right.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotReadable(f"it is not a sitemap ({error})") from None
    if root is None or local_name(root) not in ("urlset", "sitemapindex"):
        raise NotReadable(f"it is not a sitemap (its root is {'missing' if root is None else local_name(root)})")
    found = ((local_name(child), fields_of(child)) for child in root.iterchildren(tag=etree.Element))
    return [(kind, fields) for kind, fields in found if kind in ("url", "sitemap") and "loc" in fields][:ADDRESSES_MAX]


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
    return Link(urljoin(url, entry["loc"]), "sitemap", published, modified, named)


def is_before(entry: dict[str, str], outlet: Outlet, window: Window | None) -> bool:
    """Whether a sitemap of an index was last changed before the window begins, so that it can hold nothing of it."""
    changed = moment(entry.get("lastmod"), outlet.zone)
    return bool(window and changed and changed.astimezone(outlet.zone).date() < window.first)


def text_lines(body: bytes) -> list[str]:
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    addresses = [line for line in lines if line.startswith(("http://", "https://"))]
    if not addresses:
        raise NotReadable("it is not a sitemap (neither XML nor a list of addresses)")
    return addresses[:ADDRESSES_MAX]
