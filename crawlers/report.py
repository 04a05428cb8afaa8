"""What a crawl says of an outlet: the ledger that is kept while it runs, and the file that it leaves. Knows nothing of Scrapy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.captures import rename_durably
from warehouse.errors import NightdeskError
from warehouse.records import Capture, CrawlReport, Link, LinkOutcome, Rejection

# How bad an alert is, worst first: one outlet shows one.
ALERTS = ("definition_faulty", "internal_error", "write_failed", "interrupted", "robots_unreachable", "blocked", "paused", "unavailable",
          "no_source_answered")


@dataclass(slots=True)
class Ledger:
    """Every address that a crawl of one outlet has met, and what became of it: each ends in exactly one outcome."""

    outlet_id: str
    run_id: str
    links: dict[str, Link] = field(default_factory=dict)
    outcomes: dict[str, LinkOutcome] = field(default_factory=dict)
    captures: list[Capture] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
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
            self.outcomes[url] = LinkOutcome(self.outlet_id, url, link.found_by, outcome, status, at, link.published_at)

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
        links, rejections = tuple(self.outcomes.values()), tuple(self.rejections)
        return CrawlReport(self.outlet_id, tuple(self.captures), links, rejections, self.alert, dict(self.sources))


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


def lines_of(report: CrawlReport) -> Iterable[dict[str, Any]]:
    yield {"kind": "outlet", "outlet_id": report.outlet_id, "alert": report.alert, "sources": report.sources}
    yield from ({"kind": "capture", **asdict(capture)} for capture in report.captures)
    yield from ({"kind": "link", **asdict(link)} for link in report.links)
    yield from ({"kind": "rejection", **asdict(rejection)} for rejection in report.rejections)
    yield {"kind": "end"}


def read_report(path: Path) -> CrawlReport:
    """The report as it was written. Raises NightdeskError where the file is cut or not a report, OSError where it is not there."""
    rows: dict[str, list[dict[str, Any]]] = {"outlet": [], "capture": [], "link": [], "rejection": [], "end": []}
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                rows[row.pop("kind")].append(row)
        head, _ = rows["outlet"][0], rows["end"][0]
        return CrawlReport(
            head["outlet_id"], tuple(Capture(**with_moments(row, "fetched_at")) for row in rows["capture"]),
            tuple(LinkOutcome(**with_moments(row, "checked_at", "published_at")) for row in rows["link"]),
            tuple(Rejection(**row) for row in rows["rejection"]), head["alert"], head["sources"],
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NightdeskError(f"{path}: this is not a whole crawl report ({error}). Crawl the outlet again.") from error


def with_moments(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return row | {key: datetime.fromisoformat(row[key]) if row[key] else None for key in keys}
