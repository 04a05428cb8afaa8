"""What a run says to people: a short table, what needs attention, and what to do next."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.running import Summary

SHOWN = ("outlet_id", "discovered", "fetched", "not_modified", "failed", "rejected", "new", "updated", "unchanged", "copies", "alert")
OUTLETS_SHOWN = 40
LINES_OF_A_KIND = 8  # then a person is told how many more there are


def as_json(summary: Summary) -> str:
    """The summary as one JSON object."""
    return json.dumps(dataclasses.asdict(summary) | {"exit_status": summary.exit_status}, ensure_ascii=False, indent=1, default=str)


def as_text(summary: Summary, *, width: int) -> str:
    """The summary for a terminal of so many columns."""
    rows = [row for row in summary.outlets if any(row[name] for name in SHOWN[1:])]
    if len(rows) > OUTLETS_SHOWN:
        rows.sort(key=lambda row: (row["alert"] is None, not row["failed"] + row["rejected"]))  # what someone must look at is not cut off
    parts = [table(SHOWN, [[row[name] for name in SHOWN] for row in rows[:OUTLETS_SHOWN]], width=width)] if rows else []
    if len(rows) > OUTLETS_SHOWN:
        parts.append(f"... and {len(rows) - OUTLETS_SHOWN} more outlets; all are in run_outlets.")
    reasons = [f"  {row['pages']:>4}  {row['outlet_id']}: {row['reason']} ({row['stage']})" for row in summary.rejections]
    parts += section("Not taken, each with its row in rejections:", reasons)
    parts += section("Alarms:", [line for alarm in summary.alarms for line in alarm_lines(alarm)], 2 * LINES_OF_A_KIND)
    warnings = [f"  {each['level']}: {each['name']}: {each['observed']}, expected {each['expected']}" for each in summary.findings]
    parts += section("Checks:", warnings)
    parts += section("To look at:", [f"  {alert}" for alert in summary.alerts])
    parts += [f"Note: {note}" for note in summary.notes[:LINES_OF_A_KIND]]
    parts.append(closing_line(summary))
    return "\n".join(parts)


def section(title: str, lines: list[str], most: int = LINES_OF_A_KIND) -> list[str]:
    more = [f"  ... and {len(lines) - most} more"] if len(lines) > most else []
    return [title, *lines[:most], *more] if lines else []


def alarm_lines(alarm: dict[str, Any]) -> list[str]:
    """What is wrong, and what to do about it."""
    since = "" if alarm["is_new"] else " (as in the run before)"
    return [f"  {alarm['outlet_id']}: {alarm['kind']}: {alarm['observed']}; expected {alarm['expected']}{since}", f"      {alarm['detail']}"]


def closing_line(summary: Summary) -> str:
    counts = ", ".join(f"{summary.total(name)} {name}" for name in ("new", "updated", "unchanged", "copies"))
    where = f"Published: {summary.published}" if summary.published else "Nothing was published; the last good file stays."
    return f"{summary.kind} {summary.state} in {summary.seconds:.1f} s: {counts}.\n{where}"


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], *, width: int = 100) -> str:
    """A table of text cells, numbers to the right, NULL as nothing; columns are cut so that a line fits the width."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for position, name in enumerate(head):
        numbers = all(isinstance(row[position], int | float) or row[position] is None for row in rows)
        # The first column names the row, so it is never cut.
        longest = max((len(name), *(len(printable(row[position])) for row in rows))) if position == 0 else None
        shown.add_column(name, justify="right" if numbers and rows else "left", overflow="fold", no_wrap=numbers, min_width=min(longest or 0, 44))
    for row in rows:
        # Text, not markup: a headline may hold square brackets.
        shown.add_row(*(Text(printable(cell)) for cell in row))
    console = Console(width=width, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())


def printable(cell: Any) -> str:
    """A cell without control characters: what an outlet writes must not steer a terminal."""
    if cell is None:
        return ""
    text = ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)
    return "".join(c if c.isprintable() or c in "\u200b\u200c\u200d" else " " for c in text)
