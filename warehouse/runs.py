"""Rows of `runs`: when a run began, what it was asked, how it ended."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import duckdb

from warehouse.db import statement, transaction
from warehouse.load import merge, rows


def new_run_id(started_at: datetime) -> str:
    """Sorts by time, is unique, and is safe in file names: 20260302T190000Z-3f9a."""
    return f"{started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def program_version() -> str:
    """The version of this program, as runs record it."""
    return version("nightdesk")


def start_run(connection: duckdb.DuckDBPyConnection, run_id: str, kind: str, started_at: datetime, parameters: dict[str, Any]) -> list[str]:
    """Records the run, marks runs that died as crashed, and returns the ids of those. The caller holds the writer lock, so none of them lives."""
    with transaction(connection):
        crashed = [row["run_id"] for row in rows(connection, statement("mark_crashed"))]
        merge(connection, "runs", [{
            "run_id": run_id, "kind": kind, "started_at": started_at, "ended_at": None, "state": "running",
            "parameters": json.dumps(parameters, ensure_ascii=False, default=str), "nightdesk_version": program_version(),
        }])
    return crashed


def end_run(connection: duckdb.DuckDBPyConnection, run_id: str, state: str, ended_at: datetime) -> None:
    """Records how the run ended: completed, incomplete, failed or interrupted."""
    connection.execute(statement("end_run"), [state, ended_at, run_id])


def run_outlets(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """The funnel of the run, one row an outlet."""
    return rows(connection, statement("run_outlets"), [run_id])


def run_rejections(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """How often which reason was given in the run, one row an outlet, stage and reason."""
    return rows(connection, statement("run_rejections"), [run_id])


def was_raised(connection: duckdb.DuckDBPyConnection, run_id: str, name: str, outlet_id: str) -> bool:
    """Whether the outlet's nightly run before this one ended with a finding of this name for it."""
    return bool(connection.execute(statement("was_raised"), {"run_id": run_id, "name": name, "outlet_id": outlet_id}).fetchall())
