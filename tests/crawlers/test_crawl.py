"""The crawl child against loopback outlets, each with one peculiarity; one run for all of them, and a second night."""

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest

from crawlers.job import read_job
from crawlers.keep import KeepCaptures
from crawlers.outlet import Outlet
from crawlers.spider import OutletSpider
from warehouse.captures import read_captures, read_response
from warehouse.records import Capture, HttpResponse, Link

HTML = "text/html; charset=utf-8"


def outcomes(report):
    return {link.url.rsplit("/", 1)[1]: link.outcome for link in report.links}


def reasons(report):
    return {rejection.url.rsplit("/", 1)[1]: rejection.reason for rejection in report.rejections if rejection.stage == "fetch"}


def then(*answers):
    """Answers with each in turn, and with the last one from then on."""
    left = list(answers)
    return lambda handler: left.pop(0) if len(left) > 1 else left[0]


def hang(handler):
    threading.Event().wait(4)


def close_in_the_middle(handler):
    """No length, no end: the connection just closes."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><body><p>The ferry")


@pytest.fixture(scope="module")
def sites(world):
    """One crawl of all outlets below."""
    at = (f"127.0.1.{number}" for number in range(1, 40))
    sites = SimpleNamespace()

    def outlet(name, articles=1, robots="User-agent: *\nAllow: /\n", **definition):
        site = world.serve(next(at))
        setattr(sites, name, site)
        site.urls = site.add_articles(articles, robots)
        world.outlet(name, site.base, **definition)
        return site

    happy = outlet("happy", 3)
    sitemap = "".join(f"<url><loc>{url}?utm_source=map</loc><lastmod>2026-03-02</lastmod></url>" for url in happy.urls)
    happy.pages["/sitemap.xml"] = 200, {}, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{sitemap}</urlset>'.encode()
    happy.pages["/news/story-0.html"] = 200, *world.packed(world.article(happy.urls[0]))
    blocks = "".join(f'[[discover]]\nkind = "{kind}"\nurl = "{happy.base}/{kind}.xml"\n' for kind in ("feed", "sitemap"))
    world.outlet("happy", happy.base, discover=blocks)

    outlet("forbidden", 2, robots="User-agent: *\nDisallow: /news/story-0\n")
    outlet("robots_503").pages["/robots.txt"] = 503, {}, b"down"
    outlet("robots_404").pages["/robots.txt"] = 404, {}, b"none"
    outlet("page_503", 2).pages["/news/story-0.html"] = 503, {"Content-Type": HTML}, world.article("x")
    outlet("once_503").pages["/news/story-0.html"] = then((503, {}, b""), (200, {"Content-Type": HTML}, world.article("x")))
    outlet("slow", 2, fetch="timeout_s = 1").pages["/news/story-0.html"] = hang
    headers, body = world.packed(world.article("x") + random.Random(1).randbytes(4000).hex().encode())
    outlet("half_gzip", 2).pages["/news/story-0.html"] = 200, headers, body[: len(body) // 2]
    outlet("half_closed", 2).pages["/news/story-0.html"] = close_in_the_middle
    outlet("too_large", 3, fetch="max_bytes = 20000").pages |= {
        "/news/story-0.html": (200, {"Content-Type": HTML, "Content-Encoding": "br"}, brotli.compress(bytes(50_000_000))),
        "/news/story-1.html": (200, {"Content-Type": HTML}, b"<p>" + b"x" * 30_000),
    }
    elsewhere = sites.elsewhere = world.serve(next(at))
    outlet("redirects", 5).pages |= {
        "/news/story-0.html": (302, {"Location": elsewhere.base + "/inside"}, b""),
        "/news/story-1.html": (302, {"Location": "file:///etc/hostname"}, b""),
        "/news/story-2.html": (302, {"Location": "/news/story-2.html"}, b""),
        "/news/story-3.html": (301, {"Location": "/news/moved.html"}, b""),
        "/news/moved.html": (200, {"Content-Type": HTML}, world.article("moved")),
        "/news/story-4.html": (200, {"Content-Type": HTML}, f'<meta http-equiv="refresh" content="0;url={elsewhere.base}/inside"><p>x'.encode()),
    }
    outlet("busy_long", 4, fetch="delay_s = 0.01").pages["/news/story-3.html"] = 429, {"Retry-After": "317100"}, b""
    outlet("busy_short", 2).pages["/news/story-1.html"] = then((429, {"Retry-After": "1"}, b""), (200, {"Content-Type": HTML}, world.article("x")))
    outlet("crawl_delay", 2, robots="User-agent: *\nCrawl-delay: 0.7\n")
    outlet("odd", 3).pages |= {
        "/news/story-0.html": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"),
        "/news/story-1.html": (200, {"Content-Type": HTML}, b""),
        "/news/story-2.html": (404, {}, b"no"),
    }
    outlet("private", loopback=False)
    named = outlet("private_name")
    world.outlet("private_name", f"http://localhost:{named.port}", loopback=False)
    outlet("many", 8)
    listing = outlet("listing")
    links = "".join(
        f'<li><a href="{path}">x</a></li>'
        for path in ("/news/rfsua.html", "/%e1%80%9e/x.html", "/post/123", "/?p=12", "/", "/about", "mailto:a@example.org", elsewhere.base)
    )
    listing.pages |= {"/latest": (200, {"Content-Type": HTML}, f"<ul>{links}</ul>".encode())}
    listing.pages |= {
        path: (200, {"Content-Type": HTML}, world.article(path)) for path in ("/news/rfsua.html", "/post/123", "/?p=12", "/%e1%80%9e/x.html")
    }
    world.outlet("listing", listing.base, discover=f'[[discover]]\nkind = "listing"\nurl = "{listing.base}/latest"\n')
    dead = outlet("dead", 12)
    dead.pages |= {f"/news/story-{number}.html": (500, {}, b"") for number in range(12)}
    twin = outlet("twin_en", 2, fetch="delay_s = 0.3")
    world.outlet("twin_my", twin.base, fetch="delay_s = 0.3")
    outlet("full_disk", 2)
    (world.folder / "data" / "captures").mkdir(parents=True)
    (world.folder / "data" / "captures" / "full_disk").write_bytes(b"")
    (world.folder / "outlets" / "faulty.toml").write_text('name = "x"\n')

    sites.done = world.crawl("r1", pages_per_run=6, contact="https://example.org/contact")
    assert sites.done.returncode == 0, sites.done.stderr
    return sites


def test_an_article_is_fetched_once_with_what_every_source_says(world, sites):
    report = world.report("happy")
    assert (report.alert, Counter(link.outcome for link in report.links)) == (None, {"fetched": 3})
    assert [sites.happy.count(f"/news/story-{number}.html") for number in range(3)] == [1, 1, 1]
    assert {link.found_by for link in report.links} == {"feed"}
    capture = next(capture for capture in report.captures if capture.url.endswith("story-0.html"))
    said = {(c.field, c.source, c.value) for c in read_response(world.folder / "data", capture).candidates}
    assert said == {
        ("headline", "feed", "Story 0"),
        ("date_published", "feed", "2026-03-02T00:00:00+00:00"),
        ("date_modified", "sitemap", "2026-03-02T00:00:00+06:30"),
    }


def test_the_kept_bytes_are_those_of_the_wire(world, sites):
    report = world.report("happy")
    for capture in report.captures:
        kept = read_response(world.folder / "data", capture)
        _, _, served = sites.happy.pages[capture.url.removeprefix(sites.happy.base)]
        assert kept.body == served
        assert (kept.robots, kept.run_id, kept.status) == ("allowed", "r1", 200)
    (warc,) = (world.folder / "data" / "captures" / "happy").iterdir()
    assert {found for found in read_captures(world.folder / "data", warc, "happy") if isinstance(found, Capture)} == set(report.captures)


def test_requests_say_who_asks_and_take_no_cookies(sites):
    headers = sites.happy.headers_of("/news/story-0.html")
    product, _, contact = headers["User-Agent"].partition(" ")
    assert (product.split("/")[0], contact) == ("Nightdesk", "(+https://example.org/contact)")
    assert {"Cookie", "Referer"} & set(headers) == set()
    assert "zstd" not in headers["Accept-Encoding"]


def test_what_robots_txt_forbids_is_not_asked(world, sites):
    report = world.report("forbidden")
    assert (outcomes(report), reasons(report)) == ({"story-0.html": "failed", "story-1.html": "fetched"}, {"story-0.html": "robots_disallowed"})
    assert sites.forbidden.count("/news/story-0.html") == 0


def test_a_robots_txt_that_answers_503_forbids_everything(world, sites):
    report = world.report("robots_503")
    assert report.alert == "robots_unreachable"
    assert {path for path, _, _ in sites.robots_503.asked} == {"/robots.txt"}
    assert [(r.stage, r.reason) for r in report.rejections] == [("discover", "source_failed")]


def test_no_robots_txt_allows_everything(world, sites):
    report = world.report("robots_404")
    assert [capture.robots for capture in report.captures] == ["no_robots"]


def test_a_503_page_is_asked_three_times_and_then_rejected(world, sites):
    report = world.report("page_503")
    assert (outcomes(report), reasons(report)) == ({"story-0.html": "failed", "story-1.html": "fetched"}, {"story-0.html": "http_503"})
    assert sites.page_503.count("/news/story-0.html") == 3


def test_a_page_that_answers_503_once_is_fetched(world, sites):
    assert outcomes(world.report("once_503")) == {"story-0.html": "fetched"}


def test_a_page_that_never_answers_is_a_timeout(world, sites):
    report = world.report("slow")
    assert (outcomes(report), reasons(report)) == ({"story-0.html": "failed", "story-1.html": "fetched"}, {"story-0.html": "timeout"})


@pytest.mark.parametrize("name", ["half_gzip", "half_closed"])
def test_half_a_page_is_asked_again_and_then_rejected(world, sites, name):
    report = world.report(name)
    assert (outcomes(report), reasons(report)) == ({"story-0.html": "failed", "story-1.html": "fetched"}, {"story-0.html": "truncated"})
    assert getattr(sites, name).count("/news/story-0.html") == 2


def test_bombs_and_giants_are_cut_off(world, sites):
    report = world.report("too_large")
    assert reasons(report) == {"story-0.html": "too_large", "story-1.html": "too_large"}


def test_redirects_stay_within_the_outlet(world, sites):
    report = world.report("redirects")
    assert reasons(report) == {"story-0.html": "redirect_offsite", "story-1.html": "scheme_refused", "story-2.html": "redirect_loop"}
    assert sites.elsewhere.asked == []
    moved = next(capture for capture in report.captures if capture.url.endswith("story-3.html"))
    assert moved.final_url == sites.redirects.base + "/news/moved.html"


def test_a_host_that_asks_for_a_long_pause_gets_it_from_all_requests(world, sites):
    report = world.report("busy_long")
    assert report.alert == "paused"
    assert reasons(report) == {"story-3.html": "http_429"}
    # Addresses that were never sent wait for the next run, and use up none of their attempts.
    assert Counter(outcomes(report).values()) == {"failed": 1, "skipped": 3}
    assert sum(path.startswith("/news/") for path, _, _ in sites.busy_long.asked) == 1


def test_a_short_pause_is_kept_and_the_page_fetched(world, sites):
    assert outcomes(world.report("busy_short")) == {"story-1.html": "fetched", "story-0.html": "fetched"}
    moments = [moment for path, moment, _ in sites.busy_short.asked if path.startswith("/news/")]
    assert moments[1] - moments[0] >= 1.0


def test_crawl_delay_lies_between_any_two_requests(world, sites):
    moments = sites.crawl_delay.moments()
    assert len(moments) == 5
    # Four pauses of .7 s; the server may be late in noticing the first request.
    assert moments[-1] - moments[0] >= 2.3


def test_files_and_empty_answers_are_no_articles(world, sites):
    assert reasons(world.report("odd")) == {"story-0.html": "not_html", "story-1.html": "not_html", "story-2.html": "http_404"}


@pytest.mark.parametrize("name", ["private", "private_name"])
def test_private_addresses_are_not_asked_unless_the_file_allows_them(world, sites, name):
    report = world.report(name)
    assert report.alert == "no_source_answered"
    assert "address_refused" in report.rejections[0].detail
    assert getattr(sites, name).asked == []


def test_what_is_over_the_limit_of_a_run_waits_newest_first(world, sites):
    report = world.report("many")
    assert Counter(link.outcome for link in report.links) == {"fetched": 6, "skipped": 2}
    assert {url for url, outcome in outcomes(report).items() if outcome == "skipped"} == {"story-0.html", "story-1.html"}


def test_a_listing_without_pattern_gives_what_looks_like_an_article(world, sites):
    paths = {link.url.removeprefix(sites.listing.base): link.outcome for link in world.report("listing").links}
    assert paths == dict.fromkeys(("/news/rfsua.html", "/post/123", "/?p=12", "/%E1%80%9E/x.html"), "fetched")


def test_a_host_that_only_fails_is_left_alone(world, sites):
    report = world.report("dead")
    assert report.alert == "unavailable"
    assert sum(path.startswith("/news/") for path, _, _ in sites.dead.asked) == 9
    assert Counter(link.outcome for link in report.links) == {"failed": 3, "skipped": 9}


def test_two_outlets_of_one_host_are_crawled_one_after_the_other(world, sites):
    assert {world.report(name).alert for name in ("twin_en", "twin_my")} == {None}
    crawl = ["/robots.txt", "/feed.xml", "/news/story-1.html", "/news/story-0.html"]
    assert [path for path, _, _ in sites.twin_en.asked] == [*crawl, "/.well-known/tdmrep.json", *crawl]


def test_what_cannot_be_kept_does_not_count_as_fetched(world, sites):
    report = world.report("full_disk")
    assert (report.alert, report.captures) == ("write_failed", ())
    assert {(r.stage, r.reason) for r in report.rejections} == {("keep", "write_failed")}
    assert "fetched" not in outcomes(report).values()


def test_a_faulty_definition_gets_a_report_that_says_so(world, sites):
    assert world.report("faulty").alert == "definition_faulty"


def test_every_outlet_ends_with_a_line_and_a_sealed_file(world, sites):
    lines = [json.loads(line) for line in sites.done.stdout.splitlines()]
    ids = {path.stem for path in (world.folder / "outlets").iterdir()}
    assert {line["outlet_id"] for line in lines if line["done"]} == ids
    assert list(Path(world.folder / "data").rglob("*.open")) == []


@pytest.fixture(scope="module")
def second_night(world, sites):
    """The same outlets a night later: what was fetched is known, some of it due for a second look."""
    for site in vars(sites).values():
        getattr(site, "asked", []).clear()
    due = {"due": True, "etag": '"a1"', "last_modified": "Mon, 02 Mar 2026 00:00:00 GMT"}
    many = [{"url": sites.many.urls[number]} | due for number in (0, 1)] + [{"url": f"{sites.many.base}/news/old.html"} | due]
    sites.many.pages |= {
        "/news/story-0.html": (304, {}, b""),
        "/news/story-1.html": (404, {}, b""),
        "/feed.xml": (200, {}, world.feed(sites.many.base, sites.many.urls[1:])),
        "/news/old.html": (410, {}, b""),
    }
    known = {
        "happy": [{"url": url, "due": False, "etag": None, "last_modified": None} for url in sites.happy.urls],
        "many": many + [{"url": url, "due": False} for url in sites.many.urls[2:]],
    }
    done = world.crawl("r2", outlets=["happy", "many"], known=known)
    assert done.returncode == 0, done.stderr


def test_a_second_night_asks_only_the_sources(world, sites, second_night):
    report = world.report("happy", "r2")
    assert Counter(path for path, _, _ in sites.happy.asked) == {"/robots.txt": 1, "/feed.xml": 1, "/sitemap.xml": 1, "/.well-known/tdmrep.json": 1}
    assert (Counter(link.outcome for link in report.links), report.captures) == ({"known": 3}, ())


def test_due_pages_are_asked_conditionally_listed_or_not(world, sites, second_night):
    found = outcomes(world.report("many", "r2"))
    assert {url: found[url] for url in ("story-0.html", "story-1.html", "old.html")} == {
        "story-0.html": "not_modified",
        "story-1.html": "gone",
        "old.html": "gone",
    }
    headers = sites.many.headers_of("/news/story-0.html")
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"a1"', "Mon, 02 Mar 2026 00:00:00 GMT")
    assert world.report("many", "r2").rejections == ()


# ---------------------------------------------------------------- backfills


def card(base, name, day):
    return f'<div><time datetime="{day}T09:00:00+06:30"></time><a href="{base}/news/{name}.html">{name}</a></div>'


@pytest.fixture(scope="module")
def backfill(world, sites, second_night):
    """February 2026 of three outlets: a listing with dates, a feed and sitemap with dates, and a listing without."""
    dated, undated = world.serve("127.0.1.60"), world.serve("127.0.1.61")
    for site, template in ((dated, card), (undated, lambda base, name, day: f'<a href="{base}/news/{name}.html">x</a>')):
        days = ["2026-03-05", "2026-03-01", "2026-02-28", "2026-02-01", "2026-01-31", "2026-01-30", "2026-01-02", "2026-01-01"]
        for page in range(1, 5):
            pair = days[2 * page - 2 : 2 * page]
            site.pages[f"/news?page={page}"] = 200, {"Content-Type": HTML}, "".join(template(site.base, f"a-{day}", day) for day in pair).encode()
        site.pages |= {f"/news/a-{day}.html": (200, {"Content-Type": HTML}, world.article(day)) for day in days}
        site.pages["/news?page=5"] = site.pages["/news?page=4"]
    for outlet_id, site in (("listed", dated), ("bare", undated)):
        world.outlet(outlet_id, site.base, discover=f'[[discover]]\nkind = "listing"\nurl = "{site.base}/news?page={{page}}"\n')
    done = world.crawl("r3", outlets=["listed", "bare", "happy"], window={"from": "2026-02-01", "to": "2026-02-28"}, pages_per_run=6)
    assert done.returncode == 0, done.stderr
    return dated, undated


def test_a_backfill_asks_only_the_days_of_its_window(world, backfill):
    assert outcomes(world.report("listed", "r3")) == {"a-2026-02-28.html": "fetched", "a-2026-02-01.html": "fetched"}
    assert world.report("happy", "r3").links == ()


def test_a_source_that_breaks_is_rejected_and_the_others_are_still_asked(world):
    site = world.serve("127.0.1.90")
    urls = site.add_articles(2)
    blocks = f'[[discover]]\nkind = "wordpress"\nurl = "{site.base}"\n[[discover]]\nkind = "feed"\nurl = "{site.base}/feed.xml"\n'
    world.outlet("old_days", site.base, discover=blocks)
    done = world.crawl("r6", outlets=["old_days"], window={"from": "0001-01-01", "to": "2026-03-02"})
    report = world.report("old_days", "r6")
    (rejection,) = report.rejections
    assert (done.returncode, report.alert, rejection.stage, rejection.reason) == (0, "internal_error", "discover", "source_failed")
    assert (rejection.url, "OverflowError" in rejection.detail, len(report.captures)) == (site.base, True, len(urls))


def test_half_a_character_in_a_title_costs_no_page(world):
    site = world.serve("127.0.1.91")
    urls = site.add_articles(4)
    posts = json.dumps([{"link": url, "title": {"rendered": f"Story {number}" + "\ud83d" * (number == 1)}} for number, url in enumerate(urls)])
    query = "per_page=100&page=1&_fields=link%2Cdate%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    site.pages[f"/wp-json/wp/v2/posts?{query}"] = 200, {"Content-Type": "application/json"}, posts.encode()
    world.outlet("emoji", site.base, discover=f'[[discover]]\nkind = "wordpress"\nurl = "{site.base}"\n')
    world.crawl("r7", outlets=["emoji"])
    report = world.report("emoji", "r7")
    assert (len(report.captures), report.rejections, report.alert) == (4, (), None)


def test_a_crawl_that_did_not_come_to_its_end_shows(world):
    class Quiet(OutletSpider):
        outlet = Outlet("quiet", "Quiet", "http://127.0.1.92/", "MM", "en", "Asia/Yangon")

    async def drain(spider):
        return [request async for request in spider.start()]

    whole, broken = (Quiet(job=read_job(world.job("r8", outlets=["quiet"]))) for _ in range(2))
    asyncio.run(drain(whole))
    for spider in (whole, broken):
        spider.fail_lost()
    assert (whole.ledger.alert, broken.ledger.alert) == (None, "internal_error")


def test_a_response_that_cannot_be_packed_costs_only_itself(tmp_path, world):
    class Quiet(OutletSpider):
        outlet = Outlet("quiet", "Quiet", "http://127.0.1.92/", "MM", "en", "Asia/Yangon")

    spider = Quiet(job=replace(read_job(world.job("r9", outlets=["quiet"])), data_dir=tmp_path))
    keep, urls = KeepCaptures(SimpleNamespace(spider=spider)), [f"http://127.0.1.92/{number}" for number in range(3)]
    for number, url in enumerate(urls):
        spider.ledger.add(Link(url, "feed"))
        headers = ((None, "x"),) if number == 1 else (("Content-Type", HTML),)
        keep.process_item(HttpResponse("quiet", url, url, datetime(2026, 3, 2, tzinfo=UTC), 200, headers, b"<p>x", "allowed", "r9", ()))
    keep.close_spider()
    assert outcomes(spider.ledger.report()) == {"0": "fetched", "1": "failed", "2": "fetched"}
    assert [(r.stage, r.reason, r.url) for r in spider.ledger.rejections] == [("keep", "internal_error", urls[1])]
    (sealed,) = tmp_path.rglob("*.warc.gz")
    assert len(list(read_captures(tmp_path, sealed, "quiet"))) == 2


def test_a_listing_ends_with_the_first_page_before_the_window(backfill):
    assert [path for path, _, _ in backfill[0].asked if path.startswith("/news?")] == ["/news?page=1", "/news?page=2", "/news?page=3"]


def test_a_listing_without_dates_ends_where_more_is_found_than_a_run_may_ask(world, backfill):
    assert Counter(outcomes(world.report("bare", "r3")).values()) == {"fetched": 6, "skipped": 2}
    assert backfill[1].count("/news?page=5") == 0


# ---------------------------------------------------------------- ends


@pytest.fixture
def hanging(world):
    """A child that has fetched one page and waits for another that never comes."""
    site = world.serve(f"127.0.1.{random.randrange(100, 250)}")
    site.add_articles(3)
    came = threading.Event()

    def hang(handler):
        came.set()
        threading.Event().wait(20)

    site.pages["/news/story-1.html"] = hang
    world.outlet("hanging", site.base)
    return came


def check_interrupted(world, run_id):
    report = world.report("hanging", run_id)
    assert (report.alert, outcomes(report)) == ("interrupted", {"story-2.html": "fetched", "story-1.html": "skipped", "story-0.html": "skipped"})
    assert read_response(world.folder / "data", report.captures[0]).body == world.article(report.captures[0].url)


def test_a_child_that_is_told_to_end_keeps_what_it_has(world, hanging):
    child = subprocess.Popen([sys.executable, "-m", "crawlers.crawl", str(world.job("r4", outlets=["hanging"]))], stdout=subprocess.DEVNULL)
    assert hanging.wait(20)
    child.terminate()
    assert child.wait(20) == 1
    check_interrupted(world, "r4")


def test_a_child_whose_parent_is_killed_ends_as_well(world, hanging):
    job = world.job("r5", outlets=["hanging"])
    start = (
        "import json, os, pathlib, subprocess, sys; job = pathlib.Path(sys.argv[1]); "
        "job.write_text(json.dumps(json.loads(job.read_text()) | {'parent_pid': os.getpid()})); "
        "subprocess.run([sys.executable, '-m', 'crawlers.crawl', str(job)])"
    )
    parent = subprocess.Popen([sys.executable, "-c", start, str(job)], stdout=subprocess.PIPE)
    assert hanging.wait(20)
    parent.kill()
    parent.communicate(timeout=20)  # stdout is closed when the child has ended too
    check_interrupted(world, "r5")


def test_a_child_whose_parent_died_before_its_libraries_were_loaded_asks_nothing(world, hanging):
    job = world.job("r6", outlets=["hanging"])
    job.write_text(json.dumps(json.loads(job.read_text()) | {"parent_pid": 1}))
    child = subprocess.run([sys.executable, "-m", "crawlers.crawl", str(job)], timeout=20)
    assert (child.returncode, hanging.is_set()) == (1, False)


def test_scrapy_lists_the_outlets():
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], env=os.environ | {"SCRAPY_SETTINGS_MODULE": "crawlers.settings"}, capture_output=True, text=True
    )
    assert {"dmg_en", "dmg_my"} <= set(listed.stdout.split())


def test_a_job_that_is_none_is_asked_wrongly(tmp_path):
    (tmp_path / "job.json").write_text("{}")
    done = subprocess.run([sys.executable, "-m", "crawlers.crawl", str(tmp_path / "job.json")], capture_output=True, text=True)
    assert (done.returncode, "not a crawl job" in done.stderr) == (2, True)
