"""Query results as text or files."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.report import is_readable, records, table
from warehouse.errors import AskedWrongly

ROWS_SHOWN = 200  # in a terminal table; the other forms hold everything
RECORDS_SHOWN = 40  # where each value has a line of its own
FORMS = {".csv": "csv", ".json": "json", ".parquet": "parquet"}


def form_of(out: Path | None) -> str:
    """The form that a file's ending asks for; a table otherwise."""
    return FORMS.get(out.suffix.lower(), "table") if out else "table"


def as_text(found: pa.Table, form: str, *, width: int) -> str:
    """The result as a table for people, CSV, or JSON (a list of objects); ends with a line break.

    A table with more columns than the width has room for is written one value a line.
    """
    if form == "csv":
        return as_csv(found)
    if form == "json":
        objects = [dict(zip(found.column_names, row, strict=True)) for row in rows_of(found)]
        return json.dumps(plain(objects), ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n"
    rows = list(rows_of(found.slice(0, ROWS_SHOWN)))
    layout = table if is_readable(found.column_names, rows, width=width) else records
    rows = rows if layout is table else rows[:RECORDS_SHOWN]
    more = f"... {found.num_rows - len(rows)} more rows; --format csv, json or parquet give all." if found.num_rows > len(rows) else ""
    noun = "row" if found.num_rows == 1 else "rows"
    parts = (layout(found.column_names, rows, width=width), more, f"({found.num_rows} {noun})\n")
    return "\n".join(part for part in parts if part)


def rows_of(found: pa.Table) -> Iterator[list[Any]]:
    """The rows, each with its values in the order of the columns."""
    columns = [[spoken(value) if isinstance(value, pa.MonthDayNano) else value for value in column.to_pylist()] for column in found.columns]
    return (list(row) for row in zip(*columns, strict=True))


def spoken(lasts: pa.MonthDayNano) -> str:
    """An interval as DuckDB writes it, its parts apart because no two months are alike: 1 months 2 days 00:00:10.362472."""
    micros = lasts.nanoseconds // 1000
    seconds, rest = divmod(abs(micros), 1_000_000)
    clock = f"{'-' if micros < 0 else ''}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{rest:06}" if rest else "")
    parts = [f"{count} {unit}" for count, unit in ((lasts.months, "months"), (lasts.days, "days")) if count]
    return " ".join([*parts, *([clock] if micros or not parts else [])])


def plain(value: Any) -> Any:
    """The value with null for what JSON has no number for: NaN and the infinities."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def as_csv(found: pa.Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(found.column_names)
    for row in rows_of(found):
        writer.writerow([as_cell(value) for value in row])
    return out.getvalue()


def as_cell(value: Any) -> Any:
    return json.dumps(plain(value), ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


def write_file(found: pa.Table, form: str, out: Path) -> None:
    """Writes the result to a file. Raises AskedWrongly where the file cannot be made."""
    try:
        with open(out, "wb") as file:
            if form == "parquet":
                import pyarrow.parquet as pq

                pq.write_table(found, file)
            else:
                file.write(as_text(found, form, width=200).encode())
    except OSError as error:
        raise AskedWrongly(f"{out}: the result cannot be written there ({error.strerror or error}).") from error


def write_text(text: str, out: Path) -> None:
    """Writes a text to a file. Raises AskedWrongly where the file cannot be made."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AskedWrongly(f"{out}: the result cannot be written there ({error.strerror or error}).") from error
