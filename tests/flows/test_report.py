"""What a run says to people."""

from flows.report import SHOWN, as_text, table
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
