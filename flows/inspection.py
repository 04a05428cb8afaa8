"""`nightdesk inspect`: one page, read as the pipeline would read it, with the candidates that lost. Nothing is stored."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.outlet import Outlet
from flows.collect import fetch_one
from flows.inputs import Input, Outcome, SavedPage
from flows.pool import Limits, ReadingPool
from flows.proposing import tags_to_store
from flows.report import printable, table
from flows.running import clock_of, outlets_of
from warehouse.errors import AskedWrongly, NightdeskError
from warehouse.records import ArticleReading, Capture, Page, Rejected
from warehouse.settings import Settings

BODY_LINES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Inspected:
    """What reading the page gave."""

    source: str
    outlet_id: str
    outcome: Outcome

    @property
    def exit_status(self) -> int:
        return 1 if isinstance(self.outcome, Rejected) else 0


def inspect_page(settings: Settings, file_or_url: str, outlet_id: str, url: str | None) -> Inspected:
    """Reads a saved file, or fetches one address politely, and reads it. Raises AskedWrongly for what cannot be read."""
    outlets, _ = outlets_of(settings, [outlet_id])
    outlet = outlets[outlet_id]
    with tempfile.TemporaryDirectory(prefix="nightdesk-inspect-") as folder:
        aside = settings.model_copy(update={"data_dir": Path(folder)})
        if file_or_url.startswith(("http://", "https://")):
            item: Input | Rejected = fetched_page(aside, outlet, file_or_url)
        else:
            item = saved_page(settings, Path(file_or_url), outlet, url)
        return Inspected(file_or_url, outlet_id, item if isinstance(item, Rejected) else read_one(aside, outlet, item))


def fetched_page(settings: Settings, outlet: Outlet, url: str) -> Capture | Rejected:
    """The page as a crawl would fetch it. Raises NightdeskError where the crawl ended without a report: it was killed, or the disk is full."""
    try:
        return fetch_one(settings, outlet, url)
    except OSError as error:
        raise NightdeskError(f"{url}: the crawl ended without a report ({error.strerror or error}). Run the same command again.") from error


def saved_page(settings: Settings, path: Path, outlet: Outlet, url: str | None) -> SavedPage:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise AskedWrongly(f"{path}: the page cannot be read ({error.strerror}).") from error
    address = url or f"{outlet.homepage.rstrip('/')}/{path.name}"
    return SavedPage(outlet.outlet_id, Page(address, address, body, None, clock_of(settings).now()))


def read_one(settings: Settings, outlet: Outlet, item: Input) -> Outcome:
    with ReadingPool(settings.data_dir, {outlet.outlet_id: outlet}, Limits(settings.page_cpu_s, settings.page_memory_mb), workers=1) as pool:
        outcome = next(outcome for _, outcome in pool.read([item]))
    return outcome if isinstance(outcome, Rejected) else dataclasses.replace(outcome, tags=tags_to_store(settings, outcome, outlet))


def as_json(found: Inspected) -> str:
    kind = "rejected" if isinstance(found.outcome, Rejected) else "article"
    return json.dumps(
        {"source": found.source, "outlet_id": found.outlet_id, kind: dataclasses.asdict(found.outcome)}, ensure_ascii=False, indent=1, default=str,
    )


def as_text(found: Inspected, *, width: int) -> str:
    if isinstance(found.outcome, Rejected):
        return f"{found.source}: not an article. {found.outcome.stage}: {found.outcome.reason}. {printable(found.outcome.detail)}"
    reading = found.outcome
    return "\n\n".join([
        f"Article {reading.article_id}  {reading.url}", fields_table(reading, width), candidates_table(reading, width),
        tags_table(reading, width), body_lines(reading),
    ])


def fields_table(reading: ArticleReading, width: int) -> str:
    left_out = {"body", "candidates", "images"}
    values: list[list[Any]] = [[f.name, getattr(reading.extracted, f.name)] for f in dataclasses.fields(reading.extracted) if f.name not in left_out]
    values += [[f"image {image.position}", " | ".join(filter(None, (image.url, image.caption, image.credit)))] for image in reading.extracted.images]
    return table(("field", "value"), values, width=width)


def candidates_table(reading: ArticleReading, width: int) -> str:
    candidates = sorted(reading.extracted.candidates, key=lambda c: (c.field, not c.chosen))
    rows = [["*" if c.chosen else "", c.field, c.source, c.value] for c in candidates]
    return table(("chosen", "field", "source", "value"), rows, width=width)


def tags_table(reading: ArticleReading, width: int) -> str:
    rows: list[list[Any]] = [[m.kind, m.entity_id, m.text, f"{m.field} {m.start_char}-{m.end_char}", m.rule] for m in reading.tags.mentions]
    rows += [[f"figure {f.role}", f.best, f.text, f"body {f.start_char}-{f.end_char}", f.scope] for f in reading.tags.figures]
    rows += [["quotation", q.speaker, q.text, f"body {q.start_char}-{q.end_char}", q.mode] for q in reading.tags.quotations]
    rows += [
        [f"event {e.sub_event_type}", e.pcode, reading.extracted.body[e.start_char : e.end_char], f"body {e.start_char}-{e.end_char}", e.rule]
        for e in reading.tags.events
    ]
    return table(("tag", "entity", "text", "where", "rule"), rows, width=width)


def body_lines(reading: ArticleReading) -> str:
    lines = reading.extracted.body.splitlines()
    more = f"\n... {len(lines) - BODY_LINES_SHOWN} more paragraphs" if len(lines) > BODY_LINES_SHOWN else ""
    return "\n".join(printable(line) for line in lines[:BODY_LINES_SHOWN]) + more
