"""The day of publication that a page prints: which dated lines give it, and which never do."""

from datetime import date

import pytest
from lxml.html import document_fromstring

from flows.steps.days import headline_line, printed_day, printed_update
from flows.steps.layout import lines_within

PROSE = "<p>The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said today.</p>"
CAPTURED = date(2026, 2, 3)


def day_of(before="", after="", tail="", *, country="MM", stated=(), heading="<h1>Pier opens again</h1>"):
    """(value, source) of the printed day, or None."""
    html = f"<html><body>{before}<article>{heading}{after}{PROSE * 4}</article>{tail}</body></html>"
    tree = document_fromstring(html)
    shown = lines_within(tree.body)
    at = next((number for number, line in enumerate(shown) if line.element.tag == "h1"), -1)
    found = printed_day(shown, at, among=shown, read_already=(), country=country, captured_on=CAPTURED, zone="Asia/Yangon", stated=stated)
    return (found.value, found.source) if found else None


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ({"after": "<div>12 January 2026</div>"}, "2026-01-12"),
        ({"after": "<div>Jane Roe, 12 January 2026, 5 min read</div>"}, "2026-01-12"),
        ({"before": "<div>12 January 2026</div>"}, "2026-01-12"),
        ({"tail": "<div>Published on: 12 January 2026</div>"}, "2026-01-12"),
        ({"after": "<div>၂၀၂၆ ခုနှစ် ဇန်နဝါရီလ ၁၂ ရက်</div>"}, "2026-01-12"),
        ({"after": "<div>12/01/2026</div>"}, "2026-01-12"),
        ({"tail": "<div>12 January 2026 | Originally published</div>"}, "2026-01-12"),
        ({"tail": "<div>Published:</div><div>12 January 2026</div>"}, "2026-01-12"),
        # A link to the day's archive is no title, nor is one in the midst of a paragraph.
        ({"before": "<div class=meta><a href='/2026/01'>Stories of the harbour, 12 January 2026</a></div>"}, "2026-01-12"),
        (
            {
                "tail": f"<div><div class=date>12 January 2026</div><p>{PROSE[3:40]} <a href='/b'>from four months of hard repairs</a> ended.</p></div>"
            },
            "2026-01-12",
        ),
    ],
)
def test_a_day_beside_the_headline_or_behind_its_label_is_that_of_publication(where, value):
    assert day_of(**where) == (value, "outlet_rule")


def test_a_time_element_says_the_moment():
    assert day_of(after='<time datetime="2026-01-12T09:00:00+06:30">12 Jan 2026</time>') == ("2026-01-12T09:00:00+06:30", "microdata")


def test_a_time_element_whose_text_is_no_day_says_it():
    after = "<div><time datetime='2026-01-12T09:00:00+06:30'>three weeks ago</time> by Ko Ko</div>"
    assert day_of(after=after) == ("2026-01-12T09:00:00+06:30", "microdata")


def test_a_time_element_that_says_another_day_than_it_prints_is_not_believed():
    assert day_of(after="<abbr class=published title='2026-12-01T09:00:00'>12 January 2026</abbr>") == ("2026-01-12", "outlet_rule")


def test_a_label_far_away_goes_before_a_bare_day_far_away():
    tail = "<div>9 January 2026</div><div>Posted: 12 January 2026</div>"
    assert day_of(tail=tail) == ("2026-01-12", "outlet_rule")


CARD = '<div class="card"><a href="/b">Nine boats sink in the strait at night</a><span class="date">11 January 2026</span></div>'


@pytest.mark.parametrize(
    ("case", "where"),
    [
        ("the card of another story", {"tail": CARD}),
        ("cards above the headline", {"before": CARD * 5}),
        ("a list of other stories", {"tail": "<ul>" + "".join(f"<li>Boats sink <i>{day} January 2026</i></li>" for day in (9, 10, 11)) + "</ul>"}),
        ("the clock of the visit", {"before": "<div class='date'>Tuesday, February 3, 2026</div>"}),
        ("a clock of another day in the head", {"before": "<div class='date'>Monday, February 2, 2026</div>" + "<p>Go</p>" * 12}),
        ("a comment", {"tail": '<div class="comment"><div>Posted on: 12 January 2026</div><p>Good.</p></div>'}),
        ("an event in the text", {"after": PROSE * 2 + "<p>The boats sank on 12 January 2026 near the cape</p>"}),
        ("an update", {"after": "<div>Updated: 12 January 2026</div>"}),
        ("an update by the line above", {"after": "<div>Date last reviewed:</div><div>12 January 2026</div>"}),
        ("an update by the words behind", {"after": "<div>12 January 2026 | Latest version</div>"}),
        ("when its host was last at work", {"after": "<div>Last published 12 January 2026</div>"}),
        ("three cards behind the text", {"tail": PROSE * 12 + "<div><div><div class=date>9 January 2026</div></div></div>" * 3}),
        ("a copyright", {"tail": "<div>© 12 January 2026 Sample Daily</div>"}),
        ("a day after the capture", {"after": "<div>12 March 2026</div>"}),
        (
            "a line of prose",
            {"after": "<p>On 12 January 2026 the committee of the harbour met the owners of the boats in the hall of the town and the school.</p>"},
        ),
        ("no year", {"after": "<div>12 January</div>"}),
    ],
)
def test_days_that_are_not_of_publication(case, where):
    assert day_of(**where) is None, case


def test_days_that_look_alike_do_not_contradict_the_machines():
    tail = "<div><div><div class=date>9 January 2026</div></div></div>" * 3
    assert day_of(tail=tail, stated=[date(2026, 1, 9)]) is not None
    assert day_of(tail=tail, stated=[date(2026, 1, 20)]) is None


def test_bare_numbers_are_read_the_other_way_round_where_the_page_states_that_day():
    assert day_of(after="<div>03/01/2026</div>") == ("2026-01-03", "outlet_rule")
    assert day_of(after="<div>01/03/2026</div>", stated=[date(2026, 1, 3)]) == ("2026-01-03", "outlet_rule")


def test_bare_numbers_are_read_the_other_way_round_where_the_first_reading_lies_ahead():
    assert day_of(after="<div>01/12/2026</div>") == ("2026-01-12", "outlet_rule")


def test_only_lines_that_were_asked_for_count():
    tree = document_fromstring("<html><body><h1>Pier opens</h1><div>12 January 2026</div></body></html>")
    shown = lines_within(tree.body)
    options = {"country": "MM", "captured_on": CAPTURED, "zone": "Asia/Yangon"}
    assert printed_day(shown, 0, among=shown[:1], read_already=(), **options) is None
    assert printed_day(shown, 0, among=shown, read_already=shown, **options) is None
    assert printed_day(shown, 0, among=shown, read_already=(), **options) is not None


def test_a_page_without_a_headline_gives_a_labelled_day_only():
    assert day_of(heading="", tail="<div>12 January 2026</div>") is None
    assert day_of(heading="", tail="<div>Published: 12 January 2026</div>") == ("2026-01-12", "outlet_rule")


@pytest.mark.parametrize(
    ("case", "where"),
    [
        ("a name that touches the month", {"after": "<div><b>By Jane Roe</b>January 12, 2026</div>"}),
        ("an ISO day with dots", {"after": "<p>Essay - Published: 2026.01.12 | <a href=/h>harbour</a> | <a href=/t>town</a></p>"}),
        ("a label alone above the day", {"tail": "<div><div><h4>Published</h4><time>12 January 2026</time></div><a href=/b>Nine boats sink in the strait at night</a></div>"}),
        ("an icon that says so", {"tail": f"<ul><li><i title=Published></i> <time>Monday, 12 January 2026</time></li><li>{CARD}</li></ul>"}),
        ("a writer before the day", {"tail": "<div>Author: <a>Ko Ko</a> am 12.01.2026, 13:36 Uhr</div>"}),
        (
            "the first post of a forum",
            {"after": "<p>1 post</p>" * 8 + "<div>Joined: 3 May 2019, 05:56</div><div><b>by</b> Ko Ko » 12 January 2026, 05:42</div>"},
        ),
        (
            "a sentence of the theme",
            {"tail": f"<p>This entry was posted on Monday, January 12th, 2026 at 11:03 pm and is filed under Harbour. {'You can leave a response. ' * 4}</p>"},
        ),
        ("the verb behind the day", {"tail": "<p>Pier opens again wurde am 12. Januar 2026 um 23:03 Uhr gepostet und unter <a>Hafen</a> abgelegt.</p>"}),
        ("a day that opens the text", {"after": f"<p>12.01.2026 – {PROSE[3:]}"}),
        ("a press release with its day", {"after": f"<p>Pressemitteilung vom 12. Januar 2026 | Sittwe – {PROSE[3:-4] * 3}</p>"}),
        ("a link to the comments beside the day", {"after": "<div><span>12 January 2026</span> <a class=comments-link>6</a></div>"}),
        ("a meta line named after comments", {"after": "<p class=commentmeta>12 January 2026 at 20:51</p>"}),
        ("first published, then changed", {"after": "<div>Updated January 20, 2026 8:23 PM Originally published January 12, 2026</div>"}),
        ("an hAtom day of change first", {"after": "<div><time class=updated>January 20, 2026</time> <time class=published>January 12, 2026</time></div>"}),
        (
            "its own card in a list",
            {"heading": "<h1>Pier opens again in the harbour</h1>"
             "", "tail": f"<ul><li>{CARD}</li><li><a href=/a>Pier opens again in the harbour</a> <span class=date>12 January 2026</span></li></ul>"},
        ),
    ],
)  # fmt: skip
def test_places_that_give_the_day_of_the_story_itself(case, where):
    assert (day_of(**where) or ("none",))[0] == "2026-01-12", case


@pytest.mark.parametrize(
    ("case", "where"),
    [
        ("a caption under the headline", {"after": "<div>Boats lie in the harbour of the old town, 12 January 2026</div>"}),
        ("the day of a member", {"after": "<div>Registered: 12 January 2026</div>"}),
        ("the day of printing", {"tail": "<div class=date>Print Date: 12 January 2026</div>"}),
        ("a post of another site", {"after": "<div>— Harbour News (@harbournews) January 12, 2026</div>"}),
        ("an update with its clock", {"after": "<div class=date>Updated 20:49, 12 January 2026</div>"}),
        ("an edit by somebody", {"tail": "<div><time>Last edited by a moderator 12 January 2026</time></div>"}),
        ("a change that a reader can look up", {"after": "<div><time>12 January 2026</time> <a>See Updates</a></div>"}),
        ("a chronicle", {"after": "".join(f"<p>{day} January 2026 – {PROSE[3:]}" for day in (10, 11, 12))}),
        ("labelled days of many stories", {"tail": "<div><div class=x>Published: 12 January 2026</div></div>" * 4}),
        ("the card of another story with a label above", {"tail": f"<div><div>Latest</div><div>12 January 2026</div>{CARD}</div>"}),
    ],
)
def test_places_that_give_the_day_of_something_else(case, where):
    assert day_of(**where) is None, case


def lines_of(html):
    return lines_within(document_fromstring(f"<html><body>{html}</body></html>").body)


def test_a_day_just_above_the_text_counts_though_it_is_far_from_the_headline():
    shown = lines_of(
        f"<h1>Pier opens again</h1>{'<p>Share</p>' * 8}<div><div>12 January 2026</div><a href=/b>Nine boats sink in the strait at night</a></div><section>{PROSE * 3}</section>"
    )
    options = {"among": shown, "read_already": (), "country": "MM", "captured_on": CAPTURED, "zone": "Asia/Yangon"}
    assert printed_day(shown, 0, **options) is None
    assert printed_day(shown, 0, **options, opening=document_fromstring(PROSE).text_content()).value == "2026-01-12"


@pytest.mark.parametrize(
    ("html", "headline", "at"),
    [
        ("<p>Home</p><h4>Pier opens again</h4>" + PROSE, "Pier opens again!", 1),
        ("<h1>Sample Daily</h1><p>x</p><h2>Harbour has its pier back</h2><p>By Ko Ko</p>" + PROSE, "Pier opens again", 2),
        ("<p>Home</p>" + PROSE, "Pier opens again", -1),
        ("<h2>Another story</h2>" + "<p>Go</p>" * 12 + PROSE, "Pier opens again", -1),  # too far above the text
    ],
)
def test_the_place_of_a_headline_that_the_head_words_differently(html, headline, at):
    shown = lines_of(html)
    opening = next(line.text for line in shown if line.words > 12)
    assert headline_line(shown, headline, opening) == at


@pytest.mark.parametrize(
    ("end", "value"),
    [
        ("<p>Sittwe, 12 January 2026</p>", "2026-01-12"),
        ("<p>Harbour committee</p><p>12 January 2026</p>", "2026-01-12"),
        ("<p>12 January 2026</p><p>Nine boats sink in the strait...</p>", None),  # a teaser of another story
        ("<p>Sittwe, 12 January 2026</p>" * 2, None),
    ],
)
def test_a_statement_is_dated_by_its_last_line(end, value):
    shown = lines_of(f"<h1>Pier opens again</h1><div>{PROSE * 8}{end}</div><p>Home</p>")
    found = printed_day(shown, 0, among=shown, read_already=(), country="MM", captured_on=CAPTURED, zone="Asia/Yangon")
    assert (found.value if found else None) == value


def test_an_update_between_links_of_the_text_stands_in_no_card():
    links = "".join(f"<p><a href=/{number}>Nine boats sink in the strait at night, paper {number}</a></p>" for number in range(3))
    shown = lines_of(f"<h1>Pier opens again</h1><div>{PROSE * 2}<hr><p>Updated 12 January 2026</p>{links}</div>")
    assert printed_update(shown, 0, country="MM", captured_on=CAPTURED, zone="Asia/Yangon").value == "2026-01-12"
