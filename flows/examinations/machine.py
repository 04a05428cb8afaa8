"""The machine: what the program runs on."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

from flows.diagnosis import Diagnosis, error, ok, warning
from flows.prefect_steps import HEALTH_TIMEOUT_S, server_answers
from warehouse.settings import Settings

MB = 1_000_000
MEMORY_OF_A_READER_MB = 350  # what one holds with its models loaded; it was 152 MB idle and 330 at the end of 10,000 pages
FILES_AT_ONCE_MIN = 1024
# Nothing that this program writes is older. A machine whose clock was reset gives 1970 or the day it was built.
PROGRAM_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


def python_and_packages(settings: Settings) -> Iterator[Diagnosis]:  # noqa: ARG001 - every examination takes the settings
    """The interpreter and every package that the program asks for, in the version that it asks for."""
    wrong = [fault for text in requires("nightdesk") or [] if (fault := version_fault(Requirement(text)))]
    yield ok(f"Python {platform.python_version()}, DuckDB {version('duckdb')}, Nightdesk {version('nightdesk')}")
    if wrong:
        yield error(f"packages that do not fit: {'; '.join(wrong)}", "Install the pinned set again: `bash .ci/demo` does.")


def version_fault(wanted: Requirement) -> str | None:
    if wanted.marker and not wanted.marker.evaluate():
        return None
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is missing"
    return None if wanted.specifier.contains(found, prereleases=True) else f"{wanted.name} {found}, wanted {wanted.specifier}"


def disk_room(settings: Settings) -> Iterator[Diagnosis]:
    """Room for what a run writes: a copy of the database to publish, another one while it migrates or forgets, and the new pages."""
    place = nearest_existing(settings.data_dir)
    free = shutil.disk_usage(place).free
    work, spare = (path.stat().st_size if path.exists() else 0 for path in (settings.work_database, settings.spare_database))
    how = f"the spare file, which goes where room is needed, {spare / MB:,.0f} MB" if spare else "publishing writes a copy of it"
    said = f"{free / MB:,.0f} MB free on the disk of {place}; the database has {work / MB:,.0f} MB, and {how}"
    free += spare
    remedy = "Free some space, or give another disk with --data-dir. A run that meets a full disk stops and loses nothing."
    if os.statvfs(place).f_files and not os.statvfs(place).f_favail:
        yield error(f"the disk of {place} can take no more files (no free inodes)", remedy)
    elif free < work + 100 * MB:
        yield error(said, remedy)
    elif free < 3 * work + 1000 * MB:
        yield warning(said, remedy)
    else:
        yield ok(said)


def nearest_existing(path: Path) -> Path:
    """The path, or the first folder above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())


def memory(settings: Settings) -> Iterator[Diagnosis]:
    """Memory for DuckDB's limit and the reading processes, by what the kernel says is available."""
    available = available_memory_mb()
    readers = settings.workers or os.cpu_count() or 1
    wanted = settings.memory_limit_mb + readers * MEMORY_OF_A_READER_MB
    if available is None:
        yield warning("how much memory is available cannot be told here", f"A run may take up to {wanted:,} MB.")
    elif available < wanted:
        yield warning(
            f"{available:,} MB of memory available; a run may take up to {wanted:,} MB",
            "Set NIGHTDESK_MEMORY_LIMIT_MB or NIGHTDESK_WORKERS lower, or close other programs.",
        )
    else:
        yield ok(f"{available:,} MB of memory available; a run may take up to {wanted:,} MB")


def available_memory_mb() -> int | None:
    """What Linux can still give, in MB, within the limit of the control group where there is one; None on other systems."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    free = next((int(line.split()[1]) * 1024 // MB for line in lines if line.startswith("MemAvailable")), None)
    group = Path("/sys/fs/cgroup")
    try:
        limit, used = (group / "memory.max").read_text().strip(), int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return free
    return free if limit == "max" or free is None else min(free, max(0, int(limit) - used) // MB)


def clock_and_zones(settings: Settings) -> Iterator[Diagnosis]:
    """A clock that runs behind makes new versions older than old ones; without the zones of the world no outlet's day can be told."""
    now = datetime.now(UTC)
    if now < PROGRAM_WRITTEN:
        yield error(f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, which is in the past", "Set the clock (`timedatectl set-ntp true`).")
    else:
        yield ok(f"the clock says {now:%Y-%m-%d %H:%M} UTC")
    try:
        ZoneInfo("Asia/Yangon")
    except ZoneInfoNotFoundError:
        yield error("the time zones of the world are not installed", "Install the package tzdata.")
    if settings.now:
        yield warning(f"NIGHTDESK_NOW is set: every run starts at {settings.now}", "Unset it, unless nights are to be replayed.")


def locale_and_limits(settings: Settings) -> Iterator[Diagnosis]:  # noqa: ARG001
    """Names of files and what is printed must be able to hold Burmese; crawling opens many files at once."""
    encodings = {
        "file names": sys.getfilesystemencoding(), "output": sys.stdout.encoding or "unknown", "locale": locale.getpreferredencoding(False),
    }
    wrong = [f"{what}: {name}" for what, name in encodings.items() if name.lower().replace("-", "") != "utf8"]
    if wrong:
        yield warning(f"not in UTF-8: {', '.join(wrong)}", "Set LANG to a UTF-8 locale such as C.UTF-8, else Burmese cannot be printed.")
    else:
        yield ok("names of files, output and locale are in UTF-8")
    files = files_at_once()
    if files is not None and files < FILES_AT_ONCE_MIN:
        yield warning(f"a process may open only {files} files at once", f"Raise the limit: `ulimit -n {FILES_AT_ONCE_MIN}`.")


def files_at_once() -> int | None:
    """The limit of open files of this process; None where there is none."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def prefect_server(settings: Settings) -> Iterator[Diagnosis]:
    """Whether the server that is set answers. Runs do without it."""
    url = settings.prefect_api_url
    if not url:
        yield ok("no Prefect server is set (PREFECT_API_URL); runs do without")
    elif server_answers(url):
        yield ok(f"the Prefect server at {url} answers")
    else:
        yield warning(
            f"the Prefect server at {url} does not answer within {HEALTH_TIMEOUT_S:.0f} s",
            "Start it (`prefect server start`) or unset PREFECT_API_URL. Scheduled runs do not start without it; runs by hand do without.",
        )
