"""WARC files through the command line: pages kept once and read every night, foreign archives, and files that are damaged."""

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from gzip import compress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest

from warehouse.captures import CaptureWriter
from warehouse.records import HttpResponse

OUTLET = 'name = "Daily"\nhomepage = "{base}/"\ncountry = "MM"\nlanguage = "en"\ntime_zone = "Asia/Yangon"\n'
STORY = (
    "Boat owners on the Kaladan said on Monday that ferry number {number} would run again between Kyauktaw and Paletwa. ",
    "The river had stood above the danger mark for nine days, and {number} landings were under water, the owners of the boats said. ",
    "A teacher who waited at landing {number} said that the school had been closed since the first night of the rain. ",
)


def nightdesk(data_dir: Path, *words, **env: str):
    """(exit status, what --json said)."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))} | env
    command = [sys.executable, "-m", "flows.cli", "--json", "--data-dir", str(data_dir), "--outlets-dir", str(data_dir.parent / "outlets"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, env=environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def asked(data_dir: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(data_dir / "news.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def define(folder: Path, base: str, rest: str = "") -> None:
    (folder / "outlets").mkdir()
    (folder / "outlets" / "daily_en.toml").write_text(OUTLET.format(base=base) + rest)


def page(number: int) -> bytes:
    text = "".join(f"<p>{part.format(number=number)}</p>" for part in STORY)
    return f"<html><head><title>Ferry {number} runs again</title></head><body><article><h1>Ferry {number} runs again</h1>{text}</article></body></html>".encode()


# ---------------------------------------------------------------- nights on which nothing changed


class Site(BaseHTTPRequestHandler):
    """Two stories without ETag or date: a server that can only send everything again."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        urls = [f"http://127.0.0.1:{self.server.server_port}/news/{number}" for number in (1, 2)]
        items = "".join(f"<item><title>Ferry {u[-1]} runs again</title><link>{u}</link><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>" for u in urls)
        answers = {"/robots.txt": b"User-agent: *\nAllow: /\n", "/feed.xml": f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()}
        body = answers.get(self.path) or (page(int(self.path[-1])) if self.path[-1].isdigit() else b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8" if self.path.startswith("/news") else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory):
    """The data folder after two nights, and what the second one said."""
    folder = tmp_path_factory.mktemp("nights")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    define(folder, base, f'[[discover]]\nkind = "feed"\nurl = "{base}/feed.xml"\n[fetch]\ndelay_s = 0\nallow_addresses = ["127.0.0.0/8"]\n')
    said = [nightdesk(folder / "data", "nightly", NIGHTDESK_NOW=f"2026-03-0{day}T19:00:00Z") for day in (2, 3)]
    server.shutdown()
    server.server_close()
    assert [status for status, _ in said] == [0, 0], said
    return folder, said[1][1]


def copied_outlets(two_nights, target: Path) -> Path:
    shutil.copytree(two_nights[0] / "outlets", target / "outlets")
    return target / "data"


def test_a_page_that_is_sent_again_unchanged_is_kept_as_a_revisit_and_is_no_version(two_nights):
    folder, summary = two_nights
    counts = [{name: row[name] for name in ("fetched", "extracted", "new", "updated", "unchanged")} for row in summary["outlets"]]
    assert counts == [{"fetched": 2, "extracted": 2, "new": 0, "updated": 0, "unchanged": 2}]
    found = asked(folder / "data", "select count(*), count(revisit_of), count(distinct payload_sha256) from captures")
    assert found == [(4, 2, 2)]
    assert asked(folder / "data", "select distinct version, last_seen_at::date from articles") == [(1, date(2026, 3, 3))]
    assert summary["findings"] == []
    sizes = sorted(asked(folder / "data", "select revisit_of is null as is_whole, warc_length from captures"))
    assert max(length for is_whole, length in sizes if not is_whole) < min(length for is_whole, length in sizes if is_whole)


def test_the_request_record_holds_what_was_sent(two_nights):
    from warehouse.warc_reading import read_warc

    folder, _ = two_nights
    (first, *_) = sorted((folder / "data" / "captures" / "daily_en").glob("*.warc.gz"))
    sent = dict(next(read_warc(first)).request_headers)
    assert sent["User-Agent"].startswith("Nightdesk/")
    assert sent["Accept-Encoding"] == "gzip, deflate, br"
    assert sent["Host"].startswith("127.0.0.1:")


def test_everything_is_read_again_from_the_warc_files_alone(two_nights, tmp_path):
    data_dir = copied_outlets(two_nights, tmp_path)
    shutil.copytree(two_nights[0] / "data" / "captures", data_dir / "captures")
    status, summary = nightdesk(data_dir, "reprocess")
    assert (status, summary["findings"]) == (0, [])
    same = "select capture_id, url, payload_sha256, revisit_of, warc_file, warc_offset, warc_length from captures order by all"
    assert asked(data_dir, same) == asked(two_nights[0] / "data", same)
    assert asked(data_dir, "select count(*), max(version) from articles") == [(2, 1)]


def test_both_files_given_by_hand_bring_both_nights(two_nights, tmp_path):
    data_dir = copied_outlets(two_nights, tmp_path)
    files = sorted((two_nights[0] / "data" / "captures" / "daily_en").glob("*.warc.gz"))
    status, summary = nightdesk(data_dir, "backfill", "--warc", *files)
    assert status == 0, summary
    assert asked(data_dir, "select count(*), count(distinct payload_sha256) from captures") == [(4, 2)]
    assert asked(data_dir, "select count(*), max(version) from articles") == [(2, 1)]


def test_revisits_without_their_pages_are_counted_until_the_pages_are_kept(two_nights, tmp_path):
    data_dir = copied_outlets(two_nights, tmp_path)
    first, second = sorted((two_nights[0] / "data" / "captures" / "daily_en").glob("*.warc.gz"))
    status, summary = nightdesk(data_dir, "backfill", "--warc", second)
    assert status == 0
    assert "daily_en: 2 revisit records were passed over" in " ".join(summary["notes"])
    nightdesk(data_dir, "backfill", "--warc", first)
    status, summary = nightdesk(data_dir, "backfill", "--warc", second)
    assert "revisit" not in " ".join(summary["notes"])
    assert asked(data_dir, "select count(*), count(distinct payload_sha256) from captures") == [(4, 2)]


def test_a_page_that_is_lost_is_named_for_each_capture_that_needs_it(two_nights, tmp_path):
    data_dir = copied_outlets(two_nights, tmp_path)
    _, second = sorted((two_nights[0] / "data" / "captures" / "daily_en").glob("*.warc.gz"))
    (data_dir / "captures" / "daily_en").mkdir(parents=True)
    shutil.copy(second, data_dir / "captures" / "daily_en")
    status, summary = nightdesk(data_dir, "reprocess")
    rejected = {(row["reason"], row["pages"]) for row in summary["rejections"]}
    assert (status, rejected) == (1, {("capture_damaged", 2)})


# ---------------------------------------------------------------- damaged and foreign files


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """(file of eight articles, where each response record begins and ends)."""
    folder = tmp_path_factory.mktemp("whole")
    writer = CaptureWriter(folder / "captures", "daily_en", "run-1", date(2026, 3, 2))
    moment = datetime(2026, 3, 2, 19, tzinfo=UTC)
    urls = [f"http://daily.example/news/{number}" for number in range(8)]
    captures = writer.write_all([
        HttpResponse("daily_en", url, url, moment + timedelta(seconds=n), 200, (("Content-Type", "text/html"),), page(n), "allowed", "run-1")
        for n, url in enumerate(urls)
    ])
    return writer.seal(), [(capture.warc_offset, capture.warc_offset + capture.warc_length) for capture in captures]


@pytest.mark.parametrize(("harm", "named", "loaded"), [
    (lambda raw, places: raw[:places[5][0] + 60], 5, range(5)),
    (lambda raw, places: raw[:places[5][0] + 60] + bytes([raw[places[5][0] + 60] ^ 1]) + raw[places[5][0] + 61:], 5, (0, 1, 2, 3, 4, 6, 7)),
], ids=["cut", "flipped bit"])
def test_a_faulty_file_gives_all_whole_articles_and_says_where_it_is_damaged(tmp_path, whole, harm, named, loaded):
    path, places = whole
    define(tmp_path, "http://daily.example")
    faulty = tmp_path / "faulty.warc.gz"
    faulty.write_bytes(harm(path.read_bytes(), places))
    status, summary = nightdesk(tmp_path / "data", "backfill", "--warc", faulty)
    assert status == 1
    assert summary["state"] == "incomplete"
    assert [alert for alert in summary["alerts"] if f"faulty.warc.gz, byte {places[named][0]}: " in alert]
    found = {int(url[-1]) for (url,) in asked(tmp_path / "data", "select url from articles")}
    assert found == set(loaded)


def foreign(kind: str, url: str, body: bytes, more: str = "") -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-02T19:00:00Z\r\n{more}"
    return f"{head}Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def test_an_archive_of_the_whole_web_gives_the_pages_of_the_outlet_and_counts_the_others(tmp_path):
    define(tmp_path, "http://daily.example")
    parts = [foreign("response", f"https://other-{number}.example/", page(number)) for number in range(50)]
    parts.insert(20, foreign("response", "http://daily.example/news/1", page(1)))
    parts.insert(30, foreign("response", "http://daily.example/news/2", page(2)[:200], "WARC-Truncated: length\r\n"))
    path = tmp_path / "web.warc.gz"
    path.write_bytes(b"".join(map(compress, parts)))
    status, summary = nightdesk(tmp_path / "data", "backfill", "--warc", path)
    assert status == 0, summary
    assert summary["notes"] == ["50 records were passed over: their hosts belong to no outlet."]
    assert [(row["discovered"], row["fetched"], row["new"], row["failed"]) for row in summary["outlets"]] == [(2, 1, 1, 1)]
    assert asked(tmp_path / "data", "select url, stage, reason from rejections") == [("http://daily.example/news/2", "fetch", "truncated")]
