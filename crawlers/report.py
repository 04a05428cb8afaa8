"""What a crawl says of an outlet: the ledger that is kept while it runs, and the file that it leaves. Knows nothing of Scrapy."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.errors import NightdeskError
from warehouse.file_copy import rename_durably
from warehouse.records import Capture, CrawlReport, HostState, Link, LinkOutcome, Rejection, Reservation, RobotsFile, SourceState

# How bad an alert is, worst first: one outlet shows one.
ALERTS = ("definition_faulty", "internal_error", "write_failed", "interrupted", "robots_unreachable", "crawl_delay_too_long",
          "blocked", "paused", "unavailable", "no_source_answered")


@dataclass(slots=True)
class Ledger:
    """Every address that a crawl of one outlet has met, and what became of it: each ends in exactly one outcome."""

    outlet_id: str
    run_id: str
    links: dict[str, Link] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)  # canonical address: how its source spells it, where that differs
    outcomes: dict[str, LinkOutcome] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    sources: dict[str, SourceState] = field(default_factory=dict)  # by address
    hosts: dict[str, HostState] = field(default_factory=dict)  # by host
    robots_files: dict[str, RobotsFile] = field(default_factory=dict)  # by base
    reservations: list[Reservation] = field(default_factory=list)
    alerts: set[str] = field(default_factory=set)

    def add(self, link: Link) -> bool:
        """Takes in a link; true where its address is new. What a second source says of an address is added to what the first said."""
        known = self.links.get(link.url)
        self.links[link.url] = joined(known, link) if known else link
        return known is None

    def settle(self, url: str, outcome: str, *, status: int | None = None, at: datetime | None = None) -> None:
        """Writes down the outcome of an address; the first one stays."""
        if url not in self.outcomes:
            link = self.links[url]
            kept = tuple((c.field, c.value, c.source) for c in link.candidates) if outcome in ("failed", "skipped") else ()
            spelled = self.spelled.get(url) if outcome in ("failed", "skipped") else None
            self.outcomes[url] = LinkOutcome(self.outlet_id, url, link.found_by, outcome, status, at, link.published_at, kept, spelled)

    def reject(self, url: str, stage: str, reason: str, detail: str = "", capture_id: str | None = None) -> None:
        self.rejections.append(Rejection(self.run_id, self.outlet_id, url, stage, reason, detail, capture_id))

    def fail(self, url: str, reason: str, detail: str = "", *, status: int | None = None, at: datetime | None = None) -> None:
        """An address that was wanted and not got: outcome failed, with a rejection that says why."""
        if url not in self.outcomes:
            self.settle(url, "failed", status=status, at=at)
            self.reject(url, "fetch", reason, detail)

    @property
    def alert(self) -> str | None:
        return next((alert for alert in ALERTS if alert in self.alerts), None)

    def report(self) -> CrawlReport:
        """The report; addresses without an outcome were not reached and wait for the next run."""
        for url in self.links:
            self.settle(url, "skipped")
        return CrawlReport(
            self.outlet_id, tuple(self.captures), tuple(self.outcomes.values()), tuple(self.rejections), self.alert, tuple(self.sources.values()),
            tuple(self.hosts.values()), tuple(self.robots_files.values()), tuple(self.reservations),
        )


def joined(first: Link, second: Link) -> Link:
    """One link from what two sources say of the same address; the first one's dates go before."""
    return replace(
        first, published_at=first.published_at or second.published_at, modified_at=first.modified_at or second.modified_at,
        candidates=(*first.candidates, *(candidate for candidate in second.candidates if candidate not in first.candidates)),
    )


# ---------------------------------------------------------------- the file


def report_path(runs_dir: Path, run_id: str, outlet_id: str) -> Path:
    return runs_dir / run_id / f"{outlet_id}.jsonl"


def write_report(path: Path, report: CrawlReport) -> None:
    """Writes the report as JSON lines. The file appears under its name only when it is complete and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    open_path = path.with_name(path.name + ".open")
    with open(open_path, "w", encoding="utf-8", errors="replace") as file:
        for line in lines_of(report):
            file.write(json.dumps(line, ensure_ascii=False, default=datetime.isoformat) + "\n")
        file.flush()
        os.fsync(file.fileno())
    rename_durably(open_path, path)


# The rows of a report by the word that opens their line: the value that a row becomes, the field of CrawlReport, and the keys that hold moments.
ROWS: dict[str, tuple[Callable[..., Any], str, tuple[str, ...]]] = {
    "capture": (Capture, "captures", ("fetched_at",)),
    "link": (LinkOutcome, "links", ("checked_at", "published_at")),
    "rejection": (Rejection, "rejections", ()),
    "source": (SourceState, "sources", ("checked_at", "listed_at", "changed_at")),
    "host": (HostState, "hosts", ("checked_at", "not_before", "reservations_checked_at")),
    "robots": (RobotsFile, "robots_files", ("fetched_at",)),
    "reservation": (Reservation, "reservations", ("seen_at",)),
}


def lines_of(report: CrawlReport) -> Iterable[dict[str, Any]]:
    yield {"kind": "outlet", "outlet_id": report.outlet_id, "alert": report.alert}
    for word, (_, name, _) in ROWS.items():
        yield from ({"kind": word, "row": asdict(row)} for row in getattr(report, name))
    yield {"kind": "end"}


def read_report(path: Path) -> CrawlReport:
    """The report as it was written. Raises NightdeskError where the file is cut or not a report, OSError where it is not there."""
    lines: dict[str, list[dict[str, Any]]] = {word: [] for word in ("outlet", *ROWS, "end")}
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                read = json.loads(line)
                lines[read["kind"]].append(read)
        head, _ = lines["outlet"][0], lines["end"][0]
        rows = {name: tuple(row_of(line["row"], make, moments) for line in lines[word]) for word, (make, name, moments) in ROWS.items()}
        return CrawlReport(head["outlet_id"], alert=head["alert"], **rows)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NightdeskError(f"{path}: this is not a whole crawl report ({error}). Crawl the outlet again.") from error


def told_rows(captures: Iterable[Capture]) -> list[dict[str, Any]]:
    """The captures as JSON values, for `captures_in`."""
    return [{name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(capture).items()} for capture in captures]


def captures_in(rows: list[dict[str, Any]]) -> list[Capture]:
    """The captures that `told_rows` made such values of."""
    make, _, moments = ROWS["capture"]
    return [row_of(row, make, moments) for row in rows]


def row_of(row: dict[str, Any], make: Callable[..., Any], moments: tuple[str, ...]) -> Any:
    return make(**row | {key: datetime.fromisoformat(row[key]) if row[key] else None for key in moments})
