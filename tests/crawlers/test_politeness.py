"""What hosts ask for and get, counted by the servers: robots.txt, pauses within a run and across runs, gaps, blocks, reservations."""

import hashlib
import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from types import SimpleNamespace

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawlers.host_book import ROBOTS_COPY_AGE_MAX, remembered
from crawlers.loader import spider_of
from crawlers.outlet import Outlet
from crawlers.patience import retry_after_s
from crawlers.report import lines_of
from warehouse.records import CrawlReport, HostState, RobotsFile

HTML = "text/html; charset=utf-8"
TDMREP = "/.well-known/tdmrep.json"
ROBOTS = "User-agent: *\nAllow: /\n"


def outcomes(report):
    return {link.url.rsplit("/", 1)[1]: link.outcome for link in report.links}


def reasons(report):
    return {rejection.url.rsplit("/", 1)[1]: rejection.reason for rejection in report.rejections if rejection.stage == "fetch"}


def paths(site):
    return [path for path, _, _ in site.asked]


def then(*answers):
    """Answers with each in turn, and with the last one from then on."""
    left = list(answers)
    return lambda handler: left.pop(0) if len(left) > 1 else left[0]


def slowly(site, answer, seconds):
    """Answers after a while, and notes how many answers are under way at once."""
    site.under_way, site.most_under_way = 0, 0

    def page(handler):
        site.under_way += 1
        site.most_under_way = max(site.most_under_way, site.under_way)
        threading.Event().wait(seconds)
        site.under_way -= 1
        site.answered_at = [*getattr(site, "answered_at", []), time.monotonic()]
        return answer

    return page


def known_hosts(world, run_id, *rows):
    """The file in which a job names what earlier runs learnt of hosts."""
    path = world.folder / f"hosts_{run_id}.jsonl"
    report = CrawlReport("x", hosts=tuple(row for row in rows if isinstance(row, HostState)),
                         robots_files=tuple(row for row in rows if isinstance(row, RobotsFile)))
    path.write_text("".join(json.dumps(line, default=datetime.isoformat) + "\n" for line in lines_of(report)))
    return str(path)


def robots_copy(site, age, text, status=200):
    return RobotsFile(site.base, hashlib.sha256(text.encode()).hexdigest(), status, text, datetime.now(UTC) - age)


@pytest.fixture(scope="module")
def sites(world):
    """One crawl of all outlets below."""
    at = (f"127.0.3.{number}" for number in range(1, 60))
    sites, now = SimpleNamespace(), datetime.now(UTC)

    def outlet(name, articles=2, robots=ROBOTS, **definition):
        site = world.serve(next(at))
        setattr(sites, name, site)
        site.urls = site.add_articles(articles, robots)
        world.outlet(name, site.base, **definition)
        return site

    # robots.txt
    for name, answer in (("copy_used", (503, {}, b"down")), ("copy_old", (503, {}, b"down")), ("copy_of_none", (500, {}, b""))):
        outlet(name).pages["/robots.txt"] = answer
    outlet("robots_busy").pages["/robots.txt"] = 429, {"Retry-After": "7200"}, b""
    elsewhere = sites.elsewhere = world.serve(next(at))
    elsewhere.pages["/rules"] = 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /news/story-0\n"
    outlet("robots_elsewhere").pages["/robots.txt"] = 302, {"Location": f"{elsewhere.base}/rules"}, b""
    outlet("robots_refused", fetch='delay_s = 0\nallow_addresses = ["127.0.3.0/24"]', loopback=False).pages["/robots.txt"] = (
        302, {"Location": "http://127.0.4.1/robots.txt"}, b"")
    outlet("robots_loop").pages["/robots.txt"] = 302, {"Location": "/robots.txt"}, b""
    outlet("led_astray", robots="User-agent: *\nDisallow: /private/\n").pages["/news/story-0.html"] = 302, {"Location": "/private/x.html"}, b""
    outlet("too_slow", robots="User-agent: *\nCrawl-delay: 999\n")
    outlet("signals", robots=f"{ROBOTS}Content-Signal: search=yes, ai-train=no\n").pages[TDMREP] = (
        200, {"Content-Type": "application/json"}, b'[{"location": "/news/*", "tdm-reservation": 1}]')

    # pauses
    outlet("paused_before", 3)
    outlet("pause_over")
    shared = outlet("shared_en", 3, fetch="delay_s = 0.01")
    shared.pages["/news/story-2.html"] = 503, {"Retry-After": "86000000"}, b""
    world.outlet("shared_my", shared.base, fetch="delay_s = 0.01")
    crowd = outlet("crowd", 8, fetch="connections = 4")
    sites.crowd_free_at = 0.0

    def busy_once(path, page):
        def answer(handler):
            if sites.crowd_free_at == 0.0:
                sites.crowd_free_at = time.monotonic() + 1.0
            return (429, {"Retry-After": "1"}, b"") if time.monotonic() < sites.crowd_free_at else page
        return answer

    crowd.pages |= {path: busy_once(path, page) for path, page in crowd.pages.items() if path.startswith("/news/")}
    dated = outlet("dated", 1)
    server_time = now - timedelta(hours=5)
    dated.pages["/news/story-0.html"] = 429, {
        "Date": format_datetime(server_time, usegmt=True), "Retry-After": format_datetime(server_time + timedelta(hours=2), usegmt=True)}, b""

    # gaps
    gaps = outlet("gaps", 4, fetch="delay_s = 0.2", robots="User-agent: *\nCrawl-delay: 0.5\n")
    gaps.pages["/news/story-3.html"] = slowly(gaps, (200, {"Content-Type": HTML}, world.article("3")), 0.6)
    gaps.pages["/news/story-2.html"] = 301, {"Location": "/news/moved.html"}, b""
    gaps.pages["/news/moved.html"] = slowly(gaps, (200, {"Content-Type": HTML}, world.article("2")), 0.1)
    gaps.pages["/news/story-1.html"] = then((503, {}, b""), (200, {"Content-Type": HTML}, world.article("1")))
    world.outlet("gaps_too", gaps.base, fetch="delay_s = 0.2")

    # blocks
    outlet("blocked", 12).pages |= {f"/news/story-{number}.html": (403, {}, b"no") for number in range(12)}
    outlet("members", 4).pages["/news/story-0.html"] = 403, {}, b"members only"
    challenge = 503, {"cf-mitigated": "challenge", "Content-Type": HTML}, b"<title>Just a moment...</title>"
    outlet("challenged", 1).pages["/news/story-0.html"] = challenge

    hosts = known_hosts(
        world, "r1",
        robots_copy(sites.copy_used, timedelta(hours=23), "User-agent: *\nDisallow: /news/story-0\n"),
        robots_copy(sites.copy_old, timedelta(hours=25), ROBOTS), robots_copy(sites.copy_of_none, timedelta(hours=1), "", status=404),
        HostState("127.0.3.99", now), HostState(sites.paused_before.host, now - timedelta(hours=9), now + timedelta(hours=3), "retry_after", "x"),
        HostState(sites.pause_over.host, now - timedelta(hours=9), now - timedelta(seconds=5), "retry_after", "x"),
    )
    waiting = {"paused_before": [{"url": f"{sites.paused_before.base}/news/waiting.html", "due": True}]}
    done = world.crawl("r1", hosts=hosts, known=waiting)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return sites


def state_of(world, name, run_id="r1"):
    (state,) = world.report(name, run_id).hosts
    return state


# ---------------------------------------------------------------- robots.txt


def test_the_last_good_copy_of_robots_txt_holds_for_a_day(world, sites):
    report = world.report("copy_used")
    assert (report.alert, outcomes(report)) == (None, {"story-0.html": "failed", "story-1.html": "fetched"})
    assert reasons(report) == {"story-0.html": "robots_disallowed"}
    state = state_of(world, "copy_used")
    assert (state.reason, "robots.txt answered 503; the copy of " in state.detail) == ("robots_unreachable", True)
    # A copy is not renewed by being used, or it would hold for ever.
    assert report.robots_files == ()
    assert report.captures[0].robots_sha256 == hashlib.sha256(b"User-agent: *\nDisallow: /news/story-0\n").hexdigest()


def test_that_there_was_no_robots_txt_is_a_copy_too(world, sites):
    report = world.report("copy_of_none")
    assert (report.alert, {capture.robots for capture in report.captures}, len(report.captures)) == (None, {"no_robots"}, 2)


def test_an_older_copy_does_not_count(world, sites):
    assert timedelta(hours=24) == ROBOTS_COPY_AGE_MAX
    assert (world.report("copy_old").alert, set(paths(sites.copy_old))) == ("robots_unreachable", {"/robots.txt"})
    assert state_of(world, "copy_old").reason == "robots_unreachable"


def test_a_robots_txt_that_asks_for_a_pause_gets_it(world, sites):
    assert (world.report("robots_busy").alert, paths(sites.robots_busy)) == ("robots_unreachable", ["/robots.txt"])
    state = state_of(world, "robots_busy")
    assert timedelta(seconds=7190) < state.not_before - state.checked_at <= timedelta(seconds=7200)


def test_a_robots_txt_that_lies_elsewhere_holds_for_the_host_that_was_asked(world, sites):
    assert reasons(world.report("robots_elsewhere")) == {"story-0.html": "robots_disallowed"}
    assert (paths(sites.elsewhere), "/news/story-0.html" in paths(sites.robots_elsewhere)) == (["/rules"], False)


def test_a_robots_txt_that_leads_where_nothing_may_be_asked_was_not_read(world, sites):
    report = world.report("robots_refused")
    assert (report.alert, paths(sites.robots_refused)) == ("robots_unreachable", ["/robots.txt"])


def test_endless_redirects_count_as_no_robots_txt(world, sites):
    assert {capture.robots for capture in world.report("robots_loop").captures} == {"no_robots"}


def test_what_a_redirect_leads_to_is_matched_with_robots_txt_as_well(world, sites):
    assert reasons(world.report("led_astray")) == {"story-0.html": "robots_disallowed"}
    assert "/private/x.html" not in paths(sites.led_astray)


def test_a_host_whose_crawl_delay_is_too_long_is_not_crawled_faster_but_not_at_all(world, sites):
    report = world.report("too_slow")
    assert (report.alert, paths(sites.too_slow)) == ("crawl_delay_too_long", ["/robots.txt"])
    assert "999 s between two requests" in report.rejections[0].detail


def test_every_capture_names_the_robots_txt_it_rests_on(world, sites):
    report = world.report("signals")
    (robots,) = report.robots_files
    assert (robots.base, robots.http_status, robots.body) == (sites.signals.base, 200, f"{ROBOTS}Content-Signal: search=yes, ai-train=no\n")
    assert {capture.robots_sha256 for capture in report.captures} == {robots.sha256} == {hashlib.sha256(robots.body.encode()).hexdigest()}


# ---------------------------------------------------------------- pauses


def test_a_host_that_asked_an_earlier_run_for_a_pause_is_sent_nothing(world, sites):
    report = world.report("paused_before")
    assert (report.alert, sites.paused_before.asked, report.rejections) == ("paused", [], ())
    assert outcomes(report) == {"waiting.html": "skipped"}
    assert "left alone until" in report.sources[0].detail
    # The row of the earlier run stays as it is.
    assert report.hosts == ()


def test_a_pause_that_is_over_is_over(world, sites):
    assert (world.report("pause_over").alert, len(world.report("pause_over").captures)) == (None, 2)
    assert (state_of(world, "pause_over").not_before, state_of(world, "pause_over").reason) == (None, None)


def test_a_long_pause_holds_for_every_outlet_of_the_host_and_for_a_day_at_most(world, sites):
    first, second = world.report("shared_en"), world.report("shared_my")
    assert (first.alert, second.alert) == ("paused", "paused")
    assert sum(path.startswith("/news/") for path in paths(sites.shared_en)) == 1
    assert sites.shared_en.count("/robots.txt") == 1
    assert Counter(outcomes(first).values()) == {"failed": 1, "skipped": 2}
    state = state_of(world, "shared_en")
    assert timedelta(hours=23, minutes=59) < state.not_before - state.checked_at <= timedelta(hours=24)
    assert (state.reason, "86,000,000 s" in state.detail) == ("retry_after", False)


def test_several_connections_pause_together_and_their_answers_count_once(world, sites):
    report = world.report("crowd")
    assert (report.alert, len(report.captures)) == (None, 8)
    asked = [moment for path, moment, _ in sites.crowd.asked if path.startswith("/news/")]
    # Four at most were on the wire when the first answer came; nobody else asked before the second was over.
    assert sum(moment < sites.crowd_free_at for moment in asked) <= 4


def test_a_date_in_retry_after_is_read_by_the_clock_of_the_server(world, sites):
    state = state_of(world, "dated")
    assert timedelta(minutes=119) < state.not_before - state.checked_at <= timedelta(hours=2)


# ---------------------------------------------------------------- gaps


def test_the_delay_lies_between_any_two_requests_of_a_host_and_between_two_outlets_of_it(world, sites):
    assert paths(sites.gaps) == [
        "/robots.txt", "/feed.xml", "/news/story-3.html", "/news/story-2.html", "/news/moved.html", "/news/story-1.html", "/news/story-1.html",
        "/news/story-0.html", TDMREP, "/robots.txt", "/feed.xml", "/news/story-3.html", "/news/story-2.html", "/news/moved.html",
        "/news/story-1.html", "/news/story-0.html",
    ]
    moments = sites.gaps.moments()
    assert min(after - before for before, after in pairwise(moments)) >= 0.5
    assert sites.gaps.most_under_way == 1
    assert {world.report(name).alert for name in ("gaps", "gaps_too")} == {None}


# ---------------------------------------------------------------- blocks


def test_an_outlet_that_refuses_its_pages_is_blocked_and_soon_left_alone(world, sites):
    report = world.report("blocked")
    assert report.alert == "blocked"
    # No page is asked twice, and not all twelve are asked.
    assert max(Counter(paths(sites.blocked)).values()) == 1
    assert Counter(outcomes(report).values()) == {"failed": 9, "skipped": 3}
    assert set(reasons(report).values()) == {"http_403"}
    assert state_of(world, "blocked").reason == "http_403"


def test_a_single_refused_page_is_no_block(world, sites):
    assert (world.report("members").alert, reasons(world.report("members"))) == (None, {"story-0.html": "http_403"})


def test_a_test_for_human_readers_is_a_block_and_is_not_repeated(world, sites):
    report = world.report("challenged")
    assert (report.alert, sites.challenged.count("/news/story-0.html")) == ("blocked", 1)
    assert [(r.reason, r.detail) for r in report.rejections] == [("http_503", "the server wants a proof that a person is reading")]


# ---------------------------------------------------------------- reservations


def test_what_a_host_reserves_for_itself_is_recorded(world, sites):
    base = sites.signals.base
    assert {(r.url, r.source, r.name, r.value) for r in world.report("signals").reservations} == {
        (base, "robots_txt", "content-signal", "search=yes, ai-train=no"), (f"{base}/news/*", "tdmrep", "tdm-reservation", "1"),
    }


def test_tdmrep_is_asked_once_a_week(world, sites):
    first = state_of(world, "signals")
    assert (sites.signals.count(TDMREP), first.reservations_checked_at is None) == (1, False)
    for run_id, days, asked in (("r2", 6, 1), ("r3", 8, 2)):
        hosts = known_hosts(world, run_id, HostState(first.host, first.checked_at - timedelta(days=days), None, None, None,
                                                     first.checked_at - timedelta(days=days)))
        world.crawl(run_id, outlets=["signals"], hosts=hosts)
        assert sites.signals.count(TDMREP) == asked
    assert state_of(world, "signals", "r2").reservations_checked_at == first.checked_at - timedelta(days=6)


# ---------------------------------------------------------------- small decisions


def test_a_pause_is_taken_over_with_its_moment():
    now = datetime(2026, 3, 2, 20, tzinfo=UTC)
    host = remembered(HostState("x.example", now - timedelta(hours=8), now + timedelta(hours=2), "retry_after", "x"), now)
    assert (host.given_up, host.alert) == (
        ("retry_after", "the host asked on 2026-03-02 to be left alone until 2026-03-02 22:00 UTC"), "paused")
    assert remembered(HostState("x.example", now, now, "retry_after", "x"), now).given_up is None


@pytest.mark.parametrize("value", ["Mon, 02 Mar 10000 00:00:00 GMT", "Mon, 32 Mar 2026 00:00:00 GMT", "1e9", "∞", "5, 10", "\x00"])
def test_a_retry_after_that_says_nothing_counts_as_none(value):
    assert retry_after_s(value, datetime(2026, 3, 2, tzinfo=UTC)) is None


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("DOWNLOAD_MAXSIZE", 10_485_760, "1 GiB in Scrapy, which 1.6 kB of Brotli can fill"),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True, "false in Scrapy"),
        ("TELNETCONSOLE_ENABLED", False, "a console that runs code"),
        ("REMOTE_CONTROL_ENABLED", False, "an endpoint that runs code"),
        ("COOKIES_ENABLED", False, "sessions, and cookies that leak over redirects"),
        ("ROBOTSTXT_OBEY", True, "false in Scrapy"),
        ("REFERRER_POLICY", "no-referrer", "nobody is told where a link was found"),
        ("REFERER_ENABLED", False, "its policy header was once run as code"),
        ("DOWNLOAD_TIMEOUT", 30.0, "180 s in Scrapy"),
        ("RETRY_ENABLED", False, "repeats at once and does not read Retry-After"),
        ("REDIRECT_ENABLED", False, "goes to any host"),
        ("METAREFRESH_ENABLED", False, "goes to any host"),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1, "8 in Scrapy"),
        ("CONCURRENT_REQUESTS", 1, "16 in Scrapy"),
        ("DOWNLOAD_DELAY", 5.0, "0 in Scrapy"),
        ("DOWNLOAD_DELAY_JITTER", 0, "half of the delay in Scrapy, in both directions"),
        ("HTTPCACHE_ENABLED", False, "answered 200 of 200 requests without asking"),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True, "half a page is no page"),
    ],
)
def test_the_defaults_of_scrapy_that_are_not_safe_are_turned(name, value, why):
    settings = effective_settings()
    assert settings.get(name) == value, why


def test_only_our_own_middlewares_touch_a_request():
    # With that, there is no depth or length of addresses to limit, no referrer, no cookie and no retry of Scrapy's own.
    settings = effective_settings()
    ours = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    assert {str(name).split(".")[0] for name in ours} == {"crawlers"}
    assert not settings.get_component_priority_dict_with_base("SPIDER_MIDDLEWARES")
    assert not settings.get_component_priority_dict_with_base("EXTENSIONS")


def test_only_web_addresses_have_a_handler():
    handlers = effective_settings().get_component_priority_dict_with_base("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def effective_settings():
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    return Crawler(spider_of(Outlet("x_en", "X", "https://x.example/", "MM", "en", "Asia/Yangon")), settings).settings
