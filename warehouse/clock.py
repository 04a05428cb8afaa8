"""The one clock: real time, or a replayed night that starts at a given moment and goes on from there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse.errors import AskedWrongly

YEARS = range(1990, 2201)  # Nothing on the web is older; the other end keeps sums of moments within what datetime can hold.


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as every part of a run sees it. `offset_s` is what is added to the machine's own time, in seconds."""

    offset_s: float = 0.0

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=self.offset_s)

    @classmethod
    def starting_at(cls, moment: str) -> Clock:
        """A clock that shows `moment` (ISO 8601 with zone) now. Raises AskedWrongly for any other text, and for years outside YEARS."""
        try:
            start = datetime.fromisoformat(moment)
        except ValueError:
            start = None
        if start is None or start.tzinfo is None:
            raise AskedWrongly(f'NIGHTDESK_NOW = "{moment}" is not a moment with a zone. Write it like 2026-03-02T18:30:00+00:00.')
        if start.year not in YEARS:
            raise AskedWrongly(f'NIGHTDESK_NOW = "{moment}": the year must lie between {YEARS[0]} and {YEARS[-1]}.')
        return cls(offset_s=start.timestamp() - time.time())
