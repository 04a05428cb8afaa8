"""The crawl child: `python -m crawlers.crawl JOB.json`. One process and one reactor for all outlets of a job; reports through files.

With `-` for the job it loads its libraries while its parent is still preparing the job, whose path then comes over the socket on stdin.

A process of its own because a reactor runs once in a process, and so that a crawl can be ended without ending the run. This module is light,
so that the parent can import it; Scrapy is loaded where the crawl begins.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.addresses import is_loopback
from crawlers.hosts import host_key
from crawlers.job import Job, read_job
from crawlers.outlet import Outlet
from crawlers.parent import ParentWatch
from crawlers.report import read_report, report_path, write_report
from warehouse.errors import NightdeskError

__all__ = ["Job", "main", "needs_contact", "read_job", "read_report", "report_path", "write_report"]


PATH_BYTES_MAX = 4096  # of Linux


def needs_contact(outlets: Iterable[Outlet], proxy_url: str = "") -> bool:
    """Whether a crawl of these outlets leaves the machine, so that NIGHTDESK_CONTACT must be set.

    Pass the outlets that will be asked: also a disabled one, or one without a source, is asked where someone names it. A proxy on this
    machine (the sample world, a recorder) keeps all requests here.
    """
    if proxy_url and is_loopback(urlsplit(proxy_url).hostname or ""):
        return False
    return any(not is_loopback(host) for outlet in outlets for host in hosts_of(outlet))


def hosts_of(outlet: Outlet) -> set[str]:
    """Every host that a crawl of the outlet asks, without ports."""
    named = {host_key(host)[0] for host in (outlet.canonical_host, *outlet.hosts)}
    return named | {urlsplit(source.url).hostname or "" for source in outlet.discover}


def main(arguments: list[str] | None = None) -> int:
    """0 when every outlet was crawled to its end, whatever it answered; 1 when the crawl was interrupted; 2 for a job that is none."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m crawlers.crawl JOB.json\n")
        return 2
    path = awaited_job() if arguments == ["-"] else Path(arguments[0])
    if path is None:
        return 0
    try:
        job = read_job(path)
        parent = ParentWatch(job.parent_pid)
        from crawlers.lanes import crawl  # Scrapy and its reactor

        return crawl(job, parent)
    except NightdeskError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status


def awaited_job() -> Path | None:
    """The job that the parent names once it has written it; None where the parent went away or has none.

    With the path come the writer lock, which this process holds until it ends, and the log, which takes the place of stderr.
    """
    import crawlers.lanes  # noqa: F401 - Scrapy, meanwhile

    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as parent:
        named, handles, _, _ = socket.recv_fds(parent, PATH_BYTES_MAX, 2)
    if not named:
        return None
    _, log = handles
    os.dup2(log, sys.stderr.fileno())
    return Path(os.fsdecode(named))


if __name__ == "__main__":
    sys.exit(main())
