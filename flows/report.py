"""What a run says to people: a short table, what needs attention, and what to do next."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from flows.running import Summary

SHOWN = ("outlet_id", "discovered", "fetched", "not_modified", "failed", "rejected", "new", "updated", "unchanged", "copies", "alert")
OUTLETS_SHOWN = 40
LINES_OF_A_KIND = 8  # then a person is told how many more there are
# Columns of a terminal: between two cells, of a first cell that is not folded, and of a cell that is, less than which breaks up words.
GAP, UNCUT_MAX, READABLE = 2, 44, 12


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
        numbers = is_of_numbers(position, rows)
        # The first column names the row, so it is never cut.
        longest = max(len(name), *(len(printable(row[position])) for row in rows), 0) if position == 0 else 0
        side: Literal["left", "right"] = "right" if numbers and rows else "left"
        shown.add_column(name, justify=side, overflow="fold", no_wrap=numbers, min_width=min(longest, UNCUT_MAX))
    for row in rows:
        # Text, not markup: a headline may hold square brackets.
        shown.add_row(*(Text(printable(cell)) for cell in row))
    console = Console(width=width, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())


def is_readable(head: Sequence[str], rows: Sequence[Sequence[Any]], *, width: int) -> bool:
    """Whether `table` can give each column the room of its longest cell; 12 columns do where a cell can be folded."""
    return sum(room_of(position, head, rows) for position in range(len(head))) + GAP * (len(head) - 1) <= width


def room_of(position: int, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """The least columns in which a column of the table can be read."""
    longest = max(len(head[position]), *(len(printable(row[position])) for row in rows), 0)
    return longest if is_of_numbers(position, rows) else min(longest, UNCUT_MAX if position == 0 else READABLE)


def is_of_numbers(position: int, rows: Sequence[Sequence[Any]]) -> bool:
    return all(isinstance(row[position], int | float) or row[position] is None for row in rows)


def records(head: Sequence[str], rows: Sequence[Sequence[Any]], *, width: int) -> str:
    """The rows one after the other, one value a line beside its name, NULL as nothing; long values go on below themselves."""
    names = max(map(len, head))
    room = max(READABLE, width - names - 2 * GAP)
    lines = []
    for number, row in enumerate(rows, 1):
        lines.append(f"row {number}")
        for name, cell in zip(head, row, strict=True):
            first, *others = wrapped(printable(cell), room)
            lines.append(f"{'':{GAP}}{name:{names}}{'':{GAP}}{first}".rstrip())
            lines += [f"{'':{names + 2 * GAP}}{other}" for other in others]
    return "\n".join(lines)


def wrapped(text: str, room: int) -> list[str]:
    """The text in lines of so many terminal columns, one line at least; Burmese letters and signs are as wide as a terminal shows them."""
    from rich.console import Console
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=room), room)] or [""]


def printable(cell: Any) -> str:
    """A cell without control characters: what an outlet writes must not steer a terminal."""
    if cell is None:
        return ""
    text = ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)
    return "".join(c if c.isprintable() or c in "\u200b\u200c\u200d" else " " for c in text)
