"""Raising the alarms of a run: its history is gathered, the golden pages are read again, and what the rules say is written into `checks`."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flows.alarms import KINDS, Alarm, alarms_of
from warehouse import publish
from warehouse.history import GoldenPage, golden_pages, history_of
from warehouse.publish import Finding
from warehouse.records import ArticleReading, Capture

if TYPE_CHECKING:
    from flows.inputs import Outcome
    from flows.running import Run


def raise_alarms(run: Run, of_golden_pages: list[Alarm]) -> list[Alarm]:
    """The alarms of a nightly run, worst first, written into `checks` at level warning: what came is published, with what is to be doubted.

    The golden pages are read before (`golden`), while the reading processes are still there.
    """
    expectations = {outlet_id: outlet.expect for outlet_id, outlet in run.outlets.items()}
    found = [*of_golden_pages, *alarms_of(history_of(run.connection, run.run_id, run.started_at), expectations)]
    alarms = sorted(found, key=lambda alarm: list(KINDS).index(alarm.kind))
    publish.record(run.connection, [finding_of(run.run_id, alarm) for alarm in alarms])
    return alarms


def finding_of(run_id: str, alarm: Alarm) -> Finding:
    return Finding(run_id, alarm.name, alarm.outlet_id, "warning", alarm.observed, alarm.expected, alarm.detail)


# ---------------------------------------------------------------- golden pages


def golden(run: Run) -> list[Alarm]:
    """An alarm for each outlet of the run whose golden page is not read any more as it was."""
    pages = {page.capture.capture_id: page for page in golden_pages(run.connection, run.run_id) if page.capture.outlet_id in run.outlets}
    found = []
    for capture, outcome in run.pool.read([page.capture for page in pages.values()]):
        assert isinstance(capture, Capture), "only captures were given"
        page = pages[capture.capture_id]
        if differs := differences(page, outcome):
            found.append(Alarm("golden", page.capture.outlet_id, differs, "what the same page gave before", example=f"article {page.article_id}"))
    return sorted(found, key=lambda alarm: alarm.outlet_id)


def differences(page: GoldenPage, outcome: Outcome) -> str:
    """What differs, in words; empty where nothing does. Another extractor is expected to read otherwise, so it is not compared."""
    if not isinstance(outcome, ArticleReading):
        return f"a kept page gives no article any more ({outcome.reason})"
    read = outcome.extracted
    if read.extractor != page.extractor:
        return ""
    pairs = {
        "headline": (read.headline, page.headline), "body": (hashlib.sha256(read.body.encode()).hexdigest(), page.body_sha256),
        "date_published": (read.date_published, page.date_published),
    }
    changed = [name for name, (now, before) in pairs.items() if now != before]
    return f"a kept page is read otherwise: {', '.join(changed)}" if changed else ""
