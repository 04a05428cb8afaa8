"""Which lines of a page become its text: traits, weights, and what is done at the edges."""

import pytest
from lxml.html import document_fromstring

from flows.steps.body import body_lines, each_once, line_weights, probabilities, worth_keeping
from flows.steps.clean import clean_body
from flows.steps.layout import drop_furniture, lines_within
from flows.steps.traits import Traits, line_traits, means_beside

STORY = (
    "The harbour of Lemro opened again on Monday after the storm, and the first boats with rice left before noon.",
    "Fishermen said that the water had carried away two landing stages and the lamp at the end of the pier.",
    "The district sent men with timber, who want to be done within a week, an officer told reporters.",
    "Until then the ferry lands at the old market, where the bank is firm enough for carts.",
)
BURMESE = (
    "မြို့ဆိပ်ကမ်းကို မုန်တိုင်းအပြီး တနင်္လာနေ့မှာ ပြန်ဖွင့်ခဲ့ပြီး ဆန်တင်လှေတွေ မွန်းမတည့်ခင် ထွက်ခွာသွားတယ်လို့ ဒေသခံတွေက ပြောပါတယ်။",
    "ရေလှိုင်းကြောင့် ဆိပ်ခံတံတား နှစ်စင်း မျောပါသွားတယ်လို့ တံငါသည်တွေက ပြောပါတယ်။",
    "ခရိုင်က သစ်တွေနဲ့ လူတွေ လွှတ်ပေးထားပြီး တစ်ပတ်အတွင်း ပြီးအောင် လုပ်မယ်လို့ တာဝန်ရှိသူတစ်ဦးက ပြောပါတယ်။",
)


def page(*lines, before="", after=""):
    return f"<html><body>{before}<article><h1>Harbour opens again</h1>{''.join(f'<p>{line}</p>' for line in lines)}</article>{after}</body></html>"


def read(html):
    tree = document_fromstring(html)
    shown = lines_within(tree.body)
    headline = next((number for number, line in enumerate(shown) if line.element.tag == "h1"), -1)
    left = [line for number, line in enumerate(shown) if number != headline]
    return body_lines(tree, left, headline - 1, "http://localhost/news/1")


MENU = "<ul class='menu'>" + "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("News", "Sport", "Weather", "Letters", "About")) + "</ul>"
TEASERS = "<div class='more'>" + "".join(f"<p><a href='/{n}'>Another story of another day, the {n}th</a></p>" for n in range(5)) + "</div>"


@pytest.mark.parametrize("story", [STORY, BURMESE], ids=["english", "burmese"])
def test_the_text_is_kept_in_page_order_and_menus_and_teasers_are_not(story):
    assert read(page(*story, before=MENU, after=TEASERS)) == list(story)


def test_a_subheading_inside_the_text_is_text():
    html = page(*STORY[:2]).replace("</article>", f"<h2>Timber for the pier</h2><p>{STORY[2]}</p><p>{STORY[3]}</p></article>")
    assert read(html) == [*STORY[:2], "Timber for the pier", *STORY[2:]]


def test_a_day_and_a_credit_before_the_first_sentence_are_no_text():
    assert read(page("10 February 2026", "Sample Images", *STORY)) == list(STORY)


def test_a_page_without_a_line_has_no_text():
    assert read("<html><body><div></div></body></html>") == []


def test_of_equal_paragraphs_the_first_is_kept_and_labels_may_repeat():
    assert each_once(["Question", "One two three four.", "Question", "One two three four."]) == ["Question", "One two three four.", "Question"]


def test_an_invitation_to_subscribe_after_the_text_is_handed_on():
    wall = "<div class='wall'><p>Subscribe to continue reading</p></div>"
    assert read(page(*STORY, after=wall + TEASERS)) == [*STORY, "Subscribe to continue reading"]


def test_an_invitation_that_the_page_hides_is_not():
    wall = "<div style='display:none'><p>Subscribe to continue reading</p></div>"
    assert read(page(*STORY, after=wall + TEASERS)) == list(STORY)


def test_what_is_likelier_text_than_half_the_expected_f_is_kept():
    # All of one page is nearly sure: a line of .4 is left. On a page where nothing is sure the same line is kept.
    assert worth_keeping([0.99, 0.99, 0.4], [50, 50, 10]) == [True, True, False]
    assert worth_keeping([0.5, 0.4, 0.05], [50, 50, 50]) == [True, True, False]


def test_traits_are_summed_with_their_weights():
    told = Traits((frozenset({"inside:article"}), frozenset()), {"links": [0.0, 0.5]})
    alone, linked = probabilities(told, {"always": 0.0, "inside:article": 2.0, "links": -4.0, "unknown": 9.0})
    assert (round(alone, 3), round(linked, 3)) == (0.881, 0.119)


def test_means_beside_count_what_lies_past_the_ends_as_zero():
    assert means_beside([1, 2, 3, 4], 2) == ([0.0, 0.5, 1.5, 2.5], [2.5, 3.5, 2.0, 0.0])


def test_every_weight_belongs_to_a_trait_that_lines_can_have():
    tree = document_fromstring(page(*STORY, before=MENU, after=TEASERS))
    told = line_traits(lines_within(tree.body), 5, " ".join(STORY))
    first, _ = line_weights()
    named = {name for name in first if not name.startswith(("class:", "tag:", "inside:"))}
    assert named <= {"always", *told.columns}


def test_weights_rest_on_no_words_of_a_text():
    assert not [name for look in line_weights() for name in look if name.startswith("says")]


def test_what_a_consent_manager_puts_into_a_page_is_dropped():
    asks = "<p>When you visit our website, we store cookies on your browser to collect information about you and your device, which helps us.</p>" * 3
    tree = document_fromstring(page(*STORY, *STORY, after=f"<div id='onetrust-consent-sdk'>{asks}</div>"))
    drop_furniture(tree, None)
    assert "cookies" not in tree.text_content()
    assert STORY[0] in tree.text_content()


def test_a_report_goes_on_after_a_heading_of_related_stories():
    report = [*STORY, "Related stories", *(f"{line} That was on day {day}." for day in range(5) for line in STORY)]
    told = tuple(line for line in report if line != "Related stories")
    assert clean_body(report, headline=None, captions=frozenset()).paragraphs == told


def test_a_short_list_after_a_heading_of_related_stories_is_cut():
    report = [*STORY, *(f"{line} That was on day {day}." for day in range(5) for line in STORY)]
    listed = ["Related stories", "A ferry for the island", "Rice from the north"]
    assert clean_body([*report, *listed], headline=None, captions=frozenset()).paragraphs == tuple(report)


def test_a_bold_word_that_heads_the_first_part_is_text():
    assert read(page("<b>Harbour</b>", *STORY)) == ["Harbour", *STORY]
