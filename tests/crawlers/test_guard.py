"""Addresses that may be asked, packed bodies, robots.txt and pauses: the small decisions behind the crawl."""

import gzip
import zlib
from datetime import UTC, datetime
from ipaddress import ip_address

import brotli
import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from scrapy.spiders import Spider

from crawlers.addresses import is_allowed, literal_address, networks_of
from crawlers.failures import FetchFailed
from crawlers.guard import ALLOWED, AddressGuard, GuardedResolver
from crawlers.patience import retry_after_s
from crawlers.robots import answer_of
from crawlers.wire import unpacked

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[fe80::1%25eth0]", "fe80::1"),
        (PUBLIC, PUBLIC),
    ],
)
def test_every_spelling_of_an_address_is_seen(host, address):
    assert literal_address(host) == ip_address(address)


@pytest.mark.parametrize("host", ["www.daily.example", "10.example.org", "1.2.3.4.5", "99999999999", "fe80.example"])
def test_names_are_no_addresses(host):
    assert literal_address(host) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fc00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:db8::1",
        "192.0.2.1",
    ],
)
def test_private_addresses_are_refused(address):
    assert not is_allowed(ip_address(address), ())


def test_public_addresses_and_allowed_blocks_are_not():
    assert is_allowed(ip_address(PUBLIC), ())
    assert is_allowed(ip_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c"), ())
    assert is_allowed(ip_address("127.0.0.9"), networks_of(["127.0.0.0/8"]))
    assert not is_allowed(ip_address("10.0.0.9"), networks_of(["127.0.0.0/8", "::/0"]))


def guard_with(**settings):
    return AddressGuard(Crawler(Spider, Settings(settings)))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "as it is usually written"),
        ("http://2130706433/", "as one number"),
        ("http://0x7f.0.0.1/", "with hexadecimal parts"),
        ("http://0177.1/", "with octal and missing parts"),
        ("http://127.0.0.1./", "with a dot at the end"),
        ("http://good.example@127.0.0.1/", "behind a user name that looks like a host"),
        ("http://user:secret@10.0.0.1:8080/", "behind a user and a password"),
        ("http://\uff11\uff12\uff17.0.0.1/", "in the wide digits of East Asian fonts"),
        ("http://127\u30020\u30020\u30021/", "with ideographic full stops"),
        ("http://[::1]/", "as IPv6"),
        ("http://[::ffff:127.0.0.1]/", "as IPv4 inside of IPv6"),
        ("http://[::ffff:7f00:1]/", "the same in hexadecimal digits"),
        ("http://[64:ff9b::a00:1]/", "as IPv4 behind NAT64"),
        ("http://[fe80::1%25eth0]/", "of the own link, with its zone"),
        ("http://0/", "the machine itself, in one digit"),
    ],
)
def test_a_private_address_is_refused_however_it_is_written(url, why):
    with pytest.raises(FetchFailed) as failed:
        guard_with().process_request(Request(url))
    assert failed.value.reason == "address_refused", why


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "data:text/plain,x", "s3://bucket/x"])
def test_other_schemes_are_refused(url):
    with pytest.raises(FetchFailed) as failed:
        guard_with().process_request(Request(url))
    assert failed.value.reason == "scheme_refused"


def resolved(name):
    """(address or None, error or None) of a name, as the connection gets it."""
    found, errors = [], []
    GuardedResolver(None, 10, 1.0).getHostByName(name).addCallbacks(found.append, errors.append)
    return (found or [None])[0], (errors or [None])[0]


def test_a_name_is_checked_at_each_connection_and_by_what_it_stands_for_then():
    guard_with().process_request(Request("http://rebinds.example/"))
    dnscache["rebinds.example"] = PUBLIC
    assert resolved("rebinds.example")[0] == PUBLIC
    dnscache["rebinds.example"] = "10.0.0.1"
    address, error = resolved("rebinds.example")
    assert (address, "not a public address" in str(error)) == (None, True)
    assert ALLOWED.refused["rebinds.example"] == "10.0.0.1"


def test_an_address_that_only_the_network_library_sees_is_refused_at_the_connection():
    # No middleware has looked at it: the two may read the same URL differently.
    assert resolved("127.0.0.66")[0] is None
    assert resolved(PUBLIC)[0] == PUBLIC


def test_the_proxy_of_the_user_may_lie_in_a_private_network():
    guard_with(PROXY_URL="http://proxy.home.example:3128")
    dnscache["proxy.home.example"] = "192.168.1.1"
    assert resolved("proxy.home.example")[0] == "192.168.1.1"


PAGE = b"<html>" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (PAGE, ""),
        (gzip.compress(PAGE), "gzip"),
        (gzip.compress(PAGE), "X-GZIP"),
        (zlib.compress(PAGE), "deflate"),
        (zlib.compress(PAGE)[2:-4], "deflate"),
        (brotli.compress(PAGE), "br"),
        (gzip.compress(brotli.compress(PAGE)), "br, gzip"),
        (PAGE, "gzip"),
        (PAGE, "br"),
        (PAGE, "deflate"),
        (gzip.compress(PAGE) + b"\0", "gzip"),
    ],
)
def test_bodies_are_unpacked(body, encodings):
    assert unpacked(body, encodings, 100_000) == PAGE


@pytest.mark.parametrize(
    ("body", "encodings", "reason"),
    [
        (gzip.compress(PAGE)[:-1], "gzip", "truncated"),
        (gzip.compress(PAGE)[:200], "gzip", "truncated"),
        (gzip.compress(PAGE)[:-8] + bytes(8), "gzip", "truncated"),
        (brotli.compress(PAGE)[:-1], "br", "truncated"),
        (zlib.compress(PAGE)[:-5], "deflate", "truncated"),
        (gzip.compress(bytes(200_000)), "gzip", "too_large"),
        (brotli.compress(bytes(200_000)), "br", "too_large"),
        (gzip.compress(gzip.compress(bytes(200_000))), "gzip, gzip", "too_large"),
    ],
)
def test_cut_altered_and_giant_bodies_are_refused(body, encodings, reason):
    with pytest.raises(FetchFailed) as failed:
        unpacked(body, encodings, 100_000)
    assert failed.value.reason == reason


@pytest.mark.parametrize(
    ("status", "body", "url", "reason"),
    [
        (200, b"User-agent: *\nDisallow: /private/", "https://x.example/private/a", "robots_disallowed"),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /private/", "https://x.example/private/a", "robots_disallowed"),
        (200, b"User-agent: Nightdesk\nDisallow: /\n\nUser-agent: *\nAllow: /", "https://x.example/a", "robots_disallowed"),
        (200, b"User-agent: Other\nDisallow: /", "https://x.example/a", None),
        (200, b"<html>Not found</html>", "https://x.example/a", None),
        (200, b"", "https://x.example/a", None),
        (404, b"", "https://x.example/a", None),
        (403, b"User-agent: *\nDisallow: /", "https://x.example/a", None),
        (429, b"", "https://x.example/a", "robots_unreachable"),
        (503, b"User-agent: *\nAllow: /", "https://x.example/a", "robots_unreachable"),
        (301, b"", "https://x.example/a", "robots_unreachable"),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_has_it(status, body, url, reason):
    refusal = answer_of(status, body).refusal_of(url)
    assert (refusal.reason if refusal else None) == reason


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("4", 4),
        ("0", 0),
        ("317100", 317100),
        ("Mon, 02 Mar 2026 00:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 00:00:00 GMT", 0),
        ("-4", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("٤", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value, wait_s):
    assert retry_after_s(value, datetime(2026, 3, 2, tzinfo=UTC)) == wait_s
