"""Database files of earlier schemas, made by the released migrations themselves, with a few rows in every table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb

from warehouse import db
from warehouse.settings import Settings

ROWS = 3
VALUES = {
    "VARCHAR": "'{table} {column} ' || {row}", "VARCHAR[]": "['{column} ' || {row}]", "INTEGER": "{row}", "BIGINT": "{row}", "USMALLINT": "{row}",
    "DOUBLE": "{row} / 2", "FLOAT": "{row} / 2", "BOOLEAN": "{row} = 1", "DATE": "date '2026-03-01' + {row}::integer",
    "DATE[]": "[date '2026-03-01' + {row}::integer]",
    "TIMESTAMP WITH TIME ZONE": "timestamptz '2026-03-01 00:00:00+00' + interval ({row}) hour", "UINTEGER": "{row}", "HUGEINT": "{row}", "UINTEGER[]": "[{row}::uinteger]",
    "UBIGINT[]": "[{row}::ubigint]", "UBIGINT": "{row}", "BIGINT[]": "[{row}]", "UTINYINT": "{row}", "TINYINT": "{row}", "SMALLINT": "{row}",
}


def make_old_file(settings: Settings, schema: int) -> None:
    """The working database as a program whose newest migration was `schema` left it, with ROWS rows in every table."""
    released = db.migrations
    try:
        db.migrations = lambda: released()[:schema]
        connection = db.open_work(settings)
    finally:
        db.migrations = released
    for table, columns in tables_of(connection).items():
        if table != "schema_migrations":
            values = ", ".join(f"{VALUES[kind].format(table=table, column=name, row='range')} as {name}" for name, kind in columns.items())
            connection.execute(f"insert into {table} by name select {values} from range({ROWS})")
    connection.close()


def tables_of(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """{table: {column: type}}"""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal and table_name in (select table_name from duckdb_tables())"
            " order by table_name, column_index").fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def rows_of(path: Path, left_out: frozenset[str] = frozenset()) -> dict[str, Counter]:
    """Every row of every table of a closed file, but for the columns of `left_out` and the moment at which a migration was applied."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return {
            table: Counter(map(repr, connection.execute(f"select {', '.join(kept)} from {table}").fetchall()))
            for table, columns in tables_of(connection).items()
            if (kept := [name for name in columns if name != "applied_at" and name not in left_out])
        }
