"""The thirty cases of tests/thirty_cases.py, in one run of the real command."""

import pytest
from thirty_cases import CASES, run, table


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    return run(tmp_path_factory.mktemp("thirty"))


@pytest.mark.parametrize("position", range(len(CASES)), ids=[case.name for case in CASES])
def test_the_case_ends_right(verdicts, position):
    assert verdicts[0][position].faults == ()


def test_there_are_thirty_and_the_table_marks_each(verdicts):
    assert len(CASES) == 30
    assert sum(table(verdicts[0]).count(mark) for mark in "✓✗") == 30
