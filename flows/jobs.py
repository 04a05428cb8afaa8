"""The jobs: nightly, backfill, import, reprocess. Each is a short list of stages; the command and the Prefect flows call the same functions."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from crawlers.links import canonical_url
from crawlers.outlet import Outlet, OutletIndex
from flows.ahead import read_ahead
from flows.collect import (
    Window,
    add_outcomes,
    by_outlet,
    chunked,
    crawl,
    named_outlet,
    new_batch,
    read_all,
    require_contact,
    take_in,
    take_in_pending,
)
from flows.inputs import ImportLine, encodable
from flows.progress import Progress
from flows.running import Run, Step, Summary, close_run, open_run, plainly
from flows.shards import crawl_by_month
from flows.withdrawing import unnamed_rejection
from warehouse import runs
from warehouse.captures import CaptureWriter, capture_of, read_response
from warehouse.errors import AskedWrongly, CaptureDamaged, Interrupted
from warehouse.load import captures_of_payload, known_capture_ids, load
from warehouse.records import Capture, HttpResponse, LinkOutcome, Rejection
from warehouse.settings import Settings
from warehouse.warc_reading import CutShort, Damage, Originals, Revisit, read_warc

T = TypeVar("T")
RESPONSES_AT_ONCE = 64  # kept with one flush to the disk
CAPTURES_PER_BATCH = 500  # read before one transaction
LINES_PER_BATCH = 2000  # of import files, whose articles need no reading
OLDEST_DATE = "1990-01-01"  # nothing on the web is older


def nightly(settings: Settings, outlet_ids: Iterable[str] = (), *, progress: Progress = Progress(), step: Step = plainly) -> Summary:  # noqa: B008
    """Crawls the enabled outlets, or those named, and brings what is new into the published file."""
    wanted, started = sorted(set(outlet_ids)), time.monotonic()
    with open_run(settings, "nightly", {"outlets": wanted}, progress, step, wanted) as run:
        chosen = wanted or sorted(outlet_id for outlet_id, outlet in run.outlets.items() if outlet.enabled)
        summary = crawl_and_take_in(run, chosen, None, started, meanwhile=load_briefing)
        write_briefing(run, summary)
        return summary


def load_briefing() -> None:
    """Loads what the morning page takes. What keeps it from that shows where the page is written."""
    with suppress(Exception):
        from flows.briefing import making

        making.load()


def write_briefing(run: Run, summary: Summary) -> None:
    """The morning page of the night. Whatever breaks in it takes nothing from the night: it is said as `briefing_failed`, and the state stays."""
    if summary.published is None:
        summary.notes.append("No morning page was written, because nothing was published.")
        return
    from flows.briefing import making  # it and its templates are needed for nothing else

    try:
        path = run.do("write the morning page", making.write_night, run.settings, run.started_at)
    except (Interrupted, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - a page that cannot be made is an alarm, whatever the reason; the night's work is published
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        summary.alerts.append(f"briefing_failed: the morning page was not written ({said}). The news is published; "
                              f"`nightdesk briefing` tries again.{details_of(run, error)}")
    else:
        summary.notes.append(f"The morning page: {path}")


def details_of(run: Run, error: Exception) -> str:
    """Writes the whole error into the run's folder and says where; nothing where that is not possible either, as on a disk that is full."""
    path = run.folder / "briefing_failed.txt"
    try:
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""
    return f" Details: {path}"


def backfill_dates(
    settings: Settings, outlet_ids: Iterable[str], window: Window, *, progress: Progress = Progress(), step: Step = plainly,  # noqa: B008
) -> Summary:
    """The same for articles published in the window. What is known already is not asked again, so a repeat does nothing."""
    wanted, started = sorted(set(outlet_ids)), time.monotonic()
    parameters = {"outlets": wanted, "from": window.first, "to": window.last}
    with open_run(settings, "backfill", parameters, progress, step, wanted) as run:
        return crawl_and_take_in(run, wanted, window, started)


def crawl_and_take_in(
    run: Run, outlet_ids: list[str], window: Window | None, started: float, meanwhile: Callable[[], object] = lambda: None
) -> Summary:
    """`meanwhile` is called in a thread as soon as the crawl is on: then this process waits for the first outlet for seconds."""
    asked = [outlet_id for outlet_id in outlet_ids if run.outlets[outlet_id].discover]
    if blind := sorted(set(outlet_ids) - set(asked)):
        run.notes.append(f"Not crawled, because they have no [[discover]]: {', '.join(blind)}. They take WARC files and imports.")
    if not outlet_ids:
        run.alerts.append(f"No outlet in {run.settings.outlets_dir} is enabled: nothing was crawled.")
    require_contact(run, asked)
    run.do("recover", take_in_pending, run)
    if window and asked:
        crawl_by_month(run, asked, window)
    for report, reading in read_ahead(run.pool, on_the_first(crawl(run, asked), meanwhile) if asked and not window else ()):
        run.do(f"take in {report.outlet_id}", take_in, run, report, reading)
    return run.do("check and publish", close_run, run, started)


def on_the_first(items: Iterable[T], call: Callable[[], object]) -> Iterator[T]:
    """The items; when the first one comes, the call begins in a thread."""
    for number, item in enumerate(items):
        if not number:
            threading.Thread(target=call, daemon=True).start()
        yield item


# ---------------------------------------------------------------- WARC files


@dataclass(slots=True)
class WarcCounts:
    """What became of the records of the given files, beside those that were kept."""

    foreign: int = 0  # hosts of no outlet
    unresolved: Counter[str] = field(default_factory=Counter)  # outlet_id: revisits of pages that are not there
    known: Counter[str] = field(default_factory=Counter)  # outlet_id: captures that were kept before, or come again in these files
    seen: set[str] = field(default_factory=set)  # capture ids
    rejections: list[Rejection] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)


def backfill_warc(settings: Settings, paths: list[Path], *, progress: Progress = Progress(), step: Step = plainly) -> Summary:  # noqa: B008
    """Brings in the pages of the defined outlets from WARC files, ours or foreign. Captures that are known are passed over."""
    for path in paths:
        if not path.is_file():
            raise AskedWrongly(f"{path}: there is no such WARC file.")
    started = time.monotonic()
    with open_run(settings, "backfill", {"warc": [encodable(str(path)) for path in paths]}, progress, step) as run:
        run.do("recover", take_in_pending, run)
        run.do("take in WARC files", take_in_warcs, run, paths)
        return run.do("check and publish", close_run, run, started)


def take_in_warcs(run: Run, paths: list[Path]) -> None:
    counts, writers = WarcCounts(), dict[str, CaptureWriter]()
    with run.progress.bar("reading WARC") as bar:
        captures = keep_known_outlets(run, responses_of(run, paths, counts), counts, writers)
        for found in chunked(read_all(run, captures, bar), CAPTURES_PER_BATCH):
            batch = new_batch(run, "warc")
            for outlet_id, group in by_outlet(item for item, _ in found if isinstance(item, Capture)).items():
                batch.counts[outlet_id] = {"discovered": len(group), "fetched": len(group)}
            add_outcomes(batch, found)
            batch.links += [LinkOutcome(c.outlet_id, c.url, "warc", "fetched", c.http_status, c.fetched_at) for c in batch.captures]
            load(run.connection, batch)
    finish_warcs(run, counts, writers)


def responses_of(run: Run, paths: list[Path], counts: WarcCounts) -> Iterator[tuple[Outlet, HttpResponse]]:
    """The pages of defined outlets, each with its outlet; all other records are counted. Pages of other hosts are not even unpacked whole."""
    index, originals = OutletIndex(run.outlets.values()), Originals()

    def is_ours(url: str) -> bool:
        is_found = index.of(url) is not None
        counts.foreign += not is_found
        return is_found

    for path in paths:
        for found in read_warc(path, is_ours, originals):
            if isinstance(found, Damage):
                counts.damages.append(f"{path}, byte {found.offset}: {found.detail}")
                continue
            outlet = index.of(found.response.url if isinstance(found, Revisit) else found.url)
            assert outlet, "only pages of outlets are asked for"
            response = kept_payload(run, outlet, found) if isinstance(found, Revisit) else found
            if run.withdrawn.holds(canonical_url(found.response.url if isinstance(found, Revisit) else found.url, outlet)):
                counts.rejections.append(unnamed_rejection(run.run_id, outlet.outlet_id))
            elif response is None:
                counts.unresolved[outlet.outlet_id] += 1
            elif reason := not_a_page(response, outlet):
                counts.rejections.append(Rejection(run.run_id, outlet.outlet_id, response.url, *reason))
            elif isinstance(response, HttpResponse):
                yield outlet, response


def kept_payload(run: Run, outlet: Outlet, revisit: Revisit) -> HttpResponse | None:
    """A revisit with the payload of an earlier capture of ours that has the same digest; None where there is none that can be read."""
    for capture in captures_of_payload(run.connection, outlet.outlet_id, revisit.payload_digest.lower().removeprefix("sha256:")):
        try:
            return replace(revisit.response, body=read_response(run.settings.data_dir, capture).body)
        except CaptureDamaged:  # another capture of the same payload may be whole; without any, the revisit is counted as unresolved
            continue
    return None


def not_a_page(response: HttpResponse | CutShort, outlet: Outlet) -> tuple[str, str, str] | None:
    """(stage, reason, detail) for a response of an outlet that is no article page, None for one that may be."""
    if isinstance(response, CutShort):
        return "fetch", "truncated", response.detail
    if response.status != 200:
        return "fetch", f"http_{response.status}", "the archived answer is not a page"
    content_type = (response.header("content-type") or "text/html").lower()
    if "html" not in content_type and not content_type.startswith("text/plain"):
        return "fetch", "not_html", content_type
    if not outlet.matches(response.url):
        return "discover", "url_pattern", "the address does not match article.url_pattern"
    return None


def keep_known_outlets(
    run: Run, found: Iterable[tuple[Outlet, HttpResponse]], counts: WarcCounts, writers: dict[str, CaptureWriter],
) -> Iterator[Capture]:
    """Writes the responses to our own WARC files and yields their captures; those that are kept already are only counted."""
    for group in chunked(found, RESPONSES_AT_ONCE):
        responses = [ours(run, outlet, response) for outlet, response in group]
        named = [(capture_of(response, "", 0, 0).capture_id, response) for response in responses]
        counts.seen |= known_capture_ids(run.connection, [name for name, _ in named])
        fresh = []
        for name, response in named:
            if name in counts.seen:
                counts.known[response.outlet_id] += 1
            else:
                counts.seen.add(name)
                fresh.append(response)
        for outlet_id, mine in by_outlet(fresh).items():
            if outlet_id not in writers:
                writers[outlet_id] = CaptureWriter(run.settings.captures_dir, outlet_id, run.run_id, run.clock.now().date())
            yield from writers[outlet_id].write_all(mine)


def ours(run: Run, outlet: Outlet, response: HttpResponse) -> HttpResponse:
    url = response.url if response.robots != "unknown" else canonical_url(response.url, outlet)
    return replace(response, outlet_id=outlet.outlet_id, url=url, run_id=response.run_id or run.run_id)


def finish_warcs(run: Run, counts: WarcCounts, writers: dict[str, CaptureWriter]) -> None:
    """Seals the files and loads the counts of what was not kept."""
    batch = new_batch(run, "warc")
    for outlet_id, writer in writers.items():
        writer.seal()
        batch.capture_files.append((outlet_id, writer.relative))
    failed = Counter(rejection.outlet_id for rejection in counts.rejections)
    for outlet_id in counts.known.keys() | failed.keys():
        known = counts.known[outlet_id]
        batch.counts[outlet_id] = {"discovered": known + failed[outlet_id], "skipped_known": known, "failed": failed[outlet_id]}
    batch.rejections += counts.rejections
    load(run.connection, batch)
    run.alerts += [f"WARC damaged: {damage}" for damage in counts.damages]
    run.notes += [
        f"{outlet_id}: {number:,} revisit records were passed over: they refer to pages that are neither in these files nor kept."
        for outlet_id, number in sorted(counts.unresolved.items())
    ]
    if counts.foreign:
        run.notes.append(f"{counts.foreign} records were passed over: their hosts belong to no outlet.")


# ---------------------------------------------------------------- import


def import_files(settings: Settings, paths: list[Path], *, progress: Progress = Progress(), step: Step = plainly) -> Summary:  # noqa: B008
    """Brings in articles that were extracted elsewhere, one JSON object a line; every line ends as an article or as a rejection."""
    for path in paths:
        if not path.is_file():
            raise AskedWrongly(f"{path}: there is no such file.")
    started = time.monotonic()
    with open_run(settings, "import", {"files": [encodable(str(path)) for path in paths]}, progress, step) as run:
        run.do("recover", take_in_pending, run)
        run.do("take in lines", take_in_lines, run, paths)
        return run.do("check and publish", close_run, run, started)


def take_in_lines(run: Run, paths: list[Path]) -> None:
    refused: list[Rejection] = []
    with run.progress.bar("importing") as bar:
        for found in chunked(read_all(run, lines_of_files(run, paths, refused), bar), LINES_PER_BATCH):
            batch = new_batch(run, "import")
            add_outcomes(batch, found)
            for item, _ in found:
                assert isinstance(item, ImportLine)
                count = batch.counts.setdefault(named_outlet(item), {})
                count["discovered"] = count["fetched"] = count.get("fetched", 0) + 1
            load(run.connection, batch)
    batch = new_batch(run, "import")
    batch.rejections += refused
    if refused:
        batch.counts["unknown"] = {"discovered": len(refused), "failed": len(refused)}
    load(run.connection, batch)
    note_refused_lines(run)


def note_refused_lines(run: Run) -> None:
    """Lines that were not taken make the import incomplete: whoever made the file should know."""
    refused = [row for row in run_rejections(run) if row["stage"] == "import"]
    if refused:
        kinds = ", ".join(f"{row['pages']} {row['reason']} ({row['outlet_id']})" for row in refused)
        run.alerts.append(f"Lines that were not taken: {kinds}. See the table rejections.")


def run_rejections(run: Run) -> list[dict[str, Any]]:
    return runs.run_rejections(run.connection, run.run_id)


def lines_of_files(run: Run, paths: list[Path], refused: list[Rejection]) -> Iterator[ImportLine]:
    """The lines of the files, parsed; those that are no JSON objects go to `refused`."""
    for path in paths:
        with open(path, "rb") as file:
            for number, raw in enumerate(file, start=1):
                where = encodable(f"{path.name}, line {number}")
                if not raw.strip():
                    continue
                try:
                    values = json.loads(raw)
                except (ValueError, RecursionError) as error:
                    refused.append(Rejection(run.run_id, "unknown", where, "import", "not_json", f"{where}: {error}"))
                    continue
                if isinstance(values, dict):
                    yield ImportLine(where, values, run.clock.now())
                else:
                    refused.append(Rejection(run.run_id, "unknown", where, "import", "not_json", f"{where}: not a JSON object"))
