"""The writer lock of a data folder: one writer at a time, released by the kernel whatever happens to the process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import AskedWrongly, WriterBusy

LOOK_AGAIN_S = 0.1


@contextmanager
def writer_lock(work_dir: Path, run_id: str, *, wait_s: float) -> Iterator[int]:
    """Holds the lock while the block runs; yields its file handle.

    A child process that inherits the handle holds the lock too, for as long as it lives.

    Raises WriterBusy, naming the holder, after `wait_s` seconds; AskedWrongly where the folder is not writable.
    """
    path = work_dir / "lock"
    try:
        work_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise AskedWrongly(
            f"{work_dir}: the data folder cannot be written ({error.strerror}). Give another one with --data-dir, or change its rights."
        ) from error
    try:
        take(handle, path, wait_s)
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()} {run_id}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


def take(handle: int, path: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise WriterBusy(
                    f"Another run is writing to this data folder ({holder(path)}). Wait for it to end, or use another --data-dir."
                ) from None
        time.sleep(LOOK_AGAIN_S)


def holder(path: Path) -> str:
    """Who holds the lock, for people: process and run."""
    words = path.read_text(encoding="ascii", errors="replace").split()
    return f"process {words[0]}, run {words[1]}" if len(words) == 2 else "process unknown"


# ---------------------------------------------------------------- looking without taking


@dataclass(frozen=True, slots=True)
class Holder:
    """What is known of the lock: who took it last, whether it is held now, whether that process lives, and which others have the file open."""

    said: str
    is_held: bool
    is_alive: bool
    others: tuple[int, ...] = ()


def lock_state(work_dir: Path) -> Holder | None:
    """The lock as it is, or None where nobody ever took it. Raises AskedWrongly where the file cannot be read."""
    path = work_dir / "lock"
    try:
        if not path.exists():
            return None
        said, handle = holder(path), os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise AskedWrongly(f"{path} cannot be read ({error.strerror}). Run as the user who owns the data folder.") from error
    try:
        # A shared lock is enough to see whether somebody holds the exclusive one, and cannot be in the way of a writer that waits for longer.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        users = processes_with(path)
        named = said.removeprefix("process ").partition(",")[0]
        is_alive = named.isdecimal() and int(named) in users
        return Holder(said, is_held=True, is_alive=is_alive, others=tuple(pid for pid in users if str(pid) != named))
    else:
        return Holder(said, is_held=False, is_alive=False)
    finally:
        os.close(handle)


def processes_with(path: Path) -> list[int]:
    """The processes that have the file open, this one aside, as far as this user may see them (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            is_it = entry.readlink() == path.resolve()
        except OSError:  # it ended meanwhile, or belongs to another user
            continue
        if is_it:
            found.append(int(entry.parts[2]))
    return sorted(set(found) - {os.getpid()})
