"""Query results as text or files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.report import table

ROWS_SHOWN = 200  # in a terminal table; the other forms hold everything
FORMS = {".csv": "csv", ".json": "json", ".parquet": "parquet"}


def form_of(out: Path | None) -> str:
    """The form that a file's ending asks for; a table otherwise."""
    return FORMS.get(out.suffix.lower(), "table") if out else "table"


def as_text(found: pa.Table, form: str, *, width: int) -> str:
    """The result as a table for people, CSV, or JSON (a list of objects); ends with a line break."""
    if form == "csv":
        return as_csv(found)
    if form == "json":
        return json.dumps(found.to_pylist(), ensure_ascii=False, indent=1, default=str) + "\n"
    rows = [list(row.values()) for row in found.slice(0, ROWS_SHOWN).to_pylist()]
    more = f"\n... {found.num_rows - ROWS_SHOWN} more rows; --format csv, json or parquet give all." if found.num_rows > ROWS_SHOWN else ""
    noun = "row" if found.num_rows == 1 else "rows"
    return f"{table(found.column_names, rows, width=width)}{more}\n({found.num_rows} {noun})\n"


def as_csv(found: pa.Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(found.column_names)
    for row in found.to_pylist():
        writer.writerow([as_cell(value) for value in row.values()])
    return out.getvalue()


def as_cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


def write_file(found: pa.Table, form: str, out: Path) -> None:
    """Writes the result to a file. Raises OSError where that is not possible."""
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(found, out)
    else:
        out.write_text(as_text(found, form, width=200), encoding="utf-8")
