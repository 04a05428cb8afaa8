"""The short form of tests/silent_failures.py: five real nights of history over fourteen outlets, and one on which twelve of them break."""

import pytest
from silent_failures import FAST_NIGHTS, OUTLETS, quiet_years, run, told


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    return run(tmp_path_factory.mktemp("silent"), FAST_NIGHTS)


@pytest.mark.parametrize("breakage", dict.fromkeys(outlet[0] for outlet in OUTLETS))
def test_what_breaks_in_silence_is_told_of_within_one_run(verdict, breakage):
    assert told(verdict)[breakage] == []


def test_quiet_nights_and_holidays_raise_nothing_and_leave_with_0(verdict):
    assert verdict.quiet == []
    assert verdict.statuses == [0] * len(FAST_NIGHTS) + [1]


def test_an_alarm_says_what_to_do(verdict):
    details = [detail for alarms in verdict.last.values() for _, _, detail in alarms]
    assert details
    assert all("nightdesk" in detail for detail in details)


def test_made_up_quiet_years_raise_next_to_nothing():
    nights, alarms = quiet_years(8)
    assert alarms * 1000 <= nights
