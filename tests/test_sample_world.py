"""The sample world: what it serves, how it differs between the nights, and that its truth agrees with its pages."""

import http.client
import json
import re
import socket
import threading
import time
import tomllib
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from crawlers.sample_world.server import serve
from crawlers.sample_world.stories import OUTLETS_DIR, outlets, stories
from crawlers.sample_world.truth import expected, expected_rejections
from crawlers.sample_world.world import NIGHTS, answer

KALADAN, BURMESE, NAGA = "kaladanshorejournal.example", "kaladanshoreburmese.example", "nagahillspost.example"
BORDERLAND, DELTA, LOWER = "borderlandnetwork.example", "deltaferrynews.example", "lowerrivertimes.example"
RAISED_TOLL = f"http://{KALADAN}/news/kvtrem.html"
REMOVED = f"http://{NAGA}/2026/03/01/families-return-to-loikaw-ward-after-two-years/"
CORRECTED = f"http://{NAGA}/2026/03/01/missing-after-jade-tailings-slide-in-hpakant/"


def get(night, url, **conditions):
    parts = urlsplit(url)
    return answer(night, parts.netloc, parts._replace(scheme="", netloc="").geturl() or "/", **conditions)


def text_of(response):
    return " ".join(html.fromstring(response.body.decode()).text_content().split())


def links_of(response, base):
    """The addresses that a page, feed, sitemap or REST answer names."""
    kind = response.header("Content-Type") or ""
    if "json" in kind:
        posts = json.loads(response.body)
        return [post["link"] for post in posts] if isinstance(posts, list) else []
    if "xml" in kind:
        return [element.text for element in etree.fromstring(response.body).iter("{*}link", "{*}loc")]
    return [urljoin(base, href) for href in html.fromstring(response.body.decode()).xpath("//a/@href")] if "html" in kind else []


def reachable(night):
    """Every address of the sample world that links lead to from what the definitions name, with its answer."""
    definitions = [tomllib.loads(path.read_text(encoding="utf-8")) for path in OUTLETS_DIR.glob("*.toml")]
    todo = [source["url"].replace("{page}", "1") for definition in definitions for source in definition["discover"]]
    todo += [f"http://{NAGA}/wp-json/wp/v2/posts?per_page=3&page={page}" for page in (1, 2)]
    seen = {}
    while todo:
        url = todo.pop()
        if url not in seen:
            seen[url] = get(night, url)
            todo += links_of(seen[url], url)
    return seen


@pytest.mark.parametrize("night", [1, 2])
def test_every_link_answers_except_the_planted_error(night):
    bad = {url: response.status for url, response in reachable(night).items() if response.status != 200}
    assert bad == {f"http://{LOWER}/local/magway-hospital-budget": 503}


@pytest.mark.parametrize("night", [1, 2])
def test_every_article_and_planted_fault_can_be_discovered(night):
    found = {response.body for response in reachable(night).values()}
    wanted = [article.url for article in expected(night) if not article.gone] + [rejection.url for rejection in expected_rejections(night)]
    assert [url for url in wanted if get(night, url).body not in found] == []


@pytest.mark.parametrize("night", [1, 2])
def test_every_expected_word_stands_on_its_page(night):
    for article in expected(night):
        if article.gone:
            assert get(night, article.url).status == 404
            continue
        response = get(night, article.url)
        page = html.fromstring(response.body.decode())
        shown = text_of(response)
        wanted = [article.headline, *article.body, *article.authors, article.newsroom, article.dateline_place, article.source_outlet]
        assert [words for words in wanted if words and words not in shown] == [], article.url
        assert article.body
        assert article.headline in page.findtext(".//title")
        assert page.xpath("//meta[@name='description']/@content") == ([article.description] if article.description else [])


def test_every_page_says_that_it_is_invented():
    pages = [response for response in reachable(2).values() if "html" in response.header("Content-Type")]
    assert len(pages) > 40
    assert all(b"Invented sample content" in page.body for page in pages)


def test_the_same_question_has_the_same_bytes_and_no_real_date():
    for night in (1, 2):
        first, second = reachable(night), reachable(night)
        assert first == second
        assert all(parsedate_to_datetime(response.header("Date")).date() == NIGHTS[night - 1].date() for response in first.values())


def test_an_unknown_night_is_refused():
    with pytest.raises(ValueError, match="nights 1 and 2, not 3"):
        answer(3, KALADAN, "/")


# --- What the second night brings -------------------------------------------------------------------------------------


def test_the_second_night_brings_nine_articles():
    before, after = ({article.url for article in expected(night)} for night in (1, 2))
    assert before < after
    assert (len(before), len(after - before)) == (21, 9)
    assert all(get(1, url).status == 404 for url in after - before)


def test_one_article_is_raised_and_one_corrected():
    second = {article.url: article for article in expected(2) if article.version == 2}
    first = {article.url: article for article in expected(1)}
    assert set(second) == {RAISED_TOLL, CORRECTED}
    assert first[RAISED_TOLL].body[0].startswith("Three civilians were killed and seven others injured")
    assert second[RAISED_TOLL].body[0].startswith("Five civilians were killed and five others injured")
    assert len(second[RAISED_TOLL].body) == len(first[RAISED_TOLL].body) + 1
    assert second[CORRECTED].headline.startswith("Correction: ")
    assert second[CORRECTED].body[0].startswith("Correction: ")


def test_one_page_is_removed_and_linked_nowhere():
    assert (get(1, REMOVED).status, get(2, REMOVED).status) == (200, 404)
    assert [article.url for article in expected(2) if article.gone] == [REMOVED]
    assert not any(REMOVED in links_of(response, url) for url, response in reachable(2).items())


def test_unchanged_articles_stand_beside_other_headlines():
    url = f"http://{KALADAN}/news/parjon.html"
    first, second = (html.fromstring(get(night, url).body.decode()) for night in (1, 2))
    body = "string(//div[@class='com-content-article__body'])"
    assert first.xpath(body) == second.xpath(body)
    assert "The displaced, most of them" in first.xpath(body)
    assert first.xpath("//ul[@class='latestnews']//a/text()") != second.xpath("//ul[@class='latestnews']//a/text()")
    assert next(article.version for article in expected(2) if article.url == url) == 1


def test_copies_repeat_paragraphs_of_an_earlier_article_of_another_outlet():
    articles = {article.url: article for article in expected(2)}
    copies = [article for article in articles.values() if article.copy_of]
    assert len([article for article in expected(1) if article.copy_of]) == 2
    assert len(copies) == 4
    for copy in copies:
        original = articles[copy.copy_of]
        assert copy.body == original.body[: len(copy.body)]
        assert (copy.outlet_id, original.outlet_id) == ("borderland_network", "kaladan_journal_en")
        assert copy.headline != original.headline
        assert ("Source: Kaladan Shore Journal" in text_of(get(2, copy.url))) == (copy.source_outlet is not None)
        assert copy.published_on >= original.published_on
    assert sorted(copy.source_outlet or "" for copy in copies) == ["", "", "Kaladan Shore Journal", "Kaladan Shore Journal"]


# --- What the outlets imitate -----------------------------------------------------------------------------------------


def test_kaladan_pages_hold_the_noise_of_their_kind():
    page = html.fromstring(get(1, f"http://{KALADAN}/news/oqndab.html").body.decode())
    order = [page.xpath(f"count(//{node}/preceding::*)") for node in ("ul[@class='latestnews']", "h1")]
    assert order[0] < order[1]
    assert len(page.xpath("//ul[@class='latestnews']/li")) == 5
    assert page.xpath("string(//p[@class='introtext'])") in page.xpath("//div[@class='com-content-article__body']/p/text()")
    caption = "Weapons and ammunition said to have been taken at the outpost near Ywa Haung Taung. Photo: AA Info Desk"
    assert page.xpath("//figure//text()") == [caption, caption]
    assert page.xpath("//img/@title") == [caption]
    assert page.xpath("//strong/text()") == ["KSJ Newsroom", "2 March 2026, Sittwe"]
    assert page.xpath("string(//div[@class='article-info'])").strip() == "By Admin 02 Mar 2026"


def test_one_article_answers_under_three_host_names():
    bodies = {get(1, f"http://{prefix}{KALADAN}/news/parjon.html").body for prefix in ("", "www.", "mail.")}
    assert len(bodies) == 1


def test_the_burmese_path_answers_raw_and_escaped():
    raw = get(1, f"http://{BURMESE}/သတင်း/annhsan.html")
    assert raw.status == 200
    assert get(1, f"http://{BURMESE}/%e1%80%9e%e1%80%90%e1%80%84%e1%80%ba%e1%80%b8/annhsan.html") == raw
    assert [article.url for article in expected(1) if article.url.endswith("annhsan.html")] == [
        f"http://{BURMESE}/%E1%80%9E%E1%80%90%E1%80%84%E1%80%BA%E1%80%B8/annhsan.html"
    ]
    assert "KSJ ၊ မတ် ၁" in text_of(raw)


def test_listings_end_as_their_systems_do():
    empty = get(1, f"http://{KALADAN}/news?page=9")
    assert empty.status == 200
    assert "No articles." in text_of(empty)
    assert get(1, f"http://{DELTA}/stories.php?page=9").status == 404


def test_one_story_gives_no_day_anywhere():
    undated = [article for article in expected(2) if article.published_on is None]
    assert [article.url for article in undated] == [f"http://{DELTA}/story.php?id=2058"]
    response = get(1, undated[0].url)
    assert response.header("Last-Modified") is None
    assert not re.search(r"20\d\d-|January|February|March", response.body.decode())


def test_all_days_lie_where_a_recheck_on_the_second_night_is_due():
    days = {article.published_on for article in expected(2)} - {None}
    assert (min(days), max(days)) == (date(2026, 2, 28), date(2026, 3, 3))


def test_rest_answers_are_cut_and_counted_as_wordpress_does():
    posts = f"http://{NAGA}/wp-json/wp/v2/posts"
    second = get(1, f"{posts}?per_page=3&page=2")
    assert (second.header("X-WP-Total"), second.header("X-WP-TotalPages")) == ("4", "2")
    assert [post["date_gmt"] for post in json.loads(second.body)] == ["2026-02-28T02:35:00"]
    beyond = get(1, f"{posts}?per_page=3&page=3")
    assert (beyond.status, json.loads(beyond.body)["code"]) == (400, "rest_post_invalid_page_number")
    assert get(1, f"{posts}?per_page=101").status == 400
    assert get(1, f"{posts}?after=yesterday").status == 400


@pytest.mark.parametrize(
    ("window", "slugs"),
    [
        # Without a zone the moment is local: 18:00 in Yangon is before 18:40 there.
        ("after=2026-03-02T18:00:00", ["paramotor-attack-on-kanbalu-monastery-school-kills-two"]),
        ("after=2026-03-01T12:15:00&before=2026-03-02T00:00:00", ["families-return-to-loikaw-ward-after-two-years"]),
        ("after=2026-03-02T12:00:00Z", ["paramotor-attack-on-kanbalu-monastery-school-kills-two"]),
        ("after=2026-03-02T18:30:00+06:30", ["paramotor-attack-on-kanbalu-monastery-school-kills-two"]),
        ("before=2026-02-28T00:00:00", []),
    ],
)
def test_rest_windows_leave_out_their_ends(window, slugs):
    response = get(1, f"http://{NAGA}/wp-json/wp/v2/posts?{window}&_fields=slug")
    assert json.loads(response.body) == [{"slug": slug} for slug in slugs]


def test_feed_days_in_gmt_differ_from_the_local_day_for_some():
    root = etree.fromstring(get(1, f"http://{BORDERLAND}/rss.xml").body)
    in_gmt = {item.findtext("link"): parsedate_to_datetime(item.findtext("pubDate")).date() for item in root.iter("item")}
    local = {article.url: article.published_on for article in expected(1)}
    differing = [url.rpartition("/")[2] for url, day in in_gmt.items() if day != local[url]]
    assert differing == ["displaced-ann-face-hunger-pass-road-stays-closed"]


def test_a_node_number_leads_to_the_article():
    moved = get(1, f"http://{BORDERLAND}/en/node/11490")
    assert (moved.status, moved.header("Location")) == (301, f"http://{BORDERLAND}/en/news/outpost-above-kyaukphyu-road-falls-arakan-army")
    assert get(1, f"http://{BORDERLAND}/en/node/0").status == 404


def test_robots_files():
    assert get(1, f"http://{DELTA}/robots.txt").status == 404
    assert b"Disallow: /private/" in get(1, f"http://{LOWER}/robots.txt").body
    assert all(get(1, f"{outlet.homepage}robots.txt").status == 200 for outlet in outlets().values() if outlet.robots)


def test_planted_faults():
    slow = get(1, f"http://{LOWER}/local/sandbanks-stop-barges")
    assert (slow.status, slow.delay_s) == (200, 6.0)
    assert tomllib.loads((OUTLETS_DIR / "lower_river_times.toml").read_text())["fetch"]["timeout_s"] == 2
    soft = get(1, f"http://{LOWER}/local/pauk-market-reopens")
    assert soft.status == 200
    assert "Page not found" in text_of(soft)
    assert "Sign in to read the whole story." in text_of(get(1, f"http://{LOWER}/local/gold-shops-close"))
    assert {(rejection.stage, rejection.reason) for rejection in expected_rejections(2)} == {
        ("fetch", "http_503"),
        ("fetch", "timeout"),
        ("fetch", "robots_disallowed"),
        ("extract", "soft_404"),
        ("extract", "too_short"),
    }


def test_unchanged_pages_and_feeds_are_answered_with_304():
    for url in (f"http://{BORDERLAND}/en/news/outpost-above-kyaukphyu-road-falls-arakan-army", f"http://{LOWER}/rss", f"http://{NAGA}/feed/"):
        first = get(1, url)
        again = get(1, url, if_none_match=f'"other", W/{first.header("ETag")}')
        assert (again.status, again.body, again.header("ETag")) == (304, b"", first.header("ETag"))
        assert get(1, url, if_modified_since=first.header("Last-Modified")).status == 304
        # The tag outranks the date.
        assert get(1, url, if_none_match='"other"', if_modified_since=first.header("Last-Modified")).status == 200
        assert get(1, url, if_modified_since="last night").status == 200


def test_validators_hold_over_the_night_for_pages_but_not_for_feeds_with_news():
    for path, status in (("/en/news/outpost-above-kyaukphyu-road-falls-arakan-army", 304), ("/rss.xml", 200)):
        url = f"http://{BORDERLAND}{path}"
        assert get(2, url, if_none_match=get(1, url).header("ETag")).status == status


def test_definitions_hold_only_the_keys_of_the_contract():
    top = {"name", "homepage", "country", "language", "time_zone", "hosts", "enabled", "discover", "article", "fields", "fetch", "expect"}
    inner = {
        "article": {"url_pattern", "drop", "generic_bylines"},
        "fetch": {"delay_s", "connections", "timeout_s", "max_bytes", "allow_addresses"},
    }
    files = sorted(OUTLETS_DIR.glob("*.toml"))
    assert [file.stem for file in files] == sorted(outlets())
    for file in files:
        definition = tomllib.loads(file.read_text(encoding="utf-8"))
        assert definition.keys() <= top
        assert all(definition.get(table, {}).keys() <= keys for table, keys in inner.items())
        assert all(source.keys() == {"kind", "url"} for source in definition["discover"])
        assert {source["kind"] for source in definition["discover"]} <= {"feed", "sitemap", "listing", "wordpress"}
        assert all(host.endswith(".example") for host in (urlsplit(definition["homepage"]).netloc, *definition.get("hosts", ())))


def test_article_addresses_fit_their_patterns_and_lists_do_not():
    for outlet_id, outlet in outlets().items():
        pattern = tomllib.loads((OUTLETS_DIR / f"{outlet_id}.toml").read_text(encoding="utf-8"))["article"]["url_pattern"]
        mine = [story for story in stories().values() if story.outlet is outlet]
        assert all(re.search(pattern, story.path) for story in mine)
        assert not any(re.search(pattern, path) for path in ("/", "/about", *outlet.routes))


# --- The server -------------------------------------------------------------------------------------------------------


def ask(connection, target, headers=None, method="GET"):
    connection.request(method, target, headers=headers or {})
    response = connection.getresponse()
    return response, response.read()


@pytest.fixture
def server():
    with serve() as running:
        yield running


@pytest.fixture
def connection(server):
    opened = http.client.HTTPConnection(urlsplit(server.proxy_url).netloc, timeout=10)
    yield opened
    opened.close()


def test_the_proxy_answers_absolute_and_origin_form(server, connection):
    response, absolute = ask(connection, RAISED_TOLL, {"User-Agent": "Nightdesk test"})
    assert response.status == 200
    assert absolute == get(1, RAISED_TOLL).body
    assert response.headers.get_all("Date") == ["Mon, 02 Mar 2026 19:00:30 GMT"]
    _, origin = ask(connection, "/news/kvtrem.html", {"Host": KALADAN})
    assert origin == absolute
    first = server.requests[0]
    assert (first.night, first.method, first.host, first.path, first.status, first.user_agent) == (
        1, "GET", KALADAN, "/news/kvtrem.html", 200, "Nightdesk test",
    )  # fmt: skip


def test_the_proxy_keeps_the_query_and_its_connection(server, connection):
    for page in (1, 2):
        _, body = ask(connection, f"http://{DELTA}/stories.php?page={page}")
        assert body == get(1, f"http://{DELTA}/stories.php?page={page}").body
    assert [request.path for request in server.requests] == ["/stories.php?page=1", "/stories.php?page=2"]


def test_the_night_may_change_while_the_proxy_runs(server, connection):
    server.night = 2
    _, body = ask(connection, RAISED_TOLL)
    assert body == get(2, RAISED_TOLL).body != get(1, RAISED_TOLL).body
    assert server.requests[0].night == 2


def test_the_proxy_passes_conditions_on_and_sends_no_body_with_304_and_head(connection):
    url = f"http://{BORDERLAND}/rss.xml"
    response, _ = ask(connection, url)
    tag = response.headers["ETag"]
    not_modified, body = ask(connection, url, {"If-None-Match": tag})
    assert (not_modified.status, body, not_modified.headers["ETag"]) == (304, b"", tag)
    head, body = ask(connection, url, method="HEAD")
    assert (head.status, body) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000


def test_a_foreign_host_and_a_tunnel_are_refused(connection):
    assert ask(connection, "http://www.example.org/")[0].status == 502
    assert ask(connection, "nagahillspost.example:443", method="CONNECT")[0].status == 501


def test_clients_that_hang_up_are_survived_in_silence(server, connection, capfd):
    address = ("127.0.0.1", int(server.proxy_url.rpartition(":")[2]))
    for target in (RAISED_TOLL, f"http://{LOWER}/local/sandbanks-stop-barges"):
        rude = socket.create_connection(address)
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
        rude.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        rude.close()
    assert ask(connection, RAISED_TOLL)[0].status == 200
    assert capfd.readouterr() == ("", "")


def test_nothing_is_left_of_a_stopped_server_even_in_the_middle_of_the_slow_page(capfd):
    before = set(threading.enumerate())
    with serve() as running:
        address = ("127.0.0.1", int(running.proxy_url.rpartition(":")[2]))
        idle, waiting = socket.create_connection(address), socket.create_connection(address)
        waiting.sendall(f"GET http://{LOWER}/local/sandbanks-stop-barges HTTP/1.1\r\n\r\n".encode())
        while not running.requests:
            time.sleep(0.01)
    assert set(threading.enumerate()) <= before
    assert (idle.recv(10), waiting.recv(10)) == (b"", b"")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    idle.close()
    waiting.close()
    assert capfd.readouterr() == ("", "")
