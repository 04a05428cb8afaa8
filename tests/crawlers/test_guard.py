"""Addresses that may be asked, packed bodies, robots.txt and pauses: the small decisions behind the crawl."""

import gzip
import zlib
from datetime import UTC, datetime
from ipaddress import ip_address

import brotli
import pytest

from crawlers.addresses import is_allowed, literal_address, networks_of
from crawlers.failures import FetchFailed
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


@pytest.mark.parametrize(("lines", "delay_s"), [("", 0), ("Crawl-delay: 3", 3), ("Crawl-delay: 9999", 120), ("Crawl-delay: soon", 0)])
def test_crawl_delay_has_a_limit(lines, delay_s):
    assert answer_of(200, f"User-agent: *\n{lines}\n".encode()).crawl_delay_s == delay_s


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
