"""Sources: what each kind of answer holds, and which answers are refused."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crawlers.discover import KINDS, NotReadable, Search, Window
from crawlers.discover.found import DATE_CHARS_MAX, day_of, moment
from crawlers.discover.listing import looks_like_article
from crawlers.discover.printed import printed_day
from crawlers.outlet import ArticleRules, Outlet, Source
from warehouse.records import Link

DAILY = Outlet("daily_en", "Daily", "https://www.daily.example/", "MM", "en", "Asia/Yangon")
YANGON = timezone(timedelta(hours=6, minutes=30))
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'


def read(kind, body, url="https://www.daily.example/source", template=None, window=None, outlet=DAILY):
    body = body.encode() if isinstance(body, str) else body
    return KINDS[kind].read(body, url, Search(outlet, Source(kind, template or url), window))


def said(link):
    return {(candidate.field, candidate.source): candidate.value for candidate in link.candidates}


# ---------------------------------------------------------------- feeds


def test_a_feed_gives_title_summary_author_section_and_date():
    feed = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>
        <title>Ferry &amp;amp; bridge &lt;b&gt;reopen&lt;/b&gt;</title><link>/news/ferry.html</link><category>News</category>
        <dc:creator>Nan Thiri</dc:creator><description>&lt;p&gt;The ferry sails again.&lt;/p&gt;</description>
        <pubDate>Mon, 02 Mar 2026 07:15:00 +0630</pubDate></item></channel></rss>"""
    (link,) = read("feed", feed).links
    assert (link.url, link.found_by, link.published_at) == (
        "https://www.daily.example/news/ferry.html",
        "feed",
        datetime(2026, 3, 2, 7, 15, tzinfo=YANGON),
    )
    assert said(link) == {
        ("headline", "feed"): "Ferry & bridge reopen",
        ("description", "feed"): "The ferry sails again.",
        ("byline", "feed"): "Nan Thiri",
        ("section", "feed"): "News",
        ("date_published", "feed"): "2026-03-02T07:15:00+06:30",
    }


def test_an_atom_feed_tells_publication_from_change():
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title><link rel="alternate" href="https://www.daily.example/a"/>
        <published>2026-03-01T00:00:00Z</published><updated>2026-03-02T00:00:00Z</updated></entry></feed>"""
    (link,) = read("feed", feed).links
    assert (link.published_at, link.modified_at) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))


def test_a_json_feed_is_a_feed():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"url": "https://www.daily.example/a", "title": "Ferry", "date_published": "2026-03-01T00:00:00Z", "authors": [{"name": "Nan Thiri"}]},
            {"id": "x"},
        ],
    }
    (link,) = read("feed", json.dumps(feed)).links
    assert said(link) == {("headline", "feed"): "Ferry", ("byline", "feed"): "Nan Thiri", ("date_published", "feed"): "2026-03-01T00:00:00+00:00"}


def test_an_empty_feed_is_a_feed_without_links():
    assert read("feed", '<rss version="2.0"><channel><title>Daily</title></channel></rss>').links == ()


@pytest.mark.parametrize(
    "body", ["<html><body>Not found</body></html>", "", "/etc/hostname", "https://www.daily.example/feed.xml", '{"items": 3}', '{"a": 1}', "{"]
)
def test_what_is_no_feed_is_not_read_as_one(body):
    with pytest.raises(NotReadable):
        read("feed", body)


def rss(items, more=""):
    return f'<rss version="2.0" {more}><channel><title>Daily</title>{items}</channel></rss>'


@pytest.mark.parametrize(
    ("feed", "urls", "without", "why"),
    [
        (rss("<item><guid>https://www.daily.example/g</guid></item><item><guid>777</guid></item>"), ["https://www.daily.example/g"], 1, "a guid"),
        (rss('<item><guid isPermaLink="false">https://www.daily.example/g</guid></item>'), [], 1, "a guid that is no address"),
        (rss("<item><link>/a</link><guid>1</guid></item>" * 2), ["https://www.daily.example/a"] * 2, 0, "the same guid twice"),
        (rss('<item><title>x</title><enclosure url="https://www.daily.example/a.mp3" type="audio/mpeg"/></item>'), [], 1, "a sound only"),
        (rss("<item><link>http://[broken/</link></item><item><link>b</link></item>"), ["http://[broken/", "https://www.daily.example/b"], 0,
         "no address at all: it is of nobody's host, and rejected as that"),
        (
            rss("<item><link>https://feeds.example/~r/1</link><f:origLink>https://www.daily.example/o</f:origLink></item>",
                'xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"'),
            ["https://www.daily.example/o"], 0, "FeedBurner",
        ),
        (rss('<item xml:base="/en/"><link>story</link></item>'), ["https://www.daily.example/en/story"], 0, "xml:base"),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.daily.example/en/"><entry><link rel="self" href="s"/><link rel="replies" '
            'href="r"/><link rel="enclosure" href="e.mp3"/><link href="story"/><link rel="alternate" hreflang="my" href="my"/></entry>'
            '<entry><link rel="self" href="s"/></entry></feed>',
            ["https://www.daily.example/en/story"], 1, "Atom: the first alternate",
        ),
        ('{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a", "authors": "x", "date_published": 3}, 7]}',
         ["https://www.daily.example/a"], 1, "an odd JSON feed"),
    ],
)
def test_the_address_of_an_entry(feed, urls, without, why):
    found = read("feed", feed)
    assert ([link.url for link in found.links], found.without_address) == (urls, without), why


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<pubDate>Mon, 02 Mar 2026 07:15:00 GMT+0630</pubDate>", datetime(2026, 3, 2, 7, 15, tzinfo=YANGON)),
        ("<pubDate>Mon, 02 Mar 2026 07:15:00 +0900</pubDate>", datetime(2026, 3, 1, 22, 15, tzinfo=UTC)),
        ("<pubDate>Mon, 02 Mar 2026 07:15:00 UTC+9</pubDate>", datetime(2026, 3, 1, 22, 15, tzinfo=UTC)),
        ("<pubDate>Mon, 02 Mar 2026 07:15:00 -0000</pubDate>", datetime(2026, 3, 2, 7, 15, tzinfo=UTC)),
        ("<pubDate>၂၀၂၆-၀၃-၀၂ ၀၇:၁၅</pubDate>", datetime(2026, 3, 2, 7, 15, tzinfo=YANGON)),
        ('<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-03-02T07:15:00Z</dc:date>', datetime(2026, 3, 2, 7, 15, tzinfo=UTC)),
        ("<pubDate>today</pubDate>", None),
        ("", None),
    ],
)
def test_the_date_of_an_entry(written, expected):
    (link,) = read("feed", rss(f"<item><link>/a</link>{written}</item>")).links
    assert (link.published_at, link.modified_at) == (expected, None)


@pytest.mark.parametrize("oldest_first", [True, False])
def test_of_an_endless_feed_the_newest_entries_are_read(oldest_first):
    days = [f"<item><link>/{number}</link><pubDate>{datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=number)}</pubDate></item>" for number in range(2500)]
    found = read("feed", rss("".join(days if oldest_first else reversed(days))))
    assert {int(link.url.rsplit("/", 1)[1]) for link in found.links} == set(range(500, 2500))
    assert found.beyond == 500


# ---------------------------------------------------------------- sitemaps


def test_a_sitemap_gives_addresses_and_changes():
    links = read(
        "sitemap",
        f"{SITEMAP}<url><loc> https://www.daily.example/a </loc><lastmod>2026-03-02</lastmod></url><url><lastmod>x</lastmod></url></urlset>",
    ).links
    assert [(link.url, link.published_at, link.modified_at) for link in links] == [
        ("https://www.daily.example/a", None, datetime(2026, 3, 2, tzinfo=YANGON))
    ]


def test_a_news_sitemap_gives_title_and_publication():
    body = f"""{SITEMAP}<url><loc>https://www.daily.example/a</loc><image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <image:loc>https://img.example/a.jpg</image:loc><image:title>A boat</image:title></image:image><news:news>
        <news:publication_date>2026-03-02T01:00:00Z
        </news:publication_date><news:title>Ferry &amp; bridge</news:title></news:news></url></urlset>"""
    (link,) = read("sitemap", body).links
    assert link.url == "https://www.daily.example/a"
    assert said(link) == {("headline", "sitemap"): "Ferry & bridge", ("date_published", "sitemap"): "2026-03-02T01:00:00+00:00"}


INDEX = (
    "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>/old.xml</loc><lastmod>2020-01-31</lastmod></sitemap>"
    "<sitemap><loc>https://www.daily.example/new.xml.gz</loc></sitemap></sitemapindex>"
)


def test_an_index_leads_to_its_sitemaps():
    assert read("sitemap", INDEX).more == ("https://www.daily.example/old.xml", "https://www.daily.example/new.xml.gz")


def test_a_sitemap_that_ended_before_the_window_is_not_asked():
    assert read("sitemap", INDEX, window=Window(date(2026, 1, 1), date(2026, 1, 31))).more == ("https://www.daily.example/new.xml.gz",)


def test_a_packed_sitemap_is_unpacked():
    assert len(read("sitemap", gzip.compress(f"{SITEMAP}<url><loc>https://www.daily.example/a</loc></url></urlset>".encode())).links) == 1


def test_an_index_tells_when_its_parts_changed_and_which_are_somebody_elses():
    body = INDEX.replace("</sitemapindex>", "<sitemap><loc>https://maps.daily.example/m.xml</loc></sitemap><sitemap><loc>https://other.example/o.xml</loc></sitemap>"
                         "<sitemap><loc>http://[broken/</loc></sitemap></sitemapindex>")
    found = read("sitemap", body)
    assert found.changed == {"https://www.daily.example/old.xml": datetime(2020, 1, 31, tzinfo=YANGON)}
    assert (found.more[-1], found.foreign) == ("https://maps.daily.example/m.xml", ("https://other.example/o.xml", "http://[broken/"))


def test_robots_txt_is_a_list_of_sitemaps():
    robots = "\ufeffUser-agent: *\nDisallow: /x\nSitemap: /a.xml\nsitemap:https://www.daily.example/b.xml # b\n# Sitemap: /no.xml\nSitemap: https://other.example/c.xml"
    found = read("sitemap", robots, "https://www.daily.example/robots.txt")
    assert (found.more, found.foreign) == (("https://www.daily.example/a.xml", "https://www.daily.example/b.xml"), ("https://other.example/c.xml",))
    with pytest.raises(NotReadable, match="names no sitemap"):
        read("sitemap", "User-agent: *\nDisallow:", "https://www.daily.example/robots.txt")


def test_addresses_beyond_the_limit_of_the_protocol_are_counted():
    found = read("sitemap", "https://www.daily.example/a\n" * 50_003)
    assert (len(found.links), found.beyond) == (50_000, 3)


def test_a_list_of_addresses_is_a_sitemap():
    assert [link.url for link in read("sitemap", "https://www.daily.example/a\n\nhttps://www.daily.example/b\n").links] == [
        "https://www.daily.example/a",
        "https://www.daily.example/b",
    ]


def test_a_stray_ampersand_costs_no_links():
    body = f"{SITEMAP}<url><loc>https://www.daily.example/a?x=1&y=2</loc></url><url><loc>https://www.daily.example/b</loc></url></urlset>"
    assert len(read("sitemap", body).links) == 2


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><urlset><url><loc>https://www.daily.example/&b;</loc></url></urlset>'
THIEF = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><rss><channel><item><title>&a;</title><link>https://x.org/</link></item></channel></rss>'


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
@pytest.mark.parametrize("body", [BOMB, THIEF, THIEF.encode("utf-16")])
def test_entities_are_refused(kind, body):
    with pytest.raises(NotReadable, match="entities"):
        read(kind, body)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (gzip.compress(b"<urlset/>" * 1000)[:40], "cut"),
        (gzip.compress(bytes(60_000_000)), "too large"),
        (b"<html/>", "root"),
        (b"sorry", "neither"),
        (b"", "neither"),
    ],
)
def test_what_is_no_sitemap_is_not_read_as_one(body, part):
    with pytest.raises(NotReadable, match=part):
        read("sitemap", body)


# ---------------------------------------------------------------- WordPress


def posts(count):
    return json.dumps(
        [
            {
                "link": f"https://www.daily.example/{n}/",
                "date": "2026-03-02T07:30:00",
                "date_gmt": "2026-03-02T01:00:00",
                "modified_gmt": "2026-03-03T01:00:00",
                "title": {"rendered": "Ferry &#8217;s <i>back</i>"},
            }
            for n in range(count)
        ]
    )


def test_wordpress_posts_are_links_with_title_and_dates():
    link = read("wordpress", posts(1), "https://www.daily.example/wp-json/wp/v2/posts?page=1", "https://www.daily.example/").links[0]
    assert (link.found_by, link.published_at, link.modified_at) == (
        "wordpress",
        datetime(2026, 3, 2, 1, tzinfo=UTC),
        datetime(2026, 3, 3, 1, tzinfo=UTC),
    )
    assert said(link)["headline", "feed"] == "Ferry ’s back"


def test_wordpress_is_asked_page_by_page_within_the_window():
    search = Search(DAILY, Source("wordpress", "https://www.daily.example"), Window(date(2026, 3, 1), date(2026, 3, 2)))
    (first,) = KINDS["wordpress"].first(search)
    assert first.startswith("https://www.daily.example/wp-json/wp/v2/posts?per_page=100&page=1&")
    assert "after=2026-02-28T23%3A59%3A59" in first
    assert "before=2026-03-03T00%3A00%3A00" in first
    assert KINDS["wordpress"].read(posts(100).encode(), first, search).more == (first.replace("&page=1&", "&page=2&"),)
    assert KINDS["wordpress"].read(posts(99).encode(), first, search).more == ()


@pytest.mark.parametrize("body", ['{"code": "rest_disabled", "message": "Disabled"}', "<html/>", "3", "[[1]]" * 2])
def test_what_is_no_list_of_posts_is_not_read_as_one(body):
    with pytest.raises(NotReadable):
        read("wordpress", body, "https://www.daily.example/wp-json/wp/v2/posts?page=1")


# ---------------------------------------------------------------- listings


PAGE = """<html><head><base href="https://www.daily.example/en/"></head><body><nav><a href="/">Home</a><a href="/about-us">About</a></nav>
    <div class="card"><time datetime="2026-03-02T07:00:00+06:30"></time><a href="story-of-the-ferry">Ferry</a>
    <a href="story-of-the-ferry#comments">3</a></div>
    <a href="https://mail.daily.example/news/3158-july-8-15,2021">July</a> <a href="//elsewhere.example/news/1.html">Elsewhere</a>
    <a href="/news?page=2">Next</a> <a href="javascript:void(0)">x</a> <a href="http://[broken/1.html">x</a> <a>x</a></body></html>"""


def test_a_listing_gives_the_articles_of_the_outlet_once_each_in_order():
    found = read("listing", PAGE, "https://www.daily.example/news?page=1", "https://www.daily.example/news?page={page}")
    assert [(link.url, link.published_at) for link in found.links] == [
        ("https://www.daily.example/en/story-of-the-ferry", datetime(2026, 3, 2, 7, tzinfo=YANGON)),
        ("https://mail.daily.example/news/3158-july-8-15,2021", None),
    ]


CARDS = """<div class="card"><a href="/news/ferry.html"><img></a><h3><a href="/news/ferry.html">Weekly <b>summary</b>, 8 July 2021</a></h3>
    <p>By Admin 17 Nov 2025</p><p>On 5 March 2024 the ferry left the jetty at Sittwe for the last time with sixty people aboard.</p>
    <a href="/news/ferry.html">Read more</a></div>
    <div class="card"><a href="/news/bridge.html">Bridge repaired</a> ၂၀၂၅ ခုနှစ် နိုဝင်ဘာလ ၁၆ ရက်</div>
    <a class="card" href="/news/market.html"><div>Market open</div><div>3/4/2025</div></a>
    <div class="card"><a href="/news/school.html">Summary 8 July 2021</a><span>2 hours ago</span><a href="/news/school.html">3 comments</a></div>
    <div class="card"><a href="/news/wharf.html">ဆက်ဖတ်ရန်</a><time datetime="2025-11-15T08:00:00Z"></time><time datetime="2025-11-16T08:00:00Z"></time></div>"""


def test_a_listing_keeps_what_its_cards_say():
    links = {link.url.rsplit("/", 1)[1]: link for link in read("listing", CARDS).links}
    assert {name: said(link) for name, link in links.items()} == {
        "ferry.html": {("headline", "listing"): "Weekly summary, 8 July 2021", ("date_published", "listing"): "2025-11-17"},
        "bridge.html": {("headline", "listing"): "Bridge repaired", ("date_published", "listing"): "2025-11-16"},
        "market.html": {},
        "school.html": {("headline", "listing"): "Summary 8 July 2021"},
        "wharf.html": {},
    }
    assert links["ferry.html"].published_at == datetime(2025, 11, 17, tzinfo=YANGON)


def test_the_date_of_today_in_the_head_of_a_page_is_not_that_of_its_only_article():
    page = '<body><div>Tuesday 3 February 2026</div><div><div><p><a href="/news/ferry.html">Ferry sails</a></p></div></div></body>'
    (link,) = read("listing", page).links
    assert (link.published_at, said(link)) == (None, {("headline", "listing"): "Ferry sails"})


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("17 Nov 2025", date(2025, 11, 17)),
        ("Nan Thiri | November 17th, 2025 10:20 am", date(2025, 11, 17)),
        ("2025-11-17", date(2025, 11, 17)),
        ("17/11/2025", date(2025, 11, 17)),
        ("11/17/2025", date(2025, 11, 17)),
        ("5.5.2024", date(2024, 5, 5)),
        ("၂၀၂၅ခုနှစ်၊ နိုဝင်ဘာလ ၁၇ ရက်နေ့", date(2025, 11, 17)),
        ("နိုဝင်ဘာ ၁၇၊ ၂၀၂၅", date(2025, 11, 17)),
        ("3/4/2025", None),
        ("2 hours ago", None),
        ("yesterday", None),
        ("July 8-15, 2021", None),
        ("8-15 July 2021", None),
        ("31 November 2025", None),
        ("5 May 2024 and 6 May 2024", None),
        ("the day of 5 March 2024 in Sittwe", None),
        ("1 Jan 1970", None),
    ],
)
def test_a_printed_day_is_read_where_it_can_only_be_one(line, day):
    assert printed_day(line) == day


def test_the_pattern_decides_where_there_is_one():
    outlet = Outlet("daily_en", "Daily", "https://www.daily.example/", "MM", "en", "Asia/Yangon", article=ArticleRules(url_pattern="^/about"))
    assert [link.url for link in read("listing", PAGE, outlet=outlet).links] == ["https://www.daily.example/about-us"]


@pytest.mark.parametrize(
    ("url", "template", "more"),
    [
        ("https://x.example/news?page=1", "https://x.example/news?page={page}", ("https://x.example/news?page=2",)),
        ("https://x.example/news/9/all", "https://x.example/news/{page}/all", ("https://x.example/news/10/all",)),
        ("https://x.example/news", "https://x.example/news", ()),
    ],
)
def test_pages_of_a_listing_are_built(url, template, more):
    assert read("listing", "<p>", url, template).more == more


@pytest.mark.parametrize(
    "path",
    [
        "/news/rfsua.html",
        "/post/123",
        "/?p=12",
        "/story.php?id=2071",
        "/en/node/99789",
        "/archives/89425",
        "/a/7654321.html",
        "/?article=7",
        "/news/abc",
        "/2025/11/junta-torches-homes/",
        "/long-slug-at-the-root",
        "/%E1%80%9E%E1%80%90%E1%80%84%E1%80%BA%E1%80%B8/kukoaaht.html",
        "/news/detail/654a7d41a0b1c2d3e4f50617",
        "/tag-sale-ends-in-fire",
        "/burmese/articles/c1234567890o",
    ],
)
def test_what_looks_like_an_article(path):
    assert looks_like_article("https://www.daily.example" + path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/news",
        "/about",
        "/contact-us",
        "/category/news",
        "/tag/arakan/",
        "/en/category/politics",
        "/author/nan-thiri",
        "/news/page/3",
        "/news?page=2",
        "/search?q=x",
        "/2024/05/",
        "/feed/",
        "/wp-content/uploads/2024/05/photo.html",
        "/files/report.pdf",
        "/img/a.jpg",
        "/opinion?start=20",
        "/en/news/politics?page=2",
        "/en/blog-category?limitstart=20&start=20",
        "/my",
    ],
)
def test_what_does_not(path):
    assert not looks_like_article("https://www.daily.example" + path)


# ---------------------------------------------------------------- moments and windows


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-02T07:15:00+06:30", datetime(2026, 3, 2, 7, 15, tzinfo=YANGON)),
        ("2026-03-02T07:15:00Z", datetime(2026, 3, 2, 7, 15, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=YANGON)),
        ("2026-03-02 07:15", datetime(2026, 3, 2, 7, 15, tzinfo=YANGON)),
        ("Mon, 02 Mar 2026 07:15:00 GMT", datetime(2026, 3, 2, 7, 15, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 07:15:00", datetime(2026, 3, 2, 7, 15, tzinfo=YANGON)),
        ("1970", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00Z", None),
        ("jan " * 100_000, None),
        ("9" * 100_000, None),
    ],
)
def test_moments_are_read_or_left_alone(written, expected):
    assert moment(written, DAILY.zone) == expected


def test_a_date_longer_than_any_real_one_is_cut():
    assert moment("2026-03-02" + " " * DATE_CHARS_MAX + "x", DAILY.zone) == datetime(2026, 3, 2, tzinfo=YANGON)


@pytest.mark.parametrize(
    ("link", "day"),
    [
        (Link("https://x.example/2020/01/05/a", "sitemap", datetime(2026, 3, 1, 18, tzinfo=UTC), None), date(2026, 3, 2)),
        (Link("https://x.example/2020/01/05/a", "sitemap", None, datetime(2026, 3, 1, tzinfo=UTC)), date(2020, 1, 5)),
        (Link("https://x.example/2020/02/31/a", "sitemap", None, datetime(2026, 3, 1, tzinfo=UTC)), date(2026, 3, 1)),
        (Link("https://x.example/a", "listing"), None),
    ],
)
def test_the_day_of_a_link_is_that_of_the_outlet(link, day):
    assert day_of(link, DAILY.zone) == day


def test_half_a_character_in_json_becomes_the_sign_for_what_cannot_be_read():
    post = r'[{"link": "https://www.daily.example/\udc00a", "title": {"rendered": "Ferry \ud83d sails \ud83d\ude00"}}]'
    (link,) = read("wordpress", post, "https://www.daily.example/wp-json/wp/v2/posts?page=1").links
    assert (link.url, said(link)) == ("https://www.daily.example/\ufffda", {("headline", "feed"): "Ferry \ufffd sails 😀"})
    feed = r'{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/a\udc00", "title": "Ferry \ud83d"}]}'
    (link,) = read("feed", feed).links
    assert (link.url, said(link)) == ("https://www.daily.example/a\ufffd", {("headline", "feed"): "Ferry \ufffd"})


# ---------------------------------------------------------------- the front page


def test_a_front_page_names_its_article_links_and_says_who_named_them():
    from crawlers.discover import KINDS, Search, front_page
    from crawlers.outlet import ArticleRules, Outlet, Source

    outlet = Outlet("daily_en", "Example Daily", "https://daily.example/", "MM", "en", "Asia/Yangon", article=ArticleRules("^/news/.+"))
    search = Search(outlet, Source(front_page.KIND, outlet.homepage))
    page = b'<html><body><a href="/about">About</a> <a href="/news/1"><h2>Ferry sinks</h2></a> <a href="https://other.example/news/2">2</a></body></html>'
    found = KINDS[front_page.KIND].read(page, outlet.homepage, search)
    assert [(link.url, link.found_by) for link in found.links] == [("https://daily.example/news/1", "front_page")]
    assert found.more == ()


def test_no_outlet_file_can_ask_for_a_front_page():
    from crawlers.outlet_checks import KINDS as OF_FILES

    assert "front_page" not in OF_FILES
