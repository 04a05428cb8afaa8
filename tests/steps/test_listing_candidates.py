"""What an overview page says of an article counts where the article's own page says nothing."""

from datetime import UTC, datetime

from lxml import html

from flows.steps.extract import choose_date
from flows.steps.headlines import find_headline
from warehouse.records import FieldCandidate, OutletRules

RULES = OutletRules("daily_en", "Daily", "en", "Asia/Yangon", "MM", ("www.daily.example",))
LISTED = FieldCandidate("date_published", "2025-11-17", "listing")


def chosen(*candidates):
    found = choose_date(candidates, RULES, datetime(2025, 12, 1, tzinfo=UTC))
    return found and (found.source, found.precision)


def test_the_day_of_a_listing_counts_after_every_statement_of_the_page_and_before_a_guess():
    assert chosen(LISTED, FieldCandidate("date_published", "2025-11-16", "dateline")) == ("dateline", "day")
    assert chosen(FieldCandidate("date_published", "2020-01-01", "htmldate"), LISTED) == ("listing", "day")


def test_the_headline_of_a_listing_is_the_last_resort():
    listed = [FieldCandidate("headline", "News", "listing"), FieldCandidate("headline", "Ferry sails again - Daily", "meta")]
    page = html.document_fromstring("<body><h2>News</h2><h1>Ferry sails again</h1><p>x</p></body>")
    assert find_headline(page, listed, ["Daily"])[0] == "Ferry sails again"
    assert find_headline(html.document_fromstring("<body><p>x</p></body>"), listed[:1], ["Daily"]) == ("News", None)
