"""Publishing: checks first, then the working database once more under the name that analysts open, replaced in one step."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from warehouse import spare_file
from warehouse.db import first_line, sql_files, transaction
from warehouse.errors import NightdeskError
from warehouse.file_copy import copy_file, flush, rename_durably
from warehouse.load import insert, rows
from warehouse.row_places import first_rows, rows_of_run
from warehouse.settings import Settings

LEVEL = re.compile(r"^-- level: (error|warning)$", re.M)
FIRST_ROW = re.compile(r"\$first_(\w+)")


class PublishFailed(NightdeskError):
    """The published file could not be replaced."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of `checks`: something in the data that should not be so."""

    run_id: str
    name: str
    outlet_id: str | None
    level: str
    observed: str
    expected: str
    detail: str


def run_checks(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[Finding]:
    """Runs every file of warehouse/checks, records the offending rows, and returns them. A file says its level in a comment `-- level: error`.

    Of what a file asks it is given $run_id and, for a table, the first row that the run can have written: $first_mentions.
    """
    findings, added = [], rows_of_run(connection, run_id)
    for name, sql in sql_files("checks").items():
        level = LEVEL.search(sql)
        assert level, f"{name}.sql does not say its level"
        known = {"run_id": run_id} | first_rows(connection, sorted(set(FIRST_ROW.findall(sql))), added)
        found = rows(connection, sql, {name: value for name, value in known.items() if f"${name}" in sql} or None)
        findings += [
            Finding(run_id, name, row["outlet_id"], level[1], str(row["observed"]), str(row["expected"]), str(row["detail"] or "")) for row in found
        ]
    return record(connection, findings)


def record(connection: duckdb.DuckDBPyConnection, findings: list[Finding]) -> list[Finding]:
    """Writes the findings into `checks` and gives them back."""
    insert(connection, "checks", [asdict(finding) for finding in findings])
    return findings


def refresh_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the views of warehouse/views as this program defines them, in one transaction: each statement by itself would flush the disk."""
    with transaction(connection):
        for sql in sql_files("views").values():
            connection.execute(sql)


@dataclass(frozen=True, slots=True)
class Published:
    """How the file came to be: `shared` blocks of the working database, `copied` as a whole, or `spare`: only what changed was written."""

    way: str
    bytes_written: int
    unexpected: int = 0


def publish(connection: duckdb.DuckDBPyConnection, settings: Settings, *, compares_all: bool = False) -> Published:
    """Closes the working database and puts a copy of it in the place of the published file. Readers keep what they have open.

    The steps, by which tests of kills and faults name them: `checkpoint` (the log goes into the working database, which is closed), `copy` (into
    news.duckdb.new: the spare file gets this name, and the blocks that differ are written; where there is none or somebody reads it, a whole copy),
    `flush` (of that file), `keep` (the published file gets the name of the spare file too), `rename` (over news.duckdb, and the folder flushed),
    `catch_up` (where much was written: the same into the spare file, before the next run has to).
    Up to the rename the last good file is not touched; a published file is never written to while anybody has it open or it has that name. What a
    kill leaves is news.duckdb.new, which the next run writes anew as a whole. `compares_all` looks at every block, also those that cannot have
    changed: it mends what a disk did to them.
    The connection is closed because a copy of an open DuckDB file can lack what is still in its log, and because opening and closing the
    file a second time in this process would drop the lock on it.
    """
    published = settings.published_database
    temporary, log = published.with_name("news.duckdb.new"), published.with_name("news.duckdb.wal")
    try:
        connection.execute("checkpoint")
        connection.close()
        done = write_new(settings, temporary, compares_all=compares_all)
        flush(temporary)
        # A program that opened the published file for writing and died leaves a log beside it, which would be played into the new file.
        log.unlink(missing_ok=True)
        if done.way != "shared":
            spare_file.keep_as_spare(settings, temporary)
        rename_durably(temporary, published)
        log.unlink(missing_ok=True)
        spare_file.end_refusal(settings)
        if done.bytes_written > spare_file.MUCH_BYTES:
            spare_file.catch_up(settings, temporary)
    except (OSError, duckdb.Error) as error:
        connection.close()
        what = f"{published} was not replaced, the last good file stays" if published.exists() else f"{published} was not written"
        raise PublishFailed(f"{what}: {first_line(error)}. Make room or mend the folder's rights, then run the same command again.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return done


def write_new(settings: Settings, temporary: Path, *, compares_all: bool) -> Published:
    """The closed working database under the temporary name."""
    written = spare_file.written_into_spare(settings, temporary, compares_all=compares_all)
    if written:
        return Published("spare", written.bytes_written, written.unexpected)
    is_shared = copy_file(settings.work_database, temporary)
    return Published("shared", 0) if is_shared else Published("copied", settings.work_database.stat().st_size)
