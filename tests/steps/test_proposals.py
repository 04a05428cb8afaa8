"""Names that a model proposes: which are taken, and that nothing of the rules changes. The spans are written down here; no model is asked."""

from dataclasses import replace
from datetime import date

import pytest

from flows.steps.proposals import CONFIDENCE, Span, texts_of, with_proposals
from flows.steps.tag import TextToTag, tag
from warehouse.records import PRIVATE_PERSON

METHOD = "ml:spacy/xx_test-1.0"


def text_of(body, headline=None):
    return TextToTag(headline, None, body, "", "en", "sample_daily", None, date(2025, 11, 30), "MM")


def proposed(body, *names, headline=None):
    """{text: (kind, rule)} of what is taken of the names, each proposed where it first stands."""
    text = text_of(body, headline)
    tags = tag(text)
    spans = []
    for label, name in names:
        field = next(field for field, whole in texts_of(text).items() if name in whole)
        start = texts_of(text)[field].index(name)
        spans.append(Span(field, label, start, start + len(name)))
    found = with_proposals(text, tags, spans, METHOD)
    assert [one for one in found.mentions if one.method != METHOD] == list(tags.mentions)
    assert replace(found, mentions=()) == replace(tags, mentions=())
    for one in found.mentions:
        assert texts_of(text)[one.field][one.start_char : one.end_char] == one.text
    new = [one for one in found.mentions if one.method == METHOD]
    assert all(one.confidence == CONFIDENCE and one.entity_id is None for one in new)
    return {one.text: (one.kind, one.rule) for one in new}


@pytest.mark.parametrize(
    ("label", "name", "sentence", "expected"),
    [
        ("ORG", "the Delta Relief Network", "Rice came from the Delta Relief Network on Monday.", ("Delta Relief Network", "organization", "proposed_name")),
        ("ORG", "Ministry of Tidal Works", "The Ministry of Tidal Works opened a lock.", ("Ministry of Tidal Works", "organization", "proposed_name")),
        ("ORG", "the River Watch Council's", "It is the River Watch Council's first report.", ("River Watch Council", "organization", "proposed_name")),
        ("PERSON", "Marta Okafor", "The envoy Marta Okafor left for the coast.", ("Marta Okafor", "person", "proposed_name_with_office")),
        ("PERSON", "Marta Okafor", '"We will stay in the valley until spring," said Marta Okafor.', None),  # the rules have the speaker
        ("PERSON", "Marta Okafor", "Marta Okafor, 34, was killed when a shell hit the market.", ("Marta Okafor", "person", PRIVATE_PERSON)),
        ("PERSON", "Marta Okafor", "The farmer Marta Okafor took the boat.", ("Marta Okafor", "person", PRIVATE_PERSON)),
        ("PERSON", "Marta Okafor", "Marta Okafor, 34, took the boat.", ("Marta Okafor", "person", PRIVATE_PERSON)),
        # What is none.
        ("ORG", "Oval Office", "She came to the Oval Office on Monday.", None),
        ("ORG", "Top Relief Network", "Top Relief Network officials agreed.", None),
        ("ORG", "Delta Relief Network and TODAY", "It was told by Delta Relief Network and TODAY again.", None),
        ("ORG", "Arakan Army", "The Arakan Army took the hill.", None),  # a group of the rules
        ("ORG", "Police Battalion", "Shells hit the Police Battalion at night.", None),
        ("ORG", "Jets", "Jets came at night.", None),
        ("PERSON", "Mawtaung", "Mawtaung fell on Friday.", None),
        ("PERSON", "Kyauk Taw", "Fighting near Kyauk Taw went on in Kyauktaw Township, Rakhine State.", None),
        ("PERSON", "Khan Amar", "Rebels took Khan Amar at dawn.", None),  # nothing says that it is a person
        ("PERSON", "Khoda Amar", "The governor of Khoda Amar came.", None),
        ("PERSON", "Tel Amar", "The village of Tel Amar is empty.", None),
        ("PERSON", "Wireless Earbuds", "We tried Wireless Earbuds, the earbuds of the year.", None),
        ("PERSON", "Chairman Okafor", "Guests met Chairman Okafor at noon.", None),
        ("PERSON", "Parihar Singh", "The chairman S P Parihar Singh spoke.", None),  # half a name
        ("PERSON", "Marta\nOkafor", "He met Marta\nOkafor on Monday.", None),
        ("GPE", "Marta Okafor", "The envoy Marta Okafor left for the coast.", None),
        ("PERSON", "Shell Hits Market", "Jets Bomb Market While Shell Hits Market Again Before Morning", None),
    ],
)  # fmt: skip
def test_which_names_are_taken(label, name, sentence, expected):
    assert proposed(sentence, (label, name)) == ({expected[0]: expected[1:]} if expected else {})


def test_who_is_private_once_is_private_everywhere():
    body = "The envoy Marta Okafor left for the coast.\nMarta Okafor, 34, was killed on the road, residents said."
    text = text_of(body)
    starts = [body.index("Marta"), body.rindex("Marta")]
    spans = [Span("body", "PERSON", start, start + len("Marta Okafor")) for start in starts]
    found = with_proposals(text, tag(text), spans, METHOD)
    rules = {one.rule for one in found.mentions if one.method == METHOD}
    assert rules == {PRIVATE_PERSON}
    assert not [one for one in found.without_private_persons().mentions if one.method == METHOD]


def test_who_shares_a_name_with_a_private_person_of_the_rules_is_private():
    body = "Ma Nilar Okafor, a resident, was killed.\nThe envoy Marta Okafor left for the coast."
    assert proposed(body, ("PERSON", "Marta Okafor")) == {"Marta Okafor": ("person", PRIVATE_PERSON)}


def test_a_text_without_proposals_keeps_its_very_tags():
    text = text_of("Fighting near Kyauktaw Township went on.")
    tags = tag(text)
    assert with_proposals(text, tags, [], METHOD) is tags
