"""The job of a crawl child: what the parent asks for, read from a file. Knows nothing of Scrapy."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from crawlers.discover.found import Window
from crawlers.report import ROWS, row_of
from warehouse.clock import Clock
from warehouse.errors import AskedWrongly
from warehouse.records import Capture, FieldCandidate, HostState, RobotsFile, SourceState


@dataclass(frozen=True, slots=True)
class Known:
    """An address that the warehouse knows already. One that is not due is not asked again."""

    due: bool = False
    etag: str | None = None
    last_modified: str | None = None
    asked_url: str | None = None  # the spelling that was answered last, where it is not the canonical one
    # Taken over from a crawl that was killed: a list that holds only such addresses may go on with others that it never came to.
    is_recovered: bool = False
    candidates: tuple[FieldCandidate, ...] = ()  # what the sources said when they named it; they may not name it again
    original: Capture | None = None  # holds the payload that it answered with last
    is_waiting: bool = False  # named by a source and never asked: over the limit of pages of a run
    is_unseen: bool = False  # never gave a page: where there is none, nothing has gone
    published_at: datetime | None = None  # of one that is due
    checked_at: datetime | None = None  # when it was last asked; None where it is too old to be looked at again


@dataclass(frozen=True, slots=True)
class Job:
    """Which outlets to crawl, for which run, how far, and what is known of them. Paths are those of the parent."""

    run_id: str
    data_dir: Path
    outlets_dir: Path
    outlets: tuple[str, ...]
    contact: str = ""
    clock: Clock = field(default_factory=Clock)
    proxy_url: str = ""
    pages_per_run: int = 500
    backoff_s: float = 1.0  # before a failed request is repeated; doubled each time
    known: dict[str, Path] = field(default_factory=dict)
    sources: dict[str, Path] = field(default_factory=dict)  # outlet_id: what its sources said last
    hosts: Path | None = None  # what earlier runs learnt of hosts
    withdrawn: Path | None = None  # the list of addresses that stay out
    window: Window | None = None
    urls: dict[str, tuple[str, ...]] = field(default_factory=dict)  # outlet_id: only these addresses, without looking for others
    part: str = ""  # names the files of one crawl of a run that has several
    discovers: bool = True  # false: only the known addresses that are due are asked, no source is
    fetches: bool = True  # false: only the sources are asked; what they name is left for a later crawl
    usually_new: frozenset[str] = frozenset()  # outlets whose sources name something new in most runs: where they do not, more is asked
    parent_pid: int = 0  # the process that waits for the crawl: it ends when that one does. 0: nobody waits

    @property
    def captures_dir(self) -> Path:
        return self.data_dir / "captures"

    @property
    def runs_dir(self) -> Path:
        return self.data_dir / "runs"

    @property
    def user_agent(self) -> str:
        """Who asks, and whom to write to. Without a contact only this machine is asked."""
        try:
            release = version("nightdesk")
        except PackageNotFoundError:
            release = "0"
        return f"Nightdesk/{release} (+{self.contact})" if self.contact else f"Nightdesk/{release}"

    def known_of(self, outlet_id: str, only: Collection[str] | None = None) -> dict[str, Known]:
        """Known addresses (in canonical form) of an outlet; none where the job names no file for it.

        Of those that are not due, just when they were last asked; all that is known of them comes with `only`, for these addresses.
        """
        path = self.known.get(outlet_id)
        return {} if path is None else read_known(path, only)

    def sources_of(self, outlet_id: str) -> dict[str, SourceState]:
        """What the sources of an outlet said last, by address; empty where the job names no file for it."""
        return {row.url: row for row in read_rows(self.sources.get(outlet_id), "source")}

    def host_states(self) -> dict[str, HostState]:
        """What earlier runs learnt of hosts, by host."""
        return {row.host: row for row in read_rows(self.hosts, "host")}

    def robots_files(self) -> dict[str, RobotsFile]:
        """The newest robots.txt of each base (scheme and host) that a run within the last 24 hours read."""
        return {row.base: row for row in read_rows(self.hosts, "robots")}


def read_job(path: Path) -> Job:
    """The job in a JSON file. Raises AskedWrongly for a file that is not one."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        window = raw.get("window")
        return Job(
            run_id=raw["run_id"], data_dir=Path(raw["data_dir"]), outlets_dir=Path(raw["outlets_dir"]), outlets=tuple(raw["outlets"]),
            contact=raw.get("contact") or "", clock=Clock(float(raw.get("clock_offset_s") or 0)), proxy_url=raw.get("proxy_url") or "",
            pages_per_run=int(raw.get("pages_per_run") or 500),
            backoff_s=float(raw.get("backoff_s") or 1),
            known={key: Path(value) for key, value in (raw.get("known") or {}).items()},
            sources={key: Path(value) for key, value in (raw.get("sources") or {}).items()},
            hosts=Path(raw["hosts"]) if raw.get("hosts") else None,
            withdrawn=Path(raw["withdrawn"]) if raw.get("withdrawn") else None,
            urls={key: tuple(value) for key, value in (raw.get("urls") or {}).items()},
            part=str(raw.get("part") or ""), discovers=bool(raw.get("discovers", True)), fetches=bool(raw.get("fetches", True)),
            usually_new=frozenset(raw.get("usually_new") or ()), parent_pid=int(raw.get("parent_pid") or 0),
            window=Window(date.fromisoformat(window["from"]), date.fromisoformat(window["to"])) if window else None,
        )
    except OSError as error:
        raise AskedWrongly(f"{path}: the job cannot be read ({error.strerror}).") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise AskedWrongly(f"{path}: this is not a crawl job ({type(error).__name__}: {error}).") from error


def read_known(path: Path, only: Collection[str] | None = None) -> dict[str, Known]:
    """The known addresses of a JSON-lines file, one object a line: url, and where they apply the fields of Known by name."""
    known = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if only is None or row["url"] in only:
                is_whole = only is not None or row.get("due") or row.get("is_recovered")
                known[row["url"]] = known_of_row(row) if is_whole else asked_before(row)
    return known


def asked_before(row: dict[str, Any]) -> Known:
    """What is kept of the many addresses that are not due."""
    return Known(checked_at=datetime.fromisoformat(row["checked_at"])) if row.get("checked_at") else NOT_DUE


def read_rows(path: Path | None, word: str) -> list[Any]:
    """The rows of one kind (a key of crawlers.report.ROWS) in a JSON-lines file of a job; none without a file."""
    if path is None:
        return []
    make, _, moments = ROWS[word]
    with open(path, encoding="utf-8") as file:
        lines = (json.loads(line) for line in file)
        return [row_of(line["row"], make, moments) for line in lines if line["kind"] == word]


NOT_DUE = Known()


def known_of_row(row: dict[str, Any]) -> Known:
    candidates = tuple(FieldCandidate(field, value, source) for field, value, source in row.get("candidates") or ())
    original = row_of(row["original"], Capture, ("fetched_at",)) if row.get("original") else None
    return Known(
        bool(row.get("due")), row.get("etag"), row.get("last_modified"), row.get("asked_url"), bool(row.get("is_recovered")), candidates, original,
        bool(row.get("is_waiting")), bool(row.get("is_unseen")),
        *(datetime.fromisoformat(row[key]) if row.get(key) else None for key in ("published_at", "checked_at")),
    )


def job_by_hand(outlet_id: str) -> Job:
    """The job of a spider that a person starts with `scrapy crawl`: the settings of the environment, nothing known."""
    from warehouse.settings import Settings  # a quarter of the start of a child, which never comes here

    settings = Settings()
    clock = Clock.starting_at(settings.now) if settings.now else Clock()
    return Job(
        run_id=f"scrapy-{datetime.now(UTC):%Y%m%dT%H%M%S}", data_dir=settings.data_dir, outlets_dir=settings.outlets_dir, outlets=(outlet_id,),
        contact=settings.contact, clock=clock, proxy_url=settings.proxy_url, pages_per_run=settings.pages_per_run,
    )
