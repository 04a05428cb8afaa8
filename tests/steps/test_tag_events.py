"""Events of invented texts, under ACLED's names."""

from datetime import date

import pytest

from flows.steps.tag import TextToTag, tag
from flows.steps.taggers.event_words import event_terms


def tagged(body, **fields):
    usual = {"headline": None, "description": None, "captions": "", "language": "en", "outlet_id": "sample_daily", "dateline_place": None, "country": "MM"}
    return tag(TextToTag(body=body, **(usual | {"published_on": date(2025, 11, 17)} | fields)))


def events(body, **fields):
    return [(e.sub_event_type, e.event_date and e.event_date.isoformat(), e.pcode) for e in tagged(body, **fields).events]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A junta jet bombed a market in Minbya Township on November 14.", ("Air/drone strike", "2025-11-14", "MMR012005")),
        ("Shells fired by regime troops landed in Pauktaw Township on Friday.", ("Shelling/artillery/missile attack", "2025-11-14", "MMR012007")),
        ("A farmer stepped on a landmine in Ann Township on November 10.", ("Remote explosive/landmine/IED", "2025-11-10", "MMR012014")),
        ("The Arakan Army clashed with junta troops in Minbya Township on November 9.", ("Armed clash", "2025-11-09", "MMR012005")),
        ("The Arakan Army seized a junta base in Ann Township on November 8.", ("Non-state actor overtakes territory", "2025-11-08", "MMR012014")),
        ("Junta troops recaptured the town of Minbya in Rakhine State on November 8.", ("Government regains territory", "2025-11-08", "MMR012005701")),
        ("Junta troops shot dead three villagers in Minbya Township on Saturday.", ("Attack", "2025-11-15", "MMR012005")),
        ("Junta soldiers burned down 40 houses in Minbya Township on Saturday.", ("Looting/property destruction", "2025-11-15", "MMR012005")),
        ("Police arrested two students in Sittwe Township on Saturday.", ("Arrests", "2025-11-15", "MMR012001")),
        ("Gunmen abducted a trader in Minbya Township on Saturday.", ("Abduction/forced disappearance", "2025-11-15", "MMR012005")),
        ("Nine junta soldiers surrendered in Minbya Township on Saturday.", ("Change to group/activity", "2025-11-15", "MMR012005")),
        ("Hundreds of residents took to the streets in Monywa Township on Saturday.", ("Peaceful protest", "2025-11-15", "MMR005012")),
        ("In Monywa Township police fired tear gas to disperse protesters on Saturday.", ("Protest with intervention", "2025-11-15", "MMR005012")),
    ],
)
def test_a_plain_report_is_one_event_with_its_day_and_place(body, expected):
    assert events(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "Residents fear that junta jets will bomb villages in Minbya Township.",  # feared
        "The Arakan Army threatened to attack the base in Ann Township on November 20.",  # threatened
        "If the troops shell Minbya Township, people must run.",  # conditional
        "No clashes were reported in Minbya Township on Saturday.",  # denied
        "The military denied bombing the village in Minbya Township.",  # denied
        "PDF fighters and the military often clash in Minbya Township.",  # a habit
        "In 2017 junta troops burned down villages in Maungdaw Township.",  # history
        "Junta troops attacked villages in Minbya Township on June 2.",  # half a year ago
        "At least 40 airstrikes hit Minbya Township in the past three months.",  # a total
        "About 300 people who fled fighting in Minbya Township need rice.",  # a background
        "Thieves took dried fish from three shops in Sittwe Township on Saturday.",  # crime
        "A landslide buried 12 workers in Hpakant Township on Saturday.",  # a disaster
        "Elections will be held in Minbya Township on December 28.",
        "The price of rice has doubled in Ann Township.",
    ],
)
def test_what_is_feared_planned_denied_habitual_old_or_no_conflict_is_no_event(body):
    assert events(body) == []


@pytest.mark.parametrize(("kind", "count"), [("news", 1), ("statement", 1), ("roundup", 0), ("opinion", 0), ("interview", 0)])
def test_roundups_opinions_and_interviews_give_none(kind, count):
    assert len(events("A junta jet bombed a market in Minbya Township on November 14.", kind=kind)) == count


def test_the_day_of_the_announcement_is_not_the_day_of_the_event():
    assert events("On November 11, the Arakan Army announced that 70 soldiers had surrendered.") == [("Change to group/activity", None, None)]
    assert events("A shell hit a house in Minbya Township on Friday, residents said on Sunday.")[0][1] == "2025-11-14"
    assert events("The Arakan Army said on Tuesday that nine soldiers surrendered in Minbya Township on November 8.")[0][1] == "2025-11-08"


def test_two_days_in_one_sentence_are_two_events_of_one_side():
    body = "The Arakan Army began its assault on Minbya in Rakhine State on November 11 and seized the town on November 14."
    found = tagged(body).events
    assert [(e.sub_event_type, e.event_date.day, e.actor1) for e in found] == [
        ("Armed clash", 11, "AA"),
        ("Non-state actor overtakes territory", 14, "AA"),
    ]


def test_what_is_told_again_is_one_event_with_all_its_passages():
    body = (
        "An air raid wrecked houses in Minbya Township last week.\n\nTwo bombs dropped by a junta jet hit the market on November 12, killing nine people.\n\n"
        "Residents said the airstrike came without a warning."
    )
    found = tagged(body, headline="Nine killed in Minbya")
    [event] = found.events
    assert (event.sub_event_type, event.event_date, event.pcode, event.fatalities) == ("Air/drone strike", date(2025, 11, 12), "MMR012005", 9)
    assert sum(e.part == "report" for e in found.event_evidence) == 3


def test_another_day_or_another_place_is_another_event():
    assert len(events("Shells hit Minbya Township on Friday. Shells hit Pauktaw Township on Friday.")) == 2
    assert len(events("Shells hit Minbya Township on Friday. Shells hit Minbya Township on Saturday.")) == 2


def test_the_deaths_and_burned_houses_of_an_air_strike_are_no_events_of_their_own():
    body = "A junta jet bombed Minbya Township on Friday. The troops killed four villagers. Ten houses burned down."
    assert [(e.sub_event_type, e.fatalities) for e in tagged(body).events] == [("Air/drone strike", 4)]


def test_deaths_told_twice_are_not_added_up():
    body = "A junta jet bombed Minbya Township on Friday, killing four villagers.\n\nThe airstrike killed five villagers, another resident said."
    assert [e.fatalities for e in tagged(body).events] == [4]


@pytest.mark.parametrize(
    ("body", "pcode", "location"),
    [
        ("A man hurt by a shell in Minbya Township on Friday was taken to a hospital in Sittwe.", "MMR012005", "Minbya Township"),
        ("The Sittwe naval base shelled Pauktaw Township on Friday.", "MMR012007", "Pauktaw Township"),
        ("People live in Minbya Township. Shells hit Kan Thar Village on Friday.", "MMR012005", "Kan Thar Village"),
    ],
)
def test_the_place_is_where_it_happened(body, pcode, location):
    [event] = tagged(body).events
    assert (event.pcode, event.location) == (pcode, location)


def test_the_dateline_is_no_place_of_an_event():
    body = "Sittwe - Shells hit Minbya Township in Rakhine State on Friday."
    assert [e.pcode for e in tagged(body, dateline_place="Sittwe").events] == ["MMR012005"]


@pytest.mark.parametrize(
    ("body", "actors"),
    [
        ("The Arakan Army attacked a junta base in Ann Township on Friday.", ("AA", "MM-MIL")),
        ("A junta base in Ann Township was attacked by the Arakan Army on Friday.", ("AA", "MM-MIL")),
        ("The Arakan Army (AA) and allied forces captured the junta's hill base in Ann Township on Friday.", ("AA", "MM-MIL")),
        ("The Arakan Army said its troops captured a junta base in Ann Township on Friday.", ("AA", "MM-MIL")),
        ("Unknown gunmen shot dead a trader in Minbya Township on Friday.", ("Unidentified Armed Group", "Civilians")),
        ("Shells hit a school in Minbya Township on Friday.", (None, "Civilians")),
    ],
)
def test_who_did_it_to_whom(body, actors):
    [event] = tagged(body).events
    assert (event.actor1, event.actor2) == actors


def test_a_claim_is_marked_and_less_sure():
    sure = tagged("Junta soldiers burned down 40 houses in Minbya Township on Saturday.").events[0]
    claimed = tagged("Junta soldiers allegedly burned down 40 houses in Minbya Township on Saturday.").events[0]
    assert (sure.alleged, claimed.alleged) == (False, True)
    assert claimed.confidence < sure.confidence
    assert sure.review_status == "candidate"


def test_every_part_of_an_event_has_its_words():
    body = "On November 14 a junta jet bombed a market in Minbya Township, killing four villagers."
    found = tagged(body)
    parts = {e.part: e.text for e in found.event_evidence}
    assert parts == {
        "report": body, "cue": "jet", "date": "November 14", "place": "Minbya Township", "actor1": "junta jet", "actor2": "market",
        "fatalities": "killing four villagers",
    } | {part: parts[part] for part in ("cue", "actor1", "actor2")}
    assert all(body[e.start_char : e.end_char] == e.text for e in found.event_evidence)
    assert {e.event_id for e in found.event_evidence} == {found.events[0].event_id}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "မင်းပြားမြို့နယ်၊ ဈေးတစ်ခုကို နိုဝင်ဘာ ၁၄ ရက်က စစ်ကောင်စီ လေယာဉ် ဗုံးကြဲခဲ့သည်။",
            [("Air/drone strike", "2025-11-14", "MMR012005")],
        ),
        ("အမ်းမြို့နယ်ရှိ စစ်ကောင်စီ စခန်းကို အာရက္ခတပ်တော်က နိုဝင်ဘာ ၈ ရက်က သိမ်းပိုက်ခဲ့သည်။", [("Non-state actor overtakes territory", "2025-11-08", "MMR012014")]),
        ("မင်းပြားမြို့နယ်တွင် တိုက်ပွဲ ဖြစ်ပွားနေခြင်း မရှိကြောင်း ဒေသခံများက ပြောသည်။", []),  # there is no fighting
        ("မင်းပြားမြို့နယ်တွင် တိုက်ပွဲများကြောင့် ဆန်ဈေး မြင့်တက်သည်။", []),  # prices rise because of battles
        (  # told on the 15th, happened on the 12th
            "မင်းပြားမြို့နယ်ကို နိုဝင်ဘာ ၁၂ ရက်က စစ်ကောင်စီ လေယာဉ် ဗုံးကြဲခဲ့ကြောင်း ဒေသခံများက နိုဝင်ဘာ ၁၅ ရက်တွင် ပြောသည်။",
            [("Air/drone strike", "2025-11-12", "MMR012005")],
        ),
    ],
)
def test_burmese_has_its_own_cues(body, expected):
    assert events(body, language="my") == expected


def test_abroad_there_is_a_kind_but_no_place_of_myanmar():
    [event] = tagged("Militants threw a grenade at a patrol in the capital on Friday, police said.").events
    assert (event.sub_event_type, event.pcode, event.admin1) == ("Grenade", None, None)


def test_every_rule_names_classes_and_kinds_that_exist():
    assert {rule.sub_event_type for rule in event_terms().rules} >= {"Armed clash", "Sexual violence", "Mob violence"}


def test_a_chronicle_of_dozens_of_events_gives_none():
    villages = [f"Kan{chr(65 + number % 26)}{chr(97 + number // 26)}" for number in range(60)]
    told = [f"Shells hit {name} Village in Minbya Township on November {1 + number % 15}." for number, name in enumerate(villages)]
    assert len(events(" ".join(told[:9]))) == 9
    assert events(" ".join(told)) == []


def test_detained_and_taken_away_is_one_event():
    body = "Junta police arrested three men in Thandwe Township on November 13.\n\nThe three were taken away at night and their whereabouts are unknown."
    assert events(body) == [("Arrests", "2025-11-13", "MMR012015")]
