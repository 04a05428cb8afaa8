"""What a job knows of the hosts it asks: pauses they asked for, failures in a row, and what the next run must know. Knows nothing of Scrapy.

All crawls of a job write into one book, because two outlets may lie on one host: a pause that one of them was asked for holds for the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawlers.job import Job
from warehouse.records import HostState, RobotsFile

# RFC 9309, 2.4: a copy of robots.txt should not be used for longer.
ROBOTS_COPY_AGE_MAX = timedelta(hours=24)


@dataclass(slots=True)
class Host:
    """What is known of one host. `not_before`, `paused_at` and `last_at` are moments of time.monotonic, the others of the job's clock."""

    not_before: float = 0.0
    paused_at: float = 0.0  # what was sent before this moment could not know of the pause
    last_at: float = 0.0  # end of its last answer, and the pause that belongs after it
    delay_s: float = 0.0
    failures_in_a_row: int = 0
    given_up: tuple[str, str] | None = None  # (reason, detail) that every further request gets
    alert: str | None = None  # what giving it up means for an outlet
    doubt: tuple[str, str] | None = None  # (reason, detail) where it was asked although something is wrong with it
    asked_for_pause_until: datetime | None = None
    reservations_checked_at: datetime | None = None

    def give_up(self, reason: str, detail: str, alert: str) -> None:
        """Leaves the host alone for the rest of the run; the first reason stays."""
        if self.given_up is None:
            self.given_up, self.alert = (reason, detail), alert

    def state(self, name: str, now: datetime) -> HostState:
        """The row for the next run. A pause that has passed is not passed on."""
        until = self.asked_for_pause_until
        reason, detail = self.given_up or self.doubt or (None, None)
        return HostState(name, now, until if until and until > now else None, reason, detail, self.reservations_checked_at)


class HostBook:
    """The hosts of a job by download slot, seeded with what earlier runs learnt of them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._robots_files: dict[str, RobotsFile] | None = None
        now = job.clock.now()
        self._hosts = {name: remembered(state, now) for name, state in job.host_states().items()}

    def of(self, name: str) -> Host:
        return self._hosts.setdefault(name, Host())

    def robots_copy(self, base: str) -> RobotsFile | None:
        """The robots.txt of scheme and host that was read within the last 24 hours, None where there is none."""
        if self._robots_files is None:
            self._robots_files = self._job.robots_files()  # only a job that needs one loads the texts of thousands
        copy = self._robots_files.get(base)
        return copy if copy and timedelta(0) <= self._job.clock.now() - copy.fetched_at <= ROBOTS_COPY_AGE_MAX else None

    def note_robots(self, file: RobotsFile) -> None:
        """Remembers what was just read, for the other crawls of this job."""
        if self._robots_files is None:
            self._robots_files = self._job.robots_files()
        self._robots_files[file.base] = file


def remembered(state: HostState, now: datetime) -> Host:
    """A host as this run begins with it. Where its pause is not over it is given up from the start: not even robots.txt is asked."""
    host = Host(reservations_checked_at=state.reservations_checked_at)
    if state.not_before and state.not_before > now:
        asked, until = f"{state.checked_at:%Y-%m-%d}", f"{state.not_before:%Y-%m-%d %H:%M %Z}"
        host.give_up("retry_after", f"the host asked on {asked} to be left alone until {until}", "paused")
    return host


@dataclass(slots=True)
class Hosts:
    """The hosts of one outlet's crawl."""

    book: HostBook
    met: set[str] = field(default_factory=set)  # hosts that the crawl wanted something of
    asked: set[str] = field(default_factory=set)  # hosts that something was sent to

    def of(self, name: str) -> Host:
        self.met.add(name)
        return self.book.of(name)

    @property
    def alerts(self) -> set[str]:
        """What was given up, in the words of crawlers.report.ALERTS."""
        return {alert for name in self.met if (alert := self.book.of(name).alert)}

    def states(self, now: datetime) -> dict[str, HostState]:
        """One row for each host that was asked. One that was left alone from the start keeps the row it has."""
        return {name: self.book.of(name).state(name, now) for name in sorted(self.asked)}
