"""The small form of tests/backfill_faults.py: two outlets, three months, three stops."""

from backfill_faults import run


def test_a_backfill_that_is_stopped_three_times_asks_no_page_more_than_once_again(tmp_path):
    assert run(tmp_path, 2, 3).faults == []
