"""Addresses: one form for every spelling, and ids."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.hosts import web_parts
from crawlers.links import address_to_ask, article_id, canonical_url, trap_of
from crawlers.outlet import Outlet

DMG = Outlet("dmg_en", "DMG", "https://www.dmediag.com/", "MM", "en", "Asia/Yangon", hosts=("dmediag.com", "amp.dmediag.com"))
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
        ("https://dmediag.com/news/x.amp.html", "https://www.dmediag.com/news/x.html", "AMP ending"),
        ("https://amp.dmediag.com/news/x", "https://www.dmediag.com/news/x", "an AMP host that the definition names"),
        ("https://dmediag.com/news/./a/../x", "https://www.dmediag.com/news/x", "dots in the path"),
        ("https://dmediag.com/%2e%2E/x/..", "https://www.dmediag.com/", "escaped dots that lead nowhere"),
        ("https://dmediag.com//news//x", "https://www.dmediag.com/news//x", "one slash after the host; inside they may mean something"),
        ("https://dmediag.com/x?a=&b", "https://www.dmediag.com/x?a=&b", "empty values are kept"),
        ("https://dmediag.com/x;jsessionid=1F?p=2", "https://www.dmediag.com/x?p=2", "a session in the path"),
        ("https://dmediag.com/(S(abcdefghijklmnopqrstuvwx))/x", "https://www.dmediag.com/x", "a session of ASP.NET"),
        ("https://dmediag.com/x?PHPSESSID=1&p=2&sid=0123456789abcdef", "https://www.dmediag.com/x?p=2", "sessions in the query"),
        ("https://dmediag.com/x?sid=2071", "https://www.dmediag.com/x?sid=2071", "the number of a story"),
        ("https://www。dmediag。com/x", "https://www.dmediag.com/x", "the dots of another script"),
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


HOSTS = st.one_of(
    st.sampled_from(["DMEDIAG.com.", "www。dmediag。com", "ｄｍｅｄｉａｇ.com", "mail.www.dmediag.com", "ဘာသာ.example", "[::1]", "[", "xn--a.org", "a..b",
                     "straße.de", "%65.org", "ex ample.org"]),
    st.text(st.sampled_from("aéသ.-%。．ｗWß@:[]0１\u200d\u00ad"), max_size=12),
)  # fmt: skip
SEGMENTS = ["/", "//", "/.", "/..", "/amp", "/amp/", ".amp", ".html", "%2e", "%2E%2e", "a", ";jsessionid=1", "(S(abcdefghijklmnopqrstuvwx))/", "é", "%"]


@given(HOSTS, st.sampled_from(["", ":80", ":8080", ":", ":0", ":99999", ":x", ":１"]), st.lists(st.sampled_from(SEGMENTS), max_size=9).map("".join))
def test_hostile_addresses_have_one_form_in_ascii(host, port, path):
    once = canonical_url(f"https://{host}{port}/{path}", DMG)
    assert canonical_url(once, DMG) == once
    assert once.isascii() or web_parts(once) is None
    trap_of(once)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/a/b/a/b/a/b", "/a/b three times on end"),
        ("/en/en/en/news/x.html", "/en three times on end"),
        ("/?q=" + "a" * 2000, "longer than 2,000 characters"),
        ("/" + "%E1%80%9E" * 300, None),
        ("/news/x.html", None),
        ("/2011/11/11/11/x", None),
        ("/a/a/x", None),
    ],
)
def test_what_looks_like_one_of_endlessly_many(path, why):
    assert trap_of("https://www.dmediag.com" + path) == why


def test_an_endless_address_costs_no_time():
    for part in ("/amp", "/amp.amp", "/..", "/a/b"):
        assert trap_of(canonical_url("https://www.dmediag.com/a" + part * 20_000, DMG))


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
