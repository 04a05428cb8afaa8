"""The writer lock of a data folder: one writer at a time, released by the kernel whatever happens to the process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
