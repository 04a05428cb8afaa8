"""Telling people how a run ended, by e-mail, webhook, ntfy or whatever else Apprise knows. Only where the setting `notify` names a place."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from warehouse.settings import Settings

if TYPE_CHECKING:
    from flows.running import Summary

LINES_MAX = 20  # of a message: it is read on a telephone


def message_of(summary: Summary) -> tuple[str, str]:
    """(title, text) of a run that somebody should look at; empty texts where there is nothing to say. No text of an article is in it."""
    if summary.exit_status == 0 and not summary.alarms and not summary.alerts:
        return "", ""
    alarms = [f"{each['outlet_id']}: {each['kind']}: {each['observed']}; expected {each['expected']}" for each in summary.alarms]
    outlets = [f"{row['outlet_id']}: {row['alert']}" for row in summary.outlets if row["alert"]]
    told = {f"alarm_{each['kind']}" for each in summary.alarms}
    errors = sorted({f"check {each['name']} failed" for each in summary.findings if each["level"] == "error" and each["name"] not in told})
    lines = [*alarms, *outlets, *summary.alerts, *errors]
    more = [f"... and {len(lines) - LINES_MAX} more"] if len(lines) > LINES_MAX else []
    counts = ", ".join(f"{summary.total(name)} {name}" for name in ("new", "updated"))
    new = sum(bool(each["is_new"]) for each in summary.alarms)
    title = f"Nightdesk: {summary.kind} {summary.state}, {len(summary.alarms)} alarms ({new} new)"
    return title, "\n".join([f"Run {summary.run_id}: {counts}.", *lines[:LINES_MAX], *more])


def tell(settings: Settings, title: str, text: str) -> list[str]:
    """Sends the message to every place of the setting, and says which did not take it, by the kind of place only: the rest may be a secret."""
    places = places_of(settings)
    if not places or not title:
        return []
    import apprise

    # It logs addresses that did not answer, with what they hold.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    failed = []
    for place in places:
        sender = apprise.Apprise()
        if not sender.add(place) or not sender.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT):
            failed.append(place.split(":", 1)[0])
    return [f"The message about this run was not taken by {name}. `nightdesk doctor` says how NIGHTDESK_NOTIFY is set." for name in failed]


def places_of(settings: Settings) -> list[str]:
    """The Apprise addresses of the setting, which are separated by white space."""
    return settings.notify.get_secret_value().split()


def tell_of_failure(settings: Settings, kind: str, run_id: str, sentence: str) -> Iterable[str]:
    """The same for a run that ended with an error and has no summary."""
    return tell(settings, f"Nightdesk: {kind} failed", f"Run {run_id}: {sentence}")
