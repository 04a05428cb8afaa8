"""Fields of whole pages: days that only scripts carry, bylines in pieces, printed tags, pictures of other stories, and which candidate won."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from flows.steps.candidates import state_day
from flows.steps.extract import extract
from flows.steps.page import decode
from warehouse.records import Extracted, OutletRules, Page

RULES = OutletRules("sample_en", "Sample Daily", "en", "Asia/Yangon", "MM", ("sample.example",), generic_bylines=("Admin", "SDN"))
CAPTURED = datetime(2026, 2, 3, 1, tzinfo=UTC)
STORY = "".join(
    f"<p>{text}</p>"
    for text in (
        "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said.",
        "Two hundred people came to see the first boat leave, and the band of the school played until the rain began at noon.",
        "A ticket costs as much as before, but the evening crossing will not return before the end of the monsoon, boat owners said.",
    )
)


URL = "https://sample.example/news/pier"


def html_of(story, *, head="", after="", inside="", tail=""):
    return (
        f"<html><head><title>Pier opens again - Sample Daily</title>{head}</head><body>"
        f"<article><h1>Pier opens again</h1>{after}<div>{story}{inside}</div></article>{tail}</body></html>"
    )


def read(**parts):
    found = extract(Page(URL, URL, html_of(STORY, **parts).encode(), "text/html; charset=utf-8", CAPTURED), RULES)
    assert isinstance(found, Extracted), found
    return found


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("case", "page", "source"),
    [
        (
            "JSON-LD that an unescaped quote breaks",
            {"head": '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "a "b" c", "datePublished": "2026-01-12T09:00:00Z"}</script>'},
            "json_ld",
        ),
        ("RDFa", {"after": '<span property="schema:datePublished" content="2026-01-12T09:00:00Z"></span>'}, "microdata"),
        ("the state of a script", {"tail": '<script>window.state = {"article": {"publishedAt": "2026-01-12T09:00:00Z"}}</script>'}, "meta"),
        ("a day in what counts as furniture", {"tail": '<div class="share"><span>Published: 12 January 2026</span></div>'}, "outlet_rule"),
    ],
)
def test_where_else_a_page_gives_its_day(case, page, source):
    found = read(**page)
    assert (found.published_on, found.date_published_source) == (date(2026, 1, 12), source), case


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"publishedAt":"2026-01-12","updatedAt":"2026-02-02"}', "2026-01-12"),
        ('{\\"publishedAt\\":\\"2026-01-12\\"}', "2026-01-12"),
        ('{"publishedAt":"2026-01-12"} {"publishedAt":"2026-01-12"}', "2026-01-12"),
        ('{"publishedAt":"2026-01-12"} {"publishedAt":"2026-01-13"}', None),  # a list of articles
        ('{"datePublished":"2026-01-12"} {"publishedAt":"2026-01-13"}', "2026-01-12"),  # the surer name
        ('{"createdAt":"2026-01-12"}', None),
        ('{"publishedAt":"soon"}', None),
    ],
)
def test_the_day_in_the_state_of_scripts(text, value):
    found = state_day(text)
    assert (found.value if found else None) == value


def of_page(title="Pier opens again", body="", head=""):
    page = f"<html><head><title>{title}</title>{head}</head><body><article><h1>Pier opens again</h1>{STORY}</article>{body}</body></html>"
    return extract(Page(URL, URL, page.encode(), "text/html; charset=utf-8", CAPTURED), RULES)


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("Pier opens again | Sample Daily | 12.01.2026", date(2026, 1, 12)),
        ("Pier opens again - Harbour - 12/01/2026 - Sample Daily", date(2026, 1, 12)),
        ("Pier opens again : 12.01.2026, 11.41 Uhr", date(2026, 1, 12)),
        ("12.01.2026 | Pier opens again", None),  # may be the day of an event
        ("Pier opens again 11. - 12. January 2026 | Sample Daily", None),
        ("Pier opens again | What the harbour looked like on 12 January 2026", None),
    ],
)
def test_a_day_that_stands_for_itself_behind_the_title(title, day):
    assert of_page(title).published_on == day


def test_the_address_that_a_page_gives_itself_may_hold_its_day():
    head = '<link rel="canonical" href="https://other.example/harbour/2026/jan/12/pier-opens">'
    assert (of_page(head=head).published_on, of_page(head=head).date_published_source) == (date(2026, 1, 12), "url")
    assert of_page(head='<link rel="canonical" href="https://[other.example/2026/jan/12/pier">').published_on is None


def test_a_day_printed_in_furniture_wins_over_one_that_says_not_of_what():
    head, printed = '<meta name="date" content="2026-01-20">', '<div class="share"><span>Published: 12 January 2026</span></div>'
    assert of_page(head=head, body=printed).published_on == date(2026, 1, 12)
    assert of_page(head=head).published_on == date(2026, 1, 20)


def test_a_day_above_the_text_of_a_page_whose_head_words_the_headline_differently():
    other = "<h1>Sample Daily</h1><article><h2>Harbour has its old pier back</h2><p>Ko Ko, 12 January 2026</p>" + STORY + "</article>"
    head = '<meta property="og:title" content="Boats sail once more"><title>Boats sail once more</title>'
    page = f"<html><head>{head}</head><body>{other}</body></html>"
    found = extract(Page(URL, URL, page.encode(), "text/html; charset=utf-8", CAPTURED), RULES)
    assert found.published_on == date(2026, 1, 12)


def test_the_day_printed_beside_a_moment_is_the_one_for_readers():
    found = read(head='<meta property="article:published_time" content="2026-01-11T18:00:00Z">', after="<div>11 January 2026</div>")
    assert (found.published_on, found.date_published_source) == (date(2026, 1, 11), "meta")


def test_a_page_that_gives_only_its_last_update_is_dated_by_it_and_says_so():
    found = read(after="<div>Last updated on January 12, 2026 by Ko Ko</div>")
    assert (found.published_on, found.date_published_source, found.date_published_precision) == (date(2026, 1, 12), "update", "day")
    assert (str(found.date_modified)[:10], found.authors) == ("2026-01-12", ("Ko Ko",))
    assert [(c.value, c.source) for c in found.candidates if c.field == "date_published" and c.chosen] == [("2026-01-12", "update")]


def test_words_such_as_sunday_are_not_resolved_against_an_update():
    assert read(after="<div>Updated: 12 January 2026</div>").told_on is None
    assert read(after="<div>12 January 2026</div>").told_on == date(2026, 1, 12)


@pytest.mark.parametrize(
    ("case", "where"),
    [
        ("somebody only looked at it", {"after": "<div>Last reviewed: 12 January 2026</div>"}),
        ("the foot of the site", {"tail": "<footer><p>Last updated: 12 January 2026</p></footer>"}),
        ("the end of the site", {"tail": "<div>Last updated: 12 January 2026</div>"}),
        ("other stories", {"tail": "<div><div class=x>Updated 12 January 2026</div><a href=/b>Nine boats sink in the strait at night</a></div>" * 4}),
        ("the text itself", {"after": f"<p>The list of the owners was updated on 12 January 2026, and {STORY[3:]}"}),
        ("after the capture", {"after": "<div>Updated: 12 March 2026</div>"}),
        ("machines alone", {"head": '<meta property="article:modified_time" content="2026-01-12T09:00:00Z">'}),
    ],
)
def test_updates_that_date_no_text(case, where):
    assert read(**where).published_on is None, case


def test_an_update_beside_the_day_of_publication_leaves_it():
    found = read(after="<div>Last updated: January 20, 2026 | Published: January 12, 2026</div>")
    assert (str(found.published_on), str(found.date_modified)[:10]) == ("2026-01-12", "2026-01-20")


def test_the_day_of_a_comment_is_nobodys():
    comment = "<div class=comments><div><time itemprop=datePublished datetime='2026-01-14'>14 January 2026</time> Nice</div></div>"
    assert read(inside=STORY, tail=comment).published_on is None


def test_of_a_sites_own_names_for_its_day_the_first_in_time_counts():
    head = "<meta name=published-time content=2026-01-30T09:00:00Z><meta name=published-date content=2026-01-12>"
    assert str(read(head=head).published_on) == "2026-01-12"


def test_the_only_h1_is_the_place_of_the_headline_though_the_head_words_it_differently():
    page = html_of(STORY, after="<div>12 January 2026</div>").replace("<title>Pier opens again -", "<title>Ferries sail from the pier once more -")
    found = extract(Page(URL, URL, page.encode(), "text/html", CAPTURED), RULES)
    assert (found.headline, str(found.published_on)) == ("Ferries sail from the pier once more", "2026-01-12")


def test_a_page_in_the_english_of_britain_has_the_day_first_at_an_american_outlet():
    page = html_of(STORY, after="<div>02/01/2026</div>").replace("<html>", "<html lang=en-gb>")
    found = extract(Page(URL, URL, page.encode(), "text/html", CAPTURED), replace(RULES, country="US"))
    assert str(found.published_on) == "2026-01-02"


@pytest.mark.parametrize("href", ["/news/pier", "pier", "//sample.example/news/pier", "https://sample.example/news/pier"])
def test_a_canonical_address_is_made_whole(href):
    assert read(head=f"<link rel=canonical href='{href}'>").canonical_url == URL


@pytest.mark.parametrize(
    ("created", "printed", "published"),
    [
        ("2026-01-05T09:00:00Z", "", "2026-01-05 09:00"),  # nothing else gives a day
        ("2026-01-05T09:00:00Z", "12 January 2026", "2026-01-11 17:30"),
        ("2026-01-12T09:00:00Z", "12 January 2026", "2026-01-12 09:00"),  # the hour of the printed day
    ],
)
def test_when_a_page_was_made_is_not_when_it_was_published(created, printed, published):
    found = read(head=f"<meta name=dcterms.created content={created}>", after=f"<div>{printed}</div>")
    assert found.date_published.astimezone(UTC).isoformat(" ")[:16] == published


def winners(found, *names):
    return [(each.field, each.source, each.value) for each in found.candidates if each.chosen and each.field in names]


def test_the_winning_candidates_are_marked():
    head = '<meta name="author" content="Jane Roe"><meta property="article:published_time" content="2026-01-12T03:00:00Z">'
    found = read(head=head, after="<div>By Ko Ko 12 January 2026</div>")
    assert winners(found, "date_published") == [("date_published", "meta", "2026-01-12T03:00:00Z")]
    assert winners(found, "byline", "authors") == [("byline", "byline", "By Ko Ko 12 January 2026"), ("authors", "byline", "Ko Ko")]


def test_all_candidates_that_name_the_writers_are_marked():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pier opens again", "author": [{"name": "Jane Roe"}, {"name": "Ko Ko"}]}</script>'
    assert winners(read(head=head), "authors") == [("authors", "json_ld", "Jane Roe"), ("authors", "json_ld", "Ko Ko")]


# ---------------------------------------------------------------- bylines and datelines


@pytest.mark.parametrize(
    ("after", "byline", "authors", "newsroom"),
    [
        ("<div>By</div><div><a href='/author/ko'>Ko Ko</a></div>", "By Ko Ko", ("Ko Ko",), None),
        ("<div>By</div><div>SDN</div>", "By SDN", (), "SDN"),
        ("<div>By <b>Jane Roe</b><span>Updated: 12 January 2026</span></div>", "By Jane Roe Updated: 12 January 2026", ("Jane Roe",), None),
        ("<div>Khaing Thu Rein, 12 January 2026 <i>1204 views</i></div>", "Khaing Thu Rein, 12 January 2026", ("Khaing Thu Rein",), None),
        ("<div>SDN <time datetime='2026-01-12'>January 12, 2026</time></div>", None, (), "SDN"),
        ("<div><a rel='author' href='/x'>ကိုကို</a> <span>January 12, 2026</span></div>", "ကိုကို January 12, 2026", ("ကိုကို",), None),
        ("<div><a href='/c/a'>Markets</a> <a href='/c/b'>Harbour</a> 12 January 2026</div>", None, (), None),
        ("<div>Admin</div><div>12 January 2026</div>", None, (), None),
    ],
)
def test_bylines_in_pieces(after, byline, authors, newsroom):
    found = read(after=after)
    assert (found.byline, found.authors, found.newsroom) == (byline, authors, newsroom)
    assert (found.dateline_place, found.dateline_date) == (None, None)


def test_a_subtitle_in_brackets_is_the_standfirst():
    found = read(after="<p>(Boats leave from the old harbour once more)</p><p>Sittwe, January 12</p>")
    assert (found.description, found.dateline_place) == ("Boats leave from the old harbour once more", "Sittwe")


def test_a_label_or_a_credit_is_no_standfirst():
    assert read(after="<p>Getty Images</p><div>By Ko Ko</div>").description is None


def test_the_only_paragraph_of_a_page_is_its_text_though_a_byline_follows():
    page = html_of("<p>The pier in the old harbour was opened again on Saturday after repairs of four months, the committee of the town said.</p>")
    found = extract(Page(URL, URL, page.replace("</article>", "<p>Ko Ko, 12 January 2026</p></article>").encode(), "text/html", CAPTURED), RULES)
    assert (found.description, found.body[:8]) == (None, "The pier")


def test_characters_that_a_system_escaped_twice_are_read():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pier opens again", "description": "The town&#8217;s pier"}</script>'
    assert read(head=head).description == "The town’s pier"


# ---------------------------------------------------------------- tags and pictures


@pytest.mark.parametrize(
    ("tail", "keywords"),
    [
        ('<p><a rel="tag" href="/t/1">Harbours</a> <a rel="tag" href="/t/2">Boats</a></p>', ("Harbours", "Boats")),
        ('<ul class="td-tags"><li><a href="/t/1">#Harbours</a></li></ul>', ("Harbours",)),
        ('<p><a rel="category tag" href="/c/1">News</a></p>', ()),
        ('<div class="trending"><a rel="tag" href="/t/1">Elections</a></div>', ()),
        ("".join(f'<a rel="tag" href="/t/{n}">Tag {n}</a>' for n in range(30)), ()),  # a cloud of all tags
    ],
)
def test_printed_tags_are_keywords(tail, keywords):
    assert read(tail=tail).keywords == keywords


def images(found):
    return [(image.url, image.caption, image.credit) for image in found.images]


def test_pictures_of_other_stories_and_advertisements_are_not_the_articles():
    card = '<div class="latest"><a href="/b"><img src="/b.jpg"><h4>Nine boats sink in the strait</h4></a></div>'
    aside = '<aside class="widget"><img src="/c.jpg"><a href="/c">Ferry line between two islands</a></aside>'
    tail = f'{card}{aside}<img src="/uploads/ad2.jpg"><img src="/logo.svg">'
    assert images(read(after='<img src="/a.jpg">', tail=tail)) == [("https://sample.example/a.jpg", None, None)]


def test_a_caption_beside_the_picture_in_a_link_is_read():
    after = '<div><a href="/a.jpg"><div><img src="/a.jpg"></div><p class="wp-caption-text">Boats at the pier in January. / Sample Daily</p></a></div>'
    assert images(read(after=after)) == [("https://sample.example/a.jpg", "Boats at the pier in January.", "Sample Daily")]


@pytest.mark.parametrize(
    ("body", "said", "text"),
    [
        ("Die Brücke über den Fluß ist gesperrt".encode() + b"\xff\xc3", "text/html; charset=utf-8", "Die Brücke über den Fluß ist gesperrt\ufffd\ufffd"),  # two bytes are broken
        ("Die Brücke über den Fluß, so der Bürgermeister, ist für Wochen gesperrt".encode("cp1252"), "text/html; charset=utf-8",
         "Die Brücke über den Fluß, so der Bürgermeister, ist für Wochen gesperrt"),  # all of them are: it is no UTF-8
    ],
)
def test_a_few_broken_bytes_do_not_change_the_character_set(body, said, text):
    assert decode(body, said) == text


@pytest.mark.parametrize(
    ("inside", "caption", "credit"),
    [
        # The caption follows the picture's own element.
        ("<div><img src=/a.jpg></div><p class=wp-caption-text>At the gate. Photo: MNA</p>", "At the gate.", "MNA"),
        ("<span><picture><img src=/a.jpg></picture></span><div class=caption>At the gate. Photo: Star</div>", "At the gate.", "Star"),
        # The credit has an element of its own.
        ("<figure><img src=/a.jpg><figcaption>At the gate</figcaption><span class=caption-attribution>Star</span></figure>", "At the gate", "Star"),
        ("<figure><img src=/a.jpg><figcaption>At the gate <span class=credit>(Ko Ko / AP)</span></figcaption></figure>", "At the gate", "Ko Ko / AP"),
        # Words for readers of screens are neither.
        (
            "<figure><div><img src=/a.jpg><p><span class=visually-hidden>Image source, </span>Getty Images</p></div>"
            "<figcaption><span class=visually-hidden>Image caption, </span><p>At the gate</p></figcaption></figure>",
            "At the gate",
            "Getty Images",
        ),
    ],
)
def test_captions_and_credits_beside_a_picture(inside, caption, credit):
    found = read(inside=inside)
    assert [(image.caption, image.credit) for image in found.images] == [(caption, credit)]
    assert "gate" not in found.body
    assert "Getty" not in found.body


def test_a_paragraph_behind_a_picture_is_no_caption():
    assert "gate was open" in read(inside="<div><img src=/a.jpg></div><p>The gate was open until the evening, the owners of the boats said.</p>").body


def test_the_only_item_of_a_list_is_a_paragraph():
    page = html_of(f"<ul><li>{STORY.replace('<p>', '').replace('</p>', '<br>')}</li></ul>")
    found = extract(Page(URL, URL, page.encode(), "text/html", CAPTURED), RULES)
    assert isinstance(found, Extracted)
    assert found.body.startswith("The pier")
