"""Loopback outlets: small web servers on addresses of 127.0.0.0/8, and the real crawl child that visits them."""

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawlers.crawl import read_report

HTML = "text/html; charset=utf-8"


@dataclass
class Site:
    """One server. `pages` maps a path to (status, headers, body) or to a function of the handler that answers by itself."""

    host: str
    pages: dict[str, object] = field(default_factory=dict)
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _, _ in self.asked)

    def headers_of(self, path: str) -> dict[str, str]:
        return next(headers for asked, _, headers in self.asked if asked == path)

    def moments(self) -> list[float]:
        return [moment for _, moment, _ in self.asked]

    def add_articles(self, count: int, robots: str = "User-agent: *\nAllow: /\n") -> list[str]:
        """robots.txt, a feed and `count` articles; returns their addresses."""
        urls = [f"{self.base}/news/story-{number}.html" for number in range(count)]
        self.pages |= {"/robots.txt": (200, {"Content-Type": "text/plain"}, robots.encode()), "/feed.xml": (200, {}, feed(self.base, urls))}
        self.pages |= {url.removeprefix(self.base): (200, {"Content-Type": HTML}, article(url)) for url in urls}
        return urls


def article(url: str) -> bytes:
    return f"<html><head><title>Story</title></head><body><article><p>The ferry at {url} sails again.</p></article></body></html>".encode()


def feed(base: str, urls: list[str]) -> bytes:
    items = "".join(
        f"<item><title>Story {n}</title><link>{u}</link><pubDate>Mon, 02 Mar 2026 0{n % 10}:00:00 +0000</pubDate></item>" for n, u in enumerate(urls)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Loopback</title><link>{base}</link>{items}</channel></rss>'.encode()


def packed(body: bytes) -> tuple[dict[str, str], bytes]:
    return {"Content-Type": HTML, "Content-Encoding": "gzip"}, gzip.compress(body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        site.asked.append((self.path, time.monotonic(), dict(self.headers)))
        page = site.pages.get(self.path, (404, {}, b"not here"))
        if callable(page):
            page = page(self)
        if page is not None:
            self.answer(*page)

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what many of the tests are about."""


@contextmanager
def serving(site: Site):
    server = Server((site.host, 0), Handler)
    server.site = site  # type: ignore[attr-defined]
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class World:
    """The sites of a test, their outlet files, and the crawl child. Test modules cannot import this file, so its helpers hang here too."""

    article = staticmethod(article)
    feed = staticmethod(feed)
    packed = staticmethod(packed)
    folder: Path
    serve: Callable[[str], Site]

    def outlet(self, outlet_id: str, site_base: str, *, fetch: str = "", rest: str = "", discover: str | None = None, loopback: bool = True) -> None:
        discover = f'[[discover]]\nkind = "feed"\nurl = "{site_base}/feed.xml"\n' if discover is None else discover
        allowed = 'allow_addresses = ["127.0.0.0/8"]\n' if loopback else ""
        limits = fetch if "delay_s" in fetch else f"delay_s = 0\n{fetch}"
        head = f'name = "{outlet_id}"\nhomepage = "{site_base}/"\ncountry = "MM"\nlanguage = "en"\ntime_zone = "Asia/Yangon"\n'
        (self.folder / "outlets").mkdir(exist_ok=True)
        (self.folder / "outlets" / f"{outlet_id}.toml").write_text(f"{head}\n{rest}\n{discover}\n[fetch]\n{limits}\n{allowed}")

    def job(self, run_id: str = "r1", **job: object) -> Path:
        ids = sorted(path.stem for path in (self.folder / "outlets").glob("*.toml"))
        known = {outlet_id: self.known_file(run_id, outlet_id, rows) for outlet_id, rows in job.pop("known", {}).items()}  # type: ignore[attr-defined]
        job = {
            "run_id": run_id,
            "data_dir": str(self.folder / "data"),
            "outlets_dir": str(self.folder / "outlets"),
            "outlets": ids,
            "contact": "",
            "clock_offset_s": 0,
            "proxy_url": "",
            "pages_per_run": 500,
            "known": known,
            "window": None,
            "backoff_s": 0.1,
        } | job
        path = self.folder / f"job_{run_id}.json"
        path.write_text(json.dumps(job))
        return path

    def known_file(self, run_id: str, outlet_id: str, rows: list[dict]) -> str:
        path = self.folder / f"known_{run_id}_{outlet_id}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    def crawl(self, run_id: str = "r1", **job: object) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-m", "crawlers.crawl", str(self.job(run_id, **job))], capture_output=True, text=True, timeout=60)

    def report(self, outlet_id: str, run_id: str = "r1"):
        return read_report(self.folder / "data" / "runs" / run_id / f"{outlet_id}.jsonl")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield World(tmp_path_factory.mktemp("world"), lambda host: stack.enter_context(serving(Site(host))))
