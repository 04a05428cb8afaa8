"""Addresses: one form for every spelling, and ids."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.links import address_to_ask, article_id, canonical_url
from crawlers.outlet import Outlet

DMG = Outlet("dmg_en", "DMG", "https://www.dmediag.com/", "MM", "en", "Asia/Yangon", hosts=("dmediag.com",))
LOCAL = Outlet("local", "Local", "http://127.0.0.2:8099/", "MM", "en", "Asia/Yangon")
BURMESE = "https://www.dmediag.com/%E1%80%9E%E1%80%90%E1%80%84%E1%80%BA%E1%80%B8/kukoaaht.html"


@pytest.mark.parametrize(
    ("url", "expected", "why"),
    [
        ("http://mail.dmediag.com/news/javim.html", "https://www.dmediag.com/news/javim.html", "scheme and host of the homepage"),
        ("https://dmediag.com:443/news/javim.html#top", "https://www.dmediag.com/news/javim.html", "default port and fragment"),
        (" https://dmediag.com/news/ja\nvim.html\t", "https://www.dmediag.com/news/javim.html", "spaces and line breaks around and inside"),
        ("https://user:pass@dmediag.com/news/x.html", "https://www.dmediag.com/news/x.html", "user names"),
        ("https://dmediag.com", "https://www.dmediag.com/", "no path"),
        ("https://dmediag.com/News/JaVim.html", "https://www.dmediag.com/News/JaVim.html", "case of the path is kept"),
        ("https://dmediag.com/news/3158-july-8-15,2021", "https://www.dmediag.com/news/3158-july-8-15,2021", "commas are kept"),
        ("https://dmediag.com/news/x/", "https://www.dmediag.com/news/x/", "a final slash is kept"),
        ("https://dmediag.com/news/x", "https://www.dmediag.com/news/x", "and not added"),
        ("https://dmediag.com/သတင်း/kukoaaht.html", BURMESE, "Burmese, raw"),
        ("https://dmediag.com/%e1%80%9e%e1%80%90%e1%80%84%e1%80%ba%e1%80%b8/kukoaaht.html", BURMESE, "Burmese, small hex digits"),
        ("https://dmediag.com/caf%65%CC%81", "https://www.dmediag.com/caf%C3%A9", "NFC and needless escapes"),
        ("https://dmediag.com/a%2fb%20c%3Fd", "https://www.dmediag.com/a%2Fb%20c%3Fd", "escapes of reserved characters stay"),
        ("https://dmediag.com/100%-x", "https://www.dmediag.com/100%25-x", "a lone percent sign"),
        ("https://dmediag.com/%ff%e1%80", "https://www.dmediag.com/%FF%E1%80", "bytes that are no UTF-8 stay"),
        ("https://dmediag.com/?p=12", "https://www.dmediag.com/?p=12", "the number of the article is kept"),
        ("https://dmediag.com/x?id=3&utm_source=fb&fbclid=A&cat=2&gclid=", "https://www.dmediag.com/x?id=3&cat=2", "tracking parameters"),
        ("https://dmediag.com/x?cid=3&ref=4&source=5&gid=6", "https://www.dmediag.com/x?cid=3&ref=4&source=5&gid=6", "which may name an article"),
        ("https://dmediag.com/x?", "https://www.dmediag.com/x", "an empty query"),
        ("https://dmediag.com/news/x/amp/", "https://www.dmediag.com/news/x/", "AMP path"),
        ("https://dmediag.com/news/x/amp?amp=1", "https://www.dmediag.com/news/x", "AMP path and query"),
        ("https://dmediag.com/news/x/?amp", "https://www.dmediag.com/news/x/", "AMP query alone"),
        ("https://dmediag.com/amp/", "https://www.dmediag.com/amp/", "a page that is called amp"),
        ("https://dmediag.com/news/camp", "https://www.dmediag.com/news/camp", "a word that ends in amp"),
        ("http://Other.org:80/A?utm_medium=x", "http://other.org/A", "a foreign host stays itself"),
        ("https://ဘာသာ.example/x", "https://xn--cjdm5bb.example/x", "a host in Burmese letters"),
        ("mailto:desk@dmediag.com", "mailto:desk@dmediag.com", "no web address"),
    ],
)
def test_one_form_of_each_address(url, expected, why):
    assert canonical_url(url, DMG) == expected, why


def test_the_port_of_the_homepage_belongs_to_the_form():
    assert canonical_url("https://127.0.0.2:8099/news/x.html?utm_campaign=1", LOCAL) == "http://127.0.0.2:8099/news/x.html"


COMPONENTS = st.text(st.sampled_from('aé်သ̇́%2FfEe1=&?/#;,.:@+|~ \\"<>[]{}^\u0338\u00a0\u200b\ud800amp'), max_size=24)


@given(COMPONENTS, COMPONENTS, st.sampled_from(["https://dmediag.com", "http://other.org:8080", "http://www.dmediag.com:80"]))
def test_the_form_of_a_form_is_itself(path, query, base):
    once = canonical_url(f"{base}/{path}?{query}", DMG)
    assert canonical_url(once, DMG) == once
    assert once.isascii()


@given(st.text(max_size=40))
def test_any_text_has_a_form(text):
    once = canonical_url(text, DMG)
    assert canonical_url(once, DMG) == once


@given(st.text(st.characters(categories=("L", "M", "N")), min_size=1, max_size=12))
def test_raw_and_escaped_letters_are_one_address(segment):
    raw, escaped = (canonical_url(f"https://dmediag.com/news/-{text}/x", DMG) for text in (segment, quote(segment, safe="")))
    assert raw == escaped


@pytest.mark.parametrize(
    ("given", "asked", "why"),
    [
        ("http://mail.dmediag.com/%e1%80%9e/x.html", "https://www.dmediag.com/%e1%80%9e/x.html", "escapes as the source has them"),
        ("http://mail.dmediag.com/x.html?q=%e1%80%9e#top", "https://www.dmediag.com/x.html?q=%e1%80%9e", "in the query too"),
        ("http://mail.dmediag.com/%e1%80%9e/amp/?utm_source=x", "https://www.dmediag.com/%E1%80%9E/", "not where more than the spelling differs"),
    ],
)
def test_an_address_is_asked_as_its_source_spells_it(given, asked, why):
    assert address_to_ask(given, canonical_url(given, DMG)) == asked, why


def test_an_id_depends_on_outlet_and_address_alone():
    assert article_id("dmg_en", "https://www.dmediag.com/news/javim.html") == "f5e314abbc47405e"
    assert article_id("dmg_my", "https://www.dmediag.com/news/javim.html") != "f5e314abbc47405e"
