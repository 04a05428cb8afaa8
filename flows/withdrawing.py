"""Keeping withdrawn articles out: finishing what a killed withdrawal left, and refusing what comes in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.copying import group_copies
from warehouse import withdrawal
from warehouse.db import Connection
from warehouse.event_folds import fold_events
from warehouse.records import ArticleReading, Capture, Rejected, Rejection
from warehouse.settings import Settings
from warehouse.withdrawn import UNNAMED, Withdrawn

if TYPE_CHECKING:
    from flows.inputs import Input, Outcome


def finish(connection: Connection, settings: Settings) -> Connection:
    """Removes what a withdrawal that has begun names, wherever it stopped. Gives back the connection to go on with."""
    if not withdrawal.is_pending(connection):
        return connection
    withdrawal.remove_files(connection, settings)
    group_copies(connection)
    fold_events(connection)
    return withdrawal.settle(connection, settings)


def withheld(withdrawn: Withdrawn, settings: Settings, item: Input, outcome: Outcome) -> Outcome:
    """The outcome, or that its article was withdrawn; the bytes of a page that came all the same, by another address, are overwritten."""
    if not isinstance(outcome, ArticleReading) or not withdrawn.holds(outcome.url, *outcome.aliases):
        return outcome
    if isinstance(item, Capture):
        for place in withdrawal.places_of(settings.data_dir, item):
            withdrawal.erase(settings.data_dir, place)
        withdrawal.scrub_runs(settings.runs_dir, [item.url, item.final_url, item.capture_id])
    return Rejected("keep", "withdrawn")


def unnamed_rejection(run_id: str, outlet_id: str) -> Rejection:
    """That something withdrawn came in again; what it was is not said."""
    return Rejection(run_id, outlet_id, UNNAMED, "keep", "withdrawn")
