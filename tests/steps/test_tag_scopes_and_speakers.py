"""What may be added up, whose people are counted, who speaks, and what a text is about, on invented texts, good and bad."""

from datetime import date

import pytest

from flows.steps.tag import TextToTag, tag
from flows.steps.taggers.figures import NEEDS


def tagged(body, **fields):
    usual = {"headline": None, "description": None, "captions": "", "language": "en", "outlet_id": "sample_daily", "dateline_place": None}
    return tag(TextToTag(body=body, **(usual | {"published_on": date(2026, 3, 2)} | fields)))


def scopes(body, **fields):
    return [f.scope for f in tagged(body, **fields).figures]


@pytest.mark.parametrize(
    "body",
    [
        "At least 11 civilians were killed in air attacks in Rathedaung Township in February, according to figures compiled by the paper.",
        "Nine people were killed in clashes in Minbya in January.",
        "In February, landmines injured 14 farmers.",
        "Fourteen farmers were injured by landmines last week, according to data from clinics.",
        "The network has documented 31 people killed by shelling.",
        "Thirty-one people were killed by mines since the rains ended.",
        "Six people have been killed so far this year.",
        "Two people were killed in the past three weeks.",
        "Over the last two months 40 people were arrested.",
        "Twelve people were killed from January 3 to February 20.",
        "Forty people were injured this month.",
        "Five people were killed in two years of fighting.",
        "More than 70,000 people are displaced in the hills, a volunteer said.",
        "Some 4,000 people remain displaced.",
        "About 900 families are still homeless after the fire.",
    ],
)
def test_tallies_and_long_spans_are_cumulative(body):
    assert scopes(body) == ["cumulative"]


@pytest.mark.parametrize(
    "body",
    [
        "Twelve people were killed in February's attack on the harbour.",
        "Twelve people were killed in an airstrike on the harbour in February.",
        "Twelve people were killed when a jet bombed the harbour in February.",
        "Twelve people were killed on February 27.",
        "Twelve people were killed on Saturday, according to figures compiled by the hospital.",
        "Twelve people were killed in a village that soldiers had burned in February.",
        "About 300 people were displaced by Sunday's shelling.",
        "Twelve people were killed between 1 March and 2 March.",
        "Twelve people were killed after two days of fighting.",
    ],
)
def test_one_event_stays_an_event(body):
    assert scopes(body) == ["event"]


def test_an_attack_of_a_month_long_past_is_background():
    assert scopes("Two of our pupils were killed in the airstrike in October.") == ["background"]


@pytest.mark.parametrize(
    ("body", "party"),
    [
        ("A shell killed three civilians.", "civilians"),
        ("Two women were killed.", "civilians"),
        ("A 12-year-old boy was injured.", "civilians"),
        ("Five Buddhist monks were arrested.", "civilians"),
        ("A mine injured two bus passengers.", "civilians"),
        ("Three people were killed.", None),
        ("Nine young men were arrested.", None),
        ("Four women fighters were killed.", None),
        ("Four armed villagers were killed.", None),
        ("The blast killed seven.", None),
        ("In Minbya and Pauktaw 15 junta soldiers were captured.", "MM-MIL"),
    ],
)
def test_civilians_are_named_only_by_the_words_of_the_text(body, party):
    assert [f.party for f in tagged(body).figures] == [party]


def counted(body):
    return [(f.best, f.scope) for f in tagged(body).figures]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # The lead names the township, the body the village in it.
        (
            "A shell killed five people in Minbya Township on Monday.\nThe shell fell in Pan Kaing Village.\n"
            "The blast in Pan Kaing Village killed five people, a monk said.",
            [(5, "event")],
        ),
        ("Five people were killed in Minbya on Monday.\nTwo women and a 12-year-old boy were killed on the spot.", [(5, "event"), (2, "breakdown"), (1, "breakdown")]),
        ("Five people were killed in Minbya on Monday.\nTwo of them died in hospital on Monday night.", [(5, "event")]),
        ("Seven people were killed in Minbya.\nFive people were killed instantly.", [(7, "event"), (5, "breakdown")]),
        # Other events, which do add up.
        ("Five people were killed in Minbya on Monday.\nTwo women were killed in Myebon.", [(5, "event"), (2, "event")]),
        ("Five people were killed in Minbya on Monday.\nOn Tuesday two women were killed.", [(5, "event"), (2, "event")]),
        ("Five people were killed in Minbya on Monday.\nAnother shell killed two women.", [(5, "event"), (2, "event")]),
        ("Five soldiers of the junta were killed in Minbya.\nTwo villagers were also killed.", [(5, "event"), (2, "event")]),
        ("Four people were killed in Pan Village.\nFour people were killed in Kan Village.", [(4, "event"), (4, "event")]),
    ],
)  # fmt: skip
def test_parts_and_repeats_of_one_event_are_not_added(body, expected):
    assert counted(body) == expected


@pytest.mark.parametrize(
    ("body", "speakers"),
    [
        ("More than 70,000 people fled, according to estimates by local relief groups.", ["local relief groups"]),
        ("More than 70,000 people fled, according to estimates.", []),
        ("Prices doubled, according to figures compiled in May.", []),
        ("Nobody has claimed responsibility.", []),
        ("He said there were no fighters in the village.", [None]),
        ("A teacher from Sittwe said the road is shut.\nHe said the rice is gone.", ["teacher", "teacher"]),
        ("Residents said the road is shut.\nHe said the rice is gone.", ["Residents", None]),
        ("The road is shut, said Daw Nilar Win.\nHe said the rice is gone.", ["Daw Nilar Win", None]),
        ("The road is shut, said Ko Min Thu. Later Ko Aung Win came.\nHe said the rice is gone.", ["Ko Min Thu", None]),
        ("The Arakan Army said it holds the hill.\nHe said the rice is gone.", ["Arakan Army", None]),
        ('"We hold the last bunker on it," said an AA officer who asked not to be named.', ["AA officer"]),
        ('"My roof is gone and the well is dry," said their father, U Ba Kyaw.', ["U Ba Kyaw"]),
    ],
)
def test_a_speaker_is_a_name_or_a_role_and_a_pronoun_only_where_it_is_certain(body, speakers):
    assert [q.speaker for q in tagged(body).quotations] == speakers


def test_quotes_of_an_open_pronoun_are_kept_and_leave_nobody_for_the_next():
    body = '"It was dark and we ran," said Ko Min Thu.\n"I carried the child out," she said.\n"Then the roof fell down," he said.'
    assert [(q.text[:7], q.speaker, q.cue) for q in tagged(body).quotations] == [
        ('"It was', "Ko Min Thu", "said"),
        ('"I carr', None, "said"),
        ('"Then t', None, "said"),
    ]


def test_an_age_is_no_description_of_a_speaker():
    [quote] = tagged('"My roof is gone and the well is dry," said Ko Min Thu, 63.').quotations
    assert (quote.speaker, quote.speaker_description) == ("Ko Min Thu", None)
    [quote] = tagged('"My roof is gone and the well is dry," said Ko Min Thu, 63, a boatman.').quotations
    assert (quote.speaker, quote.speaker_description) == ("Ko Min Thu", "boatman")


def topics(body, headline=None):
    return [subject.code for subject in tagged(body, headline=headline).subjects if subject.code.endswith("000000")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The teacher wants one football for the pupils of her school.", []),
        ("Shelling hit the monastery school in Minbya; the junta wounded two monks and a novice near the pagoda.", ["16000000"]),
        ("The goal of the talks is a match between needs and funds, the coach driver said.", []),
        ("A patient in hospital watched the league match.", []),
        ("The coach praised his players after the football match; the striker scored two goals in the tournament.", ["15000000"]),
        ("Pupils and teachers began the academic year; the curriculum has new textbooks and lessons.", ["05000000"]),
        ("Pilgrims heard a sermon about the Buddha by the abbot of the pagoda.", ["12000000"]),
        ("Doctors treated dengue and malaria; the clinic has no vaccine against cholera.", ["07000000"]),
    ],
)
def test_a_topic_needs_several_words_of_its_own(body, expected):
    assert topics(body) == expected


def burmese(body):
    return [(f.role, f.low, f.best, f.high, f.who, f.party, f.scope) for f in tagged(body, language="my").figures]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("အရပ်သား ၄ ဦး သေဆုံးပြီး ၉ ဦး ဒဏ်ရာရခဲ့သည်။", [("killed", 4, 4, 4, "အရပ်သား", "civilians", "event"), ("injured", 9, 9, 9, None, None, "event")]),
        ("အမျိုးသမီး နှစ်ဦး ဖမ်းဆီးခံရသည်။", [("detained", 2, 2, 2, "အမျိုးသမီး", "civilians", "event")]),
        ("စစ်သား ဆယ့်ငါးယောက် လက်နက်ချခဲ့သည်။", [("surrendered", 15, 15, 15, "စစ်သား", None, "event")]),
        ("စစ်သား ၃၀ ကျော်", []),
        ("ရွာသား ၁,၂၀၀ ဦးကျော် ထွက်ပြေးနေရသည်။", [("displaced", 1200, 1200, None, "ရွာသား", "civilians", "event")]),
        ("ဖေဖော်ဝါရီလအတွင်း အရပ်သား အနည်းဆုံး ၁၂ ဦး သေဆုံးခဲ့သည်။", [("killed", 12, 12, None, "အရပ်သား", "civilians", "cumulative")]),
        ("ရဲက ကျောင်းသား ၃ ဦးကို ဖမ်းဆီးခဲ့သည်။", [("detained", 3, 3, 3, "ကျောင်းသား", "civilians", "event")]),
        ("စစ်သား ၃ ဦးကို ဖမ်းဆီးခဲ့သည်။", [("captured", 3, 3, 3, "စစ်သား", None, "event")]),
        # May die, will die, nobody died, an age, a date, money: no figures.
        ("လူ ၅ ဦး သေဆုံးနိုင်သည်။", []),
        ("လူ ၅ ဦး သေဆုံးမည်ဟု ပြောသည်။", []),
        ("လူ ၅ ဦး သေဆုံးခြင်း မရှိပါ။", []),
        ("အသက် ၅ နှစ်အရွယ် ကလေး သေဆုံးခဲ့သည်။", []),
        ("မတ် ၅ ရက်တွင် သေဆုံးခဲ့သည်။", []),
        ("လူ ၅ ဦး စျေးသို့ သွားသည်။", []),
    ],
)  # fmt: skip
def test_burmese_figures_want_number_classifier_and_verb_together(body, expected):
    assert burmese(body) == expected


def test_words_that_patterns_look_for_first_are_plain_letters():
    assert [word for word in NEEDS if not word.isalpha()] == []


@pytest.mark.parametrize(
    "body",
    [
        "." * 50_000,
        "A" * 50_000,
        "aB9" * 20_000,
        "1" * 50_000,
        "Two hundred and " * 10_000,
        '"aa bb cc dd" said Ko ' * 3000,
        " ".join(f"{n} people were killed." for n in range(3000)),
    ],
)
def test_hostile_texts_end(body):
    """Each took minutes when the patterns were first written: a hang shows as the run's time limit, not as a figure here."""
    assert tagged(body) == tagged(body)
