"""What a look at a site concludes, without any site: the build of addresses, the place of an outlet, sources judged, and TOML that stays TOML."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest

from crawlers import survey, survey_pattern, survey_place, survey_toml
from crawlers.discover import Found, NotReadable
from crawlers.outlet import Outlet
from crawlers.survey import Findings, HomePage, Robots, SourceLook
from warehouse.records import Link

SITE = Outlet("survey", "x", "https://www.example.org/", "ZZ", "und", "UTC")
TODAY = date(2026, 11, 22)
HOSTILE = 'A "b" \\ \n[fetch]\r\ndelay_s = 0\x00\x1b[31m\u202e\x85\ud800 \'\'\' """'


def at(path: str) -> str:
    return f"https://www.example.org{path}"


# ---------------------------------------------------------------- the pattern


WORDS = ["ferry-sails-again", "rain-over-the-delta", "market-opens-early", "school-gets-a-roof", "road-to-the-coast", "prices-of-rice-rise"]


@pytest.mark.parametrize(
    ("articles", "others", "fits", "fits_not"),
    [
        # Dates in the path.
        ([f"/2026/11/0{n}/{word}/" for n, word in enumerate(WORDS, 1)], ["/category/news/", "/2026/11/"], "/2025/01/31/one-word/", "/author/min/"),
        # A slug that happens to end in a number everywhere is no rule: the next one may not.
        ([f"/2026/11/{word}-{n}/" for n, word in enumerate(WORDS)], ["/category/news/"], "/2026/12/no-number-here/", "/category/news/"),
        # Slugs that say nothing, with an ending; the sections beside that of the articles belong to the outlet as well.
        ([f"/news/{word}.html" for word in ("javim", "oontf", "pktwf", "ckpat", "pfcpi")], ["/news", "/interview", "/about-us"],
         "/interview/abc.html", "/about-us/abc.html"),
        # Slugs in the root, beside pages of one or two words.
        ([f"/{word}" for word in WORDS], ["/about", "/our-team", "/category/news", "/contact-us"], "/a-long-headline-of-a-story", "/privacy-policy"),
        # Only a number in the query.
        ([f"/?p={n}" for n in range(100, 106)], ["/", "/?cat=3"], "/?p=9", "/?cat=9"),
        # Mongo's ids, below a section in two languages.
        ([f"/news/detail/5f0000000000000000{n:06x}" for n in range(6)], ["/news", "/news/detail", "/tag/a"], "/news/detail/5f00000000000000000000ff", "/news/x"),
        # A pattern may be written in the script of the outlet.
        ([f"/%E1%80%9E/{n}-x.html" for n in range(6)], ["/about", "/%E1%80%9E/"], "/သ/9-y.html", "/သ/"),
    ],
    ids=["dates", "number at the end", "opaque", "root", "query", "object id", "burmese"],
)
def test_a_pattern_is_learnt_that_fits_articles_and_no_other_pages(articles, others, fits, fits_not):
    found = survey_pattern.proposal_of([at(path) for path in articles], [at(path) for path in others])
    assert found.pattern
    assert found.matched == found.articles == len(articles)
    assert re.search(found.pattern, fits), found.pattern
    assert not re.search(found.pattern, fits_not), found.pattern


@pytest.mark.parametrize(
    ("articles", "others", "why"),
    [
        (["/a-b-c", "/b-c-d"], ["/x"], "only 2 article addresses"),
        ([f"/news/{n}" for n in "abcdef"], ["/news/latest", "/news/archive", "/x"], "no simple one"),
        ([f"/{n}{n}" for n in "abcdef"], ["/"], "no simple one"),
    ],
    ids=["too few", "built like overviews", "any word"],
)
def test_no_pattern_is_proposed_where_none_holds(articles, others, why):
    found = survey_pattern.proposal_of([at(path) for path in articles], [at(path) for path in others])
    assert found.pattern is None
    assert why in found.why_not


def test_a_pattern_may_miss_one_article_in_twenty_and_no_more():
    articles = [at(f"/news/{n}/story-of-the-day") for n in range(38)]
    assert survey_pattern.proposal_of([*articles, at("/odd-one-out"), at("/and/one/more/of/them")], [at("/news")]).matched == 38
    assert survey_pattern.proposal_of([at(f"/{'a/' * n}b-c-d") for n in range(12)], [at("/news")]).pattern is None


def test_letters_of_an_address_cannot_become_a_rule_of_the_pattern():
    found = survey_pattern.proposal_of([at(f"/a.b(c)*/'{n}'.html") for n in range(6)], [at("/x")])
    assert found.pattern
    assert not re.search(found.pattern, "/aXbc/1.html")


# ---------------------------------------------------------------- name, language, country, zone


@pytest.mark.parametrize(
    ("title", "host", "name"),
    [
        ("Home | Lemro Post - News of the river", "www.lemropost.example", "Lemro Post"),
        ("Breaking News - Hill-Side News", "hillsidenews.example", "Hill-Side News"),
        ("Development Media of the North", "dmn.example", "Development Media of the North"),
        ("The voice of the coast – Coast Daily", "coastdaily.example", "Coast Daily"),
        ("ကျွန်းသတင်း", "kyun.example", "ကျွန်းသတင်း"),
    ],
)
def test_the_name_is_the_title_without_slogans(title, host, name):
    assert survey_place.name_of(HomePage("https://x/", title=title), host).value == name


ENGLISH, MYANMAR, RUSSIAN = ["Ferry sails again after a week"] * 4, ["ကုလားတန်မြစ်ကူးတံတား ပြန်ဖွင့်"] * 4, ["Паром снова ходит через реку"] * 4


@pytest.mark.parametrize(
    ("declared", "headlines", "language", "is_sure"),
    [
        ("en-US", ENGLISH, "en", True), ("en-US", MYANMAR, "my", False), ("my", MYANMAR, "my", True), ("my_MM", MYANMAR, "my", True),
        ("shn", MYANMAR, "shn", True), ("my", ENGLISH, "en", False), ("", ENGLISH, "en", False), ("fr-FR", ENGLISH, "fr", True),
        ("uk", RUSSIAN, "uk", True), ("", RUSSIAN, "ru", False), ("", [], "und", False), ('en"\nx=1', [], "und", False), ("zh-Hans", ["新闻" * 9], "zh-Hans", True),
    ],
)
def test_the_letters_of_headlines_weigh_more_than_what_a_page_declares(declared, headlines, language, is_sure):
    found = survey_place.language_of(HomePage("https://x/", language=declared), headlines)
    assert (found.value, found.is_sure) == (language, is_sure)


HALF_PAST_SIX, SEVEN = timedelta(hours=6, minutes=30), timedelta(hours=7)


@pytest.mark.parametrize(
    ("host", "language", "offsets", "country", "zone"),
    [
        ("www.daily.com.mm", "en", (), ("MM", True), ("Asia/Yangon", True)),
        ("daily.example", "en", (HALF_PAST_SIX,), ("MM", True), ("Asia/Yangon", True)),
        ("daily.example", "my", (), ("MM", False), ("Asia/Yangon", False)),
        ("daily.example", "en", (), ("ZZ", False), ("UTC", False)),
        ("daily.io", "en", (), ("ZZ", False), ("UTC", False)),
        ("daily.co.uk", "en", (), ("GB", True), ("Europe/London", True)),
        ("daily.id", "id", (SEVEN,), ("ID", True), ("Asia/Jakarta", True)),
        ("daily.id", "id", (), ("ID", True), ("Asia/Jakarta", False)),
        ("daily.mm", "my", (SEVEN,), ("MM", True), ("Asia/Yangon", False)),
    ],
)
def test_country_and_time_zone_are_sure_only_where_something_shows_them(host, language, offsets, country, zone):
    home = HomePage("https://x/")
    findings = Findings(SITE, home, Robots(), TODAY, 1)
    found = survey_place.country_of(host, home, language, offsets)
    assert (found.value, found.is_sure) == country
    at_zone = survey_place.time_zone_of(found, offsets, findings)
    assert (at_zone.value, at_zone.is_sure) == zone


@pytest.mark.parametrize(
    ("host", "language", "outlet_id"),
    [("www.dmediag.com", "en", "dmediag_en"), ("burmese.narinjara.com", "my", "narinjara_my"), ("news.co.uk", "en", "news_en"),
     ("127.0.0.5", "en", "site_127_0_0_5_en"), ("x-" * 40 + ".org", "zh-Hans", "x_" * 15 + "_zh")],
)
def test_an_id_is_made_of_host_and_language(host, language, outlet_id):
    assert survey_place.outlet_id_of(host, language) == outlet_id


# ---------------------------------------------------------------- sources


def article(n: int, day: datetime | None, host: str = "www.example.org") -> Link:
    return Link(f"https://{host}/news/story-number-{n}", "feed", day)


FRESH, OLD, FUTURE = datetime(2026, 11, 20, tzinfo=UTC), datetime(2023, 11, 10, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("links", "state"),
    [
        ([article(1, FRESH), article(2, OLD)], "good"), ([article(1, OLD)], "stale"), ([], "empty"), ([article(1, FRESH, "other.example")], "empty"),
        ([article(1, None)], "unproven"), ([article(7, None)], "good"), ([article(1, OLD), article(2, FUTURE)], "stale"), ([article(9, FRESH)], "repeat"),
    ],
    ids=["fresh", "stale", "empty", "elsewhere", "undated", "undated, but on the home page", "a date to come", "nothing of its own"],
)
def test_a_feed_is_judged_by_what_it_gives(links, state):
    found = survey.judged("feed", at("/feed"), Found(tuple(links)), SITE, TODAY, on_home=[at("/news/story-number-7")], earlier=[at("/news/story-number-9")])
    assert found.state == state


def test_the_newest_part_of_an_index_is_told_by_name_then_day_then_number():
    def index(*parts):
        rows = "".join(f"<sitemap><loc>{at(path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for path, day in parts)
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'.encode()

    dated = index(("/tag-sitemap.xml", "2026-11-22"), ("/post-sitemap.xml", "2026-11-01"), ("/post-sitemap2.xml", "2026-11-20"))
    assert survey.newest_part(dated) == (at("/post-sitemap2.xml"), 3)
    numbered = index(*((f"/wp-sitemap-posts-post-{n}.xml", "") for n in (1, 2, 10)), ("/wp-sitemap-users-1.xml", ""))
    assert survey.newest_part(numbered) == (at("/wp-sitemap-posts-post-10.xml"), 4)
    assert survey.newest_part(b"<urlset></urlset>") == ("", 0)
    with pytest.raises(NotReadable):
        survey.newest_part(b'<!DOCTYPE x [<!ENTITY a "b">]><sitemapindex/>')


@pytest.mark.parametrize(
    ("section", "links", "first"),
    [
        ("/news", ["/news?page=3"], "/news?page={page}"), ("/news", ["/news?pg=2"], "/news?pg={page}"), ("/news/", ["/news/page/2/"], "/news/page/{page}/"),
        ("/news", ["/opinion?page=2", "/news?id=7", "https://other.example/news?paged=2"], "/news?page={page}"),
    ],
)
def test_further_pages_are_called_as_the_links_of_a_page_show(section, links, first):
    addresses = [link if link.startswith("https") else at(link) for link in links]
    assert survey.page_templates(at(section), addresses)[0] == at(first)


def test_sections_are_told_from_articles():
    anchors = [(at("/en/news"), "News"), (at("/en/features"), "Features"), (at("/en/news/a-b-c"), "More"), (at("/en/news/d-e-f"), "The ferry sails once more"),
               (at("/category/news/"), "News"), (at("/news/javim.html"), "Read"), ("https://other.example/x-y-z", "Elsewhere"), (at("/"), "Home"),
               (at("/en/news?page=2"), "2"), (at("/en/news?start=20"), "3")]
    assert survey.sections_of(anchors, SITE) == [at("/en/news"), at("/en/features"), at("/category/news/"), at("/en/news?page=2"), at("/en/news?start=20")]
    assert survey.article_links(anchors, SITE) == [at("/en/news/a-b-c"), at("/en/news/d-e-f"), at("/news/javim.html")]


def test_a_home_page_announces_feeds_but_not_that_of_comments():
    body = b"""<html lang="my"><head><base href="https://www.example.org/en/"><title> A
      B </title><meta property="og:site_name" content="C"><link rel="alternate" type="application/rss+xml" href="feed/">
      <link rel="alternate" type="application/feed+json" href="/f.json"><link rel="alternate" type="application/rss+xml" href="comments/feed/">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"><link rel="alternate" hreflang="en" href="/en/">
      <link rel="https://api.w.org/" href="https://www.example.org/wp-json/"></head><body><a href="mailto:x">m</a><a href="x#y">t</a></body></html>"""
    found = survey.home_page(body, "https://www.example.org/")
    assert found.feeds == (at("/en/feed/"), at("/f.json"))
    assert (found.title, found.site_name, found.language, found.system, found.anchors) == ("A B", "C", "my", "WordPress", ((at("/en/x"), "t"),))
    assert survey.wordpress_root(found, SITE) == at("/")


# ---------------------------------------------------------------- TOML


@pytest.mark.parametrize(
    ("head", "title", "said"),
    [
        ("", "မြစ်ကမ်း နေ့စဉ်".encode(), "မြစ်ကမ်း နေ့စဉ်"),
        # Cut in the middle of a letter, as content systems do.
        ("", "မြစ်ကမ်း နေ့စဉ်".encode() + b"\xe1\x80", "မြစ်ကမ်း နေ့စဉ်\ufffd"),
        ('<meta charset="iso-8859-1">', "Río Diario".encode("latin-1"), "Río Diario"),
    ],
    ids=["utf-8", "one broken letter", "another encoding"],
)
def test_a_name_survives_the_encoding_of_its_page(head, title, said):
    page = survey.readable_page(b"<html><head>" + head.encode() + b"<title>" + title + b"</title></head><body><p>x</p></body></html>")
    assert page.findtext(".//title") == said


def test_no_text_of_a_site_can_add_a_key_or_end_a_comment():
    look = SourceLook("feed", at(f"/{HOSTILE}"), "good", "", (at(f"/{HOSTILE}"),), newest=TODAY)
    stale = SourceLook("sitemap", HOSTILE, "stale", HOSTILE, (HOSTILE,), note=HOSTILE)
    failed = SourceLook("wordpress", HOSTILE, "failed", f"http_500: {HOSTILE}")
    home = HomePage(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (), "", ((at(f"/{HOSTILE}"), HOSTILE), (f"https://x.example.org/{HOSTILE}", "x")))
    findings = Findings(SITE, home, Robots(True, (HOSTILE,), 7.5), TODAY, 3, (look, stale, failed), asked_url="http://a.example/", stopped=HOSTILE)
    text = survey_toml.definition_of(findings).text
    definition = tomllib.loads(text)
    text.encode()
    assert set(definition) == {"name", "homepage", "country", "language", "time_zone", "discover", "article", "fetch"}
    assert definition["fetch"] == {"delay_s": 7.5}
    assert definition["discover"] == [{"kind": "feed", "url": at(f"/{HOSTILE}").replace("\ud800", "\ufffd")}]
    assert not set(text) & set("\x00\x1b\u202e\x85\r")


@pytest.mark.parametrize("text", [HOSTILE.replace("\ud800", ""), "a\tb", "ကချင်\u200bသတင်း", "'", "\x7f", "😀", "\U000e0001", ""])
def test_a_quoted_text_is_read_as_it_was(text):
    assert tomllib.loads(f"x = {survey_toml.quoted(text)}")["x"] == text


def test_a_pattern_with_a_quote_is_written_between_double_ones():
    assert tomllib.loads(f"x = {survey_toml.pattern_text(chr(39) + chr(92) + 'd')}")["x"] == "'\\d"
