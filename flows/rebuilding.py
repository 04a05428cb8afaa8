"""The way back after damage: to the published file with what was kept since, or everything anew from the captures alone."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.collect import take_in_pending
from flows.copying import group_copies
from flows.layout import counted, wrapped
from flows.progress import Progress
from flows.report import as_text as summary_as_text
from flows.report import table
from flows.running import Run, Summary, close_run, keep_apart, open_run, outlets_of, plainly
from warehouse import db, health, publish, runs, snapshots
from warehouse.captures import sealed_files
from warehouse.comparison import Comparison, compare
from warehouse.errors import AskedWrongly
from warehouse.event_folds import fold_events
from warehouse.health import DatabaseState
from warehouse.lock import writer_lock
from warehouse.settings import Settings
from warehouse.verify import captures_agree_with_files


@dataclass(frozen=True, slots=True)
class Restored:
    """What was gone back to, where the former working database is kept, and the run that took in what was kept since."""

    snapshot: str
    set_aside: str | None
    notes: tuple[str, ...]
    summary: Summary

    @property
    def exit_status(self) -> int:
        return self.summary.exit_status


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A database made from the captures alone and how it compares. `set_aside` and `summary` only where it was swapped in."""

    database: str
    warc_files: int
    articles: int
    alerts: tuple[str, ...]
    notes: tuple[str, ...]
    comparison: Comparison | None
    imports_file: str | None = None
    set_aside: str | None = None
    summary: Summary | None = None

    @property
    def exit_status(self) -> int:
        """1 where pages could not be rebuilt or the run that published ended badly."""
        unread = bool(self.alerts) or bool(self.comparison and self.comparison.examples)
        return max(int(unread), self.summary.exit_status if self.summary else 0)


# ---------------------------------------------------------------- back to the published file


def restore(settings: Settings, *, progress: Progress = Progress()) -> Restored:  # noqa: B008
    """Puts the published file in the place of the working database and takes in what was kept since. The former file is kept aside.

    Raises NoSnapshot where the published file is damaged too, WriterBusy, and AskedWrongly where there is no data folder.
    """
    started = time.monotonic()
    if not settings.published_database.exists():
        raise AskedWrongly(f"{settings.published_database} is not there: nothing to go back to. `nightdesk doctor --rebuild` makes all anew.")
    with writer_lock(settings.work_dir, "doctor", wait_s=settings.lock_wait_s):
        snapshot = snapshots.last_good(settings)
        former = settings.work_database if settings.work_database.exists() else None
        set_aside = snapshots.put_in_place(snapshot.path, settings)
        notes = carried(settings, [former_in(set_aside)] if former and set_aside else [])
    with open_run(settings, "restore", {}, progress, plainly) as run:
        run.notes += notes
        run.do("recover", take_in_pending, run)
        summary = run.do("check and publish", close_run, run, started)
    return Restored(str(snapshot.path), str(set_aside) if set_aside else None, tuple(notes), summary)


def former_in(set_aside: Path) -> Path:
    return set_aside / "work.duckdb"


def carried(settings: Settings, sources: list[Path]) -> list[str]:
    """What a person should know of withdrawals that were noted after the last publication."""
    failed = snapshots.carry_withdrawals(settings, settings.work_database, sources)
    return [
        f"The former database cannot be read ({why}). An article that was withdrawn after the last publication may be back: forget it again."
        for why in failed
    ]


# ---------------------------------------------------------------- everything anew


class RebuildSettings(Settings):
    """The same settings with the database beside the working one. Nothing is published from there."""

    @property
    def work_database(self) -> Path:
        return self.work_dir / "rebuilt.duckdb"

    @property
    def published_database(self) -> Path:
        return self.work_dir / "rebuilt_published.duckdb"


def rebuild(settings: Settings, *, swap: bool = False, progress: Progress = Progress()) -> Rebuilt:  # noqa: B008
    """Makes a new database beside the old one from the captures alone, compares the two, and with `swap` puts it in its place and publishes.

    Stopped, the same command goes on. Raises AskedWrongly where there are no captures, WriterBusy, and NightdeskError where it is not known
    which withdrawn addresses must stay out.
    """
    started = time.monotonic()
    outlets_of(settings)
    keep_apart(settings)
    files = len(sealed_files(settings.captures_dir))
    if not files:
        raise AskedWrongly(f"{settings.captures_dir} holds no WARC file, so there is nothing to rebuild from.")
    aside = RebuildSettings(**dict(settings))
    lost = best_readable([path for path in (settings.work_database, settings.published_database) if path.exists()])
    with rebuilding(aside, settings, progress, is_wanted=swap) as run:
        run.do("read captures", take_in_pending, run)
        run.do("copies and checks", finish, run)
        found = result(run, aside, lost, files)
        if swap:
            found = swapped(found, aside, settings, lost)
    return published(found, settings, progress, started) if swap else found


@contextmanager
def rebuilding(aside: RebuildSettings, settings: Settings, progress: Progress, *, is_wanted: bool) -> Iterator[Run]:
    """The run that rebuilds. What was stopped goes on; so does what was done, where it is wanted now, with the captures that came since."""
    sources = [path for path in (settings.work_database, settings.published_database) if path.exists()]
    with writer_lock(settings.work_dir, "doctor", wait_s=settings.lock_wait_s):
        if not is_usable(aside.work_database, when_done=is_wanted):
            for leftover in aside.work_dir.glob("rebuilt*.duckdb*"):
                leftover.unlink()
            snapshots.new_database(aside.work_database, aside)
        notes = snapshots.carry_withdrawals(aside, aside.work_database, sources)
    with open_run(aside, "rebuild", {"captures": str(aside.captures_dir.name)}, progress, plainly) as run:
        run.notes += [f"Not readable: {why}" for why in notes]
        yield run


def is_usable(path: Path, *, when_done: bool) -> bool:
    """Whether there is a rebuild by this version that was stopped, or done: the captures in it need not be read again."""
    if not path.exists() or isinstance(health.state_of(path), health.Unusable):
        return False
    with health.open_read_only(path) as connection:
        last = health.newest_runs(connection, 1)
    return not last or (last[0]["nightdesk_version"] == runs.program_version() and (when_done or last[0]["state"] != "completed"))


def finish(run: Run) -> None:
    """Groups copies, runs the checks and ends the run; what would forbid publishing becomes an alert."""
    publish.refresh_views(run.connection)
    group_copies(run.connection)
    fold_events(run.connection)
    findings = publish.run_checks(run.connection, run.run_id)
    findings += publish.record(run.connection, captures_agree_with_files(run.connection, run.settings.data_dir, run.run_id))
    run.alerts += [f"check {each.name}: {each.observed}, expected {each.expected}" for each in findings if each.level == "error"]
    runs.end_run(run.connection, run.run_id, "completed", run.clock.now())
    run.is_closed = True
    db.settle(run.connection)


def result(run: Run, aside: RebuildSettings, lost: Path | None, files: int) -> Rebuilt:
    state = health.state_of(aside.work_database)
    assert isinstance(state, DatabaseState), state
    return Rebuilt(
        database=str(aside.work_database), warc_files=files, articles=state.articles, alerts=tuple(run.alerts), notes=tuple(run.notes),
        comparison=compare(lost, aside.work_database) if lost else None,
    )


def best_readable(paths: list[Path]) -> Path | None:
    """The first of the files that opens; where none does, the first that is there, of which the comparison then says why it cannot be read."""
    return next((path for path in paths if isinstance(health.state_of(path), DatabaseState)), next(iter(paths), None))


def swapped(found: Rebuilt, aside: RebuildSettings, settings: Settings, lost: Path | None) -> Rebuilt:
    """The rebuilt database in the place of the working one, and a file of what had come by import."""
    imports = write_imports(settings, lost)
    set_aside = snapshots.swap(aside.work_database, settings)
    return dataclasses.replace(found, database=str(settings.work_database), set_aside=str(set_aside) if set_aside else None, imports_file=imports)


def write_imports(settings: Settings, lost: Path | None) -> str | None:
    """The name of a file with the articles that came by import, as lines to import again; None where there are none that can be read."""
    try:
        lines = snapshots.imports_of(lost) if lost else []
    except snapshots.UNREADABLE:
        return None  # the comparison says so
    if not lines:
        return None
    path = settings.work_dir / "imports.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def published(found: Rebuilt, settings: Settings, progress: Progress, started: float) -> Rebuilt:
    """A run of the ordinary kind over the swapped-in database: what was kept meanwhile is taken in, then checked, indexed and published."""
    with open_run(settings, "rebuild", {}, progress, plainly) as run:
        run.do("recover", take_in_pending, run)
        summary = run.do("check and publish", close_run, run, started)
    return dataclasses.replace(found, summary=summary)


# ---------------------------------------------------------------- showing


def as_json(found: Restored | Rebuilt) -> str:
    return json.dumps(dataclasses.asdict(found) | {"exit_status": found.exit_status}, ensure_ascii=False, indent=1, default=str)


def restored_as_text(found: Restored, *, width: int) -> str:
    kept = f"The former working database is kept in {found.set_aside}." if found.set_aside else "There was no working database."
    head = wrapped(f"Went back to {found.snapshot} and took in what was kept since. {kept}", width)
    lost = wrapped("Imports and runs after the last publication are not in it: import those files again.", width)
    return "\n".join([*head, *lost, "", summary_as_text(found.summary, width=width)])


def rebuilt_as_text(found: Rebuilt, *, width: int) -> str:
    lines = wrapped(f"Rebuilt from {counted(found.warc_files, 'WARC file')}: {counted(found.articles, 'article')} in {found.database}.", width)
    lines += [line for alert in found.alerts for line in wrapped(f"To look at: {alert}", width)]
    lines += [line for note in found.notes for line in wrapped(f"Note: {note}", width)]
    if found.comparison:
        lines += ["", *comparison_lines(found.comparison, width)]
    lines.append("")
    if found.summary is None:
        lines += wrapped("Nothing else was changed. `nightdesk doctor --rebuild --swap` puts it in the place of the working database and publishes; "
                         "what was there is kept in work/set_aside/.", width)
        return "\n".join(lines)
    if found.set_aside:
        lines += wrapped(f"The former database files are kept in {found.set_aside}.", width)
    if found.imports_file:
        lines += wrapped(f"What came by import: `nightdesk import {found.imports_file}` brings it in again.", width)
    return "\n".join([*lines, "", summary_as_text(found.summary, width=width)])


def comparison_lines(found: Comparison, width: int) -> list[str]:
    lines = wrapped(f"Compared with {found.lost}:", width)
    differing_tables = [each for each in found.tables if each.lost != each.rebuilt]
    if differing_tables:
        rows = [[each.table, each.lost, each.rebuilt] for each in differing_tables]
        lines += [table(("table", "rows there", "rows rebuilt"), rows, width=width)]
        lines += wrapped(f"{len(found.tables) - len(differing_tables)} further tables have as many rows.", width)
    if found.articles:
        lines += wrapped(articles_said(found.articles, found.differing or {}), width)
    for each in found.examples:
        lines += wrapped(f"Not rebuilt: {each['url']} (capture {each['capture_id']})", width, "  ")
    if found.no_way_back:
        lines += wrapped(f"No capture can give again: {no_way_back_said(found.no_way_back)}.", width)
    for why in found.unreadable:
        lines += wrapped(f"Could not be read there: {why}", width)
    return lines


def articles_said(counts: dict[str, Any], differing: dict[str, Any]) -> str:
    fields = f" ({', '.join(f'{name} {count:,}' for name, count in differing.items())})" if differing else ""
    return (f"{counted(counts['in_both'], 'article')} in both, of which {counts['differing']:,} differ{fields}; "
            f"{counts['only_lost']:,} only there, of which {counts['only_lost_imported']:,} came by import; {counts['only_rebuilt']:,} only rebuilt.")


def no_way_back_said(counts: dict[str, Any]) -> str:
    named = {"imported_articles": "imported articles", "imported_versions": "imported versions", "runs": "runs", "rejections": "rejections of runs",
             "gone_at": "dates at which an article was found gone"}
    return ", ".join(f"{counts[name]:,} {words}" for name, words in named.items())
