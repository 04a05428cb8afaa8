"""Who wrote an article: the names that a page marks, and which source of names is believed."""

import pytest
from lxml.html import document_fromstring

from flows.steps.bylines import read_byline
from flows.steps.layout import lines_within
from flows.steps.writers import choose_writers, desk, printed_writers
from warehouse.records import FieldCandidate

PROSE = "<p>The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said today.</p>"


def writers_of(after="", tail="", before=""):
    html = f"<html><body>{before}<article><h1>Pier opens again</h1>{after}{PROSE * 30}</article>{tail}</body></html>"
    shown = lines_within(document_fromstring(html).body)
    at = next(number for number, line in enumerate(shown) if line.element.tag == "h1")
    return [candidate.value for candidate in printed_writers(shown, at)]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ({"after": '<div class="byline">Jane Roe</div>'}, ["Jane Roe"]),
        ({"after": '<div><a href="/author/jane-roe">Jane Roe</a>January 12, 2026</div>'}, ["Jane Roe"]),
        ({"after": '<div><a rel="author" href="/x">Jane Roe</a> and <a rel="author" href="/y">Ko Ko</a></div>'}, ["Jane Roe", "Ko Ko"]),
        ({"after": '<p class="author">Jane Roe | Yangon | 12 January 2026</p>'}, ["Jane Roe"]),
        ({"tail": "<div>Written by</div><div>Jane Roe</div>"}, ["Jane Roe"]),
        ({"tail": '<div class="author-box"><h4 class="author-name">Jane Roe</h4></div>'}, ["Jane Roe"]),
        ({"tail": '<div class="author-box"><h4 class="author-name">About Jane Roe</h4></div>'}, ["Jane Roe"]),
    ],
)
def test_marked_names(page, names):
    assert writers_of(**page) == names


CARD = '<div class="card"><a href="/b">Nine boats sink in the strait at night</a><span class="author">Min Min</span></div>'


@pytest.mark.parametrize(
    ("case", "page"),
    [
        ("the writer of another story", {"tail": CARD}),
        ("a comment", {"tail": '<div class="reply"><span class="author">Min Min</span><p>Good.</p></div>'}),
        ("several boxes are the staff", {"tail": '<p class="author">Min Min</p><p class="author">Jane Roe</p>'}),
        ("who reviewed it", {"after": '<div>Reviewed by <a href="/author/min">Min Min</a></div>'}),
        ("who took the picture", {"after": '<div class="author">Photos by Min Min</div>'}),
        ("an office", {"after": '<div class="author">Chief Correspondent, Sittwe</div>'}),
        ("a place after a desk", {"after": '<div class="author">Our Correspondent, Mrauk U</div>'}),
        ("a desk", {"after": '<div class="author">News Desk</div>'}),
    ],
)
def test_names_that_are_not_the_writers(case, page):
    assert writers_of(**page) == [], case


def choose(byline=None, *named):
    candidates = [FieldCandidate("authors", value, source) for source, value in named]
    found, winners = choose_writers(candidates, read_byline(byline) if byline else None, (), ["Admin"], ["Sample Daily"])
    return found, [(winner.source, winner.value) for winner in winners]


@pytest.mark.parametrize(
    ("byline", "named", "expected"),
    [
        ("By Jane Roe", [("json_ld", "Ko Ko")], ("Jane Roe",)),
        ("By Admin", [("json_ld", "Ko Ko")], ("Ko Ko",)),
        ("By Jane Roe", [("json_ld", "Jane Roe"), ("json_ld", "Ko Ko")], ("Jane Roe", "Ko Ko")),  # the line was cut
        ("By Jane Roe Sample Weekly", [("meta", "Jane Roe")], ("Jane Roe",)),  # glued to what follows
        (None, [("json_ld", "Jane Roe"), ("meta", "Jane Roe, Ko Ko")], ("Jane Roe", "Ko Ko")),
        (None, [("json_ld", "Sample Daily"), ("byline", "Ko Ko")], ("Ko Ko",)),
        (None, [("meta", "jroe"), ("byline", "Jane Roe")], ("Jane Roe",)),  # a login is no name where there is one
        (None, [("meta", "jroe")], ("jroe",)),
        (None, [("json_ld", "Ko Ko"), ("feed", "Jane Roe")], ("Ko Ko",)),
        (None, [("json_ld", "Admin")], ()),
    ],
)
def test_which_source_of_names_is_believed(byline, named, expected):
    assert choose(byline, *named)[0] == expected


def test_the_candidates_that_name_the_writers_are_told():
    assert choose(None, ("json_ld", "Jane Roe"), ("json_ld", "Ko Ko"), ("meta", "Min Min"))[1] == [("json_ld", "Jane Roe"), ("json_ld", "Ko Ko")]


@pytest.mark.parametrize(("names", "expected"), [(["Admin", "News Desk"], "News Desk"), (["Web Master"], None), (["http://x/y"], None), ([], None)])
def test_a_desk_is_never_an_account(names, expected):
    assert desk(names) == expected
