"""The program that measures a large warehouse, in small: what it multiplies is whole, and what it plants is found."""

from contextlib import closing

import bench_warehouse
import invented
import pytest

from warehouse.db import open_work
from warehouse.publish import run_checks


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """40 imported articles four times over, then two more and a night of 40: (folder, costs)."""
    folder = tmp_path_factory.mktemp("bench")
    writer = invented.Writer(40, first=160)
    invented.write_outlets(folder / "outlets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench_warehouse, "PER_DAY", 40)
        bench_warehouse.make_stage(folder, "of_160", writer, 40, 4, bench_warehouse.night(200))
        costs = bench_warehouse.measure_imports(folder / "of_160", 200, writer)
    return folder / "of_160", costs


@pytest.fixture
def connection(measured):
    with closing(open_work(bench_warehouse.settings_of(measured[0]))) as opened:
        yield opened


def test_the_histories_have_their_own_days_addresses_and_texts(connection):
    counts = "select count(*), count(distinct article_id), count(distinct url), count(distinct body_sha256) from articles"
    assert connection.execute(counts).fetchall() == [(202, 202, 202, 202)]
    copied = "select max(published_on) - min(published_on) from articles join copies using (article_id) where relation <> 'translation' group by copies.copy_id"
    assert {days for (days,) in connection.execute(copied).fetchall()} <= {0, 1, 2, 3}
    assert connection.execute("select max(published_on) - min(published_on) > 3 from articles").fetchall() == [(True,)]


def test_no_check_finds_an_error_in_what_was_multiplied(connection):
    assert [finding for finding in run_checks(connection, "bench") if finding.level == "error"] == []


def test_planted_copies_are_found_and_every_part_has_its_cost(measured):
    night = measured[1]["a night of 40"]
    assert night["recall"] == 1.0
    assert all(night[part] > 0 for part in ("open", "load", "copies", "folds", "checks", "search", "publish", "copy", "process", "whole"))


def test_queries_pages_and_sizes_are_told(measured, tmp_path, monkeypatch):
    monkeypatch.setattr(bench_warehouse, "PER_DAY", 40)
    monkeypatch.setattr(bench_warehouse, "TIMES", 1)
    assert [size > 100_000 for _, _, _, size in bench_warehouse.measure_briefings(measured[0], tmp_path)] == [True]
    assert {name for name, *_ in bench_warehouse.measure_queries(measured[0])} >= {"killed_by_place", "who_copies_whom"}
    assert all(size > 0 for size in bench_warehouse.sizes(measured[0], tmp_path).values())
