"""The last good snapshot: the published file, put in the place of a damaged working database, which is kept as evidence."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import health, spare_file
from warehouse.comparison import attach
from warehouse.db import Connection, build_beside, connect, first_line, settle, statement
from warehouse.errors import NightdeskError
from warehouse.file_copy import flush, rename_durably
from warehouse.health import DatabaseState, Unusable
from warehouse.load import rows
from warehouse.settings import Settings
from warehouse.withdrawal import key_path

CARRIED = ("withdrawn", "withdrawing")
UNREADABLE = duckdb.Error  # for those who may not import the engine


class NoSnapshot(NightdeskError):
    """There is no database file that could be gone back to."""


def beside(settings: Settings) -> list[Path]:
    """What restores and rebuilds have left beside the working database: whole databases and imported texts, until somebody deletes them."""
    work = settings.work_dir
    return [path for path in (work / "set_aside", *sorted(work.glob("rebuilt*.duckdb*")), work / "imports.jsonl") if path.exists()]


def last_good(settings: Settings) -> DatabaseState:
    """The published file, every block of which was read. Raises NoSnapshot, saying why it cannot be used."""
    found = health.state_of(settings.published_database)
    if isinstance(found, Unusable):
        raise NoSnapshot(f"{found.path} cannot be gone back to: {found.why}. `nightdesk doctor --rebuild` makes all anew from the captures.")
    if found.is_newer:
        raise NoSnapshot(f"{found.path} was written by a newer Nightdesk (schema {found.schema}). Upgrade the program.")
    if damaged := health.unreadable_tables(found.path):
        table, why = next(iter(damaged.items()))
        raise NoSnapshot(f"{found.path} is damaged too ({table}: {why}). `nightdesk doctor --rebuild` makes all anew from the captures.")
    return found


def put_in_place(source: Path, settings: Settings) -> Path | None:
    """Makes a copy of `source` the working database and returns the folder in which the former one is kept, or None where there was none.

    Only for the holder of the writer lock. A kill at any moment leaves a working database under its name, the old or the new one.
    """
    work = settings.work_database
    temporary = work.with_name(work.name + ".new")
    settings.work_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    spare_file.refuse(settings)  # for the room
    shutil.copyfile(source, temporary)
    flush(temporary)
    return swap(temporary, settings)


def swap(temporary: Path, settings: Settings) -> Path | None:
    """Gives a whole and closed database file the place of the working database. What was there is kept in a folder of its own: the working
    database with its log, and the published file, which the next publication replaces.
    """
    work = settings.work_database
    if temporary.with_name(temporary.name + ".wal").exists():  # of a process that was killed
        settle(connect(temporary, settings))
    spare_file.refuse(settings)
    log = work.with_name(work.name + ".wal")
    former = [path for path in (work, log, settings.published_database) if path.exists()]
    folder = None
    if former:
        folder = new_folder(settings.work_dir / "set_aside")
        for path in former:
            keep(path, folder / path.name)
        flush(folder)
    # The log first: played into the new file it would do harm, and without it the former file is what it was at its last checkpoint.
    log.unlink(missing_ok=True)
    rename_durably(temporary, work)
    return folder


def new_folder(parent: Path) -> Path:
    """A folder named by this second, and by a number where that second has one: what a killed attempt kept is not written over."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for number in itertools.count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise AssertionError("numbers do not end")


def keep(path: Path, target: Path) -> None:
    """The file under a second name, or a copy of it where the file system has no links."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
        flush(target)


def carry_withdrawals(settings: Settings, target: Path, sources: list[Path]) -> list[str]:
    """Takes over into `target` which addresses stay out, and withdrawals that have begun, from every source that can be read.

    Returns why sources could not be read. Raises NightdeskError where addresses were withdrawn and no source says which: what was withdrawn
    must not come in again.
    """
    failed = list[str]()
    connection = connect(target, settings)
    try:
        for path in sources:
            try:
                carry_from(connection, path)
            except duckdb.Error as error:
                failed.append(f"{path}: {first_line(error)}")
        known = connection.execute("select count(*) from withdrawn").fetchall()[0][0]
        connection.execute("checkpoint")  # the file is moved without its log
    finally:
        connection.close()
    if not known and failed and key_path(settings).exists():
        raise NightdeskError(
            f"{key_path(settings)} is there, so addresses were withdrawn, and no file says which ({'; '.join(failed)}). "
            f"They would come in again. Put any earlier copy of news.duckdb in the place of {settings.published_database} and run the command again."
        )
    return failed


def carry_from(connection: Connection, path: Path) -> None:
    """Raises duckdb.Error where the file cannot be read. A file of an earlier schema has nothing to carry."""
    attach(connection, path, "lost")
    try:
        found = connection.execute("select table_name from duckdb_tables() where database_name = 'lost'").fetchall()
        for table in CARRIED:
            if (table,) in found:
                connection.execute(statement(f"carry_{table}"))
    finally:
        connection.execute("detach lost")


def new_database(path: Path, settings: Settings) -> None:
    """An empty database of the present schema under that name."""
    build_beside(path, settings, source=None)


def imports_of(path: Path) -> list[dict[str, object]]:
    """The articles that came by import, each as the object of an import line. Raises duckdb.Error where they cannot be read."""
    with health.open_read_only(path) as connection:
        return rows(connection, statement("imports_again"))
