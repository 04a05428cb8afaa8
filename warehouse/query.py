"""Reading the published file: a connection that can read nothing else, cannot be unlocked, and stops at its limits."""

from __future__ import annotations

import tempfile
import threading
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.db import first_line
from warehouse.errors import AskedWrongly, NightdeskError

TIME_LIMIT_S = 300.0
SPILL_LIMIT = "8GB"  # of disk for sorts and joins that do not fit into memory; a query that wants more fails
READS = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.CALL})


class QueryFailed(NightdeskError):
    """A query that ran and did not end well."""


def open_published(path: Path, *, memory_limit_mb: int = 2048, spill_dir: str | None = None) -> duckdb.DuckDBPyConnection:
    """A locked read-only connection: no other file, no network, no extension, no change of these settings.

    The one folder that DuckDB lets a statement reach all the same is the one for what does not fit into memory: `spill_dir`, by default
    `<file>.tmp`. Raises AskedWrongly where nothing was published yet.
    """
    if not path.exists():
        raise AskedWrongly(f"{path} does not exist: nothing was published yet. Run `nightdesk demo` or `nightdesk nightly` first.")
    config: dict[str, Any] = {"enable_external_access": "false", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
              "memory_limit": f"{memory_limit_mb}MB", "max_temp_directory_size": SPILL_LIMIT}
    if spill_dir:
        config["temp_directory"] = spill_dir
    try:
        connection = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise NightdeskError(f"{path} cannot be opened: {first_line(error)}. It is replaced by the next run that ends well.") from error
    # Times are UTC, whatever the zone of the machine.
    connection.execute("set timezone = 'UTC'")
    connection.execute("set lock_configuration = true")
    return connection


def run_query(path: Path, sql: str, *, memory_limit_mb: int = 2048, time_limit_s: float = TIME_LIMIT_S) -> pa.Table:
    """The result of one SELECT (or DESCRIBE, SHOW, EXPLAIN, PRAGMA) on the published file.

    Columns of the same name are told apart: `url`, `url_1`.
    Raises AskedWrongly for anything but one readable statement, QueryFailed where it fails or takes longer than the limit.
    """
    # A folder of its own, whose name no query can know: COPY may write into it, also within EXPLAIN ANALYZE.
    with (
        tempfile.TemporaryDirectory(prefix="nightdesk_sql_") as spill_dir,
        open_published(path, memory_limit_mb=memory_limit_mb, spill_dir=spill_dir) as connection,
    ):
        try:
            statements = connection.extract_statements(sql)
        except duckdb.Error as error:
            raise AskedWrongly(f"The query cannot be read: {first_line(error)}") from error
        if len(statements) != 1:
            raise AskedWrongly(f"Give one query; this is {len(statements)}.")
        if statements[0].type not in READS:
            raise AskedWrongly(f"Only queries are run here; this is {statements[0].type.name}. The published file stays as it is.")
        timer = threading.Timer(time_limit_s, connection.interrupt)
        timer.start()
        try:
            return with_names_of_their_own(connection.execute(statements[0]).to_arrow_table())
        except duckdb.InterruptException as error:
            raise QueryFailed(f"The query was stopped after {time_limit_s:.0f} seconds. Ask for less, or export the tables.") from error
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
            raise AskedWrongly(f"The query cannot be run: {str(error).strip()}") from error
        except duckdb.Error as error:
            raise QueryFailed(f"The query failed: {first_line(error)}") from error
        finally:
            timer.cancel()


def with_names_of_their_own(found: pa.Table) -> pa.Table:
    """The table with later columns of a name that came before renamed: `url`, `url_1`, `url_2`. A name that is free stays as it is."""
    names = list(found.column_names)
    taken = set(names)
    for position, name in enumerate(names):
        if name in names[:position]:
            names[position] = next(each for each in (f"{name}_{number}" for number in count(1)) if each not in taken)
            taken.add(names[position])
    return found.rename_columns(names)


def rows_of(path: Path, sql: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
    """Rows of one of our own queries on the published file."""
    with open_published(path) as connection:
        cursor = connection.execute(sql, parameters or [])
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
