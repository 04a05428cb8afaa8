"""The weights of line traits are learnt as said: what speaks for text gets more, and the sum of losses is as small as it can be."""

from __future__ import annotations

from fit_line_weights import Lesson, first_names, fit, loss_and_slope, rows_of, share_of, shingles, split

from flows.steps.traits import Traits

PLACE = frozenset({"class:story"})


def lesson(site, links, is_text):
    count = len(links)
    return Lesson(
        site, "", None, frozenset(), tuple("x" * count), (10,) * count, Traits((PLACE,) * count, {"links": links}), tuple(is_text), (100.0,) * count
    )


LESSONS = [lesson(f"site{number}.example", [0.0, 0.0, 1.0, 1.0], [True, True, False, number == 0]) for number in range(14)]


def test_a_trait_that_text_lacks_speaks_against_it():
    weights = fit(LESSONS, first_names(LESSONS), 10.0)
    assert weights["links"] < -1 < 0 < weights["always"]


def test_the_weights_are_where_the_loss_is_least():
    names = first_names(LESSONS)
    weights = fit(LESSONS, names, 10.0)
    rows = rows_of(LESSONS, names, None)
    at = [weights.get(name, 0.0) for name in names]
    least, _ = loss_and_slope(rows, at, 10.0)
    for number in range(len(at)):
        for step in (-0.1, 0.1):
            moved = [value + step * (place == number) for place, value in enumerate(at)]
            assert loss_and_slope(rows, moved, 10.0)[0] > least


def test_a_class_word_of_few_sites_gets_no_weight():
    assert "class:story" in first_names(LESSONS)
    assert "class:story" not in first_names(LESSONS[:11])


def test_pages_of_one_site_are_never_on_both_sides():
    for inside, outside in split([*LESSONS, *LESSONS], 5, seed=3):
        assert not {LESSONS[number % 14].site for number in inside} & {LESSONS[number % 14].site for number in outside}


def test_which_part_of_a_line_stands_in_the_marked_text():
    gold = "The ferry lands at the old market again."
    plain = " the ferry lands at the old market again "
    assert share_of("The ferry lands at the old market again.", shingles(gold), plain) == 1.0
    assert share_of("Read more about ferries and markets here", shingles(gold), plain) == 0.0
    assert share_of("old market", shingles(gold), plain) == 1.0
