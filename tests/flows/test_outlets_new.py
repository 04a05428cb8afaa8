"""`nightdesk outlets new URL`: invented sites of several kinds, looked at through a loopback proxy or on loopback itself."""

import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ALLOW_ALL = b"User-agent: *\nAllow: /\n"
BURMESE = ["ကုလားတန်မြစ်ကူးတံတား ပြန်ဖွင့်", "စပါးဈေး ယခုအပတ် ထပ်မံမြင့်တက်", "ကျောက်တော်စာသင်ကျောင်း ပြန်လည်ဖွင့်လှစ်", "ဆေးရုံသစ် ဆောက်လုပ်ရေး စတင်",
           "လယ်သမားများ မျိုးစပါး လိုအပ်နေ", "မိုးသည်းထန်စွာ ရွာနိုင်ဟု သတိပေး"]


# ---------------------------------------------------------------- servers


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host = parts.netloc or self.headers["Host"]
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.server.asked.append((host, path))
        sites = self.server.sites
        status, headers, body = page_of(sites.get(host, sites.get("*", {})), path)
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def page_of(site: dict, path: str) -> tuple[int, dict, bytes]:
    """A page as a site has it: bytes or text, an int for a status, an address for a redirect to it."""
    page = site.get(path, 404)
    if isinstance(page, int):
        return page, {}, b"<html><title>no</title></html>"
    if isinstance(page, str) and page.startswith("-> "):
        return 301, {"Location": page.removeprefix("-> ")}, b""
    body = page.encode() if isinstance(page, str) else page
    return 200, {"Content-Type": "text/html; charset=utf-8" if body.lstrip().startswith(b"<") else "text/plain"}, body


@contextmanager
def serving(sites: dict, address: str = "127.0.0.1"):
    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    server.sites, server.asked = sites, []
    server.base = f"http://{address}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def nightdesk(*words, folder: Path, **env: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    (folder / "outlets").mkdir(exist_ok=True)
    environment |= {"NIGHTDESK_NOW": NOW.isoformat(), "NIGHTDESK_OUTLETS_DIR": str(folder / "outlets"), "NIGHTDESK_DATA_DIR": str(folder / "data")} | env
    done = subprocess.run([sys.executable, "-m", "flows.cli", *map(str, words)], capture_output=True, text=True, timeout=120, env=environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def look(sites: dict, url: str, folder: Path, *words: str) -> tuple[subprocess.CompletedProcess, list[tuple[str, str]]]:
    """`outlets new` through a proxy that answers for the sites, and what the proxy was asked."""
    with serving(sites) as server:
        done = nightdesk("outlets", "new", url, *words, folder=folder, NIGHTDESK_PROXY_URL=server.base)
    return done, server.asked


def written(folder: Path, outlet_id: str) -> tuple[dict, str]:
    text = (folder / "outlets" / f"{outlet_id}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text), text


def sources(definition: dict) -> list[tuple[str, str]]:
    return [(source["kind"], source["url"]) for source in definition.get("discover", [])]


# ---------------------------------------------------------------- invented sites


def html(title: str, body: str, *, head: str = "", lang: str = "en") -> str:
    return f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{body}</body></html>'


def links(pairs) -> str:
    return "".join(f'<h3><a href="{url}">{text}</a></h3>' for url, text in pairs)


def rss(base: str, pairs, newest: datetime, zone: str = "+0000") -> str:
    hours = int(zone[:3]) + int(zone[0] + zone[3:]) / 60
    items = "".join(
        f"<item><title>{title}</title><link>{base}{path}</link><pubDate>"
        f"{format_datetime(newest - timedelta(hours=9 * n) + timedelta(hours=hours)).replace('+0000', zone)}</pubDate></item>"
        for n, (path, title) in enumerate(pairs)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><link>{base}</link>{items}</channel></rss>'


def urlset(base: str, paths, day: str) -> str:
    rows = "".join(f"<url><loc>{base}{path}</loc><lastmod>{day}</lastmod></url>" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def wordpress() -> dict:
    """Feed, REST interface and sitemap index; the bare host leads to www."""
    base = "http://www.lemropost.example"
    stories = [(f"/2026/11/{20 - n // 2:02d}/ferry-and-market-news-number-{n}/", f"Ferry and market news number {n}") for n in range(12)]
    posts = [{"link": base + path, "date": f"2026-11-{20 - n // 2:02d}T18:00:00", "date_gmt": f"2026-11-{20 - n // 2:02d}T11:30:00",
              "modified_gmt": f"2026-11-{20 - n // 2:02d}T11:30:00", "title": {"rendered": title}} for n, (path, title) in enumerate(stories)]
    head = (f'<meta name="generator" content="WordPress 6.8.3"><meta property="og:site_name" content="Lemro Post">'
            f'<link rel="alternate" type="application/rss+xml" title="Lemro Post" href="{base}/feed/">'
            f'<link rel="alternate" type="application/rss+xml" title="Comments" href="{base}/comments/feed/">'
            f'<link rel="https://api.w.org/" href="{base}/wp-json/">')
    nav = links([("/category/news/", "News"), ("/category/opinion/", "Opinion"), ("/about-us/", "About"),
                 ("http://burmese.lemropost.example/", "မြန်မာ"), ("https://social.example/lemropost", "Follow")])
    query = "per_page=100&page=1&_fields=link%2Cdate%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    index = (f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{base}/category-sitemap.xml</loc>'
             f"<lastmod>2026-11-21</lastmod></sitemap><sitemap><loc>{base}/post-sitemap.xml</loc><lastmod>2026-01-01</lastmod></sitemap>"
             f"<sitemap><loc>{base}/post-sitemap2.xml</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>")
    return {
        "lemropost.example": {"/": f"-> {base}/", "/robots.txt": ALLOW_ALL},
        "www.lemropost.example": {
            "/robots.txt": f"User-agent: *\nDisallow: /wp-admin/\nCrawl-delay: 0.1\n\nSitemap: {base}/sitemap_index.xml\n",
            "/": html("Home | Lemro Post - News of the river", nav + links(stories[:8]), head=head, lang="en-US"),
            "/feed/": rss(base, stories[:10], datetime(2026, 11, 20, 12, tzinfo=UTC)),
            f"/wp-json/wp/v2/posts?{query}": json.dumps(posts),
            "/sitemap_index.xml": index,
            "/post-sitemap2.xml": urlset(base, [path for path, _ in stories], "2026-11-20"),
        },
    }


def drupal() -> dict:
    """A feed and a sitemap that stood still three years ago, overviews whose second page is ?page=1, and dates of Myanmar."""
    base, node = "http://hillnews.example", "/en/news/{}"
    titles = [f"village-road-repaired-after-{word}-months" for word in ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")]
    old = [(node.format(f"older-story-of-the-hills-{n}"), f"Older story of the hills {n}") for n in range(6)]
    nav = links([("/en/news", "News"), ("/en/features", "Features"), ("/en/about-us", "About us")])

    def page(some, title="News | Hill News"):
        pager = '<a href="?page=1">next</a><a href="?page=2">last</a>'
        return html(title, nav + links((node.format(slug), slug.replace("-", " ").capitalize()) for slug in some) + pager)

    head = '<meta name="Generator" content="Drupal 7 (http://drupal.org)"><link rel="alternate" type="application/rss+xml" href="/en/rss.xml">'
    return {"hillnews.example": {
        "/robots.txt": "User-agent: *\nCrawl-delay: 0.05\nDisallow: /admin/\n",
        "/": html("Hill News", nav + links((node.format(slug), slug.replace("-", " ").capitalize()) for slug in titles[:3]), head=head),
        "/en/rss.xml": rss(base, old, datetime(2023, 11, 10, 6, tzinfo=UTC), "+0630"),
        "/sitemap.xml": urlset(base, [path for path, _ in old], "2023-11-10"),
        "/en/news": page(titles[:4]), "/en/news?page=1": page(titles[4:8]), "/en/news?page=2": page(titles[8:] + [f"last-of-the-list-{n}" for n in range(3)]),
        "/en/features": html("Features", nav + links((node.format(slug), slug.replace("-", " ")) for slug in titles[:3])),
    }}


def burmese() -> dict:
    """No feed, no sitemap, no system: overviews with /page/N/, an English page frame and Burmese headlines."""
    def story(n):
        return f"/သတင်း/{1000 + n}-{BURMESE[n % 6].replace(' ', '-')}.html", f"{BURMESE[n % 6]} {n}"

    nav = links([("/သတင်း/", "သတင်း"), ("/ဆောင်းပါး/", "ဆောင်းပါး"), ("/about", "About"), ("/contact", "Contact")])
    return {"kyun.com.mm": {
        "/": html("Kyun Thadin | ကျွန်းသတင်း", nav + links(story(n) for n in range(4))),
        quoted("/သတင်း/"): html("သတင်း", nav + links(story(n) for n in range(8))),
        quoted("/သတင်း/") + "page/2/": html("သတင်း", nav + links(story(n) for n in range(8, 16))),
        quoted("/သတင်း/") + "?page=2": html("သတင်း", nav + links(story(n) for n in range(8))),  # a parameter that is not known changes nothing
        quoted("/ဆောင်းပါး/"): html("ဆောင်းပါး", nav + links(story(n) for n in range(4))),
    }}


def quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def joomla() -> dict:
    """A feed only under Joomla's own address, and a hostile title."""
    stories = [(f"/news/{3100 + n}-fishermen-return-to-port-{n}", f"Fishermen return to port {n}") for n in range(9)]
    base = "http://www.portpaper.example"
    title = 'Port &quot;Paper&quot; \\ &#10;enabled = false&#10;[fetch]&#10;delay_s = 0'
    nav = links([("/news", "News"), ("/index.php?option=com_content&amp;view=category&amp;id=9", "All")])
    head = '<meta name="generator" content="Joomla! - Open Source Content Management&#10;delay_s = 0"><meta property="og:site_name" content="' + title + '">'
    return {"www.portpaper.example": {
        "/robots.txt": ALLOW_ALL, "/": html("x", nav + links(stories), head=head, lang='en"\nx = 1'),
        "/?format=feed&type=rss": rss(base, stories, datetime(2026, 11, 21, tzinfo=UTC), "+0700"),
    }}


# ---------------------------------------------------------------- what is found


def test_a_wordpress_site_gives_feed_sitemap_and_rest_interface(tmp_path):
    done, asked = look(wordpress(), "http://lemropost.example/", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    definition, text = written(tmp_path, "lemropost_en")
    base = "http://www.lemropost.example"
    assert sources(definition) == [("feed", f"{base}/feed/"), ("sitemap", f"{base}/sitemap_index.xml"), ("wordpress", f"{base}/")]
    assert [definition[key] for key in ("name", "homepage", "language")] == ["Lemro Post", f"{base}/", "en"]
    # 18:00 there is 11:30 UTC: half past six is Myanmar's time only.
    assert [definition[key] for key in ("country", "time_zone")] == ["MM", "Asia/Yangon"]
    assert "# 10 articles, the newest of 2026-11-20. Looked at on 2026-11-22." in text
    assert "burmese.lemropost.example (1 link)" in text
    assert "WordPress 6.8.3" in text
    assert f"counted in the newest, {base}/post-sitemap2.xml" in " ".join(text.split("\n# "))
    assert ("www.lemropost.example", "/comments/feed/") not in asked
    # robots.txt and home page of both hosts, feed, index, its newest part, REST: each asked once.
    assert len(asked) == len(set(asked)) == 8
    assert "8 requests were sent (at most 25)." in done.stdout
    assert done.stdout.splitlines()[-2:] == [
        f"  nightdesk inspect {base}/2026/11/20/ferry-and-market-news-number-0/ --outlet lemropost_en", "  nightdesk nightly --outlet lemropost_en",
    ]
    pattern = definition["article"]["url_pattern"]
    assert pattern == "^/[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}/[^/]+/$"
    assert nightdesk("outlets", "check", folder=tmp_path).returncode == 0
    assert [path.name for path in (tmp_path / "outlets").iterdir()] == ["lemropost_en.toml"]


def test_stale_sources_are_left_out_with_the_reason_and_overviews_take_their_place(tmp_path):
    done, asked = look(drupal(), "http://hillnews.example", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    definition, text = written(tmp_path, "hillnews_en")
    # Drupal calls the second page 1, and {page} begins at 1: the first page is a source of its own.
    assert sources(definition) == [("listing", "http://hillnews.example/en/news"), ("listing", "http://hillnews.example/en/news?page={page}")]
    assert '# url = "http://hillnews.example/en/rss.xml"' in text
    assert definition["article"]["url_pattern"] == "^/en/(?:features|news)/[^/]+$"
    assert "# Left out: 6 articles, the newest of 2023-11-10. The newest is older than 60 days" in text
    assert [definition[key] for key in ("country", "time_zone")] == ["MM", "Asia/Yangon"]
    assert len(asked) <= 25
    assert len(asked) == len(set(asked))


def test_a_site_with_overviews_only_and_burmese_headlines_is_burmese(tmp_path):
    done, asked = look(burmese(), "http://kyun.com.mm/", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    definition, text = written(tmp_path, "kyun_my")
    assert sources(definition) == [("listing", "http://kyun.com.mm" + quoted("/သတင်း/") + "page/{page}/")]
    assert [definition[key] for key in ("country", "language", "time_zone")] == ["MM", "my", "Asia/Yangon"]
    assert "CHECK: From the letters of the headlines (Myanmar script), although <html lang> says en" in " ".join(text.split("\n# "))
    assert "No feed was found." in text
    assert "No sitemap was found." in text
    assert "There is no robots.txt." in text
    # Articles of the second section were not seen; the site names it beside the first.
    assert definition["article"]["url_pattern"] == r"^/(?:ဆောင်းပါး|သတင်း)/[^/]+\.html$"
    assert len(asked) <= 25


def test_joomla_keeps_its_feed_at_an_address_of_its_own_and_a_hostile_title_adds_no_key(tmp_path):
    done, asked = look(joomla(), "http://www.portpaper.example/", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    definition, text = written(tmp_path, "portpaper_en")
    assert sources(definition) == [("feed", "http://www.portpaper.example/?format=feed&type=rss")]
    assert set(definition) == {"name", "homepage", "country", "language", "time_zone", "discover", "article", "fetch"}
    assert definition["name"] == 'Port "Paper" \\ enabled = false [fetch] delay_s = 0'
    assert definition["fetch"] == {"delay_s": 5.0}
    assert asked[2] == ("www.portpaper.example", "/?format=feed&type=rss")  # the likeliest address first
    # +07:00 is the time of several countries: an offset is no country.
    assert [definition[key] for key in ("country", "time_zone")] == ["ZZ", "Etc/GMT-7"]
    assert "CHECK" in text
    assert "country, time_zone" in done.stdout


def test_a_site_without_any_source_gets_a_definition_that_is_not_enabled(tmp_path):
    done, asked = look({"quiet.example": {"/robots.txt": ALLOW_ALL, "/": html("Quiet", "<p>Soon.</p>")}}, "http://quiet.example/", tmp_path)
    assert done.returncode == 1
    definition, _ = written(tmp_path, "quiet_en")
    assert definition["enabled"] is False
    assert "discover" not in definition
    assert len(asked) <= 25


# ---------------------------------------------------------------- not asked, not written


@pytest.mark.parametrize(
    ("site", "said", "asked_at_most"),
    [
        ({"/robots.txt": b"User-agent: *\nDisallow: /\n", "/": html("x", "")}, "robots.txt forbids", 1),
        ({"/robots.txt": 403 + 100, "/": html("x", "")}, "robots.txt cannot be read", 3),
        ({"/robots.txt": b"User-agent: *\nCrawl-delay: 4000\n", "/": html("x", "")}, "longer pauses than a run can keep", 1),
        ({"/robots.txt": ALLOW_ALL, "/": 403}, "refuses to be asked (http_403)", 2),
        ({"/robots.txt": ALLOW_ALL, "/": 404}, "did not answer with a page", 2),
        ({"/robots.txt": ALLOW_ALL, "/": b""}, "does not lead to a page", 2),
        ({"/robots.txt": ALLOW_ALL, "/": "-> http://10.1.2.3/"}, "private network", 2),
    ],
    ids=["forbidden", "robots 503", "long delay", "blocked", "gone", "empty", "redirect to a private address"],
)
def test_a_site_that_may_not_or_cannot_be_looked_at_gives_no_file(tmp_path, site, said, asked_at_most):
    done, asked = look({"shut.example": site}, "http://shut.example/", tmp_path)
    assert done.returncode == 1
    assert said in done.stdout
    assert "Nothing was written." in done.stdout
    assert list((tmp_path / "outlets").iterdir()) == []
    assert len(asked) <= asked_at_most
    assert not {path for _, path in asked} - {"/robots.txt", "/"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["https://www.example.org/"], "NIGHTDESK_CONTACT is not set"),
        (["www.example.org"], "Write it like https://www.example.org"),
        (["ftp://example.org/"], "http:// or https://"),
        (["http://user:secret@127.0.0.1/"], "user name"),
        (["http://127.0.0.1:9/", "--id", "No Id"], "not an outlet id"),
        (["http://127.0.0.1:9/", "--id", "taken_en"], "not overwritten"),
        ([], "Name the site"),
    ],
)
def test_what_was_asked_wrongly_ends_with_status_2_before_anything_is_sent(tmp_path, words, said):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "taken_en.toml").write_text("mine")
    done = nightdesk("outlets", "new", *words, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "secret" not in done.stderr
    assert (tmp_path / "outlets" / "taken_en.toml").read_text() == "mine"


def test_options_of_new_do_not_go_with_the_other_actions(tmp_path):
    assert nightdesk("outlets", "list", "--dry-run", folder=tmp_path).returncode == 2


def test_a_name_that_is_taken_is_never_overwritten(tmp_path):
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "portpaper_en.toml").write_text("mine")
    done, _ = look(joomla(), "http://www.portpaper.example/", tmp_path)
    assert done.returncode == 2
    assert "--id" in done.stderr
    assert (tmp_path / "outlets" / "portpaper_en.toml").read_text() == "mine"
    assert [path.name for path in (tmp_path / "outlets").iterdir()] == ["portpaper_en.toml"]


def test_a_dry_run_prints_the_definition_and_writes_nothing(tmp_path):
    done, _ = look(joomla(), "http://www.portpaper.example/", tmp_path, "--dry-run", "--id", "port_en")
    assert done.returncode == 0
    assert tomllib.loads(done.stdout)["homepage"] == "http://www.portpaper.example/"
    assert list((tmp_path / "outlets").iterdir()) == []


def test_json_gives_the_findings(tmp_path):
    done, asked = look(joomla(), "http://www.portpaper.example/", tmp_path, "--json")
    found = json.loads(done.stdout)
    assert [found[key] for key in ("outlet_id", "state", "requests", "exit_status")] == ["portpaper_en", "looked", len(asked), 0]
    assert found["sources"][0] == {"kind": "feed", "url": "http://www.portpaper.example/?format=feed&type=rss", "state": "good", "articles": 9,
                                   "newest": "2026-11-21", "detail": None}
    assert found["unsure"] == ["country", "time_zone"]
    assert done.stderr == ""


def test_no_more_than_25_requests_are_sent(tmp_path):
    feeds = "".join(f'<link rel="alternate" type="application/rss+xml" href="/f{n}">' for n in range(30))
    maps = "".join(f"Sitemap: http://www.endless.example/s{n}.xml\n" for n in range(30))
    sections = ["/alpha", "/beta", "/gamma", "/delta"]
    site = {"/": html("Endless", links((path, "s") for path in sections), head=feeds), "/robots.txt": f"User-agent: *\nAllow: /\n{maps}"}
    site |= {path: html("s", links((f"{path}/story-number-{n}", f"Story number {n} of a long day") for n in range(5))) for path in sections}
    site |= {f"/s{n}.xml": f"<sitemapindex><sitemap><loc>http://www.endless.example/p{n}.xml</loc></sitemap></sitemapindex>" for n in range(30)}
    sites = {"www.endless.example": site, "endless.example": {"/": "-> http://www.endless.example/", "/robots.txt": ALLOW_ALL}}
    done, asked = look(sites, "http://endless.example/", tmp_path)
    assert done.returncode == 0
    assert len(asked) == 25
    assert "Not everything was looked at: 25 requests were sent" in done.stdout


# ---------------------------------------------------------------- on this machine


def loopback_site(base: str) -> dict:
    stories = [(f"/news/rain-over-the-delta-{n}.html", f"Rain over the delta {n}") for n in range(6)]
    text = "Rain fell on the delta for three days, and the ferry to the island did not sail. The harbour office said it would wait. " * 6
    pages = {path: html(title, f"<article><h1>{title}</h1><p>{text}{n}</p></article>") for n, (path, title) in enumerate(stories)}
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel="alternate" type="application/rss+xml" href="http://{}/">'
    return {"*": pages | {
        "/robots.txt": ALLOW_ALL, "/feed.xml": rss(base, stories, datetime(2026, 11, 21, tzinfo=UTC)),
        "/": html("Delta Daily", links(stories), head=feed.format("other.example") + feed.format("127.0.0.9:9")),
    }}


def test_a_site_of_this_machine_is_looked_at_without_leaving_it_and_a_night_of_it_loads_its_articles(tmp_path):
    with serving({}, "127.0.0.5") as server:
        server.sites = loopback_site(server.base)
        done = nightdesk("outlets", "new", server.base, "--id", "delta_en", folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        definition, text = written(tmp_path, "delta_en")
        assert definition["fetch"] == {"delay_s": 5.0, "allow_addresses": ["127.0.0.0/8"]}
        assert sources(definition) == [("feed", f"{server.base}/feed.xml")]
        assert "other.example is not on this machine" in " ".join(text.split("\n# "))
        assert "Not read (address_refused: 127.0.0.9 is not a public address" in " ".join(text.split("\n# "))
        path = tmp_path / "outlets" / "delta_en.toml"
        path.write_text(text.replace("delay_s = 5.0", "delay_s = 0"))
        night = nightdesk("nightly", "--outlet", "delta_en", folder=tmp_path)
        assert night.returncode == 0, night.stdout + night.stderr
    with duckdb.connect(str(tmp_path / "data" / "news.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from articles where outlet_id = 'delta_en'").fetchone() == (6,)
    shutil.rmtree(tmp_path / "data")
