"""Adding an outlet takes one TOML file and one saved page, and nothing else: shown in a copy of the project that got just these two."""

import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

ROOT = Path(__file__).parent.parent
PATH = "/town/salt-makers-wait-for-dry-weather"
URL = f"http://127.0.0.7{PATH}"
PAGE = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Salt makers wait for dry weather | Saltmarsh Gazette</title></head><body>
<div class="strap"><a href="/town">Town</a> Ten things to do at the weekend, and five places to eat</div>
<main><h1>Salt makers wait for dry weather</h1><span class="who">By Thazin Moe</span><time datetime="2026-03-02T08:30:00+06:30">2 March 2026</time>
<p>Salt makers at the mouth of the river said on Monday that they had lost two weeks to rain, and that the pans stood empty.</p>
<p>The cooperative hopes to begin the season before the end of the month. Prices in town have gone up by a third since January.</p>
<p>Last year the works sold more salt than in any year since records began, a clerk of the cooperative said.</p></main></body></html>"""
OUTLET = """
name = "Saltmarsh Gazette"
homepage = "http://127.0.0.7:{port}/"
country = "MM"
language = "en"
time_zone = "Asia/Yangon"

[[discover]]
kind = "listing"
url = "http://127.0.0.7:{port}/town"

[article]
url_pattern = '^/town/.+'
drop = ["div.strap"]

[[fields]]
byline = "span.who"

[fetch]
delay_s = 0
allow_addresses = ["127.0.0.0/8"]
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        listed = f'<html><body><a href="{PATH}">Salt makers wait for dry weather</a></body></html>'.encode()
        body = {PATH: PAGE, "/town": listed}.get(urlsplit(self.path).path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.7", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def copy(tmp_path):
    """The project as it is checked out, without its outlets and their saved pages."""
    for name in ("crawlers", "flows", "warehouse"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for outlet in (tmp_path / "crawlers" / "outlets").glob("*.toml"):
        outlet.unlink()
    (tmp_path / "tests").mkdir()
    for name in ("test_outlet_pages.py", "save_page.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    return tmp_path


def run(copy: Path, *words: str, status: int = 0) -> str:
    """A command of the copy, with nothing of the person who runs the tests in its environment."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(copy), "HOME": str(copy)}
    done = subprocess.run([sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def files_of(copy: Path) -> set[str]:
    return {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file() and "cache" not in str(path)}


def test_one_definition_and_one_saved_page_are_an_outlet(copy):
    before = files_of(copy)
    with serving() as port:
        (copy / "crawlers" / "outlets" / "saltmarsh_en.toml").write_text(OUTLET.format(port=port))
        (copy / "page.html").write_bytes(PAGE)
        run(copy, "tests/save_page.py", "page.html", "saltmarsh_en", URL, "salt-makers")
        (copy / "page.html").unlink()

        added = {"crawlers/outlets/saltmarsh_en.toml"} | {f"tests/outlets/saltmarsh_en/salt-makers/{name}" for name in ("page.html", "expected.toml")}
        assert files_of(copy) - before == added
        assert "1 definitions are good." in run(copy, "-m", "flows.cli", "outlets", "check")
        pytest_words = ("-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", "-rA", "tests/test_outlet_pages.py")
        assert "test_saved_page_is_read_as_expected[saltmarsh_en/salt-makers]" in run(copy, *pytest_words)
        run(copy, "-m", "flows.cli", "nightly", "--outlet", "saltmarsh_en", "--data-dir", "data")
    with duckdb.connect(str(copy / "data" / "news.duckdb"), read_only=True) as connection:
        rows = connection.execute("select url, headline, byline, published_on::varchar, body like '%Ten things%' from articles").fetchall()
    assert rows == [(f"http://127.0.0.7:{port}{PATH}", "Salt makers wait for dry weather", "By Thazin Moe", "2026-03-02", False)]

    # The saved page is what guards the outlet from then on.
    definition = copy / "crawlers" / "outlets" / "saltmarsh_en.toml"
    definition.write_text(definition.read_text().replace("span.who", "span.nobody"))
    assert "saltmarsh_en/salt-makers: byline" in run(copy, *pytest_words, status=1)
