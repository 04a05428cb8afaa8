"""Progress bars for people; nothing at all in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Bar:
    """One line of progress. `of` may grow while the work goes on."""

    shown: Any = None
    task: Any = None

    def advance(self, count: int = 1) -> None:
        if self.shown:
            self.shown.advance(self.task, count)

    def set(self, *, done: int, of: int | None = None) -> None:
        if self.shown:
            self.shown.update(self.task, completed=done, **({} if of is None else {"total": max(of, 1)}))

    def name(self, label: str) -> None:
        if self.shown:
            self.shown.update(self.task, description=label)


@dataclass(frozen=True, slots=True)
class Progress:
    """Makes bars on stderr where a person looks at it. Quiet with --json and in pipes."""

    quiet: bool = False

    def say(self, sentence: str) -> None:
        """A sentence for whoever watches; nothing for an empty one."""
        if sentence and not self.quiet and sys.stderr.isatty():
            sys.stderr.write(f"{sentence}\n")

    @contextmanager
    def bar(self, label: str, of: int | None = None) -> Iterator[Bar]:
        if self.quiet or not sys.stderr.isatty():
            yield Bar()
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times)
        with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
            yield Bar(shown, shown.add_task(label, total=of))
