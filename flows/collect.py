"""Collecting: the crawl child and its reports, and the way of kept pages into the warehouse, batch by batch."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar

from crawlers.crawl import needs_contact, read_report
from crawlers.outlet import Outlet
from crawlers.report import captures_in
from flows import logs
from flows.ahead import Reading, in_batches
from flows.early import start_crawl_child
from flows.inputs import ImportLine, Input, Outcome, encodable
from flows.progress import Bar
from flows.proposing import tags_to_store
from flows.running import Run, pending_captures
from flows.withdrawing import unnamed_rejection, withheld
from warehouse import crawl_state, seen
from warehouse.captures import read_captures
from warehouse.errors import AskedWrongly
from warehouse.history import usually_new
from warehouse.load import Batch, load
from warehouse.records import ArticleReading, Capture, CrawlReport, LinkOutcome, Rejected, Rejection
from warehouse.settings import Settings
from warehouse.warc_reading import Damage
from warehouse.withdrawn import write_list

T = TypeVar("T")
STOP_PATIENCE_S = 15.0  # for a crawl child that was asked to stop, to seal its files


# ---------------------------------------------------------------- the crawl child


@dataclass(frozen=True, slots=True)
class Window:
    """The publication days that a backfill asks for, both included."""

    first: date
    last: date


def crawl(run: Run, outlet_ids: list[str], window: Window | None = None, **more: Any) -> Iterator[CrawlReport | list[Capture]]:
    """One report an outlet, as soon as the outlet is done, while others are still crawling. Each outlet gets exactly one.

    Several times a second, while no report is there yet, the captures that have been kept since (often none): time to do something else.
    """
    fetches = more.get("fetches", True)
    with run.progress.bar("fetching" if fetches else "asking what there is") as bar:
        yield from crawl_job(run, write_job(run, outlet_ids, window, **more), outlet_ids, bar, before=None if fetches else 0)


def crawl_job(run: Run, job: Path, outlet_ids: list[str], bar: Bar, before: int | None = None) -> Iterator[CrawlReport | list[Capture]]:
    """The same for a job that is written. A report that lies there from an earlier job of the run is put aside first.

    `before` is what a bar of several jobs has done already; without it the bar is that of this job.
    """
    for outlet_id in outlet_ids:
        report = run.folder / f"{outlet_id}.jsonl"
        if report.exists():
            report.replace(run.folder / f"{outlet_id}.before-{job.stem}.jsonl")
    waiting = set(outlet_ids)
    with crawl_child(run, job) as child:
        lines = lines_of(child.stdout)
        told: dict[str, dict[str, Any]] = {}
        run.begins("fetch")
        while waiting:
            ended = child.poll() is not None
            yield show(lines, bar, told, before)
            for outlet_id in sorted(waiting):
                path = run.folder / f"{outlet_id}.jsonl"
                if path.exists():
                    waiting.discard(outlet_id)
                    yield read_report(path)
                    run.begins("fetch")
            if ended and not any((run.folder / f"{outlet_id}.jsonl").exists() for outlet_id in waiting):
                break
    for outlet_id in sorted(waiting):
        yield CrawlReport(outlet_id, alert=f"crawl_failed: the crawl ended without a report; see {run.folder / 'crawl.log'}")


def write_job(
    run: Run, outlet_ids: list[str], window: Window | None, name: str = "crawl", links: dict[str, tuple[dict[str, Any], ...]] | None = None,
    **more: Any,
) -> Path:
    """The job file of the crawl child, with what is known of each outlet's addresses beside it.

    With `links` (rows of seen.waiting_links by outlet) the job knows of these only, and all are due. `more` are further fields of the job.
    """
    known, sources = {}, {}
    for outlet_id in outlet_ids:
        known[outlet_id] = run.folder / f"{outlet_id}.known.jsonl"
        seen.write_known(known[outlet_id], due(links[outlet_id]) if links else known_of(run, outlet_id))
        sources[outlet_id] = run.folder / f"{outlet_id}.sources.jsonl"
        crawl_state.write_known_sources(sources[outlet_id], run.connection, outlet_id)
    withdrawn = run.folder / "withdrawn.txt"
    write_list(withdrawn, run.withdrawn)
    hosts = run.folder / "hosts.known.jsonl"
    crawl_state.write_known_hosts(hosts, run.connection, run.clock.now())
    job = job_of(run.settings, run.run_id, run.clock.offset_s, outlet_ids) | {
        "known": known, "sources": sources, "hosts": hosts, "withdrawn": withdrawn,
        "window": {"from": window.first.isoformat(), "to": window.last.isoformat()} if window else None,
        "usually_new": usually_new(run.connection, run.started_at) if run.kind == "nightly" else [],
    }
    path = run.folder / f"{name}.json"
    path.write_text(json.dumps(job | more, indent=1, default=str), encoding="utf-8")
    return path


def known_of(run: Run, outlet_id: str) -> list[dict[str, Any]]:
    return seen.known_links(run.connection, outlet_id, run.clock.now(), run.settings.recheck_days)


def due(links: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Waiting links as rows of known ones that are asked in this crawl."""
    return [{"due": True} | {key: link[key] for key in ("url", "asked_url", "candidates", "is_unseen")} for link in links]


def require_contact(run: Run, outlet_ids: Iterable[str]) -> None:
    """Raises AskedWrongly where a crawl would leave the machine and does not say who is asking."""
    outlets = {outlet_id: run.outlets[outlet_id] for outlet_id in outlet_ids}
    if not run.settings.contact and needs_contact(outlets.values(), run.settings.proxy_url):
        raise AskedWrongly(
            "NIGHTDESK_CONTACT is not set. Outlets must be able to reach whoever crawls them: "
            "set it to an e-mail address or the URL of a page about you, then run the command again."
        )


@contextmanager
def crawl_child(run: Run, job: Path) -> Iterator[subprocess.Popen[str]]:
    """The child, stopped when the block ends. It holds the writer lock too, and ends when this process dies."""
    with open(run.folder / "crawl.log", "a", encoding="utf-8") as log, start_crawl_child(job, log, run.lock_handle) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(STOP_PATIENCE_S)
                except subprocess.TimeoutExpired:
                    child.kill()


def lines_of(stream: IO[str] | None) -> queue.Queue[str]:
    """The lines of a stream as they come, read by a thread that ends with the stream."""
    lines: queue.Queue[str] = queue.Queue()

    def pump() -> None:
        for line in stream or ():
            lines.put(line)

    threading.Thread(target=pump, daemon=True).start()
    return lines


def show(lines: queue.Queue[str], bar: Bar, told: dict[str, dict[str, Any]], before: int | None = None) -> list[Capture]:
    """Takes over what the child says of its progress into `told`, by outlet, and gives back the captures that it names.

    Waits a little where it says nothing.
    """
    kept = list[Capture]()
    try:
        line = lines.get(timeout=0.1)
        while True:
            if line.startswith("{"):
                step = json.loads(line)
                kept += captures_in(step.pop("kept"))
                told[step["outlet_id"]] = step
            line = lines.get_nowait()
    except queue.Empty:
        pass
    done = sum(int(step["fetched"]) for step in told.values())
    if before is not None:
        bar.set(done=before + done)
    elif told:
        bar.set(done=done, of=sum(int(step["links"]) for step in told.values()))
    return kept


def fetch_one(settings: Settings, outlet: Outlet, url: str) -> Capture | Rejected:
    """Fetches one address as a crawl would, into the (temporary) data folder of the settings. For `inspect`."""
    if not outlet.serves(url):
        raise AskedWrongly(f"{url} does not lie on a host of outlet {outlet.outlet_id}.")
    if not settings.contact and needs_contact([outlet], settings.proxy_url):
        raise AskedWrongly("NIGHTDESK_CONTACT is not set. Set it to an e-mail address or URL, so that the outlet can reach you.")
    folder = settings.runs_dir / "inspect"
    folder.mkdir(parents=True)
    job = folder / "crawl.json"
    job.write_text(json.dumps(job_of(settings, "inspect", 0.0, [outlet.outlet_id]) | {"urls": {outlet.outlet_id: [url]}}), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "crawlers.crawl", str(job)], check=False, capture_output=True, stdin=subprocess.PIPE)
    report = read_report(folder / f"{outlet.outlet_id}.jsonl")
    if report.captures:
        return report.captures[0]
    if report.rejections:
        why = report.rejections[0]
        return Rejected(why.stage, why.reason, why.detail)
    left_alone = next((f"{state.host}: {state.detail}" for state in report.hosts if state.reason), None)
    return Rejected("fetch", "failed", left_alone or report.alert or "the crawl gave no page")


def job_of(settings: Settings, run_id: str, clock_offset_s: float, outlet_ids: list[str]) -> dict[str, Any]:
    """What every job of a crawl child says."""
    return {
        "run_id": run_id, "data_dir": str(settings.data_dir), "outlets_dir": str(settings.outlets_dir), "outlets": outlet_ids,
        "contact": settings.contact, "clock_offset_s": clock_offset_s, "proxy_url": settings.proxy_url, "pages_per_run": settings.pages_per_run,
        "parent_pid": os.getpid(),
    }


# ---------------------------------------------------------------- from captures to rows


def take_in(run: Run, report: CrawlReport, reading: Reading | None = None) -> None:
    """Loads what one outlet's crawl kept, as it is read; the last batch carries the links, the rejections and the counts.

    `reading` is that of the report's captures where it has begun already.
    """
    log_crawl(run, report)
    reading, done = reading or Reading(run.pool, in_batches(report.captures)), 0
    counts: Counter[str] = Counter()
    with run.progress.bar(f"reading {report.outlet_id}", len(report.captures)) as bar:
        for number, found in enumerate(reading.batches(bar)):
            batch = new_batch(run, f"{report.outlet_id}/{number}")
            batch.counts[report.outlet_id] = {"fetched": len(found)}
            add_outcomes(batch, [(item, loadable(run, item, outcome)) for item, outcome in found])
            # A link goes with its capture, whose ETag and date it keeps; the links that gave no page go with the last batch.
            urls = {capture.url for capture in batch.captures}
            batch.links += [link for link in report.links if link.url in urls]
            done += len(found)
            if done == len(report.captures):
                add_crawl(batch, report)
            counts.update(load(run.connection, batch).get(report.outlet_id, {}))
    logs.stage(run.run_id, "load", report.outlet_id, **{name: counts[name] for name in ("extracted", "rejected", "new", "updated", "unchanged")})
    note_waiting(run, report)


def log_crawl(run: Run, report: CrawlReport) -> None:
    """The line of an outlet's crawl."""
    outcomes = Counter(link.outcome for link in report.links)
    sources = Counter(source.state for source in report.sources)
    logs.stage(
        run.run_id, "crawl", report.outlet_id, discovered=len(report.links), **{name: outcomes[name] for name in
        ("fetched", "not_modified", "failed", "gone", "known", "skipped")}, sources_failed=sources["failed"], alert=report.alert,
    )


def take_in_links(run: Run, report: CrawlReport) -> None:
    """Loads what the sources of an outlet named, without any page. What is left for the pages' own crawl is counted there."""
    batch = new_batch(run, f"{report.outlet_id}/links")
    add_crawl(batch, report)
    known = sum(link.outcome == "known" for link in report.links)
    batch.counts[report.outlet_id] |= {"discovered": known, "skipped_known": known}
    load(run.connection, batch)


def note_waiting(run: Run, report: CrawlReport) -> None:
    """Says where the limit of pages a run has left something for later; a backfill that did not come to its end is incomplete."""
    waiting = sum(link.outcome == "skipped" for link in report.links)
    if waiting:
        if run.kind == "backfill":
            run.alerts.append(f"{report.outlet_id}: {waiting:,} pages were not reached. The same command goes on with them.")
        else:
            why = report.alert or f"NIGHTDESK_PAGES_PER_RUN is {run.settings.pages_per_run}"
            run.notes.append(f"{report.outlet_id}: {waiting:,} pages wait for the next run ({why}).")


def take_in_pending(run: Run) -> None:
    """Reads and loads captures that a killed run kept: nothing that was fetched is fetched again or lost."""
    for path in pending_captures(run):
        outlet_id = path.parent.name
        if outlet_id not in run.outlets:
            run.alerts.append(f"{path}: kept pages of outlet {outlet_id}, which has no usable definition; they wait until it has one.")
            continue
        found = list(read_captures(run.settings.data_dir, path, outlet_id))
        captures = tuple(each for each in found if isinstance(each, Capture))
        links = tuple(LinkOutcome(outlet_id, c.url, "recovered", "fetched", c.http_status, c.fetched_at) for c in captures)
        damaged = tuple(
            Rejection(run.run_id, outlet_id, str(path), "keep", "capture_damaged", each.detail) for each in found if isinstance(each, Damage)
        )
        take_in(run, CrawlReport(outlet_id, captures, links, damaged))
        if not captures:
            mark_loaded(run, outlet_id, path)


def mark_loaded(run: Run, outlet_id: str, path: Path) -> None:
    batch = new_batch(run, f"{outlet_id}/{path.name}")
    batch.capture_files.append((outlet_id, str(path.relative_to(run.settings.data_dir))))
    load(run.connection, batch)


def new_batch(run: Run, name: str) -> Batch:
    """An empty batch. Its id is unique: a recovered file and the crawl of the same outlet are different batches of one run."""
    run.batch_number += 1
    return Batch(f"{run.run_id}/{name}/{run.batch_number}", run.run_id, run.clock.now())


def read_all(run: Run, items: Iterable[Input], bar: Bar) -> Iterator[tuple[Input, Outcome]]:
    """Each input with what of its outcome may be loaded, as they are ready."""
    for item, outcome in run.pool.read(items):
        bar.advance()
        yield item, loadable(run, item, outcome)


def loadable(run: Run, item: Input, outcome: Outcome) -> Outcome:
    """The outcome without the mentions of private persons, unless the settings want them; a rejection where the article was withdrawn."""
    if isinstance(outcome, ArticleReading) and (run.settings.ml_model or not run.settings.private_persons):
        outcome = replace(outcome, tags=tags_to_store(run.settings, outcome, run.outlets[outcome.outlet_id]))
    return withheld(run.withdrawn, run.settings, item, outcome)


def add_outcomes(batch: Batch, found: Iterable[tuple[Input, Outcome]]) -> None:
    """Sorts outcomes into readings and rejections and counts the latter."""
    for item, outcome in found:
        is_withdrawn = isinstance(outcome, Rejected) and outcome.reason == "withdrawn"
        if isinstance(item, Capture) and not is_withdrawn:
            batch.captures.append(item)
        if isinstance(outcome, Rejected):
            rejection = rejection_of(batch.run_id, item, outcome)
            if is_withdrawn:
                rejection = unnamed_rejection(batch.run_id, rejection.outlet_id)
            batch.rejections.append(rejection)
            count = batch.counts.setdefault(rejection.outlet_id, {})
            count["rejected"] = count.get("rejected", 0) + 1
        else:
            batch.readings.append(outcome)
    batch.readings.sort(key=lambda reading: (reading.seen_at, reading.observation_id))
    batch.rejections.sort(key=lambda rejection: rejection.url)


def rejection_of(run_id: str, item: Input, rejected: Rejected) -> Rejection:
    if isinstance(item, ImportLine):
        url = encodable(str(item.values.get("url") or item.where))
        return Rejection(run_id, named_outlet(item), url, rejected.stage, rejected.reason, encodable(rejected.detail))
    assert isinstance(item, Capture), "saved pages are only inspected"
    return Rejection(run_id, item.outlet_id, item.url, rejected.stage, rejected.reason, rejected.detail, item.capture_id)


def named_outlet(line: ImportLine) -> str:
    """The outlet that an import line names, as it can be written down."""
    return encodable(str(line.values.get("outlet_id") or "unknown"))


def add_crawl(batch: Batch, report: CrawlReport) -> None:
    """The other links, the rejections and the counts of a crawl. A link that vanished counts as failed, with a rejection: it gave no page."""
    outcomes = Counter(link.outcome for link in report.links)
    count = batch.counts.setdefault(report.outlet_id, {})
    count["discovered"] = len(report.links)
    count["skipped_known"] = outcomes["known"] + outcomes["skipped"]
    count["not_modified"] = outcomes["not_modified"]
    count["failed"] = outcomes["failed"] + outcomes["gone"]
    kept = {capture.url for capture in report.captures}
    batch.links += [link for link in report.links if link.url not in kept]
    batch.rejections += report.rejections
    batch.rejections += [
        Rejection(batch.run_id, report.outlet_id, link.url, "fetch", "gone", f"the page is not there any more (HTTP {link.http_status})")
        for link in report.links if link.outcome == "gone"
    ]
    batch.capture_files += sorted({(report.outlet_id, capture.warc_file) for capture in report.captures})
    batch.sources += report.sources
    batch.hosts += report.hosts
    batch.robots_files += report.robots_files
    batch.reservations += report.reservations
    if report.alert:
        batch.alerts[report.outlet_id] = report.alert


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


def by_outlet(items: Iterable[T], key: str = "outlet_id") -> dict[str, list[T]]:
    """Items grouped by their outlet."""
    groups: dict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[getattr(item, key)].append(item)
    return dict(groups)
