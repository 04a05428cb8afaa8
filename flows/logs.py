"""Log lines: one an outlet and stage, with numbers. No text of an article, no address of a page and no secret is ever in one."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from warehouse.settings import Settings

LOGGER = logging.getLogger("nightdesk")
Value = str | int | float | bool | None


def configure(settings: Settings) -> None:
    """Sends the lines to stderr in the form that the settings ask for. Without a form they go nowhere, unless Prefect takes them."""
    for handler in [each for each in LOGGER.handlers if isinstance(each, StderrHandler)]:
        LOGGER.removeHandler(handler)
    if settings.log:
        handler = StderrHandler(sys.stderr)
        handler.setFormatter(JsonLines() if settings.log == "json" else TextLines())
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.INFO)


class StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Ours, so that it is told from those that Prefect adds."""


def stage(run_id: str, name: str, outlet_id: str | None = None, /, **numbers: Value) -> None:
    """One line. The values are numbers and fixed words."""
    values = {"run_id": run_id, "stage": name} | ({"outlet_id": outlet_id} if outlet_id else {}) | numbers
    LOGGER.info(" ".join(f"{key}={value}" for key, value in values.items() if value is not None), extra={"values": values})


class TextLines(logging.Formatter):
    """`2026-03-02T19:00:31+00:00 run_id=... stage=load outlet_id=dmg_en new=4`."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{datetime.fromtimestamp(record.created, UTC).isoformat(timespec='seconds')} {record.getMessage()}"


class JsonLines(logging.Formatter):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"at": at, "level": record.levelname.lower()} | getattr(record, "values", {"message": record.getMessage()}), default=str)
