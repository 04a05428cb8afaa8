"""What the alarms of a run are judged by: the run's own counts beside the stored history of each outlet. Read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.db import statement
from warehouse.load import rows
from warehouse.records import Capture

Row = dict[str, Any]
# Stretches of 24 hours that volumes are read of: five weeks of history and the newest one.
VOLUME_DAYS = 36


@dataclass(frozen=True, slots=True)
class History:
    """Rows of warehouse/statements/alarm_*.sql; each file says its grain in the first line. `now` is the moment at which the run began."""

    now: datetime
    runs: list[Row]
    volumes: list[Row]
    gaps: list[Row]
    fields: list[Row]
    lengths: list[Row]
    paragraphs: list[Row]
    told: list[Row]
    sources: list[Row]


@dataclass(frozen=True, slots=True)
class GoldenPage:
    """An article that was read from a page of an earlier run, and the capture of that page."""

    article_id: str
    headline: str | None
    body_sha256: str
    date_published: datetime | None
    extractor: str
    capture: Capture


def history_of(connection: duckdb.DuckDBPyConnection, run_id: str, now: datetime) -> History:
    """The history of the outlets of a run. `now` is when the run began."""

    def found(name: str, **more: Any) -> list[Row]:
        sql = statement(f"alarm_{name}")
        given = {"run_id": run_id, "now": now} | more
        return rows(connection, sql, {key: value for key, value in given.items() if f"${key}" in sql})

    return History(
        now, found("runs"), found("volumes", days=VOLUME_DAYS), found("gaps"), found("fields"), found("lengths"), found("paragraphs"),
        found("told"), found("sources"),
    )


def golden_pages(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[GoldenPage]:
    """The golden page of each outlet of the run that has one."""
    return [
        GoldenPage(**{key: value for key, value in row.items() if key != "capture"}, capture=Capture(**row["capture"]))
        for row in rows(connection, statement("alarm_golden"), {"run_id": run_id})
    ]


def usually_new(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[str]:
    """The outlets whose sources name something new in most nightly runs."""
    return [row["outlet_id"] for row in rows(connection, statement("usually_new"), {"now": now})]
