"""Figures, quotations, dates and topics of invented texts."""

from datetime import date

import pytest

from flows.steps.tag import TextToTag, tag
from flows.steps.taggers.sentences import LONGEST_CHARS, sentences


def tagged(body, **fields):
    usual = {"headline": None, "description": None, "captions": "", "language": "en", "outlet_id": "sample_daily", "dateline_place": None}
    return tag(TextToTag(body=body, **(usual | {"published_on": date(2025, 11, 17)} | fields)))


def figures(body):
    return [(f.role, f.low, f.best, f.high, f.qualifier, f.scope) for f in tagged(body).figures]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Seven villagers, including three children, were killed.", [("killed", 7, 7, 7, "exact", "event")]),
        ("More than 40 soldiers were captured.", [("captured", 40, 40, None, "more than", "event")]),
        ("About 70 soldiers surrendered.", [("surrendered", None, 70, None, "about", "event")]),
        ("Up to 30 people were injured.", [("injured", None, 30, 30, "up to", "event")]),
        ("Between 10 and 15 soldiers were killed.", [("killed", 10, None, 15, "about", "event")]),
        ("Tens of thousands of people have been displaced since May.", [("displaced", 10_000, None, None, "at least", "cumulative")]),
        (
            "A shell hit the market, killing one and wounding twenty-two.",
            [("killed", 1, 1, 1, "exact", "event"), ("injured", 22, 22, 22, "exact", "event")],
        ),
        ("Police arrested three students, a teacher and two monks.", [("detained", n, n, n, "exact", "event") for n in (3, 1, 2)]),
        ("The fire destroyed 11 houses.", [("houses_destroyed", 11, 11, 11, "exact", "event")]),
        ("A 25-year-old woman was killed.", [("killed", 1, 1, 1, "exact", "event")]),
        ("In 2017, more than 700,000 people fled.", [("displaced", 700_000, 700_000, None, "more than", "background")]),
        ("Eleven detained villagers were killed by junta soldiers.", [("killed", 11, 11, 11, "exact", "event")]),
        ("15 soldiers were killed and 10 others captured alive.", [("killed", 15, 15, 15, "exact", "event"), ("captured", 10, 10, 10, "exact", "event")]),
        ("A bomb killed a man, his wife and their three children.", [("killed", n, n, n, "exact", "event") for n in (1, 1, 3)]),
        ("Some 50 houses and two monasteries were reduced to ashes.", [("houses_destroyed", None, 50, None, "about", "event")]),
        ("10 killed, 5 injured in air raid", [("killed", 10, 10, 10, "exact", "event"), ("injured", 5, 5, 5, "exact", "event")]),
    ],
)
def test_numbers_of_people_have_role_bounds_and_scope(body, expected):
    assert figures(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Two men aged 60 said so on November 14, 2025.",
        "LIB 289 fired 40 rounds and 5 shells at 11 p.m.",
        "Fish worth 2 million kyats was destroyed 12 km away.",
        "The raid could kill 10 people.",
        "About 200 soldiers began burning homes.",
        "No one was killed in the 5 a.m. attack.",
    ],
)
def test_ages_units_money_distances_dates_and_threats_are_no_figures(body):
    assert figures(body) == []


def test_what_is_told_twice_counts_once_but_two_places_count_twice():
    assert len(figures("A raid killed four people in Minbya. Later the group said four people were killed.")) == 1
    assert len(figures("A raid killed four people in Minbya. A shell killed four people in Myebon.")) == 2


def test_a_number_that_later_sentences_take_apart_is_no_event_number():
    body = "Raids killed five people in two villages. The first bomb killed three people. A second killed two civilians."
    assert [(best, scope) for _, _, best, _, _, scope in figures(body)] == [(5, "cumulative"), (3, "event"), (2, "event")]


def test_the_party_of_counted_soldiers_is_named():
    found = tagged("In Minbya and Pauktaw 15 junta soldiers were captured.").figures
    assert [(f.best, f.who, f.party) for f in found] == [(15, "junta soldiers", "MM-MIL")]


@pytest.mark.parametrize(
    ("body", "speaker", "description"),
    [
        ('"We ran to the river at once," said Daw Nilar Win, a teacher.', "Daw Nilar Win", "teacher"),
        ('"We ran to the river at once," a resident of Minbya said.', "resident", "of Minbya"),
        ('"It was dark and we ran," said local trader Ko Min Thu.', "Ko Min Thu", "local trader"),
        ('Ko Min Thu, a boatman, said: "It was dark and we ran."', "Ko Min Thu", "boatman"),
        ("“It was dark and we ran,” the abbot told our reporter.", "abbot", None),
        ('"It was dark and we ran."', None, None),
    ],
)
def test_direct_quotes_have_the_speaker_that_the_text_names(body, speaker, description):
    [quote] = tagged(body).quotations
    assert (quote.mode, quote.speaker, quote.speaker_description) == ("direct", speaker, description)


def test_he_said_is_the_speaker_before_and_scare_quotes_are_no_quotes():
    body = 'Rice was stolen, said trader Ma Su Su.\n"They came in by the roof at night," she said.\nThe "big party" ended.'
    assert [(q.mode, q.speaker) for q in tagged(body).quotations] == [("indirect", "Ma Su Su"), ("direct", "Ma Su Su")]


def test_reported_speech_keeps_groups_and_unnamed_sources():
    body = "The Arakan Army says it holds the hill.\nTwo roads are closed, residents said."
    assert [(q.speaker, q.mode) for q in tagged(body).quotations] == [("Arakan Army", "indirect"), ("residents", "indirect")]


def days(body, **fields):
    return [
        (d.text, d.start_date and d.start_date.isoformat(), d.end_date and d.end_date.isoformat(), d.precision)
        for d in tagged(body, **fields).dates
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("It fell on November 14.", ("November 14", "2025-11-14", "2025-11-14", "day")),
        ("It fell on 25 December.", ("25 December", "2024-12-25", "2024-12-25", "day")),  # the last one
        ("Elections are planned for December 28.", ("December 28", "2025-12-28", "2025-12-28", "day")),  # ahead
        ("The coup of Feb. 1, 2021 came.", ("Feb. 1, 2021", "2021-02-01", "2021-02-01", "day")),
        ("The road is closed from November 12 to 20.", ("November 12 to 20", "2025-11-12", "2025-11-20", "day")),
        ("It began in October.", ("October", "2025-10-01", "2025-10-31", "month")),
        ("It began in 2017.", ("2017", "2017-01-01", "2017-12-31", "year")),
        ("It began on Saturday morning.", ("Saturday", "2025-11-15", "2025-11-15", "day")),
        ("They marched against the planned vote on Saturday.", ("Saturday", "2025-11-15", "2025-11-15", "day")),
        ("They will march on Saturday.", ("Saturday", "2025-11-22", "2025-11-22", "day")),
        ("It began two days ago.", ("two days ago", "2025-11-15", "2025-11-15", "day")),
        ("It began last week.", ("last week", "2025-11-10", "2025-11-16", "day")),
        ("နိုဝင်ဘာ ၄ ရက်တွင် စတင်သည်။", ("နိုဝင်ဘာ ၄ ရက်", "2025-11-04", "2025-11-04", "day")),
        ("နိုဝင်ဘာ ၁၁ ရက်မှ ၁၄ ရက်အထိ ပိတ်သည်။", ("နိုဝင်ဘာ ၁၁ ရက်မှ ၁၄ ရက်", "2025-11-11", "2025-11-14", "day")),
        ("ဖေဖော်ဝါရီလအတွင်း ပိတ်သည်။", ("ဖေဖော်ဝါရီလ", "2025-02-01", "2025-02-28", "month")),
        ("ယမန်နေ့က ပိတ်သည်။", ("ယမန်နေ့", "2025-11-16", "2025-11-16", "day")),
        ("စနေနေ့က ပိတ်သည်။", ("စနေနေ့", "2025-11-15", "2025-11-15", "day")),
        ("ပြီးခဲ့သည့်အပတ်က ပိတ်သည်။", ("ပြီးခဲ့သည့်အပတ်", "2025-11-10", "2025-11-16", "day")),
        ("ပြီးခဲ့သည့်လ ၂၀ ရက်က ပိတ်သည်။", ("ပြီးခဲ့သည့်လ ၂၀ ရက်", "2025-10-20", "2025-10-20", "day")),
    ],
)
def test_dates_are_closed_intervals_seen_from_the_day_of_publication(body, expected):
    assert days(body) == [expected]


def test_words_and_impossible_days_are_no_dates_and_without_publication_only_full_dates_are_resolved():
    assert days("We may march with 10 to 15 men. It fell on 31 November or June ?") == []
    assert days("It fell on November 3, and on 3 May 2020.", published_on=None) == [
        ("November 3", None, None, "day"),
        ("3 May 2020", "2020-05-03", "2020-05-03", "day"),
    ]


def test_a_weekday_in_a_weekly_summary_lies_in_its_week():
    assert days("Jets came on Saturday.", headline="The week (3-9 November 2025)") == [("Saturday", "2025-11-08", "2025-11-08", "day")]


def test_topics_come_from_several_words_and_silence_from_few():
    def codes(body):
        return [subject.code for subject in tagged(body).subjects]

    assert codes("Shelling and airstrikes hit Minbya; troops and fighters left, and displaced families fled.")[0] == "16000000"
    assert "20000645" in codes("Shelling went on. Displaced people in IDP camps need rice.")
    assert codes("ဘောလုံးပွဲစဉ်တွင် နည်းပြနှင့် ကစားသမားများ ပါဝင်သည်။")[0] == "15000000"
    assert codes("The cat slept.") == []
    assert codes("The market opened.") == []


def test_offsets_of_figures_quotes_and_dates_cut_out_their_text():
    body = "Rain.\n\n“Four people were killed on November 3,” said Ko Aye.\nAbout 20 homes were burned in October, U Hla said."
    tags = tagged(body)
    spans = [*tags.figures, *tags.quotations, *tags.dates]
    assert len(spans) == 6
    assert all(body[one.start_char : one.end_char] == one.text for one in spans)


def test_text_without_sentence_ends_is_cut_so_that_no_pattern_sees_all_of_it():
    spans = sentences("word " * 1000)
    assert max(end - start for start, end in spans) <= LONGEST_CHARS
    assert sentences("He met Dr. Hla at 3 p.m. They left.") == [(0, 24), (25, 35)]
