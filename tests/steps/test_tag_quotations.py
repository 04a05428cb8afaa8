"""Who said it: English and Burmese forms, paragraphs that go on, and what stays open. Invented texts."""

import re

import pytest

from flows.steps.tag import TextToTag, tag
from flows.steps.taggers.vocabulary import by_first_letter


def spoken(body, language="en"):
    usual = {"headline": None, "description": None, "captions": "", "outlet_id": "sample_daily", "dateline_place": None, "published_on": None}
    return [(q.mode, q.speaker, q.speaker_description) for q in tag(TextToTag(body=body, language=language, **usual)).quotations]


@pytest.mark.parametrize(
    ("body", "speaker"),
    [
        ("“We sleep in the paddy fields now.” — Daw Nilar Win", "Daw Nilar Win"),
        ('"We ask all parties to stop," the letter reads.', "letter"),
        ('"Nobody came for the boats," the ferry investigator wrote.', "ferry investigator"),
        ('U Ba Kyaw climbed on the roof and shouted: "Bring the boats here now!"', "U Ba Kyaw"),
        ('Yesterday, U Ba Kyaw turned to the crowd, asking: "Who has seen my two sons?"', "U Ba Kyaw"),
        ('On Monday, Daw Nilar Win made the following statement:\n"We shall rebuild the school ourselves."', "Daw Nilar Win"),
        ('Said Daw Nilar: "We shall rebuild the school ourselves."', "Daw Nilar"),
        ("\"We hold the hill,\" said a People's Defence Force (PDF) fighter.", "People's Defence Force (PDF) fighter"),
        ('"We heard the drone first," an IDP from Minbya said.', "IDP"),
        ("A People's Defence Force (PDF) fighter said the camp has fallen.", "People's Defence Force (PDF) fighter"),
    ],
)
def test_the_speaker_stands_before_behind_or_above_the_quote(body, speaker):
    assert [name for _, name, _ in spoken(body)] == [speaker]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A spokesman for the council, U Thein Pe, said the talks had failed.", ("U Thein Pe", "spokesman for the council")),
        ("Council spokesman U Thein Pe told reporters that the talks had failed.", ("U Thein Pe", "Council spokesman")),
        ("The Ministry of Defence said in a statement that no one died.", ("Ministry of Defence", None)),
        ("The Committee to Help Fishermen (CHF) said four boats were held.", ("Committee to Help Fishermen", None)),
        ("Villagers from Minbya said the road is mined.", ("Villagers", "from Minbya")),
        ("Sources close to the council said the camp fell.", ("Sources", "close to the council")),
        ("A resident of Kyauktaw, who did not want to be named, said the power is off.", ("resident", "of Kyauktaw")),
        ("The camp fell, according to the Fishers and Farmers Union.", ("Fishers and Farmers Union", None)),
        ('A resident of Kyauktaw, who did not want to be named, said: "The power is off for weeks."', ("resident", "of Kyauktaw")),
        ('"There is no medicine at all," said one of the villagers.', ("one of the villagers", None)),
    ],
)
def test_offices_bodies_and_unnamed_sources_speak_too(body, expected):
    assert [(name, description) for _, name, description in spoken(body)] == [expected]


def test_a_paragraph_that_is_one_quote_goes_on_with_the_speaker_of_the_paragraph_above():
    body = '"The well is dry and the roof is gone," said Ko Min Thu.\n"We carry water from the creek."\nRain is expected.'
    assert [name for _, name, _ in spoken(body)] == ["Ko Min Thu", "Ko Min Thu"]


def test_a_quote_below_somebody_else_or_with_words_of_its_own_stays_open():
    body = 'The well is dry, said Ko Min Thu. A second man came.\n"We carry water from the creek."'
    assert [name for _, name, _ in spoken(body)][-1] is None
    body = '"The well is dry and the roof is gone," said Ko Min Thu.\n"We carry water from the creek." The creek is far.'
    assert [name for _, name, _ in spoken(body)] == ["Ko Min Thu", None]


def test_a_quote_over_two_paragraphs_has_the_speaker_named_at_its_end():
    body = '“The well is dry and the roof is gone.\n“We carry water from the creek,” said Ko Min Thu.'
    assert [name for _, name, _ in spoken(body)] == ["Ko Min Thu", "Ko Min Thu"]


@pytest.mark.parametrize(
    ("body", "speaker"),
    [
        ("Ko Min Thu lost his boat in the storm.\n“I have no rice left to sell,” he said.", "Ko Min Thu"),
        ("Ko Min Thu lost a boat and Ko Aung Win lost two.\n“I have no rice left to sell,” he said.", None),  # two men
        ("Daw Nilar Win lost her boat in the storm.\n“I have no rice left to sell,” he said.", None),  # no man
        ("Fishermen lost boats near Sittwe and Minbya.\n“I have no rice left to sell,” he said.", None),  # places are nobody
        ("She left early.\n“I have no rice left to sell,” she said.", None),
    ],
)
def test_he_and_she_are_the_one_person_whom_the_paragraphs_name(body, speaker):
    assert [name for _, name, _ in spoken(body)] == [speaker]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("“စစ်တပ်က နေ့တိုင်း ပစ်နေတယ်။ ထွက်ပြေးရတယ်” ဟု မြောက်ဦးမြို့ခံ အမျိုးသားတစ်ဦးက ပြောသည်။", ("direct", "မြောက်ဦးမြို့ခံ အမျိုးသားတစ်ဦး", None)),
        ("“ဆေးဝါး မလုံလောက်တော့ပါဘူး” လို့ ဒေသခံ ဒေါ်မြမြဝင်းက သတင်းထောက်ကို ပြောပါတယ်။", ("direct", "ဒေါ်မြမြဝင်း", "ဒေသခံ")),
        ("AA ပြောခွင့်ရ ဦးခိုင်လင်းက “ကျနော်တို့ တပ်စခန်းကို သိမ်းခဲ့တယ်” ဟု ပြောကြားခဲ့သည်။", ("direct", "ဦးခိုင်လင်း", "AA ပြောခွင့်ရ")),
        ("လမ်းများ ပိတ်ထားကြောင်း ဒေသခံများက ပြောသည်။", ("indirect", "ဒေသခံများ", None)),
        ("ဒေသခံများက ထွက်ပြေးနေရသည်ဟု ဆိုသည်။", ("indirect", "ဒေသခံများ", None)),
        ("မျက်မြင်သက်သေတစ်ဦး၏ အဆိုအရ ဗုံးနှစ်လုံး ကျခဲ့သည်။", ("indirect", "မျက်မြင်သက်သေတစ်ဦး", None)),
        # မှ is "from" here, and the speaker's က comes later.
        ("ဆန်ဈေး တက်နေသည်ဟု စစ်တွေမြို့မှ ဆန်ကုန်သည် ဦးမောင်လှက ပြောသည်။", ("indirect", "ဦးမောင်လှ", "စစ်တွေမြို့မှ ဆန်ကုန်သည်")),
    ],
)
def test_burmese_speakers_stand_before_or_behind_what_is_said(body, expected):
    assert spoken(body, "my") == [expected]


@pytest.mark.parametrize("body", ["စစ်ကောင်စီက ရွာကို ဗုံးကြဲခဲ့သည်။", "“ပြည်သူ့အာဏာ” ဂျာနယ်ကို ဖတ်ရသည်။", "အခြေအနေ တည်ငြိမ်သည်။"])
def test_burmese_sentences_that_report_nobodys_words_give_no_quotation(body):
    assert spoken(body, "my") == []


@pytest.mark.parametrize("body", ["“" + "က" * 20_000, "ဟု" * 20_000, "ဒေသခံက ပြောသည်" * 5000, "“ကခဂဃငစက” ဟု " * 3000])
def test_hostile_burmese_texts_end(body):
    assert spoken(body, "my") == spoken(body, "my")


def test_alternatives_grouped_by_first_letter_match_what_they_matched():
    plain = "said|says|spokes(?:man|woman)|s(?:on|un)s?|told|IDPs?"
    grouped = by_first_letter(plain)
    assert grouped == "(?:s(?:aid|ays|pokes(?:man|woman)|(?:on|un)s?)|t(?:old)|I(?:DPs?))"
    for word in ("said", "spokeswoman", "suns", "told", "IDP", "tell", "aid"):
        assert bool(re.fullmatch(plain, word)) == bool(re.fullmatch(grouped, word))
