"""Backfills of a range of days on a loopback outlet: month by month, resumable, and nothing is asked twice."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import pytest

from crawlers.discover import Window
from flows.shards import PAGES_PER_SHARD, UNDATED, Shard, estimate, rounds_of, shards_of

YANGON = ZoneInfo("Asia/Yangon")
DAYS = [date(2026, 1, 5) + timedelta(days=9 * number) for number in range(12)]  # 5 January to 14 April
WORDS = "ferry market bridge teacher harvest river lantern garden clinic library weaver orchard harbour school window candle".split()


def link(url, moment=None):
    return {"url": url, "published_at": moment, "candidates": [], "asked_url": None}


def test_the_months_of_a_window_come_newest_first_and_undated_addresses_last():
    links = [link("jan", datetime(2026, 1, 31, 12, tzinfo=YANGON)), link("none"), link("feb", datetime(2026, 1, 31, 18, tzinfo=ZoneInfo("UTC"))),
             link("outside", datetime(2025, 12, 31, 12, tzinfo=YANGON)), link("feb2", datetime(2026, 2, 20, 12, tzinfo=YANGON))]
    shards = shards_of("aye", links, Window(date(2026, 1, 1), date(2026, 2, 28)), YANGON)
    assert [(shard.month, [each["url"] for each in shard.links]) for shard in shards] == [
        ("2026-02", ["feb2", "feb"]), ("2026-01", ["jan"]), (UNDATED, ["none"]),
    ]


def test_a_month_of_many_pages_is_crawled_in_parts():
    links = [link(f"u{number:05}") for number in range(PAGES_PER_SHARD + 1)]
    shards = shards_of("aye", links, Window(date(2026, 1, 1), date(2026, 2, 28)), YANGON)
    assert [len(shard.links) for shard in shards] == [PAGES_PER_SHARD, 1]


def test_outlets_are_crawled_beside_each_other_round_by_round():
    one, two, three = (Shard(name, "2026-01", ()) for name in ("one", "two", "three"))
    assert rounds_of([[one, two], [three]]) == [[one, three], [two]]


@pytest.mark.parametrize(("pages", "said"), [(6, "1 min"), (700, "59 min"), (2400, "3 h 20 min"), (190_080, "11 days")])
def test_the_estimate_says_how_long_a_polite_crawl_takes(pages, said):
    shard = Shard("aye", "2026-01", tuple(link(str(number)) for number in range(pages)))
    assert estimate([shard], 5.0) == f"aye: {pages:,} pages of 1 months to fetch; at one in 5 s this takes about {said}."


# ---------------------------------------------------------------- the whole way


def page_of(number, day):
    words = " ".join(f"{WORDS[(number + step) % len(WORDS)]}{number}" for step in range(60))
    paragraphs = "".join(f"<p>The {words} on day {number}, said the keeper of the quay number {part}.</p>" for part in range(3))
    return (f"<html><head><title>Story {number} of the quay</title></head><body><article><h1>Story {number} of the quay</h1>{paragraphs}"
            "</article></body></html>")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        body = self.server.pages.get(self.path)
        time.sleep(self.server.pause_s if self.path.startswith("/news/") else 0)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def outlet(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base, server.asked, server.pause_s = f"http://127.0.0.1:{server.server_port}", [], 0.0
    server.pages = {f"/news/story-{number}.html": page_of(number, day) for number, day in enumerate(DAYS)}
    entries = "".join(f"<url><loc>{base}/news/story-{number}.html</loc><lastmod>{day}</lastmod></url>" for number, day in enumerate(DAYS))
    news = "".join(
        f'<url><loc>{base}/news/story-{number}.html</loc><n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<n:publication_date>{day}T08:00:00+06:30</n:publication_date><n:title>Story {number} of the quay</n:title></n:news></url>"
        for number, day in enumerate(DAYS)
    )
    server.pages["/sitemap.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{news or entries}</urlset>'
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "quay.toml").write_text(
        f'name = "Quay"\nhomepage = "{base}/"\ncountry = "MM"\nlanguage = "en"\ntime_zone = "Asia/Yangon"\n'
        f'[[discover]]\nkind = "sitemap"\nurl = "{base}/sitemap.xml"\n'
        '[fetch]\ndelay_s = 0\nallow_addresses = ["127.0.0.0/8"]\n'
    )
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def command(tmp_path, *words):
    return [sys.executable, "-m", "flows.cli", "--json", "--data-dir", str(tmp_path / "data"), "--outlets-dir", str(tmp_path / "outlets"), *words]


def backfill(tmp_path, first="2026-02-01", last="2026-03-31"):
    done = subprocess.run(command(tmp_path, "backfill", "--outlet", "quay", "--from", first, "--to", last), capture_output=True, text=True, timeout=120)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def published_days(tmp_path):
    done = subprocess.run(
        command(tmp_path, "sql", "select published_on::varchar as day from articles order by 1"), capture_output=True, text=True, timeout=60,
    )
    return [row["day"] for row in json.loads(done.stdout)]


def pages_asked(server):
    return [path for path in server.asked if path.startswith("/news/")]


def test_a_backfill_loads_the_window_month_by_month_and_a_repeat_asks_no_page(tmp_path, outlet):
    status, first = backfill(tmp_path)
    inside = [number for number, day in enumerate(DAYS) if date(2026, 2, 1) <= day <= date(2026, 3, 31)]
    assert (status, first["state"]) == (0, "completed")
    assert pages_asked(outlet) == [f"/news/story-{number}.html" for number in reversed(inside)]
    assert published_days(tmp_path) == [str(DAYS[number]) for number in inside]
    [row] = first["outlets"]
    assert (row["discovered"], row["fetched"], row["new"], row["failed"]) == (len(inside), len(inside), len(inside), 0)
    files = sorted(path.name for path in (tmp_path / "data" / "captures" / "quay").iterdir())
    assert len(files) == 2, "one WARC file a month"
    outlet.asked.clear()
    status, second = backfill(tmp_path)
    assert (status, pages_asked(outlet)) == (0, [])
    assert second["outlets"][0]["new"] == 0
    assert outlet.asked.count("/sitemap.xml") == 1


def test_a_killed_backfill_goes_on_with_the_pages_that_are_missing(tmp_path, outlet):
    outlet.pause_s = 0.4
    words = command(tmp_path, "backfill", "--outlet", "quay", "--from", "2026-01-01", "--to", "2026-04-30")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as run:
        while len(pages_asked(outlet)) < 7:
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
    outlet.pause_s = 0.0
    before, loaded = len(pages_asked(outlet)), 5  # April and March were loaded before the seventh page was asked
    status, _ = backfill(tmp_path, "2026-01-01", "2026-04-30")
    assert status == 0
    assert published_days(tmp_path) == [str(day) for day in DAYS]
    assert len(pages_asked(outlet)) - before <= len(DAYS) - loaded


def test_the_candidates_of_a_source_wait_with_the_address(tmp_path, outlet):
    backfill(tmp_path)
    question = "select distinct source, value from field_sources where field = 'date_published' and source = 'sitemap' order by value limit 1"
    done = subprocess.run(command(tmp_path, "sql", question), capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == [{"source": "sitemap", "value": "2026-02-01T08:00:00+06:30"}]
