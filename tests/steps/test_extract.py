"""Whole pages: what becomes of them field by field, and why some become no article."""

import json
import random
import zlib
from datetime import UTC, date, datetime

import pytest

from flows.steps.extract import extract
from flows.steps.published import choose_date
from warehouse.records import Extracted, FieldCandidate, FieldRules, OutletRules, Page, Rejected

RULES = OutletRules("sample_en", "Sample Daily", "en", "Asia/Yangon", "MM", ("sample.example",), generic_bylines=("Admin",))
CAPTURED = datetime(2026, 2, 3, 1, tzinfo=UTC)
STORY = (
    "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said.",
    "Two hundred people came to see the first boat leave, and the band of the school played until the rain began at noon.",
    "A ticket costs as much as before, but the evening crossing will not return before the end of the monsoon, boat owners said.",
    "The committee has asked the district for lamps and for a roof over the waiting place, which burned down in the spring.",
)


def page_of(
    *, head="", before="", heading="<h1>Pier opens again</h1>", after="", story=STORY, tail="", url="https://sample.example/news/pier", candidates=()
):
    paragraphs = "".join(f"<p>{text}</p>" for text in story)
    article = f"<article>{heading}{after}<div>{paragraphs}</div></article>"
    html = f"<html><head><title>Pier opens again - Sample Daily</title>{head}</head><body>{before}{article}{tail}</body></html>"
    return Page(url, url, html.encode(), "text/html; charset=utf-8", CAPTURED, candidates)


def read(page, rules=RULES):
    found = extract(page, rules)
    assert isinstance(found, Extracted), found
    return found


def ld(**fields):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Pier opens again"} | fields)}</script>'


# ---------------------------------------------------------------- text


def test_a_plain_page():
    found = read(page_of())
    assert (found.headline, found.body, found.language, found.kind) == ("Pier opens again", "\n".join(STORY), "en", "news")
    assert (found.authors, found.byline, found.newsroom, found.date_published, found.images) == ((), None, None, None, ())


def test_a_standfirst_that_the_text_does_not_repeat_is_description_only():
    found = read(page_of(after="<p>Boats leave from the old harbour once more.</p><div>By Jane Roe 12 Jan 2026</div>"))
    assert found.description == "Boats leave from the old harbour once more."
    assert found.body == "\n".join(STORY)


def test_a_standfirst_that_the_text_repeats_stays_in_it_once():
    found = read(page_of(after=f"<p>{STORY[3]}</p><div>By Jane Roe 12 Jan 2026</div>"))
    assert (found.description, found.body) == (STORY[3], "\n".join(STORY))


def test_furniture_around_the_text_is_left_out():
    before = '<div class="latestnews"><ul><li><a href="/a">Nine boats sink in the strait at night</a></li></ul></div>'
    tail = '<h3>Related Posts</h3><p><a href="/b">Ferry sinks off the cape</a></p><div id="respond">Leave a Reply</div><footer>© 2026</footer>'
    story = (*STORY[:2], "- Advertisement -", *STORY[2:])
    assert read(page_of(before=before, story=story, tail=tail)).body == "\n".join(STORY)


def test_a_paywall_is_said_and_not_kept():
    found = read(page_of(story=(*STORY[:3], "Subscribe for full access", "Already a member? Log in")))
    assert (found.is_truncated, found.body) == (True, "\n".join(STORY[:3]))


def test_captions_and_credits_are_not_text():
    figure = '<figure><img src="/p.jpg" alt="Boats at the pier. Photo: CJ"><figcaption>Boats at the pier. Photo: CJ</figcaption></figure>'
    found = read(page_of(after=figure, story=("Boats at the pier. Photo: CJ", *STORY)))
    assert [(image.url, image.caption, image.credit) for image in found.images] == [("https://sample.example/p.jpg", "Boats at the pier.", "CJ")]
    assert found.body == "\n".join(STORY)


def test_line_breaks_are_paragraphs():
    html = f"<html><body><div class='c'><h1>Pier opens again</h1><div class='txt'>{'<br>&nbsp;<br>'.join(STORY)}</div></div></body></html>"
    found = read(Page("https://sample.example/x", "https://sample.example/x", html.encode(), "text/html", CAPTURED))
    assert found.body == "\n".join(STORY)


@pytest.mark.parametrize(
    ("charset", "header", "meta", "said"),
    [("utf-8", "text/html", "", ("utf-8", "bytes")), ("utf-8-sig", "text/html; charset=iso-8859-1", "", ("utf-8", "bytes")),
     ("cp1252", "text/html; charset=windows-1252", "", ("cp1252", "header")), ("cp1252", "text/html", '<meta charset="windows-1252">', ("cp1252", "meta")),
     ("utf-16", "text/html", "", ("utf-16-le", "bytes")), ("utf-8", "text/html; charset=iso-8859-1", "", ("utf-8", "bytes")),
     ("utf-8", "text/html; charset=UTF-8", '<meta charset="windows-1252">', ("utf-8", "header"))],
)  # fmt: skip
def test_character_sets(charset, header, meta, said):
    page = page_of(heading="<h1>Café am Kai öffnet</h1>", head=meta)
    body = page.body.decode().replace("Pier opens again - Sample", "Café am Kai öffnet - Sample").encode(charset)
    found = read(Page(page.url, page.url, body, header, CAPTURED))
    assert found.headline == "Café am Kai öffnet"
    assert [(each.value, each.source, each.chosen) for each in found.candidates if each.field == "charset"] == [(*said, True)]


def test_zawgyi_is_told_on_the_whole_article_and_stored_as_unicode():
    story = (
        "ေက်ာက္ေတာ္ၿမိဳ႕နယ္ရွိ ကားလမ္းကို ေဒသခံမ်ားက တနလၤာေန႔တြင္ စတင္ ျပင္ဆင္ခဲ့ေၾကာင္း ေျပာသည္။",
        "လမ္းသည္ ယခင္ႏွစ္ မိုးရာသီတြင္ ေရတိုက္စားခံခဲ့ရသည္ဟု ဆိုသည္။",
    )
    page = page_of(heading="<h1>ၿမိဳ႕</h1>", after="<p>DMG ၊ ႏိုဝင္ဘာ ၄</p>", story=story, url="https://sample.example/2025/11/05/road")
    body = page.body.replace(b"Pier opens again - Sample Daily", "ၿမိဳ႕".encode())
    rules = OutletRules("sample_my", "DMG", "my", "Asia/Yangon", "MM", ("sample.example",))
    found = read(Page(page.url, page.url, body, page.content_type, CAPTURED), rules)
    assert (found.headline, found.language, found.encoding) == ("မြို့", "my", "zawgyi")
    assert found.body.startswith("ကျောက်တော်မြို့နယ်ရှိ")
    assert (found.newsroom, found.dateline_date) == ("DMG", date(2025, 11, 4))  # a month in Zawgyi spelling
    share = "<div class='share'><span class=date>၄ ႏိုဝင္ဘာ ၂၀၂၅</span></div></body>".encode()
    undated = Page(*["https://sample.example/road"] * 2, body.replace(b"</body>", share), page.content_type, CAPTURED)
    assert read(undated, rules).published_on == date(2025, 11, 4)  # also outside the masthead


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("case", "day", "source"),
    [
        ({"head": ld(datePublished="2026-01-12T00:20:00+06:30")}, date(2026, 1, 12), "json_ld"),  # still the 11th in UTC
        ({"head": '<meta property="article:published_time" content="2026-01-12T10:00:00+06:30">'}, date(2026, 1, 12), "meta"),
        ({"after": '<time datetime="2026-01-12">12 Jan 2026</time>'}, date(2026, 1, 12), "microdata"),
        ({"after": "<div>By Admin 12 Jan 2026</div>"}, date(2026, 1, 12), "outlet_rule"),
        ({"after": "<div>By Jane Roe 12 Jan 2026</div>"}, date(2026, 1, 12), "byline"),
        ({"after": "<p>12 January 2026, Sittwe</p>"}, date(2026, 1, 12), "dateline"),
        ({"url": "https://sample.example/2026/01/12/pier"}, date(2026, 1, 12), "url"),
        ({"url": "https://sample.example/news/detail/69646d2ca1b2c3d4e5f60718"}, date(2026, 1, 12), "object_id"),
        ({"candidates": (FieldCandidate("date_published", "Mon, 12 Jan 2026 10:00:00 +0630", "feed"),)}, date(2026, 1, 12), "feed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_a_day_comes_from(case, day, source):
    found = read(page_of(**case))
    assert (found.published_on, found.date_published_source) == (day, source)


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"before": "<div>Tuesday, February 3, 2026</div>"},  # the clock of the capture day
        {"before": "<div>03 Feb 2026</div>"},
        {"tail": "<div><span>January 20, 2026</span> <a href='/x'>Ferry sinks off the northern cape</a></div>"},
        {"before": "<ul><li><a href='/x'>Ferry sinks off the northern cape</a> <span>March 5, 2023</span></li></ul>"},
        {"tail": "<footer>© 2026 Sample Daily</footer>"},
        {"url": "https://sample.example/2026/01/pier"},  # a month is no day
        {"head": ld(datePublished="2027-01-12")},  # after the capture
        {"after": "<p>Kyauktaw, May 16</p>"},  # no year anywhere
        {"story": (*STORY, "September 20, 2024", "Ward officials are told to collect...")},
    ],
)
def test_no_day_is_invented(case):
    found = read(page_of(**case))
    assert (found.date_published, found.date_published_source, found.published_on) == (None, None, None)


def test_every_candidate_is_kept_and_one_is_chosen():
    feed = FieldCandidate("date_published", "2026-01-13T10:00:00+06:30", "feed")
    found = read(page_of(head=ld(datePublished="2026-01-12"), after="<div>By Admin 11 Jan 2026</div>", candidates=(feed,)))
    days = [(c.source, c.value[:10], c.chosen) for c in found.candidates if c.field == "date_published"]
    assert days == [("feed", "2026-01-13", True), ("json_ld", "2026-01-12", False), ("outlet_rule", "2026-01-11", False)]


def test_an_unreadable_day_gives_way_to_the_next_source():
    candidates = [FieldCandidate("date_published", "soon", "json_ld"), FieldCandidate("date_published", "2026-01-12", "url")]
    assert choose_date(candidates, RULES, CAPTURED).source == "url"


def test_a_dateline_without_year_takes_that_of_the_publication():
    found = read(page_of(head=ld(datePublished="2026-01-02T09:00:00+06:30"), after="<p>Kyauktaw, December 30</p>"))
    assert (found.dateline_place, found.dateline_date) == ("Kyauktaw", date(2025, 12, 30))


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("case", "authors", "newsroom"),
    [
        ({"after": "<div>By Jane Roe 12 Jan 2026</div>"}, ("Jane Roe",), None),
        ({"after": "<div>By Admin 12 Jan 2026</div>"}, (), None),
        ({"head": ld(author={"@type": "Person", "name": "Admin"})}, (), None),
        ({"head": ld(author=[{"@type": "Person", "name": "Jane Roe"}, {"@type": "Person", "name": "Ko Ko"}])}, ("Jane Roe", "Ko Ko"), None),
        ({"head": ld(author={"@type": "Organization", "name": "Harbour Desk"})}, (), "Harbour Desk"),
        ({"after": "<p>FROM THE SAMPLE NEWSROOM</p>"}, (), "FROM THE SAMPLE NEWSROOM"),
        ({"head": ld(author={"@type": "Person", "name": "Site Account"}), "after": "<div>By Jane Roe</div>"}, ("Jane Roe",), None),
    ],
)
def test_authors_are_persons_and_desks_are_newsrooms(case, authors, newsroom):
    found = read(page_of(**case))
    assert (found.authors, found.newsroom) == (authors, newsroom)


def test_a_day_stranded_on_the_line_of_the_desk_belongs_to_the_dateline():
    found = read(page_of(after="<p>DMG Newsroom 3</p><p>September 2024, Sittwe</p>"))
    assert (found.newsroom, found.dateline_place, found.dateline_date) == ("DMG Newsroom", "Sittwe", date(2024, 9, 3))
    assert found.body == "\n".join(STORY)


@pytest.mark.parametrize(("line", "place"), [
    ("5 January 2026, Paletwa, Chin State", "Paletwa, Chin State"), ("5 January 2026, Ann, Arakan State", "Ann, Arakan State"),
])
def test_a_dateline_with_its_state_is_no_byline(line, place):
    found = read(page_of(after=f"<div>By Admin 05 Jan 2026</div><p>{line}</p>"))
    assert (found.dateline_place, found.dateline_date, found.authors) == (place, date(2026, 1, 5), ())
    assert found.body == "\n".join(STORY)


def test_a_wire_story_names_its_agency():
    found = read(page_of(story=(f"SITTWE (AP) — {STORY[0]}", *STORY[1:])))
    assert (found.dateline_place, found.source_outlet) == ("SITTWE", "Associated Press")


# ---------------------------------------------------------------- outlet rules


def with_rules(**fields):
    return OutletRules("sample_en", "Sample Daily", "en", "Asia/Yangon", "MM", ("sample.example",), generic_bylines=("Admin",), **fields)


def test_parts_that_the_outlet_drops_are_never_text():
    page = page_of(tail=f"<section class='promo-story'><p>{STORY[0][::-1]}</p></section>")
    assert STORY[0][::-1] not in read(page, with_rules(drop=(".promo-story",))).body


def test_selectors_of_the_era_of_the_capture_are_used():
    old, now = FieldRules({"section": "b.old"}, date(2025, 1, 1)), FieldRules({"section": "b.new"})
    page = page_of(before="<b class='old'>Elder</b><b class='new'>Harbour</b>")
    assert read(page, with_rules(fields=(old, now))).section == "Harbour"
    assert (
        read(Page(page.url, page.url, page.body, page.content_type, datetime(2024, 12, 31, tzinfo=UTC)), with_rules(fields=(old, now))).section
        == "Elder"
    )


def test_every_field_that_a_selector_may_fill():
    after = (
        "<i class='h'>Another headline</i><i class='d'>Said in short.</i><i class='b'>Seen by Jane Roe</i>"
        "<i class='a'>Jane Roe</i><i class='n'>Night desk</i>"
        "<i class='p'>5 January 2026</i><i class='m'>6 January 2026</i><i class='s'>Harbour</i>"
        "<i class='k'>boats, piers</i><i class='o'>Coast Wire</i>"
        "<i class='c'>The pier at noon</i><i class='r'>Photo: CJ</i><section class='t'>"
        + "".join(f"<p>{text}</p>" for text in STORY[:2])
        + "</section>"
    )
    names = {"headline": "h", "description": "d", "byline": "b", "authors": "a", "newsroom": "n", "date_published": "p", "date_modified": "m",
             "section": "s",
             "keywords": "k", "source_outlet": "o", "caption": "c", "credit": "r", "body": "t"}  # fmt: skip
    found = read(page_of(after=after), with_rules(fields=(FieldRules({name: f".{letter}" for name, letter in names.items()}),)))
    assert (found.headline, found.description, found.byline, found.authors) == (
        "Another headline",
        "Said in short.",
        "Seen by Jane Roe",
        ("Jane Roe",),
    )
    assert (found.newsroom, found.published_on, found.date_published_source) == ("Night desk", date(2026, 1, 5), "outlet_rule")
    assert (found.date_modified.date(), found.section, found.keywords, found.source_outlet) == (
        date(2026, 1, 6),
        "Harbour",
        ("boats", "piers"),
        "Coast Wire",
    )
    assert [(image.caption, image.credit) for image in found.images] == [("The pier at noon", "CJ")]
    assert found.body == "\n".join(STORY[:2])


@pytest.mark.parametrize(
    ("url", "headline", "kind"),
    [
        ("https://sample.example/editorial/pier", "Pier opens again", "opinion"),
        ("https://sample.example/interview/pier.html", "Pier opens again", "interview"),
        ("https://sample.example/photo/pier.html", "Pier opens again", "photo"),
        ("https://sample.example/news/a.html", "Weekly Highlights of Arakan (5-11 January 2026)", "roundup"),
        ("https://sample.example/news/a.html", "Arakan State News Summary (July 8-15)", "roundup"),
        ("https://sample.example/news/a.html", "Analysis: Who pays for the pier", "analysis"),
        ("https://sample.example/news/a.html", "Photo of the pier wins a prize", "news"),
        ("https://sample.example/news/opinion-poll.html", "Pier opens again", "news"),
    ],
)
def test_kinds(url, headline, kind):
    assert read(page_of(url=url, heading=f"<h1>{headline}</h1>", head=f'<meta property="og:title" content="{headline}">')).kind == kind


# ---------------------------------------------------------------- what is no article


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "text/html", "empty_page"),
        (b" \n ", "text/html", "empty_page"),
        (b"%PDF-1.7 ...", "application/pdf", "not_html"),
        (b"%PDF-1.7 ...", "text/html", "not_html"),
        (b'{"a": 1}', "application/json", "not_html"),
        (b"just words", "text/plain", "not_html"),
        (b"<" + random.Random(3).randbytes(3_000), "text/html", "not_html"),
        (zlib.compress(random.Random(3).randbytes(3_000)) + b"<", "", "not_html"),
        (b"<html><body></body></html>", "text/html", "extract_empty"),
        (b"<html><body><p>Welcome to our site</p></body></html>", "text/html", "too_short"),
        (b"<html><head><title>404 - Page not found</title></head><body><h1>Page not found</h1><p>Sorry, it is not here.</p></body></html>",
         "text/html", "soft_404"),
        (b"<html><head><title>Log in</title></head><body><h1>Log in</h1><p>Log in to go on.</p><form><input type='password'></form></body></html>",
         "text/html", "login_wall"),
    ],
)  # fmt: skip
def test_pages_that_are_no_article(body, content_type, reason):
    found = extract(Page("https://sample.example/x", "https://sample.example/x", body, content_type, CAPTURED), RULES)
    assert isinstance(found, Rejected)
    assert (found.stage, found.reason) == ("extract", reason)


def test_a_brief_that_calls_itself_an_article_is_one():
    assert read(page_of(head=ld(), story=("The ferry to the islands will not leave today, the harbour office said.",))).body.startswith("The ferry")


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "\x00\x01\x02", "\ufffe\uffff", "'; drop table articles; --", "%s%n{0}", "﷽" * 20, "Z͑ͫ̓ͪ̂ͫ̽a̴l̷g̵o̶", "‮right to left",
     "🏳‍🌈" * 30,
     "A" * 5000, "[" * 300,
     "(" * 3000 + "a", "=cmd|' /C calc'!A0", "\u2028\u2029"],
)  # fmt: skip
def test_hostile_strings_pass_through(hostile):
    page = page_of(
        heading=f"<h1>{hostile}</h1>", head=f'<meta name="author" content="{hostile}"><meta name="date" content="{hostile}">', story=(hostile, *STORY)
    )
    assert isinstance(extract(page, RULES), Extracted | Rejected)


@pytest.mark.parametrize("tag", ["div", "span", "b", "ul", "table"])
def test_deep_nesting_ends_in_an_article_or_a_reason(tag):
    page = page_of(before=f"<{tag}>" * 300, tail=f"</{tag}>" * 300)
    assert isinstance(extract(page, RULES), Extracted | Rejected)


def test_a_page_is_read_the_same_whatever_was_read_before():
    alone = extract(page_of(), RULES)
    for story in (STORY[::-1], STORY[:2] * 3, STORY):
        extract(page_of(story=story), RULES)
    assert extract(page_of(), RULES) == alone


def test_a_noscript_that_was_never_closed_does_not_swallow_the_page():
    found = read(page_of(before="<noscript><img src='/p.gif'>"))
    assert found.body == "\n".join(STORY)


def test_an_article_inside_what_looks_like_a_menu_is_still_read():
    found = read(page_of(before='<div class="sidebar related-posts">', tail="</div>"))
    assert "\n".join(STORY) in found.body
