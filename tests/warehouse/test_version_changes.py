"""What a new version changed, told from two texts."""

import pytest

from warehouse.version_changes import changes_between

PLACES = frozenset({"Minbya", "Ann", "Mrauk-U", "Maungdaw Township", "Maungdaw", "မင်းပြား", "မြောက်ဦး"})
BODY = (
    "The ferry to Minbya will run again from Monday. Three boats were repaired in the yard at Ann last week.\n"
    "A trader said the fares stay as they were. Nobody was hurt when the old pier fell."
)


def text(body=BODY, headline="Ferry runs again", description=None):
    return {"headline": headline, "description": description, "body": body}


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("Three boats", "Five boats", ["body", "figure"]),
    ("Three boats", "3 boats", ["body", "wording"]),
    ("Three boats", "Boats", ["body", "figure"]),
    ("to Minbya", "to Mrauk-U", ["body", "place"]),
    ("A trader said", "The harbour master said", ["body", "attribution"]),
    ("A trader said the fares stay", "The fares stay", ["body", "attribution"]),
    ("will run again", "is to run again", ["body", "wording"]),
    ("last week.", "last week. The river has fallen below its mark since then.", ["body", "addition"]),
    (" Nobody was hurt when the old pier fell.", "", ["body", "deletion"]),
    ("from Monday", "from Monday, after a winter in which hardly any of them sailed", ["body", "addition"]),
    ("Three boats were repaired in the yard at Ann last week.", "Five boats were repaired in the yard at Minbya last week.", ["body", "figure", "place"]),
])
def test_a_changed_body_says_what_kind_of_change_it_is(old, new, expected):
    assert old in BODY
    assert changes_between(text(), text(BODY.replace(old, new)), PLACES) == expected


def test_a_first_version_changes_nothing():
    assert changes_between(None, text(), PLACES) == []


def test_white_space_is_no_change_and_a_paragraph_that_moves_is_one_of_the_body_only():
    assert changes_between(text(), text(BODY.replace(" ", "  ")), PLACES) == []
    assert changes_between(text(), text("\n".join(reversed(BODY.split("\n")))), PLACES) == ["body"]


@pytest.mark.parametrize(("before", "after", "expected"), [
    ("Three killed in Ann", "Death toll in Ann rises to five", ["headline", "figure"]),
    ("Three killed in Ann", "Three killed in Minbya", ["headline", "place"]),
    ("Ferry runs again", "Boats run again after 3 days", ["headline"]),
    ("Seventeen killed", "Correction: Seven killed", ["headline", "figure", "correction"]),
])
def test_a_changed_headline(before, after, expected):
    assert changes_between(text(headline=before), text(headline=after), PLACES) == expected


@pytest.mark.parametrize("note", [
    "Correction: an earlier version of this story gave the wrong number.", "This article wrongly stated that the pier had burnt.",
    "The headline has been amended.", "Clarification: the boats belong to the town.", "အမှားပြင်ဆင်ချက်။ လှေသုံးစင်းသာ ဖြစ်သည်။",
])
def test_a_correction_is_recognised_by_its_own_words(note):
    assert changes_between(text(), text(BODY + "\n" + note), PLACES) == ["body", "addition", "correction"]
    assert "correction" not in changes_between(text(BODY + "\n" + note), text(BODY + "\n" + note + " The editor."), PLACES)


def test_a_story_about_corrections_is_none():
    assert changes_between(text(), text(BODY + "\nA house of correction reopened after a correction of the rice price."), PLACES) == ["body", "addition"]


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("၃ စင်း", "၅ စင်း", ["body", "figure"]), ("မင်းပြား", "မြောက်ဦး", ["body", "place"]), ("ပြောသည်။", "ပြောသည်။ ရေလည်း ကျသွားပြီ။", ["body", "addition"]),
])
def test_burmese_is_told_apart_too(old, new, expected):
    body = "မင်းပြားသို့ ကူးတို့လှေ ၃ စင်း ပြန်လည်ပြေးဆွဲမည်ဟု လှေပိုင်ရှင်က ပြောသည်။"
    assert changes_between(text(body), text(body.replace(old, new)), PLACES) == expected


def test_the_standfirst_is_a_field_of_its_own():
    assert changes_between(text(), text(description="Fares stay."), PLACES) == ["description"]


def test_the_longest_name_of_a_place_counts():
    before, after = "The road to Maungdaw Township is open.", "The road to Maungdaw is open."
    assert changes_between(text(before), text(after), PLACES) == ["body", "place"]
    assert changes_between(text(before), text(before.replace("open", "free")), PLACES) == ["body", "wording"]
