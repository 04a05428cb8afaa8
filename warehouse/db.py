"""The DuckDB file: opening, creating under a temporary name, and migrating a copy."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from warehouse.errors import NightdeskError
from warehouse.file_copy import copy_file, flush, rename_durably
from warehouse.settings import Settings

# The type of a connection, for those who pass one on and may not import the engine.
Connection = duckdb.DuckDBPyConnection

# Files of this version hold long text compressed; DuckDB reads them since 1.2 (February 2025). Measured with 250,000 articles of 2,400
# characters: a third of the size, and as much less to copy for each publishing.
STORAGE_VERSION = "v1.2.0"
ZSTD_CHARS_MIN = 256  # DuckDB's own 4,096 leaves news articles as they are
# At a checkpoint the last row group of a table is packed anew, however little was added. With DuckDB's own 122,880 rows one more article of 2,300
# characters cost up to 2.9 CPU seconds a table, by how full the group happened to be. Small ones make many: each has its place in the metadata, which
# is read where a table is used, and written at a checkpoint. A night of 2,000 at a million articles cost 5.2 CPU seconds in the database with groups
# of this size, 6.3 with half of it. Row groups of other sizes stay as they are.
ROW_GROUP_ROWS = 16_384
# Of new files. DuckDB's own 256 KiB are set aside for every column of a table that grows: 75 MB of memory in a loading process from its first
# checkpoint on, and 13 MB of file for a dozen articles (here 19 MB and 3 MB). A base of 10,000 articles becomes 38 MB instead of 43.
BLOCK_BYTES = 65_536
# A night of 2,000 articles logs 40 MB, which is written into the file once, when it is published: each time more costs .6 CPU seconds at 100,000
# articles and 1 at a million. To hold so much takes 40 MB of memory more than DuckDB's 16.
CHECKPOINT_LIMIT = "48MB"
SPILL_LIMIT = "32GB"  # of disk for what does not fit into memory: a mistaken join must not fill the disk on which the database lies
MIGRATION_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


class DatabaseUnusable(NightdeskError):
    """The database file cannot be opened or migrated."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered .sql file under warehouse/migrations. Never edited after a release: its hash is recorded."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations, in order."""
    folder = files("warehouse") / "migrations"
    found = [(match, entry) for entry in folder.iterdir() if (match := MIGRATION_NAME.fullmatch(entry.name))]
    return tuple(sorted((Migration(int(m[1]), m[2], e.read_text(encoding="utf-8")) for m, e in found), key=lambda migration: migration.version))


@cache
def statement(name: str) -> str:
    """The text of warehouse/statements/<name>.sql."""
    return (files("warehouse") / "statements" / f"{name}.sql").read_text(encoding="utf-8")


def sql_files(folder: str) -> dict[str, str]:
    """{name: text} of the .sql files of a folder of the warehouse, by name."""
    entries = sorted((files("warehouse") / folder).iterdir(), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8") for entry in entries if entry.name.endswith(".sql")}


def open_work(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The writer's database, made or migrated where needed. Only the holder of the writer lock may call this.

    Raises DatabaseUnusable for a file that cannot be opened, is newer than this program, or fails a migration; the file stays as it was. Also
    where there is a published file and no working database: an empty one in its place would lose what no capture can give again.
    """
    path = settings.work_database
    if not path.exists():
        if settings.published_database.exists():
            raise DatabaseUnusable(
                f"{path} is not there, but {settings.published_database} is. `nightdesk doctor --restore` makes it again from that file and from "
                "what was kept since. To begin anew, move the published file away."
            )
        # The log of a database that was moved away must not be played into the new one.
        log = path.with_name(path.name + ".wal")
        if log.exists():
            log.replace(log.with_name(log.name + ".left"))
        build_beside(path, settings, source=None)
    connection = connect(path, settings)
    if pending(connection, path):
        settle(connection)
        build_beside(path, settings, source=path)
        connection = connect(path, settings)
    return connection


def connect(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    config: dict[str, Any] = {
        "memory_limit": f"{settings.memory_limit_mb}MB", "autoinstall_known_extensions": "false", "temp_directory": str(path.parent / "spill"),
        "checkpoint_threshold": CHECKPOINT_LIMIT, "zstd_min_string_length": ZSTD_CHARS_MIN, "max_temp_directory_size": SPILL_LIMIT,
    }
    # Attached, not opened: only so can the size of row groups be given. A file that is there keeps its size of blocks.
    connection = duckdb.connect(config=config)
    attach = Template(statement("attach_work"))
    blocks = "" if path.exists() else f", block_size {BLOCK_BYTES}"
    try:
        connection.execute(attach.substitute(path=str(path).replace("'", "''"), rows=ROW_GROUP_ROWS, version=STORAGE_VERSION, blocks=blocks))
        connection.execute("use work")
    except duckdb.Error as error:
        connection.close()
        remedy = "`nightdesk doctor` says what is wrong with it; `nightdesk doctor --restore` goes back to the published file."
        raise DatabaseUnusable(f"{path} cannot be opened: {first_line(error)}. {remedy}") from error
    connection.execute("set timezone = 'UTC'")
    # What a failed commit left in memory is not to be trusted (DuckDB 1.5.5: indexes), so the end of a process writes nothing: the log is played
    # into the file as it was.
    connection.execute("pragma disable_checkpoint_on_shutdown")
    return connection


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes the log into the file and closes it, so that the file alone holds everything and can be copied or moved."""
    try:
        connection.execute("checkpoint")
    finally:
        connection.close()


def pending(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Migration]:
    """Migrations that the file has not seen. Raises DatabaseUnusable where the file is newer than the program."""
    tables = connection.execute("select table_name from duckdb_tables() where table_name = 'schema_migrations'").fetchall()
    applied = connection.execute("select version from schema_migrations").fetchall() if tables else []
    newest_known = migrations()[-1].version
    newest_applied = max((version for (version,) in applied), default=0)
    if newest_applied > newest_known:
        raise DatabaseUnusable(
            f"{path} was written by a newer Nightdesk (schema {newest_applied}, this program knows {newest_known}). "
            "Upgrade the program; the file was not touched."
        )
    return [migration for migration in migrations() if migration.version > newest_applied]


def build_beside(path: Path, settings: Settings, source: Path | None) -> None:
    """Makes the file, or a migrated copy of `source`, under a temporary name and renames it.

    A kill during the first writes of a new DuckDB file leaves one that never opens again, so the final name only ever gets whole files.
    """
    temporary = path.with_name(path.name + ".new")
    for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
        leftover.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if source:
        settings.spare_database.unlink(missing_ok=True)  # for the room
        copy_file(source, temporary)
    connection = connect(temporary, settings)
    try:
        apply_all(connection, path)
        connection.execute("checkpoint")
    finally:
        connection.close()
    flush(temporary)
    rename_durably(temporary, path)


def apply_all(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(statement("create_schema_migrations"))
    for migration in pending(connection, path):
        connection.execute("begin")
        try:
            connection.execute(migration.sql)
            connection.execute(
                "insert into schema_migrations values (?, ?, ?, now())", [migration.version, migration.name, migration.sha256]
            )
        except duckdb.Error as error:
            connection.execute("rollback")
            name = f"{migration.version:04}_{migration.name}.sql"
            raise DatabaseUnusable(f"{name} was not applied and nothing it did was kept: {first_line(error)}") from error
        connection.execute("commit")


@contextlib.contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block's statements or none. Raises what the block or the commit raises."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def first_line(error: BaseException) -> str:
    """The first line of what an error says; empty where it says nothing."""
    return next(iter(str(error).strip().splitlines()), "")
