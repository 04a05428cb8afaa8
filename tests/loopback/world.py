"""Outlets of the loopback world, the runs of the real command over them, and what its tables say afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from loopback import pages, replies
from loopback.memory import Memory, watched
from loopback.server import Reply, Route, Site

ROOT = Path(__file__).resolve().parent.parent.parent
ROBOTS = "User-agent: *\nAllow: /\n"
FUNNEL = ("discovered", "skipped_known", "fetched", "not_modified", "failed", "extracted", "rejected", "new", "updated", "unchanged", "copies")
RUN_TIMEOUT_S = 3600


def path_of(name: str) -> str:
    """Where the article of a name lies."""
    return name if name.startswith("/") else f"/news/{name}"


@dataclass
class Place:
    """One outlet being built: its server, its feed, and its definition. `vault` and `elsewhere` are host:port of the two places below."""

    site: Site
    vault: str = ""  # a private address that no outlet may reach
    elsewhere: str = ""  # a site that an outlet may reach, but that is not its own
    items: list[str] = field(default_factory=list)
    robots: Route = field(default_factory=lambda: Reply(200, {"Content-Type": "text/plain"}, ROBOTS.encode()))
    discover: list[tuple[str, str]] = field(default_factory=lambda: [("feed", "/feed.xml")])
    fetch: dict[str, Any] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    top: str = ""

    def __post_init__(self) -> None:
        async def feed(_: object) -> Reply:
            return Reply(200, {"Content-Type": "application/rss+xml"}, pages.feed(self.base, self.items))

        async def robots(exchange: Any) -> Reply | None:
            return self.robots if isinstance(self.robots, Reply) else await self.robots(exchange)

        self.site.routes |= {"/feed.xml": feed, "/robots.txt": robots}

    @property
    def name(self) -> str:
        return self.site.name

    @property
    def base(self) -> str:
        return self.site.base

    def robots_text(self, text: str) -> None:
        self.robots = Reply(200, {"Content-Type": "text/plain"}, text.encode())

    def html(self, name: str, **options: Any) -> bytes:
        """The page of an article of this outlet; its words depend on the outlet and the name."""
        return pages.article(f"{self.name} {name}", **options).encode(options.get("charset") or "utf-8")

    def page(self, name: str, **options: Any) -> Reply:
        return replies.page(self.html(name, **options))

    def at(self, name: str, route: Route) -> None:
        """What an address answers."""
        self.site.routes[path_of(name)] = route

    def lists(self, name: str, day: str | None = pages.DAY, **options: Any) -> None:
        """One more item of the feed. The last added is the newest and stands first."""
        self.items.insert(0, pages.item(self.base + path_of(name), options.pop("title", pages.headline(f"{self.name} {name}")), day, **options))

    def good(self, *names: str, old: bool = False) -> None:
        """Articles that the feed names and that answer as they should. Old ones are not due for a second look."""
        for name in names:
            self.at(name, self.page(name, iso_day=pages.OLD_ISO_DAY if old else pages.ISO_DAY))
            self.lists(name, pages.OLD_DAY if old else pages.DAY)

    def bad(self, name: str, route: Route) -> None:
        """An article that the feed names, and what comes instead."""
        self.at(name, route)
        self.lists(name)

    def definition(self) -> str:
        """The outlet file."""
        sources = "".join(f'[[discover]]\nkind = "{kind}"\nurl = "{url if "://" in url else self.base + url}"\n' for kind, url in self.discover)
        fetch = {"delay_s": 0, "timeout_s": 10, "allow_addresses": [f"{self.site.host}/32"]} | self.fetch
        limits = "".join(f"{key} = {json.dumps(value)}\n" for key, value in fetch.items())
        hosts = f"hosts = {json.dumps(self.hosts)}\n" if self.hosts else ""
        head = f'name = "{self.name}"\nhomepage = "{self.base}/"\ncountry = "MM"\nlanguage = "en"\ntime_zone = "Asia/Yangon"\n{hosts}'
        return f"{head}{self.top}\n{sources}\n[fetch]\n{limits}"


@dataclass(frozen=True)
class Ran:
    """One run of the command: its exit status, what it said on stdout (--json) and stderr, how long it took, and what memory it took."""

    status: int
    said: dict[str, Any]
    talk: str
    seconds: float
    memory: Memory


def nightly(folder: Path, now: datetime, only: Iterable[str] = (), tick: Callable[[], None] = lambda: None, **settings: str) -> Ran:
    """Runs `nightdesk nightly` over the definitions in folder/outlets, as a person would."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIGHTDESK_", "PREFECT_"))}
    environment = kept | {"NIGHTDESK_NOW": now.isoformat(), "NIGHTDESK_DATA_DIR": str(folder / "data"),
                          "NIGHTDESK_OUTLETS_DIR": str(folder / "outlets")} | settings
    command = [sys.executable, "-m", "flows.cli", "nightly", "--json", *(word for name in only for word in ("--outlet", name))]
    began, out, talk = time.monotonic(), folder / "stdout.txt", folder / "stderr.txt"
    with open(out, "w") as stdout, open(talk, "w") as stderr, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stdout, stderr=stderr) as run:
        memory = watched(run, RUN_TIMEOUT_S, tick)
    seconds, said = time.monotonic() - began, out.read_text(encoding="utf-8")
    if run.returncode not in (0, 1) or not said:
        raise AssertionError(f"nightly left with {run.returncode}\n{said}\n{talk.read_text(encoding='utf-8')}")
    return Ran(run.returncode, json.loads(said), talk.read_text(encoding="utf-8"), seconds, memory)


@dataclass
class Tables:
    """The published file after a run, read as an analyst would."""

    path: Path

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()


@dataclass
class Ended:
    """What the tables say of one outlet after one run, by short names of its addresses."""

    counts: dict[str, int]
    alert: str | None
    rejections: Counter[tuple[str, str]]
    articles: dict[str, dict[str, Any]]


def short(url: str, base: str) -> str:
    """The name of an article's address: what path_of makes it of."""
    path = url.removeprefix(base)
    return path.removeprefix("/news/") if path.startswith("/news/") else path


def ended(tables: Tables, places: Iterable[Place], run_id: str) -> dict[str, Ended]:
    """How every outlet of a run ended."""
    bases = {place.name: place.base for place in places}
    found: dict[str, Ended] = {}
    for outlet_id, alert, *counts in tables.rows(f"select outlet_id, alert, {', '.join(FUNNEL)} from run_outlets where run_id = ?", run_id):
        found[outlet_id] = Ended(dict(zip(FUNNEL, counts, strict=True)), alert, Counter(), {})
    for outlet_id, stage, reason in tables.rows("select outlet_id, stage, reason from rejections where run_id = ?", run_id):
        found[outlet_id].rejections[stage, reason] += 1
    columns = ("headline", "body", "language", "encoding", "is_truncated", "version", "gone_at", "date_published")
    for outlet_id, url, *values in tables.rows(f"select outlet_id, url, {', '.join(columns)} from articles"):
        if outlet_id in found:
            found[outlet_id].articles[short(url, bases[outlet_id])] = dict(zip(columns, values, strict=True))
    return found
