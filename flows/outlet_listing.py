"""`nightdesk outlets`: the definitions with their state, or all their faults."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawlers.outlet import Outlet, read_outlets
from flows.report import alarm_lines, table
from warehouse.db import statement
from warehouse.query import rows_of
from warehouse.settings import Settings

SHORT = {"newest_article_at": "newest", "language": "lang"}  # heads of columns that would be wider than what stands below them


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows to show, and the faults of definitions that cannot be used."""

    outlets: list[dict[str, Any]]
    faults: list[str]
    summary: str
    alarms: list[dict[str, Any]] = field(default_factory=list)  # outlet_id, kind, observed, expected, detail

    @property
    def exit_status(self) -> int:
        return 1 if self.faults else 0


def listing(settings: Settings) -> Listing:
    """One row an outlet: language, sources, state after its last nightly run, and articles."""
    outlets, faults = read_outlets(settings.outlets_dir)
    published = settings.published_database
    health = {row["outlet_id"]: row for row in rows_of(published, statement("outlet_health"))} if published.exists() else {}
    rows = [
        {
            "outlet_id": outlet_id, "name": outlet.name, "language": outlet.language, "enabled": outlet.enabled,
            "sources": kinds_of(outlet),
            **{name: health.get(outlet_id, {}).get(name) for name in ("state", "articles", "newest_article_at", "alert", "alarms")},
        }
        for outlet_id, outlet in sorted(outlets.items())
    ]
    return Listing(rows, [str(fault) for fault in faults], f"{len(rows)} outlets in {settings.outlets_dir}", standing_alarms(settings))


def kinds_of(outlet: Outlet) -> str:
    """feed, 2 sitemap: the kinds of its sources, each once with how many there are."""
    kinds = Counter(source.kind for source in outlet.discover)
    return ", ".join(kind if count == 1 else f"{count} {kind}" for kind, count in kinds.items()) or "none"


def standing_alarms(settings: Settings) -> list[dict[str, Any]]:
    """The alarms of the last nightly run of each outlet: outlet_id, kind, observed, expected, detail (what to do). None without a published file."""
    return rows_of(settings.published_database, statement("standing_alarms")) if settings.published_database.exists() else []


def check(settings: Settings) -> Listing:
    """Every fault of every definition."""
    outlets, faults = read_outlets(settings.outlets_dir)
    files = len({fault.file for fault in faults})
    verdict = f"{len(faults)} faults in {files} files; {len(outlets)} definitions are good." if faults else f"{len(outlets)} definitions are good."
    return Listing([], [str(fault) for fault in faults], verdict)


def minute(moment: datetime | None) -> str | None:
    """2026-03-02 18:35, UTC like everything here: seconds and zone break the column."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else None


def as_json(found: Listing) -> str:
    return json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1, default=str)


def as_text(found: Listing, *, width: int) -> str:
    head = [SHORT.get(name, name) for name in found.outlets[0]] if found.outlets else []
    rows = [list((row | {"newest_article_at": minute(row["newest_article_at"])}).values()) for row in found.outlets]
    parts = [table(head, rows, width=width)] if rows else []
    alarms = [line for alarm in found.alarms for line in alarm_lines(alarm | {"is_new": True})]
    return "\n".join([*parts, *found.faults, *(["Alarms of the last night:", *alarms] if alarms else []), found.summary])
