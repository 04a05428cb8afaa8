"""Which heading of a page is the headline, and which of its words are."""

import pytest
from lxml import html

from flows.steps.headlines import find_headline, without_site_name
from warehouse.records import FieldCandidate

KICKERS = [
    # A kicker or a subtitle in an element of its own, by its class.
    ("<h1><span class='teaser__kicker'>Harbour</span> Ferry sails again</h1>", "Ferry sails again"),
    ("<h1><span class=roofline>Harbour</span>Ferry sails again</h1>", "Ferry sails again"),
    ("<h1>Ferry sails again<small class=article-subtitle>The pier is mended</small></h1>", "Ferry sails again"),
    ("<h1><b class=kicker>Harbour</b><i class=visually-hidden>: </i><b>Ferry sails again</b></h1>", "Ferry sails again"),
    # By what the head states.
    ("<h1><span>Harbour</span> <span>Ferry sails again</span></h1>", "Ferry sails again"),
    ("<h1>Ferry sails again <div>Posted on 3 May 2021 by Ko Ko</div></h1>", "Ferry sails again"),
    # Neither: all of it is the headline.
    ("<h1>Ferry <em>Sagaing</em> sails</h1>", "Ferry Sagaing sails"),
    ("<h1><span class=headline-label>Ferry sails</span></h1>", "Ferry sails"),
    ("<h1>H<sub>2</sub>O is short</h1>", "H2O is short"),
]


@pytest.mark.parametrize(("heading", "headline"), KICKERS)
def test_what_stands_beside_a_headline_is_left_out(heading, headline):
    tree = html.document_fromstring(f"<body>{heading}<p>Text</p></body>")
    stated = [FieldCandidate("headline", "Ferry sails again", "json_ld"), FieldCandidate("headline", f"{headline} - Daily", "meta")]
    assert find_headline(tree, stated, ["Daily"])[0] == headline


def test_two_elements_of_a_heading_are_two_words():
    tree = html.document_fromstring("<body><h1><span>Harbour news</span>Ferry sails again</h1></body>")
    assert find_headline(tree, [], [])[0] == "Harbour news Ferry sails again"


def test_a_heading_that_leads_to_the_first_page_is_the_name_of_the_site():
    tree = html.document_fromstring("<body><h1><a href='https://w.example/'>Four Rivers</a></h1><h2>Ferry sails again</h2></body>")
    stated = [FieldCandidate("headline", "Four Rivers » Blog » Ferry sails again", "meta")]
    headline, element = find_headline(tree, stated, [])
    assert (headline, element.tag) == ("Ferry sails again", "h2")


def test_a_heading_that_links_to_the_article_is_the_headline():
    tree = html.document_fromstring("<body><h1><a href='/2021/ferry'>Ferry sails again</a></h1></body>")
    assert find_headline(tree, [], [])[0] == "Ferry sails again"


def test_a_section_above_the_headline_is_not_taken_for_it():
    tree = html.document_fromstring("<body><h1>Open Harbour</h1><h2>Why ferries sail at night</h2></body>")
    stated = [
        FieldCandidate("headline", "Why ferries sail at night", "json_ld"),
        FieldCandidate("headline", "Open Harbour - Why ferries sail at night | Daily", "meta"),
    ]
    assert find_headline(tree, stated, ["Daily"])[0] == "Why ferries sail at night"


@pytest.mark.parametrize(
    ("title", "names", "expected"),
    [
        ("Ferry sails – West Pier Features", ["www.westpier.com"], "Ferry sails"),
        ("Ferry sails | WESTPIER.COM", ["westpier.com"], "Ferry sails"),
        ("Westpier | Ferry sails", ["westpier.com"], "Ferry sails"),
        ("Ferry sails│West Pier", ["West Pier"], "Ferry sails"),
        # The host's name at the head of another thought is no site name.
        ("Storm over the delta - Irrawaddy villages wait for boats", ["www.irrawaddy.com"], "Storm over the delta - Irrawaddy villages wait for boats"),
        ("Ferry sails - No. 5 boat", ["bbc.co.uk"], "Ferry sails - No. 5 boat"),
    ],
)
def test_a_host_names_its_site(title, names, expected):
    assert without_site_name(title, names) == expected
