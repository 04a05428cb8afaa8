"""Backfills of a range of days: first the outlet's sources say what there is, then the pages are fetched and loaded month by month.

What was named is kept in the table `links`, so a backfill that is stopped goes on with what is missing: what is loaded is not asked again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flows.ahead import read_ahead
from flows.collect import Window, crawl, crawl_job, take_in, take_in_links, write_job
from flows.running import Run
from warehouse import seen
from warehouse.records import CrawlReport

# Pages of one crawl: bounds its memory, and what a kill leaves to be asked again. A month of the largest known outlet has about 1,500.
PAGES_PER_SHARD = 2000
NO_LIMIT = 1_000_000_000  # whoever asks for a range wants all of it; the pauses between requests stay
UNDATED = "no date"


@dataclass(frozen=True, slots=True)
class Shard:
    """The pages of one outlet and month that are still to be fetched: rows of seen.waiting_links."""

    outlet_id: str
    month: str  # 2025-11, or UNDATED
    links: tuple[dict[str, Any], ...]


def shards_of(outlet_id: str, links: Iterable[dict[str, Any]], window: Window, zone: ZoneInfo) -> list[Shard]:
    """The addresses of the window by month in the outlet's zone, newest first; those without a date come last, as any of them may belong to it."""
    named = [(month, link) for link in links if (month := month_of(link, window, zone))]
    named.sort(key=lambda pair: (pair[0] != UNDATED, pair[0], pair[1]["published_at"] or 0, pair[1]["url"]), reverse=True)
    return [
        Shard(outlet_id, month, tuple(part))
        for month, group in groupby(named, key=lambda pair: pair[0]) for part in parts_of([link for _, link in group])
    ]


def month_of(link: dict[str, Any], window: Window, zone: ZoneInfo) -> str | None:
    """The month of a link, UNDATED for one without a date, None for one outside the window."""
    if link["published_at"] is None:
        return UNDATED
    day = link["published_at"].astimezone(zone).date()
    return f"{day:%Y-%m}" if window.first <= day <= window.last else None


def parts_of(links: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [links[start:start + PAGES_PER_SHARD] for start in range(0, len(links), PAGES_PER_SHARD)]


def rounds_of(shards: Iterable[list[Shard]]) -> list[list[Shard]]:
    """The shards that are crawled beside each other: the first of each outlet, then the second, and so on."""
    return [[shard for shard in together if shard] for together in zip_longest(*shards)]


# ---------------------------------------------------------------- the job


def crawl_by_month(run: Run, outlet_ids: list[str], window: Window) -> None:
    """Asks the outlets' sources, then their pages of the window; each round of months is loaded before the next is asked."""
    for report in crawl(run, outlet_ids, window, fetches=False, pages_per_run=NO_LIMIT):
        if isinstance(report, CrawlReport):
            run.do(f"note the links of {report.outlet_id}", take_in_links, run, report)
    shards = [
        shards_of(outlet_id, seen.waiting_links(run.connection, outlet_id), window, run.outlets[outlet_id].zone) for outlet_id in outlet_ids
    ]
    for mine in shards:
        run.progress.say(estimate(mine, run.outlets[mine[0].outlet_id].fetch.delay_s) if mine else "")
    with run.progress.bar("fetching", sum(len(shard.links) for mine in shards for shard in mine)) as bar:
        done = 0
        for number, together in enumerate(rounds := rounds_of(shards), start=1):
            bar.name(f"fetching {together[0].month} ({number} of {len(rounds)})")
            reports = crawl_job(run, write_round(run, together, number), [shard.outlet_id for shard in together], bar, before=done)
            for report, reading in read_ahead(run.pool, reports):
                run.do(f"take in {report.outlet_id} {together[0].month}", take_in, run, report, reading)
            done += sum(len(shard.links) for shard in together)


def write_round(run: Run, together: list[Shard], number: int) -> Path:
    """The job of one round: no source is asked, and of each outlet only the pages of its shard."""
    links = {shard.outlet_id: shard.links for shard in together}
    return write_job(run, list(links), None, f"crawl-{number:04}", links=links, part=f"{number:04}", discovers=False, pages_per_run=NO_LIMIT)


def estimate(shards: list[Shard], delay_s: float) -> str:
    """A sentence for people: how many pages, of how many months, and how long they take at the pace of the outlet's file."""
    pages, months = sum(len(shard.links) for shard in shards), len({shard.month for shard in shards})
    lasts = timedelta(minutes=math.ceil(pages * delay_s / 60))
    return f"{shards[0].outlet_id}: {pages:,} pages of {months:,} months to fetch; at one in {delay_s:g} s this takes about {spoken(lasts)}."


def spoken(lasts: timedelta) -> str:
    """A duration in words: 45 minutes, 3 h 20 min, 11 days."""
    minutes = int(lasts.total_seconds()) // 60
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"

