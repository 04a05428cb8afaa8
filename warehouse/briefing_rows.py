"""The rows behind the morning page: one query a table or drawing, out of warehouse/briefing, with its text as a person can run it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.db import Connection, first_line, sql_files, statement
from warehouse.errors import NightdeskError
from warehouse.query import open_published

Row = dict[str, Any]
Value = date | datetime | int
PARAMETER = re.compile(r"\$([a-z_]+)")
FOLDED = "events_between($first_day, $day)"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the morning page, the query that answers it, ready for `nightdesk sql`, and its rows."""

    name: str
    question: str
    sql: str
    rows: list[Row]


def literal(value: Value) -> str:
    """The value as it is written in SQL. Moments are written in UTC."""
    if isinstance(value, datetime):
        return f"timestamptz '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00'"
    return f"date '{value.isoformat()}'" if isinstance(value, date) else str(int(value))


def filled_in(sql: str, values: dict[str, Value]) -> str:
    """The query with its parameters written out."""
    return PARAMETER.sub(lambda found: literal(values[found[1]]), sql)


def answered(connection: Connection, name: str, sql: str, values: dict[str, Value], known: Mapping[str, str] | None = None) -> Answer:
    """Runs one query as it is printed; the first line of the query is its question. `known` says which parts stand in tables already.

    The values are days, moments and numbers of ours, written out and not bound: for a bound day DuckDB loads pandas, where there is one.
    """
    run = sql
    for part, table in (known or {}).items():
        run = run.replace(part, table)
    cursor = connection.execute(filled_in(run, values))
    columns = [column[0] for column in cursor.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return Answer(name, sql.splitlines()[0].removeprefix("-- "), filled_in(sql, values).strip(), rows)


def all_answers(connection: Connection, values: dict[str, Value]) -> dict[str, Answer]:
    """Every query of warehouse/briefing, by name. Raises NightdeskError for a file that lacks a table or view of this program."""
    try:
        # Six queries read the same events: they are folded once. The queries as they are printed fold them each time, and give the same rows.
        connection.execute(filled_in(statement("briefing_events"), values))
        return {name: answered(connection, name, sql, values, {FOLDED: "events_of_the_page"}) for name, sql in sql_files("briefing").items()}
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        said = f"The published file was written by another version of Nightdesk ({first_line(error)})."
        raise NightdeskError(f"{said} The next run brings it up to date; `nightdesk reprocess --steps tag` does so without the network.") from error


def last_moments(connection: Connection) -> Row:
    """One row: when the last nightly run began (`last_nightly_at`), and the last day of publication (`last_day`); NULL where there is none."""
    return answered(connection, "file", sql_files("briefing")["file"], {}).rows[0]


def open_day(published: Path, memory_limit_mb: int) -> Connection:
    """A locked read-only connection, the one that `nightdesk sql` uses too."""
    return open_published(published, memory_limit_mb=memory_limit_mb)
