"""The health of database files: whether they open, which state they are in, and whether every block of them can be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from warehouse.data_dictionary import described
from warehouse.db import Connection, first_line, migrations, statement
from warehouse.load import rows
from warehouse.search_index import snapshot_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What a database file holds. `schema` is its newest migration; `snapshot` names the state of its runs; `batches` are those committed."""

    path: Path
    schema: int
    articles: int
    captures: int
    runs: int
    newest_run: str | None
    running: int
    snapshot: str
    batches: frozenset[str]
    withdrawn: frozenset[str] = frozenset()
    withdrawing: int = 0

    @property
    def is_newer(self) -> bool:
        """Whether a later program wrote the file."""
        return self.schema > migrations()[-1].version


@dataclass(frozen=True, slots=True)
class Unusable:
    """A database file that is not there, does not open or is no database of ours, and why."""

    path: Path
    why: str


def open_read_only(path: Path) -> Connection:
    """The file as it is, its log replayed in memory. Raises duckdb.Error. A file that a writer may have open needs the writer lock."""
    config: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connection = duckdb.connect(str(path), read_only=True, config=config)
    connection.execute("set timezone = 'UTC'")
    return connection


def state_of(path: Path) -> DatabaseState | Unusable:
    """What the file holds. Files of earlier schemas too: what they do not have counts as empty."""
    if not path.exists():
        return Unusable(path, "it is not there")
    try:
        with open_read_only(path) as connection:
            return read_state(connection, path)
    except (duckdb.Error, OSError) as error:
        return Unusable(path, first_line(error))


def read_state(connection: Connection, path: Path) -> DatabaseState | Unusable:
    found = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    if "schema_migrations" not in found:
        return Unusable(path, "it is no database of this program")
    [row] = rows(connection, statement("state_of_database"))
    batches = frozenset(value for (value,) in connection.execute(statement("load_log_ids")).fetchall())
    state = DatabaseState(path, row.pop("schema_version"), snapshot=snapshot_of(connection), batches=batches, **row)
    if "withdrawn" not in found:
        return state
    hashes = frozenset(value for (value,) in connection.execute("select address_hash from withdrawn").fetchall())
    pending = int(connection.execute("select count(*) from withdrawing").fetchall()[0][0])
    return DatabaseState(path, state.schema, state.articles, state.captures, state.runs, state.newest_run, state.running, state.snapshot, batches,
                         hashes, pending)


def unreadable_tables(path: Path) -> dict[str, str]:
    """{table: why} of the tables of which not every block can be read; every block carries a checksum. Reads the whole file."""
    try:
        with open_read_only(path) as connection:
            names = [each.name for each in described(connection) if each.kind == "table"]
            return {name: why for name in names if (why := read_whole(connection, name))}
    except (duckdb.Error, OSError) as error:
        return {"the whole file": first_line(error)}


def read_whole(connection: Connection, table: str) -> str | None:
    """Why the table cannot be read whole; None where it can."""
    try:
        connection.execute(Template(statement("read_whole")).substitute(table=f'"{table}"')).fetchall()
    except duckdb.Error as error:
        return first_line(error)
    return None


def newest_runs(connection: Connection, number: int) -> list[Row]:
    """run_id, kind, started_at, ended_at, state, parameters, nightdesk_version of the last runs, the newest first."""
    return rows(connection, statement("newest_runs"), {"number": number})


def alerts_of_run(connection: Connection, run_id: str) -> list[Row]:
    """outlet_id and alert of the outlets of a run that someone should look at."""
    return rows(connection, statement("run_alerts"), {"run_id": run_id})


def errors_of_run(connection: Connection, run_id: str) -> list[Row]:
    """name, findings, observed and detail of the checks that forbade the run to publish."""
    return rows(connection, statement("run_errors"), {"run_id": run_id})
