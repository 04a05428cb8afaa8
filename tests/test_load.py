"""The load test of tests/load.py in small: the same mixture over 10 outlets and 300 articles."""

import pytest
from load import load


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return load(tmp_path_factory.mktemp("load"), articles=300, outlets=10, network=73)


def test_everything_planted_is_found_and_nothing_else(loaded):
    assert [(line.what, line.is_, line.must) for line in loaded.lines if not line.holds] == []


def test_every_kind_of_trouble_was_planted(loaded):
    kinds = loaded.plan.kinds
    assert {kind for kind in ("copy", "near", "update", "unchanged", "zawgyi", "soft_404", "half_gzip", "bomb", "nested", "attributes", "loop") if not kinds[kind]} == set()
    assert [len(places) for places in (loaded.plan.busy, loaded.plan.robots_503, loaded.plan.dead, loaded.plan.calendars)] == [1, 1, 1, 1]
