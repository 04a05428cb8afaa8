"""What a page says of its own use: headers and meta elements, recorded as written and addressed to everybody or to us."""

from datetime import UTC, datetime

import pytest

from crawlers import reservations as of_sites
from crawlers.robots import PRODUCT_TOKEN
from flows.steps import reservations as of_pages
from flows.steps.extract import extract
from flows.steps.reservations import page_reservations
from warehouse.records import Extracted, OutletRules, Page, Reservation

SEEN = datetime(2026, 2, 3, 1, tzinfo=UTC)
URL = "https://sample.example/news/pier"


def found(headers=(), **metas):
    rows = page_reservations(headers, {name.replace("_", "-"): values for name, values in metas.items()}, outlet_id="sample_en", url=URL, seen_at=SEEN)
    return [(row.source, row.name, row.value) for row in rows]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("noai", ["noai"]),
        ("NoAI, NoImageAI", ["noai", "noimageai"]),
        ("index, follow, max-image-preview:large, noarchive", ["noarchive"]),
        ("none", ["noindex"]),
        ("max-snippet:0", ["nosnippet"]),
        ("max-snippet: 0", ["nosnippet"]),
        ("max-snippet:-1", []),
        ("nightdesk: noai", ["noai"]),
        ("*: noindex, nosnippet", ["noindex", "nosnippet"]),
        ("googlebot: noindex, noarchive", []),  # the second one is for the same crawler
        ("noai, otherbot: noarchive, nightdesk: nosnippet", ["noai", "nosnippet"]),
        ("unavailable_after: Friday, 25-Jun-10 15:00:00 PST, noarchive", ["noarchive"]),
        ("nofollow, noodp, noailments", []),
        ("", []),
    ],
)
def test_directives_of_a_robots_header(value, names):
    assert found([("X-Robots-Tag", value)]) == [("header", name, value) for name in names]


def test_several_headers_that_say_the_same_are_one_row_with_all_values():
    headers = [("x-robots-tag", "noai"), ("Server", "noarchive"), ("X-ROBOTS-TAG", "nightdesk: noai, noindex")]
    assert found(headers) == [("header", "noai", "noai; nightdesk: noai, noindex"), ("header", "noindex", "nightdesk: noai, noindex")]


def test_tdm_headers_and_metas_are_recorded_as_written_also_where_they_reserve_nothing():
    headers = [("TDM-Reservation", "1"), ("tdm-policy", "https://sample.example/policy.json")]
    assert found(headers, tdm_reservation=["0"]) == [
        ("header", "tdm-reservation", "1"), ("header", "tdm-policy", "https://sample.example/policy.json"), ("meta", "tdm-reservation", "0"),
    ]  # fmt: skip


def test_metas_for_everybody_and_for_us_count_and_those_for_others_do_not():
    assert found(robots=["noarchive"], nightdesk=["noai"], googlebot=["nosnippet"]) == [("meta", "noarchive", "noarchive"), ("meta", "noai", "noai")]


def test_an_article_carries_its_reservations_and_none_of_its_text_is_withheld():
    story = "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said. " * 3
    html = f"<html><head><title>Pier</title><META NAME='Robots' CONTENT='noai'></head><body><h1>Pier</h1><p>{story}</p></body></html>"
    page = Page(URL, URL, html.encode(), "text/html", SEEN, (), (("X-Robots-Tag", "noimageai"),))
    article = extract(page, OutletRules("sample_en", "Sample Daily", "en", "Asia/Yangon", "MM", ("sample.example",)))
    assert isinstance(article, Extracted)
    assert article.body == story.strip()
    assert article.reservations == (
        Reservation("sample_en", URL, "header", "noimageai", "noimageai", SEEN), Reservation("sample_en", URL, "meta", "noai", "noai", SEEN),
    )  # fmt: skip


def test_we_have_one_name_everywhere():
    assert PRODUCT_TOKEN == of_pages.OUR_TOKEN == of_sites.OUR_TOKEN
