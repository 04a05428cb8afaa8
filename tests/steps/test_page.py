"""From the bytes of a page to its tree."""

from datetime import UTC, datetime

from flows.steps.page import parse
from warehouse.records import Page


def tree_of(html):
    url = "https://sample.example/pier"
    return parse(Page(url, url, html.encode(), "text/html; charset=utf-8", datetime(2026, 2, 3, 1, tzinfo=UTC)))


def test_a_tag_keeps_its_first_500_attributes_and_the_text_is_whole():
    attributes = " ".join(f"a{number}='{number}'" for number in range(5_000))
    tree = tree_of(f"<html><body><article {attributes}><p>The pier was opened.</p></article></body></html>")
    assert len(tree.find(".//article").attrib) == 500
    assert tree.findtext(".//article/p") == "The pier was opened."


def test_a_picture_in_an_address_of_100_kb_is_kept():
    tree = tree_of(f"<html><body><img alt='pier' src='data:image/png;base64,{'A' * 100_000}'><p>Opened.</p></body></html>")
    assert (len(tree.find(".//img").get("src")), tree.findtext(".//p")) == (100_022, "Opened.")
