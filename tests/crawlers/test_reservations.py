"""What a site says of the use of its pages: lines of robots.txt, and tdmrep.json, whatever else these hold."""

import json

import pytest

from crawlers.reservations import robots_reservations, tdmrep_reservations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n", (("content-signal", "search=yes, ai-train=no"),)),
        ("user-agent: Nightdesk\nContent-Usage: train-ai=n # we mean it\n", (("content-usage", "train-ai=n"),)),
        ("Content-Signal: ai-train=no\n\nUser-agent: other\nDisallow: /\n", (("content-signal", "ai-train=no"),)),  # outside all groups
        ("User-agent: other\nUser-agent: *\nContent-Usage: ai=n\n", (("content-usage", "ai=n"),)),  # one group for both
        ("User-agent: *\nUser-agent: other\nContent-Usage: ai=n\n", (("content-usage", "ai=n"),)),
        ("User-agent: other\nContent-Signal: ai-train=no\n", ()),
        ("User-agent: *\nDisallow: /x\nUser-agent: other\nContent-Signal: ai-train=no\n", ()),
        ("\ufeffUser-Agent : *\r\ncontent-usage : /news/ ai=n\r\nContent-Usage: /free/ ai=y\r\n", (("content-usage", "/news/ ai=n; /free/ ai=y"),)),
        ("User-agent: *\nContent-Signal:\n", ()),
        ("<html><body>Content-Signal</body></html>", ()),
        ("", ()),
    ],
)
def test_lines_of_robots_txt_for_everybody_or_for_us(text, found):
    assert robots_reservations(text) == found


def test_rules_of_a_tdmrep_file():
    rules = [
        {"location": "/news/*", "tdm-reservation": 1, "tdm-policy": "https://sample.example/policy.json"},
        {"location": "/", "tdm-reservation": 0},
        {"location": "/news/*", "tdm-reservation": "1"},
    ]
    assert tdmrep_reservations(b"\xef\xbb\xbf" + json.dumps(rules).encode()) == (
        ("/news/*", "tdm-reservation", "1"), ("/news/*", "tdm-policy", "https://sample.example/policy.json"), ("/", "tdm-reservation", "0"),
    )  # fmt: skip


def test_a_single_rule_without_its_list_is_understood():
    assert tdmrep_reservations(b'{"location": "/", "tdm-reservation": 1}') == (("/", "tdm-reservation", "1"),)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>Not found</html>", b"null", b"7", b'"text"', b"[1, null, [], {}]", b'[{"tdm-reservation": 1}]', b'[{"location": 3, "tdm-reservation": 1}]',
        b'[{"location": "/", "tdm-reservation": {"a": 1}, "tdm-policy": null}]', b"[" * 200_000, b"1" * 20_000, b"\xff\xfe[]", b" " * 600_000,
        b'[{"location": "/", "tdm-reservation": 1}',
    ],
)  # fmt: skip
def test_what_is_no_tdmrep_file_says_nothing(body):
    assert tdmrep_reservations(body) == ()


def test_hostile_values_can_be_stored():
    body = b'[{"location": "/\\ud800", "tdm-policy": "a\\u0000b\\udfff"}, {"location": "/long", "tdm-policy": "' + b"x" * 5000 + b'"}]'
    found = tdmrep_reservations(body)
    assert found[0] == ("/\N{REPLACEMENT CHARACTER}", "tdm-policy", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}")
    assert found[1] == ("/long", "tdm-policy", "x" * 1000)
    assert all(part.encode() for row in found for part in row)


def test_a_file_of_endless_rules_gives_a_bounded_number_of_rows():
    rules = [{"location": f"/{number}", "tdm-reservation": 1} for number in range(8000)]
    assert len(tdmrep_reservations(json.dumps(rules).encode())) == 500
