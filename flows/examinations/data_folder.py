"""The data folder: its rights, who holds the writer lock, and what killed runs left behind."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from flows.diagnosis import Diagnosis, Repair, error, ok, warning
from flows.layout import counted
from warehouse import snapshots
from warehouse.captures import recover_open_files
from warehouse.lock import Holder, lock_state
from warehouse.settings import Settings

# On these, locks and renames do not always do what they do on a disk of the machine itself.
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "davfs", "fuse.rclone"})
NAMES_SHOWN = 3
MB = 1_000_000


def folder_and_rights(settings: Settings) -> Iterator[Diagnosis]:
    """The folder can be written, and what is not to be seen by other users of the machine is closed to them."""
    folder = settings.data_dir
    if not folder.exists():
        remedy = "Run `nightdesk demo` or `nightdesk nightly`, or name your folder with --data-dir."
        yield warning(f"{folder} is not there: nothing was collected yet", remedy)
        return
    closed = [path for path in (folder, settings.work_dir, settings.captures_dir, settings.runs_dir)
              if path.exists() and not os.access(path, os.R_OK | os.W_OK | os.X_OK)]
    if closed:
        yield error(f"{', '.join(map(str, closed))}: this user cannot write there", "Run as the user who owns the folder, or change its rights.")
    else:
        yield ok(f"{folder} can be written")
    yield from open_to_others(settings)
    kind = file_system_of(folder)
    if kind in NETWORK_FILE_SYSTEMS:
        yield warning(f"{folder} lies on a network file system ({kind}), where locks and renames are not always safe", "Keep it on a local disk.")


def open_to_others(settings: Settings) -> Iterator[Diagnosis]:
    """Kept pages, the work folder and the secret of withdrawals show what is watched and what was withdrawn."""
    for path, mode in ((settings.work_dir, 0o700), (settings.captures_dir, 0o700), (settings.work_dir / "withdrawn.key", 0o600)):
        try:
            mine = path.stat().st_mode
        except OSError:  # not there, or behind a folder that this user cannot enter, which is said elsewhere
            continue
        if stat.S_IMODE(mine) & 0o077:
            close = Repair(f"{path} is now open to its owner only", lambda path=path, mode=mode: path.chmod(mode))  # type: ignore[misc]
            yield warning(f"{path} can be read by other users of this machine", f"`chmod {mode:o} {path}`", close)


def former_databases(settings: Settings) -> Iterator[Diagnosis]:
    """What restores and rebuilds kept as evidence. Nothing deletes it but a person, and what was withdrawn since is still in it."""
    left = [path for path in snapshots.beside(settings) if os.access(path, os.R_OK)]
    if not left:
        yield ok("no former database is kept")
        return
    files = [file for path in left for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    yield warning(
        f"{', '.join(map(str, left))}: {size / MB:,.0f} MB that a restore or a rebuild kept, with everything that was withdrawn since",
        "Delete them when the data is well again.",
    )


def file_system_of(folder: Path) -> str | None:
    """The kind of file system that the folder lies on; None where Linux does not say."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return None
    above = [(len(Path(target).parts), kind) for _, target, kind, *_ in mounts if folder.resolve().is_relative_to(target)]
    return max(above, key=lambda each: each[0])[1] if above else None


def writer_lock_holder(settings: Settings) -> Iterator[Diagnosis]:
    """Who holds the lock. The kernel takes it from a process that dies, so a file that names one is no lock."""
    found = lock_state(settings.work_dir)
    if found is None:
        yield ok("no run is writing to this folder")
    elif found.is_held:
        yield held(found)
    else:
        yield ok(f"no run is writing to this folder; the last was {found.said}")


def held(found: Holder) -> Diagnosis:
    if found.is_alive:
        return ok(f"a run is writing to this folder: {found.said}. What only the writer may look at is not examined")
    others = ", ".join(map(str, found.others))
    return warning(
        f"the run that took the writer lock is gone ({found.said}), and a process that it started still holds it: {others or 'which one is unknown'}",
        "Crawls and readers end by themselves within a minute. " + (f"If it stays, look at it (`ps -fp {others}`) and end it." if others else ""),
    )


# ---------------------------------------------------------------- only under the writer lock: what lies there belongs to nobody who lives


def leftover_files(settings: Settings) -> Iterator[Diagnosis]:
    """Half-written files of runs that were killed. No run lives, so nobody will finish them."""
    opened = sorted(settings.captures_dir.glob("*/*.warc.gz.open"))
    if opened:
        finish = Repair(
            f"{counted(len(opened), 'WARC file')} cut after the last whole record and given the final name; the next run loads them",
            lambda: recover_open_files(settings.captures_dir),
        )
        yield warning(f"{counted(len(opened), 'WARC file')} left open by a run that was killed: {names(opened)}",
                      "The next run takes them in, or run `nightdesk doctor` without --dry-run.", finish)
    half = half_written(settings)
    if half:
        clear = Repair(f"removed {names(half)}", lambda: remove_all(half))
        yield warning(f"half-written files of a run that was killed: {names(half)}", "The next run writes them anew.", clear)
    kept = sorted(settings.work_dir.glob("*.wal.left"))
    if kept:
        yield warning(f"a log without its database: {names(kept)}", "It holds what was committed last before its database was moved away. "
                      "Put it beside that file again, or delete it if you do not need it.")
    if not (opened or half or kept):
        yield ok("nothing is left over from runs that were killed")


def half_written(settings: Settings) -> list[Path]:
    """Files under temporary names. Their contents are copies of what is still there, or were never acknowledged."""
    work, data = settings.work_dir, settings.data_dir
    candidates = [
        *work.glob("work.duckdb.new*"), *work.glob("withdrawn.key.new"), *work.glob("spill"), *data.glob("news.duckdb.new*"),
        *data.glob("search/next*"), *data.glob("runs/**/*.new"),
    ]
    return sorted(candidates)


def remove_all(paths: list[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def names(paths: list[Path]) -> str:
    more = f" and {len(paths) - NAMES_SHOWN} more" if len(paths) > NAMES_SHOWN else ""
    return ", ".join(path.name for path in paths[:NAMES_SHOWN]) + more
