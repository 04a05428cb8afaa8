"""Sources over several nights: real crawl children on loopback, with what they report carried on by a real load into DuckDB."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import duckdb
import pytest

from crawlers import crawl
from flows.collect import add_crawl
from warehouse import crawl_state, seen
from warehouse.db import open_work
from warehouse.load import Batch, load
from warehouse.settings import Settings

NIGHT = datetime(2026, 3, 2, 19, tzinfo=UTC)
DAY = 24
# The same child as ever; only that Scrapy, which takes most of its time to load, is loaded once for all of them.
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["__main__", "crawlers.lanes"])
HTML = "text/html; charset=utf-8"
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def urlset(entries):
    """{address: lastmod or None} as a sitemap."""
    rows = "".join(f"<url><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>" for url, changed in entries.items())
    return f"{SITEMAP}{rows}</urlset>".encode()


def index(entries):
    rows = "".join(f"<sitemap><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>" for url, changed in entries.items())
    return f"{INDEX}{rows}</sitemapindex>".encode()


def tagged(read_body, etag):
    """A list with an ETag, answering 304 where that is named; `etag` gives the ETag of a body."""

    def answer(handler):
        tag = etag(read_body())
        if handler.headers.get("If-None-Match") == tag:
            return 304, {"ETag": tag}, b""
        return 200, {"ETag": tag}, read_body()

    return answer


def source(kind, url):
    return f'[[discover]]\nkind = "{kind}"\nurl = "{url}"\n'


class Nights:
    """Crawls of a world at given hours, each knowing what the ones before it left in the warehouse."""

    def __init__(self, world, folder):
        self.world, self.connection = world, open_work(Settings(data_dir=folder))
        self.count = 0

    def crawl(self, hours, outlet_id, **job):
        self.count += 1
        run_id, now = f"{outlet_id}-{self.count}", NIGHT + timedelta(hours=hours)
        known, sources = (self.world.folder / f"{run_id}.{kind}.jsonl" for kind in ("known", "sources"))
        seen.write_known(known, seen.known_links(self.connection, outlet_id, now, 7))
        crawl_state.write_known_sources(sources, self.connection, outlet_id)
        path = self.world.job(run_id, outlets=[outlet_id], clock_offset_s=now.timestamp() - time.time(), sources={outlet_id: str(sources)}, **job)
        path.write_text(json.dumps(json.loads(path.read_text()) | {"known": {outlet_id: str(known)}}))
        child = CHILDREN.Process(target=crawl.main, args=([str(path)],))
        child.start()
        child.join(60)
        report = self.world.report(outlet_id, run_id)
        batch = Batch(run_id, run_id, now, captures=list(report.captures))
        batch.links += [link for link in report.links if link.outcome == "fetched"]
        add_crawl(batch, report)
        load(self.connection, batch)
        assert report.alert is None, report
        return report


@pytest.fixture(scope="module")
def nights(world, tmp_path_factory):
    return Nights(world, tmp_path_factory.mktemp("nights"))


HOSTS = iter(f"127.0.7.{number}" for number in range(1, 60))


@pytest.fixture
def site(world):
    served = world.serve(next(HOSTS))
    served.add_articles(0)
    return served


def add_page(site, path):
    site.pages[path] = 200, {"Content-Type": HTML}, f"<html><body><article><p>The ferry at {path} sails again.</p></article></body></html>".encode()
    return site.base + path


def asked(site, *paths):
    """How often each path was asked since the last call."""
    counts = [site.count(path) for path in paths]
    site.asked.clear()
    return counts


def states(report):
    return {state.url.split("/", 3)[3]: state.state for state in report.sources}


def fetched(report):
    return sorted(link.url.rsplit("/", 1)[1] for link in report.links if link.outcome in ("fetched", "not_modified"))


# ---------------------------------------------------------------- conditional requests


def test_a_feed_is_asked_conditionally_within_a_day_and_whole_after_it(world, nights, site):
    stories = [add_page(site, "/news/one.html")]
    site.pages["/feed.xml"] = tagged(lambda: world.feed(site.base, stories), etag=lambda body: f'"{len(body)}"')
    world.outlet("polite", site.base)
    first = nights.crawl(0, "polite")
    assert (states(first), fetched(first)) == ({"feed.xml": "listed"}, ["one.html"])
    second = nights.crawl(1, "polite")
    (state,) = second.sources
    assert (state.state, state.listed_at, state.link_count, state.new_count) == ("not_modified", first.sources[0].listed_at, 1, 1)
    assert "If-None-Match" in [headers for path, _, headers in site.asked if path == "/feed.xml"][1]
    stories.append(add_page(site, "/news/two.html"))
    assert fetched(nights.crawl(2, "polite")) == ["two.html"]
    site.asked.clear()
    nights.crawl(2 + DAY, "polite")
    assert "If-None-Match" not in site.headers_of("/feed.xml")


def test_a_server_whose_etag_never_changes_is_seen_through_within_a_day(world, nights, site):
    stories = [add_page(site, "/news/one.html")]
    site.pages["/feed.xml"] = tagged(lambda: world.feed(site.base, stories), etag=lambda body: '"always"')
    world.outlet("liar", site.base)
    nights.crawl(0, "liar")
    stories.append(add_page(site, "/news/two.html"))
    assert fetched(nights.crawl(1, "liar")) == []
    assert fetched(nights.crawl(DAY, "liar")) == ["one.html", "two.html"]


def test_another_definition_reads_a_source_whole(world, nights, site):
    site.pages["/feed.xml"] = tagged(lambda: world.feed(site.base, [add_page(site, "/news/one.html")]), etag=lambda body: '"1"')
    world.outlet("changed", site.base)
    nights.crawl(0, "changed")
    world.outlet("changed", site.base, rest="[expect]\narticles_per_day_max = 9\n")
    assert states(nights.crawl(1, "changed")) == {"feed.xml": "listed"}


def test_a_window_sends_no_conditions_and_changes_no_state(world, nights, site):
    site.pages["/feed.xml"] = tagged(lambda: world.feed(site.base, [add_page(site, "/news/one.html")]), etag=lambda body: '"1"')
    world.outlet("windowed", site.base)
    nights.crawl(0, "windowed")
    site.asked.clear()
    report = nights.crawl(1, "windowed", window={"from": "2020-01-01", "to": "2020-01-31"})
    assert (report.sources, report.links) == ((), ())
    assert "If-None-Match" not in site.headers_of("/feed.xml")


# ---------------------------------------------------------------- sitemaps


def test_only_the_parts_of_an_index_that_changed_are_asked(world, nights, site):
    parts = {"/now.xml": "2026-03-02T18:00:00Z", "/last.xml": "2026-02-20T18:00:00Z", "/bare.xml": None}
    site.pages["/index.xml"] = lambda handler: (200, {"ETag": '"i"'}, index({site.base + path: changed for path, changed in parts.items()}))
    for path in parts:
        story = add_page(site, f"/news{path}.html")
        site.pages[path] = tagged(lambda story=story: urlset({story: "2026-03-01T00:00:00Z"}), etag=lambda body: '"p"')
    world.outlet("indexed", site.base, discover=source("sitemap", site.base + "/index.xml"))
    everything = ("/index.xml", *parts)
    assert len(fetched(nights.crawl(0, "indexed"))) == 3
    assert asked(site, *everything) == [1, 1, 1, 1]
    parts["/now.xml"] = "2026-03-03T12:00:00Z"
    second = nights.crawl(DAY, "indexed")
    assert [headers.get("If-None-Match") for path, _, headers in site.asked if path == "/bare.xml"] == ['"p"']
    assert asked(site, *everything) == [1, 1, 0, 1]
    assert states(second) == {"index.xml": "listed", "now.xml": "listed", "last.xml": "not_modified", "bare.xml": "not_modified"}
    last = next(state for state in second.sources if state.url.endswith("/last.xml"))
    assert last.detail == "not asked: unchanged since 2026-02-20T18:00:00+00:00, as its index says"
    # After a week also what did not change, and without a condition.
    nights.crawl(9 * DAY, "indexed")
    assert [headers.get("If-None-Match") for path, _, headers in site.asked if path == "/bare.xml"] == [None]
    assert asked(site, *everything) == [1, 1, 1, 1]
    # An index has no conditions of its own: what it says of its parts would be missed.
    nights.crawl(9 * DAY + 1, "indexed")
    assert "If-None-Match" not in site.headers_of("/index.xml")


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("future", ("2026-03-09T10:00:00Z", "2026-03-08T10:00:00Z"), "a change that lies ahead"),
        ("alike", ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"), "every part the same"),
        ("stale", ("2020-03-01T00:00:00Z", "2019-03-01T00:00:00Z"), "no change for years"),
        ("same_day", ("2026-03-02", "2026-03-01"), "days without a time: the first is not over"),
    ],
)
def test_what_an_index_says_is_not_believed_where_it_cannot_be(world, nights, site, name, changes, why):
    parts = {f"{site.base}/{number}.xml": changed for number, changed in enumerate(changes)}
    site.pages["/index.xml"] = 200, {}, index(parts)
    for number in range(2):
        site.pages[f"/{number}.xml"] = 200, {}, urlset({add_page(site, f"/news/{number}.html"): None})
    world.outlet(name, site.base, discover=source("sitemap", site.base + "/index.xml"))
    assert fetched(nights.crawl(0, name)) == ["0.html", "1.html"]
    site.pages["/0.xml"] = 200, {}, urlset({add_page(site, "/news/later.html"): None})
    assert "later.html" in fetched(nights.crawl(DAY, name)), why


def test_an_archive_that_fits_into_one_run_is_taken_and_a_larger_one_is_left(world, nights, site):
    archive = {f"{site.base}/news/old-{number}.html": "2019-05-01" for number in range(12)}
    new = {add_page(site, f"/news/new-{number}.html"): "2026-03-01" for number in range(3)}
    site.pages["/sitemap.xml"] = 200, {}, urlset(archive | new)
    world.outlet("archive", site.base, discover=source("sitemap", site.base + "/sitemap.xml"))
    report = nights.crawl(0, "archive", pages_per_run=10)
    assert fetched(report) == ["new-0.html", "new-1.html", "new-2.html"]
    assert report.sources[0].detail == "15 links, 3 new, 12 older than what this run looks for: left to a backfill"
    larger = nights.crawl(DAY, "archive", pages_per_run=20)
    assert len([link for link in larger.links if "/old-" in link.url]) == 12


def test_a_nightly_run_reaches_back_to_the_last_one_however_long_ago(world, nights, site):
    months = ["2026-03-10", "2026-04-10", "2026-05-10"]
    site.pages["/sitemap.xml"] = 200, {}, urlset({add_page(site, "/news/first.html"): "2026-03-01"})
    world.outlet("outage", site.base, discover=source("sitemap", site.base + "/sitemap.xml"))
    nights.crawl(0, "outage", pages_per_run=5)
    archive = {f"{site.base}/news/old-{number}.html": "2019-05-01" for number in range(9)}
    missed = {add_page(site, f"/news/{month}.html"): month for month in months}
    site.pages["/sitemap.xml"] = 200, {}, urlset(archive | missed)
    report = nights.crawl(90 * DAY, "outage", pages_per_run=5)
    assert fetched(report) == [f"{month}.html" for month in months]
    assert report.sources[0].detail.endswith("3 new, 9 older than what this run looks for: left to a backfill")


def test_the_old_parts_of_a_large_archive_are_not_asked(world, nights, site):
    parts = {f"{site.base}/{year}.xml": f"{year}-12-31T10:00:00Z" for year in range(2010, 2026)} | {f"{site.base}/2026.xml": "2026-03-02T10:00:00Z"}
    site.pages["/index.xml"] = 200, {}, index(parts)
    for year in range(2010, 2027):
        links = {f"{site.base}/news/{year}-{number}.html": f"{year}-01-15" for number in range(6)}
        site.pages[f"/{year}.xml"] = 200, {}, urlset(links | ({add_page(site, "/news/today.html"): "2026-03-02"} if year == 2026 else {}))
    world.outlet("years", site.base, discover=source("sitemap", site.base + "/index.xml"))
    report = nights.crawl(0, "years", pages_per_run=5)
    assert fetched(report) == ["today.html"]
    assert asked(site, "/2026.xml", "/2025.xml", "/2010.xml") == [1, 0, 0]
    root = next(state for state in report.sources if state.url.endswith("/index.xml"))
    assert root.detail == "17 sitemaps: 17 to ask, of which 16 old ones were left to a backfill"
    second = nights.crawl(DAY, "years", pages_per_run=5)
    assert asked(site, "/2026.xml", "/2025.xml", "/2010.xml") == [0, 0, 0]
    root = next(state for state in second.sources if state.url.endswith("/index.xml"))
    assert root.detail == "17 sitemaps: 1 unchanged, 16 older than what this run looks for: left to a backfill"


def test_indexes_end_somewhere(world, nights, site):
    deep = {"/index.xml": ["/index.xml", "/level-1.xml"], "/level-1.xml": ["/level-2.xml", "http://127.0.9.9/foreign.xml"], "/level-2.xml": ["/level-3.xml"]}
    for path, parts in deep.items():
        site.pages[path] = 200, {}, index(dict.fromkeys(parts))
    site.pages["/level-2.xml"] = 200, {}, index({"/level-3.xml": None}).replace(
        b"</sitemapindex>", f"<url><loc>{add_page(site, '/news/deep.html')}</loc></url></sitemapindex>".encode()
    )
    world.outlet("deep", site.base, discover=source("sitemap", site.base + "/index.xml"))
    report = nights.crawl(0, "deep")
    assert asked(site, "/index.xml", "/level-1.xml", "/level-2.xml", "/level-3.xml", "/news/deep.html") == [1, 1, 1, 0, 1]
    assert {(rejection.url.removeprefix(site.base), rejection.reason) for rejection in report.rejections} == {
        ("/level-1.xml", "off_outlet"),
        ("/level-2.xml", "source_limit"),
    }


def test_the_files_of_one_run_are_counted_and_the_next_run_goes_on(world, nights, site):
    site.pages["/index.xml"] = 200, {}, index({f"{site.base}/{number}.xml": None for number in range(120)})
    for number in range(120):
        site.pages[f"/{number}.xml"] = 200, {}, urlset({})
    world.outlet("broad", site.base, discover=source("sitemap", site.base + "/index.xml"))
    report = nights.crawl(0, "broad")
    (rejection,) = report.rejections
    assert (rejection.reason, rejection.detail.split(",")[0], rejection.detail.split("; ")[1][:9]) == ("source_limit", "100 files were read; 21 more wait for the next run", "21 more w")
    assert asked(site, "/99.xml", "/119.xml") == [0, 0]
    nights.crawl(DAY, "broad")
    assert asked(site, "/99.xml", "/119.xml") == [1, 1]


def test_robots_txt_names_the_sitemaps(world, nights, site):
    site.pages["/robots.txt"] = 200, {}, f"User-agent: *\nDisallow:\nSITEMAP: /map.xml # the map\nSitemap: {site.base}/map.xml\nSitemap: http://127.0.9.9/x.xml\n".encode()
    site.pages["/map.xml"] = 200, {}, urlset({add_page(site, "/news/one.html"): None})
    world.outlet("mapped", site.base, discover=source("sitemap", site.base + "/robots.txt"))
    report = nights.crawl(0, "mapped")
    assert (fetched(report), states(report)) == (["one.html"], {"robots.txt": "listed", "map.xml": "listed"})
    assert [(rejection.reason, "127.0.9.9" in rejection.detail) for rejection in report.rejections] == [("off_outlet", True)]
    assert asked(site, "/map.xml") == [1]


# ---------------------------------------------------------------- listings


@pytest.fixture
def pager(world, site):
    """A listing of two articles a page, newest first; `stories` are their numbers."""
    pager = SimpleNamespace(site=site, stories=[], broken=None)

    def page(number):
        def answer(handler):
            if pager.broken == number:
                return 404 if number == 1 else 418, {}, b""
            shown = pager.stories[2 * number - 2 : 2 * number]
            return 200, {"Content-Type": HTML}, "".join(f'<p><a href="/news/{name}.html">Story {name}</a></p>' for name in shown).encode() or b"<p>nothing"

        return answer

    for number in range(1, 12):
        site.pages[f"/list?page={number}"] = page(number)
    return pager


def publish(pager, *names):
    pager.stories[:0] = names
    for name in names:
        add_page(pager.site, f"/news/{name}.html")


def test_a_listing_ends_with_the_first_page_without_anything_new(world, nights, pager):
    publish(pager, *"fedcba")
    world.outlet("pager", pager.site.base, discover=source("listing", pager.site.base + "/list?page={page}"))
    first = nights.crawl(0, "pager")
    assert (len(fetched(first)), asked(pager.site, "/list?page=4", "/list?page=5")) == (6, [1, 0])
    assert [(state.url.removeprefix(pager.site.base), state.kind, state.link_count) for state in first.sources] == [("/list?page={page}", "listing", 6)]
    publish(pager, "g")
    assert "g.html" in fetched(nights.crawl(DAY, "pager"))
    assert asked(pager.site, "/list?page=1", "/list?page=2", "/list?page=3") == [1, 1, 0]


def test_a_listing_that_broke_off_is_read_past_what_is_known(world, nights, pager):
    publish(pager, *"ba")
    world.outlet("gap", pager.site.base, discover=source("listing", pager.site.base + "/list?page={page}"))
    nights.crawl(0, "gap")
    publish(pager, *"hgfedc")
    pager.broken = 2
    broken = nights.crawl(DAY, "gap")
    assert (states(broken), [r.reason for r in broken.rejections]) == ({"list?page={page}": "failed"}, ["source_failed"])
    pager.broken = None
    # Page 1 holds nothing new now, and the gap begins below it.
    assert {"f.html", "e.html", "d.html", "c.html"} <= set(fetched(nights.crawl(2 * DAY, "gap")))


def test_a_list_of_which_nothing_fits_is_not_read_to_its_end(world, nights, site):
    query = "/wp-json/wp/v2/posts?per_page=100&page={}&_fields=link%2Cdate%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    for page in range(1, 4):
        site.pages[query.format(page)] = 200, {}, json.dumps([{"link": f"{site.base}/news/{page}-{number}.html"} for number in range(100)]).encode()
    world.outlet("unfit", site.base, rest="[article]\nurl_pattern = '^/opinion/'\n", discover=source("wordpress", site.base))
    report = nights.crawl(0, "unfit")
    assert (sum("/wp-json/" in path for path, _, _ in site.asked), [rejection.reason for rejection in report.rejections]) == (1, ["url_pattern"])


def test_a_pager_that_repeats_its_pages_ends(world, nights, site):
    cards = "".join(f'<p><a href="{add_page(site, f"/news/{name}.html")}">Story {name}</a></p>' for name in "ab").encode()
    site.pages |= {f"/list?page={number}": (200, {"Content-Type": HTML}, cards) for number in range(1, 200)}
    world.outlet("endless", site.base, discover=source("listing", site.base + "/list?page={page}"))
    for window in (None, {"from": "2026-03-01", "to": "2026-03-02"}):
        site.asked.clear()
        nights.crawl(0, "endless", window=window)
        assert sum("/list" in path for path, _, _ in site.asked) == 2


def test_a_list_that_does_not_end_is_cut_off_and_the_next_run_goes_on_where_it_was(world, nights, site):
    def page(handler):
        number = handler.path.split("=")[1]
        return 200, {"Content-Type": HTML}, f'<p><a href="/news/day-{number}-x.html">Day {number}</a></p>'.encode()

    site.pages |= {f"/list?page={number}": page for number in range(1, 131)}
    world.outlet("calendar", site.base, discover=source("listing", site.base + "/list?page={page}"))
    report = nights.crawl(0, "calendar", fetches=False)
    assert sum("/list" in path for path, _, _ in site.asked) == 100
    assert [rejection.reason for rejection in report.rejections] == ["source_limit"]
    site.asked.clear()
    report = nights.crawl(DAY, "calendar", fetches=False)
    assert sum("/list" in path for path, _, _ in site.asked) == 131
    assert (report.rejections, report.sources[0].detail) == ((), "130 links, 30 new")


# ---------------------------------------------------------------- changes


def known_row(site, name, **more):
    return {"url": f"{site.base}/news/{name}.html", "due": False, "checked_at": "2026-03-01T00:00:00+00:00"} | more


def test_a_known_article_that_its_source_says_to_have_changed_is_asked_again(world, nights, site):
    pages = {add_page(site, f"/news/{name}.html"): "2026-02-10T10:00:00Z" for name in ("same", "changed", "future")}
    site.pages["/sitemap.xml"] = lambda handler: (200, {}, urlset(pages))
    world.outlet("corrected", site.base, discover=source("sitemap", site.base + "/sitemap.xml"))
    assert len(fetched(nights.crawl(0, "corrected"))) == 3
    pages |= {f"{site.base}/news/changed.html": "2026-03-21T10:00:00Z", f"{site.base}/news/future.html": "2026-09-01T10:00:00Z"}
    report = nights.crawl(20 * DAY, "corrected")
    assert fetched(report) == ["changed.html"]
    assert report.sources[0].detail == "3 links, 0 new, 1 changed after the last look"
    assert fetched(nights.crawl(21 * DAY, "corrected")) == []


def test_a_source_that_says_of_most_articles_that_they_changed_is_not_believed(world, nights, site):
    pages = {add_page(site, f"/news/{number}.html"): None for number in range(12)}
    site.pages["/sitemap.xml"] = lambda handler: (200, {}, urlset(pages))
    world.outlet("always_new", site.base, discover=source("sitemap", site.base + "/sitemap.xml"))
    nights.crawl(0, "always_new")
    pages = dict.fromkeys(pages, "2026-03-21T10:00:00Z")
    report = nights.crawl(20 * DAY, "always_new")
    assert (fetched(report), report.sources[0].detail) == ([], "12 links, 0 new, 12 known, most of which it says to have changed: not believed")


def test_more_changes_than_a_run_looks_at_wait_for_the_next_one(world, nights, site):
    pages = {add_page(site, f"/news/{number}.html"): "2026-03-01T10:00:00Z" for number in range(6)}
    site.pages["/sitemap.xml"] = tagged(lambda: urlset(pages), etag=lambda body: '"always"')
    world.outlet("edited", site.base, discover=source("sitemap", site.base + "/sitemap.xml"))
    nights.crawl(0, "edited")
    pages = dict.fromkeys(pages, "2026-03-01T10:00:00Z") | {f"{site.base}/news/{number}.html": f"2026-03-21T1{number}:00:00Z" for number in range(3)}
    assert fetched(nights.crawl(20 * DAY, "edited", pages_per_run=10)) == ["1.html", "2.html"]
    assert fetched(nights.crawl(20 * DAY + 1, "edited", pages_per_run=10)) == ["0.html"]


def test_wordpress_is_asked_for_what_changed(world, nights, site):
    posts = [{"link": add_page(site, f"/{name}/"), "date_gmt": "2026-02-10T10:00:00", "modified_gmt": "2026-02-10T10:00:00"} for name in ("one-two-three", "four-five-six")]
    edited = [posts[0] | {"modified_gmt": "2026-03-21T10:00:00"}]
    lists = site.pages
    lists["/wp-json/wp/v2/posts?per_page=100&page=1&_fields=link%2Cdate%2Cdate_gmt%2Cmodified_gmt%2Ctitle"] = 200, {}, json.dumps(posts).encode()
    changes = "/wp-json/wp/v2/posts?per_page=100&page=1&orderby=modified&modified_after=2026-02-27T19%3A00%3A0"
    answer = 200, {}, json.dumps(edited).encode()
    lists |= {f"{changes}{second}Z&_fields=link%2Cdate%2Cdate_gmt%2Cmodified_gmt%2Ctitle": answer for second in range(10)}
    world.outlet("press", site.base, discover=source("wordpress", site.base))
    assert len(nights.crawl(0, "press").captures) == 2
    report = nights.crawl(20 * DAY, "press")
    assert [link.url for link in report.links if link.outcome == "fetched"] == [f"{site.base}/one-two-three/"]
    assert report.sources[0].url == f"{site.base}/wp-json/wp/v2/posts"
    assert report.sources[0].detail == "2 links, 0 new; last changes: 1 links, 0 new, 1 changed after the last look"


def test_what_an_earlier_run_left_comes_after_second_looks(world, site):
    names = ("new", "due", "left-1", "left-2")
    pages = {name: add_page(site, f"/news/{name}.html") for name in names}
    site.pages["/feed.xml"] = 200, {}, world.feed(site.base, [pages["new"]])
    world.outlet("backlog", site.base)
    known = [known_row(site, name, due=True, is_waiting=name != "due") for name in ("left-1", "left-2", "due")]
    world.crawl("backlog", outlets=["backlog"], known={"backlog": known}, pages_per_run=3)
    assert [path for path, _, _ in site.asked if path.startswith("/news/")] == ["/news/new.html", "/news/due.html", "/news/left-1.html"]


def test_second_looks_leave_a_share_to_what_an_earlier_run_left(world, site):
    due, left = [f"due-{number}" for number in range(6)], ["left-1", "left-2"]
    for name in (*due, *left):
        add_page(site, f"/news/{name}.html")
    world.outlet("busy_week", site.base)
    known = [known_row(site, name, due=True, is_waiting=name in left) for name in (*due, *left)]
    world.crawl("busy_week", outlets=["busy_week"], known={"busy_week": known}, pages_per_run=5)
    names = [path.rsplit("/", 1)[1].removesuffix(".html") for path, _, _ in site.asked if path.startswith("/news/")]
    assert (names[:4], names[4:]) == (due[:4], ["left-1"])


# ---------------------------------------------------------------- answers to second looks


def test_an_article_that_leads_to_another_page_is_not_taken_for_unchanged(world, site):
    """A site sends what it took down to an old page. With the conditions of the article, that page would answer "not modified"."""
    page = add_page(site, "/news/archive.html")

    def old_page(handler):
        return (304, {}, b"") if handler.headers["If-Modified-Since"] else (200, {"Content-Type": HTML}, b"<p>We have cleaned up.</p>")

    site.pages |= {f"/news/{name}.html": (301, {"Location": page}, b"") for name in ("taken-down", "moved-before")} | {"/news/archive.html": old_page}
    world.outlet("moves", site.base)
    since = {"due": True, "last_modified": "Mon, 02 Feb 2026 00:00:00 GMT"}
    at_home = known_row(site, "taken-down", asked_url=f"{site.base}/news/taken-down.html", **since)
    elsewhere = known_row(site, "moved-before", asked_url=page, **since)
    world.crawl("moves", outlets=["moves"], known={"moves": [at_home, elsewhere]})
    report = world.report("moves", "moves")
    assert {link.url.rsplit("/", 1)[1]: link.outcome for link in report.links} == {"taken-down.html": "fetched", "moved-before.html": "not_modified"}
    assert [capture.final_url for capture in report.captures] == [page]


def test_what_was_never_there_has_not_gone(world, nights, site):
    site.pages["/feed.xml"] = 200, {}, world.feed(site.base, [f"{site.base}/news/never.html"])
    world.outlet("announced", site.base)
    reports = [nights.crawl(night * DAY, "announced") for night in range(3)]
    assert [(link.outcome, link.http_status) for report in reports for link in report.links] == [("failed", 404)] * 3
    assert {rejection.reason for report in reports for rejection in report.rejections} == {"http_404"}
    add_page(site, "/news/never.html")
    assert fetched(nights.crawl(3 * DAY, "announced")) == ["never.html"]


# ---------------------------------------------------------------- what is not settled does not count as read


def test_what_a_run_did_not_come_to_is_asked_though_its_feed_says_that_nothing_changed(world, nights, site):
    stories = [add_page(site, f"/news/{number}.html") for number in range(5)]
    site.pages["/feed.xml"] = tagged(lambda: world.feed(site.base, stories), etag=lambda body: '"1"')
    world.outlet("short_night", site.base)
    assert len(fetched(nights.crawl(0, "short_night", pages_per_run=2))) == 2
    second = nights.crawl(1, "short_night")
    assert (states(second), len(fetched(second))) == ({"feed.xml": "not_modified"}, 3)


def test_a_killed_run_leaves_no_state_of_its_sources(world, site, tmp_path):
    """The whole job, killed while its first page is on the way; the next one reads the feed whole."""
    stories, came = [add_page(site, "/news/one.html")], threading.Event()
    good = site.pages["/news/one.html"]

    def hang(handler):
        came.set()
        threading.Event().wait(20)

    site.pages["/news/one.html"] = hang
    site.pages["/feed.xml"] = tagged(lambda: world.feed(site.base, stories), etag=lambda body: '"1"')
    outlets = tmp_path / "outlets"
    outlets.mkdir()
    world.outlet("killed", site.base)
    (world.folder / "outlets" / "killed.toml").rename(outlets / "killed.toml")
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(tmp_path / "data"), "--outlets-dir", str(outlets), "nightly"]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as run:
        assert came.wait(60)
        os.killpg(run.pid, signal.SIGKILL)
    site.pages["/news/one.html"], site.asked[:] = good, []
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert "If-None-Match" not in site.headers_of("/feed.xml"), done.stderr
    with duckdb.connect(Settings(data_dir=tmp_path / "data").work_database) as connection:
        assert connection.execute("select state, new_count from sources").fetchall() == [("listed", 1)]
        assert connection.execute("select state from links").fetchall() == [("fetched",)]
