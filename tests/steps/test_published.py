"""Which of the stated days is that of publication, and on which day it falls for the outlet's readers."""

from datetime import UTC, date, datetime

import pytest

from flows.steps.published import choose_date, local_day, stated_days
from warehouse.records import FieldCandidate, OutletRules

RULES = OutletRules("sample_en", "Sample Daily", "en", "Asia/Yangon", "MM", ("sample.example",))
CAPTURED = datetime(2026, 2, 3, 1, tzinfo=UTC)


def stated(*days):
    return [FieldCandidate("date_published", value, source) for source, value in days]


def chosen(*days):
    found = choose_date(stated(*days), RULES, CAPTURED)
    return (found.at.isoformat()[:10], found.source, found.candidate.value) if found else None


def test_the_candidate_that_was_believed_is_kept():
    assert chosen(("meta", "no day at all"), ("meta", "2026-01-12"), ("url", "2026-01-11")) == ("2026-01-12", "meta", "2026-01-12")


@pytest.mark.parametrize("value", ["2026-02-05", "1970-01-01", "soon"])
def test_what_cannot_be_a_day_of_publication_is_passed_over(value):
    assert chosen(("json_ld", value), ("url", "2026-01-11")) == ("2026-01-11", "url", "2026-01-11")


def test_a_day_printed_long_before_the_only_machine_is_believed():
    assert chosen(("meta", "2026-01-12T09:00:00Z"), ("outlet_rule", "2025-12-01")) == ("2025-12-01", "outlet_rule", "2025-12-01")


@pytest.mark.parametrize(
    ("case", "days"),
    [
        ("one day before is another zone", [("meta", "2026-01-12"), ("outlet_rule", "2026-01-11")]),
        ("a printed day after it is an update", [("meta", "2026-01-12"), ("outlet_rule", "2026-01-20")]),
        ("a second machine agrees", [("meta", "2026-01-12"), ("url", "2026-01-12"), ("outlet_rule", "2025-12-01")]),
        ("the feed is the outlet's own word", [("feed", "2026-01-12"), ("outlet_rule", "2025-12-01")]),
    ],
)
def test_machines_are_believed_where_the_printed_day_says_less(case, days):
    assert chosen(*days)[0] == "2026-01-12", case


@pytest.mark.parametrize(
    ("case", "days", "expected"),
    [
        ("two against one", [("json_ld", "2026-01-04"), ("meta", "2026-01-12"), ("outlet_rule", "2026-01-12")], ("2026-01-12", "meta", "2026-01-12")),
        ("the printed day alone", [("json_ld", "2026-01-04"), ("outlet_rule", "2026-01-12")], ("2026-01-04", "json_ld", "2026-01-04")),
        ("the second source alone", [("json_ld", "2026-01-04"), ("meta", "2026-01-12")], ("2026-01-04", "json_ld", "2026-01-04")),
        (
            "a time element is what is printed",
            [("json_ld", "2026-01-04"), ("microdata", "2026-01-12"), ("outlet_rule", "2026-01-12")],
            ("2026-01-04", "json_ld", "2026-01-04"),
        ),
        (
            "the first does not stand alone",
            [("json_ld", "2026-01-04"), ("url", "2026-01-04"), ("meta", "2026-01-12"), ("outlet_rule", "2026-01-12")],
            ("2026-01-04", "json_ld", "2026-01-04"),
        ),
        (
            "the feed is the outlet's own word",
            [("feed", "2026-01-04"), ("meta", "2026-01-12"), ("outlet_rule", "2026-01-12")],
            ("2026-01-04", "feed", "2026-01-04"),
        ),
    ],
)
def test_two_statements_that_agree_win_over_one(case, days, expected):
    assert chosen(*days) == expected, case


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([("json_ld", "2026-01-11T17:00:00Z")], date(2026, 1, 11)),
        ([("json_ld", "2026-01-11T18:00:00Z")], date(2026, 1, 12)),  # 00:30 in Myanmar
        ([("json_ld", "2026-01-11T18:00:00Z"), ("outlet_rule", "2026-01-11")], date(2026, 1, 11)),  # what the page prints
        ([("json_ld", "2026-01-11T18:00:00Z"), ("url", "2026-01-11")], date(2026, 1, 11)),
        ([("json_ld", "2026-01-11T18:00:00Z"), ("url", "2026-01-11"), ("byline", "2026-01-12")], date(2026, 1, 12)),
        ([("json_ld", "2026-01-11T18:00:00Z"), ("outlet_rule", "2026-01-15")], date(2026, 1, 12)),  # another event
        ([("json_ld", "2026-01-12"), ("outlet_rule", "2026-01-11")], date(2026, 1, 12)),  # a day has no zone
    ],
)
def test_the_day_for_readers_is_the_one_the_page_shows(days, expected):
    candidates = stated(*days)
    assert local_day(choose_date(candidates, RULES, CAPTURED), candidates, RULES) == expected


def test_stated_days_are_those_of_machines_in_both_zones():
    days = stated_days(stated(("json_ld", "2026-01-11T18:00:00Z"), ("outlet_rule", "2026-01-02")), RULES)
    assert days == {date(2026, 1, 11), date(2026, 1, 12)}


def test_a_day_of_bare_numbers_is_read_as_another_candidate_says_it():
    candidates = stated(("meta", "11/01/2026 12:43:42"), ("outlet_rule", "2026-11-01"))
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert choose_date(candidates, RULES, later).at.date() == date(2026, 11, 1)
    assert choose_date(candidates[:1], RULES, later).at.date() == date(2026, 1, 11)


@pytest.mark.parametrize(
    ("case", "days", "expected"),
    [
        ("a bare day", [("json_ld", "2026-01-12"), ("meta", "2026-01-12T09:30:00+06:30")], "2026-01-12T09:30:00+06:30"),
        ("its midnight", [("json_ld", "2026-01-12T00:00:00Z"), ("json_ld", "2026-01-13T04:39:05Z")], "2026-01-13T04:39:05+00:00"),  # 11 p.m. in New York
        ("another day everywhere", [("json_ld", "2026-01-12"), ("meta", "2026-01-13T12:00:00Z")], "2026-01-12T00:00:00+06:30"),
        ("printed alone", [("json_ld", "2026-01-12"), ("byline", "2026-01-12T09:30:00")], "2026-01-12T00:00:00+06:30"),
        ("after the capture", [("json_ld", "2026-02-04"), ("meta", "2026-02-04T10:00:00Z")], "2026-02-04T00:00:00+06:30"),
    ],
)
def test_the_moment_of_a_second_source_is_taken_where_the_first_gives_the_bare_day(case, days, expected):
    assert choose_date(stated(*days), RULES, CAPTURED).at.isoformat() == expected, case
