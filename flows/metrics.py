"""The numbers of the last run as a file that the textfile collector of Prometheus' node exporter reads.

A file and no port: a run is a process that ends, and what it counted must be there for whoever looks later.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.running import Summary

COUNTS = ("discovered", "fetched", "not_modified", "failed", "extracted", "rejected", "new", "updated", "copies")


def write(path: Path, summary: Summary, ended_at: datetime) -> None:
    """Writes the file in one step. Raises OSError where it cannot be written."""
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    registry = CollectorRegistry()
    kind = {"kind": summary.kind}
    Gauge("nightdesk_run_ended_timestamp_seconds", "When the last run ended.", ["kind"], registry=registry).labels(**kind).set(ended_at.timestamp())
    Gauge("nightdesk_run_seconds", "How long the last run took.", ["kind"], registry=registry).labels(**kind).set(summary.seconds)
    ok = Gauge("nightdesk_run_completed", "1 where the last run was completed, 0 where it was incomplete or failed.", ["kind"], registry=registry)
    ok.labels(**kind).set(summary.state == "completed")
    addresses = Gauge("nightdesk_outlet_count", "Counts of an outlet in the last run, as in run_outlets.", ["kind", "outlet_id", "count"],
                      registry=registry)
    for row in summary.outlets:
        for name in COUNTS:
            addresses.labels(summary.kind, row["outlet_id"], name).set(row[name])
    alarms = Gauge("nightdesk_alarm", "1 for each alarm of the last run.", ["outlet_id", "alarm"], registry=registry)
    for alarm in summary.alarms:
        alarms.labels(alarm["outlet_id"], alarm["kind"]).set(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
    path.chmod(0o644)  # the collector is another user
