"""Persons: who is indexed, who is private, and what only looks like a name. Invented texts."""

import pytest

from flows.steps.tag import TextToTag, tag


def all_tags(body, language="en", headline=None):
    usual = {"description": None, "captions": "", "outlet_id": "sample_daily", "dateline_place": None, "published_on": None}
    return tag(TextToTag(headline=headline, body=body, language=language, **usual))


def persons(body, **fields):
    return [(m.text, m.role, m.rule) for m in all_tags(body, **fields).mentions if m.kind == "person"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Brigadier General Tin Lwin flew to Lashio.", ("Brigadier General Tin Lwin", "mention", "rank_and_name")),
        ("Commander-in-Chief Tin Lwin flew to Lashio.", ("Commander-in-Chief Tin Lwin", "mention", "rank_and_name")),
        ("U Thein Pe, spokesman of the council, left.", ("U Thein Pe", "mention", "name_with_office")),
        ("AA spokesman U Thein Pe left.", ("U Thein Pe", "mention", "name_with_office")),
        ('"The war goes on for years," said Lena Kroll, an analyst.', ("Lena Kroll", "speaker", "quoted_speaker")),
        ('"The war goes on for years," said Dr. Thida.', ("Dr. Thida", "speaker", "quoted_speaker")),
    ],
)
def test_rank_office_and_the_spoken_word_make_a_person_public(body, expected):
    assert persons(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "Ko Min Thu, 25, was killed in Minbya.",
        "The shell hit the home of Daw Nilar Win.",
        '"They took him at night," said Daw Nilar Win, the wife of the village head.',
        '"My roof is gone and the well is dry," said Daw Nilar Win, a resident of Minbya.',
        "Police arrested Saw Eh Wah in Hpa-an.",
    ],
)
def test_people_to_whom_things_happen_are_private_and_left_out_by_default(body):
    tags = all_tags(body)
    assert [m.rule for m in tags.mentions if m.kind == "person"] == ["private_person"]
    assert [m for m in tags.without_private_persons().mentions if m.kind == "person"] == []
    assert tags.without_private_persons().quotations == tags.quotations


def test_who_is_private_once_is_private_everywhere_and_an_office_once_named_holds_everywhere():
    body = '"We heard the drone first," said Ko Min Thu. Later Ko Min Thu was arrested in Minbya.'
    assert {rule for _, _, rule in persons(body)} == {"private_person"}
    body = "U Thein Pe, the minister, left. On Monday U Thein Pe came back."
    assert {rule for _, _, rule in persons(body)} == {"name_with_office"}


@pytest.mark.parametrize(
    "body",
    [
        "The General Administration Department closed the General Hospital.",
        "Saw Township and Ma Kyee Village are quiet.",
        "They fled Mrauk U Sittwe was calm.",
        "They met U\nKyaw was there.",
        '"We counted nine craters," said Human Rights Watch.',
        '"We counted nine craters," said the Arakan Army.',
        "Major Battles and Private Schools",
    ],
)
def test_offices_places_and_organisations_are_nobody(body):
    assert persons(body) == []


def test_persons_have_no_id_and_cut_out_their_text():
    headline = "General Tin Lwin’s visit"
    found = [m for m in all_tags("U Thein Pe, the minister, left.", headline=headline).mentions if m.kind == "person"]
    assert [(m.field, m.text, m.entity_id) for m in found] == [("headline", "General Tin Lwin", None), ("body", "U Thein Pe", None)]
    assert headline[found[0].start_char : found[0].end_char] == found[0].text


def test_a_burmese_speaker_with_an_office_is_a_person():
    body = "စစ်ကြောင်း ဆုတ်သွားကြောင်း AA ပြောခွင့်ရ ဦးခိုင်လင်းက ပြောသည်။"
    assert persons(body, language="my") == [("ဦးခိုင်လင်း", "speaker", "quoted_speaker")]


@pytest.mark.parametrize("body", ["U " * 20_000, "Dr. " * 20_000, "U Ba " * 10_000, "A " * 30_000, "General General " * 8000])
def test_hostile_texts_end(body):
    assert persons(body) == persons(body)
