"""The database files, the kept pages, the search index and the secret of withdrawals. Only under the writer lock: DuckDB lets nobody else in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from flows.diagnosis import Diagnosis, Repair, error, ok, warning
from flows.layout import counted
from flows.searching import VERSION
from warehouse import health, search_index
from warehouse.captures import sealed_files
from warehouse.db import Connection, migrations
from warehouse.errors import NightdeskError
from warehouse.health import DatabaseState, Unusable
from warehouse.search import SearchIndex
from warehouse.settings import Settings
from warehouse.verify import SAMPLE, disagreements, missing_or_unreadable
from warehouse.withdrawal import key_path

READ_WHOLE_UP_TO_BYTES = 300_000_000  # some seconds; larger files are read with --all
SHOWN = 5  # disagreements of one kind
RESTORE = "`nightdesk doctor --restore` goes back to the published file and reads what was kept since; `--rebuild` makes all anew from the captures."


def databases(settings: Settings) -> Iterator[Diagnosis]:
    """Both files open, are of a schema that this program knows, and say the same of runs and batches."""
    work, published = health.state_of(settings.work_database), health.state_of(settings.published_database)
    if isinstance(work, Unusable) and isinstance(published, Unusable) and not (work.path.exists() or published.path.exists()):
        yield warning("there is no database yet", "Run `nightdesk demo` or `nightdesk nightly`.")
        return
    yield from one_database(work, "the working database", RESTORE)
    yield from one_database(published, "the published file", "The next run that ends well replaces it: `nightdesk nightly`.")
    if isinstance(work, DatabaseState) and isinstance(published, DatabaseState):
        yield from agreement(work, published)


def one_database(found: DatabaseState | Unusable, name: str, remedy: str) -> Iterator[Diagnosis]:
    known = migrations()[-1].version
    if isinstance(found, Unusable):
        yield error(f"{name} {found.path} cannot be used: {found.why}", remedy)
    elif found.is_newer:
        said = f"{name} {found.path} was written by a newer Nightdesk (schema {found.schema}, this program knows {known})"
        yield error(said, "Upgrade the program.")
    else:
        behind = f", which the next run brings to {known}" if found.schema < known else ""
        yield ok(f"{name} opens: schema {found.schema}{behind}, {counted(found.articles, 'article')}, {counted(found.captures, 'capture')}")


def agreement(work: DatabaseState, published: DatabaseState) -> Iterator[Diagnosis]:
    """Every batch that is published is in the working database too; batches that are not published yet wait for a run that ends well."""
    lost, waiting = published.batches - work.batches, work.batches - published.batches
    if lost:
        yield error(f"{counted(len(lost), 'batch', 'batches')} of the published file are not in the working database: it is an older one", RESTORE)
    elif waiting:
        number = counted(len(waiting), "batch", "batches")
        yield warning(f"loaded and not published yet: {number}", "Run `nightdesk nightly`; what forbids publishing is said below.")
    elif work.snapshot != published.snapshot:
        yield ok("both files hold the same batches; later runs loaded nothing and were not published")
    else:
        yield ok(f"both files are of the same state, after run {published.newest_run or 'none'}")


def every_block(settings: Settings) -> Iterator[Diagnosis]:
    """Files up to READ_WHOLE_UP_TO_BYTES are read whole: a damaged block is found before a run or a reader comes to it."""
    yield from blocks_of([path for path in database_files(settings) if path.stat().st_size <= READ_WHOLE_UP_TO_BYTES])
    for path in database_files(settings):
        if path.stat().st_size > READ_WHOLE_UP_TO_BYTES:
            yield ok(f"{path.name} has {path.stat().st_size / 1e6:,.0f} MB and was only opened; --all reads every block of it")


def every_block_of_any_size(settings: Settings) -> Iterator[Diagnosis]:
    """The same, however large the files are."""
    yield from blocks_of(database_files(settings))


def database_files(settings: Settings) -> list[Path]:
    return [path for path in (settings.work_database, settings.published_database) if path.exists()]


def blocks_of(paths: list[Path]) -> Iterator[Diagnosis]:
    for path in paths:
        damaged = health.unreadable_tables(path)
        if damaged:
            first, why = next(iter(damaged.items()))
            others = f" and {len(damaged) - 1} more tables" if len(damaged) > 1 else ""
            yield error(f"{path} is damaged: {first}{others} cannot be read ({why})", RESTORE if path.parent.name == "work" else
                        "The next run that ends well replaces it: `nightdesk nightly`.")
        else:
            yield ok(f"every row of {path.name} can be read")


# ---------------------------------------------------------------- kept pages


def captures_by_sample(settings: Settings) -> Iterator[Diagnosis]:
    """The files that rows name are there, and a sample of the captures, another one each time, can be read as they were kept."""
    yield from captures_examined(settings, whole=False)


def every_capture(settings: Settings) -> Iterator[Diagnosis]:
    """Every record of every WARC file against its row, SHA-256 included."""
    yield from captures_examined(settings, whole=True)


def captures_examined(settings: Settings, *, whole: bool) -> Iterator[Diagnosis]:
    database = next((path for path in database_files(settings) if isinstance(health.state_of(path), DatabaseState)), None)
    files = sealed_files(settings.captures_dir)
    if database is None:
        if files:
            yield warning(f"{counted(len(files), 'WARC file')} cannot be compared with rows: no database opens", RESTORE)
        return
    with health.open_read_only(database) as connection:
        mark = secrets.token_hex(4)  # which sample is drawn
        found = list(disagreements(connection, settings.data_dir) if whole else missing_or_unreadable(connection, settings.data_dir, mark))
        waiting = unloaded(connection, settings, files)
    for each in found[:SHOWN]:
        yield error(f"{each.outlet_id}: {each.observed}, expected {each.expected} ({each.detail})", "Restore the file from a backup of captures/. "
                    "The articles stand; `nightdesk why` says of each whether its page is there.")
    if len(found) > SHOWN:
        yield error(f"... and {len(found) - SHOWN:,} more findings of this kind", "Mend these, then run doctor again.")
    if waiting:
        yield warning(f"{counted(waiting, 'WARC file')} of {len(files):,} not loaded: a run was killed, or their outlets have no definition",
                      "The next run loads those of outlets that are defined: `nightdesk nightly`.")
    if not found:
        extent = "every record agrees with its row" if whole else f"{SAMPLE} captures by chance were read and hashed; --all reads every one"
        yield ok(f"{counted(len(files), 'WARC file')}: {extent}")


def unloaded(connection: Connection, settings: Settings, files: list[Path]) -> int:
    from warehouse.seen import pending_files

    return len(pending_files(connection, settings.data_dir, settings.captures_dir)) if files else 0


# ---------------------------------------------------------------- search, withdrawals


def index_of_search(settings: Settings) -> Iterator[Diagnosis]:
    """The index of the published file is there and whole; others belong to no file any more."""
    published = health.state_of(settings.published_database)
    if isinstance(published, Unusable):
        return
    folder = search_index.search_dir(settings) / published.snapshot
    try:
        index = SearchIndex(folder, VERSION)
    except NightdeskError as unusable:
        yield warning(str(unusable), "The next search or run builds it; `nightdesk search --rebuild` does it now.")
    else:
        state = search_index.state_of(folder)
        if state and state.articles == published.articles:
            yield ok(f"the search index holds {counted(index.searcher.num_docs, 'article')}")
        else:
            yield warning(f"the search index holds {index.searcher.num_docs:,} articles and the published file {published.articles:,}",
                          "`nightdesk search --rebuild` builds it anew.")
    old = [path for path in search_index.named_folders(settings) if path.name != published.snapshot]
    if old:
        kind = counted(len(old), "search index", "search indexes")
        clear = Repair(f"removed {kind} of earlier states", lambda: search_index.remove_others(settings, published.snapshot))
        yield warning(f"{kind} of earlier states in search/ may hold what was withdrawn since", "The next run removes them.", clear)


def key_of_withdrawals(settings: Settings) -> Iterator[Diagnosis]:
    """Where addresses were withdrawn, the secret of their hashes is there, or no run takes anything in."""
    states = [state for state in map(health.state_of, database_files(settings)) if isinstance(state, DatabaseState)]
    hashes = frozenset[str]().union(*(state.withdrawn for state in states))
    pending = sum(state.withdrawing for state in states if state.path == settings.work_database)
    if hashes and not key_path(settings).exists():
        yield error(f"{key_path(settings)} is gone, and {counted(len(hashes), 'withdrawn address', 'withdrawn addresses')} cannot be told without it",
                    "Restore it from a backup. Until then no run takes anything in.")
    elif hashes:
        yield ok(f"{counted(len(hashes), 'withdrawn address', 'withdrawn addresses')} will stay out; the key is there. Back it up with the captures")
    if pending:
        yield warning("a withdrawal has begun and not come to its end", "The next run finishes it: `nightdesk nightly`, or `forget` again.")
