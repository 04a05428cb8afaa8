"""What a run says to people."""

import json

import duckdb
import pyarrow as pa
import pytest
from rich.cells import cell_len

from flows.report import SHOWN, as_text, is_readable, table, wrapped
from flows.results import RECORDS_SHOWN
from flows.results import as_text as result_as_text
from flows.running import Summary


def row(outlet_id, **more):
    return dict.fromkeys(SHOWN, 0) | {"outlet_id": outlet_id, "discovered": 2, "alert": None} | more


def test_outlets_with_an_alert_are_shown_however_many_there_are():
    rows = [row(f"outlet_{number:03}") for number in range(298)] + [row("y_fails", failed=1), row("z_refuses", alert="blocked")]
    summary = Summary("r1", "nightly", "incomplete", "2026-03-02", 1.0, "news.duckdb", rows, [], [], [], [])
    lines = as_text(summary, width=120).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["z_refuses", "y_fails", "outlet_000"]
    assert lines[41] == "... and 260 more outlets; all are in run_outlets."


def test_the_first_column_is_as_wide_as_its_name():
    assert table(SHOWN, [list(row("tty").values())], width=100).splitlines()[0].startswith("outlet_id ")


WIDE = {f"column_{number:02}": [f"value {number} of a row that is long"] * 3 for number in range(15)}


def test_a_result_too_wide_for_a_table_is_written_one_value_a_line():
    lines = result_as_text(pa.table(WIDE), "table", width=80).splitlines()
    assert lines[:3] == ["row 1", "  column_00  value 0 of a row that is long", "  column_01  value 1 of a row that is long"]
    assert [line for line in lines if not line.startswith("  ")] == ["row 1", "row 2", "row 3", "(3 rows)"]
    assert result_as_text(pa.table(WIDE), "table", width=240).startswith("column_00"), "with room enough it is a table"


def test_a_long_value_goes_on_below_itself_and_nothing_of_it_is_lost():
    text, burmese = "Five civilians were killed when a jet dropped two bombs on the market. " * 4, "ရွာသူရွာသား ငါးဦး သေဆုံးခဲ့သည်။ " * 9
    wide = pa.table({"sentence": [text], "burmese": [burmese], "nothing": pa.array([None], pa.string()), "steers": ["a\x1b[2Jb"]} | {
        name: ["x" * 14] for name in "abcdefg"})
    shown = result_as_text(wide, "table", width=60)
    assert "".join(shown.split()).count("".join(text.split())) == 1
    assert "".join(burmese.split()) in "".join(shown.split())
    assert max(map(cell_len, shown.splitlines())) <= 60
    assert "  nothing\n" in shown
    assert "\x1b" not in shown


def test_of_a_long_wide_result_the_first_rows_are_shown_and_the_others_counted():
    many = pa.table({name: values * 100 for name, values in WIDE.items()})
    shown = result_as_text(many, "table", width=80)
    assert shown.count("\nrow ") + 1 == RECORDS_SHOWN
    assert shown.endswith("... 260 more rows; --format csv, json or parquet give all.\n(300 rows)\n")


def test_a_wide_result_without_rows_says_so():
    assert result_as_text(pa.table(WIDE).slice(0, 0), "table", width=80) == "(0 rows)\n"


@pytest.mark.parametrize(("rows", "fits"), [([["a", 1]], True), ([["a" * 200, 1]], True), ([["a", 10**70]], False)])
def test_numbers_are_not_folded(rows, fits):
    assert is_readable(["name", "count"], rows, width=60) is fits


def test_an_empty_value_has_its_line():
    assert wrapped("", 20) == [""]


def test_an_interval_is_written_for_people_in_every_form():
    asked = "select interval '10.362472 seconds' as lasted, interval '1 month 2 days' as both, interval '0 s' as none, interval '-90 minutes' as back"
    found = duckdb.sql(asked).to_arrow_table()
    assert result_as_text(found, "csv", width=80) == "lasted,both,none,back\n00:00:10.362472,1 months 2 days,00:00:00,-01:30:00\n"
    assert json.loads(result_as_text(found, "json", width=80))[0]["lasted"] == "00:00:10.362472"
    assert "00:00:10.362472" in result_as_text(found, "table", width=80)
