"""Progress of a run as an artifact of its Prefect run: how many of the pages are fetched, or read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flows.progress import Bar, Progress

EVERY_S = 5.0  # a person who watches; the server writes each update into its database
SHOWN = ("fetching", "reading captures", "reading WARC", "tagging")  # the bars that last; others are over before anybody looks


@dataclass(slots=True)
class ArtifactBar(Bar):
    """A bar whose state is written to the server now and then. A server that does not take it is left alone from then on."""

    label: str = ""
    done: int = 0
    of: int = 0
    artifact_id: UUID | None = None
    told_at: float = 0.0
    is_lost: bool = False

    def advance(self, count: int = 1) -> None:
        self.set(done=self.done + count)

    def set(self, *, done: int, of: int | None = None) -> None:
        self.done, self.of = done, self.of if of is None else of
        if time.monotonic() - self.told_at >= EVERY_S:
            self.tell()

    def name(self, label: str) -> None:
        self.label = label

    def tell(self) -> None:
        """Writes how far it is. The description is that of the moment."""
        if self.is_lost or not self.of:
            return
        from httpx import HTTPError
        from prefect.artifacts import create_progress_artifact, update_progress_artifact

        self.told_at = time.monotonic()
        percent, said = min(100.0, 100 * self.done / self.of), f"{self.label}: {self.done:,} of {self.of:,}"
        try:
            if self.artifact_id is None:
                made: Any = create_progress_artifact(progress=percent, key=f"progress-{key_of(self.label)}", description=said)
                self.artifact_id = made
            else:
                update_progress_artifact(artifact_id=self.artifact_id, progress=percent, description=said)
        except HTTPError:
            self.is_lost = True


def key_of(label: str) -> str:
    """The first word of a label as the key of an artifact: small letters."""
    return re.sub(r"[^a-z]+", "-", label.lower()).strip("-").split("-")[0]


@dataclass(frozen=True, slots=True)
class ArtifactProgress(Progress):
    """Makes such bars for the stages that last."""

    quiet: bool = True

    @contextmanager
    def bar(self, label: str, of: int | None = None) -> Iterator[Bar]:
        if not label.startswith(SHOWN):
            yield Bar()
            return
        shown = ArtifactBar(label=label, of=of or 0)
        yield shown
        if shown.done:
            shown.tell()
