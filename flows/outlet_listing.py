"""`nightdesk outlets`: the definitions with their state, or all their faults."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from crawlers.outlet import read_outlets
from flows.report import table
from warehouse.db import statement
from warehouse.query import rows_of
from warehouse.settings import Settings


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows to show, and the faults of definitions that cannot be used."""

    outlets: list[dict[str, Any]]
    faults: list[str]
    summary: str

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
            "sources": ", ".join(source.kind for source in outlet.discover) or "none",
            **{name: health.get(outlet_id, {}).get(name) for name in ("state", "articles", "newest_article_at", "alert", "alarms")},
        }
        for outlet_id, outlet in sorted(outlets.items())
    ]
    return Listing(rows, [str(fault) for fault in faults], f"{len(rows)} outlets in {settings.outlets_dir}")


def check(settings: Settings) -> Listing:
    """Every fault of every definition."""
    outlets, faults = read_outlets(settings.outlets_dir)
    files = len({fault.file for fault in faults})
    verdict = f"{len(faults)} faults in {files} files; {len(outlets)} definitions are good." if faults else f"{len(outlets)} definitions are good."
    return Listing([], [str(fault) for fault in faults], verdict)


def as_json(found: Listing) -> str:
    return json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1, default=str)


def as_text(found: Listing, *, width: int) -> str:
    head = list(found.outlets[0]) if found.outlets else []
    parts = [table(head, [list(row.values()) for row in found.outlets], width=width)] if found.outlets else []
    return "\n".join([*parts, *found.faults, found.summary])
