"""Places: which names become places, at which level, and which do not."""

import unicodedata
from datetime import date

import pytest

from flows.steps.tag import TextToTag, tag


def text_of(body, **fields):
    usual = {"headline": None, "description": None, "captions": "", "language": "en", "outlet_id": "sample_daily", "dateline_place": None}
    return TextToTag(body=body, published_on=date(2025, 11, 17), **(usual | fields))


def places(body, **fields):
    return [(m.text, m.entity_id) for m in tag(text_of(body, **fields)).mentions if m.kind == "place"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Shells fell on Pakokku Township.", [("Pakokku Township", "MMR009018")]),
        ("Shells fell on Pakokku town.", [("Pakokku town", "MMR009018701")]),
        ("Shells fell on Pakokku District.", [("Pakokku District", "MMR009D004")]),
        ("Shells fell in Magway Region.", [("Magway Region", "MMR009")]),
        ("Shells fell on Pakokku.", [("Pakokku", "MMR009018")]),  # no level: the township, which holds the town
        ("Shells fell on Magway.", [("Magway", "MMR009")]),  # town and region of one name: only the region is certain
        ("Police searched the town of Shwebo.", [("Shwebo", "MMR005004701")]),
        ("Roads between Pale and Budalin townships are closed.", [("Pale", "MMR005019"), ("Budalin", "MMR005013")]),
        ("Rain fell in northern Shan State.", [("Shan State", "MMR015")]),
        ("Rain fell in Shan State.", [("Shan State", "MMR014-016")]),
    ],
)
def test_the_level_word_decides_and_without_it_the_lowest_certain_level_holds(body, expected):
    assert places(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Boats left Akyab for Kyauk Phyu.", [("Akyab", "MMR012001"), ("Kyauk Phyu", "MMR012011")]),
        ("Mawtaung lies on the border.", [("Mawtaung", "MMR006008702")]),
        # In no list, but of one sound inside the state that the text names; never without the state.
        ("A truck burned near Thanbyuzeyat town in Mon State.", [("Thanbyuzeyat town", "MMR011004701"), ("Mon State", "MMR011")]),
        ("A truck burned near Thanbyuzeyat town.", []),
        ("A camp was raided at Laiza.", [("Laiza", "MMR001012")]),
    ],
)
def test_other_spellings_and_well_known_villages_are_found(body, expected):
    assert places(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Homes burned in Wunthoe Township, Sagaing Region.", "MMR005025"),
        ("Homes burned in Wutho Township, Sagaing Region.", "MMR005025"),
        ("Homes burned in Wutho Township.", None),  # no state
        ("Homes burned in Wutho Township, Kachin State.", None),  # another state
        ("Homes burned in Wutho town, Sagaing Region.", None),  # not every town is listed
        ("Homes burned in Watha Township, Sagaing Region.", None),  # two letters away
    ],
)
def test_a_slip_of_one_letter_is_seen_through_for_townships_of_the_state_named(body, expected):
    assert [code for text, code in places(body) if text.startswith("W")] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Minhla and Thegon in Bago Region are flooded.", "MMR008009"),
        ("Minhla and Aunglan in Magway Region are flooded.", "MMR009013"),
        ("Minhla Township is flooded.", None),  # two of that name and nothing to tell them apart
    ],
)
def test_other_places_decide_between_namesakes(body, expected):
    assert next(m.entity_id for m in tag(text_of(body)).mentions if m.text.startswith("Minhla")) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Karen Miller and Ann Pale drank with Mon Chin.",
        "U Ye Htut and Daw Myitta met Ko Pauk.",
        "The Mandalay Bay hotel was full.",
        "The Kachin people and the Chin language are old.",
        "The Shan Nationalities League spoke.",
        "Kanbalu PDF and PDF-Shwebo, the People's Defence Force - Katha too.",
    ],
)
def test_people_words_and_parties_are_no_places(body):
    assert places(body) == []


def test_short_names_need_a_level_word_or_their_own_state():
    assert places("Clashes broke out in Ann.") == []
    assert places("Clashes broke out in Ann Township.") == [("Ann Township", "MMR012014")]
    assert ("Ann", "MMR012014") in places("Clashes broke out in Ann after Minbya and Kyauktaw fell.")
    assert ("Ann", "MMR012014") not in places("Clashes broke out in Ann after Hpakant and Waingmaw fell.")


def test_a_name_parted_between_syllables_is_found_where_the_text_names_its_state():
    assert ("Pauk Taw", "MMR012007") in places("Shells fell on Pauk Taw after Minbya and Kyauktaw.")
    assert ("Pauk Taw Township", "MMR012007") in places("Shells fell on Pauk Taw Township.")
    assert places("Pauk Taw and Than Htun are singers.") == []


def test_a_short_name_is_a_place_where_its_state_follows():
    assert places("Ye, Mon State, is calm.") == [("Ye", "MMR011006"), ("Mon State", "MMR011")]
    assert places("Ye, Chin State, is calm.") == [("Chin State", "MMR004")]


def test_a_village_that_bears_the_name_of_a_town_is_not_that_town():
    assert places("Homes burned in Mindat village, Ponnagyun Township.") == [("Mindat", None), ("Ponnagyun Township", "MMR012002")]
    assert places("Homes burned in two Ponnagyun villages.") == [("Ponnagyun", "MMR012002")]


def test_hyphened_borders_name_both_states():
    assert places("Troops massed on the Arakan-Bago border.") == [("Arakan", "MMR012"), ("Bago", "MMR007-008")]


def test_an_honorific_does_not_reach_across_a_line_and_is_not_the_end_of_mrauk_u():
    assert places("They fled Mrauk-U\n\nSittwe was calm.") == [("Mrauk-U", "MMR012003"), ("Sittwe", "MMR012001")]
    assert places("They fled Mrauk U Sittwe was calm.") == [("Mrauk U", "MMR012003"), ("Sittwe", "MMR012001")]


def test_datelines_have_their_own_role():
    mentions = tag(text_of("SITTWE, Rakhine State — Boats left for Pathein.", dateline_place="Mrauk-U")).mentions
    assert [(m.field, m.text, m.role) for m in mentions] == [
        ("body", "SITTWE", "dateline"),
        ("body", "Rakhine State", "dateline"),
        ("body", "Pathein", "mention"),
        ("dateline_place", "Mrauk-U", "dateline"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("ကသာမြို့တွင် မီးလောင်သည်။", [("ကသာမြို့", "MMR005020701")]),
        ("ကလေးမြို့နယ်သို့ သွားသည်။", [("ကလေးမြို့နယ်", "MMR005027")]),
        ("ကလေးများ ကစားနေသည်။", []),  # children
        ("ရေးသည်။ ပြည်သူများ ပေါက်သည်။", []),
        ("မြစ်ကြီးနားမှ လားရှိုးသို့", [("မြစ်ကြီးနား", "MMR001001"), ("လားရှိုး", "MMR015001")]),
        ("ရခိုင်ပြည်နယ်တွင်", [("ရခိုင်ပြည်နယ်", "MMR012")]),
        ("ရခိုင်လူမျိုး", []),
        ("ရခိုင်-မကွေး နယ်စပ်", [("ရခိုင်", "MMR012"), ("မကွေး", "MMR009")]),
        ("ပုလဲနှင့် ဘုတလင်မြို့နယ်များ", [("ပုလဲ", "MMR005019"), ("ဘုတလင်မြို့နယ်", "MMR005013")]),
        ("ပုလဲနှင့် ရွှေများ ရောင်းသည်။", []),  # pearls and gold
        ("ကလောက်", []),  # the name ends inside a syllable
    ],
)
def test_burmese_names_keep_whole_syllables_and_stop_words_want_a_level(body, expected):
    assert places(body, language="my") == expected


def test_offsets_cut_out_exactly_the_text_in_every_field():
    text = text_of(
        "ကသာမြို့ and “Hpa-an” — Mrauk‑U.",
        headline="Fire in Sittwe",
        description="At Ye Township",
        captions="Boats at Pathein\nMen at Labutta",
        dateline_place="Lashio",
    )
    held = {
        "headline": text.headline,
        "description": text.description,
        "body": text.body,
        "caption": text.captions,
        "dateline_place": text.dateline_place,
    }
    mentions = tag(text).mentions
    assert {m.field for m in mentions} == set(held)
    assert all(held[m.field][m.start_char : m.end_char] == m.text for m in mentions)


def test_burmese_names_are_found_in_the_order_of_signs_that_texts_have():
    body = unicodedata.normalize("NFC", "ကန့်ဘလူမြို့နယ်တွင် မိုးရွာသည်။")
    found = tag(TextToTag(headline=None, description=None, body=body, captions="", language="my", outlet_id="sample_daily", dateline_place=None, published_on=None))
    assert [m.entity_id for m in found.mentions if m.kind == "place"] == ["MMR005007"]
