"""The demo: two nights of a bundled sample world, served on loopback by the program itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crawlers.sample_world.server import serve
from crawlers.sample_world.world import NIGHTS
from flows.jobs import nightly
from flows.progress import Progress
from flows.running import SAMPLE_OUTLETS_DIR, Step, Summary, plainly
from warehouse.db import sql_files
from warehouse.settings import Settings

WORTH_RUNNING = ("killed_by_place", "who_copies_whom", "what_changed")


@dataclass(frozen=True, slots=True)
class WorkedQuery:
    """A query of warehouse/queries: its name, what it answers, and its text."""

    name: str
    question: str
    sql: str


def demo(
    settings: Settings, *, progress: Progress = Progress(), step: Step = plainly, say: Callable[[str], None] = lambda _: None,  # noqa: B008
) -> list[Summary]:
    """Runs the whole nightly job on both nights of the sample world. A repeat adds nothing: the nights are replayed at the same moments."""
    summaries = []
    with serve() as server:
        for number, moment in enumerate(NIGHTS, start=1):
            server.night = number
            say(f"Night {number} of {len(NIGHTS)}: {moment:%A %d %B %Y, %H:%M} UTC, outlets at {server.proxy_url}")
            replayed = settings.model_copy(update={
                "outlets_dir": SAMPLE_OUTLETS_DIR, "proxy_url": server.proxy_url, "now": moment.isoformat(),
            })
            summaries.append(nightly(replayed, progress=progress, step=step))
    return summaries


def query_file(name: str) -> Path:
    """Where the query lies, for people who want to run it themselves."""
    path = Path(__file__).resolve().parent.parent / "warehouse" / "queries" / f"{name}.sql"
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def worked_queries(names: tuple[str, ...] = WORTH_RUNNING) -> list[WorkedQuery]:
    """The named queries; the first line of each file is the question that it answers."""
    texts = sql_files("queries")
    return [WorkedQuery(name, texts[name].splitlines()[0].removeprefix("-- "), texts[name]) for name in names]
