"""Outlet files: what a right one means, and what is said of wrong ones."""

from datetime import date

import pytest

from crawlers.crawl import needs_contact
from crawlers.outlet import OutletIndex, Source, read_outlets
from warehouse.errors import AskedWrongly
from warehouse.settings import SHIPPED_OUTLETS_DIR

HEAD = 'name = "Example Daily"\nhomepage = "https://www.example.org/"\ncountry = "MM"\nlanguage = "en"\ntime_zone = "Asia/Yangon"\n'
FULL = (
    HEAD
    + """
hosts = ["example.org", "News.example.org:8080"]
enabled = false

[[discover]]
kind = "feed"
url = "https://www.example.org/feed/"

[article]
url_pattern = '^/news/.+'
drop = ["aside.latest", ".related > ul"]
generic_bylines = ["Admin"]

[[fields]]
until = 2021-07-31
byline = "span.author"
date_published = "time::attr(datetime)"

[fetch]
delay_s = 2
connections = 3
timeout_s = 10.5
max_bytes = 2_000_000
allow_addresses = ["127.0.0.0/8"]

[expect]
articles_per_day_min = 1
articles_per_day_max = 60
"""
)


@pytest.fixture
def read(tmp_path):
    def read(**files):
        for name, content in files.items():
            (tmp_path / f"{name}.toml").write_text(content, "utf-8")
        return read_outlets(tmp_path)

    return read


def messages(faults):
    return [str(fault) for fault in faults]


def test_every_key_of_the_contract_is_read(read):
    outlets, faults = read(daily_en=FULL)
    assert faults == ()
    daily = outlets["daily_en"]
    assert (daily.canonical_host, daily.enabled, daily.discover) == ("www.example.org", False, (Source("feed", "https://www.example.org/feed/"),))
    assert (daily.fetch.delay_s, daily.fetch.connections, daily.fetch.timeout_s, daily.fetch.max_bytes) == (2.0, 3, 10.5, 2_000_000)
    assert daily.rules.hosts == ("www.example.org", "example.org", "news.example.org:8080")
    assert [(rules.until, rules.selectors) for rules in daily.rules.fields] == [
        (date(2021, 7, 31), {"byline": "span.author", "date_published": "time::attr(datetime)"})
    ]
    assert (daily.expect.articles_per_day_min, daily.expect.articles_per_day_max, len(daily.definition_sha256)) == (1, 60, 64)


def test_what_is_left_out_has_the_default_of_the_contract(read):
    daily = read(daily_en=HEAD)[0]["daily_en"]
    assert (daily.enabled, daily.discover, daily.fetch.delay_s, daily.fetch.connections, daily.fetch.timeout_s) == (True, (), 5.0, 1, 30)
    assert (daily.fetch.max_bytes, daily.fetch.allow_addresses, daily.article.url_pattern) == (10_485_760, (), None)


def test_all_faults_of_a_file_are_said_at_once_and_its_neighbour_is_read(read):
    wrong = (
        HEAD.replace('"MM"', '"mm"')
        + '[[discover]]\nkind = "feed"\nurl = "https://x.org/"\n[[discover]]\nkind = "sitemaps"\nurl = "x"\n[fetch]\ndelay = 3\n'
    )
    outlets, faults = read(good_en=HEAD, wrong_en=wrong)
    assert list(outlets) == ["good_en"]
    assert [(fault.file, fault.key) for fault in faults] == [
        ("wrong_en.toml", "country"),
        ("wrong_en.toml", "fetch.delay"),
        ("wrong_en.toml", "discover[1].kind"),
        ("wrong_en.toml", "discover[1].url"),
    ]
    assert messages(faults) == [
        'wrong_en.toml: country = "mm" is not a country code. Use two capital letters of ISO 3166-1, such as "MM".',
        'wrong_en.toml: fetch.delay is not a key of an outlet file. Did you mean "delay_s"?',
        'wrong_en.toml: discover[1].kind = "sitemaps" is not a way to find articles. Use feed, sitemap, listing or wordpress.'
        ' Did you mean "sitemap"?',
        'wrong_en.toml: discover[1].url = "x" is not a web address. Write it with http:// or https:// and a host.',
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "part"),
    [
        ('"Asia/Yangon"', '"Asia/Rangon"', "time_zone", "not an IANA time zone"),
        ('"Asia/Yangon"', '"../../etc/passwd"', "time_zone", "not an IANA time zone"),
        ('"en"', '"English"', "language", "not a language tag"),
        ('"https://www.example.org/"', '"file:///etc/passwd"', "homepage", "not a web address"),
        ('name = "Example Daily"\n', "", "name", "name is missing"),
        ("enabled = false", 'enabled = "no"', "enabled", "neither true nor false"),
        ('"example.org", ', '"https://example.org/", ', "hosts", "not a host"),
        ("'^/news/.+'", "'^/news/(.+'", "article.url_pattern", "not a regular expression"),
        ('"aside.latest"', '"aside..latest"', "article.drop", "not a CSS selector"),
        ("2021-07-31", '"2021-07-31"', "fields[0].until", "not a day"),
        ("byline =", "bylines =", "fields[0].bylines", 'Did you mean "byline"?'),
        ("delay_s = 2", "delay_s = -1", "fetch.delay_s", "not a number from 0 to 3600"),
        ("delay_s = 2", "delay_s = true", "fetch.delay_s", "not a number"),
        ("connections = 3", "connections = 1.5", "fetch.connections", "not a whole number"),
        ("max_bytes = 2_000_000", "max_bytes = 1_000_000_000", "fetch.max_bytes", "not a whole number"),
        ('"127.0.0.0/8"', '"127.0.0.1/8"', "fetch.allow_addresses", "not a block of addresses"),
        ("articles_per_day_min = 1", "articles_per_day_min = 99", "expect", "more than articles_per_day_max"),
        ("[article]", "[articles]", "articles", 'Did you mean "article"?'),
        ("[[discover]]", "[discover]", "discover", "[[discover]]"),
        ('name = "Example Daily"', 'name = "Example', "", "line 1"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(read, old, new, key, part):
    assert old in FULL
    outlets, faults = read(daily_en=FULL.replace(old, new, 1))
    assert outlets == {}
    assert [fault.key for fault in faults] == [key]
    assert part in faults[0].message


def test_a_file_name_that_is_no_outlet_id_is_a_fault(read):
    assert "not an outlet id" in messages(read(**{"Daily-EN": HEAD})[1])[0]


def test_a_file_that_is_not_utf_8_is_a_fault(tmp_path):
    (tmp_path / "daily_en.toml").write_bytes(HEAD.replace("Example", "Ex\xe4mple").encode("latin-1"))
    assert "not UTF-8" in str(read_outlets(tmp_path)[1][0])


def test_a_missing_folder_is_an_error_that_names_it(tmp_path):
    with pytest.raises(AskedWrongly, match=r"nowhere: there is no such folder.*--outlets-dir"):
        read_outlets(tmp_path / "nowhere")


def test_the_shipped_definitions_are_right():
    outlets, faults = read_outlets(SHIPPED_OUTLETS_DIR)
    assert faults == ()
    assert {"dmg_en", "dmg_my"} <= set(outlets)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://www.dmediag.com/news/javim.html", "any scheme"),
        ("https://dmediag.com:8443/news/javim.html", "no port in the definition: any port"),
        ("https://MAIL.dmediag.com/news/javim.html", "alias label"),
        ("https://m.dmediag.com./news/javim.html", "alias label, final dot"),
    ],
)
def test_an_outlet_serves_its_hosts_in_every_spelling(url, why):
    assert read_outlets(SHIPPED_OUTLETS_DIR)[0]["dmg_en"].serves(url), why


@pytest.mark.parametrize(
    "url", ["https://dmediag.com.evil.org/news/x.html", "https://notdmediag.com/", "ftp://dmediag.com/", "https://dmediag.com:port/", "/news/x", ""]
)
def test_an_outlet_serves_nothing_else(url):
    assert not read_outlets(SHIPPED_OUTLETS_DIR)[0]["dmg_en"].serves(url)


def test_a_port_in_the_definition_is_part_of_the_host(read):
    local = read(local=HEAD.replace("https://www.example.org/", "http://127.0.0.11:8099/"))[0]["local"]
    assert local.serves("http://127.0.0.11:8099/latest")
    assert not local.serves("http://127.0.0.11:8100/latest")


def test_the_index_finds_outlets_by_host_then_pattern_then_id(read):
    english = HEAD + "[article]\nurl_pattern = '^/en/'\n"
    outlets, faults = read(shared_my=HEAD, shared_en=english, other=HEAD.replace("www.example.org", "other.org"))
    index = OutletIndex(outlets.values())
    found = {
        url: getattr(index.of(url), "outlet_id", None)
        for url in (
            "http://example.org/en/news/1",
            "https://www.example.org/news/1",
            "https://www.other.org/x",
            "https://nobody.org/",
            "mailto:a@b.c",
        )
    }
    assert (faults, list(found.values())) == ((), ["shared_en", "shared_my", "other", None, None])


@pytest.mark.parametrize(
    ("homepage", "extra", "proxy", "expected"),
    [
        ("https://www.example.org/", "", "", True),
        ("http://127.0.0.2:8099/", "", "", False),
        ("http://[::1]:8099/", "", "", False),
        ("http://localhost:8099/", "", "", False),
        ("https://www.example.org/", "", "http://127.0.0.1:8080", False),
        ("https://www.example.org/", "", "http://proxy.example.org:8080", True),
        ("https://www.example.org/", "enabled = false\n", "", True),
        ("http://127.0.0.2:8099/", "enabled = false\n", "", False),
        ("http://127.0.0.2:8099/", 'hosts = ["example.org"]\n', "", True),
    ],
)
def test_a_crawl_that_leaves_the_machine_needs_a_contact(read, homepage, extra, proxy, expected):
    feed = f'[[discover]]\nkind = "feed"\nurl = "{homepage}"\n'
    outlets, _ = read(daily_en=HEAD.replace("https://www.example.org/", homepage) + extra + feed)
    assert needs_contact(outlets.values(), proxy) is expected
