"""Which lines of a text are not of its article."""

import pytest

from flows.steps.clean import clean_body

STORY = [
    "The pier in the old harbour was opened again on Saturday after repairs that took four months, the town committee said.",
    "Two hundred people came to see the first boat leave, and the band of the school played until the rain began at noon.",
]


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Nine boats sink in the strait, 20 dead",
        "READ MORE | Nine boats sink in the strait",
        "Also read: Nine boats sink in the strait",
        "\u2022 Related: Nine boats sink in the strait",
        "See also – Nine boats sink in the strait",
        "Don\u2019t miss",
        "ဆက်စပ်သတင်း - ရေလက်ကြားတွင် လှေကိုးစင်း နစ်မြုပ်".replace(" - ", ": "),
        "Lesen Sie auch: Neun Boote sinken in der Meerenge",
        "VEA TAMBIÉN: Nueve barcos se hunden en el estrecho",
        "Czytaj też:",
    ],
)
def test_a_line_that_leads_to_another_story_is_none_of_the_article(line):
    assert clean_body([STORY[0], line, STORY[1]], headline=None, captions=frozenset()).paragraphs == tuple(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "Read more than one newspaper, the teacher told them.",
        "See also the annex of the report, which lists all boats by name.",
        "Related costs rose to 3,000 kyats: a third more than last year.",
        "Mira: I saw the boats go down, one after the other.",
        "Read more: " + "the committee has put the whole list of boats on its wall, with their owners and what each of them paid. " * 3,
        "You may like it or not, she said.",
    ],
)
def test_what_only_begins_like_one_stays(line):
    line = line.strip()
    assert clean_body([STORY[0], line, STORY[1]], headline=None, captions=frozenset()).paragraphs == (STORY[0], line, STORY[1])
