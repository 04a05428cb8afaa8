"""Looking at a site: what its home page, its robots.txt and its sources say, judged. Bytes in, findings out. Pure.

The asking is in crawlers.survey_spider, the outlet file that is made of the findings in crawlers.survey_toml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import html

from crawlers.discover import Found, NotReadable, Search, listing, sitemap
from crawlers.discover.found import day_of, plain, unpacked, without_entities
from crawlers.hosts import bare_host, web_parts
from crawlers.links import canonical_url
from crawlers.outlet import Outlet, Source
from warehouse.records import Link

# A source whose newest article is older is not kept up: BNI's feed had stood still for three years when it was looked at (facts on outlets).
STALE_DAYS = 60
# A page with fewer links of its own is not an overview.
LISTED_MIN = 3
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
FEED_PATHS = ("feed/", "rss.xml", "feed", "rss", "atom.xml", "index.xml")
# Where each system keeps its feed; asked before the others.
FEED_PATHS_OF = {"WordPress": ("feed/",), "Drupal": ("rss.xml", "en/rss.xml"), "Joomla": ("?format=feed&type=rss",), "Ghost": ("rss/",),
                 "Blogger": ("feeds/posts/default",)}
SITEMAP_PATHS = ("sitemap.xml", "sitemap_index.xml", "news-sitemap.xml", "wp-sitemap.xml")
# Marks of content management systems in the source of a page, and how the comment names them.
SYSTEMS: tuple[tuple[str, bytes], ...] = (
    ("WordPress", rb"/wp-(?:content|includes|json)/"), ("Drupal", rb"/sites/(?:default|all)/(?:files|themes|modules)/|drupal-settings-json"),
    ("Joomla", rb"option=com_content|/media/(?:jui|system)/js/|/components/com_"), ("Next.js", rb"/_next/static/"),
    ("Arc", rb"/pf/dist/|Fusion\.globalContent"), ("Blogger", rb"\.blogspot\.com|www\.blogger\.com"),
)
SYSTEM_NAMES = ("WordPress", "Drupal", "Joomla", "Ghost", "Blogger", "Wix", "Squarespace", "TYPO3", "Hugo", "Jekyll")
NEWS_WORDS = re.compile(r"news|latest|article|stor(?:y|ies)|post|သတင်း", re.IGNORECASE)
# The longest text of a link to a section; headlines are longer.
SECTION_CHARS_MAX = 20
BROKEN = "\ufffd"  # what a byte that is no UTF-8 becomes


Anchors = Sequence[tuple[str, str]]  # (address, text)


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page says of the site. Texts are on one line; addresses are absolute."""

    url: str
    title: str = ""
    site_name: str = ""
    language: str = ""  # as declared in <html lang>
    locale: str = ""  # og:locale
    system: str = ""  # WordPress, Drupal, ...
    system_mark: str = ""  # what shows it
    feeds: tuple[str, ...] = ()
    api: str = ""  # of WordPress's REST interface
    anchors: tuple[tuple[str, str], ...] = ()  # (address, text)


@dataclass(frozen=True, slots=True)
class Robots:
    """What robots.txt says besides who may ask what."""

    is_there: bool = False
    sitemaps: tuple[str, ...] = ()
    crawl_delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceLook:
    """One address that was asked as a source, and what it turned out to be.

    `state` is good (to be written), stale, unproven (no dates, and nothing of the home page in it), repeat (nothing that an earlier source does
    not have), empty, or failed, where `detail` says why.
    """

    kind: str
    url: str
    state: str
    detail: str = ""
    urls: tuple[str, ...] = ()  # canonical addresses of the outlet's articles
    elsewhere: int = 0  # links to other hosts
    newest: date | None = None
    moments: tuple[datetime, ...] = ()
    titles: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a look at a site brought."""

    site: Outlet  # provisional: homepage and hosts are found, the rest is not
    home: HomePage
    robots: Robots
    today: date
    requests: int
    sources: tuple[SourceLook, ...] = ()
    offsets: tuple[timedelta, ...] = ()  # of the site's clock, where its dates print one other than UTC
    asked_url: str = ""
    stopped: str = ""  # why not everything was asked

    @property
    def article_urls(self) -> tuple[str, ...]:
        """The addresses that the good sources name as articles, each once; of sitemaps only where no feed or WordPress names any."""
        good = [look for look in self.sources if look.state == "good"]
        sure = [look for look in good if look.kind in ("feed", "wordpress")] or [look for look in good if look.kind == "sitemap"] or good
        return tuple(dict.fromkeys(url for look in sure for url in look.urls))


# ---------------------------------------------------------------- the home page


def home_page(body: bytes, url: str) -> HomePage:
    """What the page at `url` says of its site. Raises NotReadable for a body that is no page."""
    page = readable_page(body)
    base = urljoin(url, (page.xpath("string(//base/@href)") or "").strip())
    links = [(link, " ".join(str(link.get("rel") or "").lower().split())) for link in page.iter("link")]
    feeds = [address for link, rel in links if "alternate" in rel.split() and is_feed(link) and (address := listing.address_of(link, base))]
    api = next((address for link, rel in links if "api.w.org" in rel and (address := listing.address_of(link, base))), "")
    system, mark = system_of(meta_of(page, "generator"), body)
    return HomePage(
        url, plain(page.findtext(".//title")), meta_of(page, "og:site_name"), str(page.get("lang") or page.get("xml:lang") or "").strip(),
        meta_of(page, "og:locale"), system, mark, tuple(dict.fromkeys(each for each in feeds if web_parts(each))), api, tuple(anchors_of(page, base)),
    )


def readable_page(body: bytes) -> html.HtmlElement:
    """The page; one that is not UTF-8 is read in the encoding that it declares. A few broken bytes in UTF-8 cost those letters only."""
    text = body.decode("utf-8", "replace")
    broken = text.count(BROKEN)
    if 2 * broken <= sum(1 for character in text if character > "\x7f"):
        return listing.page_of(text.encode() if broken else body)
    try:
        return html.document_fromstring(body)
    except (ValueError, html.etree.ParserError) as error:
        raise NotReadable(f"it is not a page ({error})") from None


def anchors_of(page: html.HtmlElement, base: str) -> Iterable[tuple[str, str]]:
    for anchor in page.iter("a"):
        address = listing.address_of(anchor, base)
        if address and web_parts(address):
            yield address.split("#")[0], plain(anchor.text_content())


def is_feed(link: html.HtmlElement) -> bool:
    """Whether a <link> announces a feed of articles: WordPress announces one of the readers' comments as well."""
    kind = str(link.get("type") or "").split(";")[0].strip().lower()
    return kind in FEED_TYPES and "comments" not in str(link.get("href") or "")


def meta_of(page: html.HtmlElement, name: str) -> str:
    """The content of the first <meta> of this name or property."""
    for meta in page.iter("meta"):
        if name in (str(meta.get("name") or "").lower(), str(meta.get("property") or "").lower()):
            return plain(meta.get("content"))
    return ""


def system_of(generator: str, body: bytes) -> tuple[str, str]:
    """(content management system, what shows it), both empty where nothing does."""
    for system in SYSTEM_NAMES:
        if system.lower() in generator.lower():
            return system, f"its generator tag says {generator[:80]}"
    for system, mark in SYSTEMS:
        if found := re.search(mark, body):
            return system, f"its pages hold {found[0].decode('latin-1')}"
    return "", ""


# ---------------------------------------------------------------- addresses of the site


def site_of(home_url: str, like: Outlet) -> Outlet:
    """The provisional outlet of a home page."""
    return replace(like, homepage=home_url.split("#")[0].split("?")[0])


def own_urls(addresses: Iterable[str], site: Outlet) -> list[str]:
    """The canonical addresses of the site among these, each once, without the home page."""
    home = canonical_url(site.homepage, site)
    canonical = dict.fromkeys(canonical_url(address, site) for address in addresses)
    return [url for url in canonical if site.serves(url) and url.rstrip("/") != home.rstrip("/")]


def path_of(url: str) -> str:
    return unquote(urlsplit(url).path)


def sections_of(anchors: Anchors, site: Outlet) -> list[str]:
    """The pages of a site that are no articles, among the links of a page.

    They are not built like an article, are further pages of an overview, begin at least two other addresses, or are called by a plain word in
    their address and in every link.
    """
    own = own_urls((address for address, _ in anchors), site)
    under = Counter(beginning for url in own for beginning in beginnings(path_of(url)))
    texts: dict[str, int] = {}
    for address, text in anchors:
        url = canonical_url(address, site)
        texts[url] = max(texts.get(url, 0), len(text))
    return [
        url for url in own if not listing.looks_like_article(url)
        or (not urlsplit(url).query and (under[path_of(url).rstrip("/")] >= 2 or (texts[url] <= SECTION_CHARS_MAX and is_plain_word(url))))
    ]


def is_plain_word(url: str) -> bool:
    """Whether an address ends in a word as sections have it, and not in a slug, a number or a file."""
    last = path_of(url).strip("/").rsplit("/", 1)[-1]
    return len(last) < listing.SLUG_CHARS_MIN and last.count("-") < 2 and not re.search(r"[0-9.]", last)


def beginnings(path: str) -> list[str]:
    """/a and /a/b of /a/b/c."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:count]) for count in range(1, len(parts))]


def article_links(anchors: Anchors, site: Outlet) -> list[str]:
    """The addresses that look like articles of the site, without its overview pages."""
    sections = set(sections_of(anchors, site))
    return [url for url in own_urls((address for address, _ in anchors), site) if url not in sections]


def listing_candidates(anchors: Anchors, site: Outlet) -> list[str]:
    """Overview pages worth asking, best first: those with articles of the home page below them, then those with a word for news."""
    pages = [url for url in sections_of(anchors, site) if is_overview(url)]
    articles = [path_of(url) for url in article_links(anchors, site)]
    below = {url: sum(path.startswith(path_of(url).rstrip("/") + "/") for path in articles) for url in pages}
    return sorted(pages, key=lambda url: (-below[url], not NEWS_WORDS.search(path_of(url))))


def is_overview(url: str) -> bool:
    """Whether this may be a list of articles: accounts, files and pages about the outlet itself are not."""
    parts = [part for part in path_of(url).lower().split("/") if part]
    is_file = listing.FILE_ENDINGS.search(path_of(url))
    told = {*listing.NOT_ARTICLES} - {"category", "categories", "topic", "topics"}
    return bool(parts) and not is_file and not urlsplit(url).query and "{" not in url and not told.intersection(parts)


def kin(one: str, other: str) -> bool:
    """Whether two hosts belong to one site: www.example.org and burmese.example.org."""
    return registered(one) == registered(other)


def registered(host: str) -> str:
    """The part of a host that somebody registered: example.org of en.example.org, example.co.uk of the same there."""
    labels = bare_host(host).split(".")
    if labels[-1].isdigit() or len(labels) < 3:
        return ".".join(labels)
    has_second_level = len(labels[-1]) == 2 and labels[-2] in ("com", "co", "org", "net", "gov", "edu", "ac", "or", "ne", "go")
    return ".".join(labels[-3:] if has_second_level else labels[-2:])


def hosts_seen(links: Iterable[str], site: Outlet) -> Counter[str]:
    """How many of the links lie on other hosts of the same site (burmese.example.org), by host."""
    hosts = (parts.hostname or "" for link in links if (parts := web_parts(link)) and not site.serves(link))
    return Counter(host for host in hosts if kin(host, site.canonical_host.split(":")[0]))


def further_host(links: Sequence[Link], site: Outlet) -> str | None:
    """The host on which nearly all articles of a source lie, where that is another one of the same site."""
    addresses = [link.url for link in links]
    seen = hosts_seen(addresses, site)
    host, count = seen.most_common(1)[0] if seen else ("", 0)
    return host if count and count >= 0.8 * len(addresses) else None


# ---------------------------------------------------------------- sources


def feeds_to_try(home: HomePage, site: Outlet) -> list[str]:
    """Usual addresses of feeds that the home page does not announce, likeliest first. Below the home page's own path before the root's."""
    paths = dict.fromkeys((*FEED_PATHS_OF.get(home.system, ()), *FEED_PATHS))
    return [urljoin(base, path) for path in paths for base in bases_of(site)]


def sitemaps_to_try(site: Outlet) -> list[str]:
    return [urljoin(bases_of(site)[-1], path) for path in SITEMAP_PATHS]


def bases_of(site: Outlet) -> list[str]:
    """The address of the home page as a folder, and the root of its host."""
    root = urljoin(site.homepage, "/")
    below = site.homepage if site.homepage.endswith("/") else f"{site.homepage}/"
    return [root] if below == root else [below, root]


def wordpress_root(home: HomePage, site: Outlet) -> str | None:
    """The root of a WordPress site, or None where nothing says that it is one. The announced interface may lie on another address."""
    if home.api:
        return home.api.split("wp-json")[0] if "wp-json" in home.api else None
    return bases_of(site)[-1] if home.system == "WordPress" else None


def judged(kind: str, url: str, found: Found, site: Outlet, today: date, on_home: Iterable[str] = (), earlier: Iterable[str] = ()) -> SourceLook:
    """A source by the links that it gave. `on_home` are the article links of the home page, `earlier` what sources before this one named."""
    links = [link for link in found.links if kind != "sitemap" or listing.looks_like_article(canonical_url(link.url, site))]
    urls = own_urls((link.url for link in links), site)
    own = [link for link in links if site.serves(link.url)]
    days = sorted(day for link in own if (day := day_of(link, ZoneInfo("UTC"))) and day <= today + timedelta(days=1))
    newest = days[-1] if days else None
    state = "good"
    if not urls or (kind == "listing" and len(urls) < LISTED_MIN):
        state = "empty"
    elif newest and (today - newest).days > STALE_DAYS:
        state = "stale"
    elif not newest and kind != "listing" and not set(urls) & set(on_home):
        state = "unproven"
    elif kind == "feed" and not set(urls) - set(earlier):
        state = "repeat"
    moments = tuple(link.published_at for link in own if link.published_at)
    titles = tuple(c.value for link in own for c in link.candidates if c.field == "headline" and c.value)
    return SourceLook(kind, url, state, "", tuple(urls), len(links) - len(own), newest, moments, titles)


def newest_part(body: bytes) -> tuple[str, int]:
    """(address of the part of a sitemap index that most likely holds the newest articles, number of parts); ("", 0) for no index.

    Parts are told by name, date of change and number: wp-sitemap-posts-post-9.xml holds newer posts than -1.xml. Raises NotReadable.
    """
    body = unpacked(body)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "", 0
    parts = [entry for kind, entry in sitemap.entries_of(without_entities(body)) if kind == "sitemap"]
    best = max(parts, key=lambda part: (part_rank(part["loc"]), part.get("lastmod", ""), number_in(part["loc"])), default=None)
    return (best["loc"], len(parts)) if best else ("", 0)


def part_rank(url: str) -> int:
    name = path_of(url).rsplit("/", 1)[-1].lower()
    if re.search(r"categor|tag|author|user|page(?!s?[-_]?\d)|image|video", name):
        return 0
    return 2 if re.search(r"news|post|article|stor", name) else 1


def number_in(url: str) -> tuple[int, ...]:
    return tuple(int(digits[:9]) for digits in re.findall(r"[0-9]+", path_of(url).rsplit("/", 1)[-1]))


# ---------------------------------------------------------------- pages of a listing


def page_templates(section: str, addresses: Iterable[str]) -> list[str]:
    """How the further pages of an overview may be called, with {page}: as the links on it show, then the usual two."""
    seen = [template for address in addresses if (template := template_of(section, address))]
    query, path = f"{section}?page={{page}}", f"{section.rstrip('/')}/page/{{page}}" + ("/" if section.endswith("/") else "")
    return list(dict.fromkeys([*seen, query, path]))


def template_of(section: str, address: str) -> str | None:
    """The template of a link to another page of the same overview, or None for any other link."""
    parts, own = urlsplit(address), path_of(section).rstrip("/")
    if parts.netloc and bare_host(parts.hostname or "") != bare_host(urlsplit(section).hostname or ""):
        return None
    if unquote(parts.path).rstrip("/") == own:
        pairs = parse_qsl(parts.query)
        if len(pairs) == 1 and pairs[0][0] in listing.PAGE_PARAMETERS and pairs[0][1].isdecimal():
            return f"{section}?{pairs[0][0]}={{page}}"
    number = re.fullmatch(re.escape(own) + r"/page/[0-9]+(/?)", unquote(parts.path))
    return f"{section.rstrip('/')}/page/{{page}}{number[1]}" if number and not parts.query else None


def counts_by_start(addresses: Iterable[str]) -> bool:
    """Whether the further pages of an overview are called by the number of the first article (?start=20), which {page} cannot say."""
    return any(key in listing.START_PARAMETERS for address in addresses for key, _ in parse_qsl(urlsplit(address).query))


def has_other_articles(page: Sequence[str], first: Sequence[str]) -> bool:
    """Whether a second page lists articles that the first does not; one that is the same list, or only its sidebar, does not."""
    return len(set(page) - set(first)) >= LISTED_MIN


def is_same_list(page: Sequence[str], first: Sequence[str]) -> bool:
    return bool(first) and len(set(page) & set(first)) >= 0.8 * len(set(first))


def listed_urls(body: bytes, url: str, site: Outlet) -> list[str]:
    """The article addresses of an overview page. Raises NotReadable."""
    sections = set(sections_of(home_page(body, url).anchors, site))
    found = listing.read(body, url, Search(site, Source("listing", url)))
    return [address for address in own_urls((link.url for link in found.links), site) if address not in sections]


def clock_offsets(moments: Iterable[datetime]) -> tuple[timedelta, ...]:
    """The offsets from UTC that dates print, commonest first; UTC itself says nothing of where the site is."""
    counted = Counter(offset for moment in moments if (offset := moment.utcoffset()))
    return tuple(offset for offset, _ in counted.most_common())


def wordpress_offset(posts: Iterable[object]) -> tuple[timedelta, ...]:
    """The offset of the site's clock: WordPress gives each post's date in local time and in UTC."""
    found: Counter[timedelta] = Counter()
    for post in posts:
        if isinstance(post, dict):
            try:
                found[datetime.fromisoformat(post["date"]) - datetime.fromisoformat(post["date_gmt"])] += 1
            except (KeyError, TypeError, ValueError):
                continue
    return tuple(offset for offset, _ in found.most_common(1) if offset and abs(offset) <= timedelta(hours=14))


def is_overview_of(listed: Sequence[str], on_home: Iterable[str], section: str) -> bool:
    """Whether a page lists articles of its own: below its own path, or such that the home page does not link to."""
    below = path_of(section).rstrip("/") + "/"
    return bool(set(listed) - set(on_home)) or any(path_of(url).startswith(below) for url in listed)
