"""The numbers of the last run of each kind as a file that the textfile collector of Prometheus' node exporter reads.

A file and no port: a run is a process that ends, and what it counted must be there for whoever looks later.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.running import Summary

COUNTS = ("discovered", "fetched", "not_modified", "failed", "extracted", "rejected", "new", "updated", "copies")
ENDED, SECONDS, COMPLETED = "nightdesk_run_ended_timestamp_seconds", "nightdesk_run_seconds", "nightdesk_run_completed"
ALERTS, OUTLETS, ALARM = "nightdesk_run_alert_count", "nightdesk_outlet_count", "nightdesk_alarm"
GAUGES = {  # name: (what it says, its labels)
    ENDED: ("When the last run ended.", ("kind",)),
    SECONDS: ("How long the last run took.", ("kind",)),
    COMPLETED: ("1 where the last run was completed, 0 where it was incomplete, failed or interrupted.", ("kind",)),
    ALERTS: ("How many things the last run says to look at beside its alarms, such as a morning page that was not written.", ("kind",)),
    OUTLETS: ("Counts of an outlet in the last run, as in run_outlets.", ("kind", "outlet_id", "count")),
    ALARM: ("1 for each alarm of the last run.", ("kind", "outlet_id", "alarm")),
}
Samples = list[tuple[str, tuple[str, ...], float]]  # name, values of its labels, number


def samples_of(summary: Summary, ended_at: datetime) -> Samples:
    """The numbers of a run that came to its end."""
    kind = summary.kind
    return [
        (ENDED, (kind,), ended_at.timestamp()), (SECONDS, (kind,), summary.seconds), (COMPLETED, (kind,), summary.state == "completed"),
        (ALERTS, (kind,), len(summary.alerts)),
        *((OUTLETS, (kind, row["outlet_id"], name), row[name]) for row in summary.outlets for name in COUNTS),
        *((ALARM, (kind, alarm["outlet_id"], alarm["kind"]), 1) for alarm in summary.alarms),
    ]


def samples_of_failure(kind: str, ended_at: datetime) -> Samples:
    """The numbers of a run that raised an error or was stopped: that it is over and came to nothing that can be counted."""
    return [(ENDED, (kind,), ended_at.timestamp()), (COMPLETED, (kind,), 0)]


def write(path: Path, kind: str, samples: Samples) -> None:
    """Writes the file in one step, with what it says of other kinds of run. Raises OSError where it cannot be written."""
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    by_name: dict[str, list[tuple[tuple[str, ...], float]]] = defaultdict(list)
    for name, labels, number in [*samples_of_others(path, kind), *samples]:
        by_name[name].append((labels, number))
    registry = CollectorRegistry()
    for name, (said, labels_known) in GAUGES.items():
        gauge = Gauge(name, said, labels_known, registry=registry)
        for labels, number in by_name[name]:
            gauge.labels(*labels).set(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
    path.chmod(0o644)  # the collector is another user


def samples_of_others(path: Path, kind: str) -> Samples:
    """What the file says of other kinds of run: a Sunday's maintenance must not wipe out what the night said. Nothing of a file that holds none."""
    from prometheus_client.parser import text_string_to_metric_families

    try:
        found = [sample for family in text_string_to_metric_families(path.read_text(encoding="utf-8")) for sample in family.samples]
    except (FileNotFoundError, ValueError):
        return []
    return [
        (each.name, tuple(each.labels[name] for name in GAUGES[each.name][1]), each.value)
        for each in found if each.name in GAUGES and set(each.labels) == set(GAUGES[each.name][1]) and each.labels["kind"] != kind
    ]
