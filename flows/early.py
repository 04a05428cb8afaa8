"""What takes a second to load and every crawl needs, begun while the command itself still loads: the fork server and the crawl child.

Both are processes of their own, so on two cores all three load beside each other. This module loads nothing but the standard library.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
from multiprocessing import forkserver, get_context, resource_tracker
from pathlib import Path
from typing import IO


class WaitingChild:
    """A crawl child that has no job yet. It leaves by itself when this process does."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            # What it says before it has a job is for nobody: a child that dies by then is replaced by one with a log.
            self._process: subprocess.Popen[str] = subprocess.Popen(
                [sys.executable, "-m", "crawlers.crawl", "-"], stdin=theirs.fileno(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )

    def take(self, job: Path, log: IO[str], lock_handle: int) -> subprocess.Popen[str] | None:
        """Gives it its job, with the writer lock to hold and the log to write to; None where it has died."""
        if self._process.poll() is None:
            try:
                socket.send_fds(self._ours, [os.fsencode(job)], [lock_handle, log.fileno()])
            except OSError:  # it died just now
                pass
            else:
                self._ours.close()
                return self._process
        self.end()
        return None

    def end(self) -> None:
        """Ends it where nobody has a job for it."""
        self._ours.close()
        with self._process as process:
            process.kill()


_waiting: list[WaitingChild] = []


def begin(*, crawls: bool) -> None:
    """Starts the fork server and, for a command that will crawl, the crawl child. One that ends before that ends the child, too."""
    start_fork_server()
    if crawls:
        _waiting.append(WaitingChild())
        atexit.register(end)


def end() -> None:
    """Ends the crawl child that waits, if any."""
    while _waiting:
        _waiting.pop().end()


def start_fork_server() -> None:
    """Lets the fork server load the libraries of the reading processes while this process does something else."""
    get_context("forkserver").set_forkserver_preload(["flows.warm"])
    resource_tracker.ensure_running()  # the fork server needs it, and starting it lifts the block below
    # Python lets the fork server ignore SIGINT only once it has loaded everything: a Ctrl-C before that would be a traceback on the terminal.
    # Blocked here the signal is blocked there, too, and waits for us.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_crawl_child(job: Path, log: IO[str], lock_handle: int) -> subprocess.Popen[str]:
    """A crawl child with its job: the one that waits, where it is still there, else a new one."""
    if _waiting and (child := _waiting.pop().take(job, log, lock_handle)):
        return child
    return subprocess.Popen(
        [sys.executable, "-m", "crawlers.crawl", str(job)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        pass_fds=(lock_handle,),
    )  # fmt: skip
