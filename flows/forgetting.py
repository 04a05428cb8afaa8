"""`nightdesk forget`: an article withdrawn everywhere, with nothing left but a hash that keeps it out."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass

from crawlers.links import canonical_url
from crawlers.outlet import OutletIndex
from flows.collect import take_in_pending
from flows.layout import counted
from flows.naming import is_address
from flows.progress import Progress
from flows.report import as_text as summary_text
from flows.running import Run, Step, Summary, close_run, open_run, plainly
from flows.withdrawing import finish
from warehouse import snapshots, withdrawal
from warehouse.errors import AskedWrongly
from warehouse.settings import Settings


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed, and how the run ended that did it. `copies_left` are articles of others that print the same text."""

    articles: int
    captures: int
    addresses: int
    copies_left: list[str]
    summary: Summary

    @property
    def exit_status(self) -> int:
        return self.summary.exit_status


def forget(settings: Settings, url: str, *, progress: Progress = Progress(), step: Step = plainly) -> Forgotten:  # noqa: B008
    """Withdraws the article of the address, under all of its addresses, and publishes without it.

    Killed at any moment it is finished by the next run, whatever that does. Raises AskedWrongly for what is no web address.
    """
    if not is_address(url.strip()):
        raise AskedWrongly(f"{url!r} is not an http address. `nightdesk show` says the address of an article.")
    started = time.monotonic()
    # Neither the run's row nor its folder names the address.
    with open_run(settings, "forget", {}, progress, step) as run:
        run.do("recover", take_in_pending, run)
        asked, canonical = everything_of(run, url.strip())
        copies = withdrawal.copies_elsewhere(run.connection, asked.articles)
        withdrawal.begin(run.connection, settings, asked, canonical, run.clock.now().date())
        run.connection = finish(run.connection, settings)
        if left := snapshots.beside(settings):
            run.alerts.append(f"{', '.join(map(str, left))} may still hold it: a restore or a rebuild kept them. Delete them.")
        summary = close_run(run, started)
    return Forgotten(len(asked.articles), len(asked.captures), len(canonical), copies, summary)


def everything_of(run: Run, url: str) -> tuple[withdrawal.ToWithdraw, list[str]]:
    """What has to go, and its addresses in canonical form. An address that leads to another one takes that along, until nothing new is found."""
    index = OutletIndex(run.outlets.values())
    addresses = forms_of(index, [url])
    while True:
        asked = withdrawal.find(run.connection, addresses)
        wider = forms_of(index, asked.addresses)
        if set(wider) <= set(addresses):
            return dataclasses.replace(asked, addresses=tuple(addresses)), canonical_of(index, addresses)
        addresses = list(dict.fromkeys([*addresses, *wider]))


def forms_of(index: OutletIndex, urls: tuple[str, ...] | list[str]) -> list[str]:
    """The addresses as they are and in canonical form."""
    return list(dict.fromkeys([*urls, *canonical_of(index, urls)]))


def canonical_of(index: OutletIndex, urls: tuple[str, ...] | list[str]) -> list[str]:
    return list(dict.fromkeys(canonical_url(url, index.of(url)) for url in urls))


def as_json(done: Forgotten) -> str:
    return json.dumps(dataclasses.asdict(done) | {"exit_status": done.exit_status}, ensure_ascii=False, indent=1, default=str)


def as_text(done: Forgotten, *, width: int) -> str:
    what = f"{counted(done.articles, 'article')} and {counted(done.captures, 'kept page')} removed" if done.articles or done.captures else \
        "Nothing was kept of it"
    addresses = "1 address stays out" if done.addresses == 1 else f"{done.addresses} addresses stay out"
    lines = [summary_text(done.summary, width=width), f"{what}; {addresses}."]
    if done.copies_left:
        lines += ["The same text stands in articles of others, which stay:", *(f"  {url}" for url in done.copies_left)]
    lines.append("Backups, and releases that were exported before, are out of reach of this command: remove it there by hand.")
    return "\n".join(lines)
